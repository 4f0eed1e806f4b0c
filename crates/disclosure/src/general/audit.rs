//! The attack on a finished table.
//!
//! Everything is looked at afresh: the sums of the published table, and for every sensitive cell two whole tables that agree
//! with all of them and lie as far above and below as promised. Beyond that the linear programs of [`crate::attack`] find the
//! exact interval of as many suppressed cells as the budget allows.

use super::suppress::Proof;
use super::table::{GeneralTable, Need, Primary};
use crate::attack::intervals;
use crate::moves::{Move, State, Table};
use serde::Serialize;
use std::collections::BTreeMap;

/// What programs may cost in every component, in unknowns times programs.
const BUDGET: usize = 120_000;

/// Figures about a protected table for the statistics office; never a value of a cell.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TableAudit {
    /// Cells, margins included.
    pub cells: usize,
    /// Dimensions.
    pub dimensions: usize,
    /// Sensitive published cells.
    pub primary: usize,
    /// Sensitive published cells by reason.
    pub reasons: BTreeMap<Primary, usize>,
    /// Sensitive cells that are not published but could be computed; they are protected like the others.
    pub primary_unpublished: usize,
    /// Further suppressed cells.
    pub secondary: usize,
    /// What the secondary cells cost in the terms of the rules.
    pub loss: u64,
    /// By how many percent (rounded up) the choice may be dearer than the best one; 0 is proven the best, `None` is not known.
    pub gap_percent: Option<u32>,
    /// The method that found the choice.
    pub method: String,
    /// Sums an attacker can check.
    pub relations: usize,
    /// Sensitive cells for which two whole tables prove the promised interval.
    pub proven: usize,
    /// Sensitive cells without such a proof; a table that has any is not published.
    pub underprotected: usize,
    /// Suppressed cells whose feasible interval is known exactly.
    pub exact: usize,
    /// Suppressed cells an attacker can compute exactly; 0, or the table is not published.
    pub disclosed: usize,
    /// Smallest width of a feasible interval among the sensitive cells, as far as exhibited.
    pub minimal_width: Option<i64>,
}

/// Attacks a table of which `hidden` is suppressed; `proofs` are the changes that are said to keep every sum.
pub(crate) fn attack(
    table: &GeneralTable,
    hidden: &[bool],
    needs: &[Need],
    proofs: &[Option<Proof>],
) -> TableAudit {
    let open = table.sums(hidden);
    // What is shown is shown: nothing can be bought any more.
    let states = open.states.iter().map(|&state| match state {
        State::Candidate(..) => State::Fixed,
        other => other,
    });
    let sums = Table::new(open.counts.clone(), states.collect(), open.all_relations().to_vec());
    let mut audit = TableAudit {
        cells: table.cells(),
        dimensions: table.layout.dimensions.len(),
        relations: sums.relations(),
        ..TableAudit::default()
    };
    let mut witnesses: Vec<Move> = Vec::with_capacity(needs.len() * 2);
    for (need, proof) in needs.iter().zip(proofs) {
        let moves = proof.as_ref().map(|proof| [&proof.up, &proof.down].map(|change| whole(change)));
        let reaches = |change: &Move, sign: i64, least: i64| {
            sign * change.get(&need.cell).copied().unwrap_or(0) >= least && sums.is_feasible(change)
        };
        match moves {
            Some([up, down]) if reaches(&up, 1, need.up) && reaches(&down, -1, need.down) => {
                audit.proven += 1;
                witnesses.extend([up, down]);
            }
            _ => audit.underprotected += 1,
        }
    }
    let suppressed: Vec<u32> = (0..table.cells())
        .filter(|&cell| hidden[cell] && table.is_published(cell))
        .map(|cell| cell as u32)
        .collect();
    for (cell, reason) in table.primary.iter().enumerate() {
        if let Some(reason) = reason {
            if table.is_published(cell) {
                audit.primary += 1;
                *audit.reasons.entry(*reason).or_default() += 1;
            } else {
                audit.primary_unpublished += 1;
            }
        }
    }
    audit.secondary = suppressed.len() - audit.primary;
    audit.loss = suppressed
        .iter()
        .filter(|&&cell| table.primary[cell as usize].is_none())
        .map(|&cell| table.prices[cell as usize])
        .sum();
    // The narrowest proofs first: there a program can tell most.
    let mut asked = suppressed;
    asked.sort_by_key(|&cell| {
        (table.primary[cell as usize].is_none(), table.values[cell as usize].abs(), cell)
    });
    for (&cell, interval) in asked.iter().zip(intervals(&sums, &asked, &witnesses, BUDGET)) {
        audit.exact += usize::from(interval.is_exact());
        audit.disclosed += usize::from(interval.width() == 0);
        if table.primary[cell as usize].is_some() {
            let width = interval.width();
            audit.minimal_width = Some(audit.minimal_width.map_or(width, |least| least.min(width)));
        }
    }
    audit
}

fn whole(change: &[(u32, i64)]) -> Move {
    let mut whole = Move::new();
    for &(cell, delta) in change {
        *whole.entry(cell).or_default() += delta;
    }
    whole.retain(|_, delta| *delta != 0);
    whole
}

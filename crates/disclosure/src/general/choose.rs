//! The ways to choose the cells to suppress.

use super::audit::{TableAudit, attack};
use super::modular::modular;
use super::random::Stream;
use super::suppress::{Proof, Work};
use super::table::{GeneralTable, Need};
use crate::cheapest::{Effort, Wanted, cheapest};
use rayon::prelude::*;
use serde::Serialize;

/// Rounds of improvement for every sensitive cell.
const ROUNDS: usize = 12;
/// Beyond this many rounds in all, large tables would take too long.
const MOST_ROUNDS: usize = 60_000;
/// How dear a step aside may be at first, in mean prices of a cell.
const WARMTH: f64 = 0.75;

/// How the cells to suppress are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The search; for small tables the integer program, too.
    #[default]
    Auto,
    /// The search, then the integer program with a larger budget; the gap says what is proven.
    Optimal,
    /// Subtable by subtable from the top (HiTaS-like), then what is spare is published again.
    Modular,
    /// The first choice of the search with a short improvement.
    Fast,
}

/// What is to be suppressed, and how well it withstands an attack.
pub struct Suppression {
    /// Whether each cell is suppressed.
    pub hidden: Vec<bool>,
    /// What the attack found.
    pub audit: TableAudit,
}

/// Why a table cannot be published. Names cells, never values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableRefusal {
    /// Cells that must be hidden were shown before.
    #[error("Diese Werte müssen gesperrt werden, standen aber schon in einer früheren Veröffentlichung: {}. Abhilfe: die frühere Veröffentlichung zurückziehen, oder die Regel verwenden, nach der sie entstand.", list(.cells))]
    ShownBefore {
        /// Names of the cells.
        cells: Vec<String>,
    },
    /// Cells cannot be hidden whatever else is suppressed.
    #[error("Diese Werte lassen sich nicht schützen, auch wenn alles Übrige gesperrt wird: {}. Abhilfe: eine gröbere Gliederung veröffentlichen, mit „zero = \"cover\"“ auch Nullen sperren lassen, oder runden.", list(.cells))]
    NotProtectable {
        /// Names of the cells.
        cells: Vec<String>,
    },
    /// The attack found a cell it should not have found: a fault of the program.
    #[error(
        "Der Angriff auf das Ergebnis hat {cells} Werte gefunden, die geschützt sein sollten; es wird nichts geschrieben. Abhilfe: den Fall melden und bis dahin --method fast verwenden."
    )]
    Disclosed {
        /// How many.
        cells: usize,
    },
}

fn list(cells: &[String]) -> String {
    let mut text = cells.iter().take(5).cloned().collect::<Vec<_>>().join("; ");
    if cells.len() > 5 {
        text.push_str(&format!(" und {} weitere", cells.len() - 5));
    }
    text
}

/// Chooses the cells to suppress and attacks the result; the same table, method and seed give the same cells on any number
/// of threads.
///
/// # Errors
/// [`TableRefusal`] names cells, never values.
pub fn suppress(table: &GeneralTable, method: Method, seed: u64) -> Result<Suppression, TableRefusal> {
    let names =
        |cells: &mut dyn Iterator<Item = u32>| cells.map(|cell| table.layout.name(cell as usize)).collect();
    let shown: Vec<u32> =
        table.needs.iter().map(|need| need.cell).filter(|&cell| table.known[cell as usize]).collect();
    if !shown.is_empty() {
        return Err(TableRefusal::ShownBefore { cells: names(&mut shown.into_iter()) });
    }
    let chosen = match method {
        Method::Modular => modular(table, seed),
        Method::Fast => search(table, 2, 0.0, seed),
        Method::Auto | Method::Optimal => {
            // Two searches side by side; the cheaper one counts, the first of equals.
            let seeds = [seed, seed ^ 0x5DEE_CE66];
            let found: Vec<_> = seeds.par_iter().map(|&seed| search(table, ROUNDS, WARMTH, seed)).collect();
            found
                .into_iter()
                .reduce(|a, b| match (&a, &b) {
                    (Ok(first), Ok(second)) if second.price < first.price => b,
                    _ => a,
                })
                .unwrap_or_else(|| Err(vec![]))
        }
    };
    let mut chosen =
        chosen.map_err(|open| TableRefusal::NotProtectable { cells: names(&mut open.into_iter()) })?;
    let mut gap = (chosen.price == 0).then_some(0);
    let effort = match method {
        Method::Optimal => Some(Effort::Whole { columns: 8_000, nodes: 2_000 }),
        Method::Auto => Some(Effort::Whole { columns: 1_200, nodes: 60 }),
        Method::Modular | Method::Fast => None,
    };
    if let Some(effort) = effort.filter(|_| chosen.price > 0) {
        gap = improve_by_program(table, &mut chosen, effort);
    }
    let mut audit = attack(table, &chosen.hidden, &table.needs, &chosen.proofs);
    audit.gap_percent = gap;
    audit.method = match method {
        Method::Auto => "auto",
        Method::Optimal => "optimal",
        Method::Modular => "modular",
        Method::Fast => "fast",
    }
    .into();
    let failed = audit.underprotected + audit.disclosed;
    if failed > 0 {
        return Err(TableRefusal::Disclosed { cells: failed });
    }
    Ok(Suppression { hidden: chosen.hidden, audit })
}

/// A choice with its proofs.
pub(crate) struct Choice {
    pub(crate) hidden: Vec<bool>,
    pub(crate) proofs: Vec<Option<Proof>>,
    pub(crate) price: u64,
}

impl Choice {
    pub(crate) fn of(table: &GeneralTable, work: &Work<'_>) -> Self {
        let mut hidden = vec![false; table.cells()];
        let needed = table.needs.iter().map(|need| need.cell);
        for cell in needed.chain(work.secondary()) {
            hidden[cell as usize] = true;
        }
        Self { hidden, proofs: work.proofs().to_vec(), price: work.total }
    }
}

/// The search for cheap changes; gives the cells it cannot protect.
fn search(table: &GeneralTable, rounds: usize, warmth: f64, seed: u64) -> Result<Choice, Vec<u32>> {
    let mut work = Work::new(table, &table.needs);
    let open = work.protect_all();
    if !open.is_empty() {
        return Err(open);
    }
    let rounds = (table.needs.len() * rounds).min(MOST_ROUNDS);
    work.improve(rounds, warmth, &mut Stream::new(seed));
    Ok(Choice::of(table, &work))
}

/// Replaces a choice by the cheapest one where an integer program can tell it; gives the gap that is proven.
fn improve_by_program(table: &GeneralTable, chosen: &mut Choice, effort: Effort) -> Option<u32> {
    let sensitive: Vec<bool> = {
        let mut sensitive = vec![false; table.cells()];
        table.needs.iter().for_each(|need| sensitive[need.cell as usize] = true);
        sensitive
    };
    let sums = table.sums(&sensitive);
    let wanted: Vec<Wanted> =
        table.needs.iter().map(|&Need { cell, up, down }| Wanted::ways(cell, up, down)).collect();
    let purchase = cheapest(&sums, &wanted, effort)?;
    let price: u64 = purchase.cells.iter().map(|&cell| table.prices[cell as usize]).sum();
    if price < chosen.price {
        let proofs: Option<Vec<Option<Proof>>> = purchase
            .proofs
            .into_iter()
            .map(|proof| {
                let (up, down) = proof?;
                Some(Some(Proof { up: up.into_iter().collect(), down: down.into_iter().collect() }))
            })
            .collect();
        let mut hidden = sensitive;
        purchase.cells.iter().for_each(|&cell| hidden[cell as usize] = true);
        if let Some(proofs) = proofs {
            let audit = attack(table, &hidden, &table.needs, &proofs);
            if audit.underprotected + audit.disclosed == 0 {
                *chosen = Choice { hidden, proofs, price };
            }
        }
    }
    let over = chosen.price.saturating_sub(purchase.bound.min(chosen.price));
    u32::try_from(over.saturating_mul(100).div_ceil(chosen.price.max(1))).ok()
}

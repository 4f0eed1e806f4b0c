//! Subtable by subtable from the top (de Wolf 2002, "HiTaS: a heuristic approach to cell suppression in hierarchical tables").
//!
//! A subtable is a total with its parts in every dimension. Each is protected on its own, those of coarse codes first; what is
//! suppressed in one is sensitive in the next, and margins that were decided before stay open unless nothing else helps. What
//! protects every subtable need not protect the whole, so at the end all proofs are led through the whole table, what is
//! missing is bought, and what is spare is published again.

use super::choose::Choice;
use super::dimension::Dimension;
use super::layout::Layout;
use super::random::Stream;
use super::suppress::Work;
use super::table::{GeneralTable, Need};
use std::collections::BTreeMap;

/// Rounds of improvement for every sensitive cell of a subtable.
const ROUNDS: usize = 6;
/// How much dearer a margin is that was decided before.
const DECIDED: u64 = 50;

/// A node and the parts of one of its breakdowns.
type Family = (u32, Vec<u32>);

/// Protects a table by its subtables; gives the cells it cannot protect.
pub(crate) fn modular(table: &GeneralTable, seed: u64) -> Result<Choice, Vec<u32>> {
    let mut needs: BTreeMap<u32, Need> = table.needs.iter().map(|need| (need.cell, *need)).collect();
    let mut decided = vec![false; table.cells()];
    for families in subtables(&table.layout) {
        let (part, cells) = part(table, &families, &needs, &decided);
        let Some(part) = part else { continue };
        let mut work = Work::new(&part, &part.needs);
        // What a subtable alone cannot protect, the whole may.
        work.protect_all();
        work.improve(part.needs.len() * ROUNDS, 0.0, &mut Stream::new(seed));
        for cell in work.secondary() {
            let own = cells[cell as usize];
            let one = 1.min(table.values[own as usize] - table.range(own as usize).low);
            needs.entry(own).or_insert(Need { cell: own, up: 1, down: one });
        }
        cells.iter().for_each(|&cell| decided[cell as usize] = true);
    }
    let mut whole = Work::new(table, &table.needs);
    whole.prefer(needs.keys().copied());
    let open = whole.protect_all();
    if !open.is_empty() {
        return Err(open);
    }
    whole.settle_prices();
    whole.improve(table.needs.len() * 2, 0.0, &mut Stream::new(seed));
    Ok(Choice::of(table, &whole))
}

/// One breakdown per dimension, coarse ones first; a dimension without breakdowns gives its total alone.
fn subtables(layout: &Layout) -> Vec<Vec<Family>> {
    let depth = |dimension: &Dimension, mut node: u32| {
        let mut depth = 0u32;
        while let Some(&parent) = dimension.parents(node).first() {
            node = parent;
            depth += 1;
        }
        depth
    };
    let mut all: Vec<(u32, Vec<Family>)> = vec![(0, vec![])];
    for dimension in &layout.dimensions {
        let own: Vec<(u32, Family)> = match dimension.sums.as_slice() {
            [] => vec![(0, (0, vec![]))],
            sums => sums.iter().map(|sum| (depth(dimension, sum.0), sum.clone())).collect(),
        };
        all = all
            .iter()
            .flat_map(|(level, families)| {
                own.iter().map(move |(depth, family)| {
                    let mut families = families.clone();
                    families.push(family.clone());
                    (level + depth, families)
                })
            })
            .collect();
    }
    all.sort_by_key(|(level, _)| *level);
    all.into_iter().map(|(_, families)| families).collect()
}

/// A subtable as a table of its own with the cells it stands for; `None` where nothing in it needs protection.
fn part(
    table: &GeneralTable,
    families: &[Family],
    needs: &BTreeMap<u32, Need>,
    decided: &[bool],
) -> (Option<GeneralTable>, Vec<u32>) {
    let mut cells: Vec<u32> = vec![0];
    let mut dimensions = Vec::new();
    for (at, (parent, children)) in families.iter().enumerate() {
        let stride = table.layout.stride(at) as u32;
        let nodes = || std::iter::once(parent).chain(children);
        cells = cells.iter().flat_map(|&cell| nodes().map(move |&node| cell + node * stride)).collect();
        let parts: Vec<String> = (1..=children.len()).map(|number| number.to_string()).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        dimensions.push(Dimension::flat(&table.layout.dimensions[at].name, "0", &parts));
    }
    let own: Vec<Need> = cells
        .iter()
        .enumerate()
        .filter_map(|(place, cell)| needs.get(cell).map(|need| Need { cell: place as u32, ..*need }))
        .collect();
    let layout = Layout::new(dimensions).filter(|_| !own.is_empty());
    let pick = |values: &[i64]| cells.iter().map(|&cell| values[cell as usize]).collect::<Vec<i64>>();
    let part = layout.map(|layout| {
        let mut primary = vec![None; cells.len()];
        for need in &own {
            primary[need.cell as usize] = Some(super::table::Primary::BelowThreshold);
        }
        GeneralTable {
            layout,
            values: pick(&table.values),
            counts: None,
            published: table
                .published
                .as_ref()
                .map(|published| cells.iter().map(|&cell| published[cell as usize]).collect()),
            known: cells.iter().map(|&cell| table.known[cell as usize]).collect(),
            primary,
            needs: own,
            lowest: table.lowest,
            zero: table.zero,
            prices: cells
                .iter()
                .map(|&cell| {
                    table.prices[cell as usize].saturating_mul(if decided[cell as usize] {
                        DECIDED
                    } else {
                        1
                    })
                })
                .collect(),
        }
    });
    (part, cells)
}

//! The attack against exhaustive enumeration of all whole tables.
#![allow(clippy::unwrap_used)]

use super::{BUDGET, intervals};
use crate::moves::{Relation, State, Table};
use crate::primary::Range;
use proptest::prelude::*;

impl std::fmt::Debug for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}..={}", self.low, self.high)
    }
}

/// Smallest and largest number of every cell over all tables within the ranges that keep every sum.
fn enumerate(table: &Table) -> Vec<(i64, i64)> {
    let mut found: Vec<(i64, i64)> = table.counts.iter().map(|&count| (count, count)).collect();
    let mut numbers = table.counts.clone();
    let free: Vec<(usize, Range)> = table
        .states
        .iter()
        .enumerate()
        .filter_map(|(cell, state)| match state {
            State::Free(range) => Some((cell, *range)),
            _ => None,
        })
        .collect();
    fn walk(table: &Table, free: &[(usize, Range)], numbers: &mut Vec<i64>, found: &mut [(i64, i64)]) {
        let Some(((cell, range), rest)) = free.split_first() else {
            let holds = table.all_relations().iter().all(|relation| {
                relation
                    .members
                    .iter()
                    .map(|&(cell, sign)| {
                        i64::from(sign) * (numbers[cell as usize] - table.counts[cell as usize])
                    })
                    .sum::<i64>()
                    == 0
            });
            if holds {
                for (found, number) in found.iter_mut().zip(numbers.iter()) {
                    *found = (found.0.min(*number), found.1.max(*number));
                }
            }
            return;
        };
        for number in range.low..=range.high {
            numbers[*cell] = number;
            walk(table, rest, numbers, found);
        }
        numbers[*cell] = table.counts[*cell];
    }
    walk(table, &free, &mut numbers, &mut found);
    found
}

fn relations(sums: &[(u32, Vec<u32>)]) -> Vec<Relation> {
    let relation = |(whole, parts): &(u32, Vec<u32>)| {
        let parts = parts.iter().filter(|part| *part != whole).map(|&part| (part, 1));
        Relation { members: std::iter::once((*whole, -1)).chain(parts).collect(), implied: false }
    };
    sums.iter().map(relation).collect()
}

fn check(table: &Table) {
    let asked: Vec<u32> = (0..table.counts.len() as u32).collect();
    let expected = enumerate(table);
    for (cell, interval) in intervals(table, &asked, [], BUDGET).into_iter().enumerate() {
        assert!(interval.is_exact(), "cell {cell}: {interval:?}");
        assert_eq!(interval.inner, expected[cell], "cell {cell}");
    }
}

/// A two-way table with margins: cells (i, j), row totals, column totals, all hidden within ranges.
fn two_way() -> impl Strategy<Value = Table> {
    let cell = (0i64..6, 0i64..3, 0i64..3, prop::bool::weighted(0.6));
    prop::collection::vec(cell, 9).prop_map(|cells| {
        let mut counts = Vec::new();
        let mut states = Vec::new();
        for &(count, down, up, hidden) in &cells {
            counts.push(count);
            let range = Range { low: (count - down).max(0), high: count + up };
            states.push(if hidden { State::Free(range) } else { State::Fixed });
        }
        let sums = (0..3)
            .flat_map(|i| [[3 * i, 3 * i + 1, 3 * i + 2], [i, i + 3, i + 6]])
            .map(|cells| {
                counts.push(cells.iter().map(|&cell| counts[cell as usize]).sum());
                states.push(State::Fixed);
                (counts.len() as u32 - 1, cells.to_vec())
            })
            .collect::<Vec<(u32, Vec<u32>)>>();
        Table::new(counts, states, relations(&sums))
    })
}

/// Any sums over any cells: mostly no network, and with optima that are no whole tables.
fn tangled() -> impl Strategy<Value = Table> {
    let cell = (0i64..6, 0i64..4, 0i64..4, prop::bool::weighted(0.85));
    let members = prop::collection::btree_set(0u32..7, 2..5);
    let signs = prop::collection::vec(any::<bool>(), 7);
    (prop::collection::vec(cell, 7), prop::collection::vec((members, signs), 1..5)).prop_map(
        |(cells, sums)| {
            let counts: Vec<i64> = cells.iter().map(|cell| cell.0).collect();
            let states = cells.iter().map(|&(count, down, up, hidden)| {
                let range = Range { low: (count - down).max(0), high: count + up };
                if hidden { State::Free(range) } else { State::Fixed }
            });
            let states = states.collect();
            let relation = |(members, signs): (std::collections::BTreeSet<u32>, Vec<bool>)| Relation {
                members: members
                    .into_iter()
                    .map(|cell| (cell, if signs[cell as usize] { 1 } else { -1 }))
                    .collect(),
                implied: false,
            };
            Table::new(counts, states, sums.into_iter().map(relation).collect())
        },
    )
}

#[test]
fn an_odd_ring_is_exact_only_over_whole_tables() {
    // a+b, b+c and a+c are known to be 3 or 4 each, d = a + b + c is hidden: halves would reach what no whole table does.
    let free = |low, high| State::Free(Range { low, high });
    let sums = [(3, vec![0, 1]), (4, vec![1, 2]), (5, vec![0, 2])];
    let counts = vec![1, 1, 1, 2, 2, 2];
    let states = vec![free(0, 3), free(0, 3), free(0, 3), State::Fixed, State::Fixed, State::Fixed];
    check(&Table::new(counts, states, relations(&sums)));
    let counts = vec![1, 1, 0, 2, 1, 1];
    let states = vec![free(0, 2), free(0, 2), free(0, 2), free(2, 3), free(1, 2), free(1, 2)];
    check(&Table::new(counts, states, relations(&sums)));
}

#[test]
fn nothing_hidden_and_cells_without_sums() {
    check(&Table::new(vec![], vec![], vec![]));
    check(&Table::new(vec![3], vec![State::Fixed], vec![]));
    check(&Table::new(vec![3], vec![State::Free(Range { low: 1, high: 4 })], vec![]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn networks_are_exact(table in two_way()) {
        check(&table);
    }

    #[test]
    fn tangled_sums_are_exact(table in tangled()) {
        check(&table);
    }
}

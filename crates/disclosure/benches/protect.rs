//! How long the gate takes on large tables.
#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs)]

#[path = "../tests/support/mod.rs"]
mod support;

use kekiz_disclosure::{History, Policy, protect};
use std::collections::BTreeMap;

fn main() {
    divan::main();
}

/// A Land with 12 Kreise, 150 Gemeinden, and Stadtteile; counts as a total and 9 parts, skewed as real ones.
fn hierarchy(cells: usize) -> kekiz_base::Cube {
    let areas = cells / 10;
    let mut parents: Vec<Option<usize>> = vec![None];
    parents.extend((1..13).map(|_| Some(0)));
    parents.extend((13..163).map(|i| Some(1 + i % 12)));
    parents.extend((163..areas).map(|i| Some(13 + i % 150)));
    let mut state = 42u64;
    let mut next = move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let leaves: BTreeMap<usize, Vec<i64>> = (163..areas)
        .map(|leaf| {
            let size = 8.0 + 60.0 * next() * next();
            (leaf, (0..9).map(|_| (size * (0.05 + 1.4 * next() * next())) as i64).collect())
        })
        .collect();
    support::summed(&parents, 9, &leaves).0
}

#[divan::bench(args = [5_000, 50_000], sample_count = 3, sample_size = 1)]
fn hierarchical_counts(bencher: divan::Bencher<'_, '_>, cells: usize) {
    let cube = hierarchy(cells);
    let (_, audit) = protect(&cube, &Policy::min5(), &History::empty()).unwrap();
    eprintln!("{} cells: {} primary, {} secondary", cells, audit.primary, audit.secondary);
    bencher.bench(|| protect(&cube, &Policy::min5(), &History::empty()).unwrap());
}

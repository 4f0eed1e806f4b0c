//! How long general tables take: children by area hierarchy, age, sex and more, skewed as real ones.
#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs)]

use kekiz_disclosure::general::{Contents, Dimension, GeneralTable, Layout, Method, TablePolicy, suppress};

fn main() {
    divan::main();
}

/// Small areas in Ortsteile of 5 and Bezirke of 20; six ages, two sexes, and `further` characteristics of two codes.
fn table(areas: usize, children: usize, further: usize) -> GeneralTable {
    let chains: Vec<Vec<String>> = (0..areas)
        .map(|area| vec![format!("b{:03}", area / 20), format!("o{:03}", area / 5), format!("s{area:04}")])
        .collect();
    let mut dimensions = vec![
        Dimension::from_chains("area", "T", &chains).unwrap(),
        Dimension::flat("age", "T", &["0-2", "3-5", "6-9", "10-13", "14-15", "16-17"]),
        Dimension::flat("sex", "T", &["m", "w"]),
    ];
    let names = ["mig", "sgb2"];
    dimensions.extend(names[..further].iter().map(|name| Dimension::flat(name, "T", &["j", "n"])));
    let layout = Layout::new(dimensions).unwrap();
    let mut state = 42u64;
    let mut next = move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let weights: Vec<f64> = (0..areas).map(|_| -(next() * next()).max(1e-9).ln()).collect();
    let total: f64 = weights.iter().sum();
    let mut counts = vec![0; layout.len()];
    for (area, weight) in weights.iter().enumerate() {
        let node = layout.dimensions[0].node(&format!("s{area:04}")).unwrap();
        let poor = next() * 0.5;
        for _ in 0..(weight / total * children as f64) as usize {
            let mut nodes = vec![node, 1 + (next() * 6.0) as u32, 1 + (next() * 2.0) as u32];
            nodes.extend((0..further).map(|_| if next() < 0.2 + poor { 1 } else { 2 }));
            counts[layout.cell(&nodes)] += 1;
        }
    }
    let contents = Contents { counts: Some(counts), ..Contents::default() };
    GeneralTable::new(layout, contents, &TablePolicy::by_name("min5").unwrap(), None).unwrap()
}

#[divan::bench(args = [(200, 60_000, 0), (600, 150_000, 0), (200, 60_000, 1), (3_800, 950_000, 0)], sample_count = 1, sample_size = 1)]
fn protect_general(bencher: divan::Bencher<'_, '_>, (areas, children, further): (usize, usize, usize)) {
    let table = table(areas, children, further);
    let done = suppress(&table, Method::Auto, 1).unwrap();
    eprintln!("{} cells: {} primary, {} secondary", table.cells(), done.audit.primary, done.audit.secondary);
    bencher.bench_local(|| suppress(&table, Method::Auto, 1).unwrap());
}

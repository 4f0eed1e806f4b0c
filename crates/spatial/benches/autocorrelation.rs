//! Medians: `cargo bench -p kekiz-spatial --bench autocorrelation`; beside other tools: `benches/peers.py`.

use divan::{Bencher, black_box};
use kekiz_spatial::autocorrelation::{DrawTable, Permutations, local_moran_permutation, moran_permutation};
use kekiz_spatial::weights::{Contiguity, Weights, contiguity, read_gal};
use kekiz_stats::draw::Generator;

fn main() {
    divan::main();
}

fn counties() -> (Vec<f64>, Weights) {
    let column = include_str!("../tests/data/nat.csv").lines().skip(1);
    let values = column.filter_map(|line| line.split(',').nth(1)?.parse().ok()).collect();
    let gal = read_gal("nat_queen.gal", include_str!("../tests/data/nat_queen.gal"));
    (values, gal.map(|(file, _)| file.weights).unwrap_or_else(|cause| unreachable!("{cause}")))
}

/// A grid of cells with the eight cells around each as neighbours and random values.
fn grid(side: usize) -> (Vec<f64>, Weights) {
    let mut generator = Generator::new(1, 0);
    let values = (0..side * side).map(|_| generator.unit()).collect();
    let near = |at: usize| at.saturating_sub(1)..=(at + 1).min(side - 1);
    let list = |cell: usize| {
        let (row, column) = (cell / side, cell % side);
        let others = near(row).flat_map(move |r| near(column).map(move |c| (r * side + c) as u32));
        others.filter(|other| *other as usize != cell).collect()
    };
    let weights = Weights::binary((0..side * side).map(list).collect());
    (values, weights.unwrap_or_else(|cause| unreachable!("{cause}")).row_standardised())
}

fn draws(threads: usize, table: DrawTable) -> Permutations {
    Permutations { draws: 9_999, seed: 1, threads, table }
}

#[divan::bench(args = [1, 2], sample_count = 5)]
fn local_moran_counties(bencher: Bencher, threads: usize) {
    let (values, weights) = counties();
    bencher.bench(|| {
        local_moran_permutation(black_box(&values), &weights, draws(threads, DrawTable::Independent))
    });
}

#[divan::bench(args = [1, 2], sample_count = 3)]
fn local_moran_50_176_cells(bencher: Bencher, threads: usize) {
    let (values, weights) = grid(224);
    bencher.bench(|| {
        local_moran_permutation(black_box(&values), &weights, draws(threads, DrawTable::Independent))
    });
}

#[divan::bench(sample_count = 10)]
fn shared_table_counties(bencher: Bencher) {
    let (values, weights) = counties();
    bencher.bench(|| local_moran_permutation(black_box(&values), &weights, draws(1, DrawTable::Shared)));
}

#[divan::bench(sample_count = 5)]
fn shared_table_50_176_cells(bencher: Bencher) {
    let (values, weights) = grid(224);
    bencher.bench(|| local_moran_permutation(black_box(&values), &weights, draws(1, DrawTable::Shared)));
}

#[divan::bench(sample_count = 3)]
fn global_moran_counties(bencher: Bencher) {
    let (values, weights) = counties();
    bencher.bench(|| moran_permutation(black_box(&values), &weights, draws(1, DrawTable::Independent)));
}

/// Squares of 100 m side by side in the middle of Germany.
fn squares(side: usize) -> Vec<geo::MultiPolygon<f64>> {
    let (dx, dy) = (0.001_45, 0.000_9);
    let square = |cell: usize| {
        let (x, y) = (7.0 + (cell % side) as f64 * dx, 51.0 + (cell / side) as f64 * dy);
        let ring = vec![(x, y), (x + dx, y), (x + dx, y + dy), (x, y + dy), (x, y)];
        geo::MultiPolygon(vec![geo::Polygon::new(ring.into(), Vec::new())])
    };
    (0..side * side).map(square).collect()
}

#[divan::bench(args = [100, 316, 1_000], sample_count = 1)]
fn queen_neighbours_of_squares(bencher: Bencher, side: usize) {
    let shapes = squares(side);
    bencher.bench(|| contiguity(black_box(&shapes), Contiguity::Queen).pairs());
}

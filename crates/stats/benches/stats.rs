//! Medians: `cargo bench -p kekiz-stats`.

use divan::{Bencher, black_box};
use kekiz_stats::index::{SensitivitySettings, WeightDraws, rank_sensitivity, sd_classes};
use kekiz_stats::interval::{clopper_pearson, wilson};
use kekiz_stats::moments::Deviation;

fn main() {
    divan::main();
}

fn counts(n: u32) -> Vec<(f64, f64)> {
    (0..n).map(|i| (f64::from(i * 37 % 101), f64::from(101 + i * 13 % 5_000))).collect()
}

#[divan::bench]
fn wilson_100_000(bencher: Bencher) {
    let counts = counts(100_000);
    bencher.bench(|| {
        counts.iter().filter_map(|(x, n)| wilson(*x, *n, black_box(0.95))).map(|i| i.upper).sum::<f64>()
    });
}

#[divan::bench(sample_count = 10)]
fn clopper_pearson_10_000(bencher: Bencher) {
    let counts = counts(10_000);
    bencher.bench(|| {
        counts
            .iter()
            .filter_map(|(x, n)| clopper_pearson(*x, *n, black_box(0.95)))
            .map(|i| i.upper)
            .sum::<f64>()
    });
}

#[divan::bench(args = [53, 396, 5_000], sample_count = 10)]
fn rank_sensitivity_1_000_draws(bencher: Bencher, areas: u32) {
    let columns: Vec<Vec<f64>> = (1..=6_u32)
        .map(|c| (0..areas).map(|a| f64::from((a + 1) * (c * 7919 + 13) % 1009)).collect())
        .collect();
    let settings =
        SensitivitySettings { draws: 1_000, seed: 1, weights: WeightDraws::Dirichlet { concentration: 1.0 } };
    bencher.bench(|| {
        rank_sensitivity(black_box(&columns), &[1.0; 6], &settings, |_, scores| {
            sd_classes(scores, &[1.0, -1.0, -1.5], Deviation::Sample).ok()
        })
        .map(|r| r.mean_rank_shift)
    });
}

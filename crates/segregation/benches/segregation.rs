//! Medians: `cargo bench -p kekiz-segregation`.

use divan::{Bencher, black_box};
use kekiz_segregation::Counts;
use kekiz_segregation::evenness::dissimilarity;
use kekiz_segregation::inference::{Draws, Null, bootstrap, randomise};
use kekiz_segregation::information::information;
use kekiz_stats::draw::Generator;

fn main() {
    divan::main();
}

fn counts(rows: &[Vec<f64>]) -> Counts {
    Counts::from_rows(rows).unwrap_or_else(|cause| unreachable!("{cause}"))
}

/// Hispanics against all others in 403 tracts.
fn sacramento() -> Counts {
    let row = |line: &str| {
        let n: Vec<f64> = line.split(',').filter_map(|n| n.parse().ok()).collect();
        vec![n[0], n[4] - n[0]]
    };
    counts(&include_str!("../tests/data/sacramento.csv").lines().skip(1).map(row).collect::<Vec<_>>())
}

/// Units of 20 to 400 persons, 28 % of them in the focal group.
fn many(units: usize) -> Counts {
    let mut generator = Generator::new(1, 0);
    let row = |_| {
        let size = 20 + generator.below(380);
        let focal = (0..size).filter(|_| generator.unit() < 0.28).count();
        vec![focal as f64, (size - focal) as f64]
    };
    counts(&(0..units).map(row).collect::<Vec<_>>())
}

fn schools() -> Counts {
    let mut names: Vec<&str> = Vec::new();
    let mut groups: Vec<&str> = Vec::new();
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for line in include_str!("../tests/data/schools00.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        if names.last() != Some(&fields[2]) {
            names.push(fields[2]);
            rows.push(vec![0.0; 5]);
        }
        let group = groups.iter().position(|g| *g == fields[3]).unwrap_or_else(|| {
            groups.push(fields[3]);
            groups.len() - 1
        });
        if let Some(row) = rows.last_mut() {
            row[group] += fields[4].parse::<f64>().unwrap_or(0.0);
        }
    }
    counts(&rows)
}

fn d(table: &Counts) -> f64 {
    dissimilarity(table.group(0), table.group(1)).unwrap_or(0.0)
}

fn draws(draws: u32) -> Draws {
    Draws { draws, seed: 1, threads: 1 }
}

#[divan::bench(sample_count = 10)]
fn systematic_403_units_999_draws(bencher: Bencher) {
    let counts = sacramento();
    bencher.bench(|| randomise(black_box(&counts), Null::Systematic, draws(999), d));
}

#[divan::bench(sample_count = 5)]
fn systematic_50_000_units_100_draws(bencher: Bencher) {
    let counts = many(50_000);
    bencher.bench(|| randomise(black_box(&counts), Null::Systematic, draws(100), d));
}

#[divan::bench(sample_count = 10)]
fn persons_403_units_100_draws(bencher: Bencher) {
    let counts = sacramento();
    bencher.bench(|| randomise(black_box(&counts), Null::Persons, draws(100), d));
}

#[divan::bench(sample_count = 5)]
fn bootstrap_of_m_and_h_877_739_pupils_500_draws(bencher: Bencher) {
    let counts = schools();
    bencher.bench(|| {
        bootstrap(black_box(&counts), draws(500), 0.95, |table| {
            let found = information(table);
            found.m + found.h
        })
    });
}

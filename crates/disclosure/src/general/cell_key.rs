//! Noise by the cell-key method.
//!
//! Every record has a key; a cell's key is the sum of the keys of its records, and cell key and number together say the change
//! (Fraser and Wooton 2005, "A proposed method for confidentialising tabular output to protect against differencing"). The same
//! records get the same change in every table, so tables cannot be averaged, and differences of nested cells stay uncertain.
//! The chances of the changes are those of greatest entropy with mean nought and a given variance (Marley and
//! Leaver 2011; Giessing 2016). Sums do not add up after it; [`Margins`] says where.

use super::layout::Layout;
use super::rules::Noise;
use super::table::GeneralTable;
use serde::Serialize;

/// The key of one record from the office's secret and what names the record.
pub fn record_key(secret: &[u8; 32], record: &[u8]) -> u64 {
    let hash = blake3::keyed_hash(secret, record);
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_le_bytes(first)
}

/// How many sums of a table add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Margins {
    /// Sums in all.
    pub sums: usize,
    /// Sums whose parts do not make the whole.
    pub not_additive: usize,
    /// Largest distance between a whole and its parts.
    pub largest_gap: i64,
}

impl Margins {
    /// Checks every sum of a layout.
    pub fn of(layout: &Layout, values: &[i64]) -> Self {
        let mut margins = Self::default();
        for relation in layout.relations() {
            let gap: i64 =
                relation.members.iter().map(|&(cell, sign)| i64::from(sign) * values[cell as usize]).sum();
            margins.sums += 1;
            margins.not_additive += usize::from(gap != 0);
            margins.largest_gap = margins.largest_gap.max(gap.abs());
        }
        margins
    }
}

/// A table with noise.
pub struct Perturbed {
    /// The changed number of every cell.
    pub values: Vec<i64>,
    /// Largest change of a number.
    pub largest_change: i64,
    /// How many sums still add up.
    pub margins: Margins,
}

/// Changes the counts of a table; `keys` are the sums of record keys of the finest cells (others are ignored).
/// Nought stays nought. The same key and number give the same change.
pub fn perturb(table: &GeneralTable, keys: &[u64], noise: Noise) -> Perturbed {
    let mut keys = keys.to_vec();
    table.layout.add_up(&mut keys, u64::wrapping_add);
    let most = i64::from(noise.largest) + i64::from(noise.none_up_to) + 1;
    let chances: Vec<Vec<(i64, f64)>> = (0..=most).map(|count| transition(count, noise)).collect();
    let values: Vec<i64> = table
        .values
        .iter()
        .zip(&keys)
        .map(|(&count, &key)| {
            let row = &chances[count.clamp(0, most) as usize];
            let mut left = (key >> 11) as f64 / (1u64 << 53) as f64;
            let found = row.iter().find(|(_, chance)| {
                left -= chance;
                left < 0.0
            });
            count + found.or(row.last()).map_or(0, |(change, _)| *change)
        })
        .collect();
    let largest_change =
        values.iter().zip(&table.values).map(|(new, old)| (new - old).abs()).max().unwrap_or(0);
    Perturbed { largest_change, margins: Margins::of(&table.layout, &values), values }
}

/// The possible changes of a count with their chances: mean nought, the given variance (or the nearest possible one for small
/// counts), and otherwise of greatest entropy, so in proportion to exp(a·v + b·v²).
pub fn transition(count: i64, noise: Noise) -> Vec<(i64, f64)> {
    if count <= 0 {
        return vec![(0, 1.0)];
    }
    let largest = i64::from(noise.largest);
    let changes: Vec<i64> = (-largest..=largest)
        .filter(|change| {
            let result = count + change;
            result == 0 || result > i64::from(noise.none_up_to)
        })
        .collect();
    let chances = |a: f64, b: f64| -> Vec<f64> {
        let exponents: Vec<f64> = changes.iter().map(|&v| a * v as f64 + b * (v * v) as f64).collect();
        let top = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = exponents.iter().map(|x| (x - top).exp()).collect();
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / sum).collect()
    };
    let moment = |chances: &[f64], power: i32| -> f64 {
        changes.iter().zip(chances).map(|(&v, p)| p * (v as f64).powi(power)).sum()
    };
    // The mean rises with a, and with the mean at nought the variance rises with b.
    let centred = |b: f64| {
        let (mut low, mut high) = (-400.0, 400.0);
        for _ in 0..200 {
            let a = (low + high) / 2.0;
            if moment(&chances(a, b), 1) < 0.0 { low = a } else { high = a }
        }
        chances((low + high) / 2.0, b)
    };
    let (mut low, mut high) = (-30.0, 30.0);
    for _ in 0..100 {
        let b = (low + high) / 2.0;
        if moment(&centred(b), 2) < noise.variance { low = b } else { high = b }
    }
    changes.iter().copied().zip(centred((low + high) / 2.0)).collect()
}

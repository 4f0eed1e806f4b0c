//! Pearson's test of a table of any size.

use statrs::function::gamma::checked_gamma_ur;

/// A statistic with its degrees of freedom and p-value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// The statistic.
    pub statistic: f64,
    /// Degrees of freedom, 1 or more.
    pub degrees: f64,
    /// p-value.
    pub p: f64,
}

/// Whether the statistic of a fourfold table is made smaller for being discrete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    /// As it is.
    None,
    /// Yates, F. (1934), Supplement to the Journal of the Royal Statistical Society 1, 217-235: half a person nearer to
    /// what is expected, never beyond. Other tables than fourfold ones are left as they are.
    Yates,
}

/// Upper tail of the chi-square distribution; `None` without degrees of freedom.
pub(crate) fn upper_tail(statistic: f64, degrees: f64) -> Option<f64> {
    if !(degrees > 0.0 && statistic.is_finite() && statistic >= 0.0) {
        return None;
    }
    if statistic == 0.0 {
        return Some(1.0);
    }
    checked_gamma_ur(degrees / 2.0, statistic / 2.0).ok()
}

/// Chi-square test of independence of rows and columns. Rows and columns without persons are left out.
///
/// `None` when fewer than two rows or columns remain, or when rows differ in length.
/// Source: Pearson, K. (1900), Philosophical Magazine 50, 157-175.
pub fn independence(rows: &[Vec<u64>], correction: Correction) -> Option<Test> {
    let width = rows.first()?.len();
    if rows.iter().any(|row| row.len() != width) {
        return None;
    }
    let row_sums: Vec<f64> = rows.iter().map(|row| row.iter().map(|count| *count as f64).sum()).collect();
    let column_sums: Vec<f64> =
        (0..width).map(|column| rows.iter().map(|row| row[column] as f64).sum()).collect();
    let filled = |sums: &[f64]| sums.iter().filter(|sum| **sum > 0.0).count();
    let (height, width) = (filled(&row_sums), filled(&column_sums));
    if height < 2 || width < 2 {
        return None;
    }
    let total: f64 = row_sums.iter().sum();
    let fourfold = height == 2 && width == 2;
    let mut statistic = 0.0;
    for (row, row_sum) in rows.iter().zip(&row_sums) {
        for (count, column_sum) in row.iter().zip(&column_sums) {
            let expected = row_sum * column_sum / total;
            let mut distance = (*count as f64 - expected).abs();
            if correction == Correction::Yates && fourfold {
                distance -= distance.min(0.5);
            }
            if expected > 0.0 {
                statistic += distance * distance / expected;
            }
        }
    }
    let degrees = ((height - 1) * (width - 1)) as f64;
    Some(Test { statistic, degrees, p: upper_tail(statistic, degrees)? })
}

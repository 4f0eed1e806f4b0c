//! What chance alone would give: indices of small units are above 0 even when nobody sorts.
//!
//! Persons are thought to be dealt out to the places of the units at random, with the sizes of units and groups fixed.
//! The share of a group in a unit then follows the hypergeometric distribution, and the mean of every index that is a
//! sum over units is exact. Sources: Cortese, C. F., Falk, R. F. and Cohen, J. K. (1976), American Sociological Review
//! 41, 630-637; Winship, C. (1977), Social Forces 55, 1058-1066; Carrington, W. J. and Troske, K. R. (1997), Journal of
//! Business & Economic Statistics 15, 402-409.

use crate::draw::hypergeometric;
use crate::information::x_log_x;
use crate::{Counts, CountsError};
use std::collections::BTreeMap;

/// Indices of two groups whose mean under chance is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// Dissimilarity D.
    Dissimilarity,
    /// Correlation ratio V.
    CorrelationRatio,
    /// Theil's H.
    Theil,
}

/// An index beside what chance alone would give.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Corrected {
    /// The index as observed.
    pub raw: f64,
    /// Its mean when persons are dealt out at random.
    pub expected: f64,
    /// `(raw − expected) / (1 − expected)`: 0 on average under chance, 1 at complete separation, negative when units
    /// are more alike than chance makes them. `None` when chance alone gives complete separation, as when every unit
    /// holds one person.
    pub adjusted: Option<f64>,
}

/// An index of the first group against the second, corrected for chance.
///
/// # Errors
/// [`CountsError`] for counts that are not whole numbers, or more than two groups.
pub fn corrected(counts: &Counts, index: Index) -> Result<Corrected, CountsError> {
    counts.check_whole()?;
    if counts.groups() != 2 {
        return Err(CountsError::Shape);
    }
    let (x, y) = (counts.group(0), counts.group(1));
    let (all_x, all_y): (f64, f64) = (x.iter().sum(), y.iter().sum());
    let total = all_x + all_y;
    let part = |n: f64, size: f64| match index {
        Index::Dissimilarity => (n / all_x - (size - n) / all_y).abs() / 2.0,
        Index::CorrelationRatio => n * n / size,
        Index::Theil => x_log_x(n) + x_log_x(size - n) - x_log_x(size),
    };
    let finish = |sum: f64| match index {
        Index::Dissimilarity => sum,
        Index::CorrelationRatio => {
            let share = all_x / total;
            (sum / all_x - share) / (1.0 - share)
        }
        Index::Theil => {
            let most = x_log_x(total) - x_log_x(all_x) - x_log_x(all_y);
            (sum + most) / most
        }
    };
    let mut sizes: BTreeMap<u64, f64> = BTreeMap::new();
    let mut raw = 0.0;
    for (x, y) in x.iter().zip(y).filter(|(x, y)| *x + *y > 0.0) {
        raw += part(*x, x + y);
        *sizes.entry((x + y) as u64).or_default() += 1.0;
    }
    let mut expected = 0.0;
    for (size, units) in sizes {
        let size = size as f64;
        let (first, chances) = hypergeometric(total, all_x, size);
        let parts = chances.iter().enumerate().map(|(step, p)| p * part(first + step as f64, size));
        expected += units * parts.sum::<f64>();
    }
    let (raw, expected) = (finish(raw), finish(expected));
    let room = 1.0 - expected;
    Ok(Corrected { raw, expected, adjusted: (room > 1e-12).then(|| (raw - expected) / room) })
}

/// Mutual information M (nats) of any number of groups and its exact mean under chance, which is about
/// `(units − 1)(groups − 1) / 2 · persons`.
///
/// # Errors
/// [`CountsError`] for counts that are not whole numbers.
pub fn expected_information(counts: &Counts) -> Result<f64, CountsError> {
    counts.check_whole()?;
    let total = counts.total();
    let mut sizes: BTreeMap<u64, f64> = BTreeMap::new();
    for size in counts.unit_totals() {
        *sizes.entry(size as u64).or_default() += 1.0;
    }
    let mut sum = 0.0;
    for group in counts.group_totals() {
        for (size, units) in &sizes {
            let (first, chances) = hypergeometric(total, group, *size as f64);
            let parts = chances.iter().enumerate().map(|(step, p)| p * x_log_x(first + step as f64));
            sum += units * parts.sum::<f64>();
        }
    }
    let units: f64 = sizes.iter().map(|(size, units)| units * x_log_x(*size as f64)).sum();
    let groups: f64 = counts.group_totals().into_iter().map(x_log_x).sum();
    Ok(((sum - units - groups + x_log_x(total)) / total).max(0.0))
}

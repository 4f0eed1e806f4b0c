//! Rates that borrow strength from neighbouring areas.
//!
//! `cases` and `persons` have one entry per area; rates are per person. All neighbours count alike, whatever their
//! weight, and an area counts among its own neighbours. `None` for an area around which nobody lives.

use crate::weights::Weights;

/// Whose mean the deviations around an area are taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalMean {
    /// The mean around the area that is smoothed: PySAL esda, GeoDa, spdep with `geoda = TRUE`.
    OfArea,
    /// For each neighbour the mean around that neighbour: spdep's default.
    OfNeighbour,
}

fn fits(cases: &[f64], persons: &[f64], weights: &Weights) -> bool {
    let good = |v: &f64| v.is_finite() && *v >= 0.0;
    let populated = cases.iter().zip(persons).all(|(c, n)| *n > 0.0 || *c == 0.0);
    cases.len() == persons.len()
        && cases.len() == weights.areas()
        && cases.iter().chain(persons).all(good)
        && populated
}

fn around(area: usize, weights: &Weights) -> impl Iterator<Item = usize> + Clone + '_ {
    weights.neighbours(area).iter().map(|other| *other as usize).chain([area])
}

/// Cases around each area over persons around it, itself included ("spatial rate", moving window).
///
/// The outer `None` is for arguments that do not belong together: different lengths, negative or not finite numbers,
/// cases where nobody lives.
pub fn spatial_rate(cases: &[f64], persons: &[f64], weights: &Weights) -> Option<Vec<Option<f64>>> {
    if !fits(cases, persons, weights) {
        return None;
    }
    let one = |area: usize| {
        let (c, n) = around(area, weights).fold((0.0, 0.0), |(c, n), a| (c + cases[a], n + persons[a]));
        (n > 0.0).then_some(c / n)
    };
    Some((0..cases.len()).map(one).collect())
}

/// Empirical-Bayes rates drawn towards the mean of the neighbourhood instead of that of all areas.
///
/// Outer `None` as [`spatial_rate`]. Source: Marshall, R. J. (1991), Applied Statistics 40, 283-294, section 4.
pub fn spatial_empirical_bayes(
    cases: &[f64],
    persons: &[f64],
    weights: &Weights,
    mean: LocalMean,
) -> Option<Vec<Option<f64>>> {
    let means = spatial_rate(cases, persons, weights)?;
    let one = |area: usize| {
        let own_mean = means[area]?;
        let (mut squares, mut all, mut count) = (0.0, 0.0, 0.0);
        for a in around(area, weights) {
            count += 1.0;
            all += persons[a];
            if persons[a] > 0.0 {
                let centre = match mean {
                    LocalMean::OfArea => own_mean,
                    LocalMean::OfNeighbour => means[a]?,
                };
                squares += persons[a] * (cases[a] / persons[a] - centre).powi(2);
            }
        }
        let variance = (squares / all - own_mean / (all / count)).max(0.0);
        if persons[area] == 0.0 || variance == 0.0 {
            return Some(own_mean);
        }
        let weight = variance / (variance + own_mean / persons[area]);
        Some(own_mean + (cases[area] / persons[area] - own_mean) * weight)
    };
    Some((0..cases.len()).map(one).collect())
}

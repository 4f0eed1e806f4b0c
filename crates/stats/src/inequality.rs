//! How unequally something is spread over areas of different size and standing.
//!
//! Slices hold one entry per area. Rates are per person, persons at least 0. `None` for different lengths, nobody at all,
//! negative persons, or numbers that are not finite.

fn weighted(rates: &[f64], persons: &[f64]) -> Option<(f64, f64)> {
    let good = rates.len() == persons.len()
        && rates.iter().all(|r| r.is_finite())
        && persons.iter().all(|n| n.is_finite() && *n >= 0.0);
    let all: f64 = persons.iter().sum();
    if !good || all <= 0.0 {
        return None;
    }
    let mean = rates.iter().zip(persons).map(|(r, n)| r * n).sum::<f64>() / all;
    Some((all, mean))
}

/// Gini coefficient of rates, areas counting by their persons: 0 when all are equal, towards 1 when all lies in one place.
/// Also `None` for a negative rate or when all rates are 0.
pub fn gini(rates: &[f64], persons: &[f64]) -> Option<f64> {
    let (all, mean) = weighted(rates, persons)?;
    if mean <= 0.0 || rates.iter().any(|r| *r < 0.0) {
        return None;
    }
    let mut order: Vec<usize> = (0..rates.len()).collect();
    order.sort_by(|a, b| rates[*a].total_cmp(&rates[*b]));
    // One minus twice the area under the Lorenz curve.
    let (mut done, mut under) = (0.0, 0.0);
    for area in order {
        let share = rates[area] * persons[area] / (mean * all);
        under += persons[area] / all * (2.0 * done + share);
        done += share;
    }
    Some((1.0 - under).max(0.0))
}

/// Theil's T of rates, areas counting by their persons: 0 when all are equal. Also `None` as in [`gini`].
pub fn theil(rates: &[f64], persons: &[f64]) -> Option<f64> {
    let (all, mean) = weighted(rates, persons)?;
    if mean <= 0.0 || rates.iter().any(|r| *r < 0.0) {
        return None;
    }
    let part = |(rate, n): (&f64, &f64)| {
        let ratio = rate / mean;
        if ratio > 0.0 { n / all * ratio * ratio.ln() } else { 0.0 }
    };
    Some(rates.iter().zip(persons).map(part).sum::<f64>().max(0.0))
}

/// Slope and relative index of inequality along a ranking of areas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlopeIndex {
    /// SII: rate at the most deprived end minus that at the least deprived, on a straight line through all areas.
    pub slope: f64,
    /// RII: the two ends' ratio; `None` when the line reaches 0 at the lower end.
    pub relative: Option<f64>,
    /// Rate at the least deprived end.
    pub low: f64,
    /// Rate at the most deprived end.
    pub high: f64,
}

/// Regresses rates on the rank of deprivation, from 0 for the least to 1 for the most deprived person; areas count by
/// their persons and take the middle of their stretch of the ranking, areas of equal deprivation a common one. Also
/// `None` when all areas are equally deprived.
///
/// Source: Pamuk, E. R. (1985), Population Studies 39, 17-31; Mackenbach, J. P. and Kunst, A. E. (1997), Social Science
/// & Medicine 44, 757-771 (weighted least squares with persons as weights).
pub fn slope_index(rates: &[f64], persons: &[f64], deprivation: &[f64]) -> Option<SlopeIndex> {
    let (all, mean) = weighted(rates, persons)?;
    if deprivation.len() != rates.len() || !deprivation.iter().all(|d| d.is_finite()) {
        return None;
    }
    let mut order: Vec<usize> = (0..rates.len()).collect();
    order.sort_by(|a, b| deprivation[*a].total_cmp(&deprivation[*b]));
    let mut rank = vec![0.0; rates.len()];
    let mut below = 0.0;
    for tied in order.chunk_by(|a, b| deprivation[*a] == deprivation[*b]) {
        let here: f64 = tied.iter().map(|area| persons[*area]).sum();
        tied.iter().for_each(|area| rank[*area] = (below + here / 2.0) / all);
        below += here;
    }
    let (mut both, mut squares) = (0.0, 0.0);
    for area in 0..rates.len() {
        both += persons[area] * (rank[area] - 0.5) * (rates[area] - mean);
        squares += persons[area] * (rank[area] - 0.5).powi(2);
    }
    if squares <= 1e-12 * all {
        return None;
    }
    let slope = both / squares;
    let (low, high) = (mean - slope / 2.0, mean + slope / 2.0);
    Some(SlopeIndex { slope, relative: (low > 0.0).then(|| high / low), low, high })
}

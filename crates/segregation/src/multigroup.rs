//! Indices for any number of groups.
//!
//! Source: Reardon, S. F. and Firebaugh, G. (2002), Sociological Methodology 32, 33-67, table 2. All lie in `[0, 1]`
//! but [`diversity`]. Theil's H for many groups is [`crate::information::information`].

use crate::Counts;

/// Shares of each group among all.
fn shares(counts: &Counts) -> Vec<f64> {
    let total = counts.total();
    counts.group_totals().into_iter().map(|n| n / total).collect()
}

/// Simpson's interaction index: the chance that two persons drawn at random belong to different groups.
pub fn diversity(counts: &Counts) -> f64 {
    1.0 - shares(counts).iter().map(|p| p * p).sum::<f64>()
}

/// Dissimilarity of many groups.
pub fn dissimilarity(counts: &Counts) -> f64 {
    let (shares, units) = (shares(counts), counts.unit_totals());
    let sum: f64 = (0..counts.groups())
        .map(|g| counts.group(g).iter().zip(&units).map(|(n, t)| (n - t * shares[g]).abs()).sum::<f64>())
        .sum();
    sum / (2.0 * counts.total() * diversity(counts))
}

/// Gini index of many groups.
pub fn gini(counts: &Counts) -> f64 {
    let total = counts.total();
    let sum: f64 = (0..counts.groups())
        .map(|g| {
            let two = counts.against_rest(g);
            let (x, y): (f64, f64) = (two.group(0).iter().sum(), two.group(1).iter().sum());
            crate::evenness::gini(two.group(0), two.group(1)).unwrap_or(0.0) * x * y / (total * total)
        })
        .sum();
    sum / diversity(counts)
}

/// Squared deviations of shares in units from shares among all, each group divided by what `divisor` makes of its
/// share, per person.
fn squared(counts: &Counts, divisor: impl Fn(f64) -> f64) -> f64 {
    let (shares, units) = (shares(counts), counts.unit_totals());
    let group = |g: usize| {
        let part = |(n, t): (&f64, &f64)| if *t > 0.0 { t * (n / t - shares[g]).powi(2) } else { 0.0 };
        counts.group(g).iter().zip(&units).map(part).sum::<f64>() / divisor(shares[g])
    };
    (0..counts.groups()).map(group).sum::<f64>() / counts.total()
}

/// Normalised exposure P.
pub fn normalised_exposure(counts: &Counts) -> f64 {
    squared(counts, |share| 1.0 - share)
}

/// Relative diversity R (Carlson, Goodman and Kruskal).
pub fn relative_diversity(counts: &Counts) -> f64 {
    squared(counts, |_| 1.0) / diversity(counts)
}

/// Squared coefficient of variation C.
pub fn squared_variation(counts: &Counts) -> f64 {
    squared(counts, |share| share) / (counts.groups() as f64 - 1.0)
}

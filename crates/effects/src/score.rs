//! Score intervals of risk and odds ratios: the ratios that the data do not contradict.
//!
//! Where all exposed are cases, the lower end differs from statsmodels' closed form, which contradicts its own statistic
//! (`tests/reference.rs`).
//!
//! Sources: Koopman, P. A. R. (1984), Biometrics 40, 513-517; Miettinen, O. and Nurminen, M. (1985), Statistics in
//! Medicine 4, 213-226.

use crate::bisect::last_true;
use crate::fourfold::FourFold;

/// Natural logarithm of the largest ratio looked at; e^35 is beyond the number of persons there can be.
const FAR: f64 = 80.0;

/// What Miettinen and Nurminen put on the critical value: (N - 1) / N.
///
/// Their variance is N / (N - 1) times Koopman's, so their statistic is (N - 1) / N times his: the critical value grows
/// by N / (N - 1).
pub(crate) fn widening(n: f64) -> f64 {
    if n > 1.0 { n / (n - 1.0) } else { 1.0 }
}

/// Signed root of the score statistic of a risk ratio; falls with the ratio.
fn risk_score(table: &FourFold, ratio: f64) -> f64 {
    let [a, b, c, d] = table.cells();
    let (n1, n0) = (a + b, c + d);
    // Shares most likely under the ratio: root of a quadratic.
    let (qa, qb, qc) = ((n1 + n0) * ratio, n1 * ratio + a + n0 + c * ratio, a + c);
    let root = (qb * qb - 4.0 * qa * qc).max(0.0).sqrt();
    // The smaller root, in the form that does not cancel.
    let p0 = (2.0 * qc / (qb + root)).clamp(0.0, 1.0);
    let p1 = (ratio * p0).clamp(0.0, 1.0);
    let variance = p1 * (1.0 - p1) / n1 + ratio * ratio * p0 * (1.0 - p0) / n0;
    signed(a / n1 - ratio * c / n0, variance)
}

/// Cells most likely under an odds ratio with the margins of a table: exposed cases, exposed others, reference cases,
/// reference others. All margins are positive.
pub(crate) fn fitted([a, b, c, d]: [f64; 4], ratio: f64) -> [f64; 4] {
    let (n1, n0, cases) = (a + b, c + d, a + c);
    let (qa, qb, qc) = (1.0 - ratio, n0 - cases + ratio * (n1 + cases), -ratio * n1 * cases);
    let root = (qb * qb - 4.0 * qa * qc).max(0.0).sqrt();
    // The root between the ends the margins allow, in the form that does not cancel.
    let x = if qb >= 0.0 { -2.0 * qc / (qb + root) } else { (root - qb) / (2.0 * qa) };
    let [mut x, mut b, mut c, mut d] = [x, n1 - x, cases - x, n0 - cases + x].map(|cell| cell.max(0.0));
    // Of the two cells an extreme ratio empties, the smaller one follows from the other three without cancelling.
    match (ratio < 1.0, x >= d, b >= c) {
        (true, true, _) => d = ratio * b * c / x,
        (true, false, _) => x = ratio * b * c / d,
        (false, _, true) => c = x * d / ratio / b,
        (false, _, false) => b = x * d / ratio / c,
    }
    [x, b, c, d]
}

/// Signed root of the score statistic of an odds ratio; falls with the ratio.
fn odds_score(table: &FourFold, ratio: f64) -> f64 {
    let cells = table.cells();
    let fitted = fitted(cells, ratio);
    let variance = 1.0 / fitted.iter().map(|cell| 1.0 / cell).sum::<f64>();
    // The four distances are the same but for their sign; the one of the smallest cell is the most exact.
    let signs = [1.0, -1.0, -1.0, 1.0];
    let smallest = (0..4).min_by(|i, j| fitted[*i].total_cmp(&fitted[*j])).unwrap_or(0);
    signed(signs[smallest] * (cells[smallest] - fitted[smallest]), variance)
}

fn signed(distance: f64, variance: f64) -> f64 {
    if distance == 0.0 { 0.0 } else { distance / variance.sqrt() }
}

fn interval(
    score: impl Fn(f64) -> f64,
    critical: f64,
    none_exposed: bool,
    none_reference: bool,
) -> (f64, Option<f64>) {
    let z = critical.sqrt();
    let lower = if none_exposed { 0.0 } else { last_true(-FAR, FAR, |log| score(log.exp()) > z).exp() };
    let upper = (!none_reference).then(|| last_true(-FAR, FAR, |log| score(log.exp()) > -z).exp());
    (lower, upper)
}

/// Ends of the interval of the risk ratio for a critical value of chi-square.
pub(crate) fn risk_interval(table: &FourFold, critical: f64) -> (f64, Option<f64>) {
    let [a, _, c, _] = table.cells();
    interval(|ratio| risk_score(table, ratio), critical, a == 0.0, c == 0.0)
}

/// Ends of the interval of the odds ratio for a critical value of chi-square.
pub(crate) fn odds_interval(table: &FourFold, critical: f64) -> (f64, Option<f64>) {
    let [a, b, c, d] = table.cells();
    interval(|ratio| odds_score(table, ratio), critical, a == 0.0 || d == 0.0, b == 0.0 || c == 0.0)
}

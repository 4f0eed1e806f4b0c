//! Exposure of two groups: whom does a member of the focal group meet in the own unit?
//!
//! Arguments as in [`crate::evenness`]; `None` when a group is empty.

/// Isolation: mean share of the own group in the units of the focal group's members. Depends on the group's share of
/// all; compare with it, or use [`correlation_ratio`]. Source: Bell, W. (1954), Social Forces 32, 357-364.
pub fn isolation(x: &[f64], y: &[f64]) -> Option<f64> {
    met(x, y, |x, _| x)
}

/// Interaction: mean share of the rest in the units of the focal group's members, 1 − isolation.
pub fn interaction(x: &[f64], y: &[f64]) -> Option<f64> {
    met(x, y, |_, y| y)
}

fn met(x: &[f64], y: &[f64], whom: impl Fn(f64, f64) -> f64) -> Option<f64> {
    let (all_x, all_y): (f64, f64) = (x.iter().sum(), y.iter().sum());
    if x.len() != y.len() || all_x <= 0.0 || all_y <= 0.0 {
        return None;
    }
    let unit = |(x, y): (&f64, &f64)| if x + y > 0.0 { x * whom(*x, *y) / (x + y) } else { 0.0 };
    Some(x.iter().zip(y).map(unit).sum::<f64>() / all_x)
}

/// Correlation ratio (eta squared, V): isolation beyond the group's share of all, over the most there could be.
/// 0 at equal shares, 1 at complete separation. Source: Massey and Denton (1988); James and Taeuber (1985).
pub fn correlation_ratio(x: &[f64], y: &[f64]) -> Option<f64> {
    let (all_x, all_y): (f64, f64) = (x.iter().sum(), y.iter().sum());
    let share = all_x / (all_x + all_y);
    Some((isolation(x, y)? - share) / (1.0 - share))
}

/// Exposure of each group to each: `result[a][b]` is the mean share of group `b` in the units of members of group
/// `a`. Rows add up to 1.
pub fn exposure_matrix(counts: &crate::Counts) -> Vec<Vec<f64>> {
    let units = counts.unit_totals();
    let totals = counts.group_totals();
    let cell = |a: usize, b: usize| {
        let pairs = counts.group(a).iter().zip(counts.group(b)).zip(&units);
        pairs.filter(|(_, t)| **t > 0.0).map(|((a, b), t)| a * b / t).sum::<f64>() / totals[a]
    };
    (0..counts.groups()).map(|a| (0..counts.groups()).map(|b| cell(a, b)).collect()).collect()
}

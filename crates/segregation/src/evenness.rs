//! Evenness of two groups: dissimilarity, Gini, Atkinson.
//!
//! `x` holds the focal group and `y` the rest, one entry per unit, both with somebody in all. Units without anybody
//! do not matter. All three lie in `[0, 1]`, 0 exactly when all units have equal shares; `None` when one of the groups
//! is empty. Source: Massey, D. S. and Denton, N. A. (1988), Social Forces 67, 281-315.

fn totals(x: &[f64], y: &[f64]) -> Option<(f64, f64)> {
    let (all_x, all_y): (f64, f64) = (x.iter().sum(), y.iter().sum());
    (all_x > 0.0 && all_y > 0.0 && x.len() == y.len()).then_some((all_x, all_y))
}

/// Dissimilarity D: the share of either group that would have to move for all units to have equal shares.
/// Source: Duncan, O. D. and Duncan, B. (1955), American Sociological Review 20, 210-217.
pub fn dissimilarity(x: &[f64], y: &[f64]) -> Option<f64> {
    let (all_x, all_y) = totals(x, y)?;
    let (per_x, per_y) = (1.0 / all_x, 1.0 / all_y);
    // Four sums side by side, so that the machine can add them at once.
    let mut sums = [0.0_f64; 4];
    let (heads_x, tail_x) = x.as_chunks::<4>();
    let (heads_y, tail_y) = y.as_chunks::<4>();
    for (a, b) in heads_x.iter().zip(heads_y) {
        for lane in 0..4 {
            sums[lane] += (a[lane] * per_x - b[lane] * per_y).abs();
        }
    }
    for (a, b) in tail_x.iter().zip(tail_y) {
        sums[0] += (a * per_x - b * per_y).abs();
    }
    Some((sums.iter().sum::<f64>() / 2.0).clamp(0.0, 1.0))
}

/// Gini index of segregation: mean difference in shares between all pairs of persons, over its maximum.
pub fn gini(x: &[f64], y: &[f64]) -> Option<f64> {
    let (all_x, all_y) = totals(x, y)?;
    let mut units: Vec<(f64, f64)> =
        x.iter().copied().zip(y.iter().copied()).filter(|(a, b)| a + b > 0.0).collect();
    units.sort_by(|a, b| (a.0 / (a.0 + a.1)).total_cmp(&(b.0 / (b.0 + b.1))));
    // Twice the area between the segregation curve and the diagonal.
    let (mut done_x, mut done_y, mut sum) = (0.0, 0.0, 0.0);
    for (a, b) in units {
        sum += done_y * a - done_x * b;
        done_x += a;
        done_y += b;
    }
    Some((sum / (all_x * all_y)).clamp(0.0, 1.0))
}

/// Atkinson's index with shape `b` in `(0, 1)`: above ½ it weighs units with many of the focal group more, below ½
/// units with few. `None` for a shape outside.
pub fn atkinson(x: &[f64], y: &[f64], b: f64) -> Option<f64> {
    let (all_x, all_y) = totals(x, y)?;
    if !(b > 0.0 && b < 1.0) {
        return None;
    }
    let share = all_x / (all_x + all_y);
    let unit = |(x, y): (&f64, &f64)| {
        let total = x + y;
        if total > 0.0 { (y / total).powf(1.0 - b) * (x / total).powf(b) * total } else { 0.0 }
    };
    let sum: f64 = x.iter().zip(y).map(unit).sum();
    let inner = sum / all_x;
    Some((1.0 - share / (1.0 - share) * inner.powf(1.0 / (1.0 - b))).clamp(0.0, 1.0))
}

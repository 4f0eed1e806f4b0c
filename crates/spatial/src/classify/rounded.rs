//! Limits for legends: as few digits as possible, no member moved.

use super::Classes;

pub(super) fn rounded(classes: &Classes, values: &[f64]) -> Classes {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let mut breaks = classes.breaks.clone();
    let inner = 1..breaks.len().saturating_sub(1);
    let mut finest = i32::MIN;
    for i in inner {
        let limit = classes.breaks[i];
        // A limit may lie anywhere from the largest value at or below it to just under the next value.
        let at = sorted.partition_point(|value| *value <= limit);
        let low = if at > 0 { sorted[at - 1] } else { limit };
        let high = sorted.get(at).copied().unwrap_or(limit);
        // Empty classes share a gap: each limit stays between its rounded predecessor and its successor.
        let high = high.min(classes.breaks[i + 1]);
        let previous = breaks[i - 1];
        let fits = |candidate: f64| {
            candidate >= low && candidate < high && (candidate > previous || i == 1 && candidate == low)
        };
        let (round, decimals) = roundest(low, limit, fits);
        breaks[i] = round;
        finest = finest.max(decimals);
    }
    if let [first, .., last] = breaks.as_mut_slice()
        && finest > i32::MIN
    {
        let outward = |value: f64, up: bool| {
            let scaled = value * power(finest);
            let whole = if (scaled - scaled.round()).abs() < 1.0e-9 * scaled.abs().max(1.0) {
                scaled.round()
            } else if up {
                scaled.ceil()
            } else {
                scaled.floor()
            };
            at(whole, finest)
        };
        let (low, high) = (outward(*first, false), outward(*last, true));
        if low <= *first && *first - low < (*last - *first) {
            *first = low;
        }
        if high >= *last && high - *last < (*last - *first) {
            *last = high;
        }
    }
    Classes { breaks }
}

fn power(decimals: i32) -> f64 {
    10f64.powi(decimals)
}

/// `whole · 10^-decimals`, computed so that decimal fractions come out as they are written.
fn at(whole: f64, decimals: i32) -> f64 {
    if decimals >= 0 { whole / power(decimals) } else { whole * power(-decimals) }
}

/// The number with the fewest decimals that fits and is nearest to `limit`, and its decimals (negative: trailing
/// zeros); `limit` itself if nothing rounder fits.
fn roundest(low: f64, limit: f64, fits: impl Fn(f64) -> bool) -> (f64, i32) {
    for decimals in -15..=15 {
        let scale = power(decimals);
        for whole in
            [(limit * scale).round(), (limit * scale).floor(), (limit * scale).ceil(), (low * scale).ceil()]
        {
            let candidate = at(whole, decimals);
            if candidate.is_finite() && fits(candidate) {
                return (candidate, decimals);
            }
        }
    }
    (limit, 15)
}

//! Intervals of a difference and of a ratio from the intervals of both sides.
//!
//! "Method of variance estimates recovery": each side's own interval, however skewed, says how far it can be off.
//! With Wilson intervals of two shares the interval of the difference is Newcombe's method 10. Both sides are taken
//! as independent; where the same persons are counted twice (last year and this year) the interval is too wide, never
//! too narrow.
//!
//! Sources: Newcombe, R. G. (1998), Statistics in Medicine 17, 873-890, method 10; Zou, G. Y. and Donner, A. (2008),
//! Statistics in Medicine 27, 1693-1702; Donner, A. and Zou, G. Y. (2012), Statistical Methods in Medical Research
//! 21, 347-359 (ratio).

use crate::Interval;

fn fits(estimate: f64, interval: Interval) -> bool {
    estimate.is_finite()
        && interval.lower.is_finite()
        && interval.upper.is_finite()
        && interval.lower <= estimate
        && estimate <= interval.upper
}

/// The interval of `a - b`, from estimates and their intervals in the same unit and of the same level.
///
/// `None` when a number is not finite or an estimate lies outside its interval.
pub fn difference_interval(a: f64, of_a: Interval, b: f64, of_b: Interval) -> Option<Interval> {
    if !fits(a, of_a) || !fits(b, of_b) {
        return None;
    }
    let difference = a - b;
    Some(Interval {
        lower: difference - (a - of_a.lower).hypot(of_b.upper - b),
        upper: difference + (of_a.upper - a).hypot(b - of_b.lower),
    })
}

/// The interval of `a / b`, from estimates that are not negative and their intervals.
///
/// The lower end of `a = 0` is 0. `None` when a number is not finite, negative or outside its interval, and when the
/// interval of `b` reaches down to 0: then the ratio has no upper end.
pub fn ratio_interval(a: f64, of_a: Interval, b: f64, of_b: Interval) -> Option<Interval> {
    if !fits(a, of_a) || !fits(b, of_b) || of_a.lower < 0.0 || of_b.lower <= 0.0 {
        return None;
    }
    let both = a * b;
    // How far an end lies from its estimate, as the product that is symmetric around it.
    let reach = |end: f64, estimate: f64| end * (2.0 * estimate - end);
    let root = |of_a: f64, of_b: f64| (both * both - of_a * of_b).max(0.0).sqrt();
    let (low_a, high_b) = (reach(of_a.lower, a), reach(of_b.upper, b));
    let (high_a, low_b) = (reach(of_a.upper, a), reach(of_b.lower, b));
    // The same number as in the source with the root moved below the line, so that no small difference is divided.
    let below = both + root(low_a, high_b);
    let lower = if below > 0.0 { low_a / below } else { 0.0 };
    let upper = (both + root(high_a, low_b)) / low_b;
    (lower.is_finite() && upper.is_finite())
        .then_some(Interval { lower: lower.min(a / b), upper: upper.max(a / b) })
}

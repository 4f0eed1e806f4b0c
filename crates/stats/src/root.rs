//! Inversion of monotone functions.

/// Solves `f(x) = target` for an increasing `f` on `[low, high]` by Newton steps kept inside a shrinking
/// bracket; `slope` is the derivative of `f`. Ends when the bracket or the step is below double precision.
pub(crate) fn solve_increasing(
    f: impl Fn(f64) -> f64,
    slope: impl Fn(f64) -> f64,
    target: f64,
    (mut low, mut high): (f64, f64),
    start: f64,
) -> f64 {
    let mut x = start.clamp(low, high);
    for _ in 0..200 {
        let excess = f(x) - target;
        if excess == 0.0 {
            return x;
        }
        if excess > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let newton = x - excess / slope(x);
        let next = if newton > low && newton < high { newton } else { low + (high - low) / 2.0 };
        if (next - x).abs() <= f64::EPSILON * x.abs() || next <= low || next >= high {
            return next;
        }
        x = next;
    }
    x
}

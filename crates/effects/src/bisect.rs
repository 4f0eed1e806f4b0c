//! Inversion of functions that only rise or only fall.

/// Where `f` changes from true to false on `[low, high]`, to double precision (`f(low)` is taken as true).
pub(crate) fn last_true(mut low: f64, mut high: f64, f: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if f(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

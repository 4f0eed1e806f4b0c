//! Axes: pretty ticks and linear scales.

/// Ticks at 1, 2, 2.5 or 5 times a power of ten that cover `low..=high` with about `wanted` steps.
///
/// The first tick is at most `low`, the last at least `high`. Equal ends are widened; ends that are not finite
/// give the ticks of 0 to 1. Never more than `4 × wanted` ticks.
///
/// Source: P. Heckbert, "Nice numbers for graph labels", Graphics Gems (1990).
pub fn ticks(low: f64, high: f64, wanted: usize) -> Vec<f64> {
    let (mut low, mut high) =
        if low.is_finite() && high.is_finite() && low.abs() < 1e300 && high.abs() < 1e300 {
            (low.min(high), low.max(high))
        } else {
            (0.0, 1.0)
        };
    // Below this the ticks could not be told apart in double precision.
    if high - low <= 1e-12 * low.abs().max(high.abs()) || high == low {
        let room = if low == 0.0 { 1.0 } else { low.abs() * 0.1 };
        (low, high) = (low - room, high + room);
    }
    let wanted = wanted.clamp(1, 50) as f64;
    let raw = (high - low) / wanted;
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= raw * (1.0 - 1e-9))
        .unwrap_or(10.0 * power);
    if !(step.is_finite() && step > 0.0) {
        return vec![low, high];
    }
    let first = (low / step + 1e-9).floor() as i64;
    let last = (high / step - 1e-9).ceil() as i64;
    (first..=last).map(|i| i as f64 * step).collect()
}

/// Decimals needed to tell ticks apart, at most 6.
pub(crate) fn tick_decimals(ticks: &[f64]) -> usize {
    let step = ticks.windows(2).map(|w| w[1] - w[0]).fold(f64::INFINITY, f64::min);
    if !step.is_finite() || step <= 0.0 {
        return 0;
    }
    (0..6)
        .find(|d| ((step * 10f64.powi(*d)).fract() < 1e-6) || (step * 10f64.powi(*d)).fract() > 1.0 - 1e-6)
        .map_or(6, |d| d as usize)
}

/// A linear scale from data to view box.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Linear {
    from: f64,
    factor: f64,
    start: f64,
}

impl Linear {
    pub(crate) fn new(domain: [f64; 2], range: [f64; 2]) -> Self {
        let width = domain[1] - domain[0];
        if width.is_finite() && width.abs() > 0.0 {
            Self { from: domain[0], factor: (range[1] - range[0]) / width, start: range[0] }
        } else {
            Self { from: 0.0, factor: 0.0, start: (range[0] + range[1]) / 2.0 }
        }
    }

    pub(crate) fn at(&self, value: f64) -> f64 {
        self.start + (value - self.from) * self.factor
    }
}

/// Smallest and largest finite value.
pub(crate) fn extent(values: impl IntoIterator<Item = f64>) -> Option<[f64; 2]> {
    values.into_iter().filter(|v| v.is_finite()).fold(None, |found: Option<[f64; 2]>, v| {
        Some(found.map_or([v, v], |[low, high]| [low.min(v), high.max(v)]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_pretty() {
        for (low, high, wanted, expected) in [
            (0.0, 100.0, 5, vec![0.0, 20.0, 40.0, 60.0, 80.0, 100.0]),
            (0.0, 38.2, 4, vec![0.0, 10.0, 20.0, 30.0, 40.0]),
            (7.0, 7.0, 2, vec![6.0, 7.0, 8.0]),
            (-3.0, 4.0, 4, vec![-4.0, -2.0, 0.0, 2.0, 4.0]),
            (f64::NAN, 1.0, 2, vec![0.0, 0.5, 1.0]),
        ] {
            assert_eq!(ticks(low, high, wanted), expected, "{low} {high}");
        }
        assert_eq!(tick_decimals(&[0.0, 0.25, 0.5]), 2);
        assert_eq!(tick_decimals(&[0.0, 2.5, 5.0]), 1);
        assert_eq!(tick_decimals(&[0.0, 10.0]), 0);
        assert_eq!(tick_decimals(&[1.0]), 0);
    }

    proptest::proptest! {
        #[test]
        fn ticks_cover_their_range(low in -1e9..1e9f64, width in 1e-3..1e9f64, wanted in 1usize..12) {
            let high = low + width;
            let found = ticks(low, high, wanted);
            let slack = 1e-6 * width;
            proptest::prop_assert!(found[0] <= low + slack && found[found.len() - 1] >= high - slack);
            proptest::prop_assert!(found.len() <= 4 * wanted + 2);
            proptest::prop_assert!(found.windows(2).all(|w| w[0] < w[1]));
        }

        #[test]
        fn no_ends_panic(low: f64, high: f64, wanted: usize) {
            proptest::prop_assert!(!ticks(low, high, wanted).is_empty());
        }
    }
}

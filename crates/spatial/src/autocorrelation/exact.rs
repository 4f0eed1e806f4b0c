//! Values as whole numbers, so that equal sums are equal whatever their order.
//!
//! Counts, euros and published rates have few decimals, and many areas share a value. With floating-point sums
//! such ties would fall on one side or the other by the order of addition, and p-values with them.

/// The largest whole number of which `most` can be added without overflow.
pub(crate) fn limit_of_sums(most: usize) -> f64 {
    ((1_u64 << 62) / most.max(1) as u64) as f64
}

/// The largest whole number such that the squares of `most` differences can be added without overflow.
pub(crate) fn limit_of_squares(most: usize) -> f64 {
    (limit_of_sums(most).sqrt() / 2.0).floor()
}

/// A scaled copy of values: whole numbers of at most `limit`, which `limit_of_…` derives from what is to be added.
///
/// Values with up to nine decimals are scaled by a power of ten and exact, if that fits; others by the largest
/// power of two that does.
pub(crate) fn whole_numbers(values: &[f64], limit: f64) -> Vec<i64> {
    let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    let decimal = (0..=9).map(|places| 10_f64.powi(places)).find(|scale| {
        let precise = largest * scale < limit.min(9e15);
        precise && values.iter().all(|v| (v * scale - (v * scale).round()).abs() <= 1e-15 * (v * scale).abs())
    });
    let (scale, rest) = decimal.map_or_else(
        || {
            if largest == 0.0 {
                return (1.0, 1.0);
            }
            // In two factors: the power that lifts the smallest numbers is none that a number can hold.
            let exponent = (limit.log2() - largest.log2()).floor() - 1.0;
            let half = (exponent / 2.0).trunc();
            (half.exp2(), (exponent - half).exp2())
        },
        |scale| (scale, 1.0),
    );
    values.iter().map(|v| (v * scale * rest).round() as i64).collect()
}

#[cfg(test)]
mod tests {
    use super::{limit_of_squares, limit_of_sums};

    fn whole_numbers(values: &[f64], most: usize) -> Vec<i64> {
        super::whole_numbers(values, limit_of_sums(most))
    }

    #[test]
    fn decimals_become_whole_and_sums_tie() {
        assert_eq!(whole_numbers(&[0.1, 0.2, 0.3, -7.25], 8), [10, 20, 30, -725]);
        assert_eq!(whole_numbers(&[3.0, -4.0, 0.0], 8), [3, -4, 0]);
        assert_eq!(whole_numbers(&[0.0, 0.0], 8), [0, 0]);
        let odd = whole_numbers(&[std::f64::consts::PI, 1.0 / 3.0, -1e-9], 1000);
        assert!(odd[0] > 1 << 50 && odd[2] < 0, "{odd:?}");
        for extreme in [1e300, 1e-300, f64::MAX] {
            let scaled = whole_numbers(&[extreme, -extreme], 4);
            assert!(scaled[0] > 1 << 40 && scaled[0] == -scaled[1], "{extreme} {scaled:?}");
            assert!(scaled[0].checked_mul(4).is_some());
            let scaled = super::whole_numbers(&[extreme, -extreme], limit_of_squares(100));
            let difference = scaled[0] - scaled[1];
            assert!(difference.checked_mul(difference).and_then(|square| square.checked_mul(100)).is_some());
        }
    }
}

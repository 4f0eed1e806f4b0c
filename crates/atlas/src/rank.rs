//! Places of areas, and the range of places their intervals allow.

use crate::view::Rank;
use kekiz_base::{Interval, Polarity};

/// Places of values with their intervals.
///
/// Place 1 is the lowest value when lower is better, else the highest. Equal values share the better place.
/// The best place an area can have is 1 + the number of areas that are surely ahead (their whole interval lies
/// ahead of its whole interval); the worst is the number of areas minus those surely behind. A value without an
/// interval counts as certain. Source: H. Goldstein, D. Spiegelhalter, "League tables and their limitations",
/// J. R. Statist. Soc. A 159 (1996), here with the simple rule of separate intervals.
pub fn ranks(values: &[Option<(f64, Option<Interval>)>], polarity: Polarity) -> Vec<Option<Rank>> {
    let sign = if polarity == Polarity::LowerIsBetter { 1.0 } else { -1.0 };
    // In `lower` and `upper` smaller is ahead, whatever the polarity.
    let known: Vec<(usize, f64, f64, f64)> = values
        .iter()
        .enumerate()
        .filter_map(|(i, found)| {
            let (value, interval) = (*found)?;
            let (a, b) = interval.map_or((value, value), |v| (v.lower.min(value), v.upper.max(value)));
            let (a, b) = (a * sign, b * sign);
            value.is_finite().then_some((i, value * sign, a.min(b), a.max(b)))
        })
        .collect();
    let sorted = |pick: fn(&(usize, f64, f64, f64)) -> f64| {
        let mut all: Vec<f64> = known.iter().map(pick).collect();
        all.sort_by(f64::total_cmp);
        all
    };
    let (by_value, lowers, uppers) = (sorted(|k| k.1), sorted(|k| k.2), sorted(|k| k.3));
    let mut out = vec![None; values.len()];
    for (i, value, lower, upper) in &known {
        let place = 1 + by_value.partition_point(|other| other < value);
        let best = 1 + uppers.partition_point(|other| other < lower);
        let worst = lowers.partition_point(|other| other <= upper);
        out[*i] = Some(Rank { best: best.min(place), place, worst: worst.max(place) });
    }
    out
}

/// What place 1 means.
pub fn rank_note(polarity: Polarity) -> String {
    match polarity {
        Polarity::HigherIsBetter => {
            "Platz 1 hat den höchsten Wert (günstig für Kinder). Die Spanne der Plätze folgt aus den Vertrauensbereichen."
        }
        Polarity::LowerIsBetter => {
            "Platz 1 hat den niedrigsten Wert (günstig für Kinder). Die Spanne der Plätze folgt aus den Vertrauensbereichen."
        }
        Polarity::Neutral => {
            "Platz 1 hat den höchsten Wert; der Indikator beschreibt und wertet nicht. Die Spanne der Plätze folgt aus den Vertrauensbereichen."
        }
    }
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn triple(rank: Option<Rank>) -> Option<(usize, usize, usize)> {
        rank.map(|r| (r.best, r.place, r.worst))
    }

    #[test]
    fn places_and_ranges() {
        let v = |value: f64, lower: f64, upper: f64| Some((value, Some(Interval { lower, upper })));
        let values = [v(10.0, 8.0, 12.0), v(20.0, 18.0, 22.0), None, v(11.0, 9.0, 13.0), Some((20.0, None))];
        let low: Vec<_> = ranks(&values, Polarity::LowerIsBetter).into_iter().map(triple).collect();
        assert_eq!(low, [Some((1, 1, 2)), Some((3, 3, 4)), None, Some((1, 2, 2)), Some((3, 3, 4))]);
        let high: Vec<_> = ranks(&values, Polarity::Neutral).into_iter().map(triple).collect();
        assert_eq!(high, [Some((3, 4, 4)), Some((1, 1, 2)), None, Some((3, 3, 4)), Some((1, 1, 2))]);
        assert!(ranks(&[], Polarity::Neutral).is_empty());
    }

    proptest! {
        #[test]
        fn a_place_lies_in_its_range(values in proptest::collection::vec((-5.0f64..5.0, 0.0f64..2.0), 0..30)) {
            let with: Vec<_> = values
                .iter()
                .map(|(v, w)| Some((*v, Some(Interval { lower: v - w, upper: v + w }))))
                .collect();
            for polarity in [Polarity::LowerIsBetter, Polarity::HigherIsBetter] {
                for rank in ranks(&with, polarity).into_iter().flatten() {
                    prop_assert!(1 <= rank.best && rank.best <= rank.place);
                    prop_assert!(rank.place <= rank.worst && rank.worst <= with.len());
                }
            }
        }
    }
}

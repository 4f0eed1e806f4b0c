//! Whether a difference of two published figures is more than chance, and whether it is good for children.

use crate::profile::Judgement;
use kekiz_base::{Figure, IndicatorKind, IndicatorMeta, Polarity};
use kekiz_stats::difference::{
    Test, part_of_whole_proportion, part_of_whole_rate, two_proportions, two_rates,
};

/// Two-sided error a difference is called significant at.
const ALPHA: f64 = 0.05;

/// How two figures stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// They do not overlap: two areas, or one area in two periods.
    Apart,
    /// The first is part of the second: an area and the one it lies in.
    PartOfWhole,
}

/// Whether chance alone would rarely give the difference of two figures (two-sided 5 %).
///
/// Shares and rates with counts are tested on the counts (score test, exact for small counts). Without counts the
/// standard errors are read from the 95 % intervals, on the side that faces the other figure, and the figures are
/// taken as independent. `None` without counts and intervals.
pub fn significant(meta: &IndicatorMeta, a: &Figure, b: &Figure, relation: Relation) -> Option<bool> {
    if let (Some(xa), Some(na), Some(xb), Some(nb)) = (a.numerator, a.denominator, b.numerator, b.denominator)
    {
        let test = Test::ExactWhenSmall;
        let found = match (meta.kind, relation) {
            (IndicatorKind::Share, Relation::Apart) => two_proportions(xa, na, xb, nb, test),
            (IndicatorKind::Share, Relation::PartOfWhole) => part_of_whole_proportion(xa, na, xb, nb, test),
            (IndicatorKind::Rate, Relation::Apart) => two_rates(xa, na, xb, nb, test),
            (IndicatorKind::Rate, Relation::PartOfWhole) => part_of_whole_rate(xa, na, xb, nb, test),
            _ => None,
        };
        if let Some(found) = found {
            return Some(found.p < ALPHA);
        }
    }
    let (low, high) = if a.value <= b.value { (a, b) } else { (b, a) };
    let up = low.interval?.upper - low.value;
    let down = high.value - high.interval?.lower;
    let half_width = (up.powi(2) + down.powi(2)).sqrt();
    half_width.is_finite().then_some(high.value - low.value > half_width)
}

/// How a difference (`own - other`) stands for children.
pub fn judge(polarity: Polarity, difference: f64, significant: Option<bool>) -> Judgement {
    if difference == 0.0 || !difference.is_finite() {
        return Judgement::Equal;
    }
    let direction = if difference > 0.0 { Judgement::Higher } else { Judgement::Lower };
    match (significant, polarity) {
        (Some(false), _) => Judgement::WithinChance,
        (None, _) | (_, Polarity::Neutral) => direction,
        (Some(true), Polarity::HigherIsBetter) if difference > 0.0 => Judgement::Better,
        (Some(true), Polarity::LowerIsBetter) if difference < 0.0 => Judgement::Better,
        (Some(true), _) => Judgement::Worse,
    }
}

/// How one figure stands against another that it does not overlap.
pub fn compare(meta: &IndicatorMeta, own: &Figure, other: &Figure) -> Judgement {
    judge(meta.polarity, own.value - other.value, significant(meta, own, other, Relation::Apart))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Judgement::*;
    use Polarity::*;

    #[test]
    fn differences_are_judged_by_chance_then_direction() {
        for (polarity, difference, significant, expected) in [
            (LowerIsBetter, -1.0, Some(true), Better),
            (LowerIsBetter, 1.0, Some(true), Worse),
            (HigherIsBetter, 1.0, Some(true), Better),
            (HigherIsBetter, -1.0, Some(true), Worse),
            (HigherIsBetter, -1.0, Some(false), WithinChance),
            (Neutral, 1.0, Some(true), Higher),
            (LowerIsBetter, -1.0, None, Lower),
            (LowerIsBetter, 0.0, Some(true), Equal),
            (LowerIsBetter, f64::NAN, None, Equal),
        ] {
            assert_eq!(judge(polarity, difference, significant), expected);
        }
    }
}

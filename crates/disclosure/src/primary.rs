//! Cells that are sensitive by themselves, and what an attacker knows of every cell beforehand.
//!
//! The attacker knows the policy, all denominators (population figures are public), and the public reason of
//! every suppressed cell. Where a reason leaves two separate ranges (few cases, or nearly everybody), the attacker
//! is assumed to know which of them is true; a check that withstands this one withstands the weaker one.

use crate::Policy;
use kekiz_base::{Annotation, Cube, CubeCell, IndicatorKind, Reason};

/// A bound that is none.
pub(crate) const UNBOUNDED: i64 = 1 << 52;

/// Integers a number lies between, both ends included.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) low: i64,
    pub(crate) high: i64,
}

impl Range {
    pub(crate) fn point(value: i64) -> Self {
        Self { low: value, high: value }
    }

    pub(crate) fn width(self) -> i64 {
        self.high - self.low
    }

    pub(crate) fn contains(self, value: i64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// What the gate knows of one cell that counts something.
#[derive(Clone, Copy)]
pub(crate) struct Counted {
    /// Number of cases, whole (a fraction is cut off; sums keep their true remainder as an offset).
    pub(crate) count: i64,
    /// Number of persons.
    pub(crate) base: Option<i64>,
    /// Why the cell is sensitive by itself.
    pub(crate) primary: Option<Reason>,
    /// What an attacker knows of the number while it is hidden.
    pub(crate) range: Range,
    /// What an attacker would know if the cell were suppressed to protect another;
    /// `None` when that would hide nothing (zero, everybody).
    pub(crate) cover: Option<Range>,
    /// What an attacker would know of a sensitive cell that is published under the reason of secondary cells.
    pub(crate) disguise: Option<Range>,
}

/// A cell in the eyes of the gate.
#[derive(Clone, Copy)]
pub(crate) enum Seen {
    /// The source has no figure.
    Missing,
    /// A figure without counts.
    Uncounted,
    /// A figure with counts.
    Counted(Counted),
}

impl Seen {
    /// The number of cases, where there is one.
    pub(crate) fn count(&self) -> Option<i64> {
        match self {
            Seen::Counted(counted) => Some(counted.count),
            _ => None,
        }
    }

    /// Why the cell is sensitive by itself.
    pub(crate) fn primary(&self) -> Option<Reason> {
        match self {
            Seen::Counted(counted) => counted.primary,
            _ => None,
        }
    }
}

/// A whole number from a count; `None` when it is not finite or beyond exact whole numbers.
pub(crate) fn whole(count: f64) -> Option<i64> {
    // 2^51 leaves room for sums within the exact range of f64 and for UNBOUNDED.
    (count.is_finite() && count.abs() < 2_251_799_813_685_248.0).then_some(count.floor() as i64)
}

/// What went wrong with one cell.
pub(crate) enum Fault {
    NotFinite,
    NoCounts,
}

/// Looks at one cell under a policy.
pub(crate) fn look(cube: &Cube, policy: &Policy, cell: &CubeCell) -> Result<Seen, Fault> {
    let CubeCell::Value { value, interval, numerator, denominator, smoothed, annotation, .. } = cell else {
        return Ok(Seen::Missing);
    };
    let value = value.expose();
    let others = [
        interval.map(|(low, _)| low.expose()),
        interval.map(|(_, high)| high.expose()),
        smoothed.map(|smoothed| smoothed.expose()),
    ];
    if !value.is_finite() || others.into_iter().flatten().any(|x| !x.is_finite()) {
        return Err(Fault::NotFinite);
    }
    let kind = cube.meta.kind;
    let cases = match (numerator, kind) {
        (Some(numerator), _) => Some(numerator.expose()),
        (None, IndicatorKind::Count) => Some(value),
        (None, _) => None,
    };
    let persons = denominator.map(|denominator| denominator.expose());
    let minimum_base = i64::from(policy.minimum_base.max(cube.meta.minimum_base));
    let base = match persons {
        Some(persons) => Some(whole(persons).ok_or(Fault::NotFinite)?),
        None => None,
    };
    let too_small = base.is_some_and(|base| base < minimum_base);
    let Some(cases) = cases else {
        if too_small {
            return Ok(Seen::Counted(small_base(0, base, kind)));
        }
        let pass = policy.passes_through()
            || matches!(kind, IndicatorKind::Index | IndicatorKind::Change)
            || policy.without_counts == crate::WithoutCounts::Pass;
        return if pass { Ok(Seen::Uncounted) } else { Err(Fault::NoCounts) };
    };
    let mut count = whole(cases).ok_or(Fault::NotFinite)?;
    // "0" as a mark is less than half of the unit, but more than nothing: one case at least.
    let more_than_nothing = *annotation == Annotation::LessThanHalf || (cases > 0.0 && count == 0);
    if more_than_nothing && count == 0 {
        count = 1;
    }
    if too_small {
        return Ok(Seen::Counted(small_base(count, base, kind)));
    }
    Ok(Seen::Counted(classify(policy, kind, count, base)))
}

/// A cell whose base is too small: the public reason depends on the base alone and tells nothing of the count.
fn small_base(count: i64, base: Option<i64>, kind: IndicatorKind) -> Counted {
    let range = match base {
        Some(base) if kind == IndicatorKind::Share && (0..=base).contains(&count) => {
            Range { low: 0, high: base }
        }
        _ => Range { low: if count < 0 { -UNBOUNDED } else { 0 }, high: UNBOUNDED },
    };
    Counted { count, base, primary: Some(Reason::SmallBase), range, cover: None, disguise: None }
}

fn classify(policy: &Policy, kind: IndicatorKind, count: i64, base: Option<i64>) -> Counted {
    let threshold = i64::from(policy.threshold);
    let rest_threshold = i64::from(policy.complement_threshold);
    // Only a share has persons who are no cases.
    let whole = base.filter(|base| kind == IndicatorKind::Share && (0..=*base).contains(&count));
    let groupwise = whole.is_some_and(|base| policy.group_disclosure.applies(base) && base > 0);
    let zero_hidden = (policy.suppress_zero && threshold > 0) || groupwise;
    let few = match count {
        0 => zero_hidden,
        _ => count.abs() < threshold,
    };
    let few_others = whole.is_some_and(|base| match base - count {
        0 => groupwise,
        rest => rest < rest_threshold,
    });
    let limit = whole.unwrap_or(UNBOUNDED);
    // Zero and everybody are never disguised, so an attacker may rule them out.
    let disguise = (count > 0 && whole.is_none_or(|base| count < base))
        .then_some(Range { low: 1, high: whole.map_or(UNBOUNDED, |base| base - 1) });
    if few {
        let range = if count < 0 {
            Range { low: 1 - threshold, high: -1 }
        } else {
            Range { low: if zero_hidden { 0 } else { 1 }, high: (threshold - 1).min(limit) }
        };
        return Counted { count, base, primary: Some(Reason::BelowThreshold), range, cover: None, disguise };
    }
    if let (true, Some(base)) = (few_others, whole) {
        let range =
            Range { low: (base - rest_threshold + 1).max(0), high: if groupwise { base } else { base - 1 } };
        return Counted {
            count,
            base: Some(base),
            primary: Some(Reason::BelowThreshold),
            range,
            cover: None,
            disguise,
        };
    }
    let lowest = threshold.max(1);
    let cover = if count < 0 {
        Some(Range { low: -UNBOUNDED, high: -lowest })
    } else {
        let high = whole.map_or(UNBOUNDED, |base| base - rest_threshold.max(1));
        Some(Range { low: lowest, high }).filter(|range| range.contains(count) && range.width() > 0)
    };
    Counted { count, base, primary: None, range: Range::point(count), cover, disguise: None }
}

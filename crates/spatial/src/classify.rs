//! Classes for choropleth maps.
//!
//! Classes are right-closed: a value belongs to the first class whose upper limit it does not exceed, and the
//! minimum belongs to the first. Equal values are never split. Reference: R. Bivand, S. Rey, PySAL mapclassify.

mod natural;
mod rounded;

use std::cmp::Ordering;

/// How limits between classes are chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Method {
    /// Equal numbers of values (quantile type 7 of Hyndman and Fan 1996, as R and NumPy compute by default).
    /// Ties can make classes merge.
    Quantile,
    /// Natural breaks: least sum of squared deviations from the class means (W. D. Fisher 1958, G. F. Jenks
    /// 1977), solved exactly.
    NaturalBreaks,
    /// Equal widths between minimum and maximum. Classes may be empty.
    EqualInterval,
    /// Limits one standard deviation (n − 1) apart, symmetric about the mean: for an even number of classes
    /// at the mean and whole deviations from it, for an odd number at half deviations. Limits beyond the
    /// data are left out.
    StandardDeviation,
    /// Own limits, strictly ascending. Minimum and maximum are added where the limits do not reach them; the
    /// wanted number of classes is ignored.
    Own(Vec<f64>),
}

/// Classes of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Classes {
    /// Limits in ascending order, one more than there are classes: the first is the minimum and the last the
    /// maximum (or own limits beyond them). Only the first two can be equal: when the first class holds
    /// nothing but the minimum, as with many zeros.
    pub breaks: Vec<f64>,
}

/// Why values could not be classified.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ClassifyError {
    /// No finite values.
    #[error("Es gibt keine Werte, die sich in Klassen einteilen lassen.")]
    NoValues,
    /// A number of classes that makes no map.
    #[error("{found} Klassen sind nicht möglich. Abhilfe: eine Zahl von 1 bis {MAX_CLASSES} wählen.")]
    ClassCount {
        /// Number as given.
        found: usize,
    },
    /// Own limits that are not ascending or not numbers.
    #[error(
        "Die eigenen Klassengrenzen müssen Zahlen sein und streng ansteigen. Abhilfe: die Grenzen sortieren und doppelte entfernen."
    )]
    OwnBreaks,
}

/// Largest number of classes; nobody tells more colours apart.
pub const MAX_CLASSES: usize = 20;

impl Classes {
    /// Number of classes.
    pub fn len(&self) -> usize {
        self.breaks.len().saturating_sub(1)
    }

    /// Whether there is no class at all (never for classes from [`classify`]).
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The class of a value, from 0 up. Values below the first limit belong to the first class, values above
    /// the last limit to the last; a value that is not a number belongs nowhere and gives 0, so ask before.
    pub fn class_of(&self, value: f64) -> usize {
        let inner = self.breaks.get(1..self.breaks.len().saturating_sub(1)).unwrap_or_default();
        inner.partition_point(|limit| *limit < value)
    }

    /// Number of finite values in each class.
    pub fn counts(&self, values: &[f64]) -> Vec<usize> {
        let mut counts = vec![0; self.len()];
        for value in values.iter().filter(|value| value.is_finite()) {
            if let Some(count) = counts.get_mut(self.class_of(*value)) {
                *count += 1;
            }
        }
        counts
    }

    /// The same classes with limits as round as can be without moving any value into another class, for
    /// legends. Minimum and maximum are rounded outwards to the same decimals.
    pub fn rounded(&self, values: &[f64]) -> Classes {
        rounded::rounded(self, values)
    }
}

/// Divides values into at most `k` classes. Values that are not finite are ignored; with fewer distinct values
/// than `k` there are fewer classes, with one distinct value there is one.
///
/// # Errors
/// [`ClassifyError`]: no values, `k` not in 1..=20, own limits not ascending.
pub fn classify(values: &[f64], method: &Method, k: usize) -> Result<Classes, ClassifyError> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).map(|v| v + 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let (Some(&min), Some(&max)) = (sorted.first(), sorted.last()) else {
        return Err(ClassifyError::NoValues);
    };
    if !(1..=MAX_CLASSES).contains(&k) && !matches!(method, Method::Own(_)) {
        return Err(ClassifyError::ClassCount { found: k });
    }
    if let Method::Own(limits) = method {
        return own(limits, min, max);
    }
    if min == max {
        return Ok(Classes { breaks: vec![min, max] });
    }
    let inner = match method {
        Method::Quantile => quantiles(&sorted, k),
        Method::NaturalBreaks => natural::breaks(&sorted, k),
        Method::EqualInterval => (1..k).map(|i| min + (max / k as f64 - min / k as f64) * i as f64).collect(),
        Method::StandardDeviation => deviations(&sorted, k),
        Method::Own(_) => Vec::new(),
    };
    let mut breaks = vec![min];
    for limit in inner {
        let after = match breaks.as_slice() {
            [only] => limit >= *only,
            [.., last] => limit > *last,
            [] => false,
        };
        if after && limit < max {
            breaks.push(limit);
        }
    }
    breaks.push(max);
    Ok(Classes { breaks })
}

/// Quantiles of type 7 at i/k.
fn quantiles(sorted: &[f64], k: usize) -> Vec<f64> {
    let last = sorted.len() - 1;
    // In whole numbers, so that a quantile that is a member is exactly that member.
    let quantile = |i: usize| {
        let (below, rest) = (last * i / k, last * i % k);
        let above = (below + 1).min(last);
        sorted[below] + (sorted[above] - sorted[below]) * (rest as f64 / k as f64)
    };
    (1..k).map(quantile).collect()
}

fn deviations(sorted: &[f64], k: usize) -> Vec<f64> {
    let n = sorted.len() as f64;
    let mean = sorted.iter().map(|v| v / n).sum::<f64>();
    let variance = sorted.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
    let deviation = variance.sqrt();
    (1..k).map(|i| mean + (i as f64 - k as f64 / 2.0) * deviation).filter(|limit| limit.is_finite()).collect()
}

fn own(limits: &[f64], min: f64, max: f64) -> Result<Classes, ClassifyError> {
    let ascending = limits.windows(2).all(|pair| pair[0].partial_cmp(&pair[1]) == Some(Ordering::Less));
    let classes = limits.len() + 1;
    if limits.is_empty() || limits.iter().any(|limit| !limit.is_finite()) || !ascending {
        return Err(ClassifyError::OwnBreaks);
    }
    if classes > MAX_CLASSES + 2 {
        return Err(ClassifyError::ClassCount { found: classes });
    }
    let mut breaks = limits.to_vec();
    if min < limits[0] {
        breaks.insert(0, min);
    }
    if breaks.last().is_none_or(|last| *last < max) || breaks.len() == 1 {
        breaks.push(max.max(limits[limits.len() - 1]));
    }
    Ok(Classes { breaks })
}

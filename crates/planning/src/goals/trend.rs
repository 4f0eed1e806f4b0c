//! Where a series leads if it goes on as in its last observations.

use super::Observed;
use jiff::civil::Date;
use kekiz_base::Interval;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A value expected later, with its prediction interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// Value on the straight line through the last observations.
    pub value: f64,
    /// Prediction interval.
    pub interval: Interval,
    /// Number of observations used.
    pub points: usize,
}

/// Days since the year 1; differences between them are days.
pub(super) fn days(date: Date) -> f64 {
    f64::from(date.duration_since(Date::constant(1, 1, 1)).as_hours() as i32) / 24.0
}

/// The straight line through the last `points` observations (least squares), carried on to `date`, with the
/// two-sided prediction interval of `level` (Student's t with n − 2 degrees of freedom).
///
/// `None` for fewer than three observations on different days, values that are no number, or a level outside 0
/// to 1. Observations must be ordered by day. Source: Draper, N. R. and Smith, H. (1998), Applied Regression
/// Analysis, section 3.1 (prediction of a further observation).
pub fn forecast(series: &[Observed], points: usize, date: Date, level: f64) -> Option<Forecast> {
    let used = &series[series.len().saturating_sub(points)..];
    let n = used.len() as f64;
    if used.len() < 3 || !(level > 0.0 && level < 1.0) || used.iter().any(|o| !o.value.is_finite()) {
        return None;
    }
    let mean_x = used.iter().map(|o| days(o.date)).sum::<f64>() / n;
    let mean_y = used.iter().map(|o| o.value).sum::<f64>() / n;
    let sxx: f64 = used.iter().map(|o| (days(o.date) - mean_x).powi(2)).sum();
    if sxx <= 0.0 {
        return None;
    }
    let sxy: f64 = used.iter().map(|o| (days(o.date) - mean_x) * (o.value - mean_y)).sum();
    let slope = sxy / sxx;
    let at = |x: f64| mean_y + slope * (x - mean_x);
    let rest: f64 = used.iter().map(|o| (o.value - at(days(o.date))).powi(2)).sum();
    let variance = rest / (n - 2.0);
    let ahead = days(date) - mean_x;
    let spread = (variance * (1.0 + 1.0 / n + ahead * ahead / sxx)).sqrt();
    let t = StudentsT::new(0.0, 1.0, n - 2.0).ok()?.inverse_cdf(f64::midpoint(1.0, level));
    let value = at(days(date));
    let interval = Interval { lower: value - t * spread, upper: value + t * spread };
    (value.is_finite() && interval.upper.is_finite()).then_some(Forecast {
        value,
        interval,
        points: used.len(),
    })
}

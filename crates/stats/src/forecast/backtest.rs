//! How well would such forecasts have done in the past?

use super::band::{AgeGroup, Draws, bands_from, sizes};
use super::{Births, ForecastError, Population, Settings, forecast};

/// One forecast made from the years up to an earlier one, beside what came.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Origin {
    /// Number of years known then.
    pub(super) known: usize,
    pub(super) forecast: Population,
    /// ln((came + ½) / (forecast + ½)) by area, year ahead and age, as far as years came.
    pub(super) errors: Vec<f64>,
    /// Years ahead that came.
    pub(super) reach: usize,
}

impl Origin {
    pub(super) fn error(&self, area: usize, ahead: usize, age: usize, ages: usize) -> f64 {
        self.errors[(area * self.reach + ahead) * ages + age]
    }
}

/// Forecasts from earlier years and their errors.
#[derive(Clone, Debug, PartialEq)]
pub struct Backtest {
    pub(super) origins: Vec<Origin>,
    pub(super) ages: usize,
}

impl Backtest {
    /// Number of earlier years forecasts were made from that can be checked `ahead` years later (from 1).
    pub fn origins(&self, ahead: usize) -> usize {
        self.origins.iter().filter(|origin| origin.reach >= ahead).count()
    }
}

/// Repeats the forecast from every earlier year that has a full base behind it, and compares it with what came.
///
/// With too few years there is nothing to compare, and the result is empty.
///
/// # Errors
/// As [`forecast`].
pub fn backtest(past: &Population, births: &Births, settings: Settings) -> Result<Backtest, ForecastError> {
    let mut origins = Vec::new();
    for known in settings.base + 1..past.years() {
        let then = past.until(known);
        let births = match births {
            Births::Women(women) => Births::Women(women.until(known)),
            other => other.clone(),
        };
        let reach = settings.horizon.min(past.years() - known);
        let made = forecast(&then, &births, Settings { horizon: reach, ..settings })?;
        let mut errors = Vec::with_capacity(past.areas() * reach * past.ages());
        for area in 0..past.areas() {
            for ahead in 0..reach {
                for age in 0..past.ages() {
                    let came = past.at(area, known + ahead, age);
                    errors.push(((came + 0.5) / (made.at(area, ahead, age) + 0.5)).ln());
                }
            }
        }
        origins.push(Origin { known, forecast: made, errors, reach });
    }
    Ok(Backtest { origins, ages: past.ages() })
}

/// How good forecasts of one age group were a number of years ahead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accuracy {
    /// Years ahead, from 1.
    pub ahead: usize,
    /// Comparisons: areas times earlier years.
    pub compared: usize,
    /// Mean of |forecast − came| over came, areas without children left out; `None` when all are.
    pub mean_error: Option<f64>,
    /// Sum of forecasts over sum of what came, minus 1: above 0 when forecasts were too high.
    pub bias: Option<f64>,
    /// The same mean error if one had simply said: as many as now.
    pub mean_error_of_standstill: Option<f64>,
    /// Mean error of the sum of all areas.
    pub mean_error_of_all: Option<f64>,
    /// Share of comparisons that fell into the interval drawn from the errors of the other earlier years; `None` with
    /// a single earlier year.
    pub covered: Option<f64>,
}

/// The report of a backtest for one age group, one entry per year ahead.
///
/// # Errors
/// [`ForecastError::Draws`] for a bad level, draws or ages.
pub fn accuracy(
    past: &Population,
    backtest: &Backtest,
    group: AgeGroup,
    draws: Draws,
) -> Result<Vec<Accuracy>, ForecastError> {
    let ages = group.from..=group.to;
    let furthest = backtest.origins.iter().map(|origin| origin.reach).max().unwrap_or(0);
    let mut report = Vec::new();
    let mut covered = vec![(0_usize, 0_usize); furthest];
    for (at, origin) in backtest.origins.iter().enumerate() {
        let others = Backtest {
            origins: backtest
                .origins
                .iter()
                .enumerate()
                .filter(|(o, _)| *o != at)
                .map(|(_, o)| o.clone())
                .collect(),
            ages: backtest.ages,
        };
        let sizes = sizes(&past.until(origin.known), &[group]);
        let found = bands_from(&origin.forecast, &others, &[group], draws, &sizes)?;
        for band in found.iter().filter(|band| band.area.is_some()) {
            if let (Some(interval), Some(area)) = (band.interval, band.area) {
                let came = past.sum(area, origin.known + band.ahead - 1, ages.clone());
                covered[band.ahead - 1].1 += 1;
                covered[band.ahead - 1].0 += usize::from(interval.lower <= came && came <= interval.upper);
            }
        }
    }
    for (ahead, (inside, of)) in covered.into_iter().enumerate() {
        let (mut own, mut still, mut counted) = (0.0, 0.0, 0_usize);
        let (mut sum_made, mut sum_came, mut of_all, mut origins, mut compared) = (0.0, 0.0, 0.0, 0.0, 0);
        for origin in backtest.origins.iter().filter(|origin| origin.reach > ahead) {
            let (mut made_all, mut came_all) = (0.0, 0.0);
            for area in 0..past.areas() {
                let made = origin.forecast.sum(area, ahead, ages.clone());
                let came = past.sum(area, origin.known + ahead, ages.clone());
                compared += 1;
                if came > 0.0 {
                    counted += 1;
                    own += (made - came).abs() / came;
                    still += (past.sum(area, origin.known - 1, ages.clone()) - came).abs() / came;
                }
                made_all += made;
                came_all += came;
            }
            sum_made += made_all;
            sum_came += came_all;
            if came_all > 0.0 {
                of_all += (made_all - came_all).abs() / came_all;
                origins += 1.0;
            }
        }
        let over = |sum: f64, of: f64| (of > 0.0).then(|| sum / of);
        report.push(Accuracy {
            ahead: ahead + 1,
            compared,
            mean_error: over(own, counted as f64),
            bias: over(sum_made, sum_came).map(|ratio| ratio - 1.0),
            mean_error_of_standstill: over(still, counted as f64),
            mean_error_of_all: over(of_all, origins),
            covered: over(inside as f64, of as f64),
        });
    }
    Ok(report)
}

//! How many children will live where? Cohorts carried forward, with intervals from the errors such forecasts made before.
//!
//! Children of one age in one year are next year's children one year older, times a ratio that says how many of them moved
//! in, moved out or died (Hamilton and Perry's cohort change ratio). Births follow from women, from all adults, or from the
//! births of recent years.

mod backtest;
mod band;
mod population;

pub use backtest::{Accuracy, Backtest, accuracy, backtest};
pub use band::{AgeGroup, Banded, Draws, bands};
pub use population::Population;

/// Why a forecast cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForecastError {
    /// Counts that are no full table of areas, years and ages.
    #[error(
        "Gebraucht wird eine Zahl für jedes Gebiet, jedes Jahr und jedes Alter. Abhilfe: Lücken schließen."
    )]
    Shape,
    /// A count below 0 or not finite.
    #[error(
        "In Gebiet {area}, {year}. Jahr, Alter {age} steht keine Zahl ab null. Abhilfe: die Eingabe prüfen."
    )]
    Number {
        /// Position of the area, from 1.
        area: usize,
        /// Position of the year, from 1.
        year: usize,
        /// Age.
        age: usize,
    },
    /// Fewer than two years.
    #[error("Eine Fortschreibung braucht mindestens zwei aufeinanderfolgende Jahre; es sind {years}.")]
    TooFewYears {
        /// Years there are.
        years: usize,
    },
    /// A horizon that is 0 or too far.
    #[error(
        "Vorausgerechnet werden 1 bis 15 Jahre: Danach bekämen Kinder Kinder, die es noch nicht gibt. Abhilfe: weniger Jahre wählen."
    )]
    Horizon,
    /// No base years.
    #[error(
        "Die Übergänge brauchen mindestens ein Jahr Vergangenheit. Abhilfe: zum Beispiel 5 Jahre wählen."
    )]
    Base,
    /// Ages of parents that the table does not hold.
    #[error(
        "Für Geburten aus Frauen oder Erwachsenen müssen alle Alter von 0 bis {oldest} in der Tabelle stehen. Abhilfe: sie ergänzen oder Geburten aus den letzten Jahren nehmen."
    )]
    Parents {
        /// Oldest age needed.
        oldest: usize,
    },
    /// Bad draws or level.
    #[error(
        "Das Niveau muss zwischen 0 und 1 liegen, und es braucht 1 bis 100.000 Ziehungen und Altersgruppen aus vorhandenen Altern."
    )]
    Draws,
    /// The worker threads could not be started.
    #[error("Die Rechenkerne ließen sich nicht belegen ({0}). Abhilfe: weniger Kerne angeben (--threads 1).")]
    Threads(String),
}

/// Ages in which women (or adults) count as parents of the newborn: 15 to 49 years.
pub const PARENTS: std::ops::RangeInclusive<usize> = 15..=49;

/// Where the youngest come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Births {
    /// Children under 1 per woman of [`PARENTS`] age; women by area, year and age, carried forward likewise.
    Women(Population),
    /// Children under 1 per person of [`PARENTS`] age in the table itself.
    Adults,
    /// As many as on average in the base years.
    RecentMean,
}

/// How to carry forward.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Years to forecast, 1 to 15.
    pub horizon: usize,
    /// Years of change the ratios are taken from, the latest; fewer where there are fewer.
    pub base: usize,
    /// Children of the city's behaviour added to each area's own: 0 takes an area at its word, 50 draws small ones
    /// towards the city.
    pub shrink: f64,
}

/// Carries the population forward. The result has the same areas and ages and one year for each year of the horizon.
///
/// The ratio of an age is the children of that age over those one year younger the year before, both added up over the
/// base years. An area without children of an age takes the city's ratio, and the city without any takes 1: nobody moves.
/// Nothing is rounded.
///
/// Source: Hamilton, C. H. and Perry, J. (1962), Social Forces 41, 163-170; Baker, J., Swanson, D. A., Tayman, J. and
/// Tedrow, L. M. (2017), Cohort Change Ratios and their Applications, chapters 2 and 6 (child-woman ratio).
///
/// # Errors
/// [`ForecastError`].
pub fn forecast(past: &Population, births: &Births, settings: Settings) -> Result<Population, ForecastError> {
    if past.years() < 2 {
        return Err(ForecastError::TooFewYears { years: past.years() });
    }
    if !(1..=15).contains(&settings.horizon) {
        return Err(ForecastError::Horizon);
    }
    if settings.base == 0 || !(settings.shrink >= 0.0 && settings.shrink.is_finite()) {
        return Err(ForecastError::Base);
    }
    let base = settings.base.min(past.years() - 1);
    let parents = match births {
        Births::Women(women) => {
            let fits = women.areas() == past.areas() && women.years() == past.years();
            Some(if fits { women } else { return Err(ForecastError::Shape) })
        }
        Births::Adults => Some(past),
        Births::RecentMean => None,
    };
    if parents.is_some_and(|parents| parents.ages() <= *PARENTS.end()) {
        return Err(ForecastError::Parents { oldest: *PARENTS.end() });
    }
    let city = Ratios::of_all(past, base);
    let mut ahead = Population::empty(past.areas(), settings.horizon, past.ages());
    let ratios: Vec<Ratios> =
        (0..past.areas()).map(|area| Ratios::of(past, area, base, &city, settings.shrink)).collect();
    for (area, own) in ratios.iter().enumerate() {
        for year in 0..settings.horizon {
            for age in 1..past.ages() {
                let before = if year == 0 {
                    past.at(area, past.years() - 1, age - 1)
                } else {
                    ahead.at(area, year - 1, age - 1)
                };
                ahead.set(area, year, age, own.0[age] * before);
            }
        }
    }
    let women = match births {
        // Newborn girls of the forecast are nobody's mother within fifteen years, so no births are needed here.
        Births::Women(women) => Some(forecast(women, &Births::RecentMean, settings)?),
        _ => None,
    };
    let newborn = |ahead: &Population, area: usize, year: usize, ratio: f64| {
        let of = women.as_ref().unwrap_or(ahead);
        PARENTS.map(|age| of.at(area, year, age)).sum::<f64>() * ratio
    };
    let ratio_of_all = parents.and_then(|parents| per_parent(past, parents, 0..past.areas(), base, 0.0, 0.0));
    for (area, own) in ratios.iter().enumerate() {
        let ratio = parents.map(|parents| {
            let all = ratio_of_all.unwrap_or(0.0);
            per_parent(past, parents, area..area + 1, base, settings.shrink, all).unwrap_or(all)
        });
        for year in 0..settings.horizon {
            let youngest = match ratio {
                Some(ratio) => newborn(&ahead, area, year, ratio),
                None => {
                    let years = past.years() - base..past.years();
                    years.map(|year| past.at(area, year, 0)).sum::<f64>() / base as f64
                }
            };
            ahead.set(area, year, 0, youngest);
            // The newborn of this year grow older in the years after it.
            for (age, later) in (1..past.ages()).zip(year + 1..settings.horizon) {
                let before = ahead.at(area, later - 1, age - 1);
                ahead.set(area, later, age, own.0[age] * before);
            }
        }
    }
    Ok(ahead)
}

/// Children of an age over those one year younger the year before; entry 0 has no meaning.
struct Ratios(Vec<f64>);

impl Ratios {
    /// Ages of both ends of the step, added up over areas and base years.
    fn sums(past: &Population, areas: std::ops::Range<usize>, base: usize, age: usize) -> (f64, f64) {
        let years = past.years() - base..past.years();
        let pairs = areas.flat_map(|area| years.clone().map(move |year| (area, year)));
        pairs.fold((0.0, 0.0), |(after, before), (area, year)| {
            (after + past.at(area, year, age), before + past.at(area, year - 1, age - 1))
        })
    }

    fn of_all(past: &Population, base: usize) -> Self {
        let one = |age: usize| {
            let (after, before) = Self::sums(past, 0..past.areas(), base, age.max(1));
            if before > 0.0 { after / before } else { 1.0 }
        };
        Self((0..past.ages()).map(|age| if past.ages() > 1 { one(age) } else { 1.0 }).collect())
    }

    fn of(past: &Population, area: usize, base: usize, city: &Ratios, shrink: f64) -> Self {
        let one = |age: usize| {
            let (after, before) = Self::sums(past, area..area + 1, base, age.max(1));
            let basis = before + shrink;
            if basis > 0.0 { (after + shrink * city.0[age]) / basis } else { city.0[age] }
        };
        Self((0..past.ages()).map(|age| if past.ages() > 1 { one(age) } else { 1.0 }).collect())
    }
}

/// Children under 1 per parent in the base years; `None` without parents.
fn per_parent(
    past: &Population,
    parents: &Population,
    areas: std::ops::Range<usize>,
    base: usize,
    shrink: f64,
    city: f64,
) -> Option<f64> {
    let years = past.years() - base..past.years();
    let (mut children, mut of) = (shrink * city, shrink);
    for area in areas {
        for year in years.clone() {
            children += past.at(area, year, 0);
            of += PARENTS.map(|age| parents.at(area, year, age)).sum::<f64>();
        }
    }
    (of > 0.0).then(|| children / of)
}

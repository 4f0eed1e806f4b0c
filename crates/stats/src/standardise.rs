//! Standardised rates.
//!
//! Slices hold one entry per stratum (an age band, for example) and must have equal length. Rates are per person;
//! multiply by 1,000 or 100,000 for display.

use crate::Interval;
use crate::interval::{byar, poisson_exact};

/// Interval of the number of cases that carries the interval of a standardised rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountInterval {
    /// Byar's approximation.
    Byar,
    /// Exact Poisson.
    Exact,
    /// Exact below 10 cases, Byar from 10 up (Public Health England's rule).
    ExactBelowTen,
}

impl CountInterval {
    /// The interval of a count; `None` as in [`byar`].
    pub fn of(self, x: f64, level: f64) -> Option<Interval> {
        match self {
            CountInterval::Byar => byar(x, level),
            CountInterval::Exact => poisson_exact(x, level),
            CountInterval::ExactBelowTen if x < 10.0 => poisson_exact(x, level),
            CountInterval::ExactBelowTen => byar(x, level),
        }
    }
}

/// A standardised figure with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standardised {
    /// The rate per person (direct), or observed over expected (indirect).
    pub value: f64,
    /// Interval in the unit of `value`.
    pub interval: Interval,
    /// Cases observed.
    pub observed: f64,
    /// Cases expected from the standard's rates (indirect), or at the standardised rate (direct).
    pub expected: f64,
}

/// Why strata cannot be standardised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StandardiseError {
    /// The slices differ in length or are empty.
    #[error("Fälle, Bevölkerung und Standard müssen gleich viele Altersgruppen haben, mindestens eine.")]
    Length,
    /// A number is negative or not finite.
    #[error("In Altersgruppe {stratum} steht eine negative oder fehlende Zahl. Abhilfe: die Eingabe prüfen.")]
    Number {
        /// The stratum, counted from 1.
        stratum: usize,
    },
    /// A stratum without persons.
    #[error(
        "In Altersgruppe {stratum} lebt niemand; ohne Bezugszahl gibt es dort keine Rate. Abhilfe: Altersgruppen zusammenfassen."
    )]
    NoPersons {
        /// The stratum, counted from 1.
        stratum: usize,
    },
    /// The weights or the expected cases add up to nothing.
    #[error(
        "Der Standard ist in allen Altersgruppen null. Abhilfe: eine Standardbevölkerung mit Personen wählen."
    )]
    EmptyStandard,
    /// The level is not between 0 and 1.
    #[error("Das Niveau des Intervalls muss zwischen 0 und 1 liegen, zum Beispiel 0,95.")]
    Level,
}

fn check_strata(columns: &[&[f64]], denominator: &[f64]) -> Result<(), StandardiseError> {
    let strata = denominator.len();
    if strata == 0 || columns.iter().any(|column| column.len() != strata) {
        return Err(StandardiseError::Length);
    }
    for stratum in 0..strata {
        let good = |v: f64| v.is_finite() && v >= 0.0;
        if !good(denominator[stratum]) || !columns.iter().all(|column| good(column[stratum])) {
            return Err(StandardiseError::Number { stratum: stratum + 1 });
        }
        if denominator[stratum] == 0.0 {
            return Err(StandardiseError::NoPersons { stratum: stratum + 1 });
        }
    }
    Ok(())
}

/// Directly standardised rate with Dobson's interval.
///
/// `cases` and `persons` of the area, `standard` the weights of the standard population in the same strata.
/// The interval of the cases is carried over to the rate by the ratio of standard errors. With no cases at all
/// the rate is 0 and the upper end is that of 0 cases at the mean weight per person.
///
/// Source: Dobson, A. J. et al. (1991), Statistics in Medicine 10, 457-462; PHE technical guide, "DSR".
pub fn direct(
    cases: &[f64],
    persons: &[f64],
    standard: &[f64],
    level: f64,
    method: CountInterval,
) -> Result<Standardised, StandardiseError> {
    check_strata(&[cases, standard], persons)?;
    let total: f64 = standard.iter().sum();
    if total <= 0.0 {
        return Err(StandardiseError::EmptyStandard);
    }
    let (mut value, mut variance) = (0.0, 0.0);
    for ((case, person), weight) in cases.iter().zip(persons).zip(standard) {
        let share = weight / total;
        value += share * case / person;
        variance += share * share * case / (person * person);
    }
    let observed: f64 = cases.iter().sum();
    let of_cases = method.of(observed, level).ok_or(StandardiseError::Level)?;
    let scale = if observed > 0.0 { (variance / observed).sqrt() } else { 1.0 / persons.iter().sum::<f64>() };
    let interval = Interval {
        lower: (value + scale * (of_cases.lower - observed)).max(0.0),
        upper: value + scale * (of_cases.upper - observed),
    };
    let expected = value * persons.iter().sum::<f64>();
    Ok(Standardised { value, interval, observed, expected })
}

/// Indirectly standardised ratio: observed cases over those expected from the standard's rates (SMR when the
/// cases are deaths). Times the standard's crude rate it is the indirectly standardised rate.
///
/// `observed` cases of the area as a whole, `persons` of the area by stratum, `standard_cases` and
/// `standard_persons` of the standard. Source: Breslow and Day (1987), chapter 2.
pub fn indirect(
    observed: f64,
    persons: &[f64],
    standard_cases: &[f64],
    standard_persons: &[f64],
    level: f64,
    method: CountInterval,
) -> Result<Standardised, StandardiseError> {
    check_strata(&[persons, standard_cases], standard_persons)?;
    if !(observed.is_finite() && observed >= 0.0) {
        return Err(StandardiseError::Number { stratum: 1 });
    }
    let expected: f64 =
        persons.iter().zip(standard_cases).zip(standard_persons).map(|((p, c), n)| p * c / n).sum();
    if expected <= 0.0 {
        return Err(StandardiseError::EmptyStandard);
    }
    let of_cases = method.of(observed, level).ok_or(StandardiseError::Level)?;
    Ok(Standardised {
        value: observed / expected,
        interval: Interval { lower: of_cases.lower / expected, upper: of_cases.upper / expected },
        observed,
        expected,
    })
}

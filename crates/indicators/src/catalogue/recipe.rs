//! How an index is made: the table `[[recipe]]` of a catalogue.

mod read;

pub(super) use read::{KEYS, read};

use kekiz_base::{GroupId, IndicatorId, Level, LifePhase, Place, Polarity};
use kekiz_stats::index::{Normalisation, SensitivitySettings, StatusDynamics};
use kekiz_stats::moments::Deviation;

/// The method of an index.
#[derive(Clone, Debug, PartialEq)]
pub enum Method {
    /// Weighted sum of z-scores.
    ZSum,
    /// Mean of normalised inputs, all with the same weight.
    EqualWeightMean(Normalisation),
    /// Mean of normalised inputs with the weights of the recipe, scaled to 1.
    WeightedMean(Normalisation),
    /// First principal component.
    FirstPrincipalComponent,
    /// Weighted sum of z-scores as status, the same sum over changes since `years` ago as dynamics.
    StatusDynamics {
        /// Distance of the two periods in years.
        years: u16,
    },
}

/// One input of an index.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The indicator.
    pub indicator: IndicatorId,
    /// Its weight, at least 0.
    pub weight: f64,
    /// Direction that is good; `None` takes the polarity of the indicator.
    pub direction: Option<Polarity>,
}

/// One index of a catalogue.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// Name in URLs.
    pub id: IndicatorId,
    /// Title as the office writes it.
    pub title: String,
    /// Title in plain language.
    pub plain_title: String,
    /// What the index says.
    pub definition: String,
    /// Method.
    pub method: Method,
    /// Inputs.
    pub inputs: Vec<Input>,
    /// Whether more of the index is better (the default) or worse.
    pub polarity: Polarity,
    /// Limits of the classes in standard deviations, descending; the status limits of status × dynamics.
    pub limits: Vec<f64>,
    /// Limits of the dynamics; empty for other methods.
    pub dynamics_limits: Vec<f64>,
    /// Names of the classes from class 1 up: from the best to the worst, for every polarity.
    pub classes: Vec<String>,
    /// Divisor of the standard deviations.
    pub deviation: Deviation,
    /// Decimals to print.
    pub decimals: u8,
    /// Phase of life.
    pub life_phase: LifePhase,
    /// Area of life.
    pub life_area: String,
    /// The group that is compared.
    pub group: GroupId,
    /// Levels to compute; `None` for all the inputs have.
    pub levels: Option<Vec<Level>>,
    /// Whether empirical-Bayes values are used where an input has them.
    pub smoothed: bool,
    /// Smallest denominator of every input, beside the inputs' own.
    pub minimum_base: u32,
    /// How the sensitivity statement is found.
    pub sensitivity: SensitivitySettings,
    /// Public notes.
    pub notes: Vec<String>,
    /// Where it stands in the catalogue.
    pub place: Place,
}

impl Recipe {
    /// The status × dynamics scheme of this recipe.
    pub fn scheme(&self) -> StatusDynamics {
        StatusDynamics {
            status_limits: self.limits.clone(),
            dynamics_limits: self.dynamics_limits.clone(),
            deviation: self.deviation,
        }
    }
}

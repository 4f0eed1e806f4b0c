//! The mission statement (Leitbild): guiding sentences, goals, indicators with target and date, and their state.
//!
//! The state of a goal is computed from observations, never typed in. What a good goal has: Doran, G. T. (1981),
//! "There's a S.M.A.R.T. way to write management's goals and objectives", Management Review 70, 35-36. Steps of
//! the Wirkungstreppe: Phineo, Kursbuch Wirkung (2013), steps 1-3 output, 4-6 outcome, 7 impact.

mod history;
mod smart;
mod state;
mod trend;

use jiff::civil::Date;
use kekiz_base::{IndicatorId, Interval, Polarity};
use serde::{Deserialize, Serialize};

pub use history::{StatementChange, changes};
pub use smart::{Letter, SmartGap, lacks};
pub use state::{Ground, Reason, Rules, State, Status, state};
pub use trend::{Forecast, forecast};

/// Steps of the Wirkungstreppe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Step(u8);

impl Step {
    /// A step from 1 to 7.
    pub fn new(number: u8) -> Option<Self> {
        (1..=7).contains(&number).then_some(Self(number))
    }

    /// Its number.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Whether the step is about an effect (4 and above), not only about what is offered.
    pub fn is_effect(self) -> bool {
        self.0 >= 4
    }

    /// German name.
    pub fn name(self) -> &'static str {
        match self.0 {
            1 => "Aktivitäten finden statt",
            2 => "Zielgruppen werden erreicht",
            3 => "Zielgruppen nehmen Angebote an",
            4 => "Wissen, Einstellungen und Fähigkeiten ändern sich",
            5 => "Handeln ändert sich",
            6 => "Lebenslage ändert sich",
            _ => "Gesellschaft ändert sich",
        }
    }
}

impl From<Step> for u8 {
    fn from(step: Step) -> u8 {
        step.0
    }
}

/// A number that is no step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("„{0}“ ist keine Stufe der Wirkungstreppe. Abhilfe: eine Zahl von 1 bis 7 angeben.")]
pub struct StepError(pub u8);

impl TryFrom<u8> for Step {
    type Error = StepError;
    fn try_from(number: u8) -> Result<Self, StepError> {
        Step::new(number).ok_or(StepError(number))
    }
}

/// A value on a day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// Day it stands for.
    pub date: Date,
    /// Value in the unit of the indicator.
    pub value: f64,
}

/// What is measured, from where to where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Indicator of the atlas, where there is one.
    pub indicator: Option<IndicatorId>,
    /// Title of the indicator.
    pub title: String,
    /// Unit as printed behind the number.
    pub unit: String,
    /// Decimals to print.
    pub decimals: u8,
    /// Direction that is good for children; where it is neutral the way from baseline to target counts.
    pub polarity: Polarity,
    /// Where it started.
    pub baseline: Option<Mark>,
    /// Where it shall be, and when.
    pub target: Option<Mark>,
    /// Source of the figures.
    pub source: String,
}

/// A goal with the SMART fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// Name in URLs and versions.
    pub id: String,
    /// The goal as one sentence.
    pub sentence: String,
    /// Whom it concerns.
    pub target_group: String,
    /// Step of the Wirkungstreppe.
    pub step: Option<Step>,
    /// Why it can be achieved (means, examples).
    pub achievable: String,
    /// Why it matters here (figures of the atlas, wishes of families).
    pub relevant: String,
    /// Who answers for it.
    pub responsible: String,
    /// Indicators with targets.
    pub targets: Vec<Target>,
    /// Decision of the council (file number, day), where there is one.
    pub decision: Option<String>,
    /// The story behind the curve, written by people.
    pub story: String,
}

/// A guiding sentence with its goals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GuidingSentence {
    /// Name in URLs and versions.
    pub id: String,
    /// The sentence.
    pub sentence: String,
    /// Its goals.
    pub goals: Vec<Goal>,
}

/// A mission statement.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MissionStatement {
    /// Title.
    pub title: String,
    /// Its guiding sentences.
    pub sentences: Vec<GuidingSentence>,
}

/// An observed figure of the indicator.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// Day it stands for; the last day of its period.
    pub date: Date,
    /// Value in the unit of the indicator.
    pub value: f64,
    /// Interval of uncertainty, where there is one.
    pub interval: Option<Interval>,
}

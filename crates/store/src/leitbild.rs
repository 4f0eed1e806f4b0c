//! The Leitbild: guiding sentences, goals with targets, decisions of the council.
//!
//! What a goal's state is (on track, off track) is never stored: it is computed from the figures.

use crate::records::{Columns, Recorded};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A sentence of the mission statement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GuidingSentence {
    /// Its id.
    pub id: String,
    /// The sentence.
    pub text: String,
    /// What is meant by it.
    pub explanation: String,
    /// Place in the list.
    pub position: i64,
}

/// A goal under a guiding sentence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Goal {
    /// Its id; offers name it in `prevention.goals`.
    pub id: String,
    /// The guiding sentence it serves, or the goal it is a part of.
    pub parent: String,
    /// The goal as a sentence.
    pub title: String,
    /// For whom.
    pub audience: String,
    /// Step of the Wirkungstreppe, 1 (activities take place) to 7 (society has changed).
    pub effect_step: u8,
    /// By when it is to be reached.
    pub due_on: Option<Date>,
    /// Who answers for it.
    pub responsible: String,
    /// What it is measured by.
    pub targets: Vec<Target>,
    /// The story behind the curve.
    pub story: String,
    /// What is being done.
    pub measures: String,
    /// Decisions of the council it rests on.
    pub council_decisions: Vec<String>,
    /// Not public yet.
    pub draft: bool,
    /// Place in the list.
    pub position: i64,
}

/// A value an indicator of the atlas is to reach.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Indicator of the catalogue.
    pub indicator: String,
    /// Area; empty for the whole municipality.
    #[serde(default)]
    pub area: String,
    /// Year it starts from.
    pub from_year: i16,
    /// The value to reach, in the unit of the indicator.
    pub value: f64,
    /// The year it is to be reached in.
    pub year: i16,
    /// Whether more is better.
    pub higher_is_better: bool,
}

/// A decision of the council.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CouncilDecision {
    /// Its id.
    pub id: String,
    /// Number of the paper (Vorlage).
    pub reference: String,
    /// Its title.
    pub title: String,
    /// The body that decided.
    pub body: String,
    /// When.
    pub decided_on: Option<Date>,
    /// Where to read it.
    pub url: String,
    /// The wording.
    pub wording: String,
}

impl Recorded for GuidingSentence {
    const KIND: &'static str = "guiding_sentence";
    fn columns(&self) -> Columns {
        Columns {
            id: self.id.clone(),
            title: self.text.clone(),
            position: self.position,
            ..Columns::default()
        }
    }
}

impl Recorded for Goal {
    const KIND: &'static str = "goal";
    fn columns(&self) -> Columns {
        Columns {
            id: self.id.clone(),
            parent: self.parent.clone(),
            title: self.title.clone(),
            state: if self.draft { "draft".into() } else { "public".into() },
            due_on: self.due_on,
            position: self.position,
        }
    }
}

impl Recorded for CouncilDecision {
    const KIND: &'static str = "council_decision";
    fn columns(&self) -> Columns {
        Columns { id: self.id.clone(), title: self.title.clone(), ..Columns::default() }
    }
}

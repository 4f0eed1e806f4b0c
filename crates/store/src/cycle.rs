//! The planning cycle as guiding questions with state and deadline; no wizard, any order.

use crate::records::{Columns, Recorded};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The nine fields of work of a prevention chain (Richter-Kornweitz, Utermark: Werkbuch Präventionskette).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CycleStep {
    /// Bestand: what there is.
    #[default]
    Inventory,
    /// Netzwerk: who works together.
    Network,
    /// Bedarf: what families need and want.
    Needs,
    /// Ziele: where to.
    Goals,
    /// Koordinierung der Angebote.
    Coordination,
    /// Strukturentwicklung.
    Structure,
    /// Beschlüsse der Politik.
    Decision,
    /// Partizipation.
    Participation,
    /// Monitoring.
    Monitoring,
}

/// Where an answer stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerState {
    /// Nothing yet.
    #[default]
    Open,
    /// Being worked on.
    Doing,
    /// Answered.
    Answered,
}

/// The answer to one guiding question in one round of the cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CycleAnswer {
    /// The round, for example `2026`.
    pub round: String,
    /// The step.
    pub step: CycleStep,
    /// Code of the question in the municipality's list.
    pub question: String,
    /// The answer.
    pub text: String,
    /// Where it stands.
    pub state: AnswerState,
    /// Who answers it.
    pub responsible: String,
    /// Until when; an answer that is there is due no more.
    pub due_on: Option<Date>,
}

impl Recorded for CycleAnswer {
    const KIND: &'static str = "cycle_answer";
    fn columns(&self) -> Columns {
        let (state, open) = match self.state {
            AnswerState::Open => ("open", true),
            AnswerState::Doing => ("doing", true),
            AnswerState::Answered => ("answered", false),
        };
        Columns {
            id: format!("{}/{}", self.round, self.question),
            parent: self.round.clone(),
            title: self.question.clone(),
            state: state.into(),
            due_on: self.due_on.filter(|_| open),
            position: self.step as i64,
        }
    }
}

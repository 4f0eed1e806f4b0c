//! The network: actors, agreements, transitions, working groups, their decisions and tasks.

use crate::records::{Columns, Recorded};
use jiff::civil::Date;
use kekiz_offers::EightSector;
use serde::{Deserialize, Serialize};

/// Somebody who works in the chain: an office, a provider, a school, a practice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Actor {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Which of the eight sectors it belongs to.
    pub sector: Option<EightSector>,
    /// The organisation among the providers, where it is one.
    pub organization: String,
    /// How to reach it; of an office, not of a private person.
    pub contact: String,
    /// What it does in the chain.
    pub task: String,
}

/// A written agreement between actors (Kooperationsvereinbarung).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Agreement {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The actors, by id.
    pub parties: Vec<String>,
    /// What was agreed.
    pub subject: String,
    /// Since when.
    pub from: Option<Date>,
    /// Until when; `None` without end. Due for a talk on that day.
    pub until: Option<Date>,
    /// Where to read it.
    pub url: String,
}

/// The hand-over from one life phase to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransitionRecord {
    /// Code of the transition as offers name it.
    pub code: String,
    /// Area; empty for the whole municipality.
    pub area: String,
    /// The actor that answers for it, by id.
    pub responsible: String,
    /// The agreement it rests on, by id.
    pub agreement: String,
    /// How the hand-over goes.
    pub procedure: String,
    /// Who gets lost in between, in words.
    pub who_is_lost: String,
    /// Children who arrived in a year, handed over or not.
    pub arrived_per_year: Option<u32>,
    /// Children handed over in a year.
    pub handed_over_per_year: Option<u32>,
    /// Children who should be.
    pub expected_per_year: Option<u32>,
}

/// A working group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkingGroup {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is there for.
    pub purpose: String,
    /// Its members, actors by id.
    pub members: Vec<String>,
    /// How often it meets, in words.
    pub rhythm: String,
    /// Place in the list.
    pub position: i64,
}

/// What a working group decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupDecision {
    /// Its id.
    pub id: String,
    /// The working group.
    pub group: String,
    /// What was decided.
    pub text: String,
    /// When.
    pub decided_on: Option<Date>,
    /// Goals it serves, by id.
    pub goals: Vec<String>,
}

/// Where a task stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Not begun.
    #[default]
    Open,
    /// Being worked on.
    Doing,
    /// Done.
    Done,
    /// Given up.
    Dropped,
}

impl TaskState {
    /// The word in the table and in addresses.
    pub fn word(self) -> &'static str {
        match self {
            TaskState::Open => "open",
            TaskState::Doing => "doing",
            TaskState::Done => "done",
            TaskState::Dropped => "dropped",
        }
    }
}

/// A task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Task {
    /// Its id.
    pub id: String,
    /// The working group or decision it comes from, by id.
    pub parent: String,
    /// What is to be done.
    pub title: String,
    /// Who does it: an actor by id, or an office in words.
    pub responsible: String,
    /// Until when; a task that is done or dropped is due no more.
    pub due_on: Option<Date>,
    /// Where it stands.
    pub state: TaskState,
    /// What has come of it.
    pub note: String,
}

/// How many of a group took part in something, against everybody else of the same age.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TakeUpRecord {
    /// Its id.
    pub id: String,
    /// The offer or kind of offer, in words.
    pub offer: String,
    /// The group, in words.
    pub group: String,
    /// Key of the area; empty for the whole municipality.
    pub area: String,
    /// When it was counted, in words.
    pub period: String,
    /// Persons of the group who took part.
    pub group_reached: Option<u32>,
    /// Persons of the group.
    pub group_all: Option<u32>,
    /// Persons outside the group who took part.
    pub rest_reached: Option<u32>,
    /// Persons outside the group.
    pub rest_all: Option<u32>,
    /// Where the figures come from.
    pub source: String,
}

impl Recorded for TakeUpRecord {
    const KIND: &'static str = "take_up";
    fn columns(&self) -> Columns {
        Columns {
            id: self.id.clone(),
            parent: self.area.clone(),
            title: format!("{}: {}", self.offer, self.group),
            ..Columns::default()
        }
    }
}

impl Recorded for Actor {
    const KIND: &'static str = "actor";
    fn columns(&self) -> Columns {
        let sector = self.sector.as_ref().map(|sector| sector.as_str().to_string());
        Columns {
            id: self.id.clone(),
            parent: sector.unwrap_or_default(),
            title: self.name.clone(),
            ..Columns::default()
        }
    }
}

impl Recorded for Agreement {
    const KIND: &'static str = "agreement";
    fn columns(&self) -> Columns {
        Columns { id: self.id.clone(), title: self.title.clone(), due_on: self.until, ..Columns::default() }
    }
}

impl Recorded for TransitionRecord {
    const KIND: &'static str = "transition";
    fn columns(&self) -> Columns {
        // A code and a key hold no space, so the two together are one id.
        Columns {
            id: format!("{} {}", self.code, self.area).trim_end().to_string(),
            parent: self.code.clone(),
            title: self.code.clone(),
            ..Columns::default()
        }
    }
}

impl Recorded for WorkingGroup {
    const KIND: &'static str = "working_group";
    fn columns(&self) -> Columns {
        Columns {
            id: self.id.clone(),
            title: self.name.clone(),
            position: self.position,
            ..Columns::default()
        }
    }
}

impl Recorded for GroupDecision {
    const KIND: &'static str = "group_decision";
    fn columns(&self) -> Columns {
        Columns {
            id: self.id.clone(),
            parent: self.group.clone(),
            title: self.text.clone(),
            ..Columns::default()
        }
    }
}

impl Recorded for Task {
    const KIND: &'static str = "task";
    fn columns(&self) -> Columns {
        let open = matches!(self.state, TaskState::Open | TaskState::Doing);
        Columns {
            id: self.id.clone(),
            parent: self.parent.clone(),
            title: self.title.clone(),
            state: self.state.word().into(),
            due_on: self.due_on.filter(|_| open),
            ..Columns::default()
        }
    }
}

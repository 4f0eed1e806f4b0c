//! The planning cycle as guiding questions with state and deadline, and the work around it: groups, decisions,
//! tasks. Nothing forces an order: stations may be worked on at any time.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const DEFAULT: &str = include_str!("../../../data/portal/planungszyklus.toml");

/// A station of the cycle with its guiding question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Station {
    /// Code that answers are kept under.
    pub code: String,
    /// Name.
    pub name: String,
    /// Guiding question.
    pub question: String,
    /// Further questions that help to answer it.
    #[serde(default)]
    pub prompts: Vec<String>,
}

/// The stations of the cycle, as a municipality asks them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cycle {
    /// Version of the file format.
    pub version: u32,
    /// Name.
    pub name: String,
    /// Where the stations come from.
    pub source: String,
    /// When the list was last looked at.
    pub as_of: String,
    /// Whether the list is an assumption the municipality should look at.
    #[serde(default)]
    pub assumption: bool,
    /// Stations in the order they are shown.
    #[serde(rename = "station")]
    pub stations: Vec<Station>,
}

/// Why a file of stations cannot be used. Each variant is a German sentence with the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CycleError {
    /// Not the expected TOML.
    #[error(
        "Der Planungszyklus ist nicht lesbar: {message} Abhilfe: die Datei mit der mitgelieferten planungszyklus.toml vergleichen."
    )]
    Unreadable {
        /// What the reader says, with line and column.
        message: String,
    },
    /// A version this program does not know.
    #[error(
        "Der Planungszyklus hat die Version {found}; dieses Programm kennt Version 1. Abhilfe: KeKiz aktualisieren oder „version = 1“ eintragen."
    )]
    Version {
        /// Version found.
        found: u32,
    },
    /// Two stations share a code, or a code is empty.
    #[error(
        "Das Kürzel „{code}“ im Planungszyklus ist leer oder doppelt. Abhilfe: jeder Station ein eigenes Kürzel geben."
    )]
    Code {
        /// The code.
        code: String,
    },
}

impl Cycle {
    /// Reads stations from TOML text.
    pub fn parse(text: &str) -> Result<Cycle, CycleError> {
        let cycle: Cycle =
            toml::from_str(text).map_err(|e| CycleError::Unreadable { message: e.to_string() })?;
        if cycle.version != 1 {
            return Err(CycleError::Version { found: cycle.version });
        }
        let mut seen = BTreeSet::new();
        for station in &cycle.stations {
            if station.code.trim().is_empty() || !seen.insert(&station.code) {
                return Err(CycleError::Code { code: station.code.clone() });
            }
        }
        Ok(cycle)
    }

    /// The nine stations the program carries (`data/portal/planungszyklus.toml`).
    pub fn shipped() -> Result<Cycle, CycleError> {
        Cycle::parse(DEFAULT)
    }
}

/// How far something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Not begun.
    #[default]
    Open,
    /// Being worked on.
    InWork,
    /// Answered or done for now.
    Done,
}

impl Progress {
    /// German name.
    pub fn name(self) -> &'static str {
        match self {
            Progress::Open => "offen",
            Progress::InWork => "in Arbeit",
            Progress::Done => "erledigt",
        }
    }
}

/// The answer to a station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Code of the station.
    pub station: String,
    /// State.
    pub progress: Progress,
    /// Until when.
    pub deadline: Option<Date>,
    /// Who sees to it.
    pub responsible: String,
    /// The answer in words.
    pub text: String,
}

/// A working group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkingGroup {
    /// Name in URLs.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it is to do.
    pub mandate: String,
    /// Names of the members' organisations.
    pub members: Vec<String>,
    /// Next meeting.
    pub next_meeting: Option<Date>,
    /// When it ends, if it is not permanent.
    pub ends: Option<Date>,
}

/// A decision of a body (council, committee, steering group).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Name in URLs.
    pub id: String,
    /// What was, or is to be, decided.
    pub text: String,
    /// Which body.
    pub body: String,
    /// Day it was taken; `None` when it is still to come.
    pub taken: Option<Date>,
    /// Day it is planned for.
    pub planned: Option<Date>,
    /// Whether it has been carried out.
    pub carried_out: bool,
    /// Until when it is to be carried out.
    pub due: Option<Date>,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Name in URLs.
    pub id: String,
    /// What is to be done.
    pub text: String,
    /// Who does it.
    pub responsible: String,
    /// State.
    pub progress: Progress,
    /// Until when.
    pub deadline: Option<Date>,
}

/// What waits, with how long it has been waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// Code or name of the thing.
    pub id: String,
    /// Days past the deadline (1 on the day after it).
    pub days: i32,
    /// A German sentence.
    pub sentence: String,
}

fn late(id: &str, deadline: Option<Date>, today: Date, what: &str) -> Option<Overdue> {
    let deadline = deadline.filter(|deadline| *deadline < today)?;
    let days = i32::try_from(today.duration_since(deadline).as_hours() / 24).ok()?;
    let since = if days == 1 { "1 Tag".to_string() } else { format!("{days} Tagen") };
    let on = format!("{}.{}.{}", deadline.day(), deadline.month(), deadline.year());
    Some(Overdue {
        id: id.into(), days, sentence: format!("{what}: seit {since} überfällig (Frist {on}).")
    })
}

fn longest_first(mut all: Vec<Overdue>) -> Vec<Overdue> {
    all.sort_by(|a, b| b.days.cmp(&a.days).then_with(|| a.id.cmp(&b.id)));
    all
}

/// Something with a deadline that can be late.
pub trait Deadlined {
    /// How late it is on a day; `None` while it is not.
    fn overdue(&self, today: Date) -> Option<Overdue>;
}

impl Deadlined for Task {
    fn overdue(&self, today: Date) -> Option<Overdue> {
        let open = self.progress != Progress::Done;
        open.then(|| late(&self.id, self.deadline, today, &self.text)).flatten()
    }
}

impl Deadlined for Decision {
    /// A decision is late when it was planned and not taken, or taken and not carried out in time.
    fn overdue(&self, today: Date) -> Option<Overdue> {
        match self.taken {
            None => {
                late(&self.id, self.planned, today, &format!("Beschluss „{}“ noch nicht gefasst", self.text))
            }
            Some(_) if !self.carried_out => {
                late(&self.id, self.due, today, &format!("Beschluss „{}“ noch nicht umgesetzt", self.text))
            }
            Some(_) => None,
        }
    }
}

impl Deadlined for WorkingGroup {
    /// A group whose next meeting has passed has no date any more.
    fn overdue(&self, today: Date) -> Option<Overdue> {
        let runs = self.ends.is_none_or(|ends| ends >= today);
        let what = format!("{}: kein neuer Termin", self.name);
        runs.then(|| late(&self.id, self.next_meeting, today, &what)).flatten()
    }
}

/// Everything of a kind that is late on a day, the longest first.
pub fn overdue<T: Deadlined>(things: &[T], today: Date) -> Vec<Overdue> {
    longest_first(things.iter().filter_map(|thing| thing.overdue(today)).collect())
}

/// One station with its answer, or without one.
#[derive(Clone, Debug, PartialEq)]
pub struct Stand<'a> {
    /// The station.
    pub station: &'a Station,
    /// Its answer; a station without one is open.
    pub answer: Option<&'a Answer>,
    /// State.
    pub progress: Progress,
    /// How late it is.
    pub overdue: Option<Overdue>,
}

/// Where the cycle stands on a day, in the order of its stations. Of several answers to one station the last
/// counts; answers to stations that no longer exist are left out.
pub fn stand<'a>(cycle: &'a Cycle, answers: &'a [Answer], today: Date) -> Vec<Stand<'a>> {
    let of = |station: &'a Station| {
        let answer = answers.iter().rev().find(|answer| answer.station == station.code);
        let progress = answer.map_or(Progress::Open, |answer| answer.progress);
        let overdue = answer
            .filter(|answer| answer.progress != Progress::Done)
            .and_then(|answer| late(&station.code, answer.deadline, today, &station.name));
        Stand { station, answer, progress, overdue }
    };
    cycle.stations.iter().map(of).collect()
}

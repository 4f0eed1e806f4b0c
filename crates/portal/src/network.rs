//! The network: actors of the eight sectors and their agreements, working groups, decisions, tasks, the planning cycle,
//! and the transitions between life phases.

use crate::people::{Action, Object};
use crate::{Actor as Who, Portal, PortalError};
use jiff::civil::Date;
use kekiz_base::LifePhase;
use kekiz_offers::phase_from_slug;
use kekiz_planning::Estimate;
use kekiz_planning::cycle::{self as planned_cycle, Cycle, Overdue, Progress, Stand, Station};
use kekiz_planning::network::{self, Link, Network, Point, Sector, describe, layout};
use kekiz_planning::transitions::{Agreement as Written, Checked, Transition, by_loss};
use kekiz_store::cycle::{AnswerState, CycleAnswer};
use kekiz_store::network::{
    Actor, Agreement, GroupDecision, Task, TaskState, TransitionRecord, WorkingGroup,
};
use kekiz_store::records::{self, Recorded};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// The example that comes with the program; every actor in it is called an example.
const EXAMPLE: &str = include_str!("../../../data/portal/netzwerk-beispiel.toml");
/// Picture of the same network, always the same.
const SEED: u64 = 8;

/// A network to be loaded as a whole.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkDraft {
    /// Actors.
    pub actor: Vec<Actor>,
    /// Agreements between them.
    pub agreement: Vec<Agreement>,
    /// Transitions.
    pub transition: Vec<TransitionRecord>,
    /// Working groups.
    pub group: Vec<WorkingGroup>,
    /// What they decided.
    pub decision: Vec<GroupDecision>,
    /// Tasks.
    pub task: Vec<Task>,
    /// Answers to the questions of the planning cycle.
    pub answer: Vec<CycleAnswer>,
}

impl NetworkDraft {
    /// Reads a network from TOML.
    pub fn from_toml(text: &str) -> Result<Self, PortalError> {
        toml::from_str(text).map_err(|error| {
            PortalError::Import(format!(
                "Das Netzwerk lässt sich nicht lesen: {error}. Abhilfe: die genannte Stelle berichtigen."
            ))
        })
    }
}

/// The network as readers see it.
#[derive(Clone, Debug)]
pub struct NetworkView {
    /// Actors, by sector in the order of the list, then by name.
    pub actors: Vec<Actor>,
    /// Sectors, by code and name.
    pub sectors: Vec<Sector>,
    /// Agreements.
    pub agreements: Vec<Agreement>,
    /// Pairs of actors with the number of their agreements, by position.
    pub links: Vec<(usize, usize, u32)>,
    /// Where each actor stands in the picture.
    pub points: Vec<Point>,
    /// What the network is like.
    pub network: Network,
    /// Working groups.
    pub groups: Vec<WorkingGroup>,
    /// Decisions, the newest first.
    pub decisions: Vec<GroupDecision>,
    /// Tasks that are not done, by date.
    pub tasks: Vec<Task>,
    /// Number of tasks that are done.
    pub done: usize,
    /// Tasks past their date, the longest first.
    pub late: Vec<Overdue>,
    /// Stations of the planning cycle.
    pub stations: Vec<StationView>,
    /// Today.
    pub today: Date,
}

impl NetworkView {
    /// The name of an actor; what is not one is a name already.
    pub fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.actors.iter().find(|actor| actor.id == id).map_or(id, |actor| actor.name.as_str())
    }
}

/// A station of the planning cycle with its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct StationView {
    /// Name.
    pub name: String,
    /// The guiding question.
    pub question: String,
    /// State.
    pub progress: Progress,
    /// The answer; empty for none.
    pub text: String,
    /// Who sees to it.
    pub responsible: String,
    /// Until when.
    pub deadline: Option<Date>,
    /// How late it is.
    pub overdue: Option<Overdue>,
}

/// A transition with what its figures say.
#[derive(Clone, Debug)]
pub struct TransitionView {
    /// As it was recorded.
    pub record: TransitionRecord,
    /// As planning looks at it.
    pub transition: Transition,
    /// What is found.
    pub checked: Checked,
}

impl Portal {
    /// The network; `None` while no actor is recorded.
    pub async fn network(&self) -> Result<Option<NetworkView>, PortalError> {
        let mut actors: Vec<Actor> = values(self).await?;
        if actors.is_empty() {
            return Ok(None);
        }
        let today = self.now().local.date();
        let agreements: Vec<Agreement> = values(self).await?;
        let tasks: Vec<Task> = values(self).await?;
        let mut decisions: Vec<GroupDecision> = values(self).await?;
        let groups: Vec<WorkingGroup> = values(self).await?;
        let stations = self.stations(today).await?;
        let sectors = self.sectors();
        let place = |actor: &Actor| {
            let code = actor.sector.as_ref().map_or("", |sector| sector.as_str());
            sectors.iter().position(|sector| sector.code == code).unwrap_or(usize::MAX)
        };
        actors.sort_by_cached_key(|actor| (place(actor), actor.name.clone()));
        let planned: Vec<network::Actor> = actors.iter().map(planned).collect();
        let links: Vec<Link> = agreements
            .iter()
            .map(|one| Link { title: one.title.clone(), partners: one.parties.clone() })
            .collect();
        let graph = network::graph(&planned, &links);
        let pairs = graph.neighbours.iter().enumerate().flat_map(|(a, others)| {
            others.iter().filter(move |(b, _)| *b > a).map(move |(b, count)| (a, *b, *count))
        });
        decisions.sort_by(|a, b| b.decided_on.cmp(&a.decided_on).then_with(|| a.id.cmp(&b.id)));
        Ok(Some(NetworkView {
            links: pairs.collect(),
            points: layout(&graph, SEED),
            network: describe(&planned, &links, &sectors, "Einträge der Koordination"),
            late: planned_cycle::overdue(&tasks.iter().map(planned_task).collect::<Vec<_>>(), today),
            done: tasks.iter().filter(|task| task.state == TaskState::Done).count(),
            tasks: open_by_date(tasks),
            groups,
            stations,
            decisions,
            actors,
            sectors,
            agreements,
            today,
        }))
    }

    /// The transitions, those with the most children lost first; empty while none is recorded.
    pub async fn transitions(&self) -> Result<Vec<TransitionView>, PortalError> {
        let records: Vec<TransitionRecord> = values(self).await?;
        let actors: Vec<Actor> = values(self).await?;
        let agreements: Vec<Agreement> = values(self).await?;
        let name = |id: &str| {
            actors
                .iter()
                .find(|actor| actor.id == id)
                .map_or_else(|| id.to_string(), |actor| actor.name.clone())
        };
        let written = |id: &str| {
            let found = agreements.iter().find(|one| one.id == id)?;
            Some(Written {
                title: found.title.clone(),
                partners: found.parties.iter().map(|party| name(party)).collect(),
                since: found.from,
                review: found.until,
            })
        };
        let phase =
            |slug: Option<&String>| slug.and_then(|slug| phase_from_slug(slug)).unwrap_or(LifePhase::Familie);
        let transitions: Vec<Transition> = records
            .iter()
            .map(|record| {
                let term = self.lists().terms.list("transition").and_then(|list| list.get(&record.code));
                let count = |number: Option<u32>| number.map(|number| Estimate::exact(f64::from(number)));
                Transition {
                    code: record.code.clone(),
                    name: term.map_or_else(|| record.code.clone(), |term| term.name.clone()),
                    from: phase(term.and_then(|term| term.from_phase.as_ref())),
                    to: phase(term.and_then(|term| term.to_phase.as_ref())),
                    area_name: if record.area.is_empty() {
                        "ganze Kommune".into()
                    } else {
                        record.area.clone()
                    },
                    period: "in einem Jahr".into(),
                    responsible: name(&record.responsible),
                    agreement: written(&record.agreement),
                    leaving: count(record.expected_per_year),
                    arriving: count(record.arrived_per_year),
                    handed_over: count(record.handed_over_per_year),
                    source: "Eintrag der Koordination".into(),
                }
            })
            .collect();
        let ordered = by_loss(&transitions, self.now().local.date());
        Ok(ordered
            .into_iter()
            .filter_map(|(at, checked)| {
                let (record, transition) = (records.get(at)?.clone(), transitions.get(at)?.clone());
                Some(TransitionView { record, transition, checked })
            })
            .collect())
    }

    /// Loads a network where there is none yet; gives whether it did.
    pub async fn load_network(&self, actor: &Who, draft: &NetworkDraft) -> Result<bool, PortalError> {
        actor.must(Action::EditNetwork, &Object::everything(), "ein Netzwerk laden")?;
        if !records::all::<Actor>(self.db()).await?.is_empty() {
            return Ok(false);
        }
        let mut writing = self.begin(actor, "Netzwerk geladen").await?;
        records::insert_many(&writing.tx, &draft.actor, &writing.edit).await?;
        records::insert_many(&writing.tx, &draft.agreement, &writing.edit).await?;
        records::insert_many(&writing.tx, &draft.transition, &writing.edit).await?;
        records::insert_many(&writing.tx, &draft.group, &writing.edit).await?;
        records::insert_many(&writing.tx, &draft.decision, &writing.edit).await?;
        records::insert_many(&writing.tx, &draft.task, &writing.edit).await?;
        records::insert_many(&writing.tx, &draft.answer, &writing.edit).await?;
        writing.note("network.loaded", "network", "netzwerk", json!({ "actors": draft.actor.len() }));
        writing.finish().await?;
        Ok(true)
    }

    /// Loads the network the program carries as an example.
    pub async fn load_example_network(&self) -> Result<bool, PortalError> {
        self.load_network(&Who::System, &NetworkDraft::from_toml(EXAMPLE)?).await
    }

    /// The stations of the planning cycle with their guiding questions.
    pub fn questions(&self) -> Result<Vec<Station>, PortalError> {
        Ok(cycle()?.stations)
    }

    fn sectors(&self) -> Vec<Sector> {
        let terms = self.lists().terms.list("sector").map_or(&[][..], |list| &list.terms);
        terms.iter().map(|term| Sector { code: term.code.clone(), name: term.name.clone() }).collect()
    }

    /// The stations of the planning cycle with the answers of the newest round.
    async fn stations(&self, today: Date) -> Result<Vec<StationView>, PortalError> {
        let cycle = cycle()?;
        let answers: Vec<CycleAnswer> = values(self).await?;
        let newest = answers.iter().map(|answer| answer.round.clone()).max().unwrap_or_default();
        let answers: Vec<planned_cycle::Answer> =
            answers.iter().filter(|answer| answer.round == newest).map(planned_answer).collect();
        let view = |stand: Stand<'_>| StationView {
            name: stand.station.name.clone(),
            question: stand.station.question.clone(),
            progress: stand.progress,
            text: stand.answer.map_or_else(String::new, |answer| answer.text.clone()),
            responsible: stand.answer.map_or_else(String::new, |answer| answer.responsible.clone()),
            deadline: stand.answer.and_then(|answer| answer.deadline),
            overdue: stand.overdue,
        };
        Ok(planned_cycle::stand(&cycle, &answers, today).into_iter().map(view).collect())
    }
}

/// The guiding questions of the planning cycle.
pub(crate) fn cycle() -> Result<Cycle, PortalError> {
    Cycle::shipped().map_err(|error| PortalError::Import(error.to_string()))
}

async fn values<T: Recorded>(portal: &Portal) -> Result<Vec<T>, PortalError> {
    Ok(records::all::<T>(portal.db()).await?.into_iter().map(|stored| stored.value).collect())
}

fn planned(actor: &Actor) -> network::Actor {
    network::Actor {
        id: actor.id.clone(),
        name: actor.name.clone(),
        sector: actor.sector.as_ref().map_or_else(String::new, |sector| sector.as_str().to_string()),
    }
}

fn planned_task(task: &Task) -> planned_cycle::Task {
    planned_cycle::Task {
        id: task.id.clone(),
        text: task.title.clone(),
        responsible: task.responsible.clone(),
        progress: match task.state {
            TaskState::Open => Progress::Open,
            TaskState::Doing => Progress::InWork,
            TaskState::Done | TaskState::Dropped => Progress::Done,
        },
        deadline: task.due_on,
    }
}

fn planned_answer(answer: &CycleAnswer) -> planned_cycle::Answer {
    planned_cycle::Answer {
        station: answer.question.clone(),
        progress: match answer.state {
            AnswerState::Open => Progress::Open,
            AnswerState::Doing => Progress::InWork,
            AnswerState::Answered => Progress::Done,
        },
        deadline: answer.due_on,
        responsible: answer.responsible.clone(),
        text: answer.text.clone(),
    }
}

/// Tasks that are not done, those with the nearest date first.
fn open_by_date(tasks: Vec<Task>) -> Vec<Task> {
    let mut by_date: BTreeMap<(bool, Option<Date>, String), Task> = BTreeMap::new();
    for task in tasks.into_iter().filter(|task| matches!(task.state, TaskState::Open | TaskState::Doing)) {
        by_date.insert((task.due_on.is_none(), task.due_on, task.id.clone()), task);
    }
    by_date.into_values().collect()
}

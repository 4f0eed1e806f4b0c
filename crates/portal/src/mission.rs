//! The Leitbild as readers see it: guiding sentences, goals, and how each goal stands by the figures of the atlas.
//!
//! A state is computed whenever it is read; nobody can type it in.

use crate::error::invalid;
use crate::people::{Action, Object};
use crate::registers::Saved;
use crate::{Actor, Portal, PortalError};
use jiff::civil::Date;
use kekiz_atlas::Atlas;
use kekiz_atlas::series::Series;
use kekiz_base::number::german;
use kekiz_base::{Area, AreaKey, Cell, IndicatorId, IndicatorMeta, Period, Polarity};
use kekiz_planning::goals::{
    self, GuidingSentence as PlannedSentence, MissionStatement, Observed, Rules, SmartGap, State,
    StatementChange, Step,
};
use kekiz_store::leitbild::{CouncilDecision, Goal, GuidingSentence, Target};
use kekiz_store::{Stored, records};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The Leitbild.
#[derive(Clone, Debug, Default)]
pub struct Mission {
    /// Guiding sentences in their order, each with its goals.
    pub sentences: Vec<Sentence>,
}

/// A guiding sentence and its goals.
#[derive(Clone, Debug)]
pub struct Sentence {
    /// The sentence.
    pub sentence: GuidingSentence,
    /// Goals in their order.
    pub goals: Vec<GoalView>,
}

/// A goal with its state.
#[derive(Clone, Debug)]
pub struct GoalView {
    /// The goal as it was decided.
    pub goal: Goal,
    /// How far up the Wirkungstreppe it aims.
    pub step: Option<Step>,
    /// Its targets with their states, in their order.
    pub targets: Vec<TargetView>,
    /// What it lacks to be SMART.
    pub lacks: Vec<SmartGap>,
}

/// A target with what the atlas knows of it.
#[derive(Clone, Debug)]
pub struct TargetView {
    /// The target as it was decided.
    pub target: Target,
    /// What is measured; `None` if the atlas no longer has the indicator.
    pub meta: Option<Arc<IndicatorMeta>>,
    /// Where; `None` if the atlas does not have the area.
    pub area: Option<Area>,
    /// The value it started from.
    pub baseline: Option<f64>,
    /// The state.
    pub state: State,
}

/// Everything about one goal.
#[derive(Clone, Debug)]
pub struct GoalPage {
    /// The goal with its state.
    pub view: GoalView,
    /// The guiding sentence it serves.
    pub sentence: Option<GuidingSentence>,
    /// The series of each target, where the atlas has one.
    pub series: Vec<Option<Series>>,
    /// Decisions of the council it rests on.
    pub decisions: Vec<CouncilDecision>,
    /// Its versions, the newest first, each with what changed against the one before.
    pub versions: Vec<Version>,
}

/// A version of a goal.
#[derive(Clone, Debug)]
pub struct Version {
    /// Counts up.
    pub revision: u64,
    /// The day it was saved.
    pub day: Date,
    /// Why, in the words of who saved it.
    pub reason: String,
    /// What changed against the version before; empty for the first.
    pub changes: Vec<StatementChange>,
}

/// A Leitbild to be loaded as a whole.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Draft {
    /// Guiding sentences.
    pub sentence: Vec<GuidingSentence>,
    /// Goals.
    pub goal: Vec<Goal>,
    /// Decisions of the council.
    pub decision: Vec<CouncilDecision>,
}

/// The made-up Leitbild that comes with the program.
const EXAMPLE: &str = include_str!("../../../data/portal/leitbild-beispiel.toml");

impl Draft {
    /// Reads a Leitbild from TOML.
    pub fn from_toml(text: &str) -> Result<Self, PortalError> {
        toml::from_str(text).map_err(|error| {
            PortalError::Import(format!(
                "Das Leitbild lässt sich nicht lesen: {error}. Abhilfe: die genannte Stelle berichtigen."
            ))
        })
    }
}

impl Portal {
    /// The Leitbild with the state of every public goal; `None` while there is none.
    pub async fn mission(&self, atlas: &Atlas) -> Result<Option<Mission>, PortalError> {
        let sentences = records::all::<GuidingSentence>(self.db()).await?;
        if sentences.is_empty() {
            return Ok(None);
        }
        let mut goals: BTreeMap<String, Vec<GoalView>> = BTreeMap::new();
        for stored in records::all::<Goal>(self.db()).await? {
            if !stored.value.draft {
                let view = self.goal_view(atlas, stored.value);
                goals.entry(view.goal.parent.clone()).or_default().push(view);
            }
        }
        let sentences = sentences
            .into_iter()
            .map(|stored| Sentence {
                goals: goals.remove(&stored.value.id).unwrap_or_default(),
                sentence: stored.value,
            })
            .collect();
        Ok(Some(Mission { sentences }))
    }

    /// One public goal with curve, decisions and versions.
    pub async fn goal(&self, atlas: &Atlas, id: &str) -> Result<GoalPage, PortalError> {
        let missing = || PortalError::NotFound { what: "Dieses Ziel" };
        let stored = records::get::<Goal>(self.db(), id).await?.ok_or_else(missing)?;
        if stored.value.draft {
            return Err(missing());
        }
        let sentence = records::get::<GuidingSentence>(self.db(), &stored.value.parent).await?;
        let mut decisions = Vec::new();
        for decision in &stored.value.council_decisions {
            decisions
                .extend(records::get::<CouncilDecision>(self.db(), decision).await?.map(|one| one.value));
        }
        let history = records::history::<Goal>(self.db(), id).await?;
        let series = stored.value.targets.iter().map(|target| series(atlas, target)).collect();
        Ok(GoalPage {
            view: self.goal_view(atlas, stored.value),
            sentence: sentence.map(|one| one.value),
            series,
            decisions,
            versions: versions(&history),
        })
    }

    /// Loads a Leitbild where there is none yet; gives whether it did.
    pub async fn load_mission(&self, actor: &Actor, draft: &Draft) -> Result<bool, PortalError> {
        actor.must(Action::EditGoals, &Object::everything(), "ein Leitbild laden")?;
        if !records::all::<GuidingSentence>(self.db()).await?.is_empty() {
            return Ok(false);
        }
        let mut writing = self.begin(actor, "Leitbild geladen").await?;
        records::insert_many(&writing.tx, &draft.sentence, &writing.edit).await?;
        records::insert_many(&writing.tx, &draft.goal, &writing.edit).await?;
        records::insert_many(&writing.tx, &draft.decision, &writing.edit).await?;
        writing.note("mission.loaded", "mission", "leitbild", json!({ "goals": draft.goal.len() }));
        writing.finish().await?;
        Ok(true)
    }

    /// Loads the made-up Leitbild of the demonstration where there is none yet.
    pub async fn load_example_mission(&self) -> Result<bool, PortalError> {
        self.load_mission(&Actor::System, &Draft::from_toml(EXAMPLE)?).await
    }

    /// Saves a goal as a new version. `base` is the revision the person saw, 0 for a new goal.
    pub async fn save_goal(
        &self,
        actor: &Actor,
        goal: Goal,
        base: u64,
        reason: &str,
    ) -> Result<Stored<Goal>, PortalError> {
        match self.save_entry(actor, goal, base, reason).await? {
            Saved::Done(saved) => Ok(saved),
            Saved::Stale(_) => Err(PortalError::StaleRecord),
        }
    }

    fn goal_view(&self, atlas: &Atlas, goal: Goal) -> GoalView {
        let today = self.now().local.date();
        let targets: Vec<TargetView> =
            goal.targets.iter().map(|target| target_view(atlas, target, today)).collect();
        let planned = planned(&goal, &targets);
        GoalView { step: Step::new(goal.effect_step), lacks: goals::lacks(&planned), targets, goal }
    }
}

/// Refuses a goal that could not be shown or measured at all. What it merely lacks is said beside it.
pub(crate) fn check(goal: &Goal) -> Result<(), PortalError> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if goal.id.len() > 80 || !goal.id.chars().all(plain) {
        return Err(invalid(
            "id",
            "Der Kurzname darf nur kleine Buchstaben, Ziffern und Bindestriche haben.",
        ));
    }
    if goal.title.trim().is_empty() {
        return Err(invalid("titel", "Das Ziel ist leer. Bitte einen Satz schreiben."));
    }
    if goal.effect_step != 0 && Step::new(goal.effect_step).is_none() {
        return Err(invalid("stufe", "Die Wirkungstreppe hat sieben Stufen. Bitte 1 bis 7 wählen."));
    }
    for (at, target) in goal.targets.iter().enumerate() {
        let field = |part: &str| format!("mass_{at}_{part}");
        if !target.value.is_finite() {
            return Err(invalid(
                field("wert"),
                "Der Zielwert ist keine Zahl. Bitte eine Zahl eintragen, zum Beispiel 12,5.",
            ));
        }
        if target.year <= target.from_year {
            return Err(invalid(field("jahr"), "Das Zieljahr muss nach dem Ausgangsjahr liegen."));
        }
        if IndicatorId::new(&target.indicator).is_none() {
            return Err(invalid(field("kennzahl"), "Bitte eine Kennzahl aus dem Atlas wählen."));
        }
    }
    Ok(())
}

fn series(atlas: &Atlas, target: &Target) -> Option<Series> {
    let id = IndicatorId::new(&target.indicator)?;
    atlas.series(&id, &[AreaKey::new(&target.area)], None).ok()
}

/// The last day of a period: a figure of a year is known at its end.
fn last_day(period: Period) -> Option<Date> {
    let end = |year: i16, month: i8| Some(Date::new(year, month, 1).ok()?.last_of_month());
    match period {
        Period::Year(year) => end(year, 12),
        Period::SchoolYear(year) => end(year.checked_add(1)?, 7),
        Period::Quarter(year, quarter) => end(year, i8::try_from(quarter.checked_mul(3)?).ok()?),
        Period::Month(year, month) => end(year, i8::try_from(month).ok()?),
        Period::Day(date) => Some(date),
    }
}

fn observations(series: &Series) -> Vec<Observed> {
    let Some(line) = series.lines.first() else { return Vec::new() };
    let shown = series.periods.iter().zip(&line.cells).filter_map(|(period, cell)| {
        let Cell::Shown(figure) = cell else { return None };
        Some(Observed { date: last_day(*period)?, value: figure.value, interval: figure.interval })
    });
    shown.collect()
}

fn target_view(atlas: &Atlas, target: &Target, today: Date) -> TargetView {
    let series = series(atlas, target);
    let observed = series.as_ref().map(observations).unwrap_or_default();
    let baseline = observed.iter().rev().find(|one| one.date.year() == target.from_year);
    let meta = series.as_ref().map(|series| series.meta.clone());
    let planned = planned_target(target, meta.as_deref(), baseline.map(|one| (one.date, one.value)));
    TargetView {
        area: atlas.area(&AreaKey::new(&target.area)).ok().cloned(),
        baseline: baseline.map(|one| one.value),
        state: goals::state(&planned, &observed, today, Rules::default()),
        target: target.clone(),
        meta,
    }
}

fn planned_target(target: &Target, meta: Option<&IndicatorMeta>, from: Option<(Date, f64)>) -> goals::Target {
    let mark = |(date, value)| goals::Mark { date, value };
    goals::Target {
        indicator: IndicatorId::new(&target.indicator),
        title: meta.map_or_else(|| target.indicator.clone(), |meta| meta.title.clone()),
        unit: meta.map_or_else(String::new, |meta| meta.unit.clone()),
        decimals: meta.map_or(1, |meta| meta.decimals),
        polarity: if target.higher_is_better { Polarity::HigherIsBetter } else { Polarity::LowerIsBetter },
        baseline: from.map(mark),
        target: last_day(Period::Year(target.year)).map(|date| mark((date, target.value))),
        source: meta
            .and_then(|meta| meta.sources.first())
            .map_or_else(String::new, |source| source.attribution.clone()),
    }
}

/// The goal as the planning crate knows it.
fn planned(goal: &Goal, targets: &[TargetView]) -> goals::Goal {
    let baseline = |view: &TargetView| Some((last_day(Period::Year(view.target.from_year))?, view.baseline?));
    goals::Goal {
        id: goal.id.clone(),
        sentence: goal.title.clone(),
        target_group: goal.audience.clone(),
        step: Step::new(goal.effect_step),
        achievable: goal.measures.clone(),
        relevant: goal.story.clone(),
        responsible: goal.responsible.clone(),
        targets: targets
            .iter()
            .map(|view| planned_target(&view.target, view.meta.as_deref(), baseline(view)))
            .collect(),
        decision: goal.council_decisions.first().cloned(),
        story: goal.story.clone(),
    }
}

/// What changed from version to version, the newest first.
fn versions(history: &[Stored<Goal>]) -> Vec<Version> {
    let statement = |goal: &Goal| {
        let goal = goals::Goal {
            targets: goal.targets.iter().map(|target| planned_target(target, None, None)).collect(),
            ..planned(goal, &[])
        };
        let sentences =
            vec![PlannedSentence { id: String::new(), sentence: String::new(), goals: vec![goal] }];
        MissionStatement { title: String::new(), sentences }
    };
    history
        .iter()
        .enumerate()
        .map(|(i, version)| Version {
            revision: version.revision,
            day: crate::Moment::of(version.changed_at).local.date(),
            reason: version.reason.clone(),
            changes: history.get(i + 1).map_or_else(Vec::new, |before| {
                goals::changes(&statement(&before.value), &statement(&version.value))
            }),
        })
        .collect()
}

/// A value with its unit, in German.
pub fn with_unit(meta: Option<&IndicatorMeta>, value: f64) -> String {
    let number = german(value, usize::from(meta.map_or(1, |meta| meta.decimals)));
    match meta.map(|meta| meta.unit.as_str()).filter(|unit| !unit.is_empty()) {
        Some(unit) => format!("{number}\u{a0}{unit}"),
        None => number,
    }
}

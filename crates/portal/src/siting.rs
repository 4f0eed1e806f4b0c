//! What if: where the next offer of a kind would close most of the gap.
//!
//! Children live at the inner point of their area, candidates are those points, existing offers of the kind stand where
//! they are; ways are great-circle distances. The search is [`kekiz_planning::siting`], bounded in size and time, one
//! at a time, and kept, so that nobody can keep the server busy with it.

use crate::chain::{ChainAsk, ChainView};
use crate::error::invalid;
use crate::portal::blocking;
use crate::{Portal, PortalError};
use kekiz_atlas::Atlas;
use kekiz_base::AreaKey;
use kekiz_offers::OfferId;
use kekiz_planning::Finding;
use kekiz_planning::coverage::Ages;
use kekiz_planning::distance::{Place, great_circle_m};
use kekiz_planning::siting::{Demand, Distances, Plan, Siting, explain, maximal_covering, p_median};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Most new places at once.
pub const MOST_OPEN: usize = 5;
/// Most areas of one search.
pub const MOST_AREAS: usize = 450;
/// Radii in metres, smallest and largest.
pub const RADII: (u32, u32) = (100, 50_000);
/// Time HiGHS may take.
const LIMIT: Duration = Duration::from_secs(4);
/// Answers kept.
const KEPT: usize = 64;

/// What is made as good as possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    /// Most children within a radius in metres.
    Covered(u32),
    /// Shortest mean way.
    Ways,
}

/// The question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SitingAsk {
    /// Place and level of the areas.
    pub chain: ChainAsk,
    /// Kind of offer; `None` for the most frequent one here.
    pub kind: Option<String>,
    /// How many new places, 1 to [`MOST_OPEN`].
    pub open: usize,
    /// What is wished for.
    pub wish: Wish,
}

/// An area of the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct SitingArea {
    /// Its key.
    pub key: AreaKey,
    /// Its name.
    pub name: String,
    /// Children who may need the kind.
    pub children: f64,
    /// Its point, longitude and latitude.
    pub point: (f64, f64),
    /// Metres to the nearest place today; `None` where there is none.
    pub before: Option<f64>,
    /// Metres with the new places.
    pub after: Option<f64>,
    /// Whether a new place opens here.
    pub chosen: bool,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct SitingView {
    /// The kind of offer.
    pub kind: String,
    /// Kinds to choose from, with how many there are here, the most frequent first.
    pub kinds: Vec<(String, usize)>,
    /// Ages of the children counted, in months.
    pub ages: Ages,
    /// The areas that count.
    pub areas: Vec<SitingArea>,
    /// Areas without a figure of children or a shape; they do not count.
    pub left_out: Vec<String>,
    /// Existing offers of the kind.
    pub existing: Vec<(OfferId, String, (f64, f64))>,
    /// The plan.
    pub plan: Plan,
    /// The plan in a sentence, with its figures.
    pub finding: Finding,
}

/// Answers made last.
#[derive(Debug, Default)]
pub(crate) struct SitingMemory {
    kept: Mutex<Kept>,
    alone: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Kept {
    state: (u64, String),
    answers: BTreeMap<SitingAsk, Arc<SitingView>>,
}

impl SitingMemory {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, state: &(u64, String), ask: &SitingAsk) -> Option<Arc<SitingView>> {
        let kept = self.lock();
        kept.answers.get(ask).filter(|_| kept.state == *state).cloned()
    }

    fn keep(&self, state: &(u64, String), ask: &SitingAsk, view: &Arc<SitingView>) {
        let mut kept = self.lock();
        if kept.state != *state || kept.answers.len() >= KEPT {
            kept.state = state.clone();
            kept.answers.clear();
        }
        kept.answers.insert(ask.clone(), view.clone());
    }
}

impl Portal {
    /// Where new places of a kind would help most. One search runs at a time; answers are kept until an offer or the
    /// published figures change.
    pub async fn siting(&self, atlas: &Atlas, ask: &SitingAsk) -> Result<Arc<SitingView>, PortalError> {
        check(ask)?;
        let chain = self.chain(atlas, &ask.chain).await?;
        let state = (self.content(), atlas.generation());
        if let Some(known) = self.siting_memory().known(&state, ask) {
            return Ok(known);
        }
        let task = Task::new(atlas, &chain, ask)?;
        let memory = self.siting_memory();
        let _alone = memory.alone.lock().await;
        if let Some(known) = memory.known(&state, ask) {
            return Ok(known);
        }
        let (wish, question) = (ask.wish, task.question.clone());
        let plan = blocking(move || match wish {
            Wish::Covered(radius) => maximal_covering(&question, f64::from(radius), LIMIT),
            Wish::Ways => p_median(&question, LIMIT),
        })
        .await?
        .map_err(|error| invalid("art", error.to_string()))?;
        let view = Arc::new(task.answer(plan));
        memory.keep(&state, ask, &view);
        Ok(view)
    }
}

fn check(ask: &SitingAsk) -> Result<(), PortalError> {
    if !(1..=MOST_OPEN).contains(&ask.open) {
        return Err(invalid(
            "anzahl",
            format!("Die Zahl neuer Orte muss zwischen 1 und {MOST_OPEN} liegen."),
        ));
    }
    if let Wish::Covered(radius) = ask.wish
        && !(RADII.0..=RADII.1).contains(&radius)
    {
        return Err(invalid("umkreis", "Der Umkreis muss zwischen 100 Metern und 50 Kilometern liegen."));
    }
    Ok(())
}

/// The question with what its answer needs.
struct Task {
    kind: String,
    kinds: Vec<(String, usize)>,
    ages: Ages,
    areas: Vec<SitingArea>,
    left_out: Vec<String>,
    existing: Vec<(OfferId, String, (f64, f64))>,
    question: Siting,
    source: String,
}

impl Task {
    fn new(atlas: &Atlas, chain: &ChainView, ask: &SitingAsk) -> Result<Self, PortalError> {
        if chain.parts.chain.areas.len() > MOST_AREAS {
            return Err(invalid(
                "ebene",
                format!(
                    "Auf einmal lassen sich höchstens {MOST_AREAS} Gebiete rechnen. Bitte einen kleineren Ort oder größere Gebiete wählen."
                ),
            ));
        }
        let kinds = kinds(chain);
        let kind = match &ask.kind {
            Some(asked) => kinds.iter().map(|(kind, _)| kind).find(|kind| *kind == asked),
            None => kinds.first().map(|(kind, _)| kind),
        };
        let Some(kind) = kind.cloned() else {
            return Err(invalid(
                "art",
                "Diese Art von Angebot gibt es hier nicht. Bitte eine aus der Liste wählen.",
            ));
        };
        let of_kind: Vec<usize> =
            (0..chain.distinct).filter(|at| chain.kinds.get(*at) == Some(&kind)).collect();
        let ages = ages(chain, &kind);
        let (mut areas, mut left_out) = (Vec::new(), Vec::new());
        for place in &chain.parts.chain.areas {
            let children = children(chain, &place.key, ages);
            match children.zip(atlas.inner_point(&place.key)) {
                Some((children, point)) => areas.push(SitingArea {
                    key: place.key.clone(),
                    name: place.name.clone(),
                    children,
                    point,
                    before: None,
                    after: None,
                    chosen: false,
                }),
                None => left_out.push(place.name.clone()),
            }
        }
        let existing: Vec<_> = of_kind
            .iter()
            .filter_map(|at| {
                let point = (*chain.points.get(*at)?)?;
                Some((chain.offers.get(*at)?.clone(), chain.parts.chain.offers.get(*at)?.name.clone(), point))
            })
            .collect();
        let question = question(&areas, &existing, ask.open)?;
        let mut sources: Vec<&str> = Vec::new();
        let first = chain.parts.chain.areas.first().map(|place| &place.key);
        for band in chain.parts.chain.children.iter().filter(|band| Some(&band.area) == first) {
            if band.ages.shared(ages) > 0 && !sources.contains(&band.source.as_str()) {
                sources.push(&band.source);
            }
        }
        let source = sources.join("; ");
        Ok(Self { kind, kinds, ages, areas, left_out, existing, question, source })
    }

    fn answer(mut self, plan: Plan) -> SitingView {
        let sites = self.areas.len();
        let near = |row: usize, columns: &mut dyn Iterator<Item = usize>| {
            columns.filter_map(|site| self.question.distances.metres(row, site)).min_by(f64::total_cmp)
        };
        let ways: Vec<(Option<f64>, Option<f64>)> = (0..sites)
            .map(|row| {
                let before = near(row, &mut (sites..sites + self.existing.len()));
                let new = near(row, &mut plan.chosen.iter().copied());
                let after = [before, new].into_iter().flatten().min_by(f64::total_cmp);
                (before, after)
            })
            .collect();
        for (at, (area, (before, after))) in self.areas.iter_mut().zip(ways).enumerate() {
            area.before = before;
            area.after = after;
            area.chosen = plan.chosen.contains(&at);
        }
        SitingView {
            finding: explain(&self.question, &plan, &self.source),
            kind: self.kind,
            kinds: self.kinds,
            ages: self.ages,
            areas: self.areas,
            left_out: self.left_out,
            existing: self.existing,
            plan,
        }
    }
}

fn kinds(chain: &ChainView) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for kind in chain.kinds.iter().take(chain.distinct).filter(|kind| !kind.is_empty()) {
        *counts.entry(kind).or_default() += 1;
    }
    let mut found: Vec<(String, usize)> =
        counts.into_iter().map(|(kind, count)| (kind.to_string(), count)).collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    found
}

/// From the youngest to the oldest child any offer of the kind is for, the parts of split offers included.
fn ages(chain: &ChainView, kind: &str) -> Ages {
    let offers = chain.parts.chain.offers.iter().zip(&chain.kinds);
    let each = || offers.clone().filter(|(_, one)| *one == kind).filter_map(|(offer, _)| offer.ages);
    let (from, to) = (each().map(|ages| ages.from).min(), each().map(|ages| ages.to).max());
    Ages { from: from.unwrap_or(0), to: to.unwrap_or(215) }
}

/// Children of the ages in an area: each band by the part of its months that lies in them; `None` where a band that
/// counts has no figure, or none counts. Months without a band are left out.
fn children(chain: &ChainView, area: &AreaKey, ages: Ages) -> Option<f64> {
    let mut taken: Vec<Ages> = Vec::new();
    let mut sum = None;
    for band in chain.parts.chain.children.iter().filter(|band| band.area == *area) {
        if taken.iter().any(|one| one.shared(band.ages) > 0) {
            continue;
        }
        taken.push(band.ages);
        let shared = band.ages.shared(ages);
        if shared > 0 {
            let part = f64::from(shared) / f64::from(band.ages.months());
            sum = Some(sum.unwrap_or(0.0) + band.count? * part);
        }
    }
    sum
}

fn question(
    areas: &[SitingArea],
    existing: &[(OfferId, String, (f64, f64))],
    open: usize,
) -> Result<Siting, PortalError> {
    let place = |(longitude, latitude): (f64, f64)| Place { latitude, longitude };
    let sites: Vec<Place> =
        areas.iter().map(|area| place(area.point)).chain(existing.iter().map(|one| place(one.2))).collect();
    let mut metres = Vec::with_capacity(areas.len() * sites.len());
    for area in areas {
        metres.extend(sites.iter().map(|site| great_circle_m(place(area.point), *site)));
    }
    let distances = Distances::new(sites.len(), metres).map_err(|error| invalid("art", error.to_string()))?;
    Ok(Siting {
        demands: areas.iter().map(|area| Demand { name: area.name.clone(), weight: area.children }).collect(),
        candidates: areas.iter().map(|area| area.name.clone()).collect(),
        existing: existing.iter().map(|one| one.1.clone()).collect(),
        distances,
        open,
    })
}

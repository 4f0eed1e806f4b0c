//! The prevention chain of a place: need from the figures of the atlas against the offers of the portal.
//!
//! What meets what is told by [`Rules`]; the arithmetic is [`kekiz_planning::coverage`]. The matrix of a place has one
//! area, its parts are the areas of a level inside it.

mod figures;
mod rules;
mod supply;

pub use rules::{Around, Band, KindSupply, Need, Rules};
pub(crate) use supply::Memory;

use crate::error::invalid;
use crate::{Portal, PortalError};
use figures::Figures;
use kekiz_atlas::Atlas;
use kekiz_base::{Area, AreaKey, GeographyId, IndicatorMeta, LifePhase};
use kekiz_offers::{OfferId, phase_from_slug};
use kekiz_planning::coverage::{
    Ages, Chain, Children, Field, Gap, GapKind, Matrix, Measure, NeedRate, Phase, Place, coverage, gaps,
};
use std::sync::Arc;
use supply::Slim;

/// Which chain is asked for; what is not named is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChainAsk {
    /// Key of the place.
    pub place: Option<String>,
    /// The geography of its parts.
    pub level: Option<String>,
    /// Whether persons reached in a year are set against need, instead of places.
    pub reached: bool,
}

/// A matrix with what it was made from.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Areas, phases, fields, children, rates, offers.
    pub chain: Chain,
    /// The cells.
    pub matrix: Matrix,
}

/// The chain of a place.
#[derive(Clone, Debug)]
pub struct ChainView {
    /// The place.
    pub place: Area,
    /// Places to choose from, largest first.
    pub places: Vec<Area>,
    /// Geographies of the parts to choose from.
    pub levels: Vec<(GeographyId, String)>,
    /// The geography of the parts.
    pub geography: GeographyId,
    /// The place as a whole, one area.
    pub whole: Sheet,
    /// Its parts.
    pub parts: Sheet,
    /// Gaps and overlaps of the parts.
    pub gaps: Vec<Gap>,
    /// How many offers there are; parts of offers that were split between ages stand behind them.
    pub distinct: usize,
    /// The offers, in the order of both chains.
    pub offers: Vec<OfferId>,
    /// Their places (longitude, latitude), where known.
    pub points: Vec<Option<(f64, f64)>>,
    /// Their kinds.
    pub kinds: Vec<String>,
    /// Indicators the need rests on.
    pub indicators: Vec<Arc<IndicatorMeta>>,
    /// Life phases and fields that a rule of need looks at.
    considered: Vec<(LifePhase, String)>,
}

impl ChainView {
    /// Whether a rule says what is needed in a cell.
    pub fn is_considered(&self, phase: usize, field: usize) -> bool {
        let chain = &self.whole.chain;
        let (Some(phase), Some(field)) = (chain.phases.get(phase), chain.fields.get(field)) else {
            return false;
        };
        self.considered.iter().any(|(one, code)| *one == phase.id && *code == field.code)
    }
}

impl Portal {
    /// The chain of a place. Kept until an offer or the published figures change.
    pub async fn chain(&self, atlas: &Atlas, ask: &ChainAsk) -> Result<Arc<ChainView>, PortalError> {
        let state = (self.content(), atlas.generation());
        if let Some(known) = self.chain_memory().view(&state, ask) {
            return Ok(known);
        }
        let offers = self.slim_offers().await?;
        let view = Arc::new(self.build_chain(atlas, ask, &offers)?);
        self.chain_memory().keep(&state, ask, &view);
        Ok(view)
    }

    /// The rules of the chain: those of the folder, else the shipped ones.
    pub fn chain_rules(&self) -> Result<Rules, PortalError> {
        let path = self.config().folder.join("kette.toml");
        let read = match std::fs::read_to_string(&path) {
            Ok(text) => Rules::read(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Rules::shipped(),
            Err(error) => return Err(PortalError::file(&path, &error)),
        };
        read.map_err(|what| {
            PortalError::Import(format!(
                "Die Regeln der Präventionskette ({}) sind nicht brauchbar: {what}. Abhilfe: die genannte Stelle berichtigen.",
                path.display()
            ))
        })
    }

    fn build_chain(&self, atlas: &Atlas, ask: &ChainAsk, offers: &[Slim]) -> Result<ChainView, PortalError> {
        let mut rules = self.chain_rules()?;
        let mut figures = Figures::new(atlas);
        let levels_with = figures.geographies(&rules.children);
        let places = places(atlas, &levels_with);
        let place = choose_place(atlas, ask, &rules, &places)?;
        rules.need.retain(|need| holds(atlas, need, &place));
        let levels = levels_of(atlas, &place, &levels_with);
        let geography = choose_level(ask, &levels)?;
        let areas = inside(atlas, &place, &geography);
        let (phases, fields) = (self.phases(), self.fields(&rules));
        let of_parts = figures.children(&rules.children, &areas)?;
        let of_whole = figures.children_of_whole(&rules.children, &place, &of_parts)?;
        let part_rates = figures.rates(&rules.need, &areas, &phases, &fields)?;
        let whole_rates = figures.rates(&rules.need, std::slice::from_ref(&place), &phases, &fields)?;
        let known_to = known_to(&of_parts);
        let given = supply::give(atlas, offers, &rules, &place, &geography, &areas, known_to)?;
        let measure = if ask.reached { Measure::Reached } else { Measure::Places };
        let sheet = |areas: &[Area], children, rates, offers| {
            let chain = Chain {
                areas: areas
                    .iter()
                    .map(|area| Place { key: area.key.clone(), name: area.name.clone() })
                    .collect(),
                phases: phases.clone(),
                fields: fields.clone(),
                children,
                rates,
                offers,
            };
            let matrix = coverage(&chain, measure, rules.thresholds());
            Sheet { chain, matrix }
        };
        let whole = sheet(std::slice::from_ref(&place), of_whole, whole_rates, given.whole);
        let parts = sheet(&areas, of_parts, part_rates, given.parts);
        let considered = rules
            .need
            .iter()
            .flat_map(|need| need.phases().map(|phase| (phase, need.field.clone())))
            .collect();
        Ok(ChainView {
            gaps: findings(&parts, given.distinct),
            place,
            places,
            levels,
            geography,
            whole,
            parts,
            distinct: given.distinct,
            offers: given.ids,
            points: given.points,
            kinds: given.kinds,
            indicators: figures.used(),
            considered,
        })
    }

    /// Life phases with ages; pregnancy counts the first year of life.
    fn phases(&self) -> Vec<Phase> {
        let terms = self.lists().terms.list("life_phase").map_or(&[][..], |list| &list.terms);
        let phase = |term: &kekiz_offers::Term| {
            let id = phase_from_slug(&term.code).filter(|id| *id != LifePhase::Familie)?;
            let pregnancy = id == LifePhase::SchwangerschaftGeburt;
            let (from, to) = if pregnancy { (0, 11) } else { (term.from_months?, term.to_months?) };
            Some(Phase { id, name: term.name.clone(), ages: Ages { from, to }, pregnancy })
        };
        terms.iter().filter_map(phase).collect()
    }

    /// Action fields that a rule of need looks at, in the order of the list.
    fn fields(&self, rules: &Rules) -> Vec<Field> {
        let terms = self.lists().terms.list("action_field").map_or(&[][..], |list| &list.terms);
        let wanted = |code: &str| rules.need.iter().any(|need| need.field == code);
        terms
            .iter()
            .filter(|term| wanted(&term.code))
            .map(|term| Field { code: term.code.clone(), name: term.name.clone() })
            .collect()
    }
}

/// The last month up to which children are known without a break in the first area that has figures.
fn known_to(children: &[Children]) -> Option<u16> {
    let mut to: Option<u16> = None;
    let mut bands: Vec<Ages> = children.iter().map(|one| one.ages).collect();
    bands.sort();
    for ages in bands {
        if ages.from <= to.map_or(0, |to| to.saturating_add(1)) {
            to = Some(to.map_or(ages.to, |to| to.max(ages.to)));
        }
    }
    to
}

/// Gaps and overlaps. What offers fail to say is counted once per offer: the first `distinct` of them, since parts of
/// offers that were split stand behind.
fn findings(parts: &Sheet, distinct: usize) -> Vec<Gap> {
    let mut found = gaps(&parts.chain, &parts.matrix);
    found.retain(|gap| gap.kind != GapKind::FiguresMissing);
    let offers = parts.chain.offers.iter().take(distinct).cloned().collect();
    let bare = Chain {
        areas: Vec::new(),
        phases: Vec::new(),
        fields: Vec::new(),
        children: Vec::new(),
        rates: Vec::new(),
        offers,
    };
    found.extend(gaps(&bare, &coverage(&bare, parts.matrix.measure, parts.matrix.thresholds)));
    found
}

/// Whether a rule of need holds in a place.
fn holds(atlas: &Atlas, need: &Need, place: &Area) -> bool {
    let twin = atlas.twin(&place.key);
    let inside = |key: &AreaKey| {
        atlas.lies_in(&place.key, key) || twin.is_some_and(|twin| atlas.lies_in(&twin.key, key))
    };
    need.areas.is_empty() || need.areas.iter().any(inside)
}

/// Areas of a geography inside a place, by name.
fn inside(atlas: &Atlas, place: &Area, geography: &GeographyId) -> Vec<Area> {
    let Ok(layer) = atlas.layer(geography) else { return Vec::new() };
    let mut found: Vec<Area> = layer
        .areas
        .iter()
        .filter(|area| area.key != place.key && atlas.lies_in(&area.key, &place.key))
        .cloned()
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.key.cmp(&b.key)));
    found
}

fn levels_of(atlas: &Atlas, place: &Area, with: &[GeographyId]) -> Vec<(GeographyId, String)> {
    let fits = |geography: &&GeographyId| inside(atlas, place, geography).len() > 1;
    let title = |geography: &GeographyId| {
        let level = atlas.layer(geography).ok()?.areas.first()?.level;
        Some((geography.clone(), atlas.geography_title(level, geography)))
    };
    with.iter().filter(fits).filter_map(title).collect()
}

/// Places that hold at least two areas with figures.
fn places(atlas: &Atlas, with: &[GeographyId]) -> Vec<Area> {
    let mut counts: std::collections::BTreeMap<AreaKey, usize> = std::collections::BTreeMap::new();
    for geography in with {
        let Ok(layer) = atlas.layer(geography) else { continue };
        let mut here: std::collections::BTreeMap<AreaKey, usize> = std::collections::BTreeMap::new();
        for area in &layer.areas {
            for above in atlas.tree().ancestors(&area.key) {
                *here.entry(above.key.clone()).or_default() += 1;
            }
        }
        for (key, count) in here {
            let most = counts.entry(key).or_default();
            *most = count.max(*most);
        }
    }
    let several = |(key, count): (AreaKey, usize)| atlas.area(&key).ok().filter(|_| count > 1).cloned();
    let mut found: Vec<Area> = counts.into_iter().filter_map(several).collect();
    found.sort_by(|a, b| (a.level, &a.name, &a.key).cmp(&(b.level, &b.name, &b.key)));
    found
}

fn choose_place(atlas: &Atlas, ask: &ChainAsk, rules: &Rules, places: &[Area]) -> Result<Area, PortalError> {
    let known = |key: &AreaKey| places.iter().find(|area| area.key == *key);
    if let Some(asked) = &ask.place {
        let key = AreaKey::new(asked);
        let area = atlas.area(&key).map_err(|error| invalid("ort", error.to_string()))?;
        let twin = atlas.twin(&key).and_then(|twin| known(&twin.key));
        return known(&key).or(twin).cloned().ok_or_else(|| {
            invalid(
                "ort",
                format!(
                    "Für „{}“ gibt es keine Gebiete mit Kinderzahlen. Bitte einen anderen Ort wählen.",
                    area.name
                ),
            )
        });
    }
    known(&AreaKey::new(&rules.start)).or_else(|| places.first()).cloned().ok_or_else(|| {
        invalid(
            "ort",
            "Im Atlas gibt es keine Kinderzahlen, wie sie in kette.toml stehen. Abhilfe: dort andere Kennzahlen nennen.",
        )
    })
}

fn choose_level(ask: &ChainAsk, levels: &[(GeographyId, String)]) -> Result<GeographyId, PortalError> {
    let Some(asked) = &ask.level else {
        let first = levels.first().map(|(geography, _)| geography.clone());
        return first
            .ok_or_else(|| invalid("ebene", "Unter diesem Ort gibt es keine Gebiete mit Kinderzahlen."));
    };
    levels.iter().map(|(geography, _)| geography).find(|one| one.as_str() == asked).cloned().ok_or_else(
        || {
            let names: Vec<&str> = levels.iter().map(|(one, _)| one.as_str()).collect();
            invalid("ebene", format!("Diese Ebene gibt es hier nicht. Möglich: {}.", names.join(", ")))
        },
    )
}

/// A rate that is no share: the need is not known.
pub(crate) fn unknown_rate(field: &Field, phase: &Phase) -> NeedRate {
    NeedRate {
        area: None,
        field: Some(field.code.clone()),
        phase: Some(phase.id),
        share: kekiz_planning::Estimate::exact(f64::NAN),
        source: "nicht betrachtet".into(),
    }
}

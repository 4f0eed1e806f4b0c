//! The municipalities of the initiative and how many children they reach.

use crate::{Atlas, AtlasError, wording};
use kekiz_base::number::german;
use kekiz_base::{Area, AreaKey, GeographyId, IndicatorId, IndicatorKind, IndicatorMeta, Level, Period};
use std::collections::BTreeMap;

/// One municipality of the initiative.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The Gemeinde or Kreis.
    pub area: Area,
    /// Persons counted in it; `None` if no figure is published for it.
    pub count: Option<f64>,
    /// The member it lies in, whose count already holds it.
    pub inside: Option<Area>,
}

/// What was counted.
#[derive(Clone, Debug, PartialEq)]
pub enum ReachBasis {
    /// Children of a published count.
    Children {
        /// The indicator.
        indicator: IndicatorId,
        /// Its title.
        title: String,
        /// The period.
        period: Period,
    },
    /// Inhabitants delivered with the boundaries, since no count of children is published.
    Inhabitants,
}

/// How many of the Land's children the municipalities of the initiative reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// The municipalities, ordered by name.
    pub members: Vec<Member>,
    /// What was counted; `None` if nothing can be.
    pub basis: Option<ReachBasis>,
    /// Persons in all members, each counted once.
    pub reached: Option<f64>,
    /// Persons in the whole Land.
    pub total: Option<f64>,
    /// `reached / total` in percent.
    pub percent: Option<f64>,
    /// All of this as German sentences, with what could not be counted.
    pub sentence: String,
}

/// A count of children is used when it covers this part of the inhabitants' areas.
const COVERAGE: f64 = 0.98;

/// Gives the persons of an area.
type CountOf<'a> = dyn Fn(&AreaKey) -> Option<f64> + 'a;

/// Persons by area, from one source.
struct Counts<'a> {
    atlas: &'a Atlas,
    own: Box<CountOf<'a>>,
}

impl Counts<'_> {
    /// The count of an area: its own, or the sum of the areas below it if all of those are known.
    ///
    /// Below an area several geographies may stand side by side; each partitions it, so the first whose areas are
    /// all known is summed.
    fn of(&self, key: &AreaKey) -> Option<f64> {
        if let Some(own) = (self.own)(key) {
            return Some(own);
        }
        let tree = self.atlas.tree();
        let mut below: BTreeMap<&GeographyId, Vec<&AreaKey>> = BTreeMap::new();
        for child in tree.children(key) {
            if let Some(area) = tree.get(child).filter(|area| area.validity.until.is_none()) {
                below.entry(&area.geography).or_default().push(child);
            }
        }
        below.values().find_map(|children| children.iter().map(|child| self.of(child)).sum())
    }
}

impl Atlas {
    /// How many of the Land's children the municipalities of the initiative reach, from published counts and the
    /// tree of areas. A Kreis counts with all its Gemeinden; a Gemeinde inside a Kreis of the initiative is named but not
    /// counted again.
    ///
    /// # Errors
    /// A store that cannot be read.
    pub fn members(&self) -> Result<Reach, AtlasError> {
        let listed = self.listed_members();
        let universe = self.universe(&listed);
        let mut chosen: Option<(ReachBasis, Counts<'_>)> = None;
        for meta in self.indicators().filter(|meta| counts_children(meta)) {
            let indicator = self.indicator(&meta.id)?;
            let group = indicator.default_group();
            let Some(period) = (0..indicator.data.periods.len()).rev().find(|period| {
                self.coverage(&universe, |key| indicator.cell(key, *period, group).value()) >= COVERAGE
            }) else {
                continue;
            };
            let basis = ReachBasis::Children {
                indicator: meta.id.clone(),
                title: meta.title.clone(),
                period: indicator.data.periods.get(period).copied().unwrap_or(Period::Year(0)),
            };
            let own = Box::new(move |key: &AreaKey| indicator.cell(key, period, group).value());
            chosen = Some((basis, Counts { atlas: self, own }));
            break;
        }
        if chosen.is_none() && self.coverage(&universe, |key| self.population(key)) >= COVERAGE {
            let own = Box::new(|key: &AreaKey| self.population(key));
            chosen = Some((ReachBasis::Inhabitants, Counts { atlas: self, own }));
        }
        let members: Vec<Member> = listed
            .iter()
            .map(|area| Member {
                area: area.clone(),
                count: chosen.as_ref().and_then(|(_, counts)| counts.of(&area.key)),
                inside: self
                    .tree()
                    .ancestors(&area.key)
                    .find(|above| listed.iter().any(|other| other.key == above.key))
                    .cloned(),
            })
            .collect();
        let total: Option<f64> =
            chosen.as_ref().and_then(|(_, counts)| universe.iter().map(|key| counts.of(key)).sum());
        let reached: f64 =
            members.iter().filter(|member| member.inside.is_none()).filter_map(|member| member.count).sum();
        let reached = (chosen.is_some() && !members.is_empty()).then_some(reached);
        let percent = reached.zip(total).filter(|(_, total)| *total > 0.0).map(|(r, t)| 100.0 * r / t);
        let basis = chosen.map(|(basis, _)| basis);
        let mut reach = Reach { members, basis, reached, total, percent, sentence: String::new() };
        reach.sentence = sentence(&reach, self.land_name(&listed));
        Ok(reach)
    }

    /// The marked areas ordered by name. A kreisfreie Stadt marked both as Kreis and as Gemeinde is named once.
    fn listed_members(&self) -> Vec<Area> {
        let tree = self.tree();
        let twin = |key: &AreaKey| {
            let mut below = tree
                .children(key)
                .iter()
                .filter(|child| tree.get(child).is_some_and(|area| area.level == Level::Gemeinde));
            let only = below.next();
            below.next().is_none() && only.is_some_and(|child| self.is_member(child))
        };
        let mut listed: Vec<Area> =
            self.marked().iter().filter(|key| !twin(key)).filter_map(|key| tree.get(key).cloned()).collect();
        listed.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.key.cmp(&b.key)));
        listed
    }

    /// The areas that make up the whole the members are a part of: the largest geography at the level of most
    /// members, inside the members' Land where that is known.
    fn universe(&self, listed: &[Area]) -> Vec<AreaKey> {
        let mut geographies: BTreeMap<&GeographyId, usize> = BTreeMap::new();
        for area in listed {
            *geographies.entry(&area.geography).or_default() += 1;
        }
        let Some((geography, _)) = geographies.into_iter().max_by_key(|(_, count)| *count) else {
            return Vec::new();
        };
        let land = listed.first().and_then(|area| {
            self.tree().ancestors(&area.key).find(|above| above.level == Level::Land).map(|above| &above.key)
        });
        let Ok(layer) = self.layer(geography) else { return Vec::new() };
        layer
            .areas
            .iter()
            .filter(|area| area.validity.until.is_none())
            .filter(|area| land.is_none_or(|land| self.lies_in(&area.key, land)))
            .map(|area| area.key.clone())
            .collect()
    }

    fn land_name(&self, listed: &[Area]) -> Option<String> {
        let first = listed.first()?;
        self.tree()
            .ancestors(&first.key)
            .find(|above| above.level == Level::Land)
            .map(|land| land.name.clone())
    }

    /// Part of the areas a count is known for (their own, or through the areas above or below them).
    fn coverage<'a>(&'a self, universe: &[AreaKey], own: impl Fn(&AreaKey) -> Option<f64> + 'a) -> f64 {
        if universe.is_empty() {
            return 0.0;
        }
        let counts = Counts { atlas: self, own: Box::new(own) };
        let known = universe.iter().filter(|key| counts.of(key).is_some()).count();
        known as f64 / universe.len() as f64
    }
}

/// Whether an indicator is a number of all children.
pub(crate) fn counts_children(meta: &IndicatorMeta) -> bool {
    let text = format!("{} {}", meta.title, meta.unit).to_lowercase();
    let children = ["kinder", "minderjährige", "unter 18"].iter().any(|word| text.contains(word));
    let part = [
        "armut",
        "sgb",
        "leistung",
        "betreut",
        "ausländ",
        "migration",
        "hilfe",
        "arbeitslos",
        "schul",
        "kita",
    ]
    .iter()
    .any(|word| text.contains(word));
    meta.kind == IndicatorKind::Count && children && !part
}

fn sentence(reach: &Reach, land: Option<String>) -> String {
    if reach.members.is_empty() {
        return "In diesem Bestand ist keine Kommune der Initiative gekennzeichnet.".into();
    }
    let mut out = format!("{} Kommunen der Initiative sind gekennzeichnet.", reach.members.len());
    let whole = land.unwrap_or_else(|| "alle Gebiete".into());
    let number = |value: f64| german(value, 0);
    match (&reach.basis, reach.reached, reach.total, reach.percent) {
        (Some(basis), Some(reached), Some(total), Some(percent)) => {
            let (who, source) = match basis {
                ReachBasis::Children { title, period, .. } => ("Kindern und Jugendlichen", format!("{title}, {period}")),
                ReachBasis::Inhabitants => (
                    "Menschen",
                    "Einwohnerzahlen der Gebietsgliederung, da keine Kinderzahl für alle Gemeinden veröffentlicht ist".into(),
                ),
            };
            out.push_str(&format!(
                " In ihnen leben {} von {} {who} ({whole}), das sind {}\u{a0}% (gerechnet aus: {source}).",
                number(reached),
                number(total),
                german(percent, 1)
            ));
        }
        _ => out.push_str(
            " Wie viele Kinder sie erreichen, lässt sich aus den veröffentlichten Zahlen nicht errechnen.",
        ),
    }
    let inside: Vec<&str> =
        reach.members.iter().filter(|m| m.inside.is_some()).map(|m| m.area.name.as_str()).collect();
    if !inside.is_empty() {
        out.push_str(&format!(
            " Nicht doppelt gezählt, da ihr Kreis ebenfalls dabei ist: {}.",
            wording::list(&inside)
        ));
    }
    let unknown: Vec<&str> = reach
        .members
        .iter()
        .filter(|member| member.count.is_none() && reach.basis.is_some())
        .map(|member| member.area.name.as_str())
        .collect();
    if !unknown.is_empty() {
        out.push_str(&format!(
            " Ohne veröffentlichte Zahl und nicht mitgezählt: {}.",
            wording::list(&unknown)
        ));
    }
    out
}

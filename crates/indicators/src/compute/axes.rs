//! Which areas, periods and groups an indicator has.

use super::{ComputeError, place_of};
use crate::catalogue::Definition;
use crate::expression::Expression;
use crate::spelling::{counted, list};
use crate::territory::reference_day;
use kekiz_base::{
    Area, AreaKey, AreaTree, Cube, CubeCell, Diagnostics, Figures, GroupId, IndicatorMeta, Level, Mark,
    Period, Place, Severity,
};
use std::collections::{BTreeMap, BTreeSet};

/// Cells a cube may have; beyond that the input is not what its user thinks.
const MOST_CELLS: usize = 20_000_000;

/// The axes while computing: areas of the data and all their ancestors.
pub(super) struct Axes<'a> {
    pub(super) tree: &'a AreaTree,
    pub(super) areas: Vec<&'a Area>,
    pub(super) periods: Vec<Period>,
    pub(super) groups: Vec<GroupId>,
    /// Index of the parent of each area.
    pub(super) parents: Vec<Option<usize>>,
}

impl<'a> Axes<'a> {
    pub(super) fn new(
        definition: &Definition,
        figures: &Figures,
        tree: &'a AreaTree,
        diagnostics: &mut Diagnostics,
    ) -> Result<Self, ComputeError> {
        let keys = keys(definition, figures);
        join(definition, figures, &keys, tree, diagnostics)?;
        let mut areas: BTreeMap<&AreaKey, &Area> = BTreeMap::new();
        for area in keys.iter().filter_map(|key| tree.get(key)) {
            areas.insert(&area.key, area);
            areas.extend(tree.ancestors(&area.key).map(|above| (&above.key, above)));
        }
        let areas: Vec<&Area> = areas.into_values().collect();
        let periods = periods(definition, figures);
        let groups = groups(definition, figures, diagnostics)?;
        let size = areas.len().checked_mul(periods.len()).and_then(|n| n.checked_mul(groups.len()));
        if size.is_none_or(|size| size > MOST_CELLS) {
            return Err(ComputeError::TooLarge {
                indicator: definition.id.clone(),
                areas: areas.len(),
                periods: periods.len(),
                groups: groups.len(),
            });
        }
        let index = |key: &AreaKey| areas.binary_search_by(|area| area.key.cmp(key)).ok();
        let parents = areas.iter().map(|area| area.parent.as_ref().and_then(index)).collect();
        Ok(Self { tree, areas, periods, groups, parents })
    }

    pub(super) fn len(&self) -> usize {
        self.areas.len() * self.periods.len() * self.groups.len()
    }

    pub(super) fn index(&self, area: usize, period: usize, group: usize) -> usize {
        (area * self.periods.len() + period) * self.groups.len() + group
    }

    pub(super) fn area_index(&self, key: &AreaKey) -> Option<usize> {
        self.areas.binary_search_by(|area| area.key.cmp(key)).ok()
    }

    /// Whether an area existed on the day a period describes.
    pub(super) fn existed(&self, area: &Area, period: usize) -> bool {
        reference_day(self.periods[period]).is_none_or(|day| area.validity.contains(day))
    }

    /// The cube of the levels asked for, without areas and periods for which the sources say nothing at all.
    pub(super) fn cube(
        &self,
        definition: &Definition,
        meta: IndicatorMeta,
        cells: Vec<CubeCell>,
        inputs: BTreeMap<String, String>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Cube, ComputeError> {
        let says = |index: usize| !matches!(cells[index], CubeCell::Missing(Mark::Empty));
        let wanted =
            |area: &Area| definition.levels.as_ref().is_none_or(|levels| levels.contains(&area.level));
        let per_area = self.periods.len() * self.groups.len();
        let speaks: Vec<bool> =
            (0..self.areas.len()).map(|a| (a * per_area..(a + 1) * per_area).any(says)).collect();
        let areas: Vec<usize> =
            (0..self.areas.len()).filter(|a| speaks[*a] && wanted(self.areas[*a])).collect();
        let groups = 0..self.groups.len();
        let period_speaks =
            |p: &usize| areas.iter().any(|a| groups.clone().any(|g| says(self.index(*a, *p, g))));
        let periods: Vec<usize> = (0..self.periods.len()).filter(period_speaks).collect();
        if areas.is_empty() {
            let levels: BTreeSet<Level> =
                (0..self.areas.len()).filter(|a| speaks[*a]).map(|a| self.areas[a].level).collect();
            let names: Vec<&str> = levels.into_iter().map(Level::slug).collect();
            let available =
                if names.is_empty() { "keine vollständigen Angaben".into() } else { list(&names, 9) };
            let what = if names.is_empty() { "diese Rechnung" } else { "die gewählten Ebenen" };
            return Err(ComputeError::NothingLeft { indicator: definition.id.clone(), what, available });
        }
        self.report_silent(definition, &speaks, &periods, diagnostics);
        let mut kept = Vec::with_capacity(areas.len() * periods.len() * self.groups.len());
        for area in &areas {
            for period in &periods {
                kept.extend(groups.clone().map(|group| cells[self.index(*area, *period, group)]));
            }
        }
        Ok(Cube {
            meta,
            areas: areas.iter().map(|a| self.areas[*a].clone()).collect(),
            periods: periods.iter().map(|p| self.periods[*p]).collect(),
            groups: self.groups.clone(),
            cells: kept,
            inputs,
        })
    }

    fn report_silent(
        &self,
        definition: &Definition,
        speaks: &[bool],
        periods: &[usize],
        diagnostics: &mut Diagnostics,
    ) {
        let silent: Vec<String> = self
            .areas
            .iter()
            .zip(speaks)
            .filter(|(area, speaks)| {
                !**speaks && definition.levels.as_ref().is_none_or(|l| l.contains(&area.level))
            })
            .map(|(area, _)| area.key.to_string())
            .collect();
        if !silent.is_empty() {
            diagnostics.push(
                Severity::Note,
                "area-incomplete",
                Place::default(),
                format!(
                    "Indikator „{}“: für {} fehlt in allen Zeiträumen mindestens eine Angabe der Rechnung ({}).",
                    definition.id,
                    counted(silent.len(), "Gebiet", "Gebiete"),
                    list(&silent, 5)
                ),
                "",
            );
        }
        let dropped: Vec<String> = (0..self.periods.len())
            .filter(|p| !periods.contains(p))
            .map(|p| self.periods[p].to_string())
            .collect();
        if !dropped.is_empty() {
            diagnostics.push(
                Severity::Note,
                "period-incomplete",
                Place::default(),
                format!(
                    "Indikator „{}“: für {} fehlt überall mindestens eine Angabe der Rechnung.",
                    definition.id,
                    list(&dropped, 8)
                ),
                "",
            );
        }
    }
}

/// All area keys of the variables, ordered.
fn keys(definition: &Definition, figures: &Figures) -> BTreeSet<AreaKey> {
    let mut keys = BTreeSet::new();
    for (_, variable) in definition.formula.variables() {
        // Figures are ordered by area, so each key is met in one run.
        let mut last: Option<&AreaKey> = None;
        for (key, _, _) in figures.of(&variable.name).into_iter().flat_map(BTreeMap::keys) {
            if last != Some(key) {
                keys.insert(key.clone());
                last = Some(key);
            }
        }
    }
    keys
}

/// Reports keys that do not join, on both sides.
fn join(
    definition: &Definition,
    figures: &Figures,
    keys: &BTreeSet<AreaKey>,
    tree: &AreaTree,
    diagnostics: &mut Diagnostics,
) -> Result<(), ComputeError> {
    let (known, strange): (Vec<&AreaKey>, Vec<&AreaKey>) =
        keys.iter().partition(|key| tree.get(key).is_some());
    let names = |keys: &[&AreaKey]| list(&keys.iter().map(|key| key.as_str()).collect::<Vec<_>>(), 5);
    if known.is_empty() {
        let areas: Vec<&AreaKey> = tree.iter().map(|area| &area.key).take(1_000).collect();
        let or_none = |text: String| if text.is_empty() { "keine".into() } else { text };
        return Err(ComputeError::NothingJoins {
            indicator: definition.id.clone(),
            data: or_none(names(&strange)),
            areas: or_none(names(&areas)),
        });
    }
    let first = definition.formula.expressions().first().map_or("", |(key, _)| key);
    if !strange.is_empty() {
        diagnostics.push(
            Severity::Warning,
            "key-without-area",
            place_of(definition, figures, first),
            format!(
                "Indikator „{}“: Gebietsschlüssel der Daten, die in den Gebieten nicht vorkommen ({}): {}.",
                definition.id,
                strange.len(),
                names(&strange)
            ),
            "Grenzen dieser Gebiete importieren, oder Schlüsselart und Präfix der Zuordnung prüfen.",
        );
    }
    let touched: BTreeSet<_> =
        known.iter().filter_map(|key| tree.get(key)).map(|area| &area.geography).collect();
    let without: Vec<&AreaKey> = tree
        .iter()
        .filter(|area| touched.contains(&area.geography) && !keys.contains(&area.key))
        .map(|area| &area.key)
        .collect();
    if !without.is_empty() {
        diagnostics.push(
            Severity::Warning,
            "area-without-figures",
            place_of(definition, figures, first),
            format!(
                "Indikator „{}“: für {} gibt es in den Daten keine Zeile: {}.",
                definition.id,
                counted(without.len(), "Gebiet", "Gebiete"),
                names(&without)
            ),
            "Prüfen, ob die Datei vollständig ist.",
        );
    }
    Ok(())
}

/// The expressions whose rows decide which cells there are: the numerator, or the value.
fn leading(definition: &Definition) -> &Expression {
    match &definition.formula {
        crate::catalogue::Formula::Count(e) | crate::catalogue::Formula::Value(e) => e,
        crate::catalogue::Formula::Quotient { numerator, .. } => numerator,
    }
}

fn periods(definition: &Definition, figures: &Figures) -> Vec<Period> {
    let mut periods = BTreeSet::new();
    for variable in leading(definition).variables() {
        periods.extend(
            figures.of(&variable.name).into_iter().flat_map(BTreeMap::keys).map(|(_, period, _)| *period),
        );
    }
    periods.into_iter().collect()
}

fn groups(
    definition: &Definition,
    figures: &Figures,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<GroupId>, ComputeError> {
    let mut found: BTreeSet<&GroupId> = BTreeSet::new();
    let mut fixed = true;
    for variable in leading(definition).variables().iter().filter(|variable| variable.group.is_none()) {
        fixed = false;
        found.extend(
            figures.of(&variable.name).into_iter().flat_map(BTreeMap::keys).map(|(_, _, group)| group),
        );
    }
    let total = GroupId::total();
    if fixed {
        return Ok(vec![total]);
    }
    let Some(wanted) = &definition.groups else {
        let rest = found.iter().filter(|group| ***group != total).map(|group| (*group).clone());
        let first = found.contains(&total).then(|| total.clone());
        return Ok(first.into_iter().chain(rest).collect());
    };
    let available = list(&found.iter().map(|group| group.as_str()).collect::<Vec<_>>(), 20);
    let (mut kept, mut unknown) = (Vec::new(), Vec::new());
    for group in wanted {
        let list = if found.contains(group) { &mut kept } else { &mut unknown };
        if !list.contains(group) {
            list.push(group.clone());
        }
    }
    if !unknown.is_empty() && !kept.is_empty() {
        diagnostics.push(
            Severity::Warning,
            "group-without-figures",
            Place { column: Some("groups".into()), ..definition.place.clone() },
            format!(
                "Indikator „{}“: für die Gruppe {} gibt es keine Zahlen.",
                definition.id,
                list(&unknown.iter().map(GroupId::as_str).collect::<Vec<_>>(), 9)
            ),
            format!("Vorhanden sind {available}."),
        );
    }
    if kept.is_empty() {
        return Err(ComputeError::NothingLeft {
            indicator: definition.id.clone(),
            what: "die gewählten Gruppen",
            available,
        });
    }
    kept.sort_by_key(|group| *group != total);
    Ok(kept)
}

//! Indices and changes, made from what the public sees of the indicators they rest on.

use crate::error::AppError;
use crate::protection::{Outcome, Prepared};
use crate::release::{RefusedIndicator, strictness};
use kekiz_base::{AreaKey, Cell, Cube, CubeCell, Diagnostics, GroupId, IndicatorId, Mark, Period, Sensitive};
use kekiz_disclosure::{Audit, CellName, History, Member, Policy, Release, protect_together};
use kekiz_indicators::{Catalogue, Change, Definition, Method, Recipe, compute_change, compute_index};
use kekiz_lake::Published;
use std::collections::{BTreeMap, BTreeSet};

/// What became of the changes and indices of a catalogue.
#[derive(Default)]
pub(crate) struct Derived {
    pub(crate) releases: Vec<(Release, Audit)>,
    pub(crate) refused: Vec<RefusedIndicator>,
}

/// Protects all changes and indices of a catalogue; `protected` are the releases of its indicators.
pub(crate) fn protect_derived(
    catalogue: &Catalogue,
    prepared: &[Prepared<'_>],
    protected: &[(Release, Audit)],
    published: &Published,
    findings: &mut Diagnostics,
) -> Result<Derived, AppError> {
    let released: BTreeMap<&IndicatorId, &Release> =
        protected.iter().map(|(release, _)| (&release.meta().id, release)).collect();
    let mut derived = Derived::default();
    let mut settle = |id: &IndicatorId, outcome: Result<(Outcome, Diagnostics), String>| match outcome {
        Ok((Ok(release), found)) => {
            findings.extend(found);
            derived.releases.push(release);
        }
        Ok((Err(reason), _)) | Err(reason) => {
            derived.refused.push(RefusedIndicator { id: id.clone(), reason })
        }
    };
    for change in &catalogue.changes {
        let of = prepared.iter().find(|one| one.definition.id == change.of);
        let outcome = match (of, released.get(&change.of)) {
            (Some(of), Some(release)) => {
                let policy = policy_of_release(release, of, prepared);
                protect_change(change, of.definition, release, policy, &published.history(&change.id)?)
            }
            _ => Err(format!(
                "Indikator „{}“: „{}“ wurde nicht veröffentlicht. Abhilfe: zuerst dessen Ablehnung beheben.",
                change.id, change.of
            )),
        };
        settle(&change.id, outcome);
    }
    for recipe in &catalogue.recipes {
        let outcome = match missing_inputs(recipe, &released) {
            Some(reason) => Err(reason),
            None => {
                let inputs: Vec<&Release> = recipe
                    .inputs
                    .iter()
                    .filter_map(|input| released.get(&input.indicator).copied())
                    .collect();
                let policy = policy_of_index(recipe, prepared);
                protect_index(
                    recipe,
                    &catalogue.indicators,
                    &inputs,
                    &policy,
                    &published.history(&recipe.id)?,
                )
            }
        };
        settle(&recipe.id, outcome);
    }
    Ok(derived)
}

/// The policy an indicator was released under; tied to others it may be stricter than its own.
fn policy_of_release<'a>(
    release: &Release,
    of: &'a Prepared<'_>,
    prepared: &'a [Prepared<'_>],
) -> &'a Policy {
    let name = &release.protection().policy;
    if of.policy.id == *name {
        return &of.policy;
    }
    prepared.iter().map(|one| &one.policy).find(|policy| policy.id == *name).unwrap_or(&of.policy)
}

/// The strictest policy of the inputs.
fn policy_of_index(recipe: &Recipe, prepared: &[Prepared<'_>]) -> Policy {
    let inputs = prepared
        .iter()
        .filter(|one| recipe.inputs.iter().any(|input| input.indicator == one.definition.id))
        .map(|one| &one.policy);
    inputs.max_by_key(|policy| strictness(&policy.id)).cloned().unwrap_or_else(Policy::min5)
}

/// A change from the published cells of its indicator: it tells nothing that they do not tell.
///
/// A change that lacks an end only because that end is protected is published as protected.
fn protect_change(
    change: &Change,
    of: &Definition,
    base: &Release,
    policy: &Policy,
    history: &History,
) -> Result<(Outcome, Diagnostics), String> {
    let counts_are_exact = base.protection().rounding.is_none();
    let (cube, found) =
        compute_change(change, of, &shown(base), counts_are_exact).map_err(|error| error.to_string())?;
    let mut hidden: BTreeSet<(&AreaKey, Period, &GroupId)> = BTreeSet::new();
    for (name, cell) in names(base).zip(base.cells()) {
        if matches!(cell, Cell::Suppressed { .. }) {
            hidden.insert(name);
        }
    }
    let before = |period: Period| kekiz_indicators::territory::years_before(period, change.years);
    let withheld = missing_cells(&cube, |area, period, group| {
        hidden.contains(&(area, period, group))
            || before(period).is_some_and(|then| hidden.contains(&(area, then, group)))
    });
    Ok((gate(Member { withheld, ..Member::alone(&cube, history) }, policy), found))
}

/// An index from the published cells of its inputs: it tells nothing that its inputs do not tell.
///
/// A score that lacks an input only because the input is protected is published as protected.
fn protect_index(
    recipe: &Recipe,
    definitions: &[Definition],
    inputs: &[&Release],
    policy: &Policy,
    history: &History,
) -> Result<(Outcome, Diagnostics), String> {
    let cubes: Vec<Cube> = inputs.iter().map(|release| shown(release)).collect();
    let (index, found) = compute_index(recipe, &cubes.iter().collect::<Vec<_>>(), definitions)
        .map_err(|error| error.to_string())?;
    let mut hidden: BTreeSet<(&AreaKey, i16)> = BTreeSet::new();
    for release in inputs {
        for ((area, period, _), cell) in names(release).zip(release.cells()) {
            if matches!(cell, Cell::Suppressed { .. }) {
                hidden.insert((area, period.year()));
                if let Method::StatusDynamics { years } = recipe.method {
                    hidden.insert((area, period.year().saturating_add_unsigned(years)));
                }
            }
        }
    }
    let withheld = missing_cells(&index.cube, |area, period, _| hidden.contains(&(area, period.year())));
    Ok((gate(Member { withheld, ..Member::alone(&index.cube, history) }, policy), found))
}

fn gate(member: Member<'_>, policy: &Policy) -> Outcome {
    match protect_together(&[member], policy) {
        Ok(releases) => releases.into_iter().next().ok_or_else(String::new),
        Err(refusal) => Err(refusal.to_string()),
    }
}

/// The cells without a value that are to be called protected.
fn missing_cells(cube: &Cube, is_hidden: impl Fn(&AreaKey, Period, &GroupId) -> bool) -> BTreeSet<CellName> {
    let mut cells = BTreeSet::new();
    for (area, found) in cube.areas.iter().enumerate() {
        for (period, when) in cube.periods.iter().enumerate() {
            for (group, name) in cube.groups.iter().enumerate() {
                let cell = cube.cells.get(cube.index(area, period, group));
                if matches!(cell, Some(CubeCell::Missing(_))) && is_hidden(&found.key, *when, name) {
                    cells.insert(CellName { area: found.key.clone(), period: *when, group: name.clone() });
                }
            }
        }
    }
    cells
}

/// Area, period and group of every cell of a release.
fn names(release: &Release) -> impl Iterator<Item = (&AreaKey, Period, &GroupId)> {
    release.areas().iter().flat_map(|area| {
        let cells =
            release.periods().iter().flat_map(|period| release.groups().iter().map(|group| (*period, group)));
        cells.map(|(period, group)| (&area.key, period, group))
    })
}

/// What the public sees of an indicator, as a table to compute with.
fn shown(release: &Release) -> Cube {
    let cell = |cell: &Cell| match cell {
        Cell::Shown(figure) => CubeCell::Value {
            value: Sensitive::new(figure.value),
            interval: None,
            numerator: figure.numerator.map(Sensitive::new),
            denominator: figure.denominator.map(Sensitive::new),
            smoothed: figure.smoothed.map(Sensitive::new),
            versus_parent: None,
            class: None,
            annotation: figure.annotation,
        },
        Cell::Suppressed { .. } => CubeCell::Missing(Mark::UnknownOrSecret),
        Cell::Missing { mark } => CubeCell::Missing(*mark),
    };
    Cube {
        meta: release.meta().clone(),
        areas: release.areas().to_vec(),
        periods: release.periods().to_vec(),
        groups: release.groups().to_vec(),
        cells: release.cells().iter().map(cell).collect(),
        inputs: release.receipt().inputs.clone(),
    }
}

/// The indicators an index could not be made without, as a reason.
fn missing_inputs(recipe: &Recipe, released: &BTreeMap<&IndicatorId, &Release>) -> Option<String> {
    let missing: Vec<String> = recipe
        .inputs
        .iter()
        .filter(|input| !released.contains_key(&input.indicator))
        .map(|input| format!("„{}“", input.indicator))
        .collect();
    (!missing.is_empty()).then(|| {
        format!(
            "Index „{}“: Merkmale wurden nicht veröffentlicht ({}). Abhilfe: zuerst deren Ablehnung beheben.",
            recipe.id,
            missing.join(", ")
        )
    })
}

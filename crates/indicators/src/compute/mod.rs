//! A definition and figures become a cube.

mod aggregate;
mod axes;
pub(crate) mod cells;
mod evaluate;

use crate::catalogue::{Definition, Formula, remedy_for};
use crate::spelling::list;
use crate::territory::rewrite;
use axes::Axes;
use kekiz_base::{
    AreaChange, AreaTree, Cube, Diagnostics, Figures, IndicatorId, IndicatorKind, Place, Severity, Source,
};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// Why an indicator cannot be computed at all. Lesser findings are [`Diagnostics`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComputeError {
    /// A variable that no dataset has.
    #[error("Indikator „{indicator}“: die Variable „{variable}“ kommt in keinem Datensatz vor. {remedy}")]
    UnknownVariable {
        /// The indicator.
        indicator: IndicatorId,
        /// The variable.
        variable: SmolStr,
        /// What to do.
        remedy: String,
    },
    /// No key of the data is among the areas.
    #[error(
        "Indikator „{indicator}“: kein Gebietsschlüssel der Daten ({data}) kommt in den Gebieten vor ({areas}). Abhilfe: Schlüsselart und Präfix in der Zuordnungsdatei prüfen, oder die passenden Grenzen importieren."
    )]
    NothingJoins {
        /// The indicator.
        indicator: IndicatorId,
        /// Keys of the data, first examples.
        data: String,
        /// Keys of the areas, first examples.
        areas: String,
    },
    /// The levels or groups asked for have no figures.
    #[error("Indikator „{indicator}“: für {what} liegen keine Zahlen vor. Vorhanden sind {available}.")]
    NothingLeft {
        /// The indicator.
        indicator: IndicatorId,
        /// What was asked for.
        what: &'static str,
        /// What there is.
        available: String,
    },
    /// More cells than memory should hold.
    #[error(
        "Indikator „{indicator}“: {areas} Gebiete × {periods} Zeiträume × {groups} Gruppen sind zu viele Zellen. Abhilfe: mit „levels“ oder „groups“ eingrenzen."
    )]
    TooLarge {
        /// The indicator.
        indicator: IndicatorId,
        /// Number of areas.
        areas: usize,
        /// Number of periods.
        periods: usize,
        /// Number of groups.
        groups: usize,
    },
}

/// Computes an indicator for all areas the data and the tree have in common.
///
/// Cells are dense over area, period and group. A cell is missing when an operand is (with the strongest mark), when
/// it would divide by 0, or when its counts contradict each other (also an error in the diagnostics). Shares, rates
/// and counts keep numerator and denominator. An area without a figure of its own gets the sum of its children's
/// counts if the children of one geography that existed then all have one (noted); values are never added up.
/// Smoothed values are found within one geography, period and group. The comparison is with the direct parent; its
/// significance (two-sided 5 %) tests the part against the rest of the parent, exactly where fewer than five cases
/// are expected, and is open where the part is not contained in the parent.
///
/// Keys that do not join are listed on both sides, with their number and first examples. No finding states a figure.
pub fn compute(
    definition: &Definition,
    figures: &Figures,
    tree: &AreaTree,
) -> Result<(Cube, Diagnostics), ComputeError> {
    compute_on_territory(definition, figures, tree, &[])
}

/// Like [`compute`], after rewriting counts of areas that were merged to the territory of the tree (see [`rewrite`]).
/// What was rewritten is also a public note of the indicator.
pub fn compute_on_territory(
    definition: &Definition,
    figures: &Figures,
    tree: &AreaTree,
    changes: &[AreaChange],
) -> Result<(Cube, Diagnostics), ComputeError> {
    let known: BTreeSet<&str> = figures.variables().map(SmolStr::as_str).collect();
    for (_, variable) in definition.formula.variables() {
        if !known.contains(variable.name.as_str()) {
            return Err(ComputeError::UnknownVariable {
                indicator: definition.id.clone(),
                variable: variable.name.clone(),
                remedy: remedy_for(&variable.name, &known),
            });
        }
    }
    let mut notes = definition.meta(Vec::new()).notes;
    let counts = additive_variables(definition);
    let (figures, mut diagnostics) = if changes.is_empty() || counts.is_empty() {
        (std::borrow::Cow::Borrowed(figures), Diagnostics::new())
    } else {
        let (figures, found) = rewrite(figures, &counts, changes);
        notes.extend(found.iter().filter(|d| d.severity == Severity::Note).map(|d| d.message.clone()));
        (std::borrow::Cow::Owned(figures), found)
    };
    let axes = Axes::new(definition, &figures, tree, &mut diagnostics)?;
    let mut raw = evaluate::evaluate(definition, &figures, &axes, &mut diagnostics);
    aggregate::aggregate(definition, &axes, &mut raw, &mut notes, &mut diagnostics);
    let (sources, inputs) = provenance(definition, &figures);
    let mut meta = definition.meta(sources);
    meta.notes = notes;
    let cells = cells::cells(definition, &axes, &raw);
    let cube = axes.cube(definition, meta, cells, inputs, &mut diagnostics)?;
    Ok((cube, diagnostics))
}

/// Names of variables the definition only uses in sums, so that parts of a territory may be added up.
fn additive_variables(definition: &Definition) -> BTreeSet<SmolStr> {
    let additive = definition.formula.expressions().iter().all(|(_, e)| e.is_additive());
    if definition.kind == IndicatorKind::Value || matches!(definition.formula, Formula::Value(_)) || !additive
    {
        return BTreeSet::new();
    }
    definition.formula.variables().map(|(_, variable)| variable.name.clone()).collect()
}

/// Sources without repetition, in the order of the variables, and digests by dataset.
fn provenance(definition: &Definition, figures: &Figures) -> (Vec<Source>, BTreeMap<String, String>) {
    let mut sources: Vec<Source> = Vec::new();
    let mut inputs = BTreeMap::new();
    for (_, variable) in definition.formula.variables() {
        for origin in figures.origins(&variable.name) {
            if !sources.contains(&origin.info.source) {
                sources.push(origin.info.source.clone());
            }
            inputs.insert(origin.info.id.clone(), origin.digest.clone());
        }
    }
    (sources, inputs)
}

/// The file and expression a finding belongs to.
fn place_of(definition: &Definition, figures: &Figures, key: &str) -> Place {
    let mut files: Vec<String> = Vec::new();
    for (expression, variable) in definition.formula.variables() {
        for origin in figures.origins(&variable.name) {
            if expression == key && !files.contains(&origin.info.file_name) {
                files.push(origin.info.file_name.clone());
            }
        }
    }
    let names: Vec<&str> =
        definition.formula.variables().filter(|(e, _)| *e == key).map(|(_, v)| v.name.as_str()).collect();
    Place { file: (!files.is_empty()).then(|| list(&files, 3)), line: None, column: Some(list(&names, 5)) }
}

//! Several cubes and a recipe become an index.

mod gather;
mod score;
mod statement;

use crate::catalogue::{Definition, Method, Recipe};
use crate::spelling::{counted, list};
use crate::territory::years_before;
use gather::{Inputs, Missing};
use kekiz_base::{
    AreaKey, Cube, CubeCell, Diagnostics, GeographyId, IndicatorId, IndicatorKind, IndicatorMeta, Mark,
    Period, Place, Sensitive, Severity,
};
use std::collections::BTreeMap;

/// An index with what else is known of it.
pub struct Index {
    /// The scores, one group, with classes; sensitive until it has passed the gate.
    pub cube: Cube,
    /// How far each area's rank moves under other weights, in the latest period of its geography that has scores.
    pub ranks: Vec<AreaSensitivity>,
    /// The inputs. A cell must not be published where one of its inputs is suppressed: with the others known, the
    /// score would give it away.
    pub inputs: Vec<IndicatorId>,
}

/// How far an area's rank moves under other weights; rank 1 is the best for children within the geography.
#[derive(Clone, PartialEq)]
pub struct AreaSensitivity {
    /// The area.
    pub area: AreaKey,
    /// Its geography, within which ranks count.
    pub geography: GeographyId,
    /// The period.
    pub period: Period,
    /// Rank with the weights of the recipe; equal scores share their mean rank.
    pub rank: f64,
    /// 5 % quantile of the rank under other weights.
    pub rank_lower: f64,
    /// 95 % quantile.
    pub rank_upper: f64,
    /// Share of other weights under which the area keeps its class.
    pub keeps_class: f64,
}

/// Why an index cannot be computed at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// An input was not handed over.
    #[error(
        "Index „{recipe}“: der Indikator „{input}“ wurde nicht berechnet. Abhilfe: seine Meldungen prüfen."
    )]
    MissingInput {
        /// The index.
        recipe: IndicatorId,
        /// The input.
        input: IndicatorId,
    },
    /// An input has no direction.
    #[error(
        "Index „{recipe}“: „{input}“ hat keine Richtung, die für Kinder gut ist. Abhilfe: „direction“ beim Merkmal angeben."
    )]
    NoDirection {
        /// The index.
        recipe: IndicatorId,
        /// The input.
        input: IndicatorId,
    },
    /// The inputs have no geography, period or group in common.
    #[error("Index „{recipe}“: die Merkmale haben {what} gemeinsam. Abhilfe: {remedy}")]
    NothingShared {
        /// The index.
        recipe: IndicatorId,
        /// What they lack.
        what: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// No area has a score in any period.
    #[error("Index „{recipe}“: für kein Gebiet lässt sich ein Wert berechnen. {reason}")]
    NoScores {
        /// The index.
        recipe: IndicatorId,
        /// The findings.
        reason: String,
    },
}

/// One period of one geography with its scores.
struct Scored {
    geography: GeographyId,
    period: usize,
    /// Indices of areas with a score, in the order of the scores.
    areas: Vec<usize>,
    result: score::Scores,
}

/// Computes an index from the unprotected cubes of its inputs (cubes that are no input are passed over).
///
/// Areas are compared within one geography and period, in the group of the recipe. Periods are matched exactly, and
/// where that fails by the year they end in. An area with a missing input, or with fewer persons behind an input than
/// its minimum base, has no score ([`Mark::Unreliable`] for the latter); nothing is imputed. Inputs are turned so that
/// more is better; the score is turned back if the recipe's polarity says so. Class 1 is always the best class.
///
/// Status × dynamics: status is the weighted sum of z-scores, dynamics the same sum over the changes of the inputs
/// since so many years ago; an area needs both. Its classes count as in [`kekiz_stats::index::status_dynamics`].
/// There is none across a break in the series of an input, as `definitions` (of the inputs; others are passed over)
/// tell of them.
///
/// `meta.sensitivity` says how far ranks move under other weights; the ranks of each area are in [`Index::ranks`].
pub fn compute_index(
    recipe: &Recipe,
    cubes: &[&Cube],
    definitions: &[Definition],
) -> Result<(Index, Diagnostics), IndexError> {
    let mut diagnostics = Diagnostics::new();
    let inputs = Inputs::new(recipe, cubes, &mut diagnostics)?;
    let (scored, notes, failures) = score_all(recipe, &inputs, definitions);
    failures.report(recipe, &inputs, &mut diagnostics);
    if scored.is_empty() {
        let reason = diagnostics.iter().map(|d| d.message.clone()).collect::<Vec<_>>().join(" ");
        return Err(IndexError::NoScores { recipe: recipe.id.clone(), reason });
    }
    let latest = latest(&scored);
    let (ranks, sensitivity) = statement::sensitivity(recipe, &inputs, &latest);
    let meta = meta(recipe, &inputs, notes, sensitivity);
    let cube = cube(recipe, &inputs, meta, &scored, &failures);
    Ok((
        Index { cube, ranks, inputs: recipe.inputs.iter().map(|input| input.indicator.clone()).collect() },
        diagnostics,
    ))
}

/// What could not be scored and why.
#[derive(Default)]
struct Failures {
    cells: BTreeMap<(usize, usize), Mark>,
    missing: Vec<String>,
    small: Vec<String>,
    without_past: Vec<String>,
    over_break: Vec<String>,
    whole: Vec<String>,
}

impl Failures {
    fn report(&self, recipe: &Recipe, inputs: &Inputs<'_>, diagnostics: &mut Diagnostics) {
        let id = &recipe.id;
        let mut push = |severity, code, cells: &[String], message: String, remedy: &str| {
            if !cells.is_empty() {
                let message = format!("Index „{id}“: {message} ({}).", list(cells, 5));
                diagnostics.push(severity, code, Place::default(), message, remedy);
            }
        };
        let count = |cells: &[String]| counted(cells.len(), "Zelle", "Zellen");
        push(
            Severity::Warning,
            "index-input-missing",
            &self.missing,
            format!("ohne Wert, weil mindestens ein Merkmal fehlt: {}", count(&self.missing)),
            "Fehlende Zahlen nachliefern oder das Merkmal weglassen; es wird nichts geschätzt.",
        );
        push(
            Severity::Note,
            "index-small-base",
            &self.small,
            format!("ohne Wert, weil hinter einem Merkmal zu wenige Personen stehen: {}", count(&self.small)),
            "",
        );
        push(
            Severity::Note,
            "index-without-past",
            &self.without_past,
            "ohne Vergleichszeitraum gibt es keine Dynamik für".to_string(),
            "",
        );
        push(
            Severity::Note,
            "index-over-break",
            &self.over_break,
            "über einen Bruch in der Zeitreihe eines Merkmals hinweg gibt es keine Dynamik für".to_string(),
            "",
        );
        push(
            Severity::Warning,
            "index-impossible",
            &self.whole,
            "nicht berechenbar".to_string(),
            "Merkmale weglassen, die alle Gebiete gleich machen, oder eine andere Ebene wählen.",
        );
        if inputs.by_year {
            diagnostics.push(
                Severity::Note,
                "index-periods-by-year",
                Place::default(),
                format!(
                    "Index „{id}“: Zeiträume der Merkmale wurden nach dem Jahr zugeordnet, in dem sie enden."
                ),
                "",
            );
        }
    }
}

fn score_all(
    recipe: &Recipe,
    inputs: &Inputs<'_>,
    definitions: &[Definition],
) -> (Vec<Scored>, Vec<String>, Failures) {
    let (mut scored, mut notes, mut failures) = (Vec::new(), Vec::new(), Failures::default());
    for geography in inputs.geographies() {
        let mut explained = None;
        for period in 0..inputs.periods.len() {
            let now = inputs.periods[period].0;
            let label = format!("{geography} {now}");
            let past = match recipe.method {
                Method::StatusDynamics { years } => {
                    let found = years_before(now, years).and_then(|past| inputs.period_index(past));
                    if found.is_none() {
                        failures.without_past.push(label);
                        continue;
                    }
                    let before = now.year().saturating_sub_unsigned(years);
                    let of_inputs = recipe.inputs.iter().map(|input| &input.indicator);
                    let broken = of_inputs
                        .filter(|id| {
                            definitions.iter().any(|d| d.id == **id && d.breaks_between(before, now.year()))
                        })
                        .map(IndicatorId::as_str)
                        .collect::<Vec<_>>();
                    if !broken.is_empty() {
                        failures.over_break.push(format!("{label}: {}", broken.join(", ")));
                        continue;
                    }
                    found
                }
                _ => None,
            };
            let (mut areas, mut rows, mut past_rows) = (Vec::new(), Vec::new(), Vec::new());
            for area in inputs.areas_of(&geography) {
                let row = inputs.row(recipe, area, period);
                let past_row = past.map(|past| inputs.row(recipe, area, past)).transpose();
                match (row, past_row) {
                    (Ok(row), Ok(past_row)) => {
                        areas.push(area);
                        rows.push(row);
                        past_rows.extend(past_row);
                    }
                    (Err(missing), _) | (_, Err(missing)) => {
                        let name = format!("{} {now}", inputs.areas[area].key);
                        let mark = match missing {
                            Missing::Mark(mark) => {
                                failures.missing.push(name);
                                mark
                            }
                            Missing::SmallBase => {
                                failures.small.push(name);
                                Mark::Unreliable
                            }
                        };
                        failures.cells.insert((area, period), mark);
                    }
                }
            }
            match score::score(recipe, &columns(&rows), &columns(&past_rows)) {
                Ok(result) => {
                    explained = result.explained.map(|share| (now, share)).or(explained);
                    scored.push(Scored { geography: geography.clone(), period, areas, result });
                }
                Err(reason) => {
                    failures.whole.push(format!("{label}: {reason}"));
                    failures.cells.extend(areas.iter().map(|area| ((*area, period), Mark::Blocked)));
                }
            }
        }
        if let Some((period, share)) = explained {
            let share = kekiz_base::number::german(share * 100.0, 0);
            let level =
                inputs.areas_of(&geography).next().map_or("Gebiete", |a| inputs.areas[a].level.plural());
            notes.push(format!("Die erste Hauptkomponente erklärt {share} % der Unterschiede in den Merkmalen ({level}, {period})."));
        }
    }
    (scored, notes, failures)
}

/// Rows of areas turned into columns of inputs.
fn columns(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let width = rows.first().map_or(0, Vec::len);
    (0..width).map(|column| rows.iter().map(|row| row[column]).collect()).collect()
}

/// The latest scored period of each geography.
fn latest(scored: &[Scored]) -> Vec<&Scored> {
    let mut latest: BTreeMap<&GeographyId, &Scored> = BTreeMap::new();
    for one in scored {
        latest.insert(&one.geography, one);
    }
    latest.into_values().collect()
}

fn meta(recipe: &Recipe, inputs: &Inputs<'_>, found: Vec<String>, sensitivity: String) -> IndicatorMeta {
    let mut notes = recipe.notes.clone();
    notes.push(format!(
        "Zusammengefasst aus: {}.",
        list(&inputs.cubes.iter().map(|cube| cube.meta.title.as_str()).collect::<Vec<_>>(), 40)
    ));
    notes.push(
        "Der Index vergleicht Gebiete derselben Ebene im selben Zeitraum; Werte verschiedener Ebenen oder Zeiträume sind nicht vergleichbar.".into(),
    );
    notes.extend(found);
    let mut sources = Vec::new();
    for source in inputs.cubes.iter().flat_map(|cube| &cube.meta.sources) {
        if !sources.contains(source) {
            sources.push(source.clone());
        }
    }
    let of_inputs = inputs.cubes.iter().map(|cube| cube.meta.minimum_base).max().unwrap_or(0);
    IndicatorMeta {
        id: recipe.id.clone(),
        title: recipe.title.clone(),
        plain_title: recipe.plain_title.clone(),
        definition: recipe.definition.clone(),
        kind: IndicatorKind::Index,
        unit: String::new(),
        decimals: recipe.decimals,
        polarity: recipe.polarity,
        life_phase: recipe.life_phase,
        life_area: recipe.life_area.clone(),
        interval_method: "keines: Index aus mehreren Merkmalen; siehe die Angabe zu anderen Gewichten".into(),
        minimum_base: recipe.minimum_base.max(of_inputs),
        sources,
        classes: recipe.classes.clone(),
        notes,
        sensitivity,
    }
}

fn cube(
    recipe: &Recipe,
    inputs: &Inputs<'_>,
    meta: IndicatorMeta,
    scored: &[Scored],
    failures: &Failures,
) -> Cube {
    // Periods without any score (no past to compare with) are left out; they are in the diagnostics.
    let mut kept: Vec<usize> = scored.iter().map(|one| one.period).collect();
    kept.sort_unstable();
    kept.dedup();
    let mut cells = vec![CubeCell::Missing(Mark::Empty); inputs.areas.len() * kept.len()];
    let mut put = |area: usize, period: usize, cell: CubeCell| {
        if let Ok(at) = kept.binary_search(&period) {
            cells[area * kept.len() + at] = cell;
        }
    };
    for ((area, period), mark) in &failures.cells {
        put(*area, *period, CubeCell::Missing(*mark));
    }
    for one in scored {
        for (position, area) in one.areas.iter().enumerate() {
            let value = CubeCell::Value {
                value: Sensitive::new(one.result.values[position]),
                interval: None,
                numerator: None,
                denominator: None,
                smoothed: None,
                versus_parent: None,
                class: one.result.classes.as_ref().map(|classes| Sensitive::new(classes[position])),
                annotation: inputs.annotation(*area, one.period),
            };
            put(*area, one.period, value);
        }
    }
    Cube {
        meta,
        areas: inputs.areas.iter().map(|area| (*area).clone()).collect(),
        periods: kept.iter().map(|period| inputs.periods[*period].0).collect(),
        groups: vec![recipe.group.clone()],
        cells,
        inputs: inputs.cubes.iter().flat_map(|cube| cube.inputs.clone()).collect(),
    }
}

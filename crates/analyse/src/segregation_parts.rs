//! Where does segregation come from: why two places or years differ, and what homes, providers and choice add.

use crate::AnalyseError;
use crate::counts::{CountsTable, Names, ReadCounts, read_counts};
use crate::segregation::{position_of, statistic, two_groups};
use crate::source::table_file;
use kekiz_base::{Diagnostics, Place, Severity};
use kekiz_segregation::decompose::{Attendance, Counterfactual, shapley, sources};
use kekiz_segregation::information::Information;
use kekiz_segregation::{Counts, CountsError};
use kekiz_tables::read_columns;
use serde_json::{Value, json};
use std::path::PathBuf;

/// What the comparison of two places or years needs.
#[derive(Clone, Debug, PartialEq)]
pub struct DifferenceRequest {
    /// Table with one row per unit and group of both places.
    pub counts: CountsTable,
    /// Column that tells the places or years apart.
    pub by: String,
    /// Text of the first place in that column.
    pub first: String,
    /// Text of the second.
    pub second: String,
    /// Group set against all others.
    pub focal: Option<String>,
    /// Two-group index by name, as for `segregation`.
    pub index: String,
    /// What is carried over.
    pub counterfactual: Counterfactual,
}

/// Reads `composition`, `share` or `dual-composition`.
///
/// # Errors
/// A German sentence with the possible words.
pub fn parse_counterfactual(text: &str) -> Result<Counterfactual, crate::ParseSettingError> {
    match text {
        "composition" => Ok(Counterfactual::Composition),
        "share" => Ok(Counterfactual::Share),
        "dual-composition" => Ok(Counterfactual::DualComposition),
        _ => crate::settings::refuse("composition, share, dual-composition"),
    }
}

/// Splits the difference of an index: an object with the index of both (`first`, `second`), their `difference`, and its
/// parts `structure` (how units are built) and `attribute` (how groups are distributed).
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn segregation_difference(request: &DifferenceRequest) -> Result<(Value, Diagnostics), AnalyseError> {
    let index = statistic(&request.index.to_lowercase(), false)?;
    let mut diagnostics = Diagnostics::default();
    let mut two = |text: &str| -> Result<(Counts, String), AnalyseError> {
        let read = read_counts(&request.counts, None, Some((&request.by, text)))?;
        let ReadCounts { counts, groups, diagnostics: found, .. } = read;
        diagnostics.extend(found);
        let focal = position_of(&groups, request.focal.as_deref())?;
        let two = two_groups(&counts, focal).ok_or_else(|| {
            AnalyseError::Usage("Es sind mehr als zwei Gruppen. Abhilfe: eine mit --focal nennen.".into())
        })?;
        Ok((two, groups[focal.unwrap_or(0)].clone()))
    };
    let ((first, focal), (mut second, other)) = (two(&request.first)?, two(&request.second)?);
    if focal != other {
        // Without a focal group the order of appearance decides; it must be the same on both sides.
        second = second.against_rest(1);
    }
    let of = |x: &[f64], y: &[f64]| {
        let rows: Vec<Vec<f64>> = x.iter().zip(y).map(|(x, y)| vec![*x, *y]).collect();
        Counts::from_rows(&rows).ok().and_then(|counts| index(&counts))
    };
    let Some(parts) = shapley(&first, &second, request.counterfactual, of) else {
        return Err(AnalyseError::Input(
            "Der Index lässt sich für einen der Orte nicht rechnen. Abhilfe: Gruppen und Mindestgröße prüfen.".into(),
        ));
    };
    let answer = json!({
        "index": request.index, "focal": focal,
        "first": index(&first), "second": index(&second),
        "difference": parts.difference, "structure": parts.structure, "attribute": parts.attribute,
    });
    Ok((answer, diagnostics))
}

/// What the decomposition into homes, providers and choice needs.
#[derive(Clone, Debug, PartialEq)]
pub struct SourcesRequest {
    /// Table with one row per quarter, facility and group, or per child.
    pub counts: PathBuf,
    /// Column with the quarter children live in.
    pub quarter: String,
    /// Column with the provider of the facility; without one there is no step for it.
    pub provider: Option<String>,
    /// Column with the facility.
    pub facility: String,
    /// Column with the group.
    pub group: String,
    /// Column with the number of children; without one each row is a child.
    pub count: Option<String>,
}

/// Splits segregation among facilities: an object with `total`, `residential`, `provider` and `choice`, each with `m`, `h`
/// and their `share` of the total M, and `facilities`, `quarters`, `children`.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn segregation_sources(request: &SourcesRequest) -> Result<(Value, Diagnostics), AnalyseError> {
    let file = table_file(&request.counts)?;
    let mut names: Vec<&str> = vec![&request.quarter, &request.facility, &request.group];
    names.extend(request.provider.as_deref());
    let count_at = names.len();
    names.extend(request.count.as_deref());
    let (table, mut diagnostics) = read_columns(&file, &names)?;
    let counted = request.count.as_ref().map(|_| table.numbers(count_at, &mut diagnostics)).transpose()?;
    let mut lists: [Names; 4] = Default::default();
    let (mut rows, mut missing) = (Vec::new(), 0_usize);
    for row in 0..table.rows() {
        let children = counted.as_ref().map_or(Some(1.0), |counted| counted[row]);
        let text = |at: usize| table.texts[at][row].as_str();
        let known = (0..count_at).all(|at| !text(at).is_empty());
        let (Some(children), true) = (children.filter(|n| *n >= 0.0), known) else {
            missing += 1;
            continue;
        };
        if children == 0.0 {
            continue;
        }
        let provider = if request.provider.is_some() { text(3) } else { "" };
        rows.push(Attendance {
            quarter: lists[0].number(text(0)) as u32,
            facility: lists[1].number(text(1)) as u32,
            group: lists[2].number(text(2)) as u32,
            provider: lists[3].number(provider) as u32,
            children,
        });
    }
    if missing > 0 {
        diagnostics.push(
            Severity::Warning,
            "counts-missing",
            Place { file: Some(file.name.clone()), ..Place::default() },
            format!("In {missing} Zeilen fehlt eine Angabe oder die Zahl; sie zählen nicht mit."),
            "Wenn möglich mit vollständigen Zahlen rechnen.",
        );
    }
    let found = sources(&rows).map_err(|cause| match cause {
        CountsError::Shape => AnalyseError::Input(format!(
            "{}: Es gibt keine zwei Gruppen mit Kindern. Abhilfe: die Spalten bei --group und --count prüfen.",
            file.name
        )),
        other => other.into(),
    })?;
    let part = |i: Information| {
        let share = (found.total.m > 1e-12).then(|| i.m / found.total.m);
        json!({ "m": i.m, "h": i.h, "share": share })
    };
    let mut answer = json!({
        "total": part(found.total), "residential": part(found.residential), "choice": part(found.choice),
        "facilities": lists[1].list.len(), "quarters": lists[0].list.len(), "groups": lists[2].list,
        "children": rows.iter().map(|row| row.children).sum::<f64>(),
    });
    if request.provider.is_some() {
        answer["provider"] = part(found.provider);
    }
    Ok((answer, diagnostics))
}

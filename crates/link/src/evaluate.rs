//! `kekiz link evaluate`: clusters or links against a column that says who is who.

use crate::LinkFileError;
use crate::read::{Wanted, read};
use kekiz_linkage::evaluate::{Quality, cluster_quality, link_quality, true_pairs};
use kekiz_linkage::{MISSING, TextColumn, Texts};
use serde::Serialize;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What to compare with what.
#[derive(Clone, Debug)]
pub struct EvaluateRequest {
    /// The files that were linked; one for clusters, two or more for links between files.
    pub files: Vec<PathBuf>,
    /// Column that identifies a record.
    pub id: Option<String>,
    /// Column that names the true person.
    pub truth: String,
    /// Clusters as `kekiz link dedupe` writes them.
    pub clusters: Option<PathBuf>,
    /// Links as `kekiz link dedupe --links` and `kekiz link files` write them.
    pub links: Option<PathBuf>,
}

/// Quality at a threshold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AtThreshold {
    /// Smallest match probability.
    pub match_probability: f64,
    /// Pairs found and missed.
    #[serde(flatten)]
    pub quality: Quality,
}

/// Quality of a result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Records with a known person.
    pub records: usize,
    /// True pairs.
    pub true_pairs: u64,
    /// Quality of the clusters.
    pub clusters: Option<Quality>,
    /// Quality of the links by threshold: a precision–recall curve.
    pub links: Option<Vec<AtThreshold>>,
}

/// Probabilities of the curve.
const THRESHOLDS: [f64; 12] = [0.01, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999];

/// Compares clusters and links with the truth. Records without a truth are left out.
///
/// # Errors
/// Files that cannot be used, or identifiers that are not in the linked files.
pub fn evaluate(request: &EvaluateRequest) -> Result<Evaluation, LinkFileError> {
    if request.clusters.is_none() && request.links.is_none() {
        return Err(LinkFileError::Usage(
            "Nichts zu prüfen angegeben. Abhilfe: --clusters oder --links angeben.".into(),
        ));
    }
    let mut truth: Vec<Option<u32>> = Vec::new();
    let mut persons: HashMap<String, u32> = HashMap::new();
    let mut file_of = Vec::new();
    let mut rows: Vec<HashMap<String, usize>> = Vec::new();
    for (number, path) in request.files.iter().enumerate() {
        let file = read(path, Wanted::Named(&[request.truth.as_str()]), request.id.as_deref())?;
        let Some(column) = file.columns.first() else { continue };
        let mut of_id = HashMap::with_capacity(file.rows);
        for row in 0..file.rows {
            of_id.insert(identifier(file.ids.as_ref(), row), truth.len());
            let next = persons.len() as u32;
            truth.push(text(column, row).map(|text| *persons.entry(text.to_string()).or_insert(next)));
            file_of.push(number);
        }
        rows.push(of_id);
    }
    let several = rows.len() > 1;
    let true_pairs = true_pairs(&truth, several.then_some(&file_of[..]));
    let clusters = match &request.clusters {
        Some(path) => Some(of_clusters(path, &rows, &truth)?),
        None => None,
    };
    let links = match &request.links {
        Some(path) => Some(of_links(path, &rows, &truth, true_pairs)?),
        None => None,
    };
    Ok(Evaluation { records: truth.iter().flatten().count(), true_pairs, clusters, links })
}

fn identifier(ids: Option<&Texts>, row: usize) -> String {
    ids.map_or_else(|| (row + 1).to_string(), |ids| ids.get(row as u32).to_string())
}

fn text(column: &TextColumn, row: usize) -> Option<&str> {
    let number = column.ids[row];
    (number != MISSING).then(|| column.texts.get(number))
}

fn unknown(path: &Path, row: usize) -> LinkFileError {
    LinkFileError::file(
        path,
        format!("Das Kennzeichen in Zeile {} steht nicht in den verknüpften Dateien.", row + 2),
        "dieselben Dateien und dieselbe Spalte bei --id angeben wie beim Verknüpfen.",
    )
}

fn of_clusters(
    path: &Path,
    rows: &[HashMap<String, usize>],
    truth: &[Option<u32>],
) -> Result<Quality, LinkFileError> {
    let file = read(path, Wanted::Named(&["cluster"]), Some("id"))?;
    let (Some(column), Some(ids)) = (file.columns.first(), &file.ids) else {
        return Err(unknown(path, 0));
    };
    let mut clusters = vec![MISSING; truth.len()];
    for row in 0..file.rows {
        let place = rows.iter().find_map(|rows| rows.get(ids.get(row as u32)));
        clusters[*place.ok_or_else(|| unknown(path, row))?] = column.ids[row];
    }
    // A record without cluster stands alone.
    let alone = clusters.iter_mut().filter(|cluster| **cluster == MISSING);
    alone.zip(column.texts.len() as u32..).for_each(|(cluster, number)| *cluster = number);
    Ok(cluster_quality(&clusters, truth))
}

fn of_links(
    path: &Path,
    rows: &[HashMap<String, usize>],
    truth: &[Option<u32>],
    true_pairs: u64,
) -> Result<Vec<AtThreshold>, LinkFileError> {
    let file = read(path, Wanted::Named(&["left", "right", "match_probability"]), None)?;
    let [left, right, probability] = &file.columns[..] else { return Err(unknown(path, 0)) };
    let (first, last) = (rows.first(), rows.last());
    let mut links = Vec::with_capacity(file.rows);
    for row in 0..file.rows {
        let place = |column: &TextColumn, order: [Option<&HashMap<String, usize>>; 2]| {
            let id = text(column, row)?;
            order.into_iter().flatten().chain(rows).find_map(|rows| rows.get(id)).copied()
        };
        // The same number can be in both files: left is looked up in the first, right in the last.
        let a = place(left, [first, None]).ok_or_else(|| unknown(path, row))?;
        let b = place(right, [last, None]).ok_or_else(|| unknown(path, row))?;
        let probability = text(probability, row).and_then(|text| text.parse::<f64>().ok());
        links.push((a, b, probability.ok_or_else(|| unknown(path, row))?));
    }
    let qualities = link_quality(&links, truth, true_pairs, &THRESHOLDS);
    let rows = THRESHOLDS.iter().zip(qualities);
    Ok(rows
        .map(|(match_probability, quality)| AtThreshold { match_probability: *match_probability, quality })
        .collect())
}

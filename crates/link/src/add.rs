//! `kekiz link add`: new records join persons that were found before.

use crate::LinkFileError;
use crate::dedupe::write_clusters_named;
use crate::read::{Wanted, read};
use crate::report::Report;
use crate::run::{RunSettings, on_threads, run};
use crate::write::{beside, settle};
use kekiz_linkage::{MISSING, Search};
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Instant;

/// What joins what.
#[derive(Clone, Debug)]
pub struct AddRequest {
    /// File with the records that were clustered before.
    pub file: PathBuf,
    /// Their clusters, as `kekiz link dedupe` wrote them.
    pub clusters: PathBuf,
    /// File with the new records.
    pub new: PathBuf,
    /// Model (best the trained one), identifier, seed, threads.
    pub settings: RunSettings,
    /// Where the clusters of the new records go: `id,cluster`.
    pub out: PathBuf,
}

/// Links new records with each other and with persons found before. Known persons keep their numbers and are not
/// merged with each other; new persons get the numbers behind the largest known one.
///
/// # Errors
/// Files or a model that cannot be used, clusters that do not fit the first file, or an output that cannot be
/// written.
pub fn add(request: &AddRequest) -> Result<Report, LinkFileError> {
    on_threads(request.settings.threads, || {
        let known = known(request)?;
        let mut run = run(&request.settings, &[&request.file, &request.new], Search::Add)?;
        let old = run.files.first().copied().unwrap_or(0);
        if known.len() != old {
            return Err(LinkFileError::file(
                &request.clusters,
                format!("Sie nennt {} Datensätze, die Datei hat {old}.", known.len()),
                "die Datei der Personen angeben, die zu genau dieser Datei gehört.",
            ));
        }
        let mut persons: Vec<Option<u32>> = known.iter().copied().map(Some).collect();
        persons.resize(run.linked.len(), None);
        let since = Instant::now();
        let clusters = run.linked.clusters(run.match_probability, &persons);
        run.linked.add_timing("cluster", since.elapsed().as_secs_f64());
        // The number of a known person stays its number.
        let mut number: HashMap<u32, u32> = HashMap::new();
        for (row, person) in known.iter().enumerate() {
            number.insert(clusters.of_row[row], *person);
        }
        let mut next = known.iter().copied().max().map_or(1, |most| most + 1);
        let named: Vec<u32> = clusters.of_row[old..]
            .iter()
            .map(|cluster| {
                *number.entry(*cluster).or_insert_with(|| {
                    next += 1;
                    next - 1
                })
            })
            .collect();
        let out = beside(&request.out, |out| write_clusters_named(&run, &named, old, out))?;
        settle(run.trained.take().into_iter().chain([out]))?;
        Ok(Report::new(&run, Some(clusters.count as u64), clusters.forbidden, clusters.weak_bridges))
    })
}

/// Person of every record of the first file.
fn known(request: &AddRequest) -> Result<Vec<u32>, LinkFileError> {
    let wrong = |row: usize| {
        LinkFileError::file(
            &request.clusters,
            format!("Zeile {} nennt keine Person oder einen unbekannten Datensatz.", row + 2),
            "die Datei unverändert so angeben, wie kekiz link dedupe sie geschrieben hat.",
        )
    };
    let clusters = read(&request.clusters, Wanted::Named(&["cluster"]), Some("id"))?;
    let (Some(column), Some(ids)) = (clusters.columns.first(), &clusters.ids) else { return Err(wrong(0)) };
    let mut of_id: HashMap<&str, u32> = HashMap::with_capacity(clusters.rows);
    for row in 0..clusters.rows {
        let number = column.ids[row];
        let person = (number != MISSING).then(|| column.texts.get(number).parse().ok()).flatten();
        of_id.insert(ids.get(row as u32), person.ok_or_else(|| wrong(row))?);
    }
    let file = read(&request.file, Wanted::Named(&[]), request.settings.id.as_deref())?;
    (0..file.rows)
        .map(|row| {
            let person = match &file.ids {
                Some(ids) => of_id.get(ids.get(row as u32)),
                None => of_id.get((row + 1).to_string().as_str()),
            };
            person.copied().ok_or_else(|| {
                LinkFileError::file(
                    &request.clusters,
                    format!("Datensatz {} der ersten Datei fehlt.", row + 1),
                    "die Datei der Personen angeben, die zu genau dieser Datei gehört.",
                )
            })
        })
        .collect()
}

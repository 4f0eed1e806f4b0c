//! `kekiz link dedupe`: records of one person in one file.

use crate::LinkFileError;
use crate::report::Report;
use crate::run::{Run, RunSettings, on_threads, run};
use crate::write::{beside, field, settle};
use kekiz_disk::Unfinished;
use kekiz_linkage::Search;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What to find where.
#[derive(Clone, Debug)]
pub struct DedupeRequest {
    /// CSV or Parquet file.
    pub file: PathBuf,
    /// Model, identifier, seed, threads.
    pub settings: RunSettings,
    /// Where clusters go: `id,cluster`, in the order of the file; clusters count from 1.
    pub out: PathBuf,
    /// Where links go, if wanted: `left,right,match_weight,match_probability`.
    pub links: Option<PathBuf>,
}

/// Finds records of one person in a file and writes a cluster number for every record.
///
/// # Errors
/// Files or a model that cannot be used, or an output that cannot be written; nothing is written then.
pub fn dedupe(request: &DedupeRequest) -> Result<Report, LinkFileError> {
    on_threads(request.settings.threads, || {
        let mut run = run(&request.settings, &[&request.file], Search::Dedupe)?;
        let since = Instant::now();
        let clusters = run.linked.clusters(run.match_probability, &[]);
        run.linked.add_timing("cluster", since.elapsed().as_secs_f64());
        let since = Instant::now();
        let named: Vec<u32> = clusters.of_row.iter().map(|cluster| cluster + 1).collect();
        let links = request.links.as_deref().map(|path| write_links(&run, &run.linked.pairs, path));
        let links = links.transpose()?;
        let out = beside(&request.out, |out| write_clusters_named(&run, &named, 0, out))?;
        settle(run.trained.take().into_iter().chain(links).chain([out]))?;
        run.linked.add_timing("write", since.elapsed().as_secs_f64());
        Ok(Report::new(&run, Some(clusters.count as u64), clusters.forbidden, clusters.weak_bridges))
    })
}

/// Writes `id,cluster` for the rows from `from` on, with a number per row.
pub(crate) fn write_clusters_named(
    run: &Run,
    named: &[u32],
    from: usize,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    out.write_all(b"id,cluster\n")?;
    let mut line = Vec::new();
    for (row, cluster) in named.iter().enumerate() {
        line.clear();
        field(&mut line, &run.ids.get(from + row));
        writeln!(line, ",{cluster}")?;
        out.write_all(&line)?;
    }
    Ok(())
}

/// Writes `left,right,match_weight,match_probability`, ordered by the rows of the files, beside its place.
pub(crate) fn write_links(
    run: &Run,
    pairs: &[kekiz_linkage::ScoredPair],
    path: &Path,
) -> Result<Unfinished, LinkFileError> {
    let threshold = kekiz_linkage::weight_of(run.match_probability);
    let above = pairs.iter().filter(|pair| pair.weight >= threshold);
    let mut rows: Vec<(usize, usize, f64)> = above
        .map(|pair| {
            let (a, b) = (run.linked.row(pair.left), run.linked.row(pair.right));
            (a.min(b), a.max(b), pair.weight)
        })
        .collect();
    rows.sort_unstable_by_key(|(a, b, _)| (*a, *b));
    beside(path, |out| {
        out.write_all(b"left,right,match_weight,match_probability\n")?;
        let mut line = Vec::new();
        for (a, b, weight) in rows {
            line.clear();
            field(&mut line, &run.ids.get(a));
            line.push(b',');
            field(&mut line, &run.ids.get(b));
            writeln!(line, ",{weight:.4},{:.6}", kekiz_linkage::probability(weight))?;
            out.write_all(&line)?;
        }
        Ok(())
    })
}

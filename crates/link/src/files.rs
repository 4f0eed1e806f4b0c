//! `kekiz link files`: records of one person in two or more files.

use crate::LinkFileError;
use crate::dedupe::write_links;
use crate::report::Report;
use crate::run::{RunSettings, on_threads, run};
use crate::write::settle;
use kekiz_linkage::{Cardinality, Search};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What to link.
#[derive(Clone, Debug)]
pub struct FilesRequest {
    /// Two or more CSV or Parquet files; a record belongs to the file it stands in.
    pub files: Vec<PathBuf>,
    /// Model, identifier, seed, threads.
    pub settings: RunSettings,
    /// How many partners a record may have.
    pub cardinality: Cardinality,
    /// Where links go: `left,right,match_weight,match_probability`, left being of the earlier file.
    pub out: PathBuf,
}

/// Links the records of several files.
///
/// # Errors
/// Files or a model that cannot be used, or an output that cannot be written; nothing is written then.
pub fn link_files(request: &FilesRequest) -> Result<Report, LinkFileError> {
    on_threads(request.settings.threads, || {
        let paths: Vec<&Path> = request.files.iter().map(PathBuf::as_path).collect();
        let mut run = run(&request.settings, &paths, Search::Link)?;
        let since = Instant::now();
        let links = run.linked.links(run.match_probability, request.cardinality);
        run.linked.add_timing("assign", since.elapsed().as_secs_f64());
        let out = write_links(&run, &links.pairs, &request.out)?;
        settle(run.trained.take().into_iter().chain([out]))?;
        Ok(Report::new(&run, None, links.left_out, 0))
    })
}

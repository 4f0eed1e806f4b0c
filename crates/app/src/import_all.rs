//! Everything the configuration names, in its order; what did not change is skipped.

use crate::areas::import_areas;
use crate::error::AppError;
use crate::facilities::import_facilities;
use crate::figures::{file_digest, import_figures};
use crate::progress::Progress;
use crate::project::Project;
use crate::state::{State, digest};
use kekiz_base::Diagnostics;
use serde::Serialize;
use std::path::PathBuf;

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Entries of the configuration that were imported.
    pub imported: usize,
    /// Entries whose files and settings had not changed.
    pub unchanged: usize,
}

/// Imports areas, figures and facilities of the configuration. Each entry is all or nothing; the first refused
/// entry stops the work, what was finished before stays.
pub fn import_all(
    project: &Project,
    progress: &dyn Progress,
) -> Result<(ImportReport, Diagnostics), AppError> {
    let whole = project.published_folder().exists() && project.vault_folder().exists();
    project.vault_or_new()?;
    let state = if whole { State::load(project.folder()) } else { State::nothing() };
    let mut work = Work { project, state, report: ImportReport::default() };
    let mut findings = Diagnostics::new();
    let config = &project.config;
    for source in &config.areas {
        let settings = toml::to_string(source).unwrap_or_default();
        let members = config.members.as_ref().map(|members| project.resolve(&members.file));
        let files = source.files.iter().map(|file| project.resolve(file)).chain(members).collect();
        work.unless_finished(&format!("areas {}", source.geography), &settings, files, || {
            let (_, found) = import_areas(project, source, project.folder(), progress)?;
            findings.extend(found);
            Ok(())
        })?;
    }
    for source in &config.figures {
        let (file, mapping) = (project.resolve(&source.file), project.resolve(&source.mapping));
        work.unless_finished(&format!("figures {}", source.file.display()), "", vec![file, mapping], || {
            let (file, mapping) = (project.resolve(&source.file), project.resolve(&source.mapping));
            let (_, found) = import_figures(project, &file, &mapping, false, progress)?;
            findings.extend(found);
            Ok(())
        })?;
    }
    for source in &config.facilities {
        let (file, mapping) = (project.resolve(&source.file), project.resolve(&source.mapping));
        work.unless_finished(
            &format!("facilities {}", source.file.display()),
            "",
            vec![file, mapping],
            || {
                let (file, mapping) = (project.resolve(&source.file), project.resolve(&source.mapping));
                let (_, found) = import_facilities(project, &file, &mapping, progress)?;
                findings.extend(found);
                Ok(())
            },
        )?;
    }
    Ok((work.report, findings))
}

struct Work<'a> {
    project: &'a Project,
    state: State,
    report: ImportReport,
}

impl Work<'_> {
    fn unless_finished(
        &mut self,
        name: &str,
        settings: &str,
        files: Vec<PathBuf>,
        import: impl FnOnce() -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        let digests = files.iter().map(|file| file_digest(file)).collect::<Result<Vec<_>, _>>()?;
        let parts = std::iter::once(settings).chain(digests.iter().map(String::as_str)).map(str::as_bytes);
        let digest = digest(parts);
        if self.state.is_finished(name, &digest) {
            self.report.unchanged += 1;
            return Ok(());
        }
        import()?;
        self.state.finish(self.project.folder(), name, &digest);
        self.report.imported += 1;
        Ok(())
    }
}

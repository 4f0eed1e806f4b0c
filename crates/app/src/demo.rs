//! The shipped open data as an ordinary project folder.

use crate::error::{AppError, io_reason};
use crate::project::Project;
use std::collections::BTreeMap;
use std::path::Path;

/// Path in the project → content, ordered by path.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/demo_files.rs"));

/// Lists what the demo laid out, with digests, so that changed files are told from its own.
const LIST: &str = ".kekiz-demo.json";

/// Lays the demo out in a folder and opens it. Files that somebody changed since stay as they are; a folder
/// that holds another project is refused.
pub fn lay_out(folder: &Path) -> Result<Project, AppError> {
    let list = folder.join(LIST);
    let mut laid: BTreeMap<String, String> =
        std::fs::read(&list).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    if laid.is_empty() && folder.join(crate::config::FILE_NAME).exists() {
        return Err(AppError::Configuration(format!(
            "In „{}“ liegt schon ein anderer Atlas. Abhilfe: mit --store einen leeren Ordner angeben.",
            folder.display()
        )));
    }
    let mut changed = false;
    for (name, content) in FILES {
        let path = folder.join(name);
        let digest = crate::state::digest([*content]);
        let theirs = laid.get(*name).is_some_and(|old| {
            std::fs::read(&path).is_ok_and(|found| crate::state::digest([found.as_slice()]) != *old)
        });
        if theirs || (laid.get(*name) == Some(&digest) && path.exists()) {
            continue;
        }
        write(&path, content)?;
        laid.insert((*name).into(), digest);
        changed = true;
    }
    if changed {
        write(&list, &serde_json::to_vec_pretty(&laid).unwrap_or_default())?;
    }
    Ok(Project::open(folder)?)
}

fn write(path: &Path, content: &[u8]) -> Result<(), AppError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, content)).map_err(|error| {
        AppError::Store(format!(
            "„{}“ lässt sich nicht schreiben: {}. Abhilfe: Zugriffsrechte und freien Platz prüfen.",
            path.display(),
            io_reason(&error)
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_changed_stays_changed() {
        let folder = tempfile::tempdir().unwrap();
        let project = lay_out(folder.path()).unwrap();
        assert_eq!(project.config.version, 1);
        let readme = folder.path().join("README.md");
        std::fs::write(&readme, "meins").unwrap();
        let catalogue = folder.path().join("katalog/land.toml");
        std::fs::remove_file(&catalogue).unwrap();
        lay_out(folder.path()).unwrap();
        assert_eq!(std::fs::read_to_string(&readme).unwrap(), "meins");
        assert!(catalogue.exists());
    }

    #[test]
    fn another_project_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        Project::create(folder.path(), "Eigener").unwrap();
        assert!(lay_out(folder.path()).unwrap_err().to_string().contains("anderer Atlas"));
    }
}

//! Sends the made-up city through the real gate into a real store.

use crate::{area_layers, child_poverty, children, income, schools, social_index, youth_share};
use kekiz_base::Cube;
use kekiz_disclosure::{History, Policy, Refusal, protect};
use kekiz_lake::{LakeError, Published, SiteInfo};
use std::path::Path;

/// Why the city could not be published.
#[derive(Debug, thiserror::Error)]
pub enum TestkitError {
    /// The gate refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] LakeError),
    /// There is no directory to write to.
    #[error(transparent)]
    Directory(#[from] std::io::Error),
}

/// Publishes Musterstadt in a directory: child poverty and children with a minimum of 5 cases, the rest as already
/// published.
///
/// # Errors
/// A refusal of the gate or the store, which would be a fault of theirs or of the made-up figures.
pub fn publish_city(dir: &Path) -> Result<Published, TestkitError> {
    let published = Published::create(dir)?;
    for layer in area_layers() {
        published.add_areas(&layer)?;
    }
    let add = |cube: Option<Cube>, policy: &Policy| -> Result<(), TestkitError> {
        if let Some(cube) = cube {
            let (release, _) = protect(&cube, policy, &History::empty())?;
            published.add(&release)?;
        }
        Ok(())
    };
    add(child_poverty(), &Policy::min5())?;
    add(children(), &Policy::min5())?;
    let passed = Policy::published_source("Stadt Musterstadt");
    for cube in [youth_share(), income(), social_index()] {
        add(cube, &passed)?;
    }
    published.add_facilities(&schools())?;
    published.set_site(&SiteInfo {
        title: "Sozialatlas Musterstadt".into(),
        subtitle: "Kinder in Musterstadt".into(),
        operator: "Stadt Musterstadt".into(),
        contact: "statistik@example.org".into(),
        ..SiteInfo::default()
    })?;
    Ok(published)
}

/// Publishes Musterstadt in a new temporary directory, which lives as long as the first part of the result.
///
/// # Errors
/// As [`publish_city`], and when no temporary directory can be made.
pub fn published_city() -> Result<(tempfile::TempDir, Published), TestkitError> {
    let dir = tempfile::tempdir()?;
    let published = publish_city(&dir.path().join("published"))?;
    Ok((dir, published))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CANARIES;
    use kekiz_base::{Cell, IndicatorId};

    #[test]
    fn the_city_passes_the_gate_and_hides_its_canaries() {
        let (_dir, published) = published_city().unwrap();
        assert_eq!(published.indicators().len(), 5);
        let poverty = published.get(&IndicatorId::new("kinderarmut").unwrap()).unwrap();
        let suppressed = poverty.cells.iter().filter(|cell| matches!(cell, Cell::Suppressed { .. })).count();
        assert!(suppressed >= 18, "{suppressed} cells are suppressed");
        assert!(poverty.cells.iter().any(|cell| cell.value().is_some()));
        let text = format!("{:?}", poverty.cells);
        for canary in CANARIES {
            assert!(!text.contains(canary), "{canary}");
        }
    }

    #[test]
    fn canaries_are_true_numbers_of_the_cubes() {
        let cube = child_poverty().unwrap();
        let numbers: Vec<String> = cube
            .cells
            .iter()
            .filter_map(|cell| match cell {
                kekiz_base::CubeCell::Value { value, denominator, .. } => Some(format!(
                    "{} {}",
                    value.expose(),
                    denominator.map_or(0.0, kekiz_base::Sensitive::expose)
                )),
                kekiz_base::CubeCell::Missing(_) => None,
            })
            .collect();
        for canary in CANARIES {
            assert!(numbers.iter().any(|number| number.contains(canary)), "{canary}");
        }
    }
}

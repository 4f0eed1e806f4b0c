//! Person records and the atlas: areas for addresses, counts into the protected root, checks of the strongbox.

use crate::doctor::Check;
use crate::error::AppError;
use crate::figures::FiguresImported;
use crate::project::Project;
use geo_types::{Coord, MultiPolygon};
use kekiz_base::{AreaKey, AreaTree, DatasetInfo, GeographyId};
use kekiz_lake::Published;
use kekiz_microdata::{Address, AddressTable, AreaFinder, Nowhere};
use kekiz_persons::Counts;
use kekiz_spatial::project::Projector;
use kekiz_spatial::{AreaIndex, Crs};
use kekiz_strongbox::{Secrets, Strongbox, verify};
use kekiz_tables::TableFile;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// How addresses of records find their area. Both ways may be given; the list of addresses is asked first.
#[derive(Clone, Debug, Default)]
pub struct AddressSource<'a> {
    /// The municipality's list of addresses with their area.
    pub addresses: Option<&'a Path>,
    /// Geography of the atlas that points are looked up in; also the one keys are checked against.
    pub geography: Option<&'a str>,
    /// Reference system of points, as `EPSG:25832`; degrees without it.
    pub crs: Option<&'a str>,
}

/// Areas of the atlas with the way from a point to them.
struct Points<'a> {
    keys: Vec<&'a AreaKey>,
    index: AreaIndex<'a>,
    projector: Option<Projector>,
}

impl AreaFinder for Points<'_> {
    fn area(&self, address: &Address) -> Option<AreaKey> {
        let (x, y) = (address.x?, address.y?);
        let place = match &self.projector {
            Some(projector) => projector.transform_one(Coord { x, y }).ok()?,
            None => Coord { x, y },
        };
        self.index.locate(place.x, place.y).map(|at| self.keys[at].clone())
    }
}

/// The list of addresses first, then the point.
struct Both<'a> {
    table: Option<AddressTable>,
    points: Option<Points<'a>>,
}

impl AreaFinder for Both<'_> {
    fn area(&self, address: &Address) -> Option<AreaKey> {
        let listed = self.table.as_ref().and_then(|table| table.area(address));
        listed.or_else(|| self.points.as_ref()?.area(address))
    }
}

/// Hands a finder of areas and the keys of the areas that exist to `take`. Without a geography any key is taken.
///
/// # Errors
/// The list of addresses cannot be read, or there is no such geography or reference system.
pub fn with_areas<T>(
    project: &Project,
    source: &AddressSource<'_>,
    take: impl FnOnce(&dyn AreaFinder, &BTreeSet<AreaKey>) -> T,
) -> Result<T, AppError> {
    let table = match source.addresses {
        Some(path) => {
            let read = AddressTable::read(&TableFile::from_path(path));
            Some(read.map_err(|error| AppError::input(error.to_string()))?)
        }
        None => None,
    };
    let Some(geography) = source.geography else {
        let known = BTreeSet::new();
        return Ok(match table {
            Some(table) => take(&table, &known),
            None => take(&Nowhere, &known),
        });
    };
    let published = project.filled_published()?;
    let wanted = GeographyId::new(geography);
    if !published.geographies().contains(&wanted) {
        let known: Vec<String> = published.geographies().iter().map(|id| format!("„{id}“")).collect();
        return Err(AppError::input(format!(
            "Die Gliederung „{geography}“ ist nicht eingelesen; vorhanden sind {}. Abhilfe: --geography berichtigen oder die Grenzen mit „kekiz import areas“ einlesen.",
            known.join(", ")
        )));
    }
    let layer = published.layer(&wanted)?;
    let shapes: &[MultiPolygon<f64>] = &layer.shapes;
    let known: BTreeSet<AreaKey> = layer.areas.iter().map(|area| area.key.clone()).collect();
    let keys = layer.areas.iter().map(|area| &area.key).collect();
    let projector = projector(source.crs)?;
    let points = Points { keys, index: AreaIndex::new(shapes), projector };
    Ok(take(&Both { table, points: Some(points) }, &known))
}

fn projector(crs: Option<&str>) -> Result<Option<Projector>, AppError> {
    let Some(text) = crs else { return Ok(None) };
    let projector = text.parse::<Crs>().ok().and_then(|crs| Projector::new(crs, Crs::WGS84));
    projector.map(Some).ok_or_else(|| {
        AppError::input(format!("Das Koordinatensystem „{text}“ ist nicht bekannt. Abhilfe: zum Beispiel --crs EPSG:25832 angeben."))
    })
}

/// The areas of the atlas, for sums over districts and the city.
///
/// # Errors
/// The published root cannot be read. An atlas without areas gives an empty tree.
pub fn area_tree(project: &Project) -> Result<Arc<AreaTree>, AppError> {
    let folder = project.published_folder();
    Ok(if folder.exists() { Published::open(&folder)?.areas()? } else { Arc::default() })
}

/// Puts counts of person records into the protected root, from where `release` brings them through the gate.
///
/// # Errors
/// The protected root refuses.
pub fn store_counts(project: &Project, counts: &Counts) -> Result<FiguresImported, AppError> {
    let info = DatasetInfo {
        id: counts.dataset.clone(),
        source: counts.source.clone(),
        protected_by_publisher: false,
        file_name: String::new(),
        file_digest: counts.digest.clone(),
        mapping_digest: counts.digest.clone(),
    };
    let mut writer = project.vault_or_new()?.begin(info)?;
    writer.append(&counts.figures, &counts.dictionaries)?;
    writer.commit()?;
    Ok(FiguresImported {
        dataset: counts.dataset.clone(),
        figures: counts.figures.len() as u64,
        areas: counts.dictionaries.areas.entries().len(),
        periods: counts.dictionaries.periods.entries().len(),
        variables: counts.dictionaries.variables.entries().iter().map(ToString::to_string).collect(),
    })
}

/// The strongbox: its log of accesses, and with the key also whether everything opens.
pub(crate) fn checks(project: &Project, secrets: Option<&Secrets>) -> Vec<Check> {
    let folder = project.strongbox_folder();
    if !Strongbox::exists(&folder) {
        return Vec::new();
    }
    let outcome = verify(&folder, secrets).map_err(|error| error.to_string()).and_then(|report| {
        if !report.problems.is_empty() {
            return Err(report.problems.join(" "));
        }
        let how = if report.authenticated {
            "mit dem Schlüssel geprüft"
        } else {
            "nur die Kette geprüft; vollständig mit --key"
        };
        Ok(format!("{} Einträge, {how}", report.entries))
    });
    vec![Check::of("Zugriffsprotokoll der Personendaten", outcome)]
}

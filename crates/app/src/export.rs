//! Published figures into a file; the same files the pages offer.

use crate::error::AppError;
use crate::project::Project;
use kekiz_atlas::export::csv::{CsvOptions, csv};
use kekiz_atlas::export::json_stat::json_stat;
use kekiz_atlas::export::xlsx::xlsx;
use kekiz_atlas::table::TableQuery;
use kekiz_atlas::view::ViewQuery;
use kekiz_atlas::{Atlas, AtlasError};
use kekiz_base::{AreaKey, IndicatorId};
use kekiz_disk::Access;
use std::path::Path;

/// Width of an exported PNG in pixels.
const PNG_WIDTH: u32 = 1600;

/// Format of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Table as CSV.
    Csv,
    /// Table as XLSX.
    Xlsx,
    /// Areas with boundaries.
    Geojson,
    /// The release as Parquet.
    Parquet,
    /// Map as SVG.
    Svg,
    /// Map as PNG.
    Png,
    /// JSON-stat 2.0.
    JsonStat,
}

/// What to export.
#[derive(Clone, Debug)]
pub struct Request {
    /// Indicator.
    pub indicator: String,
    /// Level or geography; the whole release if `None` and the format is a table.
    pub level: Option<String>,
    /// Only areas inside this one.
    pub within: Option<String>,
    /// Period; all (tables) or the latest (maps) if `None`.
    pub period: Option<String>,
    /// Format.
    pub format: Format,
}

/// Writes the file and gives its size in bytes. The file appears only when it is complete.
pub fn write(project: &Project, request: &Request, out: &Path) -> Result<usize, AppError> {
    let atlas = Atlas::open(&project.published_folder())?;
    let bytes = export(&atlas, request)?;
    write_whole(out, &bytes)?;
    Ok(bytes.len())
}

fn export(atlas: &Atlas, request: &Request) -> Result<Vec<u8>, AppError> {
    let id = IndicatorId::new(&request.indicator).ok_or_else(|| AtlasError::UnknownIndicator {
        found: request.indicator.clone(),
        similar: Vec::new(),
    })?;
    let period = match &request.period {
        Some(text) => Some(
            text.parse()
                .map_err(|error: kekiz_base::period::PeriodError| AppError::input(error.to_string()))?,
        ),
        None => None,
    };
    let within = request.within.as_ref().map(AreaKey::new);
    let mut table = TableQuery::of(id.clone());
    table.level = request.level.clone();
    table.within = within.clone();
    table.period = period;
    let mut view = ViewQuery::of(id.clone());
    view.level = request.level.clone();
    view.within = within;
    view.period = period;
    let json = |value: serde_json::Value| serde_json::to_vec(&value).unwrap_or_default();
    Ok(match request.format {
        Format::Csv => csv(&atlas.table(&table)?, CsvOptions::default()),
        Format::Xlsx => xlsx(&atlas.table(&table)?)?,
        Format::Geojson => json(atlas.geojson(&atlas.table(&table)?)?),
        Format::JsonStat => json(json_stat(&atlas.table(&table)?)),
        Format::Parquet => atlas.parquet(&id)?,
        Format::Svg => atlas.svg(&atlas.view(&view)?).into_bytes(),
        Format::Png => atlas.png(&atlas.view(&view)?, PNG_WIDTH)?,
    })
}

/// Writes a file for others whole or not at all.
pub(crate) fn write_whole(out: &Path, bytes: &[u8]) -> Result<(), AppError> {
    kekiz_disk::replace(out, bytes, Access::Public).map_err(|cause| AppError::Store(cause.to_string()))
}

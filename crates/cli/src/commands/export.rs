//! `kekiz export`

use super::{open, refused};
use crate::arguments::{Export, ExportFormat};
use crate::outcome::Failure;
use crate::terminal::Terminal;
use kekiz_app::export::{Format, Request};

pub(super) fn run(arguments: &Export, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&arguments.store.store)?;
    let request = Request {
        indicator: arguments.indicator.clone(),
        level: arguments.level.clone(),
        within: arguments.within.clone(),
        period: arguments.period.clone(),
        format: match arguments.format {
            ExportFormat::Csv => Format::Csv,
            ExportFormat::Xlsx => Format::Xlsx,
            ExportFormat::Geojson => Format::Geojson,
            ExportFormat::Parquet => Format::Parquet,
            ExportFormat::Svg => Format::Svg,
            ExportFormat::Png => Format::Png,
            ExportFormat::JsonStat => Format::JsonStat,
        },
    };
    let bytes = kekiz_app::export::write(&project, &request, &arguments.out)
        .map_err(|error| refused(terminal, error))?;
    terminal.say(&format!("{} geschrieben ({bytes} Bytes).", arguments.out.display()));
    terminal.answer(&serde_json::json!({ "ok": true, "out": arguments.out, "bytes": bytes }));
    Ok(())
}

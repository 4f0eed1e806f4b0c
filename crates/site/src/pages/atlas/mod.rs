//! Maps: the list of themes, the page of one indicator, and its other views.

pub(crate) mod clusters;
pub(crate) mod controls;
pub(crate) mod figures;
mod geometry;
mod index;
pub(crate) mod query;
pub(crate) mod segregation;
mod show;
mod table;
mod views;

use crate::ask::Params;
use crate::pages::page;
use crate::state::SiteState;
use crate::words::segment;
use axum::Router;

/// `/atlas` and everything below it.
pub(crate) fn router() -> Router<SiteState> {
    Router::new()
        .route("/atlas", page(index::show))
        .route("/atlas/{indikator}", page(show::show))
        .route("/karte/{indikator}", page(geometry::show))
        .route("/atlas/{indikator}/streuung", page(views::scatter))
        .route("/atlas/{indikator}/bivariat", page(views::bivariate))
        .route("/atlas/{indikator}/trichter", page(views::funnel))
        .route("/atlas/{indikator}/haeufungen", page(clusters::show))
        .route("/atlas/{indikator}/trennung", page(segregation::show))
}

/// The anchor of an area of life on `/atlas`.
pub(crate) fn theme_anchor(name: &str) -> String {
    kekiz_atlas::wording::slug(name)
}

/// File formats of a view: name, what it is good for, address.
pub(crate) fn downloads(id: &str, params: &Params) -> Vec<(&'static str, &'static str, String)> {
    let names =
        ["ebene", "gebiet", "jahr", "gruppe", "methode", "klassen", "grenzen", "palette", "geglaettet"];
    let params = params.only(&names);
    [
        ("CSV", "csv", "Tabelle für jedes Programm"),
        ("XLSX", "xlsx", "Tabelle für Excel und LibreOffice"),
        ("GeoJSON", "geojson", "Gebiete mit Werten für Kartenprogramme"),
        ("Parquet", "parquet", "Spaltendatei für R, Python, DuckDB"),
        ("JSON-stat", "json", "Würfel für Statistikprogramme"),
        ("SVG", "svg", "Karte als Zeichnung, beliebig vergrößerbar"),
        ("PNG", "png", "Karte als Bild"),
    ]
    .into_iter()
    .map(|(name, ending, use_for)| {
        (name, use_for, params.url(&format!("/download/{}.{ending}", segment(id))))
    })
    .collect()
}

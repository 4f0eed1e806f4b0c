//! `/atlas/{indikator}`: the map of one indicator with everything that belongs to it.

use super::controls::Controls;
use super::figures::{self, LegendEntry, Ranks};
use super::query::AtlasAsk;
use super::table::Table;
use crate::ask::Ask;
use crate::layout::{Chrome, Section};
use crate::pages::{Page, PageError};
use crate::state::SiteState;
use crate::words;
use kekiz_atlas::facilities::FacilityView;
use kekiz_atlas::series::Series;
use kekiz_atlas::view::View;
use kekiz_base::{Area, Cell, IndicatorKind};
use kekiz_charts::Drawing;

/// The place the reader looks at.
struct Place {
    area: Area,
    text: String,
    interval: String,
    url: String,
    without: String,
}

#[derive(askama::Template)]
#[template(path = "atlas_show.html")]
struct Show<'a> {
    chrome: Chrome,
    view: &'a View,
    title: String,
    controls: Controls,
    map: Drawing,
    legend: Vec<LegendEntry>,
    place: Option<Place>,
    reference: Option<(String, String)>,
    ranks: Ranks,
    series: Option<(Series, [Drawing; 2])>,
    facilities: Option<(FacilityView, Drawing)>,
    table: Table,
    downloads: Vec<(&'static str, &'static str, String)>,
    others: Vec<(String, String)>,
    period: String,
    group: String,
    /// Where the movable map gets the same areas and classes from.
    geojson: String,
    scatter_url: String,
    bivariate_url: String,
    funnel_url: Option<String>,
    clusters_url: Option<String>,
    segregation_url: Option<String>,
    theme_url: String,
    permalink: String,
}

/// The page.
pub(crate) fn show(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let atlas = &state.atlas;
    let asked = AtlasAsk::parse(ask.segment("indikator"), &ask.params)?;
    let view = atlas.view(&asked.view).map_err(PageError::parameter)?;
    let meta = &view.meta;
    let map = figures::map(atlas, &view, &asked);
    let legend = figures::legend(&map.legend());
    let place = place(state, &view, &asked)?;
    let facilities = asked
        .facilities
        .as_deref()
        .map(|layer| figures::facilities(atlas, &view, layer))
        .transpose()
        .map_err(PageError::parameter)?;
    let path = words::indicator_url(meta.id.as_str());
    let level = view.levels.iter().find(|level| level.geography == view.geography);
    let level_title = level.map_or(view.level.plural(), |level| level.title.as_str());
    let title = format!("{}, {}, {}", meta.title, level_title, view.period);
    let chrome = Chrome::new(state, Section::Atlas, title)
        .describe(view.sentence.clone())
        .crumb("Karten und Themen", "/atlas")
        .crumb(
            meta.life_area.as_str(),
            format!("/atlas#{}", crate::pages::atlas::theme_anchor(&meta.life_area)),
        )
        .here(meta.plain_title.as_str());
    let with_level = asked
        .params
        .with("ebene", level.map(|level| level.slug.as_str()))
        .with("jahr", Some(&view.period.to_string()));
    let page = Show {
        title: if meta.plain_title.is_empty() { meta.title.clone() } else { meta.plain_title.clone() },
        controls: Controls::new(atlas, &view, &asked),
        map: map.draw(),
        legend,
        reference: view.reference.as_ref().map(|(area, cell)| (area.name.clone(), words::cell(meta, cell))),
        ranks: figures::ranking(&view, &asked),
        series: figures::series(atlas, &view, &asked)?,
        facilities,
        table: Table::new(&view, &asked),
        downloads: crate::pages::atlas::downloads(meta.id.as_str(), &with_level),
        others: others(state, &view),
        period: words::period(view.period),
        group: words::group(&view.group),
        geojson: with_level
            .only(&super::query::NAMES)
            .url(&format!("/karte/{}", words::segment(meta.id.as_str()))),
        scatter_url: with_level.only(&["ebene", "jahr"]).url(&format!("{path}/streuung")),
        bivariate_url: with_level.only(&["ebene", "jahr"]).url(&format!("{path}/bivariat")),
        funnel_url: has_counts(&view).then(|| {
            with_level.only(&["ebene", "gebiet", "jahr", "gruppe"]).url(&format!("{path}/trichter"))
        }),
        segregation_url: (meta.kind == IndicatorKind::Share && has_counts(&view)).then(|| {
            with_level.only(&["ebene", "gebiet", "jahr", "gruppe"]).url(&format!("{path}/trennung"))
        }),
        clusters_url: has_clusters(&view).then(|| {
            with_level
                .only(&["ebene", "gebiet", "jahr", "gruppe", "ort", "geglaettet"])
                .url(&format!("{path}/haeufungen"))
        }),
        theme_url: format!("/atlas#{}", crate::pages::atlas::theme_anchor(&meta.life_area)),
        permalink: with_level.only(&super::query::NAMES).url(&path),
        view: &view,
        place,
        chrome,
    };
    Page::html(&page)
}

fn has_counts(view: &View) -> bool {
    view.rows.iter().any(|row| {
        row.cell.figure().is_some_and(|figure| figure.numerator.is_some() && figure.denominator.is_some())
    })
}

/// Whether there are figures of enough areas with boundaries to look for clusters.
fn has_clusters(view: &View) -> bool {
    let mapped = view.levels.iter().any(|level| level.geography == view.geography && level.mapped);
    let mut values = view.rows.iter().filter_map(|row| row.value);
    let first = values.next();
    mapped
        && view.rows.iter().filter(|row| row.value.is_some()).count() > 3
        && values.any(|v| Some(v) != first)
}

fn place(state: &SiteState, view: &View, asked: &AtlasAsk) -> Result<Option<Place>, PageError> {
    let Some(key) = &asked.place else { return Ok(None) };
    let area = state.atlas.area(key).map_err(PageError::parameter)?.clone();
    let row = view.rows.iter().find(|row| row.area.key == *key);
    let (text, interval) = match row {
        Some(row) => {
            let figure = row.cell.figure();
            (words::cell(&view.meta, &row.cell), words::interval(&view.meta, figure))
        }
        None => ("liegt nicht unter den gezeigten Gebieten".to_string(), String::new()),
    };
    Ok(Some(Place {
        url: words::area_url(key.as_str()),
        without: asked.url_with("ort", None),
        area,
        text,
        interval,
    }))
}

/// Other indicators of the same area of life.
fn others(state: &SiteState, view: &View) -> Vec<(String, String)> {
    state
        .atlas
        .indicators()
        .filter(|meta| meta.life_area == view.meta.life_area && meta.id != view.meta.id)
        .map(|meta| (meta.plain_title.clone(), words::indicator_url(meta.id.as_str())))
        .collect()
}

impl Show<'_> {
    fn shown(&self) -> usize {
        self.view.rows.iter().filter(|row| matches!(row.cell, Cell::Shown(_))).count()
    }
}

//! The drawings of a map page and their legends.

use super::query::AtlasAsk;
use crate::words::{self, facility_url};
use kekiz_atlas::facilities::FacilityView;
use kekiz_atlas::map::MapStyle;
use kekiz_atlas::series::Series;
use kekiz_atlas::view::{Row, View};
use kekiz_atlas::{Atlas, AtlasError};
use kekiz_base::{AreaKey, Cell};
use kekiz_charts::{
    Choropleth, Drawing, Frame, Legend, MapPoint, PointMap, RankRow, Ranking, Reference, Swatch, Texture,
};

/// One entry of a legend as the page prints it.
pub(crate) struct LegendEntry {
    pub(crate) label: String,
    pub(crate) count: String,
    /// Colour of a class.
    pub(crate) fill: String,
    /// Kind of sample: `class`, `up` and `down` (with triangles), `hatch`, `dots`, `member`, `selected`, `border`, `point`.
    pub(crate) kind: &'static str,
}

/// A legend as a list of the page, so that it can be read, zoomed and searched like text.
pub(crate) fn legend(legend: &Legend) -> Vec<LegendEntry> {
    legend
        .items
        .iter()
        .map(|item| {
            let (kind, fill) = match &item.swatch {
                Swatch::Class(colour, Texture::Plain) => ("class", colour.to_string()),
                Swatch::Class(colour, Texture::Up) => ("up", colour.to_string()),
                Swatch::Class(colour, Texture::Down) => ("down", colour.to_string()),
                Swatch::Point(colour) => ("point", colour.to_string()),
                Swatch::Suppressed => ("hatch", String::new()),
                Swatch::Missing => ("dots", String::new()),
                Swatch::Highlight => ("member", String::new()),
                Swatch::Selected => ("selected", String::new()),
                Swatch::Outline => ("border", String::new()),
            };
            let count =
                item.count.map(|count| kekiz_base::number::german(count as f64, 0)).unwrap_or_default();
            LegendEntry { label: item.label.clone(), count, fill, kind }
        })
        .collect()
}

/// The map of a view. A click on an area chooses it as the place looked at.
pub(crate) fn map(atlas: &Atlas, view: &View, ask: &AtlasAsk) -> Choropleth {
    let href = |key: &AreaKey| ask.url_with("ort", Some(key.as_str()));
    atlas.map(
        view,
        &MapStyle {
            id: "karte".into(),
            href: Some(&href),
            selected: ask.place.iter().cloned().collect(),
            keyboard: false,
            members: true,
        },
    )
}

/// Areas shown in the ranking beside a map.
const RANKED: usize = 30;
/// Areas shown at each end when there are more.
const ENDS: usize = 10;

/// The ranking: all areas, or both ends with the place looked at.
pub(crate) struct Ranks {
    pub(crate) parts: Vec<(String, Drawing)>,
    pub(crate) left_out: usize,
}

/// Draws the ranking of a view.
pub(crate) fn ranking(view: &View, ask: &AtlasAsk) -> Ranks {
    let ranked: Vec<&Row> = view.ranking().into_iter().filter(|row| row.rank.is_some()).collect();
    let reference = view
        .reference
        .as_ref()
        .and_then(|(area, cell)| cell.value().map(|value| Reference { label: area.name.clone(), value }));
    let draw = |id: &str, title: &str, rows: &[&Row]| {
        Ranking {
            frame: Frame::new(id, title).with_width(340.0),
            unit: words::unit(&view.meta),
            rows: rows
                .iter()
                .map(|row| RankRow {
                    key: row.area.key.to_string(),
                    label: format!("{}. {}", row.rank.map_or(0, |rank| rank.place), row.area.name),
                    cell: coloured(view, row),
                    href: Some(words::area_url(row.area.key.as_str())),
                    highlight: ask.place.as_ref() == Some(&row.area.key),
                    band: None,
                })
                .collect(),
            reference: reference.clone(),
        }
        .draw()
    };
    if ranked.is_empty() {
        return Ranks { parts: Vec::new(), left_out: 0 };
    }
    if ranked.len() <= RANKED {
        return Ranks { parts: vec![(String::new(), draw("rang", "Rangfolge", &ranked))], left_out: 0 };
    }
    let (top, rest) = ranked.split_at(ENDS);
    let (middle, bottom) = rest.split_at(rest.len() - ENDS);
    let chosen: Vec<&Row> =
        middle.iter().copied().filter(|row| ask.place.as_ref() == Some(&row.area.key)).collect();
    let mut parts =
        vec![("Die ersten zehn".to_string(), draw("rang-oben", "Rangfolge: die ersten zehn", top))];
    if !chosen.is_empty() {
        parts.push(("Ihr Ort".into(), draw("rang-ort", "Rangfolge: Ihr Ort", &chosen)));
    }
    parts.push(("Die letzten zehn".into(), draw("rang-unten", "Rangfolge: die letzten zehn", bottom)));
    Ranks { left_out: middle.len() - chosen.len(), parts }
}

/// The cell with the number that is coloured and ranked: the smoothed one has no interval of its own.
fn coloured(view: &View, row: &Row) -> Cell {
    match (row.cell, row.value) {
        (Cell::Shown(mut figure), Some(value)) if view.smoothed => {
            figure.value = value;
            figure.interval = None;
            Cell::Shown(figure)
        }
        (cell, _) => cell,
    }
}

/// The series of the place looked at, for wide and narrow screens; without one, of the whole; without that, of the two ends of the ranking.
pub(crate) fn series(
    atlas: &Atlas,
    view: &View,
    ask: &AtlasAsk,
) -> Result<Option<(Series, [Drawing; 2])>, AtlasError> {
    if view.periods.len() < 2 {
        return Ok(None);
    }
    let areas: Vec<AreaKey> = if let Some(place) = &ask.place {
        vec![place.clone()]
    } else if let Some((area, Cell::Shown(_))) = &view.reference {
        vec![area.key.clone()]
    } else {
        let ranked: Vec<&Row> = view.ranking().into_iter().filter(|row| row.rank.is_some()).collect();
        let ends = [ranked.first(), ranked.last()];
        ends.into_iter().flatten().map(|row| row.area.key.clone()).collect()
    };
    if areas.is_empty() {
        return Ok(None);
    }
    let series = atlas.series(&view.meta.id, &areas, Some(&view.group))?;
    let shown =
        series.lines.iter().any(|line| line.cells.iter().filter(|cell| cell.value().is_some()).count() > 1);
    let drawings = [draw_series(&series, "reihe", 720.0), draw_series(&series, "reihe-schmal", NARROW)];
    Ok(shown.then_some((series, drawings)))
}

/// Width of drawings for narrow screens, on which a wide one would be too small to read.
pub(crate) const NARROW: f64 = 360.0;

/// Draws a series.
pub(crate) fn draw_series(series: &Series, id: &str, width: f64) -> Drawing {
    let mut chart = series.chart(id);
    chart.frame = Frame::new(id, format!("{} im Zeitverlauf", series.meta.title)).with_width(width);
    chart.unit = words::unit(&series.meta);
    for found in &mut chart.breaks {
        found.label = "Bruch".into();
    }
    chart.draw()
}

/// The facilities of a layer on the areas of a view.
pub(crate) fn facilities(
    atlas: &Atlas,
    view: &View,
    layer: &str,
) -> Result<(FacilityView, Drawing), AtlasError> {
    let within = view.within.as_ref().map(|area| &area.key);
    let found = atlas.facilities(layer, within)?;
    let drawing = point_map(atlas, &found, view.rows.iter().map(|row| &row.area.key)).draw();
    Ok((found, drawing))
}

/// A map of facilities over some areas.
pub(crate) fn point_map<'a>(
    atlas: &Atlas,
    found: &FacilityView,
    areas: impl IntoIterator<Item = &'a AreaKey>,
) -> PointMap {
    let place = found.within.as_ref().map_or("alle", |area| area.name.as_str());
    PointMap {
        frame: Frame::new("einrichtungskarte", format!("{}, {place}", found.layer.title)).with_width(1000.0),
        outlines: atlas.area_shapes(areas),
        points: found
            .facilities()
            .filter_map(|facility| {
                Some(MapPoint {
                    key: facility.id.clone(),
                    name: facility.name.clone(),
                    detail: facility.kind.clone(),
                    position: atlas.plane(facility.lon, facility.lat)?,
                    index: facility.index,
                    href: Some(facility_url(&found.layer.id, &facility.id)),
                    selected: false,
                })
            })
            .collect(),
        index_label: found.layer.index_label.clone().unwrap_or_default(),
        noun: ("Einrichtung".into(), "Einrichtungen".into()),
        keyboard: false,
    }
}

/// A facility as a point of the movable map.
pub(crate) fn point_feature(layer: &str, facility: &kekiz_lake::Facility) -> serde_json::Value {
    serde_json::json!({
        "type": "Feature",
        "properties": {
            "name": facility.name,
            "text": facility.kind,
            "url": facility_url(layer, &facility.id),
        },
        "geometry": { "type": "Point", "coordinates": [facility.lon, facility.lat] },
    })
}

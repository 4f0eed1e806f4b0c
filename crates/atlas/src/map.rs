//! Shapes as they are drawn: projected once per geography, thinned to what a drawing can show.

use crate::view::View;
use crate::{Atlas, AtlasError};
use geo_types::MultiPolygon;
use kekiz_base::{Area, AreaKey, GeographyId, IndicatorMeta};
use kekiz_charts::{Choropleth, ClassStyle, Colour, Frame, MapArea, Shape, Sheet, Texture, Unit};
use kekiz_lake::AreaLayer;
use kekiz_spatial::Crs;
use kekiz_spatial::project::{self, Projector};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// The shapes of a geography in metres (ETRS89 / UTM zone 32N), in the order of its layer.
#[derive(Debug)]
pub(crate) struct MapShapes {
    /// Every point.
    full: Vec<Shape>,
    /// Only the points that a drawing of the whole geography can tell apart.
    thinned: Vec<Shape>,
}

/// What a sheet shows.
#[derive(Debug, PartialEq, Eq, Hash)]
struct SheetKey {
    areas: Vec<AreaKey>,
    outlines: Vec<AreaKey>,
    whole: bool,
}

/// Sheets drawn so far. They depend on the areas alone, which are few against indicators and years.
#[derive(Debug, Default)]
pub(crate) struct Sheets(Mutex<HashMap<SheetKey, Arc<Sheet>>>);

/// Sheets kept; all are forgotten when there are more (a store with very many places).
const MOST_SHEETS: usize = 256;

impl Sheets {
    fn get(&self, ask: SheetKey, draw: impl FnOnce(&SheetKey) -> Sheet) -> Arc<Sheet> {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sheet) = kept().get(&ask) {
            return sheet.clone();
        }
        let sheet = Arc::new(draw(&ask));
        let mut kept = kept();
        if kept.len() >= MOST_SHEETS {
            kept.clear();
        }
        kept.insert(ask, sheet.clone());
        sheet
    }
}

/// Steps across the whole geography below which points fall together: finer than a drawing's own grid.
const STEPS: f64 = 2000.0;

impl MapShapes {
    pub(crate) fn of(layer: &AreaLayer) -> Self {
        let full: Vec<Shape> = layer
            .areas
            .iter()
            .zip(&layer.shapes)
            .map(|(area, shape)| {
                let planar = project::from_wgs84(shape, Crs::UTM32);
                let rings = planar.map_or_else(|_| Vec::new(), |planar| rings(&planar));
                Shape::new(area.key.as_str(), area.name.as_str(), rings)
            })
            .collect();
        let thinned = thin(&full);
        Self { full, thinned }
    }

    fn at(&self, position: usize, whole: bool) -> Option<&Shape> {
        if whole { self.thinned.get(position) } else { self.full.get(position) }
    }
}

fn rings(shape: &MultiPolygon<f64>) -> Vec<Vec<[f64; 2]>> {
    shape
        .0
        .iter()
        .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
        .map(|ring| ring.0.iter().map(|point| [point.x, point.y]).collect())
        .collect()
}

/// Snaps points to a fine common grid, so that shared borders stay shared, and drops repeats. Rings that fall
/// together are dropped, unless nothing of the area would remain.
fn thin(shapes: &[Shape]) -> Vec<Shape> {
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for [x, y] in shapes.iter().flat_map(|shape| shape.rings.iter().flatten()) {
        bounds = [bounds[0].min(*x), bounds[1].min(*y), bounds[2].max(*x), bounds[3].max(*y)];
    }
    let step = (bounds[2] - bounds[0]).max(bounds[3] - bounds[1]) / STEPS;
    if !(step.is_finite() && step > 0.0) {
        return shapes.to_vec();
    }
    let snap = |point: &[f64; 2]| {
        [
            bounds[0] + ((point[0] - bounds[0]) / step).round() * step,
            bounds[1] + ((point[1] - bounds[1]) / step).round() * step,
        ]
    };
    shapes
        .iter()
        .map(|shape| {
            let rings: Vec<Vec<[f64; 2]>> = shape
                .rings
                .iter()
                .map(|ring| {
                    let mut points: Vec<[f64; 2]> = ring.iter().map(snap).collect();
                    points.dedup();
                    points
                })
                .filter(|ring| ring.len() > 3)
                .collect();
            let rings = if rings.is_empty() { shape.rings.clone() } else { rings };
            Shape::new(shape.key.as_str(), shape.name.as_str(), rings)
        })
        .collect()
}

/// How a map is drawn.
#[derive(Clone)]
pub struct MapStyle<'a> {
    /// Begins every id in the drawing.
    pub id: String,
    /// Where a click on an area leads; `None` draws no links.
    pub href: Option<&'a dyn Fn(&AreaKey) -> String>,
    /// Outlined most strongly.
    pub selected: Vec<AreaKey>,
    /// Whether the tab key stops at every area.
    pub keyboard: bool,
    /// Whether municipalities of the initiative are outlined.
    pub members: bool,
}

impl Default for MapStyle<'_> {
    fn default() -> Self {
        Self { id: "karte".into(), href: None, selected: Vec::new(), keyboard: false, members: true }
    }
}

/// Borders of the next higher level are drawn when the areas lie in more of them than one and fewer than this.
const MOST_OUTLINES: usize = 80;

impl Atlas {
    /// The map of a view as a drawing that can still be changed.
    pub fn map(&self, view: &View, style: &MapStyle<'_>) -> Choropleth {
        let meta = &view.meta;
        let classes = view.classes.as_ref().map_or_else(Vec::new, |info| {
            let styles = info.colours.iter().zip(&info.labels).zip(textures(meta));
            styles
                .map(|((colour, label), texture)| ClassStyle {
                    fill: hex(colour),
                    texture,
                    label: label.clone(),
                })
                .collect()
        });
        let areas = view
            .rows
            .iter()
            .map(|row| MapArea {
                cell: row.cell,
                class: row.class,
                href: style.href.map(|href| href(&row.area.key)),
                highlight: style.members && row.member,
                selected: style.selected.contains(&row.area.key),
            })
            .collect();
        let parents = self.parents(view);
        let outline_label =
            parents.first().map_or_else(String::new, |parent| format!("Grenzen: {}", parent.level.plural()));
        let keys = view.rows.iter().map(|row| &row.area.key);
        let sheet = self.sheet(keys, parents.iter().map(|parent| &parent.key), view.within.is_none());
        Choropleth {
            frame: Frame::new(style.id.as_str(), map_title(view)).with_width(1000.0),
            unit: Unit::new(crate::wording::unit(meta), meta.decimals),
            classes,
            sheet,
            areas,
            keyboard: style.keyboard,
            highlight_label: "Kommunen der Initiative".into(),
            outline_label,
        }
    }

    /// The map of a view as SVG.
    pub fn map_svg(&self, view: &View, style: &MapStyle<'_>) -> String {
        self.map(view, style).draw().svg
    }

    /// The areas of the next higher level that the areas of a view lie in, if their borders help.
    fn parents(&self, view: &View) -> Vec<&Area> {
        let mut seen = HashSet::new();
        let parents: Vec<&Area> = view
            .rows
            .iter()
            .filter_map(|row| self.tree().get(row.area.parent.as_ref()?))
            .filter(|parent| seen.insert(&parent.key))
            .collect();
        if (2..=MOST_OUTLINES).contains(&parents.len()) { parents } else { Vec::new() }
    }

    /// The sheet of some areas with the borders of others over them; drawn once and kept.
    ///
    /// `whole` takes the shapes thinned for a drawing of the whole geography.
    pub fn sheet<'a>(
        &self,
        areas: impl IntoIterator<Item = &'a AreaKey>,
        outlines: impl IntoIterator<Item = &'a AreaKey>,
        whole: bool,
    ) -> Arc<Sheet> {
        let ask = SheetKey {
            areas: areas.into_iter().cloned().collect(),
            outlines: outlines.into_iter().cloned().collect(),
            whole,
        };
        self.sheets().get(ask, |ask| {
            let shape = |key: &AreaKey| {
                let known = self
                    .position(key)
                    .and_then(|(geography, position)| self.shapes(geography)?.at(*position, whole).cloned());
                known.unwrap_or_else(|| {
                    let name = self.tree().get(key).map_or("", |area| area.name.as_str());
                    Shape::new(key.as_str(), name, Vec::new())
                })
            };
            let draw = |keys: &[AreaKey]| keys.iter().map(shape).collect::<Vec<_>>();
            Sheet::of(&draw(&ask.areas), &draw(&ask.outlines))
        })
    }

    /// The shapes of areas for a drawing, in metres; areas without a shape are left out.
    pub fn area_shapes<'a>(&self, keys: impl IntoIterator<Item = &'a AreaKey>) -> Vec<Shape> {
        keys.into_iter()
            .filter_map(|key| {
                let (geography, position) = self.position(key)?;
                self.shapes(geography)?.at(*position, false).cloned()
            })
            .collect()
    }

    /// Position of a point in degrees in the plane of [`Atlas::area_shapes`]; `None` if it cannot be projected.
    pub fn plane(&self, lon: f64, lat: f64) -> Option<[f64; 2]> {
        let projector = Projector::new(Crs::WGS84, Crs::UTM32)?;
        let point = projector.transform_one(geo_types::Coord { x: lon, y: lat }).ok()?;
        Some([point.x, point.y])
    }

    /// The size of an area in km², from its shape.
    pub fn area_km2(&self, key: &AreaKey) -> Option<f64> {
        let (geography, position) = self.position(key)?;
        let shape = self.layer(geography).ok()?.shapes.get(*position)?;
        let size = kekiz_spatial::measure::area_km2(shape);
        (size.is_finite() && size > 0.0).then_some(size)
    }

    /// The areas of a geography as GeoJSON (RFC 7946) without figures.
    pub fn geometry(&self, geography: &GeographyId) -> Result<serde_json::Value, AtlasError> {
        let layer = self.layer(geography)?;
        Ok(crate::export::geojson::areas(layer, |_| BTreeMap::new()))
    }
}

/// The textures of the classes: those of status × dynamics tell its dynamics, all others have none.
fn textures(meta: &IndicatorMeta) -> Vec<Texture> {
    let styles = crate::classes::recipe_styles(meta);
    styles
        .map_or_else(|| vec![Texture::Plain; 12], |styles| styles.iter().map(|style| style.texture).collect())
}

/// Indicator, period and level in one line.
pub fn map_title(view: &View) -> String {
    let place = view.within.as_ref().map_or(String::new(), |area| format!(", {}", area.name));
    format!("{} {}{place}, {}", view.meta.title, view.period, view.level.plural())
}

/// A colour from `#rrggbb`; black for anything else.
fn hex(text: &str) -> Colour {
    let channel = |range: std::ops::Range<usize>| {
        text.get(range).and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or(0)
    };
    Colour::rgb(channel(1..3), channel(3..5), channel(5..7))
}

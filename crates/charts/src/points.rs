//! Point maps: facilities over the outlines of areas.

use crate::choropleth::over;
use crate::legend::OUTLINE;
use crate::palette::index_scale;
use crate::path::shape_paths;
use crate::shape::Fit;
use crate::svg::{Canvas, n};
use crate::words::count;
use crate::{Colour, Drawing, Frame, Legend, LegendItem, Shape, Swatch};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// One facility.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapPoint {
    /// Id of the facility.
    pub key: String,
    /// Name.
    pub name: String,
    /// What more the tooltip says ("Grundschule, Sozialindex 7"); may be empty.
    pub detail: String,
    /// Place in the coordinates of the outlines.
    pub position: [f64; 2],
    /// Index from 1 to 9; other numbers count as none.
    pub index: Option<u8>,
    /// Where a click leads.
    pub href: Option<String>,
    /// Drawn larger.
    pub selected: bool,
}

/// Facilities over outlines.
#[derive(Clone, Debug, PartialEq)]
pub struct PointMap {
    /// Place and title.
    pub frame: Frame,
    /// Areas under the points.
    pub outlines: Vec<Shape>,
    /// The facilities.
    pub points: Vec<MapPoint>,
    /// What the index is ("Schulsozialindex"); empty if points have none.
    pub index_label: String,
    /// What one facility and several are called.
    pub noun: (String, String),
    /// Whether the tab key stops at every point.
    pub keyboard: bool,
}

/// With more points than this none is drawn on its own.
const CROWDED: usize = 1500;
/// Points on a map without any index.
const PLAIN: Colour = Colour::rgb(0x17, 0x55, 0x7f);
/// Points without an index among others that have one.
const NO_INDEX: Colour = Colour::rgb(0xff, 0xff, 0xff);

fn index(point: &MapPoint) -> Option<usize> {
    point.index.filter(|i| (1..=9).contains(i)).map(|i| usize::from(i) - 1)
}

impl PointMap {
    /// Draws the map. Points lie in the order of their index, so that high values stay visible.
    pub fn draw(&self) -> Drawing {
        let mut canvas = Canvas::new(&self.frame);
        let positions = self.points.iter().map(|point| &point.position);
        let Some(fit) = Fit::new(self.outlines.iter().flat_map(Shape::points).chain(positions)) else {
            return canvas.empty("map");
        };
        let outlines = shape_paths(&fit, &self.outlines).concat();
        canvas.raw(&format!(r##"<path d="{outlines}" fill="#eef1f4" fill-rule="evenodd"/>"##));
        over(&mut canvas, &outlines, OUTLINE, 1.1);
        let radius = match self.points.len() {
            0..=60 => 13.0,
            61..=400 => 9.5,
            401..=1500 => 7.5,
            _ => 5.5,
        };
        let colours = index_scale();
        let without = if self.points.iter().any(|point| index(point).is_some()) { NO_INDEX } else { PLAIN };
        if self.is_crowded() {
            self.crowd(&mut canvas, &fit, radius, without);
            return canvas.finish("map", fit.size, self.sentence());
        }
        let mut order: Vec<&MapPoint> = self.points.iter().collect();
        order.sort_by_key(|point| (point.selected, index(point)));
        canvas.raw(&format!(r##"<g stroke="#1b1f24" stroke-width="{}">"##, n(radius / 8.0)));
        for point in order {
            let Some([x, y]) = fit.grid(point.position) else { continue };
            let mut label = point.name.clone();
            if !point.detail.is_empty() {
                label.push_str(&format!(", {}", point.detail));
            }
            let tag = canvas.open(point.href.as_deref(), &point.key, &label, self.keyboard);
            let fill = index(point).map_or(without, |i| colours[i]);
            let radius = if point.selected { radius * 1.8 } else { radius };
            canvas.circle(f64::from(x), f64::from(y), radius, &format!(r#"fill="{fill}""#));
            canvas.close(tag);
        }
        canvas.raw("</g>");
        canvas.finish("map", fit.size, self.sentence())
    }

    /// Whether there are too many points to point at one: they are then drawn without links and names.
    pub fn is_crowded(&self) -> bool {
        self.points.len() > CROWDED
    }

    /// All points of one index as one path of dots, each dot once, so that thousands stay a small drawing.
    fn crowd(&self, canvas: &mut Canvas, fit: &Fit, radius: f64, without: Colour) {
        let colours = index_scale();
        let mut dots: BTreeMap<Option<usize>, BTreeSet<[i32; 2]>> = BTreeMap::new();
        for point in &self.points {
            if let Some(place) = fit.grid(point.position) {
                dots.entry(index(point)).or_default().insert(place);
            }
        }
        canvas.raw(r#"<g fill="none" stroke-linecap="round">"#);
        for (number, (index, places)) in dots.iter().enumerate() {
            let mut path = String::new();
            let mut at = [0, 0];
            for [x, y] in places {
                let _ = write!(path, "m{} {}h0", x - at[0], y - at[1]);
                at = [*x, *y];
            }
            let fill = index.map_or(without, |i| colours[i]);
            let id = format!("{}-p{number}", canvas.id);
            canvas.raw(&format!(
                r##"<g stroke="#1b1f24" stroke-width="{}"><path id="{id}" d="{path}"/></g><use href="#{id}" stroke="{fill}" stroke-width="{}"/>"##,
                n(2.0 * radius + radius / 4.0),
                n(2.0 * radius - radius / 4.0),
            ));
        }
        canvas.raw("</g>");
    }

    fn sentence(&self) -> String {
        let mut out =
            format!("Karte {}: {}.", self.frame.title, count(self.points.len(), &self.noun.0, &self.noun.1));
        let known: Vec<usize> = self.points.iter().filter_map(index).collect();
        if let (Some(low), Some(high)) = (known.iter().min(), known.iter().max())
            && !self.index_label.is_empty()
        {
            out.push_str(&format!(" {} von {} bis {}.", self.index_label, low + 1, high + 1));
        }
        out
    }

    /// The legend: the index classes that occur, with their number of facilities.
    pub fn legend(&self) -> Legend {
        let colours = index_scale();
        let mut items: Vec<LegendItem> = (0..9)
            .filter_map(|i| {
                let number = self.points.iter().filter(|point| index(point) == Some(i)).count();
                (number > 0).then(|| LegendItem {
                    swatch: Swatch::Point(colours[i]),
                    label: format!("{} {}", self.index_label, i + 1).trim().to_string(),
                    count: Some(number),
                })
            })
            .collect();
        let without = self.points.iter().filter(|point| index(point).is_none()).count();
        if without > 0 {
            let colour = if items.is_empty() { PLAIN } else { NO_INDEX };
            let label = if items.is_empty() { self.noun.1.clone() } else { "ohne Index".into() };
            items.push(LegendItem { swatch: Swatch::Point(colour), label, count: Some(without) });
        }
        Legend { title: self.frame.title.clone(), items }
    }
}

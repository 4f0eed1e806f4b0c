//! The map of hits: numbered marks over the outlines of the areas around them, as one drawing.

use kekiz_atlas::Atlas;
use kekiz_base::{AreaKey, Level};
use std::fmt::Write;

/// A hit.
pub(crate) struct Mark {
    /// Its number in the list.
    pub(crate) number: usize,
    /// Its name.
    pub(crate) name: String,
    /// In metres, as [`Atlas::plane`] gives.
    pub(crate) position: [f64; 2],
}

/// Width and height of the drawing.
const SIZE: f64 = 800.0;
/// Room around the marks, in metres, at least.
const LEAST_ROOM: f64 = 900.0;

/// Part of the plane that is drawn, always a square.
#[derive(Clone, Copy)]
struct Window {
    left: f64,
    top: f64,
    side: f64,
}

impl Window {
    fn around(points: &[[f64; 2]]) -> Option<Self> {
        let first = points.first()?;
        let (mut low, mut high) = (*first, *first);
        for point in points {
            for axis in 0..2 {
                low[axis] = low[axis].min(point[axis]);
                high[axis] = high[axis].max(point[axis]);
            }
        }
        let extent = (high[0] - low[0]).max(high[1] - low[1]);
        let side = (extent * 1.25).max(extent + 2.0 * LEAST_ROOM);
        Some(Self { left: (low[0] + high[0] - side) / 2.0, top: (low[1] + high[1] + side) / 2.0, side })
    }

    fn at(&self, [x, y]: [f64; 2]) -> (f64, f64) {
        ((x - self.left) / self.side * SIZE, (self.top - y) / self.side * SIZE)
    }

    fn touches(&self, rings: &[Vec<[f64; 2]>]) -> bool {
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for [x, y] in rings.iter().flatten() {
            low = [low[0].min(*x), low[1].min(*y)];
            high = [high[0].max(*x), high[1].max(*y)];
        }
        low[0] <= self.left + self.side
            && high[0] >= self.left
            && low[1] <= self.top
            && high[1] >= self.top - self.side
    }
}

/// The drawing. Without marks an empty one. `centre` is the place that was searched around.
pub(crate) fn hit_map(atlas: &Atlas, marks: &[Mark], centre: Option<[f64; 2]>) -> String {
    let mut points: Vec<[f64; 2]> = marks.iter().map(|mark| mark.position).collect();
    points.extend(centre);
    let mut out = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" font-family="system-ui, sans-serif"><rect width="{SIZE}" height="{SIZE}" fill="#f6f8fa"/>"##
    );
    if let Some(window) = Window::around(&points) {
        ground(atlas, window, &mut out);
        if let Some(centre) = centre {
            let (x, y) = window.at(centre);
            let _ = write!(
                out,
                r##"<g fill="none" stroke="#1b1f24" stroke-width="3"><circle cx="{x:.1}" cy="{y:.1}" r="9"/><path d="M{x:.1} {:.1}v-8M{x:.1} {:.1}v8M{:.1} {y:.1}h-8M{:.1} {y:.1}h8"/></g>"##,
                y - 9.0,
                y + 9.0,
                x - 9.0,
                x + 9.0
            );
        }
        // Backwards, so that the best hit lies on top.
        for mark in marks.iter().rev() {
            let (x, y) = window.at(mark.position);
            let _ = write!(
                out,
                r##"<g><title>{}</title><circle cx="{x:.1}" cy="{y:.1}" r="17" fill="#123f5f" stroke="#fff" stroke-width="3"/><text x="{x:.1}" y="{:.1}" text-anchor="middle" font-size="18" font-weight="700" fill="#fff">{}</text></g>"##,
                escape(&mark.name),
                y + 6.5,
                mark.number
            );
        }
    }
    out.push_str("</svg>");
    out
}

/// Municipalities, and inside of those with marks their parts, with the names of the larger ones.
fn ground(atlas: &Atlas, window: Window, out: &mut String) {
    let tree = atlas.tree();
    let town: Vec<&AreaKey> = tree.level(Level::Gemeinde).map(|area| &area.key).collect();
    let part: Vec<&AreaKey> = tree.level(Level::Stadtteil).map(|area| &area.key).collect();
    let drawn = |keys: Vec<&AreaKey>| {
        let mut shapes = atlas.area_shapes(keys);
        shapes.retain(|shape| window.touches(&shape.rings));
        shapes
    };
    let (towns, parts) = (drawn(town), drawn(part));
    for (shapes, style) in [
        (&towns, r##"fill="#e6ebf0" stroke="#8693a0" stroke-width="2.5""##),
        (&parts, r##"fill="#eef2f6" stroke="#b3bdc7" stroke-width="1.5""##),
    ] {
        let mut path = String::new();
        for shape in shapes {
            for ring in &shape.rings {
                ring_path(ring, window, &mut path);
            }
        }
        if !path.is_empty() {
            let _ = write!(out, r#"<path d="{path}" {style} stroke-linejoin="round" fill-rule="evenodd"/>"#);
        }
    }
    let named = if parts.is_empty() || parts.len() > 40 { &towns } else { &parts };
    out.push_str(r##"<g font-size="19" fill="#4c545d" text-anchor="middle">"##);
    for shape in named {
        let corners: Vec<[f64; 2]> = shape.rings.iter().flatten().copied().collect();
        let Some(own) = Window::around(&corners) else { continue };
        let middle = [own.left + own.side / 2.0, own.top - own.side / 2.0];
        let (x, y) = window.at(middle);
        if (50.0..SIZE - 50.0).contains(&x) && (30.0..SIZE - 20.0).contains(&y) {
            let _ = write!(out, r#"<text x="{x:.0}" y="{y:.0}">{}</text>"#, escape(&shape.name));
        }
    }
    out.push_str("</g>");
}

/// A ring in whole units, points closer than one unit left out.
fn ring_path(ring: &[[f64; 2]], window: Window, path: &mut String) {
    let mut last = None;
    for point in ring {
        let (x, y) = window.at(*point);
        // Far outside nothing is seen; clamping keeps the numbers short.
        let at = (x.clamp(-400.0, SIZE + 400.0).round() as i32, y.clamp(-400.0, SIZE + 400.0).round() as i32);
        if last == Some(at) {
            continue;
        }
        let _ = write!(path, "{}{} {}", if last.is_none() { 'M' } else { 'L' }, at.0, at.1);
        last = Some(at);
    }
    path.push('Z');
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

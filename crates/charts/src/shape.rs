//! Shapes of areas and how they are fitted into a drawing.

/// The shape of an area in planar coordinates, x to the right (east), y up (north), in any unit (metres).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// Key of the area.
    pub key: String,
    /// Name of the area.
    pub name: String,
    /// All rings, outer ones and holes alike; the even-odd rule tells them apart. Whether a ring repeats its
    /// first point at its end does not matter.
    pub rings: Vec<Vec<[f64; 2]>>,
}

impl Shape {
    /// A shape from its rings.
    pub fn new(key: impl Into<String>, name: impl Into<String>, rings: Vec<Vec<[f64; 2]>>) -> Self {
        Self { key: key.into(), name: name.into(), rings }
    }

    pub(crate) fn points(&self) -> impl Iterator<Item = &[f64; 2]> {
        self.rings.iter().flatten().filter(|p| p[0].is_finite() && p[1].is_finite())
    }
}

/// Maps planar coordinates to whole units of the drawing. Equal points stay equal, so shared borders stay shared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fit {
    left: f64,
    top: f64,
    scale: f64,
    pad: f64,
    /// Size of the drawing in its own units.
    pub(crate) size: [f64; 2],
}

/// Units of a map's view box along its width. One unit is less than a pixel wherever the map is shown on a
/// phone, about a pixel on a large screen.
pub(crate) const MAP_WIDTH: f64 = 1000.0;
/// A map higher than this share of its width is made narrower.
const TALLEST: f64 = 1.5;

impl Fit {
    /// Fits all points; `None` if there are none.
    pub(crate) fn new<'a>(points: impl IntoIterator<Item = &'a [f64; 2]>) -> Option<Self> {
        let mut bounds: Option<[f64; 4]> = None;
        for [x, y] in points.into_iter().filter(|p| p[0].is_finite() && p[1].is_finite()) {
            bounds = Some(
                bounds.map_or([*x, *y, *x, *y], |b| [b[0].min(*x), b[1].min(*y), b[2].max(*x), b[3].max(*y)]),
            );
        }
        let [left, bottom, right, top] = bounds?;
        let (width, height) = (right - left, top - bottom);
        let pad = 12.0;
        let room = MAP_WIDTH - 2.0 * pad;
        let scale = (room / width).min(room * TALLEST / height);
        let scale = if scale.is_finite() && scale > 0.0 { scale } else { 1.0 };
        let tall = (height * scale).min(room * TALLEST).max(40.0);
        let left = left - (room / scale - width).max(0.0) / 2.0;
        let top = top + (tall / scale - height).max(0.0) / 2.0;
        Some(Self { left, top, scale, pad, size: [MAP_WIDTH, (tall + 2.0 * pad).ceil()] })
    }

    /// The place of a point, not rounded.
    pub(crate) fn place(&self, point: [f64; 2]) -> [f64; 2] {
        [(point[0] - self.left) * self.scale + self.pad, (self.top - point[1]) * self.scale + self.pad]
    }

    /// The place of a point on the grid of whole units.
    pub(crate) fn grid(&self, point: [f64; 2]) -> Option<[i32; 2]> {
        let [x, y] = self.place(point);
        let fits = |v: f64| v.is_finite() && v.abs() < 1e6;
        (fits(x) && fits(y)).then(|| [x.round() as i32, y.round() as i32])
    }
}

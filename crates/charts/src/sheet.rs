//! A map sheet: shapes fitted and written as path data once, for every map that is drawn of the same areas.

use crate::Shape;
use crate::path::shape_paths;
use crate::shape::Fit;

/// Shapes drawn together, ready to be coloured.
///
/// Fitting and thinning borders is most of the work of a map and depends on the shapes alone; maps of other
/// indicators and years share the sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// The areas, in the order they were given.
    pub(crate) areas: Vec<Trace>,
    /// Borders of a higher level, as one path.
    pub(crate) outlines: String,
    /// How many shapes those borders belong to.
    pub(crate) outlined: usize,
    /// Size of the drawing in its own units; `None` if there is no point to draw.
    pub(crate) size: Option<[f64; 2]>,
}

/// One area of a sheet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trace {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) path: String,
}

impl Sheet {
    /// Fits areas and the borders drawn over them. An area without a point keeps its place and draws nothing.
    pub fn of<'a>(
        areas: impl IntoIterator<Item = &'a Shape>,
        outlines: impl IntoIterator<Item = &'a Shape>,
    ) -> Self {
        let areas: Vec<&Shape> = areas.into_iter().collect();
        let outlines: Vec<&Shape> = outlines.into_iter().collect();
        let all = || areas.iter().chain(&outlines).copied();
        let trace =
            |shape: &Shape, path: String| Trace { key: shape.key.clone(), name: shape.name.clone(), path };
        let Some(fit) = Fit::new(all().flat_map(Shape::points)) else {
            let areas = areas.iter().map(|shape| trace(shape, String::new())).collect();
            return Self { areas, outlined: outlines.len(), ..Self::default() };
        };
        let mut paths = shape_paths(&fit, all());
        let over = paths.split_off(areas.len());
        Self {
            areas: areas.iter().zip(paths).map(|(shape, path)| trace(shape, path)).collect(),
            outlines: over.concat(),
            outlined: outlines.len(),
            size: Some(fit.size),
        }
    }

    /// Keys of the areas, in the order of the sheet.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.areas.iter().map(|area| area.key.as_str())
    }
}

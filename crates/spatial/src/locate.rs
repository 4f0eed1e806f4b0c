//! In which area a place lies.

use crate::measure::contains;
use geo::{BoundingRect, MultiPolygon, Point};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// Finds the area a place lies in, by an index over the boxes of the areas.
pub struct AreaIndex<'a> {
    shapes: &'a [MultiPolygon<f64>],
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
}

impl<'a> AreaIndex<'a> {
    /// An index over areas in WGS 84; empty shapes are never found.
    pub fn new(shapes: &'a [MultiPolygon<f64>]) -> Self {
        let boxes = shapes.iter().enumerate().filter_map(|(number, shape)| {
            let rect = shape.bounding_rect()?;
            let corners = Rectangle::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
            Some(GeomWithData::new(corners, number))
        });
        AreaIndex { shapes, tree: RTree::bulk_load(boxes.collect()) }
    }

    /// The position of the area a place lies in. On a border, and where areas overlap, the first in the order
    /// of the shapes; `None` outside of all of them.
    pub fn locate(&self, lon: f64, lat: f64) -> Option<usize> {
        if !lon.is_finite() || !lat.is_finite() {
            return None;
        }
        let hits = self.tree.locate_in_envelope_intersecting(AABB::from_point([lon, lat]));
        hits.map(|hit| hit.data).filter(|number| contains(&self.shapes[*number], Point::new(lon, lat))).min()
    }
}

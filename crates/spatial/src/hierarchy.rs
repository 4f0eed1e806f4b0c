//! Which larger area a smaller one lies in, by the shares of its area.

use crate::repair::tidy;
use geo::{Area, BooleanOps, BoundingRect, Coord, MapCoords, MultiPolygon};
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// How an area lies in the areas of a higher level.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// Position of the parent with the largest share; `None` if no parent covers any of it.
    pub parent: Option<usize>,
    /// Parents with their share of the child's area (0 to 1), largest first; shares below 0.0001 are left out.
    pub shares: Vec<(usize, f64)>,
}

impl Assignment {
    /// Share of the child's area in its parent.
    pub fn share(&self) -> f64 {
        self.shares.first().map_or(0.0, |(_, share)| *share)
    }

    /// Whether the child lies in one parent but for `slack` of its area (borders drawn differently).
    pub fn nests(&self, slack: f64) -> bool {
        self.parent.is_some() && self.shares.iter().skip(1).all(|(_, share)| *share <= slack)
    }
}

/// Longitude and the sine of latitude: areas in this plane are areas on the sphere (Lambert's cylindrical
/// projection), which is all that shares need.
fn equal_area(shape: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    shape.map_coords(|c| Coord { x: c.x.to_radians(), y: c.y.to_radians().sin() })
}

/// Assigns each child to the parent that holds the largest share of its area; the first of equals. All shapes
/// in WGS 84.
///
/// The shares tell whether two geographies nest: a child with 0.54 in one parent and 0.46 in another does not,
/// see [`Assignment::nests`].
pub fn assign_parents(children: &[MultiPolygon<f64>], parents: &[MultiPolygon<f64>]) -> Vec<Assignment> {
    let parents: Vec<MultiPolygon<f64>> = parents.iter().map(equal_area).collect();
    let boxes = parents.iter().enumerate().filter_map(|(number, shape)| {
        let rect = shape.bounding_rect()?;
        let corners = Rectangle::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
        Some(GeomWithData::new(corners, number))
    });
    let tree = RTree::bulk_load(boxes.collect());
    children.par_iter().map(|child| assign(&equal_area(child), &parents, &tree)).collect()
}

fn assign(
    child: &MultiPolygon<f64>,
    parents: &[MultiPolygon<f64>],
    tree: &RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
) -> Assignment {
    const LEAST: f64 = 1.0e-4;
    let whole = child.unsigned_area();
    let mut shares: Vec<(usize, f64)> = Vec::new();
    if let Some(rect) = child.bounding_rect().filter(|_| whole > 0.0) {
        let hull = AABB::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
        for hit in tree.locate_in_envelope_intersecting(hull) {
            let common = tidy(child.intersection(&parents[hit.data]));
            let share = (common.unsigned_area() / whole).min(1.0);
            if share >= LEAST {
                shares.push((hit.data, share));
            }
        }
    }
    shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    Assignment { parent: shares.first().map(|(parent, _)| *parent), shares }
}

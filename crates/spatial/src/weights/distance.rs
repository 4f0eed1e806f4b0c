//! Neighbours by distance: nearest, within a band, weighted by a kernel.
//!
//! Places are longitude and latitude in degrees; distances are great-circle metres on a sphere of
//! [`EARTH_RADIUS_M`]. A place that is not finite has no neighbours and is nobody's neighbour.

use super::{Weights, WeightsError};
use geo::Point;
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};

/// Mean radius of the earth in metres (IUGG).
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Share of a kernel's bandwidth at which weights begin and end; `u` is distance over bandwidth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// ½ for u ≤ 1.
    Uniform,
    /// 1 − u for u ≤ 1.
    Triangular,
    /// ¾ (1 − u²) for u ≤ 1 (Epanechnikov).
    Quadratic,
    /// 15/16 (1 − u²)² for u ≤ 1.
    Quartic,
    /// exp(−u²/2) / √(2π) for u ≤ 1, cut off there as PySAL does.
    Gaussian,
}

/// How wide a kernel is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bandwidth {
    /// The same number of metres everywhere.
    Metres(f64),
    /// The distance to the k-th nearest place, for each place its own.
    Nearest(usize),
}

impl Kernel {
    fn at(self, u: f64) -> f64 {
        let left = 1.0 - u * u;
        match self {
            _ if u > 1.0 => 0.0,
            Kernel::Uniform => 0.5,
            Kernel::Triangular => 1.0 - u,
            Kernel::Quadratic => 0.75 * left,
            Kernel::Quartic => 15.0 / 16.0 * left * left,
            Kernel::Gaussian => (-u * u / 2.0).exp() / std::f64::consts::TAU.sqrt(),
        }
    }
}

type Place = GeomWithData<[f64; 3], u32>;

/// A place on the unit sphere, where straight distance orders places as the great circle does.
fn on_sphere(point: Point<f64>) -> Option<[f64; 3]> {
    let (lon, lat) = (point.x().to_radians(), point.y().to_radians());
    let at = [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()];
    at.iter().all(|c| c.is_finite()).then_some(at)
}

fn index(points: &[Point<f64>]) -> (Vec<Option<[f64; 3]>>, RTree<Place>) {
    let places: Vec<Option<[f64; 3]>> = points.iter().map(|p| on_sphere(*p)).collect();
    let known = places.iter().enumerate().filter_map(|(i, at)| Some(Place::new((*at)?, i as u32)));
    let tree = RTree::bulk_load(known.collect());
    (places, tree)
}

/// Great-circle metres for a squared straight distance on the unit sphere.
fn metres(straight_2: f64) -> f64 {
    2.0 * (straight_2.sqrt() / 2.0).min(1.0).asin() * EARTH_RADIUS_M
}

fn straight_2(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

/// The `k` places nearest to each, with their distance; ties at the last place go to the earlier position.
fn nearest_of(places: &[Option<[f64; 3]>], tree: &RTree<Place>, k: usize) -> Vec<Vec<(u32, f64)>> {
    let one = |(own, at): (usize, &Option<[f64; 3]>)| {
        let Some(at) = at else { return Vec::new() };
        let mut found: Vec<(f64, u32)> = Vec::new();
        for (place, distance_2) in tree.nearest_neighbor_iter_with_distance_2(*at) {
            if found.len() >= k && found.last().is_some_and(|last| distance_2 > last.0) {
                break;
            }
            if place.data as usize != own {
                found.push((distance_2, place.data));
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        found.truncate(k);
        found.into_iter().map(|(distance_2, other)| (other, metres(distance_2))).collect()
    };
    places.iter().enumerate().map(one).collect()
}

/// Binary weights of the `k` nearest places. Not symmetric in general. With fewer than `k` others, all of them.
pub fn nearest(points: &[Point<f64>], k: usize) -> Result<Weights, WeightsError> {
    let (places, tree) = index(points);
    let binary = |row: Vec<(u32, f64)>| row.into_iter().map(|(other, _)| other).collect();
    Weights::binary(nearest_of(&places, &tree, k).into_iter().map(binary).collect())
}

fn within(places: &[Option<[f64; 3]>], tree: &RTree<Place>, own: usize, reach_m: f64) -> Vec<(u32, f64)> {
    let Some(at) = &places[own] else { return Vec::new() };
    let straight = 2.0 * (reach_m / (2.0 * EARTH_RADIUS_M)).min(std::f64::consts::FRAC_PI_2).sin();
    // A hair wider, then measured exactly, so that rounding loses nobody on the rim.
    let wide = straight * (1.0 + 1e-9) + 1e-12;
    let around = AABB::from_corners(at.map(|c| c - wide), at.map(|c| c + wide));
    tree.locate_in_envelope(around)
        .filter(|place| place.data as usize != own)
        .map(|place| (place.data, metres(straight_2(at, place.geom()))))
        .filter(|(_, distance)| *distance <= reach_m)
        .collect()
}

/// Binary weights of all places at most `reach_m` metres away. A reach that is not positive gives no neighbours.
pub fn distance_band(points: &[Point<f64>], reach_m: f64) -> Result<Weights, WeightsError> {
    let (places, tree) = index(points);
    let reach = if reach_m > 0.0 { reach_m } else { -1.0 };
    let row = |own| within(&places, &tree, own, reach).into_iter().map(|(other, _)| other).collect();
    Weights::binary((0..points.len()).map(row).collect())
}

/// Weights that fall with distance. The place itself is left out, as everywhere in this module.
///
/// Source: as PySAL's `Kernel` with `diagonal` left out; distances here are metres on the sphere.
pub fn kernel(points: &[Point<f64>], kernel: Kernel, bandwidth: Bandwidth) -> Result<Weights, WeightsError> {
    let (places, tree) = index(points);
    let weighted = |row: Vec<(u32, f64)>, width: f64| -> Vec<(u32, f64)> {
        let share = |distance: f64| if width > 0.0 { distance / width } else { 0.0 };
        row.into_iter().map(|(other, distance)| (other, kernel.at(share(distance)))).collect()
    };
    let rows = match bandwidth {
        Bandwidth::Metres(width) => (0..points.len())
            .map(|own| weighted(within(&places, &tree, own, if width > 0.0 { width } else { -1.0 }), width))
            .collect(),
        Bandwidth::Nearest(k) => nearest_of(&places, &tree, k)
            .into_iter()
            .map(|row| {
                let width = row.last().map_or(0.0, |(_, distance)| *distance);
                weighted(row, width)
            })
            .collect(),
    };
    Weights::from_rows(rows)
}

//! Neighbours by shared borders, on a topology that forgives small misfits.

use super::Weights;
use crate::topology::{Snapped, snapped};
use geo::MultiPolygon;

/// What counts as sharing a border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contiguity {
    /// A common point is enough.
    Queen,
    /// A common stretch of border is needed.
    Rook,
}

/// Binary weights from shapes in longitude and latitude.
///
/// Vertices nearer than 5 cm are one, and a vertex this near to a neighbour's border lies on it, so that borders
/// fit where one side has more vertices than the other. Two areas are rook neighbours when they share a side after
/// that, queen neighbours when they share a vertex. Empty shapes have no neighbours.
///
/// Differences: PySAL and GeoDa compare vertices exactly (or with a distance asked for) and miss borders whose
/// vertices differ; R spdep uses a tolerance in map units.
pub fn contiguity(shapes: &[MultiPolygon<f64>], kind: Contiguity) -> Weights {
    let Snapped { loops, owners } = snapped(shapes);
    let pairs = match kind {
        Contiguity::Queen => {
            let meets = loops.iter().zip(&owners).flat_map(|(ring, owner)| ring.iter().map(|v| (*v, *owner)));
            sharing(meets.collect())
        }
        Contiguity::Rook => {
            let mut sides = Vec::new();
            for (ring, owner) in loops.iter().zip(&owners) {
                let next = ring.iter().cycle().skip(1);
                let edges = ring.iter().zip(next).take(if ring.len() > 1 { ring.len() } else { 0 });
                sides.extend(
                    edges.map(|(a, b)| ((u64::from(*a.min(b)) << 32) | u64::from(*a.max(b)), *owner)),
                );
            }
            sharing(sides)
        }
    };
    Weights::symmetric(shapes.len(), pairs)
}

/// Pairs of owners of the same thing.
fn sharing<T: Ord + Copy>(mut owned: Vec<(T, u32)>) -> Vec<(u32, u32)> {
    owned.sort_unstable();
    owned.dedup();
    let mut pairs = Vec::new();
    for group in owned.chunk_by(|a, b| a.0 == b.0) {
        for (place, (_, a)) in group.iter().enumerate() {
            pairs.extend(group[place + 1..].iter().map(|(_, b)| (*a, *b)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

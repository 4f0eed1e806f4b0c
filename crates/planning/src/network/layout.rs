//! Places for a picture of the network.

use super::{Graph, components};
use kekiz_base::stream::stream;
use rand::RngExt;
use serde::{Deserialize, Serialize};

/// A place in the unit square.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// From left (0) to right (1).
    pub x: f64,
    /// From top (0) to bottom (1).
    pub y: f64,
}

const ROUNDS: usize = 300;

/// Places of all actors, each component laid out by itself and packed side by side, largest first.
///
/// Same graph and seed, same places. Every coordinate is finite and within 0 to 1; no two actors share a place.
/// Source: Fruchterman, T. M. J. and Reingold, E. M. (1991), "Graph drawing by force-directed placement",
/// Software: Practice and Experience 21, 1129-1164.
pub fn layout(graph: &Graph, seed: u64) -> Vec<Point> {
    let n = graph.neighbours.len();
    let mut places = vec![Point { x: 0.5, y: 0.5 }; n];
    let parts = components(graph);
    // A square per component, as wide as its number of actors needs, packed in rows.
    let total: f64 = parts.iter().map(|part| part.len() as f64).sum();
    let width = total.sqrt().max(parts.first().map_or(1.0, |part| (part.len() as f64).sqrt()));
    let (mut left, mut top, mut row, mut right) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    for (number, part) in parts.iter().enumerate() {
        let side = (part.len() as f64).sqrt();
        if left > 0.0 && left + side > width + 1e-9 {
            (left, top, row) = (0.0, top + row, 0.0);
        }
        for (actor, at) in part.iter().zip(forces(graph, part, seed, number as u64)) {
            places[*actor] = Point { x: left + at.x * side, y: top + at.y * side };
        }
        (left, row) = (left + side, row.max(side));
        right = right.max(left);
    }
    let size = right.max(top + row).max(f64::MIN_POSITIVE);
    places.into_iter().map(|p| Point { x: p.x / size, y: p.y / size }).collect()
}

/// Places of one connected component within 0.1 to 0.9.
fn forces(graph: &Graph, part: &[usize], seed: u64, number: u64) -> Vec<Point> {
    let n = part.len();
    if n == 1 {
        return vec![Point { x: 0.5, y: 0.5 }];
    }
    let mut rng = stream(seed, number);
    // Beginning on a circle, a little off, so that no two actors pull in exactly the same direction.
    let mut at: Vec<(f64, f64)> = (0..n)
        .map(|i| {
            let turn = std::f64::consts::TAU * i as f64 / n as f64;
            let mut off = || (rng.random::<f64>() - 0.5) * 0.05;
            (turn.cos() + off(), turn.sin() + off())
        })
        .collect();
    let position = |actor: usize| part.binary_search(&actor).ok();
    let edges: Vec<(usize, usize)> = part
        .iter()
        .enumerate()
        .flat_map(|(i, actor)| graph.neighbours[*actor].iter().map(move |(other, _)| (i, *other)))
        .filter_map(|(i, other)| position(other).filter(|j| *j > i).map(|j| (i, j)))
        .collect();
    let ideal = (4.0 / n as f64).sqrt();
    for round in 0..ROUNDS {
        let mut push = vec![(0.0, 0.0); n];
        let mut apply = |i: usize, j: usize, strength: f64, (dx, dy): (f64, f64)| {
            push[i].0 += dx * strength;
            push[i].1 += dy * strength;
            push[j].0 -= dx * strength;
            push[j].1 -= dy * strength;
        };
        for i in 0..n {
            for j in i + 1..n {
                let (dx, dy) = (at[i].0 - at[j].0, at[i].1 - at[j].1);
                let square = (dx * dx + dy * dy).max(1e-9);
                apply(i, j, ideal * ideal / square, (dx, dy));
            }
        }
        for (i, j) in &edges {
            let (dx, dy) = (at[*i].0 - at[*j].0, at[*i].1 - at[*j].1);
            apply(*i, *j, -(dx.hypot(dy)) / ideal, (dx, dy));
        }
        let step = 0.2 * (1.0 - round as f64 / ROUNDS as f64);
        for (place, push) in at.iter_mut().zip(&push) {
            let length = push.0.hypot(push.1).max(1e-12);
            let move_by = length.min(step) / length;
            place.0 += push.0 * move_by;
            place.1 += push.1 * move_by;
        }
    }
    fit(&at)
}

/// Moves and stretches points into 0.1 to 0.9, keeping their proportions.
fn fit(at: &[(f64, f64)]) -> Vec<Point> {
    let ends = |of: fn(&(f64, f64)) -> f64| {
        at.iter().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
    };
    let ((x0, x1), (y0, y1)) = (ends(|p| p.0), ends(|p| p.1));
    let size = (x1 - x0).max(y1 - y0).max(1e-12);
    let middle = (f64::midpoint(x0, x1), f64::midpoint(y0, y1));
    at.iter()
        .map(|(x, y)| Point { x: 0.5 + 0.8 * (x - middle.0) / size, y: 0.5 + 0.8 * (y - middle.1) / size })
        .collect()
}

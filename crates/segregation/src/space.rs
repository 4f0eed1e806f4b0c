//! Indices that know where units lie: concentration, centralisation, clustering, and exposure that fades with distance.
//!
//! `x` holds the focal group and `y` the rest, one entry per unit. All give `None` for slices of different length, when a
//! group is empty, or where the arithmetic has no answer. Source: Massey, D. S. and Denton, N. A. (1988), Social Forces
//! 67, 281-315, unless said otherwise.

use crate::Counts;
use crate::evenness::dissimilarity;
use crate::information::entropy;

/// Sums of both groups, if the slices belong together.
fn totals(x: &[f64], y: &[f64], more: &[f64]) -> Option<(f64, f64)> {
    let (all_x, all_y): (f64, f64) = (x.iter().sum(), y.iter().sum());
    let fits = x.len() == y.len() && x.len() == more.len() && more.iter().all(|v| v.is_finite() && *v >= 0.0);
    (fits && all_x > 0.0 && all_y > 0.0).then_some((all_x, all_y))
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// Delta: the share of the focal group that would have to move for it to be equally dense everywhere. `areas` in any
/// unit of surface.
pub fn delta(x: &[f64], y: &[f64], areas: &[f64]) -> Option<f64> {
    let (all_x, _) = totals(x, y, areas)?;
    let surface: f64 = areas.iter().sum();
    let sum: f64 = x.iter().zip(areas).map(|(x, a)| (x / all_x - a / surface).abs()).sum();
    finite(sum / 2.0)
}

/// Mean surfaces that [`absolute_concentration`] and [`relative_concentration`] compare with: of everybody in the smallest
/// and in the largest units that together hold as many persons as the focal group.
struct Extremes {
    smallest: f64,
    largest: f64,
}

fn extremes(x: &[f64], y: &[f64], areas: &[f64]) -> Extremes {
    let total: Vec<f64> = x.iter().zip(y).map(|(x, y)| x + y).collect();
    let (all, focal): (f64, f64) = (total.iter().sum(), x.iter().sum());
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|a, b| areas[*a].total_cmp(&areas[*b]));
    let mean = |order: &mut dyn Iterator<Item = &usize>| {
        let (mut persons, mut surface) = (0.0, 0.0);
        for unit in order {
            persons += total[*unit];
            surface += total[*unit] * areas[*unit];
            if persons / all >= focal / all {
                break;
            }
        }
        surface / persons
    };
    Extremes { smallest: mean(&mut order.iter()), largest: mean(&mut order.iter().rev()) }
}

/// Absolute concentration: 1 when the focal group lives in the smallest units possible, 0 in the largest.
pub fn absolute_concentration(x: &[f64], y: &[f64], areas: &[f64]) -> Option<f64> {
    let (all_x, _) = totals(x, y, areas)?;
    let Extremes { smallest, largest } = extremes(x, y, areas);
    let own: f64 = x.iter().zip(areas).map(|(x, a)| x * a / all_x).sum();
    finite(1.0 - (own - smallest) / (largest - smallest))
}

/// Relative concentration: above 0 when the focal group lives in smaller units than the rest, at most 1.
pub fn relative_concentration(x: &[f64], y: &[f64], areas: &[f64]) -> Option<f64> {
    let (all_x, all_y) = totals(x, y, areas)?;
    let Extremes { smallest, largest } = extremes(x, y, areas);
    let own: f64 = x.iter().zip(areas).map(|(x, a)| x * a / all_x).sum();
    let others: f64 = y.iter().zip(areas).map(|(y, a)| y * a / all_y).sum();
    finite((own / others - 1.0) / (smallest / largest - 1.0))
}

/// Twice the area between two cumulated shares, in the order of distance from the centre.
fn between(first: &[f64], second: &[f64], distances: &[f64]) -> f64 {
    let (all_a, all_b): (f64, f64) = (first.iter().sum(), second.iter().sum());
    let mut order: Vec<usize> = (0..first.len()).collect();
    order.sort_by(|a, b| distances[*a].total_cmp(&distances[*b]));
    let (mut a, mut b, mut sum) = (0.0, 0.0, 0.0);
    for (place, unit) in order.into_iter().enumerate() {
        let (next_a, next_b) = (a + first[unit] / all_a, b + second[unit] / all_b);
        if place > 0 {
            sum += a * next_b - next_a * b;
        }
        (a, b) = (next_a, next_b);
    }
    sum
}

/// Absolute centralisation, from −1 (at the rim) to 1 (in the centre): the focal group against the surface. `distances`
/// from the centre in any unit.
pub fn absolute_centralisation(x: &[f64], y: &[f64], areas: &[f64], distances: &[f64]) -> Option<f64> {
    totals(x, y, areas)?;
    totals(x, y, distances)?;
    finite(between(x, areas, distances))
}

/// Relative centralisation, from −1 to 1: the focal group against the rest.
pub fn relative_centralisation(x: &[f64], y: &[f64], distances: &[f64]) -> Option<f64> {
    totals(x, y, distances)?;
    finite(between(x, y, distances))
}

/// Morrill's D: dissimilarity less what neighbouring units have in common. `neighbours` gives pairs of units with the
/// weight of their border, each direction once; without pairs it is D. May be negative.
///
/// Source: Morrill, R. L. (1991), Geography Research Forum 11, 25-36; with lengths of borders as weights Wong (1993).
pub fn spatial_dissimilarity(
    x: &[f64],
    y: &[f64],
    neighbours: impl Iterator<Item = (usize, usize, f64)>,
) -> Option<f64> {
    let d = dissimilarity(x, y)?;
    let share = |unit: usize| if x[unit] + y[unit] > 0.0 { x[unit] / (x[unit] + y[unit]) } else { 0.0 };
    let (mut differences, mut weights) = (0.0, 0.0);
    for (a, b, weight) in neighbours.filter(|(a, b, _)| *a < x.len() && *b < x.len()) {
        differences += weight * (share(a) - share(b)).abs();
        weights += weight;
    }
    finite(if weights > 0.0 { d - differences / weights } else { d })
}

/// Isolation that fades with distance: the share of the own group among those whom a member of the focal group meets, if
/// meeting somebody of unit `j` from unit `i` is as likely as `proximity(i, j)` times the persons there.
///
/// Massey and Denton take `proximity = exp(−distance)`, with the distance within a unit as `(0.6 · surface)^½`. PySAL
/// segregation takes 1 − exp(−distance) and so weighs what is far; see the list of differences.
/// Source: Morgan, B. S. (1983), Area 15, 211-217.
pub fn distance_decay_isolation(
    x: &[f64],
    y: &[f64],
    proximity: impl Fn(usize, usize) -> f64,
) -> Option<f64> {
    let (all_x, _) = totals(x, y, x)?;
    let met = |i: usize| {
        let (own, all) = (0..x.len()).fold((0.0, 0.0), |(own, all), j| {
            let near = proximity(i, j);
            (own + near * x[j], all + near * (x[j] + y[j]))
        });
        if all > 0.0 { own / all } else { 0.0 }
    };
    finite((0..x.len()).filter(|i| x[*i] > 0.0).map(|i| x[i] / all_x * met(i)).sum())
}

/// Spatial proximity: mean nearness within both groups over that among all; 1 without clustering, above 1 when each group
/// lives nearer to itself than to the other. Source: White, M. J. (1986), Population Index 52, 198-221.
pub fn spatial_proximity(x: &[f64], y: &[f64], proximity: impl Fn(usize, usize) -> f64) -> Option<f64> {
    let (all_x, all_y) = totals(x, y, x)?;
    let (mut xx, mut yy, mut all) = (0.0, 0.0, 0.0);
    for i in 0..x.len() {
        for j in 0..x.len() {
            let near = proximity(i, j);
            xx += x[i] * x[j] * near;
            yy += y[i] * y[j] * near;
            all += (x[i] + y[i]) * (x[j] + y[j]) * near;
        }
    }
    let total = all_x + all_y;
    finite((xx / all_x + yy / all_y) / (all / total))
}

/// What each unit's surroundings look like: persons of each group, weighted by `proximity(i, j)` from unit `i` to `j`, itself
/// included. Negative or not finite proximities count as 0.
fn surroundings(counts: &Counts, proximity: impl Fn(usize, usize) -> f64) -> Vec<Vec<f64>> {
    let around = |i: usize| {
        let mut met = vec![0.0; counts.groups()];
        for j in 0..counts.units() {
            let near = proximity(i, j);
            if near > 0.0 && near.is_finite() {
                for (group, met) in met.iter_mut().enumerate() {
                    *met += near * counts.group(group)[j];
                }
            }
        }
        met
    };
    (0..counts.units()).map(around).collect()
}

/// Spatial information theory index H̃ for any number of groups: how much less diverse the surroundings of people are, on
/// average, than all together; 0 when all surroundings are alike, 1 when nobody meets another group. With a proximity of 1
/// within a unit and 0 to all others it is Theil's H. Units that meet nobody, because their proximity to all is 0, count as
/// not diverse. `None` when all persons belong to one group.
///
/// Source: Reardon, S. F. and O'Sullivan, D. (2004), Sociological Methodology 34, 121-162, equation 9.
pub fn spatial_information(counts: &Counts, proximity: impl Fn(usize, usize) -> f64) -> Option<f64> {
    let all = entropy(&counts.group_totals());
    let total = counts.total();
    let met = surroundings(counts, proximity);
    let persons = counts.unit_totals();
    let mean: f64 = persons.iter().zip(&met).map(|(persons, met)| persons / total * entropy(met)).sum();
    if all > 0.0 { finite(1.0 - mean / all) } else { None }
}

/// Spatial exposure of group `of` to group `to`: the share of `to` among those whom a member of `of` meets around the own
/// unit, on average. With `to = of` it is spatial isolation. `None` for groups that are not there, or when a member meets
/// nobody.
///
/// Source: Reardon and O'Sullivan (2004), equation 3.
pub fn spatial_exposure(
    counts: &Counts,
    of: usize,
    to: usize,
    proximity: impl Fn(usize, usize) -> f64,
) -> Option<f64> {
    if of >= counts.groups() || to >= counts.groups() {
        return None;
    }
    let all: f64 = counts.group(of).iter().sum();
    let met = surroundings(counts, proximity);
    let part = |(persons, met): (&f64, &Vec<f64>)| persons / all * met[to] / met.iter().sum::<f64>();
    finite(counts.group(of).iter().zip(&met).filter(|(persons, _)| **persons > 0.0).map(part).sum())
}

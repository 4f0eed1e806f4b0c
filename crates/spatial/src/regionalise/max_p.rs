//! Max-p: as many regions as a floor allows.

use super::{Floor, Group, Points, RegionaliseError, Regions, neighbours};
use crate::weights::Weights;
use kekiz_stats::draw::Generator;
use rayon::prelude::*;
use std::collections::VecDeque;

/// How to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxP {
    /// Random starts; more find more regions, or more alike ones.
    pub starts: u32,
    /// Moves without improvement after which the search ends.
    pub patience: u32,
    /// Seed: the same seed gives the same regions.
    pub seed: u64,
    /// Threads to use, 0 for all cores. The result does not depend on it.
    pub threads: usize,
}

impl Default for MaxP {
    fn default() -> Self {
        Self { starts: 99, patience: 99, seed: 1, threads: 0 }
    }
}

/// No region.
const NONE: usize = usize::MAX;

/// Groups areas into as many regions as possible such that each reaches the floor, and among those found into regions as
/// alike inside as possible.
///
/// Each start grows regions from areas in random order, adding the neighbour most like the region until the floor is
/// reached; areas left over join the region beside them that they are most like. The start with most regions, of several
/// the one with the smallest squared deviations, is improved by moving areas at borders (tabu search), which keeps every
/// region in one piece and above the floor. The problem is hard, so the number of regions found is a lower bound of the
/// best.
///
/// Source: Duque, J. C., Anselin, L. and Rey, S. J. (2012), Journal of Regional Science 52, 397-419. They measure likeness
/// by the distances of all pairs in a region, GeoDa and we by squared deviations from its mean.
///
/// # Errors
/// [`RegionaliseError`], in particular when a part of the map cannot reach the floor.
pub fn max_p(
    columns: &[Vec<f64>],
    weights: &Weights,
    floor: Floor,
    search: MaxP,
) -> Result<Regions, RegionaliseError> {
    let points = Points::new(columns, weights)?;
    floor.check(points.areas())?;
    let neighbours = neighbours(weights);
    check_parts(&neighbours, &floor)?;
    let start = |index: u32| {
        let label = grow(&points, &neighbours, &floor, &mut Generator::new(search.seed, u64::from(index)));
        let count = label.iter().max().map_or(0, |last| last + 1);
        (count, points.squares(&label, count), index, label)
    };
    let better = |a: (usize, f64, u32, Vec<usize>), b: (usize, f64, u32, Vec<usize>)| {
        let order = b.0.cmp(&a.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2));
        if order.is_le() { a } else { b }
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(search.threads).build();
    let pool = pool.map_err(|cause| RegionaliseError::Threads(cause.to_string()))?;
    let best = pool.install(|| (0..search.starts.max(1)).into_par_iter().map(start).reduce_with(better));
    let mut label = best.map_or_else(|| vec![0; points.areas()], |(_, _, _, label)| label);
    improve(&points, &neighbours, &floor, search.patience, &mut label);
    Ok(Regions::new(&points, &label))
}

/// Every part of the map must be able to reach the floor.
fn check_parts(neighbours: &[Vec<u32>], floor: &Floor) -> Result<(), RegionaliseError> {
    let mut seen = vec![false; neighbours.len()];
    for area in 0..neighbours.len() {
        if !seen[area] {
            seen[area] = true;
            let (mut open, mut sum) = (vec![area], 0.0);
            while let Some(next) = open.pop() {
                sum += floor.sizes[next];
                for other in neighbours[next].iter().map(|other| *other as usize) {
                    if !seen[other] {
                        seen[other] = true;
                        open.push(other);
                    }
                }
            }
            if sum < floor.least {
                return Err(RegionaliseError::PartTooSmall { area: area + 1 });
            }
        }
    }
    Ok(())
}

/// One random start.
fn grow(points: &Points, neighbours: &[Vec<u32>], floor: &Floor, random: &mut Generator) -> Vec<usize> {
    let mut order: Vec<u32> = (0..points.areas() as u32).collect();
    random.shuffle(&mut order);
    let mut label = vec![NONE; points.areas()];
    let mut groups: Vec<Group> = Vec::new();
    for seed in order.iter().map(|area| *area as usize) {
        if label[seed] != NONE {
            continue;
        }
        let region = groups.len();
        let mut group = Group::new(points.width);
        let (mut members, mut border): (Vec<usize>, Vec<usize>) = (Vec::new(), vec![seed]);
        let mut sum = 0.0;
        while sum < floor.least && !border.is_empty() {
            let far = |area: usize| if group.areas > 0.0 { group.off_mean(points.row(area)) } else { 0.0 };
            let nearest = (0..border.len()).reduce(|a, b| {
                let closer = far(border[b]).total_cmp(&far(border[a])).then(border[b].cmp(&border[a]));
                if closer.is_lt() { b } else { a }
            });
            let area = border.swap_remove(nearest.unwrap_or(0));
            label[area] = region;
            members.push(area);
            group.add(points.row(area));
            sum += floor.sizes[area];
            let fresh = neighbours[area].iter().map(|other| *other as usize);
            let fresh: Vec<usize> =
                fresh.filter(|other| label[*other] == NONE && !border.contains(other)).collect();
            border.extend(fresh);
        }
        if sum < floor.least {
            members.iter().for_each(|area| label[*area] = NONE);
        } else {
            groups.push(group);
        }
    }
    enclaves(points, neighbours, &order, &mut label, &mut groups);
    label
}

/// Areas that are in no region join the one beside them that they are most like.
fn enclaves(
    points: &Points,
    neighbours: &[Vec<u32>],
    order: &[u32],
    label: &mut [usize],
    groups: &mut [Group],
) {
    let mut open: VecDeque<usize> =
        order.iter().map(|area| *area as usize).filter(|area| label[*area] == NONE).collect();
    let mut passed = 0;
    while let Some(area) = open.pop_front() {
        let beside = neighbours[area].iter().map(|other| label[*other as usize]);
        let beside = beside.filter(|region| *region != NONE);
        let far = |region: usize| groups[region].off_mean(points.row(area));
        let nearest =
            beside.reduce(|a, b| if far(b).total_cmp(&far(a)).then(b.cmp(&a)).is_lt() { b } else { a });
        if let Some(region) = nearest {
            label[area] = region;
            groups[region].add(points.row(area));
            passed = 0;
        } else {
            open.push_back(area);
            passed += 1;
            // Cannot be: every part of the map reached the floor, so it holds a region.
            if passed > open.len() {
                break;
            }
        }
    }
}

/// The state of the local search.
struct Search<'a> {
    points: &'a Points,
    neighbours: &'a [Vec<u32>],
    floor: &'a Floor<'a>,
    groups: Vec<Group>,
    sizes: Vec<f64>,
}

/// A move of an area into another region, and by how much squared deviations rise.
#[derive(Clone, Copy)]
struct Move {
    rise: f64,
    area: usize,
    to: usize,
}

/// Moves areas at borders while that makes regions more alike; keeps the best arrangement seen.
fn improve(points: &Points, neighbours: &[Vec<u32>], floor: &Floor, patience: u32, label: &mut Vec<usize>) {
    let regions = label.iter().max().map_or(0, |last| last + 1);
    let mut search = Search {
        points,
        neighbours,
        floor,
        groups: vec![Group::new(points.width); regions],
        sizes: vec![0.0; regions],
    };
    for (area, region) in label.iter().enumerate() {
        search.groups[*region].add(points.row(area));
        search.sizes[*region] += floor.sizes[area];
    }
    let mut now = label.clone();
    let (mut height, mut lowest, mut idle) = (0.0_f64, 0.0_f64, 0);
    // Moves that would undo a recent one.
    let mut forbidden: VecDeque<(usize, usize)> = VecDeque::new();
    let scale = points.squares(&vec![0; now.len()], 1).max(f64::MIN_POSITIVE);
    while idle < patience {
        let Some(best) = search.best(&now, &forbidden, lowest - height - 1e-12 * scale) else { break };
        let from = now[best.area];
        search.shift(best, from, &mut now);
        height += best.rise;
        forbidden.push_back((best.area, from));
        if forbidden.len() > 10 {
            forbidden.pop_front();
        }
        if height < lowest - 1e-12 * scale {
            lowest = height;
            label.clone_from(&now);
            idle = 0;
        } else {
            idle += 1;
        }
    }
}

impl Search<'_> {
    /// The best move allowed; a forbidden one only when it leads below `record`.
    fn best(&self, label: &[usize], forbidden: &VecDeque<(usize, usize)>, record: f64) -> Option<Move> {
        let mut moves = Vec::new();
        for area in 0..label.len() {
            let from = label[area];
            if self.groups[from].areas < 2.0 || self.sizes[from] - self.floor.sizes[area] < self.floor.least {
                continue;
            }
            let mut beside: Vec<usize> =
                self.neighbours[area].iter().map(|other| label[*other as usize]).collect();
            beside.sort_unstable();
            beside.dedup();
            let point = self.points.row(area);
            let own = &self.groups[from];
            let falls = own.areas / (own.areas - 1.0) * own.off_mean(point);
            for to in beside.into_iter().filter(|to| *to != from) {
                let other = &self.groups[to];
                let rise = other.areas / (other.areas + 1.0) * other.off_mean(point) - falls;
                if rise < record || !forbidden.contains(&(area, to)) {
                    moves.push(Move { rise, area, to });
                }
            }
        }
        moves.sort_unstable_by(|a, b| a.rise.total_cmp(&b.rise).then((a.area, a.to).cmp(&(b.area, b.to))));
        moves.into_iter().find(|step| self.stays_whole(label, step.area))
    }

    /// Whether the region of an area stays in one piece without it.
    fn stays_whole(&self, label: &[usize], area: usize) -> bool {
        let region = label[area];
        let inside = |list: &[u32]| -> Vec<usize> {
            list.iter().map(|other| *other as usize).filter(|o| label[*o] == region && *o != area).collect()
        };
        let beside = inside(&self.neighbours[area]);
        let Some(start) = beside.first() else { return false };
        let mut seen = std::collections::HashSet::from([*start]);
        let mut open = vec![*start];
        let mut missing = beside.len() - 1;
        while let Some(next) = open.pop() {
            for other in inside(&self.neighbours[next]) {
                if seen.insert(other) {
                    missing -= usize::from(beside.contains(&other));
                    open.push(other);
                }
            }
            if missing == 0 {
                return true;
            }
        }
        missing == 0
    }

    fn shift(&mut self, step: Move, from: usize, label: &mut [usize]) {
        let point = self.points.row(step.area);
        self.groups[from].remove(point);
        self.groups[step.to].add(point);
        self.sizes[from] -= self.floor.sizes[step.area];
        self.sizes[step.to] += self.floor.sizes[step.area];
        label[step.area] = step.to;
    }
}

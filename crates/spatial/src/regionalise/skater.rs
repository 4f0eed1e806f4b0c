//! SKATER: cutting the tree of most alike neighbours.

use super::{Floor, Group, Points, RegionaliseError, Regions, neighbours};
use crate::weights::Weights;

/// A part of the tree and the cut that would help it most.
struct Part {
    /// Areas, each after the one it hangs from.
    order: Vec<u32>,
    best: Option<Cut>,
}

struct Cut {
    gain: f64,
    /// The edge between an area and the one it hangs from.
    below: u32,
    above: u32,
}

/// Groups areas into `regions` regions: the minimum spanning tree over neighbours, by the distance of their attributes, is
/// cut again and again where squared deviations fall most.
///
/// Parts of the map without a border between them are regions from the start. Of equally good edges and cuts the one that
/// comes first by the position of its areas is taken. With a floor, only cuts that leave both sides large enough are made.
///
/// Source: Assunção, R. M., Neves, M. C., Câmara, G. and da Costa Freitas, C. (2006), International Journal of
/// Geographical Information Science 20, 797-811. All cuts are tried, as in GeoDa, instead of the search among few of the
/// paper.
///
/// # Errors
/// [`RegionaliseError`].
pub fn skater(
    columns: &[Vec<f64>],
    weights: &Weights,
    regions: usize,
    floor: Option<Floor>,
) -> Result<Regions, RegionaliseError> {
    let points = Points::new(columns, weights)?;
    let areas = points.areas();
    if let Some(floor) = &floor {
        floor.check(areas)?;
    }
    let mut tree = spanning_tree(&points, weights);
    let mut parts: Vec<Part> = Vec::new();
    let mut seen = vec![false; areas];
    for area in 0..areas {
        if !seen[area] {
            let order = walk(area, &tree, &mut seen);
            if let Some(floor) = &floor
                && order.iter().map(|a| floor.sizes[*a as usize]).sum::<f64>() < floor.least
            {
                return Err(RegionaliseError::PartTooSmall { area: area + 1 });
            }
            parts.push(part(order, &tree, &points, floor.as_ref()));
        }
    }
    if regions < parts.len() || regions > areas {
        return Err(RegionaliseError::Count { wanted: regions, parts: parts.len(), areas });
    }
    while parts.len() < regions {
        let gain = |part: &Part| part.best.as_ref().map(|cut| cut.gain);
        let best = (0..parts.len()).filter(|at| parts[*at].best.is_some());
        let best = best.reduce(|a, b| if gain(&parts[b]) > gain(&parts[a]) { b } else { a });
        let Some((at, cut)) = best.and_then(|at| Some((at, parts[at].best.take()?))) else {
            return Err(RegionaliseError::Floor { possible: parts.len() });
        };
        tree[cut.below as usize].retain(|other| *other != cut.above);
        tree[cut.above as usize].retain(|other| *other != cut.below);
        let start = parts[at].order[0] as usize;
        for area in &parts[at].order {
            seen[*area as usize] = false;
        }
        let (first, second) = (walk(start, &tree, &mut seen), walk(cut.below as usize, &tree, &mut seen));
        parts[at] = part(first, &tree, &points, floor.as_ref());
        parts.push(part(second, &tree, &points, floor.as_ref()));
    }
    let mut label = vec![0; areas];
    for (region, part) in parts.iter().enumerate() {
        part.order.iter().for_each(|area| label[*area as usize] = region);
    }
    Ok(Regions::new(&points, &label))
}

/// Kruskal's tree: for each area the areas it is tied to.
fn spanning_tree(points: &Points, weights: &Weights) -> Vec<Vec<u32>> {
    let mut edges: Vec<(f64, u32, u32)> = Vec::with_capacity(weights.pairs());
    for (area, list) in neighbours(weights).iter().enumerate() {
        let later = list.iter().filter(|other| **other as usize > area);
        edges.extend(later.map(|other| (points.apart(area, *other as usize), area as u32, *other)));
    }
    edges.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut root: Vec<u32> = (0..points.areas() as u32).collect();
    let mut tree = vec![Vec::new(); points.areas()];
    for (_, a, b) in edges {
        let (first, second) = (find(&mut root, a), find(&mut root, b));
        if first != second {
            root[second.max(first) as usize] = first.min(second);
            tree[a as usize].push(b);
            tree[b as usize].push(a);
        }
    }
    tree
}

fn find(root: &mut [u32], mut area: u32) -> u32 {
    while root[area as usize] != area {
        root[area as usize] = root[root[area as usize] as usize];
        area = root[area as usize];
    }
    area
}

/// The areas of the tree around `start`, each after the one it hangs from.
fn walk(start: usize, tree: &[Vec<u32>], seen: &mut [bool]) -> Vec<u32> {
    let mut order = vec![start as u32];
    seen[start] = true;
    let mut next = 0;
    while next < order.len() {
        for other in &tree[order[next] as usize] {
            if !seen[*other as usize] {
                seen[*other as usize] = true;
                order.push(*other);
            }
        }
        next += 1;
    }
    order
}

/// Finds the best cut of a tree in one pass from its leaves.
fn part(order: Vec<u32>, tree: &[Vec<u32>], points: &Points, floor: Option<&Floor>) -> Part {
    let mut place = std::collections::HashMap::with_capacity(order.len());
    for (at, area) in order.iter().enumerate() {
        place.insert(*area, at);
    }
    let above: Vec<usize> = order
        .iter()
        .enumerate()
        .map(|(at, area)| {
            tree[*area as usize].iter().map(|other| place[other]).find(|p| *p < at).unwrap_or(0)
        })
        .collect();
    let size = |area: u32| floor.map_or(0.0, |floor| floor.sizes[area as usize]);
    let mut below: Vec<Group> = Vec::with_capacity(order.len());
    let mut sizes: Vec<f64> = Vec::with_capacity(order.len());
    for area in &order {
        let mut group = Group::new(points.width);
        group.add(points.row(*area as usize));
        below.push(group);
        sizes.push(size(*area));
    }
    for at in (1..order.len()).rev() {
        let (left, right) = below.split_at_mut(at);
        left[above[at]].join(&right[0]);
        sizes[above[at]] += sizes[at];
    }
    let mut best: Option<Cut> = None;
    for at in 1..order.len() {
        let least = floor.map_or(0.0, |floor| floor.least);
        if sizes[at] < least || sizes[0] - sizes[at] < least {
            continue;
        }
        let gain = below[at].between(&below[0].without(&below[at]));
        let cut = Cut { gain, below: order[at], above: order[above[at]] };
        if best.as_ref().is_none_or(|b| gain > b.gain || gain == b.gain && edge(&cut) < edge(b)) {
            best = Some(cut);
        }
    }
    Part { order, best }
}

fn edge(cut: &Cut) -> (u32, u32) {
    (cut.above.min(cut.below), cut.above.max(cut.below))
}

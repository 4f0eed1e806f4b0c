//! The cheapest change of one number that keeps every sum.
//!
//! In a tree crossed with one flat breakdown every number lies in at most two independent sums: the plane is a network
//! with sums as nodes and cells as arcs, and a change that keeps all sums is a cycle (Castro 2002, "Network flows
//! heuristics for complementary cell suppression"). In more dimensions such a cycle is carried out in several layers at
//! once: where the layers themselves keep their sums (a code less its sibling, a code and all above it), their product with a
//! cycle does, too. For every choice of a plane and of layers through a cell the cheapest cycle is found by Dijkstra's
//! algorithm; hidden cells are free. The hypercube method (Giessing and Repsilber 2002) uses the same products, but of two
//! layers in every dimension. Not every possible change is such a product; what is missed costs cells, never safety.

use super::dimension::Dimension;
use super::layout::Layout;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Changes of cells.
pub(crate) type Change = Vec<(u32, i64)>;

/// Price of a cell that may not change.
pub(crate) const NEVER: u64 = u64::MAX;
/// Most layers that are tried in one dimension.
const LAYERS: usize = 40;

/// What is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Ask {
    pub(crate) cell: u32,
    /// By how much the cell is to change, with its sign.
    pub(crate) step: i64,
    /// Whether the opposite change must be possible as well.
    pub(crate) both_ways: bool,
    /// Dearer changes are of no use.
    pub(crate) limit: u64,
}

/// What the finder looks at: for every cell its price ([`NEVER`], 0 when hidden) and how far it may fall.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) cost: &'a [u64],
    pub(crate) slack: &'a [i64],
}

/// Layers of one dimension that keep its sums, through one node: nodes with their sign.
type Layers = Vec<(u32, i64)>;

/// The places of all layers of several dimensions together, with their sign.
type Stack = Vec<(usize, i64)>;

/// Working memory and what never changes.
pub(crate) struct Finder {
    layout: Layout,
    layers: Vec<Vec<Vec<Layers>>>,
    planes: Vec<(usize, usize)>,
    distance: Vec<u64>,
    /// Plane node and arc (node of the tree, node of the breakdown) a path came by.
    origin: Vec<(u32, u32, u32)>,
    touched: Vec<u32>,
}

impl Finder {
    pub(crate) fn new(layout: &Layout) -> Self {
        let dimensions = &layout.dimensions;
        let layers = dimensions
            .iter()
            .map(|dimension| (0..dimension.len() as u32).map(|node| layers(dimension, node)).collect())
            .collect();
        let mut planes = Vec::new();
        for (tree, dimension) in dimensions.iter().enumerate() {
            for (flat, other) in dimensions.iter().enumerate() {
                let fits = tree != flat && dimension.is_tree() && other.is_flat();
                // Of two flat ones either order is the same plane.
                let twice = dimension.is_flat() && flat < tree;
                if fits && !twice && dimension.len() > 1 && other.len() > 1 {
                    planes.push((tree, flat));
                }
            }
        }
        let nodes =
            planes.iter().map(|&(tree, flat)| dimensions[tree].len() * dimensions[flat].len() + 1).max();
        let nodes = nodes.unwrap_or(0);
        Self {
            layout: layout.clone(),
            layers,
            planes,
            distance: vec![NEVER; nodes],
            origin: vec![(u32::MAX, 0, 0); nodes],
            touched: Vec::new(),
        }
    }

    /// The cheapest change found, with its price.
    pub(crate) fn find(&mut self, field: Field<'_>, ask: Ask) -> Option<(Change, u64)> {
        let cell = ask.cell as usize;
        let dimensions = self.layout.dimensions.len();
        let mut best: Option<(Change, u64)> = None;
        let mut limit = ask.limit;
        let nodes: Vec<u32> = (0..dimensions).map(|at| self.layout.node(cell, at)).collect();
        let mut tasks: Vec<(u64, usize, Stack)> = Vec::new();
        for (number, &(tree, flat)) in self.planes.iter().enumerate() {
            let mut stacks: Vec<Stack> = vec![vec![(0, 1)]];
            for at in (0..dimensions).filter(|&at| at != tree && at != flat) {
                let stride = self.layout.stride(at);
                let choices = &self.layers[at][nodes[at] as usize];
                stacks = stacks
                    .iter()
                    .flat_map(|stack| {
                        choices.iter().map(move |layers| {
                            let layer = |&(place, sign): &(usize, i64)| {
                                layers
                                    .iter()
                                    .map(move |&(node, own)| (place + node as usize * stride, sign * own))
                            };
                            stack.iter().flat_map(layer).collect()
                        })
                    })
                    .collect();
            }
            let own = nodes[tree] as usize * self.layout.stride(tree)
                + nodes[flat] as usize * self.layout.stride(flat);
            for stack in stacks {
                if let Some(least) = price(field, &stack, own, ask.step, ask.both_ways) {
                    tasks.push((least, number, stack));
                }
            }
        }
        if self.planes.is_empty() {
            return self.find_in_layers(field, ask);
        }
        // The cheapest beginnings first, so that the others are cut short.
        tasks.sort_unstable();
        for (least, number, stack) in tasks {
            if least >= limit {
                break;
            }
            let plane = self.planes[number];
            if let Some((arcs, paid)) = self.cycle(field, plane, &stack, &nodes, ask, least, limit) {
                limit = paid;
                let change = arcs.iter().flat_map(|&(place, amount)| {
                    stack.iter().map(move |&(offset, sign)| ((place + offset) as u32, amount * sign))
                });
                best = Some((change.collect(), paid));
                if paid == 0 {
                    break;
                }
            }
        }
        best
    }

    /// Without a plane (one dimension, or only trees): products of layers alone.
    fn find_in_layers(&self, field: Field<'_>, ask: Ask) -> Option<(Change, u64)> {
        let mut stacks: Vec<Stack> = vec![vec![(0, 1)]];
        for at in 0..self.layout.dimensions.len() {
            let stride = self.layout.stride(at);
            let choices = &self.layers[at][self.layout.node(ask.cell as usize, at) as usize];
            let mut next = Vec::with_capacity(stacks.len() * choices.len());
            for stack in &stacks {
                for layers in choices {
                    let layer = |&(place, sign): &(usize, i64)| {
                        layers.iter().map(move |&(node, own)| (place + node as usize * stride, sign * own))
                    };
                    next.push(stack.iter().flat_map(layer).collect());
                }
            }
            stacks = next;
        }
        let priced = stacks.into_iter().filter_map(|stack| {
            Some((price(field, &stack, 0, ask.step, ask.both_ways)?, stack))
                .filter(|(paid, _)| *paid < ask.limit)
        });
        let (paid, stack) = priced.min()?;
        Some((stack.into_iter().map(|(place, sign)| (place as u32, sign * ask.step)).collect(), paid))
    }

    /// The cheapest cycle of a plane through the asked cell, in a stack of layers; arcs as place and amount.
    #[allow(clippy::too_many_arguments, reason = "one search, called from one place")]
    fn cycle(
        &mut self,
        field: Field<'_>,
        (tree, flat): (usize, usize),
        stack: &[(usize, i64)],
        nodes: &[u32],
        ask: Ask,
        least: u64,
        limit: u64,
    ) -> Option<(Vec<(usize, i64)>, u64)> {
        let width = self.layout.dimensions[flat].len() as u32;
        let size = self.layout.dimensions[tree].len() as u32;
        let (stride_tree, stride_flat) = (self.layout.stride(tree), self.layout.stride(flat));
        for node in self.touched.drain(..) {
            self.distance[node as usize] = NEVER;
        }
        let hierarchy = &self.layout.dimensions[tree];
        let is_leaf = |u: u32| hierarchy.breakdowns(u).next().is_none();
        let lower = |u: u32, v: u32| if is_leaf(u) { u * width } else { u * width + v };
        let ground = size * width;
        let upper = |u: u32, v: u32| match hierarchy.parents(u).first() {
            Some(&parent) => parent * width + v,
            None => ground,
        };
        let (own_tree, own_flat) = (nodes[tree], nodes[flat]);
        // A part flows upwards with its own sign, a total against it.
        let (from, to) = if own_flat != 0 {
            (upper(own_tree, own_flat), lower(own_tree, own_flat))
        } else {
            (lower(own_tree, own_flat), upper(own_tree, own_flat))
        };
        let mut heap = BinaryHeap::new();
        self.distance[from as usize] = least;
        self.touched.push(from);
        heap.push(Reverse((least, from)));
        while let Some(Reverse((paid, at))) = heap.pop() {
            if paid >= limit {
                return None;
            }
            if paid > self.distance[at as usize] {
                continue;
            }
            if at == to {
                break;
            }
            let mut step = |u: u32, v: u32, rising: bool| {
                if u == own_tree && v == own_flat {
                    return;
                }
                let next = if rising { upper(u, v) } else { lower(u, v) };
                let amount = if rising == (v != 0) { ask.step } else { -ask.step };
                let place = u as usize * stride_tree + v as usize * stride_flat;
                let Some(cost) = price(field, stack, place, amount, ask.both_ways) else { return };
                // Among equal cycles the shorter one.
                let total = paid + cost + u64::from(cost > 0);
                if total < limit && total < self.distance[next as usize] {
                    if self.distance[next as usize] == NEVER {
                        self.touched.push(next);
                    }
                    self.distance[next as usize] = total;
                    self.origin[next as usize] = (at, u, v);
                    heap.push(Reverse((total, next)));
                }
            };
            if at == ground {
                (0..width).for_each(|v| step(0, v, false));
                continue;
            }
            let (u, v) = (at / width, at % width);
            if is_leaf(u) {
                (0..width).for_each(|v| step(u, v, true));
            } else {
                step(u, v, true);
                for children in hierarchy.breakdowns(u) {
                    children.iter().for_each(|&child| step(child, v, false));
                }
            }
        }
        let paid = self.distance[to as usize];
        if paid == NEVER || paid >= limit {
            return None;
        }
        let place = |u: u32, v: u32| u as usize * stride_tree + v as usize * stride_flat;
        let mut arcs = vec![(place(own_tree, own_flat), ask.step)];
        let mut at = to;
        while at != from {
            let (before, u, v) = self.origin[at as usize];
            let rising = at == upper(u, v) && before == lower(u, v);
            arcs.push((place(u, v), if rising == (v != 0) { ask.step } else { -ask.step }));
            at = before;
        }
        Some((arcs, paid))
    }
}

/// Price of changing one place in all layers, `None` where a cell may not change or would fall too far.
fn price(
    field: Field<'_>,
    stack: &[(usize, i64)],
    place: usize,
    amount: i64,
    both_ways: bool,
) -> Option<u64> {
    let mut total = 0;
    for &(offset, sign) in stack {
        let cell = place + offset;
        let cost = field.cost[cell];
        let falls = both_ways || sign * amount < 0;
        if cost == NEVER || (falls && field.slack[cell] < amount.abs()) {
            return None;
        }
        total += cost;
    }
    Some(total)
}

/// The layers through a node: itself and all above one of its finest codes, as they are or less those of a finest code
/// beside it.
fn layers(dimension: &Dimension, node: u32) -> Vec<Layers> {
    let below = dimension.leaves_below(node);
    let parents = dimension.parents(node);
    let beside: Vec<u32> = dimension
        .leaves()
        .iter()
        .copied()
        .filter(|&leaf| {
            let above = dimension.above(leaf);
            above.binary_search(&node).is_err()
                && parents.iter().any(|parent| above.binary_search(parent).is_ok())
        })
        .collect();
    let mut found: Vec<Layers> = Vec::new();
    // Pairs of siblings before whole branches.
    for &other in &beside {
        for &leaf in &below {
            if found.len() >= LAYERS {
                break;
            }
            let (plus, minus) = (dimension.above(leaf), dimension.above(other));
            let mut layers: Layers = plus
                .iter()
                .filter(|node| minus.binary_search(node).is_err())
                .map(|&node| (node, 1))
                .collect();
            layers.extend(
                minus.iter().filter(|node| plus.binary_search(node).is_err()).map(|&node| (node, -1)),
            );
            if layers.contains(&(node, 1)) {
                found.push(layers);
            }
        }
    }
    found.extend(
        below
            .iter()
            .take(LAYERS)
            .map(|&leaf| dimension.above(leaf).iter().map(|&node| (node, 1)).collect::<Layers>()),
    );
    found
}

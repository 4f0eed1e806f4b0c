//! Simplification that keeps shared borders shared.

use crate::project::METRES_PER_DEGREE;
use crate::repair;
use crate::segments::{distance_squared, turn};
use crate::topology::{Ring, Topology, Vertex};
use geo::{Coord, CoordsIter, MultiPolygon, Orientation};
use rstar::{AABB, RTree};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// Simplifies areas (WGS 84) together: no border moves by more than `tolerance_m` metres, borders that two areas
/// share stay the same for both, junctions of borders stay where they are.
///
/// Vertices are taken away in the order of Visvalingam and Whyatt (1993), smallest triangle first, as long as
/// the border stays within the tolerance of where it was and the triangle holds no other vertex; the latter
/// keeps every ring free of self-intersections and every area on its side of the border. No ring ever loses its
/// last three corners, so neither areas nor their islands nor holes vanish.
///
/// Vertices nearer than 5 cm are taken for one, and a vertex within 5 cm of a neighbour's border for part of
/// it. Borders that do not match more closely than that (each area simplified on its own before) are
/// simplified one by one. Shapes come back in the same order; a tolerance that is not
/// positive, or a coordinate that is not finite, changes nothing.
pub fn simplify(shapes: &[MultiPolygon<f64>], tolerance_m: f64) -> Vec<MultiPolygon<f64>> {
    let finite = shapes.iter().flat_map(CoordsIter::coords_iter).all(|c| c.x.is_finite() && c.y.is_finite());
    if tolerance_m.is_nan() || tolerance_m <= 0.0 || !finite {
        return shapes.to_vec();
    }
    let topology = Topology::new(shapes);
    let ranges = topology.rings_of_shapes();
    let mut fixed: BTreeSet<usize> = BTreeSet::new();
    // The second and third pass only happen for input that was not valid or has borders within the 5 cm.
    for _ in 0..3 {
        let arcs = Thinning::new(&topology, &fixed, tolerance_m).run();
        let out = topology.shapes(&arcs);
        let bad: Vec<usize> = (0..out.len()).filter(|i| !repair::is_valid(&out[*i])).collect();
        if bad.is_empty() {
            return out;
        }
        let before = fixed.len();
        for ring in bad.iter().flat_map(|shape| &topology.rings[ranges[*shape].clone()]) {
            if let Ring::Arcs(parts) = ring {
                fixed.extend(parts.iter().map(|(arc, _)| *arc));
            }
        }
        if fixed.len() == before {
            return keep_valid(out, shapes);
        }
    }
    let arcs = Thinning::new(&topology, &fixed, tolerance_m).run();
    keep_valid(topology.shapes(&arcs), shapes)
}

/// Shapes that came out invalid are given back as they were.
fn keep_valid(out: Vec<MultiPolygon<f64>>, shapes: &[MultiPolygon<f64>]) -> Vec<MultiPolygon<f64>> {
    let pairs = out.into_iter().zip(shapes);
    pairs.map(|(new, old)| if repair::is_valid(&new) { new } else { old.clone() }).collect()
}

/// One removable vertex: its arc and its place in it.
struct Node {
    arc: usize,
    position: usize,
    previous: usize,
    next: usize,
}

#[derive(PartialEq)]
struct Candidate {
    area: f64,
    node: usize,
    /// Number of the look at this node; older ones in the heap are stale.
    look: u32,
}

impl Eq for Candidate {}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.area.total_cmp(&other.area).then(self.node.cmp(&other.node)).then(self.look.cmp(&other.look))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

struct Thinning<'a> {
    topology: &'a Topology,
    tolerance_m: f64,
    nodes: Vec<Node>,
    looks: Vec<u32>,
    /// Whether a node may go; ends of arcs may not.
    removable: Vec<bool>,
    gone: Vec<bool>,
    /// Whether a vertex still is part of a border.
    alive: Vec<bool>,
    /// Rings that use an arc, and corners left of each ring.
    users: Vec<Vec<usize>>,
    corners: Vec<usize>,
    index: RTree<Vertex>,
}

impl<'a> Thinning<'a> {
    fn new(topology: &'a Topology, fixed: &BTreeSet<usize>, tolerance_m: f64) -> Self {
        let mut nodes = Vec::new();
        let mut removable = Vec::new();
        for (arc, ids) in topology.arcs.iter().enumerate() {
            for position in 0..ids.len() {
                let here = nodes.len();
                nodes.push(Node { arc, position, previous: here.wrapping_sub(1), next: here + 1 });
                removable.push(position > 0 && position + 1 < ids.len() && !fixed.contains(&arc));
            }
        }
        let mut users = vec![Vec::new(); topology.arcs.len()];
        let mut corners = vec![0; topology.rings.len()];
        let mut frozen = Vec::new();
        for (number, ring) in topology.rings.iter().enumerate() {
            match ring {
                Ring::Arcs(parts) => {
                    for (arc, _) in parts {
                        users[*arc].push(number);
                        corners[number] += topology.arcs[*arc].len() - 1;
                    }
                }
                Ring::AsItWas(line) => {
                    frozen.extend(line.0.iter().map(|at| Vertex { at: *at, id: u32::MAX }))
                }
            }
        }
        let vertices = topology.vertices.iter().enumerate();
        let numbered = vertices.map(|(id, at)| Vertex { at: *at, id: u32::try_from(id).unwrap_or(u32::MAX) });
        let mut alive = vec![false; topology.vertices.len()];
        for id in topology.arcs.iter().flatten() {
            alive[*id as usize] = true;
        }
        Thinning {
            topology,
            tolerance_m,
            looks: vec![0; nodes.len()],
            gone: vec![false; nodes.len()],
            nodes,
            removable,
            alive,
            users,
            corners,
            index: RTree::bulk_load(numbered.chain(frozen).collect()),
        }
    }

    fn vertex(&self, node: usize) -> u32 {
        let node = &self.nodes[node];
        self.topology.arcs[node.arc][node.position]
    }

    fn coord(&self, node: usize) -> Coord<f64> {
        self.topology.vertices[self.vertex(node) as usize]
    }

    fn candidate(&self, node: usize) -> Candidate {
        let Node { previous, next, .. } = self.nodes[node];
        let (a, b, c) = (self.coord(previous), self.coord(node), self.coord(next));
        let area = ((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)).abs();
        Candidate { area, node, look: self.looks[node] }
    }

    fn run(mut self) -> Vec<Vec<u32>> {
        let all = (0..self.nodes.len()).filter(|node| self.removable[*node]);
        let mut heap: BinaryHeap<Reverse<Candidate>> =
            all.map(|node| Reverse(self.candidate(node))).collect();
        while let Some(Reverse(Candidate { node, look, .. })) = heap.pop() {
            if self.gone[node] || self.looks[node] != look || !self.may_go(node) {
                continue;
            }
            self.gone[node] = true;
            let vertex = self.vertex(node) as usize;
            self.alive[vertex] = false;
            let Node { arc, previous, next, .. } = self.nodes[node];
            for ring in &self.users[arc] {
                self.corners[*ring] -= 1;
            }
            self.nodes[previous].next = next;
            self.nodes[next].previous = previous;
            for neighbour in [previous, next] {
                if self.removable[neighbour] {
                    self.looks[neighbour] += 1;
                    heap.push(Reverse(self.candidate(neighbour)));
                }
            }
        }
        let mut out: Vec<Vec<u32>> = vec![Vec::new(); self.topology.arcs.len()];
        for (number, node) in self.nodes.iter().enumerate() {
            if !self.gone[number] {
                out[node.arc].push(self.topology.arcs[node.arc][node.position]);
            }
        }
        out
    }

    fn may_go(&self, node: usize) -> bool {
        let Node { arc, previous, next, .. } = self.nodes[node];
        self.users[arc].iter().all(|ring| self.corners[*ring] > 3)
            && self.stays_near(arc, previous, next)
            && self.is_free(previous, node, next)
    }

    /// Whether all original vertices between two nodes lie within the tolerance of the straight line.
    fn stays_near(&self, arc: usize, previous: usize, next: usize) -> bool {
        let flat = |c: Coord<f64>| Coord {
            x: c.x * self.topology.squeeze * METRES_PER_DEGREE,
            y: c.y * METRES_PER_DEGREE,
        };
        let (a, b) = (flat(self.coord(previous)), flat(self.coord(next)));
        let between = self.nodes[previous].position + 1..self.nodes[next].position;
        let limit = self.tolerance_m * self.tolerance_m;
        self.topology.arcs[arc][between]
            .iter()
            .all(|id| distance_squared(flat(self.topology.vertices[*id as usize]), a, b) <= limit)
    }

    /// Whether the triangle that would be cut off holds no other vertex.
    fn is_free(&self, previous: usize, node: usize, next: usize) -> bool {
        let corners = [previous, node, next].map(|n| self.coord(n));
        let ids = [previous, node, next].map(|n| self.vertex(n));
        if ids[0] == ids[2] {
            return false;
        }
        let [a, b, c] = corners;
        let hull = AABB::from_points(&corners.map(|c| [c.x, c.y]));
        let inside = |p: Coord<f64>| {
            let turns = [turn(a, b, p), turn(b, c, p), turn(c, a, p)];
            !(turns.contains(&Orientation::Clockwise) && turns.contains(&Orientation::CounterClockwise))
        };
        self.index.locate_in_envelope(hull).all(|vertex| {
            let known = ids.contains(&vertex.id) || corners.contains(&vertex.at);
            let dead = vertex.id != u32::MAX && !self.alive[vertex.id as usize];
            known || dead || !inside(vertex.at)
        })
    }
}

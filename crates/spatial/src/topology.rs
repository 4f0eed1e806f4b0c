//! Areas as a network of shared arcs: what one border separates is stored once.
//!
//! Source of the idea: M. Bostock, "How To Infer Topology" (2013); vertices where the set of neighbours changes
//! are junctions, and arcs run between junctions.

use crate::project::METRES_PER_DEGREE;
use crate::segments::{Segment, around, distance_squared};
use geo::{BoundingRect, Coord, LineString, MultiPolygon, Polygon};
use rstar::{RTree, RTreeObject};
use std::collections::{BTreeMap, HashMap};

/// Vertices nearer than this are one, and a vertex this near to a border lies on it.
pub(crate) const SNAP_M: f64 = 0.05;

/// A ring as arcs in order, each forwards or backwards; or a ring too small to be snapped.
pub(crate) enum Ring {
    Arcs(Vec<(usize, bool)>),
    AsItWas(LineString<f64>),
}

/// Shared arcs and the rings made of them.
pub(crate) struct Topology {
    /// Distinct vertices.
    pub(crate) vertices: Vec<Coord<f64>>,
    /// Vertex numbers of each arc; a closed arc begins and ends with the same vertex.
    pub(crate) arcs: Vec<Vec<u32>>,
    /// Rings in the order of shapes, polygons, exterior before interiors.
    pub(crate) rings: Vec<Ring>,
    /// For each shape and polygon the number of rings.
    layout: Vec<Vec<usize>>,
    /// Cosine of the middle latitude.
    pub(crate) squeeze: f64,
}

/// Gives vertices that are (nearly) equal the same number.
struct Snapper {
    vertices: Vec<Coord<f64>>,
    cells: HashMap<(i64, i64), Vec<u32>>,
    reach: Coord<f64>,
}

/// Cosine of the middle latitude of all shapes.
fn middle_squeeze(shapes: &[MultiPolygon<f64>]) -> f64 {
    let boxes = shapes.iter().filter_map(BoundingRect::bounding_rect);
    let (low, high) = boxes.fold((f64::MAX, f64::MIN), |(l, h), b| (l.min(b.min().y), h.max(b.max().y)));
    if low <= high { ((low + high) / 2.0).to_radians().cos().max(0.01) } else { 1.0 }
}

impl Snapper {
    fn new(squeeze: f64) -> Self {
        let reach = SNAP_M / METRES_PER_DEGREE;
        Self { vertices: Vec::new(), cells: HashMap::new(), reach: Coord { x: reach / squeeze, y: reach } }
    }

    fn number(&mut self, at: Coord<f64>) -> u32 {
        let (column, row) = ((at.x / self.reach.x).floor() as i64, (at.y / self.reach.y).floor() as i64);
        let mut best: Option<(f64, u32)> = None;
        for x in column.saturating_sub(1)..=column.saturating_add(1) {
            for y in row.saturating_sub(1)..=row.saturating_add(1) {
                for id in self.cells.get(&(x, y)).into_iter().flatten() {
                    let c = self.vertices[*id as usize];
                    let distance = ((c.x - at.x) / self.reach.x).hypot((c.y - at.y) / self.reach.y);
                    if distance <= 1.0 && best.is_none_or(|b| (distance, *id) < b) {
                        best = Some((distance, *id));
                    }
                }
            }
        }
        if let Some((_, id)) = best {
            return id;
        }
        let id = u32::try_from(self.vertices.len()).unwrap_or(u32::MAX);
        self.vertices.push(at);
        self.cells.entry((column, row)).or_default().push(id);
        id
    }
}

impl Topology {
    pub(crate) fn new(shapes: &[MultiPolygon<f64>]) -> Topology {
        let squeeze = middle_squeeze(shapes);
        let mut snapper = Snapper::new(squeeze);
        let mut layout = Vec::with_capacity(shapes.len());
        let mut loops: Vec<Result<Vec<u32>, LineString<f64>>> = Vec::new();
        for shape in shapes {
            let mut polygons = Vec::with_capacity(shape.0.len());
            for polygon in &shape.0 {
                polygons.push(1 + polygon.interiors().len());
                for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                    let mut ids: Vec<u32> = ring.0.iter().map(|c| snapper.number(*c)).collect();
                    ids.dedup();
                    ids.pop();
                    let small = ids.len() < 3 || has_repeats(&ids);
                    loops.push(if small { Err(ring.clone()) } else { Ok(ids) });
                }
            }
            layout.push(polygons);
        }
        let vertices = snapper.vertices;
        insert_touching(&mut loops, &vertices, squeeze);
        let (arcs, rings) = cut(loops, vertices.len());
        Topology { vertices, arcs, rings, layout, squeeze }
    }

    /// The rings of one shape, as positions in `rings`.
    pub(crate) fn rings_of_shapes(&self) -> Vec<std::ops::Range<usize>> {
        let mut start = 0;
        let range = |polygons: &Vec<usize>| {
            let end = start + polygons.iter().sum::<usize>();
            std::mem::replace(&mut start, end)..end
        };
        self.layout.iter().map(range).collect()
    }

    /// Builds the shapes from (possibly thinned) arcs.
    pub(crate) fn shapes(&self, arcs: &[Vec<u32>]) -> Vec<MultiPolygon<f64>> {
        let mut rings = self.rings.iter().map(|ring| match ring {
            Ring::AsItWas(line) => line.clone(),
            Ring::Arcs(parts) => {
                let mut coords = Vec::new();
                for (arc, backwards) in parts {
                    let ids = &arcs[*arc];
                    let take = ids.len().saturating_sub(1);
                    let place = |id: &u32| self.vertices[*id as usize];
                    if *backwards {
                        coords.extend(ids.iter().rev().take(take).map(place));
                    } else {
                        coords.extend(ids.iter().take(take).map(place));
                    }
                }
                coords.extend(coords.first().copied());
                LineString::new(coords)
            }
        });
        let shape = |polygons: &Vec<usize>| {
            let polygon = |count: &usize| {
                let exterior = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
                Polygon::new(exterior, rings.by_ref().take(count - 1).collect())
            };
            MultiPolygon(polygons.iter().map(polygon).collect())
        };
        self.layout.iter().map(shape).collect()
    }
}

fn has_repeats(ids: &[u32]) -> bool {
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}

fn edge(a: u32, b: u32) -> (u32, u32) {
    (a.min(b), a.max(b))
}

fn sides(ids: &[u32]) -> impl Iterator<Item = (u32, u32)> + '_ {
    ids.iter().copied().zip(ids.iter().copied().cycle().skip(1)).take(ids.len())
}

/// Vertices that lie on a side between two others, by side, in the order from its lower to its higher end.
type Touching = BTreeMap<(u32, u32), Vec<(f64, u32)>>;

fn touching<'a>(
    loops: impl Iterator<Item = &'a Vec<u32>> + Clone,
    vertices: &[Coord<f64>],
    squeeze: f64,
) -> Touching {
    let flat = |id: u32| {
        let c = vertices[id as usize];
        Coord { x: c.x * squeeze * METRES_PER_DEGREE, y: c.y * METRES_PER_DEGREE }
    };
    let mut edges: Vec<(u32, u32)> =
        loops.clone().flat_map(|ids| sides(ids)).map(|(a, b)| edge(a, b)).collect();
    edges.sort_unstable();
    edges.dedup();
    let tree =
        RTree::bulk_load(edges.iter().map(|e| Segment { a: flat(e.0), b: flat(e.1), id: *e }).collect());
    let mut inserts = Touching::new();
    let mut used: Vec<u32> = loops.flatten().copied().collect();
    used.sort_unstable();
    used.dedup();
    for id in used {
        let at = flat(id);
        for segment in tree.locate_in_envelope_intersecting(around(at, SNAP_M, SNAP_M)) {
            let (from, to) = segment.id;
            if id == from || id == to || distance_squared(at, segment.a, segment.b) > SNAP_M * SNAP_M {
                continue;
            }
            let along = (at.x - segment.a.x).hypot(at.y - segment.a.y);
            inserts.entry(segment.id).or_default().push((along, id));
        }
    }
    for list in inserts.values_mut() {
        list.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    }
    inserts
}

/// A ring with the vertices that touch its sides.
fn with_touching(ids: &[u32], inserts: &Touching) -> Vec<u32> {
    let mut out = Vec::with_capacity(ids.len());
    for (a, b) in sides(ids) {
        out.push(a);
        let between = inserts.get(&edge(a, b)).map(Vec::as_slice).unwrap_or_default();
        if a <= b {
            out.extend(between.iter().map(|(_, id)| *id));
        } else {
            out.extend(between.iter().rev().map(|(_, id)| *id));
        }
    }
    out
}

/// Rings as vertex numbers, borders matched vertex by vertex, and the shape each ring belongs to.
pub(crate) struct Snapped {
    pub(crate) loops: Vec<Vec<u32>>,
    pub(crate) owners: Vec<u32>,
}

/// Snaps the rings of all shapes to common vertices. Unlike [`Topology`] it keeps every ring, also those that meet
/// themselves after snapping, since it only has to tell who touches whom.
pub(crate) fn snapped(shapes: &[MultiPolygon<f64>]) -> Snapped {
    let squeeze = middle_squeeze(shapes);
    let mut snapper = Snapper::new(squeeze);
    let (mut loops, mut owners) = (Vec::new(), Vec::new());
    for (owner, shape) in shapes.iter().enumerate() {
        let rings = shape.0.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
        for ring in rings {
            let mut ids: Vec<u32> = ring.0.iter().map(|c| snapper.number(*c)).collect();
            ids.dedup();
            if ids.len() > 1 && ids.first() == ids.last() {
                ids.pop();
            }
            if !ids.is_empty() {
                loops.push(ids);
                owners.push(u32::try_from(owner).unwrap_or(u32::MAX));
            }
        }
    }
    let vertices = snapper.vertices;
    let inserts = touching(loops.iter(), &vertices, squeeze);
    if !inserts.is_empty() {
        loops.iter_mut().for_each(|ids| *ids = with_touching(ids, &inserts));
    }
    Snapped { loops, owners }
}

/// Puts vertices of one ring that lie on a side of another into that side, so that borders match vertex by
/// vertex where one neighbour has more of them.
fn insert_touching(loops: &mut [Result<Vec<u32>, LineString<f64>>], vertices: &[Coord<f64>], squeeze: f64) {
    let inserts = touching(loops.iter().flatten(), vertices, squeeze);
    if inserts.is_empty() {
        return;
    }
    for ids in loops.iter_mut().flatten() {
        let out = with_touching(ids, &inserts);
        // A vertex of the ring itself near its own side stays where it is.
        if !has_repeats(&out) {
            *ids = out;
        }
    }
}

/// Cuts rings at junctions and gives equal pieces one arc.
fn cut(loops: Vec<Result<Vec<u32>, LineString<f64>>>, count: usize) -> (Vec<Vec<u32>>, Vec<Ring>) {
    const NONE: u32 = u32::MAX;
    let mut neighbours = vec![[NONE; 2]; count];
    let mut junction = vec![false; count];
    for ids in loops.iter().flatten() {
        for (a, b) in sides(ids) {
            for (at, other) in [(a, b), (b, a)] {
                let seen = &mut neighbours[at as usize];
                if seen.contains(&other) {
                    continue;
                }
                match seen.iter().position(|n| *n == NONE) {
                    Some(free) => seen[free] = other,
                    None => junction[at as usize] = true,
                }
            }
        }
    }
    let mut arcs: Vec<Vec<u32>> = Vec::new();
    let mut known: HashMap<Vec<u32>, usize> = HashMap::new();
    let mut arc = |piece: Vec<u32>| -> (usize, bool) {
        let mut reversed = piece.clone();
        reversed.reverse();
        let backwards = reversed < piece;
        let canonical = if backwards { reversed } else { piece };
        let next = arcs.len();
        let number = *known.entry(canonical).or_insert_with_key(|ids| {
            arcs.push(ids.clone());
            next
        });
        (number, backwards)
    };
    let rings = loops
        .into_iter()
        .map(|ids| {
            let ids = match ids {
                Ok(ids) => ids,
                Err(line) => return Ring::AsItWas(line),
            };
            // A ring without junctions begins at its lowest number, so that an enclave and the hole around it
            // become the same arc.
            let begin = ids.iter().position(|id| junction[*id as usize]);
            let begin = begin.or_else(|| (0..ids.len()).min_by_key(|i| ids[*i])).unwrap_or(0);
            let mut walk: Vec<u32> = ids[begin..].iter().chain(&ids[..=begin]).copied().collect();
            let mut parts = Vec::new();
            while walk.len() > 1 {
                let inner = walk[1..walk.len() - 1].iter().position(|id| junction[*id as usize]);
                let end = inner.map_or(walk.len() - 1, |i| i + 1);
                let rest = walk.split_off(end);
                walk.push(rest[0]);
                parts.push(arc(walk));
                walk = rest;
            }
            Ring::Arcs(parts)
        })
        .collect();
    (arcs, rings)
}

/// A vertex in a spatial index.
pub(crate) struct Vertex {
    pub(crate) at: Coord<f64>,
    pub(crate) id: u32,
}

impl RTreeObject for Vertex {
    type Envelope = rstar::AABB<[f64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        rstar::AABB::from_point([self.at.x, self.at.y])
    }
}

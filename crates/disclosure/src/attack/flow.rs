//! Components that are networks: extreme numbers are maximal flows.
//!
//! Sums are nodes, numbers are arcs. A number is raised by sending flow through its arc and back by the others, within what
//! their bounds leave (Ford and Fulkerson 1956). Bounds are whole, hence the flows, hence the interval is exact over
//! whole tables (Hoffman and Kruskal 1956: the matrix is totally unimodular).

use super::{Component, System};
use std::collections::BTreeMap;

pub(crate) struct Network {
    /// Unknown of every arc, and the nodes it leaves and enters.
    arcs: Vec<(u32, u32, u32)>,
    /// Arcs of every node.
    touching: Vec<Vec<u32>>,
    flow: Vec<i64>,
    changed: Vec<u32>,
    /// Search from the source (0) and from the sink (1): round of the last visit, and the arc it came by.
    visited: [Vec<(u32, u32)>; 2],
    round: u32,
}

/// What a number may still change along and against its arc.
type Room = (i64, i64);

impl Network {
    /// The component as a network; `None` when a number lies in more than two independent sums, or the signs of the
    /// sums cannot be turned so that every number leaves one sum and enters another.
    pub(super) fn of(system: &System, component: &Component) -> Option<Self> {
        let rows: Vec<u32> =
            component.rows.iter().copied().filter(|&row| !system.rows[row as usize].implied).collect();
        let ground = rows.len() as u32;
        let node: BTreeMap<u32, u32> =
            rows.iter().enumerate().map(|(node, row)| (*row, node as u32)).collect();
        let mut ends: Vec<Vec<(u32, i64)>> = vec![Vec::new(); component.unknowns.len()];
        for (&row, &node) in &node {
            for &(unknown, sign) in &system.rows[row as usize].members {
                if let Ok(arc) = component.unknowns.binary_search(&unknown) {
                    ends[arc].push((node, sign));
                }
            }
        }
        if ends.iter().any(|ends| ends.len() > 2 || ends.iter().any(|(_, factor)| factor.abs() != 1)) {
            return None;
        }
        let turn = turns(&ends, rows.len())?;
        let mut touching = vec![Vec::new(); rows.len() + 1];
        let mut arcs = Vec::with_capacity(ends.len());
        for (arc, ends) in ends.iter().enumerate() {
            let (mut leaves, mut enters) = (ground, ground);
            for &(node, sign) in ends {
                if sign * turn[node as usize] > 0 { enters = node } else { leaves = node }
            }
            arcs.push((component.unknowns[arc], leaves, enters));
            touching[leaves as usize].push(arc as u32);
            touching[enters as usize].push(arc as u32);
        }
        Some(Self {
            flow: vec![0; arcs.len()],
            changed: Vec::new(),
            visited: [vec![(0, u32::MAX); touching.len()], vec![(0, u32::MAX); touching.len()]],
            round: 0,
            arcs,
            touching,
        })
    }

    /// Settles every wanted unknown of the component.
    pub(super) fn attack(mut self, system: &mut System, component: &Component, wanted: &[bool]) {
        for arc in 0..component.unknowns.len() as u32 {
            let unknown = component.unknowns[arc as usize];
            if !wanted[unknown as usize] {
                continue;
            }
            for upward in [true, false] {
                let (inner, outer) = (system.inner[unknown as usize], system.outer[unknown as usize]);
                let open = if upward { inner.1 < outer.1 } else { inner.0 > outer.0 };
                if !open {
                    continue;
                }
                let reached = self.push(&system.outer, arc, upward, if upward { outer.1 } else { -outer.0 });
                let found = if upward { reached } else { -reached };
                let mut change: BTreeMap<u32, i64> = BTreeMap::from([(unknown, found)]);
                for arc in self.changed.drain(..) {
                    let flow = std::mem::take(&mut self.flow[arc as usize]);
                    change.insert(self.arcs[arc as usize].0, flow);
                }
                if system.learn_table(&change) {
                    let outer = &mut system.outer[unknown as usize];
                    if upward { outer.1 = found } else { outer.0 = found }
                }
            }
        }
    }

    /// The largest amount, up to `limit`, that can go through an arc along or against its direction.
    fn push(&mut self, bounds: &[(i64, i64)], arc: u32, upward: bool, limit: i64) -> i64 {
        let (_, leaves, enters) = self.arcs[arc as usize];
        let (source, sink) = if upward { (enters, leaves) } else { (leaves, enters) };
        let mut sent = 0;
        while sent < limit {
            if source == sink {
                return limit;
            }
            let Some(path) = self.path(bounds, source, sink, arc) else { break };
            let amount = path.iter().map(|&(arc, along)| {
                let (against, forward) = self.room(bounds, arc);
                if along { forward } else { against }
            });
            let amount = amount.min().unwrap_or(0).min(limit - sent);
            for (arc, along) in path {
                let flow = &mut self.flow[arc as usize];
                if *flow == 0 {
                    self.changed.push(arc);
                }
                *flow += if along { amount } else { -amount };
            }
            sent += amount;
        }
        sent
    }

    fn room(&self, bounds: &[(i64, i64)], arc: u32) -> Room {
        let (low, high) = bounds[self.arcs[arc as usize].0 as usize];
        let flow = self.flow[arc as usize];
        (flow - low, high - flow)
    }

    /// A shortest path with room, searched from both ends so that a near dead end is found soon at either.
    fn path(
        &mut self,
        bounds: &[(i64, i64)],
        source: u32,
        sink: u32,
        without: u32,
    ) -> Option<Vec<(u32, bool)>> {
        self.round += 1;
        let mut frontier = [vec![source], vec![sink]];
        self.visited[0][source as usize] = (self.round, u32::MAX);
        self.visited[1][sink as usize] = (self.round, u32::MAX);
        loop {
            if frontier[0].is_empty() || frontier[1].is_empty() {
                return None;
            }
            let work = |nodes: &Vec<u32>| -> usize {
                nodes.iter().map(|&node| self.touching[node as usize].len()).sum()
            };
            let side = usize::from(work(&frontier[1]) < work(&frontier[0]));
            let mut next = Vec::new();
            for node in std::mem::take(&mut frontier[side]) {
                for place in 0..self.touching[node as usize].len() {
                    let arc = self.touching[node as usize][place];
                    if arc == without {
                        continue;
                    }
                    let (_, leaves, enters) = self.arcs[arc as usize];
                    let other = if leaves == node { enters } else { leaves };
                    // From the source one goes on where flow may leave, from the sink where it may come from.
                    let along = (leaves == node) == (side == 0);
                    let (against, forward) = self.room(bounds, arc);
                    if (if along { forward } else { against }) <= 0 {
                        continue;
                    }
                    if self.visited[side][other as usize].0 == self.round {
                        continue;
                    }
                    self.visited[side][other as usize] = (self.round, arc);
                    if self.visited[1 - side][other as usize].0 == self.round {
                        return Some(self.trace(other, source, sink));
                    }
                    next.push(other);
                }
            }
            frontier[side] = next;
        }
    }

    /// The arcs of a path that meets at a node; `true` where one is followed in its direction.
    fn trace(&self, meeting: u32, source: u32, sink: u32) -> Vec<(u32, bool)> {
        let mut path = Vec::new();
        let mut node = meeting;
        while node != source {
            let arc = self.visited[0][node as usize].1;
            let (_, leaves, enters) = self.arcs[arc as usize];
            path.push((arc, enters == node));
            node = if enters == node { leaves } else { enters };
        }
        node = meeting;
        while node != sink {
            let arc = self.visited[1][node as usize].1;
            let (_, leaves, enters) = self.arcs[arc as usize];
            path.push((arc, leaves == node));
            node = if leaves == node { enters } else { leaves };
        }
        path
    }
}

/// Signs of the sums under which every number that lies in two of them has opposite signs there.
fn turns(ends: &[Vec<(u32, i64)>], nodes: usize) -> Option<Vec<i64>> {
    let mut turn = vec![0i64; nodes];
    let mut links: Vec<Vec<(u32, i64)>> = vec![Vec::new(); nodes];
    for ends in ends {
        if let [(a, sign_a), (b, sign_b)] = ends[..] {
            let relative = -sign_a * sign_b;
            links[a as usize].push((b, relative));
            links[b as usize].push((a, relative));
        }
    }
    for start in 0..nodes {
        if turn[start] != 0 {
            continue;
        }
        turn[start] = 1;
        let mut waiting = vec![start as u32];
        while let Some(node) = waiting.pop() {
            for &(other, relative) in &links[node as usize] {
                let expected = turn[node as usize] * relative;
                match turn[other as usize] {
                    0 => {
                        turn[other as usize] = expected;
                        waiting.push(other);
                    }
                    found if found != expected => return None,
                    _ => {}
                }
            }
        }
    }
    Some(turn)
}

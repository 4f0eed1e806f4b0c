//! Searches for other tables that agree with everything public.
//!
//! A move changes some hidden numbers by whole units so that every sum stays as it is. In a hierarchy of areas
//! crossed with one breakdown every cell lies in at most two independent sums, the table is a network with sums as
//! nodes and cells as arcs, and a move is a cycle; the cheapest one is found by Dijkstra's algorithm (Fischetti and
//! Salazar-González 2000, "Models and algorithms for optimizing cell suppression in tabular data with linear
//! constraints"; Castro 2002, "Network flows heuristics for complementary cell suppression"). Where a cell lies in
//! more sums (several geographies or breakdowns side by side), what a path leaves open is repaired by further paths.
//! Every move is checked against all sums before it counts, so a gap in the search costs cells, never safety.

use crate::primary::{Range, UNBOUNDED};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// Whether and at what price a number may be another.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum State {
    /// Public.
    Fixed,
    /// Hidden: the attacker knows the range.
    Free(Range),
    /// Public, but could be hidden at this price.
    Candidate(Range, u64),
}

/// One sum: members with their sign; the signed sum is constant.
#[derive(Clone)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Relation {
    pub(crate) members: Vec<(u32, i8)>,
    /// Follows from other sums; only checked, not searched.
    pub(crate) implied: bool,
}

/// The numbers of one period and their sums.
#[derive(Clone)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Table {
    pub(crate) counts: Vec<i64>,
    pub(crate) states: Vec<State>,
    relations: Vec<Relation>,
    /// All sums of a cell.
    of_cell: Vec<Vec<(u32, i8)>>,
    /// Sums that are searched.
    searched: Vec<Vec<(u32, i8)>>,
}

/// Changes of cells, ordered by cell.
pub(crate) type Move = BTreeMap<u32, i64>;

impl Table {
    pub(crate) fn new(counts: Vec<i64>, states: Vec<State>, relations: Vec<Relation>) -> Self {
        let mut of_cell = vec![Vec::new(); counts.len()];
        let mut searched = vec![Vec::new(); counts.len()];
        for (number, relation) in relations.iter().enumerate() {
            for &(cell, sign) in &relation.members {
                of_cell[cell as usize].push((number as u32, sign));
                if !relation.implied {
                    searched[cell as usize].push((number as u32, sign));
                }
            }
        }
        Self { counts, states, relations, of_cell, searched }
    }

    /// Number of sums.
    pub(crate) fn relations(&self) -> usize {
        self.relations.len()
    }

    /// All sums.
    pub(crate) fn all_relations(&self) -> &[Relation] {
        &self.relations
    }

    /// The sums of a cell.
    pub(crate) fn sums_of(&self, cell: u32) -> impl Iterator<Item = u32> + '_ {
        self.of_cell[cell as usize].iter().map(|(relation, _)| *relation)
    }

    /// Whether a cell lies in any sum.
    pub(crate) fn is_related(&self, cell: u32) -> bool {
        !self.of_cell[cell as usize].is_empty()
    }

    /// The other cells of all sums of a cell, ordered.
    pub(crate) fn neighbours(&self, cell: u32) -> BTreeSet<u32> {
        let sums = self.of_cell[cell as usize].iter();
        let members = sums.flat_map(|(relation, _)| &self.relations[*relation as usize].members);
        members.map(|(other, _)| *other).filter(|other| *other != cell).collect()
    }

    /// The wholes of all sums of a cell, ordered; the cell itself where it is a whole.
    pub(crate) fn wholes(&self, cell: u32) -> BTreeSet<u32> {
        let sums = self.of_cell[cell as usize].iter();
        let members = sums.flat_map(|(relation, _)| &self.relations[*relation as usize].members);
        members.filter(|(_, sign)| *sign < 0).map(|(other, _)| *other).collect()
    }

    /// Whether a change keeps every sum and every range.
    pub(crate) fn is_feasible(&self, change: &Move) -> bool {
        let inside = change.iter().all(|(&cell, &delta)| {
            let new = self.counts[cell as usize] + delta;
            match self.states[cell as usize] {
                State::Fixed => delta == 0,
                State::Free(range) | State::Candidate(range, _) => range.contains(new),
            }
        });
        let mut residual: BTreeMap<u32, i64> = BTreeMap::new();
        for (&cell, &delta) in change {
            for &(relation, sign) in &self.of_cell[cell as usize] {
                *residual.entry(relation).or_default() += i64::from(sign) * delta;
            }
        }
        inside && residual.values().all(|&open| open == 0)
    }
}

/// Working memory of the search, made once per period.
pub(crate) struct Search {
    distance: Vec<u64>,
    hops: Vec<u32>,
    /// Cell and node the path came by.
    origin: Vec<(u32, u32)>,
    touched: Vec<u32>,
}

/// How the search pays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pay {
    /// Hidden cells only.
    Nothing,
    /// Public cells at their price.
    Candidates,
}

const FAR: u64 = u64::MAX;
/// Price of a step, so that among equal paths the shorter one wins.
const STEP: u64 = 1;
/// Paths that may repair one move before the search gives up.
const REPAIRS: usize = 24;

impl Search {
    pub(crate) fn new(table: &Table) -> Self {
        let nodes = table.relations.len() * 2;
        Self {
            distance: vec![FAR; nodes],
            hops: vec![0; nodes],
            origin: vec![(u32::MAX, u32::MAX); nodes],
            touched: Vec::new(),
        }
    }

    /// The cheapest change found that raises (`step > 0`) or lowers a cell by `step`, on top of `base`.
    /// The result includes `base` and is feasible.
    pub(crate) fn find(
        &mut self,
        table: &Table,
        base: &Move,
        cell: u32,
        step: i64,
        pay: Pay,
        limit: u64,
    ) -> Option<(Move, u64)> {
        let mut change = base.clone();
        *change.entry(cell).or_default() += step;
        let mut open: BTreeMap<u32, i64> = BTreeMap::new();
        for &(relation, sign) in &table.searched[cell as usize] {
            *open.entry(relation).or_default() += i64::from(sign) * step;
        }
        let amount = step.abs();
        let mut paid = 0;
        for _ in 0..REPAIRS {
            let Some((&start, &residual)) = open.iter().find(|(_, residual)| **residual != 0) else {
                change.retain(|_, delta| *delta != 0);
                return table.is_feasible(&change).then_some((change, paid));
            };
            let cost = self.repair(
                table,
                &mut change,
                &mut open,
                (start, residual.signum()),
                Task { cell, amount, pay, limit: limit.checked_sub(paid)? },
            )?;
            paid += cost;
        }
        None
    }

    /// Closes one open sum by a path to another open sum of opposite sign, or to a cell in no other sum.
    fn repair(
        &mut self,
        table: &Table,
        change: &mut Move,
        open: &mut BTreeMap<u32, i64>,
        start: (u32, i64),
        task: Task,
    ) -> Option<u64> {
        for node in self.touched.drain(..) {
            self.distance[node as usize] = FAR;
        }
        let mut heap = BinaryHeap::new();
        let first = node(start.0, start.1);
        self.reach(first, 0, 0, (u32::MAX, u32::MAX));
        heap.push(Reverse((0u64, 0u32, first)));
        // The best end so far: price, hops, cell, node before.
        let mut best: Option<(u64, u32, u32, u32)> = None;
        while let Some(Reverse((price, hops, at))) = heap.pop() {
            if best.is_some_and(|best| (price, hops) >= (best.0, best.1)) || price > task.limit {
                break;
            }
            if price > self.distance[at as usize]
                || (price == self.distance[at as usize] && hops > self.hops[at as usize])
            {
                continue;
            }
            let (relation, sign) = (at / 2, if at % 2 == 0 { 1 } else { -1 });
            for &(cell, coefficient) in &table.relations[relation as usize].members {
                if cell == task.cell {
                    continue;
                }
                let delta = -sign * i64::from(coefficient) * task.amount;
                let Some(cost) = price_of(table, change, cell, delta, task.pay) else { continue };
                let total = price.saturating_add(cost).saturating_add(STEP);
                let next = self.next(table, open, relation, cell, delta);
                match next {
                    Next::End => {
                        let end = (total, hops + 1, cell, at);
                        if best.is_none_or(|best| end < best) {
                            best = Some(end);
                        }
                    }
                    Next::Node(target) => {
                        let known = (self.distance[target as usize], self.hops[target as usize]);
                        if self.distance[target as usize] == FAR || (total, hops + 1) < known {
                            self.reach(target, total, hops + 1, (cell, at));
                            heap.push(Reverse((total, hops + 1, target)));
                        }
                    }
                }
            }
        }
        let (price, _, cell, before) = best.filter(|best| best.0 <= task.limit)?;
        let mut step = (cell, before);
        loop {
            let (cell, at) = step;
            let (relation, sign) = (at / 2, if at % 2 == 0 { 1 } else { -1 });
            let coefficient = table.of_cell[cell as usize]
                .iter()
                .find(|(other, _)| *other == relation)
                .map_or(1, |(_, coefficient)| i64::from(*coefficient));
            let delta = -sign * coefficient * task.amount;
            *change.entry(cell).or_default() += delta;
            for &(relation, sign) in &table.searched[cell as usize] {
                *open.entry(relation).or_default() += i64::from(sign) * delta;
            }
            if at == first {
                break;
            }
            step = self.origin[at as usize];
        }
        open.retain(|_, residual| *residual != 0);
        Some(price)
    }

    fn reach(&mut self, node: u32, distance: u64, hops: u32, origin: (u32, u32)) {
        if self.distance[node as usize] == FAR {
            self.touched.push(node);
        }
        self.distance[node as usize] = distance;
        self.hops[node as usize] = hops;
        self.origin[node as usize] = origin;
    }

    /// Where a path goes on after changing a cell: the first of its other sums that stays open.
    fn next(&self, table: &Table, open: &BTreeMap<u32, i64>, from: u32, cell: u32, delta: i64) -> Next {
        for &(relation, sign) in &table.searched[cell as usize] {
            if relation == from {
                continue;
            }
            let residual = i64::from(sign) * delta;
            let waiting = open.get(&relation).copied().unwrap_or(0);
            if waiting.signum() == -residual.signum() {
                continue;
            }
            return Next::Node(node(relation, residual.signum()));
        }
        Next::End
    }
}

#[derive(Clone, Copy)]
struct Task {
    cell: u32,
    amount: i64,
    pay: Pay,
    limit: u64,
}

enum Next {
    End,
    Node(u32),
}

fn node(relation: u32, sign: i64) -> u32 {
    relation * 2 + u32::from(sign < 0)
}

/// Price of changing a cell, `None` when its range forbids it.
fn price_of(table: &Table, change: &Move, cell: u32, delta: i64, pay: Pay) -> Option<u64> {
    let before = change.get(&cell).copied().unwrap_or(0);
    let new = table.counts[cell as usize].saturating_add(before).saturating_add(delta);
    match table.states[cell as usize] {
        State::Fixed => None,
        State::Free(range) => fits(range, new).then_some(0),
        State::Candidate(range, price) => {
            (pay == Pay::Candidates && fits(range, new)).then_some(if before == 0 { price } else { 0 })
        }
    }
}

fn fits(range: Range, value: i64) -> bool {
    range.contains(value) && value.abs() <= UNBOUNDED
}

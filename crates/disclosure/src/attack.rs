//! The attack on everything that is hidden: exact feasible intervals.
//!
//! The attacker solves the system of all public sums for every hidden number and learns the smallest and the largest
//! whole number it can be (Fischetti and Salazar-González 2000, "attacker subproblems"). Written as changes from the true
//! table, a sum says that the signed changes of its hidden members are zero, and nought is a solution.
//!
//! Three steps, each only where the one before left something open. Bounds are carried through the sums until nothing
//! moves; what stands alone afterwards is settled, what is connected is taken apart into components. A component in which
//! every number lies in at most two independent sums is a network: an extreme number is a maximal flow, and flows are
//! whole (`flow`). Any other component is a linear program (`program`, HiGHS); where its optimum is no whole table,
//! the integer program is solved. Every bound from within is a whole table that was checked against all sums, so a fault of
//! the solver can make an interval inexact but never too wide.

mod flow;
mod program;
#[cfg(test)]
mod tests;

use crate::moves::{Move, State, Table};
use crate::primary::Range;
use std::collections::BTreeMap;

/// What programs may cost in every component at the gate, in unknowns times programs.
pub(crate) const BUDGET: usize = 3_000_000;

/// What an attacker can find out about one number at best.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Interval {
    /// Smallest and largest number for which a whole table was exhibited.
    pub(crate) inner: (i64, i64),
    /// Numbers beyond these were proven impossible.
    pub(crate) outer: (i64, i64),
}

impl Interval {
    /// Distance between the smallest and the largest number that were exhibited.
    pub(crate) fn width(self) -> i64 {
        self.inner.1 - self.inner.0
    }

    /// Whether nothing is left open between what was exhibited and what was proven impossible.
    pub(crate) fn is_exact(self) -> bool {
        self.inner == self.outer
    }
}

/// Hidden numbers as changes from the true table, and the sums over them.
struct System {
    /// Cell of every unknown, ascending.
    cells: Vec<u32>,
    /// Proven bounds, containing 0.
    outer: Vec<(i64, i64)>,
    /// Exhibited bounds, containing 0.
    inner: Vec<(i64, i64)>,
    /// Unknowns with their factor; the sum is 0.
    rows: Vec<Row>,
    /// Rows of every unknown with its factor there.
    rows_of: Vec<Vec<(u32, i64)>>,
}

struct Row {
    members: Vec<(u32, i64)>,
    implied: bool,
}

/// Unknowns that hang together, and the rows over them.
struct Component {
    unknowns: Vec<u32>,
    rows: Vec<u32>,
}

/// The feasible interval of every asked cell over all sums of a table, in the order asked. Candidates count as public.
///
/// `witnesses` are changes known to be feasible; they spare the attack the search for them. `budget` is what programs may cost
/// in every component, in unknowns times programs; beyond it intervals stay inexact.
pub(crate) fn intervals<'a>(
    table: &Table,
    asked: &[u32],
    witnesses: impl IntoIterator<Item = &'a Move>,
    budget: usize,
) -> Vec<Interval> {
    let mut system = System::new(table);
    system.propagate();
    let place = system.merge();
    system.propagate();
    for change in witnesses {
        if table.is_feasible(change) {
            for (cell, &delta) in change {
                if let Some(&(unknown, sign)) = place.get(cell) {
                    system.learn(unknown, sign * delta);
                }
            }
        }
    }
    let mut wanted = vec![false; system.cells.len()];
    for cell in asked {
        if let Some(&(unknown, _)) = place.get(cell) {
            wanted[unknown as usize] = true;
        }
    }
    for component in system.components() {
        match flow::Network::of(&system, &component) {
            Some(network) => network.attack(&mut system, &component, &wanted),
            None => program::attack(&mut system, &component, &wanted, budget),
        }
    }
    let interval = |cell: &u32| {
        let count = table.counts[*cell as usize];
        let Some(&(unknown, sign)) = place.get(cell) else {
            return Interval { inner: (count, count), outer: (count, count) };
        };
        let shift = |(low, high): (i64, i64)| {
            if sign > 0 { (count + low, count + high) } else { (count - high, count - low) }
        };
        Interval {
            inner: shift(system.inner[unknown as usize]),
            outer: shift(system.outer[unknown as usize]),
        }
    };
    asked.iter().map(interval).collect()
}

/// The unknown another changes with, and in which direction.
fn root(twin: &[(u32, i64)], mut unknown: u32) -> (u32, i64) {
    let mut turn = 1;
    while twin[unknown as usize].0 != unknown {
        let (next, step) = twin[unknown as usize];
        turn *= step;
        unknown = next;
    }
    (unknown, turn)
}

impl System {
    fn new(table: &Table) -> Self {
        let mut cells = Vec::new();
        let mut outer = Vec::new();
        let mut unknown_of = vec![u32::MAX; table.counts.len()];
        for (cell, (state, &count)) in table.states.iter().zip(&table.counts).enumerate() {
            if let State::Free(Range { low, high }) = *state
                && low < high
            {
                unknown_of[cell] = cells.len() as u32;
                cells.push(cell as u32);
                outer.push(((low - count).min(0), (high - count).max(0)));
            }
        }
        let mut rows = Vec::new();
        let mut rows_of = vec![Vec::new(); cells.len()];
        for relation in table.all_relations() {
            let members: Vec<(u32, i64)> = relation
                .members
                .iter()
                .filter(|(cell, _)| unknown_of[*cell as usize] != u32::MAX)
                .map(|&(cell, sign)| (unknown_of[cell as usize], i64::from(sign)))
                .collect();
            if members.is_empty() {
                continue;
            }
            for &(unknown, sign) in &members {
                rows_of[unknown as usize].push((rows.len() as u32, sign));
            }
            rows.push(Row { members, implied: relation.implied });
        }
        Self { inner: vec![(0, 0); cells.len()], cells, outer, rows, rows_of }
    }

    /// Makes one unknown of those that can only change together (a sum with two hidden members), and one row of rows
    /// that say the same. Gives the unknown of every cell, and whether it changes with it (1) or against it (-1).
    fn merge(&mut self) -> BTreeMap<u32, (u32, i64)> {
        let mut twin: Vec<(u32, i64)> = (0..self.cells.len() as u32).map(|unknown| (unknown, 1)).collect();
        for row in &self.rows {
            let open = |(unknown, _): &&(u32, i64)| self.outer[*unknown as usize] != (0, 0);
            let mut open = row.members.iter().filter(open);
            if let (Some(&(a, sign_a)), Some(&(b, sign_b)), None) = (open.next(), open.next(), open.next()) {
                let (a, turn_a) = root(&twin, a);
                let (b, turn_b) = root(&twin, b);
                if a != b {
                    // sign_a · turn_a · x + sign_b · turn_b · y = 0
                    let turn = -(sign_a * turn_a * sign_b * turn_b);
                    twin[a.max(b) as usize] = (a.min(b), turn);
                }
            }
        }
        let roots: Vec<(u32, i64)> = (0..twin.len() as u32).map(|unknown| root(&twin, unknown)).collect();
        for (unknown, &(root, turn)) in roots.iter().enumerate() {
            let (low, high) = self.outer[unknown];
            let (low, high) = if turn > 0 { (low, high) } else { (-high, -low) };
            let outer = &mut self.outer[root as usize];
            *outer = (outer.0.max(low), outer.1.min(high));
        }
        let mut seen: BTreeMap<Vec<(u32, i64)>, usize> = BTreeMap::new();
        let mut rows: Vec<Row> = Vec::new();
        for row in &self.rows {
            let mut sums: BTreeMap<u32, i64> = BTreeMap::new();
            for &(unknown, sign) in &row.members {
                let (root, turn) = roots[unknown as usize];
                if self.outer[root as usize] != (0, 0) {
                    *sums.entry(root).or_default() += sign * turn;
                }
            }
            let mut members: Vec<(u32, i64)> = sums.into_iter().filter(|(_, factor)| *factor != 0).collect();
            if members.first().is_some_and(|(_, factor)| *factor < 0) {
                members.iter_mut().for_each(|(_, factor)| *factor = -*factor);
            }
            match seen.get(&members) {
                // A row that does not follow from others must not be lost behind one that does.
                Some(&known) => rows[known].implied &= row.implied,
                None if members.is_empty() => {}
                None => {
                    seen.insert(members.clone(), rows.len());
                    rows.push(Row { members, implied: row.implied });
                }
            }
        }
        self.rows_of = vec![Vec::new(); self.cells.len()];
        for (number, row) in rows.iter().enumerate() {
            for &(unknown, factor) in &row.members {
                self.rows_of[unknown as usize].push((number as u32, factor));
            }
        }
        self.rows = rows;
        let place = self.cells.iter().copied().zip(roots.iter().copied()).collect();
        for (unknown, &(root, _)) in roots.iter().enumerate() {
            if root as usize != unknown {
                self.outer[unknown] = (0, 0);
            }
        }
        place
    }

    /// Carries bounds through the sums until nothing moves, or the bounds creep on without an end in sight.
    fn propagate(&mut self) {
        let mut waiting: std::collections::VecDeque<u32> = (0..self.rows.len() as u32).collect();
        let mut queued = vec![true; self.rows.len()];
        let mut budget = self.rows.len().saturating_mul(40);
        while let Some(row) = waiting.pop_front() {
            queued[row as usize] = false;
            if budget == 0 {
                return;
            }
            budget -= 1;
            for unknown in self.tighten(row) {
                for &(next, _) in &self.rows_of[unknown as usize] {
                    if next != row && !std::mem::replace(&mut queued[next as usize], true) {
                        waiting.push_back(next);
                    }
                }
            }
        }
    }

    /// Narrows the members of one row by what the others leave; gives those that were narrowed.
    fn tighten(&mut self, row: u32) -> Vec<u32> {
        let members = &self.rows[row as usize].members;
        let scaled = |&(unknown, factor): &(u32, i64)| {
            let (low, high) = self.outer[unknown as usize];
            let (low, high) = (i128::from(low) * i128::from(factor), i128::from(high) * i128::from(factor));
            (low.min(high), low.max(high))
        };
        let (low, high) = members.iter().map(scaled).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let mut narrowed = Vec::new();
        for member in members {
            let own = scaled(member);
            // What the others can make together, turned around.
            let (least, most) = (own.1 - high, own.0 - low);
            if least <= own.0 && most >= own.1 {
                continue;
            }
            // Nought is a solution: both ends keep their side of it, and cutting off fractions rounds towards it.
            let size = i128::from(member.1.abs());
            let least = i64::try_from(least.max(own.0) / size).unwrap_or(0).min(0);
            let most = i64::try_from(most.min(own.1) / size).unwrap_or(0).max(0);
            let bounds = if member.1 > 0 { (least, most) } else { (-most, -least) };
            if bounds != self.outer[member.0 as usize] {
                narrowed.push((member.0, bounds));
            }
        }
        for &(unknown, bounds) in &narrowed {
            self.outer[unknown as usize] = bounds;
        }
        narrowed.into_iter().map(|(unknown, _)| unknown).collect()
    }

    /// Notes that an unknown can change by this much.
    fn learn(&mut self, unknown: u32, change: i64) {
        let inner = &mut self.inner[unknown as usize];
        *inner = (inner.0.min(change), inner.1.max(change));
    }

    /// Learns from a whole table, given as the changes that are not nought; false when it breaks a sum or a bound.
    fn learn_table(&mut self, change: &BTreeMap<u32, i64>) -> bool {
        let mut sums: BTreeMap<u32, i64> = BTreeMap::new();
        for (&unknown, &delta) in change {
            let (low, high) = self.outer[unknown as usize];
            if delta < low || delta > high {
                return false;
            }
            for &(row, sign) in &self.rows_of[unknown as usize] {
                *sums.entry(row).or_default() += sign * delta;
            }
        }
        if sums.values().any(|&sum| sum != 0) {
            return false;
        }
        for (&unknown, &delta) in change {
            self.learn(unknown, delta);
        }
        true
    }

    /// Whether one end of an interval is known exactly.
    fn is_settled_at(&self, unknown: u32, upward: bool) -> bool {
        let (inner, outer) = (self.inner[unknown as usize], self.outer[unknown as usize]);
        if upward { inner.1 == outer.1 } else { inner.0 == outer.0 }
    }

    /// Unknowns that can still move, in parts that share no row.
    fn components(&mut self) -> Vec<Component> {
        let open = |outer: (i64, i64)| outer.0 < outer.1;
        let mut seen_unknown = vec![false; self.cells.len()];
        let mut seen_row = vec![false; self.rows.len()];
        let mut components = Vec::new();
        for start in 0..self.cells.len() as u32 {
            if seen_unknown[start as usize] || !open(self.outer[start as usize]) {
                continue;
            }
            seen_unknown[start as usize] = true;
            let mut component = Component { unknowns: vec![start], rows: Vec::new() };
            let mut next = 0;
            while let Some(&unknown) = component.unknowns.get(next) {
                next += 1;
                for &(row, _) in &self.rows_of[unknown as usize] {
                    if std::mem::replace(&mut seen_row[row as usize], true) {
                        continue;
                    }
                    component.rows.push(row);
                    for &(other, _) in &self.rows[row as usize].members {
                        if open(self.outer[other as usize])
                            && !std::mem::replace(&mut seen_unknown[other as usize], true)
                        {
                            component.unknowns.push(other);
                        }
                    }
                }
            }
            if component.rows.is_empty() {
                // In no sum: as free as its own range.
                self.inner[start as usize] = self.outer[start as usize];
            } else {
                component.unknowns.sort_unstable();
                component.rows.sort_unstable();
                components.push(component);
            }
        }
        components
    }
}

//! Suppresses further cells until an attacker cannot narrow any suppressed cell too far.
//!
//! For every sensitive cell the cheapest moves are sought that raise and lower it by the promised width; the public
//! cells they run through are suppressed. A proof found once stays valid, since further suppression only gives an
//! attacker more possible tables. Afterwards every secondary cell is tried again: it becomes public when all
//! proofs can be led without it. At the end every hidden cell is attacked with all sums at once ([`crate::attack`]).

use crate::attack::{BUDGET, intervals};
use crate::cheapest::{Effort, Wanted, cheapest};
use crate::discover::Linear;
use crate::moves::{Move, Pay, Search, State, Table};
use crate::primary::{Range, Seen};
use crate::relations::{Rest, Sum, rest};
use crate::{Policy, Rounding};
use std::collections::{BTreeMap, BTreeSet};

/// One period, or several that are tied by sums, as the gate sees it: periods × areas × groups.
pub(crate) struct Slice<'a> {
    pub(crate) seen: Vec<Seen>,
    /// Cells an attacker already knows; they cannot hide anything.
    pub(crate) known: Vec<bool>,
    /// Cells nobody shows; an attacker knows of them only that they are not negative.
    pub(crate) unpublished: Vec<bool>,
    pub(crate) groups: usize,
    pub(crate) area_sums: Vec<Sum>,
    pub(crate) group_sums: &'a [Sum],
    /// Further signed sums over cells; each counts where all its numbers are there and it holds.
    pub(crate) signed: Vec<Linear>,
}

/// What was found for one period.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Cells suppressed in addition.
    pub(crate) secondary: Vec<usize>,
    /// Sensitive cells to be published under the reason of secondary cells.
    pub(crate) disguised: Vec<usize>,
    /// Cells for which no protection was found.
    pub(crate) unprotected: Vec<usize>,
    pub(crate) attacked: usize,
    /// What the secondary cells cost, and what no choice of cells can beat where that is proven.
    pub(crate) price: u64,
    pub(crate) bound: Option<u64>,
    /// Attacked cells whose feasible interval is not known exactly.
    pub(crate) inexact: usize,
    pub(crate) minimal_width: Option<i64>,
    pub(crate) relations: usize,
}

/// Two tables, as changes from the true one, between which a cell differs by the promised width.
struct Proof {
    up: Move,
    down: Move,
    width: i64,
}

impl Proof {
    fn new(cell: u32, up: Move, down: Move) -> Self {
        let change = |change: &Move| change.get(&cell).copied().unwrap_or(0);
        let width = change(&up) - change(&down);
        Self { up, down, width }
    }

    fn holds(&self, table: &Table) -> bool {
        table.is_feasible(&self.up) && table.is_feasible(&self.down)
    }

    fn uses(&self, cell: u32) -> bool {
        self.up.contains_key(&cell) || self.down.contains_key(&cell)
    }
}

/// Multiples a rounded number may come from.
pub(crate) fn window(count: i64, base: Option<i64>, step: i64) -> Range {
    let rounded = (count + step / 2).div_euclid(step) * step;
    // Halves go up: 10 stands for 5 to 14, in steps of 5 for 8 to 12.
    let mut range = Range { low: rounded - step / 2, high: rounded + (step - 1) / 2 };
    if count >= 0 {
        range.low = range.low.max(0);
    }
    if let Some(base) = base.filter(|&base| base >= count) {
        range.high = range.high.min(base);
    }
    range
}

pub(crate) fn protect_slice(slice: &Slice<'_>, policy: &Policy) -> Outcome {
    let table = build(slice, policy);
    let needs = needs(slice, policy, &table);
    if needs.is_empty() {
        return Outcome { relations: table.relations(), ..Outcome::default() };
    }
    let mut work = Work::new(table, slice);
    let mut unprotected = Vec::new();
    for &(cell, width) in &needs {
        if !work.protect(cell, width)
            && !work.protect_by_program(cell, width)
            && !work.protect_by_disguise(cell, width)
            && !work.protect_by_wholes(cell, width)
        {
            unprotected.push(cell as usize);
        }
    }
    let mut outcome = Outcome { relations: work.table.relations(), ..Outcome::default() };
    if unprotected.is_empty() {
        let needs: BTreeMap<u32, i64> = needs.into_iter().collect();
        work.release_spare(&needs);
        (outcome.price, outcome.bound) = work.improve(&needs);
        unprotected = work.attack(&needs, &mut outcome);
    }
    outcome.disguised = work.disguised.iter().map(|&cell| cell as usize).collect();
    outcome.secondary = work.secondary.iter().map(|&cell| cell as usize).collect();
    outcome.unprotected = unprotected;
    outcome
}

/// Cells that need protection with the width they need, most difficult first.
fn needs(slice: &Slice<'_>, policy: &Policy, table: &Table) -> Vec<(u32, i64)> {
    let promised = i64::from(policy.protection) - 1;
    let mut needs: Vec<(u32, i64)> = Vec::new();
    for (cell, seen) in slice.seen.iter().enumerate() {
        let Seen::Counted(counted) = seen else { continue };
        let number = cell as u32;
        if counted.primary.is_some() {
            needs.push((number, promised.min(counted.range.width())));
        } else if let (Some(base), State::Free(range)) = (policy.rounding.base(), table.states[cell])
            && counted.count != 0
            && counted.count.abs() < base
            && !slice.unpublished[cell]
        {
            // A rounded small number must not become an exact one through the sums.
            needs.push((number, 1.min(range.width())));
        }
    }
    // Cells in no sum are as safe as their own range.
    needs.retain(|&(cell, _)| table.is_related(cell));
    needs.sort_by_key(|&(cell, width)| {
        (std::cmp::Reverse(width), std::cmp::Reverse(table.counts[cell as usize]), cell)
    });
    needs
}

fn build(slice: &Slice<'_>, policy: &Policy) -> Table {
    let groups = slice.groups;
    let mut counts = Vec::with_capacity(slice.seen.len());
    let mut states = Vec::with_capacity(slice.seen.len());
    for (number, (seen, &known)) in slice.seen.iter().zip(&slice.known).enumerate() {
        let (count, state) = match seen {
            Seen::Counted(cell) => {
                let state = match (cell.primary, policy.rounding, cell.cover) {
                    _ if known => State::Fixed,
                    (_, _, all) if slice.unpublished[number] => State::Free(all.unwrap_or(cell.range)),
                    (Some(_), _, _) => State::Free(cell.range),
                    (None, Rounding::None, Some(cover)) => State::Candidate(cover, price(cell.count)),
                    (None, Rounding::None, None) => State::Fixed,
                    (None, rounding, _) => {
                        State::Free(window(cell.count, cell.base, rounding.base().unwrap_or(1)))
                    }
                };
                (cell.count, state)
            }
            _ => (0, State::Fixed),
        };
        counts.push(count);
        states.push(state);
    }
    let mut relations = Vec::new();
    let mut add = |whole: usize, parts: Vec<usize>| -> Option<Rest> {
        let count = |cell: usize| slice.seen[cell].count();
        let part_counts: Vec<_> = parts.iter().map(|&part| count(part)).collect();
        let rest = rest(count(whole), &part_counts, policy.threshold)?;
        let mut members = vec![(whole as u32, -1)];
        members.extend(parts.iter().filter(|&&part| count(part).is_some()).map(|&part| (part as u32, 1)));
        if let Rest::Open(gap) = rest {
            members.push((counts.len() as u32, 1));
            counts.push(gap);
            states.push(State::Free(Range { low: 0, high: crate::primary::UNBOUNDED }));
        }
        relations.push(crate::moves::Relation { members, implied: false });
        Some(rest)
    };
    // (sum over areas, group) that hold without an open rest; they make sums over groups follow.
    let mut closed: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (number, sum) in slice.area_sums.iter().enumerate() {
        for group in 0..groups {
            let parts = sum.parts.iter().map(|&area| area * groups + group).collect();
            let complete = |area: &usize| matches!(slice.seen[area * groups + group], Seen::Counted(_));
            if add(sum.whole * groups + group, parts) == Some(Rest::Known) && sum.parts.iter().all(complete) {
                closed.insert((number, group));
            }
        }
    }
    let areas = slice.seen.len() / groups.max(1);
    let mut present: BTreeSet<(usize, usize)> = BTreeSet::new();
    for area in 0..areas {
        for (number, sum) in slice.group_sums.iter().enumerate() {
            let at = area * groups;
            let parts: Vec<usize> = sum.parts.iter().map(|&group| at + group).collect();
            let complete = sum.parts.iter().all(|&group| matches!(slice.seen[at + group], Seen::Counted(_)));
            if add(at + sum.whole, parts) == Some(Rest::Known) && complete {
                present.insert((area, number));
            }
        }
    }
    for sum in &slice.signed {
        let total = sum.iter().map(|&(cell, sign)| Some(i64::from(sign) * slice.seen[cell].count()?));
        if total.sum::<Option<i64>>() == Some(0) {
            let members = sum.iter().map(|&(cell, sign)| (cell as u32, sign)).collect();
            relations.push(crate::moves::Relation { members, implied: false });
        }
    }
    mark_implied(slice, &closed, &present, &mut relations);
    Table::new(counts, states, relations)
}

/// A sum over groups in an area follows when it holds in all areas of a sum that makes this area.
fn mark_implied(
    slice: &Slice<'_>,
    closed: &BTreeSet<(usize, usize)>,
    present: &BTreeSet<(usize, usize)>,
    relations: &mut [crate::moves::Relation],
) {
    let groups = slice.groups;
    let mut implied: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (number, sum) in slice.group_sums.iter().enumerate() {
        for (area_number, area_sum) in slice.area_sums.iter().enumerate() {
            let all_closed = std::iter::once(&sum.whole)
                .chain(&sum.parts)
                .all(|&group| closed.contains(&(area_number, group)));
            let everywhere = area_sum.parts.iter().all(|&area| present.contains(&(area, number)));
            if all_closed && everywhere && present.contains(&(area_sum.whole, number)) {
                implied.insert((area_sum.whole, number));
            }
        }
    }
    let by_members: BTreeMap<Vec<u32>, usize> = implied
        .iter()
        .map(|&(area, number)| {
            let sum = &slice.group_sums[number];
            let at = area * groups;
            let mut members = vec![(at + sum.whole) as u32];
            members.extend(sum.parts.iter().map(|&group| (at + group) as u32));
            (members, number)
        })
        .collect();
    for relation in relations {
        let members: Vec<u32> = relation.members.iter().map(|(cell, _)| *cell).collect();
        relation.implied = by_members.contains_key(&members);
    }
}

/// Lost information of a cell: its number of cases, and a share for being a cell.
fn price(count: i64) -> u64 {
    count.unsigned_abs().saturating_add(10).saturating_mul(16)
}

struct Work {
    table: Table,
    /// What an attacker knows of a cell while it is public.
    public: Vec<State>,
    /// What an attacker would know of a cell that is suppressed to hide another.
    covers: BTreeMap<u32, Range>,
    search: Search,
    /// What an attacker would know of a sensitive cell under the reason of secondary cells.
    disguises: BTreeMap<u32, Range>,
    proofs: BTreeMap<u32, Proof>,
    secondary: BTreeSet<u32>,
    disguised: BTreeSet<u32>,
}

impl Work {
    fn new(table: Table, slice: &Slice<'_>) -> Self {
        let public = table.states.iter().map(|&state| match state {
            State::Candidate(..) => State::Fixed,
            other => other,
        });
        let covers =
            slice.seen.iter().zip(&slice.known).enumerate().filter_map(|(cell, (seen, &known))| match seen {
                Seen::Counted(counted) if !known && counted.primary.is_none() && !slice.unpublished[cell] => {
                    counted.cover.map(|cover| (cell as u32, cover))
                }
                _ => None,
            });
        let disguises = slice.seen.iter().enumerate().filter_map(|(cell, seen)| match seen {
            Seen::Counted(counted) => counted.disguise.map(|range| (cell as u32, range)),
            _ => None,
        });
        Self {
            public: public.collect(),
            covers: covers.collect(),
            disguises: disguises.collect(),
            disguised: BTreeSet::new(),
            search: Search::new(&table),
            table,
            proofs: BTreeMap::new(),
            secondary: BTreeSet::new(),
        }
    }

    fn range(&self, cell: u32) -> Range {
        match self.table.states[cell as usize] {
            State::Free(range) | State::Candidate(range, _) => range,
            State::Fixed => Range::point(self.table.counts[cell as usize]),
        }
    }

    /// The width a hidden cell needs: as promised for sensitive cells, not to be known exactly for the others.
    fn need(&self, cell: u32, needs: &BTreeMap<u32, i64>) -> i64 {
        needs.get(&cell).copied().unwrap_or_else(|| 1.min(self.range(cell).width()))
    }

    /// Finds a proof, suppressing further cells where needed.
    fn protect(&mut self, cell: u32, need: i64) -> bool {
        match self.widen(cell, need, Pay::Candidates) {
            Some(proof) => {
                self.proofs.insert(cell, proof);
                true
            }
            None => false,
        }
    }

    /// Where the search finds no path: cheap cells by a linear program.
    fn protect_by_program(&mut self, cell: u32, need: i64) -> bool {
        let Some(purchase) = cheapest(&self.table, &[Wanted::width(cell, need)], Effort::BRIEF) else {
            return false;
        };
        let before: Vec<(u32, State)> =
            purchase.cells.iter().map(|&cell| (cell, self.table.states[cell as usize])).collect();
        for &bought in &purchase.cells {
            self.buy_cell(bought);
        }
        let proof = purchase.proofs.into_iter().next().flatten().map(|(up, down)| Proof::new(cell, up, down));
        let proof = proof
            .filter(|proof| proof.width >= need && proof.holds(&self.table))
            .or_else(|| self.widen(cell, need, Pay::Nothing));
        match proof {
            Some(proof) => {
                self.proofs.insert(cell, proof);
                true
            }
            None => {
                for (cell, state) in before {
                    self.table.states[cell as usize] = state;
                    self.secondary.remove(&cell);
                }
                false
            }
        }
    }

    fn buy_cell(&mut self, cell: u32) {
        if let State::Candidate(range, _) = self.table.states[cell as usize] {
            self.table.states[cell as usize] = State::Free(range);
            self.secondary.insert(cell);
        }
    }

    /// What the secondary cells cost.
    fn price(&self) -> u64 {
        self.secondary.iter().map(|&cell| price(self.table.counts[cell as usize])).sum()
    }

    /// Replaces the secondary cells by the cheapest ones, where an integer program can tell them; gives their price and,
    /// when it is proven, the price nothing can beat.
    ///
    /// Cells that were suppressed for want of another way (wholes under rounding, disguises) are left as they are.
    fn improve(&mut self, needs: &BTreeMap<u32, i64>) -> (u64, Option<u64>) {
        let now = self.price();
        if self.secondary.is_empty() || !self.disguised.is_empty() {
            return (now, None);
        }
        let bought: Vec<u32> = self.secondary.iter().copied().collect();
        let mut open = self.table.clone();
        for &cell in &bought {
            let (Some(&cover), false) = (self.covers.get(&cell), needs.contains_key(&cell)) else {
                return (now, None);
            };
            open.states[cell as usize] = State::Candidate(cover, price(self.table.counts[cell as usize]));
        }
        let wanted: Vec<Wanted> = needs
            .iter()
            .filter(|(_, need)| **need > 0)
            .map(|(cell, need)| Wanted::width(*cell, *need))
            .collect();
        let Some(purchase) = cheapest(&open, &wanted, Effort::USUAL) else { return (now, None) };
        let cost: u64 = purchase.cells.iter().map(|&cell| price(self.table.counts[cell as usize])).sum();
        if cost < now && self.replace(open, &purchase.cells, needs) {
            return (cost, Some(purchase.bound.min(cost)));
        }
        (now, Some(purchase.bound.min(now)))
    }

    /// Takes another choice of secondary cells if every hidden cell can be proven under it.
    fn replace(&mut self, open: Table, cells: &BTreeSet<u32>, needs: &BTreeMap<u32, i64>) -> bool {
        let before = (
            std::mem::replace(&mut self.table, open),
            std::mem::take(&mut self.secondary),
            std::mem::take(&mut self.proofs),
        );
        for &cell in cells {
            self.buy_cell(cell);
        }
        let hidden: BTreeSet<u32> = needs.keys().chain(cells).copied().collect();
        let safe = hidden.into_iter().all(|cell| {
            let proof = self.widen(cell, self.need(cell, needs), Pay::Nothing);
            proof.is_some_and(|proof| self.proofs.insert(cell, proof).is_none())
        });
        if !safe {
            (self.table, self.secondary, self.proofs) = before;
        }
        safe
    }

    /// Where the public reasons alone narrow a cell too far (three areas with "1 to 4" in one with "1 to 4" leave
    /// 3 or 4 for it): publishes wholes, then the cell itself, under the reason of secondary cells.
    fn protect_by_disguise(&mut self, cell: u32, need: i64) -> bool {
        let mut nearest: Vec<u32> = self.table.wholes(cell).into_iter().collect();
        let further: BTreeSet<u32> = nearest.iter().flat_map(|&whole| self.table.wholes(whole)).collect();
        nearest.extend(further);
        nearest.push(cell);
        for other in nearest {
            if self.disguised.contains(&other) {
                continue;
            }
            if let Some(range) = self.disguises.get(&other).copied() {
                self.table.states[other as usize] = State::Free(range);
                self.disguised.insert(other);
                if self.protect(cell, need) {
                    return true;
                }
            }
        }
        false
    }

    /// Where rounding alone does not hide a number: suppresses members of its sums, the largest first.
    fn protect_by_wholes(&mut self, cell: u32, need: i64) -> bool {
        let mut members: Vec<(std::cmp::Reverse<i64>, u32)> = self
            .table
            .neighbours(cell)
            .into_iter()
            .filter(|other| !self.secondary.contains(other))
            .map(|other| (std::cmp::Reverse(self.table.counts[other as usize]), other))
            .collect();
        members.sort_unstable();
        for (_, other) in members {
            if let Some(cover) = self.covers.get(&other).copied() {
                self.table.states[other as usize] = State::Free(cover);
                self.secondary.insert(other);
                if self.protect(cell, need) {
                    return true;
                }
            }
        }
        false
    }

    /// Attacks every hidden cell with all public sums; gives the cells that are narrower than promised.
    fn attack(&self, needs: &BTreeMap<u32, i64>, outcome: &mut Outcome) -> Vec<usize> {
        let cells: BTreeSet<u32> = needs.keys().chain(&self.secondary).copied().collect();
        let cells: Vec<u32> = cells.into_iter().collect();
        let witnesses = self.proofs.values().flat_map(|proof| [&proof.up, &proof.down]);
        let intervals = intervals(&self.table, &cells, witnesses, BUDGET);
        outcome.attacked = cells.len();
        outcome.inexact = intervals.iter().filter(|interval| !interval.is_exact()).count();
        let mut narrow = Vec::new();
        for (&cell, interval) in cells.iter().zip(&intervals) {
            let need = self.need(cell, needs);
            if interval.width() < need {
                narrow.push(cell as usize);
            } else if need > 0 {
                let least = outcome.minimal_width.unwrap_or(i64::MAX);
                outcome.minimal_width = Some(least.min(interval.width()));
            }
        }
        narrow
    }

    /// Seeks two tables between which the cell differs by `need`.
    fn widen(&mut self, cell: u32, need: i64, pay: Pay) -> Option<Proof> {
        let mut proof = Proof { up: Move::new(), down: Move::new(), width: 0 };
        if need == 0 {
            return Some(proof);
        }
        loop {
            self.stretch(&mut proof, cell, need);
            if proof.width >= need {
                return Some(proof);
            }
            if pay == Pay::Nothing {
                return None;
            }
            self.buy(&mut proof, cell, need)?;
        }
    }

    /// How far the cell may still move in a direction.
    fn room(&self, proof: &Proof, cell: u32, sign: i64, need: i64) -> i64 {
        let range = self.range(cell);
        let base = if sign > 0 { &proof.up } else { &proof.down };
        let at = self.table.counts[cell as usize] + base.get(&cell).copied().unwrap_or(0);
        let room = if sign > 0 { range.high - at } else { at - range.low };
        room.min(need - proof.width)
    }

    /// Widens as far as hidden cells allow.
    fn stretch(&mut self, proof: &mut Proof, cell: u32, need: i64) {
        for sign in [1, -1] {
            let mut step = self.room(proof, cell, sign, need);
            while step > 0 {
                let base = if sign > 0 { &proof.up } else { &proof.down };
                match self.search.find(&self.table, base, cell, sign * step, Pay::Nothing, u64::MAX - 1) {
                    Some((change, _)) => {
                        proof.width += step;
                        *(if sign > 0 { &mut proof.up } else { &mut proof.down }) = change;
                        step = self.room(proof, cell, sign, need);
                    }
                    None => step /= 2,
                }
            }
        }
    }

    /// Suppresses the cells of the cheapest move that widens further.
    fn buy(&mut self, proof: &mut Proof, cell: u32, need: i64) -> Option<()> {
        let mut best: Option<(u64, i64, i64, Move)> = None;
        let widest = [1, -1].map(|sign| self.room(proof, cell, sign, need)).into_iter().max()?;
        let mut step = widest;
        while step > 0 && best.is_none() {
            for sign in [1, -1] {
                if self.room(proof, cell, sign, need) < step {
                    continue;
                }
                let base = if sign > 0 { &proof.up } else { &proof.down };
                let limit = best.as_ref().map_or(u64::MAX - 1, |best| best.0.saturating_sub(1));
                if let Some((change, paid)) =
                    self.search.find(&self.table, base, cell, sign * step, Pay::Candidates, limit)
                {
                    best = Some((paid, sign, step, change));
                }
            }
            step /= 2;
        }
        let (_, sign, step, change) = best?;
        for &changed in change.keys() {
            if let State::Candidate(range, _) = self.table.states[changed as usize] {
                self.table.states[changed as usize] = State::Free(range);
                self.secondary.insert(changed);
            }
        }
        proof.width += step;
        *(if sign > 0 { &mut proof.up } else { &mut proof.down }) = change;
        Some(())
    }

    /// Makes secondary cells public again where every proof can be led without them, dearest first.
    fn release_spare(&mut self, needs: &BTreeMap<u32, i64>) {
        for cell in self.secondary.clone() {
            let need = self.need(cell, needs);
            if let Some(proof) = self.widen(cell, need, Pay::Nothing) {
                self.proofs.insert(cell, proof);
            }
        }
        let mut order: Vec<u32> =
            self.secondary.iter().copied().filter(|cell| !needs.contains_key(cell)).collect();
        order.sort_by_key(|&cell| (std::cmp::Reverse(self.table.counts[cell as usize]), cell));
        for cell in order {
            let hidden = self.table.states[cell as usize];
            self.table.states[cell as usize] = self.public[cell as usize];
            let affected: Vec<u32> = self
                .proofs
                .iter()
                .filter(|(other, proof)| **other != cell && proof.uses(cell))
                .map(|(other, _)| *other)
                .collect();
            let mut renewed = Vec::new();
            let safe = affected.iter().all(|&other| {
                let need = self.need(other, needs);
                match self.widen(other, need, Pay::Nothing) {
                    Some(proof) => {
                        renewed.push((other, proof));
                        true
                    }
                    None => false,
                }
            });
            if safe {
                self.secondary.remove(&cell);
                self.proofs.remove(&cell);
                self.proofs.extend(renewed);
            } else {
                self.table.states[cell as usize] = hidden;
            }
        }
    }
}

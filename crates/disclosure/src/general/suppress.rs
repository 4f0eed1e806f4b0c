//! Chooses the further cells to suppress in a general table.
//!
//! Every sensitive cell is protected by the cheapest changes that raise and lower it far enough ([`super::finder`]); what they
//! run through is suppressed. Then the choice is improved by taking a secondary cell away together with the proofs
//! around it and protecting those anew in another order, as long as that does not cost more ("ruin and recreate", Schrimpf et al.
//! 2000, "Record breaking optimization results using the ruin and recreate principle"). Rounds are counted, not timed:
//! the same table gives the same cells on every machine.

use super::finder::{Ask, Change, Field, Finder, NEVER};
use super::random::Stream;
use super::table::{GeneralTable, Need};
use crate::cheapest::{Effort, Wanted, cheapest};
use std::collections::BTreeSet;

/// Cells a program may reach where the finder sees no way.
const REACH: usize = 20_000;

/// The changes that prove a sensitive cell safe.
#[derive(Clone, Default)]
pub(crate) struct Proof {
    pub(crate) up: Change,
    pub(crate) down: Change,
}

impl Proof {
    fn cells(&self) -> BTreeSet<u32> {
        self.up.iter().chain(&self.down).map(|&(cell, _)| cell).collect()
    }
}

/// A choice of suppressed cells in the making.
pub(crate) struct Work<'a> {
    table: &'a GeneralTable,
    finder: Finder,
    needs: &'a [Need],
    /// Price of every cell: 0 when hidden.
    cost: Vec<u64>,
    /// How far every cell may fall.
    slack: Vec<i64>,
    /// The proofs that run through a cell.
    users: Vec<Vec<u32>>,
    proofs: Vec<Option<Proof>>,
    /// What all secondary cells cost.
    pub(crate) total: u64,
}

impl<'a> Work<'a> {
    pub(crate) fn new(table: &'a GeneralTable, needs: &'a [Need]) -> Self {
        let cells = table.cells();
        let mut cost: Vec<u64> = (0..cells)
            .map(|cell| match (table.is_published(cell), table.is_candidate(cell)) {
                _ if table.known[cell] => NEVER,
                (false, _) => 0,
                (true, true) => table.prices[cell],
                (true, false) => NEVER,
            })
            .collect();
        for need in needs {
            if !table.known[need.cell as usize] {
                cost[need.cell as usize] = 0;
            }
        }
        let slack = (0..cells)
            .map(|cell| {
                let low = if table.is_published(cell) { table.range(cell).low } else { table.lowest.min(0) };
                table.values[cell] - low
            })
            .collect();
        Self {
            table,
            finder: Finder::new(&table.layout),
            needs,
            cost,
            slack,
            users: vec![Vec::new(); cells],
            proofs: vec![None; needs.len()],
            total: 0,
        }
    }

    /// Protects every sensitive cell; gives those that cannot be protected.
    pub(crate) fn protect_all(&mut self) -> Vec<u32> {
        let mut order: Vec<usize> = (0..self.needs.len()).collect();
        // The largest needs first: what protects them protects others.
        order.sort_by_key(|&need| (std::cmp::Reverse(self.needs[need].up.max(self.needs[need].down)), need));
        let mut open = Vec::new();
        for need in order {
            if !self.protect(need, NEVER) && !self.protect_by_program(need) {
                open.push(self.needs[need].cell);
            }
        }
        open.sort_unstable();
        open
    }

    fn ask(&mut self, cell: u32, step: i64, both_ways: bool, limit: u64) -> Option<(Change, u64)> {
        let field = Field { cost: &self.cost, slack: &self.slack };
        self.finder.find(field, Ask { cell, step, both_ways, limit })
    }

    /// Finds the cheapest proof for a need, and suppresses what it runs through; false when it would cost `limit` or more.
    pub(crate) fn protect(&mut self, number: usize, limit: u64) -> bool {
        let Need { cell, up, down } = self.needs[number];
        let mut best: Option<(Proof, u64)> = None;
        let bound = |best: &Option<(Proof, u64)>| best.as_ref().map_or(limit, |(_, paid)| *paid);
        let free = |best: &Option<(Proof, u64)>| best.as_ref().is_some_and(|(_, paid)| *paid == 0);
        if up > 0
            && down > 0
            && let Some((change, paid)) = self.ask(cell, up.max(down), true, limit)
        {
            let opposite = change.iter().map(|&(cell, delta)| (cell, -delta)).collect();
            best = Some((Proof { up: change, down: opposite }, paid));
        }
        if best.is_none() || (up.max(down) > 1 && !free(&best)) {
            let limit = bound(&best);
            if let Some(found) = self.one_by_one(cell, up, down, false, limit) {
                best = Some(found);
            }
        }
        if up.max(down) > 1 && !free(&best) {
            let limit = bound(&best);
            if let Some(found) = self.one_by_one(cell, up, down, true, limit) {
                best = Some(found);
            }
        }
        let Some((proof, _)) = best else { return false };
        self.commit(number, proof);
        true
    }

    /// Raises and lowers a cell by changes of their own, in halves where asked; the price counts every cell once.
    fn one_by_one(
        &mut self,
        cell: u32,
        up: i64,
        down: i64,
        halves: bool,
        limit: u64,
    ) -> Option<(Proof, u64)> {
        let mut bought: Vec<(u32, u64)> = Vec::new();
        let mut paid = 0;
        let mut side = |work: &mut Self, need: i64| -> Option<Change> {
            let sign = need.signum();
            let mut left = need.abs();
            let mut base: Change = Vec::new();
            let mut step = if halves { (left + 1) / 2 } else { left };
            while left > 0 {
                let size = step.min(left).max(1);
                // The cell itself may not fall below what is possible; the finder sees to it.
                let room = limit.saturating_sub(paid);
                let found = if room == 0 { None } else { work.ask(cell, sign * size, false, room) };
                match found {
                    Some((change, price)) => {
                        paid += price;
                        for (changed, delta) in change {
                            work.slack[changed as usize] += delta;
                            base.push((changed, delta));
                            let cost = &mut work.cost[changed as usize];
                            if *cost != 0 {
                                bought.push((changed, *cost));
                                *cost = 0;
                            }
                        }
                        left -= size;
                    }
                    None if size > 1 && halves => step = size / 2,
                    None => {
                        base.iter().for_each(|&(changed, delta)| work.slack[changed as usize] -= delta);
                        return None;
                    }
                }
            }
            base.iter().for_each(|&(changed, delta)| work.slack[changed as usize] -= delta);
            Some(merge(base))
        };
        let first = side(self, up);
        let both = first.and_then(|first| Some((first, side(self, -down)?)));
        for (cell, cost) in bought {
            self.cost[cell as usize] = cost;
        }
        let (up, down) = both?;
        (paid < limit).then_some((Proof { up, down }, paid))
    }

    /// Where the finder sees no way: the relaxed program over everything in reach.
    fn protect_by_program(&mut self, number: usize) -> bool {
        let Need { cell, up, down } = self.needs[number];
        let hidden: Vec<bool> = self.cost.iter().map(|&cost| cost == 0).collect();
        let sums = self.table.sums(&hidden);
        let Some(purchase) =
            cheapest(&sums, &[Wanted::ways(cell, up, down)], Effort::Relaxed { columns: REACH })
        else {
            return false;
        };
        let Some(Some((raised, lowered))) = purchase.proofs.into_iter().next() else { return false };
        let change = |change: &crate::moves::Move| change.get(&cell).copied().unwrap_or(0);
        if change(&raised) < up || -change(&lowered) < down {
            return false;
        }
        let proof = Proof { up: raised.into_iter().collect(), down: lowered.into_iter().collect() };
        self.commit(number, proof);
        true
    }

    fn commit(&mut self, number: usize, proof: Proof) {
        for cell in proof.cells() {
            let cost = &mut self.cost[cell as usize];
            if *cost != 0 {
                self.total += *cost;
                *cost = 0;
            }
            self.users[cell as usize].push(number as u32);
        }
        self.proofs[number] = Some(proof);
    }

    /// Takes a proof away, and publishes again what it alone needed.
    fn withdraw(&mut self, number: usize) -> Option<Proof> {
        let proof = self.proofs[number].take()?;
        for cell in proof.cells() {
            let users = &mut self.users[cell as usize];
            users.retain(|&user| user != number as u32);
            if users.is_empty() && self.is_secondary(cell) {
                let price = self.table.prices[cell as usize];
                self.cost[cell as usize] = price;
                self.total -= price;
            }
        }
        Some(proof)
    }

    fn is_secondary(&self, cell: u32) -> bool {
        let cell = cell as usize;
        self.table.primary[cell].is_none() && self.table.is_published(cell) && !self.table.known[cell]
    }

    /// The secondary cells, ascending.
    pub(crate) fn secondary(&self) -> Vec<u32> {
        let used = |cell: &u32| !self.users[*cell as usize].is_empty() && self.is_secondary(*cell);
        (0..self.users.len() as u32).filter(used).collect()
    }

    /// Makes cells free for now; [`Work::settle_prices`] charges for those that are used.
    pub(crate) fn prefer(&mut self, cells: impl Iterator<Item = u32>) {
        for cell in cells {
            let cost = &mut self.cost[cell as usize];
            if *cost != NEVER {
                *cost = 0;
            }
        }
    }

    /// Gives cells that were preferred but not used their price again, and charges for the others.
    pub(crate) fn settle_prices(&mut self) {
        self.total = 0;
        for cell in 0..self.cost.len() as u32 {
            if self.is_secondary(cell) && self.cost[cell as usize] != NEVER {
                let price = self.table.prices[cell as usize];
                let used = !self.users[cell as usize].is_empty();
                self.cost[cell as usize] = if used { 0 } else { price };
                self.total += if used { price } else { 0 };
            }
        }
    }

    /// The proof of every need.
    pub(crate) fn proofs(&self) -> &[Option<Proof>] {
        &self.proofs
    }

    /// Tries other choices around secondary cells for a number of rounds.
    ///
    /// At first a choice that is dearer by about `warmth` mean prices of a cell is taken now and then, later none
    /// (simulated annealing, Kirkpatrick et al. 1983).
    pub(crate) fn improve(&mut self, rounds: usize, warmth: f64, random: &mut Stream) {
        let mean = self.total as f64 / self.secondary().len().max(1) as f64;
        let mut queue: Vec<u32> = Vec::new();
        for round in 0..rounds {
            let left = 1.0 - round as f64 / rounds as f64;
            let allowance = (-(1.0 - random.unit()).ln() * warmth * mean * left * left) as u64;
            let target = loop {
                match queue.pop() {
                    Some(cell) if !self.users[cell as usize].is_empty() => break cell,
                    Some(_) => {}
                    None => {
                        queue = self.secondary();
                        if queue.is_empty() {
                            return;
                        }
                        random.shuffle(&mut queue);
                    }
                }
            };
            self.try_without(target, allowance, random);
        }
    }

    /// Withdraws the proofs around a secondary cell and leads them again, mostly without it; undone where that is
    /// dearer by more than the allowance.
    fn try_without(&mut self, target: u32, allowance: u64, random: &mut Stream) {
        let before = self.total + allowance;
        let mut around: Vec<u32> = self.users[target as usize].clone();
        // Proofs that share a secondary cell with them, as far as they are few.
        let most = 3 + random.below(8) as usize;
        let mut next = 0;
        while next < around.len() && around.len() < most {
            let cells = self.proofs[around[next] as usize].as_ref().map(Proof::cells).unwrap_or_default();
            for cell in cells {
                for &user in &self.users[cell as usize] {
                    if around.len() < most && !around.contains(&user) {
                        around.push(user);
                    }
                }
            }
            next += 1;
        }
        let old: Vec<(u32, Option<Proof>)> =
            around.iter().map(|&number| (number, self.withdraw(number as usize))).collect();
        random.shuffle(&mut around);
        let banned = random.below(4) != 0 && self.users[target as usize].is_empty();
        let price = self.cost[target as usize];
        if banned {
            self.cost[target as usize] = NEVER;
        }
        let done = around.iter().all(|&number| {
            // The finder prefers short changes by a little; that must not count here.
            let left = (before + 64).saturating_sub(self.total);
            left > 0 && self.protect(number as usize, left)
        });
        if banned {
            self.cost[target as usize] = price;
        }
        if !done || self.total > before {
            for &number in &around {
                self.withdraw(number as usize);
            }
            for (number, proof) in old {
                if let Some(proof) = proof {
                    self.commit(number as usize, proof);
                }
            }
        }
    }
}

fn merge(mut change: Change) -> Change {
    change.sort_unstable();
    let mut merged: Change = Vec::with_capacity(change.len());
    for (cell, delta) in change {
        match merged.last_mut() {
            Some(last) if last.0 == cell => last.1 += delta,
            _ => merged.push((cell, delta)),
        }
    }
    merged
}

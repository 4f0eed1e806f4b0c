//! The cheapest cells to suppress, by an integer program (HiGHS) where it fits.
//!
//! For every cell to protect two tables are laid out beside the true one; they keep all sums, differ in this cell by the
//! promised width, and change a public cell only where it is bought (the compact model of Kelly, Golden and Assad 1992,
//! "Cell suppression: disclosure protection for sensitive tabular data"). Bought cells count once, whatever cells they
//! protect. Nothing here is trusted: what is bought is proven or dropped by the caller.

use crate::moves::{Move, State, Table};
use highs::{Col, HighsModelStatus, RowProblem, Sense};
use std::collections::{BTreeMap, BTreeSet};

/// How many times the promised width a change may be.
const REACH: i64 = 3;

/// What an integer program found.
pub(crate) struct Purchase {
    /// Candidates to suppress.
    pub(crate) cells: BTreeSet<u32>,
    /// For every cell to protect, the raising and the lowering change, where they are whole.
    pub(crate) proofs: Vec<Option<(Move, Move)>>,
    /// Price that no choice can beat, rounded up to whole units.
    pub(crate) bound: u64,
}

/// What is wanted for one cell: two tables between which it differs by the width, one where it is higher by `up`, one where
/// it is lower by `down`.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) cell: u32,
    pub(crate) width: i64,
    pub(crate) up: i64,
    pub(crate) down: i64,
}

impl Wanted {
    /// A width, wherever it lies.
    pub(crate) fn width(cell: u32, width: i64) -> Self {
        Self { cell, width, up: 0, down: 0 }
    }

    /// A distance upwards and one downwards.
    pub(crate) fn ways(cell: u32, up: i64, down: i64) -> Self {
        Self { cell, width: up + down, up, down }
    }
}

/// How exactly a program is solved.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// The relaxed program: candidates may be bought in part, and whatever is bought in part is suppressed. Fast, mostly cheap.
    Relaxed {
        /// Cells it may reach.
        columns: usize,
    },
    /// The integer program, of at most so many columns, with at most so many branches (counted, not timed, so that the same table
    /// gives the same cells everywhere).
    Whole {
        /// Columns.
        columns: usize,
        /// Branches.
        nodes: i32,
    },
}

impl Effort {
    /// What the gate spends on an integer program.
    pub(crate) const USUAL: Effort = Effort::Whole { columns: 240, nodes: 40 };
    /// What the gate spends on a relaxed program.
    pub(crate) const BRIEF: Effort = Effort::Relaxed { columns: 240 };
}

/// The cheapest candidates that give every cell its width, `None` when there are none or the program would be too large.
/// The bound holds for both efforts.
pub(crate) fn cheapest(table: &Table, needs: &[Wanted], effort: Effort) -> Option<Purchase> {
    let (whole, most, nodes) = match effort {
        Effort::Relaxed { columns } => (false, columns, 0),
        Effort::Whole { columns, nodes } => (true, columns, nodes),
    };
    let mut program = Program { problem: RowProblem::new(), bought: BTreeMap::new(), whole };
    let mut size = 0;
    let mut copies: Vec<[BTreeMap<u32, Col>; 2]> = Vec::with_capacity(needs.len());
    for &Wanted { cell, width: need, up: least_up, down: least_down } in needs {
        let reached = reach(table, cell, most)?;
        size += reached.len() * 2;
        if whole && size > most {
            return None;
        }
        let up = program.copy(table, &reached, need);
        let down = program.copy(table, &reached, need);
        let (raised, lowered) = (*up.get(&cell)?, *down.get(&cell)?);
        program.problem.add_row(need as f64.., [(raised, 1.0), (lowered, -1.0)]);
        program.problem.add_row(least_up as f64.., [(raised, 1.0)]);
        program.problem.add_row(..=-least_down as f64, [(lowered, 1.0)]);
        copies.push([up, down]);
    }
    let mut model = program.problem.try_optimise(Sense::Minimise).ok()?;
    model.try_set_option("threads", 1).ok()?;
    model.try_set_option("mip_max_nodes", nodes).ok()?;
    model.try_set_option("mip_rel_gap", 0.0).ok()?;
    let solved = model.try_solve().ok()?;
    let is_optimal = solved.status() == HighsModelStatus::Optimal;
    let bound = match (is_optimal, whole && !program.bought.is_empty()) {
        (true, _) => solved.objective_value(),
        (false, false) => return None,
        (false, true) => solved.double_info_value(c"mip_dual_bound").ok()?,
    };
    let solution = solved.get_solution();
    let value = |column: &Col| solution.columns().get(column.index()).copied().unwrap_or(f64::NAN);
    let enough = if whole { 0.5 } else { 1e-6 };
    let cells: BTreeSet<u32> =
        program.bought.iter().filter(|(_, column)| value(column) > enough).map(|(cell, _)| *cell).collect();
    let change = |copy: &BTreeMap<u32, Col>| -> Option<Move> {
        let mut change = Move::new();
        for (&cell, column) in copy {
            let delta = value(column);
            if (delta - delta.round()).abs() > 1e-5 {
                return None;
            }
            if delta.round() as i64 != 0 {
                change.insert(cell, delta.round() as i64);
            }
        }
        Some(change)
    };
    let proofs = copies.iter().map(|[up, down]| change(up).zip(change(down))).collect();
    Some(Purchase {
        cells,
        proofs,
        bound: if bound.is_finite() { (bound - 1e-4).ceil().max(0.0) as u64 } else { 0 },
    })
}

struct Program {
    problem: RowProblem,
    /// The decision on every candidate.
    bought: BTreeMap<u32, Col>,
    /// Whether a candidate is bought or not, never in part.
    whole: bool,
}

impl Program {
    /// A table beside the true one, as changes of the cells in reach.
    fn copy(&mut self, table: &Table, reached: &BTreeSet<u32>, need: i64) -> BTreeMap<u32, Col> {
        let widest = need.saturating_mul(REACH);
        let mut columns = BTreeMap::new();
        for &cell in reached {
            let count = table.counts[cell as usize];
            let (range, price) = match table.states[cell as usize] {
                State::Fixed => continue,
                State::Free(range) => (range, None),
                State::Candidate(range, price) => (range, Some(price)),
            };
            let low = (range.low - count).clamp(-widest, 0) as f64;
            let high = (range.high - count).clamp(0, widest) as f64;
            let column = self.problem.add_column(0.0, low..=high);
            if let Some(price) = price {
                let bought = *self.bought.entry(cell).or_insert_with(|| {
                    self.problem.add_column_with_integrality(price as f64, 0.0..=1.0, self.whole)
                });
                self.problem.add_row(..=0.0, [(column, 1.0), (bought, -high)]);
                self.problem.add_row(0.0.., [(column, 1.0), (bought, -low)]);
            }
            columns.insert(cell, column);
        }
        let mut rows: BTreeSet<u32> = BTreeSet::new();
        for &cell in columns.keys() {
            rows.extend(table.sums_of(cell));
        }
        for row in rows {
            let members = &table.all_relations()[row as usize].members;
            let members =
                members.iter().filter_map(|(cell, sign)| Some((*columns.get(cell)?, f64::from(*sign))));
            self.problem.add_row(0.0..=0.0, members.collect::<Vec<_>>());
        }
        columns
    }
}

/// The cells that a change of one cell can run through; `None` when there are more than `most`.
fn reach(table: &Table, cell: u32, most: usize) -> Option<BTreeSet<u32>> {
    let mut reached = BTreeSet::from([cell]);
    let mut waiting = vec![cell];
    while let Some(next) = waiting.pop() {
        for sum in table.sums_of(next) {
            for &(other, _) in &table.all_relations()[sum as usize].members {
                if table.states[other as usize] != State::Fixed && reached.insert(other) {
                    waiting.push(other);
                }
            }
        }
        if reached.len() > most {
            return None;
        }
    }
    Some(reached)
}

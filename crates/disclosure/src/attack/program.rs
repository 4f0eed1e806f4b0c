//! Components that are no network: extreme numbers by linear and integer programs (HiGHS).
//!
//! The linear program bounds the interval from outside. Where its optimum is a whole table, it is the extreme number itself;
//! otherwise the integer program is solved from scratch. Work is counted in unknowns times programs, never in time,
//! so that the same table gives the same audit on every machine.

use super::{Component, System};
use highs::{Col, HighsModelStatus, Model, RowProblem, Sense, SolvedModel};
use std::collections::BTreeMap;

/// An integer program weighs as much as this many linear ones.
const WHOLE_WEIGHT: usize = 20;
/// Branches an integer program may try.
const NODES: i32 = 500;
/// Bounds beyond this are none to the solver; its numbers carry about 15 digits.
const FAR: i64 = 1 << 40;
/// How far from a whole number an optimum may lie.
const SLACK: f64 = 1e-5;

/// Settles every wanted unknown of a component as far as the budget goes.
pub(super) fn attack(system: &mut System, component: &Component, wanted: &[bool], mut budget: usize) {
    let mut solver = Solver::new(system, component, false);
    for (place, &unknown) in component.unknowns.iter().enumerate() {
        if !wanted[unknown as usize] {
            continue;
        }
        for upward in [true, false] {
            if budget < component.unknowns.len() {
                return;
            }
            if system.is_settled_at(unknown, upward) {
                continue;
            }
            budget -= component.unknowns.len();
            settle(system, component, &mut solver, place, upward);
            if system.is_settled_at(unknown, upward) {
                continue;
            }
            let weight = component.unknowns.len().saturating_mul(WHOLE_WEIGHT);
            if budget >= weight {
                budget -= weight;
                let mut whole = Solver::new(system, component, true);
                settle(system, component, &mut whole, place, upward);
            }
        }
    }
}

/// Solves for one end of one interval and learns from bound and table.
fn settle(system: &mut System, component: &Component, solver: &mut Solver, place: usize, upward: bool) {
    let unknown = component.unknowns[place];
    let Some((bound, table)) = solver.extreme(place, upward) else { return };
    if let Some(bound) = bound {
        let outer = &mut system.outer[unknown as usize];
        if upward {
            outer.1 = outer.1.min(bound.max(0));
        } else {
            outer.0 = outer.0.max(bound.min(0));
        }
    }
    if let Some(values) = whole_numbers(&table) {
        let change: BTreeMap<u32, i64> =
            component.unknowns.iter().copied().zip(values).filter(|(_, value)| *value != 0).collect();
        system.learn_table(&change);
    }
    // A table that was exhibited beats a bound the solver lost digits on.
    let inner = system.inner[unknown as usize];
    let outer = &mut system.outer[unknown as usize];
    *outer = (outer.0.min(inner.0), outer.1.max(inner.1));
}

fn whole_numbers(table: &[f64]) -> Option<Vec<i64>> {
    let whole = |value: &f64| {
        let rounded = value.round();
        ((value - rounded).abs() <= SLACK && rounded.abs() < FAR as f64).then_some(rounded as i64)
    };
    table.iter().map(whole).collect()
}

/// A program over one component whose objective is changed from one end to the next.
struct Solver {
    model: Option<Model>,
    columns: Vec<Col>,
    whole: bool,
    last: Option<usize>,
}

impl Solver {
    fn new(system: &System, component: &Component, whole: bool) -> Self {
        let mut problem = RowProblem::new();
        let columns: Vec<Col> = component
            .unknowns
            .iter()
            .map(|&unknown| {
                let (low, high) = system.outer[unknown as usize];
                let low = if low <= -FAR { f64::NEG_INFINITY } else { low as f64 };
                let high = if high >= FAR { f64::INFINITY } else { high as f64 };
                problem.add_column_with_integrality(0.0, low..=high, whole)
            })
            .collect();
        for &row in &component.rows {
            let members: Vec<(Col, f64)> = system.rows[row as usize]
                .members
                .iter()
                .filter_map(|&(unknown, sign)| {
                    let place = component.unknowns.binary_search(&unknown).ok()?;
                    Some((columns[place], sign as f64))
                })
                .collect();
            problem.add_row(0.0..=0.0, members);
        }
        let mut model = problem.try_optimise(Sense::Maximise).ok();
        if let Some(model) = &mut model {
            // One thread and no clock: the same table gives the same answer.
            let set = model.try_set_option("threads", 1).is_ok()
                && model.try_set_option("mip_max_nodes", NODES).is_ok()
                && model.try_set_option("mip_rel_gap", 0.0).is_ok();
            debug_assert!(set, "the solver knows its options");
        }
        Self { model, columns, whole, last: None }
    }

    /// Bound (where there is one) and table at the largest or smallest value of one unknown; `None` when the solver fails.
    fn extreme(&mut self, place: usize, upward: bool) -> Option<(Option<i64>, Vec<f64>)> {
        let mut model = self.model.take()?;
        if let Some(last) = self.last.replace(place) {
            model.change_column_cost(self.columns[last], 0.0);
        }
        model.change_column_cost(self.columns[place], if upward { 1.0 } else { -1.0 });
        let solved = model.try_solve().ok()?;
        let answer = self.read(&solved, upward);
        let mut model = Model::from(solved);
        // From one optimum to the next the tables stay feasible, only the aim changes.
        if !self.whole && model.try_set_option("simplex_strategy", 4).is_err() {
            return answer;
        }
        self.model = Some(model);
        answer
    }

    fn read(&self, solved: &SolvedModel, upward: bool) -> Option<(Option<i64>, Vec<f64>)> {
        let status = solved.status();
        let best = match status {
            HighsModelStatus::Optimal => solved.objective_value(),
            _ if self.whole => solved.double_info_value(c"mip_dual_bound").ok()?,
            _ => return None,
        };
        let bound = best.is_finite() && best.abs() < FAR as f64;
        let bound =
            bound.then(|| (best + SLACK).floor() as i64).map(|best| if upward { best } else { -best });
        Some((bound, solved.get_solution().columns().to_vec()))
    }
}

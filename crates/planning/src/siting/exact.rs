//! What the relaxation leaves open, closed by HiGHS.
//!
//! The radius formulation: a row pays its cheapest cost, and one more step of its sorted costs for each distance
//! within which nothing is chosen. Only the choice of columns is integer. Sources: García, S., Labbé, M. and
//! Marín, A. (2011), "Solving large p-median problems with a radius formulation", INFORMS Journal on Computing 23,
//! 546-556; Huangfu, Q. and Hall, J. A. J. (2018), Mathematical Programming Computation 10, 119-142 (HiGHS).

use super::SitingError;
use super::problem::{Choice, Problem};
use super::relaxation::Column;
use highs::{HighsModelStatus, RowProblem, Sense};
use std::time::Duration;

/// The best choice and the proven bound after the time was used.
pub(super) struct Solved {
    pub(super) best: Choice,
    pub(super) bound: f64,
}

/// Starting values are handed over for all columns of the model, in the order they were added.
struct Model {
    rows: RowProblem,
    start: Vec<f64>,
    /// What is paid whatever is chosen.
    constant: f64,
}

/// Distinct costs of a row below its cap, in ascending order, each with the columns that have it.
fn levels(costs: &[f64], cap: f64) -> Vec<(f64, Vec<usize>)> {
    let mut order: Vec<usize> = (0..costs.len()).filter(|c| costs[*c] < cap).collect();
    order.sort_by(|a, b| costs[*a].total_cmp(&costs[*b]).then(a.cmp(b)));
    let mut levels: Vec<(f64, Vec<usize>)> = Vec::new();
    for column in order {
        match levels.last_mut() {
            Some((cost, members)) if *cost == costs[column] => members.push(column),
            _ => levels.push((costs[column], vec![column])),
        }
    }
    levels
}

fn model(problem: &Problem, chosen: &[usize], scale: f64) -> Model {
    let mut rows = RowProblem::default();
    let mut start = vec![0.0; problem.columns];
    for column in chosen {
        start[*column] = 1.0;
    }
    let picks: Vec<_> = (0..problem.columns).map(|_| rows.add_integer_column(0.0, 0.0..=1.0)).collect();
    rows.add_row(..=problem.open as f64, picks.iter().map(|pick| (*pick, 1.0)));
    let mut constant = 0.0;
    for row in 0..problem.rows() {
        let levels = levels(problem.row(row), problem.cap[row]);
        let Some((cheapest, _)) = levels.first() else {
            constant += problem.cap[row];
            continue;
        };
        constant += cheapest;
        let mut before = None;
        let mut missed = 1.0;
        for (at, (cost, members)) in levels.iter().enumerate() {
            let next = levels.get(at + 1).map_or(problem.cap[row], |(next, _)| *next);
            let misses = rows.add_column((next - cost) * scale, 0.0..=1.0);
            let terms = members.iter().map(|c| (picks[*c], 1.0)).chain([(misses, 1.0)]);
            // Nothing chosen within this cost, if nothing within the one before and nothing at it.
            match before {
                None => rows.add_row(1.0.., terms),
                Some(before) => rows.add_row(0.0.., terms.chain([(before, -1.0)])),
            };
            if members.iter().any(|c| start[*c] > 0.5) {
                missed = 0.0;
            }
            start.push(missed);
            before = Some(misses);
        }
    }
    Model { rows, start, constant }
}

/// Runs HiGHS on one thread, so that the same input gives the same choice (unless time runs out).
fn run(model: Model, columns: usize, limit: Duration) -> Result<(Vec<usize>, f64), SitingError> {
    let refused = |_| SitingError::Solver;
    let mut solver = model.rows.try_optimise(Sense::Minimise).map_err(refused)?;
    solver.make_quiet();
    let options = [("mip_rel_gap", 0.0), ("mip_abs_gap", 1e-6), ("time_limit", limit.as_secs_f64())];
    for (name, value) in options {
        solver.try_set_option(name, value).map_err(|_| SitingError::Solver)?;
    }
    solver.try_set_option("threads", 1).map_err(|_| SitingError::Solver)?;
    solver.try_set_option("random_seed", 0).map_err(|_| SitingError::Solver)?;
    solver.try_set_solution(Some(&model.start), None, None, None).map_err(refused)?;
    let solved = solver.try_solve().map_err(refused)?;
    let bound = match solved.status() {
        HighsModelStatus::Optimal | HighsModelStatus::ReachedTimeLimit => {
            solved.double_info_value(c"mip_dual_bound").map_err(refused)?
        }
        _ => return Err(SitingError::Solver),
    };
    let values = solved.get_solution();
    let picked = values.columns().iter().take(columns).enumerate().filter(|(_, value)| **value > 0.5);
    Ok((picked.map(|(column, _)| column).collect(), bound))
}

/// Solves what is left free, within the time; what the relaxation decided stays decided.
pub(super) fn close(
    problem: &Problem,
    best: Choice,
    known: &[Column],
    limit: Duration,
) -> Result<Solved, SitingError> {
    let with = |wanted| (0..known.len()).filter(|c| known[*c] == wanted).collect::<Vec<usize>>();
    let (sure, free) = (with(Column::Sure), with(Column::Free));
    let left = problem.reduced(&sure, &free);
    if left.open == 0 || free.is_empty() {
        return Ok(Solved { bound: left.value(&[]).min(best.value), best });
    }
    let start: Vec<usize> =
        (0..free.len()).filter(|at| best.columns.binary_search(&free[*at]).is_ok()).take(left.open).collect();
    let scale = if best.value > 0.0 { 1e4 / best.value } else { 1.0 };
    let model = model(&left, &start, scale);
    let constant = model.constant;
    let (picked, bound) = run(model, free.len(), limit)?;
    let mut columns: Vec<usize> = sure.into_iter().chain(picked.into_iter().map(|at| free[at])).collect();
    columns.sort_unstable();
    let value = problem.value(&columns);
    let bound = if bound.is_finite() { constant + bound / scale } else { 0.0 };
    let best = if value < best.value { Choice { columns, value } } else { best };
    // A choice outside what was left free is no better than the best known one, so the smaller of both holds.
    Ok(Solved { bound: bound.min(best.value), best })
}

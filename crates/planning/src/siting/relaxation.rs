//! Lower bounds by Lagrangian relaxation, and what they decide: columns that no better choice can have, and
//! columns that every better choice must have.
//!
//! Relaxing "every row is served once" with a price per row leaves columns that can be judged one by one; the
//! best `open` of them give a bound. Sources: Cornuéjols, G., Fisher, M. L. and Nemhauser, G. L. (1977),
//! Management Science 23, 789-810; Beasley, J. E. (1993), European Journal of Operational Research 65, 383-399
//! (subgradient steps and reduction tests).

use super::interchange::improve;
use super::problem::{Choice, Problem};

const STEPS: usize = 800;
/// Steps without a better bound after which steps get shorter.
const PATIENCE: usize = 15;

/// What the relaxation knows about a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// Still in question.
    Free,
    /// In every choice better than the best one known.
    Sure,
    /// In no choice better than the best one known.
    Out,
}

/// What came out.
#[derive(Clone, Debug)]
pub(super) struct Relaxed {
    /// No choice costs less.
    pub(super) bound: f64,
    /// The best choice known.
    pub(super) best: Choice,
    /// What is known about each column.
    pub(super) columns: Vec<Column>,
}

/// One bound: prices give each column a worth (never positive); `order` has the worthiest first.
struct Step {
    bound: f64,
    worth: Vec<f64>,
    order: Vec<usize>,
}

fn price_step(problem: &Problem, price: &[f64]) -> Step {
    let mut worth = vec![0.0; problem.columns];
    for (row, price) in price.iter().enumerate() {
        for (worth, cost) in worth.iter_mut().zip(problem.row(row)) {
            *worth += (cost - price).min(0.0);
        }
    }
    let mut order: Vec<usize> = (0..problem.columns).collect();
    order.sort_by(|a, b| worth[*a].total_cmp(&worth[*b]).then(a.cmp(b)));
    let chosen: f64 = order.iter().take(problem.open).map(|c| worth[*c]).sum();
    Step { bound: price.iter().sum::<f64>() + chosen, worth, order }
}

/// How often each row is served too little (positive) or too often (negative) by the chosen columns.
fn imbalance(problem: &Problem, price: &[f64], chosen: &[usize]) -> Vec<f64> {
    let served = |row: usize| {
        let costs = problem.row(row);
        let count = chosen.iter().filter(|c| costs[**c] < price[row]).count() as f64;
        // At its cap a row is served for the price by what exists.
        if count == 0.0 && price[row] >= problem.cap[row] { 0.0 } else { 1.0 - count }
    };
    (0..problem.rows()).map(served).collect()
}

/// Marks columns by the bound that would hold if they were forced in or out.
fn decide(problem: &Problem, step: &Step, best: f64, columns: &mut [Column]) {
    let limit = best + best.abs() * 1e-9;
    let (Some(last), next) = (
        problem.open.checked_sub(1).and_then(|last| step.order.get(last)),
        step.order.get(problem.open).map_or(0.0, |c| step.worth[*c]),
    ) else {
        return;
    };
    for (rank, column) in step.order.iter().enumerate() {
        if rank < problem.open {
            if step.bound - step.worth[*column] + next > limit {
                columns[*column] = Column::Sure;
            }
        } else if step.bound + step.worth[*column] - step.worth[*last] > limit {
            columns[*column] = Column::Out;
        }
    }
}

/// Raises the bound by subgradient steps, starting from a good choice, which it may improve.
pub(super) fn relax(problem: &Problem, start: Choice) -> Relaxed {
    let mut best = start;
    let mut columns = vec![Column::Free; problem.columns];
    let pays =
        |row: usize| best.columns.iter().map(|c| problem.row(row)[*c]).fold(problem.cap[row], f64::min);
    let mut price: Vec<f64> = (0..problem.rows()).map(pays).collect();
    let mut bound = f64::NEG_INFINITY;
    let (mut best_price, mut scale, mut waited) = (price.clone(), 1.0, 0);
    for _ in 0..STEPS {
        let step = price_step(problem, &price);
        let chosen = &step.order[..problem.open.min(step.order.len())];
        if step.bound > bound + bound.abs() * 1e-9 {
            waited = 0;
            best_price.clone_from(&price);
        } else {
            waited += 1;
        }
        bound = bound.max(step.bound);
        let value = problem.value(chosen);
        if value < best.value {
            let mut found = chosen.to_vec();
            found.sort_unstable();
            best = improve(problem, Choice { columns: found, value });
        }
        decide(problem, &step, best.value, &mut columns);
        if bound >= best.value - best.value.abs() * 1e-10 || scale < 1e-4 {
            break;
        }
        if waited >= PATIENCE {
            scale /= 2.0;
            waited = 0;
            price.clone_from(&best_price);
            continue;
        }
        let direction = imbalance(problem, &price, chosen);
        let square: f64 = direction.iter().map(|d| d * d).sum();
        if square == 0.0 {
            break;
        }
        let length = scale * (1.05 * best.value - step.bound).max(best.value * 1e-6) / square;
        for ((price, direction), cap) in price.iter_mut().zip(&direction).zip(&problem.cap) {
            *price = (*price + length * direction).clamp(0.0, *cap);
        }
    }
    Relaxed { bound: bound.clamp(0.0, best.value), best, columns }
}

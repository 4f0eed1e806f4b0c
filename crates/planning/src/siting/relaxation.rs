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
/// Steps of one trial of a column.
const PROBE_STEPS: usize = 100;
/// Costs all trials together may look at; about two seconds.
const PROBE_WORK: usize = 2_000_000_000;

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
    /// The prices that gave the bound.
    price: Vec<f64>,
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

/// Prices on their way up.
struct Ascent {
    price: Vec<f64>,
    bound: f64,
    best_price: Vec<f64>,
    scale: f64,
    waited: usize,
}

impl Ascent {
    fn new(price: Vec<f64>) -> Self {
        Self { best_price: price.clone(), price, bound: f64::NEG_INFINITY, scale: 1.0, waited: 0 }
    }

    /// The bound at the present prices; remembers the best ones.
    fn look(&mut self, problem: &Problem) -> Step {
        let step = price_step(problem, &self.price);
        if step.bound > self.bound + self.bound.abs() * 1e-9 {
            self.waited = 0;
            self.best_price.clone_from(&self.price);
        } else {
            self.waited += 1;
        }
        self.bound = self.bound.max(step.bound);
        step
    }

    /// Moves the prices towards `target`, the value of a known choice. False when they can rise no more.
    fn go(&mut self, problem: &Problem, step: &Step, target: f64) -> bool {
        if self.scale < 1e-4 {
            return false;
        }
        if self.waited >= PATIENCE {
            self.scale /= 2.0;
            self.waited = 0;
            self.price.clone_from(&self.best_price);
            return true;
        }
        let chosen = &step.order[..problem.open.min(step.order.len())];
        let direction = imbalance(problem, &self.price, chosen);
        let square: f64 = direction.iter().map(|d| d * d).sum();
        if square == 0.0 {
            return false;
        }
        let length = self.scale * (1.05 * target - step.bound).max(target * 1e-6) / square;
        for ((price, direction), cap) in self.price.iter_mut().zip(&direction).zip(&problem.cap) {
            *price = (*price + length * direction).clamp(0.0, *cap);
        }
        true
    }
}

/// Raises the bound by subgradient steps, starting from a good choice, which it may improve.
pub(super) fn relax(problem: &Problem, start: Choice) -> Relaxed {
    let mut best = start;
    let mut columns = vec![Column::Free; problem.columns];
    let pays =
        |row: usize| best.columns.iter().map(|c| problem.row(row)[*c]).fold(problem.cap[row], f64::min);
    let mut ascent = Ascent::new((0..problem.rows()).map(pays).collect());
    for _ in 0..STEPS {
        let step = ascent.look(problem);
        let chosen = &step.order[..problem.open.min(step.order.len())];
        let value = problem.value(chosen);
        if value < best.value {
            let mut found = chosen.to_vec();
            found.sort_unstable();
            best = improve(problem, Choice { columns: found, value });
        }
        decide(problem, &step, best.value, &mut columns);
        let closed = ascent.bound >= best.value - best.value.abs() * 1e-10;
        if closed || !ascent.go(problem, &step, best.value) {
            break;
        }
    }
    Relaxed { bound: ascent.bound.clamp(0.0, best.value), price: ascent.best_price, best, columns }
}

/// Whether every choice of the problem costs more than `target`, as far as so many steps from `price` can show.
fn exceeds(problem: &Problem, target: f64, price: &[f64], steps: usize) -> bool {
    let start = price.iter().zip(&problem.cap).map(|(price, cap)| price.min(*cap));
    let mut ascent = Ascent::new(start.collect());
    for _ in 0..steps {
        let step = ascent.look(problem);
        if ascent.bound > target + target.abs() * 1e-9 {
            return true;
        }
        if !ascent.go(problem, &step, target) {
            return false;
        }
    }
    false
}

/// Tries each free column both ways: what would cost more than the best known choice if forced in is out, and
/// if forced out is sure. Repeats while that decides anything, within a fixed amount of work (no clock).
///
/// This is strong branching (Achterberg, T., Koch, T. and Martin, A. (2005), Operations Research Letters 33, 42-54)
/// used only to decide columns.
pub(super) fn probe(problem: &Problem, relaxed: &mut Relaxed) {
    let target = relaxed.best.value;
    let mut work = PROBE_WORK;
    loop {
        let mut decided = false;
        for column in 0..problem.columns {
            let with = |wanted| (0..problem.columns).filter(|c| relaxed.columns[*c] == wanted).collect();
            let (mut sure, mut free): (Vec<usize>, Vec<usize>) = (with(Column::Sure), with(Column::Free));
            let Ok(at) = free.binary_search(&column) else { continue };
            let cost = 2 * PROBE_STEPS * problem.rows() * free.len();
            if sure.len() >= problem.open || cost > work {
                return;
            }
            work -= cost;
            free.remove(at);
            if exceeds(&problem.reduced(&sure, &free), target, &relaxed.price, PROBE_STEPS) {
                relaxed.columns[column] = Column::Sure;
                decided = true;
                continue;
            }
            sure.push(column);
            if exceeds(&problem.reduced(&sure, &free), target, &relaxed.price, PROBE_STEPS) {
                relaxed.columns[column] = Column::Out;
                decided = true;
            }
        }
        if !decided {
            return;
        }
    }
}

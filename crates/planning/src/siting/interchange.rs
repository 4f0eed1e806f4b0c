//! Good choices fast: greedy addition and vertex interchange.
//!
//! Sources: Teitz, M. B. and Bart, P. (1968), Operations Research 16, 955-961; Whitaker, R. A. (1983), INFOR 21,
//! 95-108 (evaluation of all exchanges of one entering column at once).

use super::problem::{Choice, Problem};

/// Adds the column that saves most until none saves anything or enough are open. Ties go to the first column.
pub(super) fn greedy(problem: &Problem) -> Choice {
    let mut pays = problem.cap.clone();
    let mut columns = Vec::new();
    while columns.len() < problem.open {
        let mut saved = vec![0.0; problem.columns];
        for (row, pays) in pays.iter().enumerate() {
            for (saved, cost) in saved.iter_mut().zip(problem.row(row)) {
                *saved += (pays - cost).max(0.0);
            }
        }
        let best = saved
            .iter()
            .enumerate()
            .fold((0, 0.0), |best, (column, saved)| if *saved > best.1 { (column, *saved) } else { best });
        if best.1 <= 0.0 {
            break;
        }
        for (row, pays) in pays.iter_mut().enumerate() {
            *pays = pays.min(problem.row(row)[best.0]);
        }
        columns.push(best.0);
    }
    columns.sort_unstable();
    let value = problem.value(&columns);
    Choice { columns, value }
}

/// Each row's cheapest chosen column (as position in the choice) with its cost, and the second cheapest cost.
fn two_nearest(problem: &Problem, chosen: &[usize]) -> Vec<(Option<usize>, f64, f64)> {
    let nearest = |row: usize| {
        let (mut at, mut first, mut second) = (None, problem.cap[row], problem.cap[row]);
        for (position, column) in chosen.iter().enumerate() {
            let cost = problem.row(row)[*column];
            if cost < first {
                (at, first, second) = (Some(position), cost, first);
            } else if cost < second {
                second = cost;
            }
        }
        (at, first, second)
    };
    (0..problem.rows()).map(nearest).collect()
}

/// Exchanges one chosen column for another as long as that saves, the best exchange first.
pub(super) fn improve(problem: &Problem, start: Choice) -> Choice {
    let mut current = start;
    if current.columns.is_empty() {
        return current;
    }
    // Each exchange lowers the value; the bound only guards against endless rounding.
    for _ in 0..10_000 {
        let near = two_nearest(problem, &current.columns);
        let mut best = (0, 0, current.value * 1e-12);
        let mut loss = vec![0.0; current.columns.len()];
        for entering in (0..problem.columns).filter(|c| current.columns.binary_search(c).is_err()) {
            let mut gain = 0.0;
            loss.fill(0.0);
            for (row, (at, first, second)) in near.iter().enumerate() {
                let cost = problem.row(row)[entering];
                if cost < *first {
                    gain += first - cost;
                } else if let Some(at) = at {
                    loss[*at] += cost.min(*second) - first;
                }
            }
            for (leaving, loss) in loss.iter().enumerate() {
                if gain - loss > best.2 {
                    best = (leaving, entering, gain - loss);
                }
            }
        }
        let mut next = current.columns.clone();
        next[best.0] = best.1;
        next.sort_unstable();
        let value = problem.value(&next);
        if best.2 <= current.value * 1e-12 || value >= current.value {
            return current;
        }
        current = Choice { columns: next, value };
    }
    current
}

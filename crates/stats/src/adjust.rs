//! p-values of many tests at once.
//!
//! One entry per test; `None` where nothing was tested. Such entries stay `None` and do not count as tests.

/// Benjamini and Hochberg: the smallest false-discovery rate at which a test would still be called significant.
///
/// Calling all tests with an adjusted p of at most `q` significant keeps the expected share of false alarms among
/// them at `q`, if the tests are independent or positively dependent, which neighbouring areas are.
/// Source: Benjamini, Y. and Hochberg, Y. (1995), Journal of the Royal Statistical Society B 57, 289-300.
pub fn false_discovery(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let order = ascending(p);
    let tests = order.len() as f64;
    let mut adjusted = p.to_vec();
    let mut smallest = 1.0_f64;
    for (rank, (test, value)) in order.iter().enumerate().rev() {
        smallest = smallest.min(value * tests / (rank + 1) as f64);
        adjusted[*test] = Some(smallest);
    }
    adjusted
}

/// Bonferroni: each p times the number of tests, at most 1. Keeps the chance of even one false alarm.
pub fn bonferroni(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let tests = p.iter().flatten().count() as f64;
    p.iter().map(|value| value.map(|v| (v * tests).min(1.0))).collect()
}

/// Holm's step-down form of Bonferroni: the same promise, never less power.
/// Source: Holm, S. (1979), Scandinavian Journal of Statistics 6, 65-70.
pub fn holm(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let order = ascending(p);
    let mut adjusted = p.to_vec();
    let mut largest = 0.0_f64;
    for (rank, (test, value)) in order.iter().enumerate() {
        largest = largest.max((value * (order.len() - rank) as f64).min(1.0));
        adjusted[*test] = Some(largest);
    }
    adjusted
}

fn ascending(p: &[Option<f64>]) -> Vec<(usize, f64)> {
    let mut order: Vec<(usize, f64)> =
        p.iter().enumerate().filter_map(|(test, value)| Some((test, (*value)?))).collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    order
}

//! Natural breaks by dynamic programming over the distinct values.
//!
//! The best split of the first j values into m classes is monotone in j, so each layer is solved by divide and
//! conquer in O(n log n) (X. Wu 1991; A. Grønlund et al. 2017, "Fast exact k-means in 1D").

/// Sums over the sorted distinct values, shifted by their mean to keep squares small.
struct Costs {
    weight: Vec<f64>,
    sum: Vec<f64>,
    square: Vec<f64>,
}

impl Costs {
    fn new(values: &[(f64, f64)]) -> Costs {
        let total: f64 = values.iter().map(|(_, weight)| weight).sum();
        let mean = values.iter().map(|(value, weight)| value * (weight / total)).sum::<f64>();
        let mut costs = Costs { weight: vec![0.0], sum: vec![0.0], square: vec![0.0] };
        for (value, weight) in values {
            let shifted = value - mean;
            costs.weight.push(costs.weight[costs.weight.len() - 1] + weight);
            costs.sum.push(costs.sum[costs.sum.len() - 1] + weight * shifted);
            costs.square.push(costs.square[costs.square.len() - 1] + weight * shifted * shifted);
        }
        costs
    }

    /// Sum of squared deviations of the values `from..to` from their mean.
    fn of(&self, from: usize, to: usize) -> f64 {
        let weight = self.weight[to] - self.weight[from];
        let sum = self.sum[to] - self.sum[from];
        if weight > 0.0 { (self.square[to] - self.square[from] - sum * sum / weight).max(0.0) } else { 0.0 }
    }
}

struct Layer<'a> {
    costs: &'a Costs,
    before: &'a [f64],
    now: Vec<f64>,
    split: Vec<usize>,
    least: usize,
}

impl Layer<'_> {
    /// Solves ends `low..=high`, whose best last class begins between `first` and `last`.
    fn solve(&mut self, low: usize, high: usize, first: usize, last: usize) {
        if low > high {
            return;
        }
        let end = low + (high - low) / 2;
        let mut best = (f64::INFINITY, first);
        for start in first.max(self.least)..=last.min(end - 1) {
            let cost = self.before[start] + self.costs.of(start, end);
            if cost < best.0 {
                best = (cost, start);
            }
        }
        (self.now[end], self.split[end]) = best;
        if end > low {
            self.solve(low, end - 1, first, best.1);
        }
        self.solve(end + 1, high, best.1, last);
    }
}

/// Upper limits of all classes but the last: the largest member of each.
pub(super) fn breaks(sorted: &[f64], k: usize) -> Vec<f64> {
    let mut distinct: Vec<(f64, f64)> = Vec::new();
    for value in sorted {
        match distinct.last_mut() {
            Some((last, weight)) if last == value => *weight += 1.0,
            _ => distinct.push((*value, 1.0)),
        }
    }
    let n = distinct.len();
    let k = k.min(n);
    let costs = Costs::new(&distinct);
    let mut before: Vec<f64> = (0..=n).map(|end| costs.of(0, end)).collect();
    let mut splits: Vec<Vec<usize>> = Vec::new();
    for classes in 2..=k {
        let mut layer = Layer {
            costs: &costs,
            before: &before,
            now: vec![f64::INFINITY; n + 1],
            split: vec![0; n + 1],
            least: classes - 1,
        };
        layer.solve(classes, n, classes - 1, n - 1);
        let Layer { now, split, .. } = layer;
        splits.push(split);
        before = now;
    }
    let mut limits = Vec::with_capacity(k);
    let mut end = n;
    for split in splits.iter().rev() {
        end = split[end];
        limits.push(distinct[end - 1].0);
    }
    limits.reverse();
    limits
}

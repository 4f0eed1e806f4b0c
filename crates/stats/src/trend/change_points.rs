//! Change points: where one level or line ends and another begins.

use super::{TrendError, check};
use crate::quantile::{QuantileType, quantile};

/// What a series is thought to be between two breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segments {
    /// A level with scatter around it.
    Levels,
    /// A straight line with scatter around it; lines need not meet.
    Lines,
}

impl Segments {
    fn shortest(self) -> usize {
        match self {
            Segments::Levels => 1,
            Segments::Lines => 3,
        }
    }
}

/// The first entry of each new segment, ascending, such that the squared deviations from the levels or lines plus
/// `penalty` for each break are smallest. Of equally good answers the one with the earliest last break is given.
///
/// `shortest` is the least number of entries in a segment. A series shorter than two such segments has no break.
///
/// Source: Killick, R., Fearnhead, P. and Eckley, I. A. (2012), Journal of the American Statistical Association 107,
/// 1590-1598 (PELT); the answer is exact. Where an entry is struck off, that takes effect only `shortest` entries later,
/// since until then it may still begin the last segment.
///
/// # Errors
/// [`TrendError`].
pub fn change_points(
    times: &[f64],
    values: &[f64],
    segments: Segments,
    penalty: f64,
    shortest: usize,
) -> Result<Vec<usize>, TrendError> {
    check(times, values, 1)?;
    if !(penalty.is_finite() && penalty >= 0.0) || shortest < segments.shortest() {
        return Err(TrendError::Penalty);
    }
    let sums = Sums::new(times, values);
    let n = values.len();
    // Of the first entries: their least cost, and where their last segment begins.
    let mut best = vec![(f64::INFINITY, 0); n + 1];
    best[0].0 = -penalty;
    let mut candidates: Vec<(usize, usize)> = vec![(0, usize::MAX)];
    for end in shortest..=n {
        candidates.retain(|(_, struck_from)| end < *struck_from);
        for (start, _) in candidates.iter().filter(|(start, _)| start + shortest <= end) {
            let cost = best[*start].0 + sums.cost(*start, end, segments) + penalty;
            if cost < best[end].0 {
                best[end] = (cost, *start);
            }
        }
        for (start, struck_from) in &mut candidates {
            let whole = *start + shortest <= end;
            if whole && best[*start].0 + sums.cost(*start, end, segments) > best[end].0 {
                *struck_from = (*struck_from).min(end + shortest);
            }
        }
        candidates.push((end, usize::MAX));
    }
    let mut breaks = Vec::new();
    let mut end = n;
    while best[end].1 > 0 {
        end = best[end].1;
        breaks.push(end);
    }
    breaks.reverse();
    Ok(breaks)
}

/// The usual penalty: a break must explain as much as chance explains once in about n tries.
///
/// 2 σ² ln n for levels and 3 σ² ln n for lines, where σ is estimated from the median change from entry to entry (for
/// lines from the median change of changes), which breaks hardly move. 0 for a series that does not vary.
///
/// Source: Yao, Y.-C. (1988), Statistics & Probability Letters 6, 181-189 (Schwarz's criterion).
pub fn usual_penalty(values: &[f64], segments: Segments) -> f64 {
    let changes: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let (steps, squares, parameters) = match segments {
        Segments::Levels => (changes, 2.0, 2.0),
        Segments::Lines => (changes.windows(2).map(|pair| pair[1] - pair[0]).collect(), 6.0, 3.0),
    };
    let sizes: Vec<f64> = steps.iter().map(|step| step.abs()).collect();
    // A normal variable is nearer than 0.6745 standard deviations to its mean half of the time.
    let middle = quantile(&sizes, 0.5, QuantileType::T7).unwrap_or(0.0) / 0.674_489_750_196_081_7;
    let variance = if middle > 0.0 {
        middle * middle / squares
    } else {
        steps.iter().map(|step| step * step).sum::<f64>() / (squares * steps.len().max(1) as f64)
    };
    parameters * variance * (values.len().max(1) as f64).ln()
}

/// Running sums of times and values from their means.
struct Sums {
    /// Per entry: x, y, xx, xy, yy of all before it.
    before: Vec<[f64; 5]>,
}

impl Sums {
    fn new(times: &[f64], values: &[f64]) -> Self {
        let n = values.len() as f64;
        let (mean_x, mean_y) = (times.iter().sum::<f64>() / n, values.iter().sum::<f64>() / n);
        let mut before = vec![[0.0; 5]];
        let mut sum = [0.0; 5];
        for (time, value) in times.iter().zip(values) {
            let (x, y) = (time - mean_x, value - mean_y);
            for (total, part) in sum.iter_mut().zip([x, y, x * x, x * y, y * y]) {
                *total += part;
            }
            before.push(sum);
        }
        Self { before }
    }

    /// Squared deviations of the entries from `start` to before `end` from their level or line.
    fn cost(&self, start: usize, end: usize, segments: Segments) -> f64 {
        let n = (end - start) as f64;
        let part = |at: usize| self.before[end][at] - self.before[start][at];
        let (x, y) = (part(0), part(1));
        let yy = part(4) - y * y / n;
        let explained = match segments {
            Segments::Levels => 0.0,
            Segments::Lines => {
                let (xx, xy) = (part(2) - x * x / n, part(3) - x * y / n);
                if xx > 0.0 { xy * xy / xx } else { 0.0 }
            }
        };
        (yy - explained).max(0.0)
    }
}

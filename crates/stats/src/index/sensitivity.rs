//! How far ranks and classes move under other weights.

use super::{IndexError, weighted_sum};
use kekiz_base::stream::stream;
use rand::Rng;
use rayon::prelude::*;

/// From which distribution other weights are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WeightDraws {
    /// Dirichlet around the weights given: parameter `concentration × number of columns × weight`. With equal
    /// weights and concentration 1 every mixture is equally likely; higher values stay nearer to the weights.
    Dirichlet {
        /// Positive.
        concentration: f64,
    },
    /// Each weight independently and evenly between `1 - spread` and `1 + spread` times its value, then scaled to
    /// the sum of the weights given.
    Uniform {
        /// In `(0, 1]`.
        spread: f64,
    },
}

/// How the question is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SensitivitySettings {
    /// Number of random sets of weights, 1 to 100,000.
    pub draws: usize,
    /// Seed of the random streams; draw `i` uses stream `i`.
    pub seed: u64,
    /// Distribution of the weights.
    pub weights: WeightDraws,
}

/// The answer; vectors have one entry per area.
#[derive(Clone, Debug, PartialEq)]
pub struct RankSensitivity {
    /// Rank with the weights given, 1 for the highest score; equal scores share their mean rank.
    pub rank: Vec<f64>,
    /// 5 % quantile of the rank over the draws (inverse of the distribution function).
    pub rank_lower: Vec<f64>,
    /// 95 % quantile of the rank.
    pub rank_upper: Vec<f64>,
    /// Share of draws in which the area keeps its class.
    pub keeps_class: Vec<f64>,
    /// Mean over areas and draws of the distance from the rank with the weights given.
    pub mean_rank_shift: f64,
    /// Share of areas that keep their class, mean over the draws.
    pub class_stability: f64,
}

/// Ranks from 1 for the highest score; equal scores share their mean rank. Scores must be finite.
pub fn ranks_from_best(scores: &[f64]) -> Vec<f64> {
    let negated: Vec<f64> = scores.iter().map(|s| -s).collect();
    crate::correlation::mean_ranks(&negated)
}

/// Draws other weights and reports how ranks and classes move.
///
/// `columns` are normalised (one per input, one entry per area, more is better) and `weights` the weights of the
/// index. `classify` gives each area its class from the weights and their scores; where it has none (`None`, for
/// example constant scores) the draw counts as nobody keeping their class. The result is the same to the last bit
/// with any number of threads: draws have streams of their own and are added up in order.
///
/// Source: Saisana, M., Saltelli, A. and Tarantola, S. (2005), Journal of the Royal Statistical Society A 168,
/// 307-323.
pub fn rank_sensitivity(
    columns: &[Vec<f64>],
    weights: &[f64],
    settings: &SensitivitySettings,
    classify: impl Fn(&[f64], &[f64]) -> Option<Vec<u8>> + Sync,
) -> Result<RankSensitivity, IndexError> {
    rank_sensitivity_over(&[columns], weights, settings, classify)
}

/// As [`rank_sensitivity`], drawing the normalisation as well: `normalised` holds the same columns normalised in one or
/// more ways, the first of which is the index's own. Each draw takes one of them, all equally likely, and other weights.
///
/// # Errors
/// [`IndexError`]; [`IndexError::Shape`] without any columns.
pub fn rank_sensitivity_over(
    normalised: &[&[Vec<f64>]],
    weights: &[f64],
    settings: &SensitivitySettings,
    classify: impl Fn(&[f64], &[f64]) -> Option<Vec<u8>> + Sync,
) -> Result<RankSensitivity, IndexError> {
    let columns = *normalised.first().ok_or(IndexError::Shape)?;
    let areas = super::check_columns(columns)?;
    for other in normalised {
        if super::check_columns(other)? != areas {
            return Err(IndexError::Shape);
        }
        super::check_weights(other, weights)?;
    }
    let drawable = match settings.weights {
        WeightDraws::Dirichlet { concentration } => concentration.is_finite() && concentration > 0.0,
        WeightDraws::Uniform { spread } => spread > 0.0 && spread <= 1.0,
    };
    if !drawable || settings.draws == 0 || settings.draws > 100_000 {
        return Err(IndexError::Weights);
    }
    let scores = weighted_sum(columns, weights);
    let rank = ranks_from_best(&scores);
    let class = classify(weights, &scores).filter(|c| c.len() == areas);
    let draw = |index: usize| {
        let other = draw_weights(weights, settings, index as u64);
        let way = if normalised.len() > 1 {
            // Streams beyond those of the weights.
            let word = stream(settings.seed, (settings.draws + index) as u64).next_u64();
            ((u128::from(word) * normalised.len() as u128) >> 64) as usize
        } else {
            0
        };
        let scores = weighted_sum(normalised[way], &other);
        // Mean ranks are multiples of one half, so twice the rank is a whole number.
        let ranks: Vec<u32> = ranks_from_best(&scores).iter().map(|r| (2.0 * r) as u32).collect();
        let found = classify(&other, &scores).filter(|c| c.len() == areas);
        let kept: Vec<bool> = match (&class, found) {
            (Some(class), Some(found)) => class.iter().zip(&found).map(|(a, b)| a == b).collect(),
            _ => vec![false; areas],
        };
        (ranks, kept)
    };
    let drawn: Vec<(Vec<u32>, Vec<bool>)> = (0..settings.draws).into_par_iter().map(draw).collect();
    let draws = settings.draws as f64;
    let mut result = RankSensitivity {
        rank_lower: Vec::with_capacity(areas),
        rank_upper: Vec::with_capacity(areas),
        keeps_class: Vec::with_capacity(areas),
        mean_rank_shift: 0.0,
        class_stability: 0.0,
        rank,
    };
    let position = |p: f64| ((p * draws).ceil() as usize).clamp(1, settings.draws) - 1;
    let (mut shift, mut kept_in_all) = (0_u64, 0_u64);
    for area in 0..areas {
        let home = (2.0 * result.rank[area]) as u32;
        let mut ranks: Vec<u32> = drawn.iter().map(|(ranks, _)| ranks[area]).collect();
        shift += ranks.iter().map(|r| u64::from(r.abs_diff(home))).sum::<u64>();
        ranks.sort_unstable();
        result.rank_lower.push(f64::from(ranks[position(0.05)]) / 2.0);
        result.rank_upper.push(f64::from(ranks[position(0.95)]) / 2.0);
        let kept = drawn.iter().filter(|(_, kept)| kept[area]).count();
        kept_in_all += kept as u64;
        result.keeps_class.push(kept as f64 / draws);
    }
    let cells = areas as f64 * draws;
    result.mean_rank_shift = shift as f64 / 2.0 / cells;
    result.class_stability = kept_in_all as f64 / cells;
    Ok(result)
}

fn draw_weights(weights: &[f64], settings: &SensitivitySettings, index: u64) -> Vec<f64> {
    let mut random = stream(settings.seed, index);
    let total: f64 = weights.iter().sum();
    let mut drawn: Vec<f64> = match settings.weights {
        WeightDraws::Dirichlet { concentration } => {
            let scale = concentration * weights.len() as f64 / total;
            weights.iter().map(|w| gamma_draw(w * scale, &mut random)).collect()
        }
        WeightDraws::Uniform { spread } => {
            weights.iter().map(|w| w * (1.0 + spread * (2.0 * unit(&mut random) - 1.0))).collect()
        }
    };
    let sum: f64 = drawn.iter().sum();
    if sum > 0.0 {
        drawn.iter_mut().for_each(|w| *w *= total / sum);
        drawn
    } else {
        weights.to_vec()
    }
}

/// Evenly in `(0, 1)`, from the upper 53 bits.
fn unit(random: &mut impl Rng) -> f64 {
    ((random.next_u64() >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
}

/// Gamma variate of a shape and scale 1; 0 for shape 0.
///
/// Source: Marsaglia, G. and Tsang, W. W. (2000), ACM Transactions on Mathematical Software 26, 363-372.
fn gamma_draw(shape: f64, random: &mut impl Rng) -> f64 {
    if shape <= 0.0 {
        return 0.0;
    }
    if shape < 1.0 {
        let boost = unit(random).powf(1.0 / shape);
        return gamma_draw(shape + 1.0, random) * boost;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        // Standard normal by Box and Muller.
        let x = (-2.0 * unit(random).ln()).sqrt() * (std::f64::consts::TAU * unit(random)).cos();
        let v = 1.0 + c * x;
        if v > 0.0 {
            let v = v * v * v;
            if unit(random).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }
}

//! Composite indices: several columns of figures become one score per area.
//!
//! A column holds one figure per area; all columns have equal length and are already turned so that more is better
//! (or all so that more is worse). Areas with a missing figure are left out before, never imputed here.
//!
//! Source: OECD and JRC (2008), Handbook on Constructing Composite Indicators.

mod classes;
mod principal_component;
mod sensitivity;

pub use classes::{ClassesError, StatusDynamics, sd_classes, status_dynamics};
pub use principal_component::{PrincipalComponent, first_principal_component};
pub use sensitivity::{
    RankSensitivity, SensitivitySettings, WeightDraws, rank_sensitivity, rank_sensitivity_over,
    ranks_from_best,
};

use crate::moments::{Deviation, mean_and_deviation, varies};

/// How columns are made comparable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalisation {
    /// Distance from the mean in standard deviations.
    ZScore(Deviation),
    /// Position between the smallest (0) and the largest (1) value.
    MinMax,
    /// Position in the order of values, from 0 for the smallest to 1 for the largest; equal values share their mean place.
    Rank,
}

/// Why columns do not make an index. Columns count from 1, in the order given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// No columns, or weights that do not fit them.
    #[error("Ein Index braucht mindestens ein Merkmal und für jedes Merkmal ein Gewicht.")]
    Shape,
    /// A column differs in length from the first.
    #[error("Merkmal {column} hat eine andere Zahl von Gebieten als das erste.")]
    Length {
        /// The column.
        column: usize,
    },
    /// A column holds a value that is not a number.
    #[error("Merkmal {column} enthält einen Wert, der keine Zahl ist.")]
    NotFinite {
        /// The column.
        column: usize,
    },
    /// Fewer than two areas.
    #[error("Ein Index braucht mindestens zwei Gebiete; es sind {areas}.")]
    TooFewAreas {
        /// Number of areas.
        areas: usize,
    },
    /// All areas have the same value.
    #[error(
        "Merkmal {column} hat in allen Gebieten denselben Wert und kann sie nicht unterscheiden. Abhilfe: das Merkmal weglassen."
    )]
    Constant {
        /// The column.
        column: usize,
    },
    /// Weights are negative, not finite, or all zero.
    #[error("Gewichte müssen positive Zahlen sein.")]
    Weights,
    /// The eigenvalues could not be found.
    #[error("Die Hauptkomponente lässt sich aus diesen Merkmalen nicht berechnen.")]
    Decomposition,
}

/// Checks that columns are a rectangle of finite numbers with at least two areas, none constant.
fn check_columns(columns: &[Vec<f64>]) -> Result<usize, IndexError> {
    let areas = columns.first().ok_or(IndexError::Shape)?.len();
    for (index, column) in columns.iter().enumerate() {
        let number = index + 1;
        if column.len() != areas {
            return Err(IndexError::Length { column: number });
        }
        if !column.iter().all(|v| v.is_finite()) {
            return Err(IndexError::NotFinite { column: number });
        }
    }
    if areas < 2 {
        return Err(IndexError::TooFewAreas { areas });
    }
    match columns.iter().position(|column| !varies(column)) {
        Some(index) => Err(IndexError::Constant { column: index + 1 }),
        None => Ok(areas),
    }
}

/// Distances from the mean in standard deviations; `None` for fewer than two values, constant or not finite ones.
pub fn z_scores(values: &[f64], deviation: Deviation) -> Option<Vec<f64>> {
    let (mean, spread) = mean_and_deviation(values, deviation)?;
    (varies(values) && spread > 0.0).then(|| values.iter().map(|v| (v - mean) / spread).collect())
}

/// Positions between the smallest (0) and the largest (1) value; `None` for constant or not finite values.
pub fn min_max(values: &[f64]) -> Option<Vec<f64>> {
    if !values.iter().all(|v| v.is_finite()) || values.is_empty() || !varies(values) {
        return None;
    }
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let range = values.iter().copied().fold(f64::NEG_INFINITY, f64::max) - low;
    range.is_finite().then(|| values.iter().map(|v| (v - low) / range).collect())
}

/// Places in the order of at least two finite values, from 0 to 1.
fn rank_positions(values: &[f64]) -> Vec<f64> {
    let steps = (values.len() - 1) as f64;
    crate::correlation::mean_ranks(values).into_iter().map(|rank| (rank - 1.0) / steps).collect()
}

/// Weighted mean of columns normalised before: for each area the sum of values times weights over the sum of weights.
///
/// # Errors
/// [`IndexError`].
pub fn weighted_mean(columns: &[Vec<f64>], weights: &[f64]) -> Result<Vec<f64>, IndexError> {
    check_columns(columns)?;
    check_weights(columns, weights)?;
    let sum: f64 = weights.iter().sum();
    Ok(weighted_sum(columns, weights).into_iter().map(|score| score / sum).collect())
}

/// Normalises each column by itself.
pub fn normalise(columns: &[Vec<f64>], normalisation: Normalisation) -> Result<Vec<Vec<f64>>, IndexError> {
    check_columns(columns)?;
    let one = |(index, column): (usize, &Vec<f64>)| {
        match normalisation {
            Normalisation::ZScore(deviation) => z_scores(column, deviation),
            Normalisation::MinMax => min_max(column),
            Normalisation::Rank => Some(rank_positions(column)),
        }
        .ok_or(IndexError::NotFinite { column: index + 1 })
    };
    columns.iter().enumerate().map(one).collect()
}

/// Weighted sum over columns for each area. No check: lengths are those of the first column.
fn weighted_sum(columns: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
    let mut scores = vec![0.0; columns.first().map_or(0, Vec::len)];
    for (column, weight) in columns.iter().zip(weights) {
        for (score, value) in scores.iter_mut().zip(column) {
            *score += weight * value;
        }
    }
    scores
}

fn check_weights(columns: &[Vec<f64>], weights: &[f64]) -> Result<(), IndexError> {
    if weights.len() != columns.len() {
        return Err(IndexError::Shape);
    }
    let positive = weights.iter().all(|w| w.is_finite() && *w >= 0.0) && weights.iter().sum::<f64>() > 0.0;
    positive.then_some(()).ok_or(IndexError::Weights)
}

/// Weighted sum of z-scores (weights as given, not scaled to 1): the index of the Berlin and Hamburg monitoring.
pub fn z_sum(columns: &[Vec<f64>], weights: &[f64], deviation: Deviation) -> Result<Vec<f64>, IndexError> {
    let scores = normalise(columns, Normalisation::ZScore(deviation))?;
    check_weights(columns, weights)?;
    Ok(weighted_sum(&scores, weights))
}

/// Mean of normalised columns, all with the same weight.
pub fn equal_weight_mean(columns: &[Vec<f64>], normalisation: Normalisation) -> Result<Vec<f64>, IndexError> {
    let scores = normalise(columns, normalisation)?;
    Ok(weighted_sum(&scores, &vec![1.0 / columns.len() as f64; columns.len()]))
}

//! Scores and classes of one geography in one period.

use crate::catalogue::{Method, Recipe};
use kekiz_base::Polarity;
use kekiz_stats::index::{
    IndexError, Normalisation, equal_weight_mean, first_principal_component, normalise, sd_classes,
    status_dynamics, weighted_mean, z_sum,
};

/// Scores in the order of the areas.
pub(super) struct Scores {
    /// Scores in the recipe's polarity.
    pub(super) values: Vec<f64>,
    /// Classes from 1; `None` when all scores are equal.
    pub(super) classes: Option<Vec<u8>>,
    /// Share of variance the first principal component explains.
    pub(super) explained: Option<f64>,
    /// Normalised inputs whose weighted sum is the score with more is better.
    pub(super) columns: Vec<Vec<f64>>,
    /// Their weights.
    pub(super) weights: Vec<f64>,
    /// Normalised changes of the inputs (status × dynamics).
    pub(super) changes: Vec<Vec<f64>>,
}

/// Computes scores from columns with more is better; `past` only for status × dynamics.
pub(super) fn score(recipe: &Recipe, columns: &[Vec<f64>], past: &[Vec<f64>]) -> Result<Scores, IndexError> {
    let z = Normalisation::ZScore(recipe.deviation);
    let weights: Vec<f64> = recipe.inputs.iter().map(|input| input.weight).collect();
    if columns.is_empty() {
        return Err(IndexError::TooFewAreas { areas: 0 });
    }
    let mut scores = match &recipe.method {
        Method::ZSum => plain(z_sum(columns, &weights, recipe.deviation)?, normalise(columns, z)?, weights),
        Method::EqualWeightMean(normalisation) => {
            let equal = vec![1.0 / columns.len() as f64; columns.len()];
            plain(equal_weight_mean(columns, *normalisation)?, normalise(columns, *normalisation)?, equal)
        }
        Method::WeightedMean(normalisation) => {
            let normalised = normalise(columns, *normalisation)?;
            plain(weighted_mean(&normalised, &weights)?, normalised, weights)
        }
        Method::FirstPrincipalComponent => {
            let component = first_principal_component(columns)?;
            // A negative loading turns its column around, so that weights stay weights.
            let turned = normalise(columns, z)?
                .into_iter()
                .zip(&component.loadings)
                .map(|(column, loading)| column.into_iter().map(|v| v * loading.signum()).collect())
                .collect();
            let weights = component.loadings.iter().map(|loading| loading.abs()).collect();
            Scores { explained: Some(component.explained), ..plain(component.scores, turned, weights) }
        }
        Method::StatusDynamics { .. } => {
            let changes: Vec<Vec<f64>> = columns
                .iter()
                .zip(past)
                .map(|(now, past)| now.iter().zip(past).map(|(a, b)| a - b).collect())
                .collect();
            let status = z_sum(columns, &weights, recipe.deviation)?;
            Scores { changes: normalise(&changes, z)?, ..plain(status, normalise(columns, z)?, weights) }
        }
    };
    scores.classes = classes(recipe, &scores, &scores.values, &scores.weights);
    if recipe.polarity == Polarity::LowerIsBetter {
        scores.values.iter_mut().for_each(|value| *value = 0.0 - *value);
    }
    Ok(scores)
}

fn plain(values: Vec<f64>, columns: Vec<Vec<f64>>, weights: Vec<f64>) -> Scores {
    Scores { values, classes: None, explained: None, columns, weights, changes: Vec::new() }
}

/// Classes of scores (more is better) under given weights.
pub(super) fn classes(recipe: &Recipe, scores: &Scores, values: &[f64], weights: &[f64]) -> Option<Vec<u8>> {
    if !matches!(recipe.method, Method::StatusDynamics { .. }) {
        return sd_classes(values, &recipe.limits, recipe.deviation).ok();
    }
    let mut change = vec![0.0; values.len()];
    for (column, weight) in scores.changes.iter().zip(weights) {
        for (sum, value) in change.iter_mut().zip(column) {
            *sum += weight * value;
        }
    }
    status_dynamics(values, &change, &recipe.scheme()).ok()
}

//! Shares and tables of surveys with weights, strata and clusters (families, Kitas): Taylor's linearisation.
//!
//! The first stage counts as drawn with replacement. Sources: Binder, D. A. (1983), International Statistical Review
//! 51, 279-292; Rao, J. N. K. and Scott, A. J. (1984), Annals of Statistics 12, 46-60; as R's package `survey`.

use crate::chi_square::upper_tail;
use crate::cholesky::Cholesky;
use kekiz_base::Interval;
use kekiz_stats::interval::wilson;
use statrs::function::beta::checked_beta_reg;
use std::collections::{BTreeMap, BTreeSet};

/// How respondents were drawn. All slices are as long as the answers.
#[derive(Clone, Copy, Debug)]
pub struct Design<'a> {
    /// How many persons a respondent stands for; positive.
    pub weights: &'a [f64],
    /// Number of the stratum of each respondent.
    pub strata: Option<&'a [u32]>,
    /// Number of the cluster; respondents of a cluster answer alike.
    pub clusters: Option<&'a [u32]>,
}

/// Why a survey cannot be evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SurveyError {
    /// Nobody answered.
    #[error("Es gibt keine Antworten.")]
    Nobody,
    /// Slices of different lengths.
    #[error("Antworten, Gewichte, Schichten und Klumpen sind nicht gleich viele.")]
    Lengths,
    /// A weight that is no positive number.
    #[error("Ein Gewicht ist keine positive Zahl. Abhilfe: Antworten ohne Gewicht weglassen.")]
    Weight,
    /// A stratum with one cluster has no spread.
    #[error(
        "Eine Schicht hat nur einen Klumpen; ihre Streuung ist unbekannt. Abhilfe: Schichten zusammenlegen."
    )]
    LonelyCluster,
    /// A cell without answers, or fewer than two rows or columns.
    #[error(
        "Die Tafel braucht mindestens zwei Zeilen und Spalten, und Antworten in jeder Zelle. Abhilfe: Antworten zusammenfassen."
    )]
    EmptyCell,
}

/// A weighted share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightedShare {
    /// Respondents.
    pub respondents: usize,
    /// Share in the population, `[0, 1]`.
    pub share: f64,
    /// Standard error.
    pub standard_error: f64,
    /// Wilson interval with the effective number of respondents (Korn and Graubard 1998, Survey Methodology 24).
    pub interval: Interval,
    /// Variance as a multiple of that of a simple sample of the same size; 1 when the share is 0 or 1.
    pub design_effect: f64,
}

impl Design<'_> {
    fn check(&self, answers: usize) -> Result<(), SurveyError> {
        if answers == 0 {
            return Err(SurveyError::Nobody);
        }
        let fits = |slice: Option<&[u32]>| slice.is_none_or(|slice| slice.len() == answers);
        if self.weights.len() != answers || !fits(self.strata) || !fits(self.clusters) {
            return Err(SurveyError::Lengths);
        }
        let good = |weight: &f64| weight.is_finite() && *weight > 0.0;
        if self.weights.iter().all(good) { Ok(()) } else { Err(SurveyError::Weight) }
    }

    /// Covariances of weighted means of the columns of `values` (by respondent), by rows.
    fn covariance(&self, values: &[Vec<f64>], means: &[f64]) -> Result<Vec<f64>, SurveyError> {
        let size = means.len();
        let total: f64 = self.weights.iter().sum();
        let mut clusters: BTreeMap<(u32, u32), Vec<f64>> = BTreeMap::new();
        for (at, (row, weight)) in values.iter().zip(self.weights).enumerate() {
            let stratum = self.strata.map_or(0, |strata| strata[at]);
            let cluster =
                self.clusters.map_or(u32::try_from(at).unwrap_or(u32::MAX), |clusters| clusters[at]);
            let sums = clusters.entry((stratum, cluster)).or_insert_with(|| vec![0.0; size]);
            for ((sum, value), mean) in sums.iter_mut().zip(row).zip(means) {
                *sum += weight * (value - mean) / total;
            }
        }
        let mut out = vec![0.0; size * size];
        let strata: BTreeSet<u32> = clusters.keys().map(|(stratum, _)| *stratum).collect();
        for stratum in strata {
            let own: Vec<&Vec<f64>> =
                clusters.range((stratum, 0)..=(stratum, u32::MAX)).map(|(_, sums)| sums).collect();
            let count = own.len() as f64;
            if own.len() < 2 {
                return Err(SurveyError::LonelyCluster);
            }
            let centre: Vec<f64> =
                (0..size).map(|k| own.iter().map(|sums| sums[k]).sum::<f64>() / count).collect();
            for sums in &own {
                for i in 0..size {
                    for j in 0..size {
                        out[i * size + j] +=
                            count / (count - 1.0) * (sums[i] - centre[i]) * (sums[j] - centre[j]);
                    }
                }
            }
        }
        Ok(out)
    }

    /// Clusters less strata: the degrees of freedom of a variance.
    fn degrees(&self, answers: usize) -> f64 {
        let strata: BTreeSet<u32> = self.strata.unwrap_or_default().iter().copied().collect();
        let pairs: BTreeSet<(u32, u32)> = (0..answers)
            .map(|at| {
                let cluster = self.clusters.map_or(u32::try_from(at).unwrap_or(u32::MAX), |c| c[at]);
                (self.strata.map_or(0, |strata| strata[at]), cluster)
            })
            .collect();
        (pairs.len() - strata.len().max(1)) as f64
    }
}

/// The share of persons whose answer is yes, with a Wilson interval of a two-sided `level`.
///
/// # Errors
/// [`SurveyError`] for no answers, slices that do not fit, weights that are not positive, strata with one cluster. A
/// level outside of 0 to 1 is treated as 0.95.
pub fn share(answers: &[bool], design: &Design<'_>, level: f64) -> Result<WeightedShare, SurveyError> {
    design.check(answers.len())?;
    let values: Vec<Vec<f64>> = answers.iter().map(|yes| vec![f64::from(u8::from(*yes))]).collect();
    let total: f64 = design.weights.iter().sum();
    let yes: f64 =
        design.weights.iter().zip(answers).filter(|(_, yes)| **yes).map(|(weight, _)| weight).sum();
    let share = (yes / total).clamp(0.0, 1.0);
    let variance = design.covariance(&values, &[share])?[0];
    let respondents = answers.len();
    let simple = share * (1.0 - share) / respondents as f64;
    let design_effect = if simple > 0.0 && variance > 0.0 { variance / simple } else { 1.0 };
    let effective = respondents as f64 / design_effect;
    let level = if level > 0.0 && level < 1.0 { level } else { 0.95 };
    let interval = wilson(share * effective, effective, level).unwrap_or(Interval { lower: 0.0, upper: 1.0 });
    Ok(WeightedShare { respondents, share, standard_error: variance.sqrt(), interval, design_effect })
}

/// Result of a test of independence in a survey.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Independence {
    /// Pearson's statistic of the weighted table, scaled to the number of respondents.
    pub pearson: f64,
    /// Mean generalised design effect.
    pub design_effect: f64,
    /// p-value of Rao and Scott's first correction (Pearson's statistic by the mean design effect).
    pub first_order: f64,
    /// p-value of the second correction, as an F statistic (the one to report; default of R's `svychisq`).
    pub second_order: f64,
}

/// Rao and Scott's test of independence of two answers (numbers of row and column from 0).
///
/// # Errors
/// As [`share`]; [`SurveyError::EmptyCell`] for a cell nobody is in.
pub fn independence(
    rows: &[usize],
    columns: &[usize],
    design: &Design<'_>,
) -> Result<Independence, SurveyError> {
    design.check(rows.len())?;
    if rows.len() != columns.len() {
        return Err(SurveyError::Lengths);
    }
    let size = |of: &[usize]| of.iter().max().map_or(0, |most| most + 1);
    let (height, width) = (size(rows), size(columns));
    // A table can have no more cells than there are answers, as none may be empty.
    if height < 2 || width < 2 || height.saturating_mul(width) > rows.len() {
        return Err(SurveyError::EmptyCell);
    }
    let cells = height * width;
    let total: f64 = design.weights.iter().sum();
    let mut shares = vec![0.0; cells];
    for ((row, column), weight) in rows.iter().zip(columns).zip(design.weights) {
        shares[row * width + column] += weight / total;
    }
    if shares.iter().any(|share| *share <= 0.0) {
        return Err(SurveyError::EmptyCell);
    }
    let values: Vec<Vec<f64>> = rows
        .iter()
        .zip(columns)
        .map(|(row, column)| {
            (0..cells).map(|cell| f64::from(u8::from(cell == row * width + column))).collect()
        })
        .collect();
    let covariance = design.covariance(&values, &shares)?;
    let pearson = pearson(&shares, height, width, rows.len() as f64);
    let delta = delta(&shares, &covariance, height, width, rows.len() as f64);
    let degrees = ((height - 1) * (width - 1)) as f64;
    let trace: f64 = (0..delta.len()).map(|i| delta[i][i]).sum();
    let squares: f64 =
        (0..delta.len()).map(|i| (0..delta.len()).map(|j| delta[i][j] * delta[j][i]).sum::<f64>()).sum();
    let design_effect = trace / degrees;
    let second = trace * trace / squares;
    let f = pearson / trace;
    let first_order = upper_tail(pearson / design_effect, degrees).unwrap_or(1.0);
    let second_order = f_upper_tail(f, second, second * design.degrees(rows.len())).unwrap_or(1.0);
    Ok(Independence { pearson, design_effect, first_order, second_order })
}

fn pearson(shares: &[f64], height: usize, width: usize, n: f64) -> f64 {
    let row = |i: usize| (0..width).map(|j| shares[i * width + j]).sum::<f64>();
    let column = |j: usize| (0..height).map(|i| shares[i * width + j]).sum::<f64>();
    let mut sum = 0.0;
    for i in 0..height {
        for j in 0..width {
            let expected = row(i) * column(j);
            let distance = shares[i * width + j] - expected;
            sum += distance * distance / expected;
        }
    }
    n * sum
}

/// The matrix of generalised design effects on the contrasts of interaction.
fn delta(shares: &[f64], covariance: &[f64], height: usize, width: usize, n: f64) -> Vec<Vec<f64>> {
    let cells = height * width;
    // Products of centred indicators span what rows and columns do not explain; divided by the shares.
    let centred = |at: usize, of: usize, size: usize| f64::from(u8::from(at == of)) - 1.0 / size as f64;
    let mut contrasts = Vec::new();
    for i in 0..height - 1 {
        for j in 0..width - 1 {
            let column: Vec<f64> = (0..cells)
                .map(|cell| centred(cell / width, i, height) * centred(cell % width, j, width))
                .collect();
            contrasts.push(column);
        }
    }
    let scaled: Vec<Vec<f64>> = contrasts
        .iter()
        .map(|c| c.iter().zip(shares).map(|(value, share)| value / share).collect())
        .collect();
    let size = contrasts.len();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let denominator: Vec<f64> =
        (0..size * size).map(|k| dot(&contrasts[k / size], &scaled[k % size]) / n).collect();
    let image: Vec<Vec<f64>> = scaled
        .iter()
        .map(|c| (0..cells).map(|row| dot(&covariance[row * cells..(row + 1) * cells], c)).collect())
        .collect();
    let Ok(factor) = Cholesky::new(size, &denominator) else { return vec![vec![1.0]] };
    let columns: Vec<Vec<f64>> = (0..size)
        .map(|j| factor.solve(&(0..size).map(|i| dot(&scaled[i], &image[j])).collect::<Vec<_>>()))
        .collect();
    (0..size).map(|i| (0..size).map(|j| columns[j][i]).collect()).collect()
}

/// Upper tail of the F distribution.
fn f_upper_tail(f: f64, d1: f64, d2: f64) -> Option<f64> {
    let x = d2 / (d2 + d1 * f);
    checked_beta_reg(d2 / 2.0, d1 / 2.0, x.clamp(0.0, 1.0)).ok()
}

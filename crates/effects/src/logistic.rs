//! Logistic regression by iteratively reweighted least squares, with model-based or robust standard errors.

use crate::cholesky::Cholesky;
use kekiz_stats::interval::normal_quantile;
use statrs::function::erf::erfc;
use std::collections::BTreeMap;

/// How standard errors are found.
#[derive(Clone, Copy, Debug)]
pub enum Errors<'a> {
    /// From the model: the inverse of Fisher's information.
    Model,
    /// Sandwich without factor (HC0). White, H. (1982), Econometrica 50, 1-25.
    Hc0,
    /// Sandwich times n / (n - k) (HC1; statsmodels leaves the factor out for this model).
    Hc1,
    /// Sandwich over clusters (children of a Kita) times G / (G - 1) (n - 1) / (n - k). Liang, K.-Y. and Zeger, S. L.
    /// (1986), Biometrika 73, 13-22. The number of the cluster of each observation.
    Clusters(&'a [u32]),
}

/// What is to be explained by what.
#[derive(Clone, Copy, Debug)]
pub struct Model<'a> {
    /// Whether each observation is a case.
    pub cases: &'a [bool],
    /// Explaining variables by column, each as long as `cases`. A constant is added first.
    pub columns: &'a [Vec<f64>],
    /// Weights of the observations; 1 without.
    pub weights: Option<&'a [f64]>,
}

/// Why a model cannot be estimated. Columns are counted as given, from 1; the constant is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogisticError {
    /// No observations, or not more than there are columns.
    #[error(
        "Es gibt {observations} Beobachtungen für {columns} Größen. Abhilfe: weniger Größen oder mehr Daten."
    )]
    TooFew {
        /// Observations.
        observations: usize,
        /// Columns with the constant.
        columns: usize,
    },
    /// Lengths differ.
    #[error("Spalten, Gewichte, Gruppen und Beobachtungen sind nicht gleich viele.")]
    Lengths,
    /// A value or weight is not a number, or a weight is negative.
    #[error(
        "In Spalte {column} steht eine Angabe, die keine Zahl ist. Abhilfe: Beobachtungen ohne Angabe weglassen."
    )]
    NotFinite {
        /// The column; 0 for the weights.
        column: usize,
    },
    /// A column is a sum of others.
    #[error("Spalte {column} folgt aus den übrigen. Abhilfe: sie weglassen (0 ist die Konstante).")]
    Dependent {
        /// The column.
        column: usize,
    },
    /// Cases and others can be told apart perfectly; an odds ratio grows without end.
    #[error(
        "Eine Größe trennt Fälle und übrige vollständig; ihr Chancenverhältnis wächst über alle Grenzen. Abhilfe: Gruppen zusammenfassen oder die Größe weglassen."
    )]
    Separated,
    /// Fewer than two clusters.
    #[error("Es gibt weniger als zwei Gruppen; die Streuung zwischen ihnen ist unbekannt.")]
    OneCluster,
}

/// One estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficient {
    /// Log odds ratio per unit of the column.
    pub log_odds_ratio: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Two-sided p-value (normal).
    pub p: f64,
}

impl Coefficient {
    /// Odds ratio with its interval at a two-sided `level`; `None` for a level outside of 0 to 1.
    pub fn odds_ratio(&self, level: f64) -> Option<(f64, f64, f64)> {
        let spread = normal_quantile(level)? * self.standard_error;
        Some((
            (self.log_odds_ratio).exp(),
            (self.log_odds_ratio - spread).exp(),
            (self.log_odds_ratio + spread).exp(),
        ))
    }
}

/// An estimated model.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The constant, then the columns as given.
    pub coefficients: Vec<Coefficient>,
    /// Minus twice the log-likelihood (weighted).
    pub deviance: f64,
    /// Deviance of the model with the constant alone.
    pub null_deviance: f64,
    /// Observations.
    pub observations: usize,
    /// Steps until it stood still.
    pub steps: usize,
}

const MOST_STEPS: usize = 50;
/// A log odds beyond this means shares beyond what so many persons could show: the estimate is on its way to infinity.
const BEYOND: f64 = 25.0;

struct Data<'a> {
    model: &'a Model<'a>,
    size: usize,
}

impl Data<'_> {
    fn value(&self, at: usize, column: usize) -> f64 {
        if column == 0 { 1.0 } else { self.model.columns[column - 1][at] }
    }

    fn weight(&self, at: usize) -> f64 {
        self.model.weights.map_or(1.0, |weights| weights[at])
    }

    fn log_odds(&self, at: usize, beta: &[f64]) -> f64 {
        beta.iter().enumerate().map(|(column, b)| b * self.value(at, column)).sum()
    }

    /// Information matrix, score vector and deviance under `beta`.
    fn derive(&self, beta: &[f64]) -> (Vec<f64>, Vec<f64>, f64) {
        let size = self.size;
        let mut information = vec![0.0; size * size];
        let mut score = vec![0.0; size];
        let mut deviance = 0.0;
        for (at, case) in self.model.cases.iter().enumerate() {
            let log_odds = self.log_odds(at, beta);
            let p = 1.0 / (1.0 + (-log_odds).exp());
            let weight = self.weight(at);
            let rest = f64::from(u8::from(*case)) - p;
            // -2 log(p) or -2 log(1 - p), without cancelling.
            let signed = if *case { -log_odds } else { log_odds };
            deviance += 2.0 * weight * (signed.max(0.0) + (-signed.abs()).exp().ln_1p());
            for i in 0..size {
                let x = self.value(at, i);
                score[i] += weight * rest * x;
                let scaled = weight * p * (1.0 - p) * x;
                for j in 0..=i {
                    information[i * size + j] += scaled * self.value(at, j);
                }
            }
        }
        for i in 0..size {
            for j in 0..i {
                information[j * size + i] = information[i * size + j];
            }
        }
        (information, score, deviance)
    }

    /// The meat of the sandwich: products of the scores of observations or clusters.
    fn meat(&self, beta: &[f64], clusters: Option<&[u32]>) -> (Vec<f64>, usize) {
        let size = self.size;
        let mut sums: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for (at, case) in self.model.cases.iter().enumerate() {
            let p = 1.0 / (1.0 + (-self.log_odds(at, beta)).exp());
            let rest = self.weight(at) * (f64::from(u8::from(*case)) - p);
            let own = sums.entry(clusters.map_or(at, |c| c[at] as usize)).or_insert_with(|| vec![0.0; size]);
            for (column, sum) in own.iter_mut().enumerate() {
                *sum += rest * self.value(at, column);
            }
        }
        let mut meat = vec![0.0; size * size];
        for own in sums.values() {
            for i in 0..size {
                for j in 0..size {
                    meat[i * size + j] += own[i] * own[j];
                }
            }
        }
        (meat, sums.len())
    }
}

fn check(model: &Model<'_>, errors: Errors<'_>) -> Result<(), LogisticError> {
    let observations = model.cases.len();
    let columns = model.columns.len() + 1;
    if model.columns.iter().any(|column| column.len() != observations)
        || model.weights.is_some_and(|weights| weights.len() != observations)
        || matches!(errors, Errors::Clusters(clusters) if clusters.len() != observations)
    {
        return Err(LogisticError::Lengths);
    }
    if observations <= columns {
        return Err(LogisticError::TooFew { observations, columns });
    }
    let bad = model.columns.iter().position(|column| column.iter().any(|value| !value.is_finite()));
    if let Some(column) = bad {
        return Err(LogisticError::NotFinite { column: column + 1 });
    }
    let good = |weight: &f64| weight.is_finite() && *weight >= 0.0;
    if model.weights.is_some_and(|weights| !weights.iter().all(good)) {
        return Err(LogisticError::NotFinite { column: 0 });
    }
    Ok(())
}

/// Estimates the model by Newton's steps with halving, until the deviance changes by less than 1e-12 of itself.
///
/// Source: McCullagh, P. and Nelder, J. A. (1989), Generalized Linear Models, section 4.4. Sums run in the given order,
/// so the result does not depend on threads.
///
/// # Errors
/// [`LogisticError`] for too few observations, values that are no numbers, columns that follow from others, and
/// perfectly separated cases.
pub fn fit(model: &Model<'_>, errors: Errors<'_>) -> Result<Fit, LogisticError> {
    check(model, errors)?;
    let data = Data { model, size: model.columns.len() + 1 };
    let observations = model.cases.len();
    let weighted: f64 = (0..observations).map(|at| data.weight(at)).sum();
    let cases: f64 = (0..observations).filter(|at| model.cases[*at]).map(|at| data.weight(at)).sum();
    if cases <= 0.0 || cases >= weighted {
        return Err(LogisticError::Separated);
    }
    let mut beta = vec![0.0; data.size];
    beta[0] = (cases / (weighted - cases)).ln();
    let (mut information, mut score, mut deviance) = data.derive(&beta);
    let null_deviance = deviance;
    let mut steps = 0;
    loop {
        let factor = Cholesky::new(data.size, &information).map_err(|column| {
            if steps == 0 { LogisticError::Dependent { column } } else { LogisticError::Separated }
        })?;
        let step = factor.solve(&score);
        let mut length = 1.0;
        let next = loop {
            let tried: Vec<f64> = beta.iter().zip(&step).map(|(b, s)| b + length * s).collect();
            let derived = data.derive(&tried);
            if derived.2 <= deviance * (1.0 + 1e-14) || length < 1e-6 {
                break (tried, derived);
            }
            length /= 2.0;
        };
        let change = (deviance - next.1.2).abs() / (next.1.2.abs() + 0.1);
        beta = next.0;
        (information, score, deviance) = next.1;
        steps += 1;
        if change < 1e-12 {
            break;
        }
        if steps == MOST_STEPS {
            return Err(LogisticError::Separated);
        }
    }
    if (0..observations).any(|at| data.log_odds(at, &beta).abs() > BEYOND) {
        return Err(LogisticError::Separated);
    }
    let variance = variance(&data, &beta, &information, errors)?;
    let coefficients = beta.iter().enumerate().map(|(i, b)| {
        let standard_error = variance[i * data.size + i].sqrt();
        let p = erfc((b / standard_error).abs() / std::f64::consts::SQRT_2);
        Coefficient { log_odds_ratio: *b, standard_error, p }
    });
    Ok(Fit { coefficients: coefficients.collect(), deviance, null_deviance, observations, steps })
}

fn variance(
    data: &Data<'_>,
    beta: &[f64],
    information: &[f64],
    errors: Errors<'_>,
) -> Result<Vec<f64>, LogisticError> {
    let size = data.size;
    let factor = Cholesky::new(size, information).map_err(|_| LogisticError::Separated)?;
    let bread = factor.inverse();
    let n = data.model.cases.len() as f64;
    let k = size as f64;
    let (meat, scale) = match errors {
        Errors::Model => return Ok(bread),
        Errors::Hc0 => (data.meat(beta, None).0, 1.0),
        Errors::Hc1 => (data.meat(beta, None).0, n / (n - k)),
        Errors::Clusters(clusters) => {
            let (meat, count) = data.meat(beta, Some(clusters));
            if count < 2 {
                return Err(LogisticError::OneCluster);
            }
            let groups = count as f64;
            (meat, groups / (groups - 1.0) * (n - 1.0) / (n - k))
        }
    };
    let product = |a: &[f64], b: &[f64]| {
        (0..size * size)
            .map(|at| (0..size).map(|m| a[at / size * size + m] * b[m * size + at % size]).sum::<f64>())
            .collect::<Vec<f64>>()
    };
    let sandwich = product(&product(&bread, &meat), &bread);
    Ok(sandwich.into_iter().map(|value| value * scale).collect())
}

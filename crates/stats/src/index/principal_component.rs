//! First principal component.

use super::{IndexError, Normalisation, normalise, weighted_sum};
use crate::moments::Deviation;
use faer::{Mat, Side};

/// The direction in which areas differ most.
#[derive(Clone, Debug, PartialEq)]
pub struct PrincipalComponent {
    /// Weight of each column (unit length).
    pub loadings: Vec<f64>,
    /// Score of each area: z-scores times loadings.
    pub scores: Vec<f64>,
    /// Variance of the scores; the eigenvalue of the correlation matrix.
    pub eigenvalue: f64,
    /// Share of the variance of all columns that the component explains, in `[0, 1]`.
    pub explained: f64,
}

/// First principal component of the correlation matrix (sample standard deviations).
///
/// Sign: a component has none of its own, so it is turned such that the loadings add up to more than 0 (when they
/// add up to 0, such that the first loading different from 0 is positive): with columns where more is better, more
/// of the score is better. Invariant to shifts and positive scaling of columns. If the two largest eigenvalues are
/// equal, the direction is not determined by the data.
///
/// Source: Jolliffe, I. T. (2002), Principal Component Analysis, chapters 1 and 2.3.
pub fn first_principal_component(columns: &[Vec<f64>]) -> Result<PrincipalComponent, IndexError> {
    let z = normalise(columns, Normalisation::ZScore(Deviation::Sample))?;
    let degrees = (z[0].len() - 1) as f64;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / degrees;
    let correlation = Mat::from_fn(z.len(), z.len(), |i, j| product(&z[i], &z[j]));
    let eigen = correlation.self_adjoint_eigen(Side::Lower).map_err(|_| IndexError::Decomposition)?;
    // Eigenvalues come in ascending order.
    let last = z.len() - 1;
    let eigenvalue = eigen.S().column_vector()[last];
    let mut loadings: Vec<f64> = (0..z.len()).map(|i| eigen.U()[(i, last)]).collect();
    if !eigenvalue.is_finite() || !loadings.iter().all(|l| l.is_finite()) {
        return Err(IndexError::Decomposition);
    }
    let sum: f64 = loadings.iter().sum();
    let small = 1e-10;
    let leading = if sum.abs() > small {
        sum
    } else {
        loadings.iter().copied().find(|l| l.abs() > small).unwrap_or(1.0)
    };
    if leading < 0.0 {
        loadings.iter_mut().for_each(|l| *l = -*l);
    }
    let scores = weighted_sum(&z, &loadings);
    Ok(PrincipalComponent {
        scores,
        eigenvalue,
        explained: (eigenvalue / z.len() as f64).clamp(0.0, 1.0),
        loadings,
    })
}

//! Classes of an index by standard deviations, and status × dynamics.

use super::z_scores;
use crate::moments::Deviation;

/// Why scores do not fall into classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClassesError {
    /// Limits are not in descending order, not finite, or too many.
    #[error("Klassengrenzen müssen endliche Zahlen in absteigender Reihenfolge sein, höchstens 20.")]
    Limits,
    /// Scores are constant, not finite or fewer than two.
    #[error(
        "Die Werte lassen sich nicht in Klassen teilen: es sind weniger als zwei, oder alle sind gleich."
    )]
    Constant,
    /// Status and change differ in length.
    #[error("Status und Dynamik müssen für dieselben Gebiete vorliegen.")]
    Length,
}

/// Classes by distance from the mean in standard deviations: class 1 lies above the first limit, the last class
/// below the last. `limits` descend (`[1.0, -1.0, -1.5]` makes four classes). A score on a limit belongs to the
/// class nearer the mean, so that mirrored scores get mirrored classes.
pub fn sd_classes(values: &[f64], limits: &[f64], deviation: Deviation) -> Result<Vec<u8>, ClassesError> {
    let descending = limits.windows(2).all(|pair| pair[0] > pair[1]);
    if !descending || !limits.iter().all(|l| l.is_finite()) || limits.len() > 20 {
        return Err(ClassesError::Limits);
    }
    let z = z_scores(values, deviation).ok_or(ClassesError::Constant)?;
    Ok(z.iter().map(|z| class_of(*z, limits)).collect())
}

/// Rounding of z-scores must not push a score off a limit it lies on.
const ON_LIMIT: f64 = 1e-9;

fn class_of(z: f64, limits: &[f64]) -> u8 {
    let below = |limit: &&f64| {
        let distance = z - **limit;
        if **limit > 0.0 { distance <= ON_LIMIT } else { distance < -ON_LIMIT }
    };
    1 + limits.iter().take_while(below).count() as u8
}

/// Limits of the status × dynamics scheme, in standard deviations, descending.
///
/// The defaults (status 1, -1, -1.5; dynamics 1, -1) are an assumption after the Monitoring Soziale Stadtentwicklung
/// Berlin and the RISE monitoring Hamburg: both use four status and three dynamics classes around ±1 standard
/// deviation; check the report of the year that is to be matched.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusDynamics {
    /// Limits of the status (three limits make four classes).
    pub status_limits: Vec<f64>,
    /// Limits of the dynamics (two limits make three classes).
    pub dynamics_limits: Vec<f64>,
    /// Divisor of the standard deviations.
    pub deviation: Deviation,
}

impl Default for StatusDynamics {
    fn default() -> Self {
        Self {
            status_limits: vec![1.0, -1.0, -1.5],
            dynamics_limits: vec![1.0, -1.0],
            deviation: Deviation::Sample,
        }
    }
}

/// Classes of status × dynamics: `(status - 1) × dynamics classes + dynamics`, so 1 to 12 with the defaults; 1 is
/// high status with positive dynamics.
///
/// `status` is the score of each area, `change` the score of its change over the years, both with more is better.
pub fn status_dynamics(
    status: &[f64],
    change: &[f64],
    scheme: &StatusDynamics,
) -> Result<Vec<u8>, ClassesError> {
    if status.len() != change.len() {
        return Err(ClassesError::Length);
    }
    let per_status = scheme.dynamics_limits.len() + 1;
    if (scheme.status_limits.len() + 1) * per_status > usize::from(u8::MAX) {
        return Err(ClassesError::Limits);
    }
    let status = sd_classes(status, &scheme.status_limits, scheme.deviation)?;
    let change = sd_classes(change, &scheme.dynamics_limits, scheme.deviation)?;
    Ok(status.iter().zip(&change).map(|(s, d)| (s - 1) * per_status as u8 + d).collect())
}

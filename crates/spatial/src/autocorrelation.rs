//! Spatial autocorrelation: do like areas lie together, and where?
//!
//! Global statistics answer for the whole map, local ones for each area. Every statistic takes one finite value per
//! area and a [`Weights`]; inference is analytic where formulas exist, and by permutation. Conditional permutation
//! holds an area's own value fixed and deals the values of all others to its neighbours.

mod conditional;
mod exact;
mod geary;
mod getis_ord;
mod join_count;
mod local_moran;
mod moments;
mod moran;
mod shared;

pub use geary::{LocalGeary, geary, geary_permutation, local_geary, local_geary_permutation};
pub use getis_ord::{
    GetisOrd, LocalGetisOrd, Star, getis_ord, getis_ord_permutation, local_getis_ord,
    local_getis_ord_permutation,
};
pub use join_count::{Count, JoinCounts, join_counts, join_counts_permutation};
pub use local_moran::{
    LocalMoran, Quadrant, Scaling, bivariate_local_moran, bivariate_local_moran_permutation, local_moran,
    local_moran_permutation,
};
pub use moments::Moments;
pub use moran::{bivariate_moran, bivariate_moran_permutation, moran, moran_permutation};

use crate::weights::Weights;
use kekiz_stats::Extremes;
use kekiz_stats::draw::Generator;
use rayon::prelude::*;

/// Why a statistic cannot be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AutocorrelationError {
    /// Values and weights do not belong together.
    #[error(
        "Es gibt {values} Werte, aber {areas} Gebiete mit Nachbarschaften. Abhilfe: zu jedem Gebiet genau einen Wert angeben."
    )]
    Length {
        /// Values given.
        values: usize,
        /// Areas in the weights.
        areas: usize,
    },
    /// Too few areas.
    #[error("Für diese Rechnung braucht es mindestens {needed} Gebiete mit Werten; vorhanden sind {areas}.")]
    TooFew {
        /// Areas there are.
        areas: usize,
        /// Areas needed.
        needed: usize,
    },
    /// A missing or infinite value.
    #[error(
        "Der Wert von Gebiet {area} fehlt oder ist keine endliche Zahl. Abhilfe: den Wert ergänzen oder das Gebiet weglassen."
    )]
    NotFinite {
        /// Position of the area, from 1.
        area: usize,
    },
    /// All values are the same.
    #[error("Alle Gebiete haben denselben Wert; ohne Unterschiede gibt es kein räumliches Muster.")]
    Constant,
    /// No area has a neighbour.
    #[error(
        "Kein Gebiet hat einen Nachbarn. Abhilfe: eine andere Nachbarschaft wählen, zum Beispiel die nächsten vier Gebiete (knn:4)."
    )]
    NoNeighbours,
    /// A value that the statistic does not allow.
    #[error(
        "Der Wert von Gebiet {area} ist negativ; diese Maßzahl braucht Werte ab null. Abhilfe: eine andere Maßzahl wählen, zum Beispiel local-moran."
    )]
    Negative {
        /// Position of the area, from 1.
        area: usize,
    },
    /// A value that is neither yes nor no.
    #[error(
        "Der Wert von Gebiet {area} ist weder 0 noch 1; gezählt werden Paare von Gebieten mit und ohne Merkmal."
    )]
    NotBinary {
        /// Position of the area, from 1.
        area: usize,
    },
    /// The worker threads could not be started.
    #[error("Die Rechenkerne ließen sich nicht belegen ({0}). Abhilfe: weniger Kerne angeben (--threads 1).")]
    Threads(String),
}

/// How a permutation test draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permutations {
    /// Number of permutations; 999 and 9,999 are usual.
    pub draws: u32,
    /// Seed: the same seed gives the same p-values.
    pub seed: u64,
    /// Threads to use, 0 for all cores. The result does not depend on it.
    pub threads: usize,
    /// Whether each area draws for itself.
    pub table: DrawTable,
}

/// Whether areas share their random draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DrawTable {
    /// Independent draws for each area.
    #[default]
    Independent,
    /// One table of random arrangements serves all areas: faster by orders of magnitude, each p-value as good as with
    /// independent draws, but the chance errors of different areas move together (as in PySAL and GeoDa's "lookup").
    Shared,
}

pub(crate) fn check(values: &[f64], weights: &Weights, needed: usize) -> Result<(), AutocorrelationError> {
    if values.len() != weights.areas() {
        return Err(AutocorrelationError::Length { values: values.len(), areas: weights.areas() });
    }
    if let Some(area) = values.iter().position(|v| !v.is_finite()) {
        return Err(AutocorrelationError::NotFinite { area: area + 1 });
    }
    if values.len() < needed {
        return Err(AutocorrelationError::TooFew { areas: values.len(), needed });
    }
    if weights.pairs() == 0 {
        return Err(AutocorrelationError::NoNeighbours);
    }
    Ok(())
}

/// Deviations from the mean and their sum of squares; an error when they do not vary.
pub(crate) fn deviations(values: &[f64]) -> Result<(Vec<f64>, f64), AutocorrelationError> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let (low, high) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    let z: Vec<f64> = values.iter().map(|v| v - mean).collect();
    let squares: f64 = z.iter().map(|z| z * z).sum();
    let constant = high - low <= 8.0 * f64::EPSILON * low.abs().max(high.abs());
    if constant || !(squares > 0.0 && squares.is_finite()) {
        return Err(AutocorrelationError::Constant);
    }
    Ok((z, squares))
}

/// Runs work on the asked number of threads.
pub(crate) fn on_threads<R: Send>(
    threads: usize,
    work: impl FnOnce() -> R + Send,
) -> Result<R, AutocorrelationError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    Ok(pool.map_err(|cause| AutocorrelationError::Threads(cause.to_string()))?.install(work))
}

/// Permutes all values over the map and counts how often `statistic` is as extreme as `observed`. Permutation `d`
/// uses the stream of unit `d`, so the count does not depend on the number of threads.
pub(crate) fn total<T: Copy + Send + Sync>(
    items: &[T],
    observed: f64,
    permutations: Permutations,
    statistic: impl Fn(&[T]) -> f64 + Sync,
) -> Result<Extremes, AutocorrelationError> {
    // Sums that differ only in their order must count as ties.
    let slack = 1e-12 * observed.abs();
    let one = |order: &mut Vec<T>, draw: u32| {
        order.copy_from_slice(items);
        Generator::new(permutations.seed, u64::from(draw)).shuffle(order);
        let drawn = statistic(order);
        (u64::from(drawn >= observed - slack), u64::from(drawn <= observed + slack))
    };
    let add = |a: (u64, u64), b: (u64, u64)| (a.0 + b.0, a.1 + b.1);
    let (at_least, at_most) = on_threads(permutations.threads, || {
        let draws = (0..permutations.draws).into_par_iter();
        draws.map_init(|| items.to_vec(), one).reduce(|| (0, 0), add)
    })?;
    Ok(Extremes { at_least, at_most, draws: u64::from(permutations.draws) })
}

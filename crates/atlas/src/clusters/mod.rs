//! Where high lies with high and low with low: local Moran's I on the published figures of an indicator.
//!
//! Areas without a shown figure take no part: they count neither as 0 nor as neighbours. Sources: L. Anselin, "Local
//! indicators of spatial association – LISA", Geographical Analysis 27 (1995); M. C. de Castro and B. H. Singer,
//! "Controlling the false discovery rate", Geographical Analysis 38 (2006).

mod file;
mod found;
mod words;

pub use found::{ClusterClass, ClusterRow, Clusters, Neighbourhood};

use crate::about::About;
use crate::view::{View, ViewQuery};
use crate::{Atlas, AtlasError};
use geo_types::Point;
use kekiz_base::{AreaKey, GeographyId, GroupId, IndicatorId, Period};
use kekiz_spatial::autocorrelation::{
    self as methods, AutocorrelationError, DrawTable, Permutations, Scaling,
};
use kekiz_spatial::measure::label_point;
use kekiz_spatial::weights::{Contiguity, Weights, contiguity, nearest};
use kekiz_stats::Alternative;
use kekiz_stats::adjust::false_discovery;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// Random arrangements each area is held against.
pub const DRAWS: u32 = 9_999;
/// Their seed: the same release gives the same map.
pub const SEED: u64 = 1;
/// Share of false alarms among the areas that are marked.
pub const LEVEL: f64 = 0.05;
/// Beyond this many areas they share one table of arrangements, which is as exact for each and much faster.
const SHARED_ABOVE: usize = 5_000;
/// Answers kept; all are forgotten when there are more.
const MOST_KEPT: usize = 512;

/// What was worked out before, for this state of the store.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// Who borders on whom in a geography, by position in its layer.
    borders: Mutex<BTreeMap<GeographyId, Arc<Weights>>>,
    found: Mutex<HashMap<Asked, Arc<Clusters>>>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Asked {
    indicator: IndicatorId,
    geography: GeographyId,
    within: Option<AreaKey>,
    period: Period,
    group: GroupId,
    smoothed: bool,
    neighbourhood: Neighbourhood,
}

impl Atlas {
    /// Clusters and outliers of an indicator's published figures: local Moran's I with row-standardised weights,
    /// [`DRAWS`] conditional permutations, two-sided, adjusted for the false-discovery rate at [`LEVEL`]. Areas
    /// without a neighbour that has a figure are left out of the reckoning and named.
    ///
    /// An answer is worked out once for a state of the store and kept.
    ///
    /// # Errors
    /// [`AtlasError::Analysis`] for fewer than three areas with figures, figures that are all the same, or areas that
    /// do not touch each other; and those of [`Atlas::view`].
    pub fn clusters(
        &self,
        query: &ViewQuery,
        neighbourhood: Neighbourhood,
    ) -> Result<Arc<Clusters>, AtlasError> {
        let view = self.view(query)?;
        let asked = Asked {
            indicator: view.meta.id.clone(),
            geography: view.geography.clone(),
            within: view.within.as_ref().map(|area| area.key.clone()),
            period: view.period,
            group: view.group.clone(),
            smoothed: view.smoothed,
            neighbourhood,
        };
        let kept = || self.kept_clusters().found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept().get(&asked) {
            return Ok(found.clone());
        }
        let found = Arc::new(self.find_clusters(view, neighbourhood)?);
        let mut kept = kept();
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(asked, found.clone());
        Ok(found)
    }

    fn find_clusters(&self, view: View, neighbourhood: Neighbourhood) -> Result<Clusters, AtlasError> {
        let failed = |error: AutocorrelationError| AtlasError::Analysis(words::refusal(&view.meta, &error));
        let mut used: Vec<usize> = (0..view.rows.len()).filter(|i| view.rows[*i].value.is_some()).collect();
        let mut weights = self.neighbours(&view, &used, neighbourhood)?;
        let islands: Vec<usize> = weights.islands().into_iter().map(|at| used[at]).collect();
        if !islands.is_empty() {
            let joined: Vec<usize> =
                (0..used.len()).filter(|at| !weights.neighbours(*at).is_empty()).collect();
            weights = weights.among(&joined);
            used = joined.into_iter().map(|at| used[at]).collect();
        }
        let weights = weights.row_standardised();
        let values: Vec<f64> = used.iter().filter_map(|i| view.rows[*i].value).collect();
        let draws = Permutations {
            draws: DRAWS,
            seed: SEED,
            threads: 1,
            table: if used.len() > SHARED_ABOVE { DrawTable::Shared } else { DrawTable::Independent },
        };
        let whole = methods::moran(&values, &weights).map_err(failed)?;
        let whole_p =
            methods::moran_permutation(&values, &weights, draws).map_err(failed)?.p(Alternative::TwoSided);
        let local = methods::local_moran(&values, &weights, Scaling::AreasMinusOne).map_err(failed)?;
        let drawn = methods::local_moran_permutation(&values, &weights, draws).map_err(failed)?;
        let p: Vec<Option<f64>> =
            drawn.iter().map(|extremes| extremes.map(|extremes| extremes.p(Alternative::TwoSided))).collect();
        let adjusted = false_discovery(&p);
        let lags = weights.lag(&values);
        let mut rows: Vec<ClusterRow> =
            view.rows.iter().map(|row| ClusterRow::unknown(row.clone())).collect();
        for (at, row) in used.iter().enumerate() {
            let found = &mut rows[*row];
            found.neighbours = weights.neighbours(at).len();
            found.lag = Some(lags[at]);
            found.statistic = local[at].map(|local| local.statistic);
            (found.p, found.adjusted) = (p[at], adjusted[at]);
            found.class = local[at].zip(adjusted[at]).map(|(local, p)| {
                if p <= LEVEL { ClusterClass::of(local.quadrant) } else { ClusterClass::Unremarkable }
            });
        }
        for row in &islands {
            rows[*row].class = Some(ClusterClass::Island);
        }
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let lag_mean = lags.iter().sum::<f64>() / lags.len() as f64;
        let indicator = self.indicator(&view.meta.id)?;
        let mut clusters = Clusters {
            title: self.geography_title(view.level, &view.geography),
            about: About::of(&indicator),
            used: used.len(),
            mean,
            // With weights that add up to 1 the slope of neighbours' mean on own value is Moran's I.
            intercept: lag_mean - whole.statistic * mean,
            moran: whole.statistic,
            expected: whole.expected,
            p: whole_p,
            neighbourhood,
            rows,
            view,
            sentence: String::new(),
        };
        clusters.sentence = words::sentence(&clusters);
        Ok(clusters)
    }

    /// Binary weights among the rows `used`, in their order.
    fn neighbours(
        &self,
        view: &View,
        used: &[usize],
        neighbourhood: Neighbourhood,
    ) -> Result<Weights, AtlasError> {
        let layer = self.layer(&view.geography)?;
        let places: Vec<usize> = used
            .iter()
            .filter_map(|row| self.position(&view.rows[*row].area.key).map(|(_, position)| *position))
            .collect();
        if places.len() < used.len() {
            return Err(AtlasError::Analysis(words::no_shapes(&view.meta)));
        }
        match neighbourhood {
            Neighbourhood::Touching => {
                let kept = || self.kept_clusters().borders.lock().unwrap_or_else(PoisonError::into_inner);
                let known = kept().get(&view.geography).cloned();
                let borders = known.unwrap_or_else(|| {
                    let found = Arc::new(contiguity(&layer.shapes, Contiguity::Queen));
                    kept().insert(view.geography.clone(), found.clone());
                    found
                });
                Ok(borders.among(&places))
            }
            Neighbourhood::Nearest(number) => {
                let nowhere = Point::new(f64::NAN, f64::NAN);
                let points: Vec<Point<f64>> =
                    places.iter().map(|at| label_point(&layer.shapes[*at]).unwrap_or(nowhere)).collect();
                nearest(&points, usize::from(number)).map_err(|error| AtlasError::Analysis(error.to_string()))
            }
        }
    }
}

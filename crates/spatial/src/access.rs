//! How well can people reach places? Floating catchments and the nearest place.
//!
//! Who can reach what is given as [`Reach`]: for each place the people's areas within reach and the way there, in metres
//! or minutes. [`straight_line`] makes one from coordinates; a street network can make another.

use crate::measure::haversine_m;
use geo::Point;
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};

/// For each supply the positions of demands within reach, with the way between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    demands: usize,
    of_supply: Vec<Vec<(u32, f64)>>,
}

impl Reach {
    /// Reach from lists; entries beyond `demands` or whose way is negative or not finite are left out.
    pub fn new(demands: usize, mut of_supply: Vec<Vec<(u32, f64)>>) -> Self {
        for list in &mut of_supply {
            list.retain(|(demand, way)| (*demand as usize) < demands && way.is_finite() && *way >= 0.0);
        }
        Self { demands, of_supply }
    }

    /// For each demand the nearest supply and the way there; the earlier supply of two equally near. `None` where nothing
    /// is within reach.
    pub fn nearest(&self) -> Vec<Option<(usize, f64)>> {
        let mut best: Vec<Option<(usize, f64)>> = vec![None; self.demands];
        for (supply, list) in self.of_supply.iter().enumerate() {
            for (demand, way) in list {
                let place = &mut best[*demand as usize];
                if place.is_none_or(|(_, found)| *way < found) {
                    *place = Some((supply, *way));
                }
            }
        }
        best
    }
}

/// Reach along the straight line (great circle), up to `metres`.
pub fn straight_line(demands: &[Point<f64>], supplies: &[Point<f64>], metres: f64) -> Reach {
    let place = |(i, p): (usize, &Point<f64>)| GeomWithData::new([p.x(), p.y()], i as u32);
    let finite = |(_, p): &(usize, &Point<f64>)| p.x().is_finite() && p.y().is_finite();
    let tree = RTree::bulk_load(demands.iter().enumerate().filter(finite).map(place).collect());
    let list = |at: &Point<f64>| {
        // Generous in degrees, exact in metres.
        let high = metres / 110_000.0;
        let wide = high / at.y().to_radians().cos().max(0.01);
        let around = AABB::from_corners([at.x() - wide, at.y() - high], [at.x() + wide, at.y() + high]);
        let mut found: Vec<(u32, f64)> = tree
            .locate_in_envelope(around)
            .map(|place| (place.data, haversine_m(*at, demands[place.data as usize])))
            .filter(|(_, way)| *way <= metres)
            .collect();
        found.sort_by_key(|(demand, _)| *demand);
        found
    };
    let reach = supplies
        .iter()
        .map(|at| if at.x().is_finite() && at.y().is_finite() { list(at) } else { Vec::new() });
    Reach { demands: demands.len(), of_supply: reach.collect() }
}

/// How much a place counts that lies so far away.
#[derive(Clone, Debug, PartialEq)]
pub enum Decay {
    /// 1 within reach: the two-step floating catchment area (2SFCA).
    None,
    /// Steps `(up to, weight)` in ascending order, 0 beyond the last: the enhanced method (E2SFCA).
    Steps(Vec<(f64, f64)>),
    /// `exp(−way² / bandwidth)`, as in Dai (2010) and PySAL's `access` (bandwidth σ²·2).
    Gaussian {
        /// Distance at which the weight has fallen to `exp(−½)`.
        deviation: f64,
    },
}

impl Decay {
    fn weight(&self, way: f64) -> f64 {
        match self {
            Decay::None => 1.0,
            Decay::Steps(steps) => {
                steps.iter().find(|(up_to, _)| way <= *up_to).map_or(0.0, |(_, weight)| *weight)
            }
            Decay::Gaussian { deviation } if *deviation > 0.0 => {
                (-way * way / (2.0 * deviation * deviation)).exp()
            }
            Decay::Gaussian { .. } => f64::from(u8::from(way == 0.0)),
        }
    }
}

/// Places per person in each demand area: first each supply is shared among the people it can serve, then each area adds
/// up the shares it can reach.
///
/// `supply` holds places per supply and `demand` people per area. Supplies nobody can reach serve nobody; areas that reach
/// nothing get 0. Summed over people the result is the supply that somebody can reach. `None` for lengths that do not fit, or
/// numbers that are negative or not finite.
///
/// Source: Luo, W. and Wang, F. (2003), Environment and Planning B 30, 865-884 (2SFCA); Luo, W. and Qi, Y. (2009), Health &
/// Place 15, 1100-1107 (E2SFCA).
pub fn floating_catchment(supply: &[f64], demand: &[f64], reach: &Reach, decay: &Decay) -> Option<Vec<f64>> {
    let good = |v: &f64| v.is_finite() && *v >= 0.0;
    let fits = supply.len() == reach.of_supply.len() && demand.len() == reach.demands;
    if !fits || !supply.iter().chain(demand).all(good) {
        return None;
    }
    let mut access = vec![0.0; demand.len()];
    for (places, list) in supply.iter().zip(&reach.of_supply) {
        let served: f64 = list.iter().map(|(area, way)| demand[*area as usize] * decay.weight(*way)).sum();
        if served > 0.0 {
            for (area, way) in list {
                access[*area as usize] += places / served * decay.weight(*way);
            }
        }
    }
    Some(access)
}

//! What offers give to each cell.

use super::need::{bands, children_of};
use super::{Ages, Catchment, Chain, Children, Directed, Reach, Supply};
use crate::estimate::Tally;
use std::collections::BTreeMap;

/// What arrives in one cell.
#[derive(Clone, Debug, Default)]
pub(super) struct Given {
    pub(super) places: Tally,
    pub(super) reached: Tally,
    pub(super) cost: Tally,
    pub(super) offers: Vec<usize>,
    pub(super) directed: [u16; 4],
    waits: usize,
}

impl Given {
    pub(super) fn only_komm(&self) -> bool {
        !self.offers.is_empty() && self.waits == self.offers.len()
    }

    /// Adds an offer; `part` is the share of it that belongs here, `None` when that is not known.
    fn add(&mut self, at: usize, offer: &Supply, part: Option<f64>) {
        let of = |amount: Option<f64>| {
            amount.filter(|a| a.is_finite() && *a >= 0.0).zip(part).map(|(amount, part)| amount * part)
        };
        self.places.add(of(offer.places));
        self.reached.add(of(offer.reached_per_year));
        self.cost.add(of(offer.cost_cents.map(|cents| cents as f64)));
        self.offers.push(at);
        let slot = match offer.directed {
            Some(Directed::Universell) => 0,
            Some(Directed::Selektiv) => 1,
            Some(Directed::Indiziert) => 2,
            None => 3,
        };
        self.directed[slot] = self.directed[slot].saturating_add(1);
        self.waits += usize::from(offer.reach == Some(Reach::Komm));
    }
}

/// Ages an offer serves within each phase; `None` where it does not serve the phase.
fn served(chain: &Chain, offer: &Supply) -> Vec<Option<Ages>> {
    let serves = |phase: &super::Phase| {
        if phase.pregnancy {
            return (offer.pregnancy || offer.phases.contains(&phase.id)).then_some(phase.ages);
        }
        match offer.ages {
            Some(ages) => (ages.shared(phase.ages) > 0).then(|| ages.common(phase.ages)),
            None => offer.phases.contains(&phase.id).then_some(phase.ages),
        }
    };
    chain.phases.iter().map(serves).collect()
}

/// Shares of an offer by area and phase. They add up to 1 where all of them are known.
fn parts(
    bands: &[Vec<&Children>],
    served: &[Option<Ages>],
    areas: &[usize],
) -> Vec<(usize, usize, Option<f64>)> {
    let mut weights: Vec<(usize, usize, Option<f64>)> = Vec::new();
    for area in areas {
        for (phase, ages) in served.iter().enumerate() {
            if let Some(ages) = ages {
                weights.push((*area, phase, children_of(&bands[*area], *ages)));
            }
        }
    }
    if let [only] = weights.as_mut_slice() {
        // One cell takes everything, whoever lives there.
        only.2 = Some(1.0);
        return weights;
    }
    let total: Option<f64> = weights.iter().map(|(_, _, weight)| *weight).sum();
    for (_, _, weight) in &mut weights {
        *weight = match total {
            Some(total) if total > 0.0 => weight.map(|weight| weight / total),
            _ => None,
        };
    }
    weights
}

/// What each cell (area, phase, field) gets.
pub(super) fn supplies(chain: &Chain) -> Vec<Given> {
    let bands = bands(chain);
    let at: BTreeMap<_, _> = chain.areas.iter().enumerate().map(|(i, place)| (&place.key, i)).collect();
    let (phases, fields) = (chain.phases.len(), chain.fields.len());
    let mut cells = vec![Given::default(); chain.areas.len() * phases * fields];
    let everywhere: Vec<usize> = (0..chain.areas.len()).collect();
    for (number, offer) in chain.offers.iter().enumerate() {
        let columns: Vec<usize> =
            (0..fields).filter(|field| offer.fields.contains(&chain.fields[*field].code)).collect();
        let served = served(chain, offer);
        let mut areas = match &offer.catchment {
            Catchment::Areas(keys) => keys.iter().filter_map(|key| at.get(key).copied()).collect(),
            Catchment::Everywhere | Catchment::Unknown => everywhere.clone(),
        };
        areas.sort_unstable();
        areas.dedup();
        for (area, phase, part) in parts(&bands, &served, &areas) {
            let part = part.filter(|_| offer.catchment != Catchment::Unknown);
            for field in &columns {
                cells[(area * phases + phase) * fields + field].add(number, offer, part);
            }
        }
    }
    cells
}

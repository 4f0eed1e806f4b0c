//! Children of a phase in an area, and how many of them need an offer.

use super::{Ages, Chain, Children};
use crate::estimate::Estimate;
use std::collections::BTreeMap;

/// Children by area and the most fitting need rate.
pub(super) struct Needs<'a> {
    chain: &'a Chain,
    /// Children by area and phase.
    children: Vec<Option<f64>>,
}

/// The bands of each area of the matrix.
pub(super) fn bands(chain: &Chain) -> Vec<Vec<&Children>> {
    let at: BTreeMap<_, _> = chain.areas.iter().enumerate().map(|(i, place)| (&place.key, i)).collect();
    let mut bands: Vec<Vec<&Children>> = vec![Vec::new(); chain.areas.len()];
    for children in &chain.children {
        let Some(area) = at.get(&children.area) else { continue };
        let taken = bands[*area].iter().any(|band| band.ages.shared(children.ages) > 0);
        if !taken && children.ages.months() > 0 {
            bands[*area].push(children);
        }
    }
    bands
}

/// Children of some ages, from bands: each band by the part of its months that lies in the ages. `None` when a
/// month is not covered by a band, or a band that counts has no figure.
pub(super) fn children_of(bands: &[&Children], ages: Ages) -> Option<f64> {
    let mut covered = 0;
    let mut sum = 0.0;
    for band in bands {
        let shared = band.ages.shared(ages);
        if shared > 0 {
            let count = band.count.filter(|count| count.is_finite() && *count >= 0.0)?;
            covered += shared;
            sum += count * f64::from(shared) / f64::from(band.ages.months());
        }
    }
    (covered == ages.months() && covered > 0).then_some(sum)
}

impl<'a> Needs<'a> {
    pub(super) fn new(chain: &'a Chain) -> Self {
        let bands = bands(chain);
        let children = bands
            .iter()
            .flat_map(|bands| chain.phases.iter().map(|phase| children_of(bands, phase.ages)))
            .collect();
        Self { chain, children }
    }

    pub(super) fn children(&self, area: usize, phase: usize) -> Option<f64> {
        self.children.get(area * self.chain.phases.len() + phase).copied().flatten()
    }

    /// The rate used and the need. A rate that is no share makes the need unknown.
    pub(super) fn of(&self, area: usize, phase: usize, field: usize) -> (Option<usize>, Option<Estimate>) {
        let rate = self.rate(area, phase, field);
        let need = self.children(area, phase).and_then(|children| match rate {
            None => Some(Estimate::exact(children)),
            Some(rate) => {
                let share = self.chain.rates[rate].share;
                let ends = [share.lower(), share.value, share.upper()];
                let good = ends.iter().all(|end| (0.0..=1.0).contains(end)) && ends.is_sorted();
                good.then(|| share.times(children))
            }
        });
        (rate, need)
    }

    /// The position of the rate that fits and names most; the first on a tie.
    fn rate(&self, area: usize, phase: usize, field: usize) -> Option<usize> {
        let (key, id) = (&self.chain.areas[area].key, self.chain.phases[phase].id);
        let code = &self.chain.fields[field].code;
        let mut best: Option<(u8, usize)> = None;
        for (at, rate) in self.chain.rates.iter().enumerate() {
            let fits = rate.area.as_ref().is_none_or(|a| a == key)
                && rate.phase.is_none_or(|p| p == id)
                && rate.field.as_ref().is_none_or(|f| f == code);
            let named = u8::from(rate.area.is_some()) * 4
                + u8::from(rate.field.is_some()) * 2
                + u8::from(rate.phase.is_some());
            if fits && best.is_none_or(|(most, _)| named > most) {
                best = Some((named, at));
            }
        }
        best.map(|(_, at)| at)
    }
}

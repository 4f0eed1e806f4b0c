//! Findings: logistic in the child's circumstances, with constants solved so that the published shares hold.

use crate::child::Child;
use crate::draw::{Draw, Stage};
use crate::household::{Ground, Household};
use crate::kita::Kitas;
use crate::parameters::{Parameters, Published};
use rayon::prelude::*;

/// A finding of the examination with its share as counted in the truth.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Name in files.
    pub id: String,
    /// Children with SGB II: with the finding, examined.
    pub sgb2: [usize; 2],
    /// The other children: with the finding, examined.
    pub other: [usize; 2],
    /// What is published.
    pub published: Published,
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The constant `a` with mean of `logistic(a + slope)` equal to `share`, by bisection (the mean grows with `a`).
/// Without children 0.
pub(crate) fn constant(slopes: &[(f64, f64)], share: f64) -> f64 {
    let total: f64 = slopes.iter().map(|(_, weight)| weight).sum();
    let (mut low, mut high) = (-30.0, 30.0);
    if total <= 0.0 {
        return 0.0;
    }
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        let mean: f64 = slopes.iter().map(|(slope, weight)| weight * logistic(middle + slope)).sum();
        if mean / total < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Whether a unit falls under a probability on the logit scale.
pub(crate) fn probability(constant: f64, slope: f64) -> f64 {
    logistic(constant + slope)
}

/// How much a child's circumstances move all its findings, on the logit scale.
fn slopes(
    ground: &Ground<'_>,
    children: &[Child],
    households: &[Household],
    area_poverty: &[f64],
    kitas: &Kitas,
    early: usize,
) -> Vec<f64> {
    let Ground { seed, parameters, .. } = *ground;
    let poverty = kitas.poverty(children);
    let effect = |name: &str| parameters.assumed(name);
    let mixed = effect("mixed_kita");
    let of = |(number, child): (usize, &Child)| {
        let mut draw = Draw::new(seed, Stage::Finding, number);
        let kita = child.kita.and_then(|kita| poverty[kita]);
        let helped = child.habits[early] && kita.is_some_and(|share| share <= mixed);
        effect("effect_child") * draw.normal()
            + effect("effect_area_poverty") * area_poverty[households[child.household].area]
            + effect("effect_kita_poverty") * kita.unwrap_or(0.0)
            + if helped { effect("effect_early_kita") } else { 0.0 }
    };
    children.par_iter().enumerate().map(of).collect()
}

/// Draws the findings of all examined children.
pub(crate) fn draw_findings(
    ground: &Ground<'_>,
    children: &mut [Child],
    households: &[Household],
    area_poverty: &[f64],
    kitas: &Kitas,
    early: usize,
) {
    let Ground { seed, parameters, .. } = *ground;
    let slopes = slopes(ground, children, households, area_poverty, kitas, early);
    let group = |poor: bool| {
        let own =
            children.iter().zip(&slopes).filter(|(child, _)| child.examined.is_some() && child.sgb2 == poor);
        own.map(|(_, slope)| (*slope, 1.0)).collect::<Vec<_>>()
    };
    let groups = [group(false), group(true)];
    let constants: Vec<[f64; 2]> = parameters
        .outcomes
        .iter()
        .map(|share| [constant(&groups[0], share.other), constant(&groups[1], share.sgb2)])
        .collect();
    children.par_iter_mut().zip(&slopes).enumerate().for_each(|(number, (child, slope))| {
        if child.examined.is_none() {
            return;
        }
        let mut draw = Draw::new(seed, Stage::Finding, number + (1 << 32));
        let drawn = constants.iter().map(|by| draw.chance(probability(by[usize::from(child.sgb2)], *slope)));
        child.outcomes = drawn.collect();
    });
}

/// Counts the findings in the truth.
pub(crate) fn count(children: &[Child], parameters: &Parameters) -> Vec<Outcome> {
    let counted = parameters.outcomes.iter().enumerate().map(|(place, published)| {
        let mut counts = [[0_usize; 2]; 2];
        for child in children.iter().filter(|child| child.examined.is_some()) {
            let of = &mut counts[usize::from(child.sgb2)];
            of[0] += usize::from(child.outcomes[place]);
            of[1] += 1;
        }
        let [other, sgb2] = counts;
        Outcome { id: published.id.clone(), sgb2, other, published: published.clone() }
    });
    counted.collect()
}

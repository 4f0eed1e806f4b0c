//! Rows of registers that name children, in the order of the register.

use crate::child::Child;
use crate::city::City;
use crate::draw::{Draw, Stage};
use crate::mistake::{Recorded, record};
use crate::parameters::Rates;
use jiff::civil::Date;
use rayon::prelude::*;

/// One record.
pub(crate) struct RegisterRow {
    /// Its number in the register.
    pub(crate) id: String,
    /// Number of the child it is about.
    pub(crate) child: usize,
    /// What it says about who the child is.
    pub(crate) person: Recorded,
}

/// The records about the children a register should hold; it misses some and holds some twice. `latest` is the last
/// birthday its form takes for a child.
pub(crate) fn rows(
    city: &City,
    stage: Stage,
    prefix: &str,
    rates: &Rates,
    belongs: impl Fn(&Child) -> bool + Sync,
    latest: impl Fn(&Child) -> Date + Sync,
) -> Vec<RegisterRow> {
    let seed = city.plan.seed;
    let of = |(number, child): (usize, &Child)| {
        if !belongs(child) {
            return Vec::new();
        }
        let mut draw = Draw::new(seed, stage, number);
        let canary = city.households[child.household].canary;
        let held = draw.chance(rates.coverage) || canary;
        let copies = usize::from(held) * (1 + usize::from(draw.chance(rates.duplicates)));
        (0..copies).map(|_| (number, record(city, child, latest(child), rates, &mut draw))).collect()
    };
    let found: Vec<(usize, Recorded)> = city.children.par_iter().enumerate().flat_map_iter(of).collect();
    let mut order: Vec<usize> = (0..found.len()).collect();
    Draw::new(seed, Stage::Order, stage as usize).shuffle(&mut order);
    let mut placed: Vec<Option<(usize, Recorded)>> = found.into_iter().map(Some).collect();
    let ordered = order.into_iter().filter_map(|at| placed[at].take()).enumerate();
    ordered
        .map(|(place, (child, person))| {
            let mark = if city.households[city.children[child].household].canary { "QZX" } else { "" };
            RegisterRow { id: format!("{prefix}{mark}{:07}", place + 1), child, person }
        })
        .collect()
}

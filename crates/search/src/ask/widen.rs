//! Ways out of an empty page.

use super::filter::{Filter, passing};
use super::query::Near;
use crate::bits::Bits;
use crate::index::{Columns, Origin};
use std::fmt;

/// What to let go of, and how many hits that gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Widening {
    /// Filters to drop; for a larger radius only [`Filter::Radius`].
    pub drop: Vec<Filter>,
    /// The radius to take instead, in metres.
    pub radius_m: Option<f64>,
    /// Hits then.
    pub hits: usize,
}

impl fmt::Display for Widening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = if self.hits == 1 { "Angebot" } else { "Angebote" };
        match self.radius_m {
            Some(radius) => write!(f, "Im Umkreis von {:.0} km: {} {noun}.", radius / 1000.0, self.hits),
            None => {
                let names: Vec<String> = self.drop.iter().map(|filter| format!("„{filter}“")).collect();
                write!(f, "Ohne {}: {} {noun}.", names.join(" und "), self.hits)
            }
        }
    }
}

/// Radii that are offered, in metres.
const RADII: [f64; 8] = [1e3, 2e3, 5e3, 1e4, 1.5e4, 2.5e4, 5e4, 1e5];

/// Single filters to drop that give hits, most hits first; a larger radius before all; when no single one
/// helps, pairs; when no pair helps, all but the words, then all.
pub(crate) fn widenings(columns: &Columns, masks: &[(Filter, Bits)], near: Option<Near>) -> Vec<Widening> {
    let names: Vec<Filter> = masks.iter().map(|(filter, _)| filter.clone()).collect();
    let drop = |drop: Vec<Filter>| {
        let hits = passing(columns, masks, &drop).count();
        Widening { drop, radius_m: None, hits }
    };
    let useful = |mut list: Vec<Widening>| {
        list.retain(|widening| widening.hits > 0);
        list.sort_by(|a, b| b.hits.cmp(&a.hits).then_with(|| a.drop.cmp(&b.drop)));
        list
    };
    let mut found = Vec::new();
    if let Some(near) = near.filter(|near| near.radius_m.is_some()) {
        found.extend(larger_radius(columns, &passing(columns, masks, &[Filter::Radius]), near));
    }
    found.extend(useful(names.iter().map(|name| drop(vec![name.clone()])).collect()));
    if found.is_empty() {
        let pairs = names
            .iter()
            .enumerate()
            .flat_map(|(at, one)| names[at + 1..].iter().map(move |other| vec![one.clone(), other.clone()]));
        found = useful(pairs.map(drop).collect());
        found.truncate(3);
    }
    if found.is_empty() && names.len() > 2 {
        let but_text: Vec<Filter> = names.iter().filter(|name| **name != Filter::Text).cloned().collect();
        found = useful(vec![drop(but_text)]);
    }
    found
}

fn larger_radius(columns: &Columns, rows: &Bits, near: Near) -> Option<Widening> {
    let before = near.radius_m?;
    let origin = Origin::new(near.point);
    let distances: Vec<f64> =
        rows.rows().filter_map(|row| columns.distance(row, &origin)).map(|(metres, _)| metres).collect();
    let within = |radius: f64| distances.iter().filter(|metres| **metres <= radius).count();
    let radius = RADII.into_iter().find(|radius| *radius > before && within(*radius) > 0)?;
    Some(Widening { drop: vec![Filter::Radius], radius_m: Some(radius), hits: within(radius) })
}

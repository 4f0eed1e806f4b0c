//! The areas of all tables and what is known of how they make each other up.

use crate::discover::Linear;
use crate::relations::{Sum, area_sums, parents};
use crate::together::Sighted;
use crate::{Policy, policy::AreaSum};
use kekiz_base::{Area, AreaKey};
use std::collections::{BTreeMap, BTreeSet};

/// The areas of all tables and their earlier releases, ordered by key; after them remainders that no table shows.
pub(crate) struct Land {
    pub(crate) areas: Vec<Area>,
    /// The place of every area in every table.
    pub(crate) present: Vec<Vec<Option<usize>>>,
    pub(crate) sums: Vec<Sum>,
    /// What is left of an area without others that lie in it: anybody can subtract.
    pub(crate) remainders: Vec<Remainder>,
}

/// An area less others that lie in it and do not overlap.
pub(crate) struct Remainder {
    pub(crate) whole: usize,
    pub(crate) without: Vec<usize>,
}

impl Land {
    pub(crate) fn new(tables: &[Sighted<'_>], policy: &Policy) -> Self {
        let mut all: BTreeMap<_, &Area> = BTreeMap::new();
        for table in tables {
            for area in table.areas {
                all.insert(&area.key, area);
            }
        }
        for table in tables {
            for area in &table.before.areas {
                all.entry(&area.key).or_insert(area);
            }
        }
        let areas: Vec<Area> = all.into_values().cloned().collect();
        let place = |table: &Sighted<'_>| -> Vec<Option<usize>> {
            areas
                .iter()
                .map(|area| table.areas.binary_search_by(|other| other.key.cmp(&area.key)).ok())
                .collect()
        };
        let present = tables.iter().map(place).collect();
        let mut sums: BTreeSet<(usize, Vec<usize>)> =
            area_sums(&areas, &parents(&areas)).into_iter().map(|sum| (sum.whole, sum.parts)).collect();
        let mut remainders = Vec::new();
        let at = |key: &AreaKey| areas.binary_search_by(|area| area.key.cmp(key)).ok();
        for AreaSum { whole, parts } in &policy.areas {
            let parts: BTreeSet<&AreaKey> = parts.iter().collect();
            let places: Option<Vec<usize>> = parts.iter().map(|part| at(part)).collect();
            if let (Some(whole), Some(places)) = (at(whole), places)
                && !places.contains(&whole)
                && !places.is_empty()
            {
                sums.insert((whole, places));
            }
        }
        for (whole, without) in nested(&policy.areas, &at) {
            let number = areas.len() + remainders.len();
            sums.insert((whole, without.iter().copied().chain([number]).collect()));
            remainders.push(Remainder { whole, without });
        }
        let sums = sums.into_iter().map(|(whole, parts)| Sum { whole, parts }).collect();
        Self { areas, present, sums, remainders }
    }

    /// Number of areas and remainders.
    pub(crate) fn size(&self) -> usize {
        self.areas.len() + self.remainders.len()
    }
}

/// Declared areas within declared areas: each alone, and all of one geography that do not overlap together.
fn nested(declared: &[AreaSum], at: &impl Fn(&AreaKey) -> Option<usize>) -> Vec<(usize, Vec<usize>)> {
    // An area nobody declared is made of itself.
    let mut made: BTreeMap<&AreaKey, BTreeSet<&AreaKey>> = BTreeMap::new();
    for sum in declared {
        for part in &sum.parts {
            made.entry(part).or_insert_with(|| BTreeSet::from([part]));
        }
    }
    for sum in declared {
        made.insert(&sum.whole, sum.parts.iter().collect());
    }
    let mut found: BTreeSet<(usize, Vec<usize>)> = BTreeSet::new();
    for AreaSum { whole, parts } in declared {
        let Some(place) = at(whole) else { continue };
        let all: BTreeSet<&AreaKey> = parts.iter().collect();
        let inside: Vec<(&AreaKey, usize, &BTreeSet<&AreaKey>)> = made
            .iter()
            .filter(|(key, atoms)| **key != whole && atoms.is_subset(&all) && atoms.len() < all.len())
            .filter_map(|(key, atoms)| Some((*key, at(key)?, atoms)))
            .collect();
        for (_, one, _) in &inside {
            found.insert((place, vec![*one]));
        }
        let mut taken: BTreeSet<&AreaKey> = BTreeSet::new();
        let mut disjoint = Vec::new();
        for (_, one, atoms) in &inside {
            if taken.is_disjoint(atoms) {
                taken.extend(atoms.iter().copied());
                disjoint.push(*one);
            }
        }
        if taken.len() < all.len() && disjoint.len() > 1 {
            disjoint.sort_unstable();
            found.insert((place, disjoint));
        }
    }
    found.into_iter().collect()
}

/// Sums as signed relations over the same indices.
pub(crate) fn linear(sums: &[Sum]) -> Vec<Linear> {
    let signed = |sum: &Sum| {
        let mut linear: Linear = sum.parts.iter().map(|&part| (part, 1)).collect();
        linear.push((sum.whole, -1));
        linear.sort_unstable();
        linear
    };
    sums.iter().map(signed).collect()
}

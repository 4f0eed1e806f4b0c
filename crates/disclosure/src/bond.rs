//! Figures that share variables in another way than as a sum: an attacker is assumed to undo whatever was computed.

use crate::gate::Ordered;
use crate::primary::Seen;
use crate::together::{Atom, Made, Member};
use kekiz_base::{GroupId, Reason};
use std::collections::BTreeSet;

/// Members of which the first is no plain sum and shares variables with the numerators of the second.
fn bonds(members: &[Member<'_>]) -> Vec<(usize, usize)> {
    let variables = |made: &Option<Made>| -> BTreeSet<smol_str::SmolStr> {
        made.iter().flat_map(Made::atoms).map(|atom: &Atom| atom.variable.clone()).collect()
    };
    let opaque = |made: &Option<Made>| matches!(made, Some(Made::Otherwise(_)));
    let mut bonds = Vec::new();
    for (first, member) in members.iter().enumerate() {
        let mut used = BTreeSet::new();
        for made in [&member.cases, &member.persons] {
            if opaque(made) {
                used.extend(variables(made));
            }
        }
        for (second, other) in members.iter().enumerate() {
            if first != second && other.published && !used.is_disjoint(&variables(&other.cases)) {
                bonds.push((first, second));
            }
        }
    }
    bonds
}

/// Pairs of cells of two tables in the same area and period, and in groups that may have something in common.
fn pairs(a: &Ordered<'_>, b: &Ordered<'_>) -> Vec<(usize, usize)> {
    let same = |a: &GroupId, b: &GroupId| a == b || *a == GroupId::total() || *b == GroupId::total();
    let mut pairs = Vec::new();
    for (area, found) in a.areas.iter().enumerate() {
        let Ok(other) = b.areas.binary_search_by(|other| other.key.cmp(&found.key)) else { continue };
        for (period, when) in a.cube.periods.iter().enumerate() {
            let Some(then) = b.cube.periods.iter().position(|other| other == when) else { continue };
            for (group, name) in a.cube.groups.iter().enumerate() {
                for (with, with_name) in b.cube.groups.iter().enumerate() {
                    if same(name, with_name) {
                        pairs.push((a.index(area, period, group), b.index(other, then, with)));
                    }
                }
            }
        }
    }
    pairs
}

/// What a sensitive figure was computed from in another way is sensitive, too.
pub(crate) fn bind_to_sensitive(members: &[Member<'_>], tables: &[Ordered<'_>], seen: &mut [Vec<Seen>]) {
    for (opaque, plain) in bonds(members) {
        for (cell, other) in pairs(&tables[opaque], &tables[plain]) {
            if seen[opaque][cell].primary().is_some()
                && let Seen::Counted(counted) = &mut seen[plain][other]
                && counted.primary.is_none()
            {
                counted.primary = Some(Reason::Complementary);
                counted.range = counted.cover.unwrap_or(counted.range);
            }
        }
    }
}

/// A figure is hidden where something it was computed from is.
pub(crate) fn bind_to_hidden(
    members: &[Member<'_>],
    tables: &[Ordered<'_>],
    suppressed: &mut [Vec<Option<Reason>>],
) {
    for (opaque, plain) in bonds(members) {
        for (cell, other) in pairs(&tables[opaque], &tables[plain]) {
            if suppressed[plain][other].is_some() {
                suppressed[opaque][cell].get_or_insert(Reason::Complementary);
            }
        }
    }
}

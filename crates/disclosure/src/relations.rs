//! Every sum an attacker can check: areas within areas, groups within totals.

use crate::primary::Seen;
use crate::{Breakdown, Policy};
use kekiz_base::{Area, AreaKey, GroupId};
use std::collections::{BTreeMap, BTreeSet};

/// A sum: `whole = Σ parts + rest`. Indices are into a slice of areas or groups.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Sum {
    pub(crate) whole: usize,
    pub(crate) parts: Vec<usize>,
}

/// Sums over areas: one per parent and geography among its children.
pub(crate) fn area_sums(areas: &[Area], parents: &[Option<usize>]) -> Vec<Sum> {
    let mut children: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
    for (i, (area, parent)) in areas.iter().zip(parents).enumerate() {
        if let Some(parent) = *parent {
            children.entry((parent, area.geography.as_str())).or_default().push(i);
        }
    }
    children.into_iter().map(|((whole, _), parts)| Sum { whole, parts }).collect()
}

/// The parent of every area within the slice.
///
/// An area whose parent is not in the table is joined to the nearest area whose official key is the beginning of
/// its own (05513000 in 05 when no Kreis is in the table), since an attacker knows that, too.
pub(crate) fn parents(areas: &[Area]) -> Vec<Option<usize>> {
    let index: BTreeMap<&AreaKey, usize> = areas.iter().enumerate().map(|(i, area)| (&area.key, i)).collect();
    let parent = |area: &Area| {
        let named = area.parent.as_ref().and_then(|parent| index.get(parent).copied());
        named
            .or_else(|| official_ancestor(areas, &index, area))
            .filter(|&parent| areas[parent].level < area.level)
    };
    areas.iter().map(parent).collect()
}

fn official_ancestor(areas: &[Area], index: &BTreeMap<&AreaKey, usize>, area: &Area) -> Option<usize> {
    let official = |key: &str| matches!(key.len(), 2 | 3 | 5 | 8) && key.bytes().all(|b| b.is_ascii_digit());
    // The named parent may be missing from the table while its own beginning is there.
    let start = area.parent.as_ref().map(AreaKey::as_str).filter(|key| official(key));
    let key = start.or_else(|| Some(area.key.as_str()).filter(|key| official(key)))?;
    [5, 3, 2].into_iter().filter(|&length| length < key.len()).find_map(|length| {
        let found = *index.get(&AreaKey::new(&key[..length]))?;
        (areas[found].level < area.level).then_some(found)
    })
}

/// The count of every cell, `None` where there is none.
pub(crate) fn counts(seen: &[Seen]) -> Vec<Option<i64>> {
    seen.iter().map(|seen| seen.count()).collect()
}

/// Sums over groups: those the policy names, and those the numbers show.
///
/// Groups carry no structure, so it is read from the numbers: a set of groups adds up to another when it does so in
/// every area and period with all of them known. Up to 12 groups all sets are tried, beyond that runs of
/// neighbours. A sum that holds by chance only costs further suppression; it never uncovers anything.
pub(crate) fn group_sums(names: &[GroupId], policy: &Policy, counts: &[Option<i64>]) -> Vec<Sum> {
    let groups = names.len();
    let mut found: BTreeSet<(usize, Vec<usize>)> = BTreeSet::new();
    for Breakdown { whole, parts } in &policy.breakdowns {
        let position = |group: &GroupId| names.iter().position(|other| other == group);
        let parts: BTreeSet<usize> = parts.iter().filter_map(position).collect();
        if let Some(whole) = position(whole)
            && !parts.is_empty()
            && !parts.contains(&whole)
        {
            found.insert((whole, parts.into_iter().collect()));
        }
    }
    if groups >= 2 {
        let mut rows: Vec<&[Option<i64>]> = counts.chunks_exact(groups).collect();
        // Large rows first: they tell a sum that does not hold soonest.
        rows.sort_by_key(|row| {
            std::cmp::Reverse(row.iter().flatten().map(|count| count.unsigned_abs()).max())
        });
        let total = names.iter().position(|group| *group == GroupId::total());
        for parts in candidates(groups, total) {
            for whole in (0..groups).filter(|whole| !parts.contains(whole)) {
                if holds(&rows, whole, &parts, total == Some(whole)) {
                    found.insert((whole, parts.clone()));
                }
            }
        }
        if let Some(total) = total {
            let all: Vec<usize> = (0..groups).filter(|&group| group != total).collect();
            join_empty_groups(&mut found, total, &all, &rows);
            let covered = found.iter().any(|(whole, _)| *whole == total);
            // Parts that never exceed the whole may be parts of it with something left over.
            if !covered && within(&rows, total, &all) {
                found.insert((total, all));
            }
        }
    }
    found.into_iter().map(|(whole, parts)| Sum { whole, parts }).collect()
}

/// Groups that are zero everywhere belong to the one breakdown of the total, if there is one.
fn join_empty_groups(
    found: &mut BTreeSet<(usize, Vec<usize>)>,
    total: usize,
    all: &[usize],
    rows: &[&[Option<i64>]],
) {
    let of_total: Vec<_> = found.iter().filter(|(whole, _)| *whole == total).cloned().collect();
    let [only] = of_total.as_slice() else { return };
    let empty = |group: &&usize| rows.iter().all(|row| matches!(row[**group], None | Some(0)));
    let parts: BTreeSet<usize> = only.1.iter().chain(all.iter().filter(empty)).copied().collect();
    found.remove(only);
    found.insert((total, parts.into_iter().collect()));
}

fn candidates(groups: usize, total: Option<usize>) -> Vec<Vec<usize>> {
    let mut sets = Vec::new();
    if groups <= 12 {
        for bits in 1u32..(1 << groups) {
            let set: Vec<usize> = (0..groups).filter(|group| bits & (1 << group) != 0).collect();
            if set.len() >= 2 && total.is_none_or(|total| !set.contains(&total)) {
                sets.push(set);
            }
        }
    } else {
        let order: Vec<usize> = (0..groups).filter(|&group| Some(group) != total).collect();
        for start in 0..order.len() {
            for end in start + 2..=order.len() {
                sets.push(order[start..end].to_vec());
            }
        }
    }
    sets
}

/// Whether the parts make the whole wherever all are known. Sums that are no breakdown of everybody need three
/// rows in which at least two parts count something, so that chance does not pass for structure.
fn holds(rows: &[&[Option<i64>]], whole: usize, parts: &[usize], of_total: bool) -> bool {
    let mut evidence = 0;
    let mut alive = vec![false; parts.len()];
    for row in rows {
        let Some(expected) = row[whole] else { continue };
        let mut sum = 0;
        let mut known = true;
        let mut positive = 0;
        for (slot, &part) in parts.iter().enumerate() {
            match row[part] {
                Some(count) => {
                    sum += count;
                    positive += usize::from(count != 0);
                    alive[slot] |= count != 0;
                }
                None => known = false,
            }
        }
        if !known {
            continue;
        }
        if sum != expected {
            return false;
        }
        evidence += usize::from(positive >= 2);
    }
    // A set with a group that is zero everywhere is the same sum as the one without it.
    let needed = if of_total { 1 } else { 3 };
    evidence >= needed && alive.iter().all(|&alive| alive)
}

fn within(rows: &[&[Option<i64>]], whole: usize, parts: &[usize]) -> bool {
    rows.iter().all(|row| {
        let known: i64 = parts.iter().filter_map(|&part| row[part]).sum();
        row[whole].is_none_or(|whole| known <= whole)
    })
}

/// How a sum stands in one table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rest {
    /// The attacker is assumed to know the rest exactly (mostly 0).
    Known,
    /// Something not listed lies between parts and whole; the attacker knows only that it is not negative.
    Open(i64),
}

/// How the counts of a sum stand to each other; `None` when they tell nothing (whole missing, parts exceed it
/// by far).
///
/// A small rest is taken as known to the attacker: figures that almost add up leak almost as much as figures
/// that do.
pub(crate) fn rest(whole: Option<i64>, parts: &[Option<i64>], threshold: u32) -> Option<Rest> {
    let whole = whole?;
    let complete = parts.iter().all(Option::is_some);
    let sum: i64 = parts.iter().flatten().sum();
    let gap = whole - sum;
    let tolerance = (i64::from(threshold) * 2).max(10).max(whole.abs() / 50);
    if complete && gap.abs() <= tolerance {
        Some(Rest::Known)
    } else if gap >= 0 {
        Some(Rest::Open(gap))
    } else if -gap <= tolerance {
        Some(Rest::Known)
    } else {
        None
    }
}

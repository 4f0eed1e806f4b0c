//! Indicators that share no variable and still add up: a delivered total and its parts.

use crate::discover::dependencies;
use kekiz_base::{AreaKey, Cube, CubeCell, GroupId, Period};
use std::collections::BTreeMap;

/// Joins groups of indicators whose numbers of cases add up in all areas and periods (everybody's group), as a delivered
/// total with its parts; they have to be protected together, too. `groups` are those of [`crate::tied`], indices into
/// `cubes`; the order of what is left is kept.
///
/// As with all sums that are found in numbers it takes more rows (areas times periods) than indicators and some to spare.
pub fn tied_by_numbers(groups: Vec<Vec<usize>>, cubes: &[&Cube]) -> Vec<Vec<usize>> {
    let mut rows: BTreeMap<(&AreaKey, Period), Vec<Option<i64>>> = BTreeMap::new();
    for (number, cube) in cubes.iter().enumerate() {
        let Some(group) = cube.groups.iter().position(|group| *group == GroupId::total()) else { continue };
        for (area, entry) in cube.areas.iter().enumerate() {
            for (period, &when) in cube.periods.iter().enumerate() {
                let count = cube.cells.get(cube.index(area, period, group)).and_then(cases);
                rows.entry((&entry.key, when)).or_insert_with(|| vec![None; cubes.len()])[number] = count;
            }
        }
    }
    let rows: Vec<Vec<Option<i64>>> = rows.into_values().collect();
    let mut of: Vec<usize> = vec![0; cubes.len()];
    for (number, group) in groups.iter().enumerate() {
        group.iter().for_each(|&member| of[member] = number);
    }
    for sum in dependencies(&rows) {
        let joined: Vec<usize> = sum.iter().map(|(member, _)| of[*member]).collect();
        if let Some(&first) = joined.iter().min() {
            of.iter_mut().filter(|group| joined.contains(group)).for_each(|group| *group = first);
        }
    }
    let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (member, group) in of.into_iter().enumerate() {
        found.entry(group).or_default().push(member);
    }
    found.into_values().collect()
}

fn cases(cell: &CubeCell) -> Option<i64> {
    let CubeCell::Value { value, numerator, denominator, .. } = cell else { return None };
    // A value beside a denominator is a quotient.
    let number = match (numerator, denominator) {
        (Some(numerator), _) => numerator.expose(),
        (None, None) => value.expose(),
        (None, Some(_)) => return None,
    };
    crate::primary::whole(number).filter(|&whole| whole as f64 == number)
}

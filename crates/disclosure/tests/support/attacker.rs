//! An attacker of another make than the gate: exhaustive search over whole tables.
//!
//! It gets what the public gets (the cells, the policy, all bases, the structure of areas and groups) and looks for
//! the smallest and largest number every suppressed cell could be.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used, clippy::panic)]

use kekiz_base::{Cell, Cube, CubeCell, IndicatorKind, Level, Reason, Sensitive};
use kekiz_disclosure::{GroupDisclosure, Policy};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Numbers a cell may be, as the attacker knows before looking at sums.
pub type Domain = Vec<i64>;

pub struct Attacker {
    /// Only to try likely numbers first; whatever is found is checked against the public figures alone.
    pub truth: Vec<i64>,
    pub domains: Vec<Domain>,
    /// whole, parts
    pub sums: Vec<(usize, Vec<usize>)>,
}

pub enum Answer {
    Yes,
    No,
    TooHard,
}

impl Attacker {
    /// Shrinks bounds until nothing changes; false when a sum cannot hold.
    fn propagate(&self, bounds: &mut [(i64, i64)]) -> bool {
        loop {
            let mut changed = false;
            for (whole, parts) in &self.sums {
                if bounds.iter().any(|(low, high)| low > high) {
                    return false;
                }
                let low: i64 = parts.iter().map(|&part| bounds[part].0).sum();
                let high: i64 = parts.iter().map(|&part| bounds[part].1).sum();
                changed |= self.narrow(bounds, *whole, low, high);
                let (whole_low, whole_high) = bounds[*whole];
                for &part in parts {
                    let (part_low, part_high) = bounds[part];
                    changed |= self.narrow(
                        bounds,
                        part,
                        whole_low - (high - part_high),
                        whole_high - (low - part_low),
                    );
                    if bounds[part] != (part_low, part_high) {
                        break; // `low` and `high` have moved
                    }
                }
            }
            if bounds.iter().any(|(low, high)| low > high) {
                return false;
            }
            if !changed {
                return true;
            }
        }
    }

    fn narrow(&self, bounds: &mut [(i64, i64)], cell: usize, low: i64, high: i64) -> bool {
        let before = bounds[cell];
        let fits = |value: &&i64| **value >= low.max(before.0) && **value <= high.min(before.1);
        let first = self.domains[cell].iter().find(fits).copied().unwrap_or(1 << 40);
        let last = self.domains[cell].iter().rev().find(fits).copied().unwrap_or(-(1 << 40));
        bounds[cell] = (first, last);
        bounds[cell] != before
    }

    fn search(&self, bounds: &[(i64, i64)], budget: &mut usize) -> Answer {
        let mut bounds = bounds.to_vec();
        if *budget == 0 {
            return Answer::TooHard;
        }
        *budget -= 1;
        if !self.propagate(&mut bounds) {
            return Answer::No;
        }
        let open = (0..bounds.len()).filter(|&cell| bounds[cell].0 < bounds[cell].1);
        let Some(cell) = open.min_by_key(|&cell| bounds[cell].1 - bounds[cell].0) else { return Answer::Yes };
        let mut answer = Answer::No;
        let (low, high) = bounds[cell];
        let mut values: Vec<i64> =
            self.domains[cell].iter().copied().filter(|&value| low <= value && value <= high).collect();
        values.sort_by_key(|value| (value - self.truth[cell]).abs());
        for value in values {
            bounds[cell] = (value, value);
            match self.search(&bounds, budget) {
                Answer::Yes => return Answer::Yes,
                Answer::TooHard => answer = Answer::TooHard,
                Answer::No => {}
            }
        }
        answer
    }

    fn could_be(&self, cell: usize, value: i64) -> Answer {
        let mut bounds: Vec<(i64, i64)> =
            self.domains.iter().map(|domain| (*domain.first().unwrap(), *domain.last().unwrap())).collect();
        bounds[cell] = (value, value);
        self.search(&bounds, &mut 1_500)
    }

    /// Whether the cell can take two numbers at least `width` apart; `None` when the search gives up.
    pub fn spans(&self, cell: usize, width: i64) -> Option<bool> {
        let mut hard = false;
        let mut farthest = |sign: i64| {
            (1..=width).rev().find(|steps| {
                let value = self.truth[cell] + sign * steps;
                self.domains[cell].contains(&value)
                    && match self.could_be(cell, value) {
                        Answer::Yes => true,
                        Answer::No => false,
                        Answer::TooHard => {
                            hard = true;
                            false
                        }
                    }
            })
        };
        let span = farthest(1).unwrap_or(0) + farthest(-1).unwrap_or(0);
        if span >= width { Some(true) } else { (!hard).then_some(false) }
    }
}

pub fn numbers(cell: &CubeCell) -> (i64, Option<i64>) {
    let CubeCell::Value { numerator: Some(count), denominator, .. } = cell else { panic!("no count") };
    (count.expose() as i64, denominator.map(|base| Sensitive::expose(base) as i64))
}

pub fn zero_hidden(policy: &Policy, base: Option<i64>) -> bool {
    policy.suppress_zero || base.is_some_and(|base| base > 0 && policy.group_disclosure.applies(base))
}

/// Whether the rules alone hide a number.
pub fn sensitive(policy: &Policy, count: i64, base: Option<i64>) -> bool {
    let threshold = i64::from(policy.threshold);
    let few = if count == 0 { zero_hidden(policy, base) } else { count < threshold };
    let rest = base.is_some_and(|base| match base - count {
        0 => base > 0 && policy.group_disclosure.applies(base),
        rest => rest < i64::from(policy.complement_threshold),
    });
    few || rest
}

pub fn attacker(cube: &Cube, public: &[Cell], policy: &Policy, sums: Vec<(usize, Vec<usize>)>) -> Attacker {
    let domains = public
        .iter()
        .zip(&cube.cells)
        .map(|(public, truth)| {
            let (count, base) = numbers(truth);
            // Far above the truth nothing changes; the bound keeps the search finite.
            let all = 0..=base.unwrap_or(count + 40).min(count + 40);
            match (public, policy.rounding.base()) {
                (Cell::Shown(figure), None) => vec![figure.numerator.unwrap() as i64],
                (Cell::Shown(figure), Some(step)) => {
                    let shown = figure.numerator.unwrap() as i64;
                    all.filter(|value| (value + step / 2) / step * step == shown).collect()
                }
                (Cell::Suppressed { reason: Reason::BelowThreshold }, _) => {
                    all.filter(|&value| sensitive(policy, value, base)).collect()
                }
                (Cell::Suppressed { reason: Reason::SmallBase }, _) => all.collect(),
                (Cell::Suppressed { .. }, _) => {
                    all.filter(|&value| value > 0 && base.is_none_or(|base| value < base)).collect()
                }
                (Cell::Missing { .. }, _) => panic!("nothing is missing here"),
            }
        })
        .collect();
    let truth = cube.cells.iter().map(|cell| numbers(cell).0).collect();
    Attacker { truth, domains, sums }
}

/// A made-up city: districts with areas, and beside them a second division of the same city.
#[derive(Debug, Clone)]
pub struct City {
    /// `counts[district][area][part]` and further persons per cell.
    pub districts: Vec<Vec<Vec<(i64, i64)>>>,
    pub parts: usize,
    /// District of the second division for every area; empty for none.
    pub second: Vec<usize>,
    pub shares: bool,
}

pub fn city() -> impl Strategy<Value = City> {
    let cell = prop_oneof![
        3 => (0i64..6, 0i64..10),
        2 => (5i64..16, 0i64..20),
        1 => Just((0, 3)),
        1 => (1i64..5, Just(0)),
        1 => (10i64..30, 5i64..30)
    ];
    (1usize..4, any::<bool>(), any::<bool>()).prop_flat_map(move |(parts, second, shares)| {
        let areas = prop::collection::vec(prop::collection::vec(cell.clone(), parts), 1..4);
        (prop::collection::vec(areas, 1..4), prop::collection::vec(0usize..2, 9)).prop_map(
            move |(districts, assignment)| City {
                districts,
                parts,
                second: if second { assignment } else { vec![] },
                shares,
            },
        )
    })
}

pub type Sums = Vec<(usize, Vec<usize>)>;

pub fn build(city: &City) -> (Cube, Sums) {
    let with_total = usize::from(city.parts > 1);
    let groups = city.parts + with_total;
    let mut areas = vec![super::area("0", Level::Gemeinde, "stadt", None)];
    let mut rows: Vec<Vec<(i64, i64)>> = vec![vec![(0, 0); groups]];
    let mut area_sums: Sums = Vec::new();
    let mut number = 0;
    let mut districts = Vec::new();
    let mut second: BTreeMap<usize, Vec<(i64, i64)>> = BTreeMap::new();
    let add = |to: &mut Vec<(i64, i64)>, from: &[(i64, i64)]| {
        for (to, from) in to.iter_mut().zip(from) {
            to.0 += from.0;
            to.1 += from.1;
        }
    };
    for (d, district) in city.districts.iter().enumerate() {
        let district_at = areas.len();
        districts.push(district_at);
        areas.push(super::area(&format!("1{d}"), Level::Stadtbezirk, "bezirke", Some("0")));
        rows.push(vec![(0, 0); groups]);
        let mut parts = Vec::new();
        for cells in district {
            let mut row: Vec<(i64, i64)> = cells.iter().map(|&(cases, more)| (cases, cases + more)).collect();
            if with_total == 1 {
                let total = row.iter().fold((0, 0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
                row.insert(0, total);
            }
            parts.push(areas.len());
            areas.push(super::area(
                &format!("1{d}{number}"),
                Level::Stadtteil,
                "teile",
                Some(&format!("1{d}")),
            ));
            add(&mut rows[district_at], &row);
            add(&mut rows[0], &row);
            if let Some(&other) = city.second.get(number) {
                add(second.entry(other).or_insert_with(|| vec![(0, 0); groups]), &row);
            }
            rows.push(row);
            number += 1;
        }
        area_sums.push((district_at, parts));
    }
    area_sums.push((0, districts));
    if !second.is_empty() {
        let mut parts = Vec::new();
        for (other, row) in second {
            parts.push(areas.len());
            areas.push(super::area(&format!("2{other}"), Level::Stadtbezirk, "sprengel", Some("0")));
            rows.push(row);
        }
        area_sums.push((0, parts));
    }
    let mut sums: Sums = Vec::new();
    for (whole, parts) in &area_sums {
        for group in 0..groups {
            sums.push((whole * groups + group, parts.iter().map(|part| part * groups + group).collect()));
        }
    }
    if with_total == 1 {
        for area in 0..areas.len() {
            sums.push((area * groups, (1..groups).map(|group| area * groups + group).collect()));
        }
    }
    let cells = rows.iter().flatten();
    let cells: Vec<CubeCell> = if city.shares {
        cells.map(|&(cases, persons)| share(cases, persons)).collect()
    } else {
        cells.map(|&(cases, _)| super::count(cases as f64)).collect()
    };
    let kind = if city.shares { IndicatorKind::Share } else { IndicatorKind::Count };
    let names = ["insgesamt", "g1", "g2", "g3"];
    let names = if with_total == 1 { &names[..groups] } else { &names[..1] };
    (super::cube(kind, areas, names, cells), sums)
}

/// The cube with its areas ordered by key, as releases have them, and the sums moved along.
pub fn ordered(cube: &Cube, sums: Sums) -> (Cube, Sums) {
    let mut order: Vec<usize> = (0..cube.areas.len()).collect();
    order.sort_by(|&a, &b| cube.areas[a].key.cmp(&cube.areas[b].key));
    let groups = cube.groups.len();
    let mut sorted = cube.clone();
    sorted.areas = order.iter().map(|&area| cube.areas[area].clone()).collect();
    sorted.cells =
        order.iter().flat_map(|&area| cube.cells[area * groups..(area + 1) * groups].to_vec()).collect();
    let back: BTreeMap<usize, usize> = order.iter().enumerate().map(|(new, &old)| (old, new)).collect();
    let moved = |cell: usize| back[&(cell / groups)] * groups + cell % groups;
    let sums = sums.into_iter().map(|(whole, parts)| (moved(whole), parts.into_iter().map(moved).collect()));
    let sums = sums.collect();
    (sorted, sums)
}

/// Panics when a hidden cell is narrower than promised, or a shown one should be hidden.
pub fn withstands(cube: &Cube, public: &[Cell], policy: &Policy, sums: Sums) {
    let attacker = attacker(cube, public, policy, sums);
    for (index, cell) in public.iter().enumerate() {
        let (count, base) = numbers(&cube.cells[index]);
        match cell {
            Cell::Suppressed { reason } => {
                let width = promised(policy, count, base, *reason);
                assert!(
                    attacker.spans(index, width) != Some(false),
                    "cell {index} ({count} of {base:?}, {reason:?}) narrower than {width}"
                );
            }
            Cell::Shown(_) => assert!(!sensitive(policy, count, base), "cell {index} is shown"),
            Cell::Missing { .. } => panic!("nothing is missing here"),
        }
    }
}

pub fn share(cases: i64, persons: i64) -> CubeCell {
    // A share of nobody is no number; one person more keeps the table complete.
    super::share(cases as f64, persons.max(1) as f64)
}

pub fn policies() -> impl Strategy<Value = Policy> {
    prop_oneof![
        Just(Policy::ba()),
        Just(Policy::min5()),
        Just(Policy { suppress_zero: true, ..Policy::min5() }),
        Just(Policy { group_disclosure: GroupDisclosure::Off, complement_threshold: 0, ..Policy::min5() }),
        Just(Policy { group_disclosure: GroupDisclosure::Always, ..Policy::min5() }),
        Just(Policy { protection: 4, ..Policy::min5() }),
        Just(Policy { minimum_base: 12, ..Policy::min5() }),
        Just(Policy::min10()),
    ]
}

/// The promise for a hidden number: `protection` possible values, or as many as its rule leaves.
pub fn promised(policy: &Policy, count: i64, base: Option<i64>, reason: Reason) -> i64 {
    let promise = i64::from(policy.protection) - 1;
    if base.is_some_and(|base| base < i64::from(policy.minimum_base)) {
        return promise.min(base.unwrap());
    }
    if !sensitive(policy, count, base) {
        return 1;
    }
    let alike = |value: &i64| sensitive(policy, *value, base);
    let highest = base.unwrap_or(count + 40);
    let up = (count..=highest).take_while(alike).count() as i64 - 1;
    let down = (0..=count).rev().take_while(alike).count() as i64 - 1;
    // The two ends of a small base overlap; one of them is what the rule leaves.
    let own = if count < i64::from(policy.threshold) {
        (i64::from(policy.threshold) - 1).min(highest) - i64::from(!zero_hidden(policy, base))
    } else {
        up + down
    };
    let _ = reason;
    promise.min(own)
}

//! The gate against the exhaustive attacker.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use kekiz_base::Cell;
use kekiz_disclosure::{History, Policy, Refusal, Rounding, protect};
use proptest::prelude::*;
use std::collections::BTreeMap;
use support::attacker::{City, Sums, attacker, build, city, numbers, policies, promised, sensitive};

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn nobody_pins_a_suppressed_cell(city in city(), policy in policies()) {
        let (cube, sums) = build(&city);
        let release = match protect(&cube, &policy, &History::empty()) {
            Ok((release, _)) => release,
            Err(Refusal::NotProtectable { .. }) => return Ok(()),
            Err(other) => panic!("{other}"),
        };
        // Keys are built in order only within a level.
        let place: Vec<usize> = release
            .areas()
            .iter()
            .map(|area| cube.areas.iter().position(|other| other.key == area.key).unwrap())
            .collect();
        let groups = cube.groups.len();
        let back: BTreeMap<usize, usize> = place.iter().enumerate().map(|(new, &old)| (old, new)).collect();
        let moved = |cell: usize| back[&(cell / groups)] * groups + cell % groups;
        let sums: Sums = sums
            .into_iter()
            .map(|(whole, parts)| (moved(whole), parts.into_iter().map(moved).collect()))
            .collect();
        let mut sorted = cube.clone();
        sorted.cells = (0..cube.cells.len()).map(|cell| cube.cells[place[cell / groups] * groups + cell % groups]).collect();
        let attacker = attacker(&sorted, release.cells(), &policy, sums);
        for (index, cell) in release.cells().iter().enumerate() {
            let (count, base) = numbers(&sorted.cells[index]);
            match cell {
                Cell::Suppressed { reason } => {
                    let width = promised(&policy, count, base, *reason);
                    let spans = attacker.spans(index, width);
                    prop_assert!(
                        spans != Some(false),
                        "cell {index} ({count} of {base:?}, {reason:?}) narrower than {width}: {:?}",
                        release.cells().iter().map(|cell| cell.figure().and_then(|f| f.numerator)).collect::<Vec<_>>()
                    );
                }
                Cell::Shown(figure) => {
                    prop_assert!(!sensitive(&policy, count, base));
                    prop_assert_eq!(figure.numerator, Some(count as f64));
                    prop_assert_eq!(figure.denominator, base.map(|base| base as f64));
                }
                Cell::Missing { .. } => prop_assert!(false),
            }
        }
    }

    #[test]
    fn rounding_never_lets_a_small_number_be_computed(city in city(), ten in any::<bool>()) {
        let city = City { shares: false, ..city };
        let (cube, sums) = build(&city);
        let rounding = if ten { Rounding::Ten } else { Rounding::Five };
        let policy = Policy { rounding, ..Policy::rounding5() };
        let mut sorted = cube.clone();
        let mut order: Vec<usize> = (0..cube.areas.len()).collect();
        order.sort_by(|&a, &b| cube.areas[a].key.cmp(&cube.areas[b].key));
        let groups = cube.groups.len();
        sorted.areas = order.iter().map(|&area| cube.areas[area].clone()).collect();
        sorted.cells = order.iter().flat_map(|&area| cube.cells[area * groups..(area + 1) * groups].to_vec()).collect();
        let back: BTreeMap<usize, usize> = order.iter().enumerate().map(|(new, &old)| (old, new)).collect();
        let moved = |cell: usize| back[&(cell / groups)] * groups + cell % groups;
        let sums: Sums = sums
            .into_iter()
            .map(|(whole, parts)| (moved(whole), parts.into_iter().map(moved).collect()))
            .collect();
        let Ok((release, _)) = protect(&sorted, &policy, &History::empty()) else { return Ok(()) };
        let attacker = attacker(&sorted, release.cells(), &policy, sums);
        for index in 0..sorted.cells.len() {
            let (count, _) = numbers(&sorted.cells[index]);
            if count > 0 && count < policy.rounding.base().unwrap() {
                prop_assert!(attacker.spans(index, 1) != Some(false), "cell {index} is {count} for sure");
            }
        }
    }
}

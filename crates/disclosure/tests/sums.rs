//! Sums nobody declared: variables, periods and areas that add up, and earlier releases that hold the missing piece.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use kekiz_base::*;
use kekiz_disclosure::{
    AreaSum, Atom, History, Made, Member, Policy, Refusal, Release, VariableSum, protect, protect_together,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use support::attacker::{City, build, city, ordered, policies, withstands};

fn sum(variable: &str) -> Option<Made> {
    Some(Made::Sum(vec![(Atom { variable: variable.into(), group: None }, true)]))
}

/// Numbers that look random, from 5 to 204, by row.
fn number(row: usize, salt: usize) -> f64 {
    (5 + (row * 7919 + salt * 104_729 + row * row * 31 * (salt + 1)) % 200) as f64
}

fn districts(count: usize) -> Vec<Area> {
    let mut areas = vec![support::area("0", Level::Gemeinde, "stadt", None)];
    areas
        .extend((1..=count).map(|d| support::area(&format!("{d:02}"), Level::Stadtteil, "teile", Some("0"))));
    areas
}

/// A count cube; `numbers[area][period]` of the districts, the city is their sum.
fn counts(id: &str, periods: &[&str], numbers: &[Vec<f64>]) -> Cube {
    let city: Vec<f64> =
        (0..periods.len()).map(|period| numbers.iter().map(|row| row[period]).sum()).collect();
    let cells = std::iter::once(&city).chain(numbers).flatten().map(|&n| support::count(n)).collect();
    let mut cube = support::cube(IndicatorKind::Count, districts(numbers.len()), &["insgesamt"], cells);
    cube.periods = periods.iter().map(|text| text.parse().unwrap()).collect();
    cube.meta.id = IndicatorId::new(id).unwrap();
    cube
}

fn shown(release: &Release, area: &str, period: &str) -> bool {
    let area = release.areas().iter().position(|other| other.key.as_str() == area).unwrap();
    let period = release.periods().iter().position(|other| other.to_string() == period).unwrap();
    let groups = release.groups().len();
    release.cells()[(area * release.periods().len() + period) * groups].figure().is_some()
}

/// Whether an attacker who knows that the cells of an area add up can compute the one of them.
fn alone(shown: &[bool], hidden: usize) -> bool {
    !shown[hidden] && shown.iter().filter(|shown| !**shown).count() == 1
}

#[test]
fn a_delivered_total_does_not_give_its_parts_away() {
    let areas = 16;
    let boys: Vec<Vec<f64>> = (0..areas).map(|a| vec![if a == 3 { 2.0 } else { number(a, 1) }]).collect();
    let girls: Vec<Vec<f64>> = (0..areas).map(|a| vec![number(a, 2)]).collect();
    let all: Vec<Vec<f64>> = (0..areas).map(|a| vec![boys[a][0] + girls[a][0]]).collect();
    let cubes = [
        counts("jungen", &["2024"], &boys),
        counts("maedchen", &["2024"], &girls),
        counts("kinder", &["2024"], &all),
    ];
    let history = History::empty();
    // Each is made from a variable of its own; only the numbers say that one is the sum of the others.
    let members: Vec<Member<'_>> = cubes
        .iter()
        .map(|cube| Member { cases: sum(cube.meta.id.as_str()), ..Member::alone(cube, &history) })
        .collect();
    let check = |policy: &Policy, members: &[Member<'_>]| {
        let done = protect_together(members, policy).unwrap();
        let row: Vec<bool> = done.iter().map(|(release, _)| shown(release, "04", "2024")).collect();
        assert!(!row[0] && !alone(&row, 0), "{row:?}");
        done
    };
    let done = check(&Policy::min5(), &members);
    assert_eq!(done[0].1.found_sums, 1);
    assert!(done.iter().all(|(_, audit)| audit.exact && audit.minimal_width >= Some(1)));
    // In four areas chance could make it; there the policy says it.
    let few: Vec<Cube> = [("jungen", &boys), ("maedchen", &girls), ("kinder", &all)]
        .iter()
        .map(|(id, numbers)| counts(id, &["2024"], &numbers[1..5]))
        .collect();
    let members: Vec<Member<'_>> = few
        .iter()
        .map(|cube| Member { cases: sum(cube.meta.id.as_str()), ..Member::alone(cube, &history) })
        .collect();
    let declared = Policy {
        sums: vec![VariableSum { whole: "kinder".into(), parts: vec!["jungen".into(), "maedchen".into()] }],
        ..Policy::min5()
    };
    let done = protect_together(&members, &declared).unwrap();
    let row: Vec<bool> = done.iter().map(|(release, _)| shown(release, "03", "2024")).collect();
    assert!(!row[0] && !alone(&row, 0), "{row:?}");
}

const QUARTERS: [&str; 5] = ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2024"];

/// Quarters of events and their year, a small number in one.
fn quarterly() -> Cube {
    let rows: Vec<Vec<f64>> = (0..6)
        .map(|area| {
            let mut row: Vec<f64> = (0..4)
                .map(|quarter| if (area, quarter) == (1, 2) { 3.0 } else { number(area * 4 + quarter, 3) })
                .collect();
            row.push(row.iter().sum());
            row
        })
        .collect();
    counts("geburten", &QUARTERS, &rows)
}

#[test]
fn a_year_does_not_give_its_quarters_away() {
    let (release, audit) = protect(&quarterly(), &Policy::min5(), &History::empty()).unwrap();
    let row: Vec<bool> = QUARTERS.iter().map(|period| shown(&release, "02", period)).collect();
    assert!(!row[2] && !alone(&row, 2), "{row:?}");
    assert!(audit.found_sums >= 1 && audit.exact);
}

/// Three quarters and their year: the fourth can be computed by anybody, and it is small in one area.
#[test]
fn a_year_with_a_missing_quarter_tells_nothing_of_it() {
    let periods = ["2024-Q1", "2024-Q2", "2024-Q4", "2024"];
    let rows: Vec<Vec<f64>> = (0..6)
        .map(|area| {
            let mut row: Vec<f64> = (0..3).map(|quarter| number(area * 4 + quarter, 3)).collect();
            let missing = if area == 1 { 2.0 } else { number(area * 4 + 3, 3) };
            row.push(row.iter().sum::<f64>() + missing);
            row
        })
        .collect();
    let cube = counts("geburten", &periods, &rows);
    match protect(&cube, &Policy::min5(), &History::empty()) {
        Ok((release, _)) => {
            let row: Vec<bool> = periods.iter().map(|period| shown(&release, "02", period)).collect();
            assert!(row.contains(&false), "the year less three quarters is 2: {row:?}");
        }
        Err(refusal) => panic!("{refusal}"),
    }
}

/// A delivered total that shares no variable with its parts.
#[test]
fn totals_that_share_no_variable_are_protected_together() {
    let parts: Vec<Vec<f64>> =
        (0..3).map(|part| (0..20).map(|area| number(area * 3 + part, 5)).collect()).collect();
    let column = |values: Vec<f64>| values.into_iter().map(|value| vec![value]).collect::<Vec<_>>();
    let total = (0..20).map(|area| parts[0][area] + parts[1][area]).collect();
    let cubes = [
        counts("a", &["2024"], &column(parts[0].clone())),
        counts("b", &["2024"], &column(parts[1].clone())),
        counts("c", &["2024"], &column(parts[2].clone())),
        counts("alle", &["2024"], &column(total)),
    ];
    let cubes: Vec<&Cube> = cubes.iter().collect();
    let alone = (0..4).map(|one| vec![one]).collect();
    assert_eq!(kekiz_disclosure::tied_by_numbers(alone, &cubes), [vec![0, 1, 3], vec![2]]);
    assert_eq!(kekiz_disclosure::tied_by_numbers(vec![], &[]), Vec::<Vec<usize>>::new());
}

#[test]
fn an_earlier_year_counts_with_the_quarters_of_today() {
    let cube = quarterly();
    let only = |keep: std::ops::Range<usize>| {
        let mut part = cube.clone();
        part.periods = cube.periods[keep.clone()].to_vec();
        part.cells = cube.cells.chunks(5).flat_map(|row| row[keep.clone()].to_vec()).collect();
        part
    };
    let (year, _) = protect(&only(4..5), &Policy::min5(), &History::empty()).unwrap();
    let mut history = History::empty();
    history.add(&year);
    let (release, _) = protect(&only(0..4), &Policy::min5(), &history).unwrap();
    let row: Vec<bool> = QUARTERS[..4].iter().map(|period| shown(&release, "02", period)).collect();
    assert!(!row[2] && !alone(&row, 2), "{row:?}");
}

#[test]
fn numbers_of_residents_are_no_sums_over_time() {
    let rows: Vec<Vec<f64>> = (0..6)
        .map(|area| {
            QUARTERS
                .iter()
                .enumerate()
                .map(|(q, _)| if (area, q) == (1, 2) { 3.0 } else { number(area, 1) + q as f64 * 9.0 })
                .collect()
        })
        .collect();
    let (_, audit) =
        protect(&counts("bestand", &QUARTERS, &rows), &Policy::min5(), &History::empty()).unwrap();
    assert_eq!(audit.secondary, 1, "a neighbour in its own quarter is enough");
}

/// Social spaces across two districts each, declared by blocks that no table shows.
#[test]
fn overlapping_areas_do_not_give_their_remainder_away() {
    let mut areas = vec![
        support::area("S1", Level::Stadtteil, "sozialraeume", None),
        support::area("S2", Level::Stadtteil, "sozialraeume", None),
        support::area("Q1", Level::StatistischerBezirk, "quartiere", None),
    ];
    areas.sort_by(|a, b| a.key.cmp(&b.key));
    let numbers = BTreeMap::from([("S1", 60.0), ("S2", 80.0), ("Q1", 58.0)]);
    let cells = areas.iter().map(|area| support::count(numbers[area.key.as_str()])).collect();
    let cube = support::cube(IndicatorKind::Count, areas, &["insgesamt"], cells);
    let made = |whole: &str, parts: &[&str]| AreaSum {
        whole: whole.into(),
        parts: parts.iter().map(|part| AreaKey::from(*part)).collect(),
    };
    // Q1 lies in S1, but for two children.
    let policy = Policy {
        areas: vec![made("S1", &["b1", "b2", "b3"]), made("S2", &["b4", "b5"]), made("Q1", &["b1", "b2"])],
        ..Policy::min5()
    };
    let (open, _) = protect(&cube, &Policy::min5(), &History::empty()).unwrap();
    assert_eq!(open.protection().shown, 3);
    let (release, _) = protect(&cube, &policy, &History::empty()).unwrap();
    let shown: Vec<&str> = release
        .areas()
        .iter()
        .zip(release.cells())
        .filter(|(_, cell)| cell.figure().is_some())
        .map(|(area, _)| area.key.as_str())
        .collect();
    assert_eq!(shown, ["S1", "S2"]);
}

#[test]
fn a_policy_file_declares_sums_and_areas() {
    let text = "version = 1\nid = \"s\"\ntitle = \"S\"\nthreshold = 5\n\n[[sums]]\nwhole = \"kinder\"\nparts = [\"a\", \"b\"]\n\n[[areas]]\nwhole = \"S1\"\nparts = [\"01\", \"02\"]\n";
    let policy = Policy::from_toml(text).unwrap();
    assert_eq!((policy.sums.len(), policy.areas.len()), (1, 1));
    assert!(Policy::from_toml(&text.replace("parts = [\"01\"", "teile = [\"01\"")).is_err());
    assert_eq!(Policy::min5().digest().len(), 64);
}

#[test]
fn a_small_number_no_indicator_shows_is_no_difference() {
    // All children and the girls are shown; the two boys of one area are nobody's indicator.
    let girls: Vec<Vec<f64>> = (0..6).map(|a| vec![number(a, 2)]).collect();
    let boys: Vec<Vec<f64>> = (0..6).map(|a| vec![if a == 2 { 2.0 } else { number(a, 4) }]).collect();
    let all: Vec<Vec<f64>> = (0..6).map(|a| vec![girls[a][0] + boys[a][0]]).collect();
    let cubes = [
        counts("maedchen", &["2024"], &girls),
        counts("kinder", &["2024"], &all),
        counts("jungen", &["2024"], &boys),
    ];
    let history = History::empty();
    let both = Made::Sum(
        ["maedchen", "jungen"]
            .iter()
            .map(|name| (Atom { variable: (*name).into(), group: None }, true))
            .collect(),
    );
    let members = [
        Member { cases: sum("maedchen"), ..Member::alone(&cubes[0], &history) },
        Member { cases: Some(both), ..Member::alone(&cubes[1], &history) },
        Member { cases: sum("jungen"), published: false, ..Member::alone(&cubes[2], &history) },
    ];
    match protect_together(&members, &Policy::min5()) {
        Ok(done) => assert!(!shown(&done[0].0, "03", "2024") || !shown(&done[1].0, "03", "2024")),
        Err(refusal) => assert!(matches!(refusal, Refusal::NotProtectable { .. })),
    }
}
#[test]
fn a_running_total_does_not_give_the_months_away() {
    let months: Vec<String> = (1..=12).map(|month| format!("2024-{month:02}")).collect();
    let months: Vec<&str> = months.iter().map(String::as_str).collect();
    let events: Vec<Vec<f64>> = (0..8)
        .map(|area| {
            (0..12).map(|m| if (area, m) == (2, 5) { 1.0 } else { number(area * 12 + m, 5) }).collect()
        })
        .collect();
    let totals: Vec<Vec<f64>> = events
        .iter()
        .map(|row| {
            row.iter()
                .scan(0.0, |sum, n| {
                    *sum += n;
                    Some(*sum)
                })
                .collect()
        })
        .collect();
    let cubes = [counts("faelle", &months, &events), counts("faelle-seit-januar", &months, &totals)];
    let history = History::empty();
    let members: Vec<Member<'_>> = cubes
        .iter()
        .map(|cube| Member { cases: sum(cube.meta.id.as_str()), ..Member::alone(cube, &history) })
        .collect();
    let done = protect_together(&members, &Policy::min5()).unwrap();
    assert!(!shown(&done[0].0, "03", "2024-06"));
    let totals = [shown(&done[1].0, "03", "2024-05"), shown(&done[1].0, "03", "2024-06")];
    assert!(totals.contains(&false), "the difference of two totals is the hidden month");
}

/// One table of groups, taken apart into a count for each group.
fn apart(cube: &Cube) -> Vec<Cube> {
    let groups = cube.groups.len();
    let one = |group: usize| Cube {
        meta: IndicatorMeta { id: IndicatorId::new(&format!("i{group}")).unwrap(), ..cube.meta.clone() },
        groups: vec![GroupId::total()],
        cells: cube.cells.iter().skip(group).step_by(groups).copied().collect(),
        ..cube.clone()
    };
    (0..groups).map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// A delivered sum and its parts withstand whoever knows that they add up.
    #[test]
    fn nobody_pins_a_cell_by_a_delivered_sum(city in city(), policy in policies()) {
        let (cube, sums) = build(&City { second: vec![], ..city });
        let (cube, sums) = ordered(&cube, sums);
        let groups = cube.groups.len();
        let cubes = apart(&cube);
        let history = History::empty();
        let members: Vec<Member<'_>> = cubes
            .iter()
            .map(|cube| Member { cases: sum(cube.meta.id.as_str()), ..Member::alone(cube, &history) })
            .collect();
        let parts = (1..groups).map(|group| format!("i{group}").into()).collect();
        let policy = Policy { sums: vec![VariableSum { whole: "i0".into(), parts }], ..policy };
        let Ok(done) = protect_together(&members, &policy) else { return Ok(()) };
        let public: Vec<Cell> =
            (0..cube.cells.len()).map(|cell| done[cell % groups].0.cells()[cell / groups]).collect();
        withstands(&cube, &public, &policy, sums);
    }

    /// A quarter and its months withstand whoever knows the calendar.
    #[test]
    fn nobody_pins_a_month_by_its_quarter(city in city(), policy in policies()) {
        let (cube, sums) = build(&City { second: vec![], ..city });
        if cube.groups.len() != 4 {
            return Ok(());
        }
        let (by_group, sums) = ordered(&cube, sums);
        let mut cube = by_group.clone();
        cube.periods = ["2024-Q1", "2024-01", "2024-02", "2024-03"].map(|text| text.parse().unwrap()).to_vec();
        cube.groups = vec![GroupId::total()];
        let Ok((release, audit)) = protect(&cube, &policy, &History::empty()) else { return Ok(()) };
        // Without an area in which three months count something, nobody can tell events from residents.
        if audit.found_sums > 0 {
            withstands(&by_group, release.cells(), &policy, sums);
        }
    }
}

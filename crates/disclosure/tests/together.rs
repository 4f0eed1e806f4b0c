//! Indicators made from the same variables do not give each other away.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use kekiz_base::*;
use kekiz_disclosure::{
    Atom, CellName, History, Made, Member, Policy, Refusal, Release, protect, protect_together, tied,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use support::attacker::{City, build, city, ordered, policies, withstands};

fn sum(variables: &[&str]) -> Option<Made> {
    let atom = |name: &&str| (Atom { variable: (*name).into(), group: None }, true);
    Some(Made::Sum(variables.iter().map(atom).collect()))
}

/// A city of three areas; `counts[area][variable]`.
fn small_city(kind: IndicatorKind, cells: [CubeCell; 4], id: &str) -> Cube {
    let part = |key: &str| support::area(key, Level::Stadtteil, "teile", Some("0"));
    let areas = vec![support::area("0", Level::Gemeinde, "stadt", None), part("1"), part("2"), part("3")];
    let mut cube = support::cube(kind, areas, &["insgesamt"], cells.to_vec());
    cube.meta.id = IndicatorId::new(id).unwrap();
    cube
}

fn counts(id: &str, areas: [f64; 3]) -> Cube {
    let whole: f64 = areas.iter().sum();
    let cells = [whole, areas[0], areas[1], areas[2]].map(support::count);
    small_city(IndicatorKind::Count, cells, id)
}

fn shares(id: &str, cases: [f64; 3], persons: [f64; 3]) -> Cube {
    let whole = (cases.iter().sum::<f64>(), persons.iter().sum::<f64>());
    let cells = [whole, (cases[0], persons[0]), (cases[1], persons[1]), (cases[2], persons[2])];
    small_city(IndicatorKind::Share, cells.map(|(cases, persons)| support::share(cases, persons)), id)
}

fn shown(release: &Release) -> Vec<bool> {
    release.cells().iter().map(|cell| matches!(cell, Cell::Shown(_))).collect()
}

const U3: [f64; 3] = [3.0, 31.0, 44.0];
const U6: [f64; 3] = [28.0, 30.0, 51.0];
const U10: [f64; 3] = [37.0, 45.0, 66.0];
const ALL: [f64; 3] = [900.0, 1100.0, 1500.0];

/// Three shares of the inhabitants and the number of all children: the small number must not be the children less
/// the two shown shares, in any area.
#[test]
fn the_parts_of_a_sum_do_not_tell_the_hidden_part() {
    let total = [0, 1, 2].map(|i| U3[i] + U6[i] + U10[i]);
    let cubes =
        [shares("u3", U3, ALL), shares("u6", U6, ALL), shares("u10", U10, ALL), counts("alle", total)];
    let history = History::empty();
    let policy = Policy::min5();
    let alone: Vec<Vec<bool>> =
        cubes.iter().map(|cube| shown(&protect(cube, &policy, &history).unwrap().0)).collect();
    let solved = |shown: &[Vec<bool>]| {
        // The attack: the sum less the parts that are shown, where one part alone is missing.
        (0..4).any(|area| shown[3][area] && shown[..3].iter().filter(|part| !part[area]).count() == 1)
    };
    assert!(solved(&alone), "each for itself, the indicators give the number away");
    let made = [sum(&["u3"]), sum(&["u6"]), sum(&["u10"]), sum(&["u3", "u6", "u10"])];
    let members: Vec<Member<'_>> = cubes
        .iter()
        .zip(&made)
        .map(|(cube, made)| Member {
            cases: made.clone(),
            persons: (cube.meta.kind == IndicatorKind::Share).then(|| sum(&["einwohner"])).flatten(),
            ..Member::alone(cube, &history)
        })
        .collect();
    let together = protect_together(&members, &policy).unwrap();
    let together: Vec<Vec<bool>> = together.iter().map(|(release, _)| shown(release)).collect();
    assert!(!solved(&together), "{together:?}");
    assert!(!together[0][1], "three children stay hidden");
    let lost = |shown: &[Vec<bool>]| shown.iter().flatten().filter(|shown| !**shown).count();
    assert!(lost(&together) <= lost(&alone) + 2, "no more is lost than needed: {together:?}");
}

/// The sum is shown, and of its parts only one has an indicator: the others are known to the gate alone.
#[test]
fn variables_without_an_indicator_tie_all_the_same() {
    let few = counts("wenige", [3.0, 40.0, 50.0]);
    let both = counts("beide", [4.0, 90.0, 95.0]);
    let rest = counts("rest", [1.0, 50.0, 45.0]);
    let history = History::empty();
    let members = [
        Member { cases: sum(&["a"]), ..Member::alone(&few, &history) },
        Member { cases: sum(&["a", "b"]), ..Member::alone(&both, &history) },
        Member { cases: sum(&["b"]), published: false, ..Member::alone(&rest, &history) },
    ];
    let done = protect_together(&members, &Policy::min5()).unwrap();
    assert_eq!(done.len(), 2, "what is not to be published is not");
    assert!(!shown(&done[0].0)[1] && !shown(&done[1].0)[1]);
}

/// A number that stands as a count and as a denominator is hidden in both or in none.
#[test]
fn a_hidden_number_is_no_denominator() {
    let persons = counts("einwohner", [4.0, 1100.0, 1500.0]);
    let cases = shares("kinder", [0.0, 110.0, 150.0], [4.0, 1100.0, 1500.0]);
    let history = History::empty();
    let policy = Policy { minimum_base: 0, ..Policy::min5() };
    let members = [
        Member { cases: sum(&["bev"]), ..Member::alone(&persons, &history) },
        Member { cases: sum(&["kinder"]), persons: sum(&["bev"]), ..Member::alone(&cases, &history) },
    ];
    let done = protect_together(&members, &policy).unwrap();
    let (persons, cases) = (shown(&done[0].0), shown(&done[1].0));
    assert_eq!(persons.iter().filter(|shown| !**shown).count(), 2);
    for area in 0..4 {
        assert!(persons[area] || !cases[area], "{area}: {persons:?} {cases:?}");
    }
}

/// What is computed in another way than as a sum is hidden with what it was computed from, and hides it.
#[test]
fn other_computations_are_undone_by_the_attacker() {
    let plain = counts("kinder", [3.0, 40.0, 50.0]);
    let tenfold = counts("zehnfach", [30.0, 400.0, 500.0]);
    let small = counts("zehntel", [30.0, 4.0, 5.0]);
    let large = counts("viele", [300.0, 40.0, 50.0]);
    let history = History::empty();
    let other = Some(Made::Otherwise(vec![Atom { variable: "a".into(), group: None }]));
    for (computed, plain, area) in [(&tenfold, &plain, 1), (&small, &large, 2)] {
        let members = [
            Member { cases: sum(&["a"]), ..Member::alone(plain, &history) },
            Member { cases: other.clone(), ..Member::alone(computed, &history) },
        ];
        let done = protect_together(&members, &Policy::min5()).unwrap();
        assert!(!shown(&done[0].0)[area] && !shown(&done[1].0)[area], "{area}");
    }
}

#[test]
fn withheld_cells_are_suppressed_even_when_they_are_empty() {
    let mut cube = counts("index", [30.0, 40.0, 50.0]);
    cube.cells[2] = CubeCell::Missing(Mark::UnknownOrSecret);
    let history = History::empty();
    let name = CellName { area: "2".into(), period: cube.periods[0], group: GroupId::total() };
    let member = Member { withheld: BTreeSet::from([name]), ..Member::alone(&cube, &history) };
    let done = protect_together(&[member], &Policy::min5()).unwrap();
    assert_eq!(done[0].0.cells()[2], Cell::Suppressed { reason: Reason::Complementary });
}

/// Each protected for itself by an older program, the releases together tell the small number; the gate says so, and how
/// to go on.
#[test]
fn what_earlier_releases_reveal_together_can_be_retired() {
    let total = [0, 1, 2].map(|i| U3[i] + U6[i] + U10[i]);
    let cubes = [counts("u3", U3), counts("u6", U6), counts("u10", U10), counts("alle", total)];
    let policy = Policy::min5();
    let histories: Vec<History> = cubes
        .iter()
        .map(|cube| {
            let mut history = History::empty();
            history.add(&protect(cube, &policy, &History::empty()).unwrap().0);
            history
        })
        .collect();
    let made = [sum(&["u3"]), sum(&["u6"]), sum(&["u10"]), sum(&["u3", "u6", "u10"])];
    let release = |histories: &[History]| {
        let members: Vec<Member<'_>> = cubes
            .iter()
            .zip(&made)
            .zip(histories)
            .map(|((cube, made), history)| Member { cases: made.clone(), ..Member::alone(cube, history) })
            .collect();
        protect_together(&members, &policy)
    };
    let refusal = release(&histories).unwrap_err();
    let Refusal::RevealedBefore { earlier, .. } = &refusal else { panic!("{refusal}") };
    assert!(refusal.to_string().contains("ausmustern") && earlier.len() == 4, "{refusal}");
    assert!(release(&vec![History::empty(); cubes.len()]).is_ok());
}

#[test]
fn only_numerators_tie() {
    let (a, b, ab, p) = (sum(&["a"]), sum(&["b"]), sum(&["a", "b"]), sum(&["p"]));
    let check = |made: &[(&Option<Made>, &Option<Made>)], expected: &[&[usize]]| {
        let made: Vec<_> = made.iter().map(|(cases, persons)| (cases.as_ref(), persons.as_ref())).collect();
        assert_eq!(tied(&made), expected);
    };
    check(&[(&a, &p), (&b, &p)], &[&[0], &[1]]);
    check(&[(&a, &p), (&b, &p), (&p, &None)], &[&[0, 1, 2]]);
    check(&[(&a, &None), (&p, &None), (&ab, &None), (&b, &None)], &[&[0, 2, 3], &[1]]);
    check(&[(&None, &a), (&None, &a)], &[&[0], &[1]]);
    check(&[], &[]);
}

/// One table of groups, taken apart into an indicator for each group.
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
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// A sum and its parts as indicators of their own withstand whoever reads them side by side.
    #[test]
    fn nobody_pins_a_cell_across_indicators(city in city(), policy in policies()) {
        let city = City { second: vec![], ..city };
        let (cube, sums) = build(&city);
        let groups = cube.groups.len();
        let (sorted, sums) = ordered(&cube, sums);
        let cubes = apart(&sorted);
        let history = History::empty();
        let names: Vec<String> = (1..groups).map(|group| format!("v{group}")).collect();
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        let members: Vec<Member<'_>> = cubes
            .iter()
            .enumerate()
            .map(|(group, cube)| Member {
                cases: if group == 0 { sum(&all) } else { sum(&[all[group - 1]]) },
                ..Member::alone(cube, &history)
            })
            .collect();
        let done = match protect_together(&members, &policy) {
            Ok(done) => done,
            Err(Refusal::NotProtectable { .. }) => return Ok(()),
            Err(other) => panic!("{other}"),
        };
        let public: Vec<Cell> = (0..sorted.cells.len())
            .map(|cell| done[cell % groups].0.cells()[cell / groups])
            .collect();
        withstands(&sorted, &public, &policy, sums);
    }
}

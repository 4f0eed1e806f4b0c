//! Results of PySAL segregation 2.5.4 (Sacramento) and of R segregation (schools).
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_segregation::decompose::{Attendance, Counterfactual, shapley, sources};
use kekiz_segregation::evenness::{atkinson, dissimilarity, gini};
use kekiz_segregation::exposure::{correlation_ratio, exposure_matrix, interaction, isolation};
use kekiz_segregation::inference::{Draws, Null, bootstrap, randomise};
use kekiz_segregation::information::{entropy, information, local_by_group, local_by_unit, nested};
use kekiz_segregation::{Counts, multigroup, space};
use std::collections::BTreeMap;

fn close(found: f64, expected: f64, what: &str) {
    assert!(
        (found - expected).abs() <= 1e-10 * expected.abs().max(1e-6),
        "{what}: {found:?}, expected {expected:?}"
    );
}

fn sacramento() -> Vec<Vec<f64>> {
    let row = |line: &str| line.split(',').map(|n| n.parse().unwrap()).collect();
    include_str!("data/sacramento.csv").lines().skip(1).map(row).collect()
}

fn column(rows: &[Vec<f64>], at: usize) -> Vec<f64> {
    rows.iter().map(|row| row[at]).collect()
}

/// Schools by race, and the positions of each school's district and state.
fn schools() -> (Counts, Vec<String>, Vec<usize>, Vec<usize>) {
    let mut groups: Vec<String> = Vec::new();
    let mut cells: BTreeMap<(String, String, String), BTreeMap<usize, f64>> = BTreeMap::new();
    for line in include_str!("data/schools00.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [state, district, school, race, n] = fields.as_slice() else { panic!("{line}") };
        let group = groups.iter().position(|g| g == race).unwrap_or_else(|| {
            groups.push((*race).into());
            groups.len() - 1
        });
        let unit = ((*state).into(), (*district).into(), (*school).into());
        *cells.entry(unit).or_default().entry(group).or_default() += n.parse::<f64>().unwrap();
    }
    let row = |cells: &BTreeMap<usize, f64>| {
        (0..groups.len()).map(|g| cells.get(&g).copied().unwrap_or(0.0)).collect()
    };
    let rows: Vec<Vec<f64>> = cells.values().map(row).collect();
    let number = |names: Vec<String>| -> Vec<usize> {
        let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
        let list: Vec<&String> = distinct.into_iter().collect();
        names.iter().map(|name| list.binary_search(&name).unwrap()).collect()
    };
    let districts = number(cells.keys().map(|(state, district, _)| format!("{state}|{district}")).collect());
    let states = number(cells.keys().map(|(state, ..)| state.clone()).collect());
    (Counts::from_rows(&rows).unwrap(), groups, districts, states)
}

fn expected() -> BTreeMap<(String, String), f64> {
    let text = include_str!("data/schools00_expected.csv");
    let read = |line: &str| {
        let (rest, value) = line.rsplit_once(',').unwrap();
        let (case, stat) = rest.split_once(',').unwrap();
        ((case.to_string(), stat.trim_matches('"').to_string()), value.parse().unwrap())
    };
    text.lines().skip(1).map(read).collect()
}

#[test]
fn schools_agree_with_r_segregation() {
    let (counts, groups, districts, states) = schools();
    let expected = expected();
    let of = |case: &str, stat: &str| expected[&(case.to_string(), stat.to_string())];
    let all = information(&counts);
    close(all.m, of("schools00 race x school", "M"), "M");
    close(all.h, of("schools00 race x school", "H"), "H");
    assert!((all.m - 0.42554).abs() < 5e-6 && (all.h - 0.41881).abs() < 5e-6);
    let split = nested(&counts, &states).unwrap();
    close(split.between.m, of("schools00 race x state", "M"), "M of states");
    close(split.between.h, of("schools00 race x state", "H"), "H of states");
    close(split.within.m, of("schools00 race x school within state", "M"), "M within");
    close(split.within.h, of("schools00 race x school within state", "H"), "H within");
    for (inside, state) in split.inside.iter().zip(["A", "B", "C"]) {
        close(inside.inside.m, of("within by state M", state), state);
        close(inside.inside.h, of("within by state H", state), state);
        close(inside.share, of("within by state p", state), state);
        close(inside.entropy_ratio, of("within by state ent_ratio", state), state);
    }
    let by_district = nested(&counts, &districts).unwrap();
    close(
        by_district.between.m - split.between.m,
        of("nested state/district/school", "district|state|M"),
        "districts",
    );
    close(by_district.within.m, of("nested state/district/school", "school|state, district|M"), "schools");
    close(by_district.within.h, of("nested state/district/school", "school|state, district|H"), "schools");
    let exposure = exposure_matrix(&counts);
    for (g, local) in local_by_group(&counts).iter().enumerate() {
        close(local.ls, of("schools00 local ls by race", &groups[g]), &groups[g]);
        close(local.share, of("schools00 local p by race", &groups[g]), &groups[g]);
        close(exposure[g][g], of("schools00 isolation", &groups[g]), &groups[g]);
        for (h, name) in groups.iter().enumerate() {
            close(exposure[g][h], of("schools00 exposure of->to", &format!("{}->{name}", groups[g])), name);
        }
    }
    let by_unit: f64 = local_by_unit(&counts).iter().map(|l| l.ls * l.share).sum();
    close(by_unit, all.m, "sum over units");
    close(entropy(&counts.group_totals()), of("schools00 entropy(race) nat", "E"), "E");
    let at = |name: &str| counts.group(groups.iter().position(|g| g == name).unwrap()).to_vec();
    close(
        dissimilarity(&at("black"), &at("white")).unwrap(),
        of("schools00 black-white dissimilarity", "D"),
        "D",
    );
}

#[test]
fn sacramento_agrees_with_pysal() {
    let rows = sacramento();
    let two = Counts::focal(&column(&rows, 0), &column(&rows, 4)).unwrap();
    let (x, y) = (two.group(0), two.group(1));
    close(dissimilarity(x, y).unwrap(), 0.32184656076566864, "D");
    close(gini(x, y).unwrap(), 0.43506510676886234, "Gini");
    close(information(&two).h, 0.09626774479970557, "H");
    close(isolation(x, y).unwrap(), 0.2319615486459151, "xPx");
    close(interaction(x, y).unwrap(), 0.7680384513540848, "xPy");
    close(atkinson(x, y, 0.5).unwrap(), 0.15079259382667654, "A");
    close(correlation_ratio(x, y).unwrap(), 0.09164042012926693, "V");
    // WHITE, BLACK, ASIAN, HISP.
    let four: Vec<Vec<f64>> = rows.iter().map(|r| vec![r[2], r[1], r[3], r[0]]).collect();
    let four = Counts::from_rows(&four).unwrap();
    close(multigroup::dissimilarity(&four), 0.41340872573177806, "Dm");
    close(multigroup::gini(&four), 0.5456349992598081, "Gm");
    close(information(&four).h, 0.1710160297858887, "Hm");
    close(multigroup::normalised_exposure(&four), 0.18821879029994157, "P");
    close(multigroup::relative_diversity(&four), 0.15820019878220337, "R");
    close(multigroup::squared_variation(&four), 0.11875484641127525, "C");
    close(multigroup::diversity(&four), 0.508175868480421, "Simpson");
}

#[test]
fn the_shapley_decomposition_agrees_with_pysal() {
    let rows = sacramento();
    let total = column(&rows, 4);
    let hispanic = Counts::focal(&column(&rows, 0), &total).unwrap();
    let black = Counts::focal(&column(&rows, 1), &total).unwrap();
    for (kind, attribute, structure) in [
        (Counterfactual::Composition, -0.16138819842911295, -0.005104643275796905),
        (Counterfactual::Share, -0.1543828579279878, -0.012109983776922045),
        (Counterfactual::DualComposition, -0.16159526946235048, -0.004897572242559378),
    ] {
        let found = shapley(&hispanic, &black, kind, dissimilarity).unwrap();
        assert!((found.attribute - attribute).abs() < 1e-10, "{kind:?} {found:?}");
        assert!((found.structure - structure).abs() < 1e-10, "{kind:?} {found:?}");
        close(found.attribute + found.structure, found.difference, "sum");
    }
}

#[test]
fn draws_by_chance_agree_with_pysal() {
    // PySAL segregation 2.5.4, SingleValueTest(Dissim): 200 systematic draws with mean 0.016090 and deviation 0.000670;
    // 20 person permutations with mean 0.016221.
    let rows = sacramento();
    let two = Counts::focal(&column(&rows, 0), &column(&rows, 4)).unwrap();
    let d = |table: &Counts| dissimilarity(table.group(0), table.group(1)).unwrap();
    let draws = Draws { draws: 999, seed: 1, threads: 1 };
    let systematic = randomise(&two, Null::Systematic, draws, d).unwrap();
    assert!((systematic.mean - 0.016090).abs() < 2e-4, "{}", systematic.mean);
    assert!((systematic.deviation - 0.000670).abs() < 1e-4, "{}", systematic.deviation);
    let persons = randomise(&two, Null::Persons, draws, d).unwrap();
    assert!((persons.mean - 0.016221).abs() < 4e-4, "{}", persons.mean);
    assert_eq!(systematic.extremes().at_least, 0);
}

#[test]
fn the_bootstrap_is_that_of_r_segregation() {
    // R segregation 1.1.0, mutual_total(schools00, "race", "school", weight = "n", se = TRUE): M 0.422 (se 0.0008).
    let (counts, ..) = schools();
    let draws = Draws { draws: 100, seed: 1, threads: 2 };
    let m = bootstrap(&counts, draws, 0.95, |table| information(table).m).unwrap();
    assert!((m.debiased - 0.42191).abs() < 5e-4, "{m:?}");
    assert!((m.standard_error - 0.00077).abs() < 2e-4, "{m:?}");
    assert!(m.interval.0 < m.debiased && m.debiased < m.interval.1 && m.interval.1 < m.raw);
}

#[test]
fn kitas_are_split_into_homes_providers_and_choice() {
    let row = |quarter, provider, facility, group, children| Attendance {
        quarter,
        provider,
        facility,
        group,
        children,
    };
    // One facility per quarter: homes explain everything.
    let homes = [row(0, 0, 0, 0, 30.0), row(0, 0, 0, 1, 10.0), row(1, 0, 1, 0, 10.0), row(1, 0, 1, 1, 30.0)];
    let found = sources(&homes).unwrap();
    assert!(found.total.m > 0.1);
    close(found.residential.m, found.total.m, "homes");
    assert!(found.provider.m.abs() < 1e-12 && found.choice.m.abs() < 1e-12);
    // One quarter, two providers with two facilities each: providers differ, facilities of a provider do not.
    let providers = [
        row(0, 0, 0, 0, 20.0),
        row(0, 0, 0, 1, 5.0),
        row(0, 0, 1, 0, 20.0),
        row(0, 0, 1, 1, 5.0),
        row(0, 1, 2, 0, 5.0),
        row(0, 1, 2, 1, 20.0),
        row(0, 1, 3, 0, 5.0),
        row(0, 1, 3, 1, 20.0),
    ];
    let found = sources(&providers).unwrap();
    assert!(found.residential.m.abs() < 1e-12 && found.choice.m.abs() < 1e-12);
    close(found.provider.m, found.total.m, "providers");
}

#[test]
fn spatial_indices_agree_with_pysal() {
    // Surfaces and centroids in degrees as PySAL takes them from the file; the centre is the mean of the centroids.
    let (mut areas, mut at, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
    for (unit, line) in include_str!("data/sacramento_places.csv").lines().skip(1).enumerate() {
        let fields: Vec<&str> = line.split(',').collect();
        areas.push(fields[0].parse::<f64>().unwrap());
        at.push((fields[1].parse::<f64>().unwrap(), fields[2].parse::<f64>().unwrap()));
        pairs.extend(fields[3].split(' ').map(|other| (unit, other.parse::<usize>().unwrap(), 1.0)));
    }
    let n = at.len() as f64;
    let centre = (at.iter().map(|p| p.0).sum::<f64>() / n, at.iter().map(|p| p.1).sum::<f64>() / n);
    let distances: Vec<f64> = at.iter().map(|p| (p.0 - centre.0).hypot(p.1 - centre.1)).collect();
    let rows = sacramento();
    let two = Counts::focal(&column(&rows, 0), &column(&rows, 4)).unwrap();
    let (x, y) = (two.group(0), two.group(1));
    close(space::delta(x, y, &areas).unwrap(), 0.8044969214141899, "Delta");
    close(space::absolute_concentration(x, y, &areas).unwrap(), 0.8512824549657465, "ACO");
    close(space::relative_concentration(x, y, &areas).unwrap(), 0.12733820870675222, "RCO");
    close(space::absolute_centralisation(x, y, &areas, &distances).unwrap(), 0.6891422368736286, "ACE");
    close(space::relative_centralisation(x, y, &distances).unwrap(), -0.11194177550430595, "RCE");
    close(space::spatial_dissimilarity(x, y, pairs.into_iter()).unwrap(), 0.2611974332919437, "SD");
    // Equations 3 and 9 of Reardon and O'Sullivan in numpy 2.4, nearness exp(-distance/0.05 degrees). PySAL's spatial
    // versions weigh units by the persons around them instead of by their own, so they differ.
    let near = |i: usize, j: usize| (-(at[i].0 - at[j].0).hypot(at[i].1 - at[j].1) / 0.05).exp();
    close(space::spatial_information(&two, near).unwrap(), 0.03368030051405957, "spatial H, two groups");
    close(space::spatial_exposure(&two, 0, 0, near).unwrap(), 0.1953634000576478, "spatial isolation");
    let four: Vec<Vec<f64>> = rows.iter().map(|row| row[..4].to_vec()).collect();
    let four = Counts::from_rows(&four).unwrap();
    assert_eq!(four.units(), at.len());
    close(space::spatial_information(&four, near).unwrap(), 0.0633236074534208, "spatial H, four groups");
    close(space::spatial_exposure(&four, 0, 1, near).unwrap(), 0.0879882082012767, "spatial exposure");
}

#[test]
fn clustering_is_1_without_pattern_and_more_with_one() {
    // Four units on a line; nearness falls with distance.
    let near = |i: usize, j: usize| (-(i.abs_diff(j) as f64)).exp();
    let apart = ([10.0, 10.0, 0.0, 0.0], [0.0, 0.0, 10.0, 10.0]);
    let mixed = ([5.0; 4], [5.0; 4]);
    assert!((space::spatial_proximity(&mixed.0, &mixed.1, near).unwrap() - 1.0).abs() < 1e-12);
    assert!(space::spatial_proximity(&apart.0, &apart.1, near).unwrap() > 1.2);
    assert!((space::distance_decay_isolation(&mixed.0, &mixed.1, near).unwrap() - 0.5).abs() < 1e-12);
    assert!(space::distance_decay_isolation(&apart.0, &apart.1, near).unwrap() > 0.75);
    // Meeting nobody elsewhere is plain isolation.
    let only_here = |i: usize, j: usize| f64::from(u8::from(i == j));
    let (x, y) = ([3.0, 7.0, 1.0], [9.0, 1.0, 4.0]);
    close(
        space::distance_decay_isolation(&x, &y, only_here).unwrap(),
        isolation(&x, &y).unwrap(),
        "isolation",
    );
}

//! The city holds what is published, the same on every machine, and says what is true.

#![allow(clippy::unwrap_used)]
use kekiz_testcity::{City, Plan, Register, files, write};
use std::collections::{BTreeMap, BTreeSet};

fn city(children: usize, seed: u64) -> City {
    City::build(Plan { children, seed }).unwrap()
}

/// Half-width of the 99.9 % interval of a share.
fn margin(share: f64, n: usize) -> f64 {
    3.29 * (share * (1.0 - share) / n as f64).sqrt()
}

#[test]
fn the_published_shares_hold_within_sampling_error() {
    for seed in [1, 2] {
        for outcome in city(50_000, seed).outcomes() {
            for ([found, all], share) in
                [(outcome.sgb2, outcome.published.sgb2), (outcome.other, outcome.published.other)]
            {
                assert!(all > 2_500, "{}: {all} examined", outcome.id);
                let counted = found as f64 / all as f64;
                assert!((counted - share).abs() < margin(share, all), "{} {counted} {share}", outcome.id);
            }
        }
    }
}

#[test]
fn habits_poverty_and_its_duration_hold() {
    let city = city(50_000, 1);
    let poor = city.children.iter().filter(|child| child.sgb2).count();
    assert!((poor as f64 / 50_000.0 - 0.28).abs() < 0.01, "{poor}");
    for (place, habit) in city.parameters.habits.iter().enumerate() {
        for (sgb2, share) in [(true, habit.sgb2), (false, habit.other)] {
            let own: Vec<bool> =
                city.children.iter().filter(|c| c.sgb2 == sgb2).map(|c| c.habits[place]).collect();
            let counted = own.iter().filter(|held| **held).count() as f64 / own.len() as f64;
            assert!((counted - share).abs() < margin(share, own.len()), "{} {counted} {share}", habit.id);
        }
    }
    let long = city.children.iter().filter_map(|child| {
        let since = city.households[child.household].sgb2_since?;
        Some(since.until(child.examined?).unwrap().get_days() >= 4 * 365)
    });
    let long: Vec<bool> = long.collect();
    let share = long.iter().filter(|is| **is).count() as f64 / long.len() as f64;
    assert!((share - 0.53).abs() < 0.03, "{share}");
}

#[test]
fn quarters_and_kitas_differ_as_reported() {
    let city = city(50_000, 1);
    let mut areas: BTreeMap<usize, [f64; 2]> = BTreeMap::new();
    let mut kitas: BTreeMap<usize, [f64; 2]> = BTreeMap::new();
    for child in &city.children {
        let poor = f64::from(u8::from(child.sgb2));
        let of = areas.entry(city.households[child.household].area).or_default();
        *of = [of[0] + poor, of[1] + 1.0];
        if let Some(kita) = child.kita {
            let of = kitas.entry(kita).or_default();
            *of = [of[0] + poor, of[1] + 1.0];
        }
    }
    let most = |of: &BTreeMap<usize, [f64; 2]>| of.values().map(|[p, n]| p / n).fold(0.0, f64::max);
    assert!((0.45..0.75).contains(&most(&areas)), "{}", most(&areas));
    assert!(most(&kitas) > 0.7, "{}", most(&kitas));
}

#[test]
fn children_kitas_and_examinations_fit_together() {
    let city = city(5_000, 7);
    assert_eq!(city.children.len(), 5_000);
    let early = city.parameters.habits.iter().position(|habit| habit.id == "kita_vor_3").unwrap();
    for (number, child) in city.children.iter().enumerate() {
        let household = &city.households[child.household];
        assert!((household.first_child..household.first_child + household.children).contains(&number));
        let third = child.born.checked_add(jiff::Span::new().years(3)).unwrap();
        if let Some(start) = child.kita_start {
            assert_eq!(start < third, child.habits[early], "{} {start}", child.born);
        }
        if let Some(day) = child.examined {
            let months = child.born.until((jiff::Unit::Month, day)).unwrap().get_months();
            assert!((48..=81).contains(&months), "{} {day}", child.born);
            assert_eq!(child.outcomes.len(), city.parameters.outcomes.len());
        }
    }
    let twins = city
        .children
        .windows(2)
        .filter(|two| two[0].household == two[1].household && two[0].born == two[1].born);
    assert!(twins.count() > 10);
    let siblings = city
        .children
        .windows(2)
        .filter(|two| two[0].household == two[1].household && two[0].first == two[1].first);
    assert!(siblings.count() < 10);
}

#[test]
fn the_same_plan_gives_the_same_bytes_on_any_number_of_threads() {
    let bytes = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| files(&city(3_000, 5)).into_iter().map(|f| (f.path, f.bytes)).collect::<Vec<_>>())
    };
    let one = bytes(1);
    assert!(one == bytes(3));
    let other: Vec<Vec<u8>> = files(&city(3_000, 6)).into_iter().map(|file| file.bytes).collect();
    assert_ne!(one[0].1, other[0]);
}

fn rows(bytes: &[u8], delimiter: u8) -> Vec<csv::StringRecord> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let text = text.trim_start_matches('\u{feff}').to_string();
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(text.as_bytes())
        .records()
        .map(Result::unwrap)
        .collect()
}

#[test]
fn the_registers_carry_errors_and_the_truth_knows_every_record() {
    let city = city(5_000, 2);
    let all: BTreeMap<String, Vec<u8>> =
        files(&city).into_iter().map(|file| (file.path, file.bytes)).collect();
    let truth = city.truth();
    for register in Register::ALL {
        let links: BTreeMap<&str, usize> = truth
            .iter()
            .filter(|link| link.register == register)
            .map(|link| (link.record.as_str(), link.child))
            .collect();
        let delimiter = if register == Register::Kita { b',' } else { b';' };
        let held = rows(&all[&format!("{}.csv", register.id())], delimiter);
        assert_eq!(held.len(), links.len(), "{register:?}");
        assert!(held.iter().all(|row| links.contains_key(&row[0])), "{register:?}");
    }
    let links: BTreeMap<&str, usize> = truth
        .iter()
        .filter(|l| l.register == Register::Schuleingang)
        .map(|l| (l.record.as_str(), l.child))
        .collect();
    let examined = rows(&all["schuleingang.csv"], b';');
    let right = examined.iter().filter(|row| {
        let child = &city.children[links[&row[0]]];
        row[1] == child.surname && row[2] == child.first && row[3] == kekiz_base::date::german(child.born)
    });
    let share = right.count() as f64 / examined.len() as f64;
    assert!((0.5..0.9).contains(&share), "{share}");
    let kjh = String::from_utf8(all["kjh_teil1.txt"].clone()).unwrap();
    assert!(kjh.lines().count() > 100);
    assert!(kjh.lines().all(|line| line.len() == 51), "{:?}", kjh.lines().next());
    let survey = rows(&all["familienbefragung.csv"], b';');
    let weights: f64 = survey.iter().map(|row| row[2].replace(',', ".").parse::<f64>().unwrap()).sum();
    assert!((weights - city.households.len() as f64).abs() < 5.0, "{weights}");
}

/// No form takes a child before its birth, whatever was typed wrong. 50,000 children: the mistake is rare.
#[test]
fn nobody_is_taken_into_a_kita_before_birth() {
    let files = files(&city(50_000, 1));
    let kita = files.iter().find(|file| file.path == "kita.csv").unwrap();
    let rows = rows(&kita.bytes, b',');
    assert!(rows.len() > 20_000);
    for row in rows {
        let [born, start] = [&row[5], &row[10]];
        assert!(born.is_empty() || born <= start, "{born} {start}");
    }
}

#[test]
fn canaries_stand_in_every_register_that_names_children_and_nowhere_else() {
    let city = city(50_000, 1);
    let canaries = city.canaries();
    assert_eq!(canaries.iter().collect::<BTreeSet<_>>().len(), canaries.len());
    for file in files(&city) {
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        let found = canaries.iter().filter(|canary| text.contains(**canary)).count();
        match file.path.as_str() {
            "einwohner.csv" | "wahrheit/kanarien.txt" => assert_eq!(found, canaries.len(), "{}", file.path),
            "schuleingang.csv" | "kita.csv" | "sgb2.csv" => assert!(found >= 3, "{} {found}", file.path),
            "adressen.csv" => assert_eq!(found, 1, "the street"),
            "wahrheit/kinder.csv" => assert!(found > 3),
            other => assert_eq!(found, 0, "{other}"),
        }
    }
}

#[test]
fn a_folder_with_other_things_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let city = city(500, 1);
    write(&city, folder.path()).unwrap();
    write(&city, folder.path()).unwrap();
    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("brief.txt"), "meins").unwrap();
    let refused = write(&city, other.path()).map(|_| ()).unwrap_err().to_string();
    assert!(refused.contains("nicht leer") && refused.contains("--out"), "{refused}");
    assert_eq!(std::fs::read_dir(other.path()).unwrap().count(), 1);
}

#[test]
fn a_city_has_five_hundred_to_five_million_children() {
    for children in [0, 499, 5_000_001] {
        let refused = City::build(Plan { children, seed: 1 }).map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("--children"), "{refused}");
    }
    assert_eq!(city(500, 1).children.len(), 500);
}

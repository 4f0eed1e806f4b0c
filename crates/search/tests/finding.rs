//! What people type and what they must find; and what must hold for every question.
#![allow(clippy::unwrap_used, clippy::panic)]

mod corpus;

use corpus::{entries, finder, query, questions};
use kekiz_base::LifePhase;
use kekiz_search::{
    Age, Entry, Filter, Finder, Found, Near, OpenTest, PriceLimit, Query, Sort, State, Synonyms, Text,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static FINDER: LazyLock<Finder> = LazyLock::new(finder);

fn ask(query: &Query) -> Found {
    FINDER.search(query, &[]).unwrap()
}

fn ids(found: &Found) -> Vec<&str> {
    found.hits.iter().map(|hit| hit.id.as_str()).collect()
}

#[test]
fn people_find_what_they_mean() {
    let mut wrong = Vec::new();
    for question in questions() {
        let found = ask(&Query { language: question.language.clone(), ..query(&question.text) });
        let ids = ids(&found);
        if question.first.as_deref().is_some_and(|first| ids.first() != Some(&first)) {
            wrong.push(format!("{}: first {:?}, found {ids:?}", question.text, question.first));
        }
        for id in &question.among {
            if !ids.iter().take(5).any(|found| found == id) {
                wrong.push(format!("{}: {id} not among {ids:?}", question.text));
            }
        }
        if let Some(means) = &question.means
            && found.did_you_mean.as_ref() != Some(means)
        {
            wrong.push(format!("{}: means {means}, offered {:?}", question.text, found.did_you_mean));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), questions().len(), wrong.join("\n"));
}

#[test]
fn every_hit_says_why_it_is_there() {
    for question in questions() {
        for hit in ask(&Query { language: question.language.clone(), ..query(&question.text) }).hits {
            assert!(!hit.why.is_empty(), "{}: {}", question.text, hit.id);
        }
    }
    let near = Some(Near { point: (6.56, 51.32), radius_m: None });
    let said = |text: &str| {
        let found = ask(&Query { near, age: Some(Age::Months(100)), ..query(text) });
        let lines: Vec<String> = (found.hits.iter().take(2))
            .map(|hit| {
                let why: Vec<String> = hit.why.iter().map(ToString::to_string).collect();
                format!("{} ({:.3})\n  {}", hit.id, hit.score, why.join("\n  "))
            })
            .collect();
        format!("{text}\n{}", lines.join("\n"))
    };
    let all: Vec<String> = ["Nachhilfe", "Nachilfe", "schlechte Noten", "Gruppen", "Sorgentelefon"]
        .iter()
        .map(|t| said(t))
        .collect();
    insta::assert_snapshot!(all.join("\n\n"));
}

#[test]
fn filters_hold_and_empty_pages_offer_ways_out() {
    let free = Query { price: Some(PriceLimit::Free), ..Query::default() };
    let cheap = Query { price: Some(PriceLimit::AtMostCents(3000)), ..Query::default() };
    assert!(ask(&free).total < ask(&cheap).total);
    let expecting = Query { age: Some(Age::Pregnancy), per_page: 100, ..Query::default() };
    assert!(ids(&ask(&expecting)).contains(&"schwangerenberatung"));
    let nobody = Query { languages: vec!["bg".into()], wheelchair: true, ..query("Stadtteilmütter") };
    let found = ask(&nobody);
    assert_eq!((found.total, found.widenings.len()), (0, 1));
    assert_eq!(found.widenings[0].drop, [Filter::Wheelchair]);
    assert_eq!(found.widenings[0].to_string(), "Ohne „mit Rollstuhl“: 1 Angebot.");
    let far = Near { point: (6.0, 51.3), radius_m: Some(1000.0) };
    let found = ask(&Query { near: Some(far), ..query("Nachhilfe im Stadtteil") });
    assert_eq!(found.widenings[0].to_string(), "Im Umkreis von 50 km: 1 Angebot.");
    let found = ask(&query("Quantenchromodynamik"));
    assert_eq!((found.total, found.unknown_words.as_slice()), (0, &["Quantenchromodynamik".to_string()][..]));
}

#[test]
fn nearer_offers_come_first_when_asked() {
    let near = Near { point: (6.5631, 51.3188), radius_m: Some(20_000.0) };
    let found = ask(&Query { near: Some(near), sort: Sort::Distance, per_page: 100, ..Query::default() });
    let distances: Vec<f64> = found.hits.iter().filter_map(|hit| hit.distance_m).collect();
    assert!(distances.len() > 5 && distances.is_sorted());
    assert_eq!(found.hits[0].id, "kita-arche");
    // Offers that need no way pass every radius and stand behind those with a place.
    assert!(ids(&found)[distances.len()..].contains(&"krisendienst"));
}

#[test]
fn opening_times_are_asked_once_for_each_text() {
    let finder = Finder::in_memory(Synonyms::default()).unwrap();
    let entry = |number: usize| Entry {
        id: format!("{number}"),
        opening: ["", "Mo", "Di"][number % 3].to_string(),
        ..Entry::default()
    };
    finder.rebuild((0..30).map(entry), 1).unwrap();
    let asked = std::sync::Mutex::new(Vec::new());
    let is_open = |text: &str| {
        asked.lock().unwrap().push(text.to_string());
        text == "Mo"
    };
    let open = [OpenTest { key: "heute 2026-05-04", label: "heute geöffnet", is_open: &is_open }];
    for _ in 0..3 {
        assert_eq!(finder.search(&Query::default(), &open).unwrap().total, 10);
    }
    finder.update(&[Entry { id: "neu".into(), opening: "Mo".into(), ..Entry::default() }], &[], 2).unwrap();
    assert_eq!(finder.search(&Query::default(), &open).unwrap().total, 11);
    assert_eq!(*asked.lock().unwrap(), ["Mo", "Di"]);
}

#[test]
fn an_index_on_disk_is_found_again_and_a_foreign_one_is_built_anew() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Finder::open(dir.path(), Synonyms::shipped().unwrap()).unwrap();
    let (finder, state) = open();
    assert!(matches!(state, State::NeedsRebuild { .. }) && finder.is_empty());
    finder.rebuild(entries(), 7).unwrap();
    finder.update(&[], &["nachhilfe".to_string()], 8).unwrap();
    drop(finder);
    let (finder, state) = open();
    assert_eq!(state, State::Ready { content: 8 });
    assert_eq!(finder.len(), entries().len() - 1);
    assert_eq!(finder.search(&query("Nachhilfe"), &[]).unwrap().hits[0].id, "hausaufgaben");
    finder.rebuild(entries(), 9).unwrap();
    assert_eq!(finder.search(&query("Nachhilfe"), &[]).unwrap(), ask(&query("Nachhilfe")));
    drop(finder);
    for broken in ["{\"schema\":0,\"generation\":1}", "{", "{\"schema\":1,\"generation\":99}"] {
        std::fs::write(dir.path().join("stand.json"), broken).unwrap();
        let (finder, state) = open();
        assert!(matches!(state, State::NeedsRebuild { .. }), "{broken}");
        finder.rebuild(entries(), 10).unwrap();
        assert_eq!(open().1, State::Ready { content: 10 }, "{broken}");
    }
}

fn questions_of_any_kind() -> impl Strategy<Value = Query> {
    let word = prop_oneof![
        3 => prop::sample::select(vec!["Baby", "schreit", "Gruppe", "Nachilfe", "Kita", "kostenlos", "діти", "أسرة", "çocuk"]).prop_map(str::to_string),
        1 => "\\PC{0,12}",
        1 => "[+\\-\"*~^:()\\[\\]{}\\\\/! ANDORT]{0,10}",
    ];
    let text = prop::collection::vec(word, 0..5).prop_map(|words| words.join(" "));
    let near = prop::option::of((5.9f64..7.0, 51.0f64..52.0, prop::option::of(0f64..50_000.0)));
    let phases = prop::sample::subsequence(vec![LifePhase::Kita, LifePhase::Grundschule], 0..=1);
    let choices = (
        prop::option::of(0u16..300),
        any::<bool>(),
        any::<bool>(),
        prop::sample::subsequence(vec!["de", "tr", "bg"], 0..=2),
        prop::sample::select(vec![Sort::Relevance, Sort::Distance, Sort::Title]),
        prop::sample::select(vec!["", "de", "tr", "uk", "ar", "xx-yy"]),
    );
    (text, near, phases, choices).prop_map(
        |(text, near, life_phases, (age, free, wheelchair, languages, sort, language))| Query {
            text,
            language: language.to_string(),
            near: near.map(|(x, y, radius_m)| Near { point: (x, y), radius_m }),
            age: age.map(Age::Months),
            life_phases,
            languages: languages.into_iter().map(str::to_string).collect(),
            price: free.then_some(PriceLimit::Free),
            wheelchair,
            sort,
            ..Query::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_text_makes_it_stumble(text in any::<String>()) {
        ask(&query(&text));
    }

    #[test]
    fn pages_are_a_partition_of_the_hits(query in questions_of_any_kind(), per_page in 1usize..9) {
        let whole = ask(&Query { per_page: 100, ..query.clone() });
        prop_assert_eq!(whole.hits.len(), whole.total);
        let mut paged = Vec::new();
        for page in 0..whole.total.div_ceil(per_page) {
            paged.extend(ask(&Query { page, per_page, ..query.clone() }).hits);
        }
        prop_assert_eq!(&paged, &whole.hits);
        let distinct: BTreeSet<&str> = ids(&whole).into_iter().collect();
        prop_assert_eq!(distinct.len(), whole.total);
        let behind = Query { page: usize::MAX, ..query };
        prop_assert!(ask(&behind).hits.is_empty());
    }

    #[test]
    fn hits_pass_every_filter_and_facets_count_them(query in questions_of_any_kind()) {
        let query = Query { per_page: 100, ..query };
        let found = ask(&query);
        let all = entries();
        let hits: Vec<&Entry> = found.hits.iter().map(|hit| all.iter().find(|e| e.id == hit.id).unwrap()).collect();
        for entry in &hits {
            prop_assert!(!query.wheelchair || entry.wheelchair == Some(true));
            prop_assert!(query.price.is_none() || entry.price == kekiz_search::Price::Free);
            prop_assert!(query.languages.is_empty() || query.languages.iter().any(|l| entry.languages.contains(l)));
            if let (Some(Age::Months(age)), Some((from, to))) = (query.age, entry.age_months) {
                prop_assert!(from <= age && age <= to);
            }
        }
        if !query.wheelchair {
            prop_assert_eq!(found.facets.wheelchair, hits.iter().filter(|e| e.wheelchair == Some(true)).count());
        }
        for widening in &found.widenings {
            prop_assert!(found.total == 0 && widening.hits > 0);
        }
    }

    #[test]
    fn changing_an_index_is_the_same_as_building_it(query in questions_of_any_kind(), changes in prop::collection::vec((0usize..65, any::<bool>()), 1..12)) {
        let changed = Finder::in_memory(Synonyms::shipped().unwrap()).unwrap();
        changed.rebuild(entries(), 1).unwrap();
        let mut now = entries();
        for (number, (at, removes)) in changes.into_iter().enumerate() {
            let id = entries()[at].id.clone();
            let title = Text { title: format!("Baby Kita Wort{number}"), ..Text::default() };
            let other = Entry { id: id.clone(), texts: [("de".to_string(), title)].into(), ..Entry::default() };
            now.retain(|entry| entry.id != id);
            if removes {
                changed.update(&[], &[id], 2).unwrap();
            } else {
                changed.update(std::slice::from_ref(&other), &[], 2).unwrap();
                now.insert(at.min(now.len()), other);
            }
        }
        let built = Finder::in_memory(Synonyms::shipped().unwrap()).unwrap();
        built.rebuild(now, 2).unwrap();
        prop_assert_eq!(changed.search(&query, &[]).unwrap(), built.search(&query, &[]).unwrap());
    }
}

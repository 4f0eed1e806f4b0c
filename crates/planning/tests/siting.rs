//! Siting against brute force and against another solver.
#![allow(clippy::unwrap_used)]

use kekiz_planning::siting::{
    Demand, Distances, Nearest, Plan, Siting, SitingError, explain, maximal_covering, p_median,
};
use proptest::prelude::*;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);

/// The cities of the reference cases: areas and candidates scattered over 20 km by xorshift64.
fn city(areas: usize, candidates: usize, open: usize, seed: u64) -> Siting {
    let mut state = seed.wrapping_mul(2).wrapping_add(88_172_645_463_325_252);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut point = |scale: f64| (next() * scale, next() * scale);
    let homes: Vec<_> = (0..areas).map(|_| point(20_000.0)).collect();
    let sites: Vec<_> = (0..candidates).map(|_| point(20_000.0)).collect();
    let metres =
        homes.iter().flat_map(|h| sites.iter().map(move |s| Some((h.0 - s.0).hypot(h.1 - s.1).round())));
    Siting {
        demands: (0..areas)
            .map(|i| Demand { name: format!("Gebiet {i}"), weight: (10.0 + point(200.0).0).round() })
            .collect(),
        candidates: (0..candidates).map(|i| format!("Ort {i}")).collect(),
        existing: Vec::new(),
        distances: Distances::new(candidates, metres.collect()).unwrap(),
        open,
    }
}

/// Some candidates taken for places that exist already, moved behind the others.
fn with_existing(mut question: Siting, existing: &[usize]) -> Siting {
    let candidates: Vec<usize> = (0..question.candidates.len()).filter(|c| !existing.contains(c)).collect();
    let order: Vec<usize> = candidates.iter().chain(existing).copied().collect();
    let rows = 0..question.demands.len();
    let metres = rows
        .flat_map(|row| order.iter().map(move |site| (row, *site)))
        .map(|(r, s)| question.distances.metres(r, s));
    question.distances = Distances::new(order.len(), metres.collect()).unwrap();
    question.existing = existing.iter().map(|e| format!("Ort {e}")).collect();
    question.candidates = candidates.iter().map(|c| format!("Ort {c}")).collect();
    question
}

fn chosen(question: &Siting, plan: &Plan) -> Vec<String> {
    plan.chosen.iter().map(|c| question.candidates[*c].clone()).collect()
}

fn check(question: &Siting, plan: &Plan, objective: f64, sites: &[usize]) {
    assert_eq!(plan.objective, objective);
    assert!(plan.proven && plan.gap <= 1e-6, "{} {}", plan.objective, plan.bound);
    let sites: Vec<String> = sites.iter().map(|s| format!("Ort {s}")).collect();
    assert_eq!(chosen(question, plan), sites);
}

/// Reference: SCIP by OR-Tools 9.15 (assignment formulation), proven optimal.
#[test]
fn p_median_equals_scip() {
    for (areas, candidates, open, seed, existing, objective, sites) in [
        (60, 25, 3, 1, &[][..], 29_653_571.0, &[0, 1, 17][..]),
        (60, 25, 6, 2, &[], 22_406_714.0, &[3, 6, 10, 15, 20, 21]),
        (100, 40, 5, 3, &[], 39_508_291.0, &[1, 3, 17, 27, 37]),
        (60, 25, 3, 1, &[0, 1], 22_143_327.0, &[11, 17, 19]),
        (100, 40, 4, 3, &[5], 43_017_538.0, &[1, 3, 17, 27]),
    ] {
        let question = with_existing(city(areas, candidates, open, seed), existing);
        let plan = p_median(&question, LIMIT).unwrap();
        check(&question, &plan, objective, sites);
    }
}

/// Reference: SCIP by OR-Tools 9.15.
#[test]
fn covering_equals_scip() {
    for (areas, candidates, open, seed, radius, objective) in [
        (60, 25, 3, 1, 3_000.0, 2_450.0),
        (100, 40, 5, 2, 2_500.0, 4_670.0),
        (200, 80, 5, 3, 3_000.0, 10_590.0),
    ] {
        let question = city(areas, candidates, open, seed);
        let plan = maximal_covering(&question, radius, LIMIT).unwrap();
        assert_eq!(plan.objective, objective);
        assert!(plan.proven);
    }
}

/// The size the issue names is proven, and a second run gives the same answer.
#[test]
fn five_of_two_hundred_for_five_hundred_is_proven() {
    let question = city(500, 200, 5, 1);
    let plan = p_median(&question, LIMIT).unwrap();
    assert!(plan.proven);
    assert_eq!(plan, p_median(&question, LIMIT).unwrap());
    assert!(maximal_covering(&question, 3_000.0, LIMIT).unwrap().proven);
}

#[test]
fn without_time_the_gap_is_shown() {
    let question = city(300, 150, 30, 2);
    let hasty = p_median(&question, Duration::ZERO).unwrap();
    let best = p_median(&question, LIMIT).unwrap();
    assert!(best.proven && hasty.bound <= best.objective && best.objective <= hasty.objective);
    assert!((hasty.objective - hasty.bound) / hasty.objective <= hasty.gap + 1e-12);
    if !hasty.proven {
        assert!(explain(&question, &hasty, "Test").sentence.contains("Rechenzeit"));
    }
}

fn matrix(sites: usize, metres: &[Option<f64>]) -> Distances {
    Distances::new(sites, metres.to_vec()).unwrap()
}

fn small(weights: &[f64], candidates: usize, existing: usize, metres: &[Option<f64>], open: usize) -> Siting {
    let named = |kind: &str, count: usize| (0..count).map(|i| format!("{kind} {i}")).collect();
    Siting {
        demands: weights
            .iter()
            .enumerate()
            .map(|(i, weight)| Demand { name: format!("Gebiet {i}"), weight: *weight })
            .collect(),
        candidates: named("Ort", candidates),
        existing: named("Bestand", existing),
        distances: matrix(candidates + existing, metres),
        open,
    }
}

#[test]
fn impossible_questions_get_a_sentence() {
    let refuse = |question: Siting, text: &str| {
        let error = p_median(&question, LIMIT).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
        assert!(error.contains("Abhilfe"), "{error}");
    };
    let ways = [Some(1.0), Some(2.0), Some(3.0), Some(4.0)];
    refuse(small(&[1.0, 1.0], 2, 0, &ways, 0), "keiner eröffnet");
    refuse(small(&[1.0, -1.0], 2, 0, &ways, 1), "„Gebiet 1“ ist negativ");
    refuse(small(&[1.0, f64::NAN], 2, 0, &ways, 1), "keine Zahl");
    refuse(small(&[0.0, 0.0], 2, 0, &ways, 1), "leben Kinder");
    refuse(small(&[1.0], 2, 0, &ways, 1), "passt nicht");
    refuse(small(&[1.0, 1.0], 2, 0, &[Some(1.0), None, None, None], 1), "Von „Gebiet 1“ führt kein Weg");
    // Each area is reached by another candidate only.
    refuse(small(&[1.0, 1.0], 2, 0, &[Some(1.0), None, None, Some(1.0)], 1), "höchstens 1 neuen Orten");
    assert_eq!(Distances::new(2, vec![Some(1.0)]), Err(SitingError::Shape));
    assert_eq!(Distances::new(1, vec![Some(-1.0)]), Err(SitingError::Distance));
    assert_eq!(Distances::new(1, vec![Some(f64::INFINITY)]), Err(SitingError::Distance));
    let question = small(&[1.0, 1.0], 2, 0, &ways, 1);
    assert_eq!(maximal_covering(&question, 0.0, LIMIT), Err(SitingError::Radius));
}

#[test]
fn edge_cases_have_answers() {
    // Nobody lives where no way leads: that place does not matter.
    let plan = p_median(&small(&[1.0, 0.0], 1, 0, &[Some(5.0), None], 1), LIMIT).unwrap();
    assert_eq!((plan.objective, plan.assigned[1]), (5.0, None));
    // More places than useful: what exists is already at everyone's door.
    let plan =
        p_median(&small(&[1.0, 1.0], 1, 1, &[Some(5.0), Some(0.0), Some(5.0), Some(0.0)], 1), LIMIT).unwrap();
    assert_eq!((plan.chosen.len(), plan.objective, plan.before), (0, 0.0, Some(0.0)));
    assert_eq!(plan.assigned[0], Some((Nearest::Existing(0), 0.0)));
    // All candidates open.
    let plan =
        p_median(&small(&[2.0, 1.0], 2, 0, &[Some(1.0), Some(2.0), Some(3.0), Some(1.0)], 9), LIMIT).unwrap();
    assert_eq!((plan.chosen, plan.objective, plan.proven), (vec![0, 1], 3.0, true));
    // Nothing within the radius.
    let plan = maximal_covering(&small(&[1.0], 1, 0, &[Some(500.0)], 1), 100.0, LIMIT).unwrap();
    assert_eq!((plan.chosen.len(), plan.objective, plan.proven), (0, 0.0, true));
}

#[test]
fn sentences_name_places_before_and_proof() {
    let question = small(
        &[100.0, 50.0],
        2,
        1,
        &[Some(200.0), Some(900.0), Some(1500.0), Some(900.0), Some(300.0), Some(1200.0)],
        1,
    );
    let plan = p_median(&question, LIMIT).unwrap();
    let finding = explain(&question, &plan, "Einwohnermelderegister 2024");
    assert_eq!(
        finding.sentence,
        "Am meisten bringt ein neuer Ort: „Ort 0“. Mittlerer Weg zum nächsten Ort: 433 m (heute: 1,4 km). Es ist bewiesen, dass keine andere Auswahl besser ist."
    );
    assert!(finding.rests_on.iter().all(|rests| rests.source.contains("2024")));
    let plan = maximal_covering(&question, 500.0, LIMIT).unwrap();
    assert!(
        explain(&question, &plan, "x")
            .sentence
            .contains("Kinder im Umkreis von 500 m: 100 (66,7 %) (heute: 0 (0,0 %))")
    );
}

/// Every choice of at most `open` candidates; `worth` is minimised over those it allows.
fn brute(candidates: usize, open: usize, worth: impl Fn(&[usize]) -> Option<f64>) -> Option<f64> {
    let mut best: Option<f64> = None;
    for set in 0_u32..1 << candidates {
        if set.count_ones() as usize <= open {
            let choice: Vec<usize> = (0..candidates).filter(|c| set >> c & 1 == 1).collect();
            if let Some(value) = worth(&choice)
                && best.is_none_or(|best| value < best)
            {
                best = Some(value);
            }
        }
    }
    best
}

fn question() -> impl Strategy<Value = Siting> {
    (1_usize..9, 1_usize..9, 0_usize..3, 1_usize..5).prop_flat_map(|(rows, candidates, existing, open)| {
        let sites = candidates + existing;
        let metres = prop::collection::vec(prop::option::weighted(0.85, 0_u16..60), rows * sites);
        let weights = prop::collection::vec(0_u16..20, rows);
        (metres, weights).prop_map(move |(metres, weights)| {
            let metres: Vec<_> = metres.into_iter().map(|m| m.map(f64::from)).collect();
            let weights: Vec<_> = weights.into_iter().map(f64::from).collect();
            small(&weights, candidates, existing, &metres, open)
        })
    })
}

fn nearest(question: &Siting, row: usize, choice: &[usize]) -> Option<f64> {
    let existing = question.candidates.len()..question.candidates.len() + question.existing.len();
    let ways = choice.iter().copied().chain(existing).filter_map(|site| question.distances.metres(row, site));
    ways.min_by(f64::total_cmp)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn p_median_is_the_best_of_all_choices(question in question()) {
        let worth = |choice: &[usize]| {
            let rows = question.demands.iter().enumerate().filter(|(_, d)| d.weight > 0.0);
            rows.map(|(row, d)| Some(nearest(&question, row, choice)? * d.weight)).sum::<Option<f64>>()
        };
        let best = brute(question.candidates.len(), question.open, worth);
        match p_median(&question, LIMIT) {
            Ok(plan) => {
                prop_assert!((plan.objective - best.unwrap()).abs() < 1e-6);
                prop_assert!(plan.proven && plan.bound <= plan.objective + 1e-9);
                prop_assert_eq!(worth(&plan.chosen), Some(plan.objective));
                prop_assert!(plan.chosen.len() <= question.open);
                prop_assert_eq!(plan.before, worth(&[]));
                let paid: f64 = question.demands.iter().zip(&plan.assigned).filter_map(|(d, a)| Some(d.weight * (*a)?.1)).sum();
                prop_assert!((paid - plan.objective).abs() < 1e-6);
            }
            Err(SitingError::NoDemand) => prop_assert!(question.demands.iter().all(|d| d.weight == 0.0)),
            Err(SitingError::Unreachable { .. }) => prop_assert_eq!(best, None),
            Err(SitingError::TooFew { proven, .. }) => prop_assert!(best.is_none() && proven),
            Err(error) => prop_assert!(false, "{}", error),
        }
    }

    #[test]
    fn covering_is_the_best_of_all_choices(question in question(), radius in 1_u16..60) {
        let radius = f64::from(radius);
        let covered = |choice: &[usize]| -> f64 {
            let rows = question.demands.iter().enumerate();
            rows.filter(|(row, _)| nearest(&question, *row, choice).is_some_and(|m| m <= radius)).map(|(_, d)| d.weight).sum()
        };
        let best = brute(question.candidates.len(), question.open, |choice| Some(-covered(choice))).unwrap();
        match maximal_covering(&question, radius, LIMIT) {
            Ok(plan) => {
                prop_assert!((plan.objective + best).abs() < 1e-6);
                prop_assert!(plan.proven);
                prop_assert_eq!(covered(&plan.chosen), plan.objective);
                prop_assert_eq!(plan.before, Some(covered(&[])));
            }
            Err(error) => prop_assert_eq!(error, SitingError::NoDemand),
        }
    }

    /// A further place never makes ways longer, and a wider radius never covers fewer.
    #[test]
    fn more_is_never_worse(question in question(), radius in 1_u16..30) {
        let mut more = question.clone();
        more.open += 1;
        if let (Ok(few), Ok(many)) = (p_median(&question, LIMIT), p_median(&more, LIMIT)) {
            prop_assert!(many.objective <= few.objective + 1e-9);
        }
        let near = maximal_covering(&question, f64::from(radius), LIMIT);
        let far = maximal_covering(&question, f64::from(radius) * 2.0, LIMIT);
        if let (Ok(near), Ok(far)) = (near, far) {
            prop_assert!(near.objective <= far.objective + 1e-9);
        }
    }
}

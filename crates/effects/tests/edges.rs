//! What happens with nobody, with empty cells, with hostile input; and what must always hold.
#![allow(clippy::unwrap_used)]

use kekiz_effects::chi_square::{self, Correction};
use kekiz_effects::exact::{Alternative, fisher};
use kekiz_effects::logistic::{self, Errors, LogisticError, Model};
use kekiz_effects::survey::{self, Design, SurveyError};
use kekiz_effects::{
    FourFold, FourFoldError, OddsInterval, RiskInterval, odds_ratio, risk_ratio, stratified,
};
use proptest::prelude::*;

const RISK: [RiskInterval; 3] =
    [RiskInterval::KatzLog, RiskInterval::Koopman, RiskInterval::MiettinenNurminen];
const ODDS: [OddsInterval; 3] =
    [OddsInterval::Woolf, OddsInterval::MiettinenNurminen, OddsInterval::Conditional];

#[test]
fn what_is_no_table_is_refused() {
    assert_eq!(FourFold::new((2, 1), (0, 0)), Err(FourFoldError::MoreCasesThanPersons));
    assert_eq!(FourFold::new((0, u64::MAX), (0, 0)), Err(FourFoldError::TooMany));
    assert_eq!(FourFold::count([]).groups(), [(0, 0), (0, 0)]);
}

#[test]
fn nobody_and_no_cases_have_no_ratio() {
    for (exposed, reference) in [((0, 0), (1, 5)), ((1, 5), (0, 0)), ((0, 5), (0, 5)), ((0, 0), (0, 0))] {
        let table = FourFold::new(exposed, reference).unwrap();
        assert!(RISK.iter().all(|how| risk_ratio(&table, 0.95, *how).is_none()), "{table:?}");
        assert!(ODDS.iter().all(|how| odds_ratio(&table, 0.95, *how).is_none()), "{table:?}");
        assert_eq!(fisher(&table, Alternative::TwoSided), 1.0);
    }
    let all = FourFold::new((5, 5), (7, 7)).unwrap();
    assert!(ODDS.iter().all(|how| odds_ratio(&all, 0.95, *how).is_none()));
    for how in RISK {
        assert_eq!(risk_ratio(&all, 0.95, how).unwrap().value, Some(1.0));
    }
    let table = FourFold::new((3, 5), (2, 7)).unwrap();
    for level in [0.0, 1.0, -1.0, f64::NAN] {
        assert!(risk_ratio(&table, level, RiskInterval::Koopman).is_none());
        assert!(odds_ratio(&table, level, OddsInterval::Conditional).is_none());
    }
}

#[test]
fn an_empty_cell_has_score_intervals_only() {
    let none = FourFold::new((4, 9), (0, 9)).unwrap();
    assert!(risk_ratio(&none, 0.95, RiskInterval::KatzLog).is_none());
    assert!(odds_ratio(&none, 0.95, OddsInterval::Woolf).is_none());
    let found = risk_ratio(&none, 0.95, RiskInterval::Koopman).unwrap();
    assert_eq!((found.value, found.upper), (None, None));
    assert!(found.lower > 0.0);
}

#[test]
fn tables_without_two_rows_have_no_test() {
    for rows in [
        vec![],
        vec![vec![]],
        vec![vec![1, 2]],
        vec![vec![1, 2], vec![0, 0]],
        vec![vec![1, 0], vec![2, 0]],
        vec![vec![1, 2], vec![3]],
    ] {
        assert!(chi_square::independence(&rows, Correction::None).is_none(), "{rows:?}");
    }
    assert!(stratified::no_association(&[], Correction::None).is_none());
    assert!(stratified::risk_ratio(&[], 0.95).is_none());
    let one = FourFold::new((3, 9), (2, 9)).unwrap();
    assert!(stratified::same_odds_ratio(&[one]).is_none());
}

#[test]
fn hopeless_regressions_say_why() {
    let cases = [false, false, true, true, false, true];
    let split = [vec![0.0, 1.0, 2.0, 3.0, 0.5, 2.5]];
    let model = Model { cases: &cases, columns: &split, weights: None };
    assert_eq!(logistic::fit(&model, Errors::Model), Err(LogisticError::Separated));
    let same = [vec![0.0, 1.0, 0.0, 1.0, 1.0, 0.0], vec![0.0, 2.0, 0.0, 2.0, 2.0, 0.0]];
    let dependent = logistic::fit(&Model { columns: &same, ..model }, Errors::Model);
    assert_eq!(dependent, Err(LogisticError::Dependent { column: 2 }));
    let constant = [vec![1.0; 6]];
    let dependent = logistic::fit(&Model { columns: &constant, ..model }, Errors::Model);
    assert_eq!(dependent, Err(LogisticError::Dependent { column: 1 }));
    let none = Model { cases: &[], columns: &[], weights: None };
    assert_eq!(
        logistic::fit(&none, Errors::Model),
        Err(LogisticError::TooFew { observations: 0, columns: 1 })
    );
    let gap = [vec![0.0, f64::NAN, 0.0, 1.0, 1.0, 0.0]];
    let found = logistic::fit(&Model { columns: &gap, ..model }, Errors::Model);
    assert_eq!(found, Err(LogisticError::NotFinite { column: 1 }));
    let one = logistic::fit(&Model { columns: &same[..1], ..model }, Errors::Clusters(&[1; 6]));
    assert_eq!(one, Err(LogisticError::OneCluster));
    let short = logistic::fit(&Model { columns: &[vec![1.0]], ..model }, Errors::Model);
    assert_eq!(short, Err(LogisticError::Lengths));
    let all = Model { cases: &[true; 6], columns: &same[..1], weights: None };
    assert_eq!(logistic::fit(&all, Errors::Model), Err(LogisticError::Separated));
}

#[test]
fn hopeless_surveys_say_why() {
    let weights = [1.0, 2.0, 1.0];
    let design = Design { weights: &weights, strata: None, clusters: None };
    assert_eq!(survey::share(&[], &design, 0.95).unwrap_err(), SurveyError::Nobody);
    assert_eq!(survey::share(&[true], &design, 0.95).unwrap_err(), SurveyError::Lengths);
    let bad = Design { weights: &[1.0, 0.0, 1.0], ..design };
    assert_eq!(survey::share(&[true; 3], &bad, 0.95).unwrap_err(), SurveyError::Weight);
    let lonely = Design { strata: Some(&[0, 0, 1]), ..design };
    assert_eq!(survey::share(&[true, false, true], &lonely, 0.95).unwrap_err(), SurveyError::LonelyCluster);
    let one = Design { weights: &[1.0], ..design };
    assert_eq!(survey::share(&[true], &one, 0.95).unwrap_err(), SurveyError::LonelyCluster);
    for (rows, columns) in
        [([0, 0, 1], [0, 1, 0]), ([0, 0, 0], [0, 1, 1]), ([0, usize::MAX - 1, 1], [0, 1, 0])]
    {
        assert_eq!(survey::independence(&rows, &columns, &design).unwrap_err(), SurveyError::EmptyCell);
    }
    let all = survey::share(&[true; 3], &design, 0.95).unwrap();
    assert_eq!((all.share, all.standard_error, all.design_effect), (1.0, 0.0, 1.0));
    assert!(all.interval.lower < 1.0);
}

fn fourfold(most: u64) -> impl Strategy<Value = FourFold> {
    (1..most, 1..most, 0.0..=1.0_f64, 0.0..=1.0_f64).prop_map(|(n1, n0, p1, p0)| {
        let cases = |n: u64, p: f64| ((n as f64 * p) as u64).min(n);
        FourFold::new((cases(n1, p1), n1), (cases(n0, p0), n0)).unwrap()
    })
}

proptest! {
    /// Every interval holds its ratio and grows with the level.
    #[test]
    fn intervals_hold_the_ratio_and_grow(table in fourfold(400)) {
        let found = RISK.map(|how| [0.9, 0.99].map(|level| risk_ratio(&table, level, how)));
        let odds = ODDS.map(|how| [0.9, 0.99].map(|level| odds_ratio(&table, level, how)));
        for [narrow, wide] in found.into_iter().chain(odds) {
            prop_assert_eq!(narrow.is_some(), wide.is_some());
            let (Some(narrow), Some(wide)) = (narrow, wide) else { continue };
            let slack = 1.0 + 1e-9;
            if let Some(value) = narrow.value {
                prop_assert!(narrow.lower <= value * slack, "{:?}", narrow);
                prop_assert!(narrow.upper.is_none_or(|upper| value <= upper * slack), "{:?}", narrow);
            }
            prop_assert!(wide.lower <= narrow.lower * slack, "{:?} {:?}", narrow, wide);
            let grows = match (narrow.upper, wide.upper) {
                (Some(narrow), Some(wide)) => narrow <= wide * slack,
                (None, wide) => wide.is_none(),
                (Some(_), None) => true,
            };
            prop_assert!(grows, "{:?} {:?}", narrow, wide);
        }
    }

    /// Exchanging the groups turns every ratio and interval upside down.
    #[test]
    fn exchanged_groups_give_the_reciprocal(table in fourfold(400)) {
        let other = table.exchanged();
        let pairs = RISK.map(|how| [risk_ratio(&table, 0.95, how), risk_ratio(&other, 0.95, how)]);
        let odds = ODDS.map(|how| [odds_ratio(&table, 0.95, how), odds_ratio(&other, 0.95, how)]);
        for [found, turned] in pairs.into_iter().chain(odds) {
            prop_assert_eq!(found.is_some(), turned.is_some());
            let (Some(found), Some(turned)) = (found, turned) else { continue };
            match turned.upper {
                None => prop_assert_eq!(found.lower, 0.0),
                Some(upper) => prop_assert!((found.lower * upper - 1.0).abs() < 1e-6, "{:?} {:?}", found, turned),
            }
        }
    }

    /// The score intervals are the tests turned round: 1 lies inside exactly when chi-square stays below its limit.
    #[test]
    fn the_score_interval_is_the_chi_square_test(table in fourfold(300)) {
        let rows = table.groups().map(|(cases, persons)| vec![cases, persons - cases]);
        let (Some(found), Some(test)) =
            (risk_ratio(&table, 0.95, RiskInterval::Koopman), chi_square::independence(&rows, Correction::None))
        else { return Ok(()) };
        if (test.p - 0.05).abs() > 1e-6 {
            let inside = found.lower < 1.0 && found.upper.is_none_or(|upper| upper > 1.0);
            prop_assert_eq!(inside, test.p > 0.05, "{:?} {:?}", found, test);
        }
    }

    /// Both one-sided exact tests share the observed table, so they add to more than one; the two-sided value lies
    /// between the smaller one and one.
    #[test]
    fn exact_tails_overlap_in_the_observed_table(table in fourfold(200)) {
        let [both, greater, less] = [Alternative::TwoSided, Alternative::Greater, Alternative::Less].map(|a| fisher(&table, a));
        prop_assert!(greater + less > 1.0 - 1e-9);
        prop_assert!(both >= greater.min(less) * (1.0 - 1e-6) && both <= 1.0);
        prop_assert!((fisher(&table.exchanged(), Alternative::Greater) - less).abs() < 1e-9);
    }

    /// One stratum is the plain table; the same table in two strata is the table.
    #[test]
    fn equal_strata_change_no_ratio(table in fourfold(300)) {
        let katz = risk_ratio(&table, 0.95, RiskInterval::KatzLog);
        let woolf = odds_ratio(&table, 0.95, OddsInterval::Woolf);
        if let (Some(katz), Some(common)) = (katz, stratified::risk_ratio(&[table], 0.95)) {
            prop_assert!((katz.lower / common.lower - 1.0).abs() < 1e-6, "{:?} {:?}", katz, common);
        }
        if let (Some(woolf), Some(common)) = (woolf, stratified::odds_ratio(&[table], 0.95)) {
            prop_assert!((woolf.lower / common.lower - 1.0).abs() < 1e-9, "{:?} {:?}", woolf, common);
            let two = stratified::odds_ratio(&[table, table], 0.95).unwrap();
            prop_assert!((two.value.unwrap() / woolf.value.unwrap() - 1.0).abs() < 1e-9);
            let same = stratified::same_odds_ratio(&[table, table]).unwrap();
            prop_assert!(same.statistic < 1e-6 && same.p > 0.99, "{:?}", same);
        }
    }

    /// Logistic regression on a group alone is the odds ratio, and its model error is Woolf's.
    #[test]
    fn a_group_alone_gives_the_odds_ratio(table in fourfold(60)) {
        let Some(woolf) = odds_ratio(&table, 0.95, OddsInterval::Woolf) else { return Ok(()) };
        let persons = table.groups().into_iter().enumerate().flat_map(|(group, (cases, all))| {
            (0..all).map(move |person| (group == 0, person < cases))
        });
        let (exposed, cases): (Vec<bool>, Vec<bool>) = persons.unzip();
        let columns = [exposed.iter().map(|e| f64::from(u8::from(*e))).collect::<Vec<f64>>()];
        let Ok(found) = logistic::fit(&Model { cases: &cases, columns: &columns, weights: None }, Errors::Model) else {
            prop_assert!(cases.len() <= 2);
            return Ok(());
        };
        let (value, lower, _) = found.coefficients[1].odds_ratio(0.95).unwrap();
        prop_assert!((value / woolf.value.unwrap() - 1.0).abs() < 1e-6, "{} {:?}", value, woolf);
        prop_assert!((lower / woolf.lower - 1.0).abs() < 1e-5, "{} {:?}", lower, woolf);
    }

    /// Equal weights are no weights.
    #[test]
    fn equal_weights_are_none(answers in prop::collection::vec(any::<bool>(), 2..200), weight in 0.1..50.0_f64) {
        let n = answers.len();
        let weights = vec![weight; n];
        let found = survey::share(&answers, &Design { weights: &weights, strata: None, clusters: None }, 0.95).unwrap();
        let share = answers.iter().filter(|yes| **yes).count() as f64 / n as f64;
        prop_assert!((found.share - share).abs() < 1e-9);
        let simple = (share * (1.0 - share) / (n as f64 - 1.0)).sqrt();
        prop_assert!((found.standard_error - simple).abs() < 1e-9);
    }
}

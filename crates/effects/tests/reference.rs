//! Results of other tools: tests/reference.py (statsmodels 0.15.0, scipy 1.17.1) and tests/reference.R (R 4.2.2 with
//! survey 4.1-1).
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_effects::chi_square::{self, Correction};
use kekiz_effects::exact::{Alternative, conditional_odds_ratio, fisher};
use kekiz_effects::logistic::{self, Errors, Model};
use kekiz_effects::survey::{self, Design};
use kekiz_effects::{FourFold, OddsInterval, Ratio, RiskInterval, odds_ratio, risk_ratio, stratified};

/// Cases and persons.
type Group = (u64, u64);

fn table(exposed: (u64, u64), reference: (u64, u64)) -> FourFold {
    FourFold::new(exposed, reference).unwrap()
}

#[track_caller]
fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() <= 2e-8 * wanted.abs().max(1e-6), "{found} {wanted}");
}

#[track_caller]
fn ends(found: Option<Ratio>, lower: f64, upper: f64) {
    let found = found.unwrap();
    near(found.lower, lower);
    match found.upper {
        Some(end) => near(end, upper),
        None => assert!(upper.is_infinite(), "{found:?}"),
    }
}

const INFINITE: f64 = f64::INFINITY;

/// Published shares of Mülheim (Groos and Jehles 2015; ../shared/handbook) with the risk and odds ratios computed from
/// them there. A thousand children in each group give the shares exactly.
#[test]
fn the_published_shares_of_muelheim_give_the_published_ratios() {
    let rows = [
        (432, 143, 3.02, 4.56),
        (245, 146, 1.68, 1.90),
        (250, 110, 2.27, 2.70),
        (291, 175, 1.66, 1.93),
        (280, 124, 2.26, 2.75),
        (88, 37, 2.38, 2.51),
    ];
    for (poor, other, risk, odds) in rows {
        let table = table((poor, 1000), (other, 1000));
        let round = |ratio: Option<Ratio>| (ratio.unwrap().value.unwrap() * 100.0).round() / 100.0;
        assert_eq!(round(risk_ratio(&table, 0.95, RiskInterval::KatzLog)), risk);
        assert_eq!(round(odds_ratio(&table, 0.95, OddsInterval::Woolf)), odds);
    }
}

#[test]
fn intervals_of_risk_ratios() {
    use RiskInterval::{KatzLog, Koopman, MiettinenNurminen};
    let cases: [(Group, Group, RiskInterval, f64, f64); 13] = [
        ((432, 1000), (143, 1000), Koopman, 2.5586533206556634, 3.5755495912148287),
        ((432, 1000), (143, 1000), MiettinenNurminen, 2.558548094896573, 3.57570096687652),
        ((432, 1000), (143, 1000), KatzLog, 2.554947999536048, 3.572015652315667),
        ((9, 40), (4, 60), Koopman, 1.1805998020497595, 9.791636641267987),
        ((9, 40), (4, 60), MiettinenNurminen, 1.174912737032486, 9.840054092927453),
        ((9, 40), (4, 60), KatzLog, 1.1147555198280525, 10.21804763232477),
        ((3, 12), (1, 20), Koopman, 0.7918759571142969, 32.762135802862424),
        ((3, 12), (1, 20), MiettinenNurminen, 0.7738480682357249, 33.54137277297497),
        ((3, 12), (1, 20), KatzLog, 0.584151413523494, 42.79712317942466),
        ((0, 20), (5, 30), Koopman, 0.0, 1.0349916966206345),
        ((0, 20), (5, 30), MiettinenNurminen, 0.0, 1.0548711957798136),
        ((7, 25), (0, 30), Koopman, 2.3808119632032243, INFINITE),
        ((7, 25), (0, 30), MiettinenNurminen, 2.3398700856746526, INFINITE),
    ];
    for (exposed, reference, how, lower, upper) in cases {
        ends(risk_ratio(&table(exposed, reference), 0.95, how), lower, upper);
    }
    // Everybody exposed a case: statsmodels' closed form says 1.4773, but at 1.4 chi-square is 2.98 only; the lower ends
    // are those of the likelihood maximised numerically (reference.py).
    for (how, lower, upper) in [
        (Koopman, 1.327389915661685, 2.2607329658673794),
        (MiettinenNurminen, 1.3226343456436362, 2.2660474473297736),
    ] {
        let found = risk_ratio(&table((15, 15), (29, 50)), 0.95, how).unwrap();
        assert!((found.lower - lower).abs() < 1e-8, "{found:?}");
        near(found.upper.unwrap(), upper);
    }
    near(risk_ratio(&table((9, 40), (4, 60)), 0.95, KatzLog).unwrap().value.unwrap(), 3.375);
}

#[test]
fn intervals_of_odds_ratios() {
    use OddsInterval::{Conditional, MiettinenNurminen, Woolf};
    let cases: [(Group, Group, OddsInterval, f64, f64); 12] = [
        ((432, 1000), (143, 1000), MiettinenNurminen, 3.670237437958898, 5.660561608767778),
        ((432, 1000), (143, 1000), Woolf, 3.6696631314530963, 5.661534947930067),
        ((432, 1000), (143, 1000), Conditional, 3.6518635943601407, 5.702448854462927),
        ((9, 40), (4, 60), MiettinenNurminen, 1.2077174324394375, 13.550918537870416),
        ((9, 40), (4, 60), Woolf, 1.1565367336233532, 14.2842772588869),
        ((9, 40), (4, 60), Conditional, 1.016027765636791, 19.2914022747775),
        ((3, 12), (1, 20), MiettinenNurminen, 0.73898122361727, 50.79239324600627),
        ((3, 12), (1, 20), Woolf, 0.5756310389984878, 69.68198098020991),
        ((3, 12), (1, 20), Conditional, 0.4127651540090662, 349.50237554726914),
        ((15, 15), (29, 50), Conditional, 2.2309571071506284, INFINITE),
        ((0, 20), (5, 30), Conditional, 0.0, 1.5533406552253897),
        ((7, 25), (0, 30), Conditional, 2.060511049998174, INFINITE),
    ];
    for (exposed, reference, how, lower, upper) in cases {
        ends(odds_ratio(&table(exposed, reference), 0.95, how), lower, upper);
    }
    near(conditional_odds_ratio(&table((432, 1000), (143, 1000))).unwrap(), 4.554483032299245);
    near(conditional_odds_ratio(&table((9, 40), (4, 60))).unwrap(), 4.00496333149109);
    assert_eq!(conditional_odds_ratio(&table((7, 25), (0, 30))), None);
    assert_eq!(conditional_odds_ratio(&table((0, 20), (5, 30))), Some(0.0));
}

#[test]
fn tests_of_association() {
    let cases: [(Group, Group, [f64; 3], [f64; 4]); 4] = [
        (
            (432, 1000),
            (143, 1000),
            [1.7150451205742718e-47, 8.575225602871359e-48, 1.0],
            [203.8651411136537, 2.9950968235849645e-46, 202.4567505720824, 6.077568667260648e-46],
        ),
        (
            (9, 40),
            (4, 60),
            [0.03205460929745889, 0.0234559380669126, 0.9952962694126947],
            [5.319776009431181, 0.02108472155742272, 4.011936339522546, 0.04517923536370454],
        ),
        (
            (15, 15),
            (29, 50),
            [0.0013592962307291366, 0.0011086772747777765, 1.0],
            [9.306818181818183, 0.0022830262547110093, 7.485434704184706, 0.006220005128229813],
        ),
        (
            (0, 20),
            (5, 30),
            [0.07457663916630482, 1.0, 0.06725915157922559],
            [3.7037037037037033, 0.0542918283668548, 2.0833333333333335, 0.14891467317876161],
        ),
    ];
    for (exposed, reference, [both, greater, less], [plain, plain_p, yates, yates_p]) in cases {
        let table = table(exposed, reference);
        for (alternative, wanted) in
            [(Alternative::TwoSided, both), (Alternative::Greater, greater), (Alternative::Less, less)]
        {
            let found = fisher(&table, alternative);
            assert!((found / wanted - 1.0).abs() < 1e-7, "{found} {wanted}");
        }
        let rows = table.groups().map(|(cases, persons)| vec![cases, persons - cases]);
        for (correction, statistic, p) in
            [(Correction::None, plain, plain_p), (Correction::Yates, yates, yates_p)]
        {
            let found = chi_square::independence(&rows, correction).unwrap();
            near(found.statistic, statistic);
            assert!((found.p / p - 1.0).abs() < 1e-7, "{found:?}");
        }
    }
    let rows = [vec![10, 20, 30], vec![25, 15, 5], vec![8, 9, 10]];
    let found = chi_square::independence(&rows, Correction::Yates).unwrap();
    near(found.statistic, 23.522250933103653);
    assert_eq!(found.degrees, 4.0);
    near(found.p, 9.956279674418526e-05);
}

/// Women of Whickham who smoked or not, dead or alive after twenty years, by age (Appleton, French and Vanderpump 1996,
/// The American Statistician 50).
fn women() -> Vec<FourFold> {
    let ages: [[u64; 4]; 7] = [
        [2, 53, 1, 61],
        [3, 121, 5, 152],
        [14, 95, 7, 114],
        [27, 103, 12, 66],
        [51, 64, 40, 81],
        [29, 7, 101, 28],
        [13, 0, 64, 0],
    ];
    ages.iter().map(|[a, b, c, d]| table((*a, a + b), (*c, c + d))).collect()
}

#[test]
fn strata() {
    let women = women();
    let odds = stratified::odds_ratio(&women, 0.95).unwrap();
    near(odds.value.unwrap(), 1.5278299875099224);
    ends(Some(odds), 1.0814142175875712, 2.1585294818315486);
    near(stratified::risk_ratio(&women, 0.95).unwrap().value.unwrap(), 1.2130656271271358);
    for (correction, statistic, p) in [
        (Correction::None, 5.844260004412407, 0.015627944713180852),
        (Correction::Yates, 5.4349981255956, 0.01973711186567928),
    ] {
        let found = stratified::no_association(&women, correction).unwrap();
        near(found.statistic, statistic);
        near(found.p, p);
    }
    // The oldest have no survivors; statsmodels counts their degree of freedom, so six strata are compared.
    for strata in [&women[..6], &women[..]] {
        let found = stratified::same_odds_ratio(strata).unwrap();
        near(found.statistic, 2.372659535167807);
        near(found.p, 0.7955385738091926);
        assert_eq!(found.degrees, 5.0);
    }
}

#[test]
fn surveys() {
    let numbers: Vec<u32> = (0..300).collect();
    let rows: Vec<usize> = numbers.iter().map(|i| usize::from((i * 7) % 5 < 2)).collect();
    let columns: Vec<usize> = numbers
        .iter()
        .zip(&rows)
        .map(|(i, row)| match ((i * 11) % 13 < 4 + 3 * *row as u32, i % 4 == 0) {
            (true, _) => 1,
            (false, true) => 2,
            (false, false) => 0,
        })
        .collect();
    let weights: Vec<f64> = numbers.iter().map(|i| 1.0 + f64::from(i % 7) / 3.0).collect();
    let clusters: Vec<u32> = numbers.iter().map(|i| i / 4).collect();
    let strata: Vec<u32> = numbers.iter().map(|i| i / 100).collect();
    let yes: Vec<bool> = rows.iter().map(|row| *row == 1).collect();
    let simple = Design { weights: &weights, strata: None, clusters: None };
    let drawn = Design { strata: Some(&strata), clusters: Some(&clusters), ..simple };
    for (design, error, first, second) in [
        (simple, 0.0298662987096913, 7.35494351036886e-04, 8.01597087489954e-04),
        (drawn, 0.016253589646404, 1.39588316779224e-04, 2.82763927175017e-04),
    ] {
        let share = survey::share(&yes, &design, 0.95).unwrap();
        near(share.share, 0.400111296605454);
        near(share.standard_error, error);
        let found = survey::independence(&rows, &columns, &design).unwrap();
        near(found.pearson, 16.0411924583143);
        near(found.first_order, first);
        near(found.second_order, second);
    }
    let model = regression(300);
    let columns = [model.0];
    let cases: Vec<bool> = (0..300_u32).zip(&columns[0]).map(|(i, x)| case(i, *x, 0.0)).collect();
    let model = Model { cases: &cases, columns: &columns, weights: Some(&weights) };
    let found = logistic::fit(&model, Errors::Hc0).unwrap();
    // svyglm centres the scores and multiplies by n / (n - 1).
    let factor = (300.0_f64 / 299.0).sqrt();
    for (coefficient, value, error) in [
        (found.coefficients[0], -1.03065735024659, 0.149423513097315),
        (found.coefficients[1], 1.37834366001503, 0.256178815899442),
    ] {
        near(coefficient.log_odds_ratio, value);
        near(coefficient.standard_error * factor, error);
    }
}

fn regression(count: u32) -> (Vec<f64>, Vec<f64>) {
    let x = (0..count).map(|i| f64::from((i * 37) % 101) / 50.0 - 1.0).collect();
    let z = (0..count).map(|i| f64::from(u8::from(i % 3 == 0))).collect();
    (x, z)
}

fn case(i: u32, x: f64, z: f64) -> bool {
    f64::from((i * i * 13 + 7 * i) % 100) < 30.0 + 25.0 * x + 20.0 * z
}

#[test]
fn logistic_regression() {
    let (x, z) = regression(200);
    let cases: Vec<bool> = (0..200).map(|i| case(i, x[i as usize], z[i as usize])).collect();
    let clusters: Vec<u32> = (0..200).map(|i| i / 8).collect();
    let columns = [x, z];
    let model = Model { cases: &cases, columns: &columns, weights: None };
    let kinds: [(Errors<'_>, [f64; 3]); 3] = [
        (Errors::Model, [0.21877446643128678, 0.3180676958260939, 0.35020039713176443]),
        (Errors::Hc0, [0.21851570016644903, 0.3069675242151707, 0.3449753970635046]),
        (Errors::Clusters(&clusters), [0.20012410968312302, 0.3915194667374431, 0.33883972746401947]),
    ];
    for (kind, errors) in kinds {
        let found = logistic::fit(&model, kind).unwrap();
        let values = [-1.0506354924343981, 1.7403613529563648, 1.0337703601861314];
        for ((coefficient, value), error) in found.coefficients.iter().zip(values).zip(errors) {
            near(coefficient.log_odds_ratio, value);
            near(coefficient.standard_error, error);
        }
        near(found.deviance, 218.41247846145242);
        near(found.null_deviance, 262.4963482742324);
    }
    let [plain, scaled] = [Errors::Hc0, Errors::Hc1].map(|kind| logistic::fit(&model, kind).unwrap());
    let ratio = scaled.coefficients[1].standard_error / plain.coefficients[1].standard_error;
    near(ratio * ratio, 200.0 / 197.0);
    let p = logistic::fit(&model, Errors::Model).unwrap().coefficients[1].p;
    near(p, 4.4581532385025885e-08);
    let weights: Vec<f64> = (0..200).map(|i| 1.0 + f64::from(i % 5) / 2.0).collect();
    let found = logistic::fit(&Model { weights: Some(&weights), ..model }, Errors::Model).unwrap();
    near(found.coefficients[1].log_odds_ratio, 1.7623985807751825);
    near(found.deviance, 431.7489536914296);
}

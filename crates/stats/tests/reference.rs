//! Results of other tools. Numbers without a name are from scipy 1.17.1, statsmodels 0.15.0, scikit-learn or
//! PySAL esda 2.9.0; PHE means PHEindicatormethods (R), COINr the R package of the JRC.
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_stats::Interval;
use kekiz_stats::correlation::{pearson, spearman};
use kekiz_stats::difference::{Test, part_of_whole_proportion, two_proportions, two_rates};
use kekiz_stats::empirical_bayes::empirical_bayes;
use kekiz_stats::funnel::{FunnelKind, FunnelMethod, limits};
use kekiz_stats::index::{Normalisation, equal_weight_mean, first_principal_component, min_max, z_sum};
use kekiz_stats::interval::{byar, clopper_pearson, poisson_exact, wilson};
use kekiz_stats::moments::Deviation;
use kekiz_stats::mover::{difference_interval, ratio_interval};
use kekiz_stats::quantile::{QuantileType, quantile};
use kekiz_stats::standardise::{CountInterval, direct, indirect};

const DSR: f64 = 0.01782035912290432;
const DSR_BYAR: (f64, f64) = (0.01347882326576371, 0.023109861141946006);
const DSR_EXACT: (f64, f64) = (0.013479652781782314, 0.023109438057112974);
const SMR: [f64; 3] = [0.9016872678993254, 0.6828873261888246, 1.1682617640054427];
const SMR_9: [f64; 3] = [0.14237167387884087, 0.06510139516774481, 0.27026578502994936];

fn close(found: f64, expected: f64, relative: f64) {
    let scale = expected.abs().max(1e-9);
    assert!(
        (found - expected).abs() <= relative * scale,
        "found {found:?}, expected {expected:?}, off by {:e}",
        found - expected
    );
}

fn same(found: Option<Interval>, lower: f64, upper: f64, relative: f64) {
    let found = found.unwrap();
    close(found.lower, lower, relative);
    close(found.upper, upper, relative);
}

#[test]
fn wilson_agrees_with_phe_and_statsmodels() {
    for (x, n, level, lower, upper) in [
        // PHE phe_proportion
        (65.0, 100.0, 0.95, 0.5525444329688797, 0.7363575175690247),
        (1045.0, 5000.0, 0.95, 0.19795549880013297, 0.22049130373189027),
        (0.445, 1.0, 0.95, 0.04381744772058822, 0.9334621276979156),
        (1045.0, 5000.0, 0.998, 0.19179381799015244, 0.22731562902525818),
        (0.445, 1.0, 0.998, 0.019347006132900975, 0.9702259947019541),
        // statsmodels proportion_confint(method="wilson")
        (0.0, 10.0, 0.95, 0.0, 0.2775327998628892),
        (10.0, 10.0, 0.95, 0.7224672001371107, 1.0),
        (3.0, 12.0, 0.95, 0.08894166839405471, 0.5323053349335657),
        (812.0, 53000.0, 0.998, 0.013757210030052938, 0.017058926873841324),
    ] {
        same(wilson(x, n, level), lower, upper, 1e-11);
    }
}

#[test]
fn clopper_pearson_agrees_with_statsmodels() {
    for (x, n, level, lower, upper) in [
        (0.0, 10.0, 0.95, 0.0, 0.3084971078187607),
        (1.0, 100.0, 0.95, 0.00025314603297742086, 0.054459385392080645),
        (1.0, 100.0, 0.998, 1.0004953285956385e-05, 0.08862688870395756),
        (5.0, 20.0, 0.95, 0.08657146910143462, 0.49104587170795744),
        (3.0, 12.0, 0.998, 0.01722147544550087, 0.7191979213451268),
        (10.0, 10.0, 0.95, 0.6915028921812392, 1.0),
        (37.0, 2345.0, 0.95, 0.01113304164468413, 0.021683207159939228),
        (812.0, 53000.0, 0.95, 0.014292251315585083, 0.01640282352401856),
    ] {
        same(clopper_pearson(x, n, level), lower, upper, 1e-9);
    }
}

#[test]
fn count_intervals_agree_with_phe_and_scipy() {
    for (x, level, lower, upper) in [
        (65.0, 0.95, 50.163187710459454, 82.84913854593984),
        (1045.0, 0.95, 982.5932018073325, 1110.33121298565),
        (1.0, 0.95, 0.01307213290150435, 5.5637555824752605),
        (65.0, 0.998, 42.8802614714802, 94.00029084431802),
        (10.0, 0.998, 2.916318374695686, 24.193724927880535),
    ] {
        same(byar(x, level), lower, upper, 1e-11);
    }
    for (x, level, lower, upper) in [
        (0.0, 0.95, 0.0, 3.6888794541139354),
        (1.0, 0.95, 0.025317807984289897, 5.571643390938898),
        (1.0, 0.998, 0.0010005003335835346, 9.233413476451585),
        (5.0, 0.95, 1.623486390118421, 11.66833207932267),
        (20.0, 0.998, 8.958213267626013, 38.04188135385001),
        (135.0, 0.95, 113.18870163746239, 159.78883848459301),
        (12345.0, 0.95, 12128.18090789908, 12564.722206913333),
        (500000.0, 0.998, 497817.7253157978, 502188.9765581937),
    ] {
        same(poisson_exact(x, level), lower, upper, 1e-9);
    }
}

#[test]
fn standardised_rates_agree_with_the_formulas_of_phe_over_scipy_quantiles() {
    let cases = [4.0, 7.0, 15.0, 31.0];
    let persons = [820.0, 1140.0, 930.0, 610.0];
    let standard = [2000.0, 3000.0, 3000.0, 2000.0];
    for (method, lower, upper) in [
        (CountInterval::Byar, DSR_BYAR.0, DSR_BYAR.1),
        (CountInterval::ExactBelowTen, DSR_BYAR.0, DSR_BYAR.1),
        (CountInterval::Exact, DSR_EXACT.0, DSR_EXACT.1),
    ] {
        let found = direct(&cases, &persons, &standard, 0.95, method).unwrap();
        close(found.value, DSR, 1e-12);
        same(Some(found.interval), lower, upper, 1e-9);
    }
    let standard_cases = [900.0, 1500.0, 4100.0, 9800.0];
    let standard_persons = [210_000.0, 330_000.0, 260_000.0, 150_000.0];
    for (observed, value, lower, upper) in
        [(57.0, SMR[0], SMR[1], SMR[2]), (9.0, SMR_9[0], SMR_9[1], SMR_9[2])]
    {
        let method = CountInterval::ExactBelowTen;
        let found = indirect(observed, &persons, &standard_cases, &standard_persons, 0.95, method).unwrap();
        close(found.value, value, 1e-12);
        same(Some(found.interval), lower, upper, 1e-9);
    }
}

#[test]
fn empirical_bayes_agrees_with_esda() {
    let cases = [4.0, 12.0, 0.0, 7.0, 30.0, 55.0, 2.0, 9.0];
    let persons = [120.0, 300.0, 45.0, 210.0, 640.0, 980.0, 15.0, 400.0];
    let expected = [
        0.04190543533841727,
        0.0424677250356645,
        0.040368840420382926,
        0.0408380539346402,
        0.045556738123964755,
        0.05192784824506688,
        0.046452860070991,
        0.03452855176025312,
    ];
    let found = empirical_bayes(&cases, &persons).unwrap();
    found.iter().zip(expected).for_each(|(found, expected)| close(*found, expected, 1e-12));
}

/// esda keeps a negative variance and gives 0.1017, 0.1049, 0.0949, 0.1050 here, outside the range of the raw
/// rates and the mean; Marshall sets it to 0.
#[test]
fn rates_that_only_chance_tells_apart_all_become_the_mean() {
    let found = empirical_bayes(&[10.0, 20.0, 30.0, 41.0], &[100.0, 200.0, 300.0, 400.0]).unwrap();
    found.iter().for_each(|rate| close(*rate, 0.101, 1e-12));
}

#[test]
fn tests_of_differences_agree_with_statsmodels_and_scipy() {
    for (x1, n1, x2, n2, score, exact) in [
        (12.0, 100.0, 30.0, 180.0, 0.29469681750916266, 0.3826974295381579),
        (3.0, 12.0, 40.0, 800.0, 0.0021351290806501345, 0.021785423158821704),
        (0.0, 9.0, 5.0, 90.0, 0.46804160590041655, 1.0),
        (200.0, 1000.0, 1500.0, 9000.0, 0.007763765506668723, 0.008816844171920152),
    ] {
        close(two_proportions(x1, n1, x2, n2, Test::Score).unwrap().p, score, 1e-9);
        close(two_proportions(x1, n1, x2, n2, Test::Exact).unwrap().p, exact, 1e-9);
    }
    for (x1, n1, x2, n2, score, exact) in [
        (12.0, 100.0, 30.0, 180.0, 0.33399825582199805, 0.42108273369184956),
        (3.0, 12.0, 40.0, 800.0, 0.0028048863049464742, 0.02567628230179278),
        (0.0, 9.0, 5.0, 90.0, 0.47950012218695337, 1.0),
    ] {
        close(two_rates(x1, n1, x2, n2, Test::Score).unwrap().p, score, 1e-9);
        close(two_rates(x1, n1, x2, n2, Test::Exact).unwrap().p, exact, 1e-9);
    }
    // Cochran's rule takes the exact test where fewer than five are expected (3 of 12), else the score test.
    close(
        two_proportions(3.0, 12.0, 40.0, 800.0, Test::ExactWhenSmall).unwrap().p,
        0.021785423158821704,
        1e-9,
    );
    close(
        two_proportions(12.0, 100.0, 30.0, 180.0, Test::ExactWhenSmall).unwrap().p,
        0.29469681750916266,
        1e-9,
    );
}

#[test]
fn a_part_is_tested_against_the_rest() {
    let found = part_of_whole_proportion(12.0, 100.0, 42.0, 280.0, Test::Score).unwrap();
    close(found.p, 0.29469681750916266, 1e-9);
    close(found.difference, 12.0 / 100.0 - 42.0 / 280.0, 1e-12);
}

#[test]
fn quantiles_agree_with_numpy() {
    use QuantileType::{T1, T2, T3, T4, T5, T6, T7, T8, T9};
    let values = [2.5, 1.0, 4.0, 8.0, 16.0, 3.0, 7.5];
    for (p, expected) in [
        (0.1, [1.0, 1.0, 1.0, 1.0, 1.3, 1.0, 1.9, 1.1, 1.15]),
        (0.25, [2.5, 2.5, 2.5, 2.125, 2.625, 2.5, 2.75, 2.583333333333333, 2.59375]),
        (0.5, [4.0, 4.0, 4.0, 3.5, 4.0, 4.0, 4.0, 4.0, 4.0]),
        (0.9, [16.0, 16.0, 8.0, 10.4, 14.4, 16.0, 11.2, 15.466666666666669, 15.2]),
    ] {
        for (kind, expected) in [T1, T2, T3, T4, T5, T6, T7, T8, T9].into_iter().zip(expected) {
            close(quantile(&values, p, kind).unwrap(), expected, 1e-12);
        }
    }
    close(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5, T2).unwrap(), 2.5, 1e-15);
}

#[test]
fn correlations_agree_with_scipy() {
    let (x, y) = ([1.0, 2.0, 2.0, 4.0, 7.0, 9.5], [3.0, 1.0, 4.0, 4.0, 6.0, 5.0]);
    close(pearson(&x, &y).unwrap(), 0.720758802156489, 1e-12);
    close(spearman(&x, &y).unwrap(), 0.8088235294117647, 1e-12);
}

#[test]
fn funnel_limits_agree_with_interpolated_quantiles_of_scipy() {
    use FunnelKind::{Rate, Share};
    use FunnelMethod::{Approximate, Exact};
    for (kind, method, target, base, level, lower, upper) in [
        (Share, Exact, 0.2, 50.0, 0.95, 0.08440482201226908, 0.3070938833520582),
        (Share, Exact, 0.2, 50.0, 0.998, 0.03477614320750778, 0.3791440976750372),
        (Share, Exact, 0.03, 400.0, 0.95, 0.013110122847782428, 0.04662923454381409),
        (Rate, Exact, 0.02, 500.0, 0.95, 0.007550375895376804, 0.032319901346689564),
        (Rate, Exact, 0.02, 500.0, 0.998, 0.002441058631792269, 0.041324001671989984),
        (Share, Approximate, 0.2, 50.0, 0.95, 0.1124375001577611, 0.3303710593222542),
        (Share, Approximate, 0.03, 400.0, 0.998, 0.012699012464853322, 0.06921912632205121),
    ] {
        same(limits(target, &[base], level, kind, method)[0], lower, upper, 1e-8);
    }
}

/// Environment indicators of COINr's ASEM example (treated values of ten countries that include every minimum and
/// maximum), and COINr's normalised and aggregated scores of some.
#[test]
fn min_max_and_equal_weights_agree_with_coinr() {
    let renew = [
        9.180503, 34.747069, 0.014935, 25.291984, 14.206253, 64.923776, 59.315861, 46.476325, 27.157298,
        3.304228,
    ];
    let energy = [
        123.010033, 74.745325, 113.449949, 53.478543, 86.763273, 133.449760, 122.904047, 105.861273,
        78.179229, 192.450829,
    ];
    let co2 = [
        15.370138, 0.459142, 22.124701, 4.311563, 8.889370, 0.437760, 0.297201, 0.896264, 4.331554, 11.857528,
    ];
    let matter = [
        38.381073, 2.577148, 23.331756, 13.520983, 15.015616, 4.882918, 10.606696, 4.432336, 11.090858,
        16.362004,
    ];
    let forest = [
        6.329529, 5.260537, 3.226975, 0.991675, 2.370349, 17.273541, 13.199007, 0.326391, 17.273541, 5.300750,
    ];
    let turned = |column: [f64; 10]| column.iter().map(|v| -v).collect::<Vec<f64>>();
    let columns = [renew.to_vec(), turned(energy), turned(co2), turned(matter), turned(forest)];
    let normalised = min_max(&columns[0]).unwrap();
    close(100.0 * normalised[0], 14.120677, 1e-6);
    close(100.0 * normalised[4], 21.863459, 1e-6);
    let scores = equal_weight_mean(&columns, Normalisation::MinMax).unwrap();
    for (country, expected) in [
        (0, 31.922108785536),
        (3, 77.211883261606),
        (4, 62.349515525937),
        (7, 85.192092210139),
        (8, 56.356141959718),
    ] {
        close(100.0 * scores[country], expected, 1e-6);
    }
}

#[test]
fn principal_component_and_z_sum_agree_with_scikit_learn_and_numpy() {
    let columns = [
        vec![21.0, 5.0, 13.0, 30.0, 9.0, 17.0, 25.0],
        vec![8.0, 3.0, 6.0, 12.0, 2.0, 9.0, 7.0],
        vec![310.0, 540.0, 420.0, 250.0, 480.0, 390.0, 300.0],
        vec![2.1, 3.3, 2.2, 1.0, 2.9, 2.5, 1.8],
    ];
    let found = first_principal_component(&columns).unwrap();
    close(found.eigenvalue, 3.742507401460784, 1e-10);
    close(found.explained, 0.9356268503651967, 1e-10);
    // scikit-learn has the opposite sign: its loadings add up to less than 0.
    let loadings = [0.51056907, 0.48001686, -0.50760069, -0.50124304];
    let sign = -1.0;
    found.loadings.iter().zip(loadings).for_each(|(found, expected)| close(*found, sign * expected, 1e-7));
    close(found.scores[0], sign * 0.8669467825872533, 1e-9);
    close(found.scores[6], sign * 1.206939765659358, 1e-9);
    let sums = z_sum(&columns, &[1.0; 4], Deviation::Sample).unwrap();
    close(sums[0], -0.11401890999482742, 1e-10);
    close(sums[5], 1.0248225074135213, 1e-10);
}

#[test]
fn intervals_of_differences_and_ratios_agree_with_statsmodels() {
    // statsmodels confint_proportions_2indep(method="newcomb", compare="diff"); the first two are in Newcombe (1998).
    for (x1, n1, x2, n2, lower, upper) in [
        (56.0, 70.0, 48.0, 80.0, 0.05243147240236498, 0.33387265403690614),
        (9.0, 10.0, 3.0, 10.0, 0.1705227239345029, 0.809017973535488),
        (5.0, 56.0, 0.0, 29.0, -0.038137147903536936, 0.19256001385511165),
        (0.0, 10.0, 3.0, 12.0, -0.5323053349335658, 0.0708804156994084),
        (10.0, 10.0, 20.0, 20.0, -0.27753279986288937, 0.16112515805281957),
    ] {
        let side = |x: f64, n: f64| (x / n, wilson(x, n, 0.95).unwrap());
        let ((a, of_a), (b, of_b)) = (side(x1, n1), side(x2, n2));
        same(difference_interval(a, of_a, b, of_b), lower, upper, 1e-11);
    }
    // statsmodels confint_poisson_2indep(method="mover", method_mover="exact-c").
    for (x1, n1, x2, n2, ratio, difference) in [
        (
            60.0,
            51477.5,
            30.0,
            54308.7,
            (1.347310708177715, 3.3596713469275765),
            (0.0002498114754077795, 0.0009930891311942245),
        ),
        (
            7.0,
            100.0,
            3.0,
            120.0,
            (0.6780965564383038, 15.31063490886132),
            (-0.018732078231316042, 0.12183365879115654),
        ),
        (0.0, 50.0, 4.0, 80.0, (0.0, 2.1507244113658026), (-0.1280198584425462, 0.03225810418727172)),
    ] {
        let side = |x: f64, n: f64| {
            let of = poisson_exact(x, 0.95).unwrap();
            (x / n, Interval { lower: of.lower / n, upper: of.upper / n })
        };
        let ((a, of_a), (b, of_b)) = (side(x1, n1), side(x2, n2));
        same(ratio_interval(a, of_a, b, of_b), ratio.0, ratio.1, 1e-9);
        same(difference_interval(a, of_a, b, of_b), difference.0, difference.1, 1e-9);
    }
}

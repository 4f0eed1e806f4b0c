use kekiz_spatial::classify::{Classes, Method, classify};
use proptest::prelude::*;

/// Inhabitants per km² of every seventh municipality of North Rhine-Westphalia by key, end of 2022 (VG250-EW,
/// © GeoBasis-DE / BKG 2022, dl-de/by-2-0).
const DENSITY: [f64; 57] = [
    2893.4, 1511.2, 225.9, 218.6, 969.5, 653.9, 1548.8, 397.9, 129.0, 676.7, 1525.5, 573.3, 366.8, 167.1,
    416.1, 56.7, 106.7, 674.1, 310.7, 412.6, 299.1, 541.4, 189.1, 299.8, 266.1, 261.9, 212.3, 228.3, 1427.9,
    823.5, 78.0, 379.8, 537.2, 334.9, 185.1, 914.1, 406.8, 852.3, 168.2, 166.6, 580.3, 449.9, 152.7, 114.7,
    233.6, 1182.8, 1016.4, 111.3, 82.1, 117.1, 218.0, 77.0, 325.5, 274.8, 606.0, 513.7, 829.8,
];

fn check(values: &[f64], method: &Method, k: usize, upper: &[f64], counts: &[usize]) {
    let classes = classify(values, method, k).unwrap();
    let found = &classes.breaks[1..];
    let same = found.len() == upper.len()
        && found.iter().zip(upper).all(|(a, b)| (a - b).abs() < 1e-9 * b.abs().max(1.0));
    assert!(same, "{method:?} {k}: {found:?}, expected {upper:?}");
    assert_eq!(classes.counts(values), counts, "{method:?} {k}");
}

/// Upper limits and counts by PySAL mapclassify 2.10.0 (NumPy 2.4.6).
#[test]
fn classes_agree_with_mapclassify() {
    use Method::{EqualInterval, NaturalBreaks, Quantile, StandardDeviation};
    let v = &DENSITY;
    check(v, &Quantile, 3, &[227.5, 538.6, 2893.4], &[19, 19, 19]);
    check(v, &Quantile, 5, &[167.32, 269.58, 414.7, 794.14, 2893.4], &[12, 11, 11, 11, 12]);
    check(v, &Quantile, 7, &[129.0, 218.0, 299.1, 406.8, 580.3, 914.1, 2893.4], &[9, 8, 8, 8, 8, 8, 8]);
    check(v, &NaturalBreaks, 3, &[676.7, 1548.8, 2893.4], &[45, 11, 1]);
    check(v, &NaturalBreaks, 5, &[334.9, 676.7, 1182.8, 1548.8, 2893.4], &[29, 16, 7, 4, 1]);
    check(
        v,
        &NaturalBreaks,
        7,
        &[233.6, 449.9, 676.7, 969.5, 1182.8, 1548.8, 2893.4],
        &[21, 15, 9, 5, 2, 4, 1],
    );
    check(v, &EqualInterval, 5, &[624.04, 1191.38, 1758.72, 2326.06, 2893.4], &[42, 10, 4, 0, 1]);
    // StdMean with multiples -1, 0, 1 and -1.5 … 1.5; its lowest class below the data is left out here.
    check(v, &StandardDeviation, 4, &[513.9052631578948, 1019.3671556811918, 2893.4], &[37, 14, 6]);
    check(
        v,
        &StandardDeviation,
        5,
        &[261.17431689624624, 766.6362094195433, 1272.0981019428402, 2893.4],
        &[21, 24, 7, 5],
    );
    let ties = [[0.0; 10].as_slice(), &[1.0; 5], &[2.0, 3.0, 4.0, 9.0, 9.0, 9.0]].concat();
    check(&ties, &Quantile, 5, &[0.0, 1.0, 3.0, 9.0], &[10, 5, 2, 4]);
    check(&ties, &NaturalBreaks, 4, &[0.0, 2.0, 4.0, 9.0], &[10, 6, 2, 3]);
}

#[test]
fn edge_cases_are_defined() {
    use Method::{EqualInterval, NaturalBreaks, Own, Quantile, StandardDeviation};
    for method in [Quantile, NaturalBreaks, EqualInterval, StandardDeviation] {
        assert!(classify(&[], &method, 5).is_err());
        assert!(classify(&[f64::NAN, f64::INFINITY], &method, 5).is_err());
        assert!(classify(&[1.0], &method, 0).unwrap_err().to_string().contains("1 bis 20"));
        assert!(classify(&[1.0], &method, 21).is_err());
        assert_eq!(classify(&[7.0, 7.0, f64::NAN], &method, 5).unwrap().breaks, [7.0, 7.0]);
        assert_eq!(classify(&[1.0, 2.0, 3.0], &method, 1).unwrap().breaks, [1.0, 3.0]);
        assert_eq!(classify(&[-0.0, 0.0], &method, 3).unwrap().len(), 1);
    }
    assert_eq!(classify(&[1.0, 2.0], &NaturalBreaks, 5).unwrap().counts(&[1.0, 2.0]), [1, 1]);
    for (limits, breaks) in [
        (vec![10.0, 20.0], vec![3.0, 10.0, 20.0, 25.0]),
        (vec![0.0, 10.0, 30.0], vec![0.0, 10.0, 30.0]),
        (vec![10.0], vec![3.0, 10.0, 25.0]),
        (vec![30.0], vec![3.0, 30.0]),
        (vec![1.0], vec![1.0, 25.0]),
    ] {
        assert_eq!(classify(&[3.0, 12.0, 25.0], &Own(limits), 0).unwrap().breaks, breaks);
    }
    for limits in [vec![], vec![2.0, 1.0], vec![1.0, 1.0], vec![f64::NAN], vec![1.0, f64::INFINITY]] {
        assert!(classify(&[3.0], &Own(limits), 3).unwrap_err().to_string().contains("ansteigen"));
    }
    let classes = classify(&[1.0, 2.0, 3.0, 4.0], &Quantile, 2).unwrap();
    assert_eq!([-5.0, 1.0, 2.5, 2.6, 99.0].map(|v| classes.class_of(v)), [0, 0, 0, 1, 1]);
}

#[test]
fn rounded_limits_are_round() {
    let classes = classify(&DENSITY, &Method::NaturalBreaks, 5).unwrap();
    assert_eq!(classes.breaks, [56.7, 334.9, 676.7, 1182.8, 1548.8, 2893.4]);
    assert_eq!(classes.rounded(&DENSITY).breaks, [50.0, 340.0, 700.0, 1200.0, 2000.0, 2900.0]);
}

/// Sum of squared deviations from class means, the slow way.
fn spread(values: &[f64], classes: &Classes) -> f64 {
    (0..classes.len())
        .map(|class| {
            let members: Vec<f64> =
                values.iter().copied().filter(|v| classes.class_of(*v) == class).collect();
            let mean = members.iter().sum::<f64>() / members.len().max(1) as f64;
            members.iter().map(|v| (v - mean).powi(2)).sum::<f64>()
        })
        .sum()
}

/// The least spread over all ways to cut the sorted distinct values into k classes.
fn least_spread(values: &[f64], k: usize) -> f64 {
    let mut distinct = values.to_vec();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    fn cuts(
        distinct: &[f64],
        from: usize,
        left: usize,
        chosen: &mut Vec<f64>,
        best: &mut f64,
        values: &[f64],
    ) {
        if left == 0 {
            let mut breaks = vec![distinct[0]];
            breaks.extend_from_slice(chosen);
            breaks.push(distinct[distinct.len() - 1]);
            *best = best.min(spread(values, &Classes { breaks }));
            return;
        }
        for i in from..distinct.len() - 1 {
            chosen.push(distinct[i]);
            cuts(distinct, i + 1, left - 1, chosen, best, values);
            chosen.pop();
        }
    }
    let mut best = f64::INFINITY;
    cuts(&distinct, 0, k.min(distinct.len()) - 1, &mut Vec::new(), &mut best, values);
    best
}

fn any_method() -> impl Strategy<Value = Method> {
    prop_oneof![
        Just(Method::Quantile),
        Just(Method::NaturalBreaks),
        Just(Method::EqualInterval),
        Just(Method::StandardDeviation),
        Just(Method::Own(vec![-5.0, 0.0, 12.5]))
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Theorem: every value lies in exactly one class, between its limits; limits ascend; equal values are never
    /// split; rounding limits moves no member.
    #[test]
    fn classes_cover_every_value_once(
        values in prop::collection::vec(prop_oneof![(-20i32..20).prop_map(f64::from), -1.0e6f64..1.0e6, Just(f64::NAN)], 1..60),
        method in any_method(),
        k in 1usize..9,
    ) {
        let Ok(classes) = classify(&values, &method, k) else { return Ok(()) };
        let finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        prop_assert!(classes.breaks.windows(2).skip(1).all(|w| w[0] < w[1]), "{:?}", classes);
        prop_assert!(classes.breaks[0] <= classes.breaks[1]);
        if !matches!(method, Method::Own(_)) {
            prop_assert!(classes.len() <= k);
        }
        prop_assert_eq!(classes.counts(&values).iter().sum::<usize>(), finite.len());
        for v in &finite {
            let class = classes.class_of(*v);
            prop_assert!(*v <= classes.breaks[class + 1] && (class == 0 || *v > classes.breaks[class]));
            prop_assert!(*v >= classes.breaks[0]);
        }
        if matches!(method, Method::NaturalBreaks) {
            prop_assert!(classes.counts(&values).iter().all(|n| *n > 0));
        }
        let rounded = classes.rounded(&values);
        prop_assert_eq!(rounded.len(), classes.len());
        prop_assert!(rounded.breaks.windows(2).skip(1).all(|w| w[0] < w[1]), "{:?} {:?}", classes, rounded);
        for v in &finite {
            prop_assert_eq!(rounded.class_of(*v), classes.class_of(*v), "{:?} {:?}", &classes, &rounded);
            prop_assert!(rounded.breaks[0] <= *v && *v <= rounded.breaks[rounded.len()]);
        }
    }

    /// Theorem: no other cuts have less spread.
    #[test]
    fn natural_breaks_are_optimal(values in prop::collection::vec((0i32..40).prop_map(f64::from), 2..14), k in 2usize..5) {
        let classes = classify(&values, &Method::NaturalBreaks, k).unwrap();
        prop_assert!(spread(&values, &classes) <= least_spread(&values, k) + 1e-9);
    }
}

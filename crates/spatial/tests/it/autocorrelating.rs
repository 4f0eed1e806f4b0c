//! Spatial autocorrelation against PySAL esda 2.9.0 and R spdep 1.2-7 on 3,085 US counties, and what must hold for
//! any map.

use kekiz_spatial::autocorrelation::{
    AutocorrelationError, DrawTable, Permutations, Quadrant, Scaling, Star, bivariate_local_moran,
    bivariate_moran, geary, geary_permutation, getis_ord, join_counts, join_counts_permutation, local_geary,
    local_geary_permutation, local_getis_ord, local_getis_ord_permutation, local_moran,
    local_moran_permutation, moran, moran_permutation,
};
use kekiz_spatial::rates::{LocalMean, spatial_empirical_bayes, spatial_rate};
use kekiz_spatial::weights::{Weights, read_gal};
use kekiz_stats::{Alternative, Extremes};
use proptest::prelude::*;

fn table(text: &str) -> Vec<Vec<f64>> {
    let number = |field: &str| if field.is_empty() { f64::NAN } else { field.parse().unwrap() };
    let row = |line: &str| line.split(',').map(number).collect();
    text.lines().skip(1).map(row).collect()
}

fn column(table: &[Vec<f64>], at: usize) -> Vec<f64> {
    table.iter().map(|row| row[at]).collect()
}

fn counties() -> (Vec<Vec<f64>>, Weights) {
    let nat = table(include_str!("../data/nat.csv"));
    let (file, _) = read_gal("nat_queen.gal", include_str!("../data/nat_queen.gal")).unwrap();
    assert_eq!(file.names[3084], "3084");
    (nat, file.weights)
}

fn close(found: f64, expected: f64, what: &str) {
    let off = (found - expected).abs();
    assert!(off <= 1e-10 * expected.abs().max(1e-6), "{what}: found {found:?}, expected {expected:?}");
}

fn draws(draws: u32, table: DrawTable) -> Permutations {
    Permutations { draws, seed: 1, threads: 2, table }
}

#[test]
fn global_statistics_agree_with_esda() {
    let (nat, binary) = counties();
    let (hr90, rd90) = (column(&nat, 1), column(&nat, 4));
    let rows = binary.clone().row_standardised();
    let m = moran(&hr90, &rows).unwrap();
    close(m.statistic, 0.38331361120633284, "I");
    close(m.expected, -0.00032425421530479895, "EI");
    close(m.variance_normal, 0.00011579862274654314, "VI_norm");
    close(m.variance_randomisation.unwrap(), 0.00011546357442784507, "VI_rand");
    close(m.z_normal().unwrap(), 35.65084014229233, "z_norm");
    close(m.z_randomisation().unwrap(), 35.70252787774062, "z_rand");
    // esda's p is two-sided.
    let p = m.p_randomisation(Alternative::TwoSided).unwrap();
    assert!((p / 3.611765400305975e-279 - 1.0).abs() < 1e-9, "{p:?}");
    let c = geary(&hr90, &rows).unwrap();
    close(c.statistic, 0.6014702718685419, "C");
    close(c.variance_normal, 0.000127720783707668, "VC_norm");
    close(c.variance_randomisation.unwrap(), 0.0001808987099212819, "VC_rand");
    close(c.z_randomisation().unwrap(), -29.63077345611122, "z_rand of C");
    let g = getis_ord(&hr90, &binary).unwrap();
    close(g.statistic, 0.0027524610453478243, "G");
    close(g.expected, 0.0019095787953509198, "EG");
    close(g.variance.unwrap(), 8.426906377604512e-10, "VG");
    close(g.z().unwrap(), 29.035734979545982, "z of G");
    close(bivariate_moran(&hr90, &rd90, &rows).unwrap(), 0.3843485013173693, "bivariate I");
}

#[test]
fn local_statistics_agree_with_esda_and_spdep() {
    let (nat, binary) = counties();
    let (hr90, rd90) = (column(&nat, 1), column(&nat, 4));
    let rows = binary.clone().row_standardised();
    let esda = local_moran(&hr90, &rows, Scaling::AreasMinusOne).unwrap();
    let spdep = local_moran(&hr90, &rows, Scaling::Areas).unwrap();
    let both = bivariate_local_moran(&hr90, &rd90, &rows, Scaling::AreasMinusOne).unwrap();
    let geary = local_geary(&hr90, &rows).unwrap();
    let g = local_getis_ord(&hr90, &binary, Star::Without).unwrap();
    let star = local_getis_ord(&hr90, &binary, Star::With).unwrap();
    let expected = table(include_str!("../data/nat_expected.csv"));
    assert_eq!(expected.len(), 309);
    for row in expected {
        let i = row[0] as usize;
        let m = esda[i].unwrap();
        close(m.statistic, row[1], "Ii");
        close(m.expected, row[2], "EIc");
        close(m.variance, row[3], "VIc");
        assert_eq!(f64::from(m.quadrant.number()), row[4]);
        close(both[i].unwrap().statistic, row[5], "Ii_bv");
        close(geary[i].unwrap().statistic, row[6], "c_i");
        close(g[i].unwrap().z.unwrap(), row[7], "G_z");
        close(g[i].unwrap().statistic.unwrap(), row[8], "G");
        close(star[i].unwrap().z.unwrap(), row[9], "Gstar_z");
        close(star[i].unwrap().statistic.unwrap(), row[10], "Gstar");
        // spdep prints 15 digits.
        let s = spdep[i].unwrap();
        assert!((s.statistic - row[16]).abs() <= 1e-10 * row[16].abs().max(1e-6));
        assert!((s.z.unwrap() - row[17]).abs() <= 1e-9 * row[17].abs().max(1e-3));
    }
}

/// A map of `n` areas: values with many ties, and a ring with chords as neighbours.
fn ring(n: usize) -> (Vec<f64>, Weights) {
    let values = (0..n).map(|i| ((i * 7919) % 13) as f64 / 10.0).collect();
    let list = |i: usize| {
        let mut others: Vec<u32> =
            [1, n - 1, (i % 5) + 2].iter().map(|step| ((i + step) % n) as u32).collect();
        others.sort_unstable();
        others.dedup();
        others.retain(|other| *other as usize != i);
        others
    };
    (values, Weights::binary((0..n).map(list).collect()).unwrap())
}

/// All ways to deal the other values to an area's neighbours, counted.
fn exact(values: &[f64], weights: &Weights, area: usize) -> (f64, f64) {
    let others: Vec<f64> = (0..values.len()).filter(|i| *i != area).map(|i| values[i]).collect();
    let size = weights.neighbours(area).len();
    let tenths = |sum: f64| (sum * 10.0).round();
    let observed = tenths(weights.row(area).map(|(other, _)| values[other]).sum());
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let sign = (values[area] - mean).signum();
    let (mut all, mut at_least) = (0.0, 0.0);
    for set in 0_u32..1 << others.len() {
        if set.count_ones() as usize == size {
            let sum = (0..others.len()).filter(|i| set & (1 << i) != 0).map(|i| others[i]).sum::<f64>();
            all += 1.0;
            at_least += f64::from(u8::from((tenths(sum) - observed) * sign >= 0.0));
        }
    }
    (at_least / all, all)
}

#[test]
fn permutation_shares_are_those_of_all_arrangements() {
    let (values, weights) = ring(13);
    for table in [DrawTable::Independent, DrawTable::Shared] {
        let found = local_moran_permutation(&values, &weights, draws(200_000, table)).unwrap();
        for (area, counted) in found.into_iter().enumerate() {
            let (share, _) = exact(&values, &weights, area);
            let found = counted.unwrap().at_least as f64 / 200_000.0;
            let error = (share * (1.0 - share) / 200_000.0).sqrt();
            assert!((found - share).abs() <= 5.0 * error + 1e-9, "{table:?} {area}: {found} {share}");
        }
    }
}

#[test]
fn sparse_and_dense_draws_agree() {
    // With few draws from many areas the sampler changes; both must have the same chances.
    let (values, weights) = ring(1_000);
    let few: Vec<Extremes> = (0..60)
        .flat_map(|seed| {
            let permutations = Permutations { draws: 100, seed, threads: 1, table: DrawTable::Independent };
            local_moran_permutation(&values, &weights, permutations).unwrap()[17]
        })
        .collect();
    let share = few.iter().map(|e| e.at_least).sum::<u64>() as f64 / 6_000.0;
    let many = local_moran_permutation(&values, &weights, draws(50_000, DrawTable::Independent)).unwrap();
    let expected = many[17].unwrap().at_least as f64 / 50_000.0;
    assert!((share - expected).abs() < 5.0 * (expected * (1.0 - expected) / 6_000.0).sqrt() + 1e-9);
}

#[test]
fn threads_do_not_change_a_bit() {
    let (nat, binary) = counties();
    let hr90 = column(&nat, 1);
    let with = |threads, table| Permutations { draws: 99, seed: 7, threads, table };
    for table in [DrawTable::Independent, DrawTable::Shared] {
        let [one, two, five] = [1, 2, 5].map(|threads| {
            let p = with(threads, table);
            (
                local_moran_permutation(&hr90, &binary, p).unwrap(),
                local_geary_permutation(&hr90, &binary, p).unwrap(),
                local_getis_ord_permutation(&hr90, &binary, p).unwrap(),
                moran_permutation(&hr90, &binary, p).unwrap(),
            )
        });
        assert_eq!(one, two);
        assert_eq!(one, five);
    }
}

#[test]
fn significant_areas_of_the_counties_match_other_tools() {
    // pygeoda 0.1.3 finds 1,198 to 1,213 areas at p <= 0.05 with the smaller tail, depending on its threads.
    let (nat, binary) = counties();
    let found =
        local_moran_permutation(&column(&nat, 1), &binary, draws(9_999, DrawTable::Independent)).unwrap();
    let smaller = |e: &Extremes| e.p(Alternative::Greater).min(e.p(Alternative::Less)) <= 0.05;
    let count = found.iter().flatten().filter(|e| smaller(e)).count();
    assert!((1_150..=1_260).contains(&count), "{count}");
}

#[test]
fn join_counts_agree_with_spdep_and_esda() {
    // esda's lat2W(4, 4): the upper half marked. BB 10, BW 4, WW 10.
    let mut pairs = Vec::new();
    for cell in 0..16_u32 {
        let mut list = Vec::new();
        if cell % 4 > 0 {
            list.push(cell - 1)
        }
        if cell % 4 < 3 {
            list.push(cell + 1)
        }
        if cell >= 4 {
            list.push(cell - 4)
        }
        if cell < 12 {
            list.push(cell + 4)
        }
        pairs.push(list);
    }
    let weights = Weights::binary(pairs).unwrap();
    let marks: Vec<f64> = (0..16).map(|i| f64::from(u8::from(i >= 8))).collect();
    let joins = join_counts(&marks, &weights).unwrap();
    assert_eq!([joins.both.count, joins.mixed.count, joins.neither.count], [10.0, 4.0, 10.0]);
    // spdep 1.2-7: joincount.test(factor(marks), listw = B), nonfree sampling.
    close(joins.both.expected, 5.6, "E BB");
    close(joins.mixed.expected, 12.8, "E BW");
    let [both, _, mixed] =
        join_counts_permutation(&marks, &weights, draws(999, DrawTable::Independent)).unwrap();
    assert!(both.p(Alternative::Greater) < 0.02 && mixed.p(Alternative::Less) < 0.02);
}

#[test]
fn bad_input_is_told() {
    let pair = Weights::binary(vec![vec![1], vec![0]]).unwrap();
    let three = Weights::binary(vec![vec![1], vec![0], vec![]]).unwrap();
    let none = Weights::binary(vec![vec![], vec![], vec![]]).unwrap();
    for (values, weights, expected) in [
        (vec![], Weights::binary(vec![]).unwrap(), AutocorrelationError::TooFew { areas: 0, needed: 3 }),
        (
            vec![1.0],
            Weights::binary(vec![vec![]]).unwrap(),
            AutocorrelationError::TooFew { areas: 1, needed: 3 },
        ),
        (vec![1.0, 2.0], pair.clone(), AutocorrelationError::TooFew { areas: 2, needed: 3 }),
        (vec![1.0, 2.0, f64::NAN], three.clone(), AutocorrelationError::NotFinite { area: 3 }),
        (vec![f64::INFINITY, 2.0, 0.0], three.clone(), AutocorrelationError::NotFinite { area: 1 }),
        (vec![5.1, 5.1, 5.1], three.clone(), AutocorrelationError::Constant),
        (vec![1.0, 2.0, 3.0], none, AutocorrelationError::NoNeighbours),
        (vec![1.0, 2.0], three.clone(), AutocorrelationError::Length { values: 2, areas: 3 }),
    ] {
        assert_eq!(moran(&values, &weights).unwrap_err(), expected);
        assert_eq!(local_moran(&values, &weights, Scaling::Areas).unwrap_err(), expected);
        assert_eq!(geary(&values, &weights).unwrap_err(), expected);
    }
    let found = local_moran(&[1.0, 2.0, 3.0], &three, Scaling::Areas).unwrap();
    assert!(found[2].is_none() && found[0].unwrap().quadrant == Quadrant::LowLow);
    assert_eq!(getis_ord(&[1.0, -2.0, 3.0], &three), Err(AutocorrelationError::Negative { area: 2 }));
    assert_eq!(join_counts(&[1.0, 0.5, 0.0], &three), Err(AutocorrelationError::NotBinary { area: 2 }));
}

fn maps() -> impl Strategy<Value = (Vec<f64>, Vec<Vec<u32>>)> {
    (4_usize..24).prop_flat_map(|n| {
        let values = proptest::collection::vec(-1e3..1e3_f64, n);
        let lists = proptest::collection::vec(proptest::collection::btree_set(0..n as u32, 0..5), n);
        (values, lists).prop_map(|(values, lists)| {
            let own = |(i, set): (usize, std::collections::BTreeSet<u32>)| {
                set.into_iter().filter(|other| *other as usize != i).collect()
            };
            (values, lists.into_iter().enumerate().map(own).collect())
        })
    })
}

proptest! {
    #[test]
    fn shifting_and_scaling_leave_moran_and_geary((values, lists) in maps(), shift in -1e3..1e3_f64, scale in 0.01..100.0_f64) {
        let weights = Weights::binary(lists).unwrap();
        let moved: Vec<f64> = values.iter().map(|v| v * scale + shift).collect();
        if let (Ok(a), Ok(b)) = (moran(&values, &weights), moran(&moved, &weights)) {
            prop_assert!((a.statistic - b.statistic).abs() < 1e-7);
            let (a, b) = (geary(&values, &weights).unwrap(), geary(&moved, &weights).unwrap());
            prop_assert!((a.statistic - b.statistic).abs() < 1e-7 * a.statistic.max(1.0));
        }
    }

    #[test]
    fn renumbering_areas_changes_nothing((values, lists) in maps(), step in 1_usize..50) {
        let n = values.len();
        let step = if gcd(step, n) == 1 { step } else { 1 };
        let to = |i: usize| (i * step + 3) % n;
        let mut renumbered = vec![0.0; n];
        let mut renamed = vec![Vec::new(); n];
        for i in 0..n {
            renumbered[to(i)] = values[i];
            renamed[to(i)] = lists[i].iter().map(|other| to(*other as usize) as u32).collect();
        }
        let (a, b) = (Weights::binary(lists).unwrap(), Weights::binary(renamed).unwrap());
        if let (Ok(x), Ok(y)) = (local_moran(&values, &a, Scaling::Areas), local_moran(&renumbered, &b, Scaling::Areas)) {
            for i in 0..n {
                match (x[i], y[to(i)]) {
                    (Some(x), Some(y)) => {
                        prop_assert!((x.statistic - y.statistic).abs() <= 1e-9 * x.statistic.abs().max(1.0));
                        prop_assert!((x.variance - y.variance).abs() <= 1e-9 * x.variance.abs().max(1.0));
                    }
                    (x, y) => prop_assert!(x.is_none() && y.is_none()),
                }
            }
        }
    }

    #[test]
    fn local_morans_add_up_to_the_global_one((values, lists) in maps()) {
        let weights = Weights::binary(lists).unwrap();
        if let Ok(m) = moran(&values, &weights) {
            let local = local_moran(&values, &weights, Scaling::Areas).unwrap();
            let sum: f64 = local.iter().flatten().map(|l| l.statistic).sum();
            prop_assert!((sum / weights.sums().s0 - m.statistic).abs() < 1e-9);
        }
    }

    #[test]
    fn permutations_never_fail_and_p_is_a_share((values, lists) in maps(), shared in any::<bool>()) {
        let weights = Weights::binary(lists).unwrap().row_standardised();
        let table = if shared { DrawTable::Shared } else { DrawTable::Independent };
        let permutations = Permutations { draws: 19, seed: 3, threads: 1, table };
        if let Ok(found) = local_moran_permutation(&values, &weights, permutations) {
            for (area, counted) in found.into_iter().enumerate() {
                prop_assert_eq!(counted.is_none(), weights.neighbours(area).is_empty());
                for alternative in [Alternative::TwoSided, Alternative::Greater, Alternative::Less] {
                    let p = counted.map_or(1.0, |c| c.p(alternative));
                    prop_assert!((0.05 - 1e-12..=1.0).contains(&p));
                }
            }
            geary_permutation(&values, &weights, permutations).unwrap();
        }
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[test]
fn spatial_rates_agree_with_esda_and_spdep() {
    let (nat, weights) = counties();
    let (cases, persons) = (column(&nat, 2), column(&nat, 3));
    let rate = spatial_rate(&cases, &persons, &weights).unwrap();
    let esda = spatial_empirical_bayes(&cases, &persons, &weights, LocalMean::OfArea).unwrap();
    let spdep = spatial_empirical_bayes(&cases, &persons, &weights, LocalMean::OfNeighbour).unwrap();
    for row in table(include_str!("../data/nat_expected.csv")) {
        let i = row[0] as usize;
        close(rate[i].unwrap(), row[13], "spatial rate");
        // Where nobody around has a case esda divides 0 by 0; the rate is 0, as in spdep.
        let expected = if row[14].is_nan() { row[18] } else { row[14] };
        close(esda[i].unwrap(), expected, "spatial EB");
        close(spdep[i].unwrap(), row[18], "EBlocal");
    }
}

//! Cohorts carried forward against the formulas in numpy 2.4 (Baker et al. 2017, chapter 2), and what must hold for any
//! population.
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_stats::forecast::{
    AgeGroup, Births, Draws, ForecastError, Population, Settings, accuracy, backtest, bands, forecast,
};
use proptest::prelude::*;

fn close(found: f64, expected: f64) {
    assert!((found / expected - 1.0).abs() < 1e-10, "found {found:?}, expected {expected:?}");
}

/// Counts by a formula of area, year and age.
fn counted(areas: usize, years: usize, ages: usize, of: impl Fn(usize, usize, usize) -> usize) -> Population {
    let mut cells = Vec::new();
    for area in 0..areas {
        for year in 0..years {
            cells.extend((0..ages).map(|age| of(area, year, age) as f64));
        }
    }
    Population::new(areas, years, ages, cells).unwrap()
}

const THREE: Settings = Settings { horizon: 3, base: 3, shrink: 0.0 };

#[test]
fn cohorts_agree_with_numpy() {
    // ccr = P[a, -3:, g].sum() / P[a, -4:-1, g - 1].sum(); F[0] = P[a, -3:, 0].mean(); F[g] = ccr[g] * before[g - 1]
    let past = counted(2, 5, 4, |a, y, g| 100 + 7 * ((3 * a + 5 * y + 2 * g) % 11) + 20 * a - 3 * g);
    let ahead = forecast(&past, &Births::RecentMean, THREE).unwrap();
    let expected = [
        [153.66666666666666, 127.99076212471132, 93.01028277634961, 103.90521327014218],
        [153.66666666666666, 120.66204772902232, 115.69908432628618, 118.07322844236671],
        [143.33333333333334, 122.75782881002088, 112.93359375, 172.24552429667517],
        [143.33333333333334, 138.54558107167713, 113.38007513482953, 116.13281091488287],
    ];
    for (row, (area, year)) in expected.iter().zip([(0, 0), (0, 2), (1, 0), (1, 2)]) {
        (0..4).for_each(|age| close(ahead.at(area, year, age), row[age]));
    }
}

#[test]
fn births_follow_women_or_adults() {
    let past = counted(2, 5, 50, |a, y, g| 50 + (3 * a + 5 * y + 2 * g) % 13 + 10 * a);
    let women = counted(2, 5, 50, |a, y, g| 20 + (a + 4 * y + 3 * g) % 9);
    let cases = [
        (Births::Women(women), [57.00073505566967, 56.28271797643499, 68.63975155279503], 59.731309190073006),
        (Births::Adults, [56.58567065806121, 56.37774985336441, 64.87724741897567], 59.29636146802821),
    ];
    for (births, newborn, one_year_old) in cases {
        let ahead = forecast(&past, &births, THREE).unwrap();
        close(ahead.at(0, 0, 0), newborn[0]);
        close(ahead.at(0, 2, 0), newborn[1]);
        close(ahead.at(1, 0, 0), newborn[2]);
        close(ahead.at(0, 1, 1), one_year_old);
    }
    let short = counted(1, 5, 10, |_, _, _| 9);
    assert_eq!(forecast(&short, &Births::Adults, THREE), Err(ForecastError::Parents { oldest: 49 }));
}

#[test]
fn areas_without_children_take_the_citys_ratio() {
    let past = counted(2, 4, 3, |a, _, g| if a == 0 { 0 } else { 100 - 10 * g });
    let ahead = forecast(&past, &Births::RecentMean, THREE).unwrap();
    assert!((0..3).all(|year| (0..3).all(|age| ahead.at(0, year, age) == 0.0)));
    assert!((ahead.at(1, 0, 1) - 90.0).abs() < 1e-9);
    let nobody = counted(1, 4, 3, |_, _, _| 0);
    let ahead = forecast(&nobody, &Births::RecentMean, THREE).unwrap();
    assert!((0..3).all(|age| ahead.at(0, 2, age) == 0.0));
}

#[test]
fn what_cannot_be_carried_forward_is_said() {
    let past = counted(1, 4, 3, |_, _, _| 5);
    let wrong = |settings: Settings| forecast(&past, &Births::RecentMean, settings).unwrap_err();
    assert_eq!(wrong(Settings { horizon: 16, ..THREE }), ForecastError::Horizon);
    assert_eq!(wrong(Settings { base: 0, ..THREE }), ForecastError::Base);
    assert_eq!(wrong(Settings { shrink: f64::NAN, ..THREE }), ForecastError::Base);
    let single = counted(1, 1, 3, |_, _, _| 5);
    assert_eq!(forecast(&single, &Births::RecentMean, THREE), Err(ForecastError::TooFewYears { years: 1 }));
    assert_eq!(Population::new(1, 1, 2, vec![1.0]), Err(ForecastError::Shape));
    let minus = Population::new(1, 2, 2, vec![1.0, 2.0, -1.0, 2.0]);
    assert_eq!(minus, Err(ForecastError::Number { area: 1, year: 2, age: 0 }));
}

fn draws(threads: usize) -> Draws {
    Draws { draws: 199, seed: 7, level: 0.9, threads }
}

#[test]
fn intervals_come_from_past_errors_and_the_same_seed_gives_the_same() {
    let past = counted(15, 14, 6, |a, y, g| 40 + 3 * a + (7 * a + 11 * y * y + 5 * g) % 23);
    let births = Births::RecentMean;
    let ahead = forecast(&past, &births, THREE).unwrap();
    let tested = backtest(&past, &births, THREE).unwrap();
    assert_eq!((tested.origins(1), tested.origins(3), tested.origins(4)), (10, 8, 0));
    let groups = [AgeGroup { from: 0, to: 2 }, AgeGroup { from: 5, to: 5 }];
    let found = bands(&past, &ahead, &tested, &groups, draws(1)).unwrap();
    assert_eq!(found, bands(&past, &ahead, &tested, &groups, draws(3)).unwrap());
    assert_eq!(found.len(), 3 * 16 * 2);
    for band in &found {
        let interval = band.interval.unwrap();
        assert!(0.0 <= interval.lower && interval.lower < interval.upper, "{band:?}");
    }
    let all = found.iter().find(|b| b.area.is_none() && b.ahead == 2 && b.group == 0).unwrap();
    let sum: f64 = (0..15).map(|area| ahead.sum(area, 1, 0..=2)).sum();
    assert!((all.persons - sum).abs() < 1e-9);
    let report = accuracy(&past, &tested, groups[0], draws(2)).unwrap();
    assert_eq!(report.iter().map(|a| a.compared).collect::<Vec<_>>(), [150, 135, 120]);
    for year in report {
        // Nine of ten comparisons should fall into intervals of level 0.9 drawn from the other years.
        assert!((0.8..=0.99).contains(&year.covered.unwrap()), "{year:?}");
        assert!(year.mean_error.unwrap() > 0.0 && year.bias.unwrap().abs() < 0.2, "{year:?}");
    }
    // Too few years: no interval, and said so by its absence.
    let short = past_of(&past, 4);
    let tested = backtest(&short, &births, THREE).unwrap();
    assert_eq!(tested.origins(1), 0);
    let found =
        bands(&short, &forecast(&short, &births, THREE).unwrap(), &tested, &groups, draws(1)).unwrap();
    assert!(found.iter().all(|band| band.interval.is_none()));
    assert_eq!(accuracy(&short, &tested, groups[0], draws(1)).unwrap(), []);
    let old = [AgeGroup { from: 3, to: 6 }];
    assert_eq!(bands(&past, &ahead, &tested, &old, draws(1)), Err(ForecastError::Draws));
}

fn past_of(past: &Population, years: usize) -> Population {
    counted(past.areas(), years, past.ages(), |a, y, g| past.at(a, y, g) as usize)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_population_that_stays_the_same_stays_the_same_and_scale_carries_over(
        first in proptest::collection::vec(1_u32..90, 2 * 5),
        factor in 1_u32..5,
        counts in proptest::collection::vec(0_u32..90, 2 * 6 * 5),
        shrink in 0.0..40.0_f64,
    ) {
        let settings = Settings { horizon: 5, base: 3, shrink };
        let still: Vec<f64> =
            (0..2).flat_map(|a| (0..6).flat_map(move |_| (0..5).map(move |g| (a, g)))).map(|(a, g)| f64::from(first[a * 5 + g])).collect();
        let still = Population::new(2, 6, 5, still).unwrap();
        let ahead = forecast(&still, &Births::RecentMean, Settings { shrink: 0.0, ..settings }).unwrap();
        for (area, year, age) in (0..2).flat_map(|a| (0..5).flat_map(move |y| (0..5).map(move |g| (a, y, g)))) {
            prop_assert!((ahead.at(area, year, age) - still.at(area, 0, age)).abs() < 1e-9);
        }
        let tested = backtest(&still, &Births::RecentMean, Settings { shrink: 0.0, ..settings }).unwrap();
        let groups = [AgeGroup { from: 0, to: 4 }];
        for band in bands(&still, &ahead, &tested, &groups, Draws { draws: 19, seed: 1, level: 0.9, threads: 1 }).unwrap() {
            // Where earlier forecasts were right there is nothing to be unsure of; further ahead nothing is known.
            prop_assert!(band.interval.is_none_or(|i| (i.upper - band.persons).abs() < 1e-6 && (i.lower - band.persons).abs() < 1e-6));
        }
        let plain = Population::new(2, 6, 5, counts.iter().map(|n| f64::from(*n)).collect()).unwrap();
        let large = Population::new(2, 6, 5, counts.iter().map(|n| f64::from(n * factor)).collect()).unwrap();
        let scaled = Settings { shrink: shrink * f64::from(factor), ..settings };
        let (one, many) = (
            forecast(&plain, &Births::RecentMean, settings).unwrap(),
            forecast(&large, &Births::RecentMean, scaled).unwrap(),
        );
        for (area, year, age) in (0..2).flat_map(|a| (0..5).flat_map(move |y| (0..5).map(move |g| (a, y, g)))) {
            let (one, many) = (one.at(area, year, age), many.at(area, year, age));
            prop_assert!(one.is_finite() && (one * f64::from(factor) - many).abs() <= 1e-9 * many.max(1.0));
        }
    }
}

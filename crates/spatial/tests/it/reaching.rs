//! Access and assignment.

use geo::Point;
use kekiz_spatial::access::{Decay, Reach, floating_catchment, straight_line};
use kekiz_spatial::assign::{AssignError, assign};
use proptest::prelude::*;

#[test]
fn catchments_share_places_among_those_who_reach_them() {
    // Three areas with 100, 200 and 100 people; place 0 is reached by areas 0 and 1, place 1 by all.
    let reach = Reach::new(3, vec![vec![(0, 5.0), (1, 10.0)], vec![(0, 20.0), (1, 5.0), (2, 15.0)]]);
    let (supply, demand) = ([30.0, 40.0], [100.0, 200.0, 100.0]);
    let found = floating_catchment(&supply, &demand, &reach, &Decay::None).unwrap();
    for (found, expected) in found.iter().zip([0.2, 0.2, 0.1]) {
        assert!((found - expected).abs() < 1e-12);
    }
    let steps = Decay::Steps(vec![(10.0, 1.0), (20.0, 0.5)]);
    let found = floating_catchment(&supply, &demand, &reach, &steps).unwrap();
    // Place 1 serves 100·½ + 200 + 100·½ = 300.
    for (found, expected) in
        found.iter().zip([0.1 + 40.0 / 300.0 * 0.5, 0.1 + 40.0 / 300.0, 40.0 / 300.0 * 0.5])
    {
        assert!((found - expected).abs() < 1e-12);
    }
    let served: f64 = found.iter().zip(demand).map(|(a, d)| a * d).sum();
    assert!((served - 70.0).abs() < 1e-9);
    assert_eq!(reach.nearest(), [Some((0, 5.0)), Some((1, 5.0)), Some((1, 15.0))]);
    assert_eq!(floating_catchment(&supply, &[1.0], &reach, &Decay::None), None);
}

#[test]
fn the_straight_line_is_measured_in_metres() {
    let at = |x, y| Point::new(x, y);
    let reach = straight_line(&[at(7.0, 51.0), at(7.01, 51.0), at(f64::NAN, 0.0)], &[at(7.0, 51.0)], 500.0);
    assert_eq!(reach.nearest(), [Some((0, 0.0)), None, None]);
    let wider = straight_line(&[at(7.0, 51.0), at(7.01, 51.0)], &[at(7.0, 51.0)], 800.0);
    assert!(wider.nearest()[1].is_some_and(|(_, way)| (way - 699.8).abs() < 1.0));
}

/// The best assignment by trying all.
fn best(ways: &[f64], free: &mut [u32], person: usize) -> (usize, f64) {
    let count = free.len();
    if person * count == ways.len() {
        return (0, 0.0);
    }
    let mut found = best(ways, free, person + 1);
    for place in 0..count {
        let way = ways[person * count + place];
        if free[place] > 0 && way.is_finite() {
            free[place] -= 1;
            let (more, sum) = best(ways, free, person + 1);
            free[place] += 1;
            if more + 1 > found.0 || (more + 1 == found.0 && sum + way < found.1) {
                found = (more + 1, sum + way);
            }
        }
    }
    found
}

proptest! {
    #[test]
    fn assignments_are_the_best_there_are(
        persons in 0_usize..6,
        free in proptest::collection::vec(0_u32..3, 1..4),
        seed in proptest::collection::vec(0_u8..30, 18),
    ) {
        let count = free.len();
        let way = |n: u8| if n > 26 { f64::INFINITY } else { f64::from(n) };
        let ways: Vec<f64> = seed.into_iter().map(way).take(persons * count).collect();
        let found = assign(&ways, &free).unwrap();
        let assigned = found.iter().flatten().count();
        let sum: f64 = found.iter().enumerate().filter_map(|(p, place)| Some(ways[p * count + (*place)?])).sum();
        for (place, room) in free.iter().enumerate() {
            prop_assert!(found.iter().filter(|p| **p == Some(place)).count() <= *room as usize);
        }
        let expected = best(&ways, &mut free.clone(), 0);
        prop_assert_eq!(assigned, expected.0);
        prop_assert!((sum - expected.1).abs() < 1e-9, "{} {:?}", sum, expected);
    }
}

#[test]
fn tables_of_ways_that_do_not_fit_are_told() {
    assert_eq!(assign(&[1.0, 2.0, 3.0], &[1, 1]), Err(AssignError::Length { found: 3, needed: 4 }));
    assert_eq!(assign(&[1.0, -2.0], &[1, 1]), Err(AssignError::Way { person: 1, place: 2 }));
    assert_eq!(assign(&[], &[]), Ok(vec![]));
    assert_eq!(assign(&[f64::INFINITY], &[1]), Ok(vec![None]));
}

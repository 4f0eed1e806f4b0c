//! Speed of planning on the sizes a large city has.
#![allow(clippy::unwrap_used)]

use kekiz_base::LifePhase;
use kekiz_planning::coverage::{
    Ages, Catchment, Chain, Children, Directed, Field, Measure, NeedRate, Phase, Place, Reach, Supply,
    Thresholds, coverage, gaps,
};
use kekiz_planning::estimate::Estimate;
use kekiz_planning::siting::{Demand, Distances, Siting, maximal_covering, p_median};
use std::time::Duration;

fn main() {
    divan::main();
}

/// 50 areas × 6 phases × 10 fields with 1,000 offers, every third with a shared catchment.
fn chain() -> Chain {
    let phases = [
        (LifePhase::SchwangerschaftGeburt, 0, 11),
        (LifePhase::KleinkindU3, 0, 35),
        (LifePhase::Kita, 36, 71),
        (LifePhase::Grundschule, 72, 119),
        (LifePhase::Sekundarstufe, 120, 191),
        (LifePhase::Berufseinstieg, 192, 323),
    ];
    let area = |i: usize| kekiz_base::AreaKey::new(format!("{i:03}"));
    let bands = [(0, 35), (36, 71), (72, 119), (120, 191), (192, 323)];
    let children = (0..50).flat_map(|a| {
        bands.iter().enumerate().map(move |(b, (from, to))| Children {
            area: area(a),
            ages: Ages { from: *from, to: *to },
            count: Some(80.0 + ((a * 37 + b * 11) % 200) as f64),
            source: "Einwohnermelderegister".into(),
        })
    });
    let offers = (0..1000).map(|o| Supply {
        name: format!("Angebot {o}"),
        fields: vec![format!("f{}", o % 10), format!("f{}", (o * 7 + 3) % 10)],
        ages: Some(Ages { from: (o * 13 % 200) as u16, to: (o * 13 % 200 + 40) as u16 }),
        phases: Vec::new(),
        pregnancy: o % 11 == 0,
        catchment: if o % 3 == 0 {
            Catchment::Areas((0..5).map(|k| area((o + k) % 50)).collect())
        } else {
            Catchment::Areas(vec![area(o % 50)])
        },
        places: (o % 5 != 0).then_some(12.0),
        reached_per_year: Some(30.0),
        cost_cents: Some(1_000_000),
        reach: Some(if o % 4 == 0 { Reach::Geh } else { Reach::Komm }),
        directed: Some(Directed::Universell),
        source: "Angebotsdatenbank".into(),
    });
    Chain {
        areas: (0..50).map(|a| Place { key: area(a), name: format!("Gebiet {a}") }).collect(),
        phases: phases
            .map(|(id, from, to)| Phase {
                id,
                name: id.name().into(),
                ages: Ages { from, to },
                pregnancy: id == LifePhase::SchwangerschaftGeburt,
            })
            .into(),
        fields: (0..10).map(|f| Field { code: format!("f{f}"), name: format!("Feld {f}") }).collect(),
        children: children.collect(),
        rates: (0..10)
            .map(|f| NeedRate {
                area: None,
                field: Some(format!("f{f}")),
                phase: None,
                share: Estimate::within(0.3, 0.25, 0.36),
                source: "Familienbefragung".into(),
            })
            .collect(),
        offers: offers.collect(),
    }
}

#[divan::bench(sample_count = 50)]
fn matrix_and_gaps_50_areas_6_phases_10_fields(bencher: divan::Bencher<'_, '_>) {
    let chain = chain();
    bencher.bench_local(|| {
        let matrix = coverage(&chain, Measure::Places, Thresholds::default());
        gaps(&chain, &matrix)
    });
}

/// Areas and candidates scattered over 20 km, some areas with many children; `seed` makes cities differ.
fn city(areas: usize, candidates: usize, open: usize, seed: u64) -> Siting {
    let mut state = seed.wrapping_mul(2).wrapping_add(88_172_645_463_325_252);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut point = |scale: f64| (next() * scale, next() * scale);
    let (homes, sites): (Vec<_>, Vec<_>) =
        ((0..areas).map(|_| point(20_000.0)).collect(), (0..candidates).map(|_| point(20_000.0)).collect());
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

#[divan::bench(args = [1, 2, 3, 4, 5, 6, 7, 8], sample_count = 1)]
fn p_median_5_of_200_for_500(bencher: divan::Bencher<'_, '_>, seed: u64) {
    let question = city(500, 200, 5, seed);
    bencher.bench_local(|| {
        let plan = p_median(&question, Duration::from_secs(60)).unwrap();
        assert!(plan.proven);
        plan
    });
}

#[divan::bench(args = [500, 1_000, 2_000, 3_000, 4_000, 6_000], sample_count = 1)]
fn covering_5_of_200_for_500_by_radius(bencher: divan::Bencher<'_, '_>, radius_m: u32) {
    let question = city(500, 200, 5, 2);
    bencher.bench_local(|| {
        let plan = maximal_covering(&question, f64::from(radius_m), Duration::from_secs(60)).unwrap();
        assert!(plan.proven);
        plan
    });
}

#[divan::bench(args = [10, 20, 40], sample_count = 1)]
fn p_median_more_of_200_for_500(bencher: divan::Bencher<'_, '_>, open: usize) {
    let question = city(500, 200, open, 1);
    bencher.bench_local(|| {
        let plan = p_median(&question, Duration::from_secs(60)).unwrap();
        assert!(plan.proven);
        plan
    });
}

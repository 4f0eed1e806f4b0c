//! The network against networkx.

use kekiz_planning::network::*;
use proptest::prelude::*;

fn actors(count: usize) -> Vec<Actor> {
    (0..count)
        .map(|i| Actor { id: i.to_string(), name: format!("Stelle {i}"), sector: format!("s{}", i % 3) })
        .collect()
}

fn links(edges: &[(usize, usize)]) -> Vec<Link> {
    edges
        .iter()
        .map(|(a, b)| Link { title: "V".into(), partners: vec![a.to_string(), b.to_string()] })
        .collect()
}

/// Number of actors, edges, density, betweenness.
type Case<'a> = (usize, &'a [(usize, usize)], f64, &'a [f64]);

/// Reference: networkx 3.6.1, `betweenness_centrality` and `density`.
#[test]
fn betweenness_and_density_equal_networkx() {
    let krackhardt = [
        (0, 1),
        (0, 2),
        (0, 3),
        (0, 5),
        (1, 3),
        (1, 4),
        (1, 6),
        (2, 3),
        (2, 5),
        (3, 4),
        (3, 5),
        (3, 6),
        (4, 6),
        (5, 6),
        (5, 7),
        (6, 7),
        (7, 8),
        (8, 9),
    ];
    let parts = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0), (1, 4), (5, 6), (6, 7)];
    let cases: [Case<'_>; 4] = [
        (5, &[(0, 1), (1, 2), (2, 3), (3, 4)], 0.4, &[0.0, 0.5, 0.6666666667, 0.5, 0.0]),
        (5, &[(0, 1), (0, 2), (0, 3), (0, 4)], 0.4, &[1.0, 0.0, 0.0, 0.0, 0.0]),
        (
            10,
            &krackhardt,
            0.4,
            &[
                0.0231481481,
                0.0231481481,
                0.0,
                0.1018518519,
                0.0,
                0.2314814815,
                0.2314814815,
                0.3888888889,
                0.2222222222,
                0.0,
            ],
        ),
        (
            9,
            &parts,
            0.2222222222,
            &[0.0, 0.0535714286, 0.0178571429, 0.0178571429, 0.0535714286, 0.0, 0.0357142857, 0.0, 0.0],
        ),
    ];
    for (count, edges, expected_density, expected) in cases {
        let graph = graph(&actors(count), &links(edges));
        assert!((density(&graph).unwrap() - expected_density).abs() < 1e-9);
        for (found, expected) in betweenness(&graph).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
    }
}

#[test]
fn agreements_become_links() {
    let mut round = links(&[(0, 0), (0, 1), (1, 0)]);
    round.push(Link {
        title: "Runde".into(),
        partners: vec!["0".into(), "1".into(), "2".into(), "fremd".into()],
    });
    let graph = graph(&actors(4), &round);
    assert_eq!(graph.neighbours, [vec![(1, 3), (2, 1)], vec![(0, 3), (2, 1)], vec![(0, 1), (1, 1)], vec![]]);
    assert_eq!(graph.strangers, ["fremd"]);
    assert_eq!(components(&graph), [vec![0, 1, 2], vec![3]]);
}

#[test]
fn the_network_is_told_in_sentences() {
    let sectors: Vec<Sector> = ["s0", "s1", "s2", "s3"]
        .map(|code| Sector { code: code.into(), name: format!("Sektor {code}") })
        .into();
    // Actors 0, 3 (s0) and 1, 4 (s1) work together over 1; 2 and 5 (s2) only with each other.
    let network = describe(&actors(7), &links(&[(0, 1), (3, 1), (4, 1), (2, 5)]), &sectors, "Koordination");
    assert_eq!(network.brokers, [1]);
    assert_eq!(network.isolated_sectors, ["s2"]);
    assert_eq!(network.empty_sectors, ["s3"]);
    assert_eq!(network.roles[1].degree, 3);
    assert_eq!(network.between_sectors.values().sum::<u32>(), 4);
    let sentences: Vec<&str> = network.findings.iter().map(|f| f.sentence.as_str()).collect();
    assert_eq!(
        sentences,
        [
            "7 Akteure haben 4 Verbindungen; das sind 19,0 % aller möglichen.",
            "Das Netz zerfällt in 2 Teile, die nichts miteinander verabredet haben.",
            "1 Akteur steht ohne jede Vereinbarung.",
            "Ohne Vereinbarung mit anderen Sektoren: „Sektor s2“.",
            "Noch ohne Akteur im Netz: „Sektor s3“.",
            "„Stelle 1“ verbindet andere: 20 % der kürzesten Wege im Netz laufen darüber. Fällt diese Stelle aus, reißen Verbindungen ab.",
        ]
    );
    assert!(network.findings.iter().all(|f| !f.rests_on.is_empty()));
    let nobody = describe(&[], &[], &sectors, "x");
    assert_eq!((nobody.density, nobody.components.len(), nobody.brokers.len()), (None, 0, 0));
}

fn edges() -> impl Strategy<Value = (usize, Vec<(usize, usize)>)> {
    (1_usize..14).prop_flat_map(|n| (Just(n), prop::collection::vec((0..n, 0..n), 0..30)))
}

proptest! {
    #[test]
    fn pictures_are_stable_and_inside((n, edges) in edges(), seed in any::<u64>()) {
        let graph = graph(&actors(n), &links(&edges));
        let places = layout(&graph, seed);
        prop_assert_eq!(&places, &layout(&graph, seed));
        for (i, a) in places.iter().enumerate() {
            prop_assert!((0.0..=1.0).contains(&a.x) && (0.0..=1.0).contains(&a.y));
            prop_assert!(places[..i].iter().all(|b| (a.x - b.x).hypot(a.y - b.y) > 1e-6));
        }
    }

    /// Betweenness sums up the inner stops of all shortest ways: Σ = mean over pairs of (distance − 1), if connected.
    #[test]
    fn betweenness_counts_inner_stops(n in 3_usize..12, extra in prop::collection::vec((0_usize..12, 0_usize..12), 0..12)) {
        let mut edges: Vec<(usize, usize)> = (1..n).map(|i| (i - 1, i)).collect();
        edges.extend(extra.into_iter().filter(|(a, b)| *a < n && *b < n));
        let graph = graph(&actors(n), &links(&edges));
        let mut stops = 0.0;
        for source in 0..n {
            let mut distance = vec![usize::MAX; n];
            distance[source] = 0;
            for _ in 0..n {
                for (a, b) in &edges {
                    for (a, b) in [(*a, *b), (*b, *a)] {
                        distance[b] = distance[b].min(distance[a].saturating_add(1));
                    }
                }
            }
            stops += distance.iter().filter(|d| **d > 1).map(|d| (*d - 1) as f64).sum::<f64>();
        }
        let sum: f64 = betweenness(&graph).iter().sum();
        prop_assert!((sum * ((n - 1) * (n - 2)) as f64 - stops).abs() < 1e-6);
    }
}

//! Who stands on the shortest ways between others.

use super::Graph;

/// Betweenness of every actor: the share of shortest ways between two others that lead over it, normalised by the
/// number of pairs of others, so between 0 and 1. All zero for fewer than three actors.
///
/// Source: Brandes, U. (2001), "A faster algorithm for betweenness centrality", Journal of Mathematical Sociology
/// 25, 163-177 (without weights); Freeman, L. C. (1977), Sociometry 40, 35-41.
pub fn betweenness(graph: &Graph) -> Vec<f64> {
    let n = graph.neighbours.len();
    let mut sum = vec![0.0; n];
    for source in 0..n {
        let ways = ways_from(graph, source);
        let mut dependency = vec![0.0; n];
        for actor in ways.order.iter().rev() {
            for before in &ways.before[*actor] {
                dependency[*before] += ways.count[*before] / ways.count[*actor] * (1.0 + dependency[*actor]);
            }
            if *actor != source {
                sum[*actor] += dependency[*actor];
            }
        }
    }
    // Every pair was counted from both ends.
    let pairs = if n < 3 { 1.0 } else { (n - 1) as f64 * (n - 2) as f64 };
    sum.into_iter().map(|s| s / pairs).collect()
}

/// Shortest ways from one actor: actors by distance, those before each on a shortest way, number of ways.
struct Ways {
    order: Vec<usize>,
    before: Vec<Vec<usize>>,
    count: Vec<f64>,
}

fn ways_from(graph: &Graph, source: usize) -> Ways {
    let n = graph.neighbours.len();
    let mut distance: Vec<Option<usize>> = vec![None; n];
    let mut ways = Ways { order: vec![source], before: vec![Vec::new(); n], count: vec![0.0; n] };
    distance[source] = Some(0);
    ways.count[source] = 1.0;
    let mut next = 0;
    while let Some(actor) = ways.order.get(next).copied() {
        next += 1;
        let further = distance[actor].map(|d| d + 1);
        for (other, _) in &graph.neighbours[actor] {
            if distance[*other].is_none() {
                distance[*other] = further;
                ways.order.push(*other);
            }
            if distance[*other] == further {
                ways.count[*other] += ways.count[actor];
                ways.before[*other].push(actor);
            }
        }
    }
    ways
}

//! The network of actors and their agreements: who works with whom, who stands between, who stands apart.

mod layout;
mod paths;

use crate::{Finding, Rests};
use kekiz_base::number::german;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

pub use layout::{Point, layout};

/// An actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Unique name in agreements.
    pub id: String,
    /// Name in sentences.
    pub name: String,
    /// Code of the sector.
    pub sector: String,
}

/// An agreement between two or more actors. Everybody in it is linked with everybody else in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Title.
    pub title: String,
    /// Actors, by their unique names.
    pub partners: Vec<String>,
}

/// A sector of actors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sector {
    /// Code.
    pub code: String,
    /// Name in sentences.
    pub name: String,
}

/// Actors as nodes and agreements as edges without direction; several agreements between two actors are one edge
/// with their number. An actor is never linked with itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    /// Neighbours of each actor (position, number of agreements), ordered by position.
    pub neighbours: Vec<Vec<(usize, u32)>>,
    /// Names in agreements that no actor has, ordered.
    pub strangers: Vec<String>,
}

/// What is known about one actor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Role {
    /// Number of other actors it has agreements with.
    pub degree: usize,
    /// Share of the shortest ways between two others that lead over it, between 0 and 1.
    pub betweenness: f64,
    /// Number of its component, the largest is 0.
    pub component: usize,
}

/// The network described.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Roles, in the order of the actors.
    pub roles: Vec<Role>,
    /// Actors of each component, the largest first.
    pub components: Vec<Vec<usize>>,
    /// Share of the possible pairs that have an agreement; `None` for fewer than two actors.
    pub density: Option<f64>,
    /// Actors that stand between others, most first: betweenness above zero and above the mean plus one standard
    /// deviation.
    pub brokers: Vec<usize>,
    /// Sectors with actors, none of whom has an agreement with another sector (codes).
    pub isolated_sectors: Vec<String>,
    /// Sectors without any actor (codes).
    pub empty_sectors: Vec<String>,
    /// Number of agreements (edges) between two sectors, by their codes in order; within a sector both are equal.
    pub between_sectors: BTreeMap<(String, String), u32>,
    /// Sentences with their figures.
    pub findings: Vec<Finding>,
}

/// Builds the graph. Of several actors with one id the first counts; the others stay without links.
pub fn graph(actors: &[Actor], links: &[Link]) -> Graph {
    let mut at: BTreeMap<&str, usize> = BTreeMap::new();
    for (position, actor) in actors.iter().enumerate() {
        at.entry(&actor.id).or_insert(position);
    }
    let mut edges: Vec<BTreeMap<usize, u32>> = vec![BTreeMap::new(); actors.len()];
    let mut strangers = BTreeSet::new();
    for link in links {
        let known: BTreeSet<usize> =
            link.partners.iter().filter_map(|partner| at.get(partner.as_str()).copied()).collect();
        strangers.extend(link.partners.iter().filter(|partner| !at.contains_key(partner.as_str())).cloned());
        for a in &known {
            for b in known.iter().filter(|b| *b != a) {
                let count = edges[*a].entry(*b).or_default();
                *count = count.saturating_add(1);
            }
        }
    }
    Graph {
        neighbours: edges.into_iter().map(|edges| edges.into_iter().collect()).collect(),
        strangers: strangers.into_iter().collect(),
    }
}

/// Connected components, the largest first; of equal size the one with the first actor first.
pub fn components(graph: &Graph) -> Vec<Vec<usize>> {
    let mut seen = vec![false; graph.neighbours.len()];
    let mut all: Vec<Vec<usize>> = Vec::new();
    for start in 0..seen.len() {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut members = vec![start];
        let mut next = 0;
        while let Some(actor) = members.get(next).copied() {
            next += 1;
            for (other, _) in &graph.neighbours[actor] {
                if !std::mem::replace(&mut seen[*other], true) {
                    members.push(*other);
                }
            }
        }
        members.sort_unstable();
        all.push(members);
    }
    all.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    all
}

/// Links per possible pair; `None` for fewer than two actors.
pub fn density(graph: &Graph) -> Option<f64> {
    let n = graph.neighbours.len() as f64;
    let ends: usize = graph.neighbours.iter().map(Vec::len).sum();
    (n >= 2.0).then(|| ends as f64 / (n * (n - 1.0)))
}

pub use paths::betweenness;

/// Describes the network: components, density, brokers, sectors, sentences.
pub fn describe(actors: &[Actor], links: &[Link], sectors: &[Sector], source: &str) -> Network {
    let graph = graph(actors, links);
    let components = components(&graph);
    let between = betweenness(&graph);
    let mut component = vec![0; actors.len()];
    for (number, members) in components.iter().enumerate() {
        for member in members {
            component[*member] = number;
        }
    }
    let roles: Vec<Role> = (0..actors.len())
        .map(|a| Role { degree: graph.neighbours[a].len(), betweenness: between[a], component: component[a] })
        .collect();
    let sector_of = |a: usize| actors[a].sector.as_str();
    let mut between_sectors: BTreeMap<(String, String), u32> = BTreeMap::new();
    for (a, neighbours) in graph.neighbours.iter().enumerate() {
        for (b, _) in neighbours.iter().filter(|(b, _)| *b > a) {
            let (first, second) = (sector_of(a).min(sector_of(*b)), sector_of(a).max(sector_of(*b)));
            *between_sectors.entry((first.into(), second.into())).or_default() += 1;
        }
    }
    let has_actor = |code: &str| actors.iter().any(|actor| actor.sector == code);
    let linked = |code: &str| between_sectors.keys().any(|(a, b)| a != b && (a == code || b == code));
    let codes = |wanted: &dyn Fn(&str) -> bool| -> Vec<String> {
        sectors.iter().map(|s| s.code.clone()).filter(|code| wanted(code)).collect()
    };
    let mut network = Network {
        brokers: brokers(&between),
        isolated_sectors: codes(&|code| has_actor(code) && !linked(code)),
        empty_sectors: codes(&|code| !has_actor(code)),
        density: density(&graph),
        roles,
        components,
        between_sectors,
        findings: Vec::new(),
    };
    network.findings = findings(actors, sectors, &graph, &network, source);
    network
}

/// Positions of the actors well above the mean betweenness, most first.
fn brokers(between: &[f64]) -> Vec<usize> {
    let n = between.len() as f64;
    let mean = between.iter().sum::<f64>() / n;
    let deviation = (between.iter().map(|b| (b - mean).powi(2)).sum::<f64>() / n).sqrt();
    let mut found: Vec<usize> =
        (0..between.len()).filter(|a| between[*a] > 0.0 && between[*a] > mean + deviation).collect();
    found.sort_by(|a, b| between[*b].total_cmp(&between[*a]).then(a.cmp(b)));
    found
}

fn findings(
    actors: &[Actor],
    sectors: &[Sector],
    graph: &Graph,
    network: &Network,
    source: &str,
) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut say = |sentence: String, rests_on: Vec<Rests>| found.push(Finding { sentence, rests_on });
    let count = |number: usize| german(number as f64, 0);
    let name = |code: &String| {
        let named = sectors.iter().find(|sector| &sector.code == code);
        format!("„{}“", named.map_or(code.as_str(), |sector| sector.name.as_str()))
    };
    let names = |codes: &[String]| codes.iter().map(name).collect::<Vec<_>>().join(", ");
    let edges: usize = graph.neighbours.iter().map(Vec::len).sum::<usize>() / 2;
    if let Some(density) = network.density {
        say(
            format!(
                "{} Akteure haben {} Verbindungen; das sind {} % aller möglichen.",
                count(actors.len()),
                count(edges),
                german(density * 100.0, 1)
            ),
            vec![
                Rests::new("Akteure", count(actors.len()), source),
                Rests::new("Verbindungen", count(edges), source),
            ],
        );
    }
    let alone = network.roles.iter().filter(|role| role.degree == 0).count();
    let parts = network.components.iter().filter(|members| members.len() > 1).count();
    if parts > 1 {
        say(
            format!("Das Netz zerfällt in {} Teile, die nichts miteinander verabredet haben.", count(parts)),
            network
                .components
                .iter()
                .filter(|m| m.len() > 1)
                .enumerate()
                .map(|(at, members)| {
                    Rests::new(format!("Akteure in Teil {}", at + 1), count(members.len()), source)
                })
                .collect(),
        );
    }
    if alone > 0 {
        let who = actors.iter().zip(&network.roles).filter(|(_, role)| role.degree == 0);
        say(
            format!(
                "{} ohne jede Vereinbarung.",
                if alone == 1 { "1 Akteur steht".into() } else { format!("{} Akteure stehen", count(alone)) }
            ),
            who.map(|(actor, _)| Rests::new(actor.name.clone(), "keine Vereinbarung", source)).collect(),
        );
    }
    if !network.isolated_sectors.is_empty() {
        say(
            format!("Ohne Vereinbarung mit anderen Sektoren: {}.", names(&network.isolated_sectors)),
            network
                .isolated_sectors
                .iter()
                .map(|code| Rests::new(name(code), "0 Verbindungen nach außen", source))
                .collect(),
        );
    }
    if !network.empty_sectors.is_empty() {
        say(
            format!("Noch ohne Akteur im Netz: {}.", names(&network.empty_sectors)),
            network.empty_sectors.iter().map(|code| Rests::new(name(code), "0 Akteure", source)).collect(),
        );
    }
    for broker in &network.brokers {
        let (actor, role) = (&actors[*broker], network.roles[*broker]);
        let share = format!("{} %", german(role.betweenness * 100.0, 0));
        say(
            format!(
                "„{}“ verbindet andere: {share} der kürzesten Wege im Netz laufen darüber. Fällt diese Stelle aus, reißen Verbindungen ab.",
                actor.name
            ),
            vec![
                Rests::new("Anteil der kürzesten Wege", share.clone(), "berechnet (Brandes 2001)"),
                Rests::new("Verbindungen", count(role.degree), source),
            ],
        );
    }
    if !graph.strangers.is_empty() {
        say(
            format!(
                "{} Namen in Vereinbarungen gehören zu keinem Akteur. Abhilfe: Akteure anlegen oder Namen angleichen.",
                count(graph.strangers.len())
            ),
            graph
                .strangers
                .iter()
                .map(|stranger| Rests::new(stranger.clone(), "unbekannt", source))
                .collect(),
        );
    }
    found
}

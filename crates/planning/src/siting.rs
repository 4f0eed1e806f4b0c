//! Where the next places of an offer would help most: p-median and maximal covering, with the proven bound.
//!
//! p-median: the mean way of all children to the nearest place becomes shortest (Hakimi, S. L. (1964), Operations
//! Research 12, 450-459). Maximal covering: as many children as possible live within a radius of a place (Church,
//! R. and ReVelle, C. (1974), Papers of the Regional Science Association 32, 101-118). Covering is the p-median
//! problem with costs 0 and 1 (Church, R. L. and ReVelle, C. S. (1976), Geographical Analysis 8, 406-415), so one
//! core solves both: exchange heuristic, Lagrangian bound with reduction tests and trials, HiGHS on what is left.

mod exact;
mod explain;
mod interchange;
mod problem;
mod relaxation;

use kekiz_base::number::german;
use problem::{Choice, Problem};
use relaxation::relax;
use serde::{Deserialize, Serialize};
use std::time::Duration;

pub use explain::explain;

/// Relative gap up to which an answer counts as proven: solver tolerances reach no further.
pub const PROVEN_GAP: f64 = 1e-6;

/// Where children live, for example the middle of an area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Demand {
    /// Name as the public knows it.
    pub name: String,
    /// Children (or families) who need the offer there; not negative. Points without weight do not count.
    pub weight: f64,
}

/// Ways in metres from every demand (row) to every site (column); `None` where there is no way.
#[derive(Clone, Debug, PartialEq)]
pub struct Distances {
    sites: usize,
    metres: Vec<Option<f64>>,
}

impl Distances {
    /// A matrix of `metres` in row-major order with `sites` columns.
    pub fn new(sites: usize, metres: Vec<Option<f64>>) -> Result<Self, SitingError> {
        let whole = if sites == 0 { metres.is_empty() } else { metres.len().is_multiple_of(sites) };
        if !whole {
            return Err(SitingError::Shape);
        }
        if metres.iter().flatten().any(|m| !m.is_finite() || *m < 0.0) {
            return Err(SitingError::Distance);
        }
        Ok(Self { sites, metres })
    }

    /// The way from a demand to a site; `None` where there is none.
    pub fn metres(&self, demand: usize, site: usize) -> Option<f64> {
        (site < self.sites).then(|| self.metres.get(demand * self.sites + site).copied().flatten()).flatten()
    }
}

/// The question: which `open` of the candidates, given what exists?
#[derive(Clone, Debug, PartialEq)]
pub struct Siting {
    /// Where children live.
    pub demands: Vec<Demand>,
    /// Names of places where an offer could open; the first columns of the distances.
    pub candidates: Vec<String>,
    /// Names of places that offer it today; the columns after the candidates.
    pub existing: Vec<String>,
    /// Ways from every demand to every candidate, then to every existing place.
    pub distances: Distances,
    /// How many places to open at most.
    pub open: usize,
}

/// Which place a demand goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nearest {
    /// An existing place, by its position among `existing`.
    Existing(usize),
    /// A chosen candidate, by its position among `candidates`.
    New(usize),
}

/// What is made as good as possible.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// Least sum of weight × metres.
    ShortestWays,
    /// Most weight within so many metres.
    MostCovered {
        /// The radius in metres.
        radius_m: f64,
    },
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What was made as good as possible.
    pub aim: Aim,
    /// Chosen candidates in ascending order; fewer than asked for when more would not help.
    pub chosen: Vec<usize>,
    /// Sum of weight × metres, or the weight within the radius.
    pub objective: f64,
    /// The same with existing places alone; `None` when they do not reach everyone.
    pub before: Option<f64>,
    /// No choice can be better than this: a lower bound for ways, an upper bound for covering.
    pub bound: f64,
    /// How far the objective can be from the best one, relative to the objective (0.02 = 2 %).
    pub gap: f64,
    /// Whether the answer is proven to be the best (gap within [`PROVEN_GAP`]).
    pub proven: bool,
    /// Nearest place and metres of each demand; `None` where no place can be reached.
    pub assigned: Vec<Option<(Nearest, f64)>>,
    /// Sum of all weights.
    pub total_weight: f64,
}

/// Why a question has no answer. Each variant is a German sentence with the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SitingError {
    /// The matrix is not a rectangle of demands × sites.
    #[error(
        "Die Entfernungstabelle passt nicht zu den Orten. Abhilfe: für jedes Gebiet eine Zeile mit je einem Wert für jeden möglichen und jeden bestehenden Ort angeben."
    )]
    Shape,
    /// A distance is negative or no number.
    #[error(
        "Eine Entfernung ist negativ oder keine Zahl. Abhilfe: Entfernungen in Metern angeben; wo es keinen Weg gibt, das Feld leer lassen."
    )]
    Distance,
    /// A weight is negative or no number.
    #[error(
        "Die Zahl der Kinder in „{name}“ ist negativ oder keine Zahl. Abhilfe: die Zahl prüfen; unbekannte Gebiete weglassen."
    )]
    Weight {
        /// Name of the demand.
        name: String,
    },
    /// Nothing to serve.
    #[error(
        "In keinem Gebiet leben Kinder, für die ein Ort gesucht wird. Abhilfe: Zielgruppe oder Zeitraum prüfen."
    )]
    NoDemand,
    /// No place asked for, or no candidate.
    #[error(
        "Es gibt keinen möglichen Ort oder es soll keiner eröffnet werden. Abhilfe: mindestens einen Ort vorschlagen und die Zahl neuer Orte auf 1 oder mehr setzen."
    )]
    NothingToChoose,
    /// The radius is not positive.
    #[error("Der Umkreis muss größer als 0 m sein.")]
    Radius,
    /// Demands without any way.
    #[error(
        "Von {} führt kein Weg zu irgendeinem Ort. Abhilfe: Entfernungen ergänzen, einen Ort in der Nähe vorschlagen oder statt der kürzesten Wege nach den meisten Kindern im Umkreis fragen.", list(.names)
    )]
    Unreachable {
        /// Names of the demands.
        names: Vec<String>,
    },
    /// So few places cannot reach everyone.
    #[error(
        "Mit höchstens {open} neuen Orten ist nicht jedes Gebiet erreichbar{}. Abhilfe: mehr Orte zulassen oder nach den meisten Kindern im Umkreis fragen.", if *.proven { "" } else { " (in der erlaubten Rechenzeit keine Lösung gefunden)" }
    )]
    TooFew {
        /// How many were allowed.
        open: usize,
        /// Whether this is certain.
        proven: bool,
    },
    /// HiGHS refused the model.
    #[error(
        "Der Löser HiGHS konnte die Aufgabe nicht bearbeiten. Abhilfe: weniger Orte oder Gebiete auf einmal rechnen."
    )]
    Solver,
}

fn list(names: &[String]) -> String {
    let shown = names.iter().take(5).map(|n| format!("„{n}“")).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(5) {
        0 => shown,
        more => format!("{shown} und {} weiteren Gebieten", german(more as f64, 0)),
    }
}

/// The choice of at most `open` candidates with the least sum of weight × metres to the nearest place, new or
/// existing. `limit` bounds the time HiGHS may take; within it the same input gives the same answer.
///
/// # Errors
/// A German sentence for numbers that are none, demands that nothing reaches, and too few places to reach all.
pub fn p_median(question: &Siting, limit: Duration) -> Result<Plan, SitingError> {
    question.check()?;
    let rows = question.weighty();
    let unreachable: Vec<String> = rows
        .iter()
        .filter(|row| (0..question.sites()).all(|site| question.distances.metres(**row, site).is_none()))
        .map(|row| question.demands[*row].name.clone())
        .collect();
    if !unreachable.is_empty() {
        return Err(SitingError::Unreachable { names: unreachable });
    }
    let (problem, penalty) = ways(question, &rows);
    let start = match penalty {
        None => None,
        Some(penalty) => Some(reaching_all(question, &rows, &problem, penalty, limit)?),
    };
    let solved = solve(&problem, start, limit)?;
    let before = problem.value(&[]);
    let before = penalty.is_none_or(|penalty| before < penalty).then_some(before);
    Ok(question.plan(Aim::ShortestWays, solved, before))
}

/// The choice of at most `open` candidates with the most weight within `radius_m` of a place, new or existing.
/// `limit` bounds the time HiGHS may take; within it the same input gives the same answer.
///
/// # Errors
/// A German sentence for numbers that are none and a radius that is not positive.
pub fn maximal_covering(question: &Siting, radius_m: f64, limit: Duration) -> Result<Plan, SitingError> {
    question.check()?;
    if !(radius_m.is_finite() && radius_m > 0.0) {
        return Err(SitingError::Radius);
    }
    let rows = question.weighty();
    let problem = cover(question, &rows, radius_m, |row| question.demands[row].weight);
    let missed = solve(&problem, None, limit)?;
    let total = question.total_weight();
    let covered = Solved {
        choice: Choice { value: total - missed.choice.value, columns: missed.choice.columns },
        bound: total - missed.bound,
    };
    let before = total - problem.value(&[]);
    Ok(question.plan(Aim::MostCovered { radius_m }, covered, Some(before)))
}

/// A choice and the bound that proves how good it is.
struct Solved {
    choice: Choice,
    bound: f64,
}

fn solve(problem: &Problem, start: Option<Choice>, limit: Duration) -> Result<Solved, SitingError> {
    let greedy = interchange::improve(problem, interchange::greedy(problem));
    let start = match start {
        Some(start) if start.value < greedy.value => interchange::improve(problem, start),
        _ => greedy,
    };
    let mut relaxed = relax(problem, start);
    if relaxed.bound >= relaxed.best.value - relaxed.best.value.abs() * 1e-9 {
        return Ok(Solved { bound: relaxed.bound, choice: relaxed.best });
    }
    relaxation::probe(problem, &mut relaxed);
    let closed = exact::close(problem, relaxed.best, &relaxed.columns, limit)?;
    Ok(Solved { bound: closed.bound.max(relaxed.bound).min(closed.best.value), choice: closed.best })
}

/// Rows pay weight × metres. Where nothing existing is reached they pay a penalty that outweighs all ways
/// together; it is given back when it occurs.
fn ways(question: &Siting, rows: &[usize]) -> (Problem, Option<f64>) {
    let pays = |row: usize, site: usize| {
        question.distances.metres(row, site).map(|m| m * question.demands[row].weight)
    };
    let worst = |row: usize| (0..question.sites()).filter_map(|site| pays(row, site)).fold(0.0, f64::max);
    let penalty = rows.iter().map(|row| worst(*row)).sum::<f64>() * 2.0 + 1.0;
    let cap: Vec<f64> = rows
        .iter()
        .map(|row| {
            let existing = question.candidates.len()..question.sites();
            existing.filter_map(|site| pays(*row, site)).fold(penalty, f64::min)
        })
        .collect();
    let mut cost = Vec::with_capacity(rows.len() * question.candidates.len());
    for (row, cap) in rows.iter().zip(&cap) {
        cost.extend(
            (0..question.candidates.len()).map(|site| pays(*row, site).map_or(*cap, |c| c.min(*cap))),
        );
    }
    let punished = cap.contains(&penalty).then_some(penalty);
    (Problem { columns: question.candidates.len(), cost, cap, open: question.open }, punished)
}

/// A choice that reaches every demand, however far: covering without a radius.
fn reaching_all(
    question: &Siting,
    rows: &[usize],
    problem: &Problem,
    penalty: f64,
    limit: Duration,
) -> Result<Choice, SitingError> {
    let quick = interchange::improve(problem, interchange::greedy(problem));
    if quick.value < penalty {
        return Ok(quick);
    }
    let all = cover(question, rows, f64::MAX, |_| 1.0);
    let solved = solve(&all, None, limit)?;
    if solved.choice.value > 0.5 {
        return Err(SitingError::TooFew { open: question.open, proven: solved.bound > 0.5 });
    }
    let value = problem.value(&solved.choice.columns);
    Ok(Choice { columns: solved.choice.columns, value })
}

/// Rows pay their weight unless something chosen or existing lies within the radius. Demands that the same
/// candidates cover become one row.
fn cover(question: &Siting, rows: &[usize], radius_m: f64, weight: impl Fn(usize) -> f64) -> Problem {
    let within =
        |row: usize, site: usize| question.distances.metres(row, site).is_some_and(|m| m <= radius_m);
    let mut groups: std::collections::BTreeMap<Vec<usize>, f64> = std::collections::BTreeMap::new();
    for row in rows {
        if (question.candidates.len()..question.sites()).any(|site| within(*row, site)) {
            continue;
        }
        let by = (0..question.candidates.len()).filter(|site| within(*row, *site)).collect();
        *groups.entry(by).or_default() += weight(*row);
    }
    let columns = question.candidates.len();
    let mut cost = Vec::with_capacity(groups.len() * columns);
    for (by, weight) in &groups {
        let at = cost.len();
        cost.resize(at + columns, *weight);
        for column in by {
            cost[at + column] = 0.0;
        }
    }
    Problem { columns, cost, cap: groups.into_values().collect(), open: question.open }
}

impl Siting {
    fn sites(&self) -> usize {
        self.candidates.len() + self.existing.len()
    }

    /// Demands that count.
    fn weighty(&self) -> Vec<usize> {
        (0..self.demands.len()).filter(|row| self.demands[*row].weight > 0.0).collect()
    }

    fn total_weight(&self) -> f64 {
        self.demands.iter().map(|d| d.weight).sum()
    }

    fn check(&self) -> Result<(), SitingError> {
        if self.distances.sites != self.sites()
            || self.distances.metres.len() != self.demands.len() * self.sites()
        {
            return Err(SitingError::Shape);
        }
        if let Some(bad) = self.demands.iter().find(|d| !d.weight.is_finite() || d.weight < 0.0) {
            return Err(SitingError::Weight { name: bad.name.clone() });
        }
        if self.candidates.is_empty() || self.open == 0 {
            return Err(SitingError::NothingToChoose);
        }
        if self.total_weight() <= 0.0 { Err(SitingError::NoDemand) } else { Ok(()) }
    }

    fn nearest(&self, row: usize, chosen: &[usize]) -> Option<(Nearest, f64)> {
        let existing = (0..self.existing.len()).map(|e| (Nearest::Existing(e), self.candidates.len() + e));
        let new = chosen.iter().map(|c| (Nearest::New(*c), *c));
        let reached =
            existing.chain(new).filter_map(|(place, site)| Some((place, self.distances.metres(row, site)?)));
        // On a tie what exists stays where it is.
        reached.min_by(|a, b| a.1.total_cmp(&b.1))
    }

    fn plan(&self, aim: Aim, solved: Solved, before: Option<f64>) -> Plan {
        let Solved { choice, bound } = solved;
        let useful = self.useful(aim, &choice.columns);
        let assigned = (0..self.demands.len()).map(|row| self.nearest(row, &useful)).collect();
        let size = choice.value.abs().max(bound.abs());
        let gap = if size == 0.0 {
            0.0
        } else if choice.value == 0.0 {
            1.0
        } else {
            (choice.value - bound).abs() / choice.value.abs()
        };
        Plan {
            aim,
            chosen: useful,
            objective: choice.value,
            before,
            bound,
            gap,
            proven: gap <= PROVEN_GAP,
            assigned,
            total_weight: self.total_weight(),
        }
    }

    /// Chosen candidates without those that make nobody's way shorter, or bring nobody within the radius.
    fn useful(&self, aim: Aim, chosen: &[usize]) -> Vec<usize> {
        let worth = |columns: &[usize]| -> f64 {
            let rows = (0..self.demands.len()).filter_map(|row| {
                let weight = self.demands[row].weight;
                match (aim, self.nearest(row, columns)) {
                    (Aim::ShortestWays, Some((_, metres))) => Some(-weight * metres),
                    (Aim::ShortestWays, None) => (weight > 0.0).then_some(f64::NEG_INFINITY),
                    (Aim::MostCovered { radius_m }, near) => {
                        near.is_some_and(|(_, m)| m <= radius_m).then_some(weight)
                    }
                }
            });
            rows.sum()
        };
        let mut kept = chosen.to_vec();
        let all = worth(&kept);
        for column in chosen.iter().rev() {
            let without: Vec<usize> = kept.iter().copied().filter(|c| c != column).collect();
            if worth(&without) >= all {
                kept = without;
            }
        }
        kept
    }
}

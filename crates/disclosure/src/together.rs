//! Several tables of one release, protected together.
//!
//! Figures made from the same variables give each other away: from the sum of three counts and two of them the third
//! follows, whichever indicator each belongs to. The tables are therefore laid side by side. Whatever is made from the
//! same variables in the same way is one column, hidden or shown in all its indicators at once; a column that is a sum
//! of others is a sum an attacker can check, like a total and its groups.

use crate::grid::Grid;
use crate::history::Known;
use crate::policy::VariableSum;
use crate::primary::Seen;
use crate::relations::Sum;
use crate::secondary::{Outcome, protect_slice};
use crate::{CellName, History, Policy};
use kekiz_base::{Area, Cube, GroupId};
use rayon::prelude::*;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// A variable with the group it is taken from; `None` takes the group of the cell that is computed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Atom {
    /// Name of the variable in the datasets.
    pub variable: SmolStr,
    /// Its group, where the expression fixes one.
    pub group: Option<GroupId>,
}

/// What a number is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// A sum of variables (`true`) less others (`false`).
    Sum(Vec<(Atom, bool)>),
    /// Some other function of variables. An attacker is assumed to undo it.
    Otherwise(Vec<Atom>),
}

impl Made {
    pub(crate) fn atoms(&self) -> impl Iterator<Item = &Atom> {
        let (sum, other) = match self {
            Made::Sum(terms) => (Some(terms), None),
            Made::Otherwise(atoms) => (None, Some(atoms)),
        };
        sum.into_iter().flatten().map(|(atom, _)| atom).chain(other.into_iter().flatten())
    }
}

/// A table that is protected together with others.
#[derive(Clone)]
pub struct Member<'a> {
    /// Its cells.
    pub cube: &'a Cube,
    /// What was released of it before.
    pub history: &'a History,
    /// Whether it is released. A table that is not only tells the gate the numbers that tie others to each other.
    pub published: bool,
    /// What its numerators are made from; `None` when that is nothing other tables share.
    pub cases: Option<Made>,
    /// What its denominators are made from.
    pub persons: Option<Made>,
    /// Cells to suppress whatever they hold, for reasons outside the tables.
    pub withheld: BTreeSet<CellName>,
}

impl<'a> Member<'a> {
    /// A table that shares nothing with others.
    pub fn alone(cube: &'a Cube, history: &'a History) -> Self {
        Self { cube, history, published: true, cases: None, persons: None, withheld: BTreeSet::new() }
    }
}

/// Which members have to be protected together, in groups; members that share nothing stand alone. A denominator
/// ties only where a numerator is made from the same variables.
pub fn tied(made: &[(Option<&Made>, Option<&Made>)]) -> Vec<Vec<usize>> {
    fn root(of: &mut [usize], mut member: usize) -> usize {
        while of[member] != member {
            of[member] = of[of[member]];
            member = of[member];
        }
        member
    }
    let mut of: Vec<usize> = (0..made.len()).collect();
    let mut owners: BTreeMap<&SmolStr, usize> = BTreeMap::new();
    let cases = made.iter().enumerate().map(|(member, (cases, _))| (member, cases, false));
    let persons = made.iter().enumerate().map(|(member, (_, persons))| (member, persons, true));
    for (member, side, is_persons) in cases.chain(persons) {
        for atom in side.iter().flat_map(|made| made.atoms()) {
            match owners.get(&atom.variable) {
                Some(&owner) => {
                    let (a, b) = (root(&mut of, owner), root(&mut of, member));
                    of[a.max(b)] = a.min(b);
                }
                None if is_persons => {}
                None => {
                    owners.insert(&atom.variable, member);
                }
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for member in 0..made.len() {
        let root = root(&mut of, member);
        groups.entry(root).or_default().push(member);
    }
    groups.into_values().collect()
}

/// A number of a table: its numerators or its denominators in one group.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot {
    pub(crate) member: usize,
    pub(crate) group: usize,
    pub(crate) is_persons: bool,
}

/// A table as the gate sees it, with its areas in order of their keys.
pub(crate) struct Sighted<'a> {
    pub(crate) member: &'a Member<'a>,
    pub(crate) areas: &'a [Area],
    pub(crate) seen: &'a [Seen],
    pub(crate) before: &'a Known,
    /// Its groups, and after them those that only earlier releases show.
    pub(crate) groups: &'a [GroupId],
    /// Sums of its groups.
    pub(crate) group_sums: &'a [Sum],
}

/// Cells to hide, by member and index.
#[derive(Default)]
pub(crate) struct Hidden {
    pub(crate) secondary: Vec<(usize, usize)>,
    pub(crate) disguised: Vec<(usize, usize)>,
    pub(crate) unprotected: Vec<(usize, usize)>,
    pub(crate) attacked: usize,
    pub(crate) inexact: usize,
    /// Price of the secondary cells, and the least it could be where that is proven for all.
    pub(crate) price: u64,
    pub(crate) bound: Option<u64>,
    /// Sums nobody declared that the numbers show.
    pub(crate) found: usize,
    pub(crate) relations: usize,
    pub(crate) minimal_width: Option<i64>,
}

type Vector = BTreeMap<Atom, bool>;

/// The columns of all tables, laid side by side.
pub(crate) struct Columns {
    pub(crate) owners: Vec<Vec<Slot>>,
    pub(crate) sums: Vec<Sum>,
}

/// The atoms of a number in one group; `None` when it is no plain sum.
fn vector(made: Option<&Made>, group: &GroupId) -> Option<Vector> {
    let Some(Made::Sum(terms)) = made else { return None };
    let mut vector = Vector::new();
    for (atom, plus) in terms {
        let group = atom.group.clone().unwrap_or_else(|| group.clone());
        if vector.insert(Atom { variable: atom.variable.clone(), group: Some(group) }, *plus).is_some() {
            return None; // twice the same: no plain sum
        }
    }
    Some(vector)
}

impl Columns {
    pub(crate) fn new(tables: &[Sighted<'_>], policy: &Policy) -> Self {
        let counted: BTreeSet<&SmolStr> = tables
            .iter()
            .flat_map(|table| &table.member.cases)
            .flat_map(Made::atoms)
            .map(|atom| &atom.variable)
            .collect();
        let mut owners: Vec<Vec<Slot>> = Vec::new();
        let mut vectors: Vec<Option<Vector>> = Vec::new();
        let mut by_vector: BTreeMap<Vector, usize> = BTreeMap::new();
        let mut column_of: BTreeMap<Slot, usize> = BTreeMap::new();
        for (number, table) in tables.iter().enumerate() {
            for (group, name) in table.groups.iter().enumerate() {
                for is_persons in [false, true] {
                    let made = if is_persons { &table.member.persons } else { &table.member.cases };
                    let ties = made.iter().flat_map(Made::atoms).any(|atom| counted.contains(&atom.variable));
                    if is_persons && !ties {
                        continue;
                    }
                    let slot = Slot { member: number, group, is_persons };
                    let vector = vector(made.as_ref(), name);
                    let column = match vector.as_ref().and_then(|vector| by_vector.get(vector)) {
                        Some(&column) => column,
                        None => {
                            owners.push(Vec::new());
                            vectors.push(vector.clone());
                            owners.len() - 1
                        }
                    };
                    if let Some(vector) = vector {
                        by_vector.insert(vector, column);
                    }
                    owners[column].push(slot);
                    column_of.insert(slot, column);
                }
            }
        }
        let mut sums: BTreeSet<(usize, Vec<usize>)> = BTreeSet::new();
        for (number, table) in tables.iter().enumerate() {
            let column = |group: usize| column_of[&Slot { member: number, group, is_persons: false }];
            for sum in table.group_sums {
                sums.insert((column(sum.whole), sum.parts.iter().map(|&part| column(part)).collect()));
            }
        }
        for (column, vector) in vectors.iter().enumerate() {
            let Some(vector) = vector.as_ref().filter(|vector| vector.len() > 1) else { continue };
            let single = |atom: &Atom| by_vector.get(&Vector::from([(atom.clone(), true)])).copied();
            // whole = a + b; or a = whole + b for whole = a - b.
            let plus: Option<Vec<usize>> =
                vector.iter().filter(|(_, plus)| **plus).map(|(atom, _)| single(atom)).collect();
            let minus: Option<Vec<usize>> =
                vector.iter().filter(|(_, plus)| !**plus).map(|(atom, _)| single(atom)).collect();
            match (plus, minus) {
                (Some(plus), Some(minus)) if minus.is_empty() => {
                    sums.insert((column, plus));
                }
                (Some(plus), Some(mut minus)) if plus.len() == 1 => {
                    minus.push(column);
                    sums.insert((plus[0], minus));
                }
                _ => {}
            }
        }
        sums.extend(declared(tables, policy, &column_of, &by_vector));
        Self { owners, sums: sums.into_iter().map(|(whole, parts)| Sum { whole, parts }).collect() }
    }
}

/// The sums the policy declares, in every group all their members have. A name is that of an indicator or a variable.
fn declared(
    tables: &[Sighted<'_>],
    policy: &Policy,
    column_of: &BTreeMap<Slot, usize>,
    by_vector: &BTreeMap<Vector, usize>,
) -> Vec<(usize, Vec<usize>)> {
    let column = |name: &SmolStr, group: &GroupId| {
        let atom = Atom { variable: name.clone(), group: Some(group.clone()) };
        by_vector.get(&Vector::from([(atom, true)])).copied().or_else(|| {
            let member = tables.iter().position(|table| table.member.cube.meta.id.as_str() == name)?;
            let group = tables[member].groups.iter().position(|other| other == group)?;
            column_of.get(&Slot { member, group, is_persons: false }).copied()
        })
    };
    let groups: BTreeSet<&GroupId> = tables.iter().flat_map(|table| table.groups).collect();
    let mut found = Vec::new();
    for VariableSum { whole, parts } in &policy.sums {
        for group in &groups {
            let parts: Option<BTreeSet<usize>> = parts.iter().map(|part| column(part, group)).collect();
            if let (Some(whole), Some(parts)) = (column(whole, group), parts)
                && !parts.contains(&whole)
                && !parts.is_empty()
            {
                found.push((whole, parts.into_iter().collect()));
            }
        }
    }
    found
}

/// Finds the cells to suppress beside the sensitive ones.
pub(crate) fn secondary(tables: &[Sighted<'_>], policy: &Policy) -> Hidden {
    let grid = Grid::new(tables, policy);
    let clusters = grid.clusters();
    let outcomes: Vec<(Outcome, Vec<usize>)> = clusters
        .par_iter()
        .map(|cluster| {
            let slice = grid.slice(cluster);
            // Sensitive in one table, hidden in all that show the same number.
            let sensitive =
                (0..slice.seen.len()).filter(|&cell| slice.seen[cell].primary().is_some()).collect();
            (protect_slice(&slice, policy), sensitive)
        })
        .collect();
    let mut hidden = Hidden { found: grid.found_sums(), bound: Some(0), ..Hidden::default() };
    for (cluster, (outcome, sensitive)) in clusters.iter().zip(outcomes) {
        let place = |cell: usize| grid.places(cluster, cell);
        hidden.secondary.extend(sensitive.into_iter().chain(outcome.secondary).flat_map(place));
        hidden.disguised.extend(outcome.disguised.into_iter().flat_map(place));
        hidden.unprotected.extend(outcome.unprotected.into_iter().flat_map(|cell| grid.named(cluster, cell)));
        hidden.attacked += outcome.attacked;
        hidden.inexact += outcome.inexact;
        hidden.price += outcome.price;
        // Where nothing was bought nothing can be saved.
        let bound = if outcome.price == 0 { Some(0) } else { outcome.bound };
        hidden.bound = hidden.bound.zip(bound).map(|(a, b)| a + b);
        hidden.relations += outcome.relations;
        hidden.minimal_width = match (hidden.minimal_width, outcome.minimal_width) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    hidden
}

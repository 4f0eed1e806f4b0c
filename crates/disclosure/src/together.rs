//! Several tables of one release, protected together.
//!
//! Figures made from the same variables give each other away: from the sum of three counts and two of them the third
//! follows, whichever indicator each belongs to. The tables are therefore laid side by side. Whatever is made from the
//! same variables in the same way is one column, hidden or shown in all its indicators at once; a column that is a sum
//! of others is a sum an attacker can check, like a total and its groups.

use crate::history::Known;
use crate::primary::{Counted, Range, Seen, UNBOUNDED};
use crate::relations::{Sum, area_sums, parents};
use crate::secondary::{Outcome, Slice, protect_slice};
use crate::{CellName, History, Policy};
use kekiz_base::{Area, Cube, GroupId, Period};
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
    pub(crate) relations: usize,
    pub(crate) minimal_width: Option<i64>,
}

type Vector = BTreeMap<Atom, bool>;

/// The columns of all tables, laid side by side.
struct Columns {
    owners: Vec<Vec<Slot>>,
    sums: Vec<Sum>,
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
    fn new(tables: &[Sighted<'_>]) -> Self {
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
            for (group, name) in table.member.cube.groups.iter().enumerate() {
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
        Self { owners, sums: sums.into_iter().map(|(whole, parts)| Sum { whole, parts }).collect() }
    }
}

/// The areas of all tables and their earlier releases, ordered by key.
struct Land {
    areas: Vec<Area>,
    /// The place of every area in every table.
    present: Vec<Vec<Option<usize>>>,
    sums: Vec<Sum>,
}

impl Land {
    fn new(tables: &[Sighted<'_>]) -> Self {
        let mut all: BTreeMap<_, &Area> = BTreeMap::new();
        for table in tables {
            for area in table.areas {
                all.insert(&area.key, area);
            }
        }
        for table in tables {
            for area in &table.before.areas {
                all.entry(&area.key).or_insert(area);
            }
        }
        let areas: Vec<Area> = all.into_values().cloned().collect();
        let place = |table: &Sighted<'_>| -> Vec<Option<usize>> {
            areas
                .iter()
                .map(|area| table.areas.binary_search_by(|other| other.key.cmp(&area.key)).ok())
                .collect()
        };
        let present = tables.iter().map(place).collect();
        let parents = parents(&areas);
        let sums = area_sums(&areas, &parents);
        Self { areas, present, sums }
    }
}

/// Finds the cells to suppress beside the sensitive ones.
pub(crate) fn secondary(tables: &[Sighted<'_>], policy: &Policy) -> Hidden {
    let columns = Columns::new(tables);
    let land = Land::new(tables);
    let periods: BTreeSet<Period> =
        tables.iter().flat_map(|table| table.member.cube.periods.iter().copied()).collect();
    let periods: Vec<Period> = periods.into_iter().collect();
    let outcomes: Vec<(Outcome, Vec<usize>)> = periods
        .par_iter()
        .map(|period| {
            let at: Vec<Option<usize>> = tables
                .iter()
                .map(|table| table.member.cube.periods.iter().position(|other| other == period))
                .collect();
            let slice = slice(tables, &columns, &land, &at);
            // Sensitive in one table, hidden in all that show the same number.
            let sensitive =
                (0..slice.seen.len()).filter(|&cell| slice.seen[cell].primary().is_some()).collect();
            (protect_slice(&slice, policy), sensitive)
        })
        .collect();
    let mut hidden = Hidden::default();
    let width = columns.owners.len();
    for (period, (outcome, sensitive)) in periods.iter().zip(outcomes) {
        let place = |cell: usize| -> Vec<(usize, usize)> {
            let owners =
                columns.owners[cell % width].iter().filter(|slot| tables[slot.member].member.published);
            owners
                .filter_map(|slot| {
                    let cube = tables[slot.member].member.cube;
                    let area = land.present[slot.member][cell / width]?;
                    let period = cube.periods.iter().position(|other| other == period)?;
                    Some((slot.member, cube.index(area, period, slot.group)))
                })
                .collect()
        };
        hidden.secondary.extend(sensitive.into_iter().chain(outcome.secondary).flat_map(place));
        hidden.disguised.extend(outcome.disguised.into_iter().flat_map(place));
        hidden.unprotected.extend(outcome.unprotected.into_iter().flat_map(place));
        hidden.attacked += outcome.attacked;
        hidden.relations += outcome.relations;
        hidden.minimal_width = match (hidden.minimal_width, outcome.minimal_width) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    hidden
}

/// One period of all columns; `at` is its place in every table.
fn slice<'a>(
    tables: &[Sighted<'_>],
    columns: &'a Columns,
    land: &'a Land,
    at: &[Option<usize>],
) -> Slice<'a> {
    let width = columns.owners.len();
    let size = land.areas.len() * width;
    let mut slice = Slice {
        seen: Vec::with_capacity(size),
        known: Vec::with_capacity(size),
        unpublished: Vec::with_capacity(size),
        groups: width,
        area_sums: &land.sums,
        group_sums: &columns.sums,
    };
    for area in 0..land.areas.len() {
        for owners in &columns.owners {
            let mut found = Found::default();
            for slot in owners {
                if let Some(period) = at[slot.member] {
                    found.add(&tables[slot.member], *slot, land, area, period);
                }
            }
            slice.seen.push(found.seen.unwrap_or(Seen::Missing));
            slice.known.push(found.known);
            slice.unpublished.push(!found.public);
        }
    }
    slice
}

/// What all owners together say of one cell of a column.
#[derive(Default)]
struct Found {
    seen: Option<Seen>,
    known: bool,
    /// Whether any owner would show it.
    public: bool,
}

impl Found {
    fn add(&mut self, table: &Sighted<'_>, slot: Slot, land: &Land, area: usize, period: usize) {
        let Some(place) = land.present[slot.member][area] else {
            let count = table.before.counts.get(&(land.areas[area].key.clone(), period, slot.group));
            if let (Some(&count), false) = (count, slot.is_persons) {
                self.known = true;
                self.public = true;
                let range = Range::point(count);
                self.join(Counted { count, base: None, primary: None, range, cover: None, disguise: None });
            }
            return;
        };
        let Seen::Counted(cell) = table.seen[table.member.cube.index(place, period, slot.group)] else {
            return;
        };
        self.public |= table.member.published;
        if slot.is_persons {
            let Some(count) = cell.base else { return };
            // Shown with its quotient; who hides it has to hide the quotient.
            let range = Range::point(count);
            let cover = Some(Range { low: 1, high: UNBOUNDED }).filter(|_| count >= 1);
            return self.join(Counted { count, base: None, primary: None, range, cover, disguise: cover });
        }
        let shown = table.before.shown.get(&(place, period, slot.group));
        self.known |= shown.is_some_and(|shown| shown.iter().any(|shown| shown.count == cell.count));
        if table.member.published {
            self.join(cell);
        } else {
            let all = Range { low: if cell.count < 0 { -UNBOUNDED } else { 0 }, high: UNBOUNDED };
            let range = Range::point(cell.count);
            let open = Counted {
                count: cell.count,
                base: None,
                primary: None,
                range,
                cover: Some(all),
                disguise: Some(all),
            };
            self.join(open);
        }
    }

    /// Sensitive when it is for any owner; an attacker knows what all their reasons say together.
    fn join(&mut self, next: Counted) {
        let both = |a: Range, b: Range, count: i64| {
            let range = Range { low: a.low.max(b.low), high: a.high.min(b.high) };
            if range.contains(count) { range } else { Range::point(count) }
        };
        let Some(Seen::Counted(before)) = self.seen else {
            self.seen = Some(Seen::Counted(next));
            return;
        };
        let count = before.count;
        let meet = |a: Option<Range>, b: Option<Range>| a.zip(b).map(|(a, b)| both(a, b, count));
        let (primary, range) = match (before.primary, next.primary) {
            (Some(reason), Some(_)) => (Some(reason), both(before.range, next.range, count)),
            (Some(reason), None) => {
                (Some(reason), next.cover.map_or(before.range, |cover| both(before.range, cover, count)))
            }
            (None, Some(reason)) => {
                (Some(reason), before.cover.map_or(next.range, |cover| both(next.range, cover, count)))
            }
            (None, None) => (None, before.range),
        };
        self.seen = Some(Seen::Counted(Counted {
            count,
            base: before.base.or(next.base),
            primary,
            range,
            cover: meet(before.cover, next.cover).filter(|cover| cover.width() > 0),
            disguise: meet(before.disguise, next.disguise),
        }));
    }
}

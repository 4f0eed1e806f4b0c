//! All numbers of all tables side by side: periods × areas × columns, and the sums across them.

use crate::Policy;
use crate::calendar::{Lacking, calendar, is_first_of_year, lacking_one, previous};
use crate::discover::{Linear, dependencies, independent};
use crate::land::{Land, linear};
use crate::primary::{Counted, Range, Seen, UNBOUNDED};
use crate::relations::Sum;
use crate::secondary::Slice;
use crate::together::{Columns, Sighted, Slot};
use kekiz_base::{AreaKey, Period, Reason};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Columns times lags that are searched for sums across periods.
const LAGGED: usize = 64;
/// Periods back a running sum may reach.
const LONGEST_LAG: usize = 4;

pub(crate) struct Grid<'a> {
    tables: &'a [Sighted<'a>],
    pub(crate) columns: Columns,
    pub(crate) land: Land,
    pub(crate) periods: Vec<Period>,
    entries: Vec<Entry>,
    /// Signed sums over columns and over areas that the numbers show.
    of_columns: Vec<Linear>,
    of_areas: Vec<Linear>,
    /// Signed sums over (period, column) that hold in every area.
    of_time: Vec<Vec<(usize, usize, i8)>>,
}

/// One number.
struct Entry {
    seen: Seen,
    known: bool,
    unpublished: bool,
}

impl<'a> Grid<'a> {
    pub(crate) fn new(tables: &'a [Sighted<'a>], policy: &Policy) -> Self {
        let columns = Columns::new(tables, policy);
        let land = Land::new(tables, policy);
        let periods: BTreeSet<Period> = tables
            .iter()
            .flat_map(|table| table.member.cube.periods.iter().chain(&table.before.periods).copied())
            .collect();
        let lacking = lacking_one(&periods.iter().copied().collect::<Vec<_>>());
        let mut periods = periods;
        periods.extend(lacking.iter().map(|lacking| lacking.missing));
        let mut grid = Self {
            tables,
            columns,
            land,
            periods: periods.into_iter().collect(),
            entries: Vec::new(),
            of_columns: Vec::new(),
            of_areas: Vec::new(),
            of_time: Vec::new(),
        };
        grid.entries = grid.periods.par_iter().flat_map_iter(|period| grid.read(*period, policy)).collect();
        lacking.iter().for_each(|lacking| grid.infer(lacking, policy));
        if grid.entries.iter().any(|entry| entry.seen.primary().is_some()) {
            grid.discover();
        }
        grid
    }

    fn width(&self) -> usize {
        self.columns.owners.len()
    }

    fn at(&self, period: usize, area: usize, column: usize) -> usize {
        (period * self.land.size() + area) * self.width() + column
    }

    fn count(&self, period: usize, area: usize, column: usize) -> Option<i64> {
        self.entries[self.at(period, area, column)].seen.count()
    }

    /// One period of all areas and columns.
    fn read(&self, period: Period, policy: &Policy) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(self.land.size() * self.width());
        for area in 0..self.land.areas.len() {
            for owners in &self.columns.owners {
                let mut found = Found::default();
                for slot in owners {
                    found.add(&self.tables[slot.member], *slot, &self.land, area, period, policy);
                }
                entries.push(Entry {
                    seen: found.seen.unwrap_or(Seen::Missing),
                    known: found.known,
                    unpublished: !found.public,
                });
            }
        }
        for remainder in &self.land.remainders {
            for column in 0..self.width() {
                let count = |area: usize| entries[area * self.width() + column].seen.count();
                let without = remainder.without.iter().map(|&area| count(area)).sum::<Option<i64>>();
                let rest = count(remainder.whole).zip(without).map(|(whole, without)| whole - without);
                let seen = rest
                    .filter(|rest| *rest >= 0)
                    .map_or(Seen::Missing, |rest| Seen::Counted(shown_nowhere(rest, policy)));
                entries.push(Entry { seen, known: false, unpublished: true });
            }
        }
        entries
    }

    /// Takes what is left of a year without its one missing quarter as a number anybody can compute; so for every column in which
    /// that makes sense (events: nowhere less than nothing is left over).
    fn infer(&mut self, lacking: &Lacking, policy: &Policy) {
        let place = |period: Period| self.periods.iter().position(|other| *other == period);
        let (Some(whole), Some(missing)) = (place(lacking.whole), place(lacking.missing)) else { return };
        let present: Vec<usize> = lacking.present.iter().filter_map(|&part| place(part)).collect();
        let size = self.land.size();
        for column in 0..self.width() {
            let rest = |area: usize| {
                let parts = present.iter().map(|&part| self.count(part, area, column)).sum::<Option<i64>>();
                self.count(whole, area, column).zip(parts).map(|(whole, parts)| whole - parts)
            };
            let rests: Vec<Option<i64>> = (0..size).map(rest).collect();
            if rests.iter().flatten().any(|&rest| rest < 0) {
                continue;
            }
            for (area, rest) in rests.into_iter().enumerate() {
                let at = (missing * size + area) * self.width() + column;
                if let (Some(rest), Seen::Missing) = (rest, self.entries[at].seen) {
                    self.entries[at].seen = Seen::Counted(shown_nowhere(rest, policy));
                }
            }
        }
    }

    /// Looks for sums nobody declared.
    fn discover(&mut self) {
        let (periods, areas, width) = (self.periods.len(), self.land.areas.len(), self.width());
        let cells = |period: usize, area: usize| (0..width).map(move |column| (period, area, column));
        let row = |cells: &mut dyn Iterator<Item = (usize, usize, usize)>| -> Vec<Option<i64>> {
            cells.map(|(period, area, column)| self.count(period, area, column)).collect()
        };
        let by_column: Vec<Vec<Option<i64>>> = (0..periods)
            .flat_map(|period| (0..areas).map(move |area| (period, area)))
            .map(|(period, area)| row(&mut cells(period, area)))
            .collect();
        let of_columns = fresh(&linear(&self.columns.sums), &by_column);
        let by_area: Vec<Vec<Option<i64>>> = (0..periods)
            .flat_map(|period| (0..width).map(move |column| (period, column)))
            .map(|(period, column)| row(&mut (0..areas).map(|area| (period, area, column))))
            .collect();
        let of_areas = fresh(&linear(&self.land.sums), &by_area);
        let of_time = self.across_periods(&of_columns);
        (self.of_columns, self.of_areas, self.of_time) = (of_columns, of_areas, of_time);
    }

    /// Sums over periods: by the calendar within a column, and among neighbouring periods of all columns (running
    /// sums, running totals, stocks and flows).
    fn across_periods(&self, of_columns: &[Linear]) -> Vec<Vec<(usize, usize, i8)>> {
        let areas = self.land.areas.len();
        let mut found = Vec::new();
        let sums = calendar(&self.periods);
        for column in 0..self.width() {
            let holding: Vec<Linear> = linear(&sums)
                .into_iter()
                .filter(|sum| {
                    let mut evidence = 0;
                    let holds = (0..areas).all(|area| {
                        let numbers: Option<Vec<i64>> = sum
                            .iter()
                            .map(|&(period, sign)| Some(i64::from(sign) * self.count(period, area, column)?))
                            .collect();
                        let Some(numbers) = numbers else { return true };
                        evidence += usize::from(numbers.iter().filter(|number| **number != 0).count() >= 3);
                        numbers.iter().sum::<i64>() == 0
                    });
                    holds && evidence >= 1
                })
                .collect();
            let holding = independent(&[], holding);
            found.extend(
                holding.into_iter().map(|sum| {
                    sum.into_iter().map(|(period, sign)| (period, column, sign)).collect::<Vec<_>>()
                }),
            );
        }
        found.extend(self.running(of_columns));
        found
    }

    /// Sums among the numbers of a period and those of the periods before it.
    fn running(&self, of_columns: &[Linear]) -> Vec<Vec<(usize, usize, i8)>> {
        // A column that follows from others in its own period adds nothing.
        let dependent: BTreeSet<usize> = linear(&self.columns.sums)
            .iter()
            .chain(of_columns)
            .filter_map(|sum| sum.iter().find(|(_, sign)| *sign < 0).map(|(column, _)| *column))
            .collect();
        let columns: Vec<usize> = (0..self.width()).filter(|column| !dependent.contains(column)).collect();
        let lags = (LAGGED / columns.len().max(1)).min(LONGEST_LAG + 1);
        if lags < 2 || self.periods.len() < 2 {
            return Vec::new();
        }
        let before = previous(&self.periods);
        // Neighbours within a calendar year and across its end are looked at apart: running totals begin anew.
        let mut found = Vec::new();
        for first_of_year in [false, true] {
            let chains: Vec<Vec<usize>> = (0..self.periods.len())
                .filter_map(|period| {
                    let reach = if first_of_year { 1 } else { lags };
                    if is_first_of_year(self.periods[period]) != first_of_year {
                        return None;
                    }
                    let mut chain = vec![period];
                    while chain.len() < reach {
                        let &last = chain.last()?;
                        if is_first_of_year(self.periods[last]) {
                            break;
                        }
                        let Some(next) = before[last] else { break };
                        chain.push(next);
                    }
                    Some(chain)
                })
                .collect();
            found.extend(self.along(&columns, &chains));
        }
        found
    }

    /// Sums that hold along all chains of neighbouring periods (latest first) that are long enough.
    fn along(&self, columns: &[usize], chains: &[Vec<usize>]) -> Vec<Vec<(usize, usize, i8)>> {
        let longest = chains.iter().map(Vec::len).max().unwrap_or(0);
        let mut shapes: Vec<Linear> = Vec::new();
        for length in 1..=longest {
            let slots = columns.len() * length;
            let rows: Vec<Vec<Option<i64>>> = chains
                .iter()
                .filter(|chain| chain.len() >= length)
                .flat_map(|chain| (0..self.land.areas.len()).map(move |area| (chain, area)))
                .map(|(chain, area)| {
                    let cell = |slot: usize| {
                        self.count(chain[slot / columns.len()], area, columns[slot % columns.len()])
                    };
                    (0..slots).map(cell).collect()
                })
                .collect();
            // What is known of a period holds of the periods before it as well.
            let shifted: Vec<Linear> = shapes
                .iter()
                .flat_map(|shape| {
                    (0..length).map(|lag| {
                        shape
                            .iter()
                            .map(|&(slot, sign)| (slot + lag * columns.len(), sign))
                            .collect::<Linear>()
                    })
                })
                .filter(|shape| shape.iter().all(|(slot, _)| *slot < slots))
                .collect();
            shapes.extend(independent(&shifted, dependencies(&rows)));
        }
        let mut found = BTreeSet::new();
        for chain in chains {
            for shape in &shapes {
                let cells: Option<Vec<(usize, usize, i8)>> = shape
                    .iter()
                    .map(|&(slot, sign)| {
                        Some((*chain.get(slot / columns.len())?, columns[slot % columns.len()], sign))
                    })
                    .collect();
                found.extend(cells);
            }
        }
        found.into_iter().collect()
    }

    /// Periods that are tied by sums, each in a group of its own where there are none.
    pub(crate) fn clusters(&self) -> Vec<Vec<usize>> {
        let mut of: Vec<usize> = (0..self.periods.len()).collect();
        for sum in &self.of_time {
            let mut joined: Vec<usize> = sum.iter().map(|&(period, _, _)| of[period]).collect();
            joined.sort_unstable();
            joined.dedup();
            if let [first, rest @ ..] = &joined[..] {
                for root in of.iter_mut().filter(|root| rest.contains(root)) {
                    *root = *first;
                }
            }
        }
        let roots: BTreeSet<usize> = of.iter().copied().collect();
        roots.into_iter().map(|root| (0..of.len()).filter(|&period| of[period] == root).collect()).collect()
    }

    /// The numbers of some periods with all sums over them.
    pub(crate) fn slice(&self, cluster: &[usize]) -> Slice<'_> {
        let (size, width) = (self.land.size(), self.width());
        let cells = || {
            cluster.iter().flat_map(|&period| {
                let start = self.at(period, 0, 0);
                &self.entries[start..start + size * width]
            })
        };
        let shifted = |sum: &Sum, by: usize| Sum {
            whole: sum.whole + by,
            parts: sum.parts.iter().map(|part| part + by).collect(),
        };
        let area_sums = (0..cluster.len())
            .flat_map(|at| self.land.sums.iter().map(move |sum| shifted(sum, at * size)))
            .collect();
        let mut signed: Vec<Linear> = Vec::new();
        for (at, _) in cluster.iter().enumerate() {
            for area in 0..size {
                let start = (at * size + area) * width;
                signed.extend(
                    self.of_columns.iter().map(|sum| {
                        sum.iter().map(|&(column, sign)| (start + column, sign)).collect::<Linear>()
                    }),
                );
            }
            for column in 0..width {
                signed.extend(self.of_areas.iter().map(|sum| {
                    let cell = |area: usize| (at * size + area) * width + column;
                    sum.iter().map(|&(area, sign)| (cell(area), sign)).collect::<Linear>()
                }));
            }
        }
        for sum in &self.of_time {
            for area in 0..size {
                let cell = |&(period, column, sign): &(usize, usize, i8)| {
                    let at = cluster.iter().position(|other| *other == period)?;
                    Some(((at * size + area) * width + column, sign))
                };
                signed.extend(sum.iter().map(cell).collect::<Option<Linear>>());
            }
        }
        Slice {
            seen: cells().map(|entry| entry.seen).collect(),
            known: cells().map(|entry| entry.known).collect(),
            unpublished: cells().map(|entry| entry.unpublished).collect(),
            groups: width,
            area_sums,
            group_sums: &self.columns.sums,
            signed,
        }
    }

    /// Where a cell of a slice stands in the tables that are released.
    pub(crate) fn places(&self, cluster: &[usize], cell: usize) -> Vec<(usize, usize)> {
        let (size, width) = (self.land.size(), self.width());
        let period = self.periods[cluster[cell / width / size]];
        let area = cell / width % size;
        let owner = |slot: &Slot| {
            let member = self.tables[slot.member].member;
            let place = (*self.land.present[slot.member].get(area)?)?;
            let at = member.cube.periods.iter().position(|other| *other == period)?;
            (member.published && slot.group < member.cube.groups.len())
                .then(|| (slot.member, member.cube.index(place, at, slot.group)))
        };
        self.columns.owners[cell % width].iter().filter_map(owner).collect()
    }
}

impl Grid<'_> {
    /// How many sums the numbers show beside the declared ones.
    pub(crate) fn found_sums(&self) -> usize {
        self.of_columns.len() + self.of_areas.len() + self.of_time.len()
    }

    /// What to name when a cell cannot be protected: itself where it is released, otherwise the released cells of its area,
    /// or of its period.
    pub(crate) fn named(&self, cluster: &[usize], cell: usize) -> Vec<(usize, usize)> {
        let (size, width) = (self.land.size(), self.width());
        let own = self.places(cluster, cell);
        if !own.is_empty() {
            return own;
        }
        let row = cell / width;
        let same_area = (row * width..(row + 1) * width).flat_map(|other| self.places(cluster, other));
        let same_area: Vec<(usize, usize)> = same_area.collect();
        if !same_area.is_empty() {
            return same_area;
        }
        // A period nobody shows: the released cells of the area in the periods it was computed from.
        let area = row % size;
        let in_time = (0..cluster.len())
            .flat_map(|period| (0..width).map(move |column| (period * size + area) * width + column))
            .flat_map(|other| self.places(cluster, other));
        let in_time: Vec<(usize, usize)> = in_time.collect();
        if !in_time.is_empty() {
            return in_time;
        }
        (0..cluster.len() * size * width).flat_map(|other| self.places(cluster, other)).collect()
    }
}

/// Dependencies that do not follow from known sums that hold themselves.
fn fresh(known: &[Linear], rows: &[Vec<Option<i64>>]) -> Vec<Linear> {
    let found = dependencies(rows);
    if found.is_empty() {
        return found;
    }
    let holds = |linear: &&Linear| {
        rows.iter().all(|row| {
            let sum = linear
                .iter()
                .map(|&(at, sign)| Some(i64::from(sign) * (*row.get(at)?)?))
                .sum::<Option<i64>>();
            sum.is_none_or(|sum| sum == 0)
        })
    };
    let known: Vec<Linear> = known.iter().filter(holds).cloned().collect();
    independent(&known, found)
}

/// A number no table shows. It is sensitive all the same when it is small and can be computed.
fn shown_nowhere(count: i64, policy: &Policy) -> Counted {
    let all = Range { low: if count < 0 { -UNBOUNDED } else { 0 }, high: UNBOUNDED };
    let small = count != 0 && count.abs() < i64::from(policy.threshold) && policy.rounding.base().is_none();
    Counted {
        count,
        base: None,
        primary: small.then_some(Reason::BelowThreshold),
        range: if small { all } else { Range::point(count) },
        cover: Some(all),
        disguise: Some(all),
    }
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
    fn add(
        &mut self,
        table: &Sighted<'_>,
        slot: Slot,
        land: &Land,
        area: usize,
        when: Period,
        policy: &Policy,
    ) {
        let cube = table.member.cube;
        let period = cube.periods.iter().position(|other| *other == when);
        let (place, period) = match (land.present[slot.member][area], period) {
            (Some(place), Some(period)) if slot.group < cube.groups.len() => (place, period),
            _ => return self.add_earlier(table, slot, &land.areas[area].key, when),
        };
        let Seen::Counted(cell) = table.seen[cube.index(place, period, slot.group)] else {
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
            self.join(shown_nowhere(cell.count, policy));
        }
    }

    /// A number that stands in an earlier release only.
    fn add_earlier(&mut self, table: &Sighted<'_>, slot: Slot, area: &AreaKey, when: Period) {
        let Some(group) = table.groups.get(slot.group) else { return };
        let count = table.before.counts.get(&(area.clone(), when, group.clone()));
        if let (Some(&count), false) = (count, slot.is_persons) {
            self.known = true;
            self.public = true;
            let range = Range::point(count);
            self.join(Counted { count, base: None, primary: None, range, cover: None, disguise: None });
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

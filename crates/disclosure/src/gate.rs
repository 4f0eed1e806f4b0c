//! The one way from sensitive cells to a release.

use crate::bond::{bind_to_hidden, bind_to_sensitive};
use crate::history::{Known, known};
use crate::primary::{Fault, Seen, look};
use crate::publish::{Sight, cells, factor};
use crate::relations::{Sum, area_sums, counts, group_sums, parents};
use crate::release::Content;
use crate::together::{Hidden, Member, Sighted, secondary};
use crate::{Audit, CellName, History, Policy, Protection, Receipt, Refusal, Release, Rounding};
use kekiz_base::{Area, Cell, Cube, CubeCell, GroupId, IndicatorId, Reason};
use std::collections::{BTreeMap, BTreeSet};

/// Protects the cells of one indicator, or says why it cannot.
///
/// The result holds the areas ordered by key whatever their order in the cube, and does not depend on the number of
/// threads. Shown figures are the true ones unless the policy rounds. A suppressed cell hides value, counts,
/// interval, smoothed value, comparison and class together.
///
/// The attacker that is withstood knows: every shown figure, all sums over areas and groups, all denominators,
/// the policy, the public reason of every suppressed cell, and the earlier releases of this indicator in `history`.
///
/// # Errors
/// [`Refusal`] names cells, never values: unusable policy or table, figures without counts, cells that cannot be
/// hidden, cells shown before, differences to an earlier release that would be a small number.
pub fn protect(cube: &Cube, policy: &Policy, history: &History) -> Result<(Release, Audit), Refusal> {
    let done = protect_together(&[Member::alone(cube, history)], policy)?;
    done.into_iter().next().ok_or_else(|| Refusal::Table {
        indicator: cube.meta.id.clone(),
        message: "sie wurde nicht gelesen.".into(),
    })
}

/// Protects several tables that are made from the same variables, or says why it cannot; gives the published ones in
/// their order.
///
/// Beside what [`protect`] says of one table, the attacker knows what every table is made from ([`Member::cases`],
/// [`Member::persons`]) and reads all of them side by side. A number that several tables show is hidden in all of them
/// or in none; a quotient is hidden where its denominator has to be. What the audit says of attacks holds for all
/// tables together.
///
/// # Errors
/// As [`protect`]; one table that is refused refuses all, since each may give the other away.
pub fn protect_together(members: &[Member<'_>], policy: &Policy) -> Result<Vec<(Release, Audit)>, Refusal> {
    policy.check()?;
    let mut tables: Vec<Ordered<'_>> = Vec::with_capacity(members.len());
    let mut seen: Vec<Vec<Seen>> = Vec::with_capacity(members.len());
    let mut before: Vec<Known> = Vec::with_capacity(members.len());
    for member in members {
        let table = Ordered::new(member.cube)?;
        seen.push(table.look(policy)?);
        before.push(known(member.history, member.cube, &table.areas, &digest(&member.cube.meta)));
        tables.push(table);
    }
    let mut audits: Vec<Audit> = seen.iter().map(|seen| first_audit(seen)).collect();
    let mut suppressed: Vec<Vec<Option<Reason>>> =
        seen.iter().map(|seen| seen.iter().map(Seen::primary).collect()).collect();
    if !policy.passes_through() {
        for ((table, seen), before) in tables.iter().zip(&seen).zip(&before) {
            table.shown_before(seen, before)?;
        }
        bind_to_sensitive(members, &tables, &mut seen);
        let hidden = hide_more(members, &tables, &seen, &before, policy, &mut audits)?;
        for (member, cell) in hidden.secondary {
            suppressed[member][cell].get_or_insert(Reason::Complementary);
        }
        // Published under the reason of secondary cells, since the true one would narrow it too far.
        for (member, cell) in hidden.disguised {
            suppressed[member][cell] = Some(Reason::Complementary);
            audits[member].disguised += 1;
        }
        for (table, seen) in seen.iter().enumerate() {
            for (cell, seen) in seen.iter().enumerate() {
                if seen.primary().is_some() {
                    suppressed[table][cell].get_or_insert(Reason::Complementary);
                }
            }
        }
        bind_to_hidden(members, &tables, &mut suppressed);
    }
    let mut done = Vec::new();
    for (number, table) in tables.into_iter().enumerate() {
        let (member, seen, suppressed) = (&members[number], &seen[number], &mut suppressed[number]);
        if !member.published {
            continue;
        }
        for (cell, reason) in suppressed.iter_mut().enumerate() {
            if !member.withheld.is_empty() && member.withheld.contains(&table.name(cell)) {
                reason.get_or_insert(Reason::Complementary);
            }
        }
        let mut audit = std::mem::take(&mut audits[number]);
        audit.secondary = suppressed.iter().flatten().count().saturating_sub(audit.primary);
        if !policy.passes_through() {
            table.differencing(policy, seen, suppressed, &before[number])?;
        }
        done.push(table.publish(policy, seen, suppressed, audit)?);
    }
    Ok(done)
}

fn first_audit(seen: &[Seen]) -> Audit {
    Audit {
        without_counts: seen.iter().filter(|seen| matches!(seen, Seen::Uncounted)).count(),
        primary: seen.iter().filter(|seen| seen.primary().is_some()).count(),
        exact: true,
        ..Audit::default()
    }
}

/// Finds the cells to suppress beside the sensitive ones, over all tables at once.
fn hide_more(
    members: &[Member<'_>],
    tables: &[Ordered<'_>],
    seen: &[Vec<Seen>],
    before: &[Known],
    policy: &Policy,
    audits: &mut [Audit],
) -> Result<Hidden, Refusal> {
    let groups: Vec<Vec<GroupId>> = tables
        .iter()
        .zip(before)
        .map(|(table, before)| table.cube.groups.iter().chain(&before.groups).cloned().collect())
        .collect();
    let sums: Vec<Vec<Sum>> = tables
        .iter()
        .zip(seen)
        .zip(before.iter().zip(&groups))
        .map(|((table, seen), (before, groups))| group_sums(groups, policy, &table.counts(seen, before)))
        .collect();
    let sighted: Vec<Sighted<'_>> = (0..tables.len())
        .map(|number| Sighted {
            member: &members[number],
            areas: &tables[number].areas,
            seen: &seen[number],
            before: &before[number],
            groups: &groups[number],
            group_sums: &sums[number],
        })
        .collect();
    let hidden = secondary(&sighted, policy);
    for (number, audit) in audits.iter_mut().enumerate() {
        audit.breakdowns = sums[number].iter().map(|sum| breakdown(sum, &groups[number])).collect();
        audit.found_sums = hidden.found;
        audit.attacked = hidden.attacked;
        audit.inexact = hidden.inexact;
        audit.gap_percent = gap_percent(hidden.price, hidden.bound);
        audit.exact = hidden.inexact == 0;
        audit.relations = hidden.relations;
        audit.minimal_width = hidden.minimal_width;
    }
    let Some(&(first, _)) = hidden.unprotected.first() else { return Ok(hidden) };
    let cells = hidden.unprotected.iter().filter(|(member, _)| *member == first).map(|(_, cell)| *cell);
    let (indicator, cells) = (members[first].cube.meta.id.clone(), tables[first].names(cells));
    let earlier: Vec<IndicatorId> = members
        .iter()
        .zip(before)
        .filter(|(_, before)| !before.shown.is_empty() || !before.counts.is_empty())
        .map(|(member, _)| member.cube.meta.id.clone())
        .collect();
    if earlier.is_empty() {
        return Err(Refusal::NotProtectable { indicator, cells });
    }
    // Is it the past that stands in the way, or the table itself?
    let nothing: Vec<Known> = before.iter().map(|_| Known::default()).collect();
    match hide_more(members, tables, seen, &nothing, policy, audits) {
        Ok(_) => Err(Refusal::RevealedBefore { indicator, cells, earlier }),
        Err(refusal) => Err(refusal),
    }
}

fn gap_percent(price: u64, least: Option<u64>) -> Option<u32> {
    let over = price.saturating_sub(least?);
    u32::try_from(over.saturating_mul(100).div_ceil(price.max(1))).ok()
}

fn breakdown(sum: &Sum, groups: &[GroupId]) -> String {
    let parts: Vec<&str> = sum.parts.iter().map(|&part| groups[part].as_str()).collect();
    format!("{} = {}", groups[sum.whole].as_str(), parts.join(" + "))
}

fn digest(value: &impl serde::Serialize) -> String {
    blake3::hash(&serde_json::to_vec(value).unwrap_or_default()).to_hex().to_string()
}

fn protection(policy: &Policy, cells: &[Cell], audit: &Audit) -> Protection {
    let mut protection = Protection {
        policy: policy.id.clone(),
        text: policy.describe(),
        shown: 0,
        suppressed: BTreeMap::new(),
        missing: BTreeMap::new(),
        rounding: policy.rounding.base().and_then(|base| u8::try_from(base).ok()),
    };
    for cell in cells {
        match cell {
            Cell::Shown(_) => protection.shown += 1,
            Cell::Suppressed { reason } => *protection.suppressed.entry(*reason).or_default() += 1,
            Cell::Missing { mark } => *protection.missing.entry(*mark).or_default() += 1,
        }
    }
    if audit.without_counts > 0 && !policy.passes_through() {
        protection
            .text
            .push_str(" Wo keine Fallzahlen vorliegen, konnte die Mindestfallzahl nicht geprüft werden.");
    }
    protection
}

/// The cube with its areas in order of their keys.
pub(crate) struct Ordered<'a> {
    pub(crate) cube: &'a Cube,
    pub(crate) areas: Vec<Area>,
    cells: Vec<&'a CubeCell>,
}

impl<'a> Ordered<'a> {
    fn new(cube: &'a Cube) -> Result<Self, Refusal> {
        let table = |message: String| Refusal::Table { indicator: cube.meta.id.clone(), message };
        cube.check().map_err(|error| table(error.to_string()))?;
        let mut order: Vec<usize> = (0..cube.areas.len()).collect();
        order.sort_by(|&a, &b| cube.areas[a].key.cmp(&cube.areas[b].key));
        if let Some(pair) = order.windows(2).find(|pair| cube.areas[pair[0]].key == cube.areas[pair[1]].key) {
            return Err(table(format!("das Gebiet „{}“ kommt zweimal vor.", cube.areas[pair[0]].key)));
        }
        let groups: BTreeSet<_> = cube.groups.iter().collect();
        let periods: BTreeSet<_> = cube.periods.iter().collect();
        if groups.len() != cube.groups.len() || periods.len() != cube.periods.len() {
            return Err(table("ein Zeitraum oder eine Gruppe kommt zweimal vor.".into()));
        }
        if u32::try_from(cube.cells.len()).is_err() {
            return Err(table("sie hat mehr als vier Milliarden Zellen.".into()));
        }
        let slice = cube.periods.len() * cube.groups.len();
        let cells = order.iter().flat_map(|&area| &cube.cells[area * slice..(area + 1) * slice]).collect();
        Ok(Self { cube, areas: order.iter().map(|&area| cube.areas[area].clone()).collect(), cells })
    }

    pub(crate) fn index(&self, area: usize, period: usize, group: usize) -> usize {
        self.cube.index(area, period, group)
    }

    fn name(&self, index: usize) -> CellName {
        let groups = self.cube.groups.len();
        let periods = self.cube.periods.len();
        CellName {
            area: self.areas[index / groups / periods].key.clone(),
            period: self.cube.periods[index / groups % periods],
            group: self.cube.groups[index % groups].clone(),
        }
    }

    fn names(&self, cells: impl IntoIterator<Item = usize>) -> Vec<CellName> {
        let cells: BTreeSet<usize> = cells.into_iter().collect();
        cells.into_iter().map(|cell| self.name(cell)).collect()
    }

    fn look(&self, policy: &Policy) -> Result<Vec<Seen>, Refusal> {
        let mut seen = Vec::with_capacity(self.cells.len());
        let (mut not_finite, mut no_counts) = (Vec::new(), Vec::new());
        for (index, cell) in self.cells.iter().enumerate() {
            match look(self.cube, policy, cell) {
                Ok(found) => seen.push(found),
                Err(Fault::NotFinite) => not_finite.push(index),
                Err(Fault::NoCounts) => no_counts.push(index),
            }
        }
        let indicator = self.cube.meta.id.clone();
        if !not_finite.is_empty() {
            return Err(Refusal::NotFinite { indicator, cells: self.names(not_finite) });
        }
        if !no_counts.is_empty() {
            let policy = policy.id.clone();
            return Err(Refusal::NoCounts { indicator, policy, cells: self.names(no_counts) });
        }
        Ok(seen)
    }

    /// Refuses when a cell that is sensitive now was shown before with the same number.
    fn shown_before(&self, seen: &[Seen], before: &Known) -> Result<(), Refusal> {
        let cells = before.shown.iter().filter_map(|(&(area, period, group), shown)| {
            let index = self.index(area, period, group);
            let same = shown.iter().any(|shown| seen[index].count() == Some(shown.count));
            (seen[index].primary().is_some() && same).then_some(index)
        });
        let cells = self.names(cells);
        if cells.is_empty() {
            Ok(())
        } else {
            Err(Refusal::ShownBefore { indicator: self.cube.meta.id.clone(), cells })
        }
    }

    /// Writes the public cells and what is said about them.
    fn publish(
        self,
        policy: &Policy,
        seen: &[Seen],
        suppressed: &[Option<Reason>],
        mut audit: Audit,
    ) -> Result<(Release, Audit), Refusal> {
        let cube = self.cube;
        let factor = match policy.rounding {
            Rounding::None => 1.0,
            _ => factor(cube).ok_or_else(|| Refusal::NotRoundable { indicator: cube.meta.id.clone() })?,
        };
        let parents = parents(&self.areas);
        let sight = Sight { cube, policy, cells: self.cells, seen, suppressed, parents: &parents };
        let (cells, withheld) = cells(&sight, factor);
        audit.comparisons_withheld = withheld.comparisons;
        audit.smoothed_withheld = withheld.smoothed;
        let protection = protection(policy, &cells, &audit);
        let content = Content {
            meta: cube.meta.clone(),
            areas: self.areas,
            periods: cube.periods.clone(),
            groups: cube.groups.clone(),
            cells,
        };
        let receipt = Receipt {
            inputs: cube.inputs.clone(),
            definition: digest(&cube.meta),
            policy: policy.digest(),
            seed: None,
            program: env!("CARGO_PKG_VERSION").into(),
            content: digest(&content),
        };
        Ok((Release::new(content, protection, receipt), audit))
    }

    /// The count of every cell, with the groups that only earlier releases show after its own.
    fn counts(&self, seen: &[Seen], before: &Known) -> Vec<Option<i64>> {
        if before.groups.is_empty() {
            return counts(seen);
        }
        let groups = self.cube.groups.len();
        let mut all = Vec::with_capacity(seen.len());
        for (row, own) in seen.chunks(groups).enumerate() {
            all.extend(counts(own));
            let area = &self.areas[row / self.cube.periods.len()].key;
            let period = self.cube.periods[row % self.cube.periods.len()];
            let earlier = before.groups.iter().map(|group| (area.clone(), period, group.clone()));
            all.extend(earlier.map(|cell| before.counts.get(&cell).copied()));
        }
        all
    }

    /// Refuses when a shown cell and an earlier one differ by a small number that stands for somebody.
    fn differencing(
        &self,
        policy: &Policy,
        seen: &[Seen],
        suppressed: &[Option<Reason>],
        before: &Known,
    ) -> Result<(), Refusal> {
        let small = |gap: i64| gap != 0 && gap.abs() < i64::from(policy.threshold);
        let public = |index: usize| if suppressed[index].is_none() { seen[index].count() } else { None };
        let mut cells = BTreeSet::new();
        for (&(area, period, group), shown) in &before.shown {
            let index = self.index(area, period, group);
            let Some(count) = public(index) else { continue };
            // The same definition with new data is a revision; another definition counts other persons.
            if shown.iter().any(|shown| shown.other_definition && small(count - shown.count)) {
                cells.insert(index);
            }
        }
        let joined = Joined::new(self, before);
        for period in 0..self.cube.periods.len() {
            for group in 0..self.cube.groups.len() {
                let count = |area: usize| match joined.present[area] {
                    Some(present) => public(self.index(present, period, group)),
                    None => {
                        let (when, group) = (self.cube.periods[period], self.cube.groups[group].clone());
                        before.counts.get(&(joined.areas[area].key.clone(), when, group)).copied()
                    }
                };
                for (members, gap) in joined.gaps(count) {
                    if small(gap) {
                        let present = members.into_iter().filter_map(|area| joined.present[area]);
                        cells.extend(present.map(|area| self.index(area, period, group)));
                    }
                }
            }
        }
        if cells.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Differencing { indicator: self.cube.meta.id.clone(), cells: self.names(cells) })
        }
    }
}

/// The areas of the present table together with those of earlier releases, ordered by key.
struct Joined {
    areas: Vec<Area>,
    /// The area's place in the present table.
    present: Vec<Option<usize>>,
    parents: Vec<Option<usize>>,
    sums: Vec<Sum>,
}

impl Joined {
    fn new(table: &Ordered<'_>, before: &Known) -> Self {
        let mut both: Vec<(Area, Option<usize>)> =
            table.areas.iter().cloned().enumerate().map(|(index, area)| (area, Some(index))).collect();
        both.extend(before.areas.iter().cloned().map(|area| (area, None)));
        both.sort_by(|a, b| a.0.key.cmp(&b.0.key));
        let (areas, present): (Vec<Area>, Vec<Option<usize>>) = both.into_iter().unzip();
        let parents = parents(&areas);
        let sums = area_sums(&areas, &parents);
        Self { areas, present, parents, sums }
    }

    /// Differences an attacker can form with an area of an earlier release: between it and an area above or
    /// below it, and between a whole and all its parts. Sums within the present table are the attack's matter.
    fn gaps(&self, count: impl Fn(usize) -> Option<i64>) -> Vec<(Vec<usize>, i64)> {
        let mut gaps = Vec::new();
        for area in 0..self.areas.len() {
            let Some(part) = count(area) else { continue };
            let mut above = self.parents[area];
            while let Some(whole) = above {
                if self.present[area].is_some() != self.present[whole].is_some()
                    && let Some(number) = count(whole)
                {
                    gaps.push((vec![area, whole], number - part));
                }
                above = self.parents[whole];
            }
        }
        for sum in &self.sums {
            let earlier =
                std::iter::once(&sum.whole).chain(&sum.parts).any(|&area| self.present[area].is_none());
            if !earlier {
                continue;
            }
            if let (Some(whole), Some(parts)) =
                (count(sum.whole), sum.parts.iter().map(|&part| count(part)).sum::<Option<i64>>())
            {
                let members = std::iter::once(sum.whole).chain(sum.parts.iter().copied()).collect();
                gaps.push((members, whole - parts));
            }
        }
        gaps
    }
}

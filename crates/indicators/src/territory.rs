//! Figures of areas that have been merged, on the territory of today.

use crate::expression::join;
use crate::spelling::list;
use jiff::civil::Date;
use kekiz_base::{AreaChange, AreaKey, Diagnostics, Figures, GroupId, Observation, Period, Place, Severity};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// The day a period's figures describe: its last day (a school year ends on 31 July). `None` for a year outside the
/// calendar.
pub fn reference_day(period: Period) -> Option<Date> {
    let end = |year, month| Date::new(year, month, 1).ok().map(Date::last_of_month);
    match period {
        Period::Year(year) => end(year, 12),
        Period::SchoolYear(year) => end(year.checked_add(1)?, 7),
        Period::Quarter(year, quarter) => end(year, i8::try_from(quarter).ok()?.checked_mul(3)?),
        Period::Month(year, month) => end(year, i8::try_from(month).ok()?),
        Period::Day(day) => Some(day),
    }
}

/// The same kind of period so many years earlier; `None` outside the calendar.
pub fn years_before(period: Period, years: u16) -> Option<Period> {
    let back = |year: i16| year.checked_sub(i16::try_from(years).ok()?);
    Some(match period {
        Period::Year(year) => Period::Year(back(year)?),
        Period::SchoolYear(year) => Period::SchoolYear(back(year)?),
        Period::Quarter(year, quarter) => Period::Quarter(back(year)?, quarter),
        Period::Month(year, month) => Period::Month(back(year)?, month),
        Period::Day(day) => {
            let first = Date::new(back(day.year())?, day.month(), 1).ok()?;
            Period::Day(Date::new(first.year(), first.month(), day.day().min(first.days_in_month())).ok()?)
        }
    })
}

/// Rewrites the figures of areas that were merged to the area that took their place.
///
/// For each of the `counts` (names of variables that may be added up; others are left as they are) and each period
/// before a change, the figures of the old keys become one figure of the new key, if the new key has none and all
/// old keys have a number; the old keys' figures are then gone. A new key that only says "nothing" (0 or a mark)
/// for a time in which it did not exist gives way. Where a part is missing the old figures stay, with a warning.
/// Changes are applied in the order of their dates, so chains work. Everything rewritten is noted.
pub fn rewrite(
    figures: &Figures,
    counts: &BTreeSet<SmolStr>,
    changes: &[AreaChange],
) -> (Figures, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let mut ordered: Vec<&AreaChange> = changes.iter().collect();
    ordered.sort_by(|a, b| (a.date, &a.to).cmp(&(b.date, &b.to)));
    let mut result = figures.clone();
    for change in ordered {
        let mut rewritten = Rewritten::default();
        for variable in counts {
            rewritten.apply(&mut result, variable, change);
        }
        rewritten.report(change, &mut diagnostics);
    }
    (result, diagnostics)
}

#[derive(Default)]
struct Rewritten {
    summed: BTreeSet<String>,
    incomplete: BTreeSet<String>,
    both: BTreeSet<String>,
    files: BTreeSet<String>,
}

impl Rewritten {
    fn apply(&mut self, figures: &mut Figures, variable: &SmolStr, change: &AreaChange) {
        let parts: BTreeSet<&AreaKey> = change.from.iter().filter(|key| **key != change.to).collect();
        let Some(cells) = figures.of(variable) else { return };
        let mut found: BTreeMap<(Period, GroupId), Vec<Observation>> = BTreeMap::new();
        for ((area, period, group), observation) in cells {
            let before = reference_day(*period).is_some_and(|day| day < change.date);
            if before && parts.contains(area) {
                found.entry((*period, group.clone())).or_default().push(*observation);
            }
        }
        let mut next = Figures::default();
        for ((period, group), observations) in found {
            let label = format!("„{variable}“ {period}");
            let sum = observations.iter().copied().reduce(|a, b| join(a, b, |a, b| a + b));
            let complete = observations.len() == parts.len();
            let (Some(sum @ Observation::Value(total, _)), true) = (sum, complete) else {
                self.incomplete.insert(label);
                continue;
            };
            let own = figures.get(variable, &(change.to.clone(), period, group.clone()));
            if own.value().is_some_and(|own| own != 0.0 && own != total) {
                self.both.insert(label);
                continue;
            }
            next.insert(variable, (change.to.clone(), period, group.clone()), sum);
            self.summed.insert(label);
        }
        let Some(sums) = next.of(variable) else { return };
        if let Some(origin) = figures.origins(variable).first() {
            self.files.insert(origin.info.file_name.clone());
        }
        for ((_, period, group), sum) in sums {
            for part in &parts {
                figures.remove(variable, &((*part).clone(), *period, group.clone()));
            }
            figures.insert(variable, (change.to.clone(), *period, group.clone()), *sum);
        }
    }

    fn report(self, change: &AreaChange, diagnostics: &mut Diagnostics) {
        let from: Vec<&str> = change.from.iter().map(AreaKey::as_str).collect();
        let what = format!("{} → {} ({})", list(&from, 9), change.to, change.date.strftime("%d.%m.%Y"));
        let files: Vec<String> = self.files.into_iter().collect();
        let place = Place { file: (!files.is_empty()).then(|| list(&files, 3)), ..Place::default() };
        let lines = |set: &BTreeSet<String>| list(&set.iter().collect::<Vec<_>>(), 6);
        if !self.summed.is_empty() {
            diagnostics.push(
                Severity::Note,
                "territory-rewritten",
                place.clone(),
                format!(
                    "Gebietsänderung {what}: Anzahlen auf das neue Gebiet umgerechnet für {}.",
                    lines(&self.summed)
                ),
                "",
            );
        }
        if !self.incomplete.is_empty() {
            diagnostics.push(
                Severity::Warning,
                "territory-incomplete",
                place.clone(),
                format!(
                    "Gebietsänderung {what}: nicht für alle früheren Gebiete liegt eine Zahl vor; nicht umgerechnet wurde {}.",
                    lines(&self.incomplete)
                ),
                "Die fehlenden Zahlen nachliefern.",
            );
        }
        if !self.both.is_empty() {
            diagnostics.push(
                Severity::Warning,
                "territory-both",
                place,
                format!(
                    "Gebietsänderung {what}: das neue Gebiet hat eigene Zahlen, die nicht die Summe der früheren sind; verwendet werden die eigenen: {}.",
                    lines(&self.both)
                ),
                "Prüfen, ob die Quelle die Zahlen umgerechnet hat.",
            );
        }
    }
}

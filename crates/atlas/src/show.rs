//! Answers a question with a view.

use crate::about::About;
use crate::choice::{Asked, Choice};
use crate::classes::{Wanted, classify_values};
use crate::indicator::Indicator;
use crate::rank::{rank_note, ranks};
use crate::view::{Row, View, ViewQuery};
use crate::{Atlas, AtlasError, naming, wording};
use kekiz_base::{Area, Cell, Interval, Mark, Period};

impl Atlas {
    /// The areas, classes, places and words for a question.
    ///
    /// # Errors
    /// [`AtlasError`] for an indicator, area, level, period or group that is not there, with the possible ones.
    pub fn view(&self, query: &ViewQuery) -> Result<View, AtlasError> {
        let indicator = self.indicator(&query.indicator)?;
        let choice = self.choose(&indicator, Asked::from(query))?;
        let period = indicator.data.periods.get(choice.period).copied().unwrap_or(Period::Year(0));
        let (areas, cells) = self.cells_of(&indicator, &choice, period);
        let can_smooth = cells.iter().filter_map(Cell::figure).any(|figure| figure.smoothed.is_some());
        let smoothed = query.smoothed && can_smooth;
        let numbers: Vec<Option<f64>> = cells.iter().map(|cell| number(cell, smoothed)).collect();
        let wanted = Wanted { method: &query.method, classes: query.classes, palette: query.palette };
        let classified = classify_values(&indicator.meta, &cells, &numbers, wanted)?;
        let with_interval: Vec<Option<(f64, Option<Interval>)>> = cells
            .iter()
            .zip(&numbers)
            .map(|(cell, value)| {
                let interval = if smoothed { None } else { cell.figure().and_then(|figure| figure.interval) };
                value.map(|value| (value, interval))
            })
            .collect();
        let ranks = ranks(&with_interval, indicator.meta.polarity);
        let rows: Vec<Row> = areas
            .into_iter()
            .zip(cells)
            .enumerate()
            .map(|(i, (area, cell))| Row {
                member: self.is_member(&area.key),
                population: self.population(&area.key),
                value: numbers[i],
                class: classified.class_of[i],
                rank: ranks[i],
                area,
                cell,
            })
            .collect();
        let reference = self.reference(&indicator, &choice, &rows);
        let mut view = View {
            meta: indicator.meta.clone(),
            geography: choice.slice.geography.clone(),
            level: choice.slice.level,
            period,
            periods: choice
                .slice
                .periods
                .iter()
                .filter_map(|position| indicator.data.periods.get(*position).copied())
                .collect(),
            group: indicator.group(choice.group),
            groups: indicator.data.groups.clone(),
            levels: choice.levels,
            within: choice.within,
            rows,
            reference,
            classes: classified.info,
            class_note: classified.note,
            smoothed,
            can_smooth,
            palette: query.palette,
            rank_note: rank_note(indicator.meta.polarity),
            about: About::of(&indicator),
            sentence: String::new(),
        };
        view.sentence = sentence(&view);
        Ok(view)
    }

    /// The areas of the choice that existed in the period, with their cells, ordered by key.
    fn cells_of(&self, indicator: &Indicator, choice: &Choice<'_>, period: Period) -> (Vec<Area>, Vec<Cell>) {
        choice
            .slice
            .areas
            .iter()
            .filter(|(_, area)| {
                choice.within.as_ref().is_none_or(|outer| self.lies_in(&area.key, &outer.key))
            })
            .map(|(position, area)| (area, indicator.at(*position, choice.period, choice.group)))
            .filter(|(area, cell)| {
                !matches!(cell, Cell::Missing { mark: Mark::Empty }) || existed(area, period)
            })
            .map(|(area, cell)| (area.clone(), cell))
            .unzip()
    }

    /// The nearest area with a cell that all rows lie in.
    fn reference(&self, indicator: &Indicator, choice: &Choice<'_>, rows: &[Row]) -> Option<(Area, Cell)> {
        let first = rows.first()?;
        let above = self.tree().ancestors(&first.area.key).filter(|area| {
            rows.iter().all(|row| row.area.key != area.key && self.lies_in(&row.area.key, &area.key))
        });
        above
            .filter_map(|area| {
                let position = indicator.area_position(&area.key)?;
                Some((area.clone(), indicator.at(position, choice.period, choice.group)))
            })
            .find(|(_, cell)| !matches!(cell, Cell::Missing { .. }))
    }
}

/// The number that is coloured: the value or its smoothed form.
fn number(cell: &Cell, smoothed: bool) -> Option<f64> {
    let figure = cell.figure()?;
    let value = if smoothed { figure.smoothed.unwrap_or(figure.value) } else { figure.value };
    value.is_finite().then_some(value)
}

/// Whether the area existed at some time of the year the period ends in.
pub(crate) fn existed(area: &Area, period: Period) -> bool {
    let year = period.year();
    area.validity.from.is_none_or(|from| from.year() <= year)
        && area.validity.until.is_none_or(|until| until.year() >= year)
}

/// What a map shows: the extremes, the whole, what is protected.
fn sentence(view: &View) -> String {
    let meta = &view.meta;
    let title = view.levels.iter().find(|level| level.geography == view.geography);
    let areas = match (&view.within, title) {
        (Some(area), _) => format!("{} {}", view.level.plural(), naming::inside(&area.name)),
        (None, Some(level)) => level.title.clone(),
        (None, None) => view.level.plural().to_string(),
    };
    let mut out = format!("{} {}, {areas}", meta.title, view.period);
    if view.group != kekiz_base::GroupId::total() {
        out.push_str(&format!(", {}", view.group.as_str()));
    }
    out.push_str(": ");
    let mut shown: Vec<(&str, f64)> =
        view.rows.iter().filter_map(|row| row.value.map(|value| (row.area.name.as_str(), value))).collect();
    shown.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let text = |value: f64| wording::value(meta, value);
    match (shown.first(), shown.last()) {
        (Some(high), Some(low)) if shown.len() > 1 && high.1 > low.1 => out.push_str(&format!(
            "Am höchsten ist der Wert {} ({}), am niedrigsten {} ({}).",
            names(&shown, high.1),
            text(high.1),
            names(&shown, low.1),
            text(low.1)
        )),
        (Some(only), _) if shown.len() == 1 => out.push_str(&format!("{} {}.", only.0, text(only.1))),
        (Some(any), _) => out.push_str(&format!("In allen Gebieten beträgt der Wert {}.", text(any.1))),
        (None, _) => out.push_str("Es kann kein Wert gezeigt werden."),
    }
    if let Some((area, cell)) = &view.reference
        && let Some(value) = cell.value()
    {
        out.push_str(&format!(" {} insgesamt: {}.", area.name, text(value)));
    }
    if view.smoothed {
        out.push_str(" Gezeigt sind geglättete Werte: kleine Gebiete sind zum Gesamtwert hin gezogen.");
    }
    let count = |wanted: fn(&Cell) -> bool| view.rows.iter().filter(|row| wanted(&row.cell)).count();
    let protected = count(|cell| matches!(cell, Cell::Suppressed { .. }));
    let missing = count(|cell| matches!(cell, Cell::Missing { .. }));
    out.push_str(&hidden(protected, missing));
    out
}

/// Where a value is found; more than three are counted.
fn names(shown: &[(&str, f64)], value: f64) -> String {
    let found: Vec<String> =
        shown.iter().filter(|(_, other)| *other == value).map(|(name, _)| naming::inside(name)).collect();
    if found.len() > 3 { format!("in {} Gebieten", found.len()) } else { wording::list(&found) }
}

/// How many areas are protected and how many have no figure.
pub(crate) fn hidden(protected: usize, missing: usize) -> String {
    let mut out = String::new();
    match protected {
        0 => {}
        1 => out.push_str(" Der Wert von 1 Gebiet ist geschützt."),
        n => out.push_str(&format!(" Die Werte von {n} Gebieten sind geschützt.")),
    }
    match missing {
        0 => {}
        1 => out.push_str(" Für 1 Gebiet liegt keine Angabe vor."),
        n => out.push_str(&format!(" Für {n} Gebiete liegt keine Angabe vor.")),
    }
    out
}

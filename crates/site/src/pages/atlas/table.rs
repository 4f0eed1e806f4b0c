//! The table of the same cells the map shows.

use super::query::{AtlasAsk, Sort};
use crate::words;
use kekiz_atlas::view::{Row, View};
use kekiz_base::Cell;
use std::cmp::Ordering;

/// A column a reader can sort by.
pub(crate) struct Head {
    pub(crate) title: &'static str,
    pub(crate) url: String,
    /// `aria-sort`.
    pub(crate) sorted: &'static str,
}

/// One line of the table, ready to print.
pub(crate) struct Line {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) value: String,
    /// Whether there is a figure; otherwise `value` says why not.
    pub(crate) shown: bool,
    pub(crate) smoothed: String,
    pub(crate) interval: String,
    pub(crate) numerator: String,
    pub(crate) denominator: String,
    pub(crate) rank: String,
    pub(crate) difference: String,
    pub(crate) index_class: String,
    pub(crate) note: &'static str,
    pub(crate) member: bool,
}

/// The table; columns without any entry are left out.
pub(crate) struct Table {
    pub(crate) heads: [Head; 3],
    pub(crate) lines: Vec<Line>,
    pub(crate) has_smoothed: bool,
    pub(crate) has_interval: bool,
    pub(crate) has_numerator: bool,
    pub(crate) has_denominator: bool,
    pub(crate) has_difference: bool,
    pub(crate) has_class: bool,
    pub(crate) has_note: bool,
}

impl Table {
    /// The table of a view in the order asked for.
    pub(crate) fn new(view: &View, ask: &AtlasAsk) -> Self {
        let mut rows: Vec<&Row> = view.rows.iter().collect();
        sort(&mut rows, ask.sort);
        let lines: Vec<Line> = rows.into_iter().map(|row| line(view, row)).collect();
        let any = |part: fn(&Line) -> &str| lines.iter().any(|line| !part(line).is_empty());
        Self {
            heads: [
                head(ask, "Gebiet", Sort::Name, Sort::NameDown),
                head(ask, "Wert", Sort::Value, Sort::ValueDown),
                head(ask, "Rang", Sort::Place, Sort::PlaceDown),
            ],
            has_smoothed: any(|line| &line.smoothed),
            has_interval: any(|line| &line.interval),
            has_numerator: any(|line| &line.numerator),
            has_denominator: any(|line| &line.denominator),
            has_difference: any(|line| &line.difference),
            has_class: any(|line| &line.index_class),
            has_note: any(|line| line.note),
            lines,
        }
    }
}

fn head(ask: &AtlasAsk, title: &'static str, up: Sort, down: Sort) -> Head {
    let (next, sorted) = match ask.sort {
        sort if sort == up => (down, "ascending"),
        sort if sort == down => (up, "descending"),
        _ => (up, "none"),
    };
    Head { title, url: format!("{}#tabelle", ask.url_with("sortierung", Some(next.slug()))), sorted }
}

/// Sorts rows; areas without a figure come last in every order but that of names.
fn sort(rows: &mut [&Row], by: Sort) {
    let name = |a: &&Row, b: &&Row| {
        words::collate(&a.area.name)
            .cmp(&words::collate(&b.area.name))
            .then_with(|| a.area.key.cmp(&b.area.key))
    };
    let last = |a: Option<f64>, b: Option<f64>, down: bool| match (a, b) {
        (Some(a), Some(b)) if down => b.total_cmp(&a),
        (Some(a), Some(b)) => a.total_cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    };
    let place = |row: &&Row| row.rank.map(|rank| rank.place as f64);
    match by {
        Sort::Name => rows.sort_by(name),
        Sort::NameDown => rows.sort_by(|a, b| name(b, a)),
        Sort::Value => rows.sort_by(|a, b| last(a.value, b.value, false).then_with(|| name(a, b))),
        Sort::ValueDown => rows.sort_by(|a, b| last(a.value, b.value, true).then_with(|| name(a, b))),
        Sort::Place => rows.sort_by(|a, b| last(place(a), place(b), false).then_with(|| name(a, b))),
        Sort::PlaceDown => rows.sort_by(|a, b| last(place(a), place(b), true).then_with(|| name(a, b))),
    }
}

fn line(view: &View, row: &Row) -> Line {
    let meta = &view.meta;
    let figure = row.cell.figure();
    let rank = row.rank.map_or_else(String::new, |rank| {
        if rank.best == rank.place && rank.worst == rank.place {
            rank.place.to_string()
        } else {
            format!("{} ({}–{})", rank.place, rank.best, rank.worst)
        }
    });
    let index_class = figure
        .and_then(|figure| figure.class)
        .and_then(|class| meta.classes.get(usize::from(class).checked_sub(1)?).cloned())
        .unwrap_or_default();
    let difference = figure.and_then(|figure| figure.versus_parent).map_or_else(String::new, |versus| {
        let sure = match versus.significant {
            Some(true) => " *",
            Some(false) | None => "",
        };
        format!("{}{sure}", words::difference(meta, versus.difference))
    });
    Line {
        key: row.area.key.to_string(),
        name: row.area.name.clone(),
        url: words::area_url(row.area.key.as_str()),
        value: words::cell(meta, &row.cell),
        shown: matches!(row.cell, Cell::Shown(_)),
        smoothed: figure
            .and_then(|figure| figure.smoothed)
            .map_or_else(String::new, |value| words::value(meta, value)),
        interval: words::interval(meta, figure),
        numerator: words::count(figure.and_then(|figure| figure.numerator)),
        denominator: words::count(figure.and_then(|figure| figure.denominator)),
        rank,
        difference,
        index_class,
        note: figure.map_or("", |figure| figure.annotation.text()),
        member: row.member,
    }
}

//! How a figure moved over time, with intervals, gaps and breaks.

use crate::about::About;
use crate::{Atlas, AtlasError, wording};
use kekiz_base::{Area, AreaKey, Cell, GroupId, IndicatorId, IndicatorMeta, Mark, Period};
use std::sync::Arc;

/// Why a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The reader chose the area.
    Chosen,
    /// The area lies above a chosen one.
    Parent,
}

/// A line of one area.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesLine {
    /// The area.
    pub area: Area,
    /// Why it is drawn.
    pub role: Role,
    /// One cell per period of [`Series::periods`]; suppressed and missing cells are gaps, never zeros.
    pub cells: Vec<Cell>,
}

/// A period from which figures cannot be compared with earlier ones.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Break {
    /// First period of the new kind.
    pub period: Period,
    /// The public note that says so.
    pub note: String,
}

/// Lines of one indicator over time.
#[derive(Clone, Debug)]
pub struct Series {
    /// What the indicator means.
    pub meta: Arc<IndicatorMeta>,
    /// The group shown.
    pub group: GroupId,
    /// All periods of the indicator with a cell of one of the areas, ascending.
    pub periods: Vec<Period>,
    /// Chosen areas first, then their parent.
    pub lines: Vec<SeriesLine>,
    /// Breaks in the series: notes that name a year and say "Bruch", "Umstellung", "nicht vergleichbar".
    pub breaks: Vec<Break>,
    /// Definition, sources, protection.
    pub about: About,
    /// What the lines show, as German sentences.
    pub sentence: String,
}

impl Atlas {
    /// Lines of an indicator over time for some areas, with the nearest area above the first one.
    ///
    /// # Errors
    /// [`AtlasError`] for an indicator, area or group that is not there.
    pub fn series(
        &self,
        id: &IndicatorId,
        areas: &[AreaKey],
        group: Option<&GroupId>,
    ) -> Result<Series, AtlasError> {
        let indicator = self.indicator(id)?;
        let group = match group {
            None => indicator.default_group(),
            Some(group) => indicator.group_position(group).ok_or_else(|| AtlasError::UnknownGroup {
                found: group.as_str().to_string(),
                possible: indicator.data.groups.iter().map(|g| g.as_str().to_string()).collect(),
            })?,
        };
        let mut chosen: Vec<(Area, Role)> = Vec::new();
        for key in areas {
            let area = self.area(key)?;
            if !chosen.iter().any(|(found, _)| found.key == area.key) {
                chosen.push((area.clone(), Role::Chosen));
            }
        }
        let above = areas.first().and_then(|key| {
            self.tree()
                .ancestors(key)
                .find(|area| indicator.area_position(&area.key).is_some() && !areas.contains(&area.key))
        });
        chosen.extend(above.map(|area| (area.clone(), Role::Parent)));
        let cells = |key: &AreaKey, period: usize| indicator.cell(key, period, group);
        let periods: Vec<usize> = (0..indicator.data.periods.len())
            .filter(|period| {
                chosen.iter().any(|(area, _)| {
                    !matches!(cells(&area.key, *period), Cell::Missing { mark: Mark::Empty })
                })
            })
            .collect();
        let lines: Vec<SeriesLine> = chosen
            .into_iter()
            .map(|(area, role)| SeriesLine {
                cells: periods.iter().map(|period| cells(&area.key, *period)).collect(),
                area,
                role,
            })
            .collect();
        let periods: Vec<Period> =
            periods.iter().filter_map(|period| indicator.data.periods.get(*period).copied()).collect();
        let breaks = self.breaks(&indicator.meta, &periods, areas);
        let about = About::of(&indicator);
        let sentence = sentence(&indicator.meta, &periods, &lines, &breaks);
        Ok(Series {
            meta: indicator.meta.clone(),
            group: indicator.group(group),
            periods,
            lines,
            breaks,
            about,
            sentence,
        })
    }

    /// Breaks from the public notes of the indicator and from changes of territory of the areas.
    pub(crate) fn breaks(&self, meta: &IndicatorMeta, periods: &[Period], areas: &[AreaKey]) -> Vec<Break> {
        let mut found: Vec<Break> = Vec::new();
        let mut add = |year: i16, note: String| {
            let after_first = periods.iter().skip(1).find(|period| period.year() >= year);
            if let Some(period) =
                after_first.filter(|_| periods.first().is_some_and(|first| first.year() < year))
            {
                found.push(Break { period: *period, note });
            }
        };
        for note in &meta.notes {
            if let Some(year) = break_year(note).filter(|_| self.concerns(note, areas)) {
                add(year, note.clone());
            }
        }
        for layer in self.layers() {
            for change in layer.changes.iter().filter(|change| areas.contains(&change.to)) {
                let from: Vec<&str> = change.from.iter().map(AreaKey::as_str).collect();
                add(
                    change.date.year(),
                    format!(
                        "Neuer Gebietsstand ab {}: {} trat an die Stelle von {}.",
                        change.date.year(),
                        change.to,
                        wording::list(&from)
                    ),
                );
            }
        }
        found.sort_by(|a, b| a.period.cmp(&b.period).then_with(|| a.note.cmp(&b.note)));
        found.dedup();
        found
    }

    /// Whether a note is about one of the areas. A note that begins with the name of an area (`Krefeld: …`) is about
    /// that area and those inside it only.
    fn concerns(&self, note: &str, areas: &[AreaKey]) -> bool {
        let Some((name, _)) = note.split_once(": ") else { return true };
        let mut named = self.tree().iter().filter(|area| area.name == name).peekable();
        named.peek().is_none() || named.any(|outer| areas.iter().any(|key| self.lies_in(key, &outer.key)))
    }
}

/// The first year after a break that a note tells of; `None` for a note that tells of none. Of the two years of a
/// break between them it is the second.
fn break_year(note: &str) -> Option<i16> {
    const WORDS: [&str; 7] = [
        "bruch",
        "umstellung",
        "umgestellt",
        "nicht vergleichbar",
        "eingeschränkt vergleichbar",
        "neue definition",
        "revision",
    ];
    let lower = note.to_lowercase();
    if !WORDS.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let bytes = lower.as_bytes();
    let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let mut years = (0..bytes.len())
        .filter(|i| (0..4).all(|k| digit(i + k)) && !digit(i + 4) && (*i == 0 || !digit(i - 1)));
    let year = |i: usize| lower.get(i..i + 4)?.parse::<i16>().ok().filter(|year| (1900..2200).contains(year));
    let (at, first) = years.find_map(|i| Some((i, year(i)?)))?;
    let between = lower.get(..at).is_some_and(|before| before.trim_end().ends_with("zwischen"))
        && lower.get(at + 4..).is_some_and(|after| after.starts_with(" und "));
    match years.find_map(year) {
        Some(second) if between && second > first => Some(second),
        _ => Some(first),
    }
}

fn sentence(meta: &IndicatorMeta, periods: &[Period], lines: &[SeriesLine], breaks: &[Break]) -> String {
    let mut out = format!("{}: ", meta.title);
    let (Some(first), Some(last)) = (periods.first(), periods.last()) else {
        out.push_str("Für die gewählten Gebiete liegen keine Zahlen vor.");
        return out;
    };
    if first == last {
        out.push_str(&format!("{first}. "));
    } else {
        out.push_str(&format!("{first} bis {last}. "));
    }
    let mut parts: Vec<String> = Vec::new();
    for line in lines {
        let mut shown = periods.iter().zip(&line.cells).filter_map(|(p, cell)| cell.value().map(|v| (p, v)));
        let start = shown.next();
        let end = shown.next_back();
        parts.push(match (start, end) {
            (Some((from, a)), Some((to, b))) => format!(
                "{}: von {} ({from}) auf {} ({to}).",
                line.area.name,
                wording::value(meta, a),
                wording::value(meta, b)
            ),
            (Some((at, a)), None) => format!("{}: {} ({at}).", line.area.name, wording::value(meta, a)),
            _ => format!("{}: kein Wert kann gezeigt werden.", line.area.name),
        });
    }
    out.push_str(&parts.join(" "));
    let protected: usize = lines
        .iter()
        .map(|line| line.cells.iter().filter(|cell| matches!(cell, Cell::Suppressed { .. })).count())
        .sum();
    match protected {
        0 => {}
        1 => out.push_str(" 1 Wert ist geschützt; die Linie hat dort eine Lücke."),
        n => out.push_str(&format!(" {n} Werte sind geschützt; die Linien haben dort Lücken.")),
    }
    for found in breaks {
        out.push_str(&format!(" Bruch in der Reihe {}: {}", found.period, found.note));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::break_year;

    #[test]
    fn notes_tell_breaks() {
        for (note, year) in [
            ("Ab 2017 neue Definition der Arbeitslosigkeit.", Some(2017)),
            ("Bruch in der Zeitreihe: Umstellung zum 31.12.2015.", Some(2015)),
            ("Werte vor 2011 sind nicht vergleichbar.", Some(2011)),
            ("Bruch der Einwohnerzahl zwischen 2014 und 2015.", Some(2015)),
            ("Nicht vergleichbar: 2009 und 2011.", Some(2009)),
            ("Stand 2022.", None),
            ("Bruch, Jahr unbekannt (Tabelle 12345).", None),
            ("", None),
        ] {
            assert_eq!(break_year(note), year, "{note}");
        }
    }
}

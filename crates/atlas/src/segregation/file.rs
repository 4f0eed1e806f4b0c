//! Segregation as drawing and file.

use super::Segregation;
use super::words::index_name;
use crate::export::csv::{comma, lines};
use kekiz_base::{AreaKey, Cell, Figure, Interval};
use kekiz_charts::{Drawing, Frame, RankRow, Ranking, Reference, Unit};

/// Most rows of a drawing; the table has all.
pub const MOST_DRAWN: usize = 60;

impl Segregation {
    /// Every unit as a dot with its interval over the band chance would give, the highest share first. Of more than
    /// [`MOST_DRAWN`] units both ends are drawn.
    pub fn chart(
        &self,
        frame: Frame,
        place: Option<&AreaKey>,
        href: impl Fn(&AreaKey) -> Option<String>,
    ) -> Drawing {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        let units = &self.found.units;
        order.sort_by(|a, b| units[*b].share.total_cmp(&units[*a].share).then(a.cmp(b)));
        if order.len() > MOST_DRAWN {
            order.drain(MOST_DRAWN / 2..order.len() - MOST_DRAWN / 2);
        }
        let percent = |range: Interval| Interval { lower: 100.0 * range.lower, upper: 100.0 * range.upper };
        let rows = order
            .into_iter()
            .map(|at| {
                let (row, unit) = (&self.rows[at], &units[at]);
                let figure =
                    Figure { interval: unit.interval.map(percent), ..Figure::bare(100.0 * unit.share) };
                RankRow {
                    key: row.area.key.to_string(),
                    label: row.area.name.clone(),
                    cell: Cell::Shown(figure),
                    href: href(&row.area.key),
                    highlight: place == Some(&row.area.key),
                    band: unit.band.map(percent),
                }
            })
            .collect();
        Ranking {
            frame,
            unit: Unit::new("%", 1),
            rows,
            reference: Some(Reference { label: "alle zusammen".into(), value: 100.0 * self.found.share }),
        }
        .draw()
    }

    /// All units and the indices as CSV, with source and receipt in every row.
    pub fn csv(&self) -> Vec<u8> {
        const HEAD: [&str; 16] = [
            "zeile",
            "schluessel",
            "name",
            "zeitraum",
            "faelle",
            "personen",
            "wert",
            "untergrenze_95",
            "obergrenze_95",
            "zufall_erwartet",
            "zufall_von",
            "zufall_bis",
            "bereinigt",
            "lage",
            "namensnennung",
            "beleg",
        ];
        let period = self.view.period.to_string();
        let tail = [self.about.attribution.clone(), self.about.receipt.clone()];
        let units = self.rows.iter().zip(&self.found.units).map(|(row, unit)| {
            let mut fields = vec![
                "einheit".into(),
                row.area.key.to_string(),
                row.area.name.clone(),
                period.clone(),
                comma(Some(unit.unit.cases)),
                comma(Some(unit.unit.persons)),
                comma(Some(unit.share)),
                comma(unit.interval.map(|range| range.lower)),
                comma(unit.interval.map(|range| range.upper)),
                comma(Some(self.found.share)),
                comma(unit.band.map(|range| range.lower)),
                comma(unit.band.map(|range| range.upper)),
                String::new(),
                place(unit.outside()).into(),
            ];
            fields.extend(tail.clone());
            fields
        });
        let indices = self.found.indices.iter().map(|row| {
            let mut fields = vec![
                "index".into(),
                String::new(),
                index_name(row.index).0.into(),
                period.clone(),
                String::new(),
                comma(Some(self.found.persons)),
                comma(Some(row.corrected.raw)),
                String::new(),
                String::new(),
                comma(Some(row.corrected.expected)),
                comma(Some(row.band.0)),
                comma(Some(row.band.1)),
                comma(row.corrected.adjusted),
                super::words::against_chance(row).into(),
            ];
            fields.extend(tail.clone());
            fields
        });
        lines(&HEAD, units.chain(indices))
    }

    /// The units as one SVG file.
    pub fn svg(&self) -> String {
        let frame = Frame::new("trennung", format!("{}, {}", self.view.meta.title, self.view.period))
            .with_width(720.0);
        self.chart(frame, None, |_| None).svg
    }
}

/// Where a unit lies, for tables.
pub fn place(outside: Option<bool>) -> &'static str {
    match outside {
        None => "im Rahmen des Zufalls",
        Some(true) => "mehr, als Zufall erwarten lässt",
        Some(false) => "weniger, als Zufall erwarten lässt",
    }
}

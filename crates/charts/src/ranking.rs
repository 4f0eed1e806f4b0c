//! Rankings: a dot with its interval per area.

use crate::axis::{bottom, tick_labels};
use crate::bars::{Columns, reference_line, reference_sentence};
use crate::scale::{Linear, extent, ticks};
use crate::svg::{ACCENT, Canvas, MAIN};
use crate::words::{cell_text, number, short_text, summary};
use crate::{Drawing, Frame, Reference, Unit};
use kekiz_base::{Cell, Interval};

/// One area of a ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct RankRow {
    /// Key of the area, for `data-key`.
    pub key: String,
    /// Name, with its rank if the caller wants it there ("3. Herne").
    pub label: String,
    /// The value with its interval; a cell that is not shown becomes a text.
    pub cell: Cell,
    /// Where a click on the name leads.
    pub href: Option<String>,
    /// Set off from the others.
    pub highlight: bool,
    /// What chance alone would give, as a grey bar behind the dot.
    pub band: Option<Interval>,
}

/// Dots with intervals, one row per area, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// Place and title.
    pub frame: Frame,
    /// Unit of the values.
    pub unit: Unit,
    /// Rows from top to bottom.
    pub rows: Vec<RankRow>,
    /// The parent area, as a line through all rows.
    pub reference: Option<Reference>,
}

impl Ranking {
    /// Draws the ranking. The axis does not have to begin at zero, since dots tell by position.
    pub fn draw(&self) -> Drawing {
        let mut canvas = Canvas::new(&self.frame);
        if self.rows.is_empty() {
            return canvas.empty("ranking");
        }
        let reference = self.reference.as_ref().filter(|r| r.value.is_finite());
        let ends = self.rows.iter().filter_map(|row| row.cell.figure()).flat_map(|figure| {
            let range = figure.interval.map_or([figure.value; 2], |range| [range.lower, range.upper]);
            [figure.value, range[0], range[1]]
        });
        let bands = self.rows.iter().filter_map(|row| row.band).flat_map(|band| [band.lower, band.upper]);
        let [low, high] = extent(ends.chain(bands).chain(reference.map(|r| r.value))).unwrap_or([0.0, 1.0]);
        let low = if low > 0.0 && low < 0.4 * high { 0.0 } else { low };
        let columns = Columns::new(
            canvas.width,
            self.rows.iter().map(|row| row.label.as_str()),
            self.rows.iter().map(|row| short_text(&row.cell, &self.unit)),
        );
        let marks = ticks(low, high, 4);
        let scale =
            Linear::new([marks[0], marks[marks.len() - 1]], [columns.plot[0] + 6.0, columns.plot[1] - 4.0]);
        let (top, row_height) = (if reference.is_some() { 20.0 } else { 6.0 }, 21.0);
        let end = top + row_height * self.rows.len() as f64;
        for (i, _) in self.rows.iter().enumerate().filter(|(_, row)| row.highlight) {
            let y = top + row_height * i as f64;
            let width = canvas.width;
            canvas.rect(0.0, y, width, row_height, r##"fill="#fdeee4""##);
        }
        bottom(&mut canvas, &scale, &marks, &tick_labels(&marks, &self.unit), [top, end + 2.0]);
        if let Some(reference) = reference {
            reference_line(&mut canvas, &scale, reference, &self.unit, [top, end + 2.0]);
        }
        for (i, row) in self.rows.iter().enumerate() {
            let y = top + row_height * (i as f64 + 0.5);
            let label = format!("{}: {}", row.label, cell_text(&row.cell, &self.unit));
            let tag = columns.name(&mut canvas, y, &row.label, row.highlight, row.href.as_deref(), &label);
            let colour = if row.highlight { ACCENT } else { MAIN };
            let value = number(&row.cell);
            if let Some(band) = row.band {
                let (from, to) = (scale.at(band.lower), scale.at(band.upper));
                canvas.rect(from.min(to), y - 7.5, (to - from).abs(), 15.0, r##"fill="#cfd5db""##);
            }
            if let Some(value) = value {
                if let Some(range) = row.cell.figure().and_then(|figure| figure.interval) {
                    canvas.line(
                        [scale.at(range.lower), y],
                        [scale.at(range.upper), y],
                        &format!(
                            r#"stroke="{colour}" stroke-width="5" stroke-opacity=".3" stroke-linecap="round""#
                        ),
                    );
                }
                canvas.circle(scale.at(value), y, 4.6, &format!(r##"fill="{colour}" stroke="#fff""##));
            }
            columns.value(&mut canvas, y, &short_text(&row.cell, &self.unit), row.highlight, value.is_none());
            canvas.close(tag);
        }
        let cells = self.rows.iter().map(|row| (row.label.as_str(), &row.cell));
        let mut sentence =
            summary(&format!("Rangfolge {}", self.frame.title), cells, &self.unit, ("Gebiet", "Gebiete"));
        for row in self.rows.iter().filter(|row| row.highlight).take(3) {
            sentence.push_str(&format!(
                " Hervorgehoben ist {}: {}.",
                row.label,
                cell_text(&row.cell, &self.unit)
            ));
        }
        sentence.push_str(&reference_sentence(reference, &self.unit));
        let view = [canvas.width, end + 22.0];
        canvas.finish("ranking", view, sentence)
    }
}

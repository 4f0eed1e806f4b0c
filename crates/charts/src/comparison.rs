//! Two areas side by side: a dumbbell per indicator.

use crate::scale::{Linear, extent};
use crate::svg::{ACCENT, AXIS, Anchor, Canvas, GRID, MAIN, QUIET, SMALL, n, shorten, text_width, wrap};
use crate::words::{cell_text, number, short_text};
use crate::{Drawing, Frame, Unit};
use kekiz_base::Cell;

/// One indicator of both areas.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparisonRow {
    /// Name of the indicator.
    pub label: String,
    /// Its unit.
    pub unit: Unit,
    /// Value of the first area.
    pub a: Cell,
    /// Value of the second area.
    pub b: Cell,
    /// Range of all areas of the level; each row has its own scale.
    pub range: Option<(f64, f64)>,
    /// Where a click on the name leads.
    pub href: Option<String>,
}

/// Two areas compared over several indicators.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Place and title.
    pub frame: Frame,
    /// Name of the first area (blue circle).
    pub a: String,
    /// Name of the second area (orange square).
    pub b: String,
    /// Indicators from top to bottom.
    pub rows: Vec<ComparisonRow>,
}

fn mark_a(canvas: &mut Canvas, x: f64, y: f64) {
    canvas.circle(x, y, 5.4, &format!(r##"fill="{MAIN}" stroke="#fff" stroke-width="1.2""##));
}

fn mark_b(canvas: &mut Canvas, x: f64, y: f64) {
    canvas.rect(
        x - 4.8,
        y - 4.8,
        9.6,
        9.6,
        &format!(r##"fill="{ACCENT}" stroke="#fff" stroke-width="1.2""##),
    );
}

impl Comparison {
    /// Draws the comparison.
    pub fn draw(&self) -> Drawing {
        let mut canvas = Canvas::new(&self.frame);
        if self.rows.is_empty() {
            return canvas.empty("comparison");
        }
        let half = canvas.width / 2.0 - 22.0;
        let name = |text: &str| shorten(text, 13.0, half);
        mark_a(&mut canvas, 8.0, 11.0);
        canvas.text(20.0, 15.5, Anchor::Start, r#"font-weight="600""#, &name(&self.a));
        let second = 20.0 + text_width(&name(&self.a), 13.0) + 26.0;
        mark_b(&mut canvas, second, 11.0);
        canvas.text(second + 12.0, 15.5, Anchor::Start, r#"font-weight="600""#, &name(&self.b));
        let (row_height, top) = (46.0, 28.0);
        let values =
            self.rows.iter().flat_map(|row| [short_text(&row.a, &row.unit), short_text(&row.b, &row.unit)]);
        let side = values.map(|v| text_width(&v, SMALL)).fold(0.0, f64::max) + 12.0;
        let plot = [side, canvas.width - side];
        for (i, row) in self.rows.iter().enumerate() {
            let y = top + row_height * i as f64;
            self.row(&mut canvas, row, y, plot);
        }
        let height = top + row_height * self.rows.len() as f64;
        let view = [canvas.width, height];
        canvas.finish("comparison", view, self.sentence())
    }

    fn row(&self, canvas: &mut Canvas, row: &ComparisonRow, y: f64, plot: [f64; 2]) {
        let text = format!(
            "{}: {} {}, {} {}",
            row.label,
            self.a,
            cell_text(&row.a, &row.unit),
            self.b,
            cell_text(&row.b, &row.unit)
        );
        let tag = canvas.open(row.href.as_deref(), "", &text, true);
        let small = format!(r#"font-size="{}""#, n(SMALL));
        let title = shorten(&row.label, SMALL, canvas.width - 4.0);
        canvas.text(2.0, y + 13.0, Anchor::Start, &small, &title);
        let line = y + 30.0;
        let (a, b) = (number(&row.a), number(&row.b));
        let range = row.range.map(|(low, high)| [low, high]).into_iter().flatten();
        let domain = extent(range.chain(a).chain(b));
        canvas.line(
            [plot[0], line],
            [plot[1], line],
            &format!(r#"stroke="{GRID}" stroke-width="3" stroke-linecap="round""#),
        );
        // The area with the smaller value has its figure on the left.
        let swap = matches!((a, b), (Some(a), Some(b)) if a > b);
        let write = |canvas: &mut Canvas, cell: &Cell, colour: &str, left: bool| {
            let shown = number(cell).is_some();
            let colour = if shown { colour } else { QUIET };
            let style = if shown { r#" font-weight="600""# } else { r#" font-style="italic""# };
            let attributes = format!(r#"font-size="{}" fill="{colour}"{style}"#, n(SMALL));
            let (x, anchor) =
                if left { (plot[0] - 8.0, Anchor::End) } else { (plot[1] + 8.0, Anchor::Start) };
            canvas.text(x, line + 4.0, anchor, &attributes, &short_text(cell, &row.unit));
        };
        write(canvas, &row.a, MAIN, !swap);
        write(canvas, &row.b, ACCENT, swap);
        if let Some(domain) = domain {
            let scale = Linear::new(domain, [plot[0] + 6.0, plot[1] - 6.0]);
            if let (Some(a), Some(b)) = (a, b) {
                canvas.line(
                    [scale.at(a), line],
                    [scale.at(b), line],
                    &format!(r#"stroke="{AXIS}" stroke-width="3""#),
                );
            }
            if let Some(a) = a {
                mark_a(canvas, scale.at(a), line);
            }
            if let Some(b) = b {
                mark_b(canvas, scale.at(b), line);
            }
        }
        canvas.close(tag);
    }

    fn sentence(&self) -> String {
        let mut out = format!("Vergleich von {} und {}.", self.a, self.b);
        for row in self.rows.iter().take(12) {
            out.push_str(&format!(
                " {}: {} gegenüber {}.",
                row.label,
                short_text(&row.a, &row.unit),
                short_text(&row.b, &row.unit)
            ));
        }
        if self.rows.len() > 12 {
            out.push_str(&format!(" Dazu {} weitere.", self.rows.len() - 12));
        }
        out
    }
}

/// Lines of a long name; used where a row has room for two.
pub(crate) fn two_lines(text: &str, width: f64) -> Vec<String> {
    wrap(text, SMALL, width, 2)
}

//! Horizontal bars.

use crate::axis::{bottom, tick_labels};
use crate::scale::{Linear, extent, ticks};
use crate::svg::{ACCENT, Anchor, Canvas, INK, MAIN, QUIET, SMALL, SOFT, n, shorten, text_width};
use crate::words::{cell_text, number, short_text, summary};
use crate::{Colour, Drawing, Frame, Unit};
use kekiz_base::Cell;

/// A value to compare with, drawn as a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// What it is, for example "NRW".
    pub label: String,
    /// The value in the unit of the drawing.
    pub value: f64,
}

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Name beside the bar.
    pub label: String,
    /// The value; a cell that is not shown becomes a text.
    pub cell: Cell,
    /// Where a click on the name leads.
    pub href: Option<String>,
    /// Drawn in the accent colour.
    pub highlight: bool,
    /// A colour of its own (of a class).
    pub colour: Option<Colour>,
}

impl Bar {
    /// A bar with nothing special.
    pub fn new(label: impl Into<String>, cell: Cell) -> Self {
        Self { label: label.into(), cell, href: None, highlight: false, colour: None }
    }
}

/// Horizontal bars, each with its name and value, from zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    /// Place and title.
    pub frame: Frame,
    /// Unit of the values.
    pub unit: Unit,
    /// The bars from top to bottom.
    pub bars: Vec<Bar>,
    /// A line to compare with.
    pub reference: Option<Reference>,
}

/// The three columns of drawings with one row per thing: name, plot, value.
#[derive(Clone, Copy)]
pub(crate) struct Columns {
    pub(crate) name: f64,
    pub(crate) plot: [f64; 2],
    pub(crate) value: f64,
}

impl Columns {
    pub(crate) fn new<'a>(
        width: f64,
        names: impl Iterator<Item = &'a str>,
        values: impl Iterator<Item = String>,
    ) -> Self {
        let widest = names.map(|name| text_width(name, SMALL)).fold(0.0, f64::max) + 8.0;
        let value = (values.map(|v| text_width(&v, SMALL)).fold(0.0, f64::max) + 8.0).min(width * 0.3);
        // Names may take what values and a plot of a third of the width leave.
        let name = widest.min((width * 0.38).max(width * 0.66 - value));
        Self { name, plot: [name, width - value - 6.0], value: width - 2.0 }
    }

    /// Writes the name of a row, as a link where it has an address; gives the closing tag of the row.
    pub(crate) fn name(
        &self,
        canvas: &mut Canvas,
        y: f64,
        name: &str,
        bold: bool,
        href: Option<&str>,
        label: &str,
    ) -> &'static str {
        let tag = canvas.open(href, "", label, true);
        let weight = if bold { r#" font-weight="700""# } else { "" };
        let attributes = format!(r#"font-size="{}"{weight}"#, n(SMALL));
        let room = if bold { (self.name - 8.0) * 0.94 } else { self.name - 8.0 };
        canvas.text(2.0, y + 4.0, Anchor::Start, &attributes, &shorten(name, SMALL, room));
        tag
    }

    /// Writes the value of a row.
    pub(crate) fn value(&self, canvas: &mut Canvas, y: f64, text: &str, bold: bool, quiet: bool) {
        let weight = if bold { r#" font-weight="700""# } else { "" };
        let style = if quiet { r#" font-style="italic""# } else { "" };
        let colour = if quiet { QUIET } else { INK };
        let attributes = format!(r#"font-size="{}" fill="{colour}"{weight}{style}"#, n(SMALL));
        canvas.text(self.value, y + 4.0, Anchor::End, &attributes, text);
    }
}

/// A dashed line with its label on top.
pub(crate) fn reference_line(
    canvas: &mut Canvas,
    scale: &Linear,
    reference: &Reference,
    unit: &Unit,
    rows: [f64; 2],
) {
    let x = scale.at(reference.value);
    canvas.line(
        [x, rows[0]],
        [x, rows[1]],
        &format!(r#"stroke="{INK}" stroke-width="1.2" stroke-dasharray="4 3""#),
    );
    let text =
        shorten(&format!("{} {}", reference.label, unit.value(reference.value)), SMALL, canvas.width - 4.0);
    let half = text_width(&text, SMALL) / 2.0;
    let middle = x.min(canvas.width - half - 2.0).max(half + 2.0);
    canvas.text(middle, rows[0] - 4.0, Anchor::Middle, &format!(r#"font-size="{}""#, n(SMALL)), &text);
}

/// The part of a sentence that names the reference.
pub(crate) fn reference_sentence(reference: Option<&Reference>, unit: &Unit) -> String {
    match reference {
        Some(found) if found.value.is_finite() => {
            format!(" Zum Vergleich {}: {}.", found.label, unit.value(found.value))
        }
        _ => String::new(),
    }
}

impl Bars {
    /// Draws the bars.
    pub fn draw(&self) -> Drawing {
        let mut canvas = Canvas::new(&self.frame);
        if self.bars.is_empty() {
            return canvas.empty("bars");
        }
        let reference = self.reference.as_ref().filter(|r| r.value.is_finite());
        let values = self.bars.iter().filter_map(|bar| number(&bar.cell));
        let [low, high] = extent(values.chain(reference.map(|r| r.value)).chain([0.0])).unwrap_or([0.0, 1.0]);
        let columns = Columns::new(
            canvas.width,
            self.bars.iter().map(|bar| bar.label.as_str()),
            self.bars.iter().map(|bar| short_text(&bar.cell, &self.unit)),
        );
        let marks = ticks(low, high, 4);
        let scale = Linear::new([marks[0], marks[marks.len() - 1]], columns.plot);
        let top = if reference.is_some() { 20.0 } else { 6.0 };
        let row = 23.0;
        let end = top + row * self.bars.len() as f64;
        bottom(&mut canvas, &scale, &marks, &tick_labels(&marks, &self.unit), [top, end + 2.0]);
        for (i, bar) in self.bars.iter().enumerate() {
            let y = top + row * (i as f64 + 0.5);
            let label = format!("{}: {}", bar.label, cell_text(&bar.cell, &self.unit));
            let tag = columns.name(&mut canvas, y, &bar.label, bar.highlight, bar.href.as_deref(), &label);
            let value = number(&bar.cell);
            if let Some(value) = value {
                let (from, to) = (scale.at(0.0), scale.at(value));
                let fill = match (bar.colour, bar.highlight) {
                    (Some(colour), _) => colour.to_string(),
                    (None, true) => ACCENT.to_string(),
                    (None, false) => MAIN.to_string(),
                };
                let border =
                    if bar.colour.is_some() { r##" stroke="#1b1f24" stroke-width=".6""## } else { "" };
                canvas.rect(
                    from.min(to),
                    y - 7.0,
                    (to - from).abs().max(0.8),
                    14.0,
                    &format!(r#"fill="{fill}"{border}"#),
                );
                if let Some(range) = bar.cell.figure().and_then(|figure| figure.interval) {
                    let (a, b) = (
                        scale.at(range.lower).max(columns.plot[0]),
                        scale.at(range.upper).min(columns.plot[1]),
                    );
                    canvas.line([a, y], [b, y], r##"stroke="#fff" stroke-width="4""##);
                    canvas.line([a, y], [b, y], &format!(r#"stroke="{INK}" stroke-width="1.6""#));
                }
            } else {
                let x = scale.at(0.0);
                canvas.rect(
                    x,
                    y - 7.0,
                    10.0,
                    14.0,
                    &format!(r#"fill="none" stroke="{SOFT}" stroke-dasharray="2 2""#),
                );
            }
            columns.value(&mut canvas, y, &short_text(&bar.cell, &self.unit), bar.highlight, value.is_none());
            canvas.close(tag);
        }
        if let Some(reference) = reference {
            reference_line(&mut canvas, &scale, reference, &self.unit, [top, end + 2.0]);
        }
        let cells = self.bars.iter().map(|bar| (bar.label.as_str(), &bar.cell));
        let mut sentence = summary(&self.frame.title, cells, &self.unit, ("Balken", "Balken"));
        sentence.push_str(&reference_sentence(reference, &self.unit));
        let view = [canvas.width, end + 22.0];
        canvas.finish("bars", view, sentence)
    }
}

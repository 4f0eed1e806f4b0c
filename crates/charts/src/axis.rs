//! Axes with grid lines and German numbers.

use crate::Unit;
use crate::scale::{Linear, tick_decimals};
use crate::svg::{AXIS, Anchor, Canvas, GRID, QUIET, SMALL, n, text_width};
use kekiz_base::number::german;

fn quiet() -> String {
    format!(r#"font-size="{}" fill="{QUIET}""#, n(SMALL))
}

/// Labels of ticks; the last one carries the unit when it is short.
pub(crate) fn tick_labels(ticks: &[f64], unit: &Unit) -> Vec<String> {
    let decimals = tick_decimals(ticks);
    let short = unit.text.chars().count() <= 2 && !unit.text.is_empty();
    let last = ticks.len().saturating_sub(1);
    ticks
        .iter()
        .enumerate()
        .map(|(i, tick)| {
            let number = german(*tick, decimals);
            if short && i == last { format!("{number}\u{a0}{}", unit.text) } else { number }
        })
        .collect()
}

/// Vertical grid lines with labels below.
pub(crate) fn bottom(canvas: &mut Canvas, scale: &Linear, ticks: &[f64], labels: &[String], rows: [f64; 2]) {
    let attributes = quiet();
    let mut free = f64::NEG_INFINITY;
    for (tick, label) in ticks.iter().zip(labels) {
        let x = scale.at(*tick);
        let colour = if *tick == 0.0 { AXIS } else { GRID };
        canvas.line([x, rows[0]], [x, rows[1]], &format!(r#"stroke="{colour}""#));
        let width = text_width(label, SMALL);
        let middle = x.min(canvas.width - width / 2.0).max(width / 2.0);
        if middle - width / 2.0 >= free {
            canvas.text(middle, rows[1] + 15.0, Anchor::Middle, &attributes, label);
            free = middle + width / 2.0 + 4.0;
        }
    }
}

/// Horizontal grid lines with labels to the left of `columns[0]`.
pub(crate) fn left(canvas: &mut Canvas, scale: &Linear, ticks: &[f64], labels: &[String], columns: [f64; 2]) {
    let attributes = quiet();
    for (tick, label) in ticks.iter().zip(labels) {
        let y = scale.at(*tick);
        let colour = if *tick == 0.0 { AXIS } else { GRID };
        canvas.line([columns[0], y], [columns[1], y], &format!(r#"stroke="{colour}""#));
        canvas.text(columns[0] - 5.0, y + 4.0, Anchor::End, &attributes, label);
    }
}

/// Room the labels of a left axis need.
pub(crate) fn left_room(labels: &[String]) -> f64 {
    labels.iter().map(|label| text_width(label, SMALL)).fold(0.0, f64::max) + 8.0
}

/// Name of an axis, small and quiet.
pub(crate) fn title(canvas: &mut Canvas, x: f64, y: f64, anchor: Anchor, text: &str) {
    let attributes = quiet();
    canvas.text(x, y, anchor, &attributes, text);
}

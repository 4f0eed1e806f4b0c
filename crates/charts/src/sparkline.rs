//! Sparklines: a series the size of a word.

use crate::scale::{Linear, extent};
use crate::svg::{ACCENT, Canvas, MAIN};
use crate::{Drawing, Frame, Unit};

/// A line without axes, 96 × 24 units, its last value marked; `None` makes a gap.
///
/// The frame's width is not used. Fewer than two values give a drawing with at most a dot.
pub fn sparkline(frame: &Frame, values: &[Option<f64>], unit: &Unit) -> Drawing {
    let mut canvas = Canvas::new(frame);
    let view = [96.0, 24.0];
    let finite: Vec<Option<f64>> = values.iter().map(|v| v.filter(|v| v.is_finite())).collect();
    let Some(range) = extent(finite.iter().flatten().copied()) else {
        let sentence = format!("{}: keine Werte.", frame.title);
        return canvas.finish("spark", view, sentence);
    };
    let x = Linear::new([0.0, finite.len().saturating_sub(1) as f64], [4.0, 90.0]);
    let y = Linear::new(range, [20.0, 4.0]);
    let attributes = format!(
        r#"fill="none" stroke="{MAIN}" stroke-width="1.8" stroke-linejoin="round" stroke-linecap="round""#
    );
    for run in runs(&finite) {
        let points: Vec<[f64; 2]> = run.iter().map(|(i, v)| [x.at(*i as f64), y.at(*v)]).collect();
        match points[..] {
            [point] => canvas.circle(point[0], point[1], 1.2, &format!(r#"fill="{MAIN}""#)),
            _ => canvas.path(&points, false, &attributes),
        }
    }
    let shown: Vec<(usize, f64)> = finite.iter().enumerate().filter_map(|(i, v)| v.map(|v| (i, v))).collect();
    let mut sentence = format!("{}: ", frame.title);
    if let (Some(first), Some(last)) = (shown.first(), shown.last()) {
        canvas.circle(x.at(last.0 as f64), y.at(last.1), 2.8, &format!(r#"fill="{ACCENT}""#));
        if first.0 == last.0 {
            sentence.push_str(&format!("{}.", unit.value(last.1)));
        } else {
            sentence.push_str(&format!("von {} auf {}.", unit.value(first.1), unit.value(last.1)));
        }
    }
    canvas.finish("spark", view, sentence)
}

/// Stretches without gaps, each value with its index.
fn runs(values: &[Option<f64>]) -> Vec<Vec<(usize, f64)>> {
    let mut out: Vec<Vec<(usize, f64)>> = Vec::new();
    let mut open = false;
    for (i, value) in values.iter().enumerate() {
        match (value, open) {
            (Some(value), true) => {
                if let Some(run) = out.last_mut() {
                    run.push((i, *value));
                }
            }
            (Some(value), false) => out.push(vec![(i, *value)]),
            (None, _) => {}
        }
        open = value.is_some();
    }
    out
}

//! Points joined in their order, such as precision against recall over thresholds.

use crate::axis::{bottom, left, left_room, tick_labels, title};
use crate::scale::{Linear, extent, ticks};
use crate::scatter::Labels;
use crate::svg::{ACCENT, Anchor, Canvas, MAIN, SMALL, shorten};
use crate::{Drawing, Frame, Unit};

/// One point of a curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CurvePoint {
    /// What it stands for, such as a threshold.
    pub label: String,
    /// Value to the right.
    pub x: f64,
    /// Value up.
    pub y: f64,
    /// Drawn in the accent colour with its label.
    pub highlight: bool,
}

/// A curve through points.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Place and title.
    pub frame: Frame,
    /// What goes to the right.
    pub x_label: String,
    /// Its unit.
    pub x_unit: Unit,
    /// What goes up.
    pub y_label: String,
    /// Its unit.
    pub y_unit: Unit,
    /// The points in the order they are joined; those with a value that is not finite are passed over.
    pub points: Vec<CurvePoint>,
}

impl Curve {
    /// Draws the curve. Labels stand beside points where there is room; every point says what it is when pointed at.
    pub fn draw(&self) -> Drawing {
        let mut canvas = Canvas::new(&self.frame);
        let points: Vec<&CurvePoint> =
            self.points.iter().filter(|point| point.x.is_finite() && point.y.is_finite()).collect();
        let (Some(xs), Some(ys)) =
            (extent(points.iter().map(|point| point.x)), extent(points.iter().map(|point| point.y)))
        else {
            return canvas.empty("curve");
        };
        let (x_ticks, y_ticks) = (ticks(xs[0], xs[1], 4), ticks(ys[0], ys[1], 5));
        let (x_labels, y_labels) = (tick_labels(&x_ticks, &self.x_unit), tick_labels(&y_ticks, &self.y_unit));
        let height = (canvas.width * 0.7).min(480.0);
        let (start, end, top, base) = (left_room(&y_labels), canvas.width - 12.0, 28.0, height - 42.0);
        let x = Linear::new([x_ticks[0], x_ticks[x_ticks.len() - 1]], [start, end]);
        let y = Linear::new([y_ticks[0], y_ticks[y_ticks.len() - 1]], [base, top]);
        left(&mut canvas, &y, &y_ticks, &y_labels, [start, end]);
        bottom(&mut canvas, &x, &x_ticks, &x_labels, [top, base]);
        let room = canvas.width - 4.0;
        let name = |mark: &str| shorten(mark, SMALL, room);
        title(&mut canvas, 2.0, 12.0, Anchor::Start, &name(&format!("↑ {}", self.y_label)));
        title(&mut canvas, end, height - 8.0, Anchor::End, &name(&format!("{} →", self.x_label)));
        let places: Vec<[f64; 2]> = points.iter().map(|point| [x.at(point.x), y.at(point.y)]).collect();
        canvas.path(&places, false, &format!(r#"fill="none" stroke="{MAIN}" stroke-width="2""#));
        let mut labels = Labels::default();
        for (point, at) in points.iter().zip(&places) {
            labels.block(at[0], at[1], 4.0);
            let text =
                format!("{}: {}, {}", point.label, self.x_unit.value(point.x), self.y_unit.value(point.y));
            let tag = canvas.open(None, &point.label, &text, true);
            let colour = if point.highlight { ACCENT } else { MAIN };
            canvas.circle(
                at[0],
                at[1],
                4.2,
                &format!(r##"fill="{colour}" stroke="#fff" stroke-width=".9""##),
            );
            canvas.close(tag);
        }
        let area = [start, top - 10.0, canvas.width, base];
        let (marked, others): (Vec<usize>, Vec<usize>) =
            (0..points.len()).partition(|at| points[*at].highlight);
        for at in marked.into_iter().chain(others) {
            labels.write(&mut canvas, places[at], &points[at].label, points[at].highlight, area);
        }
        let sentence = match points.iter().find(|point| point.highlight) {
            Some(point) => format!(
                "{}: {} {} und {} {}.",
                point.label,
                self.x_label,
                self.x_unit.value(point.x),
                self.y_label,
                self.y_unit.value(point.y)
            ),
            None => format!("{} gegen {}.", self.y_label, self.x_label),
        };
        canvas.finish("curve", [self.frame.width, height], sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: Vec<CurvePoint>) -> Curve {
        let unit = || Unit::new("%", 1);
        Curve {
            frame: Frame::new("k", "Genauigkeit"),
            x_label: "Vollständigkeit".into(),
            x_unit: unit(),
            y_label: "Genauigkeit".into(),
            y_unit: unit(),
            points,
        }
    }

    #[test]
    fn points_are_joined_in_their_order() {
        let point =
            |label: &str, x: f64, y: f64, highlight| CurvePoint { label: label.into(), x, y, highlight };
        let drawing = curve(vec![
            point("ab 1 %", 99.0, 90.0, false),
            point("ab 50 %", 97.0, 98.0, true),
            point("ab 99 %", 90.0, 99.9, false),
            point("nie", f64::NAN, 1.0, false),
        ])
        .draw();
        assert_eq!(drawing.svg.matches("<circle").count(), 3);
        assert_eq!(drawing.sentence, "ab 50 %: Vollständigkeit 97,0\u{a0}% und Genauigkeit 98,0\u{a0}%.");
        assert!(drawing.svg.contains("<path"));
    }

    #[test]
    fn without_points_there_is_a_word() {
        assert!(!curve(Vec::new()).draw().svg.contains("<circle"));
    }
}

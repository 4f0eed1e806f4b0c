//! Funnel plots: which areas differ from the target by more than chance.
//!
//! Source: D. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 24
//! (2005). The limits are computed by the caller.

use crate::axis::{bottom, left, left_room, tick_labels, title};
use crate::scale::{Linear, extent, ticks};
use crate::scatter::Labels;
use crate::svg::{ACCENT, AXIS, Anchor, Canvas, INK, MAIN, QUIET, SMALL, n, shorten};
use crate::words::count;
use crate::{Drawing, Frame, Unit};

/// One area of a funnel plot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FunnelPoint {
    /// Key of the area.
    pub key: String,
    /// Name of the area.
    pub label: String,
    /// Number of persons.
    pub denominator: f64,
    /// The share or rate.
    pub value: f64,
    /// Where a click leads.
    pub href: Option<String>,
    /// Drawn in the accent colour with its name.
    pub highlight: bool,
}

/// A pair of control limits as curves of (number of persons, limit), ordered by number.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Written beside the curve, for example "95 %".
    pub label: String,
    /// Lower limit.
    pub lower: Vec<[f64; 2]>,
    /// Upper limit.
    pub upper: Vec<[f64; 2]>,
}

/// Areas by size and value, with the limits of chance around a target.
#[derive(Clone, Debug, PartialEq)]
pub struct Funnel {
    /// Place and title.
    pub frame: Frame,
    /// Unit of the values.
    pub unit: Unit,
    /// Who is counted, for the axis ("Kinder unter 15 Jahren").
    pub base_label: String,
    /// The areas; points with a value that is not finite are passed over.
    pub points: Vec<FunnelPoint>,
    /// The value of the parent area with its name.
    pub target: (String, f64),
    /// Limits from the narrowest to the widest.
    pub limits: Vec<Limits>,
}

/// The value of a curve at a place, by straight lines between its points.
fn along(curve: &[[f64; 2]], x: f64) -> Option<f64> {
    let i = curve.partition_point(|p| p[0] <= x);
    match (i.checked_sub(1).and_then(|i| curve.get(i)), curve.get(i)) {
        (Some(a), Some(b)) if b[0] > a[0] => Some(a[1] + (b[1] - a[1]) * (x - a[0]) / (b[0] - a[0])),
        (Some(end), _) | (None, Some(end)) => Some(end[1]),
        (None, None) => None,
    }
}

impl Funnel {
    /// Whether a point lies outside the widest limits: −1 below, 1 above.
    fn outside(&self, point: &FunnelPoint) -> i8 {
        let Some(widest) = self.limits.last() else { return 0 };
        let above = along(&widest.upper, point.denominator).is_some_and(|limit| point.value > limit);
        let below = along(&widest.lower, point.denominator).is_some_and(|limit| point.value < limit);
        i8::from(above) - i8::from(below)
    }

    /// Draws the plot.
    pub fn draw(&self) -> Drawing {
        let mut canvas = Canvas::new(&self.frame);
        let points: Vec<&FunnelPoint> =
            self.points.iter().filter(|p| p.denominator.is_finite() && p.value.is_finite()).collect();
        let (Some(xs), Some(ys)) = (
            extent(points.iter().map(|p| p.denominator).chain([0.0])),
            extent(points.iter().map(|p| p.value).chain([self.target.1])),
        ) else {
            return canvas.empty("funnel");
        };
        if points.is_empty() {
            return canvas.empty("funnel");
        }
        let room = (ys[1] - ys[0]) * 0.15;
        let low = if ys[0] >= 0.0 { (ys[0] - room).max(0.0) } else { ys[0] - room };
        let (x_ticks, y_ticks) = (ticks(xs[0], xs[1], 4), ticks(low, ys[1] + room, 5));
        let (x_labels, y_labels) =
            (tick_labels(&x_ticks, &Unit::default()), tick_labels(&y_ticks, &self.unit));
        let height = (canvas.width * 0.75).min(560.0);
        let (start, end, top, base) = (left_room(&y_labels), canvas.width - 14.0, 14.0, height - 42.0);
        let x = Linear::new([x_ticks[0], x_ticks[x_ticks.len() - 1]], [start, end]);
        let y_ends = [y_ticks[0], y_ticks[y_ticks.len() - 1]];
        let y = Linear::new(y_ends, [base, top]);
        left(&mut canvas, &y, &y_ticks, &y_labels, [start, end]);
        bottom(&mut canvas, &x, &x_ticks, &x_labels, [base, base + 4.0]);
        let label = shorten(&format!("{} →", self.base_label), SMALL, canvas.width - 8.0);
        title(&mut canvas, end, height - 8.0, Anchor::End, &label);
        for (i, limits) in self.limits.iter().enumerate() {
            let dash = if i + 1 == self.limits.len() { "" } else { r#" stroke-dasharray="5 3""# };
            for curve in [&limits.lower, &limits.upper] {
                let inside: Vec<[f64; 2]> = curve
                    .iter()
                    .filter(|p| p[0] >= x_ticks[0] && p[0] <= x_ticks[x_ticks.len() - 1])
                    .filter(|p| p[1] >= y_ends[0] && p[1] <= y_ends[1])
                    .map(|p| [x.at(p[0]), y.at(p[1])])
                    .collect();
                if inside.len() > 1 {
                    canvas.path(
                        &inside,
                        false,
                        &format!(r#"fill="none" stroke="{AXIS}" stroke-width="1.4"{dash}"#),
                    );
                }
            }
        }
        if self.target.1.is_finite() {
            let at = y.at(self.target.1);
            canvas.line([start, at], [end, at], &format!(r#"stroke="{INK}" stroke-width="1.3""#));
        }
        let mut labels = Labels::default();
        let mut order: Vec<&&FunnelPoint> = points.iter().collect();
        order.sort_by_key(|p| (p.highlight, self.outside(p) != 0));
        for point in &order {
            let (px, py) = (x.at(point.denominator), y.at(point.value));
            labels.block(px, py, 4.0);
            let text = format!(
                "{}: {}, {}",
                point.label,
                self.unit.value(point.value),
                count(point.denominator.max(0.0) as usize, "Person", "Personen")
            );
            let tag = canvas.open(point.href.as_deref(), &point.key, &text, true);
            let colour = if point.highlight { ACCENT } else { MAIN };
            // Inside the limits open, outside filled: the message does not hang on colour.
            let fill = if self.outside(point) == 0 { "#fff" } else { colour };
            canvas.circle(px, py, 4.2, &format!(r#"fill="{fill}" stroke="{colour}" stroke-width="1.5""#));
            canvas.close(tag);
        }
        let area = [start, top - 8.0, canvas.width, base];
        for point in order.iter().rev().filter(|p| p.highlight || self.outside(p) != 0).take(14) {
            let at = [x.at(point.denominator), y.at(point.value)];
            labels.write(&mut canvas, at, &point.label, point.highlight, area);
        }
        let quiet = format!(
            r##"font-size="{}" fill="{QUIET}" stroke="#fff" stroke-width="3" paint-order="stroke""##,
            n(SMALL)
        );
        if self.target.1.is_finite() {
            canvas.text(end, y.at(self.target.1) - 4.0, Anchor::End, &quiet, &self.target.0);
        }
        let view = [canvas.width, height];
        let sentence = self.sentence(&points);
        canvas.finish("funnel", view, sentence)
    }

    fn sentence(&self, points: &[&FunnelPoint]) -> String {
        let above = points.iter().filter(|p| self.outside(p) > 0).count();
        let below = points.iter().filter(|p| self.outside(p) < 0).count();
        let widest = self.limits.last().map_or("", |limits| limits.label.as_str());
        let mut out = format!(
            "Trichterdiagramm {}: {} um den Wert {} ({}). ",
            self.frame.title,
            count(points.len(), "Gebiet", "Gebiete"),
            self.unit.value(self.target.1),
            self.target.0
        );
        if !self.limits.is_empty() {
            out.push_str(&format!(
                "{} über der oberen und {} unter der unteren Grenze{}; alle anderen Abweichungen können Zufall sein.",
                count(above, "Gebiet liegt", "Gebiete liegen"),
                below,
                if widest.is_empty() { String::new() } else { format!(" ({widest})") }
            ));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::along;

    #[test]
    fn limits_are_read_between_their_points() {
        let curve = [[10.0, 4.0], [20.0, 2.0]];
        for (x, expected) in [(5.0, Some(4.0)), (10.0, Some(4.0)), (15.0, Some(3.0)), (99.0, Some(2.0))] {
            assert_eq!(along(&curve, x), expected);
        }
        assert_eq!(along(&[], 1.0), None);
    }
}

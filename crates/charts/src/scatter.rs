//! Scatter plots of two indicators.

use crate::axis::{bottom, left, left_room, tick_labels, title};
use crate::scale::{Linear, extent, ticks};
use crate::svg::{ACCENT, Anchor, Canvas, INK, MAIN, QUIET, SMALL, n, shorten, text_width};
use crate::words::count;
use crate::{Drawing, Frame, Unit};

/// One area in a scatter plot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScatterPoint {
    /// Key of the area.
    pub key: String,
    /// Name of the area.
    pub label: String,
    /// Value to the right.
    pub x: f64,
    /// Value up.
    pub y: f64,
    /// Size of the area (persons); the dot's area follows it. `None` gives all the same size.
    pub size: Option<f64>,
    /// Where a click leads.
    pub href: Option<String>,
    /// Drawn in the accent colour with its name.
    pub highlight: bool,
}

/// A straight line computed by the caller.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// Value of y at x = 0.
    pub intercept: f64,
    /// Change of y per unit of x.
    pub slope: f64,
    /// How strong the relation is, for the sentence ("r = 0,71").
    pub note: String,
}

/// Two indicators of the same areas.
#[derive(Clone, Debug, PartialEq)]
pub struct Scatter {
    /// Place and title.
    pub frame: Frame,
    /// Name of the indicator to the right.
    pub x_label: String,
    /// Its unit.
    pub x_unit: Unit,
    /// Name of the indicator up.
    pub y_label: String,
    /// Its unit.
    pub y_unit: Unit,
    /// The areas; points with a value that is not finite are passed over.
    pub points: Vec<ScatterPoint>,
    /// Means of the parent area, as a cross of lines, with its name.
    pub means: Option<(String, f64, f64)>,
    /// A fitted line.
    pub fit: Option<Fit>,
    /// How many of the most unusual points get their name written.
    pub label_outliers: usize,
}

/// Rectangles that are taken; names are only written where there is room.
#[derive(Default)]
pub(crate) struct Labels {
    taken: Vec<[f64; 4]>,
}

impl Labels {
    pub(crate) fn block(&mut self, x: f64, y: f64, radius: f64) {
        self.taken.push([x - radius, y - radius, x + radius, y + radius]);
    }

    /// Writes a name beside a point where it hides nothing; `forced` names are written in any case.
    pub(crate) fn write(
        &mut self,
        canvas: &mut Canvas,
        at: [f64; 2],
        text: &str,
        forced: bool,
        area: [f64; 4],
    ) {
        let text = shorten(text, SMALL, 150.0);
        let (width, tall) = (text_width(&text, SMALL), 13.0);
        let places = [
            (7.0, 4.0, Anchor::Start),
            (-7.0, 4.0, Anchor::End),
            (0.0, -8.0, Anchor::Middle),
            (0.0, 17.0, Anchor::Middle),
            (6.0, -5.0, Anchor::Start),
            (-6.0, 15.0, Anchor::End),
        ];
        let bounds = |dx: f64, dy: f64, anchor: Anchor| {
            let left = match anchor {
                Anchor::Start => at[0] + dx,
                Anchor::Middle => at[0] - width / 2.0,
                Anchor::End => at[0] + dx - width,
            };
            [left, at[1] + dy - tall + 2.0, left + width, at[1] + dy + 2.0]
        };
        let inside = |b: &[f64; 4]| b[0] >= area[0] && b[1] >= area[1] && b[2] <= area[2] && b[3] <= area[3];
        let free = |b: &[f64; 4]| {
            self.taken.iter().all(|t| b[2] < t[0] || b[0] > t[2] || b[3] < t[1] || b[1] > t[3])
        };
        let fine = |only_inside: bool| {
            places.into_iter().find(|(dx, dy, anchor)| {
                let found = bounds(*dx, *dy, *anchor);
                inside(&found) && (only_inside || free(&found))
            })
        };
        let Some((dx, dy, anchor)) = fine(false).or_else(|| forced.then(|| fine(true)).flatten()) else {
            return;
        };
        self.taken.push(bounds(dx, dy, anchor));
        let weight = if forced { r#" font-weight="700""# } else { "" };
        let attributes = format!(
            r##"font-size="{}"{weight} stroke="#fff" stroke-width="3" stroke-linejoin="round" paint-order="stroke""##,
            n(SMALL)
        );
        canvas.text(at[0] + dx, at[1] + dy, anchor, &attributes, &text);
    }
}

impl Scatter {
    /// How unusual a point is: distance from the fitted line, or from the middle in standard deviations.
    fn oddness(&self, points: &[&ScatterPoint]) -> Vec<f64> {
        if let Some(fit) = &self.fit {
            return points.iter().map(|p| (p.y - fit.intercept - fit.slope * p.x).abs()).collect();
        }
        let number = points.len().max(1) as f64;
        let spread = |values: &dyn Fn(&ScatterPoint) -> f64| {
            let mean = points.iter().map(|p| values(p)).sum::<f64>() / number;
            let variance = points.iter().map(|p| (values(p) - mean).powi(2)).sum::<f64>() / number;
            (mean, if variance > 0.0 { variance.sqrt() } else { 1.0 })
        };
        let ((mx, sx), (my, sy)) = (spread(&|p| p.x), spread(&|p| p.y));
        points.iter().map(|p| ((p.x - mx) / sx).powi(2) + ((p.y - my) / sy).powi(2)).collect()
    }

    /// Draws the plot.
    pub fn draw(&self) -> Drawing {
        let mut canvas = Canvas::new(&self.frame);
        let points: Vec<&ScatterPoint> =
            self.points.iter().filter(|p| p.x.is_finite() && p.y.is_finite()).collect();
        let means = self.means.as_ref().filter(|m| m.1.is_finite() && m.2.is_finite());
        let (Some(xs), Some(ys)) = (
            extent(points.iter().map(|p| p.x).chain(means.map(|m| m.1))),
            extent(points.iter().map(|p| p.y).chain(means.map(|m| m.2))),
        ) else {
            return canvas.empty("scatter");
        };
        let (x_ticks, y_ticks) = (ticks(xs[0], xs[1], 4), ticks(ys[0], ys[1], 5));
        let (x_labels, y_labels) = (tick_labels(&x_ticks, &self.x_unit), tick_labels(&y_ticks, &self.y_unit));
        let height = (canvas.width * 0.86).min(640.0);
        let (start, end, top, base) = (left_room(&y_labels), canvas.width - 12.0, 28.0, height - 42.0);
        let x = Linear::new([x_ticks[0], x_ticks[x_ticks.len() - 1]], [start, end]);
        let y = Linear::new([y_ticks[0], y_ticks[y_ticks.len() - 1]], [base, top]);
        left(&mut canvas, &y, &y_ticks, &y_labels, [start, end]);
        bottom(&mut canvas, &x, &x_ticks, &x_labels, [top, base]);
        let named = |label: &str, unit: &Unit| {
            if unit.text.is_empty() { label.to_string() } else { format!("{label} in {}", unit.text) }
        };
        let room = canvas.width - 4.0;
        title(
            &mut canvas,
            2.0,
            12.0,
            Anchor::Start,
            &shorten(&format!("↑ {}", named(&self.y_label, &self.y_unit)), SMALL, room),
        );
        title(
            &mut canvas,
            end,
            height - 8.0,
            Anchor::End,
            &shorten(&format!("{} →", named(&self.x_label, &self.x_unit)), SMALL, room),
        );
        if let Some((_, mean_x, mean_y)) = means {
            let dash = format!(r#"stroke="{INK}" stroke-width="1.1" stroke-dasharray="4 3""#);
            canvas.line([x.at(*mean_x), top], [x.at(*mean_x), base], &dash);
            canvas.line([start, y.at(*mean_y)], [end, y.at(*mean_y)], &dash);
        }
        if let Some(fit) = self.fit.as_ref().filter(|f| f.slope.is_finite() && f.intercept.is_finite()) {
            self.draw_fit(
                &mut canvas,
                fit,
                [&x, &y],
                [x_ticks[0], x_ticks[x_ticks.len() - 1]],
                [y_ticks[0], y_ticks[y_ticks.len() - 1]],
            );
        }
        let largest = extent(points.iter().filter_map(|p| p.size)).map_or(1.0, |range| range[1].max(1e-9));
        let radius = |p: &ScatterPoint| match p.size.filter(|s| s.is_finite() && *s >= 0.0) {
            Some(size) => 2.5 + 9.0 * (size / largest).sqrt(),
            None => 4.2,
        };
        let mut labels = Labels::default();
        let mut order: Vec<usize> = (0..points.len()).collect();
        order.sort_by(|a, b| {
            let key = |i: usize| (points[i].highlight, -radius(points[i]));
            key(*a).0.cmp(&key(*b).0).then(key(*a).1.total_cmp(&key(*b).1)).then(a.cmp(b))
        });
        for i in order {
            let point = points[i];
            let (px, py, r) = (x.at(point.x), y.at(point.y), radius(point));
            labels.block(px, py, r.min(5.0));
            let text =
                format!("{}: {}, {}", point.label, self.x_unit.value(point.x), self.y_unit.value(point.y));
            let tag = canvas.open(point.href.as_deref(), &point.key, &text, true);
            let colour = if point.highlight { ACCENT } else { MAIN };
            canvas.circle(
                px,
                py,
                r,
                &format!(r##"fill="{colour}" fill-opacity=".62" stroke="#fff" stroke-width=".9""##),
            );
            canvas.close(tag);
        }
        let odd = self.oddness(&points);
        let mut names: Vec<usize> = (0..points.len()).collect();
        names.sort_by(|a, b| {
            points[*b].highlight.cmp(&points[*a].highlight).then(odd[*b].total_cmp(&odd[*a])).then(a.cmp(b))
        });
        let marked = points.iter().filter(|p| p.highlight).count();
        let area = [start, top - 10.0, canvas.width, base];
        for i in names.into_iter().take(marked.min(12) + self.label_outliers) {
            let at = [x.at(points[i].x), y.at(points[i].y)];
            labels.write(&mut canvas, at, &points[i].label, points[i].highlight, area);
        }
        if let Some((name, _, mean_y)) = means {
            let attributes = format!(
                r##"font-size="{}" fill="{QUIET}" stroke="#fff" stroke-width="3" paint-order="stroke""##,
                n(SMALL)
            );
            canvas.text(end, y.at(*mean_y) - 4.0, Anchor::End, &attributes, name);
        }
        let view = [canvas.width, height];
        canvas.finish("scatter", view, self.sentence(points.len()))
    }

    /// The part of the fitted line that lies inside the plot.
    fn draw_fit(&self, canvas: &mut Canvas, fit: &Fit, scales: [&Linear; 2], xs: [f64; 2], ys: [f64; 2]) {
        let at = |x: f64| fit.intercept + fit.slope * x;
        let mut ends = xs;
        for end in &mut ends {
            let y = at(*end);
            let edge = if y < ys[0] {
                ys[0]
            } else if y > ys[1] {
                ys[1]
            } else {
                continue;
            };
            if fit.slope != 0.0 {
                *end = (edge - fit.intercept) / fit.slope;
            }
        }
        if ends.iter().all(|end| (xs[0] - 1e-9..=xs[1] + 1e-9).contains(end)) {
            let place = |end: f64| [scales[0].at(end), scales[1].at(at(end))];
            canvas.line(
                place(ends[0]),
                place(ends[1]),
                &format!(r#"stroke="{ACCENT}" stroke-width="2" stroke-opacity=".8""#),
            );
        }
    }

    fn sentence(&self, shown: usize) -> String {
        let mut out = format!(
            "Streudiagramm {}: {} nach {} (waagerecht) und {} (senkrecht).",
            self.frame.title,
            count(shown, "Gebiet", "Gebiete"),
            self.x_label,
            self.y_label
        );
        if let Some(fit) = &self.fit {
            let direction = match fit.slope.partial_cmp(&0.0) {
                Some(std::cmp::Ordering::Greater) => {
                    "Je höher der eine Wert, desto höher im Mittel der andere"
                }
                Some(std::cmp::Ordering::Less) => {
                    "Je höher der eine Wert, desto niedriger im Mittel der andere"
                }
                _ => "Die Werte hängen im Mittel nicht zusammen",
            };
            let note = if fit.note.is_empty() { String::new() } else { format!(" ({})", fit.note) };
            out.push_str(&format!(" {direction}{note}."));
        }
        for point in self.points.iter().filter(|p| p.highlight).take(3) {
            out.push_str(&format!(
                " {}: {}, {}.",
                point.label,
                self.x_unit.value(point.x),
                self.y_unit.value(point.y)
            ));
        }
        if shown < self.points.len() {
            out.push_str(&format!(
                " {} ohne beide Werte.",
                count(self.points.len() - shown, "Gebiet ist", "Gebiete sind")
            ));
        }
        out
    }
}

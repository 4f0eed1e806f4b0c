//! Time series with bands, gaps and breaks.

use crate::axis::{left, left_room, tick_labels};
use crate::palette::categorical;
use crate::scale::{Linear, extent, ticks};
use crate::svg::{ACCENT, AXIS, Anchor, Canvas, INK, QUIET, SMALL, n, text_width, wrap};
use crate::words::{cell_text, count, number};
use crate::{Colour, Drawing, Frame, Unit};
use kekiz_base::{Cell, Period};

/// One value of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeriesPoint {
    /// When.
    pub period: Period,
    /// What; a cell that is not shown makes a gap.
    pub cell: Cell,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Name written at its end.
    pub name: String,
    /// Its values; the drawing orders them by period.
    pub points: Vec<SeriesPoint>,
    /// Drawn strong and with the band of its intervals. If no line is emphasised, all are.
    pub emphasis: bool,
}

/// Where the way of counting changed: lines are interrupted there.
#[derive(Clone, Debug, PartialEq)]
pub struct Break {
    /// First period counted in the new way.
    pub period: Period,
    /// What changed.
    pub label: String,
}

/// The way a goal takes from where it started to where it shall be.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetPath {
    /// When and where it started.
    pub from: (Period, f64),
    /// When and where it shall be.
    pub to: (Period, f64),
    /// Written at its end ("Ziel").
    pub label: String,
}

/// Lines over time.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesChart {
    /// Place and title.
    pub frame: Frame,
    /// Unit of the values.
    pub unit: Unit,
    /// The lines; the first gets the main colour.
    pub lines: Vec<Line>,
    /// Breaks in the series.
    pub breaks: Vec<Break>,
    /// Whether the axis begins at zero.
    pub from_zero: bool,
    /// The way to a target, drawn with the lines.
    pub target: Option<TargetPath>,
}

/// Place of a period on the axis, in years. Periods are drawn against the time they end in.
fn position(period: Period) -> f64 {
    match period {
        Period::Year(year) => f64::from(year),
        Period::SchoolYear(year) => f64::from(year) + 1.0,
        Period::Quarter(year, quarter) => f64::from(year) + (f64::from(quarter) - 1.0) / 4.0,
        Period::Month(year, month) => f64::from(year) + (f64::from(month) - 1.0) / 12.0,
        Period::Day(date) => {
            f64::from(date.year())
                + (f64::from(date.month()) - 1.0) / 12.0
                + (f64::from(date.day()) - 1.0) / 372.0
        }
    }
}

/// Where the data lie in the drawing.
struct Plot {
    x: Linear,
    y: Linear,
    base: f64,
}

/// A stretch of a line without gap or break.
struct Run {
    points: Vec<[f64; 2]>,
    band: Vec<[f64; 3]>,
}

impl SeriesChart {
    fn ordered(&self, line: &Line) -> Vec<SeriesPoint> {
        let mut points = line.points.clone();
        points.sort_by_key(|point| point.period);
        points
    }

    /// Draws the chart.
    pub fn draw(&self) -> Drawing {
        let mut canvas = Canvas::new(&self.frame);
        let any = self.lines.iter().any(|line| line.emphasis);
        let strong = |line: &Line| line.emphasis || !any;
        let shown = || self.lines.iter().flat_map(|line| line.points.iter().map(move |point| (line, point)));
        let values = shown().flat_map(|(line, point)| {
            let figure = point.cell.figure();
            let range = figure.filter(|_| strong(line)).and_then(|figure| figure.interval);
            [figure.map(|f| f.value), range.map(|r| r.lower), range.map(|r| r.upper)]
        });
        let ends: Vec<(Period, f64)> = self.target.iter().flat_map(|way| [way.from, way.to]).collect();
        let values = values.flatten().chain(ends.iter().map(|end| end.1));
        let times = shown().map(|(_, point)| point.period).chain(ends.iter().map(|end| end.0));
        let zero = self.from_zero.then_some(0.0);
        let (Some([low, high]), Some([first, last])) =
            (extent(values.chain(zero)), extent(times.map(position)))
        else {
            return canvas.empty("series");
        };
        if !shown().any(|(_, point)| number(&point.cell).is_some()) {
            return canvas.empty("series");
        }
        let height = (canvas.width * 0.6).clamp(210.0, 420.0);
        let marks = ticks(low, high, 4);
        let labels = tick_labels(&marks, &self.unit);
        let start = left_room(&labels);
        let names = self.lines.iter().map(|line| text_width(&line.name, SMALL)).fold(0.0, f64::max);
        let end = canvas.width - (names + 14.0).min(canvas.width * 0.3).max(16.0);
        let top = if self.breaks.is_empty() { 12.0 } else { 24.0 };
        let base = height - 22.0;
        let y = Linear::new([marks[0], marks[marks.len() - 1]], [base, top]);
        let x = Linear::new([first, last], [start + 8.0, end]);
        let plot = Plot { x, y, base };
        left(&mut canvas, &y, &marks, &labels, [start, end]);
        self.time_axis(&mut canvas, &x, base);
        for found in self.breaks.iter().filter(|b| (first..=last).contains(&position(b.period))) {
            let at = x.at(position(found.period) - 0.5 * self.step());
            let tag = canvas.open(None, "", &format!("Bruch in der Zeitreihe: {}", found.label), false);
            canvas.line([at, top - 14.0], [at, base], &format!(r#"stroke="{INK}" stroke-dasharray="2 3""#));
            let text = "Bruch";
            canvas.text(
                at,
                top - 2.0,
                Anchor::Middle,
                &format!(r#"font-size="{}" fill="{QUIET}""#, n(SMALL)),
                text,
            );
            canvas.close(tag);
        }
        if let Some(way) = &self.target {
            self.way(&mut canvas, &plot, way);
        }
        let colours = categorical(self.lines.len());
        let mut ends: Vec<(f64, usize)> = Vec::new();
        // Strong lines last, so that they lie above the others.
        let mut order: Vec<usize> = (0..self.lines.len()).collect();
        order.sort_by_key(|i| (strong(&self.lines[*i]), std::cmp::Reverse(*i)));
        for i in order {
            let strong = strong(&self.lines[i]);
            if let Some(last) = self.line(&mut canvas, &plot, i, colours[i], strong) {
                ends.push((last, i));
            }
        }
        self.names(&mut canvas, ends, &colours, end + 8.0, [top, base]);
        let view = [canvas.width, height];
        canvas.finish("series", view, self.sentence())
    }

    /// The usual distance of two periods in years.
    fn step(&self) -> f64 {
        let mut at: Vec<f64> =
            self.lines.iter().flat_map(|line| line.points.iter().map(|p| position(p.period))).collect();
        at.sort_by(f64::total_cmp);
        let step = at.windows(2).map(|w| w[1] - w[0]).filter(|d| *d > 1e-6).fold(f64::INFINITY, f64::min);
        if step.is_finite() { step } else { 1.0 }
    }

    fn time_axis(&self, canvas: &mut Canvas, x: &Linear, base: f64) {
        let mut periods: Vec<Period> =
            self.lines.iter().flat_map(|line| line.points.iter().map(|p| p.period)).collect();
        periods.extend(self.target.iter().flat_map(|way| [way.from.0, way.to.0]));
        periods.sort();
        periods.dedup();
        let attributes = format!(r#"font-size="{}" fill="{QUIET}""#, n(SMALL));
        // Labels at even distances counted from the last period, as many as have room.
        let label = |period: &Period| match period {
            Period::Day(date) => date.year().to_string(),
            other => other.to_string(),
        };
        let widest = periods.iter().map(|p| text_width(&label(p), SMALL)).fold(0.0, f64::max) + 10.0;
        let total = match (periods.first(), periods.last()) {
            (Some(a), Some(b)) => x.at(position(*b)) - x.at(position(*a)),
            _ => 0.0,
        };
        let room = ((total / widest).floor() as usize).max(1);
        let every = [1, 2, 5, 10, 20, 50]
            .into_iter()
            .find(|every| (periods.len().saturating_sub(1)) / every <= room)
            .unwrap_or(100);
        for (i, period) in periods.iter().enumerate() {
            let at = x.at(position(*period));
            let named = (periods.len() - 1 - i).is_multiple_of(every);
            canvas.line(
                [at, base],
                [at, base + if named { 5.0 } else { 3.0 }],
                &format!(r#"stroke="{AXIS}""#),
            );
            if named {
                canvas.text(at, base + 17.0, Anchor::Middle, &attributes, &label(period));
            }
        }
    }

    /// Draws the way to the target: dashed, with a diamond where it shall end.
    fn way(&self, canvas: &mut Canvas, plot: &Plot, way: &TargetPath) {
        let place = |(period, value): (Period, f64)| [plot.x.at(position(period)), plot.y.at(value)];
        let (from, to) = (place(way.from), place(way.to));
        let text = format!("{}, {}: {}", way.label, way.to.0, self.unit.value(way.to.1));
        let tag = canvas.open(None, "", &text, false);
        canvas.line(from, to, &format!(r#"stroke="{ACCENT}" stroke-width="1.8" stroke-dasharray="6 4""#));
        let [x, y] = to;
        let diamond = [[x - 6.0, y], [x, y - 6.0], [x + 6.0, y], [x, y + 6.0]];
        canvas.path(&diamond, true, &format!(r##"fill="{ACCENT}" stroke="#fff""##));
        canvas.close(tag);
        let attributes = format!(r#"font-size="{}" font-weight="600" fill="{ACCENT}""#, n(SMALL));
        canvas.text(x, (y - 11.0).max(11.0), Anchor::End, &attributes, &way.label);
    }

    /// Cuts a line at gaps and breaks.
    fn runs(&self, line: &Line, x: &Linear, y: &Linear) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let mut open = false;
        let mut before: Option<Period> = None;
        for point in self.ordered(line) {
            let broken = self
                .breaks
                .iter()
                .any(|b| before.is_some_and(|before| before < b.period) && point.period >= b.period);
            before = Some(point.period);
            let Some(value) = number(&point.cell) else {
                open = false;
                continue;
            };
            if !open || broken {
                runs.push(Run { points: Vec::new(), band: Vec::new() });
                open = true;
            }
            let at = x.at(position(point.period));
            if let Some(run) = runs.last_mut() {
                run.points.push([at, y.at(value)]);
                let range = point.cell.figure().and_then(|figure| figure.interval);
                if let Some(range) = range.filter(|r| r.lower.is_finite() && r.upper.is_finite()) {
                    run.band.push([at, y.at(range.lower), y.at(range.upper)]);
                }
            }
        }
        runs
    }

    /// Draws one line and gives the height of its last point.
    fn line(
        &self,
        canvas: &mut Canvas,
        plot: &Plot,
        index: usize,
        colour: Colour,
        strong: bool,
    ) -> Option<f64> {
        let (line, x, y) = (&self.lines[index], &plot.x, &plot.y);
        let runs = self.runs(line, x, y);
        if strong {
            for run in &runs {
                let upper = run.band.iter().map(|b| [b[0], b[2]]);
                let lower = run.band.iter().rev().map(|b| [b[0], b[1]]);
                let outline: Vec<[f64; 2]> = upper.chain(lower).collect();
                match run.band[..] {
                    [] => {}
                    [[at, low, high]] => canvas.line(
                        [at, low],
                        [at, high],
                        &format!(r#"stroke="{colour}" stroke-opacity=".3" stroke-width="5""#),
                    ),
                    _ => canvas.path(&outline, true, &format!(r#"fill="{colour}" fill-opacity=".16""#)),
                }
            }
        }
        let (width, dash) = (if strong { 2.4 } else { 1.6 }, dash(index, strong));
        for run in &runs {
            canvas.path(
                &run.points,
                false,
                &format!(r#"fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round" stroke-linecap="round"{dash}"#),
            );
        }
        for point in self.ordered(line) {
            let text = format!("{}, {}: {}", line.name, point.period, cell_text(&point.cell, &self.unit));
            let at = x.at(position(point.period));
            match number(&point.cell) {
                Some(value) => {
                    let tag = canvas.open(None, "", &text, false);
                    let radius = if strong { 3.4 } else { 2.2 };
                    canvas.circle(
                        at,
                        y.at(value),
                        radius,
                        &format!(r##"fill="{colour}" stroke="#fff" stroke-width=".8""##),
                    );
                    canvas.close(tag);
                }
                None if matches!(point.cell, Cell::Suppressed { .. }) => {
                    let tag = canvas.open(None, "", &text, false);
                    let ends = [
                        [at - 4.0, plot.base],
                        [at, plot.base - 4.0],
                        [at + 4.0, plot.base],
                        [at, plot.base + 4.0],
                    ];
                    canvas.path(
                        &ends,
                        true,
                        &format!(r##"fill="#fff" stroke="{colour}" stroke-width="1.4""##),
                    );
                    canvas.close(tag);
                }
                None => {}
            }
        }
        runs.last().and_then(|run| run.points.last()).map(|point| point[1])
    }

    /// Writes the names at the ends of the lines, pushed apart where they would overlap.
    fn names(
        &self,
        canvas: &mut Canvas,
        mut ends: Vec<(f64, usize)>,
        colours: &[Colour],
        x: f64,
        rows: [f64; 2],
    ) {
        ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let room = canvas.width - x - 2.0;
        let mut blocks: Vec<(f64, usize, Vec<String>)> =
            ends.into_iter().map(|(y, i)| (y, i, wrap(&self.lines[i].name, SMALL, room, 2))).collect();
        let tall = |lines: usize| 13.5 * lines as f64;
        let mut free = f64::NEG_INFINITY;
        for block in &mut blocks {
            let half = tall(block.2.len()) / 2.0;
            block.0 = block.0.max(free + half);
            free = block.0 + half;
        }
        let mut limit = rows[1] + 8.0;
        for block in blocks.iter_mut().rev() {
            let half = tall(block.2.len()) / 2.0;
            block.0 = block.0.min(limit - half);
            limit = block.0 - half;
        }
        for (y, i, lines) in blocks {
            let attributes = format!(r#"font-size="{}" font-weight="600" fill="{}""#, n(SMALL), colours[i]);
            let first = y - tall(lines.len()) / 2.0 + 10.5;
            for (k, text) in lines.iter().enumerate() {
                canvas.text(x, first + tall(k), Anchor::Start, &attributes, text);
            }
        }
    }

    fn sentence(&self) -> String {
        let mut out = format!("Zeitreihe {}.", self.frame.title.trim_end_matches('.'));
        for line in self.lines.iter().take(4) {
            let points = self.ordered(line);
            let shown: Vec<(Period, f64)> =
                points.iter().filter_map(|p| number(&p.cell).map(|v| (p.period, v))).collect();
            match (shown.first(), shown.last()) {
                (Some((first, a)), Some((last, b))) if first != last => {
                    let verb = match (b - a).partial_cmp(&0.0) {
                        Some(std::cmp::Ordering::Greater) => "steigt",
                        Some(std::cmp::Ordering::Less) => "sinkt",
                        _ => "bleibt",
                    };
                    out.push_str(&format!(
                        " {} {verb} von {} ({first}) auf {} ({last}).",
                        line.name,
                        self.unit.value(*a),
                        self.unit.value(*b)
                    ));
                }
                (Some((only, value)), _) => {
                    out.push_str(&format!(" {}: {} ({only}).", line.name, self.unit.value(*value)));
                }
                _ => out.push_str(&format!(" {}: keine Werte.", line.name)),
            }
            let gaps = points.len() - shown.len();
            if gaps > 0 {
                out.push_str(&format!(" {} ohne gezeigten Wert.", count(gaps, "Zeitpunkt", "Zeitpunkte")));
            }
        }
        if self.lines.len() > 4 {
            let rest = count(self.lines.len() - 4, "weitere Linie", "weitere Linien");
            out.push_str(&format!(" Dazu {rest}."));
        }
        if let Some(way) = &self.target {
            let to = self.unit.value(way.to.1);
            out.push_str(&format!(" {}: {to} ({}).", way.label.trim_end_matches('.'), way.to.0));
        }
        for found in &self.breaks {
            out.push_str(&format!(" Bruch ab {}: {}.", found.period, found.label.trim_end_matches('.')));
        }
        out
    }
}

/// Dashes tell lines apart without colour; the first line is always solid.
fn dash(index: usize, strong: bool) -> &'static str {
    match (index % 4, strong && index == 0) {
        (0, _) | (_, true) => "",
        (1, _) => r#" stroke-dasharray="7 4""#,
        (2, _) => r#" stroke-dasharray="2 4""#,
        _ => r#" stroke-dasharray="9 3 2 3""#,
    }
}

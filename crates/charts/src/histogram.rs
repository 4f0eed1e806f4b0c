//! Histograms with class breaks.

use crate::axis::{bottom, left, left_room, tick_labels, title};
use crate::bars::reference_line;
use crate::scale::{Linear, extent, ticks};
use crate::svg::{Anchor, Canvas, MAIN};
use crate::words::count;
use crate::{ClassStyle, Drawing, Frame, Reference, Unit};

/// How values are distributed, with the breaks of the map's classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// Place and title.
    pub frame: Frame,
    /// Unit of the values.
    pub unit: Unit,
    /// The values; those that are not finite are passed over.
    pub values: Vec<f64>,
    /// What is counted, for the axis ("Kreise").
    pub noun: String,
    /// Class breaks including both ends (`classes.len() + 1`); empty for none.
    pub breaks: Vec<f64>,
    /// Colours of the classes.
    pub classes: Vec<ClassStyle>,
    /// A line to compare with.
    pub reference: Option<Reference>,
}

impl Histogram {
    /// Draws the histogram with bins of a round width (about the square root of the number of values, 4 to 24).
    pub fn draw(&self) -> Drawing {
        let mut canvas = Canvas::new(&self.frame);
        let values: Vec<f64> = self.values.iter().copied().filter(|v| v.is_finite()).collect();
        let Some([low, high]) = extent(values.iter().copied()) else {
            return canvas.empty("histogram");
        };
        let wanted = ((values.len() as f64).sqrt().ceil() as usize * 3 / 2).clamp(4, 24);
        let edges = ticks(low, high, wanted);
        let last_bin = edges.len().saturating_sub(2);
        let mut bins = vec![0usize; last_bin + 1];
        for value in &values {
            let bin = edges.partition_point(|edge| edge <= value).saturating_sub(1).min(last_bin);
            bins[bin] += 1;
        }
        let most = bins.iter().copied().max().unwrap_or(0) as f64;
        let mut marks = ticks(0.0, most, 4);
        marks.retain(|mark| mark.fract() == 0.0);
        let labels = tick_labels(&marks, &Unit::default());
        let height = canvas.width * 0.5;
        let (start, top, base) = (left_room(&labels), 26.0, height - 24.0);
        let end = canvas.width - 10.0;
        let y = Linear::new([0.0, marks[marks.len() - 1].max(most)], [base, top]);
        let x = Linear::new([edges[0], edges[edges.len() - 1]], [start, end]);
        left(&mut canvas, &y, &marks, &labels, [start, end]);
        let columns = ticks(low, high, 5);
        let inside: Vec<f64> = columns
            .into_iter()
            .filter(|tick| *tick >= edges[0] - 1e-9 && *tick <= edges[edges.len() - 1] + 1e-9)
            .collect();
        let below = tick_labels(&inside, &self.unit);
        for (i, number) in bins.iter().enumerate() {
            self.bin(&mut canvas, [edges[i], edges[i + 1]], *number, &x, &y);
        }
        bottom(&mut canvas, &x, &inside, &below, [base, base + 4.0]);
        title(&mut canvas, 2.0, 11.0, Anchor::Start, &format!("Anzahl {}", self.noun));
        if let Some(reference) = self
            .reference
            .as_ref()
            .filter(|r| r.value.is_finite() && (edges[0]..=edges[edges.len() - 1]).contains(&r.value))
        {
            reference_line(&mut canvas, &x, reference, &self.unit, [top, base]);
        }
        let full = bins.iter().enumerate().max_by_key(|(i, number)| (**number, std::cmp::Reverse(*i)));
        let full = full.map_or(0, |(i, _)| i);
        let sentence = format!(
            "Verteilung {}: {} zwischen {} und {}. Am häufigsten sind Werte von {} bis unter {} ({}).",
            self.frame.title,
            count(values.len(), "Wert", "Werte"),
            self.unit.value(low),
            self.unit.value(high),
            self.unit.number(edges[full]),
            self.unit.value(edges[full + 1]),
            bins[full]
        );
        let view = [canvas.width, height];
        canvas.finish("histogram", view, sentence)
    }

    /// One bar, cut at class breaks so that each part has the colour of its class.
    fn bin(&self, canvas: &mut Canvas, edges: [f64; 2], number: usize, x: &Linear, y: &Linear) {
        if number == 0 {
            return;
        }
        let label =
            format!("{} bis unter {}: {number}", self.unit.number(edges[0]), self.unit.value(edges[1]));
        let tag = canvas.open(None, "", &label, false);
        let mut cuts = vec![edges[0]];
        cuts.extend(self.breaks.iter().copied().filter(|b| *b > edges[0] && *b < edges[1]));
        cuts.push(edges[1]);
        cuts.sort_by(f64::total_cmp);
        for pair in cuts.windows(2) {
            let middle = (pair[0] + pair[1]) / 2.0;
            let class = self.breaks.iter().skip(1).position(|b| middle < *b);
            let class = class.unwrap_or(self.classes.len().saturating_sub(1));
            let fill = self.classes.get(class).map_or(MAIN.to_string(), |class| class.fill.to_string());
            let (a, b) = (x.at(pair[0]), x.at(pair[1]));
            canvas.rect(
                a,
                y.at(number as f64),
                b - a,
                y.at(0.0) - y.at(number as f64),
                &format!(r#"fill="{fill}""#),
            );
        }
        let (a, b) = (x.at(edges[0]), x.at(edges[1]));
        let (top, base) = (y.at(number as f64), y.at(0.0));
        canvas.rect(a, top, b - a, base - top, r##"fill="none" stroke="#4a525b" stroke-width=".7""##);
        canvas.close(tag);
    }
}

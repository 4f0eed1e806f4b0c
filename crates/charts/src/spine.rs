//! Spine charts: an area against its parent and the range of its peers, one row per indicator.
//!
//! The layout follows the spine charts of public health profiles in England (D. Flowers, "Spine charts", APHO
//! Technical Briefing): the parent is the line in the middle, better lies to the right.

use crate::comparison::two_lines;
use crate::scale::Linear;
use crate::svg::{Anchor, Canvas, INK, QUIET, SMALL, n};
use crate::words::{cell_text, number, short_text};
use crate::{Drawing, Frame, Unit};
use kekiz_base::{Cell, Polarity};

/// Where the areas of the level lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeerRange {
    /// Smallest value.
    pub min: f64,
    /// First quartile.
    pub q1: f64,
    /// Third quartile.
    pub q3: f64,
    /// Largest value.
    pub max: f64,
}

/// One indicator.
#[derive(Clone, Debug, PartialEq)]
pub struct SpineRow {
    /// Name of the indicator.
    pub label: String,
    /// Its unit.
    pub unit: Unit,
    /// Which direction is good.
    pub polarity: Polarity,
    /// Value of the area; `versus_parent` says whether the difference is more than chance.
    pub cell: Cell,
    /// Value of the parent area.
    pub parent: Option<f64>,
    /// Range of the areas of the same level.
    pub peers: Option<PeerRange>,
    /// Where a click on the name leads.
    pub href: Option<String>,
}

/// The profile of one area.
#[derive(Clone, Debug, PartialEq)]
pub struct Spine {
    /// Place and title.
    pub frame: Frame,
    /// Name of the area.
    pub area: String,
    /// Name of the parent area, the line in the middle.
    pub parent: String,
    /// What the peers are ("alle Kreise in NRW").
    pub peers: String,
    /// Indicators from top to bottom.
    pub rows: Vec<SpineRow>,
}

/// How an area stands against its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    Better,
    Worse,
    Higher,
    Lower,
    Similar,
    Untested,
}

impl Stand {
    fn of(row: &SpineRow) -> Stand {
        let Some(figure) = row.cell.figure() else { return Stand::Untested };
        let Some(versus) = figure.versus_parent else { return Stand::Untested };
        let good = match row.polarity {
            Polarity::HigherIsBetter => 1.0,
            Polarity::LowerIsBetter => -1.0,
            Polarity::Neutral => 0.0,
        };
        match versus.significant {
            None => Stand::Untested,
            Some(false) => Stand::Similar,
            Some(true) if versus.difference == 0.0 => Stand::Similar,
            Some(true) if good == 0.0 => {
                if versus.difference > 0.0 {
                    Stand::Higher
                } else {
                    Stand::Lower
                }
            }
            Some(true) if versus.difference * good > 0.0 => Stand::Better,
            Some(true) => Stand::Worse,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Stand::Better => "günstiger",
            Stand::Worse => "ungünstiger",
            Stand::Higher => "höher",
            Stand::Lower => "niedriger",
            Stand::Similar => "kein gesicherter Unterschied",
            Stand::Untested => "nicht getestet",
        }
    }

    /// Each stand has a shape of its own, so that it can be read without colour.
    fn draw(self, canvas: &mut Canvas, x: f64, y: f64) {
        let blue = "#1b6ca8";
        let orange = "#c8500f";
        let edge = r##"stroke="#fff" stroke-width="1""##;
        match self {
            Stand::Better => canvas.circle(x, y, 6.0, &format!(r#"fill="{blue}" {edge}"#)),
            Stand::Worse => {
                let points = [[x, y - 7.0], [x + 7.0, y], [x, y + 7.0], [x - 7.0, y]];
                canvas.path(&points, true, &format!(r#"fill="{orange}" {edge}"#));
            }
            Stand::Higher => {
                let points = [[x, y - 6.5], [x + 6.5, y + 5.0], [x - 6.5, y + 5.0]];
                canvas.path(&points, true, &format!(r##"fill="#4a3a7a" {edge}"##));
            }
            Stand::Lower => {
                let points = [[x, y + 6.5], [x + 6.5, y - 5.0], [x - 6.5, y - 5.0]];
                canvas.path(&points, true, &format!(r##"fill="#4a3a7a" {edge}"##));
            }
            Stand::Similar => {
                canvas.circle(x, y, 5.4, &format!(r##"fill="#fff" stroke="{INK}" stroke-width="1.8""##));
            }
            Stand::Untested => {
                canvas.rect(x - 4.6, y - 4.6, 9.2, 9.2, &format!(r#"fill="{QUIET}" {edge}"#));
            }
        }
    }
}

const ROW: f64 = 46.0;

impl Spine {
    /// Draws the profile: name and value above, range with the area's mark below, one indicator after another.
    pub fn draw(&self) -> Drawing {
        let mut canvas = Canvas::new(&self.frame);
        if self.rows.is_empty() {
            return canvas.empty("spine");
        }
        let top = 24.0;
        let middle = canvas.width / 2.0;
        let quiet = format!(r#"font-size="{}" fill="{QUIET}""#, n(SMALL));
        canvas.text(2.0, 13.0, Anchor::Start, &quiet, "← ungünstiger");
        let width = canvas.width;
        canvas.text(width - 2.0, 13.0, Anchor::End, &quiet, "günstiger →");
        canvas.text(
            middle,
            13.0,
            Anchor::Middle,
            &format!(r#"font-size="{}" font-weight="600""#, n(SMALL)),
            &self.parent,
        );
        for (i, row) in self.rows.iter().enumerate() {
            self.row(&mut canvas, row, top + ROW * i as f64);
        }
        let mut y = top + ROW * self.rows.len() as f64 + 14.0;
        let used: Vec<Stand> =
            [Stand::Better, Stand::Worse, Stand::Higher, Stand::Lower, Stand::Similar, Stand::Untested]
                .into_iter()
                .filter(|stand| {
                    self.rows.iter().any(|row| number(&row.cell).is_some() && Stand::of(row) == *stand)
                })
                .collect();
        let mut x = 10.0;
        for stand in used {
            let label = format!("{} als {}", stand.text(), self.parent);
            let label =
                if matches!(stand, Stand::Similar | Stand::Untested) { stand.text().into() } else { label };
            let room = crate::svg::text_width(&label, SMALL) + 34.0;
            if x + room > width && x > 10.0 {
                (x, y) = (10.0, y + 19.0);
            }
            stand.draw(&mut canvas, x, y);
            canvas.text(x + 12.0, y + 4.0, Anchor::Start, &quiet, &label);
            x += room;
        }
        y += 20.0;
        canvas.rect(3.0, y - 5.0, 20.0, 9.0, r##"fill="#e3e7eb""##);
        canvas.rect(8.0, y - 5.0, 10.0, 9.0, r##"fill="#b9c1c9""##);
        let note = format!("Spannweite und mittlere Hälfte: {}", self.peers);
        for (k, line) in two_lines(&note, width - 34.0).iter().enumerate() {
            y += if k > 0 { 16.0 } else { 0.0 };
            canvas.text(30.0, y + 4.0, Anchor::Start, &quiet, line);
        }
        let view = [width, y + 14.0];
        canvas.finish("spine", view, self.sentence())
    }

    fn row(&self, canvas: &mut Canvas, row: &SpineRow, y: f64) {
        let width = canvas.width;
        let parent = row.parent.filter(|v| v.is_finite());
        let stand = Stand::of(row);
        let mut text = format!("{}: {}", row.label, cell_text(&row.cell, &row.unit));
        if let Some(parent) = parent {
            text.push_str(&format!("; {} {}; {}", self.parent, row.unit.value(parent), stand.text()));
        }
        let tag = canvas.open(row.href.as_deref(), "", &text, true);
        let value = short_text(&row.cell, &row.unit);
        let room = width - crate::svg::text_width(&value, 13.0) - 24.0;
        let name = two_lines(&row.label, room);
        let name = if name.len() > 1 { crate::svg::shorten(&row.label, SMALL, room) } else { name.join(" ") };
        canvas.text(2.0, y + 13.0, Anchor::Start, &format!(r#"font-size="{}""#, n(SMALL)), &name);
        let shown = number(&row.cell).is_some();
        let style = if shown {
            r#"font-weight="700""#.to_string()
        } else {
            format!(r#"font-size="{}" font-style="italic" fill="{QUIET}""#, n(SMALL))
        };
        canvas.text(width - 2.0, y + 13.0, Anchor::End, &style, &value);
        let line = y + 30.0;
        if let Some(scale) = self.scale(row, parent, width) {
            if let Some(peers) = row.peers {
                let band = |canvas: &mut Canvas, a: f64, b: f64, fill: &str| {
                    let (a, b) = (scale.at(a), scale.at(b));
                    canvas.rect(a.min(b), line - 6.0, (b - a).abs(), 12.0, &format!(r#"fill="{fill}""#));
                };
                band(canvas, peers.min, peers.max, "#e3e7eb");
                band(canvas, peers.q1, peers.q3, "#b9c1c9");
            }
            canvas.line(
                [width / 2.0, line - 11.0],
                [width / 2.0, line + 11.0],
                &format!(r#"stroke="{INK}" stroke-width="1.6""#),
            );
            if let Some(value) = number(&row.cell) {
                if let Some(range) = row.cell.figure().and_then(|figure| figure.interval) {
                    let inside = |v: f64| scale.at(v).clamp(2.0, width - 2.0);
                    canvas.line(
                        [inside(range.lower), line],
                        [inside(range.upper), line],
                        &format!(r#"stroke="{INK}" stroke-width="1.5""#),
                    );
                }
                stand.draw(canvas, scale.at(value).clamp(8.0, width - 8.0), line);
            }
        }
        canvas.close(tag);
    }

    /// A scale with the parent in the middle, wide enough for everything, better to the right.
    fn scale(&self, row: &SpineRow, parent: Option<f64>, width: f64) -> Option<Linear> {
        let centre = parent.or_else(|| row.peers.map(|peers| (peers.q1 + peers.q3) / 2.0))?;
        let ends = row.peers.map(|peers| [peers.min, peers.max]).into_iter().flatten();
        let reach = ends.chain(number(&row.cell)).map(|v| (v - centre).abs()).filter(|d| d.is_finite());
        let reach = reach.fold(0.0, f64::max);
        if !centre.is_finite() || reach <= 0.0 {
            return Some(Linear::new([centre - 1.0, centre + 1.0], [10.0, width - 10.0]))
                .filter(|_| centre.is_finite());
        }
        let ends = [centre - reach, centre + reach];
        let range = [10.0, width - 10.0];
        Some(match row.polarity {
            Polarity::LowerIsBetter => Linear::new([ends[1], ends[0]], range),
            _ => Linear::new(ends, range),
        })
    }

    fn sentence(&self) -> String {
        let mut out = format!("Profil von {} im Vergleich mit {}.", self.area, self.parent);
        for (stand, lead) in [
            (Stand::Better, "Günstiger"),
            (Stand::Worse, "Ungünstiger"),
            (Stand::Higher, "Höher"),
            (Stand::Lower, "Niedriger"),
        ] {
            let names: Vec<String> = self
                .rows
                .iter()
                .filter(|row| number(&row.cell).is_some() && Stand::of(row) == stand)
                .map(|row| format!("{} ({})", row.label, short_text(&row.cell, &row.unit)))
                .collect();
            if !names.is_empty() {
                out.push_str(&format!(" {lead}: {}.", names.join(", ")));
            }
        }
        let similar = self
            .rows
            .iter()
            .filter(|row| number(&row.cell).is_some() && Stand::of(row) == Stand::Similar)
            .count();
        if similar > 0 {
            out.push_str(&format!(" Kein gesicherter Unterschied bei {similar} von {}.", self.rows.len()));
        }
        out
    }
}

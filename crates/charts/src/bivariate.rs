//! Bivariate maps: two indicators in nine colours.

use crate::choropleth::{again, area_path, open_areas, over};
use crate::legend::{HIGHLIGHT, OUTLINE, SELECTED, pattern_defs};
use crate::palette::bivariate;
use crate::svg::{Anchor, Canvas, INK, SMALL, n, shorten};
use crate::words::{cell_text, count};
use crate::{Drawing, Frame, Sheet, Unit};
use kekiz_base::Cell;
use std::sync::Arc;

/// What one area of the map shows.
#[derive(Clone, Debug, PartialEq)]
pub struct BivariateArea {
    /// Value of the first indicator.
    pub x: Cell,
    /// Value of the second indicator.
    pub y: Cell,
    /// Third of each indicator, 0 (low) to 2 (high); `None` if one of them is not shown.
    pub class: Option<(usize, usize)>,
    /// Where a click leads.
    pub href: Option<String>,
    /// Outlined.
    pub highlight: bool,
    /// Outlined most strongly.
    pub selected: bool,
}

/// A map of two indicators in thirds.
#[derive(Clone, Debug, PartialEq)]
pub struct Bivariate {
    /// Place and title.
    pub frame: Frame,
    /// First indicator.
    pub x_label: String,
    /// Its unit.
    pub x_unit: Unit,
    /// Second indicator.
    pub y_label: String,
    /// Its unit.
    pub y_unit: Unit,
    /// The shapes; areas are drawn in its order.
    pub sheet: Arc<Sheet>,
    /// What the areas of the sheet show, in its order.
    pub areas: Vec<BivariateArea>,
    /// Whether the tab key stops at every area.
    pub keyboard: bool,
}

fn nine(area: &BivariateArea) -> Option<usize> {
    area.class.filter(|(x, y)| *x < 3 && *y < 3).map(|(x, y)| 3 * y + x)
}

impl Bivariate {
    /// Draws the map.
    pub fn draw(&self) -> Drawing {
        let mut canvas = Canvas::new(&self.frame);
        let Some(size) = self.sheet.size else {
            return canvas.empty("map");
        };
        pattern_defs(&mut canvas, 2.0);
        let colours = bivariate();
        open_areas(&mut canvas);
        for (i, (trace, area)) in self.sheet.areas.iter().zip(&self.areas).enumerate() {
            let label = format!(
                "{}: {} {}; {} {}",
                trace.name,
                self.x_label,
                cell_text(&area.x, &self.x_unit),
                self.y_label,
                cell_text(&area.y, &self.y_unit)
            );
            let tag = canvas.open(area.href.as_deref(), &trace.key, &label, self.keyboard);
            let hidden = [&area.x, &area.y].iter().any(|cell| matches!(cell, Cell::Suppressed { .. }));
            let fill = match (nine(area), hidden) {
                (_, true) => format!("url(#{}-hatch)", canvas.id),
                (Some(index), _) => colours[index].to_string(),
                (None, _) => format!("url(#{}-dots)", canvas.id),
            };
            area_path(&mut canvas, i, &trace.path, &fill, area.highlight || area.selected);
            canvas.close(tag);
        }
        canvas.raw("</g>");
        let ids = |wanted: fn(&BivariateArea) -> bool| -> Vec<usize> {
            (0..self.areas.len()).filter(|i| wanted(&self.areas[*i])).collect()
        };
        over(&mut canvas, &self.sheet.outlines, OUTLINE, 2.2);
        again(&mut canvas, &ids(|area| area.highlight && !area.selected), HIGHLIGHT, 3.6);
        again(&mut canvas, &ids(|area| area.selected), "#fff", 11.0);
        again(&mut canvas, &ids(|area| area.selected), SELECTED, 6.0);
        canvas.finish("map", size, self.sentence())
    }

    fn sentence(&self) -> String {
        let of = |index: usize| self.areas.iter().filter(|area| nine(area) == Some(index)).count();
        let unknown = self.areas.iter().filter(|area| nine(area).is_none()).count();
        let mut out = format!(
            "Karte {}: {} nach {} und {}, je in drei Gruppen. {} beide Werte hoch, {} beide niedrig.",
            self.frame.title,
            count(self.areas.len(), "Gebiet", "Gebiete"),
            self.x_label,
            self.y_label,
            count(of(8), "Gebiet hat", "Gebiete haben"),
            of(0)
        );
        if unknown > 0 {
            out.push_str(&format!(
                " {} ohne Angabe oder geschützt.",
                count(unknown, "Gebiet ist", "Gebiete sind")
            ));
        }
        out
    }

    /// The legend: a square of nine colours with the number of areas in each.
    pub fn legend(&self, frame: &Frame) -> Drawing {
        let mut canvas = Canvas::new(frame);
        let colours = bivariate();
        let (left, top, cell) = (22.0, 22.0, 44.0);
        let room = canvas.width - 4.0;
        let small = format!(r#"font-size="{}""#, n(SMALL));
        canvas.text(2.0, 13.0, Anchor::Start, &small, &shorten(&format!("↑ {}", self.y_label), SMALL, room));
        for (index, colour) in colours.iter().enumerate() {
            let (column, row) = (index % 3, 2 - index / 3);
            let (x, y) = (left + cell * column as f64, top + cell * row as f64);
            let number = self.areas.iter().filter(|area| nine(area) == Some(index)).count();
            canvas.rect(
                x,
                y,
                cell - 2.0,
                cell - 2.0,
                &format!(r##"fill="{colour}" stroke="#7c858f" stroke-width=".6""##),
            );
            let ink = format!(r#"font-size="{}" fill="{}""#, n(SMALL), colour.ink());
            canvas.text(
                x + cell / 2.0 - 1.0,
                y + cell / 2.0 + 3.0,
                Anchor::Middle,
                &ink,
                &number.to_string(),
            );
        }
        let end = top + 3.0 * cell;
        canvas.line([left - 8.0, end], [left - 8.0, top], &format!(r#"stroke="{INK}""#));
        canvas.line([left, end + 6.0], [left + 3.0 * cell, end + 6.0], &format!(r#"stroke="{INK}""#));
        canvas.text(
            left,
            end + 22.0,
            Anchor::Start,
            &small,
            &shorten(&format!("{} →", self.x_label), SMALL, room - left),
        );
        let names = ["niedrig", "mittel", "hoch"];
        let parts: Vec<String> = (0..9)
            .map(|i| {
                let number = self.areas.iter().filter(|area| nine(area) == Some(i)).count();
                format!("{} {}, {} {}: {number}", self.x_label, names[i % 3], self.y_label, names[i / 3])
            })
            .collect();
        let view = [canvas.width, end + 30.0];
        canvas.finish("legend", view, format!("Legende: {}.", parts.join("; ")))
    }
}

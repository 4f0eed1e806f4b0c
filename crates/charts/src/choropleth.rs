//! Choropleth maps: areas coloured by class.

use crate::legend::{HIGHLIGHT, OUTLINE, SELECTED, pattern_defs, texture_name};
use crate::sheet::Trace;
use crate::svg::{Canvas, n};
use crate::words::{cell_text, count, summary};
use crate::{ClassStyle, Drawing, Frame, Legend, LegendItem, Sheet, Swatch, Unit};
use kekiz_base::Cell;
use std::fmt::Write;
use std::sync::Arc;

/// What one area of a map shows.
#[derive(Clone, Debug, PartialEq)]
pub struct MapArea {
    /// What is known.
    pub cell: Cell,
    /// Index into [`Choropleth::classes`]; `None` or an index without a class draws the area as not known, unless
    /// its cell is suppressed.
    pub class: Option<usize>,
    /// Where a click leads.
    pub href: Option<String>,
    /// Outlined, as the municipalities of the initiative are.
    pub highlight: bool,
    /// Outlined most strongly.
    pub selected: bool,
}

/// A map of areas coloured by class.
#[derive(Clone, Debug, PartialEq)]
pub struct Choropleth {
    /// Place and title. The view box of a map is always 1000 units wide.
    pub frame: Frame,
    /// Unit of the values.
    pub unit: Unit,
    /// Classes from the lowest up.
    pub classes: Vec<ClassStyle>,
    /// The shapes; areas are drawn, and reached by keyboard, in its order.
    pub sheet: Arc<Sheet>,
    /// What the areas of the sheet show, in its order.
    pub areas: Vec<MapArea>,
    /// Whether the tab key stops at every area. A page that lists the same links in a table beside the map
    /// leaves this off.
    pub keyboard: bool,
    /// What highlighted areas are, for the legend ("Kommunen der Initiative").
    pub highlight_label: String,
    /// What outlines are, for the legend ("Kreisgrenzen").
    pub outline_label: String,
}

/// What fills an area.
enum Fill {
    Class(usize),
    Suppressed,
    Missing,
}

/// What line an area gets over its fill.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Unknown,
    Highlight,
    Selected,
}

impl Choropleth {
    fn drawn(&self) -> impl Iterator<Item = (&Trace, &MapArea)> {
        self.sheet.areas.iter().zip(&self.areas)
    }

    fn line(&self, area: &MapArea) -> Option<Line> {
        match (area.selected, area.highlight, self.fill(area)) {
            (true, _, _) => Some(Line::Selected),
            (_, true, _) => Some(Line::Highlight),
            (_, _, Fill::Suppressed | Fill::Missing) => Some(Line::Unknown),
            _ => None,
        }
    }

    fn fill(&self, area: &MapArea) -> Fill {
        match (&area.cell, area.class) {
            (Cell::Suppressed { .. }, _) => Fill::Suppressed,
            (Cell::Shown(_), Some(class)) if class < self.classes.len() => Fill::Class(class),
            _ => Fill::Missing,
        }
    }

    /// Draws the map.
    pub fn draw(&self) -> Drawing {
        let mut canvas = Canvas::new(&self.frame);
        let Some(size) = self.sheet.size else {
            return canvas.empty("map");
        };
        pattern_defs(&mut canvas, 2.0);
        let id = canvas.id.clone();
        open_areas(&mut canvas);
        for (i, (trace, area)) in self.drawn().enumerate() {
            let (fill, texture) = match self.fill(area) {
                Fill::Class(class) => {
                    let class = &self.classes[class];
                    (class.fill.to_string(), texture_name(class.texture, class.fill))
                }
                Fill::Suppressed => (format!("url(#{id}-hatch)"), None),
                Fill::Missing => (format!("url(#{id}-dots)"), None),
            };
            let label = format!("{}: {}", trace.name, cell_text(&area.cell, &self.unit));
            let tag = canvas.open(area.href.as_deref(), &trace.key, &label, self.keyboard);
            let again = texture.is_some() || self.line(area).is_some();
            area_path(&mut canvas, i, &trace.path, &fill, again);
            if let Some(name) = texture {
                canvas.raw(&format!(r##"<use href="#{id}-{i}" fill="url(#{id}-{name})"/>"##));
            }
            canvas.close(tag);
        }
        canvas.raw("</g>");
        let ids = |wanted: Line| -> Vec<usize> {
            (0..self.areas.len()).filter(|i| self.line(&self.areas[*i]) == Some(wanted)).collect()
        };
        // Hatched and dotted areas get a grey border: a white one would not end them.
        again(&mut canvas, &ids(Line::Unknown), "#8b939c", 1.2);
        over(&mut canvas, &self.sheet.outlines, OUTLINE, 2.2);
        again(&mut canvas, &ids(Line::Highlight), HIGHLIGHT, 3.6);
        again(&mut canvas, &ids(Line::Selected), "#fff", 11.0);
        again(&mut canvas, &ids(Line::Selected), SELECTED, 6.0);
        canvas.finish("map", size, self.sentence())
    }

    fn sentence(&self) -> String {
        let cells = self.drawn().map(|(trace, area)| (trace.name.as_str(), &area.cell));
        let mut out =
            summary(&format!("Karte {}", self.frame.title), cells, &self.unit, ("Gebiet", "Gebiete"));
        let members = self.areas.iter().filter(|area| area.highlight).count();
        if members > 0 && !self.highlight_label.is_empty() {
            let _ = write!(
                out,
                " {} hervorgehoben ({}).",
                count(members, "Gebiet ist", "Gebiete sind"),
                self.highlight_label
            );
        }
        for (trace, area) in self.drawn().filter(|(_, area)| area.selected).take(3) {
            let _ = write!(out, " Ausgewählt ist {}: {}.", trace.name, cell_text(&area.cell, &self.unit));
        }
        out
    }

    /// The legend, with the number of areas per class. Entries that do not occur are left out, except classes.
    pub fn legend(&self) -> Legend {
        let mut counts = vec![0usize; self.classes.len()];
        let (mut hidden, mut absent) = (0usize, 0usize);
        for area in &self.areas {
            match self.fill(area) {
                Fill::Class(class) => counts[class] += 1,
                Fill::Suppressed => hidden += 1,
                Fill::Missing => absent += 1,
            }
        }
        let mut items: Vec<LegendItem> = self
            .classes
            .iter()
            .zip(counts)
            .map(|(class, count)| LegendItem {
                swatch: Swatch::Class(class.fill, class.texture),
                label: class.label.clone(),
                count: Some(count),
            })
            .collect();
        let mut add = |number: usize, swatch, label: &str, show: bool| {
            if number > 0 && !label.is_empty() {
                items.push(LegendItem { swatch, label: label.into(), count: show.then_some(number) });
            }
        };
        add(hidden, Swatch::Suppressed, "geschützt", true);
        add(absent, Swatch::Missing, "keine Angabe", true);
        let members = self.areas.iter().filter(|area| area.highlight).count();
        add(members, Swatch::Highlight, &self.highlight_label, true);
        let selected = self.drawn().filter(|(_, area)| area.selected);
        let names: Vec<&str> = selected.map(|(trace, _)| trace.name.as_str()).take(3).collect();
        add(names.len(), Swatch::Selected, &names.join(", "), false);
        add(self.sheet.outlined, Swatch::Outline, &self.outline_label, false);
        Legend { title: self.frame.title.clone(), items }
    }
}

/// Opens the group of areas with what all have in common.
pub(crate) fn open_areas(canvas: &mut Canvas) {
    canvas.raw(
        r##"<g stroke="#fff" stroke-width="1.5" stroke-linejoin="round" fill-rule="evenodd" class="kk-areas">"##,
    );
}

/// One area; it gets an id if it is drawn again.
pub(crate) fn area_path(canvas: &mut Canvas, index: usize, path: &str, fill: &str, again: bool) {
    let markup = if again {
        format!(r#"<g fill="{fill}"><path id="{}-{index}" d="{path}"/></g>"#, canvas.id)
    } else {
        format!(r#"<path d="{path}" fill="{fill}"/>"#)
    };
    canvas.raw(&markup);
}

/// Draws areas again as lines; they take no clicks.
pub(crate) fn again(canvas: &mut Canvas, areas: &[usize], colour: &str, width: f64) {
    if areas.is_empty() {
        return;
    }
    let id = canvas.id.clone();
    let uses: String = areas.iter().map(|i| format!(r##"<use href="#{id}-{i}"/>"##)).collect();
    canvas.raw(&format!(
        r#"<g fill="none" stroke="{colour}" stroke-width="{}" stroke-linejoin="round" pointer-events="none">{uses}</g>"#,
        n(width)
    ));
}

/// Draws a path as a line over the map; it takes no clicks.
pub(crate) fn over(canvas: &mut Canvas, path: &str, colour: &str, width: f64) {
    if !path.is_empty() {
        canvas.raw(&format!(
            r#"<path d="{path}" fill="none" stroke="{colour}" stroke-width="{}" stroke-linejoin="round" pointer-events="none"/>"#,
            n(width)
        ));
    }
}

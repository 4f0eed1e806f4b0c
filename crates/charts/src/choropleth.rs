//! Choropleth maps: areas coloured by class.

use crate::legend::{HIGHLIGHT, OUTLINE, SELECTED, pattern_defs, texture_name};
use crate::path::shape_path;
use crate::shape::Fit;
use crate::svg::Canvas;
use crate::words::{cell_text, count, summary};
use crate::{ClassStyle, Drawing, Frame, Legend, LegendItem, Shape, Swatch, Unit};
use kekiz_base::Cell;
use std::fmt::Write;

/// One area of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct MapArea {
    /// Its shape with key and name.
    pub shape: Shape,
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
    /// The areas; they are drawn, and reached by keyboard, in this order.
    pub areas: Vec<MapArea>,
    /// Borders of a higher level, drawn over the areas.
    pub outlines: Vec<Shape>,
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

impl Choropleth {
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
        let shapes = self.areas.iter().map(|area| &area.shape).chain(&self.outlines);
        let Some(fit) = Fit::new(shapes.flat_map(Shape::points)) else {
            return canvas.empty("map");
        };
        pattern_defs(&mut canvas, 2.0);
        let paths: Vec<String> = self.areas.iter().map(|area| shape_path(&fit, &area.shape)).collect();
        canvas.raw(
            r##"<g stroke="#fff" stroke-width="1.5" stroke-linejoin="round" fill-rule="evenodd" class="kk-areas">"##,
        );
        for (area, path) in self.areas.iter().zip(&paths) {
            if path.is_empty() {
                continue;
            }
            let label = format!("{}: {}", area.shape.name, cell_text(&area.cell, &self.unit));
            let tag = canvas.open(area.href.as_deref(), &area.shape.key, &label, self.keyboard);
            let id = canvas.id.clone();
            let fill = match self.fill(area) {
                Fill::Class(class) => self.classes[class].fill.to_string(),
                Fill::Suppressed => format!("url(#{id}-hatch)"),
                Fill::Missing => format!("url(#{id}-dots)"),
            };
            let mut markup = format!(r#"<path d="{path}" fill="{fill}"/>"#);
            if let Fill::Class(class) = self.fill(area)
                && let Some(name) = texture_name(self.classes[class].texture, self.classes[class].fill)
            {
                let _ = write!(markup, r#"<path d="{path}" fill="url(#{id}-{name})"/>"#);
            }
            canvas.raw(&markup);
            canvas.close(tag);
        }
        canvas.raw("</g>");
        // Outlines of hatched and dotted areas: a white border would not end them.
        let unknown =
            self.areas.iter().zip(&paths).filter(|(area, _)| !matches!(self.fill(area), Fill::Class(_)));
        group(&mut canvas, unknown.map(|(_, path)| path.as_str()), "#8b939c", 1.2);
        let outlines: Vec<String> = self.outlines.iter().map(|shape| shape_path(&fit, shape)).collect();
        group(&mut canvas, outlines.iter().map(String::as_str), OUTLINE, 2.2);
        let marked = |wanted: fn(&MapArea) -> bool| {
            self.areas.iter().zip(&paths).filter(move |(area, _)| wanted(area)).map(|(_, path)| path.as_str())
        };
        group(&mut canvas, marked(|area| area.highlight && !area.selected), HIGHLIGHT, 3.6);
        group(&mut canvas, marked(|area| area.selected), "#fff", 11.0);
        group(&mut canvas, marked(|area| area.selected), SELECTED, 6.0);
        canvas.finish("map", fit.size, self.sentence())
    }

    fn sentence(&self) -> String {
        let cells = self.areas.iter().map(|area| (area.shape.name.as_str(), &area.cell));
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
        for area in self.areas.iter().filter(|area| area.selected).take(3) {
            let _ =
                write!(out, " Ausgewählt ist {}: {}.", area.shape.name, cell_text(&area.cell, &self.unit));
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
        let selected = self.areas.iter().filter(|area| area.selected);
        let names: Vec<&str> = selected.map(|area| area.shape.name.as_str()).take(3).collect();
        add(names.len(), Swatch::Selected, &names.join(", "), false);
        add(self.outlines.len(), Swatch::Outline, &self.outline_label, false);
        Legend { title: self.frame.title.clone(), items }
    }
}

/// Draws paths as lines over the map; they take no clicks.
pub(crate) fn group<'a>(canvas: &mut Canvas, paths: impl Iterator<Item = &'a str>, colour: &str, width: f64) {
    let joined: String = paths.collect();
    if !joined.is_empty() {
        canvas.raw(&format!(
            r#"<path d="{joined}" fill="none" stroke="{colour}" stroke-width="{}" stroke-linejoin="round" pointer-events="none"/>"#,
            crate::svg::n(width)
        ));
    }
}

//! Legends, as data and as a drawing of their own.

use crate::svg::{AXIS, Anchor, Canvas, SMALL, TEXT, n, text_width, wrap};
use crate::{Colour, Drawing, Frame, Texture};
use std::fmt::Write;

/// What a legend entry shows beside its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swatch {
    /// A class.
    Class(Colour, Texture),
    /// A point on a map.
    Point(Colour),
    /// Hatching of protected cells.
    Suppressed,
    /// Dots of cells without a figure.
    Missing,
    /// The outline of highlighted areas.
    Highlight,
    /// The outline of the selected area.
    Selected,
    /// The border of areas of a higher level.
    Outline,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegendItem {
    /// The sample.
    pub swatch: Swatch,
    /// Its meaning.
    pub label: String,
    /// How many areas or points it stands for.
    pub count: Option<usize>,
}

/// A legend; a page may print it as a list of its own, or draw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Legend {
    /// What the classes measure, for example "Kinderarmut 2023 in %".
    pub title: String,
    /// The entries from top to bottom.
    pub items: Vec<LegendItem>,
}

impl Legend {
    /// Draws the legend as a list, in as many columns as the width allows.
    pub fn draw(&self, frame: &Frame) -> Drawing {
        let mut canvas = Canvas::new(frame);
        pattern_defs(&mut canvas, 1.0);
        let text = |item: &LegendItem| match item.count {
            Some(count) => format!("{} ({count})", item.label),
            None => item.label.clone(),
        };
        let widest = self.items.iter().map(|i| text_width(&text(i), SMALL)).fold(0.0, f64::max) + 46.0;
        let columns = ((canvas.width / widest).floor() as usize).clamp(1, 3);
        let cell = canvas.width / columns as f64;
        let mut y = 4.0;
        for line in wrap(&self.title, TEXT, canvas.width - 8.0, 2) {
            y += 16.0;
            canvas.text(2.0, y - 3.0, Anchor::Start, r#"font-weight="600""#, &line);
        }
        y += 6.0;
        let rows = self.items.len().div_ceil(columns);
        for (i, item) in self.items.iter().enumerate() {
            let (column, row) = (i / rows.max(1), i % rows.max(1));
            let (x, y) = (column as f64 * cell + 2.0, y + row as f64 * 21.0);
            swatch(&mut canvas, item.swatch, x, y);
            let label = crate::svg::shorten(&text(item), SMALL, cell - 38.0);
            let size = format!(r#"font-size="{}""#, n(SMALL));
            canvas.text(x + 33.0, y + 12.0, Anchor::Start, &size, &label);
        }
        let height = y + rows as f64 * 21.0 + 2.0;
        let items: Vec<String> = self.items.iter().map(text).collect();
        let sentence = format!("Legende {}: {}.", self.title, items.join("; "));
        let view = [canvas.width, height];
        canvas.finish("legend", view, sentence)
    }
}

fn swatch(canvas: &mut Canvas, swatch: Swatch, x: f64, y: f64) {
    let id = canvas.id.clone();
    let border = format!(r#"stroke="{AXIS}" stroke-width=".8""#);
    let box_with = |canvas: &mut Canvas, fill: &str, border: &str| {
        canvas.rect(x + 1.0, y + 1.0, 26.0, 14.0, &format!(r#"fill="{fill}" {border}"#));
    };
    match swatch {
        Swatch::Class(colour, texture) => {
            box_with(canvas, &colour.to_string(), &border);
            if let Some(name) = texture_name(texture, colour) {
                box_with(canvas, &format!("url(#{id}-{name})"), "");
            }
        }
        Swatch::Point(colour) => canvas.circle(
            x + 14.0,
            y + 8.0,
            6.5,
            &format!(r##"fill="{colour}" stroke="#1b1f24" stroke-width=".8""##),
        ),
        Swatch::Suppressed => box_with(canvas, &format!("url(#{id}-hatch)"), &border),
        Swatch::Missing => box_with(canvas, &format!("url(#{id}-dots)"), &border),
        Swatch::Highlight => {
            box_with(canvas, "none", &format!(r#"stroke="{HIGHLIGHT}" stroke-width="2""#));
        }
        Swatch::Selected => {
            box_with(canvas, "none", &format!(r#"stroke="{SELECTED}" stroke-width="3""#));
        }
        Swatch::Outline => canvas.line(
            [x + 1.0, y + 8.0],
            [x + 27.0, y + 8.0],
            &format!(r#"fill="none" stroke="{OUTLINE}" stroke-width="1.6""#),
        ),
    }
}

/// Outline of highlighted areas.
pub(crate) const HIGHLIGHT: &str = "#111111";
/// Outline of the selected area.
pub(crate) const SELECTED: &str = "#c2185b";
/// Borders of areas of a higher level.
pub(crate) const OUTLINE: &str = "#3c444d";

/// Name of the pattern of a texture: dark marks on light colours, light marks on dark ones.
pub(crate) fn texture_name(texture: Texture, on: Colour) -> Option<&'static str> {
    let dark_ink = on.ink() == Colour::BLACK;
    match (texture, dark_ink) {
        (Texture::Plain, _) => None,
        (Texture::Up, true) => Some("up"),
        (Texture::Up, false) => Some("upl"),
        (Texture::Down, true) => Some("down"),
        (Texture::Down, false) => Some("downl"),
    }
}

/// Patterns: hatching for protected, dots for missing, triangles for dynamics. `scale` is the size of one
/// screen pixel in units of the view box.
pub(crate) fn pattern_defs(canvas: &mut Canvas, scale: f64) {
    let id = canvas.id.clone();
    let s = |v: f64| n(v * scale);
    let mut out = String::from("<defs>");
    let _ = write!(
        out,
        concat!(
            r##"<pattern id="{id}-hatch" width="{six}" height="{six}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">"##,
            r##"<rect width="{six}" height="{six}" fill="#fff"/><path d="M0 0V{six}" stroke="#6a727b" stroke-width="{thick}"/></pattern>"##,
            r##"<pattern id="{id}-dots" width="{six}" height="{six}" patternUnits="userSpaceOnUse">"##,
            r##"<rect width="{six}" height="{six}" fill="#fff"/><circle cx="{three}" cy="{three}" r="{one}" fill="#767e87"/></pattern>"##
        ),
        id = id,
        six = s(6.0),
        three = s(3.0),
        one = s(1.0),
        thick = s(2.4),
    );
    for (name, ink, up) in
        [("up", "#000", true), ("upl", "#fff", true), ("down", "#000", false), ("downl", "#fff", false)]
    {
        let (from, to) = if up { (8.0, 3.0) } else { (3.0, 8.0) };
        let _ = write!(
            out,
            r#"<pattern id="{id}-{name}" width="{}" height="{}" patternUnits="userSpaceOnUse"><path d="M{} {}L{} {}L{} {}Z" fill="{ink}" fill-opacity=".6"/></pattern>"#,
            s(11.0),
            s(11.0),
            s(2.5),
            s(from),
            s(5.5),
            s(to),
            s(8.5),
            s(from),
        );
    }
    out.push_str("</defs>");
    canvas.raw(&out);
}

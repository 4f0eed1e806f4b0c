//! What every drawing has: a frame, a unit, a result.

use kekiz_base::number::german;

/// A finished drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// One `<svg>` element, ready for a page (inline or as a file) and for paper.
    pub svg: String,
    /// What the drawing shows, in German: its text alternative.
    pub sentence: String,
}

/// Place and name of a drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Begins every id inside the drawing. Characters that cannot stand in an id become `-`.
    pub id: String,
    /// What is drawn, for example "Kinderarmut, Krefeld, 2023".
    pub title: String,
    /// Width of the view box, 240 to 1600 units. Text has about 13 units.
    pub width: f64,
}

impl Frame {
    /// A frame of 400 units, legible when shown 320 px wide.
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self { id: id.into(), title: title.into(), width: 400.0 }
    }

    /// The same frame with another width.
    pub fn with_width(self, width: f64) -> Self {
        Self { width, ..self }
    }

    pub(crate) fn safe_id(&self) -> String {
        let id: String =
            self.id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
        if id.starts_with(|c: char| c.is_ascii_alphabetic()) { id } else { format!("d{id}") }
    }

    pub(crate) fn safe_width(&self) -> f64 {
        if self.width.is_finite() { self.width.clamp(240.0, 1600.0).round() } else { 400.0 }
    }
}

/// Unit and rounding of figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// Printed behind the number; may be empty.
    pub text: String,
    /// Decimals to print (at most 6).
    pub decimals: u8,
}

impl Unit {
    /// A unit with its decimals.
    pub fn new(text: impl Into<String>, decimals: u8) -> Self {
        Self { text: text.into(), decimals }
    }

    /// A number without its unit: `1.234,5`.
    pub fn number(&self, value: f64) -> String {
        german(value, usize::from(self.decimals.min(6)))
    }

    /// A number with its unit, which does not wrap: `21,3 %`.
    pub fn value(&self, value: f64) -> String {
        if self.text.is_empty() || !value.is_finite() {
            self.number(value)
        } else {
            format!("{}\u{a0}{}", self.number(value), self.text)
        }
    }
}

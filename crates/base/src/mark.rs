//! Marks of official statistics, kept apart and never turned into zero.
//!
//! Source: "Zeichenerklärung" of the statistical offices of the Federation and the Länder.

use serde::{Deserialize, Serialize};

/// Why a cell of a source has no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// `.` the number is unknown or kept secret by the publisher.
    UnknownOrSecret,
    /// `...` the number will come later.
    Later,
    /// `/` no number, since it is not reliable enough.
    Unreliable,
    /// `x` the cell is blocked, since a number would make no sense there.
    Blocked,
    /// The field was empty, or the row is absent: the source says nothing.
    Empty,
}

impl Mark {
    /// The mark as official tables print it (an empty field prints nothing).
    pub fn symbol(self) -> &'static str {
        match self {
            Mark::UnknownOrSecret => ".",
            Mark::Later => "...",
            Mark::Unreliable => "/",
            Mark::Blocked => "x",
            Mark::Empty => "",
        }
    }

    /// A short German explanation for legends and table notes.
    pub fn text(self) -> &'static str {
        match self {
            Mark::UnknownOrSecret => "unbekannt oder von der Quelle geheim gehalten",
            Mark::Later => "Angabe fällt später an",
            Mark::Unreliable => "keine Angabe, da nicht sicher genug",
            Mark::Blocked => "Angabe nicht sinnvoll",
            Mark::Empty => "keine Angabe in der Quelle",
        }
    }
}

/// A remark on a number that is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Annotation {
    /// No remark.
    #[default]
    None,
    /// `( )` limited value, since its sampling error is large.
    Limited,
    /// `r` corrected number.
    Revised,
    /// `p` provisional number.
    Provisional,
    /// `s` or `e` estimated number.
    Estimated,
    /// `0` less than half of the smallest unit shown, but more than nothing.
    LessThanHalf,
}

impl Annotation {
    /// A short German explanation, empty for [`Annotation::None`].
    pub fn text(self) -> &'static str {
        match self {
            Annotation::None => "",
            Annotation::Limited => "Aussagewert eingeschränkt",
            Annotation::Revised => "berichtigte Zahl",
            Annotation::Provisional => "vorläufige Zahl",
            Annotation::Estimated => "geschätzte Zahl",
            Annotation::LessThanHalf => "weniger als die Hälfte der kleinsten Einheit",
        }
    }
}

/// What a source says about one cell: a number with a remark, or no number with its mark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Observation {
    /// A number. `-` ("nichts vorhanden") is the number 0.
    Value(f64, Annotation),
    /// No number, and why.
    Missing(Mark),
}

impl Observation {
    /// The number, if there is one.
    pub fn value(self) -> Option<f64> {
        match self {
            Observation::Value(value, _) => Some(value),
            Observation::Missing(_) => None,
        }
    }
}

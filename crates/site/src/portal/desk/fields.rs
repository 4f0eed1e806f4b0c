//! What a form asks: lines, texts and choices, in groups.

/// One choice of a field.
pub(crate) struct Choice {
    pub(crate) code: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

/// How a field is asked.
pub(crate) enum Kind {
    /// A line; the word is the input's type.
    Line(&'static str),
    /// A text of several lines.
    Text,
    /// One of a list, or none.
    One(Vec<Choice>),
    /// Any of a list.
    Many(Vec<Choice>),
}

/// One field.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) hint: &'static str,
    pub(crate) value: String,
    pub(crate) kind: Kind,
}

/// Fields that belong together.
pub(crate) struct Group {
    pub(crate) title: String,
    pub(crate) missing: Vec<String>,
    pub(crate) fields: Vec<Field>,
}

/// A line of text.
pub(crate) fn line(name: &str, label: &str, hint: &'static str, value: impl Into<String>) -> Field {
    Field { name: name.into(), label: label.into(), hint, value: value.into(), kind: Kind::Line("text") }
}

/// A whole number or none.
pub(crate) fn number(name: &str, label: &str, hint: &'static str, value: Option<u32>) -> Field {
    let value = value.map(|number| number.to_string()).unwrap_or_default();
    Field { name: name.into(), label: label.into(), hint, value, kind: Kind::Line("number") }
}

/// A text of several lines.
pub(crate) fn text(name: &str, label: &str, hint: &'static str, value: &str) -> Field {
    Field { name: name.into(), label: label.into(), hint, value: value.into(), kind: Kind::Text }
}

/// Any of a list.
pub(crate) fn many(name: &str, label: &str, hint: &'static str, choices: Vec<Choice>) -> Field {
    Field { kind: Kind::Many(choices), ..line(name, label, hint, "") }
}

/// One of a list, or none.
pub(crate) fn one(name: &str, label: &str, hint: &'static str, choices: Vec<Choice>) -> Field {
    Field { kind: Kind::One(choices), ..line(name, label, hint, "") }
}

//! Text that every font of the report can show.

use serde_json::Value;
use typst::text::FontBook;

/// Replaces, in all texts of a JSON value, characters no font can show by `?` and drops control characters.
///
/// PDF/UA-1 (ISO 14289-1, 7.21.8) forbids glyphs that stand for nothing, and characters of the private use area
/// have no meaning a reader could be told.
pub(crate) fn clean(value: &mut Value, book: &FontBook) {
    match value {
        Value::String(text) => *text = clean_text(text, book),
        Value::Array(items) => items.iter_mut().for_each(|item| clean(item, book)),
        Value::Object(fields) => fields.values_mut().for_each(|item| clean(item, book)),
        _ => {}
    }
}

fn clean_text(text: &str, book: &FontBook) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' | '\t' | '\r' | '\u{2028}' | '\u{2029}' => Some(' '),
            c if c.is_control() => None,
            // Marks that only steer direction, joining or breaks.
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => None,
            c if c.is_ascii() => Some(c),
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => Some('?'),
            c if shown(c, book) => Some(c),
            _ => Some('?'),
        })
        .collect()
}

fn shown(c: char, book: &FontBook) -> bool {
    (0..).map_while(|i| book.info(i)).any(|info| info.coverage.contains(u32::from(c)))
}

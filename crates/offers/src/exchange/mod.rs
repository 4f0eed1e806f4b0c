//! Offers in and out: HSDS, tables of rows, calendars, GeoJSON, schema.org, lists for spreadsheets.

mod calendar;
mod geojson;
mod list;
mod preview;
mod rows;
mod schema_org;
mod service;
mod suggest;

pub use calendar::{Event, read_calendar, write_calendar};
pub use geojson::geojson;
pub use list::{csv_list, guard};
pub use preview::{Changed, Preview, Refused, preview};
pub use rows::{ColumnMapping, Imported, MappingError, RowMapping, Target, offers_from_rows};
pub use schema_org::{schema_org, to_script};
pub use service::{
    NO_UPPER_AGE, from_service, months_from_years, offer_from_service, to_service, years_from_months,
};
pub use suggest::suggest_mapping;

/// Characters no text of an offer may hold: control characters except line breaks and tabs, and the marks that
/// turn the direction of following text around (they can hide what a text says). The marks U+200E and U+200F,
/// which Arabic and Hebrew need, are allowed.
pub fn is_forbidden(character: char) -> bool {
    let control = character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    control || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

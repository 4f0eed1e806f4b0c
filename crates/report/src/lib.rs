//! The printed social report as accessible PDF.
//!
//! [`render`] sets a [`ReportInput`] with Typst into a PDF that claims PDF/UA-1 (ISO 14289-1): tagged, with
//! language, title, bookmarks, alternative texts and header cells. Drawings come in as SVG, the same that pages
//! show. No text of the input is read as markup. The same input gives the same bytes.

mod clean;
mod error;
mod input;
mod list;
mod world;

pub use error::ReportError;
pub use input::{Detail, KeyFigure, Picture, ReportInput, Section, TableRow, Term, Theme};
pub use list::{ListEntry, ListInput};

use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// Sets the report and gives the bytes of the PDF file.
///
/// Characters that none of the fonts can show are printed as `?`, since PDF/UA forbids empty glyphs. A picture
/// without alternative text is described by its caption.
///
/// # Errors
/// A [`ReportError`] with a German sentence: no theme, a drawing that is no SVG, or a failure of the typesetting.
pub fn render(input: &ReportInput) -> Result<Vec<u8>, ReportError> {
    input.check()?;
    set(world::ReportWorld::new(input)?, input.as_of, &input.identifier)
}

/// Sets a list of entries, each with its facts, and gives the bytes of the PDF file (PDF/UA-1 as [`render`]).
///
/// # Errors
/// A [`ReportError`] with a German sentence: no entry, or a failure of the typesetting.
pub fn render_list(input: &ListInput) -> Result<Vec<u8>, ReportError> {
    input.check()?;
    set(world::ReportWorld::of_list(input)?, input.as_of, &input.identifier)
}

fn set(world: world::ReportWorld, day: jiff::civil::Date, identifier: &str) -> Result<Vec<u8>, ReportError> {
    let document =
        typst::compile::<PagedDocument>(&world).output.map_err(|e| ReportError::typesetting(&e))?;
    let date = Datetime::from_ymd_hms(
        i32::from(day.year()),
        day.month().unsigned_abs(),
        day.day().unsigned_abs(),
        0,
        0,
        0,
    );
    let standards = PdfStandards::new(&[PdfStandard::Ua_1])
        .map_err(|e| ReportError::Standard(e.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(identifier.to_string()),
        creator: Smart::Custom(Some("KeKiz".into())),
        timestamp: date.map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|e| ReportError::typesetting(&e))
}

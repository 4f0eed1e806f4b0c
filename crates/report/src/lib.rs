//! The printed social report as accessible PDF.
//!
//! [`render`] sets a [`ReportInput`] with Typst into a PDF that claims PDF/UA-1 (ISO 14289-1): tagged, with
//! language, title, bookmarks, alternative texts and header cells. Drawings come in as SVG, the same that pages
//! show. No text of the input is read as markup. The same input gives the same bytes.

mod clean;
mod error;
mod input;
mod world;

pub use error::ReportError;
pub use input::{Detail, KeyFigure, Picture, ReportInput, Section, TableRow, Term, Theme};

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
    let world = world::ReportWorld::new(input)?;
    let document =
        typst::compile::<PagedDocument>(&world).output.map_err(|e| ReportError::typesetting(&e))?;
    let date = Datetime::from_ymd_hms(
        i32::from(input.as_of.year()),
        input.as_of.month().unsigned_abs(),
        input.as_of.day().unsigned_abs(),
        0,
        0,
        0,
    );
    let standards = PdfStandards::new(&[PdfStandard::Ua_1])
        .map_err(|e| ReportError::Standard(e.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(input.identifier.clone()),
        creator: Smart::Custom(Some("KeKiz".into())),
        timestamp: date.map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|e| ReportError::typesetting(&e))
}

//! SPSS system files (`.sav`, `.zsav`), all that municipal offices and survey institutes hand out.
//!
//! Format: "System File Format", appendix of the PSPP developers guide (GNU PSPP 2.0): both byte orders, plain,
//! bytecode-compressed and ZLIB data, long names, very long strings, value labels, user-missing values and ranges, dates,
//! encodings. Everything is read from memory with checked positions; a damaged file is refused, never half read.

mod data;
mod dictionary;
mod source;

use crate::IntakeError;
use crate::raw::RawTable;
use source::Fault;

/// Whether a file begins like one.
pub(crate) fn is_sav(head: &[u8]) -> bool {
    head.starts_with(b"$FL2") || head.starts_with(b"$FL3")
}

/// Reads a whole file.
pub(crate) fn read(file: &str, bytes: &[u8]) -> Result<RawTable, IntakeError> {
    let read = || {
        let mut source = source::Source::new(bytes);
        let dictionary = dictionary::read(&mut source)?;
        let (columns, rows) = data::read(&mut source, &dictionary)?;
        Ok(RawTable { file: file.into(), columns, lines: (1..=rows).collect() })
    };
    read().map_err(|fault: Fault| {
        let (message, remedy) = fault.sentence();
        IntakeError::file(file, message, remedy)
    })
}

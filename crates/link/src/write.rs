//! Results as files that appear whole or not at all, several of them together.

use crate::LinkFileError;
use kekiz_disk::{Access, DiskError, Unfinished};
use std::io::Write;
use std::path::Path;

impl From<DiskError> for LinkFileError {
    fn from(cause: DiskError) -> Self {
        LinkFileError::Output(cause.to_string())
    }
}

/// Writes a result beside its place; [`settle`] puts it there. It can be read by its owner only.
pub(crate) fn beside(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<Unfinished, LinkFileError> {
    Ok(Unfinished::write(path, Access::Private, fill)?)
}

/// Puts results in their places, the last one last: who sees it sees all.
pub(crate) fn settle(results: impl IntoIterator<Item = Unfinished>) -> Result<(), LinkFileError> {
    results.into_iter().try_for_each(Unfinished::settle).map_err(LinkFileError::from)
}

/// Writes one result.
pub(crate) fn whole(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), LinkFileError> {
    settle([beside(path, fill)?])
}

/// A field of a CSV file, quoted where it must be. A text a spreadsheet would run as a formula is quoted by the
/// caller's choice of identifiers, not changed: identifiers must come back as they went.
pub(crate) fn field(out: &mut Vec<u8>, text: &str) {
    if text.contains([',', '"', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        out.push(b'"');
        out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

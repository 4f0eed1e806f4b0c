//! Files that appear whole or not at all.

use crate::LinkFileError;
use crate::error::io;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes a file beside its place and moves it there when it is complete. Whatever was there stays until then, and
/// after any failure. The new file can be read by its owner only.
pub(crate) fn whole(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), LinkFileError> {
    let output = |cause: &std::io::Error| LinkFileError::Output(io(path, cause));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|cause| output(&cause))?;
    let mut writer = BufWriter::with_capacity(1 << 18, file.as_file_mut());
    fill(&mut writer).and_then(|()| writer.flush()).map_err(|cause| output(&cause))?;
    drop(writer);
    file.persist(path).map_err(|failed| output(&failed.error))?;
    Ok(())
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

//! Opening what the user gave: plain text, GZIP, ZIP, workbooks; told apart by content, not by name.

use crate::mapping::FileHints;
use crate::{ReadError, sheet};
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A table file as the user gave it.
#[derive(Clone, Debug)]
pub struct TableFile {
    /// Name for messages.
    pub name: String,
    /// Where its bytes are.
    pub content: Content,
}

/// Where the bytes of a file are.
#[derive(Clone)]
pub enum Content {
    /// In memory (an upload).
    Bytes(Arc<[u8]>),
    /// On disk.
    Path(PathBuf),
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Content::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Content::Path(path) => write!(f, "{}", path.display()),
        }
    }
}

impl TableFile {
    /// A file in memory.
    pub fn from_bytes(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { name: name.into(), content: Content::Bytes(bytes.into()) }
    }

    /// A file on disk; its name is the last part of the path.
    pub fn from_path(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        let name =
            path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into());
        Self { name, content: Content::Path(path.to_path_buf()) }
    }

    pub(crate) fn unusable(&self, message: impl Into<String>, remedy: impl Into<String>) -> ReadError {
        ReadError::Unusable { file: self.name.clone(), message: message.into(), remedy: remedy.into() }
    }

    pub(crate) fn io(&self, cause: &std::io::Error) -> ReadError {
        ReadError::Io { file: self.name.clone(), cause: reason(cause) }
    }
}

/// What the system says of a file, in German.
fn reason(cause: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match cause.kind() {
        ErrorKind::NotFound => "die Datei ist nicht da".into(),
        ErrorKind::PermissionDenied => "der Zugriff ist nicht erlaubt".into(),
        ErrorKind::IsADirectory => "dort liegt ein Ordner".into(),
        ErrorKind::NotADirectory => "im Pfad steht eine Datei statt eines Ordners".into(),
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof => {
            "der Inhalt bricht ab oder ist beschädigt".into()
        }
        _ => format!("das Betriebssystem meldet: {cause}"),
    }
}

/// Bytes read so far, shared with whoever shows progress.
#[derive(Clone, Default)]
pub(crate) struct Progress {
    pub(crate) done: Arc<AtomicU64>,
    pub(crate) total: u64,
}

/// A table as text, or as rows of a workbook.
pub(crate) enum Opened<'a> {
    Text(&'a mut dyn Read),
    Sheet(sheet::Sheet),
}

struct Counting<R> {
    inner: R,
    done: Arc<AtomicU64>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.done.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl<R: Seek> Seek for Counting<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Largest workbook this program unpacks into memory.
const WORKBOOK_LIMIT: u64 = 1 << 28;
/// Largest unpacked text; more is an archive made to fill a disk.
const TEXT_LIMIT: u64 = 1 << 36;

/// Opens a file and hands it to `take`.
pub(crate) fn open<T>(
    file: &TableFile,
    hints: &FileHints,
    take: impl FnOnce(Opened<'_>, &Progress) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    match &file.content {
        Content::Bytes(bytes) => route(file, hints, Cursor::new(bytes.as_ref()), bytes.len() as u64, take),
        Content::Path(path) => {
            let opened = File::open(path).map_err(|e| file.io(&e))?;
            let meta = opened.metadata().map_err(|e| file.io(&e))?;
            if !meta.is_file() {
                return Err(file.unusable("Das ist keine Datei.", "Den Pfad einer Tabelle angeben."));
            }
            route(file, hints, BufReader::with_capacity(1 << 16, opened), meta.len(), take)
        }
    }
}

fn route<T, R: Read + Seek>(
    file: &TableFile,
    hints: &FileHints,
    mut reader: R,
    total: u64,
    take: impl FnOnce(Opened<'_>, &Progress) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let mut magic = [0u8; 8];
    let mut have = 0;
    while have < magic.len() {
        match reader.read(&mut magic[have..]).map_err(|e| file.io(&e))? {
            0 => break,
            count => have += count,
        }
    }
    if have == 0 {
        return Err(
            file.unusable("Die Datei ist leer.", "Die Datei noch einmal herunterladen oder ausgeben lassen.")
        );
    }
    reader.rewind().map_err(|e| file.io(&e))?;
    let progress = Progress { done: Arc::default(), total };
    let mut reader = Counting { inner: reader, done: progress.done.clone() };
    let magic = &magic[..have];
    if magic.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = flate2::read::MultiGzDecoder::new(reader).take(TEXT_LIMIT);
        return take(Opened::Text(&mut unpacked), &progress);
    }
    if magic.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        let bytes = whole(file, &mut reader)?;
        return take(Opened::Sheet(sheet::read(file, hints, bytes)?), &progress);
    }
    if magic.starts_with(b"PK\x03\x04") || magic.starts_with(b"PK\x05\x06") {
        return from_zip(file, hints, reader, &progress, take);
    }
    if magic.starts_with(b"%PDF") {
        return Err(file.unusable(
            "Das ist ein PDF, keine Tabelle.",
            "Beim Herausgeber nach CSV oder XLSX fragen oder die Tabelle in eine Arbeitsmappe übertragen.",
        ));
    }
    let mut start = [0u8; 64];
    let mut have = 0;
    while have < start.len() {
        match reader.read(&mut start[have..]).map_err(|e| file.io(&e))? {
            0 => break,
            count => have += count,
        }
    }
    if let Some((what, remedy)) = no_table(&start[..have]) {
        return Err(file.unusable(what, remedy));
    }
    reader.rewind().map_err(|e| file.io(&e))?;
    progress.done.store(0, Ordering::Relaxed);
    take(Opened::Text(&mut reader), &progress)
}

/// What a file is that begins like something else than a table, and what to do.
fn no_table(start: &[u8]) -> Option<(&'static str, &'static str)> {
    let images: [&[u8]; 4] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0"];
    if images.iter().any(|image| start.starts_with(image)) {
        return Some(("Das ist ein Bild, keine Tabelle.", "Die Zahlen als CSV oder XLSX besorgen."));
    }
    if start.starts_with(b"SQLite format 3") {
        return Some((
            "Das ist eine Datenbank (SQLite, GeoPackage), keine Tabelle.",
            "Grenzen liest „kekiz import areas“, Orte „kekiz import facilities“; Zahlen als CSV ausgeben lassen.",
        ));
    }
    let text = String::from_utf8_lossy(start).trim_start_matches('\u{feff}').trim_start().to_lowercase();
    if ["<!doctype", "<html", "<table", "<?xml", "<!--"].iter().any(|begin| text.starts_with(begin)) {
        return Some((
            "Das ist eine Webseite oder eine XML-Datei, keine Tabelle.",
            "Auf der Seite nach „CSV“ oder „Excel“ suchen; endet der Name auf .xls, die Datei in der Tabellenkalkulation öffnen und als XLSX speichern.",
        ));
    }
    if text.starts_with("{\"") || text.starts_with("[{") || text.starts_with("{\n") || text.starts_with("{\r")
    {
        return Some((
            "Das ist eine JSON-Datei, keine Tabelle.",
            "Beim Herausgeber CSV oder XLSX wählen; Grenzen als GeoJSON liest „kekiz import areas“, Orte „kekiz import facilities“.",
        ));
    }
    None
}

fn whole(file: &TableFile, reader: &mut dyn Read) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    reader.take(WORKBOOK_LIMIT + 1).read_to_end(&mut bytes).map_err(|e| file.io(&e))?;
    if bytes.len() as u64 > WORKBOOK_LIMIT {
        return Err(file.unusable(
            "Die Arbeitsmappe ist größer als 256 MiB.",
            "Das Blatt als CSV speichern; CSV darf beliebig groß sein.",
        ));
    }
    Ok(bytes)
}

fn from_zip<T, R: Read + Seek>(
    file: &TableFile,
    hints: &FileHints,
    reader: Counting<R>,
    progress: &Progress,
    take: impl FnOnce(Opened<'_>, &Progress) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let broken = || {
        file.unusable(
            "Das ZIP-Archiv ist beschädigt: Sein Verzeichnis fehlt oder ein Eintrag ist nicht lesbar.",
            "Die Datei noch einmal herunterladen oder entpackt übergeben.",
        )
    };
    let mut archive = zip::ZipArchive::new(reader).map_err(|_| broken())?;
    let names: Vec<String> = archive.file_names().filter_map(Result::ok).map(String::from).collect();
    let is_workbook = |names: &[String]| {
        names.iter().any(|n| n == "xl/workbook.xml" || n == "xl/workbook.bin")
            || (names.iter().any(|n| n == "content.xml") && names.iter().any(|n| n == "mimetype"))
    };
    if is_workbook(&names) {
        let mut reader = archive.into_inner();
        reader.rewind().map_err(|e| file.io(&e))?;
        let bytes = whole(file, &mut reader)?;
        return take(Opened::Sheet(sheet::read(file, hints, bytes)?), progress);
    }
    let name = choose(file, hints, &names)?;
    let mut entry = archive.by_name(&name).map_err(|_| broken())?;
    let lower = name.to_lowercase();
    if [".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"].iter().any(|end| lower.ends_with(end)) {
        let bytes = whole(file, &mut entry)?;
        return take(Opened::Sheet(sheet::read(file, hints, bytes)?), progress);
    }
    let mut unpacked = entry.take(TEXT_LIMIT);
    take(Opened::Text(&mut unpacked), progress)
}

fn choose(file: &TableFile, hints: &FileHints, names: &[String]) -> Result<String, ReadError> {
    let list = |names: &[&String]| {
        let mut shown: Vec<String> = names.iter().take(12).map(|n| format!("„{n}“")).collect();
        if names.len() > 12 {
            shown.push("…".into());
        }
        shown.join(", ")
    };
    let mut files: Vec<&String> =
        names.iter().filter(|n| !n.ends_with('/') && !n.starts_with("__MACOSX/")).collect();
    files.sort();
    if let Some(wanted) = &hints.entry {
        return match files.iter().find(|n| **n == wanted || n.rsplit('/').next() == Some(wanted)) {
            Some(name) => Ok((*name).clone()),
            None => Err(file.unusable(
                format!("Im Archiv gibt es „{wanted}“ nicht; es enthält {}.", list(&files)),
                "In der Zuordnung unter [file] entry berichtigen.",
            )),
        };
    }
    let tables: Vec<&String> = files
        .iter()
        .copied()
        .filter(|n| {
            let n = n.to_lowercase();
            [".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"]
                .iter()
                .any(|end| n.ends_with(end))
        })
        .collect();
    match (tables.as_slice(), files.as_slice()) {
        ([one], _) | ([], [one]) => Ok((*one).clone()),
        ([], []) => Err(file.unusable("Das ZIP-Archiv ist leer.", "Die Datei noch einmal herunterladen.")),
        ([], _) => Err(file.unusable(
            format!("Im Archiv ist keine Tabelle; es enthält {}.", list(&files)),
            "Eine CSV- oder XLSX-Datei übergeben oder in der Zuordnung unter [file] entry = \"…\" angeben.",
        )),
        _ => Err(file.unusable(
            format!("Im Archiv sind mehrere Tabellen: {}.", list(&tables)),
            "In der Zuordnung unter [file] entry = \"…\" angeben, welche gemeint ist.",
        )),
    }
}

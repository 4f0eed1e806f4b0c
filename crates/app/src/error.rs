//! Reasons of the operating system in German.

use std::io::ErrorKind;

/// What the operating system said, as the middle of a German sentence.
pub fn io_reason(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "die Datei oder der Ordner ist nicht da".into(),
        ErrorKind::PermissionDenied => "der Zugriff ist nicht erlaubt".into(),
        ErrorKind::StorageFull => "auf dem Datenträger ist kein Platz mehr".into(),
        ErrorKind::IsADirectory => "dort liegt ein Ordner".into(),
        ErrorKind::NotADirectory => "dort liegt eine Datei statt eines Ordners".into(),
        ErrorKind::InvalidData => "der Inhalt ist kein gültiger UTF-8-Text".into(),
        ErrorKind::ReadOnlyFilesystem => "der Datenträger lässt kein Schreiben zu".into(),
        _ => format!("das Betriebssystem meldet: {error}"),
    }
}

//! Files that are there completely or not at all, and what to say when the disk refuses.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The disk refused; says where, why and what to do.
#[derive(Debug)]
pub struct DiskError {
    action: &'static str,
    path: PathBuf,
    reason: io::Error,
}

impl DiskError {
    /// `action` is a German infinitive (`lesen`, `schreiben`).
    pub fn new(action: &'static str, path: &Path, reason: io::Error) -> Self {
        Self { action, path: path.to_path_buf(), reason }
    }

    /// The kind of refusal.
    pub fn kind(&self) -> ErrorKind {
        self.reason.kind()
    }
}

impl fmt::Display for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (why, remedy) = explain(&self.reason);
        write!(f, "„{}“ lässt sich nicht {}: {why}. Abhilfe: {remedy}.", self.path.display(), self.action)
    }
}

impl std::error::Error for DiskError {}

const SPACE: &str = "Platz schaffen und den Schritt wiederholen; am Bestand wurde nichts geändert";

/// A German reason and a German remedy for what the system said.
fn explain(reason: &io::Error) -> (String, &'static str) {
    let (why, remedy) = match reason.kind() {
        ErrorKind::NotFound => (
            "die Datei oder der Ordner fehlt",
            "den Pfad prüfen oder den Ordner aus der Sicherung zurückholen",
        ),
        ErrorKind::PermissionDenied => (
            "die Rechte dazu fehlen",
            "Eigentümer und Rechte des Ordners prüfen oder das Programm unter dem richtigen Konto starten",
        ),
        ErrorKind::ReadOnlyFilesystem => (
            "der Datenträger ist schreibgeschützt eingebunden",
            "den Datenträger beschreibbar einbinden oder einen anderen Ordner wählen",
        ),
        ErrorKind::StorageFull => ("der Datenträger ist voll", SPACE),
        ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            ("das Kontingent an Speicherplatz ist erschöpft", SPACE)
        }
        ErrorKind::IsADirectory => ("dort liegt ein Ordner statt einer Datei", "den Pfad prüfen"),
        ErrorKind::NotADirectory => {
            ("ein Teil des Pfads ist eine Datei statt eines Ordners", "den Pfad prüfen")
        }
        ErrorKind::AlreadyExists => ("es gibt ihn oder sie schon", "einen anderen Ordner wählen"),
        _ => {
            return (
                format!("das Betriebssystem meldet „{reason}“"),
                "den Datenträger prüfen und den Schritt wiederholen",
            );
        }
    };
    (why.to_string(), remedy)
}

/// Who may read what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody the system's default lets in.
    Public,
    /// Only the owner (0700 for directories, 0600 for files on Unix).
    Private,
}

/// Makes a directory and those above it; existing ones stay. A private directory is closed to others, those above it
/// keep the system's default.
pub fn make_dir(path: &Path, access: Access) -> Result<(), DiskError> {
    let fail = |reason| DiskError::new("anlegen", path, reason);
    if access == Access::Public || path.is_dir() {
        fs::create_dir_all(path).map_err(fail)?;
    } else {
        if let Some(above) = path.parent() {
            // Where a file stands in place of a directory, the system only says that something is there.
            fs::create_dir_all(above).map_err(|reason| match reason.kind() {
                ErrorKind::AlreadyExists => fail(ErrorKind::NotADirectory.into()),
                _ => fail(reason),
            })?;
        }
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(fail)?;
    }
    restrict(path, access, 0o700).map_err(fail)
}

/// Opens a new file for writing; fails when it is there already.
pub fn create_file(path: &Path, access: Access) -> Result<File, DiskError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if access == Access::Private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = access;
    options.open(path).map_err(|reason| DiskError::new("anlegen", path, reason))
}

#[cfg(unix)]
fn restrict(path: &Path, access: Access, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if access == Access::Private && fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _access: Access, _mode: u32) -> io::Result<()> {
    Ok(())
}

/// Reads a whole file.
pub fn read(path: &Path) -> Result<Vec<u8>, DiskError> {
    fs::read(path).map_err(|reason| DiskError::new("lesen", path, reason))
}

/// Makes sure that renames and removals in a directory survive a power failure.
pub fn sync_dir(path: &Path) -> Result<(), DiskError> {
    #[cfg(unix)]
    File::open(path)
        .and_then(|dir| dir.sync_all())
        .map_err(|reason| DiskError::new("sichern", path, reason))?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Renames a finished file onto its place and makes that last.
pub fn settle(from: &Path, to: &Path) -> Result<(), DiskError> {
    fs::rename(from, to).map_err(|reason| DiskError::new("schreiben", to, reason))?;
    to.parent().map_or(Ok(()), |folder| {
        // A bare file name lies in the current directory.
        sync_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
    })
}

/// Prefix of files that are not finished; whoever holds the lock may remove them.
pub const UNFINISHED: &str = ".neu-";

/// A name for an unfinished file that no other process and no other thread uses.
pub fn unfinished_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{UNFINISHED}{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A file that is written but not yet in its place: it lies beside it under another name, and goes away when dropped.
/// Several are first written and then put in place, so that a full disk leaves either all or none.
#[derive(Debug)]
pub struct Unfinished {
    temporary: PathBuf,
    path: PathBuf,
    settled: bool,
}

impl Unfinished {
    /// Writes what `fill` gives beside `path`, and fsyncs it. Whatever lies at `path` stays.
    pub fn write(
        path: &Path,
        access: Access,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Self, DiskError> {
        let fail = |reason| DiskError::new("schreiben", path, reason);
        if path.file_name().is_none() {
            return Err(fail(ErrorKind::IsADirectory.into()));
        }
        let (temporary, file) = loop {
            let temporary = path.with_file_name(unfinished_name());
            match create_file(&temporary, access) {
                // A killed process had our number and left a file of this name.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                made => break (temporary, made.map_err(|error| fail(error.reason))?),
            }
        };
        let unfinished = Self { temporary, path: path.to_path_buf(), settled: false };
        let mut writer = BufWriter::with_capacity(1 << 18, &file);
        fill(&mut writer).and_then(|()| writer.flush()).map_err(fail)?;
        // Dropping the writer after a failure would try once more; the file goes away anyhow.
        drop(writer);
        file.sync_all().map_err(fail)?;
        Ok(unfinished)
    }

    /// Puts the file in its place and makes that last.
    pub fn settle(mut self) -> Result<(), DiskError> {
        settle(&self.temporary, &self.path)?;
        self.settled = true;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.settled {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Writes a file completely or not at all: a temporary file beside it, fsync, rename, fsync of the directory.
pub fn replace(path: &Path, bytes: &[u8], access: Access) -> Result<(), DiskError> {
    Unfinished::write(path, access, |file| file.write_all(bytes))?.settle()
}

/// Removes unfinished files a killed process left in a directory. Call it under the lock only.
pub fn remove_unfinished(dir: &Path) -> Result<usize, DiskError> {
    let fail = |reason| DiskError::new("aufräumen", dir, reason);
    let mut removed = 0;
    for entry in fs::read_dir(dir).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            fs::remove_file(entry.path()).map_err(fail)?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Why a root could not be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process writes.
    #[error(
        "In „{}“ schreibt gerade ein anderer Vorgang. Abhilfe: warten, bis er fertig ist, und den Schritt wiederholen.",
        .path.display()
    )]
    Busy {
        /// The lock file.
        path: PathBuf,
    },
    /// The lock file itself could not be opened.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// The right to write into a root; given back when dropped, also when the process dies.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code, reason = "held open: closing the file gives the lock back")] File);

impl Lock {
    /// Takes the lock, or says that another process has it. Never waits.
    pub fn take(path: &Path, access: Access) -> Result<Self, LockError> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        if access == Access::Private {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        #[cfg(not(unix))]
        let _ = access;
        let file = options.open(path).map_err(|reason| DiskError::new("sperren", path, reason))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(LockError::Busy { path: path.to_path_buf() }),
            Err(TryLockError::Error(reason)) => Err(DiskError::new("sperren", path, reason).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_disk_speaks_german() {
        for (kind, part) in [
            (ErrorKind::StorageFull, "nicht schreiben: der Datenträger ist voll. Abhilfe: Platz schaffen"),
            (ErrorKind::QuotaExceeded, "Kontingent"),
            (ErrorKind::FileTooLarge, "Kontingent"),
            (ErrorKind::ReadOnlyFilesystem, "schreibgeschützt"),
            (ErrorKind::PermissionDenied, "Rechte"),
            (ErrorKind::NotFound, "fehlt"),
            (ErrorKind::Interrupted, "Abhilfe"),
        ] {
            let text = DiskError::new("schreiben", Path::new("/ordner/datei"), kind.into()).to_string();
            assert!(
                text.starts_with("„/ordner/datei“ lässt sich nicht schreiben: ") && text.contains(part),
                "{text}"
            );
        }
    }

    #[test]
    fn a_failed_replacement_leaves_the_old_file_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("datei");
        replace(&path, b"alt", Access::Private).unwrap();
        replace(&path, b"neu", Access::Private).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"neu");
        let blocked = dir.path().join("ordner");
        fs::create_dir_all(blocked.join("voll")).unwrap();
        assert!(replace(&blocked, b"neu", Access::Public).is_err());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[test]
    fn several_files_are_put_in_place_together() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        fs::write(path("a"), b"alt").unwrap();
        let full = |file: &mut dyn Write| {
            file.write_all(b"halb")?;
            Err(ErrorKind::StorageFull.into())
        };
        let both = || {
            let first = Unfinished::write(&path("a"), Access::Public, |file| file.write_all(b"neu"))?;
            let second = Unfinished::write(&path("b"), Access::Private, full)?;
            first.settle()?;
            second.settle()
        };
        assert!(both().unwrap_err().to_string().contains("voll"));
        assert_eq!(fs::read(path("a")).unwrap(), b"alt");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert!(Unfinished::write(Path::new("/"), Access::Public, full).is_err());
        // What a killed process of the same number left behind does not stand in the way.
        for at in 0..1_000 {
            fs::write(path(&format!("{UNFINISHED}{}-{at}", std::process::id())), b"halb").unwrap();
        }
        replace(&path("a"), b"neu", Access::Public).unwrap();
        assert_eq!(fs::read(path("a")).unwrap(), b"neu");
    }
}

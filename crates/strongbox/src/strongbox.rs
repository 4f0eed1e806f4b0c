//! Opening a strongbox and reading from it. Whoever reads leaves an entry in the log first.

use crate::audit::{self, Log};
use crate::catalogue::{Catalogue, Item, ItemKind};
use crate::change::Change;
use crate::root::{self, Root};
use crate::seal::{self, SealKey};
use crate::{Secrets, StrongboxError, hex};
use jiff::Timestamp;
use kekiz_disk::{self as disk, Access, Lock, LockError};
use std::path::{Path, PathBuf};
use std::time::Duration;
use zeroize::Zeroizing;

/// Who accesses, and by which clock.
#[derive(Clone, Debug)]
pub struct Accessor {
    /// Name of the person in the office; goes to the log.
    pub user: String,
    /// The clock of the log.
    pub clock: fn() -> Timestamp,
}

impl Accessor {
    /// Somebody, by the system's clock. Control characters are taken out of the name.
    pub fn new(user: &str) -> Self {
        let user: String = user.chars().filter(|c| !c.is_control()).take(80).collect();
        Self { user: user.trim().to_string(), clock: Timestamp::now }
    }
}

/// An opened strongbox.
///
/// Several may be open at once, also in several processes; whoever changes something or leaves an entry in the log takes
/// the lock for as long as that takes.
#[derive(Clone)]
pub struct Strongbox {
    pub(crate) folder: PathBuf,
    pub(crate) id: String,
    pub(crate) secrets: Secrets,
    pub(crate) accessor: Accessor,
}

impl Strongbox {
    /// Makes an empty strongbox in a folder.
    ///
    /// # Errors
    /// There is one already, nobody is named, or the disk refuses.
    pub fn create(folder: &Path, secrets: &Secrets, accessor: Accessor) -> Result<Self, StrongboxError> {
        if Root::exists(folder) {
            return Err(StrongboxError::Exists { folder: folder.to_path_buf() });
        }
        disk::make_dir(folder, Access::Private)?;
        disk::make_dir(&root::items(folder), Access::Private)?;
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(|_| StrongboxError::Random)?;
        let root = Root::new(hex::encode(&id), secrets.fingerprint());
        let strongbox = Self::of(folder, &root, secrets, accessor)?;
        let _lock = strongbox.lock()?;
        strongbox.write_catalogue(&root, &Catalogue::default())?;
        audit::begin(&strongbox, &root)?;
        root.write(folder)?;
        Ok(strongbox)
    }

    /// Opens a strongbox.
    ///
    /// # Errors
    /// There is none, the key is another one, nobody is named, or a file is damaged.
    pub fn open(folder: &Path, secrets: &Secrets, accessor: Accessor) -> Result<Self, StrongboxError> {
        let root = Root::read(folder)?;
        let found = secrets.fingerprint();
        if found != root.fingerprint {
            return Err(StrongboxError::WrongKey { found, expected: root.fingerprint });
        }
        let strongbox = Self::of(folder, &root, secrets, accessor)?;
        strongbox.catalogue(&root)?;
        Ok(strongbox)
    }

    /// Whether there is a strongbox in a folder.
    pub fn exists(folder: &Path) -> bool {
        Root::exists(folder)
    }

    fn of(folder: &Path, root: &Root, secrets: &Secrets, accessor: Accessor) -> Result<Self, StrongboxError> {
        if accessor.user.is_empty() {
            return Err(StrongboxError::Nobody);
        }
        Ok(Self { folder: folder.to_path_buf(), id: root.id.clone(), secrets: secrets.clone(), accessor })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Who accesses.
    pub fn user(&self) -> &str {
        &self.accessor.user
    }

    /// The secrets it was opened with.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Everything that lies in it, ordered by kind and name.
    ///
    /// # Errors
    /// A damaged file, or a key that was changed meanwhile.
    pub fn list(&self) -> Result<Vec<Item>, StrongboxError> {
        Ok(self.catalogue(&self.root()?)?.items)
    }

    /// The entry of one item.
    ///
    /// # Errors
    /// As [`Strongbox::list`], or there is no such item.
    pub fn item(&self, kind: ItemKind, name: &str) -> Result<Item, StrongboxError> {
        let catalogue = self.catalogue(&self.root()?)?;
        catalogue.find(kind, name).cloned().ok_or_else(|| unknown(&catalogue, kind, name))
    }

    /// The content of an item. `purpose` (a German noun, `Verknüpfung`) goes to the log before anything is read.
    ///
    /// # Errors
    /// There is no such item, a file is missing, cut off or changed, or the log cannot be written.
    pub fn read(
        &self,
        kind: ItemKind,
        name: &str,
        purpose: &str,
    ) -> Result<Zeroizing<Vec<u8>>, StrongboxError> {
        let lock = self.lock()?;
        let root = self.root()?;
        let catalogue = self.catalogue(&root)?;
        let item = catalogue.find(kind, name).ok_or_else(|| unknown(&catalogue, kind, name))?;
        Log::open(self, &root, &lock)?.append("read", &subject(kind, name), purpose, None)?;
        let path = root::items(&self.folder).join(&item.file);
        // Under the lock, so that no change takes the file away in between.
        let sealed = disk::read(&path)?;
        drop(lock);
        seal::open(&self.seal_key(), &item_context(&root, item), &sealed)
            .map_err(|broken| StrongboxError::of(broken, &path))
    }

    /// Leaves an entry in the log without reading or changing anything.
    ///
    /// # Errors
    /// The log cannot be written.
    pub fn note(&self, action: &str, subject: &str, detail: &str) -> Result<(), StrongboxError> {
        let lock = self.lock()?;
        let root = self.root()?;
        Log::open(self, &root, &lock)?.append(action, subject, detail, None)
    }

    /// Begins a change; `action` and `subject` go to the log now and again when it is done.
    ///
    /// # Errors
    /// Another process changes something, or the log cannot be written.
    pub fn begin(&self, action: &str, subject: &str) -> Result<Change<'_>, StrongboxError> {
        Change::begin(self, action, subject)
    }

    pub(crate) fn root(&self) -> Result<Root, StrongboxError> {
        let root = Root::read(&self.folder)?;
        let found = self.secrets.fingerprint();
        if root.fingerprint == found && root.id == self.id {
            return Ok(root);
        }
        Err(StrongboxError::WrongKey { found, expected: root.fingerprint })
    }

    /// Waits a little for another process.
    pub(crate) fn lock(&self) -> Result<Lock, StrongboxError> {
        const TRIES: u32 = 100;
        let path = root::lock(&self.folder);
        for _ in 1..TRIES {
            match Lock::take(&path, Access::Private) {
                Err(LockError::Busy { .. }) => std::thread::sleep(Duration::from_millis(50)),
                outcome => return Ok(outcome?),
            }
        }
        Ok(Lock::take(&path, Access::Private)?)
    }

    pub(crate) fn seal_key(&self) -> SealKey {
        SealKey::new(self.secrets.derived("kekiz strongbox 2026 sealing of files"))
    }

    pub(crate) fn audit_key(&self) -> Zeroizing<[u8; 32]> {
        self.secrets.derived("kekiz strongbox 2026 log of accesses")
    }

    pub(crate) fn catalogue(&self, root: &Root) -> Result<Catalogue, StrongboxError> {
        let path = root.catalogue(&self.folder);
        let context = root.context(&format!("catalogue {}", root.generation));
        let bytes = seal::open(&self.seal_key(), &context, &disk::read(&path)?)
            .map_err(|broken| StrongboxError::of(broken, &path))?;
        serde_json::from_slice(&bytes)
            .map_err(|_| StrongboxError::Unreadable { path, problem: "der Inhalt ist nicht zu verstehen" })
    }

    pub(crate) fn write_catalogue(&self, root: &Root, catalogue: &Catalogue) -> Result<(), StrongboxError> {
        let bytes = Zeroizing::new(serde_json::to_vec(catalogue).unwrap_or_default());
        let context = root.context(&format!("catalogue {}", root.generation));
        self.write_sealed(&root.catalogue(&self.folder), &context, &bytes)
    }

    pub(crate) fn write_sealed(
        &self,
        path: &Path,
        context: &str,
        bytes: &[u8],
    ) -> Result<(), StrongboxError> {
        let sealed = seal::seal(&self.seal_key(), context, bytes).map_err(|_| StrongboxError::Random)?;
        Ok(disk::replace(path, &sealed, Access::Private)?)
    }
}

pub(crate) fn item_context(root: &Root, item: &Item) -> String {
    root.context(&format!("item {} {} {}", item.kind.slug(), item.name, item.file))
}

pub(crate) fn subject(kind: ItemKind, name: &str) -> String {
    format!("{} {name}", kind.slug())
}

pub(crate) fn unknown(catalogue: &Catalogue, kind: ItemKind, name: &str) -> StrongboxError {
    let known: Vec<&str> =
        catalogue.items.iter().filter(|item| item.kind == kind).map(|item| item.name.as_str()).collect();
    let known = if known.is_empty() { "nichts".to_string() } else { known.join(", ") };
    StrongboxError::UnknownItem { name: name.to_string(), known }
}

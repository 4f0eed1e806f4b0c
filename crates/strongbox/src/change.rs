//! A change of several items at once: everything becomes visible by one rename, or nothing.

use crate::audit::Log;
use crate::catalogue::{Catalogue, Item, ItemKind, RestsOn, is_name};
use crate::root::{self, Root};
use crate::seal::Sealing;
use crate::strongbox::{item_context, subject, unknown};
use crate::{Strongbox, StrongboxError, hex};
use kekiz_disk::{self as disk, Access, DiskError, Lock};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Takes items in and out. Dropped without [`Change::commit`], nothing has happened but the entry in the log.
pub struct Change<'a> {
    strongbox: &'a Strongbox,
    root: Root,
    catalogue: Catalogue,
    action: String,
    subject: String,
    lock: Lock,
}

impl<'a> Change<'a> {
    pub(crate) fn begin(
        strongbox: &'a Strongbox,
        action: &str,
        subject: &str,
    ) -> Result<Self, StrongboxError> {
        let lock = strongbox.lock()?;
        let root = strongbox.root()?;
        let catalogue = strongbox.catalogue(&root)?;
        clean(&strongbox.folder, &root, &catalogue)?;
        let next = root.generation.saturating_add(1);
        Log::open(strongbox, &root, &lock)?.append(action, subject, "begonnen", Some((next, false)))?;
        let (action, subject) = (action.to_string(), subject.to_string());
        Ok(Self { strongbox, root, catalogue, action, subject, lock })
    }

    /// The items as they will be.
    pub fn items(&self) -> &[Item] {
        &self.catalogue.items
    }

    /// Seals content under a name; content of that kind and name that was there is replaced.
    ///
    /// # Errors
    /// The name cannot be one, or the disk refuses.
    pub fn put(
        &mut self,
        kind: ItemKind,
        name: &str,
        rows: u64,
        rests_on: Vec<RestsOn>,
        content: &[u8],
    ) -> Result<Item, StrongboxError> {
        if !is_name(name) {
            return Err(StrongboxError::Name { name: name.to_string() });
        }
        let mut file = [0; 16];
        getrandom::fill(&mut file).map_err(|_| StrongboxError::Random)?;
        let item = Item {
            kind,
            name: name.to_string(),
            stored: (self.strongbox.accessor.clock)().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            user: self.strongbox.accessor.user.clone(),
            rows,
            digest: blake3::hash(content).to_hex().to_string(),
            rests_on,
            file: format!("{}.sealed", hex::encode(&file)),
        };
        let path = root::items(&self.strongbox.folder).join(&item.file);
        let context = item_context(&self.root, &item);
        if let Err(error) = self.write(&path, &context, content) {
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
        self.catalogue.set(item.clone());
        Ok(item)
    }

    fn write(&self, path: &Path, context: &str, content: &[u8]) -> Result<(), StrongboxError> {
        let fail = |reason| DiskError::new("schreiben", path, reason);
        let file = BufWriter::new(disk::create_file(path, Access::Private)?);
        let mut sealing = Sealing::begin(file, &self.strongbox.seal_key(), context).map_err(fail)?;
        sealing.write_all(content).map_err(fail)?;
        let file = sealing.finish().map_err(fail)?;
        let file = file.into_inner().map_err(|error| fail(error.into_error()))?;
        file.sync_all().map_err(fail)?;
        Ok(())
    }

    /// Takes an item out.
    ///
    /// # Errors
    /// There is no such item.
    pub fn remove(&mut self, kind: ItemKind, name: &str) -> Result<(), StrongboxError> {
        if self.catalogue.remove(kind, name) {
            return Ok(());
        }
        Err(unknown(&self.catalogue, kind, name))
    }

    /// Reads an item within the change, with an entry in the log.
    ///
    /// # Errors
    /// As [`Strongbox::read`].
    pub fn read(
        &self,
        kind: ItemKind,
        name: &str,
        purpose: &str,
    ) -> Result<zeroize::Zeroizing<Vec<u8>>, StrongboxError> {
        let item = self.catalogue.find(kind, name).ok_or_else(|| unknown(&self.catalogue, kind, name))?;
        Log::open(self.strongbox, &self.root, &self.lock)?.append(
            "read",
            &subject(kind, name),
            purpose,
            None,
        )?;
        self.open(item)
    }

    pub(crate) fn open(&self, item: &Item) -> Result<zeroize::Zeroizing<Vec<u8>>, StrongboxError> {
        let path = root::items(&self.strongbox.folder).join(&item.file);
        crate::seal::open(&self.strongbox.seal_key(), &item_context(&self.root, item), &disk::read(&path)?)
            .map_err(|broken| StrongboxError::of(broken, &path))
    }

    /// Makes the change last and visible. `detail` (`312 Zeilen`) goes to the log; it must not hold a person's value.
    ///
    /// # Errors
    /// The disk refuses. Up to the rename of the root nothing has happened; when only the last entry of the log could
    /// not be written, the change is there and the error says so.
    pub fn commit(self, detail: &str) -> Result<(), StrongboxError> {
        let folder = &self.strongbox.folder;
        disk::sync_dir(&root::items(folder))?;
        let mut root = self.root.clone();
        root.generation = root.generation.saturating_add(1);
        self.strongbox.write_catalogue(&root, &self.catalogue)?;
        root.write(folder)?;
        clean(folder, &root, &self.catalogue)?;
        let generation = Some((root.generation, true));
        Log::open(self.strongbox, &root, &self.lock)?.append(&self.action, &self.subject, detail, generation)
    }
}

/// Removes what neither the root nor the catalogue names: leftovers of killed processes, and what was taken out.
pub(crate) fn clean(folder: &Path, root: &Root, catalogue: &Catalogue) -> Result<(), StrongboxError> {
    let items: BTreeSet<OsString> = catalogue.items.iter().map(|item| OsString::from(&item.file)).collect();
    remove_others(&root::items(folder), |name| items.contains(name))?;
    let (catalogue, head) = (root.catalogue(folder), root.audit_head(folder));
    remove_others(folder, |name| {
        let text = name.to_string_lossy();
        let ours = text.ends_with(".sealed") || text.starts_with(disk::UNFINISHED);
        !ours || [&catalogue, &head].iter().any(|path| path.file_name() == Some(name))
    })
}

fn remove_others(dir: &Path, keep: impl Fn(&std::ffi::OsStr) -> bool) -> Result<(), StrongboxError> {
    let fail = |reason| DiskError::new("aufräumen", dir, reason);
    let mut removed = false;
    for entry in std::fs::read_dir(dir).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        if !keep(&entry.file_name()) && entry.path().is_file() {
            std::fs::remove_file(entry.path()).map_err(fail)?;
            removed = true;
        }
    }
    if removed {
        disk::sync_dir(dir)?;
    }
    Ok(())
}

impl Change<'_> {
    pub(crate) fn root(&self) -> &Root {
        &self.root
    }

    pub(crate) fn lock(&self) -> &Lock {
        &self.lock
    }
}

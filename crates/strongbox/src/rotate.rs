//! A new key for everything. Until the root is renamed the old key holds, from then on only the new one.

use crate::audit::{self, Log};
use crate::change::{Change, clean};
use crate::strongbox::{Strongbox, item_context};
use crate::{Secrets, StrongboxError, root};
use kekiz_disk as disk;

impl Strongbox {
    /// Seals everything under a new key and gives the strongbox as it opens with it.
    ///
    /// The new key file has to be safe before this is called. Copies made before the change stay readable with the old
    /// key: destroy it once the backups made with it are gone.
    ///
    /// # Errors
    /// A damaged file, or the disk refuses; then the old key holds on.
    pub fn rotate(&self, secrets: &Secrets) -> Result<Strongbox, StrongboxError> {
        let from = format!("{} → {}", self.secrets.fingerprint(), secrets.fingerprint());
        let change: Change<'_> = self.begin("rotate-key", &from)?;
        let folder = &self.folder;
        let renewed = Strongbox { secrets: secrets.clone(), ..self.clone() };
        let old_root = change.root();
        let mut root = old_root.clone();
        root.fingerprint = secrets.fingerprint();
        root.generation = root.generation.saturating_add(1);
        let mut catalogue = crate::catalogue::Catalogue { items: change.items().to_vec() };
        for item in &mut catalogue.items {
            let content = change.open(item)?;
            let mut file = [0; 16];
            getrandom::fill(&mut file).map_err(|_| StrongboxError::Random)?;
            item.file = format!("{}.sealed", crate::hex::encode(&file));
            let path = root::items(folder).join(&item.file);
            renewed.write_sealed(&path, &item_context(&root, item), &content)?;
        }
        renewed.write_catalogue(&root, &catalogue)?;
        audit::carry_over(self, old_root, &renewed, &root)?;
        root.write(folder)?;
        disk::sync_dir(folder)?;
        clean(folder, &root, &catalogue)?;
        let generation = Some((root.generation, true));
        Log::open(&renewed, &root, change.lock())?.append(
            "rotate-key",
            &from,
            "abgeschlossen",
            generation,
        )?;
        Ok(renewed)
    }
}

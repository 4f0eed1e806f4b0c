//! The public root.

use crate::error::LakeError;
use crate::facility::{self, FacilityLayer};
use crate::indicator::{self, Content, PublishedIndicator};
use crate::layer::{self, AreaLayer};
use crate::manifest::{Entry, Manifest, Retired, SiteInfo};
use crate::objects;
use kekiz_base::{AreaTree, GeographyId, IndicatorId, IndicatorMeta};
use kekiz_disclosure::{EarlierCells, History, Release};
use kekiz_disk::{self as disk, Access, Lock};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What is published. Cheap to clone: all clones see the same store and share what they loaded.
#[derive(Clone)]
pub struct Published {
    shared: Arc<Shared>,
}

struct Shared {
    dir: PathBuf,
    state: RwLock<State>,
    /// Threads of this process wait for each other; other processes are told to try again.
    writing: Mutex<()>,
}

/// The manifest as last read, and what was loaded under it.
struct State {
    manifest: Arc<Manifest>,
    generation: String,
    tree: Option<Arc<AreaTree>>,
    indicators: BTreeMap<String, Arc<PublishedIndicator>>,
    layers: BTreeMap<String, Arc<AreaLayer>>,
    facilities: BTreeMap<String, Arc<FacilityLayer>>,
}

impl State {
    fn of(manifest: Manifest, bytes: &[u8]) -> Self {
        Self {
            manifest: Arc::new(manifest),
            generation: blake3::hash(bytes).to_hex().to_string(),
            tree: None,
            indicators: BTreeMap::new(),
            layers: BTreeMap::new(),
            facilities: BTreeMap::new(),
        }
    }

    /// Takes over what was loaded and is still current; objects never change under their name.
    fn keep(mut self, old: &mut State) -> Self {
        let manifest = self.manifest.clone();
        let names = manifest.objects();
        let current = |name: &String| names.contains(name.as_str());
        self.indicators =
            std::mem::take(&mut old.indicators).into_iter().filter(|(n, _)| current(n)).collect();
        self.layers = std::mem::take(&mut old.layers).into_iter().filter(|(n, _)| current(n)).collect();
        self.facilities =
            std::mem::take(&mut old.facilities).into_iter().filter(|(n, _)| current(n)).collect();
        if manifest.areas == old.manifest.areas {
            self.tree = old.tree.take();
        }
        self
    }
}

fn list<T: ToString>(names: impl Iterator<Item = T>) -> String {
    let names: Vec<String> = names.map(|name| name.to_string()).collect();
    if names.is_empty() { "nichts".into() } else { names.join(", ") }
}

impl Published {
    /// Makes an empty public root in a directory (which is made when it is not there).
    pub fn create(dir: &Path) -> Result<Self, LakeError> {
        disk::make_dir(dir, Access::Public)?;
        disk::make_dir(&objects::dir(dir), Access::Public)?;
        let _lock = Lock::take(&dir.join("lock"), Access::Public)?;
        if Manifest::path(dir).exists() {
            return Err(LakeError::Exists { dir: dir.to_path_buf() });
        }
        let manifest = Manifest::empty();
        let bytes = manifest.write(dir)?;
        Ok(Self::with(dir, State::of(manifest, &bytes)))
    }

    /// Opens a public root; reads only the manifest.
    pub fn open(dir: &Path) -> Result<Self, LakeError> {
        let bytes = Manifest::read_bytes(dir)?;
        let manifest = Manifest::parse(dir, &bytes)?;
        Ok(Self::with(dir, State::of(manifest, &bytes)))
    }

    fn with(dir: &Path, state: State) -> Self {
        Self {
            shared: Arc::new(Shared {
                dir: dir.to_path_buf(),
                state: RwLock::new(state),
                writing: Mutex::new(()),
            }),
        }
    }

    /// The directory of the root.
    pub fn dir(&self) -> &Path {
        &self.shared.dir
    }

    // A thread that panicked while it held the lock leaves a valid state: every change is one assignment.
    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.shared.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.shared.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the manifest again; `true` when something else is published now.
    pub fn reload(&self) -> Result<bool, LakeError> {
        let bytes = Manifest::read_bytes(self.dir())?;
        if blake3::hash(&bytes).to_hex().as_str() == self.state().generation {
            return Ok(false);
        }
        let manifest = Manifest::parse(self.dir(), &bytes)?;
        let mut state = self.state_mut();
        *state = State::of(manifest, &bytes).keep(&mut state);
        Ok(true)
    }

    /// Changes the manifest under the lock: all or nothing, on top of what other processes wrote.
    fn change<T>(&self, edit: impl FnOnce(&mut Manifest) -> Result<T, LakeError>) -> Result<T, LakeError> {
        let _turn = self.shared.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let _lock = Lock::take(&self.dir().join("lock"), Access::Public)?;
        let bytes = Manifest::read_bytes(self.dir())?;
        let old = Manifest::parse(self.dir(), &bytes)?;
        let mut manifest = old.clone();
        let result = edit(&mut manifest)?;
        let bytes = if manifest == old { bytes } else { manifest.write(self.dir())? };
        let mut state = self.state_mut();
        *state = State::of(manifest, &bytes).keep(&mut state);
        Ok(result)
    }

    fn refused(name: String) -> impl Fn(String) -> LakeError {
        move |problem| LakeError::Refused {
            name: name.clone(),
            problem,
            remedy: "die Eingaben prüfen und den Schritt wiederholen".into(),
        }
    }

    /// Publishes a release in place of the indicator's current one, which stays in the history.
    ///
    /// With [`Published::add_all`] the only way in for cells. The same release gives the same bytes and adds nothing.
    pub fn add(&self, release: &Release) -> Result<(), LakeError> {
        self.add_all([release])
    }

    /// Publishes several releases at once: all of them or none.
    pub fn add_all<'a>(&self, releases: impl IntoIterator<Item = &'a Release>) -> Result<(), LakeError> {
        let mut files = Vec::new();
        for release in releases {
            let meta = release.meta();
            let bytes = indicator::encode(&Content::from(release))
                .map_err(Self::refused(format!("„{}“", meta.id)))?;
            files.push((meta, bytes));
        }
        self.change(|manifest| {
            for (meta, bytes) in files {
                let object = objects::put(self.dir(), &bytes)?;
                let history = manifest.history.entry(meta.id.clone()).or_default();
                if !history.contains(&object) {
                    history.push(object.clone());
                }
                manifest.indicators.insert(meta.id.clone(), Entry { object, meta: meta.clone() });
            }
            Ok(())
        })
    }

    /// Takes an indicator off the site; its earlier releases stay known to the gate.
    pub fn withdraw(&self, id: &IndicatorId) -> Result<(), LakeError> {
        self.change(|manifest| match manifest.indicators.remove(id) {
            Some(_) => Ok(()),
            None => Err(Self::unknown_indicator(manifest, id)),
        })
    }

    /// Takes the earlier releases of an indicator out of what the gate compares with, and writes down who did it and why.
    ///
    /// For the office that knows what it does: an earlier program protected indicators singly that belong together,
    /// so its releases let a number be computed that must be hidden now, and the gate refuses every later release
    /// (`Refusal::RevealedBefore`, `Refusal::ShownBefore`). What was published stays known to those who kept
    /// it; retiring only says that this no longer stands in the way. The indicator must be withdrawn first
    /// ([`Published::withdraw`]); the retired files are kept. Gives their number.
    ///
    /// # Errors
    ///
    /// The indicator is still published, or has no earlier release; the store cannot be written.
    pub fn retire(
        &self,
        id: &IndicatorId,
        by: &str,
        reason: &str,
        at: jiff::Timestamp,
    ) -> Result<usize, LakeError> {
        let refused = |problem, remedy| LakeError::NotRetired { indicator: id.to_string(), problem, remedy };
        self.change(|manifest| {
            if manifest.indicators.contains_key(id) {
                return Err(refused(
                    "die Kennzahl ist noch veröffentlicht",
                    "sie zuerst zurückziehen: aus dem Katalog nehmen und „kekiz release“ aufrufen",
                ));
            }
            let objects = manifest.history.remove(id).unwrap_or_default();
            let count = objects.len();
            if count == 0 {
                return Err(refused(
                    "sie hat keine früheren Veröffentlichungen",
                    "den Namen prüfen; was veröffentlicht war, nennt manifest.json unter „history“",
                ));
            }
            let (by, reason) = (by.to_owned(), reason.to_owned());
            manifest.retired.push(Retired { indicator: id.clone(), by, reason, at, objects });
            Ok(count)
        })
    }

    /// The decisions to retire earlier releases, oldest first.
    pub fn retired(&self) -> Vec<Retired> {
        self.state().manifest.retired.clone()
    }

    /// Publishes an area layer in place of the one of the same geography.
    ///
    /// Refused when lists differ in length, shapes are not in degrees, or the areas of all layers together do
    /// not form a tree.
    pub fn add_areas(&self, areas: &AreaLayer) -> Result<(), LakeError> {
        let geography = areas.geography().map_or_else(String::new, GeographyId::to_string);
        let name = format!("Die Gebietsebene „{geography}“");
        if let Some((problem, remedy)) = areas.problem() {
            return Err(LakeError::Refused { name, problem, remedy });
        }
        let bytes = layer::encode(areas).map_err(Self::refused(name))?;
        self.change(|manifest| {
            let mut all = areas.areas.clone();
            for (other, object) in &manifest.areas {
                if other.as_str() != geography {
                    all.extend(self.load_layer(object)?.areas.iter().cloned());
                }
            }
            AreaTree::new(all)?;
            let object = objects::put(self.dir(), &bytes)?;
            manifest.areas.insert(GeographyId::new(&geography), object);
            Ok(())
        })
    }

    /// Publishes a facility layer in place of the one of the same name.
    pub fn add_facilities(&self, layer: &FacilityLayer) -> Result<(), LakeError> {
        let name = format!("Die Einrichtungen „{}“", layer.id);
        if let Some((problem, remedy)) = layer.problem() {
            return Err(LakeError::Refused { name, problem, remedy });
        }
        let bytes = facility::encode(layer).map_err(Self::refused(name))?;
        self.change(|manifest| {
            let object = objects::put(self.dir(), &bytes)?;
            manifest.facilities.insert(layer.id.clone(), object);
            Ok(())
        })
    }

    /// Says who publishes.
    pub fn set_site(&self, site: &SiteInfo) -> Result<(), LakeError> {
        self.change(|manifest| {
            manifest.site = site.clone();
            Ok(())
        })
    }

    /// Removes files no release refers to, and what killed processes left. Gives the number removed.
    pub fn sweep(&self) -> Result<usize, LakeError> {
        self.change(|manifest| objects::sweep(self.dir(), &manifest.objects()))
    }

    /// Who publishes.
    pub fn site(&self) -> SiteInfo {
        self.state().manifest.site.clone()
    }

    /// What the current indicators mean, ordered by name.
    pub fn indicators(&self) -> Vec<IndicatorMeta> {
        self.state().manifest.indicators.values().map(|entry| entry.meta.clone()).collect()
    }

    /// Digest of the manifest: it changes whenever anything published changes (an ETag).
    pub fn generation(&self) -> String {
        self.state().generation.clone()
    }

    fn unknown_indicator(manifest: &Manifest, id: &IndicatorId) -> LakeError {
        LakeError::Unknown {
            what: "Der Indikator",
            name: id.to_string(),
            known: list(manifest.indicators.keys()),
        }
    }

    fn release_object(&self, id: &IndicatorId) -> Result<String, LakeError> {
        let manifest = self.state().manifest.clone();
        let entry = manifest.indicators.get(id).ok_or_else(|| Self::unknown_indicator(&manifest, id))?;
        Ok(entry.object.clone())
    }

    /// The current release of an indicator.
    pub fn get(&self, id: &IndicatorId) -> Result<Arc<PublishedIndicator>, LakeError> {
        let object = self.release_object(id)?;
        if let Some(found) = self.state().indicators.get(&object) {
            return Ok(found.clone());
        }
        let loaded = Arc::new(self.load_release(&object, id)?.into());
        Ok(self.state_mut().indicators.entry(object).or_insert(loaded).clone())
    }

    fn load_release(&self, object: &str, id: &IndicatorId) -> Result<Content, LakeError> {
        let content = self.load(object, indicator::decode)?;
        if content.header.meta.id == *id {
            return Ok(content);
        }
        Err(LakeError::Content {
            path: objects::path(self.dir(), object),
            problem: format!("sie gehört zu „{}“ statt zu „{id}“", content.header.meta.id),
        })
    }

    fn load<T>(&self, object: &str, decode: fn(Vec<u8>) -> Result<T, String>) -> Result<T, LakeError> {
        let bytes = objects::get(self.dir(), object)?;
        decode(bytes)
            .map_err(|problem| LakeError::Content { path: objects::path(self.dir(), object), problem })
    }

    /// The checked file of an indicator's current release: Parquet, ready to be handed out.
    pub fn release_file(&self, id: &IndicatorId) -> Result<PathBuf, LakeError> {
        let object = self.release_object(id)?;
        objects::get(self.dir(), &object)?;
        Ok(objects::path(self.dir(), &object))
    }

    /// The bytes of an indicator's current release as Parquet.
    pub fn release_bytes(&self, id: &IndicatorId) -> Result<Vec<u8>, LakeError> {
        objects::get(self.dir(), &self.release_object(id)?)
    }

    /// The receipt of an indicator's current release as canonical JSON.
    pub fn receipt(&self, id: &IndicatorId) -> Result<String, LakeError> {
        Ok(self.load_release(&self.release_object(id)?, id)?.header.receipt_json)
    }

    /// What was public of an indicator at any time, oldest first: the gate compares new releases with it.
    pub fn history(&self, id: &IndicatorId) -> Result<History, LakeError> {
        let manifest = self.state().manifest.clone();
        let objects = manifest.history.get(id).map_or(&[][..], Vec::as_slice);
        let mut earlier = Vec::with_capacity(objects.len());
        for object in objects {
            let Content { header, cells } = self.load_release(object, id)?;
            earlier.push(EarlierCells {
                indicator: header.meta.id,
                areas: header.areas,
                periods: header.periods,
                groups: header.groups,
                cells,
                definition: Some(header.definition),
            });
        }
        Ok(History::from_cells(earlier))
    }

    /// All areas of all layers.
    pub fn areas(&self) -> Result<Arc<AreaTree>, LakeError> {
        if let Some(tree) = &self.state().tree {
            return Ok(tree.clone());
        }
        let manifest = self.state().manifest.clone();
        let mut areas = Vec::new();
        for object in manifest.areas.values() {
            areas.extend(self.load_layer(object)?.areas.iter().cloned());
        }
        let tree = Arc::new(AreaTree::new(areas)?);
        let mut state = self.state_mut();
        if state.manifest.areas == manifest.areas {
            state.tree = Some(tree.clone());
        }
        Ok(tree)
    }

    /// Names of the geographies that have a layer, ordered.
    pub fn geographies(&self) -> Vec<GeographyId> {
        self.state().manifest.areas.keys().cloned().collect()
    }

    /// The layer of a geography.
    pub fn layer(&self, geography: &GeographyId) -> Result<Arc<AreaLayer>, LakeError> {
        let manifest = self.state().manifest.clone();
        let object = manifest.areas.get(geography).ok_or_else(|| LakeError::Unknown {
            what: "Die Gebietsebene",
            name: geography.to_string(),
            known: list(manifest.areas.keys()),
        })?;
        self.load_layer(object)
    }

    fn load_layer(&self, object: &str) -> Result<Arc<AreaLayer>, LakeError> {
        if let Some(found) = self.state().layers.get(object) {
            return Ok(found.clone());
        }
        let loaded = Arc::new(self.load(object, layer::decode)?);
        Ok(self.state_mut().layers.entry(object.to_string()).or_insert(loaded).clone())
    }

    /// All facility layers, ordered by name.
    pub fn facilities(&self) -> Result<Vec<Arc<FacilityLayer>>, LakeError> {
        let manifest = self.state().manifest.clone();
        manifest.facilities.values().map(|object| self.load_facilities(object)).collect()
    }

    fn load_facilities(&self, object: &str) -> Result<Arc<FacilityLayer>, LakeError> {
        if let Some(found) = self.state().facilities.get(object) {
            return Ok(found.clone());
        }
        let loaded = Arc::new(self.load(object, facility::decode)?);
        Ok(self.state_mut().facilities.entry(object.to_string()).or_insert(loaded).clone())
    }
}

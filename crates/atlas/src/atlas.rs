//! The published figures, opened for reading.

use crate::AtlasError;
use crate::clusters::Kept;
use crate::indicator::Indicator;
use crate::map::{MapShapes, Sheets};
use crate::places::{Place, Theme};
use crate::search::SearchIndex;
use kekiz_base::{Area, AreaKey, AreaTree, GeographyId, IndicatorId, IndicatorMeta, Level};
use kekiz_lake::{AreaLayer, FacilityLayer, Published, SiteInfo};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// The published figures, opened for reading. One value stands for one state of the store; reading it again
/// makes a new value. Everything is read from releases, so nothing in here is sensitive.
pub struct Atlas {
    published: Published,
    tree: Arc<AreaTree>,
    site: SiteInfo,
    metas: BTreeMap<IndicatorId, Arc<IndicatorMeta>>,
    indicators: BTreeMap<IndicatorId, OnceLock<Result<Arc<Indicator>, AtlasError>>>,
    layers: BTreeMap<GeographyId, Arc<AreaLayer>>,
    shapes: BTreeMap<GeographyId, OnceLock<Arc<MapShapes>>>,
    sheets: Sheets,
    clusters: Kept,
    facilities: Vec<Arc<FacilityLayer>>,
    /// Position of each area in its layer.
    positions: HashMap<AreaKey, (GeographyId, usize)>,
    members: BTreeSet<AreaKey>,
    search: OnceLock<SearchIndex>,
}

impl Atlas {
    /// Opens the published half of a store (`DIR/published`).
    pub fn open(dir: &Path) -> Result<Atlas, AtlasError> {
        let published = Published::open(dir).map_err(|error| AtlasError::Store(error.to_string()))?;
        Atlas::of(published)
    }

    /// Opens published figures that are already in hand.
    pub fn of(published: Published) -> Result<Atlas, AtlasError> {
        let store = |error: kekiz_lake::LakeError| AtlasError::Store(error.to_string());
        let tree = published.areas().map_err(store)?;
        let mut layers = BTreeMap::new();
        let mut positions = HashMap::new();
        let mut members = BTreeSet::new();
        for (_, geography) in tree.geographies() {
            let layer = published.layer(&geography).map_err(store)?;
            for (position, area) in layer.areas.iter().enumerate() {
                positions.insert(area.key.clone(), (geography.clone(), position));
                if layer.members.get(position).copied().unwrap_or(false) {
                    members.insert(area.key.clone());
                }
            }
            layers.insert(geography, layer);
        }
        let metas: BTreeMap<_, _> =
            published.indicators().into_iter().map(|meta| (meta.id.clone(), Arc::new(meta))).collect();
        let indicators = metas.keys().map(|id| (id.clone(), OnceLock::new())).collect();
        let shapes = layers.keys().map(|id| (id.clone(), OnceLock::new())).collect();
        let facilities = published.facilities().map_err(store)?;
        let site = published.site();
        Ok(Atlas {
            published,
            tree,
            site,
            metas,
            indicators,
            layers,
            shapes,
            sheets: Sheets::default(),
            clusters: Kept::default(),
            facilities,
            positions,
            members,
            search: OnceLock::new(),
        })
    }

    /// The Parquet file of an indicator's release, as it was published.
    pub fn release_bytes(&self, id: &IndicatorId) -> Result<Vec<u8>, AtlasError> {
        self.meta(id)?;
        self.published.release_bytes(id).map_err(|error| AtlasError::Store(error.to_string()))
    }

    /// Title, operator and notes of the site.
    pub fn site(&self) -> &SiteInfo {
        &self.site
    }

    /// Digest of everything published; a page made from the same generation is the same page.
    pub fn generation(&self) -> String {
        self.published.generation()
    }

    /// All areas.
    pub fn tree(&self) -> &AreaTree {
        &self.tree
    }

    /// One area.
    pub fn area(&self, key: &AreaKey) -> Result<&Area, AtlasError> {
        self.tree.get(key).ok_or_else(|| AtlasError::area(key, self.similar_areas(key.as_str())))
    }

    /// All indicators ordered by name.
    pub fn indicators(&self) -> impl Iterator<Item = &Arc<IndicatorMeta>> {
        self.metas.values()
    }

    /// What an indicator means.
    pub fn meta(&self, id: &IndicatorId) -> Result<&Arc<IndicatorMeta>, AtlasError> {
        self.metas.get(id).ok_or_else(|| AtlasError::indicator(id, self.similar_indicators(id.as_str())))
    }

    /// The published cells of an indicator, read once and kept.
    pub fn indicator(&self, id: &IndicatorId) -> Result<Arc<Indicator>, AtlasError> {
        let meta = self.meta(id)?;
        let Some(slot) = self.indicators.get(id) else {
            return Err(AtlasError::indicator(id, Vec::new()));
        };
        slot.get_or_init(|| {
            let data = self.published.get(id).map_err(|error| AtlasError::Store(error.to_string()))?;
            Ok(Arc::new(Indicator::new(meta.clone(), data, &self.tree)))
        })
        .clone()
    }

    /// All indicators by area of life, both ordered by name.
    pub fn themes(&self) -> Vec<Theme> {
        let mut themes: BTreeMap<&str, Vec<Arc<IndicatorMeta>>> = BTreeMap::new();
        for meta in self.metas.values() {
            themes.entry(meta.life_area.as_str()).or_default().push(meta.clone());
        }
        themes
            .into_iter()
            .map(|(name, mut indicators)| {
                indicators.sort_by(|a, b| a.title.cmp(&b.title).then_with(|| a.id.cmp(&b.id)));
                Theme { name: name.to_string(), slug: crate::wording::slug(name), indicators }
            })
            .collect()
    }

    /// All areas that hold others, as a walk down the tree, for the choice of a place.
    pub fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        let roots = self.tree.iter().filter(|area| match &area.parent {
            Some(parent) => self.tree.get(parent).is_none(),
            None => true,
        });
        let mut stack: Vec<(&Area, usize)> = Vec::new();
        for root in roots {
            stack.push((root, 0));
            while let Some((area, depth)) = stack.pop() {
                let children = self.tree.children(&area.key);
                if children.is_empty() {
                    continue;
                }
                places.push(Place {
                    area: area.clone(),
                    depth,
                    children: children.len(),
                    member: self.is_member(&area.key),
                });
                let mut below: Vec<&Area> = children.iter().filter_map(|key| self.tree.get(key)).collect();
                below.sort_by(|a, b| b.name.cmp(&a.name).then_with(|| b.key.cmp(&a.key)));
                stack.extend(below.into_iter().map(|child| (child, depth + 1)));
            }
        }
        places
    }

    /// The geographies of the store, largest areas first.
    pub fn layers(&self) -> Vec<&Arc<AreaLayer>> {
        self.tree.geographies().iter().filter_map(|(_, id)| self.layers.get(id)).collect()
    }

    /// One geography with its shapes.
    pub fn layer(&self, id: &GeographyId) -> Result<&Arc<AreaLayer>, AtlasError> {
        self.layers.get(id).ok_or_else(|| AtlasError::UnknownGeography {
            found: id.to_string(),
            possible: self.layers.keys().map(ToString::to_string).collect(),
        })
    }

    /// The facility layers.
    pub fn facility_layers(&self) -> &[Arc<FacilityLayer>] {
        &self.facilities
    }

    /// The other key of a kreisfreie Stadt, which is a Kreis and its only Gemeinde at once.
    pub fn twin(&self, key: &AreaKey) -> Option<&Area> {
        crate::naming::twin(&self.tree, key)
    }

    /// The areas above one, the nearest first, without the other key of the same place.
    pub fn above<'a>(&'a self, key: &AreaKey) -> impl Iterator<Item = &'a Area> {
        let twin = self.twin(key).map(|twin| twin.key.clone());
        let city = self.tree.ancestors(key).find(|area| area.level == Level::Gemeinde);
        let around = city.and_then(|city| self.twin(&city.key)).map(|twin| twin.key.clone());
        self.tree
            .ancestors(key)
            .filter(move |area| Some(&area.key) != twin.as_ref() && Some(&area.key) != around.as_ref())
    }

    /// What a geography is called (`Stadtteile in Köln`).
    pub fn geography_title(&self, level: Level, geography: &GeographyId) -> String {
        crate::naming::geography_title(&self.tree, level, geography)
    }

    /// Whether an area is a municipality of the initiative.
    pub fn is_member(&self, key: &AreaKey) -> bool {
        self.members.contains(key)
    }

    /// The areas marked as municipalities of the initiative.
    pub(crate) fn marked(&self) -> &BTreeSet<AreaKey> {
        &self.members
    }

    /// Inhabitants of an area as delivered with its boundaries.
    pub fn population(&self, key: &AreaKey) -> Option<f64> {
        let (geography, position) = self.positions.get(key)?;
        self.layers.get(geography)?.population.get(*position).copied().flatten()
    }

    /// Geography and position of an area in its layer.
    pub(crate) fn position(&self, key: &AreaKey) -> Option<&(GeographyId, usize)> {
        self.positions.get(key)
    }

    /// Shapes of a geography as drawn, projected once and kept.
    pub(crate) fn shapes(&self, id: &GeographyId) -> Option<&Arc<MapShapes>> {
        let layer = self.layers.get(id)?;
        self.shapes.get(id).map(|slot| slot.get_or_init(|| Arc::new(MapShapes::of(layer))))
    }

    pub(crate) fn sheets(&self) -> &Sheets {
        &self.sheets
    }

    pub(crate) fn kept_clusters(&self) -> &Kept {
        &self.clusters
    }

    pub(crate) fn search_index(&self) -> &SearchIndex {
        self.search.get_or_init(|| SearchIndex::of(self))
    }

    /// Whether `area` lies inside `outer` (or is it).
    pub fn lies_in(&self, area: &AreaKey, outer: &AreaKey) -> bool {
        area == outer
            || self.tree.ancestors(area).any(|ancestor| ancestor.key == *outer)
            || self.tree.get(area).and_then(|found| found.parent.as_ref()) == Some(outer)
    }
}

//! Areas, their hierarchy, and how they change over time.

use crate::AreaKey;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The level of an area in the hierarchy of German territorial statistics, from the largest down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The federation.
    Bund,
    /// A Land.
    Land,
    /// A Regierungsbezirk.
    Regierungsbezirk,
    /// A Kreis or a kreisfreie Stadt.
    Kreis,
    /// A Gemeinde.
    Gemeinde,
    /// A Stadtbezirk.
    Stadtbezirk,
    /// A Stadtteil.
    Stadtteil,
    /// A statistischer Bezirk (also Stadtviertel, Sozialraum).
    StatistischerBezirk,
    /// A Baublock.
    Baublock,
}

impl Level {
    /// All levels from the largest down.
    pub const ALL: [Level; 9] = [
        Level::Bund,
        Level::Land,
        Level::Regierungsbezirk,
        Level::Kreis,
        Level::Gemeinde,
        Level::Stadtbezirk,
        Level::Stadtteil,
        Level::StatistischerBezirk,
        Level::Baublock,
    ];

    /// The level in URLs and files, for example `stadtteil`.
    pub fn slug(self) -> &'static str {
        match self {
            Level::Bund => "bund",
            Level::Land => "land",
            Level::Regierungsbezirk => "regierungsbezirk",
            Level::Kreis => "kreis",
            Level::Gemeinde => "gemeinde",
            Level::Stadtbezirk => "stadtbezirk",
            Level::Stadtteil => "stadtteil",
            Level::StatistischerBezirk => "statistischer_bezirk",
            Level::Baublock => "baublock",
        }
    }

    /// The level from its slug.
    pub fn from_slug(slug: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.slug() == slug)
    }

    /// German name in the plural, for choices and headings.
    pub fn plural(self) -> &'static str {
        match self {
            Level::Bund => "Deutschland",
            Level::Land => "Länder",
            Level::Regierungsbezirk => "Regierungsbezirke",
            Level::Kreis => "Kreise und kreisfreie Städte",
            Level::Gemeinde => "Städte und Gemeinden",
            Level::Stadtbezirk => "Stadtbezirke",
            Level::Stadtteil => "Stadtteile",
            Level::StatistischerBezirk => "Statistische Bezirke",
            Level::Baublock => "Baublöcke",
        }
    }

    /// German name in the singular.
    pub fn singular(self) -> &'static str {
        match self {
            Level::Bund => "Deutschland",
            Level::Land => "Land",
            Level::Regierungsbezirk => "Regierungsbezirk",
            Level::Kreis => "Kreis oder kreisfreie Stadt",
            Level::Gemeinde => "Stadt oder Gemeinde",
            Level::Stadtbezirk => "Stadtbezirk",
            Level::Stadtteil => "Stadtteil",
            Level::StatistischerBezirk => "Statistischer Bezirk",
            Level::Baublock => "Baublock",
        }
    }
}

/// Names one geography, a set of areas that partition the same territory in one level (`nrw-gemeinden`).
/// Several stand side by side: Stadtbezirke and Stadtteile that do not nest are two geographies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GeographyId(pub SmolStr);

impl GeographyId {
    /// A geography by its name.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(SmolStr::new(text.as_ref()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GeographyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// From when until when an area existed (Gebietsstand); both ends included, `None` is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// First day the area existed.
    pub from: Option<jiff::civil::Date>,
    /// Last day the area existed.
    pub until: Option<jiff::civil::Date>,
}

impl Validity {
    /// Whether the area existed on a day.
    pub fn contains(&self, day: jiff::civil::Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// One area without its shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Unique key.
    pub key: AreaKey,
    /// Name as the public knows it.
    pub name: String,
    /// Level in the hierarchy.
    pub level: Level,
    /// The geography it belongs to.
    pub geography: GeographyId,
    /// The area of a higher level it lies in, if the geographies nest.
    pub parent: Option<AreaKey>,
    /// When it existed.
    #[serde(default)]
    pub validity: Validity,
}

/// A change of territory: from `date` on, `to` takes the place of `from` (Städteregion Aachen 2009:
/// 05313 and 05354 became 05334).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaChange {
    /// First day of the new territory.
    pub date: jiff::civil::Date,
    /// Keys that ended.
    pub from: Vec<AreaKey>,
    /// The key that began.
    pub to: AreaKey,
    /// Where this is written.
    pub source: String,
}

/// All areas of a store with parents and children, ordered by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AreaTree {
    areas: BTreeMap<AreaKey, Area>,
    children: BTreeMap<AreaKey, Vec<AreaKey>>,
}

/// Why areas do not form a tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AreaTreeError {
    /// Two areas share a key.
    #[error(
        "Der Schlüssel „{key}“ kommt zweimal vor: als {first} und als {second}. Abhilfe: einen Präfix für eine der beiden Gebietsebenen angeben."
    )]
    Duplicate {
        /// The key.
        key: AreaKey,
        /// Name and geography of the first.
        first: String,
        /// Name and geography of the second.
        second: String,
    },
    /// A parent has no higher level than its child.
    #[error(
        "„{child}“ kann nicht in „{parent}“ liegen, da dessen Ebene nicht höher ist. Abhilfe: die Spalte des übergeordneten Gebiets prüfen."
    )]
    Order {
        /// The child.
        child: AreaKey,
        /// The parent.
        parent: AreaKey,
    },
}

impl AreaTree {
    /// Builds the tree. A parent that is not among the areas is kept as a name only (an open root).
    pub fn new(areas: impl IntoIterator<Item = Area>) -> Result<Self, AreaTreeError> {
        let mut map: BTreeMap<AreaKey, Area> = BTreeMap::new();
        for area in areas {
            if let Some(first) = map.get(&area.key) {
                return Err(AreaTreeError::Duplicate {
                    key: area.key.clone(),
                    first: format!("„{}“ ({})", first.name, first.geography),
                    second: format!("„{}“ ({})", area.name, area.geography),
                });
            }
            map.insert(area.key.clone(), area);
        }
        let mut children: BTreeMap<AreaKey, Vec<AreaKey>> = BTreeMap::new();
        for area in map.values() {
            let Some(parent) = &area.parent else { continue };
            if let Some(found) = map.get(parent)
                && found.level >= area.level
            {
                return Err(AreaTreeError::Order { child: area.key.clone(), parent: parent.clone() });
            }
            children.entry(parent.clone()).or_default().push(area.key.clone());
        }
        Ok(Self { areas: map, children })
    }

    /// One area.
    pub fn get(&self, key: &AreaKey) -> Option<&Area> {
        self.areas.get(key)
    }

    /// All areas ordered by key.
    pub fn iter(&self) -> impl Iterator<Item = &Area> {
        self.areas.values()
    }

    /// Number of areas.
    pub fn len(&self) -> usize {
        self.areas.len()
    }

    /// Whether there are no areas.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// Children of an area ordered by key (areas of several geographies when they stand side by side).
    pub fn children(&self, key: &AreaKey) -> &[AreaKey] {
        self.children.get(key).map_or(&[], Vec::as_slice)
    }

    /// The chain of parents from the nearest up.
    pub fn ancestors<'a>(&'a self, key: &AreaKey) -> impl Iterator<Item = &'a Area> {
        let mut next = self.get(key).and_then(|area| area.parent.clone());
        std::iter::from_fn(move || {
            let area = self.areas.get(&next.take()?)?;
            next = area.parent.clone();
            Some(area)
        })
    }

    /// The areas of one level ordered by key.
    pub fn level(&self, level: Level) -> impl Iterator<Item = &Area> {
        self.iter().filter(move |area| area.level == level)
    }

    /// The geographies with their level, ordered by level then name.
    pub fn geographies(&self) -> Vec<(Level, GeographyId)> {
        let set: BTreeSet<_> = self.iter().map(|area| (area.level, area.geography.clone())).collect();
        set.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(key: &str, level: Level, parent: Option<&str>) -> Area {
        Area {
            key: key.into(),
            name: key.into(),
            level,
            geography: GeographyId::new(level.slug()),
            parent: parent.map(AreaKey::from),
            validity: Validity::default(),
        }
    }

    #[test]
    fn a_tree_knows_parents_and_children() {
        let tree = AreaTree::new([
            area("05114000", Level::Gemeinde, Some("05114")),
            area("05", Level::Land, None),
            area("05114", Level::Kreis, Some("05")),
            area("05111", Level::Kreis, Some("05")),
        ])
        .unwrap();
        assert_eq!(tree.children(&"05".into()), ["05111".into(), "05114".into()]);
        let up: Vec<_> = tree.ancestors(&"05114000".into()).map(|a| a.key.as_str()).collect();
        assert_eq!(up, ["05114", "05"]);
        assert_eq!(tree.level(Level::Kreis).count(), 2);
    }

    #[test]
    fn impossible_trees_are_refused() {
        let twice = AreaTree::new([area("1", Level::Kreis, None), area("1", Level::Stadtteil, None)]);
        assert!(twice.unwrap_err().to_string().contains("Präfix"));
        let upside_down =
            AreaTree::new([area("1", Level::Kreis, Some("2")), area("2", Level::Gemeinde, None)]);
        assert!(matches!(upside_down, Err(AreaTreeError::Order { .. })));
        let ring = AreaTree::new([area("1", Level::Kreis, Some("1"))]);
        assert!(matches!(ring, Err(AreaTreeError::Order { .. })));
    }

    #[test]
    fn validity_includes_both_ends() {
        let day = |text: &str| text.parse().unwrap();
        let validity = Validity { from: Some(day("2009-10-21")), until: None };
        assert!(validity.contains(day("2009-10-21")));
        assert!(!validity.contains(day("2009-10-20")));
    }
}

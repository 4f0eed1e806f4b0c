//! Keys of a table held against the areas that are already there.

use kekiz_base::{
    AreaKey, AreaTree, Diagnostics, Dictionary, FigureBatch, FigureDictionaries, KeyKind, Place, Severity,
};
use std::collections::{BTreeMap, BTreeSet};

/// Keys that are named before the rest is counted.
const NAMED: usize = 8;

/// Finds the area that is meant when a spreadsheet has eaten the zeros in front of an own key, or when the table
/// leaves out the municipality that stands before it (`101` for `05999000-0101`). Official keys are never guessed:
/// a Land must not become a Stadtbezirk.
pub(crate) struct KnownKeys {
    known: BTreeSet<AreaKey>,
    /// Keys by what remains of them without prefix, municipality and zeros in front; empty for official keys.
    bare: BTreeMap<String, Vec<AreaKey>>,
    prefix: String,
    /// The number in `areas` for each number of the source's dictionary.
    numbers: Vec<u32>,
    areas: Dictionary<AreaKey>,
    recovered: Vec<(AreaKey, AreaKey)>,
    unknown: Vec<AreaKey>,
}

impl KnownKeys {
    /// The keys of all areas; `kind` and `prefix` are what the mapping says of the keys of the table.
    pub(crate) fn new(tree: &AreaTree, kind: KeyKind, prefix: &str) -> Self {
        let mut bare: BTreeMap<String, Vec<AreaKey>> = BTreeMap::new();
        for area in tree.iter().filter(|_| kind == KeyKind::Own) {
            if let Some(rest) = area.key.as_str().strip_prefix(prefix) {
                let rest = rest.rsplit_once('-').map_or(rest, |(_, own)| own);
                bare.entry(rest.trim_start_matches('0').to_string()).or_default().push(area.key.clone());
            }
        }
        Self {
            known: tree.iter().map(|area| area.key.clone()).collect(),
            bare,
            prefix: prefix.to_string(),
            numbers: Vec::new(),
            areas: Dictionary::default(),
            recovered: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// Looks at the keys that are new. Two spellings of one area in one table are refused: which figure counts?
    pub(crate) fn see(&mut self, found: &[AreaKey]) -> Result<(), String> {
        for key in found.iter().skip(self.numbers.len()) {
            let meant = self.meant(key).unwrap_or_else(|| key.clone());
            let before = self.areas.entries().len();
            let number = self.areas.number(&meant);
            if self.areas.entries().len() == before {
                return Err(format!(
                    "Das Gebiet „{meant}“ steht in zwei Schreibweisen in der Tabelle, auch als „{key}“. Abhilfe: die Schlüssel in der Tabelle vereinheitlichen."
                ));
            }
            self.numbers.push(number);
            if meant != *key {
                self.recovered.push((key.clone(), meant));
            } else if !self.known.contains(key) {
                self.unknown.push(key.clone());
            }
        }
        Ok(())
    }

    /// The one known key that is longer than this one by zeros or a municipality in front.
    fn meant(&self, key: &AreaKey) -> Option<AreaKey> {
        if self.known.contains(key) {
            return None;
        }
        let rest = key.as_str().strip_prefix(&self.prefix)?;
        match self.bare.get(rest.trim_start_matches('0'))?.as_slice() {
            [one] if one.as_str().len() > key.as_str().len() => Some(one.clone()),
            _ => None,
        }
    }

    /// The batch's dictionaries and area numbers with the keys that are meant; `None` where nothing changes.
    pub(crate) fn translated(
        &self,
        batch: &FigureBatch,
        dictionaries: &FigureDictionaries,
    ) -> Option<(FigureBatch, FigureDictionaries)> {
        if self.recovered.is_empty() {
            return None;
        }
        let mut batch = batch.clone();
        for area in &mut batch.area {
            *area = self.numbers.get(*area as usize).copied().unwrap_or(*area);
        }
        let dictionaries = FigureDictionaries { areas: self.areas.clone(), ..dictionaries.clone() };
        Some((batch, dictionaries))
    }

    /// What was recovered, and which keys no area has.
    pub(crate) fn report(&self, file: &str, findings: &mut Diagnostics) {
        let place = || Place { file: Some(file.to_string()), ..Place::default() };
        if let Some((found, meant)) = self.recovered.first() {
            findings.push(
                Severity::Note,
                "key-zeros",
                place(),
                format!(
                    "{} Gebietsschlüssel wurden nach den eingelesenen Gebieten vorn ergänzt (aus „{found}“ wurde „{meant}“).",
                    self.recovered.len()
                ),
                "",
            );
        }
        let all = self.areas.entries().len();
        if self.unknown.is_empty() || self.known.is_empty() {
            return;
        }
        let names: Vec<&str> = self.unknown.iter().take(NAMED).map(AreaKey::as_str).collect();
        let more = match self.unknown.len().saturating_sub(NAMED) {
            0 => String::new(),
            n => format!(" und {n} weitere"),
        };
        let known: Vec<&str> = self.known.iter().take(3).map(AreaKey::as_str).collect();
        let severity = if self.unknown.len() == all { Severity::Warning } else { Severity::Note };
        findings.push(
            severity,
            "key-without-area",
            place(),
            format!(
                "Zu {} von {all} Gebietsschlüsseln ist kein Gebiet eingelesen: {}{more}. Eingelesen sind zum Beispiel {}.",
                self.unknown.len(),
                names.join(", "),
                known.join(", ")
            ),
            "Fehlende Grenzen einlesen, oder in der Zuordnung unter [area] kind und key_prefix prüfen.",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kekiz_base::{Area, GeographyId, Level, Validity};

    fn tree(keys: &[&str]) -> AreaTree {
        AreaTree::new(keys.iter().map(|key| Area {
            key: AreaKey::new(key),
            name: (*key).into(),
            level: Level::Stadtteil,
            geography: GeographyId::new("stadtteile"),
            parent: None,
            validity: Validity::default(),
        }))
        .unwrap()
    }

    fn check(known: &[&str], prefix: &str, found: &str, expected: Option<&str>) {
        let keys = KnownKeys::new(&tree(known), KeyKind::Own, prefix);
        assert_eq!(keys.meant(&AreaKey::new(found)), expected.map(AreaKey::new), "{known:?} {found}");
    }

    #[test]
    fn lost_zeros_come_back_where_only_one_area_fits() {
        check(&["01", "0101", "0102"], "", "101", Some("0101"));
        check(&["01", "0101"], "", "1", Some("01"));
        check(&["01", "001"], "", "1", None);
        check(&["0101"], "", "0101", None);
        check(&["101"], "", "0101", None);
        check(&["05999000-0101"], "05999000-", "05999000-101", Some("05999000-0101"));
        check(&["0101"], "", "201", None);
        check(&["05999000-0101", "05999000"], "", "101", Some("05999000-0101"));
        check(&["05999000-01", "05998000-01"], "", "1", None);
        let official = KnownKeys::new(&tree(&["05999000-05"]), KeyKind::Ags, "");
        assert_eq!(official.meant(&AreaKey::new("05")), None);
    }

    #[test]
    fn two_spellings_of_one_area_are_refused() {
        let mut keys = KnownKeys::new(&tree(&["0101"]), KeyKind::Own, "");
        let error = keys.see(&[AreaKey::new("101"), AreaKey::new("0101")]).unwrap_err();
        assert!(error.contains("zwei Schreibweisen"), "{error}");
    }
}

//! Names of areas inside German sentences, and names of geographies.

use kekiz_base::{Area, AreaKey, AreaTree, GeographyId, Level};

/// Where something is: `in Krefeld`, `im Kreis Borken`, `im Märkischen Kreis`, `in der Städteregion Aachen`.
pub fn inside(name: &str) -> String {
    if let Some(stem) = name.strip_suffix("er Kreis") {
        return format!("im {stem}en Kreis");
    }
    let lower = name.to_lowercase();
    let kreis = lower.starts_with("kreis ")
        || lower.starts_with("landkreis ")
        || lower.contains("-kreis")
        || lower.ends_with("kreis");
    if kreis || lower.starts_with("stadtbezirk ") || lower.starts_with("stadtteil ") {
        return format!("im {name}");
    }
    if lower.starts_with("städteregion ") || lower.starts_with("region ") || lower.starts_with("stadt ") {
        return format!("in der {name}");
    }
    if let Some(city) = name.strip_prefix("Kreisfreie Stadt ") {
        return format!("in der kreisfreien Stadt {city}");
    }
    format!("in {name}")
}

/// The same at the beginning of a sentence.
pub fn inside_first(name: &str) -> String {
    let text = inside(name);
    match text.strip_prefix('i') {
        Some(rest) => format!("I{rest}"),
        None => text,
    }
}

/// What a geography is called: its level, with the place all its areas lie in where that is a municipality or smaller
/// (`Stadtteile in Köln`), and with its own name where that leaves two alike.
pub fn geography_title(tree: &AreaTree, level: Level, geography: &GeographyId) -> String {
    let rivals: Vec<GeographyId> = tree
        .geographies()
        .into_iter()
        .filter(|(other, id)| *other == level && id != geography)
        .map(|(_, id)| id)
        .collect();
    if rivals.is_empty() {
        return level.plural().to_string();
    }
    let holder = common_holder(tree, level, geography);
    match holder {
        Some(area)
            if rivals
                .iter()
                .all(|id| common_holder(tree, level, id).is_none_or(|other| other.key != area.key)) =>
        {
            format!("{} {}", level.plural(), inside(&area.name))
        }
        _ => format!("{} ({geography})", level.plural()),
    }
}

/// The smallest area that holds all areas of a geography.
fn common_holder<'a>(tree: &'a AreaTree, level: Level, geography: &GeographyId) -> Option<&'a Area> {
    let mut areas = tree.level(level).filter(|area| area.geography == *geography);
    let chain = |key: &AreaKey| -> Vec<&'a Area> { tree.ancestors(key).collect() };
    let mut shared = chain(&areas.next()?.key);
    for area in areas {
        let own = chain(&area.key);
        shared.retain(|above| own.iter().any(|other| other.key == above.key));
    }
    shared.first().copied()
}

/// The other area of one place that stands in the tree twice: a kreisfreie Stadt is a Kreis and the only Gemeinde in
/// it, with one name and two keys.
pub(crate) fn twin<'a>(tree: &'a AreaTree, key: &AreaKey) -> Option<&'a Area> {
    let area = tree.get(key)?;
    let only_gemeinde = |kreis: &AreaKey| -> Option<&'a Area> {
        let mut below = tree
            .children(kreis)
            .iter()
            .filter_map(|key| tree.get(key))
            .filter(|area| area.level == Level::Gemeinde);
        let only = below.next()?;
        below.next().is_none().then_some(only)
    };
    match area.level {
        Level::Kreis => only_gemeinde(key).filter(|below| below.name == area.name),
        Level::Gemeinde => {
            let kreis = tree.get(area.parent.as_ref()?).filter(|above| above.level == Level::Kreis)?;
            let same = kreis.name == area.name && only_gemeinde(&kreis.key)?.key == *key;
            same.then_some(kreis)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kekiz_base::Validity;

    #[test]
    fn places_stand_in_sentences() {
        for (name, expected) in [
            ("Krefeld", "in Krefeld"),
            ("Kreis Borken", "im Kreis Borken"),
            ("Märkischer Kreis", "im Märkischen Kreis"),
            ("Rhein-Kreis Neuss", "im Rhein-Kreis Neuss"),
            ("Ennepe-Ruhr-Kreis", "im Ennepe-Ruhr-Kreis"),
            ("Hochsauerlandkreis", "im Hochsauerlandkreis"),
            ("Städteregion Aachen", "in der Städteregion Aachen"),
            ("Stadtbezirk 3", "im Stadtbezirk 3"),
        ] {
            assert_eq!(inside(name), expected);
        }
        assert_eq!(inside_first("Kreis Unna"), "Im Kreis Unna");
    }

    fn area(key: &str, name: &str, level: Level, geography: &str, parent: Option<&str>) -> Area {
        Area {
            key: key.into(),
            name: name.into(),
            level,
            geography: GeographyId::new(geography),
            parent: parent.map(AreaKey::from),
            validity: Validity::default(),
        }
    }

    #[test]
    fn a_city_is_found_under_both_keys() {
        let tree = AreaTree::new([
            area("05", "NRW", Level::Land, "land", None),
            area("05114", "Krefeld", Level::Kreis, "kreise", Some("05")),
            area("05114000", "Krefeld", Level::Gemeinde, "gemeinden", Some("05114")),
            area("05554", "Kreis Borken", Level::Kreis, "kreise", Some("05")),
            area("05554004", "Ahaus", Level::Gemeinde, "gemeinden", Some("05554")),
            area("a", "A", Level::Stadtteil, "eins", Some("05114000")),
            area("b", "B", Level::Stadtteil, "eins", Some("05114000")),
            area("c", "C", Level::Stadtteil, "zwei", Some("05554004")),
        ])
        .unwrap();
        let of = |key: &str| twin(&tree, &key.into()).map(|area| area.key.to_string());
        assert_eq!(of("05114").as_deref(), Some("05114000"));
        assert_eq!(of("05114000").as_deref(), Some("05114"));
        for key in ["05", "05554", "05554004", "a", "nirgends"] {
            assert_eq!(of(key), None);
        }
        for (level, id, expected) in [
            (Level::Kreis, "kreise", "Kreise und kreisfreie Städte"),
            (Level::Stadtteil, "eins", "Stadtteile in Krefeld"),
            (Level::Stadtteil, "zwei", "Stadtteile in Ahaus"),
        ] {
            assert_eq!(geography_title(&tree, level, &GeographyId::new(id)), expected);
        }
    }
}

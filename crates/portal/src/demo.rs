//! The example portal: Krefeld's real nurseries, youth centres, libraries and playgrounds, and the schools of North
//! Rhine-Westphalia, as offers with what holds for their kind.

use crate::kinds::{Facility, Kinds, offer, osm_from_words, provider};
use crate::portal::blocking;
use crate::{Actor, Portal, PortalError};
use jiff::civil::{Date, date};
use kekiz_offers::hsds::Organization;
use kekiz_offers::{Offer, OfferId, OrganizationId, derived_uuid};
use kekiz_search::address::AddressRow;
use kekiz_store::{addresses, bulk, offers, records};
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

const KITAS: &[u8] = include_bytes!("../../../data/krefeld/kitas_2017.geojson.gz");
const YOUTH: &[u8] = include_bytes!("../../../data/krefeld/jugendzentren_2017.geojson.gz");
const LIBRARIES: &[u8] = include_bytes!("../../../data/krefeld/bibliotheken_2017.geojson.gz");
const PLAYGROUNDS: &[u8] = include_bytes!("../../../data/krefeld/spielplaetze_2017.geojson.gz");
const SCHOOLS: &[u8] = include_bytes!("../../../data/nrw_schulen/schulen_nrw_2024_25.csv.gz");

const KREFELD: &str = "Stadt Krefeld, offenesdatenportal.de, 2017";
const NRW: &str = "IT.NRW und Ministerium für Schule und Bildung NRW, Schulverzeichnis 2024/25, dl-de/by-2-0";
/// Name of the addresses' source.
const ADDRESSES: &str = "beispiel: Orte aus den Einrichtungslisten";

/// What was loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Loaded {
    /// Offers that were added.
    pub added: u64,
    /// Offers that were there already; they stay as they are.
    pub known: u64,
    /// Addresses to search around.
    pub addresses: u64,
}

/// Offers, their providers and the addresses they name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Example {
    /// Offers.
    pub offers: Vec<Offer>,
    /// Providers.
    pub providers: Vec<Organization>,
    /// Addresses.
    pub addresses: Vec<AddressRow>,
}

impl Portal {
    /// Loads the example. A second time changes nothing and asks only whether it is complete.
    pub async fn load_example(&self) -> Result<Loaded, PortalError> {
        self.load_example_mission().await?;
        self.load_example_network().await?;
        let stamp = self.config().folder.join("beispiel.stand");
        let version = version();
        let last = OfferId(derived_uuid(&["beispiel", "zuletzt", &version]));
        if std::fs::read_to_string(&stamp).is_ok_and(|text| text.trim() == last.as_str())
            && !self.finder().is_empty()
        {
            let addresses = addresses::count(self.db()).await?;
            return Ok(Loaded { added: 0, known: self.finder().len() as u64, addresses });
        }
        let example = blocking(example).await??;
        let loaded = self.add_example(example).await?;
        std::fs::write(&stamp, last.as_str()).map_err(|error| PortalError::file(&stamp, &error))?;
        Ok(loaded)
    }

    async fn add_example(&self, example: Example) -> Result<Loaded, PortalError> {
        let ids: Vec<OfferId> = example.offers.iter().map(|one| one.id.clone()).collect();
        let known: BTreeSet<OfferId> =
            offers::get_all(self.db(), &ids).await?.into_iter().map(|one| one.value.id).collect();
        let new: Vec<Offer> = example.offers.into_iter().filter(|one| !known.contains(&one.id)).collect();
        let there = self.providers();
        let owners: Vec<Organization> =
            example.providers.into_iter().filter(|one| !there.contains_key(&one.id)).collect();
        let mut writing = self.begin(&Actor::System, "Beispiel geladen").await?;
        records::insert_many(&writing.tx, &owners, &writing.edit).await?;
        let added = bulk::insert(&writing.tx, &new, &writing.edit).await?;
        writing.note("example.loaded", "offers", "beispiel", json!({ "added": added }));
        writing.finish_large().await?;
        let addresses = self.import_addresses(&Actor::System, ADDRESSES, example.addresses).await?;
        Ok(Loaded { added, known: known.len() as u64, addresses })
    }
}

/// Changes when the shipped files do.
fn version() -> String {
    let sizes = [KITAS, YOUTH, LIBRARIES, PLAYGROUNDS, SCHOOLS].map(|bytes| bytes.len().to_string());
    format!("2 {}", sizes.join(" "))
}

/// The example as data; always the same.
pub fn example() -> Result<Example, PortalError> {
    let kinds = Kinds::shipped().map_err(|error| PortalError::Import(error.to_string()))?;
    let mut facilities: Vec<(Facility, &'static str)> = Vec::new();
    for one in features(KITAS)? {
        facilities.push((kita(&one), "kita"));
    }
    for one in features(YOUTH)? {
        facilities.push((youth_centre(&one), "jugendzentrum"));
    }
    for one in features(LIBRARIES)? {
        facilities.push((library(&one), "bibliothek"));
    }
    for one in features(PLAYGROUNDS)? {
        facilities.push((playground(&one), "spielplatz"));
    }
    facilities.extend(schools()?);
    let mut out = Example::default();
    let mut owners: BTreeMap<OrganizationId, Organization> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (facility, code) in &facilities {
        let Some(kind) = kinds.get(code) else {
            return Err(PortalError::Import(format!("Die Art „{code}“ fehlt in einrichtungsarten.toml.")));
        };
        let offer = offer(facility, kind);
        // The lists name some places twice.
        if !seen.insert(offer.id.clone()) {
            continue;
        }
        let owner = provider(&facility.provider);
        owners.entry(OrganizationId(owner.id.clone())).or_insert(owner);
        out.addresses.extend(address(facility));
        out.offers.push(offer);
    }
    out.providers = owners.into_values().collect();
    Ok(out)
}

fn address(facility: &Facility) -> Option<AddressRow> {
    let cut = facility
        .street
        .rfind(' ')
        .filter(|at| facility.street[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
    let (street, number) = cut.map_or((facility.street.as_str(), ""), |at| facility.street.split_at(at));
    Some(AddressRow {
        street: street.trim().to_string(),
        house_number: number.trim().to_string(),
        postal_code: facility.postcode.clone(),
        town: facility.town.clone(),
        district: facility.key.get(3).cloned().unwrap_or_default(),
        point: facility.point?,
    })
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    properties: BTreeMap<String, serde_json::Value>,
    geometry: Geometry,
}

#[derive(Deserialize)]
struct Geometry {
    coordinates: [f64; 2],
}

impl Feature {
    /// A property as text; lists are joined.
    fn text(&self, name: &str) -> String {
        let plain = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            serde_json::Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        match self.properties.get(name) {
            Some(serde_json::Value::Array(items)) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
            Some(value) => plain(value),
            None => String::new(),
        }
    }

    /// What all lists of Krefeld have. `kind` is part of the identifier.
    fn facility(&self, kind: &str) -> Facility {
        let (name, street) = (self.text("title"), self.text("street"));
        Facility {
            // The fourth part is the district, which addresses are found by.
            key: vec!["krefeld".into(), kind.into(), format!("{name} {street}"), self.text("region")],
            name,
            street,
            postcode: self.text("zip"),
            town: "Krefeld".into(),
            point: Some((self.geometry.coordinates[0], self.geometry.coordinates[1])),
            web: self.text("web"),
            provider: "Stadt Krefeld".into(),
            source: KREFELD.into(),
            as_of: date(2017, 9, 12),
            ..Facility::default()
        }
    }
}

fn features(packed: &[u8]) -> Result<Vec<Feature>, PortalError> {
    let read: Collection = serde_json::from_slice(&unpack(packed)?).map_err(|error| {
        PortalError::Import(format!("Eine mitgelieferte Liste ist nicht lesbar: {error}."))
    })?;
    Ok(read.features)
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>, PortalError> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed)
        .read_to_end(&mut bytes)
        .map_err(|error| PortalError::Import(format!("Eine mitgelieferte Liste ist beschädigt: {error}.")))?;
    Ok(bytes)
}

fn kita(one: &Feature) -> Facility {
    let ages = one.text("text4");
    let from = match () {
        () if ages.contains("vier Monat") || ages.contains("4 Monat") => Some(4),
        () if ages.contains("zwei Jahr") || ages.contains("2 Jahr") => Some(24),
        () if ages.contains("drei Jahr") || ages.contains("3 Jahr") => Some(36),
        () => None,
    };
    let owner = [one.text("text5"), one.text("cat3")].into_iter().find(|text| !text.is_empty());
    Facility {
        provider: owner.unwrap_or_else(|| "Stadt Krefeld".into()),
        description: one.text("description"),
        transport: one.text("text1"),
        opening: one.text("text2"),
        eligibility: ages,
        age_months: from.map(|from| (from, 83)),
        ..one.facility("kita")
    }
}

/// Descriptions are `provider; times` in any mixture.
fn youth_centre(one: &Feature) -> Facility {
    let mut facility = one.facility("jugendzentrum");
    let mut rest = Vec::new();
    let mut times = Vec::new();
    for part in one.text("description").split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let is_time = osm_from_words(part).is_some()
            || part.to_lowercase().contains("uhr")
            || (part.contains("tags") && part.contains(|c: char| c.is_ascii_digit()));
        if is_time { times.push(part.to_string()) } else { rest.push(part.to_string()) }
    }
    if let Some(owner) = rest.first() {
        facility.provider = owner.clone();
    }
    facility.opening = times.join("; ");
    facility
}

fn library(one: &Feature) -> Facility {
    let facility = one.facility("bibliothek");
    let owner =
        if facility.name.contains("Mediothek") { "Stadt Krefeld".into() } else { facility.name.clone() };
    Facility { provider: owner, ..facility }
}

fn playground(one: &Feature) -> Facility {
    let facility = one.facility("spielplatz");
    let name = facility.name.trim_end_matches("(Spielplatz)").trim().to_string();
    Facility { name: format!("Spielplatz {name}"), ..facility }
}

/// One row of the list of schools.
#[derive(Deserialize)]
struct School {
    schulnummer: String,
    schulform: String,
    name: String,
    strasse: String,
    plz: String,
    ort: String,
    rechtsstatus: String,
    lat_amtlich_2021: Option<f64>,
    lon_amtlich_2021: Option<f64>,
}

fn schools() -> Result<Vec<(Facility, &'static str)>, PortalError> {
    let bytes = unpack(SCHOOLS)?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let mut found = Vec::new();
    for row in reader.deserialize() {
        let row: School = row.map_err(|error| {
            PortalError::Import(format!("Die Liste der Schulen ist nicht lesbar: {error}."))
        })?;
        let public = row.rechtsstatus == "Öffentlich";
        let owner = match public {
            true => format!("Öffentliche Schulen in {}", row.ort),
            false => format!("Schulen in freier Trägerschaft in {}", row.ort),
        };
        let facility = Facility {
            key: vec!["nrw-schulen".into(), row.schulnummer],
            name: row.name.trim().to_string(),
            description: format!("{}.", row.schulform),
            provider: owner,
            street: row.strasse,
            postcode: row.plz,
            town: row.ort,
            point: row.lon_amtlich_2021.zip(row.lat_amtlich_2021),
            fees: if public { "Der Besuch ist kostenlos.".into() } else { String::new() },
            source: NRW.into(),
            as_of: SCHOOLS_OF,
            ..Facility::default()
        };
        found.push((facility, school_kind(&row.schulform)));
    }
    Ok(found)
}

/// Day of the list of schools.
const SCHOOLS_OF: Date = date(2025, 3, 1);

fn school_kind(form: &str) -> &'static str {
    match form {
        "Grundschule" => "grundschule",
        "Gymnasium" | "Gesamtschule" => "schule_bis_abitur",
        "Berufskolleg" | "Förderschule Berufskolleg" => "berufskolleg",
        "Weiterbildungskolleg" => "weiterbildungskolleg",
        "Freie Waldorfschule" | "PRIMUS-Schule" | "Volksschule" => "schule_aller_stufen",
        form if form.starts_with("Förderschule") => "foerderschule",
        _ => "sekundarschule",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kekiz_offers::opening::Hours;

    #[test]
    fn the_example_is_whole_and_always_the_same() {
        let example = example().unwrap();
        assert!(example == super::example().unwrap());
        let count =
            |kind: &str| example.offers.iter().filter(|one| one.service.alternate_name == kind).count();
        assert_eq!(count("Kita, Kindertageseinrichtung"), 104);
        assert_eq!(count("Kinder- und Jugendzentrum"), 25);
        assert!((195..=203).contains(&count("Spielplatz")), "{}", count("Spielplatz"));
        assert_eq!(count("Grundschule"), 2807);
        let owners: BTreeSet<&str> = example.providers.iter().map(|one| one.id.as_str()).collect();
        for offer in &example.offers {
            assert!(
                !offer.name().is_empty() && owners.contains(offer.organization.as_str()),
                "{}",
                offer.name()
            );
            let (from, to) = offer.prevention.age_months.unwrap();
            assert!(from <= to);
        }
        let open = |kind: &str| {
            let of = example.offers.iter().filter(|one| one.service.alternate_name == kind);
            of.filter(|one| !Hours::of(one).is_empty()).count()
        };
        assert!(open("Kita, Kindertageseinrichtung") > 90, "{}", open("Kita, Kindertageseinrichtung"));
        assert!(open("Kinder- und Jugendzentrum") > 10, "{}", open("Kinder- und Jugendzentrum"));
    }
}

//! A mapping suggested from the titles of columns.

use super::{ColumnMapping, RowMapping, Target};
use std::collections::{BTreeMap, BTreeSet};

/// Words in titles, in the order of their claim: the first target that fits a column takes it.
const WORDS: &[(Target, &[&str])] = &[
    (Target::Latitude, &["latitude", "lat", "breitengrad", "breite", "geobreite"]),
    (Target::Longitude, &["longitude", "lon", "lng", "laengengrad", "laenge", "geolaenge"]),
    (Target::AgeFromMonths, &["altervonmonate", "monatevon", "agefrommonths", "alterabmonate"]),
    (Target::AgeToMonths, &["alterbismonate", "monatebis", "agetomonths"]),
    (
        Target::AgeFromYears,
        &["altervon", "alterab", "mindestalter", "minimumage", "abalter", "vonalter", "abjahre"],
    ),
    (Target::AgeToYears, &["alterbis", "hoechstalter", "maximumage", "bisalter", "bisjahre"]),
    (Target::Key, &["id", "key", "schluessel", "nummer", "nr", "lfdnr", "objektid", "objectid", "kennung"]),
    (
        Target::Organization,
        &["traeger", "traegername", "organisation", "organization", "anbieter", "verein", "betreiber"],
    ),
    (
        Target::Name,
        &["angebot", "name", "titel", "bezeichnung", "einrichtung", "angebotsname", "nameangebot", "title"],
    ),
    (
        Target::Description,
        &["beschreibung", "kurzbeschreibung", "description", "inhalt", "erlaeuterung", "text"],
    ),
    (
        Target::Street,
        &[
            "strasse",
            "strassehausnummer",
            "strassehausnr",
            "adresse",
            "anschrift",
            "street",
            "hausnummer",
            "hausnr",
        ],
    ),
    (Target::PostalCode, &["plz", "postleitzahl", "postalcode", "zip"]),
    (Target::City, &["ort", "stadt", "wohnort", "gemeinde", "city"]),
    (Target::Phone, &["telefon", "telefonnummer", "tel", "phone", "fon", "rufnummer"]),
    (Target::Email, &["email", "mail", "emailadresse"]),
    (Target::Url, &["internet", "website", "webseite", "homepage", "url", "link", "internetseite"]),
    (Target::Opening, &["oeffnungszeiten", "oeffnungszeit", "openinghours", "termine", "zeiten", "wann"]),
    (Target::Fees, &["kosten", "preis", "gebuehr", "gebuehren", "teilnahmebeitrag", "fees"]),
    (Target::Application, &["anmeldung", "anmeldungen", "teilnahme", "zugangsweg"]),
    (Target::Accessibility, &["barrierefrei", "barrierefreiheit", "rollstuhl", "wheelchair"]),
    (Target::Languages, &["sprache", "sprachen", "languages"]),
    (Target::LifePhases, &["lebensphase", "lebensphasen"]),
    (Target::Transitions, &["uebergang", "uebergaenge"]),
    (Target::ActionFields, &["handlungsfeld", "handlungsfelder", "thema", "themen", "kategorie"]),
    (Target::TargetGroups, &["zielgruppe", "zielgruppen"]),
    (Target::Eligibility, &["fuerwen", "adressaten", "voraussetzung", "voraussetzungen"]),
    (Target::PreventionType, &["praeventionsart", "artderpraevention", "praeventionstyp"]),
    (Target::Access, &["kommgeh", "komm", "zugang", "kommodergehstruktur"]),
    (Target::LegalBasis, &["rechtsgrundlage", "paragraf", "gesetz"]),
    (Target::Places, &["plaetze", "platzzahl", "anzahlplaetze", "kapazitaet", "capacity"]),
    (
        Target::ReachedPerYear,
        &["erreichtepersonen", "erreicht", "teilnehmende", "teilnehmer", "teilnehmerzahl"],
    ),
    (Target::FullCostEuros, &["vollkosten", "gesamtkosten", "kostenprojahr", "jahreskosten"]),
    (Target::Payers, &["kostentraeger", "finanzierung", "finanziert", "geldgeber", "finanzier"]),
    (Target::Evidence, &["evidenz", "grueneliste", "wirkungsnachweis"]),
    (Target::Catchment, &["einzugsgebiet", "sozialraum", "stadtteil"]),
    (Target::Pregnancy, &["schwangerschaft", "schwangere"]),
];

/// A title without case, umlauts and anything but letters and digits.
fn plain(title: &str) -> String {
    crate::duplicates::fold(title).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Suggests what each column fills; columns nobody claims are left out. Every target is given once, except that
/// a column for house numbers is joined to the street. Whole titles count before beginnings.
pub fn suggest_mapping(header: &[String], source: &str) -> RowMapping {
    let titles: Vec<String> = header.iter().map(|title| plain(title)).collect();
    let mut taken: BTreeMap<usize, Target> = BTreeMap::new();
    let mut used: BTreeSet<Target> = BTreeSet::new();
    let exact = |title: &str, word: &str| title == word;
    let begins = |title: &str, word: &str| word.len() >= 4 && title.starts_with(word);
    for fits in [exact as fn(&str, &str) -> bool, begins] {
        for (target, words) in WORDS {
            for word in *words {
                let house = word.starts_with("hausn");
                for (place, title) in titles.iter().enumerate() {
                    if fits(title, word) && !taken.contains_key(&place) && (house || !used.contains(target)) {
                        taken.insert(place, *target);
                        used.insert(*target);
                    }
                }
            }
        }
    }
    let column = |(place, target): (usize, Target)| ColumnMapping {
        column: header[place].clone(),
        target,
        separator: String::new(),
    };
    RowMapping {
        version: 1,
        source: source.into(),
        constants: BTreeMap::new(),
        columns: taken.into_iter().map(column).collect(),
    }
}

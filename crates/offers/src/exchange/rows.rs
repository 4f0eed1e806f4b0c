//! Offers from the rows of a table (CSV or XLSX, already read), by a mapping of columns.

use super::{Refused, is_forbidden};
use crate::hsds::{Address, Language, Location, Organization, Phone, Schedule, ServiceAtLocation};
use crate::{
    Access, ActionField, Evidence, Offer, OfferId, OrganizationId, Payer, PreventionType, TargetGroup,
    Transition, Vocabularies, derived_uuid, opening, phase_from_slug,
};
use kekiz_base::AreaKey;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a column fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The source's own key of the offer; makes a second import find the same offer.
    Key,
    /// Name of the offer.
    Name,
    /// Description.
    Description,
    /// Name of the provider.
    Organization,
    /// Street and house number.
    Street,
    /// Postal code.
    PostalCode,
    /// Town.
    City,
    /// Telephone.
    Phone,
    /// Mail.
    Email,
    /// Web page.
    Url,
    /// Latitude in degrees.
    Latitude,
    /// Longitude in degrees.
    Longitude,
    /// Lowest age in years.
    AgeFromYears,
    /// Highest age in years (2 is up to 35 months).
    AgeToYears,
    /// Lowest age in months.
    AgeFromMonths,
    /// Highest age in months.
    AgeToMonths,
    /// For expecting parents: yes or no.
    Pregnancy,
    /// For whom, in words.
    Eligibility,
    /// Life phases.
    LifePhases,
    /// Transitions.
    Transitions,
    /// Action fields.
    ActionFields,
    /// Target groups.
    TargetGroups,
    /// Languages spoken.
    Languages,
    /// Opening times: OSM, or words.
    Opening,
    /// What it costs, in words.
    Fees,
    /// How to take part.
    Application,
    /// Accessibility in words.
    Accessibility,
    /// Universell, selektiv, indiziert.
    PreventionType,
    /// Komm- or Geh-Struktur.
    Access,
    /// Paragraphs.
    LegalBasis,
    /// Places.
    Places,
    /// Persons reached in a year.
    ReachedPerYear,
    /// Full cost of a year in euros.
    FullCostEuros,
    /// Payers.
    Payers,
    /// Level of the Grüne Liste, or `none`.
    Evidence,
    /// Keys of areas.
    Catchment,
}

/// One column of a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnMapping {
    /// Title of the column in the file.
    pub column: String,
    /// What it fills.
    pub target: Target,
    /// What separates several entries in one cell; `;` and line breaks always do.
    #[serde(default)]
    pub separator: String,
}

/// How the columns of one source become offers; kept as TOML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowMapping {
    /// Version of the file format; this program reads 1.
    pub version: u32,
    /// Name of the source; part of the identifiers, so it must stay the same.
    pub source: String,
    /// Values for fields no column fills, for example `city = "Krefeld"`.
    #[serde(default)]
    pub constants: BTreeMap<Target, String>,
    /// The columns.
    #[serde(rename = "column", default)]
    pub columns: Vec<ColumnMapping>,
}

/// Why a mapping cannot be used for a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Not TOML, or wrong keys.
    #[error("Die Zuordnung lässt sich nicht lesen: {0}. Bitte mit dem Muster im Handbuch vergleichen.")]
    Syntax(String),
    /// Another version.
    #[error(
        "Die Zuordnung hat das Format {0}; dieses Programm liest Format 1. Bitte das Programm aktualisieren."
    )]
    Version(u32),
    /// A column of the mapping is not in the table.
    #[error("Die Spalte „{column}“ fehlt in der Tabelle. Vorhanden sind: {present}.")]
    ColumnMissing {
        /// The column wanted.
        column: String,
        /// The columns there are.
        present: String,
    },
    /// No column fills the name.
    #[error("Keine Spalte ist dem Namen des Angebots zugeordnet. Bitte eine Spalte für „Name“ wählen.")]
    NoName,
}

impl RowMapping {
    /// Reads a mapping from TOML.
    pub fn read(text: &str) -> Result<Self, MappingError> {
        let mapping: RowMapping =
            toml::from_str(text).map_err(|error| MappingError::Syntax(error.message().to_string()))?;
        if mapping.version == 1 { Ok(mapping) } else { Err(MappingError::Version(mapping.version)) }
    }

    /// The mapping as TOML.
    pub fn write(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }
}

/// What rows gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// Offers, in the order of their rows.
    pub offers: Vec<Offer>,
    /// Providers named in the rows.
    pub organizations: Vec<Organization>,
    /// Cells and rows that were refused; if there are any, nothing may be saved.
    pub refused: Vec<Refused>,
}

/// Makes offers from rows. The header is line 1, the first row line 2.
///
/// `existing` are the offers this source gave before: a row writes into the offer with its identifier, so fields
/// no column fills stay as they are. An empty cell changes nothing. Two rows with one key are refused.
pub fn offers_from_rows(
    header: &[String],
    rows: &[Vec<String>],
    mapping: &RowMapping,
    lists: &Vocabularies,
    existing: &BTreeMap<OfferId, Offer>,
) -> Result<Imported, MappingError> {
    let places = places(header, mapping)?;
    let mut out = Imported::default();
    let mut seen: BTreeMap<OfferId, u64> = BTreeMap::new();
    let mut organizations: BTreeMap<String, Organization> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate() {
        let line = number as u64 + 2;
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let mut reader = RowReader { line, mapping, lists, cells: BTreeMap::new(), refused: Vec::new() };
        reader.collect(row, &places);
        let offer = reader.offer(existing, &mut organizations);
        if reader.refused.is_empty()
            && let Some(first) = seen.insert(offer.id.clone(), line)
        {
            let message = format!("Dieselbe Zeile steht schon in Zeile {first}.");
            reader.refuse(
                "",
                &message,
                "Bitte eine der beiden Zeilen löschen oder einen eigenen Schlüssel geben.",
            );
        }
        out.refused.append(&mut reader.refused);
        out.offers.push(offer);
    }
    out.organizations = organizations.into_values().collect();
    Ok(out)
}

fn places<'a>(
    header: &[String],
    mapping: &'a RowMapping,
) -> Result<Vec<(usize, &'a ColumnMapping)>, MappingError> {
    let find = |wanted: &'a ColumnMapping| {
        let place = header.iter().position(|title| title.trim() == wanted.column.trim());
        place.map(|place| (place, wanted)).ok_or_else(|| MappingError::ColumnMissing {
            column: wanted.column.clone(),
            present: header.join(", "),
        })
    };
    let named = mapping.columns.iter().any(|one| one.target == Target::Name);
    if !named && !mapping.constants.contains_key(&Target::Name) {
        return Err(MappingError::NoName);
    }
    mapping.columns.iter().map(find).collect()
}

struct RowReader<'a> {
    line: u64,
    mapping: &'a RowMapping,
    lists: &'a Vocabularies,
    /// Text and title of the column by target.
    cells: BTreeMap<Target, (String, &'a str, &'a str)>,
    refused: Vec<Refused>,
}

impl<'a> RowReader<'a> {
    fn refuse(&mut self, column: &str, message: &str, remedy: &str) {
        let refused = Refused {
            line: self.line,
            column: column.into(),
            message: message.into(),
            remedy: remedy.into(),
        };
        self.refused.push(refused);
    }

    fn collect(&mut self, row: &[String], places: &[(usize, &'a ColumnMapping)]) {
        for (target, text) in &self.mapping.constants {
            self.cells.insert(*target, (text.trim().into(), "", ""));
        }
        for (place, column) in places {
            let text = row.get(*place).map(|cell| cell.trim()).unwrap_or_default();
            if text.chars().any(is_forbidden) {
                self.refuse(
                    &column.column,
                    "Die Zelle enthält unsichtbare Steuerzeichen.",
                    "Bitte den Text neu eintippen.",
                );
            } else if !text.is_empty() {
                let cell = self.cells.entry(column.target).or_insert_with(|| (String::new(), "", ""));
                // Two columns for one text are joined (street and house number); a constant gives way.
                let text = if cell.1.is_empty() { text.to_string() } else { format!("{} {text}", cell.0) };
                *cell = (text, &column.column, &column.separator);
            }
        }
    }

    fn text(&self, target: Target) -> Option<&str> {
        self.cells.get(&target).map(|(text, _, _)| text.as_str()).filter(|text| !text.is_empty())
    }

    fn offer(
        &mut self,
        existing: &BTreeMap<OfferId, Offer>,
        organizations: &mut BTreeMap<String, Organization>,
    ) -> Offer {
        let name = self.text(Target::Name).unwrap_or_default().to_string();
        if name.is_empty() {
            self.refuse(
                "",
                "Der Name des Angebots fehlt.",
                "Bitte den Namen eintragen oder die Zeile löschen.",
            );
        }
        let provider = self.text(Target::Organization).unwrap_or_default().to_string();
        let street = self.text(Target::Street).unwrap_or_default();
        let key =
            self.text(Target::Key).map_or_else(|| format!("{provider}\n{name}\n{street}"), str::to_string);
        let id = OfferId(derived_uuid(&["row", &self.mapping.source, &key]));
        let mut offer =
            existing.get(&id).cloned().unwrap_or_else(|| Offer::draft(id, OrganizationId::default()));
        if !provider.is_empty() {
            let id = derived_uuid(&["organization", &self.mapping.source, &provider.to_lowercase()]);
            offer.organization = OrganizationId(id.clone());
            offer.service.organization_id = id.clone();
            organizations.entry(id.clone()).or_insert_with(|| Organization {
                id,
                name: provider.clone(),
                description: provider,
                ..Organization::default()
            });
        }
        self.fill_service(&mut offer);
        self.fill_place(&mut offer);
        self.fill_prevention(&mut offer);
        offer
    }

    fn fill_service(&mut self, offer: &mut Offer) {
        let service = &mut offer.service;
        let set = |field: &mut String, text: Option<&str>| {
            if let Some(text) = text {
                *field = text.to_string();
            }
        };
        set(&mut service.name, self.text(Target::Name));
        set(&mut service.description, self.text(Target::Description));
        set(&mut service.email, self.text(Target::Email));
        set(&mut service.url, self.text(Target::Url));
        set(&mut service.fees_description, self.text(Target::Fees));
        set(&mut service.application_process, self.text(Target::Application));
        set(&mut service.eligibility_description, self.text(Target::Eligibility));
        let id = service.id.clone();
        if let Some(number) = self.text(Target::Phone) {
            let phone = Phone {
                id: derived_uuid(&["phone", &id]),
                number: number.into(),
                kind: "voice".into(),
                ..Phone::default()
            };
            put(&mut service.phones, phone, |one| &one.id);
        }
        if let Some(text) = self.text(Target::Opening) {
            service.schedules = opening::schedules_from_osm(text).unwrap_or_else(|| {
                vec![Schedule {
                    id: derived_uuid(&["schedule", &id]),
                    description: text.into(),
                    ..Schedule::default()
                }]
            });
        }
        let codes = self.codes(Target::Languages, "language");
        if !codes.is_empty() {
            let language = |code: &String| Language {
                id: derived_uuid(&["language", &id, code]),
                name: self.lists.name("language", code).into(),
                code: code.clone(),
                ..Language::default()
            };
            service.languages = codes.iter().map(language).collect();
        }
    }

    fn fill_place(&mut self, offer: &mut Offer) {
        let latitude = self.number(Target::Latitude, -90.0, 90.0);
        let longitude = self.number(Target::Longitude, -180.0, 180.0);
        let street = self.text(Target::Street).map(str::to_string);
        let any = street.is_some() || latitude.is_some() || self.text(Target::City).is_some();
        if !any {
            return;
        }
        let id = offer.id.0.clone();
        let place = derived_uuid(&["location", &id]);
        let sites = &mut offer.service.service_at_locations;
        let at = sites.iter().position(|one| one.location.as_deref().is_some_and(|one| one.id == place));
        let at = at.unwrap_or_else(|| {
            let location = Location { id: place, location_type: "physical".into(), ..Location::default() };
            let site = derived_uuid(&["site", &id]);
            sites.push(ServiceAtLocation {
                id: site,
                location: Some(Box::new(location)),
                ..Default::default()
            });
            sites.len() - 1
        });
        let Some(location) = sites[at].location.as_deref_mut() else { return };
        if latitude.is_some() && longitude.is_some() {
            (location.latitude, location.longitude) = (latitude, longitude);
        }
        if let Some(text) = self.text(Target::Accessibility) {
            let id = derived_uuid(&["accessibility", &id]);
            put(
                &mut location.accessibility,
                crate::hsds::Accessibility { id, description: text.into(), ..Default::default() },
                |one| &one.id,
            );
        }
        let address_id = derived_uuid(&["address", &id]);
        let old = location.addresses.iter().find(|one| one.id == address_id).cloned();
        let mut address = old.unwrap_or_else(|| Address {
            id: address_id,
            state_province: "Nordrhein-Westfalen".into(),
            country: "DE".into(),
            address_type: "physical".into(),
            ..Address::default()
        });
        for (field, text) in [
            (&mut address.address_1, street.as_deref()),
            (&mut address.postal_code, self.text(Target::PostalCode)),
            (&mut address.city, self.text(Target::City)),
        ] {
            if let Some(text) = text {
                *field = text.into();
            }
        }
        put(&mut location.addresses, address, |one| &one.id);
    }

    fn fill_prevention(&mut self, offer: &mut Offer) {
        let prevention = &mut offer.prevention;
        let fill = |field: &mut Vec<String>, found: Vec<String>| *field = found;
        let replace = |found: Vec<String>| (!found.is_empty()).then_some(found);
        if let Some(codes) = replace(self.codes(Target::LifePhases, "life_phase")) {
            prevention.life_phases = codes.iter().filter_map(|code| phase_from_slug(code)).collect();
        }
        if let Some(codes) = replace(self.codes(Target::Transitions, "transition")) {
            prevention.transitions = codes.into_iter().map(Transition).collect();
        }
        if let Some(codes) = replace(self.codes(Target::ActionFields, "action_field")) {
            prevention.action_fields = codes.into_iter().map(ActionField).collect();
        }
        if let Some(codes) = replace(self.codes(Target::TargetGroups, "target_group")) {
            prevention.target_groups = codes.into_iter().map(TargetGroup).collect();
        }
        if let Some(codes) = replace(self.codes(Target::Payers, "payer")) {
            prevention.payers = codes.into_iter().map(Payer).collect();
        }
        let one = |codes: Vec<String>| codes.into_iter().next();
        if let Some(code) = one(self.codes(Target::PreventionType, "prevention_type")) {
            prevention.prevention_type = PreventionType::from_slug(&code);
        }
        if let Some(code) = one(self.codes(Target::Access, "access")) {
            prevention.access = Access::from_slug(&code);
        }
        if let Some(code) = one(self.codes(Target::Evidence, "evidence")) {
            prevention.evidence = Evidence::from_slug(&code).unwrap_or_default();
        }
        if let Some(words) = replace(self.words(Target::LegalBasis)) {
            fill(&mut prevention.legal_basis, words);
        }
        if let Some(words) = replace(self.words(Target::Catchment)) {
            prevention.catchment = words.iter().map(AreaKey::new).collect();
        }
        if let Some(yes) = self.yes(Target::Pregnancy) {
            prevention.pregnancy = yes;
        }
        let count = |number: Option<f64>| number.map(|n| n as u32);
        prevention.places = count(self.number(Target::Places, 0.0, 1e9)).or(prevention.places);
        prevention.reached_per_year =
            count(self.number(Target::ReachedPerYear, 0.0, 1e9)).or(prevention.reached_per_year);
        if let Some(euros) = self.number(Target::FullCostEuros, 0.0, 1e12) {
            prevention.full_cost_cents_per_year = Some((euros * 100.0).round() as i64);
        }
        self.fill_age(offer);
    }

    fn fill_age(&mut self, offer: &mut Offer) {
        let months =
            (self.number(Target::AgeFromMonths, 0.0, 1200.0), self.number(Target::AgeToMonths, 0.0, 1200.0));
        let years =
            (self.number(Target::AgeFromYears, 0.0, 120.0), self.number(Target::AgeToYears, 0.0, 120.0));
        let age = match months {
            (None, None) if years == (None, None) => return,
            (None, None) => super::months_from_years(years.0, years.1),
            (from, to) => {
                let (from, to) = (from.unwrap_or(0.0) as u16, to.map_or(super::NO_UPPER_AGE, |to| to as u16));
                (from <= to).then_some((from, to))
            }
        };
        match age {
            Some(age) => offer.prevention.age_months = Some(age),
            None => self.refuse(
                "Alter",
                "Das niedrigste Alter liegt über dem höchsten.",
                "Bitte beide Angaben prüfen.",
            ),
        }
    }

    fn words(&self, target: Target) -> Vec<String> {
        let Some((text, _, separator)) = self.cells.get(&target) else { return Vec::new() };
        let text = if separator.is_empty() { text.clone() } else { text.replace(separator, ";") };
        let mut seen = BTreeSet::new();
        let words = text.split([';', '\n']).map(|word| word.trim().to_string());
        words.filter(|word| !word.is_empty() && seen.insert(word.clone())).collect()
    }

    /// Codes of the words in a cell; words the list does not know are refused.
    fn codes(&mut self, target: Target, list: &str) -> Vec<String> {
        let mut codes = Vec::new();
        for word in self.words(target) {
            match self.lists.find(list, &word) {
                Some(term) if codes.contains(&term.code) => {}
                Some(term) => codes.push(term.code.clone()),
                None => {
                    let names = self
                        .lists
                        .list(list)
                        .into_iter()
                        .flat_map(|list| &list.terms)
                        .map(|term| term.name.as_str());
                    let remedy = format!("Möglich sind: {}.", names.collect::<Vec<_>>().join(", "));
                    let column = self.column(target);
                    self.refuse(&column, &format!("„{word}“ steht nicht in der Liste."), &remedy);
                }
            }
        }
        codes
    }

    fn column(&self, target: Target) -> String {
        self.cells.get(&target).map(|(_, column, _)| column.to_string()).unwrap_or_default()
    }

    /// A number in German (`1.234,5`) or plain (`1234.5`) writing, within limits.
    fn number(&mut self, target: Target, least: f64, most: f64) -> Option<f64> {
        let text = self.text(target)?.trim_end_matches(['€', ' ']).to_string();
        let degrees = matches!(target, Target::Latitude | Target::Longitude);
        let found = read_number(&text, degrees).filter(|number| (least..=most).contains(number));
        if found.is_none() {
            let column = self.column(target);
            let message = format!("„{text}“ ist keine Zahl zwischen {least} und {most}.");
            self.refuse(&column, &message, "Bitte nur die Zahl eintragen.");
        }
        found
    }

    fn yes(&mut self, target: Target) -> Option<bool> {
        let word = self.text(target)?.to_lowercase();
        match word.as_str() {
            "ja" | "j" | "x" | "1" | "wahr" | "true" | "yes" => Some(true),
            "nein" | "n" | "0" | "falsch" | "false" | "no" | "-" => Some(false),
            _ => {
                let column = self.column(target);
                self.refuse(
                    &column,
                    &format!("„{word}“ heißt weder ja noch nein."),
                    "Bitte „ja“ oder „nein“ eintragen.",
                );
                None
            }
        }
    }
}

/// Reads `1.234,56`, `1234,56`, `1234.56` and `1.234`. A single point before exactly three digits separates
/// thousands, except in degrees.
fn read_number(text: &str, degrees: bool) -> Option<f64> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\'').collect();
    let plain = match (text.contains(','), text.rsplit_once('.')) {
        (true, _) => text.replace('.', "").replace(',', "."),
        (false, Some((_, tail))) if !degrees && tail.len() == 3 => text.replace('.', ""),
        _ => text,
    };
    plain.parse().ok().filter(|number: &f64| number.is_finite())
}

fn put<T>(list: &mut Vec<T>, item: T, id: impl Fn(&T) -> &String) {
    match list.iter_mut().find(|one| id(one) == id(&item)) {
        Some(place) => *place = item,
        None => list.push(item),
    }
}

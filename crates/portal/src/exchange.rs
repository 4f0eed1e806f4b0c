//! Offers as files: lists for spreadsheets, maps, calendars, search engines, paper.

use crate::portal::blocking;
use crate::{Moment, Portal, PortalError};
use kekiz_offers::exchange::{csv_list, geojson, schema_org, write_calendar};
use kekiz_offers::opening::{Hours, german_text};
use kekiz_offers::{Offer, derived_uuid};
use kekiz_report::{ListEntry, ListInput, render_list};
use serde_json::json;
use std::sync::Arc;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A list for spreadsheets.
    Csv,
    /// Places for maps.
    GeoJson,
    /// Opening times for calendars.
    ICal,
    /// schema.org for search engines.
    JsonLd,
    /// A list on paper.
    Pdf,
}

impl FileKind {
    /// The kind of a file's ending.
    pub fn from_ending(ending: &str) -> Option<Self> {
        Some(match ending {
            "csv" => Self::Csv,
            "geojson" => Self::GeoJson,
            "ics" => Self::ICal,
            "jsonld" => Self::JsonLd,
            "pdf" => Self::Pdf,
            _ => return None,
        })
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::GeoJson => "application/geo+json",
            Self::ICal => "text/calendar; charset=utf-8",
            Self::JsonLd => "application/ld+json",
            Self::Pdf => "application/pdf",
        }
    }

    /// Most offers a file of this kind holds: a printed list of more is of no use.
    pub fn most(self) -> usize {
        match self {
            Self::Pdf => 500,
            _ => 10_000,
        }
    }
}

impl Portal {
    /// Offers as a file. `title` heads it; the same offers on the same day give the same bytes.
    pub async fn file(
        &self,
        kind: FileKind,
        title: &str,
        offers: Vec<Arc<Offer>>,
        moment: &Moment,
    ) -> Result<Vec<u8>, PortalError> {
        let pretty = |value: &serde_json::Value| serde_json::to_vec_pretty(value).unwrap_or_default();
        let owned = || offers.iter().map(|one| (**one).clone()).collect::<Vec<Offer>>();
        let today = moment.local.date();
        Ok(match kind {
            FileKind::Csv => {
                let providers = self.providers();
                let name = |id: &str| providers.get(id).map(|one| one.name.clone()).unwrap_or_default();
                csv_list(&owned(), &name, &self.lists().terms)
            }
            FileKind::GeoJson => pretty(&geojson(&owned())),
            FileKind::ICal => write_calendar(&owned(), title, today, moment.local).into_bytes(),
            FileKind::JsonLd => {
                let base = self.config().base_url.trim_end_matches('/');
                let one = |offer: &Arc<Offer>| {
                    let mut value = schema_org(
                        offer,
                        self.provider(&offer.organization).as_ref(),
                        &format!("{base}/hilfe/{}", offer.id),
                    );
                    if let Some(map) = value.as_object_mut() {
                        map.remove("@context");
                    }
                    value
                };
                let graph: Vec<_> = offers.iter().map(one).collect();
                pretty(&json!({ "@context": "https://schema.org", "@graph": graph }))
            }
            FileKind::Pdf => {
                let input = self.printed(title, &offers, moment);
                blocking(move || render_list(&input))
                    .await?
                    .map_err(|error| PortalError::Report(error.to_string()))?
            }
        })
    }

    fn printed(&self, title: &str, offers: &[Arc<Offer>], moment: &Moment) -> ListInput {
        let ids: Vec<String> = offers.iter().map(|one| format!("{} {}", one.id, one.revision)).collect();
        let parts: Vec<&str> = ids.iter().map(String::as_str).collect();
        let number = offers.len();
        ListInput {
            title: title.to_string(),
            subtitle: if number == 1 { "1 Angebot".into() } else { format!("{number} Angebote") },
            as_of: moment.local.date(),
            operator: self.config().title.clone(),
            identifier: derived_uuid(&parts),
            entries: offers.iter().map(|offer| self.printed_entry(offer)).collect(),
            notes: Vec::new(),
        }
    }

    fn printed_entry(&self, offer: &Offer) -> ListEntry {
        let service = &offer.service;
        let addresses = offer.addresses();
        let address = addresses
            .first()
            .map(|one| format!("{}, {} {}", one.address_1.trim(), one.postal_code.trim(), one.city.trim()));
        let phones: Vec<&str> = service
            .phones
            .iter()
            .chain(offer.locations().flat_map(|place| &place.phones))
            .map(|phone| phone.number.trim())
            .collect();
        let facts = [
            ("Ort", address.unwrap_or_default()),
            ("Geöffnet", german_text(Hours::of(offer).schedules())),
            ("Telefon", phones.join(", ")),
            ("E-Mail", service.email.trim().to_string()),
            ("Internet", service.url.trim().to_string()),
            ("Kosten", service.fees_description.trim().to_string()),
        ];
        ListEntry {
            title: service.name.clone(),
            subtitle: self.provider_of(offer),
            text: shortened(&service.description),
            facts: facts
                .into_iter()
                .filter(|(_, value)| !value.trim_matches([' ', ',']).is_empty())
                .map(|(label, value)| (label.to_string(), value.replace('\n', "; ")))
                .collect(),
        }
    }
}

/// The first sentences of a text, up to 300 characters.
fn shortened(text: &str) -> String {
    const MOST: usize = 300;
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.chars().count() <= MOST {
        return plain;
    }
    let cut: String = plain.chars().take(MOST).collect();
    match cut.rfind(". ") {
        Some(end) => cut[..=end].to_string(),
        None => format!("{} …", cut.rsplit_once(' ').map_or(cut.as_str(), |(before, _)| before)),
    }
}

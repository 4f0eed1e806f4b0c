//! An offer: what a family finds, what a provider keeps, what a coordinator counts.

use crate::hsds::{Address, Location, Service};
use crate::{OfferId, OrganizationId, Prevention};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Where an offer is in its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferState {
    /// Not public yet; may be incomplete.
    #[default]
    Draft,
    /// Public and checked.
    Published,
    /// Public, but its provider has been asked whether it still holds.
    Due,
    /// Public with a warning, since nobody answered.
    Greyed,
    /// No longer public; kept.
    Archived,
}

impl OfferState {
    /// All states in their order.
    pub const ALL: [OfferState; 5] = [Self::Draft, Self::Published, Self::Due, Self::Greyed, Self::Archived];

    /// Name in files, columns and URLs.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Due => "due",
            Self::Greyed => "greyed",
            Self::Archived => "archived",
        }
    }

    /// The state of that name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.slug() == slug)
    }

    /// German name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Entwurf",
            Self::Published => "veröffentlicht",
            Self::Due => "Prüfung fällig",
            Self::Greyed => "lange nicht geprüft",
            Self::Archived => "archiviert",
        }
    }

    /// Whether families see the offer.
    pub fn is_public(self) -> bool {
        matches!(self, Self::Published | Self::Due | Self::Greyed)
    }
}

/// A language tag of BCP 47: `de`, `en`, `tr`, `uk`, `ar`; `de-simple` is German in Leichte Sprache.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LanguageTag(String);

impl LanguageTag {
    /// German in Leichte Sprache (variant `simple` of the IANA registry).
    pub const EASY_GERMAN: &'static str = "de-simple";

    /// Reads a tag: parts of 1 to 8 letters or digits joined by `-`, the first of 2 or 3 letters. Case is
    /// lowered, `_` is read as `-`. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let tag = text.trim().replace('_', "-").to_ascii_lowercase();
        let mut parts = tag.split('-');
        let first = parts.next()?;
        let plain =
            |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
        let ok = (2..=3).contains(&first.len())
            && first.bytes().all(|b| b.is_ascii_alphabetic())
            && parts.all(plain);
        (ok && tag.len() <= 35).then_some(Self(tag))
    }

    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The texts of an offer in one further language. Empty text: not translated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OfferText {
    /// Name of the offer.
    pub name: String,
    /// One sentence for lists.
    pub summary: String,
    /// Description.
    pub description: String,
    /// For whom.
    pub eligibility: String,
    /// How to take part.
    pub application: String,
    /// What it costs.
    pub fees: String,
    /// Opening times in words.
    pub opening: String,
    /// Whether a machine translated it and nobody has read it yet.
    pub machine: bool,
}

/// Fields that are checked together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldGroup {
    /// Name and texts.
    Description,
    /// Telephone, mail, web, persons.
    Contact,
    /// Places and addresses.
    Place,
    /// Opening times.
    Schedule,
    /// Price and how to take part.
    Access,
    /// For whom: age, languages, target groups.
    Audience,
    /// Prevention attributes used for planning.
    Prevention,
}

impl FieldGroup {
    /// All groups in the order of the form.
    pub const ALL: [FieldGroup; 7] = [
        Self::Description,
        Self::Contact,
        Self::Place,
        Self::Schedule,
        Self::Access,
        Self::Audience,
        Self::Prevention,
    ];

    /// German name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Description => "Beschreibung",
            Self::Contact => "Kontakt",
            Self::Place => "Ort",
            Self::Schedule => "Öffnungszeiten",
            Self::Access => "Kosten und Anmeldung",
            Self::Audience => "Für wen",
            Self::Prevention => "Angaben für die Planung",
        }
    }
}

/// Who confirmed a group of fields, when, and from which source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Day of the check.
    pub at: Date,
    /// Account, office or import that checked; never shown to the public.
    #[serde(default)]
    pub by: String,
    /// Where the entry comes from (`Eintrag des Trägers`, file of an import).
    #[serde(default)]
    pub source: String,
}

/// An offer of help.
///
/// `service` is what the world sees in HSDS, with its places (`service_at_locations[].location`), opening
/// times and contacts; `prevention` is what planning needs. Stored as one JSON document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// Identifier; equal to `service.id`.
    pub id: OfferId,
    /// The provider; equal to `service.organization_id` where that is set.
    pub organization: OrganizationId,
    /// Where the offer is in its life.
    pub state: OfferState,
    /// The offer in the words of HSDS.
    pub service: Service,
    /// What planning needs.
    #[serde(default)]
    pub prevention: Prevention,
    /// Translations and Leichte Sprache; the German text itself is in `service`.
    #[serde(default)]
    pub texts: BTreeMap<LanguageTag, OfferText>,
    /// Last check of each group of fields.
    #[serde(default)]
    pub checks: BTreeMap<FieldGroup, Check>,
    /// Counts up with every saved change.
    #[serde(default)]
    pub revision: u64,
}

impl Offer {
    /// An empty draft of a provider.
    pub fn draft(id: OfferId, organization: OrganizationId) -> Self {
        let service = Service {
            id: id.0.clone(),
            organization_id: organization.0.clone(),
            status: "active".into(),
            ..Service::default()
        };
        Self { id, organization, service, ..Self::default() }
    }

    /// Name of the offer.
    pub fn name(&self) -> &str {
        &self.service.name
    }

    /// The places of the offer, in their order.
    pub fn locations(&self) -> impl Iterator<Item = &Location> {
        self.service.service_at_locations.iter().filter_map(|at| at.location.as_deref())
    }

    /// Addresses of all places, visiting addresses before postal ones.
    pub fn addresses(&self) -> Vec<&Address> {
        let mut found: Vec<&Address> = self.locations().flat_map(|place| &place.addresses).collect();
        found.sort_by_key(|address| address.address_type != "physical");
        found
    }

    /// Coordinates of all places as (longitude, latitude) in degrees; places without them are left out.
    pub fn points(&self) -> Vec<(f64, f64)> {
        let in_range = |&(x, y): &(f64, f64)| (-180.0..=180.0).contains(&x) && (-90.0..=90.0).contains(&y);
        self.locations().filter_map(|place| place.longitude.zip(place.latitude)).filter(in_range).collect()
    }

    /// The oldest check of the groups that were ever checked: until then everything is confirmed.
    pub fn last_checked(&self) -> Option<Date> {
        self.checks.values().map(|check| check.at).min()
    }
}

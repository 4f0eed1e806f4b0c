//! Filters as sets of rows.

use super::query::{Age, OpenTest, PriceLimit, Query};
use crate::bits::Bits;
use crate::entry::Price;
use crate::index::{Columns, Origin, Snapshot};
use kekiz_offers::phase_slug;
use std::fmt;

/// A filter of a query, as people know it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Filter {
    /// The words.
    Text,
    /// Distance.
    Radius,
    /// Age or pregnancy.
    Age,
    /// Phase of life.
    LifePhase,
    /// Action field.
    ActionField,
    /// Target group.
    TargetGroup,
    /// Language.
    Language,
    /// Price.
    Price,
    /// Wheelchair.
    Wheelchair,
    /// Postal code.
    PostalCode,
    /// Area.
    Area,
    /// Provider.
    Organization,
    /// Opening times, with the label of the question.
    Open(String),
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "Suchwörter",
            Self::Radius => "Umkreis",
            Self::Age => "Alter",
            Self::LifePhase => "Lebensphase",
            Self::ActionField => "Handlungsfeld",
            Self::TargetGroup => "Zielgruppe",
            Self::Language => "Sprache",
            Self::Price => "Kosten",
            Self::Wheelchair => "mit Rollstuhl",
            Self::PostalCode => "Postleitzahl",
            Self::Area => "Gebiet",
            Self::Organization => "Träger",
            Self::Open(label) => label,
        })
    }
}

/// The filters of a query with the living rows that pass each alone. Text is not among them.
pub(crate) fn masks(snapshot: &Snapshot, query: &Query, open: &[OpenTest<'_>]) -> Vec<(Filter, Bits)> {
    let columns: &Columns = &snapshot.columns;
    let len = columns.len();
    let mut masks = Vec::new();
    if let Some((near, radius)) = query.near.and_then(|near| Some((near, near.radius_m?))) {
        let origin = Origin::new(near.point);
        let within =
            |row| columns.remote.has(row) || columns.distance(row, &origin).is_some_and(|(m, _)| m <= radius);
        masks.push((Filter::Radius, Bits::collect(len, within)));
    }
    match query.age {
        Some(Age::Pregnancy) => masks.push((Filter::Age, columns.pregnancy.clone())),
        Some(Age::Months(age)) => {
            let fits = |row: usize| columns.ages[row].0 <= age && age <= columns.ages[row].1;
            masks.push((Filter::Age, Bits::collect(len, fits)));
        }
        None => {}
    }
    let phases: Vec<String> = query.life_phases.iter().map(|phase| phase_slug(*phase).to_string()).collect();
    for (filter, tags, values) in [
        (Filter::LifePhase, &columns.life_phases, &phases),
        (Filter::ActionField, &columns.action_fields, &query.action_fields),
        (Filter::TargetGroup, &columns.target_groups, &query.target_groups),
        (Filter::Language, &columns.languages, &query.languages),
        (Filter::PostalCode, &columns.postal_codes, &query.postal_codes),
        (Filter::Area, &columns.areas, &query.areas),
    ] {
        if !values.is_empty() {
            masks.push((filter, tags.any(values, len)));
        }
    }
    match query.price {
        Some(PriceLimit::Free) => masks.push((Filter::Price, columns.free.clone())),
        Some(PriceLimit::AtMostCents(most)) => {
            let fits = |row: usize| match columns.prices[row] {
                Price::Free => true,
                Price::FromCents(cents) => cents <= most,
                Price::Unknown => false,
            };
            masks.push((Filter::Price, Bits::collect(len, fits)));
        }
        None => {}
    }
    if query.wheelchair {
        masks.push((Filter::Wheelchair, columns.wheelchair.clone()));
    }
    if let Some(organization) = &query.organization {
        let number = columns.organizations.find(organization);
        let of_it = |row: usize| number == Some(columns.organization[row]);
        masks.push((Filter::Organization, Bits::collect(len, of_it)));
    }
    for test in open {
        let rows = snapshot.open_rows(test.key, test.is_open);
        masks.push((Filter::Open(test.label.to_string()), rows));
    }
    masks
}

/// The living rows that pass all filters but those named.
pub(crate) fn passing(columns: &Columns, masks: &[(Filter, Bits)], without: &[Filter]) -> Bits {
    let mut rows = columns.live.clone();
    for (filter, mask) in masks {
        if !without.contains(filter) {
            rows.keep(mask);
        }
    }
    rows
}

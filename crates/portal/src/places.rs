//! Places by the words people type: addresses, postal codes, parts of the town; from imported tables only.

use crate::people::{Action, Object};
use crate::{Actor, Portal, PortalError};
use kekiz_base::Diagnostics;
use kekiz_search::address::{AddressRow, AddressTable, read_addresses};
use kekiz_store::addresses::{self, Address};
use serde_json::json;
use std::sync::{Arc, PoisonError, RwLock};

/// What became of a typed place.
#[derive(Clone, Debug, PartialEq)]
pub enum PlaceFound {
    /// One place, the likeliest.
    One {
        /// Its name as the table writes it.
        name: String,
        /// Longitude and latitude.
        point: (f64, f64),
        /// What else the words may mean.
        others: Vec<String>,
    },
    /// Nobody knows it.
    Unknown {
        /// As typed.
        typed: String,
    },
}

impl PlaceFound {
    /// Where it is.
    pub fn point(&self) -> Option<(f64, f64)> {
        match self {
            PlaceFound::One { point, .. } => Some(*point),
            PlaceFound::Unknown { .. } => None,
        }
    }
}

/// The address table of a portal, replaced as a whole.
#[derive(Default)]
pub(crate) struct Places(RwLock<Arc<AddressTable>>);

impl Places {
    fn now(&self) -> Arc<AddressTable> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Portal {
    /// Where a typed place is.
    pub fn locate(&self, typed: &str) -> PlaceFound {
        let mut found = self.places().now().look_up(typed).into_iter();
        match found.next() {
            Some(best) => PlaceFound::One {
                name: best.label,
                point: best.point,
                others: found.take(4).map(|one| one.label).collect(),
            },
            None => PlaceFound::Unknown { typed: typed.trim().to_string() },
        }
    }

    /// How many addresses are known.
    pub fn addresses(&self) -> usize {
        self.places().now().len()
    }

    /// Reads the address table again.
    pub async fn reload_places(&self) -> Result<(), PortalError> {
        let mut rows = Vec::new();
        addresses::for_each(self.db(), |one| {
            rows.push(AddressRow {
                street: one.street,
                house_number: one.house_number,
                postal_code: one.postcode,
                town: one.place,
                district: one.district,
                point: (one.longitude, one.latitude),
            });
        })
        .await?;
        *self.places().0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(AddressTable::new(rows));
        Ok(())
    }

    /// Replaces the addresses that came from a file, all or none; gives their number and what was left out.
    pub async fn import_address_file(
        &self,
        actor: &Actor,
        source: &str,
        bytes: &[u8],
    ) -> Result<(u64, Diagnostics), PortalError> {
        let (rows, findings) =
            read_addresses(source, bytes).map_err(|error| PortalError::Import(error.to_string()))?;
        Ok((self.import_addresses(actor, source, rows).await?, findings))
    }

    /// Replaces the addresses of a source, all or none; gives their number.
    pub async fn import_addresses(
        &self,
        actor: &Actor,
        source: &str,
        rows: Vec<AddressRow>,
    ) -> Result<u64, PortalError> {
        actor.must(Action::ImportAddresses, &Object::everything(), "Adressen einlesen")?;
        let mut writing = self.begin(actor, "").await?;
        // Source and line are set by the store.
        let kept = |row: AddressRow| Address {
            source: String::new(),
            line: 0,
            street: row.street,
            house_number: row.house_number,
            postcode: row.postal_code,
            place: row.town,
            district: row.district,
            area: String::new(),
            latitude: row.point.1,
            longitude: row.point.0,
        };
        let count = addresses::replace(&writing.tx, source, rows.into_iter().map(kept)).await?;
        writing.note("addresses.imported", "addresses", source, json!({ "count": count }));
        writing.finish().await?;
        self.reload_places().await?;
        Ok(count)
    }
}

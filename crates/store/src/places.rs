//! Organisations and places, kept in the words of HSDS.

use crate::records::{Columns, Recorded};
use kekiz_offers::hsds::{Location, Organization};

impl Recorded for Organization {
    const KIND: &'static str = "organization";
    fn columns(&self) -> Columns {
        Columns {
            id: self.id.clone(),
            parent: self.parent_organization_id.clone(),
            title: self.name.clone(),
            ..Columns::default()
        }
    }
}

impl Recorded for Location {
    const KIND: &'static str = "location";
    fn columns(&self) -> Columns {
        Columns {
            id: self.id.clone(),
            parent: self.organization_id.clone(),
            title: self.name.clone(),
            ..Columns::default()
        }
    }
}

//! Places.
//!
//! Source: Open Referral, Human Services Data Specification 3.0 and 3.1 (<https://docs.openreferral.org>), and the
//! profile of Open Referral UK. Text is empty and numbers are `None` where a field is absent.

use crate::hsds::record::record;
use crate::hsds::{Attribute, Contact, Language, Metadata, Phone, Schedule, ServiceArea};

record! {
    /// A place where services are given, physical or virtual.
    Location = "location" {
        /// Identifier (UUID).
        id: String,
        /// `physical`, `postal` or `virtual`.
        location_type: String,
        /// Url.
        url: String,
        /// Identifier of the organization.
        organization_id: String,
        /// Name.
        name: String,
        /// Alternate name.
        alternate_name: String,
        /// Description.
        description: String,
        /// Transportation.
        transportation: String,
        /// Latitude in degrees (WGS 84).
        latitude: Option<f64>,
        /// Longitude in degrees (WGS 84).
        longitude: Option<f64>,
        /// External identifier.
        external_identifier: String,
        /// External identifier type.
        external_identifier_type: String,
        /// Languages.
        languages: Vec<Language>,
        /// Addresses.
        addresses: Vec<Address>,
        /// Contacts.
        contacts: Vec<Contact>,
        /// Accessibility.
        accessibility: Vec<Accessibility>,
        /// Phones.
        phones: Vec<Phone>,
        /// Schedules.
        schedules: Vec<Schedule>,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

record! {
    /// A service as it is given at one location.
    ServiceAtLocation = "service_at_location" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the service.
        service_id: String,
        /// Identifier of the location.
        location_id: String,
        /// Description.
        description: String,
        /// Service areas. Since 3.1.
        service_areas: Vec<ServiceArea>,
        /// Contacts.
        contacts: Vec<Contact>,
        /// Phones.
        phones: Vec<Phone>,
        /// Schedules.
        schedules: Vec<Schedule>,
        /// Location.
        location: Option<Box<Location>>,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

record! {
    /// An address of a location.
    Address = "address" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the location.
        location_id: String,
        /// Attention.
        attention: String,
        /// Address 1.
        address_1: String,
        /// Address 2.
        address_2: String,
        /// City.
        city: String,
        /// Region.
        region: String,
        /// State province.
        state_province: String,
        /// Postal code.
        postal_code: String,
        /// Country.
        country: String,
        /// `physical`, `postal` or `virtual`.
        address_type: String,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

record! {
    /// How a location can be entered and used.
    Accessibility = "accessibility" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the location.
        location_id: String,
        /// Description.
        description: String,
        /// Details.
        details: String,
        /// Url.
        url: String,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
        /// Accessibility. Only in the profile of Open Referral UK.
        accessibility: String,
    }
}

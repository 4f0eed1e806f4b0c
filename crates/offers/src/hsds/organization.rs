//! Organizations and how to reach them.
//!
//! Source: Open Referral, Human Services Data Specification 3.0 and 3.1 (<https://docs.openreferral.org>), and the
//! profile of Open Referral UK. Text is empty and numbers are `None` where a field is absent.

use crate::hsds::record::record;
use crate::hsds::{Attribute, Funding, Language, Location, Metadata, Service};

record! {
    /// A body that provides services (a provider, in German law a Träger).
    Organization = "organization" {
        /// Identifier (UUID).
        id: String,
        /// Name.
        name: String,
        /// Alternate name.
        alternate_name: String,
        /// Description.
        description: String,
        /// Email.
        email: String,
        /// Website.
        website: String,
        /// Additional websites. Since 3.1.
        additional_websites: Vec<Url>,
        /// Tax status.
        tax_status: String,
        /// Identifier of the tax.
        tax_id: String,
        /// Year incorporated.
        year_incorporated: Option<f64>,
        /// Legal status.
        legal_status: String,
        /// Logo.
        logo: String,
        /// Uri.
        uri: String,
        /// Identifier of the parent organization.
        parent_organization_id: String,
        /// Funding.
        funding: Vec<Funding>,
        /// Contacts.
        contacts: Vec<Contact>,
        /// Phones.
        phones: Vec<Phone>,
        /// Locations.
        locations: Vec<Location>,
        /// Programs.
        programs: Vec<Program>,
        /// Organization identifiers.
        organization_identifiers: Vec<OrganizationIdentifier>,
        /// Services.
        services: Vec<Service>,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

record! {
    /// A programme that groups services of one organization.
    Program = "program" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the organization.
        organization_id: String,
        /// Name.
        name: String,
        /// Alternate name.
        alternate_name: String,
        /// Description.
        description: String,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

record! {
    /// A further web address (since 3.1).
    Url = "url" {
        /// Identifier (UUID).
        id: String,
        /// Label.
        label: String,
        /// Url.
        url: String,
        /// Identifier of the organization.
        organization_id: String,
        /// Identifier of the service.
        service_id: String,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

record! {
    /// An identifier of an organization in a register.
    OrganizationIdentifier = "organization_identifier" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the organization.
        organization_id: String,
        /// Identifier scheme.
        identifier_scheme: String,
        /// Identifier type.
        identifier_type: String,
        /// Identifier.
        identifier: String,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

record! {
    /// A person or desk to turn to.
    Contact = "contact" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the organization.
        organization_id: String,
        /// Identifier of the service.
        service_id: String,
        /// Identifier of the service at location.
        service_at_location_id: String,
        /// Identifier of the location.
        location_id: String,
        /// Name.
        name: String,
        /// Title.
        title: String,
        /// Department.
        department: String,
        /// Email.
        email: String,
        /// Phones.
        phones: Vec<Phone>,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

record! {
    /// A telephone number.
    Phone = "phone" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the location.
        location_id: String,
        /// Identifier of the service.
        service_id: String,
        /// Identifier of the organization.
        organization_id: String,
        /// Identifier of the contact.
        contact_id: String,
        /// Identifier of the service at location.
        service_at_location_id: String,
        /// Number.
        number: String,
        /// Extension.
        extension: Option<f64>,
        /// Type.
        kind as "type": String,
        /// Description.
        description: String,
        /// Languages.
        languages: Vec<Language>,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

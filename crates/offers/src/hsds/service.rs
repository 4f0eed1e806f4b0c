//! Services and what belongs to them.
//!
//! Source: Open Referral, Human Services Data Specification 3.0 and 3.1 (<https://docs.openreferral.org>), and the
//! profile of Open Referral UK. Text is empty and numbers are `None` where a field is absent.

use crate::hsds::record::record;
use crate::hsds::{Attribute, Contact, Metadata, Organization, Phone, Program, ServiceAtLocation, Url};

record! {
    /// A service: what an offer is called in the standard.
    Service = "service" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the organization.
        organization_id: String,
        /// Identifier of the program.
        program_id: String,
        /// Name.
        name: String,
        /// Alternate name.
        alternate_name: String,
        /// Description.
        description: String,
        /// Url.
        url: String,
        /// Additional urls. Since 3.1.
        additional_urls: Vec<Url>,
        /// Email.
        email: String,
        /// `active`, `inactive`, `defunct` or `temporarily closed`.
        status: String,
        /// Interpretation services.
        interpretation_services: String,
        /// Application process.
        application_process: String,
        /// Fees description.
        fees_description: String,
        /// Wait time.
        wait_time: String,
        /// Fees.
        fees: String,
        /// Accreditations.
        accreditations: String,
        /// Eligibility description.
        eligibility_description: String,
        /// Lowest age in years; may be a fraction.
        minimum_age: Option<f64>,
        /// Highest age in years; may be a fraction.
        maximum_age: Option<f64>,
        /// Day the entry was last checked (ISO 8601).
        assured_date: String,
        /// Who checked it.
        assurer_email: String,
        /// Licenses.
        licenses: String,
        /// Alert.
        alert: String,
        /// When it was last changed (ISO 8601).
        last_modified: String,
        /// Phones.
        phones: Vec<Phone>,
        /// Schedules.
        schedules: Vec<Schedule>,
        /// Service areas.
        service_areas: Vec<ServiceArea>,
        /// Service at locations.
        service_at_locations: Vec<ServiceAtLocation>,
        /// Languages.
        languages: Vec<Language>,
        /// Organization.
        organization: Option<Box<Organization>>,
        /// Funding.
        funding: Vec<Funding>,
        /// Cost options.
        cost_options: Vec<CostOption>,
        /// Program.
        program: Option<Box<Program>>,
        /// Required documents.
        required_documents: Vec<RequiredDocument>,
        /// Contacts.
        contacts: Vec<Contact>,
        /// Capacities. Since 3.1.
        capacities: Vec<ServiceCapacity>,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

record! {
    /// When a service or location is open: a recurrence rule of RFC 5545 in fields.
    Schedule = "schedule" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the service.
        service_id: String,
        /// Identifier of the location.
        location_id: String,
        /// Identifier of the service at location.
        service_at_location_id: String,
        /// First day of validity (ISO 8601).
        valid_from: String,
        /// Last day of validity (ISO 8601).
        valid_to: String,
        /// First date (ISO 8601).
        dtstart: String,
        /// Offset from UTC in hours.
        timezone: Option<f64>,
        /// Last date (ISO 8601).
        until: String,
        /// How many times.
        count: Option<f64>,
        /// First day of the week.
        wkst: String,
        /// `WEEKLY` or `MONTHLY` (others are kept).
        freq: String,
        /// Every how many weeks or months.
        interval: Option<f64>,
        /// Days of the week: `MO,WE` or `1MO,-1FR`.
        byday: String,
        /// Weeks of the year (ISO 8601).
        byweekno: String,
        /// Days of the month: `1,15,-1`.
        bymonthday: String,
        /// Days of the year.
        byyearday: String,
        /// Description.
        description: String,
        /// Opening time, `HH:MM` with optional seconds and zone.
        opens_at: String,
        /// Closing time, `HH:MM` with optional seconds and zone.
        closes_at: String,
        /// Schedule link.
        schedule_link: String,
        /// How one takes part.
        attending_type: String,
        /// Notes.
        notes: String,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

record! {
    /// The area a service is for.
    ServiceArea = "service_area" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the service.
        service_id: String,
        /// Identifier of the service at location. Since 3.1.
        service_at_location_id: String,
        /// Name.
        name: String,
        /// Description.
        description: String,
        /// Extent.
        extent: String,
        /// Extent type.
        extent_type: String,
        /// Uri.
        uri: String,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
        /// Service area. Only in the profile of Open Referral UK.
        service_area: String,
    }
}

record! {
    /// Places of a service (since 3.1).
    ServiceCapacity = "service_capacity" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the service.
        service_id: String,
        /// Unit.
        unit: Option<Box<Unit>>,
        /// Identifier of the unit.
        unit_id: String,
        /// Available.
        available: Option<f64>,
        /// Maximum.
        maximum: Option<f64>,
        /// Description.
        description: String,
        /// Updated.
        updated: String,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

record! {
    /// What a capacity counts (since 3.1).
    Unit = "unit" {
        /// Identifier (UUID).
        id: String,
        /// Name.
        name: String,
        /// Scheme.
        scheme: String,
        /// Identifier.
        identifier: String,
        /// Uri.
        uri: String,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

record! {
    /// A language a service is given in.
    Language = "language" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the service.
        service_id: String,
        /// Identifier of the location.
        location_id: String,
        /// Identifier of the phone.
        phone_id: String,
        /// Name.
        name: String,
        /// Code (languages: ISO 639).
        code: String,
        /// Note.
        note: String,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

record! {
    /// A price, and for whom it holds.
    CostOption = "cost_option" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the service.
        service_id: String,
        /// First day of validity (ISO 8601).
        valid_from: String,
        /// Last day of validity (ISO 8601).
        valid_to: String,
        /// Option.
        option: String,
        /// Currency (ISO 4217).
        currency: String,
        /// Amount in units of the currency.
        amount: Option<f64>,
        /// Amount description.
        amount_description: String,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

record! {
    /// Where the money of a service comes from.
    Funding = "funding" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the organization.
        organization_id: String,
        /// Identifier of the service.
        service_id: String,
        /// Source.
        source: String,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

record! {
    /// A document people must bring.
    RequiredDocument = "required_document" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the service.
        service_id: String,
        /// Document.
        document: String,
        /// Uri.
        uri: String,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}

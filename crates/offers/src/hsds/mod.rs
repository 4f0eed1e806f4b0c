//! The Human Services Data Specification (HSDS) 3.0 and 3.1 of Open Referral: objects, pages of lists, tables.

mod location;
mod organization;
mod record;
mod service;
mod vocabulary;

pub use location::{Accessibility, Address, Location, ServiceAtLocation};
pub use organization::{Contact, Organization, OrganizationIdentifier, Phone, Program, Url};
pub use record::{Field, More, Record, Shape};
pub use service::{
    CostOption, Funding, Language, RequiredDocument, Schedule, Service, ServiceArea, ServiceCapacity, Unit,
};
pub use vocabulary::{Attribute, MetaTableDescription, Metadata, Taxonomy, TaxonomyTerm};

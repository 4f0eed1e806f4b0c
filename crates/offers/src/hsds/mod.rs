//! The Human Services Data Specification (HSDS) 3.0 and 3.1 of Open Referral: objects, pages of lists, tables.

mod edges;
mod location;
mod organization;
mod package;
mod page;
mod record;
mod service;
mod tables;
mod vocabulary;

pub use edges::conform;
pub use location::{Accessibility, Address, Location, ServiceAtLocation};
pub use organization::{Contact, Organization, OrganizationIdentifier, Phone, Program, Url};
pub use package::{Files, read_package, tables_from_json, tables_to_json, write_package};
pub use page::{
    BaseDocument, MAX_BYTES, OPENAPI_URL, PROFILE_URL, Page, ReadError, VERSION, check, organization_summary,
    read_objects, service_at_locations, service_summary,
};
pub use record::{Field, More, Record, Shape};
pub use service::{
    CostOption, Funding, Language, RequiredDocument, Schedule, Service, ServiceArea, ServiceCapacity, Unit,
};
pub use tables::{Row, Tables, canonical, flatten, nest};
pub use vocabulary::{Attribute, MetaTableDescription, Metadata, Taxonomy, TaxonomyTerm};

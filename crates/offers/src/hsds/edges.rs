//! How the objects of HSDS hang together, in nested JSON and in tables.

use super::record::{Field, Record, Shape};
use super::*;

/// What tables need to know about an entity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entity {
    pub(crate) name: &'static str,
    /// File name of its table.
    pub(crate) file: &'static str,
    pub(crate) fields: &'static [Field],
}

macro_rules! entities {
    ($($type:ident => $file:literal),* $(,)?) => {
        /// All entities, parents before children where possible.
        pub(crate) const ENTITIES: &[Entity] = &[
            $(Entity { name: <$type as Record>::ENTITY, file: $file, fields: <$type as Record>::FIELDS },)*
        ];
    };
}

entities! {
    Organization => "organizations.csv",
    Program => "programs.csv",
    Service => "services.csv",
    ServiceAtLocation => "service_at_location.csv",
    Location => "locations.csv",
    Url => "url.csv",
    OrganizationIdentifier => "organization_identifiers.csv",
    Contact => "contacts.csv",
    Phone => "phones.csv",
    Address => "addresses.csv",
    Schedule => "schedules.csv",
    ServiceArea => "service_areas.csv",
    ServiceCapacity => "service_capacity.csv",
    Unit => "units.csv",
    Language => "languages.csv",
    Accessibility => "accessibility.csv",
    CostOption => "cost_options.csv",
    Funding => "funding.csv",
    RequiredDocument => "required_documents.csv",
    Attribute => "attributes.csv",
    Taxonomy => "taxonomies.csv",
    TaxonomyTerm => "taxonomy_terms.csv",
    Metadata => "metadata.csv",
    MetaTableDescription => "meta_table_descriptions.csv",
}

pub(crate) fn entity(name: &str) -> Option<&'static Entity> {
    ENTITIES.iter().find(|entity| entity.name == name)
}

pub(crate) fn entity_of_file(file: &str) -> Option<&'static Entity> {
    ENTITIES.iter().find(|entity| entity.file == file)
}

/// A field that holds other objects.
pub(crate) struct Edge {
    pub(crate) field: &'static str,
    pub(crate) child: &'static str,
    pub(crate) many: bool,
    /// Column that joins them: in the child's table for lists, in the parent's for single objects.
    pub(crate) column: &'static str,
}

/// The fields of an entity that hold other objects.
pub(crate) fn edges(entity: &'static Entity) -> impl Iterator<Item = Edge> {
    entity.fields.iter().filter_map(|field| match field.shape {
        Shape::Many(child) => {
            Some(Edge { field: field.name, child, many: true, column: link(entity.name, child) })
        }
        Shape::One(child) => Some(Edge { field: field.name, child, many: false, column: own_key(child) }),
        _ => None,
    })
}

/// Column in the child's table that names the parent.
fn link(parent: &'static str, child: &str) -> &'static str {
    match child {
        "attribute" => "link_id",
        "metadata" => "resource_id",
        _ => own_key(parent),
    }
}

/// The column `<entity>_id`.
fn own_key(entity: &str) -> &'static str {
    match entity {
        "organization" => "organization_id",
        "program" => "program_id",
        "service" => "service_id",
        "service_at_location" => "service_at_location_id",
        "location" => "location_id",
        "contact" => "contact_id",
        "phone" => "phone_id",
        "taxonomy" => "taxonomy_id",
        "taxonomy_term" => "taxonomy_term_id",
        "unit" => "unit_id",
        _ => "parent_id",
    }
}

/// Column that names the entity of a generic link, and the link column it belongs to.
pub(crate) fn link_kind(child: &str) -> Option<&'static str> {
    match child {
        "attribute" => Some("link_entity"),
        "metadata" => Some("resource_type"),
        _ => None,
    }
}

/// The columns of an entity's table that point at other objects, with the entity they point at (`None`: any).
pub(crate) fn references(entity: &Entity) -> Vec<(&'static str, Option<&'static str>)> {
    let target = |column: &str| match column {
        "organization_id" => Some("organization"),
        "program_id" => Some("program"),
        "service_id" => Some("service"),
        "service_at_location_id" => Some("service_at_location"),
        "location_id" => Some("location"),
        "contact_id" => Some("contact"),
        "phone_id" => Some("phone"),
        "taxonomy_id" => Some("taxonomy"),
        "taxonomy_term_id" => Some("taxonomy_term"),
        "unit_id" => Some("unit"),
        _ => None,
    };
    let named = entity.fields.iter().filter_map(|field| target(field.name).map(|to| (field.name, Some(to))));
    let generic = entity.fields.iter().filter(|field| matches!(field.name, "link_id" | "resource_id"));
    named.chain(generic.map(|field| (field.name, None))).collect()
}

/// Fields the schemas of 3.0 and 3.1 require, with the value a missing one gets when we write.
const REQUIRED: &[(&str, &[(&str, &str)])] = &[
    ("organization", &[("name", ""), ("description", "")]),
    ("program", &[("name", ""), ("description", "")]),
    ("service", &[("name", ""), ("status", "active")]),
    ("location", &[("location_type", "physical")]),
    ("url", &[("url", "")]),
    ("organization_identifier", &[("identifier_type", ""), ("identifier", "")]),
    ("phone", &[("number", "")]),
    (
        "address",
        &[
            ("address_1", ""),
            ("city", ""),
            ("state_province", ""),
            ("postal_code", ""),
            ("country", "DE"),
            ("address_type", "physical"),
        ],
    ),
    ("unit", &[("name", "")]),
    ("taxonomy", &[("name", ""), ("description", "")]),
    ("taxonomy_term", &[("name", ""), ("description", "")]),
    (
        "metadata",
        &[
            ("last_action_date", ""),
            ("last_action_type", ""),
            ("field_name", ""),
            ("previous_value", ""),
            ("replacement_value", ""),
            ("updated_by", ""),
        ],
    ),
];

/// An object with everything the schemas require: missing text becomes empty text, a missing identifier is
/// derived from the content, and `null` is taken out. Other values stay as they are.
pub fn conform<R: Record>(object: &R) -> R {
    let value = serde_json::to_value(object).unwrap_or_default();
    match (entity(R::ENTITY), value) {
        (Some(kind), serde_json::Value::Object(map)) => R::from_map(complete(kind, map)),
        _ => object.clone(),
    }
}

type Object = serde_json::Map<String, serde_json::Value>;

fn complete(kind: &'static Entity, mut map: Object) -> Object {
    use serde_json::Value;
    map.retain(|_, value| !value.is_null());
    for edge in edges(kind) {
        let Some(child) = entity(edge.child) else { continue };
        let whole = |value: Value| match value {
            Value::Object(map) => Value::Object(complete(child, map)),
            other => other,
        };
        if let Some(inner) = map.remove(edge.field) {
            let inner = match inner {
                Value::Array(items) => Value::Array(items.into_iter().map(whole).collect()),
                other => whole(other),
            };
            map.insert(edge.field.into(), inner);
        }
    }
    let required = REQUIRED.iter().find(|(name, _)| *name == kind.name).map_or(&[][..], |(_, fields)| fields);
    for (field, value) in required {
        map.entry(*field).or_insert_with(|| Value::from(*value));
    }
    if map.get("id").and_then(Value::as_str).is_none_or(str::is_empty) {
        let content = Value::Object(map.clone()).to_string();
        map.insert("id".into(), Value::from(crate::derived_uuid(&[kind.name, &content])));
    }
    map
}

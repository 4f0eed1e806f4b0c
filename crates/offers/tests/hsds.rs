//! HSDS is read and written without loss, nested and as tables.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use kekiz_offers::hsds::{
    self, Field, Location, Organization, Page, Record, Service, ServiceAtLocation, Shape, Taxonomy,
    TaxonomyTerm, canonical, check, conform, flatten, nest, read_objects, read_package, write_package,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A value for every field of an entity, three levels deep; identifiers are unique within the object.
fn full<R: Record>() -> Value {
    fields(R::ENTITY, R::FIELDS, 0, &mut 0, &mut vec![R::ENTITY])
}

fn fields(entity: &str, all: &[Field], depth: u8, count: &mut u32, above: &mut Vec<&'static str>) -> Value {
    let mut map = Map::new();
    for field in all {
        *count += 1;
        let value = match field.shape {
            Shape::Text if field.name == "id" => json!(format!("00000000-0000-4000-8000-{count:012}")),
            // Columns that say where an object belongs are left to nesting.
            Shape::Text
                if field.name.ends_with("_id") || matches!(field.name, "link_entity" | "resource_type") =>
            {
                continue;
            }
            Shape::Text => json!(format!("{entity} {} +=äöü\n\"{count}\"", field.name)),
            Shape::Number => json!(f64::from(*count) + 0.25),
            Shape::One(child) | Shape::Many(child) => match children(child)
                .filter(|_| depth < 3 && !above.contains(&child))
            {
                None => continue,
                Some(inner) => {
                    above.push(child);
                    let one = fields(child, inner, depth + 1, count, above);
                    let many = matches!(field.shape, Shape::Many(_));
                    let value =
                        if many { json!([one, fields(child, inner, depth + 1, count, above)]) } else { one };
                    above.pop();
                    value
                }
            },
        };
        map.insert(field.name.into(), value);
    }
    Value::Object(map)
}

fn children(entity: &str) -> Option<&'static [Field]> {
    macro_rules! find {
        ($($type:ty),*) => { match entity { $(e if e == <$type as Record>::ENTITY => Some(<$type as Record>::FIELDS),)* _ => None } };
    }
    find!(
        Organization,
        Service,
        Location,
        ServiceAtLocation,
        Taxonomy,
        TaxonomyTerm,
        hsds::Program,
        hsds::Url,
        hsds::OrganizationIdentifier,
        hsds::Contact,
        hsds::Phone,
        hsds::Address,
        hsds::Schedule,
        hsds::ServiceArea,
        hsds::ServiceCapacity,
        hsds::Unit,
        hsds::Language,
        hsds::Accessibility,
        hsds::CostOption,
        hsds::Funding,
        hsds::RequiredDocument,
        hsds::Attribute,
        hsds::Metadata
    )
}

fn same<R: Record>(value: Value) {
    let read = read_objects::<R>(value.to_string().as_bytes()).unwrap();
    assert_eq!(serde_json::to_value(&read[0]).unwrap(), value);
}

#[test]
fn every_field_of_every_entity_comes_back() {
    same::<Organization>(full::<Organization>());
    same::<Service>(full::<Service>());
    same::<ServiceAtLocation>(full::<ServiceAtLocation>());
    same::<Location>(full::<Location>());
    same::<Taxonomy>(full::<Taxonomy>());
    same::<TaxonomyTerm>(full::<TaxonomyTerm>());
}

#[test]
fn odd_values_come_back_too() {
    for value in [
        json!({"id": "1", "name": null, "minimum_age": "12", "phones": [], "email": ""}),
        json!({"id": 7, "schedules": "montags", "organization": [1], "x_profile": {"a": [null]}}),
        json!({"minimum_age": 0.5, "maximum_age": 17, "phones": [{"number": 1234, "languages": {}}]}),
        json!({"phones": ["02151"], "attributes": [{"taxonomy_term": {"taxonomy_detail": {"version": 3}}}]}),
        json!({"minimum_age": 9007199254740993u64}),
    ] {
        same::<Service>(value);
    }
}

fn through_tables<R: Record>(value: Value) {
    let read = read_objects::<R>(value.to_string().as_bytes()).unwrap();
    let (tables, findings) = flatten(&read);
    assert!(findings.is_empty(), "{findings:?}");
    let files = write_package(&tables);
    let (again, findings) = read_package(&files);
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(tables, again);
    let back: Vec<Value> = nest::<R>(&again).iter().map(|one| serde_json::to_value(one).unwrap()).collect();
    assert_eq!(back, canonical(&read));
    assert_eq!(write_package(&again), files);
}

#[test]
fn tables_give_the_same_objects() {
    through_tables::<Organization>(full::<Organization>());
    through_tables::<Service>(full::<Service>());
    through_tables::<Location>(full::<Location>());
    through_tables::<Service>(json!({
        "id": "s", "name": "x", "organization_id": "elsewhere", "x_flag": true, "x_number": 1.5,
        "service_at_locations": [{"id": "at", "location": {"id": "l", "phones": [{"id": "p", "number": "+49 2151 1"}]}}],
        "organization": {"id": "o", "name": "=1+1", "locations": [{"id": "l", "phones": [{"id": "p", "number": "+49 2151 1"}]}]}
    }).as_object().map(|map| {
        let mut map = map.clone();
        map.insert("organization_id".into(), "o".into());
        Value::Object(map)
    }).unwrap());
}

#[test]
fn columns_keep_numbers_and_text_apart() {
    let mixed =
        json!([{"id": "a", "name": 12, "minimum_age": "12"}, {"id": "b", "name": "12", "minimum_age": 12}]);
    let read = read_objects::<Service>(mixed.to_string().as_bytes()).unwrap();
    let (tables, _) = flatten(&read);
    assert_eq!(read_package(&write_package(&tables)).0, tables);
}

#[test]
fn one_identifier_for_two_things_is_said() {
    let twice = json!([{"id": "s", "phones": [{"id": "p", "number": "1"}]}, {"id": "t", "phones": [{"id": "p", "number": "2"}]}]);
    let read = read_objects::<Service>(twice.to_string().as_bytes()).unwrap();
    let (tables, findings) = flatten(&read);
    assert_eq!(findings.iter().next().unwrap().code, "hsds-id-twice");
    let numbers: Vec<_> = tables.rows("phone").iter().map(|row| row["number"].clone()).collect();
    assert_eq!(numbers, [json!("1"), json!("2")]);
}

#[test]
fn pages_count_as_the_standard_says() {
    let check = |items: usize, total, number, per, pages, first, last, empty| {
        let page = Page::new(vec![0u8; items], total, number, per);
        let found = (page.total_pages, page.first_page, page.last_page, page.empty, page.size);
        assert_eq!(found, (pages, first, last, empty, items as u64));
    };
    check(1, 10, 1, 1, 10, true, false, false);
    check(1, 10, 10, 1, 10, false, true, false);
    check(0, 0, 1, 20, 0, true, true, true);
    check(3, 23, 2, 20, 2, false, true, false);
    check(0, 23, 0, 0, 23, true, false, true);
}

#[test]
fn what_we_write_has_what_the_schemas_require() {
    let bare = Service {
        service_at_locations: vec![ServiceAtLocation {
            location: Some(Box::new(Location {
                addresses: vec![hsds::Address::default()],
                ..Location::default()
            })),
            ..ServiceAtLocation::default()
        }],
        ..Service::default()
    };
    let value = serde_json::to_value(conform(&bare)).unwrap();
    let address = &value["service_at_locations"][0]["location"]["addresses"][0];
    assert_eq!(value["status"], "active");
    assert_eq!(value["service_at_locations"][0]["location"]["location_type"], "physical");
    for field in ["address_1", "city", "state_province", "postal_code"] {
        assert_eq!(address[field], "", "{field}");
    }
    assert!(kekiz_offers::is_uuid(address["id"].as_str().unwrap()));
}

#[test]
fn odd_objects_are_explained() {
    let odd = json!({"id": "1", "description": "a\u{7}b", "minimum_age": "12", "assured_date": "gestern",
        "service_at_locations": [{"id": "2", "location": {"latitude": 100.0}}]});
    let read = read_objects::<Service>(odd.to_string().as_bytes()).unwrap();
    let codes: Vec<&str> = check(&read[0]).iter().map(|one| one.code).collect();
    for code in ["control-character", "hsds-shape", "hsds-date", "hsds-coordinate", "hsds-id"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-1e6f64..1e6)
            .prop_filter("whole floats lose their point", |n| n.fract() != 0.0)
            .prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    let names = prop::sample::select(vec![
        "id",
        "name",
        "phones",
        "organization",
        "schedules",
        "attributes",
        "taxonomy_term",
        "location",
        "x",
        "minimum_age",
        "service_at_locations",
        "organization_id",
        "link_id",
        "number",
        "contacts",
    ]);
    leaf.prop_recursive(5, 60, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map(names.clone().prop_map(str::to_string), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_object_is_kept(value in any_json()) {
        if value.is_object() && value.get("contents").is_none() {
            let read = read_objects::<Service>(value.to_string().as_bytes()).unwrap();
            prop_assert_eq!(serde_json::to_value(&read[0]).unwrap(), value);
            let (tables, _) = flatten(&read);
            let _ = nest::<Service>(&read_package(&write_package(&tables)).0);
            let _ = check(&conform(&read[0]));
        }
    }

    #[test]
    fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_objects::<Service>(&bytes);
        let files = [("services.csv".to_string(), bytes.clone()), ("datapackage.json".to_string(), bytes)];
        let _ = read_package(&files.into_iter().collect());
    }
}

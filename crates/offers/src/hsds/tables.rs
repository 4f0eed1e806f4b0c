//! HSDS as tables: nested objects to rows and back.
//!
//! An object that occurs at several places (a location of an organization and of a service) is one row; the
//! columns `…_id` say where it belongs. Nesting the rows again gives the same objects in their canonical form:
//! without `null`, empty text and empty lists, and without `…_id` columns whose object is in the package.

use super::edges::{ENTITIES, Edge, Entity, edges, entity, link_kind, references};
use super::record::{Record, Shape};
use kekiz_base::{Diagnostics, Place, Severity};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// One row: column → value (text, number, boolean; other JSON only in columns of kind `any`).
pub type Row = Map<String, Value>;

/// Rows by entity, in the order they were met.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tables {
    rows: BTreeMap<&'static str, Vec<Row>>,
}

impl Tables {
    /// The rows of an entity.
    pub fn rows(&self, entity: &str) -> &[Row] {
        self.rows.get(entity).map(Vec::as_slice).unwrap_or_default()
    }

    /// Adds a row; entities the standard does not know are not kept.
    pub fn push(&mut self, name: &str, row: Row) {
        if let Some(entity) = entity(name) {
            self.rows.entry(entity.name).or_default().push(row);
        }
    }

    fn ids(&self) -> BTreeSet<(&'static str, String)> {
        let id = |row: &Row| row.get("id").and_then(Value::as_str).map(str::to_string);
        self.rows.iter().flat_map(|(name, rows)| rows.iter().filter_map(id).map(|id| (*name, id))).collect()
    }
}

/// Turns objects into rows. Findings name what a table cannot hold: an object without identifier gets one, and
/// an identifier used for two different children gets a second one.
pub fn flatten<R: Record>(objects: &[R]) -> (Tables, Diagnostics) {
    let mut work = Flatten::default();
    for object in objects {
        if let (Ok(Value::Object(map)), Some(entity)) = (serde_json::to_value(object), entity(R::ENTITY)) {
            work.add(entity, map, &[]);
        }
    }
    (work.tables, work.findings)
}

#[derive(Default)]
struct Flatten {
    tables: Tables,
    places: BTreeMap<(&'static str, String), usize>,
    findings: Diagnostics,
}

impl Flatten {
    /// Adds an object and everything in it; gives its identifier.
    fn add(
        &mut self,
        entity: &'static Entity,
        mut map: Map<String, Value>,
        links: &[(&'static str, Value)],
    ) -> String {
        let mut inner: Vec<(Edge, Value)> = Vec::new();
        for edge in edges(entity) {
            let fits = map
                .get(edge.field)
                .is_some_and(|value| if edge.many { list_of_objects(value) } else { value.is_object() });
            if fits && let Some(value) = map.remove(edge.field) {
                inner.push((edge, value));
            }
        }
        map.retain(|_, value| !says_nothing(value));
        let mut id = map.get("id").and_then(Value::as_str).unwrap_or_default().to_string();
        if id.is_empty() {
            id = crate::derived_uuid(&[
                entity.name,
                &Value::Object(map.clone()).to_string(),
                &format!("{links:?}"),
            ]);
            map.insert("id".into(), Value::from(id.clone()));
            self.say(entity, "hsds-id-made", "Ein Objekt ohne Kennung bekam eine neue.");
        }
        for (edge, value) in inner.iter().filter(|(edge, _)| !edge.many) {
            if let (Value::Object(child), Some(kind)) = (value.clone(), super::edges::entity(edge.child)) {
                let child_id = self.add(kind, child, &[]);
                map.insert(edge.column.into(), Value::from(child_id));
            }
        }
        for (column, value) in links {
            let kept = link_kind(entity.name) == Some(column) && map.contains_key(*column);
            if !kept {
                map.insert((*column).into(), value.clone());
            }
        }
        let id = self.store(entity, id, map);
        for (edge, value) in inner.into_iter().filter(|(edge, _)| edge.many) {
            let Some(kind) = super::edges::entity(edge.child) else { continue };
            let mut links = vec![(edge.column, Value::from(id.clone()))];
            links.extend(link_kind(edge.child).map(|column| (column, Value::from(entity.name))));
            for child in value.as_array().cloned().unwrap_or_default() {
                if let Value::Object(child) = child {
                    self.add(kind, child, &links);
                }
            }
        }
        id
    }

    /// Stores a row, joined with an earlier one of the same identifier where they agree.
    fn store(&mut self, entity: &'static Entity, id: String, map: Row) -> String {
        let rows = self.tables.rows.entry(entity.name).or_default();
        let Some(&place) = self.places.get(&(entity.name, id.clone())) else {
            self.places.insert((entity.name, id.clone()), rows.len());
            rows.push(map);
            return id;
        };
        let agrees = map.iter().all(|(key, value)| rows[place].get(key).is_none_or(|old| old == value));
        if agrees {
            rows[place].extend(map);
            return id;
        }
        let new = crate::derived_uuid(&[&id, &Value::Object(map.clone()).to_string()]);
        let mut map = map;
        map.insert("id".into(), Value::from(new.clone()));
        self.say(
            entity,
            "hsds-id-twice",
            "Eine Kennung stand für zwei verschiedene Einträge; der zweite bekam eine neue.",
        );
        if self.places.contains_key(&(entity.name, new.clone())) {
            return new;
        }
        self.store(entity, new, map)
    }

    fn say(&mut self, entity: &Entity, code: &'static str, message: &str) {
        let place = Place { file: Some(entity.file.into()), ..Place::default() };
        self.findings.push(Severity::Note, code, place, message, "");
    }
}

fn list_of_objects(value: &Value) -> bool {
    value.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(Value::is_object))
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// Nests rows into full objects of one kind (`Organization` or `Service`, or any other), in the order of their
/// table. An entity never contains itself: services nested in an organization do not repeat the organization.
pub fn nest<R: Record>(tables: &Tables) -> Vec<R> {
    let Some(root) = entity(R::ENTITY) else { return Vec::new() };
    let mut index: Index = BTreeMap::new();
    for (name, rows) in &tables.rows {
        for row in rows {
            for (column, value) in row {
                if let Some(text) = value.as_str().filter(|_| column == "id" || column.ends_with("_id")) {
                    index.entry((name, column, text)).or_default().push(row);
                }
            }
        }
    }
    let present = tables.ids();
    let rows = tables.rows(root.name).iter();
    rows.map(|row| R::from_map(build(root, row, &index, &present, &mut vec![root.name]))).collect()
}

type Index<'a> = BTreeMap<(&'a str, &'a str, &'a str), Vec<&'a Row>>;

fn build(
    kind: &'static Entity,
    row: &Row,
    index: &Index<'_>,
    present: &BTreeSet<(&'static str, String)>,
    above: &mut Vec<&'static str>,
) -> Row {
    let id = row.get("id").and_then(Value::as_str).unwrap_or_default();
    let mut map = row.clone();
    strip(kind, &mut map, present);
    for edge in edges(kind) {
        let Some(child) = entity(edge.child).filter(|child| !above.contains(&child.name)) else { continue };
        let key =
            if edge.many { id } else { row.get(edge.column).and_then(Value::as_str).unwrap_or_default() };
        let column = if edge.many { edge.column } else { "id" };
        let Some(rows) = index.get(&(child.name, column, key)).filter(|_| !key.is_empty()) else { continue };
        above.push(child.name);
        let mut built = rows.iter().map(|row| Value::Object(build(child, row, index, present, above)));
        let value = if edge.many { Some(Value::Array(built.collect())) } else { built.next() };
        above.pop();
        map.extend(value.map(|value| (edge.field.to_string(), value)));
    }
    map
}

/// Takes out the columns that only say where an object belongs, when that object is in the package.
fn strip(kind: &Entity, map: &mut Row, present: &BTreeSet<(&'static str, String)>) {
    for (column, target) in references(kind) {
        let Some(id) = map.get(column).and_then(Value::as_str) else { continue };
        let owner = ENTITIES.iter().find(|one| {
            target.is_none_or(|name| name == one.name) && present.contains(&(one.name, id.to_string()))
        });
        if let Some(owner) = owner {
            map.remove(column);
            if let Some(kind_column) = link_kind(kind.name).filter(|_| target.is_none())
                && map.get(kind_column).and_then(Value::as_str) == Some(owner.name)
            {
                map.remove(kind_column);
            }
        }
    }
}

/// The canonical form of objects: what nesting their rows gives, for comparing.
pub fn canonical<R: Record>(objects: &[R]) -> Vec<Value> {
    let mut present = BTreeSet::new();
    let values: Vec<Value> =
        objects.iter().map(|one| serde_json::to_value(one).unwrap_or_default()).collect();
    let Some(root) = entity(R::ENTITY) else { return values };
    values.iter().for_each(|value| collect(root, value, &mut present));
    values.iter().map(|value| tidy(root, value, &present)).collect()
}

fn collect(kind: &'static Entity, value: &Value, present: &mut BTreeSet<(&'static str, String)>) {
    if let Some(id) = value.get("id").and_then(Value::as_str) {
        present.insert((kind.name, id.to_string()));
    }
    for edge in edges(kind) {
        if let (Some(child), Some(inner)) = (entity(edge.child), value.get(edge.field)) {
            let items = inner.as_array().map(Vec::as_slice).unwrap_or(std::slice::from_ref(inner));
            items.iter().for_each(|item| collect(child, item, present));
        }
    }
}

fn tidy(kind: &'static Entity, value: &Value, present: &BTreeSet<(&'static str, String)>) -> Value {
    let Value::Object(map) = value else { return value.clone() };
    let mut map = map.clone();
    map.retain(|_, value| !says_nothing(value));
    strip(kind, &mut map, present);
    for edge in edges(kind) {
        if let (Some(child), Some(inner)) = (entity(edge.child), map.get_mut(edge.field)) {
            match inner {
                Value::Array(items) => items.iter_mut().for_each(|item| *item = tidy(child, item, present)),
                other => *other = tidy(child, other, present),
            }
        }
    }
    Value::Object(map)
}

/// Kind of the values in a column, in the words of Frictionless Table Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    /// Text.
    String,
    /// Numbers with a decimal point.
    Number,
    /// `true` and `false`.
    Boolean,
    /// JSON.
    Any,
}

/// The columns of a table: those of the standard first, then those of other profiles.
pub(crate) fn columns(kind: &'static Entity, rows: &[Row]) -> Vec<(String, ColumnKind)> {
    let scalar = |name: &str, shape: Shape| {
        let all = |fits: fn(&Value) -> bool| rows.iter().filter_map(|row| row.get(name)).all(fits);
        match shape {
            Shape::Text if all(Value::is_string) => Some(ColumnKind::String),
            Shape::Number if all(Value::is_number) => Some(ColumnKind::Number),
            Shape::Text | Shape::Number => Some(ColumnKind::Any),
            Shape::One(_) | Shape::Many(_) => None,
        }
    };
    let of = |field: &super::Field| Some((field.name.to_string(), scalar(field.name, field.shape)?));
    let mut found: Vec<(String, ColumnKind)> = kind.fields.iter().filter_map(of).collect();
    let known: BTreeSet<String> = found.iter().map(|(name, _)| name.clone()).collect();
    let mut more: BTreeMap<&String, Option<ColumnKind>> = BTreeMap::new();
    for (name, value) in rows.iter().flatten().filter(|(name, _)| !known.contains(*name)) {
        let kind = match value {
            Value::String(_) => ColumnKind::String,
            Value::Number(_) => ColumnKind::Number,
            Value::Bool(_) => ColumnKind::Boolean,
            _ => ColumnKind::Any,
        };
        let seen = more.entry(name).or_insert(Some(kind));
        if *seen != Some(kind) {
            *seen = Some(ColumnKind::Any);
        }
    }
    found.extend(more.into_iter().map(|(name, kind)| (name.clone(), kind.unwrap_or(ColumnKind::Any))));
    found
}

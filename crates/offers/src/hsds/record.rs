//! How an HSDS object is read and written without losing anything.
//!
//! Every object keeps, beside its known fields, a map `more` of what it does not know: fields of a profile,
//! and known fields whose value has another shape than the standard says (`"minimum_age": "12"`, `null`, `[]`).
//! They are written back as they came, so reading and writing gives the same JSON.

use serde::de::{Deserialize, DeserializeOwned};
use serde::ser::{Serialize, SerializeMap};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a known field holds; decides how tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Text, also dates, times and addresses of pages.
    Text,
    /// A number.
    Number,
    /// One object of another entity.
    One(&'static str),
    /// A list of objects of another entity.
    Many(&'static str),
}

/// One known field of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name in JSON and in tables.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
}

/// An HSDS object.
pub trait Record: Default + Clone + PartialEq + Serialize + DeserializeOwned {
    /// Name of the entity as the standard writes it (`service_at_location`).
    const ENTITY: &'static str;
    /// The known fields in the order of the standard.
    const FIELDS: &'static [Field];
    /// The identifier (a UUID by the standard; other text is kept).
    fn id(&self) -> &str;
    /// Reads an object; never fails, since what is not understood goes to `more`.
    fn from_map(map: Map<String, Value>) -> Self;
    /// Known fields whose value had another shape than the standard says, with that value.
    fn misfits(&self) -> Vec<(&'static str, &Value)>;
}

/// A place for the value of one field.
pub(crate) trait Slot: Default {
    const SHAPE: Shape;
    /// Reads the value, or gives it back when it has another shape or says nothing (`null`, `""`, `[]`).
    fn read(value: Value) -> Result<Self, Value>;
    fn is_unset(&self) -> bool;
    fn put<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error>;
}

impl Slot for String {
    const SHAPE: Shape = Shape::Text;
    fn read(value: Value) -> Result<Self, Value> {
        match value {
            Value::String(text) if !text.is_empty() => Ok(text),
            other => Err(other),
        }
    }
    fn is_unset(&self) -> bool {
        self.is_empty()
    }
    fn put<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, self)
    }
}

impl Slot for Option<f64> {
    const SHAPE: Shape = Shape::Number;
    fn read(value: Value) -> Result<Self, Value> {
        match &value {
            Value::Number(number) => match number.as_f64() {
                Some(found) if same_number(number, found) => Ok(Some(found)),
                _ => Err(value),
            },
            _ => Err(value),
        }
    }
    fn is_unset(&self) -> bool {
        self.is_none_or(|number| !number.is_finite())
    }
    fn put<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, &number_value(self.unwrap_or_default()))
    }
}

/// Whether a double holds the number exactly as it was written.
fn same_number(number: &serde_json::Number, found: f64) -> bool {
    number_value(found)
        .as_number()
        .is_some_and(|back| back == number || (number.is_f64() && back.as_f64() == Some(found)))
}

/// Whole numbers are written without a decimal point, as the examples of the standard do.
pub(crate) fn number_value(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}

impl<T: Record> Slot for Vec<T> {
    const SHAPE: Shape = Shape::Many(T::ENTITY);
    fn read(value: Value) -> Result<Self, Value> {
        match value {
            Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_object) => Ok(items
                .into_iter()
                .filter_map(|item| match item {
                    Value::Object(map) => Some(T::from_map(map)),
                    _ => None,
                })
                .collect()),
            other => Err(other),
        }
    }
    fn is_unset(&self) -> bool {
        self.is_empty()
    }
    fn put<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, self)
    }
}

impl<T: Record> Slot for Option<Box<T>> {
    const SHAPE: Shape = Shape::One(T::ENTITY);
    fn read(value: Value) -> Result<Self, Value> {
        match value {
            Value::Object(map) => Ok(Some(Box::new(T::from_map(map)))),
            other => Err(other),
        }
    }
    fn is_unset(&self) -> bool {
        self.is_none()
    }
    fn put<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, self)
    }
}

/// Fields a `Record` does not know or does not understand, as they came.
pub type More = BTreeMap<String, Value>;

pub(crate) fn take<S: Slot>(map: &mut Map<String, Value>, name: &str, more: &mut More) -> S {
    match map.remove(name).map(S::read) {
        None => S::default(),
        Some(Ok(slot)) => slot,
        Some(Err(value)) => {
            more.insert(name.to_string(), value);
            S::default()
        }
    }
}

pub(crate) fn deserialize_record<'de, R: Record, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<R, D::Error> {
    Map::<String, Value>::deserialize(from).map(R::from_map)
}

/// Declares an HSDS entity: the struct, its known fields in order, reading and writing.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident = $entity:literal { $( $(#[$fdoc:meta])* $field:ident $(as $json:literal)? : $type:ty, )* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name {
            $( $(#[$fdoc])* pub $field: $type, )*
            /// Fields of other profiles, and values of another shape, as they came.
            pub more: $crate::hsds::More,
        }

        impl $crate::hsds::Record for $name {
            const ENTITY: &'static str = $entity;
            const FIELDS: &'static [$crate::hsds::Field] = &[
                $( $crate::hsds::Field {
                    name: record!(@name $field $($json)?),
                    shape: <$type as $crate::hsds::record::Slot>::SHAPE,
                }, )*
            ];
            fn id(&self) -> &str {
                &self.id
            }
            fn from_map(mut map: serde_json::Map<String, serde_json::Value>) -> Self {
                let mut more = $crate::hsds::More::new();
                $( let $field = $crate::hsds::record::take(&mut map, record!(@name $field $($json)?), &mut more); )*
                more.extend(map);
                Self { $( $field, )* more }
            }
            fn misfits(&self) -> Vec<(&'static str, &serde_json::Value)> {
                Self::FIELDS.iter().filter_map(|field| self.more.get(field.name).map(|value| (field.name, value))).collect()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let mut map = to.serialize_map(None)?;
                $( if !$crate::hsds::record::Slot::is_unset(&self.$field) {
                    $crate::hsds::record::Slot::put(&self.$field, record!(@name $field $($json)?), &mut map)?;
                } )*
                for (name, value) in &self.more {
                    $( if name == record!(@name $field $($json)?) && !$crate::hsds::record::Slot::is_unset(&self.$field) {
                        continue;
                    } )*
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::hsds::record::deserialize_record(from)
            }
        }
    };
    (@name $field:ident $json:literal) => { $json };
    (@name $field:ident) => { stringify!($field) };
}
pub(crate) use record;

//! Paths into JSON, and the comparison of two values along them.

use super::FieldChange;
use serde_json::{Map, Value};

/// Pseudo key under a list: the order of its items by identifier.
const ORDER: &str = "@order";

pub(super) fn join(path: &str, key: &str) -> String {
    let key = key.replace('~', "~0").replace('/', "~1");
    if path.is_empty() { key } else { format!("{path}/{key}") }
}

/// The keys of a path, unescaped.
pub(super) fn keys(path: &str) -> impl Iterator<Item = String> + '_ {
    path.split('/').map(|key| key.replace("~1", "/").replace("~0", "~"))
}

/// Equality that treats an absent value, `null`, and keys with `null` as the same.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(a), Value::Object(b)) => {
            let covered = |x: &Map<String, Value>, y: &Map<String, Value>| {
                x.iter().all(|(key, value)| same(value, y.get(key).unwrap_or(&Value::Null)))
            };
            covered(a, b) && covered(b, a)
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(x, y)| same(x, y)),
        _ => one == other,
    }
}

/// Identifiers of the items of a list, if all have one and none occurs twice.
fn ids(items: &[Value]) -> Option<Vec<&str>> {
    let found: Option<Vec<&str>> = items.iter().map(|item| item.get("id")?.as_str()).collect();
    let found = found?;
    let mut sorted = found.clone();
    sorted.sort_unstable();
    sorted.dedup();
    (sorted.len() == found.len() && !found.is_empty() && !found.contains(&ORDER)).then_some(found)
}

pub(super) fn compare(before: &Value, after: &Value, path: String, changes: &mut Vec<FieldChange>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let mut all: Vec<&String> = old.keys().chain(new.keys()).collect();
            all.sort_unstable();
            all.dedup();
            for key in all {
                let (a, b) = (old.get(key).unwrap_or(&Value::Null), new.get(key).unwrap_or(&Value::Null));
                compare(a, b, join(&path, key), changes);
            }
        }
        (Value::Array(old), Value::Array(new)) if ids(old).is_some() && ids(new).is_some() => {
            compare_lists(old, new, path, changes);
        }
        _ if same(before, after) => {}
        _ => changes.push(FieldChange { field: path, before: before.clone(), after: after.clone() }),
    }
}

fn compare_lists(old: &[Value], new: &[Value], path: String, changes: &mut Vec<FieldChange>) {
    let (old_ids, new_ids) = (ids(old).unwrap_or_default(), ids(new).unwrap_or_default());
    let find = |items: &[Value], names: &[&str], id: &str| -> Value {
        names.iter().position(|name| *name == id).map(|place| items[place].clone()).unwrap_or(Value::Null)
    };
    for id in &old_ids {
        compare(&find(old, &old_ids, id), &find(new, &new_ids, id), join(&path, id), changes);
    }
    for id in new_ids.iter().filter(|id| !old_ids.contains(id)) {
        compare(&Value::Null, &find(new, &new_ids, id), join(&path, id), changes);
    }
    let kept = old_ids.iter().filter(|id| new_ids.contains(id));
    let grown: Vec<&str> = kept.chain(new_ids.iter().filter(|id| !old_ids.contains(id))).copied().collect();
    if grown != new_ids {
        let (before, after) = (Value::from(grown), Value::from(new_ids));
        changes.push(FieldChange { field: join(&path, ORDER), before, after });
    }
}

pub(super) fn get<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    keys(path).try_fold(value, |at, key| match at {
        Value::Object(map) => map.get(&key),
        Value::Array(items) => items.iter().find(|item| item.get("id").and_then(Value::as_str) == Some(&key)),
        _ => None,
    })
}

/// Sets, adds or (with `null`) removes what a path points at; `None` if there is no such place.
pub(super) fn set(value: &mut Value, path: &str, new: Value) -> Option<()> {
    let all: Vec<String> = keys(path).collect();
    let (last, parents) = all.split_last()?;
    let mut at = value;
    for key in parents {
        at = match at {
            Value::Object(map) => map.get_mut(key)?,
            Value::Array(items) => {
                items.iter_mut().find(|item| item.get("id").and_then(Value::as_str) == Some(key))?
            }
            _ => return None,
        };
    }
    match at {
        Value::Object(map) if new.is_null() => {
            map.remove(last);
        }
        Value::Object(map) => {
            map.insert(last.clone(), new);
        }
        Value::Array(items) if last == ORDER => return reorder(items, &new),
        Value::Array(items) => {
            let place = items.iter().position(|item| item.get("id").and_then(Value::as_str) == Some(last));
            match (place, new.is_null()) {
                (Some(place), true) => {
                    items.remove(place);
                }
                (Some(place), false) => items[place] = new,
                (None, true) => {}
                (None, false) => items.push(new),
            }
        }
        _ => return None,
    }
    Some(())
}

/// Puts items in a wanted order; those the order does not name stay behind, in their order.
fn reorder(items: &mut [Value], order: &Value) -> Option<()> {
    let order: Vec<&str> = order.as_array()?.iter().filter_map(Value::as_str).collect();
    items.sort_by_key(|item| {
        let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
        order.iter().position(|name| *name == id).unwrap_or(order.len())
    });
    Some(())
}

/// The order of a list, for comparing it with the order a change was based on.
pub(super) fn order(value: &Value, path: &str) -> Option<Value> {
    let list = path.strip_suffix(ORDER)?.strip_suffix('/')?;
    let items = get(value, list)?.as_array()?;
    Some(Value::from(ids(items)?))
}

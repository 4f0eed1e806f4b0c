//! JSON-stat 2.0 (<https://json-stat.org/full/>): a dense cube with a status code per cell.

use super::{annotation, attribution, licences, mark};
use crate::table::{Table, TableRow};
use kekiz_base::{AreaKey, Cell, GroupId, Period};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Status codes in use and what they mean.
const CODES: [(&str, &str); 13] = [
    ("c", "geschützt: ein Wert ist vorhanden, darf aber nicht gezeigt werden"),
    (".", "unbekannt oder von der Quelle geheim gehalten"),
    ("...", "Angabe fällt später an"),
    ("/", "keine Angabe, da nicht sicher genug"),
    ("x", "Tabellenfach gesperrt, da Aussage nicht sinnvoll"),
    ("m", "keine Angabe in der Quelle"),
    ("limited", "Aussagewert eingeschränkt"),
    ("revised", "berichtigte Zahl"),
    ("provisional", "vorläufige Zahl"),
    ("estimated", "geschätzte Zahl"),
    ("less_than_half", "weniger als die Hälfte der kleinsten Einheit"),
    ("a", "gezeigt"),
    ("n", "nicht Teil der Auswahl"),
];

/// A dimension's categories in order, and where each stands.
struct Axis<T> {
    entries: Vec<(T, String)>,
    places: HashMap<T, usize>,
}

impl<T: Clone + Eq + std::hash::Hash> Axis<T> {
    fn of<'a>(rows: &'a [TableRow], pick: impl Fn(&'a TableRow) -> (T, String)) -> Self {
        let mut axis = Axis { entries: Vec::new(), places: HashMap::new() };
        for row in rows {
            let (id, label) = pick(row);
            if !axis.places.contains_key(&id) {
                axis.places.insert(id.clone(), axis.entries.len());
                axis.entries.push((id, label));
            }
        }
        axis
    }

    fn sorted_by_key<K: Ord>(mut self, key: impl Fn(&T) -> K) -> Self {
        self.entries.sort_by_key(|(id, _)| key(id));
        self.places = self.entries.iter().enumerate().map(|(i, (id, _))| (id.clone(), i)).collect();
        self
    }

    fn dimension(&self, label: &str, id: impl Fn(&T) -> String) -> Value {
        let index: Vec<String> = self.entries.iter().map(|(entry, _)| id(entry)).collect();
        let labels: Map<String, Value> =
            self.entries.iter().map(|(entry, label)| (id(entry), json!(label))).collect();
        json!({ "label": label, "category": { "index": index, "label": labels } })
    }
}

/// A table as a JSON-stat 2.0 dataset with the dimensions `gebiet`, `zeitraum`, `gruppe` and `merkmal`.
///
/// Protected cells are null with status `c`; missing cells are null with the mark of their source (`m` where it is
/// empty); so a null is never without its reason. Measures: the value and, where any cell has one, the ends of the
/// 95 % interval.
pub fn json_stat(table: &Table) -> Value {
    let areas: Axis<AreaKey> = Axis::of(&table.rows, |row| (row.area.key.clone(), row.area.name.clone()));
    let periods: Axis<Period> =
        Axis::of(&table.rows, |row| (row.period, row.period.to_string())).sorted_by_key(|period| *period);
    let groups: Axis<GroupId> =
        Axis::of(&table.rows, |row| (row.group.clone(), row.group.as_str().to_string()));
    let intervals = table.rows.iter().filter_map(|row| row.cell.figure()).any(|f| f.interval.is_some());
    let measures: Vec<(&str, String)> = if intervals {
        vec![
            ("wert", table.meta.title.clone()),
            ("untergrenze_95", "Untergrenze des 95-%-Vertrauensbereichs".into()),
            ("obergrenze_95", "Obergrenze des 95-%-Vertrauensbereichs".into()),
        ]
    } else {
        vec![("wert", table.meta.title.clone())]
    };
    let size = [areas.entries.len(), periods.entries.len(), groups.entries.len(), measures.len()];
    let cells: usize = size.iter().product();
    let mut value = vec![Value::Null; cells];
    let mut status = vec!["n"; cells];
    for row in &table.rows {
        let (Some(area), Some(period), Some(group)) =
            (areas.places.get(&row.area.key), periods.places.get(&row.period), groups.places.get(&row.group))
        else {
            continue;
        };
        let start = ((area * size[1] + period) * size[2] + group) * size[3];
        let figure = row.cell.figure();
        let interval = figure.and_then(|figure| figure.interval);
        let numbers =
            [figure.map(|figure| figure.value), interval.map(|i| i.lower), interval.map(|i| i.upper)];
        for (i, number) in numbers.iter().take(size[3]).enumerate() {
            let number = number.filter(|number| number.is_finite());
            value[start + i] = json!(number);
            status[start + i] = if number.is_none() && figure.is_some() { "m" } else { code(&row.cell) };
        }
    }
    let used: Map<String, Value> = CODES
        .iter()
        .filter(|(code, _)| status.contains(code))
        .map(|(code, text)| ((*code).to_string(), json!(text)))
        .collect();
    let units: Map<String, Value> = measures
        .iter()
        .map(|(id, _)| {
            (
                (*id).to_string(),
                json!({ "decimals": table.meta.decimals, "label": table.meta.unit, "position": "end" }),
            )
        })
        .collect();
    let index: Vec<&str> = measures.iter().map(|(id, _)| *id).collect();
    let labels: Map<String, Value> =
        measures.iter().map(|(id, label)| ((*id).to_string(), json!(label))).collect();
    let notes: Vec<String> =
        super::notes(table).into_iter().map(|(label, text)| format!("{label}: {text}")).collect();
    json!({
        "version": "2.0",
        "class": "dataset",
        "label": table.meta.title,
        "source": attribution(table),
        "note": notes,
        "id": ["gebiet", "zeitraum", "gruppe", "merkmal"],
        "size": size,
        "role": { "geo": ["gebiet"], "time": ["zeitraum"], "metric": ["merkmal"] },
        "dimension": {
            "gebiet": areas.dimension("Gebiet", ToString::to_string),
            "zeitraum": periods.dimension("Zeitraum", ToString::to_string),
            "gruppe": groups.dimension("Gruppe", |group| group.as_str().to_string()),
            "merkmal": {
                "label": "Merkmal",
                "category": { "index": index, "label": labels, "unit": units },
            },
        },
        "value": value,
        "status": status,
        "extension": {
            "licence": licences(table),
            "protection": table.about.protection,
            "receipt": table.about.receipt,
            "status": used,
        },
    })
}

fn code(cell: &Cell) -> &'static str {
    match cell {
        Cell::Suppressed { .. } => "c",
        Cell::Missing { .. } => match mark(cell) {
            "" => "m",
            sign => sign,
        },
        Cell::Shown(figure) => match annotation(figure.annotation) {
            "" => "a",
            word => word,
        },
    }
}

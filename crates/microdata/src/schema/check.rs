//! Reading a schema and holding it against its own rules.

use super::{Derived, Kind, Layout, LinkField, Role, Rule, SCHEMA_VERSION, Schema, Variable};
use kekiz_tables::MappingError;
use std::collections::BTreeSet;

/// Names of columns that the intake itself makes.
pub(crate) const OWN_COLUMNS: [&str; 3] = ["record", "area", "period"];

/// Reads a schema (TOML); `file` is its name for messages.
///
/// # Errors
/// No TOML, an unknown entry, another version, or entries that do not fit together: with line where there is one, and
/// with the remedy.
pub fn parse_schema(file: &str, text: &str) -> Result<Schema, MappingError> {
    let schema: Schema = toml::from_str(text).map_err(|error| MappingError::from_toml(file, text, &error))?;
    match fault(&schema) {
        None => Ok(schema),
        Some((message, remedy)) => Err(MappingError { file: file.into(), line: None, message, remedy }),
    }
}

type Fault = Option<(String, String)>;

fn say(message: String, remedy: &str) -> Fault {
    Some((message, remedy.to_string()))
}

fn is_name(name: &str, also: u8) -> bool {
    !name.is_empty()
        && name.len() <= 60
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == also)
}

fn fault(schema: &Schema) -> Fault {
    if schema.version != SCHEMA_VERSION {
        return say(
            format!(
                "Das Schema hat die Version {}; dieses Programm kennt die Version {SCHEMA_VERSION}.",
                schema.version
            ),
            "„version = 1“ setzen oder das Programm aktualisieren.",
        );
    }
    if !is_name(&schema.id, b'-') {
        return say(
            format!("„{}“ ist kein Name für ein Schema.", schema.id),
            "Kleine Buchstaben, Ziffern, - und _ verwenden.",
        );
    }
    let mut names = BTreeSet::new();
    let all = schema.variables.iter().map(|v| &v.name).chain(schema.derived.iter().map(|d| &d.name));
    for name in all {
        if !is_name(name, b'_') || OWN_COLUMNS.contains(&name.as_str()) {
            return say(
                format!("„{name}“ ist kein Name für eine Variable."),
                "Kleine Buchstaben, Ziffern und _ verwenden; record, area und period vergibt das Programm selbst.",
            );
        }
        if !names.insert(name.as_str()) {
            return say(format!("Die Variable „{name}“ kommt zweimal vor."), "Eine von beiden umbenennen.");
        }
    }
    schema
        .variables
        .iter()
        .find_map(|variable| variable_fault(schema, variable))
        .or_else(|| role_fault(schema))
        .or_else(|| layout_fault(schema))
        .or_else(|| derived_fault(schema))
        .or_else(|| {
            schema.checks.iter().find_map(|check| {
                let unknown = check.rule.sources().into_iter().find(|name| !names.contains(name))?;
                say(
                    format!("Die Prüfung „{}“ nennt die unbekannte Variable „{unknown}“.", check.id),
                    "Den Namen berichtigen.",
                )
            })
        })
        .or_else(|| {
            let period = schema.period.as_ref()?;
            let fits =
                schema.variable(&period.variable).is_some_and(|v| matches!(v.kind, Kind::Date | Kind::Month));
            (!fits).then(|| {
                (
                    format!("period nennt „{}“; das ist keine Variable mit Tagen.", period.variable),
                    "Eine Variable der Art date oder month nennen.".into(),
                )
            })
        })
}

fn variable_fault(schema: &Schema, variable: &Variable) -> Fault {
    let name = &variable.name;
    let secret = matches!(variable.role, Role::Identifier | Role::Linking | Role::Address | Role::Passing);
    if variable.kind == Kind::Text && !secret {
        return say(
            format!("„{name}“ ist freier Text unter den Erhebungsmerkmalen; darin kann alles stehen."),
            "Codes oder Schlüssel vereinbaren, oder eine der Rollen identifier, linking, address, passing geben.",
        );
    }
    if variable.kind == Kind::Code && variable.codes.is_empty() {
        return say(format!("„{name}“ hat keine Codes."), "codes ergänzen oder kind = \"key\" wählen.");
    }
    if (variable.role == Role::Address) != variable.part.is_some() {
        return say(
            format!("Bei „{name}“ passen role und part nicht zusammen."),
            "Teile einer Adresse haben role = \"address\" und ein part.",
        );
    }
    if variable.role == Role::Linking && variable.linking.is_none() {
        return say(
            format!("„{name}“ dient der Verknüpfung, sagt aber nicht wie."),
            "linking = \"first_name\" (oder surname, birth_date …) ergänzen.",
        );
    }
    if variable.role == Role::Weight && variable.kind != Kind::Number {
        return say(format!("Das Gewicht „{name}“ ist keine Zahl."), "kind = \"number\" setzen.");
    }
    if matches!(variable.role, Role::Area | Role::Office) && variable.kind != Kind::Key {
        return say(format!("„{name}“ ist Gebiet oder Amt, aber kein Schlüssel."), "kind = \"key\" setzen.");
    }
    let placed =
        variable.from.is_some_and(|from| from > 0) && variable.length.is_some_and(|length| length > 0);
    if schema.layout == Layout::FixedWidth && !placed {
        return say(
            format!("„{name}“ sagt nicht, wo es in der Zeile steht."),
            "from und length (ab 1) ergänzen.",
        );
    }
    None
}

fn role_fault(schema: &Schema) -> Fault {
    for (role, what) in [(Role::Area, "area"), (Role::Office, "office"), (Role::Weight, "weight")] {
        if schema.variables.iter().filter(|variable| variable.role == role).count() > 1 {
            return say(
                format!("Mehrere Variablen haben die Rolle {what}."),
                "Nur einer diese Rolle lassen.",
            );
        }
    }
    let mut fields: BTreeSet<LinkField> = BTreeSet::new();
    for field in schema.variables.iter().filter_map(|variable| variable.linking) {
        if !fields.insert(field) {
            return say(
                format!("linking = „{}“ kommt zweimal vor.", field.name()),
                "Nur einer Variablen lassen.",
            );
        }
    }
    None
}

fn layout_fault(schema: &Schema) -> Fault {
    if schema.layout != Layout::FixedWidth {
        return None;
    }
    let mut places: Vec<(usize, usize, &str)> = schema
        .variables
        .iter()
        .filter_map(|v| Some((v.from?, v.from?.checked_add(v.length?)?, v.name.as_str())))
        .collect();
    places.sort_unstable();
    let overlap = places.windows(2).find(|pair| pair[0].1 > pair[1].0)?;
    say(
        format!("„{}“ und „{}“ überlappen sich in der Zeile.", overlap[0].2, overlap[1].2),
        "from und length mit der Datensatzbeschreibung vergleichen.",
    )
}

fn derived_fault(schema: &Schema) -> Fault {
    let mut known: BTreeSet<&str> = schema.variables.iter().map(|variable| variable.name.as_str()).collect();
    for Derived { name, rule, .. } in &schema.derived {
        if let Some(unknown) = rule.sources().into_iter().find(|source| !known.contains(source)) {
            return say(
                format!("„{name}“ braucht „{unknown}“, das es vorher nicht gibt."),
                "Den Namen berichtigen oder die Reihenfolge ändern: Quellen stehen vor dem, was daraus wird.",
            );
        }
        if let Rule::Classes { below, into, .. } = rule
            && (into.len() != below.len() + 1 || below.windows(2).any(|pair| pair[0] >= pair[1]))
        {
            return say(
                format!("Die Klassen von „{name}“ passen nicht zu ihren Grenzen."),
                "Grenzen aufsteigend angeben, und eine Klasse mehr als Grenzen.",
            );
        }
        if let Rule::Mean { answered: share, .. } | Rule::Count { known: share, .. } = rule
            && !(0.0..=1.0).contains(share)
        {
            return say(
                format!("Der Mindestanteil von „{name}“ liegt nicht zwischen 0 und 1."),
                "Zum Beispiel 0.5 angeben.",
            );
        }
        known.insert(name);
    }
    None
}

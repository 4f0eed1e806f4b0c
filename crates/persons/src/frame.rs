//! The table a computation looks at: a dataset, and what links bring to it from others.

use crate::describe::Description;
use crate::error::PersonsError;
use crate::office::Office;
use kekiz_microdata::{Codes, Column, Table, Values};
use kekiz_strongbox::{ItemKind, RestsOn};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::{BTreeMap, HashMap};

/// Which records a computation looks at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameDefinition {
    /// The dataset; each of its records counts once.
    pub dataset: String,
    /// What links bring from other datasets.
    #[serde(default)]
    pub join: Vec<Join>,
    /// Only records whose variable has one of the codes.
    #[serde(default, rename = "where")]
    pub conditions: BTreeMap<String, Vec<String>>,
}

/// What links bring from another dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// Name of the links.
    pub links: String,
    /// The other dataset.
    pub dataset: String,
    /// Name of a new variable: `1` for records with a link, `0` for those without.
    #[serde(default)]
    pub flag: Option<String>,
    /// Title of that variable.
    #[serde(default)]
    pub title: Option<String>,
    /// Variables to take over; they get the name `dataset.variable`.
    #[serde(default)]
    pub take: Vec<String>,
    /// Least probability of a link.
    #[serde(default)]
    pub at_least: Option<f64>,
}

/// The records with all variables. Values of persons: no `Debug`.
pub(crate) struct Frame {
    pub(crate) table: Table,
    /// Rows that meet the conditions.
    pub(crate) rows: Vec<usize>,
    pub(crate) rests_on: Vec<RestsOn>,
    /// For each dataset its description, the frame's own first.
    descriptions: Vec<Description>,
    flags: BTreeMap<String, String>,
}

impl Frame {
    /// Reads what the definition names; `file` is the name of the definition, for messages.
    pub(crate) fn read(
        office: &Office,
        definition: &FrameDefinition,
        file: &str,
        purpose: &str,
    ) -> Result<Self, PersonsError> {
        let own = &definition.dataset;
        let mut rests_on = vec![office.strongbox.item(ItemKind::Records, own)?.as_base()];
        let table = office.table(ItemKind::Records, own, purpose)?;
        let mut descriptions = vec![office.description(own, purpose)?];
        let mut columns: Vec<Column> = table.columns().to_vec();
        let mut flags = BTreeMap::new();
        for join in &definition.join {
            rests_on.push(office.strongbox.item(ItemKind::Records, &join.dataset)?.as_base());
            rests_on.push(office.strongbox.item(ItemKind::Links, &join.links)?.as_base());
            let other = office.table(ItemKind::Records, &join.dataset, purpose)?;
            let partners = partners(office, &table, own, &other, join, purpose)?;
            if let Some(flag) = &join.flag {
                let title = join.title.clone().unwrap_or_else(|| format!("verknüpft mit {}", join.dataset));
                flags.insert(flag.clone(), title);
                let codes: Codes =
                    partners.iter().map(|p| Some(if p.is_some() { "1" } else { "0" })).collect();
                columns.push(Column { name: flag.as_str().into(), values: Values::Codes(codes) });
            }
            for name in &join.take {
                let column = other.column(name).ok_or_else(|| unknown(file, name, &join.dataset, &other))?;
                columns.push(taken(column, &format!("{}.{name}", join.dataset), &partners));
            }
            descriptions.push(office.description(&join.dataset, purpose)?);
        }
        let table = Table::new(columns).ok_or_else(|| {
            PersonsError::definition(
                file,
                "Zwei Variablen bekommen denselben Namen.",
                "flag und take so wählen, dass jeder Name einmal vorkommt.",
            )
        })?;
        let mut frame = Self { table, rows: Vec::new(), rests_on, descriptions, flags };
        frame.rows = frame.meeting(&definition.conditions, file)?;
        Ok(frame)
    }

    /// The rows that meet all conditions.
    pub(crate) fn meeting(
        &self,
        conditions: &BTreeMap<String, Vec<String>>,
        file: &str,
    ) -> Result<Vec<usize>, PersonsError> {
        let mut wanted: Vec<(&Column, &[String])> = Vec::new();
        for (name, codes) in conditions {
            wanted.push((self.column(name, file)?, codes));
        }
        let holds = |row: usize| {
            wanted.iter().all(|(column, codes)| {
                column.text(row).is_some_and(|text| codes.iter().any(|code| *code == text))
            })
        };
        Ok((0..self.table.rows()).filter(|row| holds(*row)).collect())
    }

    /// A variable.
    pub(crate) fn column(&self, name: &str, file: &str) -> Result<&Column, PersonsError> {
        let dataset = self.descriptions.first().map_or("", |description| description.dataset.as_str());
        self.table.column(name).ok_or_else(|| unknown(file, name, dataset, &self.table))
    }

    /// German label of a code, for reading.
    pub(crate) fn label(&self, variable: &str, code: &str) -> String {
        if self.flags.contains_key(variable) {
            return if code == "1" { "ja".into() } else { "nein".into() };
        }
        let schema_label = |at: usize, name: &str| {
            let schema = &self.descriptions.get(at)?.schema;
            let label = schema.label(name, code);
            (label != code).then(|| label.to_string())
        };
        let label = match variable.split_once('.') {
            Some((dataset, name)) => {
                let at = self.descriptions.iter().position(|description| description.dataset == dataset);
                at.and_then(|at| schema_label(at, name))
            }
            None => schema_label(0, variable),
        };
        let flag = self
            .descriptions
            .first()
            .and_then(|d| d.schema.variable(variable))
            .is_some_and(|v| v.kind == kekiz_microdata::schema::Kind::Flag);
        label.unwrap_or_else(|| match (flag, code) {
            (true, "1") => "ja".into(),
            (true, "0") => "nein".into(),
            _ => code.to_string(),
        })
    }

    /// German title of a variable.
    pub(crate) fn title(&self, variable: &str) -> String {
        if let Some(title) = self.flags.get(variable) {
            return title.clone();
        }
        let (at, name) = match variable.split_once('.') {
            Some((dataset, name)) => {
                (self.descriptions.iter().position(|description| description.dataset == dataset), name)
            }
            None => (Some(0), variable),
        };
        let schema = at.and_then(|at| self.descriptions.get(at)).map(|description| &description.schema);
        schema.map_or(name, |schema| schema.title(name)).to_string()
    }
}

fn unknown(file: &str, name: &str, dataset: &str, table: &Table) -> PersonsError {
    let known: Vec<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
    PersonsError::definition(
        file,
        format!("Die Variable „{name}“ gibt es in „{dataset}“ nicht; vorhanden sind {}.", known.join(", ")),
        "Den Namen berichtigen; was nicht dokumentiert ist, lässt sich nicht auszählen.",
    )
}

/// For each row the row of the other dataset it is linked to, the most probable one.
fn partners(
    office: &Office,
    table: &Table,
    own: &str,
    other: &Table,
    join: &Join,
    purpose: &str,
) -> Result<Vec<Option<usize>>, PersonsError> {
    let item = office.strongbox.item(ItemKind::Links, &join.links)?;
    let links = office.table(ItemKind::Links, &join.links, purpose)?;
    let is_left = item.rests_on.first().is_some_and(|base| base.name == own);
    let (mine, theirs) = if is_left { ("left", "right") } else { ("right", "left") };
    let rows = |table: &Table| -> HashMap<SmolStr, usize> {
        let record = table.column("record");
        (0..table.rows()).filter_map(|row| Some((record?.text(row)?, row))).collect()
    };
    let other_rows = rows(other);
    let mut best: HashMap<SmolStr, (f64, usize)> = HashMap::new();
    let (mine, theirs) = (links.column(mine), links.column(theirs));
    let probability = links.column("probability");
    for link in 0..links.rows() {
        let (Some(from), Some(to)) = (mine.and_then(|c| c.text(link)), theirs.and_then(|c| c.text(link)))
        else {
            continue;
        };
        let likely = probability.and_then(|column| column.number(link)).unwrap_or(1.0);
        let Some(row) = other_rows.get(&to) else { continue };
        if join.at_least.is_some_and(|least| likely < least) {
            continue;
        }
        let entry = best.entry(from).or_insert((likely, *row));
        if (likely, std::cmp::Reverse(*row)) > (entry.0, std::cmp::Reverse(entry.1)) {
            *entry = (likely, *row);
        }
    }
    let record = table.column("record");
    let partner = |row: usize| best.get(&record?.text(row)?).map(|(_, row)| *row);
    Ok((0..table.rows()).map(partner).collect())
}

/// A column of the other dataset, brought to the rows of this one.
fn taken(column: &Column, name: &str, partners: &[Option<usize>]) -> Column {
    let values = match &column.values {
        Values::Codes(_) => Values::Codes(partners.iter().map(|row| column.code((*row)?)).collect()),
        Values::Numbers(_) => Values::Numbers(partners.iter().map(|row| column.number((*row)?)).collect()),
        Values::Dates(_) => Values::Dates(partners.iter().map(|row| column.date((*row)?)).collect()),
    };
    Column { name: name.into(), values }
}

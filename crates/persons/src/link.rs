//! Linking two datasets by their Hilfsmerkmale. The only place where names are read.

use crate::error::PersonsError;
use crate::office::Office;
use kekiz_linkage::{
    Cardinality, Charts, Linked, Model, Records, RuleCount, Search, Step, TextColumnBuilder,
    link as link_records, suggest, write_model,
};
use kekiz_microdata::{Codes, Column, Table, Values};
use kekiz_strongbox::{ItemKind, RestsOn};
use serde::Serialize;
use smol_str::SmolStr;

/// What is to be linked.
pub struct LinkJob<'a> {
    /// Name of the links.
    pub name: &'a str,
    /// A dataset with Hilfsmerkmale; its records may have several partners where `cardinality` allows.
    pub left: &'a str,
    /// Another one.
    pub right: &'a str,
    /// How records are compared; without one a model is made from the fields both have.
    pub model: Option<&'a Model>,
    /// Links of at least this probability are made; without one the model decides.
    pub match_probability: Option<f64>,
    /// Pairs from this probability up to that one are kept for clerical review.
    pub review_probability: f64,
    /// How many partners a record may have.
    pub cardinality: Cardinality,
    /// Seed of random pairs.
    pub seed: u64,
}

/// What came of it: numbers only.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LinkReport {
    /// Name of the links.
    pub name: String,
    /// Records on the left and on the right.
    pub records: [u64; 2],
    /// Fields that were compared.
    pub fields: Vec<String>,
    /// Pairs of each blocking rule.
    pub rules: Vec<RuleCount>,
    /// Links that were made.
    pub links: u64,
    /// Pairs that `cardinality` left out.
    pub left_out: u64,
    /// Pairs for clerical review.
    pub doubtful: u64,
    /// Probability from which links were made.
    pub match_probability: f64,
    /// Expected share of links that are right, by the model.
    pub expected_precision: Option<f64>,
    /// What a reviewer wants to see: weights, m and u, histogram, expected precision and recall by threshold.
    pub charts: Charts,
    /// The model with its estimated parameters (TOML), to link further records with the same weights.
    pub model: String,
}

/// A pair for clerical review.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Doubtful {
    /// Its number in the list.
    pub number: usize,
    /// Probability of a match.
    pub probability: f64,
    /// What was decided: `open`, `yes`, `no`.
    pub decision: String,
    /// Why it has its weight: levels of agreement with their bits, no values.
    pub steps: Vec<Step>,
}

/// The fields of a pair side by side: title of the field, left, right. Values of persons: no `Debug`.
pub struct PairFields {
    /// The fields.
    pub fields: Vec<(String, Option<SmolStr>, Option<SmolStr>)>,
}

/// Links two datasets and stores links and doubtful pairs; links and decisions of that name are replaced.
///
/// Content decides ties, so neither the order of the rows, nor the secret, nor the number of threads matters.
///
/// # Errors
/// A dataset without Hilfsmerkmale, fields or rules that give no comparison, or the strongbox refuses.
pub fn link(office: &Office, job: &LinkJob<'_>) -> Result<LinkReport, PersonsError> {
    let mut rests_on: Vec<RestsOn> = Vec::new();
    for kind in [ItemKind::Records, ItemKind::Linking] {
        for dataset in [job.left, job.right] {
            rests_on.push(office.strongbox.item(kind, dataset)?.as_base());
        }
    }
    let left = office.table(ItemKind::Linking, job.left, "Verknüpfung")?;
    let right = office.table(ItemKind::Linking, job.right, "Verknüpfung")?;
    let records = records(&left, &right);
    let fields: Vec<String> = records.columns.iter().map(|column| column.name.clone()).collect();
    let refuse = |message: String| {
        PersonsError::definition(job.name, message, "Das Modell oder die Felder der Schemas anpassen.")
    };
    let suggested;
    let model = match job.model {
        Some(model) => model,
        None => {
            suggested = suggest(&records).map_err(|error| refuse(error.to_string()))?.model;
            &suggested
        }
    };
    let linked =
        link_records(model, records, Search::Link, job.seed).map_err(|error| refuse(error.to_string()))?;
    let least = job.match_probability.unwrap_or(model.decision.match_probability);
    let chosen = linked.links(least, job.cardinality);
    let doubtful: Vec<_> = linked
        .pairs
        .iter()
        .filter(|pair| (job.review_probability..least).contains(&pair.probability()))
        .copied()
        .collect();
    let pairs = |pairs: &[kekiz_linkage::ScoredPair], decision: bool| {
        table_of(&linked, pairs, &left, &right, decision)
    };
    let (links, review) = (pairs(&chosen.pairs, false), pairs(&doubtful, true));
    let (Some(links), Some(review)) = (links, review) else {
        return Err(refuse("Die Verknüpfung ergab Spalten verschiedener Länge.".into()));
    };
    let expected = chosen.pairs.iter().map(kekiz_linkage::ScoredPair::probability).sum::<f64>();
    let report = LinkReport {
        name: job.name.into(),
        records: [left.rows() as u64, right.rows() as u64],
        fields,
        rules: linked.rules.clone(),
        links: links.rows() as u64,
        left_out: chosen.left_out as u64,
        doubtful: review.rows() as u64,
        match_probability: least,
        expected_precision: (!chosen.pairs.is_empty()).then(|| expected / chosen.pairs.len() as f64),
        charts: linked.charts(),
        model: write_model(&linked.trained_model()),
    };
    let mut change = office.strongbox.begin("link", job.name)?;
    change.put(ItemKind::Links, job.name, report.links, rests_on.clone(), &links.to_bytes())?;
    change.put(ItemKind::Decisions, job.name, report.doubtful, rests_on, &review.to_bytes())?;
    change.commit(&format!("{} Verknüpfungen, {} zweifelhaft", report.links, report.doubtful))?;
    Ok(report)
}

/// The fields both tables have, one file behind the other.
fn records(left: &Table, right: &Table) -> Records {
    let common = left
        .columns()
        .iter()
        .filter(|column| column.name != "record" && right.column(&column.name).is_some());
    let columns = common.map(|column| {
        let mut builder = TextColumnBuilder::new(&column.name);
        for table in [left, right] {
            let values = table.column(&column.name);
            (0..table.rows())
                .for_each(|row| builder.push(values.and_then(|column| column.text(row)).as_deref()));
        }
        builder.finish()
    });
    let columns = columns.collect();
    // No keys: record numbers are pseudonyms, and with another secret they would sample and break ties otherwise.
    Records { columns, files: vec![left.rows(), right.rows()], keys: Vec::new() }
}

fn table_of(
    linked: &Linked,
    pairs: &[kekiz_linkage::ScoredPair],
    left: &Table,
    right: &Table,
    decision: bool,
) -> Option<Table> {
    let record = |number: u32| {
        let row = linked.row(number);
        match row.checked_sub(left.rows()) {
            None => left.column("record")?.text(row),
            Some(row) => right.column("record")?.text(row),
        }
    };
    let rows = pairs.iter().filter_map(|pair| {
        let (mut first, mut second) = (pair.left, pair.right);
        if linked.file(first) > linked.file(second) {
            std::mem::swap(&mut first, &mut second);
        }
        let (weight, probability) = (Some(pair.weight), Some(pair.probability()));
        let steps = if decision { steps_text(&linked.waterfall(pair).steps) } else { String::new() };
        Some(Row { left: record(first)?, right: record(second)?, weight, probability, steps })
    });
    let rows: Vec<Row> = rows.collect();
    let decisions = decision.then(|| rows.iter().map(|_| Some("open")).collect());
    Table::new(columns_of(rows, decisions))
}

/// A pair of record numbers with what was found.
struct Row {
    left: SmolStr,
    right: SmolStr,
    weight: Option<f64>,
    probability: Option<f64>,
    /// Why it has its weight, for doubtful pairs.
    steps: String,
}

/// The columns of links or decisions, ordered by record numbers.
fn columns_of(mut rows: Vec<Row>, decisions: Option<Codes>) -> Vec<Column> {
    rows.sort_by(|a, b| (&a.left, &a.right).cmp(&(&b.left, &b.right)));
    let column = |name: &'static str, values| Column { name: SmolStr::new_static(name), values };
    let codes = |of: fn(&Row) -> &str| Values::Codes(rows.iter().map(|row| Some(of(row))).collect());
    let numbers = |of: fn(&Row) -> Option<f64>| Values::Numbers(rows.iter().map(of).collect());
    let own = [
        column("left", codes(|row| &row.left)),
        column("right", codes(|row| &row.right)),
        column("weight", numbers(|row| row.weight)),
        column("probability", numbers(|row| row.probability)),
    ];
    let review = decisions.map(|decided| {
        [column("decision", Values::Codes(decided)), column("steps", codes(|row| &row.steps))]
    });
    own.into_iter().chain(review.into_iter().flatten()).collect()
}

/// The pairs kept for clerical review, in their order.
///
/// # Errors
/// There are no links of that name, or the strongbox refuses.
pub fn doubtful(office: &Office, links: &str) -> Result<Vec<Doubtful>, PersonsError> {
    let table = office.table(ItemKind::Decisions, links, "Durchsicht")?;
    let of = |name: &str| table.column(name);
    let pair = |number: usize| Doubtful {
        number,
        probability: of("probability").and_then(|column| column.number(number)).unwrap_or_default(),
        decision: of("decision").and_then(|column| column.code(number)).unwrap_or("open").to_string(),
        steps: of("steps").and_then(|column| column.code(number)).map(steps_of).unwrap_or_default(),
    };
    Ok((0..table.rows()).map(pair).collect())
}

/// Steps as they are kept: name, level, bits.
fn steps_text(steps: &[Step]) -> String {
    let plain: Vec<(&str, &str, f64)> =
        steps.iter().map(|step| (step.what.as_str(), step.level.as_str(), step.bits)).collect();
    serde_json::to_string(&plain).unwrap_or_default()
}

fn steps_of(text: &str) -> Vec<Step> {
    let plain: Vec<(String, String, f64)> = serde_json::from_str(text).unwrap_or_default();
    plain.into_iter().map(|(what, level, bits)| Step { what, level, bits }).collect()
}

/// The fields of one pair, for the eyes of the person who decides.
///
/// # Errors
/// There is no such pair, the Hilfsmerkmale are gone, or the strongbox refuses.
pub fn show_pair(office: &Office, links: &str, number: usize) -> Result<PairFields, PersonsError> {
    let item = office.strongbox.item(ItemKind::Decisions, links)?;
    let table = office.table(ItemKind::Decisions, links, "Durchsicht")?;
    let records = ["left", "right"].map(|side| table.column(side).and_then(|column| column.text(number)));
    let [Some(left), Some(right)] = records else { return Err(no_pair(links)) };
    let [Some(left_base), Some(right_base)] = [0, 1].map(|at| item.rests_on.get(at)) else {
        return Err(no_pair(links));
    };
    let purpose = format!("Durchsicht, Paar {number}");
    let left_table = office.table(ItemKind::Linking, &left_base.name, &purpose)?;
    let right_table = office.table(ItemKind::Linking, &right_base.name, &purpose)?;
    let row = |table: &Table, record: &SmolStr| {
        let column = table.column("record")?;
        (0..table.rows()).find(|row| column.code(*row) == Some(record))
    };
    let (Some(left), Some(right)) = (row(&left_table, &left), row(&right_table, &right)) else {
        return Err(no_pair(links));
    };
    let both = left_table.columns().iter().filter(|column| column.name != "record");
    let fields = both.filter_map(|column| {
        let other = right_table.column(&column.name)?;
        Some((column.name.to_string(), column.text(left), other.text(right)))
    });
    Ok(PairFields { fields: fields.collect() })
}

fn no_pair(links: &str) -> PersonsError {
    PersonsError::definition(
        links,
        "Dieses Paar gibt es nicht (mehr).",
        "Die Liste der zweifelhaften Paare neu laden.",
    )
}

/// Writes down what was decided on a pair: one person makes a link, two take it away.
///
/// # Errors
/// There is no such pair, or the strongbox refuses.
pub fn decide(office: &Office, links: &str, number: usize, same_person: bool) -> Result<(), PersonsError> {
    let mut change = office.strongbox.begin("decide", &format!("{links}, Paar {number}"))?;
    let items = change.items().to_vec();
    let read = |kind| -> Result<Table, PersonsError> {
        let bytes = change.read(kind, links, "Durchsicht")?;
        Table::from_bytes(&bytes).map_err(|reason| PersonsError::Table { name: links.into(), reason })
    };
    let (review, made) = (read(ItemKind::Decisions)?, read(ItemKind::Links)?);
    let pair = |table: &Table, row: usize| {
        let text = |name: &str| table.column(name)?.text(row);
        Some((text("left")?, text("right")?))
    };
    let number_of =
        |table: &Table, name: &str, row: usize| table.column(name).and_then(|column| column.number(row));
    let wanted = pair(&review, number).ok_or_else(|| no_pair(links))?;
    let decisions: Codes = (0..review.rows())
        .map(|row| match (row == number, same_person) {
            (true, true) => Some("yes"),
            (true, false) => Some("no"),
            (false, _) => review.column("decision").and_then(|column| column.code(row)),
        })
        .collect();
    let columns = review.columns().iter().map(|column| {
        if column.name == "decision" {
            Column { name: column.name.clone(), values: Values::Codes(decisions.clone()) }
        } else {
            column.clone()
        }
    });
    let review_after = Table::new(columns.collect());
    let mut rows: Vec<Row> = (0..made.rows())
        .filter_map(|row| {
            let (left, right) = pair(&made, row)?;
            let (weight, probability) =
                (number_of(&made, "weight", row), number_of(&made, "probability", row));
            Some(Row { left, right, weight, probability, steps: String::new() })
        })
        .filter(|row| (&row.left, &row.right) != (&wanted.0, &wanted.1))
        .collect();
    if same_person {
        // A person's word is certain.
        let weight = number_of(&review, "weight", number);
        rows.push(Row {
            left: wanted.0,
            right: wanted.1,
            weight,
            probability: Some(1.0),
            steps: String::new(),
        });
    }
    let made_after = Table::new(columns_of(rows, None));
    for (kind, table) in [(ItemKind::Decisions, review_after), (ItemKind::Links, made_after)] {
        let base = items.iter().find(|item| item.kind == kind && item.name == links);
        if let (Some(table), Some(base)) = (table, base) {
            change.put(kind, links, table.rows() as u64, base.rests_on.clone(), &table.to_bytes())?;
        }
    }
    change.commit(if same_person { "dieselbe Person" } else { "verschiedene Personen" })?;
    Ok(())
}

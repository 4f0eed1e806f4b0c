//! Taking a file in: choose a schema, judge it, store it.

use crate::form::Form;
use crate::gate::Signed;
use crate::look::{Chrome, page, page_as, percent, whole};
use crate::pages::away;
use crate::problem::Problem;
use crate::state::Desk;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use jiff::civil::Date;
use kekiz_base::{Diagnostic, Diagnostics, Period, Severity};
use kekiz_microdata::{AddressTable, AreaFinder, SHIPPED, Schema, parse_schema, shipped};
use kekiz_persons::{ImportJob, Imported, PersonsError, import};
use kekiz_tables::TableFile;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn router() -> Router<Desk> {
    Router::new().route("/import", get(show).post(take))
}

#[derive(Template)]
#[template(path = "import.html")]
struct Page {
    chrome: Chrome,
    schemas: Vec<(&'static str, String)>,
    problem: String,
}

fn schemas() -> Vec<(&'static str, String)> {
    let title = |name: &'static str| shipped(name).map_or_else(|_| name.to_string(), |schema| schema.title);
    SHIPPED.iter().map(|(name, _)| (*name, title(name))).collect()
}

async fn show(signed: Signed) -> Result<Response, Problem> {
    page(&Page {
        chrome: Chrome::signed(&signed, "/import", "Einlesen"),
        schemas: schemas(),
        problem: String::new(),
    })
}

/// Findings of one kind together: how often, where first, what to do.
struct FindingLine {
    word: &'static str,
    count: String,
    first: String,
    message: String,
    remedy: String,
}

#[derive(Template)]
#[template(path = "imported.html")]
struct Report {
    chrome: Chrome,
    outcome: String,
    stored: bool,
    numbers: Vec<(&'static str, String)>,
    findings: Vec<FindingLine>,
}

/// What a form asks for, read before the work begins.
struct Wish {
    file: TableFile,
    schema: Schema,
    dataset: String,
    addresses: Option<AddressTable>,
    reference: Option<Date>,
    period: Option<Period>,
    keep_until: Option<Date>,
    check_only: bool,
}

fn wish(form: &mut Form) -> Result<Wish, Problem> {
    let day = |name: &str, title: &str| -> Result<Option<Date>, Problem> {
        let text = form.text(name);
        let fail = |_| {
            Problem::input(format!(
                "{title}: „{text}“ ist kein Tag. Abhilfe: in der Form 2024-12-31 angeben."
            ))
        };
        if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(fail) }
    };
    let (reference, keep_until) = (day("stichtag", "Stichtag")?, day("frist", "Aufbewahren bis")?);
    let period = match form.text("zeitraum") {
        "" => None,
        text => Some(text.parse::<Period>().map_err(|_| {
            Problem::input(format!(
                "Zeitraum: „{text}“ ist keiner. Abhilfe: ein Jahr (2024) oder Schuljahr (2024/25) angeben."
            ))
        })?),
    };
    let chosen = form.text("schema").to_string();
    let dataset = form.text("datensatz").to_string();
    let check_only = form.text("wie") == "pruefen";
    let schema = match form.file("eigenes_schema") {
        Some(own) => parse_schema(&own.name, &String::from_utf8_lossy(&own.bytes))
            .map_err(|error| Problem::input(error.to_string()))?,
        None => shipped(&chosen).map_err(|error| Problem::input(error.to_string()))?,
    };
    let addresses = match form.file("adressen") {
        Some(list) => {
            let file = TableFile::from_bytes(list.name, list.bytes);
            Some(AddressTable::read(&file).map_err(|error| Problem::input(error.to_string()))?)
        }
        None => None,
    };
    let Some(file) = form.file("datei") else {
        return Err(Problem::input(
            "Die Datei fehlt. Abhilfe: eine Datei auswählen (CSV, feste Breite, XLSX, Parquet, SPSS).",
        ));
    };
    let dataset = if dataset.is_empty() { schema.id.clone() } else { dataset };
    let file = TableFile::from_bytes(file.name, file.bytes);
    Ok(Wish { file, schema, dataset, addresses, reference, period, keep_until, check_only })
}

async fn take(State(desk): State<Desk>, signed: Signed, mut form: Form) -> Result<Response, Problem> {
    let wish = match wish(&mut form) {
        Ok(wish) => wish,
        Err(problem) => {
            let chrome = Chrome::signed(&signed, "/import", "Einlesen");
            let page = Page { chrome, schemas: schemas(), problem: problem.message().into() };
            return page_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let chrome = Chrome::signed(&signed, "/import", "Prüfbericht");
    let done = away(move || {
        let areas: &dyn AreaFinder = match &wish.addresses {
            Some(table) => table,
            None => desk.config().areas.as_ref(),
        };
        let lists: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let job = ImportJob {
            file: &wish.file,
            schema: &wish.schema,
            dataset: &wish.dataset,
            areas,
            known_areas: &desk.config().known_areas,
            reference: wish.reference,
            period: wish.period,
            lists: &lists,
            keep_until: wish.keep_until,
            check_only: wish.check_only,
        };
        Ok(import(&signed.office, &job))
    })
    .await?;
    report(chrome, done)
}

fn report(chrome: Chrome, done: Result<(Imported, Diagnostics), PersonsError>) -> Result<Response, Problem> {
    match done {
        Ok((imported, findings)) => {
            let summary = &imported.summary;
            let share = |part: u64| percent((summary.rows > 0).then(|| part as f64 / summary.rows as f64));
            let mut numbers = vec![("Datensätze", whole(summary.rows))];
            if let Some(placed) = summary.placed {
                numbers.push(("davon mit Gebiet", format!("{} ({})", whole(placed), share(placed))));
            }
            numbers.push((
                "Hilfsmerkmale zum Verknüpfen",
                if imported.linking { "ja, getrennt verwahrt" } else { "keine" }.into(),
            ));
            if !summary.left_out.is_empty() {
                numbers.push(("Spalten, die das Schema nicht kennt", summary.left_out.join(", ")));
            }
            let outcome = match (imported.stored, imported.replaced) {
                (false, _) => format!("„{}“ wurde nur geprüft, nichts gespeichert.", imported.dataset),
                (true, false) => format!("„{}“ ist gespeichert.", imported.dataset),
                (true, true) => format!(
                    "„{}“ ist gespeichert und ersetzt den früheren Stand; Verknüpfungen damit sind entfallen.",
                    imported.dataset
                ),
            };
            let findings = grouped(&findings);
            page(&Report { chrome, outcome, stored: imported.stored, numbers, findings })
        }
        Err(error) => {
            let findings = error.findings().map(grouped).unwrap_or_default();
            let outcome = error.to_string();
            let page = Report { chrome, outcome, stored: false, numbers: Vec::new(), findings };
            page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// Findings by code and column, the grave ones first. Findings carry no person's value.
fn grouped(findings: &Diagnostics) -> Vec<FindingLine> {
    let mut groups: Vec<(&Diagnostic, u64)> = Vec::new();
    let mut place: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    for finding in findings {
        let key = (finding.code, finding.place.column.as_deref());
        match place.get(&key) {
            Some(at) => groups[*at].1 += 1,
            None => {
                place.insert(key, groups.len());
                groups.push((finding, 1));
            }
        }
    }
    groups.sort_by_key(|(finding, _)| std::cmp::Reverse(finding.severity));
    let line = |(finding, count): (&Diagnostic, u64)| FindingLine {
        word: match finding.severity {
            Severity::Note => "Hinweis",
            Severity::Warning => "Warnung",
            Severity::Error => "Fehler",
        },
        count: whole(count),
        first: finding.place.to_string(),
        message: finding.message.clone(),
        remedy: finding.remedy.clone(),
    };
    groups.into_iter().map(line).collect()
}

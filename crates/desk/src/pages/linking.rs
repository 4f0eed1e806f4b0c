//! Linking two datasets, what the model thinks, and clerical review of doubtful pairs.

use crate::form::Form;
use crate::gate::Signed;
use crate::look::{Chrome, go, page, page_as, percent, whole};
use crate::pages::away;
use crate::problem::Problem;
use crate::state::Desk;
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use kekiz_base::number::german;
use kekiz_base::{Cell, Figure};
use kekiz_charts::{Bar, Bars, Curve, CurvePoint, Drawing, Frame, Unit};
use kekiz_linkage::{Cardinality, Charts, parse_model};
use kekiz_persons::{
    DatasetLine, Doubtful, LinkJob, LinkReport, PairFields, decide, doubtful, link, list, show_pair,
};
use std::sync::Arc;

pub(super) fn router() -> Router<Desk> {
    Router::new()
        .route("/verknuepfen", get(show).post(run))
        .route("/verknuepfen/ergebnis", get(result))
        .route("/verknuepfen/modell", get(model))
        .route("/pruefen/{links}", get(review))
        .route("/pruefen/{links}/{number}", get(pair).post(judge))
        .route("/pruefen/{links}/{number}/zeigen", post(reveal))
}

/// A linkage that was made in this session.
pub(crate) type Run = LinkReport;

#[derive(Template)]
#[template(path = "link.html")]
struct Page {
    chrome: Chrome,
    datasets: Vec<DatasetLine>,
    links: Vec<String>,
    problem: String,
}

async fn choose(signed: &Signed, problem: String) -> Result<Response, Problem> {
    let chrome = Chrome::signed(signed, "/verknuepfen", "Verknüpfen");
    let office = signed.office.clone();
    let all = away(move || Ok(list(&office)?)).await?;
    let mut links: Vec<String> = all.iter().flat_map(|dataset| dataset.links.clone()).collect();
    links.sort();
    links.dedup();
    let datasets = all.into_iter().filter(|dataset| dataset.linking).collect();
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_as(status, &Page { chrome, datasets, links, problem })
}

async fn show(signed: Signed) -> Result<Response, Problem> {
    choose(&signed, String::new()).await
}

/// A probability in percent from a form.
fn probability(form: &Form, name: &str, title: &str) -> Result<f64, Problem> {
    let text = form.text(name).replace(',', ".");
    let number = text.parse::<f64>().ok().filter(|percent| *percent > 0.0 && *percent <= 100.0);
    number
        .map(|percent| percent / 100.0)
        .ok_or_else(|| Problem::input(format!("{title}: Abhilfe: eine Zahl über 0 bis 100 angeben.")))
}

async fn run(State(desk): State<Desk>, signed: Signed, mut form: Form) -> Result<Response, Problem> {
    let done = link_as_wished(&signed, &mut form).await;
    match done {
        Ok(report) => {
            desk.keep_run(&signed.secret, Some(Arc::new(report)));
            go("/verknuepfen/ergebnis")
        }
        Err(problem) => choose(&signed, problem.message().into()).await,
    }
}

async fn link_as_wished(signed: &Signed, form: &mut Form) -> Result<LinkReport, Problem> {
    let least = probability(form, "schwelle", "Verknüpfen ab")?;
    let review_from = probability(form, "durchsicht", "Durchsicht ab")?;
    if review_from > least {
        return Err(Problem::input(
            "Die Durchsicht beginnt über der Schwelle. Abhilfe: „Durchsicht ab“ kleiner wählen als „Verknüpfen ab“.",
        ));
    }
    let [left, right] = ["links", "rechts"].map(|name| form.text(name).to_string());
    if left == right {
        return Err(Problem::input("Zweimal derselbe Datensatz. Abhilfe: zwei verschiedene wählen."));
    }
    let name = match form.text("name") {
        "" => format!("{left}-{right}"),
        name => name.to_string(),
    };
    let cardinality = match form.text("partner") {
        "beliebig" => Cardinality::ManyToMany,
        "einer-rechts" => Cardinality::OneToMany,
        _ => Cardinality::OneToOne,
    };
    let model = match form.file("modell") {
        Some(file) => Some(
            parse_model(&String::from_utf8_lossy(&file.bytes))
                .map_err(|error| Problem::input(error.to_string()))?,
        ),
        None => None,
    };
    let office = signed.office.clone();
    away(move || {
        let job = LinkJob {
            name: &name,
            left: &left,
            right: &right,
            model: model.as_ref(),
            match_probability: Some(least),
            review_probability: review_from,
            cardinality,
            seed: 1,
        };
        Ok(link(&office, &job)?)
    })
    .await
}

/// A line of the table of thresholds.
struct ThresholdLine {
    probability: String,
    weight: String,
    pairs: String,
    precision: String,
    recall: String,
    chosen: bool,
}

/// A level of a comparison with its probabilities.
struct LevelLine {
    column: String,
    level: String,
    m: String,
    u: String,
    bits: String,
}

#[derive(Template)]
#[template(path = "linked.html")]
struct LinkedPage {
    chrome: Chrome,
    report: Arc<Run>,
    numbers: Vec<(&'static str, String)>,
    rules: Vec<(String, String)>,
    thresholds: Vec<ThresholdLine>,
    levels: Vec<LevelLine>,
    weights: Drawing,
    shares: Drawing,
    histogram: Drawing,
    recall: Drawing,
}

fn figure(value: f64) -> Cell {
    Cell::Shown(Figure::bare(value))
}

fn bars(id: &str, title: &str, unit: Unit, bars: Vec<Bar>) -> Drawing {
    Bars { frame: Frame::new(id, title), unit, bars, reference: None }.draw()
}

/// Match weights of all levels in bits.
fn weight_bars(charts: &Charts) -> Drawing {
    let lines = charts.weights.iter().filter(|level| level.bits.is_finite());
    let list = lines.map(|level| Bar::new(format!("{}: {}", level.column, level.level), figure(level.bits)));
    bars("gewichte", "Gewichte der Stufen", Unit::new("Bit", 1), list.collect())
}

/// m and u of the first level of each comparison.
fn share_bars(charts: &Charts) -> Drawing {
    let mut seen = std::collections::BTreeSet::new();
    let first = charts.weights.iter().filter(|level| seen.insert(level.column.clone()));
    let both = first.flat_map(|level| {
        let mut m = Bar::new(format!("{}: m", level.column), figure(level.m * 100.0));
        m.highlight = true;
        [m, Bar::new(format!("{}: u", level.column), figure(level.u * 100.0))]
    });
    bars(
        "m-und-u",
        "Volle Übereinstimmung bei derselben (m) und bei verschiedenen Personen (u)",
        Unit::new("%", 2),
        both.collect(),
    )
}

fn histogram_bars(charts: &Charts) -> Drawing {
    let list = charts.histogram.iter().map(|bar| Bar::new(german(bar.from, 0), figure(bar.pairs as f64)));
    bars("histogramm", "Paare nach Gewicht (Bit)", Unit::new("", 0), list.collect())
}

/// Expected precision against recall over the thresholds.
fn recall_curve(charts: &Charts) -> Drawing {
    let share = || Unit::new("%", 1);
    let points = charts.thresholds.iter().filter_map(|row| {
        Some(CurvePoint {
            label: format!("ab {} %", german(row.match_probability * 100.0, 2)),
            x: row.expected_recall? * 100.0,
            y: row.expected_precision? * 100.0,
            highlight: charts.best_expected == Some(row.match_probability),
        })
    });
    Curve {
        frame: Frame::new("genauigkeit", "Erwartete Genauigkeit und Vollständigkeit je Schwelle"),
        x_label: "Vollständigkeit".into(),
        x_unit: share(),
        y_label: "Genauigkeit".into(),
        y_unit: share(),
        points: points.collect(),
    }
    .draw()
}

async fn result(State(desk): State<Desk>, signed: Signed) -> Result<Response, Problem> {
    let Some(report) = desk.run(&signed.secret) else {
        return Err(Problem::missing(
            "In dieser Sitzung wurde noch nichts verknüpft. Abhilfe: unter „Verknüpfen“ beginnen.",
        ));
    };
    let charts = &report.charts;
    let numbers = vec![
        ("Datensätze", format!("{} und {}", whole(report.records[0]), whole(report.records[1]))),
        ("Verglichene Felder", report.fields.join(", ")),
        ("Verknüpfungen", whole(report.links)),
        ("Wegen der Zahl der Partner ausgelassen", whole(report.left_out)),
        ("Für die Durchsicht", whole(report.doubtful)),
        ("Erwartete Genauigkeit", percent(report.expected_precision)),
    ];
    let thresholds = charts.thresholds.iter().map(|row| ThresholdLine {
        probability: format!("{} %", german(row.match_probability * 100.0, 2)),
        weight: german(row.match_weight, 1),
        pairs: whole(row.pairs),
        precision: percent(row.expected_precision),
        recall: percent(row.expected_recall),
        chosen: charts.best_expected == Some(row.match_probability),
    });
    let small = |share: f64| if share > 0.0 && share < 5e-6 { "< 0,000005".into() } else { german(share, 5) };
    let levels = charts.weights.iter().map(|level| LevelLine {
        column: level.column.clone(),
        level: level.level.clone(),
        m: small(level.m),
        u: small(level.u),
        bits: if level.bits.is_finite() { german(level.bits, 2) } else { "–".into() },
    });
    let page_of = LinkedPage {
        chrome: Chrome::signed(&signed, "/verknuepfen", "Ergebnis der Verknüpfung"),
        numbers,
        rules: report.rules.iter().map(|rule| (rule.rule.clone(), whole(rule.pairs))).collect(),
        thresholds: thresholds.collect(),
        levels: levels.collect(),
        weights: weight_bars(charts),
        shares: share_bars(charts),
        histogram: histogram_bars(charts),
        recall: recall_curve(charts),
        report,
    };
    page(&page_of)
}

async fn model(State(desk): State<Desk>, signed: Signed) -> Result<Response, Problem> {
    let report = desk.run(&signed.secret).ok_or_else(|| Problem::missing("Es gibt noch kein Modell."))?;
    crate::look::file("modell.toml", "application/toml", report.model.clone().into_bytes())
}

/// A doubtful pair in the list.
struct DoubtLine {
    number: usize,
    probability: String,
    decision: &'static str,
}

fn decision(word: &str) -> &'static str {
    match word {
        "yes" => "dieselbe Person",
        "no" => "verschiedene Personen",
        _ => "offen",
    }
}

#[derive(Template)]
#[template(path = "review.html")]
struct Review {
    chrome: Chrome,
    links: String,
    open: String,
    all: String,
    lines: Vec<DoubtLine>,
    first: Option<usize>,
}

/// Pairs listed on one page; the open ones come first.
const LISTED: usize = 300;

async fn review(Path(links): Path<String>, signed: Signed) -> Result<Response, Problem> {
    let chrome = Chrome::signed(&signed, "/verknuepfen", "Durchsicht");
    let name = links.clone();
    let found = away(move || Ok(doubtful(&signed.office, &name)?)).await?;
    let is_open = |pair: &&Doubtful| pair.decision == "open";
    let open = found.iter().filter(is_open).count();
    let ordered = found.iter().filter(is_open).chain(found.iter().filter(|pair| !is_open(pair)));
    let lines = ordered.take(LISTED).map(|pair| DoubtLine {
        number: pair.number,
        probability: percent(Some(pair.probability)),
        decision: decision(&pair.decision),
    });
    let first = found.iter().find(is_open).map(|pair| pair.number);
    page(&Review {
        chrome,
        links,
        open: whole(open as u64),
        all: whole(found.len() as u64),
        lines: lines.collect(),
        first,
    })
}

/// A step of the explanation.
struct StepLine {
    what: String,
    level: String,
    bits: String,
}

#[derive(Template)]
#[template(path = "pair.html")]
struct Pair {
    chrome: Chrome,
    links: String,
    number: usize,
    probability: String,
    decision: &'static str,
    steps: Vec<StepLine>,
    drawing: Drawing,
    /// Values, once somebody asked for them.
    fields: Option<PairFields>,
}

async fn pair_page(
    signed: Signed,
    links: String,
    number: usize,
    revealed: bool,
) -> Result<Response, Problem> {
    let chrome = Chrome::signed(&signed, "/verknuepfen", &format!("Paar {}", number + 1));
    let name = links.clone();
    let (found, fields) = away(move || {
        let found = doubtful(&signed.office, &name)?.into_iter().find(|pair| pair.number == number);
        let fields = if revealed { Some(show_pair(&signed.office, &name, number)?) } else { None };
        Ok((found, fields))
    })
    .await?;
    let Some(found) = found else {
        return Err(Problem::missing("Dieses Paar gibt es nicht (mehr). Abhilfe: die Liste neu laden."));
    };
    let steps: Vec<StepLine> = found
        .steps
        .iter()
        .map(|step| StepLine {
            what: german_step(&step.what),
            level: german_level(&step.level),
            bits: format!("{}{}", if step.bits > 0.0 { "+" } else { "" }, german(step.bits, 2)),
        })
        .collect();
    let list = found.steps.iter().map(|step| Bar::new(german_step(&step.what), figure(step.bits)));
    let drawing =
        bars("wasserfall", "Was für und gegen dieselbe Person spricht", Unit::new("Bit", 1), list.collect());
    page(&Pair {
        chrome,
        links,
        number,
        probability: percent(Some(found.probability)),
        decision: decision(&found.decision),
        steps,
        drawing,
        fields,
    })
}

/// The names the model gives to parts of a weight, in German.
fn german_step(what: &str) -> String {
    match what {
        "prior" => "Ausgangswert".into(),
        "household" => "Haushalt (Geschwister)".into(),
        other => other
            .strip_prefix("rarity of ")
            .map_or_else(|| other.to_string(), |field| format!("Seltenheit: {field}")),
    }
}

fn german_level(level: &str) -> String {
    match level {
        "missing" => "fehlt".into(),
        "else" => "verschieden".into(),
        "exact" | "equal" => "gleich".into(),
        other => other.into(),
    }
}

async fn pair(Path((links, number)): Path<(String, usize)>, signed: Signed) -> Result<Response, Problem> {
    pair_page(signed, links, number, false).await
}

/// Shows the values of a pair; that is an entry in the log.
async fn reveal(
    Path((links, number)): Path<(String, usize)>,
    signed: Signed,
    _form: Form,
) -> Result<Response, Problem> {
    let (office, subject) = (signed.office.clone(), format!("{links}, Paar {}", number + 1));
    away(move || Ok(office.strongbox().note("reveal", &subject, "Klardaten eines Paares angezeigt")?))
        .await?;
    pair_page(signed, links, number, true).await
}

async fn judge(
    Path((links, number)): Path<(String, usize)>,
    signed: Signed,
    form: Form,
) -> Result<Response, Problem> {
    let same = match form.text("urteil") {
        "dieselbe" => true,
        "verschiedene" => false,
        _ => return Err(Problem::input("Das Urteil fehlt. Abhilfe: einen der beiden Knöpfe benutzen.")),
    };
    let name = links.clone();
    let next = away(move || {
        decide(&signed.office, &name, number, same)?;
        let found = doubtful(&signed.office, &name)?;
        let open = |pair: &&Doubtful| pair.decision == "open";
        let after = found.iter().filter(open).find(|pair| pair.number > number);
        Ok(after.or_else(|| found.iter().find(open)).map(|pair| pair.number))
    })
    .await?;
    match next {
        Some(next) => go(&format!("/pruefen/{links}/{next}")),
        None => go(&format!("/pruefen/{links}")),
    }
}

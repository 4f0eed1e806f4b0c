//! `/vergleich?a=…&b=…`: two areas side by side.

use crate::ask::Ask;
use crate::layout::{Chrome, Section};
use crate::pages::atlas::figures::NARROW;
use crate::pages::{Page, PageError};
use crate::state::SiteState;
use crate::words;
use kekiz_atlas::compare::CompareTheme;
use kekiz_base::{Area, AreaKey, IndicatorKind, Level};
use kekiz_charts::{Comparison, ComparisonRow, Drawing, Frame};

/// Places offered when a text fits several.
const MOST_CHOICES: usize = 12;

struct Row {
    title: String,
    url: String,
    period: String,
    a: String,
    b: String,
    difference: String,
    judgement: &'static str,
}

struct Theme {
    name: String,
    drawings: Option<[Drawing; 2]>,
    rows: Vec<Row>,
}

/// A field for a place: what stands in it, and what to choose from if that is not one place.
#[derive(Default)]
struct Field {
    text: String,
    area: Option<Area>,
    /// Said when the text is no place, or more than one.
    hint: String,
    /// The places meant, with the address that takes each.
    choices: Vec<(String, String)>,
}

#[derive(askama::Template)]
#[template(path = "compare.html")]
struct Show {
    chrome: Chrome,
    /// What the fields suggest.
    places: Vec<String>,
    a: Field,
    b: Field,
    heading: String,
    sentence: String,
    themes: Vec<Theme>,
    swap: String,
    ready: bool,
}

/// The page; without two areas it is a form.
pub(crate) fn show(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let (a, b) = (field(state, ask, "a"), field(state, ask, "b"));
    let comparison = match (&a.area, &b.area) {
        (Some(a), Some(b)) => Some(state.atlas.compare(&a.key, &b.key).map_err(PageError::parameter)?),
        _ => None,
    };
    let title = match (&a.area, &b.area) {
        (Some(a), Some(b)) => format!("{} und {} im Vergleich", a.name, b.name),
        _ => "Zwei Orte vergleichen".to_string(),
    };
    let swap = ask
        .params
        .with("a", ask.params.get("b"))
        .with("b", ask.params.get("a"))
        .only(&["a", "b"])
        .url("/vergleich");
    let chrome = Chrome::new(state, Section::Compare, title.as_str()).here("Vergleich");
    let page = Show {
        heading: title,
        chrome,
        places: state.atlas.tree().iter().map(|area| label(state, area)).collect(),
        sentence: comparison.as_ref().map_or_else(String::new, |found| found.sentence.clone()),
        themes: comparison
            .as_ref()
            .map(|found| found.themes.iter().enumerate().map(|(i, theme)| draw(found, theme, i)).collect())
            .unwrap_or_default(),
        ready: comparison.is_some(),
        swap,
        a,
        b,
    };
    Page::html(&page)
}

fn draw(found: &kekiz_atlas::compare::Comparison, theme: &CompareTheme, number: usize) -> Theme {
    let mut chart = Comparison {
        frame: Frame::new(
            format!("vergleich-{number}"),
            format!("{}: {} und {}", theme.name, found.a.name, found.b.name),
        )
        .with_width(640.0),
        a: found.a.name.clone(),
        b: found.b.name.clone(),
        rows: theme
            .rows
            .iter()
            // Two counts lie apart because the areas differ in size, and without other areas there is no scale:
            // a line between them would say nothing.
            .filter(|row| row.meta.kind != IndicatorKind::Count && row.range.is_some())
            .map(|row| ComparisonRow {
                label: row.meta.title.clone(),
                unit: words::unit(&row.meta),
                a: row.a,
                b: row.b,
                range: row.range,
                href: Some(words::indicator_url(row.meta.id.as_str())),
            })
            .collect(),
    };
    let drawings = (!chart.rows.is_empty()).then(|| {
        let wide = chart.draw();
        let title = format!("{}: {} und {}", theme.name, found.a.name, found.b.name);
        chart.frame = Frame::new(format!("vergleich-{number}-schmal"), title).with_width(NARROW);
        [wide, chart.draw()]
    });
    let rows = theme
        .rows
        .iter()
        .map(|row| Row {
            title: row.meta.plain_title.clone(),
            url: words::indicator_url(row.meta.id.as_str()),
            period: words::period(row.period),
            a: words::cell(&row.meta, &row.a),
            b: words::cell(&row.meta, &row.b),
            difference: row.difference.map_or_else(String::new, |value| words::difference(&row.meta, value)),
            judgement: row.judgement.map_or("", |judgement| judgement.text()),
        })
        .collect();
    Theme { name: theme.name.clone(), drawings, rows }
}

/// How a place is written in a field: its name, its level and its key, which makes it one of a kind.
fn label(state: &SiteState, area: &Area) -> String {
    let level = state.atlas.geography_title(area.level, &area.geography);
    format!("{}, {level} ({})", area.name, area.key)
}

/// Reads a field: a key, a suggestion that was taken, or a name as a person types it.
fn field(state: &SiteState, ask: &Ask, name: &str) -> Field {
    let Some(text) = ask.params.get(name).map(str::trim).filter(|text| !text.is_empty()) else {
        return Field::default();
    };
    let tree = state.atlas.tree();
    let in_brackets =
        text.strip_suffix(')').and_then(|text| text.rsplit_once('(')).map(|(_, key)| key.trim());
    let by_key = [Some(text), in_brackets].into_iter().flatten().find_map(|key| tree.get(&AreaKey::new(key)));
    let wanted = words::collate(text);
    let named: Vec<&Area> = match by_key {
        Some(area) => vec![area],
        None => tree.iter().filter(|area| words::collate(&area.name) == wanted).collect(),
    };
    // A kreisfreie Stadt is Kreis and Gemeinde at once; whoever types its name means the city.
    let named: Vec<&Area> = match named.as_slice() {
        [one, other] if state.atlas.twin(&one.key).is_some_and(|twin| twin.key == other.key) => {
            vec![if one.level == Level::Gemeinde { one } else { other }]
        }
        _ => named,
    };
    if let [area] = named[..] {
        return Field { text: label(state, area), area: Some(area.clone()), ..Field::default() };
    }
    let meant: Vec<&Area> = if named.is_empty() {
        tree.iter().filter(|area| words::collate(&area.name).contains(&wanted)).take(MOST_CHOICES).collect()
    } else {
        named
    };
    let hint = if meant.is_empty() {
        format!("Einen Ort „{text}“ gibt es hier nicht. Bitte anders schreiben oder einen Vorschlag wählen.")
    } else {
        format!("„{text}“ kann mehreres meinen. Bitte wählen:")
    };
    let choices = meant
        .into_iter()
        .map(|area| {
            let url = ask.params.with(name, Some(area.key.as_str())).only(&["a", "b"]).url("/vergleich");
            (label(state, area), url)
        })
        .collect();
    Field { text: text.to_string(), area: None, hint, choices }
}

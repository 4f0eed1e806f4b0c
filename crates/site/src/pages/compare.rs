//! `/vergleich?a=…&b=…`: two areas side by side.

use crate::ask::Ask;
use crate::layout::{Chrome, Section};
use crate::pages::atlas::controls::Choice;
use crate::pages::atlas::figures::NARROW;
use crate::pages::{Page, PageError};
use crate::state::SiteState;
use crate::words;
use kekiz_atlas::compare::CompareTheme;
use kekiz_base::{Area, AreaKey, IndicatorKind};
use kekiz_charts::{Comparison, ComparisonRow, Drawing, Frame};

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

/// Areas of one level to choose from.
struct Group {
    name: String,
    areas: Vec<Choice>,
}

#[derive(askama::Template)]
#[template(path = "compare.html")]
struct Show {
    chrome: Chrome,
    a_groups: Vec<Group>,
    b_groups: Vec<Group>,
    a: Option<Area>,
    b: Option<Area>,
    heading: String,
    sentence: String,
    themes: Vec<Theme>,
    swap: String,
    ready: bool,
}

/// The page; without two areas it is a form.
pub(crate) fn show(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let area = |name: &str| -> Result<Option<Area>, PageError> {
        let Some(key) = ask.params.get(name) else { return Ok(None) };
        let found = state.atlas.area(&AreaKey::new(key)).map_err(PageError::parameter)?;
        Ok(Some(found.clone()))
    };
    let (a, b) = (area("a")?, area("b")?);
    let comparison = match (&a, &b) {
        (Some(a), Some(b)) => Some(state.atlas.compare(&a.key, &b.key).map_err(PageError::parameter)?),
        _ => None,
    };
    let title = match (&a, &b) {
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
        a_groups: groups(state, a.as_ref()),
        b_groups: groups(state, b.as_ref()),
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

fn groups(state: &SiteState, chosen: Option<&Area>) -> Vec<Group> {
    let tree = state.atlas.tree();
    tree.geographies()
        .into_iter()
        .map(|(level, id)| {
            let mut areas: Vec<&Area> = tree.level(level).filter(|area| area.geography == id).collect();
            areas.sort_by_cached_key(|area| words::collate(&area.name));
            let areas = areas
                .into_iter()
                .map(|area| {
                    let selected = chosen.is_some_and(|chosen| chosen.key == area.key);
                    Choice::new(area.key.as_str(), area.name.as_str(), selected)
                })
                .collect();
            Group { name: state.atlas.geography_title(level, &id), areas }
        })
        .collect()
}

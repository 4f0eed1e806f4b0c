//! The social report of an area: what the pages show, as paper.

use crate::error::AppError;
use crate::export::write_whole;
use crate::progress::Progress;
use crate::project::Project;
use kekiz_atlas::Atlas;
use kekiz_atlas::map::MapStyle;
use kekiz_atlas::profile::{Profile, ProfileEntry, ProfileTheme};
use kekiz_atlas::view::{View, ViewQuery};
use kekiz_atlas::wording;
use kekiz_base::{AreaKey, Cell, Source};
use kekiz_report::{KeyFigure, Picture, ReportInput, Section, TableRow, Term, Theme};
use serde::Serialize;
use std::path::Path;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportWritten {
    /// Name of the area.
    pub area: String,
    /// Number of themes.
    pub themes: usize,
    /// Size of the file in bytes.
    pub bytes: usize,
}

/// Writes the report of an area. `date` stands on the cover; without it, the end of the latest period does, so
/// that the same figures give the same bytes.
pub fn sozialbericht(
    project: &Project,
    area: &str,
    date: Option<&str>,
    out: &Path,
    progress: &dyn Progress,
) -> Result<ReportWritten, AppError> {
    let atlas = Atlas::open(&project.published_folder())?;
    progress.step("Zahlen zusammenstellen");
    let profile = atlas.profile(&AreaKey::new(area), None)?;
    let as_of = match date {
        Some(text) => text.parse().map_err(|_| {
            AppError::input(format!("„{text}“ ist kein Tag; erwartet wird zum Beispiel 2026-01-31."))
        })?,
        None => latest_day(&profile),
    };
    let input = input(&atlas, &profile, as_of)?;
    progress.step("Bericht setzen");
    let bytes = kekiz_report::render(&input).map_err(|error| AppError::input(error.to_string()))?;
    write_whole(out, &bytes)?;
    Ok(ReportWritten { area: profile.area.name, themes: input.themes.len(), bytes: bytes.len() })
}

/// The last day of the latest year any figure is about.
fn latest_day(profile: &Profile) -> jiff::civil::Date {
    let entries = profile.themes.iter().flat_map(|theme| &theme.entries);
    let year = entries.map(|entry| entry.period.year()).max().unwrap_or(2000);
    jiff::civil::Date::new(year, 12, 31).unwrap_or(jiff::civil::Date::ZERO)
}

fn input(atlas: &Atlas, profile: &Profile, as_of: jiff::civil::Date) -> Result<ReportInput, AppError> {
    let mut themes = Vec::new();
    let mut sources: Vec<Source> = Vec::new();
    let mut protection: Vec<String> = Vec::new();
    let mut intervals: Vec<String> = Vec::new();
    for theme in &profile.themes {
        themes.push(theme_page(atlas, profile, theme)?);
        for entry in &theme.entries {
            add(&mut sources, entry.meta.sources.iter().cloned());
            add(&mut protection, [atlas.indicator(&entry.meta.id)?.data.protection.text.clone()]);
            add(&mut intervals, [format!("{}: {}", entry.meta.title, entry.meta.interval_method)]);
        }
    }
    for layer in atlas.layers() {
        if layer
            .areas
            .iter()
            .any(|area| area.key == profile.area.key || area.parent.as_ref() == Some(&profile.area.key))
        {
            add(&mut sources, [layer.source.clone()]);
        }
    }
    let site = atlas.site();
    Ok(ReportInput {
        title: "Sozialbericht".into(),
        area: profile.area.name.clone(),
        level: profile.area.level.singular().into(),
        parent: profile.path.last().map(|area| area.name.clone()),
        as_of,
        operator: if site.operator.is_empty() { site.title.clone() } else { site.operator.clone() },
        identifier: format!("kekiz:sozialbericht:{}:{}", profile.area.key, atlas.generation()),
        introduction: vec![
            profile.sentence.clone(),
            "Jede Zahl nennt ihren Zeitraum und, wo es sie gibt, ihre Unsicherheit. Unterschiede heißen nur dann gesichert, wenn der Zufall allein sie selten erzeugt.".into(),
        ],
        key_figures: key_figures(profile),
        themes,
        method: vec![
            Section { title: "Intervalle".into(), text: intervals },
            Section {
                title: "Vergleiche".into(),
                text: vec!["Verglichen wird mit dem nächsthöheren Gebiet, für das es eine Zahl gibt. Bei Fallzahlen prüft ein Test auf dem Niveau von 5 %, ob der Zufall den Unterschied erklären kann.".into()],
            },
        ],
        protection,
        sources,
        glossary: glossary(),
    })
}

/// Adds what is not there yet, in order.
fn add<T: PartialEq>(list: &mut Vec<T>, items: impl IntoIterator<Item = T>) {
    for item in items {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}

/// The first figure of each theme, for the summary.
fn key_figures(profile: &Profile) -> Vec<KeyFigure> {
    let first = profile.themes.iter().filter_map(|theme| theme.entries.first());
    first
        .take(6)
        .map(|entry| KeyFigure {
            label: entry.meta.title.clone(),
            value: wording::cell(&entry.meta, &entry.cell),
            note: match &entry.parent {
                Some((parent, cell)) => {
                    format!("{}; {}: {}", entry.period, parent.name, wording::cell(&entry.meta, cell))
                }
                None => entry.period.to_string(),
            },
        })
        .collect()
}

fn theme_page(atlas: &Atlas, profile: &Profile, theme: &ProfileTheme) -> Result<Theme, AppError> {
    let mut page = Theme {
        title: theme.name.clone(),
        rows: theme.entries.iter().map(row).collect(),
        ..Theme::default()
    };
    for entry in &theme.entries {
        add(&mut page.notes, entry.meta.notes.iter().cloned());
    }
    if let Some((entry, view)) =
        theme.entries.iter().find_map(|entry| Some((entry, view(atlas, profile, entry)?)))
    {
        let style = MapStyle {
            id: format!("karte-{}", theme.slug),
            selected: vec![profile.area.key.clone()],
            members: false,
            ..MapStyle::default()
        };
        let (drawing, legend) = atlas.map_with_legend(&view, &style);
        page.text.push(view.sentence.clone());
        page.map = Some(Picture {
            svg: drawing.svg,
            alt: drawing.sentence,
            caption: format!("{}, {} ({})", entry.meta.title, view.period, view.level.plural()),
        });
        page.legend = Some(Picture { svg: legend.svg, alt: legend.sentence, caption: String::new() });
    }
    let with_history = theme.entries.iter().find(|entry| entry.trend.is_some());
    if let Some(entry) = with_history {
        let series =
            atlas.series(&entry.meta.id, std::slice::from_ref(&profile.area.key), Some(&entry.group))?;
        let drawing = series.chart(&format!("reihe-{}", theme.slug)).draw();
        page.text.push(series.sentence.clone());
        page.series =
            Some(Picture { svg: drawing.svg, alt: drawing.sentence, caption: entry.meta.title.clone() });
    }
    Ok(page)
}

/// The map of an indicator: the areas inside, or the neighbours of the same level where there are none.
fn view(atlas: &Atlas, profile: &Profile, entry: &ProfileEntry) -> Option<View> {
    let ask = |within: Option<&AreaKey>, level: Option<String>| {
        let mut query = ViewQuery::of(entry.meta.id.clone());
        query.within = within.cloned();
        query.level = level;
        query.group = Some(entry.group.clone());
        let view = atlas.view(&query).ok()?;
        (view.rows.iter().filter(|row| row.cell.value().is_some()).count() > 2).then_some(view)
    };
    let inside = profile.children.first().map(|child| child.geography.to_string());
    inside
        .and_then(|level| ask(Some(&profile.area.key), Some(level)))
        .or_else(|| ask(None, Some(profile.area.geography.to_string())))
        .or_else(|| ask(None, None))
}

fn row(entry: &ProfileEntry) -> TableRow {
    let interval =
        entry.cell.figure().and_then(|figure| figure.interval).map_or_else(String::new, |interval| {
            format!(
                "{} bis {}",
                kekiz_base::number::german(interval.lower, usize::from(entry.meta.decimals)),
                kekiz_base::number::german(interval.upper, usize::from(entry.meta.decimals))
            )
        });
    let mut marks = Vec::new();
    if let Some(judgement) = entry.judgement {
        marks.push(judgement.text().to_string());
    }
    if let Cell::Shown(figure) = &entry.cell
        && !figure.annotation.text().is_empty()
    {
        marks.push(figure.annotation.text().to_string());
    }
    TableRow {
        indicator: entry.meta.title.clone(),
        value: wording::cell(&entry.meta, &entry.cell),
        interval,
        parent: entry.parent.as_ref().map_or_else(String::new, |(_, cell)| wording::cell(&entry.meta, cell)),
        period: entry.period.to_string(),
        marks: marks.join("; "),
    }
}

fn glossary() -> Vec<Term> {
    let terms = [
        (
            "95-%-Intervall",
            "Bereich, in dem der wahre Wert wahrscheinlich liegt: Bei hundert gleichartigen Zahlen enthält er ihn etwa fünfundneunzigmal.",
        ),
        (
            "geglättet",
            "Bei kleinen Gebieten wird der Wert zum Durchschnitt hin gezogen, weil wenige Fälle stark schwanken (empirisches Bayes-Verfahren).",
        ),
        ("geschützt", "Die Zahl ist bekannt, wird aber nicht gezeigt, damit niemand erkannt werden kann."),
        ("SGB II", "Zweites Buch Sozialgesetzbuch: Bürgergeld, früher Arbeitslosengeld II."),
    ];
    terms.map(|(term, meaning)| Term { term: term.into(), meaning: meaning.into() }).to_vec()
}

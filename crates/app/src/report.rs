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
use kekiz_base::{Area, AreaKey, Cell, Level, Source};
use kekiz_report::{Detail, KeyFigure, Picture, ReportInput, Section, TableRow, Term, Theme};
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
    let mut intervals: Vec<(String, Vec<String>)> = Vec::new();
    let mut definitions = Vec::new();
    let above = atlas.above(&profile.area.key).next();
    for theme in &profile.themes {
        themes.push(theme_page(atlas, profile, theme, above)?);
        for entry in &theme.entries {
            add(&mut sources, entry.meta.sources.iter().cloned());
            add(&mut protection, [atlas.indicator(&entry.meta.id)?.data.protection.text.clone()]);
            let method = &entry.meta.interval_method;
            match intervals.iter_mut().find(|(known, _)| known == method) {
                Some((_, titles)) => titles.push(entry.meta.title.clone()),
                None => intervals.push((method.clone(), vec![entry.meta.title.clone()])),
            }
            definitions.push(format!("{}: {}", entry.meta.title, entry.meta.definition));
        }
    }
    let own = [Some(&profile.area), atlas.twin(&profile.area.key)];
    let own: Vec<&AreaKey> = own.into_iter().flatten().map(|area| &area.key).collect();
    for layer in atlas.layers() {
        let shown = |area: &Area| {
            own.contains(&&area.key) || area.parent.as_ref().is_some_and(|parent| own.contains(&parent))
        };
        if layer.areas.iter().any(shown) {
            add(&mut sources, [layer.source.clone()]);
        }
    }
    let mut introduction = vec![profile.sentence.clone()];
    introduction.extend(twin_sentence(atlas, profile));
    introduction.push("Jede Zahl nennt ihren Zeitraum und, wo es sie gibt, ihre Unsicherheit. Unterschiede heißen nur dann gesichert, wenn der Zufall allein sie selten erzeugt.".into());
    let site = atlas.site();
    Ok(ReportInput {
        title: "Sozialbericht".into(),
        area: profile.area.name.clone(),
        level: profile.area.level.singular().into(),
        parent: above.map(|area| area.name.clone()),
        as_of,
        operator: if site.operator.is_empty() { site.title.clone() } else { site.operator.clone() },
        identifier: format!("kekiz:sozialbericht:{}:{}", profile.area.key, atlas.generation()),
        introduction,
        key_figures: key_figures(profile),
        themes,
        method: vec![
            Section { title: "Was gezählt wird".into(), text: definitions },
            Section {
                title: "Intervalle".into(),
                text: intervals.iter().map(|(method, titles)| format!("{method}: {}.", titles.join(", "))).collect(),
            },
            Section {
                title: "Vergleiche".into(),
                text: vec!["Verglichen wird mit dem nächsthöheren Gebiet, für das es eine Zahl gibt. Bei Fallzahlen prüft ein Test auf dem Niveau von 5 %, ob der Zufall den Unterschied erklären kann. Der Rang zählt unter den Gebieten, die im selben Gebiet liegen; 1 ist für Kinder am günstigsten oder, wo sich das nicht werten lässt, der höchste Wert.".into()],
            },
        ],
        protection,
        sources,
        glossary: glossary(),
    })
}

/// Says that a kreisfreie Stadt is described by the figures of both its keys.
fn twin_sentence(atlas: &Atlas, profile: &Profile) -> Option<String> {
    let twin = atlas.twin(&profile.area.key)?;
    let entries = || profile.themes.iter().flat_map(|theme| &theme.entries);
    let (carried, all) = (entries().filter(|entry| entry.area.key == twin.key).count(), entries().count());
    (carried > 0).then(|| {
        format!(
            "{} ist Gemeinde und Kreis zugleich. Viele Quellen nennen Zahlen nur für Kreise; {carried} der {all} Indikatoren stammen deshalb aus der Zählung als {} (Schlüssel {}). Sie gelten für dasselbe Gebiet.",
            profile.area.name,
            twin.level.singular(),
            twin.key
        )
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

/// The first figure of each theme for the summary, then the second of each, until there are enough.
fn key_figures(profile: &Profile) -> Vec<KeyFigure> {
    let depth = profile.themes.iter().map(|theme| theme.entries.len()).max().unwrap_or(0);
    (0..depth)
        .flat_map(|place| profile.themes.iter().filter_map(move |theme| theme.entries.get(place)))
        .take(KEY_FIGURES)
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

/// Figures shown large on the first page of text.
const KEY_FIGURES: usize = 6;

/// Series beside the first one, and areas in the table below the map; more would leave the page.
const MORE_SERIES: usize = 2;
const DETAIL: std::ops::RangeInclusive<usize> = 2..=60;

fn theme_page(
    atlas: &Atlas,
    profile: &Profile,
    theme: &ProfileTheme,
    above: Option<&Area>,
) -> Result<Theme, AppError> {
    let mut page = Theme {
        title: theme.name.clone(),
        rows: theme.entries.iter().map(|entry| row(entry, above)).collect(),
        ..Theme::default()
    };
    for entry in &theme.entries {
        add(&mut page.notes, entry.meta.notes.iter().cloned());
    }
    let mapped = theme.entries.iter().find_map(|entry| Some((entry, view(atlas, profile, entry)?)));
    if let Some((entry, view)) = &mapped {
        let style = MapStyle {
            id: format!("karte-{}", theme.slug),
            selected: vec![profile.area.key.clone(), entry.area.key.clone()],
            members: false,
            ..MapStyle::default()
        };
        let (drawing, legend) = atlas.map_with_legend(view, &style);
        page.text.push(view.sentence.clone());
        page.map = Some(Picture {
            svg: drawing.svg,
            alt: drawing.sentence,
            caption: format!("{}, {} ({})", entry.meta.title, view.period, view.level.plural()),
        });
        page.legend = Some(Picture { svg: legend.svg, alt: legend.sentence, caption: String::new() });
        page.detail = detail(entry, view);
    }
    // The development of the figure on the map first, then of the others.
    let mut with_history: Vec<&ProfileEntry> =
        theme.entries.iter().filter(|entry| entry.trend.is_some()).collect();
    with_history.sort_by_key(|entry| mapped.as_ref().is_none_or(|(first, _)| first.meta.id != entry.meta.id));
    // They stand in pairs below the map; a single one would leave a hole.
    let room = theme.entries.len() < 4 && with_history.len() > MORE_SERIES;
    let count = if room { 1 + MORE_SERIES } else { 1 };
    for (number, entry) in with_history.into_iter().take(count).enumerate() {
        let series =
            atlas.series(&entry.meta.id, std::slice::from_ref(&entry.area.key), Some(&entry.group))?;
        let drawing = series.chart(&format!("reihe-{}-{number}", theme.slug)).draw();
        let picture = Picture { svg: drawing.svg, alt: drawing.sentence, caption: entry.meta.title.clone() };
        if number == 0 {
            page.text.push(series.sentence.clone());
            page.series = Some(picture);
        } else {
            page.pictures.push(picture);
        }
    }
    Ok(page)
}

/// The areas of the map as a table, where the map is of the areas inside.
fn detail(entry: &ProfileEntry, view: &View) -> Option<Detail> {
    view.within.as_ref()?;
    let rows: Vec<(String, String)> =
        view.rows.iter().map(|row| (row.area.name.clone(), wording::cell(&view.meta, &row.cell))).collect();
    DETAIL.contains(&rows.len()).then(|| Detail {
        title: format!("{}, {}: {}", entry.meta.title, view.period, view.level.plural()),
        rows,
    })
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
    // The finest areas inside say most: Stadtteile before Stadtbezirke.
    let mut inside: Vec<&Area> =
        atlas.tree().iter().filter(|area| atlas.lies_in(&area.key, &profile.area.key)).collect();
    inside.sort_by_key(|area| std::cmp::Reverse(area.level));
    let mut geographies: Vec<String> = Vec::new();
    add(
        &mut geographies,
        inside
            .iter()
            .filter(|area| area.level <= Level::Stadtteil && area.key != profile.area.key)
            .map(|area| area.geography.to_string()),
    );
    geographies
        .into_iter()
        .find_map(|geography| ask(Some(&profile.area.key), Some(geography)))
        .or_else(|| ask(None, Some(entry.area.geography.to_string())))
        .or_else(|| ask(None, None))
}

fn row(entry: &ProfileEntry, above: Option<&Area>) -> TableRow {
    let decimals = usize::from(entry.meta.decimals);
    let german = |value: f64| kekiz_base::number::german(value, decimals);
    let interval =
        entry.cell.figure().and_then(|figure| figure.interval).map_or_else(String::new, |interval| {
            format!("{} bis {}", german(interval.lower), german(interval.upper))
        });
    let mut marks = Vec::new();
    if let Some(judgement) = entry.judgement {
        marks.push(judgement.text().to_string());
    }
    if let Some(siblings) = &entry.siblings {
        marks.push(format!("Rang {} von {}", siblings.rank.place, siblings.of));
    }
    if let Cell::Shown(figure) = &entry.cell
        && !figure.annotation.text().is_empty()
    {
        marks.push(figure.annotation.text().to_string());
    }
    if matches!(entry.cell, Cell::Suppressed { .. }) {
        marks.push("geschützt".into());
    }
    let change = entry.trend.as_ref().map_or_else(String::new, |trend| {
        let broken = if trend.broken.is_some() { " (Bruch in der Reihe)" } else { "" };
        let difference = wording::difference(&entry.meta, trend.to_value - trend.from_value);
        format!("{difference} seit {}{broken}", trend.from)
    });
    TableRow {
        indicator: entry.meta.title.clone(),
        value: wording::cell(&entry.meta, &entry.cell),
        interval,
        parent: entry.parent.as_ref().map_or_else(String::new, |(parent, cell)| {
            let value = wording::cell(&entry.meta, cell);
            if above.is_some_and(|above| above.key == parent.key) {
                value
            } else {
                format!("{value} ({})", parent.name)
            }
        }),
        change,
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
        (
            "• und . in Tabellen",
            "• steht für eine geschützte Zahl, . für eine Zahl, die die Quelle nicht nennt. Beide sind keine Null; eine echte Null steht als 0.",
        ),
        (
            "Rang",
            "Platz unter den Gebieten, die im selben größeren Gebiet liegen. Benachbarte Ränge unterscheiden sich oft nur durch Zufall.",
        ),
        ("SGB II", "Zweites Buch Sozialgesetzbuch: Bürgergeld, früher Arbeitslosengeld II."),
    ];
    terms.map(|(term, meaning)| Term { term: term.into(), meaning: meaning.into() }).to_vec()
}

//! `/gebiet/{schluessel}`: the profile of one area (Steckbrief), and `/orte`: the way to it.

use crate::ask::Ask;
use crate::layout::{Chrome, Section};
use crate::pages::atlas::figures::NARROW;
use crate::pages::atlas::query::shorten;
use crate::pages::{Page, PageError, page};
use crate::state::SiteState;
use crate::words;
use axum::Router;
use kekiz_atlas::profile::{Profile, ProfileEntry};
use kekiz_base::{Area, AreaKey, Cell, Figure, IndicatorKind, Level, Period, Versus};
use kekiz_charts::{Choropleth, Drawing, Frame, MapArea, PeerRange, Spine, SpineRow, sparkline};
use std::collections::BTreeMap;

/// `/orte` and `/gebiet/{schluessel}`.
pub(crate) fn router() -> Router<SiteState> {
    Router::new().route("/orte", page(index)).route("/gebiet/{schluessel}", page(show))
}

struct Entry {
    title: String,
    plain: String,
    url: String,
    period: String,
    value: String,
    shown: bool,
    interval: String,
    /// Class of an index, in words.
    class: String,
    parent: String,
    judgement: &'static str,
    symbol: &'static str,
    tone: &'static str,
    trend: String,
    spark: Option<Drawing>,
    rank: String,
    peers: String,
}

struct Theme {
    name: String,
    slug: String,
    entries: Vec<Entry>,
    spine: Option<[Drawing; 2]>,
}

#[derive(askama::Template)]
#[template(path = "area_show.html")]
struct Show {
    chrome: Chrome,
    profile: Profile,
    parent: Option<Area>,
    themes: Vec<Theme>,
    facts: Vec<(&'static str, String)>,
    locator: Option<Drawing>,
    children: Vec<(String, Vec<Area>)>,
    map_url: Option<String>,
    key: String,
}

fn show(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let key = ask.segment("schluessel");
    if key.is_empty() {
        return Err(PageError::NotFound(
            "Dieses Gebiet gibt es hier nicht. Abhilfe: die Suche benutzen.".into(),
        ));
    }
    let until = ask
        .params
        .get("jahr")
        .map(str::parse::<Period>)
        .transpose()
        .map_err(|error| PageError::BadParameter(format!("Angabe „jahr“: {error}")))?;
    let profile = state.atlas.profile(&AreaKey::new(key), until)?;
    let parent = profile.path.last().cloned();
    let themes = profile
        .themes
        .iter()
        .map(|theme| Theme {
            name: theme.name.clone(),
            slug: theme.slug.clone(),
            spine: spine(state, &profile, &theme.entries, &theme.slug),
            entries: theme.entries.iter().map(entry).collect(),
        })
        .collect();
    let mut children: BTreeMap<Level, Vec<Area>> = BTreeMap::new();
    for child in &profile.children {
        children.entry(child.level).or_default().push(child.clone());
    }
    let children = children
        .into_iter()
        .map(|(level, mut list)| {
            list.sort_by_cached_key(|area| words::collate(&area.name));
            (level.plural().to_string(), list)
        })
        .collect();
    let mut facts =
        vec![("Ebene", profile.area.level.singular().to_string()), ("Schlüssel", key.to_string())];
    if let Some(people) = profile.population {
        facts.push(("Einwohnerinnen und Einwohner", words::count(Some(people))));
    }
    if let Some(size) = profile.area_km2 {
        facts.push(("Fläche", format!("{}\u{a0}km²", kekiz_base::number::german(size, 1))));
    }
    let mut chrome = Chrome::new(state, Section::Areas, format!("{}: Steckbrief", profile.area.name))
        .describe(profile.sentence.clone())
        .crumb("Mein Ort", "/orte")
        .here(profile.area.name.as_str());
    for above in &profile.path {
        chrome = chrome.crumb(above.name.as_str(), words::area_url(above.key.as_str()));
    }
    let map_url = map_url(&profile);
    let page = Show {
        chrome,
        locator: locator(state, &profile.area),
        key: key.to_string(),
        parent,
        themes,
        facts,
        children,
        map_url,
        profile,
    };
    Page::html(&page)
}

/// The map on which the areas below this one can be seen, or this one among its neighbours.
fn map_url(profile: &Profile) -> Option<String> {
    let meta = profile.themes.iter().flat_map(|theme| &theme.entries).map(|entry| &entry.meta).next()?;
    let area = &profile.area;
    let params = crate::ask::Params::parse("").with("ort", Some(area.key.as_str()));
    let params = params.with("ebene", Some(area.geography.as_str()));
    Some(params.url(&words::indicator_url(meta.id.as_str())))
}

fn entry(found: &ProfileEntry) -> Entry {
    let area = &found.area;
    let meta = &found.meta;
    let figure = found.cell.figure();
    let (judgement, symbol, tone) = found.judgement.map_or(("", "", ""), |judgement| {
        use kekiz_atlas::profile::Judgement::{Better, Worse};
        let tone = match judgement {
            Better => "good",
            Worse => "bad",
            _ => "plain",
        };
        (judgement.text(), judgement.symbol(), tone)
    });
    let spark = found.trend.as_ref().filter(|trend| trend.points.len() > 1).map(|trend| {
        let values: Vec<Option<f64>> = trend.points.iter().map(|(_, value)| *value).collect();
        let id = format!("verlauf-{}", meta.id);
        sparkline(
            &Frame::new(id, format!("Verlauf {} bis {}", trend.from, trend.to)),
            &values,
            &words::unit(meta),
        )
    });
    let trend = found.trend.as_ref().map_or_else(String::new, |trend| {
        if trend.broken.is_some() {
            return format!("seit {}: nicht vergleichbar (Bruch in der Reihe)", trend.from);
        }
        let change = trend.to_value - trend.from_value;
        format!("seit {}: {} ({})", trend.from, words::difference(meta, change), trend.judgement.text())
    });
    // Counts of areas of different size say nothing about each other.
    let comparable = meta.kind != IndicatorKind::Count;
    let params = crate::ask::Params::parse("")
        .with("ebene", Some(area.geography.as_str()))
        .with("jahr", Some(&found.period.to_string()))
        .with("ort", Some(area.key.as_str()));
    Entry {
        title: meta.title.clone(),
        plain: meta.plain_title.clone(),
        url: params.url(&words::indicator_url(meta.id.as_str())),
        period: words::period(found.period),
        value: breakable(words::cell(meta, &found.cell)),
        shown: matches!(found.cell, Cell::Shown(_)),
        interval: words::interval(meta, figure),
        class: figure
            .and_then(|figure| meta.classes.get(usize::from(figure.class?).checked_sub(1)?).cloned())
            .unwrap_or_default(),
        parent: found.parent.as_ref().filter(|_| comparable).map_or_else(String::new, |(parent, cell)| {
            format!("{}: {}", parent.name, words::cell(meta, cell))
        }),
        judgement,
        symbol,
        tone,
        trend: breakable(trend),
        spark,
        rank: found
            .siblings
            .filter(|_| comparable)
            .map_or_else(String::new, |found| format!("{} von {}", found.rank.place, found.of)),
        peers: found.peer_median.filter(|_| comparable).map_or_else(String::new, |(median, _)| {
            format!("ähnliche Gebiete: {}", words::value(meta, median))
        }),
    }
}

/// A text in a narrow column: a long unit may stand on the next line.
fn breakable(text: String) -> String {
    let unit = text.rsplit('\u{a0}').next().map_or(0, |unit| unit.chars().count());
    if unit > 3 { text.replace('\u{a0}', " ") } else { text }
}

/// The spine chart of a theme: the area against its parent and all areas of its geography.
fn spine(state: &SiteState, profile: &Profile, entries: &[ProfileEntry], slug: &str) -> Option<[Drawing; 2]> {
    let level = entries.iter().filter(|found| found.parent.is_some()).map(|found| found.area.level).min()?;
    let mut parent_name = String::new();
    let mut rows = Vec::new();
    for found in entries {
        let Some((parent, Cell::Shown(above))) = &found.parent else { continue };
        let Cell::Shown(figure) = found.cell else { continue };
        if found.area.level != level {
            continue;
        }
        if parent_name.is_empty() {
            parent_name = parent.name.clone();
        }
        if parent.name != parent_name {
            continue;
        }
        let values = sibling_values(state, found, &found.area);
        let versus = figure
            .versus_parent
            .or(Some(Versus { difference: figure.value - above.value, significant: None }));
        rows.push(SpineRow {
            label: found.meta.title.clone(),
            unit: words::unit(&found.meta),
            polarity: found.meta.polarity,
            cell: Cell::Shown(Figure { versus_parent: versus, ..figure }),
            parent: Some(above.value),
            peers: range(values),
            href: Some(words::indicator_url(found.meta.id.as_str())),
        });
    }
    (!rows.is_empty()).then(|| {
        let title = format!("{} gegen {parent_name}", profile.area.name);
        let mut chart = Spine {
            frame: Frame::new(format!("profil-{slug}"), title.as_str()).with_width(720.0),
            area: profile.area.name.clone(),
            parent: parent_name,
            peers: format!("alle {}", level.plural()),
            rows,
        };
        let wide = chart.draw();
        chart.frame = Frame::new(format!("profil-{slug}-schmal"), title).with_width(NARROW);
        [wide, chart.draw()]
    })
}

/// Shown values of all areas of the same geography in the same period.
fn sibling_values(state: &SiteState, found: &ProfileEntry, area: &Area) -> Vec<f64> {
    let Ok(indicator) = state.atlas.indicator(&found.meta.id) else { return Vec::new() };
    let tree = state.atlas.tree();
    tree.level(area.level)
        .filter(|other| other.geography == area.geography)
        .filter_map(|other| indicator.data.cell(&other.key, found.period, &found.group)?.value())
        .filter(|value| value.is_finite())
        .collect()
}

/// Minimum, quartiles (type 7) and maximum of at least five values.
fn range(mut values: Vec<f64>) -> Option<PeerRange> {
    if values.len() < 5 {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let position = share * (values.len() - 1) as f64;
        let below = position.floor() as usize;
        let above = (below + 1).min(values.len() - 1);
        values[below] + (values[above] - values[below]) * (position - below as f64)
    };
    Some(PeerRange { min: at(0.0), q1: at(0.25), q3: at(0.75), max: at(1.0) })
}

/// Where the area lies among the areas of its geography.
fn locator(state: &SiteState, area: &Area) -> Option<Drawing> {
    let keys: Vec<&AreaKey> = state
        .atlas
        .tree()
        .level(area.level)
        .filter(|other| other.geography == area.geography)
        .map(|other| &other.key)
        .collect();
    if keys.len() < 2 {
        return None;
    }
    let areas = keys
        .iter()
        .map(|key| MapArea {
            selected: **key == area.key,
            cell: Cell::Shown(Figure::bare(0.0)),
            class: Some(0),
            href: None,
            highlight: false,
        })
        .collect();
    let fill = kekiz_charts::Palette::ALL[0].colours(5)[0];
    let map = Choropleth {
        frame: Frame::new("lage", format!("Lage von {}", area.name)).with_width(1000.0),
        unit: kekiz_charts::Unit::new("", 0),
        classes: vec![kekiz_charts::ClassStyle::plain(fill, "")],
        sheet: state.atlas.sheet(keys, [], true),
        areas,
        keyboard: false,
        highlight_label: String::new(),
        outline_label: String::new(),
    };
    let drawing = map.draw();
    Some(Drawing { svg: decorative(&drawing.svg), sentence: format!("Lage von {}", area.name) })
}

/// A drawing that only repeats what the page says in words is hidden from screen readers. Tooltips with a
/// meaningless number go with it.
fn decorative(svg: &str) -> String {
    let mut out = String::with_capacity(svg.len());
    let mut rest = svg;
    while let Some(start) = rest.find("<title>") {
        out.push_str(&rest[..start]);
        rest = rest[start..].find("</title>").map_or("", |end| &rest[start + end + "</title>".len()..]);
    }
    out.push_str(rest);
    out.replacen("<svg ", r#"<svg aria-hidden="true" focusable="false" "#, 1)
}

struct Letter {
    letter: String,
    areas: Vec<(Area, bool)>,
}

#[derive(askama::Template)]
#[template(path = "area_index.html")]
struct Index {
    chrome: Chrome,
    levels: Vec<(String, String, usize, bool)>,
    level_name: String,
    letters: Vec<Letter>,
}

/// All areas of one level by their first letter.
fn index(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let tree = state.atlas.tree();
    let geographies = tree.geographies();
    let members: Vec<_> = tree.iter().filter(|area| state.atlas.is_member(&area.key)).collect();
    let usual = members
        .first()
        .map(|area| area.level)
        .filter(|_| geographies.iter().any(|(level, _)| *level == Level::Gemeinde));
    let wanted = match ask.params.get("ebene") {
        Some(slug) => geographies
            .iter()
            .find(|(level, id)| id.as_str() == slug || level.slug() == slug)
            .cloned()
            .ok_or_else(|| {
                let known: Vec<&str> = geographies.iter().map(|(_, id)| id.as_str()).collect();
                PageError::BadParameter(format!(
                    "Die Ebene „{}“ gibt es hier nicht. Möglich: {}.",
                    shorten(slug),
                    known.join(", ")
                ))
            })?,
        None => geographies
            .iter()
            .find(|(level, _)| usual.is_some() && *level == Level::Gemeinde)
            .or(geographies.last())
            .cloned()
            .ok_or_else(|| PageError::NotFound("Es sind noch keine Gebiete veröffentlicht.".into()))?,
    };
    let mut letters: BTreeMap<String, Vec<(Area, bool)>> = BTreeMap::new();
    let mut areas: Vec<&Area> = tree.level(wanted.0).filter(|area| area.geography == wanted.1).collect();
    areas.sort_by_cached_key(|area| words::collate(&area.name));
    for area in areas {
        let letter =
            words::collate(&area.name).chars().next().filter(char::is_ascii_alphabetic).unwrap_or('#');
        let member = state.atlas.is_member(&area.key);
        letters.entry(letter.to_uppercase().to_string()).or_default().push((area.clone(), member));
    }
    let levels = geographies
        .iter()
        .map(|(level, id)| {
            let count = tree.level(*level).filter(|area| area.geography == *id).count();
            let title = state.atlas.geography_title(*level, id);
            (id.to_string(), title, count, *id == wanted.1)
        })
        .collect();
    let chrome =
        Chrome::new(state, Section::Areas, "Mein Ort").describe("Steckbriefe aller Gebiete, von A bis Z.");
    Page::html(&Index {
        chrome,
        levels,
        level_name: state.atlas.geography_title(wanted.0, &wanted.1),
        letters: letters.into_iter().map(|(letter, areas)| Letter { letter, areas }).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_follow_type_seven() {
        assert_eq!(range(vec![1.0, 2.0, 3.0, 4.0]), None);
        let found = range(vec![5.0, 1.0, 4.0, 2.0, 3.0, 6.0]).unwrap();
        assert_eq!(found, PeerRange { min: 1.0, q1: 2.25, q3: 4.75, max: 6.0 });
    }

    #[test]
    fn decoration_is_silent() {
        let svg = r#"<svg role="img"><title id="a">T</title><g><title>x: 0</title><path/></g></svg>"#;
        assert_eq!(
            decorative(svg),
            r#"<svg aria-hidden="true" focusable="false" role="img"><title id="a">T</title><g><path/></g></svg>"#
        );
    }
}

//! Other views of an indicator: against a second one, on one map with it, and against chance.

use super::figures::NARROW;
use super::query::{AtlasAsk, shorten};
use crate::ask::{Ask, Params};
use crate::layout::{Chrome, Section};
use crate::pages::atlas::controls::Choice;
use crate::pages::{Page, PageError};
use crate::state::SiteState;
use crate::words;
use kekiz_atlas::about::About;
use kekiz_atlas::scatter::PairQuery;
use kekiz_base::{AreaKey, IndicatorId, IndicatorMeta};
use kekiz_charts::{
    Bivariate, BivariateArea, Drawing, Frame, Funnel, FunnelPoint, Limits, Scatter, ScatterPoint,
};

struct Row {
    name: String,
    url: String,
    first: String,
    second: String,
    third: String,
}

#[derive(askama::Template)]
#[template(path = "atlas_view.html")]
struct Show {
    chrome: Chrome,
    title: String,
    lead: String,
    caveat: String,
    /// Address of the form and its choices: second indicator, level, period.
    action: String,
    with: Vec<Choice>,
    levels: Vec<Choice>,
    hidden: Vec<(String, String)>,
    drawing: Option<Drawing>,
    /// The same for narrow screens.
    narrow: Option<Drawing>,
    /// What the colours of a map mean.
    legend: Option<Drawing>,
    /// Whether the drawing is a map (shown larger).
    wide: bool,
    /// Why there is no drawing.
    empty: String,
    heads: Vec<String>,
    rows: Vec<Row>,
    abouts: Vec<About>,
    switch: Vec<(String, String)>,
}

/// What the two views of a pair have in common.
struct PairAsk {
    x: IndicatorMeta,
    query: Option<PairQuery>,
    params: Params,
    place: Option<AreaKey>,
}

fn pair(state: &SiteState, ask: &Ask) -> Result<PairAsk, PageError> {
    let asked = AtlasAsk::parse(ask.segment("indikator"), &ask.params)?;
    let x = state.atlas.meta(&asked.view.indicator)?.as_ref().clone();
    let query = match asked.params.get("mit") {
        None => None,
        Some(text) => {
            let y = IndicatorId::new(text).ok_or_else(|| {
                PageError::BadParameter(format!(
                    "Angabe „mit“: Den Indikator „{}“ gibt es hier nicht.",
                    shorten(text)
                ))
            })?;
            state.atlas.meta(&y).map_err(|error| PageError::BadParameter(error.to_string()))?;
            let mut query = PairQuery::of(asked.view.indicator.clone(), y);
            query.level = asked.view.level.clone();
            query.within = asked.view.within.clone();
            query.period = asked.view.period;
            Some(query)
        }
    };
    Ok(PairAsk { x, query, place: asked.place, params: asked.params })
}

fn with_choices(state: &SiteState, x: &IndicatorMeta, chosen: Option<&PairQuery>) -> Vec<Choice> {
    state
        .atlas
        .themes()
        .into_iter()
        .flat_map(|theme| theme.indicators.into_iter().map(move |meta| (theme.name.clone(), meta)))
        .filter(|(_, meta)| meta.id != x.id)
        .map(|(theme, meta)| {
            let selected = chosen.is_some_and(|query| query.y == meta.id);
            Choice::new(meta.id.as_str(), format!("{theme}: {}", meta.title), selected)
        })
        .collect()
}

/// The frame of a further view of an indicator.
pub(crate) fn frame(state: &SiteState, x: &IndicatorMeta, here: &str) -> Chrome {
    Chrome::new(state, Section::Atlas, format!("{}: {here}", x.title))
        .crumb("Karten und Themen", "/atlas")
        .crumb(x.plain_title.as_str(), words::indicator_url(x.id.as_str()))
        .here(here)
}

fn hidden(params: &Params, names: &[&str]) -> Vec<(String, String)> {
    params.only(names).iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

fn switch(params: &Params, path: &str, this: &str) -> Vec<(String, String)> {
    let params = params.only(&["mit", "ebene", "gebiet", "ort"]);
    [("Streudiagramm", "streuung"), ("Karte mit zwei Zahlen", "bivariat")]
        .into_iter()
        .filter(|(_, slug)| *slug != this)
        .map(|(title, slug)| (title.to_string(), params.url(&format!("{path}/{slug}"))))
        .collect()
}

/// `/atlas/{indikator}/streuung?mit=…`
pub(crate) fn scatter(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let pair = pair(state, ask)?;
    let path = words::indicator_url(pair.x.id.as_str());
    let mut page = Show {
        chrome: frame(state, &pair.x, "Streudiagramm"),
        title: format!("{} und eine zweite Zahl", pair.x.title),
        lead: "Hängen zwei Zahlen zusammen? Jeder Punkt ist ein Gebiet.".into(),
        caveat: String::new(),
        action: format!("{path}/streuung"),
        with: with_choices(state, &pair.x, pair.query.as_ref()),
        levels: Vec::new(),
        hidden: hidden(&pair.params, &["gebiet", "jahr", "ort"]),
        drawing: None,
        narrow: None,
        legend: None,
        wide: false,
        empty: "Wählen Sie oben eine zweite Zahl.".into(),
        heads: Vec::new(),
        rows: Vec::new(),
        abouts: Vec::new(),
        switch: switch(&pair.params, &path, "streuung"),
    };
    if let Some(query) = &pair.query {
        let found = state.atlas.scatter(query).map_err(PageError::parameter)?;
        page.title = format!("{} und {}", found.x.title, found.y.title);
        page.lead = found.sentence.clone();
        page.caveat = found.caveat.clone();
        page.levels = found
            .levels
            .iter()
            .map(|level| {
                Choice::new(level.slug.as_str(), level.title.as_str(), level.geography == found.geography)
            })
            .collect();
        let label = |meta: &IndicatorMeta, period: kekiz_base::Period| format!("{}, {period}", meta.title);
        let mut chart = Scatter {
            frame: Frame::new("streuung", page.title.as_str()).with_width(720.0),
            x_label: label(&found.x, found.x_period),
            x_unit: words::unit(&found.x),
            y_label: label(&found.y, found.y_period),
            y_unit: words::unit(&found.y),
            points: found
                .points
                .iter()
                .map(|point| ScatterPoint {
                    key: point.area.key.to_string(),
                    label: point.area.name.clone(),
                    x: point.x,
                    y: point.y,
                    size: point.population,
                    href: Some(words::area_url(point.area.key.as_str())),
                    highlight: pair.place.as_ref() == Some(&point.area.key),
                })
                .collect(),
            means: None,
            fit: None,
            label_outliers: 8,
        };
        page.drawing = Some(chart.draw());
        chart.frame = Frame::new("streuung-schmal", page.title.as_str()).with_width(NARROW);
        chart.label_outliers = 4;
        page.narrow = Some(chart.draw());
        page.heads = vec!["Gebiet".into(), label(&found.x, found.x_period), label(&found.y, found.y_period)];
        page.rows = found
            .points
            .iter()
            .map(|point| Row {
                name: point.area.name.clone(),
                url: words::area_url(point.area.key.as_str()),
                first: words::value(&found.x, point.x),
                second: words::value(&found.y, point.y),
                third: String::new(),
            })
            .collect();
        page.abouts = found.about.to_vec();
    }
    Page::html(&page)
}

/// `/atlas/{indikator}/bivariat?mit=…`
pub(crate) fn bivariate(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let pair = pair(state, ask)?;
    let path = words::indicator_url(pair.x.id.as_str());
    let mut page = Show {
        chrome: frame(state, &pair.x, "Zwei Zahlen auf einer Karte"),
        title: format!("{} und eine zweite Zahl auf einer Karte", pair.x.title),
        lead: "Wo treffen zwei Zahlen zusammen? Jede wird in drei gleich große Gruppen geteilt: niedrig, mittel, hoch.".into(),
        caveat: String::new(),
        action: format!("{path}/bivariat"),
        with: with_choices(state, &pair.x, pair.query.as_ref()),
        levels: Vec::new(),
        hidden: hidden(&pair.params, &["gebiet", "jahr", "ort", "ebene"]),
        drawing: None,
        narrow: None,
        legend: None,
        wide: true,
        empty: "Wählen Sie oben eine zweite Zahl.".into(),
        heads: Vec::new(),
        rows: Vec::new(),
        abouts: Vec::new(),
        switch: switch(&pair.params, &path, "bivariat"),
    };
    if let Some(query) = &pair.query {
        let found = state.atlas.bivariate(query).map_err(PageError::parameter)?;
        page.title = format!("{} und {}", found.x.title, found.y.title);
        page.lead = found.sentence.clone();
        page.caveat =
            "Die Karte zeigt, wo zwei Zahlen zusammentreffen, nicht, dass die eine die andere bewirkt."
                .into();
        let map = Bivariate {
            frame: Frame::new("bivariat", page.title.as_str()).with_width(1000.0),
            x_label: found.x.title.clone(),
            x_unit: words::unit(&found.x),
            y_label: found.y.title.clone(),
            y_unit: words::unit(&found.y),
            sheet: state.atlas.sheet(found.rows.iter().map(|row| &row.area.key), [], true),
            areas: found
                .rows
                .iter()
                .map(|row| BivariateArea {
                    x: row.x,
                    y: row.y,
                    class: row.class,
                    href: Some(words::area_url(row.area.key.as_str())),
                    highlight: false,
                    selected: pair.place.as_ref() == Some(&row.area.key),
                })
                .collect(),
            keyboard: false,
        };
        page.drawing = Some(map.draw());
        page.legend = Some(map.legend(&Frame::new("bivariat-legende", "Legende").with_width(520.0)));
        let group = |third: usize| ["niedrig", "mittel", "hoch"].get(third).copied().unwrap_or("");
        page.heads = vec![
            "Gebiet".into(),
            format!("{}, {}", found.x.title, found.x_period),
            format!("{}, {}", found.y.title, found.y_period),
            "Gruppe".into(),
        ];
        page.rows = found
            .rows
            .iter()
            .map(|row| Row {
                name: row.area.name.clone(),
                url: words::area_url(row.area.key.as_str()),
                first: words::cell(&found.x, &row.x),
                second: words::cell(&found.y, &row.y),
                third: row.class.map_or_else(String::new, |(x, y)| format!("{} / {}", group(x), group(y))),
            })
            .collect();
        page.abouts = found.about.to_vec();
    }
    Page::html(&page)
}

/// `/atlas/{indikator}/trichter`
pub(crate) fn funnel(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let asked = AtlasAsk::parse(ask.segment("indikator"), &ask.params)?;
    let found = state.atlas.funnel(&asked.view).map_err(PageError::parameter)?;
    let meta = &found.meta;
    let path = words::indicator_url(meta.id.as_str());
    let curve =
        |index: usize| found.limits.iter().map(|limit| [limit.denominator, limit.limits[index]]).collect();
    let mut chart = Funnel {
        frame: Frame::new("trichter", format!("{}: mehr als Zufall?", meta.title)).with_width(720.0),
        unit: words::unit(meta),
        base_label: "Personen, auf die sich die Zahl bezieht".into(),
        points: found
            .points
            .iter()
            .map(|point| FunnelPoint {
                key: point.area.key.to_string(),
                label: point.area.name.clone(),
                denominator: point.denominator,
                value: point.value,
                href: Some(words::area_url(point.area.key.as_str())),
                highlight: asked.place.as_ref() == Some(&point.area.key),
            })
            .collect(),
        target: ("alle Gebiete zusammen".into(), found.target),
        limits: vec![
            Limits { label: "95 %".into(), lower: curve(1), upper: curve(2) },
            Limits { label: "99,8 %".into(), lower: curve(0), upper: curve(3) },
        ],
    };
    let drawing = chart.draw();
    chart.frame =
        Frame::new("trichter-schmal", format!("{}: mehr als Zufall?", meta.title)).with_width(NARROW);
    let narrow = chart.draw();
    let page = Show {
        chrome: frame(state, meta, "Trichterdiagramm"),
        title: format!("{}: mehr als Zufall?", meta.title),
        lead: found.sentence.clone(),
        caveat: "In kleinen Gebieten schwanken Zahlen von selbst. Punkte innerhalb des Trichters unterscheiden sich nicht mehr vom Ganzen, als der Zufall erwarten lässt.".into(),
        action: format!("{path}/trichter"),
        with: Vec::new(),
        levels: Vec::new(),
        hidden: Vec::new(),
        drawing: Some(drawing),
        narrow: Some(narrow),
        legend: None,
        wide: false,
        empty: String::new(),
        heads: vec!["Gebiet".into(), "Wert".into(), "Personen".into(), "Lage".into()],
        rows: found
            .points
            .iter()
            .map(|point| Row {
                name: point.area.name.clone(),
                url: words::area_url(point.area.key.as_str()),
                first: words::value(meta, point.value),
                second: words::count(Some(point.denominator)),
                third: place(point.place, point.above).into(),
            })
            .collect(),
        abouts: vec![found.about.clone()],
        switch: vec![("Zurück zur Karte".into(), path)],
    };
    Page::html(&page)
}

fn place(place: kekiz_atlas::funnel::FunnelPlace, above: bool) -> &'static str {
    use kekiz_atlas::funnel::FunnelPlace::{Inside, Outside, Warning};
    match (place, above) {
        (Inside, _) => "im Rahmen des Zufalls",
        (Warning, true) => "auffällig hoch",
        (Warning, false) => "auffällig niedrig",
        (Outside, true) => "weit über dem Rahmen des Zufalls",
        (Outside, false) => "weit unter dem Rahmen des Zufalls",
    }
}

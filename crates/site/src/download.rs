//! Files to take away: `/download/{indikator}.{csv|xlsx|geojson|parquet|json|svg|png}`.
//!
//! The parameters are those of the map page. Tables hold all periods unless `jahr` limits them; maps show one.

use crate::ask::Ask;
use crate::problem::{Answer, Problem, machine, only_known, whole};
use crate::state::SiteState;
use axum::Router;
use axum::http::header;
use kekiz_atlas::export::csv::{CsvOptions, csv};
use kekiz_atlas::export::json_stat::json_stat;
use kekiz_atlas::export::xlsx::xlsx;
use kekiz_atlas::table::{Table, TableQuery};
use kekiz_atlas::view::{Method, ViewQuery};
use kekiz_base::{AreaKey, GroupId, IndicatorId, Period};
use kekiz_charts::Palette;

/// The routes of this module.
pub(crate) fn router() -> Router<SiteState> {
    Router::new().route("/download/{file}", machine(file))
}

const PARAMETERS: [&str; 12] = [
    "ebene",
    "gebiet",
    "jahr",
    "gruppe",
    "methode",
    "klassen",
    "grenzen",
    "palette",
    "geglaettet",
    "bom",
    "komma",
    "breite",
];

fn file(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    let name = ask.segment("file");
    let unknown = || {
        Problem::not_found(
            "Diese Datei gibt es nicht. Erwartet wird Indikator.Endung mit csv, xlsx, geojson, parquet, json, svg oder png.",
        )
    };
    let (id, ending) = name.rsplit_once('.').ok_or_else(unknown)?;
    let id = IndicatorId::new(id).ok_or_else(unknown)?;
    state.atlas.meta(&id)?;
    only_known(&ask.params, &PARAMETERS)?;
    let atlas = &state.atlas;
    let answer = match ending {
        "csv" => {
            let options = CsvOptions { bom: yes(ask, "bom", true)?, decimal_comma: yes(ask, "komma", true)? };
            Answer::new("text/csv; charset=utf-8", csv(&table(state, ask, &id)?, options))
        }
        "xlsx" => Answer::new(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            xlsx(&table(state, ask, &id)?).map_err(Problem::from)?,
        ),
        "geojson" => {
            let value = atlas.geojson(&Table::of_view(
                &atlas.view(&view(ask, id.clone())?).map_err(Problem::from_query)?,
            ))?;
            Answer::typed("application/geo+json", &value)
        }
        "parquet" => Answer::new("application/vnd.apache.parquet", atlas.parquet(&id)?),
        "json" => Answer::json(&json_stat(&table(state, ask, &id)?)),
        "svg" => {
            let view = atlas.view(&view(ask, id.clone())?).map_err(Problem::from_query)?;
            Answer::new("image/svg+xml", atlas.svg(&view))
        }
        "png" => {
            let width = whole(&ask.params, "breite", 1600, 200, 4000)?;
            let view = atlas.view(&view(ask, id.clone())?).map_err(Problem::from_query)?;
            Answer::new("image/png", atlas.png(&view, u32::try_from(width).unwrap_or(1600))?)
        }
        _ => return Err(unknown()),
    };
    Ok(answer.with(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{id}.{ending}\"")))
}

fn yes(ask: &Ask, name: &str, default: bool) -> Result<bool, Problem> {
    match ask.params.get(name) {
        None => Ok(default),
        Some("ja") => Ok(true),
        Some("nein") => Ok(false),
        Some(_) => Err(Problem::parameter(format!("„{name}“ kennt nur „ja“ und „nein“."))),
    }
}

fn period(ask: &Ask) -> Result<Option<Period>, Problem> {
    ask.params
        .get("jahr")
        .map(|text| text.parse::<Period>().map_err(|error| Problem::parameter(error.to_string())))
        .transpose()
}

fn table(state: &SiteState, ask: &Ask, id: &IndicatorId) -> Result<Table, Problem> {
    let query = TableQuery {
        indicator: id.clone(),
        level: ask.params.get("ebene").map(str::to_string),
        within: ask.params.get("gebiet").map(AreaKey::new),
        period: period(ask)?,
        group: ask.params.get("gruppe").map(GroupId::new),
    };
    state.atlas.table(&query).map_err(Problem::from_query)
}

/// The question of a map from its parameters.
pub(crate) fn view(ask: &Ask, id: IndicatorId) -> Result<ViewQuery, Problem> {
    let mut query = ViewQuery::of(id);
    query.level = ask.params.get("ebene").map(str::to_string);
    query.within = ask.params.get("gebiet").map(AreaKey::new);
    query.period = period(ask)?;
    query.group = ask.params.get("gruppe").map(GroupId::new);
    query.classes = whole(&ask.params, "klassen", 5, 2, 9)?;
    query.smoothed = yes(ask, "geglaettet", false)?;
    let limits = match ask.params.get("grenzen") {
        None => Vec::new(),
        Some(text) => text
            .split([';', ' '])
            .filter(|part| !part.trim().is_empty())
            .map(|part| part.trim().replace(',', ".").parse::<f64>())
            .collect::<Result<Vec<f64>, _>>()
            .map_err(|_| {
                Problem::parameter(
                    "„grenzen“ sind Zahlen, durch Semikolon getrennt, zum Beispiel 10;15;20,5.",
                )
            })?,
    };
    if let Some(slug) = ask.params.get("methode") {
        query.method = Method::parse(slug, &limits).ok_or_else(|| {
            Problem::parameter(
                "Dieses Verfahren gibt es nicht. Möglich: quantile, natuerlich, gleich, streuung, eigene.",
            )
        })?;
    } else if !limits.is_empty() {
        query.method = Method::Own(limits);
    }
    if let Some(slug) = ask.params.get("palette") {
        query.palette = Palette::from_slug(slug).ok_or_else(|| {
            let known = Palette::ALL.map(Palette::slug).join(", ");
            Problem::parameter(format!("Diese Palette gibt es nicht. Möglich: {known}."))
        })?;
    }
    Ok(query)
}

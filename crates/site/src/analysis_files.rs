//! Files of analyses: `/download/{indikator}/{auswertung}.{csv|svg}`. The parameters are those of the page.

use crate::ask::Ask;
use crate::download::view;
use crate::pages::access as access_page;
use crate::pages::atlas::clusters::{CARRIED, neighbourhood};
use crate::pages::atlas::segregation;
use crate::pages::composite as composite_page;
use crate::problem::{Answer, Problem, machine, only_known};
use crate::state::SiteState;
use axum::Router;
use axum::http::header;
use kekiz_base::IndicatorId;

/// The routes of this module.
pub(crate) fn router() -> Router<SiteState> {
    Router::new()
        .route("/download/{indikator}/{file}", machine(file))
        .route("/erreichbarkeit/{file}", machine(access))
        .route("/index-bauen/{file}", machine(composite))
}

fn file(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    let name = ask.segment("file");
    let unknown = || {
        Problem::not_found(
            "Diese Datei gibt es nicht. Erwartet wird haeufungen oder trennung, .csv oder .svg, hinter dem Indikator.",
        )
    };
    let id = IndicatorId::new(ask.segment("indikator")).ok_or_else(unknown)?;
    state.atlas.meta(&id)?;
    let (analysis, ending) = name.rsplit_once('.').ok_or_else(unknown)?;
    let answer = match (analysis, ending) {
        ("haeufungen", "csv" | "svg") => {
            only_known(&ask.params, &CARRIED)?;
            let around = neighbourhood(&ask.params).map_err(|error| Problem::parameter(error.to_string()))?;
            let found = state.atlas.clusters(&view(ask, id.clone())?, around).map_err(Problem::from_query)?;
            table_or_map(ending, || found.csv(), || state.atlas.clusters_svg(&found))
        }
        ("trennung", "csv" | "svg") => {
            only_known(&ask.params, &segregation::CARRIED)?;
            let found = state.atlas.segregation(&view(ask, id.clone())?).map_err(Problem::from_query)?;
            table_or_map(ending, || found.csv(), || found.svg())
        }
        _ => return Err(unknown()),
    };
    Ok(answer.with(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{id}-{name}\"")))
}

fn access(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    let (name, ending) = match ask.segment("file") {
        "erreichbarkeit.csv" => ("erreichbarkeit.csv", "csv"),
        "erreichbarkeit.svg" => ("erreichbarkeit.svg", "svg"),
        _ => {
            return Err(Problem::not_found(
                "Diese Datei gibt es nicht. Möglich: erreichbarkeit.csv und erreichbarkeit.svg.",
            ));
        }
    };
    only_known(&ask.params, &access_page::CARRIED)?;
    let query = access_page::query(&ask.params).map_err(|error| Problem::parameter(error.to_string()))?;
    let found = state.atlas.access(&query).map_err(Problem::from_query)?;
    let answer = table_or_map(ending, || found.csv(), || state.atlas.access_svg(&found));
    Ok(answer.with(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
}

fn composite(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    let name = ask.segment("file");
    if !["rezept.toml", "index.csv", "index.svg"].contains(&name) {
        return Err(Problem::not_found(
            "Diese Datei gibt es nicht. Möglich: rezept.toml, index.csv und index.svg.",
        ));
    }
    only_known(&ask.params, &composite_page::CARRIED)?;
    let query = composite_page::query(&ask.params).map_err(|error| Problem::parameter(error.to_string()))?;
    let found = state.atlas.composite(&query).map_err(Problem::from_query)?;
    let answer = match name {
        "rezept.toml" => Answer::new("application/toml; charset=utf-8", found.recipe()),
        "index.csv" => table_or_map("csv", || found.csv(), String::new),
        _ => table_or_map("svg", Vec::new, || state.atlas.composite_svg(&found)),
    };
    Ok(answer.with(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
}

/// The two files every analysis has.
fn table_or_map(ending: &str, table: impl FnOnce() -> Vec<u8>, map: impl FnOnce() -> String) -> Answer {
    match ending {
        "csv" => Answer::new("text/csv; charset=utf-8", table()),
        _ => Answer::new("image/svg+xml", map()),
    }
}

//! Indicators and their figures.

use super::{json, paged};
use crate::ask::Ask;
use crate::problem::{Answer, Problem, only_known, whole};
use crate::state::SiteState;
use kekiz_atlas::about::About;
use kekiz_atlas::indicator::Indicator;
use kekiz_atlas::table::TableQuery;
use kekiz_base::{AreaKey, GroupId, IndicatorId, IndicatorMeta, Period, Source};
use serde_json::{Value, json};

/// Rows of a page at most.
pub(super) const MOST: usize = 10_000;

pub(super) fn id(ask: &Ask) -> Result<IndicatorId, Problem> {
    IndicatorId::new(ask.segment("id")).ok_or_else(|| {
        Problem::not_found("Diesen Indikator gibt es nicht; die Liste steht unter /api/v1/indicators.")
    })
}

fn summary(meta: &IndicatorMeta) -> Value {
    json!({
        "id": meta.id,
        "title": meta.title,
        "plain_title": meta.plain_title,
        "kind": meta.kind,
        "unit": meta.unit,
        "decimals": meta.decimals,
        "polarity": meta.polarity,
        "life_phase": meta.life_phase,
        "life_area": meta.life_area,
    })
}

/// `GET /api/v1/indicators`
pub(super) fn indicators(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &["life_area"])?;
    let wanted = ask.params.get("life_area");
    let items: Vec<Value> = state
        .atlas
        .indicators()
        .filter(|meta| wanted.is_none_or(|area| meta.life_area == area))
        .map(|meta| summary(meta))
        .collect();
    json(&json!({ "total": items.len(), "items": items }))
}

/// `GET /api/v1/indicators/{id}`
pub(super) fn indicator(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &[])?;
    let indicator = state.atlas.indicator(&id(ask)?)?;
    json(&described(&indicator))
}

fn described(indicator: &Indicator) -> Value {
    let mut out = summary(&indicator.meta);
    let levels: Vec<Value> = indicator
        .slices()
        .iter()
        .map(|slice| {
            let periods: Vec<&Period> =
                slice.periods.iter().filter_map(|position| indicator.data.periods.get(*position)).collect();
            json!({
                "geography": slice.geography,
                "level": slice.level,
                "areas": slice.areas.len(),
                "periods": periods,
            })
        })
        .collect();
    let protection = &indicator.data.protection;
    out["definition"] = json!(indicator.meta.definition);
    out["classes"] = json!(indicator.meta.classes);
    out["levels"] = json!(levels);
    out["periods"] = json!(indicator.data.periods);
    out["groups"] = json!(indicator.data.groups);
    out["about"] = json!(About::of(indicator));
    out["protection"] = json!({
        "policy": protection.policy,
        "text": protection.text,
        "shown": protection.shown,
        "suppressed": protection.suppressed,
        "missing": protection.missing,
        "rounding": protection.rounding,
    });
    out
}

pub(super) fn period(ask: &Ask) -> Result<Option<Period>, Problem> {
    let parse = |text: &str| {
        text.parse::<Period>().map_err(|error| {
            let text: String = error.to_string().chars().take(200).collect();
            Problem::parameter(text)
        })
    };
    ask.params.get("period").map(parse).transpose()
}

/// `GET /api/v1/indicators/{id}/values`
pub(super) fn values(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    let id = id(ask)?;
    state.atlas.meta(&id)?;
    only_known(&ask.params, &["level", "within", "period", "group", "limit", "offset"])?;
    let limit = whole(&ask.params, "limit", 1000, 1, MOST)?;
    let offset = whole(&ask.params, "offset", 0, 0, 1_000_000_000)?;
    let query = TableQuery {
        indicator: id,
        level: ask.params.get("level").map(str::to_string),
        within: ask.params.get("within").map(AreaKey::new),
        period: period(ask)?,
        group: ask.params.get("group").map(GroupId::new),
    };
    let table = state.atlas.table(&query).map_err(Problem::from_query)?;
    let items: Vec<Value> = table
        .rows
        .iter()
        .skip(offset)
        .take(limit)
        .map(|row| {
            json!({
                "area": row.area.key,
                "name": row.area.name,
                "level": row.area.level,
                "geography": row.area.geography,
                "period": row.period,
                "group": row.group,
                "cell": row.cell,
            })
        })
        .collect();
    let mut page = paged(&items, table.rows.len(), limit, offset);
    page["indicator"] = summary(&table.meta);
    page["attribution"] = json!(table.about.attribution);
    page["protection"] = json!(table.about.protection);
    page["receipt"] = json!(table.about.receipt);
    json(&page)
}

/// `GET /api/v1/indicators/{id}/series`
pub(super) fn series(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    let id = id(ask)?;
    state.atlas.meta(&id)?;
    only_known(&ask.params, &["areas", "group"])?;
    let areas: Vec<AreaKey> = ask
        .params
        .get("areas")
        .unwrap_or("")
        .split(',')
        .map(str::trim)
        .filter(|key| !key.is_empty())
        .map(AreaKey::new)
        .collect();
    if areas.is_empty() || areas.len() > 20 {
        return Err(Problem::parameter("„areas“ braucht 1 bis 20 Gebietsschlüssel, durch Komma getrennt."));
    }
    let group = ask.params.get("group").map(GroupId::new);
    let series = state.atlas.series(&id, &areas, group.as_ref()).map_err(Problem::from_query)?;
    let lines: Vec<Value> = series
        .lines
        .iter()
        .map(|line| json!({ "area": line.area.key, "name": line.area.name, "role": line.role, "cells": line.cells }))
        .collect();
    json(&json!({
        "indicator": summary(&series.meta),
        "group": series.group,
        "periods": series.periods,
        "lines": lines,
        "breaks": series.breaks,
        "sentence": series.sentence,
        "attribution": series.about.attribution,
        "protection": series.about.protection,
    }))
}

/// `GET /api/v1/sources`
pub(super) fn sources(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &[])?;
    let mut found: Vec<(&Source, Vec<String>)> = Vec::new();
    let layers: Vec<(&Source, String)> = state
        .atlas
        .layers()
        .into_iter()
        .map(|layer| (&layer.source, layer.geography().map_or_else(String::new, ToString::to_string)))
        .chain(state.atlas.facility_layers().iter().map(|layer| (&layer.source, layer.id.clone())))
        .chain(
            state
                .atlas
                .indicators()
                .flat_map(|meta| meta.sources.iter().map(|source| (source, meta.id.to_string()))),
        )
        .collect();
    for (source, used) in layers {
        match found.iter_mut().find(|(known, _)| *known == source) {
            Some((_, by)) => by.push(used),
            None => found.push((source, vec![used])),
        }
    }
    let items: Vec<Value> =
        found.into_iter().map(|(source, used_by)| json!({ "source": source, "used_by": used_by })).collect();
    json(&json!({ "total": items.len(), "items": items }))
}

/// `GET /api/v1/releases`
pub(super) fn releases(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &[])?;
    let mut items = Vec::new();
    for meta in state.atlas.indicators() {
        let indicator = state.atlas.indicator(&meta.id)?;
        items.push(json!({
            "indicator": meta.id,
            "receipt": indicator.data.receipt,
            "policy": indicator.data.protection.policy,
            "shown": indicator.data.protection.shown,
            "suppressed": indicator.data.protection.suppressed,
        }));
    }
    json(&json!({ "generation": state.atlas.generation(), "total": items.len(), "items": items }))
}

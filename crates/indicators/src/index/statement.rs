//! The sensitivity of an index as a sentence, and for each area.

use super::gather::Inputs;
use super::score::classes;
use super::{AreaSensitivity, Scored};
use crate::catalogue::Recipe;
use kekiz_base::number::german;
use kekiz_stats::index::{WeightDraws, rank_sensitivity};

/// Ranks of each area and the German statement, from the latest scored period of each geography.
pub(super) fn sensitivity(
    recipe: &Recipe,
    inputs: &Inputs<'_>,
    latest: &[&Scored],
) -> (Vec<AreaSensitivity>, String) {
    if recipe.inputs.iter().filter(|input| input.weight > 0.0).count() < 2 {
        return (Vec::new(), "Der Index hat nur ein Merkmal; andere Gewichte ändern nichts.".into());
    }
    let (mut ranks, mut sentences) = (Vec::new(), Vec::new());
    for one in latest {
        let result = &one.result;
        let classify = |weights: &[f64], values: &[f64]| classes(recipe, result, values, weights);
        let Ok(found) = rank_sensitivity(&result.columns, &result.weights, &recipe.sensitivity, classify)
        else {
            continue;
        };
        let period = inputs.periods[one.period].0;
        for (position, area) in one.areas.iter().enumerate() {
            ranks.push(AreaSensitivity {
                area: inputs.areas[*area].key.clone(),
                geography: one.geography.clone(),
                period,
                rank: found.rank[position],
                rank_lower: found.rank_lower[position],
                rank_upper: found.rank_upper[position],
                keeps_class: found.keeps_class[position],
            });
        }
        let level = one.areas.first().map_or("Gebiete", |area| inputs.areas[*area].level.plural());
        let shift = german(found.mean_rank_shift, 1);
        let places = if shift == "1,0" { "Platz" } else { "Plätze" };
        let kept = german(found.class_stability * 100.0, 0);
        let scope = format!("{level}, {period}, {} Ränge", one.areas.len());
        sentences.push(format!(
            "Bei anderen Gewichten verschiebt sich der Rang im Mittel um {shift} {places}; {kept} % der Gebiete bleiben in ihrer Klasse ({scope})."
        ));
    }
    if sentences.is_empty() {
        return (ranks, String::new());
    }
    let draws = german(recipe.sensitivity.draws as f64, 0);
    sentences.push(match recipe.sensitivity.weights {
        WeightDraws::Dirichlet { .. } => format!("Geprüft mit {draws} zufälligen Gewichtungen."),
        WeightDraws::Uniform { spread } => {
            format!(
                "Geprüft mit {draws} Gewichtungen, die um bis zu {} % abweichen.",
                german(spread * 100.0, 0)
            )
        }
    });
    (ranks, sentences.join(" "))
}

//! One number for the whole map.

use crate::AnalyseError;
use crate::input::{Prepared, prepare};
use crate::settings::{Inference, SpatialRequest};
use kekiz_base::Diagnostics;
use kekiz_spatial::autocorrelation as methods;
use kekiz_stats::{Alternative, Extremes, normal_p};
use serde_json::{Map, Value, json};

/// Statistics of the whole map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GlobalMethod {
    /// Moran's I.
    Moran,
    /// Moran's I of one column against its neighbours' second column.
    BivariateMoran,
    /// Geary's C.
    Geary,
    /// Getis and Ord's G.
    GetisOrd,
    /// Join counts of a column of 0 and 1.
    JoinCount,
}

impl GlobalMethod {
    fn columns(self) -> usize {
        if self == GlobalMethod::BivariateMoran { 2 } else { 1 }
    }
}

/// Runs a statistic of the whole map; gives one JSON object.
///
/// `z` and `p_analytic` are those under randomisation. `p_sim` is `null` without permutations. For Geary's C `greater`
/// means greater differences, so like values together are `less`.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn global(
    method: GlobalMethod,
    request: &SpatialRequest,
    inference: &Inference,
) -> Result<(Value, Diagnostics), AnalyseError> {
    let names = ["den Wert", "den zweiten Wert"];
    let columns = (0..method.columns()).map(|at| request.column(at, names[at]));
    let columns = columns.collect::<Result<Vec<&str>, _>>()?;
    let prepared = prepare(request, &columns)?;
    let (values, weights) = (&prepared.values, &prepared.weights);
    let permutations = inference.permutations;
    let drawn = permutations.draws > 0;
    let p = |counted: Option<Extremes>| counted.map(|c| c.p(inference.alternative));
    let mut out = match method {
        GlobalMethod::Moran => {
            let m = methods::moran(&values[0], weights)?;
            let counted =
                drawn.then(|| methods::moran_permutation(&values[0], weights, permutations)).transpose()?;
            json!({
                "statistic": m.statistic, "expected": m.expected,
                "variance_normal": m.variance_normal, "variance_randomisation": m.variance_randomisation,
                "z": m.z_randomisation(), "z_normal": m.z_normal(),
                "p_analytic": m.p_randomisation(inference.alternative),
                "p_normal": m.p_normal(inference.alternative), "p_sim": p(counted),
            })
        }
        GlobalMethod::BivariateMoran => {
            let i = methods::bivariate_moran(&values[0], &values[1], weights)?;
            let counted = drawn
                .then(|| methods::bivariate_moran_permutation(&values[0], &values[1], weights, permutations))
                .transpose()?;
            json!({ "statistic": i, "p_sim": p(counted) })
        }
        GlobalMethod::Geary => {
            let c = methods::geary(&values[0], weights)?;
            let counted =
                drawn.then(|| methods::geary_permutation(&values[0], weights, permutations)).transpose()?;
            json!({
                "statistic": c.statistic, "expected": c.expected,
                "variance_normal": c.variance_normal, "variance_randomisation": c.variance_randomisation,
                "z": c.z_randomisation(), "z_normal": c.z_normal(),
                "p_analytic": c.p_randomisation(inference.alternative),
                "p_normal": c.p_normal(inference.alternative), "p_sim": p(counted),
            })
        }
        GlobalMethod::GetisOrd => {
            let g = methods::getis_ord(&values[0], weights)?;
            let counted = drawn
                .then(|| methods::getis_ord_permutation(&values[0], weights, permutations))
                .transpose()?;
            json!({
                "statistic": g.statistic, "expected": g.expected, "variance": g.variance, "z": g.z(),
                "p_analytic": g.z().and_then(|z| normal_p(z, inference.alternative)), "p_sim": p(counted),
            })
        }
        GlobalMethod::JoinCount => join_counts(&prepared, inference, drawn)?,
    };
    if let Value::Object(fields) = &mut out {
        describe(fields, &prepared, inference);
    }
    Ok((out, prepared.diagnostics))
}

fn join_counts(prepared: &Prepared, inference: &Inference, drawn: bool) -> Result<Value, AnalyseError> {
    let (marks, weights) = (&prepared.values[0], &prepared.weights);
    let joins = methods::join_counts(marks, weights)?;
    let counted = drawn
        .then(|| methods::join_counts_permutation(marks, weights, inference.permutations))
        .transpose()?;
    let kind = |count: methods::Count, at: usize| {
        json!({
            "count": count.count, "expected": count.expected, "variance": count.variance, "z": count.z(),
            "p_analytic": count.z().and_then(|z| normal_p(z, inference.alternative)),
            "p_sim": counted.map(|c| c[at].p(inference.alternative)),
        })
    };
    Ok(
        json!({ "both": kind(joins.both, 0), "neither": kind(joins.neither, 1), "mixed": kind(joins.mixed, 2) }),
    )
}

fn describe(fields: &mut Map<String, Value>, prepared: &Prepared, inference: &Inference) {
    let alternative = match inference.alternative {
        Alternative::TwoSided => "two-sided",
        Alternative::Greater => "greater",
        Alternative::Less => "less",
    };
    for (name, value) in [
        ("areas", json!(prepared.weights.areas())),
        ("pairs", json!(prepared.weights.pairs())),
        ("islands", json!(prepared.weights.islands().len())),
        ("left_out", json!(prepared.notes.iter().flatten().count())),
        ("alternative", json!(alternative)),
        ("permutations", json!(inference.permutations.draws)),
        ("seed", json!(inference.permutations.seed)),
    ] {
        fields.insert(name.into(), value);
    }
}

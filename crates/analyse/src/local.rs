//! A result for each area.

use crate::input::{Prepared, prepare};
use crate::settings::{Adjustment, Inference, SpatialRequest};
use crate::{AnalyseError, Table};
use kekiz_base::{Diagnostics, Place, Severity};
use kekiz_spatial::autocorrelation::{self as methods, LocalMoran, Quadrant, Star};
use kekiz_stats::adjust::{bonferroni, false_discovery};
use kekiz_stats::{Alternative, Extremes};

/// Statistics of each area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalMethod {
    /// Local Moran's I.
    Moran,
    /// Local Moran's I of one column against its neighbours' second column.
    BivariateMoran,
    /// Local Geary.
    Geary,
    /// Gi or Gi*.
    GetisOrd(Star),
}

/// Results of the analysed rows before they are spread over the table.
struct Rows {
    statistic: Vec<Option<f64>>,
    expected: Vec<Option<f64>>,
    variance: Option<Vec<Option<f64>>>,
    z: Option<Vec<Option<f64>>>,
    extremes: Option<Vec<Option<Extremes>>>,
    /// The name of each area's cluster, should it be significant.
    clusters: Vec<&'static str>,
}

/// Runs a statistic of each area. The table has the rows of the input in their order: `key`, `statistic`, `expected`,
/// `variance`, `z` (where formulas exist), `p_sim`, `p_fdr` (adjusted for the false-discovery rate), `p_bonferroni` if
/// asked for, `cluster`, and `note`, which says why cells of a row are empty.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn local(
    method: LocalMethod,
    request: &SpatialRequest,
    inference: &Inference,
) -> Result<(Table, Diagnostics), AnalyseError> {
    let mut columns = vec![request.column(0, "den Wert")?];
    if method == LocalMethod::BivariateMoran {
        columns.push(request.column(1, "den zweiten Wert")?);
    }
    let mut prepared = prepare(request, &columns)?;
    let rows = match method {
        LocalMethod::Moran => moran(&prepared, 0, inference)?,
        LocalMethod::BivariateMoran => moran(&prepared, 1, inference)?,
        LocalMethod::Geary => geary(&prepared, inference)?,
        LocalMethod::GetisOrd(star) => getis_ord(&prepared, inference, star)?,
    };
    Ok((table(&mut prepared, rows, inference), prepared.diagnostics))
}

fn moran(prepared: &Prepared, neighbours: usize, inference: &Inference) -> Result<Rows, AnalyseError> {
    let (x, y, weights) = (&prepared.values[0], &prepared.values[neighbours], &prepared.weights);
    let found = methods::bivariate_local_moran(x, y, weights, inference.scaling)?;
    let drawn = inference.permutations.draws > 0;
    let extremes = drawn
        .then(|| methods::bivariate_local_moran_permutation(x, y, weights, inference.permutations))
        .transpose()?;
    let of = |part: fn(&LocalMoran) -> f64| found.iter().map(|m| m.as_ref().map(part)).collect::<Vec<_>>();
    let cluster = |m: &Option<LocalMoran>| match m.map(|m| m.quadrant) {
        Some(Quadrant::HighHigh) => "High-High",
        Some(Quadrant::LowLow) => "Low-Low",
        Some(Quadrant::LowHigh) => "Low-High",
        Some(Quadrant::HighLow) => "High-Low",
        None => "",
    };
    Ok(Rows {
        statistic: of(|m| m.statistic),
        expected: of(|m| m.expected),
        variance: Some(of(|m| m.variance)),
        z: Some(found.iter().map(|m| m.as_ref().and_then(|m| m.z)).collect()),
        extremes,
        clusters: found.iter().map(cluster).collect(),
    })
}

fn geary(prepared: &Prepared, inference: &Inference) -> Result<Rows, AnalyseError> {
    let (values, weights) = (&prepared.values[0], &prepared.weights);
    let found = methods::local_geary(values, weights)?;
    let drawn = inference.permutations.draws > 0;
    let extremes = drawn
        .then(|| methods::local_geary_permutation(values, weights, inference.permutations))
        .transpose()?;
    let alike = |g: &Option<methods::LocalGeary>| match g {
        Some(g) if g.statistic < g.expected => "Alike",
        Some(_) => "Different",
        None => "",
    };
    Ok(Rows {
        statistic: found.iter().map(|g| g.map(|g| g.statistic)).collect(),
        expected: found.iter().map(|g| g.map(|g| g.expected)).collect(),
        variance: None,
        z: None,
        extremes,
        clusters: found.iter().map(alike).collect(),
    })
}

fn getis_ord(prepared: &Prepared, inference: &Inference, star: Star) -> Result<Rows, AnalyseError> {
    let (values, weights) = (&prepared.values[0], &prepared.weights);
    let found = methods::local_getis_ord(values, weights, star)?;
    let drawn = inference.permutations.draws > 0;
    let extremes = drawn
        .then(|| methods::local_getis_ord_permutation(values, weights, inference.permutations))
        .transpose()?;
    let spot = |g: &Option<methods::LocalGetisOrd>| match g.and_then(|g| g.z) {
        Some(z) if z > 0.0 => "Hot",
        Some(_) => "Cold",
        None => "",
    };
    Ok(Rows {
        statistic: found.iter().map(|g| g.and_then(|g| g.statistic)).collect(),
        expected: found.iter().map(|g| g.map(|g| g.expected)).collect(),
        variance: None,
        z: Some(found.iter().map(|g| g.and_then(|g| g.z)).collect()),
        extremes,
        clusters: found.iter().map(spot).collect(),
    })
}

fn table(prepared: &mut Prepared, rows: Rows, inference: &Inference) -> Table {
    let p: Option<Vec<Option<f64>>> =
        rows.extremes.map(|all| all.into_iter().map(|e| e.map(|e| e.p(inference.alternative))).collect());
    let fdr = p.as_deref().map(false_discovery);
    let deciding = match inference.adjustment {
        Adjustment::None => p.clone(),
        Adjustment::FalseDiscovery => fdr.clone(),
        Adjustment::Bonferroni => p.as_deref().map(bonferroni),
    };
    warn_of_few_draws(prepared, p.as_deref(), inference);
    let cluster = |at: usize| -> Option<String> {
        let p = deciding.as_ref()?.get(at).copied().flatten();
        let island = prepared.weights.neighbours(at).is_empty();
        Some(match p {
            _ if island => "Isolated".into(),
            Some(p) if p <= inference.level => rows.clusters[at].into(),
            _ => "Not significant".into(),
        })
    };
    let clusters: Vec<Option<String>> = (0..rows.clusters.len()).map(cluster).collect();
    for (at, row) in prepared.used.iter().enumerate() {
        if prepared.weights.neighbours(at).is_empty() {
            prepared.notes[*row] = Some("ohne Nachbarn".into());
        } else if rows.z.as_ref().is_some_and(|z| z[at].is_none()) {
            prepared.notes[*row] = Some("Streuung null, kein z".into());
        }
    }
    let numbers =
        |values: Vec<Option<f64>>| prepared.spread(values).into_iter().map(Option::flatten).collect();
    let mut out = Table::default();
    out.text("key", prepared.keys.iter().cloned().map(Some).collect());
    out.number("statistic", numbers(rows.statistic));
    out.number("expected", numbers(rows.expected));
    if let Some(variance) = rows.variance {
        out.number("variance", numbers(variance));
    }
    if let Some(z) = rows.z {
        out.number("z", numbers(z));
    }
    let all_bonferroni = p.as_deref().map(bonferroni);
    if let (Some(p), Some(fdr)) = (p, fdr) {
        out.number("p_sim", numbers(p));
        out.number("p_fdr", numbers(fdr));
    }
    if let (Adjustment::Bonferroni, Some(p)) = (inference.adjustment, all_bonferroni) {
        out.number("p_bonferroni", numbers(p));
    }
    if inference.permutations.draws > 0 {
        out.text("cluster", prepared.spread(clusters).into_iter().map(Option::flatten).collect());
    }
    out.text("note", prepared.notes.clone());
    out
}

/// A p-value can be no smaller than the number of draws allows.
fn warn_of_few_draws(prepared: &mut Prepared, p: Option<&[Option<f64>]>, inference: &Inference) {
    let tests = p.map_or(0, |p| p.iter().flatten().count()) as f64;
    let sides = if inference.alternative == Alternative::TwoSided { 2.0 } else { 1.0 };
    let smallest = sides / (f64::from(inference.permutations.draws) + 1.0);
    let reach = match inference.adjustment {
        Adjustment::Bonferroni => smallest * tests,
        Adjustment::None | Adjustment::FalseDiscovery => smallest,
    };
    if tests > 0.0 && reach > inference.level {
        let needed = (reach / inference.level * (f64::from(inference.permutations.draws) + 1.0)).ceil();
        prepared.diagnostics.push(
            Severity::Warning,
            "too-few-permutations",
            Place::default(),
            "Mit so wenigen Vertauschungen kann kein Gebiet auffällig werden.".to_string(),
            format!("Mindestens --permutations {needed} angeben."),
        );
    }
}

//! Classes of a map: limits, colours, labels.

use crate::AtlasError;
use crate::view::{ClassInfo, Method};
use kekiz_base::number::german;
use kekiz_base::{Cell, IndicatorKind, IndicatorMeta};
use kekiz_charts::{ClassStyle, Palette};
use kekiz_spatial::classify::{self, Classes, ClassifyError};

/// Classes of the values of a view, and the class of each value.
#[derive(Debug)]
pub(crate) struct Classified {
    pub(crate) info: Option<ClassInfo>,
    pub(crate) class_of: Vec<Option<usize>>,
    pub(crate) note: Option<String>,
}

/// How values are to be divided.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) method: &'a Method,
    pub(crate) classes: usize,
    pub(crate) palette: Palette,
}

/// Divides the shown values; protected and missing cells are in no class. Index classes are those of the recipe.
pub(crate) fn classify_values(
    meta: &IndicatorMeta,
    cells: &[Cell],
    values: &[Option<f64>],
    wanted: Wanted<'_>,
) -> Result<Classified, AtlasError> {
    let suppressed = cells.iter().filter(|cell| matches!(cell, Cell::Suppressed { .. })).count();
    let missing = cells.iter().filter(|cell| matches!(cell, Cell::Missing { .. })).count();
    let done = |info: Option<ClassInfo>, class_of, note| {
        let info = info.map(|info| ClassInfo { suppressed, missing, ..info });
        Classified { info, class_of, note }
    };
    let has_classes = cells.iter().filter_map(Cell::figure).any(|figure| figure.class.is_some());
    if !meta.classes.is_empty() && has_classes {
        let (info, class_of) = recipe_classes(meta, cells, wanted.palette);
        return Ok(done(Some(info), class_of, None));
    }
    let shown: Vec<f64> = values.iter().copied().flatten().filter(|value| value.is_finite()).collect();
    let Ok(found) = classes_of(&shown, wanted) else {
        if shown.is_empty() {
            return Ok(done(None, vec![None; cells.len()], None));
        }
        return Err(AtlasError::Classes(OWN_LIMITS.into()));
    };
    let class_of = values.iter().map(|value| value.map(|value| found.class_of(value))).collect();
    let classes = found.len();
    let own = matches!(wanted.method, Method::Own(_));
    let note = match classes {
        1 if !own => Some("Alle gezeigten Werte liegen in einer Klasse.".into()),
        n if n < wanted.classes && !own => Some(format!(
            "Die Werte lassen mit diesem Verfahren nur {n} statt {} Klassen zu.",
            wanted.classes
        )),
        _ => None,
    };
    let info = numbered(meta, &found, &shown, wanted);
    Ok(done(Some(info), class_of, note))
}

const OWN_LIMITS: &str = "Eigene Klassengrenzen sind 1 bis 8 aufsteigende Zahlen, durch Semikolon getrennt, zum Beispiel 10;15;20,5.";

fn classes_of(shown: &[f64], wanted: Wanted<'_>) -> Result<Classes, ClassifyError> {
    let method = match wanted.method {
        Method::Quantile => classify::Method::Quantile,
        Method::NaturalBreaks => classify::Method::NaturalBreaks,
        Method::EqualInterval => classify::Method::EqualInterval,
        Method::StandardDeviation => classify::Method::StandardDeviation,
        Method::Own(limits) if limits.is_empty() || limits.len() > 8 => return Err(ClassifyError::OwnBreaks),
        Method::Own(limits) => classify::Method::Own(limits.clone()),
    };
    let found = classify::classify(shown, &method, wanted.classes.clamp(2, 9))?;
    Ok(if matches!(wanted.method, Method::Own(_)) { found } else { found.rounded(shown) })
}

fn recipe_classes(meta: &IndicatorMeta, cells: &[Cell], palette: Palette) -> (ClassInfo, Vec<Option<usize>>) {
    let classes = meta.classes.len();
    let class_of: Vec<Option<usize>> = cells
        .iter()
        .map(|cell| {
            let class = usize::from(cell.figure()?.class?).checked_sub(1)?;
            (class < classes).then_some(class)
        })
        .collect();
    let mut counts = vec![0; classes];
    for class in class_of.iter().flatten() {
        counts[*class] += 1;
    }
    let colours = match recipe_styles(meta) {
        Some(styles) => styles.iter().map(|style| style.fill.to_string()).collect(),
        None => palette.colours(classes).iter().map(ToString::to_string).collect(),
    };
    let info = ClassInfo {
        breaks: (1..=classes).map(|class| class as f64).collect(),
        colours,
        labels: meta.classes.clone(),
        counts,
        method: match meta.kind {
            IndicatorKind::Change => "Klassen der Veränderung".into(),
            _ => "Klassen des Index".into(),
        },
        suppressed: 0,
        missing: 0,
    };
    (info, class_of)
}

/// The styles of a recipe with a scheme of its own: status × dynamics, the only one with twelve classes.
pub(crate) fn recipe_styles(meta: &IndicatorMeta) -> Option<Vec<ClassStyle>> {
    let styles = kekiz_charts::status_dynamics();
    (meta.classes.len() == styles.len()).then_some(styles)
}

fn numbered(meta: &IndicatorMeta, found: &Classes, shown: &[f64], wanted: Wanted<'_>) -> ClassInfo {
    let colours = wanted.palette.colours(found.len()).iter().map(ToString::to_string).collect();
    ClassInfo {
        breaks: found.breaks.clone(),
        colours,
        labels: labels(meta, &found.breaks),
        counts: found.counts(shown),
        method: wanted.method.name().into(),
        suppressed: 0,
        missing: 0,
    }
}

/// `über 10,0 bis 15,0 %`; the first class includes its beginning. Decimals grow until limits can be told apart.
fn labels(meta: &IndicatorMeta, limits: &[f64]) -> Vec<String> {
    let mut decimals = usize::from(meta.decimals);
    let told_apart = |decimals: usize| {
        limits
            .windows(2)
            .all(|pair| pair[0] == pair[1] || german(pair[0], decimals) != german(pair[1], decimals))
    };
    while decimals < 6 && !told_apart(decimals) {
        decimals += 1;
    }
    let unit = if meta.unit.is_empty() { String::new() } else { format!("\u{a0}{}", meta.unit) };
    limits
        .windows(2)
        .enumerate()
        .map(|(i, pair)| {
            let (low, high) = (german(pair[0], decimals), german(pair[1], decimals));
            match (low == high, i) {
                (true, _) => format!("{low}{unit}"),
                (false, 0) => format!("{low} bis {high}{unit}"),
                (false, _) => format!("über {low} bis {high}{unit}"),
            }
        })
        .collect()
}

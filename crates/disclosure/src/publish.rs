//! Writes the public cells. Whatever a figure says of a hidden cell stays out.

use crate::primary::Seen;
use crate::{Policy, Rounding};
use kekiz_base::{Cell, Cube, CubeCell, Figure, IndicatorKind, Interval, Reason, Sensitive, Versus};

/// The true table as the gate sees it, areas in the order of the release.
pub(crate) struct Sight<'a> {
    pub(crate) cube: &'a Cube,
    pub(crate) policy: &'a Policy,
    /// Cells in the order of the release.
    pub(crate) cells: Vec<&'a CubeCell>,
    pub(crate) seen: &'a [Seen],
    /// Public reason of every suppressed cell.
    pub(crate) suppressed: &'a [Option<Reason>],
    /// The parent of every area.
    pub(crate) parents: &'a [Option<usize>],
}

/// What was left out beside suppressed cells.
#[derive(Default)]
pub(crate) struct Withheld {
    pub(crate) comparisons: usize,
    pub(crate) smoothed: usize,
}

/// The factor between numerator through denominator and value (100 for percent); `None` when the values are
/// something else.
pub(crate) fn factor(cube: &Cube) -> Option<f64> {
    let ratio = |cell: &CubeCell| match cell {
        CubeCell::Value { value, numerator: Some(numerator), denominator, .. } => {
            let base = denominator.map_or(1.0, Sensitive::expose);
            Some((value.expose(), numerator.expose(), base))
        }
        CubeCell::Value { value, numerator: None, .. } if cube.meta.kind == IndicatorKind::Count => {
            Some((value.expose(), value.expose(), 1.0))
        }
        _ => None,
    };
    let cells = || cube.cells.iter().filter_map(ratio).filter(|(_, _, base)| *base > 0.0);
    let Some((value, cases, base)) = cells().find(|(_, cases, _)| *cases > 0.0) else { return Some(100.0) };
    let exact = value * base / cases;
    let factor = [1.0, 100.0, 1e3, 1e4, 1e5, 1e6]
        .into_iter()
        .find(|factor: &f64| (exact - factor).abs() <= 0.02 * factor)?;
    // Values may have been rounded to their decimals on the way here.
    let slack = 0.51 * 10f64.powi(-i32::from(cube.meta.decimals));
    cells()
        .all(|(value, cases, base)| (value - factor * cases / base).abs() <= slack.max(1e-9 * value.abs()))
        .then_some(factor)
}

pub(crate) fn cells(sight: &Sight<'_>, factor: f64) -> (Vec<Cell>, Withheld) {
    let mut withheld = Withheld::default();
    let smoothing_hidden = smoothing_hidden(sight);
    let mut cells: Vec<Cell> = Vec::with_capacity(sight.cells.len());
    let slices = smoothing_hidden.len().max(1);
    for (index, cell) in sight.cells.iter().enumerate() {
        cells.push(match (cell, sight.suppressed[index]) {
            (_, Some(reason)) => Cell::Suppressed { reason },
            (CubeCell::Missing(mark), None) => Cell::Missing { mark: *mark },
            (CubeCell::Value { .. }, None) => {
                let hide_smoothed = smoothing_hidden[index % slices];
                figure(sight, cell, &sight.seen[index], factor, hide_smoothed, &mut withheld)
            }
        });
    }
    for index in 0..cells.len() {
        let versus = versus(sight, &cells, index);
        if let (Cell::Shown(figure), CubeCell::Value { versus_parent: Some(_), .. }) =
            (&mut cells[index], sight.cells[index])
        {
            withheld.comparisons += usize::from(versus.is_none());
            figure.versus_parent = versus;
        }
    }
    (cells, withheld)
}

/// Smoothing mixes every area with the mean and spread of all areas of its period and group, so a smoothed value
/// of a public cell is an equation on the hidden ones (Marshall 1991: two public cells give mean and variance).
fn smoothing_hidden(sight: &Sight<'_>) -> Vec<bool> {
    let slices = sight.cube.periods.len() * sight.cube.groups.len();
    let mut hidden = vec![false; slices];
    if !sight.policy.passes_through() {
        for (index, suppressed) in sight.suppressed.iter().enumerate() {
            hidden[index % slices] |= suppressed.is_some();
        }
    }
    hidden
}

fn figure(
    sight: &Sight<'_>,
    cell: &CubeCell,
    seen: &Seen,
    factor: f64,
    hide_smoothed: bool,
    withheld: &mut Withheld,
) -> Cell {
    let CubeCell::Value { value, interval, numerator, denominator, smoothed, class, annotation, .. } = cell
    else {
        return Cell::Missing { mark: kekiz_base::Mark::Empty };
    };
    let kind = sight.cube.meta.kind;
    let through = sight.policy.passes_through();
    let mut figure = Figure {
        value: value.expose(),
        interval: interval.map(|(low, high)| Interval { lower: low.expose(), upper: high.expose() }),
        numerator: numerator.map(Sensitive::expose),
        denominator: denominator.map(Sensitive::expose),
        smoothed: smoothed.map(Sensitive::expose),
        versus_parent: None,
        class: class.map(Sensitive::expose),
        annotation: *annotation,
    };
    if figure.smoothed.is_some() && hide_smoothed {
        figure.smoothed = None;
        withheld.smoothed += 1;
    }
    if matches!(kind, IndicatorKind::Index | IndicatorKind::Change) && !through {
        // Full precision of a score is one equation per cell on the counts it rests on.
        let scale = 10f64.powi(i32::from(sight.cube.meta.decimals));
        let round = |value: f64| (value * scale).round() / scale;
        figure.value = round(figure.value);
        // The ends of a change come from published counts as well; a score has none.
        let change = figure.interval.filter(|_| kind == IndicatorKind::Change);
        figure.interval = change.map(|i| Interval { lower: round(i.lower), upper: round(i.upper) });
        figure.smoothed = None;
        figure.numerator = None;
        figure.denominator = None;
    }
    match (sight.policy.rounding.base(), seen) {
        (Some(base), Seen::Counted(counted)) => {
            rounded(figure, counted.count, counted.base, base, kind, factor)
        }
        _ => Cell::Shown(figure),
    }
}

fn round_to(count: i64, base: i64) -> i64 {
    (count + base / 2).div_euclid(base) * base
}

/// A figure made from rounded counts alone; interval and smoothed value rest on true counts and stay out.
fn rounded(
    figure: Figure,
    count: i64,
    base: Option<i64>,
    step: i64,
    kind: IndicatorKind,
    factor: f64,
) -> Cell {
    if matches!(kind, IndicatorKind::Index | IndicatorKind::Change) {
        return Cell::Shown(figure);
    }
    let cases = round_to(count, step) as f64;
    let persons = base.map(|base| round_to(base, step) as f64);
    let value = match persons {
        None => cases,
        Some(persons) if persons <= 0.0 => return Cell::Suppressed { reason: Reason::SmallBase },
        Some(persons) if kind == IndicatorKind::Share => (factor * cases / persons).min(factor),
        Some(persons) => factor * cases / persons,
    };
    Cell::Shown(Figure {
        value,
        interval: None,
        numerator: figure.numerator.map(|_| cases),
        denominator: figure.denominator.and(persons),
        smoothed: None,
        versus_parent: None,
        class: None,
        annotation: figure.annotation,
    })
}

/// The comparison with the parent, where it tells nothing but the difference of two public values.
///
/// Value minus difference is the parent's value. It may be told only when it is the value of an area above that is
/// shown; the difference is taken anew from the two public values.
fn versus(sight: &Sight<'_>, cells: &[Cell], index: usize) -> Option<Versus> {
    let CubeCell::Value { value, versus_parent: Some(versus), .. } = sight.cells[index] else { return None };
    let versus = versus.expose();
    if sight.policy.passes_through() {
        return versus.difference.is_finite().then_some(versus);
    }
    let figure = cells[index].figure()?;
    let reference = value.expose() - versus.difference;
    let slice = sight.cube.periods.len() * sight.cube.groups.len();
    let mut area = sight.parents[index / slice];
    while let Some(above) = area {
        let at = above * slice + index % slice;
        if let (CubeCell::Value { value, .. }, Some(public)) = (sight.cells[at], cells[at].figure()) {
            let truth = value.expose();
            if (truth - reference).abs() <= 1e-9 * truth.abs().max(1.0) {
                let significant =
                    if sight.policy.rounding == Rounding::None { versus.significant } else { None };
                return Some(Versus { difference: figure.value - public.value, significant });
            }
        }
        area = sight.parents[above];
    }
    None
}

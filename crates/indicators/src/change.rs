//! The cube of an indicator becomes the cube of its changes.

use crate::catalogue::{Change, Definition, IntervalMethod, Measure};
use crate::compute::cells::{SIGNIFICANCE, interval_of};
use crate::expression::{strongest_annotation, strongest_mark};
use crate::spelling::{counted, list};
use crate::territory::years_before;
use kekiz_base::{
    Cube, CubeCell, Diagnostics, IndicatorId, IndicatorKind, IndicatorMeta, Interval, Level, Mark, Period,
    Place, Polarity, Sensitive, Severity,
};
use kekiz_stats::difference::{Test, two_proportions, two_rates};
use kekiz_stats::mover::{difference_interval, ratio_interval};

/// Why a change cannot be computed at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// No two periods are that far apart.
    #[error(
        "Indikator „{change}“: „{of}“ hat keine zwei Zeiträume im Abstand von {years} Jahren; vorhanden sind {periods}. Abhilfe: „years“ anpassen oder frühere Zahlen einlesen."
    )]
    NoPast {
        /// The change.
        change: IndicatorId,
        /// The indicator.
        of: IndicatorId,
        /// Distance asked for.
        years: u16,
        /// Periods there are.
        periods: String,
    },
    /// The levels or groups asked for are not among those of the indicator.
    #[error(
        "Indikator „{change}“: „{of}“ hat die gewählten Ebenen oder Gruppen nicht; vorhanden sind {available}. Abhilfe: „levels“ und „groups“ prüfen."
    )]
    NothingLeft {
        /// The change.
        change: IndicatorId,
        /// The indicator.
        of: IndicatorId,
        /// Levels and groups there are.
        available: String,
    },
    /// The table of the indicator is broken.
    #[error("Indikator „{change}“: {message}")]
    Table {
        /// The change.
        change: IndicatorId,
        /// What is wrong.
        message: String,
    },
}

/// Computes how an indicator has changed, from its cube. `counts_are_exact` is false where the counts of the cube
/// were rounded for protection; then there is no interval and no significance.
///
/// A cell compares a period with the one so many years before, area by area and group by group; periods without one
/// are left out. It is missing where either end is (with the strongest mark), where either end rests on fewer persons
/// than the minimum base ([`Mark::Unreliable`]), where a new series began in between ([`Mark::Blocked`]), and for a
/// relative change from 0 or less ([`Mark::Blocked`]).
///
/// With counts at both ends there is a 95 % interval from the intervals of both ends (MOVER, see
/// [`kekiz_stats::mover`]) and a class that says whether chance alone would rarely give such a change (two-sided 5 %;
/// exact where few cases are expected). Shares are compared as proportions, rates and counts as Poisson rates; the
/// two periods count as independent, which is cautious where the same persons are in both.
///
/// The result is as sensitive as the cube. Made from published figures it tells nothing that they do not: whoever
/// knows a change and one of its ends knows the other, so it must not be made from anything else.
pub fn compute_change(
    change: &Change,
    of: &Definition,
    cube: &Cube,
    counts_are_exact: bool,
) -> Result<(Cube, Diagnostics), ChangeError> {
    cube.check()
        .map_err(|error| ChangeError::Table { change: change.id.clone(), message: error.to_string() })?;
    let areas: Vec<usize> = (0..cube.areas.len())
        .filter(|a| change.levels.as_ref().is_none_or(|levels| levels.contains(&cube.areas[*a].level)))
        .collect();
    let groups: Vec<usize> = match &change.groups {
        Some(wanted) => wanted.iter().filter_map(|name| cube.groups.iter().position(|g| g == name)).collect(),
        None => (0..cube.groups.len()).collect(),
    };
    if areas.is_empty() || groups.is_empty() {
        return Err(nothing_left(change, cube));
    }
    let position = |period: Period| cube.periods.iter().position(|other| *other == period);
    let periods: Vec<(usize, usize)> = (0..cube.periods.len())
        .filter_map(|now| Some((now, position(years_before(cube.periods[now], change.years)?)?)))
        .collect();
    if periods.is_empty() {
        let names: Vec<String> = cube.periods.iter().map(ToString::to_string).collect();
        return Err(ChangeError::NoPast {
            change: change.id.clone(),
            of: change.of.clone(),
            years: change.years,
            periods: list(&names, 8),
        });
    }
    let rule = Rule { change, of, counts_are_exact, polarity: change.polarity.unwrap_or(cube.meta.polarity) };
    let mut cells = Vec::with_capacity(areas.len() * periods.len() * groups.len());
    for area in &areas {
        for (now, then) in &periods {
            let (year, before) = (cube.periods[*now].year(), cube.periods[*then].year());
            let broken = of.breaks_between(before, year);
            for group in &groups {
                let cell = |period: usize| cube.cells[cube.index(*area, period, *group)];
                cells.push(if broken {
                    CubeCell::Missing(Mark::Blocked)
                } else {
                    rule.cell(cell(*now), cell(*then))
                });
            }
        }
    }
    let judged = cells.iter().any(|cell| matches!(cell, CubeCell::Value { class: Some(_), .. }));
    let diagnostics = report(change, of, cube, &periods);
    let cube = Cube {
        meta: meta(change, of, &cube.meta, rule.polarity, judged, counts_are_exact),
        areas: areas.iter().map(|a| cube.areas[*a].clone()).collect(),
        periods: periods.iter().map(|(now, _)| cube.periods[*now]).collect(),
        groups: groups.iter().map(|g| cube.groups[*g].clone()).collect(),
        cells,
        inputs: cube.inputs.clone(),
    };
    Ok((cube, diagnostics))
}

fn nothing_left(change: &Change, cube: &Cube) -> ChangeError {
    let levels: std::collections::BTreeSet<&str> = cube.areas.iter().map(|a| Level::slug(a.level)).collect();
    let names: Vec<&str> = levels.into_iter().chain(cube.groups.iter().map(|g| g.as_str())).collect();
    ChangeError::NothingLeft { change: change.id.clone(), of: change.of.clone(), available: list(&names, 12) }
}

fn report(change: &Change, of: &Definition, cube: &Cube, periods: &[(usize, usize)]) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let broken = periods
        .iter()
        .filter(|(now, then)| {
            let (year, before) = (cube.periods[*now].year(), cube.periods[*then].year());
            of.breaks_between(before, year)
        })
        .count();
    if broken > 0 {
        diagnostics.push(
            Severity::Note,
            "change-over-break",
            Place::default(),
            format!(
                "Indikator „{}“: {} über einen Bruch der Zeitreihe hinweg bleiben leer.",
                change.id,
                counted(broken, "Vergleich", "Vergleiche")
            ),
            "",
        );
    }
    diagnostics
}

/// How two cells become one.
struct Rule<'a> {
    change: &'a Change,
    of: &'a Definition,
    counts_are_exact: bool,
    polarity: Polarity,
}

/// What one end of a change rests on.
struct End {
    value: f64,
    cases: Option<f64>,
    persons: Option<f64>,
}

impl Rule<'_> {
    fn cell(&self, now: CubeCell, then: CubeCell) -> CubeCell {
        let (end, start, annotation) = match (now, then) {
            (CubeCell::Missing(a), CubeCell::Missing(b)) => return CubeCell::Missing(strongest_mark(a, b)),
            (CubeCell::Missing(mark), _) | (_, CubeCell::Missing(mark)) => return CubeCell::Missing(mark),
            (
                CubeCell::Value { value, numerator, denominator, annotation, .. },
                CubeCell::Value {
                    value: value_then,
                    numerator: numerator_then,
                    denominator: denominator_then,
                    annotation: annotation_then,
                    ..
                },
            ) => (
                self.end(value, numerator, denominator),
                self.end(value_then, numerator_then, denominator_then),
                strongest_annotation(annotation, annotation_then),
            ),
        };
        let minimum = f64::from(self.change.minimum_base.max(self.of.minimum_base));
        if [&end, &start].into_iter().any(|side| side.persons.is_some_and(|persons| persons < minimum)) {
            return CubeCell::Missing(Mark::Unreliable);
        }
        let value = match self.change.measure {
            Measure::Absolute => end.value - start.value,
            Measure::Relative if start.value > 0.0 => 100.0 * (end.value / start.value - 1.0),
            Measure::Relative => return CubeCell::Missing(Mark::Blocked),
        };
        if !value.is_finite() {
            return CubeCell::Missing(Mark::Blocked);
        }
        let sides = self.interval(&end).zip(self.interval(&start));
        let interval = sides.and_then(|(of_end, of_start)| match self.change.measure {
            Measure::Absolute => difference_interval(end.value, of_end, start.value, of_start),
            Measure::Relative => ratio_interval(end.value, of_end, start.value, of_start).map(|ratio| {
                Interval { lower: 100.0 * (ratio.lower - 1.0), upper: 100.0 * (ratio.upper - 1.0) }
            }),
        });
        CubeCell::Value {
            value: Sensitive::new(value),
            interval: interval.map(|i| (Sensitive::new(i.lower), Sensitive::new(i.upper))),
            numerator: None,
            denominator: None,
            smoothed: None,
            versus_parent: None,
            class: self.class(&end, &start).map(Sensitive::new),
            annotation,
        }
    }

    fn end(&self, value: Sensitive, numerator: Option<Sensitive>, denominator: Option<Sensitive>) -> End {
        let counted = match self.of.kind {
            IndicatorKind::Count => numerator.or(Some(value)),
            _ => numerator,
        };
        End {
            value: value.expose(),
            cases: counted.map(Sensitive::expose).filter(|_| self.counts_are_exact),
            persons: denominator.map(Sensitive::expose),
        }
    }

    /// The interval of one end; an indicator without an interval of its own gets that of its kind.
    fn interval(&self, end: &End) -> Option<Interval> {
        let method = match (self.of.interval, self.of.kind) {
            (IntervalMethod::None, IndicatorKind::Share) => IntervalMethod::Wilson,
            (IntervalMethod::None, IndicatorKind::Rate | IndicatorKind::Count) => IntervalMethod::Byar,
            (method, _) => method,
        };
        interval_of(method, self.of.factor, end.cases?, end.persons)
    }

    /// 1 for the better, 2 for no more than chance, 3 for the worse; without a good direction 1 is a rise.
    fn class(&self, end: &End, start: &End) -> Option<u8> {
        let (x, y) = (end.cases?, start.cases?);
        let test = Test::ExactWhenSmall;
        let found = match self.of.kind {
            IndicatorKind::Share => two_proportions(x, end.persons?, y, start.persons?, test)?,
            IndicatorKind::Rate => two_rates(x, end.persons?, y, start.persons?, test)?,
            IndicatorKind::Count => two_rates(x, 1.0, y, 1.0, test)?,
            _ => return None,
        };
        if found.p >= SIGNIFICANCE {
            return Some(2);
        }
        let rise_is_first = self.polarity != Polarity::LowerIsBetter;
        Some(if (found.difference > 0.0) == rise_is_first { 1 } else { 3 })
    }
}

fn meta(
    change: &Change,
    of: &Definition,
    base: &IndicatorMeta,
    polarity: Polarity,
    judged: bool,
    counts_are_exact: bool,
) -> IndicatorMeta {
    let years = if change.years == 1 {
        "gegenüber dem Vorjahr".into()
    } else {
        format!("gegenüber dem Stand {} Jahre zuvor", change.years)
    };
    let (own_unit, measured) = match change.measure {
        Measure::Relative => ("%".to_string(), "in Prozent des früheren Werts"),
        Measure::Absolute if base.unit == "%" => ("Prozentpunkte".to_string(), "in Prozentpunkten"),
        Measure::Absolute => (base.unit.clone(), "als Differenz"),
    };
    let definition = change
        .definition
        .clone()
        .unwrap_or_else(|| format!("Veränderung {years}, {measured}. {}: {}", base.title, base.definition));
    let mut notes = change.notes.clone();
    if judged {
        notes.push(
            "„Kein sicherer Unterschied“ heißt: Eine Veränderung dieser Größe kommt auch durch Zufall leicht zustande (zweiseitig 5 %). Beide Zeiträume gelten als unabhängig; wo dieselben Menschen gezählt sind, ist das vorsichtig.".into(),
        );
    } else if !counts_are_exact {
        notes.push("Die Fallzahlen sind gerundet; ob die Veränderung mehr als Zufall ist, lässt sich daraus nicht sagen.".into());
    } else {
        notes.push("Der Wert liegt ohne Fallzahlen vor; ob die Veränderung mehr als Zufall ist, lässt sich nicht sagen.".into());
    }
    notes.extend(base.notes.iter().filter(|note| !change.notes.contains(note)).cloned());
    let (rise, fall) = ("sicher gestiegen", "sicher gesunken");
    let (first, last) = if polarity == Polarity::LowerIsBetter { (fall, rise) } else { (rise, fall) };
    let classes = [first, "kein sicherer Unterschied", last].map(String::from);
    IndicatorMeta {
        id: change.id.clone(),
        title: change.title.clone(),
        plain_title: change.plain_title.clone(),
        definition,
        kind: IndicatorKind::Change,
        unit: change.unit.clone().unwrap_or(own_unit),
        decimals: change.decimals.unwrap_or(if change.measure == Measure::Relative {
            1
        } else {
            base.decimals
        }),
        polarity,
        life_phase: change.life_phase.unwrap_or(base.life_phase),
        life_area: change.life_area.clone().unwrap_or_else(|| base.life_area.clone()),
        interval_method: if judged {
            "aus den Intervallen beider Zeiträume (MOVER, 95 %)".into()
        } else if counts_are_exact {
            "keines: der Wert liegt ohne Fallzahlen vor".into()
        } else {
            "keines: die Fallzahlen sind gerundet".into()
        },
        minimum_base: change.minimum_base.max(of.minimum_base),
        sources: base.sources.clone(),
        classes: if judged { classes.to_vec() } else { Vec::new() },
        notes,
        sensitivity: String::new(),
    }
}

//! Are the children of a group spread evenly over quarters or facilities, or apart, and is it more than chance?
//!
//! Small units differ by pure chance, so every index stands beside what chance alone would give: its exact mean and the
//! band of 95 of 100 random allocations, with the sizes of units and groups fixed. Sources: Carrington, W. J. and
//! Troske, K. R. (1997), Journal of Business & Economic Statistics 15, 402-409; Winship, C. (1977), Social Forces 55.

pub mod file;
pub mod words;

use crate::about::About;
use crate::view::{Row, View, ViewQuery};
use crate::{Atlas, AtlasError};
use kekiz_base::{IndicatorKind, Interval};
use kekiz_segregation::chance::{Corrected, Index, corrected};
use kekiz_segregation::inference::{Draws, Null, randomise};
use kekiz_segregation::information::information;
use kekiz_segregation::{Counts, CountsError, evenness, exposure};
use kekiz_stats::funnel::{FunnelKind, FunnelMethod, limits};
use kekiz_stats::interval::wilson;

/// Random allocations behind a band.
pub const DRAWS: u32 = 999;
/// Their seed: the same release gives the same page.
pub const SEED: u64 = 1;
/// Part of the allocations in a band, and level of intervals.
const LEVEL: f64 = 0.95;
/// With more persons a page would take too long.
const MOST_PERSONS: f64 = 3e6;

/// A unit (a quarter, a facility) with its persons.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// Persons of the group.
    pub cases: f64,
    /// All persons.
    pub persons: f64,
}

/// A unit against chance. Shares from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The unit.
    pub unit: Unit,
    /// Share of the group.
    pub share: f64,
    /// 95 % interval of the share (Wilson).
    pub interval: Option<Interval>,
    /// Where 95 of 100 units of this size would lie if nobody sorted (binomial around the share of all).
    pub band: Option<Interval>,
}

impl Measured {
    /// Whether the share lies outside the band, and above it.
    pub fn outside(&self) -> Option<bool> {
        let band = self.band?;
        (self.share < band.lower || self.share > band.upper).then_some(self.share > band.upper)
    }
}

/// One index beside chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IndexRow {
    /// Which index.
    pub index: Index,
    /// Raw, expected under chance, corrected.
    pub corrected: Corrected,
    /// 95 of 100 random allocations lie in here.
    pub band: (f64, f64),
}

/// Indices and units.
#[derive(Clone, Debug, PartialEq)]
pub struct Unevenness {
    /// Units in the order given.
    pub units: Vec<Measured>,
    /// Share of the group among all.
    pub share: f64,
    /// All persons.
    pub persons: f64,
    /// Dissimilarity, correlation ratio, Theil's H.
    pub indices: Vec<IndexRow>,
}

/// How unevenly a group is spread over units, whatever those are.
///
/// # Errors
/// [`CountsError`]: fewer than one unit with persons, a group nobody belongs to, counts that are no whole numbers.
pub fn unevenness(units: &[Unit]) -> Result<Unevenness, CountsError> {
    let rows: Vec<Vec<f64>> = units.iter().map(|u| vec![u.cases, u.persons - u.cases]).collect();
    let counts = Counts::from_rows(&rows)?;
    let (cases, persons) = (counts.group_totals()[0], counts.total());
    let share = cases / persons;
    let draws = Draws { draws: DRAWS, seed: SEED, threads: 1 };
    let indices = [Index::Dissimilarity, Index::CorrelationRatio, Index::Theil]
        .into_iter()
        .map(|index| {
            let corrected = corrected(&counts, index)?;
            let drawn = randomise(&counts, Null::Persons, draws, |table| raw(table, index))?;
            let band = drawn.band(LEVEL).unwrap_or((corrected.expected, corrected.expected));
            Ok(IndexRow { index, corrected, band })
        })
        .collect::<Result<Vec<_>, CountsError>>()?;
    let sizes: Vec<f64> = units.iter().map(|unit| unit.persons).collect();
    let bands = limits(share, &sizes, LEVEL, FunnelKind::Share, FunnelMethod::Exact);
    let units = units
        .iter()
        .zip(bands)
        .map(|(unit, band)| Measured {
            unit: *unit,
            share: unit.cases / unit.persons,
            interval: wilson(unit.cases, unit.persons, LEVEL),
            band,
        })
        .collect();
    Ok(Unevenness { units, share, persons, indices })
}

/// An index of the first group against the second; 0 where it is not defined, which counts of two groups rule out.
fn raw(table: &Counts, index: Index) -> f64 {
    let (x, y) = (table.group(0), table.group(1));
    match index {
        Index::Dissimilarity => evenness::dissimilarity(x, y),
        Index::CorrelationRatio => exposure::correlation_ratio(x, y),
        Index::Theil => Some(information(table).h),
    }
    .unwrap_or(0.0)
}

/// The segregation of the areas of a view.
#[derive(Clone, Debug)]
pub struct Segregation {
    /// The figures with the choices there are.
    pub view: View,
    /// What the geography is called.
    pub title: String,
    /// Areas with counts, ordered by key, in the order of `found.units`.
    pub rows: Vec<Row>,
    /// Areas without counts that may be shown.
    pub left_out: usize,
    /// What was found.
    pub found: Unevenness,
    /// The finding in German sentences.
    pub sentence: String,
    /// About the indicator.
    pub about: About,
}

impl Segregation {
    /// The dissimilarity, which the page is about.
    pub fn dissimilarity(&self) -> Option<&IndexRow> {
        self.found.indices.iter().find(|row| row.index == Index::Dissimilarity)
    }
}

impl Atlas {
    /// How unevenly the group of a share is spread over the areas of a view, from published counts.
    ///
    /// # Errors
    /// [`AtlasError::NoCounts`] for indicators that are no share with counts, [`AtlasError::Analysis`] for too few
    /// areas, too many persons, or counts that are no whole numbers, and those of [`Atlas::view`].
    pub fn segregation(&self, query: &ViewQuery) -> Result<Segregation, AtlasError> {
        let view = self.view(query)?;
        let title = view.meta.title.clone();
        if view.meta.kind != IndicatorKind::Share {
            return Err(AtlasError::NoCounts { title });
        }
        let (rows, units): (Vec<Row>, Vec<Unit>) = view
            .rows
            .iter()
            .filter_map(|row| {
                let figure = row.cell.figure()?;
                let unit = Unit { cases: figure.numerator?, persons: figure.denominator? };
                let fits = unit.persons > 0.0 && (0.0..=unit.persons).contains(&unit.cases);
                fits.then(|| (row.clone(), unit))
            })
            .unzip();
        if units.is_empty() {
            return Err(AtlasError::NoCounts { title });
        }
        if units.len() < 3 {
            return Err(AtlasError::Analysis(words::too_few(&view)));
        }
        if units.iter().map(|unit| unit.persons).sum::<f64>() > MOST_PERSONS {
            return Err(AtlasError::Analysis(words::too_many(&view)));
        }
        let found =
            unevenness(&units).map_err(|error| AtlasError::Analysis(words::refusal(&view, &error)))?;
        let indicator = self.indicator(&view.meta.id)?;
        let mut segregation = Segregation {
            title: self.geography_title(view.level, &view.geography),
            about: About::of(&indicator),
            left_out: view.rows.len() - rows.len(),
            rows,
            found,
            view,
            sentence: String::new(),
        };
        segregation.sentence = words::sentence(&segregation);
        Ok(segregation)
    }
}

//! The state of a map page: what was asked, and everything the page shows for it.

use crate::about::About;
use kekiz_base::{Area, AreaKey, Cell, GeographyId, GroupId, IndicatorId, IndicatorMeta, Level, Period};
use kekiz_charts::Palette;
use std::sync::Arc;

/// How values are divided into classes.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Method {
    /// The same number of areas in every class.
    #[default]
    Quantile,
    /// Classes as alike inside as possible (Fisher 1958, Jenks 1977).
    NaturalBreaks,
    /// Classes of the same width.
    EqualInterval,
    /// Classes by distance from the mean in standard deviations.
    StandardDeviation,
    /// Inner class limits chosen by the reader, ascending.
    Own(Vec<f64>),
}

impl Method {
    /// The method in URLs.
    pub fn slug(&self) -> &'static str {
        match self {
            Method::Quantile => "quantile",
            Method::NaturalBreaks => "natuerlich",
            Method::EqualInterval => "gleich",
            Method::StandardDeviation => "streuung",
            Method::Own(_) => "eigene",
        }
    }

    /// German name for choices.
    pub fn name(&self) -> &'static str {
        match self {
            Method::Quantile => "Gleich viele Gebiete je Klasse (Quantile)",
            Method::NaturalBreaks => "Natürliche Brüche (Fisher-Jenks)",
            Method::EqualInterval => "Gleich breite Klassen",
            Method::StandardDeviation => "Standardabweichungen um den Mittelwert",
            Method::Own(_) => "Eigene Klassengrenzen",
        }
    }

    /// The methods that need no limits from the reader, in the order of a choice.
    pub fn automatic() -> [Method; 4] {
        [Method::Quantile, Method::NaturalBreaks, Method::EqualInterval, Method::StandardDeviation]
    }

    /// A method from its slug; `limits` are the inner limits of [`Method::Own`].
    pub fn parse(slug: &str, limits: &[f64]) -> Option<Method> {
        match slug {
            "quantile" => Some(Method::Quantile),
            "natuerlich" => Some(Method::NaturalBreaks),
            "gleich" => Some(Method::EqualInterval),
            "streuung" => Some(Method::StandardDeviation),
            "eigene" => Some(Method::Own(limits.to_vec())),
            _ => None,
        }
    }
}

/// A question to the atlas. `None` stands for the best default; unknown values are refused with the possible ones.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewQuery {
    /// Which indicator.
    pub indicator: IndicatorId,
    /// Slug of a level (`gemeinde`) or name of a geography (`nrw-gemeinden`).
    pub level: Option<String>,
    /// Only areas inside this one.
    pub within: Option<AreaKey>,
    /// Which period; the latest with figures if `None`.
    pub period: Option<Period>,
    /// Which group; everybody if `None`.
    pub group: Option<GroupId>,
    /// How values are divided.
    pub method: Method,
    /// Number of classes wanted, 2 to 9.
    pub classes: usize,
    /// Colours.
    pub palette: Palette,
    /// Show empirical-Bayes smoothed values where there are any.
    pub smoothed: bool,
}

impl ViewQuery {
    /// The default question about an indicator: latest period, finest shared default level, five quantiles.
    pub fn of(indicator: IndicatorId) -> Self {
        Self {
            indicator,
            level: None,
            within: None,
            period: None,
            group: None,
            method: Method::Quantile,
            classes: 5,
            palette: Palette::default(),
            smoothed: false,
        }
    }
}

/// A geography an indicator has figures for.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelChoice {
    /// The geography.
    pub geography: GeographyId,
    /// Its level.
    pub level: Level,
    /// German name for choices; names the geography when two share a level.
    pub title: String,
    /// What to put into [`ViewQuery::level`]: the level's slug, or the geography where two share a level.
    pub slug: String,
    /// Number of areas with a cell of this indicator (inside `within`, if that is given).
    pub areas: usize,
    /// Whether the geography has shapes to draw.
    pub mapped: bool,
}

/// Place of an area among the areas of the view. 1 is the best for children, or the highest value where
/// neither direction is good ([`View::rank_note`] says which).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rank {
    /// Best place that the intervals of all areas allow.
    pub best: usize,
    /// Place by the value; equal values share the better place.
    pub place: usize,
    /// Worst place that the intervals of all areas allow.
    pub worst: usize,
}

/// One area of a view.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The area.
    pub area: Area,
    /// Its cell.
    pub cell: Cell,
    /// The number that is coloured and ranked: the value, or the smoothed value if asked for.
    pub value: Option<f64>,
    /// Number of its class from 0; `None` without a shown figure.
    pub class: Option<usize>,
    /// Its place; `None` without a shown figure.
    pub rank: Option<Rank>,
    /// Whether it is a municipality of the initiative.
    pub member: bool,
    /// Inhabitants as delivered with the boundaries.
    pub population: Option<f64>,
}

/// The classes of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassInfo {
    /// Class limits: one more than classes, with minimum and maximum. For index classes: class numbers.
    pub breaks: Vec<f64>,
    /// Colour of each class as `#rrggbb`.
    pub colours: Vec<String>,
    /// German label of each class (`10,0 bis unter 15,0`).
    pub labels: Vec<String>,
    /// Number of areas in each class.
    pub counts: Vec<usize>,
    /// German name of the method used.
    pub method: String,
    /// Number of suppressed areas.
    pub suppressed: usize,
    /// Number of areas without a figure in the source.
    pub missing: usize,
}

/// Everything a map page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// What the indicator means.
    pub meta: Arc<IndicatorMeta>,
    /// The geography shown.
    pub geography: GeographyId,
    /// Its level.
    pub level: Level,
    /// All geographies with figures, largest areas first.
    pub levels: Vec<LevelChoice>,
    /// The period shown.
    pub period: Period,
    /// All periods with figures for this geography, ascending.
    pub periods: Vec<Period>,
    /// The group shown.
    pub group: GroupId,
    /// All groups.
    pub groups: Vec<GroupId>,
    /// The area the view is limited to.
    pub within: Option<Area>,
    /// The areas, ordered by key.
    pub rows: Vec<Row>,
    /// The area all others lie in, with its figure: the line of comparison.
    pub reference: Option<(Area, Cell)>,
    /// Classes; `None` when no figure is shown.
    pub classes: Option<ClassInfo>,
    /// Why there are no classes although figures are shown, or why there are fewer than asked for.
    pub class_note: Option<String>,
    /// Whether smoothed values are shown.
    pub smoothed: bool,
    /// Whether smoothed values exist.
    pub can_smooth: bool,
    /// Colours asked for.
    pub palette: Palette,
    /// What place 1 means, as a German sentence.
    pub rank_note: String,
    /// Definition, sources, protection, interval, receipt.
    pub about: About,
    /// What the map shows, as German sentences.
    pub sentence: String,
}

impl View {
    /// Rows by place, best first; then suppressed and missing by name.
    pub fn ranking(&self) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        rows.sort_by(|a, b| {
            let place = |row: &Row| row.rank.map_or(usize::MAX, |rank| rank.place);
            place(a)
                .cmp(&place(b))
                .then_with(|| a.area.name.cmp(&b.area.name))
                .then_with(|| a.area.key.cmp(&b.area.key))
        });
        rows
    }
}

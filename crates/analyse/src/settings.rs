//! What a caller asks for, and how it is written on a command line.

use crate::AnalyseError;
use kekiz_spatial::autocorrelation::{DrawTable, Permutations, Scaling};
use kekiz_spatial::weights::{Bandwidth, IslandPolicy, Kernel};
use kekiz_stats::Alternative;
use std::path::PathBuf;
use std::str::FromStr;

/// A setting that is written wrongly: what is possible, as the end of a German sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("möglich sind {possible}")]
pub struct ParseSettingError {
    possible: &'static str,
}

pub(crate) fn refuse<T>(possible: &'static str) -> Result<T, ParseSettingError> {
    Err(ParseSettingError { possible })
}

/// Who is a neighbour of whom.
#[derive(Clone, Debug, PartialEq)]
pub enum WeightsKind {
    /// A common point of the border.
    Queen,
    /// A common stretch of border.
    Rook,
    /// The k nearest areas, from a point inside each.
    Nearest(usize),
    /// All areas up to so many metres away.
    Distance(f64),
    /// Falling with distance.
    Kernel(Kernel, Bandwidth),
    /// From a GAL file.
    Gal(PathBuf),
    /// From a GWT file.
    Gwt(PathBuf),
}

impl FromStr for WeightsKind {
    type Err = ParseSettingError;

    fn from_str(text: &str) -> Result<Self, ParseSettingError> {
        const POSSIBLE: &str = "queen, rook, knn:K, distance:METER, kernel:NAME:METER, kernel:NAME:knn:K, gal:DATEI, gwt:DATEI (Namen: uniform, triangular, quadratic, quartic, gaussian)";
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        let count = |text: &str| text.parse::<usize>().ok().filter(|k| *k > 0);
        let metres =
            |text: &str| text.replace(',', ".").parse().ok().filter(|m: &f64| m.is_finite() && *m > 0.0);
        let found = match (kind, rest) {
            ("queen", "") => Some(WeightsKind::Queen),
            ("rook", "") => Some(WeightsKind::Rook),
            ("knn", k) => count(k).map(WeightsKind::Nearest),
            ("distance", m) => metres(m).map(WeightsKind::Distance),
            ("gal", file) if !file.is_empty() => Some(WeightsKind::Gal(file.into())),
            ("gwt", file) if !file.is_empty() => Some(WeightsKind::Gwt(file.into())),
            ("kernel", rest) => rest.split_once(':').and_then(|(name, width)| {
                let kernel = match name {
                    "uniform" => Kernel::Uniform,
                    "triangular" => Kernel::Triangular,
                    "quadratic" => Kernel::Quadratic,
                    "quartic" => Kernel::Quartic,
                    "gaussian" => Kernel::Gaussian,
                    _ => return None,
                };
                let width = match width.strip_prefix("knn:") {
                    Some(k) => Bandwidth::Nearest(count(k)?),
                    None => Bandwidth::Metres(metres(width)?),
                };
                Some(WeightsKind::Kernel(kernel, width))
            }),
            _ => None,
        };
        found.map_or_else(|| refuse(POSSIBLE), Ok)
    }
}

/// Reads `two-sided`, `greater` or `less`.
///
/// # Errors
/// A German sentence with the possible words.
pub fn parse_alternative(text: &str) -> Result<Alternative, ParseSettingError> {
    match text {
        "two-sided" => Ok(Alternative::TwoSided),
        "greater" => Ok(Alternative::Greater),
        "less" => Ok(Alternative::Less),
        _ => refuse("two-sided, greater, less"),
    }
}

/// Reads `keep`, `drop`, `nearest` or `refuse`.
///
/// # Errors
/// A German sentence with the possible words.
pub fn parse_islands(text: &str) -> Result<IslandPolicy, ParseSettingError> {
    match text {
        "keep" => Ok(IslandPolicy::Keep),
        "drop" => Ok(IslandPolicy::Drop),
        "nearest" => Ok(IslandPolicy::Nearest),
        "refuse" => Ok(IslandPolicy::Refuse),
        _ => refuse("keep, drop, nearest, refuse"),
    }
}

/// Which p-value decides whether an area is called a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjustment {
    /// Each area's own.
    None,
    /// Adjusted for the false-discovery rate.
    FalseDiscovery,
    /// Times the number of areas.
    Bonferroni,
}

impl FromStr for Adjustment {
    type Err = ParseSettingError;

    fn from_str(text: &str) -> Result<Self, ParseSettingError> {
        match text {
            "none" => Ok(Adjustment::None),
            "fdr" => Ok(Adjustment::FalseDiscovery),
            "bonferroni" => Ok(Adjustment::Bonferroni),
            _ => refuse("none, fdr, bonferroni"),
        }
    }
}

/// Boundaries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaSource {
    /// The file; parts of a Shapefile beside it are found.
    pub path: PathBuf,
    /// Column with the key of an area; by default that of the values.
    pub key: Option<String>,
    /// Layer, where there are several.
    pub layer: Option<String>,
    /// Reference system (`EPSG:25832`), where the file does not say.
    pub crs: Option<String>,
}

/// How chance is judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inference {
    /// The alternative.
    pub alternative: Alternative,
    /// Permutations.
    pub permutations: Permutations,
    /// Significance from this p down.
    pub level: f64,
    /// Which p decides.
    pub adjustment: Adjustment,
    /// Divisor of local Moran's I.
    pub scaling: Scaling,
}

impl Inference {
    /// The usual choices: 9,999 permutations with independent draws, 5 %, adjusted for the false-discovery rate.
    pub fn usual(alternative: Alternative, seed: u64) -> Self {
        Self {
            alternative,
            permutations: Permutations { draws: 9_999, seed, threads: 0, table: DrawTable::Independent },
            level: 0.05,
            adjustment: Adjustment::FalseDiscovery,
            scaling: Scaling::AreasMinusOne,
        }
    }
}

/// What every spatial method needs.
#[derive(Clone, Debug, PartialEq)]
pub struct SpatialRequest {
    /// Boundaries; not needed with weights from a file.
    pub areas: Option<AreaSource>,
    /// Table of values.
    pub values: PathBuf,
    /// Column of the table that holds the key. Without one, rows are taken in the order of the weights file.
    pub key: Option<String>,
    /// Columns with the values, as many as the method takes.
    pub columns: Vec<String>,
    /// Neighbours.
    pub weights: WeightsKind,
    /// Whether weights add up to 1 for each area.
    pub row_standardise: bool,
    /// What becomes of areas without neighbours.
    pub islands: IslandPolicy,
}

impl SpatialRequest {
    pub(crate) fn column(&self, at: usize, what: &str) -> Result<&str, AnalyseError> {
        self.columns.get(at).map(String::as_str).ok_or_else(|| {
            AnalyseError::Usage(format!(
                "Es fehlt die Spalte für {what}. Abhilfe: sie mit --value (zweite Spalte: --second) angeben."
            ))
        })
    }
}

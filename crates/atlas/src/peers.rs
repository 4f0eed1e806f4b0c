//! Areas of similar structure.

use crate::{Atlas, AtlasError, wording};
use kekiz_base::{Area, AreaKey, IndicatorId, IndicatorKind, IndicatorMeta, Period, Polarity};
use kekiz_lake::AreaLayer;

/// One figure that describes structure.
#[derive(Clone, Debug, PartialEq)]
pub struct StructureVariable {
    /// Title.
    pub title: String,
    /// Indicator it comes from; `None` for the inhabitants delivered with the boundaries.
    pub indicator: Option<IndicatorId>,
    /// Its period.
    pub period: Option<Period>,
    /// Whether the logarithm is compared, since sizes differ by factors.
    pub logarithm: bool,
}

/// A similar area.
#[derive(Clone, Debug, PartialEq)]
pub struct Peer {
    /// The area.
    pub area: Area,
    /// Root of the mean squared difference over the structure figures, in standard deviations.
    pub distance: f64,
}

/// Areas of similar structure and how they were found.
#[derive(Clone, Debug, PartialEq)]
pub struct Peers {
    /// Nearest first.
    pub peers: Vec<Peer>,
    /// The figures compared.
    pub variables: Vec<StructureVariable>,
    /// How the peers were found, as German sentences.
    pub explanation: String,
}

/// Structure figures used at most, beside the inhabitants.
const MOST_VARIABLES: usize = 6;
/// Part of the areas of a geography that must have a figure for it to describe structure.
const COVERAGE: f64 = 0.8;

/// One structure figure of all areas of a geography.
struct Column {
    variable: StructureVariable,
    /// In the order of the layer; logarithms already taken.
    values: Vec<Option<f64>>,
}

impl Atlas {
    /// The `n` areas of the same geography with the most similar structure; `None` if nothing describes structure.
    ///
    /// Compared are the inhabitants (their logarithm) and up to six published shares, rates or values that
    /// either have no good direction (they describe, as the share of young people does) or tell income, and that
    /// are known for at least 80 % of the areas. Each is standardised over the areas of the geography; the distance is
    /// the root of the mean squared difference over the figures both areas have, and at least half must be there.
    /// Source: the scheme of the IKVS comparison circles and of CIPFA's Nearest Neighbours Model, without its weights.
    ///
    /// # Errors
    /// [`AtlasError::UnknownArea`], or a store that cannot be read.
    pub fn peers(&self, key: &AreaKey, n: usize) -> Result<Option<Peers>, AtlasError> {
        let area = self.area(key)?;
        let layer = self.layer(&area.geography)?.clone();
        let columns = self.structure(&layer)?;
        let Some(own) = layer.areas.iter().position(|other| other.key == *key) else { return Ok(None) };
        if columns.is_empty() || layer.areas.len() < 3 {
            return Ok(None);
        }
        let scores: Vec<Vec<Option<f64>>> = columns.iter().map(|column| z_scores(&column.values)).collect();
        let mut peers: Vec<Peer> = layer
            .areas
            .iter()
            .enumerate()
            .filter(|(i, other)| *i != own && other.validity.until.is_none())
            .filter_map(|(i, other)| {
                let shared: Vec<f64> =
                    scores.iter().filter_map(|z| Some((z[own]? - z[i]?).powi(2))).collect();
                let enough = !shared.is_empty() && shared.len() * 2 >= columns.len();
                let distance = (shared.iter().sum::<f64>() / shared.len().max(1) as f64).sqrt();
                enough.then(|| Peer { area: other.clone(), distance })
            })
            .collect();
        if peers.is_empty() {
            return Ok(None);
        }
        peers.sort_by(|a, b| a.distance.total_cmp(&b.distance).then_with(|| a.area.key.cmp(&b.area.key)));
        peers.truncate(n);
        let variables: Vec<StructureVariable> = columns.into_iter().map(|column| column.variable).collect();
        let explanation = explanation(area, &variables);
        Ok(Some(Peers { peers, variables, explanation }))
    }

    fn structure(&self, layer: &AreaLayer) -> Result<Vec<Column>, AtlasError> {
        let mut columns = Vec::new();
        let inhabitants: Vec<Option<f64>> = (0..layer.areas.len())
            .map(|i| layer.population.get(i).copied().flatten().filter(|p| *p > 0.0).map(f64::ln))
            .collect();
        if covered(&inhabitants) {
            columns.push(Column {
                variable: StructureVariable {
                    title: "Einwohnerzahl".into(),
                    indicator: None,
                    period: None,
                    logarithm: true,
                },
                values: inhabitants,
            });
        }
        let Some(geography) = layer.areas.first().map(|area| &area.geography) else { return Ok(columns) };
        for meta in self.indicators().filter(|meta| describes_structure(meta)) {
            if columns.len() > MOST_VARIABLES {
                break;
            }
            let indicator = self.indicator(&meta.id)?;
            let Some(slice) = indicator.slice(geography) else { continue };
            let group = indicator.default_group();
            let found = slice.periods.iter().rev().take(3).find_map(|period| {
                let values: Vec<Option<f64>> = layer
                    .areas
                    .iter()
                    .map(|area| indicator.cell(&area.key, *period, group).value().filter(|v| v.is_finite()))
                    .collect();
                covered(&values).then_some((*period, values))
            });
            if let Some((period, values)) = found {
                columns.push(Column {
                    variable: StructureVariable {
                        title: meta.title.clone(),
                        indicator: Some(meta.id.clone()),
                        period: indicator.data.periods.get(period).copied(),
                        logarithm: false,
                    },
                    values,
                });
            }
        }
        Ok(columns)
    }
}

/// Whether an indicator says what kind of place an area is rather than how well its children fare.
fn describes_structure(meta: &IndicatorMeta) -> bool {
    let kind = !matches!(meta.kind, IndicatorKind::Count | IndicatorKind::Index | IndicatorKind::Change);
    let title = meta.title.to_lowercase();
    let income = ["einkommen", "kaufkraft", "steuer"].iter().any(|word| title.contains(word));
    kind && (meta.polarity == Polarity::Neutral || income)
}

fn covered(values: &[Option<f64>]) -> bool {
    let known: Vec<f64> = values.iter().copied().flatten().collect();
    let varies = known.windows(2).any(|pair| pair[0] != pair[1]);
    varies && known.len() as f64 >= COVERAGE * values.len() as f64
}

fn z_scores(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let known: Vec<f64> = values.iter().copied().flatten().collect();
    let n = known.len() as f64;
    let mean = known.iter().sum::<f64>() / n;
    let deviation = (known.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let standard = |value: f64| (value - mean) / deviation;
    values.iter().map(|value| value.map(standard).filter(|z| z.is_finite())).collect()
}

fn explanation(area: &Area, variables: &[StructureVariable]) -> String {
    let names: Vec<String> = variables
        .iter()
        .map(|variable| match variable.period {
            Some(period) => format!("{} ({period})", variable.title),
            None if variable.logarithm => format!("{} (logarithmiert)", variable.title),
            None => variable.title.clone(),
        })
        .collect();
    format!(
        "Gebiete mit ähnlicher Struktur sind die {} mit dem kleinsten Abstand zu {} nach {}. Jedes Merkmal wird standardisiert und zählt gleich viel; ähnlich heißt nicht gleich gut oder gleich schlecht.",
        area.level.plural(),
        area.name,
        wording::list(&names)
    )
}

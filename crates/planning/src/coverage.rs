//! Coverage of the prevention chain: life phase × action field × area, need against offers.
//!
//! Ages meet in **child-months**: a child of a band of `n` months counts in a phase by the part of the band that
//! lies in it, children being spread evenly over the months of a band. Places of an offer are spread over the
//! areas of its catchment and over the phases it touches by the child-months of its own ages there, so that places
//! of one offer add up to its places within an action field. An offer in two action fields counts fully in both,
//! since the same place serves both; sums over action fields therefore mean nothing and are not formed.
//!
//! Integrated planning asks for need, stock and the difference of both: § 80 Abs. 1 SGB VIII. Accessibility by
//! catchment population follows the supply-to-demand ratio of Radke, J. and Mu, L. (2000), Geographic Information
//! Sciences 6, 105-112, with catchments as named by the provider instead of by travel time.

mod classify;
mod gaps;
mod need;
mod supply;

use crate::estimate::{Amount, Estimate};
use kekiz_base::{AreaKey, LifePhase};
use serde::{Deserialize, Serialize};

pub use classify::{Coverage, Thresholds};
pub use gaps::{Gap, GapKind, gaps};

/// Ages in completed months, both ends included: 0–11 is the first year of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ages {
    /// First month.
    pub from: u16,
    /// Last month.
    pub to: u16,
}

impl Ages {
    /// Number of months; 0 when the ends are the wrong way round.
    pub fn months(self) -> u32 {
        (u32::from(self.to) + 1).saturating_sub(u32::from(self.from))
    }

    /// Months both have.
    pub fn shared(self, other: Ages) -> u32 {
        Ages { from: self.from.max(other.from), to: self.to.min(other.to) }.months()
    }

    fn common(self, other: Ages) -> Ages {
        Ages { from: self.from.max(other.from), to: self.to.min(other.to) }
    }
}

/// A life phase as the municipality cuts it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// Which one.
    pub id: LifePhase,
    /// Name in sentences.
    pub name: String,
    /// Ages of the children counted as need. Pregnancy and birth count the first year of life, as a stand-in for
    /// the births of a year.
    pub ages: Ages,
    /// Whether offers for pregnant women belong here, whatever ages they name.
    pub pregnancy: bool,
}

/// An action field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Code, as offers name it.
    pub code: String,
    /// Name in sentences.
    pub name: String,
}

/// An area of the matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Key.
    pub key: AreaKey,
    /// Name in sentences.
    pub name: String,
}

/// Children of an age band in an area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Children {
    /// Where.
    pub area: AreaKey,
    /// Ages of the band. Bands of one area must not overlap; where they do, the first given counts.
    pub ages: Ages,
    /// How many; `None` where the figure is missing or protected.
    pub count: Option<f64>,
    /// Source.
    pub source: String,
}

/// Which share of the children needs offers of a field. Where several fit, the one that names most wins: area
/// before field before phase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NeedRate {
    /// Only this area.
    pub area: Option<AreaKey>,
    /// Only this action field (code).
    pub field: Option<String>,
    /// Only this phase.
    pub phase: Option<LifePhase>,
    /// Share of the children, between 0 and 1, with its interval.
    pub share: Estimate,
    /// Source.
    pub source: String,
}

/// Who goes to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Families come to the offer (Komm-Struktur).
    Komm,
    /// The offer comes to families (Geh-Struktur), also where it does both.
    Geh,
}

/// To whom prevention is directed (Gordon, R. S. (1983), Public Health Reports 98, 107-109).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Directed {
    /// Everyone.
    Universell,
    /// Groups at risk.
    Selektiv,
    /// Persons with first signs.
    Indiziert,
}

/// Where families may come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Catchment {
    /// All areas of the matrix.
    Everywhere,
    /// These areas. Areas outside the matrix count for nothing.
    Areas(Vec<AreaKey>),
    /// Not known: what the offer gives cannot be allotted to areas.
    Unknown,
}

/// What coverage needs to know about an offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Supply {
    /// Name in sentences.
    pub name: String,
    /// Action fields (codes).
    pub fields: Vec<String>,
    /// Ages of the children; `None` falls back to the ages of its phases.
    pub ages: Option<Ages>,
    /// Phases it names; used where ages are missing.
    pub phases: Vec<LifePhase>,
    /// For pregnant women and expecting parents.
    pub pregnancy: bool,
    /// Where families may come from.
    pub catchment: Catchment,
    /// Places.
    pub places: Option<f64>,
    /// Persons reached in a year.
    pub reached_per_year: Option<f64>,
    /// Full cost of a year in cents.
    pub cost_cents: Option<i64>,
    /// Komm or Geh.
    pub reach: Option<Reach>,
    /// Universal, selective, indicated.
    pub directed: Option<Directed>,
    /// Where the figures of the offer come from.
    pub source: String,
}

/// Which figure of the offers is set against need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Places.
    Places,
    /// Persons reached in a year.
    Reached,
}

/// Everything the matrix is made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chain {
    /// Areas, in the order of the matrix.
    pub areas: Vec<Place>,
    /// Phases, in their order.
    pub phases: Vec<Phase>,
    /// Action fields, in their order.
    pub fields: Vec<Field>,
    /// Children by area and age band.
    pub children: Vec<Children>,
    /// Need rates; without one that fits, all children of the phase are the need.
    pub rates: Vec<NeedRate>,
    /// Offers.
    pub offers: Vec<Supply>,
}

/// How much of the need is met.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// Supply per need, with the uncertainty of the need; may exceed 1.
    Known(Estimate),
    /// At least this, since figures of some offers are missing.
    AtLeast(Estimate),
    /// Need or supply is not known at all.
    Unknown,
    /// Nobody lives there who needs it.
    NoNeed,
}

/// One cell of the matrix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoverageCell {
    /// Position of the area.
    pub area: usize,
    /// Position of the phase.
    pub phase: usize,
    /// Position of the field.
    pub field: usize,
    /// Children of the phase in the area; `None` where a figure is missing.
    pub children: Option<f64>,
    /// Children with need: children × rate.
    pub need: Option<Estimate>,
    /// Position of the rate used; `None` when all children count.
    pub rate: Option<usize>,
    /// Places allotted to the cell.
    pub places: Amount,
    /// Persons reached per year allotted to the cell.
    pub reached: Amount,
    /// Full cost per year in cents allotted to the cell.
    pub cost_cents: Amount,
    /// Supply (by the measure asked for) per need.
    pub share: Share,
    /// Class.
    pub coverage: Coverage,
    /// Positions of the offers that count here.
    pub offers: Vec<usize>,
    /// Whether there are offers and all of them wait for families to come (reach known for all).
    pub only_komm: bool,
    /// Offers by direction: universal, selective, indicated, not stated.
    pub directed: [u16; 4],
}

/// The matrix: cells by area, then phase, then field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Matrix {
    /// The figure set against need.
    pub measure: Measure,
    /// The thresholds the classes come from.
    pub thresholds: Thresholds,
    /// Cells, all of them.
    pub cells: Vec<CoverageCell>,
    phases: usize,
    fields: usize,
}

impl Matrix {
    /// One cell by positions; `None` beyond the matrix.
    pub fn cell(&self, area: usize, phase: usize, field: usize) -> Option<&CoverageCell> {
        let inside = phase < self.phases && field < self.fields;
        inside.then(|| self.cells.get((area * self.phases + phase) * self.fields + field)).flatten()
    }
}

/// Sets need against offers for every cell. Pure arithmetic on what is given; nothing is estimated that is missing.
///
/// No areas, phases or fields give a matrix without cells. Unknown places of one of several offers give
/// [`Amount::AtLeast`]; a shared catchment with an area without a figure of children cannot be split, so its offers
/// are unknown there.
pub fn coverage(chain: &Chain, measure: Measure, thresholds: Thresholds) -> Matrix {
    let needs = need::Needs::new(chain);
    let supply = supply::supplies(chain);
    let (phases, fields) = (chain.phases.len(), chain.fields.len());
    let mut cells = Vec::with_capacity(chain.areas.len() * phases * fields);
    for area in 0..chain.areas.len() {
        for phase in 0..phases {
            for field in 0..fields {
                let at = (area * phases + phase) * fields + field;
                let given = &supply[at];
                let (rate, need) = needs.of(area, phase, field);
                let amount = match measure {
                    Measure::Places => given.places.amount(),
                    Measure::Reached => given.reached.amount(),
                };
                let share = share(amount, need);
                cells.push(CoverageCell {
                    area,
                    phase,
                    field,
                    children: needs.children(area, phase),
                    need,
                    rate,
                    places: given.places.amount(),
                    reached: given.reached.amount(),
                    cost_cents: given.cost.amount(),
                    share,
                    coverage: classify::classify(share, given.offers.is_empty(), thresholds),
                    offers: given.offers.clone(),
                    only_komm: given.only_komm(),
                    directed: given.directed,
                });
            }
        }
    }
    Matrix { measure, thresholds, cells, phases, fields }
}

fn share(supply: Amount, need: Option<Estimate>) -> Share {
    let Some(need) = need else { return Share::Unknown };
    if need.upper() <= 0.0 {
        return Share::NoNeed;
    }
    match supply {
        Amount::Known(value) => need.divides(value).map_or(Share::Unknown, Share::Known),
        Amount::AtLeast(value) => need.divides(value).map_or(Share::Unknown, Share::AtLeast),
        Amount::Unknown => Share::Unknown,
    }
}

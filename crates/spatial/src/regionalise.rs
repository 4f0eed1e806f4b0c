//! Grouping areas into regions that hang together and are alike inside.
//!
//! `columns` hold one attribute each, with one entry per area; who compares attributes of different units standardises
//! them before. Who is whose neighbour is a yes or no: weights count only as being there, from either side. The measure
//! of likeness is the sum of squared deviations from the means of the region.

mod max_p;
mod skater;

pub use max_p::{MaxP, max_p};
pub use skater::skater;

use crate::weights::Weights;

/// Areas grouped into regions.
#[derive(Clone, Debug, PartialEq)]
pub struct Regions {
    /// Region of each area, from 0; regions are numbered by falling number of areas, then by their first area.
    pub region: Vec<usize>,
    /// Number of regions.
    pub count: usize,
    /// Squared deviations of all areas from the means of all.
    pub total: f64,
    /// Squared deviations of all areas from the means of their region.
    pub within: f64,
}

impl Regions {
    /// The share of the differences among areas that lies between regions, in `[0, 1]`; `None` without differences.
    pub fn between_share(&self) -> Option<f64> {
        (self.total > 0.0).then(|| (1.0 - self.within / self.total).clamp(0.0, 1.0))
    }

    fn new(points: &Points, label: &[usize]) -> Self {
        let count = label.iter().max().map_or(0, |last| last + 1);
        let mut sizes = vec![(0_usize, usize::MAX); count];
        for (area, region) in label.iter().enumerate() {
            sizes[*region].0 += 1;
            sizes[*region].1 = sizes[*region].1.min(area);
        }
        let mut order: Vec<usize> = (0..count).filter(|region| sizes[*region].0 > 0).collect();
        order.sort_by_key(|region| (std::cmp::Reverse(sizes[*region].0), sizes[*region].1));
        let mut number = vec![0; count];
        for (new, old) in order.iter().enumerate() {
            number[*old] = new;
        }
        let region: Vec<usize> = label.iter().map(|old| number[*old]).collect();
        Self {
            count: order.len(),
            total: points.squares(&vec![0; label.len()], 1),
            within: points.squares(&region, order.len()),
            region,
        }
    }
}

/// Why areas cannot be grouped.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RegionaliseError {
    /// Columns, weights and floor do not have one entry per area, or there is none.
    #[error(
        "Merkmale, Nachbarschaft und Mindestgröße müssen dieselben Gebiete betreffen, mindestens eines. Abhilfe: die Eingabe prüfen."
    )]
    Shape,
    /// A missing or infinite value.
    #[error(
        "Ein Merkmal von Gebiet {area} fehlt oder ist keine endliche Zahl. Abhilfe: den Wert ergänzen oder das Gebiet weglassen."
    )]
    NotFinite {
        /// Position of the area, from 1.
        area: usize,
    },
    /// A number of regions that is not possible.
    #[error(
        "{wanted} Gruppen sind nicht möglich: Die Gebiete bilden {parts} getrennte Teile und sind {areas}. Abhilfe: eine Zahl von {parts} bis {areas} wählen oder Inseln verbinden (--islands nearest)."
    )]
    Count {
        /// Regions asked for.
        wanted: usize,
        /// Parts without a border between them.
        parts: usize,
        /// Areas there are.
        areas: usize,
    },
    /// The floor leaves fewer regions.
    #[error(
        "Mit dieser Mindestgröße sind nur {possible} Gruppen möglich. Abhilfe: weniger Gruppen oder eine kleinere Mindestgröße wählen."
    )]
    Floor {
        /// Regions reached.
        possible: usize,
    },
    /// A part of the map is too small for one region.
    #[error(
        "Der Teil der Karte um Gebiet {area} erreicht die Mindestgröße auch als Ganzes nicht. Abhilfe: die Mindestgröße senken, Inseln verbinden (--islands nearest) oder weglassen (--islands drop)."
    )]
    PartTooSmall {
        /// Position of the first area of the part, from 1.
        area: usize,
    },
    /// A floor that is no number above 0, or sizes below 0.
    #[error(
        "Die Mindestgröße muss über null liegen und die Größen der Gebiete ab null. Abhilfe: die Spalte prüfen."
    )]
    Size,
    /// The worker threads could not be started.
    #[error("Die Rechenkerne ließen sich nicht belegen ({0}). Abhilfe: weniger Kerne angeben (--threads 1).")]
    Threads(String),
}

/// The least a region must hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floor<'a> {
    /// Size of each area, for example children; 1 for each counts areas.
    pub sizes: &'a [f64],
    /// The least sum in a region.
    pub least: f64,
}

impl Floor<'_> {
    fn check(&self, areas: usize) -> Result<(), RegionaliseError> {
        if self.sizes.len() != areas {
            return Err(RegionaliseError::Shape);
        }
        let good = self.least > 0.0 && self.least.is_finite();
        let sizes = self.sizes.iter().all(|size| size.is_finite() && *size >= 0.0);
        if good && sizes { Ok(()) } else { Err(RegionaliseError::Size) }
    }
}

/// Areas as points in the space of their attributes.
struct Points {
    width: usize,
    cells: Vec<f64>,
}

impl Points {
    fn new(columns: &[Vec<f64>], weights: &Weights) -> Result<Self, RegionaliseError> {
        let areas = weights.areas();
        if columns.is_empty() || areas == 0 || columns.iter().any(|column| column.len() != areas) {
            return Err(RegionaliseError::Shape);
        }
        if let Some(area) = (0..areas).find(|area| columns.iter().any(|c| !c[*area].is_finite())) {
            return Err(RegionaliseError::NotFinite { area: area + 1 });
        }
        let cells = (0..areas).flat_map(|area| columns.iter().map(move |column| column[area])).collect();
        Ok(Self { width: columns.len(), cells })
    }

    fn areas(&self) -> usize {
        self.cells.len() / self.width
    }

    fn row(&self, area: usize) -> &[f64] {
        &self.cells[area * self.width..(area + 1) * self.width]
    }

    /// Squared distance of two areas.
    fn apart(&self, a: usize, b: usize) -> f64 {
        self.row(a).iter().zip(self.row(b)).map(|(a, b)| (a - b) * (a - b)).sum()
    }

    /// Squared deviations from the means of the region.
    fn squares(&self, label: &[usize], regions: usize) -> f64 {
        let mut groups = vec![Group::new(self.width); regions];
        for (area, region) in label.iter().enumerate() {
            groups[*region].add(self.row(area));
        }
        label.iter().enumerate().map(|(area, region)| groups[*region].off_mean(self.row(area))).sum()
    }
}

/// The number of areas of a group and the sums of their attributes.
#[derive(Clone, Debug)]
struct Group {
    areas: f64,
    sums: Vec<f64>,
}

impl Group {
    fn new(width: usize) -> Self {
        Self { areas: 0.0, sums: vec![0.0; width] }
    }

    fn add(&mut self, point: &[f64]) {
        self.areas += 1.0;
        self.sums.iter_mut().zip(point).for_each(|(sum, value)| *sum += value);
    }

    fn remove(&mut self, point: &[f64]) {
        self.areas -= 1.0;
        self.sums.iter_mut().zip(point).for_each(|(sum, value)| *sum -= value);
    }

    fn join(&mut self, other: &Group) {
        self.areas += other.areas;
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, value)| *sum += value);
    }

    fn without(&self, part: &Group) -> Group {
        let sums = self.sums.iter().zip(&part.sums).map(|(all, part)| all - part).collect();
        Group { areas: self.areas - part.areas, sums }
    }

    /// Squared distance of a point from the mean.
    fn off_mean(&self, point: &[f64]) -> f64 {
        self.sums.iter().zip(point).map(|(sum, value)| (value - sum / self.areas).powi(2)).sum()
    }

    /// By how much squared deviations fall when two groups part: what lies between their means.
    fn between(&self, other: &Group) -> f64 {
        let apart = |(a, b): (&f64, &f64)| (a / self.areas - b / other.areas).powi(2);
        let squares: f64 = self.sums.iter().zip(&other.sums).map(apart).sum();
        squares * self.areas * other.areas / (self.areas + other.areas)
    }
}

/// Neighbours from either side, ascending.
fn neighbours(weights: &Weights) -> Vec<Vec<u32>> {
    let mut lists: Vec<Vec<u32>> = vec![Vec::new(); weights.areas()];
    for area in 0..weights.areas() {
        for other in weights.neighbours(area) {
            lists[area].push(*other);
            lists[*other as usize].push(area as u32);
        }
    }
    for list in &mut lists {
        list.sort_unstable();
        list.dedup();
    }
    lists
}

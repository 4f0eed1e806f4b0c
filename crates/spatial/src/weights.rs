//! Spatial weights: who counts as a neighbour of whom, and how much.
//!
//! A [`Weights`] is a sparse square matrix by rows: row `i` holds what flows from the neighbours of area `i` into
//! its spatial lag. Memory is linear in the number of pairs. Areas are named by their position.

mod contiguity;
mod distance;
mod files;

pub use contiguity::{Contiguity, contiguity};
pub use distance::{Bandwidth, EARTH_RADIUS_M, Kernel, distance_band, kernel, nearest};
pub use files::{WeightsFile, WeightsFileError, read_gal, read_gwt, write_gal, write_gwt};

/// A sparse matrix of weights. Rows are sorted by neighbour, without repeats, without an area itself, and all
/// weights are finite and not 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    starts: Vec<usize>,
    targets: Vec<u32>,
    values: Vec<f64>,
}

/// Why pairs do not make weights.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum WeightsError {
    /// A neighbour that is not there.
    #[error(
        "Gebiet {area} hat einen Nachbarn mit der Nummer {neighbour}, den es nicht gibt. Abhilfe: die Nachbarschaften neu bilden."
    )]
    Unknown {
        /// Position of the area, from 1.
        area: usize,
        /// Position of the neighbour, from 1.
        neighbour: usize,
    },
    /// An area that is its own neighbour.
    #[error("Gebiet {area} ist als sein eigener Nachbar eingetragen. Abhilfe: diesen Eintrag löschen.")]
    Itself {
        /// Position of the area, from 1.
        area: usize,
    },
    /// A neighbour named twice.
    #[error("Gebiet {area} nennt seinen Nachbarn {neighbour} zweimal. Abhilfe: einen der Einträge löschen.")]
    Twice {
        /// Position of the area, from 1.
        area: usize,
        /// Position of the neighbour, from 1.
        neighbour: usize,
    },
    /// A weight that is no number.
    #[error("Ein Gewicht von Gebiet {area} ist keine Zahl. Abhilfe: die Gewichte neu bilden.")]
    NotFinite {
        /// Position of the area, from 1.
        area: usize,
    },
    /// More areas than this program numbers.
    #[error("Mehr als vier Milliarden Gebiete lassen sich nicht verarbeiten.")]
    TooMany,
}

/// Sums that the moments of spatial statistics need.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightSums {
    /// Sum of all weights.
    pub s0: f64,
    /// Half the sum of `(w_ij + w_ji)²`.
    pub s1: f64,
    /// Sum over areas of `(row sum + column sum)²`.
    pub s2: f64,
}

/// What to do with areas that have no neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IslandPolicy {
    /// They stay: their spatial lag is 0 and they have no local result (PySAL esda).
    Keep,
    /// They are left out of the analysis (GeoDa; R spdep with `adjust.n`).
    Drop,
    /// They and the area nearest to them become neighbours.
    Nearest,
    /// Their presence is an error.
    Refuse,
}

impl Weights {
    /// Weights from the rows of all areas: position and weight of each neighbour, in any order. Weights of 0 are
    /// left out.
    ///
    /// # Errors
    /// [`WeightsError`] for unknown, repeated or own neighbours and weights that are not finite.
    pub fn from_rows(rows: Vec<Vec<(u32, f64)>>) -> Result<Self, WeightsError> {
        if u32::try_from(rows.len()).is_err() {
            return Err(WeightsError::TooMany);
        }
        let areas = rows.len();
        let pairs = rows.iter().map(Vec::len).sum();
        let mut weights = Self {
            starts: Vec::with_capacity(areas + 1),
            targets: Vec::with_capacity(pairs),
            values: Vec::with_capacity(pairs),
        };
        weights.starts.push(0);
        for (area, mut row) in rows.into_iter().enumerate() {
            row.sort_by_key(|(target, _)| *target);
            let mut last = None;
            for (target, value) in row {
                let neighbour = target as usize + 1;
                if neighbour > areas {
                    return Err(WeightsError::Unknown { area: area + 1, neighbour });
                }
                if neighbour == area + 1 {
                    return Err(WeightsError::Itself { area: area + 1 });
                }
                if last == Some(target) {
                    return Err(WeightsError::Twice { area: area + 1, neighbour });
                }
                if !value.is_finite() {
                    return Err(WeightsError::NotFinite { area: area + 1 });
                }
                last = Some(target);
                if value != 0.0 {
                    weights.targets.push(target);
                    weights.values.push(value);
                }
            }
            weights.starts.push(weights.targets.len());
        }
        Ok(weights)
    }

    /// Binary weights (1 for each neighbour) from lists of neighbours.
    ///
    /// # Errors
    /// As [`Weights::from_rows`].
    pub fn binary(neighbours: Vec<Vec<u32>>) -> Result<Self, WeightsError> {
        let row = |list: Vec<u32>| list.into_iter().map(|target| (target, 1.0)).collect();
        Self::from_rows(neighbours.into_iter().map(row).collect())
    }

    /// Binary weights from pairs of areas; both directions of each pair are set.
    pub(crate) fn symmetric(areas: usize, mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.retain(|(a, b)| a != b);
        let mirrored: Vec<(u32, u32)> = pairs.iter().map(|(a, b)| (*b, *a)).collect();
        pairs.extend(mirrored);
        pairs.sort_unstable();
        pairs.dedup();
        let mut starts = vec![0; areas + 1];
        for (area, _) in &pairs {
            starts[*area as usize + 1] += 1;
        }
        for area in 0..areas {
            starts[area + 1] += starts[area];
        }
        let targets: Vec<u32> = pairs.into_iter().map(|(_, target)| target).collect();
        let values = vec![1.0; targets.len()];
        Self { starts, targets, values }
    }

    /// Number of areas.
    pub fn areas(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of pairs with a weight.
    pub fn pairs(&self) -> usize {
        self.targets.len()
    }

    /// Positions of the neighbours of an area, ascending.
    pub fn neighbours(&self, area: usize) -> &[u32] {
        &self.targets[self.starts[area]..self.starts[area + 1]]
    }

    /// Weights of the neighbours of an area, in the order of [`Weights::neighbours`].
    pub fn values(&self, area: usize) -> &[f64] {
        &self.values[self.starts[area]..self.starts[area + 1]]
    }

    /// Neighbours of an area with their weights.
    pub fn row(&self, area: usize) -> impl ExactSizeIterator<Item = (usize, f64)> + '_ {
        self.neighbours(area).iter().zip(self.values(area)).map(|(target, value)| (*target as usize, *value))
    }

    /// Areas without neighbours.
    pub fn islands(&self) -> Vec<usize> {
        (0..self.areas()).filter(|area| self.neighbours(*area).is_empty()).collect()
    }

    /// The largest number of neighbours an area has.
    pub fn most_neighbours(&self) -> usize {
        (0..self.areas()).map(|area| self.neighbours(area).len()).max().unwrap_or(0)
    }

    /// Whether each neighbour names the area back with the same weight.
    pub fn is_symmetric(&self) -> bool {
        (0..self.areas()).all(|area| self.row(area).all(|(other, value)| self.weight(other, area) == value))
    }

    /// The weight of one pair, 0 if they are no neighbours.
    pub fn weight(&self, area: usize, neighbour: usize) -> f64 {
        let place = self.neighbours(area).binary_search_by_key(&neighbour, |target| *target as usize);
        place.map_or(0.0, |at| self.values(area)[at])
    }

    /// The same neighbours with weights that add up to 1 in each row; rows without neighbours stay empty.
    pub fn row_standardised(mut self) -> Self {
        for area in 0..self.areas() {
            let row = &mut self.values[self.starts[area]..self.starts[area + 1]];
            let sum: f64 = row.iter().sum();
            if sum != 0.0 {
                row.iter_mut().for_each(|value| *value /= sum);
            }
        }
        self
    }

    /// The spatial lag: for each area the weighted sum of its neighbours' values. One value per area.
    pub fn lag(&self, values: &[f64]) -> Vec<f64> {
        let lag = |area: usize| self.row(area).map(|(other, weight)| weight * values[other]).sum();
        (0..self.areas()).map(lag).collect()
    }

    /// The sums for moments, in one pass over the pairs.
    pub fn sums(&self) -> WeightSums {
        let areas = self.areas();
        let (mut rows, mut columns) = (vec![0.0; areas], vec![0.0; areas]);
        let mut twice = 0.0;
        for (area, row) in rows.iter_mut().enumerate() {
            for (other, value) in self.row(area) {
                let back = self.weight(other, area);
                let both = (value + back) * (value + back);
                // A pair named from one side only is met once in this walk but stands twice in the sum.
                twice += if back == 0.0 { 2.0 * both } else { both };
                *row += value;
                columns[other] += value;
            }
        }
        WeightSums {
            s0: rows.iter().sum(),
            s1: twice / 2.0,
            s2: rows.iter().zip(&columns).map(|(row, column)| (row + column) * (row + column)).sum(),
        }
    }

    /// The weights among some of the areas, renumbered in the order given. Positions must be in range; an area given
    /// twice keeps the last place.
    pub fn among(&self, keep: &[usize]) -> Self {
        let mut number = vec![u32::MAX; self.areas()];
        for (new, old) in keep.iter().enumerate() {
            number[*old] = new as u32;
        }
        let mut kept = Self { starts: vec![0], targets: Vec::new(), values: Vec::new() };
        for area in keep {
            let mut row: Vec<(u32, f64)> =
                self.row(*area).map(|(other, value)| (number[other], value)).collect();
            row.retain(|(target, _)| *target != u32::MAX);
            row.sort_by_key(|(target, _)| *target);
            kept.targets.extend(row.iter().map(|(target, _)| *target));
            kept.values.extend(row.iter().map(|(_, value)| *value));
            kept.starts.push(kept.targets.len());
        }
        kept
    }

    /// Adds pairs as neighbours of weight 1 in both directions where they are none yet.
    pub fn with_links(&self, links: &[(usize, usize)]) -> Self {
        let mut rows: Vec<Vec<(u32, f64)>> = (0..self.areas())
            .map(|area| self.row(area).map(|(other, value)| (other as u32, value)).collect())
            .collect();
        for (a, b) in links.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]) {
            let there = rows.get(a).is_none_or(|row| row.iter().any(|(other, _)| *other as usize == b));
            if a != b && b < self.areas() && !there {
                rows[a].push((b as u32, 1.0));
            }
        }
        Self::from_rows(rows).unwrap_or_else(|_| self.clone())
    }

    /// The one weight all neighbours of an area share; `None` without neighbours or when weights differ.
    pub(crate) fn common_value(&self, area: usize) -> Option<f64> {
        let (first, rest) = self.values(area).split_first()?;
        rest.iter().all(|value| value == first).then_some(*first)
    }
}

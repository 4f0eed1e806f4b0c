//! A full table of persons by area, year and age.

use super::ForecastError;

/// Persons by area, consecutive year and single year of age from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    areas: usize,
    years: usize,
    ages: usize,
    cells: Vec<f64>,
}

impl Population {
    /// A table from its cells: all ages of the first year of the first area, then its second year, and so on.
    ///
    /// # Errors
    /// [`ForecastError::Shape`] when the number of cells does not fit or is 0, [`ForecastError::Number`] for counts below 0
    /// or not finite.
    pub fn new(areas: usize, years: usize, ages: usize, cells: Vec<f64>) -> Result<Self, ForecastError> {
        let size = areas.checked_mul(years).and_then(|n| n.checked_mul(ages));
        if size != Some(cells.len()) || cells.is_empty() {
            return Err(ForecastError::Shape);
        }
        match cells.iter().position(|n| !(n.is_finite() && *n >= 0.0)) {
            Some(at) => Err(ForecastError::Number {
                area: at / (years * ages) + 1,
                year: at / ages % years + 1,
                age: at % ages,
            }),
            None => Ok(Self { areas, years, ages, cells }),
        }
    }

    pub(super) fn empty(areas: usize, years: usize, ages: usize) -> Self {
        Self { areas, years, ages, cells: vec![0.0; areas * years * ages] }
    }

    /// Number of areas.
    pub fn areas(&self) -> usize {
        self.areas
    }

    /// Number of years.
    pub fn years(&self) -> usize {
        self.years
    }

    /// Number of ages, from 0.
    pub fn ages(&self) -> usize {
        self.ages
    }

    /// Persons of one area, year and age. Positions must be in range.
    pub fn at(&self, area: usize, year: usize, age: usize) -> f64 {
        self.cells[(area * self.years + year) * self.ages + age]
    }

    pub(super) fn set(&mut self, area: usize, year: usize, age: usize, persons: f64) {
        self.cells[(area * self.years + year) * self.ages + age] = persons;
    }

    /// The first `years` years.
    pub(super) fn until(&self, years: usize) -> Self {
        let part = |area: usize| {
            let start = area * self.years * self.ages;
            self.cells[start..start + years * self.ages].iter().copied()
        };
        Self { areas: self.areas, years, ages: self.ages, cells: (0..self.areas).flat_map(part).collect() }
    }

    /// Persons of several ages in one area and year.
    pub fn sum(&self, area: usize, year: usize, ages: std::ops::RangeInclusive<usize>) -> f64 {
        ages.map(|age| self.at(area, year, age)).sum()
    }
}

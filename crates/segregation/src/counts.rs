//! The table every index starts from.

/// Persons by unit and group. Every unit holds somebody; every group and the whole do too.
#[derive(Clone, Debug, PartialEq)]
pub struct Counts {
    units: usize,
    /// One slice per group, one after the other.
    cells: Vec<f64>,
}

/// Why counts are no basis for an index.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CountsError {
    /// Rows of different length, or none.
    #[error(
        "Jede Einheit braucht für jede Gruppe eine Zahl; es muss mindestens eine Einheit und zwei Gruppen geben."
    )]
    Shape,
    /// A negative, missing or infinite count.
    #[error("In Einheit {unit} steht für Gruppe {group} keine Zahl ab null. Abhilfe: die Eingabe prüfen.")]
    Number {
        /// Position of the unit, from 1.
        unit: usize,
        /// Position of the group, from 1.
        group: usize,
    },
    /// A group nobody belongs to.
    #[error(
        "Zur Gruppe {group} gehört niemand; Segregation vergleicht mindestens zwei Gruppen mit Personen. Abhilfe: die Gruppe weglassen."
    )]
    EmptyGroup {
        /// Position of the group, from 1.
        group: usize,
    },
    /// No unit is left.
    #[error("Keine Einheit hat mindestens {minimum} Personen. Abhilfe: die Mindestgröße senken.")]
    NoUnits {
        /// Smallest size asked for.
        minimum: f64,
    },
    /// Fractions of persons where draws need whole ones.
    #[error(
        "In Einheit {unit} steht für Gruppe {group} keine ganze Zahl; Zufallsverteilungen brauchen ganze Personen. Abhilfe: ungerundete Zählungen verwenden."
    )]
    NotWhole {
        /// Position of the unit, from 1.
        unit: usize,
        /// Position of the group, from 1.
        group: usize,
    },
    /// More persons than draws can handle.
    #[error(
        "Mehr als zwei Milliarden Personen lassen sich nicht zufällig verteilen. Abhilfe: kleinere Einheiten einzeln rechnen."
    )]
    TooMany,
    /// The worker threads could not be started.
    #[error("Die Rechenkerne ließen sich nicht belegen ({0}). Abhilfe: weniger Kerne angeben (--threads 1).")]
    Threads(String),
}

impl Counts {
    /// Counts from rows: one per unit, with one number per group. Units without anybody are left out.
    ///
    /// # Errors
    /// [`CountsError`] for rows of different length, numbers below 0 or not finite, groups without anybody.
    pub fn from_rows(rows: &[Vec<f64>]) -> Result<Self, CountsError> {
        Self::with_minimum(rows, 0.0)
    }

    /// As [`Counts::from_rows`], leaving out units with fewer than `minimum` persons.
    ///
    /// # Errors
    /// As [`Counts::from_rows`].
    pub fn with_minimum(rows: &[Vec<f64>], minimum: f64) -> Result<Self, CountsError> {
        let groups = rows.first().map_or(0, Vec::len);
        if groups < 2 || rows.iter().any(|row| row.len() != groups) {
            return Err(CountsError::Shape);
        }
        for (unit, row) in rows.iter().enumerate() {
            if let Some(group) = row.iter().position(|n| !(n.is_finite() && *n >= 0.0)) {
                return Err(CountsError::Number { unit: unit + 1, group: group + 1 });
            }
        }
        let large = |row: &&Vec<f64>| row.iter().sum::<f64>() >= minimum && row.iter().any(|n| *n > 0.0);
        let kept: Vec<&Vec<f64>> = rows.iter().filter(large).collect();
        if kept.is_empty() {
            return Err(CountsError::NoUnits { minimum });
        }
        let cells = (0..groups).flat_map(|group| kept.iter().map(move |row| row[group])).collect();
        let counts = Self { units: kept.len(), cells };
        match (0..groups).find(|group| counts.group(*group).iter().all(|n| *n == 0.0)) {
            Some(group) => Err(CountsError::EmptyGroup { group: group + 1 }),
            None => Ok(counts),
        }
    }

    /// A focal group against everybody else, from the focal group's count and the total of each unit.
    ///
    /// # Errors
    /// As [`Counts::from_rows`]; a total below the focal count is a [`CountsError::Number`] of group 2.
    pub fn focal(focal: &[f64], total: &[f64]) -> Result<Self, CountsError> {
        if focal.len() != total.len() {
            return Err(CountsError::Shape);
        }
        let rows: Vec<Vec<f64>> = focal.iter().zip(total).map(|(x, t)| vec![*x, t - x]).collect();
        Self::from_rows(&rows)
    }

    pub(crate) fn raw(units: usize, cells: Vec<f64>) -> Self {
        Self { units, cells }
    }

    /// Number of units.
    pub fn units(&self) -> usize {
        self.units
    }

    /// Number of groups.
    pub fn groups(&self) -> usize {
        self.cells.len() / self.units
    }

    /// Persons of one group in each unit.
    pub fn group(&self, group: usize) -> &[f64] {
        &self.cells[group * self.units..(group + 1) * self.units]
    }

    pub(crate) fn group_mut(&mut self, group: usize) -> &mut [f64] {
        &mut self.cells[group * self.units..(group + 1) * self.units]
    }

    pub(crate) fn cells(&self) -> &[f64] {
        &self.cells
    }

    pub(crate) fn cells_mut(&mut self) -> &mut [f64] {
        &mut self.cells
    }

    /// Persons of each group.
    pub fn group_totals(&self) -> Vec<f64> {
        (0..self.groups()).map(|group| self.group(group).iter().sum()).collect()
    }

    /// Persons in each unit.
    pub fn unit_totals(&self) -> Vec<f64> {
        let mut totals = vec![0.0; self.units];
        for group in 0..self.groups() {
            totals.iter_mut().zip(self.group(group)).for_each(|(total, n)| *total += n);
        }
        totals
    }

    /// All persons.
    pub fn total(&self) -> f64 {
        self.cells.iter().sum()
    }

    /// One group against all others together.
    pub fn against_rest(&self, group: usize) -> Counts {
        let rest =
            self.unit_totals().into_iter().zip(self.group(group)).map(|(total, n)| (total - n).max(0.0));
        Self { units: self.units, cells: self.group(group).iter().copied().chain(rest).collect() }
    }

    /// Units added up: `into[unit]` is the position of the larger unit each belongs to.
    pub fn merged(&self, into: &[usize]) -> Counts {
        let units = into.iter().max().map_or(0, |last| last + 1);
        let mut cells = vec![0.0; units * self.groups()];
        for group in 0..self.groups() {
            for (n, unit) in self.group(group).iter().zip(into) {
                cells[group * units + unit] += n;
            }
        }
        Self { units, cells }
    }

    pub(crate) fn check_whole(&self) -> Result<(), CountsError> {
        match self.cells.iter().position(|n| n.fract() != 0.0) {
            Some(at) => Err(CountsError::NotWhole { unit: at % self.units + 1, group: at / self.units + 1 }),
            None if self.total() > 2e9 => Err(CountsError::TooMany),
            None => Ok(()),
        }
    }
}

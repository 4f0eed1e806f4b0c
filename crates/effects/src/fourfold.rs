//! A table of two groups and two states, and the shares in it.

use kekiz_base::Interval;
use kekiz_stats::interval::wilson;

/// Cases and persons of a group that is exposed (say, whose family draws SGB II) and of a reference group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FourFold {
    exposed: [u64; 2],
    reference: [u64; 2],
}

/// Why four numbers are no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FourFoldError {
    /// More cases than persons.
    #[error("In einer Gruppe sind mehr Fälle als Personen. Abhilfe: Fälle und Personen prüfen.")]
    MoreCasesThanPersons,
    /// Beyond what double precision counts exactly.
    #[error("Eine Gruppe hat mehr Personen, als sich genau zählen lassen (2^52).")]
    TooMany,
}

/// A share with its Wilson interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// Cases.
    pub cases: u64,
    /// Persons.
    pub persons: u64,
    /// Cases per person, in `[0, 1]`.
    pub share: f64,
    /// Wilson interval.
    pub interval: Interval,
}

impl FourFold {
    /// A table from cases and persons of the exposed group and of the reference group.
    ///
    /// # Errors
    /// [`FourFoldError`] for more cases than persons, or more than 2^52 persons.
    pub fn new(exposed: (u64, u64), reference: (u64, u64)) -> Result<Self, FourFoldError> {
        let [exposed, reference] = [exposed, reference].map(|(cases, persons)| {
            let others = persons.checked_sub(cases).ok_or(FourFoldError::MoreCasesThanPersons)?;
            if persons > 1 << 52 { Err(FourFoldError::TooMany) } else { Ok([cases, others]) }
        });
        Ok(Self { exposed: exposed?, reference: reference? })
    }

    /// Counts persons by exposure and state: pairs `(exposed, case)`.
    pub fn count(persons: impl IntoIterator<Item = (bool, bool)>) -> Self {
        let mut table = Self { exposed: [0; 2], reference: [0; 2] };
        for (exposed, case) in persons {
            let group = if exposed { &mut table.exposed } else { &mut table.reference };
            group[usize::from(!case)] += 1;
        }
        table
    }

    /// Cells: exposed cases, exposed others, reference cases, reference others.
    pub fn cells(&self) -> [f64; 4] {
        let [[a, b], [c, d]] = [self.exposed, self.reference].map(|group| group.map(|count| count as f64));
        [a, b, c, d]
    }

    /// The table with the groups exchanged.
    #[must_use]
    pub fn exchanged(&self) -> Self {
        Self { exposed: self.reference, reference: self.exposed }
    }

    /// Cases and persons of the exposed group and of the reference group.
    pub fn groups(&self) -> [(u64, u64); 2] {
        [self.exposed, self.reference].map(|[cases, others]| (cases, cases + others))
    }

    /// Shares of both groups with Wilson intervals at a two-sided `level`. `None` for a group without persons, or a
    /// level outside of 0 to 1.
    ///
    /// Source: Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209-212.
    pub fn shares(&self, level: f64) -> [Option<Share>; 2] {
        self.groups().map(|(cases, persons)| {
            let interval = wilson(cases as f64, persons as f64, level)?;
            Some(Share { cases, persons, share: cases as f64 / persons as f64, interval })
        })
    }
}

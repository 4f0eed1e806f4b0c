//! The level two values reach.

use crate::model::{Model, Test};
use crate::pool::{NONE, Pool, Value};
use crate::records::MISSING;
use crate::similarity::{damerau_levenshtein_within, jaro_winkler};

/// Level of a pair in which a value is missing.
pub(crate) const LEVEL_MISSING: u8 = 0;

/// A comparison ready to run.
#[derive(Debug)]
struct Plan {
    column: usize,
    tests: Vec<Test>,
    /// Level of equal values.
    equal: u8,
    /// Whether unequal values need more than their numbers.
    reads_values: bool,
}

/// All comparisons of a model over a pool of values. Levels are counted from 1 in the order of the model; 0 is
/// "missing", one more than the last test is "else".
#[derive(Debug)]
pub(crate) struct Comparer<'a> {
    pool: &'a Pool,
    plans: Vec<Plan>,
}

impl<'a> Comparer<'a> {
    pub(crate) fn new(model: &Model, pool: &'a Pool) -> Self {
        let plans = model.comparison.iter().map(|comparison| {
            let tests: Vec<Test> = comparison.levels.iter().map(|level| level.test).collect();
            let reflexive = |test: &Test| {
                !matches!(
                    test,
                    Test::DayMonthSwapped
                        | Test::OneDigit
                        | Test::Placeholder
                        | Test::Part
                        | Test::Swapped { .. }
                )
            };
            let equal = tests.iter().position(reflexive).unwrap_or(tests.len()) as u8 + 1;
            let reads_values = tests.iter().any(|test| *test != Test::Exact);
            Plan { column: comparison.column, tests, equal, reads_values }
        });
        Self { pool, plans: plans.collect() }
    }

    pub(crate) fn len(&self) -> usize {
        self.plans.len()
    }

    /// The level if it follows from the numbers of the values alone.
    #[inline]
    pub(crate) fn quick(&self, comparison: usize, a: &[u32], b: &[u32]) -> Option<u8> {
        let plan = &self.plans[comparison];
        let (x, y) = (a[plan.column], b[plan.column]);
        if x == MISSING || y == MISSING {
            Some(LEVEL_MISSING)
        } else if x == y {
            Some(plan.equal)
        } else if plan.reads_values {
            None
        } else {
            Some(plan.tests.len() as u8 + 1)
        }
    }

    /// Level of everything else.
    pub(crate) fn otherwise(&self, comparison: usize) -> u8 {
        self.plans[comparison].tests.len() as u8 + 1
    }

    /// The level of a comparison between two records.
    #[inline]
    pub(crate) fn level(&self, comparison: usize, a: &[u32], b: &[u32]) -> u8 {
        match self.quick(comparison, a, b) {
            Some(level) => level,
            None => self.unequal(comparison, a, b),
        }
    }

    /// The level of two different values.
    pub(crate) fn unequal(&self, comparison: usize, a: &[u32], b: &[u32]) -> u8 {
        let plan = &self.plans[comparison];
        let (x, y) = (a[plan.column], b[plan.column]);
        let [v, w] = [x, y].map(|number| &self.pool.values[number as usize]);
        // Similarities are computed at most once, and not at all where a bound excludes them.
        let mut similarity: Option<f64> = None;
        for (at, test) in plan.tests.iter().enumerate() {
            let holds = match *test {
                Test::Exact => false,
                Test::Spelling => v.spelling == w.spelling,
                Test::Phonetic => v.sound == w.sound && v.sound != NONE,
                Test::Part => v.shares_part(w),
                Test::Prefix => self.begins(v, w),
                Test::JaroWinkler { at_least } => match similarity {
                    Some(known) => known >= at_least,
                    // The bound is rounded differently from the similarity itself.
                    None if v.jaro_winkler_at_most(w) < at_least - 1e-9 => false,
                    None => {
                        let found = jaro_winkler(self.pool.bytes(v), self.pool.bytes(w));
                        similarity = Some(found);
                        found >= at_least
                    }
                },
                Test::DamerauLevenshtein { at_most } => {
                    v.length().abs_diff(w.length()) <= usize::from(at_most)
                        && v.letters_apart(w) <= u32::from(at_most)
                        && damerau_levenshtein_within(
                            self.pool.bytes(v),
                            self.pool.bytes(w),
                            usize::from(at_most),
                        )
                }
                Test::StreetName => v.parts[0] == w.parts[0] && v.parts[0] != NONE,
                Test::Swapped { with } => x == b[with] && y == a[with],
                Test::DayMonthSwapped
                | Test::OneDigit
                | Test::Placeholder
                | Test::TwoParts
                | Test::SameYear
                | Test::Days { .. } => dates(*test, v, w),
            };
            if holds {
                return at as u8 + 1;
            }
        }
        plan.tests.len() as u8 + 1
    }

    fn begins(&self, v: &Value, w: &Value) -> bool {
        let (short, long) = if v.length() <= w.length() { (v, w) } else { (w, v) };
        short.length() >= 3 && self.pool.bytes(long).starts_with(self.pool.bytes(short))
    }
}

fn dates(test: Test, v: &Value, w: &Value) -> bool {
    let (Some(x), Some(y)) = (v.date, w.date) else { return false };
    match test {
        Test::DayMonthSwapped => x.swapped(y),
        Test::OneDigit => x.digits_apart(y) == 1 || x.neighbours_exchanged(y),
        Test::Placeholder => (x.placeholder() || y.placeholder()) && x.parts()[0] == y.parts()[0],
        Test::TwoParts => x.parts_agreeing(y) >= 2,
        Test::SameYear => x.parts()[0] == y.parts()[0],
        Test::Days { at_most } => {
            x.days().zip(y.days()).is_some_and(|(x, y)| x.abs_diff(y) <= u64::from(at_most))
        }
        _ => false,
    }
}

//! Which rows match the words, and how well.
//!
//! A typed word weighs the more the fewer offers have it (Robertson and Spärck Jones 1976, in the form of BM25). In an
//! offer it counts by its best place only, so that a long description does not win by repetition. The share of
//! weight that was found multiplies the sum. All sums run in the order of typed words, so a score does not depend
//! on how the index is cut into segments.

use super::understand::{Expansion, How, Token, direct, parts, related, similar};
use crate::SearchError;
use crate::bits::Bits;
use crate::index::{Columns, Part, Snapshot};
use crate::synonyms::Target;

/// What a typed word matched.
pub(crate) struct Matched {
    pub(crate) token: Token,
    pub(crate) expansions: Vec<Expansion>,
    /// By row: value of the best place, 0 for none.
    best: Vec<f32>,
    /// By row: number of expansion and part that gave it.
    by: Vec<(u16, Part)>,
    /// Rows with the word itself or another form of it.
    pub(crate) direct_rows: usize,
    /// Rows with anything that stands for it.
    pub(crate) rows: usize,
    weight: f64,
}

/// What a word counts in a part of an offer.
fn part_value(columns: &Columns, row: usize, part: Part) -> f32 {
    match part {
        Part::Title => 4.0 + 1.0 / f32::from(columns.title_words[row]).sqrt(),
        Part::Keywords => 3.5,
        Part::Organization => 3.0,
        Part::Place => 2.8,
        Part::Body => 2.8,
    }
}

impl Matched {
    fn new(token: Token, len: usize) -> Self {
        Self {
            token,
            expansions: Vec::new(),
            best: vec![0.0; len],
            by: vec![(0, Part::Body); len],
            direct_rows: 0,
            rows: 0,
            weight: 0.0,
        }
    }

    fn apply(&mut self, snapshot: &Snapshot, expansions: Vec<Expansion>) -> Result<(), SearchError> {
        let columns = &snapshot.columns;
        for expansion in expansions {
            let number = self.expansions.len() as u16;
            for part in Part::ALL {
                let (best, by, rows) = (&mut self.best, &mut self.by, &mut self.rows);
                snapshot.rows_with_phrase(part, &expansion.terms, &mut |row| {
                    let value = expansion.weight * part_value(columns, row, part);
                    if value > best[row] {
                        *rows += usize::from(best[row] == 0.0);
                        best[row] = value;
                        by[row] = (number, part);
                    }
                })?;
            }
            self.expansions.push(expansion);
        }
        Ok(())
    }

    /// What gave the word's value in a row.
    pub(crate) fn reason(&self, row: usize) -> Option<(&Expansion, Part)> {
        if self.best[row] == 0.0 {
            return None;
        }
        let (number, part) = self.by[row];
        self.expansions.get(usize::from(number)).map(|expansion| (expansion, part))
    }

    /// Whether only similar words were found.
    pub(crate) fn by_typo(&self) -> bool {
        self.expansions.last().is_some_and(|expansion| expansion.how == How::Typo)
    }
}

/// Looks a word up: itself and its forms, compounds and synonyms; only if nothing is found, similar words; only if
/// there are none either, parts of it.
pub(crate) fn match_token(
    snapshot: &Snapshot,
    token: Token,
    meanings: &[(&Target, usize)],
) -> Result<Matched, SearchError> {
    let mut matched = Matched::new(token, snapshot.columns.len());
    matched.apply(snapshot, direct(&matched.token))?;
    matched.direct_rows = matched.rows;
    matched.apply(snapshot, related(&matched.token, meanings, &snapshot.lexicon))?;
    if matched.rows == 0 {
        let similar = similar(&matched.token, &snapshot.lexicon);
        matched.apply(snapshot, similar)?;
        if matched.rows == 0 {
            matched.apply(snapshot, parts(&matched.token, &snapshot.lexicon))?;
        }
    }
    let all = snapshot.columns.live.count() as f64;
    let with = if matched.direct_rows > 0 { matched.direct_rows } else { matched.rows } as f64;
    matched.weight = 0.1 + (1.0 + (all - with + 0.5).max(0.5) / (with + 0.5)).ln();
    Ok(matched)
}

/// Share of the best row's found weight that a row needs to be a hit.
const NEEDED_SHARE: f64 = 0.6;

/// The rows that are hits for the words, with their values.
pub(crate) fn combine(columns: &Columns, matched: &[Matched]) -> (Bits, Vec<f64>) {
    let known: Vec<(&[f32], f64)> =
        matched.iter().filter(|one| one.rows > 0).map(|one| (one.best.as_slice(), one.weight)).collect();
    if known.is_empty() {
        return (Bits::none(columns.len()), Vec::new());
    }
    let whole: f64 = known.iter().map(|(_, weight)| weight).sum();
    let (mut shares, mut values) = (vec![0.0f64; columns.len()], vec![0.0f64; columns.len()]);
    for (best, weight) in &known {
        for ((best, share), value) in best.iter().zip(&mut shares).zip(&mut values) {
            if *best > 0.0 {
                *share += weight;
                *value += weight * f64::from(*best);
            }
        }
    }
    let needed = NEEDED_SHARE * shares.iter().copied().fold(0.0, f64::max);
    let hits = Bits::collect(columns.len(), |row| shares[row] > 0.0 && shares[row] >= needed);
    for (value, share) in values.iter_mut().zip(&shares) {
        *value *= share / whole;
    }
    (hits, values)
}

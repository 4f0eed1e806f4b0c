//! A question and its answer.

use super::correct::did_you_mean;
use super::explain::{Reason, word_reasons};
use super::facets::{Facets, facets};
use super::filter::{Filter, masks, passing};
use super::matching::{Matched, combine, match_token};
use super::query::{Age, OpenTest, Query, Sort};
use super::understand::tokens;
use super::widen::{Widening, widenings};
use crate::SearchError;
use crate::index::{Columns, Finder, Origin, Snapshot};
use crate::stem::Analyser;

/// An offer that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Identifier.
    pub id: String,
    /// How well it matches, to three decimals; comparable within one answer only. 0 when nothing was typed.
    pub score: f64,
    /// Metres to the nearest place, when searching around a place.
    pub distance_m: Option<f64>,
    /// Number of that place in [`crate::Entry::places`].
    pub place: Option<usize>,
    /// Why it stands here.
    pub why: Vec<Reason>,
}

/// The answer to a question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Hits on all pages.
    pub total: usize,
    /// Hits of the page.
    pub hits: Vec<Hit>,
    /// Counts for further choices.
    pub facets: Facets,
    /// The text with likely misspellings corrected.
    pub did_you_mean: Option<String>,
    /// Typed words that no offer has in any form; they were passed over.
    pub unknown_words: Vec<String>,
    /// When nothing was found: what to let go of.
    pub widenings: Vec<Widening>,
}

/// What one row is ordered by; ascending.
type Key = (i64, i64, u32, u32);

/// How much nearness counts: half of it is lost every 3 km, and 40 % stay however far.
fn nearness(columns: &Columns, row: usize, near: &Origin) -> f64 {
    const HALF_LIFE_M: f64 = 3000.0;
    match columns.distance(row, near) {
        Some((metres, _)) => 0.4 + 0.6 * (-metres / HALF_LIFE_M).exp2(),
        None if columns.remote.has(row) => 0.7,
        None => 0.4,
    }
}

/// What an offer keeps of its score when nobody has checked it for long.
const GREYED_SHARE: f64 = 0.8;

fn thousandths(value: f64) -> i64 {
    (value * 1000.0).round() as i64
}

fn score(columns: &Columns, row: usize, values: &[f64], near: Option<&Origin>) -> f64 {
    let value = values.get(row).copied().unwrap_or(0.0);
    let checked = if columns.greyed.has(row) { GREYED_SHARE } else { 1.0 };
    value * checked * near.map_or(1.0, |near| nearness(columns, row, near))
}

fn key(columns: &Columns, row: usize, sort: Sort, near: Option<&Origin>, values: &[f64]) -> Key {
    let (rank, number) = (columns.rank[row], row as u32);
    let far = |near: &Origin| columns.distance(row, near).map_or(i64::MAX, |(metres, _)| thousandths(metres));
    let by_score = |near| -thousandths(score(columns, row, values, near));
    match (sort, near) {
        (Sort::Title, _) => (0, 0, rank, number),
        (Sort::Distance, Some(near)) => (far(near), by_score(None), rank, number),
        (Sort::Relevance, Some(near)) if values.is_empty() => (far(near), 0, rank, number),
        (_, near) => (by_score(near), near.map_or(0, far), rank, number),
    }
}

fn ordered_page(keys: &mut Vec<Key>, query: &Query) -> Vec<usize> {
    let size = query.page_size();
    let start = query.page.saturating_mul(size).min(keys.len());
    let end = start.saturating_add(size).min(keys.len());
    if end < keys.len() {
        keys.select_nth_unstable(end);
        keys.truncate(end);
    }
    keys.sort_unstable();
    keys[start..end].iter().map(|key| key.3 as usize).collect()
}

impl Finder {
    /// Answers a question. The same entries and the same question give the same answer, whatever the history
    /// of the index. Never fails on what was typed.
    pub fn search(&self, query: &Query, open: &[OpenTest<'_>]) -> Result<Found, SearchError> {
        self.with_analyser(|analyser| self.answer(query, open, analyser))
    }

    fn answer(
        &self,
        query: &Query,
        open: &[OpenTest<'_>],
        analyser: &mut Analyser,
    ) -> Result<Found, SearchError> {
        let snapshot = self.snapshot();
        let synonyms = self.synonyms();
        let columns = &*snapshot.columns;
        let (typed, tokens) = tokens(query, &synonyms, analyser);
        let stems: Vec<String> = tokens.iter().map(|token| token.stems[0].clone()).collect();
        let meanings = synonyms.meanings(&stems);
        let mut matched = Vec::new();
        for (token, meanings) in tokens.into_iter().zip(&meanings) {
            matched.push(match_token(&snapshot, token, meanings)?);
        }
        let mut masks = masks(&snapshot, query, open);
        let mut values = Vec::new();
        if !matched.is_empty() {
            let (hits, of_rows) = combine(columns, &matched);
            masks.push((Filter::Text, hits));
            values = of_rows;
        }
        let origin = query.near.map(|near| Origin::new(near.point));
        let rows = passing(columns, &masks, &[]);
        let mut keys: Vec<Key> =
            rows.rows().map(|row| key(columns, row, query.sort, origin.as_ref(), &values)).collect();
        let total = keys.len();
        let mut hits = Vec::new();
        for row in ordered_page(&mut keys, query) {
            hits.push(hit(&snapshot, row, query, open, &matched, &values, analyser)?);
        }
        Ok(Found {
            total,
            hits,
            facets: facets(columns, &masks),
            did_you_mean: did_you_mean(&snapshot, &typed, &matched, analyser)?,
            unknown_words: (matched.iter().filter(|one| one.rows == 0))
                .map(|one| one.token.typed.clone())
                .collect(),
            widenings: if total == 0 { widenings(columns, &masks, query.near) } else { Vec::new() },
        })
    }
}

fn hit(
    snapshot: &Snapshot,
    row: usize,
    query: &Query,
    open: &[OpenTest<'_>],
    matched: &[Matched],
    values: &[f64],
    analyser: &mut Analyser,
) -> Result<Hit, SearchError> {
    let columns = &*snapshot.columns;
    let mut why = Vec::new();
    if !matched.is_empty() {
        why = word_reasons(&snapshot.entry(row)?, row, matched, analyser);
    }
    let origin = query.near.map(|near| Origin::new(near.point));
    let near = origin.as_ref().and_then(|origin| columns.distance(row, origin));
    match near {
        Some((metres, _)) => why.push(Reason::Near(metres)),
        None if query.near.is_some() && columns.remote.has(row) => why.push(Reason::Remote),
        None => {}
    }
    if matches!(query.age, Some(Age::Months(_))) && columns.age_said.has(row)
        || query.age == Some(Age::Pregnancy)
    {
        why.push(Reason::Age);
    }
    why.extend(open.iter().map(|test| Reason::Open(test.label.to_string())));
    if columns.greyed.has(row) {
        why.push(Reason::Greyed);
    }
    Ok(Hit {
        id: columns.ids[row].to_string(),
        score: thousandths(score(columns, row, values, origin.as_ref())) as f64 / 1000.0,
        distance_m: near.map(|(metres, _)| metres),
        place: near.map(|(_, place)| usize::from(place)),
        why,
    })
}

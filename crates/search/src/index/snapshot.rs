//! One state of the index, never changed: queries hold it as long as they need it.

use super::columns::{Columns, NONE};
use super::document::{Layout, Part, WORD};
use crate::SearchError;
use crate::bits::Bits;
use crate::entry::Entry;
use crate::lexicon::Lexicon;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{DocAddress, DocId, DocSet, Searcher, TERMINATED, TantivyDocument, Term};

/// Which opening texts are open, by question (`heute 2026-05-04`); kept from update to update, since texts
/// only get more until the next rebuild.
#[derive(Debug, Default)]
pub(crate) struct OpeningMemo(Mutex<BTreeMap<String, Vec<bool>>>);

/// Questions that are remembered; more than a day asks.
const REMEMBERED_QUESTIONS: usize = 16;

impl OpeningMemo {
    fn rows(&self, columns: &Columns, key: &str, is_open: &(dyn Fn(&str) -> bool + Sync)) -> Bits {
        let mut questions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !questions.contains_key(key) && questions.len() >= REMEMBERED_QUESTIONS {
            questions.clear();
        }
        let answers = questions.entry(key.to_string()).or_default();
        let asked = answers.len();
        answers.extend(columns.openings.texts.iter().skip(asked).map(|text| is_open(text)));
        Bits::collect(columns.len(), |row| {
            answers.get(columns.opening[row] as usize).copied().unwrap_or(false)
        })
    }
}

/// One state of the index.
pub(crate) struct Snapshot {
    layout: Arc<Layout>,
    searcher: Searcher,
    pub(crate) columns: Arc<Columns>,
    pub(crate) lexicon: Lexicon,
    /// Row of every document of every segment, `NONE` where it is dead.
    rows: Vec<Vec<u32>>,
    /// Document of every row.
    documents: Vec<Option<DocAddress>>,
    openings: Arc<OpeningMemo>,
    pub(crate) content: u64,
}

impl Snapshot {
    pub(crate) fn new(
        layout: Arc<Layout>,
        searcher: Searcher,
        columns: Arc<Columns>,
        openings: Arc<OpeningMemo>,
        content: u64,
    ) -> Result<Self, SearchError> {
        let mut documents = vec![None; columns.len()];
        let mut rows = Vec::new();
        for (segment, reader) in searcher.segment_readers().iter().enumerate() {
            let numbers = reader.fast_fields().u64("row")?;
            let of_segment: Vec<u32> = (0..reader.max_doc())
                .map(|doc| {
                    let row = numbers.first(doc).unwrap_or(u64::MAX) as usize;
                    let dead = reader.is_deleted(doc) || !columns.live.has(row);
                    if dead {
                        return NONE;
                    }
                    documents[row] = Some(DocAddress::new(segment as u32, doc));
                    row as u32
                })
                .collect();
            rows.push(of_segment);
        }
        let lexicon = vocabulary(&searcher, &layout, &rows)?;
        Ok(Self { layout, searcher, columns, lexicon, rows, documents, openings, content })
    }

    /// Visits the rows that have a term in a part, in no particular order, each once.
    pub(crate) fn rows_with(
        &self,
        part: Part,
        term: &str,
        visit: &mut dyn FnMut(usize),
    ) -> Result<(), SearchError> {
        let term = Term::from_field_text(self.layout.field(part), term);
        for (reader, rows) in self.searcher.segment_readers().iter().zip(&self.rows) {
            let inverted = reader.inverted_index(self.layout.field(part))?;
            let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? else {
                continue;
            };
            while let Some(doc) = next(&mut postings) {
                visit_row(rows, doc, visit);
            }
        }
        Ok(())
    }

    /// Visits the rows that have terms one behind the other in a part (every second term, since word and stem
    /// alternate).
    pub(crate) fn rows_with_phrase(
        &self,
        part: Part,
        terms: &[String],
        visit: &mut dyn FnMut(usize),
    ) -> Result<(), SearchError> {
        if let [only] = terms {
            return self.rows_with(part, only, visit);
        }
        let field = self.layout.field(part);
        for (reader, rows) in self.searcher.segment_readers().iter().zip(&self.rows) {
            let inverted = reader.inverted_index(field)?;
            let mut lists: Vec<SegmentPostings> = Vec::new();
            for term in terms {
                let term = Term::from_field_text(field, term);
                let record = IndexRecordOption::WithFreqsAndPositions;
                lists.extend(inverted.read_postings(&term, record)?);
            }
            if lists.len() == terms.len() {
                phrase_documents(&mut lists, &mut |doc| visit_row(rows, doc, visit));
            }
        }
        Ok(())
    }

    /// The entry of a row as it was indexed.
    pub(crate) fn entry(&self, row: usize) -> Result<Entry, SearchError> {
        let Some(Some(address)) = self.documents.get(row) else { return Ok(Entry::default()) };
        let document: TantivyDocument = self.searcher.doc(*address)?;
        let bytes = document.get_first(self.layout.entry).and_then(|value| value.as_bytes());
        Ok(serde_json::from_slice(bytes.unwrap_or(b"{}"))?)
    }

    /// Rows whose opening text passes a test; the test is asked once for each text and question.
    pub(crate) fn open_rows(&self, key: &str, is_open: &(dyn Fn(&str) -> bool + Sync)) -> Bits {
        self.openings.rows(&self.columns, key, is_open)
    }

    pub(crate) fn openings(&self) -> Arc<OpeningMemo> {
        Arc::clone(&self.openings)
    }
}

fn next(postings: &mut SegmentPostings) -> Option<DocId> {
    let doc = postings.doc();
    if doc == TERMINATED {
        return None;
    }
    postings.advance();
    Some(doc)
}

fn visit_row(rows: &[u32], doc: DocId, visit: &mut dyn FnMut(usize)) {
    match rows.get(doc as usize) {
        Some(row) if *row != NONE => visit(*row as usize),
        _ => {}
    }
}

fn phrase_documents(lists: &mut [SegmentPostings], visit: &mut dyn FnMut(DocId)) {
    let Some((first, others)) = lists.split_first_mut() else { return };
    let (mut starts, mut follows) = (Vec::new(), Vec::new());
    while first.doc() != TERMINATED {
        let doc = first.doc();
        let together = others.iter_mut().all(|list| {
            if list.doc() < doc {
                list.seek(doc);
            }
            list.doc() == doc
        });
        if together {
            first.positions(&mut starts);
            for (number, list) in others.iter_mut().enumerate() {
                list.positions(&mut follows);
                let gap = 2 * (number as u32 + 1);
                starts.retain(|start| follows.binary_search(&(start + gap)).is_ok());
            }
            if !starts.is_empty() {
                visit(doc);
            }
        }
        first.advance();
    }
}

/// All words that a living entry holds.
fn vocabulary(searcher: &Searcher, layout: &Layout, rows: &[Vec<u32>]) -> Result<Lexicon, SearchError> {
    let mut words: Vec<String> = Vec::new();
    let first = [WORD as u8];
    let behind = [WORD as u8 + 1];
    for (reader, rows) in searcher.segment_readers().iter().zip(rows) {
        let whole = !rows.contains(&NONE);
        for part in Part::ALL {
            let inverted = reader.inverted_index(layout.field(part))?;
            let mut stream = inverted.terms().range().ge(first).lt(behind).into_stream()?;
            while stream.advance() {
                let Ok(term) = std::str::from_utf8(stream.key()) else { continue };
                let lives = whole || {
                    let record = IndexRecordOption::Basic;
                    let mut postings = inverted.read_postings_from_terminfo(stream.value(), record)?;
                    std::iter::from_fn(|| next(&mut postings)).any(|doc| rows[doc as usize] != NONE)
                };
                if lives {
                    words.push(term[first.len()..].to_string());
                }
            }
        }
    }
    words.sort_unstable();
    words.dedup();
    Ok(Lexicon::new(words.iter().map(String::as_str)))
}

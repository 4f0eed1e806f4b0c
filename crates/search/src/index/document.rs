//! How an entry becomes terms.

use crate::entry::Entry;
use crate::fold::words;
use crate::stem::{Analyser, Tongue};
use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

/// Version of the layout below and of the analysis; an index of another version is built anew.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// A part of an entry that words are found in, from the most to the least telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Title.
    Title,
    /// Names of action field, target group and life phase.
    Keywords,
    /// Name of the provider.
    Organization,
    /// Name, street and town of a place.
    Place,
    /// Description and everything else.
    Body,
}

impl Part {
    pub(crate) const ALL: [Part; 5] =
        [Self::Title, Self::Keywords, Self::Organization, Self::Place, Self::Body];

    /// Where the word stands, as the end of a German sentence.
    pub(crate) fn place(self) -> &'static str {
        match self {
            Self::Title => "im Namen des Angebots",
            Self::Keywords => "in den Stichwörtern",
            Self::Organization => "im Namen des Trägers",
            Self::Place => "in der Adresse",
            Self::Body => "in der Beschreibung",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Keywords => "keywords",
            Self::Organization => "organization",
            Self::Place => "place",
            Self::Body => "body",
        }
    }
}

/// The fields of the index.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) schema: Schema,
    pub(crate) id: Field,
    pub(crate) row: Field,
    pub(crate) entry: Field,
    pub(crate) parts: [Field; 5],
}

impl Layout {
    pub(crate) fn new() -> Self {
        let mut builder = Schema::builder();
        let id = builder.add_text_field("id", STRING);
        let row = builder.add_u64_field("row", FAST);
        let entry = builder.add_bytes_field("entry", STORED);
        // Words arrive folded, stemmed and joined by blanks; the engine has only to cut at blanks.
        let terms = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer("whitespace")
                .set_fieldnorms(false)
                .set_index_option(IndexRecordOption::WithFreqsAndPositions),
        );
        let parts = Part::ALL.map(|part| builder.add_text_field(part.name(), terms.clone()));
        Self { schema: builder.build(), id, row, entry, parts }
    }

    pub(crate) fn field(&self, part: Part) -> Field {
        self.parts[part as usize]
    }
}

/// First letter of a term: the word as written, or its stem.
pub(crate) const WORD: char = '=';
/// First letter of a stem's term.
pub(crate) const STEM: char = '~';
/// Stands between two texts, so that no phrase reaches over the gap.
const GAP: &str = "| |";

/// The texts of a part with their languages.
pub(crate) fn texts_of(entry: &Entry, part: Part) -> Vec<(Tongue, &str)> {
    let by_language = |pick: fn(&crate::entry::Text) -> &str| {
        entry.texts.iter().map(move |(tag, text)| (Tongue::of(tag), pick(text))).collect()
    };
    match part {
        Part::Title => by_language(|text| &text.title),
        Part::Keywords => by_language(|text| &text.keywords),
        Part::Body => by_language(|text| &text.body),
        Part::Organization => vec![(Tongue::German, entry.organization_name.as_str())],
        Part::Place => entry.places.iter().map(|place| (Tongue::German, place.words.as_str())).collect(),
    }
}

/// The terms of a part: for every word the word and its stem, one behind the other.
fn terms(entry: &Entry, part: Part, analyser: &mut Analyser) -> String {
    let mut out = String::new();
    for (tongue, text) in texts_of(entry, part) {
        for word in words(text) {
            let (folded, stem) = analyser.fold_and_stem(tongue, word);
            if !folded.is_empty() {
                out.push(WORD);
                out.push_str(folded);
                out.push(' ');
                out.push(STEM);
                out.push_str(if stem.is_empty() { folded } else { stem });
                out.push(' ');
            }
        }
        out.push_str(GAP);
        out.push(' ');
    }
    out
}

/// The document of an entry under a row number.
pub(crate) fn document(
    layout: &Layout,
    entry: &Entry,
    row: u32,
    analyser: &mut Analyser,
) -> Result<TantivyDocument, serde_json::Error> {
    let mut document = TantivyDocument::default();
    document.add_text(layout.id, &entry.id);
    document.add_u64(layout.row, u64::from(row));
    document.add_bytes(layout.entry, &serde_json::to_vec(entry)?);
    for part in Part::ALL {
        document.add_text(layout.field(part), terms(entry, part, analyser));
    }
    Ok(document)
}

/// The title folded word by word (for sorting) and how many words it has.
pub(crate) fn sort_title(entry: &Entry, analyser: &mut Analyser) -> (String, usize) {
    let folded: Vec<String> = words(entry.title()).map(|word| analyser.fold(word)).collect();
    (folded.join(" "), folded.len())
}

//! Rows on their way to the disk: own numbering of the dictionaries, fixed chunks, and a digest of the rows.

use crate::error::VaultError;
use datafusion::arrow::array::{
    ArrayRef, BooleanBufferBuilder, DictionaryArray, Float64Array, Int32Array, StringArray, UInt8Array,
};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::Int32Type;
use kekiz_base::figures::state_code;
use kekiz_base::{FigureBatch, FigureDictionaries, Observation};
use std::sync::Arc;

/// Rows of one row group.
pub(crate) const GROUP_ROWS: usize = 1 << 20;
/// Rows that are hashed together; part of what [`RowsDigest`] means, so it never changes.
const DIGEST_ROWS: usize = 1 << 16;
/// Number of dictionary columns: area, period, variable, group.
pub(crate) const WORDS: usize = 4;

/// One dictionary column: the words of the dataset in the order of their first row.
#[derive(Default)]
pub(crate) struct Words {
    entries: Vec<String>,
    /// Our number (plus one; 0 is unseen) of each number of the importer's dictionaries.
    renumber: Vec<i32>,
    /// The importer's number of our newest word.
    newest: usize,
    /// The entries as an array, as long as none was added.
    array: Option<Arc<StringArray>>,
}

impl Words {
    /// Our number of an importer's number; `None` when that is not in its dictionary.
    fn number<T: ToString>(&mut self, foreign: u32, dictionary: &[T]) -> Option<i32> {
        let foreign = foreign as usize;
        if let Some(known) = self.renumber.get(foreign)
            && *known > 0
        {
            return Some(known - 1);
        }
        let entry = dictionary.get(foreign)?.to_string();
        if self.renumber.len() <= foreign {
            self.renumber.resize(dictionary.len(), 0);
        }
        self.array = None;
        self.newest = foreign;
        self.entries.push(entry);
        let number = i32::try_from(self.entries.len()).ok()?;
        self.renumber[foreign] = number;
        Some(number - 1)
    }

    /// Whether a dictionary can be a later state of the one our words came from. A dictionary made anew for each batch
    /// would give every row the words of another; its word under our newest number tells.
    fn continues<T: ToString>(&self, dictionary: &[T]) -> bool {
        let found = dictionary.get(self.newest).map(T::to_string);
        self.entries.is_empty() || found.as_ref() == self.entries.last()
    }

    pub(crate) fn entries(&self) -> &[String] {
        &self.entries
    }

    fn array(&mut self) -> Arc<StringArray> {
        let entries = &self.entries;
        self.array.get_or_insert_with(|| Arc::new(StringArray::from_iter_values(entries))).clone()
    }
}

/// The dictionaries of a dataset.
#[derive(Default)]
pub(crate) struct Dictionaries {
    pub(crate) area: Words,
    pub(crate) period: Words,
    pub(crate) variable: Words,
    pub(crate) group: Words,
    /// Rows of each variable.
    pub(crate) counts: Vec<u64>,
}

/// Rows in columns, up to [`GROUP_ROWS`].
pub(crate) struct Chunk {
    words: [Vec<i32>; WORDS],
    value: Vec<f64>,
    valid: BooleanBufferBuilder,
    state: Vec<u8>,
}

impl Chunk {
    pub(crate) fn new() -> Self {
        let column = || Vec::with_capacity(GROUP_ROWS);
        Self {
            words: [column(), column(), column(), column()],
            value: Vec::with_capacity(GROUP_ROWS),
            valid: BooleanBufferBuilder::new(GROUP_ROWS),
            state: Vec::with_capacity(GROUP_ROWS),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.state.len()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.len() >= GROUP_ROWS
    }

    /// Takes rows of a batch from `from` on until the batch ends or the chunk is full; gives the next row to take.
    pub(crate) fn take(
        &mut self,
        batch: &FigureBatch,
        from: usize,
        theirs: &FigureDictionaries,
        ours: &mut Dictionaries,
        rows_before: u64,
    ) -> Result<usize, VaultError> {
        let until = batch.len().min(from + (GROUP_ROWS - self.len()));
        let refuse =
            |row: usize, problem| VaultError::Batch { row: rows_before + (row - from) as u64 + 1, problem };
        const ABSENT: &str = "eine Nummer steht nicht im Wörterbuch";
        let continues = ours.area.continues(theirs.areas.entries())
            && ours.period.continues(theirs.periods.entries())
            && ours.variable.continues(theirs.variables.entries())
            && ours.group.continues(&group_names(theirs));
        if !continues {
            return Err(refuse(from, "die Wörterbücher sind andere als bei den Zeilen davor"));
        }
        let [area, period, variable, group] = &mut self.words;
        renumber(area, &batch.area[from..until], &mut ours.area, theirs.areas.entries())
            .and_then(|()| {
                renumber(period, &batch.period[from..until], &mut ours.period, theirs.periods.entries())
            })
            .and_then(|()| renumber(group, &batch.group[from..until], &mut ours.group, &group_names(theirs)))
            .and_then(|()| {
                renumber(
                    variable,
                    &batch.variable[from..until],
                    &mut ours.variable,
                    theirs.variables.entries(),
                )
            })
            .map_err(|row| refuse(from + row, ABSENT))?;
        ours.counts.resize(ours.variable.entries().len(), 0);
        for number in &variable[variable.len() - (until - from)..] {
            ours.counts[*number as usize] += 1;
        }
        for row in from..until {
            let observation = batch.observation[row];
            let value = match observation {
                Observation::Value(value, _) if !value.is_finite() => {
                    return Err(refuse(row, "ein Wert ist keine endliche Zahl"));
                }
                Observation::Value(value, _) => Some(value),
                Observation::Missing(_) => None,
            };
            // -0 and 0 are the same figure and must give the same digest.
            self.value.push(value.map_or(0.0, |value| value + 0.0));
            self.valid.append(value.is_some());
            self.state.push(state_code(observation));
        }
        Ok(until)
    }

    /// The columns as arrays in the order of the file.
    pub(crate) fn into_arrays(mut self, ours: &mut Dictionaries) -> Result<Vec<ArrayRef>, VaultError> {
        let nulls = NullBuffer::new(self.valid.finish());
        let nulls = (nulls.null_count() > 0).then_some(nulls);
        let words = [ours.area.array(), ours.period.array(), ours.variable.array(), ours.group.array()];
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(WORDS + 2);
        for (numbers, words) in self.words.into_iter().zip(words) {
            let array = DictionaryArray::<Int32Type>::try_new(Int32Array::from(numbers), words)
                .map_err(|e| VaultError::Write { problem: e.to_string() })?;
            arrays.push(Arc::new(array));
        }
        arrays.push(Arc::new(Float64Array::new(self.value.into(), nulls)));
        arrays.push(Arc::new(UInt8Array::from(self.state)));
        Ok(arrays)
    }

    /// Adds the rows to the digest. Chunks are full except the last, so the blocks do not depend on batches.
    pub(crate) fn digest(&self, digest: &mut RowsDigest) {
        let mut from = 0;
        while from < self.len() {
            let until = self.len().min(from + DIGEST_ROWS);
            for column in &self.words {
                digest.add(column[from..until].iter().map(|number| number.to_le_bytes()));
            }
            digest.add(self.value[from..until].iter().map(|value| value.to_le_bytes()));
            digest.hasher.update(&self.state[from..until]);
            from = until;
        }
    }
}

fn group_names(theirs: &FigureDictionaries) -> Vec<&str> {
    theirs.groups.entries().iter().map(|group| group.as_str()).collect()
}

fn renumber<T: ToString>(
    out: &mut Vec<i32>,
    foreign: &[u32],
    ours: &mut Words,
    dictionary: &[T],
) -> Result<(), usize> {
    for (row, number) in foreign.iter().enumerate() {
        out.push(ours.number(*number, dictionary).ok_or(row)?);
    }
    Ok(())
}

/// Digest of rows in their order: the same rows give the same digest however batches, row groups and encodings lie.
///
/// BLAKE3 over blocks of 65,536 rows; in each block the numbers of area, period, variable and group (32 bits), the
/// values (64 bits, 0 where there is none) and the states (8 bits), little-endian; then the words of the four
/// dictionaries in the order of their numbers, each with its length (64 bits) before it. Numbers count words in the
/// order of their first row.
#[derive(Default)]
pub(crate) struct RowsDigest {
    hasher: blake3::Hasher,
    buffer: Vec<u8>,
}

impl RowsDigest {
    fn add<const N: usize>(&mut self, values: impl Iterator<Item = [u8; N]>) {
        self.buffer.clear();
        self.buffer.extend(values.flatten());
        self.hasher.update(&self.buffer);
    }

    pub(crate) fn finish(mut self, ours: &Dictionaries) -> String {
        for words in [&ours.area, &ours.period, &ours.variable, &ours.group] {
            self.hasher.update(&(words.entries().len() as u64).to_le_bytes());
            for word in words.entries() {
                self.hasher.update(&(word.len() as u64).to_le_bytes());
                self.hasher.update(word.as_bytes());
            }
        }
        self.hasher.finalize().to_hex().to_string()
    }
}

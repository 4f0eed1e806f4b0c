//! Records as columns of numbered texts, as a caller hands them over.

use std::fmt;

/// Number of a text that is missing.
pub const MISSING: u32 = u32::MAX;

/// Distinct texts in one piece of memory.
#[derive(Clone, Default)]
pub struct Texts {
    bytes: String,
    ends: Vec<usize>,
}

impl Texts {
    /// Number of texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Adds a text, whether it is there or not, and gives its number.
    pub fn push(&mut self, text: &str) -> u32 {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
        (self.ends.len() - 1) as u32
    }

    /// The text of a number.
    pub fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let from = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.bytes[from..self.ends[number]]
    }

    /// All texts in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|number| self.get(number as u32))
    }
}

/// Personal values never reach a log: only the count is shown.
impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Texts({})", self.len())
    }
}

/// A column: a number per record into the distinct texts, or [`MISSING`].
#[derive(Clone, Debug, Default)]
pub struct TextColumn {
    /// Name in the file.
    pub name: String,
    /// Distinct texts as they stand in the file (a text may be there twice, that costs only time).
    pub texts: Texts,
    /// Number per record.
    pub ids: Vec<u32>,
}

/// Builds a [`TextColumn`] text by text; equal texts get one number.
#[derive(Default)]
pub struct TextColumnBuilder {
    column: TextColumn,
    table: hash::Table,
}

impl TextColumnBuilder {
    /// An empty column.
    pub fn new(name: &str) -> Self {
        Self { column: TextColumn { name: name.to_string(), ..TextColumn::default() }, ..Self::default() }
    }

    /// Number of a text; a new one if it was not there.
    pub fn number(&mut self, text: &str) -> u32 {
        self.table.number(text, &mut self.column.texts)
    }

    /// Appends a record with a text.
    pub fn push(&mut self, text: Option<&str>) {
        let number = text.map_or(MISSING, |text| self.number(text));
        self.column.ids.push(number);
    }

    /// Appends a record with a number that [`Self::number`] gave, or [`MISSING`].
    pub fn push_number(&mut self, number: u32) {
        self.column.ids.push(number);
    }

    /// The column.
    pub fn finish(self) -> TextColumn {
        self.column
    }
}

/// Records of one or several files, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// Columns, each as long as there are records.
    pub columns: Vec<TextColumn>,
    /// Number of records of each file; their sum is the number of records.
    pub files: Vec<usize>,
    /// A number per record that belongs to the record wherever it stands, such as a hash of its identifier: it
    /// makes results independent of the order of rows. Empty if there is none.
    pub keys: Vec<u64>,
}

impl Records {
    /// Number of records.
    pub fn len(&self) -> usize {
        self.files.iter().sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A hash of a text that is the same on every machine and run.
pub fn stable_hash(text: &str) -> u64 {
    hash::of(text.as_bytes())
}

pub(crate) mod hash {
    //! Hashing and numbering of texts.

    use super::Texts;

    const K0: u64 = 0x9e37_79b9_7f4a_7c15;
    const K1: u64 = 0xd1b5_4a32_d192_ed03;

    /// Folds the 128-bit product of two words, the mixing step of wyhash (public domain, Wang Yi).
    #[inline(always)]
    pub(crate) fn mix(a: u64, b: u64) -> u64 {
        let product = u128::from(a) * u128::from(b);
        (product as u64) ^ ((product >> 64) as u64)
    }

    /// Joins a further word to a hash.
    #[inline(always)]
    pub(crate) fn join(hash: u64, word: u64) -> u64 {
        mix(hash ^ K0, word ^ K1)
    }

    /// Up to eight bytes as a word.
    #[inline(always)]
    fn word(bytes: &[u8]) -> u64 {
        if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32;
        }
        match bytes {
            [] => 0,
            [a] => u64::from(*a),
            [a, b] => u64::from(*a) | u64::from(*b) << 8,
            [a, .., z] => u64::from(*a) | u64::from(bytes[1]) << 8 | u64::from(*z) << 16,
        }
    }

    /// Hash of bytes, the same on every machine. Never 0, which stands for "no key".
    #[inline]
    pub(crate) fn of(bytes: &[u8]) -> u64 {
        let mut hash = K0 ^ (bytes.len() as u64).wrapping_mul(K1);
        let mut rest = bytes;
        while let Some((chunk, more)) = rest.split_first_chunk::<8>() {
            hash = join(hash, u64::from_le_bytes(*chunk));
            rest = more;
        }
        hash = join(hash, word(rest));
        mix(hash ^ K1, K0).max(1)
    }

    /// Open addressing over numbers of texts, with 32 bits of each hash beside the number.
    #[derive(Default)]
    pub(crate) struct Table {
        slots: Vec<(u32, u32)>,
        used: usize,
    }

    impl Table {
        #[inline]
        pub(crate) fn number(&mut self, text: &str, texts: &mut Texts) -> u32 {
            if self.used * 2 >= self.slots.len() {
                self.grow(texts);
            }
            let hash = of(text.as_bytes());
            let mask = self.slots.len() - 1;
            let tag = (hash >> 32) as u32;
            let mut at = hash as usize & mask;
            loop {
                let (number, seen) = self.slots[at];
                if number == u32::MAX {
                    let number = texts.push(text);
                    self.slots[at] = (number, tag);
                    self.used += 1;
                    return number;
                }
                if seen == tag && texts.get(number) == text {
                    return number;
                }
                at = (at + 1) & mask;
            }
        }

        fn grow(&mut self, texts: &Texts) {
            let size = (self.slots.len() * 2).max(64);
            let old = std::mem::replace(&mut self.slots, vec![(u32::MAX, 0); size]);
            for (number, tag) in old.into_iter().filter(|(number, _)| *number != u32::MAX) {
                let mut at = of(texts.get(number).as_bytes()) as usize & (size - 1);
                while self.slots[at].0 != u32::MAX {
                    at = (at + 1) & (size - 1);
                }
                self.slots[at] = (number, tag);
            }
        }
    }
}

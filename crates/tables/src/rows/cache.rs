//! Texts that were parsed before, and numbers of the entries of a chunk.

use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::hash::Hash;

/// Parsed texts a worker remembers between chunks.
const CACHE_LIMIT: usize = 1 << 19;

/// Parsed texts by their bytes, with the number each has in the chunk at hand.
pub(super) struct Cache<V> {
    pub(super) slots: HashMap<Box<[u8]>, u32, RandomState>,
    pub(super) values: Vec<V>,
    pub(super) local: Vec<(u32, u32)>,
    pub(super) last: Vec<u8>,
    pub(super) last_slot: Option<u32>,
}

impl<V> Default for Cache<V> {
    fn default() -> Self {
        Self {
            slots: HashMap::default(),
            values: Vec::new(),
            local: Vec::new(),
            last: Vec::new(),
            last_slot: None,
        }
    }
}

impl<V> Cache<V> {
    #[inline]
    pub(super) fn slot(&mut self, raw: &[u8], make: impl FnOnce(&str) -> V) -> usize {
        if let Some(slot) = self.last_slot
            && self.last == raw
        {
            return slot as usize;
        }
        let slot = match self.slots.get(raw) {
            Some(slot) => *slot,
            None => {
                let slot = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
                self.values.push(make(&String::from_utf8_lossy(raw)));
                self.local.push((0, 0));
                self.slots.insert(raw.into(), slot);
                slot
            }
        };
        self.last.clear();
        self.last.extend_from_slice(raw);
        self.last_slot = Some(slot);
        slot as usize
    }

    pub(super) fn trim(&mut self) {
        if self.values.len() > CACHE_LIMIT {
            *self = Self::default();
        }
    }
}

/// A list of distinct entries of the chunk at hand.
pub(super) struct Local<T> {
    pub(super) numbers: HashMap<T, u32, RandomState>,
    pub(super) entries: Vec<T>,
}

impl<T> Default for Local<T> {
    fn default() -> Self {
        Self { numbers: HashMap::default(), entries: Vec::new() }
    }
}

impl<T: Clone + Eq + Hash> Local<T> {
    pub(super) fn number(&mut self, entry: &T) -> u32 {
        if let Some(number) = self.numbers.get(entry) {
            return *number;
        }
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.entries.push(entry.clone());
        self.numbers.insert(entry.clone(), number);
        number
    }
}

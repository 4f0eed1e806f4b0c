//! Sets of rows as bits: filters are intersections, facet counts are counts of ones.

/// A set of row numbers below `len`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// No row of `len`.
    pub(crate) fn none(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)], len }
    }

    /// The rows for which `test` holds.
    pub(crate) fn collect(len: usize, mut test: impl FnMut(usize) -> bool) -> Self {
        let mut bits = Self::none(len);
        for row in 0..len {
            if test(row) {
                bits.set(row);
            }
        }
        bits
    }

    /// Makes room for more rows; new rows are not in the set.
    pub(crate) fn grow(&mut self, len: usize) {
        self.len = self.len.max(len);
        self.words.resize(self.len.div_ceil(64), 0);
    }

    /// Adds a row; rows outside are ignored.
    pub(crate) fn set(&mut self, row: usize) {
        if row < self.len {
            self.words[row / 64] |= 1 << (row % 64);
        }
    }

    /// Takes a row away.
    pub(crate) fn clear(&mut self, row: usize) {
        if row < self.len {
            self.words[row / 64] &= !(1 << (row % 64));
        }
    }

    /// Whether the row is in the set.
    pub(crate) fn has(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// How many rows.
    pub(crate) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many rows are in both sets.
    pub(crate) fn count_with(&self, other: &Self) -> usize {
        self.words.iter().zip(&other.words).map(|(a, b)| (a & b).count_ones() as usize).sum()
    }

    /// Keeps the rows that are in both sets. A shorter set counts as empty behind its end.
    pub(crate) fn keep(&mut self, other: &Self) {
        for (place, word) in self.words.iter_mut().enumerate() {
            *word &= other.words.get(place).copied().unwrap_or(0);
        }
    }

    /// Adds the rows of another set.
    pub(crate) fn join(&mut self, other: &Self) {
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }

    /// The rows in ascending order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(place, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(place * 64 + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn bits_behave_like_a_set(a in prop::collection::btree_set(0usize..300, 0..90), b in prop::collection::btree_set(0usize..300, 0..90)) {
            let (x, y) = (Bits::collect(300, |r| a.contains(&r)), Bits::collect(300, |r| b.contains(&r)));
            prop_assert_eq!(x.count(), a.len());
            prop_assert_eq!(x.rows().collect::<BTreeSet<_>>(), a.clone());
            prop_assert_eq!(x.count_with(&y), a.intersection(&b).count());
            let mut both = x.clone();
            both.keep(&y);
            prop_assert_eq!(both.rows().collect::<BTreeSet<_>>(), &a & &b);
            let mut any = x;
            any.join(&y);
            prop_assert_eq!(any.rows().collect::<BTreeSet<_>>(), &a | &b);
        }
    }
}

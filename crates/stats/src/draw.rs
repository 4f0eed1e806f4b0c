//! Fast random draws for permutation tests: a small generator per unit, and several bounded numbers from one word.
//!
//! [`kekiz_base::stream`] is the generator for everything else; here billions of draws are needed, where the time
//! of one draw decides whether a test of all areas takes seconds or minutes.

/// The generator of one unit (an area, a draw): xoshiro256++ seeded from a seed and the unit's number, so that a
/// unit gets the same numbers whichever thread works on it.
///
/// Source: Blackman, D. and Vigna, S. (2021), ACM Transactions on Mathematical Software 47, article 36. Period
/// 2^256 - 1; the states of different units are apart by chance, with less than 2^-150 to overlap.
#[derive(Clone, Debug)]
pub struct Generator {
    state: [u64; 4],
}

/// Steps of SplitMix64 (Steele, Lea and Flood 2014): turns related seeds into unrelated words.
fn scramble(counter: &mut u64) -> u64 {
    *counter = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *counter;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Generator {
    /// The generator of `unit` under `seed`.
    pub fn new(seed: u64, unit: u64) -> Self {
        let mut seeds = seed;
        let mut units = scramble(&mut seeds) ^ unit;
        let state = [0; 4].map(|_: u64| scramble(&mut units) ^ scramble(&mut seeds));
        // All zeros is the one state the generator cannot leave.
        Self { state: if state == [0; 4] { [1, 0, 0, 0] } else { state } }
    }

    /// 64 random bits.
    #[inline(always)]
    pub fn word(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let word = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        word
    }

    /// A number in `[0, 1)` with 53 random bits.
    pub fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number in `0..bound`, each equally likely. A bound of 0 counts as 1.
    pub fn below(&mut self, bound: usize) -> usize {
        let [number] = self.descending::<1>(bound.max(1));
        number
    }

    /// `N` independent numbers in `0..bound`, `0..bound - 1`, …, each equally likely, from one word of randomness:
    /// what the next `N` steps of a shuffle need.
    ///
    /// `bound` must be at least `N` and `bound^N` below 2^63; use [`Generator::per_word`].
    /// Source: Brackett-Rozinsky, N. and Lemire, D. (2024), Software: Practice and Experience 54, "Batched Ranged
    /// Random Integer Generation".
    #[inline(always)]
    pub fn descending<const N: usize>(&mut self, bound: usize) -> [usize; N] {
        loop {
            let mut rest = self.word();
            let mut numbers = [0; N];
            let mut ways = 1_u64;
            for (step, number) in numbers.iter_mut().enumerate() {
                let range = (bound - step) as u64;
                let product = u128::from(rest) * u128::from(range);
                *number = (product >> 64) as usize;
                rest = product as u64;
                ways = ways.wrapping_mul(range);
            }
            // Words whose remainder is this small would favour some results; they are drawn again.
            if rest >= ways || rest >= ways.wrapping_neg() % ways {
                return numbers;
            }
        }
    }

    /// How many numbers below `bound` one word should give: as many as leave hardly a word to be drawn again.
    pub fn per_word(bound: usize) -> usize {
        match bound {
            0..=16_384 => 4,
            16_385..=400_000 => 3,
            400_001..=200_000_000 => 2,
            _ => 1,
        }
    }

    /// Shuffles in place, each order equally likely.
    pub fn shuffle<T: Copy>(&mut self, items: &mut [T]) {
        let length = items.len();
        self.front(items, length.saturating_sub(1), |_| {});
    }

    /// Moves a random sample of `size` items without repeats to the front, in random order, and hands each to
    /// `take`. Whatever order the items have before, every sample is equally likely, so it can be called again on
    /// the same slice for the next independent sample. `size` is cut to the number of items.
    #[inline(always)]
    pub fn front<T: Copy>(&mut self, items: &mut [T], size: usize, mut take: impl FnMut(T)) {
        let size = size.min(items.len());
        match Self::per_word(items.len()) {
            4 => self.front_by::<4, T>(items, size, &mut take),
            3 => self.front_by::<3, T>(items, size, &mut take),
            2 => self.front_by::<2, T>(items, size, &mut take),
            _ => self.front_by::<1, T>(items, size, &mut take),
        }
    }

    /// As [`Generator::front`] with `N` numbers from each word, for a loop that has asked [`Generator::per_word`]
    /// once.
    #[inline(always)]
    pub fn front_by<const N: usize, T: Copy>(
        &mut self,
        items: &mut [T],
        size: usize,
        take: &mut impl FnMut(T),
    ) {
        let length = items.len();
        let mut at = 0;
        while at + N <= size {
            for (step, offset) in self.descending::<N>(length - at).into_iter().enumerate() {
                items.swap(at + step, at + step + offset);
                take(items[at + step]);
            }
            at += N;
        }
        while at < size {
            let [offset] = self.descending::<1>(length - at);
            items.swap(at, at + offset);
            take(items[at]);
            at += 1;
        }
    }
}

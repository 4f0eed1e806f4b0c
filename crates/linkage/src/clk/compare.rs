//! Comparing encoded records by the bits they share.

use rayon::prelude::*;

/// Encoded records, all of the same length.
#[derive(Clone, PartialEq, Eq)]
pub struct Encoded {
    /// Words of 64 bits per record.
    words: usize,
    /// The records, one after the other.
    bits: Vec<u64>,
}

/// Encoded records are personal data still: only their number is shown.
impl std::fmt::Debug for Encoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Encoded({})", self.len())
    }
}

impl Encoded {
    /// From words, `words` per record; words that do not fill a record are left out.
    pub fn new(words: usize, mut bits: Vec<u64>) -> Self {
        bits.truncate(bits.len().checked_div(words).unwrap_or(0) * words);
        Self { words, bits }
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.bits.len().checked_div(self.words).unwrap_or(0)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Words per record.
    pub fn words(&self) -> usize {
        self.words
    }

    /// A record.
    pub fn record(&self, at: usize) -> &[u64] {
        &self.bits[at * self.words..(at + 1) * self.words]
    }
}

/// Dice coefficient of two bit fields: twice the ones they share by the ones they have; 0 if neither has any.
///
/// Source: Dice, L. R. (1945), Ecology 26, 297–302.
pub fn dice(a: &[u64], b: &[u64]) -> f64 {
    let ones = |field: &[u64]| field.iter().map(|word| u64::from(word.count_ones())).sum::<u64>();
    let shared: u64 = a.iter().zip(b).map(|(a, b)| u64::from((a & b).count_ones())).sum();
    let all = ones(a) + ones(b);
    if all == 0 { 0.0 } else { (2 * shared) as f64 / all as f64 }
}

/// Two records that are alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiceMatch {
    /// Record of the first file.
    pub left: u32,
    /// Record of the second file.
    pub right: u32,
    /// Dice coefficient.
    pub dice: f64,
}

/// Records side by side: word by word, the same word of eight records in a row.
const LANES: usize = 8;

/// Records of the first file that are compared with a block at once.
const TOGETHER: usize = 4;

struct Blocks {
    words: usize,
    /// `[block][word][lane]`.
    bits: Vec<[u64; LANES]>,
    ones: Vec<[u64; LANES]>,
}

impl Blocks {
    fn new(records: &Encoded) -> Self {
        let blocks = records.len().div_ceil(LANES);
        let mut bits = vec![[0; LANES]; blocks * records.words];
        let mut ones = vec![[0; LANES]; blocks];
        for at in 0..records.len() {
            let (block, lane) = (at / LANES, at % LANES);
            for (word, value) in records.record(at).iter().enumerate() {
                bits[block * records.words + word][lane] = *value;
                ones[block][lane] += u64::from(value.count_ones());
            }
        }
        Self { words: records.words, bits, ones }
    }
}

/// Shared ones of four records with the eight of a block.
#[inline(always)]
fn shared(queries: &[&[u64]; TOGETHER], block: &[[u64; LANES]]) -> [[u64; LANES]; TOGETHER] {
    let mut sums = [[0_u64; LANES]; TOGETHER];
    for (word, lanes) in block.iter().enumerate() {
        for (sum, query) in sums.iter_mut().zip(queries) {
            let bits = query[word];
            for (sum, lane) in sum.iter_mut().zip(lanes) {
                // A sum of ones stays far below 2^64.
                *sum = sum.wrapping_add(u64::from((bits & lane).count_ones()));
            }
        }
    }
    sums
}

/// Pairs of a group of queries with all blocks. `least` is the threshold in units of 2^-20, rounded down.
#[inline(always)]
fn scan(
    queries: &[&[u64]; TOGETHER],
    query_ones: [u64; TOGETHER],
    blocks: &Blocks,
    least: u64,
    mut found: impl FnMut(usize, usize, u64, u64),
) {
    for (block, ones) in blocks.ones.iter().enumerate() {
        let bits = &blocks.bits[block * blocks.words..(block + 1) * blocks.words];
        let sums = shared(queries, bits);
        for ((query, sums), own) in sums.iter().enumerate().zip(query_ones) {
            let mut any = false;
            for (sum, ones) in sums.iter().zip(ones) {
                any |= sum << 21 >= least.wrapping_mul(own.wrapping_add(*ones));
            }
            if any {
                for (lane, (sum, ones)) in sums.iter().zip(ones).enumerate() {
                    if sum << 21 >= least.wrapping_mul(own.wrapping_add(*ones)) {
                        found(query, block * LANES + lane, *sum, own + ones);
                    }
                }
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
pulp::simd_type! {
    /// Processors that count the ones of eight words with one instruction.
    struct WideCount {
        avx512f: "avx512f",
        avx512vpopcntdq: "avx512vpopcntdq",
    }
}

/// Runs `scan` with the best instructions this processor has.
fn dispatched(
    queries: &[&[u64]; TOGETHER],
    query_ones: [u64; TOGETHER],
    blocks: &Blocks,
    least: u64,
    found: impl FnMut(usize, usize, u64, u64),
) {
    #[cfg(target_arch = "x86_64")]
    if let Some(wide) = WideCount::try_new() {
        wide.vectorize(
            #[inline(always)]
            || scan(queries, query_ones, blocks, least, found),
        );
        return;
    }
    pulp::Arch::new().dispatch(
        #[inline(always)]
        || scan(queries, query_ones, blocks, least, found),
    );
}

/// All pairs of two files with a Dice coefficient of at least `threshold`, ordered by left and right record. Every
/// record of one file is compared with every record of the other; the result does not depend on threads. Files of
/// different record lengths share nothing.
pub fn similar(left: &Encoded, right: &Encoded, threshold: f64) -> Vec<DiceMatch> {
    if left.words != right.words || left.is_empty() || right.is_empty() {
        return Vec::new();
    }
    let blocks = Blocks::new(right);
    let least = (threshold.clamp(0.0, 1.0) * f64::from(1 << 20)).floor() as u64;
    let empty = vec![0_u64; left.words];
    let groups: Vec<Vec<DiceMatch>> = (0..left.len().div_ceil(TOGETHER))
        .into_par_iter()
        .map(|group| {
            let from = group * TOGETHER;
            let query = |at: usize| if from + at < left.len() { left.record(from + at) } else { &empty };
            let queries: [&[u64]; TOGETHER] = std::array::from_fn(query);
            let ones = queries.map(|q| q.iter().map(|word| u64::from(word.count_ones())).sum::<u64>());
            let mut found = Vec::new();
            dispatched(&queries, ones, &blocks, least, |query, record, sum, all| {
                let dice = if all == 0 { 0.0 } else { (2 * sum) as f64 / all as f64 };
                if dice >= threshold && from + query < left.len() && record < right.len() {
                    found.push(DiceMatch { left: (from + query) as u32, right: record as u32, dice });
                }
            });
            found.sort_unstable_by_key(|pair| (pair.left, pair.right));
            found
        })
        .collect();
    groups.concat()
}

/// At most one partner on both sides, the most similar pairs first; ties go to the first records.
pub fn best_pairs(pairs: &[DiceMatch]) -> Vec<DiceMatch> {
    let mut order: Vec<&DiceMatch> = pairs.iter().collect();
    order.sort_unstable_by(|a, b| b.dice.total_cmp(&a.dice).then((a.left, a.right).cmp(&(b.left, b.right))));
    let (mut lefts, mut rights) = (std::collections::HashSet::new(), std::collections::HashSet::new());
    let mut kept: Vec<DiceMatch> = Vec::new();
    for pair in order {
        if !lefts.contains(&pair.left) && !rights.contains(&pair.right) {
            lefts.insert(pair.left);
            rights.insert(pair.right);
            kept.push(*pair);
        }
    }
    kept.sort_unstable_by_key(|pair| (pair.left, pair.right));
    kept
}

//! Comparing encoded records without looking at every pair.

use super::{DiceMatch, Encoded, dice, similar};
use rand::RngExt;
use rayon::prelude::*;

/// How pairs are preselected: so many tables, in each of which two records meet that agree in so many sampled bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preselection {
    /// Sampled bits per table.
    pub bits: u32,
    /// Tables.
    pub tables: u32,
}

/// Most tables: each costs eight bytes per record of the second file.
const MOST_TABLES: u32 = 256;
/// Most bits of a table.
const MOST_BITS: u32 = 32;
/// Pairs that could be compared in a row in the time one record takes in one table (measured).
const PAIRS_PER_VISIT: f64 = 500.0;
/// Pairs that could be compared in a row in the time a pair met by chance takes.
const PAIRS_PER_MEETING: f64 = 20.0;

impl Preselection {
    /// The cheapest preselection that finds a pair of at least `threshold` with probability `recall`; `None` where
    /// comparing all pairs is cheaper.
    ///
    /// Two records with `a` and `b` ones and a Dice coefficient of at least t differ in at most (1 − t)(a + b) of their
    /// bits, so one sampled bit agrees with probability p ≥ 1 − (1 − t)(a + b)/bits, a table of k bits meets with p^k
    /// and n tables find the pair with 1 − (1 − p^k)^n. Records that have nothing in common agree in half of the bits.
    pub fn choose(left: &Encoded, right: &Encoded, threshold: f64, recall: f64) -> Option<Self> {
        let all = left.len() as f64 * right.len() as f64;
        let best = Self::cheapest(left, right, threshold, recall);
        best.filter(|(cost, _)| *cost < all).map(|(_, preselection)| preselection)
    }

    /// The cheapest preselection and its cost in pairs compared in a row.
    fn cheapest(left: &Encoded, right: &Encoded, threshold: f64, recall: f64) -> Option<(f64, Self)> {
        let length = left.words() as f64 * 64.0;
        let most = |records: &Encoded| {
            (0..records.len()).into_par_iter().map(|at| ones(records.record(at))).max().unwrap_or(0)
        };
        let agree = 1.0 - (1.0 - threshold) * (most(left) + most(right)) as f64 / length;
        let (lefts, rights) = (left.len() as f64, right.len() as f64);
        let cost = |bits: u32| {
            let meet = agree.max(0.0).powi(bits as i32);
            let tables = ((1.0 - recall).ln() / (1.0 - meet).ln()).ceil().max(1.0);
            let visits = tables * (lefts + rights) * PAIRS_PER_VISIT;
            let meetings = tables * lefts * rights * 0.5_f64.powi(bits as i32) * PAIRS_PER_MEETING;
            (tables <= f64::from(MOST_TABLES)).then_some((visits + meetings, tables as u32))
        };
        let of = |bits: u32| cost(bits).map(|(cost, tables)| (cost, Self { bits, tables }));
        (1..=MOST_BITS.min(length as u32)).filter_map(of).min_by(|a, b| a.0.total_cmp(&b.0))
    }
}

fn ones(record: &[u64]) -> u32 {
    record.iter().map(|word| word.count_ones()).sum()
}

/// Pairs that were found, and how many were compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Preselected {
    /// Pairs ordered by left and right record.
    pub pairs: Vec<DiceMatch>,
    /// Pairs that were compared.
    pub compared: u64,
    /// How they were preselected; `None` if all were compared.
    pub preselection: Option<Preselection>,
}

/// Pairs of two files with a Dice coefficient of at least `threshold`, each found with probability of at least `recall`
/// (0 to below 1) over the draws of `seed`; no pair is found that is none. Small files are compared wholly. The codes
/// alone decide: nothing has to be carried beside them that could betray a year of birth, and whoever compares needs no
/// key. The result does not depend on threads.
///
/// Source: Karapiperis, D. and Verykios, V. S. (2015), An LSH-based blocking approach with a homomorphic matching
/// technique for privacy-preserving record linkage, IEEE TKDE 27, 909–921; Indyk, P. and Motwani, R. (1998), STOC, for
/// sampling bits.
pub fn similar_preselected(
    left: &Encoded,
    right: &Encoded,
    threshold: f64,
    recall: f64,
    seed: u64,
) -> Preselected {
    let fits = left.words() == right.words() && !left.is_empty() && !right.is_empty();
    let chosen = fits.then(|| Preselection::choose(left, right, threshold, recall)).flatten();
    let Some(preselection) = chosen else {
        let compared = if fits { left.len() as u64 * right.len() as u64 } else { 0 };
        return Preselected { pairs: similar(left, right, threshold), compared, preselection: None };
    };
    by_tables(left, right, threshold, preselection, seed)
}

fn by_tables(
    left: &Encoded,
    right: &Encoded,
    threshold: f64,
    preselection: Preselection,
    seed: u64,
) -> Preselected {
    let length = left.words() as u32 * 64;
    /// Sampled places, and key and number of every record of the second file.
    type Table = (Vec<u32>, Vec<(u32, u32)>);
    let tables: Vec<Table> = (0..preselection.tables)
        .into_par_iter()
        .map(|table| {
            let places = sample(seed, table, preselection.bits, length);
            let mut keys: Vec<(u32, u32)> =
                (0..right.len()).map(|at| (key(right.record(at), &places), at as u32)).collect();
            keys.sort_unstable();
            (places, keys)
        })
        .collect();
    let found: Vec<(Vec<DiceMatch>, u64)> = (0..left.len())
        .into_par_iter()
        .map_init(Vec::new, |met: &mut Vec<u32>, at| {
            met.clear();
            let record = left.record(at);
            for (places, keys) in &tables {
                let key = key(record, places);
                let from = keys.partition_point(|(other, _)| *other < key);
                met.extend(keys[from..].iter().take_while(|(other, _)| *other == key).map(|(_, at)| *at));
            }
            met.sort_unstable();
            met.dedup();
            let pair = |other: &u32| {
                let dice = dice(record, right.record(*other as usize));
                (dice >= threshold).then_some(DiceMatch { left: at as u32, right: *other, dice })
            };
            (met.iter().filter_map(pair).collect(), met.len() as u64)
        })
        .collect();
    let compared = found.iter().map(|(_, compared)| compared).sum();
    let pairs = found.into_iter().flat_map(|(pairs, _)| pairs).collect();
    Preselected { pairs, compared, preselection: Some(preselection) }
}

/// So many different places of a table.
fn sample(seed: u64, table: u32, bits: u32, length: u32) -> Vec<u32> {
    let mut random = kekiz_base::stream::stream(seed, u64::from(table));
    let mut places: Vec<u32> = Vec::with_capacity(bits as usize);
    while places.len() < bits as usize {
        let place = random.random_range(0..length);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// The bits of a record at the places of a table.
fn key(record: &[u64], places: &[u32]) -> u32 {
    places.iter().fold(0, |key, place| key << 1 | (record[*place as usize / 64] >> (place % 64) & 1) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records of which the second file has each with so many bits in a thousand turned.
    fn files(count: usize, turned: u32) -> (Encoded, Encoded) {
        let mut random = kekiz_base::stream::stream(3, 0);
        let words: Vec<u64> = (0..count * 8).map(|_| random.random()).collect();
        let mut turn = |word: &u64| {
            let mask = (0..64)
                .fold(0, |mask: u64, bit| mask | u64::from(random.random_range(0..1000_u32) < turned) << bit);
            word ^ mask
        };
        let other = words.iter().map(&mut turn).collect();
        (Encoded::new(8, words), Encoded::new(8, other))
    }

    #[test]
    fn what_is_promised_is_found_and_nothing_else() {
        let (left, right) = files(4_000, 120);
        let all = similar(&left, &right, 0.8);
        assert!(all.len() > 3_900, "{}", all.len());
        for recall in [0.8, 0.95, 0.99] {
            let (_, preselection) = Preselection::cheapest(&left, &right, 0.8, recall).unwrap();
            let found = by_tables(&left, &right, 0.8, preselection, 1);
            assert!(found.compared < 4_000 * 4_000 / 5, "{}", found.compared);
            assert!(found.pairs.iter().all(|pair| all.contains(pair)));
            assert!(found.pairs.len() as f64 >= recall * all.len() as f64, "{recall}: {}", found.pairs.len());
            let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
            let one = pool.install(|| by_tables(&left, &right, 0.8, preselection, 1));
            assert_eq!(one, found);
        }
    }

    #[test]
    fn small_files_are_compared_wholly() {
        let (left, right) = files(20, 100);
        let found = similar_preselected(&left, &right, 0.8, 0.99, 1);
        assert_eq!((found.preselection, found.compared), (None, 400));
        assert_eq!(found.pairs, similar(&left, &right, 0.8));
        let none = similar_preselected(&left, &Encoded::new(8, vec![]), 0.8, 0.99, 1);
        assert_eq!((none.pairs.len(), none.compared), (0, 0));
        let shorter = Encoded::new(4, vec![0; 8]);
        assert_eq!(similar_preselected(&left, &shorter, 0.8, 0.99, 1).compared, 0);
    }
}

//! Sums that nobody declared, found in the numbers.
//!
//! Columns of numbers that depend on each other linearly give each other away, whatever they are called. All dependencies
//! are found at once: the null space of the table is computed by elimination modulo a prime on random combinations of its
//! rows, the smallest columns first, so that a whole comes out as the sum of its parts. What is found is checked against
//! every row. Dependencies with coefficients other than 1 and -1 (twice, half) are left out.
//!
//! Theorem: when the rows have the rank of the true dependencies and every column outside a basis of smallest columns is a
//! signed sum of basis columns, every linear relation between the columns is a combination of those found here.

use std::collections::{BTreeMap, BTreeSet};

/// Columns with their sign; the signed sum of their numbers is 0 in every row.
pub(crate) type Linear = Vec<(usize, i8)>;

/// 2^61 - 1, a prime.
const PRIME: u64 = (1 << 61) - 1;
/// Rows there must be beyond the columns, so that chance does not pass for structure.
const SPARE: usize = 6;
/// Rows in which at least two members count something.
const EVIDENCE: usize = 3;
/// Columns beyond this are not searched (elimination costs their cube).
const MOST_COLUMNS: usize = 400;
/// Patterns of known columns that are searched, the most frequent first.
const PATTERNS: usize = 12;

/// All signed sums among columns that hold in every row where all their members are known.
///
/// `rows` are as long as there are columns. Nothing is found among fewer rows than columns and a few to spare.
pub(crate) fn dependencies(rows: &[Vec<Option<i64>>]) -> Vec<Linear> {
    let mut patterns: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
    for row in rows {
        let known: Vec<usize> = (0..row.len()).filter(|&column| row[column].is_some()).collect();
        if known.len() >= 2 {
            *patterns.entry(known).or_default() += 1;
        }
    }
    let mut patterns: Vec<(usize, Vec<usize>)> =
        patterns.into_iter().map(|(columns, count)| (count, columns)).collect();
    patterns.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut found = BTreeSet::new();
    for (_, columns) in patterns.into_iter().take(PATTERNS) {
        let known: Vec<Vec<i64>> = rows
            .iter()
            .filter_map(|row| columns.iter().map(|&column| row[column]).collect::<Option<Vec<i64>>>())
            .collect();
        found.extend(among(&columns, &known));
    }
    let holds = |linear: &Linear| rows.iter().all(|row| sum(row, linear).is_none_or(|sum| sum == 0));
    let mut found: Vec<Linear> = found.into_iter().filter(holds).collect();
    // The shortest first: they say most, and the others may follow from them.
    found.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    independent(&[], found)
}

/// The signed sum of a row; `None` where a member is unknown.
fn sum(row: &[Option<i64>], linear: &Linear) -> Option<i64> {
    linear.iter().map(|&(column, sign)| row[column].map(|number| i64::from(sign) * number)).sum()
}

/// Dependencies among columns that are known in all rows.
fn among(columns: &[usize], rows: &[Vec<i64>]) -> Vec<Linear> {
    let size = |slot: usize| rows.iter().map(|row| u128::from(row[slot].unsigned_abs())).sum::<u128>();
    let mut order: Vec<(u128, usize)> =
        (0..columns.len()).map(|slot| (size(slot), slot)).filter(|(size, _)| *size > 0).collect();
    order.sort_unstable();
    if order.len() < 2 || order.len() > MOST_COLUMNS || rows.len() < order.len() + SPARE {
        return Vec::new();
    }
    let mixed: Vec<Vec<u64>> = (0..order.len() + SPARE)
        .map(|mix| {
            let mut sums = vec![0u64; order.len()];
            for (number, row) in rows.iter().enumerate() {
                let weight = weight(mix as u64, number as u64);
                for (sum, &(_, slot)) in sums.iter_mut().zip(&order) {
                    *sum = add(*sum, times(weight, residue(row[slot])));
                }
            }
            sums
        })
        .collect();
    let linear = |combination: Vec<(usize, i8)>| -> Linear {
        let mut linear: Linear =
            combination.into_iter().map(|(place, sign)| (columns[order[place].1], sign)).collect();
        linear.sort_unstable();
        linear
    };
    let enough = |combination: &Vec<(usize, i8)>| {
        let alive = |row: &&Vec<i64>| {
            combination.iter().filter(|(place, _)| row[order[*place].1] != 0).take(3).count() >= 2
        };
        rows.iter().filter(alive).take(EVIDENCE).count() == EVIDENCE
    };
    null_space(mixed).into_iter().filter(enough).map(linear).collect()
}

/// Keeps of further relations those that do not follow from known ones; all are over the same columns.
pub(crate) fn independent(known: &[Linear], further: Vec<Linear>) -> Vec<Linear> {
    if further.is_empty() {
        return further;
    }
    let mut basis: BTreeMap<usize, BTreeMap<usize, u64>> = BTreeMap::new();
    let mut fresh = |linear: &Linear| -> bool {
        let mut vector: BTreeMap<usize, u64> =
            linear.iter().map(|&(column, sign)| (column, residue(i64::from(sign)))).collect();
        while let Some((&lead, &factor)) = vector.first_key_value() {
            let Some(row) = basis.get(&lead) else {
                let inverse = power(factor, PRIME - 2);
                let row = vector.into_iter().map(|(column, value)| (column, times(value, inverse)));
                basis.insert(lead, row.collect());
                return true;
            };
            for (&column, &value) in row {
                let entry = vector.entry(column).or_default();
                *entry = add(*entry, PRIME - times(factor, value));
            }
            vector.retain(|_, value| *value != 0);
        }
        false
    };
    for linear in known {
        fresh(linear);
    }
    further.into_iter().filter(|linear| fresh(linear)).collect()
}

/// For every column that depends on columns before it: the combination, where its coefficients are 1 and -1.
fn null_space(mut rows: Vec<Vec<u64>>) -> Vec<Vec<(usize, i8)>> {
    let columns = rows.first().map_or(0, Vec::len);
    let mut pivots: Vec<usize> = Vec::new();
    let mut found = Vec::new();
    for column in 0..columns {
        let rank = pivots.len();
        match (rank..rows.len()).find(|&row| rows[row][column] != 0) {
            Some(row) => {
                rows.swap(rank, row);
                let inverse = power(rows[rank][column], PRIME - 2);
                let lead: Vec<u64> = rows[rank].iter().map(|&value| times(value, inverse)).collect();
                for (other, row) in rows.iter_mut().enumerate() {
                    let factor = row[column];
                    if other != rank && factor != 0 {
                        for (value, &lead) in row.iter_mut().zip(&lead).skip(column) {
                            *value = add(*value, PRIME - times(factor, lead));
                        }
                    }
                }
                rows[rank] = lead;
                pivots.push(column);
            }
            None => {
                // column = Σ coefficient · pivot
                let mut combination = vec![(column, -1i8)];
                let signed = pivots.iter().enumerate().try_for_each(|(rank, &pivot)| {
                    match rows[rank][column] {
                        0 => {}
                        1 => combination.push((pivot, 1)),
                        value if value == PRIME - 1 => combination.push((pivot, -1)),
                        _ => return None,
                    }
                    Some(())
                });
                if signed.is_some() && combination.len() >= 2 {
                    found.push(combination);
                }
            }
        }
    }
    found
}

fn residue(number: i64) -> u64 {
    let rest = number.unsigned_abs() % PRIME;
    if number < 0 && rest > 0 { PRIME - rest } else { rest }
}

fn add(a: u64, b: u64) -> u64 {
    let sum = a + b;
    if sum >= PRIME { sum - PRIME } else { sum }
}

fn times(a: u64, b: u64) -> u64 {
    (u128::from(a) * u128::from(b) % u128::from(PRIME)) as u64
}

fn power(mut base: u64, mut exponent: u64) -> u64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, base);
        }
        base = times(base, base);
        exponent >>= 1;
    }
    result
}

/// A fixed number per row and mix that looks random (SplitMix64, Steele, Lea and Flood 2014).
fn weight(mix: u64, row: u64) -> u64 {
    let mut z = (mix << 40 ^ row).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    residue(((z ^ (z >> 31)) >> 4) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn known(rows: &[[i64; 6]]) -> Vec<Vec<Option<i64>>> {
        rows.iter().map(|row| row.iter().map(|&number| Some(number)).collect()).collect()
    }

    #[test]
    fn few_rows_tell_nothing() {
        assert!(dependencies(&[]).is_empty());
        assert!(dependencies(&known(&[[1, 2, 3, 4, 5, 6]; 4])).is_empty());
    }

    proptest! {
        /// Two wholes of four random parts are found as what they are, and nothing else is.
        #[test]
        fn wholes_are_found_among_random_parts(
            seed in any::<u64>(),
            length in 14usize..40,
            second in prop::sample::subsequence(vec![0usize, 1, 2, 3], 2..4),
            missing in 0usize..6,
        ) {
            let part = |row: usize, part: u64| (weight(seed >> 30 ^ part, row as u64) % 2000) as i64;
            let rows: Vec<[i64; 6]> = (0..length)
                .map(|row| {
                    let parts = [0, 1, 2, 3].map(|number| part(row, number));
                    let half = second.iter().map(|&i| parts[i]).sum();
                    [parts[0], parts[1], parts[2], parts[3], parts.iter().sum(), half]
                })
                .collect();
            let mut rows = known(&rows);
            rows[0][missing] = None;
            let found = dependencies(&rows);
            let mut expected = vec![second.iter().map(|&i| (i, 1i8)).chain([(5, -1)]).collect::<Linear>()];
            expected.push(vec![(0, 1), (1, 1), (2, 1), (3, 1), (4, -1)]);
            prop_assert_eq!(found.len(), 2);
            prop_assert!(independent(&expected, found).is_empty());
        }
    }
}

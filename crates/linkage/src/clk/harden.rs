//! Hardening against attacks by frequency.

/// A bit field joined with its complement, in an order that follows from `permutation` (a permutation of
/// `0..2 * bits`): exactly half of the result are ones, whatever the value, so that neither the number of ones nor
/// common patterns of few ones tell a rare name from a common one.
///
/// Source: Schnell, R. and Borgs, C. (2016), Randomized response and balanced Bloom filters for privacy preserving
/// record linkage, IEEE ICDMW.
pub fn balance(field: &[u64], permutation: &[u32]) -> Vec<u64> {
    let bits = field.len() * 64;
    let mut out = vec![0; field.len() * 2];
    for (to, from) in permutation.iter().enumerate() {
        let from = *from as usize;
        let bit = if from < bits { get(field, from) } else { !get(field, from - bits) };
        if bit && to < bits * 2 {
            out[to / 64] |= 1 << (to % 64);
        }
    }
    out
}

/// The two halves of a bit field overlaid by exclusive or: a one of the result may come from either half, so that
/// bits can no longer be read as "this pair of letters is there".
///
/// Source: Schnell, R. and Borgs, C. (2016), XOR-folding for Bloom filter-based encryptions for privacy-preserving
/// record linkage, German Record Linkage Center WP-2016-04. A field of an odd number of words stays as it is.
pub fn xor_fold(field: &[u64]) -> Vec<u64> {
    if field.len() % 2 == 1 {
        return field.to_vec();
    }
    let (a, b) = field.split_at(field.len() / 2);
    a.iter().zip(b).map(|(a, b)| a ^ b).collect()
}

fn get(field: &[u64], bit: usize) -> bool {
    field[bit / 64] >> (bit % 64) & 1 == 1
}

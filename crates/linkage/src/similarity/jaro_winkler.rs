//! Jaro and Jaro–Winkler.

/// Jaro's similarity of two texts, compared byte by byte (meant for [`crate::text::latin`] texts): 0 for nothing in
/// common, 1 for equal texts; two empty texts are equal, an empty and a filled one have nothing in common.
///
/// Source: Jaro, M. A. (1989), JASA 84, 414–420; letters match within half the longer length less one, as in
/// Winkler's reference code.
pub fn jaro(a: &[u8], b: &[u8]) -> f64 {
    if a.len() <= 64 && b.len() <= 64 { jaro_short(a, b) } else { jaro_long(a, b) }
}

/// Jaro–Winkler: [`jaro`] raised by a tenth of what is missing to 1 for each of up to four equal first letters, where
/// Jaro is above 0.7.
///
/// Source: Winkler, W. E. (1990), String comparator metrics and enhanced decision rules in the Fellegi–Sunter model.
/// The boost threshold 0.7 is Winkler's; some packages boost always.
pub fn jaro_winkler(a: &[u8], b: &[u8]) -> f64 {
    let jaro = jaro(a, b);
    if jaro <= 0.7 {
        return jaro;
    }
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    jaro + 0.1 * prefix as f64 * (1.0 - jaro)
}

fn window(a: &[u8], b: &[u8]) -> usize {
    (a.len().max(b.len()) / 2).saturating_sub(1)
}

fn combine(matches: usize, half_transpositions: usize, a: usize, b: usize) -> f64 {
    if matches == 0 {
        return if a == 0 && b == 0 { 1.0 } else { 0.0 };
    }
    let m = matches as f64;
    // Adding the shares of the shorter text first keeps the result the same when a and b are exchanged.
    let (short, long) = (a.min(b) as f64, a.max(b) as f64);
    (m / short + m / long + (m - (half_transpositions / 2) as f64) / m) / 3.0
}

/// Positions as bits of a word: which of `a` are taken is one mask, and a search for the next equal letter is one
/// intersection with the letter's positions.
fn jaro_short(a: &[u8], b: &[u8]) -> f64 {
    // The lesser text first, so that the greedy pairing does not depend on the order of the arguments.
    let (a, b) = if (a.len(), a) <= (b.len(), b) { (a, b) } else { (b, a) };
    let mut places = [0_u64; 64];
    for (at, letter) in a.iter().enumerate() {
        places[usize::from(letter & 63)] |= 1 << at;
    }
    let reach = window(a, b);
    let (mut taken_a, mut taken_b) = (0_u64, 0_u64);
    for (at, letter) in b.iter().enumerate() {
        let low = at.saturating_sub(reach);
        if low >= a.len() {
            break;
        }
        let width = at + reach + 1 - low;
        let near = if width >= 64 { u64::MAX } else { (1_u64 << width) - 1 } << low;
        let mut free = places[usize::from(letter & 63)] & near & !taken_a;
        // Two letters may share a slot of the table (such as capitals); look until the letter is the same.
        while free != 0 {
            let place = free.trailing_zeros() as usize;
            if a[place] == *letter {
                taken_a |= 1 << place;
                taken_b |= 1 << at;
                break;
            }
            free &= free - 1;
        }
    }
    let (mut left, mut right, mut moved, mut matches) = (taken_a, taken_b, 0, 0);
    while left != 0 && right != 0 {
        moved += usize::from(a[left.trailing_zeros() as usize] != b[right.trailing_zeros() as usize]);
        matches += 1;
        left &= left - 1;
        right &= right - 1;
    }
    combine(matches, moved, a.len(), b.len())
}

fn jaro_long(a: &[u8], b: &[u8]) -> f64 {
    let (a, b) = if (a.len(), a) <= (b.len(), b) { (a, b) } else { (b, a) };
    let reach = window(a, b);
    let mut taken = vec![false; a.len()];
    let mut right = Vec::new();
    for (at, letter) in b.iter().enumerate() {
        let near = at.saturating_sub(reach)..(at + reach + 1).min(a.len());
        if let Some(place) = near.into_iter().find(|place| !taken[*place] && a[*place] == *letter) {
            taken[place] = true;
            right.push(*letter);
        }
    }
    let left = a.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(letter, _)| letter);
    let moved = left.zip(&right).filter(|(x, y)| x != y).count();
    combine(right.len(), moved, a.len(), b.len())
}

#[cfg(test)]
mod tests {
    use super::{jaro, jaro_long, jaro_short, jaro_winkler};

    /// jellyfish 1.2 `jaro_similarity`, `jaro_winkler_similarity`; the first three are in Winkler's papers.
    #[test]
    fn published_similarities() {
        for (a, b, plain, winkler) in [
            ("martha", "marhta", 0.944_444, 0.961_111),
            ("dixon", "dicksonx", 0.766_667, 0.813_333),
            ("jellyfish", "smellyfish", 0.896_296, 0.896_296),
            ("abc", "abc", 1.0, 1.0),
            ("abc", "xyz", 0.0, 0.0),
            ("", "", 1.0, 1.0),
            ("a", "", 0.0, 0.0),
        ] {
            let near = |x: f64, y: f64| (x - y).abs() < 1e-6;
            assert!(near(jaro(a.as_bytes(), b.as_bytes()), plain), "{a} {b}");
            assert!(near(jaro_winkler(a.as_bytes(), b.as_bytes()), winkler), "{a} {b}");
        }
    }

    #[test]
    fn words_and_long_texts_agree() {
        for (a, b) in
            [("hauptstr 12", "haupstr 21"), ("anna lena", "lena anna"), ("aaaa", "aa"), ("ab", "ba")]
        {
            let [a, b] = [a.as_bytes(), b.as_bytes()];
            assert_eq!(jaro_short(a, b).to_bits(), jaro_long(a, b).to_bits());
        }
    }
}

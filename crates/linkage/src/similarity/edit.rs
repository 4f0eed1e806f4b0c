//! Damerau–Levenshtein.

/// Number of insertions, deletions, substitutions and exchanges of neighbours that turn one text into the other,
/// where letters may be edited again after an exchange (the unrestricted distance, a metric).
///
/// Source: Lowrance, R. and Wagner, R. A. (1975), Journal of the ACM 22, 177–183. Bytes are compared; meant for
/// [`crate::text::latin`] texts.
pub fn damerau_levenshtein(a: &[u8], b: &[u8]) -> usize {
    let (a, b) = unequal_middle(a, b);
    whole(a, b)
}

/// Whether [`damerau_levenshtein`] is at most `most`, found without filling the table where lengths already differ
/// by more.
pub fn damerau_levenshtein_within(a: &[u8], b: &[u8], most: usize) -> bool {
    if a.len().abs_diff(b.len()) > most {
        return false;
    }
    let (a, b) = unequal_middle(a, b);
    if a.is_empty() || b.is_empty() {
        return a.len().max(b.len()) <= most;
    }
    if most == 0 {
        return false;
    }
    if most == 1 {
        // Nothing is equal at both ends: one substitution or one exchange, or more than one edit.
        return match (a, b) {
            ([_], [_]) => true,
            ([x, y], [v, w]) => x == w && y == v,
            _ => false,
        };
    }
    whole(a, b) <= most
}

/// The texts without their common beginning and end, which no shortest edit touches.
fn unequal_middle<'a>(mut a: &'a [u8], mut b: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    while let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b)
        && x == y
    {
        (a, b) = (rest_a, rest_b);
    }
    while let ([rest_a @ .., x], [rest_b @ .., y]) = (a, b)
        && x == y
    {
        (a, b) = (rest_a, rest_b);
    }
    (a, b)
}

fn whole(a: &[u8], b: &[u8]) -> usize {
    if a.is_empty() || b.is_empty() {
        return a.len().max(b.len());
    }
    let width = b.len() + 2;
    let far = a.len() + b.len();
    let mut table = vec![0_usize; (a.len() + 2) * width];
    let at = |i: usize, j: usize| i * width + j;
    table[0] = far;
    for i in 0..=a.len() {
        table[at(i + 1, 0)] = far;
        table[at(i + 1, 1)] = i;
    }
    for j in 0..=b.len() {
        table[at(0, j + 1)] = far;
        table[at(1, j + 1)] = j;
    }
    // The last row in which each letter stood.
    let mut last_row = [0_usize; 256];
    for i in 1..=a.len() {
        let mut last_column = 0;
        for j in 1..=b.len() {
            let row = last_row[usize::from(b[j - 1])];
            let column = last_column;
            let equal = a[i - 1] == b[j - 1];
            let substitute = table[at(i, j)] + usize::from(!equal);
            let insert = table[at(i + 1, j)] + 1;
            let delete = table[at(i, j + 1)] + 1;
            let exchange = table[at(row, column)] + (i - row - 1) + 1 + (j - column - 1);
            table[at(i + 1, j + 1)] = substitute.min(insert).min(delete).min(exchange);
            if equal {
                last_column = j;
            }
        }
        last_row[usize::from(a[i - 1])] = i;
    }
    table[at(a.len() + 1, b.len() + 1)]
}

#[cfg(test)]
mod tests {
    use super::{damerau_levenshtein, damerau_levenshtein_within};

    /// jellyfish 1.2 `damerau_levenshtein_distance`; "ca", "abc" tells the unrestricted distance from the optimal
    /// string alignment, which is 3.
    #[test]
    fn known_distances() {
        for (a, b, distance) in [
            ("ca", "abc", 2),
            ("kitten", "sitting", 3),
            ("fsih", "fish", 1),
            ("mueller", "muellre", 1),
            ("", "abc", 3),
            ("", "", 0),
            ("abcdef", "badcfe", 3),
        ] {
            assert_eq!(damerau_levenshtein(a.as_bytes(), b.as_bytes()), distance, "{a} {b}");
            for most in 0..4 {
                assert_eq!(damerau_levenshtein_within(a.as_bytes(), b.as_bytes(), most), distance <= most);
            }
        }
    }
}

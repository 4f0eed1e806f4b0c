//! Suggestions for misspelt names.

/// The known name nearest to what was found, if it is near enough to be a slip: at most one edit in three letters,
/// upper and lower case alike. Ties go to the first.
pub fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters: Vec<char> = found.to_lowercase().chars().take(100).collect();
    let allowed = (letters.len() / 3).max(1);
    known
        .into_iter()
        .map(|name| (distance(&letters, name), name))
        .filter(|(edits, _)| *edits <= allowed)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

/// Edits between two words: insert, delete, replace, or swap neighbours (optimal string alignment).
fn distance(found: &[char], name: &str) -> usize {
    let name: Vec<char> = name.to_lowercase().chars().take(100).collect();
    let width = name.len() + 1;
    let mut rows = vec![vec![0_usize; width]; found.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=found.len() {
        for j in 1..width {
            let same = found[i - 1] == name[j - 1];
            let mut best =
                (rows[i - 1][j - 1] + usize::from(!same)).min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && found[i - 1] == name[j - 2] && found[i - 2] == name[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[found.len()][width - 1]
}

/// A list for a sentence: `a, b und c`; more than `limit` names are cut with how many are left.
pub(crate) fn list<T: AsRef<str>>(names: &[T], limit: usize) -> String {
    let shown: Vec<&str> = names.iter().take(limit).map(AsRef::as_ref).collect();
    let left = names.len().saturating_sub(limit);
    match (shown.split_last(), left) {
        (None, _) => String::new(),
        (Some((last, [])), 0) => (*last).to_string(),
        (Some((last, first)), 0) => format!("{} und {last}", first.join(", ")),
        (Some(_), left) => format!("{} und {left} weitere", shown.join(", ")),
    }
}

/// A number with its noun: `1 Gebiet`, `3 Gebiete`.
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", kekiz_base::number::german(number as f64, 0), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::{list, nearest};

    #[test]
    fn slips_find_their_name_and_strangers_do_not() {
        let known = ["bev_u18", "bev_u3", "sgb2_u18", "sgb2_u15"];
        for (found, expected) in [
            ("bev_u81", Some("bev_u18")),
            ("sgbii_u18", Some("sgb2_u18")),
            ("BEV_U3", Some("bev_u3")),
            ("arbeitslose", None),
            ("", None),
        ] {
            assert_eq!(nearest(found, known), expected, "{found}");
        }
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(list(&["a"], 3), "a");
        assert_eq!(list(&["a", "b", "c"], 3), "a, b und c");
        assert_eq!(list(&["a", "b", "c", "d"], 2), "a, b und 2 weitere");
    }
}

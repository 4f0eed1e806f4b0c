//! Search over areas, indicators and facilities.

use crate::{Atlas, naming};
use kekiz_base::{Area, Level};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HitKind {
    /// An area; `id` is its key.
    Area,
    /// An indicator; `id` is its name.
    Indicator,
    /// A facility; `id` is `layer/id`.
    Facility,
}

/// One hit.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Hit {
    /// What it is.
    pub kind: HitKind,
    /// Key or name.
    pub id: String,
    /// Title to show.
    pub title: String,
    /// What it is and where (`Stadtteil in Krefeld`).
    pub context: String,
    /// How well it fits: 1 exact, smaller is worse.
    pub score: f64,
}

/// What can be found, with its words already folded.
struct Entry {
    kind: HitKind,
    id: String,
    title: String,
    context: String,
    /// The whole title, folded.
    folded: String,
    words: Vec<String>,
    /// Further words (plain title, theme) that count less.
    more: Vec<String>,
    /// Breaks ties: larger areas first.
    weight: f64,
}

/// Everything that can be found.
pub(crate) struct SearchIndex {
    entries: Vec<Entry>,
}

/// Longest query read; what follows is ignored.
const LONGEST: usize = 100;
/// Hits given at most.
const MOST: usize = 30;

impl SearchIndex {
    pub(crate) fn of(atlas: &Atlas) -> Self {
        let mut entries = Vec::new();
        // A kreisfreie Stadt is found once, as the Gemeinde; its page has the figures of the Kreis too.
        let once = |area: &&Area| area.level != Level::Kreis || atlas.twin(&area.key).is_none();
        for area in atlas.tree().iter().filter(once) {
            let context = match atlas.above(&area.key).next() {
                Some(above) => format!("{} {}", area.level.singular(), naming::inside(&above.name)),
                None => area.level.singular().to_string(),
            };
            let level = area.level as usize as f64;
            let people = atlas.population(&area.key).unwrap_or(0.0).max(1.0).log10() / 10.0;
            entries.push(entry(
                HitKind::Area,
                area.key.to_string(),
                area.name.clone(),
                context,
                "",
                people - level / 10.0,
            ));
        }
        for meta in atlas.indicators() {
            let more = format!("{} {} {}", meta.plain_title, meta.life_area, meta.id);
            let context = format!("Indikator, {}", meta.life_area);
            entries.push(entry(
                HitKind::Indicator,
                meta.id.to_string(),
                meta.title.clone(),
                context,
                &more,
                1.0,
            ));
        }
        for layer in atlas.facility_layers() {
            for facility in &layer.facilities {
                let context = match &facility.area {
                    Some(key) => {
                        let area = atlas.tree().get(key).map_or_else(|| key.to_string(), |a| a.name.clone());
                        format!("{} in {area}", facility.kind)
                    }
                    None => facility.kind.clone(),
                };
                entries.push(entry(
                    HitKind::Facility,
                    format!("{}/{}", layer.id, facility.id),
                    facility.name.clone(),
                    context,
                    "",
                    -2.0,
                ));
            }
        }
        Self { entries }
    }

    fn find(&self, text: &str, accept: impl Fn(HitKind) -> bool) -> Vec<Hit> {
        let text: String = text.trim().chars().take(LONGEST).collect();
        let query = fold(&text);
        let words: Vec<&str> = query.split(' ').filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(f64, f64, &Entry)> = self
            .entries
            .iter()
            .filter(|entry| accept(entry.kind))
            .filter_map(|entry| {
                let score = score(entry, &text, &query, &words)?;
                Some((score, entry.weight, entry))
            })
            .collect();
        found.sort_by(|a, b| {
            b.0.total_cmp(&a.0)
                .then_with(|| b.1.total_cmp(&a.1))
                .then_with(|| a.2.title.cmp(&b.2.title))
                .then_with(|| a.2.id.cmp(&b.2.id))
        });
        found
            .into_iter()
            .take(MOST)
            .map(|(score, _, entry)| Hit {
                kind: entry.kind,
                id: entry.id.clone(),
                title: entry.title.clone(),
                context: entry.context.clone(),
                score,
            })
            .collect()
    }
}

fn entry(kind: HitKind, id: String, title: String, context: String, more: &str, weight: f64) -> Entry {
    let folded = fold(&title);
    let words = folded.split(' ').filter(|word| !word.is_empty()).map(str::to_string).collect();
    let more = fold(more).split(' ').filter(|word| !word.is_empty()).map(str::to_string).collect();
    Entry { kind, id, title, context, folded, words, more, weight }
}

/// Small letters and digits only, umlauts and their written-out forms alike (`ä`, `ae` and `a` become `a`, `ß` and `ss` become `s`),
/// everything else one space.
pub(crate) fn fold(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' | 'á' | 'à' | 'â' => plain.push('a'),
            'ö' | 'ó' | 'ò' | 'ô' => plain.push('o'),
            'ü' | 'ú' | 'ù' | 'û' => plain.push('u'),
            'é' | 'è' | 'ê' | 'ë' => plain.push('e'),
            'ß' => plain.push('s'),
            c if c.is_alphanumeric() => plain.push(c),
            _ if !plain.ends_with(' ') => plain.push(' '),
            _ => {}
        }
    }
    let mut out = String::with_capacity(plain.len());
    for c in plain.trim().chars() {
        let twin = match c {
            'e' => out.ends_with(['a', 'o', 'u']),
            's' => out.ends_with('s'),
            _ => false,
        };
        if !twin {
            out.push(c);
        }
    }
    out
}

/// How well an entry fits: 1 its name or key, then beginnings, parts, and words with a typing error.
fn score(entry: &Entry, text: &str, query: &str, words: &[&str]) -> Option<f64> {
    let own_id = entry.id.rsplit('/').next().unwrap_or(&entry.id);
    if own_id == text || entry.folded == query {
        return Some(1.0);
    }
    let digits = text.len() >= 2 && text.bytes().all(|b| b.is_ascii_digit());
    if digits && own_id.starts_with(text) {
        return Some(0.8);
    }
    if entry.folded.starts_with(query) {
        return Some(0.9);
    }
    let mut total = 0.0;
    for word in words {
        let best = entry
            .words
            .iter()
            .map(|own| (own, 1.0))
            .chain(entry.more.iter().map(|own| (own, 0.8)))
            .filter_map(|(own, weight)| word_score(word, own, entry.kind).map(|score| score * weight))
            .fold(0.0, f64::max);
        if best == 0.0 {
            return None;
        }
        total += best;
    }
    Some(0.85 * total / words.len() as f64)
}

fn word_score(word: &str, own: &str, kind: HitKind) -> Option<f64> {
    if own == word {
        return Some(0.95);
    }
    if own.starts_with(word) {
        return Some(0.85);
    }
    let length = word.chars().count();
    if length >= 4 && own.contains(word) {
        return Some(0.6);
    }
    // Typing errors: one from four letters, two from eight. The many facilities need the right letters.
    let allowed = match length {
        0..=3 => return None,
        4..=7 => 1,
        _ => 2,
    };
    if kind == HitKind::Facility {
        return None;
    }
    let whole = distance(word, own, allowed);
    let start: String = own.chars().take(length).collect();
    let errors = whole.or_else(|| distance(word, &start, allowed).map(|errors| errors + 1))?;
    Some((0.55 - 0.1 * errors as f64).max(0.1))
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment); `None` beyond `most`.
/// Source: F. J. Damerau, "A technique for computer detection and correction of spelling errors", CACM 7 (1964).
fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1; b.len() + 1];
        for (j, y) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(x != y);
            row[j + 1] = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *y && b[j - 1] == *x {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|found| *found <= most)
}

impl Atlas {
    /// Areas, indicators and facilities that fit a text, the best first, at most 30. Umlauts may be written out
    /// or left off; the beginning of a word is enough; longer words may have a typing error; an area is also
    /// found by its key.
    pub fn search(&self, text: &str) -> Vec<Hit> {
        self.search_index().find(text, |_| true)
    }

    pub(crate) fn similar_areas(&self, text: &str) -> Vec<String> {
        let hits = self.search_index().find(text, |kind| kind == HitKind::Area);
        hits.into_iter().take(3).map(|hit| format!("{} ({})", hit.id, hit.title)).collect()
    }

    pub(crate) fn similar_indicators(&self, text: &str) -> Vec<String> {
        let hits = self.search_index().find(text, |kind| kind == HitKind::Indicator);
        hits.into_iter().take(3).map(|hit| hit.id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn umlauts_fold() {
        for (a, b) in [
            ("Köln", "koeln"),
            ("Köln", "koln"),
            ("Große Straße", "grosse strasse"),
            ("Mönchengladbach", "moenchengladbach"),
            ("St.-Tönis", "st toenis"),
            ("Düren", "DUEREN"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
        assert_eq!(fold(" –— "), "");
    }

    #[test]
    fn typing_errors_are_counted() {
        for (a, b, most, expected) in [
            ("krefeld", "krefeld", 1, Some(0)),
            ("krefedl", "krefeld", 1, Some(1)),
            ("kefeld", "krefeld", 1, Some(1)),
            ("kreffeld", "krefeld", 1, Some(1)),
            ("kxefxld", "krefeld", 1, None),
            ("", "ab", 2, Some(2)),
        ] {
            assert_eq!(distance(a, b, most), expected, "{a} {b}");
        }
    }
}

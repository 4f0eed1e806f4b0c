//! „Meinten Sie …?“

use super::explain::as_written;
use super::matching::Matched;
use super::understand::{Expansion, How, similar};
use crate::SearchError;
use crate::index::{Part, Snapshot};
use crate::stem::Analyser;

/// How many times more offers a similar word must have before a word that exists is doubted.
const DOUBT: usize = 20;

/// The typed text with words corrected that no offer has, or hardly any while a similar word is common. `None` when
/// there is nothing to correct. Of equally near words the one in most offers wins, then the first in the alphabet.
pub(crate) fn did_you_mean(
    snapshot: &Snapshot,
    typed: &[String],
    matched: &[Matched],
    analyser: &mut Analyser,
) -> Result<Option<String>, SearchError> {
    let mut text = typed.to_vec();
    let mut changed = false;
    for one in matched {
        let doubted = !one.by_typo()
            && one.direct_rows > 0
            && one.direct_rows <= 2
            && one.token.folded.chars().count() >= 5;
        if !(one.by_typo() || one.rows == 0 || doubted) {
            continue;
        }
        let candidates = match one.by_typo() {
            true => one.expansions.iter().filter(|expansion| expansion.how == How::Typo).cloned().collect(),
            false => similar(&one.token, &snapshot.lexicon),
        };
        let Some((word, rows)) = most_common(snapshot, candidates, analyser)? else { continue };
        let related = {
            let folded = analyser.fold(&word);
            folded.contains(&one.token.folded) || one.token.folded.contains(&folded)
        };
        if doubted && (related || rows < DOUBT * one.direct_rows) {
            continue;
        }
        if let Some(place) = text.get_mut(one.token.place) {
            *place = word;
            changed = true;
        }
    }
    Ok(changed.then(|| text.join(" ")))
}

fn most_common(
    snapshot: &Snapshot,
    candidates: Vec<Expansion>,
    analyser: &mut Analyser,
) -> Result<Option<(String, usize)>, SearchError> {
    let mut best: Option<(usize, Expansion, Part, usize)> = None;
    for candidate in candidates {
        let mut rows: Vec<(usize, Part)> = Vec::new();
        for part in Part::ALL {
            snapshot.rows_with_phrase(part, &candidate.terms, &mut |row| rows.push((row, part)))?;
        }
        // The spelling is taken from the first offer by identifier, so it does not depend on the index's order.
        let ids = &snapshot.columns.ids;
        let first = rows.iter().copied().min_by(|a, b| ids[a.0].cmp(&ids[b.0]).then(a.1.cmp(&b.1)));
        rows.sort_unstable();
        rows.dedup_by_key(|(row, _)| *row);
        if let Some((row, part)) = first
            && best.as_ref().is_none_or(|(count, ..)| rows.len() > *count)
        {
            best = Some((rows.len(), candidate, part, row));
        }
    }
    let Some((count, candidate, part, row)) = best else { return Ok(None) };
    let entry = snapshot.entry(row)?;
    Ok(Some((as_written(&entry, part, &candidate, analyser), count)))
}

//! Why a hit is one, in sentences.

use super::matching::Matched;
use super::understand::Expansion;
pub use super::understand::How;
use crate::entry::Entry;
use crate::fold::words;
use crate::index::{Part, STEM, WORD, texts_of};
use crate::stem::Analyser;
use std::fmt;

/// One reason; its `Display` is a German sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// A word was found.
    Word {
        /// What was typed; several words when they were understood together.
        typed: String,
        /// What stands in the offer.
        found: String,
        /// How the one led to the other.
        how: How,
        /// Where it stands.
        part: Part,
    },
    /// Distance to the nearest place in metres.
    Near(f64),
    /// Needs no way.
    Remote,
    /// The age is one the offer names.
    Age,
    /// Passes a question about opening times (its label).
    Open(String),
    /// Not checked for long, so ranked lower.
    Greyed,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word { typed, found, how, part } => {
                let place = part.place();
                match how {
                    How::Word => write!(f, "„{found}“ steht {place}."),
                    How::Stem => write!(f, "„{found}“ {place} ist eine andere Form von „{typed}“."),
                    How::Compound => write!(f, "„{found}“ {place} ist ein Wort mit „{typed}“."),
                    How::Synonym => write!(f, "„{found}“ {place} passt zu „{typed}“."),
                    How::Part => write!(f, "„{found}“ {place} ist ein Teil von „{typed}“."),
                    How::Typo => write!(f, "„{found}“ {place} ist fast so geschrieben wie „{typed}“."),
                }
            }
            Self::Near(metres) => write!(f, "{} entfernt (Luftlinie).", distance(*metres)),
            Self::Remote => {
                f.write_str("Sie müssen dafür nirgendwohin: per Telefon, im Netz oder bei Ihnen.")
            }
            Self::Age => f.write_str("Das Angebot ist für dieses Alter."),
            Self::Open(label) => write!(f, "Passt zu „{label}“."),
            Self::Greyed => f.write_str("Lange nicht geprüft, deshalb weiter hinten."),
        }
    }
}

/// Metres as people say them: to 50 m under one kilometre, then in kilometres with a comma.
pub(crate) fn distance(metres: f64) -> String {
    let rounded = (metres / 50.0).round() * 50.0;
    if rounded < 1000.0 {
        format!("{rounded:.0} m")
    } else if metres < 10_000.0 {
        format!("{:.1} km", metres / 1000.0).replace('.', ",")
    } else {
        format!("{:.0} km", metres / 1000.0)
    }
}

/// Reasons from the words, in the order they were typed; words that led to the same place are named together.
pub(crate) fn word_reasons(
    entry: &Entry,
    row: usize,
    matched: &[Matched],
    analyser: &mut Analyser,
) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    for one in matched {
        let Some((expansion, part)) = one.reason(row) else { continue };
        let found = as_written(entry, part, expansion, analyser);
        let how = expansion.how;
        let together = reasons.iter_mut().find_map(|reason| match reason {
            Reason::Word { typed, found: f, how: h, part: p } if *f == found && *h == how && *p == part => {
                Some(typed)
            }
            _ => None,
        });
        match together {
            Some(typed) => {
                typed.push(' ');
                typed.push_str(&one.token.typed);
            }
            None => reasons.push(Reason::Word { typed: one.token.typed.clone(), found, how, part }),
        }
    }
    reasons
}

/// The words of a part that the terms stand for, as the offer writes them.
pub(crate) fn as_written(
    entry: &Entry,
    part: Part,
    expansion: &Expansion,
    analyser: &mut Analyser,
) -> String {
    for (tongue, text) in texts_of(entry, part) {
        let listed: Vec<&str> = words(text).collect();
        for run in listed.windows(expansion.terms.len()) {
            let fits = run.iter().zip(&expansion.terms).all(|(word, term)| {
                let (folded, stem) = analyser.fold_and_stem(tongue, word);
                term.strip_prefix(WORD).is_some_and(|wanted| wanted == *folded)
                    || term.strip_prefix(STEM).is_some_and(|wanted| wanted == *stem)
            });
            if fits {
                return run.join(" ");
            }
        }
    }
    expansion.terms.iter().map(|term| &term[1..]).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_said_as_people_say_them() {
        for (metres, said) in
            [(0.0, "0 m"), (333.0, "350 m"), (980.0, "1,0 km"), (1234.0, "1,2 km"), (45_600.0, "46 km")]
        {
            assert_eq!(distance(metres), said);
        }
    }
}

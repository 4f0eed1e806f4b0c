//! What parents say and what offers call it: a list that a municipality edits.
//!
//! The file (`data/portal/synonyme.toml`) has words to pass over and groups. In a group, who types one of `says` also
//! finds offers with one of `means`; words in `same` stand for one another. An expression of several words is
//! recognised when all of them are typed, in any order. Changes work from the next query on, without building
//! the index anew.

use crate::fold::words;
use crate::stem::{Analyser, Tongue};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Version of the file's format.
const VERSION: u32 = 1;

/// Why a list of synonyms cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SynonymError {
    /// Not TOML, or with other keys.
    #[error(
        "Die Wortliste „{file}“ ist nicht lesbar: {problem} Abhilfe: mit der mitgelieferten Datei vergleichen; oft fehlt ein Komma oder ein Anführungszeichen."
    )]
    Unreadable {
        /// File name.
        file: String,
        /// What the reader says, with line and column.
        problem: String,
    },
    /// Of another format.
    #[error(
        "Die Wortliste „{file}“ hat die Version {found}, dieses Programm liest Version 1. Abhilfe: „version = 1“ an den Anfang setzen oder das Programm erneuern."
    )]
    Version {
        /// File name.
        file: String,
        /// Version found.
        found: u32,
    },
    /// A group without effect.
    #[error(
        "In der Wortliste „{file}“ bewirkt Gruppe {number} („{topic}“) nichts. Abhilfe: unter „says“ und „means“ je mindestens ein Wort eintragen, oder unter „same“ mindestens zwei."
    )]
    Idle {
        /// File name.
        file: String,
        /// Which group, from 1.
        number: usize,
        /// Its topic.
        topic: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SynonymFile {
    version: u32,
    #[serde(default)]
    stop: Vec<String>,
    #[serde(default)]
    group: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    #[serde(default)]
    topic: String,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    means: Vec<String>,
    #[serde(default)]
    same: Vec<String>,
}

/// An expression that offers use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) text: String,
    pub(crate) stems: Vec<String>,
}

#[derive(Clone, Debug)]
struct Trigger {
    stems: Vec<String>,
    /// Targets with their place in the list, from 0: what stands first is meant most.
    targets: BTreeMap<usize, usize>,
}

/// Synonyms and words to pass over, ready for queries.
#[derive(Clone, Debug, Default)]
pub struct Synonyms {
    stop: BTreeSet<String>,
    targets: Vec<Target>,
    triggers: Vec<Trigger>,
    by_stem: HashMap<String, Vec<usize>>,
}

/// Stems of an expression, passed-over words left out unless nothing else is there.
fn stems_of(text: &str, stop: &BTreeSet<String>, analyser: &mut Analyser) -> Vec<String> {
    let pairs: Vec<(String, String)> = words(text)
        .map(|word| {
            let tongue = Tongue::of_script(word).unwrap_or(Tongue::German);
            analyser.fold_and_stem(tongue, word).clone()
        })
        .filter(|(folded, _)| !folded.is_empty())
        .collect();
    let telling: Vec<String> =
        pairs.iter().filter(|(folded, _)| !stop.contains(folded)).map(|(_, stem)| stem.clone()).collect();
    if telling.is_empty() { pairs.into_iter().map(|(_, stem)| stem).collect() } else { telling }
}

fn all_stems(text: &str, analyser: &mut Analyser) -> Vec<String> {
    stems_of(text, &BTreeSet::new(), analyser)
}

impl Synonyms {
    /// Reads a list; `file` names it in messages.
    pub fn read(file: &str, text: &str) -> Result<Self, SynonymError> {
        let read: SynonymFile = toml::from_str(text).map_err(|error| SynonymError::Unreadable {
            file: file.to_string(),
            problem: error.to_string().trim().replace('\n', " "),
        })?;
        if read.version != VERSION {
            return Err(SynonymError::Version { file: file.to_string(), found: read.version });
        }
        let mut analyser = Analyser::new();
        let mut synonyms = Synonyms {
            stop: read.stop.iter().map(|word| analyser.fold(word)).filter(|word| !word.is_empty()).collect(),
            ..Self::default()
        };
        let mut numbers: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        let mut triggers: BTreeMap<Vec<String>, BTreeMap<usize, usize>> = BTreeMap::new();
        let mut alike: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, group) in read.group.iter().enumerate() {
            if (group.says.is_empty() || group.means.is_empty()) && group.same.len() < 2 {
                let (number, topic) = (at + 1, group.topic.clone());
                return Err(SynonymError::Idle { file: file.to_string(), number, topic });
            }
            let mut number = |target: &String, analyser: &mut Analyser, synonyms: &mut Synonyms| {
                let stems = all_stems(target, analyser);
                let next = synonyms.targets.len();
                let number = *numbers.entry(stems.clone()).or_insert(next);
                if number == next {
                    synonyms.targets.push(Target { text: target.clone(), stems });
                }
                number
            };
            let means: Vec<usize> =
                group.means.iter().map(|t| number(t, &mut analyser, &mut synonyms)).collect();
            let same: Vec<usize> =
                group.same.iter().map(|t| number(t, &mut analyser, &mut synonyms)).collect();
            for (said, meant) in group
                .says
                .iter()
                .map(|said| (said, &means))
                .chain(group.same.iter().map(|said| (said, &same)))
            {
                let mut key = stems_of(said, &synonyms.stop, &mut analyser);
                let own = all_stems(said, &mut analyser);
                key.sort();
                key.dedup();
                let places =
                    meant.iter().filter(|target| synonyms.targets[**target].stems != own).enumerate();
                let targets = triggers.entry(key).or_default();
                for (place, target) in places {
                    let at = targets.entry(*target).or_insert(place);
                    *at = place.min(*at);
                }
            }
            alike.extend(same.iter().map(|target| (*target, same.clone())));
        }
        triggers.remove(&Vec::new());
        // Who means a Kita also means a Kindergarten: what stands for a target comes behind the whole list.
        for (key, targets) in &mut triggers {
            let behind = targets.len();
            let more: Vec<usize> =
                targets.keys().filter_map(|target| alike.get(target)).flatten().copied().collect();
            for target in more {
                let mut stems = synonyms.targets[target].stems.clone();
                stems.sort();
                if stems != *key {
                    targets.entry(target).or_insert(behind);
                }
            }
        }
        for (stems, targets) in triggers {
            for stem in &stems {
                synonyms.by_stem.entry(stem.clone()).or_default().push(synonyms.triggers.len());
            }
            synonyms.triggers.push(Trigger { stems, targets });
        }
        Ok(synonyms)
    }

    /// The list that comes with the program.
    pub fn shipped() -> Result<Self, SynonymError> {
        Self::read("data/portal/synonyme.toml", include_str!("../../../data/portal/synonyme.toml"))
    }

    /// How many expressions are recognised.
    pub fn len(&self) -> usize {
        self.triggers.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.triggers.is_empty()
    }

    pub(crate) fn is_stop(&self, folded: &str) -> bool {
        self.stop.contains(folded)
    }

    /// For every stem of a query, what offers may call it, each with its place in the list. An expression counts when
    /// all of its stems are there; its meanings then belong to each of them.
    pub(crate) fn meanings(&self, stems: &[String]) -> Vec<Vec<(&Target, usize)>> {
        let present: BTreeSet<&String> = stems.iter().collect();
        let of_stem = |stem: &String| {
            let numbers = self.by_stem.get(stem).map(Vec::as_slice).unwrap_or_default();
            let mut places: BTreeMap<usize, usize> = BTreeMap::new();
            for trigger in numbers.iter().map(|number| &self.triggers[*number]) {
                if trigger.stems.iter().all(|needed| present.contains(needed)) {
                    for (target, place) in &trigger.targets {
                        let at = places.entry(*target).or_insert(*place);
                        *at = (*place).min(*at);
                    }
                }
            }
            let mut found: Vec<(usize, usize)> = places.into_iter().collect();
            found.sort_by_key(|(target, place)| (*place, *target));
            found.into_iter().map(|(target, place)| (&self.targets[target], place)).collect()
        };
        stems.iter().map(of_stem).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"
        version = 1
        stop = ["mein", "und"]
        [[group]]
        topic = "Schreien"
        says = ["Baby schreit", "plärrt"]
        means = ["Schreiambulanz", "Frühe Hilfen"]
        [[group]]
        same = ["Krabbelgruppe", "Babygruppe"]
    "#;

    fn meanings(query: &str) -> Vec<Vec<String>> {
        let list = Synonyms::read("test", LIST).unwrap();
        let mut analyser = Analyser::new();
        let stems = stems_of(query, &list.stop, &mut analyser);
        list.meanings(&stems)
            .into_iter()
            .map(|m| m.into_iter().map(|(target, _)| target.text.clone()).collect())
            .collect()
    }

    #[test]
    fn expressions_are_recognised_whole_and_in_any_order() {
        let both = || vec!["Schreiambulanz".to_string(), "Frühe Hilfen".to_string()];
        assert_eq!(meanings("Mein Baby schreit"), [both(), both()]);
        assert_eq!(meanings("schreit das Baby")[0], both());
        assert_eq!(meanings("Baby"), [Vec::<String>::new()]);
        assert_eq!(meanings("Krabbelgruppen"), [["Babygruppe".to_string()]]);
        assert_eq!(meanings("Babygruppe"), [["Krabbelgruppe".to_string()]]);
    }

    #[test]
    fn mistakes_in_the_list_are_said_with_their_remedy() {
        for (text, part) in [
            ("version = 1\n[[group]]\nsays = [\"a\"", "nicht lesbar"),
            ("version = 2", "Version 2"),
            ("version = 1\n[[group]]\ntopic = \"leer\"\nsays = [\"a\"]", "Gruppe 1 („leer“)"),
            ("version = 1\nwoerter = []", "nicht lesbar"),
        ] {
            let message = Synonyms::read("liste.toml", text).unwrap_err().to_string();
            assert!(message.contains(part) && message.contains("Abhilfe"), "{message}");
        }
    }

    #[test]
    fn the_shipped_list_is_rich() {
        assert!(Synonyms::shipped().unwrap().len() >= 300);
    }
}

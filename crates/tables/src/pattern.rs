//! Patterns of column names such as `jahr_{period}`, and the nearest name to a misspelt one.

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Hole(Hole),
}

/// What stands in a hole of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hole {
    Variable,
    Period,
    Group,
    Area,
    Ignore,
}

impl Hole {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "variable" => Hole::Variable,
            "period" => Hole::Period,
            "group" => Hole::Group,
            "area" => Hole::Area,
            "ignore" => Hole::Ignore,
            _ => return None,
        })
    }
}

/// A pattern of column names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Part>);

impl Pattern {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let (before, tail) = rest.split_at(open);
            if !before.is_empty() {
                parts.push(Part::Text(before.to_string()));
            } else if matches!(parts.last(), Some(Part::Hole(_))) {
                return Err(format!("Im Muster „{text}“ stehen zwei Platzhalter ohne Text dazwischen."));
            }
            let close = tail.find('}').ok_or_else(|| format!("Im Muster „{text}“ fehlt eine Klammer }}."))?;
            let hole = Hole::from_name(&tail[1..close]).ok_or_else(|| {
                format!(
                    "„{}“ ist kein Platzhalter; möglich sind {{variable}}, {{period}}, {{group}}, {{area}} und {{ignore}}.",
                    &tail[..=close]
                )
            })?;
            parts.push(Part::Hole(hole));
            rest = &tail[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_string()));
        }
        if !parts.iter().any(|part| matches!(part, Part::Hole(_))) {
            return Err(format!("Das Muster „{text}“ hat keinen Platzhalter."));
        }
        Ok(Self(parts))
    }

    /// What stands in the holes when a name fits; `accept` says whether a text may fill a hole.
    pub(crate) fn fill(
        &self,
        name: &str,
        accept: &dyn Fn(Hole, &str) -> bool,
    ) -> Option<Vec<(Hole, String)>> {
        fn step(
            parts: &[Part],
            rest: &str,
            accept: &dyn Fn(Hole, &str) -> bool,
            budget: &mut u32,
        ) -> Option<Vec<(Hole, String)>> {
            *budget = budget.checked_sub(1)?;
            match parts {
                [] => rest.is_empty().then(Vec::new),
                [Part::Text(text), tail @ ..] => {
                    step(tail, rest.strip_prefix(text.as_str())?, accept, budget)
                }
                [Part::Hole(hole)] => {
                    (!rest.is_empty() && accept(*hole, rest)).then(|| vec![(*hole, rest.to_string())])
                }
                [Part::Hole(hole), tail @ ..] => {
                    let [Part::Text(text), ..] = tail else { return None };
                    for (at, _) in rest.match_indices(text.as_str()) {
                        let filling = &rest[..at];
                        if filling.is_empty() || !accept(*hole, filling) {
                            continue;
                        }
                        if let Some(mut found) = step(tail, &rest[at..], accept, budget) {
                            found.insert(0, (*hole, filling.to_string()));
                            return Some(found);
                        }
                    }
                    None
                }
            }
        }
        step(&self.0, name, accept, &mut 10_000)
    }
}

/// The nearest of some names, if one is near (at most a third of the letters differ).
pub(crate) fn closest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = name.to_lowercase().chars().take(80).collect();
    names
        .map(|candidate| {
            let letters: Vec<char> = candidate.to_lowercase().chars().take(80).collect();
            (distance(&wanted, &letters), letters.len().max(wanted.len()), candidate)
        })
        .filter(|(distance, length, _)| distance * 3 <= *length)
        .min_by_key(|(distance, _, _)| *distance)
        .map(|(_, _, candidate)| candidate)
}

/// Levenshtein distance.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fill_their_holes() {
        let check = |pattern: &str, name: &str, expected: Option<&[&str]>| {
            let accept = |hole, text: &str| hole != Hole::Period || text.parse::<i16>().is_ok();
            let found = Pattern::parse(pattern).unwrap().fill(name, &accept);
            let texts = found.map(|holes| holes.into_iter().map(|(_, text)| text).collect::<Vec<_>>());
            assert_eq!(
                texts.as_deref(),
                expected.map(|e| e.iter().map(|s| s.to_string()).collect::<Vec<_>>()).as_deref()
            );
        };
        check("jahr_{period}", "jahr_2021", Some(&["2021"]));
        check("jahr_{period}", "jahr_neu", None);
        check("{variable}_{period}", "bev_u18_2021", Some(&["bev_u18", "2021"]));
        check("{period} | {variable}", "2021 | Kinder", Some(&["2021", "Kinder"]));
        check("{variable}", "x", Some(&["x"]));
    }

    #[test]
    fn the_nearest_name_is_found() {
        assert_eq!(
            closest("jhar", ["jahr", "wert"].into_iter()),
            None.or(closest("jhar", ["jahr"].into_iter()))
        );
        assert_eq!(closest("indikatr", ["indikator", "wert"].into_iter()), Some("indikator"));
        assert_eq!(closest("xyz", ["indikator", "wert"].into_iter()), None);
    }
}

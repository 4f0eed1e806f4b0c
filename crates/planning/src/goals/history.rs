//! What changed between two versions of a mission statement.

use super::{Goal, MissionStatement, Target};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One change, in the words of a reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementChange {
    /// Names of guiding sentence, goal and field, joined by ` › `.
    pub place: String,
    /// Text before; `None` when new.
    pub before: Option<String>,
    /// Text after; `None` when taken out.
    pub after: Option<String>,
}

/// Changes from `before` to `after`, by the names of sentences and goals, ordered by place. Order of goals and
/// sentences is no change. Where two share a name the last one counts.
pub fn changes(before: &MissionStatement, after: &MissionStatement) -> Vec<StatementChange> {
    let (old, new) = (fields(before), fields(after));
    let places: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    places
        .into_iter()
        .filter(|place| old.get(*place) != new.get(*place))
        .map(|place| StatementChange {
            place: place.clone(),
            before: old.get(place).cloned(),
            after: new.get(place).cloned(),
        })
        .collect()
}

/// Every field that says something, by place.
fn fields(statement: &MissionStatement) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut put = |place: String, text: String| {
        if !text.is_empty() {
            all.insert(place, text);
        }
    };
    put("Titel".into(), statement.title.clone());
    for sentence in &statement.sentences {
        put(sentence.id.clone(), sentence.sentence.clone());
        for goal in &sentence.goals {
            let place = format!("{} › {}", sentence.id, goal.id);
            for (name, text) in goal_fields(goal) {
                put(format!("{place} › {name}"), text);
            }
            for target in &goal.targets {
                for (name, text) in target_fields(target) {
                    put(format!("{place} › {} › {name}", target.title), text);
                }
            }
        }
    }
    all
}

fn goal_fields(goal: &Goal) -> [(&'static str, String); 8] {
    [
        ("Ziel", goal.sentence.clone()),
        ("Zielgruppe", goal.target_group.clone()),
        (
            "Stufe der Wirkungstreppe",
            goal.step.map_or(String::new(), |s| format!("{} – {}", s.number(), s.name())),
        ),
        ("erreichbar, weil", goal.achievable.clone()),
        ("wichtig, weil", goal.relevant.clone()),
        ("verantwortlich", goal.responsible.clone()),
        ("Beschluss", goal.decision.clone().unwrap_or_default()),
        ("Geschichte hinter der Kurve", goal.story.clone()),
    ]
}

fn target_fields(target: &Target) -> [(&'static str, String); 4] {
    let mark = |mark: Option<super::Mark>| {
        mark.map_or(String::new(), |m| format!("{} {} ({})", m.value, target.unit, m.date))
    };
    [
        ("Ausgangswert", mark(target.baseline)),
        ("Zielwert", mark(target.target)),
        ("Kennzahl", target.indicator.as_ref().map_or(String::new(), ToString::to_string)),
        ("Quelle", target.source.clone()),
    ]
}

//! What a plan means, in sentences.

use super::{Aim, Plan, Siting};
use crate::{Finding, Rests};
use kekiz_base::number::german;

fn way(metres: f64) -> String {
    if metres < 1000.0 {
        format!("{} m", german(metres, 0))
    } else {
        format!("{} km", german(metres / 1000.0, 1))
    }
}

/// `2,3 %`; very small but not zero shares are not printed as nothing.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.05 { "unter 0,1 %".into() } else { format!("{} %", german(percent, 1)) }
}

fn names(all: &[String], chosen: &[usize]) -> String {
    let quoted: Vec<String> =
        chosen.iter().filter_map(|c| all.get(*c)).map(|name| format!("„{name}“")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} und {last}", most.join(", ")),
    }
}

/// How sure the answer is, with the proven gap.
fn certainty(plan: &Plan) -> String {
    let better = match plan.aim {
        Aim::ShortestWays => "kürzer",
        Aim::MostCovered { .. } => "höher",
    };
    if plan.proven {
        "Es ist bewiesen, dass keine andere Auswahl besser ist.".into()
    } else {
        format!(
            "Die Rechenzeit reichte nicht für den Beweis: Das beste mögliche Ergebnis kann noch um bis zu {} {better} sein.",
            percent(plan.gap)
        )
    }
}

/// A sentence on what the plan brings, and on how sure it is, with the figures.
///
/// `source` names where the numbers of children and the ways come from.
pub fn explain(question: &Siting, plan: &Plan, source: &str) -> Finding {
    let total = plan.total_weight;
    let places = names(&question.candidates, &plan.chosen);
    let mut rests_on = vec![Rests::new("Kinder in allen Gebieten", german(total, 0), source)];
    let (now, before, label) = match plan.aim {
        Aim::ShortestWays => {
            let mean = |sum: f64| way(sum / total);
            (mean(plan.objective), plan.before.map(mean), "mittlerer Weg zum nächsten Ort".to_string())
        }
        Aim::MostCovered { radius_m } => {
            let share = |covered: f64| format!("{} ({})", german(covered, 0), percent(covered / total));
            let label = format!("Kinder im Umkreis von {}", way(radius_m));
            (share(plan.objective), plan.before.map(share), label)
        }
    };
    let before_text = before.clone().unwrap_or_else(|| "nicht alle Gebiete erreicht".into());
    rests_on.push(Rests::new(format!("{label}, heute"), before_text.clone(), source));
    rests_on.push(Rests::new(format!("{label}, mit den neuen Orten"), now.clone(), source));
    let sentence = match plan.chosen.len() {
        0 => format!("Kein weiterer Ort verbessert das Ergebnis; {label}: {now}."),
        count => {
            let noun = if count == 1 { "ein neuer Ort".to_string() } else { format!("{count} neue Orte") };
            format!("Am meisten bringen {noun}: {places}. {}: {now} (heute: {before_text}).", capital(&label))
        }
    };
    let sentence = if plan.chosen.len() == 1 { sentence.replacen("bringen", "bringt", 1) } else { sentence };
    Finding { sentence: format!("{sentence} {}", certainty(plan)), rests_on }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

//! `kekiz testdata …`

use crate::arguments::{TestCity, Testdata};
use crate::outcome::Failure;
use crate::terminal::Terminal;
use kekiz_base::number::german;
use kekiz_testcity::{City, CityError, Outcome, Plan};
use std::time::Instant;

pub(super) fn run(arguments: &Testdata, terminal: &Terminal) -> Result<(), Failure> {
    match arguments {
        Testdata::City(arguments) => city(arguments, terminal),
    }
}

fn refused(error: &CityError) -> Failure {
    match error {
        CityError::Children { .. } | CityError::NotEmpty { .. } => Failure::Usage(error.to_string()),
        CityError::Parameters { .. } => Failure::Configuration(error.to_string()),
        CityError::Write { .. } => Failure::Store(error.to_string()),
    }
}

fn city(arguments: &TestCity, terminal: &Terminal) -> Result<(), Failure> {
    let start = Instant::now();
    let plan = Plan { children: arguments.children, seed: arguments.seed };
    let city = City::build(plan).map_err(|error| refused(&error))?;
    if arguments.run {
        return thread(&city, arguments, start, terminal);
    }
    let written = kekiz_testcity::write(&city, &arguments.out).map_err(|error| refused(&error))?;
    let whole = |count: usize| german(count as f64, 0);
    let bytes: usize = written.iter().map(|file| file.bytes.len()).sum();
    terminal.say(&format!(
        "Erfundene Stadt in „{}“: {} Kinder in {} Haushalten, {} Dateien, {} MB, {} s.",
        arguments.out.display(),
        whole(city.children.len()),
        whole(city.households.len()),
        whole(written.len()),
        german(bytes as f64 / 1e6, 1),
        german(start.elapsed().as_secs_f64(), 1),
    ));
    let outcomes = city.outcomes();
    terminal.say("\nBefunde der Untersuchten, SGB II und übrige (veröffentlicht):");
    for outcome in &outcomes {
        terminal.say(&line(outcome));
    }
    terminal.answer(&serde_json::json!({
        "ok": true,
        "folder": arguments.out,
        "children": city.children.len(),
        "households": city.households.len(),
        "files": written.iter().map(|file| &file.path).collect::<Vec<_>>(),
        "bytes": bytes,
        "seconds": start.elapsed().as_secs_f64(),
        "outcomes": outcomes.iter().map(|outcome| serde_json::json!({
            "id": outcome.id, "sgb2": outcome.sgb2, "other": outcome.other,
            "published": [outcome.published.sgb2, outcome.published.other], "source": outcome.published.source,
        })).collect::<Vec<_>>(),
    }));
    Ok(())
}

fn line(outcome: &Outcome) -> String {
    let percent = |share: f64| german(100.0 * share, 1);
    let counted = |[found, all]: [usize; 2]| match all {
        0 => "–".to_string(),
        all => percent(found as f64 / all as f64),
    };
    format!(
        "  {:<22} {} % ({})   {} % ({})",
        outcome.id,
        counted(outcome.sgb2),
        percent(outcome.published.sgb2),
        counted(outcome.other),
        percent(outcome.published.other),
    )
}

/// The whole thread on the city.
fn thread(city: &City, arguments: &TestCity, start: Instant, terminal: &Terminal) -> Result<(), Failure> {
    let made = kekiz_app::run_made_up_city(city, &arguments.out, terminal)
        .map_err(|error| super::refused(terminal, error))?;
    let whole = |count: u64| german(count as f64, 0);
    let total = start.elapsed().as_secs_f64();
    for (step, seconds) in &made.seconds {
        terminal.say(&format!("  {step:<24} {} s", german(*seconds, 1)));
    }
    for (name, (links, doubtful)) in &made.links {
        terminal.say(&format!(
            "{name}: {} verknüpft, {} für die Durchsicht",
            whole(*links),
            whole(*doubtful)
        ));
    }
    terminal.say("\nBefunde, geschützt ausgegeben: SGB II und übrige (veröffentlicht), relatives Risiko, Chancenverhältnis");
    for finding in &made.findings {
        let share = |share: Option<f64>| {
            share.map_or_else(|| "geschützt".into(), |share| format!("{} %", german(share, 1)))
        };
        let ratio = |ratio: Option<kekiz_persons::RatioLine>| {
            let number = |value: Option<f64>| value.map_or_else(|| "∞".into(), |value| german(value, 2));
            ratio.map_or_else(
                || "–".into(),
                |r| format!("{} ({}–{})", number(r.value), german(r.lower, 2), number(r.upper)),
            )
        };
        terminal.say(&format!(
            "  {:<40} {} ({} %)  {} ({} %)  {}  {}",
            finding.title,
            share(finding.sgb2),
            german(finding.published.0, 1),
            share(finding.other),
            german(finding.published.1, 1),
            ratio(finding.risk_ratio),
            ratio(finding.odds_ratio),
        ));
    }
    terminal.say(&format!(
        "\n{} Kennzahlen im Atlas, {} s insgesamt. Zeigen: kekiz serve --store {}",
        made.released.releases.len(),
        german(total, 1),
        arguments.out.join("atlas").display()
    ));
    terminal.answer(&serde_json::json!({ "ok": true, "seconds": total, "result": made }));
    Ok(())
}

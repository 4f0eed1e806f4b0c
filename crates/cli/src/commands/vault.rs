//! `kekiz vault …`

mod import;
mod tables;

use super::open;
use crate::outcome::Failure;
use crate::terminal::Terminal;
use crate::vault::{Access, Audit, Describe, Key, KeyFile, Purge, Vault};
use kekiz_base::number::german;
use kekiz_microdata::Schema;
use kekiz_persons::{Office, PersonsError, PurgeReport};
use kekiz_strongbox::{Accessor, Passphrase, Secrets, keyfile};
use std::path::Path;

pub(super) fn run(command: &Vault, terminal: &Terminal) -> Result<(), Failure> {
    match command {
        Vault::Key(Key::Create(arguments)) => create(&arguments.access, arguments.passphrase, terminal),
        Vault::Key(Key::Rotate(arguments)) => {
            rotate(&arguments.access, &arguments.new_key, arguments.passphrase, terminal)
        }
        Vault::Import(arguments) => import::run(arguments, terminal),
        Vault::Describe(arguments) => describe(arguments, terminal),
        Vault::Link(arguments) => tables::link(arguments, terminal),
        Vault::Compute(arguments) => tables::compute(arguments, terminal),
        Vault::Analyse(arguments) => tables::analyse(arguments, terminal),
        Vault::Release(arguments) => tables::release(arguments, terminal),
        Vault::Purge(arguments) => purge(arguments, terminal),
        Vault::Audit(arguments) => audit(arguments, terminal),
    }
}

fn strongbox_failure(error: &kekiz_strongbox::StrongboxError) -> Failure {
    use kekiz_strongbox::StrongboxError as E;
    let text = error.to_string();
    match error {
        E::KeyFile { .. } | E::WrongKey { .. } | E::Nobody => Failure::Configuration(text),
        E::Name { .. } | E::UnknownItem { .. } => Failure::Usage(text),
        _ => Failure::Store(text),
    }
}

/// Prints the findings of a refused file, then hands the failure on.
fn failure(terminal: &Terminal, error: &PersonsError) -> Failure {
    if let Some(findings) = error.findings() {
        terminal.findings(findings);
        if terminal.json() {
            terminal.answer(&serde_json::json!({
                "ok": false, "kind": "input", "code": 3, "message": error.to_string(), "findings": findings,
            }));
        }
    }
    let text = error.to_string();
    match error {
        PersonsError::Strongbox(error) => strongbox_failure(error),
        PersonsError::Intake(_) | PersonsError::Refused(_) | PersonsError::UnknownPerson => {
            Failure::Input(text)
        }
        PersonsError::Definition { .. } => Failure::Configuration(text),
        PersonsError::Gate(_) => Failure::Refused(text),
        _ => Failure::Store(text),
    }
}

fn typed(question: &str) -> Result<Passphrase, Failure> {
    rpassword::prompt_password(question).map(Passphrase::new).map_err(|_| {
        Failure::Usage(
            "Das Kennwort lässt sich hier nicht eingeben. Abhilfe: --passphrase-file DATEI angeben.".into(),
        )
    })
}

/// The passphrase from its file, or as somebody types it.
fn passphrase(key: &KeyFile, question: &str) -> Result<Passphrase, Failure> {
    let Some(path) = &key.passphrase_file else { return typed(question) };
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::Configuration(format!(
            "„{}“ lässt sich nicht lesen: {}. Abhilfe: Pfad und Zugriffsrechte prüfen.",
            path.display(),
            kekiz_app::io_reason(&error)
        ))
    })?;
    Ok(Passphrase::new(text.lines().next().unwrap_or_default().to_string()))
}

/// The secrets of the key file that was named.
pub(super) fn secrets(key: &KeyFile) -> Result<Secrets, Failure> {
    let path = key.key.as_ref().ok_or_else(|| {
        Failure::Usage("Es fehlt der Schlüssel. Abhilfe: --key DATEI angeben oder KEKIZ_KEY setzen.".into())
    })?;
    let fail = |error| strongbox_failure(&error);
    let phrase = match keyfile::is_sealed(path).map_err(fail)? {
        true => Some(passphrase(key, "Kennwort der Schlüsseldatei: ")?),
        false => None,
    };
    keyfile::read(path, phrase.as_ref()).map_err(fail)
}

/// Who accesses: as said, or the name of the account.
fn accessor(access: &Access) -> Accessor {
    let account = || ["USER", "USERNAME", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    Accessor::new(&access.user.clone().or_else(account).unwrap_or_default())
}

/// The project and its office.
fn office(access: &Access) -> Result<(kekiz_app::Project, Office), Failure> {
    let project = open(&access.store.store)?;
    let office = Office::open(&project.strongbox_folder(), &secrets(&access.key)?, accessor(access));
    match office {
        Ok(office) => Ok((project, office)),
        Err(PersonsError::Strongbox(error)) => Err(strongbox_failure(&error)),
        Err(error) => Err(Failure::Store(error.to_string())),
    }
}

/// An open key beside the data would make sealing pointless.
fn outside(key: &Path, folder: &Path, sealed: bool) -> Result<(), Failure> {
    let real = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    if sealed || !real(key).starts_with(real(folder)) {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "Die Schlüsseldatei „{}“ läge im Ordner des Atlas, also bei den Daten. Abhilfe: einen anderen Ort wählen (USB-Stick, Tresor) oder sie mit --passphrase verschließen.",
        key.display()
    )))
}

/// Asks for a new passphrase, twice where it is typed.
fn new_passphrase(key: &KeyFile, wanted: bool) -> Result<Option<Passphrase>, Failure> {
    if !wanted {
        return Ok(None);
    }
    let first = passphrase(key, "Neues Kennwort (mindestens 12 Zeichen): ")?;
    if key.passphrase_file.is_none() {
        let second = typed("Noch einmal: ")?;
        if !first.is_same(&second) {
            return Err(Failure::Usage(
                "Die beiden Kennwörter sind verschieden. Abhilfe: noch einmal versuchen.".into(),
            ));
        }
    }
    Ok(Some(first))
}

fn create(access: &Access, sealed: bool, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&access.store.store)?;
    let key = access
        .key
        .key
        .as_ref()
        .ok_or_else(|| Failure::Usage("Es fehlt --key DATEI: wo der Schlüssel liegen soll.".into()))?;
    outside(key, project.folder(), sealed)?;
    let folder = project.strongbox_folder();
    let fail = |error| strongbox_failure(&error);
    if kekiz_strongbox::Strongbox::exists(&folder) {
        return Err(Failure::Usage(format!(
            "In „{}“ liegt schon ein verschlüsselter Bestand. Abhilfe: seinen Schlüssel verwenden oder ihn mit „kekiz vault key rotate“ wechseln.",
            folder.display()
        )));
    }
    let secrets = Secrets::random().map_err(fail)?;
    keyfile::write(key, &secrets, new_passphrase(&access.key, sealed)?.as_ref()).map_err(fail)?;
    if let Err(error) = Office::create(&folder, &secrets, accessor(access)) {
        // A key without anything it opens would only confuse.
        let _ = std::fs::remove_file(key);
        return Err(failure(terminal, &error));
    }
    terminal.say(&format!(
        "Schlüssel {} angelegt: {}\nLeerer verschlüsselter Bestand: {}\nOhne den Schlüssel sind die Daten verloren. Eine Kopie gehört in einen Tresor, keine zu den Daten.",
        secrets.fingerprint(),
        key.display(),
        folder.display()
    ));
    terminal.answer(&serde_json::json!({ "ok": true, "fingerprint": secrets.fingerprint() }));
    Ok(())
}

fn rotate(access: &Access, new_key: &Path, sealed: bool, terminal: &Terminal) -> Result<(), Failure> {
    let (project, office) = office(access)?;
    outside(new_key, project.folder(), sealed)?;
    let fail = |error| strongbox_failure(&error);
    let secrets = office.strongbox().secrets().renewed().map_err(fail)?;
    // The new key is safe before anything is sealed with it.
    let no_file = KeyFile { key: None, passphrase_file: access.key.passphrase_file.clone() };
    keyfile::write(new_key, &secrets, new_passphrase(&no_file, sealed)?.as_ref()).map_err(fail)?;
    office.rotate_key(&secrets).map_err(|error| failure(terminal, &error))?;
    terminal.say(&format!(
        "Alles liegt jetzt unter dem Schlüssel {}: {}\nDer alte öffnet nur noch ältere Sicherungen. Er ist zu vernichten, sobald es keine mehr geben soll.",
        secrets.fingerprint(),
        new_key.display()
    ));
    terminal.answer(&serde_json::json!({ "ok": true, "fingerprint": secrets.fingerprint() }));
    Ok(())
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".into(), |share| format!("{} %", german(share * 100.0, 1)))
}

fn describe(arguments: &Describe, terminal: &Terminal) -> Result<(), Failure> {
    let (_, office) = office(&arguments.access)?;
    let fail = |error: PersonsError| failure(terminal, &error);
    let Some(dataset) = &arguments.dataset else {
        let lines = kekiz_persons::list(&office).map_err(fail)?;
        for line in &lines {
            let linking = if line.linking { "mit Hilfsmerkmalen" } else { "ohne Hilfsmerkmale" };
            terminal.say(&format!(
                "{:<24} {:>9} Datensätze  {linking}  {} von {}",
                line.dataset, line.rows, line.stored, line.user
            ));
        }
        if lines.is_empty() {
            terminal.say("Es sind noch keine Einzeldaten abgelegt („kekiz vault import“).");
        }
        let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string().parse::<jiff::civil::Date>();
        let overdue = today.map_or_else(|_| Ok(Vec::new()), |today| kekiz_persons::overdue(&office, today));
        for (dataset, until) in overdue.map_err(fail)? {
            terminal.say(&format!(
                "Frist abgelaufen: „{dataset}“ durfte bis {} aufbewahrt werden. Abhilfe: kekiz vault purge --dataset {dataset}",
                kekiz_base::date::german(until)
            ));
        }
        terminal.answer(&serde_json::json!({ "ok": true, "datasets": lines }));
        return Ok(());
    };
    let description = kekiz_persons::describe(&office, dataset).map_err(fail)?;
    let schema: &Schema = &description.schema;
    terminal.say(&format!(
        "{} – {} ({} {})\nQuelle: {}\n{}",
        dataset, schema.title, schema.id, schema.edition, description.file, schema.basis
    ));
    if let Some(until) = description.keep_until {
        terminal.say(&format!("Aufbewahren bis {}.", kekiz_base::date::german(until)));
    }
    for coverage in description.summary.coverage.iter().filter(|coverage| coverage.present) {
        let offices: Vec<String> = coverage
            .offices
            .iter()
            .map(|office| format!("{} {}", office.office, percent(office.share())))
            .collect();
        let offices = if offices.len() > 1 { format!("   ({})", offices.join(", ")) } else { String::new() };
        terminal.say(&format!(
            "  {:<28} {:>8}  {}{offices}",
            coverage.variable,
            percent(coverage.share()),
            coverage.title
        ));
    }
    let absent: Vec<&str> =
        description.summary.coverage.iter().filter(|c| !c.present).map(|c| c.variable.as_str()).collect();
    if !absent.is_empty() {
        terminal.say(&format!("  nicht dokumentiert: {}", absent.join(", ")));
    }
    terminal.answer(&serde_json::json!({ "ok": true, "result": description }));
    Ok(())
}

fn purge(arguments: &Purge, terminal: &Terminal) -> Result<(), Failure> {
    let (_, office) = office(&arguments.access)?;
    let report: Result<PurgeReport, PersonsError> = match arguments {
        Purge { dataset: Some(dataset), .. } => kekiz_persons::purge_dataset(&office, dataset),
        Purge { linking: Some(dataset), .. } => kekiz_persons::purge_linking(&office, dataset),
        Purge { person: Some(pseudonym), .. } => kekiz_persons::purge_person(&office, pseudonym),
        Purge { identifier, .. } => {
            let (namespace, identifier) =
                identifier.as_deref().and_then(|text| text.split_once('=')).ok_or_else(|| {
                    Failure::Usage(
                        "--identifier erwartet NAMENSRAUM=KENNUNG, zum Beispiel seu-kind=K-4711.".into(),
                    )
                })?;
            kekiz_persons::purge_person(&office, &office.pseudonym(namespace, identifier))
        }
    };
    let report = report.map_err(|error| failure(terminal, &error))?;
    for part in &report.parts {
        let whole = if part.whole { "ganz" } else { "teilweise" };
        terminal.say(&format!("gelöscht ({whole}): {} {}, {} Zeilen", part.kind, part.name, part.rows));
    }
    if !report.releases.is_empty() {
        terminal.say(&format!(
            "Darauf beruhen diese Ausgaben; sie enthalten keine Person und bleiben: {}.",
            report.releases.join(", ")
        ));
    }
    terminal.answer(&serde_json::json!({ "ok": true, "result": report }));
    Ok(())
}

fn audit(arguments: &Audit, terminal: &Terminal) -> Result<(), Failure> {
    let (project, office) = office(&arguments.access)?;
    let report = office.audit().map_err(|error| failure(terminal, &error))?;
    let entries = kekiz_strongbox::audit::entries(&project.strongbox_folder())
        .map_err(|error| strongbox_failure(&error))?;
    for entry in entries.iter().skip(entries.len().saturating_sub(arguments.last)) {
        terminal.say(&format!(
            "{:>6}  {}  {:<16} {:<12} {:<28} {}",
            entry.seq, entry.time, entry.user, entry.action, entry.subject, entry.detail
        ));
    }
    terminal.say(&format!("{} Einträge; Prüfsumme des letzten: {}", report.entries, report.last_hash));
    for problem in &report.problems {
        terminal.say(problem);
    }
    terminal.answer(
        &serde_json::json!({ "ok": report.problems.is_empty(), "result": report, "entries": entries }),
    );
    if report.problems.is_empty() {
        return Ok(());
    }
    Err(Failure::Unwell("Das Zugriffsprotokoll ist nicht heil. Abhilfe: klären, wer Zugriff auf den Ordner hat, und die Sicherung vergleichen.".into()))
}

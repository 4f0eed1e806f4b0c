//! The sentences of notes that are summed up over many lines.

use kekiz_base::Severity;

fn lines_text(count: u64, lines: &[u64]) -> String {
    let shown: Vec<String> = lines.iter().map(ToString::to_string).collect();
    let more = count.saturating_sub(lines.len() as u64);
    match (shown.as_slice(), more) {
        ([one], 0) => format!("Zeile {one}"),
        (_, 0) => format!("Zeilen {}", shown.join(", ")),
        _ => format!("Zeilen {} und {more} weitere", shown.join(", ")),
    }
}

fn rows(count: u64) -> String {
    if count == 1 { "1 Zeile".into() } else { format!("{count} Zeilen") }
}

/// Message and remedy of a note by its code.
pub(crate) fn sentence(code: &str, detail: &str, count: u64, lines: &[u64]) -> (Severity, String, String) {
    let at = lines_text(count, lines);
    let first = lines.first().copied().unwrap_or(0);
    let note = |message: String, remedy: &str| (Severity::Note, message, remedy.to_string());
    match code {
        "leading-zeros" => note(
            format!("Führende Nullen ergänzt in {}, zuerst bei „{detail}“ in Zeile {first}.", rows(count)),
            "",
        ),
        "decimal-tail" => note(
            format!(
                "„,0“ am Ende des Schlüssels gestrichen in {}, zuerst bei „{detail}“ in Zeile {first}.",
                rows(count)
            ),
            "",
        ),
        "footer" => note(format!("Kein Teil der Tabelle: „{detail}“ ({at})."), ""),
        "total-row" => note(
            format!("Summenzeile „{detail}“ nicht übernommen ({at})."),
            "Soll sie übernommen werden, in der Zuordnung unter [area] rename = { \"…\" = \"Schlüssel\" } oder when_empty angeben.",
        ),
        "skip-rows" => note(format!("„{detail}“ nach der Zuordnung übergangen ({at})."), ""),
        "empty-area" => note(format!("Ohne Gebiet und nach der Zuordnung übergangen: {at}."), ""),
        "other-level" => note(
            format!(
                "{} mit Schlüsseln einer anderen Gebietsebene übergangen, zuerst Zeile {first}.",
                rows(count)
            ),
            "",
        ),
        "extra-fields" => note(
            format!("Überzählige leere Felder am Zeilenende in {}, zuerst Zeile {first}.", rows(count)),
            "",
        ),
        "header-repeated" => note(format!("Wiederholte Kopfzeile übergangen ({at})."), ""),
        "mark-unknown" => note(
            format!("„{detail}“ in {count} Zellen gilt als unbekannt oder geheim, zuerst in Zeile {first}."),
            "Bedeutet es etwas anderes, in der Zuordnung unter [marks] festlegen.",
        ),
        "mark-empty" => note(
            format!("„{detail}“ in {count} Zellen gilt als leer, zuerst in Zeile {first}."),
            "Bedeutet es etwas anderes, in der Zuordnung unter [marks] festlegen.",
        ),
        "unit" => note(
            format!("Die Einheit „{detail}“ ist in {count} Zellen weggelassen, zuerst in Zeile {first}."),
            "",
        ),
        "variable-named" => {
            let (text, name) = detail.split_once('\u{1f}').unwrap_or((detail, ""));
            note(
                format!("„{text}“ heißt hier {name}."),
                "Ein anderer Name lässt sich in der Zuordnung unter [variable] rename angeben.",
            )
        }
        "row-twice" => note(
            format!(
                "{count} Zahlen stehen noch einmal mit demselben Wert da und zählen einmal, zuerst Zeile {first} wie Zeile {detail}."
            ),
            "",
        ),
        _ => note(format!("{detail} ({at})."), ""),
    }
}

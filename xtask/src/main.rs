//! Build, demo and test tasks of the project: `cargo xtask demo`, `cargo xtask test`.

mod bench;
mod demo;
mod server;
mod setup;
mod steps;
mod surroundings;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
Aufgaben des Projekts

  cargo xtask demo [--port P] [--store ORDNER] [--no-serve]
      baut Oberfläche und Programm, lädt die mitgelieferten offenen Daten und startet den Atlas
  cargo xtask test [--only SCHRITT]
      richtet ein, was die Tests brauchen, und führt alle aus
      Schritte: setup, frontend, fmt, clippy, rust, doc, browser
  cargo xtask bench [ZEILEN]
      misst die Zahlen in docs/performance.md (mit Vergleich, wenn Pythons duckdb und wrk da sind)
  cargo xtask frontend
      baut nur die Oberfläche
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["demo", rest @ ..] => demo::run(rest),
        ["test"] => test::run(None),
        ["test", "--only", step] => test::run(Some(step)),
        ["bench"] => bench::run(None),
        ["bench", rows] => bench::run(Some(rows)),
        ["frontend"] => setup::frontend(),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(format!("Unbekannte Aufgabe: {}\n\n{HELP}", other.join(" "))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

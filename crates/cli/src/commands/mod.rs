//! One function per command: open the project, call the app, say what happened.

mod account;
mod analyse;
mod demo;
mod desk;
mod doctor;
mod export;
mod import;
mod indicators;
mod init;
mod link;
mod portal;
mod protect;
mod release;
mod report;
mod serve;
mod testdata;
mod vault;

use crate::arguments::{Command, Config, Report};
use crate::outcome::Failure;
use crate::terminal::Terminal;
use kekiz_app::{AppError, Project};
use std::path::Path;

/// Runs a command.
pub(crate) fn run(command: &Command, terminal: &Terminal) -> Result<(), Failure> {
    match command {
        Command::Init(arguments) => init::run(arguments, terminal),
        Command::Import(arguments) => import::run(arguments, terminal),
        Command::Indicators(arguments) => indicators::run(arguments, terminal),
        Command::Compute(arguments) => release::compute(arguments, terminal),
        Command::Release(arguments) => release::run(arguments, terminal),
        Command::Serve(arguments) => serve::run(arguments, terminal),
        Command::Report(Report::Sozialbericht(arguments)) => report::run(arguments, terminal),
        Command::Export(arguments) => export::run(arguments, terminal),
        Command::Vault(arguments) => vault::run(arguments, terminal),
        Command::Doctor(arguments) => doctor::run(arguments, terminal),
        Command::Config(Config::Check(arguments)) => doctor::check_config(arguments, terminal),
        Command::Analyse(method) => analyse::run(method, terminal),
        Command::Protect(arguments) => protect::run(arguments, terminal),
        Command::Link(what) => link::run(what, terminal),
        Command::Portal(work) => portal::run(work, terminal),
        Command::Account(arguments) => account::run(arguments, terminal),
        Command::Demo(arguments) => demo::run(arguments, terminal),
        Command::Desk(arguments) => desk::run(arguments, terminal),
        Command::Testdata(arguments) => testdata::run(arguments, terminal),
    }
}

fn open(folder: &Path) -> Result<Project, Failure> {
    Project::open(folder).map_err(|error| Failure::Configuration(error.to_string()))
}

/// Prints the findings a refused input carries, then hands the failure on.
fn refused(terminal: &Terminal, error: AppError) -> Failure {
    if let Some(findings) = error.findings() {
        terminal.findings(findings);
        if terminal.json() {
            terminal.answer(&serde_json::json!({
                "ok": false, "kind": "input", "code": 3, "message": error.to_string(), "findings": findings,
            }));
        }
    }
    error.into()
}

//! The one binary `kekiz`.
//!
//! Exit codes tell what kind of thing went wrong, so that scripts need not read messages:
//! see [`outcome::Failure`].

mod analyse;
mod arguments;
mod commands;
mod german;
mod link;
mod outcome;
mod protect;
mod terminal;
mod vault;

use german::Parsed;
use outcome::Failure;
use std::process::ExitCode;
use terminal::{Talk, Terminal};

fn main() -> ExitCode {
    let arguments = match german::parse(std::env::args_os()) {
        Parsed::Run(arguments) => arguments,
        Parsed::Shown(text) => {
            Terminal::new(Talk::Short).result(&text);
            return ExitCode::SUCCESS;
        }
        Parsed::Refused(text) => {
            let json = std::env::args_os().any(|argument| argument == "--json");
            let failure = Failure::Usage(text);
            Terminal::new(if json { Talk::Json } else { Talk::Short }).failure(&failure);
            return ExitCode::from(failure.code());
        }
    };
    let talk = match (arguments.json, arguments.quiet, arguments.verbose) {
        (true, ..) => Talk::Json,
        (_, true, _) => Talk::Quiet,
        (_, _, true) => Talk::Verbose,
        _ => Talk::Short,
    };
    let terminal = Terminal::new(talk);
    match commands::run(&arguments.command, &terminal) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal.failure(&failure);
            ExitCode::from(failure.code())
        }
    }
}

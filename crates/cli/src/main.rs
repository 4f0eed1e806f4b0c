//! The one binary `kekiz`.
//!
//! Exit codes tell what kind of thing went wrong, so that scripts need not read messages:
//! see [`outcome::Failure`].

mod arguments;
mod commands;
mod outcome;
mod terminal;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let terminal = terminal::Terminal::new(arguments.json, arguments.quiet);
    match commands::run(&arguments.command, &terminal) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal.failure(&failure);
            ExitCode::from(failure.code())
        }
    }
}

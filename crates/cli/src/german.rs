//! German help, and German sentences for arguments that do not fit: what clap would say in English.

use crate::arguments::Arguments;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory, FromArgMatches};
use std::error::Error as _;
use std::ffi::OsString;

/// Place in the help of the options that every command has: below its own.
const LAST: usize = 900;

/// What the arguments came to.
pub(crate) enum Parsed {
    /// A command to run.
    Run(Arguments),
    /// Help or version, for the standard output.
    Shown(String),
    /// A call that cannot be understood, as a German sentence with the remedy.
    Refused(String),
}

/// Reads the arguments of the process.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Parsed {
    let outcome =
        command().try_get_matches_from(arguments).and_then(|matches| Arguments::from_arg_matches(&matches));
    match outcome {
        Ok(arguments) => Parsed::Run(arguments),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Parsed::Shown(error.render().to_string()),
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                Parsed::Refused(error.render().to_string())
            }
            _ => Parsed::Refused(refusal(&error)),
        },
    }
}

/// The command line with German words everywhere.
fn command() -> Command {
    let mut command = translated(Arguments::command());
    command.build();
    with_usage(command)
}

fn translated(command: Command) -> Command {
    let parts =
        if command.has_subcommands() { "{subcommands}\n\nOptionen:\n{options}" } else { "{all-args}" };
    let befehle = if command.has_subcommands() { "Befehle:\n" } else { "" };
    let command = command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .subcommand_value_name("BEFEHL")
        .help_template(format!(
            "{{about-with-newline}}\nAufruf: {{usage}}\n\n{befehle}{parts}{{after-help}}\n"
        ))
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .display_order(LAST)
                .action(ArgAction::Help)
                .help("Diese Hilfe zeigen"),
        )
        .mut_args(argument)
        .mut_subcommands(translated);
    if command.get_name() != "kekiz" {
        return command;
    }
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    command.arg(version.help("Die Fassung des Programms zeigen").help_heading("Optionen"))
}

/// Says default, choices and environment in the help text itself, where clap would add English words.
fn argument(argument: Arg) -> Arg {
    let heading = if argument.is_positional() { "Angaben" } else { "Optionen" };
    let mut help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    if argument.get_action().takes_values() {
        let choices: Vec<String> =
            argument.get_possible_values().iter().map(|value| value.get_name().to_string()).collect();
        if !choices.is_empty() {
            help.push_str(&format!(": {}", choices.join(", ")));
        }
        let default: Vec<_> =
            argument.get_default_values().iter().map(|text| text.to_string_lossy()).collect();
        if let [default] = default.as_slice()
            && !matches!(default.as_ref(), "" | "0")
        {
            help.push_str(&format!("; ohne Angabe {default}"));
        }
        if let Some(name) = argument.get_env() {
            help.push_str(&format!("; auch als Umgebungsvariable {}", name.to_string_lossy()));
        }
    }
    let takes_values = argument.get_action().takes_values();
    let mut argument = argument.help(help).help_heading(heading);
    if argument.is_global_set() {
        argument = argument.display_order(LAST);
    }
    if takes_values {
        argument.hide_default_value(true).hide_possible_values(true).hide_env(true)
    } else {
        argument
    }
}

/// The usage line of every command; clap fixes its English placeholders only when the tree is built.
fn with_usage(mut command: Command) -> Command {
    let usage = command.render_usage().to_string().replace("[OPTIONS]", "[OPTIONEN]");
    let usage = usage.trim_start_matches("Usage: ").replace('\n', "").trim().to_string();
    command.override_usage(usage).mut_subcommands(with_usage)
}

/// A German sentence for an error of the command line.
fn refusal(error: &clap::Error) -> String {
    let text = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        _ => String::new(),
    };
    let argument = text(ContextKind::InvalidArg);
    let value = text(ContextKind::InvalidValue);
    let meant = |kind: ContextKind| match text(kind) {
        found if found.is_empty() => String::new(),
        found => format!(" Gemeint ist vielleicht „{found}“."),
    };
    let sentence = match error.kind() {
        ErrorKind::InvalidSubcommand => format!(
            "Den Befehl „{}“ gibt es nicht.{}",
            text(ContextKind::InvalidSubcommand),
            meant(ContextKind::SuggestedSubcommand)
        ),
        ErrorKind::UnknownArgument => {
            format!("Die Angabe „{argument}“ gibt es hier nicht.{}", meant(ContextKind::SuggestedArg))
        }
        ErrorKind::MissingRequiredArgument => format!("Es fehlt: {}.", argument.trim_end_matches('.')),
        ErrorKind::MissingSubcommand => "Es fehlt der Befehl.".to_string(),
        ErrorKind::InvalidValue if value.is_empty() => format!("Zu „{argument}“ fehlt der Wert."),
        ErrorKind::InvalidValue => {
            format!("„{value}“ passt nicht zu „{argument}“; möglich sind: {}.", text(ContextKind::ValidValue))
        }
        ErrorKind::ValueValidation => {
            let reason = error.source().map(ToString::to_string).unwrap_or_default();
            let own = ["bekannt sind", "möglich sind"].iter().any(|begin| reason.starts_with(begin));
            let reason = if own { reason } else { "erwartet wird eine Zahl im möglichen Bereich".into() };
            format!("„{value}“ passt nicht zu „{argument}“: {reason}.")
        }
        ErrorKind::ArgumentConflict => match text(ContextKind::PriorArg) {
            prior if prior.is_empty() || prior == argument => {
                format!("„{argument}“ darf nur einmal angegeben werden.")
            }
            prior => format!("„{argument}“ und „{prior}“ schließen einander aus."),
        },
        ErrorKind::InvalidUtf8 => "Eine Angabe ist kein gültiger UTF-8-Text.".to_string(),
        _ => format!("Die Angabe „{argument}“ hat zu viele oder zu wenige Werte."),
    };
    let usage = text(ContextKind::Usage).replace("Usage: ", "Aufruf: ").replace("[OPTIONS]", "[OPTIONEN]");
    let usage = if usage.is_empty() { String::new() } else { format!("\n{}", usage.trim()) };
    format!("{sentence} Abhilfe: Die Option --help zeigt, was möglich ist.{usage}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> String {
        match parse(line.split(' ').map(OsString::from)) {
            Parsed::Run(arguments) => format!("{:?}", arguments.command),
            Parsed::Shown(text) | Parsed::Refused(text) => text,
        }
    }

    #[test]
    fn the_arguments_are_consistent() {
        command().debug_assert();
    }

    #[test]
    fn nothing_english_is_shown() {
        let commands =
            ["", " init", " import", " import areas", " import figures", " export", " serve", " demo"];
        for name in commands {
            let help = parsed(&format!("kekiz{name} --help"));
            for word in
                ["Usage", "Options", "OPTIONS", "Commands", "Arguments", "Print", "default", "possible"]
            {
                assert!(!help.contains(word), "„{word}“ in der Hilfe zu „kekiz{name}“:\n{help}");
            }
        }
    }

    #[test]
    fn wrong_calls_get_german_sentences() {
        let check = |line: &str, expected: &str| {
            let text = parsed(line);
            assert!(text.contains(expected) && !text.contains("Usage"), "{line}: {text}");
        };
        check("kekiz relase", "Den Befehl „relase“ gibt es nicht. Gemeint ist vielleicht „release“.");
        check(
            "kekiz release --forc",
            "Die Angabe „--forc“ gibt es hier nicht. Gemeint ist vielleicht „--force“.",
        );
        check(
            "kekiz import areas x.shp --level ortsteil",
            "„ortsteil“ passt nicht zu „--level <EBENE>“: bekannt sind: bund",
        );
        check("kekiz serve --port viele", "„viele“ passt nicht zu „--port <PORT>“");
        check("kekiz export kinder --format pdf --out x", "möglich sind: csv, xlsx");
        check("kekiz export kinder --out x", "Es fehlt: --format <FORMAT>.");
        check("kekiz init", "Es fehlt: <ORDNER>.");
        check("kekiz import figures x.csv --suggest --mapping y", "schließen einander aus");
        check("kekiz import", "Aufruf: kekiz import [OPTIONEN] <BEFEHL>");
    }
}

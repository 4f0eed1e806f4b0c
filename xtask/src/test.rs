//! `cargo xtask test`: everything that has to hold before a change lands.

use crate::server::Server;
use crate::setup;
use crate::steps::{self, cargo, command, root, target_dir};
use crate::surroundings::Surroundings;

type Step = (&'static str, fn() -> Result<(), String>);

const STEPS: [Step; 7] = [
    ("setup", prepare),
    ("frontend", frontend),
    ("fmt", || steps::run("Format", cargo().args(["fmt", "--all", "--check"]))),
    ("clippy", || {
        let arguments = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
        steps::run("Lints", cargo().args(arguments))
    }),
    ("rust", || steps::run("Rust-Tests", cargo().args(["test", "--workspace", "--locked"]))),
    ("doc", || {
        let arguments = ["doc", "--workspace", "--no-deps", "--locked", "--document-private-items"];
        steps::run("Dokumentation", cargo().env("RUSTDOCFLAGS", "-D warnings").args(arguments))
    }),
    ("browser", browser),
];

/// Runs all steps, or one.
pub fn run(only: Option<&str>) -> Result<(), String> {
    if let Some(only) = only
        && !STEPS.iter().any(|(name, _)| *name == only)
    {
        let known: Vec<&str> = STEPS.iter().map(|(name, _)| *name).collect();
        return Err(format!("Unbekannter Schritt „{only}“; bekannt sind: {}", known.join(", ")));
    }
    for (name, step) in STEPS {
        if only.is_none_or(|only| only == name) {
            step()?;
        }
    }
    println!("\nAlle Schritte bestanden.");
    Ok(())
}

fn prepare() -> Result<(), String> {
    setup::compilers()?;
    setup::test_servers()?;
    setup::packages(&root().join("e2e"))?;
    setup::frontend()
}

fn frontend() -> Result<(), String> {
    let mut npm = command("npm");
    npm.current_dir(root().join("frontend")).args(["run", "--silent", "check"]);
    steps::run("Oberfläche: Typen und Regeln prüfen", &mut npm)
}

/// Loads the demo into a folder of its own, serves it on a free port and lets the browser read every page.
fn browser() -> Result<(), String> {
    // Built as the Rust tests build it: other flags would compile the query engine a second time.
    let arguments = ["test", "--workspace", "--locked", "--no-run"];
    steps::run("Programm für die Browsertests", cargo().args(arguments))?;
    let program = target_dir().join("debug/kekiz").to_string_lossy().into_owned();
    let store = target_dir().join("browser-test-store");
    if store.exists() {
        std::fs::remove_dir_all(&store).map_err(|error| format!("{}: {error}", store.display()))?;
    }
    steps::run("Demo laden", command(&program).args(["demo", "--no-serve", "--store"]).arg(&store))?;
    let around = Surroundings::new(&store)?;
    let invitation = around.invite(&program, &store)?;
    let server = Server::start_at(command(&program), &store, around.portal)?;
    let mut npm = command("npm");
    npm.current_dir(root().join("e2e")).args(["run", "--silent", "test"]).env("KEKIZ_URL", server.address());
    npm.env("KEKIZ_BROWSER", setup::CHROMIUM).env("KEKIZ_INVITATION", invitation);
    npm.env("KEKIZ_MAIL_PORT", around.mail.to_string()).env("KEKIZ_LOGIN_PORT", around.login.to_string());
    npm.env("KEKIZ_MAILS", store.join("mails")).env("KEKIZ_PROGRAM", &program).env("KEKIZ_STORE", &store);
    steps::run("Browsertests", &mut npm)
}

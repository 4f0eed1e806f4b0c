//! What a portal talks to, for the browser tests: a mail server and the login of a town hall.
//!
//! The tests start both (`e2e/servers`); here are their ports and what `kekiz.toml` says about them.

use crate::steps::command;
use std::net::TcpListener;
use std::path::Path;

/// Ports of the three servers.
pub struct Surroundings {
    /// The portal itself.
    pub portal: u16,
    /// The mail server.
    pub mail: u16,
    /// The login of the town hall.
    pub login: u16,
}

impl Surroundings {
    /// Chooses free ports and writes them into the configuration of a store.
    pub fn new(store: &Path) -> Result<Self, String> {
        // Held together, so that no port is given twice.
        let free = || TcpListener::bind("127.0.0.1:0").map_err(|error| format!("Kein freier Port: {error}"));
        let held = [free()?, free()?, free()?];
        let port = |at: usize| held[at].local_addr().map(|address| address.port()).map_err(|e| e.to_string());
        let around = Self { portal: port(0)?, mail: port(1)?, login: port(2)? };
        let file = store.join("kekiz.toml");
        let failed = |error: std::io::Error| format!("{}: {error}", file.display());
        let text = std::fs::read_to_string(&file).map_err(failed)?;
        let address = format!("[server]\nbase_url = \"http://127.0.0.1:{}\"", around.portal);
        let text = match text.contains("[server]") {
            true => text.replacen("[server]", &address, 1),
            false => format!("{text}\n{address}\nlisten = \"127.0.0.1:{}\"\n", around.portal),
        };
        std::fs::write(store.join("login-geheimnis"), "nur-fuer-tests").map_err(failed)?;
        std::fs::create_dir_all(store.join("mails")).map_err(failed)?;
        std::fs::write(&file, text + &around.settings()).map_err(failed)?;
        Ok(around)
    }

    fn settings(&self) -> String {
        format!(
            r#"
[mail]
host = "127.0.0.1"
port = {}
encryption = "none"
from = "Familienportal <portal@stadt.example>"

[login]
issuer = "http://127.0.0.1:{}"
client_id = "kekiz"
client_secret_file = "login-geheimnis"
label = "Anmeldung der Stadtverwaltung"
create_accounts = true
roles = {{ coordination = ["kekiz-koordination"] }}
"#,
            self.mail, self.login
        )
    }

    /// Invites the coordination; gives the path of the link.
    pub fn invite(&self, program: &str, store: &Path) -> Result<String, String> {
        let mut create = command(program);
        create.args([
            "account",
            "create",
            "--email",
            "koordination@stadt.example",
            "--name",
            "Kim Koordination",
        ]);
        create.args(["--role", "netzwerkkoordination", "--store"]).arg(store);
        let output = create.output().map_err(|error| format!("kekiz account create: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let link = text.split_whitespace().find_map(|word| Some(&word[word.find("/einladung/")?..]));
        link.map(str::to_string)
            .ok_or_else(|| format!("kekiz account create: {text}{}", String::from_utf8_lossy(&output.stderr)))
    }
}

//! A running `kekiz serve` for tests and measurements.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A server that ends with the tests, whatever happens in between.
pub struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts `kekiz serve` on a free port and waits for its address.
    pub fn start(serve: Command, store: &Path) -> Result<Server, String> {
        Self::start_at(serve, store, 0)
    }

    /// The same on a certain port.
    pub fn start_at(mut serve: Command, store: &Path, port: u16) -> Result<Server, String> {
        serve.args(["serve", "--port", &port.to_string(), "--store"]).arg(store).stdout(Stdio::piped());
        let mut child = serve.spawn().map_err(|error| format!("kekiz serve: {error}"))?;
        let output = child.stdout.take().ok_or("kekiz serve: keine Ausgabe")?;
        let mut lines = BufReader::new(output).lines();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let start = line.find("http://")?;
            Some(line[start..].split_whitespace().next()?.trim_end_matches('/').to_string())
        });
        // The pipe stays open, so that the server can go on printing.
        std::thread::spawn(move || lines.for_each(drop));
        match address {
            Some(address) => Ok(Server { child, address }),
            None => {
                let _ = child.kill();
                Err("kekiz serve hat keine Adresse genannt.".into())
            }
        }
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! A PostgreSQL server of the test's own.
//!
//! Debian's `postgresql` has to be installed (`cargo xtask test` sees to it); without it tests fail, they do not
//! skip. PostgreSQL refuses to run as root, so then it runs as the package's user `postgres`.

#![allow(dead_code, reason = "not every test program does everything with its server")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "only tests are in here")]

use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};

/// A running server; stopped when the last test lets go of it.
pub(crate) struct Server {
    folder: tempfile::TempDir,
    programs: PathBuf,
    port: u16,
    databases: AtomicU32,
}

static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());

impl Server {
    /// The server that the tests of this program share.
    pub(crate) fn shared() -> Arc<Server> {
        let mut shared = SHARED.lock().unwrap();
        if let Some(server) = shared.upgrade() {
            return server;
        }
        let server = Arc::new(Server::start("off"));
        *shared = Arc::downgrade(&server);
        server
    }

    /// A server of its own. `fsync` is `on` where the test kills it.
    pub(crate) fn start(fsync: &str) -> Server {
        let folder = tempfile::tempdir().unwrap();
        if is_root() {
            run(Command::new("chown").arg("postgres:").arg(folder.path()));
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Server { folder, programs: programs(), port, databases: AtomicU32::new(0) };
        run(server.program("initdb").args([
            "-A",
            "trust",
            "-U",
            "kekiz",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]));
        let settings = format!(
            "listen_addresses='127.0.0.1'\nport={port}\nunix_socket_directories=''\nfsync={fsync}\n\
             shared_buffers=64MB\nlog_min_messages=warning\n"
        );
        // Written by the server's user: the folder is not ours.
        let file = server.data().join("postgresql.auto.conf");
        std::fs::write(&file, settings).unwrap();
        assert!(server.try_run(), "PostgreSQL startet nicht: {}", server.log());
        server
    }

    /// An empty database's address.
    pub(crate) fn database(&self) -> String {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let port = self.port.to_string();
        run(self.program("createdb").args(["-h", "127.0.0.1", "-p", &port, "-U", "kekiz", &name]));
        self.address(&name)
    }

    /// The address of a database.
    pub(crate) fn address(&self, name: &str) -> String {
        format!("postgres://kekiz@127.0.0.1:{}/{name}", self.port)
    }

    /// Kills the server's first process with SIGKILL, as a power cut would, and starts it again.
    pub(crate) fn kill_and_restart(&self) {
        let pid = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        run(Command::new("kill").args(["-9", pid.lines().next().unwrap()]));
        // Its children notice and end by themselves; until then a new server refuses the old memory.
        assert!((0..100).any(|_| self.try_run()), "PostgreSQL startet nicht wieder: {}", self.log());
    }

    fn try_run(&self) -> bool {
        let log = self.folder.path().join("log");
        let mut command = self.program("pg_ctl");
        command.args(["start", "-w", "-s", "-t", "60", "-l"]).arg(log);
        command.output().unwrap().status.success()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// One of the server's programs, as a user that may run it, on the server's folder.
    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(self.folder.path()).env("PGDATA", self.data());
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.program("pg_ctl").args(["stop", "-m", "immediate", "-s", "-w"]).output();
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// The newest of Debian's PostgreSQL.
fn programs() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = folders
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| Path::new(bin).join("initdb").exists())
        .collect();
    found.sort();
    let (_, bin) = found.pop().expect("PostgreSQL fehlt. Abhilfe: apt-get install postgresql");
    bin
}

fn run(command: &mut Command) {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}

//! Mails through the real program: `kekiz serve` sends what waits, to a mail server the test starts.
#![allow(clippy::unwrap_used)]

#[path = "../../accounts/tests/all/sink.rs"]
mod sink;

use assert_cmd::Command;
use sink::Sink;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start(store: &Path) -> Self {
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("kekiz"))
            .args(["serve", "--port", "0", "--store"])
            .arg(store)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.by_ref().map_while(Result::ok).find(|line| line.contains("http://")).unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        let address = line.split("http://").nth(1).unwrap().split_whitespace().next().unwrap().to_string();
        Self { child, address }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = std::net::TcpStream::connect(self.address.trim_end_matches('/')).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut text = Vec::new();
        stream.read_to_end(&mut text).unwrap();
        String::from_utf8_lossy(&text).into_owned()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn kekiz(store: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("kekiz").unwrap();
    let output = command.args(arguments).arg("--store").arg(store).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const AREAS: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"NR":"01","NAME":"Nord"},
"geometry":{"type":"Polygon","coordinates":[[[7.0,51.1],[7.1,51.1],[7.1,51.2],[7.0,51.2],[7.0,51.1]]]}}]}"#;

/// A project with a mail server on this machine.
fn project(folder: &Path, port: u16) -> std::path::PathBuf {
    let store = folder.join("stadt");
    assert!(Command::cargo_bin("kekiz").unwrap().arg("init").arg(&store).output().unwrap().status.success());
    let file = store.join("kekiz.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace("[server]", "[server]\nbase_url = \"https://portal.example\"");
    assert!(text.contains("base_url = \"https://portal.example\""), "{text}");
    let mail = format!(
        "\n[mail]\nhost = \"127.0.0.1\"\nport = {port}\nencryption = \"none\"\nfrom = \"Portal <portal@stadt.example>\"\n"
    );
    std::fs::write(&file, text + &mail).unwrap();
    let borders = folder.join("grenzen.geojson");
    std::fs::write(&borders, AREAS).unwrap();
    let areas = ["--geography", "stadtteile", "--level", "stadtteil", "--key", "NR", "--name", "NAME"];
    let borders = borders.to_string_lossy().into_owned();
    let (code, _, errors) = kekiz(&store, &[&["import", "areas", &borders], &areas[..]].concat());
    assert_eq!(code, 0, "{errors}");
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_reaches_the_person_through_the_running_server() {
    let sink = Sink::start(vec!["451 later"]).await;
    let folder = tempfile::tempdir().unwrap();
    let store = project(folder.path(), sink.port);
    let (code, _, errors) = kekiz(&store, &["config", "check"]);
    assert_eq!(code, 0, "{errors}");
    let invite = ["account", "create", "--email", "ada@stadt.example", "--name", "Ada"];
    assert_eq!(kekiz(&store, &invite).0, 0);
    // The first try is refused for now; the next one is due a minute later, so nothing goes out twice at once.
    let (code, out, errors) = kekiz(&store, &["--json", "portal", "mail"]);
    assert_eq!(code, 0, "{errors}");
    assert!(out.contains("\"postponed\": 1"), "{out}");
    let invite = ["account", "create", "--email", "bea@stadt.example", "--name", "Bea"];
    assert_eq!(kekiz(&store, &invite).0, 0);
    let serving = Serving::start(&store);
    let mut mails = Vec::new();
    for _ in 0..200 {
        mails = sink.mails.lock().unwrap().clone();
        if !mails.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(mails.len(), 1, "{mails:?}");
    let mail = mails[0].replace("=\n", "");
    assert!(mail.contains("To: bea@stadt.example"), "{mail}");
    let path = mail.split("https://portal.example").nth(1).unwrap().split_whitespace().next().unwrap();
    let page = serving.get(path);
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("Willkommen, Bea"), "{page}");
}

#[test]
fn settings_that_cannot_work_are_refused_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let store = project(folder.path(), 25);
    let file = store.join("kekiz.toml");
    let good = std::fs::read_to_string(&file).unwrap();
    for (from, to, expected) in [
        ("Portal <portal@stadt.example>", "Portal", "ist kein Absender"),
        ("base_url = \"https://portal.example\"", "", "base_url"),
        ("encryption = \"none\"", "encryption = \"ssl\"", "„ssl“ ist unbekannt"),
        ("encryption = \"none\"", "user = \"portal\"", "gehören zusammen"),
        ("encryption = \"none\"", "user = \"p\"\npassword_file = \"fehlt\"", "fehlt"),
    ] {
        std::fs::write(&file, good.replace(from, to)).unwrap();
        let (code, out, errors) = kekiz(&store, &["portal", "mail"]);
        assert_eq!(code, 4, "{to}: {out}{errors}");
        assert!(errors.contains(expected), "{to}: {errors}");
    }
    std::fs::write(&file, good.split("[mail]").next().unwrap()).unwrap();
    let (code, _, errors) = kekiz(&store, &["portal", "mail"]);
    assert_eq!(code, 4);
    assert!(errors.contains("kein Mailserver eingetragen"), "{errors}");
    for work in ["remind", "purge"] {
        let (code, _, errors) = kekiz(&store, &["portal", work]);
        assert_eq!(code, 0, "{errors}");
    }
}

//! The workbench from login to purge on a made-up city; nobody else gets in, and no page tells a name unasked.
#![allow(clippy::unwrap_used)]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use kekiz_base::AreaTree;
use kekiz_desk::{Around, CountStore, Desk, DeskConfig, router};
use kekiz_disclosure::Policy;
use kekiz_microdata::Nowhere;
use kekiz_persons::Office;
use kekiz_strongbox::{Accessor, Secrets, keyfile};
use kekiz_testcity::{City, Plan, files};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use tower::ServiceExt;

const HOST: &str = "127.0.0.1:8090";

static RANDOM: AtomicU64 = AtomicU64::new(7);
thread_local! {
    /// Each test runs in its own thread and has its own clock.
    static MINUTES: Cell<i64> = const { Cell::new(0) };
}

fn random(bytes: &mut [u8]) {
    for chunk in bytes.chunks_mut(8) {
        let number =
            RANDOM.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        chunk.copy_from_slice(&number.to_le_bytes()[..chunk.len()]);
    }
}

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(MINUTES.get())
}

/// Keeps counts nowhere, and knows no areas.
struct Nothing;

impl CountStore for Nothing {
    fn areas(&self) -> Result<Arc<AreaTree>, String> {
        Ok(Arc::default())
    }

    fn store(&self, counts: &kekiz_persons::Counts) -> Result<u64, String> {
        Ok(counts.figures.len() as u64)
    }
}

struct Place {
    folder: TempDir,
    router: Router,
    cookie: String,
    token: String,
}

struct Answer {
    status: StatusCode,
    location: String,
    cookie: Option<String>,
    headers: axum::http::HeaderMap,
    text: String,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::random().unwrap();
        keyfile::write(&folder.path().join("schluessel.json"), &secrets, None).unwrap();
        Office::create(&folder.path().join("tresor"), &secrets, Accessor::new("Einrichtung")).unwrap();
        let config = DeskConfig {
            folder: folder.path().join("tresor"),
            policy: Policy::min5(),
            areas: Box::new(Nowhere),
            known_areas: BTreeSet::new(),
            counts: Box::new(Nothing),
            hosts: vec![HOST.into()],
            idle: SignedDuration::from_mins(20),
            largest_upload: 100 << 20,
        };
        let router = router(Desk::new(config, Around { now, random }));
        Self { folder, router, cookie: String::new(), token: String::new() }
    }

    fn ask(&self, request: Request<Body>) -> Answer {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let headers = response.headers().clone();
            let text = |name: header::HeaderName| headers.get(name).map(|v| v.to_str().unwrap().to_string());
            let cookie = text(header::SET_COOKIE).and_then(|c| Some(c.split(';').next()?.to_string()));
            let (status, location) = (response.status(), text(header::LOCATION).unwrap_or_default());
            let body = to_bytes(response.into_body(), 1 << 28).await.unwrap();
            Answer { status, location, cookie, headers, text: String::from_utf8_lossy(&body).into_owned() }
        })
    }

    fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).header(header::HOST, HOST).header(header::COOKIE, &self.cookie);
        self.ask(request.body(Body::empty()).unwrap())
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("schutz", &self.token);
        fields.iter().for_each(|(name, value)| {
            body.append_pair(name, value);
        });
        let request = Request::post(path)
            .header(header::HOST, HOST)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(body.finish())).unwrap())
    }

    fn send(&self, path: &str, fields: &[(&str, &str)], uploads: &[(&str, &str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        let token = [("schutz", self.token.as_str())];
        for (name, value) in token.iter().chain(fields) {
            body.extend(
                format!("--grenze\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .bytes(),
            );
        }
        for (name, file, content) in uploads {
            body.extend(
                format!(
                    "--grenze\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n"
                )
                .bytes(),
            );
            body.extend(*content);
            body.extend(b"\r\n");
        }
        body.extend(b"--grenze--\r\n");
        let request = Request::post(path)
            .header(header::HOST, HOST)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=grenze");
        self.ask(request.body(Body::from(body)).unwrap())
    }

    /// Opens a page and takes its token.
    fn token_of(&mut self, path: &str) -> Answer {
        let answer = self.get(path);
        if let Some(cookie) = &answer.cookie {
            self.cookie.clone_from(cookie);
        }
        let after = answer.text.split("name=\"schutz\" value=\"").nth(1);
        self.token = after.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_string();
        answer
    }

    fn enter(&mut self, key: &[u8]) -> Answer {
        self.token_of("/anmelden");
        let answer = self.send("/anmelden", &[("name", "Kim Beispiel")], &[("schluessel", "s.json", key)]);
        if let Some(cookie) = &answer.cookie {
            self.cookie.clone_from(cookie);
        }
        answer
    }

    fn signed() -> Self {
        let mut place = Self::new();
        let key = std::fs::read(place.folder.path().join("schluessel.json")).unwrap();
        let answer = place.enter(&key);
        assert_eq!(
            (answer.status, answer.location.as_str()),
            (StatusCode::SEE_OTHER, "/"),
            "{}",
            answer.text
        );
        place.token_of("/");
        place
    }
}

#[test]
fn nobody_gets_in_without_the_key() {
    let mut place = Place::new();
    for path in [
        "/",
        "/import",
        "/verknuepfen",
        "/auswerten",
        "/auszaehlen",
        "/ausgaben",
        "/loeschen",
        "/protokoll",
        "/datensatz/x",
        "/pruefen/x",
        "/pruefen/x/0",
    ] {
        let answer = place.get(path);
        assert_eq!((answer.status, answer.location.as_str()), (StatusCode::SEE_OTHER, "/anmelden"), "{path}");
    }
    let other = tempfile::tempdir().unwrap();
    keyfile::write(&other.path().join("k"), &Secrets::random().unwrap(), None).unwrap();
    let other = std::fs::read(other.path().join("k")).unwrap();
    for key in [other.as_slice(), b"kein Schluessel", b""] {
        let answer = place.enter(key);
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
        assert!(answer.text.contains("role=\"alert\""));
    }
}

#[test]
fn a_session_ends_with_rest() {
    let place = Place::signed();
    for (minute, status) in
        [(19, StatusCode::OK), (38, StatusCode::OK), (58, StatusCode::SEE_OTHER), (59, StatusCode::SEE_OTHER)]
    {
        MINUTES.set(minute);
        assert_eq!(place.get("/").status, status, "{minute}");
    }
}

#[test]
fn foreign_hosts_and_forms_without_token_are_refused() {
    let place = Place::signed();
    let foreign =
        Request::get("/").header(header::HOST, "boese.example").header(header::COOKIE, &place.cookie);
    assert_eq!(place.ask(foreign.body(Body::empty()).unwrap()).status, StatusCode::FORBIDDEN);
    let mut thief = Place { token: "00".repeat(32), ..place };
    let answer = thief.post("/loeschen", &[("was", "datensatz"), ("name", "x"), ("bestaetigung", "x")]);
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    thief.token.clear();
    assert_eq!(thief.send("/import", &[], &[("datei", "x.csv", b"x")]).status, StatusCode::FORBIDDEN);
    let page = thief.get("/");
    for (name, part) in [
        ("content-security-policy", "default-src 'none'"),
        ("x-frame-options", "DENY"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert!(page.headers[name].to_str().unwrap().contains(part), "{name}");
    }
    assert!(!page.text.contains("<script"), "works without JavaScript");
    assert!(!page.text.contains("http://") && !page.text.contains("https://"), "asks nobody else");
}

#[test]
fn from_import_to_release_no_page_tells_a_name_unasked() {
    let city = City::build(Plan { children: 8_000, seed: 3 }).unwrap();
    let all: BTreeMap<String, Vec<u8>> =
        files(&city).into_iter().map(|file| (file.path, file.bytes)).collect();
    let mut names: Vec<String> = city.canaries().into_iter().map(String::from).collect();
    let place = Place::signed();
    let mut pages: Vec<String> = Vec::new();
    for (file, schema) in [("schuleingang.csv", "schuleingangsuntersuchung"), ("sgb2.csv", "sgb2")] {
        for how in ["pruefen", "speichern"] {
            let fields = [("schema", schema), ("stichtag", "2024-12-31"), ("zeitraum", "2024"), ("wie", how)];
            let answer = place.send(
                "/import",
                &fields,
                &[("adressen", "adressen.csv", &all["adressen.csv"]), ("datei", file, &all[file])],
            );
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            assert!(answer.text.contains(if how == "pruefen" { "nur geprüft" } else { "ist gespeichert" }));
            pages.push(answer.text);
        }
    }
    let bad = place.send(
        "/import",
        &[("schema", "sgb2"), ("wie", "speichern")],
        &[("datei", "x.csv", b"a;b\n1;2\n")],
    );
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    pages.extend([place.get("/").text, place.get("/datensatz/schuleingangsuntersuchung").text]);

    let fields = [
        ("links", "schuleingangsuntersuchung"),
        ("rechts", "sgb2"),
        ("schwelle", "90"),
        ("durchsicht", "5"),
        ("name", "seu-sgb2"),
        ("partner", "beliebig"),
    ];
    let linked = place.post("/verknuepfen", &fields);
    assert_eq!(
        (linked.status, linked.location.as_str()),
        (StatusCode::SEE_OTHER, "/verknuepfen/ergebnis"),
        "{}",
        linked.text
    );
    let result = place.get("/verknuepfen/ergebnis").text;
    assert_eq!(result.matches("<svg").count(), 5, "four drawings and the mark");
    let review = place.get("/pruefen/seu-sgb2").text;
    let pair =
        review.split("href=\"/pruefen/seu-sgb2/").nth(1).unwrap().split('"').next().unwrap().to_string();
    let path = format!("/pruefen/seu-sgb2/{pair}");
    let blind = place.get(&path).text;
    assert!(blind.contains("Bit") && !blind.contains("Angaben beider"));
    pages.extend([result, review, blind]);

    let log = place.get("/protokoll").text;
    assert!(!log.contains("Klardaten eines Paares"));
    let shown = place.post(&format!("{path}/zeigen"), &[]);
    assert!(shown.text.contains("Angaben beider"), "{}", shown.text);
    assert!(place.get("/protokoll").text.contains("Klardaten eines Paares"));
    let decided = place.post(&path, &[("urteil", "dieselbe")]);
    assert_eq!(decided.status, StatusCode::SEE_OTHER);
    assert!(shown.text.contains("Urteil: offen."), "{}", shown.text);
    let decided = place.get(&path).text;
    assert!(decided.contains("Urteil: dieselbe Person."), "{decided}");

    pages.push(place.get("/auswerten?datensatz=schuleingangsuntersuchung").text);
    let wanted = [
        ("datensatz", "schuleingangsuntersuchung"),
        ("verknuepfung", "seu-sgb2"),
        ("titel", "Befunde nach SGB II"),
        ("befund", "deutsch_mangelhaft=1"),
        ("titel:deutsch_mangelhaft=1", "Deutsch mangelhaft"),
    ];
    let found = place.post("/auswerten", &wanted);
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    assert!(found.text.contains("Relatives Risiko"));
    let definition =
        found.text.split("<pre class=\"k-code\">").nth(1).unwrap().split("</pre>").next().unwrap();
    let definition = definition
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    let released = place.post("/ausgaben", &[("vorschrift", &definition)]);
    assert_eq!(released.status, StatusCode::OK, "{}", released.text);
    assert!(released.text.contains("Was die Schleuse getan hat"));
    pages.extend([found.text, released.text, place.get("/ausgaben").text]);

    let rule = "version = 1\ndataset = \"kinder\"\n[source]\ntitle = \"t\"\npublisher = \"p\"\nlicence = \"l\"\nattribution = \"a\"\n[frame]\ndataset = \"sgb2\"\n[[counts]]\nvariable = \"kinder_sgb2\"\ntitle = \"Kinder\"\n";
    let counted = place.send("/auszaehlen", &[], &[("vorschrift", "k.toml", rule.as_bytes())]);
    assert!(counted.text.contains("Zahlen liegen geschützt"), "{}", counted.text);
    pages.push(counted.text);

    let kept = place.post("/loeschen", &[("was", "datensatz"), ("name", "sgb2"), ("bestaetigung", "falsch")]);
    assert!(kept.text.contains("nichts gelöscht"));
    let gone = place.post("/loeschen", &[("was", "datensatz"), ("name", "sgb2"), ("bestaetigung", "sgb2")]);
    assert!(gone.text.contains("Gelöscht:") && gone.text.contains("beruhen darauf"), "{}", gone.text);
    pages.extend([gone.text, place.get("/protokoll").text]);
    names.extend(
        city.children.iter().take(50).map(|child| child.surname.clone()).filter(|name| name.len() > 6),
    );
    for page in &pages {
        let leak = names.iter().find(|name| page.contains(name.as_str()));
        assert!(leak.is_none(), "a page tells a name");
    }
    let out = place.post("/abmelden", &[]);
    assert_eq!(out.location, "/anmelden");
    assert_eq!(place.get("/").location, "/anmelden");
}

//! The pages behind the login: who may open them, and the way in and out.
#![allow(clippy::unwrap_used)]

mod registers;
mod sharing;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use kekiz_portal::people::{Account, State};
use kekiz_portal::store::{accounts, outbox, roles, sessions};
use kekiz_portal::{Around, Grant, Portal, PortalConfig, Role, Scope};
use kekiz_site::{SiteConfig, SiteState, guarded_paths, router};
use kekiz_testkit::published_city;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tower::ServiceExt;

struct Desk {
    router: Router,
    portal: Arc<Portal>,
    _dir: Box<dyn std::any::Any>,
}

async fn desk() -> Desk {
    let (dir, published) = published_city().unwrap();
    let atlas = kekiz_atlas::Atlas::of(published).unwrap();
    let count = AtomicU64::new(1);
    let around = Around::new(
        || "2026-05-05T08:30:00Z".parse().unwrap(),
        move |bytes| {
            let next = count.fetch_add(1, Ordering::Relaxed).to_le_bytes();
            bytes.iter_mut().zip(next.iter().cycle()).for_each(|(byte, next)| *byte = *next);
        },
    );
    let portal = Portal::open(&PortalConfig::in_folder(&dir.path().join("portal")), around).await.unwrap();
    let portal = Arc::new(portal);
    let state = SiteState::new(Arc::new(atlas), SiteConfig::default()).with_portal(Arc::clone(&portal));
    Desk { router: router(state), portal, _dir: Box::new(dir) }
}

/// What came back.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn to(&self) -> &str {
        self.headers.get("location").map_or("", |value| value.to_str().unwrap())
    }

    /// The cookie it sets, as the browser sends it back.
    fn cookie(&self) -> Option<String> {
        let text = self.headers.get("set-cookie")?.to_str().unwrap();
        for part in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(text.starts_with("__Host-kekiz="), "{text}");
        Some(text.split(';').next().unwrap().to_string())
    }

    /// The token of its first form.
    fn token(&self) -> String {
        self.text.split("name=\"schutz\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_string()
    }
}

impl Desk {
    async fn send(&self, method: &str, path: &str, cookie: Option<&str>, form: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = request.body(Body::from(form.to_string())).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = to_bytes(answer.into_body(), 64 << 20).await.unwrap();
        Answer { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    async fn get(&self, path: &str, cookie: Option<&str>) -> Answer {
        self.send("GET", path, cookie, "").await
    }

    /// An account with a role and a running session; gives the cookie.
    async fn somebody(&self, name: &str, grant: Option<Grant>) -> String {
        let (db, now) = (self.portal.db(), self.portal.now().at);
        let account = Account {
            id: name.into(),
            email: format!("{name}@stadt.example"),
            name: name.into(),
            password: None,
            state: State::Active,
            language: "de".into(),
            created_at: now.into(),
            last_login_at: None,
            password_changed_at: None,
        };
        accounts::insert(db, account).await.unwrap();
        if let Some(grant) = &grant {
            roles::grant(db, name, grant, now, None).await.unwrap();
        }
        let secret = self.portal.secret();
        let until = now.checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
        sessions::create(db, &secret, "", now, until).await.unwrap();
        sessions::attach(db, &secret, name, "").await.unwrap();
        format!("__Host-kekiz={secret}")
    }
}

/// Every address of these pages × everybody: read, and sent an empty form without a token.
#[tokio::test]
async fn who_may_open_what() {
    let desk = desk().await;
    let everywhere = |role| Some(Grant { role, scope: Scope::Everywhere });
    let mut people = vec![("public", None), ("account", Some(desk.somebody("account", None).await))];
    let own = Grant { role: Role::Provider, scope: Scope::Organization("org".into()) };
    people.push(("provider", Some(desk.somebody("provider", Some(own)).await)));
    for (name, role) in [
        ("coordination", Role::Coordination),
        ("statistics", Role::Statistics),
        ("land", Role::Land),
        ("administration", Role::Administration),
    ] {
        people.push((name, Some(desk.somebody(name, everywhere(role)).await)));
    }
    let mut text = format!("{:<40}", "GET, POST without token");
    for (name, _) in &people {
        write!(text, "{name:<16}").unwrap();
    }
    for path in guarded_paths() {
        let asked = path.replace("{token}", "nichts").replace("{id}", "nichts");
        let asked = asked.replace("{other}", "anderes").replace("{art}", "ziel");
        write!(text, "\n{path:<40}").unwrap();
        for (name, cookie) in &people {
            let read = desk.get(&asked, cookie.as_deref()).await;
            let sent = desk.send("POST", &asked, cookie.as_deref(), "").await;
            assert!(!sent.status.is_success(), "{path} took a form without a token from {name}");
            assert!(!read.status.is_server_error(), "{path} for {name}: {}", read.text);
            if read.status == StatusCode::OK {
                assert_eq!(read.headers["cache-control"], "no-store", "{path}");
            }
            let word = match (read.status.as_u16(), read.to().starts_with("/anmelden")) {
                (303, true) => "login".to_string(),
                (status, _) => status.to_string(),
            };
            write!(text, "{:<16}", format!("{word} {}", sent.status.as_u16())).unwrap();
        }
    }
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[tokio::test]
async fn an_invited_person_comes_in_and_goes_out() {
    let desk = desk().await;
    let link = desk.portal.invite_first("ada@stadt.example", "Ada").await.unwrap();
    let path = link.as_str();
    let page = desk.get(path, None).await;
    assert!(page.text.contains("Willkommen, Ada"), "{}", page.text);
    let cookie = page.cookie().unwrap();
    let form =
        |password: &str| format!("schutz={}&passwort={password}&wiederholung={password}", page.token());
    let weak = desk.send("POST", path, Some(&cookie), &form("kurz")).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    let foreign = desk.send("POST", path, None, &form("vier+Worte+ohne+Sinn")).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "a form without the cookie");
    let taken = desk.send("POST", path, Some(&cookie), &form("vier+Worte+ohne+Sinn")).await;
    assert_eq!(taken.to(), "/anmelden?neu=willkommen", "{}", taken.text);
    assert_eq!(desk.get(path, Some(&cookie)).await.status, StatusCode::NOT_FOUND, "a link works once");

    let login = desk.get("/anmelden?weiter=/konto", Some(&cookie)).await;
    assert!(login.cookie().is_none(), "the cookie stays");
    let form = |password: &str| {
        format!("schutz={}&email=ada%40stadt.example&passwort={password}&weiter=%2Fkonto", login.token())
    };
    let wrong = desk.send("POST", "/anmelden", Some(&cookie), &form("falsch")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Mailadresse oder Passwort stimmt nicht"));
    let inside = desk.send("POST", "/anmelden", Some(&cookie), &form("vier+Worte+ohne+Sinn")).await;
    assert_eq!(inside.to(), "/konto", "{}", inside.text);
    let session = inside.cookie().unwrap();
    assert_ne!(session, cookie, "a new secret for the session");
    let account = desk.get("/konto", Some(&session)).await;
    assert!(account.text.contains("Administration"));
    let data = desk.get("/konto/daten", Some(&session)).await;
    assert!(data.text.contains("ada@stadt.example") && !data.text.contains("argon2"), "{}", data.text);

    let form = format!("schutz={}", account.token());
    let left = desk.send("POST", "/abmelden", Some(&session), &form).await;
    assert_eq!(left.to(), "/anmelden?neu=abgemeldet");
    assert!(desk.get("/konto", Some(&session)).await.to().starts_with("/anmelden"), "the session is gone");

    let asked = format!("schutz={}&email=ada%40stadt.example", login.token());
    let reset = desk.send("POST", "/passwort", Some(&cookie), &asked).await;
    assert_eq!(reset.to(), "/passwort?gesendet=1");
    let mails = outbox::due(desk.portal.db(), desk.portal.now().at, 10).await.unwrap();
    assert!(mails.iter().any(|mail| mail.plain.contains("/passwort/")), "a link went out");
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let desk = desk().await;
    let login = desk.get("/anmelden", None).await;
    let cookie = login.cookie().unwrap();
    let form = format!("schutz={}&email=a%40b.de&passwort=falsch", login.token());
    let mut last = String::new();
    for _ in 0..12 {
        last = desk.send("POST", "/anmelden", Some(&cookie), &form).await.text;
    }
    assert!(last.contains("Zu viele Versuche"), "{last}");
}

async fn with_provider(desk: &Desk) -> String {
    let mut writing = desk.portal.begin(&kekiz_portal::Actor::System, "").await.unwrap();
    let owner = kekiz_portal::offers::hsds::Organization {
        id: "org".into(),
        name: "Familienbund".into(),
        ..Default::default()
    };
    kekiz_portal::store::records::save(&writing.tx, &owner, 0, &writing.edit).await.unwrap();
    writing.note("organization.saved", "organization", "org", serde_json::json!({}));
    writing.finish().await.unwrap();
    let own = Grant { role: Role::Provider, scope: Scope::Organization("org".into()) };
    desk.somebody("traeger", Some(own)).await
}

const WHOLE: &str = "name=Krabbelgruppe+am+Markt&beschreibung=Spielen+und+reden.&telefon=02151+12345\
    &strasse=Marktplatz+1&plz=47798&ort=Krefeld&zeiten=Mo-Fr+09%3A00-12%3A00%3B+Di+14%3A00-18%3A00\
    &kosten=kostenlos&alter_von=0&alter_bis=35&lebensphasen=kleinkind_u3&lebensphasen=familie\
    &handlungsfelder=familienbildung&zugang=komm&plaetze=12";

#[tokio::test]
async fn a_provider_writes_publishes_and_is_never_overwritten() {
    let desk = desk().await;
    let cookie = with_provider(&desk).await;
    let list = desk.get("/traeger", Some(&cookie)).await;
    let token = list.token();
    let form = format!("schutz={token}&traeger=org&name=Krabbelgruppe");
    let begun = desk.send("POST", "/traeger", Some(&cookie), &form).await;
    let path = begun.to().to_string();
    assert!(path.starts_with("/traeger/angebot/"), "{}", begun.text);
    let page = desk.get(&path, Some(&cookie)).await;
    assert!(page.text.contains("Die Beschreibung fehlt."), "{}", page.text);
    let step = |word: &str| format!("schutz={token}&schritt={word}");
    let early = desk.send("POST", &format!("{path}/stand"), Some(&cookie), &step("veroeffentlichen")).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.text.contains("Zum Veröffentlichen fehlt noch etwas"));

    let wrong = format!("schutz={token}&fassung=1&name=Krabbelgruppe&zeiten=immer+mal");
    let wrong = desk.send("POST", &path, Some(&cookie), &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Diese Zeiten sind nicht lesbar") && wrong.text.contains("aria-invalid"));

    let saved = desk.send("POST", &path, Some(&cookie), &format!("schutz={token}&fassung=1&{WHOLE}")).await;
    assert_eq!(saved.to(), format!("{path}?neu=gespeichert"), "{}", saved.text);
    let page = desk.get(&path, Some(&cookie)).await;
    assert!(page.text.contains("Di 14:00-18:00"), "{}", page.text);
    let done = desk.send("POST", &format!("{path}/stand"), Some(&cookie), &step("veroeffentlichen")).await;
    assert_eq!(done.to(), format!("{path}?neu=veroeffentlicht"), "{}", done.text);
    let public = desk.get(&path.replace("/traeger/angebot", "/hilfe"), None).await;
    assert_eq!(public.status, StatusCode::OK);
    assert!(public.headers.get("set-cookie").is_none(), "public pages set no cookie");
    assert!(public.text.contains("Krabbelgruppe am Markt"));

    // Somebody else saved in between: nothing is lost, both versions are shown.
    let first = format!("schutz={token}&fassung=3&{}", WHOLE.replace("kostenlos", "2+Euro"));
    assert_eq!(desk.send("POST", &path, Some(&cookie), &first).await.status, StatusCode::SEE_OTHER);
    let second = format!("schutz={token}&fassung=3&{}", WHOLE.replace("kostenlos", "9+Euro"));
    let stale = desk.send("POST", &path, Some(&cookie), &second).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.text);
    assert!(stale.text.contains("2 Euro") && stale.text.contains("9 Euro"));
    assert!(stale.text.contains("name=\"fassung\" value=\"4\""), "the form grew from the stored version");
    let now = desk.get(&path, Some(&cookie)).await;
    assert!(now.text.contains("2 Euro") && !now.text.contains("9 Euro"), "nothing was overwritten");

    let other = Grant { role: Role::Provider, scope: Scope::Organization("other".into()) };
    let stranger = desk.somebody("fremd", Some(other)).await;
    assert_eq!(desk.get(&path, Some(&stranger)).await.status, StatusCode::FORBIDDEN);
    let gone = desk.send("POST", &format!("{path}/stand"), Some(&cookie), &step("archivieren")).await;
    assert_eq!(gone.to(), format!("{path}?neu=archiviert"));
    let hidden = desk.get(&path.replace("/traeger/angebot", "/hilfe"), None).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    assert_eq!(
        desk.get(&path, Some(&stranger)).await.status,
        StatusCode::NOT_FOUND,
        "not even that it exists"
    );
    let kept = kekiz_portal::store::audit::verify(desk.portal.db()).await.unwrap();
    assert!(kept.entries >= 6);
}

/// A public offer of the provider, checked long ago.
async fn with_old_offer(desk: &Desk) {
    let mut one = kekiz_portal::offers::Offer::draft("1".into(), "org".into());
    one.state = kekiz_portal::offers::OfferState::Published;
    one.service.name = "Babytreff <b>am Markt</b>".into();
    one.service.fees_description = "kostenlos".into();
    let groups = kekiz_portal::offers::FieldGroup::ALL;
    kekiz_portal::offers::confirm(&mut one, groups, jiff::civil::date(2025, 1, 1), "x", "");
    let mut writing = desk.portal.begin(&kekiz_portal::Actor::System, "").await.unwrap();
    kekiz_portal::store::offers::save(&writing.tx, &one, &writing.edit).await.unwrap();
    writing.note("offer.saved", "offer", "1", serde_json::json!({}));
    writing.finish().await.unwrap();
}

/// The mail asks, and its link answers without a login: opening it changes nothing, each answer works once.
#[tokio::test]
async fn a_link_from_a_reminder_answers_without_login() {
    use kekiz_portal::offers::{OfferId, OfferState, ReminderRules};
    let desk = desk().await;
    with_provider(&desk).await;
    with_old_offer(&desk).await;
    let state = async |desk: &Desk| {
        let id = OfferId("1".into());
        kekiz_portal::store::offers::get(desk.portal.db(), &id).await.unwrap().unwrap().value.state
    };
    let rules = ReminderRules::default();
    let done = desk.portal.remind(&kekiz_portal::Actor::System, &rules).await.unwrap();
    assert_eq!((done.due, done.mails, done.greyed), (1, 1, 0), "nobody is greyed before being asked");
    let mails = outbox::due(desk.portal.db(), desk.portal.now().at, 10).await.unwrap();
    let mail = mails.iter().find(|mail| mail.recipient == "traeger@stadt.example").unwrap();
    let path = mail.plain.lines().find(|line| line.starts_with("/pruefen/")).unwrap().to_string();
    let page = desk.get(&path, None).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("Babytreff &#60;b&#62;am Markt") && page.text.contains("1.1.2025"));
    assert_eq!(state(&desk).await, OfferState::Due, "opening the link answers nothing");
    let cookie = page.cookie().unwrap();
    let form = |answer: &str| format!("schutz={}&antwort={answer}", page.token());
    let foreign = desk.send("POST", &path, None, &form("gilt")).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let change = desk.send("POST", &path, Some(&cookie), &form("aendern")).await;
    assert_eq!(change.to(), "/anmelden?weiter=/traeger/angebot/1");
    let done = desk.send("POST", &path, Some(&cookie), &form("gilt")).await;
    assert!(done.text.contains("gilt als heute geprüft"), "{}", done.text);
    assert_eq!(state(&desk).await, OfferState::Published);
    assert_eq!(desk.get(&path, None).await.status, StatusCode::NOT_FOUND, "a link answers once");
    assert_eq!(desk.get("/pruefen/unsinn", None).await.status, StatusCode::NOT_FOUND);
    let kept = kekiz_portal::store::audit::verify(desk.portal.db()).await.unwrap();
    assert!(kept.entries > 3);
}

/// A mail the server refused for good is shown to who coordinates, and sent again or forgotten.
#[tokio::test]
async fn mails_that_were_given_up_are_shown_and_settled() {
    let desk = desk().await;
    let grant = Grant { role: Role::Coordination, scope: Scope::Everywhere };
    let cookie = desk.somebody("koordination", Some(grant)).await;
    desk.portal.invite_first("wrong@stadt.example", "Ada").await.unwrap();
    let (db, now) = (desk.portal.db(), desk.portal.now().at);
    let id = outbox::due(db, now, 10).await.unwrap()[0].id.clone();
    outbox::failed(db, &id, "Der Mailserver antwortet mit 550.", None).await.unwrap();
    let page = desk.get("/koordination/mails", Some(&cookie)).await;
    assert!(page.text.contains("wrong@stadt.example") && page.text.contains("550"), "{}", page.text);
    assert!(!page.text.contains("/einladung/"), "the link itself is nobody's business");
    let form = |how: &str| format!("schutz={}&wie={how}", page.token());
    let path = format!("/koordination/mails/{id}");
    let again = desk.send("POST", &path, Some(&cookie), &form("noch-einmal")).await;
    assert_eq!(again.to(), "/koordination/mails?neu=noch-einmal");
    assert_eq!(outbox::due(db, now, 10).await.unwrap().len(), 1);
    outbox::failed(db, &id, "550", None).await.unwrap();
    let gone = desk.send("POST", &path, Some(&cookie), &form("vergessen")).await;
    assert_eq!(gone.to(), "/koordination/mails?neu=vergessen");
    assert!(outbox::get(db, &id).await.unwrap().is_none());
    assert_eq!(
        desk.send("POST", &path, Some(&cookie), &form("vergessen")).await.status,
        StatusCode::NOT_FOUND
    );
}

impl Desk {
    /// Hands in a file as a browser does.
    async fn hand_in(&self, cookie: &str, token: &str, name: &str, bytes: &[u8]) -> Answer {
        let mut body = Vec::new();
        for part in [
            format!("--XX\r\nContent-Disposition: form-data; name=\"schutz\"\r\n\r\n{token}\r\n"),
            "--XX\r\nContent-Disposition: form-data; name=\"veroeffentlichen\"\r\n\r\nja\r\n".into(),
            format!(
                "--XX\r\nContent-Disposition: form-data; name=\"datei\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
            ),
        ] {
            body.extend_from_slice(part.as_bytes());
        }
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--XX--\r\n");
        let request = Request::builder().method("POST").uri("/koordination/import").header("cookie", cookie);
        let request = request.header("content-type", "multipart/form-data; boundary=XX");
        let answer = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = to_bytes(answer.into_body(), 64 << 20).await.unwrap();
        Answer { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }
}

/// What stands behind a text, up to the next quotation mark.
fn after<'a>(page: &'a str, text: &str) -> &'a str {
    page.split(text).nth(1).unwrap().split('"').next().unwrap()
}

/// The value of a hidden field.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().split('"').next().unwrap()
}

/// What is shown is what is done, all or nothing; a second person's change in between stops it.
#[tokio::test]
async fn a_file_is_looked_at_and_then_read_in_whole() {
    let desk = desk().await;
    let grant = Grant { role: Role::Coordination, scope: Scope::Everywhere };
    let cookie = desk.somebody("koordination", Some(grant)).await;
    let token = desk.get("/koordination/import", Some(&cookie)).await.token();
    let csv = "Name;Träger;Beschreibung;PLZ\nKrabbelgruppe <b>Nord</b>;Familienbund;Spielen;47798\nLesepaten;Familienbund;Lesen;47799\n";
    let shown = desk.hand_in(&cookie, &token, "C:\\listen\\angebote.csv", csv.as_bytes()).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    assert!(
        shown.text.contains("Vorschau: angebote.csv") && shown.text.contains("Krabbelgruppe &#60;b&#62;")
    );
    assert!(shown.text.contains("Welche Spalte ist was?"));
    let count = async |desk: &Desk| {
        let all = kekiz_portal::store::offers::Filter::default();
        kekiz_portal::store::offers::list(desk.portal.db(), &all, 100).await.unwrap().len()
    };
    assert_eq!(count(&desk).await, 0, "a preview saves nothing");
    let path = shown.text.split("action=\"/koordination/import/").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("/koordination/import/{path}");
    let seen = hidden(&shown.text, "stand").to_string();
    let form = |seen: &str| format!("schutz={token}&wie=uebernehmen&stand={seen}");
    let other = desk.send("POST", &path, Some(&cookie), &form("anders")).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.text);
    assert_eq!(count(&desk).await, 0);
    let done = desk.send("POST", &path, Some(&cookie), &form(&seen)).await;
    assert_eq!(done.to(), "/koordination/import?neu=2&geaendert=0", "{}", done.text);
    assert_eq!(count(&desk).await, 2);
    let gone = desk.send("POST", &path, Some(&cookie), &form(&seen)).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND, "the file is not kept");

    let changed = csv.replace(";Lesen;", ";Vorlesen;");
    let shown = desk.hand_in(&cookie, &token, "angebote.csv", changed.as_bytes()).await;
    assert!(shown.text.contains("<td>Lesen</td><td>Vorlesen</td>"), "{}", shown.text);
    for (name, bytes, expected) in [
        ("bild.png", &b"\x89PNG\r\n\x1a\n0000"[..], "Das ist ein Bild"),
        ("leer.csv", b"", "keine Datei angekommen"),
        ("kaputt.json", b"{", "keine lesbare JSON-Datei"),
        ("archiv.zip", b"PK\x03\x04kaputt", "Das ZIP-Archiv ist beschädigt"),
    ] {
        let refused = desk.hand_in(&cookie, &token, name, bytes).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", refused.text);
        assert!(refused.text.contains(expected), "{name}: {}", refused.text);
    }
    let large = vec![b'a'; (11 << 20) + 1];
    let large = desk.hand_in(&cookie, &token, "gross.csv", &large).await;
    assert_eq!(large.status, StatusCode::BAD_REQUEST);
    assert!(large.text.contains("zu groß"), "{}", large.text);
    assert_eq!(desk.hand_in(&cookie, "falsch", "a.csv", b"Name").await.status, StatusCode::FORBIDDEN);
    let provider = with_provider(&desk).await;
    let theirs = desk.get("/traeger", Some(&provider)).await.token();
    let refused = desk.hand_in(&provider, &theirs, "angebote.csv", csv.as_bytes()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_coordinator_settles_reports_and_invites_and_a_provider_does_not() {
    let desk = desk().await;
    let provider = with_provider(&desk).await;
    let offer = kekiz_portal::offers::OfferId("1".into());
    let mut one = kekiz_portal::offers::Offer::draft(offer.clone(), "org".into());
    one.state = kekiz_portal::offers::OfferState::Published;
    one.service.name = "Babytreff".into();
    let mut writing = desk.portal.begin(&kekiz_portal::Actor::System, "").await.unwrap();
    kekiz_portal::store::offers::save(&writing.tx, &one, &writing.edit).await.unwrap();
    writing.note("offer.saved", "offer", "1", serde_json::json!({}));
    writing.finish().await.unwrap();
    let report =
        desk.portal.report_error(&offer, "Die Nummer <b>stimmt</b> nicht", "a@b.de", 5).await.unwrap();
    let grant = Grant { role: Role::Coordination, scope: Scope::Everywhere };
    let cookie = desk.somebody("koordination", Some(grant)).await;
    let inbox = desk.get("/koordination", Some(&cookie)).await;
    assert!(inbox.text.contains("Die Nummer &#60;b&#62;stimmt"), "{}", inbox.text);
    let token = inbox.token();
    let invite = |role: &str| {
        format!("schutz={token}&name=Kita+Sonne&email=kita%40verein.example&traeger=org&aufgabe={role}")
    };
    let sent = desk.send("POST", "/koordination/einladen", Some(&cookie), &invite("provider")).await;
    assert_eq!(sent.to(), "/koordination?neu=eingeladen", "{}", sent.text);
    let mails = outbox::due(desk.portal.db(), desk.portal.now().at, 10).await.unwrap();
    assert!(mails.iter().any(|mail| mail.recipient == "kita@verein.example"));
    let high = desk.send("POST", "/koordination/einladen", Some(&cookie), &invite("administration")).await;
    assert!(!high.status.is_redirection(), "who coordinates makes nobody an administrator");

    let theirs = desk.get("/traeger", Some(&provider)).await.token();
    let form = format!("schutz={theirs}&name=Eve&email=eve%40x.example&traeger=org");
    let refused = desk.send("POST", "/koordination/einladen", Some(&provider), &form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    let form = format!("schutz={token}&wie=berichtigt");
    let path = format!("/koordination/meldung/{report}");
    assert_eq!(desk.send("POST", &path, Some(&cookie), &form).await.to(), "/koordination?neu=erledigt");
    assert!(!desk.get("/koordination", Some(&cookie)).await.text.contains("Die Nummer"));
}

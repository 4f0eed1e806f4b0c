//! Search pages under load: `cargo run --release -p kekiz-site --example search_load -- 100000 200 10`.
//!
//! Fills a portal in a temporary folder with so many made-up offers, then asks for search pages at a fixed rate (200 each
//! second, for 10 seconds), whether or not earlier ones have been answered, and prints how long each took from the moment
//! it was due. Results are written to `docs/performance.md` by hand.
#![allow(clippy::print_stdout)]

use axum::body::{Body, to_bytes};
use axum::http::Request;
use kekiz_atlas::Atlas;
use kekiz_portal::kinds::{Facility, Kinds, offer, provider};
use kekiz_portal::{Actor, Around, Portal, PortalConfig};
use kekiz_site::{SiteConfig, SiteState, router};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tower::ServiceExt;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const KINDS: [&str; 6] =
    ["kita", "jugendzentrum", "bibliothek", "spielplatz", "grundschule", "foerderschule"];
const FIRST: [&str; 12] = [
    "Krabbelgruppe",
    "Elterncafé",
    "Hausaufgabenhilfe",
    "Nachhilfe",
    "Kita",
    "Sprachkurs",
    "Schwimmkurs",
    "Beratung",
    "Familienzentrum",
    "Babytreff",
    "Bewegungskindergarten",
    "Jugendtreff",
];
const SECOND: [&str; 10] = [
    "Sonnenschein",
    "am Markt",
    "Nordstadt",
    "im Park",
    "St. Josef",
    "Regenbogen",
    "Villa Kunterbunt",
    "am Kanal",
    "Süd",
    "Alte Schule",
];
const OPEN: [&str; 5] = [
    "montags bis freitags: 7 bis 16 Uhr",
    "montags bis donnerstags 9 bis 12 Uhr",
    "dienstags 15 bis 17 Uhr",
    "samstags 10 bis 13 Uhr",
    "",
];
const ASKED: [&str; 8] = [
    "/hilfe?q=Krabbelgruppe&ort=47800",
    "/hilfe?q=Kita+Regenbogen",
    "/hilfe?q=Nachhilfe&alter=126&offen=heute",
    "/hilfe?phase=kleinkind_u3&ort=47810&umkreis=5",
    "/hilfe?q=Baby+schreit",
    "/hilfe?q=Schwimkurs&kostenlos=1",
    "/hilfe?thema=jugendarbeit&offen=jetzt&seite=3",
    "/hilfe?q=Beratung&sprache=ar",
];

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let mut next = |default: usize| arguments.next().unwrap_or(Ok(default));
    let (count, rate, seconds) = (next(100_000)?, next(200)?, next(10)?);
    let dir = std::env::temp_dir().join(format!("kekiz-search-load-{count}"));
    let number = AtomicU64::new(1);
    let around = Around::new(
        || "2026-05-05T08:30:00Z".parse().unwrap_or_default(),
        move |bytes| {
            let next = number.fetch_add(1, Ordering::Relaxed).to_le_bytes();
            bytes.iter_mut().zip(next).for_each(|(byte, next)| *byte = next);
        },
    );
    let started = Instant::now();
    let portal = Portal::open(&PortalConfig::in_folder(&dir), around).await?;
    println!("geöffnet in {:.2} s mit {} Angeboten", started.elapsed().as_secs_f64(), portal.finder().len());
    if portal.finder().len() < count {
        fill(&portal, count).await?;
    }
    let started = Instant::now();
    portal.rebuild().await?;
    println!(
        "Index neu gebaut in {:.2} s ({} Angebote)",
        started.elapsed().as_secs_f64(),
        portal.finder().len()
    );
    let (_city, published) = kekiz_testkit::published_city()?;
    let state =
        SiteState::new(Arc::new(Atlas::of(published)?), SiteConfig::default()).with_portal(Arc::new(portal));
    let service = router(state);
    for path in ASKED {
        let (status, bytes, took) = ask(service.clone(), path).await?;
        println!("{:7.2} ms  {status}  {bytes:>6} Bytes  {path}", took.as_secs_f64() * 1000.0);
    }
    let start = Instant::now();
    let mut under_way = Vec::new();
    for number in 0..rate * seconds {
        let due = start + Duration::from_secs_f64(number as f64 / rate as f64);
        tokio::time::sleep_until(due.into()).await;
        let service = service.clone();
        under_way.push(tokio::spawn(async move {
            ask(service, ASKED[number % ASKED.len()]).await.map(|_| due.elapsed())
        }));
    }
    let mut times = Vec::new();
    for one in under_way {
        times.push(one.await??.as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    println!(
        "{rate} Anfragen/s, {seconds} s: Median {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, längste {:.1} ms",
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0)
    );
    Ok(())
}

async fn ask(service: axum::Router, path: &str) -> Result<(u16, usize, Duration), Failure> {
    let started = Instant::now();
    let request = Request::get(path).header("accept-encoding", "br").body(Body::empty())?;
    let answer = service.oneshot(request).await?;
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), 8 << 20).await?;
    Ok((status, body.len(), started.elapsed()))
}

async fn fill(portal: &Portal, count: usize) -> Result<(), Failure> {
    let kinds = Kinds::shipped()?;
    let owners: Vec<_> = (0..500).map(|number| provider(&format!("Träger {number}"))).collect();
    let started = Instant::now();
    let writing = portal.begin(&Actor::System, "Messung").await?;
    kekiz_portal::store::records::insert_many(&writing.tx, &owners, &writing.edit).await?;
    for start in (0..count).step_by(5000) {
        let some: Vec<_> = (start..count.min(start + 5000))
            .filter_map(|number| Some(offer(&facility(number), kinds.get(KINDS[number % KINDS.len()])?)))
            .collect();
        kekiz_portal::store::bulk::insert(&writing.tx, &some, &writing.edit).await?;
    }
    writing.finish_large().await?;
    let rows = (0..200).map(|number| kekiz_portal::search::address::AddressRow {
        street: format!("Straße {number}"),
        house_number: "1".into(),
        postal_code: format!("{}", 47800 + number % 50),
        town: "Krefeld".into(),
        district: String::new(),
        point: place(number * 37),
    });
    portal.import_addresses(&Actor::System, "messung", rows.collect()).await?;
    println!("{count} Angebote gespeichert und gefunden in {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

fn place(number: usize) -> (f64, f64) {
    (6.0 + (number * 7919 % 10_007) as f64 / 4000.0, 50.7 + (number * 104_729 % 10_009) as f64 / 6500.0)
}

fn facility(number: usize) -> Facility {
    Facility {
        key: vec!["messung".into(), number.to_string()],
        name: format!(
            "{} {} {}",
            FIRST[number * 31 % FIRST.len()],
            SECOND[number * 17 % SECOND.len()],
            number / 120
        ),
        description: format!(
            "Ein Angebot für Familien im Quartier {}: {} und {} an einem Ort, mit Zeit für Fragen.",
            number % 400,
            FIRST[number * 13 % FIRST.len()],
            FIRST[number * 11 % FIRST.len()]
        ),
        provider: format!("Träger {}", number % 500),
        street: format!("Straße {} {}", number % 900, number % 80),
        postcode: format!("{}", 47800 + number % 50),
        town: "Krefeld".into(),
        point: Some(place(number)),
        web: "www.example.org".into(),
        opening: OPEN[number * 7 % OPEN.len()].into(),
        source: "Messung".into(),
        as_of: jiff::civil::date(2026, 1, 1),
        ..Facility::default()
    }
}

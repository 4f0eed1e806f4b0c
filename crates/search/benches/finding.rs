//! Searching 100,000 made-up offers and 500,000 made-up addresses: `cargo bench -p kekiz-search`.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use divan::{Bencher, black_box};
use kekiz_base::LifePhase;
use kekiz_search::address::{AddressRow, AddressTable};
use kekiz_search::{Age, Entry, Finder, Near, OpenTest, Place, Price, PriceLimit, Query, Synonyms, Text};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

const OFFERS: u32 = 100_000;
const KINDS: [&str; 24] = [
    "Krabbelgruppe",
    "Elterncafé",
    "Schreiambulanz",
    "Frühe Hilfen",
    "Hebammensprechstunde",
    "Stillcafé",
    "Kita",
    "Kindertagespflege",
    "Frühförderung",
    "Logopädie",
    "Erziehungsberatung",
    "Elternkurs",
    "Trennungsberatung",
    "Nachhilfe",
    "Hausaufgabenhilfe",
    "Jugendzentrum",
    "Ferienspiele",
    "Schwimmkurs",
    "Musikgarten",
    "Berufsberatung",
    "Schuldnerberatung",
    "Sozialberatung",
    "Deutschkurs",
    "Stadtteilmütter",
];
const WORDS: [&str; 40] = [
    "Kinder",
    "Eltern",
    "Familien",
    "gemeinsam",
    "spielen",
    "lernen",
    "Beratung",
    "kostenlos",
    "Anmeldung",
    "offen",
    "Gruppe",
    "Woche",
    "montags",
    "Unterstützung",
    "Fragen",
    "Alltag",
    "Entwicklung",
    "Förderung",
    "Bewegung",
    "Gespräch",
    "vertraulich",
    "Stadtteil",
    "Treffpunkt",
    "Frühstück",
    "Austausch",
    "Begleitung",
    "Geburt",
    "Schule",
    "Ferien",
    "Sprache",
    "Gesundheit",
    "Ernährung",
    "Kreativität",
    "Basteln",
    "Musik",
    "Ausflug",
    "Fachkräfte",
    "Ehrenamt",
    "Hilfe",
    "Zuhause",
];

/// A number from 0 to `below` that only depends on `unit` and `what`.
fn draw(unit: u32, what: u32, below: u32) -> u32 {
    let mut x = u64::from(unit) << 32 | u64::from(what) ^ 0x9e37_79b9;
    x = (x ^ x >> 31).wrapping_mul(0x7fb5_d329_728e_a185);
    x = (x ^ x >> 27).wrapping_mul(0x81da_def4_bc2d_d44d);
    ((x ^ x >> 33) % u64::from(below)) as u32
}

/// A made-up word of a vocabulary of 30,000, frequent ones more often.
fn rare_word(unit: u32, what: u32) -> String {
    let number = draw(unit, what, 174).pow(2) - draw(unit, what + 1, 100).min(draw(unit, what, 174).pow(2));
    let syllable = |at: u32| {
        ["ba", "lem", "ri", "tos", "kun", "fel", "mar", "zig", "hof", "wen"]
            [(number / 10u32.pow(at) % 10) as usize]
    };
    (0..5).map(syllable).collect()
}

fn entry(unit: u32) -> Entry {
    let kind = KINDS[draw(unit, 0, 24) as usize];
    let body: Vec<String> = (0..60)
        .map(|at| {
            if at % 4 == 0 {
                rare_word(unit, 100 + at)
            } else {
                WORDS[draw(unit, at, 40) as usize].to_string()
            }
        })
        .collect();
    let title = format!("{kind} {}", rare_word(unit, 300));
    let from = draw(unit, 400, 200) as u16;
    let phases = [LifePhase::KleinkindU3, LifePhase::Kita, LifePhase::Grundschule, LifePhase::Sekundarstufe];
    Entry {
        id: format!("{unit:08x}"),
        texts: BTreeMap::from([("de".into(), Text { title, keywords: String::new(), body: body.join(" ") })]),
        organization: format!("o{}", draw(unit, 401, 3000)),
        organization_name: format!("Träger {}", rare_word(draw(unit, 401, 3000), 1)),
        age_months: Some((from, from + 48)),
        life_phases: vec![phases[draw(unit, 402, 4) as usize]],
        action_fields: vec![format!("feld{}", draw(unit, 403, 10))],
        languages: vec!["de".into(), format!("l{}", draw(unit, 404, 20))],
        price: if draw(unit, 405, 3) > 0 { Price::Free } else { Price::FromCents(draw(unit, 406, 9000)) },
        wheelchair: Some(draw(unit, 407, 2) == 0),
        places: vec![Place {
            point: Some((
                5.9 + f64::from(draw(unit, 408, 3000)) / 1000.0,
                50.4 + f64::from(draw(unit, 409, 2000)) / 1000.0,
            )),
            postal_code: format!("4{:04}", draw(unit, 410, 800)),
            words: "Hauptstraße Krefeld".into(),
        }],
        areas: vec![format!("a{}", draw(unit, 411, 400))],
        opening: format!(
            "Mo-Fr {:02}:00-{:02}:{:02}",
            draw(unit, 412, 12),
            12 + draw(unit, 413, 10),
            draw(unit, 414, 60)
        ),
        ..Entry::default()
    }
}

static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let finder = Finder::in_memory(Synonyms::shipped().unwrap()).unwrap();
    finder.rebuild((0..OFFERS).map(entry), 1).unwrap();
    finder
});

const TYPED: [&str; 14] = [
    "Krabbelgruppe",
    "Baby schreit",
    "Nachilfe",
    "Kinder",
    "Eltern Kind Gruppe",
    "kostenlos Beratung",
    "",
    "Geldsorgen",
    "Kind spricht nicht",
    "Hebame",
    "Schwimkurs",
    "Ferien",
    "mein Sohn hat schlechte Noten in Mathe",
    "anaokulu",
];

/// What a day of questions looks like: words, misspellings, places, filters, nothing at all.
fn question(unit: u32) -> Query {
    let near =
        (5.9 + f64::from(draw(unit, 2, 3000)) / 1000.0, 50.4 + f64::from(draw(unit, 3, 2000)) / 1000.0);
    Query {
        text: TYPED[draw(unit, 1, TYPED.len() as u32) as usize].into(),
        language: "de".into(),
        near: (draw(unit, 4, 2) == 0).then_some(Near { point: near, radius_m: Some(10_000.0) }),
        age: (draw(unit, 5, 3) == 0).then_some(Age::Months(draw(unit, 6, 200) as u16)),
        price: (draw(unit, 7, 4) == 0).then_some(PriceLimit::Free),
        wheelchair: draw(unit, 8, 8) == 0,
        page: draw(unit, 9, 3) as usize,
        ..Query::default()
    }
}

fn open_today(text: &str) -> bool {
    text.ends_with('0')
}

fn search(unit: u32) -> usize {
    let open = [OpenTest { key: "heute", label: "heute geöffnet", is_open: &open_today }];
    let open = if draw(unit, 10, 4) == 0 { &open[..] } else { &[] };
    FINDER.search(&question(unit), open).unwrap().total
}

/// Time this thread spent computing, so that other work on the machine does not count (Linux); elsewhere the time
/// since the first call.
fn computing() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = stat.split(' ').next().and_then(|first| first.parse().ok());
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

fn percentiles(name: &str, work: impl Fn(u32)) {
    work(0);
    let begun = computing();
    let timed = |unit| {
        let start = Instant::now();
        work(unit);
        start.elapsed()
    };
    let mut times: Vec<Duration> = (1..=5000).map(timed).collect();
    let mean = (computing() - begun) / 5000;
    times.sort_unstable();
    let at = |thousandths: usize| times[(times.len() - 1) * thousandths / 1000];
    let (median, p99, max) = (at(500), at(990), at(1000));
    println!("{name}: computing {mean:?} (mean); on the clock median {median:?}, p99 {p99:?}, max {max:?}");
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn rebuild_100_000_offers(bencher: Bencher<'_, '_>) {
    let entries: Vec<Entry> = (0..OFFERS).map(entry).collect();
    let finder = Finder::in_memory(Synonyms::default()).unwrap();
    bencher.with_inputs(|| entries.clone()).bench_local_values(|entries| finder.rebuild(entries, 1).unwrap());
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn update_10_of_100_000(bencher: Bencher<'_, '_>) {
    let finder = Finder::in_memory(Synonyms::default()).unwrap();
    finder.rebuild((0..OFFERS).map(entry), 1).unwrap();
    let changed: Vec<Entry> =
        (0..10).map(|unit| Entry { id: format!("{unit:08x}"), ..entry(unit + 7) }).collect();
    bencher.bench_local(|| finder.update(&changed, &[], 2).unwrap());
}

#[divan::bench(sample_count = 2000, sample_size = 1)]
fn query_among_100_000(bencher: Bencher<'_, '_>) {
    let mut unit = 0;
    bencher
        .with_inputs(|| {
            unit += 1;
            unit
        })
        .bench_local_values(|unit| search(black_box(unit)));
}

fn addresses() -> Vec<AddressRow> {
    (0..500_000u32)
        .map(|unit| {
            let street = unit / 40;
            AddressRow {
                street: format!(
                    "{}{}",
                    rare_word(street, 1),
                    ["straße", "weg", "platz", "allee"][(street % 4) as usize]
                ),
                house_number: (1 + unit % 40).to_string(),
                postal_code: format!("4{:04}", street % 90),
                town: ["Krefeld", "Kempen", "Kleve", "Moers", "Neuss"][(street % 5) as usize].into(),
                district: format!("Ortsteil {}", street % 60),
                point: (6.0 + f64::from(unit % 997) / 1000.0, 51.0 + f64::from(unit % 991) / 1000.0),
            }
        })
        .collect()
}

static ADDRESSES: LazyLock<AddressTable> = LazyLock::new(|| AddressTable::new(addresses()));

fn typed_address(unit: u32) -> String {
    let street = draw(unit, 1, 12_500);
    let name = rare_word(street, 1);
    let ending = ["straße", "weg", "platz", "allee"][(street % 4) as usize];
    match unit % 4 {
        0 => format!("{name}{ending} {}", 1 + unit % 40),
        1 => format!(
            "{}x{ending} {} {}",
            name,
            unit % 40,
            ["Krefeld", "Kempen", "Kleve", "Moers", "Neuss"][(street % 5) as usize]
        ),
        2 => format!("{} Krefeld", &name[..6.min(name.len())]),
        _ => format!("{name}{}, 4{:04}", &ending[..3], street % 90),
    }
}

#[divan::bench(sample_count = 2000, sample_size = 1)]
fn look_up_among_500_000_addresses(bencher: Bencher<'_, '_>) {
    let mut unit = 0;
    bencher
        .with_inputs(|| {
            unit += 1;
            typed_address(unit)
        })
        .bench_local_values(|text| ADDRESSES.look_up(black_box(&text)).len());
}

fn main() {
    divan::main();
    percentiles("query", |unit| {
        black_box(search(unit));
    });
    percentiles("address", |unit| {
        black_box(ADDRESSES.look_up(&typed_address(unit)).len());
    });
    println!("{} addresses in {} bytes", ADDRESSES.len(), ADDRESSES.bytes());
    for text in TYPED {
        let (start, query) = (computing(), Query { text: text.into(), ..Query::default() });
        let total: usize = (0..20).map(|_| FINDER.search(&query, &[]).unwrap().total).sum();
        println!("„{text}“: {:?}, {} hits", (computing() - start) / 20, total / 20);
    }
}

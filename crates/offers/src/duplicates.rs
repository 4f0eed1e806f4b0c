//! Offers that may be the same: suggested with reasons, decided by people.
//!
//! Pairs are compared only within blocks: the same telephone, house, mail or web address, or small grid cell, and
//! a common beginning or end of a word in the name; so 100,000 offers take seconds. The score is a sum of points
//! with a sentence each; nothing is learned and nothing is hidden.

use crate::{Offer, OfferId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Points and limits. Municipalities may change them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DuplicateRules {
    /// Points for the same name; similar names get their share.
    pub name: f64,
    /// Points for a common telephone number.
    pub phone: f64,
    /// Points for the same street, house number and postal code (or town).
    pub address: f64,
    /// Points for places at most `near_metres` apart.
    pub distance: f64,
    /// Points for a common mail or web address.
    pub online: f64,
    /// Points for the same provider.
    pub organization: f64,
    /// How near is near.
    pub near_metres: f64,
    /// Least likeness of the names, from 0 to 1: one house has many different offers.
    pub least_name: f64,
    /// Points from which a pair is suggested.
    pub threshold: f64,
}

impl Default for DuplicateRules {
    fn default() -> Self {
        Self {
            name: 50.0,
            phone: 20.0,
            address: 20.0,
            distance: 10.0,
            online: 10.0,
            organization: 10.0,
            near_metres: 75.0,
            least_name: 0.6,
            threshold: 65.0,
        }
    }
}

/// A pair that may be the same offer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Duplicate {
    /// The one with the smaller identifier.
    pub first: OfferId,
    /// The other one.
    pub second: OfferId,
    /// Sum of points.
    pub score: f64,
    /// Why, as German sentences with points.
    pub reasons: Vec<(f64, String)>,
}

/// Blocks larger than this say little (a switchboard, a default name) and are skipped; smaller keys still join
/// their members.
const LARGEST_BLOCK: usize = 250;

/// Text for comparing: small letters, umlauts and accents as plain letters.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            'á' | 'à' | 'â' | 'ã' | 'å' => out.push('a'),
            'é' | 'è' | 'ê' | 'ë' => out.push('e'),
            'í' | 'ì' | 'î' | 'ï' | 'ı' => out.push('i'),
            'ó' | 'ò' | 'ô' | 'õ' => out.push('o'),
            'ú' | 'ù' | 'û' => out.push('u'),
            'ç' | 'č' | 'ć' => out.push('c'),
            'ş' | 'š' => out.push('s'),
            'ğ' => out.push('g'),
            'ñ' => out.push('n'),
            '\u{307}' => {}
            _ => out.push(c),
        }
    }
    out
}

/// Words of a name that tell offers apart.
fn words(name: &str) -> Vec<String> {
    const EMPTY: [&str; 15] =
        ["der", "die", "das", "und", "fuer", "im", "in", "am", "an", "von", "mit", "e", "v", "ev", "ggmbh"];
    let folded = fold(name);
    let found = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut found: Vec<String> = found.filter(|word| !EMPTY.contains(word)).map(str::to_string).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Digits of a telephone number without country code and leading zero; `None` below six digits.
fn phone_digits(number: &str) -> Option<String> {
    let plus = number.trim_start_matches(|c: char| !c.is_ascii_digit() && c != '+').starts_with('+');
    let digits: String = number.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
    let local = match (plus, digits.strip_prefix("0049")) {
        (true, _) => digits.strip_prefix("49").unwrap_or(&digits),
        (false, Some(rest)) => rest,
        (false, None) => digits.strip_prefix('0').unwrap_or(&digits),
    };
    let local = local.trim_start_matches('0');
    (local.len() >= 6).then(|| local.to_string())
}

/// Street and house number in one writing (`Hauptstr. 5 a` and `Hauptstraße 5A` are equal).
fn street(text: &str) -> String {
    let plain: String = fold(text).chars().filter(|c| c.is_alphanumeric()).collect();
    match plain.find(|c: char| c.is_ascii_digit()) {
        Some(cut) => {
            let (name, number) = plain.split_at(cut);
            let name = name.strip_suffix("strasse").or_else(|| name.strip_suffix("str")).unwrap_or(name);
            format!("{name} {number}")
        }
        None => plain,
    }
}

struct Prepared<'a> {
    offer: &'a Offer,
    words: Vec<String>,
    numbers: Vec<String>,
    grams: Vec<u64>,
    phones: BTreeSet<String>,
    addresses: BTreeSet<String>,
    online: BTreeSet<String>,
    points: Vec<(f64, f64)>,
}

fn prepare(offer: &Offer) -> Prepared<'_> {
    let service = &offer.service;
    let words = words(&service.name);
    let mut grams = grams(&words);
    grams.sort_unstable();
    let contacts = service.contacts.iter().flat_map(|one| &one.phones);
    let phones = service.phones.iter().chain(contacts).filter_map(|one| phone_digits(&one.number)).collect();
    let addresses = offer.addresses();
    let place = |one: &&crate::hsds::Address| {
        let area =
            if one.postal_code.is_empty() { fold(&one.city) } else { one.postal_code.trim().to_string() };
        let street = street(&one.address_1);
        (!street.is_empty() && street.contains(' ')).then(|| format!("{street} {area}"))
    };
    let page = |text: &str| {
        let text = fold(text);
        let text =
            text.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
        text.trim_end_matches('/').to_string()
    };
    let online =
        [page(&service.email), page(&service.url)].into_iter().filter(|text| text.len() > 5).collect();
    Prepared {
        addresses: addresses.iter().filter_map(place).collect(),
        points: offer.points(),
        offer,
        numbers: words
            .iter()
            .filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
            .cloned()
            .collect(),
        words,
        grams,
        phones,
        online,
    }
}

/// Trigrams of the words, with a space before and after, as numbers.
fn grams(words: &[String]) -> Vec<u64> {
    let text: Vec<u64> = format!(" {} ", words.join(" ")).chars().map(|c| u64::from(u32::from(c))).collect();
    text.windows(3).map(|three| three[0] << 42 | three[1] << 21 | three[2]).collect()
}

/// Likeness of two names from 0 to 1 (Dice coefficient of trigrams, Dice 1945); numbers in names must agree
/// (`Gruppe 1` and `Gruppe 2` are two offers).
fn likeness(a: &Prepared<'_>, b: &Prepared<'_>) -> f64 {
    if a.words.is_empty() || b.words.is_empty() || a.numbers != b.numbers {
        return 0.0;
    }
    let (mut at, mut other, mut common) = (0, 0, 0usize);
    while at < a.grams.len() && other < b.grams.len() {
        match a.grams[at].cmp(&b.grams[other]) {
            std::cmp::Ordering::Less => at += 1,
            std::cmp::Ordering::Greater => other += 1,
            std::cmp::Ordering::Equal => (at, other, common) = (at + 1, other + 1, common + 1),
        }
    }
    2.0 * common as f64 / (a.grams.len() + b.grams.len()) as f64
}

/// Distance in metres on a sphere of 6,371 km (haversine).
fn metres(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (x, y) = ((b.0 - a.0).to_radians(), (b.1 - a.1).to_radians());
    let h =
        (y / 2.0).sin().powi(2) + a.1.to_radians().cos() * b.1.to_radians().cos() * (x / 2.0).sin().powi(2);
    2.0 * 6_371_000.0 * h.sqrt().min(1.0).asin()
}

/// The suggested pairs, best first, then by identifier; every pair once. Archived offers are not compared.
pub fn duplicates(offers: &[Offer], rules: &DuplicateRules) -> Vec<Duplicate> {
    let live = offers.iter().filter(|offer| offer.state != crate::OfferState::Archived);
    let prepared: Vec<Prepared<'_>> = live.map(prepare).collect();
    let mut found: Vec<Duplicate> = candidates(&prepared, rules)
        .into_iter()
        .filter_map(|(a, b)| compare(&prepared[a as usize], &prepared[b as usize], rules))
        .collect();
    found.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then_with(|| (&a.first, &a.second).cmp(&(&b.first, &b.second)))
    });
    found
}

/// How alike two offers are; `None` below the threshold.
pub fn compare_pair(a: &Offer, b: &Offer, rules: &DuplicateRules) -> Option<Duplicate> {
    compare(&prepare(a), &prepare(b), rules)
}

/// Pairs that share a block, each once. Keys are hashed with fixed keys; a collision only costs a comparison.
fn candidates(all: &[Prepared<'_>], rules: &DuplicateRules) -> Vec<(u32, u32)> {
    let mut keys: Vec<(u64, u32)> = Vec::new();
    for (number, one) in all.iter().enumerate() {
        let number = number as u32;
        for part in name_parts(&one.words) {
            let texts = [(0u8, &one.phones), (1, &one.addresses), (2, &one.online)];
            for (kind, texts) in texts {
                keys.extend(texts.iter().map(|text| (hashed(&(kind, text, &part)), number)));
            }
            let near = one.points.iter().flat_map(|point| cells(*point, rules.near_metres));
            keys.extend(near.map(|cell| (hashed(&(3u8, cell, &part)), number)));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    let mut pairs = Vec::new();
    for block in keys.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() <= LARGEST_BLOCK) {
        for (place, (_, a)) in block.iter().enumerate() {
            pairs.extend(block[place + 1..].iter().map(|(_, b)| (*a, *b)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn hashed(key: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

/// Beginnings and ends of the words of a name, four letters each: names that are alike have one in common, also
/// with an ending or a slip (`Krabbelgruppe`, `Krabelgruppen`). Short words count only where there are no others.
fn name_parts(words: &[String]) -> BTreeSet<String> {
    let long = words.iter().any(|word| word.len() > 3);
    let mut parts = BTreeSet::new();
    for word in words.iter().filter(|word| !long || word.len() > 3) {
        let letters: Vec<char> = word.chars().collect();
        let cut = letters.len().saturating_sub(4);
        parts.insert(letters.iter().take(4).collect());
        parts.insert(format!("-{}", letters[cut..].iter().collect::<String>()));
    }
    parts
}

/// The grid cells a point reaches: its own and those a neighbour within the distance could be in.
fn cells((x, y): (f64, f64), reach: f64) -> BTreeSet<(i64, i64)> {
    let size = reach.max(1.0) * 2.0;
    let (north, east) = (y * 111_195.0, x * 111_195.0 * 51.0f64.to_radians().cos());
    let near =
        |value: f64| [((value - reach) / size).floor() as i64, ((value + reach) / size).floor() as i64];
    near(east).into_iter().flat_map(|a| near(north).map(|b| (a, b))).collect()
}

fn compare(a: &Prepared<'_>, b: &Prepared<'_>, rules: &DuplicateRules) -> Option<Duplicate> {
    let (short, long) = (a.grams.len().min(b.grams.len()), a.grams.len().max(b.grams.len()));
    // The likeness cannot be higher than that of one name inside the other.
    if 2.0 * (short as f64) < rules.least_name * (short + long) as f64 {
        return None;
    }
    let likeness = likeness(a, b);
    if likeness < rules.least_name || a.offer.id == b.offer.id {
        return None;
    }
    let mut reasons = Vec::new();
    let percent = (likeness * 100.0).round();
    reasons.push((
        rules.name * likeness,
        match percent {
            100.0 => "Gleicher Name.".to_string(),
            _ => format!("Ähnlicher Name ({percent} % gleich)."),
        },
    ));
    if let Some(number) = a.phones.intersection(&b.phones).next() {
        reasons.push((rules.phone, format!("Gleiche Telefonnummer (0{number}).")));
    }
    if a.addresses.intersection(&b.addresses).next().is_some() {
        reasons.push((rules.address, "Gleiche Anschrift.".into()));
    }
    let apart = a
        .points
        .iter()
        .flat_map(|one| b.points.iter().map(|other| metres(*one, *other)))
        .min_by(f64::total_cmp);
    if let Some(apart) = apart.filter(|apart| *apart <= rules.near_metres) {
        reasons.push((rules.distance, format!("{} m voneinander entfernt.", apart.round())));
    }
    if let Some(page) = a.online.intersection(&b.online).next() {
        reasons.push((rules.online, format!("Gleiche Adresse im Netz ({page}).")));
    }
    if !a.offer.organization.0.is_empty() && a.offer.organization == b.offer.organization {
        reasons.push((rules.organization, "Gleicher Träger.".into()));
    }
    let score = reasons.iter().map(|(points, _)| points).sum::<f64>();
    let (first, second) = if a.offer.id <= b.offer.id { (a, b) } else { (b, a) };
    (score >= rules.threshold).then(|| Duplicate {
        first: first.offer.id.clone(),
        second: second.offer.id.clone(),
        score,
        reasons,
    })
}

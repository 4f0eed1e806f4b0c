//! Lists for spreadsheets.

use crate::{Offer, Vocabularies, opening, phase_slug};

/// Text made safe for a spreadsheet: what a program would run as a formula (`=`, `+`, `-`, `@`, tab or line
/// break first) gets an apostrophe in front. Numbers and telephone numbers stay as they are.
///
/// Source: OWASP, CSV Injection, <https://owasp.org/www-community/attacks/CSV_Injection>.
pub fn guard(text: &str) -> String {
    let trimmed = text.trim_start_matches([' ', '\u{a0}']);
    let harmless = trimmed.starts_with(['+', '-'])
        && trimmed.chars().skip(1).all(|c| c.is_ascii_digit() || " ()/.,-\u{a0}".contains(c));
    let risky = trimmed.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|', '%']) && !harmless;
    if risky { format!("'{text}") } else { text.to_string() }
}

/// Offers as a list: one row each, `;` between columns, UTF-8 with a byte order mark as German Excel expects.
pub fn csv_list(offers: &[Offer], organizations: &dyn Fn(&str) -> String, lists: &Vocabularies) -> Vec<u8> {
    const HEADER: [&str; 19] = [
        "Kennung",
        "Name",
        "Träger",
        "Beschreibung",
        "Straße",
        "PLZ",
        "Ort",
        "Breitengrad",
        "Längengrad",
        "Telefon",
        "E-Mail",
        "Internet",
        "Öffnungszeiten",
        "Kosten",
        "Lebensphasen",
        "Handlungsfelder",
        "Alter von (Monate)",
        "Alter bis (Monate)",
        "Stand",
    ];
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    let mut writer =
        csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(&mut bytes);
    // Writing to memory cannot fail.
    let _ = writer.write_record(HEADER);
    for offer in offers {
        let _ = writer.write_record(row(offer, organizations, lists).map(|cell| guard(&cell)));
    }
    let _ = writer.flush();
    drop(writer);
    bytes
}

fn row(offer: &Offer, organizations: &dyn Fn(&str) -> String, lists: &Vocabularies) -> [String; 19] {
    let service = &offer.service;
    let addresses = offer.addresses();
    let address = addresses.first();
    let point = offer.points().first().copied();
    let degrees = |number: Option<f64>| number.map(|n| n.to_string().replace('.', ",")).unwrap_or_default();
    let phases = offer.prevention.life_phases.iter().map(|one| lists.name("life_phase", phase_slug(*one)));
    let fields = offer.prevention.action_fields.iter().map(|one| lists.name("action_field", one.as_str()));
    let age = offer.prevention.age_months;
    [
        offer.id.to_string(),
        service.name.clone(),
        organizations(offer.organization.as_str()),
        service.description.clone(),
        address.map(|one| one.address_1.clone()).unwrap_or_default(),
        address.map(|one| one.postal_code.clone()).unwrap_or_default(),
        address.map(|one| one.city.clone()).unwrap_or_default(),
        degrees(point.map(|(_, latitude)| latitude)),
        degrees(point.map(|(longitude, _)| longitude)),
        service.phones.first().map(|phone| phone.number.clone()).unwrap_or_default(),
        service.email.clone(),
        service.url.clone(),
        opening::german_text(opening::Hours::of(offer).schedules()),
        service.fees_description.clone(),
        phases.collect::<Vec<_>>().join("; "),
        fields.collect::<Vec<_>>().join("; "),
        age.map(|(from, _)| from.to_string()).unwrap_or_default(),
        age.map(|(_, to)| to.to_string()).unwrap_or_default(),
        offer.state.label().into(),
    ]
}

//! Offers in the words of the reader's language.

use crate::portal::tongue::Tongue;
use crate::words;
use kekiz_portal::Portal;
use kekiz_portal::find::{Card, Opening};
use kekiz_portal::offer::NextStep;
use kekiz_portal::offers::{FieldGroup, LanguageTag, Offer, OfferState, OfferText};
use kekiz_portal::search::{How, Price, Reason};

/// A text that may be German on a page in another language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marked {
    pub(crate) text: String,
    /// German on a foreign page: gets `lang="de" dir="ltr"`.
    pub(crate) german: bool,
}

impl Marked {
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Paragraphs: lines with something on them.
    pub(crate) fn paragraphs(&self) -> Vec<&str> {
        self.text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
    }

    /// The attributes of an element with this text.
    pub(crate) fn attributes(&self) -> &'static str {
        if self.german { " lang=\"de\" dir=\"ltr\"" } else { "" }
    }
}

/// The texts of an offer in a language, each falling back to German.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    pub(crate) name: Marked,
    pub(crate) description: Marked,
    pub(crate) eligibility: Marked,
    pub(crate) application: Marked,
    pub(crate) fees: Marked,
    pub(crate) opening: Marked,
    /// A machine translated it and nobody has read it.
    pub(crate) machine: bool,
    /// There is no description in this language.
    pub(crate) german_only: bool,
}

/// The texts of an offer. `opening` is its opening times in German words.
pub(crate) fn texts(t: &Tongue, offer: &Offer, opening: &str) -> Texts {
    let own = LanguageTag::parse(t.tag).and_then(|tag| offer.texts.get(&tag));
    let pick = |own: Option<&String>, german: &str| match own.filter(|text| !text.trim().is_empty()) {
        Some(text) => Marked { text: text.trim().to_string(), german: false },
        None => Marked { text: german.trim().to_string(), german: !t.is_german() },
    };
    let field = |get: fn(&OfferText) -> &String| own.map(get);
    let service = &offer.service;
    let description = pick(field(|one| &one.description).filter(|_| t.code != "de"), &service.description);
    let translated = own.is_some_and(|one| !one.description.trim().is_empty());
    Texts {
        name: pick(field(|one| &one.name), &service.name),
        eligibility: pick(field(|one| &one.eligibility), &service.eligibility_description),
        application: pick(field(|one| &one.application), &service.application_process),
        fees: pick(field(|one| &one.fees), &service.fees_description),
        opening: pick(field(|one| &one.opening), opening),
        machine: own.is_some_and(|one| one.machine),
        german_only: t.code != "de" && !translated && !description.is_empty(),
        description,
    }
}

/// A term of a list as the reader says it.
pub(crate) fn term(t: &Tongue, portal: &Portal, list: &str, code: &str) -> Marked {
    match t.term(list, code) {
        Some(word) => Marked { text: word.to_string(), german: false },
        None => Marked { text: portal.lists().terms.plain(list, code).to_string(), german: !t.is_german() },
    }
}

/// A number with two decimals where it has cents, as the language writes it.
pub(crate) fn euros(t: &Tongue, cents: u32) -> String {
    let (whole, part) = (cents / 100, cents % 100);
    let mark = if matches!(t.lang, "en" | "ar") { '.' } else { ',' };
    let number = if part == 0 { whole.to_string() } else { format!("{whole}{mark}{part:02}") };
    if t.lang == "en" { format!("€{number}") } else { format!("{number}\u{a0}€") }
}

/// What an offer costs.
pub(crate) fn price(t: &Tongue, price: Price) -> String {
    match price {
        Price::Free => t.t("cost_free").to_string(),
        Price::FromCents(cents) => t.with("cost_from", "euros", &euros(t, cents)),
        Price::Unknown => t.t("cost_unknown").to_string(),
    }
}

/// Metres as people say them.
pub(crate) fn distance(t: &Tongue, metres: f64) -> String {
    let rounded = (metres / 50.0).round() * 50.0;
    let (metre, kilometre) = match t.lang {
        "uk" => ("м", "км"),
        "ar" => ("م", "كم"),
        _ => ("m", "km"),
    };
    if rounded < 1000.0 {
        return format!("{rounded:.0}\u{a0}{metre}");
    }
    let digits = usize::from(metres < 10_000.0);
    let number = format!("{:.digits$}", metres / 1000.0);
    let number = if matches!(t.lang, "en" | "ar") { number } else { number.replace('.', ",") };
    format!("{number}\u{a0}{kilometre}")
}

/// Ages as people say them: months for the first two years, else whole years.
pub(crate) fn ages(t: &Tongue, ages: Option<(u16, u16)>, pregnancy: bool) -> String {
    /// From this age on an upper limit says nothing.
    const OPEN_END: u16 = 27 * 12 - 1;
    let years = |months: u16| (months / 12).to_string();
    let text = match ages {
        None => String::new(),
        Some((0, to)) if to >= OPEN_END => t.t("ages_all").to_string(),
        Some((from, to)) if to >= OPEN_END && from < 24 && from % 12 != 0 => {
            t.with("ages_from_months", "from", &from.to_string())
        }
        Some((from, to)) if to >= OPEN_END => t.with("ages_from_years", "from", &years(from)),
        Some((from, to)) if to < 36 && ((to + 1) % 12 != 0 || to < 12 || from % 12 != 0) => {
            t.fill("ages_months", &[("from", &from.to_string()), ("to", &to.to_string())])
        }
        Some((0, to)) => t.with("ages_to_years", "to", &years(to)),
        Some((from, to)) if from < 24 && from % 12 != 0 => {
            t.fill("ages_months_to_years", &[("from", &from.to_string()), ("to", &years(to))])
        }
        Some((from, to)) => t.fill("ages_years", &[("from", &years(from)), ("to", &years(to))]),
    };
    match (text.is_empty(), pregnancy) {
        (true, true) => t.t("ages_pregnancy").to_string(),
        (false, true) => format!("{}, {text}", t.t("ages_pregnancy")),
        (_, false) => text,
    }
}

/// A minute of the day as a time: `9 Uhr`, `9:30 Uhr`, `09:30`.
pub(crate) fn time(t: &Tongue, minute: u16) -> String {
    let (hour, minute) = (minute / 60 % 24, minute % 60);
    let text = match (t.is_german(), minute) {
        (true, 0) => hour.to_string(),
        (true, _) => format!("{hour}:{minute:02}"),
        (false, _) => format!("{hour:02}:{minute:02}"),
    };
    t.with("time", "time", &text)
}

/// Name of a day of the week.
pub(crate) fn weekday(t: &Tongue, day: jiff::civil::Date) -> String {
    t.t(&format!("day_{}", day.weekday().to_monday_zero_offset())).to_string()
}

/// Whether it is open, as a sentence, with the class of its mark.
pub(crate) fn opening(t: &Tongue, opening: &Opening) -> (String, &'static str) {
    match opening {
        Opening::Unknown => (t.t("open_unknown").to_string(), "k-open--unknown"),
        Opening::OpenUntil(minute) => (t.with("open_until", "time", &time(t, *minute)), "k-open--open"),
        Opening::Today(minute) => (t.with("open_today_from", "time", &time(t, *minute)), "k-open--soon"),
        Opening::Later(day, minute) => {
            let day = weekday(t, *day);
            let text = t.fill("open_later", &[("day", &day), ("time", &time(t, *minute))]);
            (text, "k-open--closed")
        }
        Opening::Closed => (t.t("open_closed").to_string(), "k-open--closed"),
    }
}

/// One thing to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) href: String,
    pub(crate) label: String,
    /// What it is for, or where it leads.
    pub(crate) about: Marked,
    /// Leaves this site.
    pub(crate) outside: bool,
}

/// A step as a link.
pub(crate) fn step(t: &Tongue, step: &NextStep) -> Step {
    let german = |text: &str| Marked { text: text.to_string(), german: !t.is_german() };
    match step {
        NextStep::Phone { shown, dial, about } => Step {
            href: format!("tel:{dial}"),
            label: t.with("step_call", "number", &format!("\u{2066}{shown}\u{2069}")),
            about: german(about),
            outside: false,
        },
        NextStep::Mail(address) => Step {
            href: format!("mailto:{}", words::segment(address).replace("%40", "@")),
            label: t.t("step_mail").to_string(),
            about: Marked { text: address.clone(), german: !t.is_german() },
            outside: false,
        },
        NextStep::Web(address) => Step {
            href: address.clone(),
            label: t.t("step_web").to_string(),
            about: Marked {
                text: address
                    .split("//")
                    .nth(1)
                    .and_then(|rest| rest.split('/').next())
                    .unwrap_or("")
                    .to_string(),
                german: !t.is_german(),
            },
            outside: true,
        },
        NextStep::Go { point, address } => Step {
            href: format!("https://www.openstreetmap.org/directions?to={:.6}%2C{:.6}", point.1, point.0),
            label: t.t("step_route").to_string(),
            about: german(address),
            outside: true,
        },
    }
}

/// Why a hit is one, in the reader's language.
pub(crate) fn reason(t: &Tongue, reason: &Reason) -> String {
    if t.code == "de" {
        return reason.to_string();
    }
    match reason {
        Reason::Word { typed, found, how, .. } => match how {
            How::Word | How::Stem => t.with("why_word", "found", found),
            How::Compound | How::Synonym | How::Part => {
                t.fill("why_similar", &[("found", found), ("typed", typed)])
            }
            How::Typo => t.fill("why_typo", &[("found", found), ("typed", typed)]),
        },
        Reason::Near(metres) => t.with("why_near", "distance", &distance(t, *metres)),
        Reason::Remote => t.t("why_remote").to_string(),
        Reason::Age => t.t("why_age").to_string(),
        Reason::Open(_) => t.t("why_open").to_string(),
        Reason::Greyed => t.t("why_greyed").to_string(),
    }
}

/// A card of an offer.
pub(crate) struct CardView {
    pub(crate) id: String,
    pub(crate) number: usize,
    pub(crate) url: String,
    pub(crate) name: Marked,
    pub(crate) provider: Marked,
    pub(crate) distance: String,
    pub(crate) ages: String,
    pub(crate) cost: String,
    pub(crate) open: String,
    pub(crate) open_class: &'static str,
    pub(crate) address: Marked,
    pub(crate) steps: Vec<Step>,
    pub(crate) why: Vec<String>,
    pub(crate) greyed: bool,
    pub(crate) point: Option<(f64, f64)>,
    /// Takes it off the list of bookmarks.
    pub(crate) forget: Option<String>,
}

/// Most next steps on a card.
const STEPS_ON_CARD: usize = 3;

/// The card of a hit. `number` counts from 1 on the page.
pub(crate) fn card(t: &Tongue, card: &Card, number: usize) -> CardView {
    let offer = &card.offer;
    let german = |text: String| Marked { text, german: !t.is_german() };
    let (open, open_class) = opening(t, &card.opening);
    let steps = kekiz_portal::offer::next_steps(offer);
    let mut why: Vec<String> = card.why.iter().map(|one| reason(t, one)).collect();
    if why.is_empty() {
        why.push(t.t("why_order").to_string());
    }
    CardView {
        id: offer.id.to_string(),
        number,
        url: t.link(&offer_path(offer)),
        name: texts(t, offer, "").name,
        provider: german(card.provider.clone()),
        distance: card
            .distance_m
            .map(|metres| t.with("card_distance", "distance", &distance(t, metres)))
            .unwrap_or_default(),
        ages: ages(t, card.facts.age_months, card.facts.pregnancy),
        cost: price(t, card.facts.price),
        open,
        open_class,
        address: german(address(offer)),
        steps: steps.iter().take(STEPS_ON_CARD).map(|one| step(t, one)).collect(),
        why,
        greyed: offer.state == OfferState::Greyed,
        point: card.point,
        forget: None,
    }
}

/// The path of an offer's page.
pub(crate) fn offer_path(offer: &Offer) -> String {
    format!("/hilfe/{}", words::segment(offer.id.as_str()))
}

/// The first visiting address in one line; empty without any.
pub(crate) fn address(offer: &Offer) -> String {
    let addresses = offer.addresses();
    let Some(one) = addresses.first() else { return String::new() };
    let town = format!("{} {}", one.postal_code.trim(), one.city.trim());
    [one.address_1.trim(), town.trim()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

/// Whether age and topic were derived from the kind of facility and nobody has confirmed them.
pub(crate) fn is_derived(offer: &Offer) -> bool {
    let source = offer.checks.get(&FieldGroup::Prevention).map(|check| check.source.as_str());
    source.is_some_and(|source| source.contains(kekiz_portal::kinds::DERIVED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::Params;

    #[test]
    fn ages_are_said_as_parents_say_them() {
        let german = Tongue::of(&Params::default());
        for (range, pregnancy, said) in [
            (None, false, ""),
            (None, true, "Schwangerschaft"),
            (Some((0, 11)), false, "0 bis 11 Monate"),
            (Some((0, 11)), true, "Schwangerschaft, 0 bis 11 Monate"),
            (Some((0, 35)), false, "bis 2 Jahre"),
            (Some((3, 18)), false, "3 bis 18 Monate"),
            (Some((4, 83)), false, "4 Monate bis 6 Jahre"),
            (Some((24, 83)), false, "2 bis 6 Jahre"),
            (Some((72, 119)), false, "6 bis 9 Jahre"),
            (Some((192, 323)), false, "ab 16 Jahren"),
            (Some((6, 323)), false, "ab 6 Monaten"),
            (Some((0, u16::MAX)), false, "alle Altersgruppen"),
        ] {
            assert_eq!(ages(german, range, pregnancy), said, "{range:?} {pregnancy}");
        }
    }

    #[test]
    fn prices_times_and_distances_follow_the_language() {
        let of = |code: &str| Tongue::of(&Params::parse(&format!("sprache={code}")));
        assert_eq!(price(of("de"), Price::FromCents(450)), "ab 4,50\u{a0}€");
        assert_eq!(price(of("en"), Price::FromCents(1200)), "from €12");
        assert_eq!(time(of("de"), 16 * 60), "16 Uhr");
        assert_eq!(time(of("de"), 25 * 60 + 30), "1:30 Uhr");
        assert_eq!(time(of("tr"), 9 * 60), "09:00");
        assert_eq!(distance(of("de"), 1234.0), "1,2\u{a0}km");
        assert_eq!(distance(of("en"), 1234.0), "1.2\u{a0}km");
        assert_eq!(distance(of("uk"), 333.0), "350\u{a0}м");
    }
}

//! The mistakes offices make when they write down a child: typing, spelling, swapped names, digits of dates, gaps.

use crate::child::Child;
use crate::city::City;
use crate::draw::Draw;
use crate::household::Household;
use crate::parameters::Rates;
use jiff::civil::Date;

/// A child as one record names it. `None` is an empty field.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) surname: Option<String>,
    pub(crate) first: Option<String>,
    pub(crate) born: Option<Date>,
    pub(crate) sex: Option<&'static str>,
    pub(crate) street: Option<String>,
    pub(crate) number: Option<String>,
    pub(crate) postal_code: Option<String>,
}

/// Writes a child down with the mistakes of a register, whose form takes no birth after `latest`. Canaries are written without, so that they can be found.
pub(crate) fn record(city: &City, child: &Child, latest: Date, rates: &Rates, draw: &mut Draw) -> Recorded {
    let household = &city.households[child.household];
    let old = draw.chance(rates.old_address);
    let address = &city.territory.addresses[if old { household.old_address } else { household.address }];
    let street = street(&address.street, rates, draw);
    let (surname, first) = names(city, child, household, rates, draw);
    let born = birth(child.born, latest, rates, draw);
    let mut kept = || !draw.chance(rates.missing);
    let recorded = Recorded {
        surname: kept().then_some(surname),
        first: kept().then_some(first),
        born: kept().then_some(born),
        sex: kept().then_some(child.sex.letter()),
        street: kept().then_some(street),
        number: kept().then(|| address.number.to_string()),
        postal_code: kept().then(|| address.postal_code.clone()),
    };
    if !household.canary {
        return recorded;
    }
    Recorded {
        surname: Some(child.surname.clone()),
        first: Some(child.first.clone()),
        born: Some(child.born),
        sex: Some(child.sex.letter()),
        street: Some(address.street.clone()),
        number: Some(address.number.to_string()),
        postal_code: Some(address.postal_code.clone()),
    }
}

fn names(
    city: &City,
    child: &Child,
    household: &Household,
    rates: &Rates,
    draw: &mut Draw,
) -> (String, String) {
    let mut surname = child.surname.clone();
    let mut first = child.first.clone();
    let other = city.names.surname(household.origin, draw);
    let [takes, doubles] = [draw.chance(rates.other_surname), draw.chance(rates.double_surname)];
    if takes {
        surname = other;
    } else if doubles {
        surname = format!("{surname}-{other}");
    }
    let variant = draw.chance(rates.variant);
    if let (true, Some(spelled)) = (variant, city.names.variant(&first)) {
        first = spelled.to_string();
    }
    let with_second = draw.chance(rates.second_name);
    if let (true, Some(second)) = (with_second, &child.second) {
        first = format!("{first} {second}");
    }
    if draw.chance(rates.typo) {
        first = typed_wrong(&first, draw);
    }
    if draw.chance(rates.typo) {
        surname = typed_wrong(&surname, draw);
    }
    if draw.chance(rates.transliterated) {
        let german = draw.chance(0.7);
        surname = transliterated(&surname, german);
        first = transliterated(&first, german);
    }
    if draw.chance(rates.swapped_names) { (first, surname) } else { (surname, first) }
}

/// Swapped day and month, a wrong digit, or 1 January, as dates are written for children whose day is unknown.
fn birth(born: Date, latest: Date, rates: &Rates, draw: &mut Draw) -> Date {
    let swapped = draw.chance(rates.swapped_day_month);
    let digit = draw.chance(rates.wrong_digit);
    let unknown = draw.chance(rates.first_of_january);
    let [part, step] = [draw.below(3), draw.below(9) + 1];
    let (year, month, day) = (born.year(), born.month(), born.day());
    let changed = if swapped {
        Date::new(year, day, month)
    } else if digit {
        let step = i8::try_from(step).unwrap_or(1);
        match part {
            0 => Date::new(year + if step % 2 == 0 { 1 } else { -1 }, month, day),
            1 => Date::new(year, (month + step) % 12 + 1, day),
            _ => Date::new(year, month, day / 10 * 10 + (day % 10 + step) % 10),
        }
    } else if unknown {
        Date::new(year, 1, 1)
    } else {
        Ok(born)
    };
    // What is no day of the calendar or comes after the child did, no form would have taken.
    changed.ok().filter(|date| *date <= latest).unwrap_or(born)
}

fn street(street: &str, rates: &Rates, draw: &mut Draw) -> String {
    let wrong = draw.chance(rates.street_typo);
    let short = draw.chance(rates.street_short);
    let mut written = street.to_string();
    if short {
        written = written.replace("straße", "str.").replace("Straße", "Str.");
    }
    if wrong { typed_wrong(&written, draw) } else { written }
}

/// A letter left out, doubled, swapped with the next one, or replaced by a neighbour on the keyboard.
fn typed_wrong(text: &str, draw: &mut Draw) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let [how, pick] = [draw.below(20), draw.below(4)];
    if letters.len() < 3 {
        return text.to_string();
    }
    let at = 1 + draw.below(letters.len() - 1);
    match how {
        0..5 => drop(letters.remove(at)),
        5..9 => letters.insert(at, letters[at].to_ascii_lowercase()),
        9..13 if at + 1 < letters.len() => letters.swap(at, at + 1),
        _ => {
            let near: Vec<char> = neighbours(letters[at]).chars().collect();
            letters[at] = near[pick % near.len()];
        }
    }
    letters.into_iter().collect()
}

/// Keys beside a key of the German keyboard.
fn neighbours(letter: char) -> &'static str {
    match letter.to_ascii_lowercase() {
        'a' => "sqy",
        'b' => "vn",
        'c' => "xv",
        'd' => "sf",
        'e' => "wr",
        'f' => "dg",
        'g' => "fh",
        'h' => "gj",
        'i' => "uo",
        'j' => "hk",
        'k' => "jl",
        'l' => "kö",
        'm' => "n",
        'n' => "bm",
        'o' => "ip",
        'p' => "oü",
        'r' => "et",
        's' => "ad",
        't' => "rz",
        'u' => "zi",
        'v' => "cb",
        'w' => "qe",
        'x' => "yc",
        'y' => "xa",
        'z' => "tu",
        _ => "aein",
    }
}

/// Letters outside of plain Latin as programs without them write them: `ü` as `ue` (German) or `u` (base letter).
pub(crate) fn transliterated(text: &str, german: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            'ä' | 'ö' | 'ü' | 'Ä' | 'Ö' | 'Ü' => {
                out.push(base_letter(letter));
                if german {
                    out.push('e');
                }
            }
            'ß' => out.push_str("ss"),
            other => out.push(base_letter(other)),
        }
    }
    out
}

fn base_letter(letter: char) -> char {
    match letter {
        'ä' | 'á' | 'à' | 'â' | 'ã' | 'ă' | 'ą' => 'a',
        'ö' | 'ó' | 'ò' | 'ô' | 'ø' => 'o',
        'ü' | 'ú' | 'ù' | 'û' => 'u',
        'Ä' => 'A',
        'Ö' => 'O',
        'Ü' | 'Ú' => 'U',
        'ı' | 'í' | 'ï' | 'î' => 'i',
        'İ' => 'I',
        'ş' | 'ś' | 'š' | 'ș' => 's',
        'Ş' | 'Ś' | 'Š' => 'S',
        'ç' | 'ć' | 'č' => 'c',
        'Ç' | 'Ć' | 'Č' => 'C',
        'ğ' => 'g',
        'Ğ' => 'G',
        'ł' => 'l',
        'Ł' => 'L',
        'ń' | 'ñ' => 'n',
        'ź' | 'ż' | 'ž' => 'z',
        'Ż' | 'Ž' => 'Z',
        'é' | 'è' | 'ë' | 'ê' | 'ę' => 'e',
        'É' => 'E',
        'đ' => 'd',
        'Đ' => 'D',
        'ț' => 't',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Stage;

    #[test]
    fn letters_outside_of_latin_are_written_both_ways() {
        let cases = [
            ("Müller", "Mueller", "Muller"),
            ("Yılmaz", "Yilmaz", "Yilmaz"),
            ("Weiß", "Weiss", "Weiss"),
            ("Wiśniewski", "Wisniewski", "Wisniewski"),
        ];
        for (text, german, base) in cases {
            assert_eq!(transliterated(text, true), german);
            assert_eq!(transliterated(text, false), base);
        }
    }

    #[test]
    fn a_slip_of_the_hand_changes_few_letters() {
        for number in 0..500 {
            let mut draw = Draw::new(1, Stage::Order, number);
            let wrong = typed_wrong("Schröder", &mut draw);
            assert!(wrong.chars().count().abs_diff(8) <= 1, "{wrong}");
            assert!(wrong.starts_with('S'), "{wrong}");
        }
        let mut draw = Draw::new(1, Stage::Order, 0);
        assert_eq!(typed_wrong("Li", &mut draw), "Li");
    }
}

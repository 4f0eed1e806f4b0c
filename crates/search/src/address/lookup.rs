//! From a typed address to points.
//!
//! The text is cut where a house number, a postal code or a comma cuts it; where nothing does, every cut between street
//! and place is tried. Exact names win over beginnings, these over misspellings.

use super::normal::{HouseNumber, key, normal_words};
use super::table::{AddressTable, NamedPlace, PlaceKind, Street};
use crate::fold::Folder;
use crate::lexicon::{Lexicon, forgiven_edits};
use std::collections::BTreeMap;

/// How exactly a candidate is located, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// The house itself.
    House,
    /// A house nearby in the street, since the number is not in the table.
    NearbyHouse,
    /// The middle of the street.
    Street,
    /// The middle of a postal code.
    PostalCode,
    /// The middle of a part of town.
    District,
    /// The middle of a town.
    Town,
}

/// A place a text may mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The address as one line (`Märklinstraße 2, 47805 Krefeld`).
    pub label: String,
    /// Longitude and latitude in degrees.
    pub point: (f64, f64),
    /// How exactly.
    pub precision: Precision,
    /// Letters that differ from what was typed; 0 when nothing was misspelled.
    pub edits: u8,
}

/// Most candidates that are given.
const MOST_CANDIDATES: usize = 10;
/// Longest text that is read, in characters.
const LONGEST_TEXT: usize = 200;
/// Most words that are read.
const MOST_WORDS: usize = 12;

/// A typed address, taken apart as far as signs allow.
#[derive(Debug, Default, PartialEq)]
struct Typed {
    postal_code: Option<String>,
    house: Option<HouseNumber>,
    /// Names before and behind the house number or comma.
    names: Vec<Vec<String>>,
}

fn is_postal_code(word: &str) -> bool {
    word.len() == 5 && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn take_apart(text: &str, folder: &mut Folder) -> Typed {
    let end = text.char_indices().nth(LONGEST_TEXT).map_or(text.len(), |(at, _)| at);
    let mut typed = Typed::default();
    let mut left = MOST_WORDS;
    for part in text[..end].split([',', ';', '\n', '(', ')']) {
        let mut names: Vec<String> = Vec::new();
        let spaced = normal_words(part, folder);
        let mut at = 0;
        while at < spaced.len() && left > 0 {
            left -= 1;
            let word = &spaced[at];
            at += 1;
            let letter =
                spaced.get(at).filter(|next| next.len() == 1 && next.bytes().all(|b| b.is_ascii_lowercase()));
            let with_letter = letter.map(|letter| format!("{word}{letter}"));
            if is_postal_code(word) && typed.postal_code.is_none() {
                typed.postal_code = Some(word.clone());
            } else if let Some(house) =
                HouseNumber::read(word).filter(|_| typed.house.is_none() && !names.is_empty())
            {
                let longer =
                    with_letter.filter(|_| house.letter == 0).and_then(|text| HouseNumber::read(&text));
                at += usize::from(longer.is_some());
                typed.house = Some(longer.unwrap_or(house));
                typed.names.push(std::mem::take(&mut names));
                // The second number of `12-14` is no name.
                at += usize::from(
                    spaced.get(at).is_some_and(|next| next.len() < 5 && HouseNumber::read(next).is_some()),
                );
            } else {
                names.push(word.clone());
            }
        }
        typed.names.push(names);
    }
    typed.names.retain(|names| !names.is_empty());
    typed
}

/// Which key of a list a name is, with the letters that differ. Exact, else one that begins with it (one edit is
/// counted, so that exact names win), else similar ones.
fn keys_like(keys: &Lexicon, name: &str, forgiving: bool) -> Vec<(u32, u8)> {
    if let Some(found) = keys.find(name) {
        return vec![(found, 0)];
    }
    if !forgiving || name.chars().count() < 3 {
        return Vec::new();
    }
    let begun: Vec<(u32, u8)> = keys.starting_with(name).take(MOST_CANDIDATES).map(|at| (at, 1)).collect();
    if !begun.is_empty() {
        return begun;
    }
    let similar = keys.similar(name, forgiven_edits(name));
    similar.into_iter().take(MOST_CANDIDATES).map(|similar| (similar.word, similar.edits)).collect()
}

/// A way to read the names: this one the street, that one the place.
type Reading = (Vec<String>, Vec<String>);

/// Readings that use every name.
fn readings(names: &[Vec<String>]) -> Vec<Reading> {
    match names {
        [] => Vec::new(),
        [one] => {
            let mut all = vec![(one.clone(), Vec::new())];
            for cut in 1..one.len() {
                all.push((one[..cut].to_vec(), one[cut..].to_vec()));
                all.push((one[cut..].to_vec(), one[..cut].to_vec()));
            }
            all
        }
        [first, rest @ ..] => {
            let mut all: Vec<Reading> = rest.iter().map(|other| (first.clone(), other.clone())).collect();
            all.extend(rest.iter().map(|other| (other.clone(), first.clone())));
            all
        }
    }
}

/// Candidates by label; of two with one label the better stays.
#[derive(Default)]
struct Best(BTreeMap<String, Candidate>);

impl Best {
    fn keep(&mut self, candidate: Candidate) {
        let known = self.0.get(&candidate.label);
        if known.is_none_or(|known| (candidate.edits, candidate.precision) < (known.edits, known.precision)) {
            self.0.insert(candidate.label.clone(), candidate);
        }
    }

    fn sorted(self) -> Vec<Candidate> {
        let mut all: Vec<Candidate> = self.0.into_values().collect();
        all.sort_by(|a, b| (a.edits, a.precision, &a.label).cmp(&(b.edits, b.precision, &b.label)));
        all.truncate(MOST_CANDIDATES);
        all
    }
}

impl AddressTable {
    /// What a text may mean, best first: fewest misspelled letters, then the most exact, then in the order of
    /// labels. Empty when nothing fits. Never fails on what was typed.
    ///
    /// Tried in this order until something fits: street and place as written; a place as written; both with
    /// misspellings forgiven; the street alone; a place with misspellings; any part that is a place.
    pub fn look_up(&self, text: &str) -> Vec<Candidate> {
        let typed = take_apart(text, &mut Folder::new());
        let whole = readings(&typed.names);
        let street_alone: Vec<Reading> = typed.names.iter().map(|name| (name.clone(), Vec::new())).collect();
        let steps: [&dyn Fn(&mut Best); 7] = [
            &|best| self.streets_like(&typed, &whole, false, best),
            &|best| self.places_like(&typed, &whole, false, best),
            &|best| self.streets_like(&typed, &whole, true, best),
            &|best| self.streets_like(&typed, &street_alone, false, best),
            &|best| self.streets_like(&typed, &street_alone, true, best),
            &|best| self.places_like(&typed, &whole, true, best),
            &|best| self.any_place(&typed, best),
        ];
        for step in steps {
            let mut best = Best::default();
            step(&mut best);
            if !best.0.is_empty() {
                return best.sorted();
            }
        }
        Vec::new()
    }

    fn streets_like(&self, typed: &Typed, readings: &[Reading], forgiving: bool, best: &mut Best) {
        for (street, place) in readings {
            self.streets_in(typed, &key(street), &key(place), forgiving, &mut |candidate| {
                best.keep(candidate)
            });
        }
    }

    fn streets_in(
        &self,
        typed: &Typed,
        street: &str,
        place: &str,
        forgiving: bool,
        keep: &mut dyn FnMut(Candidate),
    ) {
        let streets =
            if street.is_empty() { Vec::new() } else { keys_like(&self.street_keys, street, forgiving) };
        if streets.is_empty() {
            return;
        }
        let places = if place.is_empty() {
            vec![(u32::MAX, 0)]
        } else {
            keys_like(&self.place_keys, place, forgiving)
        };
        for (street_key, street_edits) in streets {
            for street in self.streets_of(street_key).iter().map(|number| &self.streets[*number as usize]) {
                if typed
                    .postal_code
                    .as_ref()
                    .is_some_and(|code| **code != *street.postal_code && !street.postal_code.is_empty())
                {
                    continue;
                }
                let fitting = places.iter().filter(|(key, _)| *key == u32::MAX || self.lies_in(street, *key));
                if let Some(place_edits) = fitting.map(|(_, edits)| *edits).min()
                    && let Some(candidate) = self.at_street(street, typed.house, street_edits + place_edits)
                {
                    keep(candidate);
                }
            }
        }
    }

    fn lies_in(&self, street: &Street, place_key: u32) -> bool {
        self.places_of(place_key).iter().map(|number| &self.places[*number as usize]).any(|place| match place
            .kind
        {
            PlaceKind::Town => *self.name_of(street.town) == *place.name,
            PlaceKind::District => *self.name_of(street.district) == *place.name,
            PlaceKind::PostalCode => street.postal_code == place.name,
        })
    }

    fn at_street(&self, street: &Street, house: Option<HouseNumber>, edits: u8) -> Option<Candidate> {
        let town = format!("{} {}", street.postal_code, self.name_of(street.town));
        let label = |number: &str| {
            let line = format!("{} {number}", street.name);
            [line.trim(), town.trim()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let found = house.and_then(|wanted| Some((wanted, self.house(street, wanted)?)));
        match found {
            Some((wanted, (house, point))) => {
                let precision = if house == wanted { Precision::House } else { Precision::NearbyHouse };
                Some(Candidate { label: label(&house.to_string()), point, precision, edits })
            }
            None => {
                let point = self.middle(street)?;
                Some(Candidate { label: label(""), point, precision: Precision::Street, edits })
            }
        }
    }

    /// Places that use every name: one name for all of it, or a part of town with its town.
    fn places_like(&self, typed: &Typed, readings: &[Reading], forgiving: bool, best: &mut Best) {
        let name = key(&typed.names.concat());
        let found = if name.is_empty() { Vec::new() } else { keys_like(&self.place_keys, &name, forgiving) };
        if let Some(code) = &typed.postal_code {
            if name.is_empty() || !found.is_empty() {
                self.keep_places(code, false, best);
            }
            return;
        }
        for (place_key, edits) in found {
            self.keep_places_of(place_key, edits, best);
        }
        for (part, town) in readings.iter().filter(|(_, town)| !town.is_empty()) {
            let parts = keys_like(&self.place_keys, &key(part), forgiving);
            let towns = keys_like(&self.place_keys, &key(town), forgiving);
            for ((part_key, edits), (town_key, more)) in
                parts.iter().flat_map(|part| towns.iter().map(move |town| (part, town)))
            {
                let is_town = |name: &str| {
                    let places =
                        self.places_of(*town_key).iter().map(|number| &self.places[*number as usize]);
                    places.into_iter().any(|place| place.kind == PlaceKind::Town && *place.name == *name)
                };
                for place in self.places_of(*part_key).iter().map(|number| &self.places[*number as usize]) {
                    if place.kind != PlaceKind::Town && is_town(self.name_of(place.town)) {
                        best.keep(self.at_place(place, edits + more));
                    }
                }
            }
        }
    }

    /// Any part of the text that is a place, the postal code first.
    fn any_place(&self, typed: &Typed, best: &mut Best) {
        if let Some(code) = &typed.postal_code {
            self.keep_places(code, false, best);
        }
        for forgiving in [false, true] {
            if best.0.is_empty() {
                for names in &typed.names {
                    self.keep_places(&key(names), forgiving, best);
                }
            }
        }
    }

    fn keep_places(&self, name: &str, forgiving: bool, best: &mut Best) {
        for (place_key, edits) in keys_like(&self.place_keys, name, forgiving) {
            self.keep_places_of(place_key, edits, best);
        }
    }

    fn keep_places_of(&self, place_key: u32, edits: u8, best: &mut Best) {
        for number in self.places_of(place_key) {
            best.keep(self.at_place(&self.places[*number as usize], edits));
        }
    }

    fn at_place(&self, place: &NamedPlace, edits: u8) -> Candidate {
        let town = self.name_of(place.town);
        let (precision, label) = match place.kind {
            PlaceKind::Town => (Precision::Town, place.name.to_string()),
            PlaceKind::District if town.is_empty() => (Precision::District, place.name.to_string()),
            PlaceKind::District => (Precision::District, format!("{}, {town}", place.name)),
            PlaceKind::PostalCode => {
                (Precision::PostalCode, format!("{} {town}", place.name).trim().to_string())
            }
        };
        Candidate { label, point: place.point, precision, edits }
    }
}

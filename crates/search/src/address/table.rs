//! Addresses of a municipality in little memory.
//!
//! Houses are sorted by street and number and hold 12 bytes each; names of streets and towns are kept once.

use super::normal::{HouseNumber, key, normal_words};
use crate::fold::Folder;
use crate::lexicon::Lexicon;
use std::collections::BTreeMap;

/// An address with its point, as it comes from a file. Empty text where a part is unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddressRow {
    /// Street.
    pub street: String,
    /// House number with its addition; empty for the centre of a street, postal code or place.
    pub house_number: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub town: String,
    /// Part of town.
    pub district: String,
    /// Longitude and latitude in degrees (WGS 84).
    pub point: (f64, f64),
}

/// One house: point in units of 1e-7 degrees (about a centimetre), as cadastral files give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct House {
    number: u16,
    letter: u8,
    x: i32,
    y: i32,
}

/// A street in one postal code and town.
#[derive(Clone, Debug)]
pub(crate) struct Street {
    pub(crate) name: Box<str>,
    pub(crate) postal_code: Box<str>,
    pub(crate) town: u32,
    pub(crate) district: u32,
    first: u32,
    count: u32,
}

/// What a name of a place stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlaceKind {
    /// A town.
    Town,
    /// A part of town.
    District,
    /// A postal code.
    PostalCode,
}

/// A town, a part of town or a postal code with the middle of its addresses.
#[derive(Clone, Debug)]
pub(crate) struct NamedPlace {
    pub(crate) kind: PlaceKind,
    pub(crate) name: Box<str>,
    pub(crate) town: u32,
    pub(crate) point: (f64, f64),
}

/// Addresses, ready for look-ups.
#[derive(Clone, Debug, Default)]
pub struct AddressTable {
    houses: Vec<House>,
    pub(crate) streets: Vec<Street>,
    /// Streets by key: of each word of `street_keys` the streets.
    pub(crate) street_keys: Lexicon,
    streets_of_key: Vec<Vec<u32>>,
    pub(crate) towns: Vec<Box<str>>,
    pub(crate) places: Vec<NamedPlace>,
    pub(crate) place_keys: Lexicon,
    places_of_key: Vec<Vec<u32>>,
}

const UNITS: f64 = 1e7;

fn to_units(degrees: f64) -> i32 {
    (degrees * UNITS).round() as i32
}

fn from_units(x: i32, y: i32) -> (f64, f64) {
    (f64::from(x) / UNITS, f64::from(y) / UNITS)
}

#[derive(Default)]
struct Middle {
    x: f64,
    y: f64,
    count: f64,
}

impl Middle {
    fn add(&mut self, point: (f64, f64)) {
        self.x += point.0;
        self.y += point.1;
        self.count += 1.0;
    }

    fn point(&self) -> (f64, f64) {
        (self.x / self.count, self.y / self.count)
    }
}

fn number_of(names: &mut Vec<Box<str>>, numbers: &mut BTreeMap<String, u32>, name: &str) -> u32 {
    if let Some(number) = numbers.get(name) {
        return *number;
    }
    let number = names.len() as u32;
    names.push(name.into());
    numbers.insert(name.to_string(), number);
    number
}

impl AddressTable {
    /// Builds the table. Rows whose point is not on the globe are passed over; the order of rows does not matter.
    /// A row without street or house number gives a street, part of town, town or postal code its place all the
    /// same.
    pub fn new(rows: impl IntoIterator<Item = AddressRow>) -> Self {
        let mut table = Self::default();
        let mut numbers = BTreeMap::new();
        let mut places: BTreeMap<(PlaceKind, String, String), Middle> = BTreeMap::new();
        let mut streets: BTreeMap<(String, String, String), (String, Vec<House>)> = BTreeMap::new();
        for row in rows {
            let (x, y) = row.point;
            if !((-180.0..=180.0).contains(&x) && (-90.0..=90.0).contains(&y)) {
                continue;
            }
            let (town, district, code) = (row.town.trim(), row.district.trim(), row.postal_code.trim());
            for (kind, name) in
                [(PlaceKind::Town, town), (PlaceKind::District, district), (PlaceKind::PostalCode, code)]
            {
                if !name.is_empty() {
                    places.entry((kind, town.to_string(), name.to_string())).or_default().add(row.point);
                }
            }
            let street = row.street.trim();
            if street.is_empty() {
                continue;
            }
            let house = HouseNumber::read(&row.house_number).unwrap_or_default();
            let (_, houses) = streets
                .entry((street.to_string(), code.to_string(), town.to_string()))
                .or_insert_with(|| (district.to_string(), Vec::new()));
            houses.push(House { number: house.number, letter: house.letter, x: to_units(x), y: to_units(y) });
        }
        for ((name, postal_code, town), (district, mut houses)) in streets {
            houses.sort_unstable();
            houses.dedup();
            table.streets.push(Street {
                name: name.into(),
                postal_code: postal_code.into(),
                town: number_of(&mut table.towns, &mut numbers, &town),
                district: number_of(&mut table.towns, &mut numbers, &district),
                first: table.houses.len() as u32,
                count: houses.len() as u32,
            });
            table.houses.extend(houses);
        }
        for ((kind, town, name), middle) in places {
            let town = number_of(&mut table.towns, &mut numbers, &town);
            table.places.push(NamedPlace { kind, name: name.into(), town, point: middle.point() });
        }
        table.index();
        table
    }

    fn index(&mut self) {
        let mut folder = Folder::new();
        let mut keyed = |names: &mut dyn Iterator<Item = &str>| {
            let mut keys: BTreeMap<String, Vec<u32>> = BTreeMap::new();
            for (number, name) in names.enumerate() {
                keys.entry(key(&normal_words(name, &mut folder))).or_default().push(number as u32);
            }
            keys.remove("");
            (Lexicon::new(keys.keys().map(String::as_str)), keys.into_values().collect())
        };
        (self.street_keys, self.streets_of_key) = keyed(&mut self.streets.iter().map(|street| &*street.name));
        (self.place_keys, self.places_of_key) = keyed(&mut self.places.iter().map(|place| &*place.name));
        self.houses.shrink_to_fit();
        self.streets.shrink_to_fit();
    }

    /// How many addresses.
    pub fn len(&self) -> usize {
        self.houses.len()
    }

    /// Whether neither addresses nor places are known.
    pub fn is_empty(&self) -> bool {
        self.houses.is_empty() && self.places.is_empty()
    }

    /// Bytes the table holds, without what the allocator adds.
    pub fn bytes(&self) -> usize {
        let lists = |lists: &[Vec<u32>]| lists.iter().map(|list| 24 + 4 * list.capacity()).sum::<usize>();
        let names: usize = self.streets.iter().map(|s| s.name.len() + s.postal_code.len()).sum();
        size_of::<House>() * self.houses.capacity()
            + size_of::<Street>() * self.streets.capacity()
            + size_of::<NamedPlace>() * self.places.capacity()
            + names
            + self.street_keys.bytes()
            + self.place_keys.bytes()
            + lists(&self.streets_of_key)
            + lists(&self.places_of_key)
    }

    pub(crate) fn streets_of(&self, key: u32) -> &[u32] {
        self.streets_of_key.get(key as usize).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn places_of(&self, key: u32) -> &[u32] {
        self.places_of_key.get(key as usize).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn name_of(&self, number: u32) -> &str {
        self.towns.get(number as usize).map_or("", |name| name)
    }

    fn houses_of(&self, street: &Street) -> &[House] {
        &self.houses[street.first as usize..(street.first + street.count) as usize]
    }

    /// The middle of a street: the house in the middle of its list.
    pub(crate) fn middle(&self, street: &Street) -> Option<(f64, f64)> {
        let houses = self.houses_of(street);
        houses.get(houses.len() / 2).map(|house| from_units(house.x, house.y))
    }

    /// The point of a house: itself, else the same number without or with another letter, else the nearest
    /// number, of two equally near the lower. Says which house it was.
    pub(crate) fn house(&self, street: &Street, wanted: HouseNumber) -> Option<(HouseNumber, (f64, f64))> {
        let apart = |house: &House| {
            let letters = house.letter != wanted.letter;
            (house.number.abs_diff(wanted.number), letters, house.letter, house.number)
        };
        let numbered = self.houses_of(street).iter().filter(|house| house.number > 0);
        let house = numbered.min_by_key(|house| apart(house))?;
        let found = HouseNumber { number: house.number, letter: house.letter };
        Some((found, from_units(house.x, house.y)))
    }
}

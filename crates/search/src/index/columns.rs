//! What filters, facets and distances need, as columns in memory: one row per entry.

use crate::bits::Bits;
use crate::entry::{Entry, Price};
use kekiz_base::LifePhase;
use kekiz_offers::phase_slug;
use std::collections::HashMap;
use std::sync::Arc;

/// A property with a list of values: which rows have which value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tags {
    pub(crate) names: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
    pub(crate) rows: Vec<Bits>,
    /// Values of each row, one row behind the other.
    starts: Vec<u32>,
    values: Vec<u32>,
}

impl Tags {
    /// Adds the values of the next row.
    fn add<'a>(&mut self, row: usize, names: impl Iterator<Item = &'a str>) {
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        let start = self.values.len();
        for name in names.filter(|name| !name.is_empty()) {
            let number = self.number_of(name);
            if !self.values[start..].contains(&number) {
                self.values.push(number);
                let bits = &mut self.rows[number as usize];
                bits.grow(row + 1);
                bits.set(row);
            }
        }
        self.starts.push(self.values.len() as u32);
    }

    /// How many of the rows have each value: by the sets of values where these are few, else row by row.
    pub(crate) fn counts(&self, rows: &Bits, len: usize) -> Vec<usize> {
        if self.rows.len() * (len / 64) < rows.count() {
            return self.rows.iter().map(|with| with.count_with(rows)).collect();
        }
        let mut counts = vec![0; self.names.len()];
        for row in rows.rows() {
            for value in &self.values[self.starts[row] as usize..self.starts[row + 1] as usize] {
                counts[*value as usize] += 1;
            }
        }
        counts
    }

    fn number_of(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let (number, name): (u32, Arc<str>) = (self.names.len() as u32, name.into());
        self.names.push(Arc::clone(&name));
        self.numbers.insert(name, number);
        self.rows.push(Bits::default());
        number
    }

    /// Rows with any of the values.
    pub(crate) fn any(&self, values: &[String], len: usize) -> Bits {
        let mut found = Bits::none(len);
        for value in values {
            if let Some(number) = self.numbers.get(value.as_str()) {
                found.join(&self.rows[*number as usize]);
            }
        }
        found
    }
}

/// A list of distinct texts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Distinct {
    pub(crate) texts: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
}

/// No text, no row.
pub(crate) const NONE: u32 = u32::MAX;

impl Distinct {
    fn number_of(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return NONE;
        }
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let (number, text): (u32, Arc<str>) = (self.texts.len() as u32, text.into());
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, number);
        number
    }

    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }
}

/// All rows, the dead ones included.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    pub(crate) ids: Vec<Arc<str>>,
    by_id: HashMap<Arc<str>, u32>,
    pub(crate) live: Bits,
    titles: Vec<Arc<str>>,
    /// Place of each row in the order of titles, then identifiers.
    pub(crate) rank: Vec<u32>,
    pub(crate) title_words: Vec<u8>,
    /// First and last month of age; every age where nothing is known.
    pub(crate) ages: Vec<(u16, u16)>,
    pub(crate) age_said: Bits,
    pub(crate) pregnancy: Bits,
    pub(crate) prices: Vec<Price>,
    pub(crate) free: Bits,
    pub(crate) wheelchair: Bits,
    pub(crate) greyed: Bits,
    pub(crate) remote: Bits,
    point_starts: Vec<u32>,
    points: Vec<(f64, f64, u16)>,
    pub(crate) opening: Vec<u32>,
    pub(crate) openings: Distinct,
    pub(crate) organization: Vec<u32>,
    pub(crate) organizations: Distinct,
    pub(crate) life_phases: Tags,
    pub(crate) action_fields: Tags,
    pub(crate) target_groups: Tags,
    pub(crate) languages: Tags,
    pub(crate) areas: Tags,
    pub(crate) postal_codes: Tags,
}

/// Ages of an entry and whether they were said; every age where nothing is known. `None`: only for expecting
/// parents.
fn ages(entry: &Entry) -> (Option<(u16, u16)>, bool) {
    let only_expecting =
        expecting(entry) && entry.life_phases.iter().all(|phase| *phase == LifePhase::SchwangerschaftGeburt);
    match entry.age_months {
        Some((from, to)) => (Some((from.min(to), from.max(to))), true),
        None if only_expecting => (None, true),
        None => (Some((0, u16::MAX)), false),
    }
}

fn expecting(entry: &Entry) -> bool {
    entry.pregnancy || entry.life_phases.contains(&LifePhase::SchwangerschaftGeburt)
}

impl Columns {
    /// How many rows, dead ones included.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Adds a row for the entry; an older row of the same identifier dies.
    pub(crate) fn add(&mut self, entry: &Entry, title: String, title_words: usize) -> u32 {
        self.remove(&entry.id);
        let row = self.ids.len();
        let id: Arc<str> = entry.id.as_str().into();
        self.ids.push(Arc::clone(&id));
        self.by_id.insert(id, row as u32);
        self.titles.push(title.into());
        self.title_words.push(title_words.clamp(1, 255) as u8);
        let (months, said) = ages(entry);
        self.ages.push(months.unwrap_or((1, 0)));
        self.prices.push(entry.price);
        self.opening.push(self.openings.number_of(&entry.opening));
        self.organization.push(self.organizations.number_of(&entry.organization));
        for (bits, on) in [
            (&mut self.live, true),
            (&mut self.age_said, said),
            (&mut self.pregnancy, expecting(entry)),
            (&mut self.free, entry.price == Price::Free),
            (&mut self.wheelchair, entry.wheelchair == Some(true)),
            (&mut self.greyed, entry.greyed),
            (&mut self.remote, entry.remote),
        ] {
            bits.grow(row + 1);
            if on {
                bits.set(row);
            }
        }
        self.add_places(row, entry);
        self.life_phases.add(row, entry.life_phases.iter().map(|phase| phase_slug(*phase)));
        for (tags, values) in [
            (&mut self.action_fields, &entry.action_fields),
            (&mut self.target_groups, &entry.target_groups),
            (&mut self.languages, &entry.languages),
            (&mut self.areas, &entry.areas),
        ] {
            tags.add(row, values.iter().map(String::as_str));
        }
        row as u32
    }

    fn add_places(&mut self, row: usize, entry: &Entry) {
        if self.point_starts.is_empty() {
            self.point_starts.push(0);
        }
        for (number, place) in entry.places.iter().enumerate().take(usize::from(u16::MAX)) {
            if let Some((x, y)) = place.point.filter(|(x, y)| x.is_finite() && y.is_finite()) {
                self.points.push((x, y, number as u16));
            }
        }
        self.point_starts.push(self.points.len() as u32);
        self.postal_codes.add(row, entry.places.iter().map(|place| place.postal_code.as_str()));
    }

    /// Adds a dead row, where an older state had one.
    pub(crate) fn skip(&mut self) {
        let nobody = Entry { id: "\u{0}".into(), ..Entry::default() };
        let row = self.add(&nobody, String::new(), 1);
        self.live.clear(row as usize);
        self.by_id.remove("\u{0}");
    }

    /// Lets the row of an identifier die; says whether there was one.
    pub(crate) fn remove(&mut self, id: &str) -> bool {
        match self.by_id.remove(id) {
            Some(row) => {
                self.live.clear(row as usize);
                true
            }
            None => false,
        }
    }

    /// Orders rows by title, then identifier; call after adding.
    pub(crate) fn order(&mut self) {
        let mut rows: Vec<u32> = (0..self.len() as u32).collect();
        let key = |row: &u32| (&self.titles[*row as usize], &self.ids[*row as usize], *row);
        rows.sort_by(|a, b| key(a).cmp(&key(b)));
        self.rank = vec![0; rows.len()];
        for (place, row) in rows.into_iter().enumerate() {
            self.rank[row as usize] = place as u32;
        }
    }

    /// Metres from a point to the nearest place of a row and the number of that place; `None` without places.
    pub(crate) fn distance(&self, row: usize, from: &Origin) -> Option<(f64, u16)> {
        let (start, end) = (self.point_starts.get(row)?, self.point_starts.get(row + 1)?);
        self.points[*start as usize..*end as usize]
            .iter()
            .map(|(x, y, place)| (from.metres_to((*x, *y)), *place))
            .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
    }
}

/// A point distances are measured from.
///
/// On a sphere of 6,371 km with the longitude shortened by the cosine of the mean latitude (its first two terms around
/// the point); within 100 km the difference to the geodesic stays under four in a thousand at the latitudes of Germany.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    point: (f64, f64),
    cosine: f64,
    /// Change of the cosine of the mean latitude with each degree the other point lies north.
    slope: f64,
}

impl Origin {
    /// Longitude and latitude in degrees.
    pub(crate) fn new(point: (f64, f64)) -> Self {
        let (sine, cosine) = point.1.to_radians().sin_cos();
        Self { point, cosine, slope: -sine * 0.5f64.to_radians() }
    }

    /// Metres to another point.
    pub(crate) fn metres_to(&self, other: (f64, f64)) -> f64 {
        const METRES_PER_DEGREE: f64 = 6_371_000.0 * std::f64::consts::PI / 180.0;
        let north = other.1 - self.point.1;
        let east = (other.0 - self.point.0) * (self.cosine + self.slope * north);
        METRES_PER_DEGREE * (east * east + north * north).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_a_map() {
        // Geodesics on WGS 84 by pyproj 3.7.2 (PROJ 9.5.1), `Geod.inv`.
        for (to, expected) in
            [((6.1383, 51.7878), 58_523.3), ((6.5700, 51.3400), 945.75), ((6.7763, 51.2254), 19_138.06)]
        {
            let found = Origin::new((6.5623, 51.3330)).metres_to(to);
            assert!((found - expected).abs() < 0.004 * expected, "{found} {expected}");
        }
        assert!(Origin::new((6.5, 51.3)).metres_to((6.5, 51.3)) == 0.0);
    }

    #[test]
    fn ages_are_what_is_said_else_all_of_them() {
        let entry = |age, phases: &[LifePhase], pregnancy| Entry {
            age_months: age,
            life_phases: phases.to_vec(),
            pregnancy,
            ..Entry::default()
        };
        for (entry, expected) in [
            (entry(Some((0, 11)), &[LifePhase::Kita], false), (Some((0, 11)), true)),
            (entry(Some((11, 0)), &[], false), (Some((0, 11)), true)),
            (entry(None, &[LifePhase::Familie], false), (Some((0, u16::MAX)), false)),
            (entry(None, &[], true), (None, true)),
            (entry(None, &[], false), (Some((0, u16::MAX)), false)),
        ] {
            assert_eq!(ages(&entry), expected);
        }
    }
}

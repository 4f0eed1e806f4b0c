//! Households: where they live, which names they bear, which children they have.

use crate::child::{Child, Sex, days_after, first_of_month_after};
use crate::draw::{Draw, Stage, Weights};
use crate::names::Names;
use crate::parameters::Parameters;
use crate::territory::{CANARY_AREA, Territory};
use jiff::civil::Date;

/// A household with children.
#[derive(Clone, Debug)]
pub struct Household {
    /// Index of the Stadtteil.
    pub area: usize,
    /// Index of the address.
    pub address: usize,
    /// Where it lived before, for registers that did not hear of the move.
    pub old_address: usize,
    /// Index of the origin among the parameters.
    pub(crate) origin: usize,
    /// Surname.
    pub surname: String,
    /// One parent only.
    pub single_parent: bool,
    /// Number of its first child; the others follow.
    pub first_child: usize,
    /// Number of children.
    pub children: usize,
    /// Draws SGB II, since this day.
    pub sgb2_since: Option<Date>,
    /// Citizenship.
    pub country: String,
    /// First language of the children.
    pub language: String,
    /// Bears a made-up name.
    pub canary: bool,
}

/// What everything stands on.
pub(crate) struct Ground<'a> {
    pub(crate) seed: u64,
    pub(crate) parameters: &'a Parameters,
    pub(crate) territory: &'a Territory,
    pub(crate) names: &'a Names,
}

/// A household before it is known whether it draws SGB II.
pub(crate) struct Base {
    pub(crate) area: usize,
    pub(crate) origin: usize,
    pub(crate) single_parent: bool,
    pub(crate) births: Vec<Date>,
}

/// Range of days of birth: children under 18 on the reference date.
pub(crate) fn window(parameters: &Parameters) -> (Date, i64) {
    let last = parameters.reference_date;
    let first = first_of_month_after(last, 1 - 12 * 18);
    let days = first.until(last).map_or(0, |span| i64::from(span.get_days()));
    (first, days)
}

/// Draws the parts of a household that decide on its poverty, and the days of birth.
pub(crate) fn base(ground: &Ground<'_>, number: usize, sizes: &Weights, origins: &Weights) -> Base {
    let Ground { seed, parameters, territory, .. } = *ground;
    let mut draw = Draw::new(seed, Stage::Base, number);
    let drawn = territory.weights.draw(&mut draw);
    let origin = origins.draw(&mut draw);
    let single_parent = draw.chance(parameters.assumed("single_parent"));
    let (first, days) = window(parameters);
    let mut births = vec![draw.between(0, days)];
    let wanted = sizes.draw(&mut draw) + 1;
    for _ in 1..wanted {
        let gap = if draw.chance(parameters.assumed("twins")) { 0 } else { draw.between(420, 1_900) };
        let from = *draw.one(&births);
        let at = if draw.chance(0.5) { from - gap } else { from + gap };
        let apart = births.iter().all(|other| *other == at && gap == 0 || (other - at).abs() > 300);
        if (0..=days).contains(&at) && apart {
            births.push(at);
        }
    }
    births.sort_unstable();
    let births = births.into_iter().map(|day| days_after(first, day)).collect();
    Base { area: if is_canary(number) { CANARY_AREA } else { drawn }, origin, single_parent, births }
}

/// The households with made-up names: twelve, spread over the first two hundred numbers.
pub(crate) fn is_canary(number: usize) -> bool {
    number % 17 == 5 && number < 200
}

/// Draws the rest of a household and its children.
pub(crate) fn settle(
    ground: &Ground<'_>,
    number: usize,
    base: &Base,
    sgb2_chance: f64,
) -> (Household, Vec<Child>) {
    let Ground { seed, parameters, territory, names } = *ground;
    let mut draw = Draw::new(seed, Stage::Household, number);
    let origin = &parameters.origins[base.origin];
    let canary = is_canary(number);
    let drawn = names.surname(base.origin, &mut draw);
    let rank = number / 17 % names.canary_surnames.len();
    let surname = if canary { names.canary_surnames[rank].clone() } else { drawn };
    let address = territory.address(base.area, &mut draw);
    let address = if canary { territory.of_area[CANARY_AREA].0 + rank % 8 } else { address };
    let old_area = territory.weights.draw(&mut draw);
    let old_address = if canary { address } else { territory.address(old_area, &mut draw) };
    let german_first = draw.chance(origin.german_first);
    let language = if german_first { "Deutsch".to_string() } else { draw.one(&origin.languages).clone() };
    let country = draw.one(&origin.countries).clone();
    let sgb2 = draw.chance(sgb2_chance);
    let children = children(ground, number, base, canary.then_some(rank), sgb2, &surname);
    let long = draw.chance(parameters.assumed("sgb2_four_years"));
    let days = if long { draw.between(4 * 366, 12 * 365) } else { draw.between(30, 4 * 365 - 1) };
    // Counted back from the first examination, so that whoever is poor was so when examined.
    let from = children.iter().filter_map(|child| child.examined).min().unwrap_or(parameters.reference_date);
    let household = Household {
        area: base.area,
        address,
        old_address,
        origin: base.origin,
        surname,
        single_parent: base.single_parent,
        first_child: 0,
        children: children.len(),
        sgb2_since: sgb2.then(|| days_after(from, -days)),
        country,
        language,
        canary,
    };
    (household, children)
}

fn children(
    ground: &Ground<'_>,
    number: usize,
    base: &Base,
    canary: Option<usize>,
    sgb2: bool,
    surname: &str,
) -> Vec<Child> {
    let Ground { seed, parameters, names, .. } = *ground;
    let mut found: Vec<Child> = Vec::new();
    for (place, born) in base.births.iter().enumerate() {
        let mut draw = Draw::new(seed, Stage::Child, number * 16 + place);
        let sex = if draw.chance(parameters.assumed("boys")) { Sex::Male } else { Sex::Female };
        let mut first = names.first(base.origin, sex, &mut draw);
        // Siblings bear different names; three further tries are enough for all but the rarest stocks.
        for _ in 0..3 {
            let again = names.first(base.origin, sex, &mut draw);
            if found.iter().any(|other| other.first == first) {
                first = again;
            }
        }
        let second = names.first(base.origin, sex, &mut draw);
        let second = draw.chance(parameters.assumed("second_name")).then_some(second).filter(|s| *s != first);
        let own = names.surname(base.origin, &mut draw);
        let other = draw.chance(parameters.assumed("other_surname")) && canary.is_none();
        let stock = &names.canary_first_names;
        found.push(Child {
            household: number,
            first: canary.map_or(first, |rank| stock[(rank + 5 * place) % stock.len()].clone()),
            second: second.filter(|_| canary.is_none()),
            surname: if other { own } else { surname.to_string() },
            sex,
            born: *born,
            examined: examination(*born, parameters, &mut draw),
            kita_start: None,
            kita: None,
            sgb2,
            outcomes: Vec::new(),
            habits: Vec::new(),
            help: false,
        });
    }
    found
}

/// Children who turn six by 30 September enter school that year (§ 35 SchulG NRW) and are examined between the
/// October before and June.
fn examination(born: Date, parameters: &Parameters, draw: &mut Draw) -> Option<Date> {
    let entry = born.year() + 6 + i16::from(born.month() > 9);
    let from = Date::new(entry - 1, 10, 1).ok()?;
    let day = days_after(from, draw.between(0, 270));
    (parameters.first_entry_year..=parameters.last_entry_year).contains(&entry).then_some(day)
}

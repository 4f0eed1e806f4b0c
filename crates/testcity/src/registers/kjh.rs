//! The KJH statistics part I (erzieherische Hilfen) in fixed width: EF1 to EF5 as published, the rest in the order the
//! questionnaire asks (assumption). It names nobody (§ 103 SGB VIII).

use crate::child::Sex;
use crate::city::City;
use crate::draw::{Draw, Stage};

/// Kinds of help (EF4) with how often they are drawn: §§ 28, 29, 30, 31, 32, 33, 34, 35a, 27 (assumption).
const KINDS: [(&str, usize); 12] = [
    ("01", 3),
    ("02", 2),
    ("04", 1),
    ("05", 3),
    ("07", 8),
    ("08", 2),
    ("09", 4),
    ("11", 4),
    ("12", 1),
    ("13", 4),
    ("14", 3),
    ("16", 1),
];

/// One line of 51 characters per help.
pub(crate) fn lines(city: &City) -> Vec<String> {
    let helped = city.children.iter().enumerate().filter(|(_, child)| child.help);
    let all: Vec<&str> = KINDS.iter().flat_map(|(kind, times)| std::iter::repeat_n(*kind, *times)).collect();
    let last = city.parameters.reference_date.year();
    let line = |(serial, (number, child)): (usize, (usize, &crate::Child))| {
        let mut draw = Draw::new(city.plan.seed, Stage::Help, number);
        let household = &city.households[child.household];
        let kind = *draw.one(&all);
        let first_year = i64::from((last - 3).max(child.born.year()));
        let (year, month) = (draw.between(first_year, i64::from(last)), draw.between(1, 12));
        // Nothing begins before the birth.
        let born = (i64::from(child.born.year()), i64::from(child.born.month()));
        let (year, month) = (year, month).max(born);
        let ended = year < i64::from(last) && draw.chance(0.5);
        let end = if ended { format!("{:02}{}", draw.between(1, 12), year + 1) } else { "      ".into() };
        let planned = if ended { if draw.chance(0.6) { "01" } else { "02" } } else { "  " };
        let reason = draw.between(10, 18);
        let [taken_over, place] = [draw.chance(0.08), draw.chance(0.7)];
        let code = |yes: bool| if yes { '1' } else { '2' };
        let origin = city.parameters.origins[household.origin].id != "deutsch";
        let abroad = code(origin);
        let language = code(household.language == "Deutsch");
        let sex = if child.sex == Sex::Male { '1' } else { '2' };
        let family = if household.single_parent { '2' } else { '1' };
        let sgb2 = code(child.sgb2);
        format!(
            "05517000{:06}{:05}{month:02}{year}{}{kind}{}{sex}{:02}{}{family}{abroad}{language}{sgb2}{reason}{end}{planned}",
            1 + serial % 7,
            serial + 1,
            code(taken_over),
            if place { "01" } else { "05" },
            child.born.month(),
            child.born.year(),
        )
    };
    helped.enumerate().map(line).collect()
}

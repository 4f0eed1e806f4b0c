//! A survey of families with weights: a sample of households, fewer answers from poor ones.

use super::Table;
use crate::city::City;
use crate::draw::{Draw, Stage};
use crate::household::Household;

const HEADER: [&str; 12] = [
    "fragebogen",
    "stadtteil",
    "gewicht",
    "kinder",
    "alter_kind",
    "alleinerziehend",
    "bezug_sgb2",
    "sportverein",
    "instrument",
    "vorlesen",
    "kennt_familienbuero",
    "zufriedenheit",
];

/// The answers. Weights make the households of a Stadtbezirk count as many as there are.
pub(crate) fn table(city: &City) -> Table {
    let share = city.parameters.assumed("survey_share");
    let answered: Vec<(usize, &Household, Draw)> = city
        .households
        .iter()
        .enumerate()
        .filter_map(|(number, household)| {
            let mut draw = Draw::new(city.plan.seed, Stage::Survey, number);
            let poor = household.sgb2_since.is_some();
            let response = if poor { "survey_response_sgb2" } else { "survey_response_other" };
            let answers = draw.chance(share) & draw.chance(city.parameters.assumed(response));
            (answers && !household.canary).then_some((number, household, draw))
        })
        .collect();
    let districts = city.territory.districts.len();
    let mut counts = vec![[0_u32; 2]; districts];
    for household in &city.households {
        counts[city.territory.district(household.area)][0] += 1;
    }
    for (_, household, _) in &answered {
        counts[city.territory.district(household.area)][1] += 1;
    }
    let row = |(place, (_, household, draw)): (usize, (usize, &Household, Draw))| {
        let [all, asked] = counts[city.territory.district(household.area)];
        answers(city, place, household, f64::from(all) / f64::from(asked.max(1)), draw)
    };
    let rows = answered.into_iter().enumerate().map(row).collect();
    Table::new(&HEADER, rows)
}

fn answers(city: &City, place: usize, household: &Household, weight: f64, mut draw: Draw) -> Vec<String> {
    let which = household.first_child + draw.below(household.children);
    let child = &city.children[which];
    let habit = |id: &str| {
        let place = city.parameters.habits.iter().position(|habit| habit.id == id);
        place.is_some_and(|place| child.habits[place])
    };
    let code = |value: bool| if value { "1" } else { "2" }.to_string();
    // -9: no answer, as questionnaires code it.
    let mut given = |value: String| if draw.chance(0.02) { "-9".to_string() } else { value };
    let age = crate::child::months_between(child.born, city.parameters.reference_date) / 12;
    let fixed = [
        format!("F{:05}", place + 1),
        city.territory.keys[household.area].clone(),
        kekiz_base::number::german(weight, 4),
        household.children.to_string(),
        age.to_string(),
        given(code(household.single_parent)),
        given(code(child.sgb2)),
        given(code(habit("sportverein"))),
        given(code(habit("instrument"))),
    ];
    let reads = draw.between(1, 5).to_string();
    let knows = code(draw.chance(0.45));
    let content = draw.between(1, 5).max(draw.between(1, 5)).to_string();
    fixed.into_iter().chain([reads, knows, content]).collect()
}

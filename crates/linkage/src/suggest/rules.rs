//! Blocking rules by the pairs they give.

use crate::blocking::{Between, Blocks};
use crate::model::{KeyPart, Model, Rule};
use crate::prepare::Prepared;

/// Records up to which all pairs are compared.
const ALL_PAIRS: usize = 3_000;

/// Pairs a coarse rule may give, or as many as there are records: it then takes the place of all finer ones.
const COARSE_PAIRS: f64 = 300_000.0;

/// Pairs per record any other rule may give.
const FINE_PAIRS: f64 = 30.0;

/// Rules worth trying where they give few pairs, as in small files.
const COARSE: [&[&str]; 12] = [
    &["number"],
    &["birth"],
    &["phone"],
    &["email"],
    &["surname:spelling"],
    &["first_name:first:spelling"],
    &["street"],
    &["first_name:first:spelling", "surname:spelling"],
    &["surname:spelling", "street:street_name"],
    &["street:street_name"],
    &["postcode"],
    &["town"],
];

/// Rules worth trying, the surest first: two of who (first name), whose (surname), when (birth), where (address)
/// agree, each in a form that survives the commonest errors. A rule whose columns are not all there is left out.
const FINE: [&[&str]; 17] = [
    &["surname:spelling", "birth"],
    &["first_name:first:spelling", "birth"],
    &["swap(first_name, surname)", "birth"],
    &["first_name:first:spelling", "surname:spelling", "postcode"],
    &["first_name:first:spelling", "street"],
    &["birth", "postcode", "street:prefix4"],
    &["surname:spelling", "street"],
    &["first_name:first:sound", "surname:sound", "birth:any_day_month"],
    &["first_name:first:spelling", "surname:spelling", "birth:year"],
    &["surname:prefix2", "birth", "sex"],
    &["first_name:first:spelling", "surname:spelling", "birth:month_day"],
    &["first_name:first:spelling", "surname:spelling", "birthplace"],
    &["first_name:first:spelling", "surname:spelling", "birth_year"],
    &["first_name:first:spelling", "surname:spelling", "town"],
    &["birth", "town"],
    &["street", "postcode", "birth_year"],
    &["surname:spelling", "postcode", "town"],
];

/// Chooses rules for a model whose columns are settled.
pub(super) fn choose(model: &mut Model, prepared: &Prepared) {
    let read = |keys: &&[&str]| -> Option<Rule> {
        let parts: Result<Vec<KeyPart>, _> = keys.iter().map(|key| KeyPart::parse(key, model)).collect();
        parts.ok().map(|keys| Rule { keys })
    };
    let all_pairs = Rule { keys: Vec::new() };
    if prepared.len() <= ALL_PAIRS {
        model.blocking = vec![all_pairs];
        return;
    }
    let mut chosen = few(
        model,
        prepared,
        COARSE.iter().filter_map(read).collect(),
        COARSE_PAIRS.max(prepared.len() as f64),
    );
    let finer =
        |rule: &Rule| !chosen.iter().any(|coarse| coarse.keys.iter().all(|key| rule.keys.contains(key)));
    let fine = FINE.iter().filter_map(read).filter(finer).collect();
    chosen.extend(few(model, prepared, fine, FINE_PAIRS * prepared.len() as f64));
    if chosen.is_empty() {
        // Nothing familiar: every compared column alone.
        let alone =
            model.comparison.iter().map(|c| Rule { keys: vec![KeyPart::Column(c.column, Vec::new())] });
        chosen = few(model, prepared, alone.collect(), FINE_PAIRS * prepared.len() as f64);
    }
    model.blocking = if chosen.is_empty() { vec![all_pairs] } else { chosen };
}

/// Rules that give at least one pair and at most so many.
fn few(model: &Model, prepared: &Prepared, rules: Vec<Rule>, most: f64) -> Vec<Rule> {
    let tried = Model { blocking: rules, ..model.clone() };
    let counts = Blocks::new(&tried, prepared, Between::All).counts(&tried);
    let kept = tried.blocking.into_iter().zip(counts);
    kept.filter(|(_, count)| count.pairs > 0 && count.pairs as f64 <= most).map(|(rule, _)| rule).collect()
}

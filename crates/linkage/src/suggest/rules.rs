//! Blocking rules by the pairs they give.

use crate::blocking::{Between, Blocks};
use crate::model::{KeyPart, Model, Rule};
use crate::prepare::Prepared;

/// Records up to which all pairs are compared.
const ALL_PAIRS: usize = 3_000;

/// Pairs per record a rule may give.
const PAIRS_PER_RECORD: f64 = 30.0;

/// Rules worth trying, the surest first: two of who (first name), whose (surname), when (birth), where (address)
/// agree, each in a form that survives the commonest errors. A rule whose columns are not all there is left out.
const CANDIDATES: [&[&str]; 22] = [
    &["number"],
    &["surname:spelling", "birth"],
    &["first_name:first:spelling", "birth"],
    &["swap(first_name, surname)", "birth"],
    &["first_name:first:spelling", "surname:spelling", "postcode"],
    &["first_name:first:spelling", "street"],
    &["birth", "postcode", "street:prefix4"],
    &["surname:spelling", "street"],
    &["first_name:first:sound", "surname:sound", "birth:any_day_month"],
    &["first_name:first:spelling", "surname:spelling", "birth:year"],
    &["first_name:last:spelling", "surname:last:spelling", "birth:year"],
    &["first_name:first:prefix2", "birth"],
    &["surname:prefix2", "birth", "sex"],
    &["first_name:first:spelling", "surname:spelling", "birth:month_day"],
    &["first_name:first:spelling", "surname:spelling", "birthplace"],
    &["first_name:first:spelling", "surname:spelling"],
    &["phone"],
    &["email"],
    &["first_name:first:spelling", "surname:spelling", "birth_year"],
    &["first_name:first:spelling", "surname:spelling", "town"],
    &["street", "postcode", "birth_year"],
    &["surname:spelling", "postcode", "town"],
];

/// Chooses rules for a model whose columns are settled.
pub(super) fn choose(model: &mut Model, prepared: &Prepared) {
    let read = |keys: &&[&str]| -> Option<Rule> {
        let parts: Result<Vec<KeyPart>, _> = keys.iter().map(|key| KeyPart::parse(key, model)).collect();
        parts.ok().map(|keys| Rule { keys })
    };
    let rules: Vec<Rule> = CANDIDATES.iter().filter_map(read).collect();
    let all_pairs = Rule { keys: Vec::new() };
    if prepared.len() <= ALL_PAIRS {
        model.blocking = vec![all_pairs];
        return;
    }
    let mut tried = Model { blocking: rules, ..model.clone() };
    let counts = Blocks::new(&tried, prepared, Between::All).counts(&tried);
    let most = PAIRS_PER_RECORD * prepared.len() as f64;
    let mut kept = counts.iter().map(|count| count.pairs as f64 <= most && count.pairs > 0);
    tried.blocking.retain(|_| kept.next() == Some(true));
    if tried.blocking.is_empty() {
        // Nothing familiar: every compared column alone, then whatever it gives is shown before it runs.
        let alone =
            model.comparison.iter().map(|c| Rule { keys: vec![KeyPart::Column(c.column, Vec::new())] });
        tried.blocking = alone.collect();
        let counts = Blocks::new(&tried, prepared, Between::All).counts(&tried);
        let mut kept = counts.iter().map(|count| count.pairs as f64 <= most && count.pairs > 0);
        tried.blocking.retain(|_| kept.next() == Some(true));
    }
    model.blocking = if tried.blocking.is_empty() { vec![all_pairs] } else { tried.blocking };
}

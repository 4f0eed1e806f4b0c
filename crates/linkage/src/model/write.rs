//! A model as TOML.

use super::{Kind, MODEL_VERSION, Model, Probabilities, Test};
use std::fmt::Write;

/// Name of a test in a model.
pub(crate) fn test_name(test: Test) -> &'static str {
    match test {
        Test::Exact => "exact",
        Test::Spelling => "spelling",
        Test::Phonetic => "phonetic",
        Test::Part => "part",
        Test::Prefix => "prefix",
        Test::JaroWinkler { .. } => "jaro_winkler",
        Test::DamerauLevenshtein { .. } => "damerau_levenshtein",
        Test::StreetName => "street_name",
        Test::DayMonthSwapped => "day_month_swapped",
        Test::OneDigit => "one_digit",
        Test::Placeholder => "placeholder",
        Test::TwoParts => "two_parts",
        Test::SameYear => "same_year",
        Test::Days { .. } => "days",
        Test::Swapped { .. } => "swapped",
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::FirstName => "first_name",
        Kind::Surname => "surname",
        Kind::Date => "date",
        Kind::Street => "street",
        Kind::Text => "text",
        Kind::Code => "code",
        Kind::Category => "category",
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_string()).to_string()
}

fn list(texts: impl Iterator<Item = String>) -> String {
    format!("[{}]", texts.map(|text| quoted(&text)).collect::<Vec<_>>().join(", "))
}

fn probabilities(p: &Probabilities) -> String {
    let mut out = String::new();
    for (name, value) in [("m", p.m), ("u", p.u), ("h", p.h)] {
        if let Some(value) = value {
            let _ = write!(out, ", {name} = {value:?}");
        }
    }
    out
}

/// Writes a model so that [`super::parse_model`] reads the same one.
pub fn write_model(model: &Model) -> String {
    let mut out = format!("version = {MODEL_VERSION}\n");
    for column in &model.column {
        let _ = write!(
            out,
            "\n[[column]]\nname = {}\nfrom = {}\nkind = \"{}\"\n",
            quoted(&column.name),
            list(column.from.iter().cloned()),
            kind_name(column.kind)
        );
        if !column.missing.is_empty() {
            let _ = writeln!(out, "missing = {}", list(column.missing.iter().cloned()));
        }
    }
    for rule in &model.blocking {
        let _ = write!(out, "\n[[blocking]]\nkeys = {}\n", list(rule.keys.iter().map(|key| key.text(model))));
    }
    for comparison in &model.comparison {
        let _ = write!(
            out,
            "\n[[comparison]]\ncolumn = {}\nterm_frequency = {}\nhousehold = {}\nlevel = [\n",
            quoted(&model.column[comparison.column].name),
            comparison.term_frequency,
            comparison.household
        );
        for level in &comparison.levels {
            let setting = match level.test {
                Test::JaroWinkler { at_least } => format!(", at_least = {at_least:?}"),
                Test::DamerauLevenshtein { at_most } => format!(", at_most = {at_most}"),
                Test::Days { at_most } => format!(", at_most = {at_most}"),
                Test::Swapped { with } => format!(", with = {}", quoted(&model.column[with].name)),
                _ => String::new(),
            };
            let _ = writeln!(
                out,
                "  {{ test = \"{}\"{setting}{} }},",
                test_name(level.test),
                probabilities(&level.probabilities)
            );
        }
        out.push_str("]\n");
        let rest = probabilities(&comparison.otherwise);
        if let Some(rest) = rest.strip_prefix(", ") {
            let _ = writeln!(out, "else = {{ {rest} }}");
        }
    }
    let d = &model.decision;
    let _ = write!(
        out,
        "\n[decision]\nmatch_probability = {:?}\nkeep_probability = {:?}\nweakest_bridge = {:?}\n",
        d.match_probability, d.keep_probability, d.weakest_bridge
    );
    if let Some(name) = &model.constraints.one_per {
        let _ = write!(out, "\n[constraints]\none_per = {}\n", quoted(name));
    }
    let e = &model.estimation;
    let _ = write!(
        out,
        "\n[estimation]\nrandom_pairs = {}\ncandidate_pairs = {}\nrounds = {}\nhouseholds = {}\nmost_pairs = {}\n",
        e.random_pairs, e.candidate_pairs, e.rounds, e.households, e.most_pairs
    );
    if model.prior.matching.is_some() || model.prior.household.is_some() {
        out.push_str("\n[prior]\n");
        for (name, value) in [("match", model.prior.matching), ("household", model.prior.household)] {
            if let Some(value) = value {
                let _ = writeln!(out, "{name} = {value:?}");
            }
        }
    }
    if let Some(encoding) = &model.encoding {
        let _ = write!(
            out,
            "\n[encoding]\nbits = {}\nhashes = {}\nbalance = {}\nxor_fold = {}\n",
            encoding.bits, encoding.hashes, encoding.balance, encoding.xor_fold
        );
        for column in &encoding.column {
            let _ = write!(
                out,
                "\n[[encoding.column]]\ncolumn = {}\nweight = {:?}\n",
                quoted(&column.column),
                column.weight
            );
        }
    }
    out
}

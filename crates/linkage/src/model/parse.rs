//! A model from TOML.

use super::{
    Column, Comparison, Constraints, Decision, Estimation, KeyPart, Level, MODEL_VERSION, Model, ModelError,
    Prior, Probabilities, Rule, Test, check,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[serde(default)]
    column: Vec<Column>,
    #[serde(default)]
    blocking: Vec<RawRule>,
    #[serde(default)]
    comparison: Vec<RawComparison>,
    #[serde(default)]
    decision: Decision,
    #[serde(default)]
    constraints: Constraints,
    #[serde(default)]
    estimation: Estimation,
    #[serde(default)]
    prior: Prior,
    encoding: Option<crate::clk::Encoding>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawComparison {
    column: String,
    #[serde(default)]
    term_frequency: bool,
    #[serde(default)]
    household: bool,
    level: Vec<RawLevel>,
    #[serde(default)]
    r#else: RawProbabilities,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLevel {
    test: String,
    at_least: Option<f64>,
    at_most: Option<u32>,
    with: Option<String>,
    m: Option<f64>,
    u: Option<f64>,
    h: Option<f64>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProbabilities {
    m: Option<f64>,
    u: Option<f64>,
    h: Option<f64>,
}

/// Only the version, to say clearly that a file is of a later one.
#[derive(Deserialize)]
struct Version {
    version: Option<u32>,
}

/// Reads a model.
///
/// # Errors
/// Text that is no TOML or no model, an unknown version, names that lead nowhere, probabilities outside 0 to 1, and
/// comparisons without a meaning for their column. Messages are German sentences with the remedy.
pub fn parse_model(text: &str) -> Result<Model, ModelError> {
    let syntax = |error: toml::de::Error| {
        let line =
            error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        ModelError::Syntax { line, message: error.message().to_string() }
    };
    let version: Version = toml::from_str(text).map_err(syntax)?;
    match version.version {
        Some(MODEL_VERSION) => {}
        found => return Err(ModelError::Version(found)),
    }
    let file: File = toml::from_str(text).map_err(syntax)?;
    debug_assert_eq!(file.version, MODEL_VERSION);
    let mut model = Model {
        column: file.column,
        decision: file.decision,
        constraints: file.constraints,
        estimation: file.estimation,
        prior: file.prior,
        encoding: file.encoding,
        ..Model::default()
    };
    for rule in file.blocking {
        let keys = rule.keys.iter().map(|key| {
            KeyPart::parse(key, &model).map_err(|cause| ModelError::Key { key: key.clone(), cause })
        });
        let keys = keys.collect::<Result<_, _>>()?;
        model.blocking.push(Rule { keys });
    }
    for raw in file.comparison {
        let comparison = comparison(&raw, &model)?;
        model.comparison.push(comparison);
    }
    check::check(&model)?;
    Ok(model)
}

fn comparison(raw: &RawComparison, model: &Model) -> Result<Comparison, ModelError> {
    let place = |name: &str| {
        model.column_named(name).ok_or_else(|| ModelError::UnknownColumn { column: name.to_string() })
    };
    let levels = raw.level.iter().map(|level| {
        let test = test(level, &raw.column, &place)?;
        Ok(Level { test, probabilities: Probabilities { m: level.m, u: level.u, h: level.h } })
    });
    Ok(Comparison {
        column: place(&raw.column)?,
        term_frequency: raw.term_frequency,
        household: raw.household,
        levels: levels.collect::<Result<_, ModelError>>()?,
        otherwise: Probabilities { m: raw.r#else.m, u: raw.r#else.u, h: raw.r#else.h },
    })
}

fn test(
    raw: &RawLevel,
    column: &str,
    place: &impl Fn(&str) -> Result<usize, ModelError>,
) -> Result<Test, ModelError> {
    let needs =
        |what| ModelError::Level { column: column.to_string(), test: raw.test.clone(), problem: what };
    let used = (raw.at_least.is_some(), raw.at_most.is_some(), raw.with.is_some());
    let plain =
        |test| if used == (false, false, false) { Ok(test) } else { Err(needs("kennt keine Angabe")) };
    match raw.test.as_str() {
        "exact" => plain(Test::Exact),
        "spelling" => plain(Test::Spelling),
        "phonetic" => plain(Test::Phonetic),
        "part" => plain(Test::Part),
        "prefix" => plain(Test::Prefix),
        "street_name" => plain(Test::StreetName),
        "day_month_swapped" => plain(Test::DayMonthSwapped),
        "one_digit" => plain(Test::OneDigit),
        "placeholder" => plain(Test::Placeholder),
        "two_parts" => plain(Test::TwoParts),
        "same_year" => plain(Test::SameYear),
        "jaro_winkler" => match raw.at_least {
            Some(at_least) if (0.0..=1.0).contains(&at_least) => Ok(Test::JaroWinkler { at_least }),
            _ => Err(needs("braucht at_least zwischen 0 und 1")),
        },
        "damerau_levenshtein" => match raw.at_most.map(u8::try_from) {
            Some(Ok(at_most)) => Ok(Test::DamerauLevenshtein { at_most }),
            _ => Err(needs("braucht at_most zwischen 0 und 255")),
        },
        "days" => match raw.at_most {
            Some(at_most) => Ok(Test::Days { at_most }),
            None => Err(needs("braucht at_most, die Zahl der Tage")),
        },
        "swapped" => match &raw.with {
            Some(with) => Ok(Test::Swapped { with: place(with)? }),
            None => Err(needs("braucht with, den Namen der anderen Spalte")),
        },
        _ => Err(needs(
            "ist unbekannt; möglich sind exact, spelling, phonetic, part, prefix, jaro_winkler, damerau_levenshtein, street_name, day_month_swapped, one_digit, placeholder, two_parts, same_year, days, swapped",
        )),
    }
}

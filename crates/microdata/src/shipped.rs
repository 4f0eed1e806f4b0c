//! The schemas that come with the program.

use crate::IntakeError;
use crate::schema::{Schema, parse_schema};

/// Names and texts of the shipped schemas.
pub const SHIPPED: [(&str, &str); 7] = [
    ("einwohner", include_str!("../schemas/einwohner.toml")),
    ("schuleingangsuntersuchung", include_str!("../schemas/schuleingangsuntersuchung.toml")),
    ("kita", include_str!("../schemas/kita.toml")),
    ("hilfen-zur-erziehung", include_str!("../schemas/hilfen-zur-erziehung.toml")),
    ("sgb2", include_str!("../schemas/sgb2.toml")),
    ("familienbefragung", include_str!("../schemas/familienbefragung.toml")),
    ("kompik", include_str!("../schemas/kompik.toml")),
];

/// A shipped schema by its name.
///
/// # Errors
/// There is none of that name.
pub fn shipped(name: &str) -> Result<Schema, IntakeError> {
    let Some((_, text)) = SHIPPED.iter().find(|(known, _)| *known == name) else {
        let known: Vec<String> = SHIPPED.iter().map(|(known, _)| format!("„{known}“")).collect();
        return Err(IntakeError::UnknownSchema { name: name.into(), known: known.join(", ") });
    };
    Ok(parse_schema(&format!("{name}.toml"), text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_schema_is_one_and_says_where_it_comes_from() {
        for (name, text) in SHIPPED {
            let schema = parse_schema(name, text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(schema.id, name);
            assert!(schema.basis.len() > 20, "{name}");
        }
        assert!(shipped("x").unwrap_err().to_string().contains("kompik"));
    }
}

//! Catalogues: indicators and recipes as TOML.

mod change;
mod definition;
mod recipe;
mod section;

pub use change::{Change, Measure};
pub use definition::{Definition, Formula, IntervalMethod};
pub use recipe::{Input, Method, Recipe};

use crate::spelling::{list, nearest};
use kekiz_base::{Diagnostics, IndicatorId, Place, Polarity, Severity};
use section::{Reader, Section};
use std::collections::{BTreeMap, BTreeSet};
use toml::de::DeTable;

/// The version of the format this program writes and reads.
pub const VERSION: u64 = 1;

/// A checked catalogue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    /// Indicators in the order of the file.
    pub indicators: Vec<Definition>,
    /// Changes of indicators over time in the order of the file.
    pub changes: Vec<Change>,
    /// Recipes in the order of the file.
    pub recipes: Vec<Recipe>,
}

/// Everything that is wrong with a catalogue, with file, line, key and remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", text(.0))]
pub struct CatalogueError(pub Diagnostics);

fn text(diagnostics: &Diagnostics) -> String {
    diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl Catalogue {
    /// Reads a catalogue from the text of a file. `file` is its name, for messages. All findings are reported at
    /// once; a catalogue with any error is refused as a whole.
    pub fn read(text: &str, file: &str) -> Result<Self, CatalogueError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = Reader::new(file, text);
        let document = match DeTable::parse(text) {
            Ok(document) => document,
            Err(error) => {
                let place = reader.place(error.span().map_or(0, |span| span.start), None);
                let (message, remedy) = syntax(error.message());
                reader.error("toml-syntax", place, message, remedy);
                return Err(CatalogueError(reader.diagnostics));
            }
        };
        let keys = ["version", "indicator", "recipe"];
        let mut root = Section::of_table(document.get_ref(), 0, "Der Katalog", &keys, &mut reader);
        if root.has("version") {
            let found = root.number("version");
            if found.is_some_and(|found| found != VERSION as f64) {
                let message = format!("dieses Programm liest nur Kataloge mit „version = {VERSION}“.");
                root.error(
                    "version",
                    "version",
                    message,
                    "Das Programm aktualisieren oder den Katalog umschreiben.",
                );
            }
        } else {
            root.missing("version", "Als erste Zeile „version = 1“ schreiben.");
        }
        let (indicators, recipes) = (root.tables("indicator"), root.tables("recipe"));
        let mut catalogue = Self::default();
        for value in indicators {
            if change::is_change(value.get_ref()) {
                let section = Section::open(value, "Indikator", change::KEYS, &mut reader);
                catalogue.changes.extend(section.and_then(change::read));
                continue;
            }
            let section = Section::open(value, "Indikator", definition::KEYS, &mut reader);
            catalogue.indicators.extend(section.and_then(definition::read));
        }
        for value in recipes {
            let section = Section::open(value, "Rezept", recipe::KEYS, &mut reader);
            catalogue.recipes.extend(section.and_then(recipe::read));
        }
        if indicators.is_empty() && recipes.is_empty() && !reader.diagnostics.has_errors() {
            let place = reader.place(0, None);
            reader.error(
                "empty-value",
                place,
                "Der Katalog enthält keinen Indikator.",
                "Mindestens einen [[indicator]] beschreiben.",
            );
        }
        let mut diagnostics = reader.diagnostics;
        catalogue.check_names(&mut diagnostics);
        // A recipe whose input was itself refused would only repeat that finding.
        if !diagnostics.has_errors() {
            catalogue.check_inputs(&mut diagnostics);
        }
        diagnostics.0.sort_by_key(|found| found.place.line);
        if diagnostics.has_errors() { Err(CatalogueError(diagnostics)) } else { Ok(catalogue) }
    }

    /// One indicator by its name.
    pub fn indicator(&self, id: &IndicatorId) -> Option<&Definition> {
        self.indicators.iter().find(|definition| definition.id == *id)
    }

    /// Names of all variables the catalogue uses, ordered.
    pub fn variables(&self) -> BTreeSet<smol_str::SmolStr> {
        self.indicators.iter().flat_map(|d| d.formula.variables().map(|(_, v)| v.name.clone())).collect()
    }

    fn check_names(&self, diagnostics: &mut Diagnostics) {
        let indicators = self.indicators.iter().map(|d| (&d.id, &d.place));
        let changes = self.changes.iter().map(|c| (&c.id, &c.place));
        let recipes = self.recipes.iter().map(|r| (&r.id, &r.place));
        let mut first: BTreeMap<&IndicatorId, &Place> = BTreeMap::new();
        for (id, place) in indicators.chain(changes).chain(recipes) {
            match first.get(id) {
                None => {
                    first.insert(id, place);
                }
                Some(known) => {
                    let message =
                        format!("Die id „{id}“ ist schon in Zeile {} vergeben.", known.line.unwrap_or(0));
                    diagnostics.push(
                        Severity::Error,
                        "duplicate",
                        place.clone(),
                        message,
                        "Eine andere id wählen.",
                    );
                }
            }
        }
    }

    /// What to do about an indicator that does not exist.
    fn meant(&self, id: &IndicatorId) -> String {
        let known = self.indicators.iter().map(|d| d.id.as_str());
        match nearest(id.as_str(), known) {
            Some(meant) => format!("Gemeint ist vermutlich „{meant}“."),
            None if self.changes.iter().any(|change| change.id == *id) => {
                "Eine Veränderung kann hier nicht stehen; den Indikator nennen, von dem sie ausgeht.".into()
            }
            None => "Den Indikator in diesem Katalog beschreiben.".into(),
        }
    }

    fn check_inputs(&self, diagnostics: &mut Diagnostics) {
        for change in self.changes.iter().filter(|change| self.indicator(&change.of).is_none()) {
            let place = Place { column: Some("of".into()), ..change.place.clone() };
            let message = format!("Indikator „{}“: den Indikator „{}“ gibt es nicht.", change.id, change.of);
            diagnostics.push(Severity::Error, "unknown-indicator", place, message, self.meant(&change.of));
        }
        for recipe in &self.recipes {
            for input in &recipe.inputs {
                let place = Place { column: Some("inputs".into()), ..recipe.place.clone() };
                let (code, message, remedy) = match self.indicator(&input.indicator) {
                    Some(found) if found.polarity != Polarity::Neutral || input.direction.is_some() => continue,
                    Some(found) => (
                        "direction",
                        format!("Rezept „{}“: „{}“ hat keine Richtung, die für Kinder gut ist.", recipe.id, found.id),
                        "Beim Merkmal „direction“ oder beim Indikator „polarity“ angeben: higher_is_better oder lower_is_better.".to_string(),
                    ),
                    None => {
                        let remedy = self.meant(&input.indicator);
                        let message =
                            format!("Rezept „{}“: den Indikator „{}“ gibt es nicht.", recipe.id, input.indicator);
                        ("unknown-indicator", message, remedy)
                    }
                };
                diagnostics.push(Severity::Error, code, place, message, remedy);
            }
        }
    }
}

/// A German sentence for the parser's finding.
fn syntax(message: &str) -> (String, &'static str) {
    let message = message.to_lowercase();
    if message.contains("duplicate key") {
        ("Ein Schlüssel kommt in derselben Tabelle zweimal vor.".into(), "Einen der beiden entfernen.")
    } else if message.contains("string") || message.contains("quote") || message.contains("escape") {
        (
            "Ein Text ist nicht richtig in Anführungszeichen gesetzt.".into(),
            "Texte in gerade Anführungszeichen setzen (\"…\") und „\\“ verdoppeln; Ausdrücke mit Anführungszeichen in '…' setzen.",
        )
    } else {
        (
            "Die Zeile ist kein gültiges TOML.".into(),
            "Die Form ist „schlüssel = wert“; Texte stehen in \"…\", Listen in […], Überschriften als [[indicator]].",
        )
    }
}

/// Holds the expressions of a catalogue against the variables there are. Every unknown variable is an error with the
/// place of the indicator and the nearest known name.
pub fn check<S: AsRef<str>>(catalogue: &Catalogue, known: &[S]) -> Diagnostics {
    let names: BTreeSet<&str> = known.iter().map(AsRef::as_ref).collect();
    let mut diagnostics = Diagnostics::new();
    for definition in &catalogue.indicators {
        for (key, variable) in definition.formula.variables() {
            if names.contains(variable.name.as_str()) {
                continue;
            }
            let place = Place { column: Some(key.into()), ..definition.place.clone() };
            let message = format!(
                "Indikator „{}“, Stelle {}: die Variable „{}“ kommt in keinem Datensatz vor.",
                definition.id, variable.position, variable.name
            );
            diagnostics.push(
                Severity::Error,
                "unknown-variable",
                place,
                message,
                remedy_for(&variable.name, &names),
            );
        }
    }
    diagnostics
}

/// What to do about an unknown variable.
pub(crate) fn remedy_for(found: &str, known: &BTreeSet<&str>) -> String {
    match nearest(found, known.iter().copied()) {
        Some(meant) => format!("Gemeint ist vermutlich „{meant}“."),
        None if known.is_empty() => "Zuerst einen Datensatz importieren.".into(),
        None => {
            let names: Vec<&str> = known.iter().copied().collect();
            format!("Einen Datensatz mit dieser Variablen importieren. Bekannt sind {}.", list(&names, 12))
        }
    }
}

//! The index as drawing, table and recipe.

use super::{CLASSES, Composite, DRAWS, LIMITS, SEED, Scale};
use crate::Atlas;
use crate::export::csv::{comma, lines};
use crate::export::image::poster;
use crate::export::status;
use kekiz_base::{AreaKey, Cell};
use kekiz_charts::{Choropleth, ClassStyle, Frame, MapArea, Palette, Unit};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Title of an index nobody has named yet.
pub const TITLE: &str = "Eigener Index";

impl Composite {
    /// Attributions of all indicators, each once.
    pub fn attribution(&self) -> String {
        let sources = self.parts.iter().flat_map(|(meta, _)| &meta.sources);
        let each: BTreeSet<&str> =
            sources.map(|source| source.attribution.as_str()).filter(|text| !text.is_empty()).collect();
        each.into_iter().collect::<Vec<_>>().join(" · ")
    }

    /// Title of drawings.
    pub fn heading(&self) -> String {
        format!("{TITLE}, {}, {}", self.level.plural(), self.period)
    }

    /// The recipe of this index for the catalogue of a project (TOML). It gives the same scores from the same figures.
    pub fn recipe(&self) -> String {
        let mut out = format!(
            "# Rezept eines Index: an die Katalogdatei anhängen, in der seine Kennzahlen stehen; id und Titel anpassen.\n\n[[recipe]]\nid = \"eigener-index\"\ntitle = {}\ndefinition = {}\n",
            quoted(TITLE),
            quoted(&super::words::definition(&self.parts))
        );
        let method = match self.scale {
            Scale::Z => "method = \"z_sum\"\n",
            Scale::MinMax => "method = \"weighted_mean\"\nnormalisation = \"min_max\"\n",
            Scale::Rank => "method = \"weighted_mean\"\nnormalisation = \"rank\"\n",
        };
        out.push_str(method);
        out.push_str("inputs = [\n");
        for (meta, part) in &self.parts {
            let direction =
                if part.more_is_better == Some(false) { "lower_is_better" } else { "higher_is_better" };
            let _ = writeln!(
                out,
                "  {{ indicator = {}, weight = {:?}, direction = \"{direction}\" }},",
                quoted(meta.id.as_str()),
                part.weight
            );
        }
        let names: Vec<String> = CLASSES.iter().map(|name| quoted(name)).collect();
        let _ = write!(
            out,
            "]\nlimits = {LIMITS:?}\nclasses = [{}]\nlevels = [\"{}\"]\nlife_area = \"Indizes\"\nsensitivity = {{ draws = {DRAWS}, seed = {SEED} }}\n",
            names.join(", "),
            self.level.slug()
        );
        out
    }

    /// All areas as CSV.
    pub fn csv(&self) -> Vec<u8> {
        let mut head: Vec<String> = [
            "schluessel",
            "name",
            "gliederung",
            "zeitraum",
            "index",
            "status",
            "rang",
            "rang_von",
            "rang_bis",
            "klasse",
            "bleibt_in_klasse",
        ]
        .map(String::from)
        .to_vec();
        head.extend(self.parts.iter().map(|(meta, _)| meta.id.as_str().replace('-', "_")));
        head.push("namensnennung".into());
        let names: Vec<&str> = head.iter().map(String::as_str).collect();
        let attribution = self.attribution();
        lines(
            &names,
            self.rows.iter().map(|row| {
                let mut fields = vec![
                    row.area.key.to_string(),
                    row.area.name.clone(),
                    self.geography.to_string(),
                    self.period.to_string(),
                    comma(row.cell.value()),
                    status(&row.cell).to_string(),
                    comma(row.rank),
                    comma(row.range.map(|range| range.0)),
                    comma(row.range.map(|range| range.1)),
                    row.class.and_then(|class| CLASSES.get(class)).map_or("", |name| name).to_string(),
                    comma(row.keeps_class),
                ];
                fields.extend(row.cells.iter().map(|cell| match cell.value() {
                    Some(value) => comma(Some(value)),
                    None => crate::export::mark(cell).to_string(),
                }));
                fields.push(attribution.clone());
                fields
            }),
        )
    }
}

/// Text as a TOML string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

impl Atlas {
    /// The map of an index as a drawing that can still be changed.
    pub fn composite_map(
        &self,
        found: &Composite,
        id: &str,
        href: impl Fn(&AreaKey) -> Option<String>,
    ) -> Choropleth {
        let classes = Palette::BlueOrange
            .colours(CLASSES.len())
            .into_iter()
            .zip(CLASSES)
            .map(|(fill, name)| ClassStyle::plain(fill, name))
            .collect();
        let areas = found
            .rows
            .iter()
            .map(|row| MapArea {
                cell: row.cell,
                class: row.class.filter(|_| matches!(row.cell, Cell::Shown(_))),
                href: href(&row.area.key),
                highlight: false,
                selected: false,
            })
            .collect();
        Choropleth {
            frame: Frame::new(id, found.heading()).with_width(1000.0),
            unit: Unit::new("", 2),
            classes,
            sheet: self.sheet(found.rows.iter().map(|row| &row.area.key), [], true),
            areas,
            keyboard: false,
            highlight_label: String::new(),
            outline_label: String::new(),
        }
    }

    /// The map of an index as one SVG file.
    pub fn composite_svg(&self, found: &Composite) -> String {
        let map = self.composite_map(found, "index", |_| None);
        let notes = [
            found.sentence.clone(),
            super::words::definition(&found.parts),
            format!("Daten: {}", found.attribution()),
            self.boundaries(&found.geography),
        ];
        poster(&found.heading(), &map, &notes)
    }
}

//! Reach as drawings and files.

use super::Access;
use crate::Atlas;
use crate::export::csv::{comma, lines};
use crate::export::image::poster;
use crate::export::{mark, status};
use crate::map::MapStyle;
use kekiz_base::{Cell, Figure};
use kekiz_charts::{Choropleth, ClassStyle, MapPoint, Palette, PointMap, Unit};

/// Width of a class in percent.
const STEP: f64 = 20.0;
const LABELS: [&str; 5] = [
    "0 bis unter 20\u{a0}%",
    "20 bis unter 40\u{a0}%",
    "40 bis unter 60\u{a0}%",
    "60 bis unter 80\u{a0}%",
    "80 bis 100\u{a0}%",
];

impl Access {
    /// Title of drawings.
    pub fn heading(&self) -> String {
        let place = self.view.within.as_ref().map_or(String::new(), |area| format!(", {}", area.name));
        format!(
            "Kinder, die in {} Minuten zu Fuß eine Einrichtung erreichen: {}{place}",
            self.minutes,
            self.kind.as_deref().unwrap_or(&self.layer.title)
        )
    }

    /// All areas as CSV, with assumptions and sources in every row.
    pub fn csv(&self) -> Vec<u8> {
        const HEAD: [&str; 15] = [
            "schluessel",
            "name",
            "gliederung",
            "zeitraum",
            "kinder",
            "status",
            "anteil_erreicht_prozent",
            "kinder_erreicht_geschaetzt",
            "minuten",
            "umwegfaktor",
            "meter_je_minute",
            "einrichtungen",
            "namensnennung_kinder",
            "namensnennung_einrichtungen",
            "beleg",
        ];
        let what = self.kind.clone().unwrap_or_else(|| self.layer.title.clone());
        lines(
            &HEAD,
            self.rows.iter().map(|row| {
                vec![
                    row.row.area.key.to_string(),
                    row.row.area.name.clone(),
                    self.view.geography.to_string(),
                    self.view.period.to_string(),
                    match row.row.value {
                        Some(children) => comma(Some(children)),
                        None => mark(&row.row.cell).to_string(),
                    },
                    status(&row.row.cell).to_string(),
                    comma(row.share.map(|share| (1000.0 * share).round() / 10.0)),
                    comma(row.reached.map(f64::round)),
                    self.minutes.to_string(),
                    comma(Some(super::DETOUR)),
                    comma(Some(super::METRES_A_MINUTE)),
                    what.clone(),
                    self.about.attribution.clone(),
                    self.layer.source.attribution.clone(),
                    self.about.receipt.clone(),
                ]
            }),
        )
    }
}

impl Atlas {
    /// The map of reach as a drawing that can still be changed.
    pub fn access_map(&self, found: &Access, style: &MapStyle<'_>) -> Choropleth {
        let mut map = self.map(&found.view, style);
        map.frame.title = found.heading();
        map.unit = Unit::new("%", 0);
        map.classes = Palette::Green
            .colours(LABELS.len())
            .into_iter()
            .zip(LABELS)
            .map(|(fill, label)| ClassStyle::plain(fill, label))
            .collect();
        for (area, row) in map.areas.iter_mut().zip(&found.rows) {
            area.class = row.share.map(|share| ((100.0 * share / STEP) as usize).min(LABELS.len() - 1));
            if let Some(share) = row.share {
                area.cell = Cell::Shown(Figure::bare(100.0 * share));
            }
        }
        map
    }

    /// The facilities that count, over the areas; those outside of them are left out.
    pub fn access_points(
        &self,
        found: &Access,
        frame: kekiz_charts::Frame,
        href: impl Fn(&kekiz_lake::Facility) -> String,
    ) -> PointMap {
        let shown = |facility: &kekiz_lake::Facility| {
            facility.area.as_ref().is_some_and(|area| {
                found.rows.iter().any(|row| row.row.area.key == *area)
                    || self.tree().ancestors(area).any(|above| {
                        found.rows.iter().any(|row| row.row.area.key == above.key)
                            || found.view.within.as_ref().is_some_and(|within| within.key == above.key)
                    })
            })
        };
        let points = found
            .facilities
            .iter()
            .map(|at| &found.layer.facilities[*at])
            .filter(|facility| shown(facility))
            .filter_map(|facility| {
                Some(MapPoint {
                    key: facility.id.clone(),
                    name: facility.name.clone(),
                    detail: facility.kind.clone(),
                    position: self.plane(facility.lon, facility.lat)?,
                    index: None,
                    href: Some(href(facility)),
                    selected: false,
                })
            })
            .collect();
        PointMap {
            frame,
            outlines: self.area_shapes(found.rows.iter().map(|row| &row.row.area.key)),
            points,
            index_label: String::new(),
            noun: ("Einrichtung".into(), "Einrichtungen".into()),
            keyboard: false,
        }
    }

    /// The map of reach as one SVG file with title, legend, sentence, assumptions and sources.
    pub fn access_svg(&self, found: &Access) -> String {
        let map = self.access_map(found, &MapStyle { members: false, ..MapStyle::default() });
        let mut notes = vec![found.sentence.clone()];
        notes.extend(found.assumptions.iter().cloned());
        notes.push(format!("Kinder: {}", found.about.attribution));
        notes.push(format!("Einrichtungen: {}", found.layer.source.attribution));
        notes.push(self.boundaries(&found.view.geography));
        poster(&found.heading(), &map, &notes)
    }
}

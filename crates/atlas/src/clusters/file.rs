//! Clusters as drawings and files.

use super::{ClusterClass, Clusters};
use crate::Atlas;
use crate::export::csv::{comma, lines};
use crate::export::image::poster;
use crate::export::{mark, remark, status};
use crate::map::MapStyle;
use kekiz_base::AreaKey;
use kekiz_charts::{Choropleth, Fit, Frame, Scatter, ScatterPoint, Unit};

impl Clusters {
    /// Title of drawings.
    pub fn heading(&self) -> String {
        format!("Häufungen: {}", crate::map::map_title(&self.view))
    }

    /// The Moran scatter plot: own value against the mean of the neighbours; its slope is Moran's I.
    pub fn scatter(&self, frame: Frame, href: impl Fn(&AreaKey) -> String) -> Scatter {
        let meta = &self.view.meta;
        let unit = Unit::new(crate::wording::unit(meta), meta.decimals);
        Scatter {
            frame,
            x_label: "eigener Wert".into(),
            x_unit: unit.clone(),
            y_label: "Mittel der Nachbarn".into(),
            y_unit: unit,
            points: self
                .rows
                .iter()
                .filter_map(|row| {
                    Some(ScatterPoint {
                        key: row.row.area.key.to_string(),
                        label: row.row.area.name.clone(),
                        x: row.row.value?,
                        y: row.lag?,
                        size: None,
                        href: Some(href(&row.row.area.key)),
                        highlight: false,
                    })
                })
                .collect(),
            means: Some(("Mittel aller Gebiete".into(), self.mean, self.mean)),
            fit: Some(Fit {
                intercept: self.intercept,
                slope: self.moran,
                note: format!("Steigung = Morans I = {}", kekiz_base::number::german(self.moran, 2)),
            }),
            label_outliers: 6,
        }
    }

    /// All areas as CSV, with source, licence and protection in every row.
    pub fn csv(&self) -> Vec<u8> {
        const HEAD: [&str; 19] = [
            "indikator",
            "schluessel",
            "name",
            "gliederung",
            "zeitraum",
            "gruppe",
            "wert",
            "einheit",
            "status",
            "bemerkung",
            "nachbarn_mit_wert",
            "mittel_der_nachbarn",
            "lokales_i",
            "p",
            "p_fdr",
            "klasse",
            "nachbarschaft",
            "namensnennung",
            "beleg",
        ];
        let meta = &self.view.meta;
        lines(
            &HEAD,
            self.rows.iter().map(|row| {
                let value = match row.row.value {
                    Some(value) => comma(Some(value)),
                    None => mark(&row.row.cell).to_string(),
                };
                vec![
                    meta.id.to_string(),
                    row.row.area.key.to_string(),
                    row.row.area.name.clone(),
                    self.view.geography.to_string(),
                    self.view.period.to_string(),
                    self.view.group.as_str().to_string(),
                    value,
                    meta.unit.clone(),
                    status(&row.row.cell).to_string(),
                    remark(&row.row.cell).to_string(),
                    row.class.map(|_| row.neighbours.to_string()).unwrap_or_default(),
                    comma(row.lag),
                    comma(row.statistic),
                    comma(row.p),
                    comma(row.adjusted),
                    row.class.map(ClusterClass::name).unwrap_or_default().to_string(),
                    self.neighbourhood.slug(),
                    self.about.attribution.clone(),
                    self.about.receipt.clone(),
                ]
            }),
        )
    }
}

impl Atlas {
    /// The map of clusters as a drawing that can still be changed.
    pub fn cluster_map(&self, found: &Clusters, style: &MapStyle<'_>) -> Choropleth {
        let mut map = self.map(&found.view, style);
        let mut classes = kekiz_charts::clusters().to_vec();
        if found.of_class(ClusterClass::Island).next().is_none() {
            classes.truncate(ClusterClass::Island.position());
        }
        map.classes = classes;
        map.frame.title = found.heading();
        for (area, row) in map.areas.iter_mut().zip(&found.rows) {
            area.class = row.class.map(ClusterClass::position);
        }
        map
    }

    /// The map of clusters as one SVG file with title, legend, sentence, source and protection.
    pub fn clusters_svg(&self, found: &Clusters) -> String {
        let map = self.cluster_map(found, &MapStyle { members: false, ..MapStyle::default() });
        let notes = [
            found.sentence.clone(),
            found.method(),
            format!("Daten: {}", found.about.attribution),
            self.boundaries(&found.view.geography),
            format!("Datenschutz: {}", found.about.protection),
        ];
        poster(&found.heading(), &map, &notes)
    }
}

//! Drawings of answers, the same for page and paper.

use crate::Atlas;
use crate::map::{MapStyle, map_title};
use crate::series::{Role, Series};
use crate::view::View;
use kekiz_charts::{Break, Drawing, Frame, Line, SeriesChart, SeriesPoint, Unit};

impl Atlas {
    /// The map of a view and its legend.
    pub fn map_with_legend(&self, view: &View, style: &MapStyle<'_>) -> (Drawing, Drawing) {
        let map = self.map(view, style);
        let frame = Frame::new(format!("{}-legende", style.id), map_title(view));
        (map.draw(), map.legend().draw(&frame))
    }
}

impl Series {
    /// The lines as a drawing that can still be changed; `id` begins every id in it.
    pub fn chart(&self, id: &str) -> SeriesChart {
        let lines = self.lines.iter().map(|line| Line {
            name: line.area.name.clone(),
            points: self
                .periods
                .iter()
                .zip(&line.cells)
                .map(|(period, cell)| SeriesPoint { period: *period, cell: *cell })
                .collect(),
            emphasis: line.role == Role::Chosen,
        });
        SeriesChart {
            frame: Frame::new(id, &self.meta.title),
            unit: Unit::new(crate::wording::unit(&self.meta), self.meta.decimals),
            lines: lines.collect(),
            breaks: self.breaks.iter().map(|b| Break { period: b.period, label: b.note.clone() }).collect(),
            from_zero: false,
            target: None,
        }
    }
}

//! The recipe of an index a reader put together gives the same index from a catalogue.
#![allow(clippy::unwrap_used)]

use kekiz_atlas::Atlas;
use kekiz_atlas::composite::{CompositeQuery, Part, Scale};
use kekiz_base::{Cell, Cube, CubeCell, IndicatorId, Sensitive};
use kekiz_indicators::{Catalogue, compute_index};
use kekiz_testkit::published_city;
use std::collections::BTreeMap;

/// The catalogue the recipe is appended to.
const INDICATORS: &str = r#"
version = 1
[[indicator]]
id = "kinderarmut"
title = "Kinderarmut"
definition = "Kinder in Bedarfsgemeinschaften je 100 Kinder."
kind = "share"
numerator = "kinder_sgb2"
denominator = "kinder"
unit = "%"
polarity = "lower_is_better"
life_area = "Soziale Lage"
[[indicator]]
id = "jugendanteil"
title = "Anteil junger Menschen"
definition = "Junge Menschen je 100 Einwohner."
kind = "share"
numerator = "jugend"
denominator = "einwohner"
unit = "%"
life_area = "Bevölkerung"

"#;

/// The published cells of an indicator as a cube; protected cells are missing, as for indices of a project.
fn cube(atlas: &Atlas, id: &IndicatorId) -> Cube {
    let indicator = atlas.indicator(id).unwrap();
    let data = &indicator.data;
    let cell = |cell: &Cell| match cell {
        Cell::Shown(figure) => CubeCell::Value {
            value: Sensitive::new(figure.value),
            interval: None,
            numerator: figure.numerator.map(Sensitive::new),
            denominator: figure.denominator.map(Sensitive::new),
            smoothed: None,
            versus_parent: None,
            class: None,
            annotation: figure.annotation,
        },
        Cell::Suppressed { .. } => CubeCell::Missing(kekiz_base::Mark::Blocked),
        Cell::Missing { mark } => CubeCell::Missing(*mark),
    };
    Cube {
        meta: indicator.meta.as_ref().clone(),
        areas: data.areas.iter().map(|key| atlas.area(key).unwrap().clone()).collect(),
        periods: data.periods.clone(),
        groups: data.groups.clone(),
        cells: data.cells.iter().map(cell).collect(),
        inputs: BTreeMap::new(),
    }
}

#[test]
fn a_recipe_taken_away_loads_and_gives_the_same_index() {
    let (_dir, published) = published_city().unwrap();
    let atlas = Atlas::of(published).unwrap();
    let id = |text: &str| IndicatorId::new(text).unwrap();
    for scale in Scale::ALL {
        let query = CompositeQuery {
            parts: vec![
                Part { indicator: id("kinderarmut"), weight: 2.0, more_is_better: None },
                Part { indicator: id("jugendanteil"), weight: 0.5, more_is_better: Some(true) },
            ],
            scale,
            level: Some("stadtteil".into()),
            period: None,
        };
        let found = atlas.composite(&query).unwrap();
        let text = format!("{INDICATORS}{}", found.recipe());
        let catalogue =
            Catalogue::read(&text, "kennzahlen.toml").unwrap_or_else(|error| panic!("{error}\n{text}"));
        let recipe = &catalogue.recipes[0];
        let cubes: Vec<Cube> = query.parts.iter().map(|part| cube(&atlas, &part.indicator)).collect();
        let (index, _) = compute_index(recipe, &cubes.iter().collect::<Vec<_>>(), &[]).unwrap();
        let mut compared = 0;
        for row in &found.rows {
            let area = index.cube.area_index(&row.area.key).unwrap();
            let period = index.cube.periods.iter().position(|one| *one == found.period).unwrap();
            match (&index.cube.cells[index.cube.index(area, period, 0)], row.cell) {
                (CubeCell::Value { value, class, .. }, Cell::Shown(figure)) => {
                    assert_eq!(value.expose(), figure.value, "{scale:?} {}", row.area.name);
                    assert_eq!(
                        class.map(|class| class.expose()),
                        figure.class,
                        "{scale:?} {}",
                        row.area.name
                    );
                    compared += 1;
                }
                (CubeCell::Missing(_), Cell::Suppressed { .. } | Cell::Missing { .. }) => {}
                (_, cell) => panic!("{scale:?} {}: {cell:?}", row.area.name),
            }
        }
        assert!(compared >= 6, "{compared}");
    }
}

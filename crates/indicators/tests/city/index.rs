use super::*;
use kekiz_indicators::index::Index;
use kekiz_indicators::{compute, compute_index};

const INPUTS: &str = r#"
[[indicator]]
id = "armut"
title = "Kinderarmut"
definition = "Arme Kinder"
kind = "share"
numerator = "arm"
denominator = "kinder"
polarity = "lower_is_better"
minimum_base = 30
[[indicator]]
id = "hilfen"
title = "Hilfen"
definition = "Hilfen je 1.000"
kind = "rate"
numerator = "hze"
denominator = "kinder"
polarity = "lower_is_better"
"#;

fn recipe(method: &str) -> String {
    format!(
        "{INPUTS}\n[[recipe]]\nid = \"index\"\ntitle = \"Index\"\ndefinition = \"Lage\"\n{method}\nlevels = [\"stadtteil\"]\n"
    )
}

const WEIGHTED: &str = "inputs = [{ indicator = \"armut\", weight = 2.0 }, { indicator = \"hilfen\" }]";
const PLAIN: &str = "inputs = [{ indicator = \"armut\" }, { indicator = \"hilfen\" }]";

/// Five Stadtteile with 1,000 children each, in two years.
fn rows(extra: &str) -> String {
    let mut rows = String::new();
    for (key, then, now, hze_then, hze_now) in [
        ("A", 210, 200, 30, 30),
        ("B", 120, 100, 22, 20),
        ("C", 260, 300, 44, 50),
        ("D", 250, 250, 20, 20),
        ("E", 130, 120, 12, 10),
    ] {
        for (year, arm, hze) in [(2021, then, hze_then), (2024, now, hze_now)] {
            rows += &format!("kinder {key} {year} 1000\narm {key} {year} {arm}\nhze {key} {year} {hze}\n");
        }
    }
    rows + extra
}

fn five() -> AreaTree {
    let parts = ["A", "B", "C", "D", "E"].map(|key| area(key, Level::Stadtteil, Some("S")));
    AreaTree::new(parts.into_iter().chain([area("S", Level::Gemeinde, None)])).unwrap()
}

fn index(method: &str, extra: &str) -> (Index, Vec<String>) {
    let catalogue = catalogue(&recipe(method));
    let figures = figures(&rows(extra));
    let cubes: Vec<Cube> = catalogue
        .indicators
        .iter()
        .map(|definition| compute(definition, &figures, &five()).unwrap().0)
        .collect();
    let cubes: Vec<&Cube> = cubes.iter().collect();
    let (index, diagnostics) =
        compute_index(&catalogue.recipes[0], &cubes, &catalogue.indicators).unwrap_or_else(|e| panic!("{e}"));
    (index, diagnostics.iter().map(ToString::to_string).collect())
}

fn class(cell: &CubeCell) -> u8 {
    match cell {
        CubeCell::Value { class: Some(class), .. } => class.expose(),
        _ => panic!("no class"),
    }
}

/// numpy: -2·z(armut) - z(hilfen) with sample standard deviations.
#[test]
fn the_z_sum_is_the_one_by_hand() {
    let (index, diagnostics) = index(&format!("method = \"z_sum\"\n{WEIGHTED}"), "");
    for (key, expected, expected_class) in [
        ("A", -0.40537037430081, 2),
        ("B", 2.6143131814698917, 2),
        ("C", -4.084434403467299, 3),
        ("D", -0.9261414420924804, 2),
        ("E", 2.8016330383906958, 2),
    ] {
        let cell = at(&index.cube, key, "2024");
        close(value(cell), expected);
        assert_eq!(class(cell), expected_class, "{key}");
    }
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(index.cube.areas.len(), 5);
    assert_eq!(index.cube.meta.classes, ["hoch", "mittel", "niedrig", "sehr niedrig"]);
    assert_eq!(index.ranks.len(), 5);
    let best = index.ranks.iter().find(|rank| rank.area.as_str() == "E").unwrap();
    assert!(
        best.rank == 1.0 && best.rank_lower >= 1.0 && best.rank_upper <= 5.0 && best.period == period("2024")
    );
}

#[test]
fn the_statement_on_other_weights_is_a_sentence_and_the_same_every_time() {
    let method = format!("method = \"z_sum\"\n{WEIGHTED}");
    let (first, _) = index(&method, "");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(5).build().unwrap();
    let (second, _) = pool.install(|| index(&method, ""));
    assert_eq!(first.cube.meta.sensitivity, second.cube.meta.sensitivity);
    assert!(first.ranks == second.ranks);
    let sentence = &first.cube.meta.sensitivity;
    assert!(
        sentence.starts_with("Bei anderen Gewichten verschiebt sich der Rang im Mittel um "),
        "{sentence}"
    );
    assert!(
        sentence.contains(" % der Gebiete bleiben in ihrer Klasse (Stadtteile, 2024, 5 Ränge)."),
        "{sentence}"
    );
    assert!(sentence.ends_with("Geprüft mit 1.000 zufälligen Gewichtungen."), "{sentence}");
}

/// Changes in three years, better is positive: armut +1, +2, -4, 0, +1; hilfen 0, +2, -6, 0, +2 (per 1,000).
#[test]
fn status_and_dynamics_meet_in_twelve_classes() {
    let (index, diagnostics) = index(&format!("method = \"status_dynamics\"\nyears = 3\n{WEIGHTED}"), "");
    assert_eq!(index.cube.periods, [period("2024")]);
    assert_eq!(index.cube.meta.classes.len(), 12);
    assert_eq!(index.cube.meta.classes[3], "Status mittel, Dynamik positiv");
    // C is low (below -1) and getting worse (below -1): (3 - 1) × 3 + 3.
    assert_eq!(class(at(&index.cube, "C", "2024")), 9);
    // E is within ±1 in both (0.98 and 0.53): (2 - 1) × 3 + 2.
    assert_eq!(class(at(&index.cube, "E", "2024")), 5);
    assert!(diagnostics.iter().any(|d| d.contains("ohne Vergleichszeitraum")), "{diagnostics:?}");
}

#[test]
fn there_are_no_dynamics_over_a_break_in_a_series() {
    let recipe = recipe(&format!("method = \"status_dynamics\"\nyears = 3\n{WEIGHTED}"));
    let scored = |breaks: &str| {
        let text = recipe.replacen("polarity", &format!("breaks = [{breaks}]\npolarity"), 1);
        let (catalogue, figures) = (catalogue(&text), figures(&rows("")));
        let cubes: Vec<Cube> = catalogue
            .indicators
            .iter()
            .map(|definition| compute(definition, &figures, &five()).unwrap().0)
            .collect();
        let cubes: Vec<&Cube> = cubes.iter().collect();
        compute_index(&catalogue.recipes[0], &cubes, &catalogue.indicators)
            .map(|(index, _)| index.cube.periods)
    };
    // 2021 to 2024: a new series that begins in 2022, 2023 or 2024 lies between, one that begins before or after does not.
    for (first, broken) in [(2020, false), (2021, false), (2022, true), (2024, true), (2025, false)] {
        let found = scored(&first.to_string());
        match broken {
            false => assert_eq!(found.unwrap(), [period("2024")], "{first}"),
            true => {
                let message = found.unwrap_err().to_string();
                assert!(
                    message.contains("über einen Bruch in der Zeitreihe") && message.contains("armut"),
                    "{message}"
                );
            }
        }
    }
}

#[test]
fn equal_weights_min_max_and_the_component_order_areas_alike() {
    let (mean, _) =
        index(&format!("method = \"equal_weight_mean\"\nnormalisation = \"min_max\"\n{PLAIN}"), "");
    // A: (300-200)/200 = 0.5 and (50-30)/40 = 0.5.
    close(value(at(&mean.cube, "A", "2024")), 0.5);
    close(value(at(&mean.cube, "C", "2024")), 0.0);
    let (component, _) = index(&format!("method = \"first_principal_component\"\n{PLAIN}"), "");
    assert!(component.cube.meta.notes.iter().any(|note| note.contains("Die erste Hauptkomponente erklärt")));
    // With two inputs the component is their sum of z-scores over √2.
    let (sum, _) = index(&format!("method = \"z_sum\"\n{PLAIN}"), "");
    for key in ["A", "B", "C", "D", "E"] {
        close(value(at(&component.cube, key, "2024")) * 2f64.sqrt(), value(at(&sum.cube, key, "2024")));
    }
}

#[test]
fn a_burden_index_turns_the_sign_and_keeps_the_classes() {
    let method = format!("method = \"z_sum\"\n{WEIGHTED}");
    let (good, _) = index(&method, "");
    let (burden, _) = index(&format!("{method}\npolarity = \"lower_is_better\""), "");
    for key in ["A", "C", "E"] {
        close(value(at(&burden.cube, key, "2024")), -value(at(&good.cube, key, "2024")));
        assert_eq!(class(at(&burden.cube, key, "2024")), class(at(&good.cube, key, "2024")));
    }
}

#[test]
fn nothing_is_imputed() {
    let method = format!("method = \"z_sum\"\n{WEIGHTED}");
    let (secret, diagnostics) = index(&method, "arm B 2024 .");
    assert_eq!(mark(at(&secret.cube, "B", "2024")), Mark::UnknownOrSecret);
    assert!(
        diagnostics.iter().any(|d| d.contains("[index-input-missing]") && d.contains("B 2024")),
        "{diagnostics:?}"
    );
    let (small, diagnostics) = index(&method, "kinder B 2024 29\narm B 2024 3");
    assert_eq!(mark(at(&small.cube, "B", "2024")), Mark::Unreliable);
    assert!(diagnostics.iter().any(|d| d.contains("[index-small-base]")), "{diagnostics:?}");
    // In 2024 all areas have the same rate of hilfen; 2021 is as before.
    let (constant, diagnostics) = index(&method, "hze A 2024 20\nhze C 2024 20\nhze E 2024 20");
    assert_eq!(constant.cube.periods, [period("2021")]);
    assert!(
        diagnostics.iter().any(|d| d.contains("[index-impossible]") && d.contains("Merkmal 2")),
        "{diagnostics:?}"
    );
}

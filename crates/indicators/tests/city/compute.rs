use super::*;
use kekiz_base::{Diagnostics, Severity};
use kekiz_indicators::{ComputeError, compute};

const FIGURES: &str = "
    kinder A 2024 100
    kinder B 2024 200
    kinder C 2024 50
    arm A 2024 20
    arm B 2024 20
    arm C 2024 15
";

fn poverty(rows: &str) -> (Cube, Diagnostics) {
    compute(&catalogue(POVERTY).indicators[0], &figures(rows), &city())
        .unwrap_or_else(|error| panic!("{error}"))
}

fn codes(diagnostics: &Diagnostics) -> Vec<&'static str> {
    diagnostics.iter().map(|d| d.code).collect()
}

/// Shares by division; intervals from statsmodels 0.15.0, smoothed values from esda 2.9.0, significance from
/// statsmodels' proportions_ztest of part against rest: p = 0.164 (A), 0.0007 (B), 0.0027 (C).
#[test]
fn every_number_is_the_one_by_hand() {
    let (cube, diagnostics) = poverty(FIGURES);
    for (key, numerator, denominator, share, lower, upper, smoothed, versus) in [
        (
            "A",
            20.0,
            100.0,
            20.0,
            13.33669333310325,
            28.88291655931589,
            18.78228782287823,
            Some((4.285714285714287, false)),
        ),
        (
            "B",
            20.0,
            200.0,
            10.0,
            6.567044866909589,
            14.940581243271739,
            10.946236559139786,
            Some((-5.714285714285714, true)),
        ),
        (
            "C",
            15.0,
            50.0,
            30.0,
            19.103553500880942,
            43.750350464453405,
            23.678160919540225,
            Some((14.285714285714285, true)),
        ),
        // The city has no figure of its own: 55 of 350, from its parts. Alone in its geography, it is its own mean.
        (
            "S",
            55.0,
            350.0,
            15.714285714285714,
            12.276284328646755,
            19.896728749049778,
            15.714285714285714,
            None,
        ),
    ] {
        let CubeCell::Value {
            value, interval, numerator: n, denominator: d, smoothed: s, versus_parent, ..
        } = at(&cube, key, "2024")
        else {
            panic!("{key} is missing")
        };
        close(value.expose(), share);
        close(n.unwrap().expose(), numerator);
        close(d.unwrap().expose(), denominator);
        close(interval.unwrap().0.expose(), lower);
        close(interval.unwrap().1.expose(), upper);
        close(s.unwrap().expose(), smoothed);
        let found = versus_parent.map(|versus| versus.expose());
        assert_eq!(found.map(|v| v.significant), versus.map(|(_, significant)| Some(significant)), "{key}");
        close(found.map_or(0.0, |v| v.difference), versus.map_or(0.0, |(difference, _)| difference));
    }
    assert_eq!(codes(&diagnostics), ["summed-from-children"]);
    assert_eq!(
        cube.meta.notes,
        ["Zahlen für Städte und Gemeinden sind, wo die Quelle keine nennt, die Summe über Stadtteile."]
    );
    assert_eq!(cube.meta.unit, "%");
    assert_eq!(
        cube.meta.sources.iter().map(|s| s.title.as_str()).collect::<Vec<_>>(),
        ["Datei arm", "Datei kinder"]
    );
    assert_eq!(cube.inputs["daten-arm"], "digest of arm");
}

#[test]
fn a_missing_operand_is_never_a_zero() {
    for (numerator, denominator, expected) in [
        (".", "100", Mark::UnknownOrSecret),
        ("20", "...", Mark::Later),
        ("/", ".", Mark::UnknownOrSecret),
        ("x", "/", Mark::Unreliable),
        ("-", "-", Mark::Blocked),
    ] {
        let (cube, _) = poverty(&format!("{FIGURES}\n kinder A 2024 {denominator}\n arm A 2024 {numerator}"));
        assert_eq!(mark(at(&cube, "A", "2024")), expected, "{numerator} / {denominator}");
    }
    // A true zero is a zero, and the remark of a part is the remark of the quotient.
    let (cube, _) = poverty(&format!("{FIGURES}\n arm A 2024 -\n kinder A 2024 90p"));
    close(value(at(&cube, "A", "2024")), 0.0);
    assert!(matches!(at(&cube, "A", "2024"), CubeCell::Value { annotation: Annotation::Provisional, .. }));
}

#[test]
fn parents_are_summed_only_from_all_children_and_never_against_the_source() {
    let (cube, diagnostics) = poverty(&format!("{FIGURES}\n arm C 2024 ."));
    assert!(cube.area_index(&"S".into()).is_none(), "one child is secret");
    assert_eq!(codes(&diagnostics), ["area-incomplete"]);

    let (cube, _) = poverty(&format!("{FIGURES}\n arm S 2024 .\n kinder S 2024 350"));
    assert_eq!(mark(at(&cube, "S", "2024")), Mark::UnknownOrSecret, "the source keeps it secret");

    let (cube, _) = poverty(&format!("{FIGURES}\n arm S 2024 60\n kinder S 2024 400"));
    close(value(at(&cube, "S", "2024")), 15.0);

    let without_c: String = FIGURES.lines().filter(|row| !row.contains(" C ")).collect::<Vec<_>>().join("\n");
    let (cube, diagnostics) = poverty(&without_c);
    assert!(cube.area_index(&"S".into()).is_none(), "a child has no row");
    assert!(codes(&diagnostics).contains(&"area-without-figures"));
}

#[test]
fn values_and_products_are_never_summed() {
    let text = r#"
        [[indicator]]
        id = "einkommen"
        title = "Einkommen"
        definition = "Je Person"
        kind = "value"
        value = "euro"
        [[indicator]]
        id = "produkt"
        title = "Produkt"
        definition = "Fälle mal Gewicht"
        kind = "count"
        numerator = "arm * kinder"
    "#;
    let rows = format!("{FIGURES}\n euro A 2024 10\n euro B 2024 20\n euro C 2024 30");
    for definition in &catalogue(text).indicators {
        let (cube, _) = compute(definition, &figures(&rows), &city()).unwrap();
        assert_eq!(cube.areas.len(), 3, "{}", definition.id);
    }
}

#[test]
fn contradictions_are_reported_with_their_place_and_without_the_number() {
    for (rows, code) in [
        ("arm A 2024 101", "part-exceeds-whole"),
        ("arm A 2024 -7331", "negative-count"),
        ("kinder A 2024 -7331", "negative-count"),
        ("kinder A 2024 0", "cases-without-base"),
    ] {
        let (cube, diagnostics) = poverty(&format!("{FIGURES}\n{rows}"));
        let found = diagnostics.iter().find(|d| d.severity == Severity::Error).unwrap();
        assert_eq!(found.code, code);
        assert_eq!(mark(at(&cube, "A", "2024")), Mark::Blocked);
        let message = found.to_string();
        assert!(message.contains("„Gebiet A“ (A), 2024") && message.contains(".csv"), "{message}");
        assert!(!message.contains("7331") && !message.contains("101"), "{message}");
    }
}

#[test]
fn keys_that_do_not_join_are_listed_on_both_sides() {
    let (_, diagnostics) =
        poverty("kinder A 2024 10\n arm A 2024 1\n kinder Z1 2024 10\n arm Z1 2024 1\n arm Z2 2024 1");
    let messages: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(messages.join("\n"));
    let nothing =
        compute(&catalogue(POVERTY).indicators[0], &figures("kinder 1 2024 1\n arm 2 2024 1"), &city());
    insta::assert_snapshot!(nothing.err().unwrap());
}

#[test]
fn what_cannot_be_computed_at_all_says_why() {
    let rates = catalogue(&POVERTY.replace("\"arm\"", "\"amr\""));
    insta::assert_snapshot!(compute(&rates.indicators[0], &figures(FIGURES), &city()).err().unwrap());
    let levels = catalogue(&format!("{POVERTY}levels = [\"kreis\"]"));
    insta::assert_snapshot!(compute(&levels.indicators[0], &figures(FIGURES), &city()).err().unwrap());
    let groups = catalogue(&format!("{POVERTY}groups = [\"mädchen\"]"));
    let error = compute(&groups.indicators[0], &figures(FIGURES), &city()).err().unwrap();
    assert!(matches!(error, ComputeError::NothingLeft { what: "die gewählten Gruppen", .. }));
}

#[test]
fn groups_keep_their_order_and_fixed_groups_stand_for_everybody() {
    let rows = "
        alter A 2024 0-2 10
        alter A 2024 3-5 20
        alter A 2024 insgesamt 100
    ";
    let count = |expression: &str, extra: &str| {
        let text = format!(
            "[[indicator]]\nid = \"k\"\ntitle = \"K\"\ndefinition = \"K\"\nkind = \"count\"\nnumerator = '{expression}'\n{extra}"
        );
        compute(&catalogue(&text).indicators[0], &figures(rows), &city()).unwrap().0
    };
    let all = count("alter", "");
    assert_eq!(all.groups.iter().map(GroupId::as_str).collect::<Vec<_>>(), ["insgesamt", "0-2", "3-5"]);
    close(value(at_group(&all, "A", "2024", "3-5")), 20.0);
    let some = count("alter", "groups = [\"3-5\", \"0-2\"]");
    assert_eq!(some.groups.iter().map(GroupId::as_str).collect::<Vec<_>>(), ["3-5", "0-2"]);
    let fixed = count("alter[\"0-2\"] + alter[\"3-5\"]", "");
    close(value(at(&fixed, "A", "2024")), 30.0);
}

#[test]
fn levels_are_filtered_after_summing() {
    let definition = catalogue(&format!("{POVERTY}levels = [\"gemeinde\"]"));
    let (cube, _) = compute(&definition.indicators[0], &figures(FIGURES), &city()).unwrap();
    assert_eq!(cube.areas.len(), 1);
    close(value(at(&cube, "S", "2024")), 15.714285714285714);
}

#[test]
fn rates_and_counts_have_their_intervals() {
    let text = r#"
        [[indicator]]
        id = "hilfen"
        title = "Hilfen"
        definition = "Je 1.000"
        kind = "rate"
        numerator = "arm"
        denominator = "kinder"
        interval = "poisson"
        [[indicator]]
        id = "zahl"
        title = "Zahl"
        definition = "Fälle"
        kind = "count"
        numerator = "arm"
        interval = "byar"
    "#;
    let catalogue = catalogue(text);
    let interval = |index: usize, key: &str| {
        let (cube, _) = compute(&catalogue.indicators[index], &figures(FIGURES), &city()).unwrap();
        match at(&cube, key, "2024") {
            CubeCell::Value { interval: Some((lower, upper)), .. } => (lower.expose(), upper.expose()),
            _ => panic!("no interval"),
        }
    };
    // Garwood's interval of 20 cases (scipy): 12.2165 to 30.8884, per 100 children times 1,000.
    close(interval(0, "A").0, 122.16519585403946);
    close(interval(0, "A").1, 308.883779026746);
    assert!(interval(1, "A").0 < 20.0 && interval(1, "A").1 > 20.0);
}

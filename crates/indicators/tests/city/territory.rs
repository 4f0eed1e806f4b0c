use super::*;
use kekiz_base::{AreaChange, Severity};
use kekiz_indicators::{compute, compute_on_territory};

/// Aachen: the city and the Kreis became the Städteregion on 21 October 2009.
fn aachen() -> (AreaTree, AreaChange) {
    let date = |text: &str| text.parse().ok();
    let kreis = |key: &str, from: &str, until: &str| Area {
        validity: Validity { from: date(from), until: date(until) },
        ..area(key, Level::Kreis, Some("05"))
    };
    let tree = AreaTree::new([
        area("05", Level::Land, None),
        kreis("05313", "", "2009-10-20"),
        kreis("05354", "", "2009-10-20"),
        kreis("05334", "2009-10-21", ""),
        area("05111", Level::Kreis, Some("05")),
    ])
    .unwrap();
    let change = AreaChange {
        date: "2009-10-21".parse().unwrap(),
        from: vec!["05313".into(), "05354".into()],
        to: "05334".into(),
        source: "Aachen-Gesetz".into(),
    };
    (tree, change)
}

const ROWS: &str = "
    kinder 05111 2008 1000
    kinder 05313 2008 400
    kinder 05354 2008 600
    kinder 05334 2008 .
    kinder 05111 2010 1100
    kinder 05334 2010 990
    kinder 05313 2010 .
    arm 05111 2008 100
    arm 05313 2008 100
    arm 05354 2008 90
    arm 05111 2010 100
    arm 05334 2010 198
";

#[test]
fn counts_of_merged_areas_become_those_of_the_new_area() {
    let (tree, change) = aachen();
    let definition = &catalogue(POVERTY).indicators[0];
    let (cube, diagnostics) = compute_on_territory(definition, &figures(ROWS), &tree, &[change]).unwrap();
    close(value(at(&cube, "05334", "2008")), 19.0);
    close(value(at(&cube, "05334", "2010")), 20.0);
    assert!(cube.meta.notes.iter().any(|note| note.contains("05313 und 05354 → 05334 (21.10.2009)")));
    assert!(diagnostics.iter().any(|d| d.code == "territory-rewritten" && d.severity == Severity::Note));
}

#[test]
fn the_land_is_summed_from_the_areas_of_its_time() {
    let (tree, _) = aachen();
    let (cube, _) = compute(&catalogue(POVERTY).indicators[0], &figures(ROWS), &tree).unwrap();
    // 2008 from 05111, 05313 and 05354; 2010 from 05111 and 05334.
    close(value(at(&cube, "05", "2008")), 14.5);
    close(value(at(&cube, "05", "2010")), 298.0 / 2090.0 * 100.0);
}

#[test]
fn nothing_is_rewritten_when_a_part_is_missing_or_the_source_has_done_it() {
    let (tree, change) = aachen();
    let definition = &catalogue(POVERTY).indicators[0];
    let codes = |rows: &str| -> Vec<&'static str> {
        let changes = [change.clone()];
        let (_, diagnostics) = compute_on_territory(definition, &figures(rows), &tree, &changes).unwrap();
        diagnostics.iter().map(|d| d.code).collect()
    };
    assert!(codes(&ROWS.replace("arm 05354 2008 90", "")).contains(&"territory-incomplete"));
    assert!(codes(&format!("{ROWS}\n kinder 05334 2008 995")).contains(&"territory-both"));
}

#[test]
fn values_stay_where_they_are() {
    let (tree, change) = aachen();
    let text =
        "[[indicator]]\nid = \"q\"\ntitle = \"Q\"\ndefinition = \"Q\"\nkind = \"value\"\nvalue = \"quote\"";
    let rows = "quote 05313 2008 10\n quote 05354 2008 8\n quote 05334 2010 9";
    let (cube, _) =
        compute_on_territory(&catalogue(text).indicators[0], &figures(rows), &tree, &[change]).unwrap();
    close(value(at(&cube, "05313", "2008")), 10.0);
    assert_eq!(mark(at(&cube, "05334", "2008")), Mark::Empty);
}

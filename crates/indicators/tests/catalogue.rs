//! Reading catalogues: what is accepted, and what every refusal says.
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_base::{Annotation, IndicatorKind, Mark, Observation};
use kekiz_indicators::{Catalogue, Expression, Formula, check, suggest_catalogue};
use proptest::prelude::*;

/// The example of docs/katalog.md.
fn example() -> &'static str {
    let page = include_str!("../../../docs/katalog.md");
    page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap()
}

#[test]
fn the_example_of_the_manual_is_read() {
    let catalogue = Catalogue::read(example(), "katalog.toml").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((catalogue.indicators.len(), catalogue.changes.len(), catalogue.recipes.len()), (5, 1, 1));
    let poverty = &catalogue.indicators[1];
    assert_eq!((poverty.kind, poverty.factor, poverty.minimum_base), (IndicatorKind::Share, 100.0, 30));
    assert_eq!(poverty.place.line, Some(12));
    assert!(
        matches!(&poverty.formula, Formula::Quotient { denominator, .. } if denominator.variables().len() == 2)
    );
    assert_eq!(catalogue.recipes[0].classes.len(), 12);
    let known = ["bev_u6", "bev_6_18", "sgb2_u18", "hze", "alter", "einkommen_je_person"];
    assert!(check(&catalogue, &known).is_empty());
    assert_eq!(catalogue.variables().len(), known.len());
}

fn refusal(text: &str) -> String {
    match Catalogue::read(text, "katalog.toml") {
        Ok(_) => panic!("accepted: {text}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn refusals_say_where_and_what_to_do() {
    let indicator = |body: &str| {
        format!("version = 1\n\n[[indicator]]\nid = \"a\"\ntitle = \"A\"\ndefinition = \"A\"\n{body}")
    };
    let recipe = |body: &str| {
        let count = "kind = \"count\"\nnumerator = \"n\"\npolarity = \"lower_is_better\"";
        format!("{}\n[[recipe]]\nid = \"r\"\ntitle = \"R\"\ndefinition = \"R\"\n{body}", indicator(count))
    };
    let cases = [
        ("syntax", "version = 1\n[[indicator]]\nid = \"a".to_string()),
        ("syntax_line", "version = 1\nKinderarmut: Anteil\n".to_string()),
        ("twice", "version = 1\nversion = 1\n".to_string()),
        ("no_version", "[[indicator]]\nid = \"a\"\n".to_string()),
        ("future_version", "version = 2\n".to_string()),
        ("nothing", "version = 1\n".to_string()),
        ("unknown_key", indicator("kind = \"count\"\nnumerator = \"n\"\nminimum_bse = 3\nfarbe = \"rot\"")),
        (
            "change_of_nothing",
            indicator("kind = \"change\"\nof = \"b\"\nyears = 5").replace("\"a\"", "\"c\""),
        ),
        (
            "change_without_years",
            indicator("kind = \"change\"\nof = \"Kinder Armut\"\nmeasure = \"relativ\""),
        ),
        ("break_that_is_no_year", indicator("kind = \"count\"\nnumerator = \"n\"\nbreaks = [16]")),
        ("unknown_choice", indicator("kind = \"shares\"\nnumerator = \"n\"")),
        ("bad_id", indicator("kind = \"count\"\nnumerator = \"n\"").replace("\"a\"", "\"Kinder Armut\"")),
        ("no_denominator", indicator("kind = \"share\"\nnumerator = \"n\"")),
        (
            "wrong_kind",
            indicator("kind = \"value\"\nvalue = \"v\"\nnumerator = \"n\"\ninterval = \"wilson\""),
        ),
        (
            "wrong_type",
            indicator("kind = \"count\"\nnumerator = 3\nnotes = \"eine\"\ndecimals = \"2\"\nsmoothing = 1"),
        ),
        ("level", indicator("kind = \"count\"\nnumerator = \"n\"\nlevels = [\"quartier\"]")),
        ("expression", indicator("kind = \"share\"\nnumerator = \"a + \"\ndenominator = \"(b + c\"")),
        (
            "double",
            format!(
                "{}\n{}",
                indicator("kind = \"count\"\nnumerator = \"n\""),
                &indicator("kind = \"count\"\nnumerator = \"n\"")[13..]
            ),
        ),
        ("recipe_inputs", recipe("method = \"z_sum\"\ninputs = [{ indicator = \"b\" }]\n")),
        (
            "recipe_keys",
            recipe(
                "method = \"z_sum\"\nyears = 3\nlimits = [-1, 1]\nclasses = [\"x\"]\ninputs = [{ indicator = \"a\", gewicht = 1 }]",
            ),
        ),
        ("recipe_method", recipe("method = \"mittelwert\"\ninputs = []")),
        (
            "recipe_sensitivity",
            recipe(
                "method = \"z_sum\"\ninputs = [{ indicator = \"a\", weight = -1 }]\nsensitivity = { draws = 0, spread = 2.0 }",
            ),
        ),
        (
            "direction",
            recipe("method = \"z_sum\"\ninputs = [{ indicator = \"a\" }]")
                .replace("polarity = \"lower_is_better\"", ""),
        ),
    ];
    let shown: Vec<String> =
        cases.iter().map(|(name, text)| format!("# {name}\n{}\n", refusal(text))).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn unknown_variables_are_found_with_the_nearest_name() {
    let catalogue = Catalogue::read(example(), "katalog.toml").unwrap();
    let found =
        check(&catalogue, &["bev_u6", "bev_6_18", "sgb_u18", "hze_faelle", "alter", "einkommen_je_person"]);
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn expressions_that_are_none_say_where() {
    let texts = [
        "",
        "  ",
        "a +",
        "a b",
        "(a",
        "a)",
        "a[",
        "a[0]",
        "a[\"x\"",
        "`a",
        "3,5",
        "1.2.3",
        "2x",
        "max(a, b)",
        "sum()",
        "sum(a",
        "a ; b",
        "a % b",
        "* a",
        "a // b",
        "\"a\"",
    ];
    let shown: Vec<String> = texts
        .iter()
        .map(|text| match Expression::parse(text) {
            Ok(_) => format!("{text:?}: ACCEPTED"),
            Err(error) => format!("{text:?}: {error}"),
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
    assert!(Expression::parse(&"(".repeat(3_000)).is_err());
    assert!(Expression::parse(&"-".repeat(3_000)).is_err());
    assert!(Expression::parse(&"a+".repeat(3_000)).is_err());
    assert!(Expression::parse(&format!("{}a", "a+".repeat(1_999))).is_ok());
}

#[test]
fn expressions_compute() {
    let lookup = |name: &str| match name {
        "a" => Observation::Value(6.0, Annotation::None),
        "b" => Observation::Value(3.0, Annotation::Provisional),
        "Kinder u6" => Observation::Value(10.0, Annotation::None),
        "geheim" => Observation::Missing(Mark::UnknownOrSecret),
        "später" => Observation::Missing(Mark::Later),
        _ => Observation::Missing(Mark::Empty),
    };
    let number = |n: f64| Observation::Value(n, Annotation::None);
    for (text, expected, additive) in [
        ("a", number(6.0), true),
        ("a - b * 2", Observation::Value(0.0, Annotation::Provisional), true),
        ("(a - b) * 2", Observation::Value(6.0, Annotation::Provisional), true),
        ("-a + 10.5", number(4.5), false),
        ("a / b / 2", Observation::Value(1.0, Annotation::Provisional), false),
        ("2 - 1 - 1", number(0.0), false),
        ("sum(a, a, -a)", number(6.0), true),
        ("SUM(a)", number(6.0), true),
        ("`Kinder u6` / 2", number(5.0), true),
        ("a * a", number(36.0), false),
        ("a + geheim + später", Observation::Missing(Mark::UnknownOrSecret), true),
        ("a + später", Observation::Missing(Mark::Later), true),
        ("0 * geheim", Observation::Missing(Mark::UnknownOrSecret), true),
        ("a / (b - 3)", Observation::Missing(Mark::Blocked), false),
        ("sum(a, nichts)", Observation::Missing(Mark::Empty), true),
    ] {
        let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(expression.evaluate(|variable| lookup(&variable.name)), expected, "{text}");
        assert_eq!(expression.is_additive(), additive, "{text}");
    }
}

#[test]
fn the_suggested_catalogue_reads_back() {
    let variables = [
        "bev_u18",
        "Kinder unter 6",
        "Straße \"Süd\" \\ 1",
        "Bev-U18",
        "sum",
        "bev_u18",
        "ÄÖ",
        "§§",
        "a`b",
        "",
    ];
    let text = suggest_catalogue(&variables);
    let catalogue =
        Catalogue::read(&text, "vorschlag.toml").unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(catalogue.indicators.len(), 7);
    assert!(check(&catalogue, &variables).is_empty());
    let (counts, share) = text.split_once("# [[indicator]]").unwrap();
    let (share, _) = share.split_once("\n\n").unwrap();
    let share: Vec<&str> = share.lines().map(|line| line.trim_start_matches("# ")).collect();
    let filled = format!("{counts}\n[[indicator]]\n{}", share.join("\n"));
    let catalogue = Catalogue::read(&filled, "vorschlag.toml").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(catalogue.indicators.last().map(|d| d.kind), Some(IndicatorKind::Share));
    insta::assert_snapshot!(suggest_catalogue(&["sgb2_u18", "Kinder unter 18"]));
}

#[test]
fn a_variable_of_underscores_is_its_own_title() {
    let text = suggest_catalogue(&["_", "_kinder"]);
    let catalogue =
        Catalogue::read(&text, "vorschlag.toml").unwrap_or_else(|error| panic!("{error}\n{text}"));
    let titles: Vec<&str> = catalogue.indicators.iter().map(|one| one.title.as_str()).collect();
    assert_eq!(titles, ["_", "Kinder"]);
}

proptest! {
    #[test]
    fn no_text_makes_reading_panic(text in "\\PC{0,200}") {
        let _ = Catalogue::read(&text, "k.toml");
        let _ = Catalogue::read(&format!("version = 1\n[[indicator]]\nid = \"a\"\nnumerator = {text}\nkind = \"count\""), "k.toml");
        let _ = Expression::parse(&text);
    }

    #[test]
    fn no_expression_makes_reading_panic(text in "[a-c0-9+*/(),.\\[\\]\"`sum -]{0,60}") {
        if let Ok(expression) = Expression::parse(&text) {
            let result = expression.evaluate(|_| Observation::Value(2.0, Annotation::None));
            prop_assert!(result.value().is_none_or(f64::is_finite));
        }
    }

    #[test]
    fn any_variables_give_a_catalogue_that_reads(variables in proptest::collection::vec("\\PC{0,12}", 1..6)) {
        let text = suggest_catalogue(&variables);
        match Catalogue::read(&text, "vorschlag.toml") {
            Ok(catalogue) => prop_assert!(check(&catalogue, &variables).is_empty()),
            Err(error) => prop_assert!(!text.contains("\n[[indicator]]"), "{}\n{}", error, text),
        }
    }

    #[test]
    fn sums_and_differences_are_what_they_are(a in -1e6..1e6_f64, b in -1e6..1e6_f64, c in 1.0..1e3_f64) {
        let of = |text: &str| {
            let lookup = |name: &str| Observation::Value(match name { "a" => a, "b" => b, _ => c }, Annotation::None);
            Expression::parse(text).unwrap().evaluate(|variable| lookup(&variable.name)).value().unwrap()
        };
        prop_assert_eq!(of("a + b * c"), a + b * c);
        prop_assert_eq!(of("a - b - c"), a - b - c);
        prop_assert_eq!(of("(a + b) / c"), (a + b) / c);
        prop_assert_eq!(of("sum(a, b, c)"), a + b + c);
    }
}

//! Changes over time, against numbers of other tools, and what has none.

use super::{at, at_group, catalogue, city, close, figures, mark, value};
use kekiz_base::{Annotation, CubeCell, IndicatorKind, Mark, Period};
use kekiz_indicators::{ChangeError, compute, compute_change};

const COUNTS: &str = "
    arm A 2020 20
    kinder A 2020 100
    arm A 2023 35p
    kinder A 2023 120
    arm B 2020 20
    kinder B 2020 100
    arm B 2023 60
    kinder B 2023 120
    arm C 2020 9
    kinder C 2020 50
    arm C 2023 2
    kinder C 2023 40
    faelle A 2020 12
    leute A 2020 1000
    faelle A 2023 30
    leute A 2023 1100
    faelle B 2020 0
    leute B 2020 1000
    faelle B 2023 3
    leute B 2023 900
    faelle C 2023 3
    leute C 2023 900
    zahl A 2020 30
    zahl A 2023 40
    zahl B 2020 .
    zahl B 2023 40
    zahl C 2020 30
    zahl C 2023 /
    geld A 2020 1500
    geld A 2023 1650
";

fn text(of: &str, keys: &str) -> String {
    let about = "title = \"T\"\ndefinition = \"D\"\n";
    format!(
        "[[indicator]]\nid = \"a\"\n{about}{of}\n[[indicator]]\nid = \"w\"\ntitle = \"W\"\nkind = \"change\"\nof = \"a\"\nyears = 3\n{keys}\n"
    )
}

const SHARE: &str = "kind = \"share\"\nnumerator = \"arm\"\ndenominator = \"kinder\"\npolarity = \"lower_is_better\"\nunit = \"%\"";
const RATE: &str = "kind = \"rate\"\nnumerator = \"faelle\"\ndenominator = \"leute\"";
const COUNT: &str = "kind = \"count\"\nnumerator = \"zahl\"\nunit = \"Kinder\"";

fn changed_of(of: &str, keys: &str, exact: bool) -> Result<kekiz_base::Cube, ChangeError> {
    let catalogue = catalogue(&text(of, keys));
    let (cube, _) = compute(&catalogue.indicators[0], &figures(COUNTS), &city()).unwrap();
    let (change, of) = (&catalogue.changes[0], &catalogue.indicators[0]);
    compute_change(change, of, &cube, exact).map(|(cube, _)| cube)
}

fn changed(of: &str, keys: &str) -> kekiz_base::Cube {
    changed_of(of, keys, true).unwrap_or_else(|error| panic!("{error}"))
}

/// Value, interval and class of one cell.
fn check(cell: &CubeCell, expected: f64, interval: Option<(f64, f64)>, of_class: Option<u8>) {
    let CubeCell::Value { value, interval: found, class, numerator, denominator, .. } = cell else {
        panic!("there is no value")
    };
    close(value.expose(), expected);
    assert_eq!(found.is_some(), interval.is_some());
    for ((low, high), (lower, upper)) in found.iter().zip(interval) {
        assert!((low.expose() - lower).abs() < 1e-6 * lower.abs().max(1.0), "{} {lower}", low.expose());
        assert!((high.expose() - upper).abs() < 1e-6 * upper.abs().max(1.0), "{} {upper}", high.expose());
    }
    assert_eq!(class.map(|class| class.expose()), of_class);
    assert!(numerator.is_none() && denominator.is_none());
}

/// statsmodels 0.15.0: confint_proportions_2indep(method="newcomb"), its MOVER for ratios with Wilson and Byar limits;
/// scipy 1.17.1: chi2_contingency without correction (p = 0.118, 4e-6, 0.0613; two expected counts below five make the
/// last one Fisher's, p = 0.103), binomtest (p = 0.0135, 0.282).
#[test]
fn changes_agree_with_other_tools() {
    let absolute = changed(SHARE, "");
    check(
        at(&absolute, "A", "2023"),
        9.166666666666668,
        Some((-2.3852142881525222, 20.107409217571455)),
        Some(2),
    );
    check(at(&absolute, "B", "2023"), 30.0, Some((17.491837759026023, 41.04298744832528)), Some(3));
    check(at(&absolute, "C", "2023"), -13.0, Some((-26.29768516394578, 1.1445722172606199)), Some(2));
    assert_eq!(absolute.periods, [Period::Year(2023)]);
    assert_eq!((absolute.meta.kind, absolute.meta.unit.as_str()), (IndicatorKind::Change, "Prozentpunkte"));
    assert_eq!(absolute.meta.classes, ["sicher gesunken", "kein sicherer Unterschied", "sicher gestiegen"]);
    assert!(matches!(
        at(&absolute, "A", "2023"),
        CubeCell::Value { annotation: Annotation::Provisional, .. }
    ));
    let relative = changed(SHARE, "measure = \"relative\"");
    check(
        at(&relative, "A", "2023"),
        45.83333333333333,
        Some((-8.933718341903973, 135.48767100322277)),
        Some(2),
    );
    check(at(&relative, "B", "2023"), 150.0, Some((64.64206891736653, 285.8986441877025)), Some(3));
    let rate = changed(RATE, "");
    check(at(&rate, "A", "2023"), 15.272727272727272, Some((2.658945098283523, 28.300436885797)), Some(1));
    let rate = changed(RATE, "measure = \"relative\"");
    check(at(&rate, "A", "2023"), 127.27272727272725, Some((14.311677892249008, 378.2757469236057)), Some(1));
    let count = changed(COUNT, "");
    check(at(&count, "A", "2023"), 10.0, Some((-7.179540233214343, 27.45569055064728)), Some(2));
    assert_eq!(count.meta.unit, "Kinder");
    let value = changed("kind = \"value\"\nvalue = \"geld\"\nunit = \"€\"", "measure = \"relative\"");
    check(at(&value, "A", "2023"), 10.0, None, None);
    assert!(value.meta.classes.is_empty() && value.meta.interval_method.starts_with("keines"));
}

#[test]
fn what_cannot_be_compared_stays_empty() {
    let count = changed(COUNT, "");
    assert_eq!(mark(at(&count, "B", "2023")), Mark::UnknownOrSecret);
    assert_eq!(mark(at(&count, "C", "2023")), Mark::Unreliable);
    // From nothing no percentage leads anywhere; and C has no figure of 2020.
    let rate = changed(RATE, "measure = \"relative\"");
    assert_eq!(mark(at(&rate, "B", "2023")), Mark::Blocked);
    assert_eq!(mark(at(&rate, "C", "2023")), Mark::Empty);
    let share = changed(SHARE, "minimum_base = 45");
    assert_eq!(mark(at(&share, "C", "2023")), Mark::Unreliable);
    close(value(at(&share, "B", "2023")), 30.0);
    // A new series began in between; one that begins later or began before changes nothing.
    for (first, blocked) in [(2020, false), (2021, true), (2023, true), (2024, false)] {
        let cube = changed(&format!("{SHARE}\nbreaks = [{first}]"), "");
        assert_eq!(matches!(at(&cube, "A", "2023"), CubeCell::Missing(Mark::Blocked)), blocked, "{first}");
        assert!(cube.meta.notes.iter().any(|note| note.contains(&format!("ab {first} "))));
    }
    // Rounded counts say nothing of chance.
    let rounded = changed_of(SHARE, "", false).unwrap();
    check(at_group(&rounded, "B", "2023", "insgesamt"), 30.0, None, None);
    let refusal = |keys: &str| changed_of(SHARE, keys, true).err().unwrap().to_string();
    assert!(refusal("levels = [\"kreis\"]").contains("vorhanden sind gemeinde, stadtteil und insgesamt"));
    let far = catalogue(&text(SHARE, "").replace("years = 3", "years = 4"));
    let (cube, _) = compute(&far.indicators[0], &figures(COUNTS), &city()).unwrap();
    let error = compute_change(&far.changes[0], &far.indicators[0], &cube, true).err().unwrap().to_string();
    assert!(error.contains("keine zwei Zeiträume im Abstand von 4 Jahren"), "{error}");
}

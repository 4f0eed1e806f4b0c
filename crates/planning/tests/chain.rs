//! Transitions, take-up, the planning cycle.

use jiff::civil::{Date, date};
use kekiz_base::LifePhase;
use kekiz_planning::Estimate;
use kekiz_planning::cycle::*;
use kekiz_planning::take_up::{TakeUp, share_ratio, take_up};
use kekiz_planning::transitions::{Agreement, Lack, Transition, by_loss, check};
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 24);

fn transition(leaving: Option<Estimate>, arriving: Option<Estimate>) -> Transition {
    Transition {
        code: "kita_grundschule".into(),
        name: "Kita → Grundschule".into(),
        from: LifePhase::Kita,
        to: LifePhase::Grundschule,
        area_name: "Nord".into(),
        period: "2025".into(),
        responsible: "Schulamt".into(),
        agreement: Some(Agreement {
            title: "Übergang Kita – Schule".into(),
            partners: vec!["Jugendamt".into(), "Schulamt".into()],
            since: None,
            review: Some(date(2027, 1, 1)),
        }),
        leaving,
        arriving,
        handed_over: None,
        source: "Schulstatistik".into(),
    }
}

#[test]
fn transitions_say_who_is_lost() {
    let exact = |value| Some(Estimate::exact(value));
    for (leaving, arriving, handed, sentence) in [
        (
            exact(120.0),
            exact(108.0),
            exact(90.0),
            "Von 120 Kindern kommen 12 nicht an, das sind 10,0 %. 18 kommen ohne Übergabe an.",
        ),
        (exact(120.0), exact(120.0), None, "Alle 120 Kinder kommen an."),
        (exact(120.0), None, None, "Wie viele Kinder verloren gehen, ist nicht bekannt."),
        (
            exact(120.0),
            exact(130.0),
            None,
            "Die Zahlen widersprechen sich; wer verloren geht, lässt sich nicht sagen.",
        ),
        (exact(1.0), exact(0.0), None, "1 Kind kommt nicht an, das sind 100,0 %."),
        (
            Some(Estimate::within(120.0, 110.0, 130.0)),
            exact(108.0),
            None,
            "Von 120 (110–130) Kindern kommen 12 (2–22) nicht an, das sind 10,0 % (1,5–20,0).",
        ),
        (
            Some(Estimate::exact(-5.0)),
            exact(3.0),
            None,
            "Wie viele Kinder verloren gehen, ist nicht bekannt.",
        ),
    ] {
        let checked = check(&Transition { handed_over: handed, ..transition(leaving, arriving) }, TODAY);
        assert_eq!(checked.finding.sentence, format!("Kita → Grundschule, Nord, 2025: {sentence}"));
        assert_eq!(checked.finding.rests_on.len(), 5);
    }
}

#[test]
fn transitions_say_what_they_lack() {
    let whole = transition(Some(Estimate::exact(10.0)), Some(Estimate::exact(9.0)));
    let lacks = |t: &Transition| check(t, TODAY).lacks.into_iter().map(|(lack, _)| lack).collect::<Vec<_>>();
    assert_eq!(lacks(&whole), []);
    assert_eq!(lacks(&Transition { agreement: None, ..whole.clone() }), [Lack::NoAgreement]);
    assert_eq!(lacks(&Transition { responsible: "  ".into(), ..whole.clone() }), [Lack::NobodyResponsible]);
    assert_eq!(lacks(&transition(None, None)), [Lack::FiguresMissing]);
    let late = |review| {
        let agreement = whole.agreement.clone().map(|a| Agreement {
            review: Some(review),
            partners: vec!["eins".into()],
            ..a
        });
        Transition { agreement, ..whole.clone() }
    };
    assert_eq!(lacks(&late(date(2026, 11, 23))), [Lack::OnePartner, Lack::ReviewOverdue]);
    assert_eq!(lacks(&late(TODAY)), [Lack::OnePartner]);
    let bare = check(&Transition { agreement: None, responsible: String::new(), ..whole.clone() }, TODAY);
    assert!(
        bare.finding
            .sentence
            .ends_with("Es gibt keine Vereinbarung zur Übergabe. Niemand ist verantwortlich.")
    );
    let order = by_loss(&[transition(None, None), whole], TODAY);
    assert_eq!(order.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [1, 0]);
}

fn group(x1: Option<f64>, n1: Option<f64>, x2: Option<f64>, n2: Option<f64>) -> TakeUp {
    TakeUp {
        area: None,
        area_name: "Krefeld".into(),
        group: "Familien mit Bürgergeld".into(),
        offer: "Sportverein".into(),
        group_reached: x1,
        group_all: n1,
        rest_reached: x2,
        rest_all: n2,
        source: "Befragung 2025".into(),
    }
}

/// Reference: scipy 1.17.1 (`relative_risk`, Katz) for the ratio; statsmodels' Wilson is tested in `stats`.
#[test]
fn take_up_compares_with_the_rest() {
    let found = take_up(&group(Some(12.0), Some(100.0), Some(90.0), Some(300.0)), 0.95);
    let ratio = found.ratio.unwrap();
    assert!((ratio.value - 0.4).abs() < 1e-12);
    assert!(
        (ratio.lower() - 0.2288957270864133).abs() < 1e-9 && (ratio.upper() - 0.699008242908774).abs() < 1e-9
    );
    assert_eq!(found.differs, Some(true));
    assert_eq!(
        found.finding.sentence,
        "Krefeld, Sportverein: 12 (7–20) von 100 in der Gruppe „Familien mit Bürgergeld“ nehmen teil, 30 (25–35) von 100 der übrigen. Die Gruppe wird seltener erreicht: 0,40-mal (0,23–0,70) so häufig wie die übrigen."
    );
    let near = take_up(&group(Some(28.0), Some(100.0), Some(90.0), Some(300.0)), 0.95);
    assert!(
        near.differs == Some(false) && near.finding.sentence.ends_with("Der Unterschied kann Zufall sein.")
    );
    let secret = take_up(&group(None, Some(100.0), Some(90.0), Some(300.0)), 0.95);
    assert_eq!((secret.group, secret.ratio, secret.differs), (None, None, None));
    assert!(secret.finding.sentence.contains("nicht bekannt oder geschützt"));
    let wrong = take_up(&group(Some(120.0), Some(100.0), Some(90.0), Some(300.0)), 0.95);
    assert_eq!((wrong.group, wrong.ratio), (None, None));
    assert_eq!(share_ratio(1.0, 2.0, 0.0, 5.0, 0.95), None);
    let nobody = share_ratio(0.0, 20.0, 10.0, 20.0, 0.95).unwrap();
    assert!(nobody.value == 0.0 && nobody.lower() == 0.0 && nobody.upper() > 0.0 && nobody.upper() < 1.0);
}

#[test]
fn the_shipped_cycle_has_nine_questions() {
    let cycle = Cycle::shipped().unwrap();
    let codes: Vec<&str> = cycle.stations.iter().map(|s| s.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "bestand",
            "netzwerk",
            "bedarf",
            "ziele",
            "koordinierung",
            "struktur",
            "beschluss",
            "partizipation",
            "monitoring"
        ]
    );
    assert!(cycle.stations.iter().all(|s| s.question.ends_with('?') && !s.prompts.is_empty()));
    let refuse = |text: &str, part: &str| {
        let error = Cycle::parse(text).unwrap_err().to_string();
        assert!(error.contains(part) && error.contains("Abhilfe"), "{error}");
    };
    let head = "name = \"x\"\nsource = \"x\"\nas_of = \"x\"\n";
    let station = "[[station]]\ncode = \"a\"\nname = \"x\"\nquestion = \"x\"\n";
    assert!(Cycle::parse(&format!("version = 1\n{head}{station}")).is_ok());
    refuse(&format!("version = 2\n{head}{station}"), "Version 2");
    refuse(&format!("version = 1\n{head}{station}{station}"), "doppelt");
    refuse("version = ", "nicht lesbar");
}

#[test]
fn what_is_late_is_named_the_longest_first() {
    let cycle = Cycle::shipped().unwrap();
    let answer = |station: &str, progress, deadline| Answer {
        station: station.into(),
        progress,
        deadline,
        responsible: "Koordination".into(),
        text: String::new(),
    };
    let answers = [
        answer("ziele", Progress::InWork, Some(date(2026, 11, 23))),
        answer("bestand", Progress::Done, Some(date(2020, 1, 1))),
        answer("bedarf", Progress::Open, Some(TODAY)),
        answer("alt", Progress::Open, Some(date(2020, 1, 1))),
    ];
    let stand = stand(&cycle, &answers, TODAY);
    assert_eq!(stand.len(), 9);
    let late: Vec<_> = stand.iter().filter_map(|s| s.overdue.as_ref()).collect();
    assert_eq!(late.len(), 1);
    assert_eq!(late[0].sentence, "Ziele: seit 1 Tag überfällig (Frist 23.11.2026).");

    let task = |id: &str, progress, deadline| Task {
        id: id.into(),
        text: format!("Aufgabe {id}"),
        responsible: String::new(),
        progress,
        deadline,
    };
    let tasks = [
        task("a", Progress::Open, Some(date(2026, 11, 20))),
        task("b", Progress::InWork, Some(date(2026, 10, 24))),
        task("c", Progress::Done, Some(date(2026, 1, 1))),
        task("d", Progress::Open, None),
    ];
    let found = overdue(&tasks, TODAY);
    assert_eq!(found.iter().map(|o| (o.id.as_str(), o.days)).collect::<Vec<_>>(), [("b", 31), ("a", 4)]);
    assert_eq!(found[1].sentence, "Aufgabe a: seit 4 Tagen überfällig (Frist 20.11.2026).");

    let decision = |id: &str, taken, planned, due, carried_out| Decision {
        id: id.into(),
        text: id.into(),
        body: "Rat".into(),
        taken,
        planned,
        carried_out,
        due,
    };
    let day = Some(date(2026, 11, 1));
    let decisions = [
        decision("offen", None, day, None, false),
        decision("gefasst", day, day, None, false),
        decision("säumig", day, day, Some(date(2026, 11, 20)), false),
        decision("umgesetzt", day, day, day, true),
    ];
    assert_eq!(
        overdue(&decisions, TODAY).iter().map(|o| o.id.as_str()).collect::<Vec<_>>(),
        ["offen", "säumig"]
    );
    let working = |ends| WorkingGroup {
        id: "ag".into(),
        name: "AG".into(),
        mandate: String::new(),
        members: Vec::new(),
        next_meeting: day,
        ends,
    };
    assert_eq!(overdue(&[working(None), working(day)], TODAY).len(), 1);
}

proptest! {
    /// Whatever the counts, losses are never negative and lie within their interval.
    #[test]
    fn losses_are_possible(a in 0.0..500.0_f64, b in 0.0..500.0_f64, spread in 0.0..50.0_f64) {
        let leaving = Estimate::within(a, (a - spread).max(0.0), a + spread);
        let checked = check(&transition(Some(leaving), Some(Estimate::exact(b))), TODAY);
        let lost = checked.lost.unwrap();
        prop_assert!(0.0 <= lost.lower() && lost.lower() <= lost.value && lost.value <= lost.upper());
        if let Some(share) = checked.lost_share {
            prop_assert!((0.0..=1.0).contains(&share.value) && share.lower() <= share.value + 1e-12 && share.value <= share.upper() + 1e-12);
        }
    }

    /// Exchanging group and rest turns the ratio upside down.
    #[test]
    fn ratio_turns(x1 in 1_u16..50, x2 in 1_u16..50, more1 in 0_u16..50, more2 in 0_u16..50) {
        let [x1, x2, m1, m2] = [x1, x2, more1, more2].map(f64::from);
        let there = share_ratio(x1, x1 + m1, x2, x2 + m2, 0.95).unwrap();
        let back = share_ratio(x2, x2 + m2, x1, x1 + m1, 0.95).unwrap();
        prop_assert!((there.value * back.value - 1.0).abs() < 1e-9);
        prop_assert!((there.lower() * back.upper() - 1.0).abs() < 1e-9);
    }
}

//! `/koordination/leitbild`, `/koordination/netzwerk`, `/koordination/planung`, `/koordination/teilnahme`: what there is
//! to edit, with the way to each form.

use super::lists::{Lists, label};
use super::{Sheet, address};
use crate::ask::Ask;
use crate::layout::Chrome;
use crate::pages::PageError;
use crate::portal::desk::gate::Signed;
use crate::portal::desk::provider::german_day;
use crate::portal::desk::{look, signed_page};
use crate::portal::family::Made;
use crate::state::SiteState;
use axum::routing::MethodRouter;
use jiff::civil::Date;
use kekiz_base::number::german;
use kekiz_portal::people::{Action, Object};
use kekiz_portal::store::cycle::{AnswerState, CycleAnswer};
use kekiz_portal::store::leitbild::{CouncilDecision, Goal, GuidingSentence};
use kekiz_portal::store::network::{
    Actor, Agreement, GroupDecision, TakeUpRecord, Task, TaskState, TransitionRecord, WorkingGroup,
};
use kekiz_portal::take_up::Ways;

/// The routes of this module.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<SiteState>)> {
    vec![
        ("/koordination/leitbild", signed_page!(mission)),
        ("/koordination/netzwerk", signed_page!(network)),
        ("/koordination/planung", signed_page!(planning)),
        ("/koordination/teilnahme", signed_page!(take_up)),
    ]
}

struct Row {
    title: String,
    url: String,
    note: String,
    /// Something should happen here.
    late: bool,
}

struct Section {
    title: &'static str,
    lead: &'static str,
    rows: Vec<Row>,
    /// The form of a new entry and what its link says; empty for none.
    new: (String, &'static str),
}

#[derive(askama::Template)]
#[template(path = "portal/desk/registers.html")]
struct Page {
    chrome: Chrome,
    lead: &'static str,
    /// The page readers see, and what its link says.
    public: (&'static str, &'static str),
    sections: Vec<Section>,
    news: &'static str,
}

fn page(
    state: &SiteState,
    ask: &Ask,
    signed: &Signed,
    title: &str,
    lead: &'static str,
    public: (&'static str, &'static str),
    sections: Vec<Section>,
) -> Result<Made, PageError> {
    let news = match ask.params.get("neu") {
        Some("gespeichert") => "Gespeichert.",
        Some("entfernt") => "Von der Liste genommen. Die früheren Fassungen bleiben aufgehoben.",
        _ => "",
    };
    let chrome = look::signed(state, signed, title).crumb("Koordination", "/koordination");
    Made::page(&Page { chrome, lead, public, sections, news })
}

fn new<T: Sheet>(words: &'static str) -> (String, &'static str) {
    (format!("/koordination/eintrag/{}", T::WORD), words)
}

/// The entries of a kind as rows; `note` says what stands behind the title and whether it is late.
async fn rows<T: Sheet>(
    signed: &Signed,
    lists: &Lists,
    note: impl Fn(&T) -> (String, bool),
) -> Result<Vec<Row>, PageError> {
    let found = signed.portal.entries::<T>(&signed.actor).await?;
    let row = |one: T| {
        let (note, late) = note(&one);
        Row { title: one.title(lists), url: address(T::WORD, &one.columns().id), note, late }
    };
    Ok(found.into_iter().map(|stored| row(stored.value)).collect())
}

/// "bis 1.2.2026", and whether that is over.
fn until(day: Option<Date>, today: Date) -> (String, bool) {
    let late = day.is_some_and(|day| day < today);
    let word = if late { "überfällig seit" } else { "bis" };
    (day.map_or_else(String::new, |day| format!("{word} {}", german_day(day))), late)
}

async fn mission(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    let lists = Lists::load(state, signed).await?;
    let goals = signed.portal.entries::<Goal>(&signed.actor).await?;
    let count = |sentence: &GuidingSentence| {
        let number = goals.iter().filter(|one| one.value.parent == sentence.id).count();
        (if number == 1 { "1 Ziel".to_string() } else { format!("{number} Ziele") }, false)
    };
    let sections = vec![
        Section {
            title: "Leitsätze",
            lead: "",
            rows: rows::<GuidingSentence>(signed, &lists, count).await?,
            new: new::<GuidingSentence>("Neuer Leitsatz"),
        },
        Section {
            title: "Ziele",
            lead: "Wie es um ein Ziel steht, rechnet KeKiz aus den Zahlen des Atlas; eintragen kann das niemand.",
            rows: rows::<Goal>(signed, &lists, |one| {
                let draft = if one.draft { "Entwurf, nicht öffentlich. " } else { "" };
                (format!("{draft}{}", label(&lists.sentences, &one.parent)), false)
            })
            .await?,
            new: new::<Goal>("Neues Ziel"),
        },
        Section {
            title: "Beschlüsse des Rates",
            lead: "",
            rows: rows::<CouncilDecision>(signed, &lists, |one| {
                let day = one.decided_on.map(german_day).unwrap_or_default();
                let parts = [one.body.clone(), day, one.reference.clone()];
                (parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "), false)
            })
            .await?,
            new: new::<CouncilDecision>("Neuer Beschluss"),
        },
    ];
    let lead =
        "Leitsätze, Ziele und Beschlüsse. Jede Änderung ist eine neue Fassung; die alten bleiben lesbar.";
    page(state, ask, signed, "Leitbild bearbeiten", lead, ("/leitbild", "So sehen es alle"), sections)
}

async fn network(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    let lists = Lists::load(state, signed).await?;
    let today = signed.portal.now().local.date();
    let task = |one: &Task| {
        let open = matches!(one.state, TaskState::Open | TaskState::Doing);
        let (due, late) = until(one.due_on, today);
        let state = match one.state {
            TaskState::Open => "offen",
            TaskState::Doing => "in Arbeit",
            TaskState::Done => "erledigt",
            TaskState::Dropped => "aufgegeben",
        };
        let due = if open { due } else { String::new() };
        let parts = [state.to_string(), label(&lists.actors, &one.responsible), due];
        (parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "), late && open)
    };
    let sections = vec![
        Section {
            title: "Aufgaben",
            lead: "",
            rows: rows::<Task>(signed, &lists, task).await?,
            new: new::<Task>("Neue Aufgabe"),
        },
        Section {
            title: "Stellen",
            lead: "",
            rows: rows::<Actor>(signed, &lists, |one| {
                let sector = one
                    .sector
                    .as_ref()
                    .map_or(String::new(), |sector| label(&lists.sectors, sector.as_str()));
                (sector, false)
            })
            .await?,
            new: new::<Actor>("Neue Stelle"),
        },
        Section {
            title: "Vereinbarungen",
            lead: "",
            rows: rows::<Agreement>(signed, &lists, |one| until(one.until, today)).await?,
            new: new::<Agreement>("Neue Vereinbarung"),
        },
        Section {
            title: "Arbeitsgruppen",
            lead: "",
            rows: rows::<WorkingGroup>(signed, &lists, |one| (one.rhythm.clone(), false)).await?,
            new: new::<WorkingGroup>("Neue Arbeitsgruppe"),
        },
        Section {
            title: "Beschlüsse der Arbeitsgruppen",
            lead: "",
            rows: rows::<GroupDecision>(signed, &lists, |one| {
                (one.decided_on.map(german_day).unwrap_or_default(), false)
            })
            .await?,
            new: new::<GroupDecision>("Neuer Beschluss"),
        },
    ];
    let lead = "Wer mit wem arbeitet, was vereinbart ist und was zu tun ist.";
    page(state, ask, signed, "Netzwerk bearbeiten", lead, ("/netzwerk", "So sehen es alle"), sections)
}

async fn planning(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    let lists = Lists::load(state, signed).await?;
    let today = signed.portal.now().local.date();
    let answers = signed.portal.entries::<CycleAnswer>(&signed.actor).await?;
    let this_year = today.year().to_string();
    let round = answers.iter().map(|one| one.value.round.clone()).max().unwrap_or(this_year);
    let questions = signed.portal.questions()?.into_iter().map(|station| {
        let found = answers.iter().find(|one| one.value.round == round && one.value.question == station.code);
        let (note, late) = found.map_or(("noch offen".to_string(), false), |one| {
            let (due, late) = until(one.value.due_on, today);
            let (word, open) = match one.value.state {
                AnswerState::Open => ("noch offen", true),
                AnswerState::Doing => ("in Arbeit", true),
                AnswerState::Answered => ("beantwortet", false),
            };
            let parts =
                [word.to_string(), one.value.responsible.clone(), if open { due } else { String::new() }];
            let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            (parts.join(", "), late && open)
        });
        let url = address(CycleAnswer::WORD, &format!("{round}/{}", station.code));
        Row { title: format!("{}: {}", station.name, station.question), url, note, late }
    });
    let questions: Vec<Row> = questions.collect();
    let recorded = signed.portal.entries::<TransitionRecord>(&signed.actor).await?;
    let mut transitions: Vec<Row> = Vec::new();
    for (code, name) in &lists.transitions {
        let mut of: Vec<&TransitionRecord> =
            recorded.iter().map(|one| &one.value).filter(|one| one.code == *code).collect();
        of.sort_by(|one, other| one.area.cmp(&other.area));
        if of.is_empty() {
            let url = address(TransitionRecord::WORD, code);
            transitions.push(Row {
                title: name.clone(),
                url,
                note: "noch nicht beschrieben".into(),
                late: false,
            });
        }
        for one in of {
            let responsible = label(&lists.actors, &one.responsible);
            let agreement = label(&lists.agreements, &one.agreement);
            let parts = [responsible, agreement];
            let note: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            let id = kekiz_portal::store::records::Recorded::columns(one).id;
            transitions.push(Row {
                title: one.title(&lists),
                url: address(TransitionRecord::WORD, &id),
                note: if note.is_empty() { "ohne verantwortliche Stelle".into() } else { note.join(", ") },
                late: false,
            });
        }
    }
    let sections = vec![
        Section {
            title: "Leitfragen",
            lead: "In jeder Reihenfolge, jede mit Stand und Frist.",
            rows: questions,
            new: (String::new(), ""),
        },
        Section {
            title: "Übergänge",
            lead: "Vereinbarung, verantwortliche Stelle und wer dazwischen verloren geht.",
            rows: transitions,
            new: (String::new(), ""),
        },
    ];
    let lead = "Die Leitfragen des Planungskreises und die Übergänge zwischen den Lebensphasen.";
    page(
        state,
        ask,
        signed,
        "Planungskreis",
        lead,
        ("/kette/uebergaenge", "So sehen alle die Übergänge"),
        sections,
    )
}

/// One comparison of a group with everybody else.
struct Group {
    title: String,
    url: String,
    sentence: String,
    period: String,
    source: String,
    /// Shares in percent of the width: the group, everybody else; and both in words.
    bars: Option<(f64, f64, String)>,
}

#[derive(askama::Template)]
#[template(path = "portal/desk/take_up.html")]
struct TakeUp {
    chrome: Chrome,
    groups: Vec<Group>,
    ways: Vec<Ways>,
    may_edit: bool,
    new_url: String,
    news: &'static str,
}

async fn take_up(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    let found = signed.portal.take_up(&signed.actor, &state.atlas).await?;
    let groups = found.into_iter().map(|one| Group {
        title: format!("{}, {}", one.record.offer, one.area),
        url: address(TakeUpRecord::WORD, &one.record.id),
        sentence: one.reached.finding.sentence,
        bars: one.reached.group.zip(one.reached.rest).map(|(group, rest)| {
            let (group, rest) = (group.value * 100.0, rest.value * 100.0);
            let words =
                format!("Gruppe {} von 100, die anderen {} von 100", german(group, 0), german(rest, 0));
            (group, rest, words)
        }),
        period: one.record.period,
        source: one.record.source,
    });
    let news = match ask.params.get("neu") {
        Some("gespeichert") => "Gespeichert.",
        Some("entfernt") => "Von der Liste genommen.",
        _ => "",
    };
    Made::page(&TakeUp {
        chrome: look::signed(state, signed, "Teilnahme").crumb("Koordination", "/koordination"),
        groups: groups.collect(),
        ways: signed.portal.ways(&signed.actor).await?,
        may_edit: signed.actor.may(Action::EditNetwork, &Object::everything()),
        new_url: format!("/koordination/eintrag/{}", TakeUpRecord::WORD),
        news,
    })
}

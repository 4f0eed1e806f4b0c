//! `/koordination/eintrag/{art}`: one form for every kind of entry of the Leitbild and the network, with its versions.
//!
//! A kind says which fields it asks for and how an answer changes the entry; saving, conflicts and history are the
//! same for all. Only fields whose answer was changed are written, so that two people can change different fields.

mod chain;
mod lists;
mod mission;
mod network;
mod overview;

use crate::ask::Ask;
use crate::layout::Chrome;
use crate::pages::PageError;
use crate::portal::desk::fields::{Choice, Field, Group, Kind};
use crate::portal::desk::gate::{Form, Signed};
use crate::portal::desk::provider::{Difference, german_day};
use crate::portal::desk::{look, signed_form, signed_page};
use crate::portal::family::Made;
use crate::state::SiteState;
use axum::http::StatusCode;
use axum::routing::MethodRouter;
use kekiz_portal::people::{Action, Object};
use kekiz_portal::registers::{Kept, Saved};
use kekiz_portal::store::Stored;
use kekiz_portal::store::cycle::CycleAnswer;
use kekiz_portal::store::leitbild::{CouncilDecision, Goal, GuidingSentence};
use kekiz_portal::store::network::{
    Actor, Agreement, GroupDecision, TakeUpRecord, Task, TransitionRecord, WorkingGroup,
};
use kekiz_portal::{Moment, PortalError};
use lists::Lists;

/// Versions shown below the form.
const VERSIONS: usize = 20;

/// The routes of this module.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<SiteState>)> {
    let mut routes = vec![("/koordination/eintrag/{art}", signed_page!(show).post(signed_form!(save)))];
    routes.extend(overview::routes());
    routes
}

/// What was entered in one field.
struct Answer<'a> {
    field: &'a str,
    /// The text, or the one chosen.
    text: &'a str,
    /// All that were chosen.
    chosen: &'a [&'a str],
}

impl Answer<'_> {
    fn owned(&self) -> Vec<String> {
        self.chosen.iter().map(|one| (*one).to_string()).collect()
    }

    fn number(&self) -> Result<Option<u32>, String> {
        match self.text {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| "Bitte eine ganze Zahl ab 0 eintragen.".to_string()),
        }
    }

    fn day(&self) -> Result<Option<jiff::civil::Date>, String> {
        match self.text {
            "" => Ok(None),
            text => text
                .parse()
                .map(Some)
                .map_err(|_| "Das ist kein Tag. Bitte in der Form 2026-12-31 eintragen.".to_string()),
        }
    }
}

/// A kind of entry as a form.
trait Sheet: Kept + Default {
    /// Its word in addresses.
    const WORD: &'static str;
    /// What one is called.
    const ONE: &'static str;
    /// Where the list of them is, and its name.
    const LIST: (&'static str, &'static str);

    /// What it is called on its page.
    fn title(&self, lists: &Lists) -> String;
    /// An entry that is not there yet: with an id it has by its nature, or with what the link says.
    fn begin(id: &str, _: &Ask) -> Option<Self> {
        id.is_empty().then(Self::default)
    }
    /// What the form asks.
    fn fields(&self, lists: &Lists) -> Vec<Group>;
    /// Writes an answer into the entry.
    fn write(&mut self, answer: &Answer<'_>) -> Result<(), String>;
    /// Puts the entry in order when all answers are written.
    fn finish(&mut self) {}
}

/// Calls a function for the kind of the address.
macro_rules! of_kind {
    ($ask:expr, $function:ident ( $($argument:expr),* )) => {
        match $ask.segment("art") {
            GuidingSentence::WORD => $function::<GuidingSentence>($($argument),*).await,
            Goal::WORD => $function::<Goal>($($argument),*).await,
            CouncilDecision::WORD => $function::<CouncilDecision>($($argument),*).await,
            Actor::WORD => $function::<Actor>($($argument),*).await,
            Agreement::WORD => $function::<Agreement>($($argument),*).await,
            TransitionRecord::WORD => $function::<TransitionRecord>($($argument),*).await,
            WorkingGroup::WORD => $function::<WorkingGroup>($($argument),*).await,
            GroupDecision::WORD => $function::<GroupDecision>($($argument),*).await,
            Task::WORD => $function::<Task>($($argument),*).await,
            CycleAnswer::WORD => $function::<CycleAnswer>($($argument),*).await,
            TakeUpRecord::WORD => $function::<TakeUpRecord>($($argument),*).await,
            _ => Err(PortalError::NotFound { what: "Diese Art von Eintrag" }.into()),
        }
    };
}

async fn show(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    signed.actor.must(Action::Coordinate, &Object::everything(), "die Koordination")?;
    of_kind!(ask, show_one(state, ask, signed))
}

async fn save(state: &SiteState, ask: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    signed.actor.must(Action::Coordinate, &Object::everything(), "die Koordination")?;
    of_kind!(ask, save_one(state, ask, signed, form))
}

/// The address of an entry's form.
fn address(word: &str, id: &str) -> String {
    crate::ask::Params::default().with("id", Some(id)).url(&format!("/koordination/eintrag/{word}"))
}

struct Version {
    day: String,
    reason: String,
    /// What changed against the version before: field, value before, value after.
    changes: Vec<(String, String, String)>,
}

#[derive(askama::Template)]
#[template(path = "portal/desk/sheet.html")]
struct Page {
    chrome: Chrome,
    token: String,
    action: String,
    id: String,
    revision: u64,
    groups: Vec<Group>,
    wrong: String,
    problem: Option<String>,
    differences: Vec<Difference>,
    versions: Vec<Version>,
    news: &'static str,
}

/// What stands in a field, in words.
fn words(field: &Field) -> String {
    match &field.kind {
        Kind::Line(_) | Kind::Text => field.value.clone(),
        Kind::One(choices) | Kind::Many(choices) => {
            let chosen: Vec<&str> =
                choices.iter().filter(|one| one.chosen).map(|one| one.label.as_str()).collect();
            chosen.join(", ")
        }
    }
}

/// The fields in which two entries differ: name, value before, value after.
fn changes<T: Sheet>(before: &T, after: &T, lists: &Lists) -> Vec<(String, String, String)> {
    let flat =
        |one: &T| -> Vec<Field> { one.fields(lists).into_iter().flat_map(|group| group.fields).collect() };
    let (before, after) = (flat(before), flat(after));
    let none = |name: &String, in_: &[Field]| {
        in_.iter().find(|one| one.name == *name).map(words).unwrap_or_default()
    };
    let mut names: Vec<&Field> = after.iter().collect();
    names.extend(before.iter().filter(|one| !after.iter().any(|other| other.name == one.name)));
    names
        .into_iter()
        .map(|field| (field.label.clone(), none(&field.name, &before), none(&field.name, &after)))
        .filter(|(_, before, after)| before != after)
        .collect()
}

fn history<T: Sheet>(versions: &[Stored<T>], lists: &Lists) -> Vec<Version> {
    let version = |(at, one): (usize, &Stored<T>)| Version {
        day: german_day(Moment::of(one.changed_at).local.date()),
        reason: one.reason.clone(),
        changes: versions
            .get(at + 1)
            .map_or_else(Vec::new, |before| changes(&before.value, &one.value, lists)),
    };
    versions.iter().take(VERSIONS).enumerate().map(version).collect()
}

fn page<T: Sheet>(
    state: &SiteState,
    signed: &Signed,
    value: &T,
    revision: u64,
    versions: &[Stored<T>],
    lists: &Lists,
) -> Page {
    let title = match revision {
        0 if value.columns().id.is_empty() => format!("{}: neu", T::ONE),
        _ => format!("{}: {}", T::ONE, value.title(lists)),
    };
    let id = value.columns().id;
    Page {
        chrome: look::signed(state, signed, &title)
            .crumb("Koordination", "/koordination")
            .crumb(T::LIST.1, T::LIST.0)
            .here(T::ONE),
        token: signed.token(),
        action: format!("/koordination/eintrag/{}", T::WORD),
        id,
        revision,
        groups: value.fields(lists),
        wrong: String::new(),
        problem: None,
        differences: Vec::new(),
        versions: history(versions, lists),
        news: "",
    }
}

async fn show_one<T: Sheet>(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    let id = ask.params.get("id").unwrap_or("");
    let versions = signed.portal.versions::<T>(&signed.actor, id).await?;
    let lists = Lists::load(state, signed).await?;
    let (value, revision) = match versions.first() {
        Some(stored) => (stored.value.clone(), stored.revision),
        None => {
            let missing = || PortalError::NotFound { what: "Diesen Eintrag" };
            (T::begin(id, ask).ok_or_else(missing)?, 0)
        }
    };
    let news = if ask.params.get("neu").is_some() { "Gespeichert." } else { "" };
    Made::page(&Page { news, ..page(state, signed, &value, revision, &versions, &lists) })
}

/// Puts what was typed back into the form.
fn refill(groups: &mut [Group], form: &Form) {
    for field in groups.iter_mut().flat_map(|group| &mut group.fields) {
        match &mut field.kind {
            Kind::Line(_) | Kind::Text => field.value = form.text(&field.name).to_string(),
            Kind::One(choices) | Kind::Many(choices) => {
                for choice in choices {
                    choice.chosen = form.all(&field.name).any(|sent| sent == choice.code);
                }
            }
        }
    }
}

/// Writes every field whose answer differs from what stands in `seen` into `value`; else which is wrong and why.
fn write_changed<T: Sheet>(
    value: &mut T,
    seen: &T,
    lists: &Lists,
    form: &Form,
) -> Result<(), (String, String)> {
    for field in seen.fields(lists).into_iter().flat_map(|group| group.fields) {
        let sent: Vec<&str> = match &field.kind {
            Kind::Line(_) | Kind::Text => Vec::new(),
            Kind::One(choices) | Kind::Many(choices) => {
                let codes = choices.iter().map(|one| one.code.as_str());
                codes.filter(|code| form.all(&field.name).any(|sent| sent == *code)).collect()
            }
        };
        let (text, same) = match &field.kind {
            Kind::Line(_) | Kind::Text => {
                let text = form.text(&field.name).replace("\r\n", "\n");
                let same = text == field.value.trim().replace("\r\n", "\n");
                (text, same)
            }
            Kind::One(choices) | Kind::Many(choices) => {
                let before: Vec<&str> =
                    choices.iter().filter(|one| one.chosen).map(|one| one.code.as_str()).collect();
                (sent.first().map_or(String::new(), |one| (*one).to_string()), sent == before)
            }
        };
        if same {
            continue;
        }
        if text.chars().count() > 5000 {
            return Err((field.name, "Der Text ist zu lang. Bitte höchstens 5000 Zeichen schreiben.".into()));
        }
        let answer = Answer { field: &field.name, text: &text, chosen: &sent };
        value.write(&answer).map_err(|message| (field.name.clone(), message))?;
    }
    value.finish();
    Ok(())
}

async fn save_one<T: Sheet>(
    state: &SiteState,
    ask: &Ask,
    signed: &Signed,
    form: &Form,
) -> Result<Made, PageError> {
    let (id, base) = (form.text("id"), form.text("fassung").parse::<u64>().unwrap_or(0));
    let versions = signed.portal.versions::<T>(&signed.actor, id).await?;
    let lists = Lists::load(state, signed).await?;
    let missing = || PageError::from(PortalError::NotFound { what: "Diesen Eintrag" });
    let seen = match base {
        0 => T::begin(id, ask).ok_or_else(missing)?,
        _ => versions
            .iter()
            .find(|one| one.revision == base)
            .map(|one| one.value.clone())
            .ok_or_else(missing)?,
    };
    if form.text("wie") == "entfernen" {
        return match signed.portal.remove_entry::<T>(&signed.actor, id, base, form.text("anlass")).await? {
            Saved::Done(_) => look::go(&format!("{}?neu=entfernt", T::LIST.0)),
            Saved::Stale(_) => Err(PortalError::StaleRecord.into()),
        };
    }
    let mut value = seen.clone();
    let refused = |wrong: String, problem: String| {
        let mut page = page(state, signed, &seen, base, &versions, &lists);
        refill(&mut page.groups, form);
        Made::page_with(StatusCode::UNPROCESSABLE_ENTITY, &Page { wrong, problem: Some(problem), ..page })
    };
    if let Err((wrong, problem)) = write_changed(&mut value, &seen, &lists, form) {
        return refused(wrong, problem);
    }
    match signed.portal.save_entry(&signed.actor, value.clone(), base, form.text("anlass")).await {
        Ok(Saved::Done(_)) => look::go(&format!("{}?neu=gespeichert", T::LIST.0)),
        Ok(Saved::Stale(Some(theirs))) => {
            let mut joined = theirs.value.clone();
            // What was typed fits, since it fitted the version it was typed into.
            let _ = write_changed(&mut joined, &seen, &lists, form);
            let differences = changes(&theirs.value, &value, &lists)
                .into_iter()
                .map(|(label, stored, yours)| Difference { label, stored, yours });
            let page = Page {
                differences: differences.collect(),
                problem: Some("Jemand hat den Eintrag inzwischen geändert. Es wurde nichts überschrieben. Abhilfe: beide Fassungen vergleichen und speichern, was gelten soll.".into()),
                ..page(state, signed, &joined, theirs.revision, &versions, &lists)
            };
            Made::page_with(StatusCode::CONFLICT, &page)
        }
        Ok(Saved::Stale(None)) => Err(missing()),
        Err(PortalError::Invalid { field, message }) => refused(field.into_owned(), message),
        Err(error) => refused(String::new(), look::mend(error)?),
    }
}

/// Choices from codes and labels.
fn choices(list: &[(String, String)], chosen: impl Fn(&str) -> bool) -> Vec<Choice> {
    let choice = |(code, label): &(String, String)| Choice {
        code: code.clone(),
        label: label.clone(),
        chosen: chosen(code),
    };
    list.iter().map(choice).collect()
}

/// Codes with German words, for [`choices`].
fn coded(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(code, word)| ((*code).to_string(), (*word).to_string())).collect()
}

/// A field for a day.
fn day(name: &str, label: &str, hint: &'static str, value: Option<jiff::civil::Date>) -> Field {
    let text = value.map(|day| day.to_string()).unwrap_or_default();
    Field { kind: Kind::Line("date"), ..crate::portal::desk::fields::line(name, label, hint, text) }
}

/// Fields under one heading.
fn group(title: &str, fields: Vec<Field>) -> Group {
    Group { title: title.into(), missing: Vec::new(), fields }
}

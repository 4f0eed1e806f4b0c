//! The forms of the network: actors, agreements, groups, decisions, tasks, transitions, the planning cycle, take-up.

use super::lists::{Lists, label};
use super::mission::place;
use super::{Answer, Sheet, choices, day, group};
use crate::ask::Ask;
use crate::portal::desk::fields::{Group, line, many, number, one, text};
use kekiz_portal::offers::EightSector;
use kekiz_portal::store::cycle::{AnswerState, CycleAnswer};
use kekiz_portal::store::network::{
    Actor, Agreement, GroupDecision, TakeUpRecord, Task, TaskState, TransitionRecord, WorkingGroup,
};

const LIST: (&str, &str) = ("/koordination/netzwerk", "Netzwerk");
const PLANNING: (&str, &str) = ("/koordination/planung", "Planungskreis");

/// Codes with German words.
fn words(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(code, word)| ((*code).to_string(), (*word).to_string())).collect()
}

impl Sheet for Actor {
    const WORD: &'static str = "stelle";
    const ONE: &'static str = "Stelle";
    const LIST: (&'static str, &'static str) = LIST;

    fn title(&self, _: &Lists) -> String {
        self.name.clone()
    }

    fn begin(id: &str, _: &Ask) -> Option<Self> {
        id.is_empty().then(Self::default)
    }

    fn fields(&self, lists: &Lists) -> Vec<Group> {
        let sector = self.sector.as_ref().map_or("", |sector| sector.as_str());
        vec![group(
            "",
            vec![
                line("name", "Name", "Ein Amt, ein Träger, eine Schule, eine Praxis.", self.name.as_str()),
                one("sektor", "Sektor", "", choices(&lists.sectors, |code| code == sector)),
                text("aufgabe", "Aufgabe in der Kette", "", &self.task),
                line("kontakt", "Kontakt", "Der Stelle, nicht einer Privatperson.", self.contact.as_str()),
            ],
        )]
    }

    fn write(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        match answer.field {
            "name" => self.name = answer.text.into(),
            "sektor" => {
                self.sector = Some(answer.text).filter(|code| !code.is_empty()).map(EightSector::from)
            }
            "aufgabe" => self.task = answer.text.into(),
            _ => self.contact = answer.text.into(),
        }
        Ok(())
    }
}

impl Sheet for Agreement {
    const WORD: &'static str = "vereinbarung";
    const ONE: &'static str = "Vereinbarung";
    const LIST: (&'static str, &'static str) = LIST;

    fn title(&self, _: &Lists) -> String {
        self.title.clone()
    }

    fn begin(id: &str, _: &Ask) -> Option<Self> {
        id.is_empty().then(Self::default)
    }

    fn fields(&self, lists: &Lists) -> Vec<Group> {
        vec![group(
            "",
            vec![
                line("titel", "Titel", "", self.title.as_str()),
                many(
                    "partner",
                    "Zwischen",
                    "",
                    choices(&lists.actors, |code| self.parties.iter().any(|one| one == code)),
                ),
                text("inhalt", "Was vereinbart ist", "", &self.subject),
                day("von", "Gilt seit", "", self.from),
                day("bis", "Gilt bis", "Leer lassen, wenn sie ohne Ende gilt.", self.until),
                line("adresse", "Nachzulesen unter", "", self.url.as_str()),
            ],
        )]
    }

    fn write(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        match answer.field {
            "titel" => self.title = answer.text.into(),
            "partner" => self.parties = answer.owned(),
            "inhalt" => self.subject = answer.text.into(),
            "von" => self.from = answer.day()?,
            "bis" => self.until = answer.day()?,
            _ => self.url = answer.text.into(),
        }
        Ok(())
    }
}

impl Sheet for TransitionRecord {
    const WORD: &'static str = "uebergang";
    const ONE: &'static str = "Übergang";
    const LIST: (&'static str, &'static str) = PLANNING;

    fn title(&self, lists: &Lists) -> String {
        let name = label(&lists.transitions, &self.code);
        match self.area.is_empty() {
            true => name,
            false => format!("{name}, {}", label(&lists.areas, &self.area)),
        }
    }

    fn begin(id: &str, _: &Ask) -> Option<Self> {
        let (code, area) = id.split_once(' ').unwrap_or((id, ""));
        let (code, area) = (code.to_string(), area.to_string());
        (!code.is_empty()).then(|| Self { code, area, ..Self::default() })
    }

    fn fields(&self, lists: &Lists) -> Vec<Group> {
        vec![
            group(
                "Wer übergibt wie",
                vec![
                    one(
                        "zustaendig",
                        "Verantwortliche Stelle",
                        "",
                        choices(&lists.actors, |code| code == self.responsible),
                    ),
                    one(
                        "vereinbarung",
                        "Vereinbarung",
                        "",
                        choices(&lists.agreements, |code| code == self.agreement),
                    ),
                    text("ablauf", "So läuft die Übergabe", "", &self.procedure),
                    text(
                        "verloren",
                        "Wer geht dazwischen verloren?",
                        "Gruppen, keine einzelnen Kinder.",
                        &self.who_is_lost,
                    ),
                ],
            ),
            group(
                "Kinder in einem Jahr",
                vec![
                    number(
                        "abgehen",
                        "gehen ab",
                        "Leer lassen, wenn es niemand weiß.",
                        self.expected_per_year,
                    ),
                    number("ankommen", "kommen an", "", self.arrived_per_year),
                    number("uebergeben", "davon mit Übergabe", "", self.handed_over_per_year),
                ],
            ),
        ]
    }

    fn write(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        match answer.field {
            "zustaendig" => self.responsible = answer.text.into(),
            "vereinbarung" => self.agreement = answer.text.into(),
            "ablauf" => self.procedure = answer.text.into(),
            "verloren" => self.who_is_lost = answer.text.into(),
            "abgehen" => self.expected_per_year = answer.number()?,
            "ankommen" => self.arrived_per_year = answer.number()?,
            _ => self.handed_over_per_year = answer.number()?,
        }
        Ok(())
    }
}

impl Sheet for WorkingGroup {
    const WORD: &'static str = "arbeitsgruppe";
    const ONE: &'static str = "Arbeitsgruppe";
    const LIST: (&'static str, &'static str) = LIST;

    fn title(&self, _: &Lists) -> String {
        self.name.clone()
    }

    fn begin(id: &str, _: &Ask) -> Option<Self> {
        id.is_empty().then(Self::default)
    }

    fn fields(&self, lists: &Lists) -> Vec<Group> {
        vec![group(
            "",
            vec![
                line("name", "Name", "", self.name.as_str()),
                text("zweck", "Wozu sie da ist", "", &self.purpose),
                many(
                    "mitglieder",
                    "Mitglieder",
                    "",
                    choices(&lists.actors, |code| self.members.iter().any(|one| one == code)),
                ),
                line("rhythmus", "Trifft sich", "Zum Beispiel: einmal im Vierteljahr.", self.rhythm.as_str()),
                place(self.position),
            ],
        )]
    }

    fn write(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        match answer.field {
            "name" => self.name = answer.text.into(),
            "zweck" => self.purpose = answer.text.into(),
            "mitglieder" => self.members = answer.owned(),
            "rhythmus" => self.rhythm = answer.text.into(),
            _ => self.position = answer.number()?.map_or(0, i64::from),
        }
        Ok(())
    }
}

impl Sheet for GroupDecision {
    const WORD: &'static str = "beschluss";
    const ONE: &'static str = "Beschluss";
    const LIST: (&'static str, &'static str) = LIST;

    fn title(&self, _: &Lists) -> String {
        self.text.chars().take(80).collect()
    }

    fn begin(id: &str, _: &Ask) -> Option<Self> {
        id.is_empty().then(Self::default)
    }

    fn fields(&self, lists: &Lists) -> Vec<Group> {
        vec![group(
            "",
            vec![
                text("text", "Was beschlossen wurde", "", &self.text),
                one("gruppe", "Arbeitsgruppe", "", choices(&lists.groups, |code| code == self.group)),
                day("tag", "Beschlossen am", "", self.decided_on),
                many(
                    "ziele",
                    "Dient den Zielen",
                    "",
                    choices(&lists.goals, |code| self.goals.iter().any(|one| one == code)),
                ),
            ],
        )]
    }

    fn write(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        match answer.field {
            "text" => self.text = answer.text.into(),
            "gruppe" => self.group = answer.text.into(),
            "tag" => self.decided_on = answer.day()?,
            _ => self.goals = answer.owned(),
        }
        Ok(())
    }
}

const TASK_STATES: [(&str, &str); 4] =
    [("open", "offen"), ("doing", "in Arbeit"), ("done", "erledigt"), ("dropped", "aufgegeben")];

impl Sheet for Task {
    const WORD: &'static str = "aufgabe";
    const ONE: &'static str = "Aufgabe";
    const LIST: (&'static str, &'static str) = LIST;

    fn title(&self, _: &Lists) -> String {
        self.title.clone()
    }

    fn begin(id: &str, _: &Ask) -> Option<Self> {
        id.is_empty().then(Self::default)
    }

    fn fields(&self, lists: &Lists) -> Vec<Group> {
        vec![group(
            "",
            vec![
                line("titel", "Was zu tun ist", "", self.title.as_str()),
                line(
                    "zustaendig",
                    "Wer",
                    "Ein Amt oder eine Stelle.",
                    label(&lists.actors, &self.responsible),
                ),
                one(
                    "gruppe",
                    "Aus der Arbeitsgruppe",
                    "",
                    choices(&lists.groups, |code| code == self.parent),
                ),
                day("bis", "Bis wann", "", self.due_on),
                one("stand", "Stand", "", choices(&words(&TASK_STATES), |code| code == self.state.word())),
                text("notiz", "Was daraus wurde", "", &self.note),
            ],
        )]
    }

    fn write(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        match answer.field {
            "titel" => self.title = answer.text.into(),
            "zustaendig" => self.responsible = answer.text.into(),
            "gruppe" => self.parent = answer.text.into(),
            "bis" => self.due_on = answer.day()?,
            "stand" => {
                self.state = match answer.text {
                    "doing" => TaskState::Doing,
                    "done" => TaskState::Done,
                    "dropped" => TaskState::Dropped,
                    _ => TaskState::Open,
                }
            }
            _ => self.note = answer.text.into(),
        }
        Ok(())
    }
}

const ANSWER_STATES: [(&str, &str); 3] =
    [("open", "noch offen"), ("doing", "in Arbeit"), ("answered", "beantwortet")];

impl Sheet for CycleAnswer {
    const WORD: &'static str = "leitfrage";
    const ONE: &'static str = "Leitfrage";
    const LIST: (&'static str, &'static str) = PLANNING;

    fn title(&self, lists: &Lists) -> String {
        format!("{} ({})", label(&lists.questions, &self.question), self.round)
    }

    fn begin(id: &str, _: &Ask) -> Option<Self> {
        let (round, question) = id.split_once('/')?;
        let (round, question) = (round.to_string(), question.to_string());
        Some(Self { round, step: step(&question), question, ..Self::default() })
    }

    fn fields(&self, _: &Lists) -> Vec<Group> {
        let state = match self.state {
            AnswerState::Open => "open",
            AnswerState::Doing => "doing",
            AnswerState::Answered => "answered",
        };
        vec![group(
            "",
            vec![
                text("text", "Antwort", "Auch Stichworte helfen.", &self.text),
                one("stand", "Stand", "", choices(&words(&ANSWER_STATES), |code| code == state)),
                line(
                    "zustaendig",
                    "Wer kümmert sich",
                    "Ein Amt oder eine Stelle.",
                    self.responsible.as_str(),
                ),
                day("bis", "Bis wann", "", self.due_on),
            ],
        )]
    }

    fn write(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        match answer.field {
            "text" => self.text = answer.text.into(),
            "stand" => {
                self.state = match answer.text {
                    "doing" => AnswerState::Doing,
                    "answered" => AnswerState::Answered,
                    _ => AnswerState::Open,
                }
            }
            "zustaendig" => self.responsible = answer.text.into(),
            _ => self.due_on = answer.day()?,
        }
        Ok(())
    }
}

/// The field of work a guiding question belongs to; the codes of the shipped cycle.
fn step(question: &str) -> kekiz_portal::store::cycle::CycleStep {
    use kekiz_portal::store::cycle::CycleStep as Step;
    match question {
        "netzwerk" => Step::Network,
        "bedarf" => Step::Needs,
        "ziele" => Step::Goals,
        "koordinierung" => Step::Coordination,
        "struktur" => Step::Structure,
        "beschluss" => Step::Decision,
        "partizipation" => Step::Participation,
        "monitoring" => Step::Monitoring,
        _ => Step::Inventory,
    }
}

impl Sheet for TakeUpRecord {
    const WORD: &'static str = "teilnahme";
    const ONE: &'static str = "Teilnahme";
    const LIST: (&'static str, &'static str) = ("/koordination/teilnahme", "Teilnahme");

    fn title(&self, _: &Lists) -> String {
        format!("{}, {}", self.offer, self.group)
    }

    fn begin(id: &str, _: &Ask) -> Option<Self> {
        id.is_empty().then(Self::default)
    }

    fn fields(&self, lists: &Lists) -> Vec<Group> {
        vec![
            group(
                "Worum es geht",
                vec![
                    line(
                        "angebot",
                        "Angebot oder Art von Angebot",
                        "Zum Beispiel: U9, Elternkurs, OGS.",
                        self.offer.as_str(),
                    ),
                    line("gruppe", "Gruppe", "Zum Beispiel: Familien mit Bürgergeld.", self.group.as_str()),
                    one(
                        "gebiet",
                        "Gebiet",
                        "Leer lassen für die ganze Kommune.",
                        choices(&lists.areas, |code| code == self.area),
                    ),
                    line("zeitraum", "Zeitraum", "Zum Beispiel: Schuljahr 2025/26.", self.period.as_str()),
                    line("quelle", "Quelle", "", self.source.as_str()),
                ],
            ),
            group(
                "Die Gruppe",
                vec![
                    number(
                        "gruppe_dabei",
                        "nehmen teil",
                        "Leer lassen, wenn es niemand weiß.",
                        self.group_reached,
                    ),
                    number("gruppe_alle", "gehören zur Gruppe", "", self.group_all),
                ],
            ),
            group(
                "Alle anderen im selben Alter",
                vec![
                    number("andere_dabei", "nehmen teil", "", self.rest_reached),
                    number("andere_alle", "sind es insgesamt", "", self.rest_all),
                ],
            ),
        ]
    }

    fn write(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        match answer.field {
            "angebot" => self.offer = answer.text.into(),
            "gruppe" => self.group = answer.text.into(),
            "gebiet" => self.area = answer.text.into(),
            "zeitraum" => self.period = answer.text.into(),
            "quelle" => self.source = answer.text.into(),
            "gruppe_dabei" => self.group_reached = answer.number()?,
            "gruppe_alle" => self.group_all = answer.number()?,
            "andere_dabei" => self.rest_reached = answer.number()?,
            _ => self.rest_all = answer.number()?,
        }
        Ok(())
    }
}

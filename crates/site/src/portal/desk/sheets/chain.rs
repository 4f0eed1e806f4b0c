//! The forms of the chain: transitions, guiding questions of the planning cycle, take-up by group.

use super::lists::{Lists, label};
use super::{Answer, Sheet, choices, coded, day, group};
use crate::ask::Ask;
use crate::portal::desk::fields::{Group, line, number, one, text};
use kekiz_portal::store::cycle::{AnswerState, CycleAnswer};
use kekiz_portal::store::network::{TakeUpRecord, TransitionRecord};

const PLANNING: (&str, &str) = ("/koordination/planung", "Planungskreis");

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
                one("stand", "Stand", "", choices(&coded(&ANSWER_STATES), |code| code == state)),
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

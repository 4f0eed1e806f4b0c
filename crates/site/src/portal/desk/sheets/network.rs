//! The forms of the network: actors, agreements, groups, decisions, tasks.

use super::lists::{Lists, label};
use super::mission::place;
use super::{Answer, Sheet, choices, coded, day, group};
use crate::portal::desk::fields::{Group, line, many, one, text};
use kekiz_portal::offers::EightSector;
use kekiz_portal::store::network::{Actor, Agreement, GroupDecision, Task, TaskState, WorkingGroup};

const LIST: (&str, &str) = ("/koordination/netzwerk", "Netzwerk");

impl Sheet for Actor {
    const WORD: &'static str = "stelle";
    const ONE: &'static str = "Stelle";
    const LIST: (&'static str, &'static str) = LIST;

    fn title(&self, _: &Lists) -> String {
        self.name.clone()
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

impl Sheet for WorkingGroup {
    const WORD: &'static str = "arbeitsgruppe";
    const ONE: &'static str = "Arbeitsgruppe";
    const LIST: (&'static str, &'static str) = LIST;

    fn title(&self, _: &Lists) -> String {
        self.name.clone()
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
                one("stand", "Stand", "", choices(&coded(&TASK_STATES), |code| code == self.state.word())),
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

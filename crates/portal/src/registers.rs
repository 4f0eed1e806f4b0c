//! What people keep as short lists: the Leitbild and the network. One entry at a time, every version kept, and nothing
//! overwritten that somebody else saved in between.

use crate::error::invalid;
use crate::people::{Action, Object};
use crate::{Actor as Who, Portal, PortalError};
use kekiz_store::cycle::CycleAnswer;
use kekiz_store::leitbild::{CouncilDecision, Goal, GuidingSentence};
use kekiz_store::network::{
    Actor, Agreement, GroupDecision, TakeUpRecord, Task, TransitionRecord, WorkingGroup,
};
use kekiz_store::records::{self, Recorded};
use kekiz_store::{SaveError, Stored};
use serde_json::json;

/// A kind of entry people keep.
pub trait Kept: Recorded + PartialEq + Send + Sync {
    /// What changing one is, in the table of permissions.
    const ACTION: Action;
    /// What it is called in refusals: „dieses Ziel“.
    const WHAT: &'static str;

    /// Gives a new entry its id.
    fn name_it(&mut self, id: &str);

    /// Refuses an entry that could not be shown or measured. What it merely lacks is said beside it.
    fn check(&self, portal: &Portal) -> impl Future<Output = Result<(), PortalError>> + Send;
}

/// What came of saving.
#[derive(Clone, Debug, PartialEq)]
pub enum Saved<T> {
    /// It is kept as the newest version.
    Done(Stored<T>),
    /// Somebody else saved in between: nothing was changed. Their version; `None` where the entry was taken away.
    Stale(Option<Box<Stored<T>>>),
}

/// A text that has to be there, with at most so many characters.
fn filled(field: &'static str, what: &str, text: &str, most: usize) -> Result<(), PortalError> {
    if text.trim().is_empty() {
        return Err(invalid(field, format!("{what} fehlt. Bitte etwas eintragen.")));
    }
    if text.chars().count() > most {
        return Err(invalid(field, format!("{what} ist zu lang. Bitte höchstens {most} Zeichen schreiben.")));
    }
    Ok(())
}

/// A web address or nothing.
fn linked(field: &'static str, url: &str) -> Result<(), PortalError> {
    if url.is_empty() || crate::offer::web_address(url).is_some() {
        return Ok(());
    }
    Err(invalid(field, "Das ist keine Internetadresse. Bitte in der Form www.beispiel.de eintragen."))
}

/// A plain word from a title, for addresses: small letters, digits and hyphens.
fn plain_word(title: &str) -> String {
    let mut word = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => word.push_str("ae"),
            'ö' => word.push_str("oe"),
            'ü' => word.push_str("ue"),
            'ß' => word.push_str("ss"),
            c if c.is_ascii_alphanumeric() => word.push(c),
            _ if !word.is_empty() && !word.ends_with('-') => word.push('-'),
            _ => {}
        }
        if word.len() >= 48 {
            break;
        }
    }
    word.trim_end_matches('-').to_string()
}

impl Portal {
    fn must_keep<T: Kept>(&self, actor: &Who) -> Result<(), PortalError> {
        actor.must(T::ACTION, &Object::everything(), T::WHAT)
    }

    /// All entries of a kind, drafts included.
    pub async fn entries<T: Kept>(&self, actor: &Who) -> Result<Vec<Stored<T>>, PortalError> {
        self.must_keep::<T>(actor)?;
        Ok(records::all(self.db()).await?)
    }

    /// The versions of an entry, the newest first; empty when there is none.
    pub async fn versions<T: Kept>(&self, actor: &Who, id: &str) -> Result<Vec<Stored<T>>, PortalError> {
        self.must_keep::<T>(actor)?;
        let there = records::get::<T>(self.db(), id).await?.is_some();
        Ok(if there { records::history(self.db(), id).await? } else { Vec::new() })
    }

    /// Saves an entry as a new version. `base` is the version it grew from, 0 for a new one, which gets its id here
    /// unless it has one by its nature.
    pub async fn save_entry<T: Kept>(
        &self,
        actor: &Who,
        mut value: T,
        base: u64,
        reason: &str,
    ) -> Result<Saved<T>, PortalError> {
        self.must_keep::<T>(actor)?;
        value.check(self).await?;
        if value.columns().id.is_empty() {
            let columns = value.columns();
            let chance = self.around().uuid();
            let end: String = chance.chars().filter(char::is_ascii_alphanumeric).take(6).collect();
            value.name_it(&format!("{}-{end}", plain_word(&columns.title)));
        }
        let mut writing = self.begin(actor, reason).await?;
        let saved = match records::save(&writing.tx, &value, base, &writing.edit).await {
            Ok(saved) => saved,
            Err(SaveError::Stale { theirs, .. }) => return Ok(Saved::Stale(theirs)),
            Err(SaveError::Trouble(trouble)) => return Err(trouble.into()),
        };
        let detail = json!({ "revision": saved.revision });
        writing.note(&format!("{}.saved", T::KIND), T::KIND, &value.columns().id, detail);
        writing.finish().await?;
        Ok(Saved::Done(saved))
    }

    /// Takes an entry off its list; its versions stay.
    pub async fn remove_entry<T: Kept>(
        &self,
        actor: &Who,
        id: &str,
        base: u64,
        reason: &str,
    ) -> Result<Saved<T>, PortalError> {
        self.must_keep::<T>(actor)?;
        let found = records::get::<T>(self.db(), id).await?;
        let found = found.ok_or(PortalError::NotFound { what: "Diesen Eintrag" })?;
        let mut writing = self.begin(actor, reason).await?;
        match records::remove(&writing.tx, &found.value, base, &writing.edit).await {
            Ok(()) => {}
            Err(SaveError::Stale { theirs, .. }) => return Ok(Saved::Stale(theirs)),
            Err(SaveError::Trouble(trouble)) => return Err(trouble.into()),
        }
        writing.note(&format!("{}.removed", T::KIND), T::KIND, id, json!({}));
        writing.finish().await?;
        Ok(Saved::Done(found))
    }
}

impl Kept for GuidingSentence {
    const ACTION: Action = Action::EditGoals;
    const WHAT: &'static str = "einen Leitsatz ändern";

    fn name_it(&mut self, id: &str) {
        self.id = id.into();
    }

    async fn check(&self, _: &Portal) -> Result<(), PortalError> {
        filled("satz", "Der Leitsatz", &self.text, 500)
    }
}

impl Kept for Goal {
    const ACTION: Action = Action::EditGoals;
    const WHAT: &'static str = "ein Ziel ändern";

    fn name_it(&mut self, id: &str) {
        self.id = id.into();
    }

    async fn check(&self, portal: &Portal) -> Result<(), PortalError> {
        crate::mission::check(self)?;
        if records::get::<GuidingSentence>(portal.db(), &self.parent).await?.is_none() {
            return Err(invalid("leitsatz", "Bitte einen Leitsatz wählen, dem das Ziel dient."));
        }
        Ok(())
    }
}

impl Kept for CouncilDecision {
    const ACTION: Action = Action::EditGoals;
    const WHAT: &'static str = "einen Ratsbeschluss ändern";

    fn name_it(&mut self, id: &str) {
        self.id = id.into();
    }

    async fn check(&self, _: &Portal) -> Result<(), PortalError> {
        filled("titel", "Der Titel des Beschlusses", &self.title, 500)?;
        linked("adresse", &self.url)
    }
}

impl Kept for Actor {
    const ACTION: Action = Action::EditNetwork;
    const WHAT: &'static str = "eine Stelle im Netzwerk ändern";

    fn name_it(&mut self, id: &str) {
        self.id = id.into();
    }

    async fn check(&self, _: &Portal) -> Result<(), PortalError> {
        filled("name", "Der Name", &self.name, 200)
    }
}

impl Kept for Agreement {
    const ACTION: Action = Action::EditNetwork;
    const WHAT: &'static str = "eine Vereinbarung ändern";

    fn name_it(&mut self, id: &str) {
        self.id = id.into();
    }

    async fn check(&self, _: &Portal) -> Result<(), PortalError> {
        filled("titel", "Der Titel", &self.title, 300)?;
        if self.parties.len() < 2 {
            return Err(invalid(
                "partner",
                "Eine Vereinbarung braucht mindestens zwei Stellen. Bitte ankreuzen.",
            ));
        }
        if matches!((self.from, self.until), (Some(from), Some(until)) if until < from) {
            return Err(invalid("bis", "Das Ende liegt vor dem Anfang. Bitte beide Tage prüfen."));
        }
        linked("adresse", &self.url)
    }
}

impl Kept for TransitionRecord {
    const ACTION: Action = Action::EditNetwork;
    const WHAT: &'static str = "einen Übergang ändern";

    fn name_it(&mut self, _: &str) {}

    async fn check(&self, portal: &Portal) -> Result<(), PortalError> {
        let known =
            portal.lists().terms.list("transition").is_some_and(|list| list.get(&self.code).is_some());
        if !known {
            return Err(PortalError::NotFound { what: "Diesen Übergang" });
        }
        let more =
            |part: Option<u32>, whole: Option<u32>| matches!((part, whole), (Some(a), Some(b)) if a > b);
        if more(self.arrived_per_year, self.expected_per_year) {
            return Err(invalid(
                "ankommen",
                "Es können nicht mehr Kinder ankommen als abgehen. Bitte beide Zahlen prüfen.",
            ));
        }
        if more(self.handed_over_per_year, self.arrived_per_year) {
            return Err(invalid(
                "uebergeben",
                "Es können nicht mehr Kinder übergeben werden als ankommen. Bitte beide Zahlen prüfen.",
            ));
        }
        Ok(())
    }
}

impl Kept for WorkingGroup {
    const ACTION: Action = Action::EditNetwork;
    const WHAT: &'static str = "eine Arbeitsgruppe ändern";

    fn name_it(&mut self, id: &str) {
        self.id = id.into();
    }

    async fn check(&self, _: &Portal) -> Result<(), PortalError> {
        filled("name", "Der Name", &self.name, 200)
    }
}

impl Kept for GroupDecision {
    const ACTION: Action = Action::EditNetwork;
    const WHAT: &'static str = "einen Beschluss ändern";

    fn name_it(&mut self, id: &str) {
        self.id = id.into();
    }

    async fn check(&self, portal: &Portal) -> Result<(), PortalError> {
        filled("text", "Der Beschluss", &self.text, 2000)?;
        if records::get::<WorkingGroup>(portal.db(), &self.group).await?.is_none() {
            return Err(invalid("gruppe", "Bitte die Arbeitsgruppe wählen, die beschlossen hat."));
        }
        Ok(())
    }
}

impl Kept for Task {
    const ACTION: Action = Action::EditNetwork;
    const WHAT: &'static str = "eine Aufgabe ändern";

    fn name_it(&mut self, id: &str) {
        self.id = id.into();
    }

    async fn check(&self, _: &Portal) -> Result<(), PortalError> {
        filled("titel", "Die Aufgabe", &self.title, 500)
    }
}

impl Kept for CycleAnswer {
    const ACTION: Action = Action::EditNetwork;
    const WHAT: &'static str = "den Planungskreis ändern";

    fn name_it(&mut self, _: &str) {}

    async fn check(&self, _: &Portal) -> Result<(), PortalError> {
        let cycle = crate::network::cycle()?;
        if !cycle.stations.iter().any(|one| one.code == self.question) {
            return Err(PortalError::NotFound { what: "Diese Leitfrage" });
        }
        let plain = !self.round.is_empty()
            && self.round.len() <= 20
            && self.round.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !plain {
            return Err(invalid("runde", "Die Runde ist ein kurzes Wort, zum Beispiel 2026."));
        }
        if self.state == kekiz_store::cycle::AnswerState::Answered && self.text.trim().is_empty() {
            return Err(invalid(
                "text",
                "Die Antwort fehlt. Bitte schreiben oder einen anderen Stand wählen.",
            ));
        }
        Ok(())
    }
}

impl Kept for TakeUpRecord {
    const ACTION: Action = Action::EditNetwork;
    const WHAT: &'static str = "Zahlen zur Teilnahme ändern";

    fn name_it(&mut self, id: &str) {
        self.id = id.into();
    }

    async fn check(&self, _: &Portal) -> Result<(), PortalError> {
        filled("angebot", "Das Angebot", &self.offer, 200)?;
        filled("gruppe", "Die Gruppe", &self.group, 200)?;
        filled("quelle", "Die Quelle", &self.source, 300)?;
        let more =
            |part: Option<u32>, whole: Option<u32>| matches!((part, whole), (Some(a), Some(b)) if a > b);
        if more(self.group_reached, self.group_all) {
            return Err(invalid(
                "gruppe_dabei",
                "Es können nicht mehr teilnehmen, als zur Gruppe gehören. Bitte beide Zahlen prüfen.",
            ));
        }
        if more(self.rest_reached, self.rest_all) {
            return Err(invalid(
                "andere_dabei",
                "Es können nicht mehr teilnehmen, als es andere gibt. Bitte beide Zahlen prüfen.",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::plain_word;

    #[test]
    fn titles_become_plain_words() {
        for (title, word) in [
            ("Weniger Kinder in Armut bis 2030!", "weniger-kinder-in-armut-bis-2030"),
            ("Größe & Übergänge", "groesse-uebergaenge"),
            ("   ", ""),
            ("日本", ""),
        ] {
            assert_eq!(plain_word(title), word);
        }
        assert!(plain_word(&"Wort ".repeat(100)).len() <= 49);
    }
}

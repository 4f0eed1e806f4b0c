//! What can be chosen in the forms: entries of other lists, indicators and areas of the atlas.

use crate::pages::PageError;
use crate::portal::desk::gate::Signed;
use crate::state::SiteState;
use kekiz_portal::registers::Kept;
use kekiz_portal::store::leitbild::{CouncilDecision, Goal, GuidingSentence};
use kekiz_portal::store::network::{Actor, Agreement, WorkingGroup};

/// Codes with their labels.
type List = Vec<(String, String)>;

/// All lists to choose from.
pub(super) struct Lists {
    pub(super) sentences: List,
    pub(super) decisions: List,
    pub(super) goals: List,
    pub(super) actors: List,
    pub(super) agreements: List,
    pub(super) groups: List,
    pub(super) sectors: List,
    pub(super) transitions: List,
    /// Stations of the planning cycle, the label being the guiding question.
    pub(super) questions: List,
    pub(super) indicators: List,
    pub(super) areas: List,
}

async fn entries<T: Kept>(signed: &Signed) -> Result<List, PageError> {
    let found = signed.portal.entries::<T>(&signed.actor).await?;
    let pair = |one: T| {
        let columns = one.columns();
        (columns.id, columns.title)
    };
    Ok(found.into_iter().map(|stored| pair(stored.value)).collect())
}

impl Lists {
    pub(super) async fn load(state: &SiteState, signed: &Signed) -> Result<Self, PageError> {
        let terms = |name: &str| -> List {
            let terms = signed.portal.lists().terms.list(name).map_or(&[][..], |list| &list.terms);
            terms.iter().map(|term| (term.code.clone(), term.name.clone())).collect()
        };
        let atlas = &state.atlas;
        let mut areas: List = atlas
            .tree()
            .iter()
            .map(|area| (area.key.to_string(), format!("{} ({})", area.name, area.level.singular())))
            .collect();
        areas.sort_by(|one, other| one.1.cmp(&other.1));
        let mut indicators: List =
            atlas.indicators().map(|meta| (meta.id.to_string(), meta.title.clone())).collect();
        indicators.sort_by(|one, other| one.1.cmp(&other.1));
        let questions = signed.portal.questions()?;
        Ok(Self {
            sentences: entries::<GuidingSentence>(signed).await?,
            decisions: entries::<CouncilDecision>(signed).await?,
            goals: entries::<Goal>(signed).await?,
            actors: entries::<Actor>(signed).await?,
            agreements: entries::<Agreement>(signed).await?,
            groups: entries::<WorkingGroup>(signed).await?,
            sectors: terms("sector"),
            transitions: terms("transition"),
            questions: questions.into_iter().map(|one| (one.code, one.question)).collect(),
            indicators,
            areas,
        })
    }
}

/// The label of a code; the code itself where it is unknown.
pub(super) fn label(list: &[(String, String)], code: &str) -> String {
    list.iter().find(|(found, _)| found == code).map_or_else(|| code.to_string(), |(_, label)| label.clone())
}

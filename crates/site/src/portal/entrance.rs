//! The way to the offers from the start page.

use crate::state::SiteState;
use kekiz_portal::offers::phase_slug;

/// What the start page says of the portal.
pub(crate) struct Entrance {
    /// How many offers there are.
    pub(crate) offers: String,
    /// Life phases: name and address.
    pub(crate) phases: Vec<(String, String)>,
}

/// The entrance; `None` without a portal.
pub(crate) fn entrance(state: &SiteState) -> Option<Entrance> {
    let portal = state.portal.as_ref()?;
    let phases = portal.lists().terms.list("life_phase").map_or(&[][..], |list| &list.terms);
    Some(Entrance {
        offers: crate::words::whole(&portal.finder().len()),
        phases: phases
            .iter()
            .filter_map(|term| {
                let slug = phase_slug(kekiz_portal::offers::phase_from_slug(&term.code)?);
                Some((term.plain.clone(), format!("/hilfe?phase={slug}")))
            })
            .collect(),
    })
}

//! Who is reached and who is not: take-up by group and area, and whether offers come to people or wait for them.
//!
//! For planning only: the figures count few people and are not protected, so no public page shows them.

use crate::people::{Action, Object};
use crate::{Actor, Portal, PortalError};
use kekiz_atlas::Atlas;
use kekiz_base::AreaKey;
use kekiz_offers::Access;
use kekiz_planning::take_up::{Reached, TakeUp, take_up};
use kekiz_store::network::TakeUpRecord;
use kekiz_store::{bulk, records};
use std::collections::BTreeMap;

/// Confidence of the intervals.
const LEVEL: f64 = 0.95;

/// How a group was reached.
#[derive(Clone, Debug)]
pub struct TakeUpView {
    /// The figures as they were entered.
    pub record: TakeUpRecord,
    /// Name of the area.
    pub area: String,
    /// Shares, their ratio, and the sentence.
    pub reached: Reached,
}

/// Offers for a target group by who comes to whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// Name of the target group.
    pub group: String,
    /// People come (Komm-Struktur).
    pub come: usize,
    /// The offer comes to them (Geh-Struktur).
    pub go: usize,
    /// Both.
    pub both: usize,
    /// Not said.
    pub unknown: usize,
}

/// Who plans in the municipality or keeps its figures; nobody outside, since the figures are not protected.
fn may_see(actor: &Actor) -> Result<(), PortalError> {
    let everything = Object::everything();
    if actor.may(Action::EditNetwork, &everything) {
        return Ok(());
    }
    actor.must(Action::ManageFigures, &everything, "Zahlen zur Teilnahme sehen")
}

impl Portal {
    /// Take-up by group and area, the groups reached least first; those without figures last.
    pub async fn take_up(&self, actor: &Actor, atlas: &Atlas) -> Result<Vec<TakeUpView>, PortalError> {
        may_see(actor)?;
        let mut found: Vec<TakeUpView> = records::all::<TakeUpRecord>(self.db())
            .await?
            .into_iter()
            .map(|stored| view(atlas, stored.value))
            .collect();
        let order = |one: &TakeUpView| one.reached.ratio.map_or(f64::INFINITY, |ratio| ratio.value);
        found.sort_by(|a, b| order(a).total_cmp(&order(b)).then_with(|| a.record.id.cmp(&b.record.id)));
        Ok(found)
    }

    /// Public offers for each target group by who comes to whom.
    pub async fn ways(&self, actor: &Actor) -> Result<Vec<Ways>, PortalError> {
        may_see(actor)?;
        let mut counts: BTreeMap<String, Ways> = BTreeMap::new();
        bulk::for_each(self.db(), |stored| {
            let offer = stored.value;
            for group in offer.prevention.target_groups.iter().filter(|_| offer.state.is_public()) {
                let ways = counts.entry(group.as_str().to_string()).or_default();
                match offer.prevention.access {
                    Some(Access::Komm) => ways.come += 1,
                    Some(Access::Geh) => ways.go += 1,
                    Some(Access::KommUndGeh) => ways.both += 1,
                    None => ways.unknown += 1,
                }
            }
            true
        })
        .await?;
        let list = self.lists().terms.list("target_group");
        let name = |code: &str| {
            list.and_then(|list| list.get(code)).map_or_else(|| code.to_string(), |term| term.name.clone())
        };
        Ok(counts.into_iter().map(|(code, ways)| Ways { group: name(&code), ..ways }).collect())
    }
}

fn view(atlas: &Atlas, record: TakeUpRecord) -> TakeUpView {
    let key = AreaKey::new(&record.area);
    let area = match record.area.is_empty() {
        true => "Ganze Kommune".to_string(),
        false => atlas.area(&key).map_or_else(|_| record.area.clone(), |area| area.name.clone()),
    };
    let figures = TakeUp {
        area: Some(key).filter(|_| !record.area.is_empty()),
        area_name: area.clone(),
        group: record.group.clone(),
        offer: record.offer.clone(),
        group_reached: record.group_reached.map(f64::from),
        group_all: record.group_all.map(f64::from),
        rest_reached: record.rest_reached.map(f64::from),
        rest_all: record.rest_all.map(f64::from),
        source: record.source.clone(),
    };
    TakeUpView { reached: take_up(&figures, LEVEL), area, record }
}

//! Offers as the chain needs them, kept between requests.

use super::rules::Around;
use super::{ChainAsk, ChainView, Rules};
use crate::{Portal, PortalError};
use kekiz_atlas::Atlas;
use kekiz_base::{Area, AreaKey, GeographyId, LifePhase};
use kekiz_offers::{Access, Offer, OfferId, PreventionType};
use kekiz_planning::coverage::{Ages, Catchment, Directed, Reach, Supply};
use kekiz_store::bulk;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the chain knows of an offer.
#[derive(Clone, Debug)]
pub(super) struct Slim {
    id: OfferId,
    kind: String,
    point: Option<(f64, f64)>,
    areas: Vec<AreaKey>,
    supply: Supply,
}

/// Offers and chains made last.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    offers: Option<(u64, Arc<Vec<Slim>>)>,
    state: (u64, String),
    views: Vec<(ChainAsk, Arc<ChainView>)>,
}

/// Chains kept at a time.
const KEPT: usize = 12;

impl Memory {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A chain made from this state of offers and figures.
    pub(super) fn view(&self, state: &(u64, String), ask: &ChainAsk) -> Option<Arc<ChainView>> {
        let kept = self.lock();
        let known = kept.views.iter().find(|(one, _)| one == ask).filter(|_| kept.state == *state);
        known.map(|(_, view)| view.clone())
    }

    pub(super) fn keep(&self, state: &(u64, String), ask: &ChainAsk, view: &Arc<ChainView>) {
        let mut kept = self.lock();
        if kept.state != *state {
            kept.state = state.clone();
            kept.views.clear();
        }
        if kept.views.len() >= KEPT {
            kept.views.remove(0);
        }
        kept.views.push((ask.clone(), view.clone()));
    }
}

impl Portal {
    /// The public offers, read again when one changed.
    pub(super) async fn slim_offers(&self) -> Result<Arc<Vec<Slim>>, PortalError> {
        let content = self.content();
        if let Some((at, known)) = &self.chain_memory().lock().offers
            && *at == content
        {
            return Ok(known.clone());
        }
        let mut found = Vec::new();
        bulk::for_each(self.db(), |stored| {
            if stored.value.state.is_public() {
                found.push(slim(&stored.value));
            }
            true
        })
        .await?;
        let found = Arc::new(found);
        self.chain_memory().lock().offers = Some((content, found.clone()));
        Ok(found)
    }
}

fn slim(offer: &Offer) -> Slim {
    let told = &offer.prevention;
    Slim {
        id: offer.id.clone(),
        kind: offer.service.alternate_name.clone(),
        point: offer.points().first().copied(),
        areas: told.catchment.clone(),
        supply: Supply {
            name: offer.name().to_string(),
            fields: told.action_fields.iter().map(|field| field.as_str().to_string()).collect(),
            ages: told.age_months.map(|(from, to)| Ages { from, to }),
            phases: told.life_phases.iter().copied().filter(|phase| *phase != LifePhase::Familie).collect(),
            pregnancy: told.pregnancy,
            catchment: Catchment::Unknown,
            places: told.places.map(f64::from),
            reached_per_year: told.reached_per_year.map(f64::from),
            cost_cents: told.full_cost_cents_per_year,
            reach: told.access.map(|access| match access {
                Access::Komm => Reach::Komm,
                Access::Geh | Access::KommUndGeh => Reach::Geh,
            }),
            directed: told.prevention_type.map(|directed| match directed {
                PreventionType::Universell => Directed::Universell,
                PreventionType::Selektiv => Directed::Selektiv,
                PreventionType::Indiziert => Directed::Indiziert,
            }),
            source: "Angaben zum Angebot".into(),
        },
    }
}

/// Offers of a place, allotted to the place and to its parts.
#[derive(Default)]
pub(super) struct Given {
    pub(super) whole: Vec<Supply>,
    pub(super) parts: Vec<Supply>,
    pub(super) ids: Vec<OfferId>,
    pub(super) points: Vec<Option<(f64, f64)>>,
    pub(super) kinds: Vec<String>,
    pub(super) distinct: usize,
}

/// Offers that serve a place. `known_to` is the last month of age for which children are known.
pub(super) fn give(
    atlas: &Atlas,
    offers: &[Slim],
    rules: &Rules,
    place: &Area,
    geography: &GeographyId,
    areas: &[Area],
    known_to: Option<u16>,
) -> Result<Given, PortalError> {
    let points: Vec<_> = offers.iter().map(|offer| offer.point).collect();
    let at = atlas.areas_at(geography, &points).map_err(|error| PortalError::Import(error.to_string()))?;
    let mine: BTreeSet<&AreaKey> = areas.iter().map(|area| &area.key).collect();
    let mut given = Given::default();
    let mut behind = Vec::new();
    for (offer, at) in offers.iter().zip(at) {
        let kind = rules.kind(&offer.kind);
        let around = kind.map_or(Around::Gebiet, |kind| kind.catchment);
        let Some(catchment) = catchment(atlas, offer, around, at, place, areas, &mine) else { continue };
        let mut supply = offer.supply.clone();
        if supply.places.is_none()
            && let Some(kind) = kind.filter(|kind| kind.places.is_some())
        {
            supply.places = kind.places;
            supply.source.clone_from(&kind.source);
        }
        let rest = split(&mut supply, known_to);
        if let Some(rest) = rest {
            behind.push((rest, catchment.clone(), offer));
        }
        given.add(supply, catchment, offer, place);
    }
    given.distinct = given.ids.len();
    for (rest, catchment, offer) in behind {
        given.add(rest, catchment, offer, place);
    }
    Ok(given)
}

/// Where families of the place may come from; `None` for an offer that does not serve the place.
fn catchment(
    atlas: &Atlas,
    offer: &Slim,
    around: Around,
    at: Option<AreaKey>,
    place: &Area,
    areas: &[Area],
    mine: &BTreeSet<&AreaKey>,
) -> Option<Catchment> {
    if !offer.areas.is_empty() {
        if offer.areas.iter().any(|key| atlas.lies_in(&place.key, key)) {
            return Some(Catchment::Everywhere);
        }
        let served = |area: &&Area| offer.areas.iter().any(|key| atlas.lies_in(&area.key, key));
        let served: Vec<AreaKey> = areas.iter().filter(served).map(|area| area.key.clone()).collect();
        return (!served.is_empty()).then_some(Catchment::Areas(served));
    }
    let at = at.filter(|key| mine.contains(key))?;
    Some(match around {
        Around::Gebiet => Catchment::Areas(vec![at]),
        Around::Ort => Catchment::Everywhere,
    })
}

/// Keeps what an offer gives to ages with figures of children and gives back the rest, in proportion to the months of
/// its ages: otherwise nothing could be said about the ages that have figures. Without figures of its own an offer stays
/// whole.
fn split(supply: &mut Supply, known_to: Option<u16>) -> Option<Supply> {
    let (ages, last) = (supply.ages?, known_to?);
    let within = Ages { from: ages.from, to: ages.to.min(last) };
    if within.months() == 0
        || within == ages
        || (supply.places.is_none() && supply.reached_per_year.is_none())
    {
        return None;
    }
    let part = f64::from(within.months()) / f64::from(ages.months());
    let beyond = Ages { from: last.saturating_add(1), to: ages.to };
    let whole = supply.clone();
    let take = |ages: Ages, part: f64| Supply {
        ages: Some(ages),
        phases: Vec::new(),
        places: whole.places.map(|places| places * part),
        reached_per_year: whole.reached_per_year.map(|reached| reached * part),
        cost_cents: whole.cost_cents.map(|cost| (cost as f64 * part).round() as i64),
        source: format!(
            "{}; davon {} % für Kinder dieses Alters",
            whole.source,
            kekiz_base::number::german(part * 100.0, 0)
        ),
        ..whole.clone()
    };
    *supply = take(within, part);
    Some(take(beyond, 1.0 - part))
}

impl Given {
    fn add(&mut self, supply: Supply, catchment: Catchment, offer: &Slim, place: &Area) {
        self.whole.push(Supply { catchment: Catchment::Areas(vec![place.key.clone()]), ..supply.clone() });
        self.parts.push(Supply { catchment, ..supply });
        self.ids.push(offer.id.clone());
        self.points.push(offer.point);
        self.kinds.push(offer.kind.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_offer_adds_up_and_keeps_its_ages() {
        let whole = |from, to, places| Supply {
            name: "Treff".into(),
            fields: vec!["jugendarbeit".into()],
            ages: Some(Ages { from, to }),
            phases: Vec::new(),
            pregnancy: false,
            catchment: Catchment::Unknown,
            places,
            reached_per_year: None,
            cost_cents: Some(1200),
            reach: None,
            directed: None,
            source: "Annahme".into(),
        };
        for (from, to, places, known, parts) in [
            (0, 239, Some(100.0), Some(119), Some((50.0, 50.0))),
            (60, 119, Some(100.0), Some(119), None),
            (120, 239, Some(100.0), Some(119), None),
            (0, 239, None, Some(119), None),
            (0, 239, Some(100.0), None, None),
        ] {
            let mut first = whole(from, to, places);
            let rest = split(&mut first, known);
            let found = rest.as_ref().map(|rest| (first.places.unwrap(), rest.places.unwrap()));
            assert_eq!(found, parts, "{from} {to}");
            let (a, b) = (first.ages.unwrap(), rest.and_then(|rest| rest.ages));
            assert_eq!(a.months() + b.map_or(0, Ages::months), u32::from(to - from) + 1);
        }
    }
}

//! What the HSDS API answers: services, organizations, places and terms, in pages.
//!
//! Source: HSDS 3.0 and 3.1, API reference (<https://docs.openreferral.org/en/3.1/hsds/api_reference.html>). Only what
//! families may see is given out; the planning attributes of an offer are terms and attributes of its service.

use crate::{Portal, PortalError};
use kekiz_offers::exchange::to_service;
use kekiz_offers::hsds::{
    self, Organization, Page, Service, ServiceAtLocation, Taxonomy, TaxonomyTerm, conform,
    organization_summary, service_at_locations, service_summary,
};
use kekiz_offers::{Offer, OfferId, OfferState, derived_uuid, phase_from_slug};
use kekiz_search::{Query, Sort};
use kekiz_store::{bulk, offers};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Largest page.
pub const MOST_PER_PAGE: u64 = 100;

/// What a list is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ask {
    /// Words.
    pub search: String,
    /// Page, from 1.
    pub page: u64,
    /// Objects on a page, 1 to [`MOST_PER_PAGE`]; 0 means 25.
    pub per_page: u64,
    /// Only services with this term.
    pub taxonomy_term_id: Option<String>,
    /// Only services with any term of this taxonomy.
    pub taxonomy_id: Option<String>,
    /// Only services of this organization.
    pub organization_id: Option<String>,
    /// Only services changed at or after this moment.
    pub modified_after: Option<jiff::Timestamp>,
    /// Only places with this postal code.
    pub postcode: Option<String>,
    /// With a postal code: as far from its centre, in metres.
    pub proximity_m: Option<f64>,
    /// Whole objects instead of short ones.
    pub full: bool,
}

/// A service at a place: its id and its offer.
type Site = (String, OfferId);

/// Services at places as of a state of the offers.
#[derive(Debug, Default)]
pub(crate) struct Sites(Mutex<Option<(u64, Arc<Vec<Site>>)>>);

/// Public offers changed at or after a moment, by id.
async fn changed_since(
    db: &kekiz_store::DatabaseConnection,
    after: jiff::Timestamp,
) -> Result<BTreeSet<OfferId>, PortalError> {
    let public: Vec<OfferState> = OfferState::ALL.into_iter().filter(|state| state.is_public()).collect();
    Ok(offers::changed_since(db, &public, after).await?.into_iter().collect())
}

impl Ask {
    fn size(&self) -> u64 {
        if self.per_page == 0 { 25 } else { self.per_page.min(MOST_PER_PAGE) }
    }

    fn number(&self) -> u64 {
        self.page.max(1)
    }
}

impl Portal {
    /// An offer as a whole service: with its provider, terms and translations.
    pub fn service_of(&self, offer: &Offer) -> Service {
        let mut service = to_service(offer, &self.lists().terms);
        if service.organization.is_none()
            && let Some(owner) = self.provider(&offer.organization)
        {
            service.organization = Some(Box::new(organization_summary(&owner)));
        }
        conform(&service)
    }

    /// One service; `None` when families may not see it.
    pub async fn hsds_service(&self, id: &str) -> Result<Option<Service>, PortalError> {
        match self.public_offer(&OfferId(id.to_string())).await {
            Ok(offer) => Ok(Some(self.service_of(&offer))),
            Err(PortalError::NotFound { .. } | PortalError::Merged { .. }) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// A page of services.
    pub async fn hsds_services(&self, ask: &Ask) -> Result<Page<Service>, PortalError> {
        let (offers, total) = self.hsds_offers(ask).await?;
        let one = |offer: &Arc<Offer>| {
            let service = self.service_of(offer);
            if ask.full { service } else { service_summary(&service) }
        };
        Ok(Page::new(offers.iter().map(one).collect(), total, ask.number(), ask.size()))
    }

    async fn hsds_offers(&self, ask: &Ask) -> Result<(Vec<Arc<Offer>>, u64), PortalError> {
        if let Some(after) = ask.modified_after {
            let wanted = self.hsds_matching(ask).await?;
            let mut changed: Vec<OfferId> = changed_since(self.db(), after).await?.into_iter().collect();
            changed.retain(|id| wanted.as_ref().is_none_or(|ids| ids.contains_key(id.as_str())));
            let start = ((ask.number() - 1) * ask.size()).min(changed.len() as u64) as usize;
            let end = (start + ask.size() as usize).min(changed.len());
            return Ok((self.public_offers(&changed[start..end]).await?, changed.len() as u64));
        }
        let Some(query) = self.hsds_query(ask) else { return Ok((Vec::new(), 0)) };
        let page = usize::try_from(ask.number() - 1).unwrap_or(usize::MAX);
        self.hsds_page(Query { page, per_page: ask.size() as usize, ..query }).await
    }

    async fn hsds_page(&self, query: Query) -> Result<(Vec<Arc<Offer>>, u64), PortalError> {
        let finder = Arc::clone(self.finder());
        let found = crate::portal::blocking(move || finder.search(&query, &[])).await??;
        let ids: Vec<OfferId> = found.hits.into_iter().map(|hit| OfferId(hit.id)).collect();
        Ok((self.public_offers(&ids).await?, found.total as u64))
    }

    /// Ids that match what the index can tell; `None` when nothing was asked of it.
    async fn hsds_matching(&self, ask: &Ask) -> Result<Option<BTreeMap<String, ()>>, PortalError> {
        let asks =
            Ask { page: 0, per_page: 0, full: false, modified_after: None, ..ask.clone() } != Ask::default();
        if !asks {
            return Ok(None);
        }
        let mut ids = BTreeMap::new();
        let Some(query) = self.hsds_query(ask) else { return Ok(Some(ids)) };
        for page in 0.. {
            let (finder, query) = (Arc::clone(self.finder()), Query { page, per_page: 100, ..query.clone() });
            let found = crate::portal::blocking(move || finder.search(&query, &[])).await??;
            let last = found.hits.len() < 100;
            ids.extend(found.hits.into_iter().map(|hit| (hit.id, ())));
            if last {
                break;
            }
        }
        Ok(Some(ids))
    }

    /// The question to the index; `None` when no service can match (an unknown term or postal code).
    fn hsds_query(&self, ask: &Ask) -> Option<Query> {
        let mut query = Query {
            text: ask.search.clone(),
            language: "de".into(),
            organization: ask.organization_id.clone(),
            sort: if ask.search.trim().is_empty() { Sort::Title } else { Sort::Relevance },
            ..Query::default()
        };
        let mut wanted: Vec<(String, String)> = Vec::new();
        for list in self.lists().terms.iter() {
            let whole = ask.taxonomy_id.as_ref().is_some_and(|id| *id == list.taxonomy().id);
            for term in &list.terms {
                let named =
                    ask.taxonomy_term_id.as_ref().is_some_and(|id| *id == list.taxonomy_term(term).id);
                if (whole && ask.taxonomy_term_id.is_none()) || named {
                    wanted.push((list.code.clone(), term.code.clone()));
                }
            }
        }
        if (ask.taxonomy_id.is_some() || ask.taxonomy_term_id.is_some()) && wanted.is_empty() {
            return None;
        }
        for (list, code) in wanted {
            match list.as_str() {
                "life_phase" => query.life_phases.extend(phase_from_slug(&code)),
                "action_field" => query.action_fields.push(code),
                "target_group" => query.target_groups.push(code),
                "language" => query.languages.push(code),
                _ => return None,
            }
        }
        if let Some(postcode) = &ask.postcode {
            match ask.proximity_m {
                None => query.postal_codes.push(postcode.trim().to_string()),
                Some(radius) => {
                    let point = self.locate(postcode).point()?;
                    query.near = Some(kekiz_search::Near { point, radius_m: Some(radius) });
                }
            }
        }
        Some(query)
    }

    /// All services at places by their ids, with their offers; gathered once for every state of the offers.
    async fn hsds_sites(&self) -> Result<Arc<Vec<Site>>, PortalError> {
        let content = self.content();
        let memory = &self.sites().0;
        if let Some((of, sites)) = &*memory.lock().unwrap_or_else(PoisonError::into_inner)
            && *of == content
        {
            return Ok(Arc::clone(sites));
        }
        let mut sites: Vec<Site> = Vec::new();
        bulk::for_each(self.db(), |stored| {
            let offer = stored.value;
            if offer.state.is_public() {
                let places = offer.service.service_at_locations.iter();
                sites.extend(places.map(|at| (at.id.clone(), offer.id.clone())));
            }
            true
        })
        .await?;
        sites.sort();
        let sites = Arc::new(sites);
        *memory.lock().unwrap_or_else(PoisonError::into_inner) = Some((content, Arc::clone(&sites)));
        Ok(sites)
    }

    /// A page of services at places, by id.
    pub async fn hsds_service_at_locations(&self, ask: &Ask) -> Result<Page<ServiceAtLocation>, PortalError> {
        let sites = self.hsds_sites().await?;
        let wanted = self.hsds_matching(ask).await?;
        let changed = match ask.modified_after {
            Some(after) => Some(changed_since(self.db(), after).await?),
            None => None,
        };
        let fits = |(_, offer): &&Site| {
            wanted.as_ref().is_none_or(|ids| ids.contains_key(offer.as_str()))
                && changed.as_ref().is_none_or(|ids| ids.contains(offer))
        };
        let found: Vec<&Site> = sites.iter().filter(fits).collect();
        let start = ((ask.number() - 1).saturating_mul(ask.size())).min(found.len() as u64) as usize;
        let end = (start + ask.size() as usize).min(found.len());
        let ids: Vec<OfferId> = found[start..end].iter().map(|(_, offer)| offer.clone()).collect();
        let offers = self
            .public_offers(&ids.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>())
            .await?;
        let whole: BTreeMap<&OfferId, Vec<ServiceAtLocation>> =
            offers.iter().map(|offer| (&offer.id, service_at_locations(&self.service_of(offer)))).collect();
        let places = found[start..end]
            .iter()
            .filter_map(|(id, offer)| whole.get(offer)?.iter().find(|one| one.id == *id).map(conform));
        Ok(Page::new(places.collect(), found.len() as u64, ask.number(), ask.size()))
    }

    /// One service at a place.
    pub async fn hsds_service_at_location(&self, id: &str) -> Result<Option<ServiceAtLocation>, PortalError> {
        let sites = self.hsds_sites().await?;
        let Ok(at) = sites.binary_search_by(|(found, _)| found.as_str().cmp(id)) else { return Ok(None) };
        let Some((_, offer)) = sites.get(at) else { return Ok(None) };
        let Some(service) = self.hsds_service(offer.as_str()).await? else { return Ok(None) };
        Ok(service_at_locations(&service).into_iter().find(|one| one.id == id).map(|one| conform(&one)))
    }

    /// A page of organizations, by name. `with_services` nests their services.
    pub async fn hsds_organizations(
        &self,
        ask: &Ask,
        with_services: bool,
    ) -> Result<Page<Organization>, PortalError> {
        let all = self.providers();
        let words = ask.search.trim().to_lowercase();
        let mut list: Vec<&Organization> =
            all.values().filter(|one| words.is_empty() || one.name.to_lowercase().contains(&words)).collect();
        list.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        let total = list.len() as u64;
        let start = ((ask.number() - 1).saturating_mul(ask.size())).min(total) as usize;
        let mut page = Vec::new();
        for one in list.into_iter().skip(start).take(ask.size() as usize) {
            page.push(match (ask.full, with_services) {
                (_, true) => self.with_services(one).await?,
                (true, false) => conform(one),
                (false, false) => conform(&organization_summary(one)),
            });
        }
        Ok(Page::new(page, total, ask.number(), ask.size()))
    }

    /// One organization; `with_services` nests its services.
    pub async fn hsds_organization(
        &self,
        id: &str,
        with_services: bool,
    ) -> Result<Option<Organization>, PortalError> {
        match self.providers().get(id) {
            None => Ok(None),
            Some(one) if with_services => Ok(Some(self.with_services(one).await?)),
            Some(one) => Ok(Some(conform(one))),
        }
    }

    async fn with_services(&self, one: &Organization) -> Result<Organization, PortalError> {
        let query = Query {
            organization: Some(one.id.clone()),
            sort: Sort::Title,
            per_page: 100,
            ..Query::default()
        };
        let (offers, _) = self.hsds_page(query).await?;
        let mut one = one.clone();
        one.services =
            offers.iter().map(|offer| Service { organization: None, ..self.service_of(offer) }).collect();
        Ok(conform(&one))
    }

    /// A page of taxonomies.
    pub fn hsds_taxonomies(&self, ask: &Ask) -> Page<Taxonomy> {
        let words = ask.search.trim().to_lowercase();
        let all = self.lists().terms.iter().map(|list| list.taxonomy());
        page_of(
            all.filter(|one| one.name.to_lowercase().contains(&words)).map(|one| conform(&one)).collect(),
            ask,
        )
    }

    /// A page of terms. None of our terms has a broader one: `parent_id` gives none, `top_only` all.
    pub fn hsds_terms(&self, ask: &Ask, parent_id: Option<&str>) -> Page<TaxonomyTerm> {
        let words = ask.search.trim().to_lowercase();
        let wanted = |list: &&kekiz_offers::TermList| {
            ask.taxonomy_id.as_ref().is_none_or(|id| *id == list.taxonomy().id)
        };
        let all = self.lists().terms.iter().filter(wanted).flat_map(|list| list.taxonomy_terms());
        let fits = |one: &TaxonomyTerm| parent_id.is_none() && one.name.to_lowercase().contains(&words);
        page_of(all.filter(fits).map(|one| conform(&one)).collect(), ask)
    }

    /// Everything public as a tabular data package (ZIP).
    pub async fn hsds_package(&self) -> Result<Vec<u8>, PortalError> {
        let mut services: Vec<Service> = Vec::new();
        bulk::for_each(self.db(), |stored| {
            if stored.value.state.is_public() {
                services.push(self.service_of(&stored.value));
            }
            true
        })
        .await?;
        crate::portal::blocking(move || {
            let (tables, _) = hsds::flatten(&services);
            zip_of(&hsds::write_package(&tables))
        })
        .await?
        .map_err(|error| PortalError::Report(error.to_string()))
    }
}

fn page_of<T>(all: Vec<T>, ask: &Ask) -> Page<T> {
    let total = all.len() as u64;
    let start = ((ask.number() - 1).saturating_mul(ask.size())).min(total) as usize;
    let page = all.into_iter().skip(start).take(ask.size() as usize).collect();
    Page::new(page, total, ask.number(), ask.size())
}

/// Files as a ZIP archive; the same files give the same bytes.
fn zip_of(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, zip::result::ZipError> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    for (name, bytes) in files {
        writer.start_file(name.as_str(), options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The identifier of a list's taxonomy.
pub fn taxonomy_id(list: &str) -> String {
    derived_uuid(&["taxonomy", list])
}

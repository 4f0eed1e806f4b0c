//! Children and need rates from the figures of the atlas.

use super::{Band, Need, unknown_rate};
use crate::PortalError;
use kekiz_atlas::Atlas;
use kekiz_atlas::indicator::Indicator;
use kekiz_base::{Area, AreaKey, Cell, GeographyId, IndicatorId, IndicatorMeta};
use kekiz_planning::Estimate;
use kekiz_planning::coverage::{Children, Field, NeedRate, Phase};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The atlas with a note of what was asked of it.
pub(super) struct Figures<'a> {
    atlas: &'a Atlas,
    used: BTreeMap<IndicatorId, Arc<IndicatorMeta>>,
}

/// A figure with where it comes from: `None` for one that is protected.
struct Found {
    value: Option<(f64, Option<kekiz_base::Interval>)>,
    source: String,
}

impl<'a> Figures<'a> {
    pub(super) fn new(atlas: &'a Atlas) -> Self {
        Self { atlas, used: BTreeMap::new() }
    }

    /// Indicators that gave a figure.
    pub(super) fn used(self) -> Vec<Arc<IndicatorMeta>> {
        self.used.into_values().collect()
    }

    /// An indicator; `None` where the atlas has none of that name.
    fn indicator(&self, id: &IndicatorId) -> Result<Option<Arc<Indicator>>, PortalError> {
        if self.atlas.meta(id).is_err() {
            return Ok(None);
        }
        let found = self.atlas.indicator(id);
        found.map(Some).map_err(|error| PortalError::Import(error.to_string()))
    }

    /// Geographies with figures of children, largest areas first.
    pub(super) fn geographies(&self, bands: &[Band]) -> Vec<GeographyId> {
        let mut found: Vec<_> = Vec::new();
        for id in bands.iter().filter_map(|band| band.count.as_ref().or(band.share.as_ref())) {
            if let Ok(Some(indicator)) = self.indicator(id) {
                found.extend(indicator.slices().iter().map(|slice| (slice.level, slice.geography.clone())));
            }
        }
        found.sort();
        found.dedup();
        found.into_iter().map(|(_, geography)| geography).collect()
    }

    /// The newest figure of an area; `None` where the source has none.
    fn newest(&mut self, id: &IndicatorId, area: &AreaKey) -> Result<Option<Found>, PortalError> {
        let Some(indicator) = self.indicator(id)? else { return Ok(None) };
        let group = indicator.default_group();
        let Some(period) = indicator.latest(area, group, None) else { return Ok(None) };
        let value = match indicator.cell(area, period, group) {
            Cell::Shown(figure) => Some((figure.value, figure.interval)),
            Cell::Suppressed { .. } => None,
            Cell::Missing { .. } => return Ok(None),
        };
        let when = indicator.data.periods.get(period).map_or_else(String::new, ToString::to_string);
        let by = self.attribution(&indicator.meta, area);
        self.used.insert(id.clone(), indicator.meta.clone());
        Ok(Some(Found { value, source: format!("{}, {when}{by}", indicator.meta.title) }))
    }

    /// Who published a figure of an area: the only source, or the one that names the area or one above it.
    fn attribution(&self, meta: &IndicatorMeta, area: &AreaKey) -> String {
        let above = self.atlas.tree().ancestors(area).map(|one| one.name.as_str());
        let own = self.atlas.area(area).ok().map(|one| one.name.as_str());
        let names: Vec<&str> = own.into_iter().chain(above).collect();
        let of_place = |source: &&kekiz_base::Source| {
            names.iter().any(|name| source.attribution.contains(name) || source.publisher.contains(name))
        };
        let found = match meta.sources.as_slice() {
            [only] => Some(only),
            several => several.iter().find(of_place),
        };
        found.map_or_else(String::new, |source| format!(" ({})", source.attribution))
    }

    fn band(&mut self, band: &Band, area: &AreaKey) -> Result<Option<Children>, PortalError> {
        let found = match (&band.count, &band.share, &band.of) {
            (Some(count), _, _) => self.newest(count, area)?,
            (None, Some(share), Some(of)) => {
                let (share, of) = (self.newest(share, area)?, self.newest(of, area)?);
                share.zip(of).map(|(share, of)| Found {
                    value: share.value.zip(of.value).map(|((share, _), (of, _))| (share / 100.0 * of, None)),
                    source: format!("{} × {}", share.source, of.source),
                })
            }
            _ => None,
        };
        Ok(found.map(|found| Children {
            area: area.clone(),
            ages: band.ages(),
            count: found.value.map(|(value, _)| value),
            source: found.source,
        }))
    }

    /// Children by area and age band; bands without a figure in the source are left out.
    pub(super) fn children(&mut self, bands: &[Band], areas: &[Area]) -> Result<Vec<Children>, PortalError> {
        let mut found = Vec::new();
        for area in areas {
            for band in bands {
                found.extend(self.band(band, &area.key)?);
            }
        }
        Ok(found)
    }

    /// Children of a place: its own figures, else the sum of its parts, where all of them are known.
    pub(super) fn children_of_whole(
        &mut self,
        bands: &[Band],
        place: &Area,
        parts: &[Children],
    ) -> Result<Vec<Children>, PortalError> {
        let mut found = Vec::new();
        for band in bands {
            if let Some(own) = self.band(band, &place.key)? {
                found.push(own);
                continue;
            }
            let mine: Vec<&Children> = parts.iter().filter(|one| one.ages == band.ages()).collect();
            if let Some(first) = mine.first() {
                found.push(Children {
                    area: place.key.clone(),
                    ages: band.ages(),
                    count: mine.iter().map(|one| one.count).sum(),
                    source: format!("Summe der Gebiete: {}", first.source),
                });
            }
        }
        Ok(found)
    }

    /// Need rates of every cell that matters. A share in per cent is taken from the area or the nearest above it.
    pub(super) fn rates(
        &mut self,
        needs: &[Need],
        areas: &[Area],
        phases: &[Phase],
        fields: &[Field],
    ) -> Result<Vec<NeedRate>, PortalError> {
        let mut rates: Vec<NeedRate> = fields
            .iter()
            .flat_map(|field| phases.iter().map(move |phase| unknown_rate(field, phase)))
            .collect();
        for need in needs {
            for phase in need.phases() {
                let rate = |area, share, source| NeedRate {
                    area,
                    field: Some(need.field.clone()),
                    phase: Some(phase),
                    share,
                    source,
                };
                let Some(id) = &need.indicator else {
                    let [value, lower, upper] = need.share.unwrap_or([f64::NAN; 3]);
                    rates.retain(|old| old.phase != Some(phase) || old.field.as_ref() != Some(&need.field));
                    let sure = lower == upper;
                    let share =
                        if sure { Estimate::exact(value) } else { Estimate::within(value, lower, upper) };
                    rates.push(rate(None, share, need.source.clone()));
                    continue;
                };
                for area in areas {
                    if let Some((share, source)) = self.share_near(id, &area.key)? {
                        rates.push(rate(Some(area.key.clone()), share, source));
                    }
                }
            }
        }
        Ok(rates)
    }

    /// A share in per cent as a part of 1, of the area, its twin, or the nearest area above with a figure.
    fn share_near(
        &mut self,
        id: &IndicatorId,
        area: &AreaKey,
    ) -> Result<Option<(Estimate, String)>, PortalError> {
        let above = self.atlas.tree().ancestors(area).map(|one| one.key.clone());
        let keys: Vec<AreaKey> = std::iter::once(area.clone()).chain(above).collect();
        for key in keys {
            let twin = self.atlas.twin(&key).map(|twin| twin.key.clone());
            for one in std::iter::once(key).chain(twin) {
                let Some(found) = self.newest(id, &one)? else { continue };
                let Some((value, interval)) = found.value else { continue };
                let share = Estimate {
                    value: value / 100.0,
                    interval: interval.map(|range| kekiz_base::Interval {
                        lower: (range.lower / 100.0).max(0.0),
                        upper: (range.upper / 100.0).min(1.0),
                    }),
                };
                let name = self.atlas.area(&one).map_or_else(|_| String::new(), |area| area.name.clone());
                let source =
                    if one == *area { found.source } else { format!("{}, Wert für {name}", found.source) };
                return Ok(Some((share, source)));
            }
        }
        Ok(None)
    }
}

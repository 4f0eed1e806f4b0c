//! Builds the profile of an area, one entry per indicator.

use crate::chance::{Relation, compare, judge, significant};
use crate::indicator::Indicator;
use crate::peers::Peers;
use crate::profile::{FacilityCount, Judgement, Profile, ProfileEntry, ProfileTheme, SiblingRank, Trend};
use crate::rank::ranks;
use crate::{Atlas, AtlasError, wording};
use kekiz_base::{Area, AreaKey, Cell, Figure, Interval, Period};

/// Years a trend looks back.
const TREND_YEARS: i16 = 5;
/// Peers a profile names.
const PEERS: usize = 8;

impl Atlas {
    /// The profile of an area; figures of the latest period up to `until`, or the latest of all.
    ///
    /// # Errors
    /// [`AtlasError::UnknownArea`], or a store that cannot be read.
    pub fn profile(&self, key: &AreaKey, until: Option<Period>) -> Result<Profile, AtlasError> {
        let area = self.area(key)?.clone();
        let mut path: Vec<Area> = self.above(key).cloned().collect();
        path.reverse();
        let peers = self.peers(key, PEERS)?;
        let mut themes = Vec::new();
        for theme in self.themes() {
            let mut entries = Vec::new();
            for meta in &theme.indicators {
                let indicator = self.indicator(&meta.id)?;
                if let Some(entry) = self.entry(&indicator, &area, until, peers.as_ref()) {
                    entries.push(entry);
                }
            }
            if !entries.is_empty() {
                themes.push(ProfileTheme { name: theme.name, slug: theme.slug, entries });
            }
        }
        let facilities = self
            .facility_layers()
            .iter()
            .map(|layer| FacilityCount {
                layer: layer.id.clone(),
                title: layer.title.clone(),
                count: layer
                    .facilities
                    .iter()
                    .filter(|f| f.area.as_ref().is_some_and(|inner| self.lies_in(inner, key)))
                    .count(),
            })
            .filter(|count| count.count > 0)
            .collect();
        let sentence = profile_sentence(&area, &themes);
        Ok(Profile {
            children: self.tree().children(key).iter().filter_map(|k| self.tree().get(k).cloned()).collect(),
            member: self.is_member(key),
            population: self.population(key),
            area_km2: self.area_km2(key),
            area,
            path,
            themes,
            peers,
            facilities,
            sentence,
        })
    }

    fn entry(
        &self,
        indicator: &Indicator,
        area: &Area,
        until: Option<Period>,
        peers: Option<&Peers>,
    ) -> Option<ProfileEntry> {
        let group = indicator.default_group();
        // A kreisfreie Stadt has figures as a Kreis and as a Gemeinde; the newer ones count, its own if alike.
        let (position, area) = [Some(area), self.twin(&area.key)]
            .into_iter()
            .flatten()
            .rev()
            .filter_map(|area| Some((indicator.latest(&area.key, group, until)?, area)))
            .max_by_key(|(position, _)| *position)?;
        let period = indicator.data.periods.get(position).copied()?;
        let cell = indicator.cell(&area.key, position, group);
        let meta = &indicator.meta;
        let parent = self
            .above(&area.key)
            .map(|above| (above.clone(), indicator.cell(&above.key, position, group)))
            .find(|(_, cell)| !matches!(cell, Cell::Missing { .. }));
        let judgement = cell.figure().and_then(|own| {
            let (above, other) = parent.as_ref()?;
            against_parent(indicator, own, other.figure()?, area.parent.as_ref() == Some(&above.key))
        });
        let peer_median = peers.and_then(|peers| {
            let mut values: Vec<f64> = peers
                .peers
                .iter()
                .filter_map(|peer| {
                    let own = indicator.cell(&peer.area.key, position, group).value();
                    own.or_else(|| indicator.cell(&self.twin(&peer.area.key)?.key, position, group).value())
                })
                .filter(|value| value.is_finite())
                .collect();
            values.sort_by(f64::total_cmp);
            let middle = median(&values)?;
            Some((middle, values.len()))
        });
        Some(ProfileEntry {
            meta: meta.clone(),
            period,
            group: indicator.group(group),
            area: area.clone(),
            cell,
            judgement,
            trend: self.trend(indicator, area, position, group),
            siblings: self.sibling_rank(indicator, area, position, group),
            parent,
            peer_median,
        })
    }

    /// Change from the earliest shown figure within five years before the last one.
    fn trend(&self, indicator: &Indicator, area: &Area, last: usize, group: usize) -> Option<Trend> {
        let to = indicator.data.periods.get(last).copied()?;
        let to_figure = *indicator.cell(&area.key, last, group).figure()?;
        let same_kind = |period: &Period| std::mem::discriminant(period) == std::mem::discriminant(&to);
        let window: Vec<(Period, Cell)> = (0..=last)
            .filter_map(|i| indicator.data.periods.get(i).map(|period| (i, *period)))
            .filter(|(_, period)| same_kind(period) && period.year() >= to.year().saturating_sub(TREND_YEARS))
            .map(|(i, period)| (period, indicator.cell(&area.key, i, group)))
            .collect();
        let (from, from_figure) =
            window.iter().find_map(|(period, cell)| cell.figure().map(|figure| (*period, *figure)))?;
        if from == to {
            return None;
        }
        let periods: Vec<Period> = window.iter().map(|(period, _)| *period).filter(|p| *p >= from).collect();
        let broken = self
            .breaks(&indicator.meta, &periods, std::slice::from_ref(&area.key))
            .into_iter()
            .next()
            .map(|found| found.note);
        Some(Trend {
            from,
            to,
            from_value: from_figure.value,
            to_value: to_figure.value,
            judgement: compare(&indicator.meta, &to_figure, &from_figure),
            points: window
                .iter()
                .filter(|(period, _)| *period >= from)
                .map(|(period, cell)| (*period, cell.value()))
                .collect(),
            broken,
        })
    }

    /// Place among the areas with the same parent and geography.
    fn sibling_rank(
        &self,
        indicator: &Indicator,
        area: &Area,
        period: usize,
        group: usize,
    ) -> Option<SiblingRank> {
        let slice = indicator.slice(&area.geography)?;
        let siblings: Vec<(usize, &Area)> = slice
            .areas
            .iter()
            .filter(|(_, other)| other.parent == area.parent)
            .map(|(position, other)| (*position, other))
            .collect();
        let values: Vec<Option<(f64, Option<Interval>)>> = siblings
            .iter()
            .map(|(position, _)| {
                indicator.at(*position, period, group).figure().map(|figure| (figure.value, figure.interval))
            })
            .collect();
        let of = values.iter().flatten().count();
        let own = siblings.iter().position(|(_, other)| other.key == area.key)?;
        let rank = ranks(&values, indicator.meta.polarity).get(own).copied().flatten()?;
        (of > 1).then_some(SiblingRank { rank, of })
    }
}

/// The stand against the area above, as computed on the true counts where the release says so.
fn against_parent(indicator: &Indicator, own: &Figure, above: &Figure, direct: bool) -> Option<Judgement> {
    let meta = &indicator.meta;
    if meta.kind == kekiz_base::IndicatorKind::Count {
        return None;
    }
    let difference = own.value - above.value;
    Some(match own.versus_parent.filter(|_| direct).and_then(|versus| versus.significant) {
        Some(known) => judge(meta.polarity, difference, Some(known)),
        None => judge(meta.polarity, difference, significant(meta, own, above, Relation::PartOfWhole)),
    })
}

/// The middle of sorted values.
pub(crate) fn median(sorted: &[f64]) -> Option<f64> {
    let n = sorted.len();
    match n {
        0 => None,
        n if n % 2 == 1 => Some(sorted[n / 2]),
        n => Some((sorted[n / 2 - 1] + sorted[n / 2]) / 2.0),
    }
}

/// What stands out against the area above.
fn profile_sentence(area: &Area, themes: &[ProfileTheme]) -> String {
    let entries = || themes.iter().flat_map(|theme| &theme.entries);
    let named = |wanted: Judgement| -> Vec<String> {
        entries()
            .filter(|entry| entry.judgement == Some(wanted))
            .filter_map(|entry| {
                let value = entry.cell.value()?;
                Some(format!("{} ({})", entry.meta.title, wording::value(&entry.meta, value)))
            })
            .take(5)
            .collect()
    };
    let count = entries().count();
    if count == 0 {
        return format!("Für {} sind keine Zahlen veröffentlicht.", area.name);
    }
    let above = entries().find_map(|entry| entry.parent.as_ref().map(|(above, _)| above.name.clone()));
    let mut out = match count {
        1 => format!("{}: 1 Indikator.", area.name),
        n => format!("{}: {n} Indikatoren.", area.name),
    };
    let (worse, better) = (named(Judgement::Worse), named(Judgement::Better));
    if let Some(above) = above {
        if !worse.is_empty() {
            out.push_str(&format!(" Ungünstiger als {above}: {}.", wording::list(&worse)));
        }
        if !better.is_empty() {
            out.push_str(&format!(" Günstiger als {above}: {}.", wording::list(&better)));
        }
        if worse.is_empty() && better.is_empty() {
            out.push_str(&format!(" Kein gesicherter Unterschied zu {above}, der sich werten ließe."));
        }
    }
    let protected = entries().filter(|entry| matches!(entry.cell, Cell::Suppressed { .. })).count();
    match protected {
        0 => {}
        1 => out.push_str(" 1 Wert ist geschützt."),
        n => out.push_str(&format!(" {n} Werte sind geschützt.")),
    }
    out
}

//! From figures in the vault to published figures: compute, protect, publish.

use crate::catalogue;
use crate::derived::protect_derived;
use crate::error::AppError;
use crate::members;
use crate::progress::Progress;
use crate::project::Project;
use crate::protection::{Prepared, protect_all};
use crate::state::{State, digest};
use kekiz_base::{AreaTree, Cube, CubeCell, Diagnostics, Figures, IndicatorId, Reason};
use kekiz_disclosure::{Audit, Policy, Release};
use kekiz_indicators::{Catalogue, Definition, compute_change, compute_on_territory};
use kekiz_lake::{Published, SiteInfo};
use kekiz_vault::Vault;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Presets from the mildest to the strictest; an index or a quotient of several datasets takes the strictest.
pub(crate) const STRICTNESS: [&str; 6] =
    ["published_source", "ba", "min5", "rounding5", "min10", "rounding10"];

/// What was computed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ComputeReport {
    /// One line per indicator, in the order of the catalogue.
    pub indicators: Vec<Computed>,
}

/// One computed indicator, without its figures.
#[derive(Clone, Debug, Serialize)]
pub struct Computed {
    /// Name.
    pub id: IndicatorId,
    /// Number of areas.
    pub areas: usize,
    /// Number of periods.
    pub periods: usize,
    /// Cells with a figure.
    pub values: usize,
    /// Cells without one.
    pub missing: usize,
}

/// What was released.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReleaseReport {
    /// Nothing had changed since the last release.
    pub unchanged: bool,
    /// Published indicators.
    pub releases: Vec<Released>,
    /// Indicators the gate did not let out.
    pub refused: Vec<RefusedIndicator>,
    /// Indicators that were published before and are no longer in the catalogue.
    pub withdrawn: Vec<IndicatorId>,
}

/// One published indicator.
#[derive(Clone, Debug, Serialize)]
pub struct Released {
    /// Name.
    pub id: IndicatorId,
    /// Name of the policy.
    pub policy: String,
    /// Cells shown.
    pub shown: usize,
    /// Cells suppressed.
    pub suppressed: usize,
    /// Suppressed cells by reason.
    pub reasons: BTreeMap<&'static str, usize>,
    /// Cells without a figure in the source.
    pub missing: usize,
    /// Digest of the receipt.
    pub receipt: String,
    /// What the gate checked; none where nothing had to be done.
    pub audit: Option<Audit>,
}

/// An indicator the gate refused.
#[derive(Clone, Debug, Serialize)]
pub struct RefusedIndicator {
    /// Name.
    pub id: IndicatorId,
    /// Why, and what to do.
    pub reason: String,
}

/// Computes every indicator on the true figures and reports; publishes nothing.
pub fn compute(project: &Project, progress: &dyn Progress) -> Result<(ComputeReport, Diagnostics), AppError> {
    let (catalogue, _) = catalogue::load(project)?;
    let mut findings = Diagnostics::new();
    let published = project.filled_published()?;
    let vault = project.filled_vault()?;
    let tree = published.areas()?;
    let (prepared, _) = compute_indicators(project, &catalogue, &vault, &tree, &mut findings, progress)?;
    let mut indices = Vec::new();
    for change in &catalogue.changes {
        let Some(of) = prepared.iter().find(|one| one.definition.id == change.of) else { continue };
        let (cube, found) = compute_change(change, of.definition, &of.cube, true)
            .map_err(|error| AppError::input(error.to_string()))?;
        findings.extend(found);
        indices.push(cube);
    }
    let mut cubes: Vec<Cube> = prepared.into_iter().map(|one| one.cube).collect();
    for recipe in &catalogue.recipes {
        let parts: Vec<&Cube> = cubes.iter().collect();
        let (index, found) = kekiz_indicators::compute_index(recipe, &parts, &catalogue.indicators)
            .map_err(|error| AppError::input(error.to_string()))?;
        findings.extend(found);
        indices.push(index.cube);
    }
    cubes.append(&mut indices);
    let indicators = cubes
        .iter()
        .map(|cube| Computed {
            id: cube.meta.id.clone(),
            areas: cube.areas.len(),
            periods: cube.periods.len(),
            values: cube.cells.iter().filter(|cell| matches!(cell, CubeCell::Value { .. })).count(),
            missing: cube.cells.iter().filter(|cell| matches!(cell, CubeCell::Missing(_))).count(),
        })
        .collect();
    Ok((ComputeReport { indicators }, findings))
}

/// Computes, protects and publishes. With `force` also when nothing has changed.
///
/// Everything is computed and protected before the first figure is published. An indicator the gate refuses stays
/// as it was published before; the others are released. Cells whose counts contradict each other are published as
/// blocked, never as a figure, and are errors among the findings.
pub fn release(
    project: &Project,
    force: bool,
    progress: &dyn Progress,
) -> Result<(ReleaseReport, Diagnostics), AppError> {
    let (catalogue, text) = catalogue::load(project)?;
    let published = project.filled_published()?;
    let vault = project.filled_vault()?;
    let mut state = State::load(project.folder());
    let inputs = inputs_digest(project, &vault, &text)?;
    if !force && state.is_finished("release", &format!("{inputs} {}", published.generation())) {
        let report =
            ReleaseReport { unchanged: true, releases: released_before(&published), ..Default::default() };
        return Ok((report, Diagnostics::new()));
    }
    let mut findings = Diagnostics::new();
    let tree = published.areas()?;
    let (prepared, figures) =
        compute_indicators(project, &catalogue, &vault, &tree, &mut findings, progress)?;
    progress.step("Schützen und angreifen");
    let mut report = ReleaseReport::default();
    let mut protected: Vec<(Release, Audit)> = Vec::new();
    let mut refuse = |id: &IndicatorId, reason: String| {
        report.refused.push(RefusedIndicator { id: id.clone(), reason });
    };
    for (one, outcome) in prepared.iter().zip(protect_all(project, &prepared, &figures, &tree, &published)?) {
        match outcome {
            Ok(release) => protected.push(release),
            Err(reason) => refuse(&one.definition.id, reason),
        }
    }
    let derived = protect_derived(&catalogue, &prepared, &protected, &published, &mut findings)?;
    report.refused.extend(derived.refused);
    protected.extend(derived.releases);
    progress.step("Veröffentlichen");
    published.add_all(protected.iter().map(|(release, _)| release))?;
    for (release, audit) in &protected {
        report.releases.push(line(release, audit));
    }
    let indicators = catalogue.indicators.iter().map(|definition| &definition.id);
    let wanted: BTreeSet<&IndicatorId> = indicators
        .chain(catalogue.changes.iter().map(|change| &change.id))
        .chain(catalogue.recipes.iter().map(|recipe| &recipe.id))
        .collect();
    for meta in published.indicators() {
        if !wanted.contains(&meta.id) {
            published.withdraw(&meta.id)?;
            report.withdrawn.push(meta.id);
        }
    }
    refresh_layers(project, &published, &vault)?;
    published.set_site(&SiteInfo {
        title: project.config.title.clone(),
        operator: project.config.operator.clone(),
        contact: project.config.contact.clone(),
        ..SiteInfo::default()
    })?;
    published.sweep()?;
    if report.refused.is_empty() {
        state.finish(project.folder(), "release", &format!("{inputs} {}", published.generation()));
    }
    Ok((report, findings))
}

/// Takes the earlier releases of a withdrawn indicator out of what the gate compares with, on record; gives their number.
///
/// # Errors
///
/// No name or no reason given; the indicator is still published or never was ([`Published::retire`]).
pub fn retire(
    project: &Project,
    indicator: &str,
    by: &str,
    reason: &str,
    at: jiff::Timestamp,
) -> Result<usize, AppError> {
    let id = IndicatorId::new(indicator).ok_or_else(|| {
        AppError::input(format!(
            "„{indicator}“ kann kein Name einer Kennzahl sein. Abhilfe: die id aus dem Katalog angeben („kekiz indicators list“)."
        ))
    })?;
    for (value, option) in [(by, "--by"), (reason, "--reason")] {
        if value.trim().is_empty() {
            return Err(AppError::input(format!(
                "{option} ist leer. Abhilfe: angeben, wer aus welchem Grund ausmustert; es bleibt bei den Veröffentlichungen stehen."
            )));
        }
    }
    Ok(project.filled_published()?.retire(&id, by.trim(), reason.trim(), at)?)
}

/// Everything a release depends on but the published areas, whose digest is in the generation.
fn inputs_digest(project: &Project, vault: &Vault, catalogue: &[u8]) -> Result<String, AppError> {
    let config = toml::to_string(&project.config).unwrap_or_default();
    let members: String = members::load(project)?.iter().map(|key| format!("{key} ")).collect();
    let datasets: String =
        vault.datasets().iter().map(|set| format!("{} {}\n", set.info.id, set.digest)).collect();
    Ok(digest([config.as_bytes(), catalogue, members.as_bytes(), datasets.as_bytes()]))
}

/// All indicators in the order of the catalogue, each with the policy it asks for, and the figures they are made from.
fn compute_indicators<'a>(
    project: &Project,
    catalogue: &'a Catalogue,
    vault: &Vault,
    tree: &AreaTree,
    findings: &mut Diagnostics,
    progress: &dyn Progress,
) -> Result<(Vec<Prepared<'a>>, Figures), AppError> {
    let known = catalogue::variables(project)?;
    let checked = kekiz_indicators::check(catalogue, &known);
    if checked.has_errors() {
        return Err(AppError::rejected("Katalog", checked));
    }
    progress.step("Kennzahlen rechnen");
    let names = catalogue.variables();
    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    let figures = vault.figures(&names)?;
    let mut prepared = Vec::new();
    for (done, definition) in catalogue.indicators.iter().enumerate() {
        progress.amount(done as u64, catalogue.indicators.len() as u64);
        let (cube, found) = compute_on_territory(definition, &figures, tree, &project.config.changes)
            .map_err(|error| AppError::input(error.to_string()))?;
        findings.extend(found);
        let policy = policy_for(project, definition, &figures)?;
        prepared.push(Prepared { definition, cube, policy });
    }
    Ok((prepared, figures))
}

pub(crate) fn strictness(policy: &str) -> usize {
    STRICTNESS.iter().position(|name| *name == policy).unwrap_or(STRICTNESS.len())
}

/// The strictest policy that any dataset of the indicator asks for.
fn policy_for(project: &Project, definition: &Definition, figures: &Figures) -> Result<Policy, AppError> {
    let origins = definition.formula.variables().flat_map(|(_, variable)| figures.origins(&variable.name));
    let mut strictest: Option<(usize, &str, String)> = None;
    for origin in origins {
        let name = project.config.preset_for(&origin.info.id, origin.info.protected_by_publisher);
        let rank = strictness(name);
        if strictest.as_ref().is_none_or(|(found, ..)| rank > *found) {
            strictest = Some((rank, name, origin.info.source.publisher.clone()));
        }
    }
    let (_, name, publisher) = strictest.unwrap_or((0, &project.config.protection.default, String::new()));
    if name == "published_source" {
        return Ok(Policy::published_source(publisher));
    }
    Policy::by_name(name).ok_or_else(|| {
        AppError::Configuration(format!(
            "Den Schutz „{name}“ gibt es nicht; bekannt sind: {}. Abhilfe: [protection] in kekiz.toml berichtigen.",
            STRICTNESS.join(", ")
        ))
    })
}

/// Brings members, inhabitants and changes of the published layers up to date.
fn refresh_layers(project: &Project, published: &Published, vault: &Vault) -> Result<(), AppError> {
    let members = members::load(project)?;
    let variable = project.config.population_variable.as_deref();
    let known = catalogue::variables(project)?;
    let figures = match variable {
        Some(name) if known.iter().any(|found| found == name) => Some((name, vault.figures(&[name])?)),
        _ => None,
    };
    let mut latest = BTreeMap::new();
    if let Some((name, figures)) = &figures
        && let Some(cells) = figures.of(name)
    {
        for ((area, _, group), observation) in cells {
            if let (Some(value), true) = (observation.value(), *group == kekiz_base::GroupId::total()) {
                latest.insert(area.clone(), value);
            }
        }
    }
    for geography in published.geographies() {
        let layer = published.layer(&geography)?;
        let mut fresh = (*layer).clone();
        fresh.members = fresh.areas.iter().map(|area| members.contains(&area.key)).collect();
        fresh.changes = project.config.changes.clone();
        if figures.is_some() {
            fresh.population = fresh.areas.iter().map(|area| latest.get(&area.key).copied()).collect();
        }
        if fresh != *layer {
            published.add_areas(&fresh)?;
        }
    }
    Ok(())
}

fn line(release: &Release, audit: &Audit) -> Released {
    let protection = release.protection();
    Released {
        id: release.meta().id.clone(),
        policy: protection.policy.clone(),
        shown: protection.shown,
        suppressed: protection.suppressed.values().sum(),
        reasons: protection.suppressed.iter().map(|(reason, n)| (Reason::slug(*reason), *n)).collect(),
        missing: protection.missing.values().sum(),
        receipt: release.receipt().digest(),
        audit: Some(audit.clone()),
    }
}

/// What stands published, where nothing had to be done.
fn released_before(published: &Published) -> Vec<Released> {
    published
        .indicators()
        .into_iter()
        .filter_map(|meta| {
            let indicator = published.get(&meta.id).ok()?;
            let protection = &indicator.protection;
            Some(Released {
                id: meta.id,
                policy: protection.policy.clone(),
                shown: protection.shown,
                suppressed: protection.suppressed.values().sum(),
                reasons: protection
                    .suppressed
                    .iter()
                    .map(|(reason, n)| (Reason::slug(*reason), *n))
                    .collect(),
                missing: protection.missing.values().sum(),
                receipt: indicator.receipt.clone(),
                audit: None,
            })
        })
        .collect()
}

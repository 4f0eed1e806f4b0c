//! The choices of a map page as a form.

use super::query::AtlasAsk;
use crate::words;
use kekiz_atlas::Atlas;
use kekiz_atlas::palette::Palette;
use kekiz_atlas::view::{Method, View};
use kekiz_base::AreaKey;
use kekiz_base::number::german;
use std::collections::BTreeSet;

/// One entry of a choice.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) selected: bool,
}

impl Choice {
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>, selected: bool) -> Self {
        Self { value: value.into(), label: label.into(), selected }
    }
}

/// All choices of the form.
pub(crate) struct Controls {
    pub(crate) action: String,
    pub(crate) levels: Vec<Choice>,
    pub(crate) places: Vec<Choice>,
    pub(crate) periods: Vec<Choice>,
    pub(crate) groups: Vec<Choice>,
    pub(crate) methods: Vec<Choice>,
    pub(crate) classes: Vec<Choice>,
    pub(crate) palettes: Vec<Choice>,
    pub(crate) facilities: Vec<Choice>,
    pub(crate) limits: String,
    pub(crate) can_smooth: bool,
    pub(crate) smoothed: bool,
    /// Carried along without a field of their own.
    pub(crate) hidden: Vec<(String, String)>,
    /// Whether the reader changed how classes are made, so that these choices are open.
    pub(crate) open: bool,
}

impl Controls {
    /// The form of a view.
    pub(crate) fn new(atlas: &Atlas, view: &View, ask: &AtlasAsk) -> Self {
        let slug = ask.view.method.slug();
        let mut methods: Vec<Choice> = Method::automatic()
            .iter()
            .map(|method| Choice::new(method.slug(), method.name(), method.slug() == slug))
            .collect();
        let own = Method::Own(Vec::new());
        methods.push(Choice::new(own.slug(), own.name(), own.slug() == slug));
        let facilities = atlas
            .facility_layers()
            .iter()
            .map(|layer| {
                Choice::new(
                    layer.id.as_str(),
                    layer.title.as_str(),
                    ask.facilities.as_deref() == Some(layer.id.as_str()),
                )
            })
            .collect();
        let open = ["methode", "klassen", "grenzen", "palette", "geglaettet", "einrichtungen"]
            .iter()
            .any(|name| ask.params.get(name).is_some());
        Self {
            action: words::indicator_url(view.meta.id.as_str()),
            levels: level_choices(view),
            places: place_choices(atlas, view),
            periods: period_choices(view),
            groups: group_choices(view),
            methods,
            classes: (2..=9)
                .map(|number| Choice::new(number.to_string(), number.to_string(), number == ask.view.classes))
                .collect(),
            palettes: Palette::ALL
                .iter()
                .map(|palette| Choice::new(palette.slug(), palette.name(), *palette == view.palette))
                .collect(),
            facilities,
            limits: ask.params.get("grenzen").unwrap_or("").to_string(),
            can_smooth: view.can_smooth,
            smoothed: view.smoothed,
            hidden: ["ort", "sortierung"]
                .iter()
                .filter_map(|name| ask.params.get(name).map(|value| ((*name).to_string(), value.to_string())))
                .collect(),
            open,
        }
    }
}

/// The levels of a view, each with its number of areas.
pub(crate) fn level_choices(view: &View) -> Vec<Choice> {
    view.levels
        .iter()
        .map(|level| {
            let label = format!("{} ({})", level.title, german(level.areas as f64, 0));
            Choice::new(level.slug.as_str(), label, level.geography == view.geography)
        })
        .collect()
}

/// The periods of a view, the newest first.
pub(crate) fn period_choices(view: &View) -> Vec<Choice> {
    view.periods
        .iter()
        .rev()
        .map(|period| Choice::new(period.to_string(), words::period(*period), *period == view.period))
        .collect()
}

/// The groups of a view.
pub(crate) fn group_choices(view: &View) -> Vec<Choice> {
    view.groups
        .iter()
        .map(|group| Choice::new(group.as_str(), words::group(group), *group == view.group))
        .collect()
}

/// Areas the view can be limited to: those that hold at least two areas of the geography shown.
pub(crate) fn place_choices(atlas: &Atlas, view: &View) -> Vec<Choice> {
    let tree = atlas.tree();
    let mut holders: BTreeSet<&AreaKey> = BTreeSet::new();
    let mut seen: BTreeSet<&AreaKey> = BTreeSet::new();
    for area in tree.level(view.level).filter(|area| area.geography == view.geography) {
        for above in tree.ancestors(&area.key) {
            if !seen.insert(&above.key) {
                holders.insert(&above.key);
            }
        }
    }
    let chosen = view.within.as_ref().map(|area| &area.key);
    let mut list: Vec<_> = tree.iter().filter(|area| holders.contains(&area.key)).collect();
    list.sort_by_cached_key(|area| (area.level, words::collate(&area.name), area.key.clone()));
    list.into_iter()
        .map(|area| Choice::new(area.key.as_str(), area.name.as_str(), Some(&area.key) == chosen))
        .collect()
}

//! What every page has around its content: head, header, trail, footer.

use crate::assets;
use crate::state::SiteState;

/// Sections of the main menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Home,
    Help,
    Chain,
    Mission,
    Atlas,
    Areas,
    Compare,
    Facilities,
    Data,
    Other,
}

/// One step of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Crumb {
    pub(crate) title: String,
    pub(crate) url: String,
}

/// Who is logged in, for the bar below the menu.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    /// Name of the person.
    pub(crate) name: String,
    /// Token of forms.
    pub(crate) token: String,
    /// Address and name of the person's pages.
    pub(crate) links: Vec<(&'static str, &'static str)>,
}

/// The frame of a page.
#[derive(Clone, Debug)]
pub(crate) struct Chrome {
    /// Title of the page, for the browser's tab and search engines.
    pub(crate) title: String,
    /// One sentence on the page.
    pub(crate) description: String,
    pub(crate) section: Section,
    /// The way here, without the page itself.
    pub(crate) crumbs: Vec<Crumb>,
    /// Title of the page at the end of the trail; empty for the start page.
    pub(crate) here: String,
    pub(crate) site_title: String,
    pub(crate) site_subtitle: String,
    pub(crate) operator: String,
    pub(crate) notes: Vec<String>,
    pub(crate) has_facilities: bool,
    /// Whether there are offers of help.
    pub(crate) has_portal: bool,
    /// What stands in the search field of the header.
    pub(crate) search: String,
    /// Keeps a page out of search engines.
    pub(crate) noindex: bool,
    /// Whether the page has the cookie of the login.
    pub(crate) cookie: bool,
    /// Who is logged in.
    pub(crate) signed: Option<SignedIn>,
    pub(crate) styles: &'static [&'static str],
    pub(crate) script: Option<&'static str>,
    pub(crate) fonts: &'static [&'static str],
}

impl Chrome {
    /// The frame of a page below the start page.
    pub(crate) fn new(state: &SiteState, section: Section, title: impl Into<String>) -> Self {
        let site = state.atlas.site();
        let title = title.into();
        Self {
            here: title.clone(),
            title,
            description: site.subtitle.clone(),
            section,
            crumbs: Vec::new(),
            site_title: if site.title.is_empty() { "KeKiz".into() } else { site.title.clone() },
            site_subtitle: site.subtitle.clone(),
            operator: site.operator.clone(),
            notes: site.notes.clone(),
            has_facilities: !state.atlas.facility_layers().is_empty(),
            has_portal: state.portal.is_some(),
            search: String::new(),
            noindex: false,
            cookie: false,
            signed: None,
            styles: assets::styles(),
            script: assets::script(),
            fonts: assets::fonts(),
        }
    }

    /// Adds a step to the trail.
    pub(crate) fn crumb(mut self, title: impl Into<String>, url: impl Into<String>) -> Self {
        self.crumbs.push(Crumb { title: title.into(), url: url.into() });
        self
    }

    /// Sets the last step of the trail where it differs from the title.
    pub(crate) fn here(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.here = text;
        }
        self
    }

    /// Sets the sentence search engines show.
    pub(crate) fn describe(mut self, text: impl Into<String>) -> Self {
        self.description = text.into();
        self
    }

    /// Whether this is the start page.
    pub(crate) fn is_home(&self) -> bool {
        self.section == Section::Home
    }

    /// `aria-current` of a menu entry.
    pub(crate) fn current(&self, entry: &str) -> &'static str {
        let found = match self.section {
            Section::Help => "hilfe",
            Section::Chain => "kette",
            Section::Mission => "leitbild",
            Section::Atlas => "atlas",
            Section::Areas => "orte",
            Section::Compare => "vergleich",
            Section::Facilities => "einrichtungen",
            Section::Data => "daten",
            Section::Home | Section::Other => "",
        };
        if found == entry { "page" } else { "false" }
    }
}

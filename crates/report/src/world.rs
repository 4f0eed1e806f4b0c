//! The closed world the typesetting works in: one template, one data file, the built-in fonts. No disk, no clock.

use crate::{ListInput, ReportError, ReportInput, clean::clean};
use std::sync::OnceLock;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};

const REPORT: &str = include_str!("../templates/sozialbericht.typ");
const LIST: &str = include_str!("../templates/angebotsliste.typ");

struct Fonts {
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

/// Noto Sans (SIL Open Font License) for headings, tables and drawings; Libertinus Serif (SIL Open Font License)
/// for running text.
fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| {
        let sans =
            [notosans::REGULAR_TTF, notosans::BOLD_TTF, notosans::ITALIC_TTF, notosans::BOLD_ITALIC_TTF];
        let fonts: Vec<Font> = sans
            .into_iter()
            .chain(typst_assets::fonts())
            .flat_map(|bytes| Font::iter(Bytes::new(bytes)))
            .filter(|font| ["Noto Sans", "Libertinus Serif"].contains(&font.info().family.as_str()))
            .collect();
        Fonts { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
    })
}

pub(crate) struct ReportWorld {
    library: LazyHash<Library>,
    source: Source,
    data_id: FileId,
    data: Bytes,
}

fn file_id(name: &str) -> Result<FileId, ReportError> {
    let path = VirtualPath::new(name).map_err(|_| ReportError::Typesetting(format!("Datei {name}")))?;
    Ok(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}

impl ReportWorld {
    pub(crate) fn new(input: &ReportInput) -> Result<Self, ReportError> {
        Self::of("sozialbericht.typ", REPORT, input)
    }

    pub(crate) fn of_list(input: &ListInput) -> Result<Self, ReportError> {
        Self::of("angebotsliste.typ", LIST, input)
    }

    fn of(name: &str, template: &str, input: &impl serde::Serialize) -> Result<Self, ReportError> {
        let failed = |e: serde_json::Error| ReportError::Typesetting(e.to_string());
        let mut value = serde_json::to_value(input).map_err(failed)?;
        clean(&mut value, &fonts().book);
        let data = serde_json::to_vec(&value).map_err(failed)?;
        let features = [Feature::A11yExtras].into_iter().collect();
        Ok(Self {
            library: LazyHash::new(Library::builder().with_features(features).build()),
            source: Source::new(file_id(name)?, template.into()),
            data_id: file_id("data.json")?,
            data: Bytes::new(data),
        })
    }
}

impl World for ReportWorld {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &fonts().book
    }

    fn main(&self) -> FileId {
        self.source.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.source.id() { Ok(self.source.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data_id { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts().fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

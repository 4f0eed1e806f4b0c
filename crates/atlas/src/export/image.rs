//! Maps as SVG and PNG files with title, legend and source on them, ready to be put into a report.

use crate::map::{MapStyle, map_title};
use crate::view::View;
use crate::{Atlas, AtlasError};
use kekiz_base::GeographyId;
use kekiz_charts::{Choropleth, Frame};
use resvg::{tiny_skia, usvg};
use std::fmt::Write;
use std::sync::{Arc, OnceLock};

/// Width of the drawing in its own units.
const WIDTH: f64 = 1000.0;
/// Margin around everything.
const MARGIN: f64 = 20.0;
/// Letters that fit into one line of the notes below the map.
const LINE: usize = 120;
/// Pixels a PNG may be wide.
const WIDEST: u32 = 4000;

impl Atlas {
    /// The map of a view as one SVG file: title, map, legend, sentence, source and licence.
    pub fn svg(&self, view: &View) -> String {
        let style = MapStyle { id: "karte".into(), ..MapStyle::default() };
        let map = self.map(view, &style);
        let notes = [
            view.sentence.clone(),
            format!("Daten: {}", view.about.attribution),
            self.boundaries(&view.geography),
            format!("Datenschutz: {}", view.about.protection),
        ];
        poster(&map_title(view), &map, &notes)
    }

    /// Who drew the boundaries of a geography, as a note below a map; empty where nobody is to be named.
    pub(crate) fn boundaries(&self, geography: &GeographyId) -> String {
        let source = self.layer(geography).map(|layer| layer.source.attribution.as_str()).unwrap_or_default();
        if source.is_empty() { String::new() } else { format!("Grenzen: {source}") }
    }

    /// The map of a view as a PNG of the given width in pixels (200 to 4000).
    ///
    /// # Errors
    /// [`AtlasError::Export`] when the picture would be too large.
    pub fn png(&self, view: &View, width: u32) -> Result<Vec<u8>, AtlasError> {
        png(&self.svg(view), width)
    }
}

/// A map with title, legend and notes as one SVG file; the first note is its text alternative, empty ones are left out.
pub(crate) fn poster(title: &str, map: &Choropleth, notes: &[String]) -> String {
    let legend = map.legend();
    let legend = legend.draw(&Frame::new("legende", legend.title.as_str()).with_width(WIDTH));
    let drawing = map.draw();
    let (map_height, legend_height) = (height(&drawing.svg, WIDTH), height(&legend.svg, WIDTH));
    let lines: Vec<String> = notes.iter().flat_map(|note| wrap(note, LINE)).collect();
    let titles = wrap(title, 62);
    let title_height = titles.len() as f64 * 34.0 + 10.0;
    let top = MARGIN + title_height;
    let below = top + map_height + 10.0;
    let text_top = below + legend_height + 24.0;
    let total = (text_top + lines.len() as f64 * 20.0 + MARGIN).ceil();
    let full = WIDTH + 2.0 * MARGIN;
    let mut out = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {full} {total}" width="{full}" height="{total}" role="img" font-family="Fira Sans, sans-serif"><title>{}</title><desc>{}</desc><rect width="{full}" height="{total}" fill="#fff"/>"##,
        escape(title),
        escape(notes.first().map_or("", String::as_str))
    );
    for (i, line) in titles.iter().enumerate() {
        let _ = write!(
            out,
            r##"<text x="{MARGIN}" y="{}" font-size="28" font-weight="600" fill="#1b1f24">{}</text>"##,
            MARGIN + 26.0 + i as f64 * 34.0,
            escape(line)
        );
    }
    out.push_str(&placed(&drawing.svg, MARGIN, top, WIDTH, map_height));
    out.push_str(&placed(&legend.svg, MARGIN, below, WIDTH, legend_height));
    for (i, line) in lines.iter().enumerate() {
        let _ = write!(
            out,
            r##"<text x="{MARGIN}" y="{}" font-size="15" fill="#3c444d">{}</text>"##,
            text_top + i as f64 * 20.0,
            escape(line)
        );
    }
    out.push_str("</svg>");
    out
}

/// Draws an SVG as PNG, text with the fonts in the program, so that it looks the same on every machine.
///
/// # Errors
/// [`AtlasError::Export`] for text that is no SVG or a picture that is too large.
pub fn png(svg: &str, width: u32) -> Result<Vec<u8>, AtlasError> {
    let failed = |problem: String| AtlasError::Export(problem);
    let options = usvg::Options {
        font_family: SERIF.into(),
        fontdb: fonts().clone(),
        resources_dir: None,
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| failed(error.to_string()))?;
    let width = width.clamp(200, WIDEST);
    let scale = width as f32 / tree.size().width();
    let height = (tree.size().height() * scale).ceil().clamp(1.0, 4.0 * WIDEST as f32) as u32;
    let mut pixels = tiny_skia::Pixmap::new(width, height)
        .ok_or_else(|| failed(format!("Das Bild wäre {width} × {height} Punkte groß")))?;
    pixels.fill(tiny_skia::Color::WHITE);
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| failed(error.to_string()))
}

/// The family text falls back to.
const SERIF: &str = "Libertinus Serif";

/// The fonts in the program (SIL Open Font License), without those of the machine.
fn fonts() -> &'static Arc<usvg::fontdb::Database> {
    static FONTS: OnceLock<Arc<usvg::fontdb::Database>> = OnceLock::new();
    FONTS.get_or_init(|| {
        let mut fonts = usvg::fontdb::Database::new();
        for font in typst_assets::fonts() {
            fonts.load_font_source(usvg::fontdb::Source::Binary(Arc::new(font)));
        }
        fonts.set_serif_family(SERIF);
        fonts.set_sans_serif_family(SERIF);
        fonts.set_monospace_family("DejaVu Sans Mono");
        Arc::new(fonts)
    })
}

/// Height of a drawing shown in a width, from its view box.
fn height(svg: &str, width: f64) -> f64 {
    let numbers: Option<Vec<f64>> = svg
        .split_once("viewBox=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(numbers, _)| numbers.split_whitespace().filter_map(|number| number.parse().ok()).collect());
    match numbers.as_deref() {
        Some([_, _, w, h]) if *w > 0.0 => width * h / w,
        _ => width,
    }
}

/// A drawing inside another: its opening tag gets place and size.
fn placed(svg: &str, x: f64, y: f64, width: f64, height: f64) -> String {
    let Some(rest) = svg.strip_prefix("<svg") else { return String::new() };
    let (tag, body) = rest.split_once('>').unwrap_or((rest, ""));
    let kept: String = attributes(tag)
        .filter(|(name, _)| !matches!(*name, "width" | "height" | "x" | "y"))
        .map(|(name, value)| format!(r#" {name}="{value}""#))
        .collect();
    format!(r#"<svg x="{x}" y="{y}" width="{width}" height="{height}"{kept}>{body}"#)
}

/// Names and values of the attributes of a tag.
fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = tag;
    std::iter::from_fn(move || {
        let (name, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        rest = after;
        Some((name.trim(), value))
    })
}

/// Breaks a text into lines of at most `most` letters at its spaces.
fn wrap(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

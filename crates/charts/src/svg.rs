//! Writing SVG: numbers, escaping, and the canvas every drawing uses.

use crate::{Drawing, Frame};
use std::fmt::Write;

/// Size of normal text in view box units.
pub(crate) const TEXT: f64 = 13.0;
/// Size of small text (axes, notes).
pub(crate) const SMALL: f64 = 12.0;
/// Colour of text.
pub(crate) const INK: &str = "#1b1f24";
/// Colour of text of lower rank; 4.5 : 1 on white.
pub(crate) const QUIET: &str = "#58606a";
/// Lines that only guide the eye.
pub(crate) const GRID: &str = "#d5dae0";
/// Axes and borders.
pub(crate) const AXIS: &str = "#7c858f";
/// Main colour of figures.
pub(crate) const MAIN: &str = "#17557f";
/// Fill behind main figures (bands, intervals).
pub(crate) const SOFT: &str = "#bcd3e4";
/// What a reader shall find first.
pub(crate) const ACCENT: &str = "#b4460e";

/// A coordinate with at most two decimals; numbers that are not finite become 0.
pub(crate) fn n(value: f64) -> String {
    if !value.is_finite() {
        return "0".into();
    }
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" || text.is_empty() { "0".into() } else { text.into() }
}

/// Text for element content and attribute values, in XML and in HTML. Characters XML cannot hold become U+FFFD.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\r' | '\t' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Only addresses of this site or of the web; a link with any other scheme is not drawn.
pub(crate) fn safe_href(href: &str) -> Option<&str> {
    let plain = !href.chars().any(|c| c.is_control() || c.is_whitespace());
    let known = ["/", "?", "#", "./", "https://", "http://"].iter().any(|start| href.starts_with(start));
    (plain && known).then_some(href)
}

/// Width of a text in Fira Sans, estimated to the wider side, in units of the text size.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    let em: f64 = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '!' | '\'' => 0.29,
            ' ' | '\u{a0}' | 'f' | 't' | 'r' | 'I' | '(' | ')' | '/' | '-' => 0.36,
            'm' | 'w' => 0.84,
            'M' | 'W' | '%' | '@' => 0.86,
            'A'..='Z' | 'Ä' | 'Ö' | 'Ü' => 0.64,
            c if c.is_ascii() => 0.56,
            'ä' | 'ö' | 'ü' | 'ß' | '–' | '−' => 0.57,
            c if (c as u32) < 0x2000 => 0.64,
            _ => 1.0,
        })
        .sum();
    em * size
}

/// Cuts a text that is wider than `width` and ends it with an ellipsis.
pub(crate) fn shorten(text: &str, size: f64, width: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_string();
    }
    let mut out = String::new();
    for c in text.chars() {
        if text_width(&out, size) + text_width(&c.to_string(), size) + 0.8 * size > width {
            break;
        }
        out.push(c);
    }
    format!("{}…", out.trim_end_matches([' ', ',', '-', '(']))
}

/// Breaks a text into at most `lines` lines of at most `width`; the last line may be cut.
pub(crate) fn wrap(text: &str, size: f64, width: f64, lines: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let full = out.len() >= lines.max(1);
        match out.last_mut() {
            Some(line) if text_width(line, size) + text_width(word, size) + 0.3 * size <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(line) if full => {
                line.push(' ');
                line.push_str(word);
            }
            _ => out.push(word.to_string()),
        }
    }
    out.iter().map(|line| shorten(line, size, width)).collect()
}

/// Where a text stands relative to its coordinate.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// Collects the elements of one drawing.
pub(crate) struct Canvas {
    out: String,
    pub(crate) id: String,
    pub(crate) width: f64,
    title: String,
    links: bool,
}

impl Canvas {
    pub(crate) fn new(frame: &Frame) -> Self {
        Self {
            out: String::new(),
            id: frame.safe_id(),
            width: frame.safe_width(),
            title: frame.title.clone(),
            links: false,
        }
    }

    /// Adds markup that is already escaped.
    pub(crate) fn raw(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    pub(crate) fn line(&mut self, from: [f64; 2], to: [f64; 2], attributes: &str) {
        let _ = write!(
            self.out,
            r#"<path d="M{} {}L{} {}" {attributes}/>"#,
            n(from[0]),
            n(from[1]),
            n(to[0]),
            n(to[1])
        );
    }

    pub(crate) fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, attributes: &str) {
        let _ = write!(
            self.out,
            r#"<rect x="{}" y="{}" width="{}" height="{}" {attributes}/>"#,
            n(x),
            n(y),
            n(width.max(0.0)),
            n(height.max(0.0))
        );
    }

    pub(crate) fn circle(&mut self, x: f64, y: f64, radius: f64, attributes: &str) {
        let _ = write!(self.out, r#"<circle cx="{}" cy="{}" r="{}" {attributes}/>"#, n(x), n(y), n(radius));
    }

    pub(crate) fn path(&mut self, points: &[[f64; 2]], close: bool, attributes: &str) {
        self.out.push_str("<path d=\"");
        for (i, point) in points.iter().enumerate() {
            let _ = write!(self.out, "{}{} {}", if i == 0 { 'M' } else { 'L' }, n(point[0]), n(point[1]));
        }
        let _ = write!(self.out, r#"{}" {attributes}/>"#, if close { "Z" } else { "" });
    }

    pub(crate) fn text(&mut self, x: f64, y: f64, anchor: Anchor, attributes: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let space = if attributes.is_empty() { "" } else { " " };
        let _ = write!(
            self.out,
            r#"<text x="{}" y="{}"{anchor}{space}{attributes}>{}</text>"#,
            n(x),
            n(y),
            escape(text)
        );
    }

    /// Opens a group with a tooltip, as a link where the address is safe. Close with [`Canvas::close`].
    pub(crate) fn open(
        &mut self,
        href: Option<&str>,
        key: &str,
        label: &str,
        keyboard: bool,
    ) -> &'static str {
        let label = escape(label);
        let key = if key.is_empty() { String::new() } else { format!(r#" data-key="{}""#, escape(key)) };
        match href.and_then(safe_href) {
            Some(href) => {
                self.links = true;
                let focus = if keyboard { "" } else { r#" tabindex="-1""# };
                let _ = write!(
                    self.out,
                    r#"<a href="{}"{key} aria-label="{label}"{focus}><title>{label}</title>"#,
                    escape(href)
                );
                "</a>"
            }
            None => {
                let _ = write!(self.out, "<g{key}><title>{label}</title>");
                "</g>"
            }
        }
    }

    pub(crate) fn close(&mut self, tag: &'static str) {
        self.out.push_str(tag);
    }

    /// Closes the drawing. With links inside it is a group, since the content of an image cannot be reached
    /// by keyboard; without links it is one image.
    pub(crate) fn finish(self, kind: &str, view: [f64; 2], sentence: String) -> Drawing {
        let (id, role) = (&self.id, if self.links { "group" } else { "img" });
        let title = if self.title.trim().is_empty() { "Zeichnung" } else { &self.title };
        let svg = format!(
            concat!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="{}" class="kk-chart kk-{}" "#,
                r#"aria-labelledby="{}-t" aria-describedby="{}-d" font-family="Fira Sans, sans-serif" font-size="{}" fill="{}">"#,
                r#"<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>"#
            ),
            n(view[0]),
            n(view[1]),
            role,
            kind,
            id,
            id,
            n(TEXT),
            INK,
            id,
            escape(title),
            id,
            escape(&sentence),
            self.out
        );
        Drawing { svg, sentence }
    }

    /// A drawing that says there is nothing to draw.
    pub(crate) fn empty(mut self, kind: &str) -> Drawing {
        let sentence = format!("{}: keine Werte, die gezeigt werden können.", self.title);
        self.text(self.width / 2.0, 34.0, Anchor::Middle, &format!(r#"fill="{QUIET}""#), "Keine Werte");
        let view = [self.width, 60.0];
        self.finish(kind, view, sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_short() {
        for (value, text) in
            [(0.0, "0"), (-0.001, "0"), (10.0, "10"), (1.256, "1.26"), (-3.5, "-3.5"), (f64::NAN, "0")]
        {
            assert_eq!(n(value), text);
        }
    }

    #[test]
    fn only_addresses_of_the_web_become_links() {
        for (href, fine) in [
            ("/gebiet/05513", true),
            ("?jahr=2020&a=\"", true),
            ("https://example.org/", true),
            ("javascript:alert(1)", false),
            ("java\nscript:x", false),
            ("data:text/html,x", false),
            ("/a\u{0}", false),
            ("", false),
        ] {
            assert_eq!(safe_href(href).is_some(), fine, "{href:?}");
        }
    }

    #[test]
    fn long_names_are_cut_and_wrapped() {
        assert_eq!(shorten("Köln", 13.0, 100.0), "Köln");
        assert!(shorten("Kreis Siegen-Wittgenstein", 13.0, 90.0).ends_with('…'));
        let lines = wrap("Kinder in Bedarfsgemeinschaften nach SGB II unter 15 Jahren", 12.0, 140.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| text_width(line, 12.0) <= 140.0));
    }
}

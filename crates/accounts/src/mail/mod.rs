//! Mails: what they say, how they look, how they are sent.

mod delivery;
mod letters;

pub use delivery::{Delivered, Encryption, MailError, Smtp, check, deliver};
pub use letters::{
    already_registered, invitation, password_changed, password_reset, registration, role_given,
};

/// A piece of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A paragraph.
    Text(String),
    /// A list.
    List(Vec<String>),
    /// A link on a line of its own.
    Link {
        /// What it does.
        label: String,
        /// Where it leads.
        address: String,
    },
}

/// A mail before it has an address. It is written as plain text and as simple HTML that says the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Subject line.
    pub subject: String,
    /// Salutation, for example "Guten Tag Ada Lovelace,".
    pub greeting: String,
    /// Its text.
    pub parts: Vec<Part>,
    /// Name of the portal, at the end.
    pub portal: String,
}

impl Letter {
    /// A letter to somebody, to be filled with [`Letter::text`], [`Letter::list`] and [`Letter::link`].
    pub fn to(portal: &str, name: &str, subject: &str) -> Self {
        Self {
            subject: subject.into(),
            greeting: format!("Guten Tag {name},"),
            parts: Vec::new(),
            portal: portal.into(),
        }
    }

    /// Adds a paragraph.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Text(text.into()));
        self
    }

    /// Adds a list.
    pub fn list(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.parts.push(Part::List(lines.into_iter().collect()));
        self
    }

    /// Adds a link.
    pub fn link(mut self, label: &str, address: &str) -> Self {
        self.parts.push(Part::Link { label: label.into(), address: address.into() });
        self
    }

    /// The letter as plain text.
    pub fn plain(&self) -> String {
        let mut blocks = vec![self.greeting.clone()];
        blocks.extend(self.parts.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::List(lines) => lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n"),
            Part::Link { label, address } => format!("{label}:\n{address}"),
        }));
        blocks.push(format!("Mit freundlichen Grüßen\n{}", self.portal));
        blocks.join("\n\n") + "\n"
    }

    /// The letter as HTML without pictures, styles or anything fetched from elsewhere.
    pub fn html(&self) -> String {
        let mut body = format!("<p>{}</p>\n", escape(&self.greeting));
        for part in &self.parts {
            body += &match part {
                Part::Text(text) => format!("<p>{}</p>\n", escape(text)),
                Part::List(lines) => {
                    let items: String =
                        lines.iter().map(|line| format!("<li>{}</li>", escape(line))).collect();
                    format!("<ul>{items}</ul>\n")
                }
                Part::Link { label, address } => {
                    format!("<p><a href=\"{}\">{}</a></p>\n", escape(address), escape(label))
                }
            };
        }
        let portal = escape(&self.portal);
        let title = escape(&self.subject);
        format!(
            "<!doctype html>\n<html lang=\"de\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
             <body>\n{body}<p>Mit freundlichen Grüßen<br>{portal}</p>\n</body>\n</html>\n"
        )
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

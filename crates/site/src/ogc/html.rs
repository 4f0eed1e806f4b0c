//! The documents as pages: links and tables, in the layout of all pages; no script.

use crate::machine_page::{self, escape};
use crate::problem::{Answer, Problem};
use crate::state::SiteState;
use serde_json::Value;
use std::fmt::Write;

const ABOVE: (&str, &str) = ("OGC API Features", "/ogc/?f=html");

/// Columns that say what a row is about stand first.
const FIRST: [&str; 7] = ["schluessel", "id", "name", "ebene", "art", "uebergeordnet", "gliederung"];

/// A page of a document.
pub(super) fn page(state: &SiteState, title: &str, value: &Value) -> Result<Answer, Problem> {
    let mut out = String::new();
    let is_landing = value["links"]
        .as_array()
        .is_some_and(|links| links.iter().any(|link| link["rel"].as_str() == Some("service-desc")));
    if is_landing {
        out.push_str("<p class=\"k-lead\">Alle Gebiete mit ihren Zahlen und alle Einrichtungen für Kartenprogramme. In QGIS: „Layer hinzufügen“, „WFS / OGC API – Features“, und diese Adresse als Verbindung eintragen.</p>");
    }
    let text = value["description"].as_str().unwrap_or("");
    if !text.is_empty() {
        let _ = write!(out, "<p>{}</p>", escape(text));
    }
    if let Some(text) = value["attribution"].as_str() {
        let _ = write!(out, "<p class=\"k-small k-muted\">Quelle: {}</p>", escape(text));
    }
    links(&mut out, value);
    let classes: Vec<&str> =
        value["conformsTo"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !classes.is_empty() {
        let items: String =
            classes.iter().map(|class| format!("<li><code>{}</code></li>", escape(class))).collect();
        let _ = write!(out, "<ul class=\"k-linklist\">{items}</ul>");
    }
    for collection in value["collections"].as_array().into_iter().flatten() {
        let _ = write!(
            out,
            "<section class=\"k-section\"><h2>{}</h2>",
            escape(collection["title"].as_str().unwrap_or(""))
        );
        if let Some(text) = collection["description"].as_str() {
            let _ = write!(out, "<p>{}</p>", escape(text));
        }
        links(&mut out, collection);
        out.push_str("</section>");
    }
    features(&mut out, title, value);
    machine_page::answer(state, title, out, (!is_landing).then_some(ABOVE))
}

/// The properties of features as a table: one row per feature, or one per property of a single one.
fn features(out: &mut String, title: &str, value: &Value) {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let title = escape(title);
    let frame = format!(
        "<div class=\"k-table-frame k-section\" role=\"group\" aria-label=\"{title}\" tabindex=\"0\"><table class=\"k-table\"><caption class=\"kern-sr-only\">{title}</caption>"
    );
    if value["type"].as_str() == Some("Feature") {
        out.push_str(&frame);
        out.push_str(
            "<thead><tr><th scope=\"col\">Eigenschaft</th><th scope=\"col\">Wert</th></tr></thead><tbody>",
        );
        for (name, found) in value["properties"].as_object().into_iter().flatten() {
            let _ = write!(
                out,
                "<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
                escape(name),
                escape(&text(found))
            );
        }
        out.push_str("</tbody></table></div>");
        return;
    }
    let features: Vec<&Value> = value["features"].as_array().into_iter().flatten().collect();
    let Some(first) = features.first() else { return };
    let mut names: Vec<&String> =
        first["properties"].as_object().into_iter().flat_map(|o| o.keys()).collect();
    names.sort_by_key(|name| FIRST.iter().position(|known| known == name).unwrap_or(FIRST.len()));
    out.push_str(&frame);
    out.push_str("<thead><tr>");
    for name in &names {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(name));
    }
    out.push_str("</tr></thead><tbody>");
    for feature in &features {
        out.push_str("<tr>");
        for name in &names {
            let _ = write!(out, "<td>{}</td>", escape(&text(&feature["properties"][name.as_str()])));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
}

/// The links of a document. Those that lead on to other documents lead to their pages.
fn links(out: &mut String, value: &Value) {
    let Some(list) = value["links"].as_array().filter(|list| !list.is_empty()) else { return };
    out.push_str("<ul class=\"k-linklist\">");
    for link in list {
        let href = link["href"].as_str().unwrap_or("");
        let title = link["title"].as_str().unwrap_or(href);
        let href = match link["rel"].as_str() {
            Some("self" | "alternate" | "service-desc" | "describedby" | "license") => href.to_string(),
            _ => href.replace("f=json", "f=html"),
        };
        let note = match (link["rel"].as_str(), link["type"].as_str()) {
            (Some("self"), Some(media)) => {
                format!(" <span class=\"k-small k-muted\">{}</span>", escape(media))
            }
            _ => String::new(),
        };
        let _ = write!(out, "<li><a href=\"{}\">{}</a>{note}</li>", escape(&href), escape(title));
    }
    out.push_str("</ul>");
}

/// The description of the interface as a page that names every address.
pub(super) fn api_page(state: &SiteState, document: &Value) -> Result<Answer, Problem> {
    let mut out = String::from("<ul class=\"k-linklist\">");
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let summary = item["get"]["summary"].as_str().unwrap_or("");
        let _ = write!(out, "<li><code>GET /ogc{}</code> {}</li>", escape(path), escape(summary));
    }
    out.push_str("</ul><p class=\"k-section\"><a href=\"/ogc/api?f=json\">Maschinenlesbare Beschreibung (OpenAPI 3.0)</a></p>");
    machine_page::answer(state, "Adressen der OGC-Schnittstelle", out, Some(ABOVE))
}

//! The documents as plain pages: headings, links, tables; no script.

use crate::problem::Answer;
use serde_json::Value;
use std::fmt::Write;

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A page of a document.
pub(super) fn page(title: &str, value: &Value) -> String {
    let mut out = format!(
        "<!doctype html><html lang=\"de\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{0}</title></head><body><main><h1>{0}</h1>",
        escape(title)
    );
    if let Some(text) = value["description"].as_str() {
        let _ = write!(out, "<p>{}</p>", escape(text));
    }
    if let Some(text) = value["attribution"].as_str() {
        let _ = write!(out, "<p>Quelle: {}</p>", escape(text));
    }
    links(&mut out, value);
    for item in value["conformsTo"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let _ = write!(out, "<p><code>{}</code></p>", escape(item));
    }
    for collection in value["collections"].as_array().into_iter().flatten() {
        let _ = write!(out, "<h2>{}</h2>", escape(collection["title"].as_str().unwrap_or("")));
        links(&mut out, collection);
    }
    let features: Vec<&Value> = match value["type"].as_str() {
        Some("Feature") => vec![value],
        _ => value["features"].as_array().into_iter().flatten().collect(),
    };
    if let Some(first) = features.first() {
        let names: Vec<&String> =
            first["properties"].as_object().into_iter().flat_map(|o| o.keys()).collect();
        out.push_str("<table><thead><tr>");
        for name in &names {
            let _ = write!(out, "<th scope=\"col\">{}</th>", escape(name));
        }
        out.push_str("</tr></thead><tbody>");
        for feature in &features {
            out.push_str("<tr>");
            for name in &names {
                let text = match &feature["properties"][name.as_str()] {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                let _ = write!(out, "<td>{}</td>", escape(&text));
            }
            out.push_str("</tr>");
        }
        out.push_str("</tbody></table>");
    }
    out.push_str("</main></body></html>");
    out
}

fn links(out: &mut String, value: &Value) {
    let Some(list) = value["links"].as_array().filter(|list| !list.is_empty()) else { return };
    out.push_str("<ul>");
    for link in list {
        let href = link["href"].as_str().unwrap_or("");
        let title = link["title"].as_str().unwrap_or(href);
        let _ = write!(out, "<li><a href=\"{}\">{}</a></li>", escape(href), escape(title));
    }
    out.push_str("</ul>");
}

/// The description of the interface as a page that names every address.
pub(super) fn api_page(document: &Value) -> Answer {
    let mut out = String::from(
        "<!doctype html><html lang=\"de\"><head><meta charset=\"utf-8\"><title>OGC API Features</title></head><body><main><h1>OGC API Features</h1><ul>",
    );
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let summary = item["get"]["summary"].as_str().unwrap_or("");
        let _ = write!(out, "<li><code>GET /ogc{}</code> {}</li>", escape(path), escape(summary));
    }
    out.push_str("</ul><p><a href=\"/ogc/api?f=json\">OpenAPI 3.0</a></p></main></body></html>");
    Answer::new("text/html; charset=utf-8", out)
}

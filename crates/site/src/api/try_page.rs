//! A page to try the interface: one plain form per address, without any script.

use super::openapi::{OPERATIONS, Operation};
use crate::ask::Ask;
use crate::problem::{Answer, Problem, only_known};
use crate::state::SiteState;
use std::fmt::Write;

/// `GET /api`
pub(super) fn show(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &[])?;
    let example = |name: &str| -> Option<String> {
        let atlas = &state.atlas;
        match name {
            "id" => atlas.indicators().next().map(|meta| meta.id.to_string()),
            "key" => atlas.tree().iter().next().map(|area| area.key.to_string()),
            "geography" => {
                atlas.layers().first().and_then(|layer| layer.geography().map(ToString::to_string))
            }
            "layer" => atlas.facility_layers().first().map(|layer| layer.id.clone()),
            "facility" => atlas
                .facility_layers()
                .first()
                .and_then(|layer| layer.facilities.first())
                .map(|f| f.id.clone()),
            _ => None,
        }
    };
    let mut out = String::from(
        "<!doctype html><html lang=\"de\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Schnittstelle ausprobieren</title></head><body><main><h1>Schnittstelle ausprobieren</h1><p>Alle veröffentlichten Zahlen gibt es auch für Programme. Jedes Formular ruft eine Adresse auf; die Antwort ist JSON. Die vollständige Beschreibung: <a href=\"/api/v1/openapi.json\">OpenAPI 3.1</a>, für Kartenprogramme: <a href=\"/ogc\">OGC API Features</a>. Zurück zur <a href=\"/\">Startseite</a>.</p>",
    );
    for operation in &OPERATIONS {
        form(&mut out, operation, &example);
    }
    out.push_str("</main></body></html>");
    Ok(Answer::new("text/html; charset=utf-8", out))
}

fn form(out: &mut String, operation: &Operation, example: &impl Fn(&str) -> Option<String>) {
    let mut path = operation.path.to_string();
    for name in operation.path_parameters {
        let Some(value) = example(name) else { return };
        path = path.replace(&format!("{{{name}}}"), &crate::words::segment(&value));
    }
    let _ = write!(
        out,
        "<section><h2>{}</h2><p><code>GET {}</code></p><form method=\"get\" action=\"{}\">",
        escape(operation.summary),
        escape(operation.path),
        escape(&path)
    );
    for name in operation.query {
        let required = if matches!(*name, "q" | "areas") { " required" } else { "" };
        let field = format!("{}-{name}", operation.id);
        let _ = write!(
            out,
            "<p><label for=\"{field}\">{name}</label> <input id=\"{field}\" name=\"{name}\"{required}></p>"
        );
    }
    let _ =
        write!(out, "<p><button type=\"submit\">{} aufrufen</button></p></form></section>", escape(&path));
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

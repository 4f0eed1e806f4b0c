//! A page to try the interface: one plain form per address, in the layout of all pages.

use super::openapi::{OPERATIONS, Operation};
use crate::ask::Ask;
use crate::machine_page::{self, escape};
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
        "<p class=\"k-lead\">Alle veröffentlichten Zahlen gibt es auch für Programme. Jedes Formular ruft eine Adresse auf; die Antwort ist JSON.</p><p>Die vollständige Beschreibung: <a href=\"/api/v1/openapi.json\">OpenAPI 3.1</a>. Für Kartenprogramme: <a href=\"/ogc/?f=html\">OGC API Features</a>.</p>",
    );
    for operation in &OPERATIONS {
        form(&mut out, operation, &example);
    }
    machine_page::answer(state, "Schnittstelle ausprobieren", out, None)
}

fn form(out: &mut String, operation: &Operation, example: &impl Fn(&str) -> Option<String>) {
    let mut path = operation.path.to_string();
    for name in operation.path_parameters {
        let Some(value) = example(name) else { return };
        path = path.replace(&format!("{{{name}}}"), &crate::words::segment(&value));
    }
    let _ = write!(
        out,
        "<section class=\"k-section\"><h2>{}</h2><p><code>GET {}</code></p><form class=\"k-controls\" method=\"get\" action=\"{}\" aria-label=\"{0}\"><div class=\"k-controls__row\">",
        escape(operation.summary),
        escape(operation.path),
        escape(&path)
    );
    for name in operation.query {
        let required = if matches!(*name, "q" | "areas") { " required" } else { "" };
        let field = format!("{}-{name}", operation.id);
        let _ = write!(
            out,
            "<div class=\"k-field\"><label for=\"{field}\"><code>{name}</code></label><input id=\"{field}\" name=\"{name}\" type=\"text\" autocomplete=\"off\"{required}></div>"
        );
    }
    let _ = write!(
        out,
        "<button class=\"k-button\" type=\"submit\" title=\"{}\">Aufrufen</button></div></form></section>",
        escape(&path)
    );
}

//! `kekiz serve`: shows what was published. Opens the public root only.

use super::open;
use crate::arguments::Serve;
use crate::outcome::Failure;
use crate::terminal::Terminal;
use kekiz_app::Project;
use kekiz_portal::rounds::Rounds;
use kekiz_site::{SiteConfig, SiteState};
use std::sync::Arc;

pub(super) fn run(arguments: &Serve, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&arguments.store.store)?;
    let address = match arguments.port {
        Some(port) => format!("127.0.0.1:{port}"),
        None => project.config.server.listen.clone(),
    };
    listen(&project, &address, terminal)
}

pub(super) fn listen(project: &Project, address: &str, terminal: &Terminal) -> Result<(), Failure> {
    let atlas = kekiz_atlas::Atlas::open(&project.published_folder())
        .map_err(|error| Failure::Store(error.to_string()))?;
    let smtp = super::portal::smtp(project)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Store(format!("Der Server lässt sich nicht starten: {error}.")))?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| {
            Failure::Usage(format!(
                "Auf {address} kann nicht gelauscht werden ({error}). Abhilfe: mit --port einen anderen Port wählen."
            ))
        })?;
        let address = listener.local_addr().map_err(|error| Failure::Store(error.to_string()))?;
        terminal.say(&format!("Der Atlas steht unter http://{address} (beenden mit Strg+C)."));
        let config = SiteConfig { base_url: project.config.server.base_url.clone() };
        let mut state = SiteState::new(Arc::new(atlas), config);
        let mut rounds = None;
        if let Some(portal) = super::portal::if_there(project).await? {
            rounds = Some(tokio::spawn(Rounds::of(Arc::clone(&portal)).forever(smtp)));
            state = state.with_portal(portal);
        }
        let ended = kekiz_site::serve(listener, state).await;
        if let Some(rounds) = rounds {
            rounds.abort();
        }
        ended.map_err(|error| Failure::Store(format!("Der Server hat aufgehört: {error}.")))
    })
}

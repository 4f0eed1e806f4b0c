//! Serves the published half of a store: `cargo run -p kekiz-site --example serve -- DIR/published 8080`.

use kekiz_atlas::Atlas;
use kekiz_site::{SiteConfig, SiteState, serve};
use std::sync::Arc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let store = arguments.next().ok_or("Aufruf: serve VERZEICHNIS PORT")?;
    let port: u16 = arguments.next().unwrap_or_else(|| "8080".into()).parse()?;
    let atlas = Atlas::open(std::path::Path::new(&store))?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    serve(listener, SiteState::new(Arc::new(atlas), SiteConfig::default())).await?;
    Ok(())
}

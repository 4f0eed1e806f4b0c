//! Serves the published half of a store: `cargo run -p kekiz-site --example serve -- DIR/published 8080`.
//! The word `musterstadt` instead of a directory serves the made-up city of the tests.

use kekiz_atlas::Atlas;
use kekiz_site::{SiteConfig, SiteState, serve};
use std::sync::Arc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let store = arguments.next().ok_or("Aufruf: serve VERZEICHNIS|musterstadt PORT")?;
    let port: u16 = arguments.next().unwrap_or_else(|| "8080".into()).parse()?;
    let (_city, atlas) = if store == "musterstadt" {
        let (dir, published) = kekiz_testkit::published_city()?;
        (Some(dir), Atlas::of(published)?)
    } else {
        (None, Atlas::open(std::path::Path::new(&store))?)
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    serve(listener, SiteState::new(Arc::new(atlas), SiteConfig::default())).await?;
    Ok(())
}

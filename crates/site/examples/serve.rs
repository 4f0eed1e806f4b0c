//! Serves the published half of a store: `cargo run -p kekiz-site --example serve -- DIR/published 8080`.
//! The word `musterstadt` instead of a directory serves the made-up city of the tests. A third argument names the folder
//! of a portal, which is filled with the example of Krefeld.

use kekiz_atlas::Atlas;
use kekiz_portal::{Around, Portal, PortalConfig};
use kekiz_site::{SiteConfig, SiteState, serve};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

#[allow(clippy::print_stdout)]
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
    let mut state = SiteState::new(Arc::new(atlas), SiteConfig::default());
    if let Some(folder) = arguments.next() {
        let config = PortalConfig::in_folder(std::path::Path::new(&folder));
        // Random bytes are for identifiers only here; nothing in this example is secret.
        let count = AtomicU64::new(0);
        let around = Around::new(jiff::Timestamp::now, move |bytes| {
            let seed = jiff::Timestamp::now().as_nanosecond() as u64 ^ count.fetch_add(1, Ordering::Relaxed);
            bytes.iter_mut().zip(seed.to_le_bytes()).for_each(|(byte, next)| *byte = next);
        });
        let portal = Portal::open(&config, around).await?;
        let loaded = portal.load_example().await?;
        println!("{loaded:?}");
        state = state.with_portal(Arc::new(portal));
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    serve(listener, state).await?;
    Ok(())
}

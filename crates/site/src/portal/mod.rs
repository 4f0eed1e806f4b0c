//! The portal's pages: finding help, and what providers and coordinators do. Without a portal none of them is there.

mod bookmarks;
mod chain;
pub(crate) mod desk;
mod entrance;
mod family;
mod find;
mod hitmap;
mod hsds;
mod mission;
mod network;
mod offer;
mod siting;
mod take;
mod tongue;
mod view;
mod wrong;

pub(crate) use entrance::{Entrance, entrance};

use crate::state::SiteState;
use axum::Router;

/// All routes of the portal.
pub(crate) fn router() -> Router<SiteState> {
    Router::new()
        .merge(find::router())
        .merge(take::router())
        .merge(offer::router())
        .merge(wrong::router())
        .merge(bookmarks::router())
        .merge(hsds::router())
        .merge(desk::router())
        .merge(chain::router())
        .merge(siting::router())
        .merge(network::router())
        .merge(mission::router())
}

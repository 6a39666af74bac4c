//! Pages for readers, from the editions that are published.
//!
//! | address | page |
//! |---|---|
//! | `/` | `pages::home`: the digests and their newest editions |
//! | `/{digest}` | `pages::digest`: the editions of a digest |
//! | `/{digest}/{key}` | `pages::edition`: an edition |
//! | `/{digest}/{key}/{entry}` | `pages::entry`: an entry, to be cited |
//! | `/{digest}/feed.atom` | `pages::feed` |
//! | `/{digest}/logo.png` | `pages::logo` |
//! | `/healthz` | `pages::healthz`: whether the database answers |
//! | `/robots.txt` | `pages::robots` |
//!
//! Invariant: what is not published does not exist here. No page needs JavaScript, sets a cookie or loads anything from
//! elsewhere. Not here: any rule of the field, any SQL; addresses of pages (`pulse_jobs::site`).

mod answer;
mod failure;
mod pages;
mod protection;
mod server;
mod shell;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use pulse_jobs::Site;
use pulse_store::Store;

use crate::pages::edition::RenderedPages;

pub use crate::server::serve;

/// What every page asks.
#[derive(Clone)]
pub(crate) struct Desk {
    store: Store,
    site: Site,
    rendered: Arc<RenderedPages>,
}

/// The pages of a store, under the address that readers see.
pub fn router(store: Store, site: Site) -> Router {
    let desk = Desk { store, site: site.clone(), rendered: Arc::default() };
    let pages = Router::new()
        .route("/", get(pages::home::show))
        .route("/healthz", get(pages::healthz::show))
        .route("/robots.txt", get(pages::robots::show))
        .route("/{digest}", get(pages::digest::show))
        .route("/{digest}/feed.atom", get(pages::feed::show))
        .route("/{digest}/logo.png", get(pages::logo::show))
        .route("/{digest}/{key}", get(pages::edition::show))
        .route("/{digest}/{key}/{entry}", get(pages::entry::show))
        .fallback(failure::no_such_page)
        .method_not_allowed_fallback(failure::read_only)
        .with_state(desk);
    protection::around(pages, site)
}

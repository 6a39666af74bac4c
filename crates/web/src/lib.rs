//! Pages for readers, from the editions that are published.
//!
//! | address | page |
//! |---|---|
//! | `/` | `pages::home`: the digests and their newest editions |
//! | `/leave/{token}` | `pages::leave`: a reader leaves with one click |
//! | `/preferences/{token}` | `pages::preferences`: what a reader chose, and what is kept of the reader |
//! | `/{digest}/subscribe` | `pages::subscribe` |
//! | `/{digest}/privacy` | `pages::privacy`: what is kept about readers |
//! | `/{digest}/complaint` | `pages::complaint`: about the use of personal data |
//! | `/confirm/{token}` | `pages::confirm`: a reader says yes |
//! | `/{digest}` | `pages::digest`: the editions of a digest |
//! | `/{digest}/{key}` | `pages::edition`: an edition |
//! | `/{digest}/{key}/{entry}` | `pages::entry`: an entry, to be cited |
//! | `/{digest}/feed.atom` | `pages::feed` |
//! | `/{digest}/logo.png` | `pages::logo` |
//! | `/healthz` | `pages::healthz`: whether the database answers |
//! | `/robots.txt` | `pages::robots` |
//!
//! Invariant: what is not published does not exist here. No page needs JavaScript, sets a cookie or loads anything from
//! elsewhere. Only POST changes anything, and only on the pages of one reader. Not here: any rule of the field, any SQL; addresses of pages (`pulse_jobs::site`).

mod answer;
mod client;
mod failure;
mod form;
mod pages;
mod protection;
mod server;
mod shell;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use pulse_jobs::Site;
use pulse_jobs::post::Post;
use pulse_jobs::send::Clock;
use pulse_store::Store;

use crate::client::Clients;
use crate::pages::edition::RenderedPages;

pub use crate::server::serve;

/// What the pages of single readers need.
#[derive(Clone)]
pub struct Readers {
    /// The keys of links, and who messages go through.
    pub post: Arc<Post>,
    /// The time.
    pub clock: Clock,
}

/// What every page asks.
#[derive(Clone)]
pub(crate) struct Desk {
    store: Store,
    site: Site,
    readers: Readers,
    rendered: Arc<RenderedPages>,
    clients: Arc<Clients>,
}

impl Desk {
    fn now(&self) -> i64 {
        (self.readers.clock)()
    }
}

/// The pages of a store, under the address that readers see.
pub fn router(store: Store, site: Site, readers: Readers) -> Router {
    let desk = Desk { store, site: site.clone(), readers, rendered: Arc::default(), clients: Arc::default() };
    let pages = Router::new()
        .route("/", get(pages::home::show))
        .route("/healthz", get(pages::healthz::show))
        .route("/robots.txt", get(pages::robots::show))
        .route("/leave/{token}", get(pages::leave::ask).post(pages::leave::act))
        .route("/preferences/{token}", get(pages::preferences::show).post(pages::preferences::act))
        .route("/preferences/{token}/my-data.json", get(pages::preferences::record))
        .route("/confirm/{token}", get(pages::confirm::ask).post(pages::confirm::act))
        .route("/{digest}/complaint", get(pages::complaint::show).post(pages::complaint::act))
        .route("/{digest}/privacy", get(pages::privacy::show))
        .route("/{digest}/subscribe", get(pages::subscribe::show).post(pages::subscribe::act))
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

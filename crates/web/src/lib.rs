//! Pages for readers, from the editions that are published.
//!
//! | address | page |
//! |---|---|
//! | `/` | `pages::home`: the digests and their newest editions |
//! | `/leave/{token}` | `pages::leave`: a reader leaves with one click |
//! | `/preferences/{token}` | `pages::preferences`: what a reader chose, and what is kept of the reader |
//! | `/preferences/{token}/colleague` | `pages::colleague`: a reader has somebody invited, once |
//! | `/change-address/{token}` | `pages::change_address`: a reader says yes from a new address |
//! | `/{digest}/accessibility` | `pages::accessibility`: how well everybody can read it |
//! | `/{digest}/colleague` | `pages::colleague`: how to pass a digest on |
//! | `/{digest}/go/{key}/{entry}/{number}` | `pages::go`: leads on to a link of an entry |
//! | `/{digest}/subscribe` | `pages::subscribe` |
//! | `/{digest}/privacy` | `pages::privacy`: what is kept about readers |
//! | `/{digest}/complaint` | `pages::complaint`: about the use of personal data |
//! | `/confirm/{token}` | `pages::confirm`: a reader says yes |
//! | `/{digest}` | `pages::digest`: the editions of a digest |
//! | `/{digest}/{key}` | `pages::edition`: an edition |
//! | `/{digest}/{key}/{entry}` | `pages::entry`: an entry, to be cited |
//! | `/{digest}/feed.atom` | `pages::feed` |
//! | `/{digest}/logo.png` | `pages::logo` |
//! | `/outbox`, `/outbox/{name}` | `pages::outbox`: messages that went to nobody; on the person's own machine alone |
//! | `/healthz` | `pages::healthz`: whether the database answers |
//! | `/robots.txt` | `pages::robots` |
//! | `/metrics` | `metrics`: how sources go, on a listener of its own |
//!
//! Invariant: what is not published does not exist here. No page needs JavaScript, sets a cookie or loads anything from
//! elsewhere. Only POST changes anything, and only on the pages of one reader; a link that
//! a person follows may be counted (`clicks`). Not here: any rule of the field, any SQL; addresses of pages (`pulse_jobs::site`).

mod answer;
mod clicks;
mod client;
mod failure;
mod form;
mod metrics;
mod pages;
mod protection;
mod server;
mod shell;
mod simulated;

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::get;
use pulse_jobs::Site;
use pulse_jobs::post::Post;
use pulse_jobs::retention::Periods;
use pulse_jobs::send::Clock;
use pulse_store::Store;

use crate::clicks::Clicks;
use crate::client::Clients;
use crate::pages::edition::RenderedPages;

pub use crate::metrics::serve_metrics;
pub use crate::server::{serve, serve_with_outbox};
pub use crate::simulated::SimulatedWeb;

/// What the pages of single readers need.
#[derive(Clone)]
pub struct Readers {
    /// The keys of links, and who messages go through.
    pub post: Arc<Post>,
    /// The time.
    pub clock: Clock,
    /// What is kept how long, as the privacy notice says it.
    pub retention: Periods,
}

/// What every page asks.
#[derive(Clone)]
pub(crate) struct Desk {
    store: Store,
    site: Site,
    readers: Readers,
    rendered: Arc<RenderedPages>,
    clients: Arc<Clients>,
    clicks: Arc<Clicks>,
}

impl Desk {
    fn new(store: Store, site: Site, readers: Readers) -> Self {
        Self { store, site, readers, rendered: Arc::default(), clients: Arc::default(), clicks: Arc::default() }
    }

    fn now(&self) -> i64 {
        (self.readers.clock)()
    }

    /// Counts the clicks that have waited long enough. One that cannot be counted is lost: it keeps nobody from reading.
    async fn settle_clicks(&self) {
        let now = self.now();
        let ripe = self.clicks.ripe(now);
        for some in ripe.chunks(MOST_CLICKS) {
            if let Err(error) = self.store.add_clicks(some, now).await {
                tracing::warn!(error = &error as &dyn std::error::Error, count = some.len(), "clicks were not counted");
            }
        }
    }
}

/// Counted at a time.
const MOST_CLICKS: usize = 1000;

/// The pages of a store, under the address that readers see.
pub fn router(store: Store, site: Site, readers: Readers) -> Router {
    routes(Desk::new(store, site, readers))
}

fn routes(desk: Desk) -> Router {
    let site = desk.site.clone();
    protection::around(pages(desk), site)
}

/// [`routes`], and the pages of the outbox.
fn routes_with_outbox(desk: Desk) -> Router {
    let site = desk.site.clone();
    protection::around(pages(desk.clone()).merge(pages::outbox::routes(desk)), site)
}

fn pages(desk: Desk) -> Router {
    Router::new()
        .route("/", get(pages::home::show))
        .route("/healthz", get(pages::healthz::show))
        .route("/robots.txt", get(pages::robots::show))
        .route("/leave/{token}", get(pages::leave::ask).post(pages::leave::act))
        .route("/preferences/{token}", get(pages::preferences::show).post(pages::preferences::act))
        .route("/preferences/{token}/my-data.json", get(pages::preferences::record))
        .route("/preferences/{token}/colleague", get(pages::colleague::show).post(pages::colleague::act))
        .route("/change-address/{token}", get(pages::change_address::ask).post(pages::change_address::act))
        .route("/confirm/{token}", get(pages::confirm::ask).post(pages::confirm::act))
        .route("/{digest}/accessibility", get(pages::accessibility::show))
        .route("/{digest}/colleague", get(pages::colleague::pass_on))
        .route("/{digest}/go/{key}/{entry}/{number}", get(pages::go::lead))
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
        .layer(middleware::from_fn_with_state(desk.clone(), clicks::watch))
        .with_state(desk)
}

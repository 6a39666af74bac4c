//! The harvest: sources -> publications with their documents, in the store.
//!
//! One source's turn goes: look (harvest) → which work each record is about, and what has changed (triage, `plan`) → kept, with what to
//! remember of the look → pages and files of what is new or changed fetched (`documents`), their bytes kept, read (extract), compared
//! (triage), kept → how it went, and when to look again ([`rhythm`]).
//!
//! What holds when the machine dies at any moment: what a look is remembered by is kept with its last records and not before, and a
//! publication stays due until its last document is kept. So the next run sees again what the last one did not keep, and what it kept
//! changes nothing. Of several nodes one has a source, and one a publication, for as long as its lease.
//!
//! What goes wrong with a source is that source's alone: it ends in its look, with a sentence for a person.
//!
//! Not here: fetching and its politeness (harvest), reading files (extract), what is the same work (triage), rows (store).

mod add;
mod alerts;
mod attend;
mod documents;
mod plan;
mod reader;
pub mod rhythm;
mod run;
mod turn;

pub use pulse_harvest::web::{Web, WebSettings};
pub use pulse_store::originals::OriginalsSettings;

pub use add::{Added, Brought, add};
pub use attend::attend;
pub use documents::sentence;
pub use pulse_extract::guarded::Guard;
pub use reader::{Reader, answer, guard};
pub use run::{Asked, Harvested, SourceReport, Step, run};

use std::sync::Arc;

use pulse_store::Store;
use pulse_store::originals::Originals;

use crate::harvest_mailbox::MailboxSettings;
use crate::send::{Clock, Node};

/// What works on sources. `D` is the door to the web, `R` reads files.
pub struct Harvester<D, R> {
    /// Where everything is kept.
    pub store: Store,
    /// Where the bytes of files are kept.
    pub originals: Originals,
    /// The way to the web.
    pub door: D,
    /// What reads files.
    pub reader: R,
    /// How to log in to mailboxes.
    pub mailboxes: Vec<MailboxSettings>,
    /// The time.
    pub clock: Clock,
    /// Who works here: the name that leases have.
    pub node: Arc<Node>,
    /// How many sources are worked on at the same time.
    pub at_once: usize,
}

/// How many sources are worked on at the same time unless something else is said. Most of them wait for somebody else's server.
pub const AT_ONCE: usize = 32;

/// How long a node that has died keeps others from its sources and publications.
const LEASE_MS: i64 = 10 * 60_000;

impl<D, R> Harvester<D, R> {
    fn now(&self) -> i64 {
        (self.clock)()
    }

    fn lease(&self) -> pulse_store::Lease<'_> {
        pulse_store::Lease { node: self.node.run(), until: self.now().saturating_add(LEASE_MS) }
    }
}

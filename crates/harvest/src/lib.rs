//! Sources to records: what publishers have put out since the last look.
//!
//! In: a source's [`Channel`](pulse_model::Channel), a [`Door`] to the web, what was remembered of earlier looks ([`Memory`]) and the
//! moment. Out: a [`Look`]: records, what to remember, and problems. What is wrong with one source's answer is a problem in its
//! look; only what left nothing to read is a [`HarvestError`], and it is that source's alone.
//!
//! Invariants: every request goes through the door, which is polite and safe ([`door`]); the same answers give the same records.
//! Not here: which records are the same work (triage), reading pages and files (extract), keeping anything (store), when to look
//! again (jobs).

pub mod catalogue;
pub mod crossref;
pub mod dates;
pub mod discover;
pub mod door;
pub mod error;
pub mod europepmc;
pub mod feed;
pub mod govuk;
pub mod kind;
pub mod listing;
pub mod look;
pub mod mailbox;
pub mod manual;
pub mod opml;
mod page;
pub mod sitemap;
pub mod web;
pub mod works;

pub use door::{Answer, Door, FetchError, Get, Validators};
pub use error::HarvestError;
pub use kind::Kind;
pub use look::{Look, Memory, Window};
pub use web::{Web, WebSettings};

//! Records and documents to publications: which are of the same work, and what a new state of one has changed.
//!
//! In: [`Record`](pulse_model::Record)s and [`Document`](pulse_model::Document)s. Out: [`Identifier`](pulse_model::Identifier)s, a
//! [`Publication`](pulse_model::Publication), [`Change`](pulse_model::publication::Change)s.
//!
//! | question | where |
//! |---|---|
//! | what is this about? are these of one work? | [`identity`] |
//! | what do its records say of a work? | [`publications`] |
//! | what has a new state of it changed? | [`version`] |
//! | what kind of thing is it, and where in a digest might it go? | [`types`] |
//!
//! Invariant: the order of the input does not change the result. Not here: fetching, keeping, and what a team picks.

pub mod identity;
pub mod publications;
pub mod types;
pub mod version;
mod words;

pub use publications::publication_of;
pub use version::{State, next_version};

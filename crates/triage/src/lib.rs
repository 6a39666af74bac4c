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
//! | are these nearly the same text? | [`similar`] |
//! | which candidates are one publication, told by several sources? | [`alike`] |
//! | what does it follow? | [`series`] |
//! | was it covered before, and where? | [`covered`] |
//! | what do the team's rules make of it? | [`rules`] |
//! | what is looked at when a work is judged | [`subject`] |
//! | what can be learned from words, publishers and places | [`learn`] |
//! | would this digest pick it? | [`rank`] |
//! | in which sector and category would it stand? | [`filing`] |
//! | what came in, filed, compared and in order | [`inbox`] |
//! | what kind of thing is it, and where in a digest might it go? | [`types`] |
//!
//! Invariant: the order of the input does not change the result. Not here: fetching and keeping.

pub mod alike;
pub mod covered;
pub mod filing;
pub mod identity;
pub mod inbox;
pub mod learn;
pub mod publications;
pub mod rank;
pub mod rules;
pub mod series;
pub mod similar;
pub mod subject;
mod titles;
pub mod types;
pub mod version;
mod words;

pub use publications::publication_of;
pub use subject::Subject;
pub use version::{State, next_version};

//! Records and documents to publications: which are of the same work, and what a new state of one has changed.
//!
//! In: [`Record`](pulse_model::Record)s and [`Document`](pulse_model::Document)s. Out: [`Identifier`](pulse_model::Identifier)s, a
//! [`Publication`](pulse_model::Publication), [`Change`](pulse_model::publication::Change)s.
//!
//! Invariant: the order of the input does not change the result. Not here: fetching, keeping, and what a team picks.

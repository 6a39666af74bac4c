//! Bytes to documents: structured text with anchors, and what a file says of itself.
//!
//! In: bytes, the address they came from and the media type somebody claimed. Out: a [`Document`](pulse_model::Document) with a list of
//! problems; nothing that comes in is an error. Whatever a file is said to be, its content decides.
//!
//! Invariant: same bytes in, same document out. Not here: fetching (harvest), which publication a document belongs to (triage).

//! From entries to an edition, and from old editions back to entries.
//!
//! - [`import`] reads an archive: Markdown (also what a PDF conversion leaves), HTML, Pulse's own JSON and Markdown;
//! - [`own_markdown`] reads the Markdown that Pulse itself writes, exactly;
//! - [`opening`] begins an edition from its template and drafted entries;
//! - [`desk`] checks an edition before sign-off;
//! - [`round_up`] makes one edition of several, for those who hear once a quarter.
//!
//! Functions of their input, without clock, files or network. Not here: how an edition looks (render), where it is kept
//! (store).

pub mod desk;
pub mod import;
mod number_words;
pub mod opening;
pub mod own_markdown;
pub mod round_up;

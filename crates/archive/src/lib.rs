//! Published editions, for readers who come by themselves and for the programs that read for them.
//!
//! - [`feed`]: an Atom feed of a digest.
//!
//! Functions of their input, without clock, files or network. Not here: the pages themselves (render), where they are
//! (their addresses are passed in).

pub mod feed;

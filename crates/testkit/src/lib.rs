//! What tests share.
//!
//! - [`arbitrary`]: editions nobody would write, for property tests;
//! - [`corpus`]: the real material, where it is;
//! - [`digests`]: digests to read editions with, and the sample edition;
//! - `dns_server` (feature `dns`): a name server that knows what a text says;
//! - `smtp_server` (feature `smtp`): a mail server that does as a script says;
//! - `store_story` (feature `store`): the one story that both database engines must pass.

pub mod arbitrary;
pub mod corpus;
pub mod digests;
#[cfg(feature = "dns")]
pub mod dns_server;
#[cfg(feature = "smtp")]
pub mod smtp_server;
#[cfg(feature = "store")]
pub mod store_story;

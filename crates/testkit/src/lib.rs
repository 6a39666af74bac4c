//! What tests share.
//!
//! - [`arbitrary`]: editions nobody would write, for property tests;
//! - [`corpus`]: the real material, where it is;
//! - [`digests`]: digests to read editions with, and the sample edition;
//! - `dns_server` (feature `dns`): a name server that knows what a text says;
//! - [`govuk_site`]: a site with the feeds and APIs of GOV.UK;
//! - `smtp_server` (feature `smtp`): a mail server that does as a script says;
//! - `store_story` (feature `store`): the one story that both database engines must pass;
//! - `web_server` (feature `web`): a web server with faults.

pub mod arbitrary;
pub mod corpus;
pub mod digests;
#[cfg(feature = "dns")]
pub mod dns_server;
pub mod govuk_site;
#[cfg(feature = "smtp")]
pub mod smtp_server;
#[cfg(feature = "store")]
pub mod store_story;
#[cfg(feature = "web")]
pub mod web_server;

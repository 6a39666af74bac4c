//! What tests share.
//!
//! - [`arbitrary`]: editions nobody would write, for property tests;
//! - [`corpus`]: the real material, where it is;
//! - [`digests`]: digests to read editions with, and the sample edition;
//! - `store_story` (feature `store`): the one story that both database engines must pass.

pub mod arbitrary;
pub mod corpus;
pub mod digests;
#[cfg(feature = "store")]
pub mod store_story;

//! A send: a signed-off edition and its readers -> messages on their way, one row for each reader.
//!
//! [`prepare`] freezes and counts the audience and renders each cut once; a person releases it; [`run`] works through the rows.
//!
//! What holds when the machine dies at any moment: no message's end goes out before its row says `sending` in the database
//! (`scribe`). A row that says `queued` did not go out. A row that says `sending` may have: there are at most as many as
//! connections, they become `uncertain`, and a setting says whether they are repeated, with the same Message-ID.
//!
//! [`trial`] sends a test to named people, and `seeds` copies to addresses that are no reader's; neither counts as a send.
//!
//! Not here: what a message looks like and how it travels (deliver), rows (store), who may release (the caller).

mod attend;
mod lane;
mod node;
mod prepare;
mod refusals;
mod run;
mod scribe;
mod seeds;
mod template;
mod trial;
mod turns;

use std::sync::Arc;

pub use attend::attend;
pub use node::Node;
pub use prepare::{CutSize, PreparedSend, prepare};
pub use run::{Ending, Worker, run};
pub use trial::{Trial, Tried, trial};

/// The time, asked whenever it is needed, in Unix milliseconds. Tests bring a clock that runs faster.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

//! What truly differs between the engines, under the same names for both. Everything else is in `queries`, written once.
//!
//! | | SQLite | PostgreSQL |
//! |---|---|---|
//! | begin to write | `BEGIN IMMEDIATE`; a deferred transaction could lose its place to another writer half way | `BEGIN` |
//! | begin to read | `BEGIN`; a reader sees one state | `REPEATABLE READ`, so that a reader of several tables sees one state too |
//! | keep a row from changing until the end | nothing: there is one writer | `FOR UPDATE` |
//! | take rows that nobody else is taking | nothing: there is one writer | `FOR UPDATE SKIP LOCKED` |
//! | keep the register, addresses, notices or publications from changing | nothing: there is one writer | an advisory lock, held until the end |
//! | connections | one that writes, several that read | one pool |
//! | error codes | numbers of SQLite | SQLSTATE |
//! | what can be checked | `quick_check`, `foreign_key_check` | indexes that are not valid |

pub(crate) mod postgres;
pub(crate) mod sqlite;

use std::time::Duration;

use crate::Fault;
use crate::error::Cause;

/// How long a call waits for another writer, or for a connection, before it fails.
#[derive(Clone, Copy, Debug)]
pub struct Patience(pub Duration);

impl Default for Patience {
    fn default() -> Self {
        Self(Duration::from_secs(5))
    }
}

/// What is behind a driver's error. The driver's own type would only say again that it comes from the database.
fn innermost(error: sqlx::Error) -> Cause {
    match error {
        sqlx::Error::Database(cause) => cause.into_error(),
        sqlx::Error::Io(cause) => cause.into(),
        other => other.into(),
    }
}

/// What every driver fails with in the same way; `None` where the engine's own code decides.
fn common_fault(error: &sqlx::Error) -> Option<Fault> {
    match error {
        sqlx::Error::PoolClosed => Some(Fault::Closed),
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed => Some(Fault::Away),
        sqlx::Error::Database(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Protocol(_) => None,
        _ => Some(Fault::Other),
    }
}

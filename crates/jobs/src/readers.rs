//! A digest's readers, many at once and one at a time: read from a file, added, written out, erased, suppressed.
//!
//! In: the bytes of a CSV file, or what a person says about one reader. Out: readers in the store, a CSV or JSON file, and
//! a count of what became of each row.
//!
//! Always: nobody is added without a [`Ground`]; every row of a file is added, updated, unchanged or refused with its reason;
//! the same file again changes nothing; who is suppressed, left or complained does not come back by a file; and the audit
//! log says who imported, exported, erased or suppressed. Memory does not grow with the file beyond 24 bytes a row, which
//! is what it takes to see an address twice. Not here: the rules of states and grounds (model, store), mail to readers
//! ([`crate::send`]).

mod columns;
mod error;
mod export;
mod ground;
mod import;
mod one;
mod row;
mod table;
mod text;

use pulse_model::Digest;
use pulse_store::Known;

pub use columns::{Columns, Field};
pub use error::ReadersError;
pub use export::{ExportFormat, export};
pub use ground::{Ground, moment};
pub use import::{Counts, Report, import};
pub use one::{Taken, add, erase, find, restore, suppress};
pub use row::{Reason, Refused, Row};

/// How readers are taken in.
#[derive(Clone, Debug)]
pub struct Intake<'a> {
    /// Whose readers they become.
    pub digest: &'a Digest,
    /// On what ground they are written to.
    pub ground: Ground,
    /// What to do with those who are there already.
    pub known: Known,
    /// Where they come from, if the row does not say: the name of a file, who asked.
    pub source: String,
    /// Who takes them in.
    pub who: String,
    /// Keep nothing, only say what would become of each.
    pub is_dry: bool,
    /// Unix milliseconds.
    pub now: i64,
}

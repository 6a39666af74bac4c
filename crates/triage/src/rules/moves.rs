//! What other rules would change of works that are kept already.

use std::fmt;

use super::{Ruled, Rules};
use crate::Subject;

/// What a change of rules would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// Works that would be filed elsewhere, rejected or no longer rejected.
    pub count: usize,
    /// Of these, those that would be rejected.
    pub rejected: usize,
    /// And those that would no longer be.
    pub released: usize,
    /// The first of them by title.
    pub examples: Vec<Move>,
}

/// A work that a change of rules would move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Its place among the works looked at.
    pub at: usize,
    /// Its title.
    pub title: String,
    /// What becomes of it now.
    pub before: Ruled,
    /// What would.
    pub after: Ruled,
}

/// So many moves are shown.
const EXAMPLES: usize = 10;

/// Compares what rules make of works with what other rules would.
pub fn moves(before: &Rules, after: &Rules, works: &[Subject]) -> Moves {
    let mut all: Vec<Move> = Vec::new();
    for (at, work) in works.iter().enumerate() {
        let (before, after) = (before.apply(work), after.apply(work));
        if outcome(&before) != outcome(&after) {
            all.push(Move { at, title: work.title.clone(), before, after });
        }
    }
    let turned = |from: bool, to: bool| all.iter().filter(|one| one.before.reject.is_some() == from && one.after.reject.is_some() == to).count();
    let (count, rejected, released) = (all.len(), turned(false, true), turned(true, false));
    all.sort_by(|a, b| (&a.title, a.at).cmp(&(&b.title, b.at)));
    all.truncate(EXAMPLES);
    Moves { count, rejected, released, examples: all }
}

/// What becomes of a work, whichever rule says so. Where a rejected one would be filed makes no difference.
fn outcome(ruled: &Ruled) -> Option<(Option<&str>, Option<&str>)> {
    match ruled.reject {
        Some(_) => None,
        None => Some((ruled.sector.as_ref().map(|(name, _)| name.as_str()), ruled.category.as_ref().map(|(name, _)| name.as_str()))),
    }
}

/// "would move 14: 3 rejected, 1 no longer rejected".
impl fmt::Display for Moves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "would move {}", self.count)?;
        let parts = [(self.rejected, "rejected"), (self.released, "no longer rejected")];
        let parts: Vec<String> = parts.iter().filter(|(count, _)| *count > 0).map(|(count, how)| format!("{count} {how}")).collect();
        if parts.is_empty() { Ok(()) } else { write!(f, ": {}", parts.join(", ")) }
    }
}

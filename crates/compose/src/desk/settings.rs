//! The digest's own settings for the desk.

use super::copy::{Copy, about};
use super::query::{Part, Query};
use super::rule::Rule;

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let names = copy.known.digest.desk.rules.keys().filter(|name| Rule::from_name(name).is_none());
    let message = |name| format!("The digest's settings name a rule \u{201c}{name}\u{201d} that the desk does not have. Correct the name or take it out.");
    names.map(|name| about(&Part::Edition, Rule::DESK_SETTINGS, name, message(name))).collect()
}

//! Values on their way into columns and out of them.
//!
//! Invariant: text from outside has no character an engine refuses, and a bound. Not here: the parts of an edition
//! ([`crate::rows`]).

use pulse_model::subscriber::clean_name;
use pulse_model::{ContentHash, EmailAddress, Subscriber};

use crate::StoreError;
use crate::rows::impossible;

/// The most rows of one page of a list.
pub(crate) const MAX_PAGE: u32 = 1_000;
/// The most characters of what a server said.
pub(crate) const MAX_REPLY_CHARS: usize = 500;
/// The most characters of a report that came back.
pub(crate) const MAX_EXCERPT_CHARS: usize = 4_000;
/// The most characters of a language tag (RFC 5646 section 4.4.1).
const MAX_LANGUAGE_CHARS: usize = 35;
/// The most characters a person writes in a form.
pub(crate) const MAX_FORM_CHARS: usize = 10_000;

/// The value of one of the model's plain enums that has this name in the store.
pub(crate) fn known<T>(table: &'static str, column: &'static str, row: &str, name: &str, from_name: fn(&str) -> Option<T>) -> Result<T, StoreError> {
    from_name(name).ok_or_else(|| impossible(table, column, row, name))
}

/// A number of things, or the number of one of them.
pub(crate) fn number(table: &'static str, column: &'static str, row: &str, number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|cause| impossible(table, column, row, cause))
}

/// How many rows a page of a list has.
pub(crate) fn page(limit: u32) -> i64 {
    i64::from(limit.min(MAX_PAGE))
}

/// Refuses more than one transaction should hold.
pub(crate) fn no_more_than(most: usize, things: &'static str, count: usize) -> Result<(), StoreError> {
    if count > most { Err(StoreError::TooMany { things, count, most }) } else { Ok(()) }
}

/// Refuses what has to be said and was not.
pub(crate) fn needs(doing: &'static str, what: &'static str, said: &str) -> Result<(), StoreError> {
    if said.trim().is_empty() { Err(StoreError::Needs { doing, what }) } else { Ok(()) }
}

/// A reader's columns in the form they are kept in: a name that can stand in a header, a language that can be a tag.
pub(crate) fn cleaned(subscriber: &Subscriber) -> Subscriber {
    let (name, language) = (clean_name(&subscriber.name), one_line(&subscriber.language, MAX_LANGUAGE_CHARS));
    Subscriber { address: subscriber.address.clone(), name, language }
}

/// One line of at most `most` characters.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    // Cut first, because a server can say megabytes; white space that is taken together makes it only shorter.
    let start: String = text.chars().take(most).map(|c| if c.is_control() { ' ' } else { c }).collect();
    start.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most `most` characters, without control characters other than line breaks and tabs.
pub(crate) fn lines(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).take(most).collect()
}

/// Addresses are for tables that an erasure reaches.
pub(crate) fn without_addresses(text: &str) -> String {
    let is_edge = |c: char| !c.is_alphanumeric();
    let word = |word: &str| if EmailAddress::parse(word.trim_matches(is_edge)).is_ok() { "(address)".to_owned() } else { word.to_owned() };
    one_line(text, MAX_FORM_CHARS).split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// A text of any length as a column that an index stands on: itself, or the name of its hash. PostgreSQL's indexes hold no more than
/// 2,704 bytes.
pub(crate) fn index_key(text: &str) -> String {
    const MAX_BYTES: usize = 1_000;
    if text.len() <= MAX_BYTES { text.replace('\0', "") } else { format!("sha256:{}", ContentHash::of(text.as_bytes())) }
}

/// A pattern for `LIKE … ESCAPE '\'` that finds `text` anywhere.
pub(crate) fn containing(text: &str) -> String {
    format!("%{}", beginning(text))
}

/// A pattern for `LIKE … ESCAPE '\'` that finds what begins with `text`.
pub(crate) fn beginning(text: &str) -> String {
    let escape = |c: char| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] };
    format!("{}%", text.chars().filter(|&c| c != '\0').flat_map(escape).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_is_bounded() {
        assert_eq!(one_line("550 5.1.1\r\n no\0 such\tuser ", 500), "550 5.1.1 no such user");
        assert_eq!(one_line(&"x".repeat(501), 500).len(), 500);
        assert_eq!(lines("one\r\ntwo\0\u{1b}[2J", 500), "one\ntwo[2J");
    }

    #[test]
    fn addresses_are_taken_out() {
        assert_eq!(without_addresses("moved <ada@quay.example>, once ada@old.example"), "moved (address) once (address)");
        assert_eq!(without_addresses("asked for by Bo Tarn @ noon"), "asked for by Bo Tarn @ noon");
    }

    #[test]
    fn keys_fit_into_an_index() {
        assert_eq!(index_key("tag:quay.example\0,2026:1"), "tag:quay.example,2026:1");
        let (one, other) = (index_key(&"x".repeat(5_000)), index_key(&"x".repeat(5_001)));
        assert!(one != other && one.len() == 71);
    }

    #[test]
    fn patterns_have_no_wild_characters_of_their_own() {
        assert_eq!(containing(r"50%_\"), r"%50\%\_\\%");
    }
}

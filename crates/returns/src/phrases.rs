//! Which reason the words of a mail server are.
//!
//! In: a diagnostic. Out: a [`Reason`], or nothing where no phrase of `reasons.txt` is in it. Not here: codes, and what is made of
//! a phrase that contradicts them ([`super::verdict`]).

use std::sync::LazyLock;

use super::code;
use super::fields::cut;
use super::reason::Reason;
use super::tables::{REASONS, Section};

/// The most of a text that is searched, in bytes.
const MAX_BYTES: usize = 4 * 1024;
/// How far apart the two sides of a `*` may stand, in bytes.
const MAX_GAP_BYTES: usize = 40;

/// A section of the table: which reason its phrases are.
struct Row {
    tier: &'static str,
    reason: Reason,
    phrases: &'static [&'static str],
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let row = |section: &'static Section| {
        let (tier, reason) = section.heading.split_once(' ')?;
        Some(Row { tier, reason: Reason::from_name(reason)?, phrases: &section.phrases })
    };
    REASONS.iter().filter_map(row).collect()
});

/// What a text says is the matter, whatever the code.
pub(super) fn clear(text: &Plain) -> Option<Reason> {
    first("clear", text)
}

/// What a text says of the address, where a code beside it makes it final.
pub(super) fn loose(text: &Plain) -> Option<Reason> {
    first("loose", text)
}

/// What a text may mean, where nothing else tells.
pub(super) fn vague(text: &Plain) -> Option<Reason> {
    first("vague", text)
}

fn first(tier: &str, text: &Plain) -> Option<Reason> {
    ROWS.iter().find(|row| row.tier == tier && text.has_any(row.phrases)).map(|row| row.reason)
}

/// A text in the form in which phrases are looked for: lower case, one space between words, no codes, and `@` in place of each
/// address, so that `nospam@mill.example` says nothing about spam.
#[derive(Clone, Debug)]
pub(super) struct Plain {
    text: String,
    /// A bit for each pair of bytes that a phrase could begin with here. Most phrases are ruled out by it, unsearched.
    beginnings: Vec<u64>,
}

impl Plain {
    pub(super) fn of(text: &str) -> Self {
        let text = code::without(cut(text, MAX_BYTES)).to_lowercase();
        let mut plain = String::with_capacity(text.len());
        for word in text.split_whitespace() {
            if !plain.is_empty() {
                plain.push(' ');
            }
            push_without_address(&mut plain, word);
        }
        Self::of_plain(plain)
    }

    fn of_plain(text: String) -> Self {
        let mut beginnings = vec![0; 1 << 10];
        let mut before = b' ';
        for two in text.as_bytes().windows(2) {
            if begins(before, two[0]) {
                let (at, bit) = place(two[0], two[1]);
                beginnings[at] |= bit;
            }
            before = two[0];
        }
        Self { text, beginnings }
    }

    /// Whether any of the phrases is in it.
    pub(super) fn has_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.has(phrase))
    }

    /// Whether a phrase of two bytes or more is in it.
    pub(super) fn has(&self, phrase: &str) -> bool {
        let [one, two, ..] = phrase.as_bytes() else { return false };
        let (at, bit) = place(*one, *two);
        if self.beginnings[at] & bit == 0 {
            return false;
        }
        let (first, rest) = phrase.split_once(" * ").unwrap_or((phrase, ""));
        self.text.match_indices(first).any(|(at, _)| {
            let before = at.checked_sub(1).map_or(b' ', |before| self.text.as_bytes()[before]);
            let behind = self.text.get(at + first.len()..).unwrap_or_default();
            begins(before, *one) && cut(behind, MAX_GAP_BYTES + rest.len()).contains(rest)
        })
    }
}

/// Whether a phrase can begin between two bytes: `lock` is not in `block`.
fn begins(before: u8, first: u8) -> bool {
    !(before.is_ascii_alphanumeric() && first.is_ascii_alphanumeric())
}

/// Where the bit of two bytes is.
fn place(one: u8, two: u8) -> (usize, u64) {
    let index = usize::from(one) << 8 | usize::from(two);
    (index >> 6, 1 << (index & 63))
}

/// A word, with `@` for an address in it: `<ada@mill.example>:` is `<@>:`.
fn push_without_address(plain: &mut String, word: &str) {
    let Some(at) = word.find('@') else { return plain.push_str(word) };
    let is_edge = |c: char| "<>()[]\"',;:=".contains(c);
    let start = word[..at].rfind(is_edge).map_or(0, |edge| edge + 1);
    let end = word[at..].find(is_edge).map_or(word.len(), |edge| at + edge);
    plain.push_str(&word[..start]);
    plain.push('@');
    plain.push_str(&word[end..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_codes_do_not_speak() {
        let plain = Plain::of("550-5.1.1 User\n550 5.1.1 <nospam@mill.example>:   Unknown");
        assert_eq!(plain.text, "user <@>: unknown");
        assert_eq!(clear(&plain), Some(Reason::NoSuchUser));
    }

    #[test]
    fn phrases_begin_at_the_beginning_of_a_word_where_there_are_words() {
        let plain = Plain::of("unblocked, \u{5b9b}\u{5148}\u{4e0d}\u{660e} and a mailbox of theirs over there is full");
        assert!(!plain.has("blocked") && plain.has("unblocked") && plain.has("\u{5148}\u{4e0d}"));
        assert!(plain.has("mailbox * is full") && !plain.has("mailbox is full") && !plain.has("full * mailbox"));
    }

    #[test]
    fn every_section_is_of_a_tier_and_a_reason() {
        assert_eq!(ROWS.len(), REASONS.len());
        assert!(ROWS.iter().all(|row| ["clear", "loose", "vague"].contains(&row.tier)));
    }

    #[test]
    fn no_phrase_is_hidden_by_one_above_it() {
        let mut hidden = vec![];
        for (at, row) in ROWS.iter().enumerate() {
            for phrase in row.phrases {
                let said = Plain::of_plain(phrase.replace('*', "x"));
                if let Some(above) = ROWS[..at].iter().find(|above| above.reason != row.reason && said.has_any(above.phrases)) {
                    hidden.push(format!("{phrase:?} is {} and reads as {}", row.reason.as_str(), above.reason.as_str()));
                }
            }
        }
        assert!(hidden.is_empty(), "{}", hidden.join("\n"));
    }
}

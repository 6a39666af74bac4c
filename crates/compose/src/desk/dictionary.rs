//! Words: known misspellings and American spellings, which come with the program, and a list of words that are spelt right, which
//! whoever calls the desk may bring.
//!
//! In: a word in small letters. Out: what was meant. Names are not asked here.

use std::collections::HashSet;
use std::io::Read as _;
use std::sync::LazyLock;

use flate2::read::DeflateDecoder;

/// Words that are spelt right.
#[derive(Clone, Debug, Default)]
pub struct Dictionary(HashSet<String>);

/// What is known of a word that is spelt otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misspelling {
    /// Whether it is right in America.
    pub(super) is_american: bool,
    /// What was meant: at least one word; several where it cannot be told.
    pub(super) meant: Vec<&'static str>,
}

/// Lines of a word, `-` or `a` for American, and what was meant, sorted by word (see `build.rs`).
static MISSPELLINGS: LazyLock<String> = LazyLock::new(|| {
    let mut text = String::new();
    let packed: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/misspellings.deflate"));
    // What cannot be unpacked is no list; a test asks it for words.
    let _ = DeflateDecoder::new(packed).read_to_string(&mut text);
    text
});

/// Where each line begins.
static LINES: LazyLock<Vec<&'static str>> = LazyLock::new(|| MISSPELLINGS.lines().collect());

/// What is known of a misspelt word.
pub(super) fn misspelling(word: &str) -> Option<Misspelling> {
    let key = |line: &&'static str| line.split('\t').next().unwrap_or("");
    let at = LINES.binary_search_by_key(&word, key).ok()?;
    let mut fields = LINES.get(at)?.split('\t').skip(1);
    let is_american = fields.next()? == "a";
    Some(Misspelling { is_american, meant: fields.collect() })
}

impl Dictionary {
    /// Reads a list with one word on each line, as `/usr/share/dict/british-english` is.
    ///
    /// ```
    /// use pulse_compose::desk::Dictionary;
    /// assert!(Dictionary::of_words("carer\ncare\n").has("carer"));
    /// ```
    pub fn of_words(list: &str) -> Self {
        Self(list.lines().map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect())
    }

    /// Whether it has a word, in these letters.
    pub fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    /// Words one slip of the finger away: a letter too many or too few, another letter, two in the wrong order. In the order of
    /// the alphabet.
    pub(super) fn near(&self, word: &str) -> Vec<String> {
        const LETTERS: std::ops::RangeInclusive<char> = 'a'..='z';
        let letters: Vec<char> = word.chars().collect();
        let mut found = HashSet::new();
        let mut ask = |candidate: String| {
            if self.has(&candidate) {
                found.insert(candidate);
            }
        };
        let with = |from: &[char], middle: &[char], to: &[char]| [from, middle, to].concat().iter().collect::<String>();
        for at in 0..=letters.len() {
            let (left, right) = letters.split_at(at);
            LETTERS.for_each(|letter| ask(with(left, &[letter], right)));
            if let [first, rest @ ..] = right {
                ask(with(left, &[], rest));
                LETTERS.filter(|letter| letter != first).for_each(|letter| ask(with(left, &[letter], rest)));
            }
            if let [first, second, rest @ ..] = right {
                ask(with(left, &[*second, *first], rest));
            }
        }
        let mut found: Vec<String> = found.into_iter().collect();
        found.sort();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_that_come_with_the_program() {
        assert!(LINES.len() > 50_000 && LINES.is_sorted_by_key(|line| line.split('\t').next()));
        let meant = |word: &str| misspelling(word).map(|found| found.meant.join(" "));
        assert_eq!(meant("recieve").as_deref(), Some("receive"));
        assert_eq!(misspelling("color"), Some(Misspelling { is_american: true, meant: vec!["colour"] }));
        for right in ["organization", "organisation", "license", "practise", "judgment", "check", "program", "curb", "inquiry", "focussed", "learnt"] {
            assert_eq!(meant(right), None, "{right}");
        }
    }
}

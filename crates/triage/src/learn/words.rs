//! A text to words: lower case, without bare numbers, plurals as singulars; alone, and in pairs of neighbours.
//!
//! Small words ("of", "how", "to") say little alone and something in pairs; they are told apart, so that whoever explains or has few
//! examples can do without them. A pair of telling words may span up to two small ones ("quality of life"). Languages other than English go
//! through unharmed: their small words are not known as such, but are common, and so weigh little.

use std::sync::LazyLock;

use pulse_model::name::fold;

/// Of a longer text the beginning is read: what a work is about is said there.
const MOST_CHARS: usize = 20_000;

/// One word or pair, as it is compared and as it stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// Equal for words that are compared as one.
    pub key: u64,
    /// As it stands, in lower case.
    pub shown: &'a str,
    /// Whether it is a small word, or a pair with one.
    pub is_small: bool,
}

/// The words of a text in the form that [`words`] reads: lower case and single spaces.
pub fn folded(text: &str) -> String {
    let end = text.char_indices().nth(MOST_CHARS).map_or(text.len(), |(end, _)| end);
    fold(&text[..end])
}

/// Words, alone and in pairs, of a text that was [`folded`], in its order.
///
/// ```
/// use pulse_triage::learn::words::{folded, words};
/// let text = folded("Delayed discharges from hospitals");
/// let shown: Vec<&str> = words(&text).filter(|word| !word.is_small).map(|word| word.shown).collect();
/// assert_eq!(shown, ["delayed", "discharges", "delayed discharges", "hospitals", "discharges from hospitals"]);
/// assert_eq!(words(&folded("discharge")).next().unwrap().key, words(&text).nth(1).unwrap().key);
/// ```
pub fn words(folded: &str) -> impl Iterator<Item = Word<'_>> {
    let (mut last, mut telling): (Option<Before>, Option<Before>) = (None, None);
    let (mut at, mut gap) = (0, 0);
    let parts = folded.split(' ').map(move |word| {
        let start = at;
        at += word.len() + 1;
        (start, word)
    });
    parts.filter(|(_, word)| is_word(word)).flat_map(move |(start, word)| {
        let stem = singular(word);
        let (key, is_small) = (hash(SEED, stem), is_small(word));
        let pair = |before: Before, is_small: bool| Word { key: hash(before.key, stem), shown: &folded[before.start..start + word.len()], is_small };
        let neighbours = last.map(|before| pair(before, is_small || before.is_small));
        let spanning = telling.filter(|_| !is_small && (1..=2).contains(&gap)).map(|before| pair(before, false));
        let this = Before { key, start, is_small };
        last = Some(this);
        if is_small {
            gap += 1;
        } else {
            (telling, gap) = (Some(this), 0);
        }
        [Some(Word { key, shown: word, is_small }), neighbours, spanning].into_iter().flatten()
    })
}

/// A word that others come after.
#[derive(Clone, Copy)]
struct Before {
    key: u64,
    start: usize,
    is_small: bool,
}

/// The key of a word or phrase of at most two telling words, as [`words`] gives it.
pub fn key_of(phrase: &str) -> Option<u64> {
    let folded = folded(phrase);
    let all: Vec<Word<'_>> = words(&folded).filter(|word| !word.is_small).collect();
    match all.as_slice() {
        [one] => Some(one.key),
        [_, _, pair] => Some(pair.key),
        _ => None,
    }
}

/// A key of one kind made of another, so that the same word in a title and in a text are two.
pub fn tagged(key: u64, tag: u8) -> u64 {
    (key ^ u64::from(tag)).wrapping_mul(PRIME).rotate_left(23).wrapping_mul(PRIME)
}

/// The key of a whole name.
pub fn key_of_name(name: &str) -> u64 {
    hash(SEED, name)
}

// FNV-1a with 64 bits: the same on every machine, which the standard library's hashes do not promise.
const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

fn hash(start: u64, word: &str) -> u64 {
    // The byte that ends a word keeps "ab c" and "a bc" apart.
    word.bytes().chain([0xff]).fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

fn is_word(word: &str) -> bool {
    word.chars().nth(1).is_some() && !word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_small(word: &str) -> bool {
    word.len() <= LONGEST_SMALL && SMALL.binary_search(&hash(SEED, word)).is_ok()
}

/// Plurals as singulars, by the three rules of Harman's S stemmer (1991): enough to meet, and nothing that a reader would not know again.
fn singular(word: &str) -> &str {
    // "ies" loses "es" where Harman puts "y": both "policies" and "policy" then end in "polic".
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        return stem;
    }
    if let Some(stem) = word.strip_suffix('y').filter(|stem| stem.len() > 3 && !stem.ends_with(['a', 'e', 'o', 'u'])) {
        return stem;
    }
    let is_plural = word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is");
    if is_plural { &word[..word.len() - 1] } else { word }
}

static SMALL: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let mut keys: Vec<u64> = SMALL_WORDS.iter().map(|word| hash(SEED, word)).collect();
    keys.sort_unstable();
    keys
});

const LONGEST_SMALL: usize = 7;

/// Words that say nothing of what a text is about.
#[rustfmt::skip]
const SMALL_WORDS: [&str; 139] = [
    "about", "above", "after", "again", "against", "all", "also", "am", "among", "an", "and", "any", "are", "as", "at", "based", "be", "because",
    "been", "before", "being", "below", "between", "both", "but", "by", "can", "could", "did", "do", "does", "doing", "don", "down", "during",
    "each", "either", "etc", "for", "from", "further", "had", "has", "have", "having", "he", "her", "here", "hers", "him", "his", "how",
    "however", "if", "in", "into", "is", "it", "its", "itself", "just", "less", "may", "me", "might", "more", "most", "must", "my", "no", "nor",
    "not", "now", "of", "off", "on", "once", "only", "or", "other", "our", "ours", "out", "over", "own", "per", "same", "shall", "she", "should",
    "since", "so", "some", "such", "than", "that", "the", "their", "theirs", "them", "then", "there", "these", "they", "this", "those",
    "through", "to", "too", "two", "under", "until", "up", "upon", "us", "very", "via", "was", "we", "were", "what", "when", "where", "whether", "which",
    "while", "who", "whom", "whose", "why", "will", "with", "within", "without", "would", "yet", "you", "your", "yours",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_words_are_known_by_their_length_too() {
        assert_eq!(SMALL_WORDS.iter().map(|word| word.len()).max(), Some(LONGEST_SMALL));
        assert!(SMALL_WORDS.iter().all(|word| is_small(word)) && !is_small("carer"));
    }

    #[test]
    fn numbers_and_letters_alone_are_no_words() {
        assert_eq!(words(&folded("In 2021, 45 % of a b c")).filter(|word| !word.is_small).count(), 0);
    }

    #[test]
    fn singular_and_plural_meet() {
        for (one, many) in [("policy", "policies"), ("carer", "carers"), ("survey", "surveys"), ("analysis", "analysis")] {
            assert_eq!(singular(one), singular(many));
        }
        assert_ne!(singular("news"), singular("newt"));
    }
}

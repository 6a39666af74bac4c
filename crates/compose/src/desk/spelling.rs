//! Spelling: words known to be misspelt, American spellings, and, with a list of words, words that are one slip from one of them.
//!
//! Names are not asked: a capital inside a sentence is one. What is quoted is asked for misspellings and not for American spellings.

use std::collections::{HashMap, HashSet};

use pulse_model::name::fold;

use super::Dictionary;
use super::copy::{Copy, Line, Word, begins_sentence, is_english};
use super::dictionary::misspelling;
use super::query::{Query, Within};
use super::rule::Rule;

/// A word that so many texts have is one the digest uses.
const IN_USE: usize = 3;

/// Known as misspellings elsewhere, and right here: old or special words, and forms that British dictionaries have.
const RIGHT: [&str; 13] = [
    "planed",
    "leafs",
    "focussed",
    "focusses",
    "combatting",
    "calfs",
    "floatation",
    "causalities",
    "afterwords",
    "wheres",
    "uncatalogued",
    "larges",
    "performant",
];

/// Words that are right with an apostrophe alone, and where it stands.
const APOSTROPHES: [(&str, usize); 18] = [
    ("childrens", 8),
    ("womens", 5),
    ("mens", 3),
    ("dont", 3),
    ("doesnt", 5),
    ("didnt", 4),
    ("isnt", 3),
    ("arent", 4),
    ("wasnt", 4),
    ("werent", 5),
    ("hasnt", 4),
    ("havent", 5),
    ("hadnt", 4),
    ("couldnt", 6),
    ("wouldnt", 6),
    ("shouldnt", 7),
    ("thats", 4),
    ("theyre", 4),
];

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    if !copy.known.digest.language.to_lowercase().starts_with("en") {
        return Vec::new();
    }
    // Of the forms of English, these two spell as America does, or nearly.
    let is_british = !["en-us", "en-ca"].contains(&copy.known.digest.language.to_lowercase().as_str());
    let own = own_words(copy);
    let in_use = in_use(copy);
    let mut queries = Vec::new();
    for line in copy.lines.iter().filter(|line| !matches!(line.within, Within::Publisher(_))) {
        let words = line.words();
        if !is_english(&words) {
            continue;
        }
        for word in words {
            let lower = word.text.to_lowercase().replace('\u{2019}', "'");
            if is_asked(line, &word) && (!own.contains(&lower) || lacks_apostrophe(&lower).is_some()) {
                queries.extend(query(line, &word, &lower, copy.known.dictionary, is_british, &in_use));
            }
        }
    }
    queries
}

/// Where an apostrophe belongs in a word that is none without it.
fn lacks_apostrophe(word: &str) -> Option<usize> {
    APOSTROPHES.iter().find(|(bare, _)| *bare == word).map(|(_, at)| *at)
}

/// Words of the digest's own list, and of the names it prints.
fn own_words(copy: &Copy<'_>) -> HashSet<String> {
    let names = copy
        .known
        .register
        .publishers()
        .iter()
        .map(|publisher| publisher.name.as_str())
        .chain(copy.entries.iter().flat_map(|item| item.entry.publishers.iter().map(String::as_str)));
    let listed = copy.known.digest.desk.words.iter().map(|word| word.to_lowercase().replace('\u{2019}', "'"));
    listed.chain(names.flat_map(|name| fold(name).split(' ').map(str::to_owned).collect::<Vec<_>>())).collect()
}

/// How many texts have a word: this edition's and earlier ones'.
fn in_use(copy: &Copy<'_>) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    let mut count = |plain: &str| {
        let words: HashSet<String> = super::copy::words(plain).into_iter().map(|word| word.text.to_lowercase()).collect();
        words.into_iter().for_each(|word| *counts.entry(word).or_insert(0) += 1);
    };
    copy.lines.iter().for_each(|line| count(&line.plain));
    for entry in copy.known.archive.iter().flat_map(|edition| edition.entries()) {
        entry.summary.texts().iter().for_each(|(_, text)| count(&text.plain()));
    }
    counts
}

/// Letters only, and no name: small letters, or a capital that begins a sentence.
fn is_asked(line: &Line<'_>, word: &Word<'_>) -> bool {
    let letters = word.text.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '\u{2019}'));
    let small = !word.text.contains(char::is_uppercase);
    let begins = word.text.chars().skip(1).all(|c| !c.is_uppercase()) && begins_sentence(&line.plain, word.start);
    let is_code = |c: char| matches!(c, '_' | '/' | '\\' | '=' | '<' | '>' | '+');
    let in_code = line.plain[..word.start].ends_with(is_code) || line.plain[word.end()..].starts_with(is_code);
    word.text.len() >= 3 && letters && !in_code && (small || begins) && !line.is_literal(&(word.start..word.end()))
}

fn query(line: &Line<'_>, word: &Word<'_>, lower: &str, dictionary: Option<&Dictionary>, is_british: bool, in_use: &HashMap<String, usize>) -> Option<Query> {
    let range = word.start..word.end();
    let cased = |meant: &str| if word.text.starts_with(char::is_uppercase) { capitalised(meant) } else { meant.to_owned() };
    let is_right = |word: &str| RIGHT.contains(&word) || dictionary.is_some_and(|dictionary| dictionary.has(word));
    let base = lower.strip_suffix("'s").unwrap_or(lower);
    if let Some(at) = lacks_apostrophe(lower) {
        let mark = if line.plain.contains('\u{2019}') { '\u{2019}' } else { '\'' };
        let new = format!("{}{mark}{}", &word.text[..at], &word.text[at..]);
        return Some(line.fixable(Rule::SPELLING, range, new, format!("\u{201c}{}\u{201d} lacks an apostrophe.", word.text)));
    }
    match misspelling(base) {
        Some(found) if found.is_american && RIGHT.contains(&base) => None,
        Some(found) if found.is_american => {
            // Titles and quotations are as others wrote them.
            if !is_british || line.is_foreign(&range) || !matches!(line.within, Within::Text(_)) {
                return None;
            }
            let meant = found.meant.first()?;
            let possessive = ["'s", "\u{2019}s"].into_iter().find(|ending| word.text.ends_with(ending)).unwrap_or_default();
            let new = cased(meant) + possessive;
            Some(line.fixable(
                Rule::AMERICAN_SPELLING,
                range,
                new,
                format!("\u{201c}{}\u{201d} is the American spelling of \u{201c}{meant}\u{201d}.", word.text),
            ))
        }
        Some(found) if !is_right(base) => match found.meant.as_slice() {
            [meant] if base == lower => {
                Some(line.fixable(Rule::SPELLING, range, cased(meant), format!("\u{201c}{}\u{201d} is misspelt for \u{201c}{meant}\u{201d}.", word.text)))
            }
            several => Some(line.query(
                Rule::SPELLING,
                range,
                format!("\u{201c}{}\u{201d} is misspelt; \u{201c}{}\u{201d} may be meant.", word.text, several.join("\u{201d} or \u{201c}")),
            )),
        },
        Some(_) => None,
        None => {
            // Titles are full of the words of a field.
            let dictionary = dictionary.filter(|_| matches!(line.within, Within::Text(_)))?;
            if base.len() < 5 || knows(dictionary, base) || in_use.get(&word.text.to_lowercase()).copied().unwrap_or(0) >= IN_USE {
                return None;
            }
            let near = dictionary.near(base);
            // What is near nothing is a word of the field rather than a slip.
            if near.is_empty() || word.text.starts_with(char::is_uppercase) && near.len() > 3 {
                return None;
            }
            let near: Vec<String> = near.iter().take(3).map(|word| format!("\u{201c}{word}\u{201d}")).collect();
            Some(line.query(
                Rule::SPELLING,
                range,
                format!("No dictionary has \u{201c}{}\u{201d}; {} may be meant. If it is right, add it to the digest's words.", word.text, near.join(" or ")),
            ))
        }
    }
}

/// Whether a dictionary has a word, as it stands, as a name, or behind a prefix that any word can take.
fn knows(dictionary: &Dictionary, word: &str) -> bool {
    const PREFIXES: [&str; 22] = [
        "anti", "bio", "co", "de", "inter", "intra", "macro", "mega", "micro", "mid", "mis", "multi", "neuro", "non", "out", "over", "post", "pre", "psycho",
        "re", "sub", "un",
    ];
    const ENDINGS: [(&str, &str); 14] = [
        ("s", ""),
        ("r", ""),
        ("rs", ""),
        ("er", ""),
        ("ers", ""),
        ("able", ""),
        ("es", ""),
        ("ies", "y"),
        ("ed", ""),
        ("ed", "e"),
        ("ing", ""),
        ("ing", "e"),
        ("ly", ""),
        ("ness", ""),
    ];
    let as_is = |word: &str| dictionary.has(word) || dictionary.has(&capitalised(word));
    let with_ending = |word: &str| {
        as_is(word) || ENDINGS.iter().any(|(ending, old)| word.strip_suffix(ending).is_some_and(|stem| stem.len() >= 4 && as_is(&format!("{stem}{old}"))))
    };
    // Oxford's spelling is British too.
    let oxford = |word: &str| word.contains('z') && with_ending(&word.replace("iz", "is"));
    let prefixed = |prefix: &&str| *prefix == word || word.strip_prefix(prefix).is_some_and(|rest| rest.len() >= 3 && as_is(rest));
    // "Handover", "gatekeepers": two words that have grown together.
    let is_compound = (4..word.len().saturating_sub(3)).any(|at| word.is_char_boundary(at) && as_is(&word[..at]) && as_is(&word[at..]));
    with_ending(word) || oxford(word) || PREFIXES.iter().any(prefixed) || is_compound
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

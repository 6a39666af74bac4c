//! Abbreviations that are not written out where an entry first uses them.

use std::collections::BTreeSet;

use pulse_model::name::fold;

use super::copy::{Copy, Item, Line, Word};
use super::query::{Query, Within};
use super::rule::Rule;

/// What readers of British digests know without being told.
const KNOWN: [&str; 66] = [
    "A&E", "AI", "AIDS", "AM", "BA", "BBC", "BSc", "CD", "CEO", "COVID", "CV", "DNA", "DVD", "EU", "FAQ", "GB", "GCSE", "GDP", "GP", "HIV", "HMRC", "HR", "ID",
    "ISBN", "ISSN", "DOI", "IQ", "IT", "KB", "LGBT", "LGBTQ", "LLP", "LTD", "MA", "MB", "MBA", "MP", "MRI", "MS", "MSc", "NATO", "NHS", "OBE", "OK", "PC",
    "PDF", "PE", "PhD", "PM", "PR", "Q&A", "TB", "TV", "UK", "UN", "UNESCO", "UNICEF", "URL", "US", "USA", "USB", "VAT", "VIP", "WHO", "WiFi", "XL",
];

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let known: BTreeSet<&str> = KNOWN.into_iter().chain(copy.known.digest.desk.known_abbreviations.iter().map(String::as_str)).collect();
    // An organisation whose name is capitals, such as "CFE Research", has nothing to write out.
    let named: BTreeSet<&str> = copy
        .entries
        .iter()
        .flat_map(|item| &item.entry.publishers)
        .chain(copy.known.register.publishers().iter().map(|publisher| &publisher.name))
        .flat_map(|name| name.split_whitespace())
        .collect();
    copy.entries.iter().flat_map(|item| of_entry(copy, item, &known, &named)).collect()
}

fn of_entry(copy: &Copy<'_>, item: &Item<'_>, known: &BTreeSet<&str>, named: &BTreeSet<&str>) -> Vec<Query> {
    let mut done: BTreeSet<String> = BTreeSet::new();
    let mut read = String::new();
    let mut queries = Vec::new();
    for line in copy.lines.iter().filter(|line| line.part == item.part) {
        let is_capitals = !line.plain.chars().any(char::is_lowercase);
        for word in line.words() {
            let Some(short) = abbreviation(word.text) else { continue };
            if is_capitals || known.contains(short) || done.contains(short) || line.is_foreign(&(word.start..word.end())) {
                continue;
            }
            let is_prose = matches!(line.within, Within::Text(_));
            let before = format!("{read} {}", &line.plain[..word.start]);
            if is_written_out(&line.plain, &word, short)
                || (is_renamed(&line.plain[..word.start]) && has_long_form(&before, short))
                || (named.contains(short) && !is_prose)
            {
                done.insert(short.to_owned());
                continue;
            }
            if is_prose && !named.contains(short) {
                queries.push(query(copy, line, &word, short, has_long_form(&before, short)));
                done.insert(short.to_owned());
            }
        }
        read.push(' ');
        read.push_str(&line.plain);
    }
    queries
}

fn query(copy: &Copy<'_>, line: &Line<'_>, word: &Word<'_>, short: &str, has_long: bool) -> Query {
    let publishers = copy.known.register.publishers().iter();
    let long = publishers.filter(|publisher| publisher.abbreviations.iter().any(|own| own == short)).map(|publisher| publisher.name.as_str()).next();
    if has_long {
        let message =
            format!("The long form of {short} stands before without \u{201c}({short})\u{201d} behind it. Add it there, so that readers know what {short} is.");
        return line.query(Rule::ABBREVIATION, word.start..word.end(), message);
    }
    let how = match long {
        Some(long) => format!("write \u{201c}{long} ({short})\u{201d}"),
        None => format!("write it out, with \u{201c}({short})\u{201d} behind it"),
    };
    line.query(
        Rule::ABBREVIATION,
        word.start..word.end(),
        format!("{short} is not written out where its entry first uses it: {how}, or add it to the abbreviations that every reader knows."),
    )
}

/// The abbreviation in a word: two capitals or more and hardly anything else, without a plural or possessive "s". Roman numerals,
/// units, numbers and names such as "McKay" are none.
fn abbreviation(word: &str) -> Option<&str> {
    let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("\u{2019}s")).unwrap_or(word);
    let word = word.split(['-', '\'', '\u{2019}']).next().unwrap_or(word);
    let capitals = |text: &str| text.chars().filter(|c| c.is_uppercase()).count();
    let base = word.strip_suffix('s').filter(|base| base.ends_with(char::is_uppercase)).unwrap_or(word);
    let letters = base.chars().count();
    let (upper, lower) = (capitals(base), base.chars().filter(|c| c.is_lowercase()).count());
    let is_short = (2..=8).contains(&letters) && upper >= 2 && lower < upper && base.starts_with(char::is_uppercase);
    let is_roman = base.chars().all(|c| matches!(c, 'I' | 'V' | 'X' | 'L' | 'C' | 'M')) && !matches!(base, "MI" | "CV" | "CM" | "MC");
    let has_digit = word.chars().any(|c| c.is_ascii_digit());
    let is_joined = base.ends_with('&') || base.starts_with('&');
    (is_short && !is_roman && !has_digit && !is_joined).then_some(base)
}

/// "Association of X (AX)" and "AX (Association of X)".
fn is_written_out(plain: &str, word: &Word<'_>, short: &str) -> bool {
    let before = &plain[..word.start];
    let unquoted = before.trim_end_matches(['\'', '"', '\u{2018}', '\u{201c}']);
    let behind_words = unquoted.ends_with(['(', '[']) && unquoted.trim_end_matches(['(', '[', ' ']).ends_with(|c: char| c.is_alphabetic());
    let after = plain[word.end()..].trim_start();
    let before_words = after.strip_prefix('(').is_some_and(|inner| {
        inner.split(')').next().is_some_and(|inner| inner.contains(' ') && (inner.starts_with(char::is_uppercase) || has_long_form(inner, short)))
    });
    behind_words || before_words
}

/// "An integrated care board, or ICB", "known as the ICB".
fn is_renamed(before: &str) -> bool {
    let before = before.trim_end_matches(['\'', '"', '\u{2018}', '\u{201c}']).trim_end();
    let before = before.strip_suffix(" the").unwrap_or(before);
    [" or", " known as", " called", " abbreviated to"].iter().any(|words| before.ends_with(words))
}

/// Whether a text has words in a row whose first letters are the abbreviation; small joining words may be left out.
fn has_long_form(text: &str, short: &str) -> bool {
    let wanted: Vec<char> = short.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let folded = fold(text);
    let words: Vec<&str> = folded.split(' ').collect();
    let is_small = |word: &str| matches!(word, "of" | "and" | "for" | "the" | "in" | "on" | "to" | "with" | "at" | "by");
    (0..words.len()).any(|from| {
        let mut met = 0;
        for word in &words[from..] {
            match wanted.get(met) {
                None => break,
                Some(letter) if word.starts_with(*letter) => met += 1,
                Some(_) if is_small(word) && met > 0 => {}
                Some(_) => return false,
            }
        }
        met == wanted.len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_an_abbreviation() {
        for (word, short) in [("DAPPs", "DAPP"), ("DfE", "DfE"), ("ICB's", "ICB"), ("ICS-level", "ICS"), ("RCA", "RCA")] {
            assert_eq!(abbreviation(word), Some(short), "{word}");
        }
        for word in ["McKay", "XIV", "Tidemark", "YouTube", "COVID-19", "H2O", "kW", "A", "OpenAccess", "MacDonald"] {
            assert!(abbreviation(word).is_none_or(|short| KNOWN.contains(&short)), "{word}");
        }
        assert!(has_long_form("the Department of Health and Social Care said", "DHSC") && has_long_form("Department for Education", "DfE"));
        assert!(!has_long_form("Department of Education", "DHSC"));
    }
}

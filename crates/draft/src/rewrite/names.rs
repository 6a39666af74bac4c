//! Names in running text: words with a capital, and the words that sentences begin with.

use pulse_model::sentence::sentences;

/// Words that may be a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name<'a> {
    /// As the text has them.
    pub(crate) text: &'a str,
    /// Their first word begins a sentence, and may have its capital from there.
    pub(crate) opens: bool,
}

/// The names of a text, in order: neighbouring words with capitals, and those that "of", "and" or "for" join. The first word of every
/// sentence is among them.
///
/// What has a capital for another reason ("May", "British") is taken for a name: it is looked up in the source like any other word.
pub(crate) fn names(text: &str) -> Vec<Name<'_>> {
    sentences(text).into_iter().flat_map(of_sentence).collect()
}

fn of_sentence(sentence: &str) -> Vec<Name<'_>> {
    let mut names: Vec<(usize, usize, bool)> = Vec::new();
    for (at, (start, end)) in words(sentence).into_iter().enumerate() {
        let word = &sentence[start..end];
        if !is_capital(word) {
            continue;
        }
        match names.last_mut() {
            Some((_, last, _)) if is_joined(&sentence[*last..start]) => *last = end,
            _ => names.push((start, end, at == 0 && !is_acronym(word))),
        }
    }
    names.into_iter().map(|(start, end, opens)| Name { text: &sentence[start..end], opens }).collect()
}

/// Only spaces, and small words of names, stand between two capitals of one name.
fn is_joined(between: &str) -> bool {
    between.split(' ').all(|word| matches!(word, "" | "of" | "and" | "for" | "the"))
}

fn is_capital(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase) && word.chars().count() > 1
}

fn is_acronym(word: &str) -> bool {
    word.chars().count() > 1 && word.chars().all(|c| c.is_uppercase() || c.is_numeric())
}

/// Where words begin and end.
fn words(text: &str) -> Vec<(usize, usize)> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '\u{2019}' | '-');
    let mut words = Vec::new();
    let mut open = None;
    for (at, c) in text.char_indices() {
        match (open, is_part(c)) {
            (None, true) => open = Some(at),
            (Some(start), false) => {
                words.push((start, at));
                open = None;
            }
            _ => {}
        }
    }
    words.extend(open.map(|start| (start, text.len())));
    words
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn names_have_capitals_or_begin_a_sentence() {
        let found = |text| names(text).into_iter().map(|name| (name.text, name.opens)).collect::<Vec<_>>();
        assert_eq!(
            found("The study by Northmoor Institute for Ageing, in Port Averly, found 12% more."),
            [("The", true), ("Northmoor Institute for Ageing", false), ("Port Averly", false)]
        );
        assert_eq!(found("Waits grew. NHSQ says so; Ada Okafor agreed."), [("Waits", true), ("NHSQ", false), ("Ada Okafor", false)]);
        assert_eq!(found("Quayside found that older people waited longer."), [("Quayside", true)]);
    }
}

//! Words broken at the end of a line: put together as the rest of the document writes them.

use std::collections::HashSet;

/// The words of a document.
#[derive(Debug, Default)]
pub(super) struct Words {
    plain: HashSet<String>,
    hyphenated: HashSet<String>,
}

fn is_hyphen(letter: char) -> bool {
    matches!(letter, '-' | '\u{2010}' | '\u{2011}' | '\u{ad}')
}

impl Words {
    /// Of all lines; what stands at the end of a line may be half a word and is left out.
    pub(super) fn of<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut words = Self::default();
        for line in lines {
            let mut rest = line.split(' ').peekable();
            while let Some(word) = rest.next() {
                let word = word.trim_matches(|letter: char| !letter.is_alphanumeric() && !is_hyphen(letter));
                if rest.peek().is_none() && word.ends_with(is_hyphen) {
                    continue;
                }
                let set = if word.contains(is_hyphen) { &mut words.hyphenated } else { &mut words.plain };
                set.insert(word.to_lowercase().replace(is_hyphen, "-"));
            }
        }
        words
    }

    /// Two lines as one text.
    pub(super) fn join(&self, above: &str, below: &str) -> String {
        let Some(stem) = above.strip_suffix(is_hyphen).filter(|stem| stem.ends_with(char::is_alphabetic)) else {
            return format!("{above} {below}");
        };
        if !below.starts_with(char::is_lowercase) {
            // "Mid-" and "Wales": the hyphen is the word's own.
            return if below.starts_with(char::is_alphanumeric) && !stem.ends_with(' ') { format!("{above}{below}") } else { format!("{above} {below}") };
        }
        let first = stem.rsplit(' ').next().unwrap_or_default().trim_start_matches(|letter: char| !letter.is_alphanumeric());
        let second = below.split(' ').next().unwrap_or_default().trim_end_matches(|letter: char| !letter.is_alphanumeric());
        let (whole, parted) = (format!("{first}{second}").to_lowercase(), format!("{first}-{second}").to_lowercase());
        let keeps = !above.ends_with('\u{ad}') && !self.plain.contains(&whole) && (self.hyphenated.contains(&parted) || first.contains(is_hyphen));
        if keeps { format!("{stem}-{below}") } else { format!("{stem}{below}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_words_are_written_as_elsewhere() {
        let words = Words::of(["a long-term view", "of the government"].into_iter());
        assert_eq!(words.join("the govern-", "ment said"), "the government said");
        assert_eq!(words.join("a long-", "term plan"), "a long-term plan");
        assert_eq!(words.join("the unseen exam-", "ple of it"), "the unseen example of it");
        assert_eq!(words.join("Rents rose", "by 4 %"), "Rents rose by 4 %");
    }
}

//! Words as they are compared: in lower case, without endings, without those that say nothing of a subject.

use std::collections::HashMap;

/// Words to numbers, so that sentences can be compared fast. The same words in the same order give the same numbers.
#[derive(Default)]
pub(crate) struct Words {
    known: HashMap<String, u32>,
}

impl Words {
    /// The numbers of the words of a text that say something, in order, with repetitions.
    pub(crate) fn of(&mut self, text: &str) -> Vec<u32> {
        let mut found = Vec::new();
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            let word = word.to_lowercase();
            if is_telling(&word) {
                let next = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
                found.push(*self.known.entry(stem(&word).to_owned()).or_insert(next));
            }
        }
        found
    }

    /// How many different words there are.
    pub(crate) fn count(&self) -> usize {
        self.known.len()
    }
}

/// A word without the commonest endings. Crude: it only has to be the same for the same word.
pub(crate) fn stem(word: &str) -> &str {
    if word.len() <= 4 || !word.is_ascii() {
        return word.strip_suffix('s').filter(|rest| rest.len() > 2).unwrap_or(word);
    }
    let endings = ["ments", "ment", "ingly", "ings", "ing", "edly", "ed", "ies", "ied", "es", "ly", "s", "e", "y"];
    let rest = endings.iter().find_map(|ending| word.strip_suffix(ending).filter(|rest| rest.len() >= 3));
    rest.unwrap_or(word)
}

/// Whether a word is about a subject: not one of the hundred or so that every text has, and not a single letter.
pub(crate) fn is_telling(word: &str) -> bool {
    const COMMON: &[&str] = &[
        "a", "about", "above", "after", "again", "all", "also", "although", "am", "among", "an", "and", "any", "are", "as", "at", "be", "because", "been",
        "before", "being", "below", "between", "both", "but", "by", "can", "could", "did", "do", "does", "down", "during", "each", "either", "for", "from",
        "further", "had", "has", "have", "he", "her", "here", "his", "how", "however", "i", "if", "in", "into", "is", "it", "its", "itself", "may", "me",
        "might", "more", "most", "must", "my", "no", "nor", "not", "of", "off", "on", "once", "only", "or", "other", "our", "out", "over", "own", "per",
        "same", "she", "should", "since", "so", "some", "such", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
        "through", "to", "too", "under", "until", "up", "upon", "us", "very", "was", "we", "were", "what", "when", "where", "which", "while", "who", "whom",
        "why", "will", "with", "within", "would", "you", "your",
    ];
    word.chars().nth(1).is_some() && !COMMON.contains(&word)
}

//! A work to features: its words, the words of its title apart, its publishers, hosts, type and sources.
//!
//! A [`Vocabulary`] gives each feature a number and remembers how it reads, so that whatever is learned about a number leads back
//! to words. Features are taken once and kept; learning and ranking only count with them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use pulse_model::name::fold;
use url::Url;

use super::words::{Word, folded, key_of_name, tagged, words};
use crate::Subject;

/// Where in a work a feature was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// In its title or text: a telling word.
    Text,
    /// In its title or text: a small word, or a pair with one.
    Small,
    /// In its title.
    Title,
    /// In the name of a publisher.
    By,
    /// In its address.
    Path,
    /// One of its publishers.
    Publisher,
    /// The host it is on.
    Host,
    /// Its source's word for what it is.
    Type,
    /// A source that told of it.
    Source,
}

/// How a feature reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature<'a> {
    /// Where it was found.
    pub field: Field,
    /// A word, a pair of words, or a name. Of several spellings the shortest, and of those the first in the alphabet.
    pub shown: &'a str,
    /// In how many works it was.
    pub works: u32,
}

impl Feature<'_> {
    /// Where it was found, and what: a lower-case fragment.
    pub fn phrase(&self) -> String {
        let name = self.shown;
        match self.field {
            Field::Text | Field::Small => format!("says \u{201c}{name}\u{201d}"),
            Field::Title => format!("its title says \u{201c}{name}\u{201d}"),
            Field::By => format!("its publisher\u{2019}s name says \u{201c}{name}\u{201d}"),
            Field::Path => format!("its address says \u{201c}{name}\u{201d}"),
            Field::Publisher => format!("from {name}"),
            Field::Host => format!("on {name}"),
            Field::Type => format!("is called \u{201c}{name}\u{201d}"),
            Field::Source => format!("told of by {name}"),
        }
    }

    /// Whether one of two says what the other says: a word and a pair with it, a publisher and a word of its name.
    pub fn repeats(&self, other: &Feature<'_>) -> bool {
        let (one, other) = (self.shown.to_lowercase(), other.shown.to_lowercase());
        one.contains(&other) || other.contains(&one)
    }
}

/// The features that were met, each with its number.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    numbers: HashMap<u64, u32, BuildHasherDefault<AsItIs>>,
    known: Vec<Known>,
    /// How they read, one after the other: there can be millions.
    shown: String,
    works: u32,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    field: Field,
    works: u32,
    start: usize,
    end: usize,
}

/// Keys are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// The features of one work: their numbers, and how often each is there. In an order that does not depend on what was met before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    pub(super) of_words: [Vec<(u32, f32)>; 5],
    /// Squared counts of words that the vocabulary does not know, for each kind of words.
    pub(super) unknown: [f32; 5],
    pub(super) names: Vec<u32>,
    /// Stands for all of it, to put works in an order of their own.
    key: u64,
}

impl Features {
    /// Stands for the whole, to put works in an order of their own; equal for works that say the same.
    pub fn key(&self) -> u64 {
        self.key
    }
}

/// The fields that hold words, in the order of [`Features::of_words`].
pub(super) const OF_WORDS: [Field; 5] = [Field::Text, Field::Small, Field::Title, Field::By, Field::Path];

/// A word of the title counts as so many in the text.
const TITLE_COUNTS: f32 = 2.0;

impl Vocabulary {
    /// Features of a work, new ones included, which is counted as seen.
    pub fn read(&mut self, subject: &Subject) -> Features {
        self.works += 1;
        let found = Found::of(subject);
        found.features(|field, key, shown| Some(self.number_of(field, key, shown, 1)))
    }

    /// Features of a work, of those that are known already.
    pub fn look_up(&self, subject: &Subject) -> Features {
        Found::of(subject).features(|_, key, _| self.numbers.get(&key).copied())
    }

    /// The number of a word that somebody named rather than a work; it is not counted as seen.
    pub(crate) fn number_of_word(&mut self, field: Field, phrase: &str) -> Option<u32> {
        let key = tagged(super::words::key_of(phrase)?, field as u8);
        Some(self.number_of(field, key, &folded(phrase), 0))
    }

    /// The feature with this number.
    pub fn feature(&self, number: u32) -> Option<Feature<'_>> {
        let Known { field, works, start, end } = *self.known.get(number as usize)?;
        Some(Feature { field, shown: self.shown.get(start..end)?, works })
    }

    /// Of each feature, by its number, its field and how many works had it.
    pub fn features(&self) -> impl ExactSizeIterator<Item = (Field, u32)> {
        self.known.iter().map(|known| (known.field, known.works))
    }

    /// How many works were read.
    pub fn works(&self) -> u32 {
        self.works
    }

    fn number_of(&mut self, field: Field, key: u64, shown: &str, seen: u32) -> u32 {
        let next = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.known.push(Known { field, works: 0, start: 0, end: 0 });
        }
        let Some(known) = self.known.get_mut(number as usize) else { return number };
        known.works += seen;
        let is_better = |before: &str| before.is_empty() || (shown.len(), shown) < (before.len(), before);
        if is_better(&self.shown[known.start..known.end]) {
            (known.start, known.end) = (self.shown.len(), self.shown.len() + shown.len());
            self.shown.push_str(shown);
        }
        number
    }
}

/// What was found in a work, before it has numbers.
struct Found {
    title: String,
    text: String,
    publishers: String,
    paths: String,
    names: Vec<(Field, u64, String)>,
}

impl Found {
    fn of(subject: &Subject) -> Self {
        let urls: Vec<Url> = subject.links.iter().take(3).filter_map(|link| Url::parse(link).ok()).collect();
        let hosts = urls.iter().filter_map(|url| url.host_str()).map(|host| host.trim_start_matches("www.").to_owned());
        let path = |url: &Url| folded(&format!("{} {}", url.host_str().unwrap_or_default(), url.path()));
        let named = |field: Field, names: &[String]| -> Vec<(Field, u64, String)> {
            names
                .iter()
                .map(|name| (field, fold(name), name))
                .filter(|(_, key, _)| !key.is_empty())
                .map(|(field, key, name)| (field, key_of_name(&key), name.clone()))
                .collect()
        };
        let mut names = named(Field::Publisher, &subject.publishers);
        names.extend(named(Field::Host, &hosts.take(1).collect::<Vec<_>>()));
        names.extend(named(Field::Type, subject.document_type.as_slice()));
        names.extend(named(Field::Source, &subject.sources));
        for (field, key, _) in &mut names {
            *key = tagged(*key, *field as u8);
        }
        names.sort_by_key(|(_, key, _)| *key);
        names.dedup_by_key(|(_, key, _)| *key);
        Self {
            title: folded(&subject.title),
            text: folded(&subject.text),
            publishers: folded(&subject.publishers.join(" . ")),
            paths: urls.iter().take(1).map(path).collect(),
            names,
        }
    }

    fn features(&self, mut number: impl FnMut(Field, u64, &str) -> Option<u32>) -> Features {
        let mut features = Features::default();
        let all = || words(&self.title).map(|word| (word, TITLE_COUNTS)).chain(words(&self.text).map(|word| (word, 1.0)));
        let telling = |text| words(text).filter(|word| !word.is_small).map(|word| (word, 1.0)).collect();
        let texts: [Vec<(Word<'_>, f32)>; 5] = [
            all().filter(|(word, _)| !word.is_small).collect(),
            all().filter(|(word, _)| word.is_small).collect(),
            telling(&self.title),
            telling(&self.publishers),
            telling(&self.paths),
        ];
        for (at, (field, words)) in OF_WORDS.into_iter().zip(texts).enumerate() {
            for (word, count) in counted(words) {
                let key = tagged(word.key, field as u8);
                features.key = features.key.rotate_left(5) ^ key;
                match number(field, key, word.shown) {
                    Some(number) => features.of_words[at].push((number, count)),
                    None => features.unknown[at] += count * count,
                }
            }
        }
        for (field, key, name) in &self.names {
            features.key = features.key.rotate_left(5) ^ key;
            features.names.extend(number(*field, *key, name));
        }
        features
    }
}

/// Each word once, in the order of keys, with how much it counts: repeats add less and less.
fn counted(mut words: Vec<(Word<'_>, f32)>) -> Vec<(Word<'_>, f32)> {
    words.sort_unstable_by_key(|(word, _)| word.key);
    words.dedup_by(|(later, more), (first, count)| {
        let same = later.key == first.key;
        if same {
            *count += *more;
            if (later.shown.len(), later.shown) < (first.shown.len(), first.shown) {
                first.shown = later.shown;
            }
        }
        same
    });
    words.iter_mut().for_each(|(_, count)| *count = 1.0 + count.ln());
    words
}

//! Texts that are nearly the same: a sketch of each, and those whose sketches agree.
//!
//! In: texts. Out: a [`Sketch`] of each, how much two of them share, and all pairs that share much.
//!
//! A sketch is MinHash (Broder 1997) over runs of [`SHINGLE_WORDS`] words without case, marks and white space; numbers count as words,
//! because two releases of one series differ in little else. The share of places in which two sketches agree estimates how much of the
//! runs of words of either text both have, with a standard error below 0.045.
//!
//! Invariants: a sketch depends on the text alone, not on the machine or a library's version, so it can be kept; one made in another
//! way is not read ([`SketchError`]). The order of sketches changes no pair. Not here: whether two texts are one work ([`crate::alike`]).

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use pulse_model::name::fold;
use serde::{Deserialize, Serialize};

/// How many words are looked at together.
pub const SHINGLE_WORDS: usize = 4;
/// A text of fewer words is not compared: a landing page's "read more" is like any other's.
pub const LEAST_WORDS: usize = 40;
/// Words of a text after these are not looked at: some 1,000 pages.
const MOST_WORDS: usize = 400_000;
/// Places of a sketch.
const PLACES: usize = 128;
/// Places that must agree for two sketches to be compared at all. Two that share 85 % are missed once in 150, 90 % once in 8,000.
const BAND: usize = 8;
/// Of the sketches that share a band, each is compared with so many after it.
const WINDOW: usize = 32;
/// How sketches are made; a change of anything above or of the hashes below is a new version.
const VERSION: &str = "1";

/// A text in 256 bytes, for comparing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sketch(Box<[u16; PLACES]>);

impl Sketch {
    /// The sketch of a text; `None` where it has too few words to tell it from others.
    ///
    /// ```
    /// use pulse_triage::similar::{Sketch, similarity};
    /// let text: String = (0..200).map(|number| format!("Carer {number} was asked, and said so. ")).collect();
    /// let (one, other) = (Sketch::of(&text).unwrap(), Sketch::of(&text.to_uppercase()).unwrap());
    /// assert_eq!(similarity(&one, &other), 1.0);
    /// assert_eq!(one.to_string().parse(), Ok(one));
    /// assert_eq!(Sketch::of("Read more"), None);
    /// ```
    pub fn of(text: &str) -> Option<Self> {
        let folded = fold(text);
        let words: Vec<u64> = folded.split(' ').filter(|word| !word.is_empty()).take(MOST_WORDS).map(hash).collect();
        if words.len() < LEAST_WORDS {
            return None;
        }
        let mut least = [u64::MAX; PLACES];
        for run in words.windows(SHINGLE_WORDS) {
            let run = run.iter().fold(0, |all: u64, word| mixed(all.rotate_left(23) ^ word));
            for (least, (factor, summand)) in least.iter_mut().zip(&HASHES) {
                *least = (*least).min(run.wrapping_mul(*factor).wrapping_add(*summand));
            }
        }
        // The least of many numbers begins with zeros, so it is mixed again before it is cut.
        Some(Self(Box::new(least.map(|least| (mixed(least) & 0xffff) as u16))))
    }

    /// What stands in each run of places, with the number of the run.
    pub(crate) fn bands(&self) -> impl Iterator<Item = (usize, &[u16])> {
        self.0.chunks(BAND).enumerate()
    }
}

/// How much of what two texts say word for word both say: from 0 to 1, an estimate of the Jaccard index of their runs of words.
pub fn similarity(one: &Sketch, other: &Sketch) -> f64 {
    let equal = one.0.iter().zip(other.0.iter()).filter(|(a, b)| a == b).count();
    equal as f64 / PLACES as f64
}

/// Two texts that are nearly the same, by their places in the input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// The one that comes first.
    pub one: usize,
    /// The other.
    pub other: usize,
    /// See [`similarity`].
    pub similarity: f64,
}

/// All pairs that share at least so much (see [`similarity`]; below 0.8 some are missed), by their places. Of texts that have the
/// same sketch, only the first is paired with others; the others are paired with the first.
pub fn near(sketches: &[Option<&Sketch>], at_least: f64) -> Vec<Near> {
    let mut alike: HashMap<&Sketch, usize> = HashMap::new();
    let mut found = Vec::new();
    for (at, sketch) in sketches.iter().enumerate() {
        let Some(sketch) = sketch else { continue };
        let first = *alike.entry(sketch).or_insert(at);
        if first != at {
            found.push(Near { one: first, other: at, similarity: 1.0 });
        }
    }
    let mut distinct: Vec<(&Sketch, usize)> = alike.into_iter().collect();
    distinct.sort_unstable();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for from in (0..PLACES).step_by(BAND) {
        // In the order of what follows the band, so that of many that share it those that share more are neighbours.
        let mut ranks: Vec<(&[u16], usize)> = distinct.iter().enumerate().filter_map(|(rank, (sketch, _))| Some((sketch.0.get(from..)?, rank))).collect();
        ranks.sort_unstable();
        for sharing in ranks.chunk_by(|one, other| one.0.get(..BAND) == other.0.get(..BAND)) {
            for (at, (_, rank)) in sharing.iter().enumerate() {
                pairs.extend(sharing.iter().skip(at + 1).take(WINDOW).map(|(_, other)| (*rank.min(other), *rank.max(other))));
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    for (a, b) in pairs {
        if let (Some((one, a)), Some((other, b))) = (distinct.get(a), distinct.get(b)) {
            let similarity = similarity(one, other);
            if similarity >= at_least {
                found.push(Near { one: *a.min(b), other: *a.max(b), similarity });
            }
        }
    }
    found.sort_unstable_by_key(|near| (near.one, near.other));
    found
}

/// An odd factor and a summand for each place, which make as many hashes of one.
const HASHES: [(u64, u64); PLACES] = {
    let mut hashes = [(0, 0); PLACES];
    let mut place = 0;
    while place < PLACES {
        hashes[place] = (mixed(place as u64) | 1, mixed(!(place as u64)));
        place += 1;
    }
    hashes
};

/// FNV-1a, 64 bits.
pub(crate) fn hash(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A number whose every bit depends on every bit of another (the last steps of SplitMix64).
const fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// `1:` and 512 hexadecimal digits, the form it is stored in.
impl fmt::Display for Sketch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{VERSION}:")?;
        self.0.iter().try_for_each(|place| write!(f, "{place:04x}"))
    }
}

/// The text is no sketch of this version: one is made anew from the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sketch is written as {VERSION}: and {digits} hexadecimal digits; one of another version is made anew", digits = PLACES * 4)]
pub struct SketchError;

impl FromStr for Sketch {
    type Err = SketchError;
    fn from_str(text: &str) -> Result<Self, SketchError> {
        let digits = text.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix(':')).ok_or(SketchError)?;
        if digits.len() != PLACES * 4 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(SketchError);
        }
        let mut places = Box::new([0; PLACES]);
        for (at, place) in places.iter_mut().enumerate() {
            let digits = digits.get(at * 4..at * 4 + 4).ok_or(SketchError)?;
            *place = u16::from_str_radix(digits, 16).map_err(|_| SketchError)?;
        }
        Ok(Self(places))
    }
}

impl Serialize for Sketch {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sketch {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

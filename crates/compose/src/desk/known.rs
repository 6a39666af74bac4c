//! What the desk is told besides the edition. Whoever calls it loads this; the desk reads no file and asks no server.

use std::collections::HashMap;

use pulse_model::{Digest, Edition, Evidence, Register};

use super::dictionary::Dictionary;

/// What is known when an edition is checked.
#[derive(Debug)]
pub struct Known<'a> {
    /// The digest, with its settings for the desk.
    pub digest: &'a Digest,
    /// Publishers by their names. Where it is empty, publishers are not asked about.
    pub register: &'a Register,
    /// Earlier editions, which show the digest's habits. In any order; may be empty.
    pub archive: &'a [Edition],
    /// What is known of entries, by their slugs.
    pub entries: HashMap<&'a str, EntryKnowledge<'a>>,
    /// What became of addresses that were asked. An address that is not here was not asked.
    pub links: HashMap<&'a str, LinkState>,
    /// Words that are spelt right. Without it, only words known to be misspelt are found.
    pub dictionary: Option<&'a Dictionary>,
}

impl<'a> Known<'a> {
    /// A digest and its register, and nothing else known.
    pub fn new(digest: &'a Digest, register: &'a Register) -> Self {
        Self { digest, register, archive: &[], entries: HashMap::new(), links: HashMap::new(), dictionary: None }
    }
}

/// What is known of an entry.
#[derive(Debug, Default)]
pub struct EntryKnowledge<'a> {
    /// What its publication's documents state in figures; none where no document is kept.
    pub evidence: Option<&'a Evidence>,
    /// Where the digest's model would file it.
    pub filing: Option<Filing>,
    /// Where it was covered before, if it was.
    pub covered: Vec<Covered>,
}

/// Where a model would file an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Filing {
    /// The sector it finds likeliest.
    pub sector: String,
    /// How likely, from 0 to 1.
    pub sector_probability: f64,
    /// The category it finds likeliest; empty where it was not asked.
    pub category: String,
    /// How likely, from 0 to 1.
    pub category_probability: f64,
    /// The words that spoke for the sector, the strongest first.
    pub words: Vec<String>,
}

/// An entry of an earlier edition about the same publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    /// "May 2023".
    pub edition: String,
    /// The heading it had there.
    pub heading: String,
    /// How it is known to be the same, as a fragment: "the same address", "the same title and publisher".
    pub how: String,
}

/// What became of an address that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It answers.
    Fine,
    /// It says that its page has moved for good.
    Moved {
        /// To this address.
        to: String,
    },
    /// It does not answer, or has no such page.
    Dead {
        /// What it said, as a fragment: "404 Not Found", "no such host".
        why: String,
    },
}

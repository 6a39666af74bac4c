//! Reads what the tests of the copy desk are about.

#![allow(dead_code, reason = "each test uses a part")]

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use pulse_compose::desk::{self, Covered, Dictionary, EntryKnowledge, Filing, Known, LinkState, Query};
use pulse_compose::import;
use pulse_model::document::{Content, Metadata};
use pulse_model::passage::Sourced;
use pulse_model::{Digest, Document, Edition, Evidence, Register};
use pulse_testkit::digests;
use serde::Deserialize;

const HEAD: &str = "# Evidence digest\n\n## May 2026\n\n## Adult social care and health\n\n### Reports\n\n#### [Harbour Trust. Who waits.](https://harbour.example/who-waits)\n\n";

/// An edition and what is known besides.
pub(crate) struct Case {
    pub(crate) digest: Digest,
    pub(crate) edition: Edition,
    archive: Vec<Edition>,
    words: Option<Dictionary>,
    known: Told,
}

/// `known.toml`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Told {
    /// Where an address has moved; or, behind "dead: ", why it is dead; or "fine".
    links: BTreeMap<String, String>,
    /// By the entry's slug.
    entries: BTreeMap<String, ToldOfEntry>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ToldOfEntry {
    /// Paragraphs of the publication's document.
    document: Option<Vec<String>>,
    /// Sector, how likely, category, how likely, words.
    filing: Option<(String, f64, String, f64, Vec<String>)>,
    /// Edition, heading, how it is known to be the same.
    covered: Vec<(String, String, String)>,
}

impl Case {
    pub(crate) fn read(folder: &Path, name: &str) -> Self {
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
        // What stands beside is for both texts, unless one has its own.
        let stem = name.strip_suffix(".md").unwrap();
        let file = |name: &str| read(&format!("{stem}.{name}")).or_else(|| read(name));
        let digest: Digest = file("digest.toml").map_or_else(digests::evidence, |text| toml::from_str(&text).unwrap());
        let edition = edition(&read(name).unwrap_or_else(|| panic!("{}: no {name}", folder.display())), &digest);
        let archive = file("archive.md").iter().map(|text| self::edition(text, &digest)).collect();
        let words = file("words.txt").map(|list| Dictionary::of_words(&list));
        let known = file("known.toml").map(|text| toml::from_str(&text).unwrap()).unwrap_or_default();
        Self { digest, edition, archive, words, known }
    }

    pub(crate) fn of(edition: Edition, digest: Digest) -> Self {
        Self { digest, edition, archive: Vec::new(), words: None, known: Told::default() }
    }

    /// Tells something more, in the form of `known.toml`.
    pub(crate) fn told(mut self, known: &str) -> Self {
        self.known = toml::from_str(known).unwrap();
        self
    }

    pub(crate) fn queries(&self) -> Vec<Query> {
        let register = Register::new(self.digest.publishers.clone());
        let evidence: BTreeMap<&str, Evidence> =
            self.known.entries.iter().filter_map(|(slug, told)| Some((slug.as_str(), evidence(told.document.as_ref()?)))).collect();
        let mut known = Known { archive: &self.archive, dictionary: self.words.as_ref(), ..Known::new(&self.digest, &register) };
        for (slug, told) in &self.known.entries {
            assert!(self.edition.entries().any(|entry| entry.slug == *slug), "no entry {slug}");
            let covered = |(edition, heading, how): &(String, String, String)| Covered { edition: edition.clone(), heading: heading.clone(), how: how.clone() };
            let filing = told.filing.clone().map(|(sector, sector_probability, category, category_probability, words)| Filing {
                sector,
                sector_probability,
                category,
                category_probability,
                words,
            });
            let entry = EntryKnowledge { evidence: evidence.get(slug.as_str()), filing, covered: told.covered.iter().map(covered).collect() };
            known.entries.insert(slug, entry);
        }
        let state = |said: &String| match said.strip_prefix("dead: ") {
            Some(why) => LinkState::Dead { why: why.to_owned() },
            None if said == "fine" => LinkState::Fine,
            None => LinkState::Moved { to: said.clone() },
        };
        known.links = self.known.links.iter().map(|(address, said)| (address.as_str(), state(said))).collect::<HashMap<_, _>>();
        desk::check(&self.edition, &known)
    }
}

/// Reads an edition, or an entry's summary.
pub(crate) fn edition(text: &str, digest: &Digest) -> Edition {
    let whole = if text.starts_with("# ") { text.to_owned() } else { format!("{HEAD}{text}") };
    let mut edition = import::read(whole.as_bytes(), "edition.md", std::slice::from_ref(digest), &Register::new(digest.publishers.clone())).unwrap().edition;
    edition.settle_slugs();
    edition
}

fn evidence(paragraphs: &[String]) -> Evidence {
    let blocks = paragraphs.iter().map(|text| (None, Content::Paragraph { text: text.clone() }));
    let document = Document::new(Metadata::default(), blocks, None, Vec::new());
    Evidence::of(&[Sourced { address: "https://harbour.example/report.pdf", document: &document }])
}

/// Every text of an edition, in order: letter, news, headings and summaries.
pub(crate) fn texts(edition: &Edition) -> Vec<String> {
    let letter = &edition.letter;
    let mut texts: Vec<String> = Vec::new();
    for blocks in [&letter.welcome, &letter.highlights, &letter.call_for_contact, &letter.notices] {
        texts.extend(blocks.texts().iter().map(|(_, text)| pulse_model::markdown::write_text(text)));
    }
    for item in &edition.news {
        texts.push(item.title.clone());
        texts.extend(item.body.texts().iter().map(|(_, text)| pulse_model::markdown::write_text(text)));
    }
    for entry in edition.entries() {
        texts.push(entry.heading());
        texts.extend(entry.links.iter().map(|link| link.url.to_string()));
        texts.extend(entry.summary.texts().iter().map(|(_, text)| pulse_model::markdown::write_text(text)));
    }
    texts
}

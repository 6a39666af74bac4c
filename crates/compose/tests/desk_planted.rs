//! The sample edition is clean, and every kind of error planted in it is found: a file is an error, with what to replace by what, and the
//! words that a query of the rule must be about. `digest:` and `known:` say more, as TOML.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the report")]

mod desk_support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use desk_support::{Case, edition};
use pulse_compose::desk::{Query, Rule};
use pulse_model::Digest;
use pulse_model::digest::Severity;
use pulse_testkit::digests;

/// The demo's digest, with more said of it.
fn digest(more: &str) -> Digest {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pulse/demo/digest.toml");
    // Keys without a table of their own come first in TOML.
    let (keys, tables) = if more.starts_with('[') { ("", more) } else { (more, "") };
    let demo = std::fs::read_to_string(path).unwrap();
    let demo = if keys.starts_with("masthead") {
        demo.replace("[masthead]\n", "").replace("logo =", "masthead.logo =").replace("colours =", "masthead.colours =")
    } else {
        demo
    };
    let demo: String =
        demo.lines().filter(|line| !(keys.starts_with("masthead") && line.starts_with("masthead.logo"))).map(|line| format!("{line}\n")).collect();
    toml::from_str(&format!("{keys}\n{demo}\n{tables}")).unwrap()
}

fn clean() -> Vec<Query> {
    let digest = digest("");
    Case::of(edition(&digests::sample_edition(), &digest), digest).queries()
}

#[test]
fn the_sample_edition_is_clean() {
    let queries = clean();
    assert!(queries.iter().all(|query| query.severity == Severity::Warning), "{queries:#?}");
    assert!(queries.len() < 5, "{queries:#?}");
}

#[test]
fn every_planted_error_is_found() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/desk-planted");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let before = clean();
    let mut wrong = Vec::new();
    let mut met = BTreeSet::new();
    for file in &files {
        let planted = Planted::read(file);
        met.insert(planted.rule);
        wrong.extend(planted.check(&before).map(|why| format!("{}: {why}", file.file_stem().unwrap().to_string_lossy())));
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), files.len(), wrong.join("\n"));
    let missing: Vec<&str> = Rule::ALL.iter().filter(|rule| !met.contains(*rule) && **rule != Rule::FIGURES_UNCHECKED).map(|rule| rule.name()).collect();
    assert!(missing.is_empty(), "no error is planted for {missing:?}");
}

struct Planted {
    rule: Rule,
    replace: String,
    by: String,
    asked_about: String,
    digest: String,
    known: String,
}

impl Planted {
    fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap();
        let (head, known) = text.split_once("\nknown:\n").unwrap_or((&text, ""));
        let (head, digest) = head.split_once("\ndigest:\n").unwrap_or((head, ""));
        let field = |name: &str| {
            head.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{}: no {name}", file.display())).trim_start().replace("\\n", "\n")
        };
        let rule = field("rule:");
        let rule = Rule::from_name(&rule).unwrap_or_else(|| panic!("{}: no rule {rule}", file.display()));
        Self { rule, replace: field("replace:"), by: field("by:"), asked_about: field("asked about:"), digest: digest.to_owned(), known: known.to_owned() }
    }

    /// What is wrong with what the desk asks, if anything is: the error is not found, or others are that nobody planted.
    fn check(&self, before: &[Query]) -> Option<String> {
        let sample = digests::sample_edition();
        assert!(sample.contains(&self.replace), "{} is not in the sample", self.replace);
        let text = sample.replacen(&self.replace, &self.by, usize::from(!self.replace.is_empty()));
        let digest = digest(&self.digest);
        let queries = Case::of(edition(&text, &digest), digest).told(&self.known).queries();
        let found = queries.iter().any(|query| query.rule == self.rule && query.place.excerpt.contains(&self.asked_about));
        let others: Vec<String> = queries
            .iter()
            .filter(|query| query.rule != self.rule && !before.iter().any(|old| old.rule == query.rule))
            .map(|query| format!("{} [{}] {}", query.rule.name(), query.place.excerpt, query.message))
            .collect();
        match (found, others.is_empty()) {
            (true, true) => None,
            (false, _) => {
                Some(format!("not found; asked: {:?}", queries.iter().map(|query| (query.rule.name(), query.place.excerpt.as_str())).collect::<Vec<_>>()))
            }
            (true, false) => Some(format!("found, and others: {others:?}")),
        }
    }
}

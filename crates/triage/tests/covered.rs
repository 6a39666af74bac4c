//! Links of the newest weekly editions that older ones had already: found, and none invented.
//!
//! The truth is made here, of the files and not of what the importer reads: two links are of one page if they are equal without fragment
//! and slash at the end ([`near_equal`]). What is claimed beyond that must be equal under [`page`], which also drops the scheme,
//! `www.`, `index.html` and click counters, and knows nothing else.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;

use jiff::civil::Date;
use pulldown_cmark::{Event, Parser, Tag};
use pulse_compose::import;
use pulse_model::{Edition, EditionKey, Register, doi};
use pulse_testkit::{corpus, digests};
use pulse_triage::Subject;
use pulse_triage::covered::{Archive, How};

type Editions = BTreeMap<Date, (Edition, BTreeSet<String>)>;

/// Each edition as read, and the links of its file; none where there is no corpus.
static EDITIONS: LazyLock<Option<Editions>> = LazyLock::new(|| {
    let folder = corpus::folder("digests/this-week-in-rust")?;
    let mut editions = BTreeMap::new();
    for file in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let Some(date) = date_of(&name) else { continue };
        let text = fs::read_to_string(&file).unwrap();
        let edition = import::read(text.as_bytes(), &name, &[digests::weekly()], &Register::default()).unwrap().edition;
        editions.insert(date, (edition, links_of(&text)));
    }
    Some(editions)
});

fn date_of(name: &str) -> Option<Date> {
    let mut parts = name.split('-').map(|part| part.parse::<i16>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Inline links of the web, by CommonMark's own reader, without the lines above the first blank one, which are the file's own.
fn links_of(text: &str) -> BTreeSet<String> {
    let body = text.find("\n\n").map_or(text, |at| &text[at..]);
    let link = |event| match event {
        Event::Start(Tag::Link { dest_url, .. }) if dest_url.starts_with("http") => Some(dest_url.to_string()),
        _ => None,
    };
    Parser::new(body).filter_map(link).collect()
}

fn near_equal(link: &str) -> &str {
    link.split('#').next().unwrap().trim_end_matches('/')
}

fn page(link: &str) -> String {
    let (address, query) = near_equal(link).split_once('?').unwrap_or((near_equal(link), ""));
    let address = address.split_once("://").unwrap().1;
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let counts = |pair: &&str| !["utm_", "fbclid=", "gclid=", "mc_cid=", "mc_eid=", "at_", "pk_"].iter().any(|name| pair.starts_with(name)) && !pair.is_empty();
    let query: BTreeSet<&str> = query.split('&').filter(counts).collect();
    let path = path.trim_end_matches('/').trim_end_matches("index.html").trim_end_matches('/');
    format!("{}/{path}?{}", host.to_lowercase().trim_start_matches("www."), query.into_iter().collect::<Vec<_>>().join("&"))
}

#[test]
fn links_of_older_editions_are_found_and_none_is_invented() {
    let Some(editions) = &*EDITIONS else { return };
    // The newest 40, and 40 in the middle of the years that nothing was fitted to.
    for split in [editions.len() - 40, editions.len() / 2] {
        check_links(editions, split);
    }
}

fn check_links(editions: &Editions, split: usize) {
    let older: Vec<_> = editions.values().take(split).collect();
    let archive = Archive::new(older.iter().map(|(edition, _)| edition), &Register::default());
    let truth: BTreeSet<&str> = older.iter().flat_map(|(_, links)| links).map(|link| near_equal(link)).collect();
    let pages: BTreeMap<EditionKey, BTreeSet<String>> =
        older.iter().map(|(edition, links)| (edition.key(), links.iter().map(|link| page(link)).collect())).collect();

    let newest: BTreeSet<&String> = editions.values().skip(split).take(40).flat_map(|(_, links)| links).collect();
    let (mut due, mut missed, mut beyond, mut invented) = (0, Vec::new(), 0, Vec::new());
    for link in newest {
        let mentions = archive.linked(link);
        let is_due = truth.contains(near_equal(link));
        due += usize::from(is_due);
        beyond += usize::from(!is_due && !mentions.is_empty());
        if is_due && mentions.is_empty() {
            missed.push(link);
        }
        invented.extend(mentions.iter().filter(|mention| !pages[&mention.edition].contains(&page(link))).map(|mention| (link, mention.edition)));
    }
    assert!(due > 50, "{due}");
    assert!(missed.len() * 100 <= due, "{} of {due} missed: {missed:?}", missed.len());
    assert!(invented.is_empty(), "{invented:?}");
    // Another parameter is another page, unless the address holds a DOI, which names a work whatever is behind it.
    let is_doi = |link: &str| link.parse().is_ok_and(|url| doi::of_url(&url).is_some());
    let others = truth.iter().filter(|link| !is_doi(link)).map(|link| format!("{link}{}pulse={}", if link.contains('?') { "&" } else { "?" }, "x"));
    let found: Vec<String> = others.filter(|link| !archive.linked(link).is_empty()).collect();
    assert!(found.is_empty(), "{found:?}");
    eprintln!("{due} links came before, {} missed; {beyond} more found; none invented", missed.len());
}

#[test]
fn entries_of_older_editions_are_covered() {
    let Some(editions) = &*EDITIONS else { return };
    let split = editions.len() - 40;
    let older: Vec<_> = editions.values().take(split).collect();
    let archive = Archive::new(older.iter().map(|(edition, _)| edition), &Register::default());
    let truth: BTreeSet<&str> = older.iter().flat_map(|(_, links)| links).map(|link| near_equal(link)).collect();
    let pages: BTreeSet<String> = older.iter().flat_map(|(_, links)| links).map(|link| page(link)).collect();
    let (mut due, mut missed) = (0, Vec::new());
    for entry in editions.values().skip(split).flat_map(|(edition, _)| edition.entries()) {
        let work = Subject::of_entry(entry, None);
        let Some(link) = work.links.first() else { continue };
        let covered = archive.covered(&work, &[], None);
        let by_link = covered.iter().any(|covered| matches!(covered.how, How::Link(_)));
        assert!(!by_link || pages.contains(&page(link)), "{link}");
        // Nobody publishes these, as far as the editions say: a title alone is not enough unless it is long.
        let by_title: Vec<String> = covered.iter().filter(|one| one.how == How::Title).map(ToString::to_string).collect();
        assert!(by_link || by_title.is_empty(), "{}: {by_title:?}", work.title);
        if truth.contains(near_equal(link)) && near_equal(link).matches('/').count() > 2 {
            due += 1;
            if !by_link {
                missed.push(link.clone());
            }
        }
    }
    assert!(due > 50 && missed.len() * 100 <= due, "{} of {due} missed: {missed:?}", missed.len());
}

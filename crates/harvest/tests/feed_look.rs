//! Looks at feeds through a door, feeds that are too much, and OPML.
#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::sync::Mutex;
use std::time::{Duration, Instant};

use bytes::Bytes;
use proptest::prelude::*;
use pulse_harvest::door::Found;
use pulse_harvest::{Answer, Door, FetchError, Get, HarvestError, Memory, Validators, Window, feed, opml};
use pulse_model::{Channel, ProblemKind, Source};
use url::Url;

const WINDOW: Window = Window { now: 1_700_000_000_000, since: 0 };

/// A door with one feed behind it, which is known by its tag.
struct OneFeed {
    body: &'static str,
    asked: Mutex<Vec<Option<Validators>>>,
}

impl OneFeed {
    fn new(body: &'static str) -> Self {
        Self { body, asked: Mutex::default() }
    }
}

impl Door for OneFeed {
    async fn get(&self, request: Get<'_>) -> Result<Answer, FetchError> {
        self.asked.lock().unwrap().push(request.validators.cloned());
        let validators = Validators { etag: Some("\"1\"".to_owned()), last_modified: None };
        if request.validators == Some(&validators) {
            return Ok(Answer::Unchanged);
        }
        let url = Url::parse("https://new.example/feed.xml").unwrap();
        Ok(Answer::Found(Found {
            moved_to: Some(url.clone()),
            url,
            media_type: Some("text/xml".to_owned()),
            bytes: Bytes::from_static(self.body.as_bytes()),
            validators,
        }))
    }
}

#[tokio::test]
async fn a_second_look_asks_whether_anything_is_different() {
    let door = OneFeed::new("<rss><channel><title>Unit &amp; more</title><item><title>One</title><link>one</link></item></channel></rss>");
    let url = Url::parse("https://old.example/feed.xml").unwrap();
    let first = feed::look(&url, &door, &Memory::default(), WINDOW).await.unwrap();
    assert_eq!((first.title.as_deref(), first.is_unchanged, first.problems.len()), (Some("Unit & more"), false, 0));
    assert_eq!(first.moved_to.as_ref().map(Url::as_str), Some("https://new.example/feed.xml"));
    assert_eq!(first.records[0].link().map(Url::as_str), Some("https://new.example/one"));

    let second = feed::look(&url, &door, &first.memory, WINDOW).await.unwrap();
    assert_eq!((second.is_unchanged, second.records.len()), (true, 0));
    assert_eq!(second.memory, first.memory);
    assert_eq!(door.asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_page_is_no_feed() {
    let door = OneFeed::new("<!doctype html><html><head><title>News</title></head></html>");
    let url = Url::parse("https://old.example/").unwrap();
    let error = feed::look(&url, &door, &Memory::default(), WINDOW).await.unwrap_err();
    assert!(matches!(&error, HarvestError::NotThis { found, .. } if found == "a web page"), "{error}");
}

/// A feed of so many bytes that are this piece again and again is read or refused in bounded time.
fn read_much(head: &str, piece: &str, bytes: usize) -> Result<feed::Feed, HarvestError> {
    let text = format!("{head}{}", piece.repeat(bytes / piece.len()));
    let start = Instant::now();
    let read = feed::read(text.as_bytes(), None, &Url::parse("https://w.example/").unwrap());
    // In an unoptimised build on a busy machine; quadratic reading would take hours.
    assert!(start.elapsed() < Duration::from_secs(120), "{head}{piece}: {:?}", start.elapsed());
    read
}

#[test]
fn a_million_entries_are_cut() {
    let feed = read_much("<rss><channel>", "<item><guid>1</guid></item>", 27_000_000).unwrap();
    assert_eq!(feed.entries.len(), feed::MAX_ENTRIES);
    assert!(feed.problems.iter().any(|problem| problem.kind == ProblemKind::TooLarge));
    let json = format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{}{{}}]}}", "{},".repeat(1_000_000));
    let feed = feed::read(json.as_bytes(), None, &Url::parse("https://w.example/").unwrap()).unwrap();
    assert_eq!(feed.entries.len(), feed::MAX_ENTRIES);
    assert!(feed.problems.iter().any(|problem| problem.kind == ProblemKind::TooLarge));
}

#[test]
fn links_that_are_longer_than_any_are_none() {
    let of = |length: usize| {
        let link = format!("https://w.example/{}", "a".repeat(length - "https://w.example/".len()));
        let text = format!("<rss><channel><item><title>A</title><link>{link}</link><enclosure url='{link}'/></item></channel></rss>");
        let feed = feed::read(text.as_bytes(), None, &Url::parse("https://w.example/").unwrap()).unwrap();
        feed::records(&feed, WINDOW.now, &mut Vec::new()).remove(0).links.len()
    };
    assert_eq!((of(4096), of(4097)), (1, 0));
}

#[test]
fn a_hundred_megabytes_are_cut() {
    let feed = read_much("<rss><channel><title>Much</title><item><description>", "words ", 100 << 20).unwrap();
    assert!(feed.problems.iter().any(|problem| problem.kind == ProblemKind::TooLarge));
    assert!(feed.entries[0].summary.as_ref().unwrap().value.len() <= feed::MAX_BYTES);
}

#[test]
fn long_repetitions_take_linear_time() {
    for piece in [
        "<a>",
        "<a b=",
        "</a>",
        "<!--",
        "<![CDATA[",
        "&amp;",
        "&",
        "<",
        "<title>",
        "<item>",
        "<a xmlns:b='c'>",
        "<a xml:base='d/'>",
        "<link href='x'/>",
        "<!DOCTYPE [",
        "<!ENTITY a \"b\">",
    ] {
        let _ = read_much("<rss><channel>", piece, 1 << 19);
        let _ = read_much("<rss><channel><item><title>", piece, 1 << 19);
        let _ = read_much("<!DOCTYPE rss [<!ENTITY a \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\">]><rss><item><title>&a;", piece, 1 << 19);
    }
    for inherited in ["<rss xml:base='https://w.example/LONG'>", "<rss xml:lang='LONG'>", "<rss LONG>"] {
        let long = if inherited.contains(" LONG") { "xmlns:a='b' ".repeat(1 << 16) } else { "a".repeat(1 << 20) };
        let _ = read_much(&inherited.replace("LONG", &long), "<item><link href='x'/></item>", 1 << 19);
    }
    let _ = read_much("", "{\"items\":", 1 << 20);
    let _ = read_much("", "[", 1 << 20);
}

#[test]
fn a_long_list_of_feeds_is_read_in_linear_time() {
    let outlines = |count: u32| (0..count).map(|n| format!("<outline text='Same' xmlUrl='https://w.example/{}'/>", n % 50_000)).collect::<String>();
    let start = Instant::now();
    let (sources, problems) = opml::read(format!("<opml><body>{}</body></opml>", outlines(60_000)).as_bytes()).unwrap();
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    assert_eq!((sources.len(), problems.len()), (opml::MAX_FEEDS, 1));
    assert_eq!(sources[9_999].name, "Same (10000)");
}

#[test]
fn opml_comes_in_with_its_folders() {
    let file = r#"<?xml version="1.0"?><opml version="1.0"><head><title>Mine</title></head><body>
        <outline text="Health &amp; care"><outline title="Sub"><outline text="Trust" type="rss" xmlUrl="https://trust.example/feed"/></outline>
        <outline xmlUrl="https://www.nameless.example/rss"/></outline>
        <outline text="Justice"><outline text="Trust again" xmlUrl="https://trust.example/feed"/><outline text="Trust" xmlUrl="https://other.example/feed"/></outline>
        <outline text="Bad" xmlUrl="file:///etc/passwd"/><outline text="A page" type="link" url="https://page.example/"/>
        </body></opml>"#;
    let (sources, problems) = opml::read(file.as_bytes()).unwrap();
    let shown: Vec<_> = sources.iter().map(|source| format!("{} | {} | {}", source.name, source.sectors.join(", "), source.channel.address())).collect();
    assert_eq!(
        shown,
        [
            "Trust | Health & care, Sub, Justice | https://trust.example/feed",
            "nameless.example | Health & care | https://www.nameless.example/rss",
            "Trust (2) | Justice | https://other.example/feed"
        ]
    );
    assert_eq!(problems.iter().map(|problem| problem.kind).collect::<Vec<_>>(), [ProblemKind::LinkRefused]);
    assert!(matches!(opml::read(b"<rss/>"), Err(HarvestError::Settings { .. })));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = feed::read(&bytes, Some("text/xml; charset=koi8-r"), &Url::parse("https://w.example/").unwrap());
    }

    #[test]
    fn no_two_records_share_a_key(ids in proptest::collection::vec(("[ab]?", "[cd]?", "[ef]?"), 0..12)) {
        let items: String = ids.iter().map(|(id, link, title)| format!("<item><guid isPermaLink=\"false\">{id}</guid><link>{link}</link><title>{title}</title></item>")).collect();
        let feed = feed::read(format!("<rss>{items}<channel/></rss>").as_bytes(), None, &Url::parse("https://w.example/").unwrap()).unwrap();
        let records = feed::records(&feed, WINDOW.now, &mut Vec::new());
        let keys: std::collections::HashSet<_> = records.iter().map(|record| &record.key).collect();
        prop_assert_eq!(keys.len(), records.len());
    }

    #[test]
    fn opml_comes_back_as_it_went_out(names in proptest::collection::hash_set("[a-zA-Z&<\"'é][a-zA-Z&<\"'é ]{0,10}[a-z]", 0..8), sectors in proptest::collection::vec("[A-C&<]{1,3}", 3)) {
        let sources: Vec<_> = names.into_iter().enumerate().map(|(n, name)| Source {
            name: name.split_whitespace().collect::<Vec<_>>().join(" "),
            publisher: None,
            sectors: sectors.iter().take(n % 2).cloned().collect(),
            channel: Channel::Feed { url: Url::parse(&format!("https://w.example/{n}?a=1&b=%22")).unwrap() },
        }).collect();
        let (mut read, problems) = opml::read(opml::write("Sources & more", &sources).as_bytes()).unwrap();
        read.sort_by(|a, b| a.channel.address().cmp(b.channel.address()));
        prop_assert_eq!(read, sources);
        prop_assert_eq!(problems, []);
    }
}

//! Listings: what is proposed for pages of many makes, and what is read with it. A folder `cases/listing-…` is a case.

use std::fmt::Write as _;

use crate::found;
use crate::site::{NOW, Site};
use proptest::prelude::*;
use pulse_harvest::listing::propose::propose;
use pulse_harvest::listing::rows::{self, Compiled};
use pulse_harvest::listing::{Listing, MOST_PAGES};
use pulse_harvest::{HarvestError, Kind, Look, Memory, Window};
use pulse_model::ProblemKind;
use pulse_model::source::Selectors;
use scraper::Html;
use url::Url;

fn proposed(html: &str) -> String {
    let url = Url::parse("https://tidewater.example/publications/").unwrap();
    let html = Html::parse_document(html);
    let mut out = String::new();
    let Some(best) = propose(&html, &url, NOW).into_iter().next() else { return "nothing looks like a listing\n".to_owned() };
    let fields = [
        ("row", &best.selectors.row),
        ("link", &best.selectors.link),
        ("title", &best.selectors.title),
        ("date", &best.selectors.date),
        ("summary", &best.selectors.summary),
    ];
    for (name, selector) in fields {
        if !selector.is_empty() {
            writeln!(out, "{name}: {selector}").unwrap();
        }
    }
    let page = rows::read(&html, &url, &Compiled::new(&best.selectors).unwrap(), NOW);
    assert_eq!(page.records, best.records, "a proposal brings what its selectors bring");
    if let Some(next) = &page.next {
        writeln!(out, "next: {next}").unwrap();
    }
    found::show_problems(&page.problems, &mut out);
    page.records.iter().for_each(|record| found::show(record, &mut out));
    out
}

#[test]
fn every_case() {
    let mut wrong = Vec::new();
    for case in found::cases("listing-") {
        found::check(&case, &proposed(&std::fs::read_to_string(case.join("page.html")).unwrap()), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Real pages of many sites: nothing breaks, and nothing takes long.
#[test]
fn real_pages() {
    let mut pages = Vec::new();
    for part in ["pages", "changes"] {
        let Some(folder) = pulse_testkit::corpus::folder(part) else { return };
        let mut folders = vec![folder];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.to_string_lossy().contains(".html") {
                    pages.push(path);
                }
            }
        }
    }
    pages.sort();
    assert!(pages.len() > 100, "the corpus has pages");
    let url = Url::parse("https://tidewater.example/publications/").unwrap();
    let mut proposed = 0;
    for path in pages {
        let bytes = std::fs::read(&path).unwrap();
        let mut text = Vec::new();
        if std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut text).is_err() {
            text = bytes;
        }
        let html = Html::parse_document(&String::from_utf8_lossy(&text));
        let proposals = propose(&html, &url, i64::MAX / 4);
        proposed += usize::from(!proposals.is_empty());
    }
    assert!(proposed > 100, "most pages of news have a list of others: {proposed}");
}

fn selectors(row: &str) -> Selectors {
    Selectors { row: row.to_owned(), link: String::new(), title: String::new(), date: String::new(), summary: String::new() }
}

async fn look_at(site: &Site, address: &str, row: &str, since: i64, memory: &Memory) -> Result<Look, HarvestError> {
    let (url, selectors) = (Url::parse(address).unwrap(), selectors(row));
    Listing { url: &url, selectors: &selectors }.look(site, memory, Window { now: NOW, since }).await
}

/// A page of three rows, numbered on, that leads to the next one.
fn calendar(url: &Url) -> Option<String> {
    let number: u32 = url.query().map_or(Ok(1), |query| query.trim_start_matches("page=").parse()).ok()?;
    let rows: String = (0..3).map(|row| format!("<li><a href=\"/event/{number}/{row}\">Event {row} of page {number}</a></li>")).collect();
    Some(format!("<ul>{rows}</ul><a rel=\"next\" href=\"?page={}\">Next</a>", number + 1))
}

#[tokio::test]
async fn an_endless_calendar_ends() {
    let site = Site::made_by(calendar);
    let look = look_at(&site, "https://tidewater.example/events", "li", 0, &Memory::default()).await.unwrap();
    assert_eq!(site.asked().len(), MOST_PAGES);
    assert_eq!(look.records.len(), 3 * MOST_PAGES);
    assert_eq!(look.problems.iter().map(|problem| problem.kind).collect::<Vec<_>>(), [ProblemKind::TooLarge]);
}

#[tokio::test]
async fn pages_are_followed_until_they_bring_nothing() {
    let page = |rows: &str, next: &str| format!("<ul>{rows}</ul><a rel=next href=\"{next}\">Next</a>");
    let row = |name: &str, date: &str| format!("<li><a href=\"/{name}\">The report named {name}</a> <time>{date}</time></li>");
    let site = Site::default()
        .with("https://tidewater.example/a", "text/html", page(&row("one", "20 May 2023"), "/b"))
        .with("https://tidewater.example/b", "text/html", page(&row("two", "10 May 2023"), "/c"))
        .with("https://tidewater.example/c", "text/html", page(&row("three", "1 April 2023"), "/d"))
        .with("https://tidewater.example/d", "text/html", page(&row("four", "1 March 2023"), "/a"));
    let all = look_at(&site, "https://tidewater.example/a", "li", 0, &Memory::default()).await.unwrap();
    assert_eq!(all.records.len(), 4, "a page that was seen is the end");
    assert!(all.problems.is_empty());
    // 1 May 2023: the first page on which everything is older is the last one.
    let recent = look_at(&site, "https://tidewater.example/a", "li", 1_682_899_200_000, &Memory::default()).await.unwrap();
    assert_eq!(recent.records.len(), 3);
    let again = look_at(&site, "https://tidewater.example/a", "li", 0, &all.memory).await.unwrap();
    assert!(again.is_unchanged && again.records.is_empty() && again.memory == all.memory);
}

#[tokio::test]
async fn what_comes_before_a_broken_page_counts() {
    let site = Site::default().with("https://tidewater.example/a", "text/html", "<li><a href=/one>The first report</a></li><a rel=next href=/b>Next</a>");
    let look = look_at(&site, "https://tidewater.example/a", "li", 0, &Memory::default()).await.unwrap();
    assert_eq!(look.records.len(), 1);
    assert_eq!(look.problems.first().unwrap().kind, ProblemKind::Damaged);
    assert!(look.memory.validators.is_empty(), "the first page leads to the broken one again");
    // Though by then all of the first page is older than what is asked for.
    let (first, second) =
        ("<li><a href=/one>The first report</a> 2 May 2023</li><a rel=next href=/b>Next</a>", "<li><a href=/two>The second</a> 1 May 2023</li>");
    let mut site = Site::default().with("https://tidewater.example/a", "text/html", first);
    let (then, later) = (1_682_899_200_000, 1_684_627_200_000);
    let cut = look_at(&site, "https://tidewater.example/a", "li", then, &Memory::default()).await.unwrap();
    site = site.with("https://tidewater.example/b", "text/html", second);
    let whole = look_at(&site, "https://tidewater.example/a", "li", later, &cut.memory).await.unwrap();
    assert_eq!((whole.records.len(), whole.memory.cursor), (2, None));
}

#[tokio::test]
async fn a_listing_that_is_another_page_now_says_so() {
    let site = Site::default().with("https://tidewater.example/a", "text/html", "<h1>We have a new site</h1>").with(
        "https://tidewater.example/b",
        "application/json",
        "{}",
    );
    for (address, row) in [("https://tidewater.example/a", "li"), ("https://tidewater.example/b", "li")] {
        let error = look_at(&site, address, row, 0, &Memory::default()).await.unwrap_err();
        assert!(matches!(error, HarvestError::NotThis { .. }), "{error}");
    }
    for row in ["", "li >", "li[", "::before"] {
        let error = look_at(&site, "https://tidewater.example/a", row, 0, &Memory::default()).await.unwrap_err();
        assert!(matches!(error, HarvestError::Settings { .. }), "{row}: {error}");
    }
}

#[tokio::test]
async fn more_rows_than_anyone_reads_are_a_problem() {
    let rows: String = (0..6000).map(|row| format!("<li><a href=\"/r/{row}\">Report number {row}</a></li>")).collect();
    let site = Site::default().with("https://tidewater.example/a", "text/html", format!("<ul>{rows}</ul>"));
    let look = look_at(&site, "https://tidewater.example/a", "li", 0, &Memory::default()).await.unwrap();
    assert_eq!(look.records.len(), 5000);
    assert_eq!(look.problems.first().unwrap().kind, ProblemKind::TooLarge);
}

/// Pages made to harm: deep, wide, without end.
#[test]
fn hostile_pages() {
    let url = Url::parse("https://tidewater.example/").unwrap();
    let row = "<div><a href=\"/x\">A title of some words</a></div>";
    let pages = [
        "<div>".repeat(1_500_000) + row,
        (0..200_000).map(|n| format!("<b id={n}>")).collect::<String>() + &"<p>x".repeat(500_000),
        "<x/>".repeat(1_000_000) + row,
        "<div></x>".repeat(800_000) + row,
        "<ul><li>".repeat(5_000) + &row.repeat(10),
        row.repeat(3_000),
        (0..3000).map(|n| format!("<p><a href=\"/{n}\">A title of some words {n}</a></p>")).collect(),
        "<a href=\"/x\">".repeat(3_000),
        "<table>".repeat(1_000) + row,
        format!("<a href=\"{}\">x</a>", "y".repeat(1_000_000)),
        "\u{0}\u{202e}<a href=\"http://[::1\">\u{feff}</a>".repeat(100),
    ];
    for page in pages {
        let before = cpu_time::ThreadTime::now();
        let (html, _) = pulse_harvest::listing::parse(page.as_bytes(), None);
        let proposals = propose(&html, &url, NOW);
        let took = before.elapsed();
        assert!(took.as_secs() < 20, "{} took {took:?} and found {}", &page[..40.min(page.len())].escape_debug(), proposals.len());
    }
}

proptest! {
    /// Whatever a page is made of: proposals bring what their selectors bring, each address once, and nothing that is not of the web.
    #[test]
    fn any_page(parts in proptest::collection::vec(prop_oneof![
        Just("<ul class=docs>"), Just("<li>"), Just("</li>"), Just("</ul>"), Just("<a href=/one>"), Just("<a href='/two'>"), Just("<a href=x.pdf>"), Just("</a>"),
        Just("<a href=javascript:x>"), Just("<a href='http://[bad'>"), Just("<table><tr><td>"), Just("</td></tr></table>"), Just("<dl><dt>"), Just("<dd>"), Just("<h3>"), Just("</h3>"),
        Just("<time datetime=2023-05-03>"), Just("3 May 2023"), Just("A title of five words"), Just("Read more"), Just("<div class='card css-1a2b3c'>"), Just("</div>"), Just("<main>"),
        Just("<nav>"), Just("<p>"), Just("<b>"), Just("<base href='//other.example/'>"), Just("<script>"), Just("</script>"), Just("\u{0}"), Just("\u{202e}"), Just("<svg><title>"),
    ], 0..60)) {
        let url = Url::parse("https://tidewater.example/publications/").unwrap();
        let html = Html::parse_document(&parts.concat());
        for proposal in propose(&html, &url, NOW) {
            let page = rows::read(&html, &url, &Compiled::new(&proposal.selectors).unwrap(), NOW);
            prop_assert_eq!(&page.records, &proposal.records);
            let keys: std::collections::HashSet<&str> = page.records.iter().map(|record| record.key.as_str()).collect();
            prop_assert_eq!(keys.len(), page.records.len());
            for record in &page.records {
                prop_assert!(record.links.iter().all(|link| matches!(link.url.scheme(), "http" | "https")));
                prop_assert!(!record.title.chars().any(|c| c == '\n' || c == '\u{202e}' || c == '\0'), "{:?}", record.title);
            }
        }
    }
}

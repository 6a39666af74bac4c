//! The web page: self-contained, navigable, and safe whatever an edition says.

use proptest::prelude::*;
use pulse_model::{Digest, Edition, Entry, Slug};
use pulse_render::page::{self, Shell};
use pulse_render::{Addresses, Rendered, Work};
use pulse_testkit::arbitrary;
use scraper::{Html, Selector};
use serde_json::Value;

use crate::{addresses, case, html, words};

fn text(rendered: &Rendered) -> &str {
    std::str::from_utf8(&rendered.bytes).unwrap()
}

/// The document, once it keeps the promises of a page.
fn checked(rendered: &Rendered) -> Html {
    let document = html::checked(text(rendered));
    assert_eq!(document.select(&Selector::parse("[style], [onclick], img[src^=http], link[rel=stylesheet], script[src]").unwrap()).count(), 0);
    structured(&document);
    document
}

/// The JSON-LD, which is one valid object.
fn structured(document: &Html) -> Value {
    serde_json::from_str(&html::text_of(document, "script[type='application/ld+json']")).unwrap()
}

#[test]
fn cases() {
    for case in case::all() {
        let rendered = page::render(Work { digest: &case.digest, edition: &case.edition, addresses: &addresses::read(&case.folder) }).unwrap();
        let document = checked(&rendered);
        // The style sheet is the same for every case and would hide what differs.
        let style = page::style(&case.digest);
        assert!(html::text_of(&document, "style").trim() == style.trim(), "{}: the style sheet is not whole", case.name);
        case.expect("page.html", &text(&rendered).replace(&style, "/* page::style */\n"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_edition_is_whole_and_well_formed(edition in arbitrary::edition()) {
        let digest = Digest::named(edition.digest.clone(), "Digest");
        for addresses in [addresses::all(), Addresses::default()] {
            let work = Work { digest: &digest, edition: &edition, addresses: &addresses };
            let document = checked(&page::render(work).unwrap());
            let found = words::bare(&html::words(&document));
            for piece in words::of(&edition) {
                prop_assert!(found.contains(&piece), "{piece:?} is not in {found}");
            }
            for entry in edition.entries() {
                let page = page::render_entry(work, &entry.slug).expect("every entry has a page").unwrap();
                let heading = words::bare(&html::text_of(&checked(&page), "h1"));
                prop_assert!(heading.contains(&words::bare(&entry.title)));
            }
        }
    }
}

#[test]
fn entries_can_be_linked_to_and_followed() {
    let case = case::all().into_iter().find(|case| case.name == "cut-to-headings").unwrap();
    let addresses = addresses::all();
    let work = Work { digest: &case.digest, edition: &case.edition, addresses: &addresses };
    let document = checked(&page::render(work).unwrap());
    let permalinks = Selector::parse("article#report-2 a.permalink").unwrap();
    let permalink = document.select(&permalinks).next().unwrap();
    assert_eq!(permalink.attr("href"), Some("https://tides.example/2026-05/report-2"));
    assert_eq!(permalink.attr("aria-label"), Some("Permanent link to Report number 2."));

    let entry = checked(&page::render_entry(work, "report-2").unwrap().unwrap());
    let href = |selector: &str| entry.select(&Selector::parse(selector).unwrap()).next().and_then(|link| link.attr("href")).map(str::to_owned);
    assert_eq!(href("link[rel=canonical]").as_deref(), Some("https://tides.example/2026-05/report-2"));
    assert_eq!(href("nav.breadcrumb li:first-child a").as_deref(), Some("https://tides.example/editions"));
    assert_eq!(href("nav.breadcrumb li:nth-child(2) a").as_deref(), Some("https://tides.example/2026-05"));
    assert_eq!(href("a[rel=prev]").as_deref(), Some("https://tides.example/2026-05/report-1"));
    assert_eq!(href("a[rel=next]").as_deref(), Some("https://tides.example/2026-05/report-3"));
    assert!(page::render_entry(work, "report-99").is_none());
}

#[test]
fn machines_are_told_what_the_edition_is() {
    let case = case::all().into_iter().find(|case| case.name == "cut-to-headings").unwrap();
    let document = checked(&page::render(Work { digest: &case.digest, edition: &case.edition, addresses: &addresses::all() }).unwrap());
    let issue = structured(&document);
    assert_eq!(issue["@type"], "PublicationIssue");
    assert_eq!(issue["isPartOf"]["name"], "Short Tides");
    assert_eq!(issue["hasPart"].as_array().unwrap().len(), 8);
    assert_eq!(issue["hasPart"][0]["about"]["publisher"][0]["name"], "Harbour Trust");
}

#[test]
fn a_long_title_and_a_hostile_one_stay_words() {
    let digest = Digest::named(Slug::from_words("tides"), "Tides");
    let mut edition = Edition::new(digest.slug.clone(), "2026-05".parse().unwrap());
    let titles = ["x".repeat(10_000), "</script><script>alert(1)</script>".into(), "\u{202e}evil\u{2066}".into(), "\"'><img src=x onerror=alert(1)>".into()];
    let entries = titles.iter().map(|title| Entry::titled(["P"], title.clone())).collect();
    let category = pulse_model::edition::Category { name: String::new(), entries };
    edition.sectors.push(pulse_model::edition::Sector { name: "Sector".into(), categories: vec![category] });
    edition.settle_slugs();
    let rendered = page::render(Work { digest: &digest, edition: &edition, addresses: &Addresses::default() }).unwrap();
    let document = checked(&rendered);
    assert_eq!(document.select(&Selector::parse("article.entry h3").unwrap()).count(), 4);
    assert_eq!(document.select(&Selector::parse("script").unwrap()).count(), 1);
    assert!(!text(&rendered).contains(['\u{202e}', '\u{2066}']));
}

#[test]
fn what_cannot_be_an_id_or_a_line_is_not_one() {
    let digest = Digest::named(Slug::from_words("tides"), "Tides");
    let mut edition = Edition::new(digest.slug.clone(), "2026-05".parse().unwrap());
    let entry = |slug: &str, publisher: &str, title: &str| Entry { slug: slug.into(), ..Entry::titled([publisher], title) };
    let entries = vec![
        entry("twice", "Harbour\u{0} Trust", "First\r\n\tline"),
        entry("twice", "", "Second"),
        entry("sector_1", "Harbour Trust", ""),
        entry("x\" onload=\"alert(1)", "\u{200b}", "\u{a0}"),
    ];
    let category = pulse_model::edition::Category { name: " ".into(), entries };
    edition.sectors.push(pulse_model::edition::Sector { name: "Sector".into(), categories: vec![category] });
    let document = checked(&page::render(Work { digest: &digest, edition: &edition, addresses: &addresses::all() }).unwrap());
    let articles: Vec<_> = document.select(&Selector::parse("article").unwrap()).collect();
    let ids: Vec<_> = articles.iter().map(|article| article.attr("id")).collect();
    assert_eq!(ids, [Some("twice"), None, None, None]);
    let headings: Vec<String> = document.select(&Selector::parse("article h3").unwrap()).map(|heading| heading.text().collect()).collect();
    assert_eq!(headings, ["Harbour Trust. First line.", "Second.", "Harbour Trust.", "Untitled."]);
}

#[test]
fn other_pages_have_the_same_frame() {
    let digest = Digest::named(Slug::from_words("tides"), "Tides & \"Currents\"");
    let main = page::Markup::trusted("<h1>Subscribe</h1>\n".to_owned());
    let page = Shell { main, stylesheet: Some("/style.css"), home: Some("/"), ..Shell::new(&digest, &Addresses::default(), "Subscribe") }.html().unwrap();
    let document = html::checked(&page.replace("href=\"/", "href=\"https://tides.example/"));
    assert_eq!(html::text_of(&document, ".masthead .name a"), "Tides & \"Currents\"");
    assert!(!page.contains("<style>"));
}

//! The HTML part of an e-mail: what it promises of every edition, and how it cuts what is too long.

use proptest::prelude::*;
use pulse_model::{Blocks, Digest, Edition, Entry, Href, ProblemKind, Slug};
use pulse_render::mail::{self, BUDGET_BYTES, encoded_size};
use pulse_render::{Addresses, Rendered, Work};
use pulse_testkit::arbitrary;
use scraper::Selector;

use crate::{addresses, case, html, words};

fn text(rendered: &Rendered) -> &str {
    std::str::from_utf8(&rendered.bytes).unwrap()
}

#[test]
fn cases() {
    for case in case::all() {
        let budget = addresses::table(&case.folder).get("budget_bytes").map_or(BUDGET_BYTES, |bytes| bytes.as_integer().unwrap().try_into().unwrap());
        let work = Work { digest: &case.digest, edition: &case.edition, addresses: &addresses::read(&case.folder) };
        let rendered = mail::render_within(work, budget).unwrap();
        html::checked(text(&rendered));
        assert!(encoded_size(text(&rendered)) <= budget, "{}: {} bytes", case.name, encoded_size(text(&rendered)));
        case.expect("mail.html", text(&rendered));
        let problems: String = rendered.problems.iter().map(|problem| format!("{}\n", problem.message)).collect();
        case.expect("mail.problems.txt", &problems);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_edition_is_whole_and_well_formed(edition in arbitrary::edition()) {
        let digest = Digest::named(edition.digest.clone(), "Digest");
        let rendered = mail::render(Work { digest: &digest, edition: &edition, addresses: &addresses::all() }).unwrap();
        let found = words::bare(&html::words(&html::checked(text(&rendered))));
        for piece in words::of(&edition) {
            prop_assert!(found.contains(&piece), "{piece:?} is not in {found}");
        }
    }

    #[test]
    fn any_edition_fits_any_budget(edition in arbitrary::edition(), copies in 1..40usize, budget in 12_000..60_000usize) {
        let edition = repeated(edition, copies);
        let digest = Digest::named(edition.digest.clone(), "Digest");
        let rendered = mail::render_within(Work { digest: &digest, edition: &edition, addresses: &addresses::all() }, budget).unwrap();
        html::checked(text(&rendered));
        prop_assert!(encoded_size(text(&rendered)) <= budget);
        prop_assert!(text(&rendered).matches("https://tides.example/leave/token").count() >= 2, "the reader cannot leave");
    }
}

/// The edition with its entries and news several times over.
fn repeated(mut edition: Edition, copies: usize) -> Edition {
    for category in edition.sectors.iter_mut().flat_map(|sector| &mut sector.categories) {
        category.entries = std::iter::repeat_n(&category.entries, copies).flatten().cloned().map(|entry| Entry { slug: String::new(), ..entry }).collect();
    }
    edition.news = std::iter::repeat_n(&edition.news, copies).flatten().cloned().collect();
    edition.settle_slugs();
    edition
}

/// An edition of one sector with so many entries of about a thousand bytes each.
fn long(entries: usize) -> (Digest, Edition) {
    let digest = Digest::named(Slug::from_words("tides"), "Tides");
    let mut edition = Edition::new(digest.slug.clone(), "2026-05".parse().unwrap());
    let entry = |number| Entry {
        links: vec![pulse_model::Link { url: Href::parse("https://harbour.example/report").unwrap(), text: String::new() }],
        summary: pulse_model::markdown::parse_blocks(&"What was found. ".repeat(60)).blocks,
        ..Entry::titled(["Harbour Trust"], format!("Report {number}"))
    };
    let category = pulse_model::edition::Category { name: "Reports".into(), entries: (1..=entries).map(entry).collect() };
    edition.sectors.push(pulse_model::edition::Sector { name: "Housing".into(), categories: vec![category] });
    edition.settle_slugs();
    (digest, edition)
}

#[test]
fn what_does_not_fit_is_cut_from_the_end_and_counted() {
    let (digest, edition) = long(100);
    let rendered = mail::render(Work { digest: &digest, edition: &edition, addresses: &addresses::all() }).unwrap();
    let html = text(&rendered);
    let cut = html.matches("Read on in the web edition").count();
    let problem = &rendered.problems[0];
    assert_eq!(problem.kind, ProblemKind::Shortened);
    assert!(problem.message.contains(&format!("{cut} of 100 entries")), "{} but {cut} are cut", problem.message);
    assert!(html.contains("https://tides.example/2026-05/harbour-trust-report-100"), "the last entry leads to its page");
    assert!(html.find("What was found").unwrap() < html.find("Read on").unwrap() && html.rfind("What was found").unwrap() < html.find("Read on").unwrap());
    assert!(encoded_size(html) > BUDGET_BYTES - 2_500, "no more is cut than has to be: {}", encoded_size(html));
}

#[test]
fn without_a_web_edition_the_reader_is_told_and_no_link_leads_nowhere() {
    let (digest, edition) = long(300);
    let rendered = mail::render(Work { digest: &digest, edition: &edition, addresses: &Addresses::default() }).unwrap();
    let document = html::checked(text(&rendered));
    let said: String = document.root_element().text().collect();
    assert!(said.contains("The web edition has all of it."), "{said}");
    assert!(said.contains("more entries in this sector, in the web edition"));
    assert!(!text(&rendered).contains("Read on"));
    assert_eq!(rendered.problems[0].kind, ProblemKind::Shortened);
}

#[test]
fn even_a_letter_or_a_title_of_any_length_fits() {
    let (digest, mut edition) = long(3);
    edition.sectors[0].categories[0].entries[1].title = "Long ".repeat(40_000);
    let paragraph = pulse_model::Block::paragraph(pulse_model::Text::from_plain(&"words ".repeat(1_000)));
    edition.letter.welcome = std::iter::repeat_n(paragraph, 40).collect::<Blocks>();
    let rendered = mail::render(Work { digest: &digest, edition: &edition, addresses: &addresses::all() }).unwrap();
    assert!(encoded_size(text(&rendered)) <= BUDGET_BYTES);
    assert!(text(&rendered).contains("The letter goes on in the web edition"));
}

#[test]
fn thousands_of_sectors_leave_masthead_and_footer() {
    let (digest, mut edition) = long(1);
    edition.sectors = std::iter::repeat_n(edition.sectors[0].clone(), 3_000).collect();
    let rendered = mail::render(Work { digest: &digest, edition: &edition, addresses: &addresses::all() }).unwrap();
    assert!(encoded_size(text(&rendered)) <= BUDGET_BYTES);
    let document = html::checked(text(&rendered));
    assert_eq!(html::text_of(&document, "h1"), "TidesMay 2026");
    assert!(rendered.problems[0].message.contains("3000 left out"), "{}", rendered.problems[0].message);
}

#[test]
fn layout_is_for_the_eye_alone_and_pictures_come_with_words() {
    let mut case = case::all().into_iter().find(|case| case.name == "letter-news-and-sectors").unwrap();
    let picture = pulse_model::digest::Picture { file: "logo.png".into(), alt: "Quay Research".into(), data: String::new() };
    case.digest.masthead.logo = Some(picture);
    let rendered = mail::render(Work { digest: &case.digest, edition: &case.edition, addresses: &addresses::all() }).unwrap();
    let document = html::checked(text(&rendered));
    let all = |selector: &str| document.select(&Selector::parse(selector).unwrap()).count();
    assert_eq!(all("table"), all("table[role=presentation]"));
    assert_eq!((all("img"), all("img[alt='Quay Research']")), (1, 1));
    case.digest.masthead.logo.as_mut().unwrap().alt.clear();
    let rendered = mail::render(Work { digest: &case.digest, edition: &case.edition, addresses: &addresses::all() }).unwrap();
    assert!(!text(&rendered).contains("<img"));
    assert!(rendered.problems.iter().any(|problem| problem.kind == ProblemKind::PictureWithoutAlt));
}

#[test]
fn it_can_be_read_without_its_style_sheet() {
    let (digest, edition) = long(2);
    let rendered = mail::render(Work { digest: &digest, edition: &edition, addresses: &addresses::all() }).unwrap();
    let document = html::checked(text(&rendered));
    for link in document.select(&Selector::parse("a").unwrap()) {
        assert!(link.attr("style").is_some_and(|style| style.contains("color:")), "{}", link.html());
    }
    let cells = Selector::parse("td").unwrap();
    for cell in document.select(&cells).filter(|cell| cell.text().any(|text| !text.trim().is_empty()) && cell.select(&cells).next().is_none()) {
        let has_face = cell.html().contains("font:");
        assert!(has_face, "{}", cell.html());
    }
}

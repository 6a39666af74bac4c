//! Whatever comes in, a document comes out, within the stack of a test thread and in time.

use proptest::prelude::*;
use pulse_extract::{Input, extract, html};
use pulse_model::{Document, ProblemKind};

fn read(bytes: &[u8], media_type: &str) -> Document {
    extract(&Input { bytes, url: None, media_type: Some(media_type) })
}

fn has(document: &Document, kind: ProblemKind) -> bool {
    document.problems.iter().any(|problem| problem.kind == kind)
}

const WORDS: &str = "The harbour council counted 412 boats in the year to May, nine more than a year before, and found most of them sound.";

#[test]
fn nesting_without_end_is_cut() {
    for tag in ["div", "span", "blockquote", "ul", "table", "b", "font"] {
        let page = format!("<title>Deep</title>{}<p>{WORDS}</p>", format!("<{tag}>").repeat(100_000));
        let document = read(page.as_bytes(), "text/html");
        assert!(document.text().contains("412 boats"), "{tag}");
        assert!(has(&document, ProblemKind::Damaged), "{tag}");
    }
}

#[test]
fn what_never_ends_is_looked_for_once() {
    for open in ["<!--", "<script>", "<style>", "<title>", "<a href=\"", "<a ", "<!-- -->", "</a"] {
        let page = format!("<p>{WORDS}</p>{}", open.repeat(200_000 / open.len()));
        assert!(read(page.as_bytes(), "text/html").text().contains("412 boats"), "{open}");
    }
}

#[test]
fn styles_that_open_again_in_every_paragraph_are_cut() {
    let page: String = (0..2_000).map(|size| format!("<font size={size}><p>{size} boats")).collect();
    assert!(read(page.as_bytes(), "text/html").text().contains("1999 boats"));
}

#[test]
fn tags_without_end_are_read_in_one_go() {
    for piece in ["<a", "</a", "<title>", "<a '", "<a \">\"", "<!--"] {
        let page = piece.repeat(html::MOST_BYTES / piece.len());
        let before = cpu_time::ThreadTime::now();
        html::read(&Input { bytes: page.as_bytes(), url: None, media_type: None });
        // In an unoptimised build; looking for each end anew would take hours.
        assert!(before.elapsed().as_secs() < 100, "{piece} took {:?}", before.elapsed());
    }
}

#[test]
fn bytes_decide_which_encoding_it_is() {
    for (bytes, media_type, is_wrong) in [
        (format!("<p>{WORDS} Cost: £5.</p>").into_bytes(), "text/html; charset=iso-8859-1", true),
        (format!("<p>{WORDS} Cost: £5.</p>").replace('£', "\u{a3}").into_bytes(), "text/html; charset=utf-8", false),
        ([format!("<p>{WORDS} Cost: ").as_bytes(), &[0xa3], b"5.</p>"].concat(), "text/html; charset=windows-1252", false),
        ([format!("<p>{WORDS} Cost: ").as_bytes(), &[0xa3], b"5.</p>"].concat(), "text/html; charset=utf-8", true),
        ([&[0xef, 0xbb, 0xbf], format!("<p>{WORDS} Cost: £5.</p>").as_bytes()].concat(), "text/html; charset=windows-1252", false),
    ] {
        let document = read(&bytes, media_type);
        assert!(document.text().contains("Cost: £5."), "{media_type}: {}", document.text());
        assert_eq!(has(&document, ProblemKind::Encoding), is_wrong, "{media_type}");
    }
}

#[test]
fn controls_are_taken_out() {
    let document = read(format!("<p>{WORDS}\0\u{8}</p>").as_bytes(), "text/html");
    assert!(document.text().ends_with("sound."));
    assert!(has(&document, ProblemKind::CharactersRemoved));
}

#[test]
fn a_page_that_only_a_script_fills_has_no_text() {
    for page in ["", "<html></html>", "<body><div id=root></div><script>render('words')</script></body>", "<frameset><frame src=a.html></frameset>"] {
        assert!(has(&read(page.as_bytes(), "text/html"), ProblemKind::NoText), "{page}");
    }
}

#[test]
fn a_page_without_end_is_cut() {
    let page = format!("<p>{WORDS}</p>\n").repeat(12 * html::MOST_BYTES / 10 / WORDS.len());
    let document = html::read(&Input { bytes: page.as_bytes(), url: None, media_type: None });
    assert!(has(&document, ProblemKind::TooLarge));
    assert!(document.text().contains("412 boats"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_give_the_same_document_twice(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let input = Input { bytes: &bytes, url: None, media_type: None };
        prop_assert_eq!(html::read(&input), html::read(&input));
        pulse_extract::text::read(&input);
        pulse_extract::markdown::read(&input);
    }

    #[test]
    fn any_tags_in_any_order_keep_the_words(tags in prop::collection::vec("</?(p|div|ul|li|ol|table|tr|td|th|b|a|h2|dl|dt|dd|br|blockquote|figure)>|boat ", 0..80)) {
        let page = tags.concat();
        let words = |text: &str| text.matches("boat").count();
        let blocks = html::fragment(&page, None);
        let found: usize = blocks.iter().flat_map(|(_, block)| block.lines()).map(|line| words(&line)).sum();
        prop_assert_eq!(found, words(&page), "{}", page);
    }
}

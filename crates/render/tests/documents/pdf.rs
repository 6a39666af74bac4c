//! The PDF: every edition has one, it says what the edition says in that order, and it is the same every time.
//!
//! Whether it keeps to PDF/UA-1 is for `tools/check-pdf` to say.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use pulse_model::digest::Picture;
use pulse_model::edition::{Category, Sector};
use pulse_model::{Digest, Edition, EditionKey, Entry, Href, Link, ProblemKind, Slug, Text};
use pulse_render::{Addresses, Rendered, Work, pdf};
use pulse_testkit::arbitrary;

use crate::case;

fn render(digest: &Digest, edition: &Edition) -> Rendered {
    pdf::render(Work { digest, edition, addresses: &Addresses::default() }).unwrap()
}

fn digest() -> Digest {
    Digest::named(Slug::from_words("digest"), "Digest")
}

fn edition_of(entries: Vec<Entry>) -> Edition {
    let mut edition = Edition::new(Slug::from_words("digest"), "2026-05".parse::<EditionKey>().unwrap());
    edition.sectors = vec![Sector { name: "Sector".into(), categories: vec![Category { name: "Reports".into(), entries }] }];
    edition.settle_slugs();
    edition
}

/// The text in reading order with single spaces, or `None` where `pdftotext` is not installed.
fn text(pdf: &[u8]) -> Option<String> {
    let program = Command::new("pdftotext").args(["-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let Ok(mut program) = program else {
        eprintln!("skipped: pdftotext is not installed (tools/install pdf)");
        return None;
    };
    program.stdin.take().unwrap().write_all(pdf).unwrap();
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" "))
}

/// As it is printed: without the characters no output prints.
fn heading(entry: &Entry) -> String {
    Text::from_plain(&entry.heading()).plain()
}

fn contains(pdf: &[u8], bytes: &[u8]) -> bool {
    pdf.windows(bytes.len()).any(|window| window == bytes)
}

#[test]
fn every_heading_is_printed_once_and_in_order() {
    for case in case::all() {
        let Some(text) = text(&render(&case.digest, &case.edition).bytes) else { return };
        let mut from = 0;
        for entry in case.edition.entries() {
            let heading = heading(entry);
            let at = text[from..].find(&heading).unwrap_or_else(|| panic!("{}: {heading} is not in its place in:\n{text}", case.name));
            from += at + heading.len();
            let expected = case.edition.entries().filter(|other| self::heading(other) == heading).count();
            assert_eq!(text.matches(&heading).count(), expected, "{}: {heading}", case.name);
        }
    }
}

#[test]
fn the_file_names_itself_and_its_standard() {
    let case = case::all().into_iter().find(|case| case.name == "letter-news-and-sectors").unwrap();
    let pdf = render(&case.digest, &case.edition).bytes;
    for part in ["<pdfuaid:part>1</pdfuaid:part>", "Harbour Notes, May 2026", "Quay Research", "2026-05-01", "en-GB"] {
        assert!(contains(&pdf, part.as_bytes()), "{part}");
    }
}

#[test]
fn the_same_edition_gives_the_same_bytes() {
    for case in case::all() {
        assert_eq!(render(&case.digest, &case.edition), render(&case.digest, &case.edition), "{}", case.name);
    }
}

#[test]
fn words_are_never_code() {
    let title = r#"#read("/etc/passwd") #panic() $x$ *a* _b_ `c` <d> @e // f \ #import "@preview/x:1.0.0" -- ~"#;
    let pdf = render(&digest(), &edition_of(vec![Entry::titled(["= #let x = 1"], title)]));
    assert!(pdf.problems.is_empty());
    if let Some(text) = text(&pdf.bytes) {
        assert!(text.contains(&format!("= #let x = 1. {title}.")), "{text}");
    }
}

#[test]
fn a_character_without_a_glyph_is_replaced_and_reported() {
    let titles = [
        "🙂 日本語 한국어",
        "العربية שלום",
        "Zo\u{308}e e\u{336}\u{20dd} x\u{1abf}y",
        "👩\u{200d}👩\u{200d}👧 ❤\u{fe0f} 🏴\u{e0067}\u{e007f}",
        "ก\u{e34} हिन्दी \u{10ffff} \u{f8ff} \u{ad}",
    ];
    let pdf = render(&digest(), &edition_of(titles.map(|title| Entry::titled(["Publisher"], title)).into()));
    let replaced: Vec<_> = pdf.problems.iter().filter(|problem| problem.kind == ProblemKind::CharactersReplaced).collect();
    assert_eq!(replaced.len(), 1);
    assert!(replaced[0].message.contains("ก (U+0E01)"), "{}", replaced[0].message);
    if let Some(text) = text(&pdf.bytes) {
        assert!(text.contains("Publisher. \u{fffd} \u{fffd}\u{fffd}\u{fffd} \u{fffd}\u{fffd}\u{fffd}."), "{text}");
    }
}

#[test]
fn titles_and_words_of_absurd_length_are_printed_whole() {
    let words = "carers ".repeat(10_000 / 7);
    let long = "x".repeat(300);
    let pdf = render(&digest(), &edition_of(vec![Entry::titled(["Publisher"], words.trim()), Entry::titled([long.clone()], long.clone())]));
    if let Some(text) = text(&pdf.bytes) {
        assert_eq!(text.matches("carers").count(), 10_000 / 7);
        // The long word is broken over lines, so its spaces are the lines' ends.
        assert!(text.matches('x').count() >= 600);
    }
}

#[test]
fn an_edition_with_nothing_in_it_is_a_page() {
    let edition = Edition::new(Slug::from_words("digest"), "2026-05-17".parse::<EditionKey>().unwrap());
    if let Some(text) = text(&render(&digest(), &edition).bytes) {
        assert!(text.contains("17 May 2026"), "{text}");
    }
}

#[test]
fn a_logo_that_cannot_be_printed_is_left_out_and_reported() {
    let edition = edition_of(vec![Entry::titled(["Publisher"], "Title")]);
    let with_logo = |bytes: &[u8], alt: &str| {
        let mut digest = digest();
        digest.masthead.logo = Some(Picture { file: "logo.png".into(), alt: alt.into(), data: STANDARD.encode(bytes) });
        render(&digest, &edition).problems.into_iter().map(|problem| problem.kind).collect::<Vec<_>>()
    };
    let logo = include_bytes!("../../../pulse/demo/logo.png");
    assert_eq!(with_logo(logo, "Quay Research"), []);
    assert_eq!(with_logo(logo, " "), [ProblemKind::PictureWithoutAlt]);
    assert_eq!(with_logo(&logo[..200], "Quay Research"), [ProblemKind::Incomplete]);
    assert_eq!(with_logo(b"GIF89a", "Quay Research"), [ProblemKind::Incomplete]);
}

#[test]
fn links_are_live() {
    let mut entry = Entry::titled(["Publisher"], "Title");
    entry.links = vec![Link { url: Href::parse("https://a.example/(b)?c=d&e#f").unwrap(), text: String::new() }];
    let pdf = render(&digest(), &edition_of(vec![entry])).bytes;
    assert!(contains(&pdf, b"/URI"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_edition_has_a_pdf(edition in arbitrary::edition()) {
        render(&digest(), &edition);
    }

    #[test]
    fn whatever_the_characters(title in any::<String>(), publisher in any::<String>(), name in any::<String>(), language in any::<String>()) {
        let mut digest = Digest::named(Slug::from_words("digest"), name);
        digest.language = language;
        render(&digest, &edition_of(vec![Entry::titled([publisher], title)]));
    }
}

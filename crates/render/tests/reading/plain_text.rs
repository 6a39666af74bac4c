//! The text part: a whole edition within 72 columns.

use proptest::prelude::*;
use pulse_model::Digest;
use pulse_render::{Work, plain_text};
use pulse_testkit::arbitrary;
use textwrap::core::display_width;

use crate::{addresses, case, words};

/// Checks what holds of every text part.
fn checked(bytes: &[u8]) -> &str {
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.ends_with('\n') && !text.ends_with("\n\n") && !text.starts_with('\n'));
    assert!(!text.contains(['\r', '\t']));
    for line in text.lines() {
        assert_eq!(line, line.trim_end(), "a space at the end of {line:?}");
        assert!(display_width(line) <= 72 || is_address(line), "{} columns: {line:?}", display_width(line));
    }
    text
}

/// An address on a line of its own, perhaps behind its number or the mark of its point.
fn is_address(line: &str) -> bool {
    let line = line.trim_start();
    let is_mark = |mark: &str| mark == "-" || mark.starts_with('[') || mark.trim_end_matches('.').chars().all(|c| c.is_ascii_digit());
    let address = line.split_once(' ').filter(|(mark, _)| is_mark(mark)).map_or(line, |(_, address)| address.trim_start());
    (address.contains("://") || address.starts_with("mailto:")) && !address.contains(' ')
}

#[test]
fn cases() {
    for case in case::all() {
        let rendered = plain_text::render(Work { digest: &case.digest, edition: &case.edition, addresses: &addresses::read(&case.folder) });
        case.expect("mail.txt", checked(&rendered.bytes));
    }
}

#[test]
fn an_address_that_is_all_of_a_point_stays_whole() {
    let address = format!("https://quay.example/{}", "x".repeat(80));
    for line in [format!("1. {address}"), format!("  - {address}"), format!("[12] {address}"), format!("at:{address}")] {
        checked(format!("{line}\n").as_bytes());
    }
}

#[test]
#[should_panic(expected = "columns")]
fn a_long_line_that_is_no_address_is_found() {
    checked(format!("1. {}\n", "x".repeat(80)).as_bytes());
}

proptest! {
    #[test]
    fn any_edition_is_whole(edition in arbitrary::edition()) {
        let digest = Digest::named(edition.digest.clone(), "Digest");
        let rendered = plain_text::render(Work { digest: &digest, edition: &edition, addresses: &addresses::all() });
        let text = checked(&rendered.bytes);
        let found = words::bare(text);
        for piece in words::of(&edition) {
            prop_assert!(found.contains(&piece), "{piece:?} is not in\n{text}");
        }
        for link in edition.entries().flat_map(|entry| &entry.links) {
            let listed = text.lines().any(|line| line.ends_with(&format!("] {}", link.url)));
            prop_assert!(listed, "{} is not listed in\n{text}", link.url);
        }
    }
}

#[test]
fn one_address_has_one_number() {
    let case = case::all().into_iter().find(|case| case.name == "letter-news-and-sectors").unwrap();
    let rendered = plain_text::render(Work { digest: &case.digest, edition: &case.edition, addresses: &addresses::all() });
    let text = checked(&rendered.bytes);
    let mut numbers = std::collections::HashMap::new();
    for line in text.lines().filter(|line| line.starts_with('[') && is_address(line)) {
        let (number, address) = line.split_once(' ').unwrap();
        assert_eq!(numbers.entry(address).or_insert(number), &number);
    }
    assert!(numbers.len() > 1);
}

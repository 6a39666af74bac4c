//! The Word document: the same every time, and whatever the words are. Its structure is for `tools/check-docx` to judge.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use pulse_model::digest::Picture;
use pulse_model::{Digest, Edition, ProblemKind, Slug};
use pulse_render::{Addresses, Rendered, Work, docx};
use pulse_testkit::arbitrary;

use crate::case;

fn render(digest: &Digest, edition: &Edition) -> Rendered {
    docx::render(Work { digest, edition, addresses: &Addresses::default() }).unwrap()
}

/// The parts of a file whose parts are stored as they are.
fn contains(file: &[u8], part: &str) -> bool {
    file.windows(part.len()).any(|window| window == part.as_bytes())
}

#[test]
fn the_same_edition_gives_the_same_bytes_in_any_thread() {
    for case in case::all() {
        let first = render(&case.digest, &case.edition);
        assert_eq!(first, render(&case.digest, &case.edition), "{}", case.name);
        let (digest, edition) = (case.digest.clone(), case.edition.clone());
        assert_eq!(first, std::thread::spawn(move || render(&digest, &edition)).join().unwrap(), "{}", case.name);
    }
}

#[test]
fn a_document_says_what_it_is_and_has_real_structure() {
    let case = case::all().into_iter().find(|case| case.name == "letter-news-and-sectors").unwrap();
    let mut digest = case.digest.clone();
    let logo = include_bytes!("../../../pulse/demo/logo.png");
    digest.masthead.logo = Some(Picture { file: "logo.png".into(), alt: "Quay \"R&D\"".into(), data: STANDARD.encode(logo) });
    let rendered = render(&digest, &case.edition);
    assert!(rendered.problems.is_empty(), "{:?}", rendered.problems);
    let parts = [
        "<dc:title>Harbour Notes, May 2026</dc:title>",
        "<dc:creator>Quay Research</dc:creator>",
        "<dcterms:created xsi:type=\"dcterms:W3CDTF\">2026-05-01T00:00:00Z</dcterms:created>",
        "<w:lang w:val=\"en-GB\"",
        "descr=\"Quay &quot;R&amp;D&quot;\"",
        "<w:pStyle w:val=\"Heading3\" />",
        "<w:pStyle w:val=\"ListNumber2\" />",
        "Target=\"https://hubs.example/who-comes.pdf\"",
        "<w:instrText>PAGE</w:instrText>",
    ];
    for part in parts {
        assert!(contains(&rendered.bytes, part), "{part}");
    }
}

#[test]
fn a_logo_without_words_is_left_out_and_reported() {
    let case = case::all().remove(0);
    let mut digest = case.digest;
    digest.masthead.logo = Some(Picture { file: "logo.png".into(), alt: String::new(), data: STANDARD.encode(include_bytes!("../../../pulse/demo/logo.png")) });
    let rendered = render(&digest, &case.edition);
    assert!(rendered.problems.iter().any(|problem| problem.kind == ProblemKind::PictureWithoutAlt));
    assert!(!contains(&rendered.bytes, "word/media/"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_edition_has_a_document(edition in arbitrary::edition(), name in any::<String>()) {
        render(&Digest::named(Slug::from_words("digest"), name), &edition);
    }
}

//! The edition's own Markdown: what is written reads in again as the same edition, whatever the words are.

use proptest::prelude::*;
use pulse_compose::own_markdown::{OwnMarkdownError, is_own, read};
use pulse_model::{Digest, Edition};
use pulse_render::{Addresses, Work, markdown};
use pulse_testkit::arbitrary;

use crate::case;

fn write(digest: &Digest, edition: &Edition) -> String {
    String::from_utf8(markdown::render(Work { digest, edition, addresses: &Addresses::default() }).bytes).unwrap()
}

fn digest() -> Digest {
    Digest::named("digest".parse().unwrap(), "The # Digest #")
}

proptest! {
    #[test]
    fn an_edition_reads_back_as_itself(edition in arbitrary::edition()) {
        let markdown = write(&digest(), &edition);
        prop_assert!(is_own(&markdown));
        prop_assert_eq!(&read(&markdown).unwrap(), &edition, "{}", &markdown);
        let elsewhere = format!("\u{feff}{}", markdown.replace('\n', "\r\n"));
        prop_assert_eq!(&read(&elsewhere).unwrap(), &edition);
    }

    /// Strings from JSON may hold anything: line breaks, controls, comments.
    #[test]
    fn fields_of_any_characters_read_back(edition in arbitrary::edition(), fields in prop::collection::vec(any::<String>(), 8)) {
        let mut edition = edition;
        let mut fields = fields.into_iter().cycle();
        let mut next = || fields.next().unwrap();
        for sector in &mut edition.sectors {
            sector.name = next();
            sector.categories.iter_mut().for_each(|category| category.name = next());
        }
        for entry in edition.entries_mut() {
            entry.title = next();
            entry.publishers.iter_mut().for_each(|publisher| *publisher = next());
        }
        edition.news.iter_mut().for_each(|item| item.title = next());
        if let Some(sign_off) = &mut edition.letter.sign_off {
            (sign_off.closing, sign_off.name, sign_off.role) = (next(), next(), next());
        }
        let markdown = write(&digest(), &edition);
        prop_assert_eq!(&read(&markdown).unwrap(), &edition, "{}", &markdown);
    }

    #[test]
    fn no_file_makes_the_reader_fail_other_than_by_its_error(lines in prop::collection::vec(any::<String>(), 0..6)) {
        let _ = read(&lines.join("\n"));
        let _ = read(&format!("<!-- pulse:edition {{\"schema_version\":1,\"digest\":\"a\",\"month\":\"2026-05\"}} -->\n# A\n## May 2026\n{}", lines.join("\n")));
    }
}

#[test]
fn cases_are_written_as_expected_and_read_back() {
    for case in case::all() {
        let markdown = write(&case.digest, &case.edition);
        case.expect("edition.md", &markdown);
        let read = read(&markdown).unwrap();
        // Problems and lines set aside are about a file the edition came from, and are no part of this form; figures are
        // found anew.
        let mut edition = case.edition.clone();
        edition.find_figures();
        edition.problems.clear();
        edition.set_aside.clear();
        edition.news.iter_mut().for_each(|item| item.problems.clear());
        edition.entries_mut().for_each(|entry| entry.problems.clear());
        assert_eq!(read, edition, "{}", case.name);
    }
}

const START: &str = "<!-- pulse:edition {\"schema_version\":1,\"digest\":\"tidemark\",\"month\":\"2026-05\"} -->\n# Tidemark\n## May 2026\n";

#[test]
fn a_person_may_add_entries_and_news_without_any_mark() {
    let edition = read(&format!("{START}<!-- pulse:news -->\n## News\n### We moved\nTo Quay Street.\n## Justice\n#### Harbour Trust. Who cares?\nHalf do.\n### Briefings\n#### Untitled\n")).unwrap();
    assert_eq!(edition.news[0].title, "We moved");
    assert_eq!(edition.sectors[0].categories.iter().map(|category| category.name.as_str()).collect::<Vec<_>>(), ["", "Briefings"]);
    let entry = edition.entries().next().unwrap();
    assert_eq!((entry.publisher().as_str(), entry.title.as_str(), entry.slug.as_str()), ("Harbour Trust", "Who cares?", "harbour-trust-who-cares"));
}

#[test]
fn a_mark_that_no_longer_agrees_with_its_words_is_refused_with_its_line() {
    let changed = format!("{START}## Justice\n<!-- pulse:entry {{\"publishers\":[\"A\",\"B\"]}} -->\n#### A and C. Title.\n");
    let error = read(&changed).unwrap_err();
    assert!(matches!(error, OwnMarkdownError::Disagree { line: 6, .. }), "{error}");
    let month = read(&START.replace("## May", "## June")).unwrap_err();
    assert_eq!(
        month.to_string(),
        "line 3: the words say \u{201c}June 2026\u{201d}, the mark above them \u{201c}May 2026\u{201d}; change both or take the mark away"
    );
}

#[test]
fn what_belongs_nowhere_is_refused_with_its_line() {
    let cases = [
        ("Words without a mark.\n", 4),
        ("### Reports\n", 4),
        ("## Justice\nWords.\n", 5),
        ("<!-- pulse:lettre welcome -->\n", 4),
        ("<!-- pulse:item robot -->\n", 4),
        ("## Justice\n<!-- pulse:entry {\"colour\":1} -->\n#### A. B.\n", 5),
        ("<!-- pulse:sign-off -->\n\nA\n\nB\n\nC\n\nD\n", 6),
        ("# Another title\n", 4),
    ];
    for (rest, line) in cases {
        let error = read(&format!("{START}{rest}")).unwrap_err();
        assert_eq!(error.line(), line, "{rest}: {error}");
    }
    assert!(matches!(read("# Tidemark\n"), Err(OwnMarkdownError::NotOurs)));
    assert!(matches!(read(&START.replace(":1,", ":2,")), Err(OwnMarkdownError::Newer { found: 2 })));
}

//! What is no edition gives a sentence; what is a strange one is read as far as it goes, and its faults are listed.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use pulse_compose::import::{self, Fate, ImportError, Imported};
use pulse_model::{Problem, ProblemKind, Register};
use pulse_testkit::digests;

const EDITION: &str = "# Tide\n\n## May 2026\n\nWelcome.\n\n## Criminal justice\n\n### Reports\n\n#### Harbour Trust. Who waits?\n\nWaiting fell by 4%.\n";

fn read(bytes: impl AsRef<[u8]>) -> Result<Imported, ImportError> {
    import::read(bytes.as_ref(), "edition.md", &[digests::evidence()], &Register::default())
}

fn sentence(bytes: impl AsRef<[u8]>) -> String {
    read(bytes).unwrap_err().to_string()
}

fn problems(bytes: impl AsRef<[u8]>) -> Vec<Problem> {
    let edition = read(bytes).unwrap().edition;
    edition.all_problems().cloned().collect()
}

fn has(problems: &[Problem], kind: ProblemKind) -> bool {
    problems.iter().any(|problem| problem.kind == kind)
}

#[test]
fn nothing_at_all() {
    for empty in ["", " \n\n\t\n", "\u{feff}"] {
        assert_eq!(sentence(empty), "the file is empty; there is nothing to import");
    }
}

#[test]
fn files_that_are_no_text() {
    assert_eq!(
        sentence(b"PK\x03\x04\x14\x00\x08\x00"),
        "this is a Word document or another zip file, not text; save it as Markdown, HTML or plain text and import that"
    );
    assert!(sentence(b"%PDF-1.7\n1 0 obj\n").starts_with("this is a PDF"));
    assert!(sentence(b"\x89PNG\r\n\x1a\n\x00\x00").starts_with("this is a picture"));
    assert!(sentence(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").starts_with("this is an old Word document"));
    assert!(sentence("{\\rtf1\\ansi Tide, May 2026}").starts_with("this is an RTF document"));
    assert!(sentence([7u8; 100]).starts_with("this is a binary file"));
    // A program: zeros wherever numbers are small, and letters between them.
    let program: Vec<u8> = (0..200u32).flat_map(|number| number.to_le_bytes()).chain(*b"May 2026").collect();
    assert!(sentence(program).starts_with("this is a binary file"));
    let utf32 = |mark: char| format!("{mark}{EDITION}").chars().flat_map(|c| u32::from(c).to_le_bytes()).collect::<Vec<u8>>();
    assert_eq!(sentence(utf32('\u{feff}')), "the file is in UTF-32, which few programs read; save it as UTF-8 and import that");
}

#[test]
fn other_encodings_read_the_same() {
    let text = EDITION.replace("Waiting", "“Zoë’s” waiting – £4");
    let expected = read(&text).unwrap().edition;
    let utf16 = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let with_mark = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
    let cases = [
        with_mark(&[0xff, 0xfe], utf16(u16::to_le_bytes)),
        with_mark(&[0xfe, 0xff], utf16(u16::to_be_bytes)),
        utf16(u16::to_le_bytes),
        with_mark(&[0xef, 0xbb, 0xbf], text.clone().into_bytes()),
        text.replace('\n', "\r\n").into_bytes(),
        text.replace('\n', "\r").into_bytes(),
        encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
    ];
    for bytes in cases {
        assert_eq!(read(bytes).unwrap().edition, expected);
    }
    // Without a letter that UTF-8 would not have.
    let plain = read(EDITION).unwrap().edition;
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let bytes: Vec<u8> = EDITION.encode_utf16().flat_map(order).collect();
        assert_eq!(read(bytes).unwrap().edition, plain);
    }
}

#[test]
fn bytes_that_fit_no_encoding_are_reported() {
    let mut bytes = vec![0xef, 0xbb, 0xbf];
    bytes.extend(EDITION.replace("4%", "\u{1}").replace('\u{1}', "4%").into_bytes());
    bytes.extend([0xff, b'\n']);
    assert!(has(&problems(bytes), ProblemKind::Encoding));
}

#[test]
fn a_file_cut_off_gives_what_is_there() {
    for end in (EDITION.find("Reports").unwrap()..EDITION.len()).step_by(3) {
        // Cut anywhere, it is an edition or a sentence.
        let _ = read(&EDITION[..end]);
    }
    let last_line = |end: &str| {
        let text = EDITION.strip_suffix(" fell by 4%.\n").unwrap().to_owned() + end;
        problems(text).iter().any(|problem| problem.kind == ProblemKind::Incomplete && problem.line == Some(13))
    };
    for cut in ["", " fel", " fell by\n", " fell by", " fell, where it was measured,"] {
        assert!(last_line(cut), "{cut}");
    }
    for whole in [" fell by 4%.", " fell by 4%.\n", " fell by 4%\n", " fell by 4%.\n\n---"] {
        assert!(!last_line(whole), "{whole}");
    }
    let json = serde_json::to_string(&read(EDITION).unwrap().edition).unwrap();
    assert_eq!(sentence(&json[..json.len() / 2]).split(':').next().unwrap(), format!("line 1, column {}", json.len() / 2));
}

#[test]
fn json_of_another_kind() {
    assert!(sentence("[1, 2]").contains("this is not an edition in Pulse's JSON"));
    assert!(sentence("{\"schema").ends_with("; see that the file is whole and follows docs/edition-schema.json"));
    assert!(sentence("{\"a\": 1}").starts_with("line 1, column 8: this is not an edition in Pulse's JSON: missing field"));
    assert_eq!(sentence("{\"schema_version\": 99}"), "the edition has schema version 99, and this Pulse reads 1; use a newer Pulse");
}

#[test]
fn json_with_characters_that_mislead() {
    let mut edition = read(EDITION).unwrap().edition;
    edition.entries_mut().for_each(|entry| entry.title = "Who\u{0} \u{202e}waits?".to_owned());
    let again = read(serde_json::to_string(&edition).unwrap()).unwrap().edition;
    assert_eq!(again.entries().next().unwrap().title, "Who waits?");
}

#[test]
fn files_too_large() {
    let line = vec![b'a'; 100_000_000];
    assert_eq!(sentence(line), "the file has 100000000 bytes, more than the 33554432 an edition may have; split it into one file an edition");
    // The longest line that is read, in kinds that parsers dislike.
    for filler in ["a", "[", "*a ", "- ", "<b>", "`", "1. ", "\\", "&", "!["] {
        let text = format!("{EDITION}\n{}\n", filler.repeat(300_000 / filler.len()));
        let edition = read(&text).unwrap().edition;
        assert_eq!(edition.entries().count(), 1, "{filler}");
    }
    assert!(has(&problems(format!("{EDITION}\n{}.", "word ".repeat(10_000))), ProblemKind::TooLong));
}

/// Each of these took minutes when a paragraph was read again for every line it grew by, or a heading's number was
/// counted from 1 for every entry.
#[test]
fn short_lines_by_the_ten_thousand() {
    for line in ["ab cd\n", "ab cd,\n", "see [a](https://e.example)\n", "## ab cd\n", "ab cd\n\n", "- ab\n  - cd\n"] {
        let edition = read(format!("{EDITION}\n{}", line.repeat(40_000))).unwrap().edition;
        assert!(edition.entries().count() > 0, "{line}");
    }
}

#[test]
fn a_paragraph_behind_a_list_in_html() {
    let html = "<html><body><h1>Tide</h1><p>May 2026</p><h2>Criminal justice</h2><h3>Reports</h3><h4>Harbour Trust. Who waits?</h4>\
        <p>It asks:</p><ul><li><p>Carers.</p><p>And why.</p><ul><li>first</li></ul></li></ul><p>It ends.</p></body></html>";
    let edition = read(html).unwrap().edition;
    let summary = &edition.entries().next().unwrap().summary;
    let depths: Vec<_> = summary.texts().into_iter().map(|(depth, text)| (depth, text.plain())).collect();
    assert_eq!(depths, [(0, "It asks:"), (1, "Carers."), (1, "And why."), (2, "first"), (0, "It ends.")].map(|(depth, text)| (depth, text.to_owned())));
}

#[test]
fn ten_thousand_nested_lists() {
    let indented: String = (0..10_000).map(|depth| format!("{}- point {depth}\n", " ".repeat(depth.min(600) * 2))).collect();
    let edition = read(format!("{EDITION}\n{indented}")).unwrap().edition;
    assert_eq!(edition.entries().next().unwrap().summary.texts().len(), 10_001);
    assert!(has(&edition.all_problems().cloned().collect::<Vec<_>>(), ProblemKind::NestedTooDeep));
    let html = format!(
        "<html><body><h1>Tide</h1><p>May 2026</p><h2>Criminal justice</h2><h3>Reports</h3><h4>Harbour Trust. Who waits?</h4>{}deep{}</body></html>",
        "<ul><li>".repeat(10_000),
        "</li></ul>".repeat(10_000)
    );
    assert!(read(html).unwrap().edition.entries().next().unwrap().summary.plain().contains("deep"));
    assert!(sentence(format!("{{\"schema_version\":1,\"sectors\":{}", "[".repeat(10_000))).contains("recursion limit"));
}

#[test]
fn sectors_and_categories_the_digest_does_not_have() {
    let edition = read(EDITION.replace("## Criminal justice", "## Housing") + "\n### Films\n\n#### Harbour Trust. A film.\n\nIt runs.\n").unwrap().edition;
    assert_eq!(edition.sectors[0].name, "Housing");
    assert_eq!(edition.sectors[0].categories.iter().map(|category| category.name.as_str()).collect::<Vec<_>>(), ["Reports", "Films"]);
    let problems: Vec<String> = edition.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems[0], "line 7: the digest has no sector “Housing”; add it to the taxonomy, or as another name of one that is there");
    assert_eq!(problems[1], "line 15: the digest has no category “Films”; add it to the taxonomy");
}

#[test]
fn text_that_no_entry_takes() {
    let text = EDITION.replace("#### Harbour Trust. Who waits?", "who waits, and where");
    assert_eq!(read(&text).unwrap().edition.entries().count(), 0);
    let problems: Vec<String> = problems(&text).iter().map(ToString::to_string).collect();
    assert_eq!(problems, ["line 11: the text before the first entry was set aside; an entry begins with a line “Publisher. Title.”"]);
}

#[test]
fn titles_in_writings_without_capitals() {
    let text = "Tide\n\nMay 2026\n\nCriminal justice\n\nReports\n\nHarbour Trust. כמה זמן ממתינים?\n\nWaiting fell.\n\nHarbour Trust. 誰が待つのか。\n\nIt fell again.\n";
    let edition = read(text).unwrap().edition;
    assert_eq!(edition.entries().map(|entry| entry.title.as_str()).collect::<Vec<_>>(), ["כמה זמן ממתינים?", "誰が待つのか。"]);
}

#[test]
fn months() {
    assert!(sentence(EDITION.replace("## May 2026", "")).starts_with("no month was found; put a line such as"));
    let two = format!("{}\n{}", EDITION.replace("# Tide", "# Evidence digest"), EDITION.replace("# Tide", "# Evidence digest").replace("May", "June"));
    assert_eq!(sentence(two), "two editions are in one file: May 2026 (line 3) and June 2026 (line 17); split the file before line 17");
    let by_name = import::read(EDITION.replace("## May 2026", "").as_bytes(), "tide-2024-11.md", &[digests::evidence()], &Register::default()).unwrap();
    assert_eq!(by_name.edition.month.to_string(), "2024-11");
}

#[test]
fn characters_that_mislead() {
    for slip in ["\u{202e}", "\u{7}", "\0"] {
        assert!(has(&problems(EDITION.replace("Waiting", &format!("Wait{slip}ing"))), ProblemKind::CharactersRemoved));
    }
    let edition = read(EDITION.replace("Who waits", "Who\u{202e} waits\u{1}")).unwrap().edition;
    assert_eq!(edition.entries().next().unwrap().title, "Who waits?");
}

#[test]
fn markup_that_could_run() {
    let text = EDITION.replace("Waiting fell", "<script>alert(1)</script>Waiting [fell](javascript:alert(1)) [so](#)");
    let problems = problems(&text);
    assert!(has(&problems, ProblemKind::MarkupDropped) && has(&problems, ProblemKind::LinkRefused) && has(&problems, ProblemKind::LinkLost));
    let edition = read(&text).unwrap().edition;
    let json = serde_json::to_string(&edition.entries().next().unwrap().summary).unwrap();
    assert!(!json.contains("<script") && !json.contains("(javascript:"));
    let html = "<html><body><h1>Tide</h1><p>May 2026</p><h2>Criminal justice</h2><h3>Reports</h3><h4>Harbour Trust. Who waits?</h4><p onclick='x()'>Fell <script>alert(1)</script><a href='javascript:x()'>by 4%</a>.</p><img src=x></body></html>";
    let edition = read(html).unwrap().edition;
    assert_eq!(edition.entries().next().unwrap().summary.plain(), "Fell by 4%.");
}

#[test]
fn a_title_of_ten_thousand_characters() {
    let title = "Waiting ".repeat(1250);
    let edition = read(EDITION.replace("Who waits?", title.trim())).unwrap().edition;
    let entry = edition.entries().next().unwrap();
    assert_eq!(entry.title, title.trim());
    assert_eq!(entry.problems[0].to_string(), "line 11: a title of 9999 characters");
    assert!(entry.slug.len() <= 80);
}

#[test]
fn text_that_is_no_edition() {
    assert!(sentence("May 2026\n\nDear all,\n\nNothing to report.\n").starts_with("no sector, category or entry was found (lines: 5)"));
    assert!(matches!(import::read(EDITION.as_bytes(), "x.md", &[], &Register::default()), Err(ImportError::NoDigest)));
    let several = [digests::evidence(), digests::weekly()];
    let unnamed = import::read(EDITION.as_bytes(), "x.md", &several, &Register::default()).unwrap_err();
    assert_eq!(unnamed.to_string(), "none of the digests (evidence-digest, weekly-links) goes by a name in this file; say which it is with --digest");
    let named = import::read(EDITION.replace("# Tide", "# Evidence Digest").as_bytes(), "x.md", &several, &Register::default()).unwrap();
    assert_eq!(named.edition.digest.as_str(), "evidence-digest");
}

#[test]
fn every_line_is_accounted_for() {
    let imported = read(EDITION.to_owned() + "\n---\n\n12\n\n![](cover.png)\n").unwrap();
    let fates: Vec<String> = imported
        .ledger
        .rows
        .iter()
        .filter(|row| row.fate != Fate::Blank)
        .map(|row| match &row.fate {
            Fate::Placed(place) => place.clone(),
            Fate::SetAside(reason) => format!("({reason})"),
            Fate::Blank => String::new(),
        })
        .collect();
    let entry = "Criminal justice, Reports, entry 1";
    assert_eq!(
        fates,
        [
            "masthead",
            "month",
            "letter, welcome",
            "sector Criminal justice",
            "category Criminal justice, Reports",
            &format!("{entry}: heading"),
            &format!("{entry}: summary"),
            "(a rule)",
            "(a page number)",
            "(a picture)"
        ]
    );
}

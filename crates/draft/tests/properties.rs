//! Whatever the documents are: a draft comes back, the same each time, made of slices of them.

#![expect(clippy::panic, reason = "what fails here fails a test")]

use std::time::{Duration, Instant};

use proptest::prelude::*;
use pulse_draft::{Wishes, draft, recommendations};
use pulse_model::document::{Content, Document, ListItem, Metadata};
use pulse_model::{Draft, Publication, Sourced};

const ADDRESS: &str = "https://harbour.example/";

fn drafted(document: &Document) -> Draft {
    let publication = Publication { title: "Warm homes".to_owned(), ..Publication::default() };
    draft(&publication, &[Sourced { address: ADDRESS, document }], &Wishes::default())
}

fn document(contents: impl IntoIterator<Item = Content>) -> Document {
    Document::new(Metadata::default(), contents.into_iter().map(|content| (None, content)), None, Vec::new())
}

fn paragraph(text: impl Into<String>) -> Content {
    Content::Paragraph { text: text.into() }
}

/// Letters and digits alone: what is left when marks and numbers of points, spaces and colons between parts are put aside.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Every quote is in its block, every text is made of its quotes, and points and texts go together.
fn assert_sound(draft: &Draft, document: &Document) {
    let texts = draft.entry.summary.texts();
    assert_eq!(draft.points.len(), texts.len());
    for (point, (_, text)) in draft.points.iter().zip(texts) {
        assert_eq!(&point.text, text);
        let mut rest = letters(&point.text.plain());
        for passage in &point.passages {
            let Some(block) = document.block(passage.anchor.as_str()) else { panic!("no block {}", passage.anchor) };
            let is_in_block = match &block.content {
                Content::Table { rows, .. } => rows.iter().flatten().any(|cell| cell.contains(&passage.quote)),
                content => content.lines().iter().any(|line| line.contains(&passage.quote)),
            };
            assert!(is_in_block, "{:?} is not in {block:?}", passage.quote);
            // A point's own number is not printed.
            let quote = letters(&passage.quote);
            let printed = (0..=quote.len().min(12)).filter_map(|from| quote.get(from..)).find(|quote| rest.starts_with(quote));
            let Some(printed) = printed else { panic!("{quote:?} is not next in {rest:?}") };
            rest = rest[printed.len()..].to_owned();
        }
        assert!(point.passages.is_empty() || rest.is_empty(), "{rest:?} is in no passage");
    }
    assert_eq!(draft, &drafted(document));
}

const PIECES: &[&str] = &[
    "Key findings",
    "Recommendations",
    "Recommendation 1: Councils should plan.",
    "Recommendation 2",
    "Recommendation 1",
    "R3 The fund must report.",
    "Summary",
    "Contents",
    "We found that:",
    "We recommend that:",
    "1. ",
    "2. ",
    "8.6. ",
    "• ",
    "Rents rose by 12% in 2021 compared with 2020.",
    "This was more than expected.",
    "Councils should act now.",
    "The council agrees.",
    "the poorest",
    "Rents",
    "... 12",
    "(",
    "“",
    "e.g. ",
    "It ",
    "12",
    "é",
    "日本語の文です。",
    " ",
    ":",
    ". ",
    "\u{a0}",
];

fn content() -> impl Strategy<Value = Content> {
    let text = || prop::collection::vec(prop::sample::select(PIECES), 1..6).prop_map(|pieces| pieces.join(" "));
    let item = (0_u8..3, text()).prop_map(|(depth, text)| ListItem { depth, text });
    prop_oneof![
        text().prop_map(paragraph),
        (1_u8..7, text()).prop_map(|(level, text)| Content::Heading { level, text }),
        (any::<bool>(), prop::collection::vec(item, 1..5)).prop_map(|(ordered, items)| Content::List { ordered, items }),
        prop::collection::vec(prop::collection::vec(text(), 1..3), 1..3).prop_map(|rows| Content::Table { caption: String::new(), header_rows: 0, rows }),
        any::<String>().prop_map(paragraph),
    ]
}

proptest! {
    #[test]
    fn every_point_rests_on_its_passages(contents in prop::collection::vec(content(), 0..25)) {
        let document = document(contents);
        assert_sound(&drafted(&document), &document);
    }
}

/// Documents that nobody should write, each with the note that a person gets.
#[test]
fn documents_that_cannot_be_drafted_from_say_so() {
    let table = Content::Table {
        caption: String::new(),
        header_rows: 1,
        rows: vec![vec!["Year".to_owned(), "Rent".to_owned()], vec!["2021".to_owned(), "612".to_owned()]],
    };
    let mut welsh = document([paragraph("Mae'r adroddiad hwn yn trafod rhenti yng Nghymru yn 2021.")]);
    welsh.metadata.language = "cy".to_owned();
    let numbers = paragraph((0..10_000).map(|number| number.to_string()).collect::<Vec<_>>().join(" "));
    for (document, note) in [
        (document([]), "no text could be read in https://harbour.example/"),
        (welsh, "https://harbour.example/ is in another language (cy): nothing was taken from it"),
        (document([table]), "https://harbour.example/ holds tables alone: nothing was taken from it"),
        (document([numbers]), "https://harbour.example/ is mostly numbers: a person should look at it"),
    ] {
        let draft = drafted(&document);
        assert_sound(&draft, &document);
        assert_eq!(draft.points, []);
        assert!(draft.notes.iter().any(|found| found == note), "{:?}", draft.notes);
    }
}

#[test]
fn long_documents_take_linear_time() {
    let sentence = "Rents in Northport rose by 12% in 2021 compared with the year before. ";
    let numbered = |at: usize| format!("Recommendation {at}: Councils should build {at} homes.");
    for (name, document) in [
        ("one giant paragraph", document([paragraph(sentence.repeat(30_000))])),
        ("many tiny paragraphs", document((0..100_000).map(|at| paragraph(format!("Row {at}."))))),
        ("many headings", document((0..50_000).map(|at| Content::Heading { level: 1 + u8::try_from(at % 6).unwrap_or(0), text: "Key findings".to_owned() }))),
        ("many recommendations", document((0..20_000).map(|at| paragraph(numbered(at))))),
        ("many numbers", document((0..20_000).map(|at| paragraph(format!("{at}. {at} of {at} were {at}% of the {at} asked in all of {at}."))))),
        ("no end", document([paragraph("a ".repeat(500_000))])),
        ("brackets", document([paragraph("(“".repeat(300_000))])),
    ] {
        let start = Instant::now();
        let draft = drafted(&document);
        // A quadratic step would need an hour; the bound leaves room for an unoptimised build on a busy machine.
        assert!(start.elapsed() < Duration::from_secs(60), "{name}: {:?}", start.elapsed());
        assert!(draft.points.len() <= 13, "{name}");
    }
}

#[test]
fn a_recommendation_is_counted_once() {
    let listed = ["Recommendation 1: Councils should plan for heat.", "Recommendation 2: The fund should report each year."];
    let twice = document(listed.iter().chain(&listed).map(|text| paragraph(*text)));
    assert_eq!(recommendations(&[Sourced { address: ADDRESS, document: &twice }]).len(), 2);
}

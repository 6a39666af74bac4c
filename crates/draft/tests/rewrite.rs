//! What a language model says is checked like anything else, and a draft survives whatever comes back.

use proptest::prelude::*;
use pulse_draft::rewrite::{question, rewritten};
use pulse_model::document::{Content, Document, Metadata};
use pulse_model::draft::{Draft, Point, PointKind};
use pulse_model::{Block, Blocks, Entry, Evidence, Item, List, Passage, Sourced, Text};

const ADDRESS: &str = "https://northmoor-ageing.example/reports/first-six-weeks";
const SAYS: [&str; 3] = [
    "Northmoor Institute for Ageing followed 2,316 people aged 75 and over.",
    "Of those without help in the first week, 31% returned to hospital within six weeks.",
    "Those with help were half as likely to return, at 15.5%.",
];

fn document() -> Document {
    Document::new(Metadata::default(), SAYS.map(|text| (None, Content::Paragraph { text: text.into() })), None, Vec::new())
}

fn draft(document: &Document) -> Draft {
    let point = |at: usize, kind| Point {
        kind,
        text: Text::from_plain(SAYS[at]),
        passages: vec![Passage::new(ADDRESS, &document.blocks()[at], SAYS[at])],
        untraced: Vec::new(),
    };
    let lead = Point { kind: PointKind::Finding, text: Text::from_plain("The report finds that:"), passages: Vec::new(), untraced: Vec::new() };
    let items = [1, 2].map(|at| Item::new(Text::from_plain(SAYS[at]))).to_vec();
    let mut entry = Entry::titled(["Northmoor Institute for Ageing"], "The first six weeks");
    entry.summary =
        Blocks::new([Block::paragraph(Text::from_plain(SAYS[0])), Block::paragraph(lead.text.clone()), Block::List(List { ordered: false, items })]);
    let points = vec![point(0, PointKind::Description), lead, point(1, PointKind::Finding), point(2, PointKind::Finding)];
    Draft { entry, points, notes: Vec::new() }
}

fn answered(answer: &str) -> Draft {
    let document = document();
    let sourced = [Sourced { address: ADDRESS, document: &document }];
    rewritten(draft(&document), answer, &sourced, &Evidence::of(&sourced))
}

fn texts(draft: &Draft) -> Vec<String> {
    draft.entry.summary.texts().iter().map(|(_, text)| text.plain()).collect()
}

#[test]
fn the_question_holds_each_point_with_its_source() {
    let asked = question(&draft(&document())).unwrap();
    let points: serde_json::Value = serde_json::from_str(&asked.points).unwrap();
    let numbers: Vec<u64> = points.as_array().unwrap().iter().map(|point| point["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 3, 4], "what leads in a list is not the model's");
    assert_eq!(points[1]["source"][0], SAYS[1]);
}

#[test]
fn true_words_are_taken_over_with_their_passages() {
    let draft = answered(
        "Here you are:\n```json\n{\"points\": [{\"number\": 1, \"text\": \"Northmoor Institute for Ageing followed 2,316 older people.\"}, \
         {\"number\": 3, \"text\": \"Without help in the first week, 31% were back in hospital within six weeks.\"}, \
         {\"number\": 4, \"text\": \"With help it was 15.5%.\"}]}\n```",
    );
    assert_eq!(
        texts(&draft),
        [
            "Northmoor Institute for Ageing followed 2,316 older people.",
            "The report finds that:",
            "Without help in the first week, 31% were back in hospital within six weeks.",
            "With help it was 15.5%.",
        ]
    );
    assert!(draft.points.iter().all(|point| point.untraced.is_empty()), "{:?}", draft.points);
    assert_eq!(draft.points[2].passages[0].quote, SAYS[1]);
    assert_eq!(draft.notes, ["a language model wrote the words: compare each point with its passage"]);
}

#[test]
fn figures_and_names_that_no_document_has_are_listed() {
    let draft = answered(
        "{\"points\": [{\"number\": 1, \"text\": \"The Quay Health Institute followed 2,316 people.\"}, \
         {\"number\": 3, \"text\": \"In the first week, 41% of people without help returned to hospital.\"}]}",
    );
    assert_eq!(draft.points[0].untraced, ["The Quay Health Institute"]);
    assert_eq!(draft.points[2].untraced, ["41%"]);
    assert_eq!(texts(&draft)[3], SAYS[2], "the point it left out stays the extract");
    assert_eq!(draft.notes[0], "the language model gave no usable words for point 4; there the extract stands");
}

#[test]
fn a_name_that_opens_a_sentence_and_one_that_is_a_common_word_are_looked_up() {
    let untraced = |text: &str| answered(&format!("{{\"points\": [{{\"number\": 1, \"text\": \"{text}\"}}]}}")).points[0].untraced.clone();
    assert_eq!(untraced("Quayside followed 2,316 people."), ["Quayside"]);
    assert_eq!(untraced("Quayside's team followed 2,316 people."), ["Quayside's"]);
    assert_eq!(untraced("It followed 2,316 people in Help, near Weeks."), ["Help", "Weeks"], "words of the source, but no names there");
    assert_eq!(untraced("Without Northmoor, 31% returned."), [""; 0]);
    assert_eq!(
        untraced("However, returning was half as likely. Thirty-one per cent of those without help returned to hospital within six weeks."),
        [""; 0],
        "a figure, and no name"
    );
    assert_eq!(untraced("Helped early, they returned less. Weeks later, 31% were back."), [""; 0], "sentences give capitals to any word");
}

#[test]
fn what_is_no_answer_leaves_the_extract() {
    let before = draft(&document());
    for (answer, note) in [
        ("<!doctype html><html>", "the language model answered with a web page; the draft is the extract"),
        ("I am sorry, I cannot help with that.", "the language model answered with no list of points; the draft is the extract"),
        ("{\"points\": 7}", "the language model answered with no list of points; the draft is the extract"),
        ("", "the language model answered with no list of points; the draft is the extract"),
    ] {
        let draft = answered(answer);
        assert_eq!((draft.entry, draft.points, draft.notes), (before.entry.clone(), before.points.clone(), vec![note.to_owned()]));
    }
    let long = answered(&format!("{{\"points\": [{{\"number\": 1, \"text\": \"{}\"}}, {{\"number\": 99, \"text\": \"x\"}}]}}", "word ".repeat(400)));
    assert_eq!(long.entry, before.entry);
}

proptest! {
    #[test]
    fn nothing_that_comes_back_breaks_a_draft(answer in r#"(\{|\}|"points"|:|\[|\]|"number"|"text"|[0-9]|,|<p>|"[a-zé 0-9%]{0,9}"|\PC){0,40}"#) {
        let draft = answered(&answer);
        prop_assert_eq!(draft.points.len(), 4);
        let of_points: Vec<String> = draft.points.iter().map(|point| point.text.plain()).collect();
        prop_assert_eq!(texts(&draft), of_points);
    }
}

//! Whatever an edition says, the desk returns queries whose places are there, and fixing comes to an end.

use proptest::prelude::*;
use pulse_compose::desk::{self, Fix, Known, Part, Within};
use pulse_model::edition::{Category, Sector};
use pulse_model::{Block, Blocks, Edition, EditionKey, Entry, Href, Register, Run, Style, Text};
use pulse_testkit::{arbitrary, digests};

/// Pieces that rules look for, so that they meet each other.
const PIECES: &[&str] = &[
    "the",
    "the",
    "of",
    "a",
    "an",
    "carers",
    "5",
    "10-15",
    "between",
    "10",
    "\u{2013}",
    "-",
    "--",
    "12%",
    "9 per cent",
    "15 %",
    "'",
    "\"",
    "\u{2018}",
    "\u{2019}",
    "\u{201c}",
    "\u{201d}",
    "'team'",
    "\"team\"",
    "recieve",
    "color",
    "2316",
    "\u{a3}54000",
    "people",
    "this year",
    "May",
    "NIA",
    "(NIA)",
    "six principles:",
    "here",
    ".",
    ",",
    ";",
    "it's",
    "is is",
    "from 2019-21",
    "Zo\u{eb}",
    "wait--and",
    "wait\u{2013} and",
    "wait\u{2013}and",
    "the \u{2018}90s",
    "board\u{b4}s",
    "from May-June",
    "9am-5pm",
    "10 \u{2013} 12",
    "10\u{2014}12",
    "between five to nine",
    "Trust Trust",
    "2025 2025",
    "dont",
    "childrens",
    "twelve percent",
    "12 per-cent",
    "3 times",
    "| Trust",
    "Trust :",
    "(PDF)",
    "as result",
    "that that the",
    "\u{2014}",
];

fn text() -> impl Strategy<Value = Text> {
    let run = (prop::collection::vec(prop::sample::select(PIECES), 1..12), any::<bool>());
    let runs = prop::collection::vec(run, 1..4);
    runs.prop_map(|runs| {
        Text::new(runs.into_iter().map(|(pieces, strong)| Run { text: format!("{} ", pieces.join(" ")), style: Style { strong, ..Style::default() } }))
    })
}

/// Editions nobody would write, whose entries say what the rules look for.
fn edition() -> impl Strategy<Value = Edition> {
    let entry = (prop::collection::vec(text(), 1..6), text(), text());
    (prop::collection::vec(entry, 1..5), arbitrary::edition()).prop_map(|(entries, mut edition)| {
        let entries = entries.into_iter().map(|(texts, publisher, title)| Entry {
            summary: Blocks::new(texts.into_iter().map(Block::paragraph)),
            ..Entry::titled([publisher.plain()], title.plain())
        });
        let category = Category { name: "Reports".to_owned(), entries: entries.collect() };
        edition.sectors.push(Sector { name: "Criminal justice".to_owned(), categories: vec![category] });
        edition.settle_slugs();
        edition
    })
}

fn plain(edition: &Edition, part: &Part, within: Within) -> Option<String> {
    let text = |blocks: &Blocks, number: usize| blocks.texts().get(number.checked_sub(1)?).map(|(_, text)| text.plain());
    match (part, within) {
        (Part::Entry { number, .. }, within) => {
            let entry = edition.entries().nth(number - 1)?;
            match within {
                Within::Text(number) => text(&entry.summary, number),
                Within::Title => Some(entry.title.clone()),
                Within::Publisher(number) => entry.publishers.get(number - 1).cloned(),
                Within::Link(number) => entry.links.get(number - 1).map(|link| link.text.clone()),
                Within::Whole => Some(String::new()),
            }
        }
        (Part::News { number }, within) => {
            let item = edition.news.get(number - 1)?;
            match within {
                Within::Text(number) => text(&item.body, number),
                Within::Title => Some(item.title.clone()),
                _ => Some(String::new()),
            }
        }
        (Part::Letter { .. } | Part::Edition, _) => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 4, ..ProptestConfig::default() })]

    #[test]
    fn every_place_is_there_and_fixing_ends(edition in edition()) {
        let digest = digests::evidence();
        let register = Register::default();
        let known = Known::new(&digest, &register);
        let queries = desk::check(&edition, &known);
        for query in &queries {
            if let Some(text) = plain(&edition, &query.place.part, query.place.within) {
                prop_assert!(text.get(query.place.range.clone()).is_some(), "{query:?} in {text:?}");
                if let Some(Fix::Words { old, new }) = &query.fix {
                    prop_assert_eq!(&text[query.place.range.clone()], old.as_str());
                    prop_assert_ne!(old, new);
                }
            }
        }
        prop_assert_eq!(&queries, &desk::check(&edition, &known));

        let mut fixed = edition.clone();
        let (_, mut left) = desk::fix_all(&mut fixed, |edition| desk::check(edition, &known));
        prop_assert_eq!(&left, &desk::check(&fixed, &known));
        left.retain(|query| query.fix.is_some());
        prop_assert!(left.is_empty(), "{left:#?}");
        let again = fixed.clone();
        prop_assert_eq!(desk::fix_all(&mut fixed, |edition| desk::check(edition, &known)).0, 0);
        prop_assert_eq!(again, fixed);
    }

    /// A fix touches the words it is about and no style or link around them.
    #[test]
    fn styles_and_links_stay(edition in edition()) {
        let digest = digests::evidence();
        let register = Register::default();
        let known = Known::new(&digest, &register);
        let mut fixed = edition.clone();
        desk::fix_all(&mut fixed, |edition| desk::check(edition, &known));
        for (before, after) in edition.entries().zip(fixed.entries()) {
            prop_assert_eq!(before.links.len(), after.links.len());
            prop_assert_eq!(before.summary.texts().len(), after.summary.texts().len());
            prop_assert_eq!(before.summary.links().len(), after.summary.links().len());
        }
    }
}

/// An edition of one entry, behind the desk.
fn fixed(title: &str, summary: impl IntoIterator<Item = Text>) -> Entry {
    let digest = digests::evidence();
    let register = Register::default();
    let known = Known::new(&digest, &register);
    let entry = Entry { summary: Blocks::new(summary.into_iter().map(Block::paragraph)), ..Entry::titled(["Harbour Trust"], title) };
    let mut edition = Edition::new(digest.slug.clone(), "2026-05".parse::<EditionKey>().expect("a key"));
    edition.sectors.push(Sector { name: "Criminal justice".to_owned(), categories: vec![Category { name: "Reports".to_owned(), entries: vec![entry] }] });
    desk::fix_all(&mut edition, |edition| desk::check(edition, &known));
    edition.entries().next().expect("the entry").clone()
}

/// Words, of which those between brackets are a link.
fn linked(words: &str) -> Text {
    Text::new(words.split(['[', ']']).enumerate().map(|(at, piece)| {
        let link = (at % 2 == 1).then(|| Href::parse("https://quay.example/falls").expect("an address"));
        Run { text: piece.to_owned(), style: Style { link, ..Style::default() } }
    }))
}

/// White space of two bytes before the letter that is to be a capital.
#[test]
fn a_small_letter_behind_a_wide_space_is_the_letter_that_is_fixed() {
    assert_eq!(fixed("\u{a0}carers of the coast", []).title, "\u{a0}Carers of the coast");
}

/// Other quotation marks around the words of a link leave the link where it is.
#[test]
fn a_fix_around_a_link_leaves_the_link() {
    let habit = linked(&"The ward\u{2019}s own count is the nurses\u{2019} count. ".repeat(20));
    let summary = fixed("Falls", [habit, linked("It is called \"[Falls at night]\" and is free.")]).summary;
    assert_eq!(summary.texts()[1].1, &linked("It is called \u{201c}[Falls at night]\u{201d} and is free."));
}

/// The second of two like words is a link: which of them goes is for a person to say.
#[test]
fn no_fix_takes_a_link_away() {
    let summary = fixed("Falls", [linked("It was written for for carers."), linked("It was written for carers [carers].")]).summary;
    assert_eq!(
        summary.texts().into_iter().map(|(_, text)| text.clone()).collect::<Vec<_>>(),
        [linked("It was written for carers."), linked("It was written for carers [carers].")]
    );
}

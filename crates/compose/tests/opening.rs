//! A new edition says its own month, holds its entries in the taxonomy's order, and keeps of the last one what is still true.

use pulse_compose::opening::{Begun, Placed, begin};
use pulse_model::digest::TaxonomySector;
use pulse_model::edition::{NewsItem, SignOff};
use pulse_model::markdown::parse_blocks;
use pulse_model::{Blocks, Digest, Edition, EditionKey, Entry, NewsKind, Slug};

fn digest() -> Digest {
    let sector = |name: &str| TaxonomySector { name: name.into(), also: Vec::new(), categories: vec!["Reports".into(), "Briefings".into()] };
    let mut digest = Digest::named(Slug::from_words("tidemark"), "Tidemark");
    digest.sectors = vec![sector("Housing"), sector("Criminal justice")];
    digest
}

fn blocks(markdown: &str) -> Blocks {
    parse_blocks(markdown).blocks
}

fn key(text: &str) -> EditionKey {
    text.parse().expect("a key")
}

fn placed(sector: &str, category: &str, title: &str) -> Placed {
    let mut entry = Entry::titled(["Harbour Trust"], title);
    entry.summary = blocks("Of 140 landlords, 31% answered.");
    Placed { sector: sector.into(), category: category.into(), entry }
}

fn previous() -> Edition {
    let mut edition = Edition::new(Slug::from_words("tidemark"), key("2026-05"));
    edition.letter.welcome = blocks("Welcome to the May edition.");
    edition.letter.call_for_contact = blocks("Call 01632 960142.");
    edition.letter.notices = blocks("From 1 June 2026 we write from a new address.\n\nOur office was closed on 4 May 2026.\n\nYou can leave with one click.");
    edition.letter.sign_off = Some(SignOff { closing: "Best wishes,".into(), name: "Eleanor Thackray".into(), role: "Head of Research".into() });
    let item = |kind, title: &str, body: &str| NewsItem { kind, title: title.into(), links: Vec::new(), body: blocks(body), problems: Vec::new() };
    edition.news = vec![item(NewsKind::Notice, "Summer", "No edition in August 2026."), item(NewsKind::Profile, "Welcoming Zoë", "She joined us.")];
    edition
}

fn begun() -> Begun {
    let entries = vec![
        placed("criminal justice", "Briefings", "Waiting for trial"),
        placed("Housing", "Briefings", "Short lets"),
        placed("Housing", "Reports", "Damp"),
        placed("Housing", "Reports", "Mould"),
    ];
    begin(&digest(), key("2026-06"), entries, Some(&previous()))
}

#[test]
fn entries_stand_in_the_order_of_the_taxonomy() {
    let edition = begun().edition;
    let printed: Vec<String> = edition
        .sectors
        .iter()
        .flat_map(|sector| sector.categories.iter().map(move |category| (sector, category)))
        .flat_map(|(sector, category)| category.entries.iter().map(move |entry| format!("{} / {} / {}", sector.name, category.name, entry.title)))
        .collect();
    assert_eq!(
        printed,
        ["Housing / Reports / Damp", "Housing / Reports / Mould", "Housing / Briefings / Short lets", "Criminal justice / Briefings / Waiting for trial"]
    );
    assert!(edition.entries().all(|entry| !entry.slug.is_empty() && entry.figures.len() == 2));
}

#[test]
fn the_letter_says_its_own_month() {
    let letter = begun().edition.letter;
    assert_eq!(letter.welcome.plain(), "Welcome to the June 2026 edition of Tidemark, with what has been published about housing and criminal justice.");
    assert_eq!(letter.call_for_contact.plain(), "Call 01632 960142.");
    assert_eq!(letter.sign_off.map(|sign_off| sign_off.name).as_deref(), Some("Eleanor Thackray"));
    assert!(letter.highlights.is_empty());
}

#[test]
fn a_digest_has_its_own_template() {
    let mut digest = digest();
    digest.opening.welcome = "**{digest}**, {month}: {sectors}.".into();
    digest.opening.call_for_contact = "Write to us.".into();
    digest.opening.signed_by = "Ada Okafor".into();
    let letter = begin(&digest, key("2026-06-17"), Vec::new(), Some(&previous())).edition.letter;
    assert_eq!(letter.welcome.plain(), "Tidemark, 17 June 2026: housing and criminal justice.");
    assert_eq!(letter.call_for_contact.plain(), "Write to us.");
    assert_eq!(letter.sign_off.map(|sign_off| (sign_off.closing, sign_off.name)), Some(("Best wishes,".into(), "Ada Okafor".into())));
}

#[test]
fn notices_stay_as_long_as_they_are_true() {
    let Begun { edition, notes } = begun();
    assert_eq!(edition.letter.notices.plain(), "From 1 June 2026 we write from a new address.\nYou can leave with one click.");
    assert_eq!(edition.news.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(), ["Summer"]);
    assert_eq!(
        notes,
        [
            "Left out a notice of the last edition, whose date has passed: \u{201c}Our office was closed on 4 May 2026.\u{201d}.",
            "Carried over a notice of the last edition without a date; see that it is still true: \u{201c}You can leave with one click.\u{201d}.",
        ]
    );
}

#[test]
fn the_first_edition_has_nothing_to_carry_over() {
    let Begun { edition, notes } = begin(&digest(), key("2026-06"), Vec::new(), None);
    assert_eq!((edition.sectors.len(), edition.letter.sign_off, notes.len()), (0, None, 0));
}

#[test]
fn a_weekly_edition_leaves_out_what_was_last_week() {
    let mut previous = Edition::new(Slug::from_words("tidemark"), key("2026-06-10"));
    previous.letter.notices = blocks("Webinar on 11 June 2026.\n\nWorkshop on 17 June.\n\nOffices are closed in June 2026.");
    let Begun { edition, notes } = begin(&digest(), key("2026-06-17"), Vec::new(), Some(&previous));
    assert_eq!(edition.letter.notices.plain(), "Workshop on 17 June.\nOffices are closed in June 2026.");
    assert_eq!(notes, ["Left out a notice of the last edition, whose date has passed: \u{201c}Webinar on 11 June 2026.\u{201d}."]);
}

//! Editions nobody would write: every mark of Markdown in every place, for property tests.

use proptest::prelude::*;
use pulse_model::block::{Block, Blocks, Item, List};
use pulse_model::edition::{Category, Contact, ContactKind, Edition, Entry, Letter, Link, NewsItem, NewsKind, Sector, SignOff};
use pulse_model::{EditionKey, Href, Month, Run, Slug, Style, Text};

/// Pieces that Markdown, HTML and our own headings give a meaning to, among ordinary words.
const PIECES: &[&str] = &[
    "carers",
    "of",
    "report",
    "10%",
    "£4.2",
    "Zoë",
    "a",
    "…",
    "\"",
    "'",
    "’",
    "(",
    ")",
    "[",
    "]",
    "*",
    "**",
    "_",
    "__",
    "`",
    "``",
    "\\",
    "<",
    ">",
    "<b>",
    "</em>",
    "<!--",
    "-->",
    "&",
    "&amp;",
    "&#35;",
    "!",
    "![",
    "](",
    "#",
    "##",
    "-",
    "+",
    "1.",
    "2)",
    ">",
    "|",
    "---",
    "===",
    "~~~",
    ":",
    ". ",
    "A. B.",
    "http://example.org",
    "\u{a0}",
    " ",
    "  ",
    "\t",
    "\n",
    "{",
    "}",
    "@",
    "$",
    "=",
    "/",
    "//",
    "#let",
    "日本",
    "🙂",
];

/// An address.
pub fn href() -> impl Strategy<Value = Href> {
    "(https?://[a-z]{1,8}\\.example/[a-zA-Z0-9_()*&=;?#~.!'%+,-]{0,12}|mailto:[a-z]{1,6}@example\\.org)"
        .prop_filter_map("an address the standard refuses", |address| Href::parse(&address).ok())
}

/// A piece of text in one style.
fn run() -> impl Strategy<Value = Run> {
    let words = prop::collection::vec(prop::sample::select(PIECES), 1..5).prop_map(|pieces| pieces.concat());
    let style = (any::<bool>(), any::<bool>(), prop::bool::weighted(0.1), prop::option::weighted(0.2, href()))
        .prop_map(|(strong, emphasis, code, link)| Style { strong, emphasis, code, link });
    (words, prop_oneof![3 => Just(Style::default()), 2 => style]).prop_map(|(text, style)| Run { text, style })
}

/// A text, possibly empty.
pub fn text() -> impl Strategy<Value = Text> {
    prop::collection::vec(run(), 0..5).prop_map(Text::new)
}

/// Blocks, possibly none.
pub fn blocks() -> impl Strategy<Value = Blocks> {
    let leaf = text().prop_map(Block::paragraph);
    let nested = (any::<bool>(), prop::collection::vec(text().prop_map(Item::new), 1..4)).prop_map(|(ordered, items)| Block::List(List { ordered, items }));
    let under = prop::collection::vec(prop_oneof![leaf, nested], 0..3).prop_map(Blocks::new);
    let item = (text(), prop_oneof![3 => Just(Blocks::default()), 1 => under]).prop_map(|(text, blocks)| Item { text, blocks });
    let list = (any::<bool>(), prop::collection::vec(item, 1..4)).prop_map(|(ordered, items)| Block::List(List { ordered, items }));
    prop::collection::vec(prop_oneof![2 => text().prop_map(Block::paragraph), 1 => list], 0..5).prop_map(Blocks::new)
}

/// One line of words that a heading can hold, never empty.
fn line() -> impl Strategy<Value = String> {
    // Not filtered: a long run would give up after too many refusals.
    text().prop_map(|text| text.plain()).prop_map(|line| if line.is_empty() { "report".to_owned() } else { line })
}

fn link() -> impl Strategy<Value = Link> {
    (href(), prop_oneof![Just(String::new()), line()]).prop_map(|(url, text)| Link { url, text })
}

fn entry() -> impl Strategy<Value = Entry> {
    (prop::collection::vec(line(), 0..3), line(), prop::collection::vec(link(), 0..3), blocks()).prop_map(|(publishers, title, links, summary)| Entry {
        links,
        summary,
        ..Entry::titled(publishers, title)
    })
}

fn letter() -> impl Strategy<Value = Letter> {
    let sign_off =
        prop::option::of((line(), line(), prop_oneof![Just(String::new()), line()]).prop_map(|(closing, name, role)| SignOff { closing, name, role }));
    let kind = prop::sample::select(vec![ContactKind::Address, ContactKind::Telephone, ContactKind::Email, ContactKind::Website, ContactKind::Other]);
    let contact = (kind, line()).prop_map(|(kind, text)| Contact { kind, text: Text::from_plain(&text) });
    (blocks(), blocks(), blocks(), blocks(), sign_off, prop::collection::vec(contact, 0..3)).prop_map(
        |(welcome, highlights, call_for_contact, notices, sign_off, contacts)| Letter { welcome, highlights, call_for_contact, notices, sign_off, contacts },
    )
}

/// An edition without problems and without lines set aside, its slugs and figures settled.
pub fn edition() -> impl Strategy<Value = Edition> {
    let news = (prop::sample::select(NewsKind::ALL.to_vec()), line(), prop::collection::vec(link(), 0..2), blocks())
        .prop_map(|(kind, title, links, body)| NewsItem { kind, title, links, body, problems: Vec::new() });
    let category =
        (prop_oneof![1 => Just(String::new()), 3 => line()], prop::collection::vec(entry(), 1..3)).prop_map(|(name, entries)| Category { name, entries });
    let sector = (line(), prop::collection::vec(category, 1..3)).prop_map(|(name, categories)| Sector { name, categories });
    let key = (2000i16..2030, 1i8..=12, prop::option::of(1i8..=28)).prop_filter_map("no such day", |(year, month, day)| match day {
        Some(day) => EditionKey::daily(jiff::civil::Date::new(year, month, day).ok()?),
        None => Some(EditionKey::monthly(Month::new(year, month)?)),
    });
    (key, letter(), prop::collection::vec(news, 0..3), prop::collection::vec(sector, 0..3)).prop_map(|(key, letter, news, sectors)| {
        let mut edition = Edition { letter, news, sectors, ..Edition::new(Slug::from_words("digest"), key) };
        edition.settle_slugs();
        edition.find_figures();
        edition
    })
}

//! Whatever comes in, the importer returns: an edition in normal form or a sentence, and a ledger of every line.

use proptest::prelude::*;
use pulse_compose::import::{self, Fate};
use pulse_model::{Blocks, Register};
use pulse_testkit::digests;

/// Lines that editions are made of, and lines that break them.
const LINES: &[&str] = &[
    "# Evidence digest",
    "## May 2026",
    "May 2026",
    "Evidence digest",
    "Welcome to the edition.",
    "Best wishes,",
    "Ada Fielding",
    "Head of Research",
    "Telephone: 01632 960000",
    "## News",
    "### Welcoming Ben",
    "Criminal justice",
    "## Criminal Justice",
    "Adult social care & health",
    "### Reports",
    "Reports",
    "**Briefings**",
    "Housing",
    "#### Harbour Trust. Who waits?",
    "Harbour Trust. Who waits again",
    "**Bay Council. A plan: 2024–2026**",
    "[Bay Council. Linked.](https://example.org/a)",
    "The report finds that:",
    "- one in five",
    "  - nested",
    "1. first",
    "12",
    "o second level",
    "• bullet",
    "•",
    "and so on,",
    "goes on in small letters",
    "---",
    "",
    "",
    "",
    "\u{c}",
    "![cover](a.png)",
    "<!-- comment",
    "-->",
    "```",
    "| a | b |",
    "|---|---|",
    "> # quoted",
    "[ref]: https://example.org",
    "See [ref] and [this](#).",
    "Who Waits",
    "\u{202e}",
    "<div>",
    "Page 3 of 9",
    "Reports (continued)",
];

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = import::read(&bytes, "a.md", &[digests::evidence()], &Register::default());
    }

    #[test]
    fn any_order_of_lines(lines in prop::collection::vec(prop::sample::select(LINES), 0..60), links in any::<bool>()) {
        let text = lines.join("\n");
        let digest = if links { digests::weekly() } else { digests::evidence() };
        if let Ok(imported) = import::read(text.as_bytes(), "evidence-2026-05.md", &[digest], &Register::default()) {
            prop_assert_eq!(imported.ledger.rows.len(), text.lines().count());
            for row in &imported.ledger.rows {
                prop_assert_ne!(&row.fate, &Fate::SetAside("not recognised".to_owned()), "{:?} in {}", row.text, text);
            }
            for entry in imported.edition.entries() {
                prop_assert!(!entry.title.is_empty() && !entry.slug.is_empty());
                prop_assert_eq!(Blocks::new(entry.summary.clone().into_vec()), entry.summary.clone());
            }
            // The same again from its own JSON.
            let json = serde_json::to_string(&imported.edition).unwrap();
            let again = import::read(json.as_bytes(), "a.json", &[digests::evidence()], &Register::default()).unwrap().edition;
            prop_assert_eq!(again.sectors, imported.edition.sectors);
            prop_assert_eq!(again.letter, imported.edition.letter);
        }
    }

    #[test]
    fn any_html(parts in prop::collection::vec(prop::sample::select(vec!["<p>", "</p>", "<ul>", "<li>", "</ul>", "<h2>", "</h2>", "<td>", "<b>", "</b>", "<a href='https://e.example'>", "</a>", "May 2026", "Criminal justice", "Reports", "Bay Trust. Title.", "Words here.", "<br>", "&amp;", "<script>"]), 0..50)) {
        let html = format!("<html><body>{}", parts.concat());
        let _ = import::read(html.as_bytes(), "a.html", &[digests::evidence()], &Register::default());
    }
}

//! The Markdown form loses nothing: what is written reads back as the same text and the same blocks.

use proptest::prelude::*;
use pulse_model::markdown::{parse_blocks, parse_text, write_blocks, write_text};
use pulse_model::{Block, Blocks, Href, Item, List, Run, Style, Text};
use pulse_testkit::arbitrary;

proptest! {
    #[test]
    fn a_text_reads_back_as_itself(text in arbitrary::text()) {
        let markdown = write_text(&text);
        prop_assert_eq!(parse_text(&markdown).text, text, "{}", markdown);
    }

    #[test]
    fn blocks_read_back_as_themselves(blocks in arbitrary::blocks()) {
        let markdown = write_blocks(&blocks);
        prop_assert_eq!(parse_blocks(&markdown).blocks, blocks, "{}", markdown);
    }

    #[test]
    fn any_characters_make_a_normal_text(markdown in any::<String>()) {
        let text = parse_text(&markdown).text;
        prop_assert_eq!(Text::new(text.runs().to_vec()), text.clone());
        prop_assert_eq!(parse_text(&write_text(&text)).text, text);
        let blocks = parse_blocks(&markdown).blocks;
        prop_assert_eq!(Blocks::new(blocks.clone().into_vec()), blocks);
    }
}

#[test]
fn ten_thousand_nested_lists_become_two_levels() {
    let markdown: String = (0..10_000).map(|depth| format!("{}- point {depth}\n", "  ".repeat(depth.min(400)))).collect();
    let blocks = parse_blocks(&markdown).blocks;
    assert!(blocks.texts().iter().all(|(depth, _)| *depth <= 2));
    assert_eq!(blocks.texts().len(), 10_000);
}

#[test]
fn dangerous_links_lose_their_target_and_keep_their_words() {
    let parsed = parse_text("[press](javascript:alert(1)) [here](#) [now](data:text/html,x)");
    assert_eq!(parsed.text.plain(), "press here now");
    assert!(parsed.text.links().is_empty());
    assert_eq!(parsed.problems.len(), 3);
}

/// "[`]:`](target)" at the start of a paragraph defines the target of a link, and says nothing.
#[test]
fn code_that_would_define_the_target_of_a_link_reads_back() {
    let link = Href::parse("https://quay.example/").unwrap();
    let text = Text::new([Run { text: "]:".into(), style: Style { code: true, link: Some(link), ..Style::default() } }]);
    for blocks in [Blocks::new([Block::paragraph(text.clone())]), Blocks::new([Block::List(List { ordered: false, items: vec![Item::new(text)] })])] {
        let markdown = write_blocks(&blocks);
        assert_eq!(parse_blocks(&markdown).blocks, blocks, "{markdown}");
    }
}

//! Rules in the form people write them.

use proptest::prelude::*;
use pulse_model::Rule;
use pulse_model::rule::{Action, Condition};

#[test]
fn rules_are_read_as_they_are_written() {
    let written = [
        r#"publisher "Harbour Trust" -> sector "Criminal justice""#,
        r#"title "\bvacanc(y|ies)\b" -> reject"#,
        r#"publisher "Harbour Trust" and title "survey of ""carers""" -> sector "Adult social care and health", category "Reports""#,
        r#"type "policy_paper" -> category "Briefings""#,
        r#"source "All news" and text "penguins?" and host "zoo.example" -> reject"#,
    ];
    for text in written {
        assert_eq!(text.parse::<Rule>().unwrap().to_string(), text);
    }
}

#[test]
fn rules_are_read_as_people_and_word_processors_write_them() {
    let dressed = "  Publisher \u{201c}Harbour Trust\u{201d}  AND title\u{201c}survey\u{201d} \u{2192} Sector \u{201c}Justice\u{201d} , category \u{201c}Reports\u{201d} ";
    let plain = r#"publisher "Harbour Trust" and title "survey" -> sector "Justice", category "Reports""#;
    assert_eq!(dressed.parse::<Rule>().unwrap().to_string(), plain);
}

#[test]
fn what_is_no_rule_is_said_with_its_place() {
    let cases = [
        ("", "at character 1: write publisher, title, text, type, source or host, and its words in quotes, but found the end"),
        (
            "titel \"x\" -> reject",
            "at character 1: write publisher, title, text, type, source or host, and its words in quotes, but found “titel \"x\" -> reject”",
        ),
        ("title x -> reject", "at character 7: write the words in quotes: publisher \"Harbour Trust\", but found “x -> reject”"),
        ("title \"x -> reject", "at character 7: close the quotes that open here, and write a quote within them twice, but found “\"x -> reject”"),
        ("title \"\" -> reject", "at character 7: write something between the quotes, but found “\"\" -> reject”"),
        ("title \"é\" reject", "at character 11: write and with another condition, or -> and what is to be done, but found “reject”"),
        ("title \"x\" ->", "at character 13: write reject, sector or category, but found the end"),
        ("title \"x\" -> delete", "at character 14: write reject, sector or category, but found “delete”"),
        ("title \"x\" -> sector \"A\",", "at character 25: write category and its name in quotes, but found the end"),
        ("title \"x\" -> reject it", "at character 21: write nothing more, but found “it”"),
    ];
    for (text, error) in cases {
        assert_eq!(text.parse::<Rule>().unwrap_err().to_string(), error, "{text}");
    }
}

fn condition() -> impl Strategy<Value = Condition> {
    let kinds: [fn(String) -> Condition; 6] = [Condition::Publisher, Condition::Title, Condition::Text, Condition::Type, Condition::Source, Condition::Host];
    (prop::sample::select(kinds.to_vec()), "[\\PC\"\\\\\u{201c}\u{201d}]{1,12}").prop_map(|(kind, value)| kind(value))
}

fn action() -> impl Strategy<Value = Action> {
    let filed = ("[\\PC\"]{1,8}", "[\\PC\"]{0,8}", any::<bool>());
    let filed = filed.prop_map(|(one, other, turned)| {
        let (sector, category) = if turned { (other, one) } else { (one, other) };
        Action::File { sector, category }
    });
    prop_oneof![Just(Action::Reject), filed]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4 * ProptestConfig::default().cases, ..ProptestConfig::default() })]

    #[test]
    fn any_rule_is_read_back(when in prop::collection::vec(condition(), 1..4), then in action()) {
        let rule = Rule { when, then };
        prop_assert_eq!(rule.to_string().parse(), Ok(rule));
    }

    #[test]
    fn any_text_is_a_rule_or_an_error_with_a_place(text in "(publisher|title|and|->|sector|category|reject|,|\"|\u{201c}| |x|\\PC){0,12}") {
        match text.parse::<Rule>() {
            Ok(rule) => prop_assert_eq!(rule.to_string().parse(), Ok(rule)),
            Err(error) => prop_assert!((1..=text.chars().count() + 1).contains(&error.at)),
        }
    }
}

//! Dates in the many ways publishers write them.

use proptest::prelude::*;
use pulse_harvest::dates::{parse, parse_plausible};
use pulse_model::ProblemKind;

fn shown(text: &str) -> String {
    parse(text).and_then(|at| jiff::Timestamp::from_millisecond(at).ok()).map_or_else(|| "none".to_owned(), |at| at.to_string())
}

#[test]
fn the_ways_of_writing_a_date() {
    for (text, at) in [
        ("Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z"),
        ("Mon, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z"),
        ("1 Jan 04 19:48 EST", "2004-01-02T00:48:00Z"),
        ("Thu Jan  1 19:48:21 2004", "2004-01-01T19:48:21Z"),
        ("Thu Jan  1 19:48:21 EST 2004", "2004-01-02T00:48:21Z"),
        ("Thu, 5 Sept 2004 19:48:21 +0100", "2004-09-05T18:48:21Z"),
        ("Thu, 01-Jan-2004 19:48:21 GMT", "2004-01-01T19:48:21Z"),
        ("2003-12-31T10:14:55Z", "2003-12-31T10:14:55Z"),
        ("2003-12-31T10:14:55.302+01:30", "2003-12-31T08:44:55.302Z"),
        ("2003-12-31 10:14:55", "2003-12-31T10:14:55Z"),
        ("2003-12-31T24:00:00Z", "2004-01-01T00:00:00Z"),
        ("20031231T101455Z", "2003-12-31T10:14:55Z"),
        ("20031231", "2003-12-31T00:00:00Z"),
        ("2003-335", "2003-12-01T00:00:00Z"),
        ("2003-12", "2003-12-01T00:00:00Z"),
        ("2003", "2003-01-01T00:00:00Z"),
        ("1072865695", "2003-12-31T10:14:55Z"),
        ("May 2023", "2023-05-01T00:00:00Z"),
        ("May 3, 2023", "2023-05-03T00:00:00Z"),
        ("Published on Wednesday 3rd of May 2023 at 4.30", "2023-05-03T00:00:00Z"),
        ("3 May 2023 at 4:30pm", "2023-05-03T16:30:00Z"),
        ("3 May 2023, 4 p.m.", "2023-05-03T16:00:00Z"),
        ("03/05/2023", "2023-05-03T00:00:00Z"),
        ("12/31/2023", "2023-12-31T00:00:00Z"),
        ("31.12.23", "2023-12-31T00:00:00Z"),
        ("2023/5/3", "2023-05-03T00:00:00Z"),
        ("Dydd Mercher 3 Mai 2023", "2023-05-03T00:00:00Z"),
        ("14 Chwefror 2023", "2023-02-14T00:00:00Z"),
        ("1 Rhagfyr 2022", "2022-12-01T00:00:00Z"),
        ("mar. 1er août 2023", "2023-08-01T00:00:00Z"),
        ("Di, 3. März 2023 11:00 MEZ", "2023-03-03T10:00:00Z"),
        ("5 de mayo de 2023", "2023-05-05T00:00:00Z"),
        ("3 września 2023", "2023-09-03T00:00:00Z"),
        ("2004년 05월 28일  오후 01:31:15", "2004-05-28T04:31:15Z"),
        ("2004-05-28 오후 01:31:15", "2004-05-28T04:31:15Z"),
        ("2023年12月31日", "2023-12-31T00:00:00Z"),
        ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00Z"),
        ("Δευ, 5 Μαΐου 2008 20:31:21 +0300", "2008-05-05T17:31:21Z"),
        ("2004-július-13T9:15-05:00", "2004-07-13T14:15:00Z"),
        ("31 мая 2023", "2023-05-31T00:00:00Z"),
        ("Fri, 2006/09/15 08:19:53 EDT", "2006-09-15T12:19:53Z"),
        ("Sun Jul 15 01:16:00 +0000 2012", "2012-07-15T01:16:00Z"),
        ("2003-12-31T10:14:61Z", "none"),
        ("31 February 2023", "none"),
        ("2023-13-01", "none"),
        ("Tue, 3 May 2023 25:00:00 GMT", "none"),
        ("soon", "none"),
        ("you may find 3 reports", "none"),
        ("", "none"),
    ] {
        assert_eq!(shown(text), at, "{text}");
    }
}

#[test]
fn what_cannot_be_true_is_a_problem() {
    let now = parse("2023-05-03T12:00:00Z").unwrap_or_default();
    for (text, message) in
        [("1 January 1900", "is too early to be true"), ("31 Dec 2099 00:00:00 GMT", "is in the future"), ("last week", "is no date that can be read")]
    {
        let mut problems = Vec::new();
        assert_eq!(parse_plausible(text, now, "the date", &mut problems), None);
        assert!(problems.iter().all(|problem| problem.kind == ProblemKind::BadDate && problem.message.ends_with(message)), "{problems:?}");
        assert_eq!(problems.len(), 1);
    }
    let mut problems = Vec::new();
    assert!(parse_plausible("4 May 2023", now, "the date", &mut problems).is_some());
    assert_eq!(problems, []);
}

proptest! {
    #[test]
    fn anything_is_a_date_or_not(text in "\\PC{0,200}") {
        parse(&text);
    }

    #[test]
    fn pieces_of_dates(pieces in proptest::collection::vec("[0-9]{1,14}|[-+:/., T]|Jan|Mai|年|月|오후|pm|GMT|Z|é|\u{301}", 0..12)) {
        parse(&pieces.concat());
    }

    #[test]
    fn a_moment_is_read_as_it_was_written(second in 0_i64..4_102_444_800) {
        let stamp = jiff::Timestamp::from_second(second).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(parse(&stamp.to_string()), Some(second * 1000));
        prop_assert_eq!(parse(&stamp.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()), Some(second * 1000));
        prop_assert_eq!(parse(&stamp.strftime("%d/%m/%Y %H:%M:%S").to_string()), Some(second * 1000));
    }
}

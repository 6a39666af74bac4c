//! Crossref and Europe PMC: a folder `cases/works-…` is a case. Its `source.json` is the channel, its answers come one after the
//! other, whatever is asked; `found.txt` has what was asked and what was found.

use std::fmt::Write as _;

use crate::found;
use crate::site::{NOW, Turns};
use proptest::prelude::*;
use pulse_harvest::{HarvestError, Look, Memory, Window, kind};
use pulse_model::{Channel, ProblemKind};

/// 1 May 2023.
const WINDOW: Window = Window { now: NOW, since: 1_682_899_200_000 };

async fn look(channel: &str, answers: Vec<Vec<u8>>) -> (Result<Look, HarvestError>, Vec<String>) {
    look_again(channel, answers, &Memory::default(), WINDOW).await
}

async fn look_again(channel: &str, answers: Vec<Vec<u8>>, memory: &Memory, window: Window) -> (Result<Look, HarvestError>, Vec<String>) {
    let channel: Channel = serde_json::from_str(channel).unwrap();
    let door = Turns::new(answers);
    let look = kind::look(&channel, &door, memory, window).await;
    (look, door.asked())
}

#[tokio::test]
async fn every_case() {
    let mut wrong = Vec::new();
    for case in found::cases("works-") {
        let mut answers = Vec::new();
        while let Ok(answer) = std::fs::read(case.join(format!("answer-{}.json", answers.len() + 1))) {
            answers.push(answer);
        }
        let (look, asked) = look(&std::fs::read_to_string(case.join("source.json")).unwrap(), answers).await;
        let mut out = String::new();
        for address in asked {
            let url = url::Url::parse(&address).unwrap();
            writeln!(out, "asked {}{}", url.host_str().unwrap(), url.path()).unwrap();
            url.query_pairs().for_each(|(name, value)| writeln!(out, "  {name} = {value}").unwrap());
        }
        match look {
            Ok(look) => {
                found::show_problems(&look.problems, &mut out);
                look.records.iter().for_each(|record| found::show(record, &mut out));
            }
            Err(error) => writeln!(out, "error: {error}").unwrap(),
        }
        found::check(&case, &out, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const CROSSREF: &str = r#"{"kind": "crossref", "query": "tides"}"#;
const EUROPE_PMC: &str = r#"{"kind": "europepmc", "query": "tides"}"#;

#[tokio::test]
async fn what_is_no_answer_of_the_api() {
    for channel in [CROSSREF, EUROPE_PMC] {
        for bytes in [
            "<html><body>Sign in</body></html>",
            r#"{"message": {"items": [{"DOI": "10.55"#,
            "",
            "[]",
            "null",
            r#"{"message": {"items": 3}, "resultList": {"result": "x"}}"#,
        ] {
            let (look, _) = look(channel, vec![bytes.into()]).await;
            assert!(matches!(look, Err(HarvestError::NotThis { .. })), "{channel} {bytes}");
        }
    }
    for channel in [r#"{"kind": "crossref", "query": " "}"#, r#"{"kind": "europepmc", "query": ""}"#] {
        assert!(matches!(look(channel, Vec::new()).await.0, Err(HarvestError::Settings { .. })));
    }
}

fn crossref_page(from: usize, cursor: &str) -> Vec<u8> {
    let works: Vec<_> = (from..from + 100).map(|n| serde_json::json!({"DOI": format!("10.5555/{n}"), "title": [format!("Work {n}")]})).collect();
    serde_json::to_vec(&serde_json::json!({"message": {"items": works, "next-cursor": cursor}})).unwrap()
}

#[tokio::test]
async fn results_without_end_end() {
    let pages = (0..80).map(|page| crossref_page(page * 100, &format!("c{page}"))).collect();
    let (found, asked) = look(CROSSREF, pages).await;
    let found = found.unwrap();
    assert_eq!((found.records.len(), asked.len()), (5000, 51));
    assert_eq!(found.problems.iter().map(|problem| problem.kind).collect::<Vec<_>>(), [ProblemKind::TooLarge]);
    // The same page again and again brings nothing more, and ends too.
    let (same, asked) = look(CROSSREF, (0..80).map(|page| crossref_page(0, &format!("c{page}"))).collect()).await;
    assert_eq!((same.unwrap().records.len(), asked.len()), (100, 51));
    // A page that breaks leaves those before it.
    let (cut, _) = look(CROSSREF, vec![crossref_page(0, "next"), b"{".to_vec()]).await;
    let cut = cut.unwrap();
    assert_eq!((cut.records.len(), cut.problems.first().unwrap().kind), (100, ProblemKind::Damaged));
}

#[tokio::test]
async fn what_a_broken_page_held_is_asked_for_again() {
    let europe_pmc_page = br#"{"resultList": {"result": [{"source": "MED", "id": "1"}]}, "nextCursorMark": "next"}"#.to_vec();
    let later = Window { now: NOW, since: WINDOW.since + 20 * 24 * 3_600_000 };
    let began = |asked: &[String]| asked.first().is_some_and(|address| address.contains("2023-05-01"));
    for (channel, page) in [(CROSSREF, crossref_page(0, "next")), (EUROPE_PMC, europe_pmc_page)] {
        for second in [Some(b"{".to_vec()), Some(b"{}".to_vec()), None] {
            let cut = look(channel, std::iter::once(page.clone()).chain(second).collect()).await.0.unwrap();
            let (whole, asked) = look_again(channel, vec![page.clone(), page.clone()], &cut.memory, later).await;
            assert!(began(&asked), "{channel} {asked:?}");
            // It was read whole this time: from now on the window counts again.
            let (_, asked) = look_again(channel, vec![page.clone(), page.clone()], &whole.unwrap().memory, later).await;
            assert!(!began(&asked), "{channel} {asked:?}");
            // What cannot be read for months is waited for no longer.
            let much_later = Window { now: NOW + 200 * 24 * 3_600_000, since: NOW + 190 * 24 * 3_600_000 };
            let (_, asked) = look_again(channel, vec![page.clone()], &cut.memory, much_later).await;
            assert!(asked[0].contains("2023-09-19"), "{channel} {asked:?}");
        }
    }
}

/// Any JSON, made of the names that the APIs use.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
        prop_oneof![
            Just("10.5555/a"),
            Just("2023-05-03"),
            Just("<jats:p>x</jats:p>"),
            Just("https://tidewater.example/"),
            Just("javascript:x"),
            Just("MED"),
            Just("\u{202e}")
        ]
        .prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        let names = prop_oneof![
            Just("message"),
            Just("items"),
            Just("DOI"),
            Just("title"),
            Just("published"),
            Just("date-parts"),
            Just("author"),
            Just("family"),
            Just("abstract"),
            Just("link"),
            Just("URL"),
            Just("updated-by"),
            Just("resultList"),
            Just("result"),
            Just("id"),
            Just("source"),
            Just("authorList"),
            Just("doi"),
            Just("firstPublicationDate"),
            Just("fullTextUrlList"),
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            proptest::collection::hash_map(names.prop_map(str::to_owned), inner, 0..6).prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Whatever a work is made of, the look ends with records that have a key and links of the web.
    #[test]
    fn any_work(work in json()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for (channel, answer) in [(CROSSREF, serde_json::json!({"message": {"items": [work.clone()]}})), (EUROPE_PMC, serde_json::json!({"resultList": {"result": [work.clone()]}}))] {
            let (look, _) = runtime.block_on(look(channel, vec![answer.to_string().into_bytes()]));
            let look = look.unwrap_or_else(|error| panic!("{error}"));
            prop_assert_eq!(look.records.len() + look.problems.iter().filter(|problem| problem.kind == ProblemKind::NoLink).count(), 1);
            for record in &look.records {
                prop_assert!(!record.key.is_empty());
                prop_assert!(record.links.iter().all(|link| link.url.scheme().starts_with("http")));
            }
        }
    }
}

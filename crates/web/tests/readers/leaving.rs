//! Leaving with one click: RFC 8058.

use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use pulse_deliver::token::Purpose;
use pulse_model::subscriber::{State, Step, SuppressionReason};
use pulse_store::NewSuppression;

use crate::desk::{Desk, FORM};

const ONE_CLICK: &str = "List-Unsubscribe=One-Click";
const YEAR_MS: i64 = 365 * 24 * 3_600_000;

/// As curl's -F writes it.
const IN_PARTS: (&str, &str) = (
    "multipart/form-data; boundary=------------------------d74496d66958873e",
    "--------------------------d74496d66958873e\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n\
     --------------------------d74496d66958873e--\r\n",
);

#[tokio::test]
async fn looking_changes_nothing_however_often() {
    let desk = Desk::open().await;
    let id = desk.add("ada@quay.example").await;
    let path = desk.path("leave", Purpose::Unsubscribe, id).await;
    for method in [Method::GET, Method::HEAD].iter().cycle().take(200) {
        let answer = desk.ask(method.clone(), &path, &[], "").await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    for method in [Method::PUT, Method::DELETE, Method::OPTIONS, Method::PATCH] {
        let answer = desk.ask(method, &path, &[], ONE_CLICK).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    assert_eq!(desk.state(id).await, State::Active);
    let page = desk.get(&path).await;
    page.check();
    assert!(page.body.contains("<h1>Leave Lantern?</h1>") && page.body.matches("<button").count() == 1, "{}", page.body);
    assert!(!page.body.contains("ada@quay.example"));
}

#[tokio::test]
async fn one_post_in_any_encoding_is_enough_and_a_second_does_no_harm() {
    let desk = Desk::open().await;
    for (number, (encoding, body)) in [(FORM, ONE_CLICK), IN_PARTS, (FORM, ""), ("text/plain", ""), ("", "")].into_iter().enumerate() {
        let id = desk.add(&format!("ada{number}@quay.example")).await;
        let path = desk.path("leave", Purpose::Unsubscribe, id).await;
        for _ in 0..2 {
            let answer = desk.ask(Method::POST, &path, &[(CONTENT_TYPE.as_str(), encoding)], body).await;
            answer.check();
            assert_eq!(answer.status, StatusCode::OK, "{encoding}");
            assert!(answer.body.contains("You have left Lantern"), "{}", answer.body);
        }
        let subscription = desk.subscription(id).await;
        assert_eq!(subscription.subscription.state, State::Left, "{encoding}");
        let (last, before) = subscription.events.split_last().unwrap();
        assert_eq!((last.step, last.source.as_str(), before.len()), (Step::Leave, "https://digest.example/leave", 1));
    }
}

#[tokio::test]
async fn a_foreign_page_and_its_cookies_make_no_difference() {
    let desk = Desk::open().await;
    let id = desk.add("ada@quay.example").await;
    let path = desk.path("leave", Purpose::Unsubscribe, id).await;
    let headers = [("origin", "https://mail.example"), ("cookie", "a=b"), ("sec-fetch-site", "cross-site"), ("content-type", FORM)];
    assert_eq!(desk.ask(Method::POST, &path, &headers, ONE_CLICK).await.status, StatusCode::OK);
    assert_eq!(desk.state(id).await, State::Left);
}

#[tokio::test]
async fn a_token_with_one_changed_character_changes_and_tells_nothing() {
    let desk = Desk::open().await;
    let id = desk.add("ada@quay.example").await;
    let path = desk.path("leave", Purpose::Unsubscribe, id).await;
    let other = desk.path("leave", Purpose::Preferences, id).await;
    let neutral = desk.post("/leave/x", ONE_CLICK).await;
    neutral.check();
    assert_eq!(neutral.status, StatusCode::OK);
    let changed = (7..path.len()).map(|at| {
        let to = if path.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{to}{}", &path[..at], &path[at + 1..])
    });
    let long = format!("/leave/{}", "A".repeat(4000));
    for path in changed.chain([other, path[..path.len() - 1].to_owned(), long, format!("{path}=")]) {
        assert_eq!(desk.post(&path, ONE_CLICK).await, neutral, "{path}");
        assert_eq!(desk.get(&path).await, neutral, "{path}");
    }
    assert_eq!(desk.state(id).await, State::Active);
}

#[tokio::test]
async fn it_works_for_years_and_whatever_became_of_the_reader() {
    let desk = Desk::open().await;
    let (ada, ben, cem) = (desk.add("ada@quay.example").await, desk.add("ben@quay.example").await, desk.add("cem@quay.example").await);
    let path = desk.path("leave", Purpose::Unsubscribe, ada).await;
    let of_ben = desk.path("leave", Purpose::Unsubscribe, ben).await;
    let of_cem = desk.path("leave", Purpose::Unsubscribe, cem).await;
    desk.wait(20 * YEAR_MS);
    let suppressed = |address: &str| NewSuppression {
        hash: desk.post.keys.suppression_hash(&address.parse().unwrap()),
        digest: None,
        reason: SuppressionReason::ByHand,
        note: String::new(),
    };
    desk.store.add_suppression(&suppressed("ada@quay.example"), desk.now()).await.unwrap();
    desk.store.erase_subscriber(ben, Some(&suppressed("ben@quay.example")), desk.now()).await.unwrap();
    let answers = [desk.post(&path, ONE_CLICK).await, desk.post(&of_ben, ONE_CLICK).await, desk.post(&of_cem, ONE_CLICK).await];
    assert!(answers[0].body.contains("You have left Lantern"));
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!((desk.state(ada).await, desk.state(cem).await), (State::Left, State::Left));
    assert!(desk.store.subscriber(ben).await.unwrap().is_none());
}

#[tokio::test]
async fn only_what_can_be_done_is_allowed() {
    let desk = Desk::open().await;
    let answer = desk.ask(Method::PUT, "/leave/x", &[], "").await;
    for method in ["GET", "HEAD", "POST"] {
        assert!(answer.header("allow").contains(method), "{}", answer.header("allow"));
    }
}

#[tokio::test]
async fn a_database_that_is_away_does_not_say_that_the_reader_has_left() {
    let desk = Desk::open().await;
    let id = desk.add("ada@quay.example").await;
    let path = desk.path("leave", Purpose::Unsubscribe, id).await;
    desk.store.close().await;
    let answer = desk.post(&path, ONE_CLICK).await;
    assert!(answer.status.is_server_error() && !answer.body.contains("You have left"), "{}", answer.body);
}

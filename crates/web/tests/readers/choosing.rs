//! The page of choices.

use axum::http::StatusCode;
use pulse_deliver::token::Purpose;
use pulse_model::subscriber::{Frequency, Sectors, State};
use pulse_store::{Added, Known, Refusal};

use crate::desk::{Desk, NOW, encoded, lantern};

const DAY_MS: i64 = 24 * 3_600_000;

async fn reader(desk: &Desk) -> (pulse_store::SubscriberId, String) {
    let id = desk.add("ada@quay.example").await;
    let path = desk.path("preferences", Purpose::Preferences, id).await;
    (id, path)
}

#[tokio::test]
async fn looking_changes_nothing() {
    let desk = Desk::open().await;
    let (id, path) = reader(&desk).await;
    let before = desk.subscription(id).await;
    for _ in 0..100 {
        let page = desk.get(&path).await;
        page.check();
        assert_eq!(page.status, StatusCode::OK);
    }
    assert_eq!(desk.subscription(id).await, before);
    let page = desk.get(&path).await.body;
    assert_eq!(page.matches("type=\"checkbox\"").count(), 3, "{page}");
    assert_eq!(page.matches(" checked").count(), 5, "all sectors, each edition, no break: {page}");
    assert!(page.contains("Health &#38; care") || page.contains("Health &amp; care"), "{page}");
}

#[tokio::test]
async fn a_choice_is_kept_and_said() {
    let desk = Desk::open().await;
    let (id, path) = reader(&desk).await;
    let page = desk.post(&path, "sector=Justice&sector=Health+%26+care&frequency=quarterly&pause=3&do=save").await;
    page.check();
    assert_eq!(page.status, StatusCode::OK);
    for words in ["Your sectors are now: Justice, Health", "once a quarter", "Nothing is sent to you before 28 August 2026."] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let subscription = desk.subscription(id).await.subscription;
    assert_eq!(subscription.sectors, Sectors::Only(vec!["Justice".into(), "Health & care".into()]));
    assert_eq!((subscription.frequency, subscription.paused_until), (Frequency::Quarterly, Some(NOW + 92 * DAY_MS)));
    let again = desk.post(&path, "sector=Justice&sector=Health+%26+care&frequency=quarterly&pause=as-it-was&do=save").await;
    assert!(again.body.contains("Nothing has changed"), "{}", again.body);
    let all = desk.post(&path, "sector=Justice&sector=Health+%26+care&sector=Housing&frequency=every-edition&pause=no&do=save").await;
    for words in ["Your sectors are now: all.", "each edition", "Your break is over"] {
        assert!(all.body.contains(words), "{words}: {}", all.body);
    }
    assert_eq!(desk.subscription(id).await.subscription.sectors, Sectors::All);
}

#[tokio::test]
async fn a_break_lasts_until_the_day_that_was_typed() {
    let desk = Desk::open().await;
    let (id, path) = reader(&desk).await;
    let rest = "sector=Justice&frequency=quarterly&do=save&pause=until&pause-day=";
    let page = desk.post(&path, &format!("{rest}2026-09-14")).await;
    page.check();
    assert!(page.body.contains("Nothing is sent to you before 14 September 2026."), "{}", page.body);
    assert_eq!(desk.subscription(id).await.subscription.paused_until, Some(1_789_344_000_000));
    for day in ["", "2026-05-28", "2027-05-29", "14/09/2026", "2026-02-30", "\u{0}", "9999-99-99"] {
        let page = desk.post(&path, &format!("{rest}{}", encoded(day))).await;
        page.check();
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{day}");
        assert!(page.body.contains("<a href=\"#pause-day\">Enter a day within 12 months, like 2026-06-28</a>"), "{day}: {}", page.body);
        assert!(page.body.contains("value=\"until\" checked"), "what was chosen stays chosen: {}", page.body);
    }
    assert_eq!(desk.subscription(id).await.subscription.paused_until, Some(1_789_344_000_000));
}

#[tokio::test]
async fn what_cannot_be_is_said_at_its_field_and_changes_nothing() {
    let desk = Desk::open().await;
    let (id, path) = reader(&desk).await;
    let before = desk.subscription(id).await;
    for (form, field) in [
        ("frequency=quarterly&pause=no&do=save", "sector-1"),
        ("sector=Shipping&frequency=quarterly&pause=no&do=save", "sector-1"),
        ("sector=Justice&pause=no&do=save", "frequency-1"),
        ("sector=Justice&frequency=hourly&pause=no&do=save", "frequency-1"),
        ("sector=Justice&frequency=quarterly&pause=200&do=save", "pause-1"),
        ("sector=Justice&frequency=quarterly&pause=4&do=save", "pause-1"),
    ] {
        let page = desk.post(&path, form).await;
        page.check();
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(page.body.contains(&format!("<a href=\"#{field}\">")) && page.body.contains(&format!("id=\"{field}\"")), "{form}: {}", page.body);
        assert!(page.body.contains("<title>Error: "), "{form}");
    }
    for form in ["", "do=everything", "\u{0}\u{1}%ff%"] {
        assert_eq!(desk.post(&path, form).await.status, StatusCode::OK);
    }
    assert_eq!(desk.subscription(id).await, before);
}

#[tokio::test]
async fn no_other_token_opens_it() {
    let desk = Desk::open().await;
    let (id, path) = reader(&desk).await;
    let neutral = desk.get("/preferences/x").await;
    let of_leaving = desk.path("preferences", Purpose::Unsubscribe, id).await;
    let at = path.len() - 5;
    let changed = format!("{}{}{}", &path[..at], if path.as_bytes()[at] == b'A' { "B" } else { "A" }, &path[at + 1..]);
    for path in [of_leaving, changed] {
        assert_eq!(desk.get(&path).await, neutral);
        assert_eq!(desk.post(&path, "do=erase-now").await, neutral);
        assert_eq!(desk.get(&format!("{path}/my-data.json")).await, neutral);
    }
    assert_eq!(desk.state(id).await, State::Active);
}

#[tokio::test]
async fn leaving_is_one_press_here_too() {
    let desk = Desk::open().await;
    let (id, path) = reader(&desk).await;
    let page = desk.post(&path, "do=leave").await;
    page.check();
    assert!(page.body.contains("You have left Lantern") && page.body.contains("href=\"/lantern/subscribe\""), "{}", page.body);
    assert_eq!(desk.state(id).await, State::Left);
    let later = desk.get(&path).await.body;
    assert!(later.contains("subscribe again") && !later.contains("value=\"save\""), "{later}");
}

#[tokio::test]
async fn everything_that_is_kept_can_be_taken_away() {
    let desk = Desk::open().await;
    let (_, path) = reader(&desk).await;
    let answer = desk.get(&format!("{path}/my-data.json")).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(answer.header("content-disposition").starts_with("attachment"));
    assert_eq!((answer.header("cache-control"), answer.header("referrer-policy")), ("no-store", "no-referrer"));
    let record: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(record["address"], "ada@quay.example");
    assert_eq!(record["name"], "Ada Okafor");
    assert_eq!(record["subscriptions"][0]["basis"], "corporate");
    assert_eq!(record["subscriptions"][0]["events"][0]["source"], "list.csv");
    assert_eq!(record["subscriptions"][0]["since"], "2026-05-28T20:26:40Z");
}

#[tokio::test]
async fn erasing_asks_once_more_and_no_list_brings_the_reader_back() {
    let desk = Desk::open().await;
    let (id, path) = reader(&desk).await;
    let asks = desk.post(&path, "do=erase").await;
    asks.check();
    assert!(asks.body.contains("value=\"erase-now\""), "{}", asks.body);
    assert_eq!(desk.state(id).await, State::Active);
    let done = desk.post(&path, "do=erase-now").await;
    done.check();
    assert!(done.body.contains("Everything about you is erased"), "{}", done.body);
    assert!(desk.store.subscriber(id).await.unwrap().is_none());
    assert_eq!(desk.get(&path).await, desk.get("/preferences/x").await);
    let row = desk.row("ada@quay.example");
    assert_eq!(desk.store.add_readers(&lantern(), &[row], Known::Keep, NOW).await.unwrap(), [Added::Refused(Refusal::Suppressed)]);
}

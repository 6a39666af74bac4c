//! Moving to another address, which somebody has to say yes from.

use axum::http::{Method, StatusCode};
use pulse_deliver::token::Purpose;
use pulse_model::subscriber::{State, Step};

use crate::desk::{Answer, Desk, encoded, forged, link};

const DAY_MS: i64 = 24 * 3_600_000;
const OLD: &str = "ada@quay.example";
const NEW: &str = "ada@harbour.example";

fn form(address: &str) -> String {
    format!("do=move&address={}", encoded(address))
}

impl Desk {
    async fn address(&self, id: pulse_store::SubscriberId) -> String {
        self.store.subscriber(id).await.unwrap().unwrap().subscriber.address.to_string()
    }
}

#[tokio::test]
async fn only_a_yes_from_the_new_address_moves_a_reader() {
    let desk = Desk::open().await;
    let id = desk.add(OLD).await;
    let choices = desk.path("preferences", Purpose::Preferences, id).await;
    let leave = desk.path("leave", Purpose::Unsubscribe, id).await;
    assert!(desk.get(&choices).await.body.contains("Move to another address"));
    let asked = desk.post(&choices, &form(NEW)).await;
    asked.check();
    assert!(asked.body.contains(&format!("If Lantern can go to {NEW}, a message is on its way")), "{}", asked.body);
    assert_eq!(desk.address(id).await, OLD);

    let to_new = desk.mails_to(NEW).await;
    assert!(to_new.len() == 1 && to_new[0].contains("Subject: Please confirm your new address: Lantern"), "{to_new:?}");
    assert!(!to_new[0].contains(OLD), "whoever has the new address does not learn the old one");
    let to_old = desk.mails_to(OLD).await;
    assert!(to_old.len() == 1 && to_old[0].contains("Subject: Your address is to change: Lantern") && !to_old[0].contains(NEW), "{to_old:?}");

    let yes = link(&to_new[0], "change-address");
    for method in [Method::GET, Method::HEAD].iter().cycle().take(50) {
        assert_eq!(desk.ask(method.clone(), &yes, &[], "").await.status, StatusCode::OK);
    }
    let page = desk.get(&yes).await;
    page.check();
    assert!(page.body.contains("<h1>Use this address for Lantern?</h1>") && page.body.contains(NEW), "{}", page.body);
    assert_eq!(desk.address(id).await, OLD);

    let done = desk.post(&yes, "").await;
    done.check();
    assert!(done.body.contains("Your address has changed") && done.body.contains(NEW), "{}", done.body);
    assert_eq!(desk.address(id).await, NEW);
    let last = desk.subscription(id).await.events.pop().unwrap();
    assert_eq!((last.step, last.source.as_str()), (Step::Confirm, "https://digest.example/change-address"));
    assert_eq!(desk.store.audit(None, None, 1).await.unwrap()[0].action, "change address");

    // Replayed, it does and tells nothing; the links of old messages go on working.
    assert_eq!(desk.post(&yes, "").await, desk.get("/change-address/x").await);
    assert!(desk.get(&choices).await.body.contains(NEW));
    assert!(desk.post(&leave, "List-Unsubscribe=One-Click").await.body.contains("You have left Lantern"));
    assert_eq!(desk.state(id).await, State::Left);
}

#[tokio::test]
async fn nobody_learns_from_the_answer_who_is_known() {
    let desk = Desk::open().await;
    let id = desk.add(OLD).await;
    let choices = desk.path("preferences", Purpose::Preferences, id).await;
    desk.add("active@quay.example").await;
    let left = desk.add("leftt@quay.example").await;
    desk.step(left, Step::Leave).await;
    desk.suppress("suppr@quay.example").await;
    let addresses = ["active@quay.example", "leftt@quay.example", "suppr@quay.example", "never@quay.example"];
    let mut answers = Vec::new();
    for address in addresses {
        desk.wait(DAY_MS + 1);
        let answer = desk.post(&choices, &form(address)).await;
        answers.push(Answer { body: answer.body.replace(address, "ADDRESS"), headers: Default::default(), ..answer });
        assert_eq!(desk.mails_to(OLD).await.len(), answers.len(), "the old address hears of each");
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    let mails = async |address| desk.mails_to(address).await.len();
    assert_eq!((mails(addresses[0]).await, mails(addresses[1]).await, mails(addresses[2]).await, mails(addresses[3]).await), (1, 0, 0, 1));
    let known = desk.mails_to(addresses[0]).await.remove(0);
    assert!(known.contains("You get Lantern already") && !known.contains("/change-address/"), "{known}");
    assert_eq!(desk.address(id).await, OLD);
}

#[tokio::test]
async fn an_address_that_is_suppressed_or_taken_meanwhile_is_not_moved_to() {
    let desk = Desk::open().await;
    let id = desk.add(OLD).await;
    let choices = desk.path("preferences", Purpose::Preferences, id).await;
    for meanwhile in ["suppressed", "taken"] {
        let new = format!("{meanwhile}@harbour.example");
        desk.wait(DAY_MS + 1);
        desk.post(&choices, &form(&new)).await;
        let yes = link(&desk.mails_to(&new).await[0], "change-address");
        if meanwhile == "taken" {
            desk.add(&new).await;
        } else {
            desk.suppress(&new).await;
        }
        assert_eq!(desk.post(&yes, "").await, desk.get("/change-address/x").await, "{meanwhile}");
        assert_eq!(desk.address(id).await, OLD, "{meanwhile}");
    }
}

#[tokio::test]
async fn forged_old_and_overtaken_links_change_and_tell_nothing() {
    let desk = Desk::open().await;
    let id = desk.add(OLD).await;
    let choices = desk.path("preferences", Purpose::Preferences, id).await;
    desk.post(&choices, &form(NEW)).await;
    let yes = link(&desk.mails_to(NEW).await[0], "change-address");
    let neutral = desk.get("/change-address/x").await;
    neutral.check();
    let other = desk.path("change-address", Purpose::Preferences, id).await;
    let nobody = desk.path("change-address", Purpose::ChangeAddress, id).await;
    for path in forged(&yes, "/change-address/".len()).chain([other, nobody, format!("/change-address/{}", "A".repeat(4000))]) {
        assert_eq!(desk.get(&path).await, neutral, "{path}");
        assert_eq!(desk.post(&path, "").await, neutral, "{path}");
    }
    // A second thought counts, the first one no longer.
    desk.wait(1);
    desk.post(&choices, &form("ada@third.example")).await;
    assert_eq!(desk.post(&yes, "").await, neutral);
    // Asked for once more within a day, there is no second message, and the first one's link works.
    desk.wait(1);
    desk.post(&choices, &form(NEW)).await;
    assert_eq!((desk.mails_to(NEW).await.len(), desk.get(&yes).await.status), (1, StatusCode::OK));
    assert!(desk.get(&yes).await.body.contains("Use this address"));
    desk.wait(2 * DAY_MS);
    assert_eq!(desk.post(&yes, "").await, neutral);
    assert_eq!(desk.address(id).await, OLD);
}

#[tokio::test]
async fn what_is_no_address_is_said_at_its_field_and_what_is_one_is_written_to() {
    let desk = Desk::open().await;
    let id = desk.add(OLD).await;
    let choices = desk.path("preferences", Purpose::Preferences, id).await;
    let too_long = format!("{}@{}.example", "a".repeat(64), "b".repeat(182));
    for address in ["", "ada", "ada lorne@harbour.example", "ada@harbour.example\r\nBcc: x@y.example", "a\u{202e}da@harbour.example", "\"><b>@x", &too_long] {
        desk.wait(60_000);
        let page = desk.post(&choices, &form(address)).await;
        page.check();
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{address:?}");
        assert!(page.body.contains("<a href=\"#address\">") && page.body.contains("id=\"address\"") && !page.body.contains("<b>"), "{}", page.body);
    }
    assert!(desk.mails().await.is_empty());
    let label = |length| "d".repeat(length);
    let longest = format!("{}@{}.{}.{}.example", "a".repeat(64), label(60), label(60), label(59));
    assert_eq!(longest.len(), 254);
    for address in [" spaced@harbour.example ", "\"ada lorne\"@harbour.example", "zo\u{eb}@harbour.example", "ada@b\u{fc}cher.example", &longest] {
        desk.wait(DAY_MS + 1);
        assert_eq!(desk.post(&choices, &form(address)).await.status, StatusCode::OK, "{address}");
        let change = desk.mails().await.into_iter().filter(|mail| mail.contains("/change-address/")).count();
        assert!(change > 0, "{address}");
    }
    assert_eq!(desk.mails().await.iter().filter(|mail| mail.contains("/change-address/")).count(), 5);
}

#[tokio::test]
async fn one_client_cannot_ask_for_ever_and_who_has_left_not_at_all() {
    let desk = Desk::open().await;
    let id = desk.add(OLD).await;
    let choices = desk.path("preferences", Purpose::Preferences, id).await;
    let mut statuses = Vec::new();
    for number in 0..11 {
        statuses.push(desk.post(&choices, &form(&format!("ada{number}@harbour.example"))).await.status);
    }
    assert_eq!((statuses[9], statuses[10]), (StatusCode::OK, StatusCode::TOO_MANY_REQUESTS));
    let before = desk.mails().await.len();
    desk.wait(2 * DAY_MS);
    desk.step(id, Step::Leave).await;
    desk.post(&choices, &form(NEW)).await;
    assert_eq!(desk.mails().await.len(), before);
    assert!(!desk.get(&choices).await.body.contains("Move to another address"));
}

//! Having a colleague invited, once.

use axum::http::StatusCode;
use pulse_deliver::token::Purpose;
use pulse_model::Subscriber;
use pulse_model::subscriber::Step;

use crate::desk::{Answer, Desk, encoded, forged};

const DAY_MS: i64 = 24 * 3_600_000;
const KIT: &str = "kit@harbour.example";

fn form(to: &str, note: &str) -> String {
    format!("to={}&note={}", encoded(to), encoded(note))
}

async fn reader(desk: &Desk, address: &str) -> (pulse_store::SubscriberId, String) {
    let id = desk.add(address).await;
    let path = desk.path("preferences", Purpose::Preferences, id).await;
    (id, format!("{path}/colleague"))
}

/// The text part in one line.
fn words(mail: &str) -> String {
    mail.replace("=\r\n", "").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn one_message_in_the_readers_name_and_the_address_is_forgotten() {
    let desk = Desk::open().await;
    let (_, path) = reader(&desk, "ada@quay.example").await;
    let page = desk.get(&path).await;
    page.check();
    assert!(page.body.contains("<strong>Ada Okafor (ada@quay.example)</strong>"), "{}", page.body);
    let done = desk.post(&path, &form(KIT, "Page 3 is about us.\r\n\r\nSee you on Monday")).await;
    done.check();
    assert!(done.body.contains(&format!("If {KIT} may be invited to read Lantern, a message is on its way.")), "{}", done.body);
    let mails = desk.mails().await;
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    for said in [
        "Ada Okafor (ada@quay.example) reads Lantern and asked us to show it to you, once.",
        "Their note to you: Page 3 is about us. See you on Monday",
        "https://digest.example/lantern",
        "is not kept",
        "Lantern Trust, 1 Quay Street, Skerrow",
    ] {
        assert!(words(mail).contains(said), "{said}: {mail}");
    }
    assert!(mail.contains("From: \"Lantern\" <digest@lantern.example>") && mail.contains("Auto-Submitted: auto-generated"), "{mail}");
    assert!(!mail.contains("/preferences/") && !mail.contains("/leave/"), "no link of the reader's own goes to somebody else: {mail}");

    assert!(desk.store.subscriber_by_key(KIT).await.unwrap().is_none(), "nobody is subscribed");
    let record = desk.get(&path.replace("/colleague", "/my-data.json")).await.body;
    assert!(record.contains("\"had_somebody_invited_at\": [\n    \"2026-05-28T20:26:40Z\"\n  ]") && !record.contains(KIT), "{record}");
}

#[tokio::test]
async fn the_answer_is_the_same_for_every_address_and_the_limits_hold() {
    let desk = Desk::open().await;
    let (_, path) = reader(&desk, "ada@quay.example").await;
    let (_, of_ben) = reader(&desk, "ben@quay.example").await;
    let (left, _) = reader(&desk, "leftt@quay.example").await;
    desk.step(left, Step::Leave).await;
    desk.suppress("suppr@quay.example").await;
    let addresses = ["never@quay.example", "leftt@quay.example", "suppr@quay.example", "ben@quay.example", "never@quay.example", "sixth@quay.example"];
    let mut answers = Vec::new();
    for address in addresses {
        let answer = desk.post(&path, &form(address, "")).await;
        answers.push(Answer { body: answer.body.replace(address, "ADDRESS"), headers: Default::default(), ..answer });
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    let to = async |address: &str| desk.mails_to(address).await.len();
    assert_eq!((to("never@quay.example").await, desk.mails().await.len()), (1, 1));
    // Another reader, another day: once in 90 days.
    desk.wait(DAY_MS);
    desk.post(&of_ben, &form("never@quay.example", "")).await;
    desk.post(&path, &form("sixth@quay.example", "")).await;
    assert_eq!((to("never@quay.example").await, to("sixth@quay.example").await), (1, 1));
    desk.wait(90 * DAY_MS);
    desk.post(&of_ben, &form("never@quay.example", "")).await;
    assert_eq!(to("never@quay.example").await, 2);
}

#[tokio::test]
async fn a_note_with_a_link_or_a_hidden_character_is_refused_at_its_field() {
    let desk = Desk::open().await;
    let (_, path) = reader(&desk, "ada@quay.example").await;
    let long = "x".repeat(401);
    for (to, note, field) in [
        (KIT, "see https://shop.example/", "note"),
        (KIT, "see shop.example", "note"),
        (KIT, "a\u{0}b", "note"),
        (KIT, "a\u{202e}b", "note"),
        (KIT, long.as_str(), "note"),
        ("", "", "to"),
        ("kit", "", "to"),
        ("kit@harbour.example\r\nBcc: all@harbour.example", "", "to"),
        ("\"><script>alert(1)</script>", "</textarea><script>alert(1)</script>", "to"),
    ] {
        desk.wait(60_000);
        let page = desk.post(&path, &form(to, note)).await;
        page.check();
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{to} {note}");
        assert!(page.body.contains(&format!("<a href=\"#{field}\">")) && page.body.contains(&format!("id=\"{field}\"")), "{to} {note}: {}", page.body);
    }
    assert!(desk.mails().await.is_empty());
    // What is strange and honest arrives.
    for (number, note) in ["Read \"this\" \u{1f642}", "\u{5e9}\u{5dc}\u{5d5}\u{5dd}", "<b>bold</b> & so on", ".\r\nFrom here"].into_iter().enumerate() {
        desk.wait(60_000);
        assert_eq!(desk.post(&path, &form(&format!("kit{number}@harbour.example"), note)).await.status, StatusCode::OK, "{note}");
    }
    desk.wait(DAY_MS);
    let label = "d".repeat(60);
    let longest = format!("{}@{label}.{label}.{}.example", "k".repeat(64), "d".repeat(59));
    for to in [" kit9@harbour.example ", "\"kit lou\"@harbour.example", "zo\u{eb}@harbour.example", "kit@b\u{fc}cher.example", &longest] {
        desk.wait(60_000);
        let page = desk.post(&path, &form(to, "")).await;
        page.check();
        assert_eq!(page.status, StatusCode::OK, "{to}");
    }
    let mails = desk.mails().await;
    assert_eq!(mails.len(), 9);
    assert!(mails.iter().all(|mail| !mail.contains("<b>bold</b></p>") && mail.matches("\r\nSubject: ").count() == 1));
}

#[tokio::test]
async fn a_name_cannot_carry_headers_or_links() {
    let desk = Desk::open().await;
    let (id, path) = reader(&desk, "ada@quay.example").await;
    for (number, name) in ["Ada\r\nBcc: all@quay.example", "\"Ada\" \u{202e}<x>", "Ada \u{1f642}", "Win at shop.example", ""].into_iter().enumerate() {
        desk.wait(60_000);
        let subscriber = Subscriber { address: "ada@quay.example".parse().unwrap(), name: name.into(), language: String::new() };
        let hash = desk.post.keys.suppression_hash(&subscriber.address);
        desk.store.change_subscriber(id, &subscriber, hash, desk.now()).await.unwrap();
        desk.get(&path).await.check();
        assert_eq!(desk.post(&path, &form(&format!("kit{number}@harbour.example"), "")).await.status, StatusCode::OK);
    }
    let mails = desk.mails().await;
    assert_eq!(mails.len(), 5);
    for mail in mails {
        assert!(!mail.contains("\r\nBcc:") && !mail.contains("shop.example") && !mail.contains('\u{202e}'), "{mail}");
    }
}

#[tokio::test]
async fn forged_links_change_and_tell_nothing_and_only_readers_invite() {
    let desk = Desk::open().await;
    let (id, path) = reader(&desk, "ada@quay.example").await;
    let neutral = desk.get("/preferences/x/colleague").await;
    neutral.check();
    let token = path.trim_end_matches("/colleague");
    let of_leaving = desk.path("preferences", Purpose::Unsubscribe, id).await;
    for path in forged(token, "/preferences/".len()).chain([of_leaving]) {
        assert_eq!(desk.get(&format!("{path}/colleague")).await, neutral, "{path}");
        assert_eq!(desk.post(&format!("{path}/colleague"), &form(KIT, "")).await, neutral, "{path}");
    }
    for _ in 0..20 {
        desk.get(&path).await;
    }
    desk.step(id, Step::Leave).await;
    assert!(!desk.get(&path).await.body.contains("<form"));
    desk.post(&path, &form(KIT, "")).await;
    assert!(desk.mails().await.is_empty());
}

#[tokio::test]
async fn without_a_link_of_ones_own_the_digest_is_passed_on_without_us() {
    let desk = Desk::open().await;
    let page = desk.get("/lantern/colleague").await;
    page.check();
    assert!(page.body.contains("href=\"https://digest.example/lantern\"") && page.body.contains("mailto:?subject=Lantern&#38;body="), "{}", page.body);
    assert!(!page.body.contains("<form"));
    for (page, words) in [("accessibility", "Accessibility of Lantern"), ("privacy", "You were invited by a colleague?")] {
        let page = desk.get(&format!("/lantern/{page}")).await;
        page.check();
        assert!(page.body.contains(words), "{}", page.body);
        assert!(page.body.contains("href=\"https://digest.example/lantern/accessibility\""), "every foot leads there: {}", page.body);
        assert!(page.body.contains("href=\"https://digest.example/lantern/privacy\""), "{}", page.body);
    }
}

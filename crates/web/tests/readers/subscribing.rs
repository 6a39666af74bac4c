//! Subscribing, with a message that has to be answered.

use axum::http::{Method, StatusCode};
use pulse_jobs::notices;
use pulse_model::subscriber::{Basis, Sectors, State, Step, SuppressionReason};
use pulse_store::NewSuppression;

use crate::desk::{Answer, Desk, FORM, link};

const PATH: &str = "/lantern/subscribe";
const DAY_MS: i64 = 24 * 3_600_000;

fn form(address: &str) -> String {
    let address = address.replace('@', "%40").replace('+', "%2B");
    format!("address={address}&name=Ada&sector=Justice&frequency=quarterly&consent=yes&website=")
}

#[tokio::test]
async fn from_the_form_to_the_first_choice() {
    let desk = Desk::open().await;
    let page = desk.get(PATH).await;
    page.check();
    assert!(page.body.contains("id=\"consent\" value=\"yes\">"), "the box is not ticked: {}", page.body);
    assert!(page.body.contains("I agree that Lantern Trust sends me Lantern by e-mail."), "{}", page.body);

    let asked = desk.post(PATH, &form("ada@quay.example")).await;
    asked.check();
    assert_eq!(asked.status, StatusCode::OK);
    let id = desk.store.subscriber_by_key("ada@quay.example").await.unwrap().unwrap();
    assert_eq!(desk.state(id).await, State::Unconfirmed);

    let mails = desk.mails().await;
    assert_eq!(mails.len(), 1);
    for header in [
        "Auto-Submitted: auto-generated",
        "To: <ada@quay.example>",
        "Subject: Please confirm: Lantern",
        "<digest@lantern.example>",
        "Lantern Trust, 1 Quay Street, Skerrow",
    ] {
        assert!(mails[0].contains(header), "{header}: {}", mails[0]);
    }
    assert!(!mails[0].contains("List-Unsubscribe"));

    let confirm = link(&mails[0], "confirm");
    for method in [Method::GET, Method::HEAD].iter().cycle().take(100) {
        assert_eq!(desk.ask(method.clone(), &confirm, &[], "").await.status, StatusCode::OK);
    }
    assert_eq!(desk.state(id).await, State::Unconfirmed, "link scanners confirm nothing");
    desk.get(&confirm).await.check();
    for _ in 0..2 {
        let done = desk.post(&confirm, "").await;
        done.check();
        assert!(done.body.contains("You are subscribed to Lantern"), "{}", done.body);
    }
    let there = desk.subscription(id).await;
    assert_eq!((there.subscription.state, &there.subscription.sectors), (State::Active, &Sectors::Only(vec!["Justice".into()])));
    assert_eq!(there.basis.map(|(basis, _)| basis), Some(Basis::Consent));
    assert_eq!(there.events.iter().map(|event| event.step).collect::<Vec<_>>(), [Step::Subscribe, Step::Confirm]);
    assert!(there.events[0].wording.as_ref().unwrap().text.starts_with("I agree"));
    assert_eq!(there.events[0].source, "https://digest.example/lantern/subscribe");

    let done = desk.post(&confirm, "").await.body;
    let choices = done.split("href=\"").find(|rest| rest.starts_with("/preferences/")).unwrap().split('"').next().unwrap();
    assert!(desk.get(choices).await.body.contains("ada@quay.example"));
}

#[tokio::test]
async fn nobody_learns_from_the_answer_who_is_known() {
    let desk = Desk::open().await;
    for (address, step) in [("active@quay.example", None), ("leftt@quay.example", Some(Step::Leave)), ("compl@quay.example", Some(Step::Complain))] {
        let id = desk.add(address).await;
        if let Some(step) = step {
            desk.step(id, step).await;
        }
    }
    let hash = desk.post.keys.suppression_hash(&"suppr@quay.example".parse().unwrap());
    let suppression = NewSuppression { hash, digest: None, reason: SuppressionReason::ByHand, note: String::new() };
    desk.store.add_suppression(&suppression, desk.now()).await.unwrap();
    desk.wait(1000);
    let addresses = ["active@quay.example", "leftt@quay.example", "compl@quay.example", "suppr@quay.example", "never@quay.example"];
    let mut answers: Vec<Answer> = Vec::new();
    for address in addresses {
        let answer = desk.post(PATH, &form(address)).await;
        let same = |answer: &Answer| answer.body.replace(address, "ADDRESS");
        answers.push(Answer { body: same(&answer), headers: Default::default(), ..answer });
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    let mails = desk.mails().await;
    let to = |address: &str| mails.iter().filter(|mail| mail.contains(&format!("To: <{address}>"))).count();
    assert_eq!(addresses.map(to), [1, 1, 0, 0, 1]);
    let known = mails.iter().find(|mail| mail.contains("To: <active@quay.example>")).unwrap();
    assert!(known.contains("Subject: You get Lantern already") && !known.contains("/confirm/"));
    let id = desk.store.subscriber_by_key("active@quay.example").await.unwrap().unwrap();
    let there = desk.subscription(id).await;
    assert_eq!((there.subscription.sectors, there.subscription.state, there.events.len()), (Sectors::All, State::Active, 1), "a stranger changes nothing");
}

#[tokio::test]
async fn an_address_gets_one_message_a_day() {
    let desk = Desk::open().await;
    for address in ["ada@quay.example", "Ada@Quay.example", "ada@quay.example"] {
        desk.post(PATH, &form(address)).await;
    }
    assert_eq!(desk.mails().await.len(), 1);
    desk.wait(DAY_MS + 1);
    desk.post(PATH, &form("ada@quay.example")).await;
    assert_eq!(desk.mails().await.len(), 2);
}

#[tokio::test]
async fn a_link_of_last_week_confirms_nothing() {
    let desk = Desk::open().await;
    desk.post(PATH, &form("ada@quay.example")).await;
    let confirm = link(&desk.mails().await[0], "confirm");
    desk.wait(7 * DAY_MS);
    let neutral = desk.get("/confirm/x").await;
    assert_eq!((desk.get(&confirm).await, desk.post(&confirm, "").await), (neutral.clone(), neutral));
    let id = desk.store.subscriber_by_key("ada@quay.example").await.unwrap().unwrap();
    assert_eq!(desk.state(id).await, State::Unconfirmed);
}

#[tokio::test]
async fn a_reader_who_left_meanwhile_is_not_brought_back_by_the_link() {
    let desk = Desk::open().await;
    desk.post(PATH, &form("ada@quay.example")).await;
    let confirm = link(&desk.mails().await[0], "confirm");
    let id = desk.store.subscriber_by_key("ada@quay.example").await.unwrap().unwrap();
    desk.step(id, Step::Leave).await;
    assert_eq!(desk.post(&confirm, "").await, desk.post("/confirm/x", "").await);
    assert_eq!(desk.state(id).await, State::Left);
}

#[tokio::test]
async fn what_is_missing_is_said_at_its_field() {
    let desk = Desk::open().await;
    for (form, field) in [
        ("address=ada&sector=Justice&frequency=quarterly&consent=yes", "address"),
        ("address=ada%40quay.example%0d%0aBcc:x%40y.example&sector=Justice&frequency=quarterly&consent=yes", "address"),
        ("address=ada%40quay.example&sector=Justice&frequency=quarterly", "consent"),
        ("address=ada%40quay.example&sector=Justice&frequency=quarterly&consent=no", "consent"),
        ("address=ada%40quay.example&frequency=quarterly&consent=yes", "sector-1"),
        ("address=ada%40quay.example&sector=Justice&consent=yes", "frequency-1"),
        ("", "address"),
    ] {
        desk.wait(60_000);
        let page = desk.post(PATH, form).await;
        page.check();
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(page.body.contains(&format!("<a href=\"#{field}\">")) && page.body.contains(&format!("id=\"{field}\"")), "{form}: {}", page.body);
        assert!(page.body.contains("id=\"consent\" value=\"yes\""), "{}", page.body);
    }
    let page = desk.post(PATH, "address=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&name=%3Cb%3E").await;
    page.check();
    assert!(desk.mails().await.is_empty());
    assert!(desk.store.search_subscribers("", None, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_program_that_fills_in_everything_changes_nothing() {
    let desk = Desk::open().await;
    let asked = desk.post(PATH, &format!("{}https://spam.example", form("ada@quay.example"))).await;
    let person = desk.post(PATH, &form("ada@quay.example")).await;
    assert_eq!(asked, person);
    let other = Desk::open().await;
    other.post(PATH, &format!("{}https://spam.example", form("ada@quay.example"))).await;
    assert!(other.mails().await.is_empty() && other.store.search_subscribers("", None, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn one_client_cannot_ask_for_ever() {
    let desk = Desk::open().await;
    let ask =
        async |client: &str, address: &str| desk.ask(Method::POST, PATH, &[("content-type", FORM), ("x-forwarded-for", client)], &form(address)).await.status;
    for number in 0..10 {
        assert_eq!(ask("192.0.2.1", &format!("a{number}@quay.example")).await, StatusCode::OK);
    }
    assert_eq!(ask("192.0.2.1", "b@quay.example").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(ask("192.0.2.2", "c@quay.example").await, StatusCode::OK);
    let answer = desk.ask(Method::POST, PATH, &[("content-type", FORM), ("x-forwarded-for", "192.0.2.1")], &form("b@quay.example")).await;
    assert!(answer.header("retry-after") == "60" && answer.body.contains("<h1>Too many requests</h1>"), "{}", answer.body);
    desk.wait(30_000);
    assert_eq!(ask("192.0.2.1", "b@quay.example").await, StatusCode::OK);
    assert!(desk.store.subscriber_by_key("b@quay.example").await.unwrap().is_some());
}

#[tokio::test]
async fn without_a_sender_there_is_no_such_page() {
    let desk = Desk::open().await;
    let digest = pulse_model::Digest::named(crate::desk::lantern(), "Lantern");
    desk.store.put_digest(&digest, desk.now()).await.unwrap();
    assert_eq!(desk.get(PATH).await.status, StatusCode::NOT_FOUND);
    let id = desk.add("ada@quay.example").await;
    let path = desk.path("leave", pulse_deliver::token::Purpose::Unsubscribe, id).await;
    assert!(!desk.post(&path, "").await.body.contains("/subscribe"));
    assert_eq!(desk.state(id).await, State::Left);
}

#[tokio::test]
async fn a_notice_of_a_digest_without_a_sender_fails_and_holds_up_no_other() {
    let desk = Desk::open().await;
    let letter = |digest: &str| notices::Letter {
        digest: pulse_model::Slug::from_words(digest),
        subject: "Hello".into(),
        paragraphs: vec!["Words.".into()],
        label: "Look".into(),
        link: "https://digest.example/confirm/x".into(),
        closing: Vec::new(),
    };
    for (kind, digest) in [(notices::Kind::Confirmation, "gone"), (notices::Kind::NewAddress, "lantern")] {
        notices::add(&desk.store, kind, &"ada@quay.example".parse().unwrap(), &letter(digest), desk.now()).await.unwrap();
    }
    assert_eq!(desk.mails().await.len(), 1);
    desk.wait(30 * DAY_MS);
    assert_eq!(notices::work(&desk.store, &desk.post, desk.now()).await.unwrap(), 0);
}

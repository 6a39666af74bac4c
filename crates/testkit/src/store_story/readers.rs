//! Readers are added, confirm, choose, leave, complain, move and are erased; some addresses may not be written to.

use pulse_model::subscriber::{Basis, ConsentEvent, Frequency, Sectors, State, Step, SuppressionHash, SuppressionReason, Wording};
use pulse_model::{EmailAddress, Slug, Subscriber};
use pulse_store::{Added, Known, NewReader, NewSuppression, Preferences, Refusal, Store, StoreError, SubscriberId};

use super::{Chapter, HOUR, START, reader_pages};

/// When the readers are added.
pub(super) const NOW: i64 = START + 100 * HOUR;

/// Tells the chapters to a store that has the digest and no readers.
pub async fn run(store: &Store, digest: &Slug) {
    agree_to_words(store, digest).await.expect("words are agreed to");
    add_readers(store, digest).await.expect("readers are added");
    add_them_again(store, digest).await.expect("readers are added again");
    find_readers(store, digest).await.expect("readers are found");
    take_steps(store, digest).await.expect("steps are taken");
    choose(store, digest).await.expect("readers choose");
    suppress(store, digest).await.expect("addresses are suppressed");
    reader_pages::run(store, digest).await;
    change_and_erase(store, digest).await.expect("readers move and are erased");
}

/// A reader who gave consent a day before `NOW`, by the name of the address.
pub fn reader(name: &str) -> NewReader {
    NewReader {
        subscriber: Subscriber { address: address(name), name: name.to_owned(), language: String::new() },
        sectors: Sectors::All,
        frequency: Frequency::EveryEdition,
        event: event(Step::Confirm, Some(Basis::Consent), NOW - 24 * HOUR),
        suppression: hash(name),
    }
}

/// The address that [`reader`] gives somebody.
pub fn address(name: &str) -> EmailAddress {
    format!("{name}@readers.example").parse().expect("an address")
}

/// Stands for that address; a real one is keyed.
pub fn hash(name: &str) -> SuppressionHash {
    let mut hash = [0; 32];
    hash.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
    SuppressionHash(hash)
}

/// Something that happened to a subscription.
pub fn event(step: Step, basis: Option<Basis>, at: i64) -> ConsentEvent {
    ConsentEvent { at, step, basis, source: "readers.csv".into(), wording: None, reason: String::new() }
}

/// The id of a reader who is there.
///
/// # Panics
/// When nobody has the address.
pub async fn id(store: &Store, name: &str) -> SubscriberId {
    store.subscriber_by_key(&address(name).key()).await.expect("the store answers").expect("the reader is there")
}

async fn state(store: &Store, digest: &Slug, name: &str) -> State {
    let reader = store.subscriber(id(store, name).await).await.expect("the store answers").expect("the reader is there");
    let mine = reader.subscriptions.iter().find(|one| one.subscription.digest == *digest);
    mine.expect("there is a subscription").subscription.state
}

async fn agree_to_words(store: &Store, digest: &Slug) -> Chapter {
    assert_eq!(store.wordings(digest).await?, []);
    let first = store.put_wording(digest, "Send me Tidemark once a month.", NOW).await?;
    let second = store.put_wording(digest, "Send me Tidemark once a month. I can leave at any time.", NOW).await?;
    assert_eq!((first.version, second.version), (1, 2));
    assert_eq!(store.put_wording(digest, &first.text, NOW).await?, first);
    assert_eq!(store.wordings(digest).await?, [first, second]);
    let nowhere = Slug::from_words("nowhere");
    assert!(matches!(store.put_wording(&nowhere, "Yes", NOW).await, Err(StoreError::NoDigest { .. })));
    Ok(())
}

async fn add_readers(store: &Store, digest: &Slug) -> Chapter {
    let words = Wording { version: 2, text: "Send me Tidemark once a month. I can leave at any time.".into() };
    let mut rows: Vec<NewReader> = ["ada", "bo", "cy", "dee"].map(reader).into();
    rows[0].event.wording = Some(words.clone());
    rows[1].sectors = Sectors::Only(vec!["Criminal justice".into()]);
    rows[2].event = event(Step::Subscribe, None, NOW);
    rows.push(NewReader { event: event(Step::Confirm, None, NOW), ..reader("eve") });
    rows.push(NewReader { event: event(Step::Confirm, Some(Basis::CharitableSoftOptIn), 0), ..reader("fay") });
    // The same address in another spelling.
    let twice = Subscriber { address: "ADA@Readers.Example".parse().expect("an address"), name: "Ada Lorne".into(), language: String::new() };
    rows.push(NewReader { subscriber: twice, ..reader("ada") });

    let added = store.add_readers(digest, &rows, Known::Keep, NOW).await?;
    let ids = [id(store, "ada").await, id(store, "bo").await, id(store, "cy").await, id(store, "dee").await];
    let refused = [Added::Refused(Refusal::NoBasis), Added::Refused(Refusal::TooEarly(Basis::CharitableSoftOptIn))];
    assert_eq!(added[..4], ids.map(Added::Added));
    assert_eq!(added[4..6], refused);
    assert_eq!(added[6], Added::Unchanged(ids[0]));
    assert_eq!(store.subscriber_by_key(&address("eve").key()).await?, None);

    let ada = store.subscriber(ids[0]).await?.expect("Ada is there");
    assert_eq!((&ada.subscriber, ada.created_at, ada.updated_at), (&rows[0].subscriber, NOW, NOW));
    let there = &ada.subscriptions[0];
    assert_eq!((&there.subscription.digest, there.subscription.state, there.state_at), (digest, State::Active, NOW - 24 * HOUR));
    assert_eq!((there.basis, there.subscription.paused_until), (Some((Basis::Consent, NOW - 24 * HOUR)), None));
    assert_eq!(there.events, [ConsentEvent { wording: Some(words), ..rows[0].event.clone() }]);
    let bo = store.subscriber(ids[1]).await?.expect("Bo is there");
    assert_eq!(bo.subscriptions[0].subscription.sectors, rows[1].sectors);

    let many: Vec<NewReader> = (0..501).map(|number| reader(&format!("reader{number}"))).collect();
    let refused = store.add_readers(digest, &many, Known::Keep, NOW).await;
    assert_eq!(refused.expect_err("too many").to_string(), "501 readers at once are too many; pass no more than 500");
    let all = store.add_readers(digest, &many[..300], Known::Keep, NOW).await?;
    assert!(all.iter().all(|added| matches!(added, Added::Added(_))));
    let mut odd = reader("kay");
    odd.subscriber.name = " Kay\0\r\nBcc: all ".into();
    odd.event.source = "a\0b.csv".into();
    store.add_readers(digest, &[odd], Known::Keep, NOW).await?;
    let kay = id(store, "kay").await;
    assert_eq!(store.subscriber(kay).await?.expect("Kay is there").subscriber.name, "Kay Bcc: all");
    store.erase_subscriber(kay, None, NOW).await?;
    let other = Slug::from_words("almanac");
    assert_eq!(store.add_readers(&other, &[reader("ada")], Known::Keep, NOW).await?, [Added::Added(ids[0])]);
    assert_eq!(store.subscriber(ids[0]).await?.expect("Ada is there").subscriptions.len(), 2);
    Ok(())
}

async fn add_them_again(store: &Store, digest: &Slug) -> Chapter {
    let (ada, cy) = (id(store, "ada").await, id(store, "cy").await);
    let rows = [reader("ada"), reader("cy")];
    let added = store.add_readers(digest, &rows, Known::Keep, NOW + HOUR).await?;
    assert_eq!(added, [Added::Unchanged(ada), Added::Updated(cy)]);
    assert_eq!(state(store, digest, "cy").await, State::Active);

    let mut named = reader("ada");
    named.subscriber.name = "Ada Lorne".into();
    named.subscriber.language = "cy".into();
    named.frequency = Frequency::Quarterly;
    assert_eq!(store.add_readers(digest, std::slice::from_ref(&named), Known::Keep, NOW + HOUR).await?, [Added::Updated(ada)]);
    let kept = store.subscriber(ada).await?.expect("Ada is there");
    assert_eq!((kept.subscriber.name.as_str(), kept.subscriber.language.as_str(), kept.updated_at), ("ada", "cy", NOW + HOUR));
    assert_eq!(store.add_readers(digest, std::slice::from_ref(&named), Known::Update, NOW + HOUR).await?, [Added::Updated(ada)]);
    let updated = store.subscriber(ada).await?.expect("Ada is there");
    let there = updated.subscriptions.iter().find(|one| one.subscription.digest == *digest).expect("a subscription");
    assert_eq!((updated.subscriber.name.as_str(), there.subscription.frequency), ("Ada Lorne", Frequency::Quarterly));
    assert_eq!(there.events.len(), 1);
    Ok(())
}

async fn find_readers(store: &Store, digest: &Slug) -> Chapter {
    let found = async |text: &str| {
        let rows = store.search_subscribers(text, None, 1_000).await?;
        Ok::<_, StoreError>(rows.into_iter().map(|row| row.subscriber.name).collect::<Vec<_>>())
    };
    assert_eq!(found("LORNE").await?, ["Ada Lorne"]);
    assert_eq!(found("Ada@readers").await?, ["Ada Lorne"]);
    assert_eq!(found("%").await?, Vec::<String>::new());
    assert_eq!(found("reader29").await?.len(), 11);
    assert_eq!(found("").await?.len(), 304);
    let ada = &store.search_subscribers("lorne", None, 10).await?[0];
    assert_eq!(ada.states, [(Slug::from_words("almanac"), State::Active), (digest.clone(), State::Active)]);

    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store.readers(digest, None, after, 100).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        seen.extend(page);
    }
    assert_eq!(seen.len(), 304);
    assert!(seen.windows(2).all(|pair| pair[0].id < pair[1].id));
    let bo = seen.iter().find(|reader| reader.subscriber.name == "bo").expect("Bo is there");
    assert_eq!((bo.state_at, bo.basis), (NOW - 24 * HOUR, Some((Basis::Consent, NOW - 24 * HOUR))));
    assert_eq!((bo.subscription.state, &bo.subscription.sectors), (State::Active, &Sectors::Only(vec!["Criminal justice".into()])));
    assert_eq!(store.readers(digest, Some(State::Left), None, 100).await?, []);
    assert_eq!(store.readers(digest, Some(State::Active), None, 5_000).await?.len(), 304);
    assert_eq!(store.count_readers(digest).await?, [(State::Active, 304)]);
    assert!(matches!(store.readers(&Slug::from_words("nowhere"), None, None, 1).await, Err(StoreError::NoDigest { .. })));
    Ok(())
}

async fn take_steps(store: &Store, digest: &Slug) -> Chapter {
    let dee = id(store, "dee").await;
    let step = async |step, basis, at| store.step_subscription(dee, digest, &event(step, basis, at), at).await;
    assert_eq!(step(Step::Confirm, None, NOW).await?, State::Active);
    assert_eq!(step(Step::Leave, None, NOW + HOUR).await?, State::Left);
    assert_eq!(step(Step::Leave, None, NOW + 2 * HOUR).await?, State::Left);
    let refused = step(Step::Confirm, Some(Basis::Consent), NOW + 3 * HOUR).await;
    assert!(matches!(refused, Err(StoreError::Subscription { .. })), "{refused:?}");

    // An import brings nobody back who left, unless by a consent given since.
    let old = reader("dee");
    assert_eq!(store.add_readers(digest, &[old], Known::Update, NOW + 4 * HOUR).await?, [Added::Refused(Refusal::Ended(State::Left))]);
    let back = NewReader { event: event(Step::Confirm, Some(Basis::Consent), NOW + 5 * HOUR), ..reader("dee") };
    assert_eq!(store.add_readers(digest, &[back], Known::Keep, NOW + 5 * HOUR).await?, [Added::Updated(dee)]);
    let there = store.subscriber(dee).await?.expect("Dee is there").subscriptions.remove(0);
    let steps: Vec<Step> = there.events.iter().map(|event| event.step).collect();
    assert_eq!(steps, [Step::Confirm, Step::Leave, Step::Subscribe, Step::Confirm]);
    assert_eq!((there.basis, there.state_at), (Some((Basis::Consent, NOW + 5 * HOUR)), NOW + 5 * HOUR));

    assert_eq!(step(Step::Bounce, None, NOW + 6 * HOUR).await?, State::Bounced);
    assert_eq!(step(Step::Reinstate, None, NOW + 7 * HOUR).await?, State::Active);
    let early = step(Step::Confirm, Some(Basis::CharitableSoftOptIn), 0).await;
    assert!(matches!(early, Err(StoreError::TooEarly { basis: Basis::CharitableSoftOptIn })), "{early:?}");
    assert_eq!(step(Step::Complain, None, NOW + 8 * HOUR).await?, State::Complained);
    let refused = step(Step::Subscribe, Some(Basis::Consent), NOW + 9 * HOUR).await.expect_err("never again");
    assert_eq!(refused.to_string(), format!("the subscription of {dee} to {digest} stays as it is"));

    let waiting = NewReader { event: event(Step::Subscribe, None, NOW), ..reader("gil") };
    store.add_readers(digest, &[waiting], Known::Keep, NOW).await?;
    let gil = id(store, "gil").await;
    let refused = store.step_subscription(gil, digest, &event(Step::Confirm, None, NOW), NOW).await;
    assert!(matches!(refused, Err(StoreError::NoBasis { .. })), "{refused:?}");
    assert_eq!(store.step_subscription(gil, digest, &event(Step::Confirm, Some(Basis::Consent), NOW), NOW).await?, State::Active);
    let refused = store.step_subscription(gil, &Slug::from_words("almanac"), &event(Step::Leave, None, NOW), NOW).await;
    assert!(matches!(refused, Err(StoreError::NoSubscription { .. })), "{refused:?}");
    assert_eq!(store.count_readers(digest).await?, [(State::Active, 304), (State::Complained, 1)]);
    Ok(())
}

async fn choose(store: &Store, digest: &Slug) -> Chapter {
    let bo = id(store, "bo").await;
    let wanted = Preferences { sectors: Sectors::All, frequency: Frequency::Quarterly, paused_until: Some(NOW + 48 * HOUR) };
    store.set_preferences(bo, digest, &wanted, NOW + HOUR).await?;
    let there = store.subscriber(bo).await?.expect("Bo is there").subscriptions.remove(0);
    assert_eq!((&there.subscription.sectors, there.subscription.frequency), (&wanted.sectors, wanted.frequency));
    assert_eq!((there.subscription.paused_until, there.updated_at, there.events.len()), (wanted.paused_until, NOW + HOUR, 1));
    let refused = store.set_preferences(bo, &Slug::from_words("almanac"), &wanted, NOW).await;
    assert!(matches!(refused, Err(StoreError::NoSubscription { .. })), "{refused:?}");
    Ok(())
}

async fn suppress(store: &Store, digest: &Slug) -> Chapter {
    let line = |name: &str, digest: Option<&Slug>| NewSuppression {
        hash: hash(name),
        digest: digest.cloned(),
        reason: SuppressionReason::ByHand,
        note: "asked by telephone".into(),
    };
    assert!(store.add_suppression(&line("hal", None), NOW).await?);
    assert!(!store.add_suppression(&line("hal", None), NOW + HOUR).await?);
    assert!(store.add_suppression(&line("ivy", Some(digest)), NOW + HOUR).await?);
    let other = Slug::from_words("almanac");
    let all = [hash("hal"), hash("ivy"), hash("joe")];
    assert_eq!(store.suppressed(digest, &all).await?, [hash("hal"), hash("ivy")].into());
    assert_eq!(store.suppressed(&other, &all).await?, [hash("hal")].into());
    let listed: Vec<NewSuppression> = store.suppressions(None, 10).await?.into_iter().map(|line| line.suppression).collect();
    assert_eq!(listed, [line("ivy", Some(digest)), line("hal", None)]);

    let rows = ["hal", "ivy", "joe"].map(reader);
    let added = store.add_readers(digest, &rows, Known::Update, NOW).await?;
    assert_eq!(added[..2], [Added::Refused(Refusal::Suppressed); 2]);
    assert!(matches!(added[2], Added::Added(_)));
    assert!(matches!(store.add_readers(&other, &rows[1..2], Known::Keep, NOW).await?[0], Added::Added(_)));

    let refused = store.remove_suppression(hash("hal"), None, "Bo Tarn", " ", NOW).await;
    assert_eq!(refused.expect_err("why?").to_string(), "taking an address off the suppression list needs a reason");
    let refused = store.remove_suppression(hash("hal"), Some(digest), "Bo Tarn", "a mistake", NOW).await;
    assert!(matches!(refused, Err(StoreError::NoSuppression)), "{refused:?}");
    store.remove_suppression(hash("hal"), None, "Bo Tarn", "hal@readers.example asked for it", NOW + 2 * HOUR).await?;
    assert_eq!(store.suppressed(&other, &all).await?, [].into());
    let noted = &store.audit(None, None, 1).await?[0];
    assert_eq!((noted.who.as_str(), noted.action.as_str(), noted.at), ("Bo Tarn", "remove suppression", NOW + 2 * HOUR));
    assert_eq!(noted.detail, "by-hand, for every digest: (address) asked for it");
    Ok(())
}

async fn change_and_erase(store: &Store, digest: &Slug) -> Chapter {
    let (joe, ada) = (id(store, "joe").await, id(store, "ada").await);
    let moved = Subscriber { address: address("joseph"), name: "Joe".into(), language: "en-GB".into() };
    store.change_subscriber(joe, &moved, hash("joseph"), NOW + HOUR).await?;
    assert_eq!(store.subscriber(joe).await?.expect("Joe is there").subscriber, moved);
    assert_eq!(store.subscriber_by_key(&address("joe").key()).await?, None);
    let refused = store.change_subscriber(joe, &Subscriber { address: address("ada"), ..moved.clone() }, hash("ada"), NOW).await;
    assert!(matches!(refused, Err(StoreError::AddressTaken { by }) if by == ada), "{refused:?}");
    let refused = store.change_subscriber(joe, &Subscriber { address: address("ivy2"), ..moved.clone() }, hash("ivy"), NOW).await;
    assert!(matches!(refused, Err(StoreError::Suppressed)), "{refused:?}");

    let never = NewSuppression { hash: hash("joseph"), digest: None, reason: SuppressionReason::Erased, note: String::new() };
    store.erase_subscriber(joe, Some(&never), NOW + 2 * HOUR).await?;
    assert_eq!(store.subscriber(joe).await?, None);
    assert!(matches!(store.erase_subscriber(joe, None, NOW).await, Err(StoreError::NoSubscriber { .. })));
    assert_eq!(store.add_readers(digest, &[reader("joseph")], Known::Update, NOW).await?, [Added::Refused(Refusal::Suppressed)]);
    Ok(())
}

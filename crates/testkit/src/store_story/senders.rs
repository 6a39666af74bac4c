//! Seeds get a send once, and the address of a digest changes.

use pulse_model::{EmailAddress, Slug};
use pulse_store::{SeedEnd, SenderChange, Store, StoreError};

use super::{Chapter, HOUR, START, may};

const NOW: i64 = START + 500 * HOUR;

/// Tells the chapters to a store that has sent an edition.
pub async fn run(store: &Store, digest: &Slug) {
    sow(store, digest).await.expect("seeds get a send once");
    change_the_address(store, digest).await.expect("the address changes");
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("an address")
}

async fn sow(store: &Store, digest: &Slug) -> Chapter {
    let edition = store.edition(digest, may()).await?.expect("it was saved").id;
    let send = store.sends(Some(edition)).await?.first().expect("it was sent").id;
    let seeds = [address("one@seeds.example"), address("two@seeds.example"), address("ONE@Seeds.example")];
    let waiting = store.add_seeds(send, &seeds, NOW).await?;
    assert_eq!(waiting.iter().map(|seed| &seed.address).collect::<Vec<_>>(), [&seeds[0], &seeds[1]]);
    assert_eq!(store.add_seeds(send, &seeds, NOW + 1).await?, waiting, "the rows are there already");
    assert!(store.mark_seed(waiting[0].id, NOW).await?);
    assert!(!store.mark_seed(waiting[0].id, NOW).await?, "another node was faster");
    assert_eq!(store.add_seeds(send, &seeds, NOW + 2).await?, [waiting[1].clone()], "what was marked never goes again");
    store.end_seed(waiting[0].id, SeedEnd::Queued, "451 later", NOW + 3).await?;
    assert_eq!(store.add_seeds(send, &[], NOW + 4).await?, waiting, "unless somebody knows that it did not go");
    for (seed, end) in waiting.iter().zip([SeedEnd::Sent, SeedEnd::Failed]) {
        assert!(store.mark_seed(seed.id, NOW + 5).await?);
        store.end_seed(seed.id, end, "250 Ok", NOW + 6).await?;
        store.end_seed(seed.id, SeedEnd::Queued, "too late", NOW + 7).await?;
    }
    assert_eq!(store.add_seeds(send, &seeds, NOW + 8).await?, []);
    Ok(())
}

async fn change_the_address(store: &Store, digest: &Slug) -> Chapter {
    assert_eq!(store.sender_change(digest).await?, None);
    assert!(!store.cancel_sender(digest, "Ada Lorne", NOW).await?);
    let change = SenderChange {
        old_address: address("tidemark@skerrow.example"),
        new_address: address("tidemark@post.skerrow.example"),
        return_domain: "bounce.post.skerrow.example".into(),
        list_domain: "skerrow.example".into(),
        from: "2026-09".parse().expect("a month"),
        announced_by: "Ada Lorne".into(),
        announced_at: NOW,
    };
    store.announce_sender(digest, &change, NOW).await?;
    assert_eq!(store.sender_change(digest).await?, Some(change.clone()));
    let later = SenderChange { from: "2026-10".parse().expect("a month"), announced_by: "Bo Tarn".into(), announced_at: NOW + 1, ..change };
    store.announce_sender(digest, &later, NOW + 1).await?;
    assert_eq!(store.sender_change(digest).await?, Some(later.clone()));
    let nobody = SenderChange { announced_by: " ".into(), ..later.clone() };
    assert!(matches!(store.announce_sender(digest, &nobody, NOW).await, Err(StoreError::Needs { .. })));
    let unknown = Slug::from_words("unknown");
    assert!(matches!(store.announce_sender(&unknown, &later, NOW).await, Err(StoreError::NoDigest { .. })));
    assert!(matches!(store.cancel_sender(digest, "", NOW + 2).await, Err(StoreError::Needs { .. })));
    assert_eq!(store.sender_change(digest).await?, Some(later), "without a name nothing is taken back");
    assert!(store.cancel_sender(digest, "Bo Tarn", NOW + 3).await?);
    assert_eq!(store.sender_change(digest).await?, None);
    let log = store.audit(Some(&format!("digest {digest}")), None, 3).await?;
    let said: Vec<_> = log.iter().map(|line| (line.who.as_str(), line.action.as_str(), line.detail.as_str())).collect();
    let told = "messages come from post.skerrow.example in place of skerrow.example, from";
    assert_eq!(said[0], ("Bo Tarn", "cancel sender", ""));
    assert_eq!(said[1], ("Bo Tarn", "announce sender", &*format!("{told} 2026-10 on")));
    assert_eq!(said[2], ("Ada Lorne", "announce sender", &*format!("{told} 2026-09 on")));
    Ok(())
}

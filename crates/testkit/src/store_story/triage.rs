//! A digest's team judges what came in: rules, decisions of two people that are taken back, drafts, prompts within a cap, answers to the desk.

use pulse_model::decision::{Verdict, standing};
use pulse_model::draft::{Point, PointKind};
use pulse_model::edition::SignOff;
use pulse_model::ids::PublicationId;
use pulse_model::life::Step;
use pulse_model::rule::{Action, Condition};
use pulse_model::{Draft, Edition, Entry, Passage, Rule, Slug, Sourced, Status, Text};
use pulse_store::{Conflict, Keeping, KeptRecord, Lease, LinkOutcome, NewDecision, NewPrompt, PromptEnd, Store, StoreError, WhichSources, Work};

use super::harvest::{document, feed, kept, work};
use super::{Chapter, HOUR, START};

const NOW: i64 = START + 600 * HOUR;

/// Tells the chapters to a store.
pub async fn run(store: &Store, digest: &Slug) {
    let ids = fill_the_inbox(store, digest).await.expect("an inbox is filled");
    make_rules(store, digest).await.expect("rules are made");
    decide(store, digest, ids).await.expect("decisions are made");
    draft(store, digest, ids[0]).await.expect("a draft is kept");
    ask_a_model(store, digest, ids[0]).await.expect("prompts are logged");
    answer_the_desk(store, digest).await.expect("the desk is answered");
    begin_an_edition(store, digest, ids[1]).await.expect("an edition is begun");
    remember_links(store).await.expect("links are remembered");
    find_that_two_are_one(store, digest, ids).await.expect("decisions follow a merge");
}

async fn fill_the_inbox(store: &Store, digest: &Slug) -> Result<[PublicationId; 2], StoreError> {
    let source = store.add_source(&feed("Lantern"), NOW, NOW).await?;
    let lease = Lease { node: "lantern/1", until: NOW + HOUR };
    store.claim_sources(WhichSources::These(&[source]), lease, 1, NOW).await?;
    let works: Vec<Work> = ["url:lantern.example/one", "url:lantern.example/two"].map(|identifier| work(&[identifier])).to_vec();
    let records = [("one", 0), ("two", 1)].map(|(key, at)| KeptRecord { work: at, ..kept(key) });
    let keeping = store.keep_records(source, lease, (&works, &records), None, NOW).await?;
    let ids = if let Keeping::Kept(ids) = keeping { ids } else { Vec::new() };
    assert_eq!(ids.len(), 2, "the batch is kept");
    let checks = store.claim_checks(Some(source), lease, 10, NOW).await?;
    let check = checks.iter().find(|check| check.publication == ids[0]).expect("it is due");
    let tried = |words: &str| super::harvest::read(words, Vec::new());
    assert!(store.save_document(check.publication, lease, &tried("Six weeks of waiting."), NOW).await?);

    let rows = store.inbox(digest, NOW).await?;
    assert!(ids.iter().all(|id| rows.iter().any(|row| row.id == *id)));
    assert!(rows.is_sorted_by_key(|row| row.id));
    let row = rows.iter().find(|row| row.id == ids[0]).expect("it is there");
    assert_eq!((&row.sources[..], &row.identifiers[..]), (&["Lantern".to_owned()][..], &["url:lantern.example/one".to_owned()][..]));
    assert_eq!(row.documents.iter().map(|brief| brief.beginning.as_str()).collect::<Vec<_>>(), ["Six weeks of waiting."]);
    assert!(store.inbox(digest, NOW + HOUR).await?.iter().all(|row| !ids.contains(&row.id)));
    let nowhere = Slug::from_words("nowhere");
    assert!(matches!(store.inbox(&nowhere, NOW).await, Err(StoreError::NoDigest { .. })));
    Ok([ids[0], ids[1]])
}

async fn make_rules(store: &Store, digest: &Slug) -> Chapter {
    let rule = |title: &str| Rule { when: vec![Condition::Title(title.into())], then: Action::Reject };
    let [first, second] = [store.add_rule(digest, &rule("vacancy"), "Ada", NOW).await?, store.add_rule(digest, &rule("tender"), "Bo", NOW).await?];
    assert!(first < second);
    assert!(matches!(store.add_rule(digest, &rule("x"), " ", NOW).await, Err(StoreError::Needs { .. })));
    let listed = store.rules(digest).await?;
    assert_eq!(listed.iter().map(|rule| (rule.id, rule.made_by.as_str())).collect::<Vec<_>>(), [(first, "Ada"), (second, "Bo")]);
    assert_eq!(listed[0].rule, rule("vacancy"));
    assert!(store.retire_rule(first, "Bo", NOW).await?);
    assert!(!store.retire_rule(first, "Bo", NOW).await?);
    assert_eq!(store.rules(digest).await?.len(), 1);
    Ok(())
}

async fn decide(store: &Store, digest: &Slug, [one, two]: [PublicationId; 2]) -> Chapter {
    let decision = |publication, verdict, who| NewDecision { publication, verdict, who, note: "" };
    // All in one millisecond: the order is kept all the same.
    let first = store.decide(digest, decision(one, Verdict::Shortlisted, "Ada"), NOW).await?;
    let second = store.decide(digest, decision(one, Verdict::Rejected, "Bo"), NOW).await?;
    let third = store.decide(digest, decision(one, Verdict::Rejected, "Ada"), NOW).await?;
    assert!(first < second && second < third);
    assert!(matches!(store.decide(digest, decision(two, Verdict::Used, ""), NOW).await, Err(StoreError::Needs { .. })));
    let nothing = "00000000-0000-7000-8000-000000000000".parse::<PublicationId>().expect("an id");
    assert!(matches!(store.decide(digest, decision(nothing, Verdict::Used, "Ada"), NOW).await, Err(StoreError::NoPublication { .. })));

    let verdicts = |decisions: &[pulse_model::Decision]| standing(decisions).iter().map(|one| (one.who.clone(), one.verdict)).collect::<Vec<_>>();
    let decisions = store.decisions(digest).await?;
    assert_eq!(verdicts(&decisions), [("Bo".to_owned(), Verdict::Rejected), ("Ada".to_owned(), Verdict::Rejected)]);
    assert!(store.undo_decision(third, "Ada", NOW + 1).await?);
    assert!(!store.undo_decision(third, "Ada", NOW + 1).await?);
    let decisions = store.decisions(digest).await?;
    assert_eq!(verdicts(&decisions), [("Ada".to_owned(), Verdict::Shortlisted), ("Bo".to_owned(), Verdict::Rejected)]);
    assert_eq!(decisions[2].undone.as_ref().map(|undone| (undone.who.as_str(), undone.at)), Some(("Ada", NOW + 1)));
    // What somebody decided about stays in the inbox, however old it is.
    let old = store.inbox(digest, NOW + HOUR).await?;
    assert_eq!([one, two].map(|id| old.iter().any(|row| row.id == id)), [true, false]);
    Ok(())
}

async fn draft(store: &Store, digest: &Slug, publication: PublicationId) -> Chapter {
    assert_eq!(store.stored_draft(digest, publication).await?, None);
    let document = document("Six weeks of waiting.");
    let sourced = Sourced { address: "https://lantern.example/one", document: &document };
    let passage = Passage::new(sourced.address, &document.blocks()[0], "Six weeks of waiting.");
    let point = Point { kind: PointKind::Finding, text: Text::from_plain("Six weeks of waiting."), passages: vec![passage], untraced: Vec::new() };
    let draft = Draft { entry: Entry::titled(["Lantern"], "Waiting"), points: vec![point], notes: vec!["no recommendations were found".into()] };
    store.save_draft(digest, (publication, 1), &draft, NOW).await?;
    store.save_draft(digest, (publication, 2), &draft, NOW + 1).await?;
    let kept = store.stored_draft(digest, publication).await?.expect("it was kept");
    assert_eq!((kept.draft, kept.publication_version, kept.made_at), (draft, 2, NOW + 1));
    Ok(())
}

async fn ask_a_model(store: &Store, digest: &Slug, publication: PublicationId) -> Chapter {
    let prompt = NewPrompt { publication: Some(publication), model: "quill-2", question: "{}", most_micros: 600 };
    let cap = (1_000, NOW - HOUR);
    let first = store.begin_prompt(digest, prompt, cap, NOW).await?.expect("there is enough left");
    // Until it is known what the first cost, it may have cost all it can.
    assert_eq!(store.begin_prompt(digest, prompt, cap, NOW).await?, None);
    store.end_prompt(first, PromptEnd { answer: "Waits grew.", error: "", cost_micros: 100 }, NOW).await?;
    let second = store.begin_prompt(digest, prompt, cap, NOW + 1).await?.expect("there is enough left");
    store.end_prompt(second, PromptEnd { answer: "", error: "no answer in 30 seconds", cost_micros: 600 }, NOW + 1).await?;
    assert_eq!(store.begin_prompt(digest, prompt, cap, NOW + 2).await?, None);
    assert!(store.begin_prompt(digest, prompt, (1_000, NOW + 2), NOW + 2).await?.is_some());
    let listed = store.prompts(digest, 10).await?;
    assert_eq!(listed.iter().map(|row| (row.answer.as_str(), row.cost_micros)).collect::<Vec<_>>(), [("", 600), ("", 600), ("Waits grew.", 100)]);
    assert_eq!((listed[1].error.as_str(), listed[2].publication), ("no answer in 30 seconds", Some(publication)));
    Ok(())
}

async fn answer_the_desk(store: &Store, digest: &Slug) -> Chapter {
    let row = store.editions(Some(digest), None).await?.remove(0);
    let edition = store.edition(digest, row.key).await?.expect("it is there").id;
    store.answer_query(edition, "summary-length waiting", "It is long on purpose", "Ada", NOW).await?;
    store.answer_query(edition, "summary-length waiting", "Cut next time", "Bo", NOW + 1).await?;
    assert!(matches!(store.answer_query(edition, "x", " ", "Ada", NOW).await, Err(StoreError::Needs { .. })));
    let answers = store.query_answers(edition).await?;
    assert_eq!(
        answers.iter().map(|one| (one.query.as_str(), one.answer.as_str(), one.who.as_str())).collect::<Vec<_>>(),
        [("summary-length waiting", "Cut next time", "Bo")]
    );
    Ok(())
}

async fn begin_an_edition(store: &Store, digest: &Slug, two: PublicationId) -> Chapter {
    let edition = Edition::new(digest.clone(), "2031-01".parse().expect("a key"));
    let used = |who| NewDecision { publication: two, verdict: Verdict::Used, who, note: "2031-01" };
    // A decision nobody made keeps the edition out too.
    assert!(matches!(store.begin_edition(&edition, &[used("Ada"), used("")], NOW).await, Err(StoreError::Needs { .. })));
    assert!(store.edition(digest, edition.key()).await?.is_none());
    let before = store.decisions(digest).await?.len();
    store.begin_edition(&edition, &[used("Ada"), used("Bo")], NOW).await?;
    assert_eq!(store.decisions(digest).await?.len(), before + 2);
    assert!(matches!(store.begin_edition(&edition, &[], NOW).await, Err(StoreError::EditionDiffers { .. })));

    // Only over the text that was read.
    let stored = store.edition(digest, edition.key()).await?.expect("it was begun");
    let mut changed = stored.edition.clone();
    changed.letter.sign_off = Some(SignOff { closing: "Yours,".into(), ..SignOff::default() });
    let stale = Conflict::ReplaceSavedAt(stored.text_saved_at - 1);
    assert!(matches!(store.save_edition(&changed, &stored.source, stale, NOW + 1).await, Err(StoreError::EditionDiffers { .. })));
    store.save_edition(&changed, &stored.source, Conflict::ReplaceSavedAt(stored.text_saved_at), NOW + 1).await?;
    assert_eq!(store.edition(digest, edition.key()).await?.map(|stored| stored.edition).as_ref(), Some(&changed));

    // What is signed off is what was checked.
    store.step(stored.id, Step::Submit, "Ada", "", NOW + 2).await?;
    let signed = store.sign_off(stored.id, &stored.edition, "Bo", "", NOW + 3).await;
    assert!(matches!(signed, Err(StoreError::EditionDiffers { .. })), "{signed:?}");
    assert_eq!(store.sign_off(stored.id, &changed, "Bo", "", NOW + 3).await?, Status::SignedOff);
    Ok(())
}

async fn remember_links(store: &Store) -> Chapter {
    let address = |name: &str| format!("https://lantern.example/{name}");
    let long = address(&"x".repeat(5_000));
    let states = [(address("a"), LinkOutcome::Fine), (address("b"), LinkOutcome::Moved(address("c"))), (long.clone(), LinkOutcome::Dead("404".into()))];
    store.save_link_states(&states, NOW).await?;
    store.save_link_states(&[(address("a"), LinkOutcome::Dead("gone".into()))], NOW + 1).await?;
    let asked = [address("a"), address("b"), address("never asked"), long.clone()];
    let found = store.link_states(&asked, NOW).await?;
    assert_eq!(found.len(), 3);
    assert_eq!([&found[&address("a")], &found[&long]], [&LinkOutcome::Dead("gone".into()), &LinkOutcome::Dead("404".into())]);
    assert_eq!(store.link_states(&asked, NOW + 1).await?.len(), 1);
    assert_eq!(store.link_states(&[], NOW).await?.len(), 0);
    Ok(())
}

async fn find_that_two_are_one(store: &Store, digest: &Slug, [one, two]: [PublicationId; 2]) -> Chapter {
    assert!(store.merge_publications(one, two, &|before, _| before, NOW).await?);
    assert!(store.decisions(digest).await?.iter().all(|decision| decision.publication == two), "decisions went with it");
    assert!(store.stored_draft(digest, two).await?.is_some());
    // Whoever still has the old id in hand decides about what it became.
    store.decide(digest, NewDecision { publication: one, verdict: Verdict::Used, who: "Ada", note: "2026-06" }, NOW + 5).await?;
    assert_eq!(store.decisions(digest).await?.last().map(|decision| decision.publication), Some(two));
    Ok(())
}

//! What becomes of publications that came in: each once, with its decisions, filed and in its place.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::collections::BTreeSet;

use pulse_model::decision::{Decision, Undone, Verdict};
use pulse_model::edition::{Category, Sector};
use pulse_model::ids::{DecisionId, PublicationId, RuleId};
use pulse_model::{Edition, Entry, Identifier, Register, Rule, Slug};
use pulse_testkit::digests;
use pulse_triage::Subject;
use pulse_triage::inbox::{Inbox, Incoming, Known, State, inbox, time_of};
use pulse_triage::similar::Sketch;
use uuid::Uuid;

const DAY_MS: i64 = 86_400_000;
/// 1 January 2024.
const NEW_YEAR: i64 = 1_704_067_200_000;

fn id(number: u128) -> PublicationId {
    PublicationId(Uuid::from_u128(number))
}

/// A publication of the Harbour Trust that came out and was seen so many days into 2024 as its number says.
fn incoming(number: u128, title: &str, text: &str) -> Incoming {
    let at = NEW_YEAR + i64::try_from(number % 60).unwrap() * DAY_MS;
    let subject = Subject { title: title.into(), publishers: vec!["Harbour Trust".into()], text: text.into(), published_at: Some(at), ..Subject::default() };
    let (identifiers, sectors, decisions) = (Vec::new(), Vec::new(), Vec::new());
    Incoming { publication: id(number), subject, identifiers, sketch: None, mentions: Vec::new(), came_out_at: at, first_seen_at: at, sectors, decisions }
}

fn decided(mut one: Incoming, decisions: &[(&str, Verdict)]) -> Incoming {
    for (who, verdict) in decisions {
        let number = one.publication.0.as_u128() * 100 + one.decisions.len() as u128;
        one.decisions.push(Decision {
            id: DecisionId(Uuid::from_u128(number)),
            publication: one.publication,
            verdict: *verdict,
            who: (*who).to_owned(),
            note: String::new(),
            at: one.first_seen_at + DAY_MS,
            undone: None,
        });
    }
    one
}

fn edition(month: &str, titles: &[&str]) -> (Edition, i64) {
    let mut edition = Edition::new(Slug::from_words("evidence"), month.parse().unwrap());
    let entries = titles.iter().map(|title| Entry::titled(["Harbour Trust"], *title)).collect();
    edition.sectors = vec![Sector { name: "Criminal justice".into(), categories: vec![Category { name: "Reports".into(), entries }] }];
    edition.settle_slugs();
    let at = time_of(edition.key());
    (edition, at)
}

fn made(incoming: Vec<Incoming>, rules: &[&str], editions: &[(Edition, i64)], passed_over_before: Option<i64>) -> Inbox {
    let digest = digests::evidence();
    let rules: Vec<(RuleId, Rule)> = (1..).map(|number| RuleId(Uuid::from_u128(number))).zip(rules.iter().map(|rule| rule.parse().unwrap())).collect();
    inbox(incoming, Known { taxonomy: digest.taxonomy(), register: &Register::default(), rules: &rules, editions, passed_over_before })
}

fn titles(inbox: &Inbox) -> Vec<&str> {
    inbox.candidates.iter().map(|candidate| candidate.subject.title.as_str()).collect()
}

#[test]
fn a_state_is_what_stands_of_the_decisions() {
    use Verdict::{Rejected, Shortlisted, Used};
    let rules = [r#"title "newsletter" -> reject"#];
    for (decisions, title, state) in [
        (&[][..], "Peer mentoring", State::Waiting),
        (&[], "A newsletter", State::RejectedByRule),
        (&[("Ada", Shortlisted)], "A newsletter", State::Decided(Shortlisted)),
        (&[("Ada", Rejected), ("Ben", Rejected)], "Peer mentoring", State::Decided(Rejected)),
        (&[("Ada", Rejected), ("Ben", Shortlisted)], "Peer mentoring", State::Differing),
        (&[("Ada", Rejected), ("Ada", Shortlisted)], "Peer mentoring", State::Decided(Shortlisted)),
        (&[("Ada", Rejected), ("Ben", Used)], "Peer mentoring", State::Decided(Used)),
    ] {
        let inbox = made(vec![decided(incoming(1, title, ""), decisions)], &rules, &[], None);
        assert_eq!(inbox.candidates[0].state(), state, "{decisions:?}");
    }
    let mut undone = decided(incoming(1, "Peer mentoring", ""), &[("Ada", Rejected)]);
    undone.decisions[0].undone = Some(Undone { who: "Ada".into(), at: NEW_YEAR });
    assert_eq!(made(vec![undone], &[], &[], None).candidates[0].state(), State::Waiting);
}

#[test]
fn two_publications_that_are_one_share_their_decisions() {
    let bare = decided(incoming(1, "Peer mentoring in three rural prisons", ""), &[("Ada", Verdict::Shortlisted)]);
    let page = decided(incoming(2, "Peer mentoring in three rural prisons", "What mentors did."), &[("Ben", Verdict::Rejected)]);
    let inbox = made(vec![bare, page], &[], &[], None);
    assert_eq!(titles(&inbox).len(), 1);
    let one = &inbox.candidates[0];
    assert_eq!(one.publication, id(2), "the one with a text stands for both");
    assert_eq!(one.others.iter().map(|(other, _)| *other).collect::<Vec<_>>(), [id(1)]);
    assert_eq!(one.decisions.iter().map(|decision| decision.who.as_str()).collect::<Vec<_>>(), ["Ada", "Ben"]);
    assert_eq!(one.state(), State::Differing);
}

#[test]
fn what_rules_reject_stands_behind() {
    // The newsletter is the most like what was picked, and the newest.
    let editions = [edition("2023-12", &["Mentoring in prisons", "Mentors for prisoners"])];
    let all = vec![incoming(1, "Allotments", ""), incoming(2, "Buses at night", ""), incoming(3, "Newsletter on mentoring in prisons", "")];
    let without = made(all.clone(), &[], &editions, None);
    assert_eq!(titles(&without)[0], "Newsletter on mentoring in prisons");
    let inbox = made(all, &[r#"title "newsletter" -> reject"#], &editions, None);
    assert_eq!(titles(&inbox)[2], "Newsletter on mentoring in prisons");
    assert_eq!(inbox.candidates[2].rejected_by.map(|rule| rule.number), Some(1));
}

#[test]
fn what_was_passed_over_was_not_picked_and_what_was_covered_or_hidden_was_not_passed_over() {
    let editions = [edition("2024-02", &["Peer mentoring in three rural prisons"])];
    let before = Some(NEW_YEAR + 10 * DAY_MS);
    let note = |all: Vec<Incoming>| made(all, &[r#"title "newsletter" -> reject"#], &editions, before).notes;
    let all = vec![
        incoming(1, "Peer mentoring in three rural prisons", ""),
        incoming(2, "Newsletter of the harbour", ""),
        incoming(3, "Buses at night", ""),
        incoming(20, "Allotments behind four walls", ""),
    ];
    assert_eq!(note(all.clone()), ["Learned from 1 picked and 1 passed over: the order will change with every decision."]);
    let seen_before: Vec<Incoming> = all.into_iter().filter(|one| one.publication != id(3)).collect();
    let picked = "Everything judged so far was picked: the order says how much a publication is like those, and not how likely it is to be picked.";
    assert_eq!(note(seen_before), [picked]);
}

#[test]
fn the_order_of_the_input_does_not_matter() {
    let editions = [edition("2023-11", &["Peer mentoring in two prisons", "Buses by day"]), edition("2023-12", &["Allotments behind walls"])];
    let mut all: Vec<Incoming> =
        (1..40).map(|number| incoming(number, &format!("Mentors on bus {}", number % 7), &"quay ".repeat(number as usize % 3))).collect();
    all[4] = decided(all[4].clone(), &[("Ada", Verdict::Rejected), ("Ben", Verdict::Shortlisted)]);
    all[9] = decided(all[9].clone(), &[("Ada", Verdict::Used)]);
    let rules = [r#"title "bus 3" -> reject"#, r#"title "bus" -> sector "Criminal justice""#];
    let before = Some(NEW_YEAR + 20 * DAY_MS);
    let straight = format!("{:?}", made(all.clone(), &rules, &editions, before));
    all.rotate_left(17);
    assert_eq!(straight, format!("{:?}", made(all.clone(), &rules, &editions, before)));
    all.reverse();
    let turned = [editions[1].clone(), editions[0].clone()];
    assert_eq!(straight, format!("{:?}", made(all, &rules, &turned, before)));
}

#[test]
fn an_archive_of_one_entry_orders_and_files() {
    let editions = [edition("2023-12", &["Mentors in rural prisons"])];
    let inbox = made(vec![incoming(1, "Mentors in city prisons", ""), incoming(2, "Buses at night", "")], &[], &editions, None);
    assert_eq!(titles(&inbox), ["Mentors in city prisons", "Buses at night"]);
    assert_eq!(inbox.candidates[0].filing.sector.name, "Criminal justice");
    assert!(inbox.candidates.iter().all(|candidate| candidate.covered.is_empty()));
}

#[test]
fn decisions_that_are_all_the_same_are_said_to_be() {
    let all = |verdict| {
        (1..9).map(|number| decided(incoming(number, &format!("Harbour paper on {}", "buses ".repeat(number as usize)), ""), &[("Ada", verdict)])).collect()
    };
    let rejected = made(all(Verdict::Rejected), &[], &[], None);
    assert_eq!(rejected.notes, ["Nothing has been picked yet: the order says how little a publication is like those passed over."]);
    assert_eq!(made(all(Verdict::Shortlisted), &[], &[], None).notes.len(), 1);
    for candidate in rejected.candidates {
        assert!((0.0..=1.0).contains(&candidate.score));
        assert_eq!(candidate.state(), State::Decided(Verdict::Rejected));
    }
}

#[test]
fn nothing_makes_an_empty_inbox() {
    let inbox = made(Vec::new(), &[r#"title "(" -> reject"#], &[], Some(NEW_YEAR));
    assert!(inbox.candidates.is_empty());
    assert_eq!(inbox.notes.len(), 2, "{:?}", inbox.notes);
    assert!(inbox.notes[0].starts_with("Rule 1 is not applied: "));
    assert_eq!(inbox.notes[1], "Nothing has been judged yet, so the order says nothing.");
}

#[test]
fn a_thousand_without_text_are_all_there_once() {
    let all = (1..=1_000).map(|number| incoming(number, if number % 10 == 0 { "" } else { "Leaflet" }, "")).collect();
    let inbox = made(all, &[], &[edition("2023-12", &["Buses at night"])], Some(NEW_YEAR + 30 * DAY_MS));
    let members = inbox.candidates.iter().flat_map(|candidate| std::iter::once(candidate.publication).chain(candidate.others.iter().map(|(other, _)| *other)));
    let members: Vec<PublicationId> = members.collect();
    assert_eq!(members.len(), 1_000);
    assert_eq!(members.into_iter().collect::<BTreeSet<_>>(), (1..=1_000).map(id).collect());
    assert!(inbox.candidates.iter().filter(|candidate| candidate.subject.title.is_empty()).all(|candidate| candidate.others.is_empty()));
}

#[test]
fn the_text_of_what_was_covered_is_recognised_under_another_title() {
    let text = |subject: &str| (0..80).map(|number| format!("{subject} said {number} things about the wait")).collect::<Vec<_>>().join(". ");
    let with = |mut one: Incoming, doi: &str| {
        one.sketch = Sketch::of(&one.subject.text);
        // With numbers of their own they are never taken for one publication.
        one.identifiers = vec![Identifier::Doi(doi.into())];
        one
    };
    let known = with(incoming(1, "Waiting for trial", &text("Witnesses")), "10.1/a");
    let same = with(incoming(2, "Voices from the court", &text("Witnesses")), "10.1/b");
    let other = with(incoming(3, "Voices from the ward", &text("Patients")), "10.1/c");
    let inbox = made(vec![known, same, other], &[], &[edition("2023-12", &["Waiting for trial"])], None);
    let covered = |title: &str| inbox.candidates.iter().find(|one| one.subject.title == title).unwrap().covered.len();
    assert_eq!(["Waiting for trial", "Voices from the court", "Voices from the ward"].map(covered), [1, 1, 0]);
}

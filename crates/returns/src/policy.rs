//! When an address is no longer written to: rules over what came back, and the sentence an editor reads about it.
//!
//! In: what is known of one reader, in any order. Out: a [`Decision`]. Always: a message refused for a fault of ours, and one
//! that is only late, never count; a complaint counts at once; what came before a person set the address free no longer counts, so every
//! decision can be taken back. Not here: the suppression list itself, and the state of a subscription (`pulse_model::subscriber`).

use std::collections::BTreeSet;

use pulse_model::{EditionKey, Slug};

use super::complaint::Feedback;
use super::reason::{Class, Reason};

/// How many soft bounces are too many. By default three, about three editions, within a year and with none in between that
/// arrived: a mailbox that was full or out of reach each time a quarter's editions came is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Soft bounces; 0 counts as 1.
    pub soft_bounces: usize,
    /// Different editions they have to be about; 0 counts as 1. Two reports about one edition are one misfortune.
    pub soft_editions: usize,
    /// How far back from the newest they may lie, in milliseconds.
    pub soft_within_ms: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { soft_bounces: 3, soft_editions: 3, soft_within_ms: 366 * 24 * 3_600_000 }
    }
}

/// Something that happened to one reader's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// UTC, Unix milliseconds.
    pub at: i64,
    /// The edition it is about; `None` for a confirmation or another single message.
    pub edition: Option<(Slug, EditionKey)>,
    /// What.
    pub happened: Happened,
}

/// What can happen to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A report came back.
    Report(Class, Reason),
    /// An edition was taken and nothing came back in the time in which reports come.
    Arrived,
    /// The reader's provider passed on feedback.
    Complaint(Feedback),
    /// A person set the address free again.
    Reinstated,
}

/// What to do about an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Go on writing to it.
    Keep,
    /// Write to it no more; the subscription stays and a person may set the address free.
    Suppress,
    /// End the subscription, and write to the address no more.
    UnsubscribeAndSuppress,
}

/// What to do, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What to do.
    pub measure: Measure,
    /// A sentence for an editor. It has no address in it.
    pub sentence: String,
}

/// Decides about an address.
///
/// ```
/// use pulse_returns::policy::{Event, Happened, Limits, Measure, decide};
/// use pulse_returns::{Class, Reason};
///
/// let gone = Event { at: 0, edition: None, happened: Happened::Report(Class::Hard, Reason::NoSuchUser) };
/// let decision = decide(&[gone], &Limits::default());
/// assert_eq!(decision.measure, Measure::Suppress);
/// assert_eq!(decision.sentence, "Nothing is sent to this address any more: on 1 January 1970 its mail server said for good that there is no such mailbox.");
/// ```
pub fn decide(history: &[Event], limits: &Limits) -> Decision {
    let mut events: Vec<&Event> = history.iter().collect();
    events.sort_by_key(|event| event.at);
    let free_from = events.iter().rposition(|event| event.happened == Happened::Reinstated).map_or(0, |at| at + 1);
    let events = &events[free_from..];
    complained(events).or_else(|| dead(events)).or_else(|| failing(events, limits)).unwrap_or_else(|| keep(events))
}

fn complained(events: &[&Event]) -> Option<Decision> {
    let complaint = events.iter().find(|event| matches!(event.happened, Happened::Complaint(feedback) if feedback.ends_subscription()))?;
    let what = match complaint.happened {
        Happened::Complaint(Feedback::OptOut) => "asked their provider to be taken off",
        Happened::Complaint(Feedback::Fraud) => "or their provider reported a message as fraud",
        _ => "marked a message as spam",
    };
    let sentence = format!("The subscription has ended: on {} the reader {what}.", day(complaint.at));
    Some(Decision { measure: Measure::UnsubscribeAndSuppress, sentence })
}

fn dead(events: &[&Event]) -> Option<Decision> {
    let (at, reason) = events.iter().find_map(|event| match event.happened {
        Happened::Report(Class::Hard, reason) => Some((event.at, reason)),
        _ => None,
    })?;
    let sentence = format!("Nothing is sent to this address any more: on {} its mail server said for good that {}.", day(at), reason.words());
    Some(Decision { measure: Measure::Suppress, sentence })
}

/// The soft bounces since something last arrived.
fn soft<'x>(events: &[&'x Event], limits: &Limits) -> Vec<(&'x Event, Reason)> {
    let arrived = events.iter().rposition(|event| matches!(event.happened, Happened::Arrived | Happened::Report(Class::Arrived, _)));
    let since: Vec<_> = events[arrived.map_or(0, |at| at + 1)..]
        .iter()
        .filter_map(|event| match event.happened {
            Happened::Report(Class::Soft, reason) => Some((*event, reason)),
            _ => None,
        })
        .collect();
    let newest = since.last().map_or(0, |(event, _)| event.at);
    since.into_iter().filter(|(event, _)| newest.saturating_sub(event.at) <= limits.soft_within_ms).collect()
}

fn failing(events: &[&Event], limits: &Limits) -> Option<Decision> {
    let soft = soft(events, limits);
    let editions = soft.iter().filter_map(|(event, _)| event.edition.as_ref()).collect::<BTreeSet<_>>().len();
    let (newest, reason) = soft.last()?;
    let is_too_much = soft.len() >= limits.soft_bounces.max(1) && editions >= limits.soft_editions.max(1);
    let sentence = || {
        format!(
            "Nothing is sent to this address any more: {} did not arrive, the last on {}, when {}.",
            count(editions, "edition in a row", "editions in a row"),
            day(newest.at),
            reason.words()
        )
    };
    is_too_much.then(|| Decision { measure: Measure::Suppress, sentence: sentence() })
}

/// The sentence says what happened last, so that nobody has to wonder why nothing was done about it.
fn keep(events: &[&Event]) -> Decision {
    let sentence = match events.iter().rev().find(|event| event.happened != Happened::Arrived) {
        None => "Nothing has come back from this address.".to_owned(),
        Some(event) => match event.happened {
            Happened::Report(Class::Delayed, _) => format!("A message was late on {}; that is no failure.", day(event.at)),
            Happened::Report(Class::OurFault, reason) => {
                format!("A message was refused on {}: {}. That is not the address's fault, and it stays.", day(event.at), reason.words())
            }
            Happened::Report(Class::Soft, reason) => format!("A message did not arrive on {}: {}. The address stays for now.", day(event.at), reason.words()),
            Happened::Complaint(Feedback::NotSpam) => format!("The reader took a message out of the spam folder on {}.", day(event.at)),
            Happened::Complaint(_) => format!("A provider sent feedback on {} that is no reader's complaint.", day(event.at)),
            Happened::Report(..) | Happened::Arrived | Happened::Reinstated => "Messages arrive at this address.".to_owned(),
        },
    };
    Decision { measure: Measure::Keep, sentence }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A day as people write it, in UTC: `3 May 2026`.
fn day(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| "an unknown day".to_owned(), |at| at.strftime("%-d %B %Y").to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 24 * 3_600_000;

    fn event(month: i64, happened: Happened) -> Event {
        let key = format!("2026-{:02}", month.rem_euclid(12) + 1).parse().unwrap();
        Event { at: month * 30 * DAY, edition: Some((Slug::from_words("tide"), key)), happened }
    }

    fn measure(history: &[Event]) -> Measure {
        decide(history, &Limits::default()).measure
    }

    const FULL: Happened = Happened::Report(Class::Soft, Reason::MailboxFull);
    const GONE: Happened = Happened::Report(Class::Hard, Reason::NoSuchUser);

    #[test]
    fn the_first_hard_bounce_is_enough_and_a_person_can_undo_it() {
        assert_eq!(measure(&[event(1, GONE)]), Measure::Suppress);
        assert_eq!(measure(&[event(1, GONE), event(2, Happened::Reinstated)]), Measure::Keep);
        assert_eq!(measure(&[event(1, GONE), event(2, Happened::Reinstated), event(3, GONE)]), Measure::Suppress);
    }

    #[test]
    fn soft_bounces_count_by_editions_and_start_anew_when_something_arrives() {
        assert_eq!(measure(&[event(1, FULL), event(2, FULL)]), Measure::Keep);
        let three = [event(1, FULL), event(2, FULL), event(3, FULL)];
        let decision = decide(&three, &Limits::default());
        assert_eq!(decision.measure, Measure::Suppress);
        assert_eq!(
            decision.sentence,
            "Nothing is sent to this address any more: 3 editions in a row did not arrive, the last on 1 April 1970, when the mailbox is full."
        );
        assert_eq!(measure(&[event(1, FULL), event(1, FULL), event(1, FULL), event(2, FULL)]), Measure::Keep, "two editions");
        assert_eq!(measure(&[event(1, FULL), event(2, FULL), event(3, Happened::Arrived), event(4, FULL)]), Measure::Keep);
        assert_eq!(measure(&[event(1, FULL), event(2, FULL), event(20, FULL)]), Measure::Keep, "more than a year apart");
        assert_eq!(decide(&three[..1], &Limits { soft_bounces: 0, soft_editions: 0, ..Limits::default() }).measure, Measure::Suppress);
    }

    #[test]
    fn a_complaint_ends_it_at_once_and_other_feedback_does_not() {
        assert_eq!(measure(&[event(1, Happened::Complaint(Feedback::Abuse))]), Measure::UnsubscribeAndSuppress);
        assert_eq!(measure(&[event(1, GONE), event(2, Happened::Complaint(Feedback::OptOut))]), Measure::UnsubscribeAndSuppress);
        for feedback in [Feedback::NotSpam, Feedback::AuthenticationFailure, Feedback::Virus, Feedback::Other] {
            assert_eq!(measure(&[event(1, Happened::Complaint(feedback))]), Measure::Keep, "{feedback:?}");
        }
    }

    fn harmless() -> impl Strategy<Value = Happened> {
        let reason = proptest::sample::select(Reason::ALL);
        let class = proptest::sample::select(&[Class::OurFault, Class::Delayed, Class::Arrived][..]);
        prop_oneof![
            (class, reason).prop_map(|(class, reason)| Happened::Report(class, reason)),
            Just(Happened::Arrived),
            Just(Happened::Complaint(Feedback::NotSpam))
        ]
    }

    proptest! {
        #[test]
        fn what_is_our_fault_or_late_never_suppresses(history in prop::collection::vec((0i64..40, harmless()), 0..60)) {
            let history: Vec<Event> = history.into_iter().map(|(month, happened)| event(month, happened)).collect();
            let decision = decide(&history, &Limits { soft_bounces: 1, soft_editions: 1, ..Limits::default() });
            prop_assert_eq!(decision.measure, Measure::Keep);
            prop_assert!(decision.sentence.ends_with('.'));
        }

        #[test]
        fn the_order_in_which_events_are_told_does_not_matter(months in prop::collection::btree_map(0i64..30, prop_oneof![harmless(), Just(FULL), Just(GONE), Just(Happened::Reinstated)], 0..12)) {
            let history: Vec<Event> = months.into_iter().map(|(month, happened)| event(month, happened)).collect();
            let backwards: Vec<Event> = history.iter().rev().cloned().collect();
            prop_assert_eq!(decide(&history, &Limits::default()), decide(&backwards, &Limits::default()));
        }
    }
}

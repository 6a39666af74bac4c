//! What adding a reader to a digest does: the rules, without the SQL.
//!
//! In: a row, and what is known of its reader; out: what is known now, marked where it has to be written, and an answer.
//! Invariant: a reader who left, or whose address died, comes back only by a consent given since; one who complained
//! never; and what a reader chose is not overwritten unless that was asked for.

use pulse_model::Subscriber;
use pulse_model::subscriber::{Basis, ConsentEvent, Frequency, Sectors, State, Step};

use crate::columns::cleaned;
use crate::{Added, Known, NewReader, Refusal, SubscriberId};

/// A reader as the store has it, or will.
pub(crate) struct Kept {
    pub(crate) id: SubscriberId,
    pub(crate) subscriber: Subscriber,
    pub(crate) is_new: bool,
    pub(crate) is_changed: bool,
    pub(crate) subscription: Option<KeptSubscription>,
}

/// The reader's subscription to the digest at hand.
pub(crate) struct KeptSubscription {
    pub(crate) state: State,
    pub(crate) state_at: i64,
    /// And since when.
    pub(crate) basis: Option<(Basis, i64)>,
    pub(crate) sectors: Sectors,
    pub(crate) frequency: Frequency,
    /// Events that are in the store.
    pub(crate) event_count: i64,
    /// Events to add.
    pub(crate) events: Vec<ConsentEvent>,
    pub(crate) is_new: bool,
    pub(crate) is_changed: bool,
}

impl Kept {
    /// A reader whose address nobody has.
    pub(crate) fn new(id: SubscriberId, subscriber: Subscriber) -> Self {
        Self { id, subscriber, is_new: true, is_changed: false, subscription: None }
    }

    /// Takes a row in, or refuses it and stays as it is.
    pub(crate) fn take(&mut self, row: &NewReader, known: Known) -> Added {
        let taken = match &mut self.subscription {
            None => subscribe(row).map(|subscription| {
                self.subscription = Some(subscription);
                Added::Added(self.id)
            }),
            Some(there) => there.take(row, known).map(|is_changed| if is_changed { Added::Updated(self.id) } else { Added::Unchanged(self.id) }),
        };
        match taken {
            Err(refusal) => Added::Refused(refusal),
            Ok(Added::Unchanged(id)) if self.take_name(row, known) => Added::Updated(id),
            Ok(added) => {
                self.take_name(row, known);
                added
            }
        }
    }

    /// Whether name or language changed.
    fn take_name(&mut self, row: &NewReader, known: Known) -> bool {
        let take = |mine: &mut String, new: &String| {
            let takes = !new.is_empty() && mine != new && (mine.is_empty() || known == Known::Update);
            if takes {
                mine.clone_from(new);
            }
            takes
        };
        let new = cleaned(&row.subscriber);
        let name = take(&mut self.subscriber.name, &new.name);
        let language = take(&mut self.subscriber.language, &new.language);
        self.is_changed |= name || language;
        name || language
    }
}

impl NewReader {
    /// Whether the reader said yes to being written to after a moment.
    pub(crate) fn is_consent_since(&self, at: i64) -> bool {
        is_consent_since(&self.event, at)
    }
}

fn is_consent_since(event: &ConsentEvent, at: i64) -> bool {
    event.basis == Some(Basis::Consent) && event.at > at
}

fn subscribe(row: &NewReader) -> Result<KeptSubscription, Refusal> {
    let state = State::Unconfirmed.after(row.event.step).map_err(|error| Refusal::Ended(error.from))?;
    let basis = row.event.basis.map(|basis| (basis, row.event.at));
    may_be(state, basis)?;
    Ok(KeptSubscription {
        state,
        state_at: row.event.at,
        basis,
        sectors: row.sectors.clone(),
        frequency: row.frequency,
        event_count: 0,
        events: vec![row.event.clone()],
        is_new: true,
        is_changed: false,
    })
}

impl KeptSubscription {
    /// Whether anything changed.
    fn take(&mut self, row: &NewReader, known: Known) -> Result<bool, Refusal> {
        let steps = self.steps(&row.event)?;
        let state = steps.last().map_or(self.state, |(_, state)| *state);
        let is_other_basis = row.event.basis.is_some() && row.event.basis != self.basis.map(|(basis, _)| basis);
        let is_new_basis = is_other_basis && (state != self.state || known == Known::Update);
        let basis = if is_new_basis { row.event.basis.map(|basis| (basis, row.event.at)) } else { self.basis };
        may_be(state, basis)?;
        let begins_anew = matches!(self.state, State::Left | State::Bounced) && state != self.state;
        let takes_choice = begins_anew || (known == Known::Update && (self.sectors != row.sectors || self.frequency != row.frequency));
        if takes_choice {
            self.sectors = row.sectors.clone();
            self.frequency = row.frequency;
        }
        let is_step = state != self.state || is_new_basis;
        if is_step {
            self.events.extend(steps.into_iter().map(|(step, _)| ConsentEvent { step, ..row.event.clone() }));
            self.state_at = if state == self.state { self.state_at } else { row.event.at };
            (self.state, self.basis) = (state, basis);
        }
        self.is_changed |= is_step || takes_choice;
        Ok(is_step || takes_choice)
    }

    /// The steps to take, each with the state it leads to.
    fn steps(&self, event: &ConsentEvent) -> Result<Vec<(Step, State)>, Refusal> {
        let ended = Refusal::Ended(self.state);
        let has_consented_since = is_consent_since(event, self.state_at);
        match self.state {
            State::Unconfirmed | State::Active => {}
            State::Left | State::Bounced if has_consented_since => {}
            State::Left | State::Bounced | State::Complained => return Err(ended),
        }
        if let Ok(state) = self.state.after(event.step) {
            return Ok(vec![(event.step, state)]);
        }
        // Whoever left and comes back with a ground subscribes and confirms at once.
        let begun = self.state.after(Step::Subscribe).map_err(|_| ended)?;
        let state = begun.after(event.step).map_err(|_| ended)?;
        Ok(vec![(Step::Subscribe, begun), (event.step, state)])
    }
}

fn may_be(state: State, basis: Option<(Basis, i64)>) -> Result<(), Refusal> {
    match basis {
        None if state == State::Active => Err(Refusal::NoBasis),
        Some((basis, at)) if !basis.can_date_from(at) => Err(Refusal::TooEarly(basis)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use pulse_model::subscriber::SuppressionHash;
    use uuid::Uuid;

    use super::*;

    const ID: SubscriberId = SubscriberId(Uuid::nil());

    fn row(step: Step, basis: Option<Basis>, at: i64) -> NewReader {
        NewReader {
            subscriber: Subscriber { address: "ada@quay.example".parse().unwrap(), name: "Ada".into(), language: String::new() },
            sectors: Sectors::All,
            frequency: Frequency::EveryEdition,
            event: ConsentEvent { at, step, basis, source: "list.csv".into(), wording: None, reason: String::new() },
            suppression: SuppressionHash([0; 32]),
        }
    }

    fn kept(state: State, state_at: i64) -> Kept {
        let subscription = KeptSubscription { state, state_at, is_new: false, events: Vec::new(), ..subscribe(&row(Step::Subscribe, None, 0)).unwrap() };
        Kept { is_new: false, subscription: Some(subscription), ..Kept::new(ID, row(Step::Subscribe, None, 0).subscriber) }
    }

    #[test]
    fn those_who_ended_it_come_back_only_by_consent_given_since() {
        let consent = |at| row(Step::Confirm, Some(Basis::Consent), at);
        for state in [State::Left, State::Bounced] {
            for refused in [consent(100), row(Step::Confirm, Some(Basis::Corporate), 200), row(Step::Subscribe, None, 200)] {
                assert_eq!(kept(state, 100).take(&refused, Known::Update), Added::Refused(Refusal::Ended(state)));
            }
            let mut back = kept(state, 100);
            assert_eq!(back.take(&consent(101), Known::Keep), Added::Updated(ID));
            assert_eq!(back.subscription.unwrap().state, State::Active);
        }
        assert_eq!(kept(State::Complained, 100).take(&consent(101), Known::Update), Added::Refused(Refusal::Ended(State::Complained)));
    }

    #[test]
    fn nobody_is_active_without_a_ground() {
        let mut new = Kept::new(ID, row(Step::Confirm, None, 0).subscriber);
        assert_eq!(new.take(&row(Step::Confirm, None, 0), Known::Keep), Added::Refused(Refusal::NoBasis));
        let charity = Some(Basis::CharitableSoftOptIn);
        assert_eq!(new.take(&row(Step::Confirm, charity, 0), Known::Keep), Added::Refused(Refusal::TooEarly(Basis::CharitableSoftOptIn)));
        assert_eq!(kept(State::Unconfirmed, 0).take(&row(Step::Confirm, None, 1), Known::Keep), Added::Refused(Refusal::NoBasis));
    }

    #[test]
    fn a_reader_keeps_what_the_reader_chose() {
        let mut other = row(Step::Confirm, Some(Basis::Corporate), 5);
        other.subscriber.name = "Ada Lorne".into();
        other.subscriber.language = "cy".into();
        other.frequency = Frequency::Quarterly;
        let mut kept = kept(State::Active, 1);
        assert_eq!(kept.take(&other, Known::Keep), Added::Refused(Refusal::NoBasis));
        kept.subscription.as_mut().unwrap().basis = Some((Basis::Consent, 1));
        assert_eq!(kept.take(&other, Known::Keep), Added::Updated(ID));
        assert_eq!((kept.subscriber.name.as_str(), kept.subscriber.language.as_str()), ("Ada", "cy"));
        let there = kept.subscription.as_ref().unwrap();
        assert_eq!((there.frequency, there.basis, there.events.len(), there.is_changed), (Frequency::EveryEdition, Some((Basis::Consent, 1)), 0, false));

        assert_eq!(kept.take(&other, Known::Update), Added::Updated(ID));
        let there = kept.subscription.as_ref().unwrap();
        assert_eq!((there.frequency, there.basis, there.events.len()), (Frequency::Quarterly, Some((Basis::Corporate, 5)), 1));
        assert_eq!((kept.subscriber.name.as_str(), there.state_at), ("Ada Lorne", 1));
    }
}

//! Messages that were refused one after the other, without one that was taken in between.
//!
//! A server that refuses a message for a reason of its own says nothing about the others; one that refuses every message refuses
//! us, whatever code it gives. So such results are held back until the next message is taken. When there are too many, the send
//! stops, and the rows count as not tried: nobody misses the edition because of a fault that was not seen in time.
//!
//! Held back is safe: a machine that dies leaves these rows as they were, queued, and they are tried again.

use pulse_store::{End, Outcome};

/// So many in a row are no chance: where one address in twenty is refused, it happens once in 10^32 times.
const MOST_IN_A_ROW: usize = 25;

/// What is held back.
#[derive(Default)]
pub(super) struct Refusals {
    held: Vec<Outcome>,
    /// There were too many; those that were under way by then are no more tried than they.
    are_ours: bool,
}

/// What one refusal more comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Streak {
    /// It is held back.
    Held,
    /// The send is to stop, and these were not tried.
    TooLong(Vec<Outcome>),
}

impl Refusals {
    pub(super) fn add(&mut self, refused: Outcome) -> Streak {
        self.held.push(refused);
        self.are_ours |= self.held.len() >= MOST_IN_A_ROW;
        if !self.are_ours {
            return Streak::Held;
        }
        Streak::TooLong(self.release().into_iter().map(|outcome| Outcome { end: End::NotTried, ..outcome }).collect())
    }

    /// What was held back, because a message was taken, or none is left to try.
    pub(super) fn release(&mut self) -> Vec<Outcome> {
        std::mem::take(&mut self.held)
    }
}

#[cfg(test)]
mod tests {
    use pulse_store::{DeliveryId, Reply};

    use super::*;

    fn refused(number: usize) -> Outcome {
        Outcome { id: DeliveryId(uuid::Uuid::from_u128(number as u128)), end: End::Failed, reply: Reply::default() }
    }

    #[test]
    fn one_that_is_taken_in_between_begins_anew() {
        let mut refusals = Refusals::default();
        for number in 1..MOST_IN_A_ROW {
            assert_eq!(refusals.add(refused(number)), Streak::Held);
        }
        assert_eq!(refusals.release().len(), MOST_IN_A_ROW - 1);
        for number in 1..MOST_IN_A_ROW {
            assert_eq!(refusals.add(refused(number)), Streak::Held);
        }
        let Streak::TooLong(not_tried) = refusals.add(refused(MOST_IN_A_ROW)) else { panic!("it went on") };
        assert!(not_tried.len() == MOST_IN_A_ROW && not_tried.iter().all(|outcome| outcome.end == End::NotTried));
        assert_eq!(refusals.release(), []);
        assert!(matches!(refusals.add(refused(99)), Streak::TooLong(not_tried) if not_tried.len() == 1));
    }
}

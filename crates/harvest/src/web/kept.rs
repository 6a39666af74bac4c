//! What is remembered of many hosts, bounded.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Values by name. When they weigh too much together, those that were not used for the longest time go, down to half.
pub(super) struct Kept<V> {
    most: usize,
    slots: Mutex<Slots<V>>,
}

struct Slots<V> {
    by_name: HashMap<String, Slot<V>>,
    weight: usize,
    /// Counts uses, so that the last can be told.
    uses: u64,
}

struct Slot<V> {
    value: Arc<V>,
    weight: usize,
    used: u64,
}

impl<V: Default> Kept<V> {
    /// `most`: how much all may weigh together.
    pub(super) fn new(most: usize) -> Self {
        Self { most, slots: Mutex::new(Slots { by_name: HashMap::new(), weight: 0, uses: 0 }) }
    }

    /// The value of a name; a new one weighs 1.
    pub(super) fn get(&self, name: &str) -> Arc<V> {
        self.change(name, |_| {})
    }

    /// Says what a value weighs. One that is gone is back, and empty.
    pub(super) fn weigh(&self, name: &str, weight: usize) {
        self.change(name, |of| *of = weight);
    }

    fn change(&self, name: &str, weigh: impl FnOnce(&mut usize)) -> Arc<V> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.uses += 1;
        let used = slots.uses;
        if !slots.by_name.contains_key(name) {
            slots.by_name.insert(name.to_owned(), Slot { value: Arc::default(), weight: 0, used });
        }
        let Some(slot) = slots.by_name.get_mut(name) else { return Arc::default() };
        slot.used = used;
        let before = slot.weight;
        slot.weight = before.max(1);
        weigh(&mut slot.weight);
        let (after, value) = (slot.weight, Arc::clone(&slot.value));
        slots.weight = slots.weight - before + after;
        if slots.weight > self.most {
            slots.shrink(self.most / 2);
        }
        value
    }
}

impl<V> Slots<V> {
    fn shrink(&mut self, to: usize) {
        // Whoever holds a value goes on with it; another one of its name would be a second host.
        let mut idle: Vec<(u64, String)> =
            self.by_name.iter().filter(|(_, slot)| Arc::strong_count(&slot.value) == 1).map(|(name, slot)| (slot.used, name.clone())).collect();
        idle.sort_unstable();
        for (_, name) in idle {
            if self.weight <= to {
                break;
            }
            self.weight -= self.by_name.remove(&name).map_or(0, |slot| slot.weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_used_for_long_goes_first() {
        let kept = Kept::<Mutex<u8>>::new(4);
        *kept.get("a").lock().unwrap() = 1;
        let held = kept.get("b");
        *held.lock().unwrap() = 2;
        for name in ["c", "a", "d", "e"] {
            kept.get(name);
        }
        // Five were too many: c went, and d; a was used after c, b is held, e is new and held while it is handed out.
        let names = |kept: &Kept<Mutex<u8>>| {
            let mut names: Vec<String> = kept.slots.lock().unwrap().by_name.keys().cloned().collect();
            names.sort();
            names
        };
        assert_eq!(names(&kept), ["b", "e"]);
        assert_eq!(*kept.get("b").lock().unwrap(), 2);
        kept.weigh("e", 10);
        assert_eq!(names(&kept), ["b", "e"], "neither is idle while it is weighed or held");
        drop(held);
        kept.get("f");
        assert_eq!(names(&kept), ["f"]);
    }
}

//! Who works here: the name that leases of rows have.
//!
//! A node is one installation on one machine; each time a program of it works on sends is a run. Of several runs at the same time
//! one is the first, held by a lock on a file, which the system takes from a program that dies. Whoever has it knows that every
//! earlier run of the node is dead, and settles what these left without waiting for their leases.
//!
//! Not here: what becomes of such rows (store).

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;

use pulse_store::{Store, StoreError};

/// The file that holds the node's part of its name, and the lock.
const FILE: &str = "node";
/// The longest name of a node that is read, in characters.
const MAX_NAME_CHARS: usize = 64;

/// One run of a node.
#[derive(Debug)]
pub struct Node {
    /// `NODE/RUN`.
    run: String,
    /// Held while the run lasts; none in a run beside the first.
    _first: Option<File>,
}

impl Node {
    /// Begins a run, and takes over what earlier ones left if it is the only one. `name` is as the settings have it, the same
    /// after a restart and no other node's; where it is empty, the machine's name and a random number kept in `folder` make one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(store: &Store, folder: &Path, name: &str, now: i64) -> Result<Self, StoreError> {
        let (kept, first) = lock(folder);
        let name = if name.is_empty() { format!("{}-{kept}", host_name()) } else { name.replace('/', "-") };
        let name: String = name.chars().take(MAX_NAME_CHARS).collect();
        let node = Self { run: format!("{name}/{}", random()), _first: first };
        if node._first.is_some() {
            store.take_over(&name, &node.run, now).await?;
        }
        Ok(node)
    }

    /// What its leases are called.
    pub fn run(&self) -> &str {
        &self.run
    }
}

/// What the file says, and the file if no other run holds it. In a folder that cannot be written to, every run is a node of its own.
fn lock(folder: &Path) -> (String, Option<File>) {
    let Ok(mut file) = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(folder.join(FILE)) else { return (random(), None) };
    let is_first = file.try_lock().is_ok();
    let mut text = String::new();
    _ = (&mut file).take(MAX_NAME_CHARS as u64).read_to_string(&mut text);
    let kept = text.trim();
    if !kept.is_empty() {
        return (kept.to_owned(), is_first.then_some(file));
    }
    let made = random();
    let is_kept = is_first && file.write_all(made.as_bytes()).and_then(|()| file.sync_all()).is_ok();
    (made, is_kept.then_some(file))
}

fn random() -> String {
    format!("{:016x}", rand::random::<u64>())
}

/// As Linux tells it. Elsewhere the number alone tells nodes apart, which a copy of the data folder would not.
fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    if name.trim().is_empty() { "pulse".to_owned() } else { name.trim().replace('/', "-") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_is_the_first_and_the_name_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (name, first) = lock(folder.path());
        assert!(first.is_some() && !name.is_empty());
        let (same, second) = lock(folder.path());
        assert_eq!((&same, second.is_some()), (&name, false));
        drop(first);
        let (same, third) = lock(folder.path());
        assert_eq!((same, third.is_some()), (name, true));
    }

    #[test]
    fn a_folder_that_is_not_there_makes_no_first_run() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone");
        let ((one, first), (other, _)) = (lock(&gone), lock(&gone));
        assert!(first.is_none() && one != other);
    }
}

//! Is everything in order? The data folder, the disk, the database, the digests, the editions; and mail, in a module of its own.
//!
//! In: a data folder and its store. Out: one [`Check`] for each question, never an error: what cannot be asked has failed.

pub mod mail;

use std::path::Path;

use pulse_model::{Digest, Status};
use pulse_store::{EditionRow, Health, Store};
use serde::Serialize;

use crate::profile;

/// A question and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: String,
    /// How it is.
    pub state: State,
    /// A lower-case fragment: what was found.
    pub message: String,
    /// A sentence: what to do, where something is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// Works, and wants a look.
    Warn,
    /// Does not work.
    Fail,
}

/// Free space below which a person should know, in bytes.
const LOW_SPACE_BYTES: u64 = 1 << 30;
/// Free space below which the database may not get through a day, in bytes.
const NO_SPACE_BYTES: u64 = 64 << 20;

impl Check {
    fn new(name: impl Into<String>, state: State, message: impl Into<String>, advice: Option<String>) -> Self {
        Self { name: name.into(), state, message: message.into(), advice }
    }

    fn ok(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(name, State::Ok, message, None)
    }
}

/// Whether the data folder is there and can be written to.
pub fn data_folder(folder: &Path) -> Check {
    const NAME: &str = "data folder";
    let shown = folder.display();
    if !folder.is_dir() {
        return Check::new(NAME, State::Fail, format!("there is none at {shown}"), Some("Make it: pulse init. Or name another with --data.".to_owned()));
    }
    match tempfile::tempfile_in(folder) {
        Ok(_) => Check::ok(NAME, shown.to_string()),
        Err(cause) => Check::new(
            NAME,
            State::Fail,
            format!("{shown} cannot be written to: {cause}"),
            Some("Give the account that runs pulse the right to write there.".to_owned()),
        ),
    }
}

/// Whether there is room for the database to grow.
pub fn disk_space(folder: &Path) -> Check {
    const NAME: &str = "disk space";
    let Some(free) = free_bytes(folder) else {
        return Check::new(NAME, State::Warn, "the system does not say how much is free", None);
    };
    let message = format!("{} free", in_words(free));
    let state = match free {
        free if free < NO_SPACE_BYTES => State::Fail,
        free if free < LOW_SPACE_BYTES => State::Warn,
        _ => return Check::ok(NAME, message),
    };
    Check::new(NAME, state, message, Some("Make room on the disk, or move the data folder to a larger one.".to_owned()))
}

/// Whether the database answers, is whole and has the schema of this version.
pub async fn database(store: &Store) -> Check {
    const NAME: &str = "database";
    match store.health().await {
        Ok(health) if !health.damage.is_empty() => {
            let found = some_of(&health.damage);
            Check::new(NAME, State::Fail, format!("damaged: {found}"), Some("Restore the last backup.".to_owned()))
        }
        Ok(health) => Check::ok(NAME, said(&health)),
        Err(cause) => Check::new(NAME, State::Fail, chain(&cause), None),
    }
}

/// What readers of each digest would suffer from.
pub async fn digests(store: &Store) -> Vec<Check> {
    match store.digests().await {
        Ok(digests) if digests.is_empty() => {
            vec![Check::new("digests", State::Warn, "there is none yet", Some("Add one: pulse digest add FILE.toml.".to_owned()))]
        }
        Ok(digests) => digests.iter().flat_map(digest).collect(),
        Err(cause) => vec![Check::new("digests", State::Fail, chain(&cause), None)],
    }
}

/// Which editions wait for somebody.
pub async fn editions(store: &Store) -> Vec<Check> {
    match store.editions(None, None).await {
        Ok(rows) => waiting(&rows),
        Err(cause) => vec![Check::new("editions", State::Fail, chain(&cause), None)],
    }
}

fn digest(digest: &Digest) -> Vec<Check> {
    let name = format!("digest {}", digest.slug);
    let unread_logo = digest.masthead.logo.as_ref().filter(|logo| logo.data.is_empty()).map(|logo| profile::Weakness {
        message: format!("the logo {} was not read", logo.file),
        advice: "Put the picture beside the digest's file and add the digest again: pulse digest add FILE.toml.".to_owned(),
    });
    let weaknesses = profile::weaknesses(digest).into_iter().chain(unread_logo);
    let checks: Vec<Check> = weaknesses.map(|weakness| Check::new(name.clone(), State::Warn, weakness.message, Some(weakness.advice))).collect();
    if checks.is_empty() { vec![Check::ok(name, format!("{}, sectors: {}", digest.name, digest.sectors.len()))] } else { checks }
}

fn waiting(rows: &[EditionRow]) -> Vec<Check> {
    let name = "editions";
    let keys_of = |status| -> Vec<String> { rows.iter().filter(|row| row.status == status).map(|row| format!("{} {}", row.digest, row.key)).collect() };
    let open = [keys_of(Status::Draft), keys_of(Status::InReview)].concat();
    let unpublished = keys_of(Status::SignedOff);
    let mut checks = Vec::new();
    if !open.is_empty() {
        let advice = "Submit and sign them off when they are ready: pulse edition status DIGEST KEY --set submit --by NAME.";
        checks.push(Check::new(name, State::Warn, format!("{} not signed off: {}", open.len(), some_of(&open)), Some(advice.to_owned())));
    }
    if !unpublished.is_empty() {
        let advice = "Publish them: pulse edition status DIGEST KEY --set publish --by NAME.";
        checks.push(Check::new(
            name,
            State::Warn,
            format!("{} signed off and not published: {}", unpublished.len(), some_of(&unpublished)),
            Some(advice.to_owned()),
        ));
    }
    if checks.is_empty() {
        let found = if rows.is_empty() { "there is none yet".to_owned() } else { format!("{}, all published", rows.len()) };
        checks.push(Check::ok(name, found));
    }
    checks
}

fn said(health: &Health) -> String {
    let Health { engine, engine_version, schema_version, edition_count, entry_count, publisher_count, .. } = health;
    format!("{engine} {engine_version}, schema {schema_version}, editions: {edition_count}, entries: {entry_count}, publishers: {publisher_count}")
}

/// The first few of a list that may be long.
fn some_of(names: &[String]) -> String {
    match names {
        [first @ .., _] if first.len() > 4 => format!("{} and {} more", names[..4].join(", "), names.len() - 4),
        _ => names.join(", "),
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |said, cause| format!("{said}: {cause}"))
}

fn in_words(bytes: u64) -> String {
    match bytes {
        _ if bytes >= 1 << 30 => format!("{} GB", bytes >> 30),
        _ => format!("{} MB", bytes >> 20),
    }
}

#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}

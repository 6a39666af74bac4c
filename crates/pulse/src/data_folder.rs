//! The data folder: `pulse.toml`, the database, the digests' files under `digests/`, fetched files under `originals/`, and the keys under
//! `keys/`.
//!
//! Invariant: making it again changes nothing that is there. Not here: what is kept in the database (store).

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::Context as _;
use pulse_jobs::JobError;
use pulse_jobs::desk::Dictionary;
use pulse_jobs::harvest::{AT_ONCE, Guard, Harvester, Web, guard, sentence};
use pulse_jobs::post::Post;
use pulse_jobs::profile::{self, Profile};
use pulse_jobs::send::{Clock, Node};
use pulse_store::Store;
use pulse_store::originals::Originals;

use crate::commands;
use crate::config::{self, ConfigFile};
use crate::fault::Refusal;
use crate::files;

/// Where Debian and others keep words of British English.
const SYSTEM_WORDS: &str = "/usr/share/dict/british-english";

/// Where a call of the command line finds everything.
#[derive(Clone, Debug)]
pub(crate) struct DataFolder {
    pub(crate) path: PathBuf,
    /// As asked for on the command line or in the environment.
    database: Option<String>,
    /// Once it is open.
    store: OnceLock<Store>,
}

/// A digest's file as it was given, and what it says.
#[derive(Clone, Debug)]
pub(crate) struct ProfileFile {
    /// The text, to be kept for the person to edit.
    pub(crate) text: String,
    /// The folder of the file, where its logo lies; none for a built-in one.
    folder: Option<PathBuf>,
    pub(crate) profile: Profile,
}

/// The digests' files that come with Pulse, by the name they are asked for.
const BUILT_IN: [(&str, &str); 2] =
    [("evidence-digest", include_str!("../profiles/evidence-digest.toml")), ("weekly-links", include_str!("../profiles/weekly-links.toml"))];

impl DataFolder {
    pub(crate) fn new(path: PathBuf, database: Option<String>) -> Self {
        Self { path, database, store: OnceLock::new() }
    }

    /// Whether there is something to open. What may not be looked at is there: opening it says why it cannot be.
    pub(crate) fn exists(&self) -> bool {
        let is_there = |path: &Path| path.try_exists().unwrap_or(true);
        let is_named = self.database.as_deref().is_some_and(|url| Store::file_at(url).is_ok_and(|file| file.is_none_or(|file| is_there(&file))));
        is_named || is_there(&self.path.join("pulse.toml")) || is_there(&self.database_file())
    }

    /// The folder of keys: of readers' links, of the suppression list, of signatures. It belongs in the backup.
    pub(crate) fn keys(&self) -> PathBuf {
        self.path.join("keys")
    }

    /// Where messages go while there is no relay.
    pub(crate) fn outbox(&self) -> PathBuf {
        self.path.join("outbox")
    }

    /// The maildir for what a mail server brings and is left for people.
    pub(crate) fn returns(&self) -> PathBuf {
        self.path.join("returns")
    }

    /// The bytes of fetched files.
    pub(crate) fn originals(&self) -> anyhow::Result<Originals> {
        Ok(Originals::open(&self.config()?.originals, &self.path.join("originals")).map_err(JobError::from)?)
    }

    /// What works on sources.
    pub(crate) async fn harvester(&self, store: &Store, now: i64) -> anyhow::Result<Harvester<Web, Guard>> {
        let config = self.config()?;
        let node = Node::begin(store, &self.path, &config.mail.node, now).await?;
        self.harvester_of(store, Arc::new(node))
    }

    /// What works on sources, as a node that is at work already.
    pub(crate) fn harvester_of(&self, store: &Store, node: Arc<Node>) -> anyhow::Result<Harvester<Web, Guard>> {
        let clock: Clock = Arc::new(crate::clock);
        let program = std::env::current_exe().context("the program does not know where it is")?;
        let reader = guard(program, vec![commands::READ_DOCUMENT.into()]);
        let (originals, mailboxes) = (self.originals()?, self.config()?.mailboxes);
        Ok(Harvester { store: store.clone(), originals, door: self.door()?, reader, mailboxes, clock, node, at_once: AT_ONCE })
    }

    /// The way to the web.
    pub(crate) fn door(&self) -> anyhow::Result<Web> {
        let advice = "Correct [fetch] in pulse.toml; docs/harvesting-fetching.md explains each field.";
        Ok(Web::new(&self.config()?.fetch, Arc::new(crate::clock)).map_err(|error| Refusal::new(sentence(&error), advice))?)
    }

    /// Words that are spelt right: those of the file the settings name, or those of the operating system, if it has any. An empty file is
    /// none.
    pub(crate) fn dictionary(&self) -> anyhow::Result<Option<Dictionary>> {
        let named = self.config()?.spelling.words;
        let path = named.as_ref().map_or_else(|| PathBuf::from(SYSTEM_WORDS), |named| self.path.join(named));
        match std::fs::read_to_string(&path) {
            Ok(list) if list.trim().is_empty() => Ok(None),
            Ok(list) => Ok(Some(Dictionary::of_words(&list))),
            Err(cause) if named.is_none() && cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(cause) => {
                let advice = "Correct [spelling] in pulse.toml; docs/copy-desk.md explains it.";
                Err(Refusal::new(format!("the list of words {} could not be read: {cause}", path.display()), advice).into())
            }
        }
    }

    /// What messages leave through.
    pub(crate) fn post(&self, now: i64) -> anyhow::Result<Post> {
        Ok(Post::open(&self.config()?.mail, &self.keys(), &self.outbox(), now)?)
    }

    /// What `pulse.toml` says.
    pub(crate) fn config(&self) -> Result<ConfigFile, Refusal> {
        config::read(&self.path.join("pulse.toml"))
    }

    /// Opens the database, which must be there.
    pub(crate) async fn open(&self) -> anyhow::Result<Store> {
        if self.database.is_none() && !self.exists() {
            let message = format!("there is no data folder at {}", self.path.display());
            return Err(Refusal::new(message, "Make one with pulse init, or name another with --data.").into());
        }
        // SQLite would make it, and an empty archive would look like a lost one.
        if let Some(file) = Store::file_at(&self.url()?)?.filter(|file| matches!(file.try_exists(), Ok(false))) {
            let message = format!("there is no database {}", file.display());
            return Err(Refusal::new(message, "Check its name and whether its disk is there; pulse init makes a new one.").into());
        }
        self.connect().await
    }

    /// Lets the database go, so that all of it is in its one file.
    pub(crate) async fn close(&self) {
        if let Some(store) = self.store.get() {
            store.close().await;
        }
    }

    /// Makes what is missing, and says line by line what it made. Nothing that is there is touched.
    pub(crate) async fn make(&self, now: i64, profiles: &[ProfileFile]) -> anyhow::Result<(Store, Vec<String>)> {
        let mut made = Vec::new();
        let digests_folder = self.path.join("digests");
        if !digests_folder.is_dir() {
            files::make_folder(&digests_folder)?;
            made.push(format!("{}/", self.path.display()));
        }
        write_new(&self.path.join("pulse.toml"), config::template().as_bytes(), "options, each explained", &mut made)?;
        let is_new_file = self.database.is_none() && !self.database_file().exists();
        let store = self.connect().await?;
        if is_new_file && self.database_file().exists() {
            made.push(format!("{}  the database", self.database_file().display()));
        }
        for file in profiles {
            self.add(&store, now, file, &mut made).await?;
        }
        Ok((store, made))
    }

    /// Adds a digest that is not there yet, with its file.
    pub(crate) async fn add(&self, store: &Store, now: i64, file: &ProfileFile, made: &mut Vec<String>) -> anyhow::Result<()> {
        self.keep_profile(file, made)?;
        let digest = &file.profile.digest;
        if store.digest(&digest.slug).await?.is_none() {
            store.put_digest(digest, now).await?;
            made.push(format!("the digest {} ({})", digest.name, digest.slug));
        }
        Ok(())
    }

    fn database_file(&self) -> PathBuf {
        self.path.join("pulse.db")
    }

    /// The address of the database.
    fn url(&self) -> Result<String, Refusal> {
        let named = match &self.database {
            Some(url) => Some(url.clone()),
            None => self.config()?.database,
        };
        Ok(named.unwrap_or_else(|| format!("sqlite:{}", self.database_file().display())))
    }

    async fn connect(&self) -> anyhow::Result<Store> {
        let store = Store::open(&self.url()?).await?;
        Ok(self.store.get_or_init(|| store).clone())
    }

    /// Copies a digest's file, with its logo, to where the person will look for it.
    fn keep_profile(&self, file: &ProfileFile, made: &mut Vec<String>) -> anyhow::Result<()> {
        let to = profile::path_in(&self.path, &file.profile.digest.slug);
        write_new(&to, file.text.as_bytes(), "the digest's file: name, colours, sectors", made)?;
        let logo = file.profile.digest.masthead.logo.as_ref().filter(|logo| !logo.data.is_empty());
        if let (Some(folder), Some(logo)) = (&file.folder, logo) {
            let name = Path::new(&logo.file);
            // A logo elsewhere (`../logo.png`) is in the database already; the copy is only a convenience.
            if name.components().all(|part| matches!(part, std::path::Component::Normal(_))) {
                let to = self.path.join("digests").join(name);
                if let Some(parent) = to.parent() {
                    files::make_folder(parent)?;
                }
                write_new(&to, &std::fs::read(folder.join(name))?, "the digest's logo", made)?;
            }
        }
        Ok(())
    }
}

impl ProfileFile {
    /// A digest's file, or a built-in one by its name.
    pub(crate) fn read(name: &str) -> anyhow::Result<Self> {
        if let Some((_, text)) = BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
            return Self::built_in(name, text);
        }
        let path = Path::new(name);
        let profile = profile::read(path)?;
        let text = std::fs::read_to_string(path).with_context(|| format!("{name} could not be read"))?;
        Ok(Self { text, folder: Some(path.parent().unwrap_or(Path::new("")).to_path_buf()), profile })
    }

    /// The digest that a data folder starts with.
    pub(crate) fn to_begin_with() -> anyhow::Result<Self> {
        let (name, text) = BUILT_IN[0];
        Self::built_in(name, text)
    }

    /// Every digest that comes with Pulse.
    pub(crate) fn all_built_in() -> anyhow::Result<Vec<Self>> {
        BUILT_IN.iter().map(|(name, text)| Self::built_in(name, text)).collect()
    }

    fn built_in(name: &str, text: &str) -> anyhow::Result<Self> {
        let no_picture = |_: &str| Err(std::io::Error::other("built-in digests have none"));
        let profile = profile::parse(name, text, &no_picture)?;
        Ok(Self { text: text.to_owned(), folder: None, profile })
    }
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, bytes: &[u8], what: &str, made: &mut Vec<String>) -> anyhow::Result<()> {
    if files::write_new(path, bytes)? {
        made.push(format!("{}  {what}", path.display()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_digests_have_nothing_to_complain_of() {
        for file in ProfileFile::all_built_in().unwrap() {
            assert_eq!(file.profile.weaknesses, [], "{}", file.profile.digest.slug);
        }
    }
}

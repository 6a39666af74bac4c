//! Options that can stand on the command line, in the environment and in `pulse.toml`, in this order of strength.
//!
//! Each is declared once, as an argument of the command line: its long name is its key in the file, its variable is
//! beside it, and `docs/configuration.md` is written from the same declarations.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, Command};
use pulse_jobs::Site;
use pulse_jobs::drafting::LanguageModels;
use pulse_jobs::handover::HandOverSettings;
use pulse_jobs::harvest::{OriginalsSettings, WebSettings};
use pulse_jobs::harvest_mailbox::MailboxSettings;
use pulse_jobs::post::PostSettings;
use pulse_jobs::retention::Periods;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::fault::Refusal;

// These three have no doc comments: clap would take them for what the whole command is about.

// Where everything is kept.
#[derive(Args, Clone, Debug, Default, Deserialize)]
pub(crate) struct DatabaseOption {
    /// The database
    ///
    /// An address such as `sqlite:/srv/pulse/pulse.db` or `postgres://pulse@db.example.org/pulse`. By default the file
    /// pulse.db in the data folder.
    #[arg(long, env = "PULSE_DATABASE", value_name = "URL", global = true, hide_env_values = true)]
    pub(crate) database: Option<String>,
}

// Where readers find the pages.
#[derive(Args, Clone, Debug, Default, Deserialize)]
pub(crate) struct SiteOption {
    /// The address readers see
    ///
    /// Links in pages, e-mails and feeds begin with it, for example `https://digest.example.org`.
    #[arg(long, env = "PULSE_SITE", value_name = "URL", hide_env_values = true)]
    pub(crate) site: Option<Site>,
}

// Where the pages are served.
#[derive(Args, Clone, Debug, Default, Deserialize)]
pub(crate) struct ListenOption {
    /// The address and port to listen on; 127.0.0.1:8080 by default
    ///
    /// With 127.0.0.1 only this machine can ask; put a web server with TLS in front for the rest of the world.
    #[arg(long, env = "PULSE_LISTEN", value_name = "ADDRESS", hide_env_values = true)]
    pub(crate) listen: Option<Listen>,
}

/// An address and a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Listen(SocketAddr);

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| format!("\u{201c}{text}\u{201d} is not an address in numbers with a port; write it as 127.0.0.1:8080"))
    }
}

impl TryFrom<String> for Listen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Listen> for SocketAddr {
    fn from(listen: Listen) -> Self {
        listen.0
    }
}

/// What `pulse.toml` says.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConfigFile {
    pub(crate) database: Option<String>,
    pub(crate) site: Option<Site>,
    pub(crate) listen: Option<Listen>,
    /// How messages are sent; it has too many parts for a command line.
    pub(crate) mail: PostSettings,
    /// What is kept how long.
    pub(crate) retention: Periods,
    /// Other mailers.
    pub(crate) hand_over: HandOverSettings,
    /// How Pulse fetches.
    pub(crate) fetch: WebSettings,
    /// Where the bytes of fetched files are.
    pub(crate) originals: OriginalsSettings,
    /// How to log in to mailboxes of alerts.
    pub(crate) mailboxes: Vec<MailboxSettings>,
    /// Figures for a monitor.
    pub(crate) metrics: MetricsSettings,
    /// Language models that digests may use.
    pub(crate) language_models: LanguageModels,
    /// Words that are spelt right.
    pub(crate) spelling: SpellingSettings,
}

/// Where the copy desk finds words that are spelt right.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SpellingSettings {
    /// A file with a word on each line, relative to the data folder; that of the operating system if not given.
    pub(crate) words: Option<PathBuf>,
}

/// Where figures can be asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MetricsSettings {
    /// An address and a port of their own; nowhere if not given.
    pub(crate) listen: Option<Listen>,
}

// The parts of the file that no command line has.
#[derive(Debug, Default, Deserialize)]
struct MailPart {
    #[serde(default)]
    mail: PostSettings,
}

#[derive(Debug, Default, Deserialize)]
struct RetentionPart {
    #[serde(default)]
    retention: Periods,
}

#[derive(Debug, Default, Deserialize)]
struct HarvestPart {
    #[serde(default)]
    fetch: WebSettings,
    #[serde(default)]
    originals: OriginalsSettings,
    #[serde(default)]
    metrics: MetricsSettings,
    #[serde(default)]
    harvest: Mailboxes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Mailboxes {
    mailbox: Vec<MailboxSettings>,
}

#[derive(Debug, Default, Deserialize)]
struct WritingPart {
    #[serde(default)]
    language_models: LanguageModels,
    #[serde(default)]
    spelling: SpellingSettings,
}

#[derive(Debug, Default, Deserialize)]
struct HandOverPart {
    #[serde(default)]
    hand_over: HandOverSettings,
}

/// The options that `pulse.toml` can hold, as a command that has nothing else.
pub(crate) fn options() -> Command {
    ListenOption::augment_args(SiteOption::augment_args(DatabaseOption::augment_args(Command::new("pulse.toml"))))
}

/// Reads `pulse.toml`; one that is not there says nothing.
pub(crate) fn read(path: &Path) -> Result<ConfigFile, Refusal> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(ConfigFile::default()),
        Err(cause) => return Err(Refusal::new(format!("{} could not be read: {cause}", path.display()), "Check that you may read the file.")),
    };
    refuse_unknown_keys(path, &text)?;
    let HarvestPart { fetch, originals, metrics, harvest } = part(path, &text)?;
    let WritingPart { language_models, spelling } = part(path, &text)?;
    Ok(ConfigFile {
        database: part::<DatabaseOption>(path, &text)?.database,
        site: part::<SiteOption>(path, &text)?.site,
        listen: part::<ListenOption>(path, &text)?.listen,
        mail: part::<MailPart>(path, &text)?.mail,
        retention: part::<RetentionPart>(path, &text)?.retention,
        hand_over: part::<HandOverPart>(path, &text)?.hand_over,
        fetch,
        originals,
        mailboxes: harvest.mailbox,
        metrics,
        language_models,
        spelling,
    })
}

/// What `pulse init` writes: every option with its explanation, none of them set.
pub(crate) fn template() -> String {
    let mut text = "# Options of Pulse. The command line and the environment are stronger than this file.\n".to_owned();
    for option in options().get_arguments() {
        let help = option.get_help().map(ToString::to_string).unwrap_or_default();
        let variable = option.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        text.push_str(&format!("\n# {help} ({variable}).\n# {} = \"{}\"\n", option.get_id(), example(option.get_id().as_str())));
    }
    text.push_str(MAIL);
    text
}

/// How the file says where messages go.
const MAIL: &str = "
# Where messages go. Without a relay they go into the outbox, a folder of this machine, and to nobody.
# docs/sending.md explains every field.
# [[mail.relays]]
# host = \"smtp.example.org\"
# auth = { user = \"pulse\", password = { file = \"/run/secrets/relay\" } }
# pace = { per_second = 14 }
#
# Where bounces come in; docs/sending.md explains it.
# [mail.returns]
# lmtp = \"127.0.0.1:2424\"

# Who fetches, as every server that is asked can read it. docs/harvesting-fetching.md explains every field.
# [fetch]
# name = \"Evidence team, Northford Council\"
# contact = \"https://digest.example.org/about\"

# What is kept how long; pulse retention show lists it. docs/sending.md explains every field.
# [retention]
# unconfirmed_days = 30
# left_days = 730
";

/// A value that an option could have.
pub(crate) fn example(option: &str) -> &'static str {
    match option {
        "database" => "sqlite:/srv/pulse/pulse.db",
        "site" => "https://digest.example.org",
        _ => "127.0.0.1:8080",
    }
}

fn part<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, Refusal> {
    toml::from_str(text).map_err(|cause| at_line(path, text, cause.span().map_or(0, |span| span.start), cause.message()))
}

fn refuse_unknown_keys(path: &Path, text: &str) -> Result<(), Refusal> {
    let table: toml::Table = part(path, text)?;
    let options = options();
    let known: Vec<&str> = options
        .get_arguments()
        .map(|option| option.get_id().as_str())
        .chain(["mail", "retention", "hand_over", "fetch", "originals", "harvest", "metrics", "language_models", "spelling"])
        .collect();
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => {
            let start = text
                .lines()
                .scan(0, |at, line| Some((std::mem::replace(at, *at + line.len() + 1), line)))
                .find(|(_, line)| line.trim_start().starts_with(key.as_str()));
            let message = format!("there is no option \u{201c}{key}\u{201d}; there are {}", known.join(", "));
            Err(at_line(path, text, start.map_or(0, |(at, _)| at), &message))
        }
        None => Ok(()),
    }
}

fn at_line(path: &Path, text: &str, start: usize, message: &str) -> Refusal {
    let line = text.get(..start).unwrap_or(text).matches('\n').count() + 1;
    Refusal::new(format!("{}, line {line}: {message}", path.display()), "Correct the line; docs/configuration.md explains every option.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<ConfigFile, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pulse.toml");
        std::fs::write(&path, text).unwrap();
        read(&path).map_err(|refusal| refusal.to_string().replace(&path.display().to_string(), "pulse.toml"))
    }

    #[test]
    fn what_init_writes_can_be_read_and_says_nothing() {
        let config = read_text(&template()).unwrap();
        assert!(config.database.is_none() && config.site.is_none() && config.listen.is_none());
    }

    #[test]
    fn every_example_in_the_template_is_a_good_value() {
        let config =
            read_text(&template().replace("\n# database =", "\ndatabase =").replace("\n# site =", "\nsite =").replace("\n# listen =", "\nlisten =")).unwrap();
        assert!(config.database.is_some() && config.site.is_some() && config.listen.is_some());
    }

    #[test]
    fn a_misspelt_option_and_a_bad_value_are_named_with_their_line() {
        assert_eq!(
            read_text("# one\nsyte = \"x\"\n").unwrap_err(),
            "pulse.toml, line 2: there is no option \u{201c}syte\u{201d}; there are database, site, listen, mail, retention, hand_over, fetch, originals, harvest, metrics, language_models, spelling"
        );
        let message = read_text("\n\nlisten = \"everywhere\"\n").unwrap_err();
        assert!(message.starts_with("pulse.toml, line 3: "), "{message}");
    }
}

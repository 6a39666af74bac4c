//! One connection to an account, from the greeting to LOGOUT.
//!
//! In: an [`Account`], then which messages go where. Out: UIDs, and the beginnings of messages. UIDs are good for this connection
//! alone; nothing of them is kept. Not here: what a message says.

use std::fmt::Write as _;
use std::sync::Arc;

use pulse_access::{LoginError, TlsPolicy};

use super::error::{ImapError, said};
use super::settings::Account;
use super::unit::{Condition, Unit};
use super::wire::Wire;
use crate::Place;

/// How many messages are looked for at once. As many may be read a second time after a loss of the connection.
const WINDOW: u32 = 200;

/// An open connection with its folder selected.
pub struct Connection {
    account: Arc<Account>,
    wire: Wire,
    tags: u32,
    can_move: bool,
    can_expunge_one: bool,
    /// Messages in the folder, as the server told last.
    exists: u32,
    /// Where the next window begins, as a number in the folder.
    next: u32,
    /// After so many the folder has been seen to its end, whatever the server says.
    windows_left: u32,
}

impl Connection {
    /// Connects, secures, logs in and opens the folder.
    ///
    /// # Errors
    /// [`ImapError`] says how far it came.
    pub async fn open(account: Arc<Account>) -> Result<Self, ImapError> {
        let mut wire = Wire::connect(&account.host, account.port, account.limit).await?;
        if account.tls == TlsPolicy::Implicit {
            wire = secure(wire, &account).await?;
        }
        let greeting = wire.answer("the greeting", |_| true).await?;
        match greeting.first().and_then(|unit| unit.condition("*")) {
            Some(Condition::Ok) => {}
            _ => return Err(not_so("the greeting", greeting.first())),
        }
        let tls = account.tls;
        let mut connection = Self { account, wire, tags: 0, can_move: false, can_expunge_one: false, exists: 0, next: 1, windows_left: 0 };
        if matches!(tls, TlsPolicy::Required | TlsPolicy::Opportunistic) {
            connection = connection.start_tls().await?;
        }
        connection.log_in().await?;
        let offers = connection.offers().await?;
        connection.can_move = offers.contains("MOVE");
        connection.can_expunge_one = offers.contains("UIDPLUS");
        connection.ask("SELECT", &format!("SELECT {}", quoted(&connection.account.folder))).await?;
        connection.windows_left = connection.exists / WINDOW + 2;
        Ok(connection)
    }

    /// The next messages that nobody has flagged or deleted; none when the folder has been seen to its end.
    ///
    /// # Errors
    /// [`ImapError`].
    pub async fn waiting(&mut self) -> Result<Vec<u32>, ImapError> {
        while self.next <= self.exists && self.windows_left > 0 {
            self.windows_left -= 1;
            let last = self.exists.min(self.next.saturating_add(WINDOW - 1));
            let command = format!("UID SEARCH {}:{last} UNFLAGGED UNDELETED", self.next);
            let units = self.ask("SEARCH", &command).await?;
            let mut uids: Vec<u32> = units.iter().filter_map(|unit| unit.list_of("SEARCH")).flatten().filter_map(|uid| uid.parse().ok()).collect();
            self.next = last + 1;
            uids.truncate(WINDOW as usize);
            if !uids.is_empty() {
                return Ok(uids);
            }
        }
        Ok(Vec::new())
    }

    /// The first `most_bytes` of a message, which stays unseen; `None` when it is there no more.
    ///
    /// # Errors
    /// [`ImapError::Refused`] where the server cannot give it; otherwise the connection is of no further use.
    pub async fn fetch(&mut self, uid: u32, most_bytes: usize) -> Result<Option<Vec<u8>>, ImapError> {
        self.wire.most_bytes = most_bytes;
        let units = self.ask("FETCH", &format!("UID FETCH {uid} (UID BODY.PEEK[]<0.{most_bytes}>)")).await?;
        Ok(units.into_iter().find_map(|unit| unit.body_of(uid)))
    }

    /// Puts messages where they belong.
    ///
    /// # Errors
    /// [`ImapError`]; what could not be moved is there still.
    pub async fn put_away(&mut self, read: &[(u32, Place)]) -> Result<(), ImapError> {
        let before = self.exists;
        let account = Arc::clone(&self.account);
        for (place, folder) in [(Place::Done, &account.done), (Place::Aside, &account.aside)] {
            let uids = set(read, place);
            if !uids.is_empty() {
                self.file(&uids, &quoted(folder)).await?;
            }
        }
        let uids = set(read, Place::People);
        if !uids.is_empty() {
            self.ask("STORE", &format!("UID STORE {uids} +FLAGS.SILENT (\\Flagged)")).await?;
        }
        // Those behind the ones that went have moved up.
        self.next = self.next.saturating_sub(before.saturating_sub(self.exists)).max(1);
        Ok(())
    }

    /// Says goodbye. Whether that worked no longer matters.
    pub async fn close(mut self) {
        let _ = self.ask("LOGOUT", "LOGOUT").await;
    }

    async fn file(&mut self, uids: &str, folder: &str) -> Result<(), ImapError> {
        let step = if self.can_move { "MOVE" } else { "COPY" };
        let command = format!("UID {step} {uids} {folder}");
        if let Err(refused @ ImapError::Refused { .. }) = self.ask(step, &command).await {
            // The folder is not there, as a rule; a server that says more than TRYCREATE means the same.
            self.ask("CREATE", &format!("CREATE {folder}")).await.map_err(|_| refused)?;
            self.ask(step, &command).await?;
        }
        if !self.can_move {
            self.ask("STORE", &format!("UID STORE {uids} +FLAGS.SILENT (\\Deleted)")).await?;
            if self.can_expunge_one {
                self.ask("EXPUNGE", &format!("UID EXPUNGE {uids}")).await?;
            }
        }
        Ok(())
    }

    async fn start_tls(mut self) -> Result<Self, ImapError> {
        if !self.offers().await?.contains("STARTTLS") {
            return Err(ImapError::NoTls { host: self.account.host.clone() });
        }
        self.ask("STARTTLS", "STARTTLS").await?;
        let wire = secure(self.wire, &self.account).await?;
        Ok(Self { wire, ..self })
    }

    /// AUTHENTICATE with PLAIN or XOAUTH2.
    async fn log_in(&mut self) -> Result<(), ImapError> {
        let account = Arc::clone(&self.account);
        let cannot = |cause| ImapError::Login { host: account.host.clone(), cause };
        if !(self.wire.is_secured || account.login.allow_plain_on_loopback && self.wire.is_loopback) {
            return Err(cannot(LoginError::NotSecured));
        }
        let (mechanism, proof) = account.login.proof().map_err(cannot)?;
        if !self.offers().await?.contains(&format!("AUTH={mechanism}")) {
            return Err(cannot(LoginError::NotOffered { wanted: mechanism }));
        }
        let step = "the login";
        let tag = self.send(step, &format!("AUTHENTICATE {mechanism}")).await?;
        let mut proof = Some(proof);
        loop {
            let units = self.answer_to(step, &tag).await?;
            if !units.last().is_some_and(Unit::is_continuation) {
                return Ok(());
            }
            // When a token is refused, XOAUTH2 says why as if it asked for more, and refuses after an empty line.
            let Some(line) = proof.take() else {
                self.wire.send(step, "").await?;
                return self.answer_to(step, &tag).await.map(drop);
            };
            self.wire.send(step, &line).await?;
        }
    }

    async fn offers(&mut self) -> Result<Offers, ImapError> {
        let units = self.ask("CAPABILITY", "CAPABILITY").await?;
        Ok(Offers(units.iter().filter_map(|unit| unit.list_of("CAPABILITY")).flatten().map(str::to_ascii_uppercase).collect()))
    }

    /// Sends a command, and gives what was said before its OK.
    async fn ask(&mut self, step: &'static str, command: &str) -> Result<Vec<Unit>, ImapError> {
        let tag = self.send(step, command).await?;
        self.answer_to(step, &tag).await
    }

    async fn send(&mut self, step: &'static str, command: &str) -> Result<String, ImapError> {
        self.tags += 1;
        let tag = format!("P{}", self.tags);
        self.wire.send(step, &format!("{tag} {command}")).await?;
        Ok(tag)
    }

    async fn answer_to(&mut self, step: &'static str, tag: &str) -> Result<Vec<Unit>, ImapError> {
        let units = self.wire.answer(step, |unit| unit.condition(tag).is_some() || unit.is_continuation()).await?;
        for unit in &units {
            if let Some(number) = unit.number_of("EXISTS") {
                self.exists = number;
            } else if unit.number_of("EXPUNGE").is_some() {
                self.exists = self.exists.saturating_sub(1);
            }
        }
        let last = units.last();
        match last.and_then(|unit| unit.condition(tag)) {
            Some(Condition::Ok) => Ok(units),
            None if last.is_some_and(Unit::is_continuation) && step == "the login" => Ok(units),
            _ => Err(not_so(step, last)),
        }
    }
}

/// What a server can do, in upper case.
struct Offers(Vec<String>);

impl Offers {
    fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|offer| offer == name)
    }
}

async fn secure(wire: Wire, account: &Account) -> Result<Wire, ImapError> {
    match &account.trust {
        Some(trust) => wire.secure(trust, &account.host).await,
        None => Err(ImapError::NoTls { host: account.host.clone() }),
    }
}

/// The error for an answer that is not the one hoped for.
fn not_so(step: &'static str, unit: Option<&Unit>) -> ImapError {
    let text = unit.map_or("", |unit| unit.text.as_str());
    let rest = text.split_once(' ').map_or(text, |(_, rest)| rest);
    let is_answer = ["NO", "BAD", "BYE"].iter().any(|word| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
    if is_answer { ImapError::Refused { step, said: said(rest.as_bytes()) } } else { ImapError::Garbled { step, said: said(text.as_bytes()) } }
}

/// A folder's name, which is printable ASCII.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The UIDs of one place, as a set in a command.
fn set(read: &[(u32, Place)], place: Place) -> String {
    let mut text = String::new();
    for (uid, _) in read.iter().filter(|(_, where_to)| *where_to == place) {
        let comma = if text.is_empty() { "" } else { "," };
        let _ = write!(text, "{comma}{uid}");
    }
    text
}

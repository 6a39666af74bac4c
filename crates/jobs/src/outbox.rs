//! Messages that went into the outbox, to be looked at: which there are, for whom, and what is in one.
//!
//! In: the outbox of a post. Out: pages of [`Line`]s, or one message with its parts. They hold readers' addresses: whoever asks
//! must be the person whose machine it is. Not here: who may ask (web), how a message is read (deliver).

use std::collections::HashMap;

use pulse_deliver::outbox::{self, Outbox};
use pulse_model::delivery::DeliveryStatus;
use pulse_model::ids::{DeliveryId, SendId};
use pulse_model::subscriber::Sectors;
use pulse_store::Store;

use crate::error::JobError;

pub use pulse_deliver::outbox::{Head, Opened};

/// A message in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its name, for [`message`].
    pub name: String,
    /// What its header says.
    pub head: Head,
    /// The sectors of the reader's cut; `None` for a message to one person, such as one that asks to confirm.
    pub sectors: Option<Vec<String>>,
    /// What has become of it since; `None` as with `sectors`.
    pub status: Option<DeliveryStatus>,
}

/// A page of the list, the newest message first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// How many messages there are in all.
    pub count: usize,
    /// Those of this page.
    pub lines: Vec<Line>,
}

/// One page of `length` messages; `number` counts from 1.
///
/// # Errors
/// When the folder cannot be read, or what the store says.
pub async fn page(store: &Store, outbox: &Outbox, number: usize, length: usize) -> Result<Page, JobError> {
    let mut files = outbox.messages().map_err(unreadable)?;
    // Names are ids, which grow with time.
    files.reverse();
    let mut page = Page { count: files.len(), lines: Vec::new() };
    let mut cuts = Cuts { store, of: HashMap::new() };
    for file in files.iter().skip(number.saturating_sub(1).saturating_mul(length)).take(length) {
        let Some(name) = file.file_name().and_then(|name| name.to_str()) else { continue };
        // One that a person has just moved away is not there any more.
        let Ok(head) = outbox.head(name) else { continue };
        let (sectors, status) = cuts.of(name).await?.unzip();
        page.lines.push(Line { name: name.to_owned(), head, sectors, status });
    }
    Ok(page)
}

/// One message; `None` where there is none of this name.
pub fn message(outbox: &Outbox, name: &str) -> Option<Opened> {
    Some(outbox::open(&outbox.read(name).ok()?))
}

/// What the cuts of sends are made of; asked once for each send.
struct Cuts<'s> {
    store: &'s Store,
    of: HashMap<SendId, HashMap<u32, Vec<String>>>,
}

impl Cuts<'_> {
    /// The sectors and the status of a delivery.
    async fn of(&mut self, name: &str) -> Result<Option<(Vec<String>, DeliveryStatus)>, JobError> {
        let Ok(id) = name.parse::<DeliveryId>() else { return Ok(None) };
        let Some(row) = self.store.delivery(id).await? else { return Ok(None) };
        if !self.of.contains_key(&row.send) {
            let sectors = |sectors| if let Sectors::Only(names) = sectors { names } else { Vec::new() };
            let cuts = self.store.cuts(row.send).await?.into_iter().map(|stored| (stored.cut.number, sectors(stored.cut.sectors)));
            self.of.insert(row.send, cuts.collect());
        }
        let sectors = self.of.get(&row.send).and_then(|cuts| cuts.get(&row.cut)).cloned().unwrap_or_default();
        Ok(Some((sectors, row.status)))
    }
}

fn unreadable(cause: std::io::Error) -> JobError {
    JobError::Unreadable { file: "the outbox".to_owned(), cause }
}

//! A whole list into a digest, in batches, so that a million rows need no more memory than a thousand.

use std::collections::HashMap;
use std::io::{self, Read, Seek};

use pulse_model::subscriber::Wording;
use pulse_store::{Added, NewReader, Store};

use super::Intake;
use super::columns::{Columns, Field};
use super::error::ReadersError;
use super::row::{Reason, Refused, Row};
use super::table::Table;
use crate::error::JobError;
use crate::post::Keys;

/// The most rows of one transaction, and of refusals that wait to be told.
const BATCH_ROWS: usize = 500;

/// What became of the rows of a list. `read` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Counts {
    pub read: u64,
    pub added: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub refused: u64,
}

/// What became of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Which column was taken for what.
    pub columns: Columns,
    /// Rows; blank ones are none.
    pub counts: Counts,
}

/// Rows on their way into the store.
struct Batch {
    readers: Vec<(u64, NewReader)>,
    refused: Vec<Refused>,
    /// The line on which each address that was taken stands. Half of a keyed hash tells a million addresses apart.
    lines: HashMap<[u8; 16], u32>,
}

/// Takes in the readers of a CSV file. `tell` hears of every refused row, in the order of the lines; `wanted` says which
/// column holds what, where its name does not.
///
/// # Errors
/// [`ReadersError`] as [`JobError::Readers`], or the store fails; what was taken in before stays, and the same file again takes
/// in the rest.
pub async fn import(
    store: &Store,
    keys: &Keys,
    file: impl Read + Seek,
    wanted: &[(Field, String)],
    intake: &Intake<'_>,
    tell: &mut dyn FnMut(&Refused) -> io::Result<()>,
) -> Result<Report, JobError> {
    intake.ground.check(intake.now)?;
    let mut table = Table::open(file, wanted)?;
    let wording = wording(store, intake).await?;
    let mut batch = Batch { readers: Vec::new(), refused: Vec::new(), lines: HashMap::new() };
    let mut counts = Counts::default();
    while let Some((line, row)) = table.next()? {
        counts.read += 1;
        batch.take(line, row, intake, wording.as_ref(), keys);
        if batch.readers.len() >= BATCH_ROWS || batch.refused.len() >= BATCH_ROWS {
            batch.settle(store, intake, &mut counts, tell).await?;
        }
    }
    batch.settle(store, intake, &mut counts, tell).await?;
    if !intake.is_dry {
        let Counts { read, added, updated, unchanged, refused } = counts;
        let detail =
            format!("{}, on {}: {read} rows, {added} added, {updated} updated, {unchanged} unchanged, {refused} refused", intake.source, intake.ground.basis);
        store.append_audit(&intake.who, "import readers", intake.digest.slug.as_str(), &detail, intake.now).await?;
    }
    Ok(Report { columns: table.columns, counts })
}

/// The words agreed to, with their version; a dry run makes none.
pub(super) async fn wording(store: &Store, intake: &Intake<'_>) -> Result<Option<Wording>, JobError> {
    Ok(match &intake.ground.wording {
        Some(text) if intake.is_dry => Some(Wording { version: 0, text: text.clone() }),
        Some(text) => Some(store.put_wording(&intake.digest.slug, text, intake.now).await?),
        None => None,
    })
}

/// Offers readers to the store.
pub(super) async fn offer(store: &Store, intake: &Intake<'_>, readers: &[NewReader]) -> Result<Vec<Added>, JobError> {
    let slug = &intake.digest.slug;
    Ok(match intake.is_dry {
        true => store.try_readers(slug, readers, intake.known, intake.now).await?,
        false => store.add_readers(slug, readers, intake.known, intake.now).await?,
    })
}

impl Batch {
    fn take(&mut self, line: u64, row: Result<Row, Reason>, intake: &Intake<'_>, wording: Option<&Wording>, keys: &Keys) {
        let row = match row {
            Ok(row) => row,
            Err(reason) => return self.refused.push(Row::default().refused(line, reason)),
        };
        match row.reader(intake, wording, keys).and_then(|reader| self.first(line, reader)) {
            Ok(reader) => self.readers.push((line, reader)),
            Err(reason) => self.refused.push(row.refused(line, reason)),
        }
    }

    /// The reader, if the file has not had the address.
    fn first(&mut self, line: u64, reader: NewReader) -> Result<NewReader, Reason> {
        let Some(key) = reader.suppression.0.first_chunk::<16>() else { return Ok(reader) };
        if let Some(before) = self.lines.get(key) {
            return Err(Reason::Again(u64::from(*before)));
        }
        self.lines.insert(*key, u32::try_from(line).unwrap_or(u32::MAX));
        Ok(reader)
    }

    /// Hands the batch to the store, counts, and tells what was refused.
    async fn settle(
        &mut self,
        store: &Store,
        intake: &Intake<'_>,
        counts: &mut Counts,
        tell: &mut dyn FnMut(&Refused) -> io::Result<()>,
    ) -> Result<(), JobError> {
        let (lines, readers): (Vec<u64>, Vec<NewReader>) = self.readers.drain(..).unzip();
        let added = offer(store, intake, &readers).await?;
        for ((line, reader), added) in lines.iter().zip(&readers).zip(added) {
            match added {
                Added::Added(_) => counts.added += 1,
                Added::Updated(_) => counts.updated += 1,
                Added::Unchanged(_) => counts.unchanged += 1,
                Added::Refused(refusal) => {
                    let address = reader.subscriber.address.as_str().to_owned();
                    self.refused.push(Refused { line: *line, address, reason: Reason::Store(refusal) });
                }
            }
        }
        self.refused.sort_by_key(|refused| refused.line);
        counts.refused += self.refused.len() as u64;
        for refused in self.refused.drain(..) {
            tell(&refused).map_err(ReadersError::Write)?;
        }
        Ok(())
    }
}

//! The readers of a digest as CSV or JSON, page by page.

use std::io::{self, Write};

use pulse_model::Slug;
use pulse_model::subscriber::{Sectors, State};
use pulse_store::{Reader, Store};

use super::error::ReadersError;
use crate::error::JobError;

/// How many readers are in memory at a time.
const PAGE: u32 = 1000;

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// For spreadsheets (RFC 4180), with columns that an import knows. A cell that a spreadsheet would calculate begins with an
    /// apostrophe (ASVS 5.0, 1.2.10); an import takes it off.
    Csv,
    /// For machines: an array with an object on each line, everything as it is.
    Json,
}

impl ExportFormat {
    /// "CSV" or "JSON".
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Json => "JSON",
        }
    }
}

/// Writes the readers of a digest, those in one state or all, and says how many. The audit log says who, before the first is
/// written. `tell` hears how many are written and how many there are, page by page.
///
/// # Errors
/// [`ReadersError::Write`] as [`JobError::Readers`], or the store fails.
pub async fn export(
    store: &Store,
    digest: &Slug,
    (format, state): (ExportFormat, Option<State>),
    who: &str,
    now: i64,
    out: &mut dyn Write,
    tell: &mut dyn FnMut(u64, u64),
) -> Result<u64, JobError> {
    let counts = store.count_readers(digest).await?;
    let total = counts.iter().filter(|(one, _)| state.is_none_or(|state| state == *one)).map(|(_, count)| count).sum();
    let which = state.map_or("every state", State::as_str);
    store.append_audit(who, "export readers", digest.as_str(), &format!("{total} readers, {which}, as {}", format.as_str()), now).await?;
    let (mut written, mut after) = (0, None);
    if format == ExportFormat::Csv {
        csv_line(out, &COLUMNS.map(str::to_owned))?;
    }
    loop {
        let page = store.readers(digest, state, after, PAGE).await?;
        for reader in &page {
            match format {
                ExportFormat::Csv => csv_line(out, &cells(reader))?,
                ExportFormat::Json => json_line(out, reader, written == 0)?,
            }
            written += 1;
        }
        tell(written, total);
        after = page.last().map(|reader| reader.id);
        if page.len() < PAGE as usize {
            break;
        }
    }
    if format == ExportFormat::Json {
        let end: &[u8] = if written == 0 { b"[]\n" } else { b"\n]\n" };
        out.write_all(end).map_err(ReadersError::Write)?;
    }
    Ok(written)
}

const COLUMNS: [&str; 9] = ["address", "name", "language", "sectors", "frequency", "state", "basis", "consented_at", "paused_until"];

fn cells(reader: &Reader) -> [String; 9] {
    let (subscriber, subscription) = (&reader.subscriber, &reader.subscription);
    let sectors = match &subscription.sectors {
        Sectors::All => String::new(),
        Sectors::Only(names) => names.join("; "),
    };
    [
        subscriber.address.to_string(),
        subscriber.name.clone(),
        subscriber.language.clone(),
        sectors,
        subscription.frequency.to_string(),
        subscription.state.to_string(),
        reader.basis.map(|(basis, _)| basis.to_string()).unwrap_or_default(),
        reader.basis.map(|(_, at)| when(at)).unwrap_or_default(),
        subscription.paused_until.map(when).unwrap_or_default(),
    ]
}

fn csv_line(out: &mut dyn Write, cells: &[String; 9]) -> Result<(), ReadersError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let harmless = cells.iter().map(|cell| if is_formula(cell) { format!("'{cell}") } else { cell.clone() });
    let write = |error: csv::Error| ReadersError::Write(error.into());
    writer.write_record(harmless).map_err(write)?;
    let line = writer.into_inner().map_err(|error| ReadersError::Write(error.into_error()))?;
    out.write_all(&line).map_err(ReadersError::Write)
}

fn json_line(out: &mut dyn Write, reader: &Reader, is_first: bool) -> Result<(), ReadersError> {
    let (subscriber, subscription) = (&reader.subscriber, &reader.subscription);
    let sectors = match &subscription.sectors {
        Sectors::All => serde_json::json!("all"),
        Sectors::Only(names) => serde_json::json!(names),
    };
    let object = serde_json::json!({
        "address": subscriber.address, "name": subscriber.name, "language": subscriber.language, "sectors": sectors,
        "frequency": subscription.frequency, "state": subscription.state, "basis": reader.basis.map(|(basis, _)| basis),
        "consented_at": reader.basis.map(|(_, at)| when(at)), "paused_until": subscription.paused_until.map(when),
    });
    out.write_all(if is_first { b"[\n" } else { b",\n" }).map_err(ReadersError::Write)?;
    serde_json::to_writer(out, &object).map_err(|error| ReadersError::Write(io::Error::from(error)))
}

/// Whether a spreadsheet would take the text for something to calculate.
pub(super) fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0'])
}

fn when(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map(|at| at.to_string()).unwrap_or_default()
}

//! A list row by row: which line, and what its cells say.

use std::io::{Read, Seek};

use csv::ByteRecord;
use encoding_rs::Encoding;

use super::columns::{Columns, Field};
use super::error::ReadersError;
use super::row::{Reason, Row};
use super::text;

/// A longer row is a quotation mark without its partner, or no reader's.
const MAX_ROW_BYTES: usize = 64 * 1024;
/// The most columns a list may have.
const MAX_COLUMNS: usize = 1000;

/// A list, read as it is asked for.
pub(super) struct Table<'a> {
    pub(super) columns: Columns,
    reader: csv::Reader<Box<dyn Read + 'a>>,
    legacy: &'static Encoding,
    /// Rows end in a carriage return, which the parser does not count as a line.
    has_old_ends: bool,
    lines_before: u64,
    record: ByteRecord,
}

/// A row, or what is wrong with it, and the line it begins on.
type NumberedRow = (u64, Result<Row, Reason>);

impl<'a> Table<'a> {
    /// Reads the first line.
    pub(super) fn open(file: impl Read + Seek + 'a, wanted: &[(Field, String)]) -> Result<Self, ReadersError> {
        let text = text::open(file)?;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(text.delimiter)
            .terminator(csv::Terminator::Any(text.terminator))
            .has_headers(false)
            .flexible(true)
            .from_reader(text.bytes);
        let mut record = ByteRecord::new();
        if !reader.read_byte_record(&mut record).map_err(unread)? {
            return Err(ReadersError::Empty);
        }
        let names = record.iter().take(MAX_COLUMNS).map(|cell| words(cell, text.legacy).chars().take(80).collect()).collect();
        Ok(Self {
            columns: Columns::find(names, wanted)?,
            reader,
            legacy: text.legacy,
            has_old_ends: text.terminator == b'\r',
            lines_before: text.lines_before,
            record,
        })
    }

    /// The next row that is not blank, with the line it begins on; `None` behind the last.
    pub(super) fn next(&mut self) -> Result<Option<NumberedRow>, ReadersError> {
        loop {
            if !self.reader.read_byte_record(&mut self.record).map_err(unread)? {
                return Ok(None);
            }
            if self.record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                let line = self.record.position().map_or(0, |at| if self.has_old_ends { at.record() + 1 } else { at.line() }) + self.lines_before;
                return Ok(Some((line, self.row())));
            }
        }
    }

    fn row(&self) -> Result<Row, Reason> {
        // A quotation mark without its partner takes in the rows behind it. Saying so is better than losing readers.
        let swallows = |cell: &[u8]| cell.contains(&b'@') && cell.trim_ascii().iter().any(|byte| matches!(byte, b'\n' | b'\r'));
        if self.record.as_slice().len() > MAX_ROW_BYTES || self.record.iter().any(swallows) {
            return Err(Reason::Torn);
        }
        let cell = |field| {
            let cells = self.columns.of(field).iter().filter_map(|at| self.record.get(*at)).map(|cell| words(cell, self.legacy));
            cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ")
        };
        Ok(Row {
            address: cell(Field::Address),
            name: cell(Field::Name),
            language: cell(Field::Language),
            sectors: cell(Field::Sectors),
            frequency: cell(Field::Frequency),
            consented_at: cell(Field::ConsentedAt),
            source: cell(Field::Source),
        })
    }
}

/// The characters of a cell, without the apostrophe that keeps a spreadsheet from calculating.
fn words(cell: &[u8], legacy: &'static Encoding) -> String {
    let text = match std::str::from_utf8(cell) {
        Ok(text) => text.to_owned(),
        Err(_) => legacy.decode_without_bom_handling(cell).0.into_owned(),
    };
    let text = text.trim();
    text.strip_prefix('\'').filter(|rest| super::export::is_formula(rest)).unwrap_or(text).to_owned()
}

fn unread(error: csv::Error) -> ReadersError {
    ReadersError::Read(error.into())
}

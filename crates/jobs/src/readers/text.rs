//! The bytes of a list as lines that a CSV parser can read, whatever program wrote them.
//!
//! UTF-16 is turned into UTF-8 on the way. Everything else stays as it is, because separators and quotation marks are the same
//! bytes in it, and each cell is decoded for itself: lists put together from several programs hold several encodings.

use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::error::ReadersError;

/// Larger files are refused; a million readers take a tenth of it.
pub(super) const MAX_FILE_BYTES: u64 = 500_000_000;
/// What the first line may have, and how much is looked at at once.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// A list, from its first line on.
pub(super) struct Text<'a> {
    pub(super) bytes: Box<dyn Read + 'a>,
    /// Between cells.
    pub(super) delimiter: u8,
    /// Behind a row: a line feed, or the carriage return of old Macs. A carriage return before a line feed stays in the last cell,
    /// because the parser would otherwise count its lines one short.
    pub(super) terminator: u8,
    /// Of cells that are not UTF-8.
    pub(super) legacy: &'static Encoding,
    /// Lines that stand before the first in the file.
    pub(super) lines_before: u64,
}

/// Looks at the whole file once, and begins again.
pub(super) fn open<'a>(mut file: impl Read + Seek + 'a) -> Result<Text<'a>, ReadersError> {
    let (encoding, legacy) = look_through(&mut file)?;
    file.rewind().map_err(ReadersError::Read)?;
    let bytes: Box<dyn BufRead> = if encoding == UTF_8 { Box::new(BufReader::new(file)) } else { Box::new(BufReader::new(Utf16::new(file, encoding))) };
    begin(bytes, legacy).map_err(ReadersError::Read)
}

/// UTF-8 or one of UTF-16; and the encoding of what is not UTF-8.
fn look_through(file: &mut impl Read) -> Result<(&'static Encoding, &'static Encoding), ReadersError> {
    let mut reader = BufReader::new(file);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let (mut encoding, mut size_bytes, mut line) = (None, 0, Vec::new());
    loop {
        line.clear();
        let read = reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line).map_err(ReadersError::Read)?;
        size_bytes += read as u64;
        if size_bytes > MAX_FILE_BYTES {
            return Err(ReadersError::TooLarge);
        }
        if read == 0 {
            break;
        }
        let known = *encoding.get_or_insert_with(|| wide(&line).unwrap_or(UTF_8));
        if known == UTF_8 && (line.contains(&0) || line.starts_with(b"%PDF-")) {
            return Err(ReadersError::NotText);
        }
        if std::str::from_utf8(&line).is_err() {
            detector.feed(&line, false);
        }
    }
    detector.feed(&[], true);
    let encoding = encoding.ok_or(ReadersError::Empty)?;
    Ok((encoding, detector.guess(None, Utf8Detection::Deny)))
}

/// UTF-16 by its mark, or because every second byte of Western text is zero.
fn wide(start: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return Some(encoding);
    }
    let zeros = |odd: usize| start.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count() * 10 > start.len() / 2 * 7;
    let is_long = start.len() > 8;
    if is_long && zeros(1) {
        Some(UTF_16LE)
    } else if is_long && zeros(0) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Takes off the mark and a line that only says what the separator is, and finds the separator.
fn begin<'a>(mut bytes: Box<dyn BufRead + 'a>, legacy: &'static Encoding) -> io::Result<Text<'a>> {
    let (mut first, mut lines_before, mut said) = (Vec::new(), 0, None);
    bytes.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut first)?;
    if first.starts_with(b"\xef\xbb\xbf") {
        first.drain(..3);
    }
    // Excel writes and reads such a line.
    if let [b's', b'e', b'p', b'=', separator @ (b',' | b';' | b'\t'), b'\r' | b'\n', ..] = first.as_slice() {
        said = Some(*separator);
        lines_before = 1;
        first.clear();
        bytes.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut first)?;
    }
    let delimiter = said.unwrap_or_else(|| separator_of(&first));
    let terminator = if !first.contains(&b'\n') && first.contains(&b'\r') { b'\r' } else { b'\n' };
    Ok(Text { bytes: Box::new(Cursor::new(first).chain(bytes)), delimiter, terminator, legacy, lines_before })
}

/// The separator that the first line has most of, outside quotation marks; a comma where it has none.
fn separator_of(line: &[u8]) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut is_quoted = false;
    for byte in line.iter().take_while(|byte| **byte != b'\r') {
        is_quoted ^= *byte == b'"';
        counts.iter_mut().filter(|(separator, _)| separator == byte && !is_quoted).for_each(|(_, count)| *count += 1);
    }
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator)
}

/// UTF-16 as UTF-8.
struct Utf16<R> {
    source: R,
    decoder: Decoder,
    text: String,
    /// How much of `text` is read.
    at: usize,
    is_over: bool,
}

impl<R: Read> Utf16<R> {
    fn new(source: R, encoding: &'static Encoding) -> Self {
        Self { source, decoder: encoding.new_decoder(), text: String::new(), at: 0, is_over: false }
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut raw = [0; 8192];
        while self.at >= self.text.len() && !self.is_over {
            let read = self.source.read(&mut raw)?;
            self.is_over = read == 0;
            self.text.clear();
            self.at = 0;
            // Any number of UTF-16 bytes makes at most twice as many of UTF-8; the rest is for what is held back.
            self.text.reserve(2 * read + 16);
            let _ = self.decoder.decode_to_string(raw.get(..read).unwrap_or(&[]), &mut self.text, self.is_over);
        }
        let rest = self.text.as_bytes().get(self.at..).unwrap_or(&[]);
        let count = rest.len().min(to.len());
        for (to, from) in to.iter_mut().zip(rest) {
            *to = *from;
        }
        self.at += count;
        Ok(count)
    }
}

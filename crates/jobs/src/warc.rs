//! What was fetched -> an archive file of the web: WARC 1.1 (ISO 28500:2017, <https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/>).
//!
//! In: the versions of documents with their originals. Out: a `warcinfo` record and a `resource` record for each version, because what is
//! kept is the file and not the talk of the servers: where it was, when it was fetched, what the server called it, its bytes.
//!
//! Invariants: the same archive gives the same file; lengths and digests are those of the bytes that follow. With a name that ends in
//! `.gz`, each record is a member of its own, as the standard's annex D asks.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use pulse_model::ContentHash;
use pulse_store::originals::Originals;
use pulse_store::{Captured, DocumentId, Store};

use crate::error::JobError;

/// How many versions are asked for at a time.
const PAGE: u32 = 500;

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// As they are: `.warc`.
    Plain,
    /// Each compressed: `.warc.gz`.
    Gzip,
}

/// Writes what was fetched since a moment; how many records of files. `software` is the program and its version.
///
/// # Errors
/// What the database says; an original that is missing or damaged; what the output says.
pub async fn write(store: &Store, originals: &Originals, since: i64, software: &str, packing: Packing, out: &mut (dyn Write + Send)) -> Result<u64, JobError> {
    let unwritable = |cause| JobError::Unwritable { what: "the archive", cause };
    let mut count = 0;
    let mut after: Option<(i64, DocumentId)> = None;
    loop {
        let page = store.captured(since, after, PAGE).await?;
        if after.is_none() {
            let made_at = page.first().map_or(0, |first| first.version.seen_at);
            let fields = format!("software: {software}\r\nformat: WARC File Format 1.1\r\nconformsTo: {CONFORMS_TO}\r\n");
            let header = header("warcinfo", &id(fields.as_bytes()), made_at, None, "application/warc-fields", fields.as_bytes());
            put(out, packing, &header, fields.as_bytes()).map_err(unwritable)?;
        }
        let Some(last) = page.last() else { break };
        after = Some((last.version.seen_at, last.document));
        for captured in &page {
            let bytes = originals.read(captured.version.original).await?;
            put(out, packing, &resource(captured, &bytes), &bytes).map_err(unwritable)?;
            count += 1;
        }
    }
    out.flush().map_err(unwritable)?;
    Ok(count)
}

const CONFORMS_TO: &str = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/";

fn resource(captured: &Captured, bytes: &[u8]) -> String {
    let version = &captured.version;
    let id = id(format!("{} {}", captured.document, version.number).as_bytes());
    let media_type = version.media_type.as_deref().map(one_line).filter(|text| !text.is_empty());
    header("resource", &id, version.seen_at, Some(&version.final_url), media_type.as_deref().unwrap_or("application/octet-stream"), bytes)
}

fn header(kind: &str, id: &str, at: i64, target: Option<&str>, media_type: &str, bytes: &[u8]) -> String {
    let date = jiff::Timestamp::from_millisecond(at).map(|at| at.to_string()).unwrap_or_default();
    let target = target.map(|url| format!("WARC-Target-URI: {}\r\n", one_line(url))).unwrap_or_default();
    let digest = ContentHash::of(bytes);
    format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{id}>\r\nWARC-Date: {date}\r\n{target}WARC-Block-Digest: sha256:{digest}\r\n\
         Content-Type: {media_type}\r\nContent-Length: {}\r\n\r\n",
        bytes.len()
    )
}

/// A header's value cannot hold a line of its own.
fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// An id that is the same for the same record: a UUID of version 8 (RFC 9562 section 5.8) from a hash.
fn id(of: &[u8]) -> String {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(ContentHash::of(of).as_bytes()).for_each(|(to, from)| *to = *from);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

fn put(out: &mut (dyn Write + Send), packing: Packing, header: &str, bytes: &[u8]) -> io::Result<()> {
    let parts = [header.as_bytes(), bytes, b"\r\n\r\n"];
    match packing {
        Packing::Plain => parts.iter().try_for_each(|part| out.write_all(part)),
        Packing::Gzip => {
            let mut member = GzEncoder::new(out, Compression::default());
            parts.iter().try_for_each(|part| member.write_all(part))?;
            member.finish().map(drop)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_says_how_long_it_is() {
        let text = header("resource", "x", 1_780_000_000_123, Some("https://quay.example/a\r\nb"), "text/html", b"abc");
        assert!(text.starts_with("WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:x>\r\nWARC-Date: 2026-05-28T20:26:40.123Z\r\n"), "{text}");
        assert!(text.contains("\r\nWARC-Target-URI: https://quay.example/ab\r\n") && text.ends_with("\r\nContent-Length: 3\r\n\r\n"), "{text}");
        assert_eq!(id(b"one"), id(b"one"));
        assert_ne!(id(b"one"), id(b"two"));
    }
}

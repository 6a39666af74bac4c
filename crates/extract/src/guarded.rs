//! Reading in a process of its own, so that a parser's panic, endless loop or hunger for memory takes nothing else down.
//!
//! The parent asks ([`Guard::read`]) and always gets a document; a child that dies leaves an empty one with a problem. The child
//! answers ([`serve`]) and puts limits on itself before it reads a byte of the file. Web pages and texts, whose readers are asked many
//! times for each PDF, are read in a thread with a stack of its own instead, unless they are large. Where a program is installed that
//! recognises letters in pictures ([`crate::ocr`]), pages of a PDF that have no text are given to it and read once more.
//!
//! The question: the length of a header (4 bytes, the lowest first), the header (JSON), the file. The answer: the document as JSON.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use pulse_model::document::{Document, Form, Metadata};
use pulse_model::{Problem, ProblemKind};
use serde::{Deserialize, Serialize};
use tokio::process::Command;
use url::Url;

use crate::child::{self, Ended, NoEnd};
use crate::ocr::{Ocr, OcrError};
use crate::{Input, extract, sniff};

/// The stack of a reading: parsers that call themselves need more than a thread usually has.
const STACK_BYTES: usize = 64 * 1024 * 1024;
/// A larger page or text is read in a child too.
const THREAD_BYTES: usize = 1024 * 1024;
/// A larger answer is no document anybody reads.
const MOST_ANSWER_BYTES: u64 = 256 * 1024 * 1024;
/// A larger header is none of ours.
const MOST_HEADER_BYTES: usize = 64 * 1024;

/// What is said of a file whose reader died of it.
const UNREADABLE: &str = "the file is broken in a way its reader does not survive";

/// What one reading may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// By the clock, and as much of a processor.
    pub seconds: u64,
    /// Address space of the child, its program counted.
    pub memory_bytes: u64,
    /// Larger files are not read.
    pub max_bytes: u64,
}

impl Default for Limits {
    /// A minute, 1 GiB, files of 100 MiB: a report of some hundred pages takes seconds and under 100 MB.
    fn default() -> Self {
        Self { seconds: 60, memory_bytes: 1024 * 1024 * 1024, max_bytes: 100 * 1024 * 1024 }
    }
}

/// How children are started.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The program whose child side is [`serve`].
    pub program: PathBuf,
    /// What makes it do that.
    pub arguments: Vec<OsString>,
    /// For each reading.
    pub limits: Limits,
}

#[derive(Serialize, Deserialize)]
struct Header {
    url: Option<Url>,
    media_type: Option<String>,
    limits: Limits,
}

impl Guard {
    /// Reads a file of any form. Whatever happens to the reader, the answer is a document.
    pub async fn read(&self, bytes: Bytes, url: Option<&Url>, media_type: Option<&str>) -> Document {
        self.read_with(bytes, url, media_type, &Ocr::default()).await
    }

    /// [`Guard::read`] with a program of the caller's for scans.
    pub async fn read_with(&self, bytes: Bytes, url: Option<&Url>, media_type: Option<&str>, ocr: &Ocr) -> Document {
        let form = sniff::form(&Input { bytes: &bytes, url, media_type });
        if bytes.len() as u64 > self.limits.max_bytes {
            let message = format!("the file has {} MB; up to {} MB are read", bytes.len() / 1_000_000, self.limits.max_bytes / 1_000_000);
            return empty(form, ProblemKind::TooLarge, message);
        }
        let is_harmless = matches!(form, Form::Html | Form::Markdown | Form::Text | Form::Other) && bytes.len() <= THREAD_BYTES;
        if is_harmless {
            return self.in_thread(form, bytes, url, media_type).await;
        }
        let document = self.in_child(form, &bytes, url, media_type).await;
        let is_scan = form == Form::Pdf && document.problems.iter().any(|problem| problem.kind == ProblemKind::NoText);
        if is_scan { self.recognised(document, &bytes, url, media_type, ocr).await } else { document }
    }

    /// A scan with the text that is recognised in it; as it was read, where the program for that is not installed or finds nothing.
    async fn recognised(&self, mut scan: Document, bytes: &[u8], url: Option<&Url>, media_type: Option<&str>, ocr: &Ocr) -> Document {
        let with_text = match ocr.with_text(bytes).await {
            Ok(with_text) if with_text.len() as u64 <= self.limits.max_bytes => with_text,
            Ok(_) | Err(OcrError::NotInstalled { .. }) => return scan,
            Err(cause) => {
                scan.problems.push(Problem::new(ProblemKind::NoText, cause.to_string()));
                return scan;
            }
        };
        let mut document = self.in_child(Form::Pdf, &with_text, url, media_type).await;
        if document.text().len() <= scan.text().len() {
            return scan;
        }
        let message = "a scan: its text was recognised in pictures, and letters and figures may be wrong";
        document.problems.push(Problem::new(ProblemKind::NoText, message));
        document
    }

    async fn in_thread(&self, form: Form, bytes: Bytes, url: Option<&Url>, media_type: Option<&str>) -> Document {
        let (url, media_type) = (url.cloned(), media_type.map(str::to_owned));
        let (send, receive) = tokio::sync::oneshot::channel();
        let reading = move || {
            let input = Input { bytes: &bytes, url: url.as_ref(), media_type: media_type.as_deref() };
            let document = catch_unwind(AssertUnwindSafe(|| extract(&input))).ok();
            // Nobody waits any more: the time was over.
            let _ = send.send(document);
        };
        if let Err(cause) = std::thread::Builder::new().name("read-document".to_owned()).stack_size(STACK_BYTES).spawn(reading) {
            return empty(form, ProblemKind::NotRead, format!("no thread to read it in: {cause}"));
        }
        match tokio::time::timeout(Duration::from_secs(self.limits.seconds), receive).await {
            Ok(Ok(Some(document))) => document,
            Ok(_) => empty(form, ProblemKind::Damaged, UNREADABLE),
            Err(_) => self.too_slow(form),
        }
    }

    async fn in_child(&self, form: Form, bytes: &[u8], url: Option<&Url>, media_type: Option<&str>) -> Document {
        let header = Header { url: url.cloned(), media_type: media_type.map(str::to_owned), limits: self.limits };
        let header = match serde_json::to_vec(&header) {
            Ok(header) if header.len() <= MOST_HEADER_BYTES => header,
            _ => return empty(form, ProblemKind::TooLarge, "its address or media type is longer than any is"),
        };
        let length = u32::try_from(header.len()).unwrap_or(u32::MAX).to_le_bytes();
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        // The child ends itself by its use of the processor; the clock is the second line, and gives a busy machine some more.
        let limit = Duration::from_secs(self.limits.seconds + 2);
        match child::ask(command, &[&length, &header, bytes], limit, MOST_ANSWER_BYTES).await {
            Ok(ended) => self.answered(form, &ended),
            Err(NoEnd::TooSlow) => self.too_slow(form),
            Err(NoEnd::TooMuch) => empty(form, ProblemKind::TooLarge, "its text is larger than any that is read"),
            Err(NoEnd::NotStarted(cause)) => empty(form, ProblemKind::NotRead, format!("its reader could not be started: {cause}")),
        }
    }

    fn answered(&self, form: Form, ended: &Ended) -> Document {
        if ended.status.success() {
            return serde_json::from_slice(&ended.answer).unwrap_or_else(|_| empty(form, ProblemKind::Damaged, "its reader gave no document"));
        }
        if is_out_of_time(ended) {
            return self.too_slow(form);
        }
        if ended.complaints.contains("memory allocation of") {
            return empty(form, ProblemKind::TooLarge, format!("reading it takes more than {} MB of memory", self.limits.memory_bytes / 1_000_000));
        }
        empty(form, ProblemKind::Damaged, UNREADABLE)
    }

    fn too_slow(&self, form: Form) -> Document {
        empty(form, ProblemKind::TooSlow, format!("reading it takes longer than {} seconds", self.limits.seconds))
    }
}

#[cfg(unix)]
fn is_out_of_time(ended: &Ended) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    let of_time = [rustix::process::Signal::XCPU, rustix::process::Signal::KILL].map(rustix::process::Signal::as_raw);
    ended.status.signal().is_some_and(|signal| of_time.contains(&signal))
}

#[cfg(not(unix))]
fn is_out_of_time(_: &Ended) -> bool {
    false
}

fn empty(form: Form, kind: ProblemKind, message: impl Into<String>) -> Document {
    Document::new(Metadata { form, ..Metadata::default() }, [], None, vec![Problem::new(kind, message)])
}

/// The child's side: reads one question, puts the limits on itself, and answers.
pub fn serve(input: impl Read, output: impl Write) -> std::io::Result<()> {
    serve_with(input, output, extract)
}

/// [`serve`] with another reader.
pub fn serve_with(mut input: impl Read, mut output: impl Write, read: impl FnOnce(&Input<'_>) -> Document + Send + 'static) -> std::io::Result<()> {
    // What a parser says when it panics may hold words of the file.
    std::panic::set_hook(Box::new(|_| {}));
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
    if length > MOST_HEADER_BYTES {
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, "the header is too long"));
    }
    let mut header = vec![0; length];
    input.read_exact(&mut header)?;
    let Header { url, media_type, limits } = serde_json::from_slice(&header)?;
    confine(limits)?;
    let mut bytes = Vec::new();
    input.take(limits.max_bytes + 1).read_to_end(&mut bytes)?;
    let reading = move || {
        let input = Input { bytes: &bytes, url: url.as_ref(), media_type: media_type.as_deref() };
        let form = sniff::form(&input);
        catch_unwind(AssertUnwindSafe(|| read(&input))).unwrap_or_else(|_| empty(form, ProblemKind::Damaged, UNREADABLE))
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(reading)?;
    let document = thread.join().map_err(|_| std::io::Error::other("the reader ended without a document"))?;
    serde_json::to_writer(&mut output, &document)?;
    output.flush()
}

#[cfg(unix)]
fn confine(limits: Limits) -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let at_most = |amount: u64| Rlimit { current: Some(amount), maximum: Some(amount) };
    setrlimit(Resource::As, at_most(limits.memory_bytes))?;
    setrlimit(Resource::Cpu, at_most(limits.seconds.max(1)))?;
    // A crash leaves no copy of the file on the disk.
    setrlimit(Resource::Core, at_most(0))?;
    Ok(())
}

#[cfg(not(unix))]
fn confine(_: Limits) -> std::io::Result<()> {
    Ok(())
}

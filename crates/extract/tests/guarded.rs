//! A reader that panics, eats memory, never ends or answers nonsense takes nothing down: the parent gets a problem, in time.
//!
//! Without a harness, because this program is also its own misbehaving child: `guarded --child NAME`.

#![expect(clippy::panic, reason = "in a test, a panic is the report")]

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use bytes::Bytes;
use pulse_extract::guarded::{self, Guard, Limits};
use pulse_extract::ocr::Ocr;
use pulse_model::document::{Document, Form, Metadata};
use pulse_model::{Problem, ProblemKind};

/// How a child misbehaves, and what becomes of the document.
const CHILDREN: &[(&str, ProblemKind)] = &[
    ("panics", ProblemKind::Damaged),
    ("panics-before-it-reads", ProblemKind::Damaged),
    ("aborts", ProblemKind::Damaged),
    ("overflows-its-stack", ProblemKind::Damaged),
    ("eats-memory", ProblemKind::TooLarge),
    ("never-ends", ProblemKind::TooSlow),
    ("sleeps", ProblemKind::TooSlow),
    ("answers-nonsense", ProblemKind::Damaged),
    ("answers-nothing", ProblemKind::Damaged),
    ("does-not-listen", ProblemKind::Damaged),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.as_slice() {
        [_, flag, name] if flag == "--child" => child(name),
        // What a test runner asks of every test.
        arguments if arguments.iter().any(|argument| argument == "--list") => println!("guarded: test"),
        _ => parent(),
    }
}

fn parent() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap_or_else(|cause| panic!("{cause}"));
    let limits = Limits { seconds: 1, memory_bytes: 512 * 1024 * 1024, max_bytes: 1024 * 1024 };
    let program = std::env::current_exe().unwrap_or_else(|cause| panic!("{cause}"));
    let guard = |name: &str| Guard { program: program.clone(), arguments: vec!["--child".into(), name.into()], limits };
    // Larger than a pipe holds, so that a child that does not listen is noticed.
    let file = Bytes::from([b"%PDF-1.7\n".to_vec(), vec![b' '; 300_000]].concat());
    for (name, expected) in CHILDREN {
        let start = Instant::now();
        let document = runtime.block_on(guard(name).read(file.clone(), None, None));
        check(name, &document, *expected);
        assert!(start.elapsed() < Duration::from_secs(15), "{name} took {:?}", start.elapsed());
        println!("{name}: {} ({:?})", document.problems[0], start.elapsed());
    }
    let large = Bytes::from([b"%PDF-1.7\n".to_vec(), vec![0; 2_000_000]].concat());
    check("too large", &runtime.block_on(guard("serves").read(large, None, None)), ProblemKind::TooLarge);
    let missing = Guard { program: "/nowhere/to/be/found".into(), ..guard("") };
    check("no program", &runtime.block_on(missing.read(file, None, None)), ProblemKind::NotRead);
    // A page of more than a megabyte is read in a child, a smaller one is not.
    let patient = Guard { limits: Limits { max_bytes: 4 * 1024 * 1024, ..limits }, ..guard("panics") };
    for (paragraphs, is_in_child) in [(1_000, false), (100_000, true)] {
        let page = Bytes::from("<p>Twelve boats</p>".repeat(paragraphs));
        let document = runtime.block_on(patient.read(page, None, Some("text/html")));
        assert_eq!(document.problems.iter().any(|problem| problem.kind == ProblemKind::Damaged), is_in_child, "{:?}", document.problems);
    }
    let small = Bytes::from_static(b"%PDF-1.7\n");
    let whole = Bytes::from_static(include_bytes!("cases-pdf/list/input.pdf"));
    let document = runtime.block_on(guard("serves").read(whole, None, None));
    assert!(document.problems.is_empty() && !document.blocks().is_empty(), "{:?}", document.problems);
    #[cfg(unix)]
    scans(&runtime, &guard("serves"));
    let document = runtime.block_on(guard("says-what-it-inherits").read(small, None, None));
    let inherited: Vec<&str> = document.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert!(inherited.iter().all(|name| ["PATH", "TMPDIR", "LANG", "LC_ALL"].contains(name)), "{inherited:?}");
    assert!(inherited.contains(&"PATH") && std::env::vars_os().count() > inherited.len(), "{inherited:?}");
}

/// A scan is read once more with the text that another program recognised in it.
#[cfg(unix)]
fn scans(runtime: &tokio::runtime::Runtime, guard: &Guard) {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap_or_else(|cause| panic!("{cause}"));
    let program = folder.path().join("ocrmypdf");
    let read = |script: &str| {
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap_or_else(|cause| panic!("{cause}"));
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap_or_else(|cause| panic!("{cause}"));
        let ocr = Ocr { program: program.clone(), ..Ocr::default() };
        let scan = Bytes::from_static(include_bytes!("cases-pdf/scan/input.pdf"));
        let document = runtime.block_on(guard.read_with(scan, None, None, &ocr));
        assert!(document.problems.iter().all(|problem| problem.kind == ProblemKind::NoText), "{:?}", document.problems);
        let problems: Vec<String> = document.problems.iter().map(|problem| problem.message.clone()).collect();
        (document.text(), problems.join("\n"))
    };
    let cat = |case: &str| format!("cat >/dev/null; cat {}/tests/cases-pdf/{case}/input.pdf", env!("CARGO_MANIFEST_DIR"));
    let (text, problems) = read(&cat("list"));
    assert!(text.contains("The board decided three things") && problems.starts_with("a scan: its text was recognised"), "{text} {problems}");
    let (text, problems) = read(&cat("scan"));
    assert!(text.is_empty() && problems.ends_with("install ocrmypdf or add the text by hand"), "{text} {problems}");
    let (text, problems) = read("cat >/dev/null; echo 'language eng is not installed' >&2; exit 3");
    assert!(text.is_empty() && problems.ends_with("language eng is not installed"), "{text} {problems}");
    let missing = Ocr { program: folder.path().join("nowhere"), ..Ocr::default() };
    let scan = Bytes::from_static(include_bytes!("cases-pdf/scan/input.pdf"));
    assert_eq!(runtime.block_on(guard.read_with(scan, None, None, &missing)).problems.len(), 1);
}

fn check(name: &str, document: &Document, expected: ProblemKind) {
    let kinds: Vec<ProblemKind> = document.problems.iter().map(|problem| problem.kind).collect();
    assert_eq!(kinds, [expected], "{name}: {:?}", document.problems);
    assert_eq!(document.metadata.form, Form::Pdf, "{name}");
    assert!(document.blocks().is_empty(), "{name}");
}

fn child(name: &str) {
    let (input, mut output) = (std::io::stdin(), std::io::stdout());
    let ended = match name {
        "panics-before-it-reads" => panic!("before it reads"),
        "does-not-listen" => Err(std::io::Error::other("closed")),
        "answers-nothing" => Ok(()),
        "answers-nonsense" => std::io::stdin().read_to_end(&mut Vec::new()).and_then(|_| output.write_all(b"\xff{\"blocks\": 7")),
        "sleeps" => {
            std::thread::sleep(Duration::from_secs(3600));
            Ok(())
        }
        "serves" => guarded::serve(input, output),
        name => {
            let name = name.to_owned();
            guarded::serve_with(input, output, move |_| misbehave(&name))
        }
    };
    assert!(ended.is_ok(), "{ended:?}");
}

fn misbehave(name: &str) -> Document {
    match name {
        "panics" => panic!("while it reads"),
        "says-what-it-inherits" => {
            let names = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned());
            let problems = names.map(|name| Problem::new(ProblemKind::Damaged, name)).collect();
            Document::new(Metadata::default(), [], None, problems)
        }
        "aborts" => std::process::abort(),
        "overflows-its-stack" => panic!("{}", deeper(1)),
        "eats-memory" => {
            let mut eaten = Vec::new();
            loop {
                eaten.push(vec![1_u8; 16 * 1024 * 1024]);
            }
        }
        _ => loop {
            std::hint::black_box(0);
        },
    }
}

#[expect(unconditional_recursion, reason = "that is the point")]
fn deeper(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 64]);
    deeper(depth + 1) + room[1]
}

//! The command line as a person uses it: each folder under `cases` holds input files, `commands.txt` with one command on
//! each line, and `transcript.txt`: what is said (lines on the standard error begin with `! `) and how it ended.
//!
//! A case with a folder `site` has a web server with its files, which the commands and those files call `{site}`; files of the folder
//! `site-later` take their place at the command `# later`. Such a case is let into that server by its `pulse.toml`.
//!
//! `UPDATE_EXPECT=1 cargo test -p pulse` rewrites the transcripts; they are read in review.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use pulse_testkit::web_server::{Page, Site, WebServer};

#[test]
fn what_is_said_is_what_the_transcripts_say() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders: Vec<_> = std::fs::read_dir(&cases).unwrap().map(|case| case.unwrap().path()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    let mut stale = Vec::new();
    for case in folders {
        let said = transcript(&case);
        let expected = case.join("transcript.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &said).unwrap();
        }
        if said != std::fs::read_to_string(&expected).unwrap_or_default() {
            stale.push(format!("{}\n{said}", case.display()));
        }
    }
    assert!(stale.is_empty(), "these transcripts say something else now:\n{}", stale.join("\n"));
}

/// Runs the commands of a case in a copy of its folder.
fn transcript(case: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(case).unwrap().map(|file| file.unwrap().path()).filter(|file| file.is_file()) {
        std::fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
    }
    let web = case.join("site").is_dir().then(|| Web::start(case, folder.path()));
    let here = |text: &str| web.as_ref().map_or_else(|| text.to_owned(), |web| text.replace("{site}", &web.server.url("")));
    let mut said = String::new();
    for command in std::fs::read_to_string(case.join("commands.txt")).unwrap().lines().filter(|line| !line.is_empty()) {
        if let (Some(web), "# later") = (&web, command) {
            web.change(&case.join("site-later"));
            writeln!(said, "{command}\n").unwrap();
            continue;
        }
        let output = pulse(folder.path(), &words(&here(command)));
        writeln!(said, "$ {command}").unwrap();
        said.push_str(&String::from_utf8_lossy(&output.stdout));
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            writeln!(said, "! {line}").unwrap();
        }
        writeln!(said, "= {}\n", output.status.code().unwrap()).unwrap();
    }
    without_moments(&web.map_or(said.clone(), |web| said.replace(&web.server.url(""), "{site}").replace(&web.server.host(), "{host}")))
}

/// The web server of a case.
struct Web {
    server: WebServer,
    runtime: tokio::runtime::Runtime,
}

impl Web {
    fn start(case: &Path, folder: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(WebServer::start(Site::new())).unwrap();
        let web = Self { server, runtime };
        web.change(&case.join("site"));
        std::fs::create_dir(folder.join("pulse-data")).unwrap();
        let options = std::fs::read_to_string(case.join("pulse.toml")).unwrap().replace("{host}", &web.server.host());
        std::fs::write(folder.join("pulse-data/pulse.toml"), options).unwrap();
        web
    }

    /// Serves the files of a folder from now on, beside or in the place of those there were.
    fn change(&self, folder: &Path) {
        let _inside = self.runtime.enter();
        let url = self.server.url("");
        for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
            let name = file.file_name().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&file).unwrap().replace("{site}", &url);
            let (path, media_type) = match name.rsplit_once('.') {
                Some(("index", "html")) => ("/".to_owned(), "text/html"),
                Some((path, "html")) => (format!("/{path}"), "text/html"),
                Some((path, "xml")) => (format!("/{path}"), "application/atom+xml"),
                _ => (format!("/{name}"), "text/plain"),
            };
            self.server.change(|site| site.page(&path, Page::new(media_type, text)));
        }
    }
}

fn pulse(folder: &Path, words: &[String]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pulse"));
    for name in ["PULSE_DATA", "PULSE_DATABASE", "PULSE_SITE", "PULSE_LISTEN", "PULSE_LOG", "PULSE_BY"] {
        command.env_remove(name);
    }
    // `pulse` stands in front for the reader of a case.
    command.args(&words[1..]).current_dir(folder).output().unwrap()
}

/// Splits at spaces, except between double quotes.
/// Words as a shell takes them: what stands between two marks of one kind is one word, and may hold the other.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut open) = (Vec::new(), None::<String>, None);
    for c in command.chars() {
        match open {
            Some(mark) if c == mark => open = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if matches!(c, '"' | '\'') => {
                open = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// Takes out what differs from run to run or from machine to machine.
fn without_moments(said: &str) -> String {
    let lines = said.lines().map(|line| match line.split_once(" UTC  ") {
        Some((_, rest)) => format!("  (time)  {rest}"),
        // "26 November 2026, 09:30 UTC", five words.
        None if line.ends_with(" UTC") => format!("{} (time)", line.rsplitn(6, ' ').last().unwrap()),
        None if line.starts_with("ok    disk space: ") => "ok    disk space: (size) free".to_owned(),
        None if line.starts_with("ok    database: SQLite ") => {
            format!("ok    database: SQLite (version), {}", line.split_once(", ").unwrap().1)
        }
        None => line.to_owned(),
    });
    lines.map(|line| without_ids(&line) + "\n").collect()
}

/// Ids of the store differ from run to run; so does how likely a candidate is, once people decided today.
fn without_ids(line: &str) -> String {
    if let Some((short, rest)) = line.split_once("  ").filter(|(short, _)| short.len() == 8 && short.chars().all(|c| c.is_ascii_hexdigit())) {
        let rest = rest.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(" %");
        assert!(short.chars().all(|c| !c.is_ascii_uppercase()));
        return format!("(end of id)  (how likely){rest}");
    }
    let is_id =
        |word: &str| word.len() == 36 && word.chars().enumerate().all(|(at, c)| if [8, 13, 18, 23].contains(&at) { c == '-' } else { c.is_ascii_hexdigit() });
    line.split(' ').map(|word| if is_id(word) { "(id)" } else { word }).collect::<Vec<_>>().join(" ")
}

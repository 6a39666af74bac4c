//! The sample edition in every form, as a person would get it. The files in `docs/sample` are what was looked at and found
//! good; `UPDATE_EXPECT=1 cargo test -p pulse --test sample` writes them anew, to be looked at again.

use std::path::{Path, PathBuf};
use std::process::Command;

fn expected() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/sample")
}

/// The feed says when its editions were published, which is whenever the demo runs.
fn without_times(bytes: Vec<u8>) -> Vec<u8> {
    let Ok(text) = String::from_utf8(bytes.clone()) else { return bytes };
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = ["<updated>", "<published>"].iter().filter_map(|tag| rest.find(tag).map(|at| at + tag.len())).min() {
        out.push_str(&rest[..at]);
        out.push_str("(the time of the demo)");
        rest = &rest[at + rest[at..].find('<').unwrap_or(0)..];
    }
    out.push_str(rest);
    out.into_bytes()
}

#[test]
fn the_sample_looks_as_it_was_approved() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Command::new(env!("CARGO_BIN_EXE_pulse")).args(["demo", "--no-serve", "--out"]).arg(folder.path()).output().unwrap();
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    let mut different = Vec::new();
    for name in ["mail.html", "mail.txt", "page.html", "edition.pdf", "edition.docx", "edition.md", "edition.json", "feed.atom", "import.txt"] {
        let bytes = std::fs::read(folder.path().join(name)).unwrap();
        let bytes = if name == "feed.atom" { without_times(bytes) } else { bytes };
        let path = expected().join(name);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::create_dir_all(expected()).unwrap();
            std::fs::write(&path, &bytes).unwrap();
        } else if std::fs::read(&path).unwrap_or_default() != bytes {
            let kept = std::env::temp_dir().join(format!("pulse-sample-{name}"));
            std::fs::write(&kept, &bytes).unwrap();
            different.push(format!("{name} (now in {})", kept.display()));
        }
    }
    assert!(different.is_empty(), "not as approved: {different:?}");
}

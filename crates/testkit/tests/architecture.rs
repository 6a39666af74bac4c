//! The code map names the crates that are there, and no others.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Crates the map does not name, and names in it that have no crate.
fn difference(root: &Path) -> (Vec<String>, Vec<String>) {
    let map = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let named: BTreeSet<String> = map.lines().filter_map(|line| line.strip_prefix("### `crates/")?.strip_suffix('`')).map(str::to_owned).collect();
    let present: BTreeSet<String> = fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    (present.difference(&named).cloned().collect(), named.difference(&present).cloned().collect())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn the_map_is_the_territory() {
    assert_eq!(difference(&root()), (Vec::new(), Vec::new()));
    assert!(fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap().lines().count() < 200);
}

#[test]
fn a_crate_too_many_and_one_too_few_are_noticed() {
    let tree = tempfile::tempdir().unwrap();
    fs::create_dir_all(tree.path().join("crates/there")).unwrap();
    fs::write(tree.path().join("ARCHITECTURE.md"), "### `crates/gone`\n").unwrap();
    assert_eq!(difference(tree.path()), (vec!["there".to_owned()], vec!["gone".to_owned()]));
}

/// A stage is a function of its input: it depends on the model and on no other stage. Neither do the doors that stages or jobs share.
#[test]
fn stages_do_not_import_each_other() {
    let stages = ["harvest", "extract", "triage", "compose", "render", "deliver", "returns", "archive"];
    for stage in stages.into_iter().chain(["mailbox", "access"]) {
        let manifest = fs::read_to_string(root().join("crates").join(stage).join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dev-dependencies]").next().unwrap();
        for other in stages.into_iter().chain(["mailbox", "store", "jobs", "web"]).filter(|other| *other != stage) {
            assert!(!dependencies.contains(&format!("pulse-{other}")), "{stage} depends on {other}");
        }
    }
}

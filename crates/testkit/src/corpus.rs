//! Finds the real material that tests read in place: a folder named by `PULSE_CORPUS`, by default `../shared/corpus`
//! beside the workspace. None of it is part of the project.

use std::path::PathBuf;

/// The folder, or `None` where there is no corpus. A test then says so and counts as skipped:
/// `let Some(folder) = corpus::folder("digests") else { return };`
pub fn folder(part: &str) -> Option<PathBuf> {
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = std::env::var_os("PULSE_CORPUS").map_or_else(|| workspace.join("../shared/corpus"), PathBuf::from);
    let folder = root.join(part);
    if folder.is_dir() {
        return Some(folder);
    }
    #[expect(clippy::print_stderr, reason = "the test script counts these lines")]
    {
        eprintln!("skipped: no corpus at {} (set PULSE_CORPUS)", folder.display());
    }
    None
}

//! Any text behind the mark of Pulse's own Markdown gives an edition or an error with its line.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|rest: &str| {
    let text = format!("<!-- pulse:edition {{\"schema_version\":1,\"digest\":\"tide\",\"month\":\"2026-05\"}} -->\n{rest}");
    let _ = pulse_compose::own_markdown::read(&text);
});

//! Any bytes are read as a DOCX and as an ODT: never a panic, and never more than what fits the limits. Good seeds are the files of
//! `crates/extract/tests/cases-word`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pulse_extract::word;
use pulse_model::document::Form;

fuzz_target!(|bytes: &[u8]| {
    for form in [Form::Docx, Form::Odt] {
        assert!(word::read(bytes, form).page_count.is_none());
    }
});

//! Real reports: no page is lost, and what is known of each is found.

use std::collections::HashSet;

use pulse_extract::pdf;
use pulse_model::document::Content;
use pulse_testkit::corpus;

#[test]
fn no_page_of_a_real_pdf_is_lost() {
    for folder in ["pdf/government", "pdf/reports"] {
        let Some(folder) = corpus::folder(folder) else { return };
        let mut count = 0;
        for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let document = pdf::read(&std::fs::read(&file).unwrap());
            let name = file.display();
            assert!(document.problems.is_empty(), "{name}: {:?}", document.problems);
            let pages = document.page_count.unwrap();
            let with_text: HashSet<u32> = document.blocks().iter().filter_map(|block| block.page).collect();
            // A page may hold a picture, or the end of a paragraph that began before it.
            assert!(with_text.len() * 10 >= pages as usize * 8, "{name}: text on {} of {pages} pages", with_text.len());
            count += 1;
        }
        assert!(count >= 4);
    }
}

#[test]
fn a_long_report_has_headings_lists_and_notes() {
    let Some(folder) = corpus::folder("pdf/reports") else { return };
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let document = pdf::read(&std::fs::read(&file).unwrap());
        let count = |is: fn(&Content) -> bool| document.blocks().iter().filter(|block| is(&block.content)).count();
        assert!(!document.metadata.title.is_empty(), "{}", file.display());
        assert!(count(|content| matches!(content, Content::Heading { .. })) > 4, "{}", file.display());
        assert!(count(|content| matches!(content, Content::List { .. })) > 0, "{}", file.display());
    }
}

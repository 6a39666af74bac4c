//! An edition with every mailer's tags: a folder under `cases/handover` is a case. `UPDATE_EXPECT=1 cargo test -p pulse-jobs --test
//! handover` rewrites what is expected; it is read in review.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fs;
use std::path::Path;

use pulse_jobs::Site;
use pulse_jobs::handover::{Handed, Mailer, export};
use pulse_jobs::import::{Candidates, SourceFile, read};
use pulse_jobs::profile;

const MAILERS: [(&str, Mailer); 4] =
    [("mailchimp", Mailer::Mailchimp), ("brevo", Mailer::Brevo), ("dotdigital", Mailer::Dotdigital), ("listmonk", Mailer::Listmonk)];

#[test]
fn every_mailer_gets_its_own_tags_and_no_others() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/handover");
    let mut stale = Vec::new();
    for case in fs::read_dir(cases).unwrap().map(|case| case.unwrap().path()) {
        for (name, mailer) in MAILERS {
            let Handed { subject, preheader, html, text } = handed(&case, mailer);
            let mut made = vec![(format!("{name}.html"), html)];
            if mailer == Mailer::Listmonk {
                made.push((format!("{name}.txt"), text));
            }
            made.push((format!("{name}-subject.txt"), format!("{subject}\n{preheader}\n")));
            for (file, said) in made {
                let path = case.join(&file);
                if std::env::var_os("UPDATE_EXPECT").is_some() {
                    fs::write(&path, &said).unwrap();
                }
                if fs::read_to_string(&path).unwrap_or_default() != said {
                    stale.push(path);
                }
            }
        }
    }
    assert!(stale.is_empty(), "these say something else now: {stale:?}");
}

fn handed(case: &Path, mailer: Mailer) -> Handed {
    let digest = profile::read(&case.join("digest.toml")).unwrap().digest;
    let file = SourceFile::read(&case.join("edition.md")).unwrap();
    let edition = read(&file, &Candidates::unstored(vec![digest.clone()])).unwrap().edition;
    let site: Site = "https://lantern.example".parse().unwrap();
    export(&digest, &edition, Some(&site), mailer).unwrap()
}

//! Mailboxes of alerts: a maildir, and the account of a real Dovecot (`tools/dovecot run cargo test -p pulse-jobs --test harvest_mailbox`).

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fs;
use std::path::{Path, PathBuf};

use pulse_jobs::harvest_mailbox::{Mailbox, MailboxError, MailboxSettings, Place};

/// 1 June 2026.
const NOW: i64 = 1_780_272_000_000;

fn alert(number: usize) -> String {
    format!(
        "From: Quay Fund <news@quay.example>\r\nMessage-ID: <{number}@quay.example>\r\nDate: Mon, 4 May 2026 09:00:00 +0100\r\nSubject: News\r\n\r\n\
         Falls at night, part {number}\r\nhttps://www.quay.example/falls/{number}\r\n"
    )
}

/// Puts a message into a maildir, as a mail server does; for `owner`, where that is somebody else.
fn deliver(maildir: &Path, name: &str, text: &str, owner: Option<u32>) {
    let own = |path: &Path| {
        #[cfg(unix)]
        std::os::unix::fs::chown(path, owner, None).unwrap();
    };
    for part in ["", "tmp", "new", "cur"] {
        fs::create_dir_all(maildir.join(part)).unwrap();
        own(&maildir.join(part));
    }
    fs::write(maildir.join("new").join(name), text).unwrap();
    own(&maildir.join("new").join(name));
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Reads a mailbox to its end as a source's turn does, and gives the keys of its records. After `most` messages the machine dies.
async fn turn(at: &str, settings: &[MailboxSettings], most: usize) -> Result<Vec<String>, MailboxError> {
    let mut mailbox = Mailbox::open(at, settings).await?;
    let mut keys = Vec::new();
    let mut count = 0;
    while let Some(message) = mailbox.next().await? {
        let alert = pulse_harvest::mailbox::read(&message.bytes, NOW);
        keys.extend(alert.records.iter().map(|record| record.key.clone()));
        count += 1;
        if count > most {
            return Ok(keys);
        }
        mailbox.put_away(message, if alert.records.is_empty() { Place::People } else { Place::Done }).await?;
    }
    mailbox.close().await;
    keys.sort();
    Ok(keys)
}

#[tokio::test]
async fn a_maildir_is_read_to_its_end_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let maildir = folder.path().join("alerts");
    for number in 0..3 {
        deliver(&maildir, &format!("{number}.quay"), &alert(number), None);
    }
    deliver(&maildir, "again.quay", &alert(0), None);
    deliver(&maildir, "person.quay", "From: ada@quay.example\r\nSubject: Hello\r\n\r\nHello!\r\n", None);
    fs::create_dir(maildir.join("new/folder.quay")).unwrap();
    let at = maildir.to_str().unwrap();
    // A machine that dies after the first has put that one away alone.
    assert_eq!(turn(at, &[], 1).await.unwrap(), ["0@quay.example#1", "1@quay.example#1"]);
    assert_eq!(names(&maildir.join(".Done/cur")), ["0.quay:2,S"]);
    assert_eq!(turn(at, &[], usize::MAX).await.unwrap(), ["0@quay.example#1", "1@quay.example#1", "2@quay.example#1"]);
    assert_eq!(turn(at, &[], usize::MAX).await.unwrap(), [""; 0]);
    assert_eq!(names(&maildir.join(".Done/cur")), ["0.quay:2,S", "1.quay:2,S", "2.quay:2,S", "again.quay:2,S"]);
    assert_eq!((names(&maildir.join("cur")), names(&maildir.join("new"))), (vec!["person.quay:2,F".to_owned()], vec!["folder.quay".to_owned()]));
}

#[tokio::test]
async fn the_same_message_twice_in_one_look_is_given_once() {
    let folder = tempfile::tempdir().unwrap();
    let maildir = folder.path().join("alerts");
    for name in ["1.quay", "2.quay", "3.quay"] {
        deliver(&maildir, name, &alert(7), None);
    }
    assert_eq!(turn(maildir.to_str().unwrap(), &[], usize::MAX).await.unwrap(), ["7@quay.example#1"]);
    assert_eq!(names(&maildir.join(".Done/cur")).len(), 3);
}

#[tokio::test]
async fn a_folder_that_is_no_maildir_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let error = turn(folder.path().to_str().unwrap(), &[], 1).await.unwrap_err();
    assert!(error.to_string().ends_with("cannot be read") && !error.is_passing(), "{error}");
}

/// The folder of the Dovecot that `PULSE_TEST_DOVECOT` names; without one it says so.
fn dovecot() -> Option<PathBuf> {
    let folder = std::env::var_os("PULSE_TEST_DOVECOT").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: PULSE_TEST_DOVECOT does not name the folder of a Dovecot");
    }
    folder
}

#[cfg(unix)]
#[tokio::test]
async fn an_account_is_read_to_its_end_and_once_however_it_is_secured() {
    let Some(folder) = dovecot() else { return };
    let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(folder.join("mail")).unwrap());
    for scheme in ["imaps", "imap"] {
        let user = format!("alerts-{scheme}");
        let maildir = folder.join("mail").join(&user);
        // More than one window of them, and one with a large attachment.
        for number in 0..230 {
            deliver(&maildir, &format!("{number}.quay"), &alert(number), Some(owner));
        }
        let large = format!("{}{}", alert(230), "a line of a large message that goes on\r\n".repeat(60_000));
        deliver(&maildir, "large.quay", &large, Some(owner));
        deliver(&maildir, "again.quay", &alert(0), Some(owner));
        deliver(&maildir, "person.quay", "From: ada@quay.example\r\nSubject: Hello\r\n\r\nHello!\r\n", Some(owner));
        let secret = folder.join(format!("{user}.secret"));
        fs::write(&secret, "tide\n").unwrap();
        let at = format!("{scheme}://{user}@localhost:{}/INBOX", fs::read_to_string(folder.join(scheme)).unwrap().trim());
        let text = format!("at = {at:?}\npassword = {{ file = {:?} }}\nca_file = {:?}", secret.to_str().unwrap(), folder.join("ca.pem").to_str().unwrap());
        let settings: [MailboxSettings; 1] = [toml::from_str(&text).unwrap()];
        // The server says in which order. What the machine had in hand when it died comes again.
        let mut keys = turn(&at, &settings, 4).await.unwrap();
        assert!((3..=5).contains(&keys.len()), "{}", keys.len());
        keys.extend(turn(&at, &settings, usize::MAX).await.unwrap());
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 231);
        assert!(keys.contains(&"230@quay.example#1".to_owned()));
        assert_eq!(turn(&at, &settings, usize::MAX).await.unwrap(), [""; 0]);
        let done = ["cur", "new"].map(|part| names(&maildir.join(".Done").join(part)).len());
        assert_eq!(done.iter().sum::<usize>(), 232);
        let flagged = names(&maildir.join("cur")).iter().filter(|name| name.rsplit(',').next().is_some_and(|flags| flags.contains('F'))).count();
        assert_eq!(flagged, 1);
        fs::write(&secret, "ebb\n").unwrap();
        let error = turn(&at, &settings, 1).await.unwrap_err();
        assert!(error.to_string().contains("refused the login") && !error.is_passing(), "{error}");
    }
}

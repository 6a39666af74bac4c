//! A real Dovecot's mailbox: `tools/dovecot run cargo test -p pulse-jobs --test returns` starts one.

use std::fs;
use std::path::{Path, PathBuf};

use pulse_jobs::intake::{IntakeError, Tally, read_imap};
use pulse_mailbox::imap::ImapSettings;
use pulse_model::subscriber::State;

use crate::sent::{HOUR, Newsroom, START, report};

/// The folder of the Dovecot that `PULSE_TEST_DOVECOT` names; without one it says so.
fn dovecot() -> Option<PathBuf> {
    let folder = std::env::var_os("PULSE_TEST_DOVECOT").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: PULSE_TEST_DOVECOT does not name the folder of a Dovecot");
    }
    folder
}

/// The account of a user, as a settings file has it.
fn settings(folder: &Path, user: &str, tls: &str, password: &str) -> ImapSettings {
    let port = fs::read_to_string(folder.join(if tls == "implicit" { "imaps" } else { "imap" })).unwrap();
    let secret = folder.join(format!("{user}.secret"));
    fs::write(&secret, format!("{password}\n")).unwrap();
    let text = format!(
        "host = \"localhost\"\nport = {}\ntls = {tls:?}\nca_file = {:?}\ntimeout_s = 20\n\
         auth = {{ user = {user:?}, password = {{ file = {:?} }}, allow_plain_on_loopback = true }}\n",
        port.trim(),
        folder.join("ca.pem").display().to_string(),
        secret.display().to_string()
    );
    toml::from_str(&text).unwrap()
}

/// Puts a message into the inbox of a user, as a mail server does.
fn deliver(folder: &Path, user: &str, name: &str, text: &str) {
    let maildir = folder.join("mail").join(user);
    for part in ["", "tmp", "new", "cur"] {
        fs::create_dir_all(maildir.join(part)).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::chown(maildir.join(part), Some(nobody(folder)), None).unwrap();
    }
    let path = maildir.join("new").join(name);
    fs::write(&path, text).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::chown(&path, Some(nobody(folder)), None).unwrap();
}

/// The user that Dovecot's mailboxes belong to.
#[cfg(unix)]
fn nobody(folder: &Path) -> u32 {
    std::os::unix::fs::MetadataExt::uid(&fs::metadata(folder.join("mail")).unwrap())
}

/// Files in a folder of a maildir, with their flags.
fn count(folder: &Path, user: &str, part: &str, flag: char) -> usize {
    let files = fs::read_dir(folder.join("mail").join(user).join(part)).into_iter().flatten();
    files.filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().rsplit(',').next().is_some_and(|flags| flags.contains(flag))).count()
}

#[tokio::test]
async fn a_mailbox_is_read_to_its_end_however_it_is_secured() {
    let Some(folder) = dovecot() else { return };
    // More than one window of them.
    let newsroom = Newsroom::with_readers(230).await;
    for (tls, user, first) in [("implicit", "implicit", 0), ("required", "starttls", 210), ("off", "plain", 220)] {
        let last = if first == 0 { 210 } else { first + 10 };
        for row in first..last {
            deliver(&folder, user, &format!("{row}.quay"), &newsroom.report(row, "failed", "5.1.1"));
        }
        deliver(&folder, user, "again.quay", &newsroom.report(first, "failed", "5.1.1"));
        deliver(&folder, user, "forged.quay", &report("bounce+aaaa@digest.test", "reader0@quay.test", "failed", "5.1.1"));
        deliver(&folder, user, "person.quay", "From: ada@quay.test\r\nTo: bounce@digest.test\r\nSubject: Re: May\r\n\r\nThank you!\r\n");
        deliver(&folder, user, "large.quay", &format!("Subject: large\r\n\r\n{}", "x\r\n".repeat(1_000_000)));
        let settings = settings(&folder, user, tls, "tide");
        let tally = read_imap(&newsroom.desk(START + HOUR), &settings).await.unwrap();
        let counted = (last - first) as u64;
        assert_eq!(tally, Tally { counted, known: 1, for_people: 3, ..Tally::default() }, "{tls}: {tally}");
        assert_eq!(count(&folder, user, "cur", 'F'), 3, "{tls}");
        let done = ["cur", "new"].map(|part| fs::read_dir(folder.join("mail").join(user).join(".Done").join(part)).unwrap().count());
        assert_eq!(done.iter().sum::<usize>(), last - first + 1, "{tls}");
        assert_eq!(read_imap(&newsroom.desk(START + HOUR), &settings).await.unwrap(), Tally::default(), "{tls}: what is flagged is a person's");
    }
    for row in 0..230 {
        assert_eq!(newsroom.state(row).await, State::Bounced, "{row}");
    }
}

#[tokio::test]
async fn a_wrong_password_or_authority_is_said() {
    let Some(folder) = dovecot() else { return };
    let newsroom = Newsroom::with_readers(1).await;
    deliver(&folder, "wrong", "0.quay", &newsroom.report(0, "failed", "5.1.1"));
    let error = read_imap(&newsroom.desk(START), &settings(&folder, "wrong", "implicit", "ebb")).await.unwrap_err();
    assert!(error.to_string().starts_with("the mailbox's server refused the login: NO [AUTHENTICATIONFAILED]"), "{error}");
    let mut other = settings(&folder, "wrong", "implicit", "tide");
    other.ca_file = None;
    let error = read_imap(&newsroom.desk(START), &other).await.unwrap_err();
    assert!(matches!(error, IntakeError::Imap(_) | IntakeError::Settings(_)), "{error}");
    assert_eq!(newsroom.state(0).await, State::Active);
}

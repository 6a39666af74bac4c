//! Messages that come back: a folder is a case, with the message, where it arrived if the envelope said so, and what it was
//! read as. Those named `not-…` are no bounces and no complaints.
//!
//! `UPDATE_EXPECT=1` writes `expected.txt` anew; what it says then is to be checked against the message by eye.
//! The cases `postfix-…` were written by a Postfix of our own about addresses that do not exist; all others by hand.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use pulse_returns::{Class, Identity, Outcome, Reason, Returned, Unread, What};

struct Case {
    folder: PathBuf,
    message: Vec<u8>,
    arrived_at: Option<String>,
}

impl Case {
    fn name(&self) -> String {
        self.folder.file_name().unwrap().to_string_lossy().into_owned()
    }

    fn read(&self) -> Returned {
        pulse_returns::read(&self.message, self.arrived_at.as_deref())
    }
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|case| case.unwrap().path()).collect();
    folders.sort();
    let case = |folder: PathBuf| {
        let arrived_at = fs::read_to_string(folder.join("arrived-at.txt")).ok().map(|address| address.trim().to_owned());
        Case { message: fs::read(folder.join("message.eml")).unwrap(), arrived_at, folder }
    };
    folders.into_iter().map(case).collect()
}

#[test]
fn messages_are_read_as_a_careful_reader_would() {
    let mut wrong = vec![];
    for case in cases() {
        let found = describe(&case.read());
        let expected = case.folder.join("expected.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        let wanted = fs::read_to_string(&expected).unwrap_or_default();
        if found != wanted {
            wrong.push(format!("{}: expected\n{wanted}found\n{found}", case.name()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn line_ends_do_not_matter() {
    for case in cases() {
        let text = String::from_utf8(case.message.clone()).unwrap();
        assert!(!text.contains('\r'), "{} is kept with LF", case.name());
        for end in ["\r\n", "\r"] {
            let other = pulse_returns::read(text.replace('\n', end).as_bytes(), case.arrived_at.as_deref());
            assert_eq!(other, case.read(), "{} with {end:?}", case.name());
        }
    }
}

/// Whether acting upon a message could cost a reader anything.
fn acts(what: &What) -> bool {
    match what {
        What::Report(outcomes) => outcomes.iter().any(|outcome| !matches!(outcome.class, Class::Delayed | Class::Arrived)),
        What::Complaint(complaint) => complaint.feedback.ends_subscription(),
        What::Automatic | What::ForPeople(_) => false,
    }
}

#[test]
fn nothing_follows_from_what_is_no_bounce() {
    let (not, are): (Vec<Case>, Vec<Case>) = cases().into_iter().partition(|case| case.name().starts_with("not-"));
    assert!(not.len() >= 20 && are.len() >= 60);
    for case in &not {
        let what = case.read().what;
        assert!(matches!(what, What::Automatic | What::ForPeople(_)), "{} is {what:?}", case.name());
    }
    // The control: the same question has another answer for bounces.
    assert!(are.iter().filter(|case| acts(&case.read().what)).count() >= 50);
}

/// What makes a person's mail out of a bounce: an answer, a forwarded copy, the bounce in the middle of other mail.
fn by_a_person(bounce: &str) -> Vec<String> {
    let quoted: String = bounce.lines().map(|line| format!("> {line}\n")).collect();
    let head = "From: Ada Lorne <ada@mill.example>\nTo: digest@digest.example\n";
    let mixed = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"by a person\"\n\n--by a person\n\nWhat is this?\n--by a person\n";
    vec![
        format!("{head}Subject: Re: Undelivered Mail\n\nThank you.\n\n{quoted}"),
        format!("{head}Subject: Fwd: Undelivered Mail\n\nWhat is this?\n\n-------- Forwarded Message --------\n{bounce}"),
        format!("{head}Subject: Question\n\nWhat is this?\n\n{bounce}"),
        format!("{head}Subject: Question\n{mixed}Content-Type: message/rfc822\n\n{bounce}\n--by a person--\n"),
        format!("{head}Subject: Question\n{mixed}Content-Type: text/plain; name=bounce.eml\n\n{bounce}\n--by a person--\n"),
        format!(
            "{head}List-Id: <talk.lists.example>\nSubject: Talk Digest, Vol 4\n{mixed}Content-Type: multipart/digest; boundary=z\n\n--z\n\n{bounce}\n--z--\n--by a person--\n"
        ),
    ]
}

#[test]
fn a_bounce_in_a_persons_mail_is_a_persons_mail() {
    for case in cases().iter().filter(|case| !case.name().starts_with("not-")) {
        for (at, mail) in by_a_person(&String::from_utf8(case.message.clone()).unwrap()).iter().enumerate() {
            let what = pulse_returns::read(mail.as_bytes(), None).what;
            assert!(matches!(what, What::ForPeople(_)), "{} in shape {at} is {what:?}", case.name());
        }
    }
}

#[test]
fn what_costs_too_much_to_open_is_left_for_people() {
    let nested: String = (0..10_000).map(|at| format!("Content-Type: multipart/mixed; boundary=b{at}\n\n--b{at}\n")).collect();
    let messages = "Content-Type: message/rfc822\n\n".repeat(70_000);
    let parts = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(200_000));
    let missing: String = (0..5_000).map(|_| "--b\nContent-Type: multipart/mixed; boundary=nowhere\n\nx\n").collect();
    let missing = format!("Content-Type: multipart/mixed; boundary=b\n\n{missing}");
    let endless = "X".repeat(100 << 20);
    let header = "X-Long: y\n".repeat(300_000);
    let binary: Vec<u8> = (0..=255u8).cycle().take(3 << 20).collect();
    let html = format!("Content-Type: text/html\n\n{}", "<div>&#x110000;&lt<a@b.example>".repeat(50_000));
    let charset = "Subject: =?no-such?B?//8=?=\nContent-Type: text/plain; charset=\"no-such; \u{0}\"\n\n\u{0}\u{0}550 5.1.1\n";
    let started = std::time::Instant::now();
    for bytes in [
        nested.as_bytes(),
        messages.as_bytes(),
        parts.as_bytes(),
        missing.as_bytes(),
        endless.as_bytes(),
        header.as_bytes(),
        &binary,
        html.as_bytes(),
        charset.as_bytes(),
    ] {
        let returned = pulse_returns::read(bytes, Some("bounce+t@digest.example"));
        assert!(matches!(returned.what, What::ForPeople(_)), "{:?}", returned.what);
        assert_eq!(returned.identity.arrived_at, ["bounce+t@digest.example"]);
    }
    assert_eq!(pulse_returns::read(nested.as_bytes(), None).what, What::ForPeople(Unread::Broken));
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn a_report_about_very_many_stays_small() {
    let groups: String = (0..100_000).map(|at| format!("Final-Recipient: rfc822; r{at}@mill.example\nAction: failed\nStatus: 5.1.1\n\n")).collect();
    let message = format!(
        "From: MAILER-DAEMON@mill.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n{groups}--b--\n"
    );
    let What::Report(outcomes) = pulse_returns::read(message.as_bytes(), None).what else { panic!() };
    assert_eq!(outcomes.len(), 100);
}

/// A message as a person would describe it.
fn describe(returned: &Returned) -> String {
    let mut out = String::new();
    match &returned.what {
        What::Report(outcomes) => {
            out.push_str("a delivery report\n");
            outcomes.iter().for_each(|outcome| describe_outcome(&mut out, outcome));
        }
        What::Complaint(complaint) => {
            writeln!(out, "a complaint: {:?}{}", complaint.feedback, if complaint.feedback.ends_subscription() { ", ends the subscription" } else { "" })
                .unwrap();
            out.extend(complaint.address.as_ref().map(|address| format!("  of {address}\n")));
        }
        What::Automatic => out.push_str("an automatic reply, ignored\n"),
        What::ForPeople(why) => writeln!(out, "left for people: {why:?}").unwrap(),
    }
    describe_identity(&mut out, &returned.identity);
    out
}

fn describe_outcome(out: &mut String, outcome: &Outcome) {
    let address = outcome.address.as_ref().map_or("somebody".to_owned(), ToString::to_string);
    let made = outcome.final_address.as_ref().map_or(String::new(), |made| format!(", which became {made}"));
    let why = if outcome.class == Class::Arrived { String::new() } else { format!(": {} ({})", outcome.reason.words(), outcome.reason.as_str()) };
    writeln!(out, "  {address}{made}").unwrap();
    writeln!(out, "    {:?}, {}{why}", outcome.action, outcome.class.as_str()).unwrap();
    let code = |code: Option<String>| code.unwrap_or("none".to_owned());
    writeln!(out, "    status {}, reply {}", code(outcome.status.map(|status| status.to_string())), code(outcome.reply.map(|reply| reply.to_string())))
        .unwrap();
    writeln!(out, "    said: {}", outcome.diagnostic).unwrap();
}

fn describe_identity(out: &mut String, identity: &Identity) {
    for (what, values) in [
        ("arrived at", &identity.arrived_at),
        ("sent from", &identity.sent_from),
        ("message id", &identity.message_ids),
        ("envelope id", &identity.envelope_ids),
    ] {
        for value in values {
            writeln!(out, "{what}: {value}").unwrap();
        }
    }
    for (name, value) in &identity.headers {
        writeln!(out, "{name}: {value}").unwrap();
    }
}

/// Lines that bounces are made of, and lines that break them.
const LINES: &[&str] = &[
    "From: MAILER-DAEMON@mill.example",
    "From: Ada <ada@mill.example>",
    "Return-Path: <>",
    "Subject: Undelivered Mail Returned to Sender",
    "Subject: Re: May",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
    "Content-Type: multipart/alternative; boundary=\"b\"",
    "Content-Type: message/delivery-status",
    "Content-Type: message/feedback-report",
    "Content-Type: message/rfc822",
    "Content-Type: text/html; charset=utf-16",
    "Content-Transfer-Encoding: base64",
    "Content-Transfer-Encoding: quoted-printable",
    "Feedback-Type: abuse",
    "Auto-Submitted: auto-replied",
    "X-Failed-Recipients: ada@mill.example",
    "Final-Recipient: rfc822; ada@mill.example",
    "Original-Recipient: utf-8; zo\\x{EB}@mill.example",
    "Action: failed",
    "Action: delayed",
    "Status: 5.1.1",
    "Status: 4.2.2 (full)",
    "Diagnostic-Code: smtp; 550-5.1.1 No such",
    " 550 5.1.1 user",
    "Your message could not be delivered to:",
    "<ada@mill.example>:",
    "<ada@mill.example> (expanded from <team@mill.example>): unknown user",
    ">>> RCPT TO:<ada@mill.example>",
    "<<< 452 4.2.2 mailbox full",
    "550 5.1.1 \u{e9}\u{0}\u{2019}",
    "--- Below this line is a copy of the message.",
    "Message-ID: <t@digest.example>",
    "<div>&lt;ada@mill.example&gt;</div><!--",
    "=E9=",
    "@@@@@",
    "--b",
    "--b--",
    "",
    "",
    "",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn whatever_comes_in_is_read(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        check(&bytes)?;
    }

    #[test]
    fn whatever_lines_come_in_are_read(lines in prop::collection::vec(prop::sample::select(LINES), 0..40), end in prop::sample::select(&["\n", "\r\n", "\r"][..])) {
        check(lines.join(end).as_bytes())?;
    }

    #[test]
    fn bounces_cut_short_or_damaged_are_read(case in 0usize..200, cut in 0.0..1.0f64, at in 0.0..1.0f64, byte: u8) {
        let cases = cases();
        let mut message = cases[case % cases.len()].message.clone();
        message.truncate((message.len() as f64 * cut) as usize);
        let at = (message.len() as f64 * at) as usize;
        message.iter_mut().skip(at).take(1).for_each(|one| *one = byte);
        check(&message)?;
    }
}

/// What holds of everything that is read.
fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let Returned { what, identity, subject, .. } = pulse_returns::read(bytes, None);
    prop_assert!(!subject.contains('\n'));
    let candidates = [&identity.arrived_at, &identity.sent_from, &identity.message_ids, &identity.envelope_ids];
    prop_assert!(candidates.iter().all(|list| list.len() <= 20) && identity.headers.len() <= 20);
    if let What::Report(outcomes) = what {
        prop_assert!(!outcomes.is_empty() && outcomes.len() <= 100);
        for outcome in outcomes {
            prop_assert!(outcome.diagnostic.len() <= 500 && !outcome.diagnostic.chars().any(char::is_control));
            if outcome.class == Class::Hard {
                let dead = [Reason::NoSuchUser, Reason::NoSuchDomain, Reason::TakesNoMail, Reason::MailboxDisabled, Reason::Moved];
                prop_assert!(dead.contains(&outcome.reason), "{:?}", outcome);
                prop_assert!(outcome.status.is_none_or(|status| status.class == 5 && status.subject != 7), "{:?}", outcome);
                prop_assert!(outcome.reply.is_none_or(|reply| reply >= 500), "{:?}", outcome);
            }
        }
    }
    Ok(())
}

//! Mail that comes back: each message in its place, whatever breaks, and each reader given up for the right reason or not at all.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pulse_deliver::token::Mailbox;
use pulse_jobs::intake::{Desk, IntakeError, Intakes, ReturnsSettings, Tally, read_imap, read_maildir, serve_lmtp, watch};
use pulse_jobs::returns::{self, Done};
use pulse_mailbox::imap::ImapSettings;
use pulse_model::delivery::DeliveryStatus;
use pulse_model::subscriber::{State, Step};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch as channel;

use crate::sent::{HOUR, Newsroom, START, maildir, report};

fn count(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}

#[tokio::test]
async fn each_message_goes_where_it_belongs() {
    let newsroom = Newsroom::with_readers(6).await;
    let inbox = maildir(newsroom.folder.path());
    let forged = newsroom.return_path(4).replace("bounce+", "bounce+a");
    let other_key = newsroom.return_path(4).chars().rev().collect::<String>();
    let messages = [
        ("hard", newsroom.report(0, "failed", "5.1.1")),
        ("hard-again", newsroom.report(0, "failed", "5.1.1")),
        ("full", newsroom.report(1, "failed", "4.2.2")),
        ("late", newsroom.report(2, "delayed", "4.4.1")),
        ("our-fault", newsroom.report(3, "failed", "5.7.26")),
        ("forged", report(&forged, "reader4@quay.test", "failed", "5.1.1")),
        ("another-key", report(&format!("bounce+{other_key}@digest.test"), "reader4@quay.test", "failed", "5.1.1")),
        ("no-token", report("bounce@digest.test", "reader4@quay.test", "failed", "5.1.1")),
        ("person", format!("From: ada@quay.test\r\nTo: {}\r\nSubject: Re: May\r\n\r\nThe mailbox does not exist, you say?\r\n", newsroom.return_path(4))),
        ("away", format!("From: ada@quay.test\r\nTo: {}\r\nAuto-Submitted: auto-replied\r\nSubject: Away\r\n\r\nI am away.\r\n", newsroom.return_path(4))),
        ("leaves", format!("From: reader5@quay.test\r\nTo: {}\r\nSubject: x\r\n\r\n", newsroom.address(Mailbox::Leave, 5))),
        ("junk", "\u{0}\u{1}\r\n\r\n\r\n".repeat(50)),
        ("nothing", String::new()),
    ];
    for (name, text) in &messages {
        fs::write(inbox.join("new").join(name), text).unwrap();
    }
    fs::create_dir(inbox.join("new/no-file")).unwrap();
    let tally = read_maildir(&newsroom.desk(START + HOUR), &inbox).await.unwrap();
    assert_eq!(tally, Tally { counted: 5, known: 1, automatic: 1, for_people: 6, aside: 1, stuck: 0 }, "{tally}");
    assert_eq!((count(&inbox.join("new")), count(&inbox.join("cur")), count(&inbox.join(".Done/cur")), count(&inbox.join(".Aside/cur"))), (0, 6, 7, 1));
    let mut states = Vec::new();
    for row in 0..6 {
        states.push(newsroom.state(row).await);
    }
    assert_eq!(states, [State::Bounced, State::Active, State::Active, State::Active, State::Active, State::Left]);
    let row = newsroom.store.delivery(newsroom.rows[1].id).await.unwrap().unwrap();
    assert_eq!((row.status, row.reply.enhanced.as_str()), (DeliveryStatus::Failed, "4.2.2"));
    // Nothing is read twice, and what a person put back is read without harm.
    assert_eq!(read_maildir(&newsroom.desk(START + HOUR), &inbox).await.unwrap(), Tally::default());
    fs::rename(inbox.join(".Done/cur/hard:2,S"), inbox.join("new/put-back")).unwrap();
    let again = read_maildir(&newsroom.desk(START + HOUR), &inbox).await.unwrap();
    assert_eq!(again, Tally { known: 1, ..Tally::default() });
    assert_eq!(newsroom.bounces().await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_dies_again_and_again_counts_everything_once() {
    let newsroom = Newsroom::with_readers(60).await;
    let inbox = maildir(newsroom.folder.path());
    for row in 0..60 {
        fs::write(inbox.join(format!("new/{row}")), newsroom.report(row, "failed", "5.1.1")).unwrap();
    }
    let mut deaths = 0;
    for wait_ms in (1..).step_by(3) {
        // The runtime goes with everything in it, as when the machine loses power.
        let desk = newsroom.desk(START + HOUR);
        let inbox = inbox.clone();
        let reading = tokio::spawn(async move { read_maildir(&desk, &inbox).await });
        match tokio::time::timeout(Duration::from_millis(wait_ms), reading).await {
            Ok(ended) => {
                ended.unwrap().unwrap();
                break;
            }
            Err(_) => deaths += 1,
        }
    }
    assert!(deaths > 1, "it died {deaths} times");
    assert_eq!((count(&inbox.join("new")), count(&inbox.join(".Done/cur"))), (0, 60));
    assert_eq!(newsroom.bounces().await.len(), 60);
    for row in 0..60 {
        assert_eq!(newsroom.state(row).await, State::Bounced);
    }
}

#[tokio::test]
async fn what_follows_from_a_bounce_is_done_later_when_the_machine_died_before() {
    let newsroom = Newsroom::with_readers(1).await;
    let text = newsroom.report(0, "failed", "5.1.1");
    // As far as a machine came that died after keeping it.
    let noted = pulse_store::NewBounce {
        message_sha256: {
            use sha2::Digest as _;
            sha2::Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
        },
        delivery: Some(newsroom.rows[0].id),
        class: "hard".into(),
        reason: "no-such-user".into(),
        is_final: true,
        status: "5.1.1".into(),
        words: String::new(),
        excerpt: String::new(),
    };
    newsroom.store.add_bounce(&noted, START + HOUR).await.unwrap();
    assert_eq!(newsroom.state(0).await, State::Active);
    let take = async |now| returns::take(&newsroom.store, &newsroom.post, text.as_bytes(), None, now).await.unwrap();
    assert_eq!(take(START + 2 * HOUR).await, Done::Known);
    assert_eq!(newsroom.state(0).await, State::Bounced);
    // The reader comes back by consenting: what came before counts no more, however often it is read.
    newsroom.step(0, Step::Confirm, START + 3 * HOUR).await;
    assert_eq!(take(START + 4 * HOUR).await, Done::Known);
    let late = newsroom.report(0, "delayed", "4.4.1");
    let done = returns::take(&newsroom.store, &newsroom.post, late.as_bytes(), None, START + 4 * HOUR).await.unwrap();
    assert!(matches!(done, Done::Noted(_)), "{done:?}");
    assert_eq!(newsroom.state(0).await, State::Active);
    // One in the very moment of the consent counts.
    newsroom.step(0, Step::Confirm, START + 5 * HOUR).await;
    let other = newsroom.report(0, "failed", "5.1.10");
    let done = returns::take(&newsroom.store, &newsroom.post, other.as_bytes(), None, START + 5 * HOUR).await.unwrap();
    assert!(matches!(done, Done::GivenUp(_)), "{done:?}");
}

#[tokio::test]
async fn a_bounce_that_is_faster_than_the_sender_fails_its_row() {
    let mut newsroom = Newsroom::with_readers(2).await;
    newsroom.begin("2026-06", START + HOUR).await;
    let bounce = newsroom.report(0, "failed", "4.2.2");
    let done = returns::take(&newsroom.store, &newsroom.post, bounce.as_bytes(), None, START + HOUR).await.unwrap();
    assert!(matches!(done, Done::Noted(_)), "{done:?}");
    // Now the sender comes to say that the relay took both.
    newsroom.taken(START + HOUR).await;
    let mut statuses = Vec::new();
    for row in &newsroom.rows {
        statuses.push(newsroom.store.delivery(row.id).await.unwrap().unwrap().status);
    }
    assert_eq!(statuses, [DeliveryStatus::Failed, DeliveryStatus::Sent]);
    let report = newsroom.store.send_report(newsroom.send, START + HOUR).await.unwrap();
    assert_eq!(report.statuses, [(DeliveryStatus::Sent, 1), (DeliveryStatus::Failed, 1)]);
}

#[tokio::test]
async fn one_on_which_the_reading_breaks_stops_none_behind_it() {
    let newsroom = Newsroom::with_readers(3).await;
    let inbox = maildir(newsroom.folder.path());
    for row in 0..3 {
        fs::write(inbox.join(format!("new/{row}")), newsroom.report(row, "failed", "5.1.1")).unwrap();
    }
    let asked = AtomicUsize::new(0);
    let clock = Arc::new(move || if asked.fetch_add(1, Ordering::SeqCst) == 1 { panic!("a message broke the reading") } else { START + HOUR });
    let tally = read_maildir(&Desk { clock, ..newsroom.desk(START) }, &inbox).await.unwrap();
    assert_eq!(tally, Tally { counted: 2, aside: 1, ..Tally::default() });
    assert_eq!((count(&inbox.join(".Done/cur")), count(&inbox.join(".Aside/cur"))), (2, 1));
    assert!(inbox.join(".Aside/cur/1:2,").exists());
}

#[tokio::test]
async fn while_the_store_is_away_nothing_is_moved() {
    let newsroom = Newsroom::with_readers(1).await;
    let inbox = maildir(newsroom.folder.path());
    fs::write(inbox.join("new/0"), newsroom.report(0, "failed", "5.1.1")).unwrap();
    let desk = newsroom.desk(START + HOUR);
    newsroom.store.close().await;
    let error = read_maildir(&desk, &inbox).await.unwrap_err();
    assert!(matches!(error, IntakeError::Job(_)), "{error}");
    assert_eq!(count(&inbox.join("new")), 1);
    let nowhere = read_maildir(&desk, Path::new("/there/is/no/such/maildir")).await.unwrap_err();
    assert_eq!(nowhere.to_string(), "the maildir /there/is/no/such/maildir cannot be read");
}

/// Delivers to a listener, and gives its answers to RCPT and to the message.
async fn deliver(port: u16, recipient: &str, message: &str) -> (String, String) {
    let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
    let mut last = String::new();
    let mut answers = Vec::new();
    for command in ["", "LHLO mail.example\r\n", "MAIL FROM:<>\r\n", &format!("RCPT TO:<{recipient}>\r\n"), "DATA\r\n", &format!("{message}\r\n.\r\n")] {
        stream.write_all(command.as_bytes()).await.unwrap();
        loop {
            last.clear();
            stream.read_line(&mut last).await.unwrap();
            if last.as_bytes().get(3) != Some(&b'-') {
                break;
            }
        }
        answers.push(last.trim_end().to_owned());
        if command.starts_with("RCPT") && last.starts_with('5') {
            break;
        }
    }
    (answers[3].clone(), answers.get(5).cloned().unwrap_or_default())
}

fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// Waits until somebody listens there.
async fn until_open(port: u16) {
    for _ in 0..500 {
        if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody listens at port {port}");
}

#[tokio::test]
async fn a_mail_server_hands_in_what_is_ours_and_nothing_else() {
    let newsroom = Newsroom::with_readers(3).await;
    let returns = newsroom.folder.path().join("returns");
    let port = free_port();
    let at = format!("127.0.0.1:{port}").parse().unwrap();
    let (_stop, stopped) = channel::channel(false);
    let desk = newsroom.desk(START + HOUR);
    let folder = returns.clone();
    tokio::spawn(async move { serve_lmtp(desk, &at, "pulse.example", &folder, stopped).await.unwrap() });
    until_open(port).await;
    let (to, then) = deliver(port, &newsroom.return_path(0), &newsroom.report(0, "failed", "5.1.1")).await;
    assert_eq!((to.as_str(), then.as_str()), ("250 2.1.5 OK", "250 2.0.0 OK"));
    assert_eq!(newsroom.state(0).await, State::Bounced);
    let forged = newsroom.return_path(1).replace("bounce+", "bounce+a");
    for other in ["reader1@quay.test", "bounce@digest.test", "postmaster@digest.test", &forged] {
        assert!(deliver(port, other, "").await.0.starts_with("550 5.1.1"), "{other}");
    }
    // A report that names nobody of ours, but came to a token of ours, is about that delivery; a person's words are a person's.
    let (_, then) = deliver(port, &newsroom.return_path(1), "From: ada@quay.test\r\nSubject: Re: May\r\n\r\nThank you!").await;
    assert_eq!((then.as_str(), count(&returns.join("new"))), ("250 2.0.0 OK", 1));
    let (_, then) = deliver(port, &newsroom.return_path(2), &report("somebody@digest.test", "x@quay.test", "failed", "5.1.1")).await;
    assert_eq!(then, "250 2.0.0 OK");
    assert_eq!((newsroom.state(1).await, newsroom.state(2).await), (State::Active, State::Bounced));
    newsroom.store.close().await;
    let (to, then) = deliver(port, &newsroom.return_path(1), &newsroom.report(1, "failed", "5.1.1")).await;
    assert!(to.starts_with("250") && then.starts_with("451 4.3.0"), "{to}, {then}");
}

#[tokio::test]
async fn a_way_in_that_fails_stops_no_other() {
    let newsroom = Newsroom::with_readers(2).await;
    let inbox = maildir(newsroom.folder.path());
    fs::write(inbox.join("new/0"), newsroom.report(0, "failed", "5.1.1")).unwrap();
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let settings: ReturnsSettings = toml::from_str(&format!(
        "maildir = {:?}\nlmtp = \"{}\"\nevery_s = 1\n[imap]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"off\"\n\
         auth = {{ user = \"bounces\", password = {{ env = \"PULSE_THERE_IS_NO_SUCH_VARIABLE\" }}, allow_plain_on_loopback = true }}\n",
        inbox.display().to_string(),
        taken.local_addr().unwrap(),
        free_port()
    ))
    .unwrap();
    settings.check().unwrap();
    let intakes = Intakes { settings, name: "pulse.example".into(), folder: newsroom.folder.path().join("returns") };
    let (stop, stopped) = channel::channel(false);
    let watching = tokio::spawn(watch(newsroom.desk(START + HOUR), intakes, stopped));
    let arrives = async |number: usize| {
        for _ in 0..1000 {
            if count(&inbox.join(".Done/cur")) == number {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("message {number} was not read");
    };
    arrives(1).await;
    fs::write(inbox.join("new/1"), newsroom.report(1, "failed", "5.1.1")).unwrap();
    arrives(2).await;
    drop(stop);
    tokio::time::timeout(Duration::from_secs(5), watching).await.unwrap().unwrap();
}

/// A mailbox of numbered messages whose server hangs up when it is asked for the second.
async fn mailbox_with_a_break(messages: Vec<String>) -> u16 {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut there: Vec<usize> = (1..=messages.len()).collect();
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            stream.write_all(b"* OK ready\r\n").await.unwrap();
            let mut line = String::new();
            while stream.read_line(&mut line).await.is_ok_and(|length| length > 0) {
                let (tag, command) = line.trim_end().split_once(' ').unwrap_or(("P2", ""));
                let uid = command.split(' ').nth(2).and_then(|uid| uid.parse::<usize>().ok());
                let said = match command.split(" \"").next().unwrap() {
                    "CAPABILITY" => "* CAPABILITY IMAP4rev1 AUTH=PLAIN MOVE\r\n".to_owned(),
                    "AUTHENTICATE PLAIN" => "+ \r\n".to_owned(),
                    "SELECT" => format!("* {} EXISTS\r\n", there.len()),
                    fetch if fetch.starts_with("UID FETCH 2 ") => break,
                    fetch if fetch.starts_with("UID FETCH") => {
                        let text = &messages[uid.unwrap() - 1];
                        format!("* 1 FETCH (UID {} BODY[]<0> {{{}}}\r\n{text})\r\n", uid.unwrap(), text.len())
                    }
                    search if search.starts_with("UID SEARCH") => {
                        format!("* SEARCH {}\r\n", there.iter().map(usize::to_string).collect::<Vec<_>>().join(" "))
                    }
                    moved if moved.starts_with("UID MOVE") => {
                        let gone: Vec<usize> = moved.split([' ', ',']).filter_map(|uid| uid.parse().ok()).collect();
                        there.retain(|uid| !gone.contains(uid));
                        "* 1 EXPUNGE\r\n".repeat(gone.len())
                    }
                    _ => String::new(),
                };
                let end = if said.starts_with('+') { String::new() } else { format!("{tag} OK\r\n") };
                stream.write_all(format!("{said}{end}").as_bytes()).await.unwrap();
                line.clear();
            }
        }
    });
    port
}

#[tokio::test]
async fn a_message_that_breaks_the_connection_stops_none_behind_it() {
    let newsroom = Newsroom::with_readers(4).await;
    let messages = (0..4).map(|row| newsroom.report(row, "failed", "5.1.1")).collect();
    let port = mailbox_with_a_break(messages).await;
    let secret = newsroom.folder.path().join("secret");
    fs::write(&secret, "tide").unwrap();
    let settings: ImapSettings = toml::from_str(&format!(
        "host = \"127.0.0.1\"\nport = {port}\ntls = \"off\"\n\
         auth = {{ user = \"bounces\", password = {{ file = {:?} }}, allow_plain_on_loopback = true }}\n",
        secret.display().to_string()
    ))
    .unwrap();
    let tally = read_imap(&newsroom.desk(START + HOUR), &settings).await.unwrap();
    // The first was read, and not moved before the connection broke.
    assert_eq!(tally, Tally { counted: 3, known: 1, stuck: 1, ..Tally::default() });
    let mut states = Vec::new();
    for row in 0..4 {
        states.push(newsroom.state(row).await);
    }
    assert_eq!(states, [State::Bounced, State::Active, State::Bounced, State::Bounced]);
}

//! Messages that come back, as mail servers write them (RFC 3464): for fictional readers whose addresses turn out to be dead or full.
//!
//! In: who reports about whom, and the message that was sent. Out: the bytes of a message, addressed to the return path.

use jiff::Timestamp;

/// Why a message comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Enhanced status code, RFC 3463.
    pub(super) status: &'static str,
    /// The server's words.
    pub(super) words: &'static str,
}

/// Two addresses that are dead, each in its way, and one mailbox without room.
pub(super) const FAULTS: [Fault; 3] = [
    Fault { status: "5.1.1", words: "550 5.1.1 No such user here" },
    Fault { status: "5.2.2", words: "552 5.2.2 The mailbox is full" },
    Fault { status: "5.1.10", words: "556 5.1.10 The domain accepts no mail" },
];

/// A delivery report about `sent`. `to` is the return path, `about` whom the message was for. `at` is Unix milliseconds.
pub(super) fn report(fault: Fault, to: &str, about: &str, sent: &[u8], at: i64) -> String {
    let server = format!("mx.{}", about.rsplit_once('@').map_or(about, |(_, domain)| domain));
    let when = Timestamp::from_millisecond(at).map(|at| at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()).unwrap_or_default();
    let Fault { status, words } = fault;
    let lines = [
        "Return-Path: <>",
        &format!("From: Mail Delivery System <MAILER-DAEMON@{server}>"),
        &format!("To: <{to}>"),
        "Subject: Undelivered Mail Returned to Sender",
        &format!("Date: {when}"),
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=\"=_report\"",
        "",
        "--=_report",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        &format!("Your message could not be delivered to <{about}>:"),
        words,
        "",
        "--=_report",
        "Content-Type: message/delivery-status",
        "",
        &format!("Reporting-MTA: dns; {server}"),
        &format!("Arrival-Date: {when}"),
        "",
        &format!("Final-Recipient: rfc822; {about}"),
        "Action: failed",
        &format!("Status: {status}"),
        &format!("Diagnostic-Code: smtp; {words}"),
        "",
        "--=_report",
        "Content-Type: text/rfc822-headers",
        "",
        &headers(sent),
        "",
        "--=_report--",
        "",
    ];
    lines.join("\r\n")
}

/// The header of a message; mail servers return that and spare the rest.
fn headers(message: &[u8]) -> String {
    let text = String::from_utf8_lossy(message);
    text.split("\r\n\r\n").next().unwrap_or_default().to_owned()
}

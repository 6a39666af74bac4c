//! Can a relay be reached as its settings say?

use pulse_access::TlsPolicy;

use super::finding::Finding;
use crate::smtp::{Connection, Server, SmtpError};

/// Connects as a send does, to the point where a message would begin, and takes leave.
pub async fn relay(server: &Server) -> Finding {
    let about = format!("relay {}:{}", server.host, server.port);
    let connection = match Connection::open(server).await {
        Ok(connection) => connection,
        Err(error) => return failed(&about, &error),
    };
    let is_secured = connection.is_secured();
    connection.quit().await;
    let login = if server.login.is_some() { ", and knows us" } else { "" };
    let is_here = server.host == "localhost" || server.host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback());
    match (is_secured, server.tls) {
        (true, _) => Finding::ok(&about, format!("answers through TLS with a certificate that is believed{login}")),
        (false, _) if is_here => Finding::ok(&about, format!("answers, without TLS on this machine{login}")),
        (false, TlsPolicy::Off) => Finding::warn(&about, "messages go there without TLS, for everyone on the way to read")
            .advise("Set tls = \"required\" for the relay in pulse.toml, if it can."),
        (false, _) => Finding::warn(&about, "does not offer TLS, and messages go there for everyone on the way to read")
            .advise("Ask whoever runs it for TLS, and then set tls = \"required\" in pulse.toml."),
    }
}

fn failed(about: &str, error: &SmtpError) -> Finding {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    let message = causes.fold(error.to_string(), |words, cause| format!("{words}: {cause}"));
    let advice = match error {
        SmtpError::Certificate { .. } => {
            "See that the host in pulse.toml is the name in its certificate, and name the authority in ca_file where it is a private one."
        }
        SmtpError::NoTls { .. } => "See that the port is the right one: 587 for STARTTLS, 465 with tls = \"implicit\".",
        SmtpError::Login { .. } => "See that the user and the password in pulse.toml are those of the relay.",
        _ => "See that host, port, tls and auth in pulse.toml are those of the relay, and that this machine may reach it.",
    };
    Finding::fail(about, message).advise(advice)
}

//! Messages that the tests of SMTP share.

use std::time::Duration;

use pulse_deliver::smtp::{Body, Connection, Envelope, Reply, SmtpError};
use pulse_model::EmailAddress;

/// From the digest's bounce address, with an id.
pub(crate) fn envelope(recipient: &str, id: &str) -> Envelope {
    let sender = EmailAddress::parse("bounce+may@news.example").unwrap();
    Envelope::new(Some(sender), EmailAddress::parse(recipient).unwrap(), id).unwrap()
}

/// Sends one message as a careful caller does: it waits before the final dot, as if a row were written.
pub(crate) async fn send(connection: &mut Connection, envelope: &Envelope, slices: &[&[u8]], pause: Duration) -> Result<Reply, SmtpError> {
    let body = Body::check(slices)?;
    let undotted = connection.offer(envelope, &body).await?.body().await?;
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
    undotted.finish().await
}

//! The door to a listmonk server: makes a draft of a campaign there (<https://listmonk.app/docs/apis/campaigns/>).
//!
//! In: [`Settings`] and a [`Campaign`]. Out: the number of the draft. A person looks at it in listmonk and starts it there; nothing
//! is sent by this. Always: the token goes out over TLS alone, or to this very machine; no redirect is followed; an answer is read
//! up to 4 MB, and the whole of it takes no longer than its time.

use std::path::PathBuf;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use pulse_access::{AccessError, SecretSource, Trust, TrustError};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::ServerName;

/// The most of an answer that is read, in bytes. It repeats the campaign.
const MAX_ANSWER_BYTES: usize = 4_000_000;
/// The most words of a refusal that are repeated.
const MAX_MESSAGE_CHARS: usize = 300;

/// Where a listmonk is, and what it is to do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `https://lists.example.org`; `http` on this machine alone.
    pub url: String,
    /// The API user, made under Users in listmonk.
    pub user: String,
    /// The user's token.
    pub token: SecretSource,
    /// The lists the campaign is for, by their numbers.
    pub lists: Vec<u64>,
    /// The template, by its number: one that holds nothing but `{{ template "content" . }}`, because the edition is a whole page.
    /// listmonk's default one if left out.
    #[serde(default)]
    pub template: Option<u64>,
    /// A file of certificates (PEM) that alone may sign the server's. Without it, what the operating system believes.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// How long the whole of it may take, in seconds.
    #[serde(default = "usual_timeout_s")]
    pub timeout_s: u64,
}

fn usual_timeout_s() -> u64 {
    30
}

/// What becomes a draft.
#[derive(Clone, Copy, Debug)]
pub struct Campaign<'a> {
    /// What listmonk's own list calls it.
    pub name: &'a str,
    /// With its tags, as all of the rest.
    pub subject: &'a str,
    /// The HTML part.
    pub html: &'a str,
    /// The text part.
    pub text: &'a str,
}

/// Why there is no draft, as far as is known.
#[derive(Debug, thiserror::Error)]
pub enum ListmonkError {
    /// No address of a server.
    #[error("\u{201c}{url}\u{201d} is not the address of a listmonk server")]
    Address {
        /// As the settings have it.
        url: String,
    },
    /// The token would be read on the way.
    #[error("{host} is another machine, and a token goes there over https alone")]
    NotSecured {
        /// Which.
        host: String,
    },
    /// Nobody to send it to.
    #[error("no list is named")]
    NoLists,
    /// The token.
    #[error("the token cannot be read")]
    Token(#[source] AccessError),
    /// A line end, or another character that would be read as something else.
    #[error("the user or the token has a character that cannot be in one")]
    Login,
    /// The file of certificates.
    #[error("the certificates that may sign for {host} cannot be used")]
    Trust {
        /// For whom.
        host: String,
        /// Why.
        #[source]
        cause: TrustError,
    },
    /// The file of certificates cannot be read.
    #[error("the file {} cannot be read", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// No connection, or one that is not secure.
    #[error("there is no connection to {host}")]
    Unreachable {
        /// Where to.
        host: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// It was cut off, or is no HTTP.
    #[error("{host} broke off")]
    BrokeOff {
        /// Who.
        host: String,
        /// How.
        #[source]
        cause: hyper::Error,
    },
    /// No answer in time; whether there is a draft is not known.
    #[error("{host} said nothing for {seconds} seconds")]
    Silent {
        /// Who.
        host: String,
        /// How long.
        seconds: u64,
    },
    /// The token is not good, or may not do this.
    #[error("{host} does not let {user} make campaigns: {status} {message}")]
    NotAllowed {
        /// Who.
        host: String,
        /// Whom.
        user: String,
        /// 401 or 403.
        status: u16,
        /// Its own words.
        message: String,
    },
    /// It did not want the campaign.
    #[error("{host} refused the campaign: {status} {message}")]
    Refused {
        /// Who.
        host: String,
        /// HTTP.
        status: u16,
        /// Its own words.
        message: String,
    },
    /// Its answer is not listmonk's.
    #[error("{host} does not answer as listmonk does")]
    NotListmonk {
        /// Who.
        host: String,
    },
}

/// What listmonk takes; the names are its own.
#[derive(Serialize)]
struct Body<'a> {
    name: &'a str,
    subject: &'a str,
    lists: &'a [u64],
    r#type: &'static str,
    content_type: &'static str,
    messenger: &'static str,
    body: &'a str,
    altbody: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    template_id: Option<u64>,
    tags: [&'static str; 1],
}

#[derive(Deserialize)]
struct Made {
    data: MadeCampaign,
}

#[derive(Deserialize)]
struct MadeCampaign {
    id: u64,
}

#[derive(Deserialize)]
struct Complaint {
    message: String,
}

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    host: String,
    port: u16,
    is_secure: bool,
    path: String,
}

impl Place {
    fn of(url: &str) -> Result<Self, ListmonkError> {
        let wrong = || ListmonkError::Address { url: url.chars().take(100).collect() };
        let uri: Uri = url.trim().parse().map_err(|_| wrong())?;
        let is_secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong()),
        };
        if uri.query().is_some() || uri.authority().is_none_or(|authority| authority.as_str().contains('@')) {
            return Err(wrong());
        }
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(wrong)?.to_owned();
        let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        let place = Self { port, is_secure, path: format!("{}/api/campaigns", uri.path().trim_end_matches('/')), host };
        if is_secure || place.is_here() { Ok(place) } else { Err(ListmonkError::NotSecured { host: place.host }) }
    }

    fn bare_host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    fn is_here(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost") || self.bare_host().parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

/// Makes the draft of a campaign; its number in listmonk.
///
/// # Errors
/// [`ListmonkError`]. After [`ListmonkError::Silent`] and [`ListmonkError::BrokeOff`] there may be a draft all the same.
pub async fn create(settings: &Settings, campaign: &Campaign<'_>) -> Result<u64, ListmonkError> {
    let place = Place::of(&settings.url)?;
    if settings.lists.is_empty() {
        return Err(ListmonkError::NoLists);
    }
    let request = request(settings, &place, campaign)?;
    let within = Duration::from_secs(settings.timeout_s);
    let silent = |_| ListmonkError::Silent { host: place.host.clone(), seconds: settings.timeout_s };
    let (status, answer) = tokio::time::timeout(within, ask(settings, &place, request)).await.map_err(silent)??;
    read(settings, place.host, status, &answer)
}

fn request(settings: &Settings, place: &Place, campaign: &Campaign<'_>) -> Result<Request<Full<Bytes>>, ListmonkError> {
    let Campaign { name, subject, html, text } = *campaign;
    let body = Body {
        name,
        subject,
        lists: &settings.lists,
        r#type: "regular",
        content_type: "html",
        messenger: "email",
        body: html,
        altbody: text,
        template_id: settings.template,
        tags: ["pulse"],
    };
    let unfit = |_| ListmonkError::Address { url: settings.url.clone() };
    let json = serde_json::to_vec(&body).map_err(|_| ListmonkError::NotListmonk { host: place.host.clone() })?;
    let token = settings.token.read().map_err(ListmonkError::Token)?;
    // A user or token with a line end in it would be a header of its own.
    let mut login = HeaderValue::from_str(&format!("token {}:{}", settings.user, token.reveal())).map_err(|_| ListmonkError::Login)?;
    login.set_sensitive(true);
    let host = HeaderValue::from_str(&format!("{}:{}", place.host, place.port)).map_err(|_| ListmonkError::Address { url: settings.url.clone() })?;
    Request::post(&place.path)
        .header(HOST, host)
        .header(USER_AGENT, "Pulse")
        .header(AUTHORIZATION, login)
        .header(CONTENT_TYPE, "application/json; charset=utf-8")
        .body(Full::new(Bytes::from(json)))
        .map_err(unfit)
}

async fn ask(settings: &Settings, place: &Place, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), ListmonkError> {
    let host = place.host.clone();
    let unreachable = |cause| ListmonkError::Unreachable { host: host.clone(), cause };
    let stream = TcpStream::connect((place.bare_host(), place.port)).await.map_err(unreachable)?;
    if !place.is_secure {
        return exchange(stream, &host, request).await;
    }
    let trust = trust(settings, &host)?;
    let name = ServerName::try_from(place.bare_host().to_owned()).map_err(|_| ListmonkError::Address { url: settings.url.clone() })?;
    exchange(trust.connector().connect(name, stream).await.map_err(unreachable)?, &host, request).await
}

fn trust(settings: &Settings, host: &str) -> Result<Trust, ListmonkError> {
    let trust = match &settings.ca_file {
        Some(path) => Trust::of_authorities(&std::fs::read(path).map_err(|cause| ListmonkError::File { path: path.clone(), cause })?),
        None => Trust::of_system(),
    };
    trust.map_err(|cause| ListmonkError::Trust { host: host.to_owned(), cause })
}

/// One request and its answer.
async fn exchange<S>(stream: S, host: &str, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), ListmonkError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let broke_off = |cause| ListmonkError::BrokeOff { host: host.to_owned(), cause };
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broke_off)?;
    // It ends with the answer, or when the sender is gone.
    let connection = tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(broke_off)?;
    let status = response.status();
    let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES).collect().await;
    connection.abort();
    let body = body.map_err(|_| ListmonkError::NotListmonk { host: host.to_owned() })?;
    Ok((status, body.to_bytes()))
}

fn read(settings: &Settings, host: String, status: StatusCode, answer: &[u8]) -> Result<u64, ListmonkError> {
    if status.is_success() {
        let made = serde_json::from_slice::<Made>(answer).map_err(|_| ListmonkError::NotListmonk { host })?;
        return Ok(made.data.id);
    }
    let words = serde_json::from_slice::<Complaint>(answer).map(|complaint| complaint.message).unwrap_or_default();
    let message: String = words.chars().filter(|c| !c.is_control()).take(MAX_MESSAGE_CHARS).collect();
    match status.as_u16() {
        status @ (401 | 403) => Err(ListmonkError::NotAllowed { host, user: settings.user.clone(), status, message }),
        status => Err(ListmonkError::Refused { host, status, message }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_over_tls_or_to_this_machine() {
        for url in ["https://lists.example.org", "http://127.0.0.1:9000", "http://localhost:9000/", "http://[::1]:9000"] {
            assert!(Place::of(url).is_ok(), "{url}");
        }
        assert_eq!(Place::of("https://a.example/listmonk/").unwrap().path, "/listmonk/api/campaigns");
        for url in ["http://lists.example.org", "http://127.0.0.1.example.org"] {
            assert!(matches!(Place::of(url), Err(ListmonkError::NotSecured { .. })), "{url}");
        }
        for url in ["", "lists.example.org", "ftp://a.example", "https://", "https://a:b@a.example", "https://a.example/?x=1"] {
            assert!(matches!(Place::of(url), Err(ListmonkError::Address { .. })), "{url}");
        }
    }
}

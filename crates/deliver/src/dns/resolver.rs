//! The door to a resolver.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use super::wire::{self, Reply};
use super::{Answer, Failure, Question};

/// How long one try may take.
const TRY_LIMIT: Duration = Duration::from_secs(2);
/// How often one server is tried.
const TRIES: usize = 2;
/// What the system knows its resolvers by.
const SYSTEM_FILE: &str = "/etc/resolv.conf";

/// Servers that look names up for this machine, the first to be tried first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolver {
    servers: Vec<SocketAddr>,
}

/// The system does not say who looks names up.
#[derive(Debug, thiserror::Error)]
pub enum ResolverError {
    /// Its file cannot be read.
    #[error("{SYSTEM_FILE} cannot be read")]
    File(#[source] io::Error),
    /// Its file names none.
    #[error("{SYSTEM_FILE} names no server")]
    NoServer,
}

impl Resolver {
    /// One server.
    pub fn at(server: SocketAddr) -> Self {
        Self { servers: vec![server] }
    }

    /// Those of the system.
    ///
    /// # Errors
    /// [`ResolverError`]: then somebody has to name one.
    pub fn of_system() -> Result<Self, ResolverError> {
        let text = std::fs::read_to_string(Path::new(SYSTEM_FILE)).map_err(ResolverError::File)?;
        let servers = servers_of(&text);
        if servers.is_empty() { Err(ResolverError::NoServer) } else { Ok(Self { servers }) }
    }

    /// In words.
    pub fn name(&self) -> String {
        self.servers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    /// Asks, and asks again where nobody answers: a server has twice two seconds.
    pub async fn ask(&self, question: &Question) -> Answer {
        let mut failure = Failure::NotAsked;
        for server in &self.servers {
            for _ in 0..TRIES {
                match timeout(TRY_LIMIT, ask(*server, question)).await {
                    Ok(Ok(Answer::Failed(refused))) => {
                        failure = refused;
                        break;
                    }
                    Ok(Ok(answer)) => return answer,
                    Ok(Err(cause)) => failure = Failure::Unreachable(cause.to_string()),
                    Err(_) => failure = Failure::Silent,
                }
            }
        }
        Answer::Failed(failure)
    }
}

/// The `nameserver` lines of a resolv.conf.
fn servers_of(text: &str) -> Vec<SocketAddr> {
    let address = |line: &str| {
        let mut words = line.split_whitespace();
        let is_server = words.next() == Some("nameserver");
        // A zone stands behind an address of the local link, such as fe80::1%eth0; such servers are left out.
        words.next().filter(|_| is_server)?.parse::<IpAddr>().ok()
    };
    text.lines().filter_map(address).take(3).map(|address| SocketAddr::new(address, 53)).collect()
}

async fn ask(server: SocketAddr, question: &Question) -> io::Result<Answer> {
    let id = rand::random();
    let Some(bytes) = wire::question(id, question) else {
        return Ok(Answer::NoName);
    };
    let any: IpAddr = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(server).await?;
    socket.send(&bytes).await?;
    let mut buffer = [0; wire::MOST_UDP_BYTES as usize];
    loop {
        let size = socket.recv(&mut buffer).await?;
        match wire::reply(id, question, &buffer[..size]) {
            Reply::Answer(answer) => return Ok(answer),
            Reply::Truncated => return connected(server, id, question, &bytes).await,
            Reply::Foreign => {}
        }
    }
}

/// Asks over a connection, where an answer of any size fits (RFC 7766).
async fn connected(server: SocketAddr, id: u16, question: &Question, bytes: &[u8]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(server).await?;
    let size = u16::try_from(bytes.len()).map_err(io::Error::other)?;
    stream.write_all(&[&size.to_be_bytes(), bytes].concat()).await?;
    let mut answer = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut answer).await?;
    match wire::reply(id, question, &answer) {
        Reply::Answer(answer) => Ok(answer),
        Reply::Truncated | Reply::Foreign => Err(io::Error::new(io::ErrorKind::InvalidData, "the answer belongs to another question")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_the_system_is_read() {
        let text = "# by hand\nsearch quay.example\nnameserver 192.0.2.53\nnameserver fe80::1%eth0\n nameserver ::1 \noptions edns0\n";
        assert_eq!(servers_of(text), [([192, 0, 2, 53], 53).into(), (Ipv6Addr::LOCALHOST, 53).into()]);
    }
}

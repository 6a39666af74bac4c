//! A name server for tests that knows what a text says, and fails where it says so.
//!
//! In: a [`Zone`]. Out: an address on this machine that answers over UDP and TCP, and afterwards [`DnsServer::questions`]. What does
//! not fit into a datagram is cut, as everywhere. Not here: caching, and whatever else a real name server has.

mod zone;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use hickory_proto::op::{Message, ResponseCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinHandle;

use zone::{Found, MOST_ALIASES};
pub use zone::{Zone, ZoneError};

/// What fits into a datagram where nobody says more (RFC 1035 section 4.2.1).
const MOST_BYTES: usize = 512;

/// A running server. It stops when this is dropped.
pub struct DnsServer {
    address: SocketAddr,
    asked: Arc<Asked>,
    tasks: [JoinHandle<()>; 2],
}

#[derive(Default)]
struct Asked(Mutex<Vec<String>>);

impl Asked {
    fn list(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DnsServer {
    /// Starts a server on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When there is no port that is free for both.
    pub async fn start(zone: Zone) -> io::Result<Self> {
        let (listener, socket) = bind().await?;
        let address = listener.local_addr()?;
        let (zone, asked) = (Arc::new(zone), Arc::new(Asked::default()));
        let tasks = [tokio::spawn(datagrams(socket, zone.clone(), asked.clone())), tokio::spawn(connections(listener, zone, asked.clone()))];
        Ok(Self { address, asked, tasks })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it was asked, as `UDP name TYPE` or `TCP name TYPE`, in order.
    pub fn questions(&self) -> Vec<String> {
        self.asked.list().clone()
    }
}

impl Drop for DnsServer {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// A port that is free for both; another process may take one in between.
async fn bind() -> io::Result<(TcpListener, UdpSocket)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..20 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        match UdpSocket::bind(listener.local_addr()?).await {
            Ok(socket) => return Ok((listener, socket)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn datagrams(socket: UdpSocket, zone: Arc<Zone>, asked: Arc<Asked>) {
    let mut buffer = [0; 4096];
    while let Ok((size, from)) = socket.recv_from(&mut buffer).await {
        let Ok(question) = Message::from_vec(&buffer[..size]) else { continue };
        let most = question.edns.as_ref().map_or(MOST_BYTES, |edns| usize::from(edns.max_payload()).max(MOST_BYTES));
        let Some(answer) = answer(&question, &zone, &asked, "UDP") else { continue };
        let Ok(mut bytes) = answer.to_vec() else { continue };
        if bytes.len() > most {
            bytes = answer.truncate().to_vec().unwrap_or_default();
        }
        _ = socket.send_to(&bytes, from).await;
    }
}

async fn connections(listener: TcpListener, zone: Arc<Zone>, asked: Arc<Asked>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(connection(stream, zone.clone(), asked.clone()));
    }
}

async fn connection(mut stream: TcpStream, zone: Arc<Zone>, asked: Arc<Asked>) -> io::Result<()> {
    loop {
        let mut bytes = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut bytes).await?;
        let Some(answer) = Message::from_vec(&bytes).ok().and_then(|question| answer(&question, &zone, &asked, "TCP")) else { return Ok(()) };
        let bytes = answer.to_vec().map_err(io::Error::other)?;
        stream.write_u16(u16::try_from(bytes.len()).map_err(io::Error::other)?).await?;
        stream.write_all(&bytes).await?;
    }
}

/// `None`: the zone says that nobody answers.
fn answer(question: &Message, zone: &Zone, asked: &Asked, way: &str) -> Option<Message> {
    let query = question.queries.first()?;
    let name = query.name().to_ascii().trim_end_matches('.').to_ascii_lowercase();
    asked.list().push(format!("{way} {name} {}", query.query_type()));
    let mut answer = Message::response(question.metadata.id, question.metadata.op_code);
    answer.metadata.recursion_desired = true;
    answer.metadata.recursion_available = true;
    answer.add_query(query.clone());
    let mut name = name;
    for _ in 0..MOST_ALIASES {
        match zone.find(&name, query.query_type()) {
            Found::Records(records) => {
                answer.answers.extend(records);
                break;
            }
            Found::Alias(target, record) => {
                answer.answers.push(*record);
                name = target;
            }
            Found::NoRecords => break,
            Found::NoName => {
                answer.metadata.response_code = ResponseCode::NXDomain;
                break;
            }
            Found::Failure => {
                answer.metadata.response_code = ResponseCode::ServFail;
                break;
            }
            Found::Silence => return None,
        }
    }
    Some(answer)
}

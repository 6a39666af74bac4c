//! Where the listener listens: a port of this machine, or a socket in its file system.
//!
//! Invariant: never an address that another machine can reach, because whoever connects is believed to be the mail server.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

/// Where to listen: `127.0.0.1:2424`, or the full path of a socket.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum ListenAt {
    /// A port of this machine.
    Port(SocketAddr),
    /// A socket; one that nobody listens on any more is replaced.
    Socket(PathBuf),
}

impl FromStr for ListenAt {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with('/') {
            return Ok(Self::Socket(text.into()));
        }
        let address: Option<SocketAddr> = text.parse().ok();
        address.filter(|address| address.ip().is_loopback()).map(Self::Port).ok_or_else(|| {
            format!("\u{201c}{text}\u{201d} is no place of this machine to listen at; write it as 127.0.0.1:2424 or as the full path of a socket")
        })
    }
}

impl TryFrom<String> for ListenAt {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for ListenAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(address) => address.fmt(f),
            Self::Socket(path) => path.display().fmt(f),
        }
    }
}

/// It cannot be listened there.
#[derive(Debug, thiserror::Error)]
#[error("mail cannot be waited for at {at}; another program may listen there, or this account may not")]
pub struct ListenError {
    /// Where.
    pub at: ListenAt,
    /// Why.
    #[source]
    pub cause: io::Error,
}

/// A place that is listened at.
#[derive(Debug)]
pub enum Listener {
    /// A port.
    Port(TcpListener),
    /// A socket.
    #[cfg(unix)]
    Socket(tokio::net::UnixListener),
}

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Listener {
    /// Begins to listen.
    ///
    /// # Errors
    /// [`ListenError`].
    pub async fn bind(at: &ListenAt) -> Result<Self, ListenError> {
        let bound = match at {
            ListenAt::Port(address) => TcpListener::bind(address).await.map(Self::Port),
            ListenAt::Socket(path) => socket(path).await,
        };
        bound.map_err(|cause| ListenError { at: at.clone(), cause })
    }

    pub(super) async fn accept(&self) -> io::Result<Box<dyn Stream>> {
        match self {
            Self::Port(listener) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
            #[cfg(unix)]
            Self::Socket(listener) => Ok(Box::new(listener.accept().await?.0)),
        }
    }
}

/// A socket that the mail server's account may connect to: which of them may is for the folder to say.
#[cfg(unix)]
async fn socket(path: &std::path::Path) -> io::Result<Listener> {
    use std::fs;
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};

    let is_socket = fs::symlink_metadata(path).is_ok_and(|there| there.file_type().is_socket());
    if is_socket && tokio::net::UnixStream::connect(path).await.is_err_and(|cause| cause.kind() == io::ErrorKind::ConnectionRefused) {
        fs::remove_file(path)?;
    }
    let listener = tokio::net::UnixListener::bind(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o666))?;
    Ok(Listener::Socket(listener))
}

#[cfg(not(unix))]
async fn socket(_path: &std::path::Path) -> io::Result<Listener> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this system has no such sockets; name a port"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_listened_to() {
        for good in ["127.0.0.1:2424", "[::1]:2424", "/run/pulse/returns.sock"] {
            assert_eq!(good.parse::<ListenAt>().unwrap().to_string(), good);
        }
        for bad in ["0.0.0.0:2424", "192.0.2.1:2424", "localhost", "2424", "returns.sock", ""] {
            assert!(bad.parse::<ListenAt>().unwrap_err().contains("127.0.0.1:2424"), "{bad}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_socket_that_a_dead_process_left_is_replaced_and_a_live_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let at = ListenAt::Socket(folder.path().join("returns.sock"));
        let first = Listener::bind(&at).await.unwrap();
        let error = Listener::bind(&at).await.unwrap_err();
        assert_eq!(error.cause.kind(), io::ErrorKind::AddrInUse, "{error}");
        drop(first);
        Listener::bind(&at).await.unwrap();
    }
}

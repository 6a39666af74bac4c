//! From a name to addresses that were checked.
//!
//! The client connects to what [`Checked`] returns and asks nobody else, so that a name cannot lead elsewhere between the check
//! and the connection. A name that leads to even one address that is not public is refused as a whole.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve};

use super::address::{Way, is_public, not_public};

/// The addresses of a name, to come.
pub type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Whoever knows the addresses of names.
pub trait Resolver: Send + Sync {
    /// The addresses of a name; none is an error.
    fn resolve(&self, name: &str) -> Resolving;
}

/// The machine's own resolver, `/etc/hosts` included.
#[derive(Clone, Copy, Debug)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve(&self, name: &str) -> Resolving {
        let name = name.to_owned();
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()) })
    }
}

/// A resolver that gives out only what may be connected to.
pub(super) struct Checked {
    pub(super) resolver: Arc<dyn Resolver>,
    pub(super) way: Way,
}

/// A name that leads where nothing is fetched.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NotPublic(pub(super) String);

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> reqwest::dns::Resolving {
        let (addresses, way) = (self.resolver.resolve(name.as_str()), self.way);
        Box::pin(async move {
            let addresses = addresses.await?;
            if addresses.is_empty() {
                return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address").into());
            }
            if way == Way::Public
                && let Some(address) = addresses.iter().find(|address| !is_public(**address))
            {
                return Err(NotPublic(not_public(*address)).into());
            }
            // Port 0 stands for that of the request.
            Ok(Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// One list of addresses after the other.
    struct Turning(Mutex<Vec<Vec<IpAddr>>>);

    impl Resolver for Turning {
        fn resolve(&self, _: &str) -> Resolving {
            let addresses = self.0.lock().unwrap().remove(0);
            Box::pin(async move { Ok(addresses) })
        }
    }

    #[tokio::test]
    async fn what_is_connected_to_is_what_was_checked() {
        let lists = ["8.8.8.8 2606:4700::1111", "127.0.0.1", "8.8.8.8 10.0.0.1", "::ffff:8.8.8.8", ""];
        let lists = lists.map(|list| list.split_whitespace().map(|address| address.parse().unwrap()).collect());
        let checked = Checked { resolver: Arc::new(Turning(Mutex::new(lists.to_vec()))), way: Way::Public };
        let ask = async || {
            checked.resolve("turning.example".parse().unwrap()).await.map(|addresses| addresses.map(|address| address.ip().to_string()).collect::<Vec<_>>())
        };
        assert_eq!(ask().await.unwrap(), ["8.8.8.8", "2606:4700::1111"]);
        for private in ["127.0.0.1", "10.0.0.1", "::ffff:8.8.8.8"] {
            assert!(ask().await.unwrap_err().downcast_ref::<NotPublic>().unwrap().0.starts_with(private));
        }
        assert_eq!(ask().await.unwrap_err().to_string(), "the name has no address");
    }
}

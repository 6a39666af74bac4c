//! Access to mail servers: which certificates are believed ([`Trust`]), who Pulse is there ([`Login`]), and where its secrets are
//! ([`SecretSource`]).
//!
//! In: what the settings say of a server. Out: what its door needs to secure a connection and to log in. Always: no certificate goes
//! unchecked; a secret is shown by nothing but the command that needs it. Shared by the ways out (deliver) and the ways in (mailbox);
//! not here: connections, and any protocol.

mod login;
mod settings;
mod tls;

pub use login::{Login, LoginError, Proof, Secret};
pub use settings::{AccessError, Auth, SecretSource, trust};
pub use tls::{TlsPolicy, Trust, TrustError};

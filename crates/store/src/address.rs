//! Reads the address of a store: a file name, `sqlite:FILE`, or `postgres://USER@HOST/NAME`.

use std::fmt;
use std::path::PathBuf;

use sqlx::postgres::PgConnectOptions;

use crate::StoreError;

/// Where a store is. Printing it never prints a password.
#[derive(Clone, Debug)]
pub(crate) enum Address {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl Address {
    pub(crate) fn parse(address: &str) -> Result<Self, StoreError> {
        let error = || StoreError::Address { address: without_secret(address) };
        if let Some(file) = address.strip_prefix("sqlite:") {
            return Self::file(file.strip_prefix("//").unwrap_or(file)).ok_or_else(error);
        }
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            return address.parse().map(|options| Self::Postgres(Box::new(options))).map_err(|_| error());
        }
        if address.contains("://") { Err(error()) } else { Self::file(address).ok_or_else(error) }
    }

    /// A database in memory would be a different one for each connection.
    fn file(name: &str) -> Option<Self> {
        (!name.is_empty() && !name.contains(":memory:")).then(|| Self::Sqlite(PathBuf::from(name)))
    }
}

/// What is refused is not shown in front of the "@", where a misspelt address would let a password through.
fn without_secret(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((before, host)) => format!("{}\u{2026}@{host}", before.split_once("://").map(|(scheme, _)| format!("{scheme}://")).unwrap_or_default()),
        None => address.to_owned(),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "{}", file.display()),
            Self::Postgres(options) => {
                let (host, port) = (options.get_host(), options.get_port());
                write!(f, "postgres://{}@{host}:{port}/{}", options.get_username(), options.get_database().unwrap_or_default())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(address: &str) -> String {
        match Address::parse(address) {
            Ok(Address::Sqlite(file)) => format!("file {}", file.display()),
            Ok(address) => address.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn addresses() {
        assert_eq!(shown("pulse.db"), "file pulse.db");
        assert_eq!(shown("sqlite:data/pulse.db"), "file data/pulse.db");
        assert_eq!(shown("sqlite:///srv/pulse.db"), "file /srv/pulse.db");
        assert_eq!(shown("postgres://pulse:secret@db.example:5433/digests"), "postgres://pulse@db.example:5433/digests");
        for refused in ["", "sqlite:", "sqlite::memory:", "mysql://pulse:secret@db.example/digests"] {
            assert!(shown(refused).contains("is not the address of a database"), "{refused}");
            assert!(!shown(refused).contains("secret"));
        }
        assert!(shown("mysql://pulse:secret@db.example/digests").starts_with("\u{201c}mysql://\u{2026}@db.example/digests\u{201d}"));
    }
}

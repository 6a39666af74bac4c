//! Every query, compiled for PostgreSQL.

pub(crate) use crate::dialect::postgres as dialect;

#[path = "queries/connection.rs"]
pub(crate) mod connection;
#[path = "queries/digest.rs"]
pub(crate) mod digest;
#[path = "queries/edition.rs"]
pub(crate) mod edition;
#[path = "queries/insert.rs"]
pub(crate) mod insert;
#[path = "queries/life.rs"]
pub(crate) mod life;
#[path = "queries/publisher.rs"]
pub(crate) mod publisher;
#[path = "queries/save.rs"]
pub(crate) mod save;

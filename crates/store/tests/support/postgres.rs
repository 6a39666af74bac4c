//! A database of its own on the server that `PULSE_TEST_POSTGRES` names
//! (`tools/postgres run cargo test -p pulse-store` starts one).

use std::future::Future;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// Runs `test` with the address of a new PostgreSQL database, which goes again whatever happens; without a server it
/// says so.
pub(crate) async fn with_postgres<F: Future<Output = ()> + Send + 'static>(test: impl FnOnce(String) -> F) {
    let Ok(server) = std::env::var("PULSE_TEST_POSTGRES") else {
        println!("skipped: PULSE_TEST_POSTGRES does not name a PostgreSQL server");
        return;
    };
    let name = format!("pulse_test_{}_{}", std::process::id(), number());
    let mut connection = PgConnection::connect(&server).await.unwrap();
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let (before, _) = server.rsplit_once('/').unwrap();
    let outcome = tokio::spawn(test(format!("{before}/{name}"))).await;
    connection.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
    if let Err(failed) = outcome {
        std::panic::resume_unwind(failed.into_panic());
    }
}

/// Different for each database of this process.
fn number() -> u32 {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

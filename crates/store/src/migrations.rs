//! The migrations, inside the binary: numbered files, one text for both engines, never edited once released.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Number, name, text.
const FILES: &[(i64, &str, &str)] = &[
    (1, "digest", include_str!("../migrations/0001_digest.sql")),
    (2, "publisher", include_str!("../migrations/0002_publisher.sql")),
    (3, "edition", include_str!("../migrations/0003_edition.sql")),
    (4, "subscriber", include_str!("../migrations/0004_subscriber.sql")),
    (5, "audit", include_str!("../migrations/0005_audit.sql")),
    (6, "send", include_str!("../migrations/0006_send.sql")),
    (7, "notice", include_str!("../migrations/0007_notice.sql")),
    (8, "bounce", include_str!("../migrations/0008_bounce.sql")),
    (9, "complaint", include_str!("../migrations/0009_complaint.sql")),
    (10, "sender", include_str!("../migrations/0010_sender.sql")),
    (11, "reader_pages", include_str!("../migrations/0011_reader_pages.sql")),
];

/// The number of the last migration.
pub(crate) const LATEST: i64 = FILES[FILES.len() - 1].0;

/// All of them. Locking is off, because [`crate::dialect`] takes a lock that lasts until the last one is committed.
pub(crate) fn all() -> Migrator {
    let migration =
        |&(version, name, sql): &(i64, &'static str, &'static str)| Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false);
    let mut migrator = Migrator::with_migrations(FILES.iter().map(migration).collect());
    migrator.set_locking(false);
    migrator
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the order of their numbers.
    #[test]
    fn every_file_is_listed() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let mut found: Vec<String> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        found.sort();
        let listed: Vec<String> = FILES.iter().map(|(number, name, _)| format!("{number:04}_{name}.sql")).collect();
        assert_eq!(found, listed);
    }
}

//! The migrations, inside the binary: numbered files, one text for both engines, never edited once released.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

const FILES: &[(&str, &str)] = &[
    ("digest", include_str!("../migrations/0001_digest.sql")),
    ("publisher", include_str!("../migrations/0002_publisher.sql")),
    ("edition", include_str!("../migrations/0003_edition.sql")),
    ("subscriber", include_str!("../migrations/0004_subscriber.sql")),
    ("audit", include_str!("../migrations/0005_audit.sql")),
    ("send", include_str!("../migrations/0006_send.sql")),
    ("notice", include_str!("../migrations/0007_notice.sql")),
    ("bounce", include_str!("../migrations/0008_bounce.sql")),
    ("complaint", include_str!("../migrations/0009_complaint.sql")),
    ("sender", include_str!("../migrations/0010_sender.sql")),
    ("reader_pages", include_str!("../migrations/0011_reader_pages.sql")),
    ("retention", include_str!("../migrations/0012_retention.sql")),
    ("source", include_str!("../migrations/0013_source.sql")),
    ("publication", include_str!("../migrations/0014_publication.sql")),
    ("document", include_str!("../migrations/0015_document.sql")),
    ("triage", include_str!("../migrations/0016_triage.sql")),
];

/// The number of the last migration.
pub(crate) const LATEST: i64 = FILES.len() as i64;

/// All of them. Locking is off, because [`crate::dialect`] takes a lock that lasts until the last one is committed.
pub(crate) fn all() -> Migrator {
    let migration = |(version, (name, sql)): (i64, &(&'static str, &'static str))| {
        Migration::new(version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    let mut migrator = Migrator::with_migrations((1..).zip(FILES).map(migration).collect());
    migrator.set_locking(false);
    migrator
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers follow from the order of the list, so the list is compared with the folder.
    #[test]
    fn every_file_is_listed() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let mut found: Vec<String> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        found.sort();
        let listed: Vec<String> = (1..).zip(FILES).map(|(number, (name, _))| format!("{number:04}_{name}.sql")).collect();
        assert_eq!(found, listed);
    }
}

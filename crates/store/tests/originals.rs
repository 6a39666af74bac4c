//! Originals in a folder, and in storage that speaks the protocol of S3 (`PULSE_TEST_S3`, which `tools/s3` starts).

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use bytes::Bytes;
use pulse_model::ContentHash;
use pulse_store::originals::{Kind, Originals, OriginalsError, OriginalsSettings};

async fn are_kept(originals: &Originals) {
    let bytes = Bytes::from_static(b"%PDF-1.7 Waiting well");
    let hash = originals.keep(bytes.clone()).await.unwrap();
    assert_eq!(hash, ContentHash::of(&bytes));
    assert_eq!(originals.keep(bytes.clone()).await.unwrap(), hash);
    assert_eq!(originals.read(hash).await.unwrap(), bytes);
    let nothing = originals.keep(Bytes::new()).await.unwrap();
    assert_eq!(originals.read(nothing).await.unwrap(), Bytes::new());
    let missing = originals.read(ContentHash::of(b"never kept")).await;
    assert!(matches!(missing, Err(OriginalsError::Missing { .. })), "{missing:?}");
    // Many at once want to keep the same.
    let all = (0..20).map(|_| originals.keep(Bytes::from_static(b"the same")));
    for kept in futures_util::future::join_all(all).await {
        assert_eq!(kept.unwrap(), ContentHash::of(b"the same"));
    }
}

#[tokio::test]
async fn a_folder_keeps_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("originals");
    let originals = Originals::open(&OriginalsSettings::default(), &path).unwrap();
    are_kept(&originals).await;
    let hash = ContentHash::of(b"the same").to_string();
    let file = path.join(&hash[..2]).join(&hash[2..]);
    assert_eq!(std::fs::read(&file).unwrap(), b"the same");
    std::fs::write(&file, "another").unwrap();
    let damaged = originals.read(ContentHash::of(b"the same")).await;
    assert!(matches!(damaged, Err(OriginalsError::Damaged { .. })), "{damaged:?}");
}

#[tokio::test]
async fn s3_keeps_them() {
    let Ok(endpoint) = std::env::var("PULSE_TEST_S3") else {
        println!("skipped: PULSE_TEST_S3 does not name a server");
        return;
    };
    let settings = OriginalsSettings { store: Kind::S3, bucket: "pulse".into(), endpoint, prefix: "a/b".into(), ..OriginalsSettings::default() };
    are_kept(&Originals::open(&settings, std::path::Path::new("")).unwrap()).await;
    let none = OriginalsSettings { bucket: "nowhere".into(), ..settings };
    let refused = Originals::open(&none, std::path::Path::new("")).unwrap().keep(Bytes::from_static(b"x")).await;
    assert!(matches!(refused, Err(OriginalsError::Store { .. })), "{refused:?}");
}

#[test]
fn s3_needs_a_bucket() {
    let settings = OriginalsSettings { store: Kind::S3, ..OriginalsSettings::default() };
    let error = Originals::open(&settings, std::path::Path::new("")).unwrap_err().to_string();
    assert_eq!(error, "the settings of originals cannot work: store = \"s3\" needs a bucket; write bucket = \"NAME\" under [originals]");
}

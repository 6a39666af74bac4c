//! A throw-away authority, and a certificate by it for this machine.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, Issuer, KeyPair, date_time_ymd};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::script::Certificate;

/// What a server needs for TLS, and its clients.
pub(super) struct Certificates {
    pub(super) acceptor: TlsAcceptor,
    pub(super) authority_pem: String,
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

pub(super) fn make(kind: Certificate) -> Result<Certificates, Failed> {
    let (told, told_pem) = authority()?;
    let (other, _) = authority()?;
    let issuer = if kind == Certificate::UnknownAuthority { &other } else { &told };
    let names = if kind == Certificate::WrongName { vec!["elsewhere.example".to_owned()] } else { vec!["localhost".to_owned(), "127.0.0.1".to_owned()] };
    let mut params = CertificateParams::new(names)?;
    if kind == Certificate::Expired {
        params.not_after = date_time_ymd(2020, 1, 1);
    }
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    let key = PrivateKeyDer::try_from(key.serialize_der())?;
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    Ok(Certificates { acceptor: TlsAcceptor::from(Arc::new(config)), authority_pem: told_pem })
}

fn authority() -> Result<(Issuer<'static, KeyPair>, String), rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = rcgen::IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate()?;
    let pem = params.self_signed(&key)?.pem();
    Ok((Issuer::new(params, key), pem))
}

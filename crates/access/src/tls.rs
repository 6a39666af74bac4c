//! Which certificates are believed.
//!
//! Invariant: no certificate goes unchecked. There is no setting that lets a bad one pass, also where TLS is opportunistic.
//! Not here: when TLS is begun (the doors to servers).

use std::sync::Arc;

use rustls_platform_verifier::Verifier;
use serde::{Deserialize, Serialize};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

/// Whether and how a connection is secured.
///
/// A certificate that does not belong to the host, is out of date, or is signed by nobody that is believed ends the
/// connection, whatever the policy: a server that offers TLS and cannot do it is set up wrongly or is not the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsPolicy {
    /// Never. For a relay on the same machine.
    Off,
    /// STARTTLS where it is offered. Without the offer, or when the server answers STARTTLS with "not now", the connection
    /// goes on without: whoever sits between can have that, so it protects against listeners alone.
    Opportunistic,
    /// STARTTLS; without it nothing is sent (RFC 3207 section 6).
    #[default]
    Required,
    /// TLS from the first byte (RFC 8314 section 3.3).
    Implicit,
}

/// The certificates that are believed, ready for use. Cheap to clone; connections that share it also resume sessions.
#[derive(Clone)]
pub struct Trust(TlsConnector);

impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Trust")
    }
}

/// Certificates cannot be checked with what was given.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The text is not PEM.
    #[error("the certificates of the authority cannot be read")]
    NotPem(#[source] pem::Error),
    /// No certificate is in it.
    #[error("there is no certificate of an authority in the text")]
    NoCertificate,
    /// A certificate is not usable, or the system has none.
    #[error("certificates cannot be checked")]
    Unusable(#[source] rustls::Error),
}

impl Trust {
    /// What the operating system believes.
    ///
    /// # Errors
    /// [`TrustError::Unusable`] when the system has no certificates.
    pub fn of_system() -> Result<Self, TrustError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = Verifier::new(Arc::clone(&provider)).map_err(TrustError::Unusable)?;
        let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(TrustError::Unusable)?;
        Ok(Self::from(versions.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth()))
    }

    /// The authorities in a PEM text alone, as for a relay with a private one.
    ///
    /// # Errors
    /// [`TrustError`] says what is wrong with the text.
    pub fn of_authorities(pem: &[u8]) -> Result<Self, TrustError> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            roots.add(certificate.map_err(TrustError::NotPem)?).map_err(TrustError::Unusable)?;
        }
        if roots.is_empty() {
            return Err(TrustError::NoCertificate);
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(TrustError::Unusable)?;
        Ok(Self::from(versions.with_root_certificates(roots).with_no_client_auth()))
    }

    /// What secures a connection.
    pub fn connector(&self) -> &TlsConnector {
        &self.0
    }
}

impl From<ClientConfig> for Trust {
    fn from(config: ClientConfig) -> Self {
        Self(TlsConnector::from(Arc::new(config)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_certificates_is_refused() {
        assert!(matches!(Trust::of_authorities(b"nothing here"), Err(TrustError::NoCertificate)));
        let cut = b"-----BEGIN CERTIFICATE-----\nAAAA\n";
        assert!(matches!(Trust::of_authorities(cut), Err(TrustError::NotPem(_))));
        let empty = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(Trust::of_authorities(empty), Err(TrustError::Unusable(_))));
    }
}

//! Several certificates in one value: X509PKIPathv1 and PKCS7 (X.509 Token Profile 1.1.1,
//! section 3.1).

use super::certificate::Certificate;
use super::distinguished_name::element;
use super::subject_public_key_info::{SEQUENCE, element as write_element};
use crate::error::{Cause, Error};
use openssl::pkcs7::Pkcs7;

/// Certificates in DER that came together, none of them believed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "either something orders them, or nothing does")]
pub enum CertificatePath {
    /// In an order: who is nearest to the anchor first, the end entity last.
    Ordered(Vec<Vec<u8>>),
    /// In none.
    Unordered(Vec<Vec<u8>>),
}

/// Certificates in one value at most: real paths have four.
const MOST: usize = 16;
/// Octets of a value at most.
const MOST_OCTETS: usize = 256 << 10;
/// The OID of signedData (RFC 2315, section 14).
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];

impl CertificatePath {
    /// Reads a PkiPath (ITU-T X.509, section 10.1): a sequence of certificates.
    ///
    /// # Errors
    /// [`Cause::InvalidCertificate`]; [`Cause::ReferenceCount`] for more than a path can need.
    pub fn from_pki_path(der: &[u8]) -> Result<Self, Error> {
        check_size(der)?;
        let Some((SEQUENCE, mut rest, [])) = element(der) else {
            return Err(invalid("the octets are no PkiPath in DER"));
        };
        let mut found = Vec::new();
        while !rest.is_empty() {
            let Some((SEQUENCE, _, behind)) = element(rest) else {
                return Err(invalid("something in it is no certificate"));
            };
            let length = rest.len() - behind.len();
            push(&mut found, rest.get(..length).unwrap_or_default().to_vec())?;
            rest = behind;
        }
        Self::check(&found)?;
        Ok(Self::Ordered(found))
    }

    /// Reads a PKCS#7 that holds certificates (RFC 2315, section 9.1). Revocation lists in it are
    /// statements of the sender on himself, and are not looked at; nor are signatures.
    ///
    /// # Errors
    /// As [`Self::from_pki_path`].
    pub fn from_pkcs7(der: &[u8]) -> Result<Self, Error> {
        check_size(der)?;
        let damaged = "the octets are no PKCS#7 of certificates in DER";
        let is_signed = || {
            let (SEQUENCE, content, []) = element(der)? else { return None };
            let (0x06, SIGNED_DATA, _) = element(content)? else { return None };
            Some(())
        };
        is_signed().ok_or_else(|| invalid(damaged))?;
        let read = Pkcs7::from_der(der).map_err(|_| invalid(damaged))?;
        let certificates = read.signed().and_then(|signed| signed.certificates());
        let mut found = Vec::new();
        for certificate in certificates.into_iter().flatten() {
            let der = certificate.to_der().map_err(|_| invalid("a certificate can't be read"))?;
            push(&mut found, der)?;
        }
        Self::check(&found)?;
        Ok(Self::Unordered(found))
    }

    /// The certificates in DER.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        match self {
            Self::Ordered(found) | Self::Unordered(found) => found,
        }
    }

    /// The PkiPath of an end entity and of those above it, nearest first, in DER.
    #[must_use]
    pub fn to_pki_path(end_entity: &Certificate, above: &[Certificate]) -> Vec<u8> {
        let ordered: Vec<&[u8]> =
            above.iter().rev().chain([end_entity]).map(Certificate::der).collect();
        write_element(SEQUENCE, &ordered)
    }

    fn check(found: &[Vec<u8>]) -> Result<(), Error> {
        if found.is_empty() { Err(invalid("there is no certificate in it")) } else { Ok(()) }
    }
}

fn push(found: &mut Vec<Vec<u8>>, der: Vec<u8>) -> Result<(), Error> {
    if found.len() == MOST {
        let reason = format!("a path of certificates has more than {MOST} of them");
        return Err(Error::new(Cause::ReferenceCount, reason));
    }
    found.push(der);
    Ok(())
}

fn check_size(der: &[u8]) -> Result<(), Error> {
    if der.len() <= MOST_OCTETS {
        return Ok(());
    }
    Err(invalid(&format!("it has more than {MOST_OCTETS} octets")))
}

fn invalid(reason: &str) -> Error {
    Error::new(
        Cause::InvalidCertificate,
        format!("the path of certificates can't be used: {reason}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> Vec<Certificate> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/keys/");
        Certificate::many_from_pem(&std::fs::read(format!("{folder}{name}")).unwrap()).unwrap()
    }

    #[test]
    fn a_pki_path_keeps_its_order() {
        let client = read("client.crt.pem").remove(0);
        let above = [read("intermediate.crt.pem").remove(0), read("root.crt.pem").remove(0)];
        let der = CertificatePath::to_pki_path(&client, &above);
        let path = CertificatePath::from_pki_path(&der).unwrap();
        let expected: Vec<Vec<u8>> =
            [&above[1], &above[0], &client].iter().map(|one| one.der().to_vec()).collect();
        assert_eq!(path, CertificatePath::Ordered(expected));
        for wrong in [&der[1..], &der[..der.len() - 1], &[0x30, 0], &[0x30, 2, 5, 0], &[]] {
            let error = CertificatePath::from_pki_path(wrong).unwrap_err();
            assert_eq!(error.cause(), Cause::InvalidCertificate);
        }
        let many = vec![client.clone(); MOST];
        let error = CertificatePath::from_pki_path(&CertificatePath::to_pki_path(&client, &many));
        assert_eq!(error.unwrap_err().cause(), Cause::ReferenceCount);
    }

    #[test]
    fn a_pkcs7_holds_certificates_and_no_other_content() {
        for wrong in [&b"x"[..], &[0x30, 0], &[]] {
            let error = CertificatePath::from_pkcs7(wrong).unwrap_err();
            assert_eq!(error.cause(), Cause::InvalidCertificate);
        }
        // An enveloped PKCS#7, and one of plain data, hold none.
        let data = [0x30, 15, 6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 13, 1, 7, 1, 0xA0, 2, 4, 0];
        let error = CertificatePath::from_pkcs7(&data).unwrap_err();
        assert_eq!(error.cause(), Cause::InvalidCertificate);
    }
}

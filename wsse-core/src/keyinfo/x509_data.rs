//! `ds:X509Data` (XML Signature 1.1, section 4.5.4).

use super::{MOST_CHILDREN, octets, structure, too_many};
use crate::crypto::{Certificate, DigestMethod, Digester, DistinguishedName, base64};
use crate::error::{Cause, Error};
use crate::ns;
use crate::xml::{Element, Markup, NamespaceId};

/// What an X509Data tells of one certificate, and perhaps of those above it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct X509Data {
    /// Certificates in DER.
    pub certificates: Vec<Vec<u8>>,
    /// Issuers with serial numbers.
    pub issuer_serials: Vec<IssuerSerial>,
    /// Values of the extension SubjectKeyIdentifier.
    pub subject_key_identifiers: Vec<Vec<u8>>,
    /// Names of subjects.
    pub subject_names: Vec<DistinguishedName>,
    /// Digests of certificates (`dsig11:X509Digest`).
    pub digests: Vec<(DigestMethod, Vec<u8>)>,
}

/// A `ds:X509IssuerSerial`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssuerSerial {
    /// The issuer.
    pub issuer: DistinguishedName,
    /// The serial number in decimal digits without leading zeros.
    pub serial: String,
}

impl X509Data {
    /// Reads a `ds:X509Data`.
    ///
    /// # Errors
    /// [`Cause::SignatureStructure`], [`Cause::InvalidTokenValue`], [`Cause::ReferenceCount`];
    /// [`Cause::NoKey`] where nothing in it is understood.
    pub fn parse(element: Element<'_, '_>) -> Result<Self, Error> {
        element.check_no_text().map_err(structure)?;
        let mut data = Self::default();
        for (index, child) in element.children().enumerate() {
            if index == MOST_CHILDREN {
                return Err(too_many(child, "X509Data"));
            }
            let name = child.name();
            match (name.namespace, name.local) {
                (NamespaceId::DS, "X509Certificate") => data.certificates.push(octets(child)?),
                (NamespaceId::DS, "X509IssuerSerial") => {
                    data.issuer_serials.push(IssuerSerial::parse(child)?);
                }
                (NamespaceId::DS, "X509SKI") => data.subject_key_identifiers.push(octets(child)?),
                (NamespaceId::DS, "X509SubjectName") => {
                    data.subject_names.push(distinguished_name(child)?);
                }
                (NamespaceId::DS11, "X509Digest") => data.digests.extend(digest(child)?),
                // A CRL in a message is a statement of the sender on himself. What other
                // specifications put here are further clues to the same certificate.
                _ => {}
            }
        }
        if data == Self::default() {
            let reason = "X509Data holds nothing that tells which certificate is meant";
            return Err(Error::new(Cause::NoKey, reason).at(element.range().start));
        }
        Ok(data)
    }

    /// Whether everything that is said, but for the certificates, is true of `certificate`.
    #[must_use]
    pub fn fits(&self, certificate: &Certificate) -> bool {
        let identifier = certificate.subject_key_identifier();
        let of_issuer = self.issuer_serials.iter().any(|named| named.names(certificate));
        let of_key = self.subject_key_identifiers.iter().any(|said| identifier == Some(said));
        let of_digest =
            self.digests.iter().any(|(method, value)| is_digest(*method, value, certificate));
        let of_subject = self.subject_names.iter().any(|name| name.matches(certificate.subject()));
        // What is not said says nothing against it; something must be said.
        (of_issuer || self.issuer_serials.is_empty())
            && (of_key || self.subject_key_identifiers.is_empty())
            && (of_subject || self.subject_names.is_empty())
            && (of_digest || self.digests.is_empty())
            && (of_issuer || of_key || of_subject || of_digest)
    }

    /// An X509Data of certificates, to be written.
    #[must_use]
    pub fn certificates_markup<'c>(
        certificates: impl IntoIterator<Item = &'c Certificate>,
    ) -> Markup {
        let mut data = Markup::new("ds", ns::DS, "X509Data");
        for certificate in certificates {
            data.children.push(
                Markup::new("ds", ns::DS, "X509Certificate").with_text(base64(certificate.der())),
            );
        }
        data
    }

    /// An X509Data of the extension SubjectKeyIdentifier, to be written; None for a certificate
    /// without it.
    #[must_use]
    pub fn subject_key_identifier_markup(certificate: &Certificate) -> Option<Markup> {
        let identifier = certificate.subject_key_identifier()?;
        let mut data = Markup::new("ds", ns::DS, "X509Data");
        data.children.push(Markup::new("ds", ns::DS, "X509SKI").with_text(base64(identifier)));
        Some(data)
    }

    /// An X509Data of a digest of the certificate, to be written.
    ///
    /// # Errors
    /// [`Cause::UnsupportedAlgorithm`] where OpenSSL refuses to compute it.
    pub fn digest_markup(certificate: &Certificate, method: DigestMethod) -> Result<Markup, Error> {
        let mut digester = Digester::new(method);
        digester.update(certificate.der());
        let digest = Markup::new("dsig11", ns::DS11, "X509Digest")
            .with_attribute("Algorithm", method.uri())
            .with_text(base64(digester.finish()?.octets()));
        let mut data = Markup::new("ds", ns::DS, "X509Data");
        data.children.push(digest);
        Ok(data)
    }

    /// An X509Data that names issuer and serial number, to be written.
    #[must_use]
    pub fn issuer_serial_markup(certificate: &Certificate) -> Markup {
        let part = |local, text: String| Markup::new("ds", ns::DS, local).with_text(text);
        let mut issuer_serial = Markup::new("ds", ns::DS, "X509IssuerSerial");
        issuer_serial.children.push(part("X509IssuerName", certificate.issuer().to_rfc2253()));
        issuer_serial
            .children
            .push(part("X509SerialNumber", certificate.serial_decimal().to_owned()));
        let mut data = Markup::new("ds", ns::DS, "X509Data");
        data.children.push(issuer_serial);
        data
    }
}

impl X509Data {
    /// The same with the certificate beside it, as zeep writes it.
    #[must_use]
    pub fn issuer_serial_certificate_markup(certificate: &Certificate) -> Markup {
        let mut data = Self::issuer_serial_markup(certificate);
        data.children.extend(Self::certificates_markup([certificate]).children);
        data
    }
}

impl IssuerSerial {
    fn parse(element: Element<'_, '_>) -> Result<Self, Error> {
        element.check_no_text().map_err(structure)?;
        let offset = element.range().start;
        let mut children = element.children();
        let (Some(issuer), Some(serial), None) =
            (children.next(), children.next(), children.next())
        else {
            return Err(malformed(offset));
        };
        if !issuer.name().is(NamespaceId::DS, "X509IssuerName")
            || !serial.name().is(NamespaceId::DS, "X509SerialNumber")
        {
            return Err(malformed(offset));
        }
        let text = serial.text().map_err(structure)?;
        let digits = text.trim_matches([' ', '\t', '\r', '\n']);
        if digits.is_empty() || digits.len() > 64 || !digits.bytes().all(|o| o.is_ascii_digit()) {
            let reason = "X509SerialNumber is no whole number";
            return Err(Error::new(Cause::InvalidTokenValue, reason).at(serial.range().start));
        }
        let significant = digits.trim_start_matches('0');
        Ok(Self {
            issuer: distinguished_name(issuer)?,
            serial: if significant.is_empty() { "0" } else { significant }.to_owned(),
        })
    }

    /// Whether it names `certificate`.
    #[must_use]
    pub fn names(&self, certificate: &Certificate) -> bool {
        self.serial == certificate.serial_decimal() && self.issuer.matches(certificate.issuer())
    }
}

fn is_digest(method: DigestMethod, value: &[u8], certificate: &Certificate) -> bool {
    let mut digester = Digester::new(method);
    digester.update(certificate.der());
    digester.finish().is_ok_and(|digest| digest.octets() == value)
}

/// SHA-1 is taken as well, as in a ThumbprintSHA1: it selects, and no signature rests on it. A method
/// that is not known tells nothing.
fn digest(element: Element<'_, '_>) -> Result<Option<(DigestMethod, Vec<u8>)>, Error> {
    let uri = element.attribute(NamespaceId::NONE, "Algorithm").unwrap_or_default();
    let value = octets(element)?;
    Ok(DigestMethod::from_uri(&uri).map(|method| (method, value)))
}

fn malformed(offset: usize) -> Error {
    let reason = "X509IssuerSerial holds X509IssuerName, then X509SerialNumber";
    Error::new(Cause::SignatureStructure, reason).at(offset)
}

fn distinguished_name(element: Element<'_, '_>) -> Result<DistinguishedName, Error> {
    DistinguishedName::parse(element.text().map_err(structure)?)
        .map_err(|error| error.at(element.range().start))
}

//! SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7) of RSA and EC keys, in the one way that is
//! usual; of other keys by OpenSSL. OpenSSL's encoder takes thirty times as long, which each token in a message would pay.

use openssl::bn::{BigNumContext, BigNumRef};
use openssl::ec::PointConversionForm;
use openssl::error::ErrorStack;
use openssl::pkey::{Id, PKeyRef, Public};

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const SEQUENCE: u8 = 0x30;
/// rsaEncryption with its parameters, NULL.
const RSA: &[u8] =
    &[SEQUENCE, 13, 0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0];
/// id-ecPublicKey.
pub(super) const EC: &[u8] = &[0x06, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
/// The named curves.
pub(super) const P256: &[u8] = &[0x06, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
pub(super) const P384: &[u8] = &[0x06, 5, 0x2B, 0x81, 0x04, 0x00, 0x22];
pub(super) const P521: &[u8] = &[0x06, 5, 0x2B, 0x81, 0x04, 0x00, 0x23];

/// The SubjectPublicKeyInfo in DER; EC points are not compressed, so that a key has one form.
pub(super) fn subject_public_key_info(key: &PKeyRef<Public>) -> Result<Vec<u8>, ErrorStack> {
    match key.id() {
        Id::RSA => {
            let rsa = key.rsa()?;
            let numbers = element(SEQUENCE, &[&integer(rsa.n()), &integer(rsa.e())]);
            Ok(element(SEQUENCE, &[RSA, &element(BIT_STRING, &[&[0], &numbers])]))
        }
        Id::EC => {
            let key = key.ec_key()?;
            let curve = match key.group().degree() {
                256 => P256,
                384 => P384,
                _ => P521,
            };
            let mut context = BigNumContext::new()?;
            let form = PointConversionForm::UNCOMPRESSED;
            let point = key.public_key().to_bytes(key.group(), form, &mut context)?;
            let algorithm = element(SEQUENCE, &[EC, curve]);
            Ok(element(SEQUENCE, &[&algorithm, &element(BIT_STRING, &[&[0], &point])]))
        }
        _ => key.public_key_to_der(),
    }
}

/// A number that is not negative.
fn integer(number: &BigNumRef) -> Vec<u8> {
    let octets = number.to_vec();
    // A first bit that is set would mean a negative number, and zero has an octet as well.
    let sign: &[u8] = if octets.first().is_none_or(|first| first & 0x80 != 0) { &[0] } else { &[] };
    element(INTEGER, &[sign, &octets])
}

pub(super) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut octets = Vec::with_capacity(length + 5);
    octets.push(tag);
    if length < 0x80 {
        octets.extend(length.to_be_bytes().last());
    } else {
        let digits = length.to_be_bytes();
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        let digits = digits.get(zeros..).unwrap_or_default();
        octets.extend(digits.len().to_be_bytes().last().map(|count| count | 0x80));
        octets.extend_from_slice(digits);
    }
    parts.iter().for_each(|part| octets.extend_from_slice(part));
    octets
}

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::bn::BigNum;
    use openssl::ec::{EcGroup, EcKey};
    use openssl::nid::Nid;
    use openssl::pkey::PKey;
    use openssl::rsa::Rsa;

    #[test]
    fn it_is_what_openssl_writes() {
        for (bytes, exponent) in [(64, 3), (128, 65537), (129, 0x8000_0001), (512, 17), (1024, 255)]
        {
            for first in [1, 0x7F, 0x80, 0xFF] {
                let mut modulus = vec![0xA5; bytes];
                modulus[0] = first;
                let modulus = BigNum::from_slice(&modulus).unwrap();
                let exponent = BigNum::from_u32(exponent).unwrap();
                let rsa = Rsa::from_public_components(modulus, exponent).unwrap();
                let key = PKey::from_rsa(rsa).unwrap();
                let der = key.public_key_to_der().unwrap();
                assert_eq!(subject_public_key_info(&key).unwrap(), der);
            }
        }
        for curve in [Nid::X9_62_PRIME256V1, Nid::SECP384R1, Nid::SECP521R1] {
            let group = EcGroup::from_curve_name(curve).unwrap();
            let key = EcKey::generate(&group).unwrap();
            let key = EcKey::from_public_key(&group, key.public_key()).unwrap();
            let key = PKey::from_ec_key(key).unwrap();
            let der = key.public_key_to_der().unwrap();
            assert_eq!(subject_public_key_info(&key).unwrap(), der);
        }
    }
}

//! Keys on a named curve as a point, as `dsig11:ECKeyValue` has them (XML Signature 1.1,
//! section 4.5.2.3).

use super::public_key::{KeyKind, PublicKey};
use super::subject_public_key_info::{BIT_STRING, EC, P256, P384, P521, SEQUENCE, element};
use crate::error::{Cause, Error};

/// The named curves by their object identifiers, with the bits of their orders.
const CURVES: [(&str, &[u8], u32); 3] =
    [("1.2.840.10045.3.1.7", P256, 256), ("1.3.132.0.34", P384, 384), ("1.3.132.0.35", P521, 521)];

impl PublicKey {
    /// The key of a point on the curve with this object identifier, in dots: one of P-256, P-384 and
    /// P-521. The point is written as SEC 1, section 2.3.3, has it, compressed or not.
    ///
    /// # Errors
    /// [`Cause::InvalidKey`] for another curve, and for octets that are no point of it.
    pub fn from_ec(curve: &str, point: &[u8]) -> Result<Self, Error> {
        let Some((_, identifier, bits)) = CURVES.iter().find(|(oid, _, _)| *oid == curve) else {
            let shown: String = curve.chars().take(40).collect();
            let reason =
                format!("the EC key is on the curve {shown:?}, not on P-256, P-384 or P-521");
            return Err(Error::new(Cause::InvalidKey, reason));
        };
        let half = bits.div_ceil(8) as usize;
        let length = match point.first() {
            Some(2 | 3) => 1 + half,
            Some(4) => 1 + 2 * half,
            _ => 0,
        };
        if length != point.len() || point.is_empty() {
            let reason = "the EC key is no point of its curve: another form or length";
            return Err(Error::new(Cause::InvalidKey, reason));
        }
        let algorithm = element(SEQUENCE, &[EC, identifier]);
        let bits = element(BIT_STRING, &[&[0], point]);
        Self::from_der(&element(SEQUENCE, &[&algorithm, &bits]))
            .map_err(|_| Error::new(Cause::InvalidKey, "the EC key is no point of its curve"))
    }

    /// The object identifier of the curve of an EC key, in dots, and its point, not compressed.
    #[must_use]
    pub fn ec_components(&self) -> Option<(&'static str, &[u8])> {
        let KeyKind::Ec { bits } = self.kind() else { return None };
        let (oid, _, _) = CURVES.iter().find(|(_, _, known)| *known == bits)?;
        // The one form of the SubjectPublicKeyInfo ends with the point.
        let length = 1 + 2 * bits.div_ceil(8) as usize;
        let der = self.der();
        Some((oid, der.get(der.len().checked_sub(length)?..)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::bn::BigNumContext;
    use openssl::ec::{EcGroup, EcKey, PointConversionForm};
    use openssl::nid::Nid;
    use openssl::pkey::PKey;

    #[test]
    fn a_point_makes_the_key_that_it_was_taken_from() {
        for (curve, oid) in [
            (Nid::X9_62_PRIME256V1, "1.2.840.10045.3.1.7"),
            (Nid::SECP384R1, "1.3.132.0.34"),
            (Nid::SECP521R1, "1.3.132.0.35"),
        ] {
            let group = EcGroup::from_curve_name(curve).unwrap();
            let made = EcKey::generate(&group).unwrap();
            let mut context = BigNumContext::new().unwrap();
            let mut point = |form| made.public_key().to_bytes(&group, form, &mut context).unwrap();
            let (plain, compressed, hybrid) = (
                point(PointConversionForm::UNCOMPRESSED),
                point(PointConversionForm::COMPRESSED),
                point(PointConversionForm::HYBRID),
            );
            let public = EcKey::from_public_key(&group, made.public_key()).unwrap();
            let der = PKey::from_ec_key(public).unwrap().public_key_to_der().unwrap();
            for form in [&plain, &compressed] {
                let key = PublicKey::from_ec(oid, form).unwrap();
                assert_eq!(key.der(), der);
                assert_eq!(key.ec_components(), Some((oid, plain.as_slice())));
            }
            let mut beside = plain.clone();
            *beside.last_mut().unwrap() ^= 1;
            for wrong in [&hybrid[..], &plain[1..], &plain[..plain.len() - 1], &beside, &[], &[0]] {
                let error = PublicKey::from_ec(oid, wrong).unwrap_err();
                assert_eq!(error.cause(), Cause::InvalidKey);
            }
            let error = PublicKey::from_ec("1.3.132.0.10", &plain).unwrap_err();
            assert_eq!(error.cause(), Cause::InvalidKey);
        }
    }
}

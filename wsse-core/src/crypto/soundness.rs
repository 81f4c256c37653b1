//! Whether the numbers of a private key belong together. OpenSSL reads keys without looking.

use openssl::bn::{BigNum, BigNumContext};
use openssl::error::ErrorStack;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Rsa;

/// Whether the numbers of the key belong together, so that what it signs verifies under its public
/// half and no faulty signature gives it away. That the factors are prime is not checked: it would
/// cost more than a hundred signatures.
pub(super) fn is_sound(key: &PKey<Private>) -> bool {
    match key.id() {
        Id::RSA | Id::RSA_PSS => key.rsa().and_then(|rsa| is_sound_rsa(&rsa)).unwrap_or(false),
        Id::EC => key.ec_key().and_then(|key| key.check_key()).is_ok(),
        _ => true,
    }
}

fn is_sound_rsa(rsa: &Rsa<Private>) -> Result<bool, ErrorStack> {
    // A key of a modulus and the private exponent alone, or of more than two factors, is refused.
    let (Some(p), Some(q), Some(dmp1), Some(dmq1), Some(iqmp)) =
        (rsa.p(), rsa.q(), rsa.dmp1(), rsa.dmq1(), rsa.iqmp())
    else {
        return Ok(false);
    };
    let (n, e, d) = (rsa.n(), rsa.e(), rsa.d());
    let most = n.num_bits();
    if [p, q, d, dmp1, dmq1, iqmp].iter().any(|number| number.num_bits() > most) {
        return Ok(false);
    }
    let mut context = BigNumContext::new_secure()?;
    let one = BigNum::from_u32(1)?;
    let mut less = BigNum::new_secure()?;
    let mut value = BigNum::new_secure()?;
    value.checked_mul(p, q, &mut context)?;
    let mut sound = *value == *n;
    for (factor, exponent) in [(p, dmp1), (q, dmq1)] {
        less.checked_sub(factor, &one)?;
        value.mod_mul(e, d, &less, &mut context)?;
        sound &= value == one;
        value.nnmod(d, &less, &mut context)?;
        sound &= *value == *exponent;
    }
    value.mod_mul(iqmp, q, p, &mut context)?;
    sound &= value == one;
    less.clear();
    value.clear();
    Ok(sound)
}

//! Password digests, the pre-steps that some services put before them, and the look-up of
//! passwords.

mod check;
mod lookup;

pub use check::{Proof, check_any_password, check_password};
pub use lookup::{PasswordLookup, PasswordTable, PasswordVerifier, Passwords};

use crate::crypto::{Digest, Hash, Secret, base64};

/// What is done to a password before it enters a digest. The element or header stays the same;
/// only the secret that is hashed differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecretForm {
    /// The password as it is, in UTF-8 (UsernameToken Profile 1.1.1, section 3.1).
    #[default]
    Plain,
    /// The 20 octets of SHA-1(password), as Amadeus wants it.
    Sha1,
    /// The base64 text of SHA-1(password).
    Sha1Base64,
    /// The base64 text of MD5(password in lower case), as the UK Government Gateway wants it.
    Md5LowerBase64,
    /// The password in lower case.
    Lower,
}

impl SecretForm {
    /// Every form.
    pub const ALL: [Self; 5] =
        [Self::Plain, Self::Sha1, Self::Sha1Base64, Self::Md5LowerBase64, Self::Lower];

    /// The name of the form in policies: `plain`, `sha1`, `sha1-base64`, `md5-lower-base64`,
    /// `lower`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Sha1 => "sha1",
            Self::Sha1Base64 => "sha1-base64",
            Self::Md5LowerBase64 => "md5-lower-base64",
            Self::Lower => "lower",
        }
    }

    /// The secret that enters the digest. A password that is not UTF-8 has no lower case: its
    /// ASCII letters are lowered.
    #[must_use]
    pub fn apply(self, password: &Secret) -> Secret {
        match self {
            Self::Plain => password.clone(),
            Self::Sha1 => Secret::new(Hash::Sha1.digest(&[password.octets()]).octets()),
            Self::Sha1Base64 => {
                Secret::new(base64(Hash::Sha1.digest(&[password.octets()]).octets()))
            }
            Self::Md5LowerBase64 => {
                let lowered = lower(password);
                Secret::new(base64(Hash::Md5.digest(&[lowered.octets()]).octets()))
            }
            Self::Lower => lower(password),
        }
    }
}

fn lower(password: &Secret) -> Secret {
    match core::str::from_utf8(password.octets()) {
        Ok(text) => Secret::new(text.to_lowercase()),
        Err(_) => Secret::new(password.octets().to_ascii_lowercase()),
    }
}

/// Hash(nonce ‖ created ‖ secret): PasswordDigest before its base64 (UsernameToken Profile
/// 1.1.1, section 3.1). An absent part is an empty one (Basic Security Profile 1.1, R4212).
#[must_use]
pub fn password_digest(hash: Hash, nonce: &[u8], created: &[u8], secret: &Secret) -> Digest {
    hash.digest(&[nonce, created, secret.octets()])
}

/// The text of a PasswordDigest element: base64(SHA-1(nonce ‖ created ‖ secret)).
#[must_use]
pub fn password_digest_text(
    nonce: &[u8],
    created: &str,
    password: &Secret,
    form: SecretForm,
) -> String {
    let secret = form.apply(password);
    base64(password_digest(Hash::Sha1, nonce, created.as_bytes(), &secret).octets())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::base64_to_vec;

    #[test]
    fn the_digest_of_each_pre_step() {
        let nonce = b"d36e316282959a9ed4c89851497a717f";
        let digest = |form| {
            let password = Secret::new("taadtaadpstcsm");
            password_digest_text(nonce, "2003-12-15T14:43:07Z", &password, form)
        };
        assert_eq!(digest(SecretForm::Plain), "quR/EWLAV4xLf9Zqyw4pDmfV9OY=");
        assert_eq!(digest(SecretForm::Sha1), "Nr+Qvy6OaENUAdn2X0QhEaeXElo=");
        let shipping = password_digest_text(
            &base64_to_vec("4ETItj7Xc6+9sEDT5p2UjA==").unwrap(),
            "2014-08-04T10:22:48.994Z",
            &Secret::new("Password2014!"),
            SecretForm::Sha1Base64,
        );
        assert_eq!(shipping, "Ug3FRXgyAaWU8SjYHRabnAkn330=");
        let gateway = SecretForm::Md5LowerBase64.apply(&Secret::new("Testing1"));
        assert_eq!(gateway.octets(), b"a3MweCsv60kkAgzEpXeCqQ==");
        assert_eq!(SecretForm::Lower.apply(&Secret::new("ÄB")).octets(), "äb".as_bytes());
        assert_eq!(SecretForm::Lower.apply(&Secret::new(vec![0xFF, b'A'])).octets(), [0xFF, b'a']);
    }
}

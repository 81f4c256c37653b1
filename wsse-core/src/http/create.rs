//! Making a header.

use super::dialect::{Dialect, DigestText, NonceForm, NonceGenerator};
use super::value::HeaderValue;
use crate::crypto::{Secret, SecureRandom, base64, base64_to_vec, hex};
use crate::error::{Cause, Error};
use crate::password::{SecretForm, password_digest};
use crate::time::TimeProvider;
use std::borrow::Cow;

/// What may be given instead of being made. The default is to make everything.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "options, made by literals")]
pub struct CreateOptions<'a> {
    /// The octets that enter the hash as nonce; a text is its UTF-8 octets. The header shows them
    /// in the dialect's [`NonceForm`]: as they are, or in base64. Default: fresh ones from the
    /// dialect's generator.
    ///
    /// A nonce must never be used twice: the receiver takes the second header for a replay.
    pub nonce: Option<&'a [u8]>,
    /// The text of Created, used as it is. Default: the clock's time in the dialect's form.
    pub created: Option<&'a str>,
    /// Names and values of further parameters, written after the dialect's own.
    pub parameters: &'a [(&'a str, &'a str)],
}

/// Makes the value of an `X-WSSE` header, without `X-WSSE: `.
///
/// ```
/// use wsse_core::crypto::{Secret, SystemRandom};
/// use wsse_core::http::{CreateOptions, Dialect, create};
/// use wsse_core::time::SystemClock;
///
/// let options = CreateOptions {
///     nonce: Some(b"d36e316282959a9ed4c89851497a717f"),
///     created: Some("2003-12-15T14:43:07Z"),
///     ..CreateOptions::default()
/// };
/// let password = Secret::new("taadtaadpstcsm");
/// let value =
///     create(&Dialect::default(), "bob", &password, &options, &SystemClock, &SystemRandom)?;
/// assert_eq!(
///     value,
///     "UsernameToken Username=\"bob\", PasswordDigest=\"quR/EWLAV4xLf9Zqyw4pDmfV9OY=\", \
///      Nonce=\"d36e316282959a9ed4c89851497a717f\", Created=\"2003-12-15T14:43:07Z\""
/// );
/// # Ok::<(), wsse_core::Error>(())
/// ```
///
/// # Errors
/// [`Cause::InvalidArgument`] for an empty username, nonce or Created, for a control character
/// anywhere, for a parameter that can't stand there, for a nonce that the dialect can't spell, and
/// for a dialect that makes no sense; [`Cause::ClockUnavailable`]; [`Cause::RandomUnavailable`].
pub fn create(
    dialect: &Dialect,
    username: &str,
    password: &Secret,
    options: &CreateOptions<'_>,
    clock: &dyn TimeProvider,
    random: &dyn SecureRandom,
) -> Result<String, Error> {
    dialect.require_usable()?;
    let nonce = match options.nonce {
        Some(octets) => Nonce::given(dialect.nonce_form(), octets)?,
        None => Nonce::fresh(dialect, random)?,
    };
    let created = match options.created {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(dialect.created_form().write(clock.now()?)?),
    };
    let prepared;
    let secret = match dialect.secret_form() {
        SecretForm::Plain => password,
        form => {
            prepared = form.apply(password);
            &prepared
        }
    };
    let digest = password_digest(dialect.hash(), nonce.hashed(), created.as_bytes(), secret);
    let digest = match dialect.digest_text() {
        DigestText::Octets => base64(digest.octets()),
        DigestText::Hex => base64(hex(digest.octets()).as_bytes()),
    };
    let mut value = HeaderValue::new(username, digest, nonce.shown.as_ref(), created)?;
    for (name, parameter) in dialect.parameters().chain(options.parameters.iter().copied()) {
        value = value.with_parameter(name, parameter)?;
    }
    value.write(dialect)
}

/// A nonce as the header shows it, and as it is hashed.
struct Nonce<'a> {
    shown: Cow<'a, str>,
    /// None where the octets that are shown are those that are hashed.
    hashed: Option<Cow<'a, [u8]>>,
}

impl<'a> Nonce<'a> {
    fn given(form: NonceForm, octets: &'a [u8]) -> Result<Self, Error> {
        if octets.is_empty() {
            return Err(Error::new(Cause::InvalidArgument, "the nonce is empty"));
        }
        Ok(match form {
            NonceForm::Text => {
                let text = core::str::from_utf8(octets).map_err(|_| {
                    Error::new(
                        Cause::InvalidArgument,
                        "the nonce is no text, and the dialect writes it as it is; give text, or \
                         use a dialect that writes base64",
                    )
                })?;
                Self { shown: Cow::Borrowed(text), hashed: None }
            }
            NonceForm::Base64 | NonceForm::TextReadAsBase64 => {
                Self { shown: Cow::Owned(base64(octets)), hashed: Some(Cow::Borrowed(octets)) }
            }
            NonceForm::Hex => {
                Self { shown: Cow::Owned(hex(octets)), hashed: Some(Cow::Borrowed(octets)) }
            }
        })
    }

    fn fresh(dialect: &Dialect, random: &dyn SecureRandom) -> Result<Self, Error> {
        let form = dialect.nonce_form();
        let text = match dialect.nonce_generator() {
            NonceGenerator::Octets(length) => {
                if form == NonceForm::Text || form == NonceForm::TextReadAsBase64 {
                    return Err(Error::new(
                        Cause::InvalidArgument,
                        format!(
                            "dialect {:?} generates octets but writes the nonce as text; choose \
                             another generator or form",
                            dialect.name()
                        ),
                    ));
                }
                let mut octets = [0; 255];
                let octets = fill(&mut octets, usize::from(length), random)?;
                let shown = if form == NonceForm::Hex { hex(octets) } else { base64(octets) };
                return Ok(Self {
                    shown: Cow::Owned(shown),
                    hashed: Some(Cow::Owned(octets.to_vec())),
                });
            }
            NonceGenerator::HexDigits(digits) => {
                let mut octets = [0; 128];
                // Rounded down for the bound on randomness, up for the digits.
                require_long_enough(usize::from(digits / 2))?;
                let octets = fill(&mut octets, usize::from(digits.div_ceil(2)), random)?;
                let mut text = hex(octets);
                text.truncate(usize::from(digits));
                text
            }
            NonceGenerator::Uuid => uuid(random, true)?,
            NonceGenerator::UuidWithoutDashes => uuid(random, false)?,
        };
        Ok(match form {
            NonceForm::Text => Self { shown: Cow::Owned(text), hashed: None },
            NonceForm::Base64 => Self {
                shown: Cow::Owned(base64(text.as_bytes())),
                hashed: Some(Cow::Owned(text.into_bytes())),
            },
            NonceForm::Hex => Self {
                shown: Cow::Owned(hex(text.as_bytes())),
                hashed: Some(Cow::Owned(text.into_bytes())),
            },
            NonceForm::TextReadAsBase64 => {
                let decoded = base64_to_vec(&text).map_err(|_| {
                    Error::new(
                        Cause::InvalidArgument,
                        format!(
                            "dialect {:?} generates a nonce that can't be read as base64; choose \
                             a multiple of four hexadecimal digits",
                            dialect.name()
                        ),
                    )
                })?;
                Self { shown: Cow::Owned(text), hashed: Some(Cow::Owned(decoded)) }
            }
        })
    }

    fn hashed(&self) -> &[u8] {
        self.hashed.as_deref().unwrap_or(self.shown.as_bytes())
    }
}

/// 64 bits: under that, honest senders begin to meet within a window, and look like replays.
const MINIMUM_OCTETS: usize = 8;

fn require_long_enough(octets: usize) -> Result<(), Error> {
    if octets < MINIMUM_OCTETS {
        return Err(Error::new(
            Cause::InvalidArgument,
            "a nonce of less than 64 random bits repeats; generate at least 8 octets or 16 \
             hexadecimal digits",
        ));
    }
    Ok(())
}

fn fill<'a>(
    octets: &'a mut [u8],
    length: usize,
    random: &dyn SecureRandom,
) -> Result<&'a [u8], Error> {
    require_long_enough(length)?;
    let octets = octets.get_mut(..length).unwrap_or_default();
    random.fill(octets)?;
    Ok(octets)
}

/// RFC 9562, section 5.4: version 4, variant 10.
fn uuid(random: &dyn SecureRandom, dashes: bool) -> Result<String, Error> {
    let mut octets = [0; 16];
    random.fill(&mut octets)?;
    octets[6] = octets[6] & 0x0F | 0x40;
    octets[8] = octets[8] & 0x3F | 0x80;
    let mut text = hex(&octets);
    if dashes {
        for place in [8, 13, 18, 23] {
            text.insert(place, '-');
        }
    }
    Ok(text)
}

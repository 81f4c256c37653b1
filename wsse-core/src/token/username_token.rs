//! `wsse:UsernameToken` (UsernameToken Profile 1.1.1, section 3.1).

use super::{once, unexpected, wsu_id};
use crate::crypto::{Secret, base64, base64_to_vec};
use crate::error::{Cause, Error};
use crate::ns;
use crate::password::{SecretForm, password_digest_text};
use crate::time::{UnixTime, parse_date_time};
use crate::xml::{Element, Markup, NamespaceId};

/// A UsernameToken that was read. Nothing of it is proven yet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsernameToken {
    /// The username, never empty.
    pub username: String,
    /// What it shows of the password.
    pub password: Password,
    /// The octets of the Nonce.
    pub nonce: Option<Vec<u8>>,
    /// Created: the text, which is what was hashed, and the instant that it names.
    pub created: Option<(String, UnixTime)>,
    /// The `wsu:Id`.
    pub id: Option<String>,
    /// How a key is derived from the password, where the token is there for that.
    pub derivation: Option<KeyDerivation>,
    /// Where it stands, in octets from the start of the message.
    pub offset: usize,
    /// Where it ends.
    pub(crate) end: usize,
}

/// How a key is derived from a password (UsernameToken Profile 1.1.1, section 4).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyDerivation {
    /// The Salt, 16 octets.
    pub salt: Vec<u8>,
    /// The Iteration, 1,000 to 100,000.
    pub iterations: u32,
}

/// What a UsernameToken shows of the password.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the profile knows these three")]
pub enum Password {
    /// Nothing.
    None,
    /// The password.
    Text(Secret),
    /// The octets of a PasswordDigest.
    Digest(Vec<u8>),
}

/// Which spellings of `Password/@Type` are understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PasswordTypes {
    /// The attribute must be there, without a namespace, with one of the two URIs (Basic Security
    /// Profile 1.1, R4201).
    #[default]
    Strict,
    /// As well: no attribute (then PasswordText, as the profile says), the attribute in the `wsse`
    /// namespace, and the short values `PasswordText`, `PasswordDigest` with or without a prefix.
    Lenient,
}

/// How a UsernameToken is written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UsernameTokenOptions<'c> {
    /// The username.
    pub username: &'c str,
    /// What is shown of the password.
    pub password: ShownPassword<'c>,
    /// The octets of the Nonce.
    pub nonce: Option<&'c [u8]>,
    /// The text of Created, as it is hashed.
    pub created: Option<&'c str>,
    /// The `wsu:Id`, an NCName.
    pub id: Option<&'c str>,
    /// How a key is derived from the password, which is then not shown.
    pub derivation: Option<&'c KeyDerivation>,
}

/// What is shown of the password when a UsernameToken is written.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "the profile knows these, however they are made")]
pub enum ShownPassword<'c> {
    /// Nothing.
    None,
    /// The password.
    Text(&'c Secret),
    /// A digest made from the password.
    Digest(&'c Secret, SecretForm),
    /// The text of a digest that was made elsewhere.
    DigestText(&'c str),
}

enum PasswordType {
    Text,
    Digest,
}

const TOKEN: &str = "the UsernameToken";

impl UsernameToken {
    /// Reads a `wsse:UsernameToken`: one Username, at most one Password, Nonce and Created, and
    /// nothing else (Basic Security Profile 1.1, R4222, R4225).
    ///
    /// # Errors
    /// [`Cause::MissingPart`] without Username, [`Cause::DuplicateElement`],
    /// [`Cause::UnexpectedContent`], [`Cause::InvalidTokenValue`] for a value that can't be read,
    /// [`Cause::UnsupportedPasswordType`], [`Cause::UnsupportedEncoding`],
    /// and [`Cause::UnexpectedContent`] for a Password beside Salt and Iteration.
    pub fn parse(element: Element<'_, '_>, types: PasswordTypes) -> Result<Self, Error> {
        element.check_no_text()?;
        let (mut username, mut password, mut nonce, mut created) = (None, None, None, None);
        let (mut salt, mut iteration) = (None, None);
        for child in element.children() {
            let name = child.name();
            let held = match (name.namespace, name.local) {
                (NamespaceId::WSSE, "Username") => &mut username,
                (NamespaceId::WSSE, "Password") => &mut password,
                (NamespaceId::WSSE, "Nonce") => &mut nonce,
                (NamespaceId::WSU, "Created") => &mut created,
                (NamespaceId::WSSE11, "Salt") => &mut salt,
                (NamespaceId::WSSE11, "Iteration") => &mut iteration,
                _ => return Err(unexpected(child, "a UsernameToken")),
            };
            once(held, child, TOKEN)?;
        }
        let offset = element.range().start;
        let Some(username) = username else {
            let reason = "the UsernameToken has no Username";
            return Err(Error::new(Cause::MissingPart, reason).at(offset));
        };
        let name = username.text()?;
        if name.is_empty() {
            return Err(invalid(username, "the Username is empty"));
        }
        let derivation = KeyDerivation::parse(salt, iteration)?;
        if let (Some(_), Some(password)) = (&derivation, password) {
            let reason = "a UsernameToken from which a key is derived shows no Password";
            return Err(Error::new(Cause::UnexpectedContent, reason).at(password.range().start));
        }
        Ok(Self {
            username: name.clone().into_owned(),
            password: match password {
                Some(password) => Password::parse(password, types)?,
                None => Password::None,
            },
            nonce: nonce.map(parse_nonce).transpose()?,
            created: created.map(parse_created).transpose()?,
            id: wsu_id(element),
            derivation,
            offset,
            end: element.range().end,
        })
    }

    /// The UsernameToken to be written: Username, Password, Nonce, Created, Salt and Iteration, as far
    /// as they are given.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] for a password that is to be shown and is no UTF-8, or from which a
    /// key is derived.
    pub fn markup(options: &UsernameTokenOptions<'_>) -> Result<Markup, Error> {
        let mut token = Markup::new("wsse", ns::WSSE, "UsernameToken");
        if let Some(id) = options.id {
            token = token.with_qualified_attribute("wsu", ns::WSU, "Id", id.to_owned());
        }
        let wsse = |local| Markup::new("wsse", ns::WSSE, local);
        token.children.push(wsse("Username").with_text(options.username));
        let password = |uri: &'static str, text: String| {
            wsse("Password").with_attribute("Type", uri).with_text(text)
        };
        match options.password {
            ShownPassword::None => {}
            ShownPassword::Text(secret) => {
                let text = core::str::from_utf8(secret.octets()).map_err(|_| {
                    let reason = "a password that is shown as PasswordText must be UTF-8";
                    Error::new(Cause::InvalidArgument, reason)
                })?;
                token.children.push(password(ns::PASSWORD_TEXT, text.to_owned()));
            }
            ShownPassword::Digest(secret, form) => {
                let nonce = options.nonce.unwrap_or_default();
                let created = options.created.unwrap_or_default();
                let text = password_digest_text(nonce, created, secret, form);
                token.children.push(password(ns::PASSWORD_DIGEST, text));
            }
            ShownPassword::DigestText(text) => {
                token.children.push(password(ns::PASSWORD_DIGEST, text.to_owned()));
            }
        }
        if let Some(nonce) = options.nonce {
            token.children.push(
                wsse("Nonce")
                    .with_attribute("EncodingType", ns::BASE64_BINARY)
                    .with_text(base64(nonce)),
            );
        }
        if let Some(created) = options.created {
            token.children.push(Markup::new("wsu", ns::WSU, "Created").with_text(created));
        }
        if let Some(KeyDerivation { salt, iterations }) = options.derivation {
            if !matches!(options.password, ShownPassword::None) {
                let reason = "a UsernameToken from which a key is derived shows no Password";
                return Err(Error::new(Cause::InvalidArgument, reason));
            }
            let wsse11 = |local| Markup::new("wsse11", ns::WSSE11, local);
            token.children.push(wsse11("Salt").with_text(base64(salt)));
            token.children.push(wsse11("Iteration").with_text(iterations.to_string()));
        }
        Ok(token)
    }
}

impl KeyDerivation {
    /// Octets of a Salt (Basic Security Profile 1.1, R4217).
    pub const SALT: usize = 16;
    /// The iterations where nothing is said, which is the least (section 4.1; Basic Security Profile
    /// 1.1, R4218).
    pub const LEAST_ITERATIONS: u32 = 1_000;
    /// The most that is computed for one message.
    pub const MOST_ITERATIONS: u32 = 100_000;

    /// A derivation to be written. The first octet of the Salt is 1 for a key that signs, 2 for one
    /// that encrypts.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] for iterations beyond the bounds.
    pub fn new(salt: [u8; Self::SALT], iterations: u32) -> Result<Self, Error> {
        if (Self::LEAST_ITERATIONS..=Self::MOST_ITERATIONS).contains(&iterations) {
            return Ok(Self { salt: salt.to_vec(), iterations });
        }
        let reason = format!(
            "{iterations} iterations are not from {} to {}",
            Self::LEAST_ITERATIONS,
            Self::MOST_ITERATIONS
        );
        Err(Error::new(Cause::InvalidArgument, reason))
    }

    fn parse(
        salt: Option<Element<'_, '_>>,
        iteration: Option<Element<'_, '_>>,
    ) -> Result<Option<Self>, Error> {
        let Some(salt) = salt else {
            return match iteration {
                None => Ok(None),
                Some(iteration) => Err(invalid(iteration, "an Iteration without Salt")),
            };
        };
        let octets = base64_to_vec(salt.text()?)
            .map_err(|error| invalid(salt, &format!("Salt: {}", error.reason())))?;
        if octets.len() != Self::SALT {
            let reason =
                format!("the Salt has {} octets, and must have {}", octets.len(), Self::SALT);
            return Err(invalid(salt, &reason));
        }
        let iterations = match iteration {
            None => Self::LEAST_ITERATIONS,
            Some(iteration) => {
                let text = iteration.text()?;
                let text = text.trim_matches([' ', '\t', '\r', '\n']);
                let is_number =
                    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
                let number = text.parse().ok().filter(|_| is_number).filter(|number| {
                    (Self::LEAST_ITERATIONS..=Self::MOST_ITERATIONS).contains(number)
                });
                number.ok_or_else(|| {
                    let reason = format!(
                        "the Iteration is no number from {} to {}",
                        Self::LEAST_ITERATIONS,
                        Self::MOST_ITERATIONS
                    );
                    invalid(iteration, &reason)
                })?
            }
        };
        Ok(Some(Self { salt: octets, iterations }))
    }
}

impl<'c> UsernameTokenOptions<'c> {
    /// A token that names a user and shows nothing yet.
    #[must_use]
    pub const fn new(username: &'c str) -> Self {
        Self {
            username,
            password: ShownPassword::None,
            nonce: None,
            created: None,
            id: None,
            derivation: None,
        }
    }
}

impl Password {
    fn parse(element: Element<'_, '_>, types: PasswordTypes) -> Result<Self, Error> {
        let text = element.text()?;
        match PasswordType::parse(element, types)? {
            PasswordType::Text => Ok(Self::Text(Secret::new(text.as_bytes()))),
            PasswordType::Digest => base64_to_vec(text)
                .map(Self::Digest)
                .map_err(|error| invalid(element, &format!("PasswordDigest: {}", error.reason()))),
        }
    }
}

impl PasswordType {
    fn parse(element: Element<'_, '_>, types: PasswordTypes) -> Result<Self, Error> {
        let lenient = types == PasswordTypes::Lenient;
        let unsupported = |reason: String| {
            Error::new(Cause::UnsupportedPasswordType, reason).at(element.range().start)
        };
        let value = match element.attribute(NamespaceId::NONE, "Type") {
            Some(value) => value,
            None => match element.attribute(NamespaceId::WSSE, "Type") {
                Some(value) if lenient => value,
                None if lenient => return Ok(Self::Text),
                Some(_) => {
                    return Err(unsupported(
                        "the Type of the Password is in the wsse namespace, where it means \
                         nothing; `username.types = \"lenient\"` accepts it"
                            .to_owned(),
                    ));
                }
                None => {
                    return Err(unsupported(
                        "the Password has no Type (Basic Security Profile R4201); \
                         `username.types = \"lenient\"` takes it for PasswordText"
                            .to_owned(),
                    ));
                }
            },
        };
        let short = lenient.then(|| value.rsplit_once(':').map_or(&*value, |(_, local)| local));
        match (&*value, short) {
            (ns::PASSWORD_TEXT, _) | (_, Some("PasswordText")) => Ok(Self::Text),
            (ns::PASSWORD_DIGEST, _) | (_, Some("PasswordDigest")) => Ok(Self::Digest),
            _ => {
                let shown: String = value.chars().take(120).collect();
                Err(unsupported(format!("the Password has the Type {shown:?}, which is unknown")))
            }
        }
    }
}

fn parse_nonce(element: Element<'_, '_>) -> Result<Vec<u8>, Error> {
    if let Some(encoding) = element.attribute(NamespaceId::NONE, "EncodingType")
        && encoding != ns::BASE64_BINARY
    {
        let shown: String = encoding.chars().take(120).collect();
        return Err(Error::new(
            Cause::UnsupportedEncoding,
            format!("the Nonce has the EncodingType {shown:?}; only Base64Binary is known"),
        )
        .at(element.range().start));
    }
    let nonce = base64_to_vec(element.text()?)
        .map_err(|error| invalid(element, &format!("Nonce: {}", error.reason())))?;
    if nonce.is_empty() {
        return Err(invalid(element, "the Nonce is empty"));
    }
    Ok(nonce)
}

fn parse_created(element: Element<'_, '_>) -> Result<(String, UnixTime), Error> {
    let text = element.text()?;
    let at = parse_date_time(text)
        .map_err(|error| invalid(element, &format!("Created: {}", error.reason())))?;
    Ok((text.clone().into_owned(), at))
}

fn invalid(element: Element<'_, '_>, reason: &str) -> Error {
    Error::new(Cause::InvalidTokenValue, reason).at(element.range().start)
}

//! The syntax of the header's value, without a judgement on what it says.

use super::MAXIMUM_LENGTH;
use super::dialect::{Dialect, Prefix};
use super::lexer::{Lexer, is_token, write_parameter};
use crate::error::{Cause, Error};
use std::borrow::Cow;

/// The word that stands before the parameters.
const SCHEME: &str = "UsernameToken";
/// The parameters that a value must have, in the order in which they are written.
const NAMES: [&str; 4] = ["Username", "PasswordDigest", "Nonce", "Created"];
/// Nobody sends more, and the search for duplicates stays cheap.
const MAXIMUM_PARAMETERS: usize = 32;

/// The value of an `X-WSSE` header:
/// `UsernameToken Username="…", PasswordDigest="…", Nonce="…", Created="…"`.
///
/// None of the four is empty. Values are as they were before quoting. It borrows from the text
/// that was read.
#[derive(Clone, PartialEq, Eq)]
pub struct HeaderValue<'a> {
    /// In the order of [`NAMES`].
    values: [Cow<'a, str>; 4],
    parameters: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    has_prefix: bool,
    created_at: usize,
}

impl<'a> HeaderValue<'a> {
    /// Reads a header's value: what stands behind `X-WSSE:`.
    ///
    /// Parameters may stand in any order, with or without white space around commas and equals
    /// signs, on folded lines; their names, and the word `UsernameToken`, are read in any letter
    /// case (RFC 9110, section 11.1 and 11.2). Unknown parameters are kept. Whether the word may
    /// be missing is the dialect's affair: [`Self::has_prefix`].
    ///
    /// # Errors
    /// Each with its place: [`Cause::HeaderSyntax`]; [`Cause::DuplicateParameter`];
    /// [`Cause::MissingParameter`]; [`Cause::InvalidTokenValue`] where one of the four is empty;
    /// [`Cause::MessageSize`] for more than [`MAXIMUM_LENGTH`] octets or 32 parameters.
    pub fn parse(text: &'a str) -> Result<Self, Error> {
        let mut lexer = Lexer::new(text)?;
        lexer.white_space()?;
        if lexer.peek().is_none() {
            return Err(lexer.syntax("the header value is empty"));
        }
        let has_prefix = scheme(&mut lexer)?;
        let mut values: [Option<Cow<'a, str>>; 4] = [const { None }; 4];
        let mut parameters: Vec<(Cow<'a, str>, Cow<'a, str>)> = Vec::new();
        let mut created_at = 0;
        while lexer.peek().is_some() {
            let name_at = lexer.at();
            let name = parameter_name(&mut lexer)?;
            let value_at = lexer.at();
            let value = lexer.value(name)?;
            let known = NAMES.iter().zip(&mut values).enumerate();
            match known.into_iter().find(|(_, (known, _))| known.eq_ignore_ascii_case(name)) {
                Some((_, (_, Some(_)))) => return Err(duplicate(name).at(name_at)),
                Some((_, (name, None))) if value.is_empty() => {
                    return Err(Error::new(Cause::InvalidTokenValue, format!("{name} is empty"))
                        .at(value_at));
                }
                Some((index, (_, slot))) => {
                    if index == 3 {
                        created_at = value_at;
                    }
                    *slot = Some(value);
                }
                None => {
                    if parameters.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
                        return Err(duplicate(name).at(name_at));
                    }
                    if parameters.len() == MAXIMUM_PARAMETERS - NAMES.len() {
                        return Err(Error::new(
                            Cause::MessageSize,
                            format!("more than {MAXIMUM_PARAMETERS} parameters in one value"),
                        )
                        .at(name_at));
                    }
                    parameters.push((Cow::Borrowed(name), value));
                }
            }
            next_parameter(&mut lexer)?;
        }
        let missing = |index: usize| {
            let name = NAMES[index];
            Error::new(Cause::MissingParameter, format!("the header value has no {name}"))
                .at(text.len())
        };
        let [username, digest, nonce, created] = values;
        Ok(Self {
            values: [
                username.ok_or_else(|| missing(0))?,
                digest.ok_or_else(|| missing(1))?,
                nonce.ok_or_else(|| missing(2))?,
                created.ok_or_else(|| missing(3))?,
            ],
            parameters,
            has_prefix,
            created_at,
        })
    }

    /// A value from its four parameters, with the prefix and nothing else.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] where one of the four is empty.
    pub fn new(
        username: impl Into<Cow<'a, str>>,
        password_digest: impl Into<Cow<'a, str>>,
        nonce: impl Into<Cow<'a, str>>,
        created: impl Into<Cow<'a, str>>,
    ) -> Result<Self, Error> {
        let values = [username.into(), password_digest.into(), nonce.into(), created.into()];
        if let Some((name, _)) = NAMES.iter().zip(&values).find(|(_, value)| value.is_empty()) {
            return Err(Error::new(Cause::InvalidArgument, format!("{name} is empty")));
        }
        Ok(Self { values, parameters: Vec::new(), has_prefix: true, created_at: 0 })
    }

    /// The value with one more parameter.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] for a name that is no token (RFC 9110, section 5.6.2), or that
    /// the value has already.
    pub fn with_parameter(
        mut self,
        name: impl Into<Cow<'a, str>>,
        value: impl Into<Cow<'a, str>>,
    ) -> Result<Self, Error> {
        let name = name.into();
        let has_name = |other: &str| other.eq_ignore_ascii_case(&name);
        if NAMES.into_iter().any(has_name) || self.parameters().any(|(other, _)| has_name(other)) {
            return Err(Error::new(
                Cause::InvalidArgument,
                format!("parameter {name:?} is in the header already"),
            ));
        }
        if !is_token(&name) {
            return Err(Error::new(
                Cause::InvalidArgument,
                format!("{name:?} is no name of a parameter: letters, digits and - . _ only"),
            ));
        }
        self.parameters.push((name, value.into()));
        Ok(self)
    }

    /// Writes the value with the prefix and separators of `dialect`, without `X-WSSE: `. Quotes
    /// and backslashes are escaped.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] for a control character in any value (a line break would begin
    /// another header), or for more than [`MAXIMUM_LENGTH`] octets.
    pub fn write(&self, dialect: &Dialect) -> Result<String, Error> {
        let parameters = || {
            let own = NAMES.into_iter().zip(self.values.iter().map(|value| &**value));
            own.chain(self.parameters())
        };
        let length: usize = parameters().map(|(name, value)| name.len() + value.len() + 5).sum();
        let mut out = String::with_capacity(length + SCHEME.len() + 1);
        if dialect.prefix() != Prefix::Omitted {
            out.push_str(SCHEME);
            out.push(' ');
        }
        for (index, (name, value)) in parameters().enumerate() {
            if index > 0 {
                out.push_str(dialect.separator().text());
            }
            write_parameter(&mut out, name, value)?;
        }
        if out.len() > MAXIMUM_LENGTH {
            return Err(Error::new(
                Cause::InvalidArgument,
                format!(
                    "the header value would have {} octets, at most {MAXIMUM_LENGTH} are read",
                    out.len()
                ),
            ));
        }
        Ok(out)
    }

    /// Who the sender claims to be.
    #[must_use]
    pub fn username(&self) -> &str {
        &self.values[0]
    }

    /// The text of PasswordDigest, as it is written.
    #[must_use]
    pub fn password_digest(&self) -> &str {
        &self.values[1]
    }

    /// The text of Nonce, as it is written.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.values[2]
    }

    /// The text of Created, as it is written, which is as it enters the hash.
    #[must_use]
    pub fn created(&self) -> &str {
        &self.values[3]
    }

    /// Names and values of the other parameters, in their order.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Whether `UsernameToken` stands before the parameters.
    #[must_use]
    pub fn has_prefix(&self) -> bool {
        self.has_prefix
    }

    /// Octets before the value of Created in the text that was read.
    pub(super) fn created_at(&self) -> usize {
        self.created_at
    }
}

impl core::fmt::Debug for HeaderValue<'_> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // The digest is as good as the password until it is in the replay store.
        formatter
            .debug_struct("HeaderValue")
            .field("username", &self.username())
            .field("created", &self.created())
            .finish_non_exhaustive()
    }
}

/// Goes past the word before the parameters; tells whether it is there.
fn scheme(lexer: &mut Lexer<'_>) -> Result<bool, Error> {
    let start = lexer.at();
    let word = lexer.token();
    let spaced = lexer.white_space()?;
    if lexer.peek() == Some(b'=') {
        lexer.back_to(start);
        return Ok(false);
    }
    if word.eq_ignore_ascii_case(SCHEME) && (spaced || lexer.peek().is_none()) {
        return Ok(true);
    }
    let is_header_name = word.eq_ignore_ascii_case("X-WSSE") && lexer.peek() == Some(b':');
    lexer.back_to(start);
    Err(lexer.syntax(if is_header_name {
        "the header's name is no part of its value; leave out X-WSSE:".to_owned()
    } else {
        format!("expected {SCHEME} followed by a space and parameters")
    }))
}

/// Reads `name =`, with the white space around it.
fn parameter_name<'a>(lexer: &mut Lexer<'a>) -> Result<&'a str, Error> {
    let name = lexer.token();
    if name.is_empty() {
        return Err(lexer.syntax("expected the name of a parameter"));
    }
    lexer.white_space()?;
    if !lexer.take(b'=') {
        return Err(lexer.syntax(format!("expected = behind {}", shown(name))));
    }
    lexer.white_space()?;
    Ok(name)
}

/// Goes past the comma before the next parameter, or to the end.
fn next_parameter(lexer: &mut Lexer<'_>) -> Result<(), Error> {
    lexer.white_space()?;
    if lexer.peek().is_none() {
        return Ok(());
    }
    if !lexer.take(b',') {
        return Err(lexer.syntax(
            "expected a comma or the end behind a value; are quotes unbalanced or not escaped?",
        ));
    }
    lexer.white_space()?;
    match lexer.peek() {
        Some(_) => Ok(()),
        None => Err(lexer.syntax("expected a parameter behind the last comma")),
    }
}

fn duplicate(name: &str) -> Error {
    Error::new(Cause::DuplicateParameter, format!("{} stands twice", shown(name)))
}

/// A name that a peer chose, cut to a length that a log bears. A token is ASCII without control
/// characters, so it needs no escapes.
fn shown(name: &str) -> &str {
    name.get(..40).unwrap_or(name)
}

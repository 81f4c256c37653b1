//! The headers around `X-WSSE`: the server's challenge in `WWW-Authenticate`, and the client's
//! announcement in `Authorization`.

use super::dialect::Separator;
use super::lexer::{Lexer, is_token, write_parameter};
use crate::error::{Cause, Error};

/// The authentication scheme of both headers.
const SCHEME: &str = "WSSE";
/// The only profile there is.
const PROFILE: &str = "UsernameToken";

/// What a server asks for in `WWW-Authenticate`: `WSSE realm="…", profile="UsernameToken"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    parameters: Parameters,
}

impl Challenge {
    /// A challenge for UsernameToken in a realm.
    #[must_use]
    pub fn new(realm: impl Into<String>) -> Self {
        Self { parameters: Parameters::new(Some(realm.into())) }
    }

    /// Finds the WSSE challenge in the value of a `WWW-Authenticate` header (RFC 9110, section
    /// 11.6.1), which may hold several, in any letter case. `None` if there is none: the word
    /// inside a quoted string is no challenge. Of several the first counts.
    ///
    /// # Errors
    /// Each with its place: [`Cause::HeaderSyntax`]; [`Cause::DuplicateParameter`];
    /// [`Cause::MessageSize`] for more than [`super::MAXIMUM_LENGTH`] octets.
    pub fn parse(value: &str) -> Result<Option<Self>, Error> {
        let mut lexer = Lexer::new(value)?;
        let parameters = Parameters::read(&mut lexer, Schemes::Several)?;
        Ok(parameters.map(|parameters| Self { parameters }))
    }

    /// Writes the header's value.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] for a control character.
    pub fn write(&self) -> Result<String, Error> {
        self.parameters.write(Separator::CommaSpace)
    }

    /// The realm, if there is one.
    #[must_use]
    pub fn realm(&self) -> Option<&str> {
        self.parameters.realm.as_deref()
    }

    /// The profile, if there is one. Only `UsernameToken` can be answered by an `X-WSSE` header.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        self.parameters.profile.as_deref()
    }

    /// Names and values of the other parameters, in their order.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.others()
    }
}

/// What a client announces in `Authorization` beside `X-WSSE`: `WSSE profile="UsernameToken"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    parameters: Parameters,
    separator: Separator,
}

impl Authorization {
    /// `WSSE profile="UsernameToken"`.
    #[must_use]
    pub fn new() -> Self {
        Self { parameters: Parameters::new(None), separator: Separator::CommaSpace }
    }

    /// `WSSE realm="SDP",profile="UsernameToken",type="Appkey"`, which Huawei Cloud SMS wants
    /// with the dialect `huawei`.
    #[must_use]
    pub fn huawei() -> Self {
        Self { separator: Separator::Comma, ..Self::new() }
            .with_realm("SDP")
            .with_parameter("type", "Appkey")
    }

    /// The same with a realm.
    #[must_use]
    pub fn with_realm(mut self, realm: impl Into<String>) -> Self {
        self.parameters.realm = Some(realm.into());
        self
    }

    /// The same with one more parameter, written last.
    #[must_use]
    pub fn with_parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.others.push((name.into(), value.into()));
        self
    }

    /// Reads the value of an `Authorization` header; `None` if it is of another scheme, of which
    /// nothing else is read.
    ///
    /// # Errors
    /// As [`Challenge::parse`]; also [`Cause::HeaderSyntax`] for a second scheme, as there is one
    /// only (RFC 9110, section 11.6.2).
    pub fn parse(value: &str) -> Result<Option<Self>, Error> {
        let mut lexer = Lexer::new(value)?;
        lexer.white_space()?;
        let scheme = lexer.token();
        if scheme.is_empty() {
            return Err(lexer.syntax("expected the name of an authentication scheme"));
        }
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return Ok(None);
        }
        lexer.back_to(0);
        let parameters = Parameters::read(&mut lexer, Schemes::One)?;
        Ok(parameters.map(|parameters| Self { parameters, separator: Separator::CommaSpace }))
    }

    /// Writes the header's value.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] for a control character, or a name that is no token.
    pub fn write(&self) -> Result<String, Error> {
        self.parameters.write(self.separator)
    }

    /// The realm, if there is one.
    #[must_use]
    pub fn realm(&self) -> Option<&str> {
        self.parameters.realm.as_deref()
    }

    /// The profile, if there is one.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        self.parameters.profile.as_deref()
    }

    /// Names and values of the other parameters, in their order.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.others()
    }
}

impl Default for Authorization {
    fn default() -> Self {
        Self::new()
    }
}

/// What follows the scheme in both headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Parameters {
    realm: Option<String>,
    profile: Option<String>,
    others: Vec<(String, String)>,
}

impl Parameters {
    fn new(realm: Option<String>) -> Self {
        Self { realm, profile: Some(PROFILE.to_owned()), others: Vec::new() }
    }

    fn others(&self) -> impl Iterator<Item = (&str, &str)> {
        self.others.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn write(&self, separator: Separator) -> Result<String, Error> {
        let mut out = String::from(SCHEME);
        let realm = self.realm.iter().map(|realm| ("realm", realm.as_str()));
        let profile = self.profile.iter().map(|profile| ("profile", profile.as_str()));
        for (index, (name, value)) in realm.chain(profile).chain(self.others()).enumerate() {
            if !is_token(name) {
                return Err(Error::new(
                    Cause::InvalidArgument,
                    format!("{name:?} is no name of a parameter: letters, digits and - . _ only"),
                ));
            }
            out.push_str(if index == 0 { " " } else { separator.text() });
            write_parameter(&mut out, name, value)?;
        }
        Ok(out)
    }

    /// Reads a list of schemes with their parameters and returns those of the first WSSE. The
    /// comma separates schemes as well as parameters, so what follows it is a parameter exactly
    /// if an equals sign follows its first word. Empty elements are skipped (RFC 9110, section
    /// 5.6.1.2).
    fn read(lexer: &mut Lexer<'_>, schemes: Schemes) -> Result<Option<Self>, Error> {
        let mut found: Option<Self> = None;
        let mut scheme = Scheme::None;
        loop {
            lexer.white_space()?;
            while lexer.take(b',') {
                lexer.white_space()?;
            }
            if lexer.peek().is_none() {
                return match scheme {
                    Scheme::None => Err(lexer.syntax("the header value is empty")),
                    _ => Ok(found),
                };
            }
            let start = lexer.at();
            let word = lexer.token();
            if word.is_empty() {
                return Err(lexer.syntax("expected an authentication scheme or a parameter"));
            }
            let spaced = lexer.white_space()?;
            if lexer.peek() == Some(b'=') {
                if scheme == Scheme::None {
                    lexer.back_to(start);
                    return Err(lexer.syntax("a parameter stands before any scheme"));
                }
                lexer.back_to(start);
                read_parameter(lexer, scheme, found.as_mut())?;
            } else {
                if schemes == Schemes::One && scheme != Scheme::None {
                    lexer.back_to(start);
                    return Err(lexer.syntax("a second authentication scheme in one Authorization"));
                }
                scheme = match &found {
                    None if word.eq_ignore_ascii_case(SCHEME) => {
                        found = Some(Self::default());
                        Scheme::Wsse
                    }
                    _ => Scheme::Other,
                };
                if !matches!(lexer.peek(), None | Some(b',')) {
                    if !spaced {
                        return Err(lexer.syntax("expected a space behind the scheme"));
                    }
                    read_parameter(lexer, scheme, found.as_mut())?;
                }
            }
            lexer.white_space()?;
            if !matches!(lexer.peek(), None | Some(b',')) {
                return Err(lexer.syntax("expected a comma or the end behind a parameter"));
            }
        }
    }

    fn insert(&mut self, name: &str, value: String) -> Result<(), Error> {
        let slot = match name {
            _ if name.eq_ignore_ascii_case("realm") => &mut self.realm,
            _ if name.eq_ignore_ascii_case("profile") => &mut self.profile,
            _ => {
                if self.others.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
                    return Err(duplicate(name));
                }
                self.others.push((name.to_owned(), value));
                return Ok(());
            }
        };
        match slot.replace(value) {
            None => Ok(()),
            Some(_) => Err(duplicate(name)),
        }
    }
}

/// How many schemes a value may have.
#[derive(Clone, Copy, PartialEq)]
enum Schemes {
    One,
    Several,
}

/// Whose parameters are being read.
#[derive(Clone, Copy, PartialEq)]
enum Scheme {
    None,
    Wsse,
    Other,
}

/// Reads one `name=value`, or a token68, which other schemes may have instead of parameters.
fn read_parameter(
    lexer: &mut Lexer<'_>,
    scheme: Scheme,
    found: Option<&mut Parameters>,
) -> Result<(), Error> {
    let start = lexer.at();
    let name = lexer.token();
    lexer.white_space()?;
    if !name.is_empty() && lexer.take(b'=') {
        lexer.white_space()?;
        // `abc=` and `abc==` are token68 too; behind a parameter's equals sign stands a value.
        if scheme == Scheme::Wsse || !matches!(lexer.peek(), None | Some(b'=' | b',')) {
            let value = lexer.value(name)?;
            return match found {
                Some(found) if scheme == Scheme::Wsse => {
                    found.insert(name, value.into_owned()).map_err(|error| error.at(start))
                }
                _ => Ok(()),
            };
        }
    }
    lexer.back_to(start);
    if scheme == Scheme::Wsse || lexer.token68().is_empty() {
        return Err(lexer.syntax("expected a parameter, name=\"value\""));
    }
    Ok(())
}

fn duplicate(name: &str) -> Error {
    let shown = name.get(..40).unwrap_or(name);
    Error::new(Cause::DuplicateParameter, format!("{shown} stands twice"))
}

//! Checking a header.

use super::created::{self, DateForm};
use super::dialect::{Dialect, Prefix};
use super::spelling::{Spelling, reads_alike};
use super::value::HeaderValue;
use crate::error::{Cause, Error};
use crate::password::{Passwords, Proof, SecretForm, check_any_password};
use crate::replay::{MemoryReplayStore, ReplayKey, ReplayStore};
use crate::time::{SystemClock, TimeProvider, UnixTime};
use core::fmt;
use std::borrow::Cow;
use std::sync::Arc;

/// The receiver's side of the `X-WSSE` header: built once, shared between threads.
///
/// ```
/// use wsse_core::crypto::{Secret, SystemRandom};
/// use wsse_core::http::{CreateOptions, Dialect, HeaderCheck, create};
/// use wsse_core::password::PasswordTable;
/// use wsse_core::time::SystemClock;
///
/// let users = PasswordTable::new().with("bob", Secret::new("taadtaadpstcsm"));
/// let check = HeaderCheck::builder(users).with_dialect(Dialect::preset("atom")?).build()?;
///
/// let (dialect, password) = (Dialect::default(), Secret::new("taadtaadpstcsm"));
/// let options = CreateOptions::default();
/// let value = create(&dialect, "bob", &password, &options, &SystemClock, &SystemRandom)?;
///
/// assert_eq!(check.check(&value)?.username(), "bob");
/// assert_eq!(check.check(&value).unwrap_err().cause(), wsse_core::Cause::Replay);
/// # Ok::<(), wsse_core::Error>(())
/// ```
pub struct HeaderCheck {
    passwords: Passwords,
    dialects: Vec<Dialect>,
    replay_store: Arc<dyn ReplayStore>,
    clock: Arc<dyn TimeProvider>,
    skew: Option<u32>,
    /// How long after its Created any accepted dialect may still take a header, in seconds.
    longest_age: i64,
}

/// What a [`HeaderCheck`] is built from.
#[must_use]
pub struct HeaderCheckBuilder {
    passwords: Passwords,
    dialects: Vec<Dialect>,
    replay_store: Option<Arc<dyn ReplayStore>>,
    clock: Arc<dyn TimeProvider>,
    skew: Option<u32>,
}

impl HeaderCheckBuilder {
    /// Accepts one more dialect. At least one is required; each further one is one more way in,
    /// and where two fit the one that was named first is reported.
    pub fn with_dialect(mut self, dialect: Dialect) -> Self {
        self.dialects.push(dialect);
        self
    }

    /// Where accepted headers are remembered. Default: a [`MemoryReplayStore`] of its own.
    ///
    /// Checks that share a store should accept the same dialects and windows: an entry is kept as
    /// long as the check that made it may accept its header again.
    pub fn with_replay_store(mut self, store: Arc<dyn ReplayStore>) -> Self {
        self.replay_store = Some(store);
        self
    }

    /// The clock. Default: [`SystemClock`].
    pub fn with_clock(mut self, clock: Arc<dyn TimeProvider>) -> Self {
        self.clock = clock;
        self
    }

    /// How far the sender's clock may be off, in seconds, in both directions: a header may be so
    /// much older than the dialect's ttl, and lie so far in the future, instead of the dialect's
    /// future tolerance. Default: none, so that ttl and tolerance are what the dialect says.
    pub const fn with_skew(mut self, seconds: u32) -> Self {
        self.skew = Some(seconds);
        self
    }

    /// Builds the check.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] without a dialect, or with one that makes no sense;
    /// [`Cause::MissingCredential`] for a password verifier: a digest can be checked only where
    /// the password is known.
    pub fn build(self) -> Result<HeaderCheck, Error> {
        if matches!(self.passwords, Passwords::Verifier(_)) {
            return Err(Error::new(
                Cause::MissingCredential,
                "an X-WSSE header can't be checked by a password verifier: its digest needs the \
                 password itself; give a look-up or a table",
            ));
        }
        for dialect in &self.dialects {
            dialect.require_usable()?;
        }
        let Some(longest_ttl) = self.dialects.iter().map(Dialect::ttl).max() else {
            return Err(Error::new(
                Cause::InvalidArgument,
                "no dialect of the X-WSSE header is accepted; name at least one, such as \"atom\"",
            ));
        };
        Ok(HeaderCheck {
            longest_age: i64::from(longest_ttl) + i64::from(self.skew.unwrap_or(0)),
            passwords: self.passwords,
            dialects: self.dialects,
            replay_store: self.replay_store.unwrap_or_else(|| Arc::new(MemoryReplayStore::new())),
            clock: self.clock,
            skew: self.skew,
        })
    }
}

/// A header that was checked: only [`HeaderCheck::check`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedHeader {
    username: String,
    dialect: Cow<'static, str>,
    created: UnixTime,
    nonce: String,
    parameters: Vec<(String, String)>,
}

impl CheckedHeader {
    /// Who sent it, as confirmed by the password.
    #[must_use]
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The name of the dialect that fitted.
    #[must_use]
    pub fn dialect(&self) -> &str {
        &self.dialect
    }

    /// When the sender says it was made.
    #[must_use]
    pub fn created(&self) -> UnixTime {
        self.created
    }

    /// The text of Nonce, as the header has it.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// Names and values of the parameters beside the four. Unlike nonce and Created they are not
    /// in the hash, so anyone on the way can have written them.
    pub fn unprotected_parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl HeaderCheck {
    /// Begins a check against these passwords.
    pub fn builder(passwords: impl Into<Passwords>) -> HeaderCheckBuilder {
        HeaderCheckBuilder {
            passwords: passwords.into(),
            dialects: Vec::new(),
            replay_store: None,
            clock: Arc::new(SystemClock),
            skew: None,
        }
    }

    /// Checks the value of an `X-WSSE` header, without `X-WSSE:`.
    ///
    /// Cheap things come first: syntax, age, the password against every accepted dialect that the
    /// header can be of, and as the last act the replay store. An unknown user and a wrong
    /// password look and cost the same.
    ///
    /// # Errors
    /// What [`HeaderValue::parse`] refuses; [`Cause::InvalidTokenValue`] where Created can't be
    /// read; [`Cause::Expired`] and [`Cause::NotYetValid`]; [`Cause::FailedAuthentication`], also
    /// where nonce and digest are of no accepted dialect; [`Cause::Replay`];
    /// [`Cause::ClockUnavailable`], [`Cause::PasswordsUnavailable`] and
    /// [`Cause::ReplayStoreUnavailable`].
    pub fn check(&self, value: &str) -> Result<CheckedHeader, Error> {
        let value = HeaderValue::parse(value)?;
        if !self.dialects.iter().any(|dialect| fits_prefix(dialect, &value)) {
            return Err(Error::new(
                Cause::HeaderSyntax,
                "the value does not begin with UsernameToken, as every accepted dialect demands",
            )
            .at(0));
        }
        let now = self.clock.now()?;
        let (created, form) = self.require_fresh(&value, now)?;
        let eligible = self.dialects.iter().filter(|dialect| {
            fits_prefix(dialect, &value)
                && dialect.accepts_created(form)
                && self.age(dialect, created, now) == Age::Fresh
        });

        let spelling = Spelling::of(&value, &self.dialects);
        let mut dialects: Vec<&Dialect> = Vec::with_capacity(self.dialects.len());
        let mut readings: Vec<(Proof<'_>, SecretForm)> = Vec::with_capacity(self.dialects.len());
        for dialect in eligible {
            // Many dialects differ only in what they write: one hash serves all of these.
            if dialects.iter().any(|other| reads_alike(other, dialect)) {
                continue;
            }
            if let Some(proof) = spelling.proof(dialect, &value) {
                dialects.push(dialect);
                readings.push((proof, dialect.secret_form()));
            }
        }
        if readings.is_empty() {
            return Err(self.fits_no_dialect());
        }
        let fitting = check_any_password(&self.passwords, value.username(), &readings)?;
        let (Some(dialect), Some((Proof::Digest { digest, .. }, _))) =
            (dialects.get(fitting), readings.get(fitting))
        else {
            return Err(self.fits_no_dialect());
        };

        // The outcome of the hash, not its spelling: white space, letter case of hexadecimal,
        // another dialect, or octets moved between nonce and Created leave it as it is.
        let key = ReplayKey::of_password_digest(digest);
        let expires = created.plus_seconds(self.longest_age);
        if !self.replay_store.insert_if_absent(&key, expires, now)? {
            return Err(Error::new(
                Cause::Replay,
                format!("a header of username {:?} was seen before", value.username()),
            ));
        }
        Ok(CheckedHeader {
            username: value.username().to_owned(),
            dialect: dialect.shared_name(),
            created,
            nonce: value.nonce().to_owned(),
            parameters: value
                .parameters()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        })
    }

    fn require_fresh(
        &self,
        value: &HeaderValue<'_>,
        now: UnixTime,
    ) -> Result<(UnixTime, DateForm), Error> {
        let read = created::read(value.created());
        let accepting = |form: DateForm| {
            let dialects = self.dialects.iter();
            dialects
                .filter(move |dialect| fits_prefix(dialect, value) && dialect.accepts_created(form))
        };
        let Some((created, form)) = read.filter(|(_, form)| accepting(*form).next().is_some())
        else {
            let shown: String = value.created().chars().take(40).collect();
            return Err(Error::new(
                Cause::InvalidTokenValue,
                format!(
                    "Created {shown:?} is no instant in a form that an accepted dialect has; \
                     2026-05-01T12:00:00Z would be one"
                ),
            )
            .at(value.created_at()));
        };
        if accepting(form).any(|dialect| self.age(dialect, created, now) == Age::Fresh) {
            return Ok((created, form));
        }
        // Rounded up, so that the text never says 300 where 300 would do.
        let seconds = now.nanoseconds().abs_diff(created.nanoseconds()).div_ceil(1_000_000_000);
        let error = if created < now {
            Error::new(
                Cause::Expired,
                format!(
                    "Created {:?} is {seconds} seconds old, accepted are {}",
                    value.created(),
                    accepting(form).map(|dialect| self.ttl(dialect)).max().unwrap_or(0)
                ),
            )
        } else {
            Error::new(
                Cause::NotYetValid,
                format!(
                    "Created {:?} lies {} seconds in the future, accepted are {}",
                    value.created(),
                    seconds,
                    accepting(form).map(|dialect| self.future(dialect)).max().unwrap_or(0)
                ),
            )
        };
        Err(error.at(value.created_at()))
    }

    fn age(&self, dialect: &Dialect, created: UnixTime, now: UnixTime) -> Age {
        if now > created.plus_seconds(self.ttl(dialect)) {
            Age::Stale
        } else if created > now.plus_seconds(self.future(dialect)) {
            Age::Future
        } else {
            Age::Fresh
        }
    }

    fn ttl(&self, dialect: &Dialect) -> i64 {
        i64::from(dialect.ttl()) + i64::from(self.skew.unwrap_or(0))
    }

    fn future(&self, dialect: &Dialect) -> i64 {
        i64::from(self.skew.unwrap_or(dialect.future_tolerance()))
    }

    fn fits_no_dialect(&self) -> Error {
        let names: Vec<&str> = self.dialects.iter().map(Dialect::name).collect();
        Error::new(
            Cause::FailedAuthentication,
            format!(
                "PasswordDigest and Nonce are not of the shape that any accepted dialect gives \
                 them ({})",
                names.join(", ")
            ),
        )
    }
}

impl fmt::Debug for HeaderCheck {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HeaderCheck")
            .field("dialects", &self.dialects)
            .field("skew", &self.skew)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for HeaderCheckBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HeaderCheckBuilder")
            .field("dialects", &self.dialects)
            .field("skew", &self.skew)
            .finish_non_exhaustive()
    }
}

#[derive(PartialEq)]
enum Age {
    Stale,
    Fresh,
    Future,
}

fn fits_prefix(dialect: &Dialect, value: &HeaderValue<'_>) -> bool {
    value.has_prefix() || dialect.prefix() != Prefix::Required
}

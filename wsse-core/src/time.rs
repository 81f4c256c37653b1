//! Instants, clocks that are handed in, and `xsd:dateTime`.

use crate::error::{Cause, Error};
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

const NANOSECONDS: i128 = 1_000_000_000;

/// An instant: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(i128);

impl UnixTime {
    /// The instant `seconds` after (before, if negative) 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds as i128 * NANOSECONDS)
    }

    /// The instant `nanoseconds` after (before, if negative) 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_nanoseconds(nanoseconds: i128) -> Self {
        Self(nanoseconds)
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    #[must_use]
    pub fn seconds(self) -> i64 {
        let seconds = self.0.div_euclid(NANOSECONDS);
        i64::try_from(seconds).unwrap_or(if seconds < 0 { i64::MIN } else { i64::MAX })
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn nanoseconds(self) -> i128 {
        self.0
    }

    /// The instant `seconds` later (earlier, if negative).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds as i128 * NANOSECONDS))
    }

    /// The instant, written as `xsd:dateTime`; None outside the years 0 to 9999.
    #[must_use]
    pub fn write(self, form: DateTimeForm) -> Option<String> {
        let at = OffsetDateTime::from_unix_timestamp_nanos(self.0).ok()?;
        let year = u16::try_from(at.year()).ok().filter(|year| *year <= 9999)?;
        let mut text = Vec::with_capacity(29);
        push_digits(&mut text, u32::from(year), 4);
        for (separator, value) in [
            (b'-', u8::from(at.month())),
            (b'-', at.day()),
            (b'T', at.hour()),
            (b':', at.minute()),
            (b':', at.second()),
        ] {
            text.push(separator);
            push_digits(&mut text, u32::from(value), 2);
        }
        if form.milliseconds {
            text.push(b'.');
            push_digits(&mut text, u32::from(at.millisecond()), 3);
        }
        text.extend_from_slice(form.zone.text().as_bytes());
        String::from_utf8(text).ok()
    }
}

fn push_digits(text: &mut Vec<u8>, value: u32, width: u32) {
    for place in (0..width).rev() {
        text.push(b'0' + u8::try_from(value / 10_u32.pow(place) % 10).unwrap_or(0));
    }
}

/// How UTC is spelt at the end of a written `xsd:dateTime`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Zone {
    /// `Z`, the default, as the Basic Security Profile shows it.
    #[default]
    Zulu,
    /// `+00:00`.
    Offset,
    /// `+0000`, which is not `xsd:dateTime` but what some X-WSSE services send.
    OffsetWithoutColon,
}

impl Zone {
    /// The text of the zone.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Zulu => "Z",
            Self::Offset => "+00:00",
            Self::OffsetWithoutColon => "+0000",
        }
    }
}

/// How an instant is written as `xsd:dateTime`, always in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "two independent settings, made by literals")]
pub struct DateTimeForm {
    /// Whether three fraction digits are written. Default: false.
    pub milliseconds: bool,
    /// How UTC is spelt. Default: `Z`.
    pub zone: Zone,
}

/// Reads an `xsd:dateTime` with a time zone (XML Schema Part 2, section 3.2.7).
///
/// Narrower than the schema, so that two readers can't differ: a zone is demanded (the Basic
/// Security Profile 1.1 wants UTC, R3217 and R3223, and a local time names no instant), hour 24
/// and second 60 are refused (R3213, R3215), years have four digits. Wider than the profile:
/// any numeric offset names an instant and is taken, and 1 to 9 fraction digits, because peers
/// send them. White space around the value is collapsed as the schema says.
///
/// # Errors
/// [`Cause::InvalidTokenValue`] with the reason; callers put their own cause on it where the value
/// stands in something that is no token.
pub fn parse_date_time(text: &str) -> Result<UnixTime, Error> {
    parse(text).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        Error::new(
            Cause::InvalidTokenValue,
            format!(
                "{shown:?} is no instant: expected an xsd:dateTime with a time zone, such as \
                 2026-05-01T12:00:00Z"
            ),
        )
    })
}

fn parse(text: &str) -> Option<UnixTime> {
    let text = text.trim_matches([' ', '\t', '\r', '\n']).as_bytes();
    let date = parse_date(text.get(..10)?)?;
    let (&b'T', rest) = text[10..].split_first()? else { return None };
    let (time, rest) = parse_time(rest)?;
    let offset = parse_offset(rest, false)?;
    Some(UnixTime(OffsetDateTime::new_in_offset(date, time, offset).unix_timestamp_nanos()))
}

/// Reads `YYYY-MM-DD`.
pub(crate) fn parse_date(text: &[u8]) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    let year = digits(&[*y1, *y2, *y3, *y4])?;
    let month = Month::try_from(u8::try_from(digits(&[*m1, *m2])?).ok()?).ok()?;
    Date::from_calendar_date(
        i32::try_from(year).ok()?,
        month,
        u8::try_from(digits(&[*d1, *d2])?).ok()?,
    )
    .ok()
}

/// Reads `hh:mm:ss` with an optional fraction of 1 to 9 digits, and returns what follows it.
pub(crate) fn parse_time(text: &[u8]) -> Option<(Time, &[u8])> {
    let (clock, mut rest) = text.split_at_checked(8)?;
    let [h1, h2, b':', m1, m2, b':', s1, s2] = clock else { return None };
    let mut nanoseconds = 0;
    if let Some((b'.', after_point)) = rest.split_first() {
        let length = after_point.iter().take_while(|octet| octet.is_ascii_digit()).count();
        if !(1..=9).contains(&length) {
            return None;
        }
        let (fraction, after_fraction) = after_point.split_at(length);
        nanoseconds = digits(fraction)? * 10_u32.pow(9 - u32::try_from(length).ok()?);
        rest = after_fraction;
    }
    let part = |tens: &u8, ones: &u8| u8::try_from(digits(&[*tens, *ones])?).ok();
    let time =
        Time::from_hms_nano(part(h1, h2)?, part(m1, m2)?, part(s1, s2)?, nanoseconds).ok()?;
    Some((time, rest))
}

/// Reads `Z` or a numeric offset up to 14 hours (XML Schema Part 2, section 3.2.7.3), with its
/// colon unless `colon_optional`.
pub(crate) fn parse_offset(text: &[u8], colon_optional: bool) -> Option<UtcOffset> {
    let (sign, hours, minutes) = match text {
        b"Z" => return Some(UtcOffset::UTC),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => (sign, [*h1, *h2], [*m1, *m2]),
        [sign @ (b'+' | b'-'), h1, h2, m1, m2] if colon_optional => (sign, [*h1, *h2], [*m1, *m2]),
        _ => return None,
    };
    let (hours, minutes) = (digits(&hours)?, digits(&minutes)?);
    if minutes > 59 || hours * 60 + minutes > 14 * 60 {
        return None;
    }
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    UtcOffset::from_whole_seconds(if *sign == b'-' { -seconds } else { seconds }).ok()
}

fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0_u32, |value, octet| {
        octet.is_ascii_digit().then(|| value * 10 + u32::from(octet - b'0'))
    })
}

/// A clock. Nothing in this crate reads the time in any other way.
pub trait TimeProvider: Send + Sync {
    /// The present instant.
    ///
    /// # Errors
    /// [`Cause::ClockUnavailable`] where the clock can't tell; the operation is then refused.
    fn now(&self) -> Result<UnixTime, Error>;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "a value without fields by design")]
pub struct SystemClock;

impl TimeProvider for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        clippy::disallowed_types,
        reason = "the one place that asks the machine for the time"
    )]
    fn now(&self) -> Result<UnixTime, Error> {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_err(|_| Error::new(Cause::ClockUnavailable, "the clock stands before 1970"))?;
        i128::try_from(since.as_nanos()).map(UnixTime).map_err(|_| {
            Error::new(Cause::ClockUnavailable, "the clock is beyond what an instant can hold")
        })
    }
}

/// A clock that stands still: for tests, and for checking a message as of another day.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "one field by design")]
pub struct FixedClock(pub UnixTime);

impl TimeProvider for FixedClock {
    fn now(&self) -> Result<UnixTime, Error> {
        Ok(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_peers_send() {
        let noon = UnixTime::from_seconds(1_714_564_800);
        for text in [
            "2024-05-01T12:00:00Z",
            " 2024-05-01T12:00:00Z\n",
            "2024-05-01T12:00:00.000Z",
            "2024-05-01T12:00:00+00:00",
            "2024-05-01T14:00:00+02:00",
            "2024-04-30T22:00:00-14:00",
        ] {
            assert_eq!(parse_date_time(text), Ok(noon), "{text}");
        }
        let later = parse_date_time("2024-05-01T12:00:00.123456789Z").unwrap();
        assert_eq!(later.nanoseconds() - noon.nanoseconds(), 123_456_789);
    }

    #[test]
    fn refuses_what_names_no_instant() {
        for text in [
            "",
            "2024-05-01T12:00:00",
            "2024-05-01",
            "2024-05-01T24:00:00Z",
            "2024-05-01T23:59:60Z",
            "2024-02-30T12:00:00Z",
            "2024-13-01T12:00:00Z",
            "24-05-01T12:00:00Z",
            "2024-05-01t12:00:00Z",
            "2024-05-01T12:00:00z",
            "2024-05-01T12:00:00.Z",
            "2024-05-01T12:00:00.1234567890Z",
            "2024-05-01T12:00:00+0000",
            "2024-05-01T12:00:00+15:00",
            "2024-05-01T12:00:00+14:01",
            "2024-05-01T12:00:00+00:60",
            "2024-05-01T12:00:00ZZ",
            "-2024-05-01T12:00:00Z",
            "２０２４-05-01T12:00:00Z",
        ] {
            let error = parse_date_time(text).unwrap_err();
            assert_eq!(error.cause(), Cause::InvalidTokenValue, "{text}");
        }
    }

    #[test]
    fn writes_each_form() {
        let at = UnixTime::from_nanoseconds(1_714_564_800_299_999_999);
        let write = |milliseconds, zone| at.write(DateTimeForm { milliseconds, zone }).unwrap();
        assert_eq!(write(false, Zone::Zulu), "2024-05-01T12:00:00Z");
        assert_eq!(write(true, Zone::Zulu), "2024-05-01T12:00:00.299Z");
        assert_eq!(write(false, Zone::Offset), "2024-05-01T12:00:00+00:00");
        assert_eq!(write(true, Zone::OffsetWithoutColon), "2024-05-01T12:00:00.299+0000");
        let before_1970 = UnixTime::from_seconds(-1).write(DateTimeForm::default());
        assert_eq!(before_1970.unwrap(), "1969-12-31T23:59:59Z");
        assert_eq!(UnixTime::from_seconds(i64::MAX).write(DateTimeForm::default()), None);
    }
}

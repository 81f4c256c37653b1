//! How Created is spelt, sent and read.
//!
//! Nonce, Created and password enter the hash without anything between them, so octets can be
//! moved from the end of the nonce to the beginning of Created, or back, under the same digest. A
//! capture whose parts are cut anew has the same replay key, but that key is kept only as long as
//! the Created it was first seen with allows. So no two instants may be readable from the same end
//! of a text: **no form that is read here is the end of another text that is read here**. That is
//! why years have exactly four digits and epoch seconds exactly ten, why RFC 2822's day of the
//! week is demanded, and why no white space is trimmed.

use crate::error::{Cause, Error};
use crate::time::{DateTimeForm, UnixTime, Zone, parse_date, parse_offset, parse_time};
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

/// How Created is written, always in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CreatedForm {
    /// As `xsd:dateTime`, with or without milliseconds, and UTC spelt `Z`, `+00:00` or `+0000`.
    DateTime(DateTimeForm),
    /// Seconds since 1970-01-01T00:00:00Z: `1714564800`.
    EpochSeconds,
    /// RFC 2822, as PHP's `r` has it: `Wed, 01 May 2024 12:00:00 +0000`.
    Rfc2822,
    /// `2024-05-01 12:00:00 GMT`.
    GmtText,
}

/// A family of spellings that Created is read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DateForm {
    /// `xsd:dateTime` with `Z` or a numeric offset, the offset with or without a colon, seconds
    /// with or without a fraction of 1 to 9 digits.
    DateTime,
    /// Seconds since 1970-01-01T00:00:00Z, ten digits (the years 2001 to 2286).
    EpochSeconds,
    /// RFC 2822 with its day of the week, with a numeric offset or `GMT`.
    Rfc2822,
    /// `2024-05-01 12:00:00 GMT`.
    GmtText,
}

impl CreatedForm {
    /// `xsd:dateTime` in whole seconds with UTC spelt as `zone`.
    pub(super) const fn seconds(zone: Zone) -> Self {
        Self::DateTime(DateTimeForm { milliseconds: false, zone })
    }

    /// The family that the form belongs to.
    #[must_use]
    pub const fn date_form(self) -> DateForm {
        match self {
            Self::DateTime(_) => DateForm::DateTime,
            Self::EpochSeconds => DateForm::EpochSeconds,
            Self::Rfc2822 => DateForm::Rfc2822,
            Self::GmtText => DateForm::GmtText,
        }
    }

    /// Writes an instant in this form.
    ///
    /// # Errors
    /// [`Cause::ClockUnavailable`] for an instant outside the years 0 to 9999.
    pub fn write(self, instant: UnixTime) -> Result<String, Error> {
        let text = match self {
            Self::DateTime(form) => instant.write(form),
            Self::EpochSeconds => Some(instant.seconds().to_string()),
            Self::Rfc2822 => rfc2822(instant),
            Self::GmtText => instant.write(DateTimeForm::default()).map(|text| {
                let mut text = text.replace('T', " ").replace('Z', "");
                text.push_str(" GMT");
                text
            }),
        };
        text.ok_or_else(|| {
            Error::new(
                Cause::ClockUnavailable,
                "the clock stands outside the years 0 to 9999, which Created can't spell",
            )
        })
    }
}

/// Reads Created in whichever form it is written; the forms have no text in common.
pub(super) fn read(text: &str) -> Option<(UnixTime, DateForm)> {
    let octets = text.as_bytes();
    let (date, time, offset, form) = match octets {
        [first, ..] if first.is_ascii_alphabetic() => {
            let (date, time, offset) = read_rfc2822(text)?;
            (date, time, offset, DateForm::Rfc2822)
        }
        [_, _, _, _, b'-', ..] => {
            let (date, rest) = octets.split_at_checked(10)?;
            let date = parse_date(date)?;
            let (separator, rest) = rest.split_first()?;
            let (time, zone) = parse_time(rest)?;
            match (separator, zone) {
                (b'T', zone) => (date, time, parse_offset(zone, true)?, DateForm::DateTime),
                (b' ', b" GMT") => (date, time, UtcOffset::UTC, DateForm::GmtText),
                _ => return None,
            }
        }
        _ => return Some((read_epoch(octets)?, DateForm::EpochSeconds)),
    };
    let instant = OffsetDateTime::new_in_offset(date, time, offset);
    Some((UnixTime::from_nanoseconds(instant.unix_timestamp_nanos()), form))
}

fn read_epoch(octets: &[u8]) -> Option<UnixTime> {
    if octets.len() != 10 || octets.first() == Some(&b'0') {
        return None;
    }
    let seconds = octets.iter().try_fold(0_i64, |value, octet| {
        octet.is_ascii_digit().then(|| value * 10 + i64::from(octet - b'0'))
    })?;
    Some(UnixTime::from_seconds(seconds))
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn read_rfc2822(text: &str) -> Option<(Date, Time, UtcOffset)> {
    let (day_name, rest) = text.split_once(", ")?;
    let (day, rest) = rest.split_once(' ')?;
    let (month, rest) = rest.split_once(' ')?;
    let (year, rest) = rest.split_once(' ')?;
    let digits_only = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
    if !(1..=2).contains(&day.len()) || year.len() != 4 || !digits_only(day) || !digits_only(year) {
        return None;
    }
    let month = MONTHS.iter().zip(1_u8..).find(|(name, _)| **name == month)?.1;
    let month = Month::try_from(month).ok()?;
    let date = Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()?;
    // A day of the week that contradicts the date means that one of the two is wrong.
    if DAYS.get(usize::from(date.weekday().number_days_from_monday())) != Some(&day_name) {
        return None;
    }
    let (time, zone) = parse_time(rest.as_bytes())?;
    let offset = match zone {
        b" GMT" => UtcOffset::UTC,
        [b' ', zone @ ..] if zone.len() == 5 => parse_offset(zone, true)?,
        _ => return None,
    };
    Some((date, time, offset))
}

fn rfc2822(instant: UnixTime) -> Option<String> {
    let written = instant.write(DateTimeForm::default())?;
    let (date, clock) = written.strip_suffix('Z')?.split_once('T')?;
    let date = parse_date(date.as_bytes())?;
    let day_name = DAYS.get(usize::from(date.weekday().number_days_from_monday()))?;
    let month = MONTHS.get(usize::from(u8::from(date.month())).checked_sub(1)?)?;
    let (year, day) = (written.get(..4)?, written.get(8..10)?);
    Some([day_name, ", ", day, " ", month, " ", year, " ", clock, " +0000"].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: UnixTime = UnixTime::from_seconds(1_714_564_800);

    #[test]
    fn every_form_is_written_and_read() {
        let date_time =
            |milliseconds, zone| CreatedForm::DateTime(DateTimeForm { milliseconds, zone });
        for (form, text) in [
            (date_time(false, Zone::Zulu), "2024-05-01T12:00:00Z"),
            (date_time(true, Zone::Zulu), "2024-05-01T12:00:00.000Z"),
            (date_time(false, Zone::Offset), "2024-05-01T12:00:00+00:00"),
            (date_time(false, Zone::OffsetWithoutColon), "2024-05-01T12:00:00+0000"),
            (CreatedForm::EpochSeconds, "1714564800"),
            (CreatedForm::Rfc2822, "Wed, 01 May 2024 12:00:00 +0000"),
            (CreatedForm::GmtText, "2024-05-01 12:00:00 GMT"),
        ] {
            assert_eq!(form.write(NOON).as_deref(), Ok(text));
            assert_eq!(read(text), Some((NOON, form.date_form())), "{text}");
        }
        for form in [CreatedForm::Rfc2822, CreatedForm::GmtText] {
            let error = form.write(UnixTime::from_seconds(i64::MAX)).unwrap_err();
            assert_eq!(error.cause(), Cause::ClockUnavailable);
        }
    }

    #[test]
    fn the_same_instant_in_other_spellings() {
        for text in [
            "2024-05-01T14:00:00+02:00",
            "2024-05-01T14:00:00+0200",
            "2024-05-01T05:00:00.0-0700",
            "Wed, 1 May 2024 14:00:00 +0200",
            "Wed, 01 May 2024 12:00:00 GMT",
        ] {
            assert_eq!(read(text).map(|(instant, _)| instant), Some(NOON), "{text}");
        }
    }

    #[test]
    fn what_names_no_instant() {
        for text in [
            "",
            "now",
            " 2024-05-01T12:00:00Z",
            "2024-05-01T12:00:00Z ",
            "2024-05-01T12:00:00",
            "2024-05-01 12:00:00",
            "2024-05-01 12:00:00Z",
            "2024-05-01T12:00:00 GMT",
            "2024-05-01T12:00:00+02",
            "12024-05-01T12:00:00Z",
            "2024-02-30T12:00:00Z",
            "2024-05-01T24:00:00Z",
            "714564800",
            "0714564800",
            "17145648000",
            "171456480x",
            "+714564800",
            "1 May 2024 12:00:00 +0000",
            "Thu, 01 May 2024 12:00:00 +0000",
            "wed, 01 May 2024 12:00:00 +0000",
            "Wed, 01 May 24 12:00:00 +0000",
            "Wed, +1 May 2024 12:00:00 +0000",
            "Wed, 01 May 2024 12:00:00 +00:00",
            "Wed, 01 May 2024 12:00:00 Z",
            "Wed, 01 May 2024 12:00:00",
            "Wed, 32 May 2024 12:00:00 +0000",
            "é024-05-01T12:00:00Z",
            "Wé",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn no_text_that_is_read_ends_with_another() {
        let texts = [
            "2024-05-01T12:00:00Z",
            "2024-05-01T12:00:00.123456789+00:00",
            "2024-05-01T12:00:00.171456480+1400",
            "1714564800",
            "Wed, 01 May 2024 12:00:00 +0000",
            "Wed, 21 Feb 2024 12:00:00 GMT",
            "2024-05-01 12:00:00.5 GMT",
        ];
        for text in texts {
            assert!(read(text).is_some(), "{text}");
            for start in 1..text.len() {
                assert_eq!(read(&text[start..]), None, "{:?} of {text:?}", &text[start..]);
            }
            for octet in 0..128_u8 {
                let longer = format!("{}{text}", char::from(octet));
                assert_eq!(read(&longer), None, "{longer:?}");
            }
        }
    }
}

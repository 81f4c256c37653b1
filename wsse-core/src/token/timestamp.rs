//! `wsu:Timestamp` (SOAP Message Security 1.1.1, section 10).

use super::{once, unexpected, wsu_id};
use crate::error::{Cause, Error};
use crate::ns;
use crate::time::{DateTimeForm, UnixTime, parse_date_time};
use crate::xml::{Element, Markup, NamespaceId};

/// A Timestamp that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timestamp {
    /// Created.
    pub created: UnixTime,
    /// Expires, later than Created.
    pub expires: Option<UnixTime>,
    /// The `wsu:Id`.
    pub id: Option<String>,
    /// Where it stands, in octets from the start of the message.
    pub offset: usize,
}

/// How a Timestamp is written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TimestampOptions {
    /// Seconds from Created to Expires; no Expires where 0.
    pub ttl: u32,
    /// How both are written.
    pub form: DateTimeForm,
    /// The `wsu:Id`, an NCName.
    pub id: Option<String>,
}

impl Timestamp {
    /// Reads a `wsu:Timestamp`: exactly one Created, then at most one Expires that is later, and
    /// nothing else (Basic Security Profile 1.1, R3203, R3221, R3222, R3224, R3225, R3226).
    ///
    /// # Errors
    /// [`Cause::MissingPart`] without Created, [`Cause::DuplicateElement`],
    /// [`Cause::UnexpectedContent`], [`Cause::InvalidTimestamp`] for values that are no instants
    /// or stand in the wrong order.
    pub fn parse(element: Element<'_, '_>) -> Result<Self, Error> {
        element.check_no_text()?;
        let (mut created, mut expires) = (None, None);
        for child in element.children() {
            let name = child.name();
            if name.is(NamespaceId::WSU, "Created") {
                if let Some(expires) = expires {
                    return Err(out_of_order(expires));
                }
                once(&mut created, child, "the Timestamp")?;
            } else if name.is(NamespaceId::WSU, "Expires") {
                once(&mut expires, child, "the Timestamp")?;
            } else {
                return Err(unexpected(child, "a Timestamp"));
            }
        }
        let offset = element.range().start;
        let Some(created_element) = created else {
            let reason = "the Timestamp has no Created";
            return Err(Error::new(Cause::MissingPart, reason).at(offset));
        };
        let created = instant(created_element)?;
        let expires_at = expires.map(instant).transpose()?;
        if let (Some(element), Some(at)) = (expires, expires_at)
            && at <= created
        {
            return Err(Error::new(
                Cause::InvalidTimestamp,
                "the Timestamp expires before or when it is created",
            )
            .at(element.range().start));
        }
        Ok(Self { created, expires: expires_at, id: wsu_id(element), offset })
    }

    /// The Timestamp of an instant, to be written.
    ///
    /// # Errors
    /// [`Cause::ClockUnavailable`] for an instant that `xsd:dateTime` can't tell.
    pub fn markup(created: UnixTime, options: &TimestampOptions) -> Result<Markup, Error> {
        let mut timestamp = Markup::new("wsu", ns::WSU, "Timestamp");
        if let Some(id) = &options.id {
            timestamp = timestamp.with_qualified_attribute("wsu", ns::WSU, "Id", id.clone());
        }
        let text = |at: UnixTime| {
            at.write(options.form).ok_or_else(|| {
                Error::new(Cause::ClockUnavailable, "the clock is outside the years 0 to 9999")
            })
        };
        let value = |local, at| Ok(Markup::new("wsu", ns::WSU, local).with_text(text(at)?));
        timestamp.children.push(value("Created", created)?);
        if options.ttl > 0 {
            let expires = created.plus_seconds(i64::from(options.ttl));
            timestamp.children.push(value("Expires", expires)?);
        }
        Ok(timestamp)
    }
}

impl Default for TimestampOptions {
    fn default() -> Self {
        Self {
            ttl: 300,
            form: DateTimeForm { milliseconds: true, ..DateTimeForm::default() },
            id: None,
        }
    }
}

fn out_of_order(expires: Element<'_, '_>) -> Error {
    Error::new(Cause::InvalidTimestamp, "Expires stands before Created in the Timestamp")
        .at(expires.range().start)
}

fn instant(element: Element<'_, '_>) -> Result<UnixTime, Error> {
    let local = element.name().local;
    if let Some(attribute) =
        element.attributes().iter().find(|a| !a.name.is(NamespaceId::WSU, "Id"))
    {
        let name = attribute.name.qualified().to_string();
        return Err(Error::new(
            Cause::UnexpectedContent,
            format!("{local} in a Timestamp may not have the attribute {name}"),
        )
        .at(attribute.range.start));
    }
    parse_date_time(element.text()?).map_err(|error| {
        Error::new(Cause::InvalidTimestamp, format!("{local} of the Timestamp: {}", error.reason()))
            .at(element.range().start)
    })
}

//! How old and how early is accepted.

use crate::error::{Cause, Error};
use crate::policy::ClockPolicy;
use crate::time::UnixTime;
use crate::token::Timestamp;

/// The rules of a policy at one instant.
pub(super) struct Freshness<'p> {
    policy: &'p ClockPolicy,
    now: UnixTime,
}

impl<'p> Freshness<'p> {
    /// The rules at `now`, the reading of the injected clock.
    pub(super) fn new(policy: &'p ClockPolicy, now: UnixTime) -> Self {
        Self { policy, now: now.plus_seconds(policy.offset) }
    }

    /// The instant that everything is compared with.
    pub(super) fn now(&self) -> UnixTime {
        self.now
    }

    /// The last instant at which a message is accepted that was created then; for one without
    /// Created, as if it were created now.
    pub(super) fn last_acceptance(&self, created: Option<UnixTime>) -> UnixTime {
        let ttl = i64::from(self.policy.ttl) + i64::from(self.policy.skew);
        created.unwrap_or(self.now).plus_seconds(ttl)
    }

    /// Refuses a Created that is too old or too early.
    pub(super) fn check_created(
        &self,
        within: &str,
        created: UnixTime,
        offset: usize,
    ) -> Result<(), Error> {
        let ClockPolicy { ttl, skew, future, .. } = self.policy;
        let age = self.now.seconds().saturating_sub(created.seconds());
        if created > self.now.plus_seconds(i64::from(*future)) {
            return Err(Error::new(
                Cause::NotYetValid,
                format!(
                    "the {within} was created {} s in the future; {future} s are accepted; \
                     compare the clocks",
                    age.saturating_neg()
                ),
            )
            .at(offset));
        }
        if self.now > self.last_acceptance(Some(created)) {
            return Err(Error::new(
                Cause::Expired,
                format!(
                    "the {within} was created {age} s ago; {ttl} s and {skew} s of skew are accepted"
                ),
            )
            .at(offset));
        }
        Ok(())
    }

    /// Refuses a Timestamp that is too old, too early, or expired.
    pub(super) fn check_timestamp(&self, timestamp: &Timestamp) -> Result<(), Error> {
        self.check_created("Timestamp", timestamp.created, timestamp.offset)?;
        let skew = i64::from(self.policy.skew);
        match timestamp.expires {
            Some(expires) if self.now > expires.plus_seconds(skew) => Err(Error::new(
                Cause::Expired,
                format!(
                    "the Timestamp expired {} s ago; {skew} s of skew are accepted",
                    self.now.seconds().saturating_sub(expires.seconds())
                ),
            )
            .at(timestamp.offset)),
            _ => Ok(()),
        }
    }
}

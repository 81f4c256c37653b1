//! Instants.

use wsse_core::time::UnixTime;

const NANOSECONDS: i128 = 1_000_000_000;

/// An instant, leap seconds not counted.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct wsse_time {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down; what time() returns.
    pub seconds: i64,
    /// Nanoseconds after that, 0 to 999999999.
    pub nanoseconds: u32,
}

impl From<UnixTime> for wsse_time {
    fn from(instant: UnixTime) -> Self {
        let nanoseconds = instant.nanoseconds().rem_euclid(NANOSECONDS);
        Self { seconds: instant.seconds(), nanoseconds: u32::try_from(nanoseconds).unwrap_or(0) }
    }
}

impl wsse_time {
    /// None for nanoseconds that make a second or more.
    pub(crate) fn instant(self) -> Option<UnixTime> {
        let nanoseconds = i128::from(self.nanoseconds);
        (nanoseconds < NANOSECONDS).then(|| {
            UnixTime::from_nanoseconds(i128::from(self.seconds) * NANOSECONDS + nanoseconds)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for nanoseconds in [0, 1, -1, 1_714_564_800_299_999_999, -1_500_000_000] {
            let instant = UnixTime::from_nanoseconds(nanoseconds);
            assert_eq!(wsse_time::from(instant).instant(), Some(instant));
        }
        let before = wsse_time::from(UnixTime::from_nanoseconds(-1));
        assert_eq!(before, wsse_time { seconds: -1, nanoseconds: 999_999_999 });
        assert_eq!(wsse_time { seconds: 0, nanoseconds: 1_000_000_000 }.instant(), None);
    }
}

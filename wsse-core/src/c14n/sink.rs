//! Where canonical octets go.

/// Takes the octets of a canonical form, piece by piece.
pub trait Sink {
    /// Takes what comes next. A piece may be of any length, also empty.
    fn write(&mut self, octets: &[u8]);
}

impl Sink for Vec<u8> {
    #[inline]
    fn write(&mut self, octets: &[u8]) {
        self.extend_from_slice(octets);
    }
}

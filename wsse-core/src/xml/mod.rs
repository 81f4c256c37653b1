//! stub
/// Budgets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// m
    pub message: usize,
    /// h
    pub header: usize,
    /// d
    pub depth: usize,
    /// a
    pub attributes: usize,
    /// n
    pub namespaces: usize,
}
impl Default for Limits {
    fn default() -> Self {
        Self { message: 64 << 20, header: 1 << 20, depth: 200, attributes: 256, namespaces: 512 }
    }
}

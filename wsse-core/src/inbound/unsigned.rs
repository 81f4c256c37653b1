//! What the owner of a tree must take out of it, because no required signature covers it.

use super::coverage::Covered;
use crate::message::{Head, Tail};
use crate::xml::Element;

/// What of a message no required signature covers; nothing where the policy requires none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unsigned {
    /// Header blocks, counted from 0, elements only. The Security header that was processed is not
    /// among them.
    pub blocks: Vec<usize>,
    /// The Body.
    pub body: bool,
}

pub(super) fn of(head: &Head<'_>, tail: &Tail<'_>, covered: &Covered<'_>) -> Unsigned {
    let security = head.security.as_ref().map(|security| security.outline.root());
    let before = |start: usize| {
        let own = security.map(Element::range).filter(|own| own.start < start);
        head.blocks.iter().filter(|block| block.range.start < start).count() + own.iter().count()
    };
    let unsigned = head.blocks.iter().filter(|block| !covered.covers(&block.range));
    Unsigned {
        blocks: unsigned.map(|block| before(block.range.start)).collect(),
        body: !covered.covers(&tail.body),
    }
}

//! The Ids that somebody refers to, and who carries them.

use crate::error::Error;
use crate::xml::{IdIndex, Scanner, Zone, is_id, may_be_id};
use std::borrow::Cow;
use std::collections::HashMap;

/// Values that exactly one element must carry.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// The targets that begin where the value is met.
    targets: HashMap<String, Vec<usize>>,
    met: IdIndex<'static>,
}

impl Watched {
    pub(super) fn add(&mut self, id: &str, target: Option<usize>) {
        self.targets.entry(id.to_owned()).or_default().extend(target);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// Looks at the Ids of an element, and begins the targets whose Id is met for the first time.
    /// Whether any was met.
    pub(super) fn meet(
        &mut self,
        scanner: &Scanner<'_>,
        start: usize,
        zone: Zone,
        mut begin: impl FnMut(usize),
    ) -> bool {
        let element = scanner.name();
        let mut met = false;
        for attribute in scanner.attributes().iter().filter(|one| may_be_id(&one.name)) {
            if !is_id(zone, &element, &attribute.name) {
                continue;
            }
            let value = attribute.value();
            let Some(targets) = self.targets.get_mut(value.as_ref()) else { continue };
            for target in targets.drain(..) {
                begin(target);
            }
            self.met.add(Cow::Owned(value.into_owned()), start);
            met = true;
        }
        met
    }

    /// Refuses a value that no element carries, or more than one.
    pub(super) fn check(&self) -> Result<(), Error> {
        let mut ids: Vec<&String> = self.targets.keys().collect();
        ids.sort_unstable();
        ids.into_iter().try_for_each(|id| self.met.resolve(id).map(drop))
    }
}

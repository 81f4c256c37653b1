//! Where in a message the walk is, as a position from the root.

use super::envelope::Soap;
use crate::xml::{Scanner, StartElement};
use std::collections::HashMap;

/// The elements that are open, each with its step, and with how often each name stood in it so far.
#[derive(Debug)]
pub(super) struct Trail {
    soap: Soap,
    open: Vec<(String, HashMap<String, usize>)>,
    /// How many names are counted, and their octets.
    names: usize,
    octets: usize,
}

impl Trail {
    pub(super) fn new(soap: Soap) -> Self {
        Self { soap, open: Vec::new(), names: 0, octets: 0 }
    }

    pub(super) fn enter(&mut self, scanner: &Scanner<'_>, element: &StartElement<'_>) {
        let is_soap = element.name.namespace == self.soap.namespace_id();
        let step = if is_soap && self.open.len() < 2 {
            format!("/{}", element.name.local)
        } else {
            let namespace = scanner.namespace_name(element.name.namespace);
            let name = format!("{{{namespace}}}{}", element.name.local);
            let number = match self.open.last_mut() {
                Some((_, before)) => match before.get_mut(&name) {
                    Some(count) => {
                        *count += 1;
                        *count
                    }
                    None => {
                        self.names += 1;
                        self.octets += name.len();
                        before.insert(name.clone(), 1);
                        1
                    }
                },
                None => 1,
            };
            format!("/{name}[{number}]")
        };
        self.octets += step.len();
        self.open.push((step, HashMap::new()));
    }

    pub(super) fn leave(&mut self) {
        if let Some((step, names)) = self.open.pop() {
            self.names -= names.len();
            self.octets -= step.len() + names.keys().map(String::len).sum::<usize>();
        }
    }

    /// The position of the innermost element.
    pub(super) fn path(&self) -> String {
        self.open.iter().map(|(step, _)| step.as_str()).collect()
    }

    /// Whether that is this position.
    pub(super) fn is(&self, path: &str) -> bool {
        let mut rest = path;
        for (step, _) in &self.open {
            let Some(after) = rest.strip_prefix(step.as_str()) else { return false };
            rest = after;
        }
        rest.is_empty()
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// What is held of names, roughly, in octets.
    pub(super) fn held(&self) -> usize {
        const ENTRY: usize = 48;
        self.octets + ENTRY * self.names
    }
}

//! Strict reading of TOML: every key is asked for by name, and what nobody asks for is an error.

use crate::error::{Cause, Error};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The form of policies that this version reads and writes.
const VERSION: i64 = 1;

/// One table of a policy and where it stands.
pub(super) struct Table<'t> {
    path: String,
    entries: &'t DeTable<'t>,
    offset: usize,
}

/// Reads a whole policy: parses `source`, checks `version`, hands the root table to `read`, and
/// puts line and column on whatever goes wrong.
pub(super) fn read_policy<P>(
    source: &str,
    read: impl FnOnce(&Table<'_>) -> Result<P, Error>,
) -> Result<P, Error> {
    let parsed = DeTable::parse(source).map_err(|error| {
        let reason = format!("the policy is no TOML: {}", error.message().trim_end());
        let error_at = Error::new(Cause::InvalidPolicy, reason);
        match error.span() {
            Some(span) => error_at.at(span.start).locate(source.as_bytes()),
            None => error_at,
        }
    })?;
    let root = Table { path: String::new(), entries: parsed.get_ref(), offset: 0 };
    let read_root = || match root.integer("version", i64::MIN..=i64::MAX)? {
        Some(VERSION) => read(&root),
        Some(other) => Err(root.error(
            "version",
            format!("this library reads version {VERSION} of policies, not {other}"),
        )),
        None => Err(Error::new(
            Cause::InvalidPolicy,
            format!("the policy has no version; begin it with `version = {VERSION}`"),
        )),
    };
    read_root().map_err(|error| error.locate(source.as_bytes()))
}

impl<'t> Table<'t> {
    /// Refuses every key that is not in `known`; those in `later` by saying that they are not
    /// built yet.
    pub(super) fn check_keys(&self, known: &[&str], later: &[&str]) -> Result<(), Error> {
        for key in self.entries.keys() {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            let path = self.path_of(name);
            let error = if later.contains(&name) {
                Error::new(
                    Cause::NotBuilt,
                    format!("`{path}` belongs to encryption, which this version does not build"),
                )
            } else {
                let reason = match did_you_mean(name, known) {
                    Some(meant) => format!("unknown key `{path}`; did you mean `{meant}`?"),
                    None => format!("unknown key `{path}`; known here: {}", known.join(", ")),
                };
                Error::new(Cause::InvalidPolicy, reason)
            };
            return Err(error.at(key.span().start));
        }
        Ok(())
    }

    pub(super) fn table(&self, key: &str) -> Result<Option<Self>, Error> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Table(entries) => {
                Ok(Some(Table { path: self.path_of(key), entries, offset: value.span().start }))
            }
            other => Err(self.wrong_type(key, "a table", other)),
        }
    }

    /// An array of tables.
    pub(super) fn tables(&self, key: &str) -> Result<Option<Vec<Self>>, Error> {
        let array = match self.get(key).map(Spanned::get_ref) {
            None => return Ok(None),
            Some(DeValue::Array(array)) => array,
            Some(other) => return Err(self.wrong_type(key, "an array of tables", other)),
        };
        let mut tables = Vec::new();
        for value in array.iter() {
            match value.get_ref() {
                DeValue::Table(entries) => tables.push(Table {
                    path: self.path_of(key),
                    entries,
                    offset: value.span().start,
                }),
                other => return Err(self.wrong_type(key, "an array of tables", other)),
            }
        }
        Ok(Some(tables))
    }

    pub(super) fn boolean(&self, key: &str) -> Result<Option<bool>, Error> {
        match self.get(key).map(Spanned::get_ref) {
            None => Ok(None),
            Some(DeValue::Boolean(value)) => Ok(Some(*value)),
            Some(other) => Err(self.wrong_type(key, "true or false", other)),
        }
    }

    pub(super) fn integer(
        &self,
        key: &str,
        range: core::ops::RangeInclusive<i64>,
    ) -> Result<Option<i64>, Error> {
        match self.get(key).map(Spanned::get_ref) {
            None => Ok(None),
            Some(DeValue::Integer(value)) => {
                match i64::from_str_radix(value.as_str(), value.radix()) {
                    Ok(number) if range.contains(&number) => Ok(Some(number)),
                    _ => Err(self.error(
                        key,
                        format!(
                            "`{}` is {value}, but must be from {} to {}",
                            self.path_of(key),
                            range.start(),
                            range.end()
                        ),
                    )),
                }
            }
            Some(other) => Err(self.wrong_type(key, "a whole number", other)),
        }
    }

    pub(super) fn string(&self, key: &str) -> Result<Option<&'t str>, Error> {
        match self.get(key).map(Spanned::get_ref) {
            None => Ok(None),
            Some(DeValue::String(value)) => Ok(Some(value)),
            Some(other) => Err(self.wrong_type(key, "a string", other)),
        }
    }

    /// One of several words.
    pub(super) fn choice<T: Copy>(
        &self,
        key: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, Error> {
        let Some(word) = self.string(key)? else { return Ok(None) };
        self.choose(key, word, choices).map(Some)
    }

    /// An array of words.
    pub(super) fn is_array(&self, key: &str) -> bool {
        matches!(self.get(key).map(Spanned::get_ref), Some(DeValue::Array(_)))
    }

    pub(super) fn choices<T: Copy>(
        &self,
        key: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<Vec<T>>, Error> {
        let Some(words) = self.strings(key)? else { return Ok(None) };
        words
            .into_iter()
            .map(|word| self.choose(key, word, choices))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    pub(super) fn strings(&self, key: &str) -> Result<Option<Vec<&'t str>>, Error> {
        let array = match self.get(key).map(Spanned::get_ref) {
            None => return Ok(None),
            Some(DeValue::Array(array)) => array,
            Some(other) => return Err(self.wrong_type(key, "an array of strings", other)),
        };
        let mut words = Vec::new();
        for value in array.iter() {
            match value.get_ref() {
                DeValue::String(word) => words.push(word.as_ref()),
                other => return Err(self.wrong_type(key, "an array of strings", other)),
            }
        }
        Ok(Some(words))
    }

    /// A word, or an array of them, which is not empty.
    pub(super) fn one_or_more(&self, key: &str) -> Result<Option<Vec<&'t str>>, Error> {
        match self.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(array)) if array.is_empty() => {
                Err(self.error(key, format!("`{}` is empty", self.path_of(key))))
            }
            Some(DeValue::Array(_)) => self.strings(key),
            Some(DeValue::String(word)) => Ok(Some(vec![word.as_ref()])),
            None => Ok(None),
            Some(other) => Err(self.wrong_type(key, "a string or an array of strings", other)),
        }
    }

    /// A number of octets: a whole number, or a string with a unit, `"64 MiB"`.
    pub(super) fn size(&self, key: &str) -> Result<Option<usize>, Error> {
        let octets = match self.get(key).map(Spanned::get_ref) {
            None => return Ok(None),
            Some(DeValue::String(text)) => parse_size(text),
            Some(DeValue::Integer(number)) => {
                usize::from_str_radix(number.as_str(), number.radix()).ok()
            }
            Some(other) => return Err(self.wrong_type(key, "a size such as \"64 MiB\"", other)),
        };
        match octets {
            Some(octets) if octets > 0 => Ok(Some(octets)),
            _ => Err(self.error(
                key,
                format!(
                    "`{}` is no size; write a number of octets, or one with KiB, MiB or GiB such \
                     as \"64 MiB\"",
                    self.path_of(key)
                ),
            )),
        }
    }

    /// An error about the value of `key`.
    pub(super) fn error(&self, key: &str, reason: String) -> Error {
        let offset = self.get(key).map_or(self.offset, |value| value.span().start);
        Error::new(Cause::InvalidPolicy, reason).at(offset)
    }

    /// The same for what was found wrong with the finished policy.
    pub(super) fn as_cause(&self, key: &str, error: &Error) -> Error {
        let offset = self.get(key).map_or(self.offset, |value| value.span().start);
        Error::new(error.cause(), error.reason().to_owned()).at(offset)
    }

    fn get(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.entries.get(key)
    }

    pub(super) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn choose<T: Copy>(&self, key: &str, word: &str, choices: &[(&str, T)]) -> Result<T, Error> {
        if let Some((_, value)) = choices.iter().find(|(name, _)| *name == word) {
            return Ok(*value);
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let known = match did_you_mean(word, &names) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("known: {}", names.join(", ")),
        };
        Err(self.error(key, format!("`{}` can't be {word:?}; {known}", self.path_of(key))))
    }

    fn wrong_type(&self, key: &str, expected: &str, found: &DeValue<'_>) -> Error {
        let found = found.type_str();
        self.error(key, format!("`{}` must be {expected}, not of type {found}", self.path_of(key)))
    }
}

/// The name that `word` was probably meant to be.
pub(super) fn did_you_mean<'n>(word: &str, names: &[&'n str]) -> Option<&'n str> {
    // A person confuses these two more often than letters.
    let word = word.replace('_', "-").to_lowercase();
    names
        .iter()
        .map(|name| (strsim::damerau_levenshtein(&word, name), *name))
        .filter(|(distance, name)| *distance <= name.len().max(3) / 3)
        .min()
        .map(|(_, name)| name)
}

fn parse_size(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim_start() {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    number.parse::<usize>().ok()?.checked_mul(factor)
}

/// A size as [`Table::size`] reads it, in the largest unit that loses nothing.
pub(super) fn write_size(octets: usize) -> String {
    for (unit, factor) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] {
        if octets >= factor && octets.is_multiple_of(factor) {
            return format!("\"{} {unit}\"", octets / factor);
        }
    }
    octets.to_string()
}

/// A TOML basic string.
pub(super) fn write_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => {
                quoted.push_str(&format!("\\U{:08X}", u32::from(control)));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// The name of a value among `choices`, quoted.
pub(super) fn write_choice<T: PartialEq + Copy>(value: T, choices: &[(&str, T)]) -> String {
    let name = choices.iter().find(|(_, choice)| *choice == value).map_or("", |(name, _)| name);
    format!("\"{name}\"")
}

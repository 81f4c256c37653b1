//! The two policies.

use crate::error::to_python;
use crate::octets::wrong_type;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

const PRESET: &str = "preset:";

macro_rules! policy {
    ($(#[doc = $doc:literal])+ $name:ident, $python:literal, $core:ty) => {
        $(#[doc = $doc])+
        #[pyclass(frozen, eq, hash, module = "wsse", name = $python)]
        #[derive(PartialEq)]
        pub(crate) struct $name(pub(crate) $core);

        impl core::hash::Hash for $name {
            fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
                self.0.to_toml().hash(state);
            }
        }

        #[pymethods]
        impl $name {
            /// Reads a policy written as TOML. Raises wsse.Misuse with line and column for what
            /// is not understood, an unknown key included.
            #[classmethod]
            fn from_toml(cls: &Bound<'_, PyType>, text: &str) -> PyResult<Self> {
                <$core>::from_toml(text).map(Self).map_err(|error| to_python(cls.py(), &error))
            }

            /// A built-in policy by its name: "username-token", "username-text", "timestamp",
            /// "onvif". Raises wsse.Misuse for another name.
            #[classmethod]
            fn preset(cls: &Bound<'_, PyType>, name: &str) -> PyResult<Self> {
                <$core>::preset(name).map(Self).map_err(|error| to_python(cls.py(), &error))
            }

            /// The policy as TOML, every key written out; from_toml() reads the same back.
            fn to_toml(&self) -> String {
                self.0.to_toml()
            }

            fn __repr__(&self) -> String {
                format!("{}.from_toml({:?})", $python, self.0.to_toml())
            }

            fn __reduce__<'py>(
                slf: &Bound<'py, Self>,
            ) -> PyResult<(Bound<'py, PyAny>, (String,))> {
                Ok((slf.get_type().getattr("from_toml")?, (slf.get().0.to_toml(),)))
            }
        }

        impl $name {
            /// The policy that an argument is: the object, "preset:NAME", or TOML.
            pub(crate) fn from_argument(policy: &Bound<'_, PyAny>) -> PyResult<$core> {
                if let Ok(policy) = policy.cast::<Self>() {
                    return Ok(policy.get().0.clone());
                }
                let Ok(text) = policy.cast::<PyString>() else {
                    let expected =
                        concat!("a wsse.", $python, ", \"preset:NAME\", or the text of a TOML file");
                    return Err(wrong_type("policy", expected, policy));
                };
                let text = text.to_cow()?;
                match text.strip_prefix(PRESET) {
                    Some(name) => <$core>::preset(name),
                    None => <$core>::from_toml(&text),
                }
                .map_err(|error| to_python(policy.py(), &error))
            }
        }
    };
}

policy! {
    /// What is put into a message, as data.
    ///
    /// Made by from_toml() or preset(); immutable, comparable, hashable. Wherever a policy is
    /// taken, "preset:NAME" or the TOML text is taken as well.
    OutboundPolicy, "OutboundPolicy", wsse_core::OutboundPolicy
}

policy! {
    /// What a message must be, as data.
    ///
    /// Made by from_toml() or preset(); immutable, comparable, hashable. Wherever a policy is
    /// taken, "preset:NAME" or the TOML text is taken as well.
    InboundPolicy, "InboundPolicy", wsse_core::InboundPolicy
}

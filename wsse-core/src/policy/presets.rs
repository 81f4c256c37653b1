//! The built-in policies. Their files are the documentation: docs/policies.md shows them as they
//! stand here, and a test holds the two together.

use super::document::did_you_mean;
use crate::error::{Cause, Error};

/// A pair of policies under one name: what to send, and what to demand.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Preset {
    /// The name, as in `preset:NAME`.
    pub name: &'static str,
    /// The outbound policy, as TOML.
    pub outbound: &'static str,
    /// The inbound policy, as TOML.
    pub inbound: &'static str,
}

/// Every built-in policy.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "username-token",
        outbound: include_str!("presets/username-token.outbound.toml"),
        inbound: include_str!("presets/username-token.inbound.toml"),
    },
    Preset {
        name: "username-text",
        outbound: include_str!("presets/username-text.outbound.toml"),
        inbound: include_str!("presets/username-text.inbound.toml"),
    },
    Preset {
        name: "timestamp",
        outbound: include_str!("presets/timestamp.outbound.toml"),
        inbound: include_str!("presets/timestamp.inbound.toml"),
    },
    Preset {
        name: "onvif",
        outbound: include_str!("presets/onvif.outbound.toml"),
        inbound: include_str!("presets/onvif.inbound.toml"),
    },
    Preset {
        name: "wss4j",
        outbound: include_str!("presets/wss4j.outbound.toml"),
        inbound: include_str!("presets/wss4j.inbound.toml"),
    },
    Preset {
        name: "wss4j-encrypt",
        outbound: include_str!("presets/wss4j-encrypt.outbound.toml"),
        inbound: include_str!("presets/wss4j-encrypt.inbound.toml"),
    },
    Preset {
        name: "wcf",
        outbound: include_str!("presets/wcf.outbound.toml"),
        inbound: include_str!("presets/wcf.inbound.toml"),
    },
    Preset {
        name: "wcf-encrypt",
        outbound: include_str!("presets/wcf-encrypt.outbound.toml"),
        inbound: include_str!("presets/wcf-encrypt.inbound.toml"),
    },
    Preset {
        name: "zeep",
        outbound: include_str!("presets/zeep.outbound.toml"),
        inbound: include_str!("presets/zeep.inbound.toml"),
    },
];

pub(super) fn find(name: &str) -> Result<&'static Preset, Error> {
    if let Some(preset) = PRESETS.iter().find(|preset| preset.name == name) {
        return Ok(preset);
    }
    let names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
    let hint = match did_you_mean(name, &names) {
        Some(meant) => format!("did you mean {meant:?}?"),
        None => format!("there are {}", names.join(", ")),
    };
    Err(Error::new(Cause::InvalidArgument, format!("no policy preset is named {name:?}; {hint}")))
}

#[cfg(test)]
mod tests {
    use super::super::{InboundPolicy, OutboundPolicy};
    use super::*;

    #[test]
    fn every_preset_reads_and_writes_itself() {
        for preset in PRESETS {
            let outbound = OutboundPolicy::preset(preset.name).unwrap();
            assert_eq!(OutboundPolicy::from_toml(&outbound.to_toml()).unwrap(), outbound);
            let inbound = InboundPolicy::preset(preset.name).unwrap();
            assert_eq!(InboundPolicy::from_toml(&inbound.to_toml()).unwrap(), inbound);
        }
    }

    #[test]
    fn an_unknown_name_is_told_what_there_is() {
        let error = OutboundPolicy::preset("usernametoken").unwrap_err();
        assert_eq!(error.cause(), Cause::InvalidArgument);
        assert!(error.reason().contains("did you mean \"username-token\"?"), "{error}");
        let error = InboundPolicy::preset("saml").unwrap_err();
        assert!(error.reason().contains("username-token, username-text, timestamp, onvif"));
    }
}

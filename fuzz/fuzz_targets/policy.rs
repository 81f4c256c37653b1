//! Any text as a policy: an error, or a policy that is written and read back the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wsse_core::{InboundPolicy, OutboundPolicy};

fuzz_target!(|text: &str| {
    match InboundPolicy::from_toml(text) {
        Ok(policy) => assert_eq!(InboundPolicy::from_toml(&policy.to_toml()).unwrap(), policy),
        Err(error) => drop(error.to_string()),
    }
    match OutboundPolicy::from_toml(text) {
        Ok(policy) => assert_eq!(OutboundPolicy::from_toml(&policy.to_toml()).unwrap(), policy),
        Err(error) => drop(error.to_string()),
    }
});

//! docs/policies.md shows the defaults and the presets as the code has them.

use std::fmt::Write as _;
use std::path::Path;
use wsse_core::policy::PRESETS;
use wsse_core::{InboundPolicy, OutboundPolicy};

#[test]
fn the_page_shows_every_outbound_default() {
    let least = "version = 1\norder = [\"timestamp\", \"username-token\"]";
    assert_shown("outbound", &fenced(&OutboundPolicy::from_toml(least).unwrap().to_toml()));
}

#[test]
fn the_page_shows_every_inbound_default() {
    let least = "version = 1\nrequire = { username-token = \"digest\", timestamp = true }";
    assert_shown("inbound", &fenced(&InboundPolicy::from_toml(least).unwrap().to_toml()));
}

#[test]
fn the_page_shows_every_preset() {
    let mut shown = String::new();
    for preset in PRESETS {
        let (outbound, inbound) = (fenced(preset.outbound), fenced(preset.inbound));
        write!(shown, "### {}\n\nOutbound:\n\n{outbound}\nInbound:\n\n{inbound}\n", preset.name)
            .unwrap();
    }
    assert_shown("presets", shown.trim_end_matches('\n'));
}

fn fenced(toml: &str) -> String {
    format!("```toml\n{}\n```\n", toml.replace("\r\n", "\n").trim_end())
}

fn assert_shown(name: &str, part: &str) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/policies.md");
    let text = std::fs::read_to_string(&page).unwrap().replace("\r\n", "\n");
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let shown = text
        .split_once(&begin)
        .and_then(|(_, rest)| rest.split_once(&end))
        .unwrap_or_else(|| panic!("docs/policies.md has no part between {begin} and {end}"))
        .0;
    assert!(
        shown.trim_end_matches('\n') == part.trim_end_matches('\n'),
        "docs/policies.md differs from the code; between its marks for {name} it must say:\n\n{part}"
    );
}

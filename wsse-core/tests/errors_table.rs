//! docs/errors.md holds the table of failures as the code has it.

#[path = "support/page.rs"]
mod page;

use page::assert_shown;
use std::fmt::Write as _;
use wsse_core::error::Fault;
use wsse_core::{Category, Cause};

#[test]
fn the_page_shows_every_category() {
    let mut table = String::from(
        "| category | SOAP 1.1 `faultcode` | SOAP 1.2 `Code`, `Subcode` | what the peer is told | exit status |\n\
         |---|---|---|---|--:|\n",
    );
    for category in Category::ALL {
        let fault = category.fault();
        let (soap11, soap12) = codes(fault);
        let status = if category.is_usage() { 2 } else { 1 };
        // Markup in a text is shown, not rendered.
        let text = fault.text.replace('<', "&lt;").replace('>', "&gt;");
        writeln!(table, "| `{category}` | {soap11} | {soap12} | {text} | {status} |").unwrap();
    }
    assert_shown("docs/errors.md", "categories", &table);
}

#[test]
fn the_page_shows_every_cause() {
    let mut table = String::from(
        "| cause | category | SOAP 1.1 `faultcode` | SOAP 1.2 `Code`, `Subcode` | meaning |\n\
         |---|---|---|---|---|\n",
    );
    for cause in Cause::ALL {
        let category = cause.category();
        let (soap11, soap12) = codes(category.fault());
        let (name, meaning) = (cause.name(), cause.description());
        writeln!(table, "| `{name}` | `{category}` | {soap11} | {soap12} | {meaning} |").unwrap();
    }
    assert_shown("docs/errors.md", "causes", &table);
}

#[test]
fn names_are_unique_and_spelt_alike() {
    let mut names: Vec<&str> = Cause::ALL.iter().map(|cause| cause.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Cause::ALL.len(), "two causes have one name");
    for name in names {
        assert!(name.bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'-'), "{name}");
    }
}

fn codes(fault: Fault) -> (String, String) {
    let (soap11, soap12) = if fault.sender { ("Client", "Sender") } else { ("Server", "Receiver") };
    match fault.code {
        Some(code) => (format!("`wsse:{code}`"), format!("`{soap12}`, `wsse:{code}`")),
        None => (format!("`{soap11}`"), format!("`{soap12}`")),
    }
}

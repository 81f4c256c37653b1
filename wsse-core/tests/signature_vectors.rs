//! The table of signatures and verdicts, vectors/signatures.tsv, against the third-party manifest.

#[path = "support/signature_table.rs"]
#[allow(dead_code, reason = "shared with the tests of the command line")]
mod signature_table;

use std::path::{Path, PathBuf};

fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

#[test]
fn the_table_agrees_with_the_manifest() {
    let rows = signature_table::table(&own());
    let Some(vectors) = signature_table::vectors(&own()) else { return };
    let wrong = vectors.disagreements(&rows, &own());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

//! Pages of docs/ that show what the code has.

use std::path::Path;

/// Fails unless the page has exactly `part` between its marks for `name`, and shows what it should
/// say there.
pub(crate) fn assert_shown(page: &str, name: &str, part: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(page);
    let text = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        .replace("\r\n", "\n");
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let (_, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("{page} has no {begin}"));
    let (shown, _) = rest.split_once(&end).unwrap_or_else(|| panic!("{page} has no {end}"));
    assert!(
        shown.trim_end() == part.trim_end(),
        "{page} differs from the code; between its marks for {name} it must say:\n\n{part}"
    );
}

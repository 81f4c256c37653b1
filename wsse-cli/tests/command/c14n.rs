//! `wsse c14n`.

use crate::common::{Folder, run, run_with_input};

const SOURCE: &[u8] =
    b"<?p ?>\n<a xmlns:p='urn:p' xml:lang='en'><!--c--><p:b  z='1' Id = 'one'/>\n</a >";

#[track_caller]
fn canonical(arguments: &[&str], expected: &str) {
    let outcome = run_with_input(&[&["c14n"], arguments].concat(), SOURCE);
    outcome.assert_status(0);
    assert_eq!((outcome.output.as_str(), outcome.error.as_str()), (expected, ""));
}

#[test]
fn documents_and_elements_are_written_by_every_method() {
    let b = "<p:b xmlns:p=\"urn:p\" Id=\"one\" z=\"1\"></p:b>";
    canonical(&[], &format!("<?p?>\n<a xml:lang=\"en\">{b}\n</a>"));
    canonical(&["--id", "one"], b);
    canonical(
        &["--id", "one", "--method", "exclusive", "--prefix", "q", "--prefix", "#default"],
        b,
    );
    canonical(
        &["--with-comments", "--prefix", "p"],
        "<?p?>\n<a xmlns:p=\"urn:p\" xml:lang=\"en\"><!--c--><p:b Id=\"one\" z=\"1\"></p:b>\n</a>",
    );
    for method in ["inclusive", "inclusive-1.1"] {
        canonical(
            &["--id", "one", "--method", method],
            "<p:b xmlns:p=\"urn:p\" Id=\"one\" z=\"1\" xml:lang=\"en\"></p:b>",
        );
    }
}

#[test]
fn files_are_read_and_written_and_other_encodings_become_utf_8() {
    let folder = Folder::new("c14n");
    let input = folder.write("in.xml", b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>");
    let output = folder.path("out.xml");
    let outcome = run(&["c14n", &input, "-o", &output]);
    outcome.assert_status(0);
    assert_eq!(outcome.output, "");
    assert_eq!(std::fs::read_to_string(output).unwrap(), "<a>\u{E9}</a>");
}

#[test]
fn what_has_no_canonical_form_is_refused() {
    for (source, arguments, status, error) in [
        (&b"<a>"[..], &[][..], 1, "refused: Malformed: the document ends before"),
        (b"<!DOCTYPE a><a/>", &[], 1, "refused: Malformed: a document type declaration"),
        (b"<a xmlns='b'/>", &[], 1, "refused: Malformed: a namespace name without a scheme"),
        (b"<a Id='1'/>", &["--id", "2"], 1, "refused: InvalidSecurity: no element carries the Id"),
        (b"<a Id='1'>\n<b id='1'/></a>", &["--id", "1"], 1, "(line 2, column 1)"),
        (b"<a/>", &["--method", "c14n"], 2, "possible values: exclusive, inclusive"),
        (b"<a/>", &["--prefix", "a:b"], 2, "a prefix is a name without a colon"),
        (b"<a/>", &["--method", "inclusive", "--prefix", "a"], 2, "--prefix belongs to exclusive"),
    ] {
        let outcome = run_with_input(&[&["c14n"], arguments].concat(), source);
        outcome.assert_status(status).assert_error(error);
        assert_eq!(outcome.output, "");
    }
}

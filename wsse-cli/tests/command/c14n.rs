//! `wsse c14n`.

use crate::common::run_with_input;

const DOCUMENT: &[u8] =
    b"<?xml version='1.0'?><!-- c --><a xmlns:p='urn:p' z='1'  b=\"2\"><p:x Id='i'>&#65;</p:x></a>";

#[test]
fn every_method_writes_its_form() {
    for (arguments, expected) in [
        (&["c14n"][..], "<a b=\"2\" z=\"1\"><p:x xmlns:p=\"urn:p\" Id=\"i\">A</p:x></a>"),
        (
            &["c14n", "--with-comments", "--method", "inclusive"],
            "<!-- c -->\n<a xmlns:p=\"urn:p\" b=\"2\" z=\"1\"><p:x Id=\"i\">A</p:x></a>",
        ),
        (
            &["c14n", "--method", "inclusive-1.1", "--id", "i"],
            "<p:x xmlns:p=\"urn:p\" Id=\"i\">A</p:x>",
        ),
        (
            &["c14n", "--prefix", "p"],
            "<a xmlns:p=\"urn:p\" b=\"2\" z=\"1\"><p:x Id=\"i\">A</p:x></a>",
        ),
    ] {
        let outcome = run_with_input(arguments, DOCUMENT);
        outcome.assert_status(0);
        assert_eq!(outcome.output, expected, "{arguments:?}");
    }
}

#[test]
fn what_has_no_canonical_form_is_refused() {
    for (input, arguments, error) in [
        (&b"<a xmlns='relative'/>"[..], &["c14n"][..], "Malformed"),
        (b"<!DOCTYPE a><a/>", &["c14n"], "Malformed"),
        (b"<a/>", &["c14n", "--id", "i"], "InvalidSecurity"),
    ] {
        let outcome = run_with_input(arguments, input);
        outcome.assert_status(1).assert_error(error);
        assert_eq!(outcome.output, "");
    }
}

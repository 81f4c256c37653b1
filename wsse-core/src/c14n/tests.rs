//! Canonical forms against the recommendations.

use super::*;
use crate::error::Cause;
use crate::xml::Limits;

const EXCLUSIVE: Method = Method::EXCLUSIVE;
const INCLUSIVE: Method = Method { mode: Mode::Inclusive, with_comments: false };
const INCLUSIVE11: Method = Method { mode: Mode::Inclusive11, with_comments: false };

fn form(source: &str, method: Method, prefixes: &str, apex: Apex<'_>) -> Result<String, Error> {
    let mut out = Vec::new();
    let prefixes = PrefixList::parse(prefixes);
    canonicalize(source.as_bytes(), &Limits::default(), method, &prefixes, apex, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

fn whole(source: &str, method: Method) -> String {
    form(source, method, "", Apex::Document).unwrap()
}

fn of_id(source: &str, method: Method, prefixes: &str) -> String {
    form(source, method, prefixes, Apex::Id("1")).unwrap()
}

#[test]
fn markup_is_written_in_one_way() {
    for (source, expected) in [
        ("<a/>", "<a></a>"),
        ("\u{FEFF}<?xml version='1.0'?>\n<a\n></a >\n", "<a></a>"),
        ("<?p  a  b ?>\n <a/> <!--c--> <?q?>", "<?p a  b ?>\n<a></a>\n<?q?>"),
        ("<a><?p\t\r\n?><?p \na\r\nb?></a>", "<a><?p?><?p a\nb?></a>"),
        (
            "<a>\r\n&#13;\r<![CDATA[<&>\r]]>&lt;&gt;&amp;&quot;&#x41;\"></a>",
            "<a>\n&#xD;\n&lt;&amp;&gt;\n&lt;&gt;&amp;\"A\"&gt;</a>",
        ),
        (
            "<a b=' \t\r\n&#9;&#10;&#13;&lt;&gt;&amp;&quot;&apos;\">'/>",
            "<a b=\"   &#x9;&#xA;&#xD;&lt;>&amp;&quot;'&quot;>\"></a>",
        ),
        ("<a b = \"1\"   c='2'></a>", "<a b=\"1\" c=\"2\"></a>"),
        ("<a>é😀\u{2028}</a>", "<a>é😀\u{2028}</a>"),
    ] {
        for method in [EXCLUSIVE, INCLUSIVE, INCLUSIVE11] {
            assert_eq!(whole(source, method), expected, "{source}");
        }
    }
    let with_comments = Method { with_comments: true, ..EXCLUSIVE };
    let source = "<!--a\r\n--><?p?>\n<a><!-- b --></a><!--c-->";
    assert_eq!(whole(source, with_comments), "<!--a\n-->\n<?p?>\n<a><!-- b --></a>\n<!--c-->");
    assert_eq!(whole(source, EXCLUSIVE), "<?p?>\n<a></a>");
}

#[test]
fn attributes_and_declarations_are_sorted() {
    let source = "<z:a xmlns:z='urn:1' xmlns:y='urn:2' xmlns='urn:3' z:b='1' y:a='2' c='3' \
                  xml:lang='x' B='4' é='5'/>";
    let attributes = "B=\"4\" c=\"3\" é=\"5\" xml:lang=\"x\" z:b=\"1\" y:a=\"2\"></z:a>";
    assert_eq!(
        whole(source, EXCLUSIVE),
        format!("<z:a xmlns:y=\"urn:2\" xmlns:z=\"urn:1\" {attributes}")
    );
    assert_eq!(
        whole(source, INCLUSIVE),
        format!("<z:a xmlns=\"urn:3\" xmlns:y=\"urn:2\" xmlns:z=\"urn:1\" {attributes}")
    );
}

#[test]
fn exclusive_declarations_stand_where_they_are_used() {
    for (source, expected) in [
        (
            "<a xmlns:p='urn:p'><p:b/><p:c><p:d/></p:c></a>",
            "<a><p:b xmlns:p=\"urn:p\"></p:b><p:c xmlns:p=\"urn:p\"><p:d></p:d></p:c></a>",
        ),
        (
            "<a xmlns='urn:a'><b xmlns=''><c xmlns='urn:a'/></b></a>",
            "<a xmlns=\"urn:a\"><b xmlns=\"\"><c xmlns=\"urn:a\"></c></b></a>",
        ),
        (
            "<a xmlns='urn:a'><p:b xmlns='' xmlns:p='urn:p'><c/></p:b></a>",
            "<a xmlns=\"urn:a\"><p:b xmlns:p=\"urn:p\"><c xmlns=\"\"></c></p:b></a>",
        ),
        (
            "<p:a xmlns:p='urn:1'><p:a xmlns:p='urn:2'/><p:a xmlns:p='urn:1'/></p:a>",
            "<p:a xmlns:p=\"urn:1\"><p:a xmlns:p=\"urn:2\"></p:a><p:a></p:a></p:a>",
        ),
        ("<a xmlns=''><b xmlns=''/></a>", "<a><b></b></a>"),
        (
            "<a xmlns:p='urn:p&amp;&quot;' p:b='1'/>",
            "<a xmlns:p=\"urn:p&amp;&quot;\" p:b=\"1\"></a>",
        ),
    ] {
        assert_eq!(whole(source, EXCLUSIVE), expected, "{source}");
    }
}

#[test]
fn a_prefix_list_is_inclusive() {
    let source = "<r xmlns='urn:d' xmlns:p='urn:p' xmlns:q='urn:q'><p:a Id='1'><b xmlns=''/>\
                  <q:c xmlns:p='urn:2' xmlns:q='urn:q'/></p:a></r>";
    for (prefixes, expected) in [
        ("", "<p:a xmlns:p=\"urn:p\" Id=\"1\"><b></b><q:c xmlns:q=\"urn:q\"></q:c></p:a>"),
        ("q z", "<p:a xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" Id=\"1\"><b></b><q:c></q:c></p:a>"),
        (
            "#default p",
            "<p:a xmlns=\"urn:d\" xmlns:p=\"urn:p\" Id=\"1\"><b xmlns=\"\"></b>\
          <q:c xmlns:p=\"urn:2\" xmlns:q=\"urn:q\"></q:c></p:a>",
        ),
    ] {
        assert_eq!(of_id(source, EXCLUSIVE, prefixes), expected);
    }
}

#[test]
fn inclusive_subtrees_bring_all_that_is_in_scope() {
    let source = "<r xmlns:p='urn:p' xmlns='urn:d' xml:lang='en' xml:base='http://a/b/' \
                  xml:id='r' xml:x='1'><s xml:space='preserve' xml:lang='de' xmlns:p='urn:p2' \
                  xml:base='c/d'><a Id='1' xml:space='default'/></s></r>";
    assert_eq!(
        of_id(source, INCLUSIVE, ""),
        "<a xmlns=\"urn:d\" xmlns:p=\"urn:p2\" Id=\"1\" xml:base=\"c/d\" xml:id=\"r\" \
         xml:lang=\"de\" xml:space=\"default\" xml:x=\"1\"></a>"
    );
    assert_eq!(
        of_id(source, INCLUSIVE11, ""),
        "<a xmlns=\"urn:d\" xmlns:p=\"urn:p2\" Id=\"1\" xml:base=\"http://a/b/c/d\" \
         xml:lang=\"de\" xml:space=\"default\"></a>"
    );
    assert_eq!(
        of_id(source, EXCLUSIVE, ""),
        "<a xmlns=\"urn:d\" Id=\"1\" xml:space=\"default\"></a>"
    );
}

#[test]
fn relative_namespace_names_are_refused_where_they_are_declared_and_where_they_are_used() {
    for source in [
        "<a Id='1'><b xmlns='x'/></a>",
        "<a Id='1'><b xmlns:p='../x:y'/></a>",
        "<r xmlns='x'><a Id='1'/></r>",
        "<r xmlns:p='1:x'><a Id='1' p:b='1'/></r>",
        "<r xmlns:p='x y'><a Id='1'/></r>",
    ] {
        let error = form(source, EXCLUSIVE, "p", Apex::Id("1")).unwrap_err();
        assert_eq!(error.cause(), Cause::RelativeNamespace, "{source}");
    }
    for source in ["<r xmlns='x'><a xmlns='urn:x' Id='1'/></r>", "<a xmlns='a-1+.:' Id='1'/>"] {
        assert!(form(source, EXCLUSIVE, "", Apex::Id("1")).is_ok(), "{source}");
    }
}

#[test]
fn only_the_one_element_that_is_meant_is_taken() {
    let cause = |source, apex| form(source, EXCLUSIVE, "", apex).unwrap_err().cause();
    assert_eq!(cause("<a Id='1'><b id='1'/></a>", Apex::Id("1")), Cause::AmbiguousId);
    assert_eq!(cause("<a Id='1'/>", Apex::Id("2")), Cause::AmbiguousId);
    assert_eq!(cause("<a><b/></a>", Apex::Offset(4)), Cause::InvalidArgument);
    assert_eq!(cause("<a><b/></a", Apex::Offset(3)), Cause::UnexpectedEnd);
    assert_eq!(form("<a><b/></a>", EXCLUSIVE, "", Apex::Offset(3)).unwrap(), "<b></b>");
}

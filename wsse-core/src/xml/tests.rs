//! The scanner against the productions and constraints of XML 1.0 and Namespaces in XML 1.0.

use super::*;
use crate::error::{Cause, Error};
use core::fmt::Write;

/// The events of a document in a short notation, or why it is refused.
fn events(source: &[u8], limits: &Limits) -> Result<String, Error> {
    let mut scanner = Scanner::new(source, limits)?;
    let mut out = String::new();
    loop {
        match scanner.next()? {
            Event::StartElement(element) => {
                write_name(&mut out, '<', &scanner, &element.name);
                for declaration in scanner.declarations() {
                    let NamespaceDeclaration { prefix, namespace, .. } = declaration;
                    assert_eq!(declaration.value(), scanner.namespace_name(*namespace));
                    let _ = write!(out, " {prefix}→{}", scanner.namespace_name(*namespace));
                }
                for attribute in scanner.attributes() {
                    write_name(&mut out, ' ', &scanner, &attribute.name);
                    let _ = write!(out, "={}", attribute.value());
                }
                out.push('>');
            }
            Event::EndElement(_) => out.push_str("</>"),
            Event::Text(text) if text.cdata => {
                let _ = write!(out, "[{}]", text.value());
            }
            Event::Text(text) => out.push_str(&text.value()),
            Event::Comment(range) | Event::ProcessingInstruction(range) => {
                out.push_str(core::str::from_utf8(&source[range]).unwrap());
            }
            Event::EndDocument => {
                assert_eq!(scanner.next()?, Event::EndDocument);
                assert_eq!((scanner.depth(), scanner.position()), (0, source.len()));
                return Ok(out);
            }
        }
    }
}

fn write_name(out: &mut String, before: char, scanner: &Scanner<'_>, name: &Name<'_>) {
    let namespace = scanner.namespace_name(name.namespace);
    let _ = write!(out, "{before}{{{namespace}}}{}", name.qualified());
}

#[test]
fn well_formed_documents_are_read() {
    for (source, expected) in [
        ("<a/>", "<{}a></>"),
        ("\u{FEFF}<a/>", "<{}a></>"),
        (" \r\n<a\t/>\n ", "<{}a></>"),
        ("<?xml version='1.0'?>\n<a></a  >", "<{}a></>"),
        ("<?xml version='1.0' encoding='Utf-8' standalone='yes' ?><a/>", "<{}a></>"),
        ("<!----><?p?><a/><!-- - --><?q  r ?>", "<!----><?p?><{}a></><!-- - --><?q  r ?>"),
        ("<a b='1' c=\"'2'\"\n d = '\"'/>", "<{}a {}b=1 {}c='2' {}d=\"></>"),
        ("<a b='&lt;&#x41;\r\n&#10;>'/>", "<{}a {}b=<A \n>></>"),
        ("<a>b &amp; c\r\nd&#13;</a>", "<{}a>b & c\nd\r</>"),
        ("<a>]] > ]]&gt; ></a>", "<{}a>]] > ]]> ></>"),
        ("<a><![CDATA[<&]]]]><![CDATA[>]]>></a>", "<{}a>[<&]]][>]></>"),
        ("<a><![CDATA[]]></a>", "<{}a>[]</>"),
        ("<a><!--<&]]>--><?p <&?></a>", "<{}a><!--<&]]>--><?p <&?></>"),
        ("<a><?xml-stylesheet x?><?p ??></a>", "<{}a><?xml-stylesheet x?><?p ??></>"),
        ("<é ü='·'>日本</é>", "<{}é {}ü=·>日本</>"),
        ("<a xmlns='u'><b xmlns=''/><c/></a>", "<{u}a →u><{}b →></><{u}c></></>"),
        (
            "<p:a xmlns:p='u' q:b='1' b='2' p:b='3' xmlns:q='v'/>",
            "<{u}p:a p→u q→v {v}q:b=1 {}b=2 {u}p:b=3></>",
        ),
        (
            "<p:a xmlns:p='u'><p:b xmlns:p='v'/><p:b/></p:a>",
            "<{u}p:a p→u><{v}p:b p→v></><{u}p:b></></>",
        ),
        ("<a xmlns='u' xmlns:p='u' b='1' p:b='2'/>", "<{u}a →u p→u {}b=1 {u}p:b=2></>"),
        (
            "<a xml:lang='de' xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
            "<{}a xml→http://www.w3.org/XML/1998/namespace \
             {http://www.w3.org/XML/1998/namespace}xml:lang=de></>",
        ),
        ("<a xmlns:xmlfoo='u' xmlx='1'/>", "<{}a xmlfoo→u {}xmlx=1></>"),
        ("<a xmlns='../relative'/>", "<{../relative}a →../relative></>"),
        ("<a xmlns:p=' u\n&#x9;v'/>", "<{}a p→ u \tv></>"),
    ] {
        let read = events(source.as_bytes(), &Limits::default());
        assert_eq!(read.as_deref(), Ok(expected), "{source}");
    }
}

#[test]
fn everything_else_is_refused_for_its_cause_at_its_place() {
    use Cause::{
        ContentOutsideRoot, DocumentType, DuplicateAttribute, EmptyDocument, Encoding,
        InvalidCharacter, InvalidCharacterReference, InvalidName, InvalidNamespaceDeclaration,
        MismatchedTag, Syntax, UndeclaredPrefix, UndefinedEntity, UnexpectedEnd,
    };
    // The place is that of the `¦`, which is not part of the document.
    for (source, cause) in [
        ("¦", EmptyDocument),
        (" \r\n\t¦", EmptyDocument),
        ("\u{FEFF} ¦", EmptyDocument),
        ("<!-- --> ¦", UnexpectedEnd),
        ("<?xml version='1.0'?>¦", UnexpectedEnd),
        ("<a>¦", UnexpectedEnd),
        ("<a>x¦", UnexpectedEnd),
        ("<a><b></b>¦", UnexpectedEnd),
        ("<a¦", UnexpectedEnd),
        ("<a ¦", UnexpectedEnd),
        ("<a b¦", UnexpectedEnd),
        ("<a b=¦", UnexpectedEnd),
        ("<a b='¦", UnexpectedEnd),
        ("<a b='1'¦", UnexpectedEnd),
        ("<a></¦", UnexpectedEnd),
        ("<a></a¦", UnexpectedEnd),
        ("<a></a ¦", UnexpectedEnd),
        ("¦<!-- -", UnexpectedEnd),
        ("¦<!-- --", UnexpectedEnd),
        ("¦<!-", UnexpectedEnd),
        ("<a>¦<![CDATA[ ]]", UnexpectedEnd),
        ("<a>¦<![CD", UnexpectedEnd),
        ("<a>¦<?p ", UnexpectedEnd),
        // Characters and encoding.
        ("<a>¦\0</a>", InvalidCharacter),
        ("<a>¦\u{1}</a>", InvalidCharacter),
        ("<a>¦\u{FFFE}</a>", InvalidCharacter),
        ("<a b='¦\u{FFFF}'/>", InvalidCharacter),
        ("<a/>¦\u{C}", InvalidCharacter),
        ("<?xml version='1.0' ¦encoding='UTF-16'?><a/>", Encoding),
        ("<?xml version='1.0' ¦encoding='ISO-8859-1'?><a/>", Encoding),
        ("<?xml version='1.0' ¦encoding='US-ASCII'?><a>é</a>", Encoding),
        // The XML declaration.
        ("¦<?xml version='1.1'?><a/>", Syntax),
        (" ¦<?xml version='1.0'?><a/>", Syntax),
        ("<a>¦<?xml version='1.0'?></a>", Syntax),
        ("¦<?XML version='1.0'?><a/>", Syntax),
        ("<a/>¦<?xMl?>", Syntax),
        ("<?xml version='1.0' ¦x='y'?><a/>", Syntax),
        // Document type declarations.
        ("¦<!DOCTYPE a><a/>", DocumentType),
        ("\n<!-- --> ¦<!DOCTYPE a [<!ENTITY b '&#0;'>]><a>&b;</a>", DocumentType),
        ("<a>¦<!DOCTYPE a></a>", DocumentType),
        ("¦<!doctype a><a/>", Syntax),
        ("<a>¦<!ENTITY b 'c'></a>", Syntax),
        // Names.
        ("<¦1/>", InvalidName),
        ("<¦ a/>", InvalidName),
        ("<¦></>", InvalidName),
        ("<¦-a/>", InvalidName),
        ("<¦:a/>", InvalidName),
        ("<a:¦/>", InvalidName),
        ("<a:b¦:c/>", InvalidName),
        ("<a:¦1 xmlns:a='u'/>", InvalidName),
        ("<a ¦='1'/>", InvalidName),
        ("<a ¦1='1'/>", InvalidName),
        ("<a x:¦='1'/>", InvalidName),
        ("<a></¦ a>", InvalidName),
        ("<a></¦>", InvalidName),
        ("<?¦ p?><a/>", InvalidName),
        ("<?¦?><a/>", InvalidName),
        ("<?p¦:q r?><a/>", InvalidName),
        ("<a xmlns:xmlns2='u' xmlns:¦='u'/>", InvalidName),
        ("<¦xmlns:a/>", InvalidName),
        ("<¦×/>", InvalidName),
        // Tags.
        ("<a¦$/>", Syntax),
        ("<a¦×/>", Syntax),
        ("<a b¦/>", Syntax),
        ("<a b ¦c='1'/>", Syntax),
        ("<a b=¦1/>", Syntax),
        ("<a b=¦&quot;1&quot;/>", Syntax),
        ("<a b='1'¦c='2'/>", Syntax),
        ("<a b='1'¦c/>", Syntax),
        ("<a b='¦<'/>", Syntax),
        ("<a ¦/ >", Syntax),
        ("<a ¦/b='1'>", Syntax),
        ("<a ¦<b/></a>", Syntax),
        ("<a¦<b/></a>", Syntax),
        ("<a></a ¦b='1'>", Syntax),
        ("<a></a¦/>", Syntax),
        ("<a>¦</b>", MismatchedTag),
        ("<a>¦</ab>", MismatchedTag),
        ("<ab>¦</a>", MismatchedTag),
        ("<a>¦</A>", MismatchedTag),
        ("<a><b>¦</a></b>", MismatchedTag),
        ("<p:a xmlns:p='u' xmlns:q='u'>¦</q:a>", MismatchedTag),
        ("¦</a>", MismatchedTag),
        ("<a/>¦</a>", MismatchedTag),
        // Text, comments, references.
        ("<a>x¦]]></a>", Syntax),
        ("<a>¦]]></a>", Syntax),
        ("<a>]¦]]></a>", Syntax),
        ("<a>¦& b</a>", Syntax),
        ("<a>¦&amp</a>", Syntax),
        ("<a b='¦&'/>", Syntax),
        ("<a>¦&nbsp;</a>", UndefinedEntity),
        ("<a b='¦&b;'/>", UndefinedEntity),
        ("<a>¦&#0;</a>", InvalidCharacterReference),
        ("<a b='x¦&#xFFFF;'/>", InvalidCharacterReference),
        ("<a>¦&#x;</a>", InvalidCharacterReference),
        ("<!-- ¦-- --><a/>", Syntax),
        ("<!-- ¦---><a/>", Syntax),
        ("<a><!-- ¦--- --></a>", Syntax),
        ("¦<!- --><a/>", Syntax),
        ("<a>¦<![cdata[]]></a>", Syntax),
        ("<a>¦<!></a>", Syntax),
        ("<?p¦$?><a/>", Syntax),
        // Outside the root.
        ("¦x<a/>", ContentOutsideRoot),
        ("¦&#32;<a/>", ContentOutsideRoot),
        ("\u{FEFF}¦\u{FEFF}<a/>", ContentOutsideRoot),
        ("<a/>¦x", ContentOutsideRoot),
        ("<a/> ¦<a/>", ContentOutsideRoot),
        ("<a></a>¦<b>", ContentOutsideRoot),
        ("<a/>¦<![CDATA[]]>", ContentOutsideRoot),
        ("¦<![CDATA[]]><a/>", ContentOutsideRoot),
        ("<a/>¦<", ContentOutsideRoot),
        // Namespaces and duplicates.
        ("<¦p:a/>", UndeclaredPrefix),
        ("<a ¦p:b='1'/>", UndeclaredPrefix),
        ("<a><b xmlns:p='u'/><¦p:c/></a>", UndeclaredPrefix),
        ("<a xmlns:p='u' xmlns:P='u'><¦pp:a/></a>", UndeclaredPrefix),
        ("<a b='1' ¦b='2'/>", DuplicateAttribute),
        ("<a xmlns='u' ¦xmlns='u'/>", DuplicateAttribute),
        ("<a xmlns:p='u' b='1' ¦xmlns:p='v'/>", DuplicateAttribute),
        ("<a xmlns:p='u' xmlns:q='u' p:b='1' ¦q:b='2'/>", DuplicateAttribute),
        ("<a p:b='1' xmlns:p='u' ¦q:b='2' xmlns:q='&#117;'/>", DuplicateAttribute),
        (
            "<a xmlns:p='u' xmlns:q='u' c='' d='' e='' f='' g='' h='' i='' p:b='1' j='' k='' l='' \
             m='' n='' ¦q:b='2'/>",
            DuplicateAttribute,
        ),
        ("<a ¦xmlns:p=''/>", InvalidNamespaceDeclaration),
        ("<a ¦xmlns:xml='u'/>", InvalidNamespaceDeclaration),
        ("<a ¦xmlns:xmlns='http://www.w3.org/2000/xmlns/'/>", InvalidNamespaceDeclaration),
        ("<a ¦xmlns:p='http://www.w3.org/2000/xmlns/'/>", InvalidNamespaceDeclaration),
        ("<a ¦xmlns='http://www.w3.org/2000/xmlns/'/>", InvalidNamespaceDeclaration),
        ("<a ¦xmlns:p='http://www.w3.org/XML/1998/namespace'/>", InvalidNamespaceDeclaration),
        ("<a ¦xmlns='http://www.w3.org/XML/1998/namespac&#101;'/>", InvalidNamespaceDeclaration),
    ] {
        let place = source.find('¦').unwrap();
        let source = source.replacen('¦', "", 1);
        let error = events(source.as_bytes(), &Limits::default()).expect_err(&source);
        assert_eq!(error.cause(), cause, "{source}: {error}");
        assert_eq!(
            error.position().map(|position| position.offset),
            Some(place),
            "{source}: {error}"
        );
    }
}

#[test]
fn tags_that_repeat_are_held_to_every_rule() {
    use Cause::{
        DuplicateAttribute, NamespaceCount, Syntax, UndeclaredPrefix, UndefinedEntity,
        UnexpectedEnd,
    };
    let repeated = "<p:b c='1' d='2'/><e p:x='' q:x=''></e><f xmlns:r='w' g=\"\" r:h=\"\"></f>";
    let head = format!("<a xmlns:p='u' xmlns:q='v'>{}", repeated.repeat(60));
    let seventy = format!("{head}{}¦<f xmlns:r='w' g=\"\" r:h=\"\">", {
        "<f xmlns:r='w' g=\"\" r:h=\"\">".repeat(68)
    });
    let tails = [
        ("<p:b c='¦<' d='2'/></a>", Syntax),
        ("<p:b c='1' d='¦&x;'/></a>", UndefinedEntity),
        ("<p:b c='1' d='2'¦e='3'/></a>", Syntax),
        ("<p:b c='1' ¦c='2'/></a>", DuplicateAttribute),
        ("<p:b c='1' d='2¦", UnexpectedEnd),
        ("<p:b c='1' d='2'¦", UnexpectedEnd),
        ("<p:b c='1' d='2\"/>¦", UnexpectedEnd),
        ("<w xmlns:q='u'><e p:x='' ¦q:x=''></e></w></a>", DuplicateAttribute),
        ("<f xmlns:r='w' ¦xmlns:r='w' g=\"\"></f></a>", DuplicateAttribute),
        ("<f xmlns:r='w' g=\"\" r:h=\"\"></f><¦r:h/></a>", UndeclaredPrefix),
    ];
    let limits = Limits { namespaces: 70, ..Limits::default() };
    let documents = tails.iter().map(|(tail, cause)| (format!("{head}{tail}"), *cause));
    for (source, cause) in documents.chain([(seventy, NamespaceCount)]) {
        // A declaration is refused at its own place, behind the name of the element.
        let place = source.find('¦').unwrap() + if cause == NamespaceCount { 3 } else { 0 };
        let source = source.replacen('¦', "", 1);
        let error = events(source.as_bytes(), &limits).unwrap_err();
        assert_eq!(error.cause(), cause, "{error}");
        assert_eq!(error.position().map(|position| position.offset), Some(place), "{error}");
    }

    let source = format!("{head}<w xmlns:p='x'>{repeated}</w>{repeated}</a>");
    let read = events(source.as_bytes(), &limits).unwrap();
    let line = |namespace: &str| {
        format!(
            "<{{{namespace}}}p:b {{}}c=1 {{}}d=2></><{{}}e {{{namespace}}}p:x= {{v}}q:x=></>\
             <{{}}f r→w {{}}g= {{w}}r:h=></>"
        )
    };
    let tail = format!("<{{}}w p→x>{}</>{}</>", line("x"), line("u"));
    assert!(read.ends_with(&tail), "{read}");
    let mut scanner = Scanner::new(source.as_bytes(), &limits).unwrap();
    while scanner.next().unwrap() != Event::EndDocument {}
    assert!(scanner.recognised() > 100, "{}", scanner.recognised());
}

#[test]
fn each_budget_holds_to_the_last_and_not_beyond() {
    let mut limits = Limits {
        message: 8,
        depth: 3,
        attributes: 3,
        namespaces: 3,
        distinct_namespaces: 4,
        ..Limits::default()
    };
    let refusal =
        |source: &str| events(source.as_bytes(), &limits).err().map(|error| error.cause());
    assert_eq!(refusal("<a>34</a"), Some(Cause::UnexpectedEnd));
    assert_eq!(refusal("<a>4</a> "), Some(Cause::MessageSize));
    limits.message = 1000;
    let refusal =
        |source: &str| events(source.as_bytes(), &limits).err().map(|error| error.cause());
    assert_eq!(refusal("<a><b><c/><c/></b></a>"), None);
    assert_eq!(refusal("<a><b><c><d/></c></b></a>"), Some(Cause::Depth));
    assert_eq!(refusal("<a b='' c='' xmlns='u'/>"), None);
    assert_eq!(refusal("<a b='' c='' d='' xmlns='u'/>"), Some(Cause::AttributeCount));
    assert_eq!(refusal("<a xmlns='u' xmlns:p='u'><b xmlns=''/><b xmlns='v'/></a>"), None);
    assert_eq!(
        refusal("<a xmlns='u' xmlns:p='u'><b xmlns='u' xmlns:p='u'/></a>"),
        Some(Cause::NamespaceCount)
    );
    let many = |count: usize| {
        (0..count).fold("<a>".to_owned(), |out, at| out + &format!("<b xmlns:p{at}='u'/>")) + "</a>"
    };
    assert_eq!(refusal(&many(4)), None);
    assert_eq!(refusal(&many(5)), Some(Cause::NamespaceCount));
    let many = |count: usize| {
        (0..count).fold("<a>".to_owned(), |out, at| out + &format!("<b xmlns='u{at}'/>")) + "</a>"
    };
    assert_eq!(refusal(&many(4)), None);
    assert_eq!(refusal(&many(5)), Some(Cause::NamespaceCount));
}

#[test]
fn depth_costs_no_stack() {
    let depth = 300_000;
    let source = "<a>".repeat(depth) + &"</a>".repeat(depth);
    let limits = Limits { depth, ..Limits::default() };
    assert!(events(source.as_bytes(), &limits).is_ok());
    let error = events(source.as_bytes(), &Limits::default()).unwrap_err();
    assert_eq!((error.cause(), error.position().unwrap().offset), (Cause::Depth, 600));
}

#[test]
fn ranges_are_those_of_the_source() {
    let source = "\u{FEFF}<a><p:b xmlns:p=\"u\" p:c = 'é' />t&amp;<![CDATA[c]]></a >";
    let mut scanner = Scanner::new(source.as_bytes(), &Limits::default()).unwrap();
    let mut pieces = Vec::new();
    loop {
        let range = match scanner.next().unwrap() {
            Event::StartElement(element) => {
                pieces.extend(scanner.declarations().iter().map(|found| found.range.clone()));
                pieces.extend(scanner.attributes().iter().map(|found| found.range.clone()));
                element.range
            }
            Event::EndElement(EndElement { range }) => range,
            Event::Text(text) => text.range,
            Event::Comment(range) | Event::ProcessingInstruction(range) => range,
            Event::EndDocument => break,
        };
        assert_eq!(scanner.position(), range.end);
        pieces.push(range);
    }
    let pieces: Vec<_> = pieces.into_iter().map(|range| &source[range]).collect();
    assert_eq!(
        pieces,
        [
            "<a>",
            "xmlns:p=\"u\"",
            "p:c = 'é'",
            "<p:b xmlns:p=\"u\" p:c = 'é' />",
            "",
            "t&amp;",
            "<![CDATA[c]]>",
            "</a >",
        ]
    );
}

#[test]
fn the_scope_is_that_of_the_innermost_open_element() {
    let source = b"<a xmlns='u' xmlns:p='v'><b xmlns='' xmlns:q='w' p:x='1'/><c/></a>";
    let mut scanner = Scanner::new(source, &Limits::default()).unwrap();
    let scope = |scanner: &Scanner<'_>| -> Vec<(String, String)> {
        let named = |(prefix, id): (&str, _)| (prefix.into(), scanner.namespace_name(id).into());
        scanner.in_scope().map(named).collect()
    };
    let pair = |prefix: &str, name: &str| (prefix.to_owned(), name.to_owned());
    assert!(scope(&scanner).is_empty());
    scanner.next().unwrap();
    assert_eq!(scope(&scanner), [pair("", "u"), pair("p", "v")]);
    scanner.next().unwrap();
    assert_eq!(scope(&scanner), [pair("p", "v"), pair("q", "w")]);
    assert_eq!(scanner.resolve(""), Some(NamespaceId::NONE));
    let namespace = scanner.resolve("p").unwrap();
    assert_eq!(scanner.attribute(namespace, "x").unwrap().value(), "1");
    assert!(scanner.attribute(NamespaceId::NONE, "x").is_none());
    assert_eq!((scanner.depth(), scanner.resolve("r")), (2, None));
    scanner.next().unwrap();
    assert_eq!((scanner.depth(), scanner.resolve("q")), (1, None));
    assert_eq!(scope(&scanner), [pair("", "u"), pair("p", "v")]);
}

#[test]
fn elements_are_skipped_whole_and_checked() {
    let source = b"<a><b x='1'><c/>t</b><d/></a>";
    let mut scanner = Scanner::new(source, &Limits::default()).unwrap();
    let error = scanner.skip_element().unwrap_err();
    assert_eq!(error.cause(), Cause::InvalidArgument);
    scanner.next().unwrap();
    scanner.next().unwrap();
    assert_eq!(&source[scanner.skip_element().unwrap()], b"<b x='1'><c/>t</b>");
    assert_eq!(scanner.skip_element().unwrap_err().cause(), Cause::InvalidArgument);
    scanner.next().unwrap();
    assert_eq!(&source[scanner.skip_element().unwrap()], b"<d/>");
    assert_eq!(scanner.skip_element().unwrap_err().cause(), Cause::InvalidArgument);
    assert_eq!(scanner.depth(), 1);
    scanner.next().unwrap();
    assert_eq!(scanner.next().unwrap(), Event::EndDocument);

    let mut scanner = Scanner::new(b"<a><b><c>]]></c></b></a>", &Limits::default()).unwrap();
    scanner.next().unwrap();
    assert_eq!(scanner.skip_element().unwrap_err().cause(), Cause::Syntax);

    let mut scanner = Scanner::new(source, &Limits::default()).unwrap();
    scanner.next().unwrap();
    assert_eq!(scanner.skip_element().unwrap(), 0..source.len());
    assert_eq!(scanner.next().unwrap(), Event::EndDocument);
}

#[test]
fn an_error_stays() {
    let mut scanner = Scanner::new(b"<a>&b;</a>", &Limits::default()).unwrap();
    scanner.next().unwrap();
    let error = scanner.next().unwrap_err();
    assert_eq!(error.cause(), Cause::UndefinedEntity);
    for _ in 0..3 {
        assert_eq!(scanner.next().unwrap_err(), error);
    }
}

#[test]
fn debug_shows_no_content() {
    let source = b"<Password Type='s3cret'>s3cret<!-- s3cret --></Password>";
    let mut scanner = Scanner::new(source, &Limits::default()).unwrap();
    loop {
        let event = scanner.next().unwrap();
        let shown = format!("{event:?} {scanner:?} {:?}", scanner.attributes());
        assert!(!shown.contains("s3cret"), "{shown}");
        if event == Event::EndDocument {
            break;
        }
    }
}

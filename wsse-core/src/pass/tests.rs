//! Several targets in one walk.

use super::*;
use crate::crypto::Hash;
use crate::xml::Limits;

fn walk(source: &str, mut pass: Pass) -> Result<Vec<Outcome>, Error> {
    let mut scanner = Scanner::new(source.as_bytes(), &Limits::default())?;
    loop {
        let event = scanner.next()?;
        pass.event(&scanner, &event, Zone::Bare)?;
        if event == Event::EndDocument {
            return pass.finish();
        }
    }
}

fn target(select: Select) -> Target {
    Target::new(select, Method::EXCLUSIVE, Output::Octets)
}

fn id(id: &str) -> Select {
    Select::Id(id.to_owned())
}

fn octets(outcome: &Outcome) -> &str {
    core::str::from_utf8(&outcome.octets).unwrap()
}

#[test]
fn targets_may_lie_in_each_other_and_be_the_same() {
    let source =
        "<?p?><p:a xmlns:p='urn:p' Id='a'><!--c--><p:b id='b'>t</p:b><p:c xml:id='c'/></p:a>";
    let targets =
        [Select::Document, Select::Root, id("a"), id("b"), id("c"), id("b"), Select::Offset(41)];
    let targets = targets.map(target).to_vec();
    let outcomes = walk(source, Pass::new(targets)).unwrap();
    let forms: Vec<&str> = outcomes.iter().map(octets).collect();
    let root =
        "<p:a xmlns:p=\"urn:p\" Id=\"a\"><p:b id=\"b\">t</p:b><p:c xml:id=\"c\"></p:c></p:a>";
    let b = "<p:b xmlns:p=\"urn:p\" id=\"b\">t</p:b>";
    let c = "<p:c xmlns:p=\"urn:p\" xml:id=\"c\"></p:c>";
    assert_eq!(forms, [&format!("<?p?>\n{root}"), root, root, b, c, b, b]);
    let ranges: Vec<&str> = outcomes.iter().map(|outcome| &source[outcome.range.clone()]).collect();
    assert_eq!(ranges[0], &source[5..]);
    assert_eq!(ranges[2], &source[5..]);
    assert_eq!(ranges[3], "<p:b id='b'>t</p:b>");
    assert_eq!(ranges[4], "<p:c xml:id='c'/>");
    assert_eq!(
        outcomes.iter().map(|outcome| outcome.depth).collect::<Vec<_>>(),
        [0, 0, 0, 1, 1, 1, 1]
    );
}

#[test]
fn the_signature_is_left_out_and_its_ids_count() {
    let source = "<a xmlns='urn:a'>x<s Id='s'><t Id='t'/>y</s><b xmlns=''/>z</a>";
    let exclude = source.find("<s");
    let enveloped = Target { exclude, ..target(Select::Document) };
    let outcomes = walk(source, Pass::new(vec![enveloped.clone(), target(id("t"))])).unwrap();
    assert_eq!(octets(&outcomes[0]), "<a xmlns=\"urn:a\">x<b xmlns=\"\"></b>z</a>");
    assert_eq!(octets(&outcomes[1]), "<t xmlns=\"urn:a\" Id=\"t\"></t>");
    let itself = Target { exclude, select: id("s"), ..enveloped };
    let outcomes = walk(source, Pass::new(vec![itself])).unwrap();
    assert_eq!((octets(&outcomes[0]), outcomes[0].range.len()), ("", 26));
}

#[test]
fn a_watched_id_is_carried_by_exactly_one_element() {
    let source = "<a Id='1' xml:id='1'><b ID='2'/><c id='2'/></a>";
    let watching = |ids: &[&str]| {
        let mut pass = Pass::new(Vec::new());
        ids.iter().for_each(|id| pass.watch(id));
        walk(source, pass)
    };
    assert!(watching(&["1"]).unwrap().is_empty());
    for ids in [&["1", "2"][..], &["3"]] {
        assert_eq!(watching(ids).unwrap_err().cause(), Cause::AmbiguousId);
    }
    let error = walk(source, Pass::new(vec![target(id("2"))])).unwrap_err();
    assert_eq!(error.cause(), Cause::AmbiguousId);
    assert_eq!(error.position().unwrap().offset, source.find("<c").unwrap());
    let error = walk(source, Pass::new(vec![target(Select::Offset(1))])).unwrap_err();
    assert_eq!(error.cause(), Cause::InvalidArgument);
    let error = Pass::new(Vec::new()).finish().unwrap_err();
    assert_eq!(error.cause(), Cause::InvalidArgument);
}

#[test]
fn comments_and_the_empty_default_namespace_are_written_where_they_are_asked_for() {
    let source = "<p:a xmlns:p='urn:p'><!--c--><b/></p:a>";
    let method = Method { with_comments: true, ..Method::EXCLUSIVE };
    let one = Target { method, ..target(Select::Root) };
    let two = Target { comments: true, ..one.clone() };
    let three = Target { empty_default: true, ..one.clone() };
    let outcomes = walk(source, Pass::new(vec![one, two, three])).unwrap();
    assert_eq!(octets(&outcomes[0]), "<p:a xmlns:p=\"urn:p\"><b></b></p:a>");
    assert_eq!(octets(&outcomes[1]), "<p:a xmlns:p=\"urn:p\"><!--c--><b></b></p:a>");
    assert_eq!(octets(&outcomes[2]), "<p:a xmlns=\"\" xmlns:p=\"urn:p\"><b></b></p:a>");
}

#[test]
fn a_digest_is_that_of_the_octets_however_long_their_pieces_are() {
    for lengths in [&[1][..], &[500, 600], &[4_000; 9], &[1, 4_097, 1, 16_384, 1], &[90_000, 2]] {
        let texts = lengths.iter().map(|length| "x".repeat(*length) + "&lt;&#13;<b />");
        let source = format!("<a>{}</a>", texts.collect::<String>());
        let digest = Output::Digest(DigestMethod::Sha256);
        let targets = [digest, Output::Octets];
        let targets = targets.map(|output| Target { output, ..target(Select::Root) }).to_vec();
        let outcomes = walk(&source, Pass::new(targets)).unwrap();
        let expected = Hash::Sha256.digest(&[&outcomes[1].octets]);
        assert_eq!(outcomes[0].digest.unwrap().octets(), expected.octets());
        assert!(outcomes[0].octets.is_empty() && outcomes[1].digest.is_none());
    }
}

#[test]
fn relative_namespace_names_are_digested_as_they_stand() {
    let source = "<r xmlns:p='p'><a xmlns='x' p:b='1'/></r>";
    let outcomes = walk(source, Pass::new(vec![target(Select::Offset(15))])).unwrap();
    assert_eq!(octets(&outcomes[0]), "<a xmlns=\"x\" xmlns:p=\"p\" p:b=\"1\"></a>");
}

#[test]
fn a_second_thread_computes_the_same_digest() {
    let digest = |method| Target::new(Select::Root, Method::EXCLUSIVE, Output::Digest(method));
    // Short pieces, long ones, and both in turn; just below and above what a thread is started for.
    for (piece, times) in [
        ("<b c='1'>text &amp; more</b>".to_owned(), 40_000),
        ("x".repeat(1_000_000), 1),
        (format!("<b>{}</b>", "x".repeat(70_000)), 12),
        ("x".repeat(1 << 10), 255),
        ("x".repeat(1 << 10), 257),
        ("<b/>".to_owned(), 3),
    ] {
        let source = format!("<a>{}</a>", piece.repeat(times));
        let targets = || vec![digest(DigestMethod::Sha256), digest(DigestMethod::Sha3_512)];
        let alone = walk(&source, Pass::new(targets())).unwrap();
        let beside = walk(&source, Pass::new(targets()).hashing_beside(true)).unwrap();
        for (alone, beside) in alone.iter().zip(&beside) {
            let (alone, beside) = (alone.digest.as_ref(), beside.digest.as_ref());
            assert_eq!(alone.unwrap().octets(), beside.unwrap().octets());
        }
    }
}

#[test]
fn a_walk_that_ends_early_leaves_its_threads_to_their_end() {
    let source = format!("<a>{}</b>", "<b>text</b>".repeat(100_000));
    let target = Target::new(Select::Root, Method::EXCLUSIVE, Output::Digest(DigestMethod::Sha256));
    let error = walk(&source, Pass::new(vec![target]).hashing_beside(true)).unwrap_err();
    assert_eq!(error.cause(), Cause::MismatchedTag);
}

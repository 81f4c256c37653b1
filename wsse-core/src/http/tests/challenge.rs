//! WWW-Authenticate and Authorization.

use super::cause;
use crate::error::Cause;
use crate::http::{Authorization, Challenge};

#[test]
fn a_challenge_is_written_and_read() {
    let challenge = Challenge::new("a \"realm\" \\ of Jürgen");
    let written = challenge.write().unwrap();
    assert_eq!(written, r#"WSSE realm="a \"realm\" \\ of Jürgen", profile="UsernameToken""#);
    assert_eq!(Challenge::parse(&written), Ok(Some(challenge)));
    assert_eq!(Challenge::new("").write().unwrap(), r#"WSSE realm="", profile="UsernameToken""#);
    for realm in ["a\r\nSet-Cookie: x", "\0", "a\tb", "\u{9f}"] {
        assert_eq!(cause(Challenge::new(realm).write()), Cause::InvalidArgument, "{realm:?}");
    }
}

#[test]
fn a_challenge_beside_others() {
    for value in [
        r#"WSSE realm="r", profile="UsernameToken""#,
        r#"wsse REALM="r",PROFILE="UsernameToken""#,
        r#"WSSE profile="UsernameToken", realm="r""#,
        r#"WSSE realm = "r" , profile = UsernameToken"#,
        "WSSE\r\n realm=\"r\",\r\n\tprofile=\"UsernameToken\"",
        r#"Basic realm="x", WSSE realm="r", profile="UsernameToken""#,
        r#"WSSE realm="r", profile="UsernameToken", Basic realm="x""#,
        r#"Negotiate, WSSE realm="r", profile="UsernameToken", NTLM"#,
        r#"Negotiate YII=, WSSE realm="r", profile="UsernameToken", X y=="#,
        r#"Digest realm="a, WSSE realm=\"b\"", nonce="n", stale=false, WSSE realm="r", profile="UsernameToken""#,
        r#", ,WSSE realm="r",, profile="UsernameToken","#,
        r#"WSSE realm="r", profile="UsernameToken", WSSE realm="second""#,
    ] {
        let challenge = Challenge::parse(value).unwrap().unwrap();
        assert_eq!(challenge.realm(), Some("r"), "{value}");
        assert_eq!(challenge.profile(), Some("UsernameToken"), "{value}");
        assert_eq!(challenge.parameters().count(), 0, "{value}");
    }
    let other = Challenge::parse(r#"WSSE profile="X", a="b""#).unwrap().unwrap();
    assert_eq!((other.realm(), other.profile()), (None, Some("X")));
    assert_eq!(other.parameters().collect::<Vec<_>>(), [("a", "b")]);
    let bare = Challenge::parse("Basic, WSSE").unwrap().unwrap();
    assert_eq!((bare.realm(), bare.profile()), (None, None));
}

#[test]
fn a_mention_is_no_challenge() {
    for value in [
        r#"Basic realm="WSSE""#,
        r#"Basic realm="please use WSSE realm=\"r\", profile=\"UsernameToken\"""#,
        r#"Basic realm="x\\", Digest realm=", WSSE profile=UsernameToken""#,
        "Basic realm=WSSE",
        r#"Basic WSSE="x""#,
        "Negotiate WSSE",
        "Negotiate WSSE==",
        r#"XWSSE realm="r""#,
        r#"WSSE-2 realm="r""#,
    ] {
        assert_eq!(Challenge::parse(value), Ok(None), "{value}");
    }
}

#[test]
fn broken_challenges() {
    use Cause::{DuplicateParameter, HeaderSyntax};
    for (value, cause, offset) in [
        ("", HeaderSyntax, 0),
        (" , ", HeaderSyntax, 3),
        (r#"WSSE realm="r"#, HeaderSyntax, 11),
        (r#"WSSE realm="r\"#, HeaderSyntax, 11),
        (r#"WSSE realm="r" profile="p""#, HeaderSyntax, 15),
        (r#"WSSE realm="#, HeaderSyntax, 11),
        (r#"WSSE realm=="#, HeaderSyntax, 11),
        (r#"WSSE =r"#, HeaderSyntax, 0),
        (r#"WSSE abc"#, HeaderSyntax, 5),
        (r#"realm="r", WSSE"#, HeaderSyntax, 0),
        (r#""WSSE realm=r""#, HeaderSyntax, 0),
        (r#"WSSE/realm="r""#, HeaderSyntax, 4),
        (r#"Basic realm="unclosed, WSSE realm="r""#, HeaderSyntax, 35),
        ("WSSE realm=\"r\"\r\nSet-Cookie: x", HeaderSyntax, 14),
        ("WSSE realm=\"a\u{1}\"", HeaderSyntax, 13),
        (r#"WSSE realm="a", realm="b""#, DuplicateParameter, 16),
        (r#"WSSE profile="a", Profile="b""#, DuplicateParameter, 18),
        (r#"WSSE x="a", X="b""#, DuplicateParameter, 12),
    ] {
        let error = Challenge::parse(value).unwrap_err();
        let position = error.position().map(|position| position.offset);
        assert_eq!((error.cause(), position), (cause, Some(offset)), "{value:?}: {error}");
    }
    let long = format!("WSSE realm=\"{}\"", "r".repeat(9000));
    assert_eq!(cause(Challenge::parse(&long)), Cause::MessageSize);
    assert_eq!(cause(Authorization::parse(&long)), Cause::MessageSize);
}

#[test]
fn an_authorization_is_written_and_read() {
    assert_eq!(Authorization::new().write().unwrap(), r#"WSSE profile="UsernameToken""#);
    let huawei = r#"WSSE realm="SDP",profile="UsernameToken",type="Appkey""#;
    assert_eq!(Authorization::huawei().write().unwrap(), huawei);
    let read = Authorization::parse(huawei).unwrap().unwrap();
    assert_eq!((read.realm(), read.profile()), (Some("SDP"), Some("UsernameToken")));
    assert_eq!(read.parameters().collect::<Vec<_>>(), [("type", "Appkey")]);
    let read = Authorization::parse(" wsse profile=\"UsernameToken\" ").unwrap().unwrap();
    assert_eq!(read, Authorization::default());
    for value in ["Basic Ym9iOnNlY3JldA==", "Bearer WSSE", "AWS4 Credential=a/b;c, Signed=x;y"] {
        assert_eq!(Authorization::parse(value), Ok(None), "{value}");
    }
    for (value, cause, offset) in [
        ("", Cause::HeaderSyntax, 0),
        ("=WSSE", Cause::HeaderSyntax, 0),
        (r#"WSSE profile="UsernameToken"#, Cause::HeaderSyntax, 13),
        (r#"WSSE profile="a", Basic realm="x""#, Cause::HeaderSyntax, 18),
        (r#"WSSE profile="a", profile="b""#, Cause::DuplicateParameter, 18),
    ] {
        let error = Authorization::parse(value).unwrap_err();
        let position = error.position().map(|position| position.offset);
        assert_eq!((error.cause(), position), (cause, Some(offset)), "{value:?}: {error}");
    }
    for (name, value) in [("a b", "x"), ("", "x"), ("a", "x\r\ny"), ("a\n", "x")] {
        let written = Authorization::new().with_parameter(name, value).write();
        assert_eq!(cause(written), Cause::InvalidArgument, "{name:?}");
    }
}

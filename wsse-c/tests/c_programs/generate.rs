//! Programs that are made of the header: each function called with everything it wants, with NULL
//! in the place of each pointer in turn, and with a panic inside.

use crate::compile::{Mode, compile_and_run};
use crate::library::{Library, work};
use crate::prototypes::{Parameter, Prototype, prototypes};
use std::fmt::Write;

/// Their handles live during a callback only; tests/c/callbacks.c and remote.c call them, with NULL
/// too.
const IN_CALLBACK: [&str; 2] = ["wsse_passwords_add", "wsse_answer_set"];

#[test]
fn null_is_looked_for_in_every_pointer() {
    let mut body = String::new();
    let mut tried = 0;
    for prototype in &prototypes() {
        if IN_CALLBACK.contains(&prototype.name.as_str()) {
            continue;
        }
        if !prototype.is_free() {
            body.push_str(&call(prototype, None, Expected::Done));
        }
        for (index, parameter) in prototype.parameters.iter().enumerate() {
            if parameter.is_pointer() {
                body.push_str(&call(prototype, Some(index), expected(prototype, index)));
                tried += 1;
            }
        }
    }
    assert!(tried > 200, "{tried} pointers: the header must look different");
    println!("{tried} pointers");
    run_everywhere(Library::plain(), "nulls", &body, &Mode::ALL);
}

#[test]
fn a_panic_in_any_function_is_an_error() {
    let mut body = String::new();
    for prototype in &prototypes() {
        // The versions are constants: there is nothing that could panic.
        let in_callback = IN_CALLBACK.contains(&prototype.name.as_str());
        if !in_callback && !prototype.name.starts_with("wsse_version") {
            body.push_str(&call(prototype, None, Expected::Panic));
        }
    }
    let modes = [Mode::Shared, Mode::Valgrind, Mode::Sanitizers];
    run_everywhere(Library::with_panics(), "panics", &body, &modes);
}

fn run_everywhere(library: &Library, name: &str, body: &str, modes: &[Mode]) {
    let source = work().join(format!("{name}.c"));
    let program = format!(
        "#include \"fixture.h\"\n\nvoid wsse_test_panic(void);\n\nint main(void)\n{{\n\
         static char elsewhere[1];\nwsse_error *error;\nwsse_result result;\n(void)result, \
         (void)error;\n{body}return 0;\n}}\n"
    );
    std::fs::write(&source, program).expect("a file below target");
    for mode in modes {
        compile_and_run(library, &source, *mode, &[]);
    }
}

/// What must come of a call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// It does what it is for.
    Done,
    /// It says that the parameter is NULL, or returns nothing, and writes nothing.
    Refused,
    /// The panic that was asked for.
    Panic,
}

fn expected(prototype: &Prototype, null: usize) -> Expected {
    let name = prototype.parameters[null].name.as_str();
    let function = prototype.name.as_str();
    let setter =
        function.starts_with("wsse_call_set_") || function.starts_with("wsse_header_options_set_");
    let optional = match name {
        "error_out" | "environment" | "replay_store" | "call" | "options" => null > 0,
        "charset" | "userdata" | "userdata_free" | "decrypt" => true,
        "read_userdata" | "spool_userdata" => true,
        "exchange" => function.ends_with("_stream"),
        "credentials" => ["wsse_outbound_new", "wsse_inbound_new"].contains(&function),
        "nonce" | "created" | "secret" => setter || function == "wsse_password_digest",
        "password" => {
            let opens = function.starts_with("wsse_credentials_add_")
                && function != "wsse_credentials_add_password";
            setter || opens || function == "wsse_credentials_set_username"
        }
        "username" | "id" => setter,
        _ => prototype.is_free(),
    };
    if optional || prototype.is_free() { Expected::Done } else { Expected::Refused }
}

impl Prototype {
    fn is_free(&self) -> bool {
        self.name.ends_with("_free")
    }

    fn is_fallible(&self) -> bool {
        self.parameters.last().is_some_and(|parameter| parameter.name == "error_out")
    }
}

/// A block of C that makes one call and looks at what came of it.
fn call(prototype: &Prototype, null: Option<usize>, expected: Expected) -> String {
    let Prototype { returns, name, parameters } = prototype;
    let mut block = String::from("{\nset_up();\nerror = NULL;\n");
    let mut arguments = Vec::new();
    let (mut untouched, mut freed) = (String::new(), String::new());
    for (index, parameter) in parameters.iter().enumerate() {
        let out = parameter.name.as_str();
        if out == "error_out" {
            arguments.push("&error".to_owned());
        } else if let Some(kind) = parameter.kind.strip_suffix("**") {
            let type_name = kind.trim();
            let _ = writeln!(block, "{type_name} *{out} = ({type_name} *)(void *)elsewhere;");
            let _ = writeln!(untouched, "CHECK((void *)({out}) == (void *)elsewhere);");
            if null != Some(index) {
                let _ = writeln!(freed, "{type_name}_free({out});");
            }
            arguments.push(format!("&{out}"));
        } else if out.ends_with("_out") {
            let type_name = parameter.kind.trim_end_matches(['*', ' ']);
            let _ = writeln!(block, "{type_name} {out}, {out}_before;");
            let _ = writeln!(block, "memset(&{out}, 0x55, sizeof {out});");
            let _ = writeln!(block, "memcpy(&{out}_before, &{out}, sizeof {out});");
            let _ = writeln!(untouched, "CHECK(memcmp(&{out}, &{out}_before, sizeof {out}) == 0);");
            arguments.push(format!("&{out}"));
        } else {
            arguments.push(argument(name, parameter));
        }
        if null == Some(index) {
            arguments[index] = "NULL".to_owned();
        }
    }
    if expected == Expected::Panic {
        block.push_str("wsse_test_panic();\n");
    }
    let call = format!("{name}({})", arguments.join(", "));
    if prototype.is_fallible() {
        let _ = writeln!(block, "result = {call};");
        match expected {
            Expected::Done => {
                let _ = writeln!(block, "check_ok(result, error, \"{name} {null:?}\", __LINE__);");
                block.push_str(&freed);
            }
            Expected::Refused => {
                let parameter = null.map_or("", |index| parameters[index].name.as_str());
                let _ = writeln!(block, "CHECK(result == WSSE_RESULT_MISUSE);");
                let _ = writeln!(
                    block,
                    "CHECK(equals(wsse_error_text(error), \"{parameter} is NULL\"));"
                );
            }
            Expected::Panic => {
                let _ = writeln!(block, "CHECK(result == WSSE_RESULT_PANIC);");
                let _ = writeln!(block, "CHECK(wsse_error_result(error) == WSSE_RESULT_PANIC);");
                let _ = writeln!(block, "CHECK(equals(wsse_error_cause(error), \"panic\"));");
            }
        }
        block.push_str("wsse_error_free(error);\n");
    } else if returns == "void" {
        let _ = writeln!(block, "{call};");
    } else {
        let _ = writeln!(block, "{returns} returned = {call};\n(void)returned;");
        if expected != Expected::Done {
            let _ = writeln!(block, "CHECK({});", absent(prototype, expected));
        }
    }
    if expected != Expected::Done {
        block.push_str(&untouched);
    } else {
        for parameter in parameters.iter().filter(|parameter| parameter.name.ends_with("_out")) {
            if !parameter.kind.ends_with("**") {
                let _ = writeln!(block, "(void){0}, (void){0}_before;", parameter.name);
            }
        }
    }
    block.push_str("tear_down();\n}\n");
    block
}

/// What an accessor returns in the place of a value.
fn absent(prototype: &Prototype, expected: Expected) -> &'static str {
    match (prototype.returns.as_str(), expected) {
        ("wsse_str" | "wsse_bytes", _) => "returned.data == NULL && returned.len == 0",
        ("bool", _) => "!returned",
        ("size_t", _) => "returned == 0",
        ("wsse_result", Expected::Panic) => "returned == WSSE_RESULT_PANIC",
        ("wsse_result", _) => "returned == WSSE_RESULT_OK",
        ("wsse_soap_version", _) => "returned == WSSE_SOAP_VERSION_NONE",
        ("const char *", _) => "returned == NULL",
        (other, _) => panic!("{} returns {other}, which is new", prototype.name),
    }
}

/// An argument that makes sense.
fn argument(function: &str, parameter: &Parameter) -> String {
    let (kind, name) = (parameter.kind.as_str(), parameter.name.as_str());
    if let Some(text_name) = name.strip_suffix("_len") {
        return match text_name {
            "dialects" => "1".to_owned(),
            text_name => format!("strlen({})", text(function, text_name)),
        };
    }
    match (kind, name) {
        ("const wsse_dialect *const *", _) => "the_dialects".to_owned(),
        (_, "credentials") if function == "wsse_header_check_new" => {
            "the_known_credentials".to_owned()
        }
        (_, "inbound") if function == "wsse_inbound_decrypt" => "the_decrypting_inbound".to_owned(),
        (_, "index" | "signer") => "0".to_owned(),
        (_, "capacity") => "16".to_owned(),
        (_, "result") => "WSSE_RESULT_OK".to_owned(),
        (_, "userdata" | "read_userdata" | "spool_userdata") => "&the_userdata".to_owned(),
        (_, "to_unverified") => "false".to_owned(),
        ("wsse_read_callback", _) if function.contains("protect") => "read_envelope".to_owned(),
        ("wsse_read_callback", _) => "read_message".to_owned(),
        ("wsse_rewind_callback", _) => "rewind_nothing".to_owned(),
        ("wsse_write_callback", _) => "write_nothing".to_owned(),
        ("wsse_commit_callback", _) => "commit_nothing".to_owned(),
        ("wsse_abort_callback", _) => "abort_nothing".to_owned(),
        ("wsse_clock_callback", _) => "clock_at".to_owned(),
        ("wsse_random_callback", _) => "counting".to_owned(),
        ("wsse_password_lookup_callback", _) => "find_nobody".to_owned(),
        ("wsse_password_verifier_callback", _) => "trust_nobody".to_owned(),
        ("wsse_replay_insert_callback", _) => "remember_nothing".to_owned(),
        ("wsse_remote_sign_callback", _) => "sign_nothing".to_owned(),
        ("wsse_remote_decrypt_callback", _) => "decrypt_nothing".to_owned(),
        ("wsse_remote_verify_callback", _) => "verify_nothing".to_owned(),
        ("wsse_decision_callback", _) => "let_nobody_in".to_owned(),
        ("wsse_userdata_free_callback", _) => "free_nothing".to_owned(),
        ("const char *" | "const void *", _) => text(function, name),
        // Of freed objects none may be freed again by tear_down().
        (handle, _) => {
            let type_name = handle.trim_start_matches("const ").trim_end_matches([' ', '*']);
            match type_name.strip_prefix("wsse_") {
                Some(name) => format!("the_{name}"),
                None => panic!("{function} takes {kind} {name}, which is new"),
            }
        }
    }
}

/// A text that makes sense, as an expression of C.
fn text(function: &str, name: &str) -> String {
    match (function, name) {
        ("wsse_dialect_new_preset", "name") => "\"atom\"",
        ("wsse_dialect_set", "knob") => "\"hash\"",
        ("wsse_dialect_set", "value") => "\"sha256\"",
        ("wsse_header_parse" | "wsse_header_check_check", "value") => "the_header",
        ("wsse_challenge_parse" | "wsse_authorization_parse", "value") => {
            "\"WSSE profile=\\\"UsernameToken\\\"\""
        }
        (_, "name") => "\"Extra\"",
        (_, "family") => "\"hmac\"",
        (_, "value") => "\"value\"",
        (_, "policy") => "\"preset:timestamp\"",
        (_, "envelope") => "SOAP11",
        ("wsse_inbound_decrypt", "message") => "the_encrypted_message",
        (_, "message") => "THE_MESSAGE",
        (_, "charset") => "\"utf-8\"",
        (_, "realm") => "\"realm\"",
        (_, "username") => "\"alice\"",
        (_, "password") => "\"secret\"",
        (_, "nonce") => "\"0123456789abcdef\"",
        (_, "created") => "\"2024-05-01T12:00:00Z\"",
        (_, "secret") => "\"plain\"",
        (_, "id") => "\"id-1\"",
        ("wsse_credentials_add_identity" | "wsse_credentials_add_decryption_key", "material") => {
            "the_identity"
        }
        ("wsse_credentials_add_crl", "material") => "the_crl",
        (_, "material" | "certificate") => "the_certificate",
        (_, "key") => "the_key",
        other => panic!("{other:?} is a new text"),
    }
    .to_owned()
}

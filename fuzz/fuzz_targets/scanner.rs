//! Any octets: the scanner ends, its ranges lie in the document in order, and an error stays.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wsse_core::xml::{Event, Limits, Scanner, to_utf8};

fuzz_target!(|source: &[u8]| {
    let Ok(utf8) = to_utf8(source, None) else { return };
    let Ok(mut scanner) = Scanner::new(&utf8, &Limits::default()) else { return };
    let mut position = 0;
    loop {
        match scanner.next() {
            Ok(Event::EndDocument) => {
                assert_eq!(scanner.depth(), 0);
                break;
            }
            Ok(event) => {
                if let Event::Text(text) = &event {
                    let _ = text.value();
                }
                for attribute in scanner.attributes() {
                    let _ = attribute.value();
                    assert!(attribute.range.end <= scanner.position());
                }
                assert!(scanner.position() >= position && scanner.position() <= utf8.len());
                position = scanner.position();
            }
            Err(error) => {
                assert_eq!(scanner.next().unwrap_err(), error);
                let _ = error.locate(&utf8).to_string();
                break;
            }
        }
    }
});

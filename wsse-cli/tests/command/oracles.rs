//! Whoever sends broken ciphertexts to a script and sees how it ends learns nothing: exit status,
//! standard error and the object are the same, octet by octet.

use crate::common::Folder;
use crate::encryption::{CBC, GCM, message};
use crate::signature::call;
use std::collections::BTreeSet;
use wsse_core::crypto::{base64, base64_to_vec};

const COUNT: usize = 120;

/// Numbers that are the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }
}

/// The message with other octets in the CipherValue behind this text.
fn with_cipher_value(message: &str, behind: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let start = message.find(behind).expect("what is encrypted");
    let value =
        start + message[start..].find("CipherValue>").expect("a value") + "CipherValue>".len();
    let end = value + message[value..].find('<').expect("its end");
    let mut octets = base64_to_vec(&message[value..end]).expect("base64");
    change(&mut octets);
    format!("{}{}{}", &message[..value], base64(&octets), &message[end..])
}

fn broken(message: &str, number: usize, random: &mut Random) -> String {
    let behind =
        if number.is_multiple_of(2) { "<xenc:EncryptedData" } else { "<xenc:EncryptedKey" };
    with_cipher_value(message, behind, |octets| match number % 7 {
        0 | 1 => {
            let length = random.below(octets.len());
            octets.truncate(length);
        }
        2 => octets.extend([0; 16]),
        3 => octets.iter_mut().for_each(|octet| *octet ^= 0x55),
        // All but the last octets, most of which mean nothing in the padding of CBC.
        _ => {
            let at = random.below(octets.len() - 16);
            octets[at] ^= 1 << random.below(8);
        }
    })
}

#[test]
fn broken_ciphertexts_end_alike() {
    let folder = Folder::new("oracles");
    let policy = folder.write(
        "policy.toml",
        "version = 1\nrequire = { signed = [\"body\"], encrypted = [\"body-content\"] }\n",
    );
    let mut random = Random(0x1234_5678_9abc_def1);
    for name in [GCM, CBC] {
        let right = message(name);
        let keys = "--key @server.key.pem --legacy cbc --legacy rsa15 --json";
        for options in [
            format!("decrypt {keys}"),
            format!("validate --policy {policy} --cert @client.crt.pem {keys}"),
        ] {
            call(&options, &right).assert_status(0);
            // An EncryptedData of CBC that decrypts to something else ends as a digest that differs
            // would: only who validates can see it.
            let decrypts = options.starts_with("decrypt") && name == CBC;
            let mut seen = BTreeSet::new();
            let mut passed = 0;
            for number in 0..COUNT {
                let outcome = call(&options, &broken(&right, number, &mut random));
                match outcome.status {
                    0 => passed += 1,
                    _ => drop(seen.insert((outcome.status, outcome.error, outcome.output))),
                }
            }
            assert!(passed == 0 || decrypts, "{options}: {passed} passed");
            assert!(passed < COUNT / 4, "{options}: {passed} passed");
            assert_eq!(seen.len(), 1, "{options}: {seen:#?}");
            let (status, error, output) = seen.first().expect("one");
            assert_eq!(*status, 1);
            assert!(error.starts_with("wsse: refused: FailedCheck: "), "{error}");
            assert!(output.contains("\"cause\": \"decryption-failed\""), "{output}");
            assert!(output.contains("\"position\": null"), "{output}");
        }
    }
}

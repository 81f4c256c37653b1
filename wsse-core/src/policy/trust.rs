//! Whose signatures count.

use super::document::{Table, write_choice, write_string};
use crate::crypto::{Legacy, LegacySet};
use crate::error::Error;
use crate::trust::{KeyPurpose, Pattern, Revocation, TrustRules};

/// Whom to believe, by the names under which certificates are given beside the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrustPolicy {
    /// The names of the pinned certificates and keys, at least one. Default: `default`.
    pub certificates: Vec<String>,
    /// The name of the anchors. Default: `default`.
    pub anchors: String,
    /// What is demanded of a certificate beside that. Default: that it is valid now.
    pub rules: TrustRules,
    /// Whether KeyInfo says which key a Signature is checked with. Default: it does.
    pub key_info: KeyInfoUse,
}

/// Whether KeyInfo says which key a Signature is checked with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyInfoUse {
    /// It selects the key, and what is trusted decides whether that one is believed.
    #[default]
    Select,
    /// It is not looked at: every Signature is checked with the one key or certificate that is
    /// pinned, whatever the sender says of it.
    Ignore,
}

/// A kind of signer whose signatures count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signer {
    /// Who is pinned, has a certificate with a path to an anchor, or the shared secret that was
    /// given.
    Trusted,
    /// As well: an HMAC under an EncryptedKey that was encrypted for us, or under a key that is derived
    /// from it. Anybody can make one: it says that nobody else changed what was sent to us.
    Symmetric,
    /// As well: an HMAC under a key that is derived from the password of the user whom the
    /// UsernameToken names.
    Username,
    /// No more than every kind: a reply under the key that its request brought for the other side, who
    /// is alone in having it. Where it is named nothing else need be given, as that key comes with
    /// each exchange.
    Request,
    /// Anybody, also under a key that stands in the message alone and authenticates nobody.
    Any,
}

/// What a fault is worth that is unsigned where a signature is required, or in plaintext where encryption
/// is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnsignedFault {
    /// It is refused as any other unsigned message.
    #[default]
    Refuse,
    /// It is accepted, also without the Timestamp that is required; its content is reached as unsigned.
    Accept,
}

const KEY_INFO_USES: [(&str, KeyInfoUse); 2] =
    [("select", KeyInfoUse::Select), ("ignore", KeyInfoUse::Ignore)];
const REVOCATIONS: [(&str, Revocation); 3] =
    [("off", Revocation::Off), ("soft", Revocation::Soft), ("required", Revocation::Required)];
const SIGNERS: [(&str, Signer); 5] = [
    ("trusted", Signer::Trusted),
    ("symmetric", Signer::Symmetric),
    ("username", Signer::Username),
    ("request", Signer::Request),
    ("any", Signer::Any),
];
const UNSIGNED: [(&str, UnsignedFault); 2] =
    [("refuse", UnsignedFault::Refuse), ("accept", UnsignedFault::Accept)];

impl Default for TrustPolicy {
    fn default() -> Self {
        Self {
            certificates: vec!["default".to_owned()],
            anchors: "default".to_owned(),
            rules: TrustRules::default(),
            key_info: KeyInfoUse::Select,
        }
    }
}

impl TrustPolicy {
    pub(super) fn read(table: Option<Table<'_>>) -> Result<Self, Error> {
        let mut policy = Self::default();
        let Some(table) = table else { return Ok(policy) };
        table.check_keys(
            &[
                "certificates",
                "anchors",
                "validity",
                "subjects",
                "issuers",
                "key-info",
                "extended-key-usage",
                "revocation",
            ],
            &[],
        )?;
        if let Some(key_info) = table.choice("key-info", &KEY_INFO_USES)? {
            policy.key_info = key_info;
        }
        if let Some(names) = table.one_or_more("certificates")? {
            policy.certificates = names.into_iter().map(str::to_owned).collect();
        }
        if let Some(name) = table.string("anchors")? {
            policy.anchors = name.to_owned();
        }
        if let Some(validity) = table.boolean("validity")? {
            policy.rules.validity = validity;
        }
        for (key, field) in
            [("subjects", &mut policy.rules.subjects), ("issuers", &mut policy.rules.issuers)]
        {
            if let Some(patterns) = table.strings(key)? {
                *field = patterns.into_iter().map(Pattern::new).collect();
            }
        }
        for purpose in table.strings("extended-key-usage")?.unwrap_or_default() {
            let purpose = KeyPurpose::parse(purpose).ok_or_else(|| {
                let names: Vec<_> = KeyPurpose::names().collect();
                let reason = format!(
                    "{purpose:?} is no purpose: neither an object identifier in dotted decimals nor \
                     one of {}",
                    names.join(", ")
                );
                table.error("extended-key-usage", reason)
            })?;
            policy.rules.extended_key_usage.push(purpose);
        }
        if let Some(revocation) = table.choice("revocation", &REVOCATIONS)? {
            policy.rules.revocation = revocation;
        }
        Ok(policy)
    }

    pub(super) fn write(&self) -> String {
        let patterns = |patterns: &[Pattern]| {
            let texts: Vec<String> =
                patterns.iter().map(|pattern| write_string(pattern.text())).collect();
            format!("[{}]", texts.join(", "))
        };
        let purposes: Vec<String> = self
            .rules
            .extended_key_usage
            .iter()
            .map(|purpose| write_string(purpose.text()))
            .collect();
        format!(
            "{{ certificates = {}, anchors = {}, validity = {}, subjects = {}, issuers = {}, \
             key-info = {}, extended-key-usage = [{}], revocation = {} }}",
            match self.certificates.as_slice() {
                [one] => write_string(one),
                several => {
                    let names: Vec<String> =
                        several.iter().map(|name| write_string(name)).collect();
                    format!("[{}]", names.join(", "))
                }
            },
            write_string(&self.anchors),
            self.rules.validity,
            patterns(&self.rules.subjects),
            patterns(&self.rules.issuers),
            write_choice(self.key_info, &KEY_INFO_USES),
            purposes.join(", "),
            write_choice(self.rules.revocation, &REVOCATIONS),
        )
    }
}

/// One word, or a list of them.
pub(super) fn read_signer(table: &Table<'_>) -> Result<Vec<Signer>, Error> {
    if !table.is_array("signer") {
        return Ok(vec![table.choice("signer", &SIGNERS)?.unwrap_or(Signer::Trusted)]);
    }
    let signers = table.choices("signer", &SIGNERS)?.unwrap_or_default();
    if signers.is_empty() {
        let reason = "`require.signer` names nobody; leave it out, or name one kind of signer";
        return Err(table.error("signer", reason.to_owned()));
    }
    Ok(signers)
}

pub(super) fn write_signer(signers: &[Signer]) -> String {
    let words: Vec<String> = signers.iter().map(|one| write_choice(*one, &SIGNERS)).collect();
    match words.as_slice() {
        [only] => only.clone(),
        all => format!("[{}]", all.join(", ")),
    }
}

pub(super) fn read_unsigned_fault(table: Option<Table<'_>>) -> Result<UnsignedFault, Error> {
    let Some(table) = table else { return Ok(UnsignedFault::Refuse) };
    table.check_keys(&["unsigned"], &[])?;
    Ok(table.choice("unsigned", &UNSIGNED)?.unwrap_or_default())
}

pub(super) fn write_unsigned_fault(fault: UnsignedFault) -> String {
    write_choice(fault, &UNSIGNED)
}

pub(super) fn read_legacy(table: Option<Table<'_>>) -> Result<LegacySet, Error> {
    let Some(table) = table else { return Ok(LegacySet::NONE) };
    table.check_keys(&["allow"], &[])?;
    let names = Legacy::ALL.map(|legacy| (legacy.name(), legacy));
    Ok(table.choices("allow", &names)?.unwrap_or_default().into_iter().collect())
}

pub(super) fn write_legacy(legacy: LegacySet) -> String {
    let names: Vec<String> = legacy.iter().map(|legacy| write_string(legacy.name())).collect();
    format!("{{ allow = [{}] }}", names.join(", "))
}

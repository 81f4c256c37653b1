//! Encrypting and decrypting data, piece by piece, by OpenSSL.
//!
//! What goes in and comes out on the encrypted side is the content of a CipherValue: initialization
//! vector, ciphertext, authentication tag (XML Encryption 1.1, section 5.2).

use super::block_encryption::BlockEncryption;
use super::random::SecureRandom;
use super::secret::Secret;
use crate::error::{Cause, Error};
use core::fmt;
use openssl::cipher::{Cipher, CipherRef};
use openssl::cipher_ctx::CipherCtx;
use openssl::error::ErrorStack;
use std::sync::LazyLock;
use subtle::{ConditionallySelectable, ConstantTimeEq, ConstantTimeLess};
use zeroize::Zeroize;

/// Encrypts any number of contents under one key, one after the other.
pub struct BlockEncryptor {
    method: BlockEncryption,
    context: CipherCtx,
}

/// Decrypts any number of contents under one key, one after the other.
pub struct BlockDecryptor {
    method: BlockEncryption,
    context: CipherCtx,
    /// The initialization vector, as far as it came.
    iv: Held,
    /// The last octets that came: they may be the tag.
    tag: Held,
    failed: bool,
}

/// A few octets that are waited for.
#[derive(Default)]
struct Held {
    octets: [u8; MOST_HELD],
    length: usize,
}

const MOST_HELD: usize = 16;
/// Octets that OpenSSL is given at once, at most: it counts in `int`.
const MOST_AT_ONCE: usize = 1 << 20;

/// What every failure of a decryption is, whatever it was: a wrong key, a key that does not unwrap,
/// a padding, a tag or a length that is wrong, plaintext that is not what its place demands. Whoever
/// could tell these apart could have us decrypt for him, octet by octet.
#[must_use]
pub fn decryption_failed() -> Error {
    Error::new(
        Cause::DecryptionFailed,
        "what is encrypted does not decrypt to what belongs in its place: it was encrypted for \
         another key, or changed on the way",
    )
}

impl BlockEncryptor {
    /// Begins with a key.
    ///
    /// # Errors
    /// [`Cause::KeyType`] where the key has another length than the method needs;
    /// [`Cause::UnsupportedAlgorithm`] where OpenSSL refuses the method.
    pub fn new(method: BlockEncryption, key: &Secret) -> Result<Self, Error> {
        check_key(method, key)?;
        let begin = || -> Result<CipherCtx, ErrorStack> {
            let mut context = CipherCtx::new()?;
            context.encrypt_init(Some(cipher(method)), Some(key.octets()), None)?;
            Ok(context)
        };
        Ok(Self { method, context: begin().map_err(|_| refused(method))? })
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> BlockEncryption {
        self.method
    }

    /// Begins a content: a new initialization vector goes to `out`.
    ///
    /// # Errors
    /// [`Cause::RandomUnavailable`].
    pub fn begin(&mut self, random: &dyn SecureRandom, out: &mut Vec<u8>) -> Result<(), Error> {
        let mut octets = [0; MOST_HELD];
        let iv = octets.get_mut(..self.method.iv_length()).unwrap_or_default();
        random.fill(iv)?;
        self.context.encrypt_init(None, None, Some(iv)).map_err(|_| refused(self.method))?;
        out.extend_from_slice(iv);
        Ok(())
    }

    /// Appends the ciphertext of the next octets, as far as it is known.
    ///
    /// # Errors
    /// [`Cause::UnsupportedAlgorithm`] where OpenSSL refuses.
    pub fn update(&mut self, plaintext: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        update(&mut self.context, plaintext, out).map_err(|_| refused(self.method))
    }

    /// Appends what is still owed: the padded last block (section 5.2.1), or the tag.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        let mut end = || -> Result<(), ErrorStack> {
            let mut last = [0; 2 * MOST_HELD];
            let length = self.context.cipher_final(&mut last)?;
            out.extend_from_slice(last.get(..length).unwrap_or_default());
            let mut tag = [0; MOST_HELD];
            if let Some(tag) = tag.get_mut(..self.method.tag_length())
                && !tag.is_empty()
            {
                self.context.tag(tag)?;
                out.extend_from_slice(tag);
            }
            Ok(())
        };
        end().map_err(|_| refused(self.method))
    }
}

impl BlockDecryptor {
    /// Begins with a key.
    ///
    /// # Errors
    /// As [`BlockEncryptor::new`].
    pub fn new(method: BlockEncryption, key: &Secret) -> Result<Self, Error> {
        check_key(method, key)?;
        let begin = || -> Result<CipherCtx, ErrorStack> {
            let mut context = CipherCtx::new()?;
            context.decrypt_init(Some(cipher(method)), Some(key.octets()), None)?;
            // OpenSSL's check of the padding is another standard's, and takes its own time.
            context.set_padding(false);
            Ok(context)
        };
        let context = begin().map_err(|_| refused(method))?;
        Ok(Self { method, context, iv: Held::default(), tag: Held::default(), failed: false })
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> BlockEncryption {
        self.method
    }

    /// Takes the next octets of a content, and appends plaintext that **nothing vouches for** until
    /// [`Self::finish`] said so. What is wrong is told there, too.
    pub fn update(&mut self, octets: &[u8], out: &mut Vec<u8>) {
        let wanted = self.method.iv_length();
        let rest = if self.iv.length < wanted {
            let rest = self.iv.take(octets, wanted);
            if self.iv.length < wanted {
                return;
            }
            self.failed |= self.context.decrypt_init(None, None, Some(self.iv.octets())).is_err();
            rest
        } else {
            octets
        };
        if self.failed {
            return;
        }
        let hold = self.method.tag_length();
        let result = if hold == 0 {
            update(&mut self.context, rest, out)
        } else {
            self.update_before_tag(rest, hold, out)
        };
        self.failed |= result.is_err();
    }

    /// Decrypts all but the last `hold` octets that came.
    fn update_before_tag(
        &mut self,
        octets: &[u8],
        hold: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), ErrorStack> {
        let free = (self.tag.length + octets.len()).saturating_sub(hold);
        let from_held = free.min(self.tag.length);
        let (given, kept) = octets.split_at_checked(free - from_held).unwrap_or((octets, &[]));
        update(&mut self.context, self.tag.octets().get(..from_held).unwrap_or_default(), out)?;
        update(&mut self.context, given, out)?;
        self.tag.drop_first(from_held);
        self.tag.take(kept, hold);
        Ok(())
    }

    /// Ends a content whose plaintext begins at `start` of `out`: what was appended is complete and,
    /// with an authenticated method, was made with the key. The next content may begin.
    ///
    /// # Errors
    /// [`Cause::DecryptionFailed`]; then the plaintext is overwritten and taken away.
    pub fn finish(&mut self, out: &mut Vec<u8>, start: usize) -> Result<(), Error> {
        let held = if self.failed || self.iv.length < self.method.iv_length() {
            false
        } else if self.method.is_authenticated() {
            self.finish_authenticated()
        } else {
            self.finish_padded(out, start)
        };
        self.iv = Held::default();
        self.tag = Held::default();
        self.failed = false;
        if held {
            return Ok(());
        }
        out.get_mut(start..).unwrap_or_default().zeroize();
        out.truncate(start);
        Err(decryption_failed())
    }

    fn finish_authenticated(&mut self) -> bool {
        // A tag that was cut short is none (SP 800-38D, section 5.2.1.2).
        if self.tag.length != self.method.tag_length() {
            return false;
        }
        let mut end = || -> Result<usize, ErrorStack> {
            self.context.set_tag(self.tag.octets())?;
            self.context.cipher_final(&mut [0; MOST_HELD])
        };
        end().is_ok()
    }

    /// Takes the padding away. Only its last octet means anything (section 5.2.1): its length.
    fn finish_padded(&mut self, out: &mut Vec<u8>, start: usize) -> bool {
        let complete = self.context.cipher_final(&mut [0; 2 * MOST_HELD]).is_ok();
        let length = out.len().saturating_sub(start);
        let block = self.method.block_length();
        if !complete || length < block || !length.is_multiple_of(block) {
            return false;
        }
        let padding = out.last().copied().unwrap_or(0);
        let most = u8::try_from(block).unwrap_or(0) + 1;
        let holds = !padding.ct_eq(&0) & padding.ct_lt(&most);
        let taken = u8::conditional_select(&0, &padding, holds);
        out.truncate(out.len() - usize::from(taken));
        holds.into()
    }
}

impl Held {
    fn octets(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or_default()
    }

    /// Takes octets up to `most`, and returns the others.
    fn take<'o>(&mut self, octets: &'o [u8], most: usize) -> &'o [u8] {
        let room = most.saturating_sub(self.length);
        let (taken, rest) = octets.split_at_checked(room).unwrap_or((octets, &[]));
        let end = self.length + taken.len();
        if let Some(place) = self.octets.get_mut(self.length..end) {
            place.copy_from_slice(taken);
            self.length = end;
        }
        rest
    }

    fn drop_first(&mut self, count: usize) {
        self.octets.copy_within(count.min(self.length)..self.length, 0);
        self.length = self.length.saturating_sub(count);
    }
}

impl fmt::Debug for BlockEncryptor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BlockEncryptor")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for BlockDecryptor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BlockDecryptor")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

fn update(context: &mut CipherCtx, input: &[u8], out: &mut Vec<u8>) -> Result<(), ErrorStack> {
    for piece in input.chunks(MOST_AT_ONCE) {
        let start = out.len();
        out.resize(start + piece.len() + MOST_HELD, 0);
        let room = out.get_mut(start..).unwrap_or_default();
        let written = context.cipher_update(piece, Some(room));
        out.truncate(start + *written.as_ref().unwrap_or(&0));
        written?;
    }
    Ok(())
}

fn check_key(method: BlockEncryption, key: &Secret) -> Result<(), Error> {
    let octets = key.octets().len();
    if octets == method.key_length() {
        return Ok(());
    }
    let reason = format!(
        "the key has {octets} octets, and {} works with {}",
        method.name(),
        method.key_length()
    );
    Err(Error::new(Cause::KeyType, reason))
}

fn refused(method: BlockEncryption) -> Error {
    let reason = format!("OpenSSL does not compute {}", method.name());
    Error::new(Cause::UnsupportedAlgorithm, reason)
}

/// The algorithm as OpenSSL knows it, fetched once.
fn cipher(method: BlockEncryption) -> &'static CipherRef {
    macro_rules! fetched {
        ($method:ident, $otherwise:expr) => {{
            static FETCHED: LazyLock<Option<Cipher>> = LazyLock::new(|| {
                Cipher::fetch(None, BlockEncryption::$method.openssl(), None).ok()
            });
            match &*FETCHED {
                Some(fetched) => fetched,
                None => $otherwise,
            }
        }};
    }
    match method {
        BlockEncryption::Aes128Gcm => fetched!(Aes128Gcm, Cipher::aes_128_gcm()),
        BlockEncryption::Aes192Gcm => fetched!(Aes192Gcm, Cipher::aes_192_gcm()),
        BlockEncryption::Aes256Gcm => fetched!(Aes256Gcm, Cipher::aes_256_gcm()),
        BlockEncryption::Aes128Cbc => fetched!(Aes128Cbc, Cipher::aes_128_cbc()),
        BlockEncryption::Aes192Cbc => fetched!(Aes192Cbc, Cipher::aes_192_cbc()),
        BlockEncryption::Aes256Cbc => fetched!(Aes256Cbc, Cipher::aes_256_cbc()),
        BlockEncryption::TripleDesCbc => fetched!(TripleDesCbc, Cipher::des_ede3_cbc()),
    }
}

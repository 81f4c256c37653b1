//! Messages that are read from streams, and where their content goes.

use crate::boundary::{result, value};
use crate::call::{Call, wsse_call};
use crate::callback::{
    WSSE_CALLBACK_YES, wsse_abort_callback, wsse_commit_callback, wsse_read_callback,
    wsse_rewind_callback, wsse_write_callback,
};
use crate::error::{wsse_error, wsse_result};
use crate::exchange::wsse_exchange;
use crate::ffi::{into_box, misuse, optional, optional_output, output, required};
use crate::inbound::{optional_charset, wsse_inbound};
use crate::outbound::wsse_outbound;
use crate::validated::wsse_validated_message;
use core::ffi::{c_char, c_void};
use std::io::{self, Read, Seek, SeekFrom};
use wsse_core::{Error, ProtectOptions, Spool, StreamOptions};

/// As wsse_inbound_validate(), of a message that is read once, in memory that does not depend on its
/// size: everything before its Body is held, within limits.header of the policy, and limits.message may
/// be as high as one likes.
///
/// `read` yields the message; `read_userdata` goes to every call of it and may be NULL. The content goes
/// to `write`, while the message is read and before it is known whether it is accepted: what
/// wsse_validated_message_document() would be, or wsse_validated_message_unsigned_document(), as
/// wsse_validated_message_spooled() says. After any number of calls of `write` comes exactly one of
/// `commit`, where the message is accepted, and `abort`, where this fails: until then nobody may use
/// what was written. `spool_userdata` goes to every call of the three and may be NULL. `exchange` is as
/// in wsse_inbound_validate_reply(); NULL for a message that is no reply. `charset` is as in
/// wsse_inbound_validate(). The caller owns `validated_out` and must eventually call
/// wsse_validated_message_free(); no pointer to the arguments is retained.
///
/// A message that is encrypted, or in UTF-16 or ISO-8859-1, is held as a whole, within limits.message.
///
/// Errors: as wsse_inbound_validate(); WSSE_RESULT_IO where `read`, `write` or `commit` fails;
/// WSSE_RESULT_MISUSE where one of the pointers is NULL for which that is not said to be fine: then
/// nothing is called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_inbound_validate_stream(
    inbound: *const wsse_inbound,
    exchange: *const wsse_exchange,
    read: wsse_read_callback,
    read_userdata: *mut c_void,
    charset: *const c_char,
    charset_len: usize,
    write: wsse_write_callback,
    commit: wsse_commit_callback,
    abort: wsse_abort_callback,
    spool_userdata: *mut c_void,
    validated_out: *mut *mut wsse_validated_message,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(validated_out, "validated_out") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let inbound = unsafe { required(inbound, "inbound") }?;
        let read = read.ok_or_else(|| misuse("read is NULL"))?;
        let mut spool = CallbackSpool::new(write, commit, abort, spool_userdata)?;
        let mut options = StreamOptions::default();
        // SAFETY: NULL or a live handle, by the contract.
        options.exchange = unsafe { optional(exchange) };
        // SAFETY: NULL or so many octets, by the contract.
        options.charset = unsafe { optional_charset(charset, charset_len) }?;
        let reader = CallbackReader { read, rewind: None, userdata: read_userdata };
        let validated = inbound.validate_reader_traced(reader, &options, &mut spool, &mut ())?;
        out.write(into_box(validated));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// As wsse_outbound_protect(), of a message that is read from a stream, twice, in memory that does not
/// depend on its size.
///
/// `read` yields the message, and `rewind` goes back to where it begins; `read_userdata` goes to every
/// call of the two and may be NULL. The protected message goes to `write`, and then comes exactly one of
/// `commit` and `abort`, as in wsse_inbound_validate_stream(): nothing is committed where anything goes
/// wrong, also where the message changed while it was read. `spool_userdata` goes to every call of the
/// three and may be NULL. `exchange` is that of the request that the message answers, as in
/// wsse_outbound_protect_reply(); NULL where it answers none. `to_unverified` says that it answers a
/// request that was refused, or not validated: a policy that confirms signatures then confirms none.
/// `call` is as in wsse_outbound_protect(). The caller owns `exchange_out`, what the reply must answer,
/// and must eventually call wsse_exchange_free(); no pointer to the arguments is retained.
///
/// A message in UTF-16 or ISO-8859-1, and one that is encrypted, is held as a whole, within
/// limits.message of the policy.
///
/// Errors: as wsse_outbound_protect(); WSSE_RESULT_IO where `read`, `rewind`, `write` or `commit` fails,
/// and where the message changed; WSSE_RESULT_MISUSE where one of the pointers is NULL for which that is
/// not said to be fine: then nothing is called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_outbound_protect_stream(
    outbound: *const wsse_outbound,
    exchange: *const wsse_exchange,
    to_unverified: bool,
    read: wsse_read_callback,
    rewind: wsse_rewind_callback,
    read_userdata: *mut c_void,
    call: *const wsse_call,
    write: wsse_write_callback,
    commit: wsse_commit_callback,
    abort: wsse_abort_callback,
    spool_userdata: *mut c_void,
    exchange_out: *mut *mut wsse_exchange,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(exchange_out, "exchange_out") }?;
        // SAFETY: NULL or a live handle, by the contract.
        let outbound = unsafe { required(outbound, "outbound") }?;
        let read = read.ok_or_else(|| misuse("read is NULL"))?;
        let rewind = Some(rewind.ok_or_else(|| misuse("rewind is NULL"))?);
        let mut spool = CallbackSpool::new(write, commit, abort, spool_userdata)?;
        let nothing_special = Call::default();
        // SAFETY: NULL or a live handle, by the contract.
        let call = unsafe { optional(call) }.unwrap_or(&nothing_special);
        let call = call.as_core(outbound.username.as_deref());
        let mut options = ProtectOptions::default();
        // SAFETY: NULL or a live handle, by the contract.
        options.exchange = unsafe { optional(exchange) };
        options.to_unverified = to_unverified;
        let reader = CallbackReader { read, rewind, userdata: read_userdata };
        let made = outbound.outbound.protect_reader_with(reader, &call, &options, &mut spool)?;
        out.write(into_box(made));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// What was committed by wsse_inbound_validate_stream(): whether it is what the required signatures
/// cover (else no signature protects it), its octets, and where the Body begins and ends in it. Each of
/// the four may be NULL. False, and nothing is written, for a message of another function, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_validated_message_spooled(
    message: *const wsse_validated_message,
    signed_out: *mut bool,
    length_out: *mut u64,
    body_start_out: *mut u64,
    body_end_out: *mut u64,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        let spooled = unsafe { optional(message) }?.spooled()?;
        // SAFETY: NULL or room, by the contract.
        if let Some(out) = unsafe { optional_output(signed_out) } {
            out.write(spooled.signed);
        }
        let numbers = [spooled.length, spooled.body.start, spooled.body.end];
        for (out, number) in [length_out, body_start_out, body_end_out].into_iter().zip(numbers) {
            // SAFETY: as above.
            if let Some(out) = unsafe { optional_output(out) } {
                out.write(number);
            }
        }
        Some(true)
    })
}

/// A stream behind functions of the caller's.
struct CallbackReader {
    read: unsafe extern "C" fn(*mut c_void, *mut u8, usize, *mut usize) -> i32,
    rewind: Option<unsafe extern "C" fn(*mut c_void) -> i32>,
    userdata: *mut c_void,
}

impl Read for CallbackReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        let mut count = 0;
        // SAFETY: the caller's function with the caller's data; both rooms live during the call.
        let answer =
            unsafe { (self.read)(self.userdata, into.as_mut_ptr(), into.len(), &raw mut count) };
        match answer {
            WSSE_CALLBACK_YES if count <= into.len() => Ok(count),
            WSSE_CALLBACK_YES => Err(io::Error::other(format!(
                "the read callback says that it read {count} octets, but there was room for {}",
                into.len()
            ))),
            number => Err(failed("read", number)),
        }
    }
}

impl Seek for CallbackReader {
    /// Its beginning is wherever it stands at first.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let rewind = self.rewind.ok_or(io::ErrorKind::Unsupported)?;
        match to {
            SeekFrom::Current(0) => Ok(0),
            // SAFETY: the caller's function with the caller's data.
            SeekFrom::Start(0) => match unsafe { rewind(self.userdata) } {
                WSSE_CALLBACK_YES => Ok(0),
                number => Err(failed("rewind", number)),
            },
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

/// A spool behind functions of the caller's.
struct CallbackSpool {
    write: unsafe extern "C" fn(*mut c_void, *const u8, usize) -> i32,
    commit: unsafe extern "C" fn(*mut c_void) -> i32,
    abort: unsafe extern "C" fn(*mut c_void),
    userdata: *mut c_void,
}

impl CallbackSpool {
    fn new(
        write: wsse_write_callback,
        commit: wsse_commit_callback,
        abort: wsse_abort_callback,
        userdata: *mut c_void,
    ) -> Result<Self, Error> {
        Ok(Self {
            write: write.ok_or_else(|| misuse("write is NULL"))?,
            commit: commit.ok_or_else(|| misuse("commit is NULL"))?,
            abort: abort.ok_or_else(|| misuse("abort is NULL"))?,
            userdata,
        })
    }
}

impl Spool for CallbackSpool {
    fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        // SAFETY: the caller's function with the caller's data; the octets live during the call.
        match unsafe { (self.write)(self.userdata, octets.as_ptr(), octets.len()) } {
            WSSE_CALLBACK_YES => Ok(()),
            number => Err(failed("write", number)),
        }
    }

    fn commit(&mut self) -> io::Result<()> {
        // SAFETY: the caller's function with the caller's data.
        match unsafe { (self.commit)(self.userdata) } {
            WSSE_CALLBACK_YES => Ok(()),
            number => Err(failed("commit", number)),
        }
    }

    fn abort(&mut self) {
        // SAFETY: the caller's function with the caller's data.
        unsafe { (self.abort)(self.userdata) };
    }
}

fn failed(what: &str, number: i32) -> io::Error {
    io::Error::other(format!("the {what} callback failed with {number}"))
}

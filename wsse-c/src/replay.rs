//! Memory of what was accepted.

use crate::boundary::{nothing, result, value};
use crate::callback::{Userdata, answer, wsse_replay_insert_callback, wsse_userdata_free_callback};
use crate::error::{wsse_error, wsse_result};
use crate::ffi::{free_arc, handle, into_arc, misuse, optional, output};
use crate::time::wsse_time;
use core::ffi::c_void;
use std::sync::Arc;
use wsse_core::replay::{MemoryReplayStore, ReplayKey, ReplayStore};
use wsse_core::time::UnixTime;
use wsse_core::{Cause, Error};

/// Memory of the messages and headers that were accepted, so that none passes twice.
///
/// Functions that take a store hold a reference of their own, so several inbounds and header
/// checks can share it, and the caller may free its reference at any time. Any number of threads
/// may use it.
///
/// Methods: wsse_replay_store_new_memory, wsse_replay_store_new_callback, wsse_replay_store_len,
/// wsse_replay_store_is_forked, wsse_replay_store_free.
pub struct wsse_replay_store {
    _private: [u8; 0],
}

/// What a [`wsse_replay_store`] points to.
pub(crate) enum Store {
    /// The embedded store.
    Memory(Box<MemoryReplayStore>),
    /// The caller's own.
    Callback(CallbackStore),
}

/// A store behind a function of the caller's.
pub(crate) struct CallbackStore {
    function: unsafe extern "C" fn(*mut c_void, *const u8, usize, wsse_time, wsse_time) -> i32,
    userdata: Userdata,
}

handle!(wsse_replay_store, Store, OwnershipArc);

/// Makes a store in the memory of this process. The caller owns a reference and must eventually
/// call wsse_replay_store_free().
///
/// `capacity` is the number of unexpired entries that it holds before it refuses messages with
/// WSSE_RESULT_UNAVAILABLE, rather than forget; 0 means 1000000, about 100 MB when full. Each
/// process has its own memory: behind several worker processes a captured message can pass once in
/// each, so make it after a fork, or use a store that the processes share.
///
/// Errors: WSSE_RESULT_MISUSE for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_replay_store_new_memory(
    capacity: usize,
    replay_store_out: *mut *mut wsse_replay_store,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(replay_store_out, "replay_store_out") }?;
        let store = match capacity {
            0 => MemoryReplayStore::new(),
            capacity => MemoryReplayStore::with_capacity(capacity),
        };
        out.write(into_arc(Arc::new(Store::Memory(Box::new(store)))));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// Makes a store of a callback: a database, a memory that processes share. The caller owns a
/// reference and must eventually call wsse_replay_store_free().
///
/// `userdata` goes to every call and may be NULL; `userdata_free` is called when no object uses
/// the callback any more, and may be NULL. On failure the caller keeps `userdata`.
///
/// Errors: WSSE_RESULT_MISUSE where `insert_if_absent` or `replay_store_out` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_replay_store_new_callback(
    insert_if_absent: wsse_replay_insert_callback,
    userdata: *mut c_void,
    userdata_free: wsse_userdata_free_callback,
    replay_store_out: *mut *mut wsse_replay_store,
    error_out: *mut *mut wsse_error,
) -> wsse_result {
    let body = || {
        // SAFETY: NULL or room for a pointer, by the contract.
        let out = unsafe { output(replay_store_out, "replay_store_out") }?;
        let function = insert_if_absent.ok_or_else(|| misuse("insert_if_absent is NULL"))?;
        let userdata = Userdata::new(userdata, userdata_free);
        out.write(into_arc(Arc::new(Store::Callback(CallbackStore { function, userdata }))));
        Ok(())
    };
    // SAFETY: NULL or room for a pointer, by the contract.
    unsafe { result(error_out, body) }
}

/// The number of entries of a store in memory, expired ones that were not yet cleaned up included.
/// 0 for a store of a callback, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_replay_store_len(replay_store: *const wsse_replay_store) -> usize {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        match unsafe { optional(replay_store) }? {
            Store::Memory(store) => Some(store.len()),
            Store::Callback(_) => None,
        }
    })
}

/// Whether a store in memory was used in another process than the one that made it: each process
/// then remembers on its own, and a captured message can pass once in every one of them. False for
/// a store of a callback, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_replay_store_is_forked(
    replay_store: *const wsse_replay_store,
) -> bool {
    value(|| {
        // SAFETY: NULL or a live handle, by the contract.
        match unsafe { optional(replay_store) }? {
            Store::Memory(store) => Some(store.forked()),
            Store::Callback(_) => None,
        }
    })
}

/// Frees the caller's reference; the store itself goes with the last one. NULL is fine. Must not
/// be called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_replay_store_free(replay_store: *mut wsse_replay_store) {
    // SAFETY: NULL or a reference that the caller gives up, by the contract.
    nothing(|| unsafe { free_arc(replay_store) });
}

impl ReplayStore for Store {
    fn insert_if_absent(
        &self,
        key: &ReplayKey,
        expires: UnixTime,
        now: UnixTime,
    ) -> Result<bool, Error> {
        match self {
            Self::Memory(store) => store.insert_if_absent(key, expires, now),
            Self::Callback(CallbackStore { function, userdata }) => {
                let octets = key.octets();
                // SAFETY: the caller's function with the caller's data; the key lives during the
                // call.
                let number = unsafe {
                    function(
                        userdata.pointer(),
                        octets.as_ptr(),
                        octets.len(),
                        expires.into(),
                        now.into(),
                    )
                };
                answer(number, "the replay store callback", Cause::ReplayStoreUnavailable)
            }
        }
    }
}

//! What ties a reply to its request.

use crate::boundary::nothing;
use crate::ffi::{free_box, handle};
use wsse_core::exchange::Exchange;

/// What ties a reply to its request. A client takes it from wsse_protected_exchange() and gives it
/// to wsse_inbound_validate_reply(); a server takes it from wsse_validated_message_exchange() and
/// gives it to wsse_outbound_protect_reply(). Immutable; any number of threads may read it.
///
/// Methods: wsse_exchange_free.
pub struct wsse_exchange {
    _private: [u8; 0],
}

handle!(wsse_exchange, Exchange, OwnershipBox);

/// Frees an exchange. NULL is fine. Must not be called twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsse_exchange_free(exchange: *mut wsse_exchange) {
    // SAFETY: NULL or a handle that the caller gives up, by the contract.
    nothing(|| unsafe { free_box(exchange) });
}

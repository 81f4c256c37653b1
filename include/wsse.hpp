// wsse: WS-Security UsernameToken and Timestamp, and the HTTP X-WSSE header, for C++17.
//
// A thin layer over wsse.h; that and the folder wsse/ must lie beside it. It holds no code of its
// own that decides anything: what a function checks and refuses is said in wsse.h, at the function
// of the same name.
//
// Failures.   Every failure is an exception, wsse::error or a class under it, one for each
//             category. what() is for the operator's log; fault() is what the peer may be told.
// Objects.    They own their handle, can be moved and not copied. An object that was moved from
//             can be destroyed and assigned to; another call on it throws wsse::misuse or finds
//             nothing there.
// Text.       std::string_view, in UTF-8; octets are a wsse::octets. They are copied where they
//             are kept. What comes back is a std::string, but for whole messages: those are views
//             into their object, valid until it is destroyed, and a std::string where the object
//             is a temporary. What an error returns is valid as long as the error or a copy.
// Threads.    As in wsse.h: credentials, environment, dialect, header_options, authorization and
//             call must not be changed by one thread while another uses them; any number of
//             threads may use everything else.
// Callbacks.  They are std::function objects, kept for as long as an object needs them. They are
//             called by every thread that calls the library, by several at once. One that throws
//             makes the call that asked fail with wsse::unavailable, in which its exception is
//             nested (std::rethrow_if_nested).

#ifndef WSSE_HPP
#define WSSE_HPP

#include "wsse/credentials.hpp"
#include "wsse/detail.hpp"
#include "wsse/error.hpp"
#include "wsse/http.hpp"
#include "wsse/message.hpp"
#include "wsse/remote.hpp"
#include "wsse/stream.hpp"
#include "wsse/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wsse {

/// The text of a PasswordDigest: base64(SHA-1(nonce + created + secret)). `secret` says what is
/// done to the password before; see wsse_password_digest().
inline std::string password_digest(octets password, std::optional<octets> nonce,
                                   std::optional<std::string_view> created,
                                   std::string_view secret = "plain") {
    return detail::make_text([&](wsse_string** out, wsse_error** error) {
        return wsse_password_digest(password.data(), password.size(), detail::data(nonce),
                                    detail::size(nonce), detail::data(created),
                                    detail::size(created), detail::data(secret), secret.size(), out,
                                    error);
    });
}

/// The version of the library at run time, such as "0.1.0".
inline std::string_view version() noexcept { return wsse_version(); }

/// The same as one number, to be compared with WSSE_VERSION_NUMBER, the header's.
inline std::uint32_t version_number() noexcept { return wsse_version_number(); }

} // namespace wsse

#endif // WSSE_HPP

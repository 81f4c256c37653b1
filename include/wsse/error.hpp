// Failures. Include wsse.hpp.

#ifndef WSSE_ERROR_HPP
#define WSSE_ERROR_HPP

#include "../wsse.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace wsse {

/// What a failure is about, the same words in every language; see docs/errors.md. New ones may
/// come.
enum class category : std::uint32_t {
    InvalidSecurity = WSSE_RESULT_INVALID_SECURITY,
    FailedCheck = WSSE_RESULT_FAILED_CHECK,
    FailedAuthentication = WSSE_RESULT_FAILED_AUTHENTICATION,
    SecurityTokenUnavailable = WSSE_RESULT_SECURITY_TOKEN_UNAVAILABLE,
    UnsupportedSecurityToken = WSSE_RESULT_UNSUPPORTED_SECURITY_TOKEN,
    UnsupportedAlgorithm = WSSE_RESULT_UNSUPPORTED_ALGORITHM,
    InvalidSecurityToken = WSSE_RESULT_INVALID_SECURITY_TOKEN,
    MessageExpired = WSSE_RESULT_MESSAGE_EXPIRED,
    Malformed = WSSE_RESULT_MALFORMED,
    LimitExceeded = WSSE_RESULT_LIMIT_EXCEEDED,
    Misuse = WSSE_RESULT_MISUSE,
    Unavailable = WSSE_RESULT_UNAVAILABLE,
    Io = WSSE_RESULT_IO,
    Panic = WSSE_RESULT_PANIC,
};

/// The name of a category: "InvalidSecurity"; empty for a number that is none.
inline std::string_view name(category which) noexcept {
    const wsse_str found = wsse_result_name(static_cast<std::uint32_t>(which));
    return found.data == nullptr ? std::string_view() : std::string_view(found.data, found.len);
}

/// The SOAP fault that a failure becomes. It is deliberately vague, and valid as long as the error
/// or a copy of it.
struct fault {
    /// Whose fault it is: the sender's (SOAP 1.1 Client, SOAP 1.2 Sender), or the receiver's.
    bool sender;
    /// The local name of the code in the wsse namespace; empty where the standard has no word.
    std::string_view code;
    /// The text for faultstring or Reason.
    std::string_view text;
};

/// Where in a message, a header value or a policy something is wrong: octets before it, line and
/// column from 1, both 0 where only the offset is known.
using position = wsse_position;

/// Why something was refused or could not be done. Copies share what they hold.
class error : public std::runtime_error {
public:
    /// Takes a failed result and its error, which it owns from now on; null is fine. What is
    /// thrown is made by it; programs have no need to call it.
    error(wsse_result result, std::shared_ptr<const wsse_error> held)
        : std::runtime_error(text_of(held.get())), result_(result), held_(std::move(held)) {}

    /// What it is about.
    wsse::category category() const noexcept { return static_cast<wsse::category>(result_); }

    /// The stable name of the cause, finer than the category: "replay", "missing-part".
    std::string_view cause() const noexcept { return text(wsse_error_cause(held_.get())); }

    /// Where it went wrong, if there is a place.
    std::optional<wsse::position> position() const noexcept {
        wsse::position found{};
        return wsse_error_position(held_.get(), &found) ? std::optional(found) : std::nullopt;
    }

    /// What the peer may be told; what() may not be.
    wsse::fault fault() const noexcept {
        wsse_fault found{};
        if (!wsse_error_fault(held_.get(), &found)) return {false, {}, {}};
        return {found.sender, text(found.code), text(found.text)};
    }

private:
    static std::string_view text(wsse_str view) noexcept {
        return view.data == nullptr ? std::string_view() : std::string_view(view.data, view.len);
    }
    static std::string text_of(const wsse_error* held) {
        return held == nullptr ? "there is no memory for the error"
                               : std::string(text(wsse_error_text(held)));
    }

    wsse_result result_;
    std::shared_ptr<const wsse_error> held_;
};

/// An error of one category, to be caught by one of the names below.
template <wsse::category Category>
class error_of : public error {
public:
    using error::error;
};

using invalid_security = error_of<category::InvalidSecurity>;
using failed_check = error_of<category::FailedCheck>;
using failed_authentication = error_of<category::FailedAuthentication>;
using security_token_unavailable = error_of<category::SecurityTokenUnavailable>;
using unsupported_security_token = error_of<category::UnsupportedSecurityToken>;
using unsupported_algorithm = error_of<category::UnsupportedAlgorithm>;
using invalid_security_token = error_of<category::InvalidSecurityToken>;
using message_expired = error_of<category::MessageExpired>;
using malformed = error_of<category::Malformed>;
using limit_exceeded = error_of<category::LimitExceeded>;
using misuse = error_of<category::Misuse>;
using unavailable = error_of<category::Unavailable>;
using io = error_of<category::Io>;
using panic = error_of<category::Panic>;

} // namespace wsse

#endif // WSSE_ERROR_HPP

// X-WSSE and what goes with it in HTTP. Include wsse.hpp.

#ifndef WSSE_HTTP_HPP
#define WSSE_HTTP_HPP

#include "credentials.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsse {

/// How one service, or one family of clients, spells the X-WSSE header.
class dialect {
public:
    /// The dialect of a preset: "atom", "atom-base64", "emarsys" and so on; docs/guide/x-wsse.md.
    static dialect preset(std::string_view name) {
        return dialect(detail::make<handle>([&](wsse_dialect** out, wsse_error** error) {
            return wsse_dialect_new_preset(detail::data(name), name.size(), out, error);
        }));
    }

    /// One of your own, which begins as "atom" under another name.
    static dialect custom(std::string_view name) {
        return dialect(detail::make<handle>([&](wsse_dialect** out, wsse_error** error) {
            return wsse_dialect_new(detail::data(name), name.size(), out, error);
        }));
    }

    /// Changes one thing; wsse_dialect_set() lists the knobs and their values.
    dialect& set(std::string_view knob, std::string_view value) {
        detail::call([&](wsse_error** error) {
            return wsse_dialect_set(handle_.get(), detail::data(knob), knob.size(),
                                    detail::data(value), value.size(), error);
        });
        return *this;
    }

    /// A parameter that is always written.
    dialect& add_parameter(std::string_view name, std::string_view value) {
        detail::call([&](wsse_error** error) {
            return wsse_dialect_add_parameter(handle_.get(), detail::data(name), name.size(),
                                              detail::data(value), value.size(), error);
        });
        return *this;
    }

    std::string name() const { return detail::copy_or_empty(wsse_dialect_name(get())); }

    /// The handle, for functions of wsse.h; it stays ours.
    const wsse_dialect* get() const noexcept { return handle_.get(); }

private:
    using handle = detail::handle<wsse_dialect, wsse_dialect_free>;
    explicit dialect(handle made) noexcept : handle_(std::move(made)) {}
    handle handle_;
};

/// What may be given for a header instead of being made. A nonce must never be used twice.
class header_options {
public:
    header_options() : handle_(detail::make<handle>(wsse_header_options_new)) {}

    /// The octets that enter the hash; std::nullopt takes them back.
    header_options& set_nonce(std::optional<octets> nonce) {
        detail::call([&](wsse_error** error) {
            return wsse_header_options_set_nonce(handle_.get(), detail::data(nonce),
                                                 detail::size(nonce), error);
        });
        return *this;
    }

    /// The text of Created, used as it is; std::nullopt takes it back.
    header_options& set_created(std::optional<std::string_view> created) {
        detail::call([&](wsse_error** error) {
            return wsse_header_options_set_created(handle_.get(), detail::data(created),
                                                   detail::size(created), error);
        });
        return *this;
    }

    /// A parameter, written after the dialect's own.
    header_options& add_parameter(std::string_view name, std::string_view value) {
        detail::call([&](wsse_error** error) {
            return wsse_header_options_add_parameter(handle_.get(), detail::data(name), name.size(),
                                                     detail::data(value), value.size(), error);
        });
        return *this;
    }

    /// The handle, for functions of wsse.h; it stays ours.
    const wsse_header_options* get() const noexcept { return handle_.get(); }

private:
    using handle = detail::handle<wsse_header_options, wsse_header_options_free>;
    handle handle_;
};

/// The value of an X-WSSE header, without "X-WSSE: ". It belongs into TLS: the digest covers
/// nothing of the request.
inline std::string create_header(const dialect& spelling, std::string_view username,
                                 octets password,
                                 optional_ref<header_options> options = std::nullopt,
                                 optional_ref<environment> surroundings = std::nullopt) {
    return detail::make_text([&](wsse_string** out, wsse_error** error) {
        return wsse_header_create(spelling.get(), detail::data(username), username.size(),
                                  password.data(), password.size(), detail::get(options),
                                  detail::get(surroundings), out, error);
    });
}

/// The value of an X-WSSE header, read but not checked: nothing in it is proven.
class header_value {
public:
    /// Reads what stands behind "X-WSSE:".
    static header_value parse(std::string_view value) {
        return header_value(detail::make<handle>([&](wsse_header_value** out, wsse_error** error) {
            return wsse_header_parse(detail::data(value), value.size(), out, error);
        }));
    }

    std::string username() const { return text(wsse_header_value_username); }
    std::string password_digest() const { return text(wsse_header_value_password_digest); }
    /// As the header has it.
    std::string nonce() const { return text(wsse_header_value_nonce); }
    std::string created() const { return text(wsse_header_value_created); }
    /// Whether "UsernameToken " stands before the parameters.
    bool has_prefix() const noexcept { return wsse_header_value_has_prefix(handle_.get()); }
    /// The parameters beside the four.
    std::vector<parameter> parameters() const {
        return detail::parameters(get(), wsse_header_value_parameters_len,
                                  wsse_header_value_parameter);
    }

    /// The handle, for functions of wsse.h; it stays ours.
    const wsse_header_value* get() const noexcept { return handle_.get(); }

private:
    using handle = detail::handle<wsse_header_value, wsse_header_value_free>;
    explicit header_value(handle made) noexcept : handle_(std::move(made)) {}
    std::string text(wsse_str (*part)(const wsse_header_value*)) const {
        return detail::copy_or_empty(part(get()));
    }
    handle handle_;
};

/// A header that was checked. Only header_check makes it.
class checked_header {
public:
    /// Who sent it, as confirmed by the password.
    std::string username() const {
        return detail::copy_or_empty(wsse_checked_header_username(get()));
    }
    /// The name of the dialect that fitted.
    std::string dialect() const {
        return detail::copy_or_empty(wsse_checked_header_dialect(get()));
    }
    /// When the sender says it was made.
    instant created() const noexcept {
        wsse_time found{};
        static_cast<void>(wsse_checked_header_created(get(), &found));
        return detail::from_time(found);
    }
    /// As the header has it.
    std::string nonce() const { return detail::copy_or_empty(wsse_checked_header_nonce(get())); }
    /// Parameters beside the four, which anyone on the way can have written.
    std::vector<parameter> unprotected_parameters() const {
        return detail::parameters(get(), wsse_checked_header_unprotected_parameters_len,
                                  wsse_checked_header_unprotected_parameter);
    }

    /// The handle, for functions of wsse.h; it stays ours.
    const wsse_checked_header* get() const noexcept { return handle_.get(); }

private:
    friend class header_check;
    using handle = detail::handle<wsse_checked_header, wsse_checked_header_free>;
    explicit checked_header(handle made) noexcept : handle_(std::move(made)) {}
    handle handle_;
};

/// Checks the X-WSSE headers that a server receives. Keep it for as long as the service runs.
class header_check {
public:
    /// `dialects` are the accepted ones, at least one. Without a store it has one of its own.
    header_check(const std::vector<std::reference_wrapper<const dialect>>& dialects,
                 const credentials& known, optional_ref<replay_store> store = std::nullopt,
                 optional_ref<environment> surroundings = std::nullopt) {
        std::vector<const wsse_dialect*> accepted;
        accepted.reserve(dialects.size());
        for (const dialect& each : dialects) accepted.push_back(each.get());
        handle_ = detail::make<handle>([&](wsse_header_check** out, wsse_error** error) {
            return wsse_header_check_new(accepted.data(), accepted.size(), known.get(),
                                         detail::get(store), detail::get(surroundings), out, error);
        });
    }

    /// Checks what stands behind "X-WSSE:". A request for which this throws must not be acted on.
    checked_header check(std::string_view value) const {
        return checked_header(detail::make<checked_header::handle>(
            [&](wsse_checked_header** out, wsse_error** error) {
                return wsse_header_check_check(get(), detail::data(value), value.size(), out,
                                               error);
            }));
    }

    /// The handle, for functions of wsse.h; it stays ours.
    const wsse_header_check* get() const noexcept { return handle_.get(); }

private:
    using handle = detail::handle<wsse_header_check, wsse_header_check_free>;
    handle handle_;
};

/// What a server asks for in WWW-Authenticate: `WSSE realm="...", profile="UsernameToken"`.
class challenge {
public:
    /// One for UsernameToken in a realm.
    explicit challenge(std::string_view realm)
        : handle_(detail::make<handle>([&](wsse_challenge** out, wsse_error** error) {
              return wsse_challenge_new(detail::data(realm), realm.size(), out, error);
          })) {}

    /// The WSSE challenge in the value of a WWW-Authenticate header, if there is one; the word
    /// inside a quoted string is none.
    static std::optional<challenge> parse(std::string_view value) {
        auto made = detail::make<handle>([&](wsse_challenge** out, wsse_error** error) {
            return wsse_challenge_parse(detail::data(value), value.size(), out, error);
        });
        return made ? std::optional(challenge(std::move(made))) : std::nullopt;
    }

    /// The value of a WWW-Authenticate header.
    std::string write() const {
        return detail::make_text([&](wsse_string** out, wsse_error** error) {
            return wsse_challenge_write(get(), out, error);
        });
    }

    std::optional<std::string> realm() const { return detail::copy(wsse_challenge_realm(get())); }
    /// Only "UsernameToken" can be answered by an X-WSSE header.
    std::optional<std::string> profile() const {
        return detail::copy(wsse_challenge_profile(get()));
    }
    std::vector<parameter> parameters() const {
        return detail::parameters(get(), wsse_challenge_parameters_len, wsse_challenge_parameter);
    }

    /// The handle, for functions of wsse.h; it stays ours.
    const wsse_challenge* get() const noexcept { return handle_.get(); }

private:
    using handle = detail::handle<wsse_challenge, wsse_challenge_free>;
    explicit challenge(handle made) noexcept : handle_(std::move(made)) {}
    handle handle_;
};

/// What a client announces in Authorization beside X-WSSE: `WSSE profile="UsernameToken"`.
class authorization {
public:
    authorization() : handle_(detail::make<handle>(wsse_authorization_new)) {}

    /// What Huawei Cloud SMS wants with the dialect "huawei".
    static authorization huawei() {
        return authorization(detail::make<handle>(wsse_authorization_new_huawei));
    }

    /// Reads the value of an Authorization header; nothing where it is of another scheme.
    static std::optional<authorization> parse(std::string_view value) {
        auto made = detail::make<handle>([&](wsse_authorization** out, wsse_error** error) {
            return wsse_authorization_parse(detail::data(value), value.size(), out, error);
        });
        return made ? std::optional(authorization(std::move(made))) : std::nullopt;
    }

    authorization& set_realm(std::string_view realm) {
        detail::call([&](wsse_error** error) {
            return wsse_authorization_set_realm(handle_.get(), detail::data(realm), realm.size(),
                                                error);
        });
        return *this;
    }

    /// A parameter, written last.
    authorization& add_parameter(std::string_view name, std::string_view value) {
        detail::call([&](wsse_error** error) {
            return wsse_authorization_add_parameter(handle_.get(), detail::data(name), name.size(),
                                                    detail::data(value), value.size(), error);
        });
        return *this;
    }

    /// The value of an Authorization header.
    std::string write() const {
        return detail::make_text([&](wsse_string** out, wsse_error** error) {
            return wsse_authorization_write(get(), out, error);
        });
    }

    std::optional<std::string> realm() const {
        return detail::copy(wsse_authorization_realm(get()));
    }
    std::optional<std::string> profile() const {
        return detail::copy(wsse_authorization_profile(get()));
    }
    std::vector<parameter> parameters() const {
        return detail::parameters(get(), wsse_authorization_parameters_len,
                                  wsse_authorization_parameter);
    }

    /// The handle, for functions of wsse.h; it stays ours.
    const wsse_authorization* get() const noexcept { return handle_.get(); }

private:
    using handle = detail::handle<wsse_authorization, wsse_authorization_free>;
    explicit authorization(handle made) noexcept : handle_(std::move(made)) {}
    handle handle_;
};

} // namespace wsse

#endif // WSSE_HTTP_HPP

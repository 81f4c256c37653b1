// Credentials, clock, randomness, replay memory. Include wsse.hpp.

#ifndef WSSE_CREDENTIALS_HPP
#define WSSE_CREDENTIALS_HPP

#include "remote.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace wsse {

/// Where a password look-up puts what it finds. Valid during the callback only.
class passwords {
public:
    explicit passwords(wsse_passwords* handle) noexcept : handle_(handle) {}

    /// Adds a password that the user may have. An empty one is none.
    void add(octets password) {
        if (wsse_passwords_add(handle_, password.data(), password.size()) != WSSE_RESULT_OK) {
            throw std::logic_error("a password was added when the look-up was over");
        }
    }

private:
    wsse_passwords* handle_;
};

/// Finds the passwords of a user; adds none for an unknown one.
using password_lookup = std::function<void(std::string_view username, passwords& found)>;
/// Whether a password in clear text is the user's, where only hashes are stored. It should take
/// the same time for an unknown user as for a wrong password.
using password_verifier = std::function<bool(std::string_view username, octets password)>;
/// Tells the present instant.
using clock_source = std::function<instant()>;
/// Fills octets that nobody can foresee, all of them.
using random_source = std::function<void(unsigned char* filled, std::size_t size)>;
/// Remembers a key until `expires`: true if it was not there and is now. Of any number of calls
/// with the same key exactly one may be told true. Throws where it can't answer.
using replay_insert = std::function<bool(octets key, instant expires, instant now)>;

/// Who we are, and how we know the passwords of others: a table, a look-up, or a verifier. Also the
/// keys that we sign with, and what signatures are checked with.
class credentials {
public:
    credentials() : handle_(detail::make<handle>(wsse_credentials_new)) {}

    /// Whose UsernameToken an outbound writes, unless a call names another user.
    credentials& set_username(std::string_view username,
                              std::optional<octets> password = std::nullopt) {
        detail::call([&](wsse_error** error) {
            return wsse_credentials_set_username(get(), detail::data(username), username.size(),
                                                 detail::data(password), detail::size(password),
                                                 error);
        });
        return *this;
    }

    /// A password that a user may have; several for one user while one is being replaced.
    credentials& add_password(std::string_view username, octets password) {
        detail::call([&](wsse_error** error) {
            return wsse_credentials_add_password(get(), detail::data(username), username.size(),
                                                 password.data(), password.size(), error);
        });
        return *this;
    }

    /// A look-up in place of a table.
    credentials& set_password_lookup(password_lookup lookup) {
        const auto callback = [](void* userdata, const char* username, std::size_t username_len,
                                 wsse_passwords* found) {
            return detail::run<password_lookup>(userdata, [&](const password_lookup& function) {
                passwords room(found);
                function({username, username_len}, room);
                return true;
            });
        };
        detail::give(std::move(lookup), static_cast<wsse_password_lookup_callback>(callback),
                     [this](auto... given) {
                         return wsse_credentials_set_password_lookup(get(), given...);
                     });
        return *this;
    }

    /// A verifier in place of a table. It can't check a PasswordDigest, nor an X-WSSE header.
    credentials& set_password_verifier(password_verifier verifier) {
        const auto callback = [](void* userdata, const char* username, std::size_t username_len,
                                 const std::uint8_t* password, std::size_t password_len) {
            return detail::run<password_verifier>(userdata, [&](const password_verifier& function) {
                return function({username, username_len}, {password, password_len});
            });
        };
        detail::give(std::move(verifier), static_cast<wsse_password_verifier_callback>(callback),
                     [this](auto... given) {
                         return wsse_credentials_set_password_verifier(get(), given...);
                     });
        return *this;
    }

    /// A private key with its certificate in one file, PEM or PKCS#12: what the key `name` of a
    /// Signature signs with; an empty name serves every one that nothing else serves.
    credentials& add_identity(std::string_view name, octets material,
                                 std::optional<octets> password = std::nullopt) {
        detail::call([&](wsse_error** error) {
            return wsse_credentials_add_identity(get(), detail::data(name), name.size(), material.data(), material.size(),
                        detail::data(password), detail::size(password), error);
        });
        return *this;
    }

    /// The same where key and certificate are in two files.
    credentials& add_key_pair(std::string_view name, octets key, octets certificate,
                              std::optional<octets> password = std::nullopt) {
        detail::call([&](wsse_error** error) {
            return wsse_credentials_add_key_pair(get(), detail::data(name), name.size(), key.data(),
                                                 key.size(), certificate.data(), certificate.size(),
                                                 detail::data(password), detail::size(password),
                                                 error);
        });
        return *this;
    }

    /// A shared secret for HMAC signatures.
    credentials& add_secret(std::string_view name, octets secret) {
        detail::call([&](wsse_error** error) {
            return wsse_credentials_add_secret(get(), detail::data(name), name.size(),
                                               secret.data(), secret.size(), error);
        });
        return *this;
    }

    /// Certificates or bare public keys that an inbound believes as they are.
    credentials& add_certificate(std::string_view name, octets material,
                                 std::optional<octets> password = std::nullopt) {
        detail::call([&](wsse_error** error) {
            return wsse_credentials_add_certificate(get(), detail::data(name), name.size(), material.data(), material.size(),
                        detail::data(password), detail::size(password), error);
        });
        return *this;
    }

    /// Certificates of authorities: whoever has a path to one of them is believed.
    credentials& add_anchor(std::string_view name, octets material,
                                 std::optional<octets> password = std::nullopt) {
        detail::call([&](wsse_error** error) {
            return wsse_credentials_add_anchor(get(), detail::data(name), name.size(), material.data(), material.size(),
                        detail::data(password), detail::size(password), error);
        });
        return *this;
    }

    /// Certificates that may stand inside a path, and are not believed for themselves.
    credentials& add_untrusted(octets material, std::optional<octets> password = std::nullopt) {
        detail::call([&](wsse_error** error) {
            return wsse_credentials_add_untrusted(get(), material.data(), material.size(),
                                                  detail::data(password), detail::size(password),
                                                  error);
        });
        return *this;
    }

    /// Certificate revocation lists, PEM or DER: who is on one is refused.
    credentials& add_crl(octets material) {
        detail::call([&](wsse_error** error) {
            return wsse_credentials_add_crl(get(), material.data(), material.size(), error);
        });
        return *this;
    }

    /// Whom an outbound encrypts for: his certificate, or a bare public key.
    credentials& add_recipient(std::string_view name, octets material,
                               std::optional<octets> password = std::nullopt) {
        detail::call([&](wsse_error** error) {
            return wsse_credentials_add_recipient(get(), detail::data(name), name.size(),
                                                  material.data(), material.size(),
                                                  detail::data(password), detail::size(password),
                                                  error);
        });
        return *this;
    }

    /// A private key that decrypts, PEM, DER or PKCS#12, with its certificate or without. An identity
    /// decrypts by itself, and so does a secret.
    credentials& add_decryption_key(std::string_view name, octets material,
                                    std::optional<octets> password = std::nullopt) {
        detail::call([&](wsse_error** error) {
            return wsse_credentials_add_decryption_key(get(), detail::data(name), name.size(),
                                                       material.data(), material.size(),
                                                       detail::data(password),
                                                       detail::size(password), error);
        });
        return *this;
    }

    /// A certificate whose private key is held elsewhere: what add_identity() does for a key that is
    /// here. What `sign` made is checked before a message is handed out. The file, PEM or DER, holds the
    /// certificate of the key first, and those that lead upward behind it.
    credentials& add_remote_identity(std::string_view name, octets certificate, remote_signer sign,
                                     remote_decrypter decrypt = nullptr) {
        const wsse_remote_decrypt_callback decrypts = decrypt ? &detail::remote_decrypt : nullptr;
        detail::give(detail::remote_key{std::move(sign), std::move(decrypt)}, &detail::remote_sign,
                     [&](wsse_remote_sign_callback signs, auto... given) {
                         return wsse_credentials_add_remote_identity(
                             get(), detail::data(name), name.size(), certificate.data(),
                             certificate.size(), signs, decrypts, given...);
                     });
        return *this;
    }

    /// A key that is held elsewhere and checks signatures, under the KeyName by which messages mean it.
    /// `family` is "hmac", "rsa", "ecdsa", "ed25519", "ed448" or "dsa": what the key is for.
    credentials& add_remote_verifier(std::string_view name, std::string_view family,
                                     remote_verifier verify) {
        detail::give(std::move(verify), &detail::remote_verify,
                     [&](wsse_remote_verify_callback verifies, auto... given) {
                         return wsse_credentials_add_remote_verifier(
                             get(), detail::data(name), name.size(), detail::data(family),
                             family.size(), verifies, given...);
                     });
        return *this;
    }

    /// Who has the last word on a signer whom the policy believes, before his signature is checked.
    credentials& set_decision(decision decide) {
        detail::give(std::move(decide), &detail::decide,
                     [this](wsse_decision_callback decides, auto... given) {
                         return wsse_credentials_set_decision(get(), decides, given...);
                     });
        return *this;
    }

    /// The handle, for functions of wsse.h; it stays ours.
    wsse_credentials* get() const noexcept { return handle_.get(); }

private:
    using handle = detail::handle<wsse_credentials, wsse_credentials_free>;
    handle handle_;
};

/// Clock and randomness for those who don't want the machine's.
class environment {
public:
    environment() : handle_(detail::make<handle>(wsse_environment_new)) {}

    environment& set_clock(clock_source now) {
        const auto callback = [](void* userdata, wsse_time* now_out) {
            return detail::run<clock_source>(userdata, [&](const clock_source& function) {
                *now_out = detail::to_time(function());
                return true;
            });
        };
        detail::give(std::move(now), static_cast<wsse_clock_callback>(callback),
                     [this](auto... given) {
                         return wsse_environment_set_clock(get(), given...);
                     });
        return *this;
    }

    environment& set_random(random_source fill) {
        const auto callback = [](void* userdata, std::uint8_t* octets_out, std::size_t octets_len) {
            return detail::run<random_source>(userdata, [&](const random_source& function) {
                function(octets_out, octets_len);
                return true;
            });
        };
        detail::give(std::move(fill), static_cast<wsse_random_callback>(callback),
                     [this](auto... given) {
                         return wsse_environment_set_random(get(), given...);
                     });
        return *this;
    }

    /// The handle, for functions of wsse.h; it stays ours.
    wsse_environment* get() const noexcept { return handle_.get(); }

private:
    using handle = detail::handle<wsse_environment, wsse_environment_free>;
    handle handle_;
};

/// Memory of what was accepted. Inbounds and header checks that take it hold a reference of their
/// own.
class replay_store {
public:
    /// A store in the memory of this process. 0 means room for 1000000 entries.
    static replay_store memory(std::size_t capacity = 0) {
        return replay_store(detail::make<handle>([&](wsse_replay_store** out, wsse_error** error) {
            return wsse_replay_store_new_memory(capacity, out, error);
        }));
    }

    /// A database, or a memory that processes share.
    explicit replay_store(replay_insert insert_if_absent) {
        const auto callback = [](void* userdata, const std::uint8_t* key, std::size_t key_len,
                                 wsse_time expires, wsse_time now) {
            return detail::run<replay_insert>(userdata, [&](const replay_insert& function) {
                // Rounded up: an entry that goes too early lets a message pass twice.
                const instant until = detail::from_time(expires) + std::chrono::microseconds(1);
                return function({key, key_len}, until, detail::from_time(now));
            });
        };
        wsse_replay_store* made = nullptr;
        detail::give(std::move(insert_if_absent),
                     static_cast<wsse_replay_insert_callback>(callback),
                     [&](auto function, void* userdata, auto userdata_free, wsse_error** error) {
                         return wsse_replay_store_new_callback(function, userdata, userdata_free,
                                                               &made, error);
                     });
        handle_.reset(made);
    }

    /// The number of entries in memory, expired ones that were not yet cleaned up included.
    std::size_t size() const noexcept { return wsse_replay_store_len(get()); }

    /// Whether a memory was used in another process than the one that made it.
    bool is_forked() const noexcept { return wsse_replay_store_is_forked(get()); }

    /// The handle, for functions of wsse.h; it stays ours.
    const wsse_replay_store* get() const noexcept { return handle_.get(); }

private:
    using handle = detail::handle<wsse_replay_store, wsse_replay_store_free>;
    explicit replay_store(handle made) noexcept : handle_(std::move(made)) {}
    handle handle_;
};

} // namespace wsse

#endif // WSSE_CREDENTIALS_HPP

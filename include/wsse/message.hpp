// SOAP messages: protect and validate. Include wsse.hpp.

#ifndef WSSE_MESSAGE_HPP
#define WSSE_MESSAGE_HPP

#include "credentials.hpp"
#include "stream.hpp"

#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsse {

/// What ties a reply to its request.
class exchange {
public:
    /// The handle, for functions of wsse.h; it stays ours.
    const wsse_exchange* get() const noexcept { return handle_.get(); }

private:
    friend class outbound;
    friend class protected_message;
    friend class validated_message;
    using handle = detail::handle<wsse_exchange, wsse_exchange_free>;
    explicit exchange(handle made) noexcept : handle_(std::move(made)) {}
    handle handle_;
};

/// What changes from message to message. What is not set comes from the credentials, the clock and
/// the randomness; std::nullopt takes back what was set. A nonce must never be used twice.
class call {
public:
    call() : handle_(detail::make<handle>(wsse_call_new)) {}

    /// Another user than the one in the credentials, which then needs a password, too.
    call& set_username(std::optional<std::string_view> username) {
        return set(wsse_call_set_username, username);
    }
    call& set_password(std::optional<octets> password) {
        return set(wsse_call_set_password, password);
    }
    /// The octets of the Nonce; the message holds their base64.
    call& set_nonce(std::optional<octets> nonce) { return set(wsse_call_set_nonce, nonce); }
    /// The text of the UsernameToken's Created, written and hashed as it is.
    call& set_created(std::optional<std::string_view> created) {
        return set(wsse_call_set_created, created);
    }
    /// The wsu:Id of the UsernameToken, an NCName.
    call& set_username_token_id(std::optional<std::string_view> id) {
        return set(wsse_call_set_username_token_id, id);
    }
    /// The wsu:Id of the Timestamp, an NCName.
    call& set_timestamp_id(std::optional<std::string_view> id) {
        return set(wsse_call_set_timestamp_id, id);
    }

    /// The handle, for functions of wsse.h; it stays ours.
    const wsse_call* get() const noexcept { return handle_.get(); }

private:
    template <class Set, class View>
    call& set(Set function, const View& value) {
        detail::call([&](wsse_error** error) {
            return function(handle_.get(), detail::data(value), detail::size(value), error);
        });
        return *this;
    }
    using handle = detail::handle<wsse_call, wsse_call_free>;
    handle handle_;
};

/// A protected message. Only outbound makes it.
class protected_message {
public:
    /// The message, in UTF-8.
    std::string_view message() const& noexcept {
        return detail::view_or_empty(wsse_protected_message(get()));
    }
    std::string message() && { return std::string(std::as_const(*this).message()); }

    /// What the reply must answer, for inbound::validate_reply(). It may outlive the message.
    wsse::exchange exchange() const {
        return wsse::exchange(detail::make<wsse::exchange::handle>(
            [&](wsse_exchange** out, wsse_error** error) {
                return wsse_protected_exchange(get(), out, error);
            }));
    }

    /// The handle, for functions of wsse.h; it stays ours.
    const wsse_protected* get() const noexcept { return handle_.get(); }

private:
    friend class outbound;
    using handle = detail::handle<wsse_protected, wsse_protected_free>;
    explicit protected_message(handle made) noexcept : handle_(std::move(made)) {}
    handle handle_;
};

/// Protects messages by a policy.
class outbound {
public:
    /// `policy` is "preset:NAME", or the text of an outbound policy in TOML; docs/policies.md.
    explicit outbound(std::string_view policy, optional_ref<credentials> ours = std::nullopt,
                      optional_ref<environment> surroundings = std::nullopt)
        : handle_(detail::make<handle>([&](wsse_outbound** out, wsse_error** error) {
              return wsse_outbound_new(detail::data(policy), policy.size(), detail::get(ours),
                                       detail::get(surroundings), out, error);
          })) {}

    /// Puts into a message what the policy says.
    protected_message protect(octets envelope, optional_ref<call> special = std::nullopt) const {
        return protected_message(detail::make<protected_message::handle>(
            [&](wsse_protected** out, wsse_error** error) {
                return wsse_outbound_protect(get(), envelope.data(), envelope.size(),
                                             detail::get(special), out, error);
            }));
    }

    /// The same for the reply to a validated request.
    protected_message protect_reply(const exchange& request, octets envelope,
                                    optional_ref<call> special = std::nullopt) const {
        return protected_message(detail::make<protected_message::handle>(
            [&](wsse_protected** out, wsse_error** error) {
                return wsse_outbound_protect_reply(get(), request.get(), envelope.data(),
                                                   envelope.size(), detail::get(special), out,
                                                   error);
            }));
    }

    /// As protect(), of a message that is read twice, from where the stream stands to its end, in memory
    /// that does not depend on its size; what the reply must answer. Nothing is committed where anything
    /// goes wrong, also where the message changed while it was read. `request` is what the message
    /// answers; `to_unverified` says that it answers a request that was refused, or not validated.
    wsse::exchange protect_stream(std::istream& source, spool& content,
                                  optional_ref<call> special = std::nullopt,
                                  optional_ref<wsse::exchange> request = std::nullopt,
                                  bool to_unverified = false) const {
        detail::stream_source from(source);
        return wsse::exchange(detail::make<wsse::exchange::handle>(
            [&](wsse_exchange** out, wsse_error** error) {
                return wsse_outbound_protect_stream(
                    get(), detail::get(request), to_unverified, detail::stream_source::read,
                    detail::stream_source::rewind, &from, detail::get(special), detail::spool_write,
                    detail::spool_commit, detail::spool_abort, &content, out, error);
            }));
    }

    /// The policy as TOML, every key written out.
    std::string policy() const {
        return detail::make_text([&](wsse_string** out, wsse_error** error) {
            return wsse_outbound_policy(get(), out, error);
        });
    }

    /// The handle, for functions of wsse.h; it stays ours.
    const wsse_outbound* get() const noexcept { return handle_.get(); }

private:
    using handle = detail::handle<wsse_outbound, wsse_outbound_free>;
    handle handle_;
};

/// The version of SOAP, which the namespace of the Envelope tells.
enum class soap_version : std::uint32_t {
    none = WSSE_SOAP_VERSION_NONE,
    v11 = WSSE_SOAP_VERSION_V11,
    v12 = WSSE_SOAP_VERSION_V12,
};

/// The name of an element.
struct element_name {
    /// Empty where it is in none.
    std::string namespace_name;
    std::string local_name;
};

/// Somebody whose signatures of a message hold, and what they cover.
struct verified_signer {
    /// In DER; none for a shared secret, for a key without certificate, and for one who is not
    /// believed, which only a policy accepts that says so.
    std::optional<std::string> certificate;
    /// The name of the key that is held elsewhere, where one checked the signatures.
    std::optional<std::string> key_name;
    /// Where the covered parts stand, in the order of their references.
    std::vector<std::string> signed_paths;
};

/// A part of a message that was encrypted.
struct encrypted_part {
    /// Where it stands: "/Envelope/Body".
    std::string path;
    /// Whether the content of the element was encrypted, and not the element itself.
    bool content;
    /// Where it begins and ends, in octets of the message as it is when everything is decrypted.
    std::size_t start;
    std::size_t end;
};

namespace detail {

template <class Message, class Path, class Content, class Range>
std::vector<encrypted_part> encrypted_parts(const Message* message, std::size_t count, Path path,
                                            Content content, Range range) {
    std::vector<encrypted_part> all(count);
    for (std::size_t index = 0; index < count; ++index) {
        all[index].path = copy_or_empty(path(message, index));
        all[index].content = content(message, index);
        range(message, index, &all[index].start, &all[index].end);
    }
    return all;
}

} // namespace detail

/// A message whose parts were decrypted, and of which nothing else was checked. Only
/// inbound::decrypt() makes it.
class decrypted_message {
public:
    /// The message with each EncryptedData replaced by what was in it, in UTF-8.
    std::string_view octets() const& noexcept {
        return detail::view_or_empty(wsse_decrypted_message_octets(get()));
    }
    std::string octets() && { return std::string(std::as_const(*this).octets()); }

    /// The parts that were encrypted, in the order of the document.
    std::vector<encrypted_part> encrypted() const {
        return detail::encrypted_parts(get(), wsse_decrypted_message_encrypted_count(get()),
                                       wsse_decrypted_message_encrypted_path,
                                       wsse_decrypted_message_encrypted_is_content,
                                       wsse_decrypted_message_encrypted_range);
    }

    /// The handle, for functions of wsse.h; it stays ours.
    const wsse_decrypted_message* get() const noexcept { return handle_.get(); }

private:
    friend class inbound;
    using handle = detail::handle<wsse_decrypted_message, wsse_decrypted_message_free>;
    explicit decrypted_message(handle made) noexcept : handle_(std::move(made)) {}
    handle handle_;
};

/// A message that was validated. Only inbound makes it.
class validated_message {
public:
    /// What was committed to the spool; none for a message that was not read from a stream.
    std::optional<spooled_content> spooled() const noexcept {
        spooled_content found{};
        const bool is_spooled = wsse_validated_message_spooled(
            get(), &found.is_signed, &found.length, &found.body_start, &found.body_end);
        return is_spooled ? std::optional(found) : std::nullopt;
    }
    /// What the required signatures cover, and nothing else; none where the policy requires none, and
    /// where the message was read from a stream.
    std::optional<std::string> document() const {
        return copy(wsse_validated_message_document(get()));
    }
    /// The Body in the same document.
    std::optional<std::string> body() const { return copy(wsse_validated_message_body(get())); }
    /// Where the covered parts stand: "/Envelope/Body", in the order of their references.
    std::vector<std::string> signed_paths() const {
        std::vector<std::string> paths;
        const std::size_t count = wsse_validated_message_signed_count(get());
        paths.reserve(count);
        for (std::size_t index = 0; index < count; ++index) {
            paths.push_back(detail::copy_or_empty(wsse_validated_message_signed_path(get(), index)));
        }
        return paths;
    }
    /// Everybody whose signatures hold: first the one whose signatures cover everything that the policy
    /// requires, which the other functions speak of. Only for that one everything was checked that the
    /// policy demands.
    std::vector<verified_signer> signers() const {
        std::vector<verified_signer> all(wsse_validated_message_signer_count(get()));
        for (std::size_t signer = 0; signer < all.size(); ++signer) {
            all[signer].certificate = copy(wsse_validated_message_signer_certificate(get(), signer));
            all[signer].key_name =
                detail::copy(wsse_validated_message_signer_key_name(get(), signer));
            const std::size_t count = wsse_validated_message_signer_signed_count(get(), signer);
            for (std::size_t index = 0; index < count; ++index) {
                all[signer].signed_paths.push_back(detail::copy_or_empty(
                    wsse_validated_message_signer_signed_path(get(), signer, index)));
            }
        }
        return all;
    }
    /// The parts that were encrypted, in the order of the document; that says nothing of who did it.
    std::vector<encrypted_part> encrypted() const {
        return detail::encrypted_parts(get(), wsse_validated_message_encrypted_count(get()),
                                       wsse_validated_message_encrypted_path,
                                       wsse_validated_message_encrypted_is_content,
                                       wsse_validated_message_encrypted_range);
    }
    /// The certificate of whoever signed, in DER.
    std::optional<std::string> certificate() const {
        return copy(wsse_validated_message_certificate(get()));
    }

    /// The message without the Security header that was processed; no signature protects it. Empty
    /// where the policy requires signatures.
    std::string_view unsigned_document() const& noexcept {
        return detail::view_or_empty(wsse_validated_message_unsigned_document(get()));
    }
    std::string unsigned_document() && {
        return std::string(std::as_const(*this).unsigned_document());
    }

    /// The Body in the same document; prefixes in it may be declared on the Envelope.
    std::string_view unsigned_body() const& noexcept {
        return detail::view_or_empty(wsse_validated_message_unsigned_body(get()));
    }
    std::string unsigned_body() && { return std::string(std::as_const(*this).unsigned_body()); }

    /// The username of the token, if there was one; none where the policy requires signatures that do
    /// not cover it, unless it says `username.signed = false`.
    std::optional<std::string> username() const {
        return detail::copy(wsse_validated_message_username(get()));
    }
    /// Whether that user proved to know the password.
    bool is_authenticated() const noexcept {
        return wsse_validated_message_is_authenticated(get());
    }

    wsse::soap_version soap_version() const noexcept {
        return static_cast<wsse::soap_version>(wsse_validated_message_soap_version(get()));
    }

    /// The first element in the Body, the operation in most services; none where the Body is not
    /// covered by the signatures that the policy requires.
    std::optional<element_name> body_child() const {
        wsse_str space{};
        wsse_str local{};
        if (!wsse_validated_message_body_child(get(), &space, &local)) return std::nullopt;
        return element_name{detail::copy_or_empty(space), detail::copy_or_empty(local)};
    }

    /// Created and Expires of the Timestamp.
    std::optional<instant> timestamp_created() const noexcept {
        return time(wsse_validated_message_timestamp_created);
    }
    std::optional<instant> timestamp_expires() const noexcept {
        return time(wsse_validated_message_timestamp_expires);
    }

    /// Where it stood in the received message, in octets from its start.
    std::optional<std::size_t> timestamp_offset() const noexcept {
        return offset(wsse_validated_message_timestamp_offset);
    }
    std::optional<std::size_t> username_token_offset() const noexcept {
        return offset(wsse_validated_message_username_token_offset);
    }

    /// What a reply must answer, for outbound::protect_reply(). It may outlive the message.
    wsse::exchange exchange() const {
        return wsse::exchange(detail::make<wsse::exchange::handle>(
            [&](wsse_exchange** out, wsse_error** error) {
                return wsse_validated_message_exchange(get(), out, error);
            }));
    }

    /// The handle, for functions of wsse.h; it stays ours.
    const wsse_validated_message* get() const noexcept { return handle_.get(); }

private:
    friend class inbound;
    using handle = detail::handle<wsse_validated_message, wsse_validated_message_free>;
    explicit validated_message(handle made) noexcept : handle_(std::move(made)) {}
    std::optional<instant> time(bool (*part)(const wsse_validated_message*,
                                             wsse_time*)) const noexcept {
        wsse_time found{};
        return part(get(), &found) ? std::optional(detail::from_time(found)) : std::nullopt;
    }
    static std::optional<std::string> copy(wsse_bytes found) {
        if (found.data == nullptr) return std::nullopt;
        return std::string(detail::view_or_empty(found));
    }
    std::optional<std::size_t> offset(bool (*part)(const wsse_validated_message*,
                                                   std::size_t*)) const noexcept {
        std::size_t found = 0;
        return part(get(), &found) ? std::optional(found) : std::nullopt;
    }
    handle handle_;
};

/// Validates messages by a policy.
class inbound {
public:
    /// `policy` is "preset:NAME", or the text of an inbound policy in TOML; docs/policies.md.
    /// Without a store it has one of its own, unless the policy names another.
    explicit inbound(std::string_view policy, optional_ref<credentials> known = std::nullopt,
                     optional_ref<replay_store> store = std::nullopt,
                     optional_ref<environment> surroundings = std::nullopt)
        : handle_(detail::make<handle>([&](wsse_inbound** out, wsse_error** error) {
              return wsse_inbound_new(detail::data(policy), policy.size(), detail::get(known),
                                      detail::get(store), detail::get(surroundings), out, error);
          })) {}

    /// Checks everything that the policy demands. `charset` is that of the Content-Type. A message
    /// for which this throws must not be acted on.
    validated_message validate(octets message,
                               std::optional<std::string_view> charset = std::nullopt) const {
        return validated_message(detail::make<validated_message::handle>(
            [&](wsse_validated_message** out, wsse_error** error) {
                return wsse_inbound_validate(get(), message.data(), message.size(),
                                             detail::data(charset), detail::size(charset), out,
                                             error);
            }));
    }

    /// The same for the reply to a request that outbound::protect() made.
    validated_message validate_reply(const exchange& request, octets message,
                                     std::optional<std::string_view> charset = std::nullopt) const {
        return validated_message(detail::make<validated_message::handle>(
            [&](wsse_validated_message** out, wsse_error** error) {
                return wsse_inbound_validate_reply(get(), request.get(), message.data(),
                                                   message.size(), detail::data(charset),
                                                   detail::size(charset), out, error);
            }));
    }

    /// As validate(), of a message that is read once, from where the stream stands to its end, in memory
    /// that does not depend on its size. What validated_message::document() would be, or
    /// unsigned_document(), goes into `content`; validated_message::spooled() says which. `request` is
    /// what the message answers, as in validate_reply().
    validated_message validate_stream(std::istream& source, spool& content,
                                      std::optional<std::string_view> charset = std::nullopt,
                                      optional_ref<exchange> request = std::nullopt) const {
        detail::stream_source from(source);
        return validated_message(detail::make<validated_message::handle>(
            [&](wsse_validated_message** out, wsse_error** error) {
                return wsse_inbound_validate_stream(
                    get(), detail::get(request), detail::stream_source::read, &from,
                    detail::data(charset), detail::size(charset), detail::spool_write,
                    detail::spool_commit, detail::spool_abort, &content, out, error);
            }));
    }

    /// Decrypts everything that the Security header says is encrypted, and judges nothing: neither
    /// signatures, nor tokens, nor what the policy requires. validate() decrypts and checks.
    decrypted_message decrypt(octets message) const {
        return decrypted_message(detail::make<decrypted_message::handle>(
            [&](wsse_decrypted_message** out, wsse_error** error) {
                return wsse_inbound_decrypt(get(), message.data(), message.size(), out, error);
            }));
    }

    /// The policy as TOML, every key written out.
    std::string policy() const {
        return detail::make_text([&](wsse_string** out, wsse_error** error) {
            return wsse_inbound_policy(get(), out, error);
        });
    }

    /// The handle, for functions of wsse.h; it stays ours.
    const wsse_inbound* get() const noexcept { return handle_.get(); }

private:
    using handle = detail::handle<wsse_inbound, wsse_inbound_free>;
    handle handle_;
};

} // namespace wsse

#endif // WSSE_MESSAGE_HPP

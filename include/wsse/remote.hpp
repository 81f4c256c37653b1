// Keys that are held elsewhere, and the last word on signers. Include wsse.hpp.

#ifndef WSSE_REMOTE_HPP
#define WSSE_REMOTE_HPP

#include "detail.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace wsse {

/// Where a callback puts the octets that it answers with. Valid during the callback only.
class answer {
public:
    explicit answer(wsse_answer* handle) noexcept : handle_(handle) {}

    /// Sets the answer, or replaces it.
    void set(octets answered) {
        if (wsse_answer_set(handle_, answered.data(), answered.size()) != WSSE_RESULT_OK) {
            throw std::logic_error("an answer was set when the callback was over");
        }
    }

private:
    wsse_answer* handle_;
};

/// What a key that is held elsewhere is to sign. Valid during the callback only.
struct signing_request {
    /// The method by its name in policies: "rsa-sha256", "ecdsa-sha256", "eddsa-ed25519".
    std::string_view method;
    /// The octets that are signed.
    wsse::octets octets;
    /// Their digest, for services that want it in place of them; none for EdDSA.
    std::optional<wsse::octets> digest;
    /// What the digest was made with: "sha256"; none for EdDSA.
    std::optional<std::string_view> digest_method;
    /// The DigestInfo that RSASSA-PKCS1-v1_5 pads; none for every other method.
    std::optional<wsse::octets> digest_info;
    /// The digest in MGF1 of RSASSA-PSS; none for every other method.
    std::optional<std::string_view> mask_digest;
    /// Octets of the salt of RSASSA-PSS; 0 for every other method.
    std::size_t salt_size;
};

/// An EncryptedKey that a key that is held elsewhere is to decrypt. Valid during the callback only.
struct decryption_request {
    /// "rsa-oaep" or "rsa-1.5".
    std::string_view method;
    /// The octets that were encrypted.
    wsse::octets octets;
    /// The digest of OAEP, that in MGF1, and the label, mostly empty; none for rsa-1.5.
    std::optional<std::string_view> digest;
    std::optional<std::string_view> mask_digest;
    std::optional<wsse::octets> label;
};

/// What a key that is held elsewhere is to check. Valid during the callback only.
struct verification_request {
    /// The method by its name in policies: "hmac-sha256".
    std::string_view method;
    /// The octets that were signed.
    wsse::octets octets;
    /// The octets of the SignatureValue.
    wsse::octets signature;
    /// The digest of the octets inside the method, and what it was made with; none for EdDSA.
    std::optional<wsse::octets> digest;
    std::optional<std::string_view> digest_method;
    /// An ECDSA signature as a sequence in DER; none for other methods.
    std::optional<wsse::octets> der;
};

/// A signer, before his signature is checked. Valid during the callback only.
struct candidate {
    /// His public key: the SubjectPublicKeyInfo in DER.
    octets public_key;
    /// The certificate of the key in DER, if it has one.
    std::optional<octets> certificate;
    /// The path to the anchor: the end entity first. Empty where the certificate or the key is pinned,
    /// or nobody vouches for it.
    std::vector<octets> path;
    /// Whether the policy believes him.
    bool trusted;
    /// The time of the validation.
    instant at;
};

/// Signs with a private key that is held elsewhere; of ECDSA r and s, each of the length of the order,
/// or a sequence in DER. Throws where there is no answer; it has to end by itself.
using remote_signer = std::function<void(const signing_request& request, answer& signature)>;
/// Decrypts the secret of an EncryptedKey: false where the octets do not decrypt, whatever is wrong
/// with them, so that no sender learns why. Throws where there is no answer.
using remote_decrypter = std::function<bool(const decryption_request& request, answer& secret)>;
/// Whether a key that is held elsewhere made the signature. Throws where there is no answer. An HMAC
/// that it computes itself is to be compared in constant time.
using remote_verifier = std::function<bool(const verification_request& request)>;
/// Whether a signer passes whom the policy believes. Throws where it can't tell.
using decision = std::function<bool(const candidate& signer)>;

namespace detail {

inline octets octets_of(wsse_bytes view) noexcept { return {view.data, view.len}; }
inline std::string_view text_of(wsse_str view) noexcept { return {view.data, view.len}; }
inline std::optional<octets> optional_octets_of(wsse_bytes view) noexcept {
    return view.data == nullptr ? std::nullopt : std::optional(octets_of(view));
}
inline std::optional<std::string_view> optional_text_of(wsse_str view) noexcept {
    return view.data == nullptr ? std::nullopt : std::optional(text_of(view));
}

// Both functions of a key, for give().
struct remote_key {
    remote_signer sign;
    remote_decrypter decrypt;
    bool operator!() const noexcept { return !sign; }
};

inline std::int32_t remote_sign(void* userdata, const wsse_signing_request* given,
                                wsse_answer* signature) noexcept {
    return run<remote_key>(userdata, [&](const remote_key& key) {
        answer room(signature);
        key.sign({text_of(given->method), octets_of(given->octets),
                  optional_octets_of(given->digest), optional_text_of(given->digest_method),
                  optional_octets_of(given->digest_info), optional_text_of(given->mask_digest),
                  given->salt_len},
                 room);
        return true;
    });
}

inline std::int32_t remote_decrypt(void* userdata, const wsse_decryption_request* given,
                                   wsse_answer* secret) noexcept {
    return run<remote_key>(userdata, [&](const remote_key& key) {
        answer room(secret);
        return key.decrypt({text_of(given->method), octets_of(given->octets),
                            optional_text_of(given->digest), optional_text_of(given->mask_digest),
                            optional_octets_of(given->label)},
                           room);
    });
}

inline std::int32_t remote_verify(void* userdata, const wsse_verification_request* given) noexcept {
    return run<remote_verifier>(userdata, [&](const remote_verifier& function) {
        return function({text_of(given->method), octets_of(given->octets),
                         octets_of(given->signature), optional_octets_of(given->digest),
                         optional_text_of(given->digest_method), optional_octets_of(given->der)});
    });
}

inline std::int32_t decide(void* userdata, const wsse_candidate* given) noexcept {
    return run<decision>(userdata, [&](const decision& function) {
        candidate signer{octets_of(given->public_key), optional_octets_of(given->certificate), {},
                         given->trusted, from_time(given->at)};
        for (std::size_t index = 0; index < given->path_len; ++index) {
            signer.path.push_back(octets_of(given->path[index]));
        }
        return function(signer);
    });
}

} // namespace detail

} // namespace wsse

#endif // WSSE_REMOTE_HPP

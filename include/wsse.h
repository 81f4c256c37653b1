/* wsse: WS-Security UsernameToken and Timestamp, and the HTTP X-WSSE header, for C99 and C++.
 *
 * Conventions. They hold for every function; what departs from them is said at the function.
 *
 * Results.    A function that can fail returns a wsse_result. Its last parameter, error_out, may be
 *             NULL; else it receives an error on failure, and only then, which the caller owns and
 *             must eventually free by wsse_error_free(). On failure nothing else is written.
 * Handles.    Types without fields are opaque. A function that makes one says who owns it; each has
 *             a function ..._free(), for which NULL is fine. A const handle is not changed.
 * Arguments.  Text and octets are a pointer and a length in octets; no NUL is looked for. Text is
 *             UTF-8. The library copies what it keeps and retains no pointer after the call.
 * Views.      wsse_str and wsse_bytes point into an object of the library, valid for as long as the
 *             function that returns them says; "borrowed until the error is freed".
 * NULL.       It is looked for in every pointer. Where it is not said to be fine, functions that can
 *             fail return WSSE_RESULT_MISUSE, and others return false, 0 or an absent view.
 * Threads.    Objects that are said to be immutable may be used by any number of threads at once.
 *             Others must not be changed by one thread while another uses them. Any thread may free
 *             an object, when no thread uses it any more.
 * Callbacks.  They run on the thread that called the library, several at once where several threads
 *             call. They return one of the WSSE_CALLBACK numbers and must not leave in another way:
 *             a C++ exception or longjmp through the library is undefined behaviour.
 * Panics.     A bug in the library ends the call with WSSE_RESULT_PANIC, not the process.
 */

#ifndef WSSE_H
#define WSSE_H

/* Made by cbindgen from wsse-c/src: change the documentation there. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * What a callback returns: it was done, or the answer is yes.
 */
#define WSSE_CALLBACK_YES 1

/**
 * What a callback returns: the answer is no.
 */
#define WSSE_CALLBACK_NO 0

/**
 * What a callback returns that can't answer. The call that asked fails with
 * WSSE_RESULT_UNAVAILABLE, or with WSSE_RESULT_IO where it reads or writes; so it does for every
 * other number that is neither yes nor no.
 */
#define WSSE_CALLBACK_FAILED -1

/**
 * The first number of the version of this header.
 */
#define WSSE_VERSION_MAJOR 0

/**
 * The second number of the version of this header.
 */
#define WSSE_VERSION_MINOR 1

/**
 * The third number of the version of this header.
 */
#define WSSE_VERSION_PATCH 0

/**
 * The version of this header as one number that grows: 0xMMmmpp. Compare it with
 * wsse_version_number(), which is the version of the library at run time.
 */
#define WSSE_VERSION_NUMBER (((WSSE_VERSION_MAJOR << 16) | (WSSE_VERSION_MINOR << 8)) | WSSE_VERSION_PATCH)

/**
 * What a function says of its outcome. Numbers stay; new ones may come.
 *
 * The first eight failures are the fault codes of WSS SOAP Message Security 1.1.1, section 12.
 */
enum wsse_result
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * It was done; outputs are written.
     */
    WSSE_RESULT_OK = 0,
    /**
     * The security header is not what the policy or the standard demands; a replay, too.
     */
    WSSE_RESULT_INVALID_SECURITY = 1,
    /**
     * A signature or a decryption did not hold.
     */
    WSSE_RESULT_FAILED_CHECK = 2,
    /**
     * Who the sender claims to be could not be confirmed.
     */
    WSSE_RESULT_FAILED_AUTHENTICATION = 3,
    /**
     * A token or key that is referenced could not be found.
     */
    WSSE_RESULT_SECURITY_TOKEN_UNAVAILABLE = 4,
    /**
     * A kind of token that is not understood.
     */
    WSSE_RESULT_UNSUPPORTED_SECURITY_TOKEN = 5,
    /**
     * An algorithm that is not understood, or not allowed.
     */
    WSSE_RESULT_UNSUPPORTED_ALGORITHM = 6,
    /**
     * A token whose content is wrong.
     */
    WSSE_RESULT_INVALID_SECURITY_TOKEN = 7,
    /**
     * The message is too old, or from the future.
     */
    WSSE_RESULT_MESSAGE_EXPIRED = 8,
    /**
     * The octets are not a message: not well-formed, not SOAP, not a header value.
     */
    WSSE_RESULT_MALFORMED = 9,
    /**
     * A budget was exceeded.
     */
    WSSE_RESULT_LIMIT_EXCEEDED = 10,
    /**
     * The caller asked for something that makes no sense: NULL, a bad policy, a missing
     * credential. Never caused by a message.
     */
    WSSE_RESULT_MISUSE = 11,
    /**
     * Something that is needed for an answer did not answer: a store, a clock, a callback.
     */
    WSSE_RESULT_UNAVAILABLE = 12,
    /**
     * Reading or writing failed.
     */
    WSSE_RESULT_IO = 13,
    /**
     * The library has a bug and stopped where it was; please report it. The objects that took
     * part can still be freed, and should not be used for anything else.
     */
    WSSE_RESULT_PANIC = 255,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum wsse_result wsse_result;
#else
typedef uint32_t wsse_result;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The version of SOAP, which the namespace of the Envelope tells. Numbers stay.
 */
enum wsse_soap_version
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * There is no message: the handle was NULL.
     */
    WSSE_SOAP_VERSION_NONE = 0,
    /**
     * SOAP 1.1.
     */
    WSSE_SOAP_VERSION_V11 = 11,
    /**
     * SOAP 1.2.
     */
    WSSE_SOAP_VERSION_V12 = 12,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum wsse_soap_version wsse_soap_version;
#else
typedef uint32_t wsse_soap_version;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Where a callback puts the octets that it answers with. Valid during the callback only, on its
 * thread only.
 *
 * Methods: wsse_answer_set.
 */
typedef struct wsse_answer wsse_answer;

/**
 * What a client announces in Authorization beside X-WSSE: `WSSE profile="UsernameToken"`.
 *
 * It must not be changed by one thread while another uses it.
 *
 * Methods: wsse_authorization_new, wsse_authorization_new_huawei, wsse_authorization_parse,
 * wsse_authorization_set_realm, wsse_authorization_add_parameter, wsse_authorization_write,
 * wsse_authorization_realm, wsse_authorization_profile, wsse_authorization_parameters_len,
 * wsse_authorization_parameter, wsse_authorization_free.
 */
typedef struct wsse_authorization wsse_authorization;

/**
 * What changes from message to message: whose token is written, and parts that are given instead
 * of being made. Whatever is not set comes from the credentials, the clock and the randomness of
 * the outbound.
 *
 * It may be used for any number of messages, but a nonce must never be used twice. It must not be
 * changed by one thread while another uses it.
 *
 * Methods: wsse_call_new, wsse_call_set_username, wsse_call_set_password, wsse_call_set_nonce,
 * wsse_call_set_created, wsse_call_set_username_token_id, wsse_call_set_timestamp_id,
 * wsse_call_free.
 */
typedef struct wsse_call wsse_call;

/**
 * What a server asks for in WWW-Authenticate: `WSSE realm="...", profile="UsernameToken"`.
 * Immutable; any number of threads may read it.
 *
 * Methods: wsse_challenge_new, wsse_challenge_parse, wsse_challenge_write, wsse_challenge_realm,
 * wsse_challenge_profile, wsse_challenge_parameters_len, wsse_challenge_parameter,
 * wsse_challenge_free.
 */
typedef struct wsse_challenge wsse_challenge;

/**
 * A header that was checked. Only wsse_header_check_check() makes it. Immutable; any number of
 * threads may read it.
 *
 * Methods: wsse_checked_header_username, wsse_checked_header_dialect,
 * wsse_checked_header_created, wsse_checked_header_nonce,
 * wsse_checked_header_unprotected_parameters_len, wsse_checked_header_unprotected_parameter,
 * wsse_checked_header_free.
 */
typedef struct wsse_checked_header wsse_checked_header;

/**
 * Who we are, and how we know the passwords of others: by a table, by a look-up callback, or by a
 * verifier callback where only hashes are stored. One of the three, not several. Also the keys
 * that we sign with, the keys that decrypt, and the certificates, keys and secrets that signatures are
 * checked with.
 *
 * Keys and certificates have the names that policies call them by. An empty name serves every
 * policy for which nothing else is there.
 *
 * Functions that take credentials copy what is in them and retain no pointer to them. They must
 * not be changed by one thread while another uses them. Passwords and secrets are overwritten
 * when they are freed.
 *
 * Methods: wsse_credentials_new, wsse_credentials_set_username, wsse_credentials_add_password,
 * wsse_credentials_set_password_lookup, wsse_credentials_set_password_verifier,
 * wsse_credentials_add_identity, wsse_credentials_add_key_pair, wsse_credentials_add_secret,
 * wsse_credentials_add_certificate, wsse_credentials_add_anchor, wsse_credentials_add_untrusted,
 * wsse_credentials_add_crl, wsse_credentials_add_decryption_key, wsse_credentials_add_recipient,
 * wsse_credentials_add_remote_identity,
 * wsse_credentials_add_remote_verifier, wsse_credentials_set_decision, wsse_credentials_free.
 */
typedef struct wsse_credentials wsse_credentials;

/**
 * A message whose parts were decrypted. Nothing else of it was checked: neither its signatures, nor
 * its tokens, nor its age. Only wsse_inbound_decrypt() makes it. Immutable; any number of threads may
 * read it.
 *
 * Methods: wsse_decrypted_message_octets, wsse_decrypted_message_encrypted_count,
 * wsse_decrypted_message_encrypted_path, wsse_decrypted_message_encrypted_is_content,
 * wsse_decrypted_message_encrypted_range, wsse_decrypted_message_free.
 */
typedef struct wsse_decrypted_message wsse_decrypted_message;

/**
 * How one service, or one family of clients, spells the X-WSSE header.
 *
 * Functions that take a dialect copy it and retain no pointer to it. It must not be changed by one
 * thread while another uses it.
 *
 * Methods: wsse_dialect_new, wsse_dialect_new_preset, wsse_dialect_set,
 * wsse_dialect_add_parameter, wsse_dialect_name, wsse_dialect_free.
 */
typedef struct wsse_dialect wsse_dialect;

/**
 * Clock and randomness for those who don't want the machine's: tests, devices whose clock is
 * elsewhere. Where a function takes an environment, NULL means the machine's clock and
 * randomness.
 *
 * Functions that take one copy what is in it and retain no pointer to it. It must not be changed
 * by one thread while another uses it.
 *
 * Methods: wsse_environment_new, wsse_environment_set_clock, wsse_environment_set_random,
 * wsse_environment_free.
 */
typedef struct wsse_environment wsse_environment;

/**
 * Why something was refused or could not be done. Immutable.
 *
 * Functions that can fail write one to their last parameter, `error_out`, on failure and only
 * then. That parameter may be NULL for a caller to whom the result is enough.
 *
 * Methods: wsse_error_result, wsse_error_category, wsse_error_cause, wsse_error_text,
 * wsse_error_position, wsse_error_fault, wsse_error_free.
 */
typedef struct wsse_error wsse_error;

/**
 * What ties a reply to its request. A client takes it from wsse_protected_exchange() and gives it
 * to wsse_inbound_validate_reply(); a server takes it from wsse_validated_message_exchange() and
 * gives it to wsse_outbound_protect_reply(). Immutable; any number of threads may read it.
 *
 * Methods: wsse_exchange_free.
 */
typedef struct wsse_exchange wsse_exchange;

/**
 * Checks the X-WSSE headers that a server receives. Immutable; any number of threads may use it.
 *
 * Methods: wsse_header_check_new, wsse_header_check_check, wsse_header_check_free.
 */
typedef struct wsse_header_check wsse_header_check;

/**
 * What may be given for a header instead of being made.
 *
 * It may be used for any number of headers, but a nonce must never be used twice. It must not be
 * changed by one thread while another uses it.
 *
 * Methods: wsse_header_options_new, wsse_header_options_set_nonce,
 * wsse_header_options_set_created, wsse_header_options_add_parameter, wsse_header_options_free.
 */
typedef struct wsse_header_options wsse_header_options;

/**
 * The value of an X-WSSE header, read but not checked: nothing in it is proven. Immutable; any
 * number of threads may read it.
 *
 * Methods: wsse_header_parse, wsse_header_value_username, wsse_header_value_password_digest,
 * wsse_header_value_nonce, wsse_header_value_created, wsse_header_value_has_prefix,
 * wsse_header_value_parameters_len, wsse_header_value_parameter, wsse_header_value_free.
 */
typedef struct wsse_header_value wsse_header_value;

/**
 * Validates messages by a policy. Immutable; any number of threads may use it.
 *
 * Methods: wsse_inbound_new, wsse_inbound_validate, wsse_inbound_validate_reply,
 * wsse_inbound_validate_stream, wsse_inbound_decrypt, wsse_inbound_policy, wsse_inbound_free.
 */
typedef struct wsse_inbound wsse_inbound;

/**
 * Protects messages by a policy. Immutable; any number of threads may use it.
 *
 * Methods: wsse_outbound_new, wsse_outbound_protect, wsse_outbound_protect_reply,
 * wsse_outbound_protect_stream, wsse_outbound_policy, wsse_outbound_free.
 */
typedef struct wsse_outbound wsse_outbound;

/**
 * Where a wsse_password_lookup_callback puts the passwords that it finds. Valid during the
 * callback only, on its thread only.
 *
 * Methods: wsse_passwords_add.
 */
typedef struct wsse_passwords wsse_passwords;

/**
 * A protected message. Immutable; any number of threads may read it.
 *
 * Methods: wsse_protected_message, wsse_protected_exchange, wsse_protected_free.
 */
typedef struct wsse_protected wsse_protected;

/**
 * Memory of the messages and headers that were accepted, so that none passes twice.
 *
 * Functions that take a store hold a reference of their own, so several inbounds and header
 * checks can share it, and the caller may free its reference at any time. Any number of threads
 * may use it.
 *
 * Methods: wsse_replay_store_new_memory, wsse_replay_store_new_callback, wsse_replay_store_len,
 * wsse_replay_store_is_forked, wsse_replay_store_free.
 */
typedef struct wsse_replay_store wsse_replay_store;

/**
 * Text in UTF-8 that a function made. Immutable; any number of threads may read it.
 *
 * Methods: wsse_string_view, wsse_string_c_str, wsse_string_free.
 */
typedef struct wsse_string wsse_string;

/**
 * A message that was validated. Only wsse_inbound_validate(), wsse_inbound_validate_reply() and
 * wsse_inbound_validate_stream() make it. Immutable; any number of threads may read it.
 *
 * Methods: wsse_validated_message_spooled,
 * wsse_validated_message_document, wsse_validated_message_body,
 * wsse_validated_message_signed_count, wsse_validated_message_signed_path,
 * wsse_validated_message_certificate, wsse_validated_message_signer_count,
 * wsse_validated_message_signer_certificate, wsse_validated_message_signer_key_name,
 * wsse_validated_message_signer_signed_count,
 * wsse_validated_message_signer_signed_path, wsse_validated_message_encrypted_count,
 * wsse_validated_message_encrypted_path, wsse_validated_message_encrypted_is_content,
 * wsse_validated_message_encrypted_range,
 * wsse_validated_message_unsigned_document, wsse_validated_message_unsigned_body,
 * wsse_validated_message_username, wsse_validated_message_is_authenticated, wsse_validated_message_soap_version,
 * wsse_validated_message_body_child, wsse_validated_message_timestamp_created,
 * wsse_validated_message_timestamp_expires, wsse_validated_message_timestamp_offset,
 * wsse_validated_message_username_token_offset, wsse_validated_message_exchange,
 * wsse_validated_message_free.
 */
typedef struct wsse_validated_message wsse_validated_message;

/**
 * Finds the passwords of a user: hands each to wsse_passwords_add(), several while one is being
 * replaced, none for an unknown user.
 *
 * `userdata` is what was given with the callback; `username` is UTF-8 without a NUL behind it,
 * never NULL; it and `passwords` are valid during the call only. Returns WSSE_CALLBACK_YES;
 * WSSE_CALLBACK_NO for an unknown user, whatever was added; anything else if the answer can't be
 * had. It may be called by every thread that calls the library, by several at once, and must not
 * throw, longjmp or otherwise leave but by returning.
 */
typedef int32_t (*wsse_password_lookup_callback)(void *userdata,
                                                 const char *username,
                                                 size_t username_len,
                                                 struct wsse_passwords *passwords);

/**
 * Frees the user data of a callback. It is called once, with what was given beside the callback,
 * when the last object that uses the callback is gone, by the thread that freed that one. It must
 * not throw, longjmp or otherwise leave but by returning.
 */
typedef void (*wsse_userdata_free_callback)(void *userdata);

/**
 * Judges a password in clear text, where only hashes of passwords are stored. It should take the
 * same time for an unknown user as for a wrong password.
 *
 * `userdata` is what was given with the callback; `username` is UTF-8 and `password` octets, both
 * without a NUL behind them, never NULL, and valid during the call only. Returns
 * WSSE_CALLBACK_YES if the password is the user's, WSSE_CALLBACK_NO if not, anything else if the
 * answer can't be had. It may be called by every thread that calls the library, by several at
 * once, and must not throw, longjmp or otherwise leave but by returning.
 */
typedef int32_t (*wsse_password_verifier_callback)(void *userdata,
                                                   const char *username,
                                                   size_t username_len,
                                                   const uint8_t *password,
                                                   size_t password_len);

/**
 * A view of octets that the library owns. How long it stays valid is said where it is returned;
 * copy what must live longer.
 *
 * Absent octets are a view whose `data` is NULL.
 */
typedef struct wsse_bytes {
    /**
     * The first octet.
     */
    const uint8_t *data;
    /**
     * The number of octets.
     */
    size_t len;
} wsse_bytes;

/**
 * A view of text in UTF-8 that the library owns. How long it stays valid is said where it is
 * returned; copy what must live longer.
 *
 * There is no NUL behind it unless the function that returns it says so. Absent text is a view
 * whose `data` is NULL; empty text has a `data` that is not.
 */
typedef struct wsse_str {
    /**
     * The first octet.
     */
    const char *data;
    /**
     * The number of octets.
     */
    size_t len;
} wsse_str;

/**
 * An instant, leap seconds not counted.
 */
typedef struct wsse_time {
    /**
     * Whole seconds since 1970-01-01T00:00:00Z, rounded down; what time() returns.
     */
    int64_t seconds;
    /**
     * Nanoseconds after that, 0 to 999999999.
     */
    uint32_t nanoseconds;
} wsse_time;

/**
 * Tells the present instant.
 *
 * `userdata` is what was given with the callback, `now_out` room for the answer; never NULL, and
 * valid during the call only. Returns WSSE_CALLBACK_YES after writing to `now_out`, anything else
 * if the clock can't tell. It may be called by every thread that calls the library, by several at
 * once, and must not throw, longjmp or otherwise leave but by returning.
 */
typedef int32_t (*wsse_clock_callback)(void *userdata, struct wsse_time *now_out);

/**
 * Fills octets that nobody can foresee.
 *
 * `userdata` is what was given with the callback; `octets_out` has room for `octets_len` octets,
 * all of which must be written; never NULL, and valid during the call only. Returns
 * WSSE_CALLBACK_YES when they are filled, anything else if there is no randomness. It may be
 * called by every thread that calls the library, by several at once, and must not throw, longjmp
 * or otherwise leave but by returning.
 */
typedef int32_t (*wsse_random_callback)(void *userdata, uint8_t *octets_out, size_t octets_len);

/**
 * Where in a message, a header value or a policy something is wrong.
 */
typedef struct wsse_position {
    /**
     * Octets before the place.
     */
    size_t offset;
    /**
     * Line, counted from 1. 0 where only the offset is known.
     */
    size_t line;
    /**
     * Column in characters, counted from 1. 0 where only the offset is known.
     */
    size_t column;
} wsse_position;

/**
 * The SOAP fault that a failure becomes. It is deliberately vague: it may be sent to the peer,
 * which the text of the error may not.
 */
typedef struct wsse_fault {
    /**
     * Whose fault it is: true for the sender (SOAP 1.1 Client, SOAP 1.2 Sender), false for the
     * receiver (SOAP 1.1 Server, SOAP 1.2 Receiver).
     */
    bool sender;
    /**
     * The local name of the code in the wsse namespace: SOAP 1.1 faultcode, SOAP 1.2 Subcode.
     * `data` is NULL where the standard has no word. Followed by a NUL.
     */
    struct wsse_str code;
    /**
     * The text for faultstring or Reason. Followed by a NUL.
     */
    struct wsse_str text;
} wsse_fault;

/**
 * What a wsse_remote_sign_callback is to sign. Valid during the callback only. Fields may be added
 * at the end.
 */
typedef struct wsse_signing_request {
    /**
     * The method by its name in policies: "rsa-sha256", "ecdsa-sha256", "eddsa-ed25519".
     */
    struct wsse_str method;
    /**
     * The octets that are signed.
     */
    struct wsse_bytes octets;
    /**
     * The digest of the octets that the method signs, for services that want it in place of them;
     * absent for EdDSA, which takes the octets as they are.
     */
    struct wsse_bytes digest;
    /**
     * What the digest was made with: "sha256"; absent for EdDSA.
     */
    struct wsse_str digest_method;
    /**
     * The DigestInfo that RSASSA-PKCS1-v1_5 pads, which PKCS#11 signs with CKM_RSA_PKCS; absent for
     * every other method.
     */
    struct wsse_bytes digest_info;
    /**
     * The digest in MGF1 of RSASSA-PSS: "sha256"; absent for every other method.
     */
    struct wsse_str mask_digest;
    /**
     * Octets of the salt of RSASSA-PSS; 0 for every other method.
     */
    size_t salt_len;
} wsse_signing_request;

/**
 * Signs with a private key that is held elsewhere, and hands the signature to wsse_answer_set(): of
 * ECDSA the numbers r and s, each of the length of the order, or the two as a sequence in DER; of the
 * other methods what the method says. It is checked under the certificate before it is used.
 *
 * `userdata` is what was given with the callback; `request` says what is to be signed, and `signature`
 * takes the answer; never NULL, and valid during the call only. Returns WSSE_CALLBACK_YES after it
 * was set, anything else if there is no answer, a time-out among them: nothing else ends a call that
 * takes too long. It may be called by every thread that calls the library, by several at once, and
 * must not throw, longjmp or otherwise leave but by returning.
 */
typedef int32_t (*wsse_remote_sign_callback)(void *userdata,
                                             const struct wsse_signing_request *request,
                                             struct wsse_answer *signature);

/**
 * What a wsse_remote_decrypt_callback is to decrypt: an EncryptedKey. Valid during the callback only.
 * Fields may be added at the end.
 */
typedef struct wsse_decryption_request {
    /**
     * "rsa-oaep" or "rsa-1.5".
     */
    struct wsse_str method;
    /**
     * The octets that were encrypted.
     */
    struct wsse_bytes octets;
    /**
     * The digest of OAEP: "sha256"; absent for rsa-1.5.
     */
    struct wsse_str digest;
    /**
     * The digest in MGF1 of OAEP: "sha256"; absent for rsa-1.5.
     */
    struct wsse_str mask_digest;
    /**
     * The label of OAEP, mostly empty; absent for rsa-1.5.
     */
    struct wsse_bytes label;
} wsse_decryption_request;

/**
 * Decrypts an EncryptedKey with a private key that is held elsewhere, and hands the secret that was
 * in it to wsse_answer_set().
 *
 * A sender must not be able to tell why octets do not decrypt, nor find it out from the time that it
 * takes. So WSSE_CALLBACK_NO is for every reason that lies in the octets, wrong padding above all, and
 * another number only for a key that does not answer.
 *
 * `userdata` is what was given with the callback; `request` says what is to be decrypted, and `secret`
 * takes the answer; never NULL, and valid during the call only. Returns WSSE_CALLBACK_YES after it
 * was set, WSSE_CALLBACK_NO where the octets do not decrypt, anything else if there is no answer, a
 * time-out among them. It may be called by every thread that calls the library, by several at once,
 * and must not throw, longjmp or otherwise leave but by returning.
 */
typedef int32_t (*wsse_remote_decrypt_callback)(void *userdata,
                                                const struct wsse_decryption_request *request,
                                                struct wsse_answer *secret);

/**
 * What a wsse_remote_verify_callback is to check. Valid during the callback only. Fields may be added
 * at the end.
 */
typedef struct wsse_verification_request {
    /**
     * The method by its name in policies: "hmac-sha256".
     */
    struct wsse_str method;
    /**
     * The octets that were signed.
     */
    struct wsse_bytes octets;
    /**
     * The octets of the SignatureValue.
     */
    struct wsse_bytes signature;
    /**
     * The digest of the octets inside the method; absent for EdDSA.
     */
    struct wsse_bytes digest;
    /**
     * What the digest was made with: "sha256"; absent for EdDSA.
     */
    struct wsse_str digest_method;
    /**
     * An ECDSA signature as a sequence in DER, as services want it; absent for other methods.
     */
    struct wsse_bytes der;
} wsse_verification_request;

/**
 * Checks a signature with a key that is held elsewhere. An HMAC that the callback computes itself is
 * to be compared in a time that does not depend on where it differs.
 *
 * `userdata` is what was given with the callback; `request` says what is to be checked, never NULL,
 * and valid during the call only. Returns WSSE_CALLBACK_YES if the key made the signature over exactly
 * these octets with this method, WSSE_CALLBACK_NO if not, anything else if there is no answer, a
 * time-out among them. It may be called by every thread that calls the library, by several at once,
 * and must not throw, longjmp or otherwise leave but by returning.
 */
typedef int32_t (*wsse_remote_verify_callback)(void *userdata,
                                               const struct wsse_verification_request *request);

/**
 * A signer of whom a wsse_decision_callback decides, before his signature is checked. Valid during
 * the callback only. Fields may be added at the end.
 */
typedef struct wsse_candidate {
    /**
     * His public key: the SubjectPublicKeyInfo in DER.
     */
    struct wsse_bytes public_key;
    /**
     * The certificate of the key in DER; absent where it has none.
     */
    struct wsse_bytes certificate;
    /**
     * The path to the anchor: `path_len` certificates in DER, the end entity first, the anchor last.
     * None where the certificate or the key is pinned, or nobody vouches for it.
     */
    const struct wsse_bytes *path;
    /**
     * The number of certificates of the path.
     */
    size_t path_len;
    /**
     * Whether the policy believes him; only the legacy switch embedded-key and `require.signer =
     * "any"` let others come so far.
     */
    bool trusted;
    /**
     * The time of the validation.
     */
    struct wsse_time at;
} wsse_candidate;

/**
 * Has the last word on a signer whom the policy believes. His signature is not checked yet: that he
 * passes here says nothing of the message.
 *
 * `userdata` is what was given with the callback; `candidate` is the signer, never NULL, and valid
 * during the call only. Returns WSSE_CALLBACK_YES to let him pass, WSSE_CALLBACK_NO to refuse him,
 * anything else if the answer can't be had. It may be called by every thread that calls the library,
 * by several at once, and must not throw, longjmp or otherwise leave but by returning.
 */
typedef int32_t (*wsse_decision_callback)(void *userdata, const struct wsse_candidate *candidate);

/**
 * Remembers a key until an instant, if it is not remembered already.
 *
 * Everything that protects against replays rests on it: of any number of calls with the same key,
 * in all threads and processes that share the store, exactly one may be told
 * WSSE_CALLBACK_YES, "new". An entry must be kept until `expires`; losing it earlier lets a
 * captured message pass again.
 *
 * `userdata` is what was given with the callback; `key` points to `key_len` octets (32), without
 * a NUL behind them, never NULL, and valid during the call only; `now` is the instant of the
 * clock that judged the message. Returns WSSE_CALLBACK_YES if the key was not there and is now,
 * WSSE_CALLBACK_NO if it was there, anything else if the store can't answer or has no room; the
 * message is then refused. It may be called by every thread that calls the library, by several at
 * once, and must not throw, longjmp or otherwise leave but by returning.
 */
typedef int32_t (*wsse_replay_insert_callback)(void *userdata,
                                               const uint8_t *key,
                                               size_t key_len,
                                               struct wsse_time expires,
                                               struct wsse_time now);

/**
 * Reads the next octets of a message.
 *
 * `userdata` is what was given with the callback; `octets_out` has room for `octets_len` octets, at
 * least one, and `read_out` takes how many were written there: 0 where the message has ended, never
 * more than there is room for. Never NULL, and valid during the call only. Returns WSSE_CALLBACK_YES
 * after that, anything else if they can't be read; it is not called again then. It is called by the
 * thread that called the library, and must not throw, longjmp or otherwise leave but by returning.
 */
typedef int32_t (*wsse_read_callback)(void *userdata,
                                      uint8_t *octets_out,
                                      size_t octets_len,
                                      size_t *read_out);

/**
 * Takes the next octets of a content that nobody may use before it is committed.
 *
 * `userdata` is what was given with the callback; `octets` points to `octets_len` octets, at least one,
 * never NULL, and valid during the call only. Returns WSSE_CALLBACK_YES, anything else if they can't be
 * taken: then the content is aborted. It is called by the thread that called the library, and must not
 * throw, longjmp or otherwise leave but by returning.
 */
typedef int32_t (*wsse_write_callback)(void *userdata, const uint8_t *octets, size_t octets_len);

/**
 * All of a content was written, and it is accepted.
 *
 * `userdata` is what was given with the callback. Returns WSSE_CALLBACK_YES, anything else if it can't
 * be kept: nothing else is called then, and the content must be gone as after an abort. It is called by
 * the thread that called the library, and must not throw, longjmp or otherwise leave but by returning.
 */
typedef int32_t (*wsse_commit_callback)(void *userdata);

/**
 * A content is refused: what was written of it must never be used.
 *
 * `userdata` is what was given with the callback. It is called by the thread that called the library,
 * and must not throw, longjmp or otherwise leave but by returning.
 */
typedef void (*wsse_abort_callback)(void *userdata);

/**
 * Goes back to where a message begins, of which something was read.
 *
 * `userdata` is what was given with the callback. Returns WSSE_CALLBACK_YES, anything else if it can't.
 * It is called by the thread that called the library, and must not throw, longjmp or otherwise leave
 * but by returning.
 */
typedef int32_t (*wsse_rewind_callback)(void *userdata);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Makes a call in which nothing is set. The caller owns it and must eventually call
 * wsse_call_free().
 *
 * Errors: WSSE_RESULT_MISUSE for NULL.
 */
wsse_result wsse_call_new(struct wsse_call **call_out, struct wsse_error **error_out);

/**
 * Sets the user, in UTF-8, in place of the one in the credentials; NULL takes it back. A call
 * that names another user needs a password, too, unless the policy shows none. Makes a copy and
 * retains no pointer.
 *
 * Errors: WSSE_RESULT_MISUSE where `call` is NULL or `username` is not UTF-8.
 */
wsse_result wsse_call_set_username(struct wsse_call *call,
                                   const char *username,
                                   size_t username_len,
                                   struct wsse_error **error_out);

/**
 * Sets the password, in octets, in place of the one in the credentials; NULL takes it back. Makes
 * a copy and retains no pointer.
 *
 * Errors: WSSE_RESULT_MISUSE where `call` is NULL.
 */
wsse_result wsse_call_set_password(struct wsse_call *call,
                                   const void *password,
                                   size_t password_len,
                                   struct wsse_error **error_out);

/**
 * Sets the octets of the Nonce; the message holds their base64. NULL takes them back: 16 random
 * octets are made. Makes a copy and retains no pointer.
 *
 * Errors: WSSE_RESULT_MISUSE where `call` is NULL.
 */
wsse_result wsse_call_set_nonce(struct wsse_call *call,
                                const void *nonce,
                                size_t nonce_len,
                                struct wsse_error **error_out);

/**
 * Sets the text of the UsernameToken's Created, written and hashed as it is; NULL takes it back:
 * the clock's. Makes a copy and retains no pointer.
 *
 * Errors: WSSE_RESULT_MISUSE where `call` is NULL or `created` is not UTF-8.
 */
wsse_result wsse_call_set_created(struct wsse_call *call,
                                  const char *created,
                                  size_t created_len,
                                  struct wsse_error **error_out);

/**
 * Sets the wsu:Id of the UsernameToken, an NCName; NULL takes it back: a random one. Makes a copy
 * and retains no pointer.
 *
 * Errors: WSSE_RESULT_MISUSE where `call` is NULL or `id` is not UTF-8. An Id that is no NCName is
 * refused where it is used.
 */
wsse_result wsse_call_set_username_token_id(struct wsse_call *call,
                                            const char *id,
                                            size_t id_len,
                                            struct wsse_error **error_out);

/**
 * Sets the wsu:Id of the Timestamp, an NCName; NULL takes it back: a random one. Makes a copy and
 * retains no pointer.
 *
 * Errors: WSSE_RESULT_MISUSE where `call` is NULL or `id` is not UTF-8. An Id that is no NCName is
 * refused where it is used.
 */
wsse_result wsse_call_set_timestamp_id(struct wsse_call *call,
                                       const char *id,
                                       size_t id_len,
                                       struct wsse_error **error_out);

/**
 * Frees a call; its password is overwritten. NULL is fine. Must not be called twice.
 */
void wsse_call_free(struct wsse_call *call);

/**
 * Makes credentials with nothing in them. The caller owns them and must eventually call
 * wsse_credentials_free().
 *
 * Errors: WSSE_RESULT_MISUSE for NULL.
 */
wsse_result wsse_credentials_new(struct wsse_credentials **credentials_out,
                                 struct wsse_error **error_out);

/**
 * Sets whose UsernameToken an outbound writes, unless a call names another user. Makes a copy and
 * retains no pointer.
 *
 * `username` is UTF-8. `password` is octets, a text its UTF-8; NULL for none, where the policy
 * shows none or each call gives it.
 *
 * Errors: WSSE_RESULT_MISUSE where `credentials` or `username` is NULL, or `username` is not
 * UTF-8.
 */
wsse_result wsse_credentials_set_username(struct wsse_credentials *credentials,
                                          const char *username,
                                          size_t username_len,
                                          const void *password,
                                          size_t password_len,
                                          struct wsse_error **error_out);

/**
 * Adds a password that a user may have to the table by which an inbound or a header check knows
 * passwords; call it several times for several users, or for several passwords of one user while
 * one is being replaced. Makes a copy and retains no pointer.
 *
 * `username` is UTF-8. `password` is octets, a text its UTF-8. An empty password is none: nobody
 * is let in by an unset field of a user database.
 *
 * Errors: WSSE_RESULT_MISUSE where one of them is NULL, `username` is not UTF-8, or a callback is
 * set.
 */
wsse_result wsse_credentials_add_password(struct wsse_credentials *credentials,
                                          const char *username,
                                          size_t username_len,
                                          const void *password,
                                          size_t password_len,
                                          struct wsse_error **error_out);

/**
 * Sets a callback that finds the passwords of a user. `userdata` goes to every call and may be
 * NULL; `userdata_free` is called when no object uses the callback any more, and may be NULL. On
 * failure the caller keeps `userdata`.
 *
 * Errors: WSSE_RESULT_MISUSE where `credentials` or `lookup` is NULL, or a table or another
 * callback is there.
 */
wsse_result wsse_credentials_set_password_lookup(struct wsse_credentials *credentials,
                                                 wsse_password_lookup_callback lookup,
                                                 void *userdata,
                                                 wsse_userdata_free_callback userdata_free,
                                                 struct wsse_error **error_out);

/**
 * Sets a callback that judges passwords in clear text. It can't check a PasswordDigest, nor an
 * X-WSSE header. `userdata` goes to every call and may be NULL; `userdata_free` is called when no
 * object uses the callback any more, and may be NULL. On failure the caller keeps `userdata`.
 *
 * Errors: WSSE_RESULT_MISUSE where `credentials` or `verifier` is NULL, or a table or another
 * callback is there.
 */
wsse_result wsse_credentials_set_password_verifier(struct wsse_credentials *credentials,
                                                   wsse_password_verifier_callback verifier,
                                                   void *userdata,
                                                   wsse_userdata_free_callback userdata_free,
                                                   struct wsse_error **error_out);

/**
 * Adds a private key with its certificate, which an outbound signs with: the identity that a
 * Signature of the policy has as its `key`. An inbound decrypts with it what was encrypted for the
 * certificate. Makes a copy and retains no pointer.
 *
 * `name` is UTF-8; an empty one serves every Signature that no other serves. `material` is the
 * octets of a file that holds both, and may hold certificates that lead upward: PEM, or PKCS#12,
 * which is told by its content. `password` opens what is encrypted; NULL for none.
 *
 * Errors, all of them WSSE_RESULT_MISUSE: "unreadable-key" for what is none of these, or damaged;
 * "wrong-key-password" where the password is wrong, or missing; "unsupported-container";
 * "missing-credential" without a private key or a certificate; "key-pair-mismatch" where no
 * certificate is of the key; "invalid-argument" where `credentials`, `name` or `material` is NULL,
 * or `name` is not UTF-8.
 */
wsse_result wsse_credentials_add_identity(struct wsse_credentials *credentials,
                                          const char *name,
                                          size_t name_len,
                                          const void *material,
                                          size_t material_len,
                                          const void *password,
                                          size_t password_len,
                                          struct wsse_error **error_out);

/**
 * The same where key and certificate are in two files: `key` is the octets of one, `certificate`
 * of the other, which may hold certificates that lead upward, too. Both may be PEM, DER or
 * PKCS#12, which is told by their content. `password` opens what is encrypted; NULL for none.
 *
 * Errors: as wsse_credentials_add_identity(); WSSE_RESULT_MISUSE also where `key` or `certificate`
 * is NULL.
 */
wsse_result wsse_credentials_add_key_pair(struct wsse_credentials *credentials,
                                          const char *name,
                                          size_t name_len,
                                          const void *key,
                                          size_t key_len,
                                          const void *certificate,
                                          size_t certificate_len,
                                          const void *password,
                                          size_t password_len,
                                          struct wsse_error **error_out);

/**
 * Adds a shared secret for HMAC signatures. An outbound signs with the one that a Signature of the
 * policy has as its `key`; an inbound believes all of them, and decrypts what was encrypted with them;
 * a KeyName in a message says which.
 * Makes a copy and retains no pointer.
 *
 * `name` is UTF-8; an empty one serves every Signature, or KeyName, that no other serves. `secret` is octets as
 * they are, not base64.
 *
 * Errors: WSSE_RESULT_MISUSE where one of them is NULL, `name` is not UTF-8, or `secret` is empty:
 * it would protect nothing.
 */
wsse_result wsse_credentials_add_secret(struct wsse_credentials *credentials,
                                        const char *name,
                                        size_t name_len,
                                        const void *secret,
                                        size_t secret_len,
                                        struct wsse_error **error_out);

/**
 * Adds certificates, or bare public keys, whose signatures an inbound believes as they are: pins.
 * References of messages that carry no certificate can mean them. Makes a copy and retains no
 * pointer.
 *
 * `name` is UTF-8: a name that the policy has in `trust.certificates`, or a KeyName of messages; an
 * empty one serves every name that no other serves. `material` is the octets of a file of any number of them: PEM, DER
 * or PKCS#12, which is told by its content; every certificate and public key in it is believed.
 * `password` opens what is encrypted; NULL for none.
 *
 * Errors: WSSE_RESULT_MISUSE as wsse_credentials_add_identity(), "unreadable-key" also where
 * `material` holds neither certificate nor public key.
 */
wsse_result wsse_credentials_add_certificate(struct wsse_credentials *credentials,
                                             const char *name,
                                             size_t name_len,
                                             const void *material,
                                             size_t material_len,
                                             const void *password,
                                             size_t password_len,
                                             struct wsse_error **error_out);

/**
 * Adds certificates of authorities: an inbound believes whoever has a certificate with a path to
 * one of them. Makes a copy and retains no pointer.
 *
 * `name` is UTF-8: the name that the policy has as `trust.anchors`; an empty one serves every
 * policy that no other serves. `material` and `password` are as in
 * wsse_credentials_add_certificate().
 *
 * Errors: WSSE_RESULT_MISUSE as wsse_credentials_add_identity(), "unreadable-key" also where
 * `material` holds no certificate, or a public key that stands alone.
 */
wsse_result wsse_credentials_add_anchor(struct wsse_credentials *credentials,
                                        const char *name,
                                        size_t name_len,
                                        const void *material,
                                        size_t material_len,
                                        const void *password,
                                        size_t password_len,
                                        struct wsse_error **error_out);

/**
 * Adds certificates that may stand between an anchor and a signer, and that references of messages
 * may mean. An inbound does not believe them for themselves. Makes a copy and retains no pointer.
 *
 * `material` and `password` are as in wsse_credentials_add_certificate().
 *
 * Errors: as wsse_credentials_add_anchor().
 */
wsse_result wsse_credentials_add_untrusted(struct wsse_credentials *credentials,
                                           const void *material,
                                           size_t material_len,
                                           const void *password,
                                           size_t password_len,
                                           struct wsse_error **error_out);

/**
 * Adds certificate revocation lists, in which issuers of certificates say whom they revoked. An
 * inbound refuses who is on one; what `trust.revocation` of its policy says of the others is in
 * docs/policies.md. Makes a copy and retains no pointer.
 *
 * `material` is a file as it is: one list in DER, or PEM of up to 64, of at most 8 MiB each. An
 * inbound takes 64.
 *
 * Errors: WSSE_RESULT_MISUSE with "unreadable-crl" for what is none, is damaged, or is a delta
 * list, an indirect one, or one of a distribution point.
 */
wsse_result wsse_credentials_add_crl(struct wsse_credentials *credentials,
                                     const void *material,
                                     size_t material_len,
                                     struct wsse_error **error_out);

/**
 * Adds a password to what a look-up found. Makes a copy and retains no pointer. An empty password
 * is none.
 *
 * Returns WSSE_RESULT_MISUSE, and adds nothing, where one of them is NULL.
 */
wsse_result wsse_passwords_add(struct wsse_passwords *passwords,
                               const void *password,
                               size_t password_len);

/**
 * Frees credentials; objects that were made with them keep their copies. NULL is fine. Must not
 * be called twice.
 */
void wsse_credentials_free(struct wsse_credentials *credentials);

/**
 * Adds a private key of ours, with which an inbound decrypts what was encrypted for its certificate.
 * Makes a copy and retains no pointer. wsse_credentials_add_secret() adds secrets that decrypt, too,
 * and a key that wsse_credentials_add_remote_identity() adds with a decrypt callback decrypts where
 * it is held.
 *
 * `name` is UTF-8: a KeyName by which messages mean the key; an empty one serves every KeyName that no
 * other serves. `material` is the octets of a file with the key: PEM, DER or PKCS#12, which is told by
 * its content. By its certificate senders mean the key: it is in the same file, or among those of
 * wsse_credentials_add_certificate() and wsse_credentials_add_untrusted(). A key that is the only one
 * and has no certificate is meant by every reference to one. `password` opens what is encrypted; NULL
 * for none.
 *
 * Errors: WSSE_RESULT_MISUSE as wsse_credentials_add_identity(), but that no certificate is needed;
 * "missing-credential" where there is no private key.
 */
wsse_result wsse_credentials_add_decryption_key(struct wsse_credentials *credentials,
                                                const char *name,
                                                size_t name_len,
                                                const void *material,
                                                size_t material_len,
                                                const void *password,
                                                size_t password_len,
                                                struct wsse_error **error_out);

/**
 * Adds somebody whom an outbound encrypts for. Makes a copy and retains no pointer.
 *
 * `name` is UTF-8: the name that an encryption of the policy has as its `recipient`; an empty one
 * serves every recipient that no other serves. `material` is the octets of a file with the certificate
 * first, or with a bare public key, of whose certificate nothing is known or asked: PEM, DER or
 * PKCS#12, which is told by its content. `password` opens what is encrypted; NULL for none. A shared
 * secret is added by wsse_credentials_add_secret().
 *
 * Errors: WSSE_RESULT_MISUSE as wsse_credentials_add_certificate().
 */
wsse_result wsse_credentials_add_recipient(struct wsse_credentials *credentials,
                                           const char *name,
                                           size_t name_len,
                                           const void *material,
                                           size_t material_len,
                                           const void *password,
                                           size_t password_len,
                                           struct wsse_error **error_out);

/**
 * Decrypts everything in a message that its Security header says is encrypted, at least one part, and
 * judges nothing: neither signatures, nor tokens, nor what the policy requires. Of the policy the
 * actor, the limits and the legacy switches count; CBC needs its switch, as no signature is checked.
 * wsse_inbound_validate() decrypts and checks.
 *
 * `message` is the octets as they were received. The caller owns `decrypted_out` and must eventually
 * call wsse_decrypted_message_free(); no pointer to the arguments is retained.
 *
 * Errors: WSSE_RESULT_INVALID_SECURITY where nothing is encrypted; WSSE_RESULT_FAILED_CHECK with
 * "decryption-failed" where something does not decrypt, which never says why;
 * WSSE_RESULT_SECURITY_TOKEN_UNAVAILABLE without the key; what else wsse_inbound_validate() says of the
 * octets; WSSE_RESULT_MISUSE where `inbound`, `message` or `decrypted_out` is NULL.
 */
wsse_result wsse_inbound_decrypt(const struct wsse_inbound *inbound,
                                 const void *message,
                                 size_t message_len,
                                 struct wsse_decrypted_message **decrypted_out,
                                 struct wsse_error **error_out);

/**
 * The message with each EncryptedData replaced by what was in it, in UTF-8; its Security header is
 * still there. The view is borrowed until the message is freed; `data` is NULL for NULL.
 */
struct wsse_bytes wsse_decrypted_message_octets(const struct wsse_decrypted_message *message);

/**
 * How many parts were encrypted: at least one. 0 for NULL.
 */
size_t wsse_decrypted_message_encrypted_count(const struct wsse_decrypted_message *message);

/**
 * Where a part stands that was encrypted, in the order of the document: `/Envelope/Body`,
 * `/Envelope/Header/{urn:a}To[1]`. `index` counts from 0. The view is borrowed until the message is
 * freed; `data` is NULL for an index that is too large, and for NULL.
 */
struct wsse_str wsse_decrypted_message_encrypted_path(const struct wsse_decrypted_message *message,
                                                      size_t index);

/**
 * Whether the content of the element was encrypted, and not the element itself. `index` counts from 0.
 * False for an index that is too large, and for NULL.
 */
bool wsse_decrypted_message_encrypted_is_content(const struct wsse_decrypted_message *message,
                                                 size_t index);

/**
 * Writes where a part that was encrypted begins and ends, in octets of
 * wsse_decrypted_message_octets(), to `start_out` and `end_out`, and returns true. `index` counts from
 * 0. Returns false and writes nothing for an index that is too large, and where one of the three is
 * NULL.
 */
bool wsse_decrypted_message_encrypted_range(const struct wsse_decrypted_message *message,
                                            size_t index,
                                            size_t *start_out,
                                            size_t *end_out);

/**
 * Frees a decrypted message. NULL is fine. Must not be called twice.
 */
void wsse_decrypted_message_free(struct wsse_decrypted_message *message);

/**
 * How many parts of the message were encrypted; they are plaintext now. That something was encrypted
 * says nothing of who did it. 0 for NULL.
 */
size_t wsse_validated_message_encrypted_count(const struct wsse_validated_message *message);

/**
 * Where a part stands that was encrypted, as wsse_decrypted_message_encrypted_path() says it. `index`
 * counts from 0. The view is borrowed until the message is freed; `data` is NULL for an index that is
 * too large, and for NULL.
 */
struct wsse_str wsse_validated_message_encrypted_path(const struct wsse_validated_message *message,
                                                      size_t index);

/**
 * Whether the content of the element was encrypted, and not the element itself. `index` counts from 0.
 * False for an index that is too large, and for NULL.
 */
bool wsse_validated_message_encrypted_is_content(const struct wsse_validated_message *message,
                                                 size_t index);

/**
 * Writes where a part that was encrypted begins and ends, in octets of the message as it is when
 * everything is decrypted, to `start_out` and `end_out`, and returns true. `index` counts from 0.
 * Returns false and writes nothing for an index that is too large, and where one of the three is NULL.
 */
bool wsse_validated_message_encrypted_range(const struct wsse_validated_message *message,
                                            size_t index,
                                            size_t *start_out,
                                            size_t *end_out);

/**
 * Makes an environment with the machine's clock and randomness. The caller owns it and must
 * eventually call wsse_environment_free().
 *
 * Errors: WSSE_RESULT_MISUSE for NULL.
 */
wsse_result wsse_environment_new(struct wsse_environment **environment_out,
                                 struct wsse_error **error_out);

/**
 * Sets another clock. `userdata` goes to every call and may be NULL; `userdata_free` is called
 * when no object uses the callback any more, and may be NULL. On failure the caller keeps
 * `userdata`.
 *
 * Errors: WSSE_RESULT_MISUSE where `environment` or `clock` is NULL.
 */
wsse_result wsse_environment_set_clock(struct wsse_environment *environment,
                                       wsse_clock_callback clock,
                                       void *userdata,
                                       wsse_userdata_free_callback userdata_free,
                                       struct wsse_error **error_out);

/**
 * Sets another source of randomness. `userdata` goes to every call and may be NULL;
 * `userdata_free` is called when no object uses the callback any more, and may be NULL. On
 * failure the caller keeps `userdata`.
 *
 * Errors: WSSE_RESULT_MISUSE where `environment` or `random` is NULL.
 */
wsse_result wsse_environment_set_random(struct wsse_environment *environment,
                                        wsse_random_callback random,
                                        void *userdata,
                                        wsse_userdata_free_callback userdata_free,
                                        struct wsse_error **error_out);

/**
 * Frees an environment; objects that were made with it keep their copies. NULL is fine. Must not
 * be called twice.
 */
void wsse_environment_free(struct wsse_environment *environment);

/**
 * The name of a result: "Ok", "InvalidSecurity", ..., "Panic"; the same words in every language.
 * `data` is NULL for a number that is no result. The view is followed by a NUL and stays valid
 * for ever. Any thread may call it.
 */
struct wsse_str wsse_result_name(uint32_t result);

/**
 * The result that came with the error. WSSE_RESULT_OK for NULL.
 */
wsse_result wsse_error_result(const struct wsse_error *error);

/**
 * The name of the category, as wsse_result_name() has it for the result. The view is followed by
 * a NUL and borrowed until the error is freed; `data` is NULL for NULL.
 */
struct wsse_str wsse_error_category(const struct wsse_error *error);

/**
 * The stable name of the cause, for programs: "replay", "missing-part", "invalid-argument". It is
 * finer than the category, which it determines; docs/errors.md lists all. "panic" for
 * WSSE_RESULT_PANIC. The view is followed by a NUL and borrowed until the error is freed; `data`
 * is NULL for NULL.
 */
struct wsse_str wsse_error_cause(const struct wsse_error *error);

/**
 * What went wrong, in words, with the place: for the operator's log, not for the peer. It holds
 * no password, digest or nonce of ours; it may hold names from the message. The view is followed
 * by a NUL and borrowed until the error is freed; `data` is NULL for NULL.
 *
 * Example:
 *
 *     fprintf(stderr, "%s: %s\n", wsse_error_category(error).data, wsse_error_text(error).data);
 */
struct wsse_str wsse_error_text(const struct wsse_error *error);

/**
 * Writes where it went wrong to `position_out` and returns true; returns false and writes nothing
 * where there is no place, or where one of the two is NULL.
 */
bool wsse_error_position(const struct wsse_error *error, struct wsse_position *position_out);

/**
 * Writes what the peer may be told to `fault_out` and returns true; returns false and writes
 * nothing where one of the two is NULL. The views in it are borrowed until the error is freed.
 */
bool wsse_error_fault(const struct wsse_error *error, struct wsse_fault *fault_out);

/**
 * Frees an error. NULL is fine. Must not be called twice.
 */
void wsse_error_free(struct wsse_error *error);

/**
 * Frees an exchange. NULL is fine. Must not be called twice.
 */
void wsse_exchange_free(struct wsse_exchange *exchange);

/**
 * Makes `WSSE profile="UsernameToken"`. The caller owns it and must eventually call
 * wsse_authorization_free().
 *
 * Errors: WSSE_RESULT_MISUSE for NULL.
 */
wsse_result wsse_authorization_new(struct wsse_authorization **authorization_out,
                                   struct wsse_error **error_out);

/**
 * Makes `WSSE realm="SDP",profile="UsernameToken",type="Appkey"`, which Huawei Cloud SMS wants
 * with the dialect "huawei". The caller owns it and must eventually call
 * wsse_authorization_free().
 *
 * Errors: WSSE_RESULT_MISUSE for NULL.
 */
wsse_result wsse_authorization_new_huawei(struct wsse_authorization **authorization_out,
                                          struct wsse_error **error_out);

/**
 * Reads the value of an Authorization header. Where it is of another scheme the result is
 * WSSE_RESULT_OK and `authorization_out` is set to NULL. Else the caller owns it and must
 * eventually call wsse_authorization_free(); no pointer to `value` is retained.
 *
 * Errors: WSSE_RESULT_MALFORMED and WSSE_RESULT_LIMIT_EXCEEDED, with the offset;
 * WSSE_RESULT_MISUSE where `value` or `authorization_out` is NULL.
 */
wsse_result wsse_authorization_parse(const char *value,
                                     size_t value_len,
                                     struct wsse_authorization **authorization_out,
                                     struct wsse_error **error_out);

/**
 * Sets the realm. Makes a copy and retains no pointer.
 *
 * Errors: WSSE_RESULT_MISUSE where one of them is NULL, or `realm` is not UTF-8.
 */
wsse_result wsse_authorization_set_realm(struct wsse_authorization *authorization,
                                         const char *realm,
                                         size_t realm_len,
                                         struct wsse_error **error_out);

/**
 * Adds a parameter, written last. Makes a copy and retains no pointer. What can't stand in a
 * header is refused by wsse_authorization_write().
 *
 * Errors: WSSE_RESULT_MISUSE where one of them is NULL or is not UTF-8.
 */
wsse_result wsse_authorization_add_parameter(struct wsse_authorization *authorization,
                                             const char *name,
                                             size_t name_len,
                                             const char *value,
                                             size_t value_len,
                                             struct wsse_error **error_out);

/**
 * Writes the value of an Authorization header. The caller owns `value_out` and must eventually
 * call wsse_string_free().
 *
 * Errors: WSSE_RESULT_MISUSE where one of them is NULL, and for what can't stand in a header.
 */
wsse_result wsse_authorization_write(const struct wsse_authorization *authorization,
                                     struct wsse_string **value_out,
                                     struct wsse_error **error_out);

/**
 * The realm. The view is borrowed until the authorization is changed or freed; `data` is NULL
 * where there is none, and for NULL.
 */
struct wsse_str wsse_authorization_realm(const struct wsse_authorization *authorization);

/**
 * The profile. The view is borrowed until the authorization is changed or freed; `data` is NULL
 * where there is none, and for NULL.
 */
struct wsse_str wsse_authorization_profile(const struct wsse_authorization *authorization);

/**
 * The number of other parameters. 0 for NULL.
 */
size_t wsse_authorization_parameters_len(const struct wsse_authorization *authorization);

/**
 * Writes name and value of another parameter to `name_out` and `value_out`, and returns true.
 * Returns false and writes nothing where `index` is not below
 * wsse_authorization_parameters_len(), and where one of the three is NULL. The views are borrowed
 * until the authorization is changed or freed.
 */
bool wsse_authorization_parameter(const struct wsse_authorization *authorization,
                                  size_t index,
                                  struct wsse_str *name_out,
                                  struct wsse_str *value_out);

/**
 * Frees an authorization. NULL is fine. Must not be called twice.
 */
void wsse_authorization_free(struct wsse_authorization *authorization);

/**
 * Makes a challenge for UsernameToken in a realm, which may be empty. The caller owns it and must
 * eventually call wsse_challenge_free().
 *
 * Errors: WSSE_RESULT_MISUSE where `realm` or `challenge_out` is NULL, or `realm` is not UTF-8.
 */
wsse_result wsse_challenge_new(const char *realm,
                               size_t realm_len,
                               struct wsse_challenge **challenge_out,
                               struct wsse_error **error_out);

/**
 * Finds the WSSE challenge in the value of a WWW-Authenticate header, which may hold several (RFC
 * 9110, section 11.6.1); the word inside a quoted string is no challenge. Where there is none the
 * result is WSSE_RESULT_OK and `challenge_out` is set to NULL. Else the caller owns it and must
 * eventually call wsse_challenge_free(); no pointer to `value` is retained.
 *
 * Errors: WSSE_RESULT_MALFORMED and WSSE_RESULT_LIMIT_EXCEEDED, with the offset;
 * WSSE_RESULT_MISUSE where `value` or `challenge_out` is NULL.
 */
wsse_result wsse_challenge_parse(const char *value,
                                 size_t value_len,
                                 struct wsse_challenge **challenge_out,
                                 struct wsse_error **error_out);

/**
 * Writes the value of a WWW-Authenticate header. The caller owns `value_out` and must eventually
 * call wsse_string_free().
 *
 * Errors: WSSE_RESULT_MISUSE where one of them is NULL, and for a control character in the realm.
 */
wsse_result wsse_challenge_write(const struct wsse_challenge *challenge,
                                 struct wsse_string **value_out,
                                 struct wsse_error **error_out);

/**
 * The realm. The view is borrowed until the challenge is freed; `data` is NULL where there is
 * none, and for NULL.
 */
struct wsse_str wsse_challenge_realm(const struct wsse_challenge *challenge);

/**
 * The profile. Only "UsernameToken" can be answered by an X-WSSE header. The view is borrowed
 * until the challenge is freed; `data` is NULL where there is none, and for NULL.
 */
struct wsse_str wsse_challenge_profile(const struct wsse_challenge *challenge);

/**
 * The number of other parameters. 0 for NULL.
 */
size_t wsse_challenge_parameters_len(const struct wsse_challenge *challenge);

/**
 * Writes name and value of another parameter to `name_out` and `value_out`, and returns true.
 * Returns false and writes nothing where `index` is not below wsse_challenge_parameters_len(), and
 * where one of the three is NULL. The views are borrowed until the challenge is freed.
 */
bool wsse_challenge_parameter(const struct wsse_challenge *challenge,
                              size_t index,
                              struct wsse_str *name_out,
                              struct wsse_str *value_out);

/**
 * Frees a challenge. NULL is fine. Must not be called twice.
 */
void wsse_challenge_free(struct wsse_challenge *challenge);

/**
 * Makes a header check. The caller owns it and must eventually call wsse_header_check_free().
 *
 * `dialects` is an array of `dialects_len` handles, at least one: the accepted ones; where two fit
 * the first is reported. Of `credentials` the table or the look-up is used. `replay_store` NULL
 * means a store of its own in the memory of this process; `environment` NULL means the machine's
 * clock. Dialects, credentials and environment are copied; of the store a reference is held, and
 * the caller's own stays.
 *
 * Checks that share a store should accept the same dialects and windows.
 *
 * Errors: WSSE_RESULT_MISUSE where `dialects`, one of its handles, `credentials` or `check_out` is
 * NULL, where the credentials know no passwords or have a verifier only, and for a dialect that
 * makes no sense.
 */
wsse_result wsse_header_check_new(const struct wsse_dialect *const *dialects,
                                  size_t dialects_len,
                                  const struct wsse_credentials *credentials,
                                  const struct wsse_replay_store *replay_store,
                                  const struct wsse_environment *environment,
                                  struct wsse_header_check **check_out,
                                  struct wsse_error **error_out);

/**
 * Checks the value of an X-WSSE header, without "X-WSSE:".
 *
 * The caller owns `checked_out` and must eventually call wsse_checked_header_free(); no pointer to
 * `value` is retained. A request for which this fails must not be acted on.
 *
 * Errors: WSSE_RESULT_MALFORMED, WSSE_RESULT_INVALID_SECURITY_TOKEN and
 * WSSE_RESULT_LIMIT_EXCEEDED for what can't be read; WSSE_RESULT_MESSAGE_EXPIRED;
 * WSSE_RESULT_FAILED_AUTHENTICATION; WSSE_RESULT_INVALID_SECURITY for one that was seen before;
 * WSSE_RESULT_UNAVAILABLE; WSSE_RESULT_MISUSE where `check`, `value` or `checked_out` is NULL.
 */
wsse_result wsse_header_check_check(const struct wsse_header_check *check,
                                    const char *value,
                                    size_t value_len,
                                    struct wsse_checked_header **checked_out,
                                    struct wsse_error **error_out);

/**
 * Frees a header check. NULL is fine. Must not be called twice, nor while a thread uses it.
 */
void wsse_header_check_free(struct wsse_header_check *check);

/**
 * Who sent it, as confirmed by the password. The view is borrowed until the header is freed;
 * `data` is NULL for NULL.
 */
struct wsse_str wsse_checked_header_username(const struct wsse_checked_header *header);

/**
 * The name of the dialect that fitted. The view is borrowed until the header is freed; `data` is
 * NULL for NULL.
 */
struct wsse_str wsse_checked_header_dialect(const struct wsse_checked_header *header);

/**
 * Writes when the sender says it was made to `created_out` and returns true. Returns false and
 * writes nothing where one of the two is NULL.
 */
bool wsse_checked_header_created(const struct wsse_checked_header *header,
                                 struct wsse_time *created_out);

/**
 * The text of Nonce, as the header has it. The view is borrowed until the header is freed; `data`
 * is NULL for NULL.
 */
struct wsse_str wsse_checked_header_nonce(const struct wsse_checked_header *header);

/**
 * The number of parameters beside the four. 0 for NULL.
 */
size_t wsse_checked_header_unprotected_parameters_len(const struct wsse_checked_header *header);

/**
 * Writes name and value of a parameter beside the four to `name_out` and `value_out`, and returns
 * true. They are not in the hash: anyone on the way can have written them. Returns false and
 * writes nothing where `index` is not below wsse_checked_header_unprotected_parameters_len(), and
 * where one of the three is NULL. The views are borrowed until the header is freed.
 */
bool wsse_checked_header_unprotected_parameter(const struct wsse_checked_header *header,
                                               size_t index,
                                               struct wsse_str *name_out,
                                               struct wsse_str *value_out);

/**
 * Frees a checked header. NULL is fine. Must not be called twice.
 */
void wsse_checked_header_free(struct wsse_checked_header *header);

/**
 * Makes the value of an X-WSSE header, without "X-WSSE: ". Any thread may call it.
 *
 * `username` is UTF-8; `password` is octets, a text its UTF-8. `options` NULL means that
 * everything is made; `environment` NULL means the machine's clock and randomness. The caller owns
 * `value_out` and must eventually call wsse_string_free(); no pointer to the arguments is
 * retained. The digest covers nothing of the request, so the header belongs into TLS.
 *
 * Errors: WSSE_RESULT_MISUSE where `dialect`, `username`, `password` or `value_out` is NULL, and
 * for what can't stand in a header; WSSE_RESULT_UNAVAILABLE without clock or randomness.
 *
 * Example:
 *
 *     wsse_dialect *dialect = NULL;
 *     wsse_string *value = NULL;
 *     wsse_dialect_new_preset("atom", 4, &dialect, NULL);
 *     if (wsse_header_create(dialect, "bob", 3, "taadtaadpstcsm", 14, NULL, NULL, &value, NULL)
 *         == WSSE_RESULT_OK)
 *         printf("X-WSSE: %s\r\n", wsse_string_c_str(value));
 *     wsse_string_free(value);
 *     wsse_dialect_free(dialect);
 */
wsse_result wsse_header_create(const struct wsse_dialect *dialect,
                               const char *username,
                               size_t username_len,
                               const void *password,
                               size_t password_len,
                               const struct wsse_header_options *options,
                               const struct wsse_environment *environment,
                               struct wsse_string **value_out,
                               struct wsse_error **error_out);

/**
 * Makes options in which nothing is set. The caller owns them and must eventually call
 * wsse_header_options_free().
 *
 * Errors: WSSE_RESULT_MISUSE for NULL.
 */
wsse_result wsse_header_options_new(struct wsse_header_options **options_out,
                                    struct wsse_error **error_out);

/**
 * Sets the octets that enter the hash as nonce; the header shows them in the dialect's form: as
 * they are, or in base64. NULL takes them back: fresh ones are made. Makes a copy and retains no
 * pointer.
 *
 * Errors: WSSE_RESULT_MISUSE where `options` is NULL.
 */
wsse_result wsse_header_options_set_nonce(struct wsse_header_options *options,
                                          const void *nonce,
                                          size_t nonce_len,
                                          struct wsse_error **error_out);

/**
 * Sets the text of Created, used as it is; NULL takes it back: the clock's. Makes a copy and
 * retains no pointer.
 *
 * Errors: WSSE_RESULT_MISUSE where `options` is NULL or `created` is not UTF-8.
 */
wsse_result wsse_header_options_set_created(struct wsse_header_options *options,
                                            const char *created,
                                            size_t created_len,
                                            struct wsse_error **error_out);

/**
 * Adds a parameter, written after the dialect's own. Makes a copy and retains no pointer. What
 * can't stand in a header is refused where the options are used.
 *
 * Errors: WSSE_RESULT_MISUSE where one of them is NULL or is not UTF-8.
 */
wsse_result wsse_header_options_add_parameter(struct wsse_header_options *options,
                                              const char *name,
                                              size_t name_len,
                                              const char *value,
                                              size_t value_len,
                                              struct wsse_error **error_out);

/**
 * Frees options. NULL is fine. Must not be called twice.
 */
void wsse_header_options_free(struct wsse_header_options *options);

/**
 * Makes a dialect that differs from the preset "atom" by its name only, which is for people and
 * logs; wsse_dialect_set() changes the rest. The caller owns it and must eventually call
 * wsse_dialect_free().
 *
 * Errors: WSSE_RESULT_MISUSE where `name` or `dialect_out` is NULL, or `name` is not UTF-8.
 */
wsse_result wsse_dialect_new(const char *name,
                             size_t name_len,
                             struct wsse_dialect **dialect_out,
                             struct wsse_error **error_out);

/**
 * Makes the dialect of a preset: "atom", "atom-base64", "symfony", "adobe-rest", "adobe-soap",
 * "emarsys", "sha256-hex", "huawei", "sha256-base64", "emt", "penneo". The caller owns it and must
 * eventually call wsse_dialect_free().
 *
 * Errors: WSSE_RESULT_MISUSE where `name` or `dialect_out` is NULL, and for another name.
 */
wsse_result wsse_dialect_new_preset(const char *name,
                                    size_t name_len,
                                    struct wsse_dialect **dialect_out,
                                    struct wsse_error **error_out);

/**
 * Changes one thing. Knobs and their values:
 *
 * - "nonce-form": "text", "base64", "hex", "text-read-as-base64": how Nonce spells what is hashed
 * - "nonce-generator": "octets:N", "hex-digits:N", "uuid", "uuid-without-dashes"
 * - "hash": "sha1", "sha256", "sha384", "sha512"
 * - "digest-text": "octets" or "hex": what the base64 of PasswordDigest is of
 * - "created-form": "date-time", "epoch-seconds", "rfc2822", "gmt-text": as it is sent
 * - "created-zone": "Z", "+00:00", "+0000", for a date-time
 * - "created-milliseconds": "true" or "false", for a date-time
 * - "accepted-created": the forms that are read, separated by commas
 * - "secret": as in wsse_password_digest()
 * - "prefix": "required", "optional" or "omitted": whether "UsernameToken " is there
 * - "separator": ", " or ","
 * - "ttl", "future-tolerance": seconds
 *
 * On failure the dialect stays as it was.
 *
 * Errors: WSSE_RESULT_MISUSE where one of them is NULL, and for another knob or value.
 */
wsse_result wsse_dialect_set(struct wsse_dialect *dialect,
                             const char *knob,
                             size_t knob_len,
                             const char *value,
                             size_t value_len,
                             struct wsse_error **error_out);

/**
 * Adds a parameter that is always written. Makes a copy and retains no pointer. What can't stand
 * in a header is refused where the dialect is used.
 *
 * Errors: WSSE_RESULT_MISUSE where one of them is NULL or is not UTF-8.
 */
wsse_result wsse_dialect_add_parameter(struct wsse_dialect *dialect,
                                       const char *name,
                                       size_t name_len,
                                       const char *value,
                                       size_t value_len,
                                       struct wsse_error **error_out);

/**
 * The name. The view is borrowed until the dialect is changed or freed; `data` is NULL for NULL.
 */
struct wsse_str wsse_dialect_name(const struct wsse_dialect *dialect);

/**
 * Frees a dialect; objects that were made with it keep their copies. NULL is fine. Must not be
 * called twice.
 */
void wsse_dialect_free(struct wsse_dialect *dialect);

/**
 * Reads the value of an X-WSSE header: what stands behind "X-WSSE:". Any thread may call it.
 *
 * The caller owns `header_value_out` and must eventually call wsse_header_value_free(); it holds
 * copies, and no pointer to `value` is retained.
 *
 * Errors: WSSE_RESULT_MALFORMED, WSSE_RESULT_INVALID_SECURITY_TOKEN and
 * WSSE_RESULT_LIMIT_EXCEEDED, with the offset; WSSE_RESULT_MISUSE where `value` or
 * `header_value_out` is NULL.
 */
wsse_result wsse_header_parse(const char *value,
                              size_t value_len,
                              struct wsse_header_value **header_value_out,
                              struct wsse_error **error_out);

/**
 * The text of Username, without quotes and escapes, never empty. The view is borrowed until the
 * value is freed; `data` is NULL for NULL.
 */
struct wsse_str wsse_header_value_username(const struct wsse_header_value *header_value);

/**
 * The text of PasswordDigest, never empty. The view is borrowed until the value is freed; `data`
 * is NULL for NULL.
 */
struct wsse_str wsse_header_value_password_digest(const struct wsse_header_value *header_value);

/**
 * The text of Nonce, as the header has it, never empty. The view is borrowed until the value is
 * freed; `data` is NULL for NULL.
 */
struct wsse_str wsse_header_value_nonce(const struct wsse_header_value *header_value);

/**
 * The text of Created, never empty. The view is borrowed until the value is freed; `data` is NULL
 * for NULL.
 */
struct wsse_str wsse_header_value_created(const struct wsse_header_value *header_value);

/**
 * Whether "UsernameToken " stands before the parameters. False for NULL.
 */
bool wsse_header_value_has_prefix(const struct wsse_header_value *header_value);

/**
 * The number of parameters beside the four. 0 for NULL.
 */
size_t wsse_header_value_parameters_len(const struct wsse_header_value *header_value);

/**
 * Writes name and value of a parameter beside the four to `name_out` and `value_out`, and returns
 * true. Returns false and writes nothing where `index` is not below
 * wsse_header_value_parameters_len(), and where one of the three is NULL. The views are borrowed
 * until the value is freed.
 */
bool wsse_header_value_parameter(const struct wsse_header_value *header_value,
                                 size_t index,
                                 struct wsse_str *name_out,
                                 struct wsse_str *value_out);

/**
 * Frees a header's value. NULL is fine. Must not be called twice.
 */
void wsse_header_value_free(struct wsse_header_value *header_value);

/**
 * Makes an inbound. The caller owns it and must eventually call wsse_inbound_free().
 *
 * `policy` is "preset:NAME" with the name of a built-in policy (username-token, username-text,
 * timestamp, onvif), or the text of an inbound policy in TOML; see docs/policies.md. Of
 * `credentials` the table or the callback is used by which passwords are known, the certificates,
 * anchors, public keys, verifiers and secrets that signatures are checked with, and the identities,
 * keys and secrets that decrypt; NULL where the policy wants none of it. `replay_store` serves under
 * the name that the policy has for it;
 * NULL means a store of its own in the memory of this process, unless the policy names another
 * than "default". `environment` NULL means the machine's clock. Credentials and environment are
 * copied; of the store a reference is held, and the caller's own stays.
 *
 * Errors: WSSE_RESULT_MISUSE where `policy` or `inbound_out` is NULL, for a policy that can't be
 * read, with the line, or contradicts itself, and where it needs credentials or a store that are
 * not given.
 */
wsse_result wsse_inbound_new(const char *policy,
                             size_t policy_len,
                             const struct wsse_credentials *credentials,
                             const struct wsse_replay_store *replay_store,
                             const struct wsse_environment *environment,
                             struct wsse_inbound **inbound_out,
                             struct wsse_error **error_out);

/**
 * Checks everything that the policy demands, and what else is in the Security header.
 *
 * `message` is the octets as they were received. `charset` is the charset of the Content-Type;
 * NULL where there is none. The caller owns `validated_out` and must eventually call
 * wsse_validated_message_free(); no pointer to the arguments is retained. A message for which this
 * fails must not be acted on.
 *
 * Errors: every result but WSSE_RESULT_IO; WSSE_RESULT_MISUSE only where `inbound`, `message` or
 * `validated_out` is NULL.
 *
 * Example:
 *
 *     wsse_validated_message *validated = NULL;
 *     wsse_error *error = NULL;
 *     wsse_result result =
 *         wsse_inbound_validate(inbound, message, length, NULL, 0, &validated, &error);
 *     if (result != WSSE_RESULT_OK) {
 *         wsse_fault fault;
 *         syslog(LOG_WARNING, "%s", wsse_error_text(error).data);
 *         if (wsse_error_fault(error, &fault))
 *             send_fault(fault.sender, fault.code.data, fault.text.data);
 *         wsse_error_free(error);
 *         return;
 *     }
 *     wsse_bytes document = wsse_validated_message_document(validated);
 *     if (document.data == NULL)
 *         document = wsse_validated_message_unsigned_document(validated);
 */
wsse_result wsse_inbound_validate(const struct wsse_inbound *inbound,
                                  const void *message,
                                  size_t message_len,
                                  const char *charset,
                                  size_t charset_len,
                                  struct wsse_validated_message **validated_out,
                                  struct wsse_error **error_out);

/**
 * The same for the reply to a protected message. `exchange` comes from wsse_protected_exchange().
 *
 * Errors: as wsse_inbound_validate(); WSSE_RESULT_MISUSE also where `exchange` is NULL.
 */
wsse_result wsse_inbound_validate_reply(const struct wsse_inbound *inbound,
                                        const struct wsse_exchange *exchange,
                                        const void *message,
                                        size_t message_len,
                                        const char *charset,
                                        size_t charset_len,
                                        struct wsse_validated_message **validated_out,
                                        struct wsse_error **error_out);

/**
 * The policy as TOML, every key written out. The caller owns `policy_out` and must eventually call
 * wsse_string_free().
 *
 * Errors: WSSE_RESULT_MISUSE where one of them is NULL.
 */
wsse_result wsse_inbound_policy(const struct wsse_inbound *inbound,
                                struct wsse_string **policy_out,
                                struct wsse_error **error_out);

/**
 * Frees an inbound. NULL is fine. Must not be called twice, nor while a thread uses it.
 */
void wsse_inbound_free(struct wsse_inbound *inbound);

/**
 * Makes an outbound. The caller owns it and must eventually call wsse_outbound_free().
 *
 * `policy` is "preset:NAME" with the name of a built-in policy (username-token, username-text,
 * timestamp, onvif), or the text of an outbound policy in TOML; see docs/policies.md. Of
 * `credentials` the username and its password are used, and the identities, secrets and recipients;
 * NULL where each call names its user, or the policy writes no UsernameToken, and nothing is signed or
 * encrypted.
 * `environment` NULL means the machine's clock and randomness. Both are copied; no pointer is
 * retained.
 *
 * Errors: WSSE_RESULT_MISUSE where `policy` or `outbound_out` is NULL, for a policy that can't be
 * read, with the line, or contradicts itself, and where a Signature needs a key that is not given;
 * WSSE_RESULT_FAILED_CHECK where its method does not fit the key.
 *
 * Example:
 *
 *     wsse_credentials *credentials = NULL;
 *     wsse_outbound *outbound = NULL;
 *     wsse_error *error = NULL;
 *     wsse_credentials_new(&credentials, NULL);
 *     wsse_credentials_set_username(credentials, "alice", 5, "secret", 6, NULL);
 *     if (wsse_outbound_new("preset:username-token", strlen("preset:username-token"), credentials,
 *                           NULL, &outbound, &error) != WSSE_RESULT_OK) {
 *         fprintf(stderr, "%s\n", wsse_error_text(error).data);
 *         wsse_error_free(error);
 *     }
 *     wsse_credentials_free(credentials);
 */
wsse_result wsse_outbound_new(const char *policy,
                              size_t policy_len,
                              const struct wsse_credentials *credentials,
                              const struct wsse_environment *environment,
                              struct wsse_outbound **outbound_out,
                              struct wsse_error **error_out);

/**
 * Puts into a message what the policy says: into its Security header if it has one for the
 * policy's actor, else into a new one. What else is in the message stays as it is.
 *
 * `envelope` is a SOAP 1.1 or 1.2 message in UTF-8, UTF-16 or ISO-8859-1. `call` says what is
 * special about this message; NULL means nothing. The caller owns `protected_out` and must
 * eventually call wsse_protected_free(); no pointer to the arguments is retained.
 *
 * Errors: WSSE_RESULT_MALFORMED and WSSE_RESULT_INVALID_SECURITY for an envelope that is none;
 * WSSE_RESULT_LIMIT_EXCEEDED; WSSE_RESULT_MISUSE where `outbound`, `envelope` or `protected_out`
 * is NULL, a credential is missing, the call makes no sense, or the envelope already has what is
 * to be put in; WSSE_RESULT_UNAVAILABLE without clock or randomness.
 */
wsse_result wsse_outbound_protect(const struct wsse_outbound *outbound,
                                  const void *envelope,
                                  size_t envelope_len,
                                  const struct wsse_call *call,
                                  struct wsse_protected **protected_out,
                                  struct wsse_error **error_out);

/**
 * The same for the reply to a validated request. `exchange` comes from
 * wsse_validated_message_exchange().
 *
 * Errors: as wsse_outbound_protect(); WSSE_RESULT_MISUSE also where `exchange` is NULL.
 */
wsse_result wsse_outbound_protect_reply(const struct wsse_outbound *outbound,
                                        const struct wsse_exchange *exchange,
                                        const void *envelope,
                                        size_t envelope_len,
                                        const struct wsse_call *call,
                                        struct wsse_protected **protected_out,
                                        struct wsse_error **error_out);

/**
 * The policy as TOML, every key written out. The caller owns `policy_out` and must eventually call
 * wsse_string_free().
 *
 * Errors: WSSE_RESULT_MISUSE where one of them is NULL.
 */
wsse_result wsse_outbound_policy(const struct wsse_outbound *outbound,
                                 struct wsse_string **policy_out,
                                 struct wsse_error **error_out);

/**
 * Frees an outbound. NULL is fine. Must not be called twice, nor while a thread uses it.
 */
void wsse_outbound_free(struct wsse_outbound *outbound);

/**
 * The message, in UTF-8. The view is borrowed until the protected message is freed; `data` is NULL
 * for NULL.
 */
struct wsse_bytes wsse_protected_message(const struct wsse_protected *protected_message);

/**
 * What the reply must answer, for wsse_inbound_validate_reply(). The caller owns `exchange_out`
 * and must eventually call wsse_exchange_free(); it may outlive the protected message.
 *
 * Errors: WSSE_RESULT_MISUSE where one of them is NULL.
 */
wsse_result wsse_protected_exchange(const struct wsse_protected *protected_message,
                                    struct wsse_exchange **exchange_out,
                                    struct wsse_error **error_out);

/**
 * Frees a protected message. NULL is fine. Must not be called twice.
 */
void wsse_protected_free(struct wsse_protected *protected_message);

/**
 * Computes the text of a PasswordDigest: base64(SHA-1(nonce + created + secret)) (UsernameToken
 * Profile 1.1.1, section 3.1). Any thread may call it.
 *
 * `password` is octets, a text its UTF-8. `nonce` is the octets that are hashed, not their base64;
 * `created` is the text as it is sent; each is NULL where the token has none. `secret` says what
 * is done to the password before: "plain", "sha1", "sha1-base64", "md5-lower-base64" or "lower";
 * NULL means "plain". The caller owns `digest_out` and must eventually call wsse_string_free().
 *
 * Errors: WSSE_RESULT_MISUSE where `password` or `digest_out` is NULL, `created` is not UTF-8, or
 * `secret` is another word.
 *
 * Example:
 *
 *     wsse_string *digest = NULL;
 *     wsse_password_digest("taadtaadpstcsm", 14,
 *                          "d36e316282959a9ed4c89851497a717f", 32,
 *                          "2003-12-15T14:43:07Z", 20, NULL, 0, &digest, NULL);
 *     puts(wsse_string_c_str(digest)); // quR/EWLAV4xLf9Zqyw4pDmfV9OY=
 *     wsse_string_free(digest);
 */
wsse_result wsse_password_digest(const void *password,
                                 size_t password_len,
                                 const void *nonce,
                                 size_t nonce_len,
                                 const char *created,
                                 size_t created_len,
                                 const char *secret,
                                 size_t secret_len,
                                 struct wsse_string **digest_out,
                                 struct wsse_error **error_out);

/**
 * Sets what a callback answers: a signature, or a secret that it decrypted. Makes a copy, which is
 * overwritten when it is freed, and retains no pointer. A second call replaces what the first one set.
 *
 * Returns WSSE_RESULT_MISUSE, and sets nothing, where one of them is NULL.
 */
wsse_result wsse_answer_set(struct wsse_answer *answer,
                            const void *octets,
                            size_t octets_len);

/**
 * Adds a certificate whose private key is held elsewhere, in a KMS, an HSM or a smart card: what
 * wsse_credentials_add_identity() does for a key that is here. An outbound that signs with it asks
 * `sign` for each signature, and checks what it made before anything is handed out.
 *
 * `name` is UTF-8; an empty one serves every Signature that no other serves. `certificate` is the
 * octets of a file, PEM or DER, in which the certificate of the key comes first, and those that lead
 * upward behind it. `decrypt` is asked where something is encrypted to the certificate; NULL where
 * the key decrypts nothing. `userdata` goes to every call of both and may be NULL; `userdata_free` is
 * called when no object uses the callbacks any more, and may be NULL. On failure the caller keeps
 * `userdata`.
 *
 * The library waits for callbacks, and starts no thread: one that can take long has to end by itself,
 * and returns WSSE_CALLBACK_FAILED for want of an answer. The call that asked then fails with
 * WSSE_RESULT_UNAVAILABLE and "remote-key-unavailable". A signature that does not hold under the
 * certificate makes it fail with WSSE_RESULT_MISUSE and "remote-key-mismatch".
 *
 * Errors: WSSE_RESULT_MISUSE with "unreadable-key" for a file that holds no certificate, or a bare
 * public key; "invalid-argument" where `credentials`, `name`, `certificate` or `sign` is NULL, or
 * `name` is not UTF-8.
 */
wsse_result wsse_credentials_add_remote_identity(struct wsse_credentials *credentials,
                                                 const char *name,
                                                 size_t name_len,
                                                 const void *certificate,
                                                 size_t certificate_len,
                                                 wsse_remote_sign_callback sign,
                                                 wsse_remote_decrypt_callback decrypt,
                                                 void *userdata,
                                                 wsse_userdata_free_callback userdata_free,
                                                 struct wsse_error **error_out);

/**
 * Adds a key that is held elsewhere and checks signatures for an inbound: a shared secret in a KMS,
 * above all. It is believed.
 *
 * `name` is UTF-8: the KeyName by which messages may mean the key, and who signed
 * (wsse_validated_message_signer_key_name()); an empty one serves every KeyName that no other serves.
 * Give a key once: two names would be two signers. `family` says which methods the key is for:
 * "hmac", "rsa", "ecdsa", "ed25519", "ed448" or "dsa"; a message that means the key with a method of
 * another family is refused without asking. `userdata` goes to every call and may be NULL;
 * `userdata_free` is called when no object uses the callback any more, and may be NULL. On failure
 * the caller keeps `userdata`.
 *
 * Errors: WSSE_RESULT_MISUSE where `credentials`, `name`, `family` or `verify` is NULL, one of the
 * texts is not UTF-8, or there is no such family.
 */
wsse_result wsse_credentials_add_remote_verifier(struct wsse_credentials *credentials,
                                                 const char *name,
                                                 size_t name_len,
                                                 const char *family,
                                                 size_t family_len,
                                                 wsse_remote_verify_callback verify,
                                                 void *userdata,
                                                 wsse_userdata_free_callback userdata_free,
                                                 struct wsse_error **error_out);

/**
 * Sets who has the last word on a signer: an inbound asks after everything else, before the signature
 * is checked, and not about shared secrets or keys that are held elsewhere. It can refuse whom the
 * policy believes, and let nobody in whom that refuses. A second call replaces what the first one set.
 *
 * `userdata` goes to every call and may be NULL; `userdata_free` is called when no object uses the
 * callback any more, and may be NULL. On failure the caller keeps `userdata`.
 *
 * Errors: WSSE_RESULT_MISUSE where `credentials` or `decide` is NULL.
 */
wsse_result wsse_credentials_set_decision(struct wsse_credentials *credentials,
                                          wsse_decision_callback decide,
                                          void *userdata,
                                          wsse_userdata_free_callback userdata_free,
                                          struct wsse_error **error_out);

/**
 * Makes a store in the memory of this process. The caller owns a reference and must eventually
 * call wsse_replay_store_free().
 *
 * `capacity` is the number of unexpired entries that it holds before it refuses messages with
 * WSSE_RESULT_UNAVAILABLE, rather than forget; 0 means 1000000, about 100 MB when full. Each
 * process has its own memory: behind several worker processes a captured message can pass once in
 * each, so make it after a fork, or use a store that the processes share.
 *
 * Errors: WSSE_RESULT_MISUSE for NULL.
 */
wsse_result wsse_replay_store_new_memory(size_t capacity,
                                         struct wsse_replay_store **replay_store_out,
                                         struct wsse_error **error_out);

/**
 * Makes a store of a callback: a database, a memory that processes share. The caller owns a
 * reference and must eventually call wsse_replay_store_free().
 *
 * `userdata` goes to every call and may be NULL; `userdata_free` is called when no object uses
 * the callback any more, and may be NULL. On failure the caller keeps `userdata`.
 *
 * Errors: WSSE_RESULT_MISUSE where `insert_if_absent` or `replay_store_out` is NULL.
 */
wsse_result wsse_replay_store_new_callback(wsse_replay_insert_callback insert_if_absent,
                                           void *userdata,
                                           wsse_userdata_free_callback userdata_free,
                                           struct wsse_replay_store **replay_store_out,
                                           struct wsse_error **error_out);

/**
 * The number of entries of a store in memory, expired ones that were not yet cleaned up included.
 * 0 for a store of a callback, and for NULL.
 */
size_t wsse_replay_store_len(const struct wsse_replay_store *replay_store);

/**
 * Whether a store in memory was used in another process than the one that made it: each process
 * then remembers on its own, and a captured message can pass once in every one of them. False for
 * a store of a callback, and for NULL.
 */
bool wsse_replay_store_is_forked(const struct wsse_replay_store *replay_store);

/**
 * Frees the caller's reference; the store itself goes with the last one. NULL is fine. Must not
 * be called twice.
 */
void wsse_replay_store_free(struct wsse_replay_store *replay_store);

/**
 * As wsse_inbound_validate(), of a message that is read once, in memory that does not depend on its
 * size: everything before its Body is held, within limits.header of the policy, and limits.message may
 * be as high as one likes.
 *
 * `read` yields the message; `read_userdata` goes to every call of it and may be NULL. The content goes
 * to `write`, while the message is read and before it is known whether it is accepted: what
 * wsse_validated_message_document() would be, or wsse_validated_message_unsigned_document(), as
 * wsse_validated_message_spooled() says. After any number of calls of `write` comes exactly one of
 * `commit`, where the message is accepted, and `abort`, where this fails: until then nobody may use
 * what was written. `spool_userdata` goes to every call of the three and may be NULL. `exchange` is as
 * in wsse_inbound_validate_reply(); NULL for a message that is no reply. `charset` is as in
 * wsse_inbound_validate(). The caller owns `validated_out` and must eventually call
 * wsse_validated_message_free(); no pointer to the arguments is retained.
 *
 * A message that is encrypted, or in UTF-16 or ISO-8859-1, is held as a whole, within limits.message.
 *
 * Errors: as wsse_inbound_validate(); WSSE_RESULT_IO where `read`, `write` or `commit` fails;
 * WSSE_RESULT_MISUSE where one of the pointers is NULL for which that is not said to be fine: then
 * nothing is called.
 */
wsse_result wsse_inbound_validate_stream(const struct wsse_inbound *inbound,
                                         const struct wsse_exchange *exchange,
                                         wsse_read_callback read,
                                         void *read_userdata,
                                         const char *charset,
                                         size_t charset_len,
                                         wsse_write_callback write,
                                         wsse_commit_callback commit,
                                         wsse_abort_callback abort,
                                         void *spool_userdata,
                                         struct wsse_validated_message **validated_out,
                                         struct wsse_error **error_out);

/**
 * As wsse_outbound_protect(), of a message that is read from a stream, twice, in memory that does not
 * depend on its size.
 *
 * `read` yields the message, and `rewind` goes back to where it begins; `read_userdata` goes to every
 * call of the two and may be NULL. The protected message goes to `write`, and then comes exactly one of
 * `commit` and `abort`, as in wsse_inbound_validate_stream(): nothing is committed where anything goes
 * wrong, also where the message changed while it was read. `spool_userdata` goes to every call of the
 * three and may be NULL. `exchange` is that of the request that the message answers, as in
 * wsse_outbound_protect_reply(); NULL where it answers none. `to_unverified` says that it answers a
 * request that was refused, or not validated: a policy that confirms signatures then confirms none.
 * `call` is as in wsse_outbound_protect(). The caller owns `exchange_out`, what the reply must answer,
 * and must eventually call wsse_exchange_free(); no pointer to the arguments is retained.
 *
 * A message in UTF-16 or ISO-8859-1, and one that is encrypted, is held as a whole, within
 * limits.message of the policy.
 *
 * Errors: as wsse_outbound_protect(); WSSE_RESULT_IO where `read`, `rewind`, `write` or `commit` fails,
 * and where the message changed; WSSE_RESULT_MISUSE where one of the pointers is NULL for which that is
 * not said to be fine: then nothing is called.
 */
wsse_result wsse_outbound_protect_stream(const struct wsse_outbound *outbound,
                                         const struct wsse_exchange *exchange,
                                         bool to_unverified,
                                         wsse_read_callback read,
                                         wsse_rewind_callback rewind,
                                         void *read_userdata,
                                         const struct wsse_call *call,
                                         wsse_write_callback write,
                                         wsse_commit_callback commit,
                                         wsse_abort_callback abort,
                                         void *spool_userdata,
                                         struct wsse_exchange **exchange_out,
                                         struct wsse_error **error_out);

/**
 * What was committed by wsse_inbound_validate_stream(): whether it is what the required signatures
 * cover (else no signature protects it), its octets, and where the Body begins and ends in it. Each of
 * the four may be NULL. False, and nothing is written, for a message of another function, and for NULL.
 */
bool wsse_validated_message_spooled(const struct wsse_validated_message *message,
                                    bool *signed_out,
                                    uint64_t *length_out,
                                    uint64_t *body_start_out,
                                    uint64_t *body_end_out);

/**
 * The text. The view is followed by a NUL and borrowed until the string is freed; `data` is NULL
 * for NULL.
 */
struct wsse_str wsse_string_view(const struct wsse_string *string);

/**
 * The text, ended by a NUL, as most C functions want it. Borrowed until the string is freed. NULL
 * for NULL.
 */
const char *wsse_string_c_str(const struct wsse_string *string);

/**
 * Frees a string. NULL is fine. Must not be called twice.
 */
void wsse_string_free(struct wsse_string *string);

/**
 * What the signatures that the policy requires cover, and nothing else: a well-formed message of
 * the Envelope's start tag, the covered header blocks without the Security header, and the Body,
 * in original octets; an empty Body where it is not covered. In UTF-8, without XML declaration.
 * What the Envelope's start tag declares is inherited unsigned. The view is borrowed until the
 * message is freed; `data` is NULL where the policy requires no signature, where the message was read
 * from a stream, and for NULL.
 */
struct wsse_bytes wsse_validated_message_document(const struct wsse_validated_message *message);

/**
 * The Body in the same document, from the `<` of its start tag to the `>` of its end tag; prefixes
 * in it may be declared on the Envelope. The view is borrowed until the message is freed; `data`
 * is NULL where the policy requires no signature, and for NULL.
 */
struct wsse_bytes wsse_validated_message_body(const struct wsse_validated_message *message);

/**
 * How many parts the signatures cover that the policy requires. 0 where it requires none, and for
 * NULL.
 */
size_t wsse_validated_message_signed_count(const struct wsse_validated_message *message);

/**
 * Where a part stands that the signatures cover, in the order of their references:
 * `/Envelope/Body`, `/Envelope/Header/{urn:a}To[1]`. `index` counts from 0. The view is borrowed
 * until the message is freed; `data` is NULL for an index that is too large, and for NULL.
 */
struct wsse_str wsse_validated_message_signed_path(const struct wsse_validated_message *message,
                                                   size_t index);

/**
 * The certificate of whoever signed what is covered, in DER. The view is borrowed until the message
 * is freed; `data` is NULL where the policy requires no signature, where it was made with a shared
 * secret or with a key that has no certificate, and for NULL.
 */
struct wsse_bytes wsse_validated_message_certificate(const struct wsse_validated_message *message);

/**
 * How many signers there are whose signatures hold: first the one whose signatures cover everything
 * that the policy requires, which the other functions speak of, then the others in the order of their
 * first signatures. Only for the first one everything was checked that the policy demands. 0 where it
 * requires no signature, and for NULL.
 */
size_t wsse_validated_message_signer_count(const struct wsse_validated_message *message);

/**
 * The certificate of a signer, in DER. `signer` counts from 0. The view is borrowed until the message
 * is freed; `data` is NULL for a shared secret, for a key that has no certificate, for a signer who is
 * not believed, for a number that is too large, and for NULL.
 */
struct wsse_bytes wsse_validated_message_signer_certificate(const struct wsse_validated_message *message,
                                                            size_t signer);

/**
 * The name of the key that is held elsewhere, where one checked the signatures of a signer. `signer`
 * counts from 0. The view is borrowed until the message is freed; `data` is NULL for every other
 * signer, for a number that is too large, and for NULL.
 */
struct wsse_str wsse_validated_message_signer_key_name(const struct wsse_validated_message *message,
                                                       size_t signer);

/**
 * How many parts the signatures of a signer cover. `signer` counts from 0. 0 for a number that is too
 * large, and for NULL.
 */
size_t wsse_validated_message_signer_signed_count(const struct wsse_validated_message *message,
                                                  size_t signer);

/**
 * Where a part stands that the signatures of a signer cover, as
 * wsse_validated_message_signed_path() says it. `signer` and `index` count from 0. The view is borrowed
 * until the message is freed; `data` is NULL for a number that is too large, and for NULL.
 */
struct wsse_str wsse_validated_message_signer_signed_path(const struct wsse_validated_message *message,
                                                          size_t signer,
                                                          size_t index);

/**
 * The message without the Security header that was processed, in original octets: the Envelope,
 * the other header blocks, the Body; in UTF-8, without XML declaration. No signature protects it:
 * that is what the name says. Empty where the policy requires signatures: then there is
 * wsse_validated_message_document(). The view is borrowed until the message is freed; `data` is
 * NULL for NULL.
 */
struct wsse_bytes wsse_validated_message_unsigned_document(const struct wsse_validated_message *message);

/**
 * The Body in the same document, from the `<` of its start tag to the `>` of its end tag; prefixes
 * in it may be declared on the Envelope. No signature protects it: that is what the name says. Empty
 * where the policy requires signatures: then there is wsse_validated_message_body(). The view is
 * borrowed until the message is freed; `data` is NULL for NULL.
 */
struct wsse_bytes wsse_validated_message_unsigned_body(const struct wsse_validated_message *message);

/**
 * The username of the token. The view is borrowed until the message is freed; `data` is NULL where
 * there was no token, where the policy requires signatures and they do not cover the token (unless
 * it says `username.signed = false`), and for NULL. Whether that user proved to know the password
 * says wsse_validated_message_is_authenticated().
 */
struct wsse_str wsse_validated_message_username(const struct wsse_validated_message *message);

/**
 * Whether the user proved to know the password. False without a UsernameToken, for one without
 * Password, which only a policy with `username.password = "optional"` accepts, and for NULL.
 */
bool wsse_validated_message_is_authenticated(const struct wsse_validated_message *message);

/**
 * The version of SOAP. WSSE_SOAP_VERSION_NONE for NULL.
 */
wsse_soap_version wsse_validated_message_soap_version(const struct wsse_validated_message *message);

/**
 * Writes namespace name and local name of the first element in the Body, the operation in most
 * services, to `namespace_out` and `local_name_out`, and returns true. Returns false and writes
 * nothing where the Body is empty or not covered by the signatures that the policy requires, and
 * where one of the three is NULL. The views are borrowed until the message is freed; the namespace
 * is empty, not NULL, where the element is in none.
 */
bool wsse_validated_message_body_child(const struct wsse_validated_message *message,
                                       struct wsse_str *namespace_out,
                                       struct wsse_str *local_name_out);

/**
 * Writes Created of the Timestamp to `created_out` and returns true. Returns false and writes
 * nothing where there was no Timestamp, and where one of the two is NULL.
 */
bool wsse_validated_message_timestamp_created(const struct wsse_validated_message *message,
                                              struct wsse_time *created_out);

/**
 * Writes Expires of the Timestamp to `expires_out` and returns true. Returns false and writes
 * nothing where there was no Timestamp or it had no Expires, and where one of the two is NULL.
 */
bool wsse_validated_message_timestamp_expires(const struct wsse_validated_message *message,
                                              struct wsse_time *expires_out);

/**
 * Writes where the Timestamp stood, in octets from the start of the received message (in UTF-8),
 * to `offset_out` and returns true. Returns false and writes nothing where there was none, and
 * where one of the two is NULL.
 */
bool wsse_validated_message_timestamp_offset(const struct wsse_validated_message *message,
                                             size_t *offset_out);

/**
 * Writes where the UsernameToken stood, in octets from the start of the received message (in
 * UTF-8), to `offset_out` and returns true. Returns false and writes nothing where there was none,
 * and where one of the two is NULL.
 */
bool wsse_validated_message_username_token_offset(const struct wsse_validated_message *message,
                                                  size_t *offset_out);

/**
 * What a reply must answer, for wsse_outbound_protect_reply(). The caller owns `exchange_out` and
 * must eventually call wsse_exchange_free(); it may outlive the message.
 *
 * Errors: WSSE_RESULT_MISUSE where one of them is NULL.
 */
wsse_result wsse_validated_message_exchange(const struct wsse_validated_message *message,
                                            struct wsse_exchange **exchange_out,
                                            struct wsse_error **error_out);

/**
 * Frees a validated message. NULL is fine. Must not be called twice.
 */
void wsse_validated_message_free(struct wsse_validated_message *message);

/**
 * The version of the library, such as "0.1.0", ended by a NUL. It stays valid for ever. Any
 * thread may call it.
 */
const char *wsse_version(void);

/**
 * The version of the library as one number, made like WSSE_VERSION_NUMBER. Any thread may call
 * it.
 */
uint32_t wsse_version_number(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* WSSE_H */

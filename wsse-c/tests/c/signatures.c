/* Signed messages from end to end: every kind of key, and each way to be refused its cause. */
#include "support.h"

/* 2026-05-01T12:00:00Z, when the certificates of vectors/keys are valid. */
#define MAY INT64_C(1777636800)

#define SIGN "version = 1\nsignature = [{ parts = [\"body\"] }]\n"
#define SIGN_SHA1                                                                                  \
    "version = 1\nsignature = [{ method = \"rsa-sha1\", parts = [\"body\"] }]\n"
#define SIGN_SECRET                                                                                \
    "version = 1\nsignature = [{ reference = \"secret\", key = \"ours\", parts = [\"body\"] }]\n"
#define REQUIRE "version = 1\nrequire = { signed = [\"body\"] }\n"

static wsse_error *error = NULL;
static int64_t now = MAY;

static wsse_credentials *nobody(void)
{
    wsse_credentials *credentials = NULL;
    OK(wsse_credentials_new(&credentials, &error));
    return credentials;
}

/* Makes add_KIND(), which adds a file of vectors/keys; `call` has octets, length and password. */
#define ADDS(kind, call)                                                                           \
    static wsse_result add_##kind(wsse_credentials *credentials, const char *name,                 \
                                  const char *file, const char *password)                          \
    {                                                                                              \
        size_t length = 0, password_len = password == NULL ? 0 : strlen(password);                 \
        char *octets = key_file(file, &length);                                                    \
        wsse_result result = call;                                                                 \
        free(octets);                                                                              \
        return result;                                                                             \
    }

ADDS(identity, wsse_credentials_add_identity(credentials, TEXT(name), octets, length, password,
                                             password_len, &error))
ADDS(certificate, wsse_credentials_add_certificate(credentials, TEXT(name), octets, length,
                                                   password, password_len, &error))
ADDS(anchor, wsse_credentials_add_anchor(credentials, TEXT(name), octets, length, password,
                                         password_len, &error))

static wsse_result add_untrusted(wsse_credentials *credentials, const char *file)
{
    size_t length = 0;
    char *octets = key_file(file, &length);
    wsse_result result =
        wsse_credentials_add_untrusted(credentials, octets, length, NULL, 0, &error);
    free(octets);
    return result;
}

static wsse_result add_crl(wsse_credentials *credentials, const char *file)
{
    size_t length = 0;
    char *octets = key_file(file, &length);
    wsse_result result = wsse_credentials_add_crl(credentials, octets, length, &error);
    free(octets);
    return result;
}

static wsse_result add_pair(wsse_credentials *credentials, const char *key, const char *certificate,
                            const char *password)
{
    size_t key_len = 0, certificate_len = 0;
    char *key_octets = key_file(key, &key_len);
    char *certificate_octets = key_file(certificate, &certificate_len);
    wsse_result result = wsse_credentials_add_key_pair(
        credentials, TEXT(""), key_octets, key_len, certificate_octets, certificate_len, password,
        password == NULL ? 0 : strlen(password), &error);
    free(key_octets);
    free(certificate_octets);
    return result;
}

/* A message that these credentials sign; frees them. */
static wsse_protected *signed_by(const char *policy, wsse_credentials *credentials)
{
    wsse_outbound *outbound = NULL;
    wsse_protected *message = NULL;
    OK(wsse_outbound_new(TEXT(policy), credentials, NULL, &outbound, &error));
    wsse_credentials_free(credentials);
    OK(wsse_outbound_protect(outbound, TEXT(SOAP11), NULL, &message, &error));
    wsse_outbound_free(outbound);
    return message;
}

static wsse_protected *signed_with(const char *policy, const char *name)
{
    char key[100], certificate[100];
    snprintf(key, sizeof key, "%s.key.pem", name);
    snprintf(certificate, sizeof certificate, "%s.crt.pem", name);
    wsse_credentials *credentials = nobody();
    OK(add_pair(credentials, key, certificate, NULL));
    return signed_by(policy, credentials);
}

/* Who believes what these credentials hold; frees them. */
static wsse_inbound *believing(wsse_credentials *credentials)
{
    wsse_environment *environment = still_environment(&now);
    wsse_inbound *inbound = NULL;
    OK(wsse_inbound_new(TEXT(REQUIRE), credentials, NULL, environment, &inbound, &error));
    wsse_environment_free(environment);
    wsse_credentials_free(credentials);
    return inbound;
}

static wsse_inbound *pinning(const char *file)
{
    wsse_credentials *credentials = nobody();
    OK(add_certificate(credentials, "default", file, NULL));
    return believing(credentials);
}

static wsse_inbound *anchored(const char *file)
{
    wsse_credentials *credentials = nobody();
    OK(add_anchor(credentials, "default", file, NULL));
    OK(add_untrusted(credentials, "intermediate.crt.pem"));
    return believing(credentials);
}

static wsse_inbound *anchored_with_crl(const char *crl)
{
    wsse_credentials *credentials = nobody();
    OK(add_anchor(credentials, "default", "root.crt.pem", NULL));
    OK(add_untrusted(credentials, "intermediate.crt.pem"));
    OK(add_crl(credentials, crl));
    return believing(credentials);
}

static wsse_result validate(const wsse_inbound *inbound, const wsse_protected *message,
                            wsse_validated_message **validated)
{
    wsse_bytes octets = wsse_protected_message(message);
    return wsse_inbound_validate(inbound, octets.data, octets.len, NULL, 0, validated, &error);
}

/* Validates what must hold; frees everything. The certificate is in the file, in DER. */
static void holds(wsse_inbound *inbound, wsse_protected *message, const char *certificate)
{
    wsse_validated_message *validated = NULL;
    OK(validate(inbound, message, &validated));
    CHECK(contains(wsse_validated_message_document(validated), "<m:Ping xmlns:m=\"urn:example\"/>"));
    CHECK(!contains(wsse_validated_message_document(validated), "Security"));
    CHECK(contains(wsse_validated_message_body(validated), "<m:Ping xmlns:m=\"urn:example\"/>"));
    CHECK(wsse_validated_message_unsigned_document(validated).len == 0);
    CHECK(wsse_validated_message_unsigned_body(validated).len == 0);
    CHECK(wsse_validated_message_signed_count(validated) == 1);
    CHECK(equals(wsse_validated_message_signed_path(validated, 0), "/Envelope/Body"));
    CHECK(wsse_validated_message_signed_path(validated, 1).data == NULL);
    CHECK(wsse_validated_message_signer_count(validated) == 1);
    CHECK(wsse_validated_message_signer_signed_count(validated, 0) == 1);
    CHECK(equals(wsse_validated_message_signer_signed_path(validated, 0, 0), "/Envelope/Body"));
    CHECK(wsse_validated_message_signer_signed_path(validated, 0, 1).data == NULL);
    CHECK((wsse_validated_message_signer_certificate(validated, 0).data == NULL) ==
          (certificate == NULL));
    CHECK(wsse_validated_message_signer_certificate(validated, 1).data == NULL);
    CHECK(wsse_validated_message_signer_signed_count(validated, 1) == 0);
    CHECK(wsse_validated_message_signer_signed_path(validated, 1, 0).data == NULL);
    wsse_bytes der = wsse_validated_message_certificate(validated);
    if (certificate == NULL) {
        CHECK(der.data == NULL);
    } else {
        size_t length = 0;
        char *expected = key_file(certificate, &length);
        CHECK(der.len == length && memcmp(der.data, expected, length) == 0);
        free(expected);
    }
    wsse_validated_message_free(validated);
    wsse_protected_free(message);
    wsse_inbound_free(inbound);
}

/* One key, in every form; believed in every way. */
static void there(void)
{
    const char *der = "client.crt.der";
    holds(pinning("client.crt.pem"), signed_with(SIGN, "client"), der);
    holds(pinning(der), signed_with(SIGN, "client"), der);
    holds(anchored("root.crt.pem"), signed_with(SIGN, "client"), der);

    wsse_credentials *ours = nobody();
    OK(add_identity(ours, "default", "client.p12", "changeit"));
    holds(pinning("client.crt.pem"), signed_by(SIGN, ours), der);
    ours = nobody();
    OK(add_identity(ours, "", "client.bundle.pem", NULL));
    holds(pinning("client.crt.pem"), signed_by(SIGN, ours), der);
    ours = nobody();
    OK(add_pair(ours, "client.pkcs8-aes256.der", "client.crt.der", "changeit"));
    wsse_credentials *theirs = nobody();
    OK(add_anchor(theirs, "", "chain.p12", "changeit"));
    holds(believing(theirs), signed_by(SIGN, ours), der);

    /* A key without a certificate. */
    ours = nobody();
    OK(add_pair(ours, "client.key.pem", "client.crt.pem", NULL));
    holds(pinning("client.public.pem"),
          signed_by("version = 1\nsignature = [{ reference = \"key-value\", parts = [\"body\"] }]\n",
                    ours),
          NULL);

    /* A shared secret. */
    ours = nobody();
    OK(wsse_credentials_add_secret(ours, TEXT("ours"), TEXT("between us"), &error));
    theirs = nobody();
    OK(wsse_credentials_add_secret(theirs, TEXT(""), TEXT("between us"), &error));
    holds(believing(theirs), signed_by(SIGN_SECRET, ours), NULL);
}

/* Keys of ours that can't be used. */
static void keys(void)
{
    wsse_credentials *none = nobody();
    REFUSED(WSSE_RESULT_MISUSE, "unreadable-key",
            wsse_credentials_add_identity(none, TEXT(""), TEXT("no key"), NULL, 0, &error));
    REFUSED(WSSE_RESULT_MISUSE, "unreadable-key", add_pair(none, "x25519.key.pem",
                                                           "x25519.crt.pem", NULL));
    REFUSED(WSSE_RESULT_MISUSE, "unreadable-key",
            add_certificate(none, "", "client.key.pem", NULL));
    REFUSED(WSSE_RESULT_MISUSE, "unreadable-key",
            add_anchor(none, "", "client.public.pem", NULL));
    REFUSED(WSSE_RESULT_MISUSE, "unreadable-key", add_untrusted(none, "client.key.pem"));
    REFUSED(WSSE_RESULT_MISUSE, "unreadable-crl", add_crl(none, "client.crt.pem"));
    REFUSED(WSSE_RESULT_MISUSE, "unreadable-crl", add_crl(none, "intermediate-delta.crl.pem"));
    REFUSED(WSSE_RESULT_MISUSE, "wrong-key-password",
            add_identity(none, "", "client.p12", "wrong"));
    REFUSED(WSSE_RESULT_MISUSE, "wrong-key-password",
            add_pair(none, "client.pkcs8-aes256.pem", "client.crt.pem", NULL));
    REFUSED(WSSE_RESULT_MISUSE, "key-pair-mismatch",
            add_pair(none, "client.key.pem", "server.crt.pem", NULL));
    REFUSED(WSSE_RESULT_MISUSE, "missing-credential",
            add_identity(none, "", "client.key.pem", NULL));
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_credentials_add_secret(none, TEXT(""), "", 0, &error));
    /* Nothing of that was added. */
    wsse_outbound *outbound = NULL;
    wsse_inbound *inbound = NULL;
    REFUSED(WSSE_RESULT_MISUSE, "missing-credential",
            wsse_outbound_new(TEXT(SIGN), none, NULL, &outbound, &error));
    REFUSED(WSSE_RESULT_MISUSE, "missing-credential",
            wsse_inbound_new(TEXT(REQUIRE), none, NULL, NULL, &inbound, &error));
    OK(add_pair(none, "ec256.key.pem", "ec256.crt.pem", NULL));
    REFUSED(WSSE_RESULT_FAILED_CHECK, "key-type",
            wsse_outbound_new(TEXT(SIGN_SHA1), none, NULL, &outbound, &error));
    wsse_credentials_free(none);
    CHECK(outbound == NULL && inbound == NULL);
}

/* Signers who are not believed. */
static void trust(void)
{
    wsse_validated_message *validated = NULL;
    struct {
        wsse_inbound *inbound;
        const char *signer, *policy, *cause;
        wsse_result result;
    } rows[] = {
        {anchored("root.crt.pem"), "expired", SIGN, "certificate-validity",
         WSSE_RESULT_INVALID_SECURITY_TOKEN},
        {anchored("root.crt.pem"), "notyet", SIGN, "certificate-validity",
         WSSE_RESULT_INVALID_SECURITY_TOKEN},
        {anchored_with_crl("intermediate.crl.pem"), "server", SIGN, "revoked-certificate",
         WSSE_RESULT_FAILED_AUTHENTICATION},
        {anchored_with_crl("root-revoked.crl.pem"), "client", SIGN, "revoked-certificate",
         WSSE_RESULT_FAILED_AUTHENTICATION},
        {anchored("root.crt.pem"), "impostor", SIGN, "untrusted-certificate",
         WSSE_RESULT_FAILED_AUTHENTICATION},
        {pinning("server.crt.pem"), "client", SIGN, "untrusted-certificate",
         WSSE_RESULT_FAILED_AUTHENTICATION},
        {pinning("small1024.crt.pem"), "small1024", SIGN, "key-too-small",
         WSSE_RESULT_INVALID_SECURITY_TOKEN},
        {pinning("client.crt.pem"), "client", SIGN_SHA1, "legacy-algorithm",
         WSSE_RESULT_UNSUPPORTED_ALGORITHM},
    };
    for (size_t index = 0; index < sizeof rows / sizeof *rows; index++) {
        wsse_protected *message = signed_with(rows[index].policy, rows[index].signer);
        REFUSED(rows[index].result, rows[index].cause,
                validate(rows[index].inbound, message, &validated));
        wsse_protected_free(message);
        wsse_inbound_free(rows[index].inbound);
    }
    /* Nothing that is believed can check an HMAC. */
    wsse_credentials *ours = nobody();
    OK(wsse_credentials_add_secret(ours, TEXT("ours"), TEXT("between us"), &error));
    wsse_protected *message = signed_by(SIGN_SECRET, ours);
    wsse_inbound *inbound = pinning("client.crt.pem");
    REFUSED(WSSE_RESULT_SECURITY_TOKEN_UNAVAILABLE, "no-key",
            validate(inbound, message, &validated));
    wsse_protected_free(message);
    wsse_inbound_free(inbound);
    CHECK(validated == NULL);
}

/* A message that was changed, and one that is not signed. */
static void changes(void)
{
    wsse_inbound *inbound = pinning("client.crt.pem");
    wsse_protected *message = signed_with(SIGN, "client");
    wsse_bytes octets = wsse_protected_message(message);
    wsse_validated_message *validated = NULL;
    struct {
        const char *from, *to, *cause;
        wsse_result result;
    } rows[] = {
        {"<m:Ping", "<m:Pong", "digest-mismatch", WSSE_RESULT_FAILED_CHECK},
        {"rsa-sha256\"", "rsa-sha512\"", "signature-mismatch", WSSE_RESULT_FAILED_CHECK},
        {"rsa-sha256\"", "rsa-sha255\"", "unsupported-algorithm",
         WSSE_RESULT_UNSUPPORTED_ALGORITHM},
    };
    for (size_t index = 0; index < sizeof rows / sizeof *rows; index++) {
        char *copy = malloc(octets.len + 1);
        CHECK(copy != NULL);
        memcpy(copy, octets.data, octets.len);
        copy[octets.len] = '\0';
        char *at = strstr(copy, rows[index].from);
        CHECK(at != NULL);
        memcpy(at, rows[index].to, strlen(rows[index].to));
        REFUSED(rows[index].result, rows[index].cause,
                wsse_inbound_validate(inbound, copy, octets.len, NULL, 0, &validated, &error));
        free(copy);
    }
    REFUSED(WSSE_RESULT_INVALID_SECURITY, "missing-security-header",
            wsse_inbound_validate(inbound, TEXT(SOAP11), NULL, 0, &validated, &error));
    CHECK(validated == NULL);
    holds(inbound, message, "client.crt.der");

    /* Where no signature is required nothing is handed out as signed. */
    wsse_environment *environment = still_environment(NULL);
    wsse_protected *stamped = NULL;
    wsse_outbound *outbound = NULL;
    OK(wsse_outbound_new(TEXT("preset:timestamp"), NULL, environment, &outbound, &error));
    OK(wsse_outbound_protect(outbound, TEXT(SOAP11), NULL, &stamped, &error));
    OK(wsse_inbound_new(TEXT("preset:timestamp"), NULL, NULL, environment, &inbound, &error));
    OK(validate(inbound, stamped, &validated));
    CHECK(wsse_validated_message_document(validated).data == NULL);
    CHECK(wsse_validated_message_body(validated).data == NULL);
    CHECK(wsse_validated_message_certificate(validated).data == NULL);
    CHECK(wsse_validated_message_signed_count(validated) == 0);
    CHECK(wsse_validated_message_signed_path(validated, 0).data == NULL);
    CHECK(wsse_validated_message_signer_count(validated) == 0);
    CHECK(wsse_validated_message_signer_certificate(validated, 0).data == NULL);
    CHECK(wsse_validated_message_unsigned_document(validated).len > 0);
    wsse_validated_message_free(validated);
    wsse_protected_free(stamped);
    wsse_outbound_free(outbound);
    wsse_inbound_free(inbound);
    wsse_environment_free(environment);
}

int main(void)
{
    there();
    keys();
    trust();
    changes();
    return 0;
}

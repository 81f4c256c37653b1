/* Keys that are held elsewhere, and the last word on signers. */
#include "support.h"

/* 2026-05-01T12:00:00Z, when the certificates of vectors/keys are valid. */
#define MAY INT64_C(1777636800)

#define SIGN "version = 1\nsignature = [{ parts = [\"body\"] }]\n"
#define SIGN_PSS "version = 1\nsignature = [{ method = \"rsa-pss-sha512\", parts = [\"body\"] }]\n"
#define SIGN_SECRET                                                                                \
    "version = 1\nsignature = [{ key = \"alice\", reference = \"key-name\", "                       \
    "method = \"hmac-sha256\", parts = [\"body\"] }]\n"
#define REQUIRE "version = 1\nrequire = { signed = [\"body\"] }\n"

static wsse_error *error = NULL;
static int64_t now = MAY;

/* The user data of every callback here: what it answers, and what it saw. */
typedef struct {
    int32_t answer;
    const uint8_t *octets;
    size_t length;
    int calls;
    int freed;
    wsse_candidate candidate;
} state;

static void freed(void *userdata)
{
    ((state *)userdata)->freed++;
}

static wsse_credentials *nobody(void)
{
    wsse_credentials *credentials = NULL;
    OK(wsse_credentials_new(&credentials, &error));
    return credentials;
}

/* A message that these credentials sign, the same each time; frees them. */
static wsse_result protect(const char *policy, wsse_credentials *credentials, wsse_protected **made)
{
    wsse_environment *environment = still_environment(&now);
    wsse_outbound *outbound = NULL;
    wsse_result result =
        wsse_outbound_new(TEXT(policy), credentials, environment, &outbound, &error);
    if (result == WSSE_RESULT_OK)
        result = wsse_outbound_protect(outbound, TEXT(SOAP11), NULL, made, &error);
    CHECK((result == WSSE_RESULT_OK) == (*made != NULL));
    wsse_outbound_free(outbound);
    wsse_environment_free(environment);
    wsse_credentials_free(credentials);
    return result;
}

static wsse_protected *signed_here(const char *key)
{
    char name[100];
    size_t key_len = 0, certificate_len = 0;
    snprintf(name, sizeof name, "%s.key.pem", key);
    char *private_key = key_file(name, &key_len);
    snprintf(name, sizeof name, "%s.crt.pem", key);
    char *certificate = key_file(name, &certificate_len);
    wsse_credentials *credentials = nobody();
    OK(wsse_credentials_add_key_pair(credentials, TEXT(""), private_key, key_len, certificate,
                                     certificate_len, NULL, 0, &error));
    wsse_protected *made = NULL;
    OK(protect(SIGN, credentials, &made));
    free(private_key);
    free(certificate);
    return made;
}

static wsse_protected *signed_by_secret(void)
{
    wsse_credentials *credentials = nobody();
    OK(wsse_credentials_add_secret(credentials, TEXT(""), TEXT("a secret"), &error));
    wsse_protected *made = NULL;
    OK(protect(SIGN_SECRET, credentials, &made));
    return made;
}

/* The octets of the SignatureValue. */
static size_t signature_of(const wsse_protected *message, uint8_t *octets, size_t room)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    wsse_bytes text = wsse_protected_message(message);
    const char *from = strstr((const char *)text.data, "SignatureValue>");
    CHECK(from != NULL);
    uint32_t bits = 0;
    size_t count = 0, length = 0;
    for (from += strlen("SignatureValue>"); *from != '<' && *from != '='; from++) {
        const char *digit = strchr(digits, *from);
        CHECK(digit != NULL);
        bits = bits << 6 | (uint32_t)(digit - digits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            CHECK(length < room);
            octets[length++] = (uint8_t)(bits >> count);
        }
    }
    return length;
}

static int32_t sign(void *userdata, const wsse_signing_request *request, wsse_answer *signature)
{
    state *mine = userdata;
    mine->calls++;
    CHECK(contains(request->octets, "<ds:SignedInfo"));
    if (equals(request->method, "rsa-sha256")) {
        CHECK(request->digest.len == 32 && equals(request->digest_method, "sha256"));
        CHECK(request->digest_info.len == 51);
        CHECK(memcmp(request->digest_info.data + 19, request->digest.data, 32) == 0);
        CHECK(request->mask_digest.data == NULL && request->salt_len == 0);
    } else {
        CHECK(equals(request->method, "rsa-pss-sha512") && request->digest_info.data == NULL);
        CHECK(equals(request->mask_digest, "sha512") && request->salt_len == 64);
    }
    CHECK(wsse_answer_set(NULL, TEXT("x")) == WSSE_RESULT_MISUSE);
    CHECK(wsse_answer_set(signature, NULL, 0) == WSSE_RESULT_MISUSE);
    if (mine->octets != NULL) {
        CHECK(wsse_answer_set(signature, TEXT("replaced")) == WSSE_RESULT_OK);
        CHECK(wsse_answer_set(signature, mine->octets, mine->length) == WSSE_RESULT_OK);
    }
    return mine->answer;
}

static wsse_result add_remote(wsse_credentials *credentials, const char *file, state *mine)
{
    size_t length = 0;
    char *certificate = key_file(file, &length);
    wsse_result result = wsse_credentials_add_remote_identity(
        credentials, TEXT(""), certificate, length, sign, NULL, mine, freed, &error);
    free(certificate);
    return result;
}

static wsse_result protect_remotely(const char *policy, state *mine, wsse_protected **made)
{
    wsse_credentials *credentials = nobody();
    OK(add_remote(credentials, "client.crt.pem", mine));
    return protect(policy, credentials, made);
}

static void signing(void)
{
    uint8_t octets[600];
    wsse_protected *here = signed_here("client"), *elsewhere = NULL;
    state mine = {.answer = WSSE_CALLBACK_YES, .octets = octets};
    mine.length = signature_of(here, octets, sizeof octets);
    OK(protect_remotely(SIGN, &mine, &elsewhere));
    CHECK(mine.calls == 1 && mine.freed == 1);
    wsse_bytes expected = wsse_protected_message(here), found = wsse_protected_message(elsewhere);
    CHECK(expected.len == found.len && memcmp(expected.data, found.data, found.len) == 0);
    wsse_protected_free(elsewhere);

    /* What it makes is looked at. */
    elsewhere = NULL;
    octets[100] ^= 1;
    REFUSED(WSSE_RESULT_MISUSE, "remote-key-mismatch", protect_remotely(SIGN, &mine, &elsewhere));
    octets[100] ^= 1;
    mine.length--;
    REFUSED(WSSE_RESULT_MISUSE, "remote-key-mismatch", protect_remotely(SIGN, &mine, &elsewhere));
    mine.length++;
    wsse_credentials *credentials = nobody();
    OK(add_remote(credentials, "server.crt.pem", &mine));
    REFUSED(WSSE_RESULT_MISUSE, "remote-key-mismatch", protect(SIGN, credentials, &elsewhere));
    REFUSED(WSSE_RESULT_MISUSE, "remote-key-mismatch",
            protect_remotely(SIGN_PSS, &mine, &elsewhere));
    for (int32_t answer = -2; answer < 3; answer++) {
        mine.answer = answer;
        if (answer != WSSE_CALLBACK_YES)
            REFUSED(WSSE_RESULT_UNAVAILABLE, "remote-key-unavailable",
                    protect_remotely(SIGN, &mine, &elsewhere));
    }
    mine.answer = WSSE_CALLBACK_YES;
    mine.octets = NULL;
    REFUSED(WSSE_RESULT_UNAVAILABLE, "remote-key-unavailable",
            protect_remotely(SIGN, &mine, &elsewhere));
    CHECK(mine.calls == 10 && mine.freed == 10);

    /* On failure the caller keeps what it gave. */
    mine.freed = 0;
    credentials = nobody();
    REFUSED(WSSE_RESULT_MISUSE, "unreadable-key",
            add_remote(credentials, "client.public.pem", &mine));
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_credentials_add_remote_identity(credentials, TEXT(""), TEXT("x"), NULL, NULL,
                                                 &mine, freed, &error));
    CHECK(mine.freed == 0);
    wsse_credentials_free(credentials);
    wsse_protected_free(here);
}

static int32_t verify(void *userdata, const wsse_verification_request *request)
{
    state *mine = userdata;
    mine->calls++;
    CHECK(equals(request->method, "hmac-sha256") && equals(request->digest_method, "sha256"));
    CHECK(contains(request->octets, "<ds:SignedInfo") && request->digest.len == 32);
    CHECK(request->der.data == NULL);
    bool holds = request->signature.len == mine->length
                 && memcmp(request->signature.data, mine->octets, mine->length) == 0;
    return mine->answer == WSSE_CALLBACK_YES ? holds : mine->answer;
}

/* Validates with these credentials; frees them. */
static wsse_result validate(wsse_credentials *credentials, const wsse_protected *message,
                            wsse_validated_message **validated)
{
    wsse_environment *environment = still_environment(&now);
    wsse_inbound *inbound = NULL;
    wsse_bytes octets = wsse_protected_message(message);
    wsse_result result =
        wsse_inbound_new(TEXT(REQUIRE), credentials, NULL, environment, &inbound, &error);
    wsse_credentials_free(credentials);
    if (result == WSSE_RESULT_OK)
        result =
            wsse_inbound_validate(inbound, octets.data, octets.len, NULL, 0, validated, &error);
    wsse_inbound_free(inbound);
    wsse_environment_free(environment);
    return result;
}

static wsse_credentials *asking(const char *name, const char *family, state *mine)
{
    wsse_credentials *credentials = nobody();
    OK(wsse_credentials_add_remote_verifier(credentials, TEXT(name), TEXT(family), verify, mine,
                                            freed, &error));
    return credentials;
}

static void verifying(void)
{
    uint8_t octets[600];
    wsse_protected *message = signed_by_secret();
    wsse_validated_message *validated = NULL;
    state mine = {.answer = WSSE_CALLBACK_YES, .octets = octets};
    mine.length = signature_of(message, octets, sizeof octets);
    CHECK(mine.length == 32);
    OK(validate(asking("alice", "hmac", &mine), message, &validated));
    CHECK(wsse_validated_message_signer_count(validated) == 1);
    CHECK(equals(wsse_validated_message_signer_key_name(validated, 0), "alice"));
    CHECK(wsse_validated_message_signer_key_name(validated, 1).data == NULL);
    CHECK(wsse_validated_message_signer_certificate(validated, 0).data == NULL);
    wsse_validated_message_free(validated);
    validated = NULL;
    CHECK(mine.calls == 1 && mine.freed == 1);

    octets[0] ^= 1;
    REFUSED(WSSE_RESULT_FAILED_CHECK, "signature-mismatch",
            validate(asking("alice", "hmac", &mine), message, &validated));
    octets[0] ^= 1;
    REFUSED(WSSE_RESULT_SECURITY_TOKEN_UNAVAILABLE, "no-key",
            validate(asking("bob", "hmac", &mine), message, &validated));
    REFUSED(WSSE_RESULT_FAILED_CHECK, "key-type",
            validate(asking("alice", "rsa", &mine), message, &validated));
    mine.answer = WSSE_CALLBACK_NO;
    REFUSED(WSSE_RESULT_FAILED_CHECK, "signature-mismatch",
            validate(asking("alice", "hmac", &mine), message, &validated));
    mine.answer = WSSE_CALLBACK_FAILED;
    REFUSED(WSSE_RESULT_UNAVAILABLE, "remote-key-unavailable",
            validate(asking("alice", "hmac", &mine), message, &validated));
    mine.answer = 2;
    REFUSED(WSSE_RESULT_UNAVAILABLE, "remote-key-unavailable",
            validate(asking("alice", "hmac", &mine), message, &validated));
    CHECK(mine.freed == 7);

    wsse_credentials *credentials = asking("alice", "hmac", &mine);
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_credentials_add_remote_verifier(credentials, TEXT("bob"), TEXT("HMAC"), verify,
                                                 &mine, freed, &error));
    CHECK(mine.freed == 7);
    OK(wsse_credentials_add_secret(credentials, TEXT("alice"), TEXT("a secret"), &error));
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument", validate(credentials, message, &validated));
    CHECK(mine.freed == 8);
    wsse_protected_free(message);
}

static int32_t decide(void *userdata, const wsse_candidate *candidate)
{
    state *mine = userdata;
    mine->calls++;
    CHECK(candidate->public_key.len > 0 && candidate->trusted && candidate->at.seconds == MAY);
    if (candidate->path_len == 3) {
        CHECK(candidate->path[0].len == candidate->certificate.len);
        CHECK(memcmp(candidate->path[0].data, candidate->certificate.data, candidate->path[0].len)
              == 0);
    }
    mine->candidate = *candidate;
    return mine->answer;
}

static wsse_credentials *deciding(bool pins, state *mine)
{
    wsse_credentials *credentials = nobody();
    size_t length = 0;
    char *certificate = key_file(pins ? "client.crt.pem" : "root.crt.pem", &length);
    if (pins)
        OK(wsse_credentials_add_certificate(credentials, TEXT(""), certificate, length, NULL, 0,
                                            &error));
    else
        OK(wsse_credentials_add_anchor(credentials, TEXT(""), certificate, length, NULL, 0,
                                       &error));
    free(certificate);
    certificate = key_file("intermediate.crt.pem", &length);
    OK(wsse_credentials_add_untrusted(credentials, certificate, length, NULL, 0, &error));
    free(certificate);
    OK(wsse_credentials_set_decision(credentials, decide, mine, freed, &error));
    return credentials;
}

static void deciding_on_signers(void)
{
    wsse_protected *message = signed_here("client"), *impostor = signed_here("impostor");
    wsse_validated_message *validated = NULL;
    state mine = {.answer = WSSE_CALLBACK_YES}, other = mine;
    OK(validate(deciding(false, &mine), message, &validated));
    CHECK(mine.calls == 1 && mine.freed == 1 && mine.candidate.path_len == 3);
    wsse_validated_message_free(validated);
    validated = NULL;
    OK(validate(deciding(true, &mine), message, &validated));
    CHECK(mine.calls == 2 && mine.candidate.path_len == 0 && mine.candidate.certificate.len > 0);
    wsse_validated_message_free(validated);
    validated = NULL;
    /* It lets nobody in. */
    REFUSED(WSSE_RESULT_FAILED_AUTHENTICATION, "untrusted-certificate",
            validate(deciding(false, &mine), impostor, &validated));
    CHECK(mine.calls == 2);
    mine.answer = WSSE_CALLBACK_NO;
    REFUSED(WSSE_RESULT_FAILED_AUTHENTICATION, "refused-signer",
            validate(deciding(false, &mine), message, &validated));
    for (int32_t answer = -1; answer < 3; answer += 3) {
        mine.answer = answer;
        REFUSED(WSSE_RESULT_UNAVAILABLE, "decision-unavailable",
                validate(deciding(false, &mine), message, &validated));
    }
    /* A second one replaces the first. */
    wsse_credentials *credentials = deciding(false, &mine);
    int before = mine.freed;
    OK(wsse_credentials_set_decision(credentials, decide, &other, freed, &error));
    CHECK(mine.freed == before + 1);
    OK(validate(credentials, message, &validated));
    CHECK(other.calls == 1 && other.freed == 1);
    wsse_validated_message_free(validated);
    wsse_protected_free(message);
    wsse_protected_free(impostor);
}

int main(void)
{
    signing();
    verifying();
    deciding_on_signers();
    return 0;
}

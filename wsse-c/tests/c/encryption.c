/* Messages that are signed and encrypted, from end to end, and each way to be refused its cause. */
#include "support.h"

/* 2026-05-01T12:00:00Z, when the certificates of vectors/keys are valid. */
#define MAY INT64_C(1777636800)

#define SEND                                                                                       \
    "version = 1\norder = [\"signature\", \"encryption\"]\nsignature = [{ parts = [\"body\"] }]\n"   \
    "encryption = [{ recipient = \"server\" }]\n"
#define ANSWER                                                                                     \
    "version = 1\norder = [\"signature\", \"encryption\"]\nsignature = [{ parts = [\"body\"] }]\n"   \
    "encryption = [{ recipient = \"signer\" }]\n"
#define DEMAND                                                                                     \
    "version = 1\nrequire = { signed = [\"body\"], encrypted = [\"body-content\"] }\n"

static wsse_error *error = NULL;
static int64_t now = MAY;

/* Who has a key of vectors/keys and believes another. */
static wsse_credentials *party(const char *ours, const char *theirs)
{
    char key_name[100], certificate_name[100], other_name[100];
    size_t key_len = 0, certificate_len = 0, other_len = 0;
    wsse_credentials *credentials = NULL;
    snprintf(key_name, sizeof key_name, "%s.key.pem", ours);
    snprintf(certificate_name, sizeof certificate_name, "%s.crt.pem", ours);
    snprintf(other_name, sizeof other_name, "%s.crt.pem", theirs);
    char *key = key_file(key_name, &key_len);
    char *certificate = key_file(certificate_name, &certificate_len);
    char *other = key_file(other_name, &other_len);
    OK(wsse_credentials_new(&credentials, &error));
    OK(wsse_credentials_add_key_pair(credentials, TEXT(""), key, key_len, certificate,
                                     certificate_len, NULL, 0, &error));
    OK(wsse_credentials_add_certificate(credentials, TEXT(""), other, other_len, NULL, 0, &error));
    OK(wsse_credentials_add_recipient(credentials, TEXT("server"), other, other_len, NULL, 0,
                                      &error));
    free(key);
    free(certificate);
    free(other);
    return credentials;
}

static void make(const char *policy, wsse_credentials *credentials, wsse_outbound **outbound,
                 wsse_inbound **inbound)
{
    wsse_environment *environment = still_environment(&now);
    OK(wsse_outbound_new(TEXT(policy), credentials, environment, outbound, &error));
    OK(wsse_inbound_new(TEXT(DEMAND), credentials, NULL, environment, inbound, &error));
    wsse_environment_free(environment);
    wsse_credentials_free(credentials);
}

static void request_and_reply(void)
{
    wsse_outbound *sends = NULL, *answers = NULL;
    wsse_inbound *reads = NULL, *serves = NULL;
    make(SEND, party("client", "server"), &sends, &reads);
    make(ANSWER, party("server", "client"), &answers, &serves);
    wsse_protected *request = NULL, *reply = NULL;
    wsse_exchange *sent = NULL, *received = NULL;
    wsse_validated_message *validated = NULL;
    OK(wsse_outbound_protect(sends, TEXT(SOAP11), NULL, &request, &error));
    OK(wsse_protected_exchange(request, &sent, &error));
    wsse_bytes message = wsse_protected_message(request);
    CHECK(contains(message, "EncryptedData"));
    OK(wsse_inbound_validate(serves, message.data, message.len, NULL, 0, &validated, &error));
    size_t start = 0, end = 0;
    CHECK(wsse_validated_message_encrypted_count(validated) == 1);
    CHECK(equals(wsse_validated_message_encrypted_path(validated, 0), "/Envelope/Body"));
    CHECK(wsse_validated_message_encrypted_is_content(validated, 0));
    CHECK(wsse_validated_message_encrypted_range(validated, 0, &start, &end) && start <= end);
    CHECK(wsse_validated_message_encrypted_path(validated, 1).data == NULL);
    CHECK(!wsse_validated_message_encrypted_is_content(validated, 1));
    CHECK(!wsse_validated_message_encrypted_range(validated, 1, &start, &end));
    OK(wsse_validated_message_exchange(validated, &received, &error));
    wsse_validated_message_free(validated);

    /* The reply is encrypted for whoever signed the request. */
    OK(wsse_outbound_protect_reply(answers, received, TEXT(SOAP11), NULL, &reply, &error));
    message = wsse_protected_message(reply);
    CHECK(contains(message, "EncryptedData"));
    OK(wsse_inbound_validate_reply(reads, sent, message.data, message.len, NULL, 0, &validated,
                                   &error));
    CHECK(wsse_validated_message_encrypted_count(validated) == 1);
    wsse_validated_message_free(validated);
    wsse_protected_free(reply);
    wsse_protected_free(request);
    wsse_exchange_free(sent);
    wsse_exchange_free(received);
    wsse_outbound_free(sends);
    wsse_outbound_free(answers);
    wsse_inbound_free(reads);
    wsse_inbound_free(serves);
}

static void decrypted_and_nothing_more(void)
{
    size_t length = 0, start = 0, end = 0;
    wsse_credentials *credentials = NULL;
    wsse_outbound *outbound = NULL;
    wsse_inbound *inbound = NULL;
    wsse_decrypted_message *decrypted = NULL;
    OK(wsse_credentials_new(&credentials, &error));
    char *key = key_file("server.key.pem", &length);
    OK(wsse_credentials_add_decryption_key(credentials, TEXT(""), key, length, NULL, 0, &error));
    free(key);
    OK(wsse_inbound_new(TEXT("preset:timestamp"), credentials, NULL, NULL, &inbound, &error));
    char *message = key_file("../encrypted/aes256-gcm.xml", &length);
    OK(wsse_inbound_decrypt(inbound, message, length, &decrypted, &error));
    wsse_bytes octets = wsse_decrypted_message_octets(decrypted);
    CHECK(contains(octets, "text &amp; more") && contains(octets, "SignatureValue"));
    CHECK(wsse_decrypted_message_encrypted_count(decrypted) == 1);
    CHECK(equals(wsse_decrypted_message_encrypted_path(decrypted, 0), "/Envelope/Body"));
    CHECK(wsse_decrypted_message_encrypted_is_content(decrypted, 0));
    CHECK(wsse_decrypted_message_encrypted_range(decrypted, 0, &start, &end));
    CHECK(memcmp(octets.data + start, "<op ", 4) == 0 && octets.data[end - 1] == '>');
    wsse_decrypted_message_free(decrypted);
    decrypted = NULL;

    char *value = strstr(strstr(message, "<xenc:EncryptedData"), "CipherValue>");
    value[40] = value[40] == 'A' ? 'B' : 'A';
    REFUSED(WSSE_RESULT_FAILED_CHECK, "decryption-failed",
            wsse_inbound_decrypt(inbound, message, length, &decrypted, &error));
    REFUSED(WSSE_RESULT_INVALID_SECURITY, "missing-security-header",
            wsse_inbound_decrypt(inbound, TEXT(SOAP11), &decrypted, &error));
    CHECK(decrypted == NULL);
    free(message);
    char *certificate = key_file("server.crt.pem", &length);
    REFUSED(WSSE_RESULT_MISUSE, "missing-credential",
            wsse_credentials_add_decryption_key(credentials, TEXT(""), certificate, length, NULL, 0,
                                                &error));
    free(certificate);
    REFUSED(WSSE_RESULT_MISUSE, "missing-credential",
            wsse_outbound_new(TEXT(SEND), credentials, NULL, &outbound, &error));
    wsse_credentials_free(credentials);
    wsse_inbound_free(inbound);
}

/* A public key without a certificate, and one that signs nothing. */
static void encrypted_for_a_bare_key(void)
{
    static const char policy[] =
        "version = 1\norder = [\"encryption\"]\nencryption = [{ recipient = \"server\", "
        "transport = \"x25519\", reference = \"der-encoded-key-value\" }]\n";
    size_t length = 0;
    wsse_credentials *credentials = NULL;
    wsse_outbound *outbound = NULL;
    wsse_inbound *inbound = NULL;
    wsse_protected *request = NULL;
    wsse_decrypted_message *decrypted = NULL;
    OK(wsse_credentials_new(&credentials, &error));
    char *key = key_file("x25519.key.pem", &length);
    OK(wsse_credentials_add_decryption_key(credentials, TEXT(""), key, length, NULL, 0, &error));
    free(key);
    key = key_file("x25519.public.pem", &length);
    OK(wsse_credentials_add_recipient(credentials, TEXT("server"), key, length, NULL, 0, &error));
    free(key);
    key = key_file("partner.secret", &length);
    REFUSED(WSSE_RESULT_MISUSE, "unreadable-key",
            wsse_credentials_add_recipient(credentials, TEXT("server"), key, length, NULL, 0,
                                           &error));
    free(key);
    OK(wsse_outbound_new(TEXT(policy), credentials, NULL, &outbound, &error));
    OK(wsse_inbound_new(TEXT("preset:timestamp"), credentials, NULL, NULL, &inbound, &error));
    OK(wsse_outbound_protect(outbound, TEXT(SOAP11), NULL, &request, &error));
    wsse_bytes message = wsse_protected_message(request);
    CHECK(contains(message, "EncryptedData"));
    OK(wsse_inbound_decrypt(inbound, message.data, message.len, &decrypted, &error));
    CHECK(wsse_decrypted_message_encrypted_count(decrypted) == 1);
    wsse_decrypted_message_free(decrypted);
    wsse_protected_free(request);
    wsse_outbound_free(outbound);
    wsse_inbound_free(inbound);
    wsse_credentials_free(credentials);
}

int main(void)
{
    request_and_reply();
    decrypted_and_nothing_more();
    encrypted_for_a_bare_key();
    return 0;
}

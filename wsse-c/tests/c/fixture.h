/* One object of every type, for programs that call every function: the_TYPE is a wsse_TYPE. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "support.h"

static wsse_authorization *the_authorization;
static wsse_call *the_call;
static wsse_challenge *the_challenge;
static wsse_checked_header *the_checked_header;
static wsse_credentials *the_credentials, *the_known_credentials;
static wsse_dialect *the_dialect;
static wsse_decrypted_message *the_decrypted_message;
static const wsse_dialect *the_dialects[1];
static wsse_environment *the_environment;
static wsse_error *the_error;
static wsse_exchange *the_exchange;
static wsse_header_check *the_header_check;
static wsse_header_options *the_header_options;
static wsse_header_value *the_header_value;
static wsse_inbound *the_inbound, *the_decrypting_inbound;
static wsse_outbound *the_outbound;
static wsse_protected *the_protected;
static wsse_replay_store *the_replay_store;
static wsse_string *the_string;
static wsse_validated_message *the_validated_message;

static int64_t the_userdata = NOON;
static wsse_string *the_header_string;
static const char *the_header;

static char *the_key, *the_certificate, *the_identity, *the_crl, *the_encrypted_message;

/* A message that holds. */
#define THE_MESSAGE                                                                                \
    "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Header><w:Security "      \
    "xmlns:w=\"http://docs.oasis-open.org/wss/2004/01/"                                            \
    "oasis-200401-wss-wssecurity-secext-1.0.xsd\"><u:Timestamp "                                   \
    "xmlns:u=\"http://docs.oasis-open.org/wss/2004/01/"                                            \
    "oasis-200401-wss-wssecurity-utility-1.0.xsd\"><u:Created>2024-05-01T12:00:00Z</u:Created>"    \
    "</u:Timestamp></w:Security></S:Header><S:Body/></S:Envelope>"

static inline int32_t find_nobody(void *userdata, const char *username, size_t username_len,
                                  wsse_passwords *passwords)
{
    (void)userdata, (void)username, (void)username_len, (void)passwords;
    return WSSE_CALLBACK_NO;
}

static inline int32_t trust_nobody(void *userdata, const char *username, size_t username_len,
                                   const uint8_t *password, size_t password_len)
{
    (void)userdata, (void)username, (void)username_len, (void)password, (void)password_len;
    return WSSE_CALLBACK_NO;
}

static inline int32_t remember_nothing(void *userdata, const uint8_t *key, size_t key_len,
                                       wsse_time expires, wsse_time now)
{
    (void)userdata, (void)key, (void)key_len, (void)expires, (void)now;
    return WSSE_CALLBACK_FAILED;
}

static inline int32_t sign_nothing(void *userdata, const wsse_signing_request *request,
                                   wsse_answer *signature)
{
    (void)userdata, (void)request, (void)signature;
    return WSSE_CALLBACK_FAILED;
}

static inline int32_t decrypt_nothing(void *userdata, const wsse_decryption_request *request,
                                      wsse_answer *secret)
{
    (void)userdata, (void)request, (void)secret;
    return WSSE_CALLBACK_NO;
}

static inline int32_t verify_nothing(void *userdata, const wsse_verification_request *request)
{
    (void)userdata, (void)request;
    return WSSE_CALLBACK_NO;
}

static inline int32_t let_nobody_in(void *userdata, const wsse_candidate *candidate)
{
    (void)userdata, (void)candidate;
    return WSSE_CALLBACK_NO;
}

/* Read from its beginning whenever it was read to its end. */
static size_t the_position;

static inline int32_t read_text(const char *text, uint8_t *octets_out, size_t octets_len,
                                size_t *read_out)
{
    size_t left = strlen(text) - the_position;
    *read_out = left < octets_len ? left : octets_len;
    memcpy(octets_out, text + the_position, *read_out);
    the_position = *read_out == 0 ? 0 : the_position + *read_out;
    return WSSE_CALLBACK_YES;
}

static inline int32_t read_message(void *userdata, uint8_t *octets_out, size_t octets_len,
                                   size_t *read_out)
{
    (void)userdata;
    return read_text(THE_MESSAGE, octets_out, octets_len, read_out);
}

static inline int32_t read_envelope(void *userdata, uint8_t *octets_out, size_t octets_len,
                                    size_t *read_out)
{
    (void)userdata;
    return read_text(SOAP11, octets_out, octets_len, read_out);
}

static inline int32_t rewind_nothing(void *userdata)
{
    (void)userdata;
    the_position = 0;
    return WSSE_CALLBACK_YES;
}

static inline int32_t write_nothing(void *userdata, const uint8_t *octets, size_t octets_len)
{
    (void)userdata, (void)octets, (void)octets_len;
    return WSSE_CALLBACK_YES;
}

static inline int32_t commit_nothing(void *userdata)
{
    (void)userdata;
    return WSSE_CALLBACK_YES;
}

static inline void abort_nothing(void *userdata)
{
    (void)userdata;
}

static inline void free_nothing(void *userdata)
{
    (void)userdata;
}

static inline void set_up(void)
{
    wsse_error *error = NULL;
    size_t length = 0;
    the_key = key_file("ec256.key.pem", &length);
    the_certificate = key_file("ec256.crt.pem", &length);
    the_crl = key_file("intermediate.crl.pem", &length);
    the_identity = malloc(strlen(the_key) + strlen(the_certificate) + 1);
    CHECK(the_identity != NULL);
    strcpy(the_identity, the_key);
    strcat(the_identity, the_certificate);
    the_environment = still_environment(NULL);
    the_known_credentials = alice();
    OK(wsse_credentials_new(&the_credentials, &error));
    OK(wsse_dialect_new_preset(TEXT("atom"), &the_dialect, &error));
    the_dialects[0] = the_dialect;
    OK(wsse_authorization_new_huawei(&the_authorization, &error));
    OK(wsse_challenge_parse(TEXT("WSSE realm=\"r\", profile=\"UsernameToken\", more=\"1\""),
                            &the_challenge, &error));
    OK(wsse_call_new(&the_call, &error));
    OK(wsse_header_options_new(&the_header_options, &error));
    OK(wsse_header_options_add_parameter(the_header_options, TEXT("More"), TEXT("1"), &error));
    OK(wsse_header_create(the_dialect, TEXT("alice"), TEXT("secret"), the_header_options,
                          the_environment, &the_header_string, &error));
    the_header = wsse_string_c_str(the_header_string);
    OK(wsse_header_parse(TEXT(the_header), &the_header_value, &error));
    wsse_header_check *once = NULL;
    OK(wsse_header_check_new(the_dialects, 1, the_known_credentials, NULL, the_environment, &once,
                             &error));
    OK(wsse_header_check_check(once, TEXT(the_header), &the_checked_header, &error));
    wsse_header_check_free(once);
    OK(wsse_header_check_new(the_dialects, 1, the_known_credentials, NULL, the_environment,
                             &the_header_check, &error));
    OK(wsse_replay_store_new_memory(16, &the_replay_store, &error));
    OK(wsse_outbound_new(TEXT("preset:username-token"), the_known_credentials, the_environment,
                         &the_outbound, &error));
    OK(wsse_outbound_protect(the_outbound, TEXT(SOAP11), NULL, &the_protected, &error));
    OK(wsse_protected_exchange(the_protected, &the_exchange, &error));
    OK(wsse_inbound_new(TEXT("preset:username-token"), the_known_credentials, NULL,
                        the_environment, &the_inbound, &error));
    wsse_bytes message = wsse_protected_message(the_protected);
    OK(wsse_inbound_validate(the_inbound, message.data, message.len, NULL, 0,
                             &the_validated_message, &error));
    wsse_inbound_free(the_inbound);
    OK(wsse_inbound_new(TEXT("preset:timestamp"), NULL, NULL, the_environment, &the_inbound,
                        &error));
    OK(wsse_outbound_policy(the_outbound, &the_string, &error));
    wsse_credentials *server = NULL;
    char *server_key = key_file("server.key.pem", &length);
    OK(wsse_credentials_new(&server, &error));
    OK(wsse_credentials_add_decryption_key(server, TEXT(""), server_key, length, NULL, 0, &error));
    OK(wsse_inbound_new(TEXT("preset:timestamp"), server, NULL, the_environment,
                        &the_decrypting_inbound, &error));
    wsse_credentials_free(server);
    free(server_key);
    the_encrypted_message = key_file("../encrypted/aes256-gcm.xml", &length);
    OK(wsse_inbound_decrypt(the_decrypting_inbound, the_encrypted_message, length,
                            &the_decrypted_message, &error));
    wsse_inbound *none = NULL;
    CHECK(wsse_inbound_new(TEXT("version = 2"), NULL, NULL, NULL, &none, &the_error)
          == WSSE_RESULT_MISUSE);
}

static inline void tear_down(void)
{
    free(the_key);
    free(the_certificate);
    free(the_crl);
    free(the_encrypted_message);
    wsse_decrypted_message_free(the_decrypted_message);
    wsse_inbound_free(the_decrypting_inbound);
    free(the_identity);
    wsse_authorization_free(the_authorization);
    wsse_call_free(the_call);
    wsse_challenge_free(the_challenge);
    wsse_checked_header_free(the_checked_header);
    wsse_credentials_free(the_credentials);
    wsse_credentials_free(the_known_credentials);
    wsse_dialect_free(the_dialect);
    wsse_environment_free(the_environment);
    wsse_error_free(the_error);
    the_error = NULL;
    wsse_exchange_free(the_exchange);
    wsse_header_check_free(the_header_check);
    wsse_header_options_free(the_header_options);
    wsse_header_value_free(the_header_value);
    wsse_inbound_free(the_inbound);
    wsse_outbound_free(the_outbound);
    wsse_protected_free(the_protected);
    wsse_replay_store_free(the_replay_store);
    wsse_string_free(the_header_string);
    wsse_string_free(the_string);
    wsse_validated_message_free(the_validated_message);
}

#endif

/* Messages from end to end: protect, validate, answer, and every way to be refused. */
#include "support.h"

#define DIGEST "version = 1\nrequire = { username-token = \"digest\" }\n"

static wsse_error *error = NULL;

static wsse_outbound *outbound(const char *policy, const wsse_environment *environment)
{
    wsse_outbound *made = NULL;
    wsse_credentials *credentials = alice();
    OK(wsse_outbound_new(TEXT(policy), credentials, environment, &made, &error));
    wsse_credentials_free(credentials);
    return made;
}

static wsse_inbound *inbound(const char *policy, const wsse_environment *environment)
{
    wsse_inbound *made = NULL;
    wsse_credentials *credentials = alice();
    OK(wsse_inbound_new(TEXT(policy), credentials, NULL, environment, &made, &error));
    wsse_credentials_free(credentials);
    return made;
}

/* A request and its reply, both checked on the other side. */
static void there_and_back(void)
{
    wsse_environment *environment = still_environment(NULL);
    wsse_outbound *client = outbound("preset:username-token", environment);
    wsse_inbound *server = inbound("preset:username-token", environment);
    wsse_outbound *answering = outbound("preset:timestamp", environment);
    wsse_inbound *receiving = inbound("preset:timestamp", environment);
    wsse_environment_free(environment);

    wsse_protected *request = NULL;
    OK(wsse_outbound_protect(client, TEXT(SOAP11), NULL, &request, &error));
    wsse_bytes message = wsse_protected_message(request);
    CHECK(contains(message, "<wsse:Username>alice</wsse:Username>"));
    CHECK(contains(message, "<wsu:Created>2024-05-01T12:00:00.000Z</wsu:Created>"));
    CHECK(contains(message, "<m:Ping xmlns:m=\"urn:example\"/></S:Body></S:Envelope>"));
    CHECK(!contains(message, "secret"));
    wsse_exchange *asked = NULL;
    OK(wsse_protected_exchange(request, &asked, &error));

    wsse_validated_message *validated = NULL;
    OK(wsse_inbound_validate(server, message.data, message.len, TEXT("utf-8"), &validated, &error));
    CHECK(equals(wsse_validated_message_username(validated), "alice"));
    CHECK(wsse_validated_message_is_authenticated(validated));
    CHECK(wsse_validated_message_soap_version(validated) == WSSE_SOAP_VERSION_V11);
    wsse_str namespace_name, local_name;
    CHECK(wsse_validated_message_body_child(validated, &namespace_name, &local_name));
    CHECK(equals(namespace_name, "urn:example") && equals(local_name, "Ping"));
    wsse_time created, expires;
    CHECK(wsse_validated_message_timestamp_created(validated, &created));
    CHECK(created.seconds == NOON && created.nanoseconds == 0);
    CHECK(wsse_validated_message_timestamp_expires(validated, &expires));
    CHECK(expires.seconds == NOON + 300 && expires.nanoseconds == 0);
    size_t timestamp, username_token;
    CHECK(wsse_validated_message_timestamp_offset(validated, &timestamp));
    CHECK(wsse_validated_message_username_token_offset(validated, &username_token));
    CHECK(memcmp(message.data + timestamp, "<wsu:Timestamp", 14) == 0);
    CHECK(memcmp(message.data + username_token, "<wsse:UsernameToken", 19) == 0);
    wsse_bytes document = wsse_validated_message_unsigned_document(validated);
    CHECK(contains(document, "<m:Ping") && !contains(document, "Security"));
    wsse_bytes body = wsse_validated_message_unsigned_body(validated);
    const char *sent = "<S:Body><m:Ping xmlns:m=\"urn:example\"/></S:Body>";
    CHECK(body.len == strlen(sent) && memcmp(body.data, sent, body.len) == 0);
    CHECK(body.data > document.data && body.data + body.len < document.data + document.len);
    wsse_exchange *to_answer = NULL;
    OK(wsse_validated_message_exchange(validated, &to_answer, &error));
    wsse_validated_message_free(validated);
    wsse_protected_free(request);

    wsse_protected *reply = NULL;
    OK(wsse_outbound_protect_reply(answering, to_answer, TEXT(SOAP12), NULL, &reply, &error));
    message = wsse_protected_message(reply);
    OK(wsse_inbound_validate_reply(receiving, asked, message.data, message.len, NULL, 0, &validated,
                                   &error));
    CHECK(wsse_validated_message_soap_version(validated) == WSSE_SOAP_VERSION_V12);
    CHECK(wsse_validated_message_username(validated).data == NULL);
    CHECK(!wsse_validated_message_is_authenticated(validated));
    CHECK(!wsse_validated_message_username_token_offset(validated, &username_token));
    CHECK(wsse_validated_message_body_child(validated, &namespace_name, &local_name));
    CHECK(equals(namespace_name, "") && equals(local_name, "Ping"));
    wsse_validated_message_free(validated);
    REFUSED(WSSE_RESULT_MALFORMED, "encoding",
            wsse_inbound_validate_reply(receiving, asked, message.data, message.len,
                                        TEXT("utf-16"), &validated, &error));
    wsse_protected_free(reply);

    wsse_exchange_free(asked);
    wsse_exchange_free(to_answer);
    wsse_outbound_free(client);
    wsse_outbound_free(answering);
    wsse_inbound_free(server);
    wsse_inbound_free(receiving);
}

/* What is given for one message is what is written, and what is not given is made. */
static void calls(void)
{
    wsse_environment *environment = still_environment(NULL);
    wsse_outbound *made = outbound("preset:username-token", environment);
    wsse_environment_free(environment);
    wsse_call *call = NULL;
    OK(wsse_call_new(&call, &error));
    OK(wsse_call_set_username(call, TEXT("bob"), &error));
    OK(wsse_call_set_password(call, TEXT("taadtaadpstcsm"), &error));
    OK(wsse_call_set_nonce(call, TEXT("d36e316282959a9ed4c89851497a717f"), &error));
    OK(wsse_call_set_created(call, TEXT("2003-12-15T14:43:07Z"), &error));
    OK(wsse_call_set_username_token_id(call, TEXT("token-1"), &error));
    OK(wsse_call_set_timestamp_id(call, TEXT("timestamp-1"), &error));
    wsse_protected *message = NULL;
    OK(wsse_outbound_protect(made, TEXT(SOAP11), call, &message, &error));
    wsse_bytes octets = wsse_protected_message(message);
    CHECK(contains(octets, "quR/EWLAV4xLf9Zqyw4pDmfV9OY="));
    CHECK(contains(octets, ">bob<") && contains(octets, ">2003-12-15T14:43:07Z<"));
    CHECK(contains(octets, "\"token-1\"") && contains(octets, "\"timestamp-1\""));
    wsse_protected_free(message);

    /* Another user never goes out with our password. */
    OK(wsse_call_set_password(call, NULL, 0, &error));
    REFUSED(WSSE_RESULT_MISUSE, "missing-credential",
            wsse_outbound_protect(made, TEXT(SOAP11), call, &message, &error));
    OK(wsse_call_set_username(call, NULL, 0, &error));
    OK(wsse_call_set_nonce(call, NULL, 0, &error));
    OK(wsse_call_set_created(call, NULL, 0, &error));
    OK(wsse_call_set_username_token_id(call, TEXT("not an NCName"), &error));
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_outbound_protect(made, TEXT(SOAP11), call, &message, &error));
    OK(wsse_call_set_username_token_id(call, NULL, 0, &error));
    OK(wsse_call_set_timestamp_id(call, NULL, 0, &error));
    OK(wsse_outbound_protect(made, TEXT(SOAP11), call, &message, &error));
    octets = wsse_protected_message(message);
    CHECK(contains(octets, ">alice<") && contains(octets, "AAECAwQFBgcICQoLDA0ODw=="));
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_outbound_protect(made, octets.data, octets.len, NULL, &message, &error));
    wsse_protected_free(message);
    wsse_call_free(call);
    wsse_outbound_free(made);

    /* A user without a password: the policy shows none, or the call gives it. */
    wsse_credentials *credentials = NULL;
    OK(wsse_credentials_new(&credentials, &error));
    OK(wsse_credentials_set_username(credentials, TEXT("carol"), NULL, 0, &error));
    OK(wsse_outbound_new(TEXT("version = 1\norder = [\"username-token\"]\n"
                              "username-token = { password = \"none\" }\n"),
                         credentials, NULL, &made, &error));
    OK(wsse_outbound_protect(made, TEXT(SOAP11), NULL, &message, &error));
    CHECK(contains(wsse_protected_message(message), ">carol<"));
    wsse_protected_free(message);
    wsse_outbound_free(made);
    OK(wsse_outbound_new(TEXT("preset:username-token"), credentials, NULL, &made, &error));
    REFUSED(WSSE_RESULT_MISUSE, "missing-credential",
            wsse_outbound_protect(made, TEXT(SOAP11), NULL, &message, &error));
    wsse_outbound_free(made);
    wsse_credentials_free(credentials);
}

/* A policy that is wrong says where. */
static void policies(void)
{
    wsse_outbound *out = NULL;
    wsse_inbound *in = NULL;
    const char *misspelt = "version = 1\norder = [\"timestamp\"]\ntimestmp = { ttl = 300 }\n";
    CHECK(wsse_outbound_new(TEXT(misspelt), NULL, NULL, &out, &error) == WSSE_RESULT_MISUSE);
    CHECK(out == NULL && equals(wsse_error_cause(error), "invalid-policy"));
    CHECK(equals(wsse_error_category(error), "Misuse"));
    CHECK(strstr(wsse_error_text(error).data, "did you mean `timestamp`?") != NULL);
    wsse_position position;
    CHECK(wsse_error_position(error, &position));
    CHECK(position.line == 3 && position.column == 1 && position.offset == 34);
    wsse_fault fault;
    CHECK(wsse_error_fault(error, &fault));
    CHECK(!fault.sender && fault.code.data == NULL && fault.text.len > 0);
    wsse_error_free(error);
    error = NULL;

    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_outbound_new(TEXT("preset:timestmp"), NULL, NULL, &out, &error));
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_inbound_new(TEXT("preset:timestmp"), NULL, NULL, NULL, &in, &error));
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_inbound_new("version = 1\n\xFF", 13, NULL, NULL, NULL, &in, &error));
    REFUSED(WSSE_RESULT_MISUSE, "missing-credential",
            wsse_inbound_new(TEXT("preset:username-token"), NULL, NULL, NULL, &in, &error));
    /* Credentials that know no passwords are none. */
    wsse_credentials *empty = NULL;
    OK(wsse_credentials_new(&empty, &error));
    REFUSED(WSSE_RESULT_MISUSE, "missing-credential",
            wsse_inbound_new(TEXT("preset:username-token"), empty, NULL, NULL, &in, &error));
    wsse_credentials_free(empty);
    const char *named = "version = 1\nrequire = { timestamp = true }\nreplay = { store = \"own\" }\n";
    REFUSED(WSSE_RESULT_MISUSE, "missing-credential",
            wsse_inbound_new(TEXT(named), NULL, NULL, NULL, &in, &error));
    wsse_replay_store *store = NULL;
    OK(wsse_replay_store_new_memory(16, &store, &error));
    OK(wsse_inbound_new(TEXT(named), NULL, store, NULL, &in, &error));
    wsse_replay_store_free(store);
    wsse_string *written = NULL;
    OK(wsse_inbound_policy(in, &written, &error));
    CHECK(strstr(wsse_string_c_str(written), "store = \"own\"") != NULL);
    wsse_inbound_free(in);
    wsse_string_free(written);

    OK(wsse_outbound_new(TEXT("preset:timestamp"), NULL, NULL, &out, &error));
    OK(wsse_outbound_policy(out, &written, &error));
    wsse_outbound_free(out);
    OK(wsse_outbound_new(wsse_string_view(written).data, wsse_string_view(written).len, NULL, NULL,
                         &out, &error));
    wsse_string_free(written);
    wsse_outbound_free(out);
}

/* Every result that tokens can lead to, each with its fault; nothing is written on failure. */
static void refusals(void)
{
    int64_t now = NOON;
    wsse_environment *environment = still_environment(&now);
    wsse_outbound *client = outbound("preset:username-token", environment);
    wsse_inbound *server = inbound("preset:username-token", environment);
    wsse_protected *request = NULL;
    OK(wsse_outbound_protect(client, TEXT(SOAP11), NULL, &request, &error));
    wsse_bytes message = wsse_protected_message(request);
    wsse_validated_message *const untouched = (wsse_validated_message *)&now;
    wsse_validated_message *validated = untouched;

#define VALIDATE(octets, length)                                                                   \
    wsse_inbound_validate(server, (octets), (length), NULL, 0, &validated, &error)
    now = NOON + 1000;
    REFUSED(WSSE_RESULT_MESSAGE_EXPIRED, "expired", VALIDATE(message.data, message.len));
    now = NOON - 1000;
    REFUSED(WSSE_RESULT_MESSAGE_EXPIRED, "not-yet-valid", VALIDATE(message.data, message.len));
    now = NOON;
    REFUSED(WSSE_RESULT_MALFORMED, "unexpected-end", VALIDATE(message.data, message.len / 2));
    REFUSED(WSSE_RESULT_MALFORMED, "empty-document", VALIDATE("", 0));
    REFUSED(WSSE_RESULT_MALFORMED, "encoding",
            wsse_inbound_validate(server, message.data, message.len, "\xFF", 1, &validated,
                                  &error));
    REFUSED(WSSE_RESULT_INVALID_SECURITY, "missing-security-header", VALIDATE(SOAP11, strlen(SOAP11)));
    CHECK(validated == untouched);
    OK(VALIDATE(message.data, message.len));
    wsse_validated_message_free(validated);
    validated = untouched;

    CHECK(VALIDATE(message.data, message.len) == WSSE_RESULT_INVALID_SECURITY);
    CHECK(validated == untouched);
    CHECK(equals(wsse_error_cause(error), "replay"));
    wsse_fault fault;
    CHECK(wsse_error_fault(error, &fault));
    CHECK(fault.sender && equals(fault.code, "InvalidSecurity"));
    CHECK(fault.code.data[fault.code.len] == '\0' && fault.text.data[fault.text.len] == '\0');
    wsse_position position = {7, 7, 7};
    CHECK(!wsse_error_position(error, &position) && position.line == 7);
    wsse_error_free(error);
    error = NULL;
    const char *cut_short = "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\">\n<S:";
    CHECK(VALIDATE(cut_short, strlen(cut_short)) == WSSE_RESULT_MALFORMED);
    CHECK(wsse_error_position(error, &position) && position.line == 2);
    wsse_error_free(error);
    error = NULL;

    wsse_call *call = NULL;
    OK(wsse_call_new(&call, &error));
    OK(wsse_call_set_password(call, TEXT("wrong"), &error));
    wsse_protected *wrong = NULL;
    OK(wsse_outbound_protect(client, TEXT(SOAP11), call, &wrong, &error));
    REFUSED(WSSE_RESULT_FAILED_AUTHENTICATION, "failed-authentication",
            VALIDATE(wsse_protected_message(wrong).data, wsse_protected_message(wrong).len));
    wsse_protected_free(wrong);
    wsse_call_free(call);

    /* The same message with one thing changed. */
    struct {
        const char *from, *to, *cause;
        wsse_result result;
    } changes[] = {
        {"wsse:UsernameToken", "wsse:UsernameTokem", "unsupported-token",
         WSSE_RESULT_UNSUPPORTED_SECURITY_TOKEN},
        {"AAECAwQFBgcICQoLDA0ODw==", "AAECAwQFBgcICQoLDA0OD!==", "invalid-token-value",
         WSSE_RESULT_INVALID_SECURITY_TOKEN},
    };
    for (size_t index = 0; index < sizeof changes / sizeof *changes; index++) {
        char *copy = malloc(message.len + 1);
        CHECK(copy != NULL);
        memcpy(copy, message.data, message.len);
        copy[message.len] = '\0';
        bool changed = false;
        for (char *at; (at = strstr(copy, changes[index].from)) != NULL; changed = true)
            memcpy(at, changes[index].to, strlen(changes[index].to));
        CHECK(changed && strlen(changes[index].from) == strlen(changes[index].to));
        REFUSED(changes[index].result, changes[index].cause, VALIDATE(copy, message.len));
        free(copy);
    }
    const char *is_signed =
        "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Header><w:Security "
        "xmlns:w=\"http://docs.oasis-open.org/wss/2004/01/"
        "oasis-200401-wss-wssecurity-secext-1.0.xsd\"><d:Signature "
        "xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\"/></w:Security></S:Header><S:Body/>"
        "</S:Envelope>";
    REFUSED(WSSE_RESULT_INVALID_SECURITY, "signature-structure",
            VALIDATE(is_signed, strlen(is_signed)));
    wsse_inbound_free(server);

    server = inbound(DIGEST "limits = { message = 64 }\n", environment);
    REFUSED(WSSE_RESULT_LIMIT_EXCEEDED, "message-size", VALIDATE(message.data, message.len));
    wsse_inbound_free(server);

    /* A caller to whom the result is enough. */
    server = inbound(DIGEST, environment);
    CHECK(wsse_inbound_validate(server, "", 0, NULL, 0, &validated, NULL) == WSSE_RESULT_MALFORMED);
    wsse_inbound_free(server);
    wsse_protected_free(request);
    wsse_outbound_free(client);
    wsse_environment_free(environment);
    CHECK(validated == untouched);
}

static void words(void)
{
    CHECK(wsse_version_number() == WSSE_VERSION_NUMBER);
    CHECK(WSSE_VERSION_NUMBER
          == WSSE_VERSION_MAJOR * 65536 + WSSE_VERSION_MINOR * 256 + WSSE_VERSION_PATCH);
    char version[40];
    snprintf(version, sizeof version, "%d.%d.%d", WSSE_VERSION_MAJOR, WSSE_VERSION_MINOR,
             WSSE_VERSION_PATCH);
    CHECK(strcmp(wsse_version(), version) == 0);
    CHECK(equals(wsse_result_name(WSSE_RESULT_OK), "Ok"));
    CHECK(equals(wsse_result_name(WSSE_RESULT_FAILED_CHECK), "FailedCheck"));
    CHECK(equals(wsse_result_name(WSSE_RESULT_PANIC), "Panic"));
    CHECK(wsse_result_name(4711).data == NULL);

    wsse_string *digest = NULL;
    OK(wsse_password_digest(TEXT("taadtaadpstcsm"), TEXT("d36e316282959a9ed4c89851497a717f"),
                            TEXT("2003-12-15T14:43:07Z"), NULL, 0, &digest, &error));
    CHECK(equals(wsse_string_view(digest), "quR/EWLAV4xLf9Zqyw4pDmfV9OY="));
    wsse_string_free(digest);
    OK(wsse_password_digest(TEXT("taadtaadpstcsm"), TEXT("d36e316282959a9ed4c89851497a717f"),
                            TEXT("2003-12-15T14:43:07Z"), TEXT("sha1"), &digest, &error));
    CHECK(strcmp(wsse_string_c_str(digest), "Nr+Qvy6OaENUAdn2X0QhEaeXElo=") == 0);
    wsse_string_free(digest);
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_password_digest(TEXT("p"), NULL, 0, NULL, 0, TEXT("rot13"), &digest, &error));
}

int main(void)
{
    words();
    there_and_back();
    calls();
    policies();
    refusals();
    return 0;
}

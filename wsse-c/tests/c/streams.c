/* Messages that are read from streams: what is written where, when, and what becomes of failures. */
#include "support.h"

/* 2026-05-01T12:00:00Z, when the certificates of vectors/keys are valid. */
#define MAY INT64_C(1777636800)

#define SIGN                                                                                       \
    "version = 1\norder = [\"timestamp\", \"signature\"]\nsignature = [{ parts = [\"body\"] }]\n"
#define REQUIRE "version = 1\nrequire = { signed = [\"body\"] }\n"

static wsse_error *error = NULL;
static int64_t now = MAY;

/* A message that is read, so many octets at a time. */
typedef struct {
    const char *text;
    size_t length, position, chunk;
    /* The call that fails, counted from 1, and the answer that it gives. */
    int calls, fails, rewinds;
    int32_t answer;
} source;

static int32_t read_source(void *userdata, uint8_t *octets_out, size_t octets_len, size_t *read_out)
{
    source *mine = userdata;
    CHECK(octets_len > 0);
    if (++mine->calls == mine->fails) {
        *read_out = mine->answer == WSSE_CALLBACK_YES ? octets_len + 1 : 0;
        return mine->answer;
    }
    size_t left = mine->length - mine->position;
    *read_out = left < octets_len ? left : octets_len;
    if (*read_out > mine->chunk)
        *read_out = mine->chunk;
    memcpy(octets_out, mine->text + mine->position, *read_out);
    mine->position += *read_out;
    return WSSE_CALLBACK_YES;
}

static int32_t rewind_source(void *userdata)
{
    source *mine = userdata;
    mine->rewinds++;
    mine->position = 0;
    return mine->fails < 0 ? WSSE_CALLBACK_FAILED : WSSE_CALLBACK_YES;
}

static source source_of(const char *text, size_t length)
{
    source made = {text, length, 0, 1000, 0, 0, 0, WSSE_CALLBACK_FAILED};
    return made;
}

/* What was written, and what else was called. */
typedef struct {
    char *octets;
    size_t length;
    int writes, commits, aborts, fails;
} target;

static int32_t write_target(void *userdata, const uint8_t *octets, size_t octets_len)
{
    target *mine = userdata;
    CHECK(octets != NULL && octets_len > 0 && mine->commits + mine->aborts == 0);
    if (++mine->writes == mine->fails)
        return WSSE_CALLBACK_FAILED;
    mine->octets = realloc(mine->octets, mine->length + octets_len);
    CHECK(mine->octets != NULL);
    memcpy(mine->octets + mine->length, octets, octets_len);
    mine->length += octets_len;
    return WSSE_CALLBACK_YES;
}

static int32_t commit_target(void *userdata)
{
    target *mine = userdata;
    mine->commits++;
    return mine->fails < 0 ? WSSE_CALLBACK_NO : WSSE_CALLBACK_YES;
}

static void abort_target(void *userdata)
{
    ((target *)userdata)->aborts++;
}

static target nothing(int fails)
{
    target made = {NULL, 0, 0, 0, 0, fails};
    return made;
}

static wsse_outbound *sender(wsse_environment *environment)
{
    wsse_credentials *credentials = NULL;
    wsse_outbound *outbound = NULL;
    size_t key_len = 0, certificate_len = 0;
    char *key = key_file("client.key.pem", &key_len);
    char *certificate = key_file("client.crt.pem", &certificate_len);
    OK(wsse_credentials_new(&credentials, &error));
    OK(wsse_credentials_add_key_pair(credentials, TEXT(""), key, key_len, certificate,
                                     certificate_len, NULL, 0, &error));
    OK(wsse_outbound_new(TEXT(SIGN), credentials, environment, &outbound, &error));
    wsse_credentials_free(credentials);
    free(key);
    free(certificate);
    return outbound;
}

static wsse_inbound *receiver(const char *policy, wsse_environment *environment)
{
    wsse_credentials *credentials = NULL;
    wsse_inbound *inbound = NULL;
    size_t length = 0;
    char *certificate = key_file("client.crt.pem", &length);
    OK(wsse_credentials_new(&credentials, &error));
    OK(wsse_credentials_add_certificate(credentials, TEXT(""), certificate, length, NULL, 0,
                                        &error));
    OK(wsse_inbound_new(TEXT(policy), credentials, NULL, environment, &inbound, &error));
    wsse_credentials_free(credentials);
    free(certificate);
    return inbound;
}

static wsse_result protect(const wsse_outbound *outbound, source *from, target *to,
                           wsse_exchange **exchange)
{
    return wsse_outbound_protect_stream(outbound, NULL, false, read_source, rewind_source, from,
                                        NULL, write_target, commit_target, abort_target, to,
                                        exchange, &error);
}

static wsse_result validate(const wsse_inbound *inbound, source *from, target *to,
                            wsse_validated_message **validated)
{
    return wsse_inbound_validate_stream(inbound, NULL, read_source, from, NULL, 0, write_target,
                                        commit_target, abort_target, to, validated, &error);
}

/* A message of some hundred kilobytes. */
static char *long_message(size_t *length)
{
    static const char line[] = "<line number='1'><part>text &amp; more</part></line>\n";
    const char *body = strstr(SOAP11, "Body>") + strlen("Body>");
    size_t front = (size_t)(body - SOAP11), count = 10000;
    *length = strlen(SOAP11) + count * (sizeof line - 1) + strlen("<o xmlns=\"urn:o\"></o>");
    char *made = malloc(*length + 1);
    CHECK(made != NULL);
    memcpy(made, SOAP11, front);
    strcpy(made + front, "<o xmlns=\"urn:o\">");
    char *at = made + strlen(made);
    for (size_t number = 0; number < count; number++) {
        memcpy(at, line, sizeof line - 1);
        at += sizeof line - 1;
    }
    strcpy(at, "</o>");
    strcat(at, body);
    return made;
}

static void from_end_to_end(wsse_environment *environment)
{
    wsse_outbound *outbound = sender(environment);
    size_t length = 0;
    char *text = long_message(&length);
    source from = source_of(text, length);
    target signed_message = nothing(0);
    wsse_exchange *exchange = NULL;
    OK(protect(outbound, &from, &signed_message, &exchange));
    CHECK(exchange != NULL && from.rewinds == 1);
    CHECK(signed_message.commits == 1 && signed_message.aborts == 0);
    wsse_exchange_free(exchange);

    wsse_inbound *inbound = receiver(REQUIRE, environment);
    wsse_validated_message *whole = NULL, *validated = NULL;
    OK(wsse_inbound_validate(inbound, signed_message.octets, signed_message.length, NULL, 0, &whole,
                             &error));
    bool is_signed = false;
    uint64_t octets = 7, start = 7, end = 7;
    CHECK(!wsse_validated_message_spooled(whole, &is_signed, &octets, &start, &end));
    CHECK(!is_signed && octets == 7 && start == 7 && end == 7);
    wsse_inbound_free(inbound);
    inbound = receiver(REQUIRE, environment);
    from = source_of(signed_message.octets, signed_message.length);
    target content = nothing(0);
    OK(validate(inbound, &from, &content, &validated));
    CHECK(content.commits == 1 && content.aborts == 0 && content.writes > 2);
    wsse_bytes document = wsse_validated_message_document(whole);
    CHECK(document.len == content.length && memcmp(document.data, content.octets, content.length) == 0);
    CHECK(wsse_validated_message_document(validated).data == NULL);
    CHECK(wsse_validated_message_spooled(validated, &is_signed, &octets, &start, &end));
    CHECK(is_signed && octets == content.length);
    wsse_bytes body = wsse_validated_message_body(whole);
    CHECK(end - start == body.len && memcmp(content.octets + start, body.data, body.len) == 0);
    CHECK(wsse_validated_message_spooled(validated, NULL, NULL, NULL, NULL));
    CHECK(equals(wsse_validated_message_signed_path(validated, 0), "/Envelope/Body"));
    free(content.octets);
    wsse_validated_message_free(validated);
    wsse_validated_message_free(whole);

    /* The same message comes twice: known last, when everything was written. */
    from = source_of(signed_message.octets, signed_message.length);
    content = nothing(0);
    REFUSED(WSSE_RESULT_INVALID_SECURITY, "replay", validate(inbound, &from, &content, &validated));
    CHECK(content.commits == 0 && content.aborts == 1);
    free(content.octets);
    wsse_inbound_free(inbound);

    /* An octet of the Body is another one. */
    inbound = receiver(REQUIRE, environment);
    size_t text_at = signed_message.length - 200;
    while (signed_message.octets[text_at] != '&') text_at--;
    signed_message.octets[text_at - 2] = '?';
    from = source_of(signed_message.octets, signed_message.length);
    content = nothing(0);
    REFUSED(WSSE_RESULT_FAILED_CHECK, "digest-mismatch",
            validate(inbound, &from, &content, &validated));
    CHECK(content.commits == 0 && content.aborts == 1);
    free(content.octets);
    wsse_inbound_free(inbound);
    free(signed_message.octets);
    free(text);
    wsse_outbound_free(outbound);
}

static void failures(wsse_environment *environment)
{
    wsse_outbound *outbound = sender(environment);
    wsse_inbound *inbound = receiver(REQUIRE, environment);
    wsse_exchange *exchange = NULL;
    wsse_validated_message *validated = NULL;
    size_t length = 0;
    char *text = long_message(&length);

    /* At the first call, and when much was read; with a number that says more than it may. */
    for (int round = 0; round < 4; round++) {
        source from = source_of(text, length);
        from.fails = round % 2 == 0 ? 1 : 400;
        from.answer = round < 2 ? WSSE_CALLBACK_FAILED : WSSE_CALLBACK_YES;
        target to = nothing(0);
        REFUSED(WSSE_RESULT_IO, "input-output", protect(outbound, &from, &to, &exchange));
        CHECK(to.commits == 0 && to.aborts == 1 && from.calls == from.fails);
        free(to.octets);
    }
    source from = source_of(text, length);
    from.fails = -1;
    target to = nothing(0);
    REFUSED(WSSE_RESULT_IO, "input-output", protect(outbound, &from, &to, &exchange));
    CHECK(to.commits == 0 && to.aborts == 1 && from.rewinds == 1);

    /* A spool that fails at a write, and at the commit, after which nothing else is called. */
    for (int fails = -1; fails < 3; fails++) {
        if (fails == 0)
            continue;
        from = source_of(text, length);
        to = nothing(fails);
        REFUSED(WSSE_RESULT_IO, "input-output", protect(outbound, &from, &to, &exchange));
        CHECK(to.commits == (fails < 0) && to.aborts == (fails > 0));
        free(to.octets);
    }

    /* What is no message. */
    from = source_of(text, length - 1);
    to = nothing(0);
    REFUSED(WSSE_RESULT_MALFORMED, "unexpected-end", protect(outbound, &from, &to, &exchange));
    CHECK(to.commits == 0 && to.aborts == 1);
    free(to.octets);
    from = source_of(text, length);
    to = nothing(0);
    REFUSED(WSSE_RESULT_INVALID_SECURITY, "missing-security-header",
            validate(inbound, &from, &to, &validated));
    CHECK(to.commits == 0 && to.aborts == 1 && to.writes == 0);
    CHECK(exchange == NULL && validated == NULL);
    free(text);
    wsse_inbound_free(inbound);
    wsse_outbound_free(outbound);
}

static void without_signatures(wsse_environment *environment)
{
    wsse_outbound *outbound = sender(environment);
    wsse_inbound *inbound = receiver("version = 1\nrequire = { timestamp = true }\n", environment);
    wsse_protected *made = NULL;
    wsse_validated_message *validated = NULL;
    OK(wsse_outbound_protect(outbound, TEXT(SOAP11), NULL, &made, &error));
    wsse_bytes message = wsse_protected_message(made);
    source from = source_of((const char *)message.data, message.len);
    from.chunk = 1;
    target to = nothing(0);
    OK(validate(inbound, &from, &to, &validated));
    bool is_signed = true;
    CHECK(wsse_validated_message_spooled(validated, &is_signed, NULL, NULL, NULL) && !is_signed);
    wsse_bytes written = {(const uint8_t *)to.octets, to.length};
    CHECK(!contains(written, "Security") && contains(written, "Body"));
    CHECK(wsse_validated_message_unsigned_document(validated).len == 0);
    free(to.octets);
    wsse_validated_message_free(validated);
    wsse_protected_free(made);
    wsse_inbound_free(inbound);
    wsse_outbound_free(outbound);
}

int main(void)
{
    wsse_environment *environment = still_environment(&now);
    from_end_to_end(environment);
    failures(environment);
    without_signatures(environment);
    wsse_environment_free(environment);
    return 0;
}

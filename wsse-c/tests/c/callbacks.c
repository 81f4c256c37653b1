/* What the library calls back: passwords, replay memory, clock, randomness, and their user data. */
#include "support.h"

static wsse_error *error = NULL;

/* The user data of every callback here. */
typedef struct {
    int32_t answer;
    int calls;
    int freed;
    int64_t expires;
    wsse_time now;
} state;

static void freed(void *userdata)
{
    ((state *)userdata)->freed++;
}

static int32_t lookup(void *userdata, const char *username, size_t username_len,
                      wsse_passwords *passwords)
{
    state *mine = userdata;
    mine->calls++;
    CHECK(wsse_passwords_add(NULL, TEXT("x")) == WSSE_RESULT_MISUSE);
    CHECK(wsse_passwords_add(passwords, NULL, 0) == WSSE_RESULT_MISUSE);
    if (username_len == 5 && memcmp(username, "alice", 5) == 0) {
        CHECK(wsse_passwords_add(passwords, TEXT("new secret")) == WSSE_RESULT_OK);
        CHECK(wsse_passwords_add(passwords, TEXT("secret")) == WSSE_RESULT_OK);
    }
    return mine->answer;
}

static int32_t verify(void *userdata, const char *username, size_t username_len,
                      const uint8_t *password, size_t password_len)
{
    state *mine = userdata;
    mine->calls++;
    CHECK(username_len == 5 && memcmp(username, "alice", 5) == 0);
    CHECK(password_len == 6 && memcmp(password, "secret", 6) == 0);
    return mine->answer;
}

static int32_t insert(void *userdata, const uint8_t *key, size_t key_len, wsse_time expires,
                      wsse_time now)
{
    state *mine = userdata;
    CHECK(key != NULL && key_len == 32 && now.seconds == NOON);
    mine->calls++;
    mine->expires = expires.seconds;
    return mine->answer;
}

static int32_t clock_of_state(void *userdata, wsse_time *now_out)
{
    state *mine = userdata;
    mine->calls++;
    *now_out = mine->now;
    return mine->answer;
}

static int32_t random_of_state(void *userdata, uint8_t *octets_out, size_t octets_len)
{
    state *mine = userdata;
    mine->calls++;
    memset(octets_out, 7, octets_len);
    return mine->answer;
}

static wsse_protected *request(const char *policy)
{
    wsse_environment *environment = still_environment(NULL);
    wsse_credentials *credentials = alice();
    wsse_outbound *outbound = NULL;
    wsse_protected *made = NULL;
    OK(wsse_outbound_new(TEXT(policy), credentials, environment, &outbound, &error));
    OK(wsse_outbound_protect(outbound, TEXT(SOAP11), NULL, &made, &error));
    wsse_outbound_free(outbound);
    wsse_credentials_free(credentials);
    wsse_environment_free(environment);
    return made;
}

static wsse_result validate(const wsse_inbound *inbound, const wsse_protected *message)
{
    wsse_bytes octets = wsse_protected_message(message);
    wsse_validated_message *validated = NULL;
    wsse_result result =
        wsse_inbound_validate(inbound, octets.data, octets.len, NULL, 0, &validated, &error);
    CHECK((result == WSSE_RESULT_OK) == (validated != NULL));
    wsse_validated_message_free(validated);
    return result;
}

static void passwords(void)
{
    wsse_environment *environment = still_environment(NULL);
    state mine = {0};
    wsse_credentials *credentials = NULL;
    wsse_inbound *inbound = NULL;
    OK(wsse_credentials_new(&credentials, &error));
    OK(wsse_credentials_set_password_lookup(credentials, lookup, &mine, freed, &error));
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_credentials_add_password(credentials, TEXT("a"), TEXT("b"), &error));
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_credentials_set_password_verifier(credentials, verify, &mine, freed, &error));
    OK(wsse_inbound_new(TEXT("preset:username-token"), credentials, NULL, environment, &inbound,
                        &error));
    wsse_credentials_free(credentials);
    CHECK(mine.freed == 0);
    wsse_protected *message = request("preset:username-token");
    mine.answer = WSSE_CALLBACK_NO;
    REFUSED(WSSE_RESULT_FAILED_AUTHENTICATION, "failed-authentication", validate(inbound, message));
    mine.answer = WSSE_CALLBACK_FAILED;
    REFUSED(WSSE_RESULT_UNAVAILABLE, "passwords-unavailable", validate(inbound, message));
    mine.answer = 2;
    REFUSED(WSSE_RESULT_UNAVAILABLE, "passwords-unavailable", validate(inbound, message));
    mine.answer = WSSE_CALLBACK_YES;
    OK(validate(inbound, message));
    CHECK(mine.calls == 4 && mine.freed == 0);
    wsse_inbound_free(inbound);
    CHECK(mine.freed == 1);
    wsse_protected_free(message);

    memset(&mine, 0, sizeof mine);
    OK(wsse_credentials_new(&credentials, &error));
    OK(wsse_credentials_set_password_verifier(credentials, verify, &mine, freed, &error));
    REFUSED(WSSE_RESULT_MISUSE, "missing-credential",
            wsse_inbound_new(TEXT("preset:username-token"), credentials, NULL, NULL, &inbound,
                             &error));
    OK(wsse_inbound_new(TEXT("preset:username-text"), credentials, NULL, environment, &inbound,
                        &error));
    message = request("preset:username-text");
    mine.answer = WSSE_CALLBACK_NO;
    REFUSED(WSSE_RESULT_FAILED_AUTHENTICATION, "failed-authentication", validate(inbound, message));
    mine.answer = WSSE_CALLBACK_FAILED;
    REFUSED(WSSE_RESULT_UNAVAILABLE, "passwords-unavailable", validate(inbound, message));
    mine.answer = WSSE_CALLBACK_YES;
    OK(validate(inbound, message));
    wsse_protected_free(message);
    wsse_inbound_free(inbound);
    CHECK(mine.freed == 0);
    wsse_credentials_free(credentials);
    CHECK(mine.calls == 3 && mine.freed == 1);

    /* On failure the user data stays the caller's. */
    memset(&mine, 0, sizeof mine);
    credentials = alice();
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_credentials_set_password_lookup(credentials, lookup, &mine, freed, &error));
    wsse_credentials_free(credentials);
    CHECK(mine.freed == 0);
    wsse_environment_free(environment);
}

static void replay_store(void)
{
    wsse_environment *environment = still_environment(NULL);
    wsse_credentials *credentials = alice();
    state mine = {0};
    wsse_replay_store *store = NULL;
    wsse_inbound *inbound = NULL;
    OK(wsse_replay_store_new_callback(insert, &mine, freed, &store, &error));
    OK(wsse_inbound_new(TEXT("preset:username-token"), credentials, store, environment, &inbound,
                        &error));
    CHECK(wsse_replay_store_len(store) == 0 && !wsse_replay_store_is_forked(store));
    wsse_replay_store_free(store);
    wsse_credentials_free(credentials);
    wsse_environment_free(environment);
    wsse_protected *message = request("preset:username-token");
    mine.answer = WSSE_CALLBACK_NO;
    REFUSED(WSSE_RESULT_INVALID_SECURITY, "replay", validate(inbound, message));
    mine.answer = WSSE_CALLBACK_FAILED;
    REFUSED(WSSE_RESULT_UNAVAILABLE, "replay-store-unavailable", validate(inbound, message));
    mine.answer = WSSE_CALLBACK_YES;
    OK(validate(inbound, message));
    CHECK(mine.calls == 3 && mine.expires == NOON + 360 && mine.freed == 0);
    wsse_inbound_free(inbound);
    CHECK(mine.freed == 1);

    /* A store that is full refuses rather than forgets: this one has room for 16 at most. */
    OK(wsse_replay_store_new_memory(1, &store, &error));
    credentials = alice();
    OK(wsse_inbound_new(TEXT("preset:username-token"), credentials, store, NULL, &inbound, &error));
    wsse_outbound *outbound = NULL;
    OK(wsse_outbound_new(TEXT("preset:username-token"), credentials, NULL, &outbound, &error));
    wsse_result result = WSSE_RESULT_OK;
    size_t accepted = 0;
    while (result == WSSE_RESULT_OK && accepted <= 16) {
        wsse_protected *fresh = NULL;
        OK(wsse_outbound_protect(outbound, TEXT(SOAP11), NULL, &fresh, &error));
        result = validate(inbound, fresh);
        accepted += result == WSSE_RESULT_OK ? 1 : 0;
        wsse_protected_free(fresh);
    }
    REFUSED(WSSE_RESULT_UNAVAILABLE, "replay-store-unavailable", result);
    CHECK(wsse_replay_store_len(store) == accepted);
    wsse_outbound_free(outbound);
    wsse_inbound_free(inbound);
    wsse_replay_store_free(store);
    wsse_credentials_free(credentials);
    wsse_protected_free(message);
}

static void clock_and_randomness(void)
{
    state clock = {0}, randomness = {0};
    clock.answer = randomness.answer = WSSE_CALLBACK_YES;
    clock.now.seconds = NOON;
    wsse_environment *environment = NULL;
    OK(wsse_environment_new(&environment, &error));
    OK(wsse_environment_set_clock(environment, clock_of_state, &clock, freed, &error));
    OK(wsse_environment_set_random(environment, random_of_state, &randomness, freed, &error));
    wsse_credentials *credentials = alice();
    wsse_outbound *outbound = NULL;
    OK(wsse_outbound_new(TEXT("preset:username-token"), credentials, environment, &outbound,
                         &error));
    wsse_credentials_free(credentials);
    wsse_environment_free(environment);
    wsse_protected *message = NULL;
    OK(wsse_outbound_protect(outbound, TEXT(SOAP11), NULL, &message, &error));
    CHECK(contains(wsse_protected_message(message), "BwcHBwcHBwcHBwcHBwcHBw=="));
    wsse_protected_free(message);
    clock.answer = WSSE_CALLBACK_FAILED;
    REFUSED(WSSE_RESULT_UNAVAILABLE, "clock-unavailable",
            wsse_outbound_protect(outbound, TEXT(SOAP11), NULL, &message, &error));
    clock.answer = WSSE_CALLBACK_YES;
    clock.now.nanoseconds = 1000000000;
    REFUSED(WSSE_RESULT_UNAVAILABLE, "clock-unavailable",
            wsse_outbound_protect(outbound, TEXT(SOAP11), NULL, &message, &error));
    clock.now.nanoseconds = 0;
    clock.now.seconds = INT64_MAX;
    REFUSED(WSSE_RESULT_UNAVAILABLE, "clock-unavailable",
            wsse_outbound_protect(outbound, TEXT(SOAP11), NULL, &message, &error));
    clock.now.seconds = NOON;
    randomness.answer = WSSE_CALLBACK_NO;
    REFUSED(WSSE_RESULT_UNAVAILABLE, "random-unavailable",
            wsse_outbound_protect(outbound, TEXT(SOAP11), NULL, &message, &error));
    CHECK(clock.freed == 0 && randomness.freed == 0);
    wsse_outbound_free(outbound);
    CHECK(clock.freed == 1 && randomness.freed == 1);
}

int main(void)
{
    passwords();
    replay_store();
    clock_and_randomness();
    return 0;
}

/* Eight threads share one outbound, one inbound and one replay store. Every message is validated
 * by all of them: exactly one may see it pass. The number of messages is the first argument. */
#include "support.h"

#include <pthread.h>

#define THREADS 8

static wsse_outbound *outbound;
static wsse_inbound *inbound;
static wsse_protected **messages;
static size_t messages_len;

typedef struct {
    size_t number;
    size_t passed, replayed;
    bool *seen;
} worker;

/* Makes every eighth message. */
static void *protect(void *argument)
{
    wsse_error *error = NULL;
    for (size_t index = ((worker *)argument)->number; index < messages_len; index += THREADS)
        OK(wsse_outbound_protect(outbound, TEXT(SOAP11), NULL, &messages[index], &error));
    return NULL;
}

/* Validates every message, beginning elsewhere than the others in half of the cases. */
static void *validate(void *argument)
{
    worker *mine = argument;
    wsse_error *error = NULL;
    size_t start = mine->number % 2 == 0 ? 0 : mine->number * messages_len / THREADS;
    for (size_t count = 0; count < messages_len; count++) {
        size_t index = (start + count) % messages_len;
        wsse_bytes message = wsse_protected_message(messages[index]);
        wsse_validated_message *validated = NULL;
        wsse_result result = wsse_inbound_validate(inbound, message.data, message.len, NULL, 0,
                                                   &validated, &error);
        if (result == WSSE_RESULT_OK) {
            CHECK(wsse_validated_message_is_authenticated(validated));
            wsse_validated_message_free(validated);
            mine->seen[index] = true;
            mine->passed++;
        } else {
            REFUSED(WSSE_RESULT_INVALID_SECURITY, "replay", result);
            mine->replayed++;
        }
    }
    return NULL;
}

static void run(worker *workers, void *(*work)(void *))
{
    pthread_t threads[THREADS];
    for (size_t at = 0; at < THREADS; at++)
        CHECK(pthread_create(&threads[at], NULL, work, &workers[at]) == 0);
    for (size_t at = 0; at < THREADS; at++)
        CHECK(pthread_join(threads[at], NULL) == 0);
}

int main(int argc, char **argv)
{
    wsse_error *error = NULL;
    CHECK(argc == 2);
    messages_len = strtoul(argv[1], NULL, 10);
    CHECK(messages_len > 0);
    wsse_credentials *credentials = alice();
    wsse_replay_store *store = NULL;
    OK(wsse_replay_store_new_memory(0, &store, &error));
    OK(wsse_outbound_new(TEXT("preset:username-token"), credentials, NULL, &outbound, &error));
    OK(wsse_inbound_new(TEXT("preset:username-token"), credentials, store, NULL, &inbound, &error));
    wsse_credentials_free(credentials);
    messages = calloc(messages_len, sizeof *messages);
    CHECK(messages != NULL);
    worker workers[THREADS] = {0};
    for (size_t at = 0; at < THREADS; at++) {
        workers[at].number = at;
        workers[at].seen = calloc(messages_len, sizeof(bool));
        CHECK(workers[at].seen != NULL);
    }
    run(workers, protect);
    run(workers, validate);

    size_t passed = 0, replayed = 0;
    for (size_t index = 0; index < messages_len; index++) {
        size_t seen = 0;
        for (size_t at = 0; at < THREADS; at++)
            seen += workers[at].seen[index] ? 1 : 0;
        CHECK(seen == 1);
        wsse_protected_free(messages[index]);
    }
    for (size_t at = 0; at < THREADS; at++) {
        passed += workers[at].passed;
        replayed += workers[at].replayed;
        free(workers[at].seen);
    }
    CHECK(passed == messages_len && replayed == messages_len * (THREADS - 1));
    CHECK(wsse_replay_store_len(store) == messages_len);
    free(messages);
    wsse_replay_store_free(store);
    wsse_inbound_free(inbound);
    wsse_outbound_free(outbound);
    printf("%zu messages passed once\n", passed);
    return 0;
}

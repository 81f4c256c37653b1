/* The table of signed messages and verdicts, through the library: each row is a file, a policy, a
 * clock, what is known and trusted, and what must come of it. The first argument is the table. */
#include "support.h"

enum { FILE_NAME, POLICY, SECONDS, KEYS_GIVEN, VERDICT, CATEGORY, CAUSE, SIGNED, FIELDS };
enum { MOST_KEYS = 8, MOST_PATHS = 64 };

static wsse_error *error = NULL;

static void add(wsse_credentials *credentials, const char *kind, const char *file)
{
    size_t length;
    char *octets = read_file(file, &length);
    if (strcmp(kind, "cert") == 0)
        OK(wsse_credentials_add_certificate(credentials, "", 0, octets, length, NULL, 0, &error));
    else if (strcmp(kind, "trust") == 0)
        OK(wsse_credentials_add_anchor(credentials, "", 0, octets, length, NULL, 0, &error));
    else if (strcmp(kind, "untrusted") == 0)
        OK(wsse_credentials_add_untrusted(credentials, octets, length, NULL, 0, &error));
    else {
        CHECK(strcmp(kind, "secret") == 0);
        OK(wsse_credentials_add_secret(credentials, "", 0, octets, length, &error));
    }
    free(octets);
}

static wsse_inbound *inbound_of(char **row, int64_t *seconds)
{
    *seconds = strtoll(row[SECONDS], NULL, 10);
    wsse_environment *environment = still_environment(seconds);
    wsse_credentials *credentials = NULL;
    OK(wsse_credentials_new(&credentials, &error));
    char *keys[MOST_KEYS];
    size_t keys_len = split(row[KEYS_GIVEN], '|', keys, MOST_KEYS);
    for (size_t at = 0; at < keys_len; at++) {
        char *pair[2];
        CHECK(split(keys[at], '=', pair, 2) == 2);
        add(credentials, pair[0], pair[1]);
    }
    wsse_inbound *inbound = NULL;
    size_t length;
    char *policy = read_file(row[POLICY], &length);
    OK(wsse_inbound_new(policy, length, credentials, NULL, environment, &inbound, &error));
    free(policy);
    wsse_credentials_free(credentials);
    wsse_environment_free(environment);
    return inbound;
}

/* Whether a path, by local names, is the expected one: /Envelope/Header/{urn:a}To[1] is
 * /Envelope/Header/To. */
static bool is_path(wsse_str path, const char *expected)
{
    char end = '\0';
    for (size_t at = 0; at < path.len; at++) {
        char character = path.data[at];
        if (end != '\0') {
            end = character == end ? '\0' : end;
        } else if (character == '{' || character == '[') {
            end = character == '{' ? '}' : ']';
        } else if (character != *expected++) {
            return false;
        }
    }
    return *expected == '\0';
}

/* Whether the covered parts are the expected ones, no more and no fewer. */
static bool covers(const wsse_validated_message *validated, char *signed_paths)
{
    char *paths[MOST_PATHS];
    bool seen[MOST_PATHS] = {false};
    size_t paths_len = split(signed_paths, ' ', paths, MOST_PATHS);
    size_t count = wsse_validated_message_signed_count(validated);
    for (size_t index = 0; index < count; index++) {
        wsse_str path = wsse_validated_message_signed_path(validated, index);
        size_t at = 0;
        while (at < paths_len && !is_path(path, paths[at]))
            at++;
        if (at == paths_len)
            return false;
        seen[at] = true;
    }
    for (size_t at = 0; at < paths_len; at++) {
        if (!seen[at])
            return false;
    }
    return count > 0;
}

static bool run(char **row)
{
    int64_t seconds;
    wsse_inbound *inbound = inbound_of(row, &seconds);
    size_t length;
    char *message = read_file(row[FILE_NAME], &length);
    wsse_validated_message *validated = NULL;
    wsse_result result =
        wsse_inbound_validate(inbound, message, length, NULL, 0, &validated, &error);
    bool right;
    if (result == WSSE_RESULT_OK) {
        right = strcmp(row[VERDICT], "valid") == 0 && covers(validated, row[SIGNED])
            && wsse_validated_message_document(validated).len > 0;
        if (!right)
            fprintf(stderr, "%s: valid\n", row[FILE_NAME]);
    } else {
        right = validated == NULL && strcmp(row[VERDICT], "refused") == 0
            && equals(wsse_result_name(result), row[CATEGORY])
            && equals(wsse_error_cause(error), row[CAUSE]);
        if (!right)
            fprintf(stderr, "%s: %s %s\n", row[FILE_NAME], wsse_error_category(error).data,
                    wsse_error_text(error).data);
    }
    wsse_validated_message_free(validated);
    wsse_error_free(error);
    error = NULL;
    free(message);
    wsse_inbound_free(inbound);
    return right;
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    return run_table(argv[1], FIELDS, run);
}

/* The table of messages and verdicts, through the library: each row is a file, a policy, a clock,
 * users, and what must come of it. The first argument is the table. */
#include "support.h"

enum { FILE_NAME, POLICY, SECONDS, USERS, VERDICT, CATEGORY, CAUSE, USERNAME, AUTHENTICATED, FIELDS };

static wsse_error *error = NULL;

static wsse_inbound *inbound_of(char **row)
{
    int64_t *seconds = malloc(sizeof *seconds);
    CHECK(seconds != NULL);
    *seconds = strtoll(row[SECONDS], NULL, 10);
    wsse_environment *environment = NULL;
    OK(wsse_environment_new(&environment, &error));
    OK(wsse_environment_set_clock(environment, clock_at, seconds, free, &error));
    wsse_credentials *credentials = NULL;
    OK(wsse_credentials_new(&credentials, &error));
    char *users[8];
    size_t users_len = row[USERS][0] == '\0' ? 0 : split(row[USERS], ' ', users, 8);
    for (size_t at = 0; at < users_len; at++) {
        char *pair[2];
        CHECK(split(users[at], '=', pair, 2) == 2);
        OK(wsse_credentials_add_password(credentials, TEXT(pair[0]), TEXT(pair[1]), &error));
    }
    wsse_inbound *inbound = NULL;
    size_t length = strlen(row[POLICY]);
    char *policy = NULL;
    if (strncmp(row[POLICY], "preset:", 7) != 0)
        policy = read_file(row[POLICY], &length);
    OK(wsse_inbound_new(policy == NULL ? row[POLICY] : policy, length, credentials, NULL,
                        environment, &inbound, &error));
    free(policy);
    wsse_credentials_free(credentials);
    wsse_environment_free(environment);
    return inbound;
}

static bool run(char **row)
{
    wsse_inbound *inbound = inbound_of(row);
    size_t length;
    char *message = read_file(row[FILE_NAME], &length);
    wsse_validated_message *validated = NULL;
    wsse_result result = wsse_inbound_validate(inbound, message, length, NULL, 0, &validated, &error);
    bool right;
    if (result == WSSE_RESULT_OK) {
        wsse_str username = wsse_validated_message_username(validated);
        right = strcmp(row[VERDICT], "valid") == 0
            && (row[USERNAME][0] == '\0' ? username.data == NULL : equals(username, row[USERNAME]))
            && wsse_validated_message_is_authenticated(validated)
                == (strcmp(row[AUTHENTICATED], "yes") == 0);
        if (!right)
            fprintf(stderr, "%s: valid\n", row[FILE_NAME]);
    } else {
        right = strcmp(row[VERDICT], "refused") == 0
            && equals(wsse_result_name(result), row[CATEGORY])
            && equals(wsse_error_category(error), row[CATEGORY])
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

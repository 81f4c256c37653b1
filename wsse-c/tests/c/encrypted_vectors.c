/* The table of encrypted messages and verdicts, through the library: each row is a file, a door, a
 * policy, a clock, a user, keys, and what must come of it. The first argument is the table. */
#include "support.h"

enum { FILE_NAME, DOOR, POLICY, SECONDS, USER, KEYS_GIVEN, VERDICT, CATEGORY, CAUSE, SIGNED, ENCRYPTED,
       FIELDS };
enum { MOST_KEYS = 8, MOST_PATHS = 64 };

static wsse_error *error = NULL;

static void add(wsse_credentials *credentials, const char *kind, const char *file)
{
    size_t length;
    char *octets = read_file(file, &length);
    if (strcmp(kind, "key") == 0)
        OK(wsse_credentials_add_decryption_key(credentials, "", 0, octets, length, NULL, 0, &error));
    else if (strcmp(kind, "cert") == 0)
        OK(wsse_credentials_add_certificate(credentials, "", 0, octets, length, NULL, 0, &error));
    else if (strcmp(kind, "trust") == 0)
        OK(wsse_credentials_add_anchor(credentials, "", 0, octets, length, NULL, 0, &error));
    else {
        CHECK(strcmp(kind, "untrusted") == 0);
        OK(wsse_credentials_add_untrusted(credentials, octets, length, NULL, 0, &error));
    }
    free(octets);
}

static wsse_inbound *inbound_of(char **row, int64_t *seconds)
{
    *seconds = strtoll(row[SECONDS], NULL, 10);
    wsse_environment *environment = still_environment(seconds);
    wsse_credentials *credentials = NULL;
    OK(wsse_credentials_new(&credentials, &error));
    char *keys[MOST_KEYS], *pair[2];
    size_t keys_len = split(row[KEYS_GIVEN], '|', keys, MOST_KEYS);
    for (size_t at = 0; at < keys_len; at++) {
        CHECK(split(keys[at], '=', pair, 2) == 2);
        add(credentials, pair[0], pair[1]);
    }
    if (row[USER][0] != '\0') {
        CHECK(split(row[USER], '=', pair, 2) == 2);
        OK(wsse_credentials_add_password(credentials, TEXT(pair[0]), TEXT(pair[1]), &error));
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
 * /Envelope/Header/To; behind an element whose content was encrypted stand a slash and an asterisk. */
static bool is_path(wsse_str path, bool content, const char *expected)
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
    return strcmp(expected, content ? "/" "*" : "") == 0;
}

/* Whether the parts are the expected ones, each as often. */
static bool are(const wsse_validated_message *validated, const wsse_decrypted_message *decrypted,
                bool encrypted, char *expected)
{
    char *paths[MOST_PATHS];
    bool seen[MOST_PATHS] = {false};
    size_t paths_len = expected[0] == '\0' ? 0 : split(expected, ' ', paths, MOST_PATHS);
    size_t count = !encrypted          ? wsse_validated_message_signed_count(validated)
                   : validated != NULL ? wsse_validated_message_encrypted_count(validated)
                                       : wsse_decrypted_message_encrypted_count(decrypted);
    for (size_t index = 0; index < count; index++) {
        bool content = false;
        wsse_str path;
        size_t start = 1, end = 0;
        if (!encrypted) {
            path = wsse_validated_message_signed_path(validated, index);
        } else if (validated != NULL) {
            path = wsse_validated_message_encrypted_path(validated, index);
            content = wsse_validated_message_encrypted_is_content(validated, index);
            CHECK(wsse_validated_message_encrypted_range(validated, index, &start, &end));
            CHECK(start <= end);
        } else {
            path = wsse_decrypted_message_encrypted_path(decrypted, index);
            content = wsse_decrypted_message_encrypted_is_content(decrypted, index);
            CHECK(wsse_decrypted_message_encrypted_range(decrypted, index, &start, &end));
            CHECK(start <= end && end <= wsse_decrypted_message_octets(decrypted).len);
        }
        size_t at = 0;
        while (at < paths_len && (seen[at] || !is_path(path, content, paths[at])))
            at++;
        if (at == paths_len)
            return false;
        seen[at] = true;
    }
    for (size_t at = 0; at < paths_len; at++) {
        if (!seen[at])
            return false;
    }
    return true;
}

static bool run(char **row)
{
    int64_t seconds;
    wsse_inbound *inbound = inbound_of(row, &seconds);
    size_t length;
    char *message = read_file(row[FILE_NAME], &length);
    wsse_validated_message *validated = NULL;
    wsse_decrypted_message *decrypted = NULL;
    wsse_result result =
        strcmp(row[DOOR], "decrypt") == 0
            ? wsse_inbound_decrypt(inbound, message, length, &decrypted, &error)
            : wsse_inbound_validate(inbound, message, length, NULL, 0, &validated, &error);
    bool right;
    if (result == WSSE_RESULT_OK) {
        right = strcmp(row[VERDICT], "valid") == 0
            && are(validated, decrypted, false, row[SIGNED])
            && are(validated, decrypted, true, row[ENCRYPTED]);
        if (!right)
            fprintf(stderr, "%s: valid\n", row[FILE_NAME]);
    } else {
        right = validated == NULL && decrypted == NULL && strcmp(row[VERDICT], "refused") == 0
            && equals(wsse_result_name(result), row[CATEGORY])
            && equals(wsse_error_cause(error), row[CAUSE]);
        if (!right)
            fprintf(stderr, "%s: %s %s\n", row[FILE_NAME], wsse_error_category(error).data,
                    wsse_error_text(error).data);
    }
    wsse_validated_message_free(validated);
    wsse_decrypted_message_free(decrypted);
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

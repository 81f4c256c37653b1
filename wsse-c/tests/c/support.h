/* What the test programs share. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include "wsse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 2024-05-01T12:00:00Z */
#define NOON INT64_C(1714564800)

#define SOAP11                                                                                     \
    "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\">"                           \
    "<S:Body><m:Ping xmlns:m=\"urn:example\"/></S:Body></S:Envelope>"
#define SOAP12                                                                                     \
    "<S:Envelope xmlns:S=\"http://www.w3.org/2003/05/soap-envelope\">"                             \
    "<S:Body><Ping/></S:Body></S:Envelope>"

/* A text as the two parameters that it is. */
#define TEXT(text) (text), strlen(text)

/* Ends the program where something does not hold. */
#define CHECK(condition)                                                                           \
    ((condition) ? (void)0                                                                         \
                 : (fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition),  \
                    exit(1)))

#define OK(call) check_ok((call), error, __FILE__, __LINE__)

/* Ends the program unless the call failed with this result and this cause; frees the error. */
#define REFUSED(expected, cause, call)                                                             \
    check_refused((expected), (cause), (call), &error, __FILE__, __LINE__)

static inline void check_ok(wsse_result result, const wsse_error *error, const char *file, int line)
{
    if (result != WSSE_RESULT_OK) {
        fprintf(stderr, "%s:%d: %s: %s\n", file, line, wsse_result_name(result).data,
                error == NULL ? "(no error)" : wsse_error_text(error).data);
        exit(1);
    }
}

static inline void check_refused(wsse_result expected, const char *cause, wsse_result result,
                                 wsse_error **error, const char *file, int line)
{
    if (result != expected || *error == NULL || wsse_error_result(*error) != expected
        || strcmp(wsse_error_cause(*error).data, cause) != 0) {
        fprintf(stderr, "%s:%d: %s (%s): %s\n", file, line, wsse_result_name(result).data,
                *error == NULL ? "no error" : wsse_error_cause(*error).data,
                *error == NULL ? "" : wsse_error_text(*error).data);
        exit(1);
    }
    wsse_error_free(*error);
    *error = NULL;
}

static inline bool equals(wsse_str view, const char *text)
{
    return view.data != NULL && view.len == strlen(text) && memcmp(view.data, text, view.len) == 0;
}

static inline bool contains(wsse_bytes view, const char *text)
{
    size_t length = strlen(text);
    for (size_t at = 0; view.data != NULL && at + length <= view.len; at++) {
        if (memcmp(view.data + at, text, length) == 0)
            return true;
    }
    return false;
}

/* A file, to be freed by the caller; a NUL stands behind it. */
static inline char *read_file(const char *name, size_t *length)
{
    FILE *file = fopen(name, "rb");
    CHECK(file != NULL);
    CHECK(fseek(file, 0, SEEK_END) == 0);
    long size = ftell(file);
    CHECK(size >= 0 && fseek(file, 0, SEEK_SET) == 0);
    char *content = malloc((size_t)size + 1);
    CHECK(content != NULL);
    CHECK(fread(content, 1, (size_t)size, file) == (size_t)size);
    fclose(file);
    content[size] = '\0';
    *length = (size_t)size;
    return content;
}

/* Splits a text where the separator stands and returns the number of parts. */
static inline size_t split(char *text, char separator, char **parts, size_t most)
{
    size_t count = 0;
    for (char *end; count < most; text = end + 1) {
        parts[count++] = text;
        end = strchr(text, separator);
        if (end == NULL)
            break;
        *end = '\0';
    }
    return count;
}

enum { MOST_FIELDS = 16 };

/* Runs each row of a table, whose fields are divided by tabs; the exit status: 0 where all of them are
 * right. */
static inline int run_table(const char *name, size_t fields, bool (*run)(char **row))
{
    size_t length, wrong = 0, rows = 0;
    char *table = read_file(name, &length);
    char *line = table;
    CHECK(fields <= MOST_FIELDS);
    while (*line != '\0') {
        char *end = strchr(line, '\n');
        CHECK(end != NULL);
        *end = '\0';
        char *row[MOST_FIELDS];
        CHECK(split(line, '\t', row, fields) == fields);
        wrong += run(row) ? 0 : 1;
        rows++;
        line = end + 1;
    }
    free(table);
    printf("%zu rows\n", rows);
    return wrong == 0 ? 0 : 1;
}

/* A file of vectors/keys, to be freed by the caller; a NUL stands behind it. */
static inline char *key_file(const char *name, size_t *length)
{
    char path[1000];
    CHECK(snprintf(path, sizeof path, "%s%s", KEYS, name) < (int)sizeof path);
    FILE *file = fopen(path, "rb");
    char *octets = malloc(8193);
    CHECK(file != NULL && octets != NULL);
    *length = fread(octets, 1, 8192, file);
    CHECK(*length > 0 && *length < 8192);
    octets[*length] = '\0';
    fclose(file);
    return octets;
}

/* A clock whose user data is the number of seconds; without, it stands at NOON. */
static inline int32_t clock_at(void *userdata, wsse_time *now_out)
{
    now_out->seconds = userdata == NULL ? NOON : *(const int64_t *)userdata;
    now_out->nanoseconds = 0;
    return WSSE_CALLBACK_YES;
}

/* Randomness that is always the same. */
static inline int32_t counting(void *userdata, uint8_t *octets_out, size_t octets_len)
{
    (void)userdata;
    for (size_t at = 0; at < octets_len; at++)
        octets_out[at] = (uint8_t)at;
    return WSSE_CALLBACK_YES;
}

/* An environment that stands still at NOON, or at the seconds that are given. */
static inline wsse_environment *still_environment(int64_t *seconds)
{
    wsse_error *error = NULL;
    wsse_environment *environment = NULL;
    OK(wsse_environment_new(&environment, &error));
    OK(wsse_environment_set_clock(environment, clock_at, seconds, NULL, &error));
    OK(wsse_environment_set_random(environment, counting, NULL, NULL, &error));
    return environment;
}

/* Credentials of alice, whose password is secret, for both directions. */
static inline wsse_credentials *alice(void)
{
    wsse_error *error = NULL;
    wsse_credentials *credentials = NULL;
    OK(wsse_credentials_new(&credentials, &error));
    OK(wsse_credentials_set_username(credentials, TEXT("alice"), TEXT("secret"), &error));
    OK(wsse_credentials_add_password(credentials, TEXT("alice"), TEXT("secret"), &error));
    return credentials;
}

#endif

/* A client of an HTTP service that wants an X-WSSE header, with libcurl.
 *
 *     cc x_wsse_curl.c $(pkg-config --cflags --libs wsse libcurl) -o x_wsse_curl
 *     ALICE_PASSWORD=... ./x_wsse_curl [-d DIALECT] URL...
 *
 * Prints what each URL answers. The service should be an https one: the header proves that its
 * sender knows the password, and protects nothing else of the request.
 */

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wsse.h>

enum { MOST_OCTETS = 1024 * 1024 };

static size_t print_some(char *octets, size_t size, size_t count, void *printed) {
    size_t length = size * count;
    size_t *so_far = printed;
    if (length > MOST_OCTETS - *so_far)
        return 0; /* curl gives up: it was told that less was taken */
    *so_far += length;
    return fwrite(octets, 1, length, stdout);
}

/* The line "X-WSSE: ..." for one request, to be freed by the caller; NULL if it can't be made. */
static char *new_header_line(const wsse_dialect *dialect, const char *username,
                             const char *password) {
    wsse_string *value = NULL;
    wsse_error *error = NULL;
    if (wsse_header_create(dialect, username, strlen(username), password, strlen(password), NULL,
                           NULL, &value, &error) != WSSE_RESULT_OK) {
        fprintf(stderr, "x_wsse_curl: %s\n", wsse_error_text(error).data);
        wsse_error_free(error);
        return NULL;
    }
    static const char name[] = "X-WSSE: ";
    size_t size = sizeof name + wsse_string_view(value).len;
    char *line = malloc(size);
    if (line != NULL)
        snprintf(line, size, "%s%s", name, wsse_string_c_str(value));
    wsse_string_free(value);
    return line;
}

/* Asks for one URL. Returns whether it answered with 200. */
static int get(CURL *curl, const char *url, const wsse_dialect *dialect, const char *username,
               const char *password) {
    /* A fresh header for every request: the server takes none twice. */
    char *line = new_header_line(dialect, username, password);
    struct curl_slist *headers = line == NULL ? NULL : curl_slist_append(NULL, line);
    free(line);
    if (headers == NULL)
        return 0;

    size_t printed = 0;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, print_some);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &printed);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    /* curl would carry the header along to wherever a redirect leads, and the server there could
     * use it before it reaches the one that it was made for. It is off by default, too. */
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);

    long status = 0;
    CURLcode code = curl_easy_perform(curl);
    curl_slist_free_all(headers);
    if (code != CURLE_OK) {
        fprintf(stderr, "x_wsse_curl: %s: %s\n", url, curl_easy_strerror(code));
        return 0;
    }
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        fprintf(stderr, "x_wsse_curl: %s: refused: %ld\n", url, status);
    return status == 200;
}

int main(int argc, char **argv) {
    const char *preset = "atom";
    int first = 1;
    if (argc > 2 && strcmp(argv[1], "-d") == 0) {
        preset = argv[2];
        first = 3;
    }
    const char *password = getenv("ALICE_PASSWORD");
    if (first >= argc || password == NULL) {
        fprintf(stderr, "usage: ALICE_PASSWORD=... x_wsse_curl [-d DIALECT] URL...\n");
        return 2;
    }

    wsse_dialect *dialect = NULL;
    wsse_error *error = NULL;
    if (wsse_dialect_new_preset(preset, strlen(preset), &dialect, &error) != WSSE_RESULT_OK) {
        fprintf(stderr, "x_wsse_curl: %s\n", wsse_error_text(error).data);
        wsse_error_free(error);
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *curl = curl_easy_init();
    int done = curl != NULL;
    for (int number = first; done && number < argc; number++)
        done = get(curl, argv[number], dialect, "alice", password);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    wsse_dialect_free(dialect);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

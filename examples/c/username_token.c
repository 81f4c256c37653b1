/* A program that has its SOAP message as a string, and puts a UsernameToken into it.
 *
 *     cc username_token.c $(pkg-config --cflags --libs wsse) -o username_token
 *     ALICE_PASSWORD=... ./username_token "Bob"
 *
 * Prints the message as it would be sent.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wsse.h>

/* The name must not need escaping: a program that takes it from elsewhere escapes & and <. */
static const char envelope_format[] =
    "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">"
    "<soap:Body><hello xmlns=\"urn:hello\"><name>%s</name></hello></soap:Body>"
    "</soap:Envelope>";

static void complain(wsse_error *error) {
    fprintf(stderr, "username_token: %s: %s\n", wsse_error_category(error).data,
            wsse_error_text(error).data);
    wsse_error_free(error);
}

/* What protects every message of this program: made once, used by any number of threads. */
static wsse_outbound *new_outbound(const char *username, const char *password) {
    static const char policy[] = "version = 1\norder = [\"username-token\"]";
    wsse_credentials *credentials = NULL;
    wsse_outbound *outbound = NULL;
    wsse_error *error = NULL;
    if (wsse_credentials_new(&credentials, &error) != WSSE_RESULT_OK ||
        wsse_credentials_set_username(credentials, username, strlen(username), password,
                                      strlen(password), &error) != WSSE_RESULT_OK ||
        wsse_outbound_new(policy, strlen(policy), credentials, NULL, &outbound, &error) !=
            WSSE_RESULT_OK)
        complain(error);
    wsse_credentials_free(credentials);
    return outbound;
}

int main(int argc, char **argv) {
    const char *password = getenv("ALICE_PASSWORD");
    if (argc != 2 || strpbrk(argv[1], "&<>") != NULL || password == NULL) {
        fprintf(stderr, "usage: ALICE_PASSWORD=... username_token NAME\n");
        return 2;
    }
    char envelope[1024];
    int length = snprintf(envelope, sizeof envelope, envelope_format, argv[1]);
    if (length < 0 || (size_t)length >= sizeof envelope) {
        fprintf(stderr, "username_token: the name is too long\n");
        return 2;
    }

    wsse_outbound *outbound = new_outbound("alice", password);
    if (outbound == NULL)
        return EXIT_FAILURE;

    wsse_protected *protected = NULL;
    wsse_error *error = NULL;
    if (wsse_outbound_protect(outbound, envelope, (size_t)length, NULL, &protected, &error) !=
        WSSE_RESULT_OK) {
        complain(error);
        wsse_outbound_free(outbound);
        return EXIT_FAILURE;
    }
    wsse_bytes message = wsse_protected_message(protected);
    size_t written = fwrite(message.data, 1, message.len, stdout);
    int status = written == message.len && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    wsse_protected_free(protected);
    wsse_outbound_free(outbound);
    return status;
}

/* A program that reads a signed SOAP message, and hands out what the signature covers.
 *
 *     cc validate_message.c $(pkg-config --cflags --libs wsse) -o validate_message
 *     ./validate_message client.crt.pem signed.xml
 *
 * Prints the parts that are signed, and the message of those parts alone.
 */

#include <stdio.h>
#include <string.h>
#include <wsse.h>

static const char policy[] =
    "version = 1\n"
    "require = { timestamp = true, signed = [\"body\", \"timestamp\"] }\n";

struct octets {
    char data[65536];
    size_t length;
};

static int read_file(const char *path, struct octets *octets) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 0;
    }
    octets->length = fread(octets->data, 1, sizeof octets->data, file);
    int whole = !ferror(file) && octets->length < sizeof octets->data;
    fclose(file);
    if (!whole)
        fprintf(stderr,
                "validate_message: %s can't be read, or is larger than this program takes\n", path);
    return whole;
}

static void show(const wsse_validated_message *validated) {
    size_t count = wsse_validated_message_signed_count(validated);
    for (size_t index = 0; index < count; index++) {
        wsse_str path = wsse_validated_message_signed_path(validated, index);
        printf("signed: %.*s\n", (int)path.len, path.data);
    }
    /* Not the octets that came in: those may hold more than was signed. */
    wsse_bytes document = wsse_validated_message_document(validated);
    fwrite(document.data, 1, document.len, stdout);
    putchar('\n');
}

int main(int argc, char **argv) {
    static struct octets certificate, message;
    if (argc != 3) {
        fprintf(stderr, "usage: validate_message CERTIFICATE MESSAGE\n");
        return 2;
    }
    if (!read_file(argv[1], &certificate) || !read_file(argv[2], &message))
        return 1;
    wsse_credentials *credentials = NULL;
    wsse_inbound *inbound = NULL;
    wsse_validated_message *validated = NULL;
    wsse_error *error = NULL;
    /* This certificate is believed as it is; wsse_credentials_add_anchor() believes whoever has one
     * of an authority. A service makes the inbound once, and keeps it: it remembers what came. */
    int holds = wsse_credentials_new(&credentials, &error) == WSSE_RESULT_OK &&
                wsse_credentials_add_certificate(credentials, "", 0, certificate.data,
                                                 certificate.length, NULL, 0,
                                                 &error) == WSSE_RESULT_OK &&
                wsse_inbound_new(policy, strlen(policy), credentials, NULL, NULL, &inbound,
                                 &error) == WSSE_RESULT_OK &&
                wsse_inbound_validate(inbound, message.data, message.length, NULL, 0, &validated,
                                      &error) == WSSE_RESULT_OK;
    if (holds)
        show(validated);
    else
        fprintf(stderr, "validate_message: %s: %s\n", wsse_error_cause(error).data,
                wsse_error_text(error).data);
    wsse_error_free(error);
    wsse_validated_message_free(validated);
    wsse_inbound_free(inbound);
    wsse_credentials_free(credentials);
    return holds ? 0 : 1;
}

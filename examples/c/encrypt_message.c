/* A program that signs a SOAP message, and encrypts its Body and the Signature for a receiver.
 *
 *     cc encrypt_message.c $(pkg-config --cflags --libs wsse) -o encrypt_message
 *     ./encrypt_message client.key.pem client.crt.pem server.crt.pem envelope.xml > encrypted.xml
 *
 * Prints the message as it would be sent; decrypt_message.c reads it. A key with a password:
 * KEY_PASSWORD.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wsse.h>

/* Everybody can encrypt: the signature says who did. */
static const char policy[] =
    "version = 1\n"
    "order = [\"timestamp\", \"signature\", \"encryption\"]\n"
    "signature = [{ parts = [\"body\", \"timestamp\"] }]\n"
    "encryption = [{ recipient = \"server\", parts = [\"body-content\", \"signature\"] }]\n";

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
        fprintf(stderr, "encrypt_message: %s can't be read, or is larger than this program takes\n",
                path);
    return whole;
}

int main(int argc, char **argv) {
    static struct octets key, certificate, recipient, envelope;
    if (argc != 5) {
        fprintf(stderr, "usage: encrypt_message KEY CERTIFICATE RECIPIENT ENVELOPE\n");
        return 2;
    }
    if (!read_file(argv[1], &key) || !read_file(argv[2], &certificate) ||
        !read_file(argv[3], &recipient) || !read_file(argv[4], &envelope))
        return 1;
    const char *password = getenv("KEY_PASSWORD");
    wsse_credentials *credentials = NULL;
    wsse_outbound *outbound = NULL;
    wsse_protected *message = NULL;
    wsse_error *error = NULL;
    /* Of the recipient's certificate only the key is used: whether to believe it was decided by
     * whoever gave the file. */
    int done = wsse_credentials_new(&credentials, &error) == WSSE_RESULT_OK &&
               wsse_credentials_add_key_pair(credentials, "", 0, key.data, key.length,
                                             certificate.data, certificate.length, password,
                                             password == NULL ? 0 : strlen(password),
                                             &error) == WSSE_RESULT_OK &&
               wsse_credentials_add_recipient(credentials, "server", 6, recipient.data,
                                              recipient.length, NULL, 0,
                                              &error) == WSSE_RESULT_OK &&
               wsse_outbound_new(policy, strlen(policy), credentials, NULL, &outbound, &error) ==
                   WSSE_RESULT_OK &&
               wsse_outbound_protect(outbound, envelope.data, envelope.length, NULL, &message,
                                     &error) == WSSE_RESULT_OK;
    if (done) {
        wsse_bytes octets = wsse_protected_message(message);
        done = fwrite(octets.data, 1, octets.len, stdout) == octets.len && fflush(stdout) == 0;
    } else {
        fprintf(stderr, "encrypt_message: %s\n", wsse_error_text(error).data);
    }
    wsse_error_free(error);
    wsse_protected_free(message);
    wsse_outbound_free(outbound);
    wsse_credentials_free(credentials);
    return done ? 0 : 1;
}

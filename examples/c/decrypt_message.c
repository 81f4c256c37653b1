/* A program that reads a SOAP message which was signed and encrypted for it.
 *
 *     cc decrypt_message.c $(pkg-config --cflags --libs wsse) -o decrypt_message
 *     ./decrypt_message server.key.pem server.crt.pem client.crt.pem encrypted.xml
 *
 * Prints the parts that were encrypted, and the message of what is signed. encrypt_message.c makes
 * such messages. A key with a password: KEY_PASSWORD.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wsse.h>

static const char policy[] =
    "version = 1\n"
    "require = { timestamp = true, signed = [\"body\", \"timestamp\"],\n"
    "    encrypted = [\"body-content\", \"signature\"] }\n";

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
        fprintf(stderr, "decrypt_message: %s can't be read, or is larger than this program takes\n",
                path);
    return whole;
}

static void show(const wsse_validated_message *validated) {
    size_t count = wsse_validated_message_encrypted_count(validated);
    for (size_t index = 0; index < count; index++) {
        wsse_str path = wsse_validated_message_encrypted_path(validated, index);
        printf("encrypted: %.*s%s\n", (int)path.len, path.data,
               wsse_validated_message_encrypted_is_content(validated, index) ? ", its content" : "");
    }
    /* Not the octets that came in: those may hold more than was signed. */
    wsse_bytes document = wsse_validated_message_document(validated);
    fwrite(document.data, 1, document.len, stdout);
    putchar('\n');
}

int main(int argc, char **argv) {
    static struct octets key, certificate, signer, message;
    if (argc != 5) {
        fprintf(stderr, "usage: decrypt_message KEY CERTIFICATE SIGNER MESSAGE\n");
        return 2;
    }
    if (!read_file(argv[1], &key) || !read_file(argv[2], &certificate) ||
        !read_file(argv[3], &signer) || !read_file(argv[4], &message))
        return 1;
    const char *password = getenv("KEY_PASSWORD");
    wsse_credentials *credentials = NULL;
    wsse_inbound *inbound = NULL;
    wsse_validated_message *validated = NULL;
    wsse_error *error = NULL;
    /* Senders mean the key by its certificate, which is believed by nobody here. A program that also
     * signs with them gives both to wsse_credentials_add_key_pair() and needs neither call. */
    int holds = wsse_credentials_new(&credentials, &error) == WSSE_RESULT_OK &&
                wsse_credentials_add_decryption_key(credentials, "", 0, key.data, key.length,
                                                    password,
                                                    password == NULL ? 0 : strlen(password),
                                                    &error) == WSSE_RESULT_OK &&
                wsse_credentials_add_untrusted(credentials, certificate.data, certificate.length,
                                               NULL, 0, &error) == WSSE_RESULT_OK &&
                wsse_credentials_add_certificate(credentials, "", 0, signer.data, signer.length,
                                                 NULL, 0, &error) == WSSE_RESULT_OK &&
                wsse_inbound_new(policy, strlen(policy), credentials, NULL, NULL, &inbound,
                                 &error) == WSSE_RESULT_OK &&
                wsse_inbound_validate(inbound, message.data, message.length, NULL, 0, &validated,
                                      &error) == WSSE_RESULT_OK;
    if (holds)
        show(validated);
    else
        fprintf(stderr, "decrypt_message: %s: %s\n", wsse_error_cause(error).data,
                wsse_error_text(error).data);
    wsse_error_free(error);
    wsse_validated_message_free(validated);
    wsse_inbound_free(inbound);
    wsse_credentials_free(credentials);
    return holds ? 0 : 1;
}

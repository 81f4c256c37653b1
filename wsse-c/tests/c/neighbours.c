/* A program that brings its own OpenSSL, by libcrypto and by libcurl, beside the library. Both
 * compute the same digest in the same process. */
#include "support.h"

#include <openssl/evp.h>
#ifdef WITH_CURL
#include <curl/curl.h>
#endif

int main(void)
{
    wsse_error *error = NULL;
    unsigned char digest[EVP_MAX_MD_SIZE], text[64];
    unsigned int digest_len = 0;
    const char *hashed = "d36e316282959a9ed4c89851497a717f2003-12-15T14:43:07Ztaadtaadpstcsm";
#ifdef WITH_CURL
    CHECK(curl_global_init(CURL_GLOBAL_ALL) == CURLE_OK);
    CHECK(strstr(curl_version(), "SSL") != NULL);
#endif
    CHECK(EVP_Digest(hashed, strlen(hashed), digest, &digest_len, EVP_sha1(), NULL) == 1);
    CHECK(EVP_EncodeBlock(text, digest, (int)digest_len) == 28);
    wsse_string *ours = NULL;
    OK(wsse_password_digest(TEXT("taadtaadpstcsm"), TEXT("d36e316282959a9ed4c89851497a717f"),
                            TEXT("2003-12-15T14:43:07Z"), NULL, 0, &ours, &error));
    CHECK(strcmp(wsse_string_c_str(ours), (const char *)text) == 0);
    wsse_string_free(ours);
#ifdef WITH_CURL
    wsse_dialect *dialect = NULL;
    wsse_string *value = NULL;
    OK(wsse_dialect_new_preset(TEXT("atom"), &dialect, &error));
    OK(wsse_header_create(dialect, TEXT("bob"), TEXT("secret"), NULL, NULL, &value, &error));
    char header[512];
    snprintf(header, sizeof header, "X-WSSE: %s", wsse_string_c_str(value));
    struct curl_slist *headers = curl_slist_append(NULL, header);
    CURL *request = curl_easy_init();
    CHECK(headers != NULL && request != NULL);
    CHECK(curl_easy_setopt(request, CURLOPT_HTTPHEADER, headers) == CURLE_OK);
    curl_easy_cleanup(request);
    curl_slist_free_all(headers);
    curl_global_cleanup();
    wsse_string_free(value);
    wsse_dialect_free(dialect);
#endif
    return 0;
}

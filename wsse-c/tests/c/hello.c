/* What a program outside of the source tree begins with. */
#include <wsse.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
    wsse_string *digest = NULL;
    if (wsse_version_number() != WSSE_VERSION_NUMBER
        || wsse_password_digest("taadtaadpstcsm", 14, "d36e316282959a9ed4c89851497a717f", 32,
                                "2003-12-15T14:43:07Z", 20, NULL, 0, &digest, NULL)
            != WSSE_RESULT_OK)
        return 1;
    printf("%s %s\n", wsse_version(), wsse_string_c_str(digest));
    wsse_string_free(digest);
    return 0;
}

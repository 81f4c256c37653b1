/* The cost of the boundary: what bench/src does for an X-WSSE header, called from C. It speaks the
 * same protocol: lines "CASE OCTETS CALLS" on standard input, each answered with the nanoseconds
 * that all the calls took, and a 0. bench/run.py compiles and starts it.
 */

#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wsse.h>

/* As many as in bench/src: few enough to stay in the cache. */
enum { CALLS_PREPARED = 256 };

static const char username[] = "alice";
static const char password[] = "correct horse battery staple";

static void demand(wsse_result result) {
    if (result != WSSE_RESULT_OK) {
        printf("error %s\n", wsse_result_name(result).data);
        exit(2);
    }
}

static wsse_dialect *new_dialect(void) {
    wsse_dialect *dialect = NULL;
    demand(wsse_dialect_new_preset("atom", 4, &dialect, NULL));
    return dialect;
}

static wsse_string *new_header(const wsse_dialect *dialect, const wsse_environment *environment) {
    wsse_string *value = NULL;
    demand(wsse_header_create(dialect, username, strlen(username), password, strlen(password), NULL,
                              environment, &value, NULL));
    return value;
}

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long long measure_header(int calls) {
    wsse_dialect *dialect = new_dialect();
    long long start = now();
    for (int call = 0; call < calls; call++)
        wsse_string_free(new_header(dialect, NULL));
    long long taken = now() - start;
    wsse_dialect_free(dialect);
    return taken;
}

/* So that what was prepared is not too old when its turn comes. */
static int32_t stand_still(void *instant, wsse_time *now_out) {
    now_out->seconds = *(time_t *)instant;
    now_out->nanoseconds = 0;
    return WSSE_CALLBACK_YES;
}

/* Fresh headers, each of which passes, its insertion into the replay memory included. */
static long long measure_check(int calls) {
    time_t instant = time(NULL);
    wsse_dialect *dialect = new_dialect();
    wsse_environment *environment = NULL;
    wsse_credentials *credentials = NULL;
    wsse_header_check *check = NULL;
    demand(wsse_environment_new(&environment, NULL));
    demand(wsse_environment_set_clock(environment, stand_still, &instant, NULL, NULL));
    demand(wsse_credentials_new(&credentials, NULL));
    demand(wsse_credentials_add_password(credentials, username, strlen(username), password,
                                         strlen(password), NULL));
    const wsse_dialect *dialects[] = {dialect};
    demand(wsse_header_check_new(dialects, 1, credentials, NULL, environment, &check, NULL));
    wsse_string *headers[CALLS_PREPARED];
    for (int call = 0; call < calls; call++)
        headers[call] = new_header(dialect, environment);

    long long start = now();
    for (int call = 0; call < calls; call++) {
        wsse_str value = wsse_string_view(headers[call]);
        wsse_checked_header *checked = NULL;
        demand(wsse_header_check_check(check, value.data, value.len, &checked, NULL));
        wsse_checked_header_free(checked);
    }
    long long taken = now() - start;

    for (int call = 0; call < calls; call++)
        wsse_string_free(headers[call]);
    wsse_header_check_free(check);
    wsse_credentials_free(credentials);
    wsse_environment_free(environment);
    wsse_dialect_free(dialect);
    return taken;
}

int main(void) {
    char name[32];
    int octets, calls;
    while (scanf("%31s %d %d", name, &octets, &calls) == 3) {
        long long taken = 0;
        while (calls > 0) {
            int turn = calls < CALLS_PREPARED ? calls : CALLS_PREPARED;
            if (strcmp(name, "header") == 0)
                taken += measure_header(turn);
            else if (strcmp(name, "header-check") == 0)
                taken += measure_check(turn);
            else
                return 2;
            calls -= turn;
        }
        printf("%lld 0\n", taken);
        fflush(stdout);
    }
    return 0;
}

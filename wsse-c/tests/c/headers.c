/* The X-WSSE header from end to end, and the headers beside it. */
#include "support.h"

static wsse_error *error = NULL;

static wsse_dialect *preset(const char *name)
{
    wsse_dialect *dialect = NULL;
    OK(wsse_dialect_new_preset(TEXT(name), &dialect, &error));
    return dialect;
}

static wsse_header_check *check_of(wsse_dialect *const *dialects, size_t dialects_len,
                                   wsse_replay_store *store, const wsse_environment *environment)
{
    wsse_header_check *check = NULL;
    wsse_credentials *credentials = alice();
    OK(wsse_header_check_new((const wsse_dialect *const *)dialects, dialects_len, credentials,
                             store, environment, &check, &error));
    wsse_credentials_free(credentials);
    return check;
}

static void created_parsed_and_checked(void)
{
    wsse_environment *environment = still_environment(NULL);
    wsse_dialect *dialect = preset("atom");
    CHECK(equals(wsse_dialect_name(dialect), "atom"));
    wsse_header_options *options = NULL;
    OK(wsse_header_options_new(&options, &error));
    OK(wsse_header_options_set_nonce(options, TEXT("d36e316282959a9ed4c89851497a717f"), &error));
    OK(wsse_header_options_set_created(options, TEXT("2003-12-15T14:43:07Z"), &error));
    OK(wsse_header_options_add_parameter(options, TEXT("Organization"), TEXT("a \"b\""), &error));
    wsse_string *value = NULL;
    OK(wsse_header_create(dialect, TEXT("bob"), TEXT("taadtaadpstcsm"), options, environment,
                          &value, &error));
    CHECK(strcmp(wsse_string_c_str(value),
                 "UsernameToken Username=\"bob\", "
                 "PasswordDigest=\"quR/EWLAV4xLf9Zqyw4pDmfV9OY=\", "
                 "Nonce=\"d36e316282959a9ed4c89851497a717f\", Created=\"2003-12-15T14:43:07Z\", "
                 "Organization=\"a \\\"b\\\"\"")
          == 0);
    wsse_header_options_free(options);

    wsse_header_value *read = NULL;
    wsse_str view = wsse_string_view(value), name;
    OK(wsse_header_parse(view.data, view.len, &read, &error));
    wsse_string_free(value);
    CHECK(equals(wsse_header_value_username(read), "bob"));
    CHECK(equals(wsse_header_value_password_digest(read), "quR/EWLAV4xLf9Zqyw4pDmfV9OY="));
    CHECK(equals(wsse_header_value_nonce(read), "d36e316282959a9ed4c89851497a717f"));
    CHECK(equals(wsse_header_value_created(read), "2003-12-15T14:43:07Z"));
    CHECK(wsse_header_value_has_prefix(read));
    CHECK(wsse_header_value_parameters_len(read) == 1);
    CHECK(wsse_header_value_parameter(read, 0, &name, &view));
    CHECK(equals(name, "Organization") && equals(view, "a \"b\""));
    CHECK(!wsse_header_value_parameter(read, 1, &name, &view));
    wsse_header_value_free(read);
    REFUSED(WSSE_RESULT_MALFORMED, "header-syntax",
            wsse_header_parse(TEXT("UsernameToken Username=\"bob"), &read, &error));
    REFUSED(WSSE_RESULT_MALFORMED, "header-syntax", wsse_header_parse("\xFF", 1, &read, &error));
    REFUSED(WSSE_RESULT_INVALID_SECURITY_TOKEN, "invalid-token-value",
            wsse_header_parse(TEXT("UsernameToken Username=\"\""), &read, &error));

    wsse_replay_store *store = NULL;
    OK(wsse_replay_store_new_memory(0, &store, &error));
    wsse_dialect *accepted[] = {preset("atom-base64"), dialect};
    wsse_header_check *check = check_of(accepted, 2, store, environment);
    wsse_dialect_free(accepted[0]);
    OK(wsse_header_create(dialect, TEXT("alice"), TEXT("secret"), NULL, environment, &value,
                          &error));
    view = wsse_string_view(value);
    wsse_checked_header *checked = NULL;
    OK(wsse_header_check_check(check, view.data, view.len, &checked, &error));
    CHECK(equals(wsse_checked_header_username(checked), "alice"));
    CHECK(equals(wsse_checked_header_dialect(checked), "atom"));
    CHECK(equals(wsse_checked_header_nonce(checked), "000102030405060708090a0b0c0d0e0f"));
    wsse_time created;
    CHECK(wsse_checked_header_created(checked, &created) && created.seconds == NOON);
    CHECK(wsse_checked_header_unprotected_parameters_len(checked) == 0);
    CHECK(!wsse_checked_header_unprotected_parameter(checked, 0, &name, &view));
    wsse_checked_header_free(checked);
    CHECK(wsse_replay_store_len(store) == 1 && !wsse_replay_store_is_forked(store));

    /* Another check that shares the store knows the header, too. */
    wsse_header_check *other = check_of(&dialect, 1, store, environment);
    wsse_replay_store_free(store);
    view = wsse_string_view(value);
    REFUSED(WSSE_RESULT_INVALID_SECURITY, "replay",
            wsse_header_check_check(other, view.data, view.len, &checked, &error));
    wsse_string_free(value);
    REFUSED(WSSE_RESULT_FAILED_AUTHENTICATION, "failed-authentication",
            wsse_header_check_check(check,
                                    TEXT("UsernameToken Username=\"alice\", PasswordDigest=\"quR/"
                                         "EWLAV4xLf9Zqyw4pDmfV9OY=\", Nonce=\"abcd\", "
                                         "Created=\"2024-05-01T12:00:00Z\""),
                                    &checked, &error));
    REFUSED(WSSE_RESULT_MESSAGE_EXPIRED, "expired",
            wsse_header_check_check(check,
                                    TEXT("UsernameToken Username=\"alice\", PasswordDigest=\"quR/"
                                         "EWLAV4xLf9Zqyw4pDmfV9OY=\", Nonce=\"abcd\", "
                                         "Created=\"2003-05-01T12:00:00Z\""),
                                    &checked, &error));
    wsse_header_check_free(check);
    wsse_header_check_free(other);
    wsse_dialect_free(dialect);
    wsse_environment_free(environment);
}

/* A dialect of one's own, knob by knob. */
static void dialects(void)
{
    wsse_environment *environment = still_environment(NULL);
    wsse_dialect *ours = NULL;
    OK(wsse_dialect_new(TEXT("ours"), &ours, &error));
    const char *knobs[][2] = {
        {"nonce-form", "base64"},         {"nonce-generator", "octets:16"},
        {"hash", "sha256"},               {"digest-text", "hex"},
        {"created-form", "date-time"},    {"created-zone", "+0000"},
        {"created-milliseconds", "true"}, {"accepted-created", "date-time,rfc2822"},
        {"secret", "lower"},              {"prefix", "optional"},
        {"separator", ","},               {"ttl", "60"},
        {"future-tolerance", "5"},
    };
    for (size_t index = 0; index < sizeof knobs / sizeof *knobs; index++)
        OK(wsse_dialect_set(ours, TEXT(knobs[index][0]), TEXT(knobs[index][1]), &error));
    OK(wsse_dialect_add_parameter(ours, TEXT("Product"), TEXT("x"), &error));
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_dialect_set(ours, TEXT("nonce"), TEXT("hex"), &error));
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_dialect_set(ours, TEXT("hash"), TEXT("md5"), &error));
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_dialect_new_preset(TEXT("atm"), &ours, &error));
    wsse_string *value = NULL;
    OK(wsse_header_create(ours, TEXT("alice"), TEXT("secret"), NULL, environment, &value, &error));
    const char *text = wsse_string_c_str(value);
    CHECK(strstr(text, ",Created=\"2024-05-01T12:00:00.000+0000\",Product=\"x\"") != NULL);
    CHECK(strstr(text, ",Nonce=\"AAECAwQFBgcICQoLDA0ODw==\",") != NULL);
    wsse_header_check *check = check_of(&ours, 1, NULL, environment);
    wsse_dialect_free(ours);
    wsse_checked_header *checked = NULL;
    OK(wsse_header_check_check(check, TEXT(text), &checked, &error));
    wsse_string_free(value);
    wsse_str name, parameter;
    CHECK(wsse_checked_header_unprotected_parameters_len(checked) == 1);
    CHECK(wsse_checked_header_unprotected_parameter(checked, 0, &name, &parameter));
    CHECK(equals(name, "Product") && equals(parameter, "x"));
    wsse_checked_header_free(checked);
    wsse_header_check_free(check);

    wsse_credentials *credentials = NULL;
    OK(wsse_credentials_new(&credentials, &error));
    wsse_dialect *atom = preset("atom");
    const wsse_dialect *with_hole[] = {atom, NULL};
    REFUSED(WSSE_RESULT_MISUSE, "missing-credential",
            wsse_header_check_new(with_hole, 1, credentials, NULL, NULL, &check, &error));
    OK(wsse_credentials_add_password(credentials, TEXT("a"), TEXT("b"), &error));
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_header_check_new(with_hole, 2, credentials, NULL, NULL, &check, &error));
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_header_check_new(with_hole, 0, credentials, NULL, NULL, &check, &error));
    wsse_credentials_free(credentials);
    wsse_dialect_free(atom);
    wsse_environment_free(environment);
}

static void accompanying(void)
{
    wsse_challenge *challenge = NULL;
    wsse_string *value = NULL;
    wsse_str name, parameter;
    OK(wsse_challenge_new(TEXT("a \"b\""), &challenge, &error));
    OK(wsse_challenge_write(challenge, &value, &error));
    CHECK(strcmp(wsse_string_c_str(value),
                 "WSSE realm=\"a \\\"b\\\"\", profile=\"UsernameToken\"")
          == 0);
    wsse_string_free(value);
    wsse_challenge_free(challenge);
    OK(wsse_challenge_parse(TEXT("Basic realm=\"x\", WSSE realm=\"r\", profile=\"UsernameToken\", "
                                 "extra=\"1\""),
                            &challenge, &error));
    CHECK(equals(wsse_challenge_realm(challenge), "r"));
    CHECK(equals(wsse_challenge_profile(challenge), "UsernameToken"));
    CHECK(wsse_challenge_parameters_len(challenge) == 1);
    CHECK(wsse_challenge_parameter(challenge, 0, &name, &parameter));
    CHECK(equals(name, "extra") && equals(parameter, "1"));
    CHECK(!wsse_challenge_parameter(challenge, 1, &name, &parameter));
    wsse_challenge_free(challenge);
    /* The word inside a quoted string is no challenge. */
    OK(wsse_challenge_parse(TEXT("Basic realm=\"WSSE profile\""), &challenge, &error));
    CHECK(challenge == NULL);
    OK(wsse_challenge_parse(TEXT("WSSE profile=\"UsernameToken\""), &challenge, &error));
    CHECK(wsse_challenge_realm(challenge).data == NULL);
    wsse_challenge_free(challenge);
    REFUSED(WSSE_RESULT_MALFORMED, "header-syntax",
            wsse_challenge_parse(TEXT("WSSE realm=\"r"), &challenge, &error));

    wsse_authorization *authorization = NULL;
    OK(wsse_authorization_new(&authorization, &error));
    OK(wsse_authorization_set_realm(authorization, TEXT("r"), &error));
    OK(wsse_authorization_add_parameter(authorization, TEXT("type"), TEXT("t"), &error));
    OK(wsse_authorization_write(authorization, &value, &error));
    CHECK(strcmp(wsse_string_c_str(value),
                 "WSSE realm=\"r\", profile=\"UsernameToken\", type=\"t\"")
          == 0);
    wsse_string_free(value);
    OK(wsse_authorization_add_parameter(authorization, TEXT("no token"), TEXT("t"), &error));
    REFUSED(WSSE_RESULT_MISUSE, "invalid-argument",
            wsse_authorization_write(authorization, &value, &error));
    wsse_authorization_free(authorization);
    OK(wsse_authorization_new_huawei(&authorization, &error));
    OK(wsse_authorization_write(authorization, &value, &error));
    CHECK(strcmp(wsse_string_c_str(value),
                 "WSSE realm=\"SDP\",profile=\"UsernameToken\",type=\"Appkey\"")
          == 0);
    wsse_authorization_free(authorization);
    OK(wsse_authorization_parse(TEXT(wsse_string_c_str(value)), &authorization, &error));
    wsse_string_free(value);
    CHECK(equals(wsse_authorization_realm(authorization), "SDP"));
    CHECK(equals(wsse_authorization_profile(authorization), "UsernameToken"));
    CHECK(wsse_authorization_parameters_len(authorization) == 1);
    CHECK(wsse_authorization_parameter(authorization, 0, &name, &parameter));
    CHECK(equals(name, "type") && equals(parameter, "Appkey"));
    wsse_authorization_free(authorization);
    OK(wsse_authorization_parse(TEXT("Basic dTpw"), &authorization, &error));
    CHECK(authorization == NULL);
}

int main(void)
{
    created_parsed_and_checked();
    dialects();
    accompanying();
    return 0;
}

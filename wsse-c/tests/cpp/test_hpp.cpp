// wsse.hpp does what it says. Prints each failed check and the number of checks; built and run by
// python-tests/test_c_examples.py, plain and under valgrind.

#include "checks.hpp"

#include <wsse.hpp>

// It may be included twice, and leaves no macro but its guards.
#include <wsse.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <vector>

using namespace std::string_view_literals;

namespace {

constexpr std::string_view envelope =
    R"(<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>)"
    R"(<hello xmlns="urn:hello">Bob</hello></e:Body></e:Envelope>)";
constexpr std::string_view reply =
    R"(<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body/></e:Envelope>)";
constexpr std::string_view published_header =
    R"(UsernameToken Username="bob", PasswordDigest="quR/EWLAV4xLf9Zqyw4pDmfV9OY=", )"
    R"(Nonce="d36e316282959a9ed4c89851497a717f", Created="2003-12-15T14:43:07Z")";
constexpr wsse::instant published_created{std::chrono::seconds(1071499387)};

// The Error that a function throws; a failed check, and nothing, where it throws none or another.
template <class Error, class Function>
std::shared_ptr<const Error> thrown_by(const Function& function, int line) {
    try {
        function();
    } catch (const Error& error) {
        return std::make_shared<const Error>(error);
    } catch (const std::exception& error) {
        note(false, error.what(), line);
        return nullptr;
    }
    note(false, "nothing was thrown", line);
    return nullptr;
}
#define THROWN(Error, ...) thrown_by<Error>([&] { static_cast<void>(__VA_ARGS__); }, __LINE__)

// The text of the std::exception that is nested in what a function throws.
template <class Function>
std::string nested_in(const Function& function) {
    try {
        function();
    } catch (const wsse::unavailable& error) {
        try {
            std::rethrow_if_nested(error);
        } catch (const std::exception& nested) {
            return nested.what();
        } catch (int number) {
            return std::to_string(number);
        }
        return "nothing is nested";
    }
    return "nothing was thrown";
}

wsse::environment at(wsse::instant now) {
    wsse::environment made;
    made.set_clock([now] { return now; });
    return made;
}

wsse::credentials table() {
    wsse::credentials made;
    made.add_password("bob", "taadtaadpstcsm").add_password("alice", "correct horse");
    return made;
}

// --- Types ----------------------------------------------------------------------------------

template <class... Objects>
constexpr bool all_move_only = ((std::is_nothrow_move_constructible_v<Objects> &&
                                 std::is_nothrow_move_assignable_v<Objects> &&
                                 std::is_nothrow_destructible_v<Objects> &&
                                 !std::is_copy_constructible_v<Objects> &&
                                 !std::is_copy_assignable_v<Objects>)&&...);
static_assert(all_move_only<wsse::credentials, wsse::environment, wsse::replay_store, wsse::dialect,
                            wsse::header_options, wsse::header_value, wsse::checked_header,
                            wsse::header_check, wsse::challenge, wsse::authorization,
                            wsse::exchange, wsse::call, wsse::protected_message, wsse::outbound,
                            wsse::validated_message, wsse::inbound>);
// What is thrown must be copied without throwing.
static_assert(std::is_nothrow_copy_constructible_v<wsse::error>);
static_assert(std::is_base_of_v<std::runtime_error, wsse::error>);
static_assert(std::is_base_of_v<wsse::error, wsse::message_expired>);
// A view of what a temporary owns would dangle.
static_assert(
    std::is_same_v<decltype(std::declval<wsse::protected_message>().message()), std::string>);
static_assert(
    std::is_same_v<decltype(std::declval<wsse::protected_message&>().message()), std::string_view>);
static_assert(!std::is_constructible_v<wsse::octets, std::vector<int>>);

void octets_are_made_of_what_holds_them() {
    const std::array<std::byte, 2> array{std::byte{'o'}, std::byte{'k'}};
    const std::vector<unsigned char> vector{'o', 'k'};
    for (const wsse::octets each : {wsse::octets("ok"), wsse::octets(std::string("ok")),
                                    wsse::octets("ok"sv), wsse::octets(array), wsse::octets(vector),
                                    wsse::octets(array.data(), 2)}) {
        CHECK(each.size() == 2);
    }
    CHECK(wsse::octets(array).text() == "ok" && wsse::octets(vector).text() == "ok");
    CHECK(wsse::octets("a\0b"sv).size() == 3);
    // NULL means "absent" to the library; nothing of text is not absent.
    CHECK(wsse::octets().data() != nullptr && wsse::octets().size() == 0);
    CHECK(wsse::octets(std::string_view()).data() != nullptr);
    const char* unset = nullptr;
    THROWN(std::invalid_argument, wsse::octets(unset));
}

// --- Failures -------------------------------------------------------------------------------

template <wsse::category... Categories>
void every_category_has_its_class() {
    int seen = 0;
    const auto each = [&](auto which) {
        constexpr wsse::category expected = decltype(which)::value;
        constexpr auto result = static_cast<wsse_result>(expected);
        const auto error =
            THROWN(wsse::error_of<expected>, wsse::detail::raise(result, nullptr, {}));
        CHECK(error && error->category() == expected && !wsse::name(expected).empty());
        // There is nothing behind it, and that is no reason to fall over.
        CHECK(error && error->cause().empty() && !error->position() && error->fault().text.empty());
        ++seen;
    };
    (each(std::integral_constant<wsse::category, Categories>()), ...);
    // All results that have a name, but Ok.
    int named = 0;
    for (std::uint32_t result = 1; result < 1000; ++result) {
        named += wsse_result_name(result).data != nullptr;
    }
    CHECK(seen == named);
    CHECK(wsse::name(wsse::category::MessageExpired) == "MessageExpired");
    CHECK(wsse::name(static_cast<wsse::category>(9999)).empty());
    // A result that this header does not know yet is still an error.
    const auto unknown =
        THROWN(wsse::error, wsse::detail::raise(static_cast<wsse_result>(77), nullptr, {}));
    CHECK(unknown && static_cast<std::uint32_t>(unknown->category()) == 77);
}

void an_error_says_what_where_and_what_the_peer_may_know() {
    const auto policy = THROWN(wsse::misuse, wsse::outbound("version = 1\norder = [\"nonsense\"]"));
    CHECK(policy && policy->position() && policy->position()->line == 2);
    CHECK(policy && wsse::name(policy->category()) == "Misuse" && !policy->cause().empty());

    const auto header =
        THROWN(wsse::malformed, wsse::header_value::parse("UsernameToken Username="));
    CHECK(header && header->position() && header->position()->offset > 0);

    const wsse::inbound inbound("preset:username-token", table());
    const auto missing = THROWN(wsse::invalid_security, inbound.validate(envelope));
    CHECK(missing && missing->cause() == "missing-security-header");
    CHECK(missing && missing->fault().sender && missing->fault().code == "InvalidSecurity");
    CHECK(missing && missing->fault().text != missing->what() && !missing->fault().text.empty());
    // Copies share what they hold, and outlive what they were copied from.
    std::unique_ptr<wsse::error> copy;
    if (missing) copy = std::make_unique<wsse::error>(*missing);
    CHECK(copy && copy->cause() == "missing-security-header");
}

// --- X-WSSE ---------------------------------------------------------------------------------

void the_published_header_is_made_and_read() {
    CHECK(wsse::password_digest("taadtaadpstcsm", "d36e316282959a9ed4c89851497a717f",
                                "2003-12-15T14:43:07Z") == "quR/EWLAV4xLf9Zqyw4pDmfV9OY=");
    wsse::header_options options;
    options.set_nonce("d36e316282959a9ed4c89851497a717f").set_created("2003-12-15T14:43:07Z");
    const auto atom = wsse::dialect::preset("atom");
    CHECK(atom.name() == "atom");
    CHECK(wsse::create_header(atom, "bob", "taadtaadpstcsm", options) == published_header);
    options.set_nonce(std::nullopt);
    CHECK(wsse::create_header(atom, "bob", "taadtaadpstcsm", options) != published_header);

    const auto value = wsse::header_value::parse(published_header);
    CHECK(value.username() == "bob" && value.has_prefix() && value.parameters().empty());
    CHECK(value.password_digest() == "quR/EWLAV4xLf9Zqyw4pDmfV9OY=");
    CHECK(value.nonce() == "d36e316282959a9ed4c89851497a717f");
    CHECK(value.created() == "2003-12-15T14:43:07Z");
}

void a_header_passes_once() {
    const auto atom = wsse::dialect::preset("atom");
    const auto base64 = wsse::dialect::preset("atom-base64");
    const auto store = wsse::replay_store::memory();
    const wsse::header_check check({atom, base64}, table(), store, at(published_created));
    const auto checked = check.check(published_header);
    CHECK(checked.username() == "bob" && checked.dialect() == "atom");
    CHECK(checked.created() == published_created && checked.nonce().size() == 32);
    CHECK(checked.unprotected_parameters().empty() && store.size() == 1 && !store.is_forked());

    const auto replayed = THROWN(wsse::invalid_security, check.check(published_header));
    CHECK(replayed && replayed->cause() == "replay");
    THROWN(wsse::misuse, wsse::header_check({}, table()));

    const wsse::header_check late({atom}, table(), std::nullopt,
                                  at(published_created + std::chrono::hours(1)));
    THROWN(wsse::message_expired, late.check(published_header));
    wsse::credentials others;
    others.add_password("bob", "another");
    const wsse::header_check wrong({atom}, others, std::nullopt, at(published_created));
    THROWN(wsse::failed_authentication, wrong.check(published_header));
}

void a_dialect_can_be_made() {
    auto ours = wsse::dialect::custom("ours");
    ours.set("nonce-form", "base64").set("hash", "sha512").add_parameter("Organization", "example");
    wsse::header_options options;
    options.add_parameter("Department", "post");
    const std::string value = wsse::create_header(ours, "alice", "correct horse", options);
    const auto parameters = wsse::header_value::parse(value).parameters();
    CHECK(parameters.size() == 2);
    const auto checked = wsse::header_check({ours}, table()).check(value);
    const auto found = checked.unprotected_parameters();
    CHECK(found.size() == 2 && found[0].name == "Organization" && found[0].value == "example");
    CHECK(found.size() == 2 && found[1].name == "Department" && found[1].value == "post");
    THROWN(wsse::misuse, ours.set("hash", "md4"));
    THROWN(wsse::misuse, wsse::dialect::preset("nonsense"));
}

void challenges_and_authorizations() {
    const wsse::challenge made("orders");
    CHECK(made.write() == R"(WSSE realm="orders", profile="UsernameToken")");
    const auto read = wsse::challenge::parse(made.write());
    CHECK(read && read->realm() == "orders" && read->profile() == "UsernameToken");
    CHECK(read && read->parameters().empty());
    CHECK(!wsse::challenge::parse(R"(Basic realm="say WSSE please")"));
    THROWN(wsse::malformed, wsse::challenge::parse(R"(WSSE realm="orders)"));

    wsse::authorization authorization;
    CHECK(authorization.write() == R"(WSSE profile="UsernameToken")" && !authorization.realm());
    authorization.set_realm("orders").add_parameter("type", "Appkey");
    const auto parsed = wsse::authorization::parse(authorization.write());
    CHECK(parsed && parsed->realm() == "orders" && parsed->profile() == "UsernameToken");
    CHECK(parsed && parsed->parameters().size() == 1 && parsed->parameters()[0].name == "type");
    CHECK(wsse::authorization::huawei().realm() == "SDP");
    CHECK(!wsse::authorization::parse("Basic Zm9vOmJhcg=="));
}

// --- Messages -------------------------------------------------------------------------------

void a_message_passes_once_and_is_answered() {
    constexpr auto policy = "version = 1\norder = [\"timestamp\", \"username-token\"]";
    constexpr auto demands =
        "version = 1\nrequire = { username-token = \"digest\", timestamp = true }";
    const auto now = wsse::instant(std::chrono::seconds(1777636800));
    const wsse::environment noon = at(now);
    const wsse::outbound client(
        policy, wsse::credentials().set_username("alice", "correct horse"), noon);
    const auto store = wsse::replay_store::memory(100);
    const wsse::inbound server(demands, table(), store, noon);
    CHECK(client.policy().find("timestamp") != std::string::npos);
    CHECK(server.policy().find("digest") != std::string::npos);

    wsse::call special;
    special.set_username_token_id("UT-1").set_timestamp_id("TS-1").set_nonce("0123456789abcdef");
    const auto request = client.protect(envelope, special);
    CHECK(request.message().find("wsu:Id=\"UT-1\"") != std::string_view::npos);
    CHECK(request.message().find("MDEyMzQ1Njc4OWFiY2RlZg==") != std::string_view::npos);

    auto validated = server.validate(request.message(), "utf-8");
    CHECK(validated.username() == "alice" && validated.is_authenticated());
    CHECK(validated.soap_version() == wsse::soap_version::v12);
    CHECK(validated.body_child() && validated.body_child()->namespace_name == "urn:hello");
    CHECK(validated.body_child() && validated.body_child()->local_name == "hello");
    CHECK(validated.timestamp_created() == now && validated.timestamp_expires() > now);
    CHECK(validated.timestamp_offset() == request.message().find("<wsu:Timestamp"));
    CHECK(validated.username_token_offset() == request.message().find("<wsse:UsernameToken"));
    CHECK(!validated.document() && !validated.body() && !validated.certificate());
    CHECK(validated.signed_paths().empty());
    CHECK(validated.signers().empty());
    CHECK(validated.unsigned_document().find("Bob") != std::string_view::npos);
    CHECK(validated.unsigned_document().find("wsse") == std::string_view::npos);
    CHECK(validated.unsigned_body() ==
          R"(<e:Body><hello xmlns="urn:hello">Bob</hello></e:Body>)");
    CHECK(store.size() > 0);
    THROWN(wsse::invalid_security, server.validate(request.message()));

    const wsse::outbound answering("preset:timestamp", std::nullopt, noon);
    const wsse::inbound reading("preset:timestamp", std::nullopt, std::nullopt, noon);
    const std::string answer = answering.protect_reply(validated.exchange(), reply).message();
    const auto received = reading.validate_reply(request.exchange(), answer);
    CHECK(!received.username() && !received.is_authenticated() && !received.body_child());
    CHECK(!received.username_token_offset());
    THROWN(wsse::malformed, reading.validate("not XML"));
    THROWN(wsse::malformed, reading.validate(""));
    CHECK(std::move(validated).unsigned_document().find("Bob") != std::string::npos);

    wsse::call another;
    another.set_username("bob").set_password("taadtaadpstcsm").set_created("2026-05-01T12:00:01Z");
    CHECK(server.validate(client.protect(envelope, another).message()).username() == "bob");
    another.set_username(std::nullopt).set_password(std::nullopt).set_created(std::nullopt);
    CHECK(server.validate(client.protect(envelope, another).message()).username() == "alice");
}

void objects_that_were_moved_from_do_no_harm() {
    wsse::outbound first("preset:timestamp");
    const wsse::outbound second = std::move(first);
    CHECK(!second.protect(envelope).message().empty());
    THROWN(wsse::misuse, first.protect(envelope));
    first = wsse::outbound("preset:timestamp");
    CHECK(!first.protect(envelope).message().empty());
    auto one = wsse::header_value::parse(published_header);
    const auto two = std::move(one);
    CHECK(one.username().empty() && one.parameters().empty() && two.username() == "bob");
}

// --- Callbacks ------------------------------------------------------------------------------

void callbacks_live_as_long_as_they_are_needed() {
    const auto password = std::make_shared<std::string>("taadtaadpstcsm");
    const auto atom = wsse::dialect::preset("atom");
    {
        std::unique_ptr<wsse::header_check> check;
        {
            wsse::credentials known;
            const auto lookup = [password](std::string_view username, wsse::passwords& found) {
                found.add("an old one");
                if (username == "bob") found.add(*password);
            };
            known.set_password_lookup(lookup);
            check = std::make_unique<wsse::header_check>(
                wsse::header_check({atom}, known, std::nullopt, at(published_created)));
        }
        // Ours and the library's.
        CHECK(password.use_count() == 2);
        CHECK(check->check(published_header).username() == "bob");
    }
    CHECK(password.use_count() == 1);

    // Nor is one lost that the library refuses.
    wsse::credentials known = table();
    THROWN(wsse::misuse,
           known.set_password_lookup([password](std::string_view, wsse::passwords&) {}));
    CHECK(password.use_count() == 1);
    THROWN(wsse::misuse, wsse::credentials().set_password_lookup({}));
    THROWN(wsse::misuse, wsse::credentials().set_password_verifier(nullptr));
    THROWN(wsse::misuse, wsse::environment().set_clock(nullptr));
    THROWN(wsse::misuse, wsse::environment().set_random(nullptr));
    THROWN(wsse::misuse, wsse::replay_store(wsse::replay_insert()));
}

void every_callback_is_asked() {
    const auto store = [](bool& asked, bool answer) {
        return wsse::replay_store(
            [&asked, answer](wsse::octets key, wsse::instant expires, wsse::instant now) {
                asked = key.size() == 32 && now == published_created && expires > now;
                return answer;
            });
    };
    const auto atom = wsse::dialect::preset("atom");
    bool asked = false;
    const wsse::header_check fresh({atom}, table(), store(asked, true), at(published_created));
    CHECK(fresh.check(published_header).username() == "bob" && asked);
    const wsse::header_check seen({atom}, table(), store(asked, false), at(published_created));
    THROWN(wsse::invalid_security, seen.check(published_header));

    wsse::environment surroundings = at(published_created);
    surroundings.set_random(
        [](unsigned char* filled, std::size_t size) { std::fill_n(filled, size, '\x11'); });
    const auto plain = wsse::create_header(wsse::dialect::preset("atom-base64"), "bob", "secret",
                                           std::nullopt, surroundings);
    CHECK(plain == wsse::create_header(wsse::dialect::preset("atom-base64"), "bob", "secret",
                                       std::nullopt, surroundings));
    CHECK(wsse::header_value::parse(plain).created() == "2003-12-15T14:43:07Z");

    const wsse::outbound clear("preset:username-text",
                               wsse::credentials().set_username("alice", "correct horse"));
    wsse::credentials hashed;
    hashed.set_password_verifier([](std::string_view username, wsse::octets password) {
        return username == "alice" && password.text() == "correct horse";
    });
    const wsse::inbound verifying("preset:username-text", hashed);
    CHECK(verifying.validate(clear.protect(envelope).message()).is_authenticated());
    wsse::call guess;
    guess.set_password("guess");
    const std::string guessed = clear.protect(envelope, guess).message();
    THROWN(wsse::failed_authentication, verifying.validate(guessed));
}

void what_a_callback_throws_comes_back_nested() {
    const auto atom = wsse::dialect::preset("atom");
    wsse::credentials lost;
    lost.set_password_lookup([](std::string_view, wsse::passwords&) {
        throw std::runtime_error("the database is away");
    });
    const wsse::header_check check({atom}, lost, std::nullopt, at(published_created));
    CHECK(nested_in([&] { check.check(published_header); }) == "the database is away");
    // The next failure has another reason: a memory with little room, which it divides.
    const wsse::header_check small({atom}, table(), wsse::replay_store::memory(1));
    CHECK(nested_in([&] {
              for (int number = 0; number < 1000; ++number) {
                  small.check(wsse::create_header(atom, "bob", "taadtaadpstcsm"));
              }
          }) == "nothing is nested");

    wsse::environment stopped;
    stopped.set_clock([]() -> wsse::instant { throw std::logic_error("no clock"); });
    CHECK(nested_in([&] { wsse::create_header(atom, "bob", "x", std::nullopt, stopped); }) ==
          "no clock");
    wsse::environment dry;
    dry.set_random([](unsigned char*, std::size_t) { throw 42; });
    CHECK(nested_in([&] { wsse::create_header(atom, "bob", "x", std::nullopt, dry); }) == "42");
    const wsse::replay_store full([](wsse::octets, wsse::instant, wsse::instant) -> bool {
        throw std::runtime_error("no room");
    });
    const wsse::header_check forgetting({atom}, table(), full, at(published_created));
    CHECK(nested_in([&] { forgetting.check(published_header); }) == "no room");
}

void a_callback_may_call_the_library() {
    const auto atom = wsse::dialect::preset("atom");
    wsse::credentials known;
    known.set_password_lookup([&](std::string_view, wsse::passwords& found) {
        // Fails in its own callback, and is dealt with here.
        wsse::environment stopped;
        stopped.set_clock([]() -> wsse::instant { throw std::logic_error("no clock"); });
        try {
            wsse::create_header(atom, "bob", "x", std::nullopt, stopped);
        } catch (const wsse::unavailable&) {
            found.add("taadtaadpstcsm");
        }
    });
    const wsse::header_check check({atom}, known, std::nullopt, at(published_created));
    CHECK(check.check(published_header).username() == "bob");
    CHECK(wsse::detail::thrown() == nullptr);
}

// --- Threads --------------------------------------------------------------------------------

void of_equal_headers_one_passes() {
    constexpr int threads = 8;
    constexpr int rounds = 50;
    const auto atom = wsse::dialect::preset("atom");
    const wsse::header_check check({atom}, table());
    std::vector<std::string> headers;
    for (int round = 0; round < rounds; ++round) {
        headers.push_back(wsse::create_header(atom, "alice", "correct horse"));
    }
    std::atomic<int> passed{0};
    std::atomic<int> replayed{0};
    std::vector<std::thread> running;
    for (int number = 0; number < threads; ++number) {
        running.emplace_back([&] {
            for (const std::string& header : headers) {
                try {
                    passed += check.check(header).username() == "alice";
                } catch (const wsse::invalid_security& error) {
                    replayed += error.cause() == "replay";
                }
            }
        });
    }
    for (std::thread& each : running) each.join();
    CHECK(passed == rounds && replayed == rounds * (threads - 1));
}

void instants_keep_their_value() {
    for (const auto each : {published_created, wsse::instant(std::chrono::microseconds(-1)),
                            wsse::instant(std::chrono::microseconds(1'500'000))}) {
        CHECK(wsse::detail::from_time(wsse::detail::to_time(each)) == each);
    }
    const wsse_time before = wsse::detail::to_time(wsse::instant(std::chrono::microseconds(-1)));
    CHECK(before.seconds == -1 && before.nanoseconds == 999'999'000);
    // What chrono can't hold is at the end of what a message can.
    const auto end = wsse::detail::from_time({INT64_MAX, 999'999'999});
    CHECK(wsse::detail::to_time(end).seconds == 253402300799);
    CHECK(wsse::detail::to_time(wsse::detail::from_time({INT64_MIN, 0})).seconds == -62135596800);
}

void what_was_signed_is_handed_out() {
    wsse::credentials keys;
    keys.add_secret("", "a shared secret");
    const wsse::outbound client(
        "version = 1\nsignature = [{ reference = \"secret\", parts = [\"body\"] }]", keys);
    const wsse::inbound server("version = 1\nrequire = { signed = [\"body\"] }", keys);
    const auto request = client.protect(envelope);
    const auto validated = server.validate(request.message());
    CHECK(validated.signed_paths() == std::vector<std::string>{"/Envelope/Body"});
    CHECK(validated.signers().size() == 1);
    CHECK(validated.signers()[0].signed_paths == validated.signed_paths());
    CHECK(validated.signers()[0].certificate == validated.certificate());
    CHECK(validated.document() && validated.document()->find("Bob") != std::string::npos);
    CHECK(validated.body() && validated.body()->find("<e:Body ") == 0);
    CHECK(!validated.certificate() && validated.unsigned_document().empty());
    std::string changed(request.message());
    changed.replace(changed.find(">Bob<"), 5, ">Eve<");
    THROWN(wsse::failed_check, server.validate(changed));

    THROWN(wsse::misuse, keys.add_identity("", "no key"));
    THROWN(wsse::misuse, keys.add_key_pair("", "no key", "no certificate"));
    THROWN(wsse::misuse, keys.add_certificate("", "no certificate", "a password"));
    THROWN(wsse::misuse, keys.add_anchor("", "no certificate"));
    THROWN(wsse::misuse, keys.add_untrusted("no certificate"));
    THROWN(wsse::misuse, keys.add_crl("no list"));
    THROWN(wsse::misuse, keys.add_secret("", ""));
}

void what_was_encrypted_is_told() {
    wsse::credentials keys;
    keys.add_secret("ours", "0123456789abcdef0123456789abcdef");
    const wsse::outbound client("version = 1\nencryption = [{ recipient = \"ours\", "
                                "transport = \"secret\", parts = [\"body-content\"] }]",
                                keys);
    const wsse::inbound server("version = 1\nrequire = { encrypted = [\"body-content\"] }", keys);
    const auto request = client.protect(envelope);
    const std::string message(request.message());
    CHECK(message.find(">Bob<") == std::string::npos);
    const auto validated = server.validate(message);
    CHECK(validated.encrypted().size() == 1);
    CHECK(validated.encrypted()[0].path == "/Envelope/Body" && validated.encrypted()[0].content);
    CHECK(validated.unsigned_body().find("Bob") != std::string::npos);
    const auto decrypted = server.decrypt(message);
    const auto part = decrypted.encrypted().at(0);
    CHECK(decrypted.octets().substr(part.start, part.end - part.start).find("Bob")
          != std::string::npos);
    CHECK(server.decrypt(message).octets() == decrypted.octets());
    std::string changed(message);
    char& octet = changed[changed.find("CipherValue>") + 40];
    octet = octet == 'A' ? 'B' : 'A';
    THROWN(wsse::failed_check, server.decrypt(changed));
    THROWN(wsse::invalid_security, server.decrypt(envelope));
    THROWN(wsse::misuse, keys.add_decryption_key("", "no key"));
    THROWN(wsse::misuse, keys.add_recipient("", "no certificate"));
}

} // namespace

int main() {
    CHECK(wsse::version_number() == WSSE_VERSION_NUMBER && !wsse::version().empty());
    octets_are_made_of_what_holds_them();
    using c = wsse::category;
    every_category_has_its_class<
        c::InvalidSecurity, c::FailedCheck, c::FailedAuthentication, c::SecurityTokenUnavailable,
        c::UnsupportedSecurityToken, c::UnsupportedAlgorithm, c::InvalidSecurityToken,
        c::MessageExpired, c::Malformed, c::LimitExceeded, c::Misuse, c::Unavailable, c::Io,
        c::Panic>();
    an_error_says_what_where_and_what_the_peer_may_know();
    the_published_header_is_made_and_read();
    a_header_passes_once();
    a_dialect_can_be_made();
    challenges_and_authorizations();
    a_message_passes_once_and_is_answered();
    what_was_signed_is_handed_out();
    what_was_encrypted_is_told();
    objects_that_were_moved_from_do_no_harm();
    callbacks_live_as_long_as_they_are_needed();
    every_callback_is_asked();
    what_a_callback_throws_comes_back_nested();
    a_callback_may_call_the_library();
    of_equal_headers_one_passes();
    instants_keep_their_value();
    return report();
}

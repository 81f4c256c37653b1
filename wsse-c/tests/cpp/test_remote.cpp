// Keys that are held elsewhere, and the last word, through wsse.hpp. The argument is the folder of the
// keys. Prints each failed check and the number of checks; built and run by
// python-tests/test_c_examples.py, plain and under valgrind.

#include "checks.hpp"

#include <wsse.hpp>

#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view envelope =
    R"(<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>)"
    R"(<hello xmlns="urn:hello">Bob</hello></e:Body></e:Envelope>)";
constexpr std::string_view signs = "version = 1\nsignature = [{ parts = [\"body\"] }]";
constexpr std::string_view signs_by_secret =
    "version = 1\nsignature = [{ key = \"alice\", reference = \"key-name\", method = "
    "\"hmac-sha256\", parts = [\"body\"] }]";
constexpr std::string_view demands = "version = 1\nrequire = { signed = [\"body\"] }";
constexpr wsse::instant may{std::chrono::seconds(1777636800)};

std::string keys;

// A failed check unless the function throws an Error of this cause; whether a logic_error is nested.
template <class Error, class Function>
bool thrown_by(const Function& function, std::string_view cause, int line) {
    try {
        function();
    } catch (const Error& error) {
        note(error.cause() == cause, error.what(), line);
        try {
            std::rethrow_if_nested(error);
        } catch (const std::logic_error&) {
            return true;
        } catch (...) {
            note(false, "another exception is nested", line);
        }
        return false;
    } catch (const std::exception& error) {
        note(false, error.what(), line);
        return false;
    }
    note(false, "nothing was thrown", line);
    return false;
}
#define THROWN(Error, cause, ...) thrown_by<Error>([&] { __VA_ARGS__; }, cause, __LINE__)

std::string file(const std::string& name) {
    std::ifstream opened(keys + "/" + name, std::ios::binary);
    CHECK(opened.good());
    return {std::istreambuf_iterator<char>(opened), {}};
}

wsse::environment still() {
    wsse::environment made;
    made.set_clock([] { return may; });
    made.set_random([](unsigned char* filled, std::size_t size) { std::fill_n(filled, size, '\7'); });
    return made;
}

std::string signed_with(const wsse::credentials& ours, std::string_view policy = signs) {
    return wsse::outbound(policy, ours, still()).protect(envelope).message();
}

// The octets of the SignatureValue.
std::string signature_of(std::string_view message) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    constexpr std::string_view start = "SignatureValue>";
    std::string octets;
    unsigned bits = 0;
    int count = 0;
    for (std::size_t at = message.find(start) + start.size(); message[at] != '<'; ++at) {
        if (message[at] == '=') continue;
        bits = bits << 6 | static_cast<unsigned>(digits.find(message[at]));
        count += 6;
        if (count >= 8) octets.push_back(static_cast<char>(bits >> (count -= 8) & 0xFF));
    }
    return octets;
}

void a_key_elsewhere_signs() {
    wsse::credentials here;
    here.add_key_pair("", file("client.key.pem"), file("client.crt.pem"));
    const std::string expected = signed_with(here);
    auto answered = std::make_shared<std::string>(signature_of(expected));
    const std::weak_ptr<std::string> noticed = answered;
    const auto signer = [answered](const wsse::signing_request& request, wsse::answer& signature) {
        CHECK(request.method == "rsa-sha256" && request.digest_method == "sha256");
        CHECK(request.octets.text().find("<ds:SignedInfo") == 0);
        CHECK(request.digest && request.digest->size() == 32);
        CHECK(request.digest_info && request.digest_info->size() == 51);
        CHECK(!request.mask_digest && request.salt_size == 0);
        signature.set("replaced");
        signature.set(*answered);
    };
    {
        wsse::credentials elsewhere;
        elsewhere.add_remote_identity("", file("client.crt.pem"), signer);
        CHECK(signed_with(elsewhere) == expected);
        answered->back() ^= 1;
        THROWN(wsse::misuse, "remote-key-mismatch", signed_with(elsewhere));
    }
    CHECK(noticed.use_count() == 2);

    wsse::credentials silent;
    silent.add_remote_identity("", file("client.crt.pem"),
                               [](const wsse::signing_request&, wsse::answer&) {});
    CHECK(!THROWN(wsse::unavailable, "remote-key-unavailable", signed_with(silent)));
    wsse::credentials failing;
    failing.add_remote_identity("", file("client.crt.pem"),
                                [](const wsse::signing_request&, wsse::answer&) {
                                    throw std::logic_error("no answer within 2 seconds");
                                });
    CHECK(THROWN(wsse::unavailable, "remote-key-unavailable", signed_with(failing)));
    wsse::credentials none;
    THROWN(wsse::misuse, "unreadable-key",
           none.add_remote_identity("", file("client.public.pem"), signer));
    THROWN(wsse::misuse, "invalid-argument",
           none.add_remote_identity("", file("client.crt.pem"), nullptr));
    THROWN(wsse::misuse, "invalid-argument",
           none.add_remote_identity("", file("client.crt.pem"), nullptr,
                                    [](const wsse::decryption_request&, wsse::answer&) {
                                        return false;
                                    }));
}

void a_key_elsewhere_checks() {
    wsse::credentials here;
    here.add_secret("", "a secret");
    const std::string message = signed_with(here, signs_by_secret);
    const std::string expected = signature_of(message);
    const auto validate = [&](std::string_view family, wsse::remote_verifier verify) {
        wsse::credentials elsewhere;
        elsewhere.add_remote_verifier("alice", family, std::move(verify));
        return wsse::inbound(demands, elsewhere, std::nullopt, still()).validate(message);
    };
    const auto compares = [&](const wsse::verification_request& request) {
        CHECK(request.method == "hmac-sha256" && request.digest_method == "sha256");
        CHECK(request.octets.text().find("<ds:SignedInfo") == 0);
        CHECK(request.digest && request.digest->size() == 32 && !request.der);
        return request.signature.text() == expected;
    };
    const auto validated = validate("hmac", compares);
    CHECK(validated.signers().size() == 1);
    CHECK(validated.signers()[0].key_name == "alice" && !validated.signers()[0].certificate);
    const auto no = [](const wsse::verification_request&) { return false; };
    THROWN(wsse::failed_check, "signature-mismatch", validate("hmac", no));
    THROWN(wsse::failed_check, "key-type", validate("rsa", compares));
    THROWN(wsse::misuse, "invalid-argument", validate("HMAC", compares));
    THROWN(wsse::misuse, "invalid-argument", validate("hmac", nullptr));
    const auto fails = [](const wsse::verification_request&) -> bool {
        throw std::logic_error("no answer within 2 seconds");
    };
    CHECK(THROWN(wsse::unavailable, "remote-key-unavailable", validate("hmac", fails)));
}

void the_caller_has_the_last_word() {
    wsse::credentials here;
    here.add_key_pair("", file("client.key.pem"), file("client.crt.pem"));
    const std::string message = signed_with(here);
    const auto validate = [&](wsse::decision decide) {
        wsse::credentials known;
        known.add_anchor("", file("root.crt.pem")).add_untrusted(file("intermediate.crt.pem"));
        known.set_decision(std::move(decide));
        return wsse::inbound(demands, known, std::nullopt, still()).validate(message);
    };
    const auto passes = [](const wsse::candidate& signer) {
        CHECK(signer.trusted && signer.at == may && signer.path.size() == 3);
        CHECK(signer.certificate && signer.certificate->text() == signer.path[0].text());
        CHECK(signer.certificate->text().find(signer.public_key.text()) != std::string_view::npos);
        return true;
    };
    CHECK(validate(passes).signers()[0].key_name == std::nullopt);
    THROWN(wsse::failed_authentication, "refused-signer",
           validate([](const wsse::candidate&) { return false; }));
    const auto fails = [](const wsse::candidate&) -> bool {
        throw std::logic_error("the directory is down");
    };
    CHECK(THROWN(wsse::unavailable, "decision-unavailable", validate(fails)));
    THROWN(wsse::misuse, "invalid-argument", validate(nullptr));
}

} // namespace

int main(int, char** arguments) {
    keys = arguments[1];
    a_key_elsewhere_signs();
    a_key_elsewhere_checks();
    the_caller_has_the_last_word();
    return report();
}

// Messages that are read from streams, through wsse.hpp. Prints each failed check and the number of
// checks; built and run by python-tests/test_c_examples.py, plain and under valgrind.

#include "checks.hpp"

#include <wsse.hpp>

#include <istream>
#include <sstream>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace {

constexpr std::string_view demands = "version = 1\nrequire = { timestamp = true }";

// Keeps what it is told, and throws where it shall.
class told final : public wsse::spool {
public:
    explicit told(std::string_view throws = "") : throws_(throws) {}
    void write(std::string_view part) override {
        if (throws_ == "write") throw std::logic_error("no write");
        octets += part;
    }
    void commit() override {
        ++commits;
        if (throws_ == "commit") throw std::logic_error("no commit");
    }
    void abort() noexcept override { ++aborts; }

    std::string octets;
    int commits = 0;
    int aborts = 0;

private:
    std::string throws_;
};

// A failed check unless the function throws wsse::io in which a T is nested.
template <class T, class Function>
void check_nested(const Function& function, int line) {
    try {
        function();
        note(false, "nothing was thrown", line);
    } catch (const wsse::io& error) {
        note(error.cause() == "input-output", error.what(), line);
        try {
            std::rethrow_if_nested(error);
            note(false, "nothing is nested", line);
        } catch (const T&) {
            note(true, "", line);
        } catch (...) {
            note(false, "another exception is nested", line);
        }
    } catch (const std::exception& error) {
        note(false, error.what(), line);
    }
}

std::string message() {
    std::string text = R"(<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><o>)";
    for (int number = 0; number < 5000; ++number) text += "<line>text &amp; more</line>\n";
    return text + "</o></e:Body></e:Envelope>";
}

void from_end_to_end() {
    const wsse::outbound outbound("preset:timestamp");
    const wsse::inbound inbound(demands);
    std::istringstream source("before\n" + message());
    std::string before;
    std::getline(source, before);
    told written;
    const wsse::exchange exchange = outbound.protect_stream(source, written);
    CHECK(exchange.get() != nullptr);
    CHECK(written.commits == 1 && written.aborts == 0);
    CHECK(written.octets.find("Timestamp") != std::string::npos);

    const wsse::validated_message whole = inbound.validate(written.octets);
    CHECK(!whole.spooled());
    std::istringstream received(written.octets);
    told content;
    const wsse::validated_message valid = inbound.validate_stream(received, content, "utf-8");
    CHECK(content.commits == 1 && content.aborts == 0);
    CHECK(content.octets == whole.unsigned_document());
    const auto spooled = valid.spooled();
    CHECK(spooled && !spooled->is_signed && spooled->length == content.octets.size());
    CHECK(spooled && content.octets.substr(spooled->body_start,
                                           spooled->body_end - spooled->body_start) ==
                         whole.unsigned_body());
    CHECK(!valid.document() && valid.unsigned_document().empty());
}

void refusals() {
    const wsse::outbound outbound("preset:timestamp");
    const wsse::inbound inbound(demands);
    std::istringstream broken(message() + "x");
    told written;
    try {
        outbound.protect_stream(broken, written);
        CHECK(false);
    } catch (const wsse::malformed& error) {
        CHECK(error.cause() == "content-outside-root");
    }
    CHECK(written.commits == 0 && written.aborts == 1);
    std::istringstream bare(message());
    told content;
    try {
        inbound.validate_stream(bare, content);
        CHECK(false);
    } catch (const wsse::invalid_security& error) {
        CHECK(error.cause() == "missing-security-header");
    }
    CHECK(content.commits == 0 && content.aborts == 1);
}

// Throws after so many octets, or can't go back.
class breaks final : public std::streambuf {
public:
    explicit breaks(std::string text, bool throws) : text_(std::move(text)), throws_(throws) {
        setg(text_.data(), text_.data(), text_.data() + text_.size());
    }

protected:
    int_type underflow() override {
        if (throws_) throw std::logic_error("the cable was pulled");
        return traits_type::eof();
    }

private:
    std::string text_;
    bool throws_;
};

void failing() {
    const wsse::outbound outbound("preset:timestamp");
    for (const auto& [throws, commits, aborts] :
         {std::tuple("write", 0, 1), std::tuple("commit", 1, 0)}) {
        told written(throws);
        std::istringstream source(message());
        check_nested<std::logic_error>([&] { outbound.protect_stream(source, written); }, __LINE__);
        CHECK(written.commits == commits && written.aborts == aborts);
    }
    for (const bool throws : {true, false}) {
        breaks octets(message(), throws);
        std::istream source(&octets);
        told written;
        if (throws) {
            check_nested<std::logic_error>([&] { outbound.protect_stream(source, written); },
                                           __LINE__);
        } else {
            check_nested<std::runtime_error>([&] { outbound.protect_stream(source, written); },
                                             __LINE__);
        }
        CHECK(written.commits == 0 && written.aborts == 1);
    }
    std::istream nowhere(nullptr);
    told written;
    check_nested<std::runtime_error>([&] { outbound.protect_stream(nowhere, written); }, __LINE__);
    CHECK(written.commits == 0 && written.aborts == 1);
}

} // namespace

int main() {
    from_end_to_end();
    refusals();
    failing();
    return report();
}

// Both halves of a service in one program: it puts a UsernameToken into a message, validates the
// message as its receiver would, and shows that the receiver takes it only once.
//
//     c++ -std=c++17 protect_and_validate.cpp $(pkg-config --cflags --libs wsse) -o both
//     ALICE_PASSWORD=... ./both < request.xml

#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <wsse.hpp>

namespace {

// A user database would be asked here. It may throw: the message is then refused.
wsse::password_lookup lookup_of(std::string password) {
    return [password = std::move(password)](std::string_view username, wsse::passwords& found) {
        if (username == "alice") found.add(password);
    };
}

// The precise text is for the log; the fault is what the peer may be told.
void report(const wsse::error& error) {
    std::cout << "refused: " << wsse::name(error.category()) << " (" << error.cause()
              << "): " << error.what() << '\n';
    const wsse::fault fault = error.fault();
    std::cout << "the peer is told: " << fault.code << ": " << fault.text << '\n';
}

int run(const std::string& password, const std::string& envelope) {
    // Both are made once, and used by any number of threads.
    const wsse::outbound outbound("preset:username-token",
                                  wsse::credentials().set_username("alice", password));
    const wsse::inbound inbound("preset:username-token",
                                wsse::credentials().set_password_lookup(lookup_of(password)));

    const std::string message = outbound.protect(envelope).message();

    const wsse::validated_message validated = inbound.validate(message);
    std::cout << validated.username().value_or("nobody") << " calls ";
    if (const auto operation = validated.body_child()) {
        std::cout << '{' << operation->namespace_name << '}' << operation->local_name << '\n';
    } else {
        std::cout << "nothing\n";
    }

    try {
        static_cast<void>(inbound.validate(message));
    } catch (const wsse::invalid_security& error) {
        report(error);
        return EXIT_SUCCESS;
    }
    std::cout << "the message passed twice\n";
    return EXIT_FAILURE;
}

} // namespace

int main() {
    const char* password = std::getenv("ALICE_PASSWORD");
    if (password == nullptr) {
        std::cerr << "usage: ALICE_PASSWORD=... protect_and_validate < ENVELOPE\n";
        return 2;
    }
    const std::string envelope((std::istreambuf_iterator<char>(std::cin)), {});
    try {
        return run(password, envelope);
    } catch (const wsse::error& error) {
        report(error);
        return EXIT_FAILURE;
    }
}

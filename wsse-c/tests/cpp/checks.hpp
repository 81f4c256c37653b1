// Counts what holds, and prints what does not.

#pragma once

#include <iostream>

inline int checks = 0;
inline int failures = 0;

inline void note(bool holds, const char* what, int line) {
    ++checks;
    if (!holds) {
        ++failures;
        std::cerr << "line " << line << ": " << what << '\n';
    }
}
#define CHECK(...) note((__VA_ARGS__), #__VA_ARGS__, __LINE__)

// The status of a program that ends here.
inline int report() {
    std::cout << checks << " checks, " << failures << " failed\n";
    return failures == 0 ? 0 : 1;
}

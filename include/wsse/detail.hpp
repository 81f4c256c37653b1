// How the classes call the library. Not for programs; it can change at any time.

#ifndef WSSE_DETAIL_HPP
#define WSSE_DETAIL_HPP

#include "error.hpp"
#include "types.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsse {

namespace detail {

template <auto Free>
struct deleter {
    template <class T>
    void operator()(T* handle) const noexcept {
        Free(handle);
    }
};

template <class T, auto Free>
using handle = std::unique_ptr<T, deleter<Free>>;

using string_handle = handle<wsse_string, wsse_string_free>;

// What a callback threw during the call that runs on this thread.
inline std::exception_ptr& thrown() noexcept {
    thread_local std::exception_ptr held;
    return held;
}

template <class Error>
[[noreturn]] void raise(const Error& error, const std::exception_ptr& reason) {
    if (!reason) throw error;
    try {
        std::rethrow_exception(reason);
    } catch (...) {
        std::throw_with_nested(error);
    }
}

template <category Category>
[[noreturn]] void raise_as(wsse_result result, const std::shared_ptr<const wsse_error>& held,
                           const std::exception_ptr& reason) {
    raise(error_of<Category>(result, held), reason);
}

[[noreturn]] inline void raise(wsse_result result, const std::shared_ptr<const wsse_error>& held,
                               const std::exception_ptr& reason) {
    switch (static_cast<category>(result)) {
    case category::InvalidSecurity:
        raise_as<category::InvalidSecurity>(result, held, reason);
    case category::FailedCheck:
        raise_as<category::FailedCheck>(result, held, reason);
    case category::FailedAuthentication:
        raise_as<category::FailedAuthentication>(result, held, reason);
    case category::SecurityTokenUnavailable:
        raise_as<category::SecurityTokenUnavailable>(result, held, reason);
    case category::UnsupportedSecurityToken:
        raise_as<category::UnsupportedSecurityToken>(result, held, reason);
    case category::UnsupportedAlgorithm:
        raise_as<category::UnsupportedAlgorithm>(result, held, reason);
    case category::InvalidSecurityToken:
        raise_as<category::InvalidSecurityToken>(result, held, reason);
    case category::MessageExpired:
        raise_as<category::MessageExpired>(result, held, reason);
    case category::Malformed:
        raise_as<category::Malformed>(result, held, reason);
    case category::LimitExceeded:
        raise_as<category::LimitExceeded>(result, held, reason);
    case category::Misuse:
        raise_as<category::Misuse>(result, held, reason);
    case category::Unavailable:
        raise_as<category::Unavailable>(result, held, reason);
    case category::Io:
        raise_as<category::Io>(result, held, reason);
    case category::Panic:
        raise_as<category::Panic>(result, held, reason);
    }
    raise(error(result, held), reason);
}

inline std::optional<std::string> copy(wsse_str text) {
    return text.data == nullptr ? std::nullopt : std::optional(std::string(text.data, text.len));
}
inline std::string copy_or_empty(wsse_str text) {
    return text.data == nullptr ? std::string() : std::string(text.data, text.len);
}

// Runs a function of the library, which takes where its error goes, and throws if it fails.
template <class Function>
void call(const Function& function) {
    // A callback may call the library, too: what it throws there is not what ours threw.
    std::exception_ptr before = std::exchange(thrown(), nullptr);
    wsse_error* made = nullptr;
    const wsse_result result = function(&made);
    const std::exception_ptr reason = std::exchange(thrown(), std::move(before));
    if (result != WSSE_RESULT_OK) {
        raise(result, std::shared_ptr<const wsse_error>(made, wsse_error_free), reason);
    }
}

// The same for a function that makes a T, which the handle then owns.
template <class Handle, class Function>
Handle make(const Function& function) {
    typename Handle::pointer made = nullptr;
    call([&](wsse_error** error) { return function(&made, error); });
    return Handle(made);
}

template <class Function>
std::string make_text(const Function& function) {
    const string_handle made = make<string_handle>(function);
    return copy_or_empty(wsse_string_view(made.get()));
}

// The library takes NULL for absent, and a view of nothing may have no pointer.
inline const char* data(std::string_view text) noexcept {
    return text.empty() ? "" : text.data();
}
inline const char* data(const std::optional<std::string_view>& text) noexcept {
    return text ? data(*text) : nullptr;
}
inline const void* data(const std::optional<octets>& text) noexcept {
    return text ? text->data() : nullptr;
}
template <class View>
std::size_t size(const std::optional<View>& view) noexcept {
    return view ? view->size() : 0;
}

inline std::string_view view_or_empty(wsse_bytes found) noexcept {
    return octets(found.data, found.len).text();
}

template <class T>
auto get(const optional_ref<T>& object) noexcept {
    return object.get() == nullptr ? nullptr : object.get()->get();
}

inline constexpr std::int64_t last_second = 253402300799;    // 9999-12-31T23:59:59Z
inline constexpr std::int64_t first_second = -62135596800;   // 0001-01-01T00:00:00Z

inline instant from_time(wsse_time time) noexcept {
    // Farther than this nothing in a message can be; beyond the range of chrono it may be.
    if (time.seconds > last_second) time = {last_second, 999'999'999};
    if (time.seconds < first_second) time = {first_second, 0};
    return instant(std::chrono::seconds(time.seconds) +
                   std::chrono::microseconds(time.nanoseconds / 1000));
}
inline wsse_time to_time(instant time) noexcept {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const auto rest = std::chrono::nanoseconds(time - seconds);
    return {seconds.time_since_epoch().count(), static_cast<std::uint32_t>(rest.count())};
}

template <class Object>
std::vector<parameter> parameters(const Object* object, std::size_t (*length)(const Object*),
                                  bool (*at)(const Object*, std::size_t, wsse_str*, wsse_str*)) {
    std::vector<parameter> found;
    found.reserve(length(object));
    wsse_str name{};
    wsse_str value{};
    for (std::size_t index = 0; at(object, index, &name, &value); ++index) {
        found.push_back({copy_or_empty(name), copy_or_empty(value)});
    }
    return found;
}

// Runs a std::function for the library, into which no exception may leave.
template <class Function, class Body>
std::int32_t run(void* userdata, const Body& body) noexcept {
    try {
        return body(*static_cast<Function*>(userdata)) ? WSSE_CALLBACK_YES : WSSE_CALLBACK_NO;
    } catch (...) {
        thrown() = std::current_exception();
        return WSSE_CALLBACK_FAILED;
    }
}

template <class Function>
void free_function(void* userdata) noexcept {
    delete static_cast<Function*>(userdata);
}

// Gives a std::function to the library, which frees it. An empty one becomes NULL: it refuses that.
template <class Function, class Callback, class Set>
void give(Function function, Callback callback, const Set& set) {
    const bool empty = !function;
    auto userdata = std::make_unique<Function>(std::move(function));
    call([&](wsse_error** error) {
        return set(empty ? nullptr : callback, userdata.get(), &free_function<Function>, error);
    });
    static_cast<void>(userdata.release());
}

} // namespace detail

} // namespace wsse

#endif // WSSE_DETAIL_HPP

// What is passed in and out. Include wsse.hpp.

#ifndef WSSE_TYPES_HPP
#define WSSE_TYPES_HPP

#include "../wsse.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace wsse {

/// A view of octets: text, or anything contiguous of char, unsigned char or std::byte.
class octets {
public:
    /// No octets.
    constexpr octets() noexcept = default;

    /// So many octets from `data` on, which may be null where there are none.
    constexpr octets(const void* data, std::size_t size) noexcept : data_(data), size_(size) {}

    /// The octets of a text that ends with a NUL, without it. Throws std::invalid_argument for a
    /// null pointer, which std::getenv() gives for what is not set.
    octets(const char* text) : data_(text) {
        if (text == nullptr) throw std::invalid_argument("a null pointer is no text");
        size_ = std::char_traits<char>::length(text);
    }

    /// The octets of a container: std::string, std::vector<unsigned char>, std::array<std::byte>.
    template <class Container, class Element = std::remove_cv_t<std::remove_pointer_t<
                                   decltype(std::declval<const Container&>().data())>>,
              class = std::enable_if_t<!std::is_same_v<Container, octets> && sizeof(Element) == 1 &&
                                       std::is_trivial_v<Element>>>
    constexpr octets(const Container& container) noexcept
        : data_(container.data()), size_(container.size()) {}

    const void* data() const noexcept { return size_ == 0 ? "" : data_; }
    std::size_t size() const noexcept { return size_; }

    /// The same octets as characters.
    std::string_view text() const noexcept {
        return {static_cast<const char*>(data()), size()};
    }

private:
    const void* data_ = nullptr;
    std::size_t size_ = 0;
};

/// An instant. Where nanoseconds are cut off, validity never gets longer.
using instant = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// A reference to something that may be left out: a T, or std::nullopt.
template <class T>
class optional_ref {
public:
    constexpr optional_ref(std::nullopt_t) noexcept {}
    constexpr optional_ref(const T& value) noexcept : value_(&value) {}
    constexpr const T* get() const noexcept { return value_; }

private:
    const T* value_ = nullptr;
};

/// A name and its value, in a header or a challenge.
struct parameter {
    std::string name;
    std::string value;
};

} // namespace wsse

#endif // WSSE_TYPES_HPP

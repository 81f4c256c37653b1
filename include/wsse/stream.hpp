// Messages that are read from streams. Include wsse.hpp.

#ifndef WSSE_STREAM_HPP
#define WSSE_STREAM_HPP

#include "detail.hpp"

#include <cstddef>
#include <cstdint>
#include <istream>
#include <stdexcept>
#include <streambuf>
#include <string_view>

namespace wsse {

/// Where the content of a message goes that is read from a stream, before it is known whether the
/// message is accepted. After any number of calls of write() comes exactly one of commit() and abort():
/// until then nobody may use what was written. What write() or commit() throws makes the call that
/// reads fail with wsse::io, in which it is nested.
class spool {
public:
    spool() = default;
    spool(const spool&) = delete;
    spool& operator=(const spool&) = delete;
    virtual ~spool() = default;

    /// Takes the next octets.
    virtual void write(std::string_view octets) = 0;
    /// Everything was written, and the message is accepted. Where this throws, abort() is not called,
    /// and what was written must be gone as after it.
    virtual void commit() = 0;
    /// The message is refused.
    virtual void abort() noexcept = 0;
};

/// What was committed to the spool of a message that was read from a stream.
struct spooled_content {
    /// Whether it is what the required signatures cover; else no signature protects it.
    bool is_signed;
    /// Its octets, and where the Body begins and ends in it.
    std::uint64_t length;
    std::uint64_t body_start;
    std::uint64_t body_end;
};

namespace detail {

// Runs what reads or writes for the library, into which no exception may leave.
template <class Body>
std::int32_t run_stream(const Body& body) noexcept {
    try {
        body();
        return WSSE_CALLBACK_YES;
    } catch (...) {
        thrown() = std::current_exception();
        return WSSE_CALLBACK_FAILED;
    }
}

class stream_source {
public:
    explicit stream_source(std::istream& stream)
        : octets_(stream.rdbuf()), start_(position(octets_)) {}

    static std::int32_t read(void* userdata, std::uint8_t* octets_out, std::size_t octets_len,
                             std::size_t* read_out) noexcept {
        return run_stream([&] {
            std::streambuf* octets = static_cast<stream_source*>(userdata)->octets_;
            if (octets == nullptr) throw std::runtime_error("the stream has no buffer");
            const std::streamsize count =
                octets->sgetn(reinterpret_cast<char*>(octets_out),
                              static_cast<std::streamsize>(octets_len));
            *read_out = count < 0 ? 0 : static_cast<std::size_t>(count);
        });
    }

    static std::int32_t rewind(void* userdata) noexcept {
        return run_stream([&] {
            const auto& source = *static_cast<stream_source*>(userdata);
            if (source.start_ == none() ||
                source.octets_->pubseekpos(source.start_, std::ios::in) == none()) {
                throw std::runtime_error("the stream can't go back to where it stood");
            }
        });
    }

private:
    static std::streampos none() noexcept { return std::streampos(std::streamoff(-1)); }
    static std::streampos position(std::streambuf* octets) {
        return octets == nullptr ? none() : octets->pubseekoff(0, std::ios::cur, std::ios::in);
    }
    std::streambuf* octets_;
    std::streampos start_;
};

inline std::int32_t spool_write(void* userdata, const std::uint8_t* octets,
                                std::size_t octets_len) noexcept {
    return run_stream([&] {
        static_cast<spool*>(userdata)->write(
            std::string_view(reinterpret_cast<const char*>(octets), octets_len));
    });
}
inline std::int32_t spool_commit(void* userdata) noexcept {
    return run_stream([&] { static_cast<spool*>(userdata)->commit(); });
}
inline void spool_abort(void* userdata) noexcept { static_cast<spool*>(userdata)->abort(); }

} // namespace detail

} // namespace wsse

#endif // WSSE_STREAM_HPP

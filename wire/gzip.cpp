#include "wire/gzip.h"

#include <zlib.h>

#include <cstdlib>

#include "base/bytes.h"

namespace bz::wire {

std::string gzip(std::string_view content) {
  constexpr int kLevel = 6;
  constexpr int kGzip = 15 + 16;  // the largest window; with gzip's head and foot
  constexpr int kMemory = 8;
  z_stream stream{};
  if (::deflateInit2(&stream, kLevel, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    std::abort();  // only without memory
  }
  Bytes in(content.begin(), content.end());  // zlib's pointer is not const
  Bytes out(::deflateBound(&stream, static_cast<uLong>(in.size())));
  stream.next_in = in.data();
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  // One call is enough: deflateBound() is room for the worst.
  if (::deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
  const auto size = out.size() - stream.avail_out;
  ::deflateEnd(&stream);
  return {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace bz::wire

#include "wire/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

#include "base/bytes.h"

namespace bz::wire {
namespace {

std::string unpacked(std::string packed, std::size_t most) {
  Bytes in(packed.begin(), packed.end());
  Bytes out(most + 1);
  z_stream stream{};
  EXPECT_EQ(::inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = in.data();
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::inflate(&stream, Z_FINISH), Z_STREAM_END);
  const auto size = out.size() - stream.avail_out;
  ::inflateEnd(&stream);
  return {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size)};
}

TEST(Gzip, GivesBackWhatWasPacked) {
  std::string rows;
  std::string noise;  // that packs to more than it was
  unsigned last = 1;
  for (int i = 0; i < 20'000; ++i) {
    rows += "{\"subject\":\"688@2020-06-01\",\"value\":" + std::to_string(i) + "}";
    last = last * 1'664'525U + 1'013'904'223U;
    noise += static_cast<char>(last >> 24U);
  }
  for (const auto& content : {std::string(), std::string("a"), rows, noise}) {
    const auto packed = gzip(content);
    EXPECT_TRUE(packed.starts_with("\x1f\x8b"));
    EXPECT_TRUE(unpacked(packed, content.size()) == content) << content.size();
    EXPECT_EQ(gzip(content), packed);
  }
  EXPECT_LT(gzip(rows).size(), rows.size() / 8);
}

}  // namespace
}  // namespace bz::wire

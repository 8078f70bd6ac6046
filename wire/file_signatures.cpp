#include "wire/file_signatures.h"

#include <algorithm>
#include <string>
#include <vector>

#include "wire/message.h"

namespace bz::wire {
namespace {

constexpr std::size_t kLongest = 72;

Error said_of(std::string_view format, Code code, std::string_view what) {
  return {code, std::string(format) + ": " + std::string(what)};
}

// The signatures as they lie there, and nothing after them.
Result<std::vector<ByteView>> parse(ByteView file, std::size_t content, char version,
                                    std::string_view format) {
  const auto at = [&](std::size_t offset, std::string_view what) {
    return malformed_at(format, offset, what);
  };
  constexpr std::string_view kCutBefore = "cut: the file ends before its signature";
  std::size_t place = content;
  std::size_t count = 1;
  if (version == '2') {
    if (file.size() == place) return at(place, kCutBefore);
    count = file[place];
    if (count < 2 || count > kMostFileSignatures)
      return at(place, "version 2 has 2 to 10 signatures");
    ++place;
  }
  std::vector<ByteView> all;
  for (; all.size() < count;) {
    if (file.size() == place) return at(place, kCutBefore);
    const std::size_t size = file[place];
    if (size > kLongest) return at(place, "the signature is longer than 72 bytes");
    if (size == 0 && version == '2') return at(place, "one of several signatures is empty");
    ++place;
    if (file.size() - place < size)
      return at(file.size(), "cut: the file ends within its signature");
    all.push_back(file.subspan(place, size));
    place += size;
  }
  if (file.size() > place) return at(place, "something was put after the signature");
  return all;
}

}  // namespace

Result<void> put_signatures(Bytes& file, std::span<const Sign> signers, std::string_view format) {
  if (signers.size() > kMostFileSignatures)
    return said_of(format, Code::kInvalid, "more than 10 signers");
  const Digest digest = sha256(file);
  if (signers.empty()) file.push_back(0);
  if (signers.size() > 1) file.push_back(static_cast<std::uint8_t>(signers.size()));
  for (const auto& sign : signers) {
    const auto made = sign(digest);
    if (!made) return made.error();
    if (made->empty() || made->size() > kLongest)
      return said_of(format, Code::kInvalid, "a signer gave a signature that is not 1 to 72 bytes");
    file.push_back(static_cast<std::uint8_t>(made->size()));
    file.insert(file.end(), made->begin(), made->end());
  }
  return {};
}

Result<void> read_signatures(ByteView file, std::size_t content, char version, const Trust& trust,
                             std::string_view format) {
  const auto signatures = parse(file, content, version, format);
  if (!signatures) return signatures.error();
  if (!trust.verifies()) return {};
  if (signatures->front().empty()) return said_of(format, Code::kDenied, "it is not signed");
  const Digest digest = sha256(file.first(content));
  for (const auto& signature : *signatures) {
    const auto holds = std::any_of(trust.keys.begin(), trust.keys.end(), [&](const auto& key) {
      return key.key.verifies(digest, signature);
    });
    if (holds) return {};
  }
  return said_of(format, Code::kDenied,
                 "the signature does not hold: the file was changed, or signed by another key");
}

}  // namespace bz::wire
